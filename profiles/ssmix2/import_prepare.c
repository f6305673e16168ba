/* profiles/ssmix2/import_prepare.c: the worker's part of an import: what a file says, whether it
 * may be believed, and whether it says anything new. Nothing here waits for the committer. */
#include <openssl/sha.h>
#include <string.h>

#include "gateway/base/text.h"
#include "profiles/ssmix2/import_chunk.h"
#include "schemas/tables/leniency.h"
#include "store/registry.h"
#include "store/repository.h"

bool chunk_record(struct chunk *c, const struct storage_name *n, struct patient_record *out)
{
	return identity_find(c->txn, c->arena, c->im->source.facility->domains[0], n->patient_id,
			     out);
}

struct document_entry *chunk_open(const struct chunk *c, struct sealed_entry *e)
{
	struct admission *operators = &c->im->admission;
	return e == NULL ? NULL : operators->entry(operators->self, c->txn, e);
}

bool chunk_is_ours(const struct chunk *c, const struct document_entry *e)
{
	return text_equal(e->source_system, c->im->source.facility->name) && ssmix2_is_entry(e);
}

bool step_fail(struct step *s, const char *what)
{
	s->outcome = STEP_FAILED;
	return problem_set(&s->work->problem, PROBLEM_REQUEST_INVALID, "%s", what);
}

/* ---- Versions ---- */

bool chunk_holds(struct chunk *c, const char *unique_id, struct kept_document *out)
{
	const struct region *r = c->im->source.region;
	bool held = repository_find(c->txn, c->arena, r->repository_unique_id, unique_id, out);
	for (size_t i = 0; !held && i < r->repository_count; i++)
		held = repository_find(c->txn, c->arena, r->repositories[i].unique_id, unique_id,
				       out);
	return held;
}

/* Most files of a first load are new: they are looked for where they would be kept, and in the
 * facility's former repositories only where an entry says that there is something. */
static bool knows_octets_of(struct chunk *c, const char *unique_id, bool registered,
			    struct kept_document *out)
{
	const struct ssmix2_source *of = &c->im->source;
	const struct region *r = of->region;
	const char *own = region_repository_of(r, of->facility->name);
	bool known = repository_knows(c->txn, c->arena, own, unique_id, out);
	if (!known && registered)
		known = repository_knows(c->txn, c->arena, r->repository_unique_id, unique_id, out);
	for (size_t i = 0; !known && registered && i < r->repository_count; i++)
		known = repository_knows(c->txn, c->arena, r->repositories[i].unique_id, unique_id,
					 out);
	return known;
}

const char *chunk_id(struct chunk *c, const struct step *s)
{
	return ssmix2_unique_id(c->arena, &c->im->source, s->name,
				s->another ? s->blob.sha256 : NULL);
}

/* What a name says is meant for one content, for ever. But a system that takes another's place
 * writes the storage anew, each file with other octets: these are versions of their own, and what
 * had the id keeps it, so that what was imported long ago is known again. */
bool chunk_identify(struct chunk *c, struct step *s)
{
	struct kept_document kept = { .removed = 0 };
	s->another = false;
	s->unique_id = chunk_id(c, s);
	bool registered = registry_same(c->txn, s->unique_id, 1) != 0;
	s->another = knows_octets_of(c, s->unique_id, registered, &kept)
		     && memcmp(kept.sha256, s->blob.sha256, sizeof kept.sha256) != 0;
	if (s->another) {
		kept.removed = 0;
		s->unique_id = chunk_id(c, s);
		registered = registry_same(c->txn, s->unique_id, 1) != 0;
		knows_octets_of(c, s->unique_id, registered, &kept);
	}
	s->removed = kept.removed != 0;
	return registered;
}

static const char twin_of_others[] =
	"another file of this key has the same 発生日時 and other octets; both are kept, and the "
	"one whose SHA-256 is greater counts: have one of them written again with a 発生日時 of "
	"its own";

/* Files of one time come one after the other. */
static bool is_twin_of_others(const struct step *s)
{
	for (const struct step *o = s->older;
	     s->twin && o != NULL && text_equal(o->name->time, s->name->time); o = o->older)
		if (o->taken && memcmp(o->blob.sha256, s->blob.sha256, sizeof s->blob.sha256) != 0)
			return true;
	return false;
}

