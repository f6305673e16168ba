/* tests/store/audit_index_test.c: on which sheets the audit log's entries stand, and which of them
 * the patients' index names: octet for octet, and with whatever damage there may be. */
#include "tests/base/suite.h"

#include <string.h>

#include "gateway/base/text.h"
#include "store/audit_entries.h"
#include "store/check.h"
#include "store/record.h"
#include "tests/base/failing.h"
#include "tests/store/in_job.h"

static bool refused(struct store_txn *t)
{
	return problem_set(store_problem(t), PROBLEM_STORE_FULL, "made to fail");
}
FAILING(bool, store_get, (struct store_txn * t, struct bytes k, struct arena *a, struct bytes *v),
	(t, k, a, v), refused(t))

static struct key sheet_key(uint64_t first)
{
	struct key k;
	key_begin(&k, SPACE_AUDIT_SHEET);
	key_number(&k, first);
	return k;
}

/* Sheets. */

enum { SHEET_OCTETS = 8100, MOST = 8 };
struct adding {
	const char *why;
	size_t lengths[MOST]; /* of the entries, all in one job; up to NONE */
	const char *sheets;   /* "first:octets " of each */
};
#define NONE ((size_t)-1)

static bool add_all(struct store_txn *t, const void *with)
{
	const struct adding *a = with;
	bool kept = true;
	for (unsigned i = 0; kept && a->lengths[i] != NONE; i++) {
		unsigned char *octets = arena_alloc(store_arena(t), a->lengths[i]);
		memset(octets, 'a' + (int)i, a->lengths[i]);
		kept = audit_sheet_add(t, i + 1, (struct bytes){ octets, a->lengths[i] });
	}
	return kept;
}

static void sheets_are(struct fixture *f, const struct adding *row)
{
	unsigned char prefix = SPACE_AUDIT_SHEET;
	char found[160] = "";
	struct bytes key, sheet;
	struct store_txn *t = store_begin_read(f->store, &f->problem);
	struct store_cursor *c = store_scan_prefix(t, (struct bytes){ &prefix, 1 }, false);
	while (store_next(c, &key, &sheet)) {
		struct key_reader r = key_read(key);
		size_t length = strlen(found);
		snprintf(found + length, sizeof found - length, "%u:%zu ",
			 (unsigned)key_read_number(&r), sheet.length);
	}
	CU_ASSERT_STRING_EQUAL(found, row->sheets);
	unsigned i = 0;
	struct bytes value = { 0 };
	for (; row->lengths[i] != NONE; i++) {
		CU_ASSERT_TRUE(audit_entry_get(t, i + 1, f->arena, &value));
		CU_ASSERT_EQUAL(value.length, row->lengths[i]);
		for (size_t k = 0; k < value.length; k++)
			if (value.data[k] != 'a' + i)
				CU_FAIL("an entry has another's octets");
	}
	CU_ASSERT_FALSE(audit_entry_get(t, i + 1, f->arena, &value));
	store_end(t);
	if (strcmp(found, row->sheets) != 0)
		printf("%s: %s\n", row->why, found);
}

static void adding(void)
{
	static const struct adding rows[] = {
		{ "alone", { 100, NONE }, "1:104 " },
		{ "together", { 100, 200, 0, 1, NONE }, "1:317 " },
		{ "as much as fits", { 4000, SHEET_OCTETS - 4008, NONE }, "1:8100 " },
		{ "one octet more", { 4000, SHEET_OCTETS - 4007, NONE }, "1:4004 2:4097 " },
		{ "beside a full one", { SHEET_OCTETS - 4, 0, NONE }, "1:8100 2:4 " },
		{ "on the last begun", { 8000, 500, 500, 7200, NONE }, "1:8004 2:1008 4:7204 " },
		{ "a large one by itself",
		  { 10, SHEET_OCTETS, 10, 10, NONE },
		  "1:14 2:8104 3:28 " },
		{ "one with three octets of length", { 0x010203, 10, NONE }, "1:66055 2:14 " },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct fixture f;
		fixture_open(&f);
		CU_ASSERT_TRUE(in_job(&f, add_all, &rows[i]));
		sheets_are(&f, &rows[i]);
		fixture_close(&f);
	}
}

/* A length is written most significant octet first, and a large sheet is not read to find it
 * full. */
