/* store/identity_shown.c: whether a change of persons is one of what systems are told of them, for
 * those that want to hear of it (ITI TF-2: 3.10.4.1.1).
 *
 * Of each person and system a digest is made before and after: of the ids a PIX query of that
 * system would show of this person. Where the two differ it has a notice (store/notices.h). What it
 * is then told the Cross-reference Manager and policy say, when it is sent; here is asked only
 * whether to ask them, by the same rules (profiles/actors/cross_reference_manager.c,
 * gateway/policy/decide.c). So what happens to records that it may not see makes no message. */
#include "schemas/model/exclusion.h"
#include "store/identity_rows.h"

#include <openssl/evp.h>
#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "store/consent.h"
#include "store/notices.h"

enum { DIGEST = 32 };

struct shown {
	uint64_t person;
	unsigned char (*digests)[DIGEST]; /* by system of the region */
	struct shown *next;
};

/* A record, and who is kept from it. */
struct seen_record {
	struct patient_record place;
	struct participation consent;
};

static bool wants_to_hear(const struct region *r, size_t system)
{
	return region_notified(r, &r->systems[system]) != NULL;
}

static bool anybody_wants_to_hear(const struct region *r)
{
	for (size_t i = 0; i < r->system_count; i++)
		if (wants_to_hear(r, i))
			return true;
	return false;
}

/* As gateway/policy/decide.c has it of a facility. */
static bool is_open(const struct region *r, const struct registered_system *s,
		    const struct participation *p)
{
	const struct requester who = { .region = r, .system = s };
	bool open = !p->rests
		    && (p->decided ? p->joined : !r->opt_in || consent_granted(p, s->name) != NULL);
	for (size_t i = 0; open && i < p->excluded_count; i++)
		open = !exclusion_meets(p->excluded[i], &who);
	return open;
}

/* Whoever has records of his own asks by them; others by the regional id. */
static bool may_look(const struct region *r, const struct registered_system *s,
		     const struct seen_record *records, size_t count)
{
	bool owns = false, own_open = false, any_open = false;
	for (size_t i = 0; i < count; i++) {
		bool own = system_owns(s, records[i].place.domain);
		bool open = records[i].place.status == RECORD_ACTIVE
			    && is_open(r, s, &records[i].consent);
		owns = owns || (own && records[i].place.status == RECORD_ACTIVE);
		own_open = own_open || (own && open);
		any_open = any_open || open;
	}
	return owns ? own_open : any_open;
}

static bool is_shown(const struct region *r, const struct registered_system *s,
		     const struct seen_record *record, bool looks)
{
	const struct patient_record *p = &record->place;
	if (p->status != RECORD_ACTIVE || !system_sees(r, s, p->domain))
		return false;
	return system_owns(s, p->domain)
	       || (looks
		   && (text_equal(p->domain, r->affinity_domain)
		       || is_open(r, s, &record->consent)));
}

static void digest_person(struct arena *a, const struct region *r,
			  const struct registered_system *s, const struct seen_record *records,
			  size_t count, unsigned char out[DIGEST])
{
	struct buffer b = buffer_in(a);
	bool looks = may_look(r, s, records, count);
	for (size_t i = 0; i < count; i++) {
		const struct patient_record *p = &records[i].place;
		if (!is_shown(r, s, &records[i], looks))
			continue;
		buffer_append(&b, p->domain, strlen(p->domain) + 1);
		buffer_append(&b, p->id, strlen(p->id) + 1);
	}
	EVP_Digest(b.data, b.length, out, NULL, EVP_sha256(), NULL);
}

/* NULL: there is no such person. */
static struct shown *look_at(struct identity_work *w, uint64_t person)
{
	const struct region *r = w->region;
	struct person_row p;
	instant now = store_clock(w->txn)->now(store_clock(w->txn));
	if (person == 0 || !person_row_get(w->txn, w->arena, person, &p))
		return NULL;
	struct seen_record *records = arena_array(w->arena, struct seen_record, p.count + 1);
	size_t count = 0;
	for (size_t i = 0; i < p.count; i++)
		if (!identity_place_get(w->txn, w->arena, p.members[i], &records[count].place))
			identity_row_broken(w->txn, "patient record", p.members[i]);
		else if (consent_participation(w->txn, w->arena, p.members[i], now,
					       &records[count].consent))
			count++;
	struct shown *s = arena_new(w->arena, struct shown);
	s->person = person;
	s->digests = arena_alloc(w->arena, (r->system_count + 1) * DIGEST);
	for (size_t i = 0; i < r->system_count; i++)
		if (wants_to_hear(r, i))
			digest_person(w->arena, r, &r->systems[i], records, count, s->digests[i]);
	return s;
}

static const struct shown *find(const struct shown *list, uint64_t person)
{
	while (list != NULL && list->person != person)
		list = list->next;
	return list;
}

struct shown *identity_shown(struct identity_work *w)
{
	struct shown *list = NULL;
	if (!anybody_wants_to_hear(w->region))
		return NULL;
	for (const struct identity_row *row = w->rows; row != NULL; row = row->next) {
		struct shown *s = find(list, row->old_person) != NULL ? NULL
								      : look_at(w, row->old_person);
		if (s == NULL)
			continue;
		s->next = list;
		list = s;
	}
	return list;
}

/* Of somebody new: whatever is shown of him. */
static void tell_changes(struct identity_work *w, const struct shown *was, const struct shown *now)
{
	const struct region *r = w->region;
	for (size_t i = 0; i < r->system_count; i++) {
		unsigned char nothing[DIGEST];
		if (!wants_to_hear(r, i))
			continue;
		digest_person(w->arena, r, &r->systems[i], NULL, 0, nothing);
		if (memcmp(was == NULL ? nothing : was->digests[i], now->digests[i], DIGEST) != 0)
			notice_put(w->txn, r, &r->systems[i], now->person);
	}
}

void identity_tell_shown(struct identity_work *w, const struct shown *before)
{
	struct shown *told = NULL;
	if (!anybody_wants_to_hear(w->region))
		return;
	for (const struct identity_row *row = w->rows; row != NULL; row = row->next) {
		uint64_t person = row->record.person;
		struct shown *now = find(told, person) != NULL ? NULL : look_at(w, person);
		if (now == NULL)
			continue;
		now->next = told;
		told = now;
		tell_changes(w, find(before, person), now);
	}
}
