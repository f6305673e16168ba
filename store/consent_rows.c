/* store/consent_rows.c: how consent is laid out in keys. */
#include "store/consent_rows.h"

#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "store/packed.h"
#include "store/record.h"

/* A record of these; or, of nearly everybody, one event and what holds by it, without tags: the
 * first octet then has ROW_ALONE beside what holds. */
enum { ROW_VERSION = 3, ROW_ALONE = 0x80 };
enum { ROW_EVENT = 1, ROW_HOLDS, ROW_EXCLUDED, ROW_SINCE };

/* What holds: a set. */
enum { HOLDS_JOINED = 1, HOLDS_LEFT = 2, HOLDS_RESTS = 4, HOLDS_DISPUTED = 8, HOLDS_KNOWN = 15 };

/* An event is packed: what it is, with these beside its action; sequence, time, the version and the
 * origin; reason, by, the facility. */
enum { EVENT_ACTION = 3, EVENT_INHERITED = 4, EVENT_ELSEWHERE = 8, EVENT_KNOWN = 15 };

static bool about_facility(enum consent_action action)
{
	return action == CONSENT_EXCLUDE || action == CONSENT_INCLUDE;
}

static struct bytes row_key(struct key *k, unsigned char space, uint64_t subject)
{
	key_begin(k, space);
	key_short(k, subject);
	return key_span(k);
}

/* ---- Events ---- */

/* Its texts stay in the row. What was given with the record that keeps it does not say so. */
static bool read_event(struct bytes octets, uint64_t subject, struct kept_event *n)
{
	struct consent_event *e = &n->event;
	struct packed_reader r = packed_read(octets);
	unsigned what = packed_as_octet(&r);
	*n = (struct kept_event){ .event = { .action = what & EVENT_ACTION } };
	n->inherited = (what & EVENT_INHERITED) != 0;
	n->sequence = packed_as_number(&r);
	e->time = packed_as_signed(&r);
	n->version = packed_as_number(&r);
	n->origin = (what & EVENT_ELSEWHERE) != 0 ? packed_as_number(&r) : subject;
	e->reason = packed_as_text(&r);
	e->by = packed_as_text(&r);
	if (about_facility(e->action))
		e->facility = packed_as_text(&r);
	return !r.broken && !packed_more(&r) && n->sequence != 0 && what <= EVENT_KNOWN;
}

static void pack_event(struct buffer *b, uint64_t subject, const struct kept_event *n)
{
	const struct consent_event *e = &n->event;
	bool elsewhere = n->origin != subject;
	buffer_byte(b, (unsigned char)((unsigned)e->action | (n->inherited ? EVENT_INHERITED : 0u)
				       | (elsewhere ? EVENT_ELSEWHERE : 0u)));
	packed_number(b, n->sequence);
	packed_signed(b, e->time);
	packed_number(b, n->version);
	if (elsewhere)
		packed_number(b, n->origin);
	packed_text(b, e->reason);
	packed_text(b, e->by);
	if (about_facility(e->action))
		packed_text(b, e->facility);
}

static void write_event(struct record_writer *w, struct arena *a, uint64_t subject,
			const struct kept_event *n)
{
	struct buffer b = buffer_in(a);
	pack_event(&b, subject, n);
	record_bytes(w, ROW_EVENT, buffer_bytes(&b));
}

static bool opens(const struct kept_event *e)
{
	return e->event.action == CONSENT_JOIN || e->event.action == CONSENT_INCLUDE;
}

/* What one person said has a time each (consent_record()); of strangers that become one the times
 * may be the same: then what closes is the last word, whichever node decided which, for their
 * sequences do not tell (C4). */
static bool is_before(const struct kept_event *x, const struct kept_event *y)
{
	if (x->event.time != y->event.time)
		return x->event.time < y->event.time;
	return opens(x) != opens(y) ? opens(x) : x->sequence < y->sequence;
}

void consent_events_add(struct arena *a, struct kept_events *list, const struct kept_event *e)
{
	size_t at = list->count;
	if (list->count == list->room) {
		size_t wider = list->room == 0 ? 8 : 2 * list->room;
		list->all = arena_resize(a, list->all, list->room * sizeof *list->all,
					 wider * sizeof *list->all);
		list->room = wider;
	}
	struct kept_event *copy = arena_new(a, struct kept_event);
	*copy = *e;
	for (; at > 0 && is_before(e, list->all[at - 1]); at--)
		list->all[at] = list->all[at - 1];
	list->all[at] = copy;
	list->count++;
}

