/* gateway/operator/command_match.c: two records side by side, why they are one person or are not,
 * and what somebody decides of them. */
#include <string.h>
#include <unistd.h>

#include "gateway/base/arena.h"
#include "gateway/base/bytes.h"
#include "gateway/base/text.h"
#include "gateway/operator/command.h"
#include "gateway/operator/conf_writer.h"

static const char *text_of(const struct invocation *i, const json_t *object, const char *member)
{
	const char *text = json_string_value(json_object_get(object, member));
	return text == NULL ? "" : output_printable(i->arena, text);
}

static double number_of(const json_t *object, const char *member)
{
	return json_number_value(json_object_get(object, member));
}

static bool is_set(const json_t *object, const char *member)
{
	return json_is_true(json_object_get(object, member));
}

/* 101@a-hospital: as the operator writes it. */
static const char *name_of(const struct invocation *i, const json_t *record)
{
	return arena_printf(i->arena, "%s@%s", text_of(i, record, "id"),
			    text_of(i, record, "facility"));
}

/* ---- Those that wait ---- */

/* "link apart" and whom it is said by: what came before, or why nothing was linked. */
static const char *why_it_waits(const struct invocation *i, const json_t *pair)
{
	struct buffer b = buffer_in(i->arena);
	const char *state = text_of(i, pair, "state");
	if (text_equal(state, "proposed"))
		buffer_printf(&b, "%s proposed by %s: %s", text_of(i, pair, "decided"),
			      text_of(i, pair, "by"), text_of(i, pair, "reason"));
	else if (text_equal(state, "changed"))
		buffer_printf(&b, "was decided (%s, by %s), its data have changed",
			      text_of(i, pair, "decided"), text_of(i, pair, "by"));
	else if (is_set(pair, "contested"))
		buffer_text(&b, "somebody of the two persons contradicts");
	else
		buffer_text(&b, text_of(i, pair, "rules"));
	return buffer_ended(&b);
}

static json_t *half_of(const struct invocation *i, const json_t *pair, const char *prefix)
{
	static const char *const members[] = {
		"id", "facility", "name", "kana", "birth_date", "sex"
	};
	json_t *row = json_object();
	for (size_t m = 0; m < COUNT(members); m++)
		json_object_set(
			row, members[m],
			json_object_get(pair, text_joined(i->arena, prefix, members[m], NULL)));
	json_object_set_new(row, "record", json_string(name_of(i, row)));
	return row;
}

/* Each of a pair is a line; what is said of both stands in the first. */
static json_t *lines_of(const struct invocation *i, const json_t *pairs)
{
	json_t *lines = json_array(), *pair;
	size_t at;
	json_array_foreach (pairs, at, pair) {
		json_t *one = half_of(i, pair, ""), *other = half_of(i, pair, "other_");
		json_object_set_new(
			one, "total",
			json_string(arena_printf(i->arena, "%.2f", number_of(pair, "total"))));
		json_object_set_new(one, "why", json_string(why_it_waits(i, pair)));
		json_object_set_new(other, "why",
				    json_string(arena_printf(i->arena, "since %.10s",
							     text_of(i, pair, "since"))));
		json_array_append_new(lines, one);
		json_array_append_new(lines, other);
	}
	return lines;
}

static void print_queue(struct invocation *i, const json_t *answer)
{
	static const struct column columns[] = {
		{ .key = "record", .heading = "RECORD" },
		{ .key = "name", .heading = "NAME" },
		{ .key = "kana", .heading = "KANA" },
		{ .key = "birth_date", .heading = "BORN" },
		{ .key = "sex", .heading = "SEX" },
		{ .key = "total", .heading = "TOTAL", .right = true },
		{ .key = "why", .heading = "WHY" },
		{ 0 }
	};
	json_t *lines = lines_of(i, json_object_get(answer, "pairs"));
	output_rows(i->out, i->arena, OUTPUT_TABLE, lines, columns);
	fprintf(i->talk, "%.0f wait; a link is made from %.2f, somebody is asked from %.2f.\n",
		number_of(answer, "waiting"), number_of(answer, "link_at"),
		number_of(answer, "review_at"));
	json_decref(lines);
}

enum outcome command_match_queue(struct invocation *i)
{
	enum outcome outcome;
	const struct request *r = i->command->request;
	json_t *answer = command_asked(i, r, &outcome);
	if (answer != NULL && i->format == OUTPUT_TABLE)
		print_queue(i, answer);
	else if (answer != NULL)
		output_rows(i->out, i->arena, i->format, json_object_get(answer, r->rows),
			    r->columns);
	if (answer != NULL)
		command_tell_more(i, answer);
	json_decref(answer);
	return outcome;
}

