/* store/store_lock.h: one process has a store at a time. */
#ifndef STORE_STORE_LOCK_H
#define STORE_STORE_LOCK_H

#include <stdbool.h>

struct log;
struct problem;

/* Ours until *held is closed. False: another has it, which the problem names, and *held is to be
 * closed all the same; or its file cannot be opened, and *held is -1. */
bool store_lock(const char *directory, const struct log *log, int *held, struct problem *p);
/* No process has it, as far as that can be seen by us; else the problem names it. One may have it a
 * moment later all the same. */
bool store_is_free(const char *directory, struct problem *p);

#endif
