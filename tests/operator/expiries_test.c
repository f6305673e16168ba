/* tests/operator/expiries_test.c: what runs out is told in its time, once, over restarts, and
 * stands in what is seen of it; and who is locked out is known after one. */
#include "tests/base/suite.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "gateway/config.h"
#include "gateway/expiries.h"
#include "gateway/locked_out.h"
#include "gateway/operator/region_files.h"
#include "gateway/process.h"
#include "store/audit_log.h"
#include "store/lockouts.h"
#include "store/store.h"
#include "tests/operator/place.h"

static const int64_t day = INT64_C(24) * 3600 * 1000000;

struct scene {
	struct place place;
	struct gateway gateway;
	struct log log;
};

static void start(struct scene *s)
{
	CU_ASSERT_FATAL(
		gateway_start(&s->gateway, place_name(&s->place, "r/minato.conf"), &s->log));
}

static void begin(struct scene *s)
{
	struct problem problem = { .code = PROBLEM_NONE };
	*s = (struct scene){ .log.level = LOG_NOTICE };
	CU_ASSERT_FATAL(place_begin(&s->place));
	struct region_plan plan = { .directory = place_name(&s->place, "r"), .demo = true };
	CU_ASSERT_FATAL(
		region_init(&plan, s->place.arena, system_clock.now(&system_clock), &problem));
	s->log.fd = open(place_name(&s->place, "log"), O_WRONLY | O_CREAT | O_APPEND, 0600);
	CU_ASSERT_FATAL(s->log.fd >= 0);
	start(s);
}

static void end(struct scene *s)
{
	gateway_stop(&s->gateway);
	close(s->log.fd);
	place_end(&s->place);
}

static unsigned count_records(struct scene *s)
{
	struct problem problem = { .code = PROBLEM_NONE };
	struct arena *a = arena_create(64 << 20);
	struct store_txn *t = store_begin_read(s->gateway.store, &problem);
	const struct audit_filter f = { .transaction = "certificate-expiry" };
	struct audit_cursor *c = audit_log_search(t, &f, a);
	unsigned count = 0;
	while (audit_log_next(c) != NULL)
		count++;
	store_end(t);
	arena_destroy(a);
	return count;
}

/* The first of that key; it is there. */
static const struct expiry *find(const struct expiries_seen *seen, const char *section,
				 const char *title, const char *key)
{
	for (size_t i = 0; i < seen->count; i++)
		if (text_equal(seen->all[i].section, section)
		    && text_equal(seen->all[i].title, title) && text_equal(seen->all[i].key, key))
			return &seen->all[i];
	CU_FAIL_FATAL("what the configuration names was not read");
	return NULL;
}

/* Of a fresh region: two certificates of two years, those of its four systems and the doors', and
 * an authority of ten. */
static void told_in_its_time(void)
{
	struct scene s;
	begin(&s);
	CU_ASSERT_EQUAL(count_records(&s), 0);
	const struct expiries_seen *seen = expiries_hold(s.gateway.expiries);
	CU_ASSERT_PTR_NOT_NULL_FATAL(seen);
	/* All were made within some seconds: half a day is no seam. */
	instant until = find(seen, "system", "a-hospital", "certificate")->until + day / 2;
	CU_ASSERT(find(seen, "https", NULL, "ca")->until > until + 1000 * day);
	unsigned ours = 0, all;
	for (size_t i = 0; i < seen->count; i++)
		ours += seen->all[i].until < until + 10 * day;
	expiries_release(seen);
	expiries_look_at(&s.gateway, until - 61 * day);
	CU_ASSERT_EQUAL(count_records(&s), 0);
	expiries_look_at(&s.gateway, until - 60 * day);
	all = count_records(&s);
	CU_ASSERT(all >= 5 && all <= ours); /* one certificate of two doors is one */
	CU_ASSERT_PTR_NOT_NULL(strstr(place_read(&s.place, "log"),
				      "system a-hospital certificate: the certificate runs out in "
				      "59 days"));
	expiries_look_at(&s.gateway, until - 31 * day);
	CU_ASSERT_EQUAL(count_records(&s), all);
	gateway_stop(&s.gateway);
	start(&s);
	/* The start looked by the true clock, which is behind: nothing is told, and what comes is
	 * told again in its time. */
	CU_ASSERT_EQUAL(count_records(&s), all);
	expiries_look_at(&s.gateway, until - 30 * day);
	CU_ASSERT_EQUAL(count_records(&s), 2 * all);
	expiries_look_at(&s.gateway, until - 29 * day);
	CU_ASSERT_EQUAL(count_records(&s), 2 * all);
	expiries_look_at(&s.gateway, until + 10 * day);
	CU_ASSERT_EQUAL(count_records(&s), 3 * all);
	CU_ASSERT_PTR_NOT_NULL(strstr(place_read(&s.place, "log"),
				      "system a-hospital certificate: the certificate has run "
				      "out"));
	end(&s);
}

