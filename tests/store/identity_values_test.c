/* tests/store/identity_values_test.c: what may agree besides name, birth date and sex: each value
 * once, so many of a list, and it is told when there is more than was looked at. */
#include "tests/base/suite.h"

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "store/identity_forms.h"

enum { MOST = EVIDENCE_MOST };

/* Number n of a list: of the same number the same, written in another way. */
static void add_phone(struct arena *a, struct patient_demographics *d, unsigned n, bool other_way)
{
	struct telecom *t = arena_new(a, struct telecom);
	*t = (struct telecom){ .number = arena_printf(
				       a, other_way ? "03-1234-56%02u" : "03123456%02u", n + 10),
			       .next = d->telecoms };
	d->telecoms = t;
}

static void add_address(struct arena *a, struct patient_demographics *d, unsigned n, bool other_way)
{
	struct postal_address *p = arena_new(a, struct postal_address);
	*p = (struct postal_address){ .postal_code = other_way ? "150-0002" : "1500002",
				      .text = arena_printf(a, "東京都渋谷区渋谷%u", n + 10),
				      .next = d->addresses };
	d->addresses = p;
}

static void add_insurance(struct arena *a, struct patient_demographics *d, unsigned n,
			  bool other_way)
{
	struct insurance *i = arena_new(a, struct insurance);
	*i = (struct insurance){ .insurer = "01130012",
				 .symbol = other_way ? " 12 " : "12",
				 .number = arena_printf(a, "34%02u", n + 10),
				 .branch = "01",
				 .next = d->insurances };
	d->insurances = i;
}

static const struct {
	const char *what;
	void (*add)(struct arena *a, struct patient_demographics *d, unsigned n, bool other_way);
	enum value_kind kind;
} lists[] = {
	{ "phones", add_phone, VALUE_PHONE },
	{ "addresses", add_address, VALUE_ADDRESS },
	{ "insurances", add_insurance, VALUE_INSURANCE },
};

static unsigned values_of(const struct identity_forms *f, enum value_kind kind)
{
	unsigned count = 0;
	for (const struct identity_value *v = f->values[kind]; v != NULL; v = v->next)
		count++;
	return count;
}

static struct patient_demographics somebody(struct person_name *names)
{
	return (struct patient_demographics){ .birth_date = "19500101",
					      .sex = "M",
					      .names = names };
}

static unsigned evidence_of(struct arena *a, const struct patient_demographics *d, bool *left_out)
{
	struct identity_forms f = identity_forms(a, d);
	unsigned count = 0;
	for (const struct evidence *e = identity_evidence_of(a, &f, left_out); e != NULL;
	     e = e->next)
		count++;
	return count;
}

/* However it is written, and wherever in the list; what differs in the last part only is kept. */
static void each_value_once(void)
{
	static const unsigned numbers[] = { 1, 2, 1, 3, 2, 2, 3 };
	for (size_t i = 0; i < COUNT(lists); i++) {
		struct arena *a = arena_create(1 << 20);
		struct person_name name = { .family = "カクウ", .given = "ハジメ" };
		struct patient_demographics d = somebody(&name);
		for (size_t k = 0; k < COUNT(numbers); k++)
			lists[i].add(a, &d, numbers[k], k % 2 == 0);
		struct identity_forms f = identity_forms(a, &d);
		CU_ASSERT_EQUAL(values_of(&f, lists[i].kind), 3);
		CU_ASSERT_FALSE(f.more[lists[i].kind]);
		arena_destroy(a);
	}
}

/* As many as are looked at, and one more. */
static void so_many_of_a_list(void)
{
	for (size_t i = 0; i < COUNT(lists); i++)
		for (unsigned more = 0; more < 2; more++) {
			struct arena *a = arena_create(1 << 20);
			struct person_name name = { .family = "カクウ", .given = "ハジメ" };
			struct patient_demographics d = somebody(&name);
			bool left_out = more == 0;
			for (unsigned n = 0; n < MOST + more; n++)
				lists[i].add(a, &d, n, false);
			struct identity_forms f = identity_forms(a, &d);
			CU_ASSERT_EQUAL(values_of(&f, lists[i].kind), MOST);
			for (unsigned kind = 0; kind < VALUE_KINDS; kind++)
				CU_ASSERT_EQUAL(f.more[kind], more == 1 && kind == lists[i].kind);
			CU_ASSERT_EQUAL(evidence_of(a, &d, &left_out), MOST);
			CU_ASSERT_EQUAL(left_out, more == 1);
			arena_destroy(a);
		}
}

/* Readings times values: just as many as may be, one value more, and a reading that comes again. */
static void so_much_evidence(void)
{
	static const struct {
		const char *given[3]; /* read so */
		unsigned phones, count;
		bool left_out;
	} rows[] = {
		{ { "ハジメ", "ハジマ" }, MOST / 2, MOST, false },
		{ { "ハジメ", "ハジマ" }, MOST / 2 + 1, MOST, true },
		{ { "ハジメ", "ハジメ" }, MOST, MOST, false },
		{ { "ハジメ", "一", "ハジメ" }, MOST, MOST, false },
		{ { "ハジメ", "一", "ハジマ" }, MOST / 2, MOST, false },
		{ { "一", "ハジメ" }, 1, 1, false },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct arena *a = arena_create(1 << 20);
		struct person_name names[3];
		struct patient_demographics d = somebody(names);
		bool left_out = !rows[i].left_out;
		for (size_t k = 0; k < 3; k++)
			names[k] = (struct person_name){
				.family = "カクウ",
				.given = rows[i].given[k],
				.next = k < 2 && rows[i].given[k + 1] != NULL ? &names[k + 1] : NULL
			};
		for (unsigned n = 0; n < rows[i].phones; n++)
			add_phone(a, &d, n, false);
		CU_ASSERT_EQUAL(evidence_of(a, &d, &left_out), rows[i].count);
		CU_ASSERT_EQUAL(left_out, rows[i].left_out);
		arena_destroy(a);
	}
}

/* Names that were left out are told of, too. */
static void names_left_out(void)
{
	struct arena *a = arena_create(1 << 20);
	struct person_name name = { .family = "カクウ", .given = "ハジメ" };
	struct patient_demographics d = somebody(&name);
	bool left_out = true;
	add_phone(a, &d, 1, false);
	struct identity_forms f = identity_forms(a, &d);
	identity_evidence_of(a, &f, &left_out);
	CU_ASSERT_FALSE(left_out);
	f.core.left_out = true;
	CU_ASSERT_PTR_NOT_NULL(identity_evidence_of(a, &f, &left_out));
	CU_ASSERT_TRUE(left_out);
	arena_destroy(a);
}

static const struct test tests[] = { { "each value once", each_value_once },
				     { "so many of a list", so_many_of_a_list },
				     { "so much evidence", so_much_evidence },
				     { "names left out", names_left_out },
				     { 0 } };

int main(void)
{
	return suite_run("store: identity values", tests);
}
