/* store/match_queue.c: pairs of records that somebody must look at: told, and decided. */
#include "store/match_queue.h"

#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "store/consent.h"
#include "store/identity_match.h"
#include "store/match_rows.h"
#include "store/registry.h"

/* ---- What waits ---- */

static struct store_cursor *walk(struct store_txn *t, struct bytes from)
{
	struct key to;
	key_begin(&to, SPACE_MATCH_WAITS + 1);
	return store_scan(t, from, key_span(&to), false);
}

/* Of a pair's two rows the one that says something. */
static bool is_first(struct bytes key)
{
	uint64_t record, other;
	return match_row_key_read(key, &record, &other) && record < other;
}

static bool row_is_read(struct store_txn *t, struct arena *a, struct bytes key, struct bytes value,
			struct match_row *out)
{
	return match_row_read(a, key, value, out)
	       || store_damaged(t, "a pair of records that waits cannot be read");
}

/* Where a page ends, as text: both numbers. The next key is the one after it. */
static bool begin_after(struct key *k, struct arena *a, const char *after)
{
	uint64_t record, other;
	key_begin(k, SPACE_MATCH_WAITS);
	if (after == NULL)
		return true;
	const char *between = strchr(after, '-');
	if (between == NULL
	    || !text_to_number(arena_text_n(a, after, (size_t)(between - after)), UINT64_MAX,
			       &record)
	    || !text_to_number(between + 1, UINT64_MAX - 1, &other))
		return false;
	match_row_key(k, record, other + 1);
	return true;
}

bool match_queue_list(struct store_txn *t, struct arena *a, const char *after, unsigned limit,
		      struct match_page *page)
{
	enum { LOOKED_MORE = 1000 }; /* than are told: those that were decided, those of others */
	struct key from;
	struct bytes key, value;
	struct match_waits **last = &page->pairs;
	*page = (struct match_page){ .pairs = NULL };
	if (!begin_after(&from, a, after))
		return false;
	struct store_cursor *c = walk(t, key_span(&from));
	bool more = false;
	for (unsigned looked = 0; store_next(c, &key, &value); looked++) {
		struct match_row *row = arena_new(a, struct match_row);
		uint64_t record, other;
		more = page->count == limit || looked == limit + LOOKED_MORE;
		if (more)
			break;
		match_row_key_read(key, &record, &other);
		page->next = arena_printf(a, "%llu-%llu", (unsigned long long)record,
					  (unsigned long long)other);
		if (!is_first(key) || !row_is_read(t, a, key, value, row) || !row->waits)
			continue;
		*last = &row->is;
		last = &row->is.next;
		page->count++;
	}
	store_scan_end(c);
	page->next = more ? page->next : NULL;
	return !store_failed(t);
}

bool match_queue_find(struct store_txn *t, struct arena *a, uint64_t record, uint64_t other,
		      struct match_waits *out)
{
	struct match_row row;
	if (!match_row_get(t, a, record, other, &row) || !row.waits)
		return false;
	*out = row.is;
	return true;
}

uint64_t match_queue_count(struct store_txn *t)
{
	struct key from;
	struct bytes key, value;
	uint64_t count = 0;
	key_begin(&from, SPACE_MATCH_WAITS);
	struct store_cursor *c = walk(t, key_span(&from));
	while (store_next(c, &key, &value))
		count += is_first(key) && match_row_waits(value);
	store_scan_end(c);
	return count;
}

/* ---- What a decision would move ---- */

/* A record as it is now. False, and p says so: there is none of a facility's. */
static bool find_row(struct store_txn *t, struct arena *a, uint64_t number,
		     struct identity_row *out)
{
	return identity_row_get(t, a, number, out) && !out->made;
}

static bool takes_part(struct store_txn *t, struct arena *a, const struct region *r,
		       uint64_t record)
{
	struct participation p;
	instant now = store_clock(t)->now(store_clock(t));
	return consent_participation(t, a, record, now, &p) && !p.rests
	       && (p.decided ? p.joined : !r->opt_in);
}

/* Of one record; *left is how many more are counted. */
static uint64_t count_documents(struct store_txn *t, struct arena *a, uint64_t subject,
				uint64_t left)
{
	uint64_t count = 0;
	const struct registry_glance all = {
		.approved = true, .deprecated = true, .stable = true, .on_demand = true
	}; /* versions count once */
	struct registry_cursor *c = registry_entries(t, a, subject, &all);
	registry_refer(c);
	while (count < left && registry_next_entry(c) != NULL)
		count++;
	registry_cursor_over(c);
	return count;
}

