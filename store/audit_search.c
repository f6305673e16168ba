/* store/audit_search.c: finding audit entries again.
 *
 * A patient's entries have a key each. Of time and system only this is kept: that in this second
 * (by this system) something happened that stands in this run of RUN sequences. Under load a run's
 * entries share such a key, and the committer writes it once for all of them; a search looks
 * through the run. Seconds are those of the event: what came late is still found in its time. */
#include "store/audit_entries.h"

#include <stdlib.h>
#include <string.h>

#include "gateway/base/arena.h"
#include "store/check.h"
#include "store/engine.h"
#include "store/store.h"

enum { RUN = 32, SECOND = 1000000 };

/* The second it falls into, by its first microsecond; also before 1970. */
static instant second_of(instant t)
{
	instant past = t % SECOND;
	return t - (past < 0 ? past + SECOND : past);
}

/* Writing. */

/* A term too long for a key is left out of that index, never out of the log. */
static void put_run(struct store_txn *t, unsigned char space, const char *term, instant time,
		    uint64_t sequence)
{
	struct key k;
	key_begin(&k, space);
	if (term != NULL)
		key_text(&k, term);
	key_instant(&k, second_of(time));
	key_number(&k, sequence / RUN);
	if (!k.overflow)
		store_put(t, key_span(&k), (struct bytes){ 0 });
}

static void put_patient(struct store_txn *t, const char *patient, instant time, uint64_t sequence)
{
	struct key k;
	key_begin(&k, SPACE_AUDIT_BY_PATIENT);
	key_text(&k, patient);
	key_instant(&k, time);
	key_number(&k, sequence);
	if (!k.overflow)
		store_add(t, key_span(&k), (struct bytes){ 0 });
}

void audit_index_put(struct store_txn *t, const struct audit_terms *terms, uint64_t sequence)
{
	put_run(t, SPACE_AUDIT_RUN_BY_TIME, NULL, terms->time, sequence);
	if (!text_empty(terms->system))
		put_run(t, SPACE_AUDIT_RUN_BY_SYSTEM, terms->system, terms->time, sequence);
	for (const struct text_list *l = terms->patients; l != NULL; l = l->next)
		put_patient(t, l->value, terms->time, sequence);
}

/* Searching. */

struct found {
	instant time;
	uint64_t sequence;
};

/* A key of an index: when, and the first of how many sequences. */
struct place {
	instant time;
	uint64_t sequence;
	unsigned count;
};

struct audit_cursor {
	struct store_txn *txn;
	struct arena *arena;
	struct store_cursor *keys;
	bool entries;			/* the keys are those of entries, else of an index */
	struct audit_filter filter;
	unsigned left;
	bool limited;
	struct place ahead;		/* read already, of the next time; count 0: none */
	struct found *found;		/* of one time (or second), newest first */
	size_t count, at, room;
};

static struct audit_cursor *cursor(struct store_txn *t, struct arena *a, unsigned limit)
{
	struct audit_cursor *c = arena_new(a, struct audit_cursor);
	*c = (struct audit_cursor){ .txn = t, .arena = a, .left = limit, .limited = limit != 0 };
	return c;
}

/* The narrowest index: a patient has fewer entries than a system, a system fewer than the log. */
struct audit_cursor *audit_log_search(struct store_txn *t, const struct audit_filter *f,
				      struct arena *a)
{
	struct audit_cursor *c = cursor(t, a, f->limit);
	const char *term = f->patient != NULL ? f->patient : f->system;
	instant first = INT64_MIN, end = INT64_MAX;
	struct key from, to;
	c->filter = *f;
	if (f->from != 0)
		first = f->patient != NULL ? f->from : second_of(f->from);
	if (f->to != 0)
		end = f->patient != NULL ? f->to : second_of(f->to - 1) + 1;
	key_begin(&from, f->patient != NULL ? SPACE_AUDIT_BY_PATIENT
		       : f->system != NULL ? SPACE_AUDIT_RUN_BY_SYSTEM : SPACE_AUDIT_RUN_BY_TIME);
	if (term != NULL)
		key_text(&from, term);
	to = from;
	key_instant(&from, first);
	key_instant(&to, end);
	if (!from.overflow)
		c->keys = store_scan(t, key_span(&from), key_span(&to), true);
	return c;
}

struct audit_cursor *audit_log_from(struct store_txn *t, uint64_t sequence, unsigned limit,
				    struct arena *a)
{
	struct audit_cursor *c = cursor(t, a, limit);
	struct key from = audit_entry_key(sequence), to;
	key_begin(&to, SPACE_AUDIT_RECORD + 1);
	c->entries = true;
	c->keys = store_scan(t, key_span(&from), key_span(&to), false);
	return c;
}

static bool wanted(const struct audit_filter *f, const struct audit_terms *terms)
{
	return (f->from == 0 || terms->time >= f->from) && (f->to == 0 || terms->time < f->to)
	    && (f->patient == NULL || text_list_has(terms->patients, f->patient))
	    && (f->system == NULL || text_equal(terms->system, f->system))
	    && (f->transaction == NULL || text_equal(terms->transaction, f->transaction))
	    && (f->user == NULL || text_equal(terms->user, f->user))
	    && (!f->refused_only || terms->refused);
}

static bool damaged(struct audit_cursor *c, uint64_t sequence, const char *how)
{
	return problem_set(store_problem(c->txn), PROBLEM_INTERNAL, "audit entry %llu is %s",
			   (unsigned long long)sequence, how);
}

