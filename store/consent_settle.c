/* store/consent_settle.c: what holds for each record of a person.
 *
 * For a record R those events of its person's records count that were given for R's identity, and
 * R's own. Of every record's own events that do, the last word counts; where these words differ the
 * stricter holds (C4). A record without a word of its own is given those of the others to keep, so
 * that it stays open, or closed, when the link goes. For whom an event was given never changes: not
 * by who keeps it, nor by what comes later, else a record with two names would pass it on from one
 * to the other.
 *
 * Where decisions begin or end (C6), all of this is done for each such instant, and kept as turns
 * beside what holds before the first: so who asks what holds compares clocks and nothing else. */
#include <stdlib.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "schemas/model/exclusion.h"
#include "store/consent_groups.h"
#include "store/consent_rows.h"
#include "store/consent_settling.h"
#include "store/identity_core.h"
#include "store/identity_rows.h"

enum { BEFORE_ALL = -1 }; /* instants of events are later */

/* Of a record that this very job gave its number nothing is kept yet. False: the store failed. */
static bool get_kept(struct settling *s, const struct identity_row *row, struct consent_row *out)
{
	*out = (struct consent_row){ .kept = { 0 } };
	return row->born || consent_row_get(s->work->txn, s->work->arena, row->record.number, out);
}

static void add_to(const char **list, size_t *count, const char *facility)
{
	for (size_t i = 0; i < *count; i++)
		if (text_equal(list[i], facility))
			return;
	list[(*count)++] = facility;
}

static void take_from(const char **list, size_t *count, const char *facility)
{
	size_t kept = 0;
	for (size_t i = 0; i < *count; i++)
		if (!text_equal(list[i], facility))
			list[kept++] = list[i];
	*count = kept;
}

static void exclude(struct participation *p, const char *facility)
{
	take_from(p->included, &p->included_count, facility);
	add_to(p->excluded, &p->excluded_count, facility);
}

/* Only of a system it may open something; the other kinds take back an exclusion. */
static void include(struct participation *p, const char *target)
{
	const char *what;
	take_from(p->excluded, &p->excluded_count, target);
	if (exclusion_kind(target, &what) == EXCLUSION_FACILITY)
		add_to(p->included, &p->included_count, target);
}

static struct consent_grant *grant_to(struct participation *p, const char *facility)
{
	for (size_t i = 0; i < p->grant_count; i++)
		if (text_equal(p->grants[i].facility, facility))
			return &p->grants[i];
	p->grants[p->grant_count] = (struct consent_grant){ facility, NULL };
	return &p->grants[p->grant_count++];
}

static void take_part(struct participation *p, const struct consent_event *e)
{
	bool joins = e->action == CONSENT_JOIN;
	if (!p->decided || p->joined != joins)
		p->since = e->from != 0 && e->from > e->time ? e->from : e->time;
	p->decided = true;
	p->joined = joins;
}

/* A grant that is taken back stands there, of no groups. */
static void hear(struct participation *p, const struct consent_event *e)
{
	switch (e->action) {
	case CONSENT_EXCLUDE: exclude(p, e->facility); break;
	case CONSENT_INCLUDE: include(p, e->facility); break;
	case CONSENT_GRANT: grant_to(p, e->facility)->groups = e->groups; break;
	case CONSENT_REVOKE: grant_to(p, e->facility)->groups = NULL; break;
	default: take_part(p, e);
	}
}

static const struct identity_core *core_then(struct settling *s, uint64_t number, uint64_t version)
{
	for (struct identity_row *row = s->work->rows; row != NULL; row = row->next)
		if (row->record.number == number && row->record.version == version)
			return identity_work_core(s->work, row);
	struct identity_row then;
	if (!identity_row_version(s->work->txn, s->work->arena, number, version, &then))
		return NULL;
	struct identity_core *core = arena_new(s->work->arena, struct identity_core);
	return identity_row_core(s->work->arena, &then, core) ? core : NULL;
}

static struct giver *giver(struct settling *s, const struct kept_event *e)
{
	for (struct giver *g = s->givers; g != NULL; g = g->next)
		if (g->number == e->origin && g->version == e->version)
			return g;
	struct giver *g = arena_new(s->work->arena, struct giver);
	*g = (struct giver){ .number = e->origin,
			     .version = e->version,
			     .next = s->givers,
			     .core = core_then(s, e->origin, e->version) };
	s->givers = g;
	return g;
}

