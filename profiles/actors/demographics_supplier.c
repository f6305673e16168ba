/* profiles/actors/demographics_supplier.c: who may be meant, by what is known of him. */
#include "profiles/actors/demographics_supplier.h"

#include "gateway/base/arena.h"
#include "gateway/base/normalise.h"
#include "profiles/actors/admission.h"

/* Neither the record of the question nor its answer may hold one. */
static bool is_my_number(const char *member, const char *text, struct problem *p)
{
	return text != NULL && text_is_my_number(text)
	       && !problem_at(p, PROBLEM_REQUEST_INVALID, member,
			      "an Individual Number is nobody's name");
}

bool demographics_supplier_may(struct arena *a, struct demographics_question *q, struct problem *p)
{
	const struct demographics_known *k = &q->known;
	return !is_my_number("kana", k->kana, p) && !is_my_number("name", k->name, p)
	       && !is_my_number("birth_date", k->birth_date, p)
	       && candidates_wanted(a, k->kana, k->name, k->birth_date, &q->wanted, p);
}

/* admission NULL: all are told. */
static bool tell(struct store_txn *t, struct arena *a, const struct admission *admission,
		 const struct demographics_question *q, struct demographics_answer *out,
		 struct problem *p)
{
	struct candidate_page page;
	if (!identity_candidates(t, a, &q->wanted, q->after, q->limit, &page))
		return problem_at(p, PROBLEM_REQUEST_INVALID, "after",
				  "'%s' is not the next of an earlier answer to this", q->after);
	*out = (struct demographics_answer){
		.found = arena_array(a, struct demographics_found, page.count + 1),
		.next = page.next,
	};
	for (const struct patient_record *r = page.records; r != NULL; r = r->next)
		if (admission == NULL || admission->record(admission->self, t, r->number))
			out->found[out->count++] = (struct demographics_found){
				.record = r,
				.regional_id = identity_regional_id(t, a, r->person),
			};
	return true;
}

bool demographics_supplier_answer(struct store_txn *t, struct arena *a,
				  const struct admission *admission,
				  const struct demographics_question *q,
				  struct demographics_answer *out, struct problem *p)
{
	return tell(t, a, admission, q, out, p);
}

bool demographics_supplier_tell_operator(struct store_txn *t, struct arena *a,
					 const struct demographics_question *q,
					 struct demographics_answer *out, struct problem *p)
{
	return tell(t, a, NULL, q, out, p);
}
