/* store/store_form.h: in which form the store is. What it keeps is read as one form has it; a store
 * of another release is taken over where that is possible without a look at what it keeps, else
 * left alone, with what there is to do. */
#ifndef STORE_STORE_FORM_H
#define STORE_STORE_FORM_H

#include <stdbool.h>

struct problem;
struct store_txn;

/* The form that this release writes; and whether it reads that one. */
unsigned store_form_number(void);
bool store_form_is_read(unsigned form);
/* It has this release's form and a secret: nothing is to be written. */
bool store_form_is_ours(struct store_txn *t);
/* A job: a new store, or one of a form that is read as well, gets this one. Otherwise
 * PROBLEM_CONFIGURATION. */
bool store_form_agree(void *with, struct store_txn *t, struct problem *p);

#endif
