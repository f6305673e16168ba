/* tests/store/identity_insurances_test.c: who was insured by another number before is the same
 * person, wherever the old number still stands; who never was is not. */
#include "tests/base/suite.h"

#include "gateway/base/normalise.h"
#include "gateway/base/text.h"
#include "store/identity_forms.h"
#include "store/usage.h"
#include "tests/store/people.h"

/* ---- What is kept of what stood there ---- */

#define WIDE ((instant)24 * 3600 * 1000000)
/* 2026-04-01 00:00 UTC, 09:00 in Japan. */
#define APRIL ((instant)1775001600 * 1000000)

/* INSURER SYMBOL NUMBER BRANCH FROM UNTIL, "-" for what is not said; several by ";". */
static struct insurance *list_of(struct arena *a, const char *text)
{
	struct insurance *first = NULL, **tail = &first;
	char *rest = arena_text(a, text), *one;
	while (rest != NULL && (one = strsep(&rest, ";")) != NULL && *one != '\0') {
		struct insurance *i = arena_new(a, struct insurance);
		const char **const fields[] = { &i->insurer, &i->symbol, &i->number,
						&i->branch,  &i->from,   &i->until };
		for (size_t n = 0; n < COUNT(fields) && one != NULL; n++) {
			const char *said = strsep(&one, " ");
			*fields[n] = strcmp(said, "-") == 0 ? NULL : said;
		}
		*tail = i;
		tail = &i->next;
	}
	return first;
}

static const char *shown(struct arena *a, const struct insurance *i)
{
	struct buffer b = buffer_in(a);
	for (; i != NULL; i = i->next)
		buffer_printf(&b, "%s%s/%s/%s", b.length == 0 ? "" : " ", i->insurer, i->number,
			      i->branch == NULL ? "-" : i->branch);
	return buffer_ended(&b);
}

static const struct {
	const char *why, *known, *former, *said;
	int days; /* between the two */
	const char *kept;
} changes[] = {
	{ "another insurer", "01130012 12 345 01", "", "06980015 7 8 01", 30, "01130012/345/01" },
	{ "the same again", "01130012 12 345 01", "", "01130012 １２ 0345 1", 30, "" },
	{ "nothing is said of it", "01130012 12 345 01", "06980015 7 8 01", NULL, 30,
	  "06980015/8/01" },
	{ "another number of the insurer, another day", "01130012 12 345 01", "",
	  "01130012 12 346 01", 1, "01130012/345/01" },
	{ "another number of the insurer, the same day", "01130012 12 345 01", "",
	  "01130012 12 346 01", 0, "" },
	{ "the same day, two beginnings", "01130012 12 345 01 20200401", "",
	  "01130012 12 346 01 20260401", 0, "01130012/345/01" },
	{ "another insurer, the same day", "01130012 12 345 01", "", "06980015 7 8 01", 0,
	  "01130012/345/01" },
	{ "valid from the same day", "01130012 12 345 01 20250401", "",
	  "06980015 7 8 01 20250401 20260331", 30, "" },
	{ "valid from the same day, told to the hour", "01130012 12 345 01 2025040109", "",
	  "06980015 7 8 01 20250401", 30, "" },
	{ "of the same year, of which no more is said", "01130012 12 345 01 2025", "",
	  "06980015 7 8 01 2025", 30, "01130012/345/01" },
	{ "a branch at last", "01130012 12 345 -", "", "01130012 12 345 01", 30, "" },
	{ "a branch that was wrong", "01130012 12 345 02", "", "01130012 12 345 01", 30, "" },
	{ "a branch that was lost", "01130012 12 345 02", "", "01130012 12 345 -", 30, "" },
	{ "two of them, of which one stays", "01130012 12 345 01;138016 - 5 -", "", "138016 - 5 -",
	  30, "01130012/345/01" },
	{ "one that was there begins on the same day", "01130012 12 345 01 20250401", "",
	  "01130012 12 345 01 20250401;06980015 7 8 01 20250401", 30, "" },
	{ "beside one of the same day that stays",
	  "01130012 12 345 01 20250401;06980015 7 8 01 20250401", "", "06980015 7 8 01 20250401",
	  30, "01130012/345/01" },
	{ "turned 75", "01130012 12 345 01", "", "39131156 - 12345674 -", 30, "01130012/345/01" },
	{ "turned 75, on the day of the last change", "138016 - 5 01 20260401", "",
	  "39131156 - 12345674 - 20260401", 0, "138016/5/01" },
	{ "75: the number was wrong", "39131156 - 12345674 -", "", "39131156 - 00000018 -", 0, "" },
	{ "75: moved", "39131156 - 12345674 -", "", "39980016 - 00000018 -", 30,
	  "39131156/12345674/-" },
	{ "a check digit that fails", "01130013 12 345 01", "", "06980015 7 8 01", 30, "" },
	{ "a number nobody has", "01130012 12 999 01", "", "06980015 7 8 01", 30, "" },
	{ "said by nobody who could say it", "01130012 12 345 01", "", "- - - -", 30,
	  "01130012/345/01" },
	{ "back again", "06980015 7 8 01", "01130012 12 345 01", "01130012 12 345 01", 30,
	  "06980015/8/01" },
	{ "one after the other", "06980015 7 8 01", "01130012 12 345 01", "138016 - 5 -", 30,
	  "06980015/8/01 01130012/345/01" },
	{ "as many as are kept", "06980015 7 8 01",
	  "01130012 1 1 01;01130012 2 2 01;01130012 3 3 01;01130012 4 4 01", "138016 - 5 -", 30,
	  "06980015/8/01 01130012/1/01 01130012/2/01 01130012/3/01" },
};

