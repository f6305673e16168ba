/* profiles/feed_v3.c: the Patient Identity Feed HL7 V3 as both its hearers read and answer it. */
#include "profiles/feed_v3.h"

#include "gateway/base/text.h"
#include "gateway/envelope/hl7v3.h"
#include "gateway/envelope/soap.h"
#include "profiles/feed_hearing.h"
#include "schemas/tables/leniency.h"

struct feed_request {
	struct hl7v3_message message;
	struct identity_feed feed;
};

bool v3_version_taken(struct exchange *x, const struct hl7v3_message *m)
{
	struct problem why = { .code = PROBLEM_NONE };
	return hl7v3_usual_version(x->arena, m, &why)
	       || (x->sender != NULL
		   && leniency_grants(x->sender->lenient.any_hl7_version,
				      &x->needed.any_hl7_version))
	       || problem_at(&x->problem, why.code, why.where, "%s", why.what);
}

bool feed_v3_read(struct exchange *x)
{
	struct feed_request *r = arena_new(x->arena, struct feed_request);
	x->request = r;
	struct hl7_person_rules rules;
	struct hl7_person_notes notes = { .refused = 0 };
	exchange_person_rules(x, &rules);
	rules.fed_at = x->now;
	bool read = hl7v3_open(x->arena, x->soap->body, &r->message, &x->problem)
		    && v3_version_taken(x, &r->message)
		    && hl7v3_read_feed(x->arena, &r->message, &rules, &notes, &r->feed,
				       &x->problem);
	exchange_person_notes(x, &notes);
	if (!read)
		return false;
	r->feed.occurred = hl7v3_occurred(&r->message, x->now);
	cross_reference_prepare(x->arena, x->region, &r->feed);
	return true;
}

/* The request is read()'s, and nobody else's yet. */
void feed_v3_weigh(struct exchange *x)
{
	struct feed_request *r = (struct feed_request *)x->request;
	cross_reference_weigh(x->txn, x->arena, x->region, x->sender, &r->feed);
}

void feed_v3_look_ahead(struct exchange *x)
{
	const struct feed_request *r = x->request;
	cross_reference_look_ahead(x->txn, x->arena, x->region, x->sender, &r->feed);
}

bool feed_v3_handle(struct exchange *x, feed_hearer *hear)
{
	const struct feed_request *r = x->request;
	struct cross_reference_fed *fed = arena_new(x->arena, struct cross_reference_fed);
	x->result = fed;
	bool is_meant = text_equal(r->message.processing_code, "P");
	bool done = feed_hear(x, hear, &r->feed, is_meant ? NULL : "processingCode", fed);
	leniencies_add(&x->needed, &fed->needed);
	for (const struct finding *f = fed->warnings; done && f != NULL; f = f->next)
		exchange_finding(x, true, NULL, &f->problem);
	return done;
}

void feed_v3_audited(struct exchange *x, struct audit_event *e)
{
	const struct feed_request *r = x->request;
	if (r != NULL)
		audit_feed(x, e, &r->feed, x->result, "II");
}

/* CA, or CE with what was wrong and where: 3.44.4.1.3. */
void feed_v3_answer(struct exchange *x, struct xml_writer *w)
{
	const struct feed_request *r = x->request;
	bool done = x->problem.code == PROBLEM_NONE;
	hl7v3_write_accept(w, &(struct hl7v3_answer){
				      .interaction = "MCCI_IN000002UV01",
				      .acknowledgement = done ? "CA" : "CE",
				      .request = &r->message,
				      .device_id = x->region->device_id,
				      .now = x->now,
				      .random = x->random,
				      .findings = x->findings,
				      .problem = &x->problem,
			      });
}

const struct route feed_v3_routes[] = { { .request = "urn:hl7-org:v3:PRPA_IN201301UV02",
					  .detail = "PRPA_IN201301UV02",
					  .namespace_uri = HL7V3_NAMESPACE,
					  .answer = "urn:hl7-org:v3:MCCI_IN000002UV01" },
					{ .request = "urn:hl7-org:v3:PRPA_IN201302UV02",
					  .detail = "PRPA_IN201302UV02",
					  .namespace_uri = HL7V3_NAMESPACE,
					  .answer = "urn:hl7-org:v3:MCCI_IN000002UV01" },
					{ .request = "urn:hl7-org:v3:PRPA_IN201304UV02",
					  .detail = "PRPA_IN201304UV02",
					  .namespace_uri = HL7V3_NAMESPACE,
					  .answer = "urn:hl7-org:v3:MCCI_IN000002UV01" },
					{ 0 } };
