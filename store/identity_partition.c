/* store/identity_partition.c: dividing records into persons.
 *
 * A person is a connected part of its records (store/identity_join.c). After a change the parts of
 * the persons concerned are made anew. Of a person that falls apart the part with its oldest active
 * record that does not rest keeps number and regional record; where persons become one the oldest
 * number stays, and the other regional records become subsumed by its regional record. One that was
 * subsumed is its person's again when the two part. */
#include "store/identity_candidates.h"
#include "store/match_blocks.h"

#include <string.h>

#include "gateway/base/arena.h"
#include "store/numbers.h"
#include "store/partner_ids.h"

/* The rows as an array, with the part each one is in: the classic forest of parents. */
struct division {
	struct identity_work *work;
	struct identity_row **rows;     /* the oldest first */
	struct identity_row **numbered; /* the same by number */
	size_t count;
};

static size_t place(const struct division *d, uint64_t number)
{
	return identity_rows_place(d->numbered, d->count, number);
}

static size_t root(const struct division *d, size_t i)
{
	return identity_rows_root(d->rows, i);
}

enum { LIVES, RESTS, IS_SUBSUMED, RANKS };

static unsigned rank(const struct identity_row *row)
{
	return row->record.status != RECORD_ACTIVE ? IS_SUBSUMED : row_rests(row) ? RESTS : LIVES;
}

/* The oldest record a source fed, of one old person (or of any: 0), in one part (or in any: count):
 * an active one that does not rest, else one that does, else a subsumed one. */
