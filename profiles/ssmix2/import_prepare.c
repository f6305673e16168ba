/* profiles/ssmix2/import_prepare.c: the worker's part of an import: what a file says, whether it
 * may be believed, and whether it says anything new. Nothing here waits for the committer. */
#include <openssl/sha.h>
#include <string.h>

#include "gateway/base/text.h"
#include "profiles/ssmix2/import_chunk.h"
#include "schemas/tables/leniency.h"
#include "store/registry.h"
#include "store/repository.h"

/* ---- What is known already ---- */

bool chunk_record(struct chunk *c, const struct storage_name *n, struct patient_record *out)
{
	return identity_find(c->txn, c->arena, c->im->source.facility->domains[0], n->patient_id,
			     out);
}

struct document_entry *chunk_current(struct chunk *c, const struct step *s)
{
	static const struct registry_glance approved = { .approved = true, .stable = true };
	struct storage_name other = *s->name;
	struct patient_record record;
	if (!chunk_record(c, s->name, &record))
		return NULL;
	other.date = s->other_date != NULL ? s->other_date : s->name->date;
	const char *order = ssmix2_order_id(c->arena, &c->im->source, s->name);
	const char *day = ssmix2_service_start(c->arena, s->name);
	const char *other_day = ssmix2_service_start(c->arena, &other);
	const char *type = ssmix2_type_code(s->name->type);
	struct registry_cursor *all = registry_referring(c->txn, c->arena, order, record.number,
							 &approved);
	for (struct document_entry *e; (e = registry_next_entry(all)) != NULL;)
		if (text_equal(e->type_code->code, type)
		    && text_equal(e->source_system, c->im->source.facility->name)
		    && (text_equal(e->service_start_time, day)
			|| text_equal(e->service_start_time, other_day)))
			return e;
	return NULL;
}

/* ---- The files ---- */

bool step_fail(struct step *s, const char *what)
{
	s->outcome = STEP_FAILED;
	return problem_set(&s->problem, PROBLEM_REQUEST_INVALID, "%s", what);
}

/* A document that is registered: the same octets, or a defect of the sender. */
static void compare_known(struct chunk *c, struct step *s)
{
	const struct region *r = c->im->source.region;
	struct kept_document kept;
	struct blob_content content;
	struct problem gone = { .code = PROBLEM_NONE };
	if (!repository_find(c->txn, c->arena, r->repository_unique_id, s->unique_id, &kept)
	    || memcmp(kept.sha256, s->blob.sha256, sizeof kept.sha256) != 0) {
		step_fail(
			s,
			"the file was changed under an unchanged name; what was imported before is "
			"kept");
		return;
	}
	s->moved = blob_is_elsewhere(c->txn, kept.sha256, c->im->root, s->name->path)
		   && !blob_open(c->txn, kept.sha256, c->arena, &content, &gone);
	s->outcome = s->moved ? STEP_PENDING : STEP_UNCHANGED;
}

static bool is_late(struct chunk *c, const struct step *s)
{
	const struct document_entry *e = s->history ? chunk_current(c, s) : NULL;
	instant made, shown;
	char seconds[DTM_TEXT] = { 0 };
	memcpy(seconds, s->name->time, DTM_TEXT - 1);
	return e != NULL && instant_from_dtm(seconds, 540, &made)
	       && instant_from_dtm(e->creation_time, 0, &shown) && shown > made;
}

static void prepare_document(struct chunk *c, struct step *s, struct bytes octets)
{
	struct importing *im = c->im;
	SHA1(octets.data, octets.length, s->blob.sha1);
	SHA256(octets.data, octets.length, s->blob.sha256);
	s->blob.size = octets.length;
	s->unique_id = ssmix2_unique_id(c->arena, &im->source, s->name);
	if (registry_entries_of(c->txn, c->arena, s->unique_id) != NULL) {
		compare_known(c, s);
		return;
	}
	if (!ssmix2_message_read(c->arena, im->source.facility, s->name, octets, &s->message,
				 &s->problem)) {
		s->outcome = STEP_FAILED;
		return;
	}
	if (s->message.cancels && !s->history)
		s->action = STEP_WITHDRAW;
	else if (s->message.cancels || is_late(c, s))
		s->outcome = STEP_UNCHANGED;
	else if (im->copy && !blob_of_bytes(im->x->store, c->arena, octets, &s->blob, &s->problem))
		s->outcome = STEP_FAILED;
}

static void prepare_feed(struct chunk *c, struct step *s, struct bytes octets)
{
	const struct registered_system *facility = c->im->source.facility;
	if (!ssmix2_message_read(c->arena, facility, s->name, octets, &s->message, &s->problem)
	    || !ssmix2_message_feed(c->arena, facility, s->name, &s->message, &s->feed,
				    &s->problem))
		s->outcome = STEP_FAILED;
	else if (s->message.cancels)
		s->action = STEP_WITHDRAW_PATIENT;
	leniencies_add(&c->im->x->needed, &s->message.needed);
}

static void prepare_step(void *with)
{
	struct chunk *c = with;
	struct step *s = c->step;
	struct patient_record record;
	struct bytes octets = { 0 };
	if (s->action == STEP_FEED || s->action == STEP_REGISTER) {
		const char *why = storage_read(c->arena, c->im->root, s->name->path, &octets);
		c->octets += octets.length;
		if (why != NULL)
			step_fail(s, why);
		else if (s->action == STEP_FEED)
			prepare_feed(c, s, octets);
		else
			prepare_document(c, s, octets);
	}
	if (s->outcome == STEP_PENDING
	    && ((s->action == STEP_WITHDRAW && chunk_current(c, s) == NULL)
		|| (s->action == STEP_WITHDRAW_PATIENT && !chunk_record(c, s->name, &record))))
		s->outcome = STEP_UNCHANGED;
}

/* As many steps as one job takes. A step begins only where the one before left room. */
void chunk_prepare(struct chunk *c)
{
	for (c->step = c->first;
	     c->step != NULL && c->count < CHUNK_STEPS && c->octets < CHUNK_OCTETS
	     && (c->count == 0
		 || text_equal(c->step->name->patient_id, c->first->name->patient_id));
	     c->step = c->step->next) {
		if (!arena_run(c->arena, prepare_step, c))
			step_fail(c->step, "needs more memory than a file of an import may");
		c->work = c->work || c->step->outcome == STEP_PENDING;
		c->count++;
	}
	c->end = c->step;
}
