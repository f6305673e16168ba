/* schemas/model/medication.h: what prescriptions say, and a person's list of them.
 *
 * Every text is as its message says it, "" where it says nothing; what may stand there is a row of
 * schemas/tables/medication.h, which has read it. */
#ifndef SCHEMAS_MODEL_MEDICATION_H
#define SCHEMAS_MODEL_MEDICATION_H

#include "schemas/model/view.h"

/* CE: a code, its words, and the system by its name in HL7 v2 ("HOT", "99OWN"). */
struct medication_code {
	const char *code, *text, *system;
};

/* TQ1: how it is taken, and how long. */
struct medication_usage {
	struct medication_code usage;
	const char *dose; /* each time, where it differs from usage to usage */
	const char *lasting, *lasting_unit;
	const char *start, *end; /* TS */
	const char *instruction;
	struct medication_usage *next;
};

struct prescriber {
	const char *family, *given;
};

/* One ORC with its RXE: one drug. */
struct medication_line {
	const char *ordered; /* TS */
	struct prescriber prescriber;
	struct medication_code department;
	struct medication_code drug, same_drug; /* the facility's code and a standard one, or not */
	struct medication_code form, dose_unit, supply_unit, route, instruction;
	const char *dose, *supply;
	const char *daily, *daily_unit; /* what all usages come to in a day */
	const char *note;               /* NTE of the RXE, line by line */
	struct medication_usage *usages;
	struct medication_line *next;
};

struct prescription {
	struct view_origin origin;
	struct view_person person;
	struct medication_line *lines; /* none: all of it is cancelled */
	struct prescription *next;
};

struct medication_list {
	struct view_head head;
	const struct prescription *prescriptions; /* newest first */
};

#endif
