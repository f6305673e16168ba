/* profiles/xca/whose_documents.h: of whom documents of another community are, before they are
 * fetched.
 *
 * What a community has of a person is fetched for whoever may see that person's here, and for
 * nobody else: knowing, or guessing, a uniqueId is no way around whom a patient has excluded.
 * ITI-39 does not say whose a document is, so the community is asked first: GetDocuments of ITI-38
 * (ITI TF-2: 3.38, 3.18.4.1.2.3.7.5). By what the community calls him (store/partner_ids.h) the
 * patient is one of ours, or nobody's, and then:
 *
 *	the community lists it, its patient is known here,	it is fetched, and his record
 *	    consent and rules show it to who asks		    names him
 *	rules refuse it openly					DocumentAccessNotAuthorized
 *	hidden, of nobody we know, or not listed		XDSDocumentUniqueIdError; all the
 *								    same, octet for octet
 *	no answer that counts					XDSUnavailableCommunity
 *
 * Thread-safety: as the exchange; all is in its arena. */
#ifndef PROFILES_XCA_WHOSE_DOCUMENTS_H
#define PROFILES_XCA_WHOSE_DOCUMENTS_H

#include <stdbool.h>
#include <stdint.h>

#include "schemas/model/registry_query.h"

struct exchange;
struct exchange_call;
struct findings;
struct partner;

/* In a list by request.next, each in one of these. */
struct wanted_document {
	struct document_request request; /* first */
	bool may, refused;               /* once it is judged */
	/* then, of one that may be fetched: his record, and his patientId (CX) for all */
	uint64_t subject;
	const char *patient_id;
	bool came; /* once it was fetched: it was given */
};

/* Within call(): asks; wanted: of that community. */
void whose_documents_ask(struct exchange *x, const struct partner *of,
			 struct wanted_document *wanted);
bool whose_documents_is(const struct exchange_call *c); /* such a call */
/* Within the next call(): those of them that may be fetched, or NULL. False: the exchange's
 * problem, for the store could not be read. Once a call; later it gives none. */
bool whose_documents_judge(struct exchange *x, struct exchange_call *c,
			   struct wanted_document **may);
/* In handle(): those that may not are told. */
void whose_documents_tell(const struct exchange_call *c, struct findings *f);

#endif
