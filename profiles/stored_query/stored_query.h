/* profiles/stored_query/stored_query.h: how a stored query is read, whichever transaction it comes
 * by. ITI TF-2: 3.18.4.1.2; 3.51.4.1.2 and 3.38.4.1.2 refer to it.
 *
 * Two things: tables that say which queries there are and what each parameter may be
 * (stored_query_rows.c), and what reads by them, a query (stored_query_read.c) and the values of
 * one parameter (stored_query_values.c). It knows for whom it reads, for which ids may be asked
 * with depends on that, but neither transaction nor exchange, and it looks into no store. */
#ifndef PROFILES_STORED_QUERY_STORED_QUERY_H
#define PROFILES_STORED_QUERY_STORED_QUERY_H

#include <stdbool.h>

struct findings;
struct problem;
struct registry_desk;
struct registry_query;
struct xml_node;

/* Which there are depends on the transaction: those of one patient (ITI-18), or of several
 * (ITI-51). */
enum stored_queries { QUERIES_OF_ONE_PATIENT, QUERIES_OF_SEVERAL_PATIENTS };

/* request: an AdhocQueryRequest. False: what cannot be read is in p, the parameter by its name,
 * with why; what is passed over by the standard's own rule is told in f. As far as it could be
 * read, which query it is stands in q all the same, for the audit record. Of an Individual Number
 * nothing does. */
bool stored_query_read(const struct registry_desk *d, enum stored_queries among,
		       const struct xml_node *request, struct registry_query *q, struct findings *f,
		       struct problem *p);

/* The same, whichever community's home it names: for who asks them (ITI TF-2: 3.38). */
bool stored_query_read_of_any(const struct registry_desk *d, enum stored_queries among,
			      const struct xml_node *request, struct registry_query *q,
			      struct findings *f, struct problem *p);

/* filter: the rim:AdhocQuery of a subscription (ITI TF-2: 3.52.5.2), with parameters as a stored
 * query has them. q->kind says of what it is: FindDocuments, FindSubmissionSets or FindFolders;
 * without patient_id it is of every patient. What is not understood of it is refused. */
bool stored_query_filter_read(const struct registry_desk *d, const struct xml_node *filter,
			      struct registry_query *q, struct problem *p);

#endif
