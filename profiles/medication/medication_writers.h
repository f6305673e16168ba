/* profiles/medication/medication_writers.h: a list of prescriptions as a document, and what both
 * forms of it say alike.
 *
 * Each writes the same octets for the same list, and id where it is told: before anything that a
 * message says, so that it is found there (medication_document.c). */
#ifndef PROFILES_MEDICATION_MEDICATION_WRITERS_H
#define PROFILES_MEDICATION_MEDICATION_WRITERS_H

#include "gateway/base/bytes.h"
#include "schemas/model/medication.h"

struct arena;
struct xml_writer;

/* HL7 CDA Release 2. */
struct bytes medication_write_cda(struct arena *a, const struct medication_list *list,
				  const char *id);
/* FHIR R4: a Bundle of type document, its Composition first. */
struct bytes medication_write_fhir(struct arena *a, const struct medication_list *list,
				   const char *id);

#define LOINC_OID "2.16.840.1.113883.6.1"
#define LOINC_URL "http://loinc.org"
/* What IHE Pharmacy calls its list of medications, and LOINC a list for whoever treats; the section
 * within is what each of these has, 10160-0. 57833-6 is one prescription. */
#define MEDICATION_TYPE "56445-0"
#define MEDICATION_TYPE_NAME "Medication summary Document"
#define MEDICATION_SECTION "10160-0"
#define MEDICATION_SECTION_NAME "History of Medication use Narrative"
#define MEDICATION_TITLE "処方の一覧"

/* ---- What is told to who reads ---- */

/* Into the open element: paragraphs of that name, and a table of all lines. */
void medication_put_narrative(struct xml_writer *w, const struct medication_list *list,
			      const char *paragraph);

/* ---- Values ---- */

/* TS of the message, in Japan where it names no zone. CDA: with a zone where it has a time. FHIR: a
 * date or dateTime; NULL for "". */
const char *medication_cda_time(struct arena *a, const char *text);
const char *medication_fhir_time(struct arena *a, const char *text);
/* A DTM of metadata (UTC): the day it is in Japan, 2024-04-02. */
const char *medication_day(struct arena *a, const char *dtm);
/* UCUM's word for a unit of time as messages have it ("d", "D"); NULL: none. */
const char *medication_time_unit(const char *said);
/* The parts of a uniqueId, which may have an extension (ITI TF-3: 4.2.3.2.26); NULL: none. */
struct medication_source {
	const char *root, *extension;
};
struct medication_source medication_source_of(struct arena *a, const char *unique_id);
/* The doctor's names with a blank between; "" where there is none. */
const char *medication_prescriber(struct arena *a, const struct prescriber *p);

#endif
