/* gateway/hl7_road.c: HL7 v2 over MLLP (ITI TF-2: C.2). */
#include "gateway/hl7_road.h"

#include <stdio.h>
#include <string.h>

#include "gateway/base/text.h"
#include "gateway/config.h"
#include "gateway/envelope/charset.h"
#include "gateway/envelope/hl7v2.h"
#include "gateway/process.h"
#include "schemas/tables/leniency.h"

static bool hl7_head(struct journey *j)
{
	struct hl7_reading *reading = arena_new(j->x.arena, struct hl7_reading);
	reading->frame = buffer_in(j->x.arena);
	j->reading = reading;
	return true;
}

static bool hl7_take(struct journey *j, struct bytes octets)
{
	struct hl7_reading *reading = j->reading;
	buffer_append(&reading->frame, octets.data, octets.length);
	return true;
}

/* How well it suits a message of that type and event; the first of the best takes it. */
enum suiting { SUITS_NOT, SUITS_OTHERWISE, SUITS, SUITS_WELL, SUITS_BEST };

static enum suiting suiting(const struct exchange *x, const struct transaction *t)
{
	if (text_equal(t->hl7_version, x->hl7->version))
		return t->delegated ? SUITS_BEST : SUITS_WELL;
	return t->delegated ? SUITS_OTHERWISE : SUITS;
}

static bool takes(const struct journey *j, const struct exchange *x, const struct transaction *t)
{
	return t->dialect == DIALECT_HL7V2 && journey_serves(j, t)
	       && (!t->delegated || region_delegated(x->region, x->sender) != NULL);
}

/* 0357: 200 names a message type we do not take, 201 an event of one we do. Where two transactions
 * take the same message that of its version does, else the first of those that are on. */
static bool find_transaction(const struct journey *j, struct exchange *x,
			     const struct route **route)
{
	bool type_known = false;
	enum suiting best = SUITS_NOT;
	x->transaction = NULL;
	for (size_t i = 0; transactions[i] != NULL; i++) {
		const struct transaction *t = transactions[i];
		if (!takes(j, x, t))
			continue;
		for (const struct route *r = t->routes; r->request != NULL; r++) {
			if (!text_equal(r->request, x->hl7->type))
				continue;
			type_known = true;
			if (!text_equal(r->detail, x->hl7->event) || suiting(x, t) <= best)
				continue;
			best = suiting(x, t);
			x->transaction = t;
			*route = r;
		}
	}
	if (x->transaction != NULL)
		return true;
	return type_known ? problem_at(&x->problem, PROBLEM_EVENT, "MSH^1^9^1^2",
				       "the event '%s' is not taken here", x->hl7->event)
			  : problem_at(&x->problem, PROBLEM_MESSAGE_TYPE, "MSH^1^9^1^1",
				       "the message type '%s' is not taken here", x->hl7->type);
}

/* What MSH claims must be what the certificate says (security: a.3); the processing id is one there
 * is (ITI TF-2: C.2.2). */
static bool check_header(struct exchange *x)
{
	const struct registered_system *s = x->sender;
	const struct hl7_message *m = x->hl7;
	if (s->hl7_application != NULL && !text_equal(s->hl7_application, m->sending_application))
		return problem_at(
			&x->problem, PROBLEM_SENDER_MISMATCH, "MSH^1^3",
			"the sending application is not the one registered for this system");
	if (s->hl7_facility != NULL && !text_equal(s->hl7_facility, m->sending_facility))
		return problem_at(&x->problem, PROBLEM_SENDER_MISMATCH, "MSH^1^4",
				  "the sending facility is not the one registered for this system");
	return (!text_empty(m->processing_id) && strchr("PTD", m->processing_id[0]) != NULL
		&& m->processing_id[1] == '\0')
	       || problem_at(&x->problem, PROBLEM_PROCESSING_ID, "MSH^1^11",
			     "the processing id '%s' is none of P, T, D", m->processing_id);
}

