/* tests/store/identity_forms_test.c: forms are made once, and stay what they would be if they were
 * made again: beside the record, through updates that keep a part of it; and of who shares a piece
 * of evidence those who had it first are told, however many there are. */
#include "tests/base/suite.h"

#include <string.h>

#include "gateway/base/text.h"
#include "store/identity_forms.h"
#include "store/identity_packing.h"
#include "store/packed.h"
#include "tests/store/in_job.h"
#include "tests/store/people.h"

/* ---- Packed ---- */

static void numbers_are_read_again(void)
{
	static const uint64_t numbers[] = { 0, 1, 127, 128, 16383, 16384, INT64_MAX, UINT64_MAX };
	static const int64_t with_signs[] = { 0, -1, 1, -64, 64, INT64_MAX, INT64_MIN };
	struct arena *a = arena_create(1 << 20);
	struct buffer b = buffer_in(a);
	for (size_t i = 0; i < COUNT(numbers); i++)
		packed_number(&b, numbers[i]);
	for (size_t i = 0; i < COUNT(with_signs); i++)
		packed_signed(&b, with_signs[i]);
	packed_text(&b, "ヤマダ");
	packed_text(&b, "");
	for (size_t length = 0; length <= b.length; length++) {
		struct packed_reader r = packed_read((struct bytes){ b.data, length });
		bool same = true;
		for (size_t i = 0; i < COUNT(numbers); i++)
			same = packed_as_number(&r) == numbers[i] && same;
		for (size_t i = 0; i < COUNT(with_signs); i++)
			same = packed_as_signed(&r) == with_signs[i] && same;
		same = text_equal(packed_as_text(&r), "ヤマダ") && same;
		same = text_equal(packed_as_text(&r), "") && same;
		CU_ASSERT_EQUAL(!r.broken && !packed_more(&r), length == b.length);
		CU_ASSERT_TRUE(same || length < b.length);
	}
	arena_destroy(a);
}

static void no_number_is_longer_than_one_can_be(void)
{
	static const unsigned char endless[11] = { 0x80, 0x80, 0x80, 0x80, 0x80, 0x80,
						   0x80, 0x80, 0x80, 0x80, 0x01 };
	struct packed_reader r = packed_read((struct bytes){ endless, sizeof endless });
	CU_ASSERT_EQUAL(packed_as_number(&r), 0);
	CU_ASSERT_TRUE(r.broken);
	CU_ASSERT_EQUAL(packed_as_octet(&r), 0);
	CU_ASSERT_STRING_EQUAL(packed_as_text(&r), "");
}

/* ---- Made up ---- */

struct chance {
	uint64_t state;
};

static unsigned below(struct chance *c, unsigned count)
{
	c->state = c->state * 6364136223846793005u + 1442695040888963407u;
	return (unsigned)(c->state >> 33) % count;
}

#define ANY(c, list) ((list)[below((c), COUNT(list))])

static struct person_name *some_names(struct arena *a, struct chance *c)
{
	static const char *const families[] = { "山田",   "髙田",   "ヤマダ", "ﾔﾏﾀﾞ",
						"Yamada", "やまだ", NULL,     "　",
						"山 田",  "ヤーマ", "-",      "浜野" };
	static const char *const givens[] = { "健一", "ケンイチ", "ｹﾝｲﾁ", "Kenichi",  NULL,
					      "三男", "ミツオ",   "",     "ケン イチ" };
	struct person_name *first = NULL;
	for (unsigned n = below(c, 16); n > 0; n--) {
		struct person_name *name = arena_new(a, struct person_name);
		*name = (struct person_name){ .family = ANY(c, families),
					      .given = ANY(c, givens),
					      .representation = (enum name_representation)below(c,
												4),
					      .next = first };
		first = name;
	}
	return first;
}

static struct telecom *some_phones(struct arena *a, struct chance *c)
{
	struct telecom *first = NULL;
	for (unsigned n = below(c, 4) * (below(c, 8) == 0 ? 20 : 1); n > 0; n--) {
		struct telecom *t = arena_new(a, struct telecom);
		t->number = below(c, 9) == 0 ? NULL : arena_printf(a, "03-1234-%u", 5000 + n);
		t->next = first;
		first = t;
	}
	return first;
}

