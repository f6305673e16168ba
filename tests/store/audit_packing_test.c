/* tests/store/audit_packing_test.c: entries of the audit log packed on one sheet come back octet
 * for octet, and a sheet that says what is not so is refused before memory is asked for what it
 * promises. */
#include "tests/base/suite.h"

#include <stdlib.h>
#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "store/audit_entries.h"

enum { HEAD = 7, LENGTH = 4, MEMORY = 256 << 20 };

static void put_number(unsigned char *at, unsigned octets, size_t number)
{
	while (octets-- > 0) {
		at[octets] = (unsigned char)(number % 256);
		number /= 256;
	}
}

/* As audit_sheet_unpack() gives it. */
static void is_sheet_of(struct bytes sheet, const struct bytes *values, size_t count)
{
	const unsigned char *at = sheet.data;
	size_t octets = 0;
	for (size_t i = 0; i < count; i++)
		octets += LENGTH + values[i].length;
	CU_ASSERT_EQUAL_FATAL(sheet.length, octets);
	for (size_t i = 0; i < count; i++) {
		unsigned char length[LENGTH];
		put_number(length, LENGTH, values[i].length);
		CU_ASSERT_EQUAL(memcmp(at, length, LENGTH), 0);
		CU_ASSERT_EQUAL(memcmp(at + LENGTH, values[i].data, values[i].length), 0);
		at += LENGTH + values[i].length;
	}
}

enum { FEW = 20, OCTETS = 90 };

/* Of different lengths, the hashes like nothing, the rest alike. */
static void made_values(unsigned char octets[FEW][OCTETS], struct bytes *values)
{
	for (unsigned i = 0; i < FEW; i++) {
		for (unsigned k = 0; k < OCTETS; k++)
			octets[i][k] = (unsigned char)(k < AUDIT_HASH ? i * 37 + k * k : k);
		values[i] = (struct bytes){ octets[i], OCTETS - i };
	}
}

static void back_octet_for_octet(void)
{
	unsigned char octets[FEW][OCTETS];
	struct bytes values[FEW], sheet;
	struct arena *a = arena_create(MEMORY);
	made_values(octets, values);
	for (size_t count = 1; count <= FEW; count++) {
		struct bytes packed = audit_sheet_pack(a, values, count);
		CU_ASSERT_TRUE(audit_sheet_is_packed(packed));
		CU_ASSERT_TRUE_FATAL(audit_sheet_unpack(a, packed, &sheet));
		is_sheet_of(sheet, values, count);
	}
	CU_ASSERT_FALSE(audit_sheet_is_packed((struct bytes){ 0 }));
	CU_ASSERT_FALSE(audit_sheet_is_packed(bytes_of_text("x")));
	arena_destroy(a);
}

/* Each octet missing from the end, and each bit changed: never more than is there. */
static void cut_or_changed(void)
{
	unsigned char octets[FEW][OCTETS];
	struct bytes values[FEW], sheet;
	struct arena *a = arena_create(MEMORY);
	made_values(octets, values);
	struct bytes packed = audit_sheet_pack(a, values, FEW);
	struct bytes other = audit_entry_copy(packed, a);
	for (size_t i = 0; i < packed.length; i++) {
		CU_ASSERT_FALSE(audit_sheet_unpack(a, (struct bytes){ packed.data, i }, &sheet));
		for (unsigned bit = 0; bit < 8; bit++) {
			((unsigned char *)other.data)[i] ^= (unsigned char)(1 << bit);
			audit_sheet_unpack(a, other, &sheet); /* whatever it gives */
			((unsigned char *)other.data)[i] ^= (unsigned char)(1 << bit);
		}
	}
	arena_destroy(a);
}

/* As many as one sheet may have, the last of them a hash and nothing else: both octets of their
 * number are needed. */
static void as_many_as_may_be(void)
{
	static unsigned char octets[AUDIT_PACKED_ENTRIES][AUDIT_HASH + 3];
	static struct bytes values[AUDIT_PACKED_ENTRIES];
	struct bytes sheet;
	struct arena *a = arena_create(MEMORY);
	for (size_t i = 0; i < AUDIT_PACKED_ENTRIES; i++) {
		memset(octets[i], (int)(i % 251), sizeof octets[i]);
		values[i] = (struct bytes){ octets[i], sizeof octets[i] };
	}
	values[AUDIT_PACKED_ENTRIES - 1].length = AUDIT_HASH;
	struct bytes packed = audit_sheet_pack(a, values, AUDIT_PACKED_ENTRIES);
	CU_ASSERT_EQUAL(packed.data[1] * 256 + packed.data[2], AUDIT_PACKED_ENTRIES);
	CU_ASSERT_TRUE_FATAL(audit_sheet_unpack(a, packed, &sheet));
	is_sheet_of(sheet, values, AUDIT_PACKED_ENTRIES);
	arena_destroy(a);
}