/* The version is that of the transaction's section: 2.3.1 for ITI-8, 2.5 for ITI-9 and 30. */
static bool check_version(struct exchange *x)
{
	const char *version = x->transaction->hl7_version;
	return text_equal(x->hl7->version, version)
	       || leniency_grants(x->sender->lenient.any_hl7_version, &x->needed.any_hl7_version)
	       || problem_at(&x->problem, PROBLEM_VERSION_ID, "MSH^1^12",
			     "the version '%s' is not %s, that of %s", x->hl7->version, version,
			     x->transaction->code);
}

/* A message that was read although MSH says something else of it. */
static bool check_reading(struct exchange *x)
{
	const struct hl7_message *m = x->hl7;
	struct problem p = { .code = PROBLEM_NONE };
	if (m->delimiter_lost
	    && !leniency_grants(x->sender->lenient.lost_delimiter, &x->needed.lost_delimiter))
		return problem_at(&x->problem, PROBLEM_HEADER_INVALID, "MSH^1^2",
				  "a character of MSH-2 was lost on the way");
	if (!m->charset.misnamed)
		return true;
	x->needed.misnamed_charset = x->sender->lenient.misnamed_charset;
	problem_at(&p, PROBLEM_TABLE_VALUE, "MSH^1^18",
		   "the message is in UTF-8, and MSH-18 says another set");
	exchange_finding(x, true, NULL, &p);
	return true;
}

/* Without the NUL that ends a text in C, which some send along; in UTF-16 it is half a
 * character. */
static struct bytes without_nul(struct bytes frame)
{
	bool wide = frame.length > 1
		    && (frame.data[0] == 0 || frame.data[1] == 0 || (frame.data[0] & 0xfe) == 0xfe);
	while (!wide && frame.length > 0 && frame.data[frame.length - 1] == 0)
		frame.length--;
	return frame;
}

/* The octets of the frame, as far as they came. */
static struct bytes frame_of(const struct journey *j)
{
	const struct hl7_reading *reading = j->reading;
	return without_nul(buffer_bytes(&reading->frame));
}

/* A message, as far as it came, into x->hl7. */
static bool parse(struct exchange *x, struct bytes message, struct problem *p)
{
	struct charset_leniency leniency = { .when_unsaid = CHARSET_NONE,
					     .when_false = CHARSET_NONE };
	if (x->sender != NULL && x->sender->charset != NULL
	    && !charset_from_msh18(x->sender->charset, &leniency.when_unsaid))
		leniency.when_unsaid = CHARSET_NONE;
	leniency.misnamed = x->sender != NULL && x->sender->lenient.misnamed_charset;
	x->raw_request = message;
	return hl7_parse(x->arena, message, &leniency, &x->hl7, p);
}

/* An answer to an answer would come back for ever; the commit acknowledgments of MLLP release 2 are
 * one octet, ACK or NAK. */
static bool is_answer(const struct exchange *x)
{
	enum { ACK = 0x06, NAK = 0x15 };
	struct bytes raw = x->raw_request;
	return (raw.length == 1 && (raw.data[0] == ACK || raw.data[0] == NAK))
	       || hl7_is_answer(x->hl7);
}

/* MLLP release 1: <VT> message <FS> <CR>. */
static bool check_framing(struct journey *j)
{
	struct exchange *x = &j->x;
	const struct hl7_reading *reading = j->reading;
	const char *odd = j->head->framing;
	if (odd == NULL && frame_of(j).length < buffer_bytes(&reading->frame).length)
		odd = "NUL behind the message";
	if (odd == NULL
	    || leniency_grants(x->sender->lenient.mllp_framing, &x->needed.mllp_framing))
		return true;
	house_cut(j, 400, odd);
	return false;
}

static bool is_no_answer(struct exchange *x)
{
	if (!is_answer(x))
		return true;
	x->problem = (struct problem){ .code = PROBLEM_NONE };
	return problem_at(&x->problem, PROBLEM_MESSAGE_TYPE, "MSH^1^9^1^1",
			  "an acknowledgment is never answered");
}

static bool check_message(struct journey *j, struct exchange *x, const struct route **route)
{
	return check_reading(x) && check_header(x) && find_transaction(j, x, route)
	       && check_version(x);
}

bool hl7_open_message(struct journey *j, struct exchange *x, struct bytes frame,
		      const struct route **route)
{
	bool parsed = parse(x, frame, &x->problem);
	return is_no_answer(x) && parsed && check_message(j, x, route);
}

