/* tests/operator/reload_test.c: what a reload brings that a start would have brought. */
#include "tests/base/suite.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gateway/base/arena.h"
#include "gateway/config.h"
#include "gateway/operator/region_files.h"
#include "gateway/process.h"
#include "store/names.h"
#include "store/store.h"
#include "tests/operator/place.h"

/* The store fails, if it is told so. */
static bool fails;
bool __real_names_of_region(struct store *s, const struct region *r, struct problem *p);
bool __wrap_names_of_region(struct store *s, const struct region *r, struct problem *p);
bool __wrap_names_of_region(struct store *s, const struct region *r, struct problem *p)
{
	return fails ? problem_set(p, PROBLEM_INTERNAL, "the names were not read")
		     : __real_names_of_region(s, r, p);
}

struct scene {
	struct place place;
	struct gateway gateway;
	struct log log;
};

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
	CU_ASSERT_FATAL(
		gateway_start(&s->gateway, place_name(&s->place, "r/minato.conf"), &s->log));
}

static void end(struct scene *s)
{
	gateway_stop(&s->gateway);
	close(s->log.fd);
	place_end(&s->place);
}

/* 0: it has none. */
static uint64_t number_of(struct scene *s, const char *name)
{
	struct problem problem = { .code = PROBLEM_NONE };
	struct store_txn *t = store_begin_read(s->gateway.store, &problem);
	uint64_t number = 0;
	bool found = name_find(t, name, &number);
	store_end(t);
	return found ? number : 0;
}

static const struct facility newcomer = {
	.name = "e-clinic", .title = "E医院", .domain = "2.999.5", .namespace_id = "E-CLINIC"
};

static void reload_with_newcomer(struct scene *s)
{
	struct problem problem = { .code = PROBLEM_NONE };
	CU_ASSERT_TRUE(region_add_facility(place_name(&s->place, "r/minato.conf"), &newcomer,
					   s->place.arena, system_clock.now(&system_clock),
					   &problem));
	gateway_reload(&s->gateway);
	CU_ASSERT_PTR_NOT_NULL(region_system(&s->gateway.configuration->region, newcomer.name));
}

/* Two nodes that feed a new facility's patients do not meet where its names are new. */
static void names_that_a_reload_brings(void)
{
	struct scene s;
	begin(&s);
	uint64_t before = number_of(&s, "a-hospital");
	CU_ASSERT_NOT_EQUAL(before, 0);
	CU_ASSERT_EQUAL(number_of(&s, newcomer.name), 0);
	CU_ASSERT_EQUAL(number_of(&s, newcomer.domain), 0);
	reload_with_newcomer(&s);
	CU_ASSERT_EQUAL(number_of(&s, "a-hospital"), before);
	CU_ASSERT_NOT_EQUAL(number_of(&s, newcomer.name), 0);
	CU_ASSERT_NOT_EQUAL(number_of(&s, newcomer.domain), 0);
	end(&s);
}

/* Nor is the reload refused for it: who is first fed by names the store then. */
static void a_store_that_fails(void)
{
	struct scene s;
	begin(&s);
	fails = true;
	reload_with_newcomer(&s);
	fails = false;
	CU_ASSERT_EQUAL(number_of(&s, newcomer.name), 0);
	const char *said = place_read(&s.place, "log");
	CU_ASSERT_PTR_NOT_NULL(strstr(said, "the names were not read"));
	CU_ASSERT_PTR_NOT_NULL(strstr(said, "configuration reloaded"));
	gateway_reload(&s.gateway);
	CU_ASSERT_NOT_EQUAL(number_of(&s, newcomer.name), 0);
	end(&s);
}

int main(void)
{
	static const struct test tests[] = { { "names that a reload brings",
					       names_that_a_reload_brings },
					     { "a store that fails", a_store_that_fails },
					     { 0 } };
	unsetenv("MINATO_CONF");
	return suite_run("reload", tests);
}
