/* store/consent.c: participation. Events are only ever added; what holds is read from them.
 *
 * The events of one patient record stand in one row: they are few, and every look at the person asks
 * for them. */
#include "store/consent.h"

#include <stdlib.h>
#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "store/check.h"
#include "store/engine.h"
#include "store/identity.h"
#include "store/keys.h"
#include "store/record.h"
#include "store/store.h"

enum {
	SPACE_CONSENT_EVENTS = SPACE_CONSENT_FIRST, /* subject -> events, oldest first */
	SPACE_CONSENT_COUNTER /* -> last sequence: the order of events over all subjects */
};
enum { EVENTS_VERSION = 1, EVENTS_EVENT = 1 };
enum { EVENT_ACTION = 1, EVENT_FACILITY, EVENT_REASON, EVENT_BY, EVENT_TIME, EVENT_SEQUENCE };
enum { SEQUENCE = 8 };

static uint64_t next_sequence(struct store_txn *t)
{
	struct key k;
	struct bytes octets;
	unsigned char out[SEQUENCE];
	uint64_t number = 0;
	key_begin(&k, SPACE_CONSENT_COUNTER);
	if (store_get(t, key_span(&k), store_arena(t), &octets))
		for (size_t i = 0; i < octets.length; i++)
			number = number << 8 | octets.data[i];
	number++;
	for (unsigned i = 0; i < SEQUENCE; i++)
		out[i] = (unsigned char)(number >> (8 * (SEQUENCE - 1 - i)));
	store_put(t, key_span(&k), (struct bytes){ out, sizeof out });
	return number;
}

static bool about_facility(enum consent_action action)
{
	return action == CONSENT_EXCLUDE || action == CONSENT_INCLUDE;
}

static struct bytes events_key(struct key *k, uint64_t subject)
{
	key_begin(k, SPACE_CONSENT_EVENTS);
	key_number(k, subject);
	return key_span(k);
}

/* The events before, octet for octet, and one more. */
static bool add_event(struct store_txn *t, uint64_t subject, const struct consent_event *e)
{
	struct key k;
	struct bytes before;
	struct record_writer w = record_begin(store_arena(t), EVENTS_VERSION);
	if (store_get(t, events_key(&k, subject), store_arena(t), &before)) {
		struct record_reader r = record_read(before);
		while (record_next(&r))
			record_bytes(&w, r.tag, r.value);
		if (r.broken)
			return problem_set(store_problem(t), PROBLEM_INTERNAL,
					   "consent events in the store cannot be read");
	}
	record_open(&w, EVENTS_EVENT);
	record_number(&w, EVENT_SEQUENCE, next_sequence(t));
	record_number(&w, EVENT_ACTION, e->action);
	record_text(&w, EVENT_FACILITY, e->facility);
	record_text(&w, EVENT_REASON, e->reason);
	record_text(&w, EVENT_BY, e->by);
	record_instant(&w, EVENT_TIME, e->time);
	record_close(&w);
	return store_put(t, key_span(&k), record_end(&w));
}

bool consent_record(struct store_txn *t, uint64_t subject, const struct consent_event *e,
		    struct problem *p)
{
	struct patient_record record;
	if (text_empty(e->reason) || text_empty(e->by))
		return problem_set(p, PROBLEM_REQUEST_INVALID,
				   "a change of participation needs a reason and who says so");
	if (about_facility(e->action) == text_empty(e->facility))
		return problem_set(p, PROBLEM_REQUEST_INVALID, about_facility(e->action)
				   ? "which facility is to be excluded or included?"
				   : "joining and leaving are not about one facility");
	if (!identity_record(t, store_arena(t), subject, &record) && !store_failed(t))
		return problem_set(p, PROBLEM_UNKNOWN_PATIENT, "there is no such patient record");
	if (add_event(t, subject, e))
		return true;
	if (p->code == PROBLEM_NONE)
		*p = *store_problem(t);
	return false;
}

struct numbered {
	struct consent_event event;
	uint64_t sequence;
};

struct events {
	struct numbered **all;
	size_t count, capacity;
};

/* Its texts stay in the row. */
static bool read_event(struct record_reader r, struct numbered *n)
{
	struct consent_event *e = &n->event;
	*n = (struct numbered){ .event = { .reason = "", .by = "" } };
	while (record_next(&r))
		switch (r.tag) {
		case EVENT_ACTION: e->action = (enum consent_action)record_as_number(&r); break;
		case EVENT_FACILITY: e->facility = record_as_text(&r); break;
		case EVENT_REASON: e->reason = record_as_text(&r); break;
		case EVENT_BY: e->by = record_as_text(&r); break;
		case EVENT_TIME: e->time = record_as_instant(&r); break;
		case EVENT_SEQUENCE: n->sequence = record_as_number(&r); break;
		}
	return !r.broken && n->sequence != 0 && e->action <= CONSENT_INCLUDE
	       && about_facility(e->action) == (e->facility != NULL);
}

