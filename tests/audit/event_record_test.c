/* tests/audit/event_record_test.c: what the log keeps of an event gives the same AuditMessage. */
#include "tests/base/suite.h"

#include <limits.h>
#include <lz4.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/audit/event_packing.h"
#include "gateway/audit/event_record.h"
#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "store/record.h"
#include "tests/audit/events.h"

static struct audit_entry entry_of(struct arena *a, const struct audit_source *us,
				   const struct audit_event *e)
{
	return (struct audit_entry){ .terms = event_terms(a, e),
				     .record = event_record_write(a, us, e) };
}

/* Octet for octet, packed or not, and from octets that nobody else holds. */
static void same_message(void)
{
	struct event_packer *packers[] = { NULL, event_packer_create() };
	struct arena *a = arena_create(1 << 24);
	for (size_t i = 0; i < event_count; i++)
		for (size_t k = 0; k < COUNT(packers); k++) {
			struct audit_source us = events_source;
			struct audit_event *e = events[i].make(a);
			struct bytes then = audit_record_write(a, &us, e), now = { 0 };
			us.packer = packers[k];
			struct audit_entry entry = entry_of(a, &us, e);
			unsigned char *alone = malloc(entry.record.length);
			memcpy(alone, entry.record.data, entry.record.length);
			entry.record.data = alone;
			CU_ASSERT_TRUE(audit_record_render(a, &entry, &now));
			CU_ASSERT_TRUE(bytes_equal(then, now));
			if (!bytes_equal(then, now))
				printf("%s: %.*s\n", events[i].name, (int)now.length, now.data);
			free(alone);
		}
	arena_destroy(a);
	event_packer_destroy(packers[1]);
}

/* The figures that the log's cost hangs on: an entry with its terms and hash stays on a leaf. */
static void few_octets(void)
{
	struct event_packer *packer = event_packer_create();
	struct arena *a = arena_create(1 << 24);
	struct audit_source us = events_source;
	us.packer = packer;
	for (size_t i = 0; i < event_count; i++) {
		struct audit_event *e = events[i].make(a);
		size_t packed = event_record_write(a, &us, e).length;
		size_t plain = event_record_write(a, &events_source, e).length;
		size_t message = audit_record_write(a, &us, e).length;
		CU_ASSERT(events[i].most == 0 || packed <= events[i].most);
		printf("%s: %zu octets, %zu with all words, %zu as AuditMessage\n", events[i].name,
		       packed, plain, message);
	}
	arena_destroy(a);
	event_packer_destroy(packer);
}

/* An octet changed, or cut off: a record or none, never anything else. */
static void damaged(void)
{
	struct event_packer *packers[] = { NULL, event_packer_create() };
	struct bytes message;
	for (size_t i = 0; i < event_count; i++)
		for (size_t k = 0; k < COUNT(packers); k++) {
			struct arena *a = arena_create(1 << 26);
			struct audit_source us = events_source;
			us.packer = packers[k];
			struct audit_entry entry = entry_of(a, &us, events[i].make(a));
			for (size_t at = 0; at < entry.record.length && at < 600; at++) {
				struct audit_entry bent = entry, cut = entry;
				struct arena *scratch = arena_create(1 << 24);
				unsigned char *octets = malloc(entry.record.length);
				memcpy(octets, entry.record.data, entry.record.length);
				octets[at] ^= 0x41;
				bent.record.data = octets;
				audit_record_render(scratch, &bent, &message);
				octets[at] ^= 0x41;
				cut.record.data = octets;
				cut.record.length = at;
				audit_record_render(scratch, &cut, &message);
				free(octets);
				arena_destroy(scratch);
			}
			arena_destroy(a);
		}
	event_packer_destroy(packers[1]);
}

