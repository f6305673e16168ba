/* profiles/xcpd/discovery_asked.c
 *
 * Cross Gateway Patient Discovery [ITI-55], ITI TF-2: 3.55, from the Initiating Gateway's side:
 * whether we ask at all, and what we make of the answer. */
#include "profiles/xcpd/discovery_asked.h"

#include <string.h>

#include "gateway/base/text.h"
#include "gateway/client/hl7v3_call.h"
#include "profiles/actors/consent_manager.h"
#include "profiles/transaction.h"
#include "profiles/xcpd/discovery_message.h"
#include "store/awaited.h"
#include "store/correlations.h"
#include "store/match_look.h"
#include "store/partner_codes.h"
#include "store/partner_ids.h"
#include "store/store_keys.h"

#define LEARNT_BY "ITI-55"

enum {
	SECOND = 1000000,
	/* Whom it does not know it may know soon: he may be on his way there. */
	NEGATIVE_SECONDS = 300,
	DOMAIN_MOST = 199, /* of an id that can be kept: store/partner_ids.c */
	ID_MOST = 250,
	/* Its operator has a week to look, and what it answers a day to come. */
	AWAITED_SECONDS = 8 * 24 * 3600,
};

/* One person and one community. What is asked is constant from when it leaves; what is made of the
 * answer is, from the call() that follows it. */
struct discovery {
	struct discovery_question question;
	const struct partner *to;
	uint64_t person, record;  /* record: the one that is described */
	struct correlation asked; /* of whom */
	bool evaluated;
	bool refused; /* it will not answer later */
	struct discovered is;
	enum correlated what;                   /* NOT_ASKED: nothing is kept of it */
	const struct patient_identifier *found; /* KNOWN, CONFLICT: the id it named */
};

static const char *const names[DISCOVERED_KINDS] = {
	[DISCOVERED_NOT_YET] = "not yet",   [DISCOVERED_ID] = "known",
	[DISCOVERED_UNKNOWN] = "unknown",   [DISCOVERED_SEVERAL] = "several",
	[DISCOVERED_MORE] = "more wanted",  [DISCOVERED_DOUBTFUL] = "doubtful",
	[DISCOVERED_CONFLICT] = "conflict", [DISCOVERED_CLOSED] = "closed",
	[DISCOVERED_NAMELESS] = "nameless", [DISCOVERED_NO_ANSWER] = "no answer",
	[DISCOVERED_LATER] = "later",       [DISCOVERED_CHANGED] = "changed",
};

const char *discovered_name(enum discovered_as as)
{
	return names[as];
}

static const enum discovered_as remembered[CORRELATED_KINDS] = {
	[CORRELATED_NOT_ASKED] = DISCOVERED_NOT_YET, [CORRELATED_KNOWN] = DISCOVERED_ID,
	[CORRELATED_UNKNOWN] = DISCOVERED_UNKNOWN,   [CORRELATED_SEVERAL] = DISCOVERED_SEVERAL,
	[CORRELATED_MORE] = DISCOVERED_MORE,         [CORRELATED_DOUBTFUL] = DISCOVERED_DOUBTFUL,
	[CORRELATED_CONFLICT] = DISCOVERED_CONFLICT,
};

/* An OID, of a homeCommunityId. */
static const char *oid_of(const char *home)
{
	static const char urn[] = "urn:oid:";
	return home != NULL && text_starts(home, urn) ? home + strlen(urn) : home;
}

static bool failed(struct exchange *x, struct store_txn *t)
{
	if (store_failed(t))
		x->problem = *store_problem(t);
	return store_failed(t);
}

/* ---- Whom we may ask for ---- */

static bool takes_part(const struct consent_state *s)
{
	return s->shared && !s->now.rests && s->standing != STANDING_RESTS
	       && s->record->status == RECORD_ACTIVE && !text_empty(s->record->source_system);
}

/* Of PID-31 nobody is asked for: what is said of him is nobody's. */
static bool is_described(const struct patient_demographics *d)
{
	return d->names != NULL && !text_empty(d->birth_date)
	       && !text_equal(d->identity_unknown, "Y");
}

/* The latest record that takes part, and says who he is. */
struct described {
	const struct patient_record *by;
	bool closed; /* he may not be asked for */
};

