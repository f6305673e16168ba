/* profiles/ssmix2/import_job.c: steps of an import become one job of the store.
 *
 * What a worker found there is to do (import_prepare.c) is done here, each step in a savepoint, and
 * the audit records of what was done are appended. Nothing to do means no job: a second import of
 * documents writes nothing. */
#include <string.h>

#include "gateway/base/findings.h"
#include "gateway/base/text.h"
#include "profiles/actors/document_registry.h"
#include "profiles/actors/quota.h"
#include "profiles/ssmix2/import_chunk.h"
#include "store/registry.h"
#include "store/repository.h"

/* ---- The steps ---- */

static struct registry_desk desk_of(struct chunk *c)
{
	struct exchange *x = c->im->x;
	return (struct registry_desk){
		.arena = c->arena,
		.region = x->region,
		.sender = c->im->source.facility,
		.admission = &c->im->admission,
		.needed = &c->im->needed,
		.now = store_clock(c->txn)->now(store_clock(c->txn)),
		.txn = c->txn,
		.stored_elsewhere = c->stored_elsewhere,
	};
}

static bool feed_patient(struct chunk *c, struct step *s)
{
	const struct registry_desk desk = desk_of(c);
	uint64_t used = quota_used(&desk);
	struct patient_record record;
	if (chunk_record(c, s->name, &record) && record.status == RECORD_SUBSUMED) {
		s->message.shortcoming = "the id was merged into another one since; it stays so";
		s->outcome = STEP_UNCHANGED;
		return true;
	}
	if (!cross_reference_feed(c->txn, c->arena, c->im->source.region, c->im->source.facility,
				  &s->work->feed, &s->work->fed, &s->work->problem)
	    || !quota_allows(&desk, used, &s->work->problem))
		return false;
	s->outcome = s->work->fed.effect == FEED_UNCHANGED ? STEP_UNCHANGED : STEP_DONE;
	return true;
}

static bool keep_octets(struct chunk *c, struct step *s, const struct document_entry *e)
{
	struct kept_document d = { .repository_unique_id = e->repository_unique_id,
				   .unique_id = e->unique_id,
				   .mime_type = e->mime_type,
				   .size = s->blob.size,
				   .source_system = c->im->source.facility->name };
	memcpy(d.sha256, s->blob.sha256, sizeof d.sha256);
	return c->im->copy ? repository_put(c->txn, c->arena, &d, &s->blob, &s->work->problem)
			   : repository_put_external(c->txn, c->arena, &d, &s->blob,
						     s->name->root->directory, s->name->path,
						     &s->work->problem);
}

/* The version this one replaces: the one that is Approved, or the newest before it, which was
 * history when it was registered. Older ones that come late replace nothing. NULL: none. */
static const struct document_entry *replaced_by(struct chunk *c, const struct step *s, bool current)
{
	const struct storage_key *k = s->key;
	const struct step *before = k->latest != NULL || k->moved_from == NULL
					    ? k->latest
					    : k->moved_from->latest;
	const struct document_entry *approved = settle_approved(c, s), *older = NULL;
	if (before != NULL)
		older = chunk_open(c, registry_entry_of(c->txn, c->arena, chunk_id(c, before)));
	if (current)
		return approved != NULL ? approved : older;
	return approved == NULL || (older != NULL && text_equal(approved->id, older->id)) ? older
											  : NULL;
}

/* Of "DocumentEntry(Document01).classCode" the attribute: the rest is ours, and says nothing to who
 * wrote the file. */
static const char *attribute_of(const struct problem *p)
{
	const char *within = strstr(p->where, ").");
	return within == NULL ? p->where : within + 2;
}