static void what_stood_there_is_kept_or_not(void)
{
	struct arena *a = arena_create(1 << 20);
	for (size_t i = 0; i < COUNT(changes); i++) {
		struct patient_demographics known = { .insurances = list_of(a, changes[i].known),
						      .former_insurances = list_of(
							      a, changes[i].former) },
					    said = { .insurances = NULL };
		for (struct insurance *f = known.former_insurances; f != NULL; f = f->next)
			f->last_said = "20250101000000";
		if (changes[i].said != NULL)
			said.insurances = list_of(a, changes[i].said);
		const struct insurance *kept = identity_former_insurances(
			a, &known, &said, APRIL, APRIL + changes[i].days * WIDE);
		if (strcmp(shown(a, kept), changes[i].kept) != 0)
			fprintf(stderr, "%s: %s\n", changes[i].why, shown(a, kept));
		CU_ASSERT_STRING_EQUAL(shown(a, kept), changes[i].kept);
		for (; kept != NULL; kept = kept->next)
			CU_ASSERT_STRING_EQUAL(kept->last_said,
					       strstr(changes[i].former, kept->insurer) != NULL
						       ? "20250101000000"
						       : "20260401000000");
		said.delete_insurances = true;
		CU_ASSERT_PTR_NULL(
			identity_former_insurances(a, &known, &said, APRIL, APRIL + WIDE));
	}
	arena_destroy(a);
}

/* The day is Japan's: 14:59 and 15:01 UTC are two of them. */
static void the_day_is_japans(void)
{
	struct arena *a = arena_create(1 << 20);
	const instant evening = APRIL + 15 * (instant)3600 * 1000000 - 60 * (instant)1000000;
	struct patient_demographics known = { .insurances = list_of(a, "01130012 12 345 01") },
				    said = { .insurances = list_of(a, "01130012 12 346 01") };
	CU_ASSERT_PTR_NULL(identity_former_insurances(a, &known, &said, APRIL, evening));
	CU_ASSERT_PTR_NOT_NULL(identity_former_insurances(a, &known, &said, APRIL,
							  evening + 120 * (instant)1000000));
	arena_destroy(a);
}

/* ---- A person whose number changes ---- */

static const struct who bride_a = { A_DOMAIN, "1", "ヤマダ",   "ハナコ", "19800503", "F", 0,
				    0,        0,   "01130012", "12",     "345",      "03" },
			bride_b = { B_DOMAIN, "7", "ヤマダ",   "ハナコ", "19800503", "F", 0,
				    0,        0,   "01130012", "12",     "345",      "03" },
			wife_a = { A_DOMAIN, "1", "スズキ",   "ハナコ", "19800503", "F", 0,
				   0,        0,   "06980015", "7",      "8",        "02" },
			wife_c = { C_DOMAIN, "9", "スズキ",   "ハナコ", "19800503", "F", 0,
				   0,        0,   "06980015", "7",      "8",        "02" };

static void done(struct fixture *f)
{
	CU_ASSERT_EQUAL(people_findings(f, true), 0);
	fixture_close(f);
}

/* Married, with another employer's insurance: a facility that knows the old name and number, and
 * one that knows the new ones, know the same person. In whatever order they say so. */
