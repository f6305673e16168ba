/* store/audit_indexing.c: makes the patients' index of the audit log, beside the committer.
 *
 * How long a segment is, is set by those who fill it. So not the job whose entry fills it reads it,
 * but whoever has a thread for it (gateway/audit/indexer.h), step by step: in a snapshot the next
 * full segment is read and its pairs are sorted; short jobs put the blocks, the last block first;
 * the job that puts the first block notes that the segment is done (audit_indexed()).
 *
 * A search takes the last block that does not begin after its hash. Where that is there it is the
 * right one, and where it is missing none is found and the segment itself is read: the answer is
 * the same after each of the jobs, and a crash between two of them is mended by doing all of it
 * again.
 *
 * Each node indexes its own chain: so no job of one meets what another writes, nobody needs a
 * lease, and who fills segments has the work of them. What a node that is gone left full and not
 * indexed, some seconds of its last day, is read by each search instead.
 *
 * What was read is still there when it is joined: nothing is ever taken from the log. A job looks
 * nevertheless: the hash of the segment's last entry covers all entries up to it. */
#include "store/audit_entries.h"

#include <string.h>

#include "gateway/base/arena.h"
#include "store/store.h"
#include "store/store_keys.h"

enum {
	MEMORY = 64 << 20,
	JOB_BLOCKS = 72, /* 64 KiB: no longer than a submission's */
};

struct indexing {
	struct audit_beside beside;
	struct arena *arena;
	uint64_t segment;
	unsigned char hash[AUDIT_HASH]; /* of its last entry */
	struct audit_pairs pairs;
	size_t left; /* blocks not yet put; none: it cannot be indexed */
	bool full, done;
};

static uint64_t last_of(uint64_t segment)
{
	return (segment + 1) * AUDIT_SEGMENT - 1;
}

/* Reading. */

static bool read_segment(void *with, struct store_txn *t)
{
	struct indexing *x = with;
	struct audit_head head;
	x->segment = audit_indexed(t, store_node(t));
	x->full = audit_log_head(t, &head) && head.sequence >= last_of(x->segment);
	if (x->full) {
		audit_log_hash(t, last_of(x->segment), x->hash);
		if (audit_patients_gather(t, x->segment, x->arena, &x->pairs))
			x->left = audit_blocks_of(x->pairs.count);
	}
	return !store_failed(t);
}

/* Joining. */

static size_t first_of_job(const struct indexing *x)
{
	return x->left > JOB_BLOCKS ? x->left - JOB_BLOCKS : 0;
}

/* Whether somebody else of this node did it by now, or it is not the log that was read. */
static bool may_join(const struct indexing *x, struct store_txn *t, struct problem *p,
		     bool *overtaken)
{
	unsigned char hash[AUDIT_HASH] = { 0 };
	*overtaken = audit_indexed(t, store_node(t)) != x->segment;
	if (*overtaken || store_failed(t))
		return false;
	audit_log_hash(t, last_of(x->segment), hash);
	return memcmp(hash, x->hash, sizeof hash) == 0
	       || problem_set(p, PROBLEM_CONFLICT, "the audit log changed while it was indexed");
}

static bool join(void *with, struct store_txn *t, struct problem *p)
{
	const struct indexing *x = with;
	size_t first = first_of_job(x);
	bool overtaken;
	if (!may_join(x, t, p, &overtaken))
		return overtaken;
	for (size_t i = first; i < x->left; i++)
		audit_block_put(t, (struct audit_run){ x->segment, 0 }, &x->pairs, i);
	return first != 0 || audit_note_indexed(t, x->segment + 1);
}

static bool join_all(struct indexing *x)
{
	bool joined;
	do {
		joined = audit_beside_join(&x->beside, join, x);
		x->left = first_of_job(x);
	} while (joined && x->left != 0);
	return joined;
}

static void index_next(void *with)
{
	struct indexing *x = with;
	x->done = audit_beside_read(&x->beside, read_segment, x) && (!x->full || join_all(x));
}

bool audit_log_index(struct store *s, const atomic_bool *stop, struct problem *p)
{
	struct indexing x;
	do {
		x = (struct indexing){
			.beside = { .store = s, .stop = stop, .problem = p },
			.arena = arena_create(MEMORY),
		};
		if (x.arena == NULL || !arena_run(x.arena, index_next, &x))
			problem_set(p, PROBLEM_OUT_OF_RESOURCES,
				    "no memory to index the audit log");
		store_end(x.beside.snapshot); /* left by a jump */
		arena_destroy(x.arena);
	} while (x.done && x.full);
	return x.done;
}