static void terms_missing(void)
{
	struct arena *a = arena_create(1 << 20);
	struct audit_entry entry = entry_of(a, &events_source, events[0].make(a));
	struct bytes message;
	CU_ASSERT_PTR_NOT_NULL_FATAL(entry.terms.patients);
	struct text_list one_more = { "1^^^&1.2&ISO", (struct text_list *)entry.terms.patients };
	entry.terms.patients = &one_more;
	CU_ASSERT_FALSE(audit_record_render(a, &entry, &message));
	entry.terms.patients = one_more.next->next;
	CU_ASSERT_FALSE(audit_record_render(a, &entry, &message));
	arena_destroy(a);
}

static void not_packed(void)
{
	static const struct {
		const char *why;
		unsigned char octets[8];
		size_t length;
	} rows[] = {
		{ "nothing", { 0 }, 0 },
		{ "a dictionary nobody has", { 99, 0, 0, 1, 0x10, 'x' }, 6 },
		{ "no room for a length", { EVENT_DICTIONARY, 0, 0, 1 }, 4 },
		{ "more than these octets can say",
		  { EVENT_DICTIONARY, 0xff, 0xff, 0xff, 0x10, 'x' },
		  6 },
		{ "less than promised", { EVENT_DICTIONARY, 0, 0, 2, 0x10, 'x' }, 6 },
		{ "more than promised", { EVENT_DICTIONARY, 0, 0, 1, 0x20, 'x', 'y' }, 7 },
	};
	struct arena *a = arena_create(1 << 20);
	struct bytes octets;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct bytes packed = { rows[i].octets, rows[i].length };
		CU_ASSERT_FALSE(event_unpack(a, packed, &octets));
	}
	struct bytes one = { (const unsigned char[]){ EVENT_DICTIONARY, 0, 0, 1, 0x10, 'x' }, 6 };
	CU_ASSERT_TRUE(event_unpack(a, one, &octets));
	CU_ASSERT_TRUE(bytes_equal(octets, bytes_of_text("x")));
	arena_destroy(a);
}

static uint64_t fnv(struct bytes octets)
{
	uint64_t hash = 0xcbf29ce484222325u;
	for (size_t i = 0; i < octets.length; i++)
		hash = (hash ^ octets.data[i]) * 0x100000001b3u;
	return hash;
}

/* What was written with one is read with the same octets, for ever; with an earlier one, too. */
static void dictionaries_are_frozen(void)
{
	static const struct {
		size_t length;
		uint64_t hash;
	} rows[] = { { 5923, 0xcf2deb5abbab50ac }, { 7791, 0xe475b9d337d2508a } };
	static const char said[] = "ITI-9 and the texts of \rQPD|IHE PIX Query^^IHE0003|";
	struct arena *a = arena_create(1 << 20);
	CU_ASSERT_EQUAL(event_dictionary(0).length, 0);
	CU_ASSERT_EQUAL(event_dictionary(EVENT_DICTIONARY + 1).length, 0);
	CU_ASSERT_EQUAL(EVENT_DICTIONARY, COUNT(rows));
	for (unsigned n = 1; n <= COUNT(rows); n++) {
		struct bytes d = event_dictionary(n), out;
		unsigned char packed[256] = { (unsigned char)n, 0, 0, sizeof said };
		LZ4_stream_t stream;
		CU_ASSERT_EQUAL(d.length, rows[n - 1].length);
		CU_ASSERT_EQUAL(fnv(d), rows[n - 1].hash);
		memset(&stream, 0, sizeof stream);
		LZ4_loadDict(&stream, (const char *)d.data, (int)d.length);
		int length = LZ4_compress_fast_continue(&stream, said, (char *)packed + 4,
							sizeof said, sizeof packed - 4, 1);
		CU_ASSERT_TRUE(length > 0 && length < (int)sizeof said);
		CU_ASSERT_TRUE(event_unpack(a, (struct bytes){ packed, 4 + (size_t)length }, &out));
		CU_ASSERT_TRUE(bytes_equal(
			out, (struct bytes){ (const unsigned char *)said, sizeof said }));
	}
	arena_destroy(a);
}

