/* store/match_blocks_made.c: which entries a record has in the index of keys: as it changes, and
 * when the index is made anew. */
#include "store/match_blocks.h"

#include "gateway/base/arena.h"
#include "gateway/base/normalise.h"
#include "store/identity_candidates.h"
#include "store/identity_making.h"
#include "store/identity_score.h"

struct match_entries match_entries_of(struct arena *a, const struct patient_demographics *d)
{
	struct arena_mark before = arena_mark(a);
	const struct match_subject s = { .demographics = d };
	struct match_entries all = match_entries(match_features(a, &s));
	arena_rewind(a, &before);
	return all;
}

/* What a worker made of the same change. */
static const struct identity_scored *foreseen(const struct identity_row *row)
{
	const struct identity_scored *s = row->foreseen;
	return row->change != NULL && s != NULL && s->version + 1 == row->record.version
			       && bytes_equal(s->said, row->said)
		       ? s
		       : NULL;
}

static struct match_entries entries_now(struct identity_work *w, struct identity_row *row)
{
	return row->features != NULL ? match_entries(row->features)
				     : match_entries_of(w->arena, &row->record.demographics);
}

void match_blocks_follow(struct identity_work *w, struct identity_row *row)
{
	const struct candidate_change *c = row->change;
	const struct identity_scored *s = foreseen(row);
	bool had = row->old_person != 0 && row->old_like == 0, has = row->like == 0;
	struct match_entries was = { .count = 0 }, is = { .count = 0 };
	if (row->made || store_failed(w->txn) || (had == has && (c == NULL || !has)))
		return;
	if (had)
		was = s != NULL   ? s->was
		      : c != NULL ? match_entries_of(w->arena, &c->known)
				  : entries_now(w, row);
	if (has)
		is = s != NULL ? s->is : entries_now(w, row);
	match_blocks_move(w->txn, row->record.number, &was, &is);
}

static void put_entries(struct store_txn *t, struct identity_row *row)
{
	static const struct match_entries nothing = { .count = 0 };
	if (row->like != 0)
		return;
	struct match_entries all = match_entries_of(store_arena(t), &row->record.demographics);
	match_blocks_move(t, row->record.number, &nothing, &all);
}

/* version: of how entries are laid out. */
static const struct index_made blocks_index = {
	.name = "match blocks",
	.version = 1,
	.forms = INDEXED_KEYS_VERSION << 8 | NORMALISE_FORM_VERSION,
	.space = SPACE_MATCH_BLOCK,
	.put = put_entries,
};

bool identity_keys_ready(struct store *s, uint64_t *made, struct problem *p)
{
	return index_make(s, &blocks_index, made, p);
}
