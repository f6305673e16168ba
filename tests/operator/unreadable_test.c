/* tests/operator/unreadable_test.c: what the store cannot read is never an empty answer. A gateway
 * in this process, asked by the operator's tool. */
#include "tests/base/suite.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "gateway/operator/command.h"
#include "gateway/operator/region_files.h"
#include "gateway/process.h"
#include "store/identity_rows.h"
#include "store/keys.h"
#include "store/store.h"
#include "tests/operator/place.h"

struct damage {
	unsigned char space;
	const char *line; /* of the operator, who asks for what is damaged */
	const char *talk; /* what he is told */
};

/* The first key of the space, or one of its own, gets a value nobody wrote. */
static bool make_unreadable(void *with, struct store_txn *t, struct problem *p)
{
	const struct damage *d = with;
	struct key k;
	(void)p;
	key_begin(&k, d->space);
	if (d->space == SPACE_IDENTITY_PERSON)
		key_short(&k, 1);
	else
		key_number(&k, 1);
	return store_put(t, key_span(&k), bytes_of_text("\xff\xff\xff"));
}

static void ask(const struct place *p, struct gateway *g, const struct damage *d)
{
	char *out = NULL, *talk = NULL, *argv[16] = { (char *)"minato" }, *save, *word;
	size_t out_size, talk_size;
	struct problem problem = { 0 };
	int argc = 1;
	for (char *text =
		     arena_printf(p->arena, "-c %s %s", place_name(p, "r/minato.conf"), d->line);
	     argc < 15 && (word = strtok_r(text, " ", &save)) != NULL; text = NULL)
		argv[argc++] = word;
	CU_ASSERT_TRUE(store_write(g->store, make_unreadable, (void *)d, &problem));
	FILE *to_out = open_memstream(&out, &out_size),
	     *to_talk = open_memstream(&talk, &talk_size);
	int outcome = command_line_run(argc, argv, to_out, to_talk, &system_clock);
	fclose(to_out);
	fclose(to_talk);
	CU_ASSERT_EQUAL(outcome, OUTCOME_NEGATIVE);
	CU_ASSERT_STRING_EQUAL(out, "");
	CU_ASSERT_PTR_NOT_NULL(strstr(talk, d->talk));
	if (outcome != OUTCOME_NEGATIVE || strstr(talk, d->talk) == NULL)
		printf("\nminato %s: %d\n%s%s", d->line, outcome, out, talk);
	free(out);
	free(talk);
}

static void what_cannot_be_read_is_said(void)
{
	static const struct damage damages[] = {
		{ SPACE_IDENTITY_PERSON, "patient list", "cannot be read" },
		{ SPACE_AUDIT_SHEET, "audit search", "is damaged" },
	};
	static struct gateway gateway;
	struct log log = { .fd = STDERR_FILENO, .level = LOG_ERROR };
	struct place p;
	struct problem problem = { 0 };
	CU_ASSERT_FATAL(place_begin(&p));
	struct region_plan plan = { .directory = place_name(&p, "r"), .demo = true };
	CU_ASSERT_FATAL(region_init(&plan, p.arena, system_clock.now(&system_clock), &problem));
	CU_ASSERT_FATAL(gateway_start(&gateway, place_name(&p, "r/minato.conf"), &log));
	for (size_t i = 0; i < COUNT(damages); i++)
		ask(&p, &gateway, &damages[i]);
	gateway_stop(&gateway);
	place_end(&p);
}

int main(void)
{
	static const struct test tests[] = {
		{ "what cannot be read is said", what_cannot_be_read_is_said }, { 0 }
	};
	unsetenv("MINATO_CONF");
	return suite_run("unreadable", tests);
}
