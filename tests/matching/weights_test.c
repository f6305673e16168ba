/* tests/matching/weights_test.c: weights as text and back, and what is refused. */
#include "tests/base/suite.h"

#include <math.h>
#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "matching/features_names.h"
#include "matching/weights.h"
#include "schemas/tables/problem.h"

static struct match_weights *reread(struct arena *a, const char *text, struct problem *p)
{
	*p = (struct problem){ .code = PROBLEM_NONE };
	return match_weights_read(a, bytes_of_text(text), p);
}

static const char *shipped(struct arena *a)
{
	struct bytes b = match_weights_write(a, match_weights_default(a));
	return arena_text_n(a, (const char *)b.data, b.length);
}

static void is_read_as_it_was_written(void)
{
	struct arena *a = arena_create(64 << 20);
	struct problem p;
	const char *text = shipped(a);
	struct match_weights *w = reread(a, text, &p), *from = match_weights_default(a);
	CU_ASSERT_EQUAL(p.code, PROBLEM_NONE);
	CU_ASSERT_PTR_NOT_NULL_FATAL(w);
	struct bytes again = match_weights_write(a, w);
	CU_ASSERT_EQUAL(again.length, strlen(text));
	CU_ASSERT_EQUAL(memcmp(again.data, text, again.length), 0);
	for (enum match_class c = 0; c < MATCH_CLASSES; c++)
		for (enum match_field f = 0; f < MATCH_FIELDS; f++)
			for (unsigned i = 0; i < match_level_count(f); i++)
				CU_ASSERT_DOUBLE_EQUAL(w->bits[c][f][i], from->bits[c][f][i], 1e-6);
	arena_destroy(a);
}

static void adds_up(void)
{
	struct arena *a = arena_create(64 << 20);
	struct match_weights *w = match_weights_default(a);
	for (enum match_class c = 0; c < MATCH_CLASSES; c++)
		for (enum match_field f = 0; f < MATCH_FIELDS; f++) {
			double sum = 0;
			for (unsigned i = 1; i < match_level_count(f); i++) {
				CU_ASSERT(w->probability[c][f][i] > 0);
				CU_ASSERT(isfinite(w->bits[c][f][i]));
				sum += w->probability[c][f][i];
			}
			CU_ASSERT_DOUBLE_EQUAL(sum, 1, 1e-7);
			CU_ASSERT_EQUAL(match_weight(w, c, f, NOT_SAID, 0), 0);
		}
	arena_destroy(a);
}

static void rare_names_weigh_more(void)
{
	struct arena *a = arena_create(64 << 20);
	struct match_weights *w = match_weights_default(a);
	double any = match_weight(w, MATCH_STRANGER, FIELD_FAMILY, NAME_SAME, 0),
	       common = match_weight(w, MATCH_STRANGER, FIELD_FAMILY, NAME_SAME,
				     match_value(a, "佐藤")),
	       rare = match_weight(w, MATCH_STRANGER, FIELD_FAMILY, NAME_SAME,
				   match_value(a, "勅使河原"));
	CU_ASSERT(common < any - 2);
	CU_ASSERT_DOUBLE_EQUAL(rare, any + 4, 1e-9);
	CU_ASSERT_EQUAL(
		match_weight(w, MATCH_RELATIVE, FIELD_FAMILY, NAME_SAME, 0),
		match_weight(w, MATCH_RELATIVE, FIELD_FAMILY, NAME_SAME, match_value(a, "佐藤")));
	CU_ASSERT_EQUAL(
		match_weight(w, MATCH_STRANGER, FIELD_GIVEN, NAME_SAME, match_value(a, "佐藤")),
		match_weight(w, MATCH_STRANGER, FIELD_GIVEN, NAME_SAME, 0));
	arena_destroy(a);
}

