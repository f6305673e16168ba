/* tests/store/identity_rows_test.c: what is written of records and persons is read again, field by
 * field, in as few octets as it may take. */
#include "tests/base/suite.h"

#include "gateway/base/text.h"
#include "store/identity_core.h"
#include "store/names.h"
#include "store/record.h"
#include "tests/store/row_scene.h"

static bool fields_come_back(struct store_txn *t, const void *with)
{
	(void)with;
	enum { LEAST_OCTETS = 19 };
	static const struct identity_row least = {
		.record = { .number = 1, .domain = A_DOMAIN, .id = "1", .source_system = "" },
		.occurred = 1
	};
	struct arena *a = store_arena(t);
	struct identity_row read;
	CU_ASSERT_TRUE_FATAL(identity_row_read(t, a, identity_row_octets(t, a, &row_full), &read));
	same_row(&row_full, &read);
	CU_ASSERT_TRUE(read.kept_core.length != 0); /* whoever reads it need not make it */
	struct bytes octets = identity_row_octets(t, a, &least);
	CU_ASSERT_EQUAL(octets.length, LEAST_OCTETS); /* nothing stands for what it has not */
	CU_ASSERT_TRUE_FATAL(identity_row_read(t, a, octets, &read));
	same_row(&least, &read);
	struct identity_row made = least;
	made.made = true;
	size_t without = identity_row_octets(t, a, &made).length;
	made.base = 1;
	CU_ASSERT_TRUE(without < identity_row_octets(t, a, &made).length);
	CU_ASSERT_FALSE(bytes_equal(identity_demographics_octets(a, &row_full.record.demographics),
				    identity_demographics_octets(a, &least.record.demographics)));
	return true;
}

static void every_field_comes_back(void)
{
	struct fixture f;
	fixture_open(&f);
	CU_ASSERT_TRUE(in_job(&f, fields_come_back, NULL));
	fixture_close(&f);
}

/* An id is kept short only where it comes back as it was, whoever gave it. */
static bool ids_come_back(struct store_txn *t, const void *with)
{
	(void)with;
	static const struct {
		const char *id;
		bool made, is_short;
	} rows[] = {
		{ "0123456789abcdef0123456789abcdef", true, true },
		{ "0123456789abcdef0123456789abcdef", false, false },
		{ "0123456789abcdef0123456789abcdeF", true, false },
		{ "0123456789abcdef0123456789abcdeg", true, false },
		{ "0123456789abcdef0123456789abcde", true, false },
	};
	enum { SPARED = 17 }; /* of 32 digits and the NUL */
	struct arena *a = store_arena(t);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct identity_row row = row_full, read;
		row.made = rows[i].made;
		row.record.id = "";
		size_t without = identity_row_octets(t, a, &row).length;
		row.record.id = rows[i].id;
		struct bytes octets = identity_row_octets(t, a, &row);
		CU_ASSERT_EQUAL(octets.length - without,
				strlen(rows[i].id) - (rows[i].is_short ? SPARED : 0));
		CU_ASSERT_TRUE_FATAL(identity_row_read(t, a, octets, &read));
		CU_ASSERT_STRING_EQUAL(read.record.id, rows[i].id);
	}
	return true;
}

static void every_id_comes_back(void)
{
	struct fixture f;
	fixture_open(&f);
	CU_ASSERT_TRUE(in_job(&f, ids_come_back, NULL));
	fixture_close(&f);
}

/* ---- What stands with another record ---- */

enum { BASE = 77, BORROWER };

static struct identity_row borrower(struct arena *a, const struct identity_row *base)
{
	struct identity_row row = row_full;
	row.record.number = BORROWER;
	row.like = base->record.number;
	row.said = identity_demographics_octets(a, &row_full.record.demographics);
	row.like_evidence = base->evidence;
	return row;
}

static bool reads(struct store_txn *t, const struct identity_row *row, struct identity_row *read)
{
	struct arena *a = store_arena(t);
	return identity_row_read(t, a, identity_row_octets(t, a, row), read);
}

