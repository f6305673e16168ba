/* gateway/hl7_batch.c: several HL7 v2 feeds in one frame (HL7 2.5: 2.10.3).
 *
 * Each is what it would be alone: it is read, heard in a savepoint of its own, recorded, and
 * answered in the batch of answers, so that one that is refused keeps no other from being taken.
 * All are kept in one job, which is why there may not be many. */
#include "gateway/hl7_road.h"

#include <stdio.h>

#include "gateway/audit/record.h"
#include "gateway/base/text.h"
#include "profiles/actors/quota.h"
#include "schemas/tables/leniency.h"

static struct journey *journey_of(struct exchange *x)
{
	return (struct journey *)((char *)x - offsetof(struct journey, x));
}

static const struct hl7_batch *batch_of(struct exchange *x)
{
	return &((const struct hl7_reading *)journey_of(x)->reading)->batch;
}

/* Who asks gets one answer, and waits for no others. */
static bool is_feed(struct exchange *part, const struct route *route)
{
	if (part->transaction->access == STORE_WRITE && !route->reads)
		return true;
	part->transaction = NULL;
	return problem_at(&part->problem, PROBLEM_EVENT, "MSH^1^9^1^2",
			  "in a batch are feeds, and a query is sent alone");
}

static void read_part(struct journey *j, struct exchange *part, struct bytes message)
{
	const struct route *route = NULL;
	*part = (struct exchange){ .arena = j->x.arena,
				   .id = j->x.id,
				   .now = j->x.now,
				   .random = j->x.random,
				   .region = j->x.region,
				   .sender = j->x.sender,
				   .who = j->x.who,
				   .peer_address = j->x.peer_address,
				   .endpoint = j->x.endpoint,
				   .store = j->x.store };
	if (hl7_open_message(j, part, message, &route) && is_feed(part, route))
		part->transaction->read(part);
}

static bool read_batch(struct exchange *x)
{
	const struct hl7_batch *b = batch_of(x);
	struct exchange *parts = arena_array(x->arena, struct exchange, b->count);
	for (size_t i = 0; i < b->count; i++)
		read_part(journey_of(x), &parts[i], b->messages[i]);
	x->request = parts;
	return true;
}

static void weigh_batch(struct exchange *x)
{
	struct exchange *parts = (struct exchange *)x->request;
	for (size_t i = 0; i < batch_of(x)->count; i++) {
		struct exchange *part = &parts[i];
		if (part->problem.code != PROBLEM_NONE || part->transaction->weigh == NULL)
			continue;
		part->txn = x->txn;
		part->transaction->weigh(part);
		part->txn = NULL;
	}
}

static bool hear_part(void *with, struct store_txn *t, struct problem *p)
{
	struct exchange *part = with;
	part->txn = t;
	bool heard = part->transaction->handle(part);
	part->txn = NULL;
	if (!heard)
		*p = part->problem;
	return heard;
}

static bool hear_batch(struct exchange *x)
{
	size_t count = batch_of(x)->count;
	const struct exchange *read = x->request;
	struct exchange *parts = arena_array(x->arena, struct exchange, count);
	for (size_t i = 0; i < count; i++) {
		struct problem why = { .code = PROBLEM_NONE };
		parts[i] = read[i];
		if (parts[i].problem.code != PROBLEM_NONE)
			continue;
		parts[i].admission = x->admission;
		parts[i].stored_elsewhere = x->stored_elsewhere;
		journey_copy_findings(&parts[i]);
		if (!store_savepoint(x->txn, hear_part, &parts[i], &why)
		    && parts[i].problem.code == PROBLEM_NONE)
			parts[i].problem = why;
		leniencies_add(&x->needed, &parts[i].needed);
	}
	x->result = parts;
	return true;
}

static void finish_batch(struct exchange *x)
{
	struct exchange *parts = x->result;
	for (size_t i = 0; i < batch_of(x)->count; i++) {
		struct exchange *part = &parts[i];
		if (part->problem.code != PROBLEM_NONE || part->transaction->finish == NULL)
			continue;
		part->transaction->finish(part);
		if (part->storage_changed != NULL)
			x->storage_changed = part->storage_changed;
	}
}

