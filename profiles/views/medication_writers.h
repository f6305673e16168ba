/* profiles/views/medication_writers.h: a list of prescriptions as a document, and what both
 * forms of it say alike. */
#ifndef PROFILES_VIEWS_MEDICATION_WRITERS_H
#define PROFILES_VIEWS_MEDICATION_WRITERS_H

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

/* ---- What is told to who reads ---- */

/* Into the open element: paragraphs of that name, and a table of all lines. */
void medication_put_narrative(struct xml_writer *w, const struct medication_list *list,
			      const char *paragraph);

/* ---- Values ---- */

/* UCUM's word for a unit of time as messages have it ("d", "D"); NULL: none. */
const char *medication_time_unit(const char *said);
/* The doctor's names with a blank between; "" where there is none. */
const char *medication_prescriber(struct arena *a, const struct prescriber *p);

#endif
