/* profiles/admin/consent_told.h: what a decision says beside what it is about, for the audit
 * log. */
#ifndef PROFILES_ADMIN_CONSENT_TOLD_H
#define PROFILES_ADMIN_CONSENT_TOLD_H

struct audit_object;
struct consent_event;
struct exchange;

/* Groups, from and until, the proof of identity, and which form it came with: of each that was
 * said, a detail. */
void consent_audit_more(struct exchange *x, struct audit_object *o, const struct consent_event *e);

#endif