static bool borrowed_comes_back(struct store_txn *t, const void *with)
{
	struct arena *a = store_arena(t);
	struct identity_row base = row_full, read;
	struct evidence own[3] = { *row_full.evidence,
				   *row_full.evidence->next,
				   { .rule = RULE_PHONE } };
	(void)with;
	own[0].next = &own[1];
	own[1].next = NULL;
	own[1].since = 4711;
	base.record.number = BASE;
	CU_ASSERT_TRUE(identity_row_put(t, &base));
	struct identity_row row = borrower(a, &base);
	row.evidence = own;
	size_t whole = identity_row_octets(t, a, &base).length,
	       length = identity_row_octets(t, a, &row).length;
	CU_ASSERT_TRUE(length + 2 * EVIDENCE_HASH < whole);
	CU_ASSERT_TRUE_FATAL(reads(t, &row, &read));
	same_row(&row, &read);
	CU_ASSERT(read.like == BASE && read.old_like == BASE && read.kept_core.length != 0);
	/* Other evidence is said in row_full. */
	for (unsigned what = 0; what < 5; what++) {
		own[1] = *row_full.evidence->next;
		own[1].rule = what == 0 ? RULE_PHONE : own[1].rule;
		own[1].divided = what == 1 || own[1].divided;
		own[1].hash[0] ^= what == 2;
		own[1].next = what == 3 ? &own[2] : NULL;
		own[0].next = what == 4 ? NULL : &own[1];
		CU_ASSERT_TRUE(identity_row_octets(t, a, &row).length
			       >= length + EVIDENCE_HASH - 4);
		CU_ASSERT_TRUE_FATAL(reads(t, &row, &read));
		same_row(&row, &read);
	}
	row.evidence = NULL;
	CU_ASSERT_TRUE(reads(t, &row, &read) && read.evidence == NULL);
	/* What is to be written anew is its own. */
	row.said = (struct bytes){ 0 };
	CU_ASSERT_TRUE(reads(t, &row, &read) && read.like == 0);
	return true;
}

static void what_is_borrowed_comes_back(void)
{
	struct fixture f;
	fixture_open(&f);
	CU_ASSERT_TRUE(in_job(&f, borrowed_comes_back, NULL));
	fixture_close(&f);
}

/* Among places that were read the store is not asked. */
static bool borrowed_of_places(struct store_txn *t, const void *with)
{
	struct arena *a = store_arena(t);
	struct identity_row base = row_full, row, read;
	(void)with;
	base.record.number = BASE;
	row = borrower(a, &base);
	struct patient_record here = { .number = BORROWER, .row = identity_row_octets(t, a, &row) },
			      there = { .number = BASE, .row = identity_row_octets(t, a, &base) };
	CU_ASSERT_FALSE(identity_row_read_among(t, a, &here, NULL, &read));
	CU_ASSERT_FALSE(identity_row_read_among(t, a, &here, &here, &read));
	here.next = &there;
	CU_ASSERT_TRUE_FATAL(identity_row_read_among(t, a, &here, &here, &read));
	same_row(&row, &read);
	CU_ASSERT_FALSE(store_failed(t));
	return true;
}

static void what_is_borrowed_of_places(void)
{
	struct fixture f;
	fixture_open(&f);
	CU_ASSERT_TRUE(in_job(&f, borrowed_of_places, NULL));
	fixture_close(&f);
}

static struct bytes twice(struct arena *a, struct bytes octets)
{
	struct buffer b = buffer_in(a);
	buffer_append(&b, octets.data, octets.length);
	buffer_append(&b, octets.data, octets.length);
	return buffer_bytes(&b);
}

