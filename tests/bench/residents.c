/* tests/bench/residents.c: a region's people as their facilities wrote them down. */
#include "tests/bench/residents.h"

#include <stdbool.h>
#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/normalise.h"
#include "gateway/base/text.h"
#include "tests/bench/residents_names.h"

/* Sixteen households have 37 persons, so that a person's household is known without counting. */
static const unsigned char sizes[] = { 1, 2, 1, 3, 2, 4, 1, 2, 1, 3, 2, 5, 1, 2, 4, 3 };
enum { HOUSES = COUNT(sizes), HOUSES_PERSONS = 37 };

/* Of a thousand. */
enum {
	TWINS = 30,   /* of second children and later */
	MARRIES = 80, /* women from 22 to 45 on the day of the records, between two of them */
	MOVES = 120,
	CHANGES_PHONE = 100,
	CHANGES_INSURANCE = 150,
	OF_HOUSE = 400, /* have the household's phone written down */
	IN_BUILDING = 350,
	OTHER_FORM = 300, /* where a kanji has one */
	NO_KANJI = 30,
	NO_KANA = 15,
	HIRAGANA = 20,
	UNDIVIDED = 40,
	SWAPPED = 4,
	KANA_SLIP = 15,
	BIRTH_SLIP = 8,
	BIRTH_SWAPPED = 3,
	NO_SEX = 15,
	WRONG_SEX = 1,
	NO_PHONE = 150,
	PHONE_SLIP = 10,
	NO_ADDRESS = 30,
	NO_BUILDING = 300,
	NO_INSURANCE = 350,
	NO_BRANCH = 400,
};

enum { YEAR = 2024 }; /* of the records */

/* A sequence of chances. */
struct dice {
	uint64_t state;
};

static uint64_t roll(struct dice *d)
{
	return population_mixed(d->state++);
}

static bool happens(struct dice *d, unsigned of_thousand)
{
	return roll(d) % 1000 < of_thousand;
}

static unsigned between(struct dice *d, unsigned least, unsigned most)
{
	return least + (unsigned)(roll(d) % (most - least + 1));
}

static struct dice dice_of(const struct residents *r, uint64_t what, uint64_t number)
{
	return (struct dice){ population_mixed(r->seed ^ population_mixed(number) ^ what << 56) };
}

enum { OF_HOUSEHOLD = 1, OF_PERSON, OF_RECORD, OF_COUNT };

/* ---- Households ---- */

struct household household_of(uint64_t house)
{
	struct household h = { house / HOUSES * HOUSES_PERSONS, sizes[house % HOUSES] };
	for (unsigned i = 0; i < house % HOUSES; i++)
		h.first += sizes[i];
	return h;
}

uint64_t resident_house(uint64_t person)
{
	uint64_t house = person / HOUSES_PERSONS * HOUSES, rest = person % HOUSES_PERSONS;
	for (unsigned i = 0; rest >= sizes[i]; i++, house++)
		rest -= sizes[i];
	return house;
}

uint64_t household_count(uint64_t persons)
{
	return persons == 0 ? 0 : resident_house(persons - 1) + 1;
}

/* ---- Lives ---- */

/* From which record on it is so; NEVER: in none. */
enum { NEVER = 1000 };

struct life {
	uint64_t person, house;
	unsigned member; /* of the household, from 0 */
	bool man;
	unsigned year, month, day;
	uint64_t family, given; /* chances of names */
	uint64_t married_family;
	unsigned marries, moves, changes_phone, changes_insurance;
};

static struct life born(const struct residents *r, uint64_t house, unsigned member);

/* The head of a household; the second is the spouse, sometimes a child; then children. */
static void place_in_house(const struct residents *r, struct life *l, struct dice *own,
			   struct dice *shared)
{
	unsigned head = between(shared, 1928, 1994);
	bool head_man = happens(shared, 600);
	bool couple = happens(shared, 800);
	l->family = roll(shared);
	l->man = roll(own) % 2 == 0;
	l->year = head;
	if (l->member == 0)
		l->man = head_man;
	else if (l->member == 1 && couple) {
		l->man = !head_man;
		l->year = between(own, head - 5, head + 5);
	} else {
		l->year = between(own, head + 20, head + 38);
		l->year = l->year > YEAR - 1 ? YEAR - 1 : l->year;
	}
	l->month = between(own, 1, 12);
	l->day = between(own, 1, 28);
	l->given = roll(own);
	if (l->member < 3 || !happens(own, TWINS))
		return;
	struct life other = born(r, l->house, l->member - 1);
	l->year = other.year;
	l->month = other.month;
	l->day = other.day;
	l->man = happens(own, 700) ? other.man : l->man;
	l->given = other.given;
}

