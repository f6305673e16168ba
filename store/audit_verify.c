/* store/audit_verify.c: whether the audit log is as it was written, chain by chain. */
#include <openssl/evp.h>
#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/progress.h"
#include "gateway/base/text.h"
#include "store/audit_entries.h"
#include "store/check.h"
#include "store/store.h"
#include "store/store_keys.h"

struct verifying {
	const struct audit_watch *watch;
	struct store_txn *txn;
	EVP_MD_CTX *digest;
	struct arena *arena, *seen; /* the second for what is shown */
	struct audit_walk walk;
	struct audit_head at; /* what was walked of the chain */
	struct audit_verified *of;
};

static bool breaks(struct verifying *v, uint64_t sequence, const char *what)
{
	char text[AUDIT_PLACE_TEXT];
	v->of->broken = sequence;
	v->of->what = arena_printf(v->arena, "audit entry %s %s", audit_place_text(sequence, text),
				   what);
	return false;
}

/* Whether the value follows what was hashed before it; then at has moved on to it. */
static bool follows(EVP_MD_CTX *digest, struct audit_head *at, uint64_t sequence,
		    struct bytes value)
{
	unsigned char made[AUDIT_HASH];
	if (value.length <= AUDIT_HASH
	    || !audit_entry_chain(
		    digest, at->hash,
		    (struct bytes){ value.data + AUDIT_HASH, value.length - AUDIT_HASH }, made)
	    || memcmp(made, value.data, AUDIT_HASH) != 0)
		return false;
	memcpy(at->hash, made, AUDIT_HASH);
	at->sequence = sequence;
	return true;
}

/* False: it is damaged, or the store failed. */
static bool read_end(struct verifying *v)
{
	bool damaged;
	bool read = audit_head_look(v->txn, audit_chain(v->at.sequence), &v->of->head, &damaged);
	if (damaged)
		breaks(v, v->at.sequence + 1, "cannot be judged: the head is damaged");
	return read && !damaged;
}

/* Where the chain begins: behind what has gone of it (store/audit_expiring.h). False: its
 * checkpoint is damaged, or the store failed. */
static bool read_begin(struct verifying *v, uint64_t chain, struct audit_head *begin)
{
	struct audit_checkpoint c;
	if (!audit_checkpoint_peek(v->txn, AUDIT_OWN, chain, v->arena, &c))
		return !store_failed(v->txn)
		       && breaks(v, audit_number(chain, 1),
				 "cannot be judged: the checkpoint is damaged");
	begin->sequence = c.sequence;
	memcpy(begin->hash, c.hash, sizeof begin->hash);
	v->of->gone = c;
	return true;
}

/* Nothing is ever taken from a log but from its beginning, so the walk may go on in a snapshot of
 * now. Sheets may have been packed meanwhile, and what was put between two sheets must not be
 * passed over: so it goes on with the entry it came to, which must stand where it stood; or behind
 * what has gone meanwhile. */
static bool go_on_now(struct verifying *v)
{
	struct bytes value;
	uint64_t sequence, at = v->at.sequence;
	struct audit_head begin;
	audit_walk_end(&v->walk);
	v->walk = (struct audit_walk){ .sheets = NULL };
	if (!store_renew(v->txn) || !read_end(v) || !read_begin(v, audit_chain(at), &begin))
		return false;
	if (begin.sequence >= at) {
		v->at = begin;
		v->walk = audit_walk_from(v->txn, begin.sequence, audit_chain_end(at));
		return true;
	}
	v->walk = audit_walk_from(v->txn, at, audit_chain_end(at));
	return (audit_walk_next(&v->walk, &sequence, &value) && sequence == at
		&& value.length > AUDIT_HASH && memcmp(value.data, v->at.hash, AUDIT_HASH) == 0)
	       || breaks(v, at, "is not where it was");
}

static bool is_watched(const struct audit_watch *w, const char *transaction)
{
	return transaction != NULL
	       && (text_equal(transaction, w->transaction)
		   || text_equal(transaction, w->or_transaction));
}

static void show(struct verifying *v, uint64_t sequence, struct bytes value)
{
	const struct audit_watch *w = v->watch;
	struct audit_entry e = { .sequence = sequence };
	progress_add(w->progress, 1);
	if (w->see == NULL || !is_watched(w, audit_entry_transaction(value))
	    || !audit_entry_read(value, v->seen, &e))
		return;
	w->see(w->with, v->txn, &e, v->seen);
	arena_reset(v->seen);
}

static bool walk_chain(struct verifying *v)
{
	uint64_t sequence;
	unsigned entries = 0;
	struct bytes value;
	while (audit_walk_next(&v->walk, &sequence, &value)) {
		if (sequence != v->at.sequence + 1)
			return breaks(v, v->at.sequence + 1, "is missing");
		if (!follows(v->digest, &v->at, sequence, value))
			return breaks(v, sequence, "is not as it was written");
		if (sequence > v->of->head.sequence)
			return breaks(v, sequence, "was added past the head");
		show(v, sequence, value);
		if (++entries < AUDIT_VERIFIED_AT_ONCE)
			continue;
		entries = 0;
		if (!go_on_now(v))
			return false;
	}
	return true;
}

