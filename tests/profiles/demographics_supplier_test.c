/* tests/profiles/demographics_supplier_test.c: who may be meant: what can be asked, who is told of
 * whom, page by page. */
#include "tests/base/suite.h"

#include "gateway/base/text.h"
#include "profiles/actors/admission.h"
#include "profiles/actors/demographics_supplier.h"
#include "tests/store/people.h"

static const struct who people[] = {
	{ A_DOMAIN, "1", "サトウ", "ハナコ", "19800101", "F", "0312345001", 0, 0, 0, 0, 0, 0 },
	{ B_DOMAIN, "1", "サトウ", "ハナコ", "19800101", "F", "0312345001", 0, 0, 0, 0, 0, 0 },
	{ A_DOMAIN, "2", "サトウ", "タロウ", "19700303", "M", "0312345002", 0, 0, 0, 0, 0, 0 },
	{ C_DOMAIN, "3", "ヤマダ", "タロウ", "19700303", "M", "0312345003", 0, 0, 0, 0, 0, 0 },
};

static void what_can_be_asked(void)
{
	static const struct {
		struct demographics_known known;
		const char *where; /* NULL: it can */
	} rows[] = {
		{ { .kana = "サトウ" }, NULL },
		{ { .name = "佐藤" }, NULL },
		{ { .birth_date = "19800101" }, NULL },
		{ { .kana = "サトウ", .birth_date = "1980-01-01" }, NULL },
		{ { .kana = "123456789018" }, "kana" },
		{ { .name = "123456789018" }, "name" },
		{ { .birth_date = "123456789018" }, "birth_date" },
		{ { .kana = NULL }, NULL },
	};
	struct arena *a = arena_create(1 << 20);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct problem p = { .code = PROBLEM_NONE };
		struct demographics_question q = { .known = rows[i].known, .limit = 10 };
		bool something = rows[i].known.kana != NULL || rows[i].known.name != NULL
				 || rows[i].known.birth_date != NULL;
		CU_ASSERT_EQUAL(demographics_supplier_may(a, &q, &p),
				rows[i].where == NULL && something);
		CU_ASSERT_TRUE(rows[i].where == NULL || text_equal(p.where, rows[i].where));
		CU_ASSERT_PTR_NULL(strstr(p.what, "123456789018"));
	}
	arena_destroy(a);
}

/* Not those of facility A. */
static bool admits(void *self, struct store_txn *t, uint64_t subject)
{
	struct patient_record r;
	return !identity_place(t, self, subject, &r) || strcmp(r.domain, A_DOMAIN) != 0;
}

/* Domain's last digit and id of each, page by page; "!": its regional id is not told. */
static const char *asked(struct fixture *f, struct demographics_known known, unsigned limit,
			 bool all)
{
	struct arena *a = f->arena;
	struct problem p = { .code = PROBLEM_NONE };
	struct demographics_question q = { .known = known, .limit = limit };
	struct admission admission = { .self = a, .record = admits };
	struct demographics_answer found;
	const char *text = "";
	struct store_txn *t = store_begin_read(f->store, &f->problem);
	CU_ASSERT_TRUE_FATAL(demographics_supplier_may(a, &q, &p));
	do {
		CU_ASSERT_TRUE_FATAL(
			all ? demographics_supplier_tell_operator(t, a, &q, &found, &p)
			    : demographics_supplier_answer(t, a, &admission, &q, &found, &p));
		CU_ASSERT_TRUE(found.count <= limit);
		for (size_t i = 0; i < found.count; i++) {
			const struct patient_record *r = found.found[i].record;
			const char *own = identity_regional_id(t, a, r->person);
			text = arena_printf(a, "%s %c%s%s", text, r->domain[strlen(r->domain) - 1],
					    r->id,
					    text_equal(found.found[i].regional_id, own) ? "" : "!");
		}
		q.after = found.next;
	} while (q.after != NULL);
	q.after = "00";
	CU_ASSERT_FALSE(demographics_supplier_tell_operator(t, a, &q, &found, &p));
	CU_ASSERT_STRING_EQUAL(p.where, "after");
	store_end(t);
	return text;
}

static void who_is_told_of_whom(void)
{
	static const struct {
		struct demographics_known known;
		const char *all, *admitted;
	} rows[] = {
		{ { .kana = "サトウ" }, " 12 11 21", " 21" },
		{ { .kana = "サトウ", .birth_date = "19800101" }, " 11 21", " 21" },
		{ { .birth_date = "19700303" }, " 12 33", " 33" },
		{ { .kana = "スズキ" }, "", "" },
	};
	struct fixture f;
	fixture_open(&f);
	for (size_t i = 0; i < COUNT(people); i++)
		people_feed(&f, &people[i]);
	for (size_t i = 0; i < COUNT(rows); i++)
		for (unsigned limit = 1; limit <= 4; limit++) {
			CU_ASSERT_STRING_EQUAL(asked(&f, rows[i].known, limit, true), rows[i].all);
			CU_ASSERT_STRING_EQUAL(asked(&f, rows[i].known, limit, false),
					       rows[i].admitted);
		}
	fixture_close(&f);
}

static const struct test tests[] = { { "what can be asked", what_can_be_asked },
				     { "who is told of whom", who_is_told_of_whom },
				     { 0 } };

int main(void)
{
	return suite_run("Patient Demographics Supplier", tests);
}