/* An exchange's id is kept by its octets; what is no such id is left out, and no other put in its
 * place. */
static void exchanges(void)
{
	static char long_id[2001];
	static const struct {
		const char *id, *kept;
	} rows[] = {
		{ "00ff10abcdef0123", "00ff10abcdef0123" },
		{ "ab", "ab" },
		{ NULL, NULL },
		{ "", NULL },
		{ "abc", NULL },
		{ "zz", NULL },
		{ "00-11", NULL },
		{ "a", NULL },
		{ long_id, long_id },
	};
	struct arena *a = arena_create(1 << 20);
	for (size_t i = 0; i < sizeof long_id - 1; i++)
		long_id[i] = "0123456789abcdef"[i * 7 % 16];
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct audit_event e = { .event_id = 110112,
					 .exchange = rows[i].id,
					 .problem = "P" };
		struct audit_entry entry = entry_of(a, &events_source, &e);
		struct kept_event kept;
		CU_ASSERT_TRUE(event_record_read(a, &entry, &kept));
		CU_ASSERT_TRUE(text_equal(kept.event.exchange, rows[i].kept));
		CU_ASSERT_TRUE(text_equal(kept.event.problem, "P"));
		CU_ASSERT_EQUAL(kept.event.event_id, 110112);
	}
	arena_destroy(a);
}

/* A field of a later version is passed over; a record of another version is not read as this
 * one. */
static void later_versions(void)
{
	enum { THIS_VERSION = 1, PROBLEM_FIELD = 12, LATER_FIELD = 99 };
	struct arena *a = arena_create(1 << 20);
	for (unsigned char version = 0; version <= 2; version++) {
		struct record_writer w = record_begin(a, version);
		record_text(&w, LATER_FIELD, "later");
		record_text(&w, PROBLEM_FIELD, "P");
		struct audit_entry entry = { .record = event_pack(a, NULL, record_end(&w)) };
		struct kept_event kept;
		CU_ASSERT_EQUAL(event_record_read(a, &entry, &kept), version == THIS_VERSION);
		CU_ASSERT_TRUE(version != THIS_VERSION || text_equal(kept.event.problem, "P"));
	}
	arena_destroy(a);
}

/* Records as another version may write them: the same fields in another order, or not all. The
 * numbers are those of gateway/audit/event_record.c, which never change. */
struct field {
	unsigned tag;
	enum { TEXT, NUMBER, OCTETS, FIELDS } form;
	const char *text;
	uint64_t number;
	const struct field *within; /* up to tag 0 */
};

static void put_fields(struct record_writer *w, const struct field *fields, bool backwards)
{
	size_t count = 0;
	while (fields[count].tag != 0)
		count++;
	for (size_t i = 0; i < count; i++) {
		const struct field *f = &fields[backwards ? count - 1 - i : i];
		switch (f->form) {
		case TEXT: record_text(w, f->tag, f->text); break;
		case NUMBER: record_number(w, f->tag, f->number); break;
		case OCTETS: record_bytes(w, f->tag, bytes_of_text(f->text)); break;
		case FIELDS:
			record_open(w, f->tag);
			put_fields(w, f->within, backwards);
			record_close(w);
			break;
		}
	}
}

static bool read_fields(struct arena *a, const struct field *fields, bool backwards,
			struct kept_event *kept)
{
	static const struct text_list patient = { "1^^^&1.2&ISO", NULL };
	struct record_writer w = record_begin(a, 1);
	put_fields(&w, fields, backwards);
	struct audit_entry entry = { .terms = { .patients = &patient },
				     .record = event_pack(a, NULL, record_end(&w)) };
	return event_record_read(a, &entry, kept);
}

