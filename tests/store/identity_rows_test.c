/* tests/store/identity_rows_test.c: what is written of records and persons is read again, field by
 * field; what cannot be read, or written, is the store's failure and changes nothing: no patient is
 * unknown for that, and none is new. */
#include "tests/base/suite.h"

#include "gateway/base/text.h"
#include "store/identity_core.h"
#include "store/identity_rows.h"
#include "store/names.h"
#include "store/record.h"
#include "tests/base/failing.h"
#include "tests/store/in_job.h"
#include "tests/store/told.h"

static bool refused(struct store_txn *t)
{
	return problem_set(store_problem(t), PROBLEM_STORE_FULL, "made to fail");
}
FAILING(bool, store_get, (struct store_txn * t, struct bytes k, struct arena *a, struct bytes *v),
	(t, k, a, v), refused(t))
FAILING(bool, store_put, (struct store_txn * t, struct bytes k, struct bytes v), (t, k, v),
	refused(t))
FAILING(bool, store_delete, (struct store_txn * t, struct bytes k), (t, k), refused(t))

#define HANAKO(domain, id, phone)                                                                  \
	{                                                                                          \
		domain, id, "サトウ", "ハナコ", "19800101", "F", phone, 0, 0, 0, 0, 0, 0           \
	}
static const struct who hanako_a = HANAKO(A_DOMAIN, "1", "0312345001"),
			hanako_b = HANAKO(B_DOMAIN, "1", "0312345001");
static const struct who second_a = HANAKO(A_DOMAIN, "2", "0399990002");

static struct who other_phone(const struct who *w)
{
	struct who moved = *w;
	moved.phone = "0399990000";
	return moved;
}

/* ---- A row ---- */

static struct person_name names[] = {
	{ .family = "佐藤",
	  .given = "花子",
	  .middle = "中",
	  .prefix = "前",
	  .suffix = "後",
	  .use = "L",
	  .representation = NAME_IDEOGRAPHIC,
	  .next = &names[1] },
	{ .family = "サトウ", .representation = NAME_PHONETIC, .next = &names[2] },
	{ .given = "ハナ" },
};
static struct postal_address addresses[] = {
	{ .street = "1-2-3",
	  .other = "コーポ",
	  .city = "渋谷区",
	  .state = "東京都",
	  .postal_code = "1500002",
	  .country = "JPN",
	  .text = "東京都渋谷区1-2-3",
	  .use = "H",
	  .next = &addresses[1] },
	{ .city = "港区" },
};
static struct telecom telecoms[] = { { .number = "0312345678", .use = "PRN", .next = &telecoms[1] },
				     { .use = "WPN" } };
static struct insurance insurances[] = {
	{ .insurer = "01130012",
	  .symbol = "12",
	  .number = "345",
	  .branch = "01",
	  .from = "20260401",
	  .until = "20270331",
	  .next = &insurances[1] },
	{ .number = "6" },
};
static struct insurance formers[] = {
	{ .insurer = "39131156",
	  .number = "12345674",
	  .last_said = "20260331150000",
	  .next = &formers[1] },
	{ .insurer = "138016", .until = "2025" },
};
static struct evidence evidences[] = {
	{ .hash = { 1, 2, 3 },
	  .rule = RULE_ADDRESS,
	  .divided = true,
	  .since = 5,
	  .next = &evidences[1] },
	{ .hash = { 4 }, .rule = RULE_INSURANCE, .divided = false, .since = 6 },
};
static struct tie ties[] = {
	{ .other = 31, .reason = TIE_APART, .time = 8, .said = { 33, 34 }, .next = &ties[1] },
	{ .other = 32, .reason = TIE_MERGE, .time = 9 }
};
static const struct identity_row full = {
	.record = { .number = 1234567890123,
		    .domain = A_DOMAIN,
		    .id = "7",
		    .status = RECORD_SUBSUMED,
		    .survivor = 21,
		    .person = 22,
		    .source_system = "a-hospital",
		    .created = 23,
		    .updated = 24,
		    .version = 25,
		    .demographics = { .names = names,
				      .birth_date = "19800101",
				      .sex = "F",
				      .addresses = addresses,
				      .telecoms = telecoms,
				      .insurances = insurances,
				      .former_insurances = formers,
				      .mothers_maiden_name = "スズキ",
				      .multiple_birth = "Y",
				      .birth_order = "2",
				      .deceased = "N",
				      .deceased_time = "20260101",
				      .identity_unknown = "N" } },
	.made = true,
	.anchor = 26,
	.evidence = evidences,
	.ties = ties,
	.base = 27,
	.occurred = 28,
	.unsettled = UNSETTLED_TIE,
	.against = 29,
};

static void same_texts(const char *const *x, const char *const *y, size_t count)
{
	for (size_t i = 0; i < count; i++)
		CU_ASSERT_TRUE(text_equal(x[i], y[i]));
}

static void same_names(const struct person_name *x, const struct person_name *y)
{
	for (; x != NULL && y != NULL; x = x->next, y = y->next) {
		same_texts((const char *const[]){ x->family, x->given, x->middle, x->prefix,
						  x->suffix, x->use },
			   (const char *const[]){ y->family, y->given, y->middle, y->prefix,
						  y->suffix, y->use },
			   6);
		CU_ASSERT_EQUAL(x->representation, y->representation);
	}
	CU_ASSERT(x == NULL && y == NULL);
}

static void same_addresses(const struct postal_address *x, const struct postal_address *y)
{
	for (; x != NULL && y != NULL; x = x->next, y = y->next)
		same_texts((const char *const[]){ x->street, x->other, x->city, x->state,
						  x->postal_code, x->country, x->text, x->use },
			   (const char *const[]){ y->street, y->other, y->city, y->state,
						  y->postal_code, y->country, y->text, y->use },
			   8);
	CU_ASSERT(x == NULL && y == NULL);
}

static void same_insurances(const struct insurance *i, const struct insurance *j)
{
	for (; i != NULL && j != NULL; i = i->next, j = j->next)
		same_texts((const char *const[]){ i->insurer, i->symbol, i->number, i->branch,
						  i->from, i->until, i->last_said },
			   (const char *const[]){ j->insurer, j->symbol, j->number, j->branch,
						  j->from, j->until, j->last_said },
			   7);
	CU_ASSERT(i == NULL && j == NULL);
}

static void same_demographics(const struct patient_demographics *x,
			      const struct patient_demographics *y)
{
	same_names(x->names, y->names);
	same_addresses(x->addresses, y->addresses);
	const struct telecom *t = x->telecoms, *u = y->telecoms;
	for (; t != NULL && u != NULL; t = t->next, u = u->next)
		same_texts((const char *const[]){ t->number, t->use },
			   (const char *const[]){ u->number, u->use }, 2);
	CU_ASSERT(t == NULL && u == NULL);
	same_insurances(x->insurances, y->insurances);
	same_insurances(x->former_insurances, y->former_insurances);
	same_texts((const char *const[]){ x->birth_date, x->sex, x->mothers_maiden_name,
					  x->multiple_birth, x->birth_order, x->deceased,
					  x->deceased_time, x->identity_unknown },
		   (const char *const[]){ y->birth_date, y->sex, y->mothers_maiden_name,
					  y->multiple_birth, y->birth_order, y->deceased,
					  y->deceased_time, y->identity_unknown },
		   8);
}

