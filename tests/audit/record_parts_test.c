/* tests/audit/record_parts_test.c: an event whose message would be longer than every repository
 * takes: what of it is kept, in how many records, and that nothing is lost without a word. */
#include "tests/base/suite.h"

#include <stdlib.h>
#include <string.h>

#include "gateway/audit/record_parts.h"
#include "gateway/base/arena.h"
#include "gateway/base/bytes.h"
#include "gateway/base/text.h"
#include "store/audit_log.h"
#include "tests/audit/events.h"
#include "tests/store/fixture.h"

enum { MEMORY = 64 << 20 };

/* As sha256sum says it, of 349,525 times 港. */
#define KANJI_SHA256 "293ede5a3bc374c76a408716a9a41d9cf72c09506182009fbee16f634c6f3cac"

static size_t length_of(struct arena *a, const struct audit_event *e)
{
	return audit_record_write(a, &events_source, e).length;
}

/* Each fits, whatever its texts are. */
static unsigned count_parts(struct arena *a, const struct audit_event *parts)
{
	unsigned count = 0;
	for (; parts != NULL; parts = parts->next, count++)
		CU_ASSERT(length_of(a, parts) <= AUDIT_MESSAGE_MOST);
	return count;
}

static void set_query(struct arena *a, struct audit_event *e, const char *unit, size_t octets)
{
	struct audit_object *o = e->objects->next;
	unsigned char *query = arena_alloc(a, octets + 1);
	size_t length = strlen(unit);
	for (size_t i = 0; i < octets; i++)
		query[i] = (unsigned char)unit[i % length];
	o->query = query;
	o->query_length = octets;
}

static struct audit_event *asked(struct arena *a, const char *unit, size_t octets)
{
	struct audit_event *e = events_find(a);
	set_query(a, e, unit, octets);
	return e;
}

static const char *detail(struct arena *a, const struct audit_object *o, const char *type)
{
	for (const struct audit_detail *d = o->details; d != NULL; d = d->next)
		if (text_equal(d->type, type))
			return arena_text_n(a, (const char *)d->value, d->length);
	return NULL;
}

/* The longest that is kept whole, by trying. */
static size_t longest_query(struct arena *a)
{
	size_t whole = 1000, cut = AUDIT_MESSAGE_MOST;
	while (cut - whole > 1) {
		size_t middle = (whole + cut) / 2;
		if (audit_record_parts(a, &events_source, asked(a, "q", middle)) == NULL)
			whole = middle;
		else
			cut = middle;
	}
	return whole;
}

/* One octet more, and it is its beginning, with the length and hash of all of it. */
static void a_query_on_each_side(void)
{
	struct arena *a = arena_create(MEMORY);
	size_t most = longest_query(a);
	CU_ASSERT(most > 20000); /* most queries are a tenth of it */
	struct audit_event *fits = asked(a, "q", most);
	CU_ASSERT_PTR_NULL(audit_record_parts(a, &events_source, fits));
	CU_ASSERT(length_of(a, fits) <= AUDIT_MESSAGE_MOST);
	struct audit_event *e = asked(a, "q", most + 1);
	struct audit_event *parts = audit_record_parts(a, &events_source, e);
	CU_ASSERT_EQUAL_FATAL(count_parts(a, parts), 1);
	const struct audit_object *o = parts->objects->next;
	CU_ASSERT(o->query_length < most && o->query_length > most - 1000);
	CU_ASSERT_EQUAL(memcmp(o->query, e->objects->next->query, o->query_length), 0);
	CU_ASSERT_STRING_EQUAL(detail(a, o, "QueryLength"), arena_printf(a, "%zu", most + 1));
	CU_ASSERT_STRING_EQUAL(parts->objects->id, e->objects->id);
	/* What was handed in is as it was: the job that keeps it may be run again. */
	CU_ASSERT_EQUAL(e->objects->next->query_length, most + 1);
	CU_ASSERT_PTR_NULL(detail(a, e->objects->next, "QueryLength"));
	arena_destroy(a);
}

static void a_query_of_a_megabyte(void)
{
	enum { OCTETS = 1 << 20 };
	struct arena *a = arena_create(MEMORY);
	struct audit_event *e = asked(a, "港", OCTETS - 1); /* three octets each */
	struct audit_event *parts = audit_record_parts(a, &events_source, e);
	CU_ASSERT_EQUAL_FATAL(count_parts(a, parts), 1);
	const struct audit_object *o = parts->objects->next;
	CU_ASSERT_EQUAL(o->query_length % 3, 0); /* no half character */
	CU_ASSERT_STRING_EQUAL(detail(a, o, "QuerySHA-256"), KANJI_SHA256);
	/* What was told beside it is told still. */
	CU_ASSERT_PTR_NOT_NULL(o->details->next);
	arena_destroy(a);
}

