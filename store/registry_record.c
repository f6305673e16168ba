/* store/registry_record.c: objects of the registry as records. The attributes are those of
 * schemas/tables/metadata.c, under their tags; what only the store knows has tags below 16. */
#include "store/registry_record.h"

#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "schemas/tables/metadata.h"
#include "store/record.h"
#include "store/usage.h"

enum { RECORD_VERSION = 1 };

enum tag {
	TAG_ID = 1,
	TAG_STATUS = 2,
	TAG_TYPE = 3,
	TAG_LOGICAL_ID = 4,
	TAG_VERSION = 5,
	TAG_SUBJECT = 6,
	TAG_SYSTEM = 7,
	TAG_EXTRA = 8,
	TAG_TYPE_URN = 9,
	TAG_SOURCE = 10,
	TAG_TARGET = 11,
	TAG_FINGERPRINT = 12,
	TAG_ATTRIBUTES = 16 /* from here on they are those of the tables */
};
enum { TAG_CODE = 1, TAG_SCHEME, TAG_DISPLAY, TAG_LANGUAGE }; /* of a code */
enum { TAG_TEXT = 1, TAG_TEXT_LANGUAGE, TAG_CHARSET };        /* of a localized text */
enum { TAG_SLOT_NAME = 1, TAG_SLOT_VALUE };

#define REFERENCE_ID_LIST "urn:ihe:iti:xds:2013:referenceIdList"

bool uuid_octets(const char *urn, unsigned char out[UUID_OCTETS])
{
	static const char prefix[] = "urn:uuid:";
	unsigned n = 0;
	if (urn == NULL || strncmp(urn, prefix, sizeof prefix - 1) != 0)
		return false;
	const char *at = urn + sizeof prefix - 1;
	if (strlen(at) != 36)
		return false;
	for (unsigned i = 0; i < 36; i++) {
		if (i == 8 || i == 13 || i == 18 || i == 23) {
			if (at[i] != '-')
				return false;
			continue;
		}
		if (strchr("0123456789abcdef", at[i]) == NULL
		    || !bytes_from_hex(at + i, 2, out + n++))
			return false;
		i++;
	}
	return true;
}

static void put_texts(struct record_writer *w, unsigned tag, const struct text_value *v)
{
	for (; v != NULL; v = v->next)
		record_text(w, tag, v->value);
}

static void put_codes(struct record_writer *w, unsigned tag, const struct coded_value *c)
{
	for (; c != NULL; c = c->next) {
		record_open(w, tag);
		record_text(w, TAG_CODE, c->code);
		record_text(w, TAG_SCHEME, c->scheme);
		record_text(w, TAG_DISPLAY, c->display);
		record_text(w, TAG_LANGUAGE, c->display_language);
		record_close(w);
	}
}

static void put_localized(struct record_writer *w, unsigned tag, const struct localized *l)
{
	for (; l != NULL; l = l->next) {
		record_open(w, tag);
		record_text(w, TAG_TEXT, l->value);
		record_text(w, TAG_TEXT_LANGUAGE, l->language);
		record_text(w, TAG_CHARSET, l->charset);
		record_close(w);
	}
}

static void put_authors(struct record_writer *w, unsigned tag, const struct author *au)
{
	for (; au != NULL; au = au->next) {
		record_open(w, tag);
		for (const struct metadata_attribute *m = metadata_attributes(METADATA_AUTHOR);
		     m->name != NULL; m++)
			put_texts(w, m->tag, METADATA_OF(au, m, struct text_value *));
		record_close(w);
	}
}

static void put_attributes(struct record_writer *w, enum metadata_object kind, const void *object)
{
	for (const struct metadata_attribute *m = metadata_attributes(kind); m->name != NULL; m++)
		switch (m->field) {
		case FIELD_TEXT: record_text(w, m->tag, METADATA_OF(object, m, char *)); break;
		case FIELD_TEXTS:
			put_texts(w, m->tag, METADATA_OF(object, m, struct text_value *));
			break;
		case FIELD_CODES:
			put_codes(w, m->tag, METADATA_OF(object, m, struct coded_value *));
			break;
		case FIELD_AUTHORS:
			put_authors(w, m->tag, METADATA_OF(object, m, struct author *));
			break;
		case FIELD_LOCALIZED:
			put_localized(w, m->tag, METADATA_OF(object, m, struct localized *));
			break;
		case FIELD_FLAG: record_flag(w, m->tag, METADATA_OF(object, m, bool)); break;
		}
}

static void put_extra(struct record_writer *w, const struct slot *s)
{
	for (; s != NULL; s = s->next) {
		record_open(w, TAG_EXTRA);
		record_text(w, TAG_SLOT_NAME, s->name);
		put_texts(w, TAG_SLOT_VALUE, s->values);
		record_close(w);
	}
}

