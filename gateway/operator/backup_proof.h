/* gateway/operator/backup_proof.h: whether what a backup holds is what a region kept: every file
 * against the manifest, then the store itself, opened as a copy: every document against its
 * registration, every invariant, every chain of audit records. Nothing of the backup is written. */
#ifndef GATEWAY_OPERATOR_BACKUP_PROOF_H
#define GATEWAY_OPERATOR_BACKUP_PROOF_H

#include <stdbool.h>
#include <stdint.h>

#include "gateway/base/clock.h"
#include "schemas/tables/problem.h"
#include "store/backup_files.h"

struct arena;
struct at_rest;

struct backup_proof {
	struct backup_about about;
	struct backup_looked looked;
	uint64_t keys, findings, records; /* of the store: findings beside looked.faults */
	bool opened;                      /* its keys were whole enough to be looked at */
};

/* Keys are copied beside the backup for it, which takes as much room as they have, and removed at
 * the end. at_rest: the key it was encrypted with, or NULL. report() is told each fault. False: it
 * could not be looked at, as p says. */
bool backup_prove(const char *directory, const struct at_rest *at_rest, const struct clock *clock,
		  struct arena *a, void (*report)(void *with, const char *finding), void *with,
		  struct backup_proof *out, struct problem *p);

#endif