static struct audit_object **add_documents(struct arena *a, struct audit_object **last,
					   unsigned from, unsigned count, unsigned pad)
{
	for (unsigned i = 0; i < count; i++, last = &(*last)->next) {
		char *id = arena_printf(a, "1.2.%u.%0*u", from + i, (int)pad, 0);
		*last = arena_new(a, struct audit_object);
		**last = (struct audit_object){
			.id = id,
			.type_code = 2,
			.type_code_role = 3,
			.id_type = { .code = "9",
				     .scheme = "RFC-3881",
				     .display = "Report Number" },
		};
	}
	return last;
}

/* A retrieval of as many documents as one may ask for: none is lost, in their order, and each
 * record says whose they are. */
static void documents_in_several_records(void)
{
	enum { DOCUMENTS = 256 };
	struct arena *a = arena_create(MEMORY);
	struct audit_event *e = events_find(a);
	add_documents(a, &e->objects->next, 0, DOCUMENTS, 60);
	struct audit_event *parts = audit_record_parts(a, &events_source, e);
	unsigned next = 0, count = count_parts(a, parts);
	CU_ASSERT(count > 1 && count < 10);
	for (const struct audit_event *p = parts; p != NULL; p = p->next) {
		CU_ASSERT_STRING_EQUAL(p->objects->id, e->objects->id);
		CU_ASSERT_PTR_EQUAL(p->system, e->system);
		for (const struct audit_object *o = p->objects->next; o != NULL; o = o->next)
			CU_ASSERT_STRING_EQUAL(o->id, arena_printf(a, "1.2.%u.%060u", next++, 0));
	}
	CU_ASSERT_EQUAL(next, DOCUMENTS);
	arena_destroy(a);
}

/* A list of patients longer than a record is no list that each can bear. */
static void patients_in_several_records(void)
{
	enum { PATIENTS = 200 };
	struct arena *a = arena_create(MEMORY);
	struct audit_event *e = events_find(a);
	struct audit_object **last = &e->objects;
	for (unsigned i = 0; i < PATIENTS; i++, last = &(*last)->next)
		*last = events_patient(a, arena_printf(a, "%u^^^&2.999.1&ISO", i));
	struct audit_event *parts = audit_record_parts(a, &events_source, e);
	unsigned next = 0;
	CU_ASSERT(count_parts(a, parts) > 2);
	for (const struct audit_event *p = parts; p != NULL; p = p->next)
		for (const struct audit_object *o = p->objects; o != NULL; o = o->next)
			CU_ASSERT_EQUAL(strtoul(o->id, NULL, 10), next++);
	CU_ASSERT_EQUAL(next, PATIENTS);
	arena_destroy(a);
}

static const char *repeated(struct arena *a, const char *unit, unsigned times)
{
	struct buffer b = buffer_in(a);
	for (unsigned i = 0; i < times; i++)
		buffer_text(&b, unit);
	return buffer_ended(&b);
}

/* Other texts of an event that is too long: on each side of what they may have. */
static void other_texts_are_cut(void)
{
	static const struct {
		const char *unit;
		unsigned times;
		size_t kept; /* octets of it; 0: all */
	} rows[] = {
		{ "x", AUDIT_TEXT_MOST, 0 },
		{ "x", AUDIT_TEXT_MOST + 1, AUDIT_TEXT_MOST },
		{ "港", 85, 0 },
		{ "港", 86, 255 },
		{ "\"", 5000, AUDIT_TEXT_MOST },
		{ "\x80", 300, 0 }, /* no characters at all: nothing of it */
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct arena *a = arena_create(MEMORY);
		struct audit_event *e = asked(a, "q", 100000);
		struct audit_object *o = e->objects->next;
		const char *text = repeated(a, rows[i].unit, rows[i].times);
		bool none = *rows[i].unit == '\x80', whole = rows[i].kept == 0 && !none;
		o->id = o->name = e->outcome_description = text;
		e->participants->user_id = text;
		o->details->value = (const unsigned char *)text;
		o->details->length = strlen(text);
		struct audit_event *parts = audit_record_parts(a, &events_source, e);
		CU_ASSERT_EQUAL_FATAL(count_parts(a, parts), 1);
		const char *tail = arena_printf(a, " ... (%zu octets, SHA-256 ", strlen(text));
		const struct audit_object *kept = parts->objects->next;
		const char *texts[] = { parts->participants->user_id, kept->id, kept->name,
					parts->outcome_description,
					detail(a, kept, o->details->type) };
		for (size_t n = 0; n < COUNT(texts); n++) {
			if (whole) {
				CU_ASSERT_STRING_EQUAL(texts[n], text);
				continue;
			}
			CU_ASSERT_EQUAL(strncmp(texts[n], text, rows[i].kept), 0);
			CU_ASSERT_EQUAL(strncmp(texts[n] + rows[i].kept, tail, strlen(tail)), 0);
		}
		arena_destroy(a);
	}
}

/* Participants that leave hardly room: of the query there is its hash, and what else there is goes
 * into records of its own. */
