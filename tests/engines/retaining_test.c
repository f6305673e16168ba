/* tests/engines/retaining_test.c: several nodes carry out the rules of retention at once, with
 * conflicts and delays, their clocks in step or so far apart that each takes the other's lease for
 * over, while somebody replaces what is due. Each document goes once, with its two records; what a
 * rule does not let go, or is replaced by something young, stays. */
#include "tests/base/suite.h"

#include <pthread.h>
#include <string.h>

#include "gateway/base/text.h"
#include "profiles/actors/admission.h"
#include "profiles/actors/retention_run.h"
#include "schemas/model/audit_event.h"
#include "store/audit_log.h"
#include "store/daily.h"
#include "store/lease.h"
#include "store/registry.h"
#include "store/registry_sealed.h"
#include "store/repository.h"
#include "tests/engines/nodes.h"
#include "tests/store/people.h"

#define REPOSITORY "2.999.20"
#define DUE_TYPE "11502-2"
#define OTHER_TYPE "18842-5"
enum { PATIENTS = 4, EACH = 12, PAPERS = PATIENTS * EACH, SEEDS = 4, FAR = 1000 };
enum { SECOND = 1000000 };

/* ---- What is there: two of three are due ---- */

struct paper {
	const char *id, *unique_id;
	const char *type, *created;
	const char *replaces; /* entryUUID; NULL: nothing */
	uint64_t subject;
	bool put; /* it is there: what it replaces still was */
};

struct papers {
	struct paper old[PAPERS], young[PAPERS];
};

static bool is_due(unsigned n)
{
	return n % 3 != 2;
}

/* Some are replaced meanwhile. */
static bool is_replaced(unsigned n)
{
	return is_due(n) && n % 4 == 1;
}

static const char *uuid(struct arena *a, unsigned n, const char *of)
{
	return arena_printf(a, "urn:uuid:00000000-0000-4000-8000-%s%08x", of, n);
}

/* An id of what comes with it. */
static const char *of_it(struct arena *a, const struct paper *p, char mark)
{
	char *id = arena_printf(a, "%s", p->id);
	id[strlen("urn:uuid:00000000-0000-4000-8000-")] = mark;
	return id;
}

static struct association *associate(struct arena *a, const char *id, enum association_type type,
				     const char *source, const char *target)
{
	struct association *x = arena_new(a, struct association);
	*x = (struct association){ .id = id,
				   .type = type,
				   .type_urn = association_type_urn(type),
				   .source = source,
				   .target = target,
				   .source_system = "a-hospital" };
	return x;
}

static bool keep_octets(struct store_txn *t, const struct paper *p, struct problem *why)
{
	struct arena *a = store_arena(t);
	struct blob blob;
	struct kept_document kept = { .repository_unique_id = REPOSITORY,
				      .unique_id = p->unique_id,
				      .mime_type = "text/plain",
				      .source_system = "a-hospital" };
	if (!blob_of_bytes(store_of(t), a, bytes_of_text("hello"), &blob, why))
		return false;
	memcpy(kept.sha256, blob.sha256, sizeof kept.sha256);
	kept.size = blob.size;
	return repository_put(t, a, &kept, &blob, why);
}

/* What it would replace may be gone by now. */
static bool put_paper(void *with, struct store_txn *t, struct problem *why)
{
	struct paper *p = with;
	struct arena *a = store_arena(t);
	const char *set_id = of_it(a, p, '9');
	struct coded_value type = { .code = p->type, .scheme = "2.16.840.1.113883.6.1" };
	struct submission_set set = { .id = set_id,
				      .unique_id = arena_printf(a, "%s.9", p->unique_id),
				      .source_system = "a-hospital",
				      .subject = p->subject };
	struct document_entry entry = {
		.id = p->id,
		.unique_id = p->unique_id,
		.repository_unique_id = REPOSITORY,
		.source_system = "a-hospital",
		.subject = p->subject,
		.type_code = &type,
		.hash = "aaf4c61ddcc5e8a2dabede0f3b482cd9aea9434d", /* of "hello" */
		.size = "5",
		.creation_time = p->created
	};
	struct submission s = { .set = &set, .entries = &entry };
	s.associations = associate(a, of_it(a, p, '8'), ASSOCIATION_HAS_MEMBER, set.id, p->id);
	p->put = p->replaces == NULL || registry_has(t, p->replaces);
	if (!p->put)
		return true;
	if (p->replaces != NULL)
		s.associations->next = associate(a, of_it(a, p, '7'), ASSOCIATION_RPLC, p->id,
						 p->replaces);
	return keep_octets(t, p, why)
	       && registry_put(t, a, &s, store_clock(t)->now(store_clock(t)), why);
}