static bool add_large(struct store_txn *t, const void *with)
{
	enum { LENGTH = 0x010203 };
	struct key k = sheet_key(1);
	struct bytes sheet;
	(void)with;
	CU_ASSERT_TRUE(audit_sheet_add(
		t, 1, (struct bytes){ arena_alloc(store_arena(t), LENGTH), LENGTH }));
	CU_ASSERT_EQUAL(*store_group_note(t), 0);
	CU_ASSERT_TRUE(store_get(t, key_span(&k), store_arena(t), &sheet));
	CU_ASSERT_EQUAL(sheet.length, 4 + LENGTH);
	CU_ASSERT_EQUAL(memcmp(sheet.data, "\0\1\2\3", 4), 0);
	failing_arm("store_get", 0);
	CU_ASSERT_TRUE(audit_sheet_add(t, 2, bytes_of_text("small")));
	CU_ASSERT_FALSE(failing_disarm());
	CU_ASSERT_EQUAL(*store_group_note(t), 2);
	/* A job that was undone had begun a sheet further on. */
	*store_group_note(t) = 9;
	failing_arm("store_get", 0);
	CU_ASSERT_TRUE(audit_sheet_add(t, 3, bytes_of_text("small")));
	CU_ASSERT_FALSE(failing_disarm());
	CU_ASSERT_EQUAL(*store_group_note(t), 3);
	return true;
}

static bool add_unread(struct store_txn *t, const void *with)
{
	(void)with;
	CU_ASSERT_TRUE(audit_sheet_add(t, 1, bytes_of_text("small")));
	failing_arm("store_get", 0);
	bool added = audit_sheet_add(t, 2, bytes_of_text("small"));
	CU_ASSERT_TRUE(failing_disarm());
	CU_ASSERT_FALSE(added);
	return added;
}

/* A sheet that cannot be read is not begun anew. */
static void adding_to_what_cannot_be_read(void)
{
	struct fixture f;
	fixture_open(&f);
	CU_ASSERT_FALSE(in_job(&f, add_unread, NULL));
	CU_ASSERT_EQUAL(f.problem.code, PROBLEM_STORE_FULL);
	fixture_close(&f);
}

static void adding_large(void)
{
	struct fixture f;
	fixture_open(&f);
	CU_ASSERT_TRUE(in_job(&f, add_large, NULL));
	fixture_close(&f);
}

/* Sheets as they may stand in a damaged store; what is walked is each entry's number and octets. */
struct sheet_row {
	uint64_t first;
	bool stray; /* its key has one octet more, 0 */
	size_t length;
	unsigned char octets[24];
};
static const struct sheet_row sheet_rows[] = {
	{ 0, false, 5, { 0, 0, 0, 1, 'z' } },
	{ 1, false, 15, { 0, 0, 0, 1, 'a', 0, 0, 0, 2, 'b', 'b', 0, 0, 0, 0 } },
	{ 5, false, 5, { 0, 0, 0, 1, 'e' } },
	{ 5, true, 5, { 0, 0, 0, 1, 'E' } },
	{ 6, false, 0, { 0 } },
	{ 7, false, 10, { 0, 0, 0, 1, 'g', 0, 0, 0, 4, 'h' } }, /* three octets too few */
	{ 9, false, 7, { 0, 0, 0, 1, 'i', 0, 0 } },             /* half a length */
	{ 11, false, 4, { 0, 0, 0, 9 } },
	{ 12, false, 6, { 1, 0, 0, 2, 'l', 'l' } }, /* 16 MiB and two octets */
	{ 13, false, 10, { 0, 0, 0, 1, 'm', 0, 0, 0, 1, 'n' } },
	{ 15, false, 6, { 0, 0, 0, 1, 'o', 0 } }, /* an octet of one */
};

static bool put_sheets(struct store_txn *t, const void *with)
{
	bool kept = true;
	(void)with;
	for (size_t i = 0; i < COUNT(sheet_rows); i++) {
		const struct sheet_row *r = &sheet_rows[i];
		struct key k = sheet_key(r->first);
		if (r->stray)
			key_octet(&k, 0);
		kept = kept && store_put(t, key_span(&k), (struct bytes){ r->octets, r->length });
	}
	return kept;
}

