/* tests/store/audit_chains_test.c: an audit log of several chains, one a node: written side by
 * side, read as one. */
#include "tests/base/suite.h"

#include <pthread.h>
#include <string.h>

#include "gateway/base/text.h"
#include "store/audit_entries.h"
#include "store/audit_log.h"
#include "store/check.h"
#include "store/record.h"
#include "tests/base/failing.h"
#include "tests/engines/nodes.h"
#include "tests/store/in_job.h"

static bool refused(struct store_txn *t)
{
	return problem_set(store_problem(t), PROBLEM_STORE_FULL, "made to fail");
}

FAILING(bool, store_get, (struct store_txn * t, struct bytes k, struct arena *a, struct bytes *v),
	(t, k, a, v), refused(t))
FAILING(bool, store_next, (struct store_cursor * c, struct bytes *k, struct bytes *v), (c, k, v),
	false)

/* Entries of a node: the nth of it at that time, about a patient, of a system. */
struct writing {
	unsigned node, count;
	instant time, step;
	const char *patient, *transaction;
};

static bool write_entries(void *with, struct store_txn *t, struct problem *p)
{
	const struct writing *w = with;
	static const char *const systems[] = { "a-hospital", "b-clinic", "c-clinic" };
	struct text_list patient = { .value = w->patient };
	bool kept = true;
	(void)p;
	for (unsigned i = 0; kept && i < w->count; i++) {
		const struct audit_terms terms = {
			.time = w->time + i * w->step,
			.system = systems[w->node],
			.transaction = w->transaction,
			.patients = w->patient == NULL ? NULL : &patient,
		};
		struct bytes record = bytes_of_text(
			arena_printf(store_arena(t), "%u of node %u", i, w->node));
		kept = audit_log_append(t, audit_log_draft(store_arena(t), record, &terms), NULL);
	}
	return kept;
}

static void write_some(struct region_of_nodes *r, struct writing w)
{
	CU_ASSERT_TRUE(store_write(r->nodes[w.node].store, write_entries, &w, &r->problem));
}

static struct store_txn *look(struct region_of_nodes *r, unsigned node)
{
	return store_begin_read(r->nodes[node].store, &r->problem);
}

/* ---- Writing side by side ---- */

enum { JOBS = 200, MANY_KEYS = 0x21 };

struct writer {
	pthread_t thread;
	struct region_of_nodes *region;
	unsigned node, number, failed;
};

/* What a clinic does: something of a patient nobody else touches, and its record. */
static bool write_own(void *with, struct store_txn *t, struct problem *p)
{
	struct writer *w = with;
	struct key k;
	struct bytes was;
	struct writing entry = {
		.node = w->node, .count = 1, .time = w->number, .patient = "1^^^&1.2&ISO"
	};
	key_begin(&k, MANY_KEYS);
	key_number(&k, w->node);
	store_get(t, key_span(&k), store_arena(t), &was);
	return store_put(t, key_span(&k), (struct bytes){ (void *)&w->number, sizeof w->number })
	       && write_entries(&entry, t, p);
}

static void *write_on(void *with)
{
	struct writer *w = with;
	for (; w->number < JOBS; w->number++) {
		struct problem p = { .code = PROBLEM_NONE };
		w->failed += !store_write(w->region->nodes[w->node].store, write_own, w, &p);
	}
	return NULL;
}

/* How many conflicts there were. */
static unsigned long write_all(struct region_of_nodes *r)
{
	struct writer writers[NODES];
	unsigned long before = engine_memory_conflicts();
	engine_memory_delay(11, 1);
	for (unsigned i = 0; i < NODES; i++) {
		writers[i] = (struct writer){ .region = r, .node = i };
		if (pthread_create(&writers[i].thread, NULL, write_on, &writers[i]) != 0)
			abort();
	}
	for (unsigned i = 0; i < NODES; i++) {
		pthread_join(writers[i].thread, NULL);
		CU_ASSERT_EQUAL(writers[i].failed, 0);
	}
	return engine_memory_conflicts() - before;
}

/* No conflict at all; where nodes are one to the log, there are. */
static void A4(void)
{
	for (unsigned named = 0; named < 2; named++) {
		struct region_of_nodes r;
		struct audit_heads heads;
		unsigned long conflicts = 0;
		region_open(&r, named);
		/* That threads meet is the machine's affair, and soon so. */
		for (unsigned i = 0; i < 100 && (i == 0 || (!named && conflicts == 0)); i++)
			conflicts += write_all(&r);
		CU_ASSERT_EQUAL(conflicts == 0, named);
		struct store_txn *t = look(&r, 0);
		CU_ASSERT_TRUE(audit_log_heads(t, r.arena, &heads));
		CU_ASSERT_EQUAL(heads.count, named ? NODES : 1);
		CU_ASSERT_EQUAL(heads.entries % (NODES * JOBS), 0);
		for (size_t i = 0; named && i < heads.count; i++)
			CU_ASSERT_EQUAL(heads.heads[i].sequence, audit_number(i, JOBS));
		store_end(t);
		region_close(&r);
	}
}