static void marriage_and_a_new_insurer_keep_the_person(void)
{
	static const struct who *const orders[][4] = { { &bride_a, &wife_a, &bride_b, &wife_c },
						       { &bride_b, &bride_a, &wife_a, &wife_c },
						       { &wife_c, &bride_a, &bride_b, &wife_a } };
	for (size_t i = 0; i < COUNT(orders); i++) {
		struct fixture f;
		fixture_open(&f);
		for (size_t n = 0; n < COUNT(orders[i]); n++)
			people_feed(&f, orders[i][n]);
		CU_ASSERT_TRUE(people_same(&f, &bride_a, &bride_b));
		CU_ASSERT_TRUE(people_same(&f, &wife_a, &wife_c));
		struct patient_demographics d = people_record(&f, A_DOMAIN, "1").demographics;
		CU_ASSERT_STRING_EQUAL(shown(f.arena, d.insurances), "06980015/8/02");
		CU_ASSERT_STRING_EQUAL(shown(f.arena, d.former_insurances), "01130012/345/03");
		/* The same once more says nothing new. */
		uint64_t version = people_record(&f, A_DOMAIN, "1").version;
		CU_ASSERT_EQUAL(people_feed(&f, &wife_a).effect, FEED_UNCHANGED);
		CU_ASSERT_EQUAL(people_record(&f, A_DOMAIN, "1").version, version);
		done(&f);
	}
}

static void feed_these(struct fixture *f, const struct who *w, const char *insurances,
		       bool takes_back, int64_t occurred)
{
	struct patient_identifier id = { .id = w->id, .universal_id = w->domain };
	struct people_put put = { .ids = &id,
				  .demographics = people_demographics(f->arena, w),
				  .occurred = occurred };
	put.demographics.insurances = list_of(f->arena, insurances);
	put.demographics.delete_insurances = takes_back;
	people_write(f, &put);
	fixture_must(f, f->problem.code == PROBLEM_NONE);
}

/* I4: what replaces a number leaves the link it made; what corrects it, or takes it back, does not.
 */
static void what_takes_the_link_away(void)
{
	static const struct {
		const char *why, *before, *said;
		bool takes_back, stays;
		int days;
	} updates[] = {
		{ "replaced", "01130012 12 345 03", "06980015 7 8 02", false, true, 30 },
		{ "replaced again", "01130012 12 345 03", "138016 - 5 01", false, true, 60 },
		{ "corrected the same day", "01130012 12 345 03", "01130012 12 346 03", false,
		  false, 0 },
		{ "corrected, of one beginning", "01130012 12 345 03 20250401",
		  "06980015 7 8 02 20250401", false, false, 30 },
		{ "another branch of the same", "01130012 12 345 03", "01130012 12 345 02", false,
		  false, 30 },
		{ "taken back", "01130012 12 345 03", "", true, false, 30 },
		{ "taken back, and another said", "01130012 12 345 03", "06980015 7 8 02", true,
		  false, 30 },
		{ "not said of", "01130012 12 345 03", "", false, true, 30 },
	};
	for (size_t i = 0; i < COUNT(updates); i++) {
		struct fixture f;
		fixture_open(&f);
		feed_these(&f, &bride_a, updates[i].before, false, APRIL - 100 * WIDE);
		people_feed(&f, &bride_b);
		CU_ASSERT_TRUE(people_same(&f, &bride_a, &bride_b));
		feed_these(&f, &bride_a, updates[i].said, updates[i].takes_back,
			   APRIL - (100 - updates[i].days) * WIDE);
		bool same = people_same(&f, &bride_a, &bride_b);
		if (same != updates[i].stays)
			fprintf(stderr, "%s\n", updates[i].why);
		CU_ASSERT_EQUAL(same, updates[i].stays);
		done(&f);
	}
}

/* A29: nothing is left, of what stood there before either. */
static void whoever_is_taken_back_is_forgotten(void)
{
	struct fixture f;
	fixture_open(&f);
	people_feed(&f, &bride_a);
	people_feed(&f, &wife_a);
	CU_ASSERT_PTR_NOT_NULL(people_record(&f, A_DOMAIN, "1").demographics.former_insurances);
	struct patient_identifier id = { .id = "1", .universal_id = A_DOMAIN };
	struct people_put put = { .ids = &id,
				  .demographics = { .birth_date = "",
						    .sex = "",
						    .delete_names = true,
						    .delete_insurances = true,
						    .delete_all = true } };
	CU_ASSERT_EQUAL(people_write(&f, &put), PROBLEM_NONE);
	struct patient_demographics d = people_record(&f, A_DOMAIN, "1").demographics;
	CU_ASSERT_PTR_NULL(d.insurances);
	CU_ASSERT_PTR_NULL(d.former_insurances);
	people_feed(&f, &bride_b);
	CU_ASSERT_FALSE(people_same(&f, &bride_a, &bride_b));
	done(&f);
}

/* ---- Counted by facility ---- */

