/* store/consent_rows.c: how consent is laid out in keys. */
#include "store/consent_rows.h"

#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "store/consent_papers.h"
#include "store/packed.h"
#include "store/record.h"

/* A record of these; or, of nearly everybody, one event and what holds by it, without tags: the
 * first octet then has ROW_ALONE beside what holds. */
enum { ROW_VERSION = 3, ROW_ALONE = 0x80 };
enum {
	ROW_EVENT = 1,
	ROW_HOLDS,
	ROW_EXCLUDED,
	ROW_SINCE,
	ROW_GRANT,
	ROW_TURN,
	ROW_TURN_AT,
	ROW_INCLUDED,
	ROW_SEEN
};

/* What holds: a set. */
enum { HOLDS_JOINED = 1, HOLDS_LEFT = 2, HOLDS_RESTS = 4, HOLDS_DISPUTED = 8, HOLDS_KNOWN = 15 };

/* An event is packed: what it is, with these beside its action; sequence, time, the version and the
 * origin; reason, by, the facility; and, if there is more, a record of it up to the end. */
enum {
	EVENT_ACTION = 3,
	EVENT_INHERITED = 4,
	EVENT_ELSEWHERE = 8,
	EVENT_OF_GRANTS = 16, /* the action is counted from CONSENT_GRANT on */
	EVENT_MORE = 32,
	EVENT_KNOWN = 63
};
enum { MORE_VERSION = 1 };
enum {
	MORE_FROM = 1,
	MORE_UNTIL,
	MORE_GROUPS,
	MORE_PROOF,
	MORE_PROOF_DATE,
	MORE_PROOF_BY,
	MORE_PAPER
};

static bool about_facility(enum consent_action action)
{
	return action >= CONSENT_EXCLUDE;
}

static struct bytes row_key(struct key *k, unsigned char space, uint64_t subject)
{
	key_begin(k, space);
	key_short(k, subject);
	return key_span(k);
}

/* ---- Events ---- */

static bool has_more(const struct consent_event *e)
{
	return e->from != 0 || e->until != 0 || e->groups != NULL || e->proof.kind != NULL
	       || e->paper.kind != PAPER_NONE;
}

static bool read_more(struct packed_reader *p, struct consent_event *e)
{
	struct bytes octets = { p->at, (size_t)(p->end - p->at) };
	struct record_reader r = record_read(octets);
	p->at = p->end;
	while (record_next(&r))
		switch (r.tag) {
		case MORE_FROM: e->from = record_as_instant(&r); break;
		case MORE_UNTIL: e->until = record_as_instant(&r); break;
		case MORE_GROUPS: e->groups = record_as_text(&r); break;
		case MORE_PROOF: e->proof.kind = record_as_text(&r); break;
		case MORE_PROOF_DATE: e->proof.date = record_as_text(&r); break;
		case MORE_PROOF_BY: e->proof.by = record_as_text(&r); break;
		case MORE_PAPER: r.broken = !consent_paper_read(r.value, &e->paper); break;
		}
	return !r.broken && r.version == MORE_VERSION;
}

static struct bytes more_octets(struct arena *a, const struct consent_event *e)
{
	struct record_writer w = record_begin(a, MORE_VERSION);
	if (e->from != 0)
		record_instant(&w, MORE_FROM, e->from);
	if (e->until != 0)
		record_instant(&w, MORE_UNTIL, e->until);
	record_text(&w, MORE_GROUPS, e->groups);
	record_text(&w, MORE_PROOF, e->proof.kind);
	record_text(&w, MORE_PROOF_DATE, e->proof.date);
	record_text(&w, MORE_PROOF_BY, e->proof.by);
	if (e->paper.kind != PAPER_NONE)
		record_bytes(&w, MORE_PAPER, consent_paper_octets(a, &e->paper));
	return record_end(&w);
}

static enum consent_action action_of(unsigned what)
{
	unsigned action = what & EVENT_ACTION;
	return (what & EVENT_OF_GRANTS) == 0 ? action : CONSENT_GRANT + action;
}