/* Also of what is registered: the rules may have been laxer then, and it must not stay Approved. */
static bool read_version(struct chunk *c, struct step *s, struct bytes octets)
{
	const struct ssmix2_source *source = &c->im->source;
	bool may = s->media != NULL ? extended_may_be_kept(c, s)
				    : ssmix2_message_read(c->arena, source, s->name, octets,
							  &s->message, &s->work->problem)
					      && ssmix2_message_may_be_kept(source, &s->message,
									    &s->work->problem);
	if (!may) {
		s->taken = false;
		s->outcome = STEP_FAILED;
		return false;
	}
	if (is_twin_of_others(s))
		s->message.shortcoming = twin_of_others;
	leniencies_add(&c->im->needed, &s->message.needed);
	return true;
}

static bool copy_octets(struct chunk *c, struct step *s, struct bytes octets)
{
	const struct importing *im = c->im;
	const char *below = region_documents_of(im->x->region, im->source.facility->name);
	if (s->media != NULL)
		return extended_copy(c, s);
	return blob_of_bytes_below(im->x->store, c->arena, below, octets, &s->blob,
				   &s->work->problem);
}

/* A document that is registered: its octets may have moved, for its flag changed; or they stayed
 * where they were, and are to be copied now. */
static void compare_known(struct chunk *c, struct step *s, struct bytes octets)
{
	struct blob_content content;
	struct problem gone = { .code = PROBLEM_NONE };
	s->taken = true;
	if (s->removed)
		s->outcome = STEP_UNCHANGED;
	if (s->removed || !read_version(c, s, octets))
		return;
	if (s->message.shortcoming != twin_of_others)
		s->message.shortcoming = NULL; /* told when it was taken */
	s->adopted = c->im->copy && blob_is_elsewhere(c->txn, s->blob.sha256, "", "")
		     && copy_octets(c, s, octets);
	s->moved = !c->im->copy
		   && blob_is_elsewhere(c->txn, s->blob.sha256, s->name->root->directory,
					s->name->path)
		   && !blob_open(c->txn, s->blob.sha256, c->arena, &content, &gone);
	s->outcome = s->work->problem.code != PROBLEM_NONE ? STEP_FAILED
		     : s->moved || s->adopted              ? STEP_PENDING
							   : STEP_UNCHANGED;
}

/* What was deleted before its patient was known is nothing to wait for. */
static bool never_seen(struct chunk *c, const struct step *s)
{
	struct patient_record record;
	return (s->name->flag == '0' || s->patient->deleted) && !s->patient->fed
	       && !chunk_record(c, s->name, &record);
}

static void prepare_document(struct chunk *c, struct step *s, struct bytes octets)
{
	struct importing *im = c->im;
	if (chunk_identify(c, s)) {
		compare_known(c, s, octets);
		return;
	}
	if (!read_version(c, s, octets)) {
		s->spoilt = s->another;
		return;
	}
	s->cancels = s->message.cancels;
	if (s->cancels || never_seen(c, s))
		s->outcome = STEP_UNCHANGED;
	else if (im->copy && !copy_octets(c, s, octets))
		s->outcome = STEP_FAILED;
	else
		s->taken = true;
}

/* ---- The patient ---- */

static void prepare_feed(struct chunk *c, struct step *s, struct bytes octets)
{
	const struct ssmix2_source *source = &c->im->source;
	if (!ssmix2_message_read(c->arena, source, s->name, octets, &s->message, &s->work->problem)
	    || !ssmix2_message_feed(c->arena, source, s->name, &s->message, &s->work->feed,
				    &s->work->problem)) {
		s->outcome = STEP_FAILED;
	} else if (s->message.cancels) {
		s->action = STEP_WITHDRAW_PATIENT;
		s->patient->deleted = true;
	} else {
		/* A moment after the newest file, whether it holds or not: one that was taken back
		 * and then holds again must not be older than what held meanwhile. */
		const struct storage_name *last = s->outlived != NULL ? s->outlived : s->name;
		s->patient->fed = true;
		s->work->feed.occurred = storage_instant(last) + STORAGE_TIME_UNIT;
		cross_reference_prepare(c->arena, source->region, &s->work->feed);
		cross_reference_weigh(c->txn, c->arena, source->region, source->facility,
				      &s->work->feed);
	}
	leniencies_add(&c->im->needed, &s->message.needed);
}