/* ---- Two of them ---- */

/* Times, who and why, a line each. */
static void print_trail(struct invocation *i, const json_t *trail)
{
	json_t *d;
	size_t at;
	json_array_foreach (trail, at, d) {
		const char *by = text_of(i, d, "by"), *why = text_of(i, d, "why");
		fprintf(i->out, "%s %s: %s%s%s%s%s\n", text_of(i, d, "time"),
			text_of(i, d, "event"), text_of(i, d, "reason"), *by == '\0' ? "" : ", by ",
			by, *why == '\0' ? "" : ": ", why);
	}
}

static void print_fields(struct invocation *i, const json_t *answer)
{
	const char *one = name_of(i, json_object_get(answer, "patient")),
		   *other = name_of(i, json_object_get(answer, "other"));
	const struct column columns[] = {
		{ .key = "field", .heading = "FIELD" },
		{ .key = "patient", .heading = one },
		{ .key = "other", .heading = other },
		{ .key = "agreement", .heading = "AGREEMENT" },
		{ .key = "stranger", .heading = "STRANGER", .right = true },
		{ .key = "total_stranger", .heading = "TOTAL", .right = true },
		{ .key = "relative", .heading = "RELATIVE", .right = true },
		{ .key = "total_relative", .heading = "TOTAL", .right = true },
		{ 0 }
	};
	output_rows(i->out, i->arena, OUTPUT_TABLE, json_object_get(answer, "fields"), columns);
}

static void print_verdict(struct invocation *i, const json_t *answer)
{
	const char *rules = text_of(i, answer, "rules");
	fprintf(i->out, "total %.2f, link from %.2f, review from %.2f; weights %s\n",
		number_of(answer, "total"), number_of(answer, "link_at"),
		number_of(answer, "review_at"), text_of(i, answer, "weights"));
	if (*rules != '\0')
		fprintf(i->out, "not linked: %s\n", rules);
	fprintf(i->out, "outcome: %s\none person now: %s\n", text_of(i, answer, "outcome"),
		is_set(answer, "one_person") ? "yes" : "no");
}

static void print_waiting(struct invocation *i, const json_t *answer)
{
	const json_t *waits = json_object_get(answer, "waits"),
		     *decided = json_object_get(answer, "decided");
	if (waits != NULL)
		fprintf(i->out, "waits since %s: %s\n", text_of(i, waits, "since"),
			why_it_waits(i, waits));
	if (json_is_object(decided))
		fprintf(i->out, "decided: %s, by %s, %s: %s\n", text_of(i, decided, "decided"),
			text_of(i, decided, "by"), text_of(i, decided, "since"),
			text_of(i, decided, "reason"));
}

static const char *takes_part(const json_t *moves, const char *member)
{
	return is_set(moves, member) ? "takes part in the region" : "does not take part";
}

/* What of the second person comes to the first one, or would leave it. */
static void print_moves(FILE *to, const json_t *answer)
{
	const json_t *moves = json_object_get(answer, "moves");
	fprintf(to,
		"of the second person: records %.0f, documents %.0f%s\n"
		"consent: the first person %s, the second %s\n",
		number_of(moves, "records"), number_of(moves, "documents"),
		is_set(moves, "documents_more") ? " or more" : "", takes_part(moves, "joined"),
		takes_part(moves, "other_joined"));
	if (is_set(moves, "refused"))
		fputs("a link would not be made: somebody of the two persons contradicts, or was "
		      "decided apart\n",
		      to);
}

enum outcome command_match_show(struct invocation *i)
{
	enum outcome outcome;
	json_t *answer = command_asked(i, i->command->request, &outcome);
	if (answer != NULL && i->format != OUTPUT_TABLE) {
		output_object(i->out, i->arena, i->format, answer);
	} else if (answer != NULL) {
		print_fields(i, answer);
		print_verdict(i, answer);
		print_waiting(i, answer);
		print_trail(i, json_object_get(answer, "trail"));
		print_moves(i->out, answer);
	}
	json_decref(answer);
	return outcome;
}

enum outcome command_match_explain(struct invocation *i)
{
	enum outcome outcome;
	json_t *answer = command_asked(i, i->command->request, &outcome);
	if (answer != NULL && i->format != OUTPUT_TABLE) {
		output_object(i->out, i->arena, i->format, answer);
	} else if (answer != NULL) {
		/* Field and level names and numbers: nothing of it is from outside. */
		const char *text = json_string_value(json_object_get(answer, "explained"));
		fputs(text == NULL ? "" : text, i->out);
		fprintf(i->out, "weights: %s\none person now: %s\n", text_of(i, answer, "weights"),
			is_set(answer, "one_person") ? "yes" : "no");
		print_trail(i, json_object_get(answer, "trail"));
	}
	json_decref(answer);
	return outcome;
}

