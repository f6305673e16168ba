/* gateway/operator/command_exchange.c: how an exchange would be answered now, beside how it was. */
#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "gateway/operator/command.h"

static const char *text_of(const json_t *answer, const char *member)
{
	return json_string_value(json_object_get(answer, member));
}

/* done, or unknown-patient (HTTP 200). */
static const char *result_of(const struct invocation *i, const json_t *of)
{
	const json_t *status = json_object_get(of, "status");
	const char *result = text_of(of, "result");
	if (result == NULL)
		result = "unknown";
	return status == NULL ? result
			      : arena_printf(i->arena, "%s (HTTP %lld)", result,
					     (long long)json_integer_value(status));
}

static void print_line(const struct invocation *i, char mark, const char *line)
{
	if (line != NULL)
		fprintf(i->out, "%c %s\n", mark, output_printable(i->arena, line));
}

static void print_difference(const struct invocation *i, const json_t *difference)
{
	size_t n;
	json_t *row;
	json_array_foreach (difference, n, row) {
		print_line(i, '-', text_of(row, "then"));
		print_line(i, '+', text_of(row, "now"));
		if (json_object_get(row, "more") != NULL)
			fprintf(i->out, "and %lld lines more\n",
				(long long)json_integer_value(json_object_get(row, "more")));
	}
}

static void print_replay(const struct invocation *i, const json_t *answer)
{
	const json_t *now = json_object_get(answer, "now");
	const char *uncompared = text_of(answer, "uncompared"), *what = text_of(now, "what");
	const char *then = result_of(i, json_object_get(answer, "then"));
	if (json_is_true(json_object_get(answer, "same")))
		fprintf(i->out, "same: %s\n", then);
	else if (now == NULL)
		fprintf(i->out, "then: %s\n", then);
	else
		fprintf(i->out, "then: %s\nnow: %s\n", then, result_of(i, now));
	if (what != NULL)
		fprintf(i->out, "what: %s\n", output_printable(i->arena, what));
	if (uncompared != NULL)
		fprintf(i->out, "not compared: %s\n", output_printable(i->arena, uncompared));
	print_difference(i, json_object_get(answer, "difference"));
}

enum outcome command_exchange_replay(struct invocation *i)
{
	static const struct column columns[] = { { .key = "then", .heading = "THEN" },
						 { .key = "now", .heading = "NOW" },
						 { 0 } };
	enum outcome outcome;
	json_t *answer = command_asked(i, i->command->request, &outcome);
	if (answer == NULL)
		return outcome;
	bool same = json_is_true(json_object_get(answer, i->command->request->verdict));
	const json_t *difference = json_object_get(answer, "difference");
	if (i->format == OUTPUT_TABLE)
		print_replay(i, answer);
	else if (i->format == OUTPUT_CSV && difference != NULL)
		output_rows(i->out, i->arena, i->format, difference, columns);
	else
		output_object(i->out, i->arena, i->format, answer);
	json_decref(answer);
	return same ? OUTCOME_DONE : OUTCOME_NEGATIVE;
}
