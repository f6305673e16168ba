/* tests/audit/sizes_test.c: audit events at the ends of what can be packed, and what fails. */
#include "tests/base/suite.h"

#include <stdlib.h>

#include "gateway/audit/event_packing.h"
#include "gateway/audit/event_record.h"
#include "tests/audit/events.h"
#include "tests/audit/failing_calls.h"
#include "tests/store/fixture.h"

enum { PACKED_MOST = 0xffffff, HEAD = 4 };

/* Packed or as they are, the same octets come back, also when others were packed after them. */
static void octets_come_back(void)
{
	static const struct {
		size_t length;
		bool with_packer, packed;
	} rows[] = {
		{ 0, false, false },
		{ 0, true, false },
		{ 1, false, false },
		{ 1, true, false },
		{ 5, false, false },
		{ 16, false, false },
		{ 17, true, false },
		{ 0x2030, true, true },
		{ 0x010203, true, true },
		{ PACKED_MOST, true, true },
		{ PACKED_MOST + 1, true, false },
	};
	struct bytes in[COUNT(rows)], packed[COUNT(rows)], out;
	struct arena *a = arena_create(256 << 20);
	struct event_packer *p = event_packer_create();
	CU_ASSERT_PTR_NOT_NULL_FATAL(p);
	for (size_t i = 0; i < COUNT(rows); i++) {
		unsigned char *octets = arena_alloc(a, rows[i].length);
		for (size_t n = 0; n < rows[i].length; n++)
			octets[n] = (unsigned char)(n % 251 + i + 1);
		in[i] = (struct bytes){ octets, rows[i].length };
		packed[i] = event_pack(a, rows[i].with_packer ? p : NULL, in[i]);
		CU_ASSERT_EQUAL(packed[i].data[0], rows[i].packed ? EVENT_DICTIONARY : 0);
		CU_ASSERT_EQUAL(packed[i].length <= in[i].length, rows[i].packed);
	}
	for (size_t i = 0; i < COUNT(rows); i++) {
		CU_ASSERT_TRUE(event_unpack(a, packed[i], &out));
		CU_ASSERT_TRUE(bytes_equal(out, in[i]));
	}
	event_packer_destroy(p);
	arena_destroy(a);
}

/* A block of LZ4 of that many octets that says nothing shorter: octets as they are, all of them 0
 * (LZ4 Block Format Description: a token, the rest of their number by 255 an octet, they). */
static struct bytes wordy(struct arena *a, size_t block)
{
	enum { IN_TOKEN = 15, TOKEN_FULL = 0xf0 };
	unsigned char *packed = arena_alloc(a, HEAD + block), *at = packed + HEAD;
	size_t rest = (block - 2 - IN_TOKEN) / 256 * 255 + (block - 2 - IN_TOKEN) % 256;
	size_t length = IN_TOKEN + rest;
	*at++ = TOKEN_FULL;
	for (; rest >= 255; rest -= 255)
		*at++ = 255;
	*at = (unsigned char)rest;
	packed[0] = EVENT_DICTIONARY;
	packed[1] = (unsigned char)(length >> 16);
	packed[2] = (unsigned char)(length >> 8);
	packed[3] = (unsigned char)length;
	return (struct bytes){ packed, HEAD + block };
}

/* Lengths that cannot be are refused before memory is asked for. */
static void lengths_that_cannot_be(void)
{
	enum { BLOCK = 8000 };
	struct arena *a = arena_create(64 << 20);
	struct bytes out, most = wordy(a, PACKED_MOST);
	CU_ASSERT_TRUE(event_unpack(a, most, &out));
	CU_ASSERT_TRUE(out.length < PACKED_MOST && out.length > PACKED_MOST / 256 * 254);
	struct bytes more = wordy(a, PACKED_MOST + 1);
	size_t used = arena_used(a);
	CU_ASSERT_FALSE(event_unpack(a, more, &out));
	CU_ASSERT_EQUAL(arena_used(a), used);
	unsigned char *packed = arena_alloc(a, HEAD + BLOCK);
	size_t stretched = BLOCK * 255 + 1;
	packed[0] = EVENT_DICTIONARY;
	packed[1] = (unsigned char)(stretched >> 16);
	packed[2] = (unsigned char)(stretched >> 8);
	packed[3] = (unsigned char)stretched;
	used = arena_used(a);
	CU_ASSERT_FALSE(event_unpack(a, (struct bytes){ packed, HEAD + BLOCK }, &out));
	CU_ASSERT_EQUAL(arena_used(a), used);
	arena_destroy(a);
}

static void a_packer_may_not_be_had(void)
{
	static const char *const calls[] = { "malloc", "LZ4_initStream" };
	for (size_t i = 0; i < COUNT(calls); i++) {
		failing_next(calls[i]);
		CU_ASSERT_PTR_NULL(event_packer_create());
	}
	failing_next(NULL);
}

static unsigned patients_of(struct arena *a, const struct audit_event *e)
{
	unsigned count = 0;
	for (const struct text_list *p = event_terms(a, e).patients; p != NULL; p = p->next)
		count++;
	return count;
}

/* Without a number, or in another role, nobody is a patient to be found by. */
static void persons_who_are_no_patients(void)
{
	struct arena *a = arena_create(1 << 20);
	struct audit_event *e = events_pix(a);
	unsigned before = patients_of(a, e);
	e->objects->id = NULL;
	CU_ASSERT_EQUAL(patients_of(a, e), before - 1);
	e->objects->next->type_code_role = 2;
	CU_ASSERT_EQUAL(patients_of(a, e), before - 2);
	arena_destroy(a);
}

static bool append(void *with, struct store_txn *t, struct problem *p)
{
	struct arena *a = store_arena(t);
	(void)with;
	(void)p;
	failing_next("audit_log_append");
	CU_ASSERT_FALSE(audit_record_append(t, a, &events_source, events_start(a)));
	failing_next("audit_log_append"); /* one of several parts */
	CU_ASSERT_FALSE(audit_record_append(t, a, &events_source, events_large(a)));
	return audit_record_append(t, a, &events_source, events_start(a));
}

static void a_record_may_not_be_kept(void)
{
	struct fixture f;
	fixture_open(&f);
	CU_ASSERT_TRUE(store_write(f.store, append, NULL, &f.problem));
	fixture_close(&f);
}

static const struct test tests[] = { { "octets come back", octets_come_back },
				     { "lengths that cannot be", lengths_that_cannot_be },
				     { "a packer may not be had", a_packer_may_not_be_had },
				     { "persons who are no patients", persons_who_are_no_patients },
				     { "a record may not be kept", a_record_may_not_be_kept },
				     { 0 } };

int main(void)
{
	return suite_run("audit: sizes", tests);
}
