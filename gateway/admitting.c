/* gateway/admitting.c: who asks, whether he may, and what handlers meet of the policy. */
#include "gateway/journey.h"

#include "gateway/base/text.h"
#include "gateway/by_ourselves.h"
#include "gateway/locked_out.h"
#include "gateway/policy/decide.h"
#include "gateway/policy/explain.h"
#include "gateway/process.h"
#include "store/registry.h"

static bool admits_record(void *self, struct store_txn *t, uint64_t subject)
{
	struct journey *j = self;
	return journey_is_its_patients(j, t, subject)
	       && policy_of_record(j->decisions, t, subject)->ruling == RULING_PERMIT;
}

/* Its own it always sees; but who is vouched for by an assertion of one patient. */
static bool admits_own(void *self, struct store_txn *t, uint64_t subject)
{
	return journey_is_its_patients(self, t, subject);
}

static bool admits_object(void *self, struct store_txn *t, uint64_t subject, const char *system)
{
	struct journey *j = self;
	return journey_is_its_patients(j, t, subject)
	       && policy_of_object(j->decisions, t, subject, system)->ruling == RULING_PERMIT;
}

static bool admits_shown(void *self, struct store_txn *t, const struct document_entry *e)
{
	struct journey *j = self;
	return policy_of_entry(j->decisions, t, e)->ruling == RULING_PERMIT;
}

/* What its gateways would be shown here, each of them: what is sent is the whole community's. One
 * that has none nobody can have let see anything. */
static bool admits_across(void *self, struct store_txn *t, const struct partner *to,
			  const struct document_entry *e)
{
	const struct journey *j = self;
	const struct region *r = j->x.region;
	bool any = false;
	for (size_t i = 0; i < r->system_count; i++) {
		const struct requester who = { .region = r,
					       .system = &r->systems[i],
					       .time = j->x.now };
		if (!text_equal(r->systems[i].community, to->name))
			continue;
		struct decisions *d = policy_begin(j->x.arena, &who);
		if (policy_of_entry(d, t, e)->ruling != RULING_PERMIT)
			return false;
		any = true;
	}
	return any;
}

static bool denied(void *self)
{
	const struct journey *j = self;
	return policy_denied(j->decisions);
}

static const struct explanation *explains(void *self, struct store_txn *t,
					  const struct requester *as,
					  const struct document_entry *e)
{
	struct journey *j = self;
	return policy_explain(j->x.arena, t, as, e);
}

static struct document_entry *admits_entry(void *self, struct store_txn *t, struct sealed_entry *e)
{
	struct journey *j = self;
	return journey_is_its_patients(j, t, registry_entry_facts(e).subject)
		       ? policy_open_entry(j->decisions, t, e)
		       : NULL;
}

static struct submission_set *admits_set(void *self, struct store_txn *t, struct sealed_set *s)
{
	struct journey *j = self;
	return journey_is_its_patients(j, t, registry_set_facts(s).subject)
		       ? policy_open_set(j->decisions, t, s)
		       : NULL;
}

static struct folder *admits_folder(void *self, struct store_txn *t, struct sealed_folder *f)
{
	struct journey *j = self;
	return journey_is_its_patients(j, t, registry_folder_facts(f).subject)
		       ? policy_open_folder(j->decisions, t, f)
		       : NULL;
}

/* Of an operator alone, whose right does not hang on what he asked before. */
static void another_operators(void *self, struct arena *a, struct admission *out)
{
	const struct journey *j = self;
	by_ourselves_beside(j->decisions, a, out);
}

static bool is_locked_out(const struct journey *j)
{
	return locked_out_has(j->gateway->locked_out, j->x.sender);
}

/* Who asks: the certificate names the system, nothing else does (security: a.3). What stands behind
 * it the dialect knows. */
void journey_identify(struct journey *j)
{
	struct exchange *x = &j->x;
	x->who = (struct requester){ .region = x->region,
				     .system = x->sender,
				     .certified = j->head->certificate_sha256 != NULL,
				     .locked_out = is_locked_out(j),
				     .time = x->now };
	if (j->road->identify != NULL)
		j->road->identify(j, &x->who);
}

/* What is no transaction the dialect knows. */
static enum demand demand_of(const struct journey *j)
{
	return j->x.transaction != NULL ? transaction_demands(j->x.transaction) : j->demands;
}

static bool is_operators(const struct journey *j)
{
	return demand_is_operators(demand_of(j));
}

/* What an emergency or a disaster may open: by what changes nothing. */
static bool only_asks(const struct journey *j)
{
	const struct transaction *t = j->x.transaction;
	return t != NULL && (t->access == STORE_READ || (j->route != NULL && j->route->reads));
}

static bool is_of_documents(const struct journey *j)
{
	enum actor actor = j->x.transaction->actor;
	return actor == DOCUMENT_REGISTRY || actor == DOCUMENT_REPOSITORY
	       || actor == INITIATING_GATEWAY || actor == RESPONDING_GATEWAY;
}

/* What policy finds is found anew in each try. */
void journey_begin_policy(struct journey *j)
{
	struct exchange *x = &j->x;
	bool operators = is_operators(j);
	j->patient_in = NULL;
	j->decisions = operators ? policy_begin_operator(x->arena, &x->who)
				 : policy_begin(x->arena, &x->who);
	if (!operators && only_asks(j))
		policy_may_respond(j->decisions);
	if (!operators && only_asks(j) && is_of_documents(j))
		policy_may_break_glass(j->decisions);
	x->admission = (struct admission){ .self = j,
					   .another = operators ? another_operators : NULL,
					   .record = admits_record,
					   .own = admits_own,
					   .object = admits_object,
					   .shown = admits_shown,
					   .across = admits_across,
					   .denied = denied,
					   .explain = operators ? explains : NULL,
					   .entry = admits_entry,
					   .set = admits_set,
					   .folder = admits_folder };
}

static bool may_have(struct exchange *x, const struct requester *who, enum demand demand)
{
	const char *code = x->transaction == NULL ? NULL : x->transaction->code;
	const struct decision *may = policy_of_exchange(who, demand, code);
	return may->ruling != RULING_DENY || problem_said(&x->problem, may->problem, "", may->what);
}

bool journey_is_systems(struct journey *j)
{
	const struct requester who = { .system = j->x.sender,
				       .certified = j->head->certificate_sha256 != NULL,
				       .locked_out = is_locked_out(j) };
	return may_have(&j->x, &who, DEMAND_SYSTEM);
}

bool journey_admit(struct journey *j)
{
	if (!may_have(&j->x, &j->x.who, demand_of(j)))
		return false;
	journey_begin_policy(j);
	return true;
}
