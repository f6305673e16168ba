/* profiles/admin/import_person.c: the records of one person, and his decisions, in one job.
 *
 * A record is fed as its facility once did, version by version, so that its history is there. What
 * makes records one person is found out here, by the rules of this region. A decision keeps who,
 * when and why; one that was made here later stands, and an export that says otherwise is
 * refused. */
#include "profiles/admin/importing.h"

#include <stdlib.h>
#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/json_arena.h"
#include "gateway/base/progress.h"
#include "gateway/base/text.h"
#include "gateway/base/value.h"
#include "profiles/actors/consent_manager.h"
#include "profiles/actors/cross_reference_manager.h"
#include "profiles/admin/bundle_person.h"
#include "profiles/admin/consent_told.h"
#include "store/blobs.h"
#include "store/consent.h"
#include "store/identity.h"
#include "store/store.h"

enum {
	GROUP_MOST = 1024,    /* records of one person, versions of one record, decisions */
	SAME_MICROS = 1000000 /* a decision is moved behind another one by so much at most */
};

struct moved_version {
	struct patient_demographics demographics;
	instant occurred;
	struct moved_version *next;
};

struct moved_record {
	const char *domain, *id, *into;
	const struct registered_system *owner;
	struct moved_version *versions;
	json_t *last; /* what it says now */
	bool known;   /* it is here, and the same */
	bool rests;   /* it had become somebody else's, and nobody had confirmed it */
	struct moved_record *next;
};

struct moved_consent {
	struct consent_event event; /* of its paper the octets once they are written */
	struct named {
		const char *domain, *id;
		struct named *next;
	} * records;
	bool known;
	struct moved_consent *next;
};

struct group {
	struct bundle_import *im;
	struct bundle_lines *identities, *consents;
	const char *where; /* for faults */
	json_int_t person; /* 0: none was read */
	struct moved_record *records;
	struct moved_consent *decisions;
	unsigned new_records, new_decisions;
	bool fine;
	struct problem problem;
};

/* ---- Whom there is a line of ---- */

static uint64_t hash_of(struct arena *a, const char *domain, const char *id)
{
	return text_hash(arena_printf(a, "%s %s", domain, id));
}

static void note_patient(struct bundle_import *im, const struct moved_record *r)
{
	size_t room = im->patient_room;
	if (im->applying)
		return;
	if (im->patient_count == room) {
		uint64_t *more = arena_try_resize(im->hashed, im->patients, room * sizeof(uint64_t),
						  (2 * room + 1024) * sizeof(uint64_t));
		if (more == NULL) {
			problem_set(&im->x->problem, PROBLEM_OUT_OF_RESOURCES,
				    "it has more patients than an import can hold");
			return;
		}
		im->patients = more;
		im->patient_room = 2 * room + 1024;
	}
	im->patients[im->patient_count++] = hash_of(im->each, r->domain, r->id);
}

static int by_number(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
	return (x > y) - (x < y);
}

static void settle_patients(struct bundle_import *im)
{
	if (im->patient_count > 1)
		qsort(im->patients, im->patient_count, sizeof(uint64_t), by_number);
	for (size_t i = 1; i < im->patient_count; i++)
		if (im->patients[i] == im->patients[i - 1]) {
			taking_fault(im, bundle_identities, "a number stands in two lines");
			return;
		}
}

bool taking_has_patient(const struct bundle_import *im, const char *domain, const char *id)
{
	struct patient_record here;
	uint64_t hash = hash_of(im->each, domain, id);
	return (im->patient_count > 0
		&& bsearch(&hash, im->patients, im->patient_count, sizeof hash, by_number) != NULL)
	       || identity_find_place(im->txn, im->each, domain, id, &here);
}

/* ---- Read ---- */

static bool fault(struct group *g, const char *what)
{
	g->fine = false;
	return taking_fault(g->im, g->where, "%s", what);
}