/* ---- Reading as one ---- */

/* Three nodes; times of one fall between those of the others. */
static void fill(struct region_of_nodes *r)
{
	region_open(r, true);
	write_some(r, (struct writing){ 0, 40, 1000, 3000000, "1^^^&1.2&ISO", "ITI-18" });
	write_some(r, (struct writing){ 1, 30, 2000, 2000000, "1^^^&1.2&ISO", "ITI-43" });
	write_some(r, (struct writing){ 2, 1, 1000, 0, "2^^^&1.2&ISO", "ITI-43" });
	write_some(r, (struct writing){ 1, 5, 7, 0, "2^^^&1.2&ISO", "ITI-18" });
}

static void all_are_found(void)
{
	static const struct {
		struct audit_filter filter;
		unsigned found;
	} rows[] = {
		{ { 0 }, 76 },
		{ { .patient = "1^^^&1.2&ISO" }, 70 },
		{ { .patient = "2^^^&1.2&ISO" }, 6 },
		{ { .patient = "3^^^&1.2&ISO" }, 0 },
		{ { .system = "a-hospital" }, 40 },
		{ { .system = "b-clinic" }, 35 },
		{ { .system = "c-clinic" }, 1 },
		{ { .transaction = "ITI-43" }, 31 },
		{ { .from = 1000, .to = 1001 }, 2 },
	};
	struct region_of_nodes r;
	struct audit_heads heads;
	fill(&r);
	struct store_txn *snapshot = look(&r, 0);
	CU_ASSERT_TRUE(audit_log_heads(snapshot, r.arena, &heads));
	CU_ASSERT_EQUAL(heads.entries, 76);
	store_end(snapshot);
	for (unsigned node = 0; node < NODES; node++)
		for (size_t i = 0; i < COUNT(rows); i++) {
			/* In pages: each goes on behind the one before, wherever that ended. */
			struct audit_filter f = rows[i].filter;
			struct audit_mark last = { .time = INT64_MAX, .sequence = UINT64_MAX };
			unsigned found = 0, page;
			f.limit = 7;
			do {
				struct store_txn *t = look(&r, node);
				struct audit_cursor *c = audit_log_search(t, &f, r.arena);
				const struct audit_entry *e;
				for (page = 0; (e = audit_log_next(c)) != NULL; page++) {
					CU_ASSERT(e->terms.time < last.time
						  || (e->terms.time == last.time
						      && e->sequence < last.sequence));
					last = (struct audit_mark){ e->terms.time, e->sequence };
				}
				CU_ASSERT_FALSE(store_failed(t));
				store_end(t);
				f.after = last;
				found += page;
			} while (page == 7);
			CU_ASSERT_EQUAL(found, rows[i].found);
		}
	region_close(&r);
}

/* From a sequence on, to the end of its chain and no further. */
static void a_chain_is_read_alone(void)
{
	static const struct {
		uint64_t from;
		unsigned limit, found;
		uint64_t first;
	} rows[] = {
		{ 0, 0, 40, 1 },
		{ 1, 0, 40, 1 },
		{ 39, 0, 2, 39 },
		{ 41, 0, 0, 0 },
		{ (UINT64_C(1) << 40), 0, 35, (UINT64_C(1) << 40) + 1 },
		{ (UINT64_C(1) << 40) + 1, 3, 3, (UINT64_C(1) << 40) + 1 },
		{ (UINT64_C(1) << 40) + 35, 0, 1, (UINT64_C(1) << 40) + 35 },
		{ (UINT64_C(1) << 40) + 36, 0, 0, 0 },
		{ (UINT64_C(2) << 40) + 1, 0, 1, (UINT64_C(2) << 40) + 1 },
		{ (UINT64_C(3) << 40) + 1, 0, 0, 0 },
	};
	struct region_of_nodes r;
	unsigned char hash[AUDIT_HASH];
	fill(&r);
	struct store_txn *t = look(&r, 1);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct audit_cursor *c = audit_log_from(t, rows[i].from, rows[i].limit, r.arena);
		unsigned found = 0;
		for (const struct audit_entry *e; (e = audit_log_next(c)) != NULL; found++)
			CU_ASSERT_EQUAL(e->sequence, rows[i].first + found);
		CU_ASSERT_EQUAL(found, rows[i].found);
	}
	CU_ASSERT_TRUE(audit_log_hash(t, audit_number(1, 35), hash));
	CU_ASSERT_FALSE(audit_log_hash(t, audit_number(1, 36), hash));
	CU_ASSERT_FALSE(audit_log_hash(t, audit_number(1, 0), hash));
	const struct audit_entry *e = audit_log_entry(t, audit_number(1, 35), r.arena);
	CU_ASSERT_PTR_NOT_NULL_FATAL(e);
	CU_ASSERT_EQUAL(e->sequence, audit_number(1, 35));
	CU_ASSERT_STRING_EQUAL(e->terms.transaction, "ITI-18");
	CU_ASSERT_PTR_NULL(audit_log_entry(t, audit_number(1, 36), r.arena));
	store_end(t);
	region_close(&r);
}

