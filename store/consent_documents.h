/* store/consent_documents.h: which documents decided what about a patient's consent, and how it
 * stands with them. What holds for the patient is store/consent.h's; here is what a document said,
 * so that it can be taken back when the document is.
 *
 * A document is known by the patient record it hangs on and its DocumentEntry's logical id (the
 * entryUUID of the first version). Promises, each with a test of the same name in
 * tests/store/consent_documents_test.c:
 *   D1  what was written is read, word for word
 *   D2  a document is due exactly at its next moment: its beginning while it is pending, its end
 *       while it is in force, and never after
 *   D3  a row that cannot be read fails the transaction; it is never as if it were not there */
#ifndef STORE_CONSENT_DOCUMENTS_H
#define STORE_CONSENT_DOCUMENTS_H

#include <stdbool.h>
#include <stdint.h>

#include "schemas/model/consent_form.h"

struct arena;
struct check_module;
struct record_numbers;
struct store_txn;

struct consent_document {
	uint64_t subject;  /* the patient record the document hangs on */
	const char *entry; /* logical id of its DocumentEntry */
	const char *unique_id;
	const char *system; /* who submitted it */
	enum consent_kind kind;
	enum consent_document_state state;
	instant from, until; /* until 0: no end */
	instant recorded;    /* when it came */
	instant again; /* it was due, and could not be seen to: when to try again; 0: it was not */
	/* withdrawn, but not by its status: its octets went, or a signature over it is invalid */
	bool unusable;
	uint64_t record; /* the patient record its words are decided with */
	struct consent_word *words;
	struct consent_document *next;
};

/* On the committer. Writes the row anew, and when it is due. False: the store failed, or the entry
 * is no entryUUID. */
bool consent_document_put(struct store_txn *t, struct arena *a, const struct consent_document *d);
/* Those of these records, by record; in no other order. NULL: none (or the store failed). */
struct consent_document *consent_documents_of(struct store_txn *t, struct arena *a,
					      const struct record_numbers *subjects);
/* The same of one record. */
struct consent_document *consent_documents_with(struct store_txn *t, struct arena *a,
						uint64_t subject);
/* The one that has been due longest, at that moment or before. NULL: none is (or the store
 * failed). */
struct consent_document *consent_document_due(struct store_txn *t, struct arena *a, instant now);

extern const struct check_module consent_documents_check;

#endif
