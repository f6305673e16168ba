/* profiles/pdq/query_v3.h: what a Patient Demographics Query HL7 V3 asks (queryByParameter of
 * PRPA_MT201306UV02) and how it goes on (queryContinuation of QUQI_MT000001UV01). ITI TF-2:
 * 3.47.4.1.2, 3.47.4.3.2.
 *
 * A parameter that cannot be read is an error at its place and never one that was not said: it
 * could have asked for less. Text is borrowed from the tree or lives in the arena. */
#ifndef PROFILES_PDQ_QUERY_V3_H
#define PROFILES_PDQ_QUERY_V3_H

#include "gateway/envelope/hl7v3.h"
#include "profiles/actors/demographics_supplier.h"

struct arena;
struct person_reader;
struct xml_node;

enum {
	/* Of one parameter, or values of it: alternatives each cost a search. */
	QUERY_V3_REPETITIONS = 16,
	QUERY_V3_UNKEPT = 18 /* both of the birth place, and all providers */
};

/* The query and its parameters are one, with some that only one transaction has. */
enum query_v3_of { QUERY_V3_DEMOGRAPHICS, QUERY_V3_DISCOVERY };

struct query_v3 {
	struct hl7v3_ii id;
	unsigned quantity; /* records of the first answer; 0: all */
	struct demographics_sought sought;
	/* Discovery: places of what was said that no record of ours says anything of. */
	const char *unkept[QUERY_V3_UNKEPT];
	size_t unkept_count;
};

/* An Individual Number stands somewhere in it, as an id, a name or whatever: nothing of it may go
 * on. twelve_digit_ids: an id may look like one. */
bool query_v3_has_my_number(struct arena *a, const struct xml_node *query, bool twelve_digit_ids);
/* Somebody is sought by how he is insured: japan.md D4. */
bool query_v3_asks_by_insured_number(const struct xml_node *query);
/* False: the problem is at its XPath. notes->refused: an id is an Individual Number. */
bool query_v3_read(const struct person_reader *r, const struct xml_node *query,
		   struct query_v3 *out);

/* The same of a Cross Gateway Patient Discovery (ITI TF-2: 3.55.4.1.2): with birth place and care
 * provider, without quantities and names by their sound. */
bool query_v3_read_discovery(const struct person_reader *r, const struct xml_node *query,
			     struct query_v3 *out);

struct query_v3_continuation {
	struct hl7v3_ii id; /* of the question that goes on */
	unsigned start;     /* the record to go on with, from 1; 0: the next one */
	unsigned quantity;  /* from now on; 0: as before */
	bool cancelled;     /* quantity 0 and aborted */
};
/* act: controlActProcess. False: the problem is at its XPath. */
bool query_v3_read_continuation(const struct person_reader *r, const struct xml_node *act,
				struct query_v3_continuation *out);

#endif
