/* store/identity_partition.c: dividing records into persons.
 *
 * A person is a connected part of its records: joined by evidence they share, by a source that
 * named them in one message, by a merge. After a change the parts of the persons concerned are made
 * anew. Of a person that falls apart the part with its oldest active record keeps number and
 * regional record; where persons become one the oldest number stays, and the other regional
 * records become subsumed by its regional record. */
#include "store/identity_rows.h"

#include <stdlib.h>
#include <string.h>

#include "gateway/base/arena.h"

struct identity_work identity_work_begin(struct store_txn *t, const struct region *r)
{
	return (struct identity_work){ .txn = t, .arena = store_arena(t), .region = r };
}

static struct identity_row *held(const struct identity_work *w, uint64_t number)
{
	for (struct identity_row *row = w->rows; row != NULL; row = row->next)
		if (row->record.number == number)
			return row;
	return NULL;
}

void identity_work_add(struct identity_work *w, struct identity_row *row)
{
	struct identity_row **at = w->tail == NULL ? &w->rows : w->tail;
	*at = row;
	w->tail = &row->next;
	w->fed += !row->made;
}

void identity_work_person(struct identity_work *w, uint64_t person)
{
	struct person_row p;
	for (const struct identity_row *row = w->rows; row != NULL; row = row->next)
		if (row->old_person == person)
			return;		/* persons are loaded whole */
	if (!person_row_get(w->txn, w->arena, person, &p))
		return;
	for (size_t i = 0; i < p.count; i++) {
		struct identity_row *row = arena_new(w->arena, struct identity_row);
		if (identity_row_get(w->txn, w->arena, p.members[i], row))
			identity_work_add(w, row);
	}
}

struct identity_row *identity_work_row(struct identity_work *w, uint64_t number)
{
	struct identity_row *row = held(w, number), here;
	if (row == NULL && identity_row_get(w->txn, w->arena, number, &here))
		identity_work_person(w, here.record.person);
	return row != NULL ? row : held(w, number);
}

/* The rows as an array, with the part each one is in: the classic forest of parents. */
struct division {
	struct identity_work *work;
	struct identity_row **rows;	/* by number, ascending */
	size_t count;
};

static int by_number(const void *a, const void *b)
{
	uint64_t x = (*(struct identity_row *const *)a)->record.number;
	uint64_t y = (*(struct identity_row *const *)b)->record.number;
	return x < y ? -1 : x > y;
}

static size_t place(const struct division *d, uint64_t number)
{
	struct identity_row wanted = { .record = { .number = number } }, *key = &wanted;
	struct identity_row **found = bsearch(&key, d->rows, d->count, sizeof *d->rows, by_number);
	return found == NULL ? d->count : (size_t)(found - d->rows);
}

static size_t root(const struct division *d, size_t i)
{
	while (d->rows[i]->group != i)
		i = d->rows[i]->group = d->rows[d->rows[i]->group]->group;
	return i;
}

/* The smaller place, that is the older record, is the root. */
static void join(struct division *d, size_t i, size_t j)
{
	if (i >= d->count || j >= d->count)
		return;
	size_t x = root(d, i), y = root(d, j);
	d->rows[x < y ? y : x]->group = x < y ? x : y;
}

struct shared {
	const struct evidence *evidence;
	size_t place;
};

static int by_hash(const void *a, const void *b)
{
	const struct shared *x = a, *y = b;
	int order = memcmp(x->evidence->hash, y->evidence->hash, EVIDENCE_HASH);
	return order != 0 ? order : (x->place > y->place) - (x->place < y->place);
}

static void join_by_evidence(struct division *d)
{
	size_t count = 0, n = 0;
	for (size_t i = 0; i < d->count; i++)
		for (const struct evidence *e = d->rows[i]->evidence; e != NULL; e = e->next)
			count++;
	struct shared *all = arena_array(d->work->arena, struct shared, count + 1);
	for (size_t i = 0; i < d->count; i++)
		for (const struct evidence *e = d->rows[i]->evidence; e != NULL; e = e->next)
			all[n++] = (struct shared){ e, i };
	qsort(all, count, sizeof *all, by_hash);
	for (size_t i = 1; i < count; i++)
		if (memcmp(all[i - 1].evidence->hash, all[i].evidence->hash, EVIDENCE_HASH) == 0)
			join(d, all[i - 1].place, all[i].place);
}

