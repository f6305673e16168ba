/* profiles/xds/document_requests.h: what the transactions share that name documents of a repository
 * (ITI-43, ITI-86): xds:DocumentRequest, read and recorded. ITI TF-2: 3.43.4.1.2. */
#ifndef PROFILES_XDS_DOCUMENT_REQUESTS_H
#define PROFILES_XDS_DOCUMENT_REQUESTS_H

#include "profiles/transaction.h"

struct document_request;

/* The body's DocumentRequests -> x->request, a list; at least one, at most 256. */
bool document_requests_read(struct exchange *x);
/* The document of one of them. */
void document_requests_audit(struct exchange *x, struct audit_event *e,
			     const struct document_request *r);

#endif
