/* gateway/policy/decide.c: permit, hide or deny. */
#include "gateway/policy/decide.h"

#include "gateway/base/arena.h"
#include "gateway/base/bytes.h"
#include "gateway/base/text.h"
#include "store/consent.h"
#include "store/identity.h"
#include "store/registry_sealed.h"
#include "store/store.h"

enum rule {
	RULE_OPERATOR,
	RULE_OPERATORS_EXCHANGE,
	RULE_FACILITY,
	RULE_ANYBODY,
	RULE_OWN,
	RULE_JOINED,
	RULE_UNDECIDED,
	RULE_NOT_JOINED,
	RULE_LEFT,
	RULE_EXCLUDED,
	RULE_RESTS,
	RULE_UNREADABLE,
	RULE_NOBODY,
	RULE_UNKNOWN_NODE,
	RULE_NO_CERTIFICATE,
	RULE_NOT_FOR_THIS,
	RULE_NOT_LISTED,
	RULE_COUNT
};

static const struct decision rules[RULE_COUNT] = {
	[RULE_OPERATOR] = { .rule = "operator" },
	[RULE_OPERATORS_EXCHANGE] = { .rule = "operators-exchange" },
	[RULE_FACILITY] = { .rule = "facility" },
	[RULE_ANYBODY] = { .rule = "anybody" },
	[RULE_OWN] = { .rule = "own" },
	[RULE_JOINED] = { .rule = "joined" },
	[RULE_UNDECIDED] = { .rule = "undecided" },
	[RULE_NOT_JOINED] = { RULING_HIDE, DUTY_RECORD, .rule = "not-joined" },
	[RULE_LEFT] = { RULING_HIDE, DUTY_RECORD, .rule = "left" },
	[RULE_EXCLUDED] = { RULING_HIDE, DUTY_RECORD, .rule = "excluded" },
	[RULE_RESTS] = { RULING_HIDE, DUTY_RECORD, .rule = "rests" },
	[RULE_UNREADABLE] = { RULING_HIDE, DUTY_RECORD, .rule = "unreadable" },
	[RULE_NOBODY] = { RULING_HIDE, DUTY_RECORD, .rule = "nobody" },
	[RULE_UNKNOWN_NODE] = { RULING_DENY, .rule = "unknown-node",
				.problem = PROBLEM_NODE_UNKNOWN,
				.what = "the certificate belongs to no registered system" },
	[RULE_NO_CERTIFICATE] = { RULING_DENY, .rule = "no-certificate",
				  .problem = PROBLEM_NODE_UNKNOWN,
				  .what = "no certificate was shown, and this is for registered "
					  "systems only" },
	[RULE_NOT_FOR_THIS] = { RULING_DENY, .rule = "not-for-this",
				.problem = PROBLEM_NOT_PERMITTED,
				.what = "not for this requester" },
	[RULE_NOT_LISTED] = { RULING_DENY, .rule = "not-listed", .problem = PROBLEM_NOT_PERMITTED,
			      .what = "none of the transactions this system may use" },
};

/* What was decided about a patient record. */
struct verdict {
	uint64_t subject;
	enum rule rule;
	struct verdict *next;
};

struct decisions {
	struct arena *arena;
	struct requester who;
	bool sees_all;
	struct verdict *verdicts;
	unsigned decided[RULE_COUNT]; /* distinct records, by rule */
};

static bool may_use(const struct registered_system *s, const char *code)
{
	const char *const *listed = s->transactions;
	while (listed != NULL && *listed != NULL && !text_equal(*listed, code))
		listed++;
	return listed == NULL || *listed != NULL;
}

static enum rule of_exchange(const struct requester *who, enum demand demand, const char *code)
{
	bool operators = demand == DEMAND_OPERATOR;
	if (demand == DEMAND_NOBODY)
		return RULE_ANYBODY;
	if (who->system == NULL && !who->operates)
		return who->certified ? RULE_UNKNOWN_NODE : RULE_NO_CERTIFICATE;
	if (operators != who->operates)
		return RULE_NOT_FOR_THIS;
	if (!operators && code != NULL && !may_use(who->system, code))
		return RULE_NOT_LISTED;
	return operators ? RULE_OPERATORS_EXCHANGE : RULE_FACILITY;
}

const struct decision *policy_of_exchange(const struct requester *who, enum demand demand,
					  const char *code)
{
	return &rules[of_exchange(who, demand, code)];
}

struct decisions *policy_begin(struct arena *a, const struct requester *who)
{
	struct decisions *d = arena_new(a, struct decisions);
	d->arena = a;
	d->who = *who;
	return d;
}

struct decisions *policy_begin_operator(struct arena *a, const struct requester *who)
{
	struct decisions *d = who->operates ? policy_begin(a, who) : NULL;
	if (d != NULL)
		d->sees_all = true;
	return d;
}