static void same_lists(const struct identity_row *x, const struct identity_row *y)
{
	const struct evidence *e = x->evidence, *g = y->evidence;
	for (; e != NULL && g != NULL; e = e->next, g = g->next)
		CU_ASSERT(memcmp(e->hash, g->hash, EVIDENCE_HASH) == 0 && e->rule == g->rule
			  && e->divided == g->divided && e->since == g->since);
	CU_ASSERT(e == NULL && g == NULL);
	const struct tie *t = x->ties, *u = y->ties;
	for (; t != NULL && u != NULL; t = t->next, u = u->next)
		CU_ASSERT(t->other == u->other && t->reason == u->reason && t->time == u->time
			  && t->said.record == u->said.record
			  && t->said.sequence == u->said.sequence);
	CU_ASSERT(t == NULL && u == NULL);
}

static void same_row(const struct identity_row *x, const struct identity_row *y)
{
	const struct patient_record *r = &x->record, *s = &y->record;
	CU_ASSERT(r->number == s->number && r->status == s->status && r->survivor == s->survivor);
	CU_ASSERT(r->person == s->person && r->created == s->created && r->updated == s->updated);
	CU_ASSERT(r->version == s->version && s->unsettled == x->unsettled);
	same_texts((const char *const[]){ r->domain, r->id, r->source_system },
		   (const char *const[]){ s->domain, s->id, s->source_system }, 3);
	same_demographics(&r->demographics, &s->demographics);
	CU_ASSERT(x->made == y->made && x->anchor == y->anchor && x->base == y->base);
	CU_ASSERT(x->occurred == y->occurred && x->unsettled == y->unsettled
		  && x->against == y->against);
	same_lists(x, y);
	CU_ASSERT(y->old_person == r->person && y->old_unsettled == x->unsettled
		  && y->old_against == x->against);
	CU_ASSERT(!y->dirty && !y->explored && y->core == NULL);
}

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
	CU_ASSERT_TRUE_FATAL(identity_row_read(t, a, identity_row_octets(t, a, &full), &read));
	same_row(&full, &read);
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
	CU_ASSERT_FALSE(bytes_equal(identity_demographics_octets(a, &full.record.demographics),
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
		struct identity_row row = full, read;
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
	struct identity_row row = full;
	row.record.number = BORROWER;
	row.like = base->record.number;
	row.said = identity_demographics_octets(a, &full.record.demographics);
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
	struct identity_row base = full, read;
	struct evidence own[3] = { evidences[0], evidences[1], { .rule = RULE_PHONE } };
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
	/* Other evidence is said in full. */
	for (unsigned what = 0; what < 5; what++) {
		own[1] = evidences[1];
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
	struct identity_row base = full, row, read;
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

static bool put_row(struct store_txn *t, const struct identity_row *row, struct bytes octets);

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
	struct identity_row base = full, row, read;
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
		struct identity_row row = full, read;
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

static bool put_octets(struct store_txn *t, unsigned char space, uint64_t number,
		       struct bytes octets)
{
	struct key k;
	key_begin(&k, space);
	key_short(&k, number);
	return store_put(t, key_span(&k), octets);
}

static bool put_row(struct store_txn *t, const struct identity_row *row, struct bytes octets)
{
	return put_octets(t, SPACE_IDENTITY_RECORD, row->record.number, octets);
}

/* ---- As another version may write it ---- */

enum {
	EVIDENCES = 22,
	PACKED = 23,
	DOMAIN_NUMBER = 26,
	SYSTEM_NUMBER,
	TIE = 14,
	DEMOGRAPHICS = 15,
	NAME = 1,
	ADDRESS = 4,
	TELECOM = 5,
	INSURANCE = 6,
	FORMER_INSURANCE = 13
};
enum { LATER_TAG = 99 };

/* The fields that are records themselves, and those within them. */
struct nesting {
	unsigned tag;
	const struct nesting *within;
};
static const struct nesting flat[] = { { 0 } };
static const struct nesting of_somebody[] = {
	{ NAME, flat },      { ADDRESS, flat },          { TELECOM, flat },
	{ INSURANCE, flat }, { FORMER_INSURANCE, flat }, { 0 }
};
static const struct nesting of_a_row[] = { { TIE, flat }, { 0 } };

/* The last field first, after one nobody knows yet; so within each, too. */
static void turn(struct record_writer *w, struct record_reader r, const struct nesting *in)
{
	if (!record_next(&r)) {
		record_text(w, LATER_TAG, "of a later version");
		return;
	}
	turn(w, r, in);
	const struct nesting *it = in;
	while (it->tag != 0 && it->tag != r.tag)
		it++;
	if (it->tag == 0) {
		record_bytes(w, r.tag, r.value);
		return;
	}
	record_open(w, r.tag);
	turn(w, record_within(&r), it->within);
	record_close(w);
}

static struct bytes turned(struct arena *a, struct bytes octets, const struct nesting *in)
{
	struct record_writer w = record_begin(a, octets.data[0]);
	turn(&w, record_read(octets), in);
	return record_end(&w);
}

/* Of each list, the first: turned round they stay what they are. */
static struct identity_row one_of_each(struct arena *a)
{
	struct identity_row row = full;
	struct patient_demographics *d = &row.record.demographics;
#define FIRST(list)                                                                                \
	((list) = memcpy(arena_alloc(a, sizeof *(list)), (list), sizeof *(list)),                  \
	 (list)->next = NULL)
	FIRST(d->names);
	FIRST(d->addresses);
	FIRST(d->telecoms);
	FIRST(d->insurances);
	FIRST(d->former_insurances);
	FIRST(row.evidence);
	FIRST(row.ties);
#undef FIRST
	return row;
}

/* As forms of the store before 11 had them: records of fields. */
static struct bytes former_person(struct arena *a, uint64_t regional, uint64_t member)
{
	struct record_writer w = record_begin(a, 1);
	record_number(&w, 1, regional);
	record_number(&w, 2, member);
	record_instant(&w, 3, 7);
	return record_end(&w);
}

static struct bytes former_decision(struct arena *a, const struct link_decision *d)
{
	enum { OTHER = 1, LINKED, REASON, TIME, BY, WHY };
	struct record_writer w = record_begin(a, 1);
	record_number(&w, OTHER, d->other);
	record_flag(&w, LINKED, d->linked);
	record_text(&w, REASON, d->reason);
	record_instant(&w, TIME, d->time);
	record_text(&w, BY, d->by);
	record_text(&w, WHY, d->why);
	return record_end(&w);
}

/* Decisions stand in the order of their times, those of one moment in that of their numbers; one
 * that says nothing has reasons nobody knows. */
static void decisions_turned(struct store_txn *t, struct arena *a)
{
	const struct link_decision said = { .record = 5,
					    .other = 6,
					    .linked = true,
					    .reason = "apart",
					    .by = "clerk",
					    .why = "seen",
					    .time = 7 };
	uint64_t members[] = { 3, 5 };
	struct key k;
	CU_ASSERT_TRUE(person_row_put(
		t, &(struct person_row){
			   .number = 9, .regional = 3, .members = members, .count = 2 }));
	struct trail_place place = identity_decision_put(t, &said);
	CU_ASSERT(place.record == 5 && place.sequence == 1);
	struct link_decision found;
	CU_ASSERT_TRUE_FATAL(identity_decision_get(t, a, &place, &found));
	CU_ASSERT(found.record == 5 && found.other == 6 && text_equal(found.by, "clerk"));
	key_begin(&k, SPACE_IDENTITY_DECISION);
	key_short(&k, 5);
	key_short(&k, 1);
	CU_ASSERT_TRUE(store_put(t, key_span(&k), turned(a, former_decision(a, &said), flat)));
	CU_ASSERT_TRUE_FATAL(identity_decision_get(t, a, &place, &found));
	CU_ASSERT(found.record == 5 && found.other == 6 && text_equal(found.by, "clerk"));
	key_begin(&k, SPACE_IDENTITY_DECISION);
	key_short(&k, 3);
	key_short(&k, 9);
	CU_ASSERT_TRUE(store_put(t, key_span(&k), bytes_of_text("\x01")));
	for (instant time = 7; time >= 6; time--) {
		const struct link_decision before = { .record = 3,
						      .reason = "merge",
						      .time = time };
		identity_decision_put(t, &before);
	}
	const struct link_decision *d = identity_decisions(t, a, 9);
	CU_ASSERT_TRUE_FATAL(d != NULL);
	CU_ASSERT(d->record == 3 && d->other == 0 && !d->linked && d->time == 0);
	same_texts((const char *const[]){ d->reason, d->by, d->why },
		   (const char *const[]){ "", NULL, NULL }, 3);
	CU_ASSERT_TRUE_FATAL((d = d->next) != NULL);
	CU_ASSERT(d->record == 3 && d->time == 6);
	CU_ASSERT_TRUE_FATAL((d = d->next) != NULL);
	CU_ASSERT(d->record == 5 && d->other == 6 && d->linked && d->time == 7);
	same_texts((const char *const[]){ d->reason, d->by, d->why },
		   (const char *const[]){ said.reason, said.by, said.why }, 3);
	CU_ASSERT_TRUE_FATAL((d = d->next) != NULL);
	CU_ASSERT(d->record == 3 && d->time == 7 && d->next == NULL);
}

static bool read_turned(void *with, struct store_txn *t, struct problem *p)
{
	struct arena *a = with;
	struct identity_row row = one_of_each(a), read;
	struct patient_record place;
	struct person_row person;
	(void)p;
	row.said = turned(a, identity_demographics_octets(a, &row.record.demographics),
			  of_somebody); /* it is packed as it was said */
	CU_ASSERT_TRUE(put_row(t, &row, turned(a, identity_row_octets(t, a, &row), of_a_row)));
	CU_ASSERT_TRUE_FATAL(identity_row_get(t, a, row.record.number, &read));
	same_row(&row, &read);
	CU_ASSERT_PTR_NULL(read.kept_core.data); /* of what was said before nothing was made */
	CU_ASSERT_TRUE_FATAL(identity_place_get(t, a, row.record.number, &place));
	CU_ASSERT(place.number == row.record.number && place.status == RECORD_SUBSUMED
		  && place.survivor == 21);
	CU_ASSERT_EQUAL(place.person, 22);
	same_texts((const char *const[]){ place.domain, place.id, place.source_system },
		   (const char *const[]){ A_DOMAIN, "7", "a-hospital" }, 3);
	struct key k;
	key_begin(&k, SPACE_IDENTITY_PERSON);
	key_short(&k, 8);
	CU_ASSERT_TRUE(store_put(t, key_span(&k), turned(a, former_person(a, 4, 5), flat)));
	CU_ASSERT_TRUE_FATAL(person_row_get(t, a, 8, &person));
	CU_ASSERT(person.regional == 4 && person.count == 1 && person.members[0] == 5
		  && person.since == 7);
	decisions_turned(t, a);
	CU_ASSERT_FALSE(store_failed(t));
	struct link_decision none;
	CU_ASSERT_FALSE(identity_decision_get(t, a, &(struct trail_place){ 5, 0 }, &none));
	CU_ASSERT_FALSE(identity_decision_get(t, a, &(struct trail_place){ 5, 4711 }, &none));
	CU_ASSERT_FALSE(store_failed(t));
	return true;
}

static void the_order_of_fields_says_nothing(void)
{
	struct fixture f;
	fixture_open(&f);
	CU_ASSERT_TRUE(store_write(f.store, read_turned, f.arena, &f.problem));
	fixture_close(&f);
}

/* ---- What is no row ---- */

/* No number, no domain, no id; octets that end too early, or anywhere within. */
static bool broken_rows(void *with, struct store_txn *t, struct problem *p)
{
	struct arena *a = with;
	struct identity_row row = full, read;
	struct patient_record place;
	(void)p;
	CU_ASSERT_TRUE(put_row(t, &full, identity_row_octets(t, a, &full)));
	CU_ASSERT_TRUE(identity_row_get(t, a, full.record.number, &read));
	CU_ASSERT_TRUE(identity_place_get(t, a, full.record.number, &place));
	CU_ASSERT(place.number == full.record.number && place.status == RECORD_SUBSUMED
		  && place.survivor == 21);
	CU_ASSERT(place.person == 22 && text_equal(place.domain, A_DOMAIN)
		  && text_equal(place.id, "7"));
	CU_ASSERT_TRUE(text_equal(place.source_system, "a-hospital"));
	CU_ASSERT_FALSE(identity_row_get(t, a, 0, &read));
	CU_ASSERT_FALSE(identity_row_get_skimmed(t, a, 0, &read));
	CU_ASSERT_FALSE(identity_place_get(t, a, 0, &place));
	CU_ASSERT_FALSE(identity_row_get(t, a, 4711, &read));
	CU_ASSERT_FALSE(identity_row_get_skimmed(t, a, 4711, &read));
	CU_ASSERT_FALSE(identity_place_get(t, a, 4711, &place));
	CU_ASSERT_FALSE(store_failed(t));
	for (unsigned i = 0; i < 4; i++) {
		row = full;
		*(i == 1   ? &row.record.domain
		  : i == 2 ? &row.record.id
			   : &row.record.source_system) = NULL;
		row.record.number = i == 0 ? 0 : full.record.number;
		struct bytes octets = identity_row_octets(t, a, &row);
		if (i == 3)
			octets.length--;
		CU_ASSERT_FALSE(identity_row_read(t, a, octets, &read));
		*store_problem(t) = (struct problem){ .code = PROBLEM_NONE };
		CU_ASSERT_TRUE(put_row(t, &full, octets));
		for (unsigned how = 0; how < 3; how++) {
			*store_problem(t) = (struct problem){ .code = PROBLEM_NONE };
			CU_ASSERT_FALSE(
				how == 0   ? identity_place_get(t, a, full.record.number, &place)
				: how == 1 ? identity_row_get(t, a, full.record.number, &read)
					   : identity_row_get_skimmed(t, a, full.record.number,
								      &read));
			CU_ASSERT_EQUAL(store_problem(t)->code, PROBLEM_INTERNAL);
		}
	}
	return false;
}

/* Within its demographics. */
static bool broken_octets(struct store_txn *t, const void *with)
{
	struct arena *a = store_arena(t);
	struct record_writer w = record_begin(a, 1);
	struct identity_row read;
	struct bytes octets = identity_row_octets(t, a, &full);
	unsigned wrong = 0;
	for (size_t i = 0; i < octets.length; i++) {
		unsigned char *copy = arena_alloc(a, octets.length);
		memcpy(copy, octets.data, octets.length);
		copy[i] = 0xff;
		wrong += !identity_row_read(t, a, (struct bytes){ copy, octets.length }, &read);
	}
	(void)with;
	CU_ASSERT_TRUE(wrong > octets.length / 8);
	CU_ASSERT_FALSE(identity_row_read(t, a, record_end(&w), &read));
	return true;
}

static void what_is_no_row(void)
{
	struct fixture f;
	fixture_open(&f);
	CU_ASSERT_FALSE(store_write(f.store, broken_rows, f.arena, &f.problem));
	CU_ASSERT_TRUE(in_job(&f, broken_octets, NULL));
	fixture_close(&f);
}

/* Whose an id is that does not say so is the store's failure: nobody is new for that. */
static bool broken_ids(void *with, struct store_txn *t, struct problem *p)
{
	static const struct {
		const char *octets;
		size_t length;
	} nobody[] = {
		{ "", 0 }, { "\0", 1 }, { "\0\1", 2 }, { "\x01\x02\x03\x04\x05\x06\x07\x08\x09", 9 }
	};
	struct arena *a = with;
	uint64_t number;
	struct key k;
	(void)p;
	CU_ASSERT_TRUE(identity_id_put(t, A_DOMAIN, "7", 4711));
	CU_ASSERT_TRUE(identity_id_get(t, a, A_DOMAIN, "7", &number));
	CU_ASSERT_EQUAL(number, 4711);
	CU_ASSERT_EQUAL(identity_id_key(t, &k, A_DOMAIN, "7").length, 4);
	CU_ASSERT_EQUAL(identity_id_key(t, &k, B_DOMAIN, "7").length, 0);
	identity_id_key(t, &k, A_DOMAIN, "7");
	for (size_t i = 0; i < COUNT(nobody); i++) {
		*store_problem(t) = (struct problem){ .code = PROBLEM_NONE };
		CU_ASSERT_TRUE(store_put(t, key_span(&k),
					 (struct bytes){ (const unsigned char *)nobody[i].octets,
							 nobody[i].length }));
		CU_ASSERT_FALSE(identity_id_get(t, a, A_DOMAIN, "7", &number));
		CU_ASSERT_EQUAL(store_problem(t)->code, PROBLEM_INTERNAL);
	}
	return false;
}

static void what_is_no_id(void)
{
	struct fixture f;
	fixture_open(&f);
	CU_ASSERT_FALSE(store_write(f.store, broken_ids, f.arena, &f.problem));
	fixture_close(&f);
}

/* A core is made of what was said; where that cannot be read, there is none. */
static bool broken_cores(struct store_txn *t, const void *with)
{
	(void)with;
	static const struct {
		unsigned tag, length;
		unsigned char octets[5];
		bool is_core;
	} rows[] = {
		{ DEMOGRAPHICS, 5, { 1, 3, 2, 'F' }, true },
		{ DEMOGRAPHICS, 4, { 1, 3, 2, 'F' }, false },
		{ DEMOGRAPHICS, 5, { 1, 3, 3, 'F' }, false },
		{ PACKED, 1, { 0xff }, false },
		{ PACKED, 4, { 5, 1, 1, 1 }, false },
	};
	struct arena *a = store_arena(t);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct record_writer w = record_begin(a, 1);
		struct identity_row read;
		struct identity_core core = { .sex = 'M' };
		record_number(&w, 1, 5);
		record_number(&w, DOMAIN_NUMBER, name_number(t, A_DOMAIN));
		record_text(&w, 3, "1");
		record_bytes(&w, rows[i].tag, (struct bytes){ rows[i].octets, rows[i].length });
		CU_ASSERT_TRUE_FATAL(identity_row_skim(t, a, record_end(&w), &read));
		CU_ASSERT_EQUAL(identity_row_core(a, &read, &core), rows[i].is_core);
		CU_ASSERT_EQUAL(core.sex, rows[i].is_core ? 'F' : 'M');
		CU_ASSERT_EQUAL(identity_row_said(a, &read), rows[i].is_core);
	}
	return true;
}

static void what_is_no_core(void)
{
	struct fixture f;
	fixture_open(&f);
	CU_ASSERT_TRUE(in_job(&f, broken_cores, NULL));
	fixture_close(&f);
}

/* Evidence that was cut anywhere makes the row unreadable. */
static bool broken_evidence(struct store_txn *t, const void *with)
{
	(void)with;
	static const unsigned char one[1 + EVIDENCE_HASH + 1] = { RULE_PHONE, 1, 2, 3 };
	struct arena *a = store_arena(t);
	for (size_t length = 1; length <= sizeof one; length++) {
		struct record_writer w = record_begin(a, 1);
		struct identity_row read;
		record_number(&w, 1, 5);
		record_number(&w, DOMAIN_NUMBER, name_number(t, A_DOMAIN));
		record_text(&w, 3, "1");
		record_bytes(&w, EVIDENCES, (struct bytes){ one, length });
		bool whole = length == sizeof one;
		CU_ASSERT_EQUAL(identity_row_read(t, a, record_end(&w), &read), whole);
		if (whole)
			CU_ASSERT(read.evidence != NULL && read.evidence->next == NULL
				  && memcmp(read.evidence->hash, one + 1, EVIDENCE_HASH) == 0);
	}
	return true;
}

static void what_is_no_evidence(void)
{
	struct fixture f;
	fixture_open(&f);
	CU_ASSERT_TRUE(in_job(&f, broken_evidence, NULL));
	fixture_close(&f);
}

/* Of a place that was read the rest is what the record says, or cannot be read. */
static bool rest_of_a_place(struct store_txn *t, const void *with)
{
	struct arena *a = store_arena(t);
	struct patient_record place, rest;
	(void)with;
	CU_ASSERT_TRUE(identity_row_put(t, &full));
	CU_ASSERT_TRUE_FATAL(identity_place_get(t, a, full.record.number, &place));
	CU_ASSERT_PTR_NULL(place.demographics.names);
	CU_ASSERT_TRUE_FATAL(identity_rest(t, a, &place, NULL, &rest));
	same_demographics(&full.record.demographics, &rest.demographics);
	CU_ASSERT(rest.number == full.record.number && rest.created == full.record.created);
	struct record_writer w = record_begin(a, 1);
	record_number(&w, 1, 5);
	record_text(&w, 3, "1");
	record_number(&w, DOMAIN_NUMBER, name_number(t, A_DOMAIN));
	record_bytes(&w, PACKED, bytes_of_text("\xff"));
	CU_ASSERT_TRUE(put_octets(t, SPACE_IDENTITY_RECORD, 5, record_end(&w)));
	CU_ASSERT_TRUE_FATAL(identity_place_get(t, a, 5, &place));
	CU_ASSERT_FALSE(identity_rest(t, a, &place, NULL, &rest));
	CU_ASSERT_TRUE(store_is_damaged(t));
	return false;
}

static void what_a_place_leads_to(void)
{
	struct fixture f;
	fixture_open(&f);
	CU_ASSERT_FALSE(in_job(&f, rest_of_a_place, NULL));
	CU_ASSERT_EQUAL(f.problem.code, PROBLEM_INTERNAL);
	fixture_close(&f);
}

/* Whose domain or system has no name, or says it as no number, is unreadable. */
static bool nameless(struct store_txn *t, const void *with)
{
	static const struct {
		uint64_t domain, system; /* 0: none; 1: a name's */
		bool read;
	} rows[] = {
		{ 1, 1, true }, { 1, 0, true }, { 0, 1, false }, { 77, 1, false }, { 1, 77, false },
	};
	struct arena *a = store_arena(t);
	(void)with;
	CU_ASSERT_EQUAL(name_number(t, A_DOMAIN), 1);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct record_writer w = record_begin(a, 1);
		struct identity_row row;
		struct patient_record place;
		record_number(&w, 1, 5);
		record_text(&w, 3, "1");
		if (rows[i].domain != 0)
			record_number(&w, DOMAIN_NUMBER, rows[i].domain);
		if (rows[i].system != 0)
			record_number(&w, SYSTEM_NUMBER, rows[i].system);
		CU_ASSERT_EQUAL(identity_row_read(t, a, record_end(&w), &row), rows[i].read);
		CU_ASSERT_FALSE(store_failed(t));
		CU_ASSERT_TRUE(put_octets(t, SPACE_IDENTITY_RECORD, 5, record_end(&w)));
		CU_ASSERT_EQUAL(identity_place_get(t, a, 5, &place), rows[i].read);
		*store_problem(t) = (struct problem){ .code = PROBLEM_NONE };
		if (rows[i].read)
			CU_ASSERT_STRING_EQUAL(place.source_system,
					       rows[i].system == 0 ? "" : A_DOMAIN);
	}
	return true;
}

static void what_has_no_name(void)
{
	struct fixture f;
	fixture_open(&f);
	CU_ASSERT_TRUE(in_job(&f, nameless, NULL));
	fixture_close(&f);
}

/* ---- Ids, numbers, persons, links ---- */

static const char *text_of(struct arena *a, size_t length)
{
	char *text = arena_alloc(a, length + 1);
	memset(text, '7', length);
	text[length] = '\0';
	return text;
}

static bool use_ids(void *with, struct store_txn *t, struct problem *p)
{
	struct arena *a = with;
	uint64_t number = 0;
	static const struct {
		size_t domain, id;
		bool found;
	} rows[] = {
		{ DOMAIN_MOST, ID_MOST, true },
		{ DOMAIN_MOST + 1, 1, false },
		{ 1, ID_MOST + 1, false },
		{ 1, 1, true },
	};
	(void)p;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const char *domain = text_of(a, rows[i].domain), *id = text_of(a, rows[i].id);
		identity_id_put(t, domain, id, 0x0123456789abcdefu + i);
		CU_ASSERT_EQUAL(identity_id_get(t, a, domain, id, &number), rows[i].found);
		CU_ASSERT_TRUE(!rows[i].found || number == 0x0123456789abcdefu + i);
	}
	CU_ASSERT_FALSE(identity_id_get(t, a, NULL, "1", &number));
	CU_ASSERT_FALSE(identity_id_get(t, a, "7", NULL, &number));
	CU_ASSERT_FALSE(identity_id_get(t, a, "7", "", &number));
	CU_ASSERT_FALSE(identity_id_get(t, a, "7", "8", &number));
	return true;
}

