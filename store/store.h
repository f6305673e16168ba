/* store/store.h: what we keep, as one thing: ordered keys, one committer, document bytes.
 *
 * Reads run in parallel on snapshots and never wait for a writer. Writes are jobs: they run one
 * after another on the committer, each in a savepoint of its own, and one flush acknowledges the
 * batch. A flush that takes its time has a thread of its own, and the committer goes on meanwhile.
 *
 * Promises, each with a test of the same name in tests/store/:
 *   S1  a job is kept whole or not at all, whatever instruction the process dies at
 *   S2  done() is told `kept` only after the flush that made it durable
 *   S3  a job that fails leaves no trace and does not disturb the others of its batch
 *   S4  a snapshot sees every job acknowledged before it began, and none half
 *   S5  a full disk fails the job with PROBLEM_STORE_FULL; the store goes on when there is room
 *   S6  a job that is run again, for another node changed what it had read, has one effect: that of
 *       its last try, which met nothing of those before
 */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gateway/base/arena.h"
#include "gateway/base/bytes.h"
#include "gateway/base/clock.h"
#include "gateway/base/turns.h"
#include "schemas/tables/problem.h"

struct engine_functions;
struct evp_md_ctx_st;
struct log;
struct progress;

enum access { STORE_NONE, STORE_READ, STORE_WRITE };

struct store;
/* a snapshot, or a savepoint on the committer; what identity.h, registry.h take */
struct store_txn;

struct at_rest;

struct store_settings {
	const struct engine_functions *engine; /* store/engine.h; NULL: as in service */
	const char *directory;                 /* DIR/data; created if missing, mode 0700 */
	const char *node;                      /* the host's name: store/node.h; NULL: "" */
	/* Further places of large documents (store/blobs.h), absolute, each this store's only; made
	 * if missing. NULL-ended, read while the store is opened; NULL: none. */
	const char *const *document_directories;
	/* Its start is only tried: directory/keys has links to the files of another store that
	 * nobody has, and of what is written nothing reaches them. The process ends then. */
	bool rehearsed;
	size_t cache_bytes;
	size_t cache_most;      /* a larger store has a cache as large as its keys, up to this */
	size_t snapshot_bytes;  /* kept for slow readers; 0: as in service */
	uint64_t audit_reserve; /* octets of the disk kept for audit records; 0: none */
	/* copies are encrypted with it, as the directory is (store/at_rest.h); NULL: plain */
	const struct at_rest *at_rest;
	/* a store of a former form that is read (store/store_form.h) is opened, and stays as it is:
	 * for who brings it over, or looks at a copy */
	bool as_it_is;
	const char *brought_by;  /* the command that brings over; NULL: without a configuration */
	const char *rekeying;    /* words on a change of its key that is not finished; NULL: none */
	unsigned flush_delay_us; /* tests: a slower disk; 0 in service */
	unsigned patience_us; /* tests: how long expected jobs are waited for; 0: as in service */
	const struct log *log;
	const struct clock *clock;
	const struct random_source *random;
};

/* Opens and recovers. Only one process at a time (a lock file says who has it). */
struct store *store_open(const struct store_settings *settings, struct problem *p);
/* As it was told at the opening. */
const char *store_rekeying(const struct store *s);
void store_close(struct store *s); /* finishes jobs first, and tells; NULL is fine */
void store_slow_disk(struct store *s,
		     unsigned us); /* benches: every flush takes that much longer */

/* Snapshot read. The problem is kept in the transaction (sticky) and read at the end. */
struct store_txn *store_begin_read(struct store *s, struct problem *p); /* NULL on failure */
/* Where a snapshot's own memory has no more, the arena_run() of that arena ends, which lasts
 * longer: who asked too much of it fails alone. Without it: whoever fills store_arena() does so
 * within an arena_run() of his own, or the process ends. */
void store_lean(struct store_txn *t, struct arena *on);
void store_end(struct store_txn *t); /* NULL is fine */
/* For what may take long: when the flag is set the snapshot ends where it is. What is asked of it
 * from then on fails with PROBLEM_BUSY. NULL: never. */
