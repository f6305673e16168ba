/* profiles/xds/retrieving.h: what the transactions share by which documents are fetched (ITI-43,
 * ITI-39): the functions of their descriptors (profiles/transaction.h), behind
 * document_requests_read(). ITI TF-2: 3.43.4, 3.39.4. */
#ifndef PROFILES_XDS_RETRIEVING_H
#define PROFILES_XDS_RETRIEVING_H

#include "profiles/transaction.h"

bool retrieving_handle(struct exchange *x);
void retrieving_audited(struct exchange *x, struct audit_event *e);
bool retrieving_keep(const struct exchange *x, struct store_txn *t);
void retrieving_answer(struct exchange *x, struct xml_writer *w);

#endif
