/* store/audit_search.c: finding audit entries again.
 *
 * Of time and system only this is kept: that in this second (by this system) something happened
 * that stands in this run of RUN sequences. Under load a run's entries share such a key, and the
 * committer writes it once for all of them; a search looks through the run. Seconds are those of
 * the event: what came late is still found in its time. Patients: store/audit_patients.c. */
#include "store/audit_entries.h"

#include <stdlib.h>
#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "store/check.h"
#include "store/record.h"
#include "store/store.h"
#include "store/store_keys.h"

enum { RUN = 32, SECOND = 1000000 };

/* The second it falls into, by its first microsecond; also before 1970. */
static instant second_of(instant t)
{
	instant past = t % SECOND;
	return t - (past < 0 ? past + SECOND : past);
}

/* Writing. */

static struct key key_of_run(unsigned char space, const char *term, instant time, uint64_t sequence)
{
	struct key k;
	key_begin(&k, space);
	if (term != NULL)
		key_text(&k, term);
	key_instant(&k, second_of(time));
	key_number(&k, sequence / RUN);
	return k;
}

/* A term too long for a key is left out of that index, never out of the log. */
unsigned audit_index_keys(const struct audit_terms *terms, uint64_t sequence, struct key out[2])
{
	out[0] = key_of_run(SPACE_AUDIT_RUN_BY_TIME, NULL, terms->time, sequence);
	if (text_empty(terms->system))
		return 1;
	out[1] = key_of_run(SPACE_AUDIT_RUN_BY_SYSTEM, terms->system, terms->time, sequence);
	return out[1].overflow ? 1 : 2;
}

void audit_index_put(struct store_txn *t, const struct audit_terms *terms, uint64_t sequence)
{
	struct key keys[2];
	unsigned count = audit_index_keys(terms, sequence, keys);
	for (unsigned i = 0; i < count; i++)
		store_put(t, key_span(&keys[i]), (struct bytes){ 0 });
}

/* Searching. */

struct found {
	instant time;
	uint64_t sequence;
};

/* A key of an index: in which second, and the first of RUN sequences. */
struct place {
	instant second;
	uint64_t sequence;
};

struct audit_cursor {
	struct store_txn *txn;
	struct arena *arena;
	struct arena *each; /* emptied for each entry that is only looked at; NULL: none was yet */
	struct audit_unpacked sheets; /* which many keys of an index lead to */
	uint64_t barren; /* nothing is wanted of the run that ends here; 0: of the last something */
	bool in_order;   /* the entries walked, else those an index names */
	struct audit_walk walk;
	struct store_cursor *keys; /* the index's */
	struct audit_filter filter;
	unsigned left;
	bool limited;
	struct audit_heads heads; /* by patient: of the chains that are left */
	uint64_t floor;           /* the last entry that has gone of the chain it looks at */
	bool floored;
	struct audit_places places;
	bool is_ahead;
	struct place ahead;  /* read already, of the next second */
	struct found *found; /* of one second, or all of a patient; newest first */
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
	struct key from, to;
	c->filter = *f;
	if (f->patient != NULL) {
		if (!audit_log_heads(t, a, &c->heads))
			c->heads.count = 0;
		return c;
	}
	key_begin(&from, f->system != NULL ? SPACE_AUDIT_RUN_BY_SYSTEM : SPACE_AUDIT_RUN_BY_TIME);
	if (f->system != NULL)
		key_text(&from, f->system);
	to = from;
	instant end = f->to;
	if (f->after.sequence != 0 && (end == 0 || f->after.time < end))
		end = f->after.time + 1;
	key_instant(&from, f->from != 0 ? second_of(f->from) : INT64_MIN);
	key_instant(&to, end != 0 ? second_of(end - 1) + 1 : INT64_MAX);
	if (!from.overflow)
		c->keys = store_scan(t, key_span(&from), key_span(&to), true);
	return c;
}

