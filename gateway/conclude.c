/* gateway/conclude.c: the audit events an exchange leaves, whether it was answered or refused.
 *
 * ITI TF-2: 3.20; which objects a transaction names is its own affair (audited()). */
#include "gateway/journey.h"

#include "gateway/audit/record.h"
#include "gateway/policy/decide.h"
#include "gateway/process.h"

enum audit_outcome journey_outcome(const struct problem *p)
{
	switch (p->code) {
	case PROBLEM_NONE: return AUDIT_SUCCESS;
	case PROBLEM_INTERNAL:
	case PROBLEM_STORE_FULL:
	case PROBLEM_OUT_OF_RESOURCES: return AUDIT_MAJOR;
	case PROBLEM_BUSY:
	case PROBLEM_RATE:
	case PROBLEM_TIMEOUT:
	case PROBLEM_NO_PLACE:
	case PROBLEM_CANCELLED:
	case PROBLEM_ANSWERS_FULL: return AUDIT_MINOR;
	default: return AUDIT_SERIOUS;
	}
}

/* The standard's code and our name for it; never what the peer wrote. */
static const char *outcome_text(struct exchange *x)
{
	const struct problem_row *row = problem_row(x->problem.code);
	if (x->problem.code == PROBLEM_NONE)
		return NULL;
	bool document = x->transaction != NULL
			&& (x->transaction->actor == DOCUMENT_REGISTRY
			    || x->transaction->actor == DOCUMENT_REPOSITORY
			    || x->transaction->actor == RESPONDING_GATEWAY);
	return document && row->registry_error != NULL
		       ? arena_printf(x->arena, "%s (%s)", row->registry_error, row->name)
		       : arena_text(x->arena, row->name);
}

/* "token-invalid: audience": what the peer is not told. */
static const char *failed_text(struct journey *j)
{
	const char *text = outcome_text(&j->x);
	return j->failed == NULL ? text : arena_printf(j->x.arena, "%s: %s", text, j->failed);
}

/* Who could not be authenticated (ITI TF-2: 3.40.4.1.3): DCM 110114, and which transaction it was
 * for. */
static struct audit_event *unauthenticated_event(struct journey *j)
{
	struct exchange *x = &j->x;
	struct audit_event *e = arena_new(x->arena, struct audit_event);
	struct coded_value *token = arena_new(x->arena, struct coded_value);
	struct audit_participant *peer = arena_new(x->arena, struct audit_participant);
	const struct audit_source *us = &j->gateway->source;
	struct audit_participant *own = arena_new(x->arena, struct audit_participant);
	*token = (struct coded_value){ .code = "ITI-40",
				       .scheme = "IHE Transactions",
				       .display = "Provide X-User Assertion" };
	*peer = (struct audit_participant){ .user_id = requester_name(&x->who),
					    .requestor = true,
					    .network_access_point = x->peer_address,
					    .network_access_point_type = 2,
					    .next = own };
	*own = (struct audit_participant){ .user_id = x->endpoint,
					   .alternative_user_id = us->process_id,
					   .network_access_point = us->host,
					   .network_access_point_type = 1 };
	*e = (struct audit_event){
		.event_id = 110114,
		.action = AUDIT_EXECUTE,
		.time = x->now,
		.outcome = AUDIT_SERIOUS,
		.outcome_description = failed_text(j),
		.type = { .code = "110122", .scheme = "DCM", .display = "Login", .next = token },
		.transaction = "ITI-40",
		.participants = peer,
	};
	return e;
}

static struct audit_event *alert_event(struct journey *j)
{
	struct exchange *x = &j->x;
	bool node = x->problem.code == PROBLEM_NODE_UNKNOWN;
	struct audit_alert alert = {
		.code = node ? "110126" : "110132",
		.name = node ? "Node Authentication" : "Use of Restricted Function",
		.doing = node ? AUDIT_DOING_NODE_AUTHENTICATION : AUDIT_DOING_REFUSED,
		.address = x->peer_address,
		.who = x->sender != NULL                      ? x->sender->name
		       : j->head->certificate_subject != NULL ? j->head->certificate_subject
							      : x->who.person.name,
		.description = failed_text(j),
	};
	if (alert.description == NULL)
		alert.description = "refused";
	if (j->cut != NULL)
		alert.description = arena_printf(x->arena, "%s: %s", alert.description, j->cut);
	return audit_alert(x->arena, &j->gateway->source, &alert, x->now);
}