static bool excluded(const struct participation *p, const char *facility)
{
	for (size_t i = 0; i < p->excluded_count; i++)
		if (text_equal(p->excluded[i], facility))
			return true;
	return false;
}

/* A store that cannot be read permits nothing. */
static enum rule of_participation(struct decisions *d, struct store_txn *t, uint64_t subject)
{
	struct participation now;
	if (d->who.system == NULL || subject == 0)
		return RULE_NOBODY;
	if (!consent_participation(t, d->arena, subject, &now))
		return RULE_UNREADABLE;
	if (now.rests)
		return RULE_RESTS;
	if (now.decided && !now.joined)
		return RULE_LEFT;
	if (!now.decided && d->who.region->opt_in)
		return RULE_NOT_JOINED;
	if (excluded(&now, d->who.system->name))
		return RULE_EXCLUDED;
	return now.decided ? RULE_JOINED : RULE_UNDECIDED;
}

static enum rule of_record(struct decisions *d, struct store_txn *t, uint64_t subject)
{
	for (const struct verdict *v = d->verdicts; v != NULL; v = v->next)
		if (v->subject == subject)
			return v->rule;
	struct verdict *v = arena_new(d->arena, struct verdict);
	*v = (struct verdict){ .subject = subject,
			       .rule = of_participation(d, t, subject),
			       .next = d->verdicts };
	d->verdicts = v;
	d->decided[v->rule]++;
	return v->rule;
}

const struct decision *policy_of_record(struct decisions *d, struct store_txn *t, uint64_t subject)
{
	return &rules[d->sees_all ? RULE_OPERATOR : of_record(d, t, subject)];
}

const struct decision *policy_of_object(struct decisions *d, struct store_txn *t, uint64_t subject,
					const char *source_system)
{
	if (d->who.system != NULL && text_equal(source_system, d->who.system->name))
		return &rules[RULE_OWN];
	return policy_of_record(d, t, subject);
}

static bool permits(struct decisions *d, struct store_txn *t, uint64_t subject, const char *system)
{
	return policy_of_object(d, t, subject, system)->ruling == RULING_PERMIT;
}

/* 0: nobody's, or the store failed. */
static uint64_t person_of(struct store_txn *t, uint64_t subject)
{
	struct arena *a = store_arena(t);
	struct arena_mark before = arena_mark(a);
	struct patient_record place;
	bool known = identity_place(t, a, subject, &place);
	arena_rewind(a, &before);
	return known ? place.person : 0;
}

/* What was made of others' has something of each of them: one hidden hides it. And once their
 * records are several persons', no one of these may find the others' in it. */
static bool permits_sources(struct decisions *d, struct store_txn *t, struct registry_facts f)
{
	struct registry_source s;
	uint64_t person = f.sources.length == 0 || d->sees_all ? 0 : person_of(t, f.subject);
	while (registry_next_source(&f.sources, &s))
		if (!permits(d, t, s.subject, s.system)
		    || (!d->sees_all && person_of(t, s.subject) != person))
			return false;
	return true;
}

static bool opens(struct decisions *d, struct store_txn *t, struct registry_facts f)
{
	return permits(d, t, f.subject, f.source_system) && permits_sources(d, t, f);
}

struct document_entry *policy_open_entry(struct decisions *d, struct store_txn *t,
					 struct sealed_entry *e)
{
	return opens(d, t, registry_entry_facts(e)) ? registry_unseal_entry(e) : NULL;
}

struct submission_set *policy_open_set(struct decisions *d, struct store_txn *t,
				       struct sealed_set *s)
{
	return opens(d, t, registry_set_facts(s)) ? registry_unseal_set(s) : NULL;
}

struct folder *policy_open_folder(struct decisions *d, struct store_txn *t, struct sealed_folder *f)
{
	return opens(d, t, registry_folder_facts(f)) ? registry_unseal_folder(f) : NULL;
}

unsigned policy_owed(const struct decisions *d, enum duty duty)
{
	unsigned count = 0;
	for (enum rule r = RULE_OPERATOR; r != RULE_COUNT; r++)
		count += (rules[r].duties & duty) != 0 ? d->decided[r] : 0;
	return count;
}

const char *policy_owed_by(const struct decisions *d, enum duty duty, struct arena *a)
{
	struct buffer b = buffer_in(a);
	for (enum rule r = RULE_OPERATOR; r != RULE_COUNT; r++)
		if ((rules[r].duties & duty) != 0 && d->decided[r] != 0)
			buffer_printf(&b, "%s%s", b.length == 0 ? "" : ", ", rules[r].rule);
	return b.length == 0 ? NULL : buffer_ended(&b);
}
