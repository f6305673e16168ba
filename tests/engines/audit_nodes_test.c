/* tests/engines/audit_nodes_test.c: all that is done with an audit log, at once and by every node:
 * appending, indexing, anchoring, searching, verifying. Whatever else they conflict about, it is
 * never the log. */
#include "tests/base/suite.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#include "gateway/audit/anchoring.h"
#include "gateway/audit/record.h"
#include "gateway/base/text.h"
#include "store/audit_entries.h"
#include "store/audit_log.h"
#include "store/check.h"
#include "tests/engines/nodes.h"

enum {
	JOBS = 300,
	JOBS_MOST = 1000 * JOBS, /* a conflict comes before, however the two are let run */
	BEFORE = AUDIT_FANOUT * AUDIT_SEGMENT - 100,
	SHARED_KEYS = 0x20,
	AN_HOUR = 3600
};
enum { AUDIT_FIRST = 0x80, AUDIT_LAST = 0x9f };

struct node_at_work {
	struct region_of_nodes *region;
	unsigned node, number, unwritten; /* the writer's */
	unsigned failed, turns;           /* of the work beside it */
	bool sharing;                     /* every job changes what all nodes' jobs change */
	struct anchors anchors;
	atomic_bool *over;
	pthread_t writing, beside;
};

static struct store *store_of_node(const struct node_at_work *w)
{
	return w->region->nodes[w->node].store;
}

static bool append_entry(struct store_txn *t, const struct node_at_work *w)
{
	struct text_list patient = { .value = "1^^^&1.2&ISO" };
	const struct audit_terms terms = { .time = w->number,
					   .transaction = "ITI-18",
					   .system = "a-hospital",
					   .patients = &patient };
	return audit_log_append(t, audit_log_draft(store_arena(t), bytes_of_text("x"), &terms),
				NULL);
}

/* A key of nobody else's, or one of everybody's, and the record. */
static bool write_run(void *with, struct store_txn *t, struct problem *p)
{
	const struct node_at_work *w = with;
	struct key k;
	struct bytes was;
	(void)p;
	key_begin(&k, SHARED_KEYS);
	key_number(&k, w->sharing ? 0 : 1 + w->node);
	store_get(t, key_span(&k), store_arena(t), &was);
	return store_put(t, key_span(&k), (struct bytes){ (const void *)&w->number, 4 })
	       && append_entry(t, w);
}

static bool fill_run(void *with, struct store_txn *t, struct problem *p)
{
	bool kept = true;
	(void)p;
	for (unsigned i = 0; kept && i < BEFORE; i++)
		kept = append_entry(t, with);
	return kept;
}

static bool has_met_another(void)
{
	return engine_memory_conflicts_about(SHARED_KEYS, SHARED_KEYS) != 0;
}

/* Where all change the same, until two have met. */
static void *write_on(void *with)
{
	struct node_at_work *w = with;
	for (; w->number < JOBS || (w->sharing && !has_met_another() && w->number < JOBS_MOST);
	     w->number++) {
		struct problem p = { .code = PROBLEM_NONE };
		w->unwritten += !store_write(store_of_node(w), write_run, w, &p);
	}
	return NULL;
}

static bool looks_whole(struct store *s)
{
	struct problem p = { .code = PROBLEM_NONE };
	struct audit_head head;
	struct audit_filter of_one = { .patient = "1^^^&1.2&ISO", .limit = 10 };
	uint64_t broken;
	unsigned found = 0;
	struct store_txn *t = store_begin_read(s, &p);
	struct audit_cursor *c = audit_log_search(t, &of_one, store_arena(t));
	while (audit_log_next(c) != NULL)
		found++;
	bool whole = audit_log_verify(t, &head, &broken, &p);
	store_end(t);
	return whole && found == 10;
}

/* Until the writing is over, and once more. */
static void *work_beside(void *with)
{
	static const struct log quiet = { .fd = -1 };
	static const struct audit_source us = { .source_id = "minato",
						.process_id = "1",
						.host = "host" };
	struct node_at_work *w = with;
	bool over;
	do {
		struct problem p = { .code = PROBLEM_NONE };
		over = atomic_load(w->over);
		struct anchoring *n = anchoring_open(
			&(struct anchoring_settings){ .store = store_of_node(w),
						      .anchors = &w->anchors,
						      .seconds = AN_HOUR,
						      .source = &us,
						      .clock = &system_clock,
						      .log = &quiet });
		w->failed += n == NULL || !anchoring_begin(n);
		w->failed += !audit_log_index(store_of_node(w), NULL, &p)
			     || !audit_log_merge(store_of_node(w), NULL, &p)
			     || !audit_log_fold(store_of_node(w), NULL, &p);
		w->failed += !looks_whole(store_of_node(w));
		anchoring_close(n);
		w->turns++;
	} while (!over);
	return NULL;
}

static struct anchor_key *make_key(const struct region_of_nodes *r)
{
	const char *why, *path = arena_printf(r->arena, "%s/key", r->directory);
	EVP_PKEY *pair = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
	FILE *f = fopen(path, "we");
	CU_ASSERT_FATAL(f != NULL && PEM_write_PrivateKey(f, pair, NULL, NULL, 0, NULL, NULL) == 1);
	fclose(f);
	EVP_PKEY_free(pair);
	struct anchor_key *k = anchor_key_read(path, &why);
	CU_ASSERT_PTR_NOT_NULL_FATAL(k);
	return k;
}

