/* tests/audit/cross_anchors_test.c: what several nodes' anchors hold of each other's chains:
 * neither can lose its tail unseen, though its own anchors are gone with it. */
#include "tests/base/suite.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <string.h>

#include "gateway/audit/anchoring.h"
#include "gateway/audit/record.h"
#include "gateway/base/text.h"
#include "store/audit_entries.h"
#include "store/audit_log.h"
#include "tests/engines/nodes.h"
#include "tests/store/in_job.h"

enum { AN_HOUR = 3600, SOME = 5 };

/* Nodes, each with its own file of anchors, and the key each signs with. */
struct scene {
	struct region_of_nodes r;
	struct anchors at[NODES];
	struct anchor_key *key, *other;
	struct anchors_verdict v;
	struct audit_verdict chains;
};

static struct anchor_key *make_key(struct scene *s, const char *name)
{
	const char *why, *path = arena_printf(s->r.arena, "%s/%s", s->r.directory, name);
	EVP_PKEY *pair = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
	FILE *f = fopen(path, "we");
	CU_ASSERT_FATAL(f != NULL && PEM_write_PrivateKey(f, pair, NULL, NULL, 0, NULL, NULL) == 1);
	fclose(f);
	EVP_PKEY_free(pair);
	struct anchor_key *k = anchor_key_read(path, &why);
	CU_ASSERT_PTR_NOT_NULL_FATAL(k);
	return k;
}

static void scene_begin(struct scene *s)
{
	memset(s, 0, sizeof *s);
	region_open(&s->r, true);
	s->key = make_key(s, "key");
	s->other = make_key(s, "other");
	for (unsigned i = 0; i < NODES; i++)
		s->at[i] = (struct anchors){
			.file = arena_printf(s->r.arena, "%s/anchors-%u", s->r.directory, i),
			.key = s->key,
		};
}

static void scene_end(struct scene *s)
{
	anchor_key_free(s->key);
	anchor_key_free(s->other);
	region_close(&s->r);
}

static bool append(void *with, struct store_txn *t, struct problem *p)
{
	const struct audit_terms terms = { .time = 5, .transaction = "ITI-18", .system = with };
	(void)p;
	return audit_log_append(t, audit_log_draft(store_arena(t), bytes_of_text("record"), &terms),
				NULL);
}

/* One to a sheet. */
static void write_some(struct scene *s, unsigned node, unsigned count, char *system)
{
	while (count-- != 0)
		CU_ASSERT_TRUE_FATAL(
			store_write(s->r.nodes[node].store, append, system, &s->r.problem));
}

static struct anchoring *serve(struct scene *s, struct store *store, const struct anchors *at)
{
	static const struct audit_source us = { .source_id = "minato",
						.process_id = "1",
						.host = "host" };
	static const struct log quiet = { .fd = -1 };
	struct anchoring *n = anchoring_open(&(struct anchoring_settings){ .store = store,
									   .anchors = at,
									   .seconds = AN_HOUR,
									   .source = &us,
									   .clock = &system_clock,
									   .log = &quiet });
	(void)s;
	CU_ASSERT_PTR_NOT_NULL_FATAL(n);
	CU_ASSERT_TRUE(anchoring_begin(n));
	return n;
}

/* A node starts and stops: two turns. */
static void anchor(struct scene *s, unsigned node)
{
	anchoring_close(serve(s, s->r.nodes[node].store, &s->at[node]));
}

static void anchor_all(struct scene *s)
{
	for (unsigned node = 0; node < NODES; node++)
		anchor(s, node);
}

/* As a start looks, and as an operator does: the latter walks the log, and sees each anchor in it.
 * Whether nothing is wrong. */
static bool compare(struct scene *s, unsigned node, bool whole)
{
	struct problem p = { .code = PROBLEM_NONE };
	struct store_txn *t = store_begin_read(s->r.nodes[node].store, &p);
	struct anchors_seeing seeing = { &s->at[node], s->r.arena, &s->v };
	const struct audit_watch watch = { .transaction = audit_doing_name(AUDIT_DOING_ANCHOR),
					   .see = anchors_see,
					   .with = &seeing };
	CU_ASSERT_TRUE(anchors_compare(&s->at[node], t, s->r.arena, whole, &s->v, &p));
	if (whole)
		CU_ASSERT_TRUE(audit_log_verify_watched(&watch, t, s->r.arena, &s->chains, &p));
	CU_ASSERT_EQUAL(p.code, PROBLEM_NONE);
	store_end(t);
	return s->v.fault_count == 0 && (!whole || s->chains.whole);
}

