/* gateway/policy/decide.c: permit, hide or deny. */
#include "gateway/policy/decide.h"

#include "gateway/base/arena.h"
#include "gateway/base/bytes.h"
#include "gateway/base/text.h"
#include "gateway/policy/addressed.h"
#include "gateway/policy/beyond.h"
#include "gateway/policy/disaster_area.h"
#include "gateway/policy/region_rules.h"
#include "schemas/model/exclusion.h"
#include "store/consent.h"
#include "store/consent_groups.h"
#include "store/identity.h"
#include "store/registry.h"
#include "store/registry_sealed.h"
#include "store/store.h"

enum rule {
	RULE_OPERATOR,
	RULE_OPERATORS_EXCHANGE,
	RULE_FACILITY,
	RULE_COMMUNITY,
	RULE_ANYBODY,
	RULE_OWN,
	RULE_JOINED,
	RULE_UNDECIDED,
	RULE_GRANTED,
	RULE_REGION_PERMITS,
	RULE_NOT_CLOSED,
	RULE_EMERGENCY,
	RULE_DISASTER,
	RULE_CLOSED,
	RULE_NOT_GRANTED,
	RULE_ADDRESSED,
	RULE_REGION_HIDES,
	RULE_REGION_DENIES,
	RULE_NOT_JOINED,
	RULE_LEFT,
	RULE_EXCLUDED,
	RULE_BEYOND,
	RULE_RESTS,
	RULE_UNREADABLE,
	RULE_NOBODY,
	RULE_UNKNOWN_NODE,
	RULE_NO_CERTIFICATE,
	RULE_NOT_FOR_THIS,
	RULE_KEPT_FROM_PATIENTS,
	RULE_NOT_LISTED,
	RULE_LOCKED_OUT,
	RULE_COUNT
};

static const struct decision rules[RULE_COUNT] = {
	[RULE_OPERATOR] = { .rule = "operator" },
	[RULE_OPERATORS_EXCHANGE] = { .rule = "operators-exchange" },
	[RULE_FACILITY] = { .rule = "facility" },
	[RULE_COMMUNITY] = { .rule = "community" },
	[RULE_ANYBODY] = { .rule = "anybody" },
	[RULE_OWN] = { .rule = "own" },
	[RULE_JOINED] = { .rule = "joined" },
	[RULE_UNDECIDED] = { .rule = "undecided" },
	[RULE_GRANTED] = { .rule = "granted" },
	[RULE_REGION_PERMITS] = { .rule = "region-permits" },
	[RULE_NOT_CLOSED] = { .rule = "not-closed" },
	[RULE_EMERGENCY] = { .rule = "emergency" },
	[RULE_DISASTER] = { .rule = "disaster" },
	[RULE_CLOSED] = { RULING_HIDE, DUTY_RECORD, .rule = "closed" },
	[RULE_NOT_GRANTED] = { RULING_HIDE, DUTY_RECORD, .rule = "not-granted" },
	[RULE_ADDRESSED] = { RULING_HIDE, DUTY_RECORD, .rule = "addressed" },
	[RULE_REGION_HIDES] = { RULING_HIDE, DUTY_RECORD, .rule = "region-hides" },
	[RULE_REGION_DENIES] = { RULING_DENY, DUTY_RECORD, .rule = "region-denies",
				 .problem = PROBLEM_DOCUMENT_REFUSED,
				 .what = "not for this requester, by the region's rules" },
	[RULE_NOT_JOINED] = { RULING_HIDE, DUTY_RECORD, .rule = "not-joined" },
	[RULE_LEFT] = { RULING_HIDE, DUTY_RECORD, .rule = "left" },
	[RULE_EXCLUDED] = { RULING_HIDE, DUTY_RECORD, .rule = "excluded" },
	[RULE_BEYOND] = { RULING_HIDE, DUTY_RECORD, .rule = "community-not-included" },
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
	[RULE_KEPT_FROM_PATIENTS] = { RULING_DENY, .rule = "kept-from-patients",
				      .problem = PROBLEM_NOT_PERMITTED,
				      .what = "for operators who may look at patients: "
					      "service patient-operators" },
	[RULE_NOT_LISTED] = { RULING_DENY, .rule = "not-listed", .problem = PROBLEM_NOT_PERMITTED,
			      .what = "none of the transactions this system may use" },
	[RULE_LOCKED_OUT] = { RULING_DENY, .rule = "locked-out", .problem = PROBLEM_LOCKED_OUT,
			      .what = "this system is locked out by the region's operator" },
};

