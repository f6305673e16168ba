/* gateway/operator/screen_hl7.c: a message of HL7 v2, as SS-MIX2 keeps them: segment by segment,
 * the fields that tell somebody something under their names; drugs and results a line each. A
 * segment that is not known here is shown as it stands. */
#include "gateway/operator/screen.h"

#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "gateway/envelope/hl7v2.h"
#include "gateway/operator/page.h"

enum shown_as {
	AS_TEXT, /* whole, each repetition */
	AS_CODE, /* CE, CWE: words, and the code */
	AS_NAME, /* XPN: family, given */
	AS_WHO,  /* XCN: the same behind an id */
	AS_TIME,
	AS_PARTS /* all there is, a blank between */
};

struct shown {
	const char *segment;
	unsigned field;
	enum shown_as as;
	const char *name;
};

/* HL7 2.5; JAHIS data exchange rules for what Japan has in them. */
static const struct shown shown[] = {
	{ "MSH", 7, AS_TIME, "sent" },        { "MSH", 3, AS_PARTS, "from" },
	{ "MSH", 4, AS_PARTS, "at" },         { "MSH", 9, AS_PARTS, "message" },
	{ "EVN", 2, AS_TIME, "recorded" },    { "PID", 3, AS_PARTS, "id" },
	{ "PID", 5, AS_NAME, "name" },        { "PID", 7, AS_TIME, "born" },
	{ "PID", 8, AS_TEXT, "sex" },         { "PID", 11, AS_PARTS, "address" },
	{ "PID", 13, AS_PARTS, "telephone" }, { "PID", 29, AS_TIME, "died" },
	{ "PV1", 2, AS_TEXT, "class" },       { "PV1", 3, AS_PARTS, "place" },
	{ "PV1", 7, AS_WHO, "doctor" },       { "PV1", 8, AS_WHO, "referred by" },
	{ "PV1", 10, AS_TEXT, "department" }, { "PV1", 44, AS_TIME, "admitted" },
	{ "PV1", 45, AS_TIME, "discharged" }, { "PV2", 3, AS_CODE, "reason" },
	{ "NK1", 2, AS_NAME, "name" },        { "NK1", 3, AS_CODE, "relation" },
	{ "AL1", 2, AS_CODE, "kind" },        { "AL1", 3, AS_CODE, "allergen" },
	{ "AL1", 4, AS_CODE, "severity" },    { "AL1", 5, AS_TEXT, "reaction" },
	{ "AL1", 6, AS_TIME, "since" },       { "IAM", 2, AS_CODE, "kind" },
	{ "IAM", 3, AS_CODE, "allergen" },    { "IAM", 4, AS_CODE, "severity" },
	{ "IAM", 5, AS_TEXT, "reaction" },    { "IAM", 6, AS_CODE, "action" },
	{ "IN1", 2, AS_CODE, "plan" },        { "IN1", 3, AS_PARTS, "insurer" },
	{ "IN1", 12, AS_TIME, "from" },       { "IN1", 13, AS_TIME, "until" },
	{ "PRB", 1, AS_TEXT, "action" },      { "PRB", 2, AS_TIME, "recorded" },
	{ "PRB", 3, AS_CODE, "diagnosis" },   { "PRB", 7, AS_TIME, "known since" },
	{ "PRB", 9, AS_TIME, "ended" },       { "PRB", 14, AS_CODE, "state" },
	{ "PRB", 16, AS_TIME, "onset" },      { "DG1", 3, AS_CODE, "diagnosis" },
	{ "DG1", 5, AS_TIME, "at" },          { "DG1", 6, AS_TEXT, "kind" },
	{ "ORC", 1, AS_TEXT, "order" },       { "ORC", 9, AS_TIME, "at" },
	{ "ORC", 12, AS_WHO, "by" },          { "ORC", 17, AS_CODE, "department" },
	{ "OBR", 4, AS_CODE, "asked" },       { "OBR", 7, AS_TIME, "taken" },
	{ "OBR", 16, AS_WHO, "by" },          { "OBR", 22, AS_TIME, "reported" },
	{ "OBR", 25, AS_TEXT, "status" },     { "SPM", 4, AS_CODE, "specimen" },
	{ "SPM", 17, AS_TIME, "taken" },      { "NTE", 3, AS_TEXT, "note" },
	{ "RXC", 2, AS_CODE, "part" },        { "RXC", 3, AS_TEXT, "amount" },
	{ "RXC", 4, AS_CODE, "unit" },        { "RXA", 3, AS_TIME, "given" },
	{ "RXA", 5, AS_CODE, "drug" },        { "RXA", 6, AS_TEXT, "amount" },
	{ "RXA", 7, AS_CODE, "unit" },        { "SCH", 7, AS_CODE, "reason" },
	{ "ODS", 3, AS_CODE, "food" },        { "TXA", 2, AS_CODE, "kind" },
	{ "TXA", 4, AS_TIME, "made" },        { "TXA", 9, AS_WHO, "by" },
};