static bool read_version(struct group *g, const json_t *said, struct moved_version *out)
{
	struct problem p = { .code = PROBLEM_NONE };
	const char *occurred = bundle_text(said, "occurred", 64);
	if (!person_read(g->im->each, said, &out->demographics, &p))
		return fault(g, p.what);
	return occurred == NULL || moment_read(occurred, &out->occurred)
	       || fault(g, "'occurred' is no time");
}

static bool read_versions(struct group *g, const json_t *list, struct moved_record *r)
{
	struct moved_version **last = &r->versions;
	size_t count = json_array_size(list);
	if (count == 0 || count > GROUP_MOST)
		return fault(g, "'versions' is no list of versions, or too long");
	for (size_t i = 0; i < count; i++) {
		*last = arena_new(g->im->each, struct moved_version);
		if (!read_version(g, json_array_get(list, i), *last))
			return false;
		last = &(*last)->next;
	}
	r->last = json_array_get(list, count - 1);
	json_object_del(r->last, "occurred");
	return true;
}

static bool read_id(struct group *g, const json_t *line, struct moved_record *r)
{
	const char *wrong = NULL;
	r->domain = bundle_text(line, "domain", 64);
	r->id = bundle_text(line, "id", PERSON_TEXT_MOST);
	r->into = bundle_text(line, "into", PERSON_TEXT_MOST);
	if (text_empty(r->domain) || text_empty(r->id) || !text_is_oid(r->domain))
		return fault(g, "'domain' or 'id' is none");
	r->owner = taking_owner(g->im, r->domain);
	if (r->owner == NULL)
		return fault(g, arena_printf(g->im->each,
					     "the domain %s is of no facility that this export may "
					     "speak for, or of none of this region's",
					     r->domain));
	r->id = value_kept(g->im->each, r->id, VALUE_ID, &wrong);
	if (wrong != NULL || r->id == NULL)
		return fault(g, wrong != NULL ? wrong : "'id' is none");
	bool subsumed = text_equal(bundle_text(line, "status", 16), "subsumed");
	return subsumed == (r->into != NULL) || fault(g, "'status' and 'into' do not go together");
}

static void read_record(struct group *g, const json_t *line, struct moved_record ***last)
{
	struct moved_record *r = arena_new(g->im->each, struct moved_record);
	r->rests = json_is_true(json_object_get(line, "rests"));
	if (!read_id(g, line, r) || !read_versions(g, json_object_get(line, "versions"), r))
		return;
	note_patient(g->im, r);
	**last = r;
	*last = &r->next;
}

static json_int_t person_of(const json_t *line)
{
	const json_t *person = json_object_get(line, "person");
	return json_is_integer(person) ? json_integer_value(person) : -1;
}

static void read_records(struct group *g)
{
	struct moved_record **last = &g->records;
	unsigned count = 0;
	for (json_t *line; (line = bundle_next_line(g->identities, &g->problem)) != NULL;) {
		json_int_t person = person_of(line);
		if (g->person != 0 && person != g->person) {
			bundle_line_again(g->identities);
			return;
		}
		g->where = arena_printf(g->im->each, "%s line %llu", bundle_identities,
					(unsigned long long)bundle_line_number(g->identities));
		g->person = person;
		if (person <= 0 || ++count > GROUP_MOST)
			fault(g, "'person' is no number, or has too many records");
		else
			read_record(g, line, &last);
	}
}

static bool read_named(struct group *g, const json_t *list, struct moved_consent *c)
{
	struct named **last = &c->records;
	for (size_t i = 0; i < json_array_size(list) && i < GROUP_MOST; i++) {
		const json_t *one = json_array_get(list, i);
		struct named *n = arena_new(g->im->each, struct named);
		n->domain = bundle_text(one, "domain", 64);
		n->id = bundle_text(one, "id", PERSON_TEXT_MOST);
		const struct moved_record *r = g->records;
		while (r != NULL && !(text_equal(r->domain, n->domain) && text_equal(r->id, n->id)))
			r = r->next;
		if (r == NULL)
			return fault(g, "a decision is of a record that is not the person's");
		*last = n;
		last = &n->next;
	}
	return c->records != NULL || fault(g, "a decision is of no record");
}

