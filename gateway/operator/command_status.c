/* gateway/operator/command_status.c: whether the daemon is ready, now or as soon as it is. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "gateway/base/arena.h"
#include "gateway/base/clock.h"
#include "gateway/config_units.h"
#include "gateway/operator/command.h"

/* A daemon that is starting has no socket yet on which it could tell when: it is asked again. */
enum { ASK_EVERY_MS = 50, WAIT_MOST_SECONDS = 3600, ASKING_MEMORY = 64 << 20 };
/* One that takes the question and says nothing is stuck as a whole: a part of it that does not
 * answer is told within ready-within, and what was asked in time may be answered so much later. */
enum { ANSWER_SECONDS = 15 };

/* What one asking printed, kept until it is known whether it is the last. */
struct asked {
	enum outcome outcome;
	char *out, *talk;
};

struct asking {
	struct invocation invocation;
	enum outcome outcome;
};

static void ask(void *with)
{
	struct asking *a = with;
	a->outcome = command_ask(&a->invocation);
}

static struct asked ask_once(const struct invocation *i, int64_t left)
{
	struct asked said = { OUTCOME_NEGATIVE, NULL, NULL };
	size_t out_size, talk_size;
	struct asking a = { .invocation = *i, .outcome = OUTCOME_NEGATIVE };
	a.invocation.within_ms = (long)((left > 0 ? left : 0) / 1000) + ANSWER_SECONDS * 1000L;
	a.invocation.arena = arena_create(ASKING_MEMORY);
	a.invocation.out = open_memstream(&said.out, &out_size);
	a.invocation.talk = open_memstream(&said.talk, &talk_size);
	if (a.invocation.arena != NULL && a.invocation.out != NULL && a.invocation.talk != NULL)
		arena_run(a.invocation.arena, ask, &a);
	said.outcome = a.outcome;
	if (a.invocation.out != NULL)
		fclose(a.invocation.out);
	if (a.invocation.talk != NULL)
		fclose(a.invocation.talk);
	arena_destroy(a.invocation.arena);
	return said;
}

static enum outcome tell(const struct invocation *i, struct asked *said)
{
	fputs(said->out == NULL ? "" : said->out, i->out);
	fputs(said->talk == NULL ? "minato: out of memory\n" : said->talk, i->talk);
	free(said->out);
	free(said->talk);
	return said->outcome;
}

static enum outcome ask_until(const struct invocation *i, int64_t end)
{
	const struct timespec pause = { .tv_nsec = ASK_EVERY_MS * 1000000L };
	for (;;) {
		struct asked said = ask_once(i, end - i->clock->elapsed(i->clock));
		bool may_change = said.outcome == OUTCOME_UNREACHABLE
				  || said.outcome == OUTCOME_NEGATIVE;
		if (!may_change || i->clock->elapsed(i->clock) >= end)
			return tell(i, &said);
		free(said.out);
		free(said.talk);
		nanosleep(&pause, NULL);
	}
}

enum outcome command_status(struct invocation *i)
{
	const char *wait = invocation_option(i, "wait");
	uint64_t seconds;
	if (wait == NULL)
		return command_ask(i);
	if (!units_to_seconds(wait, &seconds) || seconds > WAIT_MOST_SECONDS) {
		fprintf(i->talk,
			"minato: --wait \"%s\" is not a time from 0 to %ds\n"
			"do: write a number and its unit, such as 30s or 2min\n",
			wait, (int)WAIT_MOST_SECONDS);
		return OUTCOME_USAGE;
	}
	return ask_until(i, i->clock->elapsed(i->clock) + (int64_t)seconds * 1000000);
}