/* One entry whose octets are just as many as may be, and one more. */
static void as_large_as_may_be(void)
{
	enum { MOST = AUDIT_PACKED_OCTETS - LENGTH };
	struct bytes sheet;
	for (size_t more = 0; more < 2; more++) {
		struct arena *a = arena_create(MEMORY);
		size_t length = AUDIT_HASH + MOST + more;
		unsigned char *octets = calloc(1, length);
		CU_ASSERT_PTR_NOT_NULL_FATAL(octets);
		struct bytes value = { octets, length }, packed = audit_sheet_pack(a, &value, 1);
		CU_ASSERT_EQUAL(packed.data[3], 1);
		bool may_be = audit_sheet_unpack(a, packed, &sheet);
		CU_ASSERT_EQUAL(may_be, more == 0);
		if (may_be)
			is_sheet_of(sheet, &value, 1);
		free(octets);
		arena_destroy(a);
	}
}

/* A sheet that says so many entries and so many octets, whatever it has: hashes of zeros, then the
 * octets as LZ4's block format has what it does not pack, a token and the literals. */
static struct bytes said(struct arena *a, size_t entries, size_t length, const char *octets,
			 size_t count)
{
	size_t before = HEAD + entries * AUDIT_HASH;
	unsigned char *out = arena_alloc(a, before + 1 + count);
	out[0] = 0x81;
	put_number(out + 1, 2, entries);
	put_number(out + 3, 4, length);
	out[before] = (unsigned char)(count << 4);
	memcpy(out + before + 1, octets, count);
	return (struct bytes){ out, before + 1 + count };
}

static void what_is_not_so(void)
{
	static const struct {
		const char *why;
		size_t entries, length; /* as is said */
		const char *octets;
		size_t count;
		bool well;
	} rows[] = {
		{ "one of an octet", 1, 5, "\0\0\0\1x", 5, true },
		{ "two, one empty", 2, 9, "\0\0\0\1x\0\0\0\0", 9, true },
		{ "no entries", 0, 0, "", 0, false },
		{ "no entries, and octets", 0, 5, "\0\0\0\1x", 5, false },
		{ "no octets", 1, 0, "", 0, false },
		{ "longer than all", 1, 5, "\0\0\0\2x", 5, false },
		{ "shorter than all", 1, 6, "\0\0\0\1xy", 6, false },
		{ "one more", 1, 9, "\0\0\0\1x\0\0\0\0", 9, false },
		{ "one less", 2, 5, "\0\0\0\1x", 5, false },
		{ "less than a length", 2, 8, "\0\0\0\1x\0\0\0", 8, false },
		{ "fewer octets than said", 1, 6, "\0\0\0\1x", 5, false },
		{ "more octets than said", 1, 5, "\0\0\0\1xy", 6, false },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct arena *a = arena_create(MEMORY);
		struct bytes sheet, packed = said(a, rows[i].entries, rows[i].length,
						  rows[i].octets, rows[i].count);
		CU_ASSERT_EQUAL(audit_sheet_unpack(a, packed, &sheet), rows[i].well);
		arena_destroy(a);
	}
}

/* Millions of entries of no octets under the name of one: what is behind the first is not looked
 * at. In LZ4's block format a zero, the same again as often as wanted, and five of them as they
 * are. */
static void many_under_the_name_of_one(void)
{
	enum { AGAIN = 65000, LEAST = 4 + 15, ALL = 1 + LEAST + 255 * AGAIN + 5 };
	struct bytes sheet;
	struct arena *a = arena_create(MEMORY);
	struct buffer out = buffer_in(a);
	unsigned char head[HEAD + AUDIT_HASH] = { 0x81, 0, 1 };
	put_number(head + 3, 4, ALL);
	buffer_append(&out, head, sizeof head);
	buffer_append(&out, "\x1f\0\1\0", 4);
	for (unsigned i = 0; i < AGAIN; i++)
		buffer_byte(&out, 255);
	buffer_append(&out, "\0\x50\0\0\0\0\0", 7);
	CU_ASSERT_FALSE(audit_sheet_unpack(a, buffer_bytes(&out), &sheet));
	((unsigned char *)out.data)[HEAD + AUDIT_HASH + 1] = 1; /* 0x01010101: longer than all */
	CU_ASSERT_FALSE(audit_sheet_unpack(a, buffer_bytes(&out), &sheet));
	arena_destroy(a);
}

/* More than octets of LZ4 can stand for: no memory is asked for it. */
static void what_cannot_be_promised(void)
{
	enum { REST = 10000 };
	static unsigned char octets[HEAD + AUDIT_HASH + REST] = { 0x81, 0, 1 };
	static const struct bytes packed = { octets, sizeof octets };
	for (unsigned more = 0; more < 2; more++) {
		struct bytes sheet;
		struct arena *a = arena_create(MEMORY);
		size_t used = arena_used(a);
		put_number(octets + 3, 4, 255 * REST + more);
		CU_ASSERT_FALSE(audit_sheet_unpack(a, packed, &sheet));
		CU_ASSERT_EQUAL(arena_used(a) - used >= 255 * REST, more == 0);
		arena_destroy(a);
	}
}

static const struct test tests[] = { { "back octet for octet", back_octet_for_octet },
				     { "what is not so", what_is_not_so },
				     { "what cannot be promised", what_cannot_be_promised },
				     { "as many as may be", as_many_as_may_be },
				     { "many under the name of one", many_under_the_name_of_one },
				     { "as large as may be", as_large_as_may_be },
				     { "cut or changed", cut_or_changed },
				     { 0 } };

int main(void)
{
	return suite_run("store: audit packing", tests);
}