/* What it is read from is damaged, or is another than it was. */
static bool borrowed_of_damage(struct store_txn *t, const void *with)
{
	enum { LIKE = 29, SINCES = 30, EVIDENCES = 22, FRONT = 28, PACKED = 23 };
	struct arena *a = store_arena(t);
	struct identity_row base = row_full, row, read;
	(void)with;
	base.record.number = BASE;
	row = borrower(a, &base);
	struct bytes whole = identity_row_octets(t, a, &base);
	for (unsigned what = 0; what < 7; what++) {
		struct record_writer w = record_begin(a, 1);
		struct record_reader r = record_read(whole);
		while (record_next(&r))
			if (r.tag == EVIDENCES && what == 0)
				record_bytes(&w, r.tag,
					     (struct bytes){ r.value.data, 1 + EVIDENCE_HASH + 1 });
			else if (r.tag == EVIDENCES && what == 1)
				record_bytes(&w, r.tag, (struct bytes){ r.value.data, 3 });
			else if (r.tag == EVIDENCES && what == 2)
				continue;
			else if (r.tag == EVIDENCES && what == 6)
				record_bytes(&w, r.tag, twice(a, r.value));
			else if (r.tag == PACKED && what == 3)
				record_number(&w, LIKE, BORROWER);
			else
				record_bytes(&w, r.tag, r.value);
		struct bytes octets = record_end(&w);
		if (what == 4)
			octets.length--;
		CU_ASSERT_TRUE(put_row(t, &base, octets));
		CU_ASSERT_EQUAL(reads(t, &row, &read), what == 5);
	}
	return true;
}

static void what_is_borrowed_of_damage(void)
{
	struct fixture f;
	fixture_open(&f);
	CU_ASSERT_TRUE(in_job(&f, borrowed_of_damage, NULL));
	fixture_close(&f);
}

/* The octets that every row begins with. */
static bool front_is_read(struct store_txn *t, const void *with)
{
	static const struct {
		const char *octets;
		size_t length;
		bool is_one;
	} rows[] = {
		{ "\x07\x01\x08\x00\x02", 5, true },  { "\x07\x01\x08\x00\x02\x00", 6, false },
		{ "\x07\x01\x08\x00", 4, false },     { "\x07\x01\x08", 3, false },
		{ "\x07\x00\x08\x00\x02", 5, false }, { "\x07\x63\x08\x00\x02", 5, false },
		{ "\x07\x01\x08\x63\x02", 5, false }, { "\x00\x01\x08\x00\x02", 5, false },
		{ "\x07\x01\x08\x01\x02", 5, true },
	};
	enum { ID = 3, FRONT = 28 };
	struct arena *a = store_arena(t);
	(void)with;
	CU_ASSERT_EQUAL(name_number(t, A_DOMAIN), 1);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct record_writer w = record_begin(a, 1);
		struct identity_row read;
		record_text(&w, ID, "5");
		record_bytes(
			&w, FRONT,
			(struct bytes){ (const unsigned char *)rows[i].octets, rows[i].length });
		CU_ASSERT_EQUAL(identity_row_read(t, a, record_end(&w), &read), rows[i].is_one);
		CU_ASSERT_TRUE(!rows[i].is_one
			       || (read.record.number == 7 && read.record.person == 8
				   && read.record.created == 1));
	}
	return true;
}

static void what_every_row_begins_with(void)
{
	struct fixture f;
	fixture_open(&f);
	CU_ASSERT_TRUE(in_job(&f, front_is_read, NULL));
	fixture_close(&f);
}

/* The same with the id: what it begins with, and digits in halves. */
static bool front_and_id_are_read(struct store_txn *t, const void *with)
{
	static const struct {
		const char *octets;
		size_t length;
		const char *id; /* NULL: it is none */
	} rows[] = {
		{ "\x07\x01\x08\x00\x02\x00\x12\x34\xff", 9, "1234" },
		{ "\x07\x01\x08\x00\x02\x00\x12\x34\x5f", 9, "12345" },
		{ "\x07\x01\x08\x00\x02P\x00\x1a\x2f", 9, "P1.2" },
		{ "\x07\x01\x08\x00\x02P\x00\xff", 8, "P" },
		{ "\x07\x01\x08\x00\x02P\x00", 7, NULL },
		{ "\x07\x01\x08\x00\x02P", 6, NULL },
		{ "\x07\x01\x08\x00\x02", 5, NULL },
		{ "\x07\x01\x08\x00\x02\x00\x12\x34", 8, NULL },
		{ "\x07\x01\x08\x00\x02\x00\x1b\x2f", 8, NULL },
		{ "\x07\x01\x08\x00\x02\x00\x12\xff\x34\xff", 10, NULL },
		{ "\x07\x01\x08", 3, NULL },
	};
	enum { FRONT_AND_ID = 32 };
	struct arena *a = store_arena(t);
	(void)with;
	CU_ASSERT_EQUAL(name_number(t, A_DOMAIN), 1);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct record_writer w = record_begin(a, 1);
		struct identity_row read;
		record_bytes(
			&w, FRONT_AND_ID,
			(struct bytes){ (const unsigned char *)rows[i].octets, rows[i].length });
		bool is_one = identity_row_read(t, a, record_end(&w), &read);
		CU_ASSERT_EQUAL(is_one, rows[i].id != NULL);
		CU_ASSERT_TRUE(!is_one
			       || (read.record.number == 7 && read.record.person == 8
				   && text_equal(read.record.id, rows[i].id)));
	}
	return true;
}