struct kept_events consent_events_copy(struct arena *a, const struct kept_events *list)
{
	struct kept_events copy = { .count = list->count, .room = list->count };
	copy.all = arena_array(a, struct kept_event *, list->count + 1);
	for (size_t i = 0; i < list->count; i++)
		copy.all[i] = list->all[i];
	return copy;
}

bool consent_events_have(const struct kept_events *list, uint64_t sequence)
{
	for (size_t i = 0; i < list->count; i++)
		if (list->all[i]->sequence == sequence)
			return true;
	return false;
}

/* Taking part, or one facility. */
static bool same_thing(const struct consent_event *x, const struct consent_event *y)
{
	return about_facility(x->action) == about_facility(y->action)
	       && text_equal(x->facility, y->facility);
}

static bool same_giver(const struct kept_event *x, const struct kept_event *y)
{
	return x->origin == y->origin && x->version == y->version;
}

/* It says what the one before it of that thing did. */
static bool is_repeated(const struct kept_events *list, size_t at)
{
	const struct kept_event *e = list->all[at];
	size_t before = at;
	while (before > 0 && !same_thing(&list->all[before - 1]->event, &e->event))
		before--;
	return before > 0 && list->all[before - 1]->event.action == e->event.action
	       && same_giver(list->all[before - 1], e);
}

/* What may go. Of all that others later said otherwise what opened goes first: who comes back as
 * the one who left finds it closed, and who comes back as the one who joined may join again. */
enum leaving { SAID_OTHERWISE, OPENED, ALL_TAKEN_BACK };

static bool is_taken_back(const struct kept_events *list, size_t at, enum leaving which)
{
	const struct kept_event *e = list->all[at];
	if (which == OPENED && !opens(e))
		return false;
	for (size_t i = at + 1; i < list->count; i++)
		if (same_thing(&list->all[i]->event, &e->event)
		    && (which != SAID_OTHERWISE || same_giver(list->all[i], e)))
			return true;
	return false;
}

static void leave_out_repeated(struct kept_events *list)
{
	size_t kept = 0;
	for (size_t i = 0; i < list->count; i++) {
		list->all[kept] = list->all[i];
		kept += !is_repeated(list, kept);
	}
	list->count = kept;
}

static void leave_out_taken_back(struct kept_events *list, enum leaving which, size_t most)
{
	size_t kept = 0;
	for (size_t i = 0; i < list->count; i++)
		if (most == 0 || !is_taken_back(list, i, which))
			list->all[kept++] = list->all[i];
		else
			most--;
	list->count = kept;
}

void consent_events_bound(struct kept_events *list)
{
	leave_out_repeated(list);
	leave_out_taken_back(list, SAID_OTHERWISE, list->count);
	for (enum leaving which = OPENED; which <= ALL_TAKEN_BACK; which++)
		if (list->count > EVENTS_MOST)
			leave_out_taken_back(list, which, list->count - EVENTS_MOST);
}

/* ---- History ---- */

static struct bytes history_key(struct key *k, uint64_t subject, uint64_t sequence)
{
	row_key(k, SPACE_CONSENT_HISTORY, subject);
	key_short(k, sequence);
	return key_span(k);
}

static bool put_history(struct store_txn *t, uint64_t subject, const struct kept_event *e)
{
	struct key k;
	struct record_writer w = record_begin(store_arena(t), ROW_VERSION);
	write_event(&w, store_arena(t), subject, e);
	return store_put(t, history_key(&k, subject, e->sequence), record_end(&w));
}

bool consent_history_follow(struct store_txn *t, uint64_t subject, const struct kept_events *before,
			    const struct kept_events *now)
{
	struct key k;
	bool done = true;
	for (size_t i = 0; done && i < before->count; i++)
		if (!consent_events_have(now, before->all[i]->sequence))
			done = put_history(t, subject, before->all[i]);
	for (size_t i = 0; done && i < now->count; i++)
		if (now->all[i]->inherited && !consent_events_have(before, now->all[i]->sequence))
			done = store_delete(t, history_key(&k, subject, now->all[i]->sequence));
	return done;
}

