/* store/consent_settle.c: what holds for each record of a person.
 *
 * Of every record's own events the last word counts. For a record R the words of those records of its
 * person count that were given for R's identity, R's own among them; where they differ the stricter
 * holds (C4). A record without a word of its own is given those of the others to keep, so that it
 * stays open, or closed, when the link goes. */
#include <stdlib.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "store/consent_rows.h"
#include "store/identity_core.h"
#include "store/identity_rows.h"

/* A record's own last word. */
struct word {
	struct identity_row *row;
	struct kept_events events;
	struct participation own;
	const struct kept_event *last;		/* the last join or leave; NULL: none */
	const struct identity_core *given_by;	/* the identity it was given for */
};

struct settling {
	struct identity_work *work;
	struct word *words;
	size_t count;
};

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

static void hear(struct word *w, const struct kept_event *e)
{
	bool joins = e->event.action == CONSENT_JOIN;
	switch (e->event.action) {
	case CONSENT_JOIN:
	case CONSENT_LEAVE:
		if (!w->own.decided || w->own.joined != joins)
			w->own.since = e->event.time;
		w->own.decided = true;
		w->own.joined = joins;
		w->last = e;
		break;
	case CONSENT_EXCLUDE: exclude(&w->own, e->event.facility); break;
	case CONSENT_INCLUDE: include(&w->own, e->event.facility); break;
	}
}

/* The identity at the last word: the record may have changed since. */
static const struct identity_core *giver(struct settling *s, const struct word *w)
{
	struct identity_row then;
	uint64_t version = w->events.all[w->events.count - 1]->version;
	if (version == w->row->record.version)
		return identity_work_core(s->work, w->row);
	if (!identity_row_version(s->work->txn, s->work->arena, w->row->record.number, version, &then))
		return NULL;
	struct identity_core *core = arena_new(s->work->arena, struct identity_core);
	*core = identity_core(s->work->arena, &then.record.demographics);
	return core;
}

static void read_word(struct settling *s, struct word *w)
{
	struct arena *a = s->work->arena;
	w->own = (struct participation){ 0 };
	w->last = NULL;
	w->own.excluded = arena_array(a, const char *, w->events.count + 1);
	for (size_t i = 0; i < w->events.count; i++)
		hear(w, w->events.all[i]);
	w->given_by = w->events.count == 0 ? NULL : giver(s, w);
}

/* Does what was said for `from` hold for `to`? Its own always does; it rests when it must not. */
static bool holds_for(struct settling *s, const struct word *from, const struct word *to)
{
	if (from->events.count == 0 || row_rests(from->row))
		return false;
	return from == to
	       || (from->given_by != NULL
		   && core_speaks_for(from->given_by, identity_work_core(s->work, to->row)));
}

static bool knows(const struct kept_events *list, uint64_t sequence)
{
	for (size_t i = 0; i < list->count; i++)
		if (list->all[i]->sequence == sequence)
			return true;
	return false;
}

/* What others' records were told and this one was not. A word of its own that says otherwise is not
 * taken over: the decisions have met, and the operator settles that. */
static void inherit(struct settling *s, struct word *to)
{
	size_t before = to->events.count;
	for (size_t i = 0; i < s->count; i++) {
		const struct word *from = &s->words[i];
		bool differs = from->own.decided && to->own.decided
			       && from->own.joined != to->own.joined;
		if (from == to || differs || !holds_for(s, from, to))
			continue;
		for (size_t k = 0; k < from->events.count; k++) {
			struct kept_event e = *from->events.all[k];
			if (knows(&to->events, e.sequence))
				continue;
			e.version = to->row->record.version;
			e.inherited = true;
			consent_events_add(s->work->arena, &to->events, &e);
		}
	}
	if (to->events.count != before)
		consent_events_put(s->work->txn, to->row->record.number, &to->events);
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
		most += s->words[i].own.excluded_count;
	struct participation p = { .rests = row_rests(w->row) };
	p.excluded = arena_array(s->work->arena, const char *, most + 1);
	for (size_t i = 0; i < s->count; i++)
		if (holds_for(s, &s->words[i], w))
			meet(&p, &s->words[i].own);
	return p;
}

static void settle_fed(struct settling *s)
{
	for (size_t i = 0; i < s->count; i++) {
		struct identity_row *row = s->words[i].row;
		struct participation p = settled(s, &s->words[i]);
		if (p.disputed)
			row->unsettled |= UNSETTLED_CONSENT;
		consent_state_put(s->work->txn, row->record.number, &p);
	}
}

/* What was submitted for a record we made is its anchor's. */
static void settle_made(struct settling *s, const struct identity_row *made)
{
	for (size_t i = 0; i < s->count; i++)
		if (s->words[i].row->record.number == made->anchor) {
			struct participation p = settled(s, &s->words[i]);
			p.disputed = false;
			consent_state_put(s->work->txn, made->record.number, &p);
		}
}

void consent_settle(struct identity_work *w, struct identity_row **rows, size_t count)
{
	struct settling s = { .work = w, .words = arena_array(w->arena, struct word, count + 1) };
	bool any = false;
	for (size_t i = 0; i < count; i++) {
		if (rows[i]->made)
			continue;
		struct word *word = &s.words[s.count++];
		word->row = rows[i];
		if (!consent_events_get(w->txn, w->arena, rows[i]->record.number, &word->events))
			return;
		any = any || word->events.count != 0;
		read_word(&s, word);
	}
	for (size_t i = 0; any && i < s.count; i++)
		if (!row_rests(s.words[i].row))
			inherit(&s, &s.words[i]);
	for (size_t i = 0; any && i < s.count; i++)
		read_word(&s, &s.words[i]);
	settle_fed(&s);
	for (size_t i = 0; i < count; i++)
		if (rows[i]->made)
			settle_made(&s, rows[i]);
}
