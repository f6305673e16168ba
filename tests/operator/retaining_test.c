/* tests/operator/retaining_test.c: the minute of a day at which rules of retention are carried out,
 * in the host's zone, whatever that does to its days; when a run is due, by what the store knows of
 * the last one; and that a gateway makes up for one that was missed. */
#include "tests/base/suite.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "gateway/operator/region_files.h"
#include "gateway/process.h"
#include "gateway/retaining.h"
#include "profiles/actors/retention_run.h"
#include "store/daily.h"
#include "tests/operator/place.h"
#include "tests/store/in_job.h"

static instant at(const char *dtm)
{
	instant t = 0;
	CU_ASSERT_FATAL(instant_from_dtm(dtm, 0, &t));
	return t;
}

static void days_have_one_such_minute(void)
{
	static const struct {
		const char *zone, *now; /* UTC */
		unsigned minute;
		const char *last, *next;
	} rows[] = {
		{ "UTC0", "20260115030000", 180, "20260115030000", "20260116030000" },
		{ "UTC0", "20260115025959", 180, "20260114030000", "20260115030000" },
		{ "UTC0", "20260301000000", 0, "20260301000000", "20260302000000" },
		{ "UTC0", "20260228235959", 1439, "20260228235900", "20260301235900" },
		{ "JST-9", "20260114175959", 180, "20260113180000", "20260114180000" },
		{ "JST-9", "20260114180000", 180, "20260114180000", "20260115180000" },
		{ "JST-9", "20251231180100", 180, "20251231180000", "20260101180000" },
		/* Summer begins on 2026-03-29 at 01:00Z: 03:00 is an hour earlier. */
		{ "CET-1CEST,M3.5.0,M10.5.0/3", "20260328120000", 180, "20260328020000",
		  "20260329010000" },
		{ "CET-1CEST,M3.5.0,M10.5.0/3", "20260329013000", 180, "20260329010000",
		  "20260330010000" },
		/* And ends on 2026-10-25. */
		{ "CET-1CEST,M3.5.0,M10.5.0/3", "20261024120000", 180, "20261024010000",
		  "20261025020000" },
	};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		setenv("TZ", rows[i].zone, 1);
		tzset();
		CU_ASSERT_EQUAL(retaining_last(at(rows[i].now), rows[i].minute), at(rows[i].last));
		CU_ASSERT_EQUAL(retaining_next(at(rows[i].now), rows[i].minute), at(rows[i].next));
	}
}

/* ---- When a run is due ---- */

static bool put_row(struct store_txn *t, const void *with)
{
	return daily_put(t, RETENTION_DAILY, with);
}

static bool forget_row(struct store_txn *t, const void *with)
{
	(void)with;
	daily_forget(t, RETENTION_DAILY);
	return !store_failed(t);
}

static bool look_at_row(struct store *s, struct daily *out)
{
	struct problem p = { .code = PROBLEM_NONE };
	struct store_txn *t = store_begin_read(s, &p);
	CU_ASSERT_PTR_NOT_NULL_FATAL(t);
	bool there = daily_look(t, RETENTION_DAILY, out);
	CU_ASSERT_FALSE(store_failed(t));
	store_end(t);
	return there;
}

struct due_row {
	const char *why;
	const char *done; /* and by which minute; NULL: no row */
	unsigned by;
	size_t rules;
	unsigned minute;
	const char *looked, *now;
	bool due;
	const char *then; /* the row afterwards; NULL: none */
	unsigned then_by;
};

static void one_look(struct fixture *f, const struct due_row *row)
{
	const struct region region = { .retention_count = row->rules,
				       .retention_minute = row->minute };
	struct daily d = { 0 };
	if (row->done == NULL) {
		CU_ASSERT_TRUE(in_job(f, forget_row, NULL));
	} else {
		d = (struct daily){ at(row->done), row->by };
		CU_ASSERT_TRUE(in_job(f, put_row, &d));
	}
	f->problem = (struct problem){ .code = PROBLEM_NONE };
	bool due = retaining_is_due(f->store, &region, at(row->looked), at(row->now), &f->problem);
	bool there = look_at_row(f->store, &d);
	bool right = due == row->due && there == (row->then != NULL)
		     && (!there || (d.done == at(row->then) && d.minute == row->then_by));
	if (!right || f->problem.code != PROBLEM_NONE)
		printf("%s: %d %d %lld %u %s\n", row->why, due, there, (long long)d.done, d.minute,
		       f->problem.what);
	CU_ASSERT_TRUE(right);
	CU_ASSERT_EQUAL(f->problem.code, PROBLEM_NONE);
}