static bool describe(struct exchange *x, struct store_txn *t, uint64_t person,
		     const struct partner *to, struct described *out)
{
	struct consent_question q = { .at = x->now, .limit = 1 };
	struct consent_answer told;
	struct person is;
	*out = (struct described){ .closed = true };
	if (!identity_person(t, x->arena, person, &is) || is.records == NULL)
		return !failed(x, t);
	q.patient = is.records;
	if (!consent_manager_answer(t, x->arena, x->region, &q, &told, &x->problem))
		return false;
	for (size_t i = 0; i < told.count; i++) {
		const struct consent_state *s = &told.records[i];
		if (!takes_part(s))
			continue;
		if (consent_excludes_community(x->region, to, &s->now)) {
			*out = (struct described){ .closed = true };
			return true;
		}
		out->closed = false;
		if (is_described(&s->record->demographics)
		    && (out->by == NULL || s->record->updated > out->by->updated))
			out->by = s->record;
	}
	return true;
}

/* ---- What is known already ---- */

static bool is_learnt(const struct partner_id *id)
{
	return text_equal(id->by, LEARNT_BY);
}

/* It has been asked of whom he is now, and is to answer. */
static bool is_awaited(struct exchange *x, struct store_txn *t, uint64_t person,
		       const struct partner *to, struct discovered *out)
{
	struct correlation now = { .asked = 0 };
	struct awaited a;
	if (!correlation_begin(t, x->arena, person, x->now, &now)
	    || !awaited_of(t, x->arena, to->name, now.record, x->now, &a)
	    || memcmp(a.print, now.print, CORRELATION_PRINT) != 0)
		return false;
	*out = (struct discovered){ .as = DISCOVERED_LATER,
				    .since = a.asked,
				    .until = a.until,
				    .why = "it is to answer later" };
	return true;
}

/* What the operator mapped needs no asking. */
static bool recall(struct exchange *x, struct store_txn *t, uint64_t person,
		   const struct partner *to, struct discovered *out)
{
	struct partner_id id = { .id = NULL };
	struct correlation c;
	bool disputed, has = partner_id_of(t, x->arena, to->name, person, &id, &disputed);
	bool holds = correlation_of(t, x->arena, to->name, person, x->now, &c) && c.holds;
	if (disputed)
		out->as = DISCOVERED_CONFLICT;
	else if (has && !is_learnt(&id))
		*out = (struct discovered){ .as = DISCOVERED_ID, .since = id.since, .why = "" };
	else if (holds && (has || c.what != CORRELATED_KNOWN))
		*out = (struct discovered){
			.as = remembered[c.what], .since = c.asked, .until = c.until, .why = ""
		};
	if (out->as == DISCOVERED_ID) {
		out->domain = id.domain;
		out->id = id.id;
	} else if (out->as == DISCOVERED_NOT_YET) {
		is_awaited(x, t, person, to, out);
	}
	return !failed(x, t);
}

/* NOT_YET: it has to be asked. */
static bool consider(struct exchange *x, struct store_txn *t, uint64_t person,
		     const struct partner *to, bool anew, struct described *d,
		     struct discovered *out)
{
	*out = (struct discovered){ .as = DISCOVERED_NOT_YET, .why = "" };
	if (!describe(x, t, person, to, d))
		return false;
	if (d->closed) {
		out->as = DISCOVERED_CLOSED;
		out->why = "the person does not take part, or has excluded that community";
		return true;
	}
	if (!anew && !recall(x, t, person, to, out))
		return false;
	if (out->as == DISCOVERED_NOT_YET && d->by == NULL) {
		out->as = DISCOVERED_NAMELESS;
		out->why = "no name and birth date of the person can be told";
	}
	return true;
}

/* ---- Our code, before anything ---- */

struct code_wanted {
	const struct partner *to;
	uint64_t person;
};

/* Who is not there any more is not asked for when call() is run anew. */
static bool make_code(const struct exchange *x, struct store_txn *t, const void *what)
{
	const struct code_wanted *w = what;
	struct partner_code code;
	bool made;
	partner_code_ask(t, w->to->name, CODE_CARE, w->person, x->now, &code, &made);
	return !store_failed(t);
}

static const char *code_of(struct exchange *x, struct store_txn *t, uint64_t person,
			   const struct partner *to)
{
	for (const struct partner_code *c = partner_codes_of(t, x->arena, person); c != NULL;
	     c = c->next)
		if (c->told && c->purpose == CODE_CARE && text_equal(c->partner, to->name))
			return c->text;
	return NULL;
}

static void want_code(struct exchange *x, uint64_t person, const struct partner *to)
{
	struct code_wanted *w = arena_new(x->arena, struct code_wanted);
	*w = (struct code_wanted){ .to = to, .person = person };
	exchange_keep_first(x, make_code, w);
}

