/* store/identity_links.c: evidence compared, and the decisions made of it. */
#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "store/identity_rows.h"
#include "store/numbers.h"
#include "store/packed.h"
#include "store/record.h"

/* The first octet: a decision is packed, with what of it there is: its reason's place in reasons[],
 * by whom, why; its other record, its time, and these. */
enum {
	DECISION_PACKED = 0x80,
	DECISION_IS_LINKED = 1,
	DECISION_IS_KNOWN = 2,
	DECISION_HAS_BY = 4,
	DECISION_HAS_WHY = 8,
	DECISION_BITS = 15
};
/* Was: a record of these. */
enum {
	DECISION_OTHER = 1,
	DECISION_LINKED,
	DECISION_REASON,
	DECISION_TIME,
	DECISION_BY,
	DECISION_WHY,
	DECISION_KNOWN_REASON /* its place in reasons[] */
};

/* Those that are given again and again; what stands in the store: a place is never another's. */
static const char *const reasons[] = { "",          "phone",        "postcode+address",
				       "insurance", "same message", "merge",
				       "apart",     "together",     "undone",
				       "confirmed", "score" };

static size_t known_reason(const char *reason)
{
	size_t i = COUNT(reasons) - 1;
	while (i > 0 && !text_equal(reasons[i], reason))
		i--;
	return i;
}

static const char *const rule_reasons[] = {
	[RULE_PHONE] = "phone",
	[RULE_ADDRESS] = "postcode+address",
	[RULE_INSURANCE] = "insurance",
	[RULE_BRANCH] = "insurance",
	[RULE_HOUSEHOLD] = "given name+insurance",
};

const char *rule_reason(enum link_rule rule)
{
	return rule_reasons[rule];
}

const char *tie_text(enum tie_reason reason)
{
	static const char *const texts[] = {
		[TIE_SAME_MESSAGE] = "same message",
		[TIE_MERGE] = "merge",
		[TIE_TOGETHER] = "together",
		[TIE_APART] = "apart",
		[TIE_SCORE] = "score",
	};
	return texts[reason];
}

struct evidence *evidence_find(struct evidence *list, const struct evidence *one)
{
	while (list != NULL && memcmp(list->hash, one->hash, EVIDENCE_HASH) != 0)
		list = list->next;
	return list;
}

bool evidence_has(const struct evidence *list, const struct evidence *one)
{
	for (; list != NULL; list = list->next)
		if (memcmp(list->hash, one->hash, EVIDENCE_HASH) == 0)
			return true;
	return false;
}

static struct bytes decision_key(struct key *k, const struct trail_place *said)
{
	key_begin(k, SPACE_IDENTITY_DECISION);
	key_short(k, said->record);
	key_short(k, said->sequence);
	return key_span(k);
}

struct trail_place identity_decision_put(struct store_txn *t, const struct link_decision *d)
{
	struct key k;
	struct trail_place said = { d->record, number_next(t, NUMBER_LINK_DECISION) };
	struct buffer b = buffer_in(store_arena(t));
	size_t known = known_reason(d->reason);
	buffer_byte(&b, (unsigned char)(DECISION_PACKED | (d->linked ? DECISION_IS_LINKED : 0u)
					| (known != 0 ? DECISION_IS_KNOWN : 0u)
					| (d->by != NULL ? DECISION_HAS_BY : 0u)
					| (d->why != NULL ? DECISION_HAS_WHY : 0u)));
	packed_number(&b, d->other);
	packed_signed(&b, d->time);
	if (known != 0)
		packed_number(&b, known);
	else
		packed_text(&b, d->reason);
	if (d->by != NULL)
		packed_text(&b, d->by);
	if (d->why != NULL)
		packed_text(&b, d->why);
	store_put(t, decision_key(&k, &said), buffer_bytes(&b));
	return said;
}

struct numbered {
	struct link_decision decision;
	uint64_t sequence;
	struct numbered *next;
};

/* Numbers are given by several nodes: in time, and by number what was decided in one moment. */
static bool is_before(const struct numbered *x, const struct numbered *y)
{
	return x->decision.time != y->decision.time ? x->decision.time < y->decision.time
						    : x->sequence < y->sequence;
}

