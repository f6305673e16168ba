/* tests/audit/cross_anchors_test.c: what several nodes' anchors hold of each other's chains:
 * neither can lose its tail unseen, though its own anchors are gone with it. */
#include "tests/audit/cross_anchors_scene.h"

static void anchor_all(struct scene *s)
{
	for (unsigned node = 0; node < NODES; node++)
		anchor(s, node);
}

static bool forget_anchored(struct store_txn *t, const void *with)
{
	struct key k = chain_key(SPACE_AUDIT_ANCHORED, *(const unsigned *)with);
	return store_delete(t, key_span(&k));
}

/* ---- Anchors of all nodes ---- */

static void each_names_all(void)
{
	struct scene s;
	scene_begin(&s);
	for (unsigned node = 0; node < NODES; node++)
		write_some(&s, node, SOME + node, "x");
	anchor_all(&s);
	for (unsigned node = 0; node < NODES; node++)
		for (unsigned whole = 0; whole < 2; whole++) {
			CU_ASSERT_TRUE(compare(&s, node, whole));
			for (unsigned chain = 0; chain < NODES; chain++)
				CU_ASSERT(covered(&s, chain) >= SOME + chain);
			CU_ASSERT_EQUAL(s.v.other_count, NODES - 1);
			CU_ASSERT_EQUAL(s.v.foreign, 0);
			CU_ASSERT_PTR_NULL(s.v.notes);
			/* Each made one, whose record is in its chain. */
			CU_ASSERT_EQUAL(s.v.last.number, 1);
			CU_ASSERT_EQUAL(s.v.entries, 3 * SOME + 3 + NODES);
		}
	scene_end(&s);
}

/* Nothing but anchors grows: nobody answers an anchor with an anchor. */
static void nodes_that_rest(void)
{
	struct scene s;
	scene_begin(&s);
	struct anchoring *n[NODES];
	write_some(&s, 1, SOME, "x");
	write_some(&s, 2, SOME, "x");
	for (unsigned node = 0; node < NODES; node++)
		n[node] = serve(&s, s.r.nodes[node].store, &s.at[node]);
	for (unsigned node = 0; node < NODES; node++)
		anchoring_close(n[node]);
	anchor(&s, 1);
	CU_ASSERT_TRUE(compare(&s, 1, true));
	uint64_t entries = s.v.entries, last = s.v.last.number;
	CU_ASSERT(last >= 1 && last <= 3);
	CU_ASSERT(entries <= 2 * SOME + 6);
	/* A node that has written nothing signs nothing. */
	CU_ASSERT_TRUE(compare(&s, 0, true));
	CU_ASSERT_EQUAL(s.v.last.number, 0);
	scene_end(&s);
}

/* Until it has made its first anchor. */
static void wait_for_anchor(struct scene *s, unsigned node)
{
	do
		compare(s, node, false);
	while (s->v.last.number == 0);
}

/* A node that rests anchors what another wrote; each chain in its turn, and then the first
 * again. */
static void a_node_that_rests_sees_others_grow(void)
{
	struct scene s;
	scene_begin(&s);
	write_some(&s, 0, 1, "x");
	write_some(&s, 1, SOME, "x");
	write_some(&s, 2, SOME, "x");
	struct anchoring *n = serve(&s, s.r.nodes[0].store, &s.at[0]);
	wait_for_anchor(&s, 0);
	CU_ASSERT_EQUAL(s.v.last.other_count, 2);
	write_some(&s, 1, 1, "x");
	anchoring_close(n);
	CU_ASSERT_TRUE(compare(&s, 0, true));
	CU_ASSERT_EQUAL(covered(&s, 1), SOME + 1);
	CU_ASSERT_EQUAL(s.v.last.other_count, 1);
	scene_end(&s);
	scene_begin(&s);
	write_some(&s, 0, 1, "x");
	write_some(&s, 1, SOME, "x");
	anchor(&s, 0);
	CU_ASSERT_TRUE(compare(&s, 0, true));
	CU_ASSERT_EQUAL(covered(&s, 1), SOME);
	write_some(&s, 1, SOME, "x");
	anchor(&s, 0);
	CU_ASSERT_TRUE(compare(&s, 0, true));
	CU_ASSERT_EQUAL(covered(&s, 1), 2 * SOME);
	scene_end(&s);
}

