/* store/registry_record.h: objects of the registry as keys and records. Only store/registry*.c
 * includes this.
 *
 *	0x40  was: the last number given, now store/numbers.h
 *	0x41  subject, time reversed, number reversed -> DocumentEntry		0x42 ...
 *	SubmissionSet 0x43  subject, time and number reversed -> Folder
 *	0x44  time, number -> Association
 *	0x45  uuid (16 octets) -> the object's key
 *	0x46  DocumentEntry.uniqueId, time, number -> subject
 *	0x47  SubmissionSet.uniqueId -> its key		0x48  Folder.uniqueId -> its key
 *	0x49  source's number, time, number -> nothing	0x4a  the same of the target
 *	0x4b  subject, reference id (cut to REFERENCE_CUT octets), time, number -> nothing
 *	0x4c  logical id (16 octets), version -> the key of that version; an object of which there
 *	      is one version only, its first, has no such row: 0x45 leads to it
 *	0x58  uuid of an entry, system text -> since when it has it (store/acceptances.c)
 *	0x50  repositoryUniqueId, uniqueId -> the document (store/repository.c)
 *
 * Time: the moment of the submission. What came first is told by it; the number (store/numbers.h)
 * parts what came in one moment, and stands for the object where something leads to it: what is
 * submitted next has the next ones, so that such keys come in their order. */
#ifndef STORE_REGISTRY_RECORD_H
#define STORE_REGISTRY_RECORD_H

#include <stdbool.h>
#include <stdint.h>

#include "gateway/base/bytes.h"
#include "gateway/base/clock.h"
#include "schemas/model/document.h"
#include "store/keys.h"
#include "store/registry.h"

enum registry_space {
	SPACE_ENTRY = 0x41,
	SPACE_SET = 0x42,
	SPACE_FOLDER = 0x43,
	SPACE_ASSOCIATION = 0x44,
	SPACE_BY_UUID = 0x45,
	SPACE_ENTRY_BY_UNIQUE_ID = 0x46,
	SPACE_SET_BY_UNIQUE_ID = 0x47,
	SPACE_FOLDER_BY_UNIQUE_ID = 0x48,
	SPACE_BY_SOURCE = 0x49,
	SPACE_BY_TARGET = 0x4a,
	SPACE_BY_REFERENCE_ID = 0x4b,
	SPACE_BY_LOGICAL_ID = 0x4c,
	SPACE_REPOSITORY = 0x50
};

enum { UUID_OCTETS = 16, REFERENCE_CUT = 256 };

/* "urn:uuid:" and 36 lower-case characters; false for anything else. */
bool uuid_octets(const char *urn, unsigned char out[UUID_OCTETS]);

/* Where an object stands: its key read, and made. */
struct registry_place {
	enum registry_space space;
	uint64_t subject; /* 0: an Association's, which has none */
	instant time;
	uint64_t number;
};
void place_key(const struct registry_place *p, struct key *k);
bool place_of_key(struct bytes key, struct registry_place *p); /* false: no object's */

/* What an object takes up on the disk, as store/usage.h counts: by what it says, for how short that
 * is kept depends on what else its sender said. It stays the same for as long as it is there. */
uint64_t usage_of_object(enum registry_space space, struct bytes record);

/* The row of one version; false: no such logical id. */
bool version_key(const char *logical_id, uint32_t version, struct key *k);
/* The rows of all versions, or of the last alone when descending; NULL: there is none. */
struct store_cursor *registry_scan_versions(struct store_txn *t, const char *logical_id,
					    bool descending);

/* The keys of an object's associations, from that side; NULL: it is not there. */
struct store_cursor *registry_scan_ends(struct store_txn *t, enum registry_space side,
					const char *uuid);
/* The key of the Association an end belongs to; of the entry that a row of 0x46 or 0x4b leads to.
 * Overflowed: it leads nowhere. */
void registry_end_leads_to(struct bytes key, struct key *at);
void registry_entry_leads_to(struct bytes key, struct bytes value, struct key *at);

/* What an object says, its id, ends, subject, sender and status aside: what its sender may learn
 * from (store/packing.h), and the rest. */
struct record_fields {
	struct bytes learnt, rest;
};
struct record_fields entry_fields(struct arena *a, const struct document_entry *e);
struct record_fields set_fields(struct arena *a, const struct submission_set *s);
struct record_fields folder_fields(struct arena *a, const struct folder *f);
struct record_fields association_fields(struct arena *a, const struct association *x);

/* Within a job. Empty: an id is none of a registered object, or the store failed. */
struct bytes entry_record(struct store_txn *t, struct arena *a, const struct document_entry *e);
struct bytes set_record(struct store_txn *t, struct arena *a, const struct submission_set *s);
struct bytes folder_record(struct arena *a, const struct folder *f);
struct bytes association_record(struct store_txn *t, struct arena *a, const struct association *x);

/* Texts are borrowed from the record, or the arena's. NULL: not one, or the store failed. */
struct document_entry *entry_of_record(struct store_txn *t, struct arena *a, uint64_t subject,
				       struct bytes record);
struct submission_set *set_of_record(struct store_txn *t, struct arena *a, uint64_t subject,
				     struct bytes record);
struct folder *folder_of_record(struct store_txn *t, struct arena *a, uint64_t subject,
				struct bytes record);
struct association *association_of_record(struct store_txn *t, struct arena *a,
					  struct bytes record);

/* A DocumentEntry that is Approved, stable and a system's: what store/months.h counts. Whose; NULL:
 * it is none. Borrowed. */
const char *record_counts_for(enum registry_space space, struct bytes record);

/* By the front alone, which is not packed. A record that cannot be read passes the glance: whoever
 * opens it is told. */
bool record_glanced(struct bytes record, const struct registry_glance *g, bool entry);
/* False: not a record of these. Texts are borrowed. */
bool record_facts(struct bytes record, uint64_t subject, struct registry_facts *out);
/* An entry that says what its front says, and its home community; the rest is not read. */
struct document_entry *entry_reference(struct store_txn *t, struct arena *a, uint64_t subject,
				       struct bytes record);
/* The same object with another status: nothing else of it is read. */
struct bytes record_with_status(struct arena *a, struct bytes record,
				enum availability_status status);
/* The same object, of which there is a newer version now: Deprecated. */
struct bytes record_of_former(struct arena *a, struct bytes record);

/* Fields for which the record is unpacked. */
struct registry_version {
	const char *logical_id; /* NULL: the record cannot be read */
	uint32_t version;
};
struct registry_version record_version(struct store_txn *t, struct arena *a, struct bytes record);
const char *record_fingerprint(struct store_txn *t, struct arena *a,
			       struct bytes record); /* of a SubmissionSet; or NULL */
struct registry_document record_document(struct store_txn *t, struct arena *a, struct bytes record);
/* A DocumentEntry has it among its referenceIdList (CXi, exact). */
bool record_refers(struct store_txn *t, struct arena *a, struct bytes record,
		   const char *reference_id);

#endif