/* What it hid, in words; NULL: nothing. */
static const char *hidden_text(const struct journey *j)
{
	struct buffer b = buffer_in(j->x.arena);
	unsigned records = j->decisions == NULL ? 0 : policy_owed(j->decisions, DUTY_RECORD);
	const char *documents = j->decisions == NULL ? NULL
						     : policy_owed_of_documents(
							     j->decisions, DUTY_RECORD, j->x.arena);
	if (records != 0)
		buffer_printf(&b, "consent hid the records of %u person%s (%s)", records,
			      records == 1 ? "" : "s",
			      policy_owed_by(j->decisions, DUTY_RECORD, j->x.arena));
	if (documents != NULL)
		buffer_printf(&b, "%srules hid documents (%s)", b.length == 0 ? "" : "; ",
			      documents);
	return b.length == 0 ? NULL : buffer_ended(&b);
}

/* What consent hid is recorded for the region, never for the requester (security: b.7). */
static void add_hidden(struct journey *j, struct audit_event *e)
{
	const char *hidden = hidden_text(j);
	if (hidden == NULL)
		return;
	struct audit_alert alert = {
		.code = "110147",
		.name = "Access Control Decision",
		.doing = AUDIT_DOING_CONSENT_HIDDEN,
		.address = j->x.peer_address,
		.who = j->x.sender == NULL ? NULL : j->x.sender->name,
		.description = hidden,
	};
	struct audit_event *decision = audit_alert(j->x.arena, &j->gateway->source, &alert,
						   j->x.now);
	decision->outcome = AUDIT_SUCCESS;
	decision->local_only = true;
	while (e->next != NULL)
		e = e->next;
	e->next = decision;
}

/* That a disaster opened what was found: each look says so. */
static void mark_disaster(struct journey *j, struct audit_event *e)
{
	uint64_t number = j->decisions == NULL ? 0 : policy_disaster(j->decisions);
	if (number == 0)
		return;
	for (; e != NULL; e = e->next) {
		struct coded_value *mode = arena_new(j->x.arena, struct coded_value);
		*mode = (struct coded_value){ .code = "disaster",
					      .scheme = "Minato",
					      .display = arena_printf(j->x.arena,
								      "Disaster mode %llu",
								      (unsigned long long)number),
					      .next = e->type.next };
		e->type.next = mode;
	}
}

/* A token failed; not one that holds, and is of another patient. */
static bool is_unauthenticated(const struct journey *j)
{
	return j->failed != NULL && j->x.who.person.vouched != VOUCHED_BY_ASSERTION;
}

/* Nobody else's: no section of IHE's has it. */
static bool is_ours(const struct transaction *t)
{
	return t->actor == REGION_OPERATOR || t->delegated;
}

/* What was asked of it. */
static void audit_exchange(struct journey *j)
{
	struct exchange *x = &j->x;
	const struct transaction *t = x->transaction;
	j->events = NULL;
	if (t == NULL || j->refused) {
		if (x->problem.code == PROBLEM_NONE)
			return;
		j->events = is_unauthenticated(j) ? unauthenticated_event(j) : alert_event(j);
	} else if (t->audit_event != 0) {
		struct audit_event *e = arena_new(x->arena, struct audit_event);
		*e = (struct audit_event){
			.event_id = t->audit_event,
			.action = t->audit_action,
			.time = x->now,
			.outcome = journey_outcome(&x->problem),
			.outcome_description = outcome_text(x),
			.type = { .code = t->code,
				  .scheme = is_ours(t) ? "Minato" : "IHE Transactions",
				  .display = t->name },
			.transaction = t->code,
		};
		j->road->participants(j, e);
		if (t->audited != NULL)
			t->audited(x, e);
		j->events = e;
		mark_disaster(j, e);
		add_hidden(j, e);
	} else {
		return;
	}
	for (struct audit_event *e = j->events; e != NULL; e = e->next) {
		e->system = requester_name(&x->who);
		e->exchange = x->id;
		e->purposes = x->who.purposes;
		/* Those of a batch say it themselves. */
		if (x->problem.code != PROBLEM_NONE)
			e->problem = problem_row(x->problem.code)->name;
	}
}

void journey_audit(struct journey *j)
{
	audit_exchange(j);
	j->call_events = journey_audit_calls(j, false);
}