static unsigned some_time(struct dice *d, unsigned of_thousand)
{
	return happens(d, of_thousand) ? between(d, 1, RESIDENT_RECORDS - 1) : NEVER;
}

static struct life born(const struct residents *r, uint64_t house, unsigned member)
{
	struct household h = household_of(house);
	struct dice shared = dice_of(r, OF_HOUSEHOLD, house),
		    own = dice_of(r, OF_PERSON, h.first + member);
	struct life l = { .person = h.first + member, .house = house, .member = member };
	place_in_house(r, &l, &own, &shared);
	l.moves = some_time(&shared, MOVES); /* with the household */
	bool young = !l.man && l.year + 45 >= YEAR && l.year + 22 <= YEAR;
	l.marries = young ? some_time(&own, MARRIES) : NEVER;
	l.married_family = roll(&own);
	l.changes_phone = some_time(&own, CHANGES_PHONE);
	l.changes_insurance = some_time(&shared, CHANGES_INSURANCE);
	return l;
}

static struct life life_of(const struct residents *r, uint64_t person)
{
	uint64_t house = resident_house(person);
	return born(r, house, (unsigned)(person - household_of(house).first));
}

unsigned resident_records(const struct residents *r, uint64_t person)
{
	static const unsigned char counts[] = { 1, 1, 1, 1, 1, 2, 2, 2, 3, 4 };
	struct dice d = dice_of(r, OF_COUNT, person);
	return counts[roll(&d) % COUNT(counts)];
}

/* ---- Where and how they are reached ---- */

static const char *const cities[] = {
	"湊県みなと市北区", "湊県みなと市南区", "湊県白浜市",       "湊県若松市",
	"湊県青葉市",       "湊県大手町",       "湊県磯部町",       "湊県緑台市",
	"湊県泉市",         "湊県小島町",       "東湊県中央市",     "東湊県上野市",
	"東湊県川辺市",     "東湊県松原市",     "東湊県新町市西区", "東湊県新町市東区",
};
static const char *const town_heads[] = { "旭", "梅", "桜", "竹", "藤", "松", "緑", "山",
					  "若", "青", "朝", "霞", "神", "北", "中", "本" };
static const char *const town_tails[] = { "台", "丘", "が原", "川", "木", "沢", "島", "塚",
					  "浜", "見", "宮",   "森", "谷", "橋", "園", "里" };

/* The place-th address of all, each another. */
static void put_address(struct arena *a, struct dice *d, uint64_t place,
			struct resident_record *out)
{
	enum { CITIES = COUNT(cities), HEADS = COUNT(town_heads), TAILS = COUNT(town_tails) };
	enum { CHOME = 9, BAN = 20, GO = 20, ALL = CHOME * BAN * GO, STEP = 1009 };
	unsigned city = (unsigned)(place % CITIES), head = (unsigned)(place / CITIES % HEADS),
		 tail = (unsigned)(place / CITIES / HEADS % TAILS);
	uint64_t of_town = place / CITIES / HEADS / TAILS;
	uint64_t rest = of_town / ALL * ALL + of_town * STEP % ALL; /* neighbours are not alike */
	unsigned chome = (unsigned)(rest % CHOME) + 1, ban = (unsigned)(rest / CHOME % BAN) + 1;
	unsigned long long go = rest / CHOME / BAN + 1;
	const char *numbers = roll(d) % 2 == 0 ? arena_printf(a, "%u-%u-%llu", chome, ban, go)
			      : roll(d) % 2 == 0
				      ? arena_printf(a, "%u丁目%u番%llu号", chome, ban, go)
				      : arena_printf(a, "%u丁目%u番地%llu", chome, ban, go);
	bool building = population_mixed(place) % 1000 < IN_BUILDING && !happens(d, NO_BUILDING);
	out->postcode = arena_printf(a, "%03u%04u", 100 + city, head * TAILS + tail);
	out->address = text_joined(a, cities[city], town_heads[head], town_tails[tail], numbers,
				   building ? arena_printf(a, " コーポ%s %u",
							   town_heads[place / 7 % HEADS],
							   101 + (unsigned)(place % 9))
					    : "",
				   NULL);
}

/* A number below 10^8 for each below it. */
static unsigned scattered(uint64_t number)
{
	return (unsigned)(number % 100000000 * 61803399 % 100000000);
}

static const char *phone_of(struct arena *a, const struct life *l, unsigned nth, struct dice *d)
{
	bool changed = nth >= l->changes_phone, child = l->year + 15 > YEAR;
	bool of_house = population_mixed(l->person) % 1000 < OF_HOUSE || child;
	bool moved = nth >= l->moves;
	if (happens(d, NO_PHONE))
		return NULL;
	char *phone = of_house ? arena_printf(a, "0%u%08u", 3 + moved, scattered(l->house))
			       : arena_printf(a, "0%u0%08u", 7 + changed * 2, scattered(l->person));
	if (happens(d, PHONE_SLIP)) {
		char *digit = &phone[strlen(phone) - 1 - roll(d) % 6];
		*digit = (char)('0' + (*digit - '0' + 1 + (int)(roll(d) % 9)) % 10);
	}
	return phone;
}