static void write_down(char *out, size_t room, uint64_t sequence, struct bytes value)
{
	size_t length = strlen(out);
	snprintf(out + length, room - length, "%u%.*s ", (unsigned)sequence, (int)value.length,
		 value.length == 0 ? "" : (const char *)value.data);
}

static void walking(void)
{
	static const struct {
		uint64_t from, end;
		const char *found;
	} rows[] = {
		{ 0, UINT64_MAX, "0z 1a 2bb 3 5e 5 6 7g 8 9i 10 11 12 13m 14n 15o 16 " },
		{ 1, UINT64_MAX, "1a 2bb 3 5e 5 6 7g 8 9i 10 11 12 13m 14n 15o 16 " },
		{ 2, 4, "2bb 3 " },
		{ 2, 3, "2bb " },
		{ 3, 3, "" },
		{ 4, 5, "" },
		{ 4, 6, "5e 5 " },
		{ 5, 6, "5e 5 " },
		{ 6, 8, "6 7g " },
		{ 14, 15, "14n " },
		{ 15, UINT64_MAX, "15o 16 " },
		{ 17, UINT64_MAX, "" },
		{ 0, 1, "0z " },
		{ 1, 2, "1a " },
	};
	struct fixture f;
	fixture_open(&f);
	CU_ASSERT_TRUE(in_job(&f, put_sheets, NULL));
	struct store_txn *t = store_begin_read(f.store, &f.problem);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct audit_walk w = audit_walk_from(t, rows[i].from, rows[i].end);
		char found[160] = "";
		uint64_t sequence;
		struct bytes value;
		while (audit_walk_next(&w, &sequence, &value) && strlen(found) < 100)
			write_down(found, sizeof found, sequence, value);
		audit_walk_end(&w);
		CU_ASSERT_STRING_EQUAL(found, rows[i].found);
		if (strcmp(found, rows[i].found) != 0)
			printf("from %u: %s\n", (unsigned)rows[i].from, found);
	}
	store_end(t);
	fixture_close(&f);
}

static void one_sheet(void)
{
	struct arena *a = arena_create(1 << 20);
	struct key k = sheet_key(7);
	struct audit_walk w = audit_walk_on(a, key_span(&k),
					    (struct bytes){ sheet_rows[1].octets, 15 });
	char found[160] = "";
	uint64_t sequence;
	struct bytes value;
	while (audit_walk_next(&w, &sequence, &value) && strlen(found) < 100)
		write_down(found, sizeof found, sequence, value);
	CU_ASSERT_STRING_EQUAL(found, "7a 8bb 9 ");
	w = audit_walk_on(a, key_span(&k), (struct bytes){ 0 });
	CU_ASSERT_TRUE(audit_walk_next(&w, &sequence, &value));
	CU_ASSERT_TRUE(sequence == 7 && value.length == 0);
	CU_ASSERT_FALSE(audit_walk_next(&w, &sequence, &value));
	CU_ASSERT_TRUE(bytes_equal(audit_entry_copy(bytes_of_text("x"), a), bytes_of_text("x")));
	CU_ASSERT_EQUAL(audit_entry_copy((struct bytes){ 0 }, a).length, 0);
	arena_destroy(a);
}

/* The patients' index. */

enum { SEGMENT = 256, PAIR = 10, BLOCK = 90, PAIRS_MOST = 3 * SEGMENT };
/* An entry that is not there: of its segment those that are must be read again. */
enum { GONE = 2 * SEGMENT - 1 };

/* FNV-1a of 64 bits, as its authors give it: of octets; what is left of it in 48. */
static uint64_t fnv(const void *octets, size_t length)
{
	const unsigned char *at = octets;
	uint64_t hash = UINT64_C(14695981039346656037);
	for (; length != 0; length--, at++)
		hash = (hash ^ *at) * UINT64_C(1099511628211);
	return hash % ((UINT64_C(1) << 48) - 1);
}

static uint64_t fnv_of_subject(uint64_t number)
{
	unsigned char octets[9] = { 0 };
	for (unsigned i = 8; i > 0; i--, number /= 256)
		octets[i] = (unsigned char)(number % 256);
	return fnv(octets, sizeof octets);
}

/* Whom an entry names: of every seven one patient ("often" two of five, so that his pairs fill more
 * than a block), and records; some name nobody. */
struct named {
	char patient[16];
	uint64_t subjects[2];
	unsigned count;
};

