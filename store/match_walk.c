/* store/match_walk.c: every record of the region in pairs, for who learns from them. */
#include "store/match_walk.h"

#include "gateway/base/arena.h"
#include "gateway/base/progress.h"
#include "store/identity_score.h"

enum {
	PAGE = 64,   /* records of one snapshot */
	SKETCH = 256 /* records that random pairs are drawn of */
};

/* The records met so far, each as likely to be among these as any other (reservoir sampling). */
struct sketch {
	uint64_t numbers[SKETCH];
	uint64_t met;
	uint64_t random; /* state; what is drawn need not be unforeseen, but the same each time */
};

struct walk {
	struct store_txn *txn;
	struct arena *arena;
	struct progress *progress;
	const struct match_walker *told;
	struct match_walked *out;
	struct sketch sketch;
	uint64_t reached;
	bool counts_only, ended, fits;
};

/* xorshift64* (Vigna 2016). */
static uint64_t drawn(struct sketch *s, uint64_t below)
{
	s->random ^= s->random >> 12;
	s->random ^= s->random << 25;
	s->random ^= s->random >> 27;
	return (s->random * UINT64_C(0x2545f4914f6cdd1d) >> 11) % below;
}

static void meet(struct sketch *s, uint64_t number)
{
	uint64_t at = s->met < SKETCH ? s->met : drawn(s, s->met + 1);
	s->met++;
	if (at < SKETCH)
		s->numbers[at] = number;
}

static bool counts(const struct identity_row *row)
{
	return !row->made && row->record.status == RECORD_ACTIVE;
}

/* Of one that is there and says something; NULL: of none. */
static const struct match_features *features_of(struct walk *w, uint64_t number,
						struct identity_row *row)
{
	if (!identity_row_get(w->txn, w->arena, number, row) || !counts(row))
		return NULL;
	return identity_row_features(w->arena, row);
}

static void tell_candidates(struct walk *w, const struct identity_row *row,
			    const struct match_features *f, const struct match_entries *keys)
{
	uint64_t number = row->record.number;
	struct match_found found = match_blocks_find(w->txn, w->arena, keys, number);
	w->out->cut += found.cut;
	for (size_t i = 0; i < found.count; i++) {
		struct identity_row other;
		if (row->like == 0 && found.numbers[i] > number)
			continue; /* it tells the pair itself */
		const struct match_features *g = features_of(w, found.numbers[i], &other);
		if (g == NULL)
			continue;
		struct match_comparison c = match_compare(f, g);
		w->told->candidate(w->told->self, &c);
		w->out->candidates++;
	}
}

static bool share_a_key(const struct match_entries *x, const struct match_entries *y)
{
	for (size_t i = 0; i < x->count; i++)
		for (size_t j = 0; j < y->count; j++)
			if (x->at[i].kind == y->at[j].kind && x->at[i].hash == y->at[j].hash)
				return true;
	return false;
}

static void tell_random(struct walk *w, const struct match_features *f,
			const struct match_entries *keys)
{
	struct sketch *s = &w->sketch;
	struct identity_row other;
	if (s->met == 0)
		return;
	uint64_t number = s->numbers[drawn(s, s->met < SKETCH ? s->met : SKETCH)];
	const struct match_features *g = features_of(w, number, &other);
	if (g == NULL)
		return;
	struct match_entries its = match_entries(g);
	if (share_a_key(keys, &its))
		return;
	struct match_comparison c = match_compare(f, g);
	w->told->random(w->told->self, &c);
	w->out->random++;
}

static void tell_record(struct walk *w, uint64_t number)
{
	struct identity_row row;
	const struct match_features *f = features_of(w, number, &row);
	if (f == NULL)
		return;
	struct match_entries keys = match_entries(f);
	w->told->record(w->told->self, f);
	w->out->records++;
	progress_add(w->progress, 1);
	tell_candidates(w, &row, f, &keys);
	tell_random(w, f, &keys);
	meet(&w->sketch, number);
}

