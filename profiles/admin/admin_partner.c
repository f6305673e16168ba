/* profiles/admin/admin_partner.c: how the operator names a partner and its ids. */
#include "profiles/admin/admin_partner.h"

#include "gateway/base/text.h"
#include "profiles/actors/metadata_type.h"

const struct partner *admin_read_partner(struct exchange *x)
{
	const char *name = admin_text(x, "partner", true);
	const struct partner *p = name == NULL ? NULL : region_partner(x->region, name);
	if (name != NULL && p == NULL)
		problem_at(&x->problem, PROBLEM_REQUEST_INVALID, "partner",
			   "no partner of the configuration is called '%s'", name);
	return p;
}

bool admin_read_partner_id(struct exchange *x, const char *member, const char *text,
			   struct partner_id *out)
{
	struct cx_parts cx;
	/* Act No. 27 of 2013: it is refused, and stands nowhere. */
	if (metadata_type_my_number(text))
		return problem_at(&x->problem, PROBLEM_REQUEST_INVALID, member,
				  "an Individual Number is nobody's id here");
	if (!metadata_type_cx(text, &cx))
		return problem_at(&x->problem, PROBLEM_REQUEST_INVALID, member,
				  "a partner's id is written ID^^^&OID&ISO");
	out->domain = arena_text_n(x->arena, cx.universal_id, cx.universal_id_length);
	out->id = arena_text_n(x->arena, cx.id, cx.id_length);
	return true;
}

const struct patient_record *admin_shown_record(const struct person *p)
{
	const struct patient_record *r = p->records;
	while (r != NULL && text_empty(r->source_system))
		r = r->next;
	return r;
}

const char *admin_shown_name(struct exchange *x, uint64_t person)
{
	struct person p;
	const struct patient_record *r = identity_person(x->txn, x->arena, person, &p)
						 ? admin_shown_record(&p)
						 : NULL;
	return r == NULL ? "" : cx_text(x->arena, r->id, r->domain);
}

json_t *admin_show_partner_id(struct exchange *x, const struct partner_id *id, const char *patient)
{
	return json_pack("{s:s, s:s, s:s, s:s, s:s}", "partner", id->partner, "id",
			 cx_text(x->arena, id->id, id->domain), "patient", patient, "by", id->by,
			 "since", admin_time(x->arena, id->since));
}