/* Status and type come first, so that a glance need not go far. */
static struct record_writer begin(struct arena *a, enum availability_status status, const char *id,
				  const char *logical_id)
{
	struct record_writer w = record_begin(a, RECORD_VERSION);
	record_number(&w, TAG_STATUS, status);
	record_text(&w, TAG_ID, id);
	record_text(&w, TAG_LOGICAL_ID, logical_id);
	return w;
}

struct bytes entry_record(struct arena *a, const struct document_entry *e)
{
	struct record_writer w = record_begin(a, RECORD_VERSION);
	record_number(&w, TAG_STATUS, e->status);
	record_number(&w, TAG_TYPE, e->type);
	record_text(&w, TAG_ID, e->id);
	record_text(&w, TAG_LOGICAL_ID, e->logical_id);
	record_number(&w, TAG_VERSION, e->version);
	record_number(&w, TAG_SUBJECT, e->subject);
	record_text(&w, TAG_SYSTEM, e->source_system);
	put_attributes(&w, METADATA_ENTRY, e);
	put_extra(&w, e->extra);
	return record_end(&w);
}

struct bytes set_record(struct arena *a, const struct submission_set *s)
{
	struct record_writer w = begin(a, s->status, s->id, s->logical_id);
	record_number(&w, TAG_SUBJECT, s->subject);
	record_text(&w, TAG_SYSTEM, s->source_system);
	record_text(&w, TAG_FINGERPRINT, s->fingerprint);
	put_attributes(&w, METADATA_SET, s);
	put_extra(&w, s->extra);
	return record_end(&w);
}

struct bytes folder_record(struct arena *a, const struct folder *f)
{
	struct record_writer w = begin(a, f->status, f->id, f->logical_id);
	record_number(&w, TAG_VERSION, f->version);
	record_number(&w, TAG_SUBJECT, f->subject);
	record_text(&w, TAG_SYSTEM, f->source_system);
	put_attributes(&w, METADATA_FOLDER, f);
	put_extra(&w, f->extra);
	return record_end(&w);
}

struct bytes association_record(struct arena *a, const struct association *x)
{
	struct record_writer w = begin(a, x->status, x->id, x->logical_id);
	record_text(&w, TAG_SYSTEM, x->source_system);
	record_text(&w, TAG_TYPE_URN, x->type_urn);
	record_text(&w, TAG_SOURCE, x->source);
	record_text(&w, TAG_TARGET, x->target);
	put_attributes(&w, METADATA_ASSOCIATION, x);
	put_extra(&w, x->extra);
	return record_end(&w);
}

uint64_t usage_of_object(struct bytes record)
{
	return record.length + USAGE_EACH;
}

size_t registry_object_octets(struct arena *a, enum metadata_object kind, const void *object)
{
	switch (kind) {
	case METADATA_ENTRY: return entry_record(a, object).length;
	case METADATA_SET: return set_record(a, object).length;
	case METADATA_FOLDER: return folder_record(a, object).length;
	case METADATA_ASSOCIATION: return association_record(a, object).length;
	default: return 0; /* no object of its own */
	}
}

/* Reading. A list grows at its end; records are short, so walking there costs nothing to speak
 * of. */
#define APPEND(list, new)                                                                          \
	do {                                                                                       \
		while (*(list) != NULL)                                                            \
			(list) = &(*(list))->next;                                                 \
		*(list) = (new);                                                                   \
	} while (0)

static struct text_value **get_text(struct arena *a, struct record_reader *r,
				    struct text_value **list)
{
	struct text_value *v = arena_new(a, struct text_value);
	v->value = record_as_text(r);
	APPEND(list, v);
	return &v->next;
}

static bool get_code(struct arena *a, struct record_reader *r, struct coded_value **list)
{
	struct coded_value *c = arena_new(a, struct coded_value);
	struct record_reader in = record_within(r);
	while (record_next(&in))
		switch (in.tag) {
		case TAG_CODE: c->code = record_as_text(&in); break;
		case TAG_SCHEME: c->scheme = record_as_text(&in); break;
		case TAG_DISPLAY: c->display = record_as_text(&in); break;
		case TAG_LANGUAGE: c->display_language = record_as_text(&in); break;
		}
	APPEND(list, c);
	return !in.broken;
}