static bool submit(struct chunk *c, struct step *s, const struct patient_record *record)
{
	struct registry_desk desk = desk_of(c);
	struct findings f = findings_in(c->arena);
	bool current = s == s->key->expected && !s->patient->deleted;
	const struct document_entry *old = replaced_by(c, s, current);
	/* Replaced is what is Approved (ITI TF-2: 3.42.4.1.3.5); here it is for this moment. */
	if (old != NULL && !registry_approve(c->txn, c->arena, old->id, &s->work->problem))
		return false;
	const struct ssmix2_document document = { s->name, &s->blob, s->unique_id, s->media };
	const struct submission *one = ssmix2_submission(
		c->arena, &c->im->source, &document,
		document_registry_regional_id(&desk, record->person), old == NULL ? NULL : old->id,
		desk.now);
	if (s->media == NULL)
		ssmix2_refer_to_studies(c->arena, s->message.hl7, one->entries);
	const struct submission *registered = NULL;
	if (!document_registry_validate(&desk, one, SUBMISSION_PROVIDES, &f)
	    || !keep_octets(c, s, one->entries)
	    || (registered = document_registry_register(&desk, one, &f)) == NULL) {
		if (f.first != NULL)
			problem_at(&s->work->problem, f.first->problem.code, f.first->problem.where,
				   "%s: %s", attribute_of(&f.first->problem),
				   f.first->problem.what);
		return problem_set(&s->work->problem, PROBLEM_INTERNAL,
				   "the document could not be registered");
	}
	s->replaced = old != NULL;
	s->offered = registered->offered;
	s->outcome = STEP_DONE;
	return current
	       || registry_deprecate(c->txn, c->arena, registered->entries->id, &s->work->problem);
}

static bool register_document(struct chunk *c, struct step *s)
{
	struct patient_record record;
	/* Another import, or another file of the key, may have been here since the snapshot. */
	if (chunk_identify(c, s)) {
		s->outcome = STEP_UNCHANGED;
		return true;
	}
	if (chunk_record(c, s->name, &record))
		return submit(c, s, &record);
	return problem_set(&s->work->problem, PROBLEM_UNKNOWN_PATIENT,
			   "the patient is not known: there is no ADT-00 that could be taken; "
			   "import again when there is one");
}

static bool take_in(struct chunk *c, struct step *s)
{
	struct kept_document kept;
	return !chunk_holds(c, s->unique_id, &kept)
	       || repository_took_in(c->txn, c->arena, kept.repository_unique_id, s->unique_id,
				     &s->work->problem);
}

/* Octets of our own take the place of the reference; the document is one use of them, as before. */
static bool move_octets(struct chunk *c, struct step *s)
{
	s->outcome = STEP_UNCHANGED;
	if (s->adopted)
		return take_in(c, s) && blob_keep(c->txn, &s->blob)
		       && blob_release(c->txn, s->blob.sha256);
	return blob_moved_external(c->txn, s->blob.sha256, s->name->root->directory, s->name->path);
}