/* Its texts stay in the row. What was given with the record that keeps it does not say so. */
static bool read_event(struct bytes octets, uint64_t subject, struct kept_event *n)
{
	struct consent_event *e = &n->event;
	struct packed_reader r = packed_read(octets);
	unsigned what = packed_as_octet(&r);
	*n = (struct kept_event){ .event = { .action = action_of(what) } };
	n->inherited = (what & EVENT_INHERITED) != 0;
	n->sequence = packed_as_number(&r);
	e->time = packed_as_signed(&r);
	n->version = packed_as_number(&r);
	n->origin = (what & EVENT_ELSEWHERE) != 0 ? packed_as_number(&r) : subject;
	e->reason = packed_as_text(&r);
	e->by = packed_as_text(&r);
	if (about_facility(e->action))
		e->facility = packed_as_text(&r);
	if ((what & EVENT_MORE) != 0 && !r.broken && !read_more(&r, e))
		return false;
	return !r.broken && !packed_more(&r) && n->sequence != 0 && what <= EVENT_KNOWN
	       && (unsigned)e->action < CONSENT_ACTIONS;
}

static unsigned what_is(const struct consent_event *e)
{
	return (e->action < CONSENT_GRANT ? (unsigned)e->action
					  : (unsigned)(e->action - CONSENT_GRANT) | EVENT_OF_GRANTS)
	       | (has_more(e) ? EVENT_MORE : 0u);
}

