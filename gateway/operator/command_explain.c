/* gateway/operator/command_explain.c: what an error means and what to do, from the problem
 * table; or what was wrong with one exchange, which the daemon knows by its id, beside that. */
#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "gateway/nearest.h"
#include "gateway/operator/command.h"
#include "schemas/tables/problem_meaning.h"

enum { EXCHANGE_DIGITS = 16 };

static json_t *xds_names(const struct problem_row *row)
{
	json_t *names = json_array();
	json_array_append_new(names, json_string(row->registry_error));
	if (!text_equal(row->registry_error, row->repository_error))
		json_array_append_new(names, json_string(row->repository_error));
	return names;
}

static json_t *describe(struct arena *a, enum problem_code code)
{
	const struct problem_row *row = problem_row(code);
	const struct problem_meaning *m = problem_meaning(code);
	const char *fault = problem_fault_name(code);
	if (fault != NULL && row->fault_subcode != NULL)
		fault = arena_printf(a, "%s, %s", fault, row->fault_subcode);
	return json_pack("{s:s, s:s, s:s*, s:s*, s:o, s:s, s:s*, s:i, s:i}", "problem", row->name,
			 "meaning", m->meaning, "sender", m->sender, "operator", row->remedy, "xds",
			 xds_names(row), "hl7",
			 arena_printf(a, "%s %d %s", row->hl7_ack, row->hl7_code,
				      hl7_code_text(row->hl7_code)),
			 "soap", fault, "http", row->http, "exit", row->exit_code);
}

static enum outcome unknown(const struct invocation *i, const char *name)
{
	const char *names[PROBLEM_COUNT];
	for (size_t n = PROBLEM_NONE + 1; n < PROBLEM_COUNT; n++)
		names[n - 1] = problem_row((enum problem_code)n)->name;
	fprintf(i->talk,
		"minato: no error is called \"%s\"\ndo: write %s, if that is what you mean; minato "
		"explain shows all\n",
		name, nearest_name(name, names, PROBLEM_COUNT - 1));
	return OUTCOME_NEGATIVE;
}

static bool is_exchange(const char *name)
{
	return name != NULL && strlen(name) == EXCHANGE_DIGITS
	       && strspn(name, "0123456789abcdef") == EXCHANGE_DIGITS;
}

/* A newer daemon may know one that we do not: PROBLEM_NONE then. */
static enum problem_code code_named(const char *name)
{
	for (unsigned n = PROBLEM_NONE + 1; name != NULL && n < PROBLEM_COUNT; n++)
		if (text_equal(problem_row((enum problem_code)n)->name, name))
			return (enum problem_code)n;
	return PROBLEM_NONE;
}

/* What the problem means and who can do what about it, as of a code. */
static void add_meaning(json_t *answer, enum problem_code code)
{
	const struct problem_meaning *m = problem_meaning(code);
	json_t *meaning = json_pack("{s:s, s:s*, s:s*}", "meaning", m->meaning, "sender", m->sender,
				    "operator", problem_row(code)->remedy);
	json_object_update(answer, meaning);
	json_decref(meaning);
}

/* Each that the answer told of, beside what was refused. */
static void add_meanings(json_t *findings)
{
	size_t i;
	json_t *finding;
	json_array_foreach (findings, i, finding) {
		const char *name = json_string_value(json_object_get(finding, "problem"));
		if (code_named(name) != PROBLEM_NONE)
			add_meaning(finding, code_named(name));
	}
}

static enum outcome explain_exchange(struct invocation *i)
{
	enum outcome outcome;
	json_t *answer = command_asked(i, i->command->request, &outcome);
	if (answer == NULL)
		return outcome;
	enum problem_code code = code_named(json_string_value(json_object_get(answer, "result")));
	if (code != PROBLEM_NONE)
		add_meaning(answer, code);
	add_meanings(json_object_get(answer, "findings"));
	output_object(i->out, i->arena, i->format, answer);
	json_decref(answer);
	return OUTCOME_DONE;
}

enum outcome command_explain(struct invocation *i)
{
	static const struct column columns[] = {
		{ .key = "problem", .heading = "PROBLEM" },
		{ .key = "xds", .heading = "XDS" },
		{ .key = "hl7", .heading = "HL7" },
		{ .key = "soap", .heading = "SOAP FAULT" },
		{ .key = "http", .heading = "HTTP", .right = true },
		{ .key = "meaning", .heading = "MEANING" },
		{ 0 }
	};
	const char *name = i->argument_count == 0 ? NULL : i->arguments[0];
	if (is_exchange(name))
		return explain_exchange(i);
	json_t *rows = json_array();
	for (unsigned n = PROBLEM_NONE + 1; n < PROBLEM_COUNT; n++)
		if (name == NULL || problem_is_called((enum problem_code)n, name))
			json_array_append_new(rows, describe(i->arena, (enum problem_code)n));
	enum outcome o = json_array_size(rows) == 0 ? unknown(i, name) : OUTCOME_DONE;
	if (json_array_size(rows) == 1 && i->format == OUTPUT_TABLE)
		output_object(i->out, i->arena, i->format, json_array_get(rows, 0));
	else if (o == OUTCOME_DONE)
		output_rows(i->out, i->arena, i->format, rows, columns);
	json_decref(rows);
	return o;
}
