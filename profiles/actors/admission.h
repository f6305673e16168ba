/* profiles/actors/admission.h: what an actor asks before it tells.
 *
 * The answer is permit or hide; hidden things are as if they did not exist: no count, no error.
 * Filled by the exchange with the policy's decision for this requester; an actor that lists records
 * asks for each one. */
#ifndef PROFILES_ACTORS_ADMISSION_H
#define PROFILES_ACTORS_ADMISSION_H

#include <stdbool.h>
#include <stdint.h>

struct document_entry;
struct store_txn;

struct admission {
	void *self;
	/* May the requester learn that this patient record is there (PIX), if it is another's? */
	bool (*record)(void *self, struct store_txn *t, uint64_t subject);
	/* May the requester see what was submitted for this patient record by that system? */
	bool (*subject)(void *self, struct store_txn *t, uint64_t subject,
			const char *source_system);
	unsigned hidden;	/* how many times the answer was no: for the local audit record */
};

#endif
