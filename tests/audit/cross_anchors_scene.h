/* tests/audit/cross_anchors_scene.h: nodes, each with its own file of anchors and the key it signs
 * with, and what somebody with the store may do. */
#ifndef TESTS_AUDIT_CROSS_ANCHORS_SCENE_H
#define TESTS_AUDIT_CROSS_ANCHORS_SCENE_H

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

static inline struct anchor_key *make_key(struct scene *s, const char *name)
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

static inline void scene_begin(struct scene *s)
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

static inline void scene_end(struct scene *s)
{
	anchor_key_free(s->key);
	anchor_key_free(s->other);
	region_close(&s->r);
}

static inline bool append(void *with, struct store_txn *t, struct problem *p)
{
	const struct audit_terms terms = { .time = 5, .transaction = "ITI-18", .system = with };
	(void)p;
	return audit_log_append(t, audit_log_draft(store_arena(t), bytes_of_text("record"), &terms),
				NULL);
}

/* One to a sheet. */
static inline void write_some(struct scene *s, unsigned node, unsigned count, char *system)
{
	while (count-- != 0)
		CU_ASSERT_TRUE_FATAL(
			store_write(s->r.nodes[node].store, append, system, &s->r.problem));
}

static inline struct anchoring *serve(struct scene *s, struct store *store,
				      const struct anchors *at)
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
static inline void anchor(struct scene *s, unsigned node)
{
	anchoring_close(serve(s, s->r.nodes[node].store, &s->at[node]));
}

/* As a start looks, and as an operator does: the latter walks the log, and sees each anchor in it.
 * Whether nothing is wrong. */
static inline bool compare(struct scene *s, unsigned node, bool whole)
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

static inline bool says(const struct scene *s, const char *what)
{
	for (const struct anchors_fault *f = s->v.faults; f != NULL; f = f->next)
		if (strstr(f->what, what) != NULL)
			return true;
	for (const struct anchors_fault *f = s->v.faults; f != NULL; f = f->next)
		printf("  %s\n", f->what);
	return false;
}

/* Up to which place; of whoever looked last. */
static inline uint64_t covered(const struct scene *s, unsigned chain)
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

static inline struct key chain_key(unsigned char space, uint64_t number)
{
	struct key k;
	key_begin(&k, space);
	key_number(&k, number);
	return k;
}

/* The chain ends there as if it had never been longer: head, and what was noted of anchors. */
static inline bool cut_run(struct store_txn *t, const void *with)
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

static inline void cut(struct scene *s, unsigned by, uint64_t chain, uint64_t keep)
{
	struct fixture f = { .store = s->r.nodes[by].store };
	struct cutting c = { chain, keep };
	CU_ASSERT_TRUE_FATAL(in_job(&f, cut_run, &c));
}

/* ---- A tail that was cut ---- */

static inline bool away(struct scene *s, unsigned node)
{
	return remove(s->at[node].file) == 0;
}

#endif