/* Where it is an update, some parts say nothing, and some take away. */
static struct patient_demographics somebody(struct arena *a, struct chance *c, bool update)
{
	static const char *const births[] = { "19410503", "1941-05-03", "19410503101500", "1941",
					      "",         "S160503",    "19000101" };
	static const char *const sexes[] = { "M", "F", "O", "U", "" };
	struct patient_demographics d = { .names = some_names(a, c),
					  .birth_date = ANY(c, births),
					  .sex = ANY(c, sexes),
					  .telecoms = some_phones(a, c),
					  .multiple_birth = below(c, 3) == 0 ? "Y" : NULL,
					  .birth_order = below(c, 2) == 0 ? "02" : NULL,
					  .identity_unknown = below(c, 5) == 0 ? "Y" : NULL };
	if (below(c, 2) == 0) {
		d.addresses = arena_new(a, struct postal_address);
		d.addresses->text = "東京都町田市１－２－３";
	}
	if (below(c, 2) == 0) {
		d.insurances = arena_new(a, struct insurance);
		*d.insurances = (struct insurance){
			.insurer = "01130012", .symbol = "12", .number = "3456", .branch = "01"
		};
	}
	if (update && below(c, 3) == 0)
		d.birth_date = NULL;
	if (update && below(c, 3) == 0)
		d.sex = NULL;
	d.delete_names = update && below(c, 6) == 0;
	d.delete_telecoms = update && below(c, 6) == 0;
	return d;
}

static bool same_name(const struct core_name *x, const struct core_name *y)
{
	return x->script == y->script && x->divided == y->divided
	       && x->says_reading == y->says_reading && text_equal(x->whole, y->whole)
	       && text_equal(x->family, y->family) && text_equal(x->given, y->given)
	       && x->of == y->of;
}

static bool same_core(const struct identity_core *x, const struct identity_core *y)
{
	const struct core_name *n = x->names, *m = y->names;
	for (; n != NULL && m != NULL; n = n->next, m = m->next)
		if (!same_name(n, m))
			return false;
	return n == NULL && m == NULL && text_equal(x->birth, y->birth) && x->sex == y->sex
	       && text_equal(x->order, y->order) && x->left_out == y->left_out;
}

/* ---- Beside the record ---- */

enum { PEOPLE = 3000 };

/* Whatever octets there are, nothing but them and the names is read. */
static void is_read_safely(struct arena *a, struct bytes octets,
			   const struct patient_demographics *d)
{
	struct identity_core read;
	for (size_t length = 0; length < octets.length; length++)
		core_read(a, (struct bytes){ octets.data, length }, d, &read);
	unsigned char *other = arena_alloc(a, octets.length + 1);
	for (size_t i = 1; i < octets.length; i++) {
		memcpy(other, octets.data, octets.length);
		other[i] ^= 0xff;
		core_read(a, (struct bytes){ other, octets.length }, d, &read);
	}
	memcpy(other, octets.data, octets.length);
	other[octets.length] = 0;
	CU_ASSERT_FALSE(core_read(a, (struct bytes){ other, octets.length + 1 },
				  &(struct patient_demographics){ .names = NULL }, &read));
	other[0]++;
	CU_ASSERT_FALSE(core_read(a, (struct bytes){ other, octets.length }, d, &read));
}

static void a_core_is_kept_as_it_was(void)
{
	struct chance c = { 1 };
	for (unsigned i = 0; i < PEOPLE; i++) {
		struct arena *a = arena_create(1 << 22);
		struct patient_demographics d = somebody(a, &c, false);
		struct identity_core made = identity_core(a, &d), read;
		struct bytes octets = core_octets(a, &made, &d);
		CU_ASSERT_TRUE(core_is_current(octets));
		CU_ASSERT_TRUE(core_read(a, octets, &d, &read) && same_core(&made, &read));
		if (i % 10 == 0)
			is_read_safely(a, octets, &d);
		arena_destroy(a);
	}
}

