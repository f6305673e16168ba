/* gateway/composing.c: who makes the message of an errand, by its kind. */
#include "gateway/composing.h"

#include "gateway/audit/courier.h"
#include "gateway/audit/record.h"
#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "gateway/journey.h"
#include "gateway/process.h"
#include "store/errands.h"

static const struct composer *const composers[] = { &composer_of_pix_notifications,
						    &composer_for_subscribers,
						    &composer_for_patients,
						    &composer_of_deferred_answers };

/* Each kind that says it is composed has one (gateway/errands/kinds.h). */
static const struct composer *composer_of(const struct errand *e)
{
	for (size_t i = 0; i < COUNT(composers); i++)
		if (text_equal(composers[i]->kind, e->kind))
			return composers[i];
	return composers[0];
}

struct audit_participant *composing_participants(struct arena *a, const struct audit_source *source,
						 const char *us, const char *them, const char *url)
{
	struct audit_participant *own = arena_new(a, struct audit_participant);
	struct audit_participant *other = arena_new(a, struct audit_participant);
	*own = (struct audit_participant){
		.user_id = us,
		.alternative_user_id = source->process_id,
		.requestor = true,
		.role = AUDIT_SOURCE,
		.network_access_point = source->host,
		.network_access_point_type = 1,
		.next = other,
	};
	*other = (struct audit_participant){ .user_id = them, .role = AUDIT_DESTINATION };
	journey_audit_host(a, url, other);
	return own;
}

struct audit_event *composing_event(struct arena *a, const struct transaction *is,
				    struct audit_participant *participants, const char *system,
				    instant now)
{
	struct audit_event *e = arena_new(a, struct audit_event);
	*e = (struct audit_event){
		.event_id = is->audit_event,
		.action = is->audit_action,
		.time = now,
		.outcome = AUDIT_SERIOUS,
		.type = { .code = is->code, .scheme = "IHE Transactions", .display = is->name },
		.participants = participants,
		.system = system,
		.transaction = is->code,
	};
	return e;
}

bool composing_compose(void *self, struct arena *a, struct store_txn *t, const struct errand *e,
		       const struct errand_partner *to, struct errand_message *out)
{
	return composer_of(e)->compose(self, a, t, e, to, out);
}

bool composing_holds(void *self, struct store_txn *t, const struct errand *e,
		     const struct errand_message *m)
{
	return composer_of(e)->holds(self, t, e, m);
}

void composing_leaves(void *self, struct store_txn *t, const struct errand *e,
		      const struct errand_message *m)
{
	if (composer_of(e)->leaves != NULL)
		composer_of(e)->leaves(self, t, e, m);
}

bool composing_record(void *self, struct store_txn *t, const struct errand_end *end)
{
	return composer_of(end->errand)->record(self, t, end);
}

void composing_recorded(void *self)
{
	const struct gateway *g = self;
	courier_wake(g->courier);
}

void composing_conclude(void *self, struct store_txn *t, const struct errand_end *end)
{
	if (composer_of(end->errand)->conclude != NULL)
		composer_of(end->errand)->conclude(self, t, end);
}
