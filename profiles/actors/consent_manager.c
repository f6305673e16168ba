/* profiles/actors/consent_manager.c: participation, decided and told. */
#include "profiles/actors/consent_manager.h"

#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/normalise.h"
#include "gateway/base/text.h"
#include "schemas/model/exclusion.h"
#include "schemas/model/region_policy.h"
#include "schemas/tables/identity_proof.h"
#include "store/consent_documents.h"
#include "store/consent_groups.h"
#include "store/store.h"
#include "store/store_keys.h"

static bool is_about_a_facility(const struct consent_event *e)
{
	return e->action == CONSENT_EXCLUDE || e->action == CONSENT_INCLUDE;
}

static bool is_of_grants(const struct consent_event *e)
{
	return e->action == CONSENT_GRANT || e->action == CONSENT_REVOKE;
}

static bool is_named(const struct region *r, enum exclusion kind, const char *what)
{
	switch (kind) {
	case EXCLUSION_FACILITY: return region_system(r, what) != NULL;
	case EXCLUSION_ROLE:
		return r->policy != NULL && region_policy_named(r->policy, POLICY_ROLES, what) != 0;
	case EXCLUSION_DOCUMENTS:
		return r->policy != NULL
		       && region_policy_named(r->policy, POLICY_DOCUMENTS, what) != 0;
	case EXCLUSION_PURPOSE:
		return r->policy != NULL
		       && region_policy_named(r->policy, POLICY_PURPOSES, what) != 0;
	case EXCLUSION_PERIOD: return exclusion_is_period(what);
	case EXCLUSION_PERSON: return strchr(what, '@') != NULL;
	default: return *what != '\0';
	}
}

static bool names_what_is(const struct region *r, const struct consent_event *e, struct problem *p)
{
	static const char *const sentences[EXCLUSIONS] = {
		[EXCLUSION_FACILITY] = "facility of the region",
		[EXCLUSION_ROLE] = "role of the region's rules",
		[EXCLUSION_PERSON] = "person: write ID@ISSUER",
		[EXCLUSION_DOCUMENTS] = "kind of documents of the region's rules",
		[EXCLUSION_PURPOSE] = "purpose of the region's rules",
		[EXCLUSION_PERIOD] = "period: write FROM-TO, such as 2019-202003",
		[EXCLUSION_DOCUMENT] = "document: write its uniqueId",
	};
	const char *what;
	enum exclusion kind = exclusion_kind(e->facility == NULL ? "" : e->facility, &what);
	return is_named(r, kind, what)
	       || problem_at(p, PROBLEM_REQUEST_INVALID, exclusion_names[kind], "'%s' names no %s",
			     what, sentences[kind]);
}

/* A visit has an end, and is one facility's. */
static bool may_grant(struct arena *a, const struct region *r, const struct consent_event *e,
		      struct problem *p)
{
	const char *what;
	if (e->facility == NULL || region_system(r, e->facility) == NULL)
		return problem_at(p, PROBLEM_REQUEST_INVALID, "facility",
				  "'%s' names no facility of the region",
				  e->facility == NULL ? "" : e->facility);
	if (e->action == CONSENT_REVOKE)
		return true;
	if (e->until == 0)
		return problem_at(p, PROBLEM_REQUEST_INVALID, "until",
				  "what is opened to one facility has an end: write until when");
	return consent_groups_known(a, r, e->groups, &what)
	       || problem_at(p, PROBLEM_REQUEST_INVALID, "groups",
			     "'%s' names no kind of documents of the region's rules", what);
}

static bool is_day(const char *text)
{
	static const char form[] = "0000-00-00";
	instant first;
	char dtm[9], *to = dtm;
	if (strlen(text) != sizeof form - 1)
		return false;
	for (size_t i = 0; form[i] != '\0'; i++) {
		if (form[i] == '0' ? text[i] < '0' || text[i] > '9' : text[i] != form[i])
			return false;
		if (form[i] == '0')
			*to++ = text[i];
	}
	*to = '\0';
	return instant_from_dtm(dtm, 0, &first);
}

