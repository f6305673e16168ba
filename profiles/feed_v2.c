/* profiles/feed_v2.c: the Patient Identity Feed of HL7 v2 as its hearers read and answer it: an
 * admission system tells of a patient (A01, A04, A05, A28), of changed demographics (A08, A31),
 * that two ids are one patient (A40), and what else ITI-30 and the events of visits say of
 * identity. */
#include "profiles/feed_v2.h"

#include <stdio.h>

#include "gateway/base/text.h"
#include "gateway/envelope/hl7v2.h"
#include "gateway/envelope/hl7v2_patient.h"
#include "gateway/envelope/occurrence.h"
#include "profiles/feed_hearing.h"
#include "schemas/tables/leniency.h"

/* Structures by table 0354 of HL7 2.5, and before it of 2.3.1. */
static const struct event {
	const char *event, *structure;
	enum feed_kind kind;
	bool visit; /* PV1 has to be there, if only to say that there is no visit */
} events[] = {
	{ "A01", "ADT_A01", FEED_CREATE, .visit = true },
	{ "A04", "ADT_A01", FEED_CREATE, .visit = true },
	{ "A05", "ADT_A01", FEED_CREATE, .visit = true },
	{ "A08", "ADT_A01", FEED_UPDATE, .visit = true },
	{ "A40", "ADT_A39", FEED_MERGE, .visit = false },
	{ "A28", "ADT_A05", FEED_CREATE, .visit = true },
	{ "A31", "ADT_A05", FEED_UPDATE, .visit = true },
	{ "A47", "ADT_A30", FEED_CHANGE_ID, .visit = false },
	{ "A24", "ADT_A24", FEED_LINK, .visit = false },
	{ "A37", "ADT_A37", FEED_UNLINK, .visit = false },
	{ "A29", "ADT_A21", FEED_DELETE, .visit = false },
	{ "A03", "ADT_A03", FEED_VISIT, .visit = true },
	{ "A11", "ADT_A09", FEED_VISIT, .visit = true },
	{ "A12", "ADT_A12", FEED_VISIT, .visit = true },
	{ "A12", "ADT_A09", FEED_VISIT, .visit = true },
	{ "A13", "ADT_A01", FEED_VISIT, .visit = true },
	{ "A23", "ADT_A21", FEED_VISIT, .visit = true },
};

/* Of what the routes take; of anything else the first will do. */
static const struct event *event_of(const char *event)
{
	for (size_t i = 0; i < COUNT(events); i++)
		if (text_equal(events[i].event, event))
			return &events[i];
	return events;
}

static bool names_prior(enum feed_kind kind)
{
	return kind == FEED_MERGE || kind == FEED_CHANGE_ID;
}

static bool names_two(enum feed_kind kind)
{
	return kind == FEED_LINK || kind == FEED_UNLINK;
}

/* MSH-9.3 may be absent (ITI TF-2: 3.8.4.1.2.1), or named by the event as careless senders do; any
 * other structure is another message. */
static bool check_structure(struct exchange *x)
{
	const struct hl7_message *m = x->hl7;
	const char *by_event = text_joined(x->arena, "ADT_", m->event, NULL);
	bool fits = text_empty(m->structure) || text_equal(m->structure, by_event);
	for (size_t i = 0; !fits && i < COUNT(events); i++)
		fits = text_equal(events[i].event, m->event)
		       && text_equal(events[i].structure, m->structure);
	return fits
	       || problem_at(&x->problem, PROBLEM_MESSAGE_TYPE, "MSH^1^9^1^3",
			     "the structure '%s' is not that of %s", m->structure, m->event);
}

/* A segment that stands there twice, or where it says something else, would be read past. */
static bool check_segments(struct exchange *x, enum feed_kind kind)
{
	static const char *const once[] = { "EVN", "PV1" };
	/* Where there are two patients each may have its visit. */
	for (size_t i = 0; i < (names_two(kind) ? 1 : COUNT(once)); i++)
		if (hl7_segment(x->hl7, once[i], 2) != NULL)
			return problem_at(&x->problem, PROBLEM_SEGMENT_MISSING,
					  arena_printf(x->arena, "%s^2", once[i]),
					  "segment %s stands there twice", once[i]);
	return names_prior(kind) || hl7_segment(x->hl7, "MRG", 1) == NULL
	       || problem_at(&x->problem, PROBLEM_SEGMENT_MISSING, "MRG^1",
			     "MRG stands in a message that merges nothing");
}

