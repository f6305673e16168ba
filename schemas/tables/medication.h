/* schemas/tables/medication.h: which documents are prescriptions, where what stands in them, and
 * what becomes of it: a row a field, from RDE^O11 (SS-MIX2 OMP-01) to CDA R2 and FHIR R4. */
#ifndef SCHEMAS_TABLES_MEDICATION_H
#define SCHEMAS_TABLES_MEDICATION_H

#include <stdbool.h>
#include <stddef.h>

struct document_entry;

/* What a list is made of. */
enum {
	/* Prescriptions of one person that one list is made of: two a week for nine years. Each is
	 * a look at the registry and at a document; beyond it the list would be none that anybody
	 * reads, and leaving some out would make it false: it is refused. */
	MEDICATION_PRESCRIPTIONS_MOST = 1000,
	/* Octets of one: a message of 200 drugs has some 100 KiB. More: it could not be read. */
	MEDICATION_MESSAGE_MOST = 256 << 10,
	/* Of all together: some 6,000 drugs. What they say stays in memory until the list is
	 * written, and is 8 times as long in CDA: half of exchange-memory, as shipped. */
	MEDICATION_OCTETS_MOST = 2 << 20,
	/* Characters of a number: what a double says without loss. */
	MEDICATION_NUMBER_MOST = 15,
};

/* An HL7 v2 message of a prescription: what the import of SS-MIX2 makes of OMP-01, and whoever
 * provides one with the same codes. */
bool medication_is_prescription(const struct document_entry *e);

/* The codes of the entry whose document is such a list. */
struct medication_entry_code {
	const char *attribute, *code, *scheme, *display;
};
extern const struct medication_entry_code medication_entry_codes[]; /* ended by one without */

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

/* A code system by its name in HL7 v2, of codes of that length (0: any). */
struct medication_system {
	const char *name;
	size_t length;
	const char *oid, *url;
};
/* NULL: nobody but the facility knows it. */
const struct medication_system *medication_system_of(const char *name, const char *code);

#endif
