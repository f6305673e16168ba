/* store/match_check.c: what must be true of pairs that wait, for store_check(). */
#include "store/match_check.h"

#include "gateway/base/arena.h"
#include "store/check.h"
#include "store/identity_feed.h"
#include "store/match_rows.h"

typedef unsigned long long shown;

struct pair {
	struct match_row row;
	struct identity_row x, y;
};

static void tell(struct store_check *c, const struct pair *p, const char *what)
{
	check_finding(c, "the pair of records %llu and %llu %s", (shown)p->row.is.record,
		      (shown)p->row.is.other, what);
}

static bool find(struct store_check *c, uint64_t number, struct identity_row *out)
{
	return identity_row_get_skimmed(check_txn(c), check_arena(c), number, out) && !out->made;
}

/* Somebody has decided about the two, and the row says what he did; of a proposal beside it only
 * that he has. */
static void look_at_decision(struct store_check *c, const struct pair *p)
{
	const struct match_row *row = &p->row;
	unsigned reasons = row->is.waiting == MATCH_PROPOSED
				   ? 1u << TIE_TOGETHER | 1u << TIE_APART
				   : 1u << (row->is.together ? TIE_TOGETHER : TIE_APART);
	if (feed_tie_with(&p->x, row->is.other, reasons) == NULL)
		tell(c, p, "is kept as decided, and nobody has decided so");
	bool asked = match_speaks_otherwise(row) && !row_rests(&p->x) && !row_rests(&p->y);
	if (row->is.waiting != MATCH_PROPOSED && row->waits != asked)
		tell(c, p,
		     row->waits ? "is asked again, and nothing has changed"
				: "has changed since it was decided, and nobody is asked");
}

/* Of a pair of whom nobody has decided. */
static void look_at_waiting(struct store_check *c, const struct pair *p)
{
	bool one = p->x.record.person == p->y.record.person;
	if (match_is_proposed(&p->row, one))
		return;
	if (one)
		tell(c, p, "waits, and is one person");
	if (p->row.is.verdict.outcome == MATCH_APART)
		tell(c, p, "waits, and its score sets it apart");
	if (feed_tie_with(&p->x, p->row.is.other, 1u << TIE_TOGETHER | 1u << TIE_APART) != NULL)
		tell(c, p, "waits, and was decided");
}

static void look_at_pair(struct store_check *c, struct pair *p)
{
	const struct match_waits *is = &p->row.is;
	struct key k;
	if (!store_has(check_txn(c), match_row_key(&k, is->other, is->record)))
		tell(c, p, "is found from one of the two only");
	if (!find(c, is->record, &p->x) || !find(c, is->other, &p->y)) {
		tell(c, p, "is of a record that is not there");
		return;
	}
	if (is->version > p->x.record.version || is->other_version > p->y.record.version)
		tell(c, p, "was weighed by what nobody has said");
	if (p->row.waits
	    && (row_rests(&p->x) || row_rests(&p->y) || !identity_row_speaks(&p->x)
		|| !identity_row_speaks(&p->y)))
		tell(c, p, "waits, and one of them rests or was merged away");
	if (p->row.decided)
		look_at_decision(c, p);
	else
		look_at_waiting(c, p);
}

void match_check_pair(struct store_check *c, struct bytes key, struct bytes value)
{
	struct pair *p = arena_new(check_arena(c), struct pair);
	struct key k;
	uint64_t from, to;
	if (!match_row_key_read(key, &from, &to)
	    || (from < to ? !match_row_read(check_arena(c), key, value, &p->row)
			  : value.length != 0)) {
		check_finding(c, "a pair of records that waits or was decided cannot be read");
		return;
	}
	p->row.is.record = from;
	p->row.is.other = to;
	if (from < to)
		look_at_pair(c, p);
	else if (!store_has(check_txn(c), match_row_key(&k, to, from)))
		tell(c, p, "is found from one of the two only");
}

void match_check_tie(struct store_check *c, const struct identity_row *row,
		     const struct identity_row *other)
{
	enum {
		NOTED = UNSETTLED_CONTRADICTION | UNSETTLED_SIZE,
		SAID = 1u << TIE_APART | 1u << TIE_TOGETHER
	};
	shown x = row->record.number, y = other->record.number;
	if (!identity_row_speaks(row) || row_rests(row))
		check_finding(c,
			      "record %llu is linked to %llu by score, and rests or was merged "
			      "away",
			      x, y);
	else if (row->record.person != other->record.person
		 && ((row->unsettled | other->unsettled) & NOTED) == 0
		 && feed_tie_with(row, y, SAID) == NULL && identity_row_speaks(other)
		 && !row_rests(other))
		check_finding(c, "records %llu and %llu are linked by score, and are two persons",
			      x, y);
}
