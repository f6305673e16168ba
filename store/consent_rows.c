/* store/consent_rows.c: how consent is laid out in keys. */
#include "store/consent_rows.h"

#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "store/record.h"

enum { EVENTS_VERSION = 2, EVENTS_EVENT = 1 };
enum {
	EVENT_ACTION = 1,
	EVENT_FACILITY,
	EVENT_REASON,
	EVENT_BY,
	EVENT_TIME,
	EVENT_SEQUENCE,
	EVENT_RECORD_VERSION,
	EVENT_INHERITED,
	EVENT_ORIGIN
};
enum { STATE_VERSION = 1 };
enum { STATE_JOINED = 1, STATE_LEFT, STATE_RESTS, STATE_DISPUTED, STATE_EXCLUDED, STATE_SINCE };

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

/* Its texts stay in the row. */
static bool read_event(struct record_reader r, struct kept_event *n)
{
	struct consent_event *e = &n->event;
	*n = (struct kept_event){ .event = { .reason = "", .by = "" } };
	while (record_next(&r))
		switch (r.tag) {
		case EVENT_ACTION: e->action = (enum consent_action)record_as_number(&r); break;
		case EVENT_FACILITY: e->facility = record_as_text(&r); break;
		case EVENT_REASON: e->reason = record_as_text(&r); break;
		case EVENT_BY: e->by = record_as_text(&r); break;
		case EVENT_TIME: e->time = record_as_instant(&r); break;
		case EVENT_SEQUENCE: n->sequence = record_as_number(&r); break;
		case EVENT_RECORD_VERSION: n->version = record_as_number(&r); break;
		case EVENT_INHERITED: n->inherited = record_as_flag(&r); break;
		case EVENT_ORIGIN: n->origin = record_as_number(&r); break;
		}
	return !r.broken && n->sequence != 0 && e->action <= CONSENT_INCLUDE
	       && about_facility(e->action) == (e->facility != NULL);
}

static void write_event(struct record_writer *w, const struct kept_event *n)
{
	const struct consent_event *e = &n->event;
	record_open(w, EVENTS_EVENT);
	record_number(w, EVENT_SEQUENCE, n->sequence);
	record_number(w, EVENT_ACTION, e->action);
	record_text(w, EVENT_FACILITY, e->facility);
	record_text(w, EVENT_REASON, e->reason);
	record_text(w, EVENT_BY, e->by);
	record_instant(w, EVENT_TIME, e->time);
	record_number(w, EVENT_RECORD_VERSION, n->version);
	record_flag(w, EVENT_INHERITED, n->inherited);
	record_number(w, EVENT_ORIGIN, n->origin);
	record_close(w);
}

/* What one person said has a time each (consent_record()); of strangers that become one the times
 * may be the same. */
