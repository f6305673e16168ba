/* profiles/admin/disclosing.h: what the bundle of a disclosure (開示, 個人情報の保護に関する法律
 * article 33) has beside an export's, and what it must not have.
 *
 *	index.html		all of it in words, Japanese and English, without a script
 *	looks.ndjson		who looked, in words, a look a line
 *	provisions.ndjson	a record of third-party provision a line (provisions.h)
 *
 * Documents that a rule of the region hides from the role `patient` (未告知, 未提供: he has not
 * been told yet, or is not to have it) are left out, with what relates to them; how many by which
 * rule is told. A rule that does not name that role is about others.
 */
#ifndef PROFILES_ADMIN_DISCLOSING_H
#define PROFILES_ADMIN_DISCLOSING_H

#include "profiles/admin/exporting.h"

struct audit_entry;
struct kept_event;

/* The rule that hides the document from its patient, as it stands in the file; NULL: none does. */
const char *disclosing_hides(const struct region *r, const struct document_entry *e);

/* The exchange is for the purpose that the patient asked. NULL: there is no memory for it, says the
 * problem. It ends with the exchange. */
struct disclosing *disclosing_begin(struct exchange *x);
void disclosing_begin_lists(struct exporting *ex);
/* Takes out of a set what may not be shown; false: nothing of it is left. */
bool disclosing_allows(struct exporting *ex, struct arena *a, const struct export_set *s);
void disclosing_tell_record(struct exporting *ex, const struct patient_record *r);
void disclosing_tell_consent(struct exporting *ex, const json_t *line);
/* A record of the trail: a look, and what was provided by it. */
void disclosing_tell_message(struct exporting *ex, const struct audit_entry *e,
			     const struct kept_event *kept);
void disclosing_put_index(struct exporting *ex);
/* {"withheld": {RULE: COUNT}, "looks", "provisions"}: a new reference. */
json_t *disclosing_json(const struct exporting *ex);
/* The event of a disclosure: 110106, IHE0006 (ITI TF-2: 3.20.8). */
void disclosing_audit(struct audit_event *e);

#endif