/* EVN-1 may be absent, but must not contradict MSH-9.2 (ITI TF-2: C.2.2). */
static bool read_event(struct exchange *x)
{
	const struct hl7_segment *evn = hl7_segment(x->hl7, "EVN", 1);
	const char *event = hl7_value(evn, 1, 1, 1, 1);
	const struct event *is = event_of(x->hl7->event);
	if (!check_structure(x))
		return false;
	if (!text_empty(event) && !text_equal(event, x->hl7->event))
		return problem_at(&x->problem, PROBLEM_TABLE_VALUE, "EVN^1^1",
				  "EVN-1 is '%s', MSH-9.2 is '%s'", event, x->hl7->event);
	bool visit = !is->visit || hl7_segment(x->hl7, "PV1", 1) != NULL;
	const char *missing = evn == NULL ? "EVN" : "PV1";
	if ((evn == NULL || !visit)
	    && !leniency_grants(x->sender->lenient.missing_event_segments,
				&x->needed.missing_event_segments))
		return problem_at(&x->problem, PROBLEM_SEGMENT_MISSING,
				  arena_printf(x->arena, "%s^1", missing),
				  "the segment %s is missing", missing);
	return check_segments(x, is->kind);
}

static bool needed(struct exchange *x, const void *value, const char *where)
{
	return value != NULL || x->problem.code != PROBLEM_NONE
	       || problem_at(&x->problem, PROBLEM_FIELD_MISSING, where,
			     "the required field %s is empty", where);
}

static instant occurred(const struct exchange *x, const struct hl7_segment *pid)
{
	const struct hl7_segment *evn = hl7_segment(x->hl7, "EVN", 1);
	const char *const said[] = { hl7_value(pid, 33, 1, 1, 1), hl7_value(evn, 2, 1, 1, 1),
				     hl7_value(evn, 6, 1, 1, 1),
				     hl7_value(x->hl7->segments, 7, 1, 1, 1) };
	return occurrence_of(said, COUNT(said), x->now);
}

/* PID-3 or MRG-1. */
static struct patient_identifier *read_ids(struct exchange *x, const struct hl7_segment *s,
					   unsigned field, struct hl7_person_notes *notes)
{
	struct hl7_person_rules rules;
	exchange_person_rules(x, &rules);
	struct patient_identifier *ids = hl7_read_ids(hl7_field(s, field), &rules, notes,
						      &x->problem);
	needed(x, ids, hl7_where(hl7_field(s, field)));
	return ids;
}

/* A type alone, of a name that is unspecified or a pseudonym, says that there is none to be told:
 * of a newborn, say (HL7 2.5: table 0200). The field is not empty. */
static bool says_no_name(const struct hl7_segment *pid)
{
	for (unsigned n = 1; n <= hl7_repetitions(hl7_field(pid, 5)); n++) {
		const char *type = hl7_value(pid, 5, n, 7, 1);
		if (text_equal(type, "U") || text_equal(type, "S"))
			return true;
	}
	return false;
}

/* A birth date that is none, or to come, is refused where it would be kept. */
static bool read_demographics(struct exchange *x, struct identity_feed *feed,
			      const struct hl7_segment *pid, struct hl7_person_notes *notes)
{
	struct hl7_person_rules rules;
	exchange_person_rules(x, &rules);
	rules.fed_at = x->now;
	if (!hl7_read_demographics(pid, &rules, &feed->demographics, notes, &x->problem))
		return false;
	feed->demographics.identity_unknown = notes->identity_unknown ? "Y" : "";
	if (feed->kind > FEED_UPDATE)
		return true;
	const char *why = person_birth_date_told(notes);
	if (why != NULL)
		return problem_at(&x->problem, PROBLEM_DATA_TYPE, "PID^1^7", "%s", why);
	return says_no_name(pid) || needed(x, feed->demographics.names, "PID^1^5");
}

/* A discharge by death says so in PID-29 and PID-30 (ITI TF-2: 3.30.5.3); that an admission, a
 * transfer or a discharge did not take place, or that a visit is forgotten, says nothing of the
 * patient. */
static void keep_of_visit(struct identity_feed *feed, const char *event)
{
	bool leaves = text_equal(event, "A03");
	feed->demographics = (struct patient_demographics){
		.deceased = leaves ? feed->demographics.deceased : NULL,
		.deceased_time = leaves ? feed->demographics.deceased_time : NULL,
	};
}