static void larger_regions_have_more_strangers(void)
{
	struct arena *a = arena_create(64 << 20);
	struct match_weights *w = match_weights_default(a);
	double before = w->prior_stranger;
	match_weights_for(w, w->records * 8);
	CU_ASSERT_DOUBLE_EQUAL(w->prior_stranger, before - 3, 1e-9);
	arena_destroy(a);
}

/* The text with the first line that begins so exchanged; NULL: left out. */
static const char *exchanged(struct arena *a, const char *text, const char *begins,
			     const char *line)
{
	const char *at = strstr(text, begins), *end = strchr(at, '\n') + 1;
	return text_joined(a, arena_text_n(a, text, (size_t)(at - text)), line, end, NULL);
}

static void refuses(void)
{
	static const struct {
		const char *why, *begins, *line;
	} rows[] = {
		{ "another first line", "minato-", "minato-match-weights 2\n" },
		{ "no records", "records", "" },
		{ "no prior", "prior", "" },
		{ "no thresholds", "threshold", "" },
		{ "a level less", "level given same", "" },
		{ "a level nobody knows", "level given same", "level given alike 0.5 0.5 0.5\n" },
		{ "a field nobody knows", "level given same", "level nickname same 0.5 0.5 0.5\n" },
		{ "not said is no level", "level given same",
		  "level given not-said 0.5 0.5 0.5\n" },
		{ "a level twice", "level given same-reading", "level given same 0.5 0.5 0.5\n" },
		{ "records twice", "prior", "records 5\nprior 1 1\n" },
		{ "prior twice", "records", "prior 1 1\nrecords 5\n" },
		{ "thresholds twice", "records", "threshold 9 1\nrecords 5\n" },
		{ "more than one", "level sex same", "level sex same 1.5 0.5 0.5\n" },
		{ "nought", "level sex same", "level sex same 0 0.5 0.5\n" },
		{ "not a number", "level sex same", "level sex same nan 0.5 0.5\n" },
		{ "infinite", "records", "records inf\n" },
		{ "hexadecimal", "records", "records 0x10\n" },
		{ "two points", "records", "records 1.2.3\n" },
		{ "empty", "records", "records \n" },
		{ "too many digits", "records", "records 100000000000000000000000000000000000\n" },
		{ "does not add up", "level sex same", "level sex same 0.1 0.5 0.5\n" },
		{ "review above link", "threshold", "threshold 1 2\n" },
		{ "prior out of range", "prior", "prior -1000 0\n" },
		{ "two blanks", "records", "records  5\n" },
		{ "too many words", "records", "records 1 2 3 4 5 6 7\n" },
		{ "a word nobody knows", "records", "recrods 5\n" },
		{ "a word too few", "prior", "prior 5\n" },
		{ "rarity of a birth", "rarity", "rarity birth 0.1 0.1\n" },
		{ "rarity twice", "rarity", "rarity family 0.1 0.1\nrarity family 0.1 0.1\n" },
		{ "rarity out of range", "rarity", "rarity family 2 0.1\n" },
		{ "values without a rarity", "rarity", "" },
		{ "value of a birth", "value", "value birth 1955 0.1\n" },
		{ "value out of range", "value", "value family 佐藤 7\n" },
		{ "something after the end", "end", "end\nrecords 5\n" },
		{ "no end", "end", "" },
		{ "a line that does not end", "end", "end" },
		{ "not UTF-8", "value", "value family \xff 0.1\n" },
	};
	struct arena *a = arena_create(256 << 20);
	struct problem p;
	const char *text = shipped(a);
	for (size_t i = 0; i < COUNT(rows); i++) {
		const char *other = exchanged(a, text, rows[i].begins, rows[i].line);
		bool refused = reread(a, other, &p) == NULL && p.code == PROBLEM_CONFIGURATION;
		if (!refused)
			printf("%s: was taken\n", rows[i].why);
		CU_ASSERT_TRUE(refused);
	}
	CU_ASSERT_PTR_NULL(reread(a, "", &p));
	arena_destroy(a);
}