/* What was refused as a whole was refused of each. */
static void audit_part(struct exchange *x, struct exchange *part, struct audit_event *e)
{
	const struct transaction *t = part->transaction;
	if (x->problem.code != PROBLEM_NONE)
		part->problem = x->problem;
	const char *problem = part->problem.code == PROBLEM_NONE
				      ? NULL
				      : problem_row(part->problem.code)->name;
	e->outcome = journey_outcome(&part->problem);
	e->outcome_description = problem;
	e->problem = problem;
	if (t == NULL) { /* of no transaction: its event is ours */
		e->type.scheme = "Minato";
		return;
	}
	if (t->delegated)
		e->type.scheme = "Minato";
	e->action = t->audit_action;
	e->type.code = e->transaction = t->code;
	e->type.display = t->name;
	t->audited(part, e);
}

static void audit_batch(struct exchange *x, struct audit_event *e)
{
	size_t count = batch_of(x)->count;
	const struct exchange *parts = x->result != NULL ? x->result : x->request;
	struct audit_event **events = arena_array(x->arena, struct audit_event *, count + 1);
	events[0] = e;
	for (size_t i = count; i-- > 1;)
		events[i] = audit_another(x, e);
	for (size_t i = 0; parts != NULL && i < count; i++) {
		struct exchange part = parts[i];
		audit_part(x, &part, events[i]);
	}
}

/* What one of them was refused for is the batch's finding, for who asks about that: they have one
 * exchange. It is refused of nobody else. */
static void tell_of_part(struct exchange *x, const struct exchange *part, size_t number)
{
	struct finding *f = arena_new(x->arena, struct finding), **tail = &x->findings;
	*f = (struct finding){ .problem = part->problem };
	snprintf(f->problem.where, sizeof f->problem.where, "(%zu)%s%.200s", number,
		 part->problem.where[0] == '\0' ? "" : "/", part->problem.where);
	while (*tail != NULL)
		tail = &(*tail)->next;
	*tail = f;
}

/* An answer of its own for each message that is due one, in their order. */
static struct bytes answer_batch(struct exchange *x, const struct hl7_stamp *stamp)
{
	const struct hl7_batch *b = batch_of(x);
	struct exchange *parts = x->result;
	struct bytes *answers = arena_array(x->arena, struct bytes, b->count + 1);
	size_t count = 0;
	if (x->problem.code != PROBLEM_NONE || parts == NULL)
		return hl7_ack(x->hl7, &x->problem, x->findings, stamp);
	for (size_t i = 0; i < b->count; i++) {
		struct exchange *part = &parts[i];
		bool failed = part->problem.code != PROBLEM_NONE;
		enum hl7_due due = hl7_acknowledgment_due(part->hl7, failed);
		struct hl7_stamp own = hl7_stamp_of(part);
		own.control_id = arena_printf(x->arena, "%s.%zu", x->id, i + 1);
		own.exchange = x->id;
		own.commit = due == HL7_ACCEPT;
		if (failed)
			tell_of_part(x, part, i + 1);
		if (due != HL7_NOTHING)
			answers[count++] = part->transaction == NULL || own.commit
						   ? hl7_ack(part->hl7, &part->problem,
							     part->findings, &own)
						   : part->transaction->answer_hl7(part, &own);
	}
	return hl7_batch_answer(x->arena, b, answers, count, stamp);
}

const struct transaction hl7_batch = {
	.code = "HL7-batch",
	.name = "HL7 v2 batch",
	.section = "HL7 2.5: 2.10.3",
	.actor = PATIENT_IDENTIFIER_CROSS_REFERENCE_MANAGER,
	.dialect = DIALECT_HL7V2,
	.access = STORE_WRITE,
	.audit_event = 110110,
	.audit_action = AUDIT_UPDATE,
	.read = read_batch,
	.call = exchange_look_at_quota,
	.weigh = weigh_batch,
	.handle = hear_batch,
	.audited = audit_batch,
	.finish = finish_batch,
	.answer_hl7 = answer_batch,
};