/* What was decided about a patient record; and without what opens it, the same. */
struct verdict {
	uint64_t subject;
	enum rule rule, without;
	struct verdict *next;
};

/* Which of the rules that close a record may be opened, and as what. */
static const unsigned openings[RULE_COUNT] = {
	[RULE_NOT_JOINED] = OPENING_NOT_JOINED,  [RULE_LEFT] = OPENING_LEFT,
	[RULE_EXCLUDED] = OPENING_EXCLUDED,      [RULE_CLOSED] = OPENING_CLOSED,
	[RULE_NOT_GRANTED] = OPENING_NOT_JOINED, /* as if no visit had been */
	[RULE_BEYOND] = OPENING_NOT_JOINED,      /* nobody has said anything of it */
};

/* Documents of a record that its person closed to all. */
struct closed {
	uint64_t subject;
	const char *target;
	const struct closed *next;
};

/* A record of which its person opened these groups only, to who asks. */
struct granted {
	uint64_t subject;
	const char *groups;
	const struct granted *next;
};

struct decisions {
	struct arena *arena;
	struct requester who;
	bool sees_all;
	bool glass;        /* may be broken */
	bool responder;    /* in a disaster, and this exchange may be for it */
	uint64_t disaster; /* by which something was open; 0: by none */
	struct policy_broken broken;
	struct verdict *verdicts;
	const struct closed *closed;
	const struct granted *granted;
	unsigned decided[RULE_COUNT]; /* distinct records, by rule */
	struct rules_asker rules;     /* made when a document is decided about first */
	bool documents[RULE_COUNT];   /* some, by rule */
	bool denied;                  /* the last entry */
	const struct region_rule *stood_on;
	struct arena *each;    /* for one of what a set or a folder gathers */
	struct arena *letters; /* for what one document came with */
	struct arena *bases;   /* for what one document is another form of */
};

static bool may_use(const struct registered_system *s, enum demand demand, const char *code)
{
	const char *const *listed = s->transactions;
	while (listed != NULL && *listed != NULL && !text_equal(*listed, code))
		listed++;
	return listed == NULL ? demand != DEMAND_LISTED_COMMUNITY : *listed != NULL;
}

static bool is_for_communities(enum demand demand)
{
	return demand == DEMAND_COMMUNITY || demand == DEMAND_LISTED_COMMUNITY;
}

