/* profiles/ssmix2/write_message.c: a message, and where its file is to stand.
 *
 * Names come from who sends: nothing of it becomes a path but what storage_name_read() takes, and
 * only what an import would take in is written (message.h), so that what we write is read. */
#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/normalise.h"
#include "gateway/base/text.h"
#include "profiles/ssmix2/storage_walk.h"
#include "profiles/ssmix2/write.h"
#include "schemas/tables/leniency.h"

enum {
	DAY = 8,
	MILLISECOND = 1000,
	AHEAD = 24 * 60 * 60 /* seconds that a sender's clock may be ahead */
};
static const char no_number[] = "999999999999999";

struct writing {
	struct arena *arena;
	const struct ssmix2_source *source;
	const struct hl7_message *message;
	const struct storage_row *row;
	struct problem *problem;
};

/* ---- The patient ---- */

static bool is_id(const char *text)
{
	static const char taken[] =
		"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
	size_t length = strlen(text);
	return length > 0 && length <= STORAGE_ID_MOST && strspn(text, taken) == length;
}

/* The one id of PID-3 that is the facility's; of several, the one that is declared as such. */
static const char *read_patient(struct writing *w, const struct hl7_segment *pid)
{
	struct hl7_part field = hl7_field(pid, 3);
	const char *id = NULL, *declared = NULL;
	unsigned ids = 0, declarations = 0;
	for (unsigned n = 1; n <= hl7_repetitions(field) && n <= HL7_PERSON_REPETITIONS_MAX; n++) {
		struct hl7_part one = hl7_repetition(field, n);
		const char *value = hl7_text(hl7_component(one, 1));
		struct problem not_ours = { .code = PROBLEM_NONE };
		if (!is_id(value) || text_equal(value, id) || text_equal(value, declared)
		    || !ssmix2_names_patient(pid, w->source, value, &not_ours))
			continue;
		id = value;
		ids++;
		if (text_equal(hl7_text(hl7_component(one, 5)), "PI")) {
			declared = value;
			declarations++;
		}
	}
	if (ids == 1)
		return id;
	if (declarations == 1)
		return declared;
	problem_at(w->problem, ids == 0 ? PROBLEM_DATA_TYPE : PROBLEM_PATIENT_ID_DOES_NOT_MATCH,
		   "PID^1^3",
		   ids == 0 ? "PID-3 holds no id of this facility of 1 to 15 letters and digits"
			    : "PID-3 holds several ids of this facility, and not one of type PI");
	return NULL;
}

/* ---- The order ---- */

/* All that the message says: a file is of one order. */
static bool read_numbers(struct writing *w, const char *segment, const char **out)
{
	for (const struct hl7_segment *s = w->message->segments; s != NULL; s = s->next) {
		const char *number = text_equal(s->name, segment) ? hl7_value(s, 2, 1, 1, 1) : "";
		if (*number == '\0' || text_equal(*out, number))
			continue;
		if (*out != NULL)
			return problem_at(w->problem, PROBLEM_DATA_TYPE, hl7_where(hl7_field(s, 2)),
					  "%s-2 names another order than the one before it: a "
					  "file of a storage is of one order",
					  segment);
		*out = number;
	}
	return true;
}

static const char *read_order(struct writing *w)
{
	const char *number = NULL;
	if (!w->row->numbered)
		return no_number;
	if (!read_numbers(w, "ORC", &number))
		return NULL;
	if (number == NULL && !read_numbers(w, "OBR", &number))
		return NULL;
	/* Findings may be of no order (HS026: オーダNo). */
	if (number == NULL && text_equal(w->message->type, "ORU"))
		return no_number;
	if (number == NULL)
		problem_at(w->problem, PROBLEM_FIELD_MISSING, "ORC^1^2",
			   "ORC-2 does not say the order's number");
	return number;
}

/* Each of its orders is a change of one that is there. */
static bool follows(const struct hl7_message *m)
{
	unsigned orders = 0;
	for (const struct hl7_segment *s = m->segments; s != NULL; s = s->next) {
		if (!text_equal(s->name, "ORC"))
			continue;
		const char *control = hl7_value(s, 1, 1, 1, 1);
		if (!text_equal(control, "CA") && !text_equal(control, "XO"))
			return false;
		orders++;
	}
	return orders != 0;
}

/* ---- Its day and time ---- */

static const char *day_at(struct writing *w, const struct storage_place *at)
{
	for (const struct hl7_segment *s = w->message->segments; s != NULL; s = s->next) {
		const char *value = text_equal(s->name, at->segment)
					    ? hl7_value(s, at->field, 1, at->component, 1)
					    : "";
		if (strlen(value) < DAY)
			continue;
		const char *day = arena_text_n(w->arena, value, DAY);
		if (storage_is_date(day))
			return day;
	}
	return NULL;
}

static const char *read_day(struct writing *w, const struct storage_type *type)
{
	const struct storage_place *first = &w->row->day[0];
	if (type->undated)
		return "-";
	for (size_t i = 0; i < STORAGE_DAY_PLACES && w->row->day[i].segment != NULL; i++) {
		const char *day = day_at(w, &w->row->day[i]);
		if (day != NULL)
			return day;
	}
	problem_at(w->problem, PROBLEM_FIELD_MISSING,
		   arena_printf(w->arena, "%s^1^%u", first->segment, first->field),
		   "%s-%u does not say the day of %s", first->segment, first->field, type->code);
	return NULL;
}