/* Of a door of each kind. */
static void doors_of_each_kind(void)
{
	static const char more[] = "https-door \"portal\" {\n\tport = \"0\"\n}\n"
				   "mllp-door \"ward\" {\n\tport = \"0\"\n}\n"
				   "syslog-door \"records\" {\n\tport = \"0\"\n}\n";
	static const struct {
		const char *section, *title;
	} rows[] = { { "https", NULL },
		     { "mllp", NULL },
		     { "https-door", "portal" },
		     { "mllp-door", "ward" },
		     { "syslog-door", "records" } };
	struct scene s;
	begin(&s);
	gateway_stop(&s.gateway);
	const char *before = place_read(&s.place, "r/minato.conf");
	CU_ASSERT_FATAL(place_write(&s.place, "r/minato.conf",
				    arena_printf(s.place.arena, "%s%s", before, more)));
	start(&s);
	const struct expiries_seen *seen = expiries_hold(s.gateway.expiries);
	CU_ASSERT_PTR_NOT_NULL_FATAL(seen);
	for (size_t i = 0; i < COUNT(rows); i++) {
		CU_ASSERT_PTR_NOT_NULL(find(seen, rows[i].section, rows[i].title, "certificate"));
		CU_ASSERT_PTR_NOT_NULL(find(seen, rows[i].section, rows[i].title, "ca"));
	}
	expiries_release(seen);
	end(&s);
}

static void each_step(void)
{
	static const struct {
		int64_t left; /* days */
		unsigned step;
		int days;
	} rows[] = { { 61, 0, 61 }, { 60, 1, 60 }, { 31, 1, 31 }, { 30, 2, 30 },
		     { 15, 2, 15 }, { 14, 3, 14 }, { 8, 3, 8 },   { 7, 4, 7 },
		     { 2, 4, 2 },   { 1, 5, 1 },   { 0, 6, 0 },   { -1, 6, -1 } };
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct expiry e = { .until = 1000 * day + rows[i].left * day };
		CU_ASSERT_EQUAL(expiry_step(&e, 1000 * day), rows[i].step);
		CU_ASSERT_EQUAL(expiry_days(&e, 1000 * day), rows[i].days);
		e.list = true;
		CU_ASSERT_EQUAL(expiry_step(&e, 1000 * day), rows[i].left <= 0 ? 6 : 0);
	}
	const struct expiry soon = { .until = 1000 * day + 1 }, gone = { .until = 1000 * day - 1 };
	CU_ASSERT_EQUAL(expiry_days(&soon, 1000 * day), 0);
	CU_ASSERT_EQUAL(expiry_days(&gone, 1000 * day), -1);
}

/* ---- Who is locked out ---- */

static bool lock_run(void *with, struct store_txn *t, struct problem *p)
{
	bool changed;
	(void)p;
	return lockout_put(t, with, &changed);
}

static void known_after_a_restart(void)
{
	struct scene s;
	struct problem problem = { .code = PROBLEM_NONE };
	begin(&s);
	const struct region *r = &s.gateway.configuration->region;
	const struct registered_system *pharmacy = region_system(r, "d-pharmacy");
	struct lockout l = { .system = "d-pharmacy",
			     .institution = pharmacy->institution_code,
			     .reason = "a test",
			     .by = "uid 0",
			     .since = 1 };
	CU_ASSERT_FALSE(locked_out_has(s.gateway.locked_out, pharmacy));
	CU_ASSERT_FALSE(house_barred(&s.gateway, pharmacy->certificate_sha256));
	CU_ASSERT_TRUE(store_write(s.gateway.store, lock_run, &l, &problem));
	CU_ASSERT_TRUE(locked_out_look(&s.gateway));
	CU_ASSERT_TRUE(locked_out_has(s.gateway.locked_out, pharmacy));
	CU_ASSERT_TRUE(house_barred(&s.gateway, pharmacy->certificate_sha256));
	CU_ASSERT_FALSE(locked_out_has(s.gateway.locked_out, region_system(r, "a-hospital")));
	CU_ASSERT_FALSE(house_barred(&s.gateway, "nobody's"));
	gateway_stop(&s.gateway);
	start(&s);
	pharmacy = region_system(&s.gateway.configuration->region, "d-pharmacy");
	CU_ASSERT_TRUE(locked_out_has(s.gateway.locked_out, pharmacy));
	end(&s);
}

int main(void)
{
	static const struct test tests[] = { { "told in its time", told_in_its_time },
					     { "doors of each kind", doors_of_each_kind },
					     { "each step", each_step },
					     { "known after a restart", known_after_a_restart },
					     { 0 } };
	unsetenv("MINATO_CONF");
	return suite_run("expiries", tests);
}
