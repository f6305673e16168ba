/* store/registry_record.h: objects of the registry as keys and records. Only store/registry*.c
 * includes this.
 *
 *	0x40  was: the last number given, now store/numbers.h
 *	0x41  subject, time reversed, number reversed -> DocumentEntry		0x42 ...
 *	SubmissionSet 0x43  subject, time and number reversed -> Folder
 *	0x44  time, number -> Association
 *	0x45  uuid (16 octets) -> kind, then the object's key
 *	0x46  DocumentEntry.uniqueId, time, number -> the entry's key
 *	0x47  SubmissionSet.uniqueId -> its key		0x48  Folder.uniqueId -> its key
 *	0x49  source uuid, time, number -> nothing	0x4a  target uuid, time, number -> nothing
 *	0x4b  subject, reference id (cut to REFERENCE_CUT octets), time, number -> the entry's key
 *	0x50  repositoryUniqueId, uniqueId -> the document (store/repository.c)
 *
 * Time: the moment of the submission. What came first is told by it; the number (store/numbers.h)
 * parts what came in one moment.
 */
#ifndef STORE_REGISTRY_RECORD_H
#define STORE_REGISTRY_RECORD_H

#include <stdbool.h>
#include <stdint.h>

#include "gateway/base/bytes.h"
#include "schemas/model/document.h"
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
	SPACE_REPOSITORY = 0x50
};

enum { UUID_OCTETS = 16, REFERENCE_CUT = 256 };

/* "urn:uuid:" and 36 lower-case characters; false for anything else. */
bool uuid_octets(const char *urn, unsigned char out[UUID_OCTETS]);

struct bytes entry_record(struct arena *a, const struct document_entry *e);
struct bytes set_record(struct arena *a, const struct submission_set *s);
struct bytes folder_record(struct arena *a, const struct folder *f);
struct bytes association_record(struct arena *a, const struct association *x);

/* What an object takes up on the disk, as store/usage.h counts. Its record has that length for as
 * long as it is there. */
uint64_t usage_of_object(struct bytes record);

/* The texts are borrowed from the record. NULL: not one. */
struct document_entry *entry_of_record(struct arena *a, struct bytes record);
struct submission_set *set_of_record(struct arena *a, struct bytes record);
struct folder *folder_of_record(struct arena *a, struct bytes record);
struct association *association_of_record(struct arena *a, struct bytes record);

/* Without reading it whole, and without memory; texts are borrowed from the record. What cannot be
 * read passes the glance: it is no object that is not wanted, and fails when it is sealed. */
bool record_glanced(struct bytes record, const struct registry_glance *g, bool entry);
/* False: not a record of these. */
bool record_facts(struct bytes record, struct registry_facts *out);
const char *record_fingerprint(struct bytes record); /* of a SubmissionSet; or NULL */
struct registry_document record_document(struct bytes record);
/* A DocumentEntry has it among its referenceIdList (CXi, exact). */
bool record_refers(struct bytes record, const char *reference_id);
/* The same DocumentEntry with another status: nothing else of it is read. */
struct bytes record_with_status(struct arena *a, struct bytes record,
				enum availability_status status);

#endif
