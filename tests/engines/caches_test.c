/* tests/engines/caches_test.c: what a node remembers of itself never stands against what another
 * node has written since. */
#include "tests/base/suite.h"

#include <pthread.h>
#include <string.h>

#include "gateway/base/text.h"
#include "store/blobs.h"
#include "store/identity_candidates.h"
#include "store/region_mark.h"
#include "tests/engines/nodes.h"
#include "tests/store/people.h"

enum { FED_BEFORE = 700, FED_MEANWHILE = 150 };

/* ---- The index of candidates, made by two nodes at once, while a third feeds ---- */

struct crowd {
	unsigned first, count;
};

static bool feed_crowd(void *with, struct store_txn *t, struct problem *p)
{
	const struct crowd *c = with;
	struct arena *a = store_arena(t);
	for (unsigned i = c->first; i < c->first + c->count; i++) {
		const struct who who = { .family = "タダ", .given = "ハジメ", .sex = "M" };
		struct patient_identifier id = { .id = arena_printf(a, "%u", i),
						 .universal_id = A_DOMAIN };
		struct patient_demographics d = people_demographics(a, &who);
		struct feed_outcome out;
		if (!identity_put(t, &people_region, "a-hospital", &id, &d, 0, &out, p))
			return false;
	}
	return true;
}

static bool fed(struct store *s, unsigned first, unsigned count)
{
	struct crowd c = { first, count };
	struct problem p = { .code = PROBLEM_NONE };
	return store_write(s, feed_crowd, &c, &p);
}

static bool forget_mark(void *with, struct store_txn *t, struct problem *p)
{
	struct key k;
	(void)with, (void)p;
	key_begin(&k, SPACE_STORE);
	key_text(&k, "candidates");
	return store_delete(t, key_span(&k));
}

struct maker {
	pthread_t thread;
	struct store *store;
	bool ready;
};

static void *make(void *with)
{
	struct maker *m = with;
	struct problem p = { .code = PROBLEM_NONE };
	uint64_t made;
	m->ready = identity_candidates_ready(m->store, &made, &p)
		   && identity_keys_ready(m->store, &made, &p);
	return NULL;
}

static unsigned findings(struct store *s)
{
	static const struct check_module *const modules[] = { &identity_check, NULL };
	struct check_counts counts = { 0 };
	struct problem p = { .code = PROBLEM_NONE };
	CU_ASSERT_TRUE(store_check(s, modules, people_tell, NULL, &counts, &p));
	return (unsigned)counts.findings;
}

static void an_index_is_made_by_two(void)
{
	struct region_of_nodes r;
	struct maker makers[2];
	struct problem p = { .code = PROBLEM_NONE };
	region_open_timed(&r);
	CU_ASSERT_TRUE(fed(r.nodes[0].store, 0, FED_BEFORE));
	CU_ASSERT_TRUE(store_write(r.nodes[0].store, forget_mark, NULL, &p));
	engine_memory_plan(3, 4);
	for (unsigned i = 0; i < COUNT(makers); i++) {
		makers[i].store = r.nodes[i].store;
		if (pthread_create(&makers[i].thread, NULL, make, &makers[i]) != 0)
			abort();
	}
	for (unsigned i = 0; i < FED_MEANWHILE; i++)
		CU_ASSERT_TRUE(fed(r.nodes[2].store, FED_BEFORE + i, 1));
	for (unsigned i = 0; i < COUNT(makers); i++) {
		pthread_join(makers[i].thread, NULL);
		CU_ASSERT_TRUE(makers[i].ready);
	}
	CU_ASSERT_EQUAL(findings(r.nodes[0].store), 0);
	region_close(&r);
}

/* ---- What a store is known by ---- */

static void secret_of(struct store *s, unsigned char out[STORE_SECRET])
{
	struct problem p = { .code = PROBLEM_NONE };
	struct store_txn *t = store_begin_read(s, &p);
	CU_ASSERT_TRUE(store_secret(t, out));
	store_end(t);
}

/* Made once, by whoever came first. */
static void all_have_one_secret(void)
{
	struct region_of_nodes r;
	unsigned char first[STORE_SECRET], other[STORE_SECRET];
	region_open_timed(&r);
	secret_of(r.nodes[0].store, first);
	for (unsigned i = 1; i < NODES; i++) {
		secret_of(r.nodes[i].store, other);
		CU_ASSERT_EQUAL(memcmp(first, other, sizeof first), 0);
	}
	region_close(&r);
}

/* A node of another region is refused, once one has fed. */
static void all_are_of_one_region(void)
{
	struct region_of_nodes r;
	struct region other = people_region;
	struct problem p = { .code = PROBLEM_NONE };
	other.affinity_domain = "2.999.77";
	region_open_timed(&r);
	CU_ASSERT_TRUE(region_mark_agrees(r.nodes[0].store, &people_region, &p));
	CU_ASSERT_TRUE(fed(r.nodes[1].store, 0, 1));
	CU_ASSERT_FALSE(region_mark_agrees(r.nodes[2].store, &other, &p));
	CU_ASSERT_EQUAL(p.code, PROBLEM_CONFIGURATION);
	region_close(&r);
}

/* ---- Documents ---- */

static bool keep(void *with, struct store_txn *t, struct problem *p)
{
	(void)p;
	return blob_keep(t, with);
}

static bool release(void *with, struct store_txn *t, struct problem *p)
{
	(void)p;
	return blob_release(t, ((const struct blob *)with)->sha256);
}

static enum problem_code opened(struct store *s, const struct blob *b, struct arena *a)
{
	struct problem p = { .code = PROBLEM_NONE };
	struct blob_content content;
	struct store_txn *t = store_begin_read(s, &p);
	blob_open(t, b->sha256, a, &content, &p);
	store_end(t);
	return p.code;
}

/* One that was given out is asked of the store again: what another node took away is gone. */
static void documents_are_asked_anew(void)
{
	struct region_of_nodes r;
	struct arena *a = arena_create(1 << 20);
	struct problem p = { .code = PROBLEM_NONE };
	struct blob b;
	region_open_timed(&r);
	struct store *one = r.nodes[0].store, *other = r.nodes[1].store;
	CU_ASSERT_TRUE(blob_of_bytes(one, a, bytes_of_text("a report"), &b, &p));
	CU_ASSERT_EQUAL(opened(other, &b, a), PROBLEM_NOT_FOUND);
	CU_ASSERT_TRUE(store_write(one, keep, &b, &p));
	CU_ASSERT_EQUAL(opened(other, &b, a), PROBLEM_NONE);
	CU_ASSERT_TRUE(store_write(other, keep, &b, &p));
	CU_ASSERT_TRUE(store_write(one, release, &b, &p));
	CU_ASSERT_EQUAL(opened(one, &b, a), PROBLEM_NONE);
	CU_ASSERT_TRUE(store_write(other, release, &b, &p));
	CU_ASSERT_EQUAL(opened(one, &b, a), PROBLEM_NOT_FOUND);
	arena_destroy(a);
	region_close(&r);
}

int main(void)
{
	static const struct test tests[] = {
		{ "an index is made by two", an_index_is_made_by_two },
		{ "all have one secret", all_have_one_secret },
		{ "all are of one region", all_are_of_one_region },
		{ "documents are asked anew", documents_are_asked_anew },
		{ 0 },
	};
	return suite_run("engines: caches", tests);
}
