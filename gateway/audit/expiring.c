/* gateway/audit/expiring.c: audit records that are older than the rule says go away. */
#include "gateway/audit/expiring.h"

#include <stdio.h>
#include <string.h>

#include "gateway/audit/anchors.h"
#include "gateway/audit/checkpoint.h"
#include "gateway/audit/received_end.h"
#include "gateway/audit/record.h"
#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "schemas/model/region.h"
#include "store/audit_aside.h"
#include "store/audit_received.h"
#include "store/disasters.h"
#include "store/overrides.h"
#include "store/store.h"

enum {
	SECOND = 1000000,
	STEP = 1 << 20, /* entries looked at in one snapshot: a second or so */
	MEMORY = 4 << 20,
};

/* One step of one chain: what is found, and the job that makes it so. */
struct step {
	const struct expiring *asked;
	enum audit_kind kind;
	struct arena *arena; /* its own */
	uint64_t chain, keep;
	struct audit_expiry limits;
	const char *needed[KEPT_FOR_NEXT + 1]; /* by whom, by why it is kept; or NULL */
	struct audit_checkpoint before, found;
	uint64_t past;
	enum audit_kept_for why;
	bool any;
	struct checkpoint said;
	char line[CHECKPOINT_LINE + 1];
	struct problem *problem;
};

/* ---- Who needs what ---- */

static void need_since(struct step *s, instant since, const char *who)
{
	if (since >= s->limits.before)
		return;
	s->limits.before = since;
	s->needed[KEPT_FOR_AGE] = who;
}

static void need_from(struct step *s, uint64_t up_to, const char *who)
{
	if (up_to >= s->limits.up_to)
		return;
	s->limits.up_to = up_to;
	s->needed[KEPT_AS_NEEDED] = who;
}

/* An emergency lasts hours, and a rule years: one that goes on is among those not reviewed. */
static void need_emergencies(struct step *s, struct store_txn *t)
{
	static const struct {
		enum override_list list;
		const char *who;
	} waiting[] = {
		{ OVERRIDES_UNREVIEWED, "an emergency that nobody has reviewed (review list)" },
		{ OVERRIDES_UNTOLD, "an emergency whose patient was not told (notice list)" },
	};
	for (size_t i = 0; i < COUNT(waiting); i++) {
		size_t count;
		const struct override *o = overrides_list(t, s->arena, waiting[i].list, NULL, 1,
							  &count);
		if (count != 0)
			need_since(s, o->since, waiting[i].who);
	}
	for (const struct disaster *d = disasters_list(t, s->arena); d != NULL; d = d->next)
		if (d->ended == 0)
			need_since(s, d->since, "a disaster that has not ended (disaster list)");
}

static void need_deliveries(struct step *s, struct store_txn *t)
{
	const struct audit_keeping *k = s->asked->keeping;
	for (size_t i = 0; i < k->repository_count; i++) {
		const char *name = k->repositories[i];
		need_from(
			s, audit_log_acknowledged(t, name, s->chain),
			arena_printf(s->arena, "audit repository %s, which has not had it", name));
		for (unsigned again = 0; again < 2; again++) {
			size_t count;
			const struct audit_aside *one = audit_aside_list(
				t, s->arena, name, again != 0, audit_number(s->chain, 0), 1,
				&count);
			if (count != 0 && audit_chain(one->sequence) == s->chain)
				need_from(s, one->sequence - 1,
					  arena_printf(s->arena,
						       "audit repository %s, for which it was set "
						       "aside (audit aside)",
						       name));
		}
	}
}

/* Only what was signed goes, and the record of the youngest anchor stays. */
static void need_anchors(struct step *s, struct store_txn *t)
{
	struct audit_anchored noted;
	if (!audit_log_anchored(t, s->chain, &noted))
		return;
	need_from(s, noted.record == 0 ? audit_number(s->chain, 0) : noted.record - 1,
		  "the anchors, which have not signed it");
}

