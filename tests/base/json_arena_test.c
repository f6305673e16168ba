/* tests/base/json_arena_test.c: JSON made for an exchange is in its arena, and no more than that;
 * JSON made otherwise is nobody's. */
#include "tests/base/suite.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/json_arena.h"
#include "gateway/base/text.h"

enum { CEILING = 64 << 10, MANY = 100000 };

struct work {
	struct arena *arena;
	json_t *value;
	const char *text;
	size_t reached;
};

static void parse(void *with)
{
	struct work *w = with;
	w->value = json_loads(w->text, 0, NULL);
}

static void add_many(void *with)
{
	struct work *w = with;
	w->value = json_array();
	for (w->reached = 0; w->reached < MANY; w->reached++)
		json_array_append_new(w->value, json_integer((json_int_t)w->reached));
}

static void write_text(void *with)
{
	struct work *w = with;
	struct buffer b = buffer_in(w->arena);
	w->reached = json_append(&b, w->value);
	w->text = buffer_ended(&b);
}

/* What fits is there, and charged to the arena. */
static void what_is_made_is_the_arenas(void)
{
	struct arena *a = arena_create(CEILING);
	struct work w = { .arena = a, .text = "{\"b\": [1, \"\xe6\xb8\xaf\"], \"a\": null}" };
	size_t before = arena_used(a);
	CU_ASSERT_TRUE(json_arena_run(a, parse, &w));
	CU_ASSERT_PTR_NOT_NULL_FATAL(w.value);
	CU_ASSERT_TRUE(arena_used(a) > before);
	CU_ASSERT_TRUE(json_arena_run(a, write_text, &w));
	CU_ASSERT_EQUAL(w.reached, 1);
	CU_ASSERT_STRING_EQUAL(w.text, "{\"b\":[1,\"\xe6\xb8\xaf\"],\"a\":null}");
	json_decref(w.value); /* outside, too: it is the arena's, and nothing happens */
	arena_destroy(a);
}

/* What does not fit leaves, and what was there stays whole. */
static void what_does_not_fit_leaves(void)
{
	struct arena *a = arena_create(CEILING);
	struct work w = { .arena = a };
	CU_ASSERT_FALSE(json_arena_run(a, add_many, &w));
	CU_ASSERT_TRUE(w.reached > 100 && w.reached < MANY);
	CU_ASSERT_EQUAL_FATAL(json_array_size(w.value), w.reached);
	for (size_t i = 0; i < w.reached; i++)
		CU_ASSERT_EQUAL(json_integer_value(json_array_get(w.value, i)), (json_int_t)i);
	CU_ASSERT_TRUE(arena_used(a) <= CEILING);
	arena_destroy(a);
}

/* A body deeper or longer than its arena is refused there, whatever Jansson's own bounds are. */
static void a_body_costs_no_more_than_its_arena(void)
{
	struct arena *a = arena_create(CEILING);
	size_t length = 2 * CEILING;
	char *text = malloc(length + 1);
	CU_ASSERT_PTR_NOT_NULL_FATAL(text);
	memset(text, '0', length);
	text[0] = '[';
	for (size_t i = 2; i < length; i += 2)
		text[i] = ',';
	text[length - 1] = ']';
	text[length] = '\0';
	struct work w = { .arena = a, .text = text };
	CU_ASSERT_FALSE(json_arena_run(a, parse, &w));
	CU_ASSERT_PTR_NULL(w.value);
	CU_ASSERT_TRUE(arena_used(a) <= CEILING);
	free(text);
	arena_destroy(a);
}

static void run_inner(void *with)
{
	struct work *w = with;
	struct work inner = { .arena = arena_create(CEILING), .text = "[1]" };
	CU_ASSERT_TRUE(json_arena_run(inner.arena, parse, &inner));
	w->reached = arena_used(w->arena);
	arena_destroy(inner.arena);
	parse(w);
}

/* Runs nest, and a run that is left gives the thread back to whose it was. */
static void runs_nest(void)
{
	struct arena *a = arena_create(CEILING), *small = arena_create(CEILING);
	struct work w = { .arena = a, .text = "[2]" }, overflowing = { .arena = small };
	size_t before = arena_used(a);
	CU_ASSERT_TRUE(json_arena_run(a, run_inner, &w));
	CU_ASSERT_EQUAL(w.reached, before);
	CU_ASSERT_TRUE(arena_used(a) > before);
	CU_ASSERT_FALSE(json_arena_run(small, add_many, &overflowing));
	size_t used = arena_used(small);
	json_t *mine = json_pack("[s]", "nobody's");
	CU_ASSERT_PTR_NOT_NULL(mine);
	CU_ASSERT_EQUAL(arena_used(small), used);
	json_decref(mine);
	arena_destroy(small);
	arena_destroy(a);
}

static void give_back(void *with)
{
	struct work *w = with;
	json_decref(w->value);
}

static void *elsewhere(void *with)
{
	struct work *w = with;
	json_decref(w->value);
	w->value = json_pack("[i]", 7);
	return NULL;
}

/* Given back by whoever has it last; the sanitizers tell a leak or a block given back twice. */
static void a_block_knows_whose_it_is(void)
{
	struct arena *a = arena_create(CEILING);
	struct work w = { .arena = a, .value = json_pack("{s:i}", "a", 1) };
	CU_ASSERT_TRUE(json_arena_run(a, give_back, &w));
	w.text = "[3]";
	CU_ASSERT_TRUE(json_arena_run(a, parse, &w));
	pthread_t thread;
	CU_ASSERT_EQUAL_FATAL(pthread_create(&thread, NULL, elsewhere, &w), 0);
	pthread_join(thread, NULL);
	CU_ASSERT_EQUAL(json_integer_value(json_array_get(w.value, 0)), 7);
	json_decref(w.value);
	arena_destroy(a);
}

static void nothing_is_no_text(void)
{
	struct arena *a = arena_create(CEILING);
	struct buffer b = buffer_in(a);
	CU_ASSERT_FALSE(json_append(&b, NULL));
	CU_ASSERT_EQUAL(buffer_bytes(&b).length, 0);
	arena_destroy(a);
}

static const struct test tests[] = {
	{ "what is made is the arena's", what_is_made_is_the_arenas },
	{ "what does not fit leaves, and the rest stays whole", what_does_not_fit_leaves },
	{ "a body costs no more than its arena", a_body_costs_no_more_than_its_arena },
	{ "runs nest", runs_nest },
	{ "a block knows whose it is", a_block_knows_whose_it_is },
	{ "nothing is no text", nothing_is_no_text },
	{ 0 }
};

int main(void)
{
	json_arena_install();
	return suite_run("base: JSON", tests);
}