static void count_record(struct walk *w, uint64_t number)
{
	struct identity_row row;
	if (!identity_row_get_skimmed(w->txn, w->arena, number, &row) || !counts(&row))
		return;
	w->out->records++;
	progress_add(w->progress, 1);
}

/* The numbers first: of each more is read, which would disturb a cursor. */
static size_t next_numbers(struct walk *w, uint64_t numbers[PAGE])
{
	struct key from, to;
	struct bytes key, value;
	size_t count = 0;
	key_begin(&from, SPACE_IDENTITY_RECORD);
	key_short(&from, w->reached + 1);
	key_begin(&to, SPACE_IDENTITY_RECORD + 1);
	struct store_cursor *c = store_scan(w->txn, key_span(&from), key_span(&to), false);
	while (count < PAGE && store_next(c, &key, &value)) {
		struct key_reader r = key_read(key);
		numbers[count++] = key_read_short(&r);
	}
	store_scan_end(c);
	return count;
}

static void walk_page(void *with)
{
	struct walk *w = with;
	uint64_t numbers[PAGE];
	size_t count = next_numbers(w, numbers);
	for (size_t i = 0; i < count && !store_stopped(w->txn) && !store_failed(w->txn); i++) {
		struct arena_mark before = arena_mark(w->arena);
		if (w->counts_only)
			count_record(w, numbers[i]);
		else
			tell_record(w, numbers[i]);
		arena_rewind(w->arena, &before);
		w->reached = numbers[i];
	}
	w->ended = count < PAGE;
}

/* Whatever memory it is that has no more, its own or that of who is told. */
static void walk_scratch(void *with)
{
	struct walk *w = with;
	w->fits = arena_run(w->arena, walk_page, w);
}

static bool walk_some(struct walk *w, struct store *s, struct problem *p)
{
	w->txn = store_begin_read(s, p);
	if (w->txn == NULL)
		return false;
	w->arena = store_arena(w->txn);
	store_stop_on(w->txn, w->progress == NULL ? NULL : w->progress->stop);
	store_pass_by(w->txn);
	w->fits = false;
	if (w->told == NULL)
		walk_scratch(w);
	else
		arena_run(w->told->arena, walk_scratch, w);
	if (!w->fits)
		problem_set(p, PROBLEM_OUT_OF_RESOURCES,
			    "a record and those it is compared with need more memory than there "
			    "is for it");
	else if (store_stopped(w->txn) || store_failed(w->txn))
		problem_set(p, store_problem(w->txn)->code, "%s", store_problem(w->txn)->what);
	store_end(w->txn);
	return p->code == PROBLEM_NONE;
}

static bool walk_all(struct walk *w, struct store *s, struct problem *p)
{
	bool good = true;
	while (good && !w->ended)
		good = walk_some(w, s, p);
	return good;
}

uint64_t match_walk_last(struct store_txn *t)
{
	struct key space;
	struct bytes key, value;
	uint64_t last = 0;
	key_begin(&space, SPACE_IDENTITY_RECORD);
	struct store_cursor *c = store_scan_prefix(t, key_span(&space), true);
	if (store_next(c, &key, &value)) {
		struct key_reader r = key_read(key);
		last = key_read_short(&r);
	}
	store_scan_end(c);
	return last;
}

bool match_walk_count(struct store *s, struct progress *progress, uint64_t *records,
		      struct problem *p)
{
	struct match_walked out = { .records = 0 };
	struct walk w = { .progress = progress, .out = &out, .counts_only = true };
	progress_begin(progress, "records found", 0);
	bool good = walk_all(&w, s, p);
	*records = out.records;
	return good;
}

bool match_walk(struct store *s, struct progress *progress, uint64_t records,
		const struct match_walker *told, struct match_walked *out, struct problem *p)
{
	struct walk w = { .progress = progress,
			  .told = told,
			  .out = out,
			  .sketch = { .random = UINT64_C(0x9e3779b97f4a7c15) } };
	*out = (struct match_walked){ .records = 0 };
	progress_begin(progress, "records", records);
	return walk_all(&w, s, p);
}