static void tells_the_line(void)
{
	struct arena *a = arena_create(64 << 20);
	struct problem p;
	CU_ASSERT_PTR_NULL(reread(a, "minato-match-weights 1\n# for people\nrecrods 5\n", &p));
	CU_ASSERT_STRING_EQUAL(p.where, "line 3");
	arena_destroy(a);
}

static void has_bounds(void)
{
	struct arena *a = arena_create(256 << 20);
	struct problem p;
	const char *text = shipped(a);
	struct buffer b = buffer_in(a);
	for (unsigned i = 0; i <= MATCH_RARITIES_MOST; i++)
		buffer_printf(&b, "value given N%u 0.0001\n", i);
	const char *values = buffer_ended(&b);
	CU_ASSERT_PTR_NULL(
		reread(a,
		       exchanged(a, text, "end",
				 text_joined(a, "rarity given 0.1 0.1\n", values, "end\n", NULL)),
		       &p));
	CU_ASSERT_PTR_NOT_NULL(
		reread(a,
		       exchanged(a, text, "end",
				 text_joined(a, "rarity given 0.1 0.1\n", strchr(values, '\n') + 1,
					     "end\n", NULL)),
		       &p));
	char *line = arena_alloc(a, 1024);
	memset(line, '#', 600);
	line[600] = '\n';
	CU_ASSERT_PTR_NULL(reread(a, exchanged(a, text, "records", line), &p));
	char *name = arena_alloc(a, 256);
	memset(name, 'A', MATCH_RARITY_TEXT + 1);
	CU_ASSERT_PTR_NULL(reread(
		a,
		exchanged(a, text, "value", text_joined(a, "value family ", name, " 0.1\n", NULL)),
		&p));
	arena_destroy(a);
}

/* It is known again after it was written and read, and is another's when anything of it is. */
static void is_known_by_its_id(void)
{
	struct arena *a = arena_create(256 << 20);
	struct problem p;
	static const struct {
		const char *begins, *line;
	} rows[] = {
		{ "records", "records 1000001\n" },
		{ "prior", "prior -20 -1.5\n" },
		{ "threshold", "threshold 10.5 -3\n" },
		{ "rarity", "rarity family 0.00205 1e-05\n" },
		{ "value", "value family 佐々木 0.0151\n" },
	};
	const char *text = shipped(a);
	struct match_weights *from = match_weights_default(a);
	uint32_t id = match_weights_id(from);
	CU_ASSERT_NOT_EQUAL(id, 0);
	CU_ASSERT_EQUAL(match_weights_id(match_weights_default(a)), id);
	CU_ASSERT_EQUAL(match_weights_id(reread(a, text, &p)), id);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct match_weights *w = reread(
			a, exchanged(a, text, rows[i].begins, rows[i].line), &p);
		CU_ASSERT_PTR_NOT_NULL_FATAL(w);
		CU_ASSERT_NOT_EQUAL(match_weights_id(w), id);
	}
	struct match_weights *w = match_weights_default(a);
	w->probability[MATCH_SAME][FIELD_SEX][SEX_SAME] = 0.9;
	match_weights_settle(w);
	CU_ASSERT_NOT_EQUAL(match_weights_id(w), id);
	match_weights_for(from, 5);
	CU_ASSERT_NOT_EQUAL(match_weights_id(from), id);
	arena_destroy(a);
}

int main(void)
{
	static const struct test tests[] = {
		{ "is read as it was written", is_read_as_it_was_written },
		{ "adds up", adds_up },
		{ "rare names weigh more", rare_names_weigh_more },
		{ "larger regions have more strangers", larger_regions_have_more_strangers },
		{ "refuses", refuses },
		{ "tells the line", tells_the_line },
		{ "has bounds", has_bounds },
		{ "is known by its id", is_known_by_its_id },
		{ NULL, NULL },
	};
	return suite_run("weights", tests);
}