static const struct field code_fields[] = {
	{ 1, TEXT, .text = "code" },
	{ 2, TEXT, .text = "scheme" },
	{ 3, TEXT, .text = "display" },
	{ 0 },
};
static const struct field participant_fields[] = {
	{ 1, TEXT, .text = "user" },
	{ 2, TEXT, .text = "other user" },
	{ 3, TEXT, .text = "name" },
	{ 4, NUMBER, .number = 1 },
	{ 5, NUMBER, .number = AUDIT_LAUNCHER },
	{ 6, TEXT, .text = "access point" },
	{ 7, NUMBER, .number = 5 },
	{ 0 },
};
static const struct field detail_fields[] = {
	{ 1, TEXT, .text = "type" },
	{ 2, OCTETS, .text = "value" },
	{ 0 },
};
enum { LIFE_CYCLE = 0x0102 }; /* as octets it is no record */
static const struct field object_fields[] = {
	{ 1, TEXT, .text = "id" },
	{ 2, NUMBER, .number = 4 },
	{ 3, NUMBER, .number = 24 },
	{ 4, NUMBER, .number = LIFE_CYCLE },
	{ 5, FIELDS, .within = code_fields },
	{ 6, TEXT, .text = "object" },
	{ 7, OCTETS, .text = "query" },
	{ 8, FIELDS, .within = detail_fields },
	{ 0 },
};
static const struct field patient_fields[] = { { 4, NUMBER, .number = 6 }, { 0 } };
static const struct field event_fields[] = {
	{ 1, NUMBER, .number = 110112 },
	{ 2, NUMBER, .number = AUDIT_EXECUTE },
	{ 3, NUMBER, .number = AUDIT_MAJOR },
	{ 4, TEXT, .text = "description" },
	{ 5, FIELDS, .within = code_fields },
	{ 6, FIELDS, .within = participant_fields },
	{ 7, TEXT, .text = "site" },
	{ 8, TEXT, .text = "source" },
	{ 9, FIELDS, .within = object_fields },
	{ 10, FIELDS, .within = patient_fields },
	{ 11, OCTETS, .text = "exchange" },
	{ 12, TEXT, .text = "problem" },
	{ 0 },
};

static void is_the_code(const struct coded_value *v)
{
	CU_ASSERT_TRUE(text_equal(v->code, "code"));
	CU_ASSERT_TRUE(text_equal(v->scheme, "scheme"));
	CU_ASSERT_TRUE(text_equal(v->display, "display"));
}

static void is_the_participant(const struct audit_participant *p)
{
	CU_ASSERT_PTR_NOT_NULL_FATAL(p);
	CU_ASSERT_TRUE(text_equal(p->user_id, "user"));
	CU_ASSERT_TRUE(text_equal(p->alternative_user_id, "other user"));
	CU_ASSERT_TRUE(text_equal(p->user_name, "name"));
	CU_ASSERT_TRUE(p->requestor);
	CU_ASSERT_EQUAL(p->role, AUDIT_LAUNCHER);
	CU_ASSERT_TRUE(text_equal(p->network_access_point, "access point"));
	CU_ASSERT_EQUAL(p->network_access_point_type, 5);
	CU_ASSERT_PTR_NULL(p->next);
}

static void is_the_object(const struct audit_object *o)
{
	CU_ASSERT_TRUE(text_equal(o->id, "id"));
	CU_ASSERT_EQUAL(o->type_code, 4);
	CU_ASSERT_EQUAL(o->type_code_role, 24);
	CU_ASSERT_EQUAL(o->life_cycle, LIFE_CYCLE);
	is_the_code(&o->id_type);
	CU_ASSERT_TRUE(text_equal(o->name, "object"));
	CU_ASSERT_TRUE(
		bytes_equal((struct bytes){ o->query, o->query_length }, bytes_of_text("query")));
	const struct audit_detail *d = o->details;
	CU_ASSERT_PTR_NOT_NULL_FATAL(d);
	CU_ASSERT_TRUE(text_equal(d->type, "type"));
	CU_ASSERT_TRUE(bytes_equal((struct bytes){ d->value, d->length }, bytes_of_text("value")));
	CU_ASSERT_PTR_NULL(d->next);
}

