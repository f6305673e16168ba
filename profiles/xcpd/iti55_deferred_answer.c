/* profiles/xcpd/iti55_deferred_answer.c
 *
 * Cross Gateway Patient Discovery [ITI-55], Deferred Response Option, ITI TF-2: 3.55.6.2. We are
 * the Initiating Gateway: another community answers later what we asked it (profiles/xcpd/
 * discovery_asked.h), as a request of its own, which we acknowledge.
 *
 *	whose answer			to what			is
 *	the community's that was asked	what is awaited		taken, once
 *	the same			what is awaited, and
 *					contradicts it or itself	refused, and awaited still
 *	the same			taken already, over,
 *					asked anew since, made up	refused: unknown key (204)
 *	another's, and a facility's	anything		refused alike: not theirs to know
 *
 * The acknowledgement tells nothing of what was made of it: whom we know is nobody's to see. */
#include "gateway/base/text.h"
#include "gateway/envelope/hl7v3.h"
#include "gateway/envelope/soap.h"
#include "gateway/envelope/xml_reader.h"
#include "gateway/envelope/xml_writer.h"
#include "profiles/feed_v3.h"
#include "profiles/transaction.h"
#include "profiles/xcpd/discovery_asked.h"
#include "profiles/xcpd/discovery_message.h"
#include "store/awaited.h"
#include "store/store.h"

struct deferred_answer {
	struct hl7v3_message message;
	const struct partner *from;
	const char *relates_to;
};

struct deferred_taken {
	struct awaited question;
	struct discovered is;
	uint64_t record;
};

static bool is_communitys(struct exchange *x, struct deferred_answer *r)
{
	r->from = region_community_of(x->region, x->sender);
	return r->from != NULL
	       || problem_set(&x->problem, PROBLEM_NOT_PERMITTED,
			      "only the gateway of another community answers here");
}

/* Nothing could be acknowledged: a fault. */
static bool has_no_name(struct exchange *x, const struct deferred_answer *r)
{
	if (!text_empty(r->message.id.root))
		return false;
	x->problem.code = PROBLEM_NONE;
	problem_at(&x->problem, PROBLEM_MALFORMED, xml_path(x->arena, x->soap->body),
		   "the message has no id");
	return true;
}

static bool read_request(struct exchange *x)
{
	struct deferred_answer *r = arena_new(x->arena, struct deferred_answer);
	x->request = r;
	r->relates_to = x->soap->relates_to;
	bool opened = hl7v3_open(x->arena, x->soap->body, &r->message, &x->problem);
	return !has_no_name(x, r) && opened && v3_version_taken(x, &r->message)
	       && is_communitys(x, r);
}

/* One answer for all that is not awaited of it: whether somebody else is asked is not told. */
static bool is_not_awaited(struct exchange *x)
{
	return store_failed(x->txn)
		       ? problem_set(&x->problem, store_problem(x->txn)->code, "%s",
				     store_problem(x->txn)->what)
		       : problem_at(&x->problem, PROBLEM_UNKNOWN_KEY, "wsa:RelatesTo",
				    "no question to you is named by this that still waits for its "
				    "answer");
}

static bool handle(struct exchange *x)
{
	const struct deferred_answer *r = x->request;
	struct deferred_taken *t = arena_new(x->arena, struct deferred_taken);
	x->result = t;
	if (!awaited_find(x->txn, x->arena, r->from->name, r->relates_to, x->now, &t->question))
		return is_not_awaited(x);
	return discovery_take(x, r->from, &t->question, &t->is, &t->record);
}

/* The query by its id alone: who was asked for stands in the record of the question, and what was
 * asked by in none. Who was answered is named by the id that is his there. */
static struct bytes query_of(struct exchange *x, const char *query_id)
{
	struct xml_writer *w = xml_writer_begin(x->arena);
	xml_open(w, "queryByParameter");
	xml_namespace_declare(w, NULL, HL7V3_NAMESPACE);
	hl7v3_put_ii(w, "queryId", query_id, NULL, NULL);
	xml_close(w);
	return xml_writer_end(w);
}

static void record_answer(struct exchange *x, struct audit_event *e)
{
	const struct deferred_answer *r = x->request;
	const struct deferred_taken *t = x->result;
	bool taken = x->problem.code == PROBLEM_NONE && t != NULL;
	if (r == NULL || r->from == NULL)
		return;
	if (taken && t->is.id != NULL)
		audit_patient(x, e, cx_text(x->arena, t->is.id, t->is.domain));
	if (taken)
		audit_about(x, e, t->record);
	const char *query = taken ? t->question.query : "unknown";
	struct audit_object *o = audit_query(x, e, query, query_of(x, query));
	audit_add_detail(x, o, "ihe:homeCommunityID", bytes_of_text(r->from->home_community_id));
	audit_add_detail(x, o, "II", bytes_of_text(hl7v3_ii_text(x->arena, &r->message.id)));
}

static void answer(struct exchange *x, struct xml_writer *w)
{
	const struct deferred_answer *r = x->request;
	bool done = x->problem.code == PROBLEM_NONE;
	hl7v3_write_accept(w, &(struct hl7v3_answer){
				      .interaction = "MCCI_IN000002UV01",
				      .acknowledgement = done ? "CA" : "AE",
				      .request = &r->message,
				      .device_id = x->region->device_id,
				      .now = x->now,
				      .random = x->random,
				      .findings = x->findings,
				      .problem = &x->problem,
			      });
}

static const struct route routes[] = { { .request = DISCOVERY_DEFERRED_ANSWER,
					 .detail = "PRPA_IN201306UV02",
					 .namespace_uri = HL7V3_NAMESPACE,
					 .answer = DISCOVERY_ACKNOWLEDGED },
				       { 0 } };

const struct transaction iti55_deferred_answer = {
	.code = "ITI-55",
	.name = "Cross Gateway Patient Discovery",
	.section = "ITI TF-2: 3.55.6.2",
	.actor = DISCOVERY_GATEWAY,
	.dialect = DIALECT_SOAP,
	.routes = routes,
	.access = STORE_WRITE,
	.audit_event = 110112,
	.audit_action = AUDIT_EXECUTE,
	.request_grammar = "iti55-deferred.rng",
	.answer_grammar = "iti55-acknowledged.rng",
	.read = read_request,
	.handle = handle,
	.audited = record_answer,
	.answer_xml = answer,
};
