/* profiles/admin/export_audit.c: the trail: of a person, who looked; of a facility, what it did.
 *
 * A message is written from what is kept, as an Audit Record Repository gets it, beside its place
 * in the chain. A facility's has no ids but of the facility's domains, and no queries, in which
 * others may stand: what is left out is said. What is for the region's own eyes (that something was
 * hidden) is not the facility's. */
#include "profiles/admin/exporting.h"

#include "gateway/audit/event_record.h"
#include "gateway/audit/record.h"
#include "gateway/audit/subjects.h"
#include "gateway/base/arena.h"
#include "gateway/base/json_arena.h"
#include "gateway/base/progress.h"
#include "gateway/base/text.h"
#include "profiles/actors/metadata_type.h"
#include "profiles/admin/admin_trail.h"
#include "profiles/admin/bundle_person.h"
#include "profiles/admin/disclosing.h"
#include "store/audit_log.h"
#include "store/store.h"

enum { MESSAGES_AT_ONCE = 256 };

struct page {
	struct exporting *ex;
	struct audit_mark after;
	unsigned count;
};

static bool is_own_id(const struct exporting *ex, struct arena *a, const char *cx)
{
	struct cx_parts parts;
	return metadata_type_cx(cx, &parts)
	       && system_owns(ex->facility,
			      arena_text_n(a, parts.universal_id, parts.universal_id_length));
}

/* True: something was left out. */
static bool leave_out(const struct exporting *ex, struct arena *a, struct audit_event *e)
{
	bool less = false;
	for (struct audit_object *o = e->objects; o != NULL; o = o->next) {
		bool others = event_is_patient(o) && !is_own_id(ex, a, o->id);
		less = less || others || o->query != NULL;
		if (others)
			o->id = "withheld";
		o->query = NULL;
		o->query_length = 0;
	}
	return less;
}

static void put_message(struct exporting *ex, const struct audit_entry *e)
{
	struct arena *a = ex->persons;
	struct kept_event kept;
	bool less = false;
	if (ex->facility != NULL && e->terms.local_only)
		return;
	json_t *o = json_pack("{s:I, s:I, s:s, s:o}", "chain", (json_int_t)audit_chain(e->sequence),
			      "number", (json_int_t)audit_place(e->sequence), "hash",
			      bytes_to_hex(a, (struct bytes){ e->hash, sizeof e->hash }), "time",
			      moment_json(e->terms.time));
	if (event_record_read(a, e, &kept)) {
		if (ex->facility != NULL)
			less = leave_out(ex, a, &kept.event);
		struct bytes message = audit_record_write(a, &kept.source, &kept.event);
		json_object_set_new(o, "message",
				    json_stringn((const char *)message.data, message.length));
		if (ex->disclosing != NULL)
			disclosing_tell_message(ex, e, &kept);
	} else {
		json_object_set_new(o, "damaged", json_true());
	}
	if (less)
		json_object_set_new(o, "abridged", json_true());
	bundle_put_line(ex->bundle, a, bundle_audit, o);
	json_decref(o);
	ex->counts.messages++;
	progress_add(ex->x->progress, 1);
}

static void put_page(void *with)
{
	struct page *page = with;
	struct exporting *ex = page->ex;
	struct audit_filter f = { .after = page->after, .limit = MESSAGES_AT_ONCE };
	if (ex->facility != NULL)
		f.system = ex->facility->name;
	else
		f.patient = cx_text(ex->persons, ex->asked.id, ex->asked.domain);
	if (f.patient != NULL && !audit_subjects_search(ex->txn, ex->persons, f.patient, &f))
		return;
	ex->known_since = trail_known_since(ex->x, ex->txn);
	struct audit_cursor *c = audit_log_search(ex->txn, &f, ex->persons);
	for (const struct audit_entry *e; (e = audit_log_next(c)) != NULL; page->count++) {
		page->after = (struct audit_mark){ e->terms.time, e->sequence };
		put_message(ex, e);
	}
}

static bool next_page(struct exporting *ex, struct page *page)
{
	page->count = 0;
	ex->txn = store_begin_read(ex->x->store, ex->problem);
	if (ex->txn == NULL)
		return false;
	if (!json_arena_run(ex->persons, put_page, page))
		problem_set(ex->problem, PROBLEM_OUT_OF_RESOURCES,
			    "an audit message is larger than one may be here");
	if (store_failed(ex->txn))
		*ex->problem = *store_problem(ex->txn);
	store_end(ex->txn);
	ex->txn = NULL;
	arena_reset(ex->persons);
	if (progress_is_stopped(ex->x->progress))
		problem_set(ex->problem, PROBLEM_BUSY, "the export was stopped");
	return ex->problem->code == PROBLEM_NONE && !bundle_failed(ex->bundle)
	       && page->count == MESSAGES_AT_ONCE;
}

bool export_audit(struct exporting *ex)
{
	struct page page = { .ex = ex };
	progress_begin(ex->x->progress, "messages", 0);
	while (next_page(ex, &page))
		;
	return ex->problem->code == PROBLEM_NONE && !bundle_failed(ex->bundle);
}
