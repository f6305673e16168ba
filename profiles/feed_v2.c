/* profiles/feed_v2.c: the Patient Identity Feed of HL7 v2 as both its hearers read and answer
 * it: an admission system tells of a patient (A01, A04, A05), of changed demographics (A08), or
 * that two ids are one patient (A40). */
#include "profiles/feed_v2.h"

#include <stdio.h>

#include "gateway/base/text.h"
#include "gateway/envelope/hl7v2.h"
#include "gateway/envelope/hl7v2_patient.h"
#include "gateway/envelope/occurrence.h"
#include "profiles/actors/quota.h"
#include "schemas/tables/leniency.h"

static const struct {
	const char *event, *structure;
	enum feed_kind kind;
} events[] = {
	{ "A01", "ADT_A01", FEED_CREATE }, { "A04", "ADT_A01", FEED_CREATE },
	{ "A05", "ADT_A01", FEED_CREATE }, { "A08", "ADT_A01", FEED_UPDATE },
	{ "A40", "ADT_A39", FEED_MERGE },
};

static enum feed_kind kind_of(const char *event)
{
	for (size_t i = 0; i < COUNT(events); i++)
		if (text_equal(events[i].event, event))
			return events[i].kind;
	return FEED_CREATE;
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
static bool check_segments(struct exchange *x, bool merge)
{
	static const char *const once[] = { "EVN", "PV1" };
	for (size_t i = 0; i < COUNT(once); i++)
		if (hl7_segment(x->hl7, once[i], 2) != NULL)
			return problem_at(&x->problem, PROBLEM_SEGMENT_MISSING,
					  arena_printf(x->arena, "%s^2", once[i]),
					  "segment %s stands there twice", once[i]);
	return merge || hl7_segment(x->hl7, "MRG", 1) == NULL
	       || problem_at(&x->problem, PROBLEM_SEGMENT_MISSING, "MRG^1",
			     "MRG stands in a message that merges nothing");
}

/* EVN-1 may be absent, but must not contradict MSH-9.2 (ITI TF-2: C.2.2). */
static bool read_event(struct exchange *x)
{
	const struct hl7_segment *evn = hl7_segment(x->hl7, "EVN", 1);
	const char *event = hl7_value(evn, 1, 1, 1, 1);
	bool merge = kind_of(x->hl7->event) == FEED_MERGE;
	if (!check_structure(x))
		return false;
	if (!text_empty(event) && !text_equal(event, x->hl7->event))
		return problem_at(&x->problem, PROBLEM_TABLE_VALUE, "EVN^1^1",
				  "EVN-1 is '%s', MSH-9.2 is '%s'", event, x->hl7->event);
	bool visit = merge || hl7_segment(x->hl7, "PV1", 1) != NULL;
	const char *missing = evn == NULL ? "EVN" : "PV1";
	if ((evn == NULL || !visit)
	    && !leniency_grants(x->sender->lenient.missing_event_segments,
				&x->needed.missing_event_segments))
		return problem_at(&x->problem, PROBLEM_SEGMENT_MISSING,
				  arena_printf(x->arena, "%s^1", missing),
				  "the segment %s is missing", missing);
	return check_segments(x, merge);
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

static bool read_patient(struct exchange *x, struct identity_feed *feed,
			 const struct hl7_segment *pid, struct hl7_person_notes *notes)
{
	struct hl7_person_rules rules;
	const struct hl7_segment *mrg = NULL;
	bool merge = feed->kind == FEED_MERGE;
	exchange_person_rules(x, &rules);
	feed->ids = hl7_read_ids(hl7_field(pid, 3), &rules, notes, &x->problem);
	if (!needed(x, feed->ids, "PID^1^3")
	    || !hl7_read_demographics(pid, &rules, &feed->demographics, notes, &x->problem))
		return false;
	feed->demographics.identity_unknown = notes->identity_unknown ? "Y" : "";
	if (notes->birth_date_impossible && !merge)
		return problem_at(&x->problem, PROBLEM_DATA_TYPE, "PID^1^7",
				  "the birth date is not a date");
	if (!merge)
		return needed(x, feed->demographics.names, "PID^1^5");
	mrg = hl7_only_segment(x->hl7, "MRG", &x->problem);
	if (mrg == NULL)
		return false;
	feed->subsumed = hl7_read_ids(hl7_field(mrg, 1), &rules, notes, &x->problem);
	return needed(x, feed->subsumed, "MRG^1^1");
}

bool feed_v2_read(struct exchange *x)
{
	struct identity_feed *feed = arena_new(x->arena, struct identity_feed);
	struct hl7_person_notes notes = { .refused = 0 };
	const struct hl7_segment *pid;

	feed->kind = kind_of(x->hl7->event);
	feed->message_id = x->hl7->control_id;
	x->request = feed;
	if (!read_event(x) || (pid = hl7_only_segment(x->hl7, "PID", &x->problem)) == NULL)
		return false;
	feed->occurred = occurred(x, pid);
	bool read = read_patient(x, feed, pid, &notes);
	exchange_person_notes(x, &notes);
	if (!read || x->problem.code != PROBLEM_NONE)
		return false;
	cross_reference_prepare(x->arena, feed);
	return true;
}

/* The actor knows which id it is about; ERR-2 wants its component, too. */
static void name_component(struct exchange *x, struct problem *p, const char *where, bool domain)
{
	const char *component = arena_printf(x->arena, "%s^%s", where, domain ? "4" : "1");
	snprintf(p->where, sizeof p->where, "%s", component);
}

void feed_v2_look_ahead(struct exchange *x)
{
	cross_reference_look_ahead(x->txn, x->arena, x->region, x->sender, x->request);
}

bool feed_v2_handle(struct exchange *x, feed_hearer *hear)
{
	const struct identity_feed *feed = x->request;
	struct cross_reference_fed *fed = arena_new(x->arena, struct cross_reference_fed);
	x->result = fed;
	const struct registry_desk d = exchange_desk(x);
	uint64_t used = quota_used(&d);
	bool done = hear(x->txn, x->arena, x->region, x->sender, feed, fed, &x->problem)
		    && quota_allows(&d, used, &x->problem);
	leniencies_add(&x->needed, &fed->needed);
	if (!done && fed->offending != NULL && fed->offending->where != NULL)
		name_component(x, &x->problem, fed->offending->where, fed->offending_domain);
	for (const struct finding *f = fed->warnings; done && f != NULL; f = f->next) {
		struct problem warning = f->problem;
		name_component(x, &warning, f->problem.where, true);
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