static bool get_localized(struct arena *a, struct record_reader *r, struct localized **list)
{
	struct localized *l = arena_new(a, struct localized);
	struct record_reader in = record_within(r);
	while (record_next(&in))
		switch (in.tag) {
		case TAG_TEXT: l->value = record_as_text(&in); break;
		case TAG_TEXT_LANGUAGE: l->language = record_as_text(&in); break;
		case TAG_CHARSET: l->charset = record_as_text(&in); break;
		}
	APPEND(list, l);
	return !in.broken;
}

static bool get_author(struct arena *a, struct record_reader *r, struct author **list)
{
	struct author *au = arena_new(a, struct author);
	struct record_reader in = record_within(r);
	while (record_next(&in)) {
		const struct metadata_attribute *m = metadata_tagged(METADATA_AUTHOR, in.tag);
		if (m != NULL)
			get_text(a, &in, METADATA_AT(au, m, struct text_value *));
	}
	APPEND(list, au);
	return !in.broken;
}

static bool get_extra(struct arena *a, struct record_reader *r, struct slot **list)
{
	struct slot *s = arena_new(a, struct slot);
	struct text_value **last = &s->values; /* a slot may have a thousand */
	struct record_reader in = record_within(r);
	while (record_next(&in)) {
		if (in.tag == TAG_SLOT_NAME)
			s->name = record_as_text(&in);
		else if (in.tag == TAG_SLOT_VALUE)
			last = get_text(a, &in, last);
	}
	APPEND(list, s);
	return !in.broken;
}

/* False: the record is broken. */
static bool get_attribute(struct arena *a, struct record_reader *r, enum metadata_object kind,
			  void *object)
{
	const struct metadata_attribute *m = metadata_tagged(kind, r->tag);
	if (m == NULL)
		return true;
	switch (m->field) {
	case FIELD_TEXT: *METADATA_AT(object, m, const char *) = record_as_text(r); break;
	case FIELD_TEXTS: get_text(a, r, METADATA_AT(object, m, struct text_value *)); break;
	case FIELD_CODES: return get_code(a, r, METADATA_AT(object, m, struct coded_value *));
	case FIELD_AUTHORS: return get_author(a, r, METADATA_AT(object, m, struct author *));
	case FIELD_LOCALIZED:
		return get_localized(a, r, METADATA_AT(object, m, struct localized *));
	case FIELD_FLAG: *METADATA_AT(object, m, bool) = record_as_flag(r); break;
	}
	return true;
}

/* What all four have in common, where it is found in each. */
struct frame {
	const char **id, **logical_id, **source_system;
	enum availability_status *status;
	uint32_t *version; /* NULL: this kind has none */
	uint64_t *subject;
	struct slot **extra;
};

static bool get_frame(struct arena *a, struct record_reader *r, const struct frame *f)
{
	switch (r->tag) {
	case TAG_ID: *f->id = record_as_text(r); break;
	case TAG_LOGICAL_ID: *f->logical_id = record_as_text(r); break;
	case TAG_SYSTEM: *f->source_system = record_as_text(r); break;
	case TAG_STATUS: *f->status = (enum availability_status)record_as_number(r); break;
	case TAG_VERSION:
		if (f->version != NULL)
			*f->version = (uint32_t)record_as_number(r);
		break;
	case TAG_SUBJECT:
		if (f->subject != NULL)
			*f->subject = record_as_number(r);
		break;
	case TAG_EXTRA: return get_extra(a, r, f->extra);
	}
	return true;
}

/* Any field of the object. */
static bool get_field(struct arena *a, struct record_reader *r, const struct frame *f,
		      enum metadata_object kind, void *object)
{
	return r->tag < TAG_ATTRIBUTES ? get_frame(a, r, f) : get_attribute(a, r, kind, object);
}

struct document_entry *entry_of_record(struct arena *a, struct bytes record)
{
	struct document_entry *e = arena_new(a, struct document_entry);
	struct frame f = { &e->id,      &e->logical_id, &e->source_system, &e->status,
			   &e->version, &e->subject,    &e->extra };
	struct record_reader r = record_read(record);
	while (record_next(&r)) {
		if (r.tag == TAG_TYPE)
			e->type = (enum document_entry_type)record_as_number(&r);
		else if (!get_field(a, &r, &f, METADATA_ENTRY, e))
			return NULL;
	}
	return r.broken || e->id == NULL ? NULL : e;
}

struct submission_set *set_of_record(struct arena *a, struct bytes record)
{
	struct submission_set *s = arena_new(a, struct submission_set);
	struct frame f = { &s->id, &s->logical_id, &s->source_system, &s->status,
			   NULL,   &s->subject,    &s->extra };
	struct record_reader r = record_read(record);
	while (record_next(&r)) {
		if (r.tag == TAG_FINGERPRINT)
			s->fingerprint = record_as_text(&r);
		else if (!get_field(a, &r, &f, METADATA_SET, s))
			return NULL;
	}
	return r.broken || s->id == NULL ? NULL : s;
}

