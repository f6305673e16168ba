/* store/identity_history.c: everything that happened to a regional person. */
#include "store/identity_history.h"

#include <stdlib.h>
#include <string.h>

#include "gateway/base/arena.h"
#include "store/identity_rows.h"
#include "store/numbers.h"
#include "store/packed.h"

/* ---- Records that move ---- */

/* What stands in the row: never another meaning. */
enum { MOVED_WENT = 1, MOVED_CAME = 2 };

/* Records whose trails are looked at: more than any person has by rules. */
enum { TRAILS_MOST = 1024 };

struct moved {
	uint64_t record, person, sequence;
	bool came;
	instant time;
	struct moved *next;
};

static void put_moved(struct store_txn *t, uint64_t person, const struct moved *m)
{
	struct key k;
	struct buffer b = buffer_in(store_arena(t));
	buffer_byte(&b, m->came ? MOVED_CAME : MOVED_WENT);
	packed_number(&b, m->record);
	packed_number(&b, m->person);
	packed_signed(&b, m->time);
	key_begin(&k, SPACE_IDENTITY_MOVED);
	key_short(&k, person);
	key_short(&k, number_next(t, NUMBER_LINK_DECISION));
	store_put(t, key_span(&k), buffer_bytes(&b));
}

void identity_moved_put(struct store_txn *t, const struct identity_row *row)
{
	const struct clock *clock = store_clock(t);
	uint64_t from = row->old_person, to = row->record.person;
	struct moved m = { .record = row->record.number, .time = clock->now(clock) };
	if (row->made || from == 0 || from == to)
		return;
	m.person = to;
	put_moved(t, from, &m);
	m.person = from;
	m.came = true;
	put_moved(t, to, &m);
}

bool identity_moved_read(struct bytes value, uint64_t *record, uint64_t *person, bool *came,
			 instant *time)
{
	struct packed_reader r = packed_read(value);
	unsigned how = packed_as_octet(&r);
	*came = how == MOVED_CAME;
	*record = packed_as_number(&r);
	*person = packed_as_number(&r);
	*time = packed_as_signed(&r);
	return !r.broken && !packed_more(&r) && (how == MOVED_CAME || how == MOVED_WENT);
}

/* In the order they are kept, which one node gives them in. */
static struct moved *moved_of(struct store_txn *t, struct arena *a, uint64_t person)
{
	struct key k;
	struct bytes key, value;
	struct moved *first = NULL, **last = &first;
	key_begin(&k, SPACE_IDENTITY_MOVED);
	key_short(&k, person);
	struct store_cursor *c = store_scan_prefix(t, key_span(&k), false);
	for (unsigned i = 0; i < PERSON_EVENTS_MOST && store_next(c, &key, &value); i++) {
		struct moved *m = arena_new(a, struct moved);
		struct key_reader r = key_read(key);
		key_read_short(&r);
		m->sequence = key_read_short(&r);
		if (!identity_moved_read(value, &m->record, &m->person, &m->came, &m->time)) {
			store_damaged(t, "where a record went cannot be read");
			break;
		}
		*last = m;
		last = &m->next;
	}
	store_scan_end(c);
	return first;
}

/* ---- Whose history it is ---- */

/* A record, and from when to when it was of the person. Several may be of one record. */
struct span {
	uint64_t record;
	instant from, to;
	struct span *next;
};

static const instant always = INT64_MIN, still = INT64_MAX;

static struct span *add_span(struct arena *a, struct span *all, uint64_t record, instant from,
			     instant to)
{
	struct span *s = arena_new(a, struct span);
	*s = (struct span){ record, from, to, all };
	return s;
}

static bool is_member(const struct record_numbers *members, uint64_t record)
{
	for (size_t i = 0; i < members->count; i++)
		if (members->numbers[i] == record)
			return true;
	return false;
}

/* When it came last before it went then; always: it was fed into the person. */
static instant came_before(const struct moved *all, const struct moved *went)
{
	instant from = always;
	for (const struct moved *m = all; m != NULL && m != went; m = m->next)
		if (m->record == went->record && m->came)
			from = m->time;
	return from;
}

static struct span *spans_of(struct arena *a, const struct record_numbers *members,
			     const struct moved *moved)
{
	struct span *all = NULL;
	for (size_t i = 0; i < members->count; i++)
		all = add_span(a, all, members->numbers[i], always, still);
	for (const struct moved *m = moved; m != NULL; m = m->next)
		if (!m->came && !is_member(members, m->record))
			all = add_span(a, all, m->record, came_before(moved, m), m->time);
	return all;
}

/* ---- What happened ---- */

struct gathering {
	struct store_txn *txn;
	struct arena *arena;
	struct person_history *history;
	size_t room;
};

static void add(struct gathering *g, const struct person_event *e)
{
	struct person_history *h = g->history;
	if (h->count == PERSON_EVENTS_MOST) {
		h->more = true;
		return;
	}
	if (h->count == g->room) {
		size_t room = g->room == 0 ? 64 : 2 * g->room;
		h->events = arena_resize(g->arena, h->events, g->room * sizeof *e,
					 room * sizeof *e);
		g->room = room;
	}
	h->events[h->count++] = *e;
}

static void add_moved(struct gathering *g, const struct moved *m)
{
	for (; m != NULL; m = m->next) {
		struct person_event e = {
			.kind = m->came ? PERSON_RECORD_CAME : PERSON_RECORD_WENT,
			.time = m->time,
			.record = m->record,
			.sequence = m->sequence,
			.person = m->person,
		};
		add(g, &e);
	}
}