static void insert(struct numbered **list, struct numbered *n)
{
	while (*list != NULL && is_before(*list, n))
		list = &(*list)->next;
	n->next = *list;
	*list = n;
}

static bool read_packed(struct arena *a, struct bytes value, struct link_decision *d)
{
	struct packed_reader r = packed_read(value);
	unsigned has = packed_as_octet(&r);
	d->linked = (has & DECISION_IS_LINKED) != 0;
	d->other = packed_as_number(&r);
	d->time = packed_as_signed(&r);
	if ((has & DECISION_IS_KNOWN) != 0) {
		uint64_t known = packed_as_number(&r);
		d->reason = known < COUNT(reasons) ? reasons[known] : "";
	} else {
		d->reason = arena_text(a, packed_as_text(&r));
	}
	if ((has & DECISION_HAS_BY) != 0)
		d->by = arena_text(a, packed_as_text(&r));
	if ((has & DECISION_HAS_WHY) != 0)
		d->why = arena_text(a, packed_as_text(&r));
	return !r.broken && !packed_more(&r) && has <= (DECISION_PACKED | DECISION_BITS);
}

static struct numbered *read_decision(struct arena *a, struct bytes key, struct bytes value)
{
	struct numbered *n = arena_new(a, struct numbered);
	struct key_reader k = key_read(key);
	struct record_reader r = record_read(value);
	n->decision.record = key_read_short(&k);
	n->sequence = key_read_short(&k);
	n->decision.reason = "";
	if ((r.version & DECISION_PACKED) != 0)
		return key_read_end(&k) && read_packed(a, value, &n->decision) ? n : NULL;
	while (record_next(&r))
		switch (r.tag) {
		case DECISION_OTHER: n->decision.other = record_as_number(&r); break;
		case DECISION_LINKED: n->decision.linked = record_as_flag(&r); break;
		case DECISION_REASON: n->decision.reason = arena_text(a, record_as_text(&r)); break;
		case DECISION_KNOWN_REASON:
			if (record_as_number(&r) < COUNT(reasons))
				n->decision.reason = reasons[record_as_number(&r)];
			break;
		case DECISION_TIME: n->decision.time = record_as_instant(&r); break;
		case DECISION_BY: n->decision.by = arena_text(a, record_as_text(&r)); break;
		case DECISION_WHY: n->decision.why = arena_text(a, record_as_text(&r)); break;
		}
	return key_read_end(&k) && !r.broken ? n : NULL;
}

/* Of a decision's row; a check tells it and goes on. */
static bool undecided(struct store_txn *t)
{
	return store_damaged(t, "a decision about two records cannot be read");
}

bool identity_decision_get(struct store_txn *t, struct arena *a, const struct trail_place *said,
			   struct link_decision *out)
{
	struct key k;
	struct bytes value;
	if (said->sequence == 0 || !store_get(t, decision_key(&k, said), a, &value))
		return false;
	const struct numbered *n = read_decision(a, key_span(&k), value);
	if (n == NULL)
		return undecided(t);
	*out = n->decision;
	return true;
}

static void gather_decisions(struct store_txn *t, struct arena *a, uint64_t record,
			     struct numbered **all)
{
	struct key k;
	struct bytes key, value;
	key_begin(&k, SPACE_IDENTITY_DECISION);
	key_short(&k, record);
	struct store_cursor *c = store_scan_prefix(t, key_span(&k), false);
	while (store_next(c, &key, &value)) {
		struct numbered *n = read_decision(a, key, value);
		if (n != NULL)
			insert(all, n);
		else
			undecided(t);
	}
	store_scan_end(c);
}

struct link_decision *identity_decisions_of(struct store_txn *t, struct arena *a,
					    const struct record_numbers *records)
{
	struct numbered *all = NULL;
	struct link_decision *first = NULL, **tail = &first;
	for (size_t i = 0; i < records->count; i++)
		gather_decisions(t, a, records->numbers[i], &all);
	for (struct numbered *n = all; n != NULL; n = n->next) {
		*tail = &n->decision;
		tail = &n->decision.next;
	}
	return first;
}

struct link_decision *identity_decisions(struct store_txn *t, struct arena *a, uint64_t person)
{
	struct record_numbers members;
	return identity_subjects(t, a, person, &members) ? identity_decisions_of(t, a, &members)
							 : NULL;
}
