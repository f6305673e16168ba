/* gateway/assertion/make.h: a SAML 2.0 assertion of ours about who asks another region through us
 * (XUA: we are X-Assertion Provider and X-Service User in one; ITI TF-2: 3.40.4.1.2).
 *
 * It is made for one call to one partner, of what the road's stage identify knows: whom an
 * assertion vouched for, or the system alone. What somebody presented to us is never sent on: it is
 * for us, and who has a bearer's assertion can be him. Signed with the key of region
 * assertion-certificate, by the same library and rows as it is verified with. Lives in the arena;
 * thread-safe as that. */
#ifndef GATEWAY_ASSERTION_MAKE_H
#define GATEWAY_ASSERTION_MAKE_H

#include "gateway/base/clock.h"
#include "schemas/model/partner.h"
#include "schemas/model/requester.h"
#include "schemas/tables/problem.h"

struct arena;
struct xml_writer;

/* Seconds it lives: as long as a call may wait for its turn, and clocks may differ. */
enum { ASSERTION_LIVES = 300 };

struct assertion_made {
	const char *id, *name_id;
	const char *name; /* what audit logs call him, the partner's and ours (3.40.4.2) */
	const struct coded_value *roles, *purposes; /* in the partner's words */
	/* What follows is for who writes it. */
	const struct assertion_signer *by;
	const struct partner *to;
	const struct requester *who;
	const char *algorithm, *begins, *ends, *organization_id;
	struct bytes digest, signature;
};

/* NULL: PROBLEM_NOT_PERMITTED, a purpose of his has no row in purposes-out, PROBLEM_INTERNAL, it
 * could not be signed. now: of the exchange. Borrows all of it. */
const struct assertion_made *assertion_make(struct arena *a, const struct random_source *random,
					    const struct assertion_signer *by,
					    const struct partner *to, const struct requester *who,
					    instant now, struct problem *p);
/* saml2:Assertion, the content of a Security header. */
void assertion_write(struct xml_writer *w, const void *made);

#endif
