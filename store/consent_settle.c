/* store/consent_settle.c: what holds for each record of a person.
 *
 * For a record R those events of its person's records count that were given for R's identity, and
 * R's own. Of every record's own events that do, the last word counts; where these words differ the
 * stricter holds (C4). A record without a word of its own is given those of the others to keep, so
 * that it stays open, or closed, when the link goes. For whom an event was given never changes: not
 * by who keeps it, nor by what comes later, else a record with two names would pass it on from one
 * to the other. */
#include <stdlib.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "store/consent_rows.h"
#include "store/identity_core.h"
#include "store/identity_rows.h"

/* Who decided: a record as it was then, and whether he speaks for the record that is looked at. */
struct giver {
	uint64_t number, version;
	const struct identity_core *core; /* NULL: nobody can tell any more */
	bool speaks;
	struct giver *next;
};

/* What is kept with a record. */
struct word {
	struct identity_row *row;
	struct consent_row kept;
	struct giver **givers; /* one an event */
	const char **room;     /* for the facilities excluded */
};

struct settling {
	struct identity_work *work;
	struct word *words;
	size_t count;
	struct giver *givers;
};

/* Of a record that this very job gave its number nothing is kept yet. False: the store failed. */
static bool get_kept(struct settling *s, const struct identity_row *row, struct consent_row *out)
{
	*out = (struct consent_row){ .kept = { 0 } };
	return row->born || consent_row_get(s->work->txn, s->work->arena, row->record.number, out);
}

static void exclude(struct participation *p, const char *facility)
{
	for (size_t i = 0; i < p->excluded_count; i++)
		if (text_equal(p->excluded[i], facility))
			return;
	p->excluded[p->excluded_count++] = facility;
}

static void include(struct participation *p, const char *facility)
{
	size_t kept = 0;
	for (size_t i = 0; i < p->excluded_count; i++)
		if (!text_equal(p->excluded[i], facility))
			p->excluded[kept++] = p->excluded[i];
	p->excluded_count = kept;
}

static void hear(struct participation *p, const struct consent_event *e)
{
	bool joins = e->action == CONSENT_JOIN;
	if (e->action == CONSENT_EXCLUDE) {
		exclude(p, e->facility);
	} else if (e->action == CONSENT_INCLUDE) {
		include(p, e->facility);
	} else {
		if (!p->decided || p->joined != joins)
			p->since = e->time;
		p->decided = true;
		p->joined = joins;
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

static void read_word(struct settling *s, struct word *w)
{
	size_t count = w->kept.events.count;
	w->room = arena_array(s->work->arena, const char *, count + 1);
	w->givers = arena_array(s->work->arena, struct giver *, count + 1);
	for (size_t i = 0; i < count; i++)
		w->givers[i] = giver(s, w->kept.events.all[i]);
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

/* What was said with `from` of `to`, all in all. It lives until the next look at `from`. */
static struct participation said_of(const struct word *from, const struct word *to)
{
	struct participation p = { .excluded = from->room };
	for (size_t i = 0; i < from->kept.events.count; i++)
		if (holds_for(from, i, to))
			hear(&p, &from->kept.events.all[i]->event);
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
	read_word(s, to);
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
		struct participation own = said_of(to, to), other = said_of(from, to);
		if (other.decided && own.decided && other.joined != own.joined)
			continue;
		inherit_from(s, from, to);
	}
	consent_history_follow(s->work->txn, to->row->record.number, &before, &to->kept.events);
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
	for (size_t i = 0; i < word->excluded_count; i++)
		exclude(p, word->excluded[i]);
}

static struct participation settled(struct settling *s, const struct word *w)
{
	size_t most = 0;
	for (size_t i = 0; i < s->count; i++)
		most += s->words[i].kept.events.count;
	struct participation p = { .rests = row_rests(w->row) };
	p.excluded = arena_array(s->work->arena, const char *, most + 1);
	if (p.rests)
		return p; /* C5: nothing holds, until it is known whose it is */
	look_at(s, w);
	for (size_t i = 0; i < s->count; i++) {
		struct participation said = said_of(&s->words[i], w);
		meet(&p, &said);
	}
	return p;
}

static void settle_fed(struct settling *s)
{
	for (size_t i = 0; i < s->count; i++) {
		struct word *w = &s->words[i];
		w->kept.holds = settled(s, w);
		if (w->kept.holds.disputed)
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
			kept.holds = settled(s, &s->words[i]);
			kept.holds.disputed = false;
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

static bool opens(const struct consent_event *e)
{
	return e->action == CONSENT_JOIN || e->action == CONSENT_INCLUDE;
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
		if ((!closing && !opens(&before.all[i]->event))
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

void consent_settle(struct identity_work *w, struct identity_row **rows, size_t count)
{
	struct settling s = { .work = w, .words = arena_array(w->arena, struct word, count + 1) };
	bool any = false;
	for (size_t i = 0; i < count; i++) {
		if (rows[i]->made)
			continue; /* has no words of its own */
		struct word *word = &s.words[s.count++];
		word->row = rows[i];
		if (!get_kept(&s, rows[i], &word->kept))
			return;
		any = any || word->kept.events.count != 0;
		read_word(&s, word);
	}
	for (size_t i = 0; any && i < s.count; i++)
		if (!row_rests(s.words[i].row))
			inherit(&s, &s.words[i]);
	settle_fed(&s);
	for (size_t i = 0; i < count; i++)
		if (rows[i]->made)
			settle_made(&s, rows[i]);
}