struct telling {
	struct page *page;
	struct arena *arena;
	struct page_table *results; /* of OBX that follow one another; NULL: none */
	const char *order;          /* what the last ORC said: it is not said again */
	bool drug;                  /* TQ1 and RXR belong to the RXE before */
};

static const char *part(struct hl7_part of, unsigned component)
{
	return hl7_text(hl7_component(of, component));
}

static const char *code_of(struct arena *a, struct hl7_part r)
{
	const char *code = part(r, 1), *words = part(r, 2);
	if (text_empty(words))
		words = part(r, 5);
	if (text_empty(words) || text_empty(code) || text_equal(words, code))
		return text_empty(words) ? code : words;
	return arena_printf(a, "%s (%s)", words, code);
}

static const char *parts_of(struct arena *a, struct hl7_part r, unsigned from, unsigned to)
{
	const char *all = "";
	for (unsigned c = from; c <= to; c++)
		all = screen_words(a, all, part(r, c));
	return all;
}

static const char *repetition_of(struct arena *a, struct hl7_part r, enum shown_as as)
{
	switch (as) {
	case AS_CODE: return code_of(a, r);
	case AS_NAME: return parts_of(a, r, 1, 2);
	case AS_WHO: return parts_of(a, r, 1, 3);
	case AS_TIME: return screen_time(a, hl7_text(r));
	case AS_PARTS: return parts_of(a, r, 1, hl7_components(r));
	case AS_TEXT: break;
	}
	return hl7_whole(r);
}

static const char *field_of(struct arena *a, const struct hl7_segment *s, unsigned field,
			    enum shown_as as)
{
	struct hl7_part all = hl7_field(s, field);
	const char *text = "";
	for (unsigned n = 1, most = hl7_repetitions(all); n <= most; n++) {
		const char *one = repetition_of(a, hl7_repetition(all, n), as);
		text = text_empty(text) || text_empty(one) ? (text_empty(one) ? text : one)
							   : arena_printf(a, "%s / %s", text, one);
	}
	return text;
}

static bool is(const struct hl7_segment *s, const char *name)
{
	return s != NULL && strcmp(s->name, name) == 0;
}

/* ---- Results ---- */

static const char *result_of(struct arena *a, const struct hl7_segment *s)
{
	const char *type = hl7_value(s, 2, 1, 1, 1);
	if (text_equal(type, "ED"))
		return arena_printf(a, "[%zu characters of data]", hl7_field(s, 5).length);
	if (text_equal(type, "CE") || text_equal(type, "CWE") || text_equal(type, "CNE"))
		return field_of(a, s, 5, AS_CODE);
	if (text_equal(type, "TS") || text_equal(type, "DT"))
		return field_of(a, s, 5, AS_TIME);
	return field_of(a, s, 5, text_equal(type, "SN") ? AS_PARTS : AS_TEXT);
}

static void add_result(struct telling *t, const struct hl7_segment *s)
{
	static const char *const headings[] = { "ITEM", "VALUE",  "UNIT", "RANGE",
						"FLAG", "STATUS", "AT" };
	struct arena *a = t->arena;
	if (t->results == NULL) {
		t->results = page_table(t->page);
		page_row(t->results, true, headings, COUNT(headings));
	}
	const char *cells[] = { field_of(a, s, 3, AS_CODE), result_of(a, s),
				field_of(a, s, 6, AS_CODE), field_of(a, s, 7, AS_TEXT),
				field_of(a, s, 8, AS_TEXT), field_of(a, s, 11, AS_TEXT),
				field_of(a, s, 14, AS_TIME) };
	page_row(t->results, false, cells, COUNT(cells));
}

static void end_results(struct telling *t)
{
	if (t->results != NULL) {
		page_gap(t->page);
		page_table_end(t->results, 0);
	}
	t->results = NULL;
}

/* ---- Drugs ---- */

static const char *amount(struct arena *a, const struct hl7_segment *s, unsigned number,
			  unsigned unit)
{
	const char *words = hl7_value(s, unit, 1, 2, 1);
	return screen_words(a, hl7_value(s, number, 1, 1, 1),
			    text_empty(words) ? hl7_value(s, unit, 1, 1, 1) : words);
}

