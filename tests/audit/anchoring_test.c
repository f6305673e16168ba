/* tests/audit/anchoring_test.c: who signs the head of the audit log, and tells what is wrong with
 * it. */
#include "tests/audit/anchor_scene.h"

#include <string.h>
#include <sys/stat.h>

#include "gateway/audit/anchoring.h"
#include "gateway/audit/record.h"
#include "gateway/base/text.h"
#include "tests/audit/lapse.h"

enum { AN_HOUR = 3600 };

static uint64_t last_anchor(struct scene *s)
{
	CU_ASSERT_TRUE(scene_compare(s, true));
	return s->v.last.number;
}

static unsigned altered(struct scene *s)
{
	unsigned found = 0;
	struct audit_filter filter = { .transaction = "audit-altered" };
	struct store_txn *t = store_begin_read(s->f.store, &s->f.problem);
	struct audit_cursor *c = audit_log_search(t, &filter, s->f.arena);
	while (audit_log_next(c) != NULL)
		found++;
	store_end(t);
	return found;
}

/* Whether the youngest alert of the log, the first of a search, says that. */
static bool alert_says(struct scene *s, const char *what)
{
	struct bytes message;
	struct audit_filter filter = { .transaction = "audit-altered" };
	struct store_txn *t = store_begin_read(s->f.store, &s->f.problem);
	struct audit_cursor *c = audit_log_search(t, &filter, s->f.arena);
	const struct audit_entry *e = audit_log_next(c);
	bool found = e != NULL && audit_record_render(s->f.arena, e, &message)
		     && strstr(arena_text_n(s->f.arena, (const char *)message.data, message.length),
			       what)
				!= NULL;
	store_end(t);
	return found;
}

static struct anchoring *serve_with(struct scene *s, const struct log *log, unsigned seconds)
{
	static const struct audit_source us = { .source_id = "minato",
						.process_id = "1",
						.host = "host" };
	struct anchoring_settings set = {
		.store = s->f.store,
		.anchors = &s->at,
		.seconds = seconds,
		.source = &us,
		.clock = s->clock,
		.log = log,
	};
	struct anchoring *n = anchoring_open(&set);
	CU_ASSERT_PTR_NOT_NULL_FATAL(n);
	CU_ASSERT_TRUE(anchoring_begin(n));
	return n;
}

static struct anchoring *serve(struct scene *s)
{
	static const struct log quiet = { .fd = -1 };
	return serve_with(s, &quiet, AN_HOUR);
}

static void anchoring(void)
{
	struct scene s;
	scene_begin(&s);
	anchoring_close(serve(&s));
	CU_ASSERT_EQUAL(last_anchor(&s), 0); /* nothing to sign */
	scene_entries(&s, 2);
	struct anchoring *n = serve(&s);
	anchoring_close(n);
	CU_ASSERT_EQUAL(last_anchor(&s), 1);
	CU_ASSERT_EQUAL(s.v.noted, 1);
	CU_ASSERT_EQUAL(s.v.own.covered, 2);
	CU_ASSERT_EQUAL(s.v.own.head.sequence, 3); /* and its record */
	scene_entries(&s, 2);
	n = serve(&s);
	scene_entries(&s, 1);
	anchoring_close(n);
	CU_ASSERT(last_anchor(&s) >= 2);
	CU_ASSERT(s.v.own.covered >= 5);
	CU_ASSERT_EQUAL(altered(&s), 0);
	scene_end(&s);
}

/* A clock in a busy house: while it is looked at, somebody else's entry is written, once. */
struct busy_clock {
	struct clock clock;
	struct scene *scene;
};

static instant busy_now(const struct clock *c)
{
	struct busy_clock *b = (struct busy_clock *)c;
	struct scene *s = b->scene;
	b->scene = NULL;
	if (s != NULL)
		scene_entries(s, 1);
	return system_clock.now(&system_clock);
}

/* What is written between a signature and its record is not taken for that record. */
static void anchoring_in_a_busy_house(void)
{
	struct scene s;
	struct busy_clock busy = { .clock = { .now = busy_now }, .scene = &s };
	scene_begin(&s);
	s.clock = &busy.clock;
	scene_entries(&s, 1);
	anchoring_close(serve(&s));
	CU_ASSERT_EQUAL(last_anchor(&s), 2);
	CU_ASSERT_EQUAL(s.v.own.covered, 3);
	CU_ASSERT_EQUAL(s.v.own.head.sequence, 4);
	scene_end(&s);
}