/* ---- Deciding ---- */

/* Whoever sits at a terminal is asked; a script has asked itself. */
static bool agrees(struct invocation *i)
{
	char line[16] = "";
	if (invocation_option(i, "yes") != NULL || isatty(STDIN_FILENO) != 1)
		return true;
	fprintf(i->talk, "%s these two? [y/N] ", i->command->verb);
	fflush(i->talk);
	bool yes = fgets(line, sizeof line, stdin) != NULL && (line[0] == 'y' || line[0] == 'Y');
	if (!yes)
		fputs("minato: nothing was decided\n", i->talk);
	return yes;
}

/* Before it is decided: what the decision is about. */
static bool shows_moves(struct invocation *i, enum outcome *outcome)
{
	static const struct request_field fields[] = { { .name = "patient", .from = "patient" },
						       { .name = "other", .from = "other" },
						       { 0 } };
	static const struct request pair = { .method = "GET",
					     .path = "/admin/match/pair",
					     .fields = fields };
	json_t *seen = command_asked(i, &pair, outcome);
	if (seen != NULL) {
		fprintf(i->talk, "total %.2f, outcome %s; one person now: %s\n",
			number_of(seen, "total"), text_of(i, seen, "outcome"),
			is_set(seen, "one_person") ? "yes" : "no");
		print_moves(i->talk, seen);
	}
	json_decref(seen);
	return seen != NULL;
}

enum outcome command_match_decide(struct invocation *i)
{
	enum outcome outcome;
	if (!shows_moves(i, &outcome))
		return outcome;
	if (!agrees(i))
		return OUTCOME_NEGATIVE;
	json_t *answer = command_asked(i, i->command->request, &outcome);
	if (answer != NULL)
		output_object(i->out, i->arena, i->format, answer);
	if (answer != NULL && is_set(answer, "proposed"))
		fputs("proposed; another person must agree\n", i->talk);
	json_decref(answer);
	return outcome;
}

/* ---- Learning ---- */

static void tell_learnt(struct invocation *i, const json_t *answer)
{
	const json_t *run = json_object_get(answer, "sample");
	fprintf(i->talk,
		"learnt of %.0f records, %.0f pairs that share a key and %.0f drawn at random, in "
		"%.0f rounds;\n"
		"expected of one person %.0f, of people who live together %.0f\n"
		"of a sample of %.0f pairs linked: %.0f, and before %.0f (%.0f more, %.0f fewer)\n"
		"waiting: %.0f, and before %.0f\n"
		"thresholds are kept: link from %.2f, review from %.2f\n"
		"weights %s; in use are %s until these are named (region match-weights) and "
		"loaded\n",
		number_of(answer, "records"), number_of(answer, "candidates"),
		number_of(answer, "random"), number_of(answer, "rounds"), number_of(answer, "same"),
		number_of(answer, "relatives"), number_of(run, "pairs"), number_of(run, "links"),
		number_of(run, "links_before"), number_of(run, "links_more"),
		number_of(run, "links_fewer"), number_of(run, "reviews"),
		number_of(run, "reviews_before"), number_of(answer, "link_at"),
		number_of(answer, "review_at"), text_of(i, answer, "weights"),
		text_of(i, answer, "weights_before"));
	if (number_of(answer, "left_out") > 0)
		fprintf(i->talk, "left out, beyond what is counted: %.0f\n",
			number_of(answer, "left_out"));
}

/* The text alone, to a new file or to stdout; JSON holds it as a member. */
static enum outcome put_learnt(struct invocation *i, const json_t *answer)
{
	const char *text = json_string_value(json_object_get(answer, "text")),
		   *out = invocation_option(i, "out");
	struct problem p = { .code = PROBLEM_NONE };
	if (text == NULL)
		return OUTCOME_NEGATIVE;
	if (out != NULL && !conf_write_file(out, bytes_of_text(text), 0644, &p))
		return invocation_fail(i, &p);
	if (i->format != OUTPUT_TABLE)
		output_object(i->out, i->arena, i->format, answer);
	else if (out == NULL)
		fputs(text, i->out);
	return OUTCOME_DONE;
}

enum outcome command_match_train(struct invocation *i)
{
	enum outcome outcome;
	json_t *answer = command_asked(i, i->command->request, &outcome);
	if (answer != NULL) {
		tell_learnt(i, answer);
		outcome = put_learnt(i, answer);
	}
	json_decref(answer);
	return outcome;
}