void consent_read_word(struct settling *s, struct word *w)
{
	size_t count = w->kept.events.count;
	w->room = arena_array(s->work->arena, const char *, count + 1);
	w->room_included = arena_array(s->work->arena, const char *, count + 1);
	w->grants = arena_array(s->work->arena, struct consent_grant, count + 1);
	w->givers = arena_array(s->work->arena, struct giver *, count + 1);
	w->timed = false;
	for (size_t i = 0; i < count; i++) {
		w->givers[i] = giver(s, w->kept.events.all[i]);
		w->timed = w->timed || consent_event_is_timed(&w->kept.events.all[i]->event);
	}
}

static void look_at(struct settling *s, const struct word *to)
{
	const struct identity_core *core = identity_work_core(s->work, to->row);
	for (struct giver *g = s->givers; g != NULL; g = g->next)
		g->speaks = g->core != NULL && core_speaks_for(g->core, core);
}

/* Does an event of `from` hold for `to`, which is looked at? Its own always does; what rests says
 * nothing of others. */
static bool holds_for(const struct word *from, size_t event, const struct word *to)
{
	return !row_rests(from->row) && (from == to || from->givers[event]->speaks);
}

static bool has_begun(const struct consent_event *e, instant at)
{
	return e->from == 0 || e->from <= e->time || e->from <= at;
}

static bool has_ended(const struct consent_event *e, instant at)
{
	return e->until != 0 && e->until <= at;
}

/* For good: by one of no end that says otherwise, or by one that says the same, with times of its
 * own, from its beginning on. */
static bool replaces(const struct consent_event *later, const struct consent_event *e, instant at)
{
	if (!consent_events_same_thing(later, e))
		return false;
	if (consent_event_is_timed(later))
		return later->action == e->action && has_begun(later, at);
	return later->action != e->action || consent_event_is_timed(e);
}

static bool is_replaced(const struct word *from, size_t event, const struct word *to, instant at)
{
	const struct consent_event *e = &from->kept.events.all[event]->event;
	for (size_t i = event + 1; from->timed && i < from->kept.events.count; i++) {
		const struct consent_event *later = &from->kept.events.all[i]->event;
		if (replaces(later, e, at) && holds_for(from, i, to))
			return true;
	}
	return false;
}

/* What was said with `from` of `to`, all in all, as it holds at that instant. It lives until the
 * next look at `from`. */
static struct participation said_of(const struct word *from, const struct word *to, instant at)
{
	struct participation p = { .excluded = from->room,
				   .included = from->room_included,
				   .grants = from->grants };
	for (size_t i = 0; i < from->kept.events.count; i++) {
		const struct consent_event *e = &from->kept.events.all[i]->event;
		if (holds_for(from, i, to) && has_begun(e, at) && !has_ended(e, at)
		    && !is_replaced(from, i, to, at))
			hear(&p, e);
	}
	return p;
}

static void inherit_from(struct settling *s, const struct word *from, struct word *to)
{
	size_t before = to->kept.events.count;
	for (size_t k = 0; k < from->kept.events.count; k++) {
		struct kept_event e = *from->kept.events.all[k];
		if (!holds_for(from, k, to) || consent_events_have(&to->kept.events, e.sequence))
			continue;
		e.inherited = true;
		consent_events_add(s->work->arena, &to->kept.events, &e);
	}
	if (to->kept.events.count == before)
		return;
	consent_events_bound(&to->kept.events);
	consent_read_word(s, to);
}

static bool differ(const struct word *from, const struct word *to, instant at)
{
	struct participation own = said_of(to, to, at), other = said_of(from, to, at);
	return other.decided && own.decided && other.joined != own.joined;
}

/* Now, or when something begins or ends later. */
static bool says_otherwise(const struct settling *s, const struct word *from, const struct word *to)
{
	bool otherwise = differ(from, to, s->now);
	for (size_t i = 0; !otherwise && i < s->turn_count; i++)
		otherwise = s->turns[i] > s->now && differ(from, to, s->turns[i]);
	return otherwise;
}

/* What others' records were told and this one was not. A word of its own that says otherwise is not
 * taken over: the decisions have met, and the operator settles that. */