/* Twelve digits of an Individual Number anywhere in it, with whatever is around them. */
static bool tells_my_number(struct arena *a, const char *text)
{
	static const char *const within[] = { "0123456789", "0123456789-", "0123456789- " };
	for (size_t i = 0; text != NULL && i < COUNT(within); i++)
		for (const char *at = text; *at != '\0';) {
			size_t length = strspn(at, within[i]);
			if (length != 0 && text_is_my_number(arena_text_n(a, at, length)))
				return true;
			at += length == 0 ? 1 : length;
		}
	return text != NULL && text_is_my_number(text);
}

static bool proof_is_right(struct arena *a, const struct consent_event *e, struct problem *p)
{
	const struct consent_proof *proof = &e->proof;
	if (proof->kind == NULL)
		return (proof->date == NULL && proof->by == NULL)
		       || problem_at(p, PROBLEM_REQUEST_INVALID, "proof",
				     "say by what the patient was known");
	if (identity_proof(proof->kind) == NULL)
		return problem_at(p, PROBLEM_REQUEST_INVALID, "proof",
				  "what was shown is none of the kinds that are known: see "
				  "minato(1)");
	if (proof->date != NULL && !is_day(proof->date))
		return problem_at(p, PROBLEM_REQUEST_INVALID, "proof_date",
				  "that is no day like 2026-01-15");
	if (tells_my_number(a, proof->by) || tells_my_number(a, e->reason))
		return problem_at(p, PROBLEM_REQUEST_INVALID, "proof",
				  "it holds what looks like an Individual Number, which is never "
				  "kept: leave it out");
	return true;
}

bool consent_manager_may(struct arena *a, const struct region *r, const struct consent_event *e,
			 struct problem *p)
{
	if (!proof_is_right(a, e, p))
		return false;
	if (is_of_grants(e))
		return may_grant(a, r, e, p);
	if (e->groups != NULL)
		return problem_at(p, PROBLEM_REQUEST_INVALID, "groups",
				  "groups are opened to one facility: write grant");
	if (is_about_a_facility(e))
		return names_what_is(r, e, p);
	return e->facility == NULL
	       || problem_at(p, PROBLEM_REQUEST_INVALID, "facility",
			     "%s is for the whole region, not for '%s'",
			     e->action == CONSENT_JOIN ? "join" : "leave", e->facility);
}

static bool excludes(const struct participation *p, const char *facility)
{
	for (size_t i = 0; i < p->excluded_count; i++)
		if (text_equal(p->excluded[i], facility))
			return true;
	return false;
}

/* With a time of its own it is always something new. Another region's gateway is included by a
 * word, though nobody has excluded it. */
static bool changes(const struct region *r, const struct participation *now,
		    const struct consent_event *e)
{
	const struct registered_system *s = e->facility == NULL ? NULL
								: region_system(r, e->facility);
	if (e->from != 0 || e->until != 0)
		return true;
	switch (e->action) {
	case CONSENT_REVOKE: return consent_granted(now, e->facility) != NULL;
	case CONSENT_JOIN: return !now->decided || !now->joined;
	case CONSENT_LEAVE: return !now->decided || now->joined;
	case CONSENT_EXCLUDE: return !excludes(now, e->facility);
	default:
		return s != NULL && s->community != NULL ? !consent_included(now, e->facility)
							 : excludes(now, e->facility);
	}
}

static bool look_at(struct store_txn *t, struct arena *a, const struct consent_question *q,
		    const struct region *r, const struct patient_record *record,
		    struct consent_state *out)
{
	struct participation *now = &out->now;
	out->record = record;
	if (!consent_participation(t, a, record->number, q->at, now))
		return false;
	out->standing = now->rests      ? STANDING_RESTS
			: !now->decided ? STANDING_DEFAULT
			: now->joined   ? STANDING_JOINED
					: STANDING_LEFT;
	out->shared = !now->rests && (now->decided ? now->joined : !r->opt_in);
	return true;
}