/* Of each chain, its own anchors gone with it. Told by whoever still has a file, and by what the
 * other chains say, though no file is left. */
static void a_tail_that_was_cut(void)
{
	for (unsigned chain = 0; chain < NODES; chain++)
		for (unsigned files = 0; files < 2; files++)
			for (unsigned keep = 0; keep < SOME; keep += SOME - 1) {
				struct scene s;
				scene_begin(&s);
				for (unsigned node = 0; node < NODES; node++)
					write_some(&s, node, SOME, "x");
				anchor_all(&s);
				CU_ASSERT_TRUE(away(&s, chain));
				for (unsigned node = 0; !files && node < NODES; node++)
					CU_ASSERT_EQUAL(away(&s, node), node != chain);
				cut(&s, (chain + 1) % NODES, chain, keep);
				for (unsigned node = 0; node < NODES; node++)
					for (unsigned whole = 0; whole < 2; whole++) {
						CU_ASSERT_FALSE(compare(&s, node, whole));
						CU_ASSERT_TRUE(!whole || s.chains.whole);
						CU_ASSERT_TRUE(says(
							&s,
							arena_printf(
								s.r.arena,
								"but the log ends at %u%s", keep,
								chain == 0   ? ":"
								: chain == 1 ? " of chain 1:"
									     : " of chain 2:")));
						CU_ASSERT_EQUAL(s.v.faults->sequence,
								audit_number(chain, keep + 1));
					}
				scene_end(&s);
			}
}

/* What was noted of the others' anchors is taken away as well: a start that has no file knows
 * nothing any more, and verifying finds the records where they stand. */
static void notes_taken_away(void)
{
	struct scene s;
	struct fixture f;
	scene_begin(&s);
	for (unsigned node = 0; node < NODES; node++)
		write_some(&s, node, SOME, "x");
	anchor_all(&s);
	cut(&s, 0, 1, 2);
	for (unsigned node = 0; node < NODES; node++) {
		f = (struct fixture){ .store = s.r.nodes[0].store };
		CU_ASSERT_TRUE(away(&s, node));
		CU_ASSERT_TRUE(in_job(&f, forget_anchored, &node));
	}
	CU_ASSERT_TRUE(compare(&s, 1, false));
	CU_ASSERT_EQUAL(covered(&s, 1), 0);
	CU_ASSERT_FALSE(compare(&s, 1, true));
	CU_ASSERT_TRUE(says(&s, "of chain 2, of which the log has a record, signed entry"));
	CU_ASSERT_TRUE(says(&s, "but the log ends at 2 of chain 1"));
	scene_end(&s);
}

/* A chain made anew, whole, and longer than it was. */
static void a_chain_rewritten(void)
{
	struct scene s;
	scene_begin(&s);
	for (unsigned node = 0; node < NODES; node++)
		write_some(&s, node, SOME, "x");
	anchor_all(&s);
	CU_ASSERT_TRUE(away(&s, 2));
	cut(&s, 0, 2, 1);
	write_some(&s, 2, 4 * SOME, "y");
	for (unsigned node = 0; node < NODES; node++)
		for (unsigned whole = 0; whole < 2; whole++) {
			CU_ASSERT_FALSE(compare(&s, node, whole));
			CU_ASSERT_TRUE(!whole || s.chains.whole);
			CU_ASSERT_TRUE(says(&s, "signed another entry"));
			CU_ASSERT_TRUE(says(&s, "of chain 2 than the log has"));
		}
	scene_end(&s);
}

/* Of a chain alone with its file: what the file has is not said twice. */
static void told_once(void)
{
	struct scene s;
	scene_begin(&s);
	write_some(&s, 0, SOME, "x");
	anchor(&s, 0);
	write_some(&s, 0, SOME, "x");
	anchor(&s, 0);
	write_some(&s, 0, SOME, "x");
	CU_ASSERT_TRUE(compare(&s, 0, true));
	CU_ASSERT_EQUAL(s.v.count, 2);
	cut(&s, 0, 0, SOME + 1);
	CU_ASSERT_FALSE(compare(&s, 0, true));
	CU_ASSERT_TRUE(says(&s, "anchor 2 signed entry"));
	CU_ASSERT_EQUAL(s.v.fault_count, 1);
	scene_end(&s);
}

