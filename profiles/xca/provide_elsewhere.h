/* profiles/xca/provide_elsewhere.h: documents that a facility provides are sent to the community it
 * says they are for. We are the Initiating Gateway of Cross-Community Document Reliable Interchange
 * (ITI XCDR: 40.6.1, 3.80), grouped with a Document Recipient.
 *
 * Of an ITI-41: read() says for whom it is, call() sends it as ITI-80, handle() gives what the
 * community said. Nothing is kept or registered here.
 *
 *	no home						XDSMissingHomeCommunityId
 *	ours, nobody's, two; one that is sent none	XDSUnknownCommunity
 *	    (submit-url)
 *	what XDR does not let be pushed			the errors of ITI-41
 *	a patient nobody knows here; who takes no part,	XDSUnknownPatientId; all the same, octet
 *	    or closed to who asks; whom the community	    for octet, and at the same tick
 *	    does not know, or may not see, or of
 *	    whose documents one is not for it
 *	one of whom two ids there are disputed		XDSUnavailableCommunity
 *	no answer that counts				XDSUnavailableCommunity, its home as the
 *							    location
 *	it answers					its status, its errors and warnings, in its
 *							    own words; without a location its home
 *
 * The patient is named as the community knows him (store/partner_ids.h), and by nothing else
 * (profiles/actors/across_border.h). What was sent is not sent again by us: whoever was not told
 * Success sends it again. Documents are never in memory but small ones. Thread-safety: as the
 * exchange; all is in its arena. */
#ifndef PROFILES_XCA_PROVIDE_ELSEWHERE_H
#define PROFILES_XCA_PROVIDE_ELSEWHERE_H

#include <stdbool.h>

struct audit_event;
struct exchange;
struct xml_writer;

/* The functions of the descriptor (profiles/transaction.h). */
bool provide_elsewhere_read(struct exchange *x);
bool provide_elsewhere_call(struct exchange *x);
bool provide_elsewhere_handle(struct exchange *x);
void provide_elsewhere_audited(struct exchange *x, struct audit_event *e);
void provide_elsewhere_answer(struct exchange *x, struct xml_writer *w);

#endif