/* The time of an anchor is the clock's; before 1970 there is none. */
struct odd_clock {
	struct clock clock;
	instant now;
};

static instant odd_now(const struct clock *c)
{
	return ((const struct odd_clock *)c)->now;
}

static void anchoring_looks_at_the_clock(void)
{
	static const struct {
		instant now, time;
	} rows[] = { { 0, 0 }, { 1, 1 }, { 77, 77 }, { -1, 0 } };
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct scene s;
		struct odd_clock odd = { .clock = { .now = odd_now }, .now = rows[i].now };
		scene_begin(&s);
		s.clock = &odd.clock;
		scene_entries(&s, 1);
		anchoring_close(serve(&s));
		CU_ASSERT_EQUAL(last_anchor(&s), 1);
		CU_ASSERT_EQUAL(s.v.last.time, rows[i].time);
		scene_end(&s);
	}
}

/* How often the log says that. */
static unsigned told(const char *path, const char *what)
{
	char line[1024];
	unsigned found = 0;
	FILE *f = fopen(path, "re");
	while (f != NULL && fgets(line, sizeof line, f) != NULL)
		found += strstr(line, what) != NULL;
	if (f != NULL)
		fclose(f);
	return found;
}

/* An outage is told once, and its end. */
static void anchoring_tells(void)
{
	struct scene s;
	scene_begin(&s);
	const char *path = arena_printf(s.f.arena, "%s/log", s.f.directory);
	FILE *f = fopen(path, "we");
	struct log log = { .fd = fileno(f), .level = LOG_NOTICE };
	scene_entries(&s, 3);
	CU_ASSERT_EQUAL(mkdir(s.name, 0700), 0);
	lapse_hold("anchoring");
	struct anchoring *n = serve_with(&s, &log, AN_HOUR);
	CU_ASSERT_EQUAL(lapse_awaited(), AN_HOUR);
	CU_ASSERT_EQUAL(lapse_pass(), AN_HOUR);
	CU_ASSERT_EQUAL(told(path, "grows without anchors"), 1);
	CU_ASSERT_EQUAL(told(path, "anchored again"), 0);
	rmdir(s.name);
	CU_ASSERT_EQUAL(lapse_pass(), AN_HOUR);
	CU_ASSERT_EQUAL(told(path, "anchored again"), 1);
	anchoring_close(n);
	lapse_hold(NULL);
	CU_ASSERT_EQUAL(told(path, "grows without anchors"), 1);
	CU_ASSERT_EQUAL(told(path, "anchored again"), 1);
	CU_ASSERT(told(path, "the audit log is not what it was") >= 1);
	scene_broken_line(&s);
	scene_foreign_anchor(&s);
	anchoring_close(serve_with(&s, &log, AN_HOUR));
	CU_ASSERT(told(path, "is not signed with the key configured") >= 1);
	CU_ASSERT_EQUAL(told(path, "audit anchors: before anchor"), 1);
	fclose(f);
	scene_end(&s);
}

/* A start looks at the end of the file only: what is long before is for minato audit verify. */
static void anchoring_begins_soon(void)
{
	enum { LINES = 10000 };
	struct scene s;
	scene_begin(&s);
	const char *path = arena_printf(s.f.arena, "%s/log", s.f.directory);
	FILE *f = fopen(path, "we"), *anchors;
	struct log log = { .fd = fileno(f), .level = LOG_NOTICE };
	scene_entries(&s, 1);
	scene_anchor(&s);
	anchors = fopen(s.name, "ae");
	for (unsigned i = 0; i < LINES; i++)
		fputs("no anchor\n", anchors);
	fclose(anchors);
	scene_anchor(&s);
	CU_ASSERT_TRUE(scene_compare(&s, true));
	CU_ASSERT_TRUE(scene_remarks(&s.v, "a line broke off"));
	anchoring_close(serve_with(&s, &log, AN_HOUR));
	CU_ASSERT_EQUAL(told(path, "a line broke off"), 0);
	CU_ASSERT_EQUAL(altered(&s), 0);
	fclose(f);
	scene_end(&s);
}

