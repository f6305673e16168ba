/* gateway/envelope/hl7v2_ack.c: acknowledgments, MSH MSA [ERR] (ITI TF-2: C.2.3, C.2.4). */
#include <stdio.h>
#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "gateway/envelope/hl7v2.h"

void hl7_put_msa(struct hl7_writer *w, const struct hl7_message *request, const char *code,
		 const struct hl7_stamp *stamp)
{
	hl7_put_segment(w, "MSA");
	if (stamp->commit)
		hl7_put_field(w, 1, code[1] == 'A' ? "CA" : code[1] == 'E' ? "CE" : "CR");
	else
		hl7_put_field(w, 1, code);
	/* Where MSH-10 is past recovery nothing is made up. */
	if (hl7_present(hl7_field(request->segments, 10)))
		hl7_put_same_field(w, 2, request->segments, 10);
	else
		hl7_put_empty(w, 2);
}

bool hl7_is_answer(const struct hl7_message *m)
{
	static const char *const types[] = { "ACK", "MCF", "NAK" };
	for (size_t i = 0; i < COUNT(types); i++)
		if (text_equal(m->type, types[i]))
			return true;
	return hl7_segment(m, "MSA", 1) != NULL;
}

/* Table 0155. What is no code of it is as if nothing were said: `otherwise`. */
static bool wanted(const char *condition, bool failed, bool otherwise)
{
	if (text_equal(condition, "AL"))
		return true;
	if (text_equal(condition, "NE"))
		return false;
	if (text_equal(condition, "ER"))
		return failed;
	return text_equal(condition, "SU") ? !failed : otherwise;
}

enum hl7_due hl7_acknowledgment_due(const struct hl7_message *request, bool failed)
{
	const struct hl7_segment *msh = request->segments;
	if (hl7_is_answer(request))
		return HL7_NOTHING;
	if (wanted(hl7_value(msh, 16, 1, 1, 1), failed, true))
		return HL7_APPLICATION;
	return wanted(hl7_value(msh, 15, 1, 1, 1), failed, false) ? HL7_ACCEPT : HL7_NOTHING;
}

/* "PID^1^3^1^4": a place in the message; an XPath or a file is none. */
static bool is_location(const char *where)
{
	for (int i = 0; i < 3; i++)
		if (!(where[i] >= 'A' && where[i] <= 'Z')
		    && !(i > 0 && where[i] >= '0' && where[i] <= '9'))
			return false;
	return where[3] == '^' || where[3] == '\0';
}

/* The steps of a location, most of them, as components. */
static void put_location(struct hl7_writer *w, unsigned field, const char *where, unsigned most)
{
	char step[16];
	unsigned n = 0;
	while (n < most && *where != '\0') {
		size_t length = strcspn(where, "^");
		if (length >= sizeof step)
			break;
		memcpy(step, where, length);
		step[length] = '\0';
		hl7_put(w, field, 1, ++n, 1, step);
		where += length + (where[length] == '^');
	}
}

/* ERR-7 is for the engineer, who asks us by that id. */
static void put_diagnosis(struct hl7_writer *w, const struct problem *problem,
			  const struct hl7_stamp *stamp)
{
	char text[PROBLEM_TEXT];
	const char *name = problem_row(problem->code)->name;
	if (stamp->exchange != NULL)
		snprintf(text, sizeof text, "%s (exchange %s)", name, stamp->exchange);
	hl7_put_field(w, 7, stamp->exchange == NULL ? name : text);
}

/* ERR-2 ERL, ERR-3 CWE of table HL70357, ERR-4, ERR-7 for the engineer, ERR-8 for the user. */
static void put_err_2_5(struct hl7_writer *w, const struct problem *problem, const char *code,
			const char *text, bool warning, const struct hl7_stamp *stamp)
{
	if (is_location(problem->where))
		put_location(w, 2, problem->where, 6);
	hl7_put(w, 3, 1, 1, 1, code);
	hl7_put(w, 3, 1, 2, 1, text);
	hl7_put(w, 3, 1, 3, 1, "HL70357");
	hl7_put_field(w, 4, warning ? "W" : "E");
	put_diagnosis(w, problem, stamp);
	hl7_put_field(w, 8, problem->what);
}

/* ERR-1 ELD of HL7 2.3.1: segment, sequence, field, code as a CE one level down. */
static void put_err_2_3_1(struct hl7_writer *w, const struct problem *problem, const char *code,
			  const char *text)
{
	if (is_location(problem->where))
		put_location(w, 1, problem->where, 3);
	hl7_put(w, 1, 1, 4, 1, code);
	hl7_put(w, 1, 1, 4, 2, text);
	hl7_put(w, 1, 1, 4, 3, "HL70357");
}

void hl7_put_err(struct hl7_writer *w, const struct problem *problem, bool warning,
		 const struct hl7_stamp *stamp)
{
	int number = problem_row(problem->code)->hl7_code;
	char code[] = { (char)('0' + number / 100 % 10), (char)('0' + number / 10 % 10),
			(char)('0' + number % 10), '\0' };
	const char *plain = number == 0 ? "0" : code;
	hl7_put_segment(w, "ERR");
	if (stamp->legacy_err)
		put_err_2_3_1(w, problem, plain, hl7_code_text(number));
	else
		put_err_2_5(w, problem, plain, hl7_code_text(number), warning, stamp);
}

struct bytes hl7_ack(const struct hl7_message *request, const struct problem *problem,
		     const struct finding *notes, const struct hl7_stamp *stamp)
{
	struct hl7_writer *w = hl7_answer_write(request, "ACK", request->event, "ACK", stamp);
	bool failed = problem != NULL && problem->code != PROBLEM_NONE;
	hl7_put_msa(w, request, failed ? problem_row(problem->code)->hl7_ack : "AA", stamp);
	if (failed)
		hl7_put_err(w, problem, false, stamp);
	for (; notes != NULL; notes = notes->next)
		hl7_put_err(w, &notes->problem, notes->warning, stamp);
	return hl7_written(w);
}
