/* profiles/ssmix2/document_entry.h: a file of an SS-MIX2 storage as a DocumentEntry.
 *
 * ITI TF-3: 4.2.3.2. The document is the file, octet for octet; its metadata come from its name and
 * from the facility, and are the same whenever they are made: importing again makes nothing new. */
#ifndef PROFILES_SSMIX2_DOCUMENT_ENTRY_H
#define PROFILES_SSMIX2_DOCUMENT_ENTRY_H

#include "gateway/base/clock.h"
#include "profiles/ssmix2/storage_name.h"
#include "schemas/model/document.h"
#include "schemas/model/region.h"
#include "store/blobs.h"
#include "store/store.h"

struct arena;
struct extended_media;
struct hl7_message;

/* Whose file it is. */
struct ssmix2_source {
	const struct region *region;
	const struct registered_system *facility; /* has a domain */
	instant now;                              /* of the import: nobody is born after tomorrow */
	unsigned char secret[STORE_SECRET];
};

/* OID under 2.25 (ITU-T X.667) of patient, 診療日, type, order and 発生日時; not of flag,
 * department and place, which may change. Keyed with the store's secret, or who guesses a
 * facility's number for a patient could see whether he guessed right. sha256: of the octets, where
 * others stand under that id already (import_prepare.c: chunk_identify()); else NULL. */
const char *ssmix2_unique_id(struct arena *a, const struct ssmix2_source *s,
			     const struct storage_name *n, const unsigned char *sha256);
/* referenceIdList: the order (ITI TF-3: 4.2.3.2.28), the same for all versions and dates of it. */
const char *ssmix2_order_id(struct arena *a, const struct ssmix2_source *s,
			    const struct storage_name *n);
/* オーダNo says that there is none: 999999999999999. */
bool ssmix2_without_number(const struct storage_name *n);
/* An entry that ssmix2_submission() made, of whatever facility. */
bool ssmix2_is_entry(const struct document_entry *e);
/* serviceStartTime of the day: 00:00 in Japan, in UTC; NULL: the data type has no day. */
const char *ssmix2_service_start(struct arena *a, const struct storage_name *n);
/* No two data types that become documents have the same. */
const char *ssmix2_type_code(const struct storage_type *type);

/* One entry in a submission set of its own, ready to be validated and registered. replaces: the
 * entryUUID it corrects, or NULL. patient_id: CX in the affinity domain. */
struct ssmix2_document {
	const struct storage_name *name;
	const struct blob *octets;
	const char *unique_id;
	const struct extended_media *media; /* extended storage; else NULL */
};
struct submission *ssmix2_submission(struct arena *a, const struct ssmix2_source *s,
				     const struct ssmix2_document *d, const char *patient_id,
				     const char *replaces, instant now);
enum { SSMIX2_STUDIES_MOST = 32 };
/* referenceIdList: the imaging studies that were made (IPC-3 of OMG-11, OMG-12), each once, so that
 * the manifest of a study is found by the notice of it. What is no UID, and what comes after so
 * many studies, is left out. */
void ssmix2_refer_to_studies(struct arena *a, const struct hl7_message *m,
			     struct document_entry *e);

#endif