static void begin(pthread_t *thread, void *(*run)(void *), struct node_at_work *w)
{
	if (pthread_create(thread, NULL, run, w) != 0)
		abort();
}

static void work_all(struct region_of_nodes *r, const struct anchor_key *key, bool sharing)
{
	struct node_at_work nodes[NODES];
	atomic_bool over = false;
	struct problem p = { .code = PROBLEM_NONE };
	for (unsigned i = 0; i < NODES; i++) {
		struct node_at_work *w = &nodes[i];
		*w = (struct node_at_work){ .region = r, .node = i, .sharing = sharing };
		w->anchors.file = arena_printf(r->arena, "%s/anchors-%u", r->directory, i);
		w->anchors.key = key;
		w->over = &over;
		CU_ASSERT_TRUE(store_write(store_of_node(w), fill_run, w, &p));
	}
	for (unsigned i = 0; i < NODES; i++) {
		struct node_at_work *w = &nodes[i];
		begin(&w->writing, write_on, w);
		begin(&w->beside, work_beside, w);
	}
	for (unsigned i = 0; i < NODES; i++)
		pthread_join(nodes[i].writing, NULL);
	atomic_store(&over, true);
	for (unsigned i = 0; i < NODES; i++) {
		pthread_join(nodes[i].beside, NULL);
		CU_ASSERT_EQUAL(nodes[i].unwritten, 0);
		CU_ASSERT_EQUAL(nodes[i].failed, 0);
		CU_ASSERT(nodes[i].turns >= 1);
	}
}

/* The keys of the jobs are nobody's. */
static void tell(void *with, const char *finding)
{
	unsigned *of_the_log = with;
	*of_the_log += strstr(finding, "audit") != NULL;
}

/* What was written is there, in each chain, and is what every node's anchors say. */
static void all_is_there(struct region_of_nodes *r, const struct anchor_key *key)
{
	struct anchors_verdict v;
	struct audit_heads heads;
	struct check_counts counts;
	struct problem p = { .code = PROBLEM_NONE };
	for (unsigned i = 0; i < NODES; i++) {
		const struct anchors at = {
			.file = arena_printf(r->arena, "%s/anchors-%u", r->directory, i),
			.key = key,
		};
		struct store_txn *t = store_begin_read(r->nodes[i].store, &p);
		CU_ASSERT_TRUE(anchors_compare(&at, t, r->arena, true, &v, &p));
		CU_ASSERT_EQUAL(v.fault_count, 0);
		CU_ASSERT_PTR_NULL(v.notes);
		CU_ASSERT_EQUAL(v.other_count, NODES - 1);
		CU_ASSERT_TRUE(audit_log_heads(t, r->arena, &heads));
		for (unsigned k = 0; k < NODES; k++)
			CU_ASSERT(audit_place(heads.heads[k].sequence) > BEFORE + JOBS);
		for (size_t k = 0; k < v.other_count; k++)
			CU_ASSERT(audit_place(v.others[k].covered) >= BEFORE + JOBS);
		CU_ASSERT_EQUAL(audit_chain(heads.heads[i].sequence), i);
		/* What its last turn found full; an anchor may have come since. */
		CU_ASSERT(audit_indexed(t, i) <= (heads.heads[i].sequence + 1) / AUDIT_SEGMENT);
		CU_ASSERT(audit_indexed(t, i)
			  >= (audit_number(i, BEFORE + JOBS) + 1) / AUDIT_SEGMENT);
		CU_ASSERT_EQUAL(audit_merged(t, i, 0), 1);
		CU_ASSERT_TRUE(audit_run_is_there(
			t, (struct audit_run){ audit_number(i, 0) / AUDIT_SEGMENT, 1 }));
		store_end(t);
	}
	unsigned of_the_log = 0;
	CU_ASSERT_TRUE(store_check(r->nodes[0].store, NULL, tell, &of_the_log, &counts, &p));
	CU_ASSERT_EQUAL(of_the_log, 0);
	CU_ASSERT(counts.findings >= 1);
}

/* What each writes is its own: no conflict at all. What all write: each conflict is about that. */
static void no_conflict_is_about_the_log(void)
{
	for (unsigned sharing = 0; sharing < 2; sharing++) {
		struct region_of_nodes r;
		unsigned long all = engine_memory_conflicts();
		unsigned long audit = engine_memory_conflicts_about(AUDIT_FIRST, AUDIT_LAST);
		unsigned long shared = engine_memory_conflicts_about(SHARED_KEYS, SHARED_KEYS);
		region_open(&r, true);
		struct anchor_key *key = make_key(&r);
		engine_memory_delay(3 + sharing, 1);
		work_all(&r, key, sharing);
		all = engine_memory_conflicts() - all;
		audit = engine_memory_conflicts_about(AUDIT_FIRST, AUDIT_LAST) - audit;
		shared = engine_memory_conflicts_about(SHARED_KEYS, SHARED_KEYS) - shared;
		CU_ASSERT_EQUAL(audit, 0);
		CU_ASSERT_EQUAL(all, shared);
		CU_ASSERT_EQUAL(shared == 0, !sharing);
		all_is_there(&r, key);
		anchor_key_free(key);
		region_close(&r);
	}
}

int main(void)
{
	static const struct test tests[] = {
		{ "no conflict is about the log", no_conflict_is_about_the_log }, { 0 }
	};
	return suite_run("engines: nodes and their audit log", tests);
}