static void pack_event(struct buffer *b, struct arena *a, uint64_t subject,
		       const struct kept_event *n)
{
	const struct consent_event *e = &n->event;
	bool elsewhere = n->origin != subject;
	buffer_byte(b, (unsigned char)(what_is(e) | (n->inherited ? EVENT_INHERITED : 0u)
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
	if (has_more(e)) {
		struct bytes more = more_octets(a, e);
		buffer_append(b, more.data, more.length);
	}
}

static void write_event(struct record_writer *w, struct arena *a, uint64_t subject,
			const struct kept_event *n)
{
	struct buffer b = buffer_in(a);
	pack_event(&b, a, subject, n);
	record_bytes(w, ROW_EVENT, buffer_bytes(&b));
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

bool consent_event_find(struct store_txn *t, struct arena *a, uint64_t subject, uint64_t sequence,
			struct kept_event *out)
{
	struct consent_row row;
	struct bytes key, value;
	if (!consent_row_get(t, a, subject, &row))
		return false;
	for (size_t i = 0; i < row.events.count; i++)
		if (row.events.all[i]->sequence == sequence) {
			*out = *row.events.all[i];
			return true;
		}
	struct store_cursor *c = consent_history_before(t, subject, sequence + 1);
	bool found = store_next(c, &key, &value) && consent_history_read(a, key, value, out)
		     && out->sequence == sequence;
	store_scan_end(c);
	return found;
}

bool consent_history_last(struct store_txn *t, struct arena *a, uint64_t subject,
			  struct kept_event *out)
{
	struct bytes key, row;
	struct store_cursor *c = consent_history_before(t, subject, UINT64_MAX);
	bool any = store_next(c, &key, &row);
	if (any && !consent_history_read(a, key, row, out))
		any = store_damaged(t, "the history of consent cannot be read");
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
		       struct consent_row *out, bool events)
{
	struct kept_event e;
	if (!read_event((struct bytes){ octets.data + 1, octets.length - 1 }, subject, &e))
		return false;
	read_holds(&out->holds, octets.data[0]);
	if (out->holds.decided)
		out->holds.since = since_said(&e, 0);
	if (events)
		consent_events_add(a, &out->events, &e);
	return true;
}

/* Both texts in one field. */
static struct consent_grant read_grant(struct record_reader *r)
{
	struct packed_reader p = packed_read(r->value);
	struct consent_grant g;
	g.facility = packed_as_text(&p);
	g.groups = packed_as_text(&p);
	r->broken = p.broken || packed_more(&p); /* there is a field: it was not broken so far */
	return g;
}

/* How many there may be. */
static void make_room(struct arena *a, struct record_reader r, struct participation *out)
{
	size_t excluded = 0, included = 0, grants = 0;
	while (record_next(&r)) {
		excluded += r.tag == ROW_EXCLUDED;
		included += r.tag == ROW_INCLUDED;
		grants += r.tag == ROW_GRANT;
	}
	out->excluded = arena_array(a, const char *, excluded + 1);
	out->included = included == 0 ? NULL : arena_array(a, const char *, included);
	out->grants = grants == 0 ? NULL : arena_array(a, struct consent_grant, grants);
}

/* A field of what holds. False: it is another's. */
static bool read_holding(struct record_reader *r, struct participation *out)
{
	switch (r->tag) {
	case ROW_HOLDS: read_holds(out, (unsigned)record_as_number(r)); return true;
	case ROW_EXCLUDED: out->excluded[out->excluded_count++] = record_as_text(r); return true;
	case ROW_INCLUDED: out->included[out->included_count++] = record_as_text(r); return true;
	case ROW_GRANT: out->grants[out->grant_count++] = read_grant(r); return true;
	case ROW_SINCE: out->since = record_as_instant(r); return true;
	default: return false;
	}
}

static bool read_turn(struct arena *a, struct record_reader *row, struct consent_row *out)
{
	struct record_reader r = record_within(row);
	struct consent_turn *turn = &out->turns[out->turn_count++];
	*turn = (struct consent_turn){ .at = 0 };
	make_room(a, r, &turn->holds);
	while (record_next(&r))
		if (r.tag == ROW_TURN_AT)
			turn->at = record_as_instant(&r);
		else
			read_holding(&r, &turn->holds);
	return !r.broken && turn->at != 0 && (out->turn_count == 1 || turn[-1].at < turn->at);
}

/* Who only asks what holds reads of events what that takes. */
static bool read_row(struct arena *a, uint64_t subject, struct bytes octets,
		     struct consent_row *out, bool events)
{
	if (is_alone(octets))
		return read_alone(a, subject, octets, out, events);
	struct record_reader r = record_read(octets);
	struct kept_event e;
	instant said = 0;
	size_t turns = 0;
	bool given = false;
	make_room(a, r, &out->holds);
	for (struct record_reader c = r; record_next(&c);)
		turns += c.tag == ROW_TURN;
	out->turns = turns == 0 ? NULL : arena_array(a, struct consent_turn, turns);
	while (record_next(&r)) {
		if (r.tag == ROW_TURN && !read_turn(a, &r, out))
			return false;
		if (r.tag == ROW_SEEN)
			out->seen = record_as_instant(&r);
		if (r.tag != ROW_EVENT) {
			given = (read_holding(&r, &out->holds) && r.tag == ROW_SINCE) || given;
			continue;
		}
		if (!read_event(r.value, subject, &e))
			return false;
		said = since_said(&e, said);
		if (events)
			consent_events_add(a, &out->events, &e);
	}
	if (out->holds.decided && !given)
		out->holds.since = said;
	return !r.broken && r.version == ROW_VERSION;
}

static bool holds_anything(const struct participation *p)
{
	return p->decided || p->rests || p->excluded_count != 0 || p->included_count != 0
	       || p->grant_count != 0;
}

static bool says_anything(const struct consent_row *row)
{
	return row->events.count != 0 || row->turn_count != 0 || holds_anything(&row->holds);
}

bool consent_row_read(struct arena *a, uint64_t subject, struct bytes octets,
		      struct consent_row *out)
{
	*out = (struct consent_row){ .kept = octets };
	return read_row(a, subject, octets, out, true) && says_anything(out);
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

/* said: since when, by the events; not written. */
static void write_holding(struct record_writer *w, struct arena *a, const struct participation *p,
			  instant said)
{
	unsigned holds = holds_of(p);
	if (holds != 0)
		record_number(w, ROW_HOLDS, holds);
	for (size_t i = 0; i < p->excluded_count; i++)
		record_text(w, ROW_EXCLUDED, p->excluded[i]);
	for (size_t i = 0; i < p->included_count; i++)
		record_text(w, ROW_INCLUDED, p->included[i]);
	for (size_t i = 0; i < p->grant_count; i++) {
		struct buffer b = buffer_in(a);
		packed_text(&b, p->grants[i].facility);
		packed_text(&b, p->grants[i].groups);
		record_bytes(w, ROW_GRANT, buffer_bytes(&b));
	}
	if (p->decided && p->since != said)
		record_instant(w, ROW_SINCE, p->since);
}

static void write_turn(struct record_writer *w, struct arena *a, const struct consent_turn *turn)
{
	record_open(w, ROW_TURN);
	record_instant(w, ROW_TURN_AT, turn->at);
	write_holding(w, a, &turn->holds, 0);
	record_close(w);
}

/* One event, and nothing that it does not say. */
static bool may_stand_alone(const struct consent_row *row)
{
	const struct participation *p = &row->holds;
	return row->events.count == 1 && p->excluded_count == 0 && p->included_count == 0
	       && p->grant_count == 0 && row->turn_count == 0
	       && (!p->decided || p->since == since_said(row->events.all[0], 0));
}

static struct bytes row_octets(struct arena *a, uint64_t subject, const struct consent_row *row)
{
	if (may_stand_alone(row)) {
		struct buffer b = buffer_in(a);
		buffer_byte(&b, (unsigned char)(ROW_ALONE | holds_of(&row->holds)));
		pack_event(&b, a, subject, row->events.all[0]);
		return buffer_bytes(&b);
	}
	struct record_writer w = record_begin(a, ROW_VERSION);
	instant said = 0;
	for (size_t i = 0; i < row->events.count; i++)
		said = since_said(row->events.all[i], said);
	write_holding(&w, a, &row->holds, said);
	for (size_t i = 0; i < row->turn_count; i++)
		write_turn(&w, a, &row->turns[i]);
	if (row->turn_count != 0 && row->seen != 0)
		record_instant(&w, ROW_SEEN, row->seen);
	for (size_t i = 0; i < row->events.count; i++)
		write_event(&w, a, subject, row->events.all[i]);
	return record_end(&w);
}

static struct bytes ends_key(struct key *k, instant at, uint64_t subject)
{
	key_begin(k, SPACE_CONSENT_ENDS);
	key_instant(k, at);
	key_short(k, subject);
	return key_span(k);
}

static bool is_one_of(const instant *all, size_t count, instant at)
{
	size_t i = 0;
	while (i < count && all[i] != at)
		i++;
	return i < count;
}

/* What was seen to is not put there again while the row still says it. What is kept can be read:
 * who got it (consent_row_get()) has nothing kept where it cannot. */
static bool put_ends(struct store_txn *t, uint64_t subject, const struct consent_row *row)
{
	struct arena *a = store_arena(t);
	struct consent_row before = { .kept = row->kept };
	struct key k;
	instant *was, *is;
	bool done = true;
	if (row->kept.length != 0)
		read_row(a, subject, row->kept, &before, true);
	size_t were = consent_events_turns(a, &before.events, &was);
	size_t are = consent_events_turns(a, &row->events, &is);
	for (size_t i = 0; done && i < were; i++)
		if (!is_one_of(is, are, was[i]))
			done = store_delete(t, ends_key(&k, was[i], subject));
	for (size_t i = 0; done && i < are; i++)
		if (!is_one_of(was, were, is[i]))
			done = store_put(t, ends_key(&k, is[i], subject), (struct bytes){ 0 });
	return done;
}

bool consent_ends_fits(const struct consent_row *row, instant at)
{
	for (size_t i = 0; i < row->events.count; i++) {
		const struct consent_event *e = &row->events.all[i]->event;
		if (consent_event_is_timed(e) && (e->from == at || e->until == at))
			return true;
	}
	return false;
}

bool consent_row_put(struct store_txn *t, uint64_t subject, const struct consent_row *row)
{
	struct key k;
	struct bytes now = { 0 };
	if (says_anything(row))
		now = row_octets(store_arena(t), subject, row);
	row_key(&k, SPACE_CONSENT, subject);
	if (bytes_equal(row->kept, now))
		return true;
	if (!put_ends(t, subject, row))
		return false;
	return now.length == 0 ? store_delete(t, key_span(&k)) : store_put(t, key_span(&k), now);
}

bool consent_is_decided(struct store_txn *t, uint64_t subject)
{
	struct consent_row row;
	return consent_row_get(t, store_arena(t), subject, &row) && row.events.count != 0;
}

/* What holds at that instant, of the row; not before what was seen already. */
static struct participation holding(const struct consent_row *row, instant at)
{
	struct participation p = row->holds;
	size_t next = 0;
	if (at < row->seen)
		at = row->seen;
	for (; next < row->turn_count && row->turns[next].at <= at; next++)
		p = row->turns[next].holds;
	p.until = next < row->turn_count ? row->turns[next].at : 0;
	return p;
}

bool consent_participation(struct store_txn *t, struct arena *a, uint64_t subject, instant at,
			   struct participation *out)
{
	struct key k;
	struct bytes octets;
	struct consent_row row = { .kept = { 0 } };
	*out = (struct participation){ .decided = false };
	if (!store_get(t, row_key(&k, SPACE_CONSENT, subject), a, &octets))
		return !store_failed(t);
	if (!read_row(a, subject, octets, &row, false))
		return store_damaged(t, "a participation in the store cannot be read");
	*out = holding(&row, at);
	return true;
}

bool consent_included(const struct participation *p, const char *system)
{
	for (size_t i = 0; i < p->included_count; i++)
		if (text_equal(p->included[i], system))
			return true;
	return false;
}

const char *consent_granted(const struct participation *p, const char *system)
{
	for (size_t i = 0; i < p->grant_count; i++)
		if (text_equal(p->grants[i].facility, system))
			return p->grants[i].groups;
	return NULL;
}
