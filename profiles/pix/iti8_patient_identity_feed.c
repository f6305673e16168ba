/* profiles/pix/iti8_patient_identity_feed.c
 *
 * Patient Identity Feed [ITI-8], ITI TF-2: 3.8. We are the Patient Identifier Cross-reference
 * Manager, and with the ids of the affinity domain the Document Registry: an admission system tells
 * of a patient (A01, A04, A05), of changed demographics (A08), or that two ids are one patient
 * (A40). */
#include <stdio.h>

#include "gateway/base/text.h"
#include "gateway/envelope/hl7v2.h"
#include "gateway/envelope/hl7v2_patient.h"
#include "gateway/envelope/occurrence.h"
#include "profiles/actors/cross_reference_manager.h"
#include "profiles/transaction.h"
#include "schemas/tables/leniency.h"

static const struct { const char *event; enum feed_kind kind; } events[] = {
	{ "A01", FEED_CREATE }, { "A04", FEED_CREATE }, { "A05", FEED_CREATE },
	  { "A08", FEED_UPDATE },
	{ "A40", FEED_MERGE },
};

static enum feed_kind kind_of(const char *event)
{
	for (size_t i = 0; i < COUNT(events); i++)
		if (text_equal(events[i].event, event))
			return events[i].kind;
	return FEED_CREATE;
}

/* EVN-1 may be absent, but must not contradict MSH-9.2 (ITI TF-2: C.2.2). */
static bool read_event(struct exchange *x)
{
	const struct hl7_segment *evn = hl7_segment(x->hl7, "EVN", 1);
	const char *event = hl7_value(evn, 1, 1, 1, 1);
	if (!text_empty(event) && !text_equal(event, x->hl7->event))
		return problem_at(&x->problem, PROBLEM_TABLE_VALUE, "EVN^1^1",
				  "EVN-1 is '%s', MSH-9.2 is '%s'", event, x->hl7->event);
	bool visit = kind_of(x->hl7->event) == FEED_MERGE || hl7_segment(x->hl7, "PV1", 1) != NULL;
	const char *missing = evn == NULL ? "EVN" : "PV1";
	return (evn != NULL && visit)
	       || leniency_grants(x->sender->lenient.missing_event_segments,
				  &x->needed.missing_event_segments)
	       || problem_at(&x->problem, PROBLEM_SEGMENT_MISSING,
			     arena_printf(x->arena, "%s^1", missing), "the segment %s is missing",
			     missing);
}

static bool needed(struct exchange *x, const void *value, const char *where)
{
	return value != NULL || x->problem.code != PROBLEM_NONE
	       || problem_at(&x->problem, PROBLEM_FIELD_MISSING, where,
			     "the required field %s is empty", where);
}

static void warn(struct exchange *x, enum problem_code code, const char *where, const char *what)
{
	struct problem p = { .code = PROBLEM_NONE };
	problem_at(&p, code, where, "%s", what);
	exchange_finding(x, true, NULL, &p);
}

/* What is taken all the same, and the sender should know. An Individual Number is named by its
 * place only. */
static void tell_shortcomings(struct exchange *x, const struct hl7_person_notes *n)
{
	if (n->refused != 0)
		warn(x, PROBLEM_TABLE_VALUE, "PID^1", "an Individual Number was left out");
	if (n->sex_unknown_code)
		warn(x, PROBLEM_TABLE_VALUE, "PID^1^8",
		     "the sex is no code of HL7 table 0001 and was read as U");
}

static instant occurred(const struct exchange *x, const struct hl7_segment *pid)
{
	const struct hl7_segment *evn = hl7_segment(x->hl7, "EVN", 1);
	const char *const said[] = { hl7_value(pid, 33, 1, 1, 1), hl7_value(evn, 2, 1, 1, 1),
				     hl7_value(evn, 6, 1, 1, 1),
				     hl7_value(x->hl7->segments, 7, 1, 1, 1) };
	return occurrence_of(said, COUNT(said), x->now);
}