/* The form it came with is in the export, and is what the decision says. */
static bool judge_paper(struct group *g, const struct consent_paper *said)
{
	struct arena_mark before = arena_mark(g->im->each);
	struct bundle_sum sum = { .kind = BUNDLE_DOCUMENT };
	struct bytes octets = { 0 };
	struct problem p = { .code = PROBLEM_NONE };
	if (said->kind == PAPER_NONE)
		return true;
	memcpy(sum.sha256, said->sha256, BUNDLE_SHA256);
	bundle_document_name(sum.sha256, sum.name);
	bool same = bundle_read(g->im->bundle, g->im->each, &sum, &octets, &p)
		    && octets.length == said->size
		    && paper_kind_of(octets.data, octets.length) == said->kind;
	arena_rewind(g->im->each, &before);
	return same
	       || fault(g, "the form of a decision is not in it, or is not what the decision says");
}

static void read_consents(struct group *g)
{
	struct moved_consent **last = &g->decisions;
	unsigned count = 0;
	for (json_t *line; (line = bundle_next_line(g->consents, &g->problem)) != NULL;) {
		struct problem p = { .code = PROBLEM_NONE };
		struct moved_consent *c = arena_new(g->im->each, struct moved_consent);
		if (person_of(line) > g->person) {
			bundle_line_again(g->consents);
			return;
		}
		g->where = arena_printf(g->im->each, "%s line %llu", bundle_consents,
					(unsigned long long)bundle_line_number(g->consents));
		if (person_of(line) != g->person || ++count > GROUP_MOST) {
			fault(g, "it is of nobody, or of one who has too many");
		} else if (!consent_read(g->im->each, line, &c->event, &p)) {
			fault(g, p.what);
		} else if (!consent_manager_may(g->im->each, g->im->x->region, &c->event, &p)) {
			fault(g, arena_printf(g->im->each,
					      "%s here: make it known first, for the decision "
					      "could not be held to",
					      p.what));
		} else if (judge_paper(g, &c->event.paper)
			   && read_named(g, json_object_get(line, "records"), c)) {
			*last = c;
			last = &c->next;
		}
	}
}

/* ---- Compared with what is here ---- */

static bool says_the_same(const struct patient_record *here, const struct moved_record *r)
{
	json_t *now = person_json(&here->demographics);
	bool same = json_equal(now, r->last)
		    && (here->status == RECORD_SUBSUMED) == (r->into != NULL);
	json_decref(now);
	return same;
}

static bool is_same_paper(const struct consent_paper *a, const struct consent_paper *b)
{
	return a->kind == b->kind
	       && (a->kind == PAPER_NONE || memcmp(a->sha256, b->sha256, BUNDLE_SHA256) == 0);
}

static bool is_same_decision(const struct consent_event *a, const struct consent_event *b)
{
	int64_t apart = a->time - b->time;
	return a->action == b->action && text_equal(a->facility, b->facility)
	       && text_equal(a->reason, b->reason) && text_equal(a->by, b->by)
	       && text_equal(a->groups, b->groups) && a->from == b->from && a->until == b->until
	       && is_same_paper(&a->paper, &b->paper) && apart < SAME_MICROS
	       && apart > -SAME_MICROS;
}

static struct record_numbers numbers_here(struct group *g, struct store_txn *t)
{
	struct record_numbers out = { .count = 0 };
	out.numbers = arena_array(g->im->each, uint64_t, GROUP_MOST + 1);
	for (const struct moved_record *r = g->records; r != NULL; r = r->next) {
		struct patient_record here;
		if (identity_find_place(t, g->im->each, r->domain, r->id, &here))
			out.numbers[out.count++] = here.number;
	}
	return out;
}

