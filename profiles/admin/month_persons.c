/* profiles/admin/month_persons.c: who was known, and who took part, when a month ended. */
#include "profiles/admin/month_report.h"

#include <stdlib.h>

#include "gateway/base/arena.h"
#include "gateway/base/progress.h"
#include "gateway/base/text.h"
#include "profiles/admin/admin_person.h"
#include "store/consent.h"
#include "store/identity_past.h"

enum { PERSONS_AT_ONCE = 64 };

/* Of a person whose records are several persons' now. */
struct parted {
	uint64_t person;
	bool joined, before;
};

struct counting {
	struct exchange *exchange;
	struct month_report *report;
	const struct identity_past *began, *ended; /* just before the month, and its last moment */
	struct parted *parted;
	size_t count, room;
};

static void count_record(struct counting *c, const struct patient_record *one, bool joined,
			 bool before)
{
	const struct region *region = c->exchange->region;
	struct facility_report *f = month_facility(c->report, admin_facility(region, one->domain));
	if (f == NULL)
		f = month_facility(c->report, one->source_system);
	if (f == NULL || !identity_past_lived(c->ended, one))
		return;
	f->patients++;
	f->joined += joined;
	f->new_patients += joined && !before;
}

static void keep_parted(struct counting *c, uint64_t person, bool joined, bool before)
{
	struct arena *a = c->exchange->arena;
	if (c->count == c->room) {
		size_t room = c->room == 0 ? 64 : 2 * c->room;
		c->parted = arena_resize(a, c->parted, c->room * sizeof *c->parted,
					 room * sizeof *c->parted);
		c->room = room;
	}
	c->parted[c->count++] = (struct parted){ person, joined, before };
}

static void add_person(struct month_report *r, bool joined, bool before)
{
	r->persons += joined;
	r->new_persons += joined && !before;
}

/* The persons that those records were when the month ended: most often one, the same. */
static void count_whole(struct counting *c, const struct person *who, const bool *joined,
			const bool *before)
{
	bool any = false, any_before = false;
	const struct patient_record *one = who->records;
	for (size_t i = 0; one != NULL; one = one->next, i++) {
		uint64_t then = identity_past_person(c->ended, one->number, who->number);
		if (then != who->number || identity_past_parted(c->ended, then)) {
			if (joined[i] || before[i])
				keep_parted(c, then, joined[i], before[i]);
			continue;
		}
		any = any || joined[i];
		any_before = any_before || before[i];
	}
	add_person(c->report, any, any_before);
}

/* Whoever said so, and had not left: a region's default is nobody's word. */
static void count_person(struct counting *c, struct arena *a, const struct person *who)
{
	struct exchange *x = c->exchange;
	size_t count = 0;
	for (const struct patient_record *one = who->records; one != NULL; one = one->next)
		count++;
	bool *joined = arena_array(a, bool, count + 1), *before = arena_array(a, bool, count + 1);
	if (!consent_past(x->txn, a, x->region, c->ended, who, joined)
	    || !consent_past(x->txn, a, x->region, c->began, who, before))
		return;
	const struct patient_record *one = who->records;
	for (size_t i = 0; one != NULL; one = one->next, i++)
		if (one->number != who->regional_record)
			count_record(c, one, joined[i], before[i]);
	count_whole(c, who, joined, before);
}

static int by_person(const void *x, const void *y)
{
	const struct parted *a = x, *b = y;
	return a->person < b->person ? -1 : a->person > b->person;
}

static void count_parted(struct counting *c)
{
	if (c->count > 1)
		qsort(c->parted, c->count, sizeof *c->parted, by_person);
	for (size_t i = 0; i < c->count;) {
		uint64_t person = c->parted[i].person;
		bool joined = false, before = false;
		for (; i < c->count && c->parted[i].person == person; i++) {
			joined = joined || c->parted[i].joined;
			before = before || c->parted[i].before;
		}
		add_person(c->report, joined, before);
	}
}

void month_count_persons(struct exchange *x, struct arena *a, struct month_report *r)
{
	struct counting c = { .exchange = x,
			      .report = r,
			      .began = identity_past(x->txn, x->arena, r->begins - 1),
			      .ended = identity_past(x->txn, x->arena, r->last) };
	uint64_t after = 0;
	unsigned count = PERSONS_AT_ONCE;
	progress_begin(x->progress, "persons", 0);
	while (c.began != NULL && c.ended != NULL && count == PERSONS_AT_ONCE
	       && !progress_is_stopped(x->progress)) {
		arena_reset(a);
		struct person *all = identity_list(x->txn, a, after, PERSONS_AT_ONCE, &count);
		for (unsigned i = 0; i < count; after = all[i++].number)
			count_person(&c, a, &all[i]);
		progress_add(x->progress, count);
	}
	count_parted(&c);
}
