/* profiles/ssmix2/transaction_log.h: what was added to a transaction storage (HS026:
 * トランザクションストレージ) since one looked last.
 *
 *	YYYY/TR_YYYYMMDDHHMMSSFFF_nnnnn.DAT
 *
 * Each record is a line that names the patient, and a message. It is the writer's diary, which he
 * keeps only for a while: a hint whose files to look at, in the order they were written, where a
 * look at all of them takes long. What it says of the files is not believed.
 *
 * Used by one thread. */
#ifndef PROFILES_SSMIX2_TRANSACTION_LOG_H
#define PROFILES_SSMIX2_TRANSACTION_LOG_H

#include <stdbool.h>
#include <stddef.h>

#include "gateway/base/bytes.h"
#include "schemas/tables/problem.h"

struct arena;
struct transaction_log;

enum { TRANSACTION_READ_MOST = 4 << 20 }; /* octets at once: what is left is read the next time */

/* directory: of the years; texts are copied. NULL: no memory. */
struct transaction_log *transaction_log_create(const char *directory);
void transaction_log_destroy(struct transaction_log *log); /* NULL is fine */
const char *transaction_log_directory(const struct transaction_log *log);

/* What is there is known. False: it cannot be read, p says why. */
bool transaction_log_pass(struct transaction_log *log, struct arena *a, struct problem *p);
/* The patient of each record that was added since, an id as SS-MIX2 has them; one may come twice.
 * False: it cannot be read. The arena is for the while. */
bool transaction_log_read(struct transaction_log *log, struct arena *a,
			  void (*patient)(void *with, const char *id), void *with,
			  struct problem *p);

/* The same of a piece of one, which begins where a record does. How many of its octets are over and
 * done with: up to the beginning of what may be a header that is not written to its end. Pure. */
size_t transaction_log_records(struct arena *a, struct bytes text,
			       void (*patient)(void *with, const char *id), void *with);

#endif