/* Which of the decisions are kept here already. What was decided here beside them must be older
 * than what is new: the last word holds, and it was said here. */
static bool compare_decisions(struct group *g, struct store_txn *t, const char **why)
{
	const struct record_numbers here = numbers_here(g, t);
	const struct consent_event *kept = consent_history(t, g->im->each, &here, 0,
							   2 * GROUP_MOST),
				   *k;
	const struct moved_consent *first = NULL, *c;
	g->new_decisions = 0;
	for (struct moved_consent *m = g->decisions; m != NULL; m = m->next) {
		for (k = kept; k != NULL && !is_same_decision(k, &m->event);)
			k = k->next;
		m->known = k != NULL;
		g->new_decisions += !m->known;
		if (!m->known && first == NULL)
			first = m;
	}
	for (k = kept; first != NULL && k != NULL; k = k->next) {
		for (c = g->decisions; c != NULL && !is_same_decision(k, &c->event);)
			c = c->next;
		if ((c == NULL || k->time >= first->event.time + SAME_MICROS)
		    && k->time >= first->event.time) {
			*why = "something was decided here later than what it says";
			return false;
		}
	}
	return true;
}

static void compare(struct group *g, struct store_txn *t)
{
	const char *why = NULL;
	for (struct moved_record *r = g->records; r != NULL; r = r->next) {
		struct patient_record here;
		r->known = identity_find(t, g->im->each, r->domain, r->id, &here);
		g->new_records += !r->known;
		if (r->known && !says_the_same(&here, r))
			fault(g, arena_printf(g->im->each,
					      "%s is known here, and not as it says: nothing is "
					      "taken in over it",
					      cx_text(g->im->each, r->id, r->domain)));
	}
	if (!compare_decisions(g, t, &why))
		fault(g, why);
}

/* ---- The job ---- */

struct group_job {
	struct group *g;
	struct store_txn *txn;
};

static bool record(struct group *g, struct exchange *x, struct store_txn *t, struct audit_event *e)
{
	return g->im->x->record(g->im->x, t, x->arena, e);
}

static bool hear(struct group *g, struct exchange *x, struct store_txn *t,
		 const struct moved_record *r, const struct identity_feed *feed, struct problem *p)
{
	struct cross_reference_fed fed = { .ids = NULL };
	if (!cross_reference_feed(t, x->arena, x->region, r->owner, feed, &fed, p))
		return false;
	struct audit_event *e = taking_event(x, r->owner, 110110, AUDIT_UPDATE);
	audit_feed(x, e, feed, &fed, "MSH-10");
	if (feed->kind != FEED_MERGE)
		e->action = fed.created ? AUDIT_CREATE : AUDIT_UPDATE;
	return fed.effect == FEED_UNCHANGED || record(g, x, t, e)
	       || problem_set(p, PROBLEM_AUDIT_UNAVAILABLE,
			      "the audit record of an import could not be kept");
}

static struct patient_identifier *identifier(struct arena *a, const char *id, const char *domain)
{
	struct patient_identifier *out = arena_new(a, struct patient_identifier);
	*out = (struct patient_identifier){ .id = id,
					    .universal_id = domain,
					    .universal_id_type = "ISO" };
	return out;
}

/* Of one that rests what was decided was decided for whom it was first: so decisions stand between
 * its first version and those after it. */
static bool feed_record(struct group *g, struct exchange *x, struct store_txn *t,
			const struct moved_record *r, bool after_decisions, struct problem *p)
{
	const struct moved_version *before = NULL;
	for (const struct moved_version *v = r->versions; v != NULL; before = v, v = v->next) {
		if ((r->rests && v != r->versions) != after_decisions)
			continue;
		struct identity_feed feed = { .kind = FEED_UPDATE,
					      .ids = identifier(x->arena, r->id, r->domain),
					      .demographics = v->demographics,
					      .message_id = x->id,
					      .occurred = v->occurred,
					      .unknown_is_no_error = true };
		if (before != NULL)
			person_take_away(&feed.demographics, &before->demographics);
		if (!hear(g, x, t, r, &feed, p))
			return false;
	}
	return true;
}

