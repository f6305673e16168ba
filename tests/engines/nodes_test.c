/* tests/engines/nodes_test.c: several nodes write one memory at once, and nobody can tell that they
 * were not one. */
#include "tests/base/suite.h"

#include <pthread.h>
#include <string.h>
#include <sys/stat.h>

#include "gateway/base/text.h"
#include "store/audit_log.h"
#include "tests/engines/nodes.h"
#include "tests/store/people.h"

enum { REGISTERS = 5, READS = 3, JOBS = 60, HISTORIES = 8 };

/* ---- Histories ----
 *
 * A register holds the number of its version and the job that wrote it. A job reads some, one of
 * them by a scan, and writes the first of them anew: what it did not write must not have moved
 * either. */

struct version {
	uint32_t number, job;
};

struct register_job {
	unsigned name;              /* from 1 */
	unsigned reads[READS];      /* each another; the first is written */
	struct version read[READS]; /* found by its last try */
	bool kept;
};

static struct bytes register_key(const unsigned *number, unsigned char octets[2])
{
	octets[0] = 0x20;
	octets[1] = (unsigned char)*number;
	return (struct bytes){ octets, 2 };
}

static bool run_register_job(void *with, struct store_txn *t, struct problem *p)
{
	struct register_job *j = with;
	unsigned char octets[2], end[2];
	struct bytes found, key;
	(void)p;
	for (unsigned i = 0; i < READS; i++) {
		struct bytes at = register_key(&j->reads[i], octets);
		bool there;
		if (i == READS - 1) {
			unsigned after = j->reads[i] + 1;
			struct store_cursor *c = store_scan(t, at, register_key(&after, end),
							    j->name % 2 == 0);
			there = store_next(c, &key, &found);
			if (there)
				memcpy(&j->read[i], found.data, sizeof j->read[i]);
			store_scan_end(c);
		} else {
			there = store_get(t, at, store_arena(t), &found);
			if (there)
				memcpy(&j->read[i], found.data, sizeof j->read[i]);
		}
		if (!there)
			j->read[i] = (struct version){ 0, 0 };
	}
	struct version now = { j->read[0].number + 1, j->name };
	return store_put(t, register_key(&j->reads[0], octets),
			 (struct bytes){ (const unsigned char *)&now, sizeof now });
}

struct worker {
	pthread_t thread;
	struct store *store;
	struct register_job *jobs;
	unsigned count;
};

static void *work(void *with)
{
	struct worker *w = with;
	for (unsigned i = 0; i < w->count; i++) {
		struct problem p = { .code = PROBLEM_NONE };
		w->jobs[i].kept = store_write(w->store, run_register_job, &w->jobs[i], &p);
	}
	return NULL;
}

/* Who must have come before whom: before[a * all + b]. */
struct order {
	bool *before;
	unsigned all;
};

static void note(struct order *o, unsigned a, unsigned b)
{
	if (a != b && a != 0 && b != 0)
		o->before[a * o->all + b] = true;
}

/* Adds what the versions say; returns how many wrote the same version as another. */
static unsigned find_order(struct order *o, const struct register_job *jobs, unsigned count)
{
	unsigned twice = 0;
	for (unsigned a = 0; a < count; a++)
		for (unsigned b = 0; b < count; b++)
			for (unsigned i = 0; a != b && i < READS; i++) {
				const struct register_job *w = &jobs[a], *r = &jobs[b];
				if (w->reads[0] != r->reads[i])
					continue;
				uint32_t wrote = w->read[0].number + 1, saw = r->read[i].number;
				if (saw >= wrote)
					note(o, w->name, r->name);
				else
					note(o, r->name, w->name);
				twice += i == 0 && r->read[0].number == w->read[0].number;
			}
	return twice;
}

/* Takes away whoever has nobody before him, until nobody is left; the number of those who are left.
 * */
static unsigned left_in_cycles(const struct order *o)
{
	bool *gone = calloc(o->all, sizeof *gone);
	unsigned left = o->all - 1;
	for (bool some = true; some;) {
		some = false;
		for (unsigned b = 1; b < o->all; b++) {
			bool first = !gone[b];
			for (unsigned a = 1; first && a < o->all; a++)
				first = gone[a] || !o->before[a * o->all + b];
			if (first) {
				gone[b] = some = true;
				left--;
			}
		}
	}
	free(gone);
	return left;
}

static void draw_jobs(struct register_job *jobs, uint64_t *chance)
{
	for (unsigned n = 0; n < NODES * JOBS; n++) {
		jobs[n] = (struct register_job){ .name = n + 1 };
		for (unsigned i = 0; i < READS; i++) {
			*chance ^= *chance << 13;
			*chance ^= *chance >> 7;
			*chance ^= *chance << 17;
			jobs[n].reads[i] = (unsigned)(*chance % REGISTERS);
			for (unsigned k = 0; k < i; k++)
				if (jobs[n].reads[k] == jobs[n].reads[i])
					i--, k = READS;
		}
	}
}