/* ---- Asking ---- */

/* ITI TF-2: 3.55.5.1.1: the query, and no patient object; that he was asked for stands in his trail
 * all the same. */
static void audited(struct exchange *x, const struct exchange_call *c, struct audit_event *e)
{
	const struct discovery *d = c->request;
	struct audit_object *o = audit_query(x, e, d->question.query_id,
					     discovery_recorded(x->arena, &d->question));
	audit_add_detail(x, o, "ihe:homeCommunityID", bytes_of_text(c->to->home_community_id));
	audit_about(x, e, d->record);
}

static void write_question(struct xml_writer *w, const void *request)
{
	discovery_write(w, &((const struct discovery *)request)->question);
}

static void write_headers(struct xml_writer *w, const void *request)
{
	discovery_write_headers(w, &((const struct discovery *)request)->question);
}

static bool keep_answer(const struct exchange *x, struct store_txn *t,
			const struct exchange_call *c);

static const struct outward cross_gateway_patient_discovery = {
	.code = "ITI-55",
	.name = "Cross Gateway Patient Discovery",
	.action = DISCOVERY_ACTION,
	.answer = DISCOVERY_ANSWER,
	.at = PARTNER_URL,
	.answer_most = DISCOVERY_ANSWER_MOST,
	.audit_event = 110112, /* DCM Query */
	.audit_action = AUDIT_EXECUTE,
	.write = write_question,
	.write_headers = write_headers,
	.audited = audited,
	.end = keep_answer,
};

static bool await_answer(const struct exchange *x, struct store_txn *t,
			 const struct exchange_call *c);
static bool keep_acknowledgement(const struct exchange *x, struct store_txn *t,
				 const struct exchange_call *c);

static const struct outward deferred_discovery = {
	.code = "ITI-55",
	.name = "Cross Gateway Patient Discovery",
	.action = DISCOVERY_DEFERRED,
	.answer = DISCOVERY_ACKNOWLEDGED,
	.at = PARTNER_URL,
	.answer_most = DISCOVERY_ANSWER_MOST,
	.audit_event = 110112, /* DCM Query */
	.audit_action = AUDIT_EXECUTE,
	.write = write_question,
	.write_headers = write_headers,
	.audited = audited,
	.begin = await_answer,
	.end = keep_acknowledgement,
};

static bool is_discovery(const struct exchange_call *c)
{
	return c->what == &cross_gateway_patient_discovery || c->what == &deferred_discovery;
}

static struct exchange_call *call_of(const struct exchange *x, uint64_t person,
				     const struct partner *to)
{
	struct exchange_call *c = x->calls;
	while (c != NULL
	       && (!is_discovery(c) || c->to != to
		   || ((const struct discovery *)c->request)->person != person))
		c = c->next;
	return c;
}

/* Neither insurance nor another's id: name, birth, sex, and where he is reached. */
static const struct patient_demographics *told_of(struct exchange *x,
						  const struct patient_demographics *d)
{
	struct patient_demographics *told = arena_new(x->arena, struct patient_demographics);
	*told = (struct patient_demographics){ .names = d->names,
					       .birth_date = d->birth_date,
					       .sex = d->sex,
					       .addresses = d->addresses,
					       .telecoms = d->telecoms };
	return told;
}

static const char *drawn(struct exchange *x)
{
	char uuid[UUID_URN_TEXT];
	random_uuid(x->random, uuid);
	return arena_text(x->arena, uuid + strlen("urn:uuid:"));
}

static bool put_question(struct exchange *x, struct store_txn *t, uint64_t person,
			 const struct partner *to, const struct patient_record *by,
			 const char *code)
{
	struct discovery *d = arena_new(x->arena, struct discovery);
	*d = (struct discovery){
		.question = { .id = drawn(x),
			      .query_id = drawn(x),
			      .device = x->region->device_id,
			      .home = oid_of(x->region->home_community_id),
			      .their_home = oid_of(to->home_community_id),
			      .domain = x->region->community_domain,
			      .code = code,
			      .who = told_of(x, &by->demographics),
			      .respond_to = to->respond_to,
			      .keep_seconds = to->keep_seconds,
			      .now = x->now },
		.to = to,
		.person = person,
		.record = by->number,
		.asked = { .partner = to->name, .asked = x->now },
	};
	if (!correlation_begin(t, x->arena, person, x->now, &d->asked))
		return !failed(x, t);
	exchange_call(
		x, to->respond_to == NULL ? &cross_gateway_patient_discovery : &deferred_discovery,
		to, d);
	return true;
}