/* Two patients, each with its PID (ITI TF-2: 3.30.6.6.2, 3.30.6.7.2). */
static bool read_two(struct exchange *x, struct identity_feed *feed, struct hl7_person_notes *notes)
{
	const struct hl7_segment *one = hl7_segment(x->hl7, "PID", 1);
	const struct hl7_segment *other = hl7_segment(x->hl7, "PID", 2);
	if (other == NULL || hl7_segment(x->hl7, "PID", 3) != NULL)
		return problem_at(&x->problem, PROBLEM_SEGMENT_MISSING,
				  one == NULL     ? "PID^1"
				  : other == NULL ? "PID^2"
						  : "PID^3",
				  "%s names two patients, each in a PID", x->hl7->event);
	feed->occurred = occurred(x, one);
	feed->ids = read_ids(x, one, 3, notes);
	feed->subsumed = feed->ids == NULL ? NULL : read_ids(x, other, 3, notes);
	return feed->subsumed != NULL;
}

static bool read_patient(struct exchange *x, struct identity_feed *feed,
			 struct hl7_person_notes *notes)
{
	const struct hl7_segment *pid = hl7_only_segment(x->hl7, "PID", &x->problem), *mrg;
	if (pid == NULL)
		return false;
	feed->occurred = occurred(x, pid);
	feed->ids = read_ids(x, pid, 3, notes);
	if (feed->ids == NULL || !read_demographics(x, feed, pid, notes))
		return false;
	if (feed->kind == FEED_VISIT)
		keep_of_visit(feed, x->hl7->event);
	if (!names_prior(feed->kind))
		return true;
	mrg = hl7_only_segment(x->hl7, "MRG", &x->problem);
	feed->subsumed = mrg == NULL ? NULL : read_ids(x, mrg, 1, notes);
	return feed->subsumed != NULL;
}

static bool read_feed(struct exchange *x, bool unknown_is_no_error)
{
	struct identity_feed *feed = arena_new(x->arena, struct identity_feed);
	struct hl7_person_notes notes = { .refused = 0 };

	feed->kind = event_of(x->hl7->event)->kind;
	feed->message_id = x->hl7->control_id;
	feed->unknown_is_no_error = unknown_is_no_error;
	x->request = feed;
	if (!read_event(x))
		return false;
	bool read = names_two(feed->kind) ? read_two(x, feed, &notes)
					  : read_patient(x, feed, &notes);
	exchange_person_notes(x, &notes);
	if (!read || x->problem.code != PROBLEM_NONE)
		return false;
	cross_reference_prepare(x->arena, x->region, feed);
	return true;
}

bool feed_v2_read(struct exchange *x)
{
	return read_feed(x, false);
}

bool feed_v2_read_managed(struct exchange *x)
{
	return read_feed(x, true);
}

/* The actor knows which id it is about; ERR-2 wants its component, too. */
static void name_component(struct exchange *x, struct problem *p, const char *where, bool domain)
{
	const char *component = arena_printf(x->arena, "%s^%s", where, domain ? "4" : "1");
	snprintf(p->where, sizeof p->where, "%s", component);
}

/* The request is read()'s, and nobody else's yet. */
void feed_v2_weigh(struct exchange *x)
{
	struct identity_feed *feed = (struct identity_feed *)x->request;
	cross_reference_weigh(x->txn, x->arena, x->region, x->sender, feed);
}

void feed_v2_look_ahead(struct exchange *x)
{
	cross_reference_look_ahead(x->txn, x->arena, x->region, x->sender, x->request);
}

bool feed_v2_handle(struct exchange *x, feed_hearer *hear)
{
	struct cross_reference_fed *fed = arena_new(x->arena, struct cross_reference_fed);
	x->result = fed;
	bool done = feed_hear(x, hear, x->request,
			      text_equal(x->hl7->processing_id, "P") ? NULL : "MSH^1^11", fed);
	leniencies_add(&x->needed, &fed->needed);
	if (!done && fed->offending != NULL && fed->offending->where != NULL)
		name_component(x, &x->problem, fed->offending->where, fed->offending_domain);
	for (const struct finding *f = fed->warnings; done && f != NULL; f = f->next) {
		struct problem warning = f->problem;
		name_component(x, &warning, f->problem.where, f->location == NULL);
		exchange_finding(x, true, NULL, &warning);
	}
	return done;
}

void feed_v2_audited(struct exchange *x, struct audit_event *e)
{
	if (x->request != NULL)
		audit_feed(x, e, x->request, x->result, "MSH-10");
}

struct bytes feed_v2_answer(struct exchange *x, const struct hl7_stamp *stamp)
{
	return hl7_ack(x->hl7, &x->problem, x->findings, stamp);
}

const struct route feed_v2_routes[] = { { .request = "ADT", .detail = "A01", .answer = "ACK" },
					{ .request = "ADT", .detail = "A04", .answer = "ACK" },
					{ .request = "ADT", .detail = "A05", .answer = "ACK" },
					{ .request = "ADT", .detail = "A08", .answer = "ACK" },
					{ .request = "ADT", .detail = "A40", .answer = "ACK" },
					{ 0 } };