/* What its facility said one after the other reads as of somebody else. Where it came from somebody
 * has confirmed that it is not, or a rule of that time saw nothing in it. */
static bool confirm_record(struct exchange *x, struct store_txn *t, const struct moved_record *r,
			   struct problem *p)
{
	const struct person_decision d = { .by = x->who.person.name == NULL ? "import"
									    : x->who.person.name,
					   .why = "imported: it did not rest where it came from" };
	struct patient_record here;
	struct feed_outcome done;
	if (r->rests || !identity_find(t, x->arena, r->domain, r->id, &here)
	    || (here.unsettled & UNSETTLED_IDENTITY) == 0)
		return true;
	return identity_confirm(t, x->region, here.number, &d, &done, p);
}

static bool merge_record(struct group *g, struct exchange *x, struct store_txn *t,
			 const struct moved_record *r, struct problem *p)
{
	const struct identity_feed feed = { .kind = FEED_MERGE,
					    .ids = identifier(x->arena, r->into, r->domain),
					    .subsumed = identifier(x->arena, r->id, r->domain),
					    .message_id = x->id };
	return hear(g, x, t, r, &feed, p);
}

static bool decide(struct group *g, struct exchange *x, struct store_txn *t,
		   const struct moved_consent *c, struct problem *p)
{
	for (const struct named *n = c->records; n != NULL; n = n->next) {
		struct consent_coverage covered;
		struct patient_record here;
		const struct consent_event *k = NULL;
		if (!identity_find_place(t, x->arena, n->domain, n->id, &here))
			return problem_set(p, PROBLEM_INTERNAL, "a record was not made");
		const struct record_numbers one = { .numbers = &here.number, .count = 1 };
		for (k = consent_history(t, x->arena, &one, 0, GROUP_MOST);
		     k != NULL && !is_same_decision(k, &c->event);)
			k = k->next;
		if (k == NULL && !consent_record(t, x->region, here.number, &c->event, &covered, p))
			return false;
	}
	struct audit_event *e = taking_event(x, g->records->owner, 110110, AUDIT_UPDATE);
	struct audit_object *o = audit_patient(
		x, e, cx_text(x->arena, c->records->id, c->records->domain));
	audit_add_detail(x, o, "action", bytes_of_text(consent_word(c->event.action)));
	if (c->event.facility != NULL)
		audit_add_detail(x, o, "facility", bytes_of_text(c->event.facility));
	audit_add_detail(x, o, "reason", bytes_of_text(c->event.reason));
	consent_audit_more(x, o, &c->event);
	return record(g, x, t, e)
	       || problem_set(p, PROBLEM_AUDIT_UNAVAILABLE,
			      "the audit record of an import could not be kept");
}

static bool run_job(void *with, struct store_txn *t, struct problem *p)
{
	struct group *g = with;
	struct exchange x = *g->im->x;
	const char *why = NULL;
	x.arena = g->im->each;
	x.problem.code = PROBLEM_NONE;
	for (const struct moved_record *r = g->records; r != NULL; r = r->next)
		if (!r->known
		    && (!feed_record(g, &x, t, r, false, p) || !confirm_record(&x, t, r, p)))
			return false;
	for (const struct moved_record *r = g->records; r != NULL; r = r->next)
		if (!r->known && r->into != NULL && !merge_record(g, &x, t, r, p))
			return false;
	if (!compare_decisions(g, t, &why))
		return problem_set(p, PROBLEM_CONFLICT, "%s", why);
	for (const struct moved_consent *c = g->decisions; c != NULL; c = c->next)
		if (!c->known && !decide(g, &x, t, c, p))
			return false;
	for (const struct moved_record *r = g->records; r != NULL; r = r->next)
		if (!r->known && !feed_record(g, &x, t, r, true, p))
			return false;
	return true;
}