/* In Japan, to the millisecond. */
static void write_time(instant t, char out[STORAGE_TIME])
{
	char seconds[DTM_TEXT];
	unsigned milliseconds = (unsigned)(t / MILLISECOND % 1000);
	instant_to_dtm_jst(t, seconds);
	memcpy(out, seconds, DTM_TEXT - 1);
	for (size_t i = STORAGE_TIME - 1; i-- > DTM_TEXT - 1; milliseconds /= 10)
		out[i] = (char)('0' + milliseconds % 10);
	out[STORAGE_TIME - 1] = '\0';
}

/* MSH-7: as exact as it is said. */
static bool read_time(struct writing *w, char first[STORAGE_TIME], char last[STORAGE_TIME])
{
	const char *said = hl7_value(w->message->segments, 7, 1, 1, 1);
	instant from = 0, until = 0;
	if (strlen(said) < DAY || !instant_span_from_dtm(said, 540, &from, &until))
		return problem_at(w->problem, PROBLEM_HEADER_INVALID, "MSH^1^7",
				  "MSH-7 does not say when the message was made");
	if (from > w->source->now + (instant)AHEAD * 1000 * MILLISECOND)
		return problem_at(w->problem, PROBLEM_HEADER_INVALID, "MSH^1^7",
				  "MSH-7 is a time to come: what is sent later would be older");
	write_time(from, first);
	write_time(until, last);
	return true;
}

/* ---- Its department ---- */

static bool is_department(const char *text)
{
	size_t length = strlen(text);
	return length >= 2 && length <= 3 && is_id(text);
}

/* SS-MIX2 統一診療科: of who ordered it, else of the visit; a ward is none. */
static const char *read_department(const struct hl7_message *m, const struct storage_type *type)
{
	const struct hl7_segment *orc = hl7_segment(m, "ORC", 1), *pv1 = hl7_segment(m, "PV1", 1);
	bool clinic = text_equal(hl7_value(pv1, 3, 1, 6, 1), "C");
	const char *const said[] = { hl7_value(orc, 17, 1, 1, 1), hl7_value(pv1, 10, 1, 1, 1),
				     clinic ? hl7_value(pv1, 3, 1, 1, 1) : "" };
	for (size_t i = 0; i < COUNT(said) && !type->undated; i++)
		if (is_department(said[i]))
			return said[i];
	return "-";
}

/* ---- All of it ---- */

static bool make_name(struct writing *w, struct storage_message *out)
{
	const struct storage_type *type = storage_type_of(w->row->type);
	const struct hl7_segment *pid = hl7_only_segment(w->message, "PID", w->problem);
	const char *id = pid == NULL ? NULL : read_patient(w, pid);
	const char *day = id == NULL ? NULL : read_day(w, type);
	const char *order = day == NULL ? NULL : read_order(w);
	char time[STORAGE_TIME];
	if (order == NULL || !read_time(w, time, out->until))
		return false;
	const char *name = arena_printf(w->arena, "%s_%s_%s_%s_%s_%s_1", id, day, type->code, order,
					time, read_department(w->message, type));
	const char *why = storage_name_read(w->arena, id, day, type->code, name, &out->name);
	return why == NULL
	       || problem_at(w->problem, PROBLEM_DATA_TYPE, "ORC^1^2",
			     "no file can be named by it: %s", why);
}

/* Of an ADT-00 a feed leaves it out; what is written is written whole. */
static bool check_numbers(struct writing *w, struct storage_message *out)
{
	const struct leniencies *lenient = &w->source->facility->lenient;
	if (!ssmix2_message_may_be_kept(w->source, &out->read, w->problem))
		return false;
	return !text_is_my_number(out->name.patient_id)
	       || leniency_grants(lenient->twelve_digit_ids, &out->read.needed.twelve_digit_ids)
	       || problem_at(w->problem, PROBLEM_TABLE_VALUE, "PID^1^3",
			     "the patient id is an Individual "
			     "Number" TWELVE_DIGIT_IDS_REMEDY);
}

/* As an import will. */
static bool check(struct writing *w, struct storage_message *out)
{
	struct identity_feed feed;
	return ssmix2_message_read(w->arena, w->source, &out->name, out->octets, &out->read,
				   w->problem)
	       && check_numbers(w, out)
	       && (out->name.type->use != STORAGE_IDENTITY || out->read.cancels
		   || ssmix2_message_feed(w->arena, w->source, &out->name, &out->read, &feed,
					  w->problem));
}

bool storage_message_read(struct arena *a, const struct ssmix2_source *source, struct bytes octets,
			  const char *type, struct storage_message *out, struct problem *p)
{
	struct charset_leniency leniency = charset_of_storage(source->facility);
	struct hl7_message *m = NULL;
	*out = (struct storage_message){ .octets = octets };
	if (octets.length > STORAGE_FILE_MOST)
		return problem_set(p, PROBLEM_TOO_LARGE,
				   "the message is larger than a file of a storage may be");
	if (!hl7_parse(a, octets, &leniency, &m, p))
		return false;
	if (!text_equal(m->version, "2.5"))
		return problem_at(p, PROBLEM_VERSION_ID, "MSH^1^12",
				  "the version '%.20s' is not 2.5, that of SS-MIX2", m->version);
	struct writing w = { .arena = a,
			     .source = source,
			     .message = m,
			     .row = storage_row_of(m, type, p),
			     .problem = p };
	if (w.row == NULL || !make_name(&w, out) || !check(&w, out))
		return false;
	out->deletes = out->read.cancels;
	out->follows = w.row->numbered && follows(m);
	return true;
}