static bool use_persons(void *with, struct store_txn *t, struct problem *p)
{
	struct arena *a = with;
	uint64_t members[] = { 3, 5 };
	struct person_row row = { .number = 9,
				  .regional = 5,
				  .since = 77,
				  .members = members,
				  .count = 2 },
			  read;
	(void)p;
	CU_ASSERT_TRUE(person_row_put(t, &row));
	CU_ASSERT_TRUE(person_row_get(t, a, 9, &read));
	CU_ASSERT(read.number == 9 && read.regional == 5 && read.count == 2);
	CU_ASSERT_EQUAL(read.since, 77);
	CU_ASSERT(read.members[0] == 3 && read.members[1] == 5);
	CU_ASSERT_FALSE(person_row_get(t, a, 0, &read));
	CU_ASSERT_FALSE(person_row_get(t, a, 8, &read));
	CU_ASSERT_TRUE(person_row_delete(t, 9));
	CU_ASSERT_FALSE(person_row_get(t, a, 9, &read));
	CU_ASSERT_FALSE(store_failed(t));
	for (unsigned i = 0; i < 3; i++) {
		row.regional = i == 0 ? 0 : 5;
		row.count = i == 1 ? 0 : 2;
		*store_problem(t) = (struct problem){ .code = PROBLEM_NONE };
		CU_ASSERT_TRUE(person_row_put(t, &row));
		if (i == 2) /* whole, and more that is not */
			CU_ASSERT_TRUE(
				put_octets(t, SPACE_IDENTITY_PERSON, 9,
					   bytes_of_text("\x01\x01\x01\x05\x02\x01\x03\xff")));
		CU_ASSERT_FALSE(person_row_get(t, a, 9, &read));
		CU_ASSERT_EQUAL(store_problem(t)->code, PROBLEM_INTERNAL);
	}
	return false;
}