static void numbers_for_people(void)
{
	static const struct {
		uint64_t sequence;
		const char *text;
	} rows[] = {
		{ 0, "0" },
		{ 12, "12" },
		{ (UINT64_C(1) << 40) - 1, "1099511627775" },
		{ (UINT64_C(1) << 40) + 12, "12 of chain 1" },
		{ (UINT64_C(8191) << 40), "0 of chain 8191" },
		{ UINT64_MAX, "1099511627775 of chain 16777215" },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		char text[AUDIT_PLACE_TEXT];
		CU_ASSERT_STRING_EQUAL(audit_place_text(rows[i].sequence, text), rows[i].text);
	}
	CU_ASSERT(audit_number(NODES_MOST - 1, AUDIT_PLACE_MASK) < UINT64_C(1) << 53); /* JSON */
}

/* Each destination has a place in each chain. */
static bool acknowledge(struct store_txn *t, const void *with)
{
	return audit_log_acknowledge(t, "arr", *(const uint64_t *)with);
}

static void places_of_chains(void)
{
	static const struct {
		uint64_t moved, then[NODES];
	} rows[] = {
		{ 7, { 7, 0, 0 } },
		{ (UINT64_C(1) << 40) + 3, { 7, 3, 0 } },
		{ (UINT64_C(1) << 40) + 2, { 7, 3, 0 } },
		{ (UINT64_C(2) << 40) + 1, { 7, 3, 1 } },
		{ 8, { 8, 3, 1 } },
	};
	struct fixture f;
	struct audit_chains chains;
	fixture_open(&f);
	for (size_t i = 0; i < COUNT(rows); i++) {
		CU_ASSERT_TRUE(in_job(&f, acknowledge, &rows[i].moved));
		struct store_txn *t = store_begin_read(f.store, &f.problem);
		for (unsigned k = 0; k < NODES; k++) {
			CU_ASSERT_EQUAL(audit_log_acknowledged(t, "arr", k),
					audit_number(k, rows[i].then[k]));
			CU_ASSERT_EQUAL(audit_log_acknowledged(t, "ar", k), audit_number(k, 0));
		}
		store_end(t);
	}
	/* Though it has no entry, a chain that was delivered is one of the log's. */
	struct store_txn *t = store_begin_read(f.store, &f.problem);
	CU_ASSERT_TRUE(audit_log_chains(t, f.arena, &chains));
	CU_ASSERT_EQUAL_FATAL(chains.count, NODES);
	for (unsigned k = 0; k < NODES; k++)
		CU_ASSERT_EQUAL(chains.numbers[k], k);
	store_end(t);
	fixture_close(&f);
}

/* ---- Damage ---- */

enum { TWENTY = 20 };

struct damage {
	enum { CUT, CUT_ALL, TURN, HEAD_TURNED, HEAD_GONE, HEAD_OF_ANOTHER, ADDED } how;
	uint64_t chain;
};

static struct key key_of(unsigned char space, uint64_t number)
{
	struct key k;
	key_begin(&k, space);
	key_number(&k, number);
	return k;
}