static void inherit(struct settling *s, struct word *to)
{
	struct kept_events before = consent_events_copy(s->work->arena, &to->kept.events);
	look_at(s, to);
	for (size_t i = 0; i < s->count; i++) {
		const struct word *from = &s->words[i];
		if (from == to)
			continue;
		if (says_otherwise(s, from, to))
			continue;
		inherit_from(s, from, to);
	}
	consent_history_follow(s->work->txn, to->row->record.number, &before, &to->kept.events);
}

/* What either excludes is so, whatever the other one said of it. */
static void meet_facilities(struct participation *p, const struct participation *word)
{
	for (size_t i = 0; i < word->included_count; i++)
		add_to(p->included, &p->included_count, word->included[i]);
	for (size_t i = 0; i < word->excluded_count; i++)
		add_to(p->excluded, &p->excluded_count, word->excluded[i]);
	for (size_t i = 0; i < p->excluded_count; i++)
		take_from(p->included, &p->included_count, p->excluded[i]);
}

static void meet(struct participation *p, const struct participation *word)
{
	if (word->decided && p->decided && p->joined != word->joined)
		p->disputed = true;
	if (word->decided && (!p->decided || (p->joined && !word->joined))) {
		p->decided = true;
		p->joined = word->joined;
		p->since = word->since;
	}
	meet_facilities(p, word);
}

/* Of one facility what both opened. */
static void meet_grants(struct arena *a, struct participation *p, const struct participation *word)
{
	for (size_t i = 0; i < word->grant_count; i++) {
		size_t before = p->grant_count;
		struct consent_grant *g = grant_to(p, word->grants[i].facility);
		bool first = p->grant_count != before;
		g->groups = first ? word->grants[i].groups
				  : consent_groups_common(a, g->groups, word->grants[i].groups);
	}
}

/* What was taken back, or is nothing any more, opens nothing. */
static void drop_empty_grants(struct participation *p)
{
	size_t kept = 0;
	for (size_t i = 0; i < p->grant_count; i++)
		if (p->grants[i].groups != NULL)
			p->grants[kept++] = p->grants[i];
	p->grant_count = kept;
}

struct participation consent_settled(struct settling *s, const struct word *w, instant at)
{
	size_t most = 0;
	for (size_t i = 0; i < s->count; i++)
		most += s->words[i].kept.events.count;
	struct participation p = { .rests = row_rests(w->row) };
	p.excluded = arena_array(s->work->arena, const char *, most + 1);
	p.included = arena_array(s->work->arena, const char *, most + 1);
	if (p.rests)
		return p; /* C5: nothing holds, until it is known whose it is */
	p.grants = arena_array(s->work->arena, struct consent_grant, most + 1);
	look_at(s, w);
	for (size_t i = 0; i < s->count; i++) {
		struct participation said = said_of(&s->words[i], w, at);
		meet(&p, &said);
		meet_grants(s->work->arena, &p, &said);
	}
	drop_empty_grants(&p);
	return p;
}

static bool same_list(const char *const *x, size_t xs, const char *const *y, size_t ys)
{
	bool same = xs == ys;
	for (size_t i = 0; same && i < xs; i++)
		same = text_equal(x[i], y[i]);
	return same;
}

static bool same_lists(const struct participation *x, const struct participation *y)
{
	bool same = same_list(x->excluded, x->excluded_count, y->excluded, y->excluded_count)
		    && same_list(x->included, x->included_count, y->included, y->included_count)
		    && x->grant_count == y->grant_count;
	for (size_t i = 0; same && i < x->grant_count; i++)
		same = text_equal(x->grants[i].facility, y->grants[i].facility)
		       && text_equal(x->grants[i].groups, y->grants[i].groups);
	return same;
}

/* Of one record at two instants: whether it rests no instant tells. */
static bool same_holding(const struct participation *x, const struct participation *y)
{
	return x->decided == y->decided && x->joined == y->joined && x->disputed == y->disputed
	       && same_lists(x, y);
}