static struct usage usage_now(struct fixture *f, const char *system)
{
	struct store_txn *t = store_begin_read(f->store, &f->problem);
	struct usage u = usage_of(t, system);
	store_end(t);
	return u;
}

static void counts_are(struct fixture *f, const char *system, uint64_t no_branch,
		       uint64_t check_digit)
{
	struct usage u = usage_now(f, system);
	if (usage_tallied(&u.no_branch) != no_branch
	    || usage_tallied(&u.check_digit) != check_digit)
		fprintf(stderr, "%s: %llu without branch, %llu of wrong digits\n", system,
			(unsigned long long)usage_tallied(&u.no_branch),
			(unsigned long long)usage_tallied(&u.check_digit));
	CU_ASSERT_EQUAL(usage_tallied(&u.no_branch), no_branch);
	CU_ASSERT_EQUAL(usage_tallied(&u.check_digit), check_digit);
}

static unsigned findings(struct fixture *f)
{
	static const struct check_module *const modules[] = { &identity_check, NULL };
	struct check_counts counts = { 0 };
	CU_ASSERT_TRUE(store_check(f->store, modules, NULL, NULL, &counts, &f->problem));
	return (unsigned)counts.findings;
}

/* A record counts for who fed it as long as it says so: not what it said before, not one that is
 * merged away. */
static void facilities_are_counted(void)
{
	static const struct {
		const char *why, *insurances;
		bool takes_back;
		unsigned no_branch, check_digit;
	} feeds[] = {
		{ "none", "", false, 0, 0 },
		{ "with its branch", "01130012 12 345 01", false, 0, 0 },
		{ "without", "01130012 12 345 -", false, 1, 0 },
		{ "the same again", "01130012 12 345 -", false, 1, 0 },
		{ "two without", "01130012 12 345 -;138016 - 5 -", false, 1, 0 },
		{ "nothing said", "", false, 1, 0 },
		{ "one digit is wrong", "01130013 12 345 01", false, 0, 1 },
		{ "both", "01130013 12 345 -", false, 1, 1 },
		{ "of the old-age scheme", "39131156 - 12345674 -", false, 0, 0 },
		{ "the digit of its number is wrong", "39131156 - 12345675 -", false, 0, 1 },
		{ "nothing that could be compared", "1 - - -", false, 0, 0 },
		{ "without, beside one with", "01130012 12 345 01;138016 - 5 -", false, 1, 0 },
		{ "taken back", "", true, 0, 0 },
		{ "without", "138016 - 5 -", false, 1, 0 },
	};
	struct fixture f;
	fixture_open(&f);
	for (size_t i = 0; i < COUNT(feeds); i++) {
		feed_these(&f, &bride_a, feeds[i].insurances, feeds[i].takes_back, 0);
		counts_are(&f, "a-hospital", feeds[i].no_branch, feeds[i].check_digit);
		CU_ASSERT_EQUAL(findings(&f), 0);
	}
	struct who other = bride_a;
	other.id = "2";
	feed_these(&f, &other, "138017 - 5 -", false, 0);
	counts_are(&f, "a-hospital", 2, 1);
	feed_these(&f, &bride_b, "138016 - 5 -", false, 0); /* what both say stands once */
	counts_are(&f, "b-clinic", 1, 0);
	CU_ASSERT_EQUAL(people_merge(&f, A_DOMAIN, "1", "2", NULL), PROBLEM_NONE);
	counts_are(&f, "a-hospital", 1, 0);
	CU_ASSERT_EQUAL(findings(&f), 0);
	fixture_close(&f);
}

static bool miscount(void *with, struct store_txn *t, struct problem *p)
{
	(void)p;
	return usage_add(t, "a-hospital", with);
}

static void a_wrong_count_is_found(void)
{
	static struct usage wrong[] = { { .no_branch = { .begun = 1 } },
					{ .no_branch = { .ended = 1 } },
					{ .check_digit = { .begun = 1 } },
					{ .check_digit = { .ended = 1 } } };
	for (size_t i = 0; i < COUNT(wrong); i++) {
		struct fixture f;
		fixture_open(&f);
		feed_these(&f, &bride_a, "138017 - 5 -", false, 0);
		CU_ASSERT_EQUAL(findings(&f), 0);
		CU_ASSERT_TRUE(store_write(f.store, miscount, &wrong[i], &f.problem));
		CU_ASSERT_EQUAL(findings(&f), 1);
		fixture_close(&f);
	}
}

/* A store of a former form has rows that were never counted: the start that makes the index of
 * candidates anew counts them, once. */