static void add_found(struct audit_cursor *c, instant time, uint64_t sequence)
{
	if (c->count == c->room) {
		size_t room = c->room == 0 ? RUN : c->room * 2;
		c->found = arena_resize(c->arena, c->found, c->room * sizeof *c->found,
					room * sizeof *c->found);
		c->room = room;
	}
	c->found[c->count++] = (struct found){ time, sequence };
}

/* The place of an index key: time and number are its last parts. */
static struct place place_of(struct bytes key)
{
	const size_t tail = 2 * sizeof(uint64_t);
	bool run = key.length != 0 && key.data[0] != SPACE_AUDIT_BY_PATIENT;
	struct key_reader r = key_read(key);
	r.broken = key.length < 1 + tail;
	r.at = r.broken ? r.end : r.end - tail;
	struct place p = { .time = key_read_instant(&r), .count = run ? RUN : 1 };
	p.sequence = key_read_number(&r) * p.count;
	return p;
}

static bool in_place(const struct place *p, instant time)
{
	return p->count == 1 || second_of(time) == p->time;
}

/* Those of the place's entries that are wanted. A patient's only entry must be there. */
static bool look_through(struct audit_cursor *c, const struct place *p)
{
	struct key from = audit_entry_key(p->sequence);
	struct key to = audit_entry_key(p->sequence + p->count);
	struct store_cursor *entries = store_scan(c->txn, key_span(&from), key_span(&to), false);
	struct bytes key, value;
	bool whole = true, any = false;
	while (whole && store_next(entries, &key, &value)) {
		struct key_reader r = key_read(key);
		struct audit_entry e = { .sequence = key_read_number(&r) };
		any = true;
		whole = audit_entry_read(value, c->arena, &e) || damaged(c, e.sequence, "damaged");
		if (whole && in_place(p, e.terms.time) && wanted(&c->filter, &e.terms))
			add_found(c, e.terms.time, e.sequence);
	}
	store_scan_end(entries);
	return whole && (any || damaged(c, p->sequence, "missing"));
}

static int newest_first(const void *a, const void *b)
{
	const struct found *x = a, *y = b;
	if (x->time != y->time)
		return x->time < y->time ? 1 : -1;
	return (x->sequence < y->sequence) - (x->sequence > y->sequence);
}

static bool next_place(struct audit_cursor *c)
{
	struct bytes key, value;
	c->ahead.count = 0;
	if (!store_next(c->keys, &key, &value))
		return false;
	c->ahead = place_of(key);
	return true;
}

/* All that happened at the next time the index names. */
static bool gather(struct audit_cursor *c)
{
	c->count = c->at = 0;
	if (c->ahead.count == 0 && !next_place(c))
		return false;
	instant time = c->ahead.time;
	do {
		if (!look_through(c, &c->ahead))
			return false;
	} while (next_place(c) && c->ahead.time == time);
	if (c->count > 1)
		qsort(c->found, c->count, sizeof *c->found, newest_first);
	return true;
}

static bool next_found(struct audit_cursor *c, uint64_t *sequence, struct bytes *value)
{
	while (c->at == c->count)
		if (!gather(c))
			return false;
	*sequence = c->found[c->at++].sequence;
	struct key k = audit_entry_key(*sequence);
	return store_get(c->txn, key_span(&k), c->arena, value) || damaged(c, *sequence, "missing");
}

static bool next_entry(struct audit_cursor *c, uint64_t *sequence, struct bytes *value)
{
	struct bytes key, found;
	if (!store_next(c->keys, &key, &found))
		return false;
	struct key_reader r = key_read(key);
	*sequence = key_read_number(&r);
	unsigned char *octets = arena_alloc(c->arena, found.length);
	if (found.length != 0)
		memcpy(octets, found.data, found.length);
	*value = (struct bytes){ octets, found.length };
	return true;
}

const struct audit_entry *audit_log_next(struct audit_cursor *c)
{
	uint64_t sequence;
	struct bytes value;
	if (c->limited && c->left == 0)
		return NULL;
	if (!(c->entries ? next_entry(c, &sequence, &value) : next_found(c, &sequence, &value)))
		return NULL;
	struct audit_entry *e = arena_new(c->arena, struct audit_entry);
	e->sequence = sequence;
	if (!audit_entry_read(value, c->arena, e)) {
		damaged(c, sequence, "damaged");
		return NULL;
	}
	c->left -= c->limited;
	return e;
}

/* Checking. */

static bool has_term(struct bytes key, const struct audit_terms *terms)
{
	struct key_reader r = key_read(key);
	if (key.data[0] == SPACE_AUDIT_RUN_BY_SYSTEM)
		return text_equal(key_read_text(&r), terms->system);
	return key.data[0] != SPACE_AUDIT_BY_PATIENT
	    || text_list_has(terms->patients, key_read_text(&r));
}

/* One entry at least must be what the key says. */
void audit_index_look(struct store_check *c, struct bytes key, struct bytes value)
{
	struct place p = place_of(key);
	struct key from = audit_entry_key(p.sequence);
	struct key to = audit_entry_key(p.sequence + p.count);
	struct store_cursor *entries = store_scan(check_txn(c), key_span(&from), key_span(&to),
						  false);
	struct bytes entry_key, entry;
	bool true_of_one = false;
	(void)value;
	while (!true_of_one && store_next(entries, &entry_key, &entry)) {
		struct audit_entry e = { 0 };
		true_of_one = audit_entry_read(entry, check_arena(c), &e)
			   && in_place(&p, e.terms.time) && has_term(key, &e.terms);
	}
	store_scan_end(entries);
	if (!true_of_one)
		check_finding(c, "audit log: an index names an entry that is not there");
}