enum manner { AS_REMEMBERED, ANEW, ANEW_WITHOUT_CODE };

static bool ask(struct exchange *x, uint64_t person, const struct partner *to, enum manner how)
{
	struct store_txn *t = exchange_look(x);
	struct described d;
	struct discovered is;
	if (t != NULL && call_of(x, person, to) != NULL)
		return true;
	if (t == NULL || !consider(x, t, person, to, how != AS_REMEMBERED, &d, &is))
		return false;
	if (is.as != DISCOVERED_NOT_YET)
		return true;
	const char *code = how == ANEW_WITHOUT_CODE ? NULL : code_of(x, t, person, to);
	if (failed(x, t))
		return false;
	if (code != NULL || how == ANEW_WITHOUT_CODE)
		return put_question(x, t, person, to, d.by, code);
	want_code(x, person, to);
	return true;
}

bool discovery_ask(struct exchange *x, uint64_t person, const struct partner *to)
{
	return ask(x, person, to, AS_REMEMBERED);
}

bool discovery_ask_anew(struct exchange *x, uint64_t person, const struct partner *to,
			bool without_code)
{
	return ask(x, person, to, without_code ? ANEW_WITHOUT_CODE : ANEW);
}

/* ---- What is made of the answer ---- */

/* p: of the call, where the first one stays. */
static void is_none(struct discovery *d, struct problem *p, enum problem_code code, const char *why)
{
	if (p->code == PROBLEM_NONE)
		problem_set(p, code, "%s", why);
	d->is.as = DISCOVERED_NO_ANSWER;
	d->is.why = p->what;
}

static const char *wanted_words(struct arena *a, unsigned wants)
{
	const char *words = "";
	for (unsigned i = 0; i < DISCOVERY_WANTS; i++)
		if ((wants & 1u << i) != 0)
			words = text_joined(a, words, *words == '\0' ? "" : ", ",
					    discovery_wanted[i], NULL);
	return *words == '\0' ? "it would not say what would help"
			      : text_joined(a, "it would help to tell: ", words, NULL);
}

static bool can_be_kept(const struct patient_identifier *id)
{
	return strlen(id->universal_id) <= DOMAIN_MOST && strlen(id->id) <= ID_MOST;
}

/* Another id of his there, or somebody else who has that one. */
static bool stands_against(struct exchange *x, struct store_txn *t, const struct discovery *d,
			   const struct patient_identifier *id)
{
	struct partner_id his, theirs;
	bool disputed;
	if (partner_id_of(t, x->arena, d->to->name, d->person, &his, &disputed)
	    && (!text_equal(his.id, id->id) || !text_equal(his.domain, id->universal_id)))
		return true;
	return disputed
	       || (partner_id_find(t, x->arena, d->to->name, id->universal_id, id->id, &theirs)
		   && theirs.person != d->person);
}

/* Exactly one, of theirs. */
static void weigh(struct exchange *x, struct store_txn *t, struct discovery *d, struct problem *p,
		  const struct discovery_answer *a)
{
	const struct match_score score = match_look_at(x->arena, x->region, d->question.who,
						       &a->who);
	d->found = a->id;
	if (!can_be_kept(a->id)) {
		is_none(d, p, PROBLEM_MALFORMED, "its id of the person is longer than any is");
	} else if (a->who.names == NULL || !match_is_plausible(&score)) {
		d->is.as = DISCOVERED_DOUBTFUL;
		d->is.why = a->who.names == NULL
				    ? "it does not say whom it means"
				    : "whom it describes is not surely the same person";
	} else if (stands_against(x, t, d, a->id)) {
		d->is.as = DISCOVERED_CONFLICT;
		d->is.why = "another id of the person, or another person of that id, stands "
			    "against it";
	} else {
		d->is.as = DISCOVERED_ID;
		d->is.domain = a->id->universal_id;
		d->is.id = a->id->id;
		d->is.locator = a->locator;
	}
}