static void put(struct store *s, struct paper *p)
{
	struct problem why = { .code = PROBLEM_NONE };
	const struct store_block found = { p, sizeof *p };
	const struct store_afresh afresh = { .blocks = &found, .count = 1 };
	if (!store_write_afresh(s, &afresh, put_paper, p, &why)) {
		fprintf(stderr, "%s: %s\n", p->id, why.what);
		abort();
	}
}

static uint64_t feed(struct region_of_nodes *r, unsigned patient)
{
	struct fixture f = { .store = r->nodes[0].store, .arena = r->arena };
	const struct who who = { .domain = A_DOMAIN,
				 .id = arena_printf(r->arena, "%u", patient + 1),
				 .family = "サトウ",
				 .given = "タロウ",
				 .birth = arena_printf(r->arena, "19700%u01", patient + 1),
				 .sex = "M" };
	struct patient_record record;
	people_feed(&f, &who);
	struct store_txn *t = store_begin_read(f.store, &f.problem);
	fixture_must(&f, t != NULL && identity_find(t, r->arena, who.domain, who.id, &record));
	store_end(t);
	return record.number;
}

static void fill(struct region_of_nodes *r, struct papers *all)
{
	struct arena *a = r->arena;
	for (unsigned n = 0; n < PAPERS; n++) {
		struct paper *p = &all->old[n];
		uint64_t subject = n % EACH == 0 ? feed(r, n / EACH) : all->old[n - 1].subject;
		*p = (struct paper){ .id = uuid(a, n, "0000"),
				     .unique_id = arena_printf(a, "2.999.5.%u", n + 1),
				     .type = is_due(n) ? DUE_TYPE : OTHER_TYPE,
				     .created = "2020",
				     .subject = subject };
		put(r->nodes[0].store, p);
		all->young[n] = (struct paper){ .id = uuid(a, n, "1111"),
						.unique_id = arena_printf(a, "2.999.6.%u", n + 1),
						.type = DUE_TYPE,
						.created = "20261231",
						.replaces = p->id,
						.subject = subject };
	}
}

/* ---- The nodes ---- */

static const char *const due_types[] = { DUE_TYPE "^2.16.840.1.113883.6.1", NULL };
static const struct retention_rule rules[] = {
	{ .name = "notes", .types = due_types, .after_creation = { 6, 0 } },
};

static bool sees_object(void *self, struct store_txn *t, uint64_t subject, const char *system)
{
	(void)self, (void)t, (void)subject, (void)system;
	return true;
}

static bool sees_record(void *self, struct store_txn *t, uint64_t subject)
{
	return sees_object(self, t, subject, NULL);
}

static struct document_entry *sees_entry(void *self, struct store_txn *t, struct sealed_entry *e)
{
	(void)self, (void)t;
	return registry_unseal_entry(e);
}

static struct submission_set *sees_set(void *self, struct store_txn *t, struct sealed_set *s)
{
	(void)self, (void)t;
	return registry_unseal_set(s);
}

static struct folder *sees_folder(void *self, struct store_txn *t, struct sealed_folder *f)
{
	(void)self, (void)t;
	return registry_unseal_folder(f);
}

/* What it is of stands in it: the ids, each ended by a blank. */
static bool record(void *self, struct store_txn *t, struct arena *a, struct audit_event *e)
{
	struct buffer b = buffer_in(a);
	const struct audit_terms terms = { .time = store_clock(t)->now(store_clock(t)),
					   .transaction = e->transaction };
	(void)self;
	for (const struct audit_object *o = e->objects; o != NULL; o = o->next)
		if (o->id != NULL)
			buffer_text(&b, arena_printf(a, "%s ", o->id));
	return audit_log_append(t, audit_log_draft(a, buffer_bytes(&b), &terms), NULL);
}