static struct named named_by(uint64_t sequence)
{
	struct named n = { .subjects = { sequence % 97,
					 UINT64_C(0x0102030405060708) + sequence % 5 },
			   .count = (unsigned)(sequence % 3) };
	if (sequence == GONE)
		return (struct named){ .count = 0 };
	if (sequence % 5 % 3 == 0)
		strcpy(n.patient, "often");
	else if (sequence % 7 != 0)
		snprintf(n.patient, sizeof n.patient, "p%u", (unsigned)(sequence % 300));
	return n;
}

static struct bytes entry_of(struct arena *a, const struct named *n)
{
	enum { PATIENT = 5, SUBJECT = 9 };
	struct record_writer w = record_begin(a, 1);
	static const unsigned char hash[AUDIT_HASH];
	struct buffer value = buffer_in(a);
	if (n->patient[0] != '\0')
		record_text(&w, PATIENT, n->patient);
	for (unsigned i = 0; i < n->count; i++)
		record_number(&w, SUBJECT, n->subjects[i]);
	struct bytes entry = record_end(&w);
	buffer_append(&value, hash, sizeof hash);
	buffer_append(&value, entry.data, entry.length);
	return buffer_bytes(&value);
}

static void add_to_sheet(struct buffer *sheet, struct bytes value)
{
	for (int shift = 24; shift >= 0; shift -= 8)
		buffer_byte(sheet, (unsigned char)(value.length >> shift));
	buffer_append(sheet, value.data, value.length);
}

/* As the indexing does it (tests/store/audit_indexing_test.c), in one job. */
static bool put_index(struct store_txn *t, uint64_t segment)
{
	struct audit_pairs pairs;
	if (!audit_patients_gather(t, segment, store_arena(t), &pairs))
		return false;
	for (size_t i = audit_blocks_of(pairs.count); i > 0; i--)
		audit_block_put(t, (struct audit_run){ segment, 0 }, &pairs, i - 1);
	return true;
}

/* A segment's entries, all on one sheet, and its index. */
static bool put_segment(struct store_txn *t, const void *with)
{
	const uint64_t *segment = with;
	uint64_t first = *segment == 0 ? 1 : *segment * SEGMENT, end = (*segment + 1) * SEGMENT;
	struct buffer sheet = buffer_in(store_arena(t));
	struct key k = sheet_key(first);
	for (uint64_t s = first; s < end; s++) {
		struct named n = named_by(s);
		if (s == GONE)
			break; /* the last */
		add_to_sheet(&sheet, entry_of(store_arena(t), &n));
	}
	return store_put(t, key_span(&k), buffer_bytes(&sheet)) && put_index(t, *segment)
	       && !store_failed(t);
}

struct pair {
	uint64_t hash;
	unsigned place;
};

static int in_order(const void *a, const void *b)
{
	const struct pair *x = a, *y = b;
	return x->hash < y->hash ? -1 : x->hash > y->hash ? 1 : (int)x->place - (int)y->place;
}

static size_t expected_pairs(uint64_t segment, struct pair *pairs)
{
	size_t count = 0;
	for (uint64_t s = segment * SEGMENT; s < (segment + 1) * SEGMENT; s++) {
		struct named n = named_by(s);
		if (s == 0)
			continue;
		if (n.patient[0] != '\0')
			pairs[count++] = (struct pair){ fnv(n.patient, strlen(n.patient)),
							s % SEGMENT };
		for (unsigned i = 0; i < n.count; i++)
			pairs[count++] = (struct pair){ fnv_of_subject(n.subjects[i]),
							s % SEGMENT };
	}
	qsort(pairs, count, sizeof *pairs, in_order);
	return count;
}

static uint64_t number_at(const unsigned char *at, unsigned octets)
{
	uint64_t number = 0;
	while (octets-- != 0)
		number = number * 256 + *at++;
	return number;
}

