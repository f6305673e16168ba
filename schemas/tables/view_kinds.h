/* schemas/tables/view_kinds.h: the documents we make of a person's messages when they are asked for
 * (section on-demand): a row a kind. */
#ifndef SCHEMAS_TABLES_VIEW_KINDS_H
#define SCHEMAS_TABLES_VIEW_KINDS_H

#include <stdbool.h>
#include <stddef.h>

#include "schemas/model/region.h"

struct document_entry;

struct view_code {
	const char *code, *display;
};

/* LOINC: type of the document, and of its one section. */
struct view_kind_row {
	const char *name; /* of its section in the configuration, and within its ids */
	const char *title, *titles[VIEW_FORMS]; /* of the document, of its entries */
	struct view_code type, section;
	struct view_code of_one; /* type of one message's document; without code: as type */
	const char *class_code;  /* LOINC */
	const char *noun,
		*nouns;      /* what its sources are called, to who reads: 処方, prescriptions */
	const char *preface; /* what it is, to who reads */
	/* Octets of all its sources together. What they say stays in memory until the document is
	 * written, and is 8 times as long in CDA, 16 in FHIR: half of exchange-memory, as shipped.
	 * newest: of more the newest are shown, and how many are not; else more are refused. */
	size_t octets_most;
	bool newest;
	/* Messages that it is made of: typeCodes as the import of SS-MIX2 gives them, with blanks
	 * between. */
	const char *source_codes, *source_scheme;
};
extern const struct view_kind_row view_kinds[VIEW_KINDS];

/* The codes of its entries. */
enum { VIEW_ENTRY_CODES = 6 };
struct view_entry_code {
	const char *attribute, *code, *scheme, *display;
};
void view_entry_codes(enum view_kind kind, struct view_entry_code out[VIEW_ENTRY_CODES]);

/* An HL7 v2 message that views of that kind are made of: what the import of SS-MIX2 makes of it,
 * and whoever provides one with the same codes. VIEW_KINDS: none. */
enum view_kind view_kind_of_source(const struct document_entry *e);
/* By its name; VIEW_KINDS: there is none. */
enum view_kind view_kind_named(const char *name);

/* What a view is made of. */
enum {
	/* Messages of one person that one document is made of: two a week for nine years. Each is
	 * a look at the registry and at a document; beyond it the document would be none that
	 * anybody reads, and leaving some out would make it false: it is refused. */
	VIEW_SOURCES_MOST = 1000,
	/* Octets of one: a message of 200 drugs has some 100 KiB. More: it could not be read. */
	VIEW_MESSAGE_MOST = 256 << 10,
	/* Characters of a number: what a double says without loss. */
	VIEW_NUMBER_MOST = 15,
};

#endif