struct runner {
	pthread_t thread;
	struct store *store;
	struct region region;
	struct runner *meanwhile; /* begins, and ends, after this one's first job; NULL */
	bool stops;               /* after its first job; its lease stays */
	bool whole;
	uint64_t removed;
	enum problem_code problem;
};

static void *run(void *with);

static bool give_way(void *self, int64_t took)
{
	struct runner *n = self, *other = n->meanwhile;
	if (took != 0 && other != NULL) {
		n->meanwhile = NULL;
		run(other);
	}
	return took == 0 || !n->stops;
}

static void *run(void *with)
{
	struct runner *n = with;
	struct problem p = { .code = PROBLEM_NONE };
	struct admission sees = { .record = sees_record,
				  .object = sees_object,
				  .entry = sees_entry,
				  .set = sees_set,
				  .folder = sees_folder };
	struct leniencies needed = { .resolve_own_ids = false };
	struct retention_run r = {
		.store = n->store,
		.asked = { .desk = { .region = &n->region,
				     .admission = &sees,
				     .needed = &needed } },
		.recorder = { NULL, record },
		.give_way = give_way,
		.self = n,
		.goes_on = n->stops,
	};
	if (!instant_from_dtm("20270101", 0, &r.asked.desk.now))
		abort();
	n->whole = retention_run(&r, &p);
	n->removed = r.done.documents;
	n->problem = p.code;
	CU_ASSERT_EQUAL(r.done.stayed, 0);
	return NULL;
}

struct replacer {
	pthread_t thread;
	struct store *store;
	struct papers *all;
};

static void *replace(void *with)
{
	struct replacer *r = with;
	for (unsigned n = 0; n < PAPERS; n++)
		if (is_replaced(n))
			put(r->store, &r->all->young[n]);
	return NULL;
}

static void start(pthread_t *thread, void *(*what)(void *), void *with)
{
	if (pthread_create(thread, NULL, what, with) != 0)
		abort();
}

static void make_runners(struct region_of_nodes *r, struct runner runners[NODES])
{
	for (unsigned i = 0; i < NODES; i++) {
		runners[i] = (struct runner){ .store = r->nodes[i].store, .region = people_region };
		runners[i].region.repository_unique_id = REPOSITORY;
		runners[i].region.retention = rules;
		runners[i].region.retention_count = COUNT(rules);
	}
}

static uint64_t all_at_once(struct region_of_nodes *r, struct papers *all)
{
	struct runner runners[NODES];
	struct replacer replacer = { .store = r->nodes[1].store, .all = all };
	uint64_t removed = 0;
	bool whole = false;
	make_runners(r, runners);
	for (unsigned i = 0; i < NODES; i++)
		start(&runners[i].thread, run, &runners[i]);
	if (all != NULL)
		start(&replacer.thread, replace, &replacer);
	for (unsigned i = 0; i < NODES; i++) {
		pthread_join(runners[i].thread, NULL);
		removed += runners[i].removed;
		CU_ASSERT_TRUE(runners[i].whole || runners[i].problem == PROBLEM_CONFLICT);
		whole = whole || runners[i].whole;
	}
	if (all != NULL)
		pthread_join(replacer.thread, NULL);
	CU_ASSERT_TRUE(whole); /* one did not find another at it */
	return removed;
}

/* ---- What is left ---- */

static unsigned records_of(struct store_txn *t, struct arena *a, const char *transaction,
			   const char *id)
{
	const struct audit_filter filter = { .transaction = transaction };
	const char *wanted = arena_printf(a, "%s ", id);
	struct audit_cursor *c = audit_log_search(t, &filter, a);
	unsigned count = 0;
	for (const struct audit_entry *e; (e = audit_log_next(c)) != NULL;)
		count += strstr(arena_text_n(a, (const char *)e->record.data, e->record.length),
				wanted)
			 != NULL;
	return count;
}

/* Whole, or gone with its two records. */
static bool is_gone(struct store_txn *t, struct arena *a, const struct paper *p)
{
	struct kept_document kept;
	bool gone = !registry_has(t, p->id);
	CU_ASSERT_EQUAL(repository_find(t, a, REPOSITORY, p->unique_id, &kept), !gone);
	CU_ASSERT_EQUAL(records_of(t, a, "ITI-62", p->id), gone);
	CU_ASSERT_EQUAL(records_of(t, a, "ITI-86", p->unique_id), gone);
	return gone;
}