static void find_limits(struct step *s, struct store_txn *t)
{
	s->limits = (struct audit_expiry){
		.before = s->asked->now - (instant)s->keep * SECOND,
		.up_to = audit_number(s->chain, AUDIT_PLACE_MASK),
		.most = STEP,
	};
	if (s->kind == AUDIT_RECEIVED)
		return;
	need_emergencies(s, t);
	need_deliveries(s, t);
	need_anchors(s, t);
}

/* ---- One step ---- */

/* What does not fit is not built upon: our signature would speak for what somebody else did. */
static bool is_ours(struct step *s)
{
	const char *fault = checkpoint_fault(&s->before, s->kind, s->asked->anchors);
	return fault == NULL
	       || problem_set(s->problem, PROBLEM_CONFLICT,
			      "the beginning of chain %llu %s; minato audit verify tells more",
			      (unsigned long long)s->chain, fault);
}

static void look(struct step *s, struct store_txn *t)
{
	audit_checkpoint_look(t, s->kind, s->chain, s->arena, &s->before);
	s->found = s->before;
	find_limits(s, t);
	if (!store_failed(t) && is_ours(s))
		s->any = audit_expiring_find(t, s->kind, s->chain, &s->limits, &s->found, &s->past,
					     &s->why);
	if (store_failed(t))
		problem_set(s->problem, store_problem(t)->code, "%s", store_problem(t)->what);
}

static bool sign(struct step *s)
{
	const struct audit_checkpoint *f = &s->found;
	s->said = (struct checkpoint){
		.kind = s->kind,
		.last = { .sequence = f->sequence },
		.count = audit_place(f->sequence),
		.first_time = f->first,
		.last_time = f->last,
		.keep = s->keep,
		.time = s->asked->now,
	};
	memcpy(s->said.last.hash, f->hash, AUDIT_HASH);
	if ((s->before.line.length != 0 && !anchor_digest(s->before.line, s->said.before))
	    || !checkpoint_sign(&s->said, s->asked->anchors->key, s->line))
		return problem_set(s->problem, PROBLEM_INTERNAL,
				   "what is to go could not be signed");
	s->found.line = bytes_of_text(s->line);
	return true;
}

static const char *told(struct arena *a, instant t)
{
	char *text = arena_alloc(a, XML_TIME_TEXT);
	instant_to_xml(t, text);
	return text;
}

/* DCM 110113, and in words what went; 15: permanent erasure (DICOM PS3.15 A.5.3). */
static struct audit_event *event_of(const struct step *s, struct arena *a)
{
	char place[AUDIT_PLACE_TEXT];
	const struct audit_note note = { .doing = AUDIT_DOING_EXPIRED,
					 .display = "Audit Records Removed",
					 .detail = "Checkpoint",
					 .text = s->line };
	struct audit_event *e = audit_noted(a, s->asked->anchors->source, &note, s->asked->now);
	struct audit_detail *d = arena_new(a, struct audit_detail);
	const char *words = arena_printf(
		a, "%saudit records up to %s went by rule, after %llu days; they were of %s to %s",
		s->kind == AUDIT_RECEIVED ? "received " : "",
		audit_place_text(s->found.sequence, place), (unsigned long long)(s->keep / 86400),
		told(a, s->found.first), told(a, s->found.last));
	*d = (struct audit_detail){ .type = "Alert Description",
				    .value = (const unsigned char *)words,
				    .length = strlen(words) };
	e->event_id = 110113;
	e->action = AUDIT_DELETE;
	e->objects->life_cycle = 15;
	e->objects->details->next = d;
	return e;
}

/* The end of what this node has received, which records that go may have noted. */
static bool note_received(const struct step *s, struct store_txn *t, struct arena *a)
{
	struct audit_head head;
	if (s->kind == AUDIT_RECEIVED || s->chain != store_node(t))
		return true;
	if (!received_head(t, &head))
		return false;
	return audit_place(head.sequence) == 0
	       || audit_record_append(
		       t, a, s->asked->anchors->source,
		       received_end_event(a, s->asked->anchors->source, &head, s->asked->now));
}