/* A record made by us is no reason by itself: its anchor stands for it. */
static size_t standing_for(const struct division *d, uint64_t number)
{
	size_t i = place(d, number);
	return i < d->count && d->rows[i]->made ? place(d, d->rows[i]->anchor) : i;
}

static void join_all(struct division *d)
{
	for (size_t i = 0; i < d->count; i++)
		d->rows[i]->group = i;
	join_by_evidence(d);
	for (size_t i = 0; i < d->count; i++) {
		const struct identity_row *row = d->rows[i];
		for (const struct tie *tie = row->ties; tie != NULL; tie = tie->next)
			join(d, i, standing_for(d, tie->other));
		if (!row->made && row->record.status == RECORD_SUBSUMED)
			join(d, i, standing_for(d, row->record.survivor));
	}
}

/* The oldest record a source fed, of one old person (or of any: 0), in one part (or in any: count). */
static size_t oldest_fed(const struct division *d, uint64_t person, size_t group)
{
	size_t subsumed = d->count;
	for (size_t i = 0; i < d->count; i++) {
		const struct identity_row *row = d->rows[i];
		if (row->made || (person != 0 && row->old_person != person)
		    || (group != d->count && root(d, i) != group))
			continue;
		if (row->record.status == RECORD_ACTIVE)
			return i;
		if (subsumed == d->count)
			subsumed = i;
	}
	return subsumed;
}

/* Records made by us are led to the part they belong to: the active one stays with what is left of
 * its person, one that was subsumed goes with its anchor. */
static void place_made(struct division *d)
{
	for (size_t i = 0; i < d->count; i++) {
		struct identity_row *row = d->rows[i];
		if (!row->made)
			continue;
		size_t with = row->record.status == RECORD_ACTIVE
				      ? oldest_fed(d, row->old_person, d->count)
				      : place(d, row->anchor);
		if (with < d->count)
			row->group = root(d, with);
	}
}

/* The smallest of the numbers of old persons whose rest this part is; else 0. A person all of whose
 * records were merged away has no rest: it becomes the survivor's. */
static uint64_t kept_number(const struct division *d, size_t group)
{
	uint64_t least = 0;
	for (size_t i = 0; i < d->count; i++) {
		uint64_t person = d->rows[i]->old_person;
		if (d->rows[i]->made || root(d, i) != group || person == 0
		    || (least != 0 && person >= least))
			continue;
		size_t rest = oldest_fed(d, person, d->count);
		if (root(d, rest) == group && d->rows[rest]->record.status == RECORD_ACTIVE)
			least = person;
	}
	return least;
}

/* Whose id is the person's regional id: an outside source's, else the one the person had, else any
 * of ours. NULL: there is none yet. */
static struct identity_row *choose_regional(const struct division *d, size_t group, uint64_t person)
{
	struct identity_row *own = NULL, *any = NULL;
	for (size_t i = 0; i < d->count; i++) {
		struct identity_row *row = d->rows[i];
		if (root(d, i) != group || row->record.status != RECORD_ACTIVE
		    || strcmp(row->record.domain, d->work->region->affinity_domain) != 0)
			continue;
		if (!row->made)
			return row;
		if (own == NULL && row->old_person == person)
			own = row;
		if (any == NULL)
			any = row;
	}
	return own != NULL ? own : any;
}

