/* profiles/ssmix2/import_job.c: steps of an import become one job of the store.
 *
 * What a worker found there is to do (import_prepare.c) is done here, each step in a savepoint, and
 * the audit records of what was done are appended. Nothing to do means no job: a second import of
 * documents writes nothing. */
#include <string.h>

#include "gateway/base/findings.h"
#include "gateway/base/text.h"
#include "profiles/actors/document_registry.h"
#include "profiles/ssmix2/import_chunk.h"
#include "store/registry.h"
#include "store/repository.h"

enum { WITHDRAWN_MOST = 10000 }; /* documents of one patient */

/* ---- The steps ---- */

static struct registry_desk desk_of(struct chunk *c)
{
	struct exchange *x = c->im->x;
	return (struct registry_desk){
		.arena = c->arena,
		.region = x->region,
		.sender = c->im->source.facility,
		.admission = &x->admission,
		.needed = &x->needed,
		.now = store_clock(c->txn)->now(store_clock(c->txn)),
		.random = x->random,
		.txn = c->txn,
	};
}

static bool feed_patient(struct chunk *c, struct step *s)
{
	struct patient_record record;
	if (chunk_record(c, s->name, &record) && record.status == RECORD_SUBSUMED) {
		s->message.shortcoming = "the id was merged into another one since; it stays so";
		s->outcome = STEP_UNCHANGED;
		return true;
	}
	if (!cross_reference_feed(c->txn, c->arena, c->im->source.region, c->im->source.facility,
				  &s->feed, &s->fed, &s->problem))
		return false;
	s->outcome = s->fed.effect == FEED_UNCHANGED ? STEP_UNCHANGED : STEP_DONE;
	return true;
}

static bool keep_octets(struct chunk *c, struct step *s, const struct document_entry *e)
{
	struct kept_document d = { .repository_unique_id = e->repository_unique_id,
				   .unique_id = e->unique_id,
				   .mime_type = e->mime_type,
				   .size = s->blob.size };
	memcpy(d.sha256, s->blob.sha256, sizeof d.sha256);
	return c->im->copy ? repository_put(c->txn, c->arena, &d, &s->blob, &s->problem)
			   : repository_put_external(c->txn, c->arena, &d, &s->blob, c->im->root,
						     s->name->path, &s->problem);
}

static bool register_document(struct chunk *c, struct step *s)
{
	struct registry_desk desk = desk_of(c);
	struct findings f = findings_in(c->arena);
	struct patient_record record;
	if (!chunk_record(c, s->name, &record))
		return problem_set(
			&s->problem, PROBLEM_UNKNOWN_PATIENT,
			"the patient is not known: there is no ADT-00 that could be taken");
	/* Another import may have been here since the snapshot. */
	if (registry_entries_of(c->txn, c->arena, s->unique_id) != NULL) {
		s->outcome = STEP_UNCHANGED;
		return true;
	}
	const char *patient_id = document_registry_regional_id(&desk, record.person);
	const struct document_entry *old = chunk_current(c, s);
	struct submission *one = ssmix2_submission(c->arena, &c->im->source, s->name, &s->blob,
						   patient_id, old == NULL ? NULL : old->id,
						   desk.now);
	if (!document_registry_validate(&desk, one, true, &f) || !keep_octets(c, s, one->entries)
	    || !document_registry_register(&desk, one, &f)) {
		if (f.first != NULL)
			problem_at(&s->problem, f.first->problem.code, f.first->problem.where, "%s",
				   f.first->problem.what);
		return problem_set(&s->problem, PROBLEM_INTERNAL,
				   "the document could not be registered");
	}
	s->replaced = old != NULL;
	s->outcome = STEP_DONE;
	return true;
}

static bool withdraw(struct chunk *c, struct step *s)
{
	const struct document_entry *e = chunk_current(c, s);
	s->outcome = STEP_UNCHANGED;
	if (e == NULL)
		return true;
	s->unique_id = e->unique_id;
	s->withdrawn = 1;
	s->outcome = STEP_DONE;
	return registry_deprecate(c->txn, c->arena, e->id, &s->problem);
}

/* What the facility's storage told of the patient. The id itself stays known: who once had it must
 * be found in the audit log, and other systems may have fed it. */
