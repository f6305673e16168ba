/* profiles/admin/admin_partner.h: how the operator names a partner and its ids, and how a person is
 * shown of whom it is asked by what a partner knows. */
#ifndef PROFILES_ADMIN_ADMIN_PARTNER_H
#define PROFILES_ADMIN_ADMIN_PARTNER_H

#include "profiles/admin/admin_person.h"
#include "store/partner_codes.h"
#include "store/partner_ids.h"

/* The member `partner`: one that the configuration names. NULL: the problem says why not. */
const struct partner *admin_read_partner(struct exchange *x);
/* ID^^^&OID&ISO, whatever authority that is. False: the problem is set, at that member. */
bool admin_read_partner_id(struct exchange *x, const char *member, const char *text,
			   struct partner_id *out);
/* The record of a facility by which a person is shown: the first that was fed. NULL: there is
 * none, or it cannot be read. */
const struct patient_record *admin_shown_record(const struct person *p);
/* The same of the person's number; "" when he cannot be read. */
const char *admin_shown_name(struct exchange *x, uint64_t person);
/* {"partner", "id", "patient", "by", "since"}; a new reference. */
json_t *admin_show_partner_id(struct exchange *x, const struct partner_id *id, const char *patient);

#endif