static void is_the_patient(const struct audit_object *o)
{
	CU_ASSERT_TRUE(text_equal(o->id, "1^^^&1.2&ISO"));
	CU_ASSERT_EQUAL(o->type_code, 1);
	CU_ASSERT_EQUAL(o->type_code_role, 1);
	CU_ASSERT_EQUAL(o->life_cycle, 6);
	CU_ASSERT_PTR_NULL(o->id_type.code);
	CU_ASSERT_PTR_NULL(o->details);
}

/* No field takes what another says, whichever comes first. */
static void any_order(void)
{
	for (unsigned backwards = 0; backwards < 2; backwards++) {
		struct arena *a = arena_create(1 << 20);
		struct kept_event kept;
		CU_ASSERT_TRUE_FATAL(read_fields(a, event_fields, backwards != 0, &kept));
		const struct audit_event *e = &kept.event;
		CU_ASSERT_EQUAL(e->event_id, 110112);
		CU_ASSERT_EQUAL(e->action, AUDIT_EXECUTE);
		CU_ASSERT_EQUAL(e->outcome, AUDIT_MAJOR);
		CU_ASSERT_TRUE(text_equal(e->outcome_description, "description"));
		is_the_code(&e->type);
		is_the_participant(e->participants);
		CU_ASSERT_TRUE(text_equal(kept.source.enterprise_site_id, "site"));
		CU_ASSERT_TRUE(text_equal(kept.source.source_id, "source"));
		CU_ASSERT_TRUE(text_equal(e->exchange, "65786368616e6765"));
		CU_ASSERT_TRUE(text_equal(e->problem, "problem"));
		const struct audit_object *first = e->objects;
		CU_ASSERT_FATAL(first != NULL && first->next != NULL && first->next->next == NULL);
		is_the_object(backwards != 0 ? first->next : first);
		is_the_patient(backwards != 0 ? first : first->next);
		arena_destroy(a);
	}
}

/* What an event may not be, however deep that is said; each with one that may. */
static void not_whole(void)
{
	static const struct field patient = { 10, FIELDS, .within = patient_fields };
	static const struct field broken[] = { { 1, OCTETS, .text = "no NUL" }, { 0 } };
	static const struct field broken_id_type[] = { { 5, FIELDS, .within = broken }, { 0 } };
	static const struct field typeless[] = { { 2, OCTETS, .text = "value" }, { 0 } };
	static const struct field valueless[] = { { 1, TEXT, .text = "type" }, { 0 } };
	static const struct field typeless_detail[] = { { 8, FIELDS, .within = typeless }, { 0 } };
	static const struct field broken_detail[] = { { 8, FIELDS, .within = broken }, { 0 } };
	static const struct field valueless_detail[] = { { 8, FIELDS, .within = valueless },
							 { 0 } };
	static const struct {
		const char *why;
		struct field f;
		bool whole;
	} rows[] = {
		{ "the largest number", { 1, NUMBER, .number = INT_MAX }, true },
		{ "a larger number", { 1, NUMBER, .number = (uint64_t)INT_MAX + 1 }, false },
		{ "no number", { 1, OCTETS, .text = "nine or so" }, false },
		{ "no text", { 12, OCTETS, .text = "no NUL" }, false },
		{ "no code", { 5, FIELDS, .within = broken }, false },
		{ "no participant", { 6, FIELDS, .within = broken }, false },
		{ "no object", { 9, FIELDS, .within = broken }, false },
		{ "an object of no code", { 9, FIELDS, .within = broken_id_type }, false },
		{ "a detail without type", { 9, FIELDS, .within = typeless_detail }, false },
		{ "no detail", { 9, FIELDS, .within = broken_detail }, false },
		{ "a detail without value", { 9, FIELDS, .within = valueless_detail }, true },
		{ "a second patient", { 10, FIELDS, .within = patient_fields }, false },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct arena *a = arena_create(1 << 20);
		const struct field fields[] = { rows[i].f, patient, { 0 } };
		struct kept_event kept;
		CU_ASSERT_EQUAL(read_fields(a, fields, false, &kept), rows[i].whole);
		CU_ASSERT_EQUAL(read_fields(a, fields, true, &kept), rows[i].whole);
		if (read_fields(a, fields, false, &kept) != rows[i].whole)
			printf("%s\n", rows[i].why);
		arena_destroy(a);
	}
}

