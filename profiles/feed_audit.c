/* profiles/feed_audit.c: the audit record of a patient identity feed, the same for both dialects
 * and both actors. ITI TF-2: 3.8.5.1, 3.44.5.1. Of ITI-30 the Framework says nothing (3.30 has no
 * security considerations), so its records are those of ITI-8. */
#include "profiles/actors/cross_reference_manager.h"
#include "profiles/transaction.h"

/* CX as it is known: with the resolved domain, else with what was sent. */
static const char *cx_of(struct exchange *x, const struct patient_identifier *id)
{
	if (id->universal_id != NULL)
		return cx_text(x->arena, id->id, id->universal_id);
	return arena_printf(x->arena, "%s^^^%s", id->id,
			    id->namespace_id == NULL ? "" : id->namespace_id);
}

static void add_patients(struct exchange *x, struct audit_event *e,
			 const struct patient_identifier *ids, const char *detail_type,
			 const char *message_id)
{
	for (; ids != NULL; ids = ids->next) {
		struct audit_object *o = audit_patient(x, e, cx_of(x, ids));
		if (message_id != NULL)
			audit_add_detail(x, o, detail_type, bytes_of_text(message_id));
	}
}

/* An update that made the patient known is C where the source did not have to know it (A31). */
static enum audit_action action_of(const struct identity_feed *feed,
				   const struct cross_reference_fed *fed)
{
	bool inserted = feed->unknown_is_no_error && fed != NULL && fed->created;
	return feed->kind == FEED_DELETE               ? AUDIT_DELETE
	       : feed->kind == FEED_CREATE || inserted ? AUDIT_CREATE
						       : AUDIT_UPDATE;
}

void audit_feed(struct exchange *x, struct audit_event *e, const struct identity_feed *feed,
		const struct cross_reference_fed *fed, const char *detail_type)
{
	bool done = fed != NULL && x->problem.code == PROBLEM_NONE;
	const struct patient_identifier *ids = done && fed->ids != NULL ? fed->ids : feed->ids;
	const struct patient_identifier *subsumed = done ? fed->subsumed : feed->subsumed;
	e->action = action_of(feed, done ? fed : NULL);
	if (feed->kind == FEED_MERGE) {
		struct audit_event *survivor = audit_another(x, e);
		survivor->action = AUDIT_UPDATE;
		add_patients(x, survivor, ids, detail_type, feed->message_id);
		e->action = AUDIT_DELETE;
		ids = subsumed;
	}
	add_patients(x, e, ids, detail_type, feed->message_id);
	if (feed->kind > FEED_MERGE)
		add_patients(x, e, subsumed, detail_type, feed->message_id);
	if (done && fed->rehearsed && e->objects != NULL)
		audit_add_detail(x, e->objects, "processing",
				 bytes_of_text("training or debugging: nothing was kept"));
	if (done && fed->somebody_else && e->objects != NULL)
		audit_add_detail(x, e->objects, "identity",
				 bytes_of_text("changed to somebody else's: rests"));
}
