/* tests/policy/exclusion_test.c: whom, or what, a patient excludes. */
#include "tests/base/suite.h"

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "gateway/policy/policy_file.h"
#include "schemas/model/exclusion.h"

#define RULES                                                                                      \
	"role doctor 医師 1^2.999.1\nrole clerk 2^2.999.1\npurpose research R^2.999.2\n"         \
	"documents note type N^2.999.3\ndefault permit\n"

static const struct region_policy *rules_in(struct arena *a)
{
	const struct region_policy *p =
		policy_file_read(a, "rules", bytes_of_text(RULES), NULL).policy;
	CU_ASSERT_PTR_NOT_NULL_FATAL(p);
	return p;
}

static void kinds(void)
{
	static const struct {
		const char *target;
		enum exclusion kind;
		const char *what;
		bool documents;
	} rows[] = {
		{ "a-hospital", EXCLUSION_FACILITY, "a-hospital", false },
		{ "role/clerk", EXCLUSION_ROLE, "clerk", false },
		{ "person/a/b@c/d", EXCLUSION_PERSON, "a/b@c/d", false },
		{ "purpose/research", EXCLUSION_PURPOSE, "research", false },
		{ "documents/note", EXCLUSION_DOCUMENTS, "note", true },
		{ "document/1.2", EXCLUSION_DOCUMENT, "1.2", true },
		{ "period/2019-2020", EXCLUSION_PERIOD, "2019-2020", true },
		{ "documentx/1", EXCLUSION_FACILITY, "documentx/1", false },
		{ "rol/x", EXCLUSION_FACILITY, "rol/x", false },
		{ "/x", EXCLUSION_FACILITY, "/x", false },
		{ "role", EXCLUSION_FACILITY, "role", false },
		{ "", EXCLUSION_FACILITY, "", false },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		const char *what;
		CU_ASSERT_EQUAL(exclusion_kind(rows[i].target, &what), rows[i].kind);
		CU_ASSERT_STRING_EQUAL(what, rows[i].what);
		CU_ASSERT_EQUAL(exclusion_is_of_documents(rows[i].target), rows[i].documents);
	}
}

static struct coded_value doctor = { .code = "1", .scheme = "2.999.1" },
			  research = { .code = "R", .scheme = "2.999.2" },
			  unknown = { .code = "1", .scheme = "2.999.404" };

/* d: a system whose role is doctor; c: without role; none: no system. By a person with that role or
 * none, an assertion's or nobody's; for a purpose. */
static void meets(void)
{
	enum { SYSTEM_ROLE = 1, VOUCHED = 2, NO_SYSTEM = 4, NO_RULES = 8 };
	static const struct {
		const char *target;
		unsigned how;
		struct coded_value *role, *purpose;
		bool meets;
	} rows[] = {
		{ "a", 0, NULL, NULL, true },
		{ "b", 0, NULL, NULL, false },
		{ "a", NO_SYSTEM, NULL, NULL, false },
		{ "role/doctor", SYSTEM_ROLE, NULL, NULL, true },
		{ "role/医師", SYSTEM_ROLE, NULL, NULL, true },
		{ "role/clerk", SYSTEM_ROLE, NULL, NULL, false },
		{ "role/doctor", 0, NULL, NULL, false },
		{ "role/doctor", NO_SYSTEM, NULL, NULL, false },
		{ "role/doctor", SYSTEM_ROLE | VOUCHED, NULL, NULL, false },
		{ "role/doctor", VOUCHED, &doctor, NULL, true },
		{ "role/doctor", VOUCHED, &unknown, NULL, false },
		{ "role/doctor", SYSTEM_ROLE | VOUCHED, &unknown, NULL, false },
		{ "role/nurse", 0, NULL, NULL, true },
		{ "role/doctor", NO_RULES, NULL, NULL, true },
		{ "purpose/research", 0, NULL, NULL, false },
		{ "purpose/research", 0, NULL, &research, true },
		{ "purpose/research", 0, NULL, &unknown, false },
		{ "purpose/fun", 0, NULL, &research, true },
		{ "purpose/research", NO_RULES, NULL, NULL, true },
		{ "person/taro@idp", VOUCHED, NULL, NULL, true },
		{ "person/taro@idp", 0, NULL, NULL, false },
		{ "person/taro@other", VOUCHED, NULL, NULL, false },
		{ "person/taro", VOUCHED, NULL, NULL, false },
		{ "person/tar@idp", VOUCHED, NULL, NULL, false },
		{ "documents/note", SYSTEM_ROLE, NULL, NULL, false },
		{ "document/1", SYSTEM_ROLE, NULL, NULL, false },
		{ "period/2019-2020", SYSTEM_ROLE, NULL, NULL, false },
	};
	struct arena *a = arena_create(1 << 20);
	for (size_t i = 0; i < COUNT(rows); i++) {
		unsigned how = rows[i].how;
		const struct region region = { .policy = (how & NO_RULES) != 0 ? NULL
									       : rules_in(a) };
		const struct registered_system s = { .name = "a",
						     .role = (how & SYSTEM_ROLE) != 0 ? "doctor"
										      : NULL };
		const struct requester who = { .region = &region,
					       .system = (how & NO_SYSTEM) != 0 ? NULL : &s,
					       .person = { .vouched = (how & VOUCHED) != 0
									      ? VOUCHED_BY_ASSERTION
									      : VOUCHED_BY_NOBODY,
							   .issuer = "idp",
							   .id = "taro",
							   .roles = rows[i].role },
					       .purposes = rows[i].purpose };
		bool does = exclusion_meets(rows[i].target, &who);
		if (does != rows[i].meets)
			fprintf(stderr, "%zu: %s\n", i, rows[i].target);
		CU_ASSERT_EQUAL(does, rows[i].meets);
	}
	const struct region region = { .policy = NULL };
	struct requester unnamed = { .region = &region,
				     .person = { .vouched = VOUCHED_BY_ASSERTION } };
	CU_ASSERT_FALSE(exclusion_meets("person/taro@idp", &unnamed));
	unnamed.person.id = "taro";
	CU_ASSERT_FALSE(exclusion_meets("person/taro@idp", &unnamed));
	arena_destroy(a);
}

