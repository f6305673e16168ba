/* store/identity_awaited.c: links of ids that nobody has yet.
 *
 * A source may link ids before it feeds them: the link is recorded, and no patient is made (ITI
 * TF-2: 3.30.6.6.4). It stands at both ids, one of which at least is nobody's, and becomes a tie
 * when a feed makes that one known. Where an id is another one from now on, or was merged, what
 * waits for it goes along. */
#include "store/identity_feed.h"

#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "store/names.h"
#include "store/packed.h"

enum { AWAITED_VERSION = 1 };

/* One side of a link, as it stands at the other. */
struct awaited {
	struct patient_identifier with;
	uint64_t system; /* who said so: store/names.h */
	instant since;
	struct awaited *next;
};

static struct bytes awaited_key(struct store_txn *t, struct key *k,
				const struct patient_identifier *id)
{
	struct bytes key = identity_id_key(t, k, id->universal_id, id->id);
	if (key.length != 0)
		k->data[0] = SPACE_IDENTITY_AWAITED;
	return key;
}

static bool is_same(const struct patient_identifier *x, const struct patient_identifier *y)
{
	return text_equal(x->id, y->id) && text_equal(x->universal_id, y->universal_id);
}

/* False: the row cannot be read. */
static bool read_links(struct store_txn *t, struct arena *a, struct bytes octets, const char **id,
		       struct awaited **list)
{
	struct packed_reader r = packed_read(octets);
	*list = NULL;
	bool known = packed_as_octet(&r) == AWAITED_VERSION;
	*id = packed_as_text(&r);
	while (packed_more(&r)) {
		struct awaited *link = arena_new(a, struct awaited);
		link->system = packed_as_number(&r);
		link->since = packed_as_signed(&r);
		link->with.universal_id = name_text(t, a, packed_as_number(&r));
		link->with.id = packed_as_text(&r);
		known = known && link->with.universal_id != NULL && !text_empty(link->with.id);
		link->next = *list;
		*list = link;
	}
	return known && !r.broken && !text_empty(*id);
}

static struct awaited *read_row(struct store_txn *t, struct arena *a,
				const struct patient_identifier *id)
{
	struct key k;
	struct bytes octets, key = awaited_key(t, &k, id);
	struct awaited *list = NULL;
	const char *own;
	if (key.length == 0 || !store_get(t, key, a, &octets))
		return NULL;
	if (!read_links(t, a, octets, &own, &list))
		store_damaged(t, "links that wait for an id cannot be read");
	return list;
}

static struct awaited *links_of(struct store_txn *t, const struct patient_identifier *id)
{
	return read_row(t, store_arena(t), id);
}

static void put_links(struct store_txn *t, const struct patient_identifier *id,
		      const struct awaited *list)
{
	struct key k;
	struct buffer b = buffer_in(store_arena(t));
	name_number(t, id->universal_id);
	if (list == NULL) {
		store_delete(t, awaited_key(t, &k, id));
		return;
	}
	buffer_byte(&b, AWAITED_VERSION);
	packed_text(&b, id->id);
	for (; list != NULL; list = list->next) {
		packed_number(&b, list->system);
		packed_signed(&b, list->since);
		packed_number(&b, name_number(t, list->with.universal_id));
		packed_text(&b, list->with.id);
	}
	store_put(t, awaited_key(t, &k, id), buffer_bytes(&b));
}

static struct awaited *link_with(struct awaited *list, const struct patient_identifier *other)
{
	while (list != NULL && !is_same(&list->with, other))
		list = list->next;
	return list;
}

static size_t link_count(const struct awaited *list)
{
	size_t count = 0;
	for (; list != NULL; list = list->next)
		count++;
	return count;
}

static void add_half(struct store_txn *t, const struct patient_identifier *at,
		     const struct patient_identifier *with, const struct awaited *link)
{
	struct awaited half = *link;
	half.with = *with;
	half.next = links_of(t, at);
	put_links(t, at, &half);
}

static void take_half(struct store_txn *t, const struct patient_identifier *at,
		      const struct patient_identifier *with)
{
	struct awaited *list = links_of(t, at);
	for (struct awaited **l = &list; *l != NULL;)
		if (is_same(&(*l)->with, with))
			*l = (*l)->next;
		else
			l = &(*l)->next;
	put_links(t, at, list);
}

