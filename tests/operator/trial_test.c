/* tests/operator/trial_test.c: people and documents of a trial region: the same by seed and number,
 * plausible, and nobody's. */
#include <stdlib.h>
#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/normalise.h"
#include "gateway/base/text.h"
#include "gateway/operator/trial_papers.h"
#include "tests/base/suite.h"

/* 2026-01-15T00:30:01Z */
#define NOW ((instant)1768437001 * 1000000)
enum { PEOPLE = 2000, YEAR = 2026 };

static bool is_known(const struct trial_record *r)
{
	return r->person.at[DEMO_HOSPITAL_A].id != NULL;
}

static bool same(const struct trial_record *x, const struct trial_record *y)
{
	const struct demo_writing *v = &x->person.at[DEMO_HOSPITAL_A],
				  *w = &y->person.at[DEMO_HOSPITAL_A];
	return text_equal(v->id, w->id) && text_equal(v->family, w->family)
	       && text_equal(v->phone, w->phone) && text_equal(v->address, w->address)
	       && text_equal(x->person.birth_date, y->person.birth_date)
	       && text_equal(x->insurance.number, y->insurance.number);
}

static void the_same_again(void)
{
	struct arena *a = arena_create(64 << 20);
	unsigned others = 0;
	CU_ASSERT_EQUAL(trial_year(NOW), YEAR);
	for (uint64_t n = 0; n < 100; n++) {
		struct trial_person one, again, other;
		trial_person_draw(a, 1, n, YEAR, &one);
		trial_person_draw(a, 1, n, YEAR, &again);
		trial_person_draw(a, 2, n, YEAR, &other);
		for (unsigned i = 0; i < TRIAL_FACILITIES; i++)
			CU_ASSERT_TRUE(same(&one.at[i], &again.at[i]));
		others += !same(&one.at[0], &other.at[0]);
		CU_ASSERT_EQUAL(one.joins, again.joins);
	}
	CU_ASSERT(others > 95);
	arena_destroy(a);
}

/* What is said of somebody can be read, and is nobody's Individual Number. */
static void check_record(struct arena *a, const struct trial_record *r, unsigned age)
{
	const struct demo_writing *w = &r->person.at[DEMO_HOSPITAL_A];
	struct insurance_form form;
	CU_ASSERT_PTR_NOT_NULL(normalise_birth_date(a, r->person.birth_date));
	CU_ASSERT_PTR_NOT_NULL(normalise_phone(a, w->phone));
	CU_ASSERT_PTR_NOT_NULL(normalise_postcode(a, w->postcode));
	CU_ASSERT_TRUE_FATAL(normalise_insurance(a, &r->insurance, &form));
	CU_ASSERT_TRUE(form.checked);
	CU_ASSERT_EQUAL(age >= 75, strncmp(form.insurer, "39", 2) == 0);
	CU_ASSERT_FALSE(text_is_my_number(w->phone) || text_is_my_number(w->id)
			|| text_is_my_number(r->insurance.number));
}

static void plausible_people(void)
{
	struct arena *a = arena_create(256 << 20);
	unsigned old = 0, many = 0, joined = 0, without_branch = 0, former = 0;
	for (uint64_t n = 0; n < PEOPLE; n++) {
		struct trial_person one;
		unsigned known = 0, last = 0, first = TRIAL_FACILITIES;
		trial_person_draw(a, 7, n, YEAR, &one);
		for (unsigned i = 0; i < TRIAL_FACILITIES; i++)
			if (is_known(&one.at[i])) {
				check_record(a, &one.at[i], one.age);
				first = known++ == 0 ? i : first;
				last = i;
			}
		CU_ASSERT(known > 0 && one.age < 100);
		old += one.age >= 60;
		many += known > 1;
		joined += one.joins;
		without_branch += one.age < 75 && one.at[first].insurance.branch == NULL;
		struct trial_record again = one.at[last];
		again.person.at[DEMO_HOSPITAL_A].id = one.at[first].person.at[DEMO_HOSPITAL_A].id;
		former += known > 1 && !same(&again, &one.at[first]);
	}
	CU_ASSERT(old > PEOPLE / 2 && old < PEOPLE * 7 / 10);
	CU_ASSERT(many > PEOPLE / 2 && many < PEOPLE * 6 / 10);
	CU_ASSERT(joined > PEOPLE * 9 / 10 && joined < PEOPLE);
	CU_ASSERT(without_branch > PEOPLE / 50 && without_branch < PEOPLE / 10);
	CU_ASSERT(former > PEOPLE / 25 && former < PEOPLE / 8);
	arena_destroy(a);
}

static void plausible_papers(void)
{
	struct arena *a = arena_create(256 << 20);
	static const char *const types[] = { "57833-6", "11502-2", "57133-1", "18842-5" };
	unsigned of_type[COUNT(types)] = { 0 }, old = 0, late = 0;
	for (uint64_t n = 0; n < PEOPLE; n++) {
		struct trial_paper one, again;
		instant born;
		trial_paper_draw(a, 7, n, PEOPLE, NOW, &one);
		trial_paper_draw(a, 7, n, PEOPLE, NOW, &again);
		const struct demo_written *w = &one.written;
		CU_ASSERT_TRUE(text_equal(w->unique_id, again.written.unique_id)
			       && text_equal(w->id, again.written.id)
			       && w->when == again.written.when && w->paper == again.written.paper);
		CU_ASSERT_TRUE_FATAL(is_known(&one.person.at[one.facility]));
		CU_ASSERT_STRING_EQUAL(w->id,
				       one.person.at[one.facility].person.at[DEMO_HOSPITAL_A].id);
		CU_ASSERT_TRUE(instant_from_dtm(w->about->birth_date, 0, &born));
		CU_ASSERT(w->when > born && w->when < NOW);
		for (size_t i = 0; i < COUNT(types); i++)
			of_type[i] += text_equal(types[i], w->paper->type);
		old += one.person.age >= 60;
		late += w->when > NOW - (instant)365 * 24 * 3600 * 1000000;
	}
	for (size_t i = 0; i < COUNT(types); i++)
		CU_ASSERT(of_type[i] > PEOPLE / 20);
	CU_ASSERT(of_type[0] + of_type[1] + of_type[2] + of_type[3] == PEOPLE);
	CU_ASSERT(old > PEOPLE * 8 / 10);
	CU_ASSERT(late > PEOPLE / 4);
	arena_destroy(a);
}

static const struct test tests[] = {
	{ "the same again", the_same_again },
	{ "plausible people", plausible_people },
	{ "plausible papers", plausible_papers },
	{ 0 },
};

int main(void)
{
	return suite_run("operator: trial region", tests);
}