static void closes(void)
{
	static struct coded_value note = { .code = "N", .scheme = "2.999.3" };
	static const struct {
		const char *target;
		const char *created, *start, *stop;
		bool of_note, rules, closes;
	} rows[] = {
		{ "documents/note", "2020", NULL, NULL, true, true, true },
		{ "documents/note", "2020", NULL, NULL, false, true, false },
		{ "documents/poem", "2020", NULL, NULL, false, true, true },
		{ "documents/note", "2020", NULL, NULL, false, false, true },
		{ "document/1.2", "2020", NULL, NULL, false, false, true },
		{ "document/1.3", "2020", NULL, NULL, false, false, false },
		{ "role/clerk", "2020", NULL, NULL, true, true, false },
		{ "a", "2020", NULL, NULL, true, true, false },
		{ "period/2019-2020", "20200115093000", NULL, NULL, false, false, true },
		{ "period/2019-2020", "2021", NULL, NULL, false, false, false },
		{ "period/2019-2020", "20181231235959", NULL, NULL, false, false, false },
		{ "period/2019-2020", "20190101000000", NULL, NULL, false, false, true },
		{ "period/201906-201907", "2019", NULL, NULL, false, false, true },
		{ "period/201906-201907", "201908", NULL, NULL, false, false, false },
		{ "period/2019-2020", NULL, NULL, NULL, false, false, true },
		{ "period/2019-2020", "2022", "2018", "2022", false, false, true },
		{ "period/2019-2020", "2022", "2021", "2022", false, false, false },
		{ "period/2019-2020", "2022", "2020", NULL, false, false, true },
		{ "period/2019-2020", "2022", NULL, "2018", false, false, false },
		{ "period/2019-2020", NULL, NULL, "201901", false, false, true },
		{ "period/2019-2020", NULL, "2021", NULL, false, false, false },
	};
	struct arena *a = arena_create(1 << 20);
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct region region = { .policy = rows[i].rules ? rules_in(a) : NULL };
		const struct document_entry e = { .unique_id = "1.2",
						  .type_code = rows[i].of_note ? &note : NULL,
						  .creation_time = rows[i].created,
						  .service_start_time = rows[i].start,
						  .service_stop_time = rows[i].stop };
		bool does = exclusion_closes(rows[i].target, &region, &e);
		if (does != rows[i].closes)
			fprintf(stderr, "%zu: %s\n", i, rows[i].target);
		CU_ASSERT_EQUAL(does, rows[i].closes);
	}
	const struct region none = { .policy = NULL };
	const struct document_entry nameless = { .unique_id = NULL };
	CU_ASSERT_TRUE(exclusion_closes("document/1.2", &none, &nameless));
	arena_destroy(a);
}

static void periods(void)
{
	static const struct {
		const char *what;
		bool is;
	} rows[] = { { "2019-2020", true },
		     { "2019-2019", true },
		     { "20190101-201902", true },
		     { "20190101000000-20190101000000", true },
		     { "2020-2019", false },
		     { "2020", false },
		     { "2020-", false },
		     { "-2020", false },
		     { "202-2020", false },
		     { "20200-2021", false },
		     { "2020-20211", false },
		     { "2020-2021x", false },
		     { "2020012315301500-2021", false },
		     { "2020-2021012315301500", false },
		     { "", false } };
	for (size_t i = 0; i < COUNT(rows); i++)
		CU_ASSERT_EQUAL(exclusion_is_period(rows[i].what), rows[i].is);
}

static const struct test tests[] = {
	{ "kinds", kinds }, { "meets", meets }, { "closes", closes }, { "periods", periods }, { 0 }
};

int main(void)
{
	return suite_run("policy: exclusions", tests);
}