struct audit_cursor *audit_log_from(struct store_txn *t, uint64_t sequence, unsigned limit,
				    struct arena *a)
{
	struct audit_cursor *c = cursor(t, a, limit);
	c->in_order = true;
	c->walk = audit_walk_from(t, sequence, audit_chain_end(sequence));
	c->walk.outer = a;
	return c;
}

static bool is_behind(const struct audit_mark *mark, instant time, uint64_t sequence)
{
	return mark->sequence == 0 || time < mark->time
	       || (time == mark->time && sequence < mark->sequence);
}

/* Both ascend. */
static bool share_one(struct audit_subjects a, struct audit_subjects b)
{
	size_t i = 0, j = 0;
	while (i < a.count && j < b.count && a.numbers[i] != b.numbers[j])
		if (a.numbers[i] < b.numbers[j])
			i++;
		else
			j++;
	return i < a.count && j < b.count;
}

/* An entry that knows its records is judged by them: who had one of these ids then may have been
 * another person. */
static bool is_about(const struct audit_filter *f, const struct audit_terms *terms)
{
	bool named = text_list_has(terms->patients, f->patient);
	for (const struct text_list *l = f->aliases; l != NULL && terms->subjects.count == 0;
	     l = l->next)
		named = named || text_list_has(terms->patients, l->value);
	return named || share_one(terms->subjects, f->subjects);
}

static bool wanted(const struct audit_filter *f, const struct audit_terms *terms, uint64_t sequence)
{
	return is_behind(&f->after, terms->time, sequence)
	       && (f->from == 0 || terms->time >= f->from) && (f->to == 0 || terms->time < f->to)
	       && (f->patient == NULL || is_about(f, terms))
	       && (f->system == NULL || text_equal(terms->system, f->system))
	       && (f->transaction == NULL || text_equal(terms->transaction, f->transaction)
		   || (f->or_transaction != NULL
		       && text_equal(terms->transaction, f->or_transaction)))
	       && (f->user == NULL || text_equal(terms->user, f->user))
	       && (!f->refused_only || terms->refused);
}

/* What has gone (store/audit_expiring.h) is not there, and no damage. An index may name it yet. */
static bool has_gone(struct audit_cursor *c, uint64_t sequence)
{
	if (!c->floored || audit_chain(c->floor) != audit_chain(sequence)) {
		c->floor = audit_floor(c->txn, AUDIT_OWN, audit_chain(sequence));
		c->floored = true;
	}
	return sequence <= c->floor;
}