struct awaited_link *identity_awaited(struct store_txn *t, struct arena *a,
				      const struct patient_identifier *id)
{
	struct awaited_link *first = NULL;
	for (const struct awaited *l = read_row(t, a, id); l != NULL; l = l->next) {
		struct awaited_link *link = arena_new(a, struct awaited_link), **at = &first;
		while (*at != NULL && (*at)->since < l->since)
			at = &(*at)->next;
		*link = (struct awaited_link){ .with = l->with,
					       .system = name_text(t, a, l->system),
					       .since = l->since,
					       .next = *at };
		*at = link;
	}
	return first;
}

/* ---- How many one system has ---- */

static struct bytes count_key(struct key *k, uint64_t system)
{
	key_begin(k, SPACE_IDENTITY_AWAITED_COUNT);
	key_short(k, system);
	return key_span(k);
}

static uint64_t count_of(struct store_txn *t, uint64_t system)
{
	struct key k;
	struct bytes octets;
	uint64_t count = 0;
	if (store_get(t, count_key(&k, system), store_arena(t), &octets)
	    && !identity_number_read(octets, &count))
		store_damaged(t, "how many links of ids nobody has a system made cannot be read");
	return count;
}

static void set_count(struct store_txn *t, uint64_t system, uint64_t count)
{
	struct key k;
	unsigned char octets[sizeof count];
	size_t at = sizeof octets;
	for (; count != 0; count >>= 8)
		octets[--at] = (unsigned char)count;
	if (at == sizeof octets)
		store_delete(t, count_key(&k, system));
	else
		store_put(t, count_key(&k, system),
			  (struct bytes){ octets + at, sizeof octets - at });
}

/* ---- A link, both of its halves ---- */

static void add_link(struct store_txn *t, const struct patient_identifier *one,
		     const struct patient_identifier *other, const struct awaited *link)
{
	add_half(t, one, other, link);
	add_half(t, other, one, link);
	set_count(t, link->system, count_of(t, link->system) + 1);
}

static void take_link(struct store_txn *t, const struct patient_identifier *one,
		      const struct awaited *link)
{
	uint64_t count = count_of(t, link->system);
	take_half(t, one, &link->with);
	take_half(t, &link->with, one);
	set_count(t, link->system, count == 0 ? 0 : count - 1);
}

static bool is_full(struct store_txn *t, const struct patient_identifier *id)
{
	return link_count(links_of(t, id)) >= AWAITED_EACH;
}

bool identity_await(struct store_txn *t, const char *system, const struct patient_identifier *one,
		    const struct patient_identifier *other, int64_t occurred,
		    struct feed_outcome *out, struct problem *p)
{
	struct awaited link = { .system = name_number(t, system),
				.since = store_clock(t)->now(store_clock(t)) };
	*out = (struct feed_outcome){ .effect = FEED_UNCHANGED };
	out->older = identity_retired_after(t, one, occurred)
		     || identity_retired_after(t, other, occurred);
	if (out->older || link_with(links_of(t, one), other) != NULL)
		return feed_finish(t, true, p);
	if (is_full(t, one) || is_full(t, other))
		return problem_set(p, PROBLEM_TOO_MANY_RELATED,
				   "of one id at most %d links wait for ids that nobody has",
				   AWAITED_EACH);
	if (count_of(t, link.system) >= AWAITED_MOST)
		return problem_set(p, PROBLEM_TOO_MANY_RELATED,
				   "of one system at most %d links wait for ids that nobody has",
				   AWAITED_MOST);
	add_link(t, one, other, &link);
	out->effect = FEED_UPDATED;
	return feed_finish(t, true, p);
}

bool identity_await_no_more(struct store_txn *t, const struct patient_identifier *one,
			    const struct patient_identifier *other, struct feed_outcome *out,
			    struct problem *p)
{
	const struct awaited *link = link_with(links_of(t, one), other);
	*out = (struct feed_outcome){ .effect = FEED_UNCHANGED };
	if (link != NULL) {
		take_link(t, one, link);
		out->effect = FEED_UPDATED;
	}
	return feed_finish(t, true, p);
}

/* ---- An id becomes known, or is another one ---- */

static struct patient_identifier id_of(const struct identity_row *row)
{
	return (struct patient_identifier){ .universal_id = row->record.domain,
					    .id = row->record.id };
}