/* Whatever an id is it is read as it was, as a row and as a place; and takes as many octets. */
static bool short_ids_come_back(struct store_txn *t, const void *with)
{
	static const struct {
		const char *id;
		size_t shorter; /* than its letters with tag, length and end */
	} ids[] = {
		{ "P10000000001", 7 },
		{ "0000123456", 6 },
		{ "1234", 3 },
		{ "123", 0 },
		{ "A-0012", 3 },
		{ "abc", 0 },
		{ "1.2.392.5", 6 },
		{ "12345x", 0 },
		{ "患者0001", 3 },
		{ "....", 3 },
		{ "5", 0 },
		{ "x.1.2", 3 },
		{ "\x01\x02"
		  "0099",
		  3 },
	};
	struct arena *a = store_arena(t);
	(void)with;
	for (size_t i = 0; i < COUNT(ids); i++) {
		struct identity_row row = row_full, read;
		struct patient_record place;
		row.made = false;
		row.record.id = "x";
		size_t letters = identity_row_octets(t, a, &row).length - 1 + strlen(ids[i].id);
		row.record.id = ids[i].id;
		size_t octets = identity_row_octets(t, a, &row).length;
		if (letters - octets != ids[i].shorter)
			printf("%s: %zu octets less\n", ids[i].id, letters - octets);
		CU_ASSERT_EQUAL(letters - octets, ids[i].shorter);
		CU_ASSERT_TRUE(reads(t, &row, &read));
		CU_ASSERT_STRING_EQUAL(read.record.id, ids[i].id);
		CU_ASSERT_FALSE(read.made);
		CU_ASSERT_TRUE(identity_row_put(t, &row));
		CU_ASSERT_TRUE_FATAL(identity_place_get(t, a, row.record.number, &place));
		CU_ASSERT_STRING_EQUAL(place.id, ids[i].id);
	}
	return true;
}

static void ids_are_kept_short(void)
{
	struct fixture f;
	fixture_open(&f);
	CU_ASSERT_TRUE(in_job(&f, front_and_id_are_read, NULL));
	CU_ASSERT_TRUE(in_job(&f, short_ids_come_back, NULL));
	fixture_close(&f);
}

struct packed_octets {
	const char *octets;
	size_t length;
	bool is_one;
};