static bool says(const struct scene *s, const char *what)
{
	for (const struct anchors_fault *f = s->v.faults; f != NULL; f = f->next)
		if (strstr(f->what, what) != NULL)
			return true;
	for (const struct anchors_fault *f = s->v.faults; f != NULL; f = f->next)
		printf("  %s\n", f->what);
	return false;
}

static bool remarks(const struct scene *s, const char *what)
{
	for (const struct text_list *l = s->v.notes; l != NULL; l = l->next)
		if (strstr(l->value, what) != NULL)
			return true;
	return false;
}

/* Up to which place; of whoever looked last. */
static uint64_t covered(const struct scene *s, unsigned chain)
{
	if (audit_chain(s->v.own.head.sequence) == chain)
		return audit_place(s->v.own.covered);
	for (size_t i = 0; i < s->v.other_count; i++)
		if (audit_chain(s->v.others[i].head.sequence) == chain)
			return audit_place(s->v.others[i].covered);
	return 0;
}

/* ---- What somebody with the store may do ---- */

struct cutting {
	uint64_t chain, keep; /* so many entries stay */
};

static struct key chain_key(unsigned char space, uint64_t number)
{
	struct key k;
	key_begin(&k, space);
	key_number(&k, number);
	return k;
}

/* The chain ends there as if it had never been longer: head, and what was noted of anchors. */
static bool cut_run(struct store_txn *t, const void *with)
{
	const struct cutting *c = with;
	struct audit_head head = audit_chain_begin(c->chain);
	struct key anchored = chain_key(SPACE_AUDIT_ANCHORED, c->chain);
	struct key own = chain_key(SPACE_AUDIT_HEAD, c->chain), sheet;
	for (uint64_t i = c->keep + 1; i < c->keep + 100; i++) {
		sheet = chain_key(SPACE_AUDIT_SHEET, audit_number(c->chain, i));
		store_delete(t, key_span(&sheet));
	}
	store_delete(t, key_span(&anchored));
	head.sequence += c->keep;
	if (c->keep == 0)
		return store_delete(t, key_span(&own));
	return audit_log_hash(t, head.sequence, head.hash) && audit_put_head(t, &head);
}

