/* schemas/tables/medication.h: where what stands in prescriptions, and what
 * becomes of it: a row a field, from RDE^O11 (SS-MIX2 OMP-01) to CDA R2 and FHIR R4. */
#ifndef SCHEMAS_TABLES_MEDICATION_H
#define SCHEMAS_TABLES_MEDICATION_H

#include <stddef.h>

enum medication_place {
	MEDICATION_PATIENT, /* struct prescription; PID */
	MEDICATION_LINE,    /* struct medication_line; ORC, RXE, RXR */
	MEDICATION_USAGE    /* struct medication_usage; TQ1 */
};
enum medication_value { MEDICATION_TEXT, MEDICATION_NUMBER, MEDICATION_TIME };

struct medication_field {
	enum medication_place place;
	const char *segment;
	unsigned field, component, subcomponent;
	enum medication_value value;
	size_t offset; /* of a const char * in the place's struct */
	/* Where it stands in a document: below its substanceAdministration (that of the usage, or
	 * the recordTarget), and in its MedicationRequest (its dosageInstruction, the Patient; of
	 * prescriber and department the PractitionerRole). NULL: only in the narrative. */
	const char *cda, *fhir;
};
extern const struct medication_field medication_fields[]; /* ended by a row without segment */

#endif