/* All pairs in order; a block says what the next begins with, and is found by its own first. */
static void index_is_right(struct store_txn *t, uint64_t segment)
{
	static struct pair pairs[PAIRS_MOST];
	size_t count = expected_pairs(segment, pairs), at = 0, blocks = 0;
	unsigned char prefix[9] = { SPACE_AUDIT_PATIENTS, [8] = (unsigned char)segment };
	struct bytes key, block;
	struct store_cursor *c = store_scan_prefix(t, (struct bytes){ prefix, 9 }, false);
	for (; store_next(c, &key, &block); blocks++) {
		size_t end = at + BLOCK < count ? at + BLOCK : count;
		CU_ASSERT_EQUAL_FATAL(key.length, 26);
		CU_ASSERT_EQUAL(key.data[9], 0);
		CU_ASSERT_EQUAL(number_at(key.data + 10, 8), blocks == 0 ? 0 : pairs[at].hash);
		CU_ASSERT_EQUAL(number_at(key.data + 18, 8), blocks == 0 ? 0 : pairs[at].place);
		CU_ASSERT_EQUAL_FATAL(block.length, (1 + end - at) * PAIR);
		CU_ASSERT_EQUAL(number_at(block.data, 6),
				end < count ? pairs[end].hash : (UINT64_C(1) << 48) - 1);
		CU_ASSERT_EQUAL(number_at(block.data + 6, 4),
				end < count ? pairs[end].place : UINT32_MAX);
		for (const unsigned char *pair = block.data + PAIR; at < end; at++, pair += PAIR) {
			CU_ASSERT_EQUAL(number_at(pair, 6), pairs[at].hash);
			CU_ASSERT_EQUAL(number_at(pair + 6, 4), pairs[at].place);
		}
	}
	store_scan_end(c);
	CU_ASSERT_EQUAL(at, count);
	CU_ASSERT_EQUAL(blocks, (count + BLOCK - 1) / BLOCK);
	CU_ASSERT(blocks > 4);
}

static bool names(uint64_t sequence, const struct audit_filter *f)
{
	struct named n = named_by(sequence);
	bool found = n.patient[0] != '\0'
		     && (strcmp(n.patient, f->patient) == 0
			 || text_list_has(f->aliases, n.patient));
	for (unsigned i = 0; i < n.count; i++)
		for (size_t k = 0; k < f->subjects.count; k++)
			found = found || f->subjects.numbers[k] == n.subjects[i];
	return found;
}

static void found_right(struct store_txn *t, struct arena *a, uint64_t segment,
			const struct audit_filter *f, struct audit_places *places)
{
	size_t at = 0;
	bool same = true;
	CU_ASSERT_TRUE(audit_patients_find(t, (struct audit_run){ segment, 0 }, f, a, places));
	/* What was found is its own, not the next one's. */
	memset(arena_alloc(a, 2000), 0xff, 2000);
	for (uint64_t s = segment * SEGMENT; s < (segment + 1) * SEGMENT; s++)
		if (s != 0 && names(s, f)) {
			same = same && at < places->count && places->sequences[at] == s;
			at++;
		}
	CU_ASSERT_TRUE(same);
	CU_ASSERT_EQUAL(places->count, at);
}

static void patients_found(void)
{
	static const uint64_t few[] = { 3, 96 }, many[] = { 1, 5, UINT64_C(0x0102030405060709) };
	static struct text_list p9 = { "p9", NULL }, often = { "often", &p9 };
	static const struct audit_filter filters[] = {
		{ .patient = "often" },
		{ .patient = "p1" },
		{ .patient = "p299" },
		{ .patient = "nobody" },
		{ .patient = "" },
		{ .patient = "p2", .aliases = &often },
		{ .patient = "often", .aliases = &often },
		{ .patient = "nobody", .subjects = { few, 2 } },
		{ .patient = "nobody", .subjects = { few, 1 } },
		{ .patient = "p4", .aliases = &p9, .subjects = { many, 3 } },
	};
	static const uint64_t segments[] = { 0, 1, 2, 5 };
	struct fixture f;
	struct audit_places places = { 0 };
	struct check_counts counts;
	fixture_open(&f);
	for (size_t i = 0; i < COUNT(segments); i++)
		CU_ASSERT_TRUE(in_job(&f, put_segment, &segments[i]));
	struct store_txn *t = store_begin_read(f.store, &f.problem);
	for (size_t i = 0; i < COUNT(segments); i++) {
		index_is_right(t, segments[i]);
		for (size_t k = 0; k < COUNT(filters); k++)
			found_right(t, f.arena, segments[i], &filters[k], &places);
	}
	/* Everybody: some are the first of their block, some the last. */
	for (unsigned i = 0; i < 300; i++) {
		char patient[16];
		snprintf(patient, sizeof patient, "p%u", i);
		found_right(t, f.arena, 1, &(struct audit_filter){ .patient = patient }, &places);
	}
	CU_ASSERT_FALSE(
		audit_patients_find(t, (struct audit_run){ 3, 0 }, &filters[0], f.arena, &places));
	CU_ASSERT_EQUAL(places.count, 0);
	store_end(t);
	/* Only that nobody chained these entries. */
	CU_ASSERT_TRUE(store_check(f.store, NULL, NULL, NULL, &counts, &f.problem));
	CU_ASSERT_EQUAL(counts.findings, 1);
	fixture_close(&f);
}