static void verify(struct region_of_nodes *r, const struct papers *all, uint64_t removed)
{
	struct problem p = { .code = PROBLEM_NONE };
	struct arena *a = arena_create(256 << 20);
	struct store_txn *t = store_begin_read(r->nodes[2].store, &p);
	struct daily row;
	uint64_t gone = 0;
	for (unsigned n = 0; n < PAPERS; n++) {
		bool kept = !is_due(n) || (is_replaced(n) && all->young[n].put);
		CU_ASSERT_EQUAL(is_gone(t, a, &all->old[n]), !kept);
		gone += !kept;
		if (all->young[n].put)
			CU_ASSERT_FALSE(is_gone(t, a, &all->young[n]));
	}
	CU_ASSERT_EQUAL(removed, gone);
	CU_ASSERT_TRUE(daily_look(t, RETENTION_DAILY, &row));
	store_end(t);
	arena_destroy(a);
}

static unsigned findings(struct store *s)
{
	static const struct check_module *const modules[] = { &identity_check, &registry_check,
							      &repository_check, &lease_check,
							      NULL };
	struct check_counts counts = { 0 };
	struct problem p = { .code = PROBLEM_NONE };
	CU_ASSERT_TRUE(store_check(s, modules, people_tell, NULL, &counts, &p));
	return (unsigned)counts.findings;
}

static void at_once(int64_t apart)
{
	static struct papers all;
	for (uint64_t seed = 1; seed <= SEEDS; seed++) {
		struct region_of_nodes r;
		region_open_timed(&r);
		fill(&r, &all);
		for (unsigned i = 0; i < NODES; i++)
			r.nodes[i].clock.ahead = apart * i;
		engine_memory_plan(seed, 7);
		uint64_t removed = all_at_once(&r, &all);
		engine_memory_plan(0, 0);
		verify(&r, &all, removed);
		/* Again there is nothing left to do. */
		CU_ASSERT_EQUAL(all_at_once(&r, NULL), 0);
		CU_ASSERT_EQUAL(findings(r.nodes[1].store), 0);
		region_close(&r);
	}
}

static void each_goes_once_by_whoever_has_the_lease(void)
{
	at_once(0);
}

/* Whose clock is ahead takes a lease that is not over; who had it does nothing more. */
static void each_goes_once_whoever_takes_the_lease_for_over(void)
{
	at_once((int64_t)FAR * SECOND);
}

/* The first loses it to the second, which dies with it; the third goes on when it is over. */
static void one_that_lost_its_lease_does_nothing_more(void)
{
	static struct papers all;
	struct region_of_nodes r;
	struct runner n[NODES];
	region_open_timed(&r);
	fill(&r, &all);
	make_runners(&r, n);
	for (unsigned i = 0; i < NODES; i++)
		r.nodes[i].clock.ahead = (int64_t)FAR * SECOND * i;
	n[0].meanwhile = &n[1];
	n[1].stops = true;
	run(&n[0]);
	CU_ASSERT_EQUAL(n[0].problem, PROBLEM_CONFLICT);
	CU_ASSERT_EQUAL(n[1].problem, PROBLEM_BUSY);
	run(&n[2]);
	CU_ASSERT_EQUAL(n[2].problem, PROBLEM_NONE);
	CU_ASSERT(n[0].removed != 0 && n[1].removed != 0 && n[2].removed != 0);
	verify(&r, &all, n[0].removed + n[1].removed + n[2].removed);
	CU_ASSERT_EQUAL(findings(r.nodes[1].store), 0);
	region_close(&r);
}

int main(void)
{
	static const struct test tests[] = {
		{ "each goes once, by whoever has the lease",
		  each_goes_once_by_whoever_has_the_lease },
		{ "each goes once, whoever takes the lease for over",
		  each_goes_once_whoever_takes_the_lease_for_over },
		{ "one that lost its lease does nothing more",
		  one_that_lost_its_lease_does_nothing_more },
		{ 0 },
	};
	return suite_run("engines: retention", tests);
}
