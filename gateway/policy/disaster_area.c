/* gateway/policy/disaster_area.c: whose documents disaster mode opens. */
#include "gateway/policy/disaster_area.h"

#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/normalise.h"
#include "gateway/base/runes.h"
#include "gateway/base/text.h"
#include "schemas/model/patient.h"
#include "schemas/model/region.h"
#include "store/disasters.h"
#include "store/identity.h"

static bool counts(char32_t c)
{
	return !rune_blank(c) && !rune_mark(c);
}

static bool begins(struct arena *a, const char *text, const char *with)
{
	struct runes address = runes_nfkc(a, text), prefix = runes_nfkc(a, with);
	runes_keep(&address, counts);
	runes_keep(&prefix, counts);
	return prefix.count != 0 && prefix.count <= address.count
	       && memcmp(address.at, prefix.at, prefix.count * sizeof *prefix.at) == 0;
}

static const char *said(const char *text)
{
	return text == NULL ? "" : text;
}

static bool is_at(struct arena *a, const struct postal_address *p, const char *place)
{
	if (place[strspn(place, "0123456789")] == '\0') {
		const char *code = normalise_postcode(a, p->postal_code);
		return code != NULL && text_starts(code, place);
	}
	return begins(a, p->text, place)
	       || begins(a,
			 text_joined(a, said(p->state), said(p->city), said(p->street),
				     said(p->other), NULL),
			 place);
}

bool disaster_area_has(struct arena *a, const struct policy_municipality *m,
		       const struct postal_address *address)
{
	for (const char *const *place = m->places; *place != NULL; place++)
		if (is_at(a, address, *place))
			return true;
	return false;
}

/* ---- A person ---- */

static bool lives_in(struct arena *a, const struct policy_municipality *m, const struct person *p)
{
	for (const struct patient_record *r = p->records; r != NULL; r = r->next)
		for (const struct postal_address *at = r->demographics.addresses; at != NULL;
		     at = at->next)
			if (disaster_area_has(a, m, at))
				return true;
	return false;
}

static bool names(const struct disaster *d, const char *code)
{
	size_t length = strlen(code);
	for (const char *at = d->municipalities; *at != '\0'; at += strspn(at, " ")) {
		size_t next = strcspn(at, " ");
		if (next == length && memcmp(at, code, length) == 0)
			return true;
		at += next;
	}
	return false;
}

/* What the rules no longer name is nowhere. */
static bool covers(struct arena *a, const struct region_policy *p, const struct disaster *d,
		   const struct person *who)
{
	for (size_t i = 0; i < p->municipality_count; i++)
		if (names(d, p->municipalities[i].code) && lives_in(a, &p->municipalities[i], who))
			return true;
	return false;
}

static uint64_t look(struct store_txn *t, struct arena *a, const struct region *r, int64_t now,
		     uint64_t subject)
{
	struct patient_record place;
	struct person who = { .records = NULL }; /* nobody lives nowhere */
	const struct disaster *d = disasters_list(t, a);
	while (d != NULL && !disaster_is_on(d, now))
		d = d->next;
	if (d == NULL || !identity_place(t, a, subject, &place))
		return 0;
	identity_person(t, a, place.person, &who);
	for (; d != NULL; d = d->next)
		if (disaster_is_on(d, now) && covers(a, r->policy, d, &who))
			return d->number;
	return 0;
}

uint64_t disaster_of(struct store_txn *t, struct arena *a, const struct region *r, int64_t now,
		     uint64_t subject)
{
	struct arena_mark before = arena_mark(a);
	uint64_t number = look(t, a, r, now, subject);
	arena_rewind(a, &before);
	return number;
}
