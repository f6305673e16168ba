/* gateway/operator/command_retention.c: what rules of retention would let go, and how much of
 * it. */
#include "gateway/operator/command.h"
#include "gateway/operator/output.h"

static void tell_counts(struct invocation *i, const json_t *answer)
{
	const json_t *counts = json_object_get(answer, "by_rule"), *one;
	size_t n;
	fprintf(i->talk, "%" JSON_INTEGER_FORMAT " documents would go\n",
		json_integer_value(json_object_get(answer, "would_go")));
	json_array_foreach (counts, n, one) {
		const char *rule = json_string_value(json_object_get(one, "rule"));
		fprintf(i->talk, "%s: %" JSON_INTEGER_FORMAT "\n", rule == NULL ? "?" : rule,
			json_integer_value(json_object_get(one, "documents")));
	}
}

/* The counts are part of the answer; rows stand alone, and they are told beside. */
enum outcome command_retention_preview(struct invocation *i)
{
	const struct request *r = i->command->request;
	enum outcome outcome;
	json_t *answer = command_asked(i, r, &outcome);
	if (answer == NULL)
		return outcome;
	if (i->format == OUTPUT_JSON) {
		output_object(i->out, i->arena, i->format, answer);
	} else {
		output_rows(i->out, i->arena, i->format, json_object_get(answer, r->rows),
			    r->columns);
		tell_counts(i, answer);
	}
	command_tell_more(i, answer);
	json_decref(answer);
	return OUTCOME_DONE;
}