static bool do_damage(struct store_txn *t, const void *with)
{
	const struct damage *d = with;
	struct key head = key_of(SPACE_AUDIT_HEAD, d->chain);
	struct key other = key_of(SPACE_AUDIT_HEAD, (d->chain + 1) % NODES);
	struct key last = key_of(SPACE_AUDIT_SHEET, audit_number(d->chain, TWENTY));
	struct key next = key_of(SPACE_AUDIT_SHEET, audit_number(d->chain, TWENTY + 1));
	struct bytes value = { 0 };
	unsigned char *copy;
	switch (d->how) {
	case CUT: return store_delete(t, key_span(&last));
	case CUT_ALL:
		for (unsigned i = 1; i <= TWENTY; i++) {
			struct key k = key_of(SPACE_AUDIT_SHEET, audit_number(d->chain, i));
			store_delete(t, key_span(&k));
		}
		return true;
	case HEAD_GONE: return store_delete(t, key_span(&head));
	case HEAD_OF_ANOTHER:
		return store_get(t, key_span(&other), store_arena(t), &value)
		       && store_put(t, key_span(&head), value);
	case ADDED:
		return store_get(t, key_span(&last), store_arena(t), &value)
		       && store_put(t, key_span(&next), value);
	case TURN:
	case HEAD_TURNED: break;
	}
	struct key *k = d->how == TURN ? &last : &head;
	if (!store_get(t, key_span(k), store_arena(t), &value))
		return false;
	copy = arena_alloc(store_arena(t), value.length);
	memcpy(copy, value.data, value.length);
	copy[value.length - 1] ^= 1;
	return store_put(t, key_span(k), (struct bytes){ copy, value.length });
}

static void note_finding(void *with, const char *finding)
{
	char *all = with;
	size_t length = strlen(all);
	snprintf(all + length, 2048 - length, "%s\n", finding);
}

/* One entry to a sheet. */
static void fill_each(struct region_of_nodes *r)
{
	region_open(r, true);
	for (unsigned i = 0; i < TWENTY; i++)
		for (unsigned node = 0; node < NODES; node++)
			write_some(r, (struct writing){ node, 1, i, 0, NULL, NULL });
}

static struct fixture *of_node(struct region_of_nodes *r, struct fixture *f, unsigned node)
{
	*f = (struct fixture){ .store = r->nodes[node].store };
	return f;
}

/* Whichever chain it is done to, and whoever looks: it is told, and the others are whole. */
static void damage_of_any_chain(void)
{
	static const struct {
		int how;
		uint64_t broken;
		const char *says;
	} rows[] = {
		{ CUT, TWENTY, "is missing" },
		{ CUT_ALL, 1, "is missing" },
		{ TURN, TWENTY, "is not as it was written" },
		{ HEAD_TURNED, TWENTY, "is not the one the head names" },
		{ HEAD_GONE, 1, "was added past the head" },
		{ HEAD_OF_ANOTHER, 1, "cannot be judged: the head is damaged" },
		{ ADDED, TWENTY + 1, "is not as it was written" },
	};
	for (size_t i = 0; i < COUNT(rows); i++)
		for (unsigned chain = 0; chain < NODES; chain++) {
			struct region_of_nodes r;
			struct fixture f;
			struct damage d = { rows[i].how, chain };
			const struct audit_watch nobody = { .progress = NULL };
			struct audit_verdict v;
			struct audit_head head;
			struct check_counts counts;
			struct problem p = { .code = PROBLEM_NONE };
			uint64_t broken;
			char text[AUDIT_PLACE_TEXT], findings[2048] = "";
			fill_each(&r);
			CU_ASSERT_TRUE(in_job(of_node(&r, &f, (chain + 1) % NODES), do_damage, &d));
			struct store_txn *t = look(&r, (chain + 2) % NODES);
			CU_ASSERT_TRUE(audit_log_verify_watched(&nobody, t, r.arena, &v, &p));
			CU_ASSERT_FALSE(v.whole);
			CU_ASSERT_EQUAL_FATAL(v.count, NODES);
			for (unsigned k = 0; k < NODES; k++)
				CU_ASSERT_EQUAL(v.chains[k].broken,
						k == chain ? audit_number(k, rows[i].broken) : 0);
			const char *what = arena_printf(
				r.arena, "audit entry %s %s",
				audit_place_text(audit_number(chain, rows[i].broken), text),
				rows[i].says);
			CU_ASSERT_STRING_EQUAL(v.chains[chain].what, what);
			CU_ASSERT_FALSE(audit_log_verify(t, &head, &broken, &p));
			CU_ASSERT_EQUAL(broken, audit_number(chain, rows[i].broken));
			CU_ASSERT_EQUAL(p.code, PROBLEM_CONFLICT);
			CU_ASSERT_STRING_EQUAL(p.what, what);
			CU_ASSERT_EQUAL(head.sequence, audit_number((chain + 2) % NODES, TWENTY));
			store_end(t);
			CU_ASSERT_TRUE(store_check(r.nodes[0].store, NULL, note_finding, findings,
						   &counts, &p));
			CU_ASSERT_PTR_NOT_NULL(strstr(findings, what));
			region_close(&r);
		}
}

