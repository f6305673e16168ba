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

/* Not those of facility A, and not the one that is hidden. */
struct admitting {
	struct arena *arena;
	const char *domain, *id; /* NULL: none besides */
	bool all;
};

static bool admits(void *self, struct store_txn *t, uint64_t subject)
{
	const struct admitting *who = self;
	struct patient_record r;
	if (!identity_place(t, who->arena, subject, &r))
		return true;
	bool hidden = who->id != NULL && text_equal(r.domain, who->domain)
		      && text_equal(r.id, who->id);
	return !hidden && (who->all || strcmp(r.domain, A_DOMAIN) != 0);
}

/* Domain's last digit and id of each, page by page; "!": its regional id is not told. */
static const char *asked(struct fixture *f, struct demographics_known known, unsigned limit)
{
	struct arena *a = f->arena;
	struct problem p = { .code = PROBLEM_NONE };
	struct demographics_question q = { .known = known, .limit = limit };
	struct demographics_answer found;
	const char *text = "";
	struct store_txn *t = store_begin_read(f->store, &f->problem);
	CU_ASSERT_TRUE_FATAL(demographics_supplier_may(a, &q, &p));
	do {
		CU_ASSERT_TRUE_FATAL(demographics_supplier_tell_operator(t, a, &q, &found, &p));
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

static void the_operator_is_told_of_all(void)
{
	static const struct {
		struct demographics_known known;
		const char *all;
	} rows[] = {
		{ { .kana = "サトウ" }, " 12 11 21" },
		{ { .kana = "サトウ", .birth_date = "19800101" }, " 11 21" },
		{ { .birth_date = "19700303" }, " 12 33" },
		{ { .kana = "スズキ" }, "" },
	};
	struct fixture f;
	fixture_open(&f);
	for (size_t i = 0; i < COUNT(people); i++)
		people_feed(&f, &people[i]);
	for (size_t i = 0; i < COUNT(rows); i++)
		for (unsigned limit = 1; limit <= 4; limit++)
			CU_ASSERT_STRING_EQUAL(asked(&f, rows[i].known, limit), rows[i].all);
	fixture_close(&f);
}

/* What a system is told: of each who fits its ids, in order, by the domain's last digit; the
 * regional one as R; "-" the domains without. */
static const char *told(struct fixture *f, const char *system, const struct admitting *who,
			const struct demographics_sought *s)
{
	struct arena *a = f->arena;
	struct problem p = { .code = PROBLEM_NONE };
	struct admission admission = { .self = (void *)who, .record = admits };
	const struct demographics_asker asker = { .region = &people_region,
						  .system = region_system(&people_region, system),
						  .admission = &admission };
	struct demographics_fits fits;
	struct demographics_shown one;
	const struct demographics_forms *forms = demographics_prepare(a, &people_region, s, &p);
	CU_ASSERT_PTR_NOT_NULL_FATAL(forms);
	struct store_txn *t = store_begin_read(f->store, &f->problem);
	const char *text = demographics_supplier_find(t, a, &asker, s, forms, &fits, &p)
				   ? ""
				   : arena_printf(a, "%s", problem_row(p.code)->name);
	for (size_t i = 0; i < fits.count && p.code == PROBLEM_NONE; i++) {
		CU_ASSERT_TRUE(demographics_supplier_show(t, a, &asker, fits.at[i].record,
							  s->domains, &one));
		/* Either they are in the domains wanted, or they stand for all of those. */
		size_t stand_for = 0;
		while (one.without[stand_for] != NULL)
			stand_for++;
		CU_ASSERT_TRUE(one.as_wanted || stand_for != 0);
		text = arena_printf(a, "%s%s", text, i == 0 ? "" : " |");
		for (const struct patient_identifier *id = one.ids; id != NULL; id = id->next)
			text = text_equal(id->universal_id, AFFINITY)
				       ? arena_printf(a, "%s R", text)
				       : arena_printf(a, "%s %s%s", text,
						      id->universal_id + strlen("2.999.10"),
						      id->id);
		for (size_t n = 0; one.without[n] != NULL; n++)
			text = arena_printf(a, "%s -%s", text,
					    one.without[n]->universal_id + strlen("2.999."));
	}
	store_end(t);
	return text;
}

#define NAMED(family_said, given_said)                                                             \
	&(const struct demographics_name)                                                          \
	{                                                                                          \
		.name = &(const struct person_name)                                                \
		{                                                                                  \
			.family = (family_said), .given = (given_said),                            \
			.representation = NAME_PHONETIC                                            \
		}                                                                                  \
	}
#define ID(root, number)                                                                           \
	&(const struct patient_identifier)                                                         \
	{                                                                                          \
		.id = (number), .universal_id = (root), .universal_id_type = "ISO"                 \
	}

static struct patient_identifier domain_b = { .universal_id = B_DOMAIN,
					      .universal_id_type = "ISO" };
static struct patient_identifier domain_c = { .universal_id = C_DOMAIN,
					      .universal_id_type = "ISO" };
static struct patient_identifier domain_none = { .universal_id = "2.999.777",
						 .universal_id_type = "ISO" };

static const struct {
	const char *why, *system;
	struct admitting who;
	struct demographics_sought sought;
	const char *told;
} tellings[] = {
	{ "its own, and of another's nothing: it has not joined",
	  "a-hospital",
	  { .all = false },
	  { .names = NAMED("サトウ", "ハナコ") },
	  " 11" },
	{ "its own who has joined, with the region's id",
	  "a-hospital",
	  { .all = true },
	  { .names = NAMED("サトウ", "ハナコ") },
	  " R 11" },
	{ "another's who has joined, by the region's id alone",
	  "b-clinic",
	  { .all = true },
	  { .names = NAMED("サトウ", "タロウ") },
	  " R" },
	{ "another's who has not",
	  "b-clinic",
	  { .all = false },
	  { .names = NAMED("サトウ", "タロウ") },
	  "" },
	{ "who sees all domains sees all ids; one person of two facilities is one",
	  "c-hospital",
	  { .all = true },
	  { .names = NAMED("サトウ", NULL) },
	  " R 11 21 | R 12" },
	{ "of one person what one record hides is not told of the other either",
	  "c-hospital",
	  { .all = false },
	  { .names = NAMED("サトウ", NULL) },
	  " R 21" },
	{ "the best first",
	  "c-hospital",
	  { .all = true },
	  { .names =
		    &(const struct demographics_name){
			    .name = &(const struct person_name){ .family = "サト*",
								 .representation = NAME_PHONETIC },
			    .next = (struct demographics_name *)NAMED("ヤマダ", "タロウ") } },
	  " R 33 | R 11 21 | R 12" },
	{ "who fits too little is left out",
	  "c-hospital",
	  { .all = true },
	  { .names = NAMED("サト*", NULL), .least_degree = 76 },
	  "" },
	{ "the ids of the domains wanted",
	  "c-hospital",
	  { .all = true },
	  { .names = NAMED("サトウ", "ハナコ"), .domains = &domain_b },
	  " 21" },
	{ "none in it: the region's stands there",
	  "c-hospital",
	  { .all = true },
	  { .names = NAMED("サトウ", "タロウ"), .domains = &domain_b },
	  " R -102" },
	{ "none in it, and the region's is not told: its own",
	  "a-hospital",
	  { .all = false },
	  { .names = NAMED("サトウ", "タロウ"), .domains = &domain_c },
	  " 12 -103" },
	{ "a domain nobody knows: nobody is looked for",
	  "c-hospital",
	  { .all = true },
	  { .names = NAMED("サトウ", "タロウ"), .domains = &domain_none },
	  "" },
	{ "by an id that may be seen",
	  "c-hospital",
	  { .all = true },
	  { .ids = ID(A_DOMAIN, "1") },
	  " R 11 21" },
	{ "by several of his",
	  "c-hospital",
	  { .all = true },
	  { .ids = &(const struct patient_identifier){ .id = "1",
						       .universal_id = A_DOMAIN,
						       .universal_id_type = "ISO",
						       .next = (struct patient_identifier *)ID(
							       B_DOMAIN, "1") } },
	  " R 11 21" },
	{ "by ids of two persons: nobody has both",
	  "c-hospital",
	  { .all = true },
	  { .ids = &(const struct patient_identifier){ .id = "1",
						       .universal_id = A_DOMAIN,
						       .universal_id_type = "ISO",
						       .next = (struct patient_identifier *)ID(
							       A_DOMAIN, "2") } },
	  "" },
	{ "by an id of his, and one of a domain nobody knows",
	  "c-hospital",
	  { .all = true },
	  { .ids = &(const struct patient_identifier){ .id = "1",
						       .universal_id = "2.999.777",
						       .universal_id_type = "ISO",
						       .next = (struct patient_identifier *)ID(
							       A_DOMAIN, "1") } },
	  "" },
	{ "by one that may not", "b-clinic", { .all = true }, { .ids = ID(A_DOMAIN, "1") }, "" },
	{ "by one's own", "b-clinic", { .all = true }, { .ids = ID(B_DOMAIN, "1") }, " R 21" },
	{ "by one of a domain nobody knows",
	  "b-clinic",
	  { .all = true },
	  { .ids = ID("2.999.777", "1") },
	  "" },
	{ "by an id, and what else is said",
	  "b-clinic",
	  { .all = true },
	  { .ids = ID(B_DOMAIN, "1"), .sex = "M" },
	  "" },
	{ "a day and a given name",
	  "c-hospital",
	  { .all = true },
	  { .names = NAMED(NULL, "タロウ"), .born_from = "19700303", .born_to = "19700303" },
	  " R 12 | R 33" },
	{ "a month",
	  "c-hospital",
	  { .all = true },
	  { .born_from = "197003", .born_to = "197003" },
	  " R 12 | R 33" },
	{ "excluded from its own: what it has it sees, the other not",
	  "b-clinic",
	  { .all = true, .domain = B_DOMAIN, .id = "1" },
	  { .names = NAMED("サトウ", "ハナコ") },
	  " 21" },
};

static void a_system_is_told_of_persons(void)
{
	struct fixture f;
	fixture_open(&f);
	for (size_t i = 0; i < COUNT(people); i++)
		people_feed(&f, &people[i]);
	for (size_t i = 0; i < COUNT(tellings); i++) {
		struct admitting who = tellings[i].who;
		who.arena = f.arena;
		const char *is = told(&f, tellings[i].system, &who, &tellings[i].sought);
		if (!text_equal(is, tellings[i].told))
			fprintf(stderr, "%s:%s\n", tellings[i].why, is);
		CU_ASSERT_STRING_EQUAL(is, tellings[i].told);
	}
	fixture_close(&f);
}

/* Of one person the asker's own record is told; who has none is told what was said last. */
static void which_record_is_told(void)
{
	static const struct {
		const char *system, *domain;
	} told_by[] = { { "a-hospital", A_DOMAIN },
			{ "b-clinic", B_DOMAIN },
			{ "c-hospital", B_DOMAIN } };
	const struct demographics_sought sought = { .names = NAMED("サトウ", "ハナコ") };
	struct admitting all = { .all = true };
	struct fixture f;
	fixture_open(&f);
	all.arena = f.arena;
	for (size_t i = 0; i < COUNT(people); i++)
		people_feed(&f, &people[i]);
	for (size_t i = 0; i < COUNT(told_by); i++) {
		struct problem p = { .code = PROBLEM_NONE };
		struct admission admission = { .self = &all, .record = admits };
		const struct demographics_asker asker = {
			.region = &people_region,
			.system = region_system(&people_region, told_by[i].system),
			.admission = &admission
		};
		struct demographics_fits fits;
		struct patient_record r;
		struct store_txn *t = store_begin_read(f.store, &f.problem);
		const struct demographics_forms *forms = demographics_prepare(
			f.arena, &people_region, &sought, &p);
		CU_ASSERT_TRUE_FATAL(
			demographics_supplier_find(t, f.arena, &asker, &sought, forms, &fits, &p));
		CU_ASSERT_EQUAL_FATAL(fits.count, 1);
		CU_ASSERT_TRUE(identity_place(t, f.arena, fits.at[0].record, &r));
		CU_ASSERT_STRING_EQUAL(r.domain, told_by[i].domain);
		store_end(t);
	}
	fixture_close(&f);
}

/* More of one name than are told, and more than are looked at; with one more word they are few. */
static void too_many_are_not_told(void)
{
	struct fixture f;
	struct admitting all = { .all = true };
	fixture_open(&f);
	all.arena = f.arena;
	for (unsigned i = 0; i <= DEMOGRAPHICS_PERSONS; i++) {
		struct who w = people[0];
		w.id = arena_printf(f.arena, "m%u", i);
		w.phone = arena_printf(f.arena, "0399%06u", i);
		w.birth = arena_printf(f.arena, "1960%02u%02u", 1 + i % 12, 1 + i / 12);
		people_feed(&f, &w);
		if (i + 1 == DEMOGRAPHICS_PERSONS)
			CU_ASSERT_STRING_NOT_EQUAL(
				told(&f, "c-hospital", &all,
				     &(struct demographics_sought){
					     .names = NAMED("サトウ", "ハナコ") }),
				"too-many-results");
	}
	CU_ASSERT_STRING_EQUAL(
		told(&f, "c-hospital", &all,
		     &(struct demographics_sought){ .names = NAMED("サトウ", "ハナコ") }),
		"too-many-results");
	CU_ASSERT_STRING_EQUAL(
		told(&f, "c-hospital", &all,
		     &(struct demographics_sought){ .names = NAMED("サトウ", "ハナコ"),
						    .born_from = "19600101",
						    .born_to = "19600101" }),
		" R 1m0");
	fixture_close(&f);
}

static const struct test tests[] = { { "what can be asked", what_can_be_asked },
				     { "the operator is told of all", the_operator_is_told_of_all },
				     { "a system is told of persons", a_system_is_told_of_persons },
				     { "which record is told", which_record_is_told },
				     { "too many are not told", too_many_are_not_told },
				     { 0 } };

int main(void)
{
	return suite_run("Patient Demographics Supplier", tests);
}
