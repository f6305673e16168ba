/* store/identity_making.c: an index of patient records, made anew. */
#include "store/identity_making.h"

#include "gateway/base/arena.h"
#include "store/record.h"

enum { FILLED_AT_ONCE = 256, CLEARED_AT_ONCE = 1024 };
enum { MARK_FORMS = 1, MARK_REACHED, MARK_STAGE };

/* What stands in the store: never another meaning. */
enum stage {
	STAGE_NONE, /* nothing by these versions */
	STAGE_CLEARING,
	STAGE_FILLING, /* up to the record `reached` */
	STAGE_READY,
	STAGES
};

struct mark {
	enum stage stage;
	uint64_t reached;
};

/* What a job found, each time it was run. */
struct making {
	const struct index_made *index;
	bool ready;
	uint64_t made;
};

static struct bytes mark_key(struct key *k, const struct index_made *index)
{
	key_begin(k, SPACE_STORE);
	key_text(k, index->name);
	return key_span(k);
}

static void put_mark(struct store_txn *t, const struct index_made *index, const struct mark *m)
{
	struct key k;
	struct record_writer w = record_begin(store_arena(t), (unsigned char)index->version);
	record_number(&w, MARK_FORMS, index->forms);
	record_number(&w, MARK_STAGE, m->stage);
	record_number(&w, MARK_REACHED, m->reached);
	store_put(t, mark_key(&k, index), record_end(&w));
}

/* One of other versions, or that cannot be read, says nothing. */
static struct mark get_mark(struct store_txn *t, const struct index_made *index)
{
	struct key k;
	struct bytes octets;
	struct mark m = { STAGE_NONE, 0 };
	uint64_t forms = 0, stage = 0;
	if (!store_get(t, mark_key(&k, index), store_arena(t), &octets))
		return m;
	struct record_reader r = record_read(octets);
	while (record_next(&r))
		switch (r.tag) {
		case MARK_FORMS: forms = record_as_number(&r); break;
		case MARK_STAGE: stage = record_as_number(&r); break;
		case MARK_REACHED: m.reached = record_as_number(&r); break;
		}
	if (!r.broken && r.version == index->version && forms == index->forms && stage < STAGES)
		m.stage = (enum stage)stage;
	return m;
}

bool index_is_made(struct store_txn *t, const struct index_made *index)
{
	return get_mark(t, index).stage == STAGE_READY;
}

static bool is_ready(struct store *s, const struct index_made *index, struct problem *p)
{
	struct store_txn *t = store_begin_read(s, p);
	if (t == NULL)
		return false;
	bool ready = index_is_made(t, index);
	if (store_failed(t))
		problem_set(p, store_problem(t)->code, "%s", store_problem(t)->what);
	store_end(t);
	return ready;
}

/* What a former version left there. True: that was all. */
static bool clear_some(struct store_txn *t, const struct index_made *index)
{
	struct bytes key, value;
	struct key space, one;
	unsigned cleared = 0;
	key_begin(&space, index->space);
	struct store_cursor *c = store_scan_prefix(t, key_span(&space), false);
	for (; cleared < CLEARED_AT_ONCE && store_next(c, &key, &value); cleared++) {
		key_begin(&one, index->space);
		key_bytes(&one, key.data + 1, key.length - 1);
		store_delete(t, key_span(&one));
	}
	store_scan_end(c);
	return cleared < CLEARED_AT_ONCE;
}

/* One that cannot be read is a finding of minato check, and keeps nobody else from being found. */
static void index_row(struct store_txn *t, struct making *m, struct bytes octets)
{
	struct identity_row row;
	if (!identity_row_read(t, store_arena(t), octets, &row) || row.made)
		return;
	m->made++;
	m->index->put(t, &row);
}

/* True: that was all. */
static bool fill_some(struct store_txn *t, struct making *m, uint64_t *reached)
{
	struct bytes key, value;
	struct key from, to;
	unsigned seen = 0;
	key_begin(&from, SPACE_IDENTITY_RECORD);
	key_short(&from, *reached + 1);
	key_begin(&to, SPACE_IDENTITY_RECORD + 1);
	struct store_cursor *c = store_scan(t, key_span(&from), key_span(&to), false);
	for (; seen < FILLED_AT_ONCE && store_next(c, &key, &value); seen++) {
		struct key_reader r = key_read(key);
		*reached = key_read_short(&r);
		index_row(t, m, value);
	}
	store_scan_end(c);
	return seen < FILLED_AT_ONCE;
}

static bool make_some(void *with, struct store_txn *t, struct problem *p)
{
	struct making *m = with;
	struct mark mark = get_mark(t, m->index);
	(void)p;
	m->ready = mark.stage == STAGE_READY;
	m->made = 0;
	if (m->ready)
		return true;
	if (mark.stage != STAGE_FILLING)
		mark = (struct mark){ clear_some(t, m->index) ? STAGE_FILLING : STAGE_CLEARING, 0 };
	else if (fill_some(t, m, &mark.reached))
		mark.stage = STAGE_READY;
	put_mark(t, m->index, &mark);
	m->ready = mark.stage == STAGE_READY;
	return !store_failed(t);
}

bool index_make(struct store *s, const struct index_made *index, uint64_t *made, struct problem *p)
{
	struct making m = { .index = index, .ready = is_ready(s, index, p) };
	*made = 0;
	while (!m.ready && p->code == PROBLEM_NONE)
		if (store_write(s, make_some, &m, p))
			*made += m.made;
	return p->code == PROBLEM_NONE;
}
