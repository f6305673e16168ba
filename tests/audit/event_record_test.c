/* tests/audit/event_record_test.c: what the log keeps of an event gives the same AuditMessage. */
#include "tests/base/suite.h"

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
	static const struct { const char *why; unsigned char octets[8]; size_t length; } rows[] = {
		{ "nothing", { 0 }, 0 },
		{ "a dictionary nobody has", { 99, 0, 0, 1, 0x10, 'x' }, 6 },
		{ "no room for a length", { EVENT_DICTIONARY, 0, 0, 1 }, 4 },
		{ "more than these octets can say",
		  { EVENT_DICTIONARY, 0xff, 0xff, 0xff, 0x10, 'x' }, 6 },
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

/* An exchange's id is kept by its octets; what is no such id is left out, and no other put in its place. */
static void exchanges(void)
{
	static const struct { const char *id, *kept; } rows[] = {
		{ "00ff10abcdef0123", "00ff10abcdef0123" }, { "ab", "ab" }, { NULL, NULL }, { "", NULL },
		{ "abc", NULL }, { "zz", NULL }, { "00-11", NULL },
	};
	struct arena *a = arena_create(1 << 20);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct audit_event e = { .event_id = 110112, .exchange = rows[i].id, .problem = "P" };
		struct audit_entry entry = entry_of(a, &events_source, &e);
		struct kept_event kept;
		CU_ASSERT_TRUE(event_record_read(a, &entry, &kept));
		CU_ASSERT_TRUE(text_equal(kept.event.exchange, rows[i].kept));
		CU_ASSERT_TRUE(text_equal(kept.event.problem, "P"));
		CU_ASSERT_EQUAL(kept.event.event_id, 110112);
	}
	arena_destroy(a);
}

/* A field of a later version is passed over; a record of another version is not read as this one. */
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

static const struct test tests[] = {
	{ "the same message", same_message },
	{ "few octets", few_octets },
	{ "damaged records", damaged },
	{ "a record without its terms", terms_missing },
	{ "what is not packed", not_packed },
	{ "exchanges", exchanges },
	{ "later versions", later_versions },
	{ 0 }
};

int main(void)
{
	return suite_run("audit: event record", tests);
}