static void hardly_any_room(void)
{
	static const unsigned participants[] = { 3, 9 };
	for (size_t i = 0; i < COUNT(participants); i++) {
		struct arena *a = arena_create(MEMORY);
		struct audit_event *e = asked(a, "q", 100000);
		struct audit_participant *first = e->participants;
		const char *quotes = repeated(a, "\"", 5000);
		add_documents(a, &e->objects->next->next, 0, 1, 60);
		for (unsigned n = 0; n < participants[i]; n++) {
			struct audit_participant *p = arena_new(a, struct audit_participant);
			*p = (struct audit_participant){ .user_id = quotes,
							 .alternative_user_id = quotes,
							 .user_name = quotes,
							 .network_access_point = quotes,
							 .next = first->next };
			first->next = p;
		}
		const struct audit_event *parts = audit_record_parts(a, &events_source, e);
		CU_ASSERT_PTR_NOT_NULL_FATAL(parts);
		const struct audit_object *o = parts->objects->next;
		CU_ASSERT_EQUAL(o->query_length == 0, participants[i] == 9);
		CU_ASSERT_STRING_EQUAL(detail(a, o, "QueryLength"), "100000");
		const struct audit_event *rest = parts->next != NULL ? parts->next : parts;
		for (o = rest->objects; o->next != NULL;)
			o = o->next;
		CU_ASSERT_STRING_EQUAL(o->id, arena_printf(a, "1.2.0.%060u", 0));
		CU_ASSERT(length_of(a, parts) <= AUDIT_MESSAGE_MOST || participants[i] == 9);
		arena_destroy(a);
	}
}

/* What is written for a character may be longer than it: none of these is taken for shorter. */
static void characters_that_grow(void)
{
	static const char *const units[] = { "&",    "<",    ">",  "\"",     "\t", "\r\n",
					     "\x01", "\xff", "港", "港\xff", "x" };
	for (size_t i = 0; i < COUNT(units); i++)
		for (unsigned octets = 1000; octets < 40000; octets += 500) {
			struct arena *a = arena_create(MEMORY);
			struct audit_event *e = events_find(a);
			unsigned times = octets / (unsigned)strlen(units[i]);
			e->objects->name = e->outcome_description = repeated(a, units[i], times);
			if (audit_record_parts(a, &events_source, e) == NULL)
				CU_ASSERT(length_of(a, e) <= AUDIT_MESSAGE_MOST);
			arena_destroy(a);
		}
}

/* ---- In the log ---- */

struct keeping {
	bool prepared; /* by a worker, in a snapshot */
	struct fixture *f;
	struct audit_event *e;
};

static bool append(void *with, struct store_txn *t, struct problem *p)
{
	const struct keeping *k = with;
	(void)p;
	return audit_record_append(t, k->f->arena, &events_source, k->e);
}

/* The long one between two short ones, as its parts; the same whoever made the drafts. */
static void parts_are_kept_in_their_place(void)
{
	enum { DOCUMENTS = 200 };
	for (unsigned prepared = 0; prepared < 2; prepared++) {
		struct fixture f;
		fixture_open(&f);
		struct keeping k = { prepared, &f, events_start(f.arena) };
		k.e->next = events_find(f.arena);
		add_documents(f.arena, &k.e->next->objects->next, 0, DOCUMENTS, 60);
		k.e->next->next = events_pix(f.arena);
		unsigned parts = count_parts(
			f.arena, audit_record_parts(f.arena, &events_source, k.e->next));
		if (prepared) {
			struct store_txn *t = store_begin_read(f.store, &f.problem);
			CU_ASSERT_TRUE(audit_record_prepare(t, f.arena, &events_source, k.e));
			store_end(t);
		}
		CU_ASSERT_TRUE(store_write(f.store, append, &k, &f.problem));
		struct store_txn *t = store_begin_read(f.store, &f.problem);
		struct audit_cursor *c = audit_log_from(t, 1, 0, f.arena);
		unsigned count = 0;
		struct bytes message;
		const struct audit_entry *entry;
		for (; (entry = audit_log_next(c)) != NULL; count++) {
			const char *is = count == 0       ? "start"
					 : count <= parts ? "ITI-18"
							  : "ITI-45";
			CU_ASSERT_STRING_EQUAL(entry->terms.transaction, is);
			CU_ASSERT_TRUE(audit_record_render(f.arena, entry, &message));
			CU_ASSERT(message.length <= AUDIT_MESSAGE_MOST);
		}
		CU_ASSERT_EQUAL(count, parts + 2);
		store_end(t);
		fixture_close(&f);
	}
}

static const struct test tests[] = {
	{ "a query on each side", a_query_on_each_side },
	{ "a query of a megabyte", a_query_of_a_megabyte },
	{ "documents in several records", documents_in_several_records },
	{ "patients in several records", patients_in_several_records },
	{ "other texts are cut", other_texts_are_cut },
	{ "hardly any room", hardly_any_room },
	{ "characters that grow", characters_that_grow },
	{ "parts are kept in their place", parts_are_kept_in_their_place },
	{ 0 }
};

int main(void)
{
	return suite_run("audit: parts of a record", tests);
}
