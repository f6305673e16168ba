/* store/consent.c: participation. Events are only ever added; what holds is read from them. */
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
	SPACE_CONSENT_EVENT = SPACE_CONSENT_FIRST, /* subject, sequence -> event */
	SPACE_CONSENT_COUNTER /* -> last sequence: the order of events over all subjects */
};
enum { EVENT_VERSION = 1 };
enum { EVENT_ACTION = 1, EVENT_FACILITY, EVENT_REASON, EVENT_BY, EVENT_TIME };
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

bool consent_record(struct store_txn *t, uint64_t subject, const struct consent_event *e,
		    struct problem *p)
{
	struct patient_record record;
	struct key k;
	if (text_empty(e->reason) || text_empty(e->by))
		return problem_set(p, PROBLEM_REQUEST_INVALID,
				   "a change of participation needs a reason and who says so");
	if (about_facility(e->action) == text_empty(e->facility))
		return problem_set(p, PROBLEM_REQUEST_INVALID, about_facility(e->action)
				   ? "which facility is to be excluded or included?"
				   : "joining and leaving are not about one facility");
	if (!identity_record(t, store_arena(t), subject, &record) && !store_failed(t))
		return problem_set(p, PROBLEM_UNKNOWN_PATIENT, "there is no such patient record");
	struct record_writer w = record_begin(store_arena(t), EVENT_VERSION);
	record_number(&w, EVENT_ACTION, e->action);
	record_text(&w, EVENT_FACILITY, e->facility);
	record_text(&w, EVENT_REASON, e->reason);
	record_text(&w, EVENT_BY, e->by);
	record_instant(&w, EVENT_TIME, e->time);
	key_begin(&k, SPACE_CONSENT_EVENT);
	key_number(&k, subject);
	key_number(&k, next_sequence(t));
	if (store_put(t, key_span(&k), record_end(&w)))
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

static bool read_event(struct arena *a, struct bytes value, struct consent_event *e)
{
	struct record_reader r = record_read(value);
	*e = (struct consent_event){ .reason = "", .by = "" };
	while (record_next(&r))
		switch (r.tag) {
		case EVENT_ACTION: e->action = (enum consent_action)record_as_number(&r); break;
		case EVENT_FACILITY: e->facility = arena_text(a, record_as_text(&r)); break;
		case EVENT_REASON: e->reason = arena_text(a, record_as_text(&r)); break;
		case EVENT_BY: e->by = arena_text(a, record_as_text(&r)); break;
		case EVENT_TIME: e->time = record_as_instant(&r); break;
		}
	return !r.broken && e->action <= CONSENT_INCLUDE
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
		struct bytes key, value;
		key_begin(&k, SPACE_CONSENT_EVENT);
		key_number(&k, subjects->numbers[i]);
		struct store_cursor *c = store_scan_prefix(t, key_span(&k), false);
		while (store_next(c, &key, &value)) {
			struct numbered *n = arena_new(a, struct numbered);
			struct key_reader r = key_read(key);
			key_read_number(&r);
			n->sequence = key_read_number(&r);
			if (read_event(a, value, &n->event))
				add(&list, a, n);
			else
				problem_set(store_problem(t), PROBLEM_INTERNAL,
					    "a consent event in the store cannot be read");
		}
		store_scan_end(c);
	}
	if (list.count != 0)
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

static void look_at_event(struct store_check *c, struct bytes key, struct bytes value)
{
	struct key_reader r = key_read(key);
	struct consent_event e;
	struct patient_record record;
	uint64_t subject = key_read_number(&r), sequence = key_read_number(&r);
	if (!key_read_end(&r) || !read_event(check_arena(c), value, &e))
		check_finding(c, "consent event %llu cannot be read", (unsigned long long)sequence);
	else if (!identity_record(check_txn(c), check_arena(c), subject, &record))
		check_finding(c, "consent event %llu is of a patient record that is not there",
			      (unsigned long long)sequence);
}

static const struct check_row rows[] = {
	{ SPACE_CONSENT_EVENT, "consent event", look_at_event },
	{ SPACE_CONSENT_COUNTER, "consent counter", NULL },
	{ 0 }
};

const struct check_module consent_check = { .name = "consent", .rows = rows };
