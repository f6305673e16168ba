/* store/store_form.h: in which form the store is. What it keeps is read as one form has it. A
 * store of a former release is opened only by who brings it over (store/store_migration.h) or
 * looks at it; one of a later release by nobody. Each is told with what there is to do, before
 * anything is written. Any thread, within its transaction. */
#ifndef STORE_STORE_FORM_H
#define STORE_STORE_FORM_H

#include <stdbool.h>

#include "gateway/base/bytes.h"
#include "gateway/base/clock.h"

struct key;
struct problem;
struct store_settings;
struct store_txn;

/* The form that this release writes; and whether it reads that one, and so can bring it over. */
unsigned store_form_number(void);
bool store_form_is_read(unsigned form);
/* That store's; 0: it has none, for nothing stands in it, or it cannot be read. */
unsigned store_form_of(struct store_txn *t);
/* It has this release's form and a secret: nothing is to be written. */
bool store_form_is_ours(struct store_txn *t);
/* Where the engine has it, and whether the settings may open a store in which that was found.
 * False: PROBLEM_CONFIGURATION. */
struct key store_form_key(void);
bool store_form_admits(struct bytes found, const struct store_settings *s, struct problem *p);
/* A job: a new store gets this form, and its secret. */
bool store_form_agree(void *with, struct store_txn *t, struct problem *p);
/* Within the job of a step: it is of that form from here on. was: of which it was when whoever
 * brings it over began; kept by the last step. */
bool store_form_move(struct store_txn *t, unsigned to, unsigned was);

/* Which releases the store has met. NULL, 0: nothing is known, for a release before form 13 made
 * it; or nobody brought it over. Texts are the transaction's. */
struct store_life {
	const char *made_by, *brought_by;
	instant made, brought;
	unsigned made_form, brought_from;
};
/* False: it cannot be read. */
bool store_life_read(struct store_txn *t, struct store_life *out);

#endif
