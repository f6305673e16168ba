/* store/backup_said.h: what a backup says of itself, and of the store it is of; for store.c. */
#ifndef STORE_BACKUP_SAID_H
#define STORE_BACKUP_SAID_H

#include <stdbool.h>

#include "gateway/base/clock.h"
#include "store/backup_files.h"

struct store;

enum { BACKUP_OID = 256 };

struct backup_said {
	struct backup_about about; /* its texts are the arrays below */
	char made[XML_TIME_TEXT], oids[3][BACKUP_OID];
};

/* As of now: what comes while the copy is made may be in it as well. */
bool backup_said_of(struct store *s, struct backup_said *out, struct problem *p);
/* onto is a backup that came to its end, and another directory than that. */
bool backup_said_is_whole(const char *onto, const char *directory, struct problem *p);

#endif