static void run_step(void *with)
{
	struct chunk *c = with;
	struct step *s = c->step;
	bool done = false;
	switch (s->action) {
	case STEP_FEED: done = feed_patient(c, s); break;
	case STEP_REGISTER:
		done = s->moved || s->adopted ? move_octets(c, s) : register_document(c, s);
		break;
	case STEP_SETTLE:
	case STEP_WITHDRAW_PATIENT:
	case STEP_RESTORE_PATIENT: done = settle(c, s); break;
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
	if (c->step->outcome != STEP_FAILED)
		return true;
	*p = c->step->work->problem;
	return false;
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

static void add_document(struct exchange *x, struct audit_event *e,
			 const struct registered_system *of, const char *unique_id)
{
	struct audit_object *o = audit_add_object(x, e);
	o->id = unique_id;
	o->type_code = 2;
	o->type_code_role = 3;
	o->id_type = (struct coded_value){ .code = "9",
					   .scheme = "RFC-3881",
					   .display = "Report Number" };
	audit_add_detail(x, o, "Repository Unique Id",
			 bytes_of_text(region_repository_of(x->region, of->name)));
}

/* One event for all documents of the job that were registered (C), or whose status is another now
 * (U); NULL: none. */
static struct audit_event *document_event(struct chunk *c, struct exchange *x,
					  enum audit_action action)
{
	struct audit_event *e = NULL;
	for (const struct step *s = c->first; s != c->end; s = s->next) {
		struct text_list registered = { .value = s->unique_id };
		const struct text_list *ids = action == AUDIT_UPDATE ? s->changed : &registered;
		if (s->outcome != STEP_DONE || ids == NULL
		    || (action == AUDIT_CREATE && s->action != STEP_REGISTER))
			continue;
		if (e == NULL) {
			e = new_event(c, 110107, action);
			audit_patient(x, e,
				      cx_text(c->arena, s->name->patient_id,
					      c->im->source.facility->domains[0]));
		}
		for (; ids != NULL; ids = ids->next)
			add_document(x, e, c->im->source.facility, ids->value);
	}
	return e;
}

static bool record(struct chunk *c, struct audit_event *e)
{
	return e == NULL || c->im->x->record(c->im->x, c->txn, c->arena, e);
}

static bool record_offers(struct chunk *c, struct exchange *x)
{
	for (const struct step *s = c->first; s != c->end; s = s->next)
		if (s->outcome == STEP_DONE && !record(c, audit_offered(x, s->offered)))
			return false;
	return true;
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
		audit_feed(&x, e, &s->work->feed, &s->work->fed, "MSH-10");
		e->action = s->work->fed.created ? AUDIT_CREATE : AUDIT_UPDATE;
		if (!record(c, e))
			return;
	}
	c->recorded = record_offers(c, &x) && record(c, document_event(c, &x, AUDIT_CREATE))
		      && record(c, document_event(c, &x, AUDIT_UPDATE));
}

static bool run_pending(struct chunk *c, struct store_txn *t, struct problem *p)
{
	struct problem why = { .code = PROBLEM_NONE };
	struct step *s = c->step;
	if (!store_savepoint(t, step_part, c, &why) && s->work->problem.code == PROBLEM_NONE)
		s->work->problem = why;
	if (store_failed(t))
		why = *store_problem(t);
	if (why.code == PROBLEM_STORE_FULL || store_failed(t))
		return problem_set(p, why.code, "%s", why.what);
	return true;
}

static void note_version(struct step *s, bool pending)
{
	if (s->action != STEP_REGISTER)
		return;
	if (pending && s->outcome == STEP_FAILED)
		s->taken = false;
	if (s->taken)
		s->key->latest = s;
}

static bool run_job(void *with, struct store_txn *t, struct problem *p)
{
	struct chunk *c = with;
	for (c->step = c->first; c->step != c->end; c->step = c->step->next) {
		bool pending = c->step->outcome == STEP_PENDING;
		if (pending && !run_pending(c, t, p))
			return false;
		note_version(c->step, pending);
	}
	c->txn = t;
	if (!arena_run(c->arena, record_all, c) || !c->recorded)
		return problem_set(p, PROBLEM_AUDIT_UNAVAILABLE,
				   "the audit record of an import could not be kept");
	return true;
}

/* ---- What came of it ---- */

static unsigned dead_keys(const struct step *order)
{
	unsigned count = 0;
	for (const struct storage_key *k = order->key; k != NULL; k = k->next)
		count += k->expected == NULL;
	return count;
}

/* Files that said nothing new; of a deleted key, whose files all have flag 0, the key. */
static unsigned unchanged(const struct step *s)
{
	if (s->action == STEP_SETTLE) {
		unsigned dead = dead_keys(s);
		return dead > s->withdrawn ? dead - s->withdrawn : 0;
	}
	return s->outcome == STEP_UNCHANGED
	       && !(s->action == STEP_REGISTER && s->name->flag == '0');
}

/* A file that was deleted and cannot be taken is nobody's fault any more. */
static void tell_failure(struct importing *im, const struct step *s)
{
	if (s->name->flag != '0' || s->action != STEP_REGISTER)
		import_fault(im, s->name, s->work->problem.what);
	else
		import_warning(im, s->name, s->work->problem.what);
}

static void tell(struct importing *im, const struct step *s)
{
	struct import_counts *n = &im->counts;
	if (s->outcome == STEP_FAILED) {
		tell_failure(im, s);
		return;
	}
	if (s->message.shortcoming != NULL)
		import_warning(im, s->name, s->message.shortcoming);
	if (s->outcome == STEP_DONE && s->another && !s->twin)
		import_warning(im, s->name,
			       "the file was changed under an unchanged name; it is a version of "
			       "its own, beside what was imported before");
	n->unchanged += unchanged(s);
	n->withdrawn += s->withdrawn;
	n->restored += s->restored;
	if (s->outcome != STEP_DONE)
		return;
	n->patients += s->action == STEP_FEED;
	n->documents += s->action == STEP_REGISTER;
	n->replaced += s->replaced;
}

/* What the job writes: the chunk, its steps, what is the newest of their keys, and which rules of
 * the facility were needed. */
static void list_blocks(void *with)
{
	struct chunk *c = with;
	size_t count = 0;
	for (const struct step *s = c->first; s != c->end; s = s->next)
		count++;
	struct store_block *block = arena_array(c->arena, struct store_block, 2 * count + 3);
	c->afresh = (struct store_afresh){ .arena = c->arena, .blocks = block };
	*block++ = (struct store_block){ c, sizeof *c };
	*block++ = (struct store_block){ c->works, count * sizeof *c->works };
	*block++ = (struct store_block){ &c->im->needed, sizeof c->im->needed };
	for (struct step *s = c->first; s != c->end; s = s->next) {
		*block++ = (struct store_block){ s, sizeof *s };
		if (s->key != NULL)
			*block++ = (struct store_block){ &s->key->latest, sizeof s->key->latest };
	}
	c->afresh.count = (size_t)(block - c->afresh.blocks);
}

static bool write_chunk(struct chunk *c, struct problem *p)
{
	if (!arena_run(c->arena, list_blocks, c))
		return problem_set(p, PROBLEM_OUT_OF_RESOURCES,
				   "there is no memory to import with");
	const struct store_afresh afresh = c->afresh;
	return store_write_afresh(c->im->x->store, &afresh, run_job, c, p);
}

static void make_works(void *with)
{
	struct chunk *c = with;
	c->works = arena_array(c->arena, struct step_work, CHUNK_STEPS);
}

/* In the snapshot. */
static void look(struct chunk *c)
{
	const struct registry_desk desk = { .sender = c->im->source.facility, .txn = c->txn };
	c->stored_elsewhere = quota_elsewhere(&desk);
	chunk_prepare(c);
}

static void run_chunk(struct chunk *c)
{
	struct importing *im = c->im;
	struct problem p = { .code = PROBLEM_NONE };
	c->txn = store_begin_read(im->x->store, &p);
	if (c->txn != NULL)
		look(c);
	bool read = c->txn != NULL && !store_failed(c->txn);
	if (c->txn != NULL && !read)
		p = *store_problem(c->txn);
	store_end(c->txn);
	for (struct step *s = c->first; read && !c->work && s != c->end; s = s->next)
		note_version(s, false);
	if (!read || (c->work && !write_chunk(c, &p))) {
		im->problem = p;
		im->stopped = true;
		return;
	}
	for (const struct step *s = c->first; s != c->end; s = s->next)
		tell(im, s);
}

/* What was kept is kept; the next import goes on from there. */
bool import_ends(struct importing *im)
{
	const struct exchange *x = im->x;
	if (im->stopped || x->stopping == NULL || !atomic_load(x->stopping))
		return im->stopped;
	im->stopped = true;
	return !problem_set(&im->problem, PROBLEM_BUSY,
			    "the service is stopping, or nobody waits any more; what was taken in "
			    "is kept, import again "
			    "for the rest");
}

/* The last step of a job changed as much as one job may: there may be more. */
static struct step *unfinished(const struct chunk *c)
{
	struct step *last = c->first;
	while (last->next != c->end)
		last = last->next;
	if (last->action < STEP_WITHDRAW_PATIENT || last->outcome != STEP_DONE
	    || last->withdrawn + last->restored < CHUNK_STATUSES)
		return c->end;
	last->outcome = STEP_PENDING;
	last->message.shortcoming = NULL; /* told once */
	return last;
}

void import_steps(struct importing *im, struct step *steps)
{
	while (steps != NULL && !import_ends(im)) {
		struct chunk c = { .im = im, .arena = arena_create(CHUNK_MEMORY), .first = steps };
		if (c.arena == NULL || !arena_run(c.arena, make_works, &c)) {
			arena_destroy(c.arena);
			im->stopped = !problem_set(&im->problem, PROBLEM_OUT_OF_RESOURCES,
						   "there is no memory to import with");
			return;
		}
		run_chunk(&c);
		steps = im->stopped ? NULL : unfinished(&c);
		arena_destroy(c.arena);
	}
}
