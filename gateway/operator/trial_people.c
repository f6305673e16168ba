/* gateway/operator/trial_people.c: how they are drawn. */
#include "gateway/operator/trial_people.h"

#include <inttypes.h>
#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/normalise.h"
#include "gateway/base/text.h"

enum { PERCENT = 100, DECADES = 10, OLD_AGE = 75, INSURER = 8 };

/* A draw for each thing, so that one more changes none of the others. */
enum draw {
	DRAW_SEX,
	DRAW_FAMILY,
	DRAW_GIVEN,
	DRAW_DECADE,
	DRAW_YEAR,
	DRAW_MONTH,
	DRAW_DAY,
	DRAW_TOWN,
	DRAW_BLOCK,
	DRAW_KNOWN,
	DRAW_CHANGE,
	DRAW_WHERE,
	DRAW_INSURER,
	DRAW_BRANCH,
	DRAW_FORMER,
	DRAW_JOINS,
	DRAWS
};

struct drawing {
	struct arena *arena;
	uint64_t seed, number;
};

static uint64_t draw(const struct drawing *d, enum draw what)
{
	return demo_mixed(demo_mixed(d->seed) ^ demo_mixed(d->number * DRAWS + what));
}

static unsigned below(const struct drawing *d, enum draw what, unsigned bound)
{
	return (unsigned)(draw(d, what) % bound);
}

/* Those who see a doctor, of a hundred, by decade of age. */
static unsigned age_of(const struct drawing *d)
{
	static const unsigned of_hundred[DECADES] = { 5, 4, 5, 7, 9, 12, 14, 18, 17, 9 };
	unsigned r = below(d, DRAW_DECADE, PERCENT), decade = 0;
	while (r >= of_hundred[decade])
		r -= of_hundred[decade++];
	return decade * 10 + below(d, DRAW_YEAR, 10);
}

/* With the check digit that holds (japan.md D1). */
static const char *checked(struct arena *a, const char *digits)
{
	char *whole = arena_printf(a, "%s0", digits);
	char *last = whole + strlen(whole) - 1;
	while (!check_digit_holds(whole) && *last < '9')
		++*last;
	return whole;
}

/* 後期高齢者 from 75 on; else one of some employers' and one municipality's. */
static struct insurance insurance_of(const struct drawing *d, unsigned age, enum draw insurer)
{
	struct arena *a = d->arena;
	unsigned which = below(d, insurer, 40),
		 number = (unsigned)(demo_mixed(draw(d, insurer)) % 9000000);
	if (age >= OLD_AGE)
		return (struct insurance){
			.insurer = checked(a, arena_printf(a, "3999%03u", which)),
			.number = checked(a, arena_printf(a, "%07u", number + 1000000)),
		};
	return (struct insurance){
		.insurer = which < 12 ? checked(a, arena_printf(a, "99%03u", which))
				      : checked(a, arena_printf(a, "0199%03u", which)),
		.symbol = arena_printf(a, "%u", 1000 + number % 9000),
		/* never one digit alone, which would say nothing */
		.number = arena_printf(a, "2%03u1", number / 9000),
		.branch = below(d, DRAW_BRANCH, PERCENT) < 8
				  ? NULL
				  : arena_printf(a, "%02u", below(d, DRAW_BRANCH, 5)),
	};
}

static struct trial_record record_of(const struct drawing *d, unsigned year, unsigned age)
{
	struct arena *a = d->arena;
	bool man = below(d, DRAW_SEX, 2) == 0;
	const struct demo_name *family = demo_family_name(draw(d, DRAW_FAMILY)),
			       *given = demo_given_name(man, draw(d, DRAW_GIVEN));
	unsigned n = (unsigned)(d->number % 10000);
	struct trial_record r = { .insurance = insurance_of(d, age, DRAW_INSURER) };
	r.person = (struct demo_person){
		.given = given->kanji,
		.family_kana = family->kana,
		.given_kana = given->kana,
		.sex = man ? "M" : "F",
		.birth_date = arena_printf(a, "%04u%02u%02u", year - 1 - age,
					   below(d, DRAW_MONTH, 12) + 1,
					   below(d, DRAW_DAY, 28) + 1),
	};
	r.person.at[DEMO_HOSPITAL_A] = (struct demo_writing){
		.family = family->kanji,
		.phone = arena_printf(a, "099-%04u-%04u", (unsigned)(200 + d->number / 10000 % 800),
				      n),
		.postcode = arena_printf(a, "999-%04u", n),
		.address = arena_printf(a, "湊県みなと市%s99丁目%" PRIu64 "番%u号",
					demo_town(draw(d, DRAW_TOWN)), d->number + 1,
					below(d, DRAW_BLOCK, 20) + 1),
	};
	return r;
}

/* What one facility has not heard of, of every hundred: 3 a new surname (of women), 5 a new
 * telephone, 6 a new insurer. */
static void make_former(const struct drawing *d, const struct trial_person *p,
			struct trial_record *r)
{
	unsigned change = below(d, DRAW_CHANGE, PERCENT);
	struct demo_writing *w = &r->person.at[DEMO_HOSPITAL_A];
	if (change < 3 && *r->person.sex == 'F') {
		const struct demo_name *former = demo_family_name(draw(d, DRAW_FORMER));
		w->family = former->kanji;
		r->person.family_kana = former->kana;
	} else if (change >= 3 && change < 8) {
		w->phone = arena_printf(d->arena, "099-0199-%04u", below(d, DRAW_FORMER, 10000));
	} else if (change >= 8 && change < 14) {
		r->insurance = insurance_of(d, p->age, DRAW_FORMER);
	}
}

/* Bits: of one 45 of a hundred, of two 40, of all 15. */
static unsigned known_to(const struct drawing *d)
{
	unsigned r = below(d, DRAW_KNOWN, PERCENT), one = below(d, DRAW_WHERE, TRIAL_FACILITIES);
	unsigned all = (1u << TRIAL_FACILITIES) - 1;
	return r < 45 ? 1u << one : r < 85 ? all & ~(1u << one) : all;
}

void trial_person_draw(struct arena *a, uint64_t seed, uint64_t number, unsigned year,
		       struct trial_person *out)
{
	const struct drawing d = { a, seed, number };
	unsigned known = known_to(&d), last = 0;
	*out = (struct trial_person){ .age = age_of(&d),
				      .joins = below(&d, DRAW_JOINS, PERCENT) < 92 };
	for (unsigned i = 0; i < TRIAL_FACILITIES; i++) {
		out->at[i] = record_of(&d, year, out->age);
		if ((known & 1u << i) == 0)
			continue;
		out->at[i].person.at[DEMO_HOSPITAL_A].id = arena_printf(
			a, "%" PRIu64, (i + 1) * UINT64_C(1000000) + number);
		last = i;
	}
	if ((known & (known - 1)) != 0)
		make_former(&d, out, &out->at[last]);
}