void store_stop_on(struct store_txn *t, const atomic_bool *flag);
/* The snapshot goes on as of now, so that none is held for long by whoever can go on where he is:
 * what was read stays, cursors end. A job stays where it is. False: it failed, as the problem
 * says. */
bool store_renew(struct store_txn *t);
/* For whoever reads everything once: what it reads is not kept in place of what others ask for. */
void store_pass_by(struct store_txn *t);
bool store_passes_by(const struct store_txn *t);
/* It is set. For loops of others that ask the snapshot nothing; the problem is then the
 * snapshot's. */
bool store_stopped(struct store_txn *t);
/* For whoever must not be held up: of documents at most so many octets are hashed. One past that is
 * not given (store/blobs.h). And it looks at so many keys at most: past that the snapshot fails
 * with PROBLEM_BUSY. What was left is for somebody with more time to ask again. */
#define STORE_ALL_LOOKS UINT64_MAX
enum store_undone { UNDONE_NOTHING, UNDONE_LOOKING, UNDONE_HASHING };
void store_hurry(struct store_txn *t, uint64_t octets, uint64_t looks);
void store_hurry_no_more(struct store_txn *t);
bool store_may_hash(struct store_txn *t, uint64_t octets); /* and takes them off what is left */
enum store_undone store_left_undone(const struct store_txn *t);

/* What run() writes beside the store. A job may be run again, when another node changed what it had
 * read before it was committed: the store then takes the blocks back to what was in them when the
 * job was submitted, and the arena to where it stood. All else run() looks at is constant. */
struct store_block {
	void *at;
	size_t size;
};

struct store_afresh {
	struct arena *arena; /* what run() allocates from beside store_arena(); or NULL */
	const struct store_block *blocks; /* live as long as the job */
	size_t count;
};

/* The store's: store/tries.h. */
enum { STORE_SEED = 32 };
struct store_given {
	struct clock clock;
	struct random_source random;
	const struct clock *real_clock;
	const struct random_source *real_random;
	struct evp_md_ctx_st *digest;
	bool timed, seeded;
	instant now;
	uint64_t drawn;
	unsigned char seed[STORE_SEED];
};

/* A write. Embedded in what it serves; must live until done() has been called. */
struct store_job {
	/* On the committer, in this job's savepoint. False (p set) undoes all it wrote. Must be
	 * short: no I/O of its own, no waiting. */
	bool (*run)(struct store_job *j, struct store_txn *t, struct problem *p);
	/* On the committer or the flusher, after the flush or the failure; must only hand over
	 * (e.g. queue a job). Those kept are told in the order they ran. When the flush itself
	 * failed nobody can know what the disk holds: the job may be found there after recovery,
	 * whole, so repeating it must do no harm. */
	void (*done)(struct store_job *j, bool kept);
	struct store_afresh afresh;
	struct problem problem; /* filled when not kept */
	/* Whose it is: of each the oldest is next, and they take turns (store/job_queue.h).
	 * Borrowed until done(); NULL: nobody's. */
	const char *submitter;
	/* It keeps audit records and no more: where the disk is full it may use what is kept for
	 * them. */
	bool on_reserve;
	bool expected; /* store_expect() was called for it */
	bool behind;   /* its submitter has many: others come before it */
	/* The store's. */
	struct job turn;     /* among those that wait */
	uint64_t generation; /* what it was committed in */
	struct store_job *next;
	bool tried, ready; /* it was run; its last try did what it should */
	void *before;      /* what was in its blocks */
	struct arena_mark stood;
	struct store_given given;
};
void store_submit(struct store *s, struct store_job *j); /* thread-safe; never blocks */
/* Somebody has begun what will end in a job: so that one flush serves both, the committer waits a
 * moment for it when it has others to flush. It ends with store_submit() of a job that says it was
 * expected, or with the second of these. behind: as the job will say; no other job waits for it.
 * Thread-safe. */