/* A chain begins with its own number: entries of one are none of another's. */
static bool move_chain(struct store_txn *t, const void *with)
{
	struct bytes value;
	(void)with;
	for (unsigned i = 1; i <= TWENTY; i++) {
		struct key from = key_of(SPACE_AUDIT_SHEET, audit_number(1, i));
		struct key to = key_of(SPACE_AUDIT_SHEET, audit_number(2, i));
		if (!store_get(t, key_span(&from), store_arena(t), &value)
		    || !store_put(t, key_span(&to), value))
			return false;
	}
	return true;
}

static void a_chain_of_another(void)
{
	struct region_of_nodes r;
	struct fixture f;
	struct audit_head head;
	struct problem p = { .code = PROBLEM_NONE };
	uint64_t broken;
	fill_each(&r);
	CU_ASSERT_TRUE(in_job(of_node(&r, &f, 0), move_chain, NULL));
	struct store_txn *t = look(&r, 0);
	CU_ASSERT_FALSE(audit_log_verify(t, &head, &broken, &p));
	CU_ASSERT_EQUAL(broken, audit_number(2, 1));
	store_end(t);
	region_close(&r);
}

/* The chain's number in 32 octets, most significant first. */
static void what_a_chain_begins_with(void)
{
	static const struct {
		uint64_t chain;
		unsigned char ends[4];
	} rows[] = {
		{ 0, { 0, 0, 0, 0 } },
		{ 1, { 0, 0, 0, 1 } },
		{ 8191, { 0, 0, 0x1f, 0xff } },
		{ 0xabcdef, { 0, 0xab, 0xcd, 0xef } },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		unsigned char hash[AUDIT_HASH] = { 0 };
		struct audit_head head = audit_chain_begin(rows[i].chain);
		memcpy(hash + AUDIT_HASH - 4, rows[i].ends, 4);
		CU_ASSERT_EQUAL(memcmp(head.hash, hash, AUDIT_HASH), 0);
		CU_ASSERT_EQUAL(head.sequence, rows[i].chain << 40);
	}
}

/* Keys no chain has, and one of a chain no node has: the first are not taken for chains, the second
 * is one. */
static bool put_odd_keys(struct store_txn *t, const void *with)
{
	static const unsigned char spaces[] = { SPACE_AUDIT_SHEET, SPACE_AUDIT_HEAD,
						SPACE_AUDIT_CURSOR };
	struct key sheet = key_of(SPACE_AUDIT_SHEET, audit_number(77, 1));
	struct key beyond = key_of(SPACE_AUDIT_HEAD, AUDIT_CHAINS_MOST);
	struct key last = key_of(SPACE_AUDIT_HEAD, AUDIT_CHAINS_MOST - 1);
	struct key end = key_of(SPACE_AUDIT_SHEET, audit_number(AUDIT_CHAINS_MOST - 1, 1));
	(void)with;
	for (size_t i = 0; i < COUNT(spaces); i++) {
		struct key k;
		key_begin(&k, spaces[i]);
		key_octet(&k, 5);
		store_put(t, key_span(&k), (struct bytes){ 0 });
	}
	return store_put(t, key_span(&sheet), (struct bytes){ 0 })
	       && store_put(t, key_span(&beyond), (struct bytes){ 0 })
	       && store_put(t, key_span(&last), (struct bytes){ 0 })
	       && store_put(t, key_span(&end), (struct bytes){ 0 });
}

static void chains_there_are(void)
{
	static const uint64_t expected[] = { 0, 1, 2, 77, AUDIT_CHAINS_MOST - 1 };
	struct region_of_nodes r;
	struct fixture f;
	struct audit_chains chains;
	struct audit_heads heads;
	fill_each(&r);
	CU_ASSERT_TRUE(in_job(of_node(&r, &f, 0), put_odd_keys, NULL));
	struct store_txn *t = look(&r, 1);
	CU_ASSERT_TRUE(audit_log_chains(t, r.arena, &chains));
	CU_ASSERT_EQUAL_FATAL(chains.count, COUNT(expected));
	for (size_t i = 0; i < COUNT(expected); i++)
		CU_ASSERT_EQUAL(chains.numbers[i], expected[i]);
	CU_ASSERT_FALSE(audit_log_heads(t, r.arena, &heads)); /* the last one's is damaged */
	CU_ASSERT_EQUAL(store_problem(t)->code, PROBLEM_INTERNAL);
	store_end(t);
	region_close(&r);
}

/* As many as there are, in memory of their own. */
enum { MANY = 300 };