static void verify_chain(struct verifying *v, uint64_t chain)
{
	v->at = audit_chain_begin(chain);
	v->walk = (struct audit_walk){ .sheets = NULL };
	if (!read_end(v) || !read_begin(v, chain, &v->at))
		return;
	v->walk = audit_walk_from(v->txn, v->at.sequence, audit_chain_end(v->at.sequence));
	if (!walk_chain(v) || store_failed(v->txn))
		return;
	if (v->at.sequence < v->of->head.sequence)
		breaks(v, v->at.sequence + 1, "is missing");
	else if (memcmp(v->at.hash, v->of->head.hash, AUDIT_HASH) != 0)
		breaks(v, v->at.sequence, "is not the one the head names");
}
/* What comes meanwhile is walked as well. */
static void begin_progress(struct verifying *v, const struct audit_chains *chains)
{
	uint64_t entries = 0;
	bool damaged;
	for (size_t i = 0; i < chains->count; i++) {
		struct audit_head head;
		audit_head_look(v->txn, chains->numbers[i], &head, &damaged);
		entries += audit_place(head.sequence);
	}
	progress_begin(v->watch->progress, "audit records", entries);
}

/* A chain that is broken keeps none of the others from being walked. */
static void verify_all(struct verifying *v, struct audit_verdict *out)
{
	struct audit_chains chains;
	out->whole = audit_log_chains(v->txn, v->arena, &chains);
	out->chains = arena_array(v->arena, struct audit_verified, chains.count);
	if (out->whole)
		begin_progress(v, &chains);
	while (out->count < chains.count && !store_failed(v->txn)) {
		v->of = &out->chains[out->count];
		verify_chain(v, chains.numbers[out->count++]);
		audit_walk_end(&v->walk);
		out->whole = out->whole && v->of->broken == 0;
	}
}

bool audit_log_verify_watched(const struct audit_watch *watch, struct store_txn *t, struct arena *a,
			      struct audit_verdict *out, struct problem *p)
{
	struct verifying v = {
		.watch = watch, .txn = t, .arena = a, .seen = arena_create_within(a)
	};
	*out = (struct audit_verdict){ .whole = false };
	v.digest = EVP_MD_CTX_new();
	bool begun = v.digest != NULL && EVP_DigestInit_ex(v.digest, EVP_sha256(), NULL) == 1;
	if (begun)
		verify_all(&v, out);
	EVP_MD_CTX_free(v.digest);
	if (!begun)
		return problem_set(p, PROBLEM_OUT_OF_RESOURCES,
				   "no memory to verify the audit log");
	if (store_failed(t))
		problem_set(p, store_problem(t)->code, "%s", store_problem(t)->what);
	return !store_failed(t);
}

bool audit_log_verify(struct store_txn *t, struct audit_head *head, uint64_t *broken,
		      struct problem *p)
{
	static const struct audit_watch nobody = { .progress = NULL };
	struct audit_verdict v;
	*broken = 0;
	*head = audit_chain_begin(store_node(t));
	if (!audit_log_verify_watched(&nobody, t, store_arena(t), &v, p))
		return false;
	for (size_t i = 0; i < v.count; i++) {
		const struct audit_verified *of = &v.chains[i];
		if (audit_chain(of->head.sequence) == store_node(t))
			*head = of->head;
		if (of->broken != 0 && *broken == 0) {
			*broken = of->broken;
			problem_set(p, PROBLEM_CONFLICT, "%s", of->what);
		}
	}
	return v.whole;
}

/* Checking. */

static void look_at_sheet(struct store_check *c, struct bytes key, struct bytes value)
{
	struct audit_walk w = audit_walk_on(check_arena(c), key, value);
	struct audit_entry e;
	char text[AUDIT_PLACE_TEXT];
	while (audit_walk_next(&w, &e.sequence, &value)) {
		if (!audit_entry_read(value, check_arena(c), &e))
			check_finding(c, "audit log: entry %s cannot be read",
				      audit_place_text(e.sequence, text));
		audit_patients_count(c, e.sequence, value);
	}
	audit_walk_end(&w);
}

/* What is wrong with the store's own is told by the snapshot's end. */
static void look_at_chains(struct store_check *c)
{
	static const struct audit_watch nobody = { .progress = NULL };
	struct audit_verdict v;
	struct problem p = { .code = PROBLEM_NONE };
	audit_patients_end(c);
	if (!audit_log_verify_watched(&nobody, check_txn(c), check_arena(c), &v, &p))
		check_finding(c, "audit log: %s", p.what);
	for (size_t i = 0; i < v.count; i++)
		if (v.chains[i].broken != 0)
			check_finding(c, "audit log: %s", v.chains[i].what);
}

const struct check_module audit_log_check = {
	.name = "audit log",
	.rows =
		(const struct check_row[]){
			{ SPACE_AUDIT_SHEET, "audit entries", look_at_sheet },
			{ SPACE_AUDIT_HEAD, "audit head", NULL },
			{ SPACE_AUDIT_RUN_BY_TIME, "audit run by time", audit_index_look },
			{ SPACE_AUDIT_RUN_BY_SYSTEM, "audit run by system", audit_index_look },
			{ SPACE_AUDIT_PATIENTS, "audit patients", audit_patients_look },
			{ SPACE_AUDIT_CURSOR, "audit cursor", NULL },
			{ SPACE_AUDIT_ANCHORED, "audit anchors noted", NULL },
			{ SPACE_AUDIT_INDEXED, "audit segments indexed", NULL },
			{ SPACE_AUDIT_FOLDED, "audit entries packed", NULL },
			{ SPACE_AUDIT_MERGED, "audit runs merged", NULL },
			{ SPACE_AUDIT_CHECKPOINT, "audit checkpoint", audit_checkpoint_look_at },
			{ 0 },
		},
	.whole = look_at_chains,
};