/* Who is a patient is found by his id; whoever is not keeps what is said of him. */
static void who_is_a_patient(void)
{
	static const struct {
		int type, role;
		const char *id;
		bool patient;
	} rows[] = {
		{ 1, 1, "1^^^&1.2&ISO", true }, { 1, 1, "", true },    { 1, 1, NULL, false },
		{ 2, 1, "1", false },           { 1, 2, "1", false },  { 0, 0, "1", false },
		{ 2, 2, NULL, false },          { 2, 1, NULL, false }, { 1, 0, NULL, false },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct arena *a = arena_create(1 << 20);
		struct audit_object o = { .id = rows[i].id,
					  .type_code = rows[i].type,
					  .type_code_role = rows[i].role };
		struct audit_event e = { .event_id = 110112, .objects = &o };
		struct audit_entry entry = entry_of(a, &events_source, &e);
		struct kept_event kept;
		CU_ASSERT_EQUAL(entry.terms.patients != NULL, rows[i].patient);
		CU_ASSERT_TRUE_FATAL(event_record_read(a, &entry, &kept));
		CU_ASSERT_TRUE(text_equal(kept.event.objects->id, rows[i].id));
		CU_ASSERT_EQUAL(kept.event.objects->type_code, rows[i].type);
		CU_ASSERT_EQUAL(kept.event.objects->type_code_role, rows[i].role);
		arena_destroy(a);
	}
}

/* What the log finds an event by is what the event says; refused is whatever was not done. */
static void terms_of_an_event(void)
{
	static const uint64_t subjects[] = { 3, 5 };
	static const struct {
		enum audit_outcome outcome;
		bool local_only, refused;
	} rows[] = {
		{ AUDIT_SUCCESS, false, false }, { AUDIT_SUCCESS, true, false },
		{ AUDIT_MINOR, false, true },    { AUDIT_SERIOUS, true, true },
		{ AUDIT_MAJOR, false, true },
	};
	struct arena *a = arena_create(1 << 20);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct audit_event e = { .time = -7,
					 .transaction = "ITI-18",
					 .system = "b-clinic",
					 .outcome = rows[i].outcome,
					 .local_only = rows[i].local_only,
					 .subjects = subjects,
					 .subject_count = 2 };
		struct audit_terms terms = event_terms(a, &e);
		CU_ASSERT_EQUAL(terms.time, -7);
		CU_ASSERT_TRUE(text_equal(terms.transaction, "ITI-18"));
		CU_ASSERT_TRUE(text_equal(terms.system, "b-clinic"));
		CU_ASSERT_PTR_EQUAL(terms.subjects.numbers, subjects);
		CU_ASSERT_EQUAL(terms.subjects.count, 2);
		CU_ASSERT_PTR_NULL(terms.patients);
		CU_ASSERT_EQUAL(terms.refused, rows[i].refused);
		CU_ASSERT_EQUAL(terms.local_only, rows[i].local_only);
	}
	arena_destroy(a);
}

static const struct test tests[] = { { "the same message", same_message },
				     { "few octets", few_octets },
				     { "damaged records", damaged },
				     { "a record without its terms", terms_missing },
				     { "what is not packed", not_packed },
				     { "dictionaries are frozen", dictionaries_are_frozen },
				     { "exchanges", exchanges },
				     { "later versions", later_versions },
				     { "any order", any_order },
				     { "not whole", not_whole },
				     { "who is a patient", who_is_a_patient },
				     { "terms of an event", terms_of_an_event },
				     { 0 } };

int main(void)
{
	return suite_run("audit: event record", tests);
}