/* Those who had it first come first, the one who asks is left out, and there is a bound. */
static bool use_links(void *with, struct store_txn *t, struct problem *p)
{
	struct arena *a = with;
	struct evidence e = { .hash = { 7 }, .rule = RULE_PHONE }, other = { .hash = { 8 } };
	(void)p;
	CU_ASSERT_EQUAL(identity_linked(t, a, &e, 0).count, 0);
	CU_ASSERT_EQUAL(identity_linked_first(t, a, &e, 1), 0);
	for (uint64_t i = 1; i <= PERSON_MOST + 3; i++) {
		e.since = (instant)(1000 - i);
		CU_ASSERT_TRUE(identity_link_put(t, &e, i));
	}
	CU_ASSERT_TRUE(identity_link_put(t, &other, 99));
	struct record_numbers found = identity_linked(t, a, &e, PERSON_MOST + 2);
	CU_ASSERT_EQUAL(identity_linked(t, a, &other, 99).count,
			0); /* takes nothing away from those */
	CU_ASSERT_EQUAL_FATAL(found.count, PERSON_MOST + 1);
	CU_ASSERT(found.numbers[0] == PERSON_MOST + 3 && found.numbers[1] == PERSON_MOST + 1);
	CU_ASSERT_EQUAL(found.numbers[PERSON_MOST], 2);
	CU_ASSERT_EQUAL(identity_linked_first(t, a, &e, 1), PERSON_MOST + 3);
	CU_ASSERT_EQUAL(identity_linked_first(t, a, &e, PERSON_MOST + 3), PERSON_MOST + 2);
	CU_ASSERT_EQUAL(identity_linked_first(t, a, &other, 99), 0);
	CU_ASSERT_TRUE(identity_link_delete(t, &e, PERSON_MOST + 3));
	CU_ASSERT_EQUAL(identity_linked(t, a, &e, 0).count, PERSON_MOST + 1);
	e.since = 1000 - 1;
	CU_ASSERT_TRUE(identity_link_delete(t, &e, 1));
	CU_ASSERT_EQUAL(identity_linked(t, a, &e, 0).count, PERSON_MOST + 1);
	CU_ASSERT_EQUAL(identity_linked(t, a, &e, 2).count, PERSON_MOST);
	return true;
}

