/* profiles/atna/iti20_record_audit_event.h: what of an audit record of others is kept beside its
 * octets. */
#ifndef PROFILES_ATNA_ITI20_RECORD_AUDIT_EVENT_H
#define PROFILES_ATNA_ITI20_RECORD_AUDIT_EVENT_H

#include "profiles/transaction.h"
#include "store/audit_received.h"

extern const struct transaction iti20_record_audit_event;

/* Fills in what could be read of the octets of one syslog message; out says when and from whom it
 * came. Texts in the arena. */
void iti20_read(struct arena *a, struct bytes octets, struct received_terms *out);

#endif