struct folder *folder_of_record(struct arena *a, struct bytes record)
{
	struct folder *o = arena_new(a, struct folder);
	struct frame f = { &o->id,      &o->logical_id, &o->source_system, &o->status,
			   &o->version, &o->subject,    &o->extra };
	struct record_reader r = record_read(record);
	while (record_next(&r))
		if (!get_field(a, &r, &f, METADATA_FOLDER, o))
			return NULL;
	return r.broken || o->id == NULL ? NULL : o;
}

struct association *association_of_record(struct arena *a, struct bytes record)
{
	struct association *x = arena_new(a, struct association);
	struct frame f = { &x->id, &x->logical_id, &x->source_system, &x->status,
			   NULL,   NULL,           &x->extra };
	struct record_reader r = record_read(record);
	while (record_next(&r))
		switch (r.tag) {
		case TAG_TYPE_URN: x->type_urn = record_as_text(&r); break;
		case TAG_SOURCE: x->source = record_as_text(&r); break;
		case TAG_TARGET: x->target = record_as_text(&r); break;
		default:
			if (!get_field(a, &r, &f, METADATA_ASSOCIATION, x))
				return NULL;
		}
	x->type = association_type_of(x->type_urn);
	return r.broken || x->id == NULL || x->source == NULL || x->target == NULL ? NULL : x;
}

static bool is_status(uint64_t status)
{
	return status == STATUS_APPROVED || status == STATUS_DEPRECATED;
}

bool record_glanced(struct bytes record, const struct registry_glance *g, bool entry)
{
	bool known = false, status = false, type = !entry;
	struct record_reader r = record_read(record);
	for (unsigned n = 0; n < 2 && record_next(&r); n++) {
		if (r.tag == TAG_STATUS) {
			uint64_t s = record_as_number(&r);
			known = is_status(s);
			status = s == STATUS_APPROVED ? g->approved : g->deprecated;
		} else if (r.tag == TAG_TYPE) {
			type = record_as_number(&r) == ENTRY_STABLE ? g->stable : g->on_demand;
		}
	}
	return (status && type) || r.broken || !known;
}

/* What only the store knows stands before all attributes. */
static bool next_of_front(struct record_reader *r)
{
	return record_next(r) && r->tag < TAG_ATTRIBUTES;
}

bool record_facts(struct bytes record, struct registry_facts *out)
{
	struct record_reader r = record_read(record);
	*out = (struct registry_facts){ .source_system = NULL };
	while (next_of_front(&r))
		switch (r.tag) {
		case TAG_STATUS:
			out->status = (enum availability_status)record_as_number(&r);
			break;
		case TAG_SUBJECT: out->subject = record_as_number(&r); break;
		case TAG_SYSTEM: out->source_system = record_as_text(&r); break;
		}
	return !r.broken && is_status(out->status);
}

const char *record_fingerprint(struct bytes record)
{
	struct record_reader r = record_read(record);
	while (next_of_front(&r))
		if (r.tag == TAG_FINGERPRINT)
			return record_as_text(&r);
	return NULL;
}

static unsigned tag_of(enum metadata_coding coding, const char *key)
{
	return metadata_find(METADATA_ENTRY, coding, key)->tag;
}

struct registry_document record_document(struct bytes record)
{
	unsigned hash = tag_of(CODED_SLOT, "hash"), size = tag_of(CODED_SLOT, "size");
	struct registry_document d = { .hash = NULL };
	struct record_reader r = record_read(record);
	while (record_next(&r)) {
		if (r.tag == TAG_TYPE)
			d.type = (enum document_entry_type)record_as_number(&r);
		else if (r.tag == hash)
			d.hash = record_as_text(&r);
		else if (r.tag == size)
			d.size = record_as_text(&r);
	}
	return d;
}

bool record_refers(struct bytes record, const char *reference_id)
{
	unsigned tag = tag_of(CODED_SLOT, REFERENCE_ID_LIST);
	struct record_reader r = record_read(record);
	while (record_next(&r))
		if (r.tag == tag && text_equal(record_as_text(&r), reference_id))
			return true;
	return false;
}

/* It stands first. */
struct bytes record_with_status(struct arena *a, struct bytes record,
				enum availability_status status)
{
	struct record_writer w = record_begin(a, RECORD_VERSION);
	struct record_reader r = record_read(record);
	record_next(&r);
	record_number(&w, TAG_STATUS, status);
	buffer_append(&w.out, r.at, (size_t)(r.end - r.at));
	return record_end(&w);
}