static void ids_persons_and_links(void)
{
	struct fixture f;
	fixture_open(&f);
	CU_ASSERT_TRUE(store_write(f.store, use_ids, f.arena, &f.problem));
	CU_ASSERT_TRUE(store_write(f.store, use_links, f.arena, &f.problem));
	CU_ASSERT_FALSE(store_write(f.store, use_persons, f.arena, &f.problem));
	fixture_close(&f);
}

/* ---- Lists ---- */

static void feed_twin(struct fixture *f, const char *id, const char *order)
{
	struct patient_identifier named = { .id = id, .universal_id = A_DOMAIN };
	struct people_put put = { .ids = &named,
				  .demographics = people_demographics(f->arena, &hanako_a) };
	put.demographics.multiple_birth = "Y";
	put.demographics.birth_order = order;
	CU_ASSERT_EQUAL(people_write(f, &put), PROBLEM_NONE);
}

/* From where the last ended, so many, and nothing beyond the last. */
static void lists_go_on_where_they_ended(void)
{
	struct fixture f;
	unsigned count;
	uint64_t persons[3], records[3];
	static const char *const ids[] = { "1", "2", "3" };
	fixture_open(&f);
	for (size_t i = 0; i < 3; i++)
		feed_twin(&f, ids[i], ids[i]);
	for (size_t i = 0; i < 3; i++) {
		struct patient_record r = people_record(&f, A_DOMAIN, ids[i]);
		persons[i] = r.person;
		records[i] = r.number;
		CU_ASSERT_TRUE(i == 0 || persons[i] > persons[i - 1]);
	}
	static const struct {
		unsigned after, limit, count;
	} rows[] = {
		{ 0, 0, 0 }, { 0, 1, 1 }, { 0, 2, 2 }, { 0, 3, 3 }, { 0, 4, 3 },
		{ 1, 4, 2 }, { 2, 4, 1 }, { 3, 4, 0 }, { 9, 4, 0 },
	};
	struct store_txn *t = store_begin_read(f.store, &f.problem);
	for (size_t i = 0; i < COUNT(rows); i++) {
		unsigned after = rows[i].after;
		uint64_t last = after == 0   ? 0
				: after == 9 ? UINT64_MAX
					     : persons[after - 1],
			 waits = after == 0   ? 0
				 : after == 9 ? UINT64_MAX
					      : records[after - 1];
		struct person *list = identity_list(t, f.arena, last, rows[i].limit, &count);
		CU_ASSERT_EQUAL(count, rows[i].count);
		for (unsigned k = 0; k < count; k++)
			CU_ASSERT_EQUAL(list[k].number, persons[after + k]);
		struct unsettled_record *waiting = identity_unsettled(t, f.arena, waits,
								      rows[i].limit, &count);
		CU_ASSERT_EQUAL(count, rows[i].count);
		for (unsigned k = 0; k < count; k++) {
			CU_ASSERT_EQUAL(waiting[k].record.number, records[after + k]);
			CU_ASSERT_EQUAL(waiting[k].record.unsettled, UNSETTLED_CONTRADICTION);
			CU_ASSERT_EQUAL(waiting[k].against,
					after + k == 0 ? records[1] : records[0]);
		}
	}
	store_end(t);
	CU_ASSERT_EQUAL(people_findings(&f, true), 0);
	fixture_close(&f);
}

