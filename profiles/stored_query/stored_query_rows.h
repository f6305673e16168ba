/* profiles/stored_query/stored_query_rows.h: the stored queries of ITI TF-2: 3.18.4.1.2.4, and what
 * each of their parameters may be, as tables. */
#ifndef PROFILES_STORED_QUERY_STORED_QUERY_ROWS_H
#define PROFILES_STORED_QUERY_STORED_QUERY_ROWS_H

#include <stdbool.h>
#include <stddef.h>

#include "profiles/stored_query/stored_query.h"
#include "schemas/model/registry_query.h"

/* How values are read, ITI TF-2: 3.18.4.1.2.3.4 and 3.18.4.1.2.3.5. Whatever is not of its form is
 * refused by the parameter's name: "nothing found" is said only when nothing is there. */
enum reading {
	AS_PATIENT,           /* const char *: CX of an authority we answer for */
	AS_PATIENTS,          /* struct text_value *: the same, several */
	AS_HOME,              /* const char *: urn:oid */
	AS_UUIDS,             /* struct text_value *, in lower case */
	AS_DOCUMENT_IDS,      /* struct text_value *: DocumentEntry.uniqueId */
	AS_OIDS,              /* struct text_value * */
	AS_PATTERNS,          /* struct text_value *: SQL LIKE */
	AS_ASSOCIATION_TYPES, /* struct text_value *: URNs of ITI TF-3: 4.2.2 */
	AS_AVAILABILITY,      /* struct text_value *: URNs */
	AS_REFERENCES_ANDED,  /* struct text_alternatives *: CXi */
	AS_CODES,
	AS_CODES_ANDED, /* struct coded_value *, struct code_alternatives * */
	AS_TIME,        /* const char *, padded to 14 digits */
	AS_STATUS,      /* two bool: approved, deprecated */
	AS_TYPE,        /* two bool: stable, on-demand */
	AS_LEVEL        /* 1 or 2; bool: 2 */
};
enum number { ONE, MANY };
/* EITHER: exactly one of those of a query; ANY: at least one of them. */
enum need { OPTIONAL, REQUIRED, EITHER, ANY };

struct parameter {
	const char *name;
	enum reading as;
	enum number number;
	enum need need;
	size_t into; /* which field of struct registry_query */
};

struct stored_query_row {
	const char *id;
	enum stored_query kind;
	enum stored_queries among;
	const struct parameter *parameters; /* ended by one without a name */
	bool strict; /* what is no parameter of it is refused, not passed over */
};

/* NULL: none of this id among those. */
const struct stored_query_row *stored_query_find(enum stored_queries among, const char *id);
/* Of a filter of subscriptions. */
const struct stored_query_row *stored_query_filter_find(const char *id);

#endif
