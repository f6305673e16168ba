/* profiles/admin/admin_document.c: one document, as the operator names and sees it. */
#include "profiles/admin/admin_document.h"

#include "gateway/base/text.h"
#include "profiles/actors/document_registry.h"
#include "store/registry.h"

struct document_entry *admin_find_document(struct exchange *x, const char *id)
{
	struct registry_desk desk = exchange_desk(x);
	struct sealed_entry *sealed = text_starts(id, "urn:uuid:")
					      ? registry_entry(x->txn, x->arena, id)
					      : NULL;
	if (sealed == NULL)
		sealed = registry_entry_of(x->txn, x->arena, id);
	struct document_entry *e = document_registry_entry(&desk, sealed);
	if (e == NULL)
		problem_at(&x->problem, PROBLEM_NOT_FOUND, "id", "no document is called '%s'", id);
	return e;
}

void admin_audit_document(struct exchange *x, struct audit_event *e, const char *id,
			  const struct document_entry *found)
{
	if (found == NULL) {
		*audit_add_object(x, e) = (struct audit_object){
			.id = id,
			.type_code = 2,
			.type_code_role = 3,
			.id_type = { .code = "9",
				     .scheme = "RFC-3881",
				     .display = "Report Number" },
		};
		return;
	}
	audit_about(x, e, found->subject);
	audit_patient(x, e, found->patient_id);
}

void admin_put(json_t *object, const char *member, const char *text)
{
	if (!text_empty(text))
		json_object_set_new(object, member, json_string(text));
}

static const char *code_text(struct arena *a, const struct coded_value *c)
{
	return c == NULL            ? NULL
	       : c->display != NULL ? c->display
				    : arena_printf(a, "%s^^%s", c->code, c->scheme);
}

json_t *admin_show_document(struct exchange *x, const struct document_entry *e)
{
	json_t *o = json_object();
	admin_put(o, "unique_id", e->unique_id);
	admin_put(o, "entry_uuid", e->id);
	admin_put(o, "title", e->title == NULL ? NULL : e->title->value);
	admin_put(o, "class", code_text(x->arena, e->class_code));
	admin_put(o, "type", code_text(x->arena, e->type_code));
	admin_put(o, "created", e->creation_time);
	admin_put(o, "facility", e->source_system);
	admin_put(o, "mime_type", e->mime_type);
	admin_put(o, "size", e->size);
	admin_put(o, "hash", e->hash);
	admin_put(o, "status", e->status == STATUS_APPROVED ? "Approved" : "Deprecated");
	return o;
}
