/* tests/base/withheld_test.c: what is told of a problem has nothing that came from outside. */
#include "tests/base/suite.h"

#include <inttypes.h>
#include <stdio.h>

#include "gateway/base/arena.h"
#include "gateway/base/findings.h"
#include "gateway/base/text.h"
#include "gateway/base/withheld.h"

#define NAME "ヤマダ"
#define NUMBER "0012345678"

static void words(void)
{
	struct arena *a = arena_create(1 << 16);
	struct problem rows[8] = { 0 };
	static const char *const told[] = {
		"no domain … is registered",
		"'…' is not the number … of …",
		"…: 100% of … octets",
		"",
		"nothing was put in",
		"",
		"… of …",
		"ends in …",
	};
	problem_set(&rows[0], PROBLEM_UNKNOWN_KEY, "no domain %s is registered", NUMBER);
	problem_set(&rows[1], PROBLEM_UNKNOWN_KEY, "'%.*s' is not the number %" PRIu64 " of %zu", 4,
		    NUMBER, (uint64_t)77, sizeof a);
	problem_set(&rows[2], PROBLEM_UNKNOWN_KEY, "%-12s: 100%% of %'lld octets", NAME, 5LL);
	problem_set(&rows[3], PROBLEM_UNKNOWN_KEY, "%s: '%s'", NAME, NUMBER);
	problem_set(&rows[4], PROBLEM_UNKNOWN_KEY, "nothing was put in");
	rows[5] = (struct problem){ .code = PROBLEM_UNKNOWN_KEY, .what = NAME " " NUMBER };
	problem_at(&rows[6], PROBLEM_UNKNOWN_KEY, "PID^1^3", "%08x of %c", 12345678u, 'x');
	problem_set(&rows[7], PROBLEM_UNKNOWN_KEY, "ends in %s", NAME);
	for (size_t i = 0; i < COUNT(rows); i++)
		CU_ASSERT_STRING_EQUAL(withheld_words(a, &rows[i]), told[i]);
	/* The first problem stays, and so do its words. */
	problem_set(&rows[0], PROBLEM_UNKNOWN_KEY, "another");
	CU_ASSERT_STRING_EQUAL(withheld_words(a, &rows[0]), told[0]);
	arena_destroy(a);
}

static void words_of_findings(void)
{
	struct arena *a = arena_create(1 << 16);
	struct findings f = findings_in(a);
	findings_error(&f, PROBLEM_REGISTRY_METADATA, NULL, "patientId", "'%s' is nobody", NUMBER);
	findings_relay(&f, false, "XDSRegistryError", "they say " NAME, NULL);
	CU_ASSERT_STRING_EQUAL(withheld_words(a, &f.first->problem), "'…' is nobody");
	CU_ASSERT_STRING_EQUAL(withheld_words(a, &f.last->problem), "");
	arena_destroy(a);
}

static void places(void)
{
	static const struct {
		const char *where;
		bool told;
	} rows[] = {
		{ "", true },
		{ "PID^1^3^1^4", true },
		{ "(2)/PID^1^3", true },
		{ "$XDSDocumentEntryPatientId", true },
		{ "DocumentEntry.formatCode", true },
		{ "/env:Envelope/env:Body/rim:Slot[2]/@name", true },
		{ "id", true },
		{ "PID^1^1234", true },
		{ "PID^1^12345", false },
		{ NUMBER, false },
		{ "1.2.3^4", false },
		{ "Slot[" NAME "]", false },
		{ "line 12", true },
		{ "two=words", false },
		{ "a\"b", false },
		{ "a<b", false },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct problem p = { .code = PROBLEM_UNKNOWN_KEY };

		snprintf(p.where, sizeof p.where, "%s", rows[i].where);
		if (!text_equal(withheld_place(&p), rows[i].told ? rows[i].where : ""))
			CU_FAIL_FATAL(rows[i].where);
	}
}

int main(void)
{
	static const struct test tests[] = { { "words", words },
					     { "words of findings", words_of_findings },
					     { "places", places },
					     { 0 } };
	return suite_run("withheld", tests);
}