static void add(struct events *list, struct arena *a, struct numbered *n)
{
	if (list->count == list->capacity) {
		size_t wider = list->capacity == 0 ? 16 : 2 * list->capacity;
		list->all = arena_resize(a, list->all, list->capacity * sizeof *list->all,
					 wider * sizeof *list->all);
		list->capacity = wider;
	}
	list->all[list->count++] = n;
}

static bool read_events(struct arena *a, struct bytes row, struct events *list)
{
	struct record_reader r = record_read(row);
	while (record_next(&r)) {
		struct numbered *n = arena_new(a, struct numbered);
		if (!read_event(record_within(&r), n))
			return false;
		add(list, a, n);
	}
	return !r.broken;
}

static int by_sequence(const void *a, const void *b)
{
	uint64_t x = (*(struct numbered *const *)a)->sequence,
		 y = (*(struct numbered *const *)b)->sequence;
	return (x > y) - (x < y);
}

struct consent_event *consent_history(struct store_txn *t, struct arena *a,
				      const struct record_numbers *subjects)
{
	struct events list = { .count = 0 };
	struct consent_event *first = NULL, **tail = &first;
	for (size_t i = 0; i < subjects->count; i++) {
		struct key k;
		struct bytes value;
		if (store_get(t, events_key(&k, subjects->numbers[i]), a, &value)
		    && !read_events(a, value, &list))
			problem_set(store_problem(t), PROBLEM_INTERNAL,
				    "consent events in the store cannot be read");
	}
	if (list.count > 1)
		qsort(list.all, list.count, sizeof *list.all, by_sequence);
	for (size_t i = 0; i < list.count; i++) {
		*tail = &list.all[i]->event;
		tail = &list.all[i]->event.next;
	}
	return first;
}

static void exclude(struct participation *out, const char *facility)
{
	for (size_t i = 0; i < out->excluded_count; i++)
		if (text_equal(out->excluded[i], facility))
			return;
	out->excluded[out->excluded_count++] = facility;
}

static void include(struct participation *out, const char *facility)
{
	size_t kept = 0;
	for (size_t i = 0; i < out->excluded_count; i++)
		if (!text_equal(out->excluded[i], facility))
			out->excluded[kept++] = out->excluded[i];
	out->excluded_count = kept;
}

bool consent_participation(struct store_txn *t, struct arena *a,
			   const struct record_numbers *subjects, struct participation *out)
{
	size_t count = 0;
	const struct consent_event *events = consent_history(t, a, subjects);
	for (const struct consent_event *e = events; e != NULL; e = e->next)
		count++;
	*out = (struct participation){ .excluded = arena_array(a, const char *, count + 1) };
	for (const struct consent_event *e = events; e != NULL; e = e->next)
		switch (e->action) {
		case CONSENT_JOIN:
		case CONSENT_LEAVE:
			if (!out->decided || out->joined != (e->action == CONSENT_JOIN))
				out->since = e->time;
			out->decided = true;
			out->joined = e->action == CONSENT_JOIN;
			break;
		case CONSENT_EXCLUDE: exclude(out, e->facility); break;
		case CONSENT_INCLUDE: include(out, e->facility); break;
		}
	return !store_failed(t);
}

static void look_at_events(struct store_check *c, struct bytes key, struct bytes value)
{
	struct key_reader r = key_read(key);
	struct events list = { .count = 0 };
	struct patient_record record;
	uint64_t subject = key_read_number(&r);
	if (!key_read_end(&r) || !read_events(check_arena(c), value, &list))
		check_finding(c, "the consent events of patient record %llu cannot be read",
			      (unsigned long long)subject);
	else if (!identity_record(check_txn(c), check_arena(c), subject, &record))
		check_finding(c, "consent events are of patient record %llu, which is not there",
			      (unsigned long long)subject);
}

static const struct check_row rows[] = {
	{ SPACE_CONSENT_EVENTS, "consent events", look_at_events },
	{ SPACE_CONSENT_COUNTER, "consent counter", NULL },
	{ 0 }
};

const struct check_module consent_check = { .name = "consent", .rows = rows };