/* A name as it is mostly written costs one octet. */
static void what_is_written_as_it_is_compared_is_short(void)
{
	struct arena *a = arena_create(1 << 20);
	struct person_name reading = { .family = "ヤマダ", .given = "ケンイチ" };
	struct person_name name = { .family = "山田", .given = "健一", .next = &reading };
	struct patient_demographics d = { .names = &name, .birth_date = "19410503", .sex = "M" };
	struct identity_core made = identity_core(a, &d);
	CU_ASSERT_EQUAL(core_octets(a, &made, &d).length, 4);
	arena_destroy(a);
}

/* Of names it was not made of it is not kept. */
static void of_other_names_nothing_is_kept(void)
{
	struct arena *a = arena_create(1 << 20);
	struct person_name name = { .family = "山田" }, other = name;
	struct patient_demographics d = { .names = &name };
	struct identity_core made = identity_core(a, &d);
	d.names = &other;
	CU_ASSERT_EQUAL(core_octets(a, &made, &d).length, 0);
	arena_destroy(a);
}

/* What was said is packed by itself, and what is damaged is not read. */
static void what_was_said_is_packed(void)
{
	struct chance c = { 4 };
	size_t all = 0, few = 0;
	for (unsigned i = 0; i < PEOPLE; i++) {
		struct arena *a = arena_create(1 << 22);
		struct patient_demographics d = somebody(a, &c, false);
		struct bytes octets = identity_demographics_octets(a, &d), read = { 0 };
		struct bytes packed = identity_packed(a, octets);
		all += octets.length;
		few += packed.length == 0 ? octets.length : packed.length;
		CU_ASSERT_TRUE(packed.length < octets.length);
		CU_ASSERT_TRUE(
			packed.length == 0
			|| (identity_unpacked(a, packed, &read) && bytes_equal(read, octets)));
		for (size_t length = 0; length < packed.length; length++)
			CU_ASSERT_FALSE(
				identity_unpacked(a, (struct bytes){ packed.data, length }, &read));
		arena_destroy(a);
	}
	CU_ASSERT(few < all * 2 / 3);
}

/* ---- Through updates ---- */