struct spoiling {
	unsigned char space;
	uint64_t number;
};

static bool spoil_job(void *with, struct store_txn *t, struct problem *p)
{
	const struct spoiling *s = with;
	(void)p;
	return put_octets(t, s->space, s->number, bytes_of_text("no record of anything"));
}

/* Up to what cannot be read; that there would be more is the store's failure, not the end. */
static void lists_end_where_the_store_is_damaged(void)
{
	static const struct {
		unsigned char space;
		unsigned persons, waiting;
	} rows[] = {
		{ SPACE_IDENTITY_PERSON, 1, 3 },
		{ SPACE_IDENTITY_RECORD, 1, 1 },
		{ SPACE_IDENTITY_UNSETTLED, 3, 3 },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct fixture f;
		unsigned count;
		fixture_open(&f);
		feed_twin(&f, "1", "1");
		feed_twin(&f, "2", "2");
		feed_twin(&f, "3", "3");
		struct patient_record second = people_record(&f, A_DOMAIN, "2");
		struct spoiling s = { rows[i].space,
				      rows[i].space == SPACE_IDENTITY_PERSON ? second.person
				      : rows[i].space == SPACE_IDENTITY_RECORD
					      ? second.number
					      : 4711 }; /* a record that is not there */
		fixture_must(&f, store_write(f.store, spoil_job, &s, &f.problem));
		struct store_txn *t = store_begin_read(f.store, &f.problem);
		identity_list(t, f.arena, 0, 9, &count);
		CU_ASSERT_EQUAL(count, rows[i].persons);
		CU_ASSERT_EQUAL(store_problem(t)->code,
				count == 3 ? PROBLEM_NONE : PROBLEM_INTERNAL);
		store_end(t);
		t = store_begin_read(f.store, &f.problem);
		identity_unsettled(t, f.arena, 0, 9, &count);
		CU_ASSERT_EQUAL(count, rows[i].waiting);
		CU_ASSERT_EQUAL(store_problem(t)->code,
				s.space == SPACE_IDENTITY_PERSON ? PROBLEM_NONE : PROBLEM_INTERNAL);
		store_end(t);
		fixture_close(&f);
	}
}

static uint64_t stands_against(struct fixture *f, const char *id)
{
	unsigned count;
	uint64_t against = 0, number = people_record(f, A_DOMAIN, id).number;
	struct store_txn *t = store_begin_read(f->store, &f->problem);
	struct unsettled_record *list = identity_unsettled(t, f->arena, number - 1, 1, &count);
	if (count == 1 && list->record.number == number)
		against = list->against;
	store_end(t);
	return against;
}

/* Whom it cannot be one with is somebody it cannot be one with now, and the same as long as that is
 * so. */
static void who_stands_against_it_now(void)
{
	static const struct {
		const char *id, *order;
		unsigned against;
	} steps[] = {
		{ "1", "1", 0 }, { "2", "2", 2 },  { "3", "3", 2 },  { "2", NULL, 3 },
		{ "2", "2", 3 }, { "3", NULL, 2 }, { "2", NULL, 0 },
	};
	struct fixture f;
	fixture_open(&f);
	for (size_t i = 0; i < COUNT(steps); i++) {
		if (steps[i].order != NULL) {
			feed_twin(&f, steps[i].id, steps[i].order);
		} else {
			struct who gone = other_phone(&hanako_a);
			gone.id = steps[i].id;
			people_feed(&f, &gone);
		}
		CU_ASSERT_EQUAL(
			stands_against(&f, "1"),
			steps[i].against == 0
				? 0
				: people_record(&f, A_DOMAIN, steps[i].against == 2 ? "2" : "3")
					  .number);
	}
	CU_ASSERT_EQUAL(people_findings(&f, true), 0);
	fixture_close(&f);
}

static void a_person_is_its_records(void)
{
	struct fixture f;
	struct person p, places;
	struct patient_record r;
	fixture_open(&f);
	struct feed_outcome out = people_feed(&f, &hanako_a);
	people_feed(&f, &hanako_b);
	struct store_txn *t = store_begin_read(f.store, &f.problem);
	CU_ASSERT_TRUE_FATAL(identity_person(t, f.arena, out.person, &p));
	CU_ASSERT_EQUAL(p.number, out.person);
	CU_ASSERT_EQUAL(p.records->number, out.record);
	CU_ASSERT_TRUE(identity_record(t, f.arena, p.regional_record, &r));
	CU_ASSERT(r.person == p.number && text_equal(r.domain, AFFINITY)
		  && text_equal(r.id, p.regional_id));
	CU_ASSERT_EQUAL(r.version, 1);
	CU_ASSERT_STRING_EQUAL(identity_regional_id(t, f.arena, out.person), p.regional_id);
	unsigned count = 0;
	for (struct patient_record *each = p.records; each != NULL; each = each->next)
		count += each->person == p.number;
	CU_ASSERT_EQUAL(count, 3);
	CU_ASSERT_TRUE_FATAL(identity_person_places(t, f.arena, out.person, &places));
	CU_ASSERT(places.number == p.number && places.regional_record == p.regional_record);
	CU_ASSERT_STRING_EQUAL(places.regional_id, p.regional_id);
	for (struct patient_record *each = p.records, *place = places.records; each != NULL;
	     each = each->next, place = place->next) {
		CU_ASSERT_TRUE_FATAL(place != NULL);
		CU_ASSERT_EQUAL(place->number, each->number);
		CU_ASSERT_PTR_NULL(place->demographics.names);
	}
	CU_ASSERT_FALSE(identity_person(t, f.arena, 4711, &p));
	CU_ASSERT_FALSE(identity_person_places(t, f.arena, 4711, &places));
	CU_ASSERT_PTR_NULL(identity_regional_id(t, f.arena, 4711));
	CU_ASSERT_PTR_NULL(identity_decisions(t, f.arena, 4711));
	CU_ASSERT_FALSE(store_failed(t));
	store_end(t);
	fixture_close(&f);
}