/* Seven digits and the check digit that holds (gateway/base/normalise.h). */
static const char *insurer_of(struct arena *a, uint64_t which)
{
	for (unsigned digit = 0; digit < 10; digit++) {
		const char *insurer = arena_printf(a, "01%05u%u", (unsigned)(which % 400) + 13001,
						   digit);
		if (check_digit_holds(insurer))
			return insurer;
	}
	return NULL;
}

static void put_insurance(struct arena *a, const struct life *l, unsigned nth, struct dice *d,
			  struct resident_record *out)
{
	bool changed = nth >= l->changes_insurance;
	bool married = nth >= l->marries; /* with another household from then on */
	uint64_t household = l->house * 4 + changed + 2 * married;
	if (happens(d, NO_INSURANCE))
		return;
	out->insurer = insurer_of(a, population_mixed(household));
	out->symbol = arena_printf(a, "%u", 1000 + (unsigned)(household % 8999));
	out->number = arena_printf(a, "%llu", (unsigned long long)household + 100001);
	out->branch = happens(d, NO_BRANCH) ? NULL : arena_printf(a, "%02u", l->member + 1);
}

/* ---- Records ---- */

static const char *date_of(struct arena *a, unsigned year, unsigned month, unsigned day)
{
	return arena_printf(a, "%04u%02u%02u", year, month, day);
}

static const char *birth_of(struct arena *a, const struct life *l, struct dice *d)
{
	if (happens(d, BIRTH_SWAPPED) && l->day <= 12)
		return date_of(a, l->year, l->day, l->month);
	if (!happens(d, BIRTH_SLIP))
		return date_of(a, l->year, l->month, l->day);
	unsigned part = between(d, 0, 2), by = between(d, 1, 3);
	return date_of(a, part == 0 ? l->year - by : l->year,
		       part == 1 ? (l->month + by - 1) % 12 + 1 : l->month,
		       part == 2 ? (l->day + by - 1) % 28 + 1 : l->day);
}

static void put_names(struct arena *a, const struct life *l, unsigned nth,
		      struct resident_record *out)
{
	struct written_name family = family_name(a,
						 nth >= l->marries ? l->married_family : l->family);
	struct written_name given = given_name(a, l->given, l->man, l->member);
	out->family = family.kanji;
	out->given = given.kanji;
	out->family_kana = family.kana;
	out->given_kana = given.kana;
}

static void swap(const char **x, const char **y)
{
	const char *was = *x;
	*x = *y;
	*y = was;
}

/* What clerks make of a name. */
static void write_names(struct arena *a, struct dice *d, struct resident_record *out)
{
	if (happens(d, OTHER_FORM))
		out->family = other_form(a, out->family);
	if (happens(d, KANA_SLIP)) {
		const char **part = roll(d) % 3 == 0 ? &out->family_kana : &out->given_kana;
		*part = kana_slip(a, *part, roll(d));
	}
	if (happens(d, SWAPPED)) {
		swap(&out->family, &out->given);
		swap(&out->family_kana, &out->given_kana);
	}
	if (happens(d, HIRAGANA)) {
		out->family_kana = in_hiragana(a, out->family_kana);
		out->given_kana = in_hiragana(a, out->given_kana);
	}
	if (happens(d, UNDIVIDED)) {
		out->family = text_joined(a, out->family, out->given, NULL);
		out->family_kana = text_joined(a, out->family_kana, out->given_kana, NULL);
		out->given = out->given_kana = NULL;
	}
	if (happens(d, NO_KANJI))
		out->family = out->given = NULL;
	else if (happens(d, NO_KANA))
		out->family_kana = out->given_kana = NULL;
}

static uint64_t place_of(const struct life *l, unsigned nth)
{
	enum { PLACES = 3 }; /* of a household: here, moved, with whom she married */
	return l->house * PLACES + (nth >= l->marries ? 2 : nth >= l->moves);
}

unsigned resident_facility(const struct residents *r, uint64_t person, unsigned nth)
{
	struct dice d = dice_of(r, OF_COUNT, person);
	roll(&d); /* how many records there are */
	return (unsigned)((roll(&d) + nth) % RESIDENT_FACILITIES);
}

static struct resident_record begun(const struct residents *r, uint64_t person, unsigned nth)
{
	return (struct resident_record){ .person = person,
					 .facility = resident_facility(r, person, nth) };
}

