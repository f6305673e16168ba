/* profiles/feed_v3.c: the Patient Identity Feed HL7 V3 as both its hearers read and answer it. */
#include "profiles/feed_v3.h"

#include "gateway/envelope/hl7v3.h"
#include "gateway/envelope/soap.h"
#include "schemas/tables/leniency.h"

struct feed_request {
	struct hl7v3_message message;
	struct identity_feed feed;
};

bool feed_v3_read(struct exchange *x)
{
	struct feed_request *r = arena_new(x->arena, struct feed_request);
	x->request = r;
	if (!hl7v3_open(x->arena, x->soap->body, &r->message, &x->problem)
	    || !hl7v3_read_feed(x->arena, &r->message, &r->feed, &x->problem))
		return false;
	r->feed.occurred = hl7v3_occurred(&r->message, x->now);
	return true;
}

bool feed_v3_handle(struct exchange *x, feed_v3_hearer *hear)
{
	const struct feed_request *r = x->request;
	struct cross_reference_fed *fed = arena_new(x->arena, struct cross_reference_fed);
	x->result = fed;
	bool done = hear(x->txn, x->arena, x->region, x->sender, &r->feed, fed, &x->problem);
	leniencies_add(&x->needed, &fed->needed);
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
		.interaction = "MCCI_IN000002UV01", .acknowledgement = done ? "CA" : "CE",
		.request = &r->message, .device_id = x->region->device_id, .now = x->now,
		.random = x->random, .findings = x->findings, .problem = &x->problem,
	});
}

const struct route feed_v3_routes[] = {
	{ "urn:hl7-org:v3:PRPA_IN201301UV02", "PRPA_IN201301UV02", HL7V3_NAMESPACE,
	  "urn:hl7-org:v3:MCCI_IN000002UV01" },
	{ "urn:hl7-org:v3:PRPA_IN201302UV02", "PRPA_IN201302UV02", HL7V3_NAMESPACE,
	  "urn:hl7-org:v3:MCCI_IN000002UV01" },
	{ "urn:hl7-org:v3:PRPA_IN201304UV02", "PRPA_IN201304UV02", HL7V3_NAMESPACE,
	  "urn:hl7-org:v3:MCCI_IN000002UV01" },
	{ 0 }
};