void feed_settle_awaited(struct feed *f, struct identity_row *row)
{
	const struct patient_identifier own = id_of(row);
	for (const struct awaited *l = links_of(f->work.txn, &own); l != NULL; l = l->next) {
		uint64_t number;
		if (!identity_id_get(f->work.txn, f->work.arena, l->with.universal_id, l->with.id,
				     &number))
			continue;
		struct identity_row *other = identity_work_led_to(&f->work, number);
		take_link(f->work.txn, &own, l);
		if (other == NULL || other->made || other->record.status != RECORD_ACTIVE)
			continue;
		identity_work_explore(&f->work, row);
		identity_work_explore(&f->work, other);
		feed_tie_of_message(f, row, other);
	}
}

void identity_await_look_ahead(struct store_txn *t, const struct patient_identifier *id)
{
	links_of(t, id);
	identity_retired_after(t, id, 1);
}

void identity_move_awaited(struct store_txn *t, const char *domain, const char *id, const char *now)
{
	const struct patient_identifier from = { .universal_id = domain, .id = id },
					to = { .universal_id = domain, .id = now };
	for (const struct awaited *l = links_of(t, &from); l != NULL; l = l->next) {
		take_link(t, &from, l);
		if (!is_same(&l->with, &to) && link_with(links_of(t, &to), &l->with) == NULL
		    && !is_full(t, &to))
			add_link(t, &to, &l->with, l);
	}
}

bool identity_change_awaited(struct store_txn *t, const struct region *r, const char *domain,
			     const char *id, const char *now, struct feed_outcome *out,
			     struct problem *p)
{
	struct feed f = feed_begin(t, r, "", out);
	uint64_t number;
	identity_move_awaited(t, domain, id, now);
	if (!identity_id_get(t, f.work.arena, domain, now, &number))
		return feed_finish(t, true, p);
	struct identity_row *row = identity_work_led_to(&f.work, number);
	if (row == NULL || row->made || row->record.status != RECORD_ACTIVE)
		return feed_finish(t, true, p);
	feed_settle_awaited(&f, row);
	return feed_finish(t, feed_end(&f, row), p);
}

/* ---- What must be true of them ---- */

/* A link at own, as it stands there. */
static bool is_whole(struct store_txn *t, struct arena *a, const struct patient_identifier *own,
		     bool known, const struct awaited *link)
{
	struct key k;
	const struct awaited *half = link_with(read_row(t, a, &link->with), own);
	return half != NULL && half->system == link->system
	       && store_has(t, count_key(&k, link->system))
	       && !(known && identity_key_is_known(t, awaited_key(t, &k, &link->with)));
}

/* Whose row it is, as the other side names it. */
static bool find_domain(struct store_txn *t, struct arena *a, struct bytes key,
			struct patient_identifier *own)
{
	struct key k;
	struct key_reader r = key_read(key);
	own->universal_id = name_text(t, a, key_read_short(&r));
	return own->universal_id != NULL && bytes_equal(awaited_key(t, &k, own), key);
}

bool identity_awaited_holds(struct store_txn *t, struct arena *a, struct bytes key,
			    struct bytes octets)
{
	struct patient_identifier own = { .id = NULL };
	struct awaited *list;
	if (!read_links(t, a, octets, &own.id, &list) || list == NULL
	    || !find_domain(t, a, key, &own))
		return false;
	bool known = identity_key_is_known(t, key);
	while (list != NULL && is_whole(t, a, &own, known, list))
		list = list->next;
	return list == NULL;
}

bool identity_awaited_counts(struct store_txn *t, struct arena *a, uint64_t system,
			     struct bytes octets)
{
	struct key space;
	struct bytes key, value;
	uint64_t said, halves = 0;
	key_begin(&space, SPACE_IDENTITY_AWAITED);
	struct store_cursor *c = store_scan_prefix(t, key_span(&space), false);
	while (store_next(c, &key, &value)) {
		struct arena_mark before = arena_mark(a);
		struct awaited *list;
		const char *id;
		for (read_links(t, a, value, &id, &list); list != NULL; list = list->next)
			halves += list->system == system;
		arena_rewind(a, &before);
	}
	store_scan_end(c);
	return identity_number_read(octets, &said) && halves == 2 * said;
}