static void settle_said(struct exchange *x, struct store_txn *t, struct discovery *d,
			struct problem *p, const struct discovery_answer *a)
{
	d->is.foreign = a->foreign;
	switch (a->said) {
	case DISCOVERY_KNOWN: weigh(x, t, d, p, a); break;
	case DISCOVERY_SEVERAL:
		d->is.as = DISCOVERED_SEVERAL;
		d->is.why = arena_printf(x->arena, "it names %u persons, of whom none is chosen",
					 a->persons);
		break;
	case DISCOVERY_MORE:
		d->is.as = DISCOVERED_MORE;
		d->is.why = wanted_words(x->arena, a->wants);
		break;
	case DISCOVERY_UNKNOWN: d->is.as = DISCOVERED_UNKNOWN; break;
	default:
		is_none(d, p, PROBLEM_BUSY,
			*a->reason == '\0'
				? "it could not answer, and does not say why"
				: arena_printf(x->arena, "it could not answer: %s", a->reason));
		break;
	}
}

/* Whom it knows as long as it says, and we allow; all else for a while. */
static instant kept_until(const struct discovery *d, const struct discovery_answer *a)
{
	instant now = d->question.now, most = now + (instant)d->to->keep_seconds * SECOND;
	instant until = d->is.as == DISCOVERED_ID ? a->until
						  : now + (instant)NEGATIVE_SECONDS * SECOND;
	until = until < most ? until : most;
	return until > now ? until : now;
}

static enum correlated kind_of(enum discovered_as as)
{
	unsigned what = CORRELATED_KINDS - 1;
	while (what > CORRELATED_NOT_ASKED && remembered[what] != as)
		what--;
	return (enum correlated)what;
}

static void settle(struct exchange *x, struct store_txn *t, struct discovery *d, struct problem *p,
		   const struct discovery_answer *a)
{
	settle_said(x, t, d, p, a);
	d->what = kind_of(d->is.as);
	d->asked.until = kept_until(d, a);
	d->is.until = d->asked.until > x->now ? d->asked.until : 0;
}

static instant awaited_until(const struct discovery *d)
{
	return d->question.now + (instant)AWAITED_SECONDS * SECOND;
}

/* Of a question that it is to answer later it says that it has it. */
static void evaluate_acknowledgement(struct exchange *x, struct exchange_call *c,
				     struct discovery *d)
{
	struct hl7_reply said;
	struct problem p = { .code = PROBLEM_NONE };
	if (!hl7v3_accept_read(c->answer, d->question.id, &said, &p)) {
		is_none(d, &c->problem, p.code, p.what);
		return;
	}
	d->refused = said.acknowledged != HL7_ACCEPTED;
	d->is.as = DISCOVERED_LATER;
	d->is.until = awaited_until(d);
	if (d->refused)
		is_none(d, &c->problem, PROBLEM_BUSY,
			arena_printf(x->arena, "it will not answer later: %s%s%s", said.code,
				     *said.error == '\0' ? "" : ", ", said.error));
}

static void evaluate(struct exchange *x, struct store_txn *t, struct exchange_call *c,
		     struct discovery *d)
{
	struct discovery_answer a = { .until = 0 };
	struct problem p = { .code = PROBLEM_NONE };
	d->evaluated = true;
	d->is = (struct discovered){ .asked = true, .since = x->now, .why = "" };
	if (c->answer == NULL) {
		is_none(d, &c->problem, PROBLEM_BUSY, "it gave no answer");
	} else if (c->what == &deferred_discovery) {
		evaluate_acknowledgement(x, c, d);
	} else if (discovery_read(x->arena, c->answer, &d->question, &a, &p)) {
		settle(x, t, d, &c->problem, &a);
	} else {
		c->problem = p;
		is_none(d, &c->problem, p.code, p.what);
	}
}

/* ---- What is kept of it ---- */

/* One to one: what stands against it is raised, also where that came since. */
static bool map(struct store_txn *t, struct discovery *d, struct correlation *c)
{
	struct partner_id id = { .partner = d->to->name,
				 .domain = d->found->universal_id,
				 .id = d->found->id,
				 .person = d->person,
				 .by = LEARNT_BY,
				 .since = d->question.now };
	struct mapped told;
	struct problem p = { .code = PROBLEM_NONE };
	if (!partner_id_map(t, &id, &told, &p))
		return !store_failed(t); /* he is somebody else's now */
	if (told.what == MAPPING_REFUSED)
		c->what = CORRELATED_CONFLICT;
	return true;
}

/* What it said before it takes back. What the operator mapped is his to take back. */
static bool forget(struct store_txn *t, const struct discovery *d)
{
	struct partner_id id;
	bool disputed;
	if (partner_id_of(t, store_arena(t), d->to->name, d->person, &id, &disputed)
	    && is_learnt(&id))
		partner_id_unmap(t, d->to->name, d->person);
	return !store_failed(t);
}