static bool put_many_heads(struct store_txn *t, const void *with)
{
	bool kept = true;
	(void)with;
	for (unsigned i = MANY; kept && i-- > 0;) {
		struct key k = key_of(SPACE_AUDIT_HEAD, 2 * i);
		kept = store_put(t, key_span(&k), (struct bytes){ 0 });
	}
	return kept;
}

static void many_chains(void)
{
	struct fixture f;
	struct audit_chains chains;
	fixture_open(&f);
	CU_ASSERT_TRUE(in_job(&f, put_many_heads, NULL));
	struct store_txn *t = store_begin_read(f.store, &f.problem);
	CU_ASSERT_TRUE(audit_log_chains(t, f.arena, &chains));
	memset(arena_alloc(f.arena, MANY * sizeof(uint64_t)), 0xff, MANY * sizeof(uint64_t));
	CU_ASSERT_EQUAL_FATAL(chains.count, MANY);
	for (unsigned i = 0; i < MANY; i++)
		CU_ASSERT_EQUAL(chains.numbers[i], 2 * i);
	store_end(t);
	fixture_close(&f);
}

/* An empty log has this node's chain. */
static void nobody_has_written(void)
{
	struct region_of_nodes r;
	struct audit_heads heads;
	struct audit_head head;
	struct problem p = { .code = PROBLEM_NONE };
	uint64_t broken;
	region_open(&r, true);
	struct store_txn *t = look(&r, 2);
	CU_ASSERT_TRUE(audit_log_heads(t, r.arena, &heads));
	CU_ASSERT_EQUAL_FATAL(heads.count, 1);
	CU_ASSERT_EQUAL(heads.heads[0].sequence, audit_number(2, 0));
	CU_ASSERT_EQUAL(heads.entries, 0);
	CU_ASSERT_TRUE(audit_log_verify(t, &head, &broken, &p));
	CU_ASSERT_EQUAL(head.sequence, audit_number(2, 0));
	CU_ASSERT_EQUAL(broken, 0);
	struct audit_filter of_somebody = { .patient = "1^^^&1.2&ISO" };
	CU_ASSERT_PTR_NULL(audit_log_next(audit_log_search(t, &of_somebody, r.arena)));
	CU_ASSERT_FALSE(store_failed(t));
	store_end(t);
	region_close(&r);
}

/* A chain that is full takes no more: its next number would be another chain's. */
static bool fill_up(struct store_txn *t, const void *with)
{
	struct audit_head head = {
		.sequence = audit_number(store_node(t), AUDIT_PLACE_MASK - *(const unsigned *)with)
	};
	return audit_put_head(t, &head);
}

static bool append_one(struct store_txn *t, const void *with)
{
	struct problem p;
	struct writing one = { .count = 1 };
	(void)with;
	return write_entries(&one, t, &p);
}

static void a_full_chain(void)
{
	for (unsigned node = 0; node < NODES; node++) {
		struct region_of_nodes r;
		struct fixture f;
		unsigned room = 2;
		region_open(&r, true);
		of_node(&r, &f, node);
		CU_ASSERT_TRUE(in_job(&f, fill_up, &room));
		CU_ASSERT_TRUE(in_job(&f, append_one, NULL));
		CU_ASSERT_FALSE(in_job(&f, append_one, NULL));
		CU_ASSERT_EQUAL(f.problem.code, PROBLEM_STORE_FULL);
		CU_ASSERT_TRUE(in_job(of_node(&r, &f, (node + 1) % NODES), append_one, NULL));
		region_close(&r);
	}
}

/* ---- What is watched ---- */

struct watched {
	uint64_t sum;
	unsigned count;
	size_t used;
};

static void see(void *with, struct store_txn *t, const struct audit_entry *e, struct arena *a)
{
	struct watched *w = with;
	CU_ASSERT_STRING_EQUAL(e->terms.transaction, "ITI-43");
	CU_ASSERT_FALSE(store_failed(t));
	w->sum += e->sequence;
	w->count++;
	CU_ASSERT(w->used == 0 || arena_used(a) <= w->used);
	arena_alloc(a, 1000);
	w->used = arena_used(a);
}

/* Well chained, and not to be read to its end; and one of no transaction. */
static bool append_odd(struct store_txn *t, const void *with)
{
	struct record_writer w = record_begin(store_arena(t), 1);
	struct audit_head head;
	record_text(&w, 2, "ITI-43");
	record_text(&w, 5, "somebody");
	struct bytes entry = record_end(&w);
	entry.length--;
	unsigned char *value = arena_alloc(store_arena(t), AUDIT_HASH + entry.length);
	memcpy(value + AUDIT_HASH, entry.data, entry.length);
	if (!audit_log_head(t, &head)
	    || !audit_entry_chain(store_digest(t), head.hash, entry, head.hash))
		return false;
	memcpy(value, head.hash, AUDIT_HASH);
	head.sequence++;
	return audit_sheet_add(t, head.sequence, (struct bytes){ value, AUDIT_HASH + entry.length })
	       && audit_put_head(t, &head) && append_one(t, with);
}