/* Somebody of the one person was decided to be apart from somebody of the other, beside the two. */
static bool are_kept_apart(const struct identity_row *x, const struct person_row *others,
			   uint64_t but)
{
	for (const struct tie *tie = x->ties; tie != NULL; tie = tie->next)
		for (size_t i = 0; tie->reason == TIE_APART && i < others->count; i++)
			if (tie->other == others->members[i] && tie->other != but)
				return true;
	return false;
}

static bool would_be_refused(struct store_txn *t, struct arena *a, const struct identity_row *x,
			     const struct identity_row *y, const struct person_row *of_x,
			     const struct person_row *of_y)
{
	if (row_rests(x) || row_rests(y))
		return true;
	for (size_t i = 0; i < of_x->count; i++) {
		struct identity_row row;
		bool is_x = of_x->members[i] == x->record.number;
		if (identity_row_get_skimmed(t, a, of_x->members[i], &row)
		    && are_kept_apart(&row, of_y, is_x ? y->record.number : 0))
			return true;
	}
	return false;
}

static void count_moved(struct store_txn *t, struct arena *a, const struct person_row *of,
			struct match_moves *out)
{
	for (size_t i = 0; i < of->count; i++) {
		struct identity_row row;
		if (!identity_row_get_skimmed(t, a, of->members[i], &row))
			continue;
		out->records += !row.made;
		out->documents += count_documents(t, a, of->members[i],
						  MATCH_MOVES_COUNTED + 1 - out->documents);
	}
	out->documents_more = out->documents > MATCH_MOVES_COUNTED;
	if (out->documents_more)
		out->documents = MATCH_MOVES_COUNTED;
}

bool match_moves(struct store_txn *t, struct arena *a, const struct region *r, uint64_t record,
		 uint64_t other, struct match_moves *out)
{
	struct identity_row x, y;
	struct person_row of_x, of_y;
	*out = (struct match_moves){ .records = 0 };
	if (!find_row(t, a, record, &x) || !find_row(t, a, other, &y)
	    || !person_row_get(t, a, x.record.person, &of_x)
	    || !person_row_get(t, a, y.record.person, &of_y))
		return false;
	count_moved(t, a, &of_y, out);
	out->joined = takes_part(t, a, r, record);
	out->other_joined = takes_part(t, a, r, other);
	out->refused = would_be_refused(t, a, &x, &y, &of_x, &of_y);
	return !store_failed(t);
}

/* ---- What a person decides ---- */

/* It says so already. */
static bool holds(struct store_txn *t, struct arena *a, const struct match_row *row, bool together)
{
	struct pair_decided *d = identity_pairs_decided(t, a, row->is.record);
	while (d != NULL && d->other != row->is.other)
		d = d->next;
	return d != NULL && d->together == together;
}

/* As the pair would wait if nobody had said anything. */
static bool new_row(struct store_txn *t, const struct region *r, uint64_t record, uint64_t other,
		    struct match_row *out)
{
	struct identity_work w = identity_work_begin(t, r);
	struct identity_row *x = identity_work_row(&w, record < other ? record : other),
			    *y = identity_work_row(&w, record < other ? other : record);
	*out = (struct match_row){ .is = { .record = x->record.number,
					   .other = y->record.number,
					   .version = x->record.version,
					   .other_version = y->record.version,
					   .verdict = identity_verdict(&w, x, y),
					   .since = store_clock(t)->now(store_clock(t)) },
				   .waits = true };
	return !store_failed(t);
}

static bool propose(struct store_txn *t, struct match_row *row, bool together,
		    const struct person_decision *d)
{
	row->is.waiting = MATCH_PROPOSED;
	row->is.by = d->by;
	row->is.why = d->why;
	row->is.together = together;
	row->waits = true;
	return match_row_put(t, row);
}

/* Whether two records are of one person now. */
static bool are_one(struct store_txn *t, struct arena *a, const struct match_row *row)
{
	struct patient_record x, y;
	return identity_place_get(t, a, row->is.record, &x)
	       && identity_place_get(t, a, row->is.other, &y) && x.person == y.person;
}

