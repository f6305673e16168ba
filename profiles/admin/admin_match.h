/* profiles/admin/admin_match.h: two records that may be one person's, as the operator names them
 * and as they are shown. Who is named or shown finds it in his trail. HACKING.md: Admin API. */
#ifndef PROFILES_ADMIN_ADMIN_MATCH_H
#define PROFILES_ADMIN_ADMIN_MATCH_H

#include "profiles/admin/admin_person.h"
#include "store/match_queue.h"

/* The members `patient` and `other`. */
struct match_asked {
	const char *patient, *other;
};
bool match_asked_read(struct exchange *x, struct match_asked *out);

/* Those two, each followed to the record that speaks for it. */
struct match_two {
	struct patient_record record, other;
};
/* Problems as admin_find_person(); REQUEST_INVALID: both are one and the same record. */
bool match_two_find(struct exchange *x, const struct match_asked *asked, struct match_two *out);
void match_two_audited(struct exchange *x, struct audit_event *e, const struct match_two *two);

/* Names of rules that stand against a link, by blanks; "": none does. */
const char *match_rules_text(struct arena *a, unsigned rules);
/* As minato explain, show and train name a set of weights. */
const char *match_weights_text(struct arena *a, uint32_t id);
/* Two decimals, as match_explained() has them: what a sum is not, no more are its digits. */
double match_rounded(double bits);

/* Members of what waits, into o: "state", "since", "total", "outcome", "contested", "rules", and of
 * what was said of it before "decided", "by", "reason". */
void match_show_waits(struct exchange *x, json_t *o, const struct match_waits *w);
/* {"time", "event": "linked"|"unlinked", "reason", "by", "why"} of all that was decided of the two
 * against each other, by time. */
json_t *match_show_trail(struct exchange *x, const struct match_two *two,
			 const struct link_decision *decisions);

#endif