void store_expect(struct store *s, bool behind);
void store_expect_no_more(struct store *s, bool behind);
/* While who writes has to wait for the disk to read: a snapshot, for whoever is about to submit a
 * job, to ask it for what the job will ask for. So many read at a time, and the committer, behind
 * whom all that write wait, finds it in memory. What is found means nothing: the job finds its own.
 * NULL: what is read is in memory already, as far as anybody can tell; or there is no snapshot. It
 * ends with store_end(). Thread-safe. */
struct store_txn *store_look_ahead(struct store *s);
/* As store_submit(), and waits for the flush. Refused within a job, its done() included. For
 * start-up and imports. */
bool store_write(struct store *s, bool (*run)(void *with, struct store_txn *t, struct problem *p),
		 void *with, struct problem *p);
/* The same of a job that keeps audit records, or says how far they have come: on_reserve. */
bool store_write_on_reserve(struct store *s, const struct store_afresh *afresh,
			    bool (*run)(void *with, struct store_txn *t, struct problem *p),
			    void *with, struct problem *p);
/* The same of one that writes beside the store. */
bool store_write_afresh(struct store *s, const struct store_afresh *afresh,
			bool (*run)(void *with, struct store_txn *t, struct problem *p), void *with,
			struct problem *p);

/* Within a job: run part of it in a savepoint of its own. When part returns false its changes are
 * undone, its problem is in p, and the job goes on (a refused request still leaves its audit
 * record). Cursors begun before it rest until it ends. An arena_run() that is to let the job go on
 * stands inside part: left by a long jump the savepoint stays open, and the job fails. */
bool store_savepoint(struct store_txn *t,
		     bool (*part)(void *with, struct store_txn *t, struct problem *p), void *with,
		     struct problem *p);

/* A sticky problem is set: what was not found could not be read. */
bool store_failed(const struct store_txn *t);
struct problem *store_problem(struct store_txn *t);

/* Octets only this store has, made once with it: for names that must not tell what they are made
 * of. False only when the store fails. */
enum { STORE_SECRET = 32 };
bool store_secret(struct store_txn *t, unsigned char out[STORE_SECRET]);

/* Within a job: what its first try was told, in each. Whoever makes an id or notes a time within a
 * job draws it here, and it is the same however often the job is run. */
const struct clock *store_clock(const struct store_txn *t);
const struct random_source *store_random(const struct store_txn *t);
/* Scratch, ends with the transaction. A job runs in arena_run() of it: exhaustion fails that job
 * alone. On a snapshot whoever fills it does so within an arena_run() of his own. */
struct arena *store_arena(const struct store_txn *t);
struct store *store_of(const struct store_txn *t);
/* The ordinal of the node whose process this is: store/node.h. */
unsigned store_node(const struct store_txn *t);

struct store_counts {
	uint64_t jobs, kept, flushes, reads;
	unsigned largest_batch, queued;
	uint64_t audit_reserve; /* octets of the disk that are kept for audit records now */
};
void store_count(struct store *s, struct store_counts *out); /* thread-safe */

/* Within a job: writes what nobody reads, to see whether it can be kept. */
bool store_touch(struct store_txn *t);
/* False: documents are refused until the disk has room again; p says how it is. Thread-safe. */
bool store_has_room(struct store *s, struct problem *p);

/* Copies the running store (keys and documents) into an empty directory. */
bool store_backup(struct store *s, const char *directory, struct problem *p);
/* The same, telling how many octets are copied; when it is to stop it ends with PROBLEM_BUSY. A
 * copy that is not whole is removed, whatever kept it from being whole: nobody shall take it for a
 * backup. */
bool store_backup_watched(struct progress *progress, struct store *s, const char *directory,
			  struct problem *p);
/* The same, sharing with an earlier backup what cannot change (store/backup_files.h), or NULL. */
bool store_backup_onto(struct progress *progress, struct store *s, const char *directory,
		       const char *onto, struct problem *p);

#endif