bool consent_history_forget(struct store_txn *t, uint64_t subject)
{
	struct bytes key, row;
	struct store_cursor *c = consent_history_before(t, subject, UINT64_MAX);
	while (store_next(c, &key, &row)) {
		struct key_reader r = key_read(key);
		struct key k;
		key_read_short(&r);
		store_delete(t, history_key(&k, subject, key_read_short(&r)));
	}
	store_scan_end(c);
	return !store_failed(t);
}

bool consent_history_has(struct store_txn *t, uint64_t subject, uint64_t sequence)
{
	struct key k;
	return store_has(t, history_key(&k, subject, sequence));
}

struct store_cursor *consent_history_before(struct store_txn *t, uint64_t subject,
					    uint64_t sequence)
{
	struct key from, end;
	return store_scan(t, history_key(&from, subject, 0), history_key(&end, subject, sequence),
			  true);
}

bool consent_history_read(struct arena *a, struct bytes key, struct bytes row,
			  struct kept_event *out)
{
	struct key_reader r = key_read(key);
	struct consent_row one;
	unsigned char *octets = arena_alloc(a, row.length); /* the texts stay in them */
	memcpy(octets, row.data, row.length);
	uint64_t subject = key_read_short(&r), sequence = key_read_short(&r);
	if (!consent_row_read(a, subject, (struct bytes){ octets, row.length }, &one)
	    || one.events.count != 1)
		return false;
	*out = *one.events.all[0];
	return out->sequence == sequence && key_read_end(&r);
}

bool consent_history_last(struct store_txn *t, struct arena *a, uint64_t subject,
			  struct kept_event *out)
{
	struct bytes key, row;
	struct store_cursor *c = consent_history_before(t, subject, UINT64_MAX);
	bool any = store_next(c, &key, &row)
		   && (consent_history_read(a, key, row, out)
		       || store_damaged(t, "the history of consent cannot be read"));
	store_scan_end(c);
	return any;
}

/* ---- A record's row ---- */

/* Not kept where it is what the last of these events that joins or leaves says. */
static instant since_said(const struct kept_event *e, instant before)
{
	return about_facility(e->event.action) ? before : e->event.time;
}

static void read_holds(struct participation *out, unsigned holds)
{
	out->joined = (holds & HOLDS_JOINED) != 0;
	out->decided = out->joined || (holds & HOLDS_LEFT) != 0;
	out->rests = (holds & HOLDS_RESTS) != 0;
	out->disputed = (holds & HOLDS_DISPUTED) != 0;
}

static bool is_alone(struct bytes octets)
{
	return octets.length != 0 && (octets.data[0] & ~(unsigned)HOLDS_KNOWN) == ROW_ALONE;
}

static bool read_alone(struct arena *a, uint64_t subject, struct bytes octets,
		       struct participation *out, struct kept_events *events)
{
	struct kept_event e;
	*out = (struct participation){ .excluded = NULL };
	if (!read_event((struct bytes){ octets.data + 1, octets.length - 1 }, subject, &e))
		return false;
	read_holds(out, octets.data[0]);
	if (out->decided)
		out->since = since_said(&e, 0);
	if (events != NULL)
		consent_events_add(a, events, &e);
	return true;
}

/* `events` may be NULL: who only asks what holds reads of them what that takes. */
static bool read_row(struct arena *a, uint64_t subject, struct bytes octets,
		     struct participation *out, struct kept_events *events)
{
	if (is_alone(octets))
		return read_alone(a, subject, octets, out, events);
	struct record_reader r = record_read(octets);
	struct kept_event e;
	instant said = 0;
	uint64_t holds = 0;
	bool given = false;
	size_t most = 0;
	for (struct record_reader c = r; record_next(&c);)
		most += c.tag == ROW_EXCLUDED;
	*out = (struct participation){ .excluded = arena_array(a, const char *, most + 1) };
	while (record_next(&r))
		switch (r.tag) {
		case ROW_EVENT:
			if (!read_event(r.value, subject, &e))
				return false;
			said = since_said(&e, said);
			if (events != NULL)
				consent_events_add(a, events, &e);
			break;
		case ROW_HOLDS: holds = record_as_number(&r); break;
		case ROW_EXCLUDED: out->excluded[out->excluded_count++] = record_as_text(&r); break;
		case ROW_SINCE:
			out->since = record_as_instant(&r);
			given = true;
			break;
		}
	read_holds(out, (unsigned)holds);
	if (out->decided && !given)
		out->since = said;
	return !r.broken && r.version == ROW_VERSION;
}