static void add_version(struct gathering *g, const struct span *s, const struct identity_row *row)
{
	const struct patient_record *r = &row->record;
	struct person_event e = {
		.kind = r->version <= 1 ? PERSON_RECORD_MADE : PERSON_RECORD_CHANGED,
		.time = r->updated,
		.record = s->record,
		.version = r->version,
	};
	if (e.time >= s->from && e.time <= s->to)
		add(g, &e);
}

static void add_versions(struct gathering *g, const struct span *s)
{
	struct key k;
	struct bytes key, value;
	struct identity_row row;
	if (!identity_row_get_skimmed(g->txn, g->arena, s->record, &row) || row.made)
		return;
	key_begin(&k, SPACE_IDENTITY_HISTORY);
	key_short(&k, s->record);
	struct store_cursor *c = store_scan_prefix(g->txn, key_span(&k), false);
	while (!g->history->more && store_next(c, &key, &value)) {
		struct identity_row was;
		if (identity_row_skim(g->txn, g->arena, value, &was))
			add_version(g, s, &was);
		else
			identity_row_broken(g->txn, "version of patient record", s->record);
	}
	store_scan_end(c);
	add_version(g, s, &row);
}

static void add_decision(struct gathering *g, const struct link_decision *d)
{
	struct person_event e = {
		.kind = PERSON_DECISION, .time = d->time, .record = d->record, .decision = *d
	};
	add(g, &e);
}

static bool is_while(const struct span *all, uint64_t record, instant time)
{
	for (; all != NULL; all = all->next)
		if (all->record == record && time >= all->from && time <= all->to)
			return true;
	return false;
}

/* ---- Decisions: each stands in the trail of one of its two records ---- */

/* Whose trails may tell of the person's records: theirs, and of whom they are tied to or were of
 * one person with. */
struct trails {
	uint64_t *records;
	size_t count, room;
};

static void add_trail(struct gathering *g, struct trails *t, uint64_t record)
{
	for (size_t i = 0; i < t->count; i++)
		if (t->records[i] == record)
			return;
	if (record == 0 || t->count == TRAILS_MOST) {
		g->history->more = g->history->more || record != 0;
		return;
	}
	if (t->count == t->room) {
		size_t room = t->room == 0 ? 64 : 2 * t->room;
		t->records = arena_resize(g->arena, t->records, t->room * sizeof *t->records,
					  room * sizeof *t->records);
		t->room = room;
	}
	t->records[t->count++] = record;
}

static void add_ties(struct gathering *g, struct trails *t, uint64_t record)
{
	struct identity_row row;
	if (!identity_row_get_skimmed(g->txn, g->arena, record, &row))
		return;
	for (const struct tie *tie = row.ties; tie != NULL; tie = tie->next)
		add_trail(g, t, tie->other);
}

static void add_persons(struct gathering *g, struct trails *t, const struct moved *m)
{
	for (; m != NULL; m = m->next) {
		struct record_numbers of;
		if (!identity_subjects(g->txn, g->arena, m->person, &of))
			continue;
		for (size_t i = 0; i < of.count; i++)
			add_trail(g, t, of.numbers[i]);
	}
}

static void add_decisions(struct gathering *g, const struct span *spans, const struct moved *moved)
{
	struct trails t = { .count = 0 };
	for (const struct span *s = spans; s != NULL; s = s->next) {
		add_trail(g, &t, s->record);
		add_ties(g, &t, s->record);
	}
	add_persons(g, &t, moved);
	const struct record_numbers all = { t.records, t.count };
	const struct link_decision *d = identity_decisions_of(g->txn, g->arena, &all);
	for (; d != NULL; d = d->next)
		if (is_while(spans, d->record, d->time)
		    || (d->other != 0 && is_while(spans, d->other, d->time)))
			add_decision(g, d);
}

/* What happened in one moment: a feed, what was decided of it, what moved for it. */
static int by_time(const void *x, const void *y)
{
	static const int rank[] = { [PERSON_RECORD_MADE] = 0,
				    [PERSON_RECORD_CHANGED] = 1,
				    [PERSON_DECISION] = 2,
				    [PERSON_RECORD_WENT] = 3,
				    [PERSON_RECORD_CAME] = 4 };
	const struct person_event *a = x, *b = y;
	if (a->time != b->time)
		return a->time < b->time ? -1 : 1;
	if (a->kind != b->kind)
		return rank[a->kind] - rank[b->kind];
	if (a->record != b->record)
		return a->record < b->record ? -1 : 1;
	return a->sequence < b->sequence ? -1 : a->sequence > b->sequence;
}

struct person_history *identity_history(struct store_txn *t, struct arena *a, uint64_t person)
{
	struct record_numbers members;
	struct gathering g = { t, a, arena_new(a, struct person_history), 0 };
	if (!identity_subjects(t, a, person, &members))
		return NULL;
	const struct moved *moved = moved_of(t, a, person);
	add_moved(&g, moved);
	const struct span *spans = spans_of(a, &members, moved);
	for (const struct span *s = spans; s != NULL; s = s->next)
		add_versions(&g, s);
	add_decisions(&g, spans, moved);
	if (store_failed(t))
		return NULL;
	if (g.history->count > 1)
		qsort(g.history->events, g.history->count, sizeof *g.history->events, by_time);
	return g.history;
}

bool identity_version(struct store_txn *t, struct arena *a, uint64_t record, uint64_t version,
		      struct patient_record *out)
{
	struct identity_row row;
	if (!identity_row_version(t, a, record, version, &row))
		return false;
	*out = row.record;
	return true;
}