struct resident_record resident_record(const struct residents *r, struct arena *a, uint64_t person,
				       unsigned nth)
{
	struct life l = life_of(r, person);
	struct dice d = dice_of(r, OF_RECORD, person * 1024 + nth);
	struct resident_record out = begun(r, person, nth);
	put_names(a, &l, nth, &out);
	write_names(a, &d, &out);
	out.birth_date = birth_of(a, &l, &d);
	out.sex = happens(&d, NO_SEX) ? NULL : l.man != happens(&d, WRONG_SEX) ? "M" : "F";
	if (!happens(&d, NO_ADDRESS))
		put_address(a, &d, place_of(&l, nth), &out);
	out.phone = phone_of(a, &l, nth, &d);
	put_insurance(a, &l, nth, &d, &out);
	return out;
}

struct resident_record resident_truth(const struct residents *r, struct arena *a, uint64_t person)
{
	struct life l = life_of(r, person);
	struct dice d = dice_of(r, OF_RECORD, person * 1024);
	struct resident_record out = begun(r, person, 0);
	put_names(a, &l, 0, &out);
	out.birth_date = date_of(a, l.year, l.month, l.day);
	out.sex = l.man ? "M" : "F";
	put_address(a, &d, place_of(&l, 0), &out);
	return out;
}

/* ---- As others want them ---- */

static void add_name(struct arena *a, struct patient_demographics *d, const char *family,
		     const char *given, const char *use, enum name_representation representation)
{
	struct person_name **tail = &d->names;
	if (family == NULL)
		return;
	while (*tail != NULL)
		tail = &(*tail)->next;
	*tail = arena_new(a, struct person_name);
	**tail = (struct person_name){
		.family = family, .given = given, .use = use, .representation = representation
	};
}

struct patient_demographics resident_demographics(struct arena *a, const struct resident_record *r)
{
	struct patient_demographics d = { .birth_date = r->birth_date, .sex = r->sex };
	add_name(a, &d, r->family, r->given, "IDE", NAME_IDEOGRAPHIC);
	add_name(a, &d, r->family_kana, r->given_kana, "SYL", NAME_PHONETIC);
	if (r->phone != NULL) {
		d.telecoms = arena_new(a, struct telecom);
		*d.telecoms = (struct telecom){ .number = r->phone, .use = "HP" };
	}
	if (r->address != NULL) {
		d.addresses = arena_new(a, struct postal_address);
		*d.addresses = (struct postal_address){ .postal_code = r->postcode,
							.street = r->address,
							.use = "H" };
	}
	if (r->insurer != NULL) {
		d.insurances = arena_new(a, struct insurance);
		*d.insurances = (struct insurance){ .insurer = r->insurer,
						    .symbol = r->symbol,
						    .number = r->number,
						    .branch = r->branch };
	}
	return d;
}

size_t residents_load(const void *residents, struct arena *a, uint64_t house,
		      struct bulk_record out[BULK_RECORDS])
{
	const struct residents *r = residents;
	struct household h = household_of(house);
	size_t count = 0;
	_Static_assert(HOUSEHOLD_MOST * RESIDENT_RECORDS <= BULK_RECORDS, "a household's records");
	for (unsigned i = 0; i < h.count; i++) {
		char id[POPULATION_ID];
		population_id(id, h.first + i);
		for (unsigned n = 0; n < resident_records(r, h.first + i); n++) {
			struct resident_record record = resident_record(r, a, h.first + i, n);
			out[count++] = (struct bulk_record){ record.facility, arena_text(a, id),
							     resident_demographics(a, &record) };
		}
	}
	return count;
}

void residents_head(FILE *to)
{
	fputs("rec_id,facility_code,local_patient_id,recorded_on,name_kanji,name_kana,birth_raw,"
	      "sex_raw,postal_code,address,tel,insurer_no,ins_symbol,ins_number,ins_branch,"
	      "truth_cluster\n",
	      to);
}

static const char *written(const char *text)
{
	return text == NULL ? "" : text;
}

void residents_line(FILE *to, uint64_t number, const struct resident_record *r)
{
	fprintf(to,
		"R%08llu,13199%05u,%llu,20240401,%s%s%s,%s%s%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,P%"
		"08llu\n",
		(unsigned long long)number, r->facility, (unsigned long long)r->person,
		written(r->family), r->given == NULL ? "" : " ", written(r->given),
		written(r->family_kana), r->given_kana == NULL ? "" : " ", written(r->given_kana),
		written(r->birth_date), written(r->sex), written(r->postcode), written(r->address),
		written(r->phone), written(r->insurer), written(r->symbol), written(r->number),
		written(r->branch), (unsigned long long)r->person);
}