static void one_history(uint64_t seed)
{
	static struct register_job jobs[NODES * JOBS];
	struct region_of_nodes r;
	struct worker workers[NODES];
	uint64_t chance = seed * 2 + 1;
	draw_jobs(jobs, &chance);
	region_open(&r, true);
	engine_memory_plan(seed, 5);
	for (unsigned i = 0; i < NODES; i++) {
		workers[i] = (struct worker){ .store = r.nodes[i].store,
					      .jobs = &jobs[i * JOBS],
					      .count = JOBS };
		if (pthread_create(&workers[i].thread, NULL, work, &workers[i]) != 0)
			abort();
	}
	for (unsigned i = 0; i < NODES; i++)
		pthread_join(workers[i].thread, NULL);
	struct order o = { .all = NODES * JOBS + 1 };
	o.before = calloc((size_t)o.all * o.all, sizeof *o.before);
	for (unsigned i = 0; i < NODES * JOBS; i++)
		CU_ASSERT_TRUE(jobs[i].kept);
	CU_ASSERT_EQUAL(find_order(&o, jobs, NODES * JOBS), 0);
	CU_ASSERT_EQUAL(left_in_cycles(&o), 0);
	free(o.before);
	region_close(&r);
}

static void histories_are_serialisable(void)
{
	unsigned long before = engine_memory_conflicts();
	for (uint64_t seed = 1; seed <= HISTORIES; seed++)
		one_history(seed);
	CU_ASSERT_TRUE(engine_memory_conflicts() > before);
}

/* ---- What is kept, written from every node ---- */

enum { PEOPLE = 8, ROUNDS = 12 };

struct busy {
	pthread_t thread;
	struct store *store;
	unsigned node, refused;
};

struct feeding {
	unsigned node, round;
	uint64_t record;
};

static bool append(struct store_txn *t, const char *what)
{
	const struct audit_terms terms = { .time = store_clock(t)->now(store_clock(t)) };
	return audit_log_append(t, audit_log_draft(store_arena(t), bytes_of_text(what), &terms),
				NULL);
}

/* Every node feeds the same persons, each with its own id, decides for them and leaves two records.
 * */
static bool feed(void *with, struct store_txn *t, struct problem *p)
{
	static const char *const domains[NODES] = { A_DOMAIN, B_DOMAIN, C_DOMAIN };
	struct feeding *f = with;
	unsigned person = f->round % PEOPLE;
	struct arena *a = store_arena(t);
	struct who who = { .family = arena_printf(a, "FAMILY%u", person),
			   .given = "GIVEN",
			   .birth = "19700101",
			   .sex = "M",
			   .phone = arena_printf(a, "0312345%03u", person) };
	struct patient_identifier id = { .id = arena_printf(a, "%u", person),
					 .universal_id = domains[f->node] };
	struct patient_demographics d = people_demographics(a, &who);
	struct feed_outcome done;
	if (!identity_put(t, &people_region, people_system(id.universal_id), &id, &d, 0, &done, p))
		return false;
	f->record = done.record;
	return append(t, "fed");
}

static bool decide(void *with, struct store_txn *t, struct problem *p)
{
	const struct feeding *f = with;
	struct consent_coverage coverage;
	const struct consent_event e = { .action = f->round % 3 == 0 ? CONSENT_LEAVE : CONSENT_JOIN,
					 .reason = "asked for it",
					 .by = "clerk",
					 .time = store_clock(t)->now(store_clock(t)) };
	return consent_record(t, &people_region, f->record, &e, &coverage, p)
	       && append(t, "decided");
}

static void *be_busy(void *with)
{
	struct busy *b = with;
	for (unsigned round = 0; round < ROUNDS; round++) {
		struct feeding f = { .node = b->node, .round = round };
		struct problem p = { .code = PROBLEM_NONE };
		const struct store_block record = { &f.record, sizeof f.record };
		const struct store_afresh afresh = { .blocks = &record, .count = 1 };
		b->refused += !store_write_afresh(b->store, &afresh, feed, &f, &p);
		b->refused += !store_write(b->store, decide, &f, &p);
	}
	return NULL;
}

static void tell(void *with, const char *finding)
{
	(void)with;
	fprintf(stderr, "%s\n", finding);
}

static void each_job_has_one_effect(void)
{
	static const struct check_module *const modules[] = { &identity_check, &consent_check,
							      NULL };
	struct region_of_nodes r;
	struct busy busy[NODES];
	struct check_counts counts;
	struct problem p = { .code = PROBLEM_NONE };
	struct audit_head head;
	region_open(&r, true);
	engine_memory_plan(7, 3);
	for (unsigned i = 0; i < NODES; i++) {
		busy[i] = (struct busy){ .store = r.nodes[i].store, .node = i };
		if (pthread_create(&busy[i].thread, NULL, be_busy, &busy[i]) != 0)
			abort();
	}
	for (unsigned i = 0; i < NODES; i++) {
		pthread_join(busy[i].thread, NULL);
		CU_ASSERT_EQUAL(busy[i].refused, 0);
	}
	for (unsigned i = 0; i < NODES; i++) {
		struct audit_heads heads;
		struct store_txn *t = store_begin_read(r.nodes[i].store, &p);
		CU_ASSERT_TRUE(audit_log_head(t, &head));
		CU_ASSERT_EQUAL(head.sequence, audit_number(i, ROUNDS * 2));
		CU_ASSERT_TRUE(audit_log_heads(t, r.arena, &heads));
		CU_ASSERT_EQUAL(heads.count, NODES);
		CU_ASSERT_EQUAL(heads.entries, NODES * ROUNDS * 2);
		store_end(t);
	}
	CU_ASSERT_TRUE(store_check(r.nodes[0].store, modules, tell, NULL, &counts, &p));
	CU_ASSERT_EQUAL(counts.findings, 0);
	region_close(&r);
}

int main(void)
{
	static const struct test tests[] = {
		{ "histories of several nodes are serialisable", histories_are_serialisable },
		{ "each job has one effect and one record", each_job_has_one_effect },
		{ 0 },
	};
	return suite_run("engines: nodes", tests);
}
