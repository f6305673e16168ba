/* profiles/actors/retention_events.c: what is recorded of documents that a rule let go. */
#include "profiles/actors/retention_events.h"

#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "profiles/actors/document_registry.h"
#include "schemas/model/audit_event.h"

enum { PATIENT_RECORD = 110110 }; /* DCM */

static struct audit_object *add(struct arena *a, struct audit_event *e)
{
	struct audit_object **last = &e->objects;
	while (*last != NULL)
		last = &(*last)->next;
	*last = arena_new(a, struct audit_object);
	return *last;
}

static void add_detail(struct arena *a, struct audit_object *o, const char *type, const char *text)
{
	struct audit_detail *d = arena_new(a, struct audit_detail);
	*d = (struct audit_detail){ .type = type,
				    .value = (const unsigned char *)text,
				    .length = strlen(text),
				    .next = o->details };
	o->details = d;
}

static void add_patients(struct arena *a, struct audit_event *e, const struct retention_told *t)
{
	for (const struct text_value *v = t->patient_ids; v != NULL; v = v->next)
		*add(a, e) = (struct audit_object){ .id = v->value,
						    .type_code = 1,
						    .type_code_role = 1,
						    .id_type = { .code = "2",
								 .scheme = "RFC-3881",
								 .display = "Patient Number" } };
	for (const struct registry_owner *o = t->owners; o != NULL; o = o->next) {
		struct audit_about *b = arena_new(a, struct audit_about);
		*b = (struct audit_about){ .record = o->subject, .next = e->about };
		e->about = b;
	}
}

/* The rule as what had it done: a job (DICOM PS3.15 A.5: role 20). */
static void add_rule(struct arena *a, struct audit_event *e, const struct retention_told *t)
{
	struct audit_object *o = add(a, e);
	*o = (struct audit_object){
		.id = arena_printf(a, "retention %s", t->rule),
		.type_code = 2,
		.type_code_role = 20,
		.id_type = { .code = "12", .scheme = "RFC-3881", .display = "URI" }
	};
	add_detail(a, o, "Retention Rule", t->rule);
	add_detail(a, o, "Retention Reason", t->reason);
}

static struct audit_event *begin(struct arena *a, const struct retention_told *t, const char *code,
				 const char *name)
{
	struct audit_event *e = arena_new(a, struct audit_event);
	*e = (struct audit_event){
		.event_id = PATIENT_RECORD,
		.action = AUDIT_DELETE,
		.time = t->now,
		.outcome = AUDIT_SUCCESS,
		.type = { .code = code, .scheme = "IHE Transactions", .display = name },
		.transaction = code,
	};
	add_patients(a, e, t);
	add_rule(a, e, t);
	return e;
}

struct audit_event *retention_event_metadata(struct arena *a, const struct retention_told *t)
{
	struct audit_event *e = begin(a, t, "ITI-62", "Remove Metadata");
	for (const struct text_value *v = t->objects; v != NULL; v = v->next)
		*add(a, e) = (struct audit_object){
			.id = v->value,
			.type_code = 2,
			.type_code_role = 3,
			.life_cycle = AUDIT_ERASED,
			.id_type = { .code = "urn:ihe:iti:2017:ObjectRef",
				     .scheme = "IHE XDS Metadata",
				     .display = "registry object reference" },
		};
	return e;
}

struct audit_event *retention_event_documents(struct arena *a, const struct retention_told *t)
{
	struct audit_event *e = begin(a, t, "ITI-86", "Remove Documents");
	for (const struct retention_gone *g = t->documents; g != NULL; g = g->next) {
		struct audit_object *o = add(a, e);
		*o = (struct audit_object){
			.id = g->unique_id,
			.type_code = 2,
			.type_code_role = 3,
			.id_type = { .code = "9", .scheme = "RFC-3881", .display = "Report Number" }
		};
		add_detail(a, o, "Repository Unique ID", g->repository_unique_id);
	}
	return e;
}
