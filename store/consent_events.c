/* store/consent_events.c: the events of a record that decide, in time, and which of them do so no
 * more. */
#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "store/consent_rows.h"

static bool about_facility(enum consent_action action)
{
	return action >= CONSENT_EXCLUDE;
}

static bool is_of_grants(enum consent_action action)
{
	return action == CONSENT_GRANT || action == CONSENT_REVOKE;
}

bool consent_event_opens(const struct consent_event *e)
{
	return e->action == CONSENT_JOIN || e->action == CONSENT_INCLUDE
	       || e->action == CONSENT_GRANT;
}

static bool opens(const struct kept_event *e)
{
	return consent_event_opens(&e->event);
}

/* One that holds from when it was said on for ever is not. */
bool consent_event_is_timed(const struct consent_event *e)
{
	return e->until != 0 || (e->from != 0 && e->from > e->time);
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

bool consent_events_same_thing(const struct consent_event *x, const struct consent_event *y)
{
	return about_facility(x->action) == about_facility(y->action)
	       && is_of_grants(x->action) == is_of_grants(y->action)
	       && text_equal(x->facility, y->facility);
}

static bool same_thing(const struct consent_event *x, const struct consent_event *y)
{
	return consent_events_same_thing(x, y);
}

static bool same_giver(const struct kept_event *x, const struct kept_event *y)
{
	return x->origin == y->origin && x->version == y->version;
}

/* It says what the one before it of that thing did; with a time of its own it says more. */
static bool is_repeated(const struct kept_events *list, size_t at)
{
	const struct kept_event *e = list->all[at];
	size_t before = at;
	if (consent_event_is_timed(&e->event) || e->event.groups != NULL)
		return false;
	while (before > 0 && !same_thing(&list->all[before - 1]->event, &e->event))
		before--;
	return before > 0 && list->all[before - 1]->event.action == e->event.action
	       && !consent_event_is_timed(&list->all[before - 1]->event)
	       && same_giver(list->all[before - 1], e);
}

/* What may go. Of all that others later said otherwise what opened goes first: who comes back as
 * the one who left finds it closed, and who comes back as the one who joined may join again. */
enum leaving { SAID_OTHERWISE, OPENED, ALL_TAKEN_BACK };

/* The later one leaves nothing of it, whatever the time from now on. Of those that say the same the
 * later one does so as soon as it has begun; so it does where neither had when it was said. */
static bool takes_all_back(const struct consent_event *later, const struct consent_event *e,
			   instant now)
{
	if (!consent_event_is_timed(later))
		return true;
	return later->action == e->action
	       && (later->from <= now || (e->from > later->time && later->from <= e->from));
}

static bool is_taken_back(const struct kept_events *list, size_t at, enum leaving which,
			  instant now)
{
	const struct kept_event *e = list->all[at];
	if (which == OPENED && !opens(e))
		return false;
	for (size_t i = at + 1; i < list->count; i++)
		if (same_thing(&list->all[i]->event, &e->event)
		    && (which == OPENED || takes_all_back(&list->all[i]->event, &e->event, now))
		    && (which != SAID_OTHERWISE || same_giver(list->all[i], e)))
			return true;
	return false;
}

/* It is over, and stood over none of that thing, which would hold again without it. Of those before
 * it only what is not over, and what stands over such a one, was left in. */
static bool is_over(const struct kept_events *list, size_t at, instant now)
{
	const struct consent_event *e = &list->all[at]->event;
	bool over = e->until != 0 && e->until <= now;
	for (size_t i = 0; over && i < at; i++)
		over = !same_thing(&list->all[i]->event, e);
	return over;
}

/* Nobody asks any more what held before that. */
static instant last_said(const struct kept_events *list)
{
	return list->count == 0 ? 0 : list->all[list->count - 1]->event.time;
}

static void leave_out_over(struct kept_events *list)
{
	size_t kept = 0;
	instant now = last_said(list);
	for (size_t i = 0; i < list->count; i++) {
		list->all[kept] = list->all[i];
		kept += !is_over(list, kept, now);
	}
	list->count = kept;
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
	instant now = last_said(list);
	for (size_t i = 0; i < list->count; i++)
		if (most == 0 || !is_taken_back(list, i, which, now))
			list->all[kept++] = list->all[i];
		else
			most--;
	list->count = kept;
}

void consent_events_bound(struct kept_events *list)
{
	/* What goes may be all that kept another one. */
	for (size_t before = list->count + 1; before != list->count;) {
		before = list->count;
		leave_out_repeated(list);
		leave_out_taken_back(list, SAID_OTHERWISE, list->count);
		leave_out_over(list);
	}
	for (enum leaving which = OPENED; which <= ALL_TAKEN_BACK; which++)
		if (list->count > EVENTS_MOST)
			leave_out_taken_back(list, which, list->count - EVENTS_MOST);
}

/* ---- When they begin and end ---- */

static void add_turn(instant *all, size_t *count, instant at)
{
	size_t place = *count;
	while (place > 0 && all[place - 1] > at)
		place--;
	if (at == 0 || (place > 0 && all[place - 1] == at))
		return;
	for (size_t i = *count; i > place; i--)
		all[i] = all[i - 1];
	all[place] = at;
	++*count;
}

size_t consent_events_turns(struct arena *a, const struct kept_events *list, instant **out)
{
	size_t count = 0, most = 0;
	for (size_t i = 0; i < list->count; i++)
		most += consent_event_is_timed(&list->all[i]->event);
	*out = most == 0 ? NULL : arena_array(a, instant, 2 * most);
	for (size_t i = 0; most != 0 && i < list->count; i++) {
		const struct consent_event *e = &list->all[i]->event;
		if (!consent_event_is_timed(e))
			continue;
		add_turn(*out, &count, e->from != 0 && e->from > e->time ? e->from : 0);
		add_turn(*out, &count, e->until);
	}
	return count;
}