static struct patient_demographics updated(const struct patient_demographics *known,
					   const struct patient_demographics *said)
{
	struct patient_demographics now = *said;
#define KEPT(list)                                                                                 \
	if (now.list == NULL && !now.delete_##list)                                                \
	now.list = known->list
	KEPT(names);
	KEPT(telecoms);
	KEPT(addresses);
	KEPT(insurances);
#undef KEPT
	now.birth_date = said->birth_date == NULL ? known->birth_date : said->birth_date;
	now.sex = said->sex == NULL ? known->sex : said->sex;
	return now;
}

static bool same_evidence(const struct evidence *x, const struct evidence *y)
{
	for (; x != NULL && y != NULL; x = x->next, y = y->next)
		if (memcmp(x->hash, y->hash, EVIDENCE_HASH) != 0 || x->rule != y->rule
		    || x->divided != y->divided)
			return false;
	return x == NULL && y == NULL;
}

static void an_update_keeps_forms_of_what_it_keeps(void)
{
	struct chance c = { 2 };
	unsigned left_out = 0;
	for (unsigned i = 0; i < PEOPLE; i++) {
		struct arena *a = arena_create(1 << 22);
		struct patient_demographics known = somebody(a, &c, false),
					    said = somebody(a, &c, true),
					    now = updated(&known, &said);
		struct identity_core core = identity_core(a, &known);
		said.forms = below(&c, 2) == 0 ? identity_prepared(a, &said) : NULL;
		struct identity_forms made = identity_forms(a, &now),
				      merged = identity_forms_merged(a, &said, &known, &core, &now);
		bool more[2];
		CU_ASSERT_TRUE(same_core(&made.core, &merged.core));
		CU_ASSERT_TRUE(same_evidence(identity_evidence_of(a, &made, &more[0]),
					     identity_evidence_of(a, &merged, &more[1])));
		CU_ASSERT_EQUAL(more[0], more[1]);
		left_out += more[0];
		arena_destroy(a);
	}
	CU_ASSERT(left_out > PEOPLE / 20 && left_out < PEOPLE);
}

/* ---- Who shares a piece of evidence ---- */

enum { HOLDERS = 300, STEPS = 4000 };

static int by_age(const void *x, const void *y)
{
	const struct holder *a = x, *b = y;
	return a->since != b->since ? (a->since > b->since) - (a->since < b->since)
				    : (a->number > b->number) - (a->number < b->number);
}

static void look_at(struct store_txn *t, struct arena *a, const struct evidence *e,
		    struct holder *model, size_t count, uint64_t except)
{
	struct record_numbers found = identity_linked(t, a, e, except);
	size_t n = 0;
	qsort(model, count, sizeof *model, by_age);
	for (size_t i = 0; i < count && n <= PERSON_MOST; i++)
		if (model[i].number != except) {
			CU_ASSERT(n < found.count && found.numbers[n] == model[i].number);
			n++;
		}
	CU_ASSERT_EQUAL(found.count, n);
	CU_ASSERT_EQUAL(identity_linked_first(t, a, e, except), n == 0 ? 0 : found.numbers[0]);
}

/* First many come, then as many go as come, then all go. */
static bool come_and_go(struct store_txn *t, const void *with)
{
	struct holder model[HOLDERS];
	struct chance c = { 3 };
	struct evidence e = { .hash = { 9 }, .rule = RULE_PHONE };
	size_t count = 0;
	uint64_t next = 1;
	(void)with;
	for (unsigned step = 0; step < STEPS; step++) {
		struct arena *a = arena_create(1 << 20);
		unsigned coming = step < STEPS / 3 ? 6 : step < 2 * STEPS / 3 ? 4 : 1;
		if (count == 0 || (count < HOLDERS && below(&c, 8) < coming)) {
			e.since = below(&c, 1000);
			model[count] = (struct holder){ .since = e.since, .number = next++ };
			CU_ASSERT_TRUE(identity_link_put(t, &e, model[count++].number));
		} else {
			size_t at = below(&c, (unsigned)count);
			e.since = model[at].since;
			CU_ASSERT_TRUE(identity_link_delete(t, &e, model[at].number));
			model[at] = model[--count];
		}
		look_at(t, a, &e, model, count, count == 0 ? 0 : model[count / 2].number);
		arena_destroy(a);
	}
	while (count > 0) {
		e.since = model[--count].since;
		CU_ASSERT_TRUE(identity_link_delete(t, &e, model[count].number));
	}
	struct key k;
	struct bytes key, value;
	key_begin(&k, SPACE_IDENTITY_LINK);
	struct store_cursor *left = store_scan_prefix(t, key_span(&k), false);
	CU_ASSERT_FALSE(store_next(left, &key, &value));
	store_scan_end(left);
	return !store_failed(t);
}

static void those_who_had_it_first(void)
{
	struct fixture f;
	fixture_open(&f);
	CU_ASSERT_TRUE(in_job(&f, come_and_go, NULL));
	fixture_close(&f);
}

/* ---- Of other forms ---- */

static struct identity_row row_of_first(struct store_txn *t)
{
	struct identity_row row;
	CU_ASSERT_TRUE_FATAL(identity_row_get(t, store_arena(t), 1, &row));
	return row;
}

/* As a release of other forms left it, whose index was another, too. */
static bool age(struct store_txn *t, const void *with)
{
	static const unsigned char other[] = { 0xff, 0 };
	struct identity_row row = row_of_first(t);
	struct key k;
	(void)with;
	CU_ASSERT_TRUE(core_is_current(row.kept_core));
	row.kept_core = (struct bytes){ other, sizeof other };
	key_begin(&k, SPACE_STORE);
	key_text(&k, "candidates");
	return identity_row_put(t, &row) && store_delete(t, key_span(&k));
}

static bool is_of_today(struct store_txn *t, const void *with)
{
	struct identity_row row = row_of_first(t);
	CU_ASSERT_EQUAL(core_is_current(row.kept_core), *(const bool *)with);
	return true;
}

/* It is compared all the same, and the start that makes the index anew writes it. */
static void what_is_of_other_forms_is_made_anew(void)
{
	static const struct who
		a = { A_DOMAIN, "1", "サトウ", "ハナコ", "19800101", "F", "0312345001",
		      0,        0,   0,        0,        0,          0 },
		b = { B_DOMAIN, "1", "サトウ", "ハナコ", "19800101", "F", "0312345001",
		      0,        0,   0,        0,        0,          0 };
	static const bool before = false, after = true;
	struct fixture f;
	uint64_t made = 0;
	fixture_open(&f);
	CU_ASSERT_EQUAL(people_feed(&f, &a).record, 1);
	CU_ASSERT_TRUE(in_job(&f, age, NULL));
	people_feed(&f, &b);
	CU_ASSERT_TRUE(people_same(&f, &a, &b));
	CU_ASSERT_TRUE(in_job(&f, is_of_today, &before));
	CU_ASSERT_TRUE(identity_candidates_ready(f.store, &made, &f.problem));
	CU_ASSERT_EQUAL(made, 2);
	CU_ASSERT_TRUE(in_job(&f, is_of_today, &after));
	CU_ASSERT_TRUE(people_same(&f, &a, &b));
	CU_ASSERT_EQUAL(people_findings(&f, true), 0);
	fixture_close(&f);
}

/* ---- More than is compared ---- */

static struct patient_demographics with_phones(struct arena *a, unsigned count)
{
	static const struct who w = { A_DOMAIN, "1", "サトウ", "ハナコ", "19800101", "F", 0,
				      0,        0,   0,        0,        0,          0 };
	struct patient_demographics d = people_demographics(a, &w);
	for (unsigned i = 0; i < count; i++) {
		struct telecom *t = arena_new(a, struct telecom);
		*t = (struct telecom){ .number = arena_printf(a, "03123456%02u", i + 10),
				       .next = d.telecoms };
		d.telecoms = t;
	}
	return d;
}

/* It is told to the sender each time, and to the operator until it is less. */
static void what_is_beyond_is_told(void)
{
	static const struct {
		unsigned phones;
		bool told;
	} feeds[] = { { EVIDENCE_MOST, false },
		      { EVIDENCE_MOST + 1, true },
		      { EVIDENCE_MOST + 1, true },
		      { EVIDENCE_MOST, false } };
	struct fixture f;
	fixture_open(&f);
	for (size_t i = 0; i < COUNT(feeds); i++) {
		struct patient_identifier id = { .id = "1", .universal_id = A_DOMAIN };
		struct people_put put = { .ids = &id,
					  .demographics = with_phones(f.arena, feeds[i].phones) };
		struct unsettled_record *waits;
		unsigned count;
		fixture_must(&f, people_write(&f, &put) == PROBLEM_NONE);
		CU_ASSERT_EQUAL(put.outcome.left_out, feeds[i].told);
		struct store_txn *t = store_begin_read(f.store, &f.problem);
		waits = identity_unsettled(t, f.arena, 0, 10, &count);
		CU_ASSERT_EQUAL(count, feeds[i].told);
		CU_ASSERT_TRUE(count == 0 || waits->record.unsettled == UNSETTLED_LEFT_OUT);
		store_end(t);
	}
	CU_ASSERT_EQUAL(people_findings(&f, true), 0);
	fixture_close(&f);
}

/* Once for all ids of one message. */
static void what_is_beyond_of_two_ids_is_told(void)
{
	struct patient_identifier second = { .id = "2", .universal_id = A_DOMAIN },
				  first = { .id = "1", .universal_id = A_DOMAIN, .next = &second };
	struct fixture f;
	unsigned count;
	fixture_open(&f);
	struct people_put put = { .ids = &first,
				  .demographics = with_phones(f.arena, EVIDENCE_MOST + 1) };
	fixture_must(&f, people_write(&f, &put) == PROBLEM_NONE);
	CU_ASSERT_TRUE(put.outcome.left_out);
	struct store_txn *t = store_begin_read(f.store, &f.problem);
	const struct unsettled_record *waits = identity_unsettled(t, f.arena, 0, 10, &count);
	CU_ASSERT_EQUAL_FATAL(count, 2);
	for (unsigned i = 0; i < count; i++)
		CU_ASSERT_EQUAL(waits[i].record.unsettled, UNSETTLED_LEFT_OUT);
	store_end(t);
	CU_ASSERT_EQUAL(people_findings(&f, true), 0);
	fixture_close(&f);
}

/* So many of one kind, each another; the first of the list is the last made. */
static struct patient_demographics with_values(struct arena *a, enum value_kind kind,
					       unsigned count)
{
	struct patient_demographics d = with_phones(a, kind == VALUE_PHONE ? count : 0);
	for (unsigned i = 0; kind == VALUE_ADDRESS && i < count; i++) {
		struct postal_address *ad = arena_new(a, struct postal_address);
		*ad = (struct postal_address){ .postal_code = "1500002",
					       .text = arena_printf(a, "東京都渋谷区渋谷1-2-%u",
								    i + 1),
					       .next = d.addresses };
		d.addresses = ad;
	}
	for (unsigned i = 0; kind == VALUE_INSURANCE && i < count; i++) {
		struct insurance *in = arena_new(a, struct insurance);
		*in = (struct insurance){ .insurer = "01130012",
					  .symbol = "12",
					  .number = arena_printf(a, "%u", 3456 + i),
					  .branch = "01",
					  .next = d.insurances };
		d.insurances = in;
	}
	return d;
}

static unsigned evidence_count(const struct evidence *e)
{
	unsigned count = 0;
	for (; e != NULL; e = e->next)
		count++;
	return count;
}

/* Whichever list is longer than what is looked at; as many as are looked at are all compared. */
static void each_list_has_a_bound(void)
{
	for (size_t kind = 0; kind < VALUE_KINDS; kind++)
		for (unsigned over = 0; over < 2; over++) {
			struct arena *a = arena_create(1 << 22);
			struct patient_demographics d = with_values(a, (enum value_kind)kind,
								    EVIDENCE_MOST + over);
			struct identity_forms f = identity_forms(a, &d);
			bool left_out;
			CU_ASSERT_EQUAL(evidence_count(identity_evidence_of(a, &f, &left_out)),
					EVIDENCE_MOST);
			CU_ASSERT_EQUAL(left_out, over == 1);
			for (size_t other = 0; other < VALUE_KINDS; other++)
				CU_ASSERT_EQUAL(f.more[other], other == kind && over == 1);
			arena_destroy(a);
		}
}

/* A value that stands twice is one piece of evidence, as divided as its name is. */
static void each_value_counts_once(void)
{
	for (unsigned divided = 0; divided < 2; divided++) {
		struct arena *a = arena_create(1 << 20);
		struct patient_demographics d = with_phones(a, 1);
		if (!divided)
			*d.names = (struct person_name){ .family = "サトウハナコ",
							 .representation = NAME_PHONETIC };
		struct identity_forms f = identity_forms(a, &d);
		CU_ASSERT_PTR_NOT_NULL_FATAL(f.values[VALUE_PHONE]);
		struct identity_value again = *f.values[VALUE_PHONE];
		again.next = (struct identity_value *)f.values[VALUE_PHONE];
		f.values[VALUE_PHONE] = &again;
		bool left_out;
		const struct evidence *e = identity_evidence_of(a, &f, &left_out);
		CU_ASSERT_EQUAL_FATAL(evidence_count(e), 1);
		CU_ASSERT_EQUAL(e->divided, divided == 1);
		CU_ASSERT_FALSE(left_out);
		arena_destroy(a);
	}
}

static const struct test tests[] = {
	{ "numbers are read again", numbers_are_read_again },
	{ "no number is longer than one can be", no_number_is_longer_than_one_can_be },
	{ "a core is kept as it was", a_core_is_kept_as_it_was },
	{ "what is written as it is compared is short",
	  what_is_written_as_it_is_compared_is_short },
	{ "of other names nothing is kept", of_other_names_nothing_is_kept },
	{ "what was said is packed", what_was_said_is_packed },
	{ "an update keeps forms of what it keeps", an_update_keeps_forms_of_what_it_keeps },
	{ "those who had it first", those_who_had_it_first },
	{ "what is of other forms is made anew", what_is_of_other_forms_is_made_anew },
	{ "what is beyond is told", what_is_beyond_is_told },
	{ "what is beyond of two ids is told", what_is_beyond_of_two_ids_is_told },
	{ "each list has a bound", each_list_has_a_bound },
	{ "each value counts once", each_value_counts_once },
	{ 0 }
};

int main(void)
{
	return suite_run("store: forms of identity", tests);
}