/* Blocks of a length no block has: fewer octets than a pair, or not a whole number of them. The one
 * the hash is looked for in, and the one that goes on with it. */
struct block {
	const char *why;
	size_t length;
	bool second;
};

static bool put_one_block(struct store_txn *t, const void *with)
{
	const struct block *b = with;
	const struct audit_run run = { 3, 0 };
	const struct audit_pair of = { fnv("a", 1), 7 };
	unsigned char octets[3 * AUDIT_PAIR] = { 0 };
	struct key first = audit_run_key(run), next = audit_patients_key(run, of);
	struct audit_pairs one = { .next = of, .lowest = true };
	if (!b->second)
		return store_put(t, key_span(&first), (struct bytes){ octets, b->length });
	return audit_block_put(t, run, &one, 0)
	       && store_put(t, key_span(&next), (struct bytes){ octets, b->length });
}

static void blocks_that_are_none(void)
{
	static const struct block rows[] = {
		{ "nothing", 0, false },
		{ "less than a pair", AUDIT_PAIR - 1, false },
		{ "more than a pair", AUDIT_PAIR + 1, false },
		{ "nothing, then", 0, true },
		{ "less, then", AUDIT_PAIR - 1, true },
		{ "more, then", 2 * AUDIT_PAIR + 1, true },
	};
	static const struct audit_filter filter = { .patient = "a" };
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct fixture f;
		struct audit_places places = { 0 };
		fixture_open(&f);
		CU_ASSERT_TRUE(in_job(&f, put_one_block, &rows[i]));
		struct store_txn *t = store_begin_read(f.store, &f.problem);
		CU_ASSERT_FALSE(audit_patients_find(t, (struct audit_run){ 3, 0 }, &filter, f.arena,
						    &places));
		CU_ASSERT_EQUAL(places.count, 0);
		CU_ASSERT_TRUE(store_is_damaged(t));
		CU_ASSERT_STRING_EQUAL(store_problem(t)->what,
				       "the audit log's index of patients is damaged at segment 3");
		store_end(t);
		fixture_close(&f);
	}
}

/* A segment just small enough to be indexed, and one an octet larger; just as few names, and one
 * more; one with an entry that cannot be read, and one of which nothing is to be said. */
struct sized {
	const char *why;
	size_t octets; /* of all its values; 0: as they come */
	size_t names;  /* of the last of them, beside the patient */
	bool damaged, nameless, indexed;
};

/* The last value: a field of a later version fills it up (its tag, its length in four octets). */
static struct bytes last_value(struct store_txn *t, const struct sized *z, struct bytes value,
			       size_t room)
{
	struct buffer large = buffer_in(store_arena(t));
	buffer_append(&large, value.data, value.length);
	for (size_t i = 0; i < z->names; i++)
		buffer_append(&large, "\x09\x01\x07", 3);
	if (room != 0) {
		size_t fills = room - large.length - 5;
		unsigned char head[] = { 77, (unsigned char)(fills | 0x80),
					 (unsigned char)(fills >> 7 | 0x80),
					 (unsigned char)(fills >> 14 | 0x80),
					 (unsigned char)(fills >> 21) };
		buffer_append(&large, head, sizeof head);
		memset(buffer_reserve(&large, fills), 'x', fills);
		large.length += fills;
	}
	if (z->damaged)
		buffer_byte(&large, 5); /* a field's tag, and nothing after it */
	return buffer_bytes(&large);
}

enum { SHARE = 4096 };

