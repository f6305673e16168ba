/* profiles/actors/retention_run.h: what the rules of retention let go, found and removed.
 *
 * A family of documents (profiles/actors/document_family.h) goes as one, when a rule says so of one
 * of them and nothing keeps another: a member that was replaced goes along; one that a rule names
 * must itself be due; one that no rule names goes along where it hangs on another, and else keeps
 * all of them. What a repository of ours cannot remove keeps them, too.
 *
 * Removing is what the region's operator would do by ITI-62 and ITI-86: entries, all Associations
 * that touch them, sets of which nothing is left; and the octets, where no other entry of that
 * uniqueId stays. */
#ifndef PROFILES_ACTORS_RETENTION_RUN_H
#define PROFILES_ACTORS_RETENTION_RUN_H

#include <stdbool.h>
#include <stdint.h>

#include "profiles/actors/document_family.h"
#include "profiles/actors/document_registry.h"
#include "profiles/actors/retention.h"

struct audit_event;

/* desk.now is the moment that counts; only: that rule alone lets anything go (all others that keep
 * still do); NULL: all. */
struct retention_asked {
	struct registry_desk desk;
	const char *only;
};

/* Why a document goes. rule NULL: none of its own (RETENTION_ALONG), or it stays. */
struct retention_verdict {
	const struct retention_rule *rule;
	enum retention_reason reason;
};
/* Of one document by itself, whatever it belongs to: its rank among the person's is read. */
struct retention_verdict retention_of(const struct retention_asked *q,
				      const struct document_entry *e);

/* A family that goes, by the verdict of its first member that is due: who asks for each member in
 * turn is told of it once, at that one. False: it stays, or is told at another. */
struct retention_going {
	struct document_family family;
	struct retention_verdict verdict;
};
bool retention_goes(const struct retention_asked *q, const struct document_entry *e,
		    struct retention_going *out);

/* The entries of one subject, newest first, at which a family goes: up to `most` ids. */
const struct text_value *retention_of_subject(const struct retention_asked *q, uint64_t subject,
					      unsigned most);

/* ---- Removing: within a job ---- */

struct retention_removed {
	uint64_t documents, octets_of; /* entries; documents whose octets went */
	/* families that the registry did not let go, or that take too much memory to look at */
	uint64_t stayed;
};
/* Appends an event; the arena is the job's. False: the job must fail. */
struct retention_recorder {
	void *self;
	bool (*record)(void *self, struct store_txn *t, struct arena *a, struct audit_event *e);
};
/* What still goes of the families at these entries is removed, each family with its two records
 * (ITI-62, ITI-86), or stays whole; up to so many documents, or one family that has more. *entries
 * is then what is left. False: the store failed, or no record can be kept. */
bool retention_remove(const struct retention_asked *q, const struct text_value **entries,
		      unsigned most, const struct retention_recorder *recorder,
		      struct retention_removed *out);

/* ---- All of it, by jobs of its own ---- */

struct progress;
struct store;

struct retention_run {
	struct store *store;
	struct retention_asked asked; /* arena and transaction are the run's */
	struct retention_recorder recorder;
	struct progress *progress; /* NULL is fine */
	/* After each job, that took so many microseconds: whoever is not in a hurry waits here.
	 * False: it is to end. NULL: it goes on at once. */
	bool (*give_way)(void *self, int64_t took);
	void *self;
	/* Told to end it will be gone on with: the lease stays this node's, which says so. */
	bool goes_on;
	struct retention_removed done;
};
#define RETENTION_LEASE "retention"
/* The row of store/daily.h: a run by all rules, come to its end, was begun then. */
#define RETENTION_DAILY "retention"
const char *retention_node(struct store_txn *t); /* as the lease names this one */
/* One node at a time (store/lease.h). What it removed is removed: cut short, or run again, it finds
 * the rest. False: PROBLEM_CONFLICT, another node is at it; BUSY, it was to end; or the store's. */
bool retention_run(struct retention_run *r, struct problem *p);

#endif
