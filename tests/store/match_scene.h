/* tests/store/match_scene.h: a crowd whose truth is known, and what must be so of a store whose
 * records are matched, found by looking at all of them at once. */
#ifndef TESTS_STORE_MATCH_SCENE_H
#define TESTS_STORE_MATCH_SCENE_H

#define PEOPLE_MATCHING MATCHING_LINK

#include "gateway/base/text.h"
#include "store/identity_closure.h"
#include "store/identity_match.h"
#include "store/identity_score.h"
#include "store/match_rows.h"
#include "tests/store/people.h"

/* A small generator of its own, so that a failure can be repeated. */
static inline unsigned scene_dice(uint32_t *seed, unsigned sides)
{
	*seed = *seed * 1664525u + 1013904223u;
	return (*seed >> 8) % sides;
}

/* ---- A crowd ---- */

/* Households of four: parents and two children, who may be twins. */
static const struct scene_household {
	const char *family, *postcode, *address, *phone, *insurer, *symbol, *number;
} scene_households[] = {
	{ "サトウ", "1050001", "東京都港区虎ノ門1-2-3", "0312345678", "01130012", "12", "345" },
	{ "スズキ", "1500002", "東京都渋谷区渋谷2-21-1", "0398765432", "06132013", "77", "1001" },
	{ "カワシマ", "5300001", "大阪府大阪市北区梅田3-1-1", "0661112222", "01270016", "5", "88" },
	{ "ワタナベ", "1050001", "東京都港区虎ノ門4-5-6", "0355556666", "01130012", "12", "346" },
};
static const struct scene_member {
	const char *given, *sex, *branch, *birth;
} scene_members[COUNT(scene_households)][4] = {
	{ { "ケンイチ", "M", "01", "19410503" },
	  { "ハナコ", "F", "02", "19430711" },
	  { "ミサキ", "F", "03", "19700112" },
	  { "ミサト", "F", "04", "19700112" } },
	{ { "ケンイチ", "M", "01", "19410503" },
	  { "ヨシコ", "F", "02", "19500303" },
	  { "タケシ", "M", "03", "19801224" },
	  { "タケオ", "M", "04", "19801224" } },
	{ { "マコト", "M", "01", "19620913" },
	  { "マサコ", "F", "02", "19630310" },
	  { "マコ", "F", "03", "19900405" },
	  { "マオ", "F", "04", "19930801" } },
	{ { "ケンイチ", "M", "01", "19410504" },
	  { "ハナコ", "F", "02", "19430711" },
	  { "ユウタ", "M", "03", "20010630" },
	  { "ユウト", "M", "04", "20040630" } },
};
enum { SCENE_PEOPLE = 16 };

/* As one facility knows person `truth`: with slips, and without what it never asked. */
static inline struct who scene_roll(struct arena *a, uint32_t *seed, const char *domain,
				    unsigned id, unsigned truth)
{
	const struct scene_household *h = &scene_households[truth / 4];
	const struct scene_member *m = &scene_members[truth / 4][truth % 4];
	char *birth = arena_text(a, m->birth);
	bool moved = scene_dice(seed, 6) == 0;
	if (scene_dice(seed, 4) == 0) /* one digit of the day */
		birth[7] = (char)('0' + (birth[7] - '0' + 1) % 9);
	return (struct who){
		.domain = domain,
		.id = arena_printf(a, "%u", id),
		.family = scene_dice(seed, 8) == 0 && *m->sex == 'F' ? "タカハシ" : h->family,
		.given = m->given,
		.birth = birth,
		.sex = m->sex,
		.phone = scene_dice(seed, 3) == 0 ? NULL
			 : moved                  ? arena_printf(a, "09000001%03u", truth)
						  : h->phone,
		.postcode = scene_dice(seed, 4) == 0 ? NULL
			    : moved                  ? "9800011"
						     : h->postcode,
		.address = scene_dice(seed, 3) == 0 ? NULL
			   : moved ? arena_printf(a, "宮城県仙台市青葉区上杉1-%u", truth)
				   : h->address,
		.insurer = scene_dice(seed, 2) == 0 ? NULL : h->insurer,
		.symbol = h->symbol,
		.number = h->number,
		.branch = scene_dice(seed, 3) == 0 ? NULL : m->branch,
	};
}

/* ---- All records at once ---- */

struct scene_all {
	struct identity_work work;
	struct identity_row **rows; /* by age */
	size_t count;
};

static inline struct scene_all scene_read(struct store_txn *t, struct arena *a)
{
	struct scene_all all = { .work = identity_work_begin(t, &people_region) };
	struct key k;
	struct bytes key, value;
	all.work.arena = a;
	key_begin(&k, SPACE_IDENTITY_RECORD);
	struct store_cursor *c = store_scan_prefix(t, key_span(&k), false);
	while (store_next(c, &key, &value)) {
		struct identity_row *row = arena_new(a, struct identity_row);
		unsigned char *octets = arena_alloc(a, value.length);
		memcpy(octets, value.data, value.length);
		if (identity_row_read(t, a, (struct bytes){ octets, value.length }, row))
			identity_work_add(&all.work, row);
	}
	store_scan_end(c);
	all.rows = arena_array(a, struct identity_row *, all.work.count + 1);
	for (struct identity_row *row = all.work.rows; row != NULL; row = row->next)
		all.rows[all.count++] = row;
	identity_rows_sort(all.rows, all.count);
	return all;
}

static inline bool scene_tied(const struct identity_row *x, uint64_t other, unsigned reasons)
{
	return feed_tie_with(x, other, reasons) != NULL;
}