/* In the order they were made, whosever they are. */
static void decisions_in_order(void)
{
	static const struct {
		bool a;
		const char *reason;
		bool linked;
	} said[] = {
		{ false, "phone", true },  { true, "phone", false }, { true, "phone", true },
		{ false, "phone", false }, { false, "phone", true },
	};
	const struct who gone_a = other_phone(&hanako_a), gone_b = other_phone(&hanako_b);
	struct fixture f;
	size_t n = 0;
	fixture_open(&f);
	struct feed_outcome a = people_feed(&f, &hanako_a), b = people_feed(&f, &hanako_b);
	people_feed(&f, &gone_a);
	people_feed(&f, &hanako_a);
	people_feed(&f, &gone_b);
	b = people_feed(&f, &hanako_b);
	instant last = people_record(&f, B_DOMAIN, "1").updated;
	struct store_txn *t = store_begin_read(f.store, &f.problem);
	for (struct link_decision *d = identity_decisions(t, f.arena, b.person); d != NULL;
	     d = d->next, n++) {
		CU_ASSERT_TRUE_FATAL(n < COUNT(said));
		CU_ASSERT_EQUAL(d->record, said[n].a ? a.record : b.record);
		CU_ASSERT_EQUAL(d->other, said[n].a ? b.record : a.record);
		CU_ASSERT_EQUAL(d->linked, said[n].linked);
		CU_ASSERT_STRING_EQUAL(d->reason, said[n].reason);
		CU_ASSERT(d->by == NULL && d->why == NULL && d->time > 0);
		CU_ASSERT_TRUE(d->next != NULL || d->time == last);
	}
	CU_ASSERT_EQUAL(n, COUNT(said));
	store_end(t);
	fixture_close(&f);
}

enum { DECISION_TIME = 4, DECISION_KNOWN_REASON = 7, NO_REASON = 99 };

/* A reason of a later version is none that we know; the decision stands. */
static bool later_reason(struct store_txn *t, const void *with)
{
	struct arena *a = store_arena(t);
	struct record_writer w = record_begin(a, 1);
	struct link_decision d;
	struct key k;
	(void)with;
	record_number(&w, DECISION_KNOWN_REASON, NO_REASON);
	record_instant(&w, DECISION_TIME, 7);
	key_begin(&k, SPACE_IDENTITY_DECISION);
	key_short(&k, 5);
	key_short(&k, 1);
	CU_ASSERT_TRUE(store_put(t, key_span(&k), record_end(&w)));
	CU_ASSERT_TRUE_FATAL(identity_decision_get(t, a, &(struct trail_place){ 5, 1 }, &d));
	CU_ASSERT_STRING_EQUAL(d.reason, "");
	CU_ASSERT(d.record == 5 && d.time == 7 && !store_failed(t));
	return true;
}

struct broken_value {
	bool longer; /* the key */
	const char *octets;
};

/* A key that goes on behind its number, a value that breaks off: each is the store's failure, and
 * what can be read is told. */
static bool broken_decision(struct store_txn *t, const void *with)
{
	struct arena *a = store_arena(t);
	const struct broken_value *value = with;
	uint64_t member = 5;
	struct key k;
	const struct link_decision good = { .record = 5, .reason = "merge", .time = 7 };
	CU_ASSERT_TRUE(person_row_put(
		t, &(struct person_row){
			   .number = 9, .regional = 5, .members = &member, .count = 1 }));
	identity_decision_put(t, &good);
	CU_ASSERT_FALSE(store_failed(t));
	key_begin(&k, SPACE_IDENTITY_DECISION);
	key_short(&k, 5);
	key_short(&k, 4711);
	if (value->longer)
		key_octet(&k, 1);
	store_put(t, key_span(&k), bytes_of_text(value->octets));
	const struct link_decision *d = identity_decisions(t, a, 9);
	CU_ASSERT_TRUE_FATAL(d != NULL);
	CU_ASSERT(text_equal(d->reason, "merge") && d->time == 7 && d->next == NULL);
	CU_ASSERT_TRUE(store_failed(t) && store_is_damaged(t));
	return false;
}

static void decisions_that_cannot_be_read(void)
{
	struct fixture f;
	fixture_open(&f);
	CU_ASSERT_TRUE(in_job(&f, later_reason, NULL));
	static const struct broken_value values[] = { { false, "\x01\x01" },
						      { true, "\x01" },
						      { true, "\x83\x05\x02\x01" } };
	for (size_t i = 0; i < COUNT(values); i++)
		CU_ASSERT_FALSE(in_job(&f, broken_decision, &values[i]));
	fixture_close(&f);
}

/* ---- What is no person, and what is not packed ---- */