/* The row is again what it would be if nothing had been proposed. */
static bool take_proposal_back(struct store_txn *t, struct match_row *row)
{
	struct arena *a = store_arena(t);
	const struct pair_decided *d = identity_pairs_decided(t, a, row->is.record);
	while (d != NULL && d->other != row->is.other)
		d = d->next;
	row->is.waiting = row->decided ? MATCH_CHANGED : MATCH_WAITS;
	row->is.by = d == NULL || d->by == NULL ? "" : d->by;
	row->is.why = d == NULL || d->why == NULL ? "" : d->why;
	row->is.together = d != NULL && d->together;
	row->waits = row->decided ? match_speaks_otherwise(row)
				  : row->is.verdict.outcome != MATCH_APART && !are_one(t, a, row);
	return row->waits || row->decided ? match_row_put(t, row)
					  : match_row_delete(t, row->is.record, row->is.other);
}

/* Both names, and both reasons. */
static struct person_decision agreed(struct arena *a, const struct match_row *row,
				     const struct person_decision *d)
{
	return (struct person_decision){ text_joined(a, row->is.by, ", ", d->by, NULL),
					 text_joined(a, row->is.why, "; ", d->why, NULL) };
}

/* The second of two who agree, or the first. */
static bool decide_with_four_eyes(struct store_txn *t, const struct region *r,
				  struct match_row *row, bool together,
				  const struct person_decision *d, struct feed_outcome *out,
				  bool *proposed, struct problem *p)
{
	if (row->is.waiting == MATCH_PROPOSED && row->is.together != together)
		return problem_set(p, PROBLEM_CONFLICT,
				   "another decision about these two records is proposed");
	if (row->is.waiting == MATCH_PROPOSED && !text_equal(row->is.by, d->by)) {
		const struct person_decision both = agreed(store_arena(t), row, d);
		return identity_decide_pair(t, r, row->is.record, row->is.other,
					    together ? PAIR_TOGETHER : PAIR_APART, &both, out, p);
	}
	*proposed = true;
	return row->is.waiting == MATCH_PROPOSED || propose(t, row, together, d);
}

bool match_decide(struct store_txn *t, const struct region *r, uint64_t record, uint64_t other,
		  enum pair_decision what, const struct person_decision *d,
		  struct feed_outcome *out, bool *proposed, struct problem *p)
{
	struct arena *a = store_arena(t);
	struct match_row row;
	*out = (struct feed_outcome){ .effect = FEED_UNCHANGED };
	*proposed = false;
	if (!identity_pair_of(t, r, &record, &other, d, p))
		return false;
	bool known = match_row_get(t, a, record, other, &row);
	if (what == PAIR_UNDO && known && row.is.waiting == MATCH_PROPOSED)
		return feed_finish(t, take_proposal_back(t, &row), p);
	if (what == PAIR_UNDO || !r->four_eyes)
		return identity_decide_pair(t, r, record, other, what, d, out, p);
	bool done = known || new_row(t, r, record, other, &row);
	if (done && !holds(t, a, &row, what == PAIR_TOGETHER))
		done = decide_with_four_eyes(t, r, &row, what == PAIR_TOGETHER, d, out, proposed,
					     p);
	return feed_finish(t, done, p);
}

/* ---- All of them again ---- */

/* The fed records from there on, at most so many. */
static size_t records_after(struct store_txn *t, uint64_t after, unsigned most, uint64_t *out,
			    uint64_t *reached)
{
	struct arena *a = store_arena(t);
	struct key from, to;
	struct bytes key, value;
	size_t count = 0;
	key_begin(&from, SPACE_IDENTITY_RECORD);
	key_short(&from, after + 1);
	key_begin(&to, SPACE_IDENTITY_RECORD + 1);
	struct store_cursor *c = store_scan(t, key_span(&from), key_span(&to), false);
	*reached = 0;
	while (count < most && store_next(c, &key, &value)) {
		struct key_reader k = key_read(key);
		struct identity_row row;
		*reached = key_read_short(&k);
		if (identity_row_skim(t, a, value, &row) && identity_row_speaks(&row))
			out[count++] = *reached;
	}
	store_scan_end(c);
	*reached = count == most ? *reached : 0;
	return count;
}

bool match_run(struct store_txn *t, const struct region *r, uint64_t after, unsigned most,
	       uint64_t *reached, struct problem *p)
{
	uint64_t *numbers = arena_array(store_arena(t), uint64_t, most);
	size_t count = records_after(t, after, most, numbers, reached);
	for (size_t i = 0; i < count && !store_failed(t); i++) {
		struct feed_outcome out;
		struct feed f = feed_begin(t, r, "", &out);
		struct identity_row *row = identity_work_led_to(&f.work, numbers[i]);
		if (row != NULL)
			row->weighs = true;
		if (row == NULL || !feed_end(&f, row))
			return feed_finish(t, false, p);
	}
	return feed_finish(t, true, p);
}