static inline bool scene_share_evidence(const struct identity_row *x, const struct identity_row *y)
{
	for (const struct evidence *e = x->evidence; e != NULL; e = e->next) {
		const struct evidence *same = evidence_find(y->evidence, e);
		if (same != NULL && (e->divided || same->divided))
			return true;
	}
	return false;
}

static inline bool scene_share_key(struct arena *a, struct identity_row *x, struct identity_row *y)
{
	struct match_entries of_x = match_entries(identity_row_features(a, x)),
			     of_y = match_entries(identity_row_features(a, y));
	for (size_t i = 0; i < of_x.count; i++)
		for (size_t k = 0; k < of_y.count; k++)
			if (of_x.at[i].hash == of_y.at[k].hash)
				return true;
	return false;
}

static inline bool scene_awake(const struct identity_row *x)
{
	return !x->made && x->record.status == RECORD_ACTIVE
	       && (x->unsettled & UNSETTLED_IDENTITY) == 0;
}

static inline struct match_score scene_score(struct scene_all *all, struct identity_row *x,
					     struct identity_row *y)
{
	struct arena *a = all->work.arena;
	struct match_comparison c = match_compare(identity_row_features(a, x),
						  identity_row_features(a, y));
	return match_score(&c, identity_work_weights(&all->work));
}

static inline unsigned scene_wrong(const char *what, const struct identity_row *x,
				   const struct identity_row *y)
{
	fprintf(stderr, "%s: records %llu and %llu\n", what, (unsigned long long)x->record.number,
		(unsigned long long)y->record.number);
	return 1;
}

/* Of two records, whose persons are as the store has them: tied by score when they should be, and
 * waiting when they should be. */
static inline unsigned scene_look_at_pair(struct scene_all *all, struct identity_row *x,
					  struct identity_row *y)
{
	struct store_txn *t = all->work.txn;
	struct arena *a = all->work.arena;
	enum { DECIDED = 1u << TIE_APART | 1u << TIE_TOGETHER };
	uint64_t other = y->record.number;
	struct match_score s = scene_score(all, x, y);
	struct match_row row = { .decided = false };
	unsigned wrong = 0;
	bool known = match_row_get(t, a, x->record.number, other, &row);
	bool likely = s.outcome != MATCH_APART && scene_awake(x) && scene_awake(y)
		      && scene_share_key(a, x, y);
	bool tied = likely && s.outcome == MATCH_LINK && !scene_share_evidence(x, y);
	bool decided = scene_tied(x, other, DECIDED);
	bool waits = likely && !decided && x->record.person != y->record.person;
	if (scene_tied(x, other, 1u << TIE_SCORE) != tied
	    || scene_tied(y, x->record.number, 1u << TIE_SCORE) != tied)
		wrong += scene_wrong(tied ? "not tied by score" : "tied by score", x, y);
	if (decided ? !known || !row.decided : known != waits)
		wrong += scene_wrong(decided ? "decided, and not kept"
				     : waits ? "does not wait"
					     : "waits",
				     x, y);
	if (known && !decided
	    && (row.is.version != (x->record.number < other ? x : y)->record.version || !row.waits
		|| row.is.verdict.contested != (s.outcome == MATCH_LINK)
		|| row.is.verdict.outcome != s.outcome))
		wrong += scene_wrong("waits otherwise", x, y);
	return wrong;
}

/* Divided anew, all in one: what the store has must be that. */
static inline unsigned scene_look_at_persons(struct scene_all *all)
{
	enum { NOTED = UNSETTLED_CONTRADICTION | UNSETTLED_TIE | UNSETTLED_SIZE };
	unsigned wrong = 0;
	unsigned *noted = arena_array(all->work.arena, unsigned, all->count + 1);
	for (size_t i = 0; i < all->count; i++)
		noted[i] = all->rows[i]->unsettled & NOTED;
	identity_join(&all->work, all->rows, all->count);
	for (size_t i = 0; i < all->count; i++) {
		struct identity_row *x = all->rows[i];
		if (!x->made && (x->unsettled & NOTED) != noted[i])
			wrong += scene_wrong("is noted otherwise", x, x);
		for (size_t k = 0; k < i; k++) {
			struct identity_row *y = all->rows[k];
			bool one = identity_rows_root(all->rows, i)
				   == identity_rows_root(all->rows, k);
			if (!x->made && !y->made && one != (x->record.person == y->record.person))
				wrong += scene_wrong(one ? "are not one person" : "are one person",
						     x, y);
		}
	}
	return wrong;
}

/* How much is not as it is when all is looked at at once. */
static inline unsigned scene_wrongs(struct fixture *f)
{
	struct arena *a = arena_create(256 << 20);
	struct store_txn *t = store_begin_read(f->store, &f->problem);
	struct scene_all all = scene_read(t, a);
	unsigned wrong = 0;
	for (size_t i = 0; i < all.count; i++)
		for (size_t k = 0; k < i; k++)
			if (!all.rows[i]->made && !all.rows[k]->made)
				wrong += scene_look_at_pair(&all, all.rows[i], all.rows[k]);
	wrong += scene_look_at_persons(&all);
	store_end(t);
	arena_destroy(a);
	return wrong;
}

/* How many pairs of records are tied by score and are one person, or are not. */
static inline unsigned scene_ties(struct fixture *f, bool one)
{
	struct store_txn *t = store_begin_read(f->store, &f->problem);
	struct scene_all all = scene_read(t, f->arena);
	unsigned count = 0;
	for (size_t i = 0; i < all.count; i++)
		for (size_t k = 0; k < i; k++)
			count += scene_tied(all.rows[i], all.rows[k]->record.number,
					    1u << TIE_SCORE)
				 && (all.rows[i]->record.person == all.rows[k]->record.person)
					    == one;
	store_end(t);
	return count;
}

#endif
