/* schemas/tables/views.h: what becomes of a message in a view: a row a value, from its segment and
 * field (SS-MIX2, HL7 2.5) to its place in CDA R2 and in FHIR R4. A table a kind; the reader and
 * both writers go through it, and nothing stands in a document that no row puts there.
 *
 * Places are paths from the item's entry (CDA) or resource (FHIR): names with '/' between. A name
 * may be followed by constants in brackets, which are there where the element is: attributes in
 * CDA, strings in FHIR; they tell elements of one name apart. "@name" at the end is an attribute; a
 * number is the place in an array. Two values for one place stand behind each other with a blank
 * between; "name#2" is another element of that name. CDA's elements stand in the order of the rows,
 * and nothing stands at a place that no row came to. */
#ifndef SCHEMAS_TABLES_VIEWS_H
#define SCHEMAS_TABLES_VIEWS_H

#include <stdbool.h>
#include <stddef.h>

#include "schemas/model/region.h"

enum view_value {
	VIEW_TEXT,
	VIEW_NUMBER, /* shown where it is one */
	VIEW_TIME,
	VIEW_INSTANT,    /* a time that FHIR wants to the second; CDA as it is */
	VIEW_SYSTEM,     /* the name of the code system of the code two components before it */
	VIEW_UNIT,       /* a code that FHIR shows only where its system is known (qty-3) */
	VIEW_EITHER,     /* words; where there are none, the code one component before them */
	VIEW_EACH,       /* the same of every repetition */
	VIEW_WHOLE,      /* the field as it stands */
	VIEW_ID,         /* a uniqueId: root and extension in CDA, system and value in FHIR */
	VIEW_PART,       /* "@within", in FHIR: a reference to the item this one is part of */
	VIEW_DEPARTMENT, /* a code; told by the name SS-MIX2 has for it */
	VIEW_MARK,       /* the place with its constants, where something is said */
	VIEW_CONSTANT    /* the place with its constants, always */
};

/* What a code of a message is called elsewhere; the last row has no said and is what any other is.
 * NULL: not shown there. */
struct view_word {
	const char *said, *cda, *fhir, *told;
};

struct view_place {
	const char *segment;
	unsigned field;
};

enum { VIEW_OTHERS_MOST = 2 };

struct view_field {
	/* "OBX" ...; "@facility", "@institution" (seven digits), "@document" and "@item" (its
	 * uniqueId, and the how-manieth of it): whose it is; "@note": its NTE; "@type": the item's,
	 * "@state": the same, with a point behind it when it has ended; "@within": as "@item", of
	 * what it is part of. */
	const char *segment;
	unsigned field, component, subcomponent; /* 0: 1 */
	struct view_place or [VIEW_OTHERS_MOST]; /* the first of these that says something else */
	enum view_value value;
	bool ends;        /* it is said by what ends the item (view_pairing) */
	const char *when; /* types of the item's value it is for, with blanks between; NULL: all */
	const struct view_word *words;
	const char *cda, *fhir; /* NULL: not there */
	/* Places of FHIR, or of CDA where the row has none in FHIR: only where nothing is at the
	 * one, only where something is at the other. */
	const char *unless, *with;
	unsigned column; /* of the narrative, from 1; 0: not told there */
};

/* What a segment is. */
enum view_role {
	VIEW_GROUP,    /* of the items behind it, until another of that name or of one before */
	VIEW_ITEM,     /* one begins */
	VIEW_DETAIL,   /* of the item before it, the first of its name */
	VIEW_OF_GROUP, /* of the group before it; it ends no group */
};
struct view_segment {
	const char *name;
	enum view_role role;
};

/* An item with one of these codes there is taken back: it is none, and takes back what is the same
 * in messages before (VIEW_ITEM's segment). */
struct view_withdrawal {
	const char *segment;
	unsigned field;
	const char *codes; /* with blanks between */
	bool earlier;      /* it takes back earlier ones, too */
};

/* An item's type is what its message's event is called, the first row of it that holds; where no
 * row is, the event itself. */
struct view_event {
	const char *event;
	struct view_place place; /* in the item's own segment */
	const char *codes;       /* one of these stands there, with blanks between */
	const char *type;
};

/* Items of a system that belong together: of one number where both have one. */
struct view_pairing {
	const char *type;
	const char
		*by; /* types of what ends it, with blanks between: the newest before, and open */
	/* It was no more than planned, and by is what came of it, known later: it is gone. */
	bool planned;
	const char *absorbed; /* of by: no item of its own where it ends one */
};

enum {
	VIEW_EVENTS_MOST = 4,
	VIEW_PAIRINGS_MOST = 8,
	VIEW_ROWS_MOST = 64,
	VIEW_SEGMENTS_MOST = 8,
	VIEW_WITHDRAWALS_MOST = 4,
	VIEW_COLUMNS_MOST = 14
};

struct view_table {
	const char *type, *events; /* MSH-9; of several events with blanks between */
	struct view_segment segments[VIEW_SEGMENTS_MOST];
	struct view_withdrawal withdrawals[VIEW_WITHDRAWALS_MOST];
	/* What the item is about (CE: its code or its words must be there), and the message's own
	 * number of it, or no field. */
	struct view_place about, number;
	/* An item's type is what OBX-5 holds, of what OBX-2 says; false: items have none. */
	bool typed;
	/* Types by the event instead, one item a message, and what they have to do with each
	 * other; part: types that are part of the item of type whole that is open then. */
	bool by_event;
	struct view_event event_types[VIEW_EVENTS_MOST];
	struct view_pairing pairings[VIEW_PAIRINGS_MOST];
	const char *part, *whole;
	const struct view_field *fields; /* ended by a row without segment */
	const char *resource;            /* FHIR: resourceType */
	const char *subject;             /* its reference to the patient */
	/* FHIR: the profile it follows where it has all of these, with blanks between. */
	const char *profile, *profile_needs;
	/* Of the narrative, ended by NULL; the first two are the document's day and facility. */
	const char *columns[VIEW_COLUMNS_MOST];
};

/* NULL: of medication, which has a table of its own (schemas/tables/medication.h). */
const struct view_table *view_table_of(enum view_kind kind);
extern const struct view_table view_laboratory, view_allergies, view_diagnoses, view_visits;

#endif
