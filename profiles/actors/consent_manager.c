/* profiles/actors/consent_manager.c: participation, decided and told. */
#include "profiles/actors/consent_manager.h"

#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "schemas/model/exclusion.h"
#include "schemas/model/region_policy.h"
#include "store/consent_documents.h"
#include "store/store.h"
#include "store/store_keys.h"

static bool is_about_a_facility(const struct consent_event *e)
{
	return e->action == CONSENT_EXCLUDE || e->action == CONSENT_INCLUDE;
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

bool consent_manager_may(const struct region *r, const struct consent_event *e, struct problem *p)
{
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

static bool changes(const struct participation *now, const struct consent_event *e)
{
	switch (e->action) {
	case CONSENT_JOIN: return !now->decided || !now->joined;
	case CONSENT_LEAVE: return !now->decided || now->joined;
	case CONSENT_EXCLUDE: return !excludes(now, e->facility);
	default: return excludes(now, e->facility);
	}
}

static bool look_at(struct store_txn *t, struct arena *a, const struct region *r,
		    const struct patient_record *record, struct consent_state *out)
{
	struct participation *now = &out->now;
	out->record = record;
	if (!consent_participation(t, a, record->number, now))
		return false;
	out->standing = now->rests      ? STANDING_RESTS
			: !now->decided ? STANDING_DEFAULT
			: now->joined   ? STANDING_JOINED
					: STANDING_LEFT;
	out->shared = !now->rests && (now->decided ? now->joined : !r->opt_in);
	return true;
}

static bool look_at_records(struct store_txn *t, struct arena *a, const struct region *r,
			    struct consent_answer *out)
{
	size_t most = 0;
	for (const struct patient_record *one = out->person.records; one != NULL; one = one->next)
		most++;
	out->records = arena_array(a, struct consent_state, most + 1);
	for (const struct patient_record *one = out->person.records; one != NULL; one = one->next) {
		if (text_equal(one->domain, r->affinity_domain))
			continue;
		if (!look_at(t, a, r, one, &out->records[out->count]))
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
	out->changed = changes(&out->patient.now, q->decided);
	return consent_record(t, r, q->patient->number, q->decided, &coverage, p)
	       || problem_set(p, PROBLEM_INTERNAL, "the consent could not be kept");
}

bool consent_manager_answer(struct store_txn *t, struct arena *a, const struct region *r,
			    const struct consent_question *q, struct consent_answer *out,
			    struct problem *p)
{
	*out = (struct consent_answer){ .count = 0 };
	bool read = look_at(t, a, r, q->patient, &out->patient);
	if (read && q->decided != NULL) {
		if (!decide(t, r, q, out, p))
			return false;
		read = look_at(t, a, r, q->patient, &out->patient);
	}
	read = read && identity_person(t, a, q->patient->person, &out->person)
	       && look_at_records(t, a, r, out) && look_at_history(t, a, q, out);
	return read || problem_set(p, PROBLEM_INTERNAL, "the person could not be read");
}