static void entries_are_shown(void)
{
	struct region_of_nodes r;
	struct fixture f;
	struct watched w = { 0 };
	const struct audit_watch watch = { .transaction = "ITI-43", .see = see, .with = &w };
	struct audit_verdict v;
	fill(&r);
	CU_ASSERT_TRUE(in_job(of_node(&r, &f, 1), append_odd, NULL));
	struct store_txn *t = look(&r, 1);
	CU_ASSERT_PTR_NULL(audit_log_entry(t, audit_number(1, 36), r.arena));
	CU_ASSERT_PTR_NOT_NULL(audit_log_entry(t, audit_number(1, 37), r.arena));
	CU_ASSERT_FALSE(store_failed(t));
	CU_ASSERT_TRUE(audit_log_verify_watched(&watch, t, r.arena, &v, &r.problem));
	CU_ASSERT_TRUE(v.whole);
	CU_ASSERT_EQUAL(w.count, 31);
	CU_ASSERT_EQUAL(w.sum, 30 * audit_number(1, 0) + 30 * 31 / 2 + audit_number(2, 1));
	/* The same of two transactions, of which one is nobody's. */
	const struct audit_watch
		or = { .transaction = "x", .or_transaction = "ITI-43", .see = see, .with = &w };
	w = (struct watched){ 0 };
	CU_ASSERT_TRUE(audit_log_verify_watched(& or, t, r.arena, &v, &r.problem));
	CU_ASSERT_EQUAL(w.count, 31);
	store_end(t);
	region_close(&r);
}

/* Told to stop within a chain: nothing is said to be missing from the rest. */
static void see_and_stop(void *with, struct store_txn *t, const struct audit_entry *e,
			 struct arena *a)
{
	(void)t, (void)e, (void)a;
	atomic_store((atomic_bool *)with, true);
}

static void it_ends_within_a_chain(void)
{
	struct region_of_nodes r;
	atomic_bool stop = false;
	const struct audit_watch watch = { .transaction = "x", .see = see_and_stop, .with = &stop };
	struct audit_verdict v;
	struct problem p = { .code = PROBLEM_NONE };
	region_open(&r, true);
	for (unsigned i = 0; i < 4; i++)
		write_some(&r, (struct writing){ 1, 1, i, 0, NULL, "x" });
	struct store_txn *t = look(&r, 1);
	store_stop_on(t, &stop);
	CU_ASSERT_FALSE(audit_log_verify_watched(&watch, t, r.arena, &v, &p));
	CU_ASSERT_EQUAL(p.code, PROBLEM_BUSY);
	CU_ASSERT_EQUAL_FATAL(v.count, 1);
	CU_ASSERT_EQUAL(v.chains[0].broken, 0);
	store_end(t);
	region_close(&r);
}

/* Of several that are broken the first is named. */
static void the_first_that_is_broken(void)
{
	struct region_of_nodes r;
	struct fixture f;
	struct audit_head head;
	struct problem p = { .code = PROBLEM_NONE };
	uint64_t broken;
	fill_each(&r);
	for (unsigned chain = 1; chain < NODES; chain++)
		CU_ASSERT_TRUE(
			in_job(of_node(&r, &f, 0), do_damage, &(struct damage){ TURN, chain }));
	struct store_txn *t = look(&r, 0);
	CU_ASSERT_FALSE(audit_log_verify(t, &head, &broken, &p));
	CU_ASSERT_EQUAL(broken, audit_number(1, TWENTY));
	CU_ASSERT_STRING_EQUAL(p.what, "audit entry 20 of chain 1 is not as it was written");
	store_end(t);
	region_close(&r);
}

/* ---- The patients' index ---- */

enum { SEGMENTS = 3, IN_ALL = SEGMENTS * AUDIT_SEGMENT + 5 };

static uint64_t indexed(struct region_of_nodes *r, uint64_t chain)
{
	struct store_txn *t = look(r, 0);
	uint64_t segment = audit_indexed(t, chain);
	store_end(t);
	return segment - audit_number(chain, 0) / AUDIT_SEGMENT;
}