static void cut(struct scene *s, unsigned by, uint64_t chain, uint64_t keep)
{
	struct fixture f = { .store = s->r.nodes[by].store };
	struct cutting c = { chain, keep };
	CU_ASSERT_TRUE_FATAL(in_job(&f, cut_run, &c));
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

/* ---- A tail that was cut ---- */

static bool away(struct scene *s, unsigned node)
{
	return remove(s->at[node].file) == 0;
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

/* ---- Another's key ---- */

static const char *public_file(struct scene *s, const char *name, const char *const *keys)
{
	const char *path = arena_printf(s->r.arena, "%s/%s", s->r.directory, name);
	FILE *out = fopen(path, "we");
	CU_ASSERT_PTR_NOT_NULL_FATAL(out);
	for (; *keys != NULL; keys++) {
		FILE *f = fopen(arena_printf(s->r.arena, "%s/%s", s->r.directory, *keys), "re");
		EVP_PKEY *pair = PEM_read_PrivateKey(f, NULL, NULL, NULL);
		fclose(f);
		CU_ASSERT_EQUAL(PEM_write_PUBKEY(out, pair), 1);
		EVP_PKEY_free(pair);
	}
	fclose(out);
	return path;
}

/* A node that was given another's public key takes its word for what that signed, of all chains;
 * not for its own chain's anchors, which are ours alone to sign. */
static void a_key_this_node_was_given(void)
{
	struct scene s;
	const char *why;
	scene_begin(&s);
	s.at[1].key = s.other;
	for (unsigned i = 0; i < NODES; i++)
		write_some(&s, i, SOME, "x");
	anchor(&s, 1);
	const char *path = public_file(&s, "others", (const char *[]){ "key", "other", NULL });
	struct anchor_keys *others = anchor_keys_read(path, &why);
	CU_ASSERT_PTR_NOT_NULL_FATAL(others);
	CU_ASSERT_EQUAL(others->count, 2);
	s.at[0].others = others;
	CU_ASSERT_TRUE(compare(&s, 0, true));
	CU_ASSERT_EQUAL(s.v.foreign, 0);
	CU_ASSERT_FALSE(remarks(&s, "are signed with keys"));
	for (unsigned chain = 0; chain < NODES; chain++)
		CU_ASSERT_EQUAL(covered(&s, chain), SOME);
	/* It signs nothing for node 0. */
	s.at[0].key = s.other;
	anchor(&s, 0);
	s.at[0].key = s.key;
	CU_ASSERT_FALSE(compare(&s, 0, true));
	CU_ASSERT_TRUE(says(&s, "is not signed with the key configured"));
	anchor_keys_free(others);
	scene_end(&s);
}

static void files_of_public_keys(void)
{
	struct scene s;
	static const struct {
		const char *text, *why;
	} rows[] = {
		{ "", "there is no public key in it" },
		{ "rubbish\n", "there is no public key in it" },
		{ "-----BEGIN PUBLIC KEY-----\nMCow\n-----END PUBLIC KEY-----\n",
		  "a key in it cannot be read" },
		{ "-----BEGIN PUBLIC KEY-----\nM?ow\n-----END PUBLIC KEY-----\n",
		  "a key in it cannot be read" },
		{ "-----BEGIN PUBLIC KEY-----\nMCow\n", "a key in it cannot be read" },
		{ "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VuAyEAhSDwCYkwp1R0i33ctD73Wg2/Og0mOBr066Sp"
		  "jqqbTmo=\n-----END PUBLIC KEY-----\n",
		  "a key in it is not an Ed25519 key" },
	};
	scene_begin(&s);
	for (size_t i = 0; i < COUNT(rows); i++) {
		const char *why = NULL;
		const char *path = arena_printf(s.r.arena, "%s/public", s.r.directory);
		FILE *f = fopen(path, "we");
		CU_ASSERT_PTR_NOT_NULL_FATAL(f);
		fputs(rows[i].text, f);
		fclose(f);
		CU_ASSERT_PTR_NULL(anchor_keys_read(path, &why));
		CU_ASSERT_STRING_EQUAL(why, rows[i].why);
	}
	const char *why, *many[ANCHOR_OTHERS + 2] = { NULL };
	CU_ASSERT_PTR_NULL(anchor_keys_read("/nowhere/public", &why));
	CU_ASSERT_STRING_EQUAL(why, "it cannot be read");
	CU_ASSERT_PTR_NULL(anchor_keys_read(s.r.directory, &why));
	CU_ASSERT_STRING_EQUAL(why, "it is not a regular file");
	for (unsigned over = 0; over < 2; over++) {
		for (unsigned i = 0; i < ANCHOR_OTHERS + over; i++)
			many[i] = "other";
		struct anchor_keys *k = anchor_keys_read(public_file(&s, "many", many), &why);
		CU_ASSERT_EQUAL(k == NULL, over != 0);
		anchor_keys_free(k);
	}
	CU_ASSERT_STRING_EQUAL(why, "there are more than 31 keys in it");
	anchor_keys_free(NULL);
	scene_end(&s);
}

/* Of the other keys it was given none has signed: they are as good as none. */
static void keys_that_signed_nothing(void)
{
	struct scene s;
	const char *why;
	scene_begin(&s);
	s.at[1].key = s.other;
	write_some(&s, 0, SOME, "x");
	write_some(&s, 1, SOME, "x");
	anchor(&s, 1);
	anchor_key_free(make_key(&s, "third"));
	const char *path = public_file(&s, "others", (const char *[]){ "key", "third", NULL });
	struct anchor_keys *others = anchor_keys_read(path, &why);
	CU_ASSERT_PTR_NOT_NULL_FATAL(others);
	s.at[0].others = others;
	CU_ASSERT_TRUE(compare(&s, 0, true));
	CU_ASSERT_EQUAL(s.v.foreign, 1);
	CU_ASSERT_TRUE(remarks(&s, "the youngest anchors of 1 chains are signed with keys"));
	CU_ASSERT_EQUAL(covered(&s, 1), 0);
	anchor_keys_free(others);
	scene_end(&s);
}

/* The file is away, and the log's record of its own last anchor is signed with another's key: which
 * this node was given, but not for its own chain. */
static void an_own_record_signed_by_another(void)
{
	struct scene s;
	const char *why;
	scene_begin(&s);
	write_some(&s, 0, SOME, "x");
	s.at[0].key = s.other;
	anchor(&s, 0);
	s.at[0].key = s.key;
	CU_ASSERT_TRUE(away(&s, 0));
	const char *path = public_file(&s, "others", (const char *[]){ "other", NULL });
	struct anchor_keys *others = anchor_keys_read(path, &why);
	CU_ASSERT_PTR_NOT_NULL_FATAL(others);
	s.at[0].others = others;
	CU_ASSERT_TRUE(compare(&s, 0, false));
	CU_ASSERT_TRUE(remarks(&s, "none of them is in"));
	CU_ASSERT_TRUE(remarks(&s, "the youngest anchors of 1 chains are signed with keys"));
	CU_ASSERT_EQUAL(s.v.foreign, 1);
	CU_ASSERT_EQUAL(covered(&s, 0), 0);
	s.at[0].key = s.other; /* its own */
	CU_ASSERT_TRUE(compare(&s, 0, false));
	CU_ASSERT_TRUE(remarks(&s, "none of them is in"));
	CU_ASSERT_EQUAL(s.v.foreign, 0);
	CU_ASSERT_EQUAL(covered(&s, 0), SOME);
	anchor_keys_free(others);
	scene_end(&s);
}

/* It is held against the log, and counts for nothing that is said to be covered. */
static void a_key_this_node_does_not_have(void)
{
	struct scene s;
	scene_begin(&s);
	s.at[1].key = s.other;
	write_some(&s, 0, SOME, "x");
	write_some(&s, 1, SOME, "x");
	write_some(&s, 2, SOME, "x");
	anchor(&s, 1);
	CU_ASSERT_TRUE(compare(&s, 0, true));
	CU_ASSERT_EQUAL(s.v.foreign, 1);
	CU_ASSERT_TRUE(remarks(&s, "the youngest anchors of 1 chains are signed with keys"));
	for (unsigned chain = 0; chain < NODES; chain++)
		CU_ASSERT_EQUAL(covered(&s, chain), 0);
	CU_ASSERT_TRUE(compare(&s, 1, true)); /* its own key */
	CU_ASSERT_EQUAL(s.v.foreign, 0);
	CU_ASSERT_EQUAL(covered(&s, 0), SOME);
	cut(&s, 0, 2, 1);
	CU_ASSERT_FALSE(compare(&s, 0, false));
	CU_ASSERT_TRUE(says(&s,
			    "anchor 1 of chain 1, of which the log has a record, signed entry 5 "
			    "of chain 2, but the log ends at 1 of chain 2"));
	scene_end(&s);
}

/* ---- Records that are none ---- */

struct noting {
	uint64_t number, record;
};

static bool note_run(struct store_txn *t, const void *with)
{
	const struct noting *n = with;
	return audit_log_note_anchor(t, &(struct audit_anchored){ n->number, n->record });
}

/* The record of an anchor: of that chain; without an object, without a detail, with a line that is
 * none; of another transaction. */
enum form { WELL, OF_ANOTHER, NO_OBJECT, NO_DETAIL, NO_LINE, OTHER_EVENT, NO_EVENT };

struct recording {
	struct scene *s;
	enum form form;
};

static bool record_run(struct store_txn *t, const void *with)
{
	const struct recording *r = with;
	static const struct audit_source us = { .source_id = "minato",
						.process_id = "1",
						.host = "host" };
	struct anchor a = { .number = 9 };
	char *line = arena_alloc(store_arena(t), ANCHOR_LINE + 1);
	if (!audit_log_head_of(t, r->form == OF_ANOTHER, &a.head)
	    || !anchor_sign(&a, r->s->key, line))
		return false;
	if (r->form == NO_LINE)
		line[0] = 'M';
	struct audit_event *e = audit_anchored(store_arena(t), &us, line, 7);
	if (r->form == NO_OBJECT)
		e->objects = NULL;
	else if (r->form == NO_DETAIL)
		e->objects->details = NULL;
	else if (r->form == OTHER_EVENT)
		e->transaction = "start";
	const struct audit_terms terms = { .time = 5,
					   .transaction = audit_doing_name(AUDIT_DOING_ANCHOR) };
	return r->form == NO_EVENT ? audit_log_append(
		       t, audit_log_draft(store_arena(t), bytes_of_text("x"), &terms), NULL)
				   : audit_record_append(t, store_arena(t), &us, e);
}

static void records_that_are_none(void)
{
	static const struct {
		enum form form;
		bool well;
	} rows[] = {
		{ WELL, true },       { OF_ANOTHER, false }, { NO_OBJECT, false },
		{ NO_DETAIL, false }, { NO_LINE, false },    { OTHER_EVENT, false },
		{ NO_EVENT, false },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct scene s;
		struct fixture f;
		scene_begin(&s);
		f = (struct fixture){ .store = s.r.nodes[0].store };
		write_some(&s, 0, SOME, "x");
		write_some(&s, 1, SOME, "x");
		struct recording r = { &s, rows[i].form };
		CU_ASSERT_TRUE(in_job(&f, record_run, &r));
		CU_ASSERT_TRUE(in_job(&f, note_run, &(struct noting){ 9, SOME + 1 }));
		CU_ASSERT_EQUAL(compare(&s, 1, false), rows[i].well);
		CU_ASSERT_EQUAL(covered(&s, 0), rows[i].well ? SOME : 0);
		if (!rows[i].well)
			CU_ASSERT_TRUE(says(&s, "entry 6 should be the record of anchor 9, and is "
						"not: it was cut, or rewritten"));
		CU_ASSERT_EQUAL(compare(&s, 1, true), rows[i].well);
		CU_ASSERT_EQUAL(s.v.fault_count, !rows[i].well);
		/* Or it is not there at all. */
		CU_ASSERT_TRUE(in_job(&f, note_run, &(struct noting){ 10, SOME + 2 }));
		CU_ASSERT_FALSE(compare(&s, 1, false));
		CU_ASSERT_TRUE(says(&s, "entry 7 should be the record of anchor 10"));
		scene_end(&s);
	}
}

/* An entry of no chain's beginning, and another's chain that goes back from one anchor to the
 * next. */
static void chains_put_back_in_between(void)
{
	struct scene s;
	scene_begin(&s);
	struct problem p = { .code = PROBLEM_NONE };
	struct anchor a = { .number = 1 };
	write_some(&s, 0, SOME, "x");
	write_some(&s, 1, SOME, "x");
	write_some(&s, 2, SOME, "x");
	struct store_txn *t = store_begin_read(s.r.nodes[0].store, &p);
	CU_ASSERT_TRUE(audit_log_head_of(t, 0, &a.head));
	a.other_count = 2;
	CU_ASSERT_TRUE(audit_log_head_of(t, 2, &a.others[0]));
	CU_ASSERT_TRUE(audit_log_head_of(t, 1, &a.others[1]));
	for (unsigned i = 0; i < 3; i++) {
		char line[ANCHOR_LINE + 1];
		CU_ASSERT_TRUE_FATAL(anchor_sign(&a, s.key, line));
		CU_ASSERT_TRUE_FATAL(anchors_append(&s.at[0], line, &p));
		anchor_digest(bytes_of_text(line), a.before);
		a.number++;
		/* Then the same; then one less. */
		if (i == 1) {
			a.others[1].sequence--;
			CU_ASSERT_TRUE(audit_log_hash(t, a.others[1].sequence, a.others[1].hash));
		}
	}
	store_end(t);
	CU_ASSERT_FALSE(compare(&s, 0, true));
	CU_ASSERT_EQUAL(s.v.fault_count, 1);
	CU_ASSERT_TRUE(says(&s, "anchor 3 signed entry 4 of chain 1, the one before it entry 5 of "
				"chain 1: the log was put back in between"));
	CU_ASSERT_EQUAL(covered(&s, 1), SOME);
	CU_ASSERT_EQUAL(covered(&s, 2), SOME);
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
	{ "a key this node does not have", a_key_this_node_does_not_have },
	{ "a key this node was given", a_key_this_node_was_given },
	{ "keys that signed nothing", keys_that_signed_nothing },
	{ "an own record signed by another", an_own_record_signed_by_another },
	{ "files of public keys", files_of_public_keys },
	{ "records that are none", records_that_are_none },
	{ "chains put back in between", chains_put_back_in_between },
	{ "more chains than an anchor names", more_chains_than_an_anchor_names },
	{ "whose turn it is", whose_turn_it_is },
	{ 0 },
};

int main(void)
{
	return suite_run("audit: anchors of several nodes", tests);
}