#define TODAY "20260115"
#define YESTERDAY "20260114"

static void a_run_is_due_once_a_day_and_when_it_was_missed(void)
{
	static const struct due_row rows[] = {
		{ "before its minute", YESTERDAY "030000", 180, 1, 180, TODAY "025930",
		  TODAY "025959", false, YESTERDAY "030000", 180 },
		{ "at its minute", YESTERDAY "030000", 180, 1, 180, TODAY "025930", TODAY "030000",
		  true, YESTERDAY "030000", 180 },
		{ "done", TODAY "030000", 180, 1, 180, TODAY "030000", TODAY "030030", false,
		  TODAY "030000", 180 },
		{ "by the operator, before its minute", TODAY "020000", 180, 1, 180, TODAY "025930",
		  TODAY "030000", true, TODAY "020000", 180 },
		{ "by the operator, after it was missed", TODAY "100000", 180, 1, 180,
		  TODAY "100000", TODAY "110000", false, TODAY "100000", 180 },
		{ "missed, and the process has just begun", YESTERDAY "030000", 180, 1, 180,
		  TODAY "093000", TODAY "093000", true, YESTERDAY "030000", 180 },
		{ "missed for weeks", "20251215030000", 180, 1, 180, TODAY "010000", TODAY "010000",
		  true, "20251215030000", 180 },
		{ "begun before its minute, missed nothing", YESTERDAY "030000", 180, 1, 180,
		  TODAY "010000", TODAY "010000", false, YESTERDAY "030000", 180 },
		{ "missed, and the minute is another one now", YESTERDAY "030000", 180, 1, 1200,
		  TODAY "093000", TODAY "093000", true, YESTERDAY "030000", 180 },
		{ "rules are new: the next minute is the first", NULL, 0, 1, 180, TODAY "093000",
		  TODAY "093000", false, TODAY "093000", 180 },
		{ "new, at their minute", NULL, 0, 1, 180, TODAY "025930", TODAY "030000", true,
		  TODAY "025930", 180 },
		{ "the minute became one that is past", TODAY "030000", 180, 1, 540, TODAY "100000",
		  TODAY "100030", false, TODAY "100000", 540 },
		{ "the minute became this one", TODAY "030000", 180, 1, 600, TODAY "095945",
		  TODAY "100005", true, TODAY "095945", 600 },
		{ "there are no rules any more", YESTERDAY "030000", 180, 0, 180, TODAY "093000",
		  TODAY "093000", false, NULL, 0 },
		{ "no rules, no row", NULL, 0, 0, 180, TODAY "025930", TODAY "030000", false, NULL,
		  0 },
		{ "by a clock that was wrong", "20990101000000", 180, 1, 180, TODAY "093000",
		  TODAY "093030", false, TODAY "093000", 180 },
		{ "the same, at its minute", "20990101000000", 180, 1, 180, TODAY "025930",
		  TODAY "030000", true, TODAY "025930", 180 },
	};
	struct fixture f;
	setenv("TZ", "UTC0", 1);
	tzset();
	fixture_open(&f);
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		one_look(&f, &rows[i]);
	fixture_close(&f);
}

static void what_cannot_be_read_is_not_due_and_said(void)
{
	struct fixture f;
	const struct region region = { .retention_count = 1, .retention_minute = 180 };
	const struct daily never = { .done = 0, .minute = 24 * 60 };
	fixture_open(&f);
	CU_ASSERT_TRUE(in_job(&f, put_row, &never));
	CU_ASSERT_FALSE(retaining_is_due(f.store, &region, at(TODAY), at(TODAY), &f.problem));
	CU_ASSERT_EQUAL(f.problem.code, PROBLEM_INTERNAL);
	fixture_close(&f);
}

/* ---- A gateway ---- */