/* Persons and decisions as they are packed. */
static bool packed_are_read(struct store_txn *t, const void *with)
{
	static const struct packed_octets persons[] = {
		{ "\x02\x00\x0a\x02", 4, true },
		{ "\x02\x00\x0a\x02\x03", 5, true },
		{ "\x02\x00", 2, false },
		{ "\x02", 1, false },
		{ "\x02\x00\x0a", 3, false },
		{ "\x02\x00\x02\x01", 4, false },
		{ "\x02\x00\x0a\x02\x80", 5, false },
	};
	static const struct packed_octets decisions[] = {
		{ "\x83\x05\x02\x01", 4, true },  { "\x83\x05\x02\x63", 4, true },
		{ "\x80\x05\x02x\x00", 5, true }, { "\x8e\x05\x02\x01o\x00w\x00", 8, true },
		{ "\x83\x05\x02", 3, false },     { "\x83\x05\x02\x01\x00", 5, false },
		{ "\x93\x05\x02\x01", 4, false }, { "\x80\x05\x02x", 4, false },
	};
	struct arena *a = store_arena(t);
	struct key k;
	(void)with;
	for (size_t i = 0; i < COUNT(persons); i++) {
		struct bytes octets = { (const unsigned char *)persons[i].octets,
					persons[i].length };
		struct person_row p;
		CU_ASSERT_EQUAL(person_row_read(a, 9, octets, &p), persons[i].is_one);
		CU_ASSERT_TRUE(!persons[i].is_one || (p.members[0] == 5 && p.regional == 6));
	}
	CU_ASSERT_FALSE(person_row_read(a, 9, (struct bytes){ 0 }, &(struct person_row){ 0 }));
	for (size_t i = 0; i < COUNT(decisions); i++) {
		struct link_decision d;
		struct bytes octets = { (const unsigned char *)decisions[i].octets,
					decisions[i].length };
		key_begin(&k, SPACE_IDENTITY_DECISION);
		key_short(&k, 5);
		key_short(&k, i + 1);
		CU_ASSERT_TRUE(store_put(t, key_span(&k), octets));
		CU_ASSERT_EQUAL(identity_decision_get(t, a, &(struct trail_place){ 5, i + 1 }, &d),
				decisions[i].is_one);
		CU_ASSERT_TRUE(!decisions[i].is_one || (d.other == 5 && d.time == 1));
		CU_ASSERT_EQUAL(store_failed(t), !decisions[i].is_one);
		if (store_failed(t))
			*store_problem(t) = (struct problem){ .code = PROBLEM_NONE };
	}
	return false;
}

static void packed_rows_are_read(void)
{
	struct fixture f;
	fixture_open(&f);
	in_job(&f, packed_are_read, NULL);
	fixture_close(&f);
}

/* What gets no shorter is kept as it is; of nothing nothing is. */
static bool kept_as_it_is(struct store_txn *t, const void *with)
{
	enum { LONG = 70000 };
	struct arena *a = store_arena(t);
	char *chance = arena_alloc(a, LONG + 1);
	struct identity_row read, empty = { .said = bytes_of_text("\x01") };
	uint32_t state = 1;
	(void)with;
	for (size_t i = 0; i < LONG; i++) {
		state = state * 1664525 + 1013904223;
		chance[i] = (char)(' ' + (state >> 24) % 94);
	}
	chance[LONG] = '\0';
	const struct identity_row row = {
		.record = { .number = 7,
			    .domain = A_DOMAIN,
			    .id = "7",
			    .source_system = "a-hospital",
			    .demographics = { .mothers_maiden_name = chance } },
	};
	CU_ASSERT_TRUE_FATAL(identity_row_read(t, a, identity_row_octets(t, a, &row), &read));
	CU_ASSERT_STRING_EQUAL(read.record.demographics.mothers_maiden_name, chance);
	CU_ASSERT_PTR_NULL(read.packed.data);
	CU_ASSERT_TRUE(bytes_equal(identity_row_kept(a, &read), read.said));
	CU_ASSERT_EQUAL(identity_row_kept(a, &empty).length, 0);
	return true;
}

static void what_gets_no_shorter(void)
{
	struct fixture f;
	fixture_open(&f);
	CU_ASSERT_TRUE(in_job(&f, kept_as_it_is, NULL));
	fixture_close(&f);
}

static const struct test tests[] = { { "every field comes back", every_field_comes_back },
				     { "every id comes back", every_id_comes_back },
				     { "what is borrowed comes back", what_is_borrowed_comes_back },
				     { "what is borrowed of places", what_is_borrowed_of_places },
				     { "what is borrowed of damage", what_is_borrowed_of_damage },
				     { "what every row begins with", what_every_row_begins_with },
				     { "ids are kept short", ids_are_kept_short },
				     { "packed rows are read", packed_rows_are_read },
				     { "what gets no shorter", what_gets_no_shorter },
				     { 0 } };

int main(void)
{
	return suite_run("store: identity rows", tests);
}
