/* store/disasters.h: disaster mode (災害): for which municipalities, until when, by whom and why.
 *
 * One operator says that there is one, and it is on when another has approved it; from then on
 * until its time has come, or one of them ends it. Nothing of it is ever removed. Promises
 * (tests/store/disasters_test.c):
 *   D1  what is proposed is on for nobody until another one approves it
 *   D2  what is on is so for every snapshot until its time, and after a restart; then for none
 *   D3  what has ended, or was never approved in its time, does not come back
 *
 * Only within a job, unless said. Texts are borrowed from the arena. */
#ifndef STORE_DISASTERS_H
#define STORE_DISASTERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gateway/base/clock.h"

struct arena;
struct check_module;
struct store_txn;

enum { DISASTERS_MOST = 1000 }; /* ever: each is walked where one is looked for */

struct disaster {
	uint64_t number;
	const char *municipalities; /* codes, parted by blanks */
	const char *reason, *by;
	instant since, until;
	instant approved; /* 0: not yet; else by whom */
	const char *approved_by;
	instant ended;        /* 0: not yet */
	const char *ended_by; /* NULL: by its time */
	const char *end_reason;
	struct disaster *next;
};

bool disaster_is_on(const struct disaster *d, instant now);

/* Keeps a new one: its number is made. False: there are too many (number stays 0), or the store
 * failed. */
bool disaster_propose(struct store_txn *t, struct disaster *d);
/* Keeps what has changed of it. */
bool disaster_put(struct store_txn *t, const struct disaster *d);
/* What has had its time ends; *ended: those of them that were on. False: the store failed. */
bool disasters_end(struct store_txn *t, struct arena *a, instant now, struct disaster **ended);

/* In a snapshot or a job. False: there is none (or the store failed). */
bool disaster_get(struct store_txn *t, struct arena *a, uint64_t number, struct disaster *out);
/* The latest first; NULL: none. */
struct disaster *disasters_list(struct store_txn *t, struct arena *a);
/* There is something for disasters_end(). Takes nothing of an arena. */
bool disasters_are_due(struct store_txn *t, instant now);

extern const struct check_module disasters_check;

#endif