static bool put_sized(struct store_txn *t, const void *with)
{
	const struct sized *z = with;
	struct named n = { .patient = "often" };
	struct buffer sheet = buffer_in(store_arena(t));
	struct bytes value = entry_of(store_arena(t),
				      z->nameless ? &(struct named){ .count = 0 } : &n);
	size_t octets = 0;
	if (z->octets != 0) /* a share of its own, so that the last is not held in memory twice */
		value = last_value(t, &(struct sized){ 0 }, value, SHARE);
	for (unsigned s = 1; s < SEGMENT - 1; s++) {
		add_to_sheet(&sheet, value);
		octets += value.length;
	}
	struct bytes last = last_value(t, z, value, z->octets == 0 ? 0 : z->octets - octets);
	add_to_sheet(&sheet, last);
	CU_ASSERT(z->octets == 0 || octets + last.length == z->octets);
	struct key k = sheet_key(1);
	bool kept = store_put(t, key_span(&k), buffer_bytes(&sheet));
	CU_ASSERT_EQUAL(put_index(t, 0), z->indexed);
	return kept && !store_failed(t);
}

static void sizes_of_segments(void)
{
	enum { INDEX_OCTETS = 32 << 20, NAMES = 1 << 20, OFTEN = SEGMENT - 1 };
	static const struct sized rows[] = {
		{ .why = "as they come", .indexed = true },
		{ .why = "the largest", .octets = INDEX_OCTETS, .indexed = true },
		{ .why = "one octet more", .octets = INDEX_OCTETS + 1 },
		{ .why = "as many names as may be", .names = NAMES - 1 - OFTEN, .indexed = true },
		{ .why = "one more", .names = NAMES - OFTEN },
		{ .why = "damaged", .damaged = true },
		{ .why = "of nobody", .nameless = true, .indexed = true },
	};
	static const struct audit_filter filter = { .patient = "often" };
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct fixture f;
		struct audit_places places = { 0 };
		fixture_open(&f);
		CU_ASSERT_TRUE(in_job(&f, put_sized, &rows[i]));
		struct store_txn *t = store_begin_read(f.store, &f.problem);
		CU_ASSERT_EQUAL(audit_patients_find(t, (struct audit_run){ 0, 0 }, &filter, f.arena,
						    &places),
				rows[i].indexed);
		CU_ASSERT_EQUAL(places.count,
				rows[i].indexed && !rows[i].nameless ? SEGMENT - 1 : 0);
		store_end(t);
		if ((places.count != 0) != (rows[i].indexed && !rows[i].nameless))
			printf("%s: %zu\n", rows[i].why, places.count);
		fixture_close(&f);
	}
}

/* What an index may say that is not so. Entries 1 and 3 name "a" and record 5, both twice, entry 2
 * nobody; a fourth, where there is one, cannot be read. */
struct claim {
	const char *why;
	const char *pairs; /* two letters each: 'a' or 'r', and the place */
	size_t more;       /* octets after the pairs */
	bool long_key, damaged, no_first;
	uint64_t next;    /* hash the next block begins with; 0: none */
	uint64_t beyond;  /* a block more, under this hash; 0: none */
	uint64_t indexed; /* segments that were */
	bool well;
};

static void put_octets(struct buffer *out, uint64_t number, unsigned octets)
{
	while (octets-- > 0)
		buffer_byte(out, (unsigned char)(number >> (8 * octets)));
}

static void put_pair(struct buffer *out, char what, char place)
{
	put_octets(out, what == 'a' ? fnv("a", 1) : fnv_of_subject(5), 6);
	put_octets(out, (uint64_t)(place - '0'), 4);
}

static void put_block(struct store_txn *t, const struct claim *c, uint64_t hash, struct bytes pairs)
{
	struct key k = audit_patients_key((struct audit_run){ 0, 0 },
					  (struct audit_pair){ hash, 0 });
	if (c->long_key)
		key_octet(&k, 0);
	store_put(t, key_span(&k), pairs);
}