static unsigned found_of(struct store_txn *t, const char *patient)
{
	struct audit_filter f = { .patient = patient };
	struct audit_cursor *c = audit_log_search(t, &f, store_arena(t));
	unsigned found = 0;
	while (audit_log_next(c) != NULL)
		found++;
	return found;
}

/* Each node indexes its own chain; what is not indexed is found as well. */
static void each_indexes_its_own(void)
{
	struct region_of_nodes r;
	struct audit_filter of_one = { .patient = "2^^^&1.2&ISO" };
	struct check_counts counts;
	char findings[2048] = "";
	region_open(&r, true);
	for (unsigned node = 1; node < NODES; node++) {
		write_some(&r, (struct writing){ node, IN_ALL - 2, 5, 1, "1^^^&1.2&ISO", NULL });
		write_some(&r, (struct writing){ node, 2, 9, 1, "2^^^&1.2&ISO", NULL });
	}
	for (unsigned node = 0; node < NODES; node++) {
		unsigned found = 0;
		CU_ASSERT_TRUE(audit_log_index(r.nodes[node].store, NULL, &r.problem));
		for (unsigned chain = 0; chain < NODES; chain++)
			CU_ASSERT_EQUAL(indexed(&r, chain),
					chain != 0 && chain <= node ? SEGMENTS : 0);
		struct store_txn *t = look(&r, 0);
		struct audit_cursor *c = audit_log_search(t, &of_one, r.arena);
		for (const struct audit_entry *e; (e = audit_log_next(c)) != NULL; found++)
			CU_ASSERT(audit_place(e->sequence) > IN_ALL - 2);
		CU_ASSERT_EQUAL(found, 4);
		CU_ASSERT_EQUAL(found_of(t, "1^^^&1.2&ISO"), (NODES - 1) * (IN_ALL - 2));
		store_end(t);
	}
	CU_ASSERT_TRUE(
		store_check(r.nodes[0].store, NULL, note_finding, findings, &counts, &r.problem));
	CU_ASSERT_STRING_EQUAL(findings, "");
	region_close(&r);
}

/* ---- Failing ---- */

static void what_fails(void)
{
	struct region_of_nodes r;
	struct audit_heads heads;
	struct audit_chains chains;
	struct audit_verdict v;
	const struct audit_watch nobody = { .progress = NULL };
	fill(&r);
	for (unsigned passing = 0; passing < NODES; passing++) {
		struct store_txn *t = look(&r, 0);
		failing_arm("store_get", passing);
		CU_ASSERT_FALSE(audit_log_heads(t, r.arena, &heads));
		CU_ASSERT_TRUE(failing_disarm());
		CU_ASSERT_EQUAL(heads.count, passing + 1);
		CU_ASSERT_FALSE(audit_log_heads(t, r.arena, &heads));
		CU_ASSERT_FALSE(audit_log_chains(t, r.arena, &chains));
		struct problem p = { .code = PROBLEM_NONE };
		CU_ASSERT_FALSE(audit_log_verify_watched(&nobody, t, r.arena, &v, &p));
		CU_ASSERT_EQUAL(p.code, PROBLEM_STORE_FULL);
		CU_ASSERT_FALSE(v.whole);
		store_end(t);
	}
	for (unsigned passing = 0; passing < 2 * NODES; passing++) {
		struct store_txn *t = look(&r, 0);
		struct problem p = { .code = PROBLEM_NONE };
		failing_arm("store_get", passing);
		CU_ASSERT_FALSE(audit_log_verify_watched(&nobody, t, r.arena, &v, &p));
		CU_ASSERT_TRUE(failing_disarm());
		CU_ASSERT_EQUAL(p.code, PROBLEM_STORE_FULL);
		store_end(t);
	}
	region_close(&r);
}

static const struct test tests[] = {
	{ "A4", A4 },
	{ "all are found", all_are_found },
	{ "a chain is read alone", a_chain_is_read_alone },
	{ "numbers for people", numbers_for_people },
	{ "places of chains", places_of_chains },
	{ "damage of any chain", damage_of_any_chain },
	{ "a chain of another", a_chain_of_another },
	{ "many chains", many_chains },
	{ "what a chain begins with", what_a_chain_begins_with },
	{ "chains there are", chains_there_are },
	{ "nobody has written", nobody_has_written },
	{ "a full chain", a_full_chain },
	{ "entries are shown", entries_are_shown },
	{ "it ends within a chain", it_ends_within_a_chain },
	{ "the first that is broken", the_first_that_is_broken },
	{ "each indexes its own", each_indexes_its_own },
	{ "what fails", what_fails },
	{ 0 },
};

int main(void)
{
	return suite_run("store: audit chains", tests);
}
