/* tests/operator/audit_chains_test.c: what the operator is told of a log that several nodes write.
 * A gateway in this process, on the engine in memory, which another node has written as well; asked
 * by the operator's tool. Linked with --wrap=store_open. */
#include "tests/base/suite.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/audit/record.h"
#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "gateway/operator/command.h"
#include "gateway/operator/region_files.h"
#include "gateway/process.h"
#include "store/audit_entries.h"
#include "store/keys.h"
#include "store/store.h"
#include "store/store_keys.h"
#include "tests/audit/events.h"
#include "tests/engines/engine_memory.h"
#include "tests/operator/place.h"

enum { ENTRIES = 3 };

struct store *__real_store_open(const struct store_settings *settings, struct problem *p);
struct store *__wrap_store_open(const struct store_settings *settings, struct problem *p);
struct store *__wrap_store_open(const struct store_settings *settings, struct problem *p)
{
	struct store_settings chosen = *settings;
	chosen.engine = &engine_memory;
	return __real_store_open(&chosen, p);
}

static struct gateway gateway;
static const struct log quiet = { .fd = -1 };

static void start(const struct place *p)
{
	static struct log log = { .fd = -1 };
	CU_ASSERT_FATAL(gateway_start(&gateway, place_name(p, "r/minato.conf"), &log));
}

static json_t *ask(const struct place *p, const char *line, int outcome)
{
	char *out = NULL, *talk = NULL, *argv[16] = { (char *)"minato" }, *save, *word;
	size_t out_size, talk_size;
	int argc = 1;
	for (char *text = arena_printf(p->arena, "-c %s %s --output json",
				       place_name(p, "r/minato.conf"), line);
	     argc < 15 && (word = strtok_r(text, " ", &save)) != NULL; text = NULL)
		argv[argc++] = word;
	FILE *to_out = open_memstream(&out, &out_size),
	     *to_talk = open_memstream(&talk, &talk_size);
	int ended = command_line_run(argc, argv, to_out, to_talk, &system_clock);
	fclose(to_out);
	fclose(to_talk);
	CU_ASSERT_EQUAL(ended, outcome);
	json_t *said = json_loads(out, 0, NULL);
	if (ended != outcome || said == NULL)
		printf("\nminato %s: %d\n%s%s", line, ended, out, talk);
	CU_ASSERT_PTR_NOT_NULL_FATAL(said);
	free(out);
	free(talk);
	return said;
}

static bool append(void *with, struct store_txn *t, struct problem *p)
{
	struct arena *a = store_arena(t);
	(void)with, (void)p;
	return audit_record_append(t, a, &events_source, events_start(a));
}

/* Another node of the region, while ours does not run: each entry a sheet. */
static void other_node_writes(const struct place *p)
{
	struct problem problem = { .code = PROBLEM_NONE };
	const struct store_settings set = { .directory = place_name(p, "r/data"),
					    .node = "host-b",
					    .log = &quiet,
					    .clock = &system_clock,
					    .random = &system_random };
	struct store *s = store_open(&set, &problem);
	CU_ASSERT_PTR_NOT_NULL_FATAL(s);
	for (unsigned i = 0; i < ENTRIES; i++)
		CU_ASSERT_TRUE(store_write(s, append, NULL, &problem));
	store_close(s);
}

/* The other's last entry goes, and its head is made to agree. */
static bool cut(void *with, struct store_txn *t, struct problem *p)
{
	struct audit_head head = { .sequence = audit_number(1, ENTRIES - 1) };
	struct key k;
	(void)with, (void)p;
	key_begin(&k, SPACE_AUDIT_SHEET);
	key_number(&k, audit_number(1, ENTRIES));
	return store_delete(t, key_span(&k)) && audit_log_hash(t, head.sequence, head.hash)
	       && audit_put_head(t, &head);
}

static json_int_t number(const json_t *o, const char *member)
{
	return json_integer_value(json_object_get(o, member));
}

