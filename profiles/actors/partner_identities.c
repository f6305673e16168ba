/* profiles/actors/partner_identities.c: what a partner may be told of who a person is. */
#include "profiles/actors/partner_identities.h"

#include "gateway/base/arena.h"
#include "profiles/actors/consent_manager.h"

bool partner_identities_code(struct store_txn *t, struct arena *a, const struct region *r,
			     const struct partner *to, enum code_purpose purpose,
			     const struct patient_record *patient, int64_t now,
			     struct partner_code *out, bool *made, struct problem *p)
{
	const struct consent_question q = { .patient = patient, .at = now, .limit = 1 };
	struct consent_answer told;
	if (!consent_manager_answer(t, a, r, &q, &told, p))
		return false;
	if (!told.patient.shared)
		return problem_set(p, PROBLEM_NOT_PERMITTED,
				   "the person does not take part in the region: no code is given");
	return partner_code_ask(t, to->name, purpose, patient->person, now, out, made)
	       || problem_set(p, PROBLEM_INTERNAL, "the person's code could not be read or kept");
}

bool partner_identities_shown_code(struct store_txn *t, const struct partner *to, uint64_t person,
				   int64_t now, struct partner_code *out, bool *made,
				   struct problem *p)
{
	return partner_code_ask(t, to->name, CODE_CARE, person, now, out, made)
	       || problem_set(p, PROBLEM_INTERNAL, "the person's code could not be read or kept");
}
