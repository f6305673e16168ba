/* gateway/envelope/ebrim.h: ebXML RegRep 3.0, as XDS writes metadata, queries and answers in it.
 *
 * ITI TF-3: 4.2.1 (coding), 4.2.4 (answers and errors), 4.2.5 (identifiers); ITI TF-2: 3.18.4.1.2
 * (stored queries). What the codes and ids mean, and whether they are known, is the actor's. */
#ifndef GATEWAY_ENVELOPE_EBRIM_H
#define GATEWAY_ENVELOPE_EBRIM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "schemas/model/document.h"
#include "schemas/tables/problem.h"

struct arena;
struct findings;
struct spools;
struct xml_node;
struct xml_writer;

#define RIM_NAMESPACE "urn:oasis:names:tc:ebxml-regrep:xsd:rim:3.0"
#define RS_NAMESPACE "urn:oasis:names:tc:ebxml-regrep:xsd:rs:3.0"
#define LCM_NAMESPACE "urn:oasis:names:tc:ebxml-regrep:xsd:lcm:3.0"
#define QUERY_NAMESPACE "urn:oasis:names:tc:ebxml-regrep:xsd:query:3.0"
#define XDSB_NAMESPACE "urn:ihe:iti:xds-b:2007"

enum {
	EBRIM_OBJECTS_MOST = 10000
}; /* of one submission, of each kind: entries, associations, ... */

/* lcm:SubmitObjectsRequest -> what it says, in the order it is said. Each fault of coding is a
 * finding (XDSRegistryMetadataError; where = object and attribute), and reading goes on, so that s
 * always holds what could be read. False: an error was found. Missing attributes are not a fault
 * here. Whatever is passed over is told with a warning (XDSExtraMetadataNotSaved): extra slots
 * whose names are no URN, and what the metadata model does not use; whatever has no place is
 * refused. */
bool ebrim_read_submission(struct arena *a, const struct xml_node *request, struct submission *s,
			   struct findings *f);
/* The same for who reads that one slot of the request (ebrim_request_slot()): it is not told as
 * passed over. */
bool ebrim_read_submission_slot(struct arena *a, const struct xml_node *request,
				const char *known_slot, struct submission *s, struct findings *f);
/* The values of a slot of the request, in the order they came, of all slots of that name. */
struct text_list *ebrim_request_slot(struct arena *a, const struct xml_node *request,
				     const char *name);
/* The same of an answer of ours or another's: query:AdhocQueryResponse of return type LeafClass. */
bool ebrim_read_found(struct arena *a, const struct xml_node *response, struct submission *s,
		      struct findings *f);
/* How many objects a submission has by itself: entries, packages, associations. For a limit that is
 * held before anything is read. */
size_t ebrim_count_objects(const struct xml_node *request);

/* rim:AdhocQuery: parameters by name, values without their quotes; where the same name was given
 * again there is another slot (AND). PROBLEM_QUERY_INVALID for what cannot be read. */
enum { QUERY_SLOTS_MOST = 100, QUERY_VALUES_MOST = 1000 }; /* of one query; honest ones have < 50 */

struct query_value {
	const char *text;
	bool quoted; /* 'text'; else a number */
	struct query_value *next;
};
struct query_slot {
	const char *name;
	struct query_value *values;
	unsigned count;
	struct query_slot *next;
};
struct adhoc_query {
	const char *id;        /* urn:uuid of the stored query */
	const char *home;      /* NULL if absent or empty */
	bool leaf_class;       /* returnType LeafClass; else ObjectRef */
	uint64_t most_results; /* the asker can take (maxResults); 0: any number */
	struct query_slot *slots;
};
bool ebrim_read_query(struct arena *a, const struct xml_node *request, struct adhoc_query *q,
		      struct problem *p);
/* The same of a rim:AdhocQuery that stands by itself: a filter (ITI TF-2: 3.52.5.2). */
bool ebrim_read_filter(struct arena *a, const struct xml_node *query, struct adhoc_query *q,
		       struct problem *p);

/* Answers. */
enum response_status { RESPONSE_SUCCESS, RESPONSE_PARTIAL_SUCCESS, RESPONSE_FAILURE };
/* Failure if there is an error and no result, PartialSuccess if there are both (ITI TF-3:
 * 4.2.4.2). */
enum response_status ebrim_status(const struct problem *p, const struct finding *findings,
				  bool results);

/* Which column of the problem table names the error. */
enum response_side { SIDE_REGISTRY, SIDE_REPOSITORY };

/* @status and rs:RegistryErrorList of an answer whose root is open (rs:RegistryResponse,
 * query:AdhocQueryResponse). p is said too when it is set and no finding is an error. */
void ebrim_put_outcome(struct xml_writer *w, enum response_status status, enum response_side side,
		       const struct problem *p, const struct finding *findings);
/* A whole rs:RegistryResponse. */
void ebrim_put_response(struct xml_writer *w, enum response_status status, enum response_side side,
			const struct problem *p, const struct finding *findings);
/* rim:RegistryObjectList. objects NULL: an empty one. Classifications and identifiers have ids made
 * from the id of their object, the same in every answer. */
void ebrim_put_objects(struct xml_writer *w, struct arena *a,
		       const struct registry_objects *objects, bool leaf_class);

/* A submission on its way to another registry: lcm:SubmitObjectsRequest. */
void ebrim_put_submission(struct xml_writer *w, const struct submission *s);
/* The same with one slot of the request, which ebrim_request_slot() reads. */
void ebrim_put_submission_slot(struct xml_writer *w, const struct submission *s, const char *slot,
			       const char *value);
/* What a registry answers to it: rs:RegistryResponse. Its errors and warnings become findings, in
 * its own words (ITI TF-2: 3.42.4.2.3.1). False: p says why it is none, or what in it contradicts
 * itself. */
bool ebrim_read_response(const struct xml_node *response, enum response_status *status,
			 struct findings *f, struct problem *p);
/* The same of query:AdhocQueryResponse, whose objects are another's to read. What it says of its
 * status and what it says of errors may contradict each other: both are told. */
bool ebrim_read_query_response(const struct xml_node *response, enum response_status *status,
			       struct findings *f, struct problem *p);
/* The same list, object by object, each written down and forgotten, before what stands in front of
 * it is known. It goes into spools (gateway/base/spool.h), so that it may have any number of
 * objects. each: an arena for what is needed while one is written. False: p says why the spool
 * could not keep it. */
struct ebrim_list;
struct ebrim_list *ebrim_list_begin(struct arena *a, struct spools *all, bool leaf_class);
bool ebrim_list_set(struct ebrim_list *l, struct arena *each, const struct submission_set *s,
		    struct problem *p);
bool ebrim_list_entry(struct ebrim_list *l, struct arena *each, const struct document_entry *e,
		      struct problem *p);
bool ebrim_list_folder(struct ebrim_list *l, struct arena *each, const struct folder *f,
		       struct problem *p);
bool ebrim_list_association(struct ebrim_list *l, struct arena *each, const struct association *x,
			    struct problem *p);
/* wanted false: what it holds is not sent after all. */
void ebrim_list_end(struct ebrim_list *l, bool wanted);
/* What stands in rim:RegistryObjectList, once the list has ended; NULL: nothing. */
void ebrim_put_list_content(struct xml_writer *w, const struct ebrim_list *l);
/* rim:RegistryObjectList, once the list has ended; NULL: an empty one. */
void ebrim_put_list(struct xml_writer *w, const struct ebrim_list *l);

#endif