static bool withdraw_patient(struct chunk *c, struct step *s)
{
	static const struct registry_glance approved = { .approved = true, .stable = true };
	struct text_list *ids = NULL, **tail = &ids;
	struct patient_record record;
	s->outcome = STEP_UNCHANGED;
	if (!chunk_record(c, s->name, &record))
		return true;
	struct registry_cursor *all = registry_entries(c->txn, c->arena, record.number, &approved);
	for (const struct document_entry *e;
	     (e = registry_next_entry(all)) != NULL && s->withdrawn < WITHDRAWN_MOST;)
		if (text_equal(e->source_system, c->im->source.facility->name)) {
			tail = text_list_add(c->arena, tail, e->id);
			s->withdrawn++;
		}
	for (; ids != NULL; ids = ids->next)
		if (!registry_deprecate(c->txn, c->arena, ids->value, &s->problem))
			return false;
	s->message.shortcoming = "the patient was deleted at the source (A23); its documents are "
				 "Deprecated, its id stays known";
	if (s->withdrawn != 0)
		s->outcome = STEP_DONE;
	return true;
}

static void run_step(void *with)
{
	struct chunk *c = with;
	struct step *s = c->step;
	bool done = false;
	switch (s->action) {
	case STEP_FEED:
		done = feed_patient(c, s);
		break;
	case STEP_REGISTER:
		if (s->moved) {
			done = blob_moved_external(c->txn, s->blob.sha256, c->im->root,
						   s->name->path);
			s->outcome = STEP_UNCHANGED;
		} else {
			done = register_document(c, s);
		}
		break;
	case STEP_WITHDRAW:
		done = withdraw(c, s);
		break;
	case STEP_WITHDRAW_PATIENT:
		done = withdraw_patient(c, s);
		break;
	}
	if (!done)
		s->outcome = STEP_FAILED;
}

static bool step_part(void *with, struct store_txn *t, struct problem *p)
{
	struct chunk *c = with;
	c->txn = t;
	if (!arena_run(c->arena, run_step, c))
		step_fail(c->step, "needs more memory than a file of an import may");
	if (c->step->outcome == STEP_FAILED)
		*p = c->step->problem;
	return c->step->outcome != STEP_FAILED;
}

/* ---- Its audit records ---- */

/* The facility's storage is where it came from; who asked for the import is added by the road. */
static struct audit_event *new_event(struct chunk *c, int event_id, enum audit_action action)
{
	const struct registered_system *f = c->im->source.facility;
	struct audit_event *e = arena_new(c->arena, struct audit_event);
	e->participants = arena_new(c->arena, struct audit_participant);
	*e->participants = (struct audit_participant){ .user_id = f->name,
						       .user_name = f->title,
						       .role = AUDIT_SOURCE };
	e->event_id = event_id;
	e->action = action;
	e->type = (struct coded_value){ .code = "SS-MIX2",
					.scheme = "Minato",
					.display = "SS-MIX2 Import" };
	e->transaction = "SS-MIX2";
	return e;
}

static void add_document(struct exchange *x, struct audit_event *e, const struct step *s)
{
	struct audit_object *o = audit_add_object(x, e);
	o->id = s->unique_id;
	o->type_code = 2;
	o->type_code_role = 3;
	o->id_type = (struct coded_value){ .code = "9",
					   .scheme = "RFC-3881",
					   .display = "Report Number" };
	audit_add_detail(x, o, "Repository Unique Id",
			 bytes_of_text(x->region->repository_unique_id));
}

/* One event for all documents of the job that were registered (C) or withdrawn (U); NULL: none. */
static struct audit_event *document_event(struct chunk *c, struct exchange *x, bool withdrawn)
{
	struct audit_event *e = NULL;
	for (const struct step *s = c->first; s != c->end; s = s->next) {
		if (s->outcome != STEP_DONE || s->action == STEP_FEED
		    || (s->withdrawn != 0) != withdrawn)
			continue;
		if (e == NULL) {
			e = new_event(c, 110107, withdrawn ? AUDIT_UPDATE : AUDIT_CREATE);
			audit_patient(x, e,
				      cx_text(c->arena, s->name->patient_id,
					      c->im->source.facility->domains[0]));
		}
		if (s->unique_id != NULL)
			add_document(x, e, s);
	}
	return e;
}

