/* gateway/operator/command_diagnose.c: what exactly failed at the door: at a partner's, which is
 * tried, or at ours, where it is told as it happens. */
#include <time.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "gateway/operator/command.h"

enum {
	ASK_EVERY_MS = 300,
	SECONDS_MOST = 86400,
	ASKING_MEMORY = 16 << 20, /* of one question and its answer after the other */
};

/* ---- At a partner's ---- */

static const char *member(const json_t *object, const char *name)
{
	const char *text = json_string_value(json_object_get(object, name));
	return text == NULL ? "" : text;
}

static void print_steps(const struct invocation *i, const json_t *answer)
{
	const json_t *step;
	size_t n;
	json_array_foreach (json_object_get(answer, "steps"), n, step) {
		fprintf(i->out, "%-11s %-9s %s\n", member(step, "step"), member(step, "result"),
			output_printable(i->arena, member(step, "what")));
		if (*member(step, "do") != '\0')
			fprintf(i->out, "%-11s %-9s %s\n", "", "do:", member(step, "do"));
	}
}

static enum outcome try_partner(struct invocation *i)
{
	enum outcome outcome;
	json_t *answer = command_asked(i, i->command->request, &outcome);
	if (answer == NULL)
		return outcome;
	if (i->format == OUTPUT_TABLE)
		print_steps(i, answer);
	else if (i->format == OUTPUT_CSV)
		output_rows(i->out, i->arena, i->format, json_object_get(answer, "steps"),
			    i->command->request->columns);
	else
		output_object(i->out, i->arena, i->format, answer);
	json_int_t code = json_integer_value(json_object_get(answer, "exit"));
	json_decref(answer);
	return code >= 0 && code <= OUTCOME_UNREACHABLE ? (enum outcome)code : OUTCOME_NEGATIVE;
}

/* ---- At our doors ---- */

struct listening {
	struct invocation *invocation;
	struct invocation own; /* of one question: its memory, and nothing of long work */
	struct command command;
	struct request request;
	struct request_field fields[2];
	char after[24];
	uint64_t failures;
	enum outcome outcome;
};

static void print_line(const struct invocation *i, const char *name, const char *text)
{
	if (*text != '\0')
		fprintf(i->out, "  %s: %s\n", name, output_printable(i->arena, text));
}

static void print_failure(const struct invocation *i, const json_t *f)
{
	const char *who = member(f, "who");
	if (i->format != OUTPUT_TABLE) {
		output_object(i->out, i->arena, OUTPUT_NDJSON, f);
		return;
	}
	fprintf(i->out, "%s door %s, %s, %s: %s: %s\n", member(f, "at"), member(f, "door"),
		member(f, "address"),
		*who == '\0' ? "no certificate" : output_printable(i->arena, who),
		member(f, "finding"), output_printable(i->arena, member(f, "what")));
	print_line(i, "fault", member(f, "fault"));
	print_line(i, "certificate (SHA-256)", member(f, "sha256"));
	print_line(i, "exchange", member(f, "exchange"));
	print_line(i, "do", member(f, "do"));
	print_line(i, "to admit it", member(f, "admit"));
}

static void print_failures(struct listening *l, const json_t *answer)
{
	const struct invocation *i = &l->own;
	json_int_t lost = json_integer_value(json_object_get(answer, "lost"));
	const json_t *f;
	size_t n;
	if (lost > 0)
		fprintf(i->talk,
			"minato: %" JSON_INTEGER_FORMAT " more failed than are remembered\n", lost);
	json_array_foreach (json_object_get(answer, "failures"), n, f) {
		print_failure(i, f);
		l->failures++;
	}
	fflush(i->out);
	snprintf(l->after, sizeof l->after, "%s", member(answer, "last"));
}

static void ask(void *with)
{
	struct listening *l = with;
	json_t *answer = command_asked(&l->own, &l->request, &l->outcome);
	if (answer != NULL)
		print_failures(l, answer);
	json_decref(answer);
}

/* The first question says where to begin: without a field, behind what has been. */
static void prepare(struct listening *l)
{
	l->command = *l->invocation->command;
	l->command.long_work = NULL;
	l->own = *l->invocation;
	l->own.command = &l->command;
	l->fields[0] = (struct request_field){ .name = "after", .fixed = l->after };
	l->request = (struct request){ .method = "GET", .path = "/admin/door-failures" };
	if (invocation_option(l->invocation, "earlier") != NULL) {
		snprintf(l->after, sizeof l->after, "0");
		l->request.fields = l->fields;
	}
}

static enum outcome listen_for(struct invocation *i, int64_t until)
{
	static const struct timespec pause = { .tv_nsec = ASK_EVERY_MS * 1000000L };
	struct listening *l = arena_new(i->arena, struct listening);
	*l = (struct listening){ .invocation = i };
	prepare(l);
	l->own.arena = arena_create(ASKING_MEMORY);
	bool whole = l->own.arena != NULL;
	for (bool last = false; whole && l->outcome == OUTCOME_DONE && !last;) {
		last = until >= 0 && i->clock->elapsed(i->clock) >= until;
		arena_reset(l->own.arena);
		whole = arena_run(l->own.arena, ask, l);
		l->request.fields = l->fields;
		if (whole && l->outcome == OUTCOME_DONE && !last)
			nanosleep(&pause, NULL);
	}
	arena_destroy(l->own.arena);
	if (!whole)
		fputs("minato: out of memory\n", i->talk);
	if (!whole || l->outcome != OUTCOME_DONE)
		return whole ? l->outcome : OUTCOME_NEGATIVE;
	return l->failures == 0 ? OUTCOME_DONE : OUTCOME_NEGATIVE;
}

static enum outcome listen_at_doors(struct invocation *i)
{
	const char *given = invocation_option(i, "seconds");
	uint64_t seconds = 0;
	if (given != NULL && (!text_to_number(given, SECONDS_MOST, &seconds) || seconds == 0)) {
		fprintf(i->talk, "minato: --seconds \"%s\" is not a number from 1 to %d\n", given,
			(int)SECONDS_MOST);
		return OUTCOME_USAGE;
	}
	if (i->format == OUTPUT_CSV) {
		fputs("minato: what is told as it happens has no table\n"
		      "do: leave --output away, or write --output ndjson\n",
		      i->talk);
		return OUTCOME_USAGE;
	}
	int64_t now = i->clock->elapsed(i->clock);
	fputs("minato: listening; what fails from now on is told. Ctrl-C ends it.\n", i->talk);
	fflush(i->talk);
	return listen_for(i, given == NULL ? -1 : now + (int64_t)seconds * 1000000);
}

/* ---- Which of the two ---- */

enum outcome command_diagnose(struct invocation *i)
{
	bool listens = invocation_option(i, "listen") != NULL;
	if (listens != (i->argument_count == 0)) {
		fputs(listens ? "minato: a partner is tried, or the doors are listened at\n"
			      : "minato: diagnose what?\n",
		      i->talk);
		fputs("do: write the partner's name, or --listen\n", i->talk);
		return OUTCOME_USAGE;
	}
	if (!listens
	    && (invocation_option(i, "seconds") != NULL
		|| invocation_option(i, "earlier") != NULL)) {
		fputs("minato: --seconds and --earlier are for --listen\n", i->talk);
		return OUTCOME_USAGE;
	}
	return listens ? listen_at_doors(i) : try_partner(i);
}