/* Its messages are read one by one (gateway/hl7_batch.c). */
static bool open_batch(struct journey *j)
{
	struct exchange *x = &j->x;
	struct hl7_reading *reading = j->reading;
	struct problem ignored = { .code = PROBLEM_NONE };
	parse(x, hl7_batch_header(x->arena, frame_of(j)), &ignored);
	x->raw_request = frame_of(j);
	if (!journey_is_systems(j) || !check_framing(j)
	    || !hl7_batch_read(x->arena, x->raw_request, &reading->batch, &x->problem))
		return false;
	x->transaction = &hl7_batch;
	return true;
}

static bool hl7_open(struct journey *j)
{
	struct exchange *x = &j->x;
	if (hl7_is_batch(frame_of(j)))
		return open_batch(j);
	bool parsed = parse(x, frame_of(j), &x->problem);
	/* A stranger is a stranger in the audit trail, whatever he says; it is no field's fault. */
	if (x->sender == NULL) {
		x->problem = (struct problem){ .code = PROBLEM_NONE };
		return journey_is_systems(j);
	}
	return is_no_answer(x) && check_framing(j) && parsed && check_message(j, x, &j->route);
}

/* UserID is facility|application of MSH (ITI TF-2: 3.8.5.1). */
static void hl7_participants(struct journey *j, struct audit_event *e)
{
	struct exchange *x = &j->x;
	const struct hl7_message *m = x->hl7;
	struct audit_participant *peer = arena_new(x->arena, struct audit_participant);
	struct audit_participant *own = arena_new(x->arena, struct audit_participant);
	*peer = (struct audit_participant){
		.user_id = arena_printf(x->arena, "%s|%s", m->sending_facility,
					m->sending_application),
		.user_name = x->sender == NULL ? NULL : x->sender->title,
		.requestor = true,
		.role = AUDIT_SOURCE,
		.network_access_point = x->peer_address,
		.network_access_point_type = 2,
		.next = own,
	};
	*own = (struct audit_participant){
		.user_id = arena_printf(x->arena, "%s|%s", m->receiving_facility,
					m->receiving_application),
		.alternative_user_id = j->gateway->source.process_id,
		.role = AUDIT_DESTINATION,
		.network_access_point = j->gateway->source.host,
		.network_access_point_type = 1,
	};
	e->participants = peer;
}

struct hl7_stamp hl7_stamp_of(const struct exchange *x)
{
	return (struct hl7_stamp){
		/* Whoever has the answer has the exchange's name, success or not. */
		.control_id = x->id,
		.exchange = x->id,
		.now = x->now,
		.application = "MINATO",
		.facility = x->region->name,
		.legacy_err = x->sender != NULL && x->sender->legacy_err
			      && text_equal(x->hl7->version, "2.3.1"),
	};
}

static void hl7_seal(struct journey *j, bool fault)
{
	struct exchange *x = &j->x;
	static const struct answer silence = { .status = 200 };
	struct problem ignored = { .code = PROBLEM_NONE };
	if (x->hl7 == NULL) /* refused before it was read: whom to answer? */
		parse(x, frame_of(j), &ignored);
	enum hl7_due due = is_answer(x) ? HL7_NOTHING
					: hl7_acknowledgment_due(x->hl7,
								 x->problem.code != PROBLEM_NONE);
	if (due == HL7_NOTHING) {
		j->answer = silence;
		j->answer.close = x->problem.code == PROBLEM_NODE_UNKNOWN;
		return;
	}
	struct hl7_stamp stamp = hl7_stamp_of(x);
	stamp.commit = due == HL7_ACCEPT;
	bool by_road = fault || x->transaction == NULL || due == HL7_ACCEPT;
	struct bytes answer = by_road ? hl7_ack(x->hl7, &x->problem, x->findings, &stamp)
				      : x->transaction->answer_hl7(x, &stamp);
	journey_answer(j, 200, "application/hl7-v2", answer);
	j->answer.close = x->problem.code == PROBLEM_NODE_UNKNOWN;
}

const struct dialect_road hl7_road = {
	.begin = hl7_head,
	.take = hl7_take,
	.open = hl7_open,
	.participants = hl7_participants,
	.seal = hl7_seal,
};