static bool is_before(const struct kept_event *x, const struct kept_event *y)
{
	return x->event.time != y->event.time ? x->event.time < y->event.time
					      : x->sequence < y->sequence;
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

bool consent_events_read(struct arena *a, struct bytes row, struct kept_events *out)
{
	struct record_reader r = record_read(row);
	*out = (struct kept_events){ .count = 0 };
	while (record_next(&r)) {
		struct kept_event e;
		if (!read_event(record_within(&r), &e))
			return false;
		consent_events_add(a, out, &e);
	}
	return !r.broken && out->count != 0;
}

bool consent_events_get(struct store_txn *t, struct arena *a, uint64_t subject,
			struct kept_events *out)
{
	struct key k;
	struct bytes row;
	*out = (struct kept_events){ .count = 0 };
	if (!store_get(t, row_key(&k, SPACE_CONSENT_EVENTS, subject), a, &row))
		return !store_failed(t);
	if (consent_events_read(a, row, out))
		return true;
	return store_damaged(t, "consent events in the store cannot be read");
}

bool consent_events_put(struct store_txn *t, uint64_t subject, const struct kept_events *list)
{
	struct key k;
	struct record_writer w = record_begin(store_arena(t), EVENTS_VERSION);
	for (size_t i = 0; i < list->count; i++)
		write_event(&w, list->all[i]);
	return store_put(t, row_key(&k, SPACE_CONSENT_EVENTS, subject), record_end(&w));
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

static bool opens(const struct kept_event *e)
{
	return e->event.action == CONSENT_JOIN || e->event.action == CONSENT_INCLUDE;
}

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

bool consent_history_put(struct store_txn *t, uint64_t subject, const struct kept_event *e)
{
	struct key k;
	struct record_writer w = record_begin(store_arena(t), EVENTS_VERSION);
	write_event(&w, e);
	return store_put(t, history_key(&k, subject, e->sequence), record_end(&w));
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
	struct kept_events list;
	unsigned char *octets = arena_alloc(a, row.length); /* the texts stay in them */
	memcpy(octets, row.data, row.length);
	key_read_short(&r);
	uint64_t sequence = key_read_short(&r);
	if (!consent_events_read(a, (struct bytes){ octets, row.length }, &list))
		return false;
	*out = *list.all[0];
	return list.count == 1 && out->sequence == sequence && key_read_end(&r);
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

bool consent_is_decided(struct store_txn *t, uint64_t subject)
{
	struct key k;
	return store_has(t, row_key(&k, SPACE_CONSENT_EVENTS, subject));
}

/* ---- What holds ---- */

bool consent_state_read(struct arena *a, struct bytes row, struct participation *out)
{
	struct record_reader r = record_read(row);
	size_t most = 0;
	for (struct record_reader c = r; record_next(&c);)
		most += c.tag == STATE_EXCLUDED;
	*out = (struct participation){ .excluded = arena_array(a, const char *, most + 1) };
	while (record_next(&r))
		switch (r.tag) {
		case STATE_JOINED: out->decided = out->joined = true; break;
		case STATE_LEFT: out->decided = true; break;
		case STATE_RESTS: out->rests = true; break;
		case STATE_DISPUTED: out->disputed = true; break;
		case STATE_SINCE: out->since = record_as_instant(&r); break;
		case STATE_EXCLUDED:
			out->excluded[out->excluded_count++] = record_as_text(&r);
			break;
		}
	return !r.broken;
}

bool consent_state_get(struct store_txn *t, struct arena *a, uint64_t subject,
		       struct participation *out)
{
	struct key k;
	struct bytes row;
	*out = (struct participation){ .decided = false };
	if (!store_get(t, row_key(&k, SPACE_CONSENT_STATE, subject), a, &row))
		return !store_failed(t);
	if (consent_state_read(a, row, out))
		return true;
	return store_damaged(t, "a participation in the store cannot be read");
}

static struct bytes state_octets(struct arena *a, const struct participation *p)
{
	struct record_writer w = record_begin(a, STATE_VERSION);
	record_flag(&w, STATE_JOINED, p->decided && p->joined);
	record_flag(&w, STATE_LEFT, p->decided && !p->joined);
	record_flag(&w, STATE_RESTS, p->rests);
	record_flag(&w, STATE_DISPUTED, p->disputed);
	for (size_t i = 0; i < p->excluded_count; i++)
		record_text(&w, STATE_EXCLUDED, p->excluded[i]);
	if (p->decided)
		record_instant(&w, STATE_SINCE, p->since);
	return record_end(&w);
}

bool consent_state_put(struct store_txn *t, uint64_t subject, const struct participation *p)
{
	struct key k;
	struct bytes before, now = state_octets(store_arena(t), p);
	bool any = p->decided || p->rests || p->excluded_count != 0;
	row_key(&k, SPACE_CONSENT_STATE, subject);
	if (!store_get(t, key_span(&k), store_arena(t), &before))
		return !any || store_put(t, key_span(&k), now);
	if (!any)
		return store_delete(t, key_span(&k));
	return bytes_equal(before, now) || store_put(t, key_span(&k), now);
}

bool consent_participation(struct store_txn *t, struct arena *a, uint64_t subject,
			   struct participation *out)
{
	return consent_state_get(t, a, subject, out);
}
