/* profiles/xca/query_elsewhere.h: a stored query is asked of other communities, too. We are the
 * Initiating Gateway of Cross-Community Access (ITI TF-1: 18; ITI TF-2: 3.38): whoever asks our
 * registry is answered with what the communities have that know the patient.
 *
 * Of a stored query of ITI-18: read() begins, call() asks, as each community's answer comes it is
 * written into a spool, object by object, and handle() says what of it all is given. Who is asked:
 *
 *	home                        patient named             objects by their ids
 *	none                        we, and all that know     we; at /xca/initiating refused:
 *	                            him                       XDSMissingHomeCommunityId
 *	ours                        we                        we
 *	a community's               that one, if it knows     that one
 *	                            him
 *	nobody's                    XDSUnknownCommunity       XDSUnknownCommunity
 *
 * A patient who does not take part, or hides from who asks, is asked of nobody, as he has no
 * documents of others here. Thread-safety: as the exchange. */
#ifndef PROFILES_XCA_QUERY_ELSEWHERE_H
#define PROFILES_XCA_QUERY_ELSEWHERE_H

#include <stdbool.h>
#include <stddef.h>

struct audit_event;
struct exchange;
struct query_elsewhere;
struct registry_query;
struct xml_writer;

/* In read(). NULL: nobody else is ever asked, all is as if there were no communities. */
struct query_elsewhere *query_elsewhere_begin(struct exchange *x);
/* Of a query that was read: whether it says of whom it is asked. False: the exchange's problem. */
bool query_elsewhere_names(struct exchange *x, const struct query_elsewhere *e,
			   const struct registry_query *q);
/* The whole of call(). */
bool query_elsewhere_ask(struct exchange *x, struct query_elsewhere *e,
			 const struct registry_query *q);
/* Our own registry is asked as well. */
bool query_elsewhere_here(const struct query_elsewhere *e);

/* What is given of it all. */
struct elsewhere_given;
/* In handle(), with what our own registry has: here false is its problem, the exchange's. NULL:
 * nobody else has a part in the answer. */
const struct elsewhere_given *query_elsewhere_give(struct exchange *x,
						   const struct query_elsewhere *e,
						   const struct registry_query *q, bool here,
						   size_t objects_here);
/* @status and errors, of an answer whose root is open; and the objects, of a list that is. */
void query_elsewhere_put_outcome(struct xml_writer *w, const struct elsewhere_given *g);
void query_elsewhere_put_objects(struct xml_writer *w, const struct elsewhere_given *g);
/* What is to be recorded besides: who gave another patient's. */
void query_elsewhere_audited(struct exchange *x, const struct query_elsewhere *e,
			     struct audit_event *event);

#endif
