/* store/audit_merging.c: makes one run of several, so that a search asks few, however long the log.
 *
 * AUDIT_FANOUT runs of a level, of segments that follow each other, become one of the next: a run
 * of level n is of AUDIT_FANOUT to the n segments, and each pair is written once a level. Beside
 * the committer, like the indexing itself (store/audit_indexing.c): pairs are read in a snapshot
 * from the highest down, a piece at a time, and each piece is put by a short job; the piece with
 * the first block comes last and makes the run one that is there. From then on the runs it was made
 * of are not asked any more, and go, some keys a job; last it is noted that this was done.
 *
 * Runs never change. So whatever it ends after, a search gives the same answer: it takes the
 * largest run that is there. And the next start goes on below the lowest block, or with taking
 * away.
 *
 * A segment that could not be indexed has no run, nor has one that has gone
 * (store/audit_expiring.h); the group it is in stays as it is. */
#include "store/audit_entries.h"

#include <string.h>

#include "gateway/base/arena.h"
#include "store/store.h"
#include "store/store_keys.h"

enum {
	MEMORY = 16 << 20,
	PIECE = 6480,     /* pairs a job: 72 blocks, 64 KiB, as the indexing's */
	GOING_KEYS = 256, /* a job takes away */
};

/* One of those that become one: its pairs from the highest down. */
struct source {
	struct store_cursor *blocks;
	struct audit_block block;
	size_t left; /* of the block's */
	struct audit_pair pair;
	bool ended;
};

struct merging {
	struct audit_beside beside;
	struct arena *arena;
	unsigned level;        /* of those that become one */
	uint64_t group, first; /* its first segment, in the whole log */
	struct source sources[AUDIT_FANOUT];
	struct audit_pair below; /* what is yet to be put is less than this */
	struct audit_pairs piece;
	struct bytes going[GOING_KEYS];
	size_t going_count;
	bool found, done, made;
};

static struct audit_run target(const struct merging *x)
{
	return (struct audit_run){ x->first, x->level + 1 };
}

static struct audit_run source_run(const struct merging *x, unsigned i)
{
	return (struct audit_run){ x->first + i * audit_run_segments(x->level), x->level };
}

/* What is to be done. */

static bool is_ready(struct merging *x, struct store_txn *t, unsigned level)
{
	uint64_t chain = store_node(t), base = audit_number(chain, 0) / AUDIT_SEGMENT;
	x->level = level;
	x->group = audit_merged(t, chain, level);
	x->first = base + x->group * audit_run_segments(level + 1);
	return x->first + audit_run_segments(level + 1) <= audit_indexed(t, chain);
}

/* A level is done before the next one. */
static void find_group(struct merging *x, struct store_txn *t)
{
	for (unsigned level = 0; !x->found && level + 1 < AUDIT_LEVELS; level++)
		x->found = is_ready(x, t, level);
}

static bool all_sources_there(const struct merging *x, struct store_txn *t)
{
	bool there = true;
	for (unsigned i = 0; there && i < AUDIT_FANOUT; i++)
		there = audit_run_is_there(t, source_run(x, i));
	return there;
}

/* Reading a piece. */

static bool damaged(const struct merging *x, struct store_txn *t)
{
	return store_damaged(t, "the audit log's index of patients is damaged at segment %llu",
			     (unsigned long long)x->first);
}

/* Its next lower pair. */
static bool step(struct merging *x, struct store_txn *t, struct source *s)
{
	struct bytes key, octets;
	while (!s->ended && s->left == 0) {
		s->ended = !store_next(s->blocks, &key, &octets);
		if (s->ended)
			continue;
		if (!audit_block_read(audit_entry_copy(octets, x->arena), &s->block))
			return damaged(x, t);
		s->left = s->block.count;
	}
	if (!s->ended)
		s->pair = audit_block_pair(&s->block, --s->left);
	return !store_failed(t);
}

/* As it stands in the run that is made. */
static struct audit_pair raised(const struct merging *x, unsigned i)
{
	struct audit_pair p = x->sources[i].pair;
	p.place += i * audit_run_segments(x->level) * AUDIT_SEGMENT;
	return p;
}

/* The first pair that is less than what was put already. */
static bool begin_source(struct merging *x, struct store_txn *t, unsigned i)
{
	struct source *s = &x->sources[i];
	struct audit_run run = source_run(x, i);
	struct audit_pair from = { x->below.hash, UINT32_MAX };
	struct key low = audit_run_key(run), high = audit_patients_key(run, from);
	*s = (struct source){ .blocks = store_scan(t, key_span(&low), key_span(&high), true) };
	struct audit_pair at;
	bool well;
	do {
		well = step(x, t, s);
		at = raised(x, i);
	} while (well && !s->ended && audit_pair_order(&at, &x->below) >= 0);
	return well;
}

/* The source with the highest pair; AUDIT_FANOUT: all have ended. */
static unsigned highest(const struct merging *x)
{
	unsigned best = AUDIT_FANOUT;
	struct audit_pair most = { 0, 0 };
	for (unsigned i = 0; i < AUDIT_FANOUT; i++) {
		if (x->sources[i].ended)
			continue;
		struct audit_pair p = raised(x, i);
		if (best == AUDIT_FANOUT || audit_pair_order(&p, &most) > 0) {
			best = i;
			most = p;
		}
	}
	return best;
}