/* True: what was said meets, now or later. */
static bool settle_turns(struct settling *s, const struct word *w, struct consent_row *out)
{
	const struct participation *last = &out->holds;
	bool disputed = false;
	out->holds = consent_settled(s, w, BEFORE_ALL);
	out->turn_count = 0;
	out->turns = arena_array(s->work->arena, struct consent_turn, s->turn_count + 1);
	for (size_t i = 0; i < s->turn_count; i++) {
		struct participation now = consent_settled(s, w, s->turns[i]);
		if (same_holding(&now, last))
			continue;
		disputed = disputed || (last->disputed && s->now < s->turns[i]);
		out->turns[out->turn_count] = (struct consent_turn){ s->turns[i], now };
		last = &out->turns[out->turn_count++].holds;
	}
	return disputed || last->disputed;
}

static void settle_fed(struct settling *s)
{
	for (size_t i = 0; i < s->count; i++) {
		struct word *w = &s->words[i];
		if (settle_turns(s, w, &w->kept))
			w->row->unsettled |= UNSETTLED_CONSENT;
		consent_row_put(s->work->txn, w->row->record.number, &w->kept);
	}
}

/* What was submitted for a record we made is its anchor's. */
static void settle_made(struct settling *s, const struct identity_row *made)
{
	struct consent_row kept;
	for (size_t i = 0; i < s->count; i++)
		if (s->words[i].row->record.number == made->anchor && get_kept(s, made, &kept)) {
			settle_turns(s, &s->words[i], &kept);
			kept.holds.disputed = false;
			for (size_t k = 0; k < kept.turn_count; k++)
				kept.turns[k].holds.disputed = false;
			consent_row_put(s->work->txn, made->record.number, &kept);
		}
}

/* ---- Two who are two ---- */

static bool is_one_of(const struct record_numbers *list, uint64_t number)
{
	size_t i = 0;
	while (i < list->count && list->numbers[i] != number)
		i++;
	return i < list->count;
}

/* What these others said, only what opens or all of it, is the row's no more. */
static void unsay(struct identity_work *w, const struct identity_row *row,
		  const struct record_numbers *others, bool closing)
{
	uint64_t number = row->record.number;
	struct consent_row kept;
	if (!consent_row_get(w->txn, w->arena, number, &kept) || kept.events.count == 0)
		return;
	struct kept_events before = consent_events_copy(w->arena, &kept.events);
	kept.events.count = 0;
	for (size_t i = 0; i < before.count; i++)
		if ((!closing && !consent_event_opens(&before.all[i]->event))
		    || !is_one_of(others, before.all[i]->origin))
			consent_events_add(w->arena, &kept.events, before.all[i]);
	if (kept.events.count == before.count)
		return;
	/* It was never this one's history: it stays with who said it. Own last words decide. */
	if (kept.events.count == 0)
		consent_history_forget(w->txn, number);
	consent_row_put(w->txn, number, &kept);
}

void consent_part(struct identity_work *w, const struct identity_row *row,
		  const struct record_numbers *others)
{
	unsay(w, row, others, false);
}

void consent_undo(struct identity_work *w, const struct identity_row *row,
		  const struct record_numbers *others)
{
	unsay(w, row, others, true);
}

/* Of all events: whose they are is asked then. */
static void find_turns(struct settling *s)
{
	struct kept_events all = { .count = 0 };
	for (size_t i = 0; i < s->count; i++)
		for (size_t k = 0; s->words[i].timed && k < s->words[i].kept.events.count; k++)
			consent_events_add(s->work->arena, &all, s->words[i].kept.events.all[k]);
	s->turn_count = consent_events_turns(s->work->arena, &all, &s->turns);
}

void consent_settle(struct identity_work *w, struct identity_row **rows, size_t count)
{
	struct settling s = { .work = w,
			      .words = arena_array(w->arena, struct word, count + 1),
			      .now = store_clock(w->txn)->now(store_clock(w->txn)) };
	bool any = false;
	for (size_t i = 0; i < count; i++) {
		if (rows[i]->made)
			continue; /* has no words of its own */
		struct word *word = &s.words[s.count++];
		word->row = rows[i];
		if (!get_kept(&s, rows[i], &word->kept))
			return;
		any = any || word->kept.events.count != 0;
		consent_read_word(&s, word);
	}
	find_turns(&s);
	for (size_t i = 0; any && i < s.count; i++)
		if (!row_rests(s.words[i].row))
			inherit(&s, &s.words[i]);
	settle_fed(&s);
	for (size_t i = 0; i < count; i++)
		if (rows[i]->made)
			settle_made(&s, rows[i]);
}