static bool put_claim(struct store_txn *t, const void *with)
{
	const struct claim *c = with;
	struct named one = { .patient = "a", .subjects = { 5, 5 }, .count = 2 },
		     two = { .count = 0 };
	struct bytes whole = entry_of(store_arena(t), &one);
	struct buffer sheet = buffer_in(store_arena(t)), named = buffer_in(store_arena(t)),
		      pairs = buffer_in(store_arena(t));
	struct key s = sheet_key(1);
	buffer_append(&named, whole.data, whole.length);
	buffer_append(&named,
		      "\x05\x02"
		      "a",
		      4);
	add_to_sheet(&sheet, buffer_bytes(&named));
	add_to_sheet(&sheet, entry_of(store_arena(t), &two));
	add_to_sheet(&sheet, buffer_bytes(&named));
	buffer_byte(&named, 5); /* a field's tag, and nothing after it */
	if (c->damaged)
		add_to_sheet(&sheet, buffer_bytes(&named));
	put_octets(&pairs, c->next == 0 ? UINT64_MAX : c->next, 6);
	put_octets(&pairs, c->next == 0 ? UINT64_MAX : 0, 4);
	for (const char *p = c->pairs; *p != '\0'; p += 2)
		put_pair(&pairs, p[0], p[1]);
	for (size_t i = 0; i < c->more; i++)
		buffer_byte(&pairs, 0);
	if (!c->no_first)
		put_block(t, c, 0, buffer_bytes(&pairs));
	if (c->beyond != 0)
		put_block(t, c, c->beyond, buffer_bytes(&pairs));
	return store_put(t, key_span(&s), buffer_bytes(&sheet))
	       && audit_note_indexed(t, c->indexed);
}

static void count_stray(void *with, const char *finding)
{
	*(unsigned *)with += strcmp(finding,
				    "audit log: the patients' index of segment 0 is not what its "
				    "entries name")
			     == 0;
}

static void claims(void)
{
	static const struct claim rows[] = {
		{ "what they name", "r1r3a1a3", .indexed = 1, .well = true },
		{ "the same, not told yet", "r1r3a1a3", .well = true },
		{ "a pair twice", "r1r3a1a1a3", .indexed = 1 },
		{ "not all of a patient", "r1r3a1", .indexed = 1 },
		{ "not all of a record", "r1a1a3", .indexed = 1 },
		{ "another place", "r1r3a1a2", .indexed = 1 },
		{ "in another order", "a1a3r1r3", .indexed = 1 },
		{ "nothing", "", .indexed = 1 },
		{ "half a pair more", "r1r3a1a3", .more = 5, .indexed = 1 },
		{ "a pair of nothing more", "r1r3a1a3", .more = PAIR, .indexed = 1 },
		{ "a block more", "r1r3a1a3", .beyond = 7, .indexed = 1 },
		{ "a block that is not there", "r1r3a1a3", .next = 7, .indexed = 1 },
		{ "another block than said", "r1r3a1a3", .next = 7, .beyond = 8, .indexed = 1 },
		{ "the same once more", "r1r3a1a3", .next = 7, .beyond = 7, .indexed = 1 },
		{ "a place beyond", "r1r3a1a3a9", .indexed = 1 },
		{ "a key that is none", "r1r3a1a3", .long_key = true, .indexed = 1 },
		{ "of an entry that cannot be read", "r1r3a1a3", .damaged = true, .indexed = 1 },
		{ "nothing, of an entry that cannot be read", "", .damaged = true, .indexed = 1 },
		{ "being indexed", "r1r3a1a3", .no_first = true, .beyond = 7, .well = true },
		{ "indexed, without its beginning", "r1r3a1a3", .no_first = true, .beyond = 7,
		  .indexed = 1 },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct fixture f;
		struct check_counts counts;
		unsigned stray = 0;
		fixture_open(&f);
		CU_ASSERT_TRUE(in_job(&f, put_claim, &rows[i]));
		CU_ASSERT_TRUE(
			store_check(f.store, NULL, count_stray, &stray, &counts, &f.problem));
		CU_ASSERT_EQUAL(stray, !rows[i].well);
		if (stray != !rows[i].well)
			printf("%s: %u\n", rows[i].why, stray);
		fixture_close(&f);
	}
}

static const struct test tests[] = { { "patients found", patients_found },
				     { "blocks that are none", blocks_that_are_none },
				     { "what an index claims", claims },
				     { "walking", walking },
				     { "one sheet", one_sheet },
				     { "adding", adding },
				     { "adding large ones", adding_large },
				     { "adding to what cannot be read",
				       adding_to_what_cannot_be_read },
				     { "sizes of segments", sizes_of_segments },
				     { 0 } };

int main(void)
{
	return suite_run("store: audit index", tests);
}
