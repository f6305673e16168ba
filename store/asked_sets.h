/* store/asked_sets.h: submissions that another's registry was asked to register, and may have.
 *
 * A kill, or an answer that never came, leaves it open whether that registry has the submission; we
 * have its documents only when it said so (ITI-41). Its source, who was never told Success, sends
 * it again; so does one whose Success was lost on the way. But a registry need not take one set
 * twice. That it has it already is then the answer to the first time, if it was asked before, for
 * the same system, to register the very same: the fingerprint says so (store/registry.h). What is
 * kept is the question, not the documents.
 *
 *	the job before it is asked	asked_set_begin()
 *	the job that concludes it	asked_set_end()
 *	when it was asked again		asked_set_may_be_there()
 *
 * Promises, each with a test of the same name in tests/store/asked_sets_test.c:
 *   Q1  may be there what was asked before, by the same system, of the same content, and was not
 *       refused each time
 *   Q2  what nobody sends again is forgotten */
#ifndef STORE_ASKED_SETS_H
#define STORE_ASKED_SETS_H

#include <stdbool.h>

#include "gateway/base/clock.h"

struct arena;
struct check_module;
struct store_txn;

/* Each text is there. */
struct asked_set {
	const char *registry;    /* the partner's name */
	const char *system;      /* whose submission it is */
	const char *unique_id;   /* of its submission set */
	const char *fingerprint; /* of all of it */
};

/* In a job; false: the store failed. */
bool asked_set_begin(struct store_txn *t, const struct asked_set *s, instant now);
/* refused: this time. What may be there of a time before may be there still. */
bool asked_set_end(struct store_txn *t, const struct asked_set *s, bool refused, instant now);
/* In a snapshot or a job. False also when the store failed. */
bool asked_set_may_be_there(struct store_txn *t, struct arena *a, const struct asked_set *s);
/* In a job: forgets what was asked before that moment. *more: not all of it yet; another job goes
 * on. False: the store failed. */
bool asked_sets_forget(struct store_txn *t, instant before, bool *more);

extern const struct check_module asked_sets_check;

#endif
