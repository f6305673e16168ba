/* store/deferred_questions.h: what other communities asked us to answer later (ITI-55, Deferred
 * Response Option; ITI TF-2: 3.55.6.2), by the wsa:MessageID of the question.
 *
 *	asked			kept, with what was decided and its errand, in one job
 *	asked so again		it is there: the errand answers both
 *	the answer was taken	the question goes; that it was one is known until its time is over
 *	its time is over	nobody waits any more: nothing is sent, and it is forgotten
 *
 * What was decided is kept, not what is told: the message is made when it is sent, and consent is
 * asked then (gateway/answering_later.c).
 *
 *	0xeb  partner, SHA-256 of the MessageID -> the question, and what was decided
 *
 * Promises, each with a test of the same name in tests/store/deferred_questions_test.c:
 *   Q1  a question is found by its partner and MessageID, and has one errand, which leads to it
 *   Q2  beyond so many that wait at one address none is taken
 *   Q3  of one that was answered nothing is left but that it was asked
 *   Q4  what has had its time is not found any more, and forgotten
 *
 * What is read lives in the arena given. Thread-safety: as the transaction. */
#ifndef STORE_DEFERRED_QUESTIONS_H
#define STORE_DEFERRED_QUESTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "gateway/base/bytes.h"
#include "gateway/base/clock.h"
#include "schemas/tables/problem.h"

struct arena;
struct check_module;
struct errand;
struct store_txn;

#define DEFERRED_ERRAND "deferred-discovery"

enum {
	DEFERRED_SECONDS = 8 * 24 * 3600, /* somebody waits so long, as we do (store/awaited.h) */
	DEFERRED_MOST = 256,              /* of one system and address; more are asked again */
	DEFERRED_OCTETS = 96 << 10,       /* of a question: its query has 64 KiB at most */
	DEFERRED_NAME_MOST = 256,         /* of a MessageID */
	DEFERRED_PRINT = 32
};

/* What stands in rows: never another meaning. */
enum deferred_outcome {
	DEFERRED_NOBODY = 1,
	DEFERRED_ONE,
	DEFERRED_MORE_WANTED,
	DEFERRED_UNDECIDED,
	DEFERRED_OUTCOMES
};

struct deferred_question {
	const char *partner;    /* the community */
	const char *system;     /* its gateway, who asked */
	const char *address;    /* URL that is answered at */
	const char *message_id; /* wsa:MessageID of the question */
	const char *answer_id;  /* UUID of the answer's message */
	const char *endpoint;   /* of ours, that was asked; for the audit log */
	const char *exchange;   /* that asked */
	struct bytes body;      /* the message, PRPA_IN201305UV02; nothing: it was answered */
	unsigned char print[DEFERRED_PRINT]; /* of that; when it is kept it is made of it */
	instant asked, until;
	enum deferred_outcome outcome;
	unsigned wants; /* MORE_WANTED: profiles/xcpd/discovery_answer.h */
	/* ONE: the record that is told, and the code he is known by there. */
	uint64_t record;
	const char *code;
	unsigned degree;
};

/* In a job: takes it, with its errand. BUSY: too many wait there. False: p says why. */
bool deferred_question_put(struct store_txn *t, const struct deferred_question *q,
			   struct problem *p);
/* False: that partner asked none such, or its time is over (or the store failed). */
bool deferred_question_find(struct store_txn *t, struct arena *a, const char *partner,
			    const char *message_id, instant now, struct deferred_question *out);
/* It was the same message. */
bool deferred_question_is(const struct deferred_question *kept, struct bytes body);
/* Of which question an errand is the answer. False: of none that waits for one (or the store
 * failed). */
bool deferred_question_of(struct store_txn *t, struct arena *a, const struct errand *e, instant now,
			  struct deferred_question *out);
/* In a job: its answer was taken. False: the store failed. */
bool deferred_question_answered(struct store_txn *t, const struct deferred_question *q);
/* In a job: forgets those whose time was over before that moment. *more: not all of it yet; another
 * job goes on. False: the store failed. */
bool deferred_questions_forget(struct store_txn *t, instant before, bool *more);

extern const struct check_module deferred_questions_check;

#endif
