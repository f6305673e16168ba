/* gateway/errands/kinds.h: what kinds of errands there are: one file and one row each.
 *
 * The names are kept in the store: none is ever given another meaning. */
#ifndef GATEWAY_ERRANDS_KINDS_H
#define GATEWAY_ERRANDS_KINDS_H

#include <stdbool.h>

#include "schemas/model/partner.h"

struct arena;
struct call;

enum verdict {
	VERDICT_TAKEN, /* done */
	VERDICT_LATER, /* another try may do */
	VERDICT_NEVER, /* no other try will do better: set aside, and told */
};

struct errand_kind {
	const char *name;  /* "answer" */
	const char *title; /* for people: what the partner lacks when it is not done */
	/* For which a partner must be configured when it is sent, or it may not go. */
	enum partner_purpose purpose;
	/* What is sent is made when it is sent, by who gave the settings (compose(), conclude() of
	 * rounds.h); else it is the errand's own parts. */
	bool composed;
	/* The partner answered: what that means. id: of the message that was composed. why in our
	 * own words, without what it wrote; set unless taken. */
	enum verdict (*judge)(struct arena *a, const struct call *c, const char *id,
			      const char **why);
};

enum { ERRAND_KINDS_MOST = 8 };
extern const struct errand_kind *const errand_kinds[];   /* NULL-ended, fewer than that */
const struct errand_kind *errand_kind(const char *name); /* NULL: there is none */

/* The rows. */
extern const struct errand_kind errand_answer, errand_pix_notification, errand_dsub_notification,
	errand_patient_notice, errand_deferred_discovery;

#endif
