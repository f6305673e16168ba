/* profiles/admin/bundle_metadata.c: metadata as JSON, by the rows of schemas/tables/metadata.c. */
#include "profiles/admin/bundle_metadata.h"

#include "gateway/base/text.h"
#include "schemas/tables/metadata.h"

static void put(json_t *o, const char *member, const char *text)
{
	if (text != NULL)
		json_object_set_new(o, member, json_string(text));
}

static json_t *texts_json(const struct text_value *v)
{
	json_t *list = json_array();
	for (; v != NULL; v = v->next)
		json_array_append_new(list, json_string(v->value));
	return list;
}

static json_t *codes_json(const struct coded_value *c)
{
	json_t *list = json_array();
	for (; c != NULL; c = c->next) {
		json_t *o = json_object();
		put(o, "code", c->code);
		put(o, "scheme", c->scheme);
		put(o, "display", c->display);
		put(o, "language", c->display_language);
		json_array_append_new(list, o);
	}
	return list;
}

static json_t *localized_json(const struct localized *l)
{
	json_t *list = json_array();
	for (; l != NULL; l = l->next) {
		json_t *o = json_object();
		put(o, "value", l->value);
		put(o, "language", l->language);
		put(o, "charset", l->charset);
		json_array_append_new(list, o);
	}
	return list;
}

static json_t *authors_json(const struct author *au)
{
	json_t *list = json_array();
	for (; au != NULL; au = au->next) {
		json_t *o = json_object();
		for (const struct metadata_attribute *m = metadata_attributes(METADATA_AUTHOR);
		     m->name != NULL; m++) {
			const struct text_value *v = METADATA_OF(au, m, struct text_value *);
			if (v != NULL)
				json_object_set_new(o, m->name, texts_json(v));
		}
		json_array_append_new(list, o);
	}
	return list;
}

/* NULL: nothing is said. */
static json_t *field_json(const struct metadata_attribute *m, const void *object)
{
	const void *first = m->field == FIELD_FLAG ? NULL : METADATA_OF(object, m, void *);
	if (m->field == FIELD_FLAG)
		return METADATA_OF(object, m, bool) ? json_true() : NULL;
	if (first == NULL)
		return NULL;
	switch (m->field) {
	case FIELD_TEXT: return json_string(first);
	case FIELD_TEXTS: return texts_json(first);
	case FIELD_CODES: return codes_json(first);
	case FIELD_AUTHORS: return authors_json(first);
	case FIELD_LOCALIZED: return localized_json(first);
	case FIELD_FLAG: break;
	}
	return NULL;
}

static json_t *object_json(enum metadata_object kind, const void *object, const char *id,
			   const char *logical_id, enum availability_status status,
			   const struct slot *extra)
{
	json_t *o = json_object(), *slots = json_object();
	put(o, "entryUUID", id);
	put(o, "logicalID", logical_id);
	put(o, "availabilityStatus", availability_status_urn(status));
	for (const struct metadata_attribute *m = metadata_attributes(kind); m->name != NULL; m++) {
		json_t *value = field_json(m, object);
		if (value != NULL)
			json_object_set_new(o, m->name, value);
	}
	for (; extra != NULL; extra = extra->next)
		json_object_set_new(slots, extra->name, texts_json(extra->values));
	if (json_object_size(slots) > 0)
		json_object_set(o, "slots", slots);
	json_decref(slots);
	return o;
}

json_t *metadata_set_json(const struct submission_set *s)
{
	return object_json(METADATA_SET, s, s->id, s->logical_id, s->status, s->extra);
}

json_t *metadata_entry_json(const struct document_entry *e)
{
	json_t *o = object_json(METADATA_ENTRY, e, e->id, e->logical_id, e->status, e->extra);
	json_object_set_new(o, "version", json_integer(e->version));
	json_object_set_new(o, "objectType",
			    json_string(e->type == ENTRY_ON_DEMAND ? "OnDemand" : "Stable"));
	return o;
}

json_t *metadata_folder_json(const struct folder *f)
{
	json_t *o = object_json(METADATA_FOLDER, f, f->id, f->logical_id, f->status, f->extra);
	json_object_set_new(o, "version", json_integer(f->version));
	return o;
}

json_t *metadata_association_json(const struct association *x)
{
	json_t *o = object_json(METADATA_ASSOCIATION, x, x->id, x->logical_id, x->status, x->extra);
	put(o, "associationType", x->type_urn);
	put(o, "sourceObject", x->source);
	put(o, "targetObject", x->target);
	return o;
}