/* As forms before 11 had them. */
static void former_persons_that_are_none(void)
{
	enum { REGIONAL = 1, MEMBER = 2 };
	struct arena *a = arena_create(1 << 20);
	struct record_writer regional = record_begin(a, 1), member = record_begin(a, 1);
	struct person_row p;
	record_number(&regional, REGIONAL, 4);
	record_number(&member, MEMBER, 5);
	CU_ASSERT_FALSE(person_row_read(a, 9, record_end(&regional), &p));
	CU_ASSERT_FALSE(person_row_read(a, 9, record_end(&member), &p));
	CU_ASSERT_FALSE(person_row_read(a, 9, bytes_of_text("\x01\x01"), &p));
	arena_destroy(a);
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

/* ---- A store that fails ---- */

struct doing {
	const char *why;
	struct who put; /* or: */
	const char *survivor, *subsumed;
	bool decide, confirm;
	enum pair_decision what;
	const struct region *region; /* or NULL: that of people.h */
	/* Of the one who does it: */
	struct arena *arena;
	uint64_t record, other;
	bool keep;
};

static bool do_one(const struct doing *d, struct store_txn *t, struct problem *p)
{
	static const struct person_decision said = { "clerk", "seen" };
	const struct region *region = d->region != NULL ? d->region : &people_region;
	struct feed_outcome out;
	if (d->decide)
		return identity_decide_pair(t, region, d->record, d->other, d->what, &said, &out,
					    p);
	if (d->confirm)
		return identity_confirm(t, region, d->other, &said, &out, p);
	if (d->survivor != NULL)
		return identity_merge(t, region, A_DOMAIN, d->survivor, d->subsumed, &out, p);
	struct patient_identifier id = { .id = d->put.id, .universal_id = d->put.domain };
	struct patient_demographics demographics = people_demographics(d->arena, &d->put);
	return identity_put(t, region, people_system(id.universal_id), &id, &demographics, 0, &out,
			    p);
}

/* Taken back, unless it is to be kept. */
static bool do_job(void *with, struct store_txn *t, struct problem *p)
{
	const struct doing *d = with;
	bool did = do_one(d, t, p);
	CU_ASSERT_EQUAL(did, p->code == PROBLEM_NONE);
	return did && (d->keep || problem_set(p, PROBLEM_NOT_FOUND, "taken back"));
}

/* call: the one that fails after n of them, or NULL. */
static enum problem_code do_it(struct fixture *f, const struct doing *said, const char *call,
			       unsigned n)
{
	struct doing d = *said;
	d.arena = f->arena;
	d.record = people_record(f, A_DOMAIN, "1").number;
	d.other = people_record(f, B_DOMAIN, "1").number;
	d.keep = call == NULL;
	f->problem = (struct problem){ .code = PROBLEM_NONE };
	failing_arm(call, n);
	store_write(f->store, do_job, &d, &f->problem);
	return f->problem.code;
}

/* The nth call of that name fails, for each n: the reason is the store's, and nothing has
 * changed. */
static void fail_each(struct fixture *f, const struct doing *d, const char *call)
{
	enum { CALLS_MOST = 400 };
	bool failed = true;
	for (unsigned n = 0; failed; n++) {
		enum problem_code code = do_it(f, d, call, n);
		failed = failing_disarm();
		if (code != (failed ? PROBLEM_STORE_FULL : PROBLEM_NOT_FOUND))
			fprintf(stderr, "%s, %s %u: %d\n", d->why, call, n, code);
		CU_ASSERT_EQUAL(code, failed ? PROBLEM_STORE_FULL : PROBLEM_NOT_FOUND);
		CU_ASSERT_TRUE_FATAL(n < CALLS_MOST);
	}
}

static void nothing_is_half_done(void)
{
	static const struct doing all[] = {
		{ .why = "a new record", .put = HANAKO(C_DOMAIN, "1", "0312345001") },
		{ .why = "a link goes", .put = HANAKO(A_DOMAIN, "1", "0399990000") },
		{ .why = "it comes back", .put = HANAKO(A_DOMAIN, "1", "0312345001") },
		{ .why = "apart", .decide = true, .what = PAIR_APART },
		{ .why = "undone", .decide = true, .what = PAIR_UNDO },
		{ .why = "together", .decide = true, .what = PAIR_TOGETHER },
		{ .why = "somebody else",
		  .put = { B_DOMAIN, "1", "ヤマダ", "タロウ", "19700303", "M", "0312345003", 0, 0,
			   0, 0, 0, 0 } },
		{ .why = "confirmed", .confirm = true },
		{ .why = "a merge", .survivor = "2", .subsumed = "1" },
		{ .why = "a merge again", .survivor = "2", .subsumed = "1" },
	};
	struct fixture f;
	fixture_open(&f);
	people_feed(&f, &hanako_a);
	people_feed(&f, &hanako_b);
	people_feed(&f, &second_a);
	for (size_t i = 0; i < COUNT(all); i++) {
		fail_each(&f, &all[i], "store_get");
		fail_each(&f, &all[i], "store_put");
		fail_each(&f, &all[i], "store_delete");
		CU_ASSERT_EQUAL(people_findings(&f, true), 0);
		CU_ASSERT_EQUAL(do_it(&f, &all[i], NULL, 0), PROBLEM_NONE);
		CU_ASSERT_EQUAL(people_findings(&f, true), 0);
	}
	fixture_close(&f);
}

static unsigned findings_told(struct fixture *f)
{
	static const struct check_module *const modules[] = { &identity_check, &consent_check,
							      &errands_check, &notices_check,
							      NULL };
	struct check_counts counts = { 0 };
	fixture_must(f, store_check(f->store, modules, people_tell, NULL, &counts, &f->problem));
	return (unsigned)counts.findings;
}

/* The same where it is to be told to others what changed: a change of which it cannot be found out
 * whom it is shown to is none. */
static void nothing_is_half_told(void)
{
	struct registered_system systems[TOLD_SYSTEMS];
	const struct region region = told_region(systems);
	const struct doing all[] = {
		{ .why = "a new record",
		  .put = HANAKO(C_DOMAIN, "1", "0312345001"),
		  .region = &region },
		{ .why = "a link goes",
		  .put = HANAKO(A_DOMAIN, "1", "0399990000"),
		  .region = &region },
		{ .why = "a merge", .survivor = "2", .subsumed = "1", .region = &region },
	};
	struct fixture f;
	fixture_open(&f);
	uint64_t person = people_feed(&f, &hanako_a).person;
	people_feed(&f, &hanako_b);
	people_feed(&f, &second_a);
	for (size_t i = 0; i < COUNT(all); i++) {
		uint64_t told = told_changes(&f, "c-hospital", person);
		fail_each(&f, &all[i], "store_get");
		fail_each(&f, &all[i], "store_put");
		CU_ASSERT_EQUAL(told_changes(&f, "c-hospital", person), told);
		CU_ASSERT_EQUAL(do_it(&f, &all[i], NULL, 0), PROBLEM_NONE);
		if (i < 2)
			CU_ASSERT_EQUAL(told_changes(&f, "c-hospital", person), told + 1);
		CU_ASSERT_EQUAL(findings_told(&f), 0);
	}
	fixture_close(&f);
}

/* What is read of a person is whole, or the store's failure. */
static void nothing_is_half_read(void)
{
	struct fixture f;
	fixture_open(&f);
	uint64_t person = people_feed(&f, &hanako_a).person;
	people_feed(&f, &hanako_b);
	people_feed(&f, &second_a);
	for (unsigned what = 0; what < 8; what++)
		for (unsigned n = 0, failed = 1; failed; n++) {
			struct patient_record r;
			struct person p;
			struct record_numbers numbers;
			unsigned count = 9;
			bool read = true;
			struct store_txn *t = store_begin_read(f.store, &f.problem);
			failing_arm("store_get", n);
			switch (what) {
			case 0: read = identity_find(t, f.arena, A_DOMAIN, "1", &r); break;
			case 1: read = identity_find_place(t, f.arena, A_DOMAIN, "1", &r); break;
			case 2: read = identity_person(t, f.arena, person, &p); break;
			case 3: read = identity_subjects(t, f.arena, person, &numbers); break;
			case 4: read = identity_regional_id(t, f.arena, person) != NULL; break;
			case 5:
				identity_list(t, f.arena, 0, 9, &count);
				read = count == 2;
				break;
			case 6: read = identity_decisions(t, f.arena, person) != NULL; break;
			case 7: read = identity_person_places(t, f.arena, person, &p); break;
			}
			failed = failing_disarm();
			CU_ASSERT_EQUAL(read, !failed);
			CU_ASSERT_EQUAL(store_failed(t), failed);
			store_end(t);
		}
	fixture_close(&f);
}

static const struct test tests[] = {
	{ "every field comes back", every_field_comes_back },
	{ "every id comes back", every_id_comes_back },
	{ "what is borrowed comes back", what_is_borrowed_comes_back },
	{ "what is borrowed of places", what_is_borrowed_of_places },
	{ "what is borrowed of damage", what_is_borrowed_of_damage },
	{ "what every row begins with", what_every_row_begins_with },
	{ "ids are kept short", ids_are_kept_short },
	{ "packed rows are read", packed_rows_are_read },
	{ "the order of fields says nothing", the_order_of_fields_says_nothing },
	{ "what is no row", what_is_no_row },
	{ "what is no id", what_is_no_id },
	{ "what is no core", what_is_no_core },
	{ "what is no evidence", what_is_no_evidence },
	{ "what a place leads to", what_a_place_leads_to },
	{ "what has no name", what_has_no_name },
	{ "ids, persons and links", ids_persons_and_links },
	{ "lists go on where they ended", lists_go_on_where_they_ended },
	{ "lists end where the store is damaged", lists_end_where_the_store_is_damaged },
	{ "who stands against it now", who_stands_against_it_now },
	{ "a person is its records", a_person_is_its_records },
	{ "decisions in order", decisions_in_order },
	{ "decisions that cannot be read", decisions_that_cannot_be_read },
	{ "former persons that are none", former_persons_that_are_none },
	{ "what gets no shorter", what_gets_no_shorter },
	{ "nothing is half done", nothing_is_half_done },
	{ "nothing is half told", nothing_is_half_told },
	{ "nothing is half read", nothing_is_half_read },
	{ 0 }
};

int main(void)
{
	return suite_run("store: identity rows", tests);
}