/* Records of anchors the file has not, or has no more, are looked at as others' are. */
static void told_by_the_records(void)
{
	for (unsigned kept = 0; kept < 2; kept++) {
		char lines[2][ANCHOR_LINE + 2];
		struct scene s;
		scene_begin(&s);
		write_some(&s, 0, SOME, "x");
		anchor(&s, 0);
		write_some(&s, 0, SOME, "x");
		anchor(&s, 0);
		FILE *f = fopen(s.at[0].file, "re");
		CU_ASSERT_FATAL(f != NULL && fgets(lines[0], sizeof lines[0], f) != NULL
				&& fgets(lines[1], sizeof lines[1], f) != NULL);
		fclose(f);
		f = fopen(s.at[0].file, "we");
		fputs(lines[kept], f);
		fclose(f);
		CU_ASSERT_EQUAL(compare(&s, 0, true), kept);
		CU_ASSERT(covered(&s, 0) >= 2 * SOME); /* by the last, wherever it is */
		scene_end(&s);
	}
}

/* What is anchored while the log is compared is not missing when its record is seen. */
static void seen_while_it_grows(void)
{
	struct scene s;
	struct problem p = { .code = PROBLEM_NONE };
	scene_begin(&s);
	write_some(&s, 0, SOME, "x");
	write_some(&s, 1, SOME, "x");
	CU_ASSERT_TRUE(compare(&s, 0, false));
	struct anchors_seeing seeing = { &s.at[0], s.r.arena, &s.v };
	const struct audit_watch watch = { .transaction = audit_doing_name(AUDIT_DOING_ANCHOR),
					   .see = anchors_see,
					   .with = &seeing };
	write_some(&s, 0, 1, "x");
	write_some(&s, 1, 1, "x");
	write_some(&s, 2, 1, "x");
	anchor(&s, 1);
	struct store_txn *t = store_begin_read(s.r.nodes[0].store, &p);
	CU_ASSERT_TRUE(audit_log_verify_watched(&watch, t, s.r.arena, &s.chains, &p));
	CU_ASSERT_TRUE(s.chains.whole);
	CU_ASSERT_EQUAL(s.v.fault_count, 0);
	CU_ASSERT_EQUAL(s.v.other_count, 2);
	store_end(t);
	scene_end(&s);
}

/* ---- What is no node's ---- */

/* A chain beyond all nodes, with an entry; one that was delivered and has none. */
static bool odd_chains(struct store_txn *t, const void *with)
{
	struct audit_head head = { .sequence = audit_number(NODES_MOST, 1) };
	(void)with;
	return audit_put_head(t, &head) && audit_log_acknowledge(t, "arr", audit_number(2, 3));
}

/* The last entry is rubbish. */
static bool spoil_last(struct store_txn *t, const void *with)
{
	struct key k = chain_key(SPACE_AUDIT_SHEET, *(const uint64_t *)with);
	return store_put(t, key_span(&k), bytes_of_text("rubbish"));
}

static void chains_nobody_has(void)
{
	struct scene s;
	struct fixture f;
	uint64_t last = audit_number(1, SOME + 1);
	scene_begin(&s);
	f = (struct fixture){ .store = s.r.nodes[0].store };
	write_some(&s, 0, SOME, "x");
	write_some(&s, 1, SOME, "x");
	CU_ASSERT_TRUE(in_job(&f, odd_chains, NULL));
	struct anchoring *n = serve(&s, s.r.nodes[0].store, &s.at[0]);
	wait_for_anchor(&s, 0);
	CU_ASSERT_EQUAL(s.v.last.other_count, 1);
	CU_ASSERT_EQUAL(s.v.last.others[0].sequence, audit_number(1, SOME));
	/* What cannot be read has grown as well. */
	write_some(&s, 1, 1, "x");
	CU_ASSERT_TRUE(in_job(&f, spoil_last, &last));
	anchoring_close(n);
	compare(&s, 0, false);
	CU_ASSERT_EQUAL(s.v.last.number, 2);
	CU_ASSERT_EQUAL(s.v.last.others[0].sequence, last);
	scene_end(&s);
}

