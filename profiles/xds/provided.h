/* profiles/xds/provided.h: what the Content Receivers of Provide and Register Document Set-b
 * [ITI-41] have in common, a Document Repository and a Document Recipient: how the message is read,
 * recorded and answered. ITI TF-2: 3.41.4.1.2, 3.41.4.2.2, 3.41.5.1. */
#ifndef PROFILES_XDS_PROVIDED_H
#define PROFILES_XDS_PROVIDED_H

#include <stdbool.h>

#include "profiles/actors/document_repository.h"
#include "profiles/transaction.h"

struct findings;

extern const struct route provided_routes[]; /* of a descriptor */

/* The slot of the request that says for which community it is (ITI XCDR: 3.41.4.1.2.2). */
#define HOME_SLOT "homeCommunityId"

struct provided {
	struct submission submission;
	struct provided_document *documents;
	const char *patient_id; /* as sent; registration makes it the regional one */
};

/* In read(): the body. readable: its metadata could be read, so that what they say may be judged.
 * False: no more of it is, and the exchange has its problem. */
bool provided_read(struct exchange *x, struct provided *r, struct findings *f, bool *readable);
/* The community it says it is for; *home NULL: it says none. False, the exchange's problem: it says
 * two. */
bool provided_names(struct exchange *x, const char **home);
/* In call(), of what is pushed to another institution: a national document that is for no other is
 * not. False: the exchange's problem. */
bool provided_pushes(struct exchange *x, const struct provided *r);
/* The community that the message says it is for (ITI XCDR: 3.41.4.1.2.2, 3.80.4.1.2) is ours; a
 * facility that says none means its own. False: the exchange's problem. */
bool provided_is_for_us(struct exchange *x);
/* Patient and submission set, and the community it was said to be for; NULL: it has none that could
 * be read. */
struct audit_object *provided_audit(struct exchange *x, struct audit_event *e,
				    const struct provided *r);
void provided_answer(struct exchange *x, struct xml_writer *w);

#endif