/* While it serves, not only at its ends; and only when the log has grown. */
static void anchoring_in_time(void)
{
	struct scene s;
	scene_begin(&s);
	scene_entries(&s, 1);
	lapse_hold("anchoring");
	struct anchoring *n = serve(&s);
	CU_ASSERT_EQUAL(lapse_awaited(), AN_HOUR);
	CU_ASSERT_EQUAL(last_anchor(&s), 1);
	scene_entries(&s, 1);
	CU_ASSERT_EQUAL(last_anchor(&s), 1); /* in its time */
	CU_ASSERT_EQUAL(lapse_pass(), AN_HOUR);
	CU_ASSERT_EQUAL(last_anchor(&s), 2);
	CU_ASSERT_EQUAL(s.v.own.covered, 3);
	CU_ASSERT_EQUAL(lapse_pass(), AN_HOUR); /* nothing has grown but by its record */
	CU_ASSERT_EQUAL(last_anchor(&s), 2);
	anchoring_close(n);
	CU_ASSERT_EQUAL(last_anchor(&s), 2);
	lapse_hold(NULL);
	scene_end(&s);
}

/* It tells what it finds, and its next signature does not speak for what is wrong. */
static void anchoring_finds(void)
{
	struct scene s;
	scene_begin(&s);
	scene_entries(&s, 3);
	scene_anchor(&s);
	scene_foreign_anchor(&s);
	anchoring_close(serve(&s));
	CU_ASSERT_EQUAL(altered(&s), 1);
	CU_ASSERT_FALSE(scene_compare(&s, true));
	CU_ASSERT_TRUE(scene_says(&s.v, "anchor 2 is not signed"));
	CU_ASSERT_TRUE(scene_says(&s.v, "anchor 3 does not follow"));
	CU_ASSERT_TRUE(alert_says(&s, "(1 in all)"));
	remove(s.name);
	anchoring_close(serve(&s));
	CU_ASSERT_EQUAL(altered(&s), 2); /* the file is gone */
	CU_ASSERT_TRUE(alert_says(&s, "none of them is in"));
	CU_ASSERT_TRUE(alert_says(&s, "(1 in all)"));
	CU_ASSERT_TRUE(scene_compare(&s, true));
	CU_ASSERT_EQUAL(s.v.first, 4);
	anchoring_close(serve(&s));
	CU_ASSERT_EQUAL(altered(&s), 2); /* settled */
	remove(s.name);
	scene_acknowledge(&s, 99);
	anchoring_close(serve(&s));
	CU_ASSERT_TRUE(alert_says(&s, "(2 in all)")); /* the file, and what a repository has */
	scene_end(&s);
}

static void anchoring_without_key(void)
{
	struct scene s;
	scene_begin(&s);
	scene_entries(&s, 3);
	s.at.key = NULL;
	anchoring_close(serve(&s));
	CU_ASSERT_EQUAL(altered(&s), 0);
	CU_ASSERT_EQUAL(access(s.name, F_OK), -1);
	scene_acknowledge(&s, 7);
	anchoring_close(serve(&s));
	CU_ASSERT_EQUAL(altered(&s), 1);
	scene_end(&s);
}

/* A file that cannot be written is told once, and what is not anchored is so later. */
static void anchoring_cannot_write(void)
{
	struct scene s;
	scene_begin(&s);
	scene_entries(&s, 3);
	CU_ASSERT_EQUAL(mkdir(s.name, 0700), 0);
	anchoring_close(serve(&s));
	CU_ASSERT_EQUAL(altered(&s), 1); /* it cannot be read either */
	CU_ASSERT_TRUE(alert_says(&s, "(1 in all)"));
	rmdir(s.name);
	anchoring_close(serve(&s));
	CU_ASSERT_EQUAL(last_anchor(&s), 1);
	scene_end(&s);
}

static const struct test tests[] = { { "anchoring", anchoring },
				     { "anchoring in a busy house", anchoring_in_a_busy_house },
				     { "anchoring looks at the clock",
				       anchoring_looks_at_the_clock },
				     { "anchoring tells", anchoring_tells },
				     { "anchoring begins soon", anchoring_begins_soon },
				     { "anchoring in time", anchoring_in_time },
				     { "anchoring finds", anchoring_finds },
				     { "anchoring without key", anchoring_without_key },
				     { "anchoring cannot write", anchoring_cannot_write },
				     { 0 } };

int main(void)
{
	return suite_run("audit: anchoring", tests);
}