static enum rule of_exchange(const struct requester *who, enum demand demand, const char *code)
{
	bool operators = demand_is_operators(demand);
	if (demand == DEMAND_NOBODY)
		return RULE_ANYBODY;
	if (who->system == NULL && !who->operates)
		return who->certified ? RULE_UNKNOWN_NODE : RULE_NO_CERTIFICATE;
	if (who->locked_out)
		return RULE_LOCKED_OUT;
	if (operators != who->operates)
		return RULE_NOT_FOR_THIS;
	if (demand == DEMAND_PATIENTS_OPERATOR && who->kept_from_patients)
		return RULE_KEPT_FROM_PATIENTS;
	if (operators)
		return RULE_OPERATORS_EXCHANGE;
	bool across = who->system->community != NULL;
	if (code != NULL && across != is_for_communities(demand))
		return RULE_NOT_FOR_THIS;
	if (code != NULL && !may_use(who->system, demand, code))
		return RULE_NOT_LISTED;
	return across ? RULE_COMMUNITY : RULE_FACILITY;
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

struct decisions *policy_begin_beside(struct arena *a, const struct decisions *operators)
{
	return policy_begin_operator(a, &operators->who);
}

static bool excluded(const struct participation *p, const struct requester *who)
{
	for (size_t i = 0; i < p->excluded_count; i++)
		if (exclusion_meets(p->excluded[i], who))
			return true;
	return false;
}

/* What its person closed of a record's documents, while the record is open. */
static void note_closed(struct decisions *d, uint64_t subject, const struct participation *p)
{
	for (size_t i = 0; i < p->excluded_count; i++) {
		if (!exclusion_is_of_documents(p->excluded[i]))
			continue;
		struct closed *c = arena_new(d->arena, struct closed);
		*c = (struct closed){ subject, p->excluded[i], d->closed };
		d->closed = c;
	}
}

/* Opened to who asks, for a visit, though nobody joined. NULL: nothing was. */
static const char *note_granted(struct decisions *d, uint64_t subject,
				const struct participation *p)
{
	const char *groups = consent_granted(p, d->who.system->name);
	if (groups != NULL) {
		struct granted *g = arena_new(d->arena, struct granted);
		*g = (struct granted){ subject, groups, d->granted };
		d->granted = g;
	}
	return groups;
}

/* A store that cannot be read permits nothing. */
static enum rule of_participation(struct decisions *d, struct store_txn *t, uint64_t subject,
				  struct participation *now)
{
	if (d->who.system == NULL || subject == 0)
		return RULE_NOBODY;
	if (!consent_participation(t, d->arena, subject, d->who.time, now))
		return RULE_UNREADABLE;
	if (now->rests)
		return RULE_RESTS;
	if (now->decided && !now->joined)
		return RULE_LEFT;
	bool undecided = !now->decided && d->who.region->opt_in;
	bool beyond = beyond_border(&d->who, now);
	bool granted = (undecided || beyond) && note_granted(d, subject, now) != NULL;
	if (undecided && !granted)
		return RULE_NOT_JOINED;
	if (excluded(now, &d->who))
		return RULE_EXCLUDED;
	if (beyond && !granted)
		return RULE_BEYOND;
	if (granted)
		return RULE_GRANTED;
	return now->decided ? RULE_JOINED : RULE_UNDECIDED;
}

/* ---- Emergencies ---- */

void policy_may_break_glass(struct decisions *d)
{
	d->glass = requester_breaks_glass(&d->who);
}

struct policy_broken policy_broken(const struct decisions *d)
{
	return d->broken;
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

/* Of one person alone: the first of whom something is open that way. */
static bool breaks_glass(struct decisions *d, struct store_txn *t, uint64_t subject,
			 enum rule closed_by)
{
	if (!d->glass || (openings[closed_by] & d->who.region->policy->emergency.opens) == 0)
		return false;
	uint64_t person = person_of(t, subject);
	if (d->broken.person == 0)
		d->broken = (struct policy_broken){ person, person == 0 ? 0 : subject };
	return person != 0 && d->broken.person == person;
}

void policy_may_respond(struct decisions *d)
{
	d->responder = d->who.system != NULL && d->who.system->responder
		       && d->who.region->policy != NULL;
}

uint64_t policy_disaster(const struct decisions *d)
{
	return d->disaster;
}

static bool is_in_disaster(struct decisions *d, struct store_txn *t, uint64_t subject,
			   enum rule closed_by)
{
	if (!d->responder || (openings[closed_by] & d->who.region->policy->emergency.opens) == 0)
		return false;
	uint64_t number = disaster_of(t, store_arena(t), d->who.region, d->who.time, subject);
	d->disaster = number == 0 ? d->disaster : number;
	return number != 0;
}

/* The rule that is left of what closes: a disaster's is asked first, for it needs no reason. */
static enum rule opened_by(struct decisions *d, struct store_txn *t, uint64_t subject,
			   enum rule closed_by)
{
	if (is_in_disaster(d, t, subject, closed_by))
		return RULE_DISASTER;
	return breaks_glass(d, t, subject, closed_by) ? RULE_EMERGENCY : closed_by;
}

/* ---- Records ---- */

static const struct verdict *of_record(struct decisions *d, struct store_txn *t, uint64_t subject)
{
	struct participation now;
	for (const struct verdict *v = d->verdicts; v != NULL; v = v->next)
		if (v->subject == subject)
			return v;
	struct verdict *v = arena_new(d->arena, struct verdict);
	*v = (struct verdict){ .subject = subject,
			       .without = of_participation(d, t, subject, &now),
			       .next = d->verdicts };
	v->rule = opened_by(d, t, subject, v->without);
	if (rules[v->rule].ruling == RULING_PERMIT)
		note_closed(d, subject, &now);
	d->verdicts = v;
	d->decided[v->rule]++;
	return v;
}

/* Who is there is no document: an emergency does not tell it. In a disaster he is looked for. */
const struct decision *policy_of_record(struct decisions *d, struct store_txn *t, uint64_t subject)
{
	if (d->sees_all)
		return &rules[RULE_OPERATOR];
	const struct verdict *v = of_record(d, t, subject);
	return &rules[v->rule == RULE_EMERGENCY ? v->without : v->rule];
}

const struct decision *policy_of_object(struct decisions *d, struct store_txn *t, uint64_t subject,
					const char *source_system)
{
	const struct registered_system *s = d->who.system;
	if (s != NULL && s->community == NULL && text_equal(source_system, s->name))
		return &rules[RULE_OWN];
	return &rules[d->sees_all ? RULE_OPERATOR : of_record(d, t, subject)->rule];
}

/* ---- What was made of several ---- */

/* One of the documents it was made of, and whose the whole is. NULL: it hides nothing. */
static const struct decision *hides(struct decisions *d, struct store_txn *t, uint64_t person,
				    uint64_t subject, const char *system)
{
	const struct decision *now = policy_of_object(d, t, subject, system);
	if (now->ruling != RULING_PERMIT)
		return now;
	return d->sees_all || person_of(t, subject) == person ? NULL : &rules[RULE_NOBODY];
}

/* What it is another form of, as that is now, until the next one is asked for. NULL: it is gone. */
static struct sealed_entry *base_of(struct decisions *d, struct store_txn *t, const char *document)
{
	if (d->bases == NULL)
		d->bases = arena_create_within(d->arena);
	arena_reset(d->bases);
	return registry_latest_entry(t, d->bases, document);
}

/* Whose record that one hangs on now, and who submitted it, decides. */
static const struct decision *hides_base(struct decisions *d, struct store_txn *t, uint64_t person,
					 const char *document)
{
	const struct sealed_entry *base = base_of(d, t, document);
	if (base == NULL)
		return d->sees_all ? NULL : &rules[RULE_NOBODY];
	struct registry_facts f = registry_entry_facts(base);
	return hides(d, t, person, f.subject, f.source_system);
}

/* What was made of others' has something of each of them: one hidden hides it. And once their
 * records are several persons', no one of these may find the others' in it. */
static bool permits_sources(struct decisions *d, struct store_txn *t, struct registry_facts f)
{
	struct registry_source s;
	uint64_t person = f.sources.length == 0 || d->sees_all ? 0 : person_of(t, f.subject);
	while (registry_next_source(&f.sources, &s))
		if ((s.document[0] != '\0' ? hides_base(d, t, person, s.document)
					   : hides(d, t, person, s.subject, s.system))
		    != NULL)
			return false;
	return true;
}

/* The same of an entry that is open already; NULL: nothing hides it. */
static const struct decision *hidden_source(struct decisions *d, struct store_txn *t,
					    const struct document_entry *e)
{
	uint64_t person = e->sources == NULL || d->sees_all ? 0 : person_of(t, e->subject);
	const struct decision *hidden = NULL;
	for (const struct object_source *s = e->sources; s != NULL && hidden == NULL; s = s->next)
		hidden = s->document != NULL ? hides_base(d, t, person, s->document)
					     : hides(d, t, person, s->subject, s->system);
	return hidden;
}

/* ---- Documents ---- */

/* What is one's own, and the operator's right, is of no rule about documents. */
static bool is_by_document(const struct decisions *d, const struct decision *of_record)
{
	return of_record->ruling == RULING_PERMIT
	       && (d->who.region->policy != NULL || d->closed != NULL || d->granted != NULL)
	       && of_record != &rules[RULE_OWN] && of_record != &rules[RULE_OPERATOR];
}

static const struct decision *decided(struct decisions *d, enum rule rule)
{
	d->documents[rule] = true;
	d->denied = rule == RULE_REGION_DENIES;
	return &rules[rule];
}

const struct document_entry *policy_judged_as(struct decisions *d, struct store_txn *t,
					      const struct document_entry *e)
{
	if (e->sources == NULL || e->sources->document == NULL)
		return e;
	struct sealed_entry *base = base_of(d, t, e->sources->document);
	return base == NULL ? NULL : registry_unseal_whole_entry(base);
}

/* A document, and as which one it is judged; who excluded one form of it meant that form. */
struct judged {
	const struct document_entry *as;
	const char *unique_id;
};

/* The record's, or made of something of it. */
static bool is_about(const struct document_entry *e, uint64_t subject)
{
	const struct object_source *s = e->sources;
	while (s != NULL && s->subject != subject)
		s = s->next;
	return s != NULL || e->subject == subject;
}

static bool is_closed(const struct decisions *d, struct judged j)
{
	for (const struct closed *c = d->closed; c != NULL; c = c->next)
		if (c->subject == j.as->subject
		    && (exclusion_closes(c->target, d->who.region, j.as)
			|| exclusion_closes_one(c->target, j.unique_id)))
			return true;
	return false;
}

/* Of a visit's grant, and none of the groups it names. */
static bool is_not_granted(const struct decisions *d, const struct document_entry *e)
{
	for (const struct granted *g = d->granted; g != NULL; g = g->next)
		if (is_about(e, g->subject) && !consent_groups_have(d->who.region, g->groups, e))
			return true;
	return false;
}

/* By which of its patient's decisions it would be hidden, were it not for an emergency or a
 * disaster; RULE_COUNT: by none. */
static enum rule shut_by(struct decisions *d, struct store_txn *t, struct judged j)
{
	const struct verdict *v = of_record(d, t, j.as->subject);
	if (v->rule != v->without)
		return v->without;
	return is_closed(d, j)           ? RULE_CLOSED
	       : is_not_granted(d, j.as) ? RULE_NOT_GRANTED
					 : RULE_COUNT;
}

/* By what it is open that was shut: its record's opening does for documents that may be opened
 * at all. The rule itself: by nothing. */
static enum rule reopened_by(struct decisions *d, struct store_txn *t, struct judged j,
			     enum rule shut)
{
	uint64_t subject = j.as->subject;
	bool closed = is_closed(d, j), not_granted = is_not_granted(d, j.as);
	enum rule by = of_record(d, t, subject)->rule;
	if (closed)
		by = opened_by(d, t, subject, RULE_CLOSED);
	if (not_granted && by != RULE_CLOSED)
		by = opened_by(d, t, subject, RULE_NOT_GRANTED);
	return by == RULE_CLOSED || by == RULE_NOT_GRANTED ? shut : by;
}

/* What its patient closed is open where the region's rules permit it and none says never. Else
 * nobody learns what they say, for to him who asks it is not there. */
static const struct decision *of_shut(struct decisions *d, struct store_txn *t, struct judged j,
				      enum rule shut, struct rules_marks marks)
{
	bool may = d->stood_on->ruling == RULING_PERMIT
		   && rules_open_in_emergency(&d->rules, marks);
	d->stood_on = NULL;
	return decided(d, may ? reopened_by(d, t, j, shut) : shut);
}

static const struct decision *of_document(struct decisions *d, struct store_txn *t,
					  const struct document_entry *e)
{
	static const enum rule by_ruling[] = { [RULING_PERMIT] = RULE_REGION_PERMITS,
					       [RULING_HIDE] = RULE_REGION_HIDES,
					       [RULING_DENY] = RULE_REGION_DENIES };
	struct judged j = { policy_judged_as(d, t, e), e->unique_id };
	if (j.as == NULL)
		return decided(d, RULE_UNREADABLE);
	enum rule shut = shut_by(d, t, j);
	if (shut != RULE_COUNT && !d->glass && !d->responder)
		return decided(d, shut);
	if (d->who.region->policy == NULL)
		return decided(d, RULE_NOT_CLOSED);
	if (d->rules.policy == NULL) {
		d->rules = rules_begin(d->arena, &d->who);
		d->letters = arena_create_within(d->arena);
	}
	if (addressed_to_others(t, d->letters, d->who.region, d->who.system, j.as))
		return decided(d, RULE_ADDRESSED);
	struct rules_marks marks = rules_marks_of(d->rules.policy, j.as);
	d->stood_on = rules_decide(&d->rules, marks);
	return shut == RULE_COUNT ? decided(d, by_ruling[d->stood_on->ruling])
				  : of_shut(d, t, j, shut, marks);
}

static const struct decision *of_facts(struct decisions *d, struct store_txn *t, uint64_t subject,
				       const char *source_system)
{
	d->denied = false;
	d->stood_on = NULL;
	return policy_of_object(d, t, subject, source_system);
}

const struct decision *policy_of_entry(struct decisions *d, struct store_txn *t,
				       const struct document_entry *e)
{
	const struct decision *now = of_facts(d, t, e->subject, e->source_system);
	const struct decision *hidden = hidden_source(d, t, e);
	if (now->ruling == RULING_PERMIT && hidden != NULL)
		return hidden;
	return is_by_document(d, now) ? of_document(d, t, e) : now;
}

bool policy_denied(const struct decisions *d)
{
	return d->denied;
}

const struct region_rule *policy_stood_on(const struct decisions *d)
{
	return d->stood_on;
}

struct document_entry *policy_open_entry(struct decisions *d, struct store_txn *t,
					 struct sealed_entry *e)
{
	struct registry_facts f = registry_entry_facts(e);
	const struct decision *now = of_facts(d, t, f.subject, f.source_system);
	if (now->ruling != RULING_PERMIT || !permits_sources(d, t, f))
		return NULL;
	if (!is_by_document(d, now))
		return registry_unseal_entry(e);
	struct document_entry *whole = registry_unseal_whole_entry(e);
	return whole != NULL && of_document(d, t, whole)->ruling == RULING_PERMIT ? whole : NULL;
}

/* ---- What gathers documents ---- */

enum shown { SHOWN_NEITHER, SHOWN_HIDDEN, SHOWN };

/* What puts a document into a folder is seen with the document. */
static enum shown shown_membership(struct decisions *d, struct store_txn *t, const char *id)
{
	const struct association *x = registry_association(t, d->each, id);
	struct sealed_entry *e = x == NULL || x->type != ASSOCIATION_HAS_MEMBER
					 ? NULL
					 : registry_entry(t, d->each, x->target);
	if (e == NULL)
		return SHOWN_NEITHER;
	return policy_open_entry(d, t, e) != NULL ? SHOWN : SHOWN_HIDDEN;
}

/* A folder that came with a set is seen by what it holds itself. */
static enum shown shown_member(struct decisions *d, struct store_txn *t, const char *id)
{
	struct sealed_entry *e = registry_entry(t, d->each, id);
	struct sealed_folder *f = e != NULL ? NULL : registry_folder(t, d->each, id);
	if (e == NULL && f == NULL)
		return shown_membership(d, t, id);
	return (e != NULL ? policy_open_entry(d, t, e) != NULL
			  : policy_open_folder(d, t, f) != NULL)
		       ? SHOWN
		       : SHOWN_HIDDEN;
}

/* Something of it is hidden, and nothing is seen. What it only refers to counts for nothing. A
 * folder of a set is asked the same in between: nothing that was read before is used after it. */
static bool is_emptied(struct decisions *d, struct store_txn *t, const char *id)
{
	struct registry_ends *ends = registry_ends_from(t, d->arena, id);
	const struct association *x;
	enum shown shown = SHOWN_NEITHER;
	if (d->each == NULL)
		d->each = arena_create_within(d->arena);
	while (shown != SHOWN) {
		arena_reset(d->each);
		if ((x = registry_next_end(ends, d->each)) == NULL)
			break;
		if (x->type != ASSOCIATION_HAS_MEMBER
		    || text_equal(x->submission_set_status, "Reference"))
			continue;
		enum shown now = shown_member(d, t, x->target);
		shown = now == SHOWN_NEITHER ? shown : now;
	}
	registry_ends_over(ends);
	return shown == SHOWN_HIDDEN;
}

struct submission_set *policy_open_set(struct decisions *d, struct store_txn *t,
				       struct sealed_set *s)
{
	struct registry_facts f = registry_set_facts(s);
	const struct decision *now = of_facts(d, t, f.subject, f.source_system);
	bool opens = now->ruling == RULING_PERMIT && permits_sources(d, t, f);
	struct submission_set *open = opens ? registry_unseal_set(s) : NULL;
	return open != NULL && is_by_document(d, now) && is_emptied(d, t, open->id) ? NULL : open;
}

struct folder *policy_open_folder(struct decisions *d, struct store_txn *t, struct sealed_folder *f)
{
	struct registry_facts facts = registry_folder_facts(f);
	const struct decision *now = of_facts(d, t, facts.subject, facts.source_system);
	struct folder *open = now->ruling == RULING_PERMIT ? registry_unseal_folder(f) : NULL;
	return open != NULL && is_by_document(d, now) && is_emptied(d, t, open->id) ? NULL : open;
}

/* ---- What is owed ---- */

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

const char *policy_owed_of_documents(const struct decisions *d, enum duty duty, struct arena *a)
{
	struct buffer b = buffer_in(a);
	for (enum rule r = RULE_OPERATOR; r != RULE_COUNT; r++)
		if ((rules[r].duties & duty) != 0 && d->documents[r])
			buffer_printf(&b, "%s%s", b.length == 0 ? "" : ", ", rules[r].rule);
	return b.length == 0 ? NULL : buffer_ended(&b);
}