static struct identity_row *make_regional(struct division *d, size_t group)
{
	struct identity_work *w = d->work;
	unsigned char random[16];
	store_random(w->txn)->fill(store_random(w->txn), random, sizeof random);
	struct identity_row *row = arena_new(w->arena, struct identity_row);
	instant now = store_clock(w->txn)->now(store_clock(w->txn));
	row->record = (struct patient_record){
		.number = identity_next_number(w->txn, COUNTER_RECORD),
		.domain = w->region->affinity_domain,
		.id = bytes_to_hex(w->arena, (struct bytes){ random, sizeof random }),
		.source_system = "", .created = now, .updated = now, .version = 1,
	};
	row->made = true;
	row->anchor = d->rows[oldest_fed(d, 0, group)]->record.number;
	row->dirty = true;
	identity_id_put(w->txn, row->record.domain, row->record.id, row->record.number);
	identity_work_add(w, row);
	return row;
}

static void settle(struct identity_row *row, uint64_t person, const struct identity_row *regional,
		   uint64_t anchor)
{
	struct patient_record *r = &row->record;
	row->dirty = row->dirty || r->person != person;
	r->person = person;
	if (!row->made)
		return;
	bool stays = row == regional;
	uint64_t survivor = stays ? 0 : regional->record.number;
	row->dirty = row->dirty || r->survivor != survivor
		     || (anchor != 0 && row->anchor != anchor);
	r->status = stays ? RECORD_ACTIVE : RECORD_SUBSUMED;
	r->survivor = survivor;
	if (anchor != 0)
		row->anchor = anchor;
}

/* A record made by us whose anchor left it is anchored anew in the part it stayed with. */
static uint64_t new_anchor(const struct division *d, const struct identity_row *row, size_t group)
{
	size_t old = row->made ? place(d, row->anchor) : d->count;
	if (!row->made || (old < d->count && root(d, old) == group))
		return 0;
	return d->rows[oldest_fed(d, 0, group)]->record.number;
}

static void settle_group(struct division *d, size_t group)
{
	uint64_t person = kept_number(d, group);
	struct identity_row *regional = choose_regional(d, group, person);
	struct person_row p = { .members = arena_array(d->work->arena, uint64_t, d->count + 1) };
	if (person == 0)
		person = identity_next_number(d->work->txn, COUNTER_PERSON);
	for (size_t i = 0; i < d->count; i++)
		if (root(d, i) == group)
			p.members[p.count++] = d->rows[i]->record.number;
	if (regional == NULL) {
		regional = make_regional(d, group);
		p.members[p.count++] =
			regional->record.number; /* the newest number: still ascending */
		settle(regional, person, regional, 0);
	}
	p.number = person;
	p.regional = regional->record.number;
	for (size_t i = 0; i < d->count; i++)
		if (root(d, i) == group)
			settle(d->rows[i], person, regional, new_anchor(d, d->rows[i], group));
	person_row_put(d->work->txn, &p);
}

/* Numbers no part kept. */
static void forget_persons(const struct division *d)
{
	for (size_t i = 0; i < d->count; i++) {
		uint64_t person = d->rows[i]->old_person;
		bool lives = person == 0;
		for (size_t j = 0; j < d->count && !lives; j++)
			lives = d->rows[j]->record.person == person;
		if (!lives)
			person_row_delete(d->work->txn, person);
	}
}

bool identity_partition(struct identity_work *w)
{
	struct division d = { .work = w };
	for (const struct identity_row *row = w->rows; row != NULL; row = row->next)
		d.count++;
	if (d.count == 0 || store_failed(w->txn))
		return !store_failed(w->txn);
	d.rows = arena_array(w->arena, struct identity_row *, d.count);
	size_t n = 0;
	for (struct identity_row *row = w->rows; row != NULL; row = row->next)
		d.rows[n++] = row;
	qsort(d.rows, d.count, sizeof *d.rows, by_number);
	join_all(&d);
	place_made(&d);
	/* Parts in the order of their oldest record, so that numbers follow it. */
	for (size_t i = 0; i < d.count; i++)
		if (!d.rows[i]->made && root(&d, i) == i)
			settle_group(&d, i);
	forget_persons(&d);
	for (const struct identity_row *row = w->rows; row != NULL; row = row->next)
		if (row->dirty)
			identity_row_put(w->txn, row);
	return !store_failed(w->txn);
}