static bool damaged(struct audit_cursor *c, uint64_t sequence, const char *how)
{
	char text[AUDIT_PLACE_TEXT];
	return store_damaged(c->txn, "audit entry %s is %s", audit_place_text(sequence, text), how);
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

/* The place of an index key: second and run are its last parts. False: it is cut short. */
static bool read_place(struct bytes key, struct place *p)
{
	const size_t tail = 2 * sizeof(uint64_t);
	if (key.length < 1 + tail)
		return false;
	struct key_reader r = key_read(key);
	r.at = r.end - tail;
	p->second = key_read_instant(&r);
	p->sequence = key_read_number(&r) * RUN;
	return true;
}

/* Whether it names the patient, or cannot be read: what is passed by takes no memory. */
static bool may_be_about(const struct audit_cursor *c, struct bytes value)
{
	const struct audit_filter *f = &c->filter;
	struct record_reader names = audit_entry_names(value);
	struct audit_name n;
	bool named = false;
	while (!named && audit_name_next(&names, &n)) {
		named = n.patient != NULL
			&& (text_equal(n.patient, f->patient)
			    || text_list_has(f->aliases, n.patient));
		for (size_t i = 0; !named && n.patient == NULL && i < f->subjects.count; i++)
			named = f->subjects.numbers[i] == n.subject;
	}
	return named || names.broken;
}

/* Nearly all of a long log are of others: what is passed by is not read any further. */
static bool may_be_of(const struct audit_filter *f, struct bytes value)
{
	const char *of = f->transaction != NULL ? audit_entry_transaction(value) : NULL;
	return of == NULL || text_equal(of, f->transaction) || text_equal(of, f->or_transaction);
}

static bool may_be_wanted(const struct audit_cursor *c, struct bytes value)
{
	return may_be_of(&c->filter, value)
	       && (c->filter.patient == NULL || may_be_about(c, value));
}

static void begin_looking(struct audit_cursor *c)
{
	if (c->each != NULL)
		return;
	c->each = arena_create_within(c->arena);
	for (unsigned i = 0; i < COUNT(c->sheets.sheets); i++)
		c->sheets.sheets[i].arena = arena_create_within(c->arena);
}

/* Of so many entries from the sequence on those that are wanted, in that second or (NULL) in any.
 * An index names no entries of which there is none. */
static bool look_through(struct audit_cursor *c, uint64_t sequence, unsigned count,
			 const instant *second)
{
	if (c->barren == sequence + count || has_gone(c, sequence + count - 1))
		return true;
	struct audit_walk w = audit_walk_behind(c->txn, c->floor, sequence, sequence + count);
	struct audit_entry e;
	struct bytes value;
	bool whole = true, any = false, barren = true;
	begin_looking(c);
	w.kept = &c->sheets;
	while (whole && audit_walk_next(&w, &e.sequence, &value)) {
		any = true;
		if (!may_be_wanted(c, value))
			continue;
		arena_reset(c->each);
		whole = audit_entry_read(value, c->each, &e) || damaged(c, e.sequence, "damaged");
		if (!whole || !wanted(&c->filter, &e.terms, e.sequence))
			continue;
		barren = false;
		if (second == NULL || second_of(e.terms.time) == *second)
			add_found(c, e.terms.time, e.sequence);
	}
	audit_walk_end(&w);
	c->barren = barren && second != NULL ? sequence + count : 0;
	return whole && (any || damaged(c, sequence, "missing"));
}

static int newest_first(const void *a, const void *b)
{
	const struct found *x = a, *y = b;
	if (x->time != y->time)
		return (x->time < y->time) - (x->time > y->time);
	return (x->sequence < y->sequence) - (x->sequence > y->sequence);
}

static bool next_place(struct audit_cursor *c)
{
	struct bytes key, value;
	c->is_ahead = store_next(c->keys, &key, &value)
		      && (read_place(key, &c->ahead)
			  || problem_set(store_problem(c->txn), PROBLEM_INTERNAL,
					 "the audit log's index by time is damaged"));
	return c->is_ahead;
}

/* All that happened in the next second the index names. */
static bool gather_second(struct audit_cursor *c)
{
	if (!c->is_ahead && !next_place(c))
		return false;
	instant second = c->ahead.second;
	do {
		if (!look_through(c, c->ahead.sequence, RUN, &second))
			return false;
	} while (next_place(c) && c->ahead.second == second);
	return true;
}

static bool take_places(struct audit_cursor *c)
{
	const struct audit_places *p = &c->places;
	bool all_there = true;
	for (size_t i = 0; all_there && i < p->count; i++)
		all_there = look_through(c, p->sequences[i], 1, NULL);
	return all_there;
}

/* All that the largest run says of the patient that ends before that segment; of which it is one.
 * Where there is none the entries of the segment before it. *end: where it begins. A chain begins
 * where a run of any level may. */
static bool gather_run(struct audit_cursor *c, uint64_t *end)
{
	unsigned level = 0;
	while (level + 1 < AUDIT_LEVELS && *end % audit_run_segments(level + 1) == 0)
		level++;
	for (;; level--) {
		struct audit_run run = { *end - audit_run_segments(level), level };
		if (audit_patients_find(c->txn, run, &c->filter, c->arena, &c->places)) {
			*end = run.segment;
			return take_places(c);
		}
		if (store_failed(c->txn))
			return false;
		if (level == 0)
			return look_through(c, --*end * AUDIT_SEGMENT, AUDIT_SEGMENT, NULL);
	}
}

/* All that a chain says of the patient: what came late may be anywhere. */
static bool gather_chain(struct audit_cursor *c, const struct audit_head *head)
{
	uint64_t chain = audit_chain(head->sequence), end = head->sequence / AUDIT_SEGMENT + 1,
		 first = audit_number(chain, 0) / AUDIT_SEGMENT,
		 indexed = audit_indexed(c->txn, chain);
	bool well = true;
	if (audit_place(head->sequence) == 0)
		return true;
	if (has_gone(c, audit_number(chain, 1)))
		first = (c->floor + 1) / AUDIT_SEGMENT;
	while (well && end > indexed)
		well = look_through(c, --end * AUDIT_SEGMENT, AUDIT_SEGMENT, NULL);
	while (well && end > first)
		well = gather_run(c, &end);
	return well;
}

static bool gather_patient(struct audit_cursor *c)
{
	bool some = c->heads.count != 0, well = true;
	while (well && c->heads.count != 0)
		well = gather_chain(c, &c->heads.heads[--c->heads.count]);
	return some && well;
}

static bool gather(struct audit_cursor *c)
{
	c->count = c->at = 0;
	if (!(c->filter.patient != NULL ? gather_patient(c) : gather_second(c)))
		return false;
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
	return audit_entry_get(c->txn, *sequence, c->arena, value)
	       || damaged(c, *sequence, "missing");
}

static bool next_in_order(struct audit_cursor *c, uint64_t *sequence, struct bytes *value)
{
	struct bytes borrowed;
	if (!audit_walk_next(&c->walk, sequence, &borrowed))
		return false;
	*value = audit_entry_copy(borrowed, c->arena);
	return true;
}

/* What it held of the snapshot: whoever pages through the log has many of one. */
static const struct audit_entry *over(struct audit_cursor *c)
{
	store_scan_end(c->keys);
	c->keys = NULL;
	if (c->in_order)
		audit_walk_end(&c->walk);
	c->limited = true;
	c->left = 0;
	c->in_order = false;
	return NULL;
}

const struct audit_entry *audit_log_next(struct audit_cursor *c)
{
	uint64_t sequence;
	struct bytes value;
	if ((c->limited && c->left == 0)
	    || !(c->in_order ? next_in_order : next_found)(c, &sequence, &value))
		return over(c);
	struct audit_entry *e = arena_new(c->arena, struct audit_entry);
	e->sequence = sequence;
	if (!audit_entry_read(value, c->arena, e)) {
		damaged(c, sequence, "damaged");
		return over(c);
	}
	c->left -= c->limited;
	return e;
}

/* Checking. */

/* One entry at least must be what the key says, and the key says nothing else. */
void audit_index_look(struct store_check *c, struct bytes key, struct bytes value)
{
	struct key_reader r = key_read(key);
	bool by_system = key.data[0] == SPACE_AUDIT_RUN_BY_SYSTEM;
	const char *system = by_system ? key_read_text(&r) : NULL;
	instant second = key_read_instant(&r);
	uint64_t first = key_read_number(&r) * RUN;
	struct audit_walk w = audit_walk_from(check_txn(c), first, first + RUN);
	struct audit_entry e;
	w.outer = check_arena(c);
	/* What has gone is swept away behind its checkpoint. */
	bool true_of_one = key_read_end(&r)
			   && first + RUN - 1
				      <= audit_floor(check_txn(c), AUDIT_OWN, audit_chain(first));
	while (!true_of_one && key_read_end(&r) && audit_walk_next(&w, &e.sequence, &value)) {
		true_of_one = audit_entry_read(value, check_arena(c), &e)
			      && second_of(e.terms.time) == second
			      && (!by_system || text_equal(system, e.terms.system));
	}
	audit_walk_end(&w);
	if (!true_of_one)
		check_finding(c, "audit log: an index names an entry that is not there");
}