static const char rule[] = "retention \"notes\" {\n"
			   "\ttype = {\"11502-2^2.16.840.1.113883.6.1\"}\n"
			   "\tafter-creation = \"1d\"\n}\n";

struct scene {
	struct place place;
	struct gateway gateway;
	struct log log;
};

static void start(struct scene *s)
{
	s->gateway = (struct gateway){ .clock = NULL };
	CU_ASSERT_FATAL(
		gateway_start(&s->gateway, place_name(&s->place, "r/minato.conf"), &s->log));
}

/* Its first look is over when it has ended. Whether there was a run, and the row. */
static bool end(struct scene *s, struct daily *row)
{
	struct retaining_seen seen;
	CU_ASSERT_TRUE(look_at_row(s->gateway.store, row));
	retaining_look(s->gateway.retaining, &seen);
	gateway_stop(&s->gateway);
	return seen.since != 0;
}

/* While no gateway is there. */
static void put_in_store(struct scene *s, const struct daily *d)
{
	struct fixture f = { .directory = "" };
	fixture_settle(&f);
	f.settings.engine = &engine_berkeleydb;
	f.settings.directory = place_name(&s->place, "r/data");
	f.store = store_open(&f.settings, &f.problem);
	fixture_must(&f, f.store != NULL);
	CU_ASSERT_TRUE(in_job(&f, put_row, d));
	store_close(f.store);
}

static void await_row(struct scene *s)
{
	struct daily row;
	while (!look_at_row(s->gateway.store, &row))
		usleep(1000);
}

/* With a rule, and half a day away from the minute at which it is carried out. */
static void begin(struct scene *s, instant now)
{
	struct problem p = { .code = PROBLEM_NONE };
	unsigned minute = (unsigned)(now / 60000000 + 12 * 60) % (24 * 60);
	CU_ASSERT_FATAL(place_begin(&s->place));
	struct region_plan plan = { .directory = place_name(&s->place, "r"), .demo = true };
	CU_ASSERT_FATAL(region_init(&plan, s->place.arena, now, &p));
	const char *text = place_read(&s->place, "r/minato.conf");
	const char *region = strstr(text, "\nregion {\n");
	CU_ASSERT_PTR_NOT_NULL_FATAL(region);
	region += strlen("\nregion {\n");
	CU_ASSERT_FATAL(place_write(
		&s->place, "r/minato.conf",
		arena_printf(s->place.arena, "%.*s\tretention-at = \"%02u:%02u\"\n%s\n%s",
			     (int)(region - text), text, minute / 60, minute % 60, region, rule)));
}

static void await_run(struct scene *s)
{
	struct retaining_seen seen = { 0 };
	while (retaining_look(s->gateway.retaining, &seen), seen.until == 0)
		usleep(1000);
	CU_ASSERT_EQUAL(seen.problem.code, PROBLEM_NONE);
}

static void a_gateway_makes_up_for_a_missed_run_once(void)
{
	const instant begun = system_clock.now(&system_clock), day = INT64_C(86400000000);
	struct scene s = { .log = { .fd = STDERR_FILENO, .level = LOG_ERROR } };
	struct daily row, missed = { begun - 2 * day, 0 };
	setenv("TZ", "UTC0", 1);
	tzset();
	begin(&s, begun);
	start(&s); /* the rules are new */
	await_row(&s);
	CU_ASSERT_FALSE(end(&s, &row));
	put_in_store(&s, &missed);
	start(&s);
	await_run(&s);
	CU_ASSERT_TRUE(end(&s, &row));
	CU_ASSERT(row.done >= begun);
	missed = row;
	start(&s);
	CU_ASSERT_FALSE(end(&s, &row));
	CU_ASSERT_EQUAL(row.done, missed.done);
	place_end(&s.place);
}

static const struct test tests[] = {
	{ "days have one such minute", days_have_one_such_minute },
	{ "a run is due once a day, and when it was missed",
	  a_run_is_due_once_a_day_and_when_it_was_missed },
	{ "what cannot be read is not due, and said", what_cannot_be_read_is_not_due_and_said },
	{ "a gateway makes up for a missed run once", a_gateway_makes_up_for_a_missed_run_once },
	{ 0 }
};

int main(void)
{
	return suite_run("retaining", tests);
}