static bool keep_checkpoint(void *with, struct store_txn *t, struct problem *p)
{
	const struct step *s = with;
	struct arena *a = store_arena(t);
	if (!audit_checkpoint_put(t, s->kind, &s->found, s->before.sequence, p))
		return p->code == PROBLEM_NONE ? problem_set(p, store_problem(t)->code, "%s",
							     store_problem(t)->what)
					       : false;
	if (audit_record_append(t, a, s->asked->anchors->source, event_of(s, a))
	    && note_received(s, t, a))
		return true;
	return problem_set(p, PROBLEM_AUDIT_UNAVAILABLE, "the audit record could not be kept");
}

static void take_step(void *with)
{
	struct step *s = with;
	struct store_txn *t = store_begin_read(s->asked->store, s->problem);
	if (t == NULL)
		return;
	store_stop_on(t, s->asked->stop);
	store_pass_by(t);
	look(s, t);
	store_end(t);
	if (s->any && s->problem->code == PROBLEM_NONE && !s->asked->dry && sign(s)
	    && store_write(s->asked->store, keep_checkpoint, s, s->problem)
	    && s->asked->woken != NULL)
		s->asked->woken(s->asked->self);
}

/* ---- A chain ---- */

static void tell(const struct step *s, struct arena *a, struct expired *out)
{
	if (s->any) {
		out->records += s->past;
		out->first = s->found.first;
		out->last = s->found.last;
	}
	out->left_from = s->found.sequence + 1;
	out->why = s->why;
	out->needed = s->needed[s->why] == NULL ? NULL : arena_text(a, s->needed[s->why]);
}

/* What only would go is told of the first step: how many more would go is the same question. */
static bool expire_chain(const struct expiring *e, enum audit_kind kind, uint64_t chain,
			 uint64_t keep, struct arena *a, struct expired *out, struct problem *p)
{
	bool more;
	do {
		struct step s = {
			.asked = e, .kind = kind, .chain = chain, .keep = keep, .problem = p
		};
		s.arena = arena_create(MEMORY);
		if (s.arena == NULL || !arena_run(s.arena, take_step, &s))
			problem_set(p, PROBLEM_OUT_OF_RESOURCES,
				    "no memory to look at old audit records");
		if (p->code == PROBLEM_NONE)
			tell(&s, a, out);
		arena_destroy(s.arena);
		more = p->code == PROBLEM_NONE && s.any && s.why == KEPT_FOR_NEXT && !e->dry;
	} while (more);
	return p->code == PROBLEM_NONE;
}

static bool own_chain(const struct expiring *e, uint64_t *out, struct problem *p)
{
	struct store_txn *t = store_begin_read(e->store, p);
	if (t == NULL)
		return false;
	*out = store_node(t);
	store_end(t);
	return true;
}

bool expiring_run(const struct expiring *e, struct arena *a, struct expired_all *out,
		  struct problem *p)
{
	uint64_t chain = e->chain;
	const uint64_t keep[] = { e->keeping->keep, e->keeping->keep_received };
	*out = (struct expired_all){ .ruled = { keep[AUDIT_OWN] != 0, keep[AUDIT_RECEIVED] != 0 } };
	if (!out->ruled[AUDIT_OWN] && !out->ruled[AUDIT_RECEIVED])
		return true;
	if (e->anchors->key == NULL)
		return problem_set(p, PROBLEM_CONFIGURATION,
				   "no anchor-key is configured, so that nothing can be signed");
	if (!e->named && !own_chain(e, &chain, p))
		return false;
	for (int kind = AUDIT_OWN; kind <= AUDIT_RECEIVED; kind++)
		if (out->ruled[kind]
		    && !expire_chain(e, (enum audit_kind)kind, chain, keep[kind], a, &out->of[kind],
				     p))
			return false;
	return e->dry || audit_expired_sweep(e->store, e->stop, p);
}