static bool look_at_records(struct store_txn *t, struct arena *a, const struct region *r,
			    const struct consent_question *q, struct consent_answer *out)
{
	size_t most = 0;
	for (const struct patient_record *one = out->person.records; one != NULL; one = one->next)
		most++;
	out->records = arena_array(a, struct consent_state, most + 1);
	for (const struct patient_record *one = out->person.records; one != NULL; one = one->next) {
		if (text_equal(one->domain, r->affinity_domain))
			continue;
		if (!look_at(t, a, q, r, one, &out->records[out->count]))
			return false;
		out->count++;
	}
	return true;
}

/* One more is read than is told. */
static bool look_at_history(struct store_txn *t, struct arena *a, const struct consent_question *q,
			    struct consent_answer *out)
{
	struct consent_event **e = &out->history;
	struct record_numbers subjects;
	unsigned told = 0;
	if (!identity_subjects(t, a, q->patient->person, &subjects))
		return false;
	out->documents = consent_documents_of(t, a, &subjects);
	out->history = consent_history(t, a, &subjects, q->before, q->limit + 1);
	for (uint64_t last = 0; *e != NULL; e = &(*e)->next) {
		if (told++ == q->limit) {
			out->next = last;
			break;
		}
		last = (*e)->number;
	}
	*e = NULL;
	return !store_failed(t);
}

/* What could not be kept has its own reason, or the store's. */
static bool decide(struct store_txn *t, const struct region *r, const struct consent_question *q,
		   struct consent_answer *out, struct problem *p)
{
	struct consent_coverage coverage;
	if (q->decided->action == CONSENT_GRANT && out->patient.standing == STANDING_LEFT)
		return problem_set(p, PROBLEM_CONFLICT,
				   "the person has left the region: nothing opens to anybody until "
				   "he joins it again");
	out->changed = changes(r, &out->patient.now, q->decided);
	return consent_record(t, r, q->patient->number, q->decided, &coverage, p)
	       || problem_set(p, PROBLEM_INTERNAL, "the consent could not be kept");
}

bool consent_manager_answer(struct store_txn *t, struct arena *a, const struct region *r,
			    const struct consent_question *q, struct consent_answer *out,
			    struct problem *p)
{
	*out = (struct consent_answer){ .count = 0 };
	bool read = look_at(t, a, q, r, q->patient, &out->patient);
	if (read && q->decided != NULL) {
		if (!decide(t, r, q, out, p))
			return false;
		read = look_at(t, a, q, r, q->patient, &out->patient);
	}
	read = read && identity_person(t, a, q->patient->person, &out->person)
	       && look_at_records(t, a, r, q, out) && look_at_history(t, a, q, out);
	return read || problem_set(p, PROBLEM_INTERNAL, "the person could not be read");
}

bool consent_excludes_community(const struct region *r, const struct partner *to,
				const struct participation *p)
{
	for (size_t i = 0; i < p->excluded_count; i++)
		for (size_t n = 0; n < r->system_count; n++)
			if (text_equal(r->systems[n].community, to->name)
			    && text_equal(p->excluded[i], r->systems[n].name))
				return true;
	return false;
}

/* What is read of the person is nobody else's: only the word stays. */
static bool excluded_by_a_record(struct store_txn *t, struct arena *a, const struct region *r,
				 uint64_t person, const struct partner *to, int64_t at,
				 bool *excluded)
{
	const struct consent_question q = { .at = at };
	struct consent_answer told = { .count = 0 };
	if (!identity_person(t, a, person, &told.person))
		return !store_failed(t);
	if (!look_at_records(t, a, r, &q, &told))
		return false;
	for (size_t i = 0; i < told.count && !*excluded; i++)
		*excluded = consent_excludes_community(r, to, &told.records[i].now);
	return true;
}

bool consent_manager_excludes(struct store_txn *t, struct arena *a, const struct region *r,
			      uint64_t person, const struct partner *to, int64_t at,
			      struct problem *p)
{
	struct arena_mark before = arena_mark(a);
	bool excluded = false, read = excluded_by_a_record(t, a, r, person, to, at, &excluded);
	arena_rewind(a, &before);
	return excluded
	       || (!read && !problem_set(p, PROBLEM_INTERNAL, "the person could not be read"));
}