static void put_drug(struct telling *t, const struct hl7_segment *s)
{
	struct arena *a = t->arena;
	page_gap(t->page);
	page_item(t->page, 0, "- ", field_of(a, s, 2, AS_CODE));
	page_pair(t->page, 2, "each time", amount(a, s, 3, 5));
	page_pair(t->page, 2, "a day", amount(a, s, 19, 20));
	page_pair(t->page, 2, "in all", amount(a, s, 10, 11));
	page_pair(t->page, 2, "form", field_of(a, s, 6, AS_CODE));
	page_pair(t->page, 2, "told", field_of(a, s, 7, AS_CODE));
	page_pair(t->page, 2, "to pharmacy", field_of(a, s, 21, AS_CODE));
	t->drug = true;
}

/* TQ1-3: a usage is in its first component, which may have parts of its own. */
static void put_usage(struct telling *t, const struct hl7_segment *s)
{
	struct arena *a = t->arena;
	unsigned indent = t->drug ? 2 : 0;
	const char *words = hl7_value(s, 3, 1, 1, 2);
	page_pair(t->page, indent, "taken",
		  text_empty(words) ? field_of(a, s, 3, AS_PARTS) : words);
	page_pair(t->page, indent, "amount", field_of(a, s, 2, AS_PARTS));
	page_pair(t->page, indent, "for", field_of(a, s, 6, AS_PARTS));
	page_pair(t->page, indent, "from", field_of(a, s, 7, AS_TIME));
	page_pair(t->page, indent, "until", field_of(a, s, 8, AS_TIME));
	page_pair(t->page, indent, "note", field_of(a, s, 11, AS_TEXT));
}

/* ---- Segments ---- */

static bool has_rows(const struct hl7_segment *s)
{
	for (size_t i = 0; i < COUNT(shown); i++)
		if (is(s, shown[i].segment))
			return true;
	return false;
}

static void put_fields(struct telling *t, const struct hl7_segment *s)
{
	page_title(t->page, 0, s->name);
	for (size_t i = 0; i < COUNT(shown); i++)
		if (is(s, shown[i].segment))
			page_pair(t->page, 2, shown[i].name,
				  field_of(t->arena, s, shown[i].field, shown[i].as));
}

static void put_as_it_stands(struct telling *t, const struct hl7_segment *s)
{
	page_title(t->page, 0, s->name);
	page_text(t->page, 2, arena_text_n(t->arena, s->text, s->length));
}

/* Orders of one prescription mostly say the same of who ordered. */
static bool says_anew(struct telling *t, const struct hl7_segment *s)
{
	struct arena *a = t->arena;
	const char *order = arena_printf(a, "%s|%s|%s|%s", field_of(a, s, 1, AS_TEXT),
					 field_of(a, s, 9, AS_TEXT), field_of(a, s, 12, AS_TEXT),
					 field_of(a, s, 17, AS_TEXT));
	bool anew = !text_equal(order, t->order);
	t->order = order;
	return anew;
}

static void put_segment(struct telling *t, const struct hl7_segment *s)
{
	if (!is(s, "OBX"))
		end_results(t);
	if (is(s, "ORC") && !says_anew(t, s))
		return;
	if (is(s, "OBX"))
		add_result(t, s);
	else if (is(s, "RXE"))
		put_drug(t, s);
	else if (is(s, "TQ1"))
		put_usage(t, s);
	else if (is(s, "RXR"))
		page_pair(t->page, t->drug ? 2 : 0, "route", field_of(t->arena, s, 1, AS_CODE));
	else if (is(s, "NTE"))
		page_pair(t->page, t->drug ? 2 : 0, "note", field_of(t->arena, s, 3, AS_TEXT));
	else if (has_rows(s))
		put_fields(t, s);
	else
		put_as_it_stands(t, s);
	t->drug = t->drug && (is(s, "RXE") || is(s, "TQ1") || is(s, "RXR") || is(s, "NTE"));
}

bool screen_hl7(struct page *p, struct arena *a, struct bytes octets)
{
	struct problem problem = { .code = PROBLEM_NONE };
	struct charset_leniency leniency = charset_of_storage(NULL);
	struct hl7_message *m;
	struct telling t = { .page = p, .arena = a };
	if (octets.length > HL7_MESSAGE_MAX || !hl7_parse(a, octets, &leniency, &m, &problem))
		return false;
	for (const struct hl7_segment *s = m->segments; s != NULL; s = s->next)
		put_segment(&t, s);
	end_results(&t);
	return true;
}