/* ---- Person by person ---- */

static void count(struct group *g)
{
	struct import_counts *n = &g->im->counts;
	for (const struct moved_record *r = g->records; r != NULL; r = r->next)
		*(r->known ? &n->unchanged : &n->records) += 1;
	for (const struct moved_consent *c = g->decisions; c != NULL; c = c->next)
		*(c->known ? &n->unchanged : &n->consents) += 1;
	progress_add(g->im->x->progress, 1);
}

/* Of what is new here. */
static bool take_papers(struct group *g, struct problem *p)
{
	for (struct moved_consent *c = g->decisions; c != NULL; c = c->next) {
		struct consent_paper *paper = &c->event.paper;
		if (c->known || paper->kind == PAPER_NONE)
			continue;
		struct blob *written = arena_new(g->im->each, struct blob);
		if (!taking_octets(g->im, paper->sha256, NULL, written, p))
			return false;
		paper->octets = written;
	}
	return true;
}

static void one_person(void *with)
{
	struct group *g = with;
	struct bundle_import *im = g->im;
	struct problem p = { .code = PROBLEM_NONE };
	read_records(g);
	if (g->person == 0 || g->problem.code != PROBLEM_NONE)
		return;
	read_consents(g);
	if (!g->fine || g->problem.code != PROBLEM_NONE)
		return;
	compare(g, im->txn);
	if (!g->fine)
		return;
	if (im->applying && g->new_records + g->new_decisions > 0
	    && !(take_papers(g, &p) && taking_write(im, run_job, g, sizeof *g, &p))) {
		if (p.code == PROBLEM_STORE_FULL || p.code == PROBLEM_INTERNAL)
			im->x->problem = p;
		fault(g, p.what);
		return;
	}
	count(g);
}

/* False: there are no more, or it cannot go on. */
static bool next_person(struct bundle_import *im, struct group *of)
{
	struct group g = {
		.im = im, .identities = of->identities, .consents = of->consents, .fine = true
	};
	im->txn = store_begin_read(im->x->store, &im->x->problem);
	if (im->txn == NULL)
		return false;
	if (!json_arena_run(im->each, one_person, &g))
		problem_set(&g.problem, PROBLEM_OUT_OF_RESOURCES,
			    "a person has more than an import can hold");
	if (store_failed(im->txn))
		g.problem = *store_problem(im->txn);
	store_end(im->txn);
	im->txn = NULL;
	arena_reset(im->each);
	if (g.problem.code != PROBLEM_NONE && im->x->problem.code == PROBLEM_NONE)
		im->x->problem = g.problem;
	return g.person != 0 && !taking_ends(im);
}

/* A decision of somebody who is in no line. */
static void look_for_left(struct bundle_import *im, struct group *all)
{
	struct problem p = { .code = PROBLEM_NONE };
	json_t *left = bundle_next_line(all->consents, &p);
	if (left != NULL)
		taking_fault(im, bundle_consents, "line %llu is of nobody",
			     (unsigned long long)bundle_line_number(all->consents));
	json_decref(left);
	if (p.code != PROBLEM_NONE && im->x->problem.code == PROBLEM_NONE)
		im->x->problem = p;
}

bool taking_persons(struct bundle_import *im)
{
	struct exchange *x = im->x;
	struct group all = {
		.im = im,
		.identities = bundle_lines(im->bundle, x->arena, bundle_identities, &x->problem),
		.consents = bundle_lines(im->bundle, x->arena, bundle_consents, &x->problem),
	};
	progress_begin(x->progress, im->applying ? "persons" : "persons looked at", 0);
	if (all.identities == NULL || all.consents == NULL)
		return false;
	while (next_person(im, &all))
		;
	if (x->problem.code == PROBLEM_NONE && !taking_ends(im))
		look_for_left(im, &all);
	if (!im->applying)
		settle_patients(im);
	return x->problem.code == PROBLEM_NONE;
}