static bool any_says(const json_t *list, const char *member, const char *what)
{
	size_t i;
	json_t *one;
	json_array_foreach (list, i, one) {
		const char *text = json_string_value(member == NULL ? one
								    : json_object_get(one, member));
		if (text != NULL && strstr(text, what) != NULL)
			return true;
	}
	return false;
}

static void looked_at(const struct place *p)
{
	json_t *said = ask(p, "audit verify", OUTCOME_DONE);
	const json_t *chains = json_object_get(said, "chains");
	const json_t *own = json_array_get(chains, 0), *other = json_array_get(chains, 1);
	CU_ASSERT_TRUE(json_is_true(json_object_get(said, "valid")));
	CU_ASSERT_EQUAL(json_array_size(chains), 2);
	CU_ASSERT_EQUAL(number(own, "chain"), 0);
	CU_ASSERT_EQUAL(number(other, "chain"), 1);
	CU_ASSERT_STRING_EQUAL(json_string_value(json_object_get(own, "node")), gateway.host);
	CU_ASSERT_STRING_EQUAL(json_string_value(json_object_get(other, "node")), "host-b");
	CU_ASSERT_TRUE(json_is_true(json_object_get(other, "whole")));
	CU_ASSERT_EQUAL(number(other, "records"), ENTRIES);
	CU_ASSERT_EQUAL(number(other, "covered"), ENTRIES);
	CU_ASSERT_EQUAL(number(said, "records"), number(own, "records") + ENTRIES);
	CU_ASSERT_STRING_EQUAL(json_string_value(json_object_get(said, "head")),
			       json_string_value(json_object_get(own, "head")));
	CU_ASSERT_TRUE(any_says(json_object_get(said, "verified"), NULL,
				"entries 1 to 3 of chain 1 follow on each other"));
	CU_ASSERT_TRUE(any_says(json_object_get(said, "verified"), NULL,
				"entries 1 to 3 of chain 1 are those that were signed"));
	json_decref(said);
	said = ask(p, "audit search --transaction start", OUTCOME_DONE);
	unsigned found = 0;
	size_t i;
	json_t *one;
	json_array_foreach (said, i, one)
		found += number(one, "number") > UINT32_MAX;
	CU_ASSERT_EQUAL(found, ENTRIES);
	json_decref(said);
	said = ask(p, "status", OUTCOME_DONE);
	CU_ASSERT(number(json_object_get(said, "audit"), "records") > ENTRIES);
	json_decref(said);
	json_decref(ask(p, "check", OUTCOME_DONE));
}

static void told(const struct place *p)
{
	json_t *said = ask(p, "audit verify", OUTCOME_NEGATIVE);
	CU_ASSERT_TRUE(json_is_false(json_object_get(said, "valid")));
	CU_ASSERT_TRUE(any_says(json_object_get(said, "faults"), "what",
				"signed entry 3 of chain 1, but the log ends at 2 of chain 1"));
	CU_ASSERT_EQUAL(number(json_array_get(json_object_get(said, "faults"), 0), "number"),
			(json_int_t)audit_number(1, ENTRIES));
	json_decref(said);
}

static void a_log_of_two_nodes(void)
{
	struct place p;
	struct problem problem = { .code = PROBLEM_NONE };
	CU_ASSERT_FATAL(place_begin(&p));
	struct region_plan plan = { .directory = place_name(&p, "r"), .demo = true };
	CU_ASSERT_FATAL(region_init(&plan, p.arena, system_clock.now(&system_clock), &problem));
	start(&p);
	gateway_stop(&gateway);
	other_node_writes(&p);
	start(&p); /* and anchors what the other has written */
	gateway_stop(&gateway);
	start(&p);
	looked_at(&p);
	CU_ASSERT_TRUE(store_write(gateway.store, cut, NULL, &problem));
	told(&p);
	gateway_stop(&gateway);
	engine_memory_forget(place_name(&p, "r/data"));
	place_end(&p);
}

int main(void)
{
	static const struct test tests[] = { { "a log of two nodes", a_log_of_two_nodes }, { 0 } };
	unsetenv("MINATO_CONF");
	return suite_run("operator: audit chains", tests);
}