static bool keep(struct store_txn *t, struct discovery *d)
{
	struct correlation kept = d->asked;
	bool done = true;
	if (d->what == CORRELATED_NOT_ASKED)
		return true;
	kept.what = d->what;
	if (d->what == CORRELATED_KNOWN || d->what == CORRELATED_CONFLICT)
		done = map(t, d, &kept);
	else if (d->what == CORRELATED_UNKNOWN)
		done = forget(t, d);
	return done && correlation_keep(t, &kept);
}

/* Whoever asked and did not wait for what came of it has learnt nothing. */
static bool keep_answer(const struct exchange *x, struct store_txn *t,
			const struct exchange_call *c)
{
	struct discovery *d = (struct discovery *)c->request;
	(void)x;
	return !d->evaluated || keep(t, d);
}

/* ---- What is answered later ---- */

static bool await_answer(const struct exchange *x, struct store_txn *t,
			 const struct exchange_call *c)
{
	const struct discovery *d = c->request;
	struct awaited a = { .partner = d->to->name,
			     .message_id = c->message_id,
			     .question = d->question.id,
			     .query = d->question.query_id,
			     .asked = d->question.now,
			     .until = awaited_until(d),
			     .record = d->asked.record };
	(void)x;
	memcpy(a.print, d->asked.print, sizeof a.print);
	return awaited_put(t, &a);
}

/* Who has not said that it will not may have the question. */
static bool keep_acknowledgement(const struct exchange *x, struct store_txn *t,
				 const struct exchange_call *c)
{
	const struct discovery *d = c->request;
	(void)x;
	return !d->refused || awaited_end(t, d->to->name, c->message_id);
}

/* As it was put, as far as an answer is held against it; and of whom he is now. */
static struct discovery *question_of(struct exchange *x, const struct partner *from,
				     const struct awaited *of)
{
	struct discovery *d = arena_new(x->arena, struct discovery);
	*d = (struct discovery){
		.question = { .id = of->question,
			      .query_id = of->query,
			      .their_home = oid_of(from->home_community_id),
			      .now = x->now },
		.to = from,
		.asked = { .partner = from->name, .asked = x->now },
		.is = { .asked = true, .since = x->now, .why = "" },
	};
	return d;
}

/* False: the store failed. d->record 0: he is not who was asked for any more. */
static bool find_him_again(struct exchange *x, struct discovery *d, const struct awaited *of)
{
	struct patient_record place;
	struct described by;
	if (!identity_place(x->txn, x->arena, of->record, &place)
	    || !correlation_begin(x->txn, x->arena, place.person, x->now, &d->asked)
	    || d->asked.record != of->record
	    || memcmp(d->asked.print, of->print, CORRELATION_PRINT) != 0)
		return !failed(x, x->txn);
	d->person = place.person;
	if (!describe(x, x->txn, place.person, d->to, &by))
		return false;
	if (by.closed || by.by == NULL)
		return true;
	d->record = by.by->number;
	d->question.who = told_of(x, &by.by->demographics);
	return true;
}

bool discovery_take(struct exchange *x, const struct partner *from, const struct awaited *of,
		    struct discovered *out, uint64_t *record)
{
	struct discovery *d = question_of(x, from, of);
	struct discovery_answer a = { .until = 0 };
	struct problem none = { .code = PROBLEM_NONE };
	if (!discovery_read(x->arena, x->soap, &d->question, &a, &x->problem)
	    || !find_him_again(x, d, of))
		return false;
	if (d->record != 0) {
		settle(x, x->txn, d, &none, &a);
	} else {
		d->is.as = DISCOVERED_CHANGED;
		d->is.why = "who the person is, or may be told of, has changed since it was asked";
	}
	*out = d->is;
	*record = d->record;
	return (keep(x->txn, d) && awaited_end(x->txn, from->name, of->message_id))
	       || !failed(x, x->txn);
}

bool discovery_answered(struct exchange *x, uint64_t person, const struct partner *to,
			struct discovered *out)
{
	struct store_txn *t = exchange_look(x);
	struct exchange_call *c = call_of(x, person, to);
	struct described d;
	if (t == NULL)
		return false;
	if (c == NULL)
		return consider(x, t, person, to, false, &d, out);
	struct discovery *is = (struct discovery *)c->request;
	*out = (struct discovered){ .as = DISCOVERED_NOT_YET, .why = "" };
	if (!c->over)
		return true;
	if (!is->evaluated)
		evaluate(x, t, c, is);
	*out = is->is;
	return !failed(x, t);
}
