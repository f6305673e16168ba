/* profiles/actors/admission.h: what an actor asks before it tells.
 *
 * The answer is permit or hide; hidden things are as if they did not exist: no count, no error.
 * Filled by the exchange with the policy's decision for this requester; an actor that lists records
 * asks for each one. */
#ifndef PROFILES_ACTORS_ADMISSION_H
#define PROFILES_ACTORS_ADMISSION_H

#include <stdbool.h>
#include <stdint.h>

struct arena;
struct document_entry;
struct explanation;
struct folder;
struct partner;
struct requester;
struct sealed_entry;
struct sealed_folder;
struct sealed_set;
struct store_txn;
struct submission_set;

struct admission {
	void *self;
	/* The same requester's, to be asked on another thread: it remembers on its own, in that
	 * arena. NULL: one thread alone may ask. */
	void (*another)(void *self, struct arena *a, struct admission *out);
	/* May the requester learn that this patient record is there (PIX), if it is another's? */
	bool (*record)(void *self, struct store_txn *t, uint64_t subject);
	/* May he learn it of his own facility's? NULL: yes. */
	bool (*own)(void *self, struct store_txn *t, uint64_t subject);
	/* May he have what this system submitted for that patient record? 0: nobody's we know. */
	bool (*object)(void *self, struct store_txn *t, uint64_t subject,
		       const char *source_system);
	/* May he have the document of this entry, which is not of the registry? */
	bool (*shown)(void *self, struct store_txn *t, const struct document_entry *e);
	/* May that community be given the document of this entry, whoever asks? entry->subject is
	 * whose it is. NULL: nobody asks. */
	bool (*across)(void *self, struct store_txn *t, const struct partner *to,
		       const struct document_entry *e);
	/* Whether the entry that was asked about last is refused rather than hidden: who named it
	 * is told. */
	bool (*denied)(void *self);
	/* Why another requester may have the document of this entry, or may not: for the operator
	 * alone; NULL in the exchanges of others. */
	const struct explanation *(*explain)(void *self, struct store_txn *t,
					     const struct requester *as,
					     const struct document_entry *e);
	/* Opens what the registry keeps sealed (store/registry.h). NULL: hidden from the
	 * requester. */
	struct document_entry *(*entry)(void *self, struct store_txn *t, struct sealed_entry *e);
	struct submission_set *(*set)(void *self, struct store_txn *t, struct sealed_set *s);
	struct folder *(*folder)(void *self, struct store_txn *t, struct sealed_folder *f);
};

#endif