static bool read_feed(struct exchange *x)
{
	struct identity_feed *feed = arena_new(x->arena, struct identity_feed);
	struct hl7_person_rules rules = { .twelve_digit_ids = x->sender->lenient.twelve_digit_ids,
					  .local_sex_codes = x->sender->lenient.local_sex_codes };
	struct hl7_person_notes notes = { 0 };
	const struct hl7_segment *pid;

	feed->kind = kind_of(x->hl7->event);
	feed->message_id = x->hl7->control_id;
	x->request = feed;
	if (!read_event(x) || (pid = hl7_only_segment(x->hl7, "PID", &x->problem)) == NULL)
		return false;
	feed->occurred = occurred(x, pid);
	feed->ids = hl7_read_ids(hl7_field(pid, 3), &rules, &notes, &x->problem);
	if (!needed(x, feed->ids, "PID^1^3")
	    || !hl7_read_demographics(pid, &rules, &feed->demographics, &notes, &x->problem))
		return false;
	feed->demographics.identity_unknown = notes.identity_unknown ? "Y" : "";
	tell_shortcomings(x, &notes);
	x->needed.local_sex_codes = notes.local_sex_code;
	x->needed.twelve_digit_ids = notes.twelve_digit_id;
	if (notes.birth_date_impossible && feed->kind != FEED_MERGE)
		return problem_at(&x->problem, PROBLEM_DATA_TYPE, "PID^1^7",
				  "the birth date is not a date");
	if (feed->kind != FEED_MERGE)
		return needed(x, feed->demographics.names, "PID^1^5")
		       && x->problem.code == PROBLEM_NONE;
	const struct hl7_segment *mrg = hl7_only_segment(x->hl7, "MRG", &x->problem);
	if (mrg == NULL)
		return false;
	feed->subsumed = hl7_read_ids(hl7_field(mrg, 1), &rules, &notes, &x->problem);
	x->needed.twelve_digit_ids = notes.twelve_digit_id;
	return needed(x, feed->subsumed, "MRG^1^1") && x->problem.code == PROBLEM_NONE;
}

/* Ids of the affinity domain from its own source are the Document Registry's affair. */
static bool feed_patient(struct exchange *x)
{
	const struct identity_feed *feed = x->request;
	struct cross_reference_fed *fed = arena_new(x->arena, struct cross_reference_fed);
	x->result = fed;
	bool done = x->sender->feeds_affinity_domain
			    ? cross_reference_feed_registry(x->txn, x->arena, x->region, x->sender,
							    feed, fed, &x->problem)
			    : cross_reference_feed(x->txn, x->arena, x->region, x->sender, feed,
						   fed, &x->problem);
	leniencies_add(&x->needed, &fed->needed);
	/* The actor knows which id was at fault; ERR-2 wants its component, too. */
	if (!done && fed->offending != NULL && fed->offending->where != NULL)
		snprintf(x->problem.where, sizeof x->problem.where, "%s^%s", fed->offending->where,
			 fed->offending_domain ? "4" : "1");
	return done;
}

static void record_feed(struct exchange *x, struct audit_event *e)
{
	if (x->request != NULL)
		audit_feed(x, e, x->request, x->result, "MSH-10");
}

static struct bytes acknowledge(struct exchange *x, const struct hl7_stamp *stamp)
{
	return hl7_ack(x->hl7, &x->problem, x->findings, stamp);
}

static const struct route routes[] = {
	{ .request = "ADT", .detail = "A01", .answer = "ACK" },
	{ .request = "ADT", .detail = "A04", .answer = "ACK" },
	{ .request = "ADT", .detail = "A05", .answer = "ACK" },
	{ .request = "ADT", .detail = "A08", .answer = "ACK" },
	{ .request = "ADT", .detail = "A40", .answer = "ACK" },
	{ 0 }
};

const struct transaction iti8_patient_identity_feed = {
	.code = "ITI-8",
	.name = "Patient Identity Feed",
	.section = "ITI TF-2: 3.8",
	.actor = PATIENT_IDENTIFIER_CROSS_REFERENCE_MANAGER,
	.dialect = DIALECT_HL7V2,
	.routes = routes,
	.access = STORE_WRITE,
	.audit_event = 110110,
	.audit_action = AUDIT_UPDATE,	/* C, U or D by what was fed: audit_feed() */
	.read = read_feed,
	.handle = feed_patient,
	.audited = record_feed,
	.answer_hl7 = acknowledge,
};