static bool holds_anything(const struct participation *p)
{
	return p->decided || p->rests || p->excluded_count != 0;
}

bool consent_row_read(struct arena *a, uint64_t subject, struct bytes octets,
		      struct consent_row *out)
{
	*out = (struct consent_row){ .kept = octets };
	return read_row(a, subject, octets, &out->holds, &out->events)
	       && (out->events.count != 0 || holds_anything(&out->holds));
}

bool consent_row_get(struct store_txn *t, struct arena *a, uint64_t subject,
		     struct consent_row *out)
{
	struct key k;
	struct bytes octets;
	*out = (struct consent_row){ .kept = { 0 } };
	if (!store_get(t, row_key(&k, SPACE_CONSENT, subject), a, &octets))
		return !store_failed(t);
	if (consent_row_read(a, subject, octets, out))
		return true;
	*out = (struct consent_row){ .kept = { 0 } };
	return store_damaged(t, "what was decided about record %llu cannot be read",
			     (unsigned long long)subject);
}

static unsigned holds_of(const struct participation *p)
{
	return (!p->decided ? 0u
		: p->joined ? HOLDS_JOINED
			    : HOLDS_LEFT)
	       | (p->rests ? HOLDS_RESTS : 0u) | (p->disputed ? HOLDS_DISPUTED : 0u);
}

static void write_holding(struct record_writer *w, const struct consent_row *row)
{
	const struct participation *p = &row->holds;
	unsigned holds = holds_of(p);
	instant said = 0;
	for (size_t i = 0; i < row->events.count; i++)
		said = since_said(row->events.all[i], said);
	if (holds != 0)
		record_number(w, ROW_HOLDS, holds);
	for (size_t i = 0; i < p->excluded_count; i++)
		record_text(w, ROW_EXCLUDED, p->excluded[i]);
	if (p->decided && p->since != said)
		record_instant(w, ROW_SINCE, p->since);
}

/* One event, and nothing that it does not say. */
static bool may_stand_alone(const struct consent_row *row)
{
	const struct participation *p = &row->holds;
	return row->events.count == 1 && p->excluded_count == 0
	       && (!p->decided || p->since == since_said(row->events.all[0], 0));
}

static struct bytes row_octets(struct arena *a, uint64_t subject, const struct consent_row *row)
{
	if (may_stand_alone(row)) {
		struct buffer b = buffer_in(a);
		buffer_byte(&b, (unsigned char)(ROW_ALONE | holds_of(&row->holds)));
		pack_event(&b, subject, row->events.all[0]);
		return buffer_bytes(&b);
	}
	struct record_writer w = record_begin(a, ROW_VERSION);
	write_holding(&w, row);
	for (size_t i = 0; i < row->events.count; i++)
		write_event(&w, a, subject, row->events.all[i]);
	return record_end(&w);
}

bool consent_row_put(struct store_txn *t, uint64_t subject, const struct consent_row *row)
{
	struct key k;
	struct bytes now = { 0 };
	if (row->events.count != 0 || holds_anything(&row->holds))
		now = row_octets(store_arena(t), subject, row);
	row_key(&k, SPACE_CONSENT, subject);
	if (bytes_equal(row->kept, now))
		return true;
	return now.length == 0 ? store_delete(t, key_span(&k)) : store_put(t, key_span(&k), now);
}

bool consent_is_decided(struct store_txn *t, uint64_t subject)
{
	struct consent_row row;
	return consent_row_get(t, store_arena(t), subject, &row) && row.events.count != 0;
}

bool consent_participation(struct store_txn *t, struct arena *a, uint64_t subject,
			   struct participation *out)
{
	struct key k;
	struct bytes octets;
	*out = (struct participation){ .decided = false };
	if (!store_get(t, row_key(&k, SPACE_CONSENT, subject), a, &octets))
		return !store_failed(t);
	if (read_row(a, subject, octets, out, NULL))
		return true;
	*out = (struct participation){ .decided = false };
	return store_damaged(t, "a participation in the store cannot be read");
}