/* From the end of the piece's room to its beginning. */
static bool take_piece(struct merging *x, struct store_txn *t)
{
	struct audit_pair *room = arena_array(x->arena, struct audit_pair, PIECE);
	size_t left = PIECE;
	bool well = true;
	unsigned i = highest(x);
	for (; well && left > 0 && i != AUDIT_FANOUT; i = highest(x)) {
		room[--left] = raised(x, i);
		well = step(x, t, &x->sources[i]);
	}
	x->piece = (struct audit_pairs){ .pairs = room + left,
					 .count = PIECE - left,
					 .next = x->below,
					 .lowest = i == AUDIT_FANOUT };
	return well;
}

/* The lowest pair that was put already; none, when nothing was. */
static struct audit_pair put_before(const struct merging *x, struct store_txn *t)
{
	struct key low = audit_run_key(target(x)), high = audit_run_end(target(x));
	struct store_cursor *c = store_scan(t, key_span(&low), key_span(&high), false);
	struct audit_pair pair = AUDIT_PAIR_NONE;
	struct bytes key, octets;
	if (store_next(c, &key, &octets)) {
		struct key_reader r = key_read(key);
		key_read_number(&r);
		key_read_octet(&r);
		pair.hash = key_read_number(&r);
		pair.place = key_read_number(&r);
	}
	store_scan_end(c);
	return pair;
}

static bool read_piece(struct merging *x, struct store_txn *t)
{
	bool well = true;
	x->below = put_before(x, t);
	for (unsigned i = 0; well && i < AUDIT_FANOUT; i++)
		well = begin_source(x, t, i);
	well = well && take_piece(x, t);
	for (unsigned i = 0; i < AUDIT_FANOUT; i++)
		store_scan_end(x->sources[i].blocks);
	return well;
}

static void add_going(struct merging *x, struct store_txn *t, struct audit_run run)
{
	struct key low = audit_run_key(run), high = audit_run_end(run);
	struct store_cursor *c = store_scan(t, key_span(&low), key_span(&high), false);
	struct bytes key, octets;
	while (x->going_count < GOING_KEYS && store_next(c, &key, &octets))
		x->going[x->going_count++] = audit_entry_copy(key, x->arena);
	store_scan_end(c);
}

/* Keys of what became one; or of what was put of it before one of them had gone with its entries.
 */
static void read_going(struct merging *x, struct store_txn *t)
{
	if (!audit_run_is_there(t, target(x))) {
		add_going(x, t, target(x));
		return;
	}
	for (unsigned i = 0; i < AUDIT_FANOUT; i++)
		add_going(x, t, source_run(x, i));
}

/* Jobs: of a store that has failed nothing is kept, whatever they say. */

static bool may_join(const struct merging *x, struct store_txn *t)
{
	return audit_merged(t, store_node(t), x->level) == x->group && !store_failed(t);
}

static bool put_piece(void *with, struct store_txn *t, struct problem *p)
{
	const struct merging *x = with;
	/* Of what has gone since it was looked at nothing is put. */
	bool joins = may_join(x, t) && all_sources_there(x, t);
	(void)p;
	for (size_t i = audit_blocks_of(x->piece.count); joins && i > 0; i--)
		audit_block_put(t, target(x), &x->piece, i - 1);
	return true;
}

static bool take_away(void *with, struct store_txn *t, struct problem *p)
{
	const struct merging *x = with;
	bool joins = may_join(x, t);
	(void)p;
	for (size_t i = 0; joins && i < x->going_count; i++)
		store_delete(t, x->going[i]);
	return !joins || x->going_count == GOING_KEYS
	       || audit_note_merged(t, store_node(t), x->level, x->group + 1);
}

/* One look, and the job it leads to. */

static bool look(void *with, struct store_txn *t)
{
	struct merging *x = with;
	find_group(x, t);
	if (!x->found)
		return !store_failed(t);
	x->made = audit_run_is_there(t, target(x)) || !all_sources_there(x, t);
	if (!x->made)
		return read_piece(x, t);
	read_going(x, t);
	return !store_failed(t);
}

static void merge_next(void *with)
{
	struct merging *x = with;
	if (!audit_beside_read(&x->beside, look, x))
		return;
	x->done = !x->found || (audit_beside_join(&x->beside, x->made ? take_away : put_piece, x));
}

bool audit_log_merge(struct store *s, const atomic_bool *stop, struct problem *p)
{
	struct merging x;
	do {
		x = (struct merging){
			.beside = { .store = s, .stop = stop, .problem = p },
			.arena = arena_create(MEMORY),
		};
		if (x.arena == NULL || !arena_run(x.arena, merge_next, &x))
			problem_set(p, PROBLEM_OUT_OF_RESOURCES,
				    "no memory to index the audit log");
		store_end(x.beside.snapshot); /* left by a jump */
		arena_destroy(x.arena);
	} while (x.done && x.found);
	return x.done;
}