/* ---- Many chains ---- */

enum { MANY = ANCHOR_OTHERS + 9 };

/* More than one anchor may name: the rest have their turn, and then nothing has grown. */
static void more_chains_than_an_anchor_names(void)
{
	struct scene s;
	scene_begin(&s);
	for (unsigned i = NODES; i < MANY + 1; i++) {
		struct store_settings set = s.r.nodes[0].settings;
		set.directory = arena_printf(s.r.arena, "%s/node-%u", s.r.directory, i);
		set.node = arena_printf(s.r.arena, "host-%u", i);
		struct store *more = store_open(&set, &s.r.problem);
		CU_ASSERT_PTR_NOT_NULL_FATAL(more);
		CU_ASSERT_TRUE(store_write(more, append, "x", &s.r.problem));
		store_close(more);
	}
	for (unsigned node = 0; node < NODES; node++)
		write_some(&s, node, SOME, "x");
	anchor(&s, 0); /* at its start, and at its end */
	CU_ASSERT_TRUE(compare(&s, 0, true));
	CU_ASSERT_EQUAL(s.v.last.number, 2);
	CU_ASSERT_EQUAL(s.v.last.other_count, MANY - ANCHOR_OTHERS);
	CU_ASSERT_EQUAL(s.v.other_count, MANY);
	for (unsigned chain = 0; chain <= MANY; chain++)
		CU_ASSERT_EQUAL(covered(&s, chain), chain == 0      ? SOME + 1
						    : chain < NODES ? SOME
								    : 1);
	scene_end(&s);
}

/* The first chains grow all the time, and the last has its turn nevertheless. */
static void whose_turn_it_is(void)
{
	struct scene s;
	struct store *stores[MANY + 1];
	scene_begin(&s);
	for (unsigned i = NODES; i < MANY + 1; i++) {
		struct store_settings set = s.r.nodes[0].settings;
		set.directory = arena_printf(s.r.arena, "%s/node-%u", s.r.directory, i);
		set.node = arena_printf(s.r.arena, "host-%u", i);
		stores[i] = store_open(&set, &s.r.problem);
		CU_ASSERT_PTR_NOT_NULL_FATAL(stores[i]);
	}
	for (unsigned node = 0; node < NODES; node++)
		stores[node] = s.r.nodes[node].store;
	for (unsigned i = 0; i < MANY + 1; i++)
		CU_ASSERT_TRUE(store_write(stores[i], append, "x", &s.r.problem));
	struct anchoring *n = serve(&s, stores[0], &s.at[0]);
	wait_for_anchor(&s, 0);
	for (unsigned i = 0; i < MANY - 1; i++)
		CU_ASSERT_TRUE(store_write(stores[i], append, "x", &s.r.problem));
	anchoring_close(n);
	CU_ASSERT_TRUE(compare(&s, 0, true));
	CU_ASSERT_EQUAL(s.v.last.other_count, ANCHOR_OTHERS);
	for (unsigned chain = ANCHOR_OTHERS + 1; chain <= MANY; chain++)
		CU_ASSERT_EQUAL(covered(&s, chain), chain < MANY - 1 ? 2 : 1);
	for (unsigned i = NODES; i < MANY + 1; i++)
		store_close(stores[i]);
	scene_end(&s);
}

static const struct test tests[] = {
	{ "each names all", each_names_all },
	{ "nodes that rest", nodes_that_rest },
	{ "a node that rests sees others grow", a_node_that_rests_sees_others_grow },
	{ "a tail that was cut", a_tail_that_was_cut },
	{ "notes taken away", notes_taken_away },
	{ "a chain rewritten", a_chain_rewritten },
	{ "told once", told_once },
	{ "told by the records", told_by_the_records },
	{ "seen while it grows", seen_while_it_grows },
	{ "chains nobody has", chains_nobody_has },
	{ "more chains than an anchor names", more_chains_than_an_anchor_names },
	{ "whose turn it is", whose_turn_it_is },
	{ 0 }
};

int main(void)
{
	return suite_run("audit: anchors of several nodes", tests);
}