static bool record(struct chunk *c, struct audit_event *e)
{
	return e == NULL || c->im->x->record(c->im->x, c->txn, c->arena, e);
}

static void record_all(void *with)
{
	struct chunk *c = with;
	struct exchange x =
		*c->im->x; /* the audit objects are this job's: its arena ends with it */
	x.arena = c->arena;
	x.problem.code = PROBLEM_NONE;
	for (const struct step *s = c->first; s != c->end; s = s->next) {
		if (s->outcome != STEP_DONE || s->action != STEP_FEED)
			continue;
		struct audit_event *e = new_event(c, 110110, AUDIT_UPDATE);
		audit_feed(&x, e, &s->feed, &s->fed, "MSH-10");
		e->action = s->fed.created ? AUDIT_CREATE : AUDIT_UPDATE;
		if (!record(c, e))
			return;
	}
	c->recorded = record(c, document_event(c, &x, false))
		      && record(c, document_event(c, &x, true));
}

static bool run_job(void *with, struct store_txn *t, struct problem *p)
{
	struct chunk *c = with;
	for (c->step = c->first; c->step != c->end; c->step = c->step->next) {
		struct problem why = { .code = PROBLEM_NONE };
		if (c->step->outcome != STEP_PENDING)
			continue;
		if (!store_savepoint(t, step_part, c, &why)
		    && c->step->problem.code == PROBLEM_NONE)
			c->step->problem = why;
		if (store_failed(t))
			why = *store_problem(t);
		if (why.code == PROBLEM_STORE_FULL || store_failed(t))
			return problem_set(p, why.code, "%s", why.what);
	}
	c->txn = t;
	if (!arena_run(c->arena, record_all, c) || !c->recorded)
		return problem_set(p, PROBLEM_AUDIT_UNAVAILABLE,
				   "the audit record of an import could not be kept");
	return true;
}

/* ---- What came of it ---- */

static void tell(struct importing *im, const struct step *s)
{
	struct import_counts *n = &im->counts;
	if (s->message.shortcoming != NULL && s->outcome != STEP_FAILED)
		import_warning(im, s->name->path, s->message.shortcoming);
	switch (s->outcome) {
	case STEP_UNCHANGED:
		n->unchanged++;
		break;
	case STEP_DONE:
		n->patients += s->action == STEP_FEED;
		n->documents += s->action == STEP_REGISTER;
		n->replaced += s->replaced;
		n->withdrawn += s->withdrawn;
		break;
	default:
		import_fault(im, s->name->path, s->problem.what);
	}
}

static void run_chunk(struct chunk *c)
{
	struct importing *im = c->im;
	struct problem p = { .code = PROBLEM_NONE };
	c->txn = store_begin_read(im->x->store, &p);
	if (c->txn != NULL)
		chunk_prepare(c);
	bool read = c->txn != NULL && !store_failed(c->txn);
	if (c->txn != NULL && !read)
		p = *store_problem(c->txn);
	store_end(c->txn);
	if (!read || (c->work && !store_write(im->x->store, run_job, c, &p))) {
		im->x->problem = p;
		im->stopped = true;
		return;
	}
	for (const struct step *s = c->first; s != c->end; s = s->next)
		tell(im, s);
}

/* What was kept is kept; the next import goes on from there. */
static bool service_stops(struct importing *im)
{
	const struct exchange *x = im->x;
	if (x->stopping == NULL || !atomic_load(x->stopping))
		return false;
	im->stopped = true;
	return !problem_set(
		&im->x->problem, PROBLEM_BUSY,
		"the service is stopping; what was taken in is kept, import again for the rest");
}

void import_steps(struct importing *im, struct step *steps)
{
	while (steps != NULL && !im->stopped && !service_stops(im)) {
		struct chunk c = { .im = im, .arena = arena_create(CHUNK_MEMORY), .first = steps };
		if (c.arena == NULL) {
			im->stopped = !problem_set(&im->x->problem, PROBLEM_OUT_OF_RESOURCES,
						   "there is no memory to import with");
			return;
		}
		run_chunk(&c);
		steps = c.end;
		arena_destroy(c.arena);
	}
}
