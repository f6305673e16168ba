/* profiles/xca/retrieve_elsewhere.h: documents of other communities, fetched where they are. We are
 * the Initiating Gateway of Cross-Community Access (ITI TF-1: 18; ITI TF-2: 3.39, 3.43.4.1.3):
 * whoever fetches documents of us may name another community's.
 *
 * Of an ITI-43: call() asks each community of whom they are (whose_documents.h), then for all of
 * its own that may be given, all communities at once; handle() takes what they gave. Whose a
 * request is, by its HomeCommunityId:
 *
 *	none        at /xds/repository ours; at /xca/initiating XDSMissingHomeCommunityId
 *	ours        ours
 *	a partner's that community's: one ITI-38 and one ITI-39 with all of them
 *	nobody's    XDSUnknownCommunity, as our repository says it
 *
 * and of what a community says of those that are its own:
 *
 *	no answer that counts               XDSUnavailableCommunity, its home as the location
 *	errors, warnings                    relayed in its own words; without a location its home
 *	a document, whole                   given as it came, from the file it came into
 *	one whose part is cut, encoded,     that document's error; all others are given
 *	    missing, ambiguous
 *	one that nobody asked for, or twice dropped, and told with a warning
 *	one without HomeCommunityId         XDSMissingHomeCommunityId
 *	nothing of one                      XDSDocumentUniqueIdError of that document
 *
 * A document's octets are never in memory. Who asks on behalf of a community is sent on to nobody.
 * Thread-safety: as the exchange; all is in its arena. */
#ifndef PROFILES_XCA_RETRIEVE_ELSEWHERE_H
#define PROFILES_XCA_RETRIEVE_ELSEWHERE_H

#include <stdbool.h>
#include <stdint.h>

#include "gateway/base/bytes.h"

struct document_request;
struct exchange;
struct findings;
struct partner;

/* The whole of call(). */
bool retrieve_elsewhere_ask(struct exchange *x);

enum whose_request { REQUEST_OURS, REQUEST_ELSEWHERE, REQUEST_WITHOUT_HOME };
enum whose_request retrieve_elsewhere_whose(const struct exchange *x,
					    const struct document_request *r);

/* What a community gave. */
struct elsewhere_document {
	const struct document_request *request;
	const struct partner *from;
	uint64_t subject; /* whose it is: his record, and his patientId for all (CX) */
	const char *patient_id;
	const char *mime_type;
	const char *new_unique_id, *new_repository_unique_id; /* or NULL */
	struct bytes octets;                                  /* or, when fd >= 0: */
	int fd;
	uint64_t offset, length;
	struct elsewhere_document *next;
};
/* In handle(): all that was given; what was not, and why, is in f. */
const struct elsewhere_document *retrieve_elsewhere_take(struct exchange *x, struct findings *f);
/* The one that was asked for; NULL: it was not given. */
const struct elsewhere_document *retrieve_elsewhere_given(const struct elsewhere_document *all,
							  const struct document_request *r);

#endif
