/* tests/store/identity_rows_damaged_test.c: what another version wrote is read as it was meant;
 * what cannot be read is the store's failure: no patient is unknown for that, and none is new. */
#include "tests/base/suite.h"

#include "gateway/base/text.h"
#include "store/identity_core.h"
#include "store/names.h"
#include "store/record.h"
#include "tests/store/row_scene.h"

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
	struct identity_row row = row_full;
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
	struct identity_row row = row_full, read;
	struct patient_record place;
	(void)p;
	CU_ASSERT_TRUE(put_row(t, &row_full, identity_row_octets(t, a, &row_full)));
	CU_ASSERT_TRUE(identity_row_get(t, a, row_full.record.number, &read));
	CU_ASSERT_TRUE(identity_place_get(t, a, row_full.record.number, &place));
	CU_ASSERT(place.number == row_full.record.number && place.status == RECORD_SUBSUMED
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
		row = row_full;
		*(i == 1   ? &row.record.domain
		  : i == 2 ? &row.record.id
			   : &row.record.source_system) = NULL;
		row.record.number = i == 0 ? 0 : row_full.record.number;
		struct bytes octets = identity_row_octets(t, a, &row);
		if (i == 3)
			octets.length--;
		CU_ASSERT_FALSE(identity_row_read(t, a, octets, &read));
		*store_problem(t) = (struct problem){ .code = PROBLEM_NONE };
		CU_ASSERT_TRUE(put_row(t, &row_full, octets));
		for (unsigned how = 0; how < 3; how++) {
			*store_problem(t) = (struct problem){ .code = PROBLEM_NONE };
			CU_ASSERT_FALSE(
				how == 0 ? identity_place_get(t, a, row_full.record.number, &place)
				: how == 1 ? identity_row_get(t, a, row_full.record.number, &read)
					   : identity_row_get_skimmed(t, a, row_full.record.number,
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
	struct bytes octets = identity_row_octets(t, a, &row_full);
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
	CU_ASSERT_TRUE(identity_row_put(t, &row_full));
	CU_ASSERT_TRUE_FATAL(identity_place_get(t, a, row_full.record.number, &place));
	CU_ASSERT_PTR_NULL(place.demographics.names);
	CU_ASSERT_TRUE_FATAL(identity_rest(t, a, &place, NULL, &rest));
	same_demographics(&row_full.record.demographics, &rest.demographics);
	CU_ASSERT(rest.number == row_full.record.number && rest.created == row_full.record.created);
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

static const struct test tests[] = {
	{ "the order of fields says nothing", the_order_of_fields_says_nothing },
	{ "what is no row", what_is_no_row },
	{ "what is no id", what_is_no_id },
	{ "what is no core", what_is_no_core },
	{ "what is no evidence", what_is_no_evidence },
	{ "what a place leads to", what_a_place_leads_to },
	{ "what has no name", what_has_no_name },
	{ "decisions that cannot be read", decisions_that_cannot_be_read },
	{ "former persons that are none", former_persons_that_are_none },
	{ 0 }
};

int main(void)
{
	return suite_run("store: identity rows, damaged", tests);
}