static bool forget_counts(void *with, struct store_txn *t, struct problem *p)
{
	struct arena *a = store_arena(t);
	struct identity_row row;
	struct key k;
	(void)p;
	for (uint64_t n = 1; identity_row_get(t, a, n, &row); n++) {
		if (row.made)
			continue;
		*(unsigned *)with += row.doubts != 0;
		identity_doubts_move(t, &row, row.record.source_system, 0);
		identity_row_put(t, &row);
	}
	key_begin(&k, SPACE_STORE);
	key_text(&k, "candidates");
	return store_delete(t, key_span(&k));
}

static void former_stores_are_counted(void)
{
	struct fixture f;
	uint64_t made = 0;
	unsigned forgotten = 0;
	fixture_open(&f);
	feed_these(&f, &bride_a, "138017 - 5 -", false, 0);
	feed_these(&f, &bride_b, "138016 - 5 -", false, 0);
	CU_ASSERT_TRUE(identity_candidates_ready(f.store, &made, &f.problem));
	CU_ASSERT_TRUE(store_write(f.store, forget_counts, &forgotten, &f.problem));
	CU_ASSERT_TRUE(forgotten >= 1);
	counts_are(&f, "a-hospital", 0, 0);
	CU_ASSERT_NOT_EQUAL(findings(&f), 0);
	for (unsigned n = 0; n < 2; n++) {
		CU_ASSERT_TRUE(identity_candidates_ready(f.store, &made, &f.problem));
		counts_are(&f, "a-hospital", 1, 1);
		counts_are(&f, "b-clinic", 1, 0);
		CU_ASSERT_EQUAL(findings(&f), 0);
	}
	fixture_close(&f);
}

/* ---- Found by it ---- */

/* Whose number it is, as DOMAIN's last digit and id; with a number of a household nobody is left
 * out. */
static const char *found_by(struct fixture *f, const char *insurance)
{
	struct insurance_form form;
	struct candidates_wanted w = { .reading = NULL };
	struct candidate_page page;
	struct buffer b = buffer_in(f->arena);
	CU_ASSERT_TRUE_FATAL(normalise_insurance(f->arena, list_of(f->arena, insurance), &form));
	w.insured = candidates_insured(f->arena, &form);
	struct store_txn *t = store_begin_read(f->store, &f->problem);
	CU_ASSERT_TRUE(identity_candidates(t, f->arena, &w, NULL, 50, &page));
	for (const struct patient_record *r = page.records; r != NULL; r = r->next)
		buffer_printf(&b, "%s%s", people_system(r->domain), r->id);
	store_end(t);
	CU_ASSERT_PTR_NULL(page.next);
	return buffer_ended(&b);
}

static void who_is_insured_is_found(void)
{
	struct fixture f;
	fixture_open(&f);
	people_feed(&f, &bride_a);
	CU_ASSERT_STRING_EQUAL(found_by(&f, "01130012 12 345 -"), "a-hospital1");
	CU_ASSERT_STRING_EQUAL(found_by(&f, "01130012 １２ 0345 07"), "a-hospital1");
	CU_ASSERT_STRING_EQUAL(found_by(&f, "01130012 12 346 -"), "");
	people_feed(&f, &bride_b); /* says the same: by the other's entry */
	CU_ASSERT_STRING_EQUAL(found_by(&f, "01130012 12 345 -"), "a-hospital1b-clinic7");
	people_feed(&f, &wife_a); /* by both numbers; nobody's entry is lost */
	CU_ASSERT_STRING_EQUAL(found_by(&f, "06980015 7 8 -"), "a-hospital1");
	CU_ASSERT_STRING_EQUAL(found_by(&f, "01130012 12 345 -"), "a-hospital1b-clinic7");
	feed_these(&f, &wife_a, "", true, 0);
	CU_ASSERT_STRING_EQUAL(found_by(&f, "06980015 7 8 -"), "");
	CU_ASSERT_STRING_EQUAL(found_by(&f, "01130012 12 345 -"), "b-clinic7");
	done(&f);
}

static const struct test tests[] = {
	{ "what stood there is kept or not", what_stood_there_is_kept_or_not },
	{ "the day is Japan's", the_day_is_japans },
	{ "marriage and a new insurer keep the person",
	  marriage_and_a_new_insurer_keep_the_person },
	{ "what takes the link away", what_takes_the_link_away },
	{ "whoever is taken back is forgotten", whoever_is_taken_back_is_forgotten },
	{ "facilities are counted", facilities_are_counted },
	{ "a wrong count is found", a_wrong_count_is_found },
	{ "former stores are counted", former_stores_are_counted },
	{ "who is insured is found", who_is_insured_is_found },
	{ 0 }
};

int main(void)
{
	return suite_run("store: former insurances", tests);
}