static size_t oldest_fed(const struct division *d, uint64_t person, size_t group)
{
	size_t found[RANKS] = { d->count, d->count, d->count };
	for (size_t i = 0; i < d->count && found[LIVES] == d->count; i++) {
		const struct identity_row *row = d->rows[i];
		if (row->made || (person != 0 && row->old_person != person)
		    || (group != d->count && root(d, i) != group))
			continue;
		if (found[rank(row)] == d->count)
			found[rank(row)] = i;
	}
	return found[LIVES] < d->count   ? found[LIVES]
	       : found[RESTS] < d->count ? found[RESTS]
					 : found[IS_SUBSUMED];
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

/* An old person that has its number for longer than that of a row; of NULL: any. */
static bool is_older_person(const struct identity_row *row, const struct identity_row *than)
{
	if (row->old_person == 0 || than == NULL || row->old_since != than->old_since)
		return row->old_person != 0 && (than == NULL || row->old_since < than->old_since);
	return row->old_person < than->old_person;
}

/* A row of the oldest of the old persons whose rest this part is; else NULL. A person all of whose
 * records were merged away has no rest: it becomes the survivor's. */
static const struct identity_row *kept_person(const struct division *d, size_t group)
{
	const struct identity_row *kept = NULL;
	for (size_t i = 0; i < d->count; i++) {
		const struct identity_row *row = d->rows[i];
		if (row->made || root(d, i) != group || !is_older_person(row, kept))
			continue;
		size_t rest = oldest_fed(d, row->old_person, d->count);
		if (root(d, rest) == group && d->rows[rest]->record.status == RECORD_ACTIVE)
			kept = row;
	}
	return kept;
}

/* Whose id is the person's regional id: an outside source's, else the one the person had, else any
 * of ours, at last one that was subsumed before. NULL: there is none yet. */
static struct identity_row *choose_regional(const struct division *d, size_t group, uint64_t person)
{
	struct identity_row *own = NULL, *any = NULL, *before = NULL;
	for (size_t i = 0; i < d->count; i++) {
		struct identity_row *row = d->rows[i];
		if (root(d, i) != group
		    || strcmp(row->record.domain, d->work->region->affinity_domain) != 0)
			continue;
		if (row->record.status != RECORD_ACTIVE) {
			before = before == NULL && row->made ? row : before;
			continue;
		}
		if (!row->made)
			return row;
		if (own == NULL && row->old_person == person)
			own = row;
		if (any == NULL)
			any = row;
	}
	return own != NULL ? own : any != NULL ? any : before;
}

static struct identity_row *make_regional(struct division *d, size_t group)
{
	struct identity_work *w = d->work;
	uint64_t number = number_next(w->txn, NUMBER_RECORD);
	struct identity_row *row = arena_new(w->arena, struct identity_row);
	instant now = store_clock(w->txn)->now(store_clock(w->txn));
	row->record = (struct patient_record){
		.number = number,
		.domain = w->region->affinity_domain,
		.id = identity_own_id(w->txn, w->arena, number),
		.source_system = "",
		.created = now,
		.updated = now,
		.version = 1,
	};
	row->made = true;
	row->born = true;
	row->anchor = d->rows[oldest_fed(d, 0, group)]->record.number;
	row->dirty = true;
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
	row->dirty = row->dirty || r->survivor != survivor || anchor != 0;
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

static bool holds(const struct record_numbers *list, uint64_t number)
{
	size_t i = 0;
	while (i < list->count && list->numbers[i] != number)
		i++;
	return i < list->count;
}

/* All of the part that this one is in. */
static void add_part(const struct division *d, size_t of, struct record_numbers *to)
{
	if (holds(to, d->rows[of]->record.number))
		return;
	for (size_t i = 0; i < d->count; i++)
		if (!d->rows[i]->made && root(d, i) == root(d, of))
			to->numbers[to->count++] = d->rows[i]->record.number;
}

/* Who somebody decided to be another person than one of the part. */
static struct record_numbers decided_others(const struct division *d, size_t group)
{
	struct record_numbers others = { .numbers = arena_array(d->work->arena, uint64_t,
								d->count + 1) };
	for (size_t i = 0; i < d->count; i++) {
		if (root(d, i) != group)
			continue;
		for (const struct tie *tie = d->rows[i]->ties; tie != NULL; tie = tie->next) {
			size_t other = tie->reason == TIE_APART ? place(d, tie->other) : d->count;
			if (other < d->count && root(d, other) != group)
				add_part(d, other, &others);
		}
	}
	return others;
}

/* Whom the part was one with by a decision that is taken back. */
static struct record_numbers undone_others(const struct division *d, size_t group)
{
	struct record_numbers others = { .numbers = arena_array(d->work->arena, uint64_t,
								d->count + 1) };
	const struct identity_row *const *pair = d->work->undone;
	for (size_t k = 0; pair[0] != NULL && k < 2; k++) {
		/* Rows of the work, so both have a place. */
		size_t own = place(d, pair[k]->record.number);
		size_t other = place(d, pair[1 - k]->record.number);
		if (root(d, own) == group && root(d, other) != group)
			add_part(d, other, &others);
	}
	return others;
}

static void part_consents(const struct division *d, size_t group)
{
	const struct record_numbers others = decided_others(d, group);
	const struct record_numbers undone = undone_others(d, group);
	for (size_t i = 0; others.count + undone.count != 0 && i < d->count; i++) {
		if (root(d, i) != group || d->rows[i]->made)
			continue;
		consent_part(d->work, d->rows[i], &others);
		consent_undo(d->work, d->rows[i], &undone);
	}
}

/* Consents follow the records of the part, the oldest first; every one of them is in p already. */
static void settle_consents(struct division *d, size_t group, const struct identity_row *regional)
{
	struct identity_row **rows = arena_array(d->work->arena, struct identity_row *,
						 d->count + 1);
	size_t count = 0;
	part_consents(d, group);
	for (size_t i = 0; i < d->count; i++)
		if (root(d, i) == group)
			rows[count++] = d->rows[i];
	if (place(d, regional->record.number) == d->count)
		rows[count++] = identity_work_held(d->work, regional->record.number);
	consent_settle(d->work, rows, count);
}

/* Into its place: what another node gave may be more. There is room for it. */
static void add_member(struct person_row *p, uint64_t number)
{
	size_t at = p->count++;
	for (; at > 0 && p->members[at - 1] > number; at--)
		p->members[at] = p->members[at - 1];
	p->members[at] = number;
}

static void settle_group(struct division *d, size_t group)
{
	const struct identity_row *kept = kept_person(d, group);
	uint64_t person = kept == NULL ? 0 : kept->old_person;
	struct identity_row *regional = choose_regional(d, group, person);
	struct person_row p = { .members = arena_array(d->work->arena, uint64_t, d->count + 1) };
	if (kept == NULL)
		person = number_next(d->work->txn, NUMBER_PERSON);
	p.since = kept != NULL ? kept->old_since
			       : store_clock(d->work->txn)->now(store_clock(d->work->txn));
	for (size_t i = 0; i < d->count; i++)
		if (root(d, d->numbered[i]->place) == group)
			p.members[p.count++] = d->numbered[i]->record.number;
	if (regional == NULL) {
		regional = make_regional(d, group);
		add_member(&p, regional->record.number);
		settle(regional, person, regional, 0);
	}
	p.number = person;
	p.regional = regional->record.number;
	for (size_t i = 0; i < d->count; i++)
		if (root(d, i) == group)
			settle(d->rows[i], person, regional, new_anchor(d, d->rows[i], group));
	person_row_put(d->work->txn, &p);
	settle_consents(d, group, regional);
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

static bool person_rests(const struct identity_work *w, uint64_t person)
{
	for (const struct identity_row *row = w->rows; row != NULL; row = row->next)
		if (row->old_person == person
		    && ((row->unsettled | row->old_unsettled) & UNSETTLED_IDENTITY) != 0)
			return true;
	return false;
}

/* Whoever would be linked with one of these if nothing stood against it: that may be gone. */
static void explore_unsettled(struct identity_work *w)
{
	enum { CONTESTED = UNSETTLED_CONTRADICTION | UNSETTLED_TIE | UNSETTLED_SIZE };
	for (struct identity_row *row = w->rows; row != NULL; row = row->next)
		if ((row->unsettled & CONTESTED) != 0
		    || (row->old_person != 0 && person_rests(w, row->old_person)))
			identity_work_explore(w, row);
}

static void write_rows(struct identity_work *w)
{
	identity_share(w);
	for (struct identity_row *row = w->rows; row != NULL; row = row->next) {
		bool told = row->unsettled == row->old_unsettled
			    && row->against == row->old_against;
		if (!told)
			identity_unsettled_put(w->txn, row);
		if (row->dirty || !told)
			identity_row_put(w->txn, row);
		identity_candidates_follow(w, row);
		identity_moved_put(w->txn, row);
		match_blocks_follow(w, row);
	}
}

/* What partners know hangs on regional records (store/partner_ids.h): of those that were somebody
 * else's before. */
static void tell_partners(struct identity_work *w)
{
	for (const struct identity_row *row = w->rows; row != NULL; row = row->next)
		if (row->old_person != 0 && row->old_person != row->record.person
		    && strcmp(row->record.domain, w->region->affinity_domain) == 0)
			partner_ids_moved(w->txn, row->record.number, row->old_person);
}

bool identity_partition(struct identity_work *w)
{
	struct division d = { .work = w };
	explore_unsettled(w);
	const struct shown *before = identity_shown(w);
	if (store_failed(w->txn))
		return false;
	d.count = w->count;
	d.rows = arena_array(w->arena, struct identity_row *, d.count);
	size_t n = 0;
	for (struct identity_row *row = w->rows; row != NULL; row = row->next)
		d.rows[n++] = row;
	identity_rows_sort(d.rows, d.count);
	d.numbered = identity_rows_numbered(w->arena, d.rows, d.count);
	identity_join(w, d.rows, d.count);
	place_made(&d);
	/* Parts in the order of their oldest record, so that numbers follow it. */
	for (size_t i = 0; i < d.count; i++)
		if (!d.rows[i]->made && root(&d, i) == i)
			settle_group(&d, i);
	forget_persons(&d);
	write_rows(w);
	tell_partners(w);
	identity_tell_shown(w, before);
	return !store_failed(w->txn);
}