/* A disk that fails, or a file that was cut, says nothing of what was taken from it before. */
static void fail_to_read(struct chunk *c, struct step *s, const char *why)
{
	step_fail(s, why);
	s->spoilt = s->action == STEP_REGISTER && registry_same(c->txn, chunk_id(c, s), 1) != 0;
}

static void hash_octets(struct step *s, struct bytes octets)
{
	SHA1(octets.data, octets.length, s->blob.sha1);
	SHA256(octets.data, octets.length, s->blob.sha256);
	s->blob.size = octets.length;
}

static void read_file(struct chunk *c, struct step *s)
{
	struct bytes octets = { 0 };
	const char *why = s->name->type->extended ? extended_look(c, s)
						  : storage_read(c->arena, s->name, &octets);
	if (octets.data != NULL)
		hash_octets(s, octets);
	c->octets += s->blob.size < CHUNK_OCTETS ? (size_t)s->blob.size : CHUNK_OCTETS;
	if (why == storage_gone && s->key != NULL)
		s->key->gone = true;
	if (why != NULL)
		fail_to_read(c, s, why);
	else if (s->action == STEP_FEED)
		prepare_feed(c, s, octets);
	else
		prepare_document(c, s, octets);
}

/* ---- Any step ---- */

static bool waits_for(const struct storage_key *k)
{
	for (const struct step *v = k == NULL ? NULL : k->newest; v != NULL; v = v->older)
		if (v->outcome == STEP_PENDING)
			return true;
	return false;
}

/* The versions of this job are not registered yet: then the committer looks. */
static bool waits_for_versions(const struct step *s)
{
	for (const struct storage_key *k = s->key; k != NULL; k = k->next)
		if (waits_for(k) || waits_for(k->main))
			return true;
	return false;
}

static bool is_settled(struct chunk *c, const struct step *s)
{
	struct settling found;
	if (s->action == STEP_SETTLE && waits_for_versions(s))
		return false;
	return s->action == STEP_SETTLE ? !settle_order(c, s, &found)
					: !settle_patient(c, s, &found);
}

static void prepare_step(void *with)
{
	struct chunk *c = with;
	struct step *s = c->step;
	struct patient_record record;
	if (s->unless != NULL && s->unless->outcome != STEP_FAILED)
		s->outcome = STEP_NOT_NEEDED;
	else if (s->action == STEP_FEED || s->action == STEP_REGISTER)
		read_file(c, s);
	if (s->action == STEP_WITHDRAW_PATIENT && s->withdrawn == 0
	    && chunk_record(c, s->name, &record))
		s->message.shortcoming =
			"the patient was deleted at the source (A23); its documents are "
			"Deprecated, its id stays known";
	if (s->outcome == STEP_PENDING && s->action != STEP_FEED && s->action != STEP_REGISTER
	    && is_settled(c, s))
		s->outcome = s->action == STEP_RESTORE_PATIENT ? STEP_NOT_NEEDED : STEP_UNCHANGED;
}

/* As many steps as one job takes. A step begins only where the one before left room; one about the
 * whole patient is the last of its job. */
void chunk_prepare(struct chunk *c)
{
	bool whole = false;
	for (c->step = c->first;
	     c->step != NULL && !whole && c->count < CHUNK_STEPS && c->octets < CHUNK_OCTETS
	     && (c->count == 0
		 || text_equal(c->step->name->patient_id, c->first->name->patient_id));
	     c->step = c->step->next) {
		c->step->work = &c->works[c->count];
		if (!arena_run(c->arena, prepare_step, c))
			step_fail(c->step, "needs more memory than a file of an import may");
		c->work = c->work || c->step->outcome == STEP_PENDING;
		whole = c->step->action >= STEP_WITHDRAW_PATIENT;
		c->count++;
	}
	c->end = c->step;
}
