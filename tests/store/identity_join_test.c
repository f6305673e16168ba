/* tests/store/identity_join_test.c: which links are made where not all can be: the certain before
 * the others, the older before the younger, none with whom rests (I6, I7 of store/identity.h). */
#include "tests/base/suite.h"

#include "gateway/base/text.h"
#include "store/identity_rows.h"
#include "tests/store/people.h"

/* ---- The rules alone: which rows are one, and what is told of the others ---- */

/* A row in words, "h p1q2 s0": who it is; what of (a letter, and since when: a digit; a capital: a
 * name that was not divided; "-": nothing); and that it is subsumed into another (s0), made by us
 * with an anchor (m0), or rests (r). */
struct bond {
	enum tie_reason reason;
	unsigned x, y;
	instant time;
};

enum { ACTORS = 6, BONDS = 3, UNKNOWN = 9 }; /* UNKNOWN: the place of nobody */

static struct patient_demographics somebody(struct arena *a, char who)
{
	static const struct {
		char letter;
		const char *family, *given, *birth, *sex, *order;
	} people[] = {
		{ 'h', "サトウ", "ハナコ", "19800101", "F", NULL },
		{ 'a', "サトウ", "アイ", "19800101", "F", NULL },
		{ 'k', "サトウ", "ハナコ", "19800101", "F", "1" },
		{ 'l', "サトウ", "ハナコ", "19800101", "F", "2" },
		{ 't', "ヤマダ", "タロウ", "19700303", "M", NULL },
	};
	for (size_t i = 0; i < COUNT(people); i++)
		if (people[i].letter == who) {
			struct who w = { .family = people[i].family,
					 .given = people[i].given,
					 .birth = people[i].birth,
					 .sex = people[i].sex };
			struct patient_demographics d = people_demographics(a, &w);
			d.multiple_birth = people[i].order == NULL ? NULL : "Y";
			d.birth_order = people[i].order;
			return d;
		}
	return (struct patient_demographics){ 0 }; /* whoever it is */
}

static struct evidence *evidence_of(struct arena *a, const char *said)
{
	struct evidence *list = NULL, **tail = &list;
	for (; *said > ' ' && *said != '-'; said += 2) {
		bool divided = said[0] >= 'a';
		*tail = arena_new(a, struct evidence);
		memset((*tail)->hash, divided ? said[0] : said[0] - 'A' + 'a', EVIDENCE_HASH);
		(*tail)->rule = RULE_PHONE;
		(*tail)->divided = divided;
		(*tail)->since = said[1] - '0';
		tail = &(*tail)->next;
	}
	return list;
}

/* The older has the greater: what counts is who was there first. */
static uint64_t number_of(unsigned place)
{
	return 10 * (1000 - place);
}

static struct identity_row *row_of(struct arena *a, const char *said, unsigned place)
{
	struct identity_row *row = arena_new(a, struct identity_row);
	const char *what = said[1] == ' ' ? said + 2 : "", *is = strchr(what, ' ');
	row->record = (struct patient_record){ .number = number_of(place),
					       .created = place,
					       .demographics = somebody(a, said[0]),
					       .updated = 9 };
	row->evidence = evidence_of(a, what);
	for (is = is == NULL ? "" : is + 1; *is != '\0'; is++)
		switch (*is) {
		case 's':
			row->record.status = RECORD_SUBSUMED;
			row->record.survivor = number_of(is[1] - '0');
			break;
		case 'm':
			row->made = true;
			row->anchor = number_of(is[1] - '0');
			break;
		case 'r': row->unsettled = UNSETTLED_IDENTITY; break;
		}
	/* What was noted before goes, save that it rests. */
	row->unsettled |= UNSETTLED_TIE;
	row->against = 77;
	return row;
}

static void tie_one(struct arena *a, struct identity_row *row, uint64_t other, const struct bond *b)
{
	struct tie *tie = arena_new(a, struct tie);
	*tie = (struct tie){
		.other = other, .reason = b->reason, .time = b->time, .next = row->ties
	};
	row->ties = tie;
}

/* One past the rows is nobody's, and seen when it is touched. */
static struct identity_row **rows_of(struct arena *a, const char *const *actors, size_t count)
{
	struct identity_row **rows = arena_array(a, struct identity_row *, count + 1);
	for (unsigned i = 0; i < count; i++)
		rows[i] = row_of(a, actors[i], i);
	identity_rows_sort(rows, count);
	return rows;
}

static const struct scene {
	const char *why;
	const char *actors[ACTORS];
	struct bond bonds[BONDS];
	const char *parts, *waits, *against; /* of each, the place; '-': none */
} scenes[] = {
	/* Evidence. */
	{ "nothing in common", { "h p1", "h q1" }, { { 0 } }, "01", "--", "--" },
	{ "the same", { "h p1", "h p2" }, { { 0 } }, "00", "--", "--" },
	{ "the second of several", { "h o1p1", "h p2q1" }, { { 0 } }, "00", "--", "--" },
	{ "neither divided", { "h P1", "h P2" }, { { 0 } }, "01", "--", "--" },
	{ "the first divided", { "h p1", "h P2" }, { { 0 } }, "00", "--", "--" },
	{ "the second divided", { "h P1", "h p2" }, { { 0 } }, "00", "--", "--" },
	{ "a chain", { "h p1", "h p1q2", "h q3" }, { { 0 } }, "000", "---", "---" },
	{ "they contradict", { "h p1", "t p2" }, { { 0 } }, "01", "cc", "10" },
	{ "a stranger between", { "h p1", "t p2", "h p3" }, { { 0 } }, "010", "ccc", "101" },
	{ "two of one birth, and others",
	  { "k p1", "h q2", "h q2", "l p1" },
	  { { 0 } },
	  "0113",
	  "c--c",
	  "3--0" },
	/* The older first, then the younger's place, then the older's. */
	{ "the older word is the second's",
	  { "h p5", "t q4", "x p1q1" },
	  { { 0 } },
	  "011",
	  "c-c",
	  "2-0" },
	{ "the older word is the first's",
	  { "h p4", "t q5", "x p1q1" },
	  { { 0 } },
	  "010",
	  "-cc",
	  "-21" },
	/* Of all that two share the oldest counts, whichever is looked at first. */
	{ "the oldest of two they share is the first",
	  { "h o3p6", "t q4", "x o1p1q1" },
	  { { 0 } },
	  "010",
	  "-cc",
	  "-21" },
	{ "the oldest of two they share is the second",
	  { "h o6p3", "t q4", "x o1p1q1" },
	  { { 0 } },
	  "010",
	  "-cc",
	  "-21" },
	{ "the oldest of two they share is younger",
	  { "h o6p5", "t q4", "x o1p1q1" },
	  { { 0 } },
	  "011",
	  "c-c",
	  "2-0" },
	{ "the link is as old as the younger",
	  { "h p1", "t q3", "x p4q2" },
	  { { 0 } },
	  "011",
	  "c-c",
	  "2-0" },
	{ "the first by place", { "h q5", "t p5", "x p5q5" }, { { 0 } }, "010", "-cc", "-21" },
	{ "the second by place", { "x p5q5", "h q5", "t p5" }, { { 0 } }, "002", "c-c", "2-0" },
	/* Ties. */
	{ "ids of a message", { "h", "h" }, { { TIE_SAME_MESSAGE, 0, 1, 1 } }, "00", "--", "--" },
	{ "ids of a message, strangers now",
	  { "h", "t" },
	  { { TIE_SAME_MESSAGE, 0, 1, 1 } },
	  "01",
	  "tt",
	  "10" },
	{ "regional ids merged", { "h", "a" }, { { TIE_MERGE, 0, 1, 1 } }, "00", "--", "--" },
	{ "decided to be one", { "h", "t" }, { { TIE_TOGETHER, 0, 1, 1 } }, "00", "--", "--" },
	{ "the older tie",
	  { "h", "t", "x" },
	  { { TIE_SAME_MESSAGE, 0, 2, 5 }, { TIE_SAME_MESSAGE, 1, 2, 4 } },
	  "011",
	  "t-t",
	  "2-0" },
	{ "evidence before a message",
	  { "h", "t p9", "x p9" },
	  { { TIE_SAME_MESSAGE, 0, 2, 1 } },
	  "011",
	  "t-t",
	  "2-0" },
	{ "a decision before evidence",
	  { "h", "h p1", "h p1" },
	  { { TIE_TOGETHER, 0, 1, 9 }, { TIE_APART, 0, 2, 9 } },
	  "002",
	  "-cc",
	  "-21" },
	{ "a merge before a decision",
	  { "h - s1", "h", "h" },
	  { { TIE_TOGETHER, 0, 2, 1 }, { TIE_APART, 1, 2, 1 } },
	  "002",
	  "c-c",
	  "2-0" },
	{ "with nobody known", { "h" }, { { TIE_SAME_MESSAGE, 0, UNKNOWN, 1 } }, "0", "-", "-" },
	/* Apart. */
	{ "decided to be apart", { "h p1", "h p2" }, { { TIE_APART, 0, 1, 1 } }, "01", "--", "--" },
	{ "apart, and no chain around it",
	  { "h p1", "h p2", "h p3" },
	  { { TIE_APART, 0, 1, 1 } },
	  "010",
	  "-cc",
	  "-21" },
	{ "apart, and no decision around it",
	  { "h", "h", "h" },
	  { { TIE_TOGETHER, 0, 1, 1 }, { TIE_TOGETHER, 1, 2, 2 }, { TIE_APART, 0, 2, 3 } },
	  "002",
	  "-cc",
	  "-21" },
	{ "tied to one, apart from another",
	  { "h p1", "h p2", "h" },
	  { { TIE_SAME_MESSAGE, 0, 1, 1 }, { TIE_APART, 0, 2, 1 } },
	  "002",
	  "---",
	  "---" },
	/* Decided to be one, though they differ. */
	{ "one agrees with the second",
	  { "h", "t p1", "t p2" },
	  { { TIE_TOGETHER, 0, 1, 1 } },
	  "000",
	  "---",
	  "---" },
	{ "one agrees with the second, before both",
	  { "t p1", "h", "t p2" },
	  { { TIE_TOGETHER, 1, 2, 1 } },
	  "000",
	  "---",
	  "---" },
	{ "one agrees with neither",
	  { "h p1", "t", "a p2" },
	  { { TIE_TOGETHER, 0, 1, 1 } },
	  "002",
	  "c-c",
	  "2-0" },
	{ "one agrees with neither, before both",
	  { "a p1", "h p2", "t" },
	  { { TIE_TOGETHER, 1, 2, 1 } },
	  "011",
	  "cc-",
	  "10-" },
	{ "one agrees with somebody else only",
	  { "h p1", "t", "a p2", "a" },
	  { { TIE_TOGETHER, 0, 1, 1 } },
	  "0023",
	  "c-c-",
	  "2-0-" },
	{ "one agrees with who is subsumed",
	  { "h p1", "t", "a - s0", "a p2" },
	  { { TIE_TOGETHER, 0, 1, 1 } },
	  "0003",
	  "c--c",
	  "3--0" },
	{ "who joined the first explains nobody less",
	  { "h p1", "t q4", "h p2", "t p3" },
	  { { TIE_TOGETHER, 0, 1, 1 } },
	  "0000",
	  "----",
	  "----" },
	{ "who was before them explains nobody less",
	  { "h p1", "h p2", "t", "t p3" },
	  { { TIE_TOGETHER, 1, 2, 1 } },
	  "0000",
	  "----",
	  "----" },
	{ "apart from one of those who differ",
	  { "h", "t p1", "t p2" },
	  { { TIE_TOGETHER, 0, 1, 1 }, { TIE_APART, 0, 2, 1 } },
	  "002",
	  "-cc",
	  "-21" },
	/* Decided to be one, and they do not differ: that of one of them less is known explains
	 * nobody, least of all the other of two of one birth. */
	{ "the twin of one, of whom the other says nothing",
	  { "h", "l p1", "k p2" },
	  { { TIE_TOGETHER, 0, 1, 1 } },
	  "002",
	  "-cc",
	  "-21" },
	{ "the twin of one, before both",
	  { "k p1", "h", "l p2" },
	  { { TIE_TOGETHER, 1, 2, 1 } },
	  "011",
	  "c-c",
	  "2-0" },
	{ "the twins decided to be one, and who says nothing",
	  { "k", "l p1", "h p2" },
	  { { TIE_TOGETHER, 0, 1, 1 } },
	  "000",
	  "---",
	  "---" },
	/* Refused before, explained by who came later: whatever their numbers. */
	{ "refused, and explained",
	  { "h p2q3r5", "t p1r5", "h q3", "t" },
	  { { TIE_TOGETHER, 2, 3, 1 } },
	  "0000",
	  "----",
	  "----" },
	{ "refused, and explained, by number",
	  { "t p1r5", "h p2q3", "h q3r5", "t" },
	  { { TIE_TOGETHER, 2, 3, 1 } },
	  "0000",
	  "----",
	  "----" },
	{ "refused, and explained, the other way round",
	  { "h q3r5", "t", "h p2q3", "t p1r5" },
	  { { TIE_TOGETHER, 0, 1, 1 } },
	  "0000",
	  "----",
	  "----" },
	/* Merges: the subsumed record's links are its survivor's. */
	{ "merged, though they differ", { "h - s1", "t" }, { { 0 } }, "00", "--", "--" },
	{ "merged into nobody known", { "h - s9" }, { { 0 } }, "0", "-", "-" },
	{ "the survivor contradicts", { "h", "t p1 s0", "t p2" }, { { 0 } }, "002", "-cc", "-21" },
	{ "only the subsumed contradicts",
	  { "h", "t p1 s0", "h p2" },
	  { { 0 } },
	  "000",
	  "---",
	  "---" },
	{ "a merge explains nobody",
	  { "x q1p1", "a - s0", "h q2", "t p3" },
	  { { 0 } },
	  "0003",
	  "c--c",
	  "3--0" },
	{ "merged into a record of ours",
	  { "h", "- - m0", "t - s1" },
	  { { 0 } },
	  "010",
	  "---",
	  "---" },
	{ "two of ours", { "h", "- - ms0", "h", "- - m2" }, { { 0 } }, "0123", "----", "----" },
	/* Who rests. */
	{ "the first rests", { "h p1 r", "h p2" }, { { 0 } }, "01", "i-", "7-" },
	{ "the second rests", { "h p1", "h p2 r" }, { { 0 } }, "01", "-i", "-7" },
	{ "who rests is decided about",
	  { "h - r", "h" },
	  { { TIE_TOGETHER, 0, 1, 1 } },
	  "01",
	  "i-",
	  "7-" },
	{ "who rests is merged", { "h - r", "h p1 s0", "h p2" }, { { 0 } }, "002", "i--", "7--" },
	{ "merged into who rests, after it",
	  { "h p1 s1", "h - r", "h p2" },
	  { { 0 } },
	  "002",
	  "-i-",
	  "-7-" },
	{ "led to who is merged into who rests",
	  { "h p1", "h p2 s2", "h - r" },
	  { { 0 } },
	  "011",
	  "--i",
	  "--7" },
	{ "rested when it was merged",
	  { "h p1 rs1", "h", "h p2" },
	  { { 0 } },
	  "002",
	  "i--",
	  "7--" },
	{ "led to who rested when it was merged",
	  { "h p1", "h p2 rs2", "h" },
	  { { 0 } },
	  "011",
	  "-i-",
	  "-7-" },
	{ "its survivor goes on", { "h - rs1", "h p1", "h p2" }, { { 0 } }, "000", "i--", "7--" },
};

static char told(unsigned unsettled)
{
	static const struct {
		unsigned reason;
		char letter;
	} letters[] = {
		{ 0, '-' },
		{ UNSETTLED_IDENTITY, 'i' },
		{ UNSETTLED_CONTRADICTION, 'c' },
		{ UNSETTLED_TIE, 't' },
		{ UNSETTLED_SIZE, 's' },
	};
	for (size_t i = 0; i < COUNT(letters); i++)
		if (letters[i].reason == unsettled)
			return letters[i].letter;
	return '+';
}

static bool plays(struct arena *a, const struct scene *s, size_t count)
{
	struct identity_work w = { .arena = a };
	struct identity_row **rows = rows_of(a, s->actors, count);
	char parts[ACTORS + 1] = "", waits[ACTORS + 1] = "", against[ACTORS + 1] = "";
	for (size_t i = 0; i < BONDS && s->bonds[i].reason != 0; i++) {
		const struct bond *b = &s->bonds[i];
		tie_one(a, rows[b->x], number_of(b->y), b);
		if (b->y < count)
			tie_one(a, rows[b->y], number_of(b->x), b);
	}
	identity_join(&w, rows, count);
	struct identity_row **numbered = identity_rows_numbered(a, rows, count);
	for (size_t i = 0; i < count; i++) {
		uint64_t whom = rows[i]->against;
		parts[i] = (char)('0' + identity_rows_root(rows, i));
		waits[i] = told(rows[i]->unsettled);
		against[i] = whom == 0 ? '-'
				       : (char)('0'
						+ (whom == 77 ? 7
							      : identity_rows_place(numbered, count,
										    whom)));
	}
	if (text_equal(parts, s->parts) && text_equal(waits, s->waits)
	    && text_equal(against, s->against))
		return true;
	fprintf(stderr, "%s: %s %s %s\n", s->why, parts, waits, against);
	return false;
}

static void who_is_one_with_whom(void)
{
	struct arena *a = arena_create(16 << 20);
	for (size_t i = 0; i < COUNT(scenes); i++)
		CU_ASSERT_TRUE(plays(a, &scenes[i], strlen(scenes[i].parts)));
	arena_destroy(a);
}

/* So many by rules, those who were there first; more only if somebody decided so, or by a merge. */
static void how_many_are_one(void)
{
	enum { ALL = PERSON_MOST + 4 };
	struct arena *a = arena_create(16 << 20);
	struct identity_work w = { .arena = a };
	const char *actors[ALL];
	for (unsigned i = 0; i < ALL; i++)
		actors[i] = "h p1";
	actors[PERSON_MOST + 2] = "h";
	actors[PERSON_MOST + 3] = "h - s0";
	struct identity_row **rows = rows_of(a, actors, ALL);
	/* The merged one counts: it came first, so one of the rules' gives way; the two it has no
	 * room for are one person, of their own. */
	identity_join(&w, rows, ALL);
	unsigned members = 0;
	for (unsigned i = 0; i < ALL; i++)
		members += identity_rows_root(rows, i) == 0;
	CU_ASSERT_EQUAL(members, PERSON_MOST);
	CU_ASSERT_EQUAL(identity_rows_root(rows, PERSON_MOST - 2), 0);
	CU_ASSERT_EQUAL(identity_rows_root(rows, PERSON_MOST - 1), PERSON_MOST - 1);
	CU_ASSERT_EQUAL(identity_rows_root(rows, PERSON_MOST), PERSON_MOST - 1);
	CU_ASSERT_EQUAL(identity_rows_root(rows, PERSON_MOST + 3), 0);
	/* Those who have no place are told, also where no link is tried any more; and the others of
	 * them. */
	for (unsigned i = 0; i < PERSON_MOST + 2; i++)
		CU_ASSERT_EQUAL(rows[i]->unsettled, UNSETTLED_SIZE);
	CU_ASSERT_EQUAL(rows[PERSON_MOST]->against, number_of(0));
	CU_ASSERT_EQUAL(rows[0]->against, number_of(PERSON_MOST - 1));
	CU_ASSERT_EQUAL(rows[PERSON_MOST + 1]->against, number_of(0));
	CU_ASSERT_EQUAL(rows[PERSON_MOST + 2]->unsettled, 0);
	static const struct bond together = { TIE_TOGETHER, 0, PERSON_MOST + 2, 1 };
	tie_one(a, rows[0], number_of(together.y), &together);
	tie_one(a, rows[PERSON_MOST + 2], number_of(0), &together);
	rows[PERSON_MOST + 1]->record.status = RECORD_SUBSUMED;
	rows[PERSON_MOST + 1]->record.survivor = number_of(PERSON_MOST);
	identity_join(&w, rows, ALL);
	/* Whom it was told against before, as long as that is so. */
	rows[0]->old_against = number_of(PERSON_MOST);
	rows[1]->old_against = number_of(2);
	identity_join(&w, rows, ALL);
	CU_ASSERT_EQUAL(rows[0]->against, number_of(PERSON_MOST));
	CU_ASSERT_EQUAL(rows[1]->against, number_of(PERSON_MOST - 2));
	CU_ASSERT_EQUAL(identity_rows_root(rows, PERSON_MOST - 3), 0);
	CU_ASSERT_EQUAL(identity_rows_root(rows, PERSON_MOST - 2), PERSON_MOST - 2);
	CU_ASSERT_EQUAL(identity_rows_root(rows, PERSON_MOST + 2), 0);
	CU_ASSERT_EQUAL(identity_rows_root(rows, PERSON_MOST + 1), PERSON_MOST - 2);
	arena_destroy(a);
}

/* ---- The same in a store ---- */

#define PERSON(domain, id, family, given, phone)                                                   \
	{                                                                                          \
		domain, id, family, given, "19800101", "F", phone, 0, 0, 0, 0, 0, 0                \
	}

static const struct who hanako_b = PERSON(B_DOMAIN, "1", "サトウ", "ハナコ", "0312345001");
static const struct who hanako_c = PERSON(C_DOMAIN, "1", "サトウ", "ハナコ", "0312345001");
static const struct who ai_c = PERSON(C_DOMAIN, "2", "サトウ", "アイ", "0312345001");

/* A record of both names, of the telephone said. */
static void feed_bridge(struct fixture *f, const char *id, const char *phone)
{
	struct who hanako = hanako_b, ai = ai_c;
	struct patient_identifier named = { .id = id, .universal_id = A_DOMAIN };
	hanako.phone = phone;
	struct people_put put = { .ids = &named,
				  .demographics = people_demographics(f->arena, &hanako) };
	put.demographics.names->next = people_demographics(f->arena, &ai).names;
	CU_ASSERT_EQUAL(people_write(f, &put), PROBLEM_NONE);
}

static bool one(struct fixture *f, const char *domain, const char *id, const struct who *w)
{
	return people_record(f, domain, id).person == people_record(f, w->domain, w->id).person;
}

static void done(struct fixture *f)
{
	CU_ASSERT_EQUAL(people_findings(f, true), 0);
	fixture_close(f);
}

/* Old is what was said first, not the record that has the smaller number. */
static void the_older_word_holds(void)
{
	struct fixture f;
	fixture_open(&f);
	feed_bridge(&f, "9", "0399990000"); /* the oldest record, of nobody known */
	people_feed(&f, &hanako_b);
	people_feed(&f, &hanako_c);
	people_feed(&f, &ai_c);
	CU_ASSERT_TRUE(people_same(&f, &hanako_b, &hanako_c));
	feed_bridge(&f, "9", "0312345001");
	CU_ASSERT_TRUE(people_same(&f, &hanako_b, &hanako_c));
	CU_ASSERT_FALSE(people_same(&f, &hanako_b, &ai_c));
	done(&f);
}

/* With one of two strangers it can be one, with that one it was linked first. */
static void whoever_was_linked_first_stays(void)
{
	for (unsigned first = 0; first < 2; first++) {
		struct fixture f;
		const struct who *before = first == 0 ? &hanako_b : &ai_c,
				 *after = first == 0 ? &ai_c : &hanako_b;
		fixture_open(&f);
		people_feed(&f, before);
		feed_bridge(&f, "9", "0312345001");
		CU_ASSERT_TRUE(one(&f, A_DOMAIN, "9", before));
		people_feed(&f, after);
		CU_ASSERT_TRUE(one(&f, A_DOMAIN, "9", before));
		CU_ASSERT_FALSE(one(&f, A_DOMAIN, "9", after));
		/* Who stood against it goes: then it is one with the other. */
		struct who gone = *before;
		gone.phone = "0388880000";
		people_feed(&f, &gone);
		CU_ASSERT_FALSE(one(&f, A_DOMAIN, "9", before));
		CU_ASSERT_TRUE(one(&f, A_DOMAIN, "9", after));
		CU_ASSERT_EQUAL(people_record(&f, A_DOMAIN, "9").unsettled, 0);
		done(&f);
	}
}

/* What a subsumed record is linked by leads to nobody while its survivor rests, and does again
 * after. */
static void a_survivor_that_rests_is_alone(void)
{
	struct fixture f;
	struct who prior = hanako_b, survivor = hanako_b, another = hanako_b;
	prior.domain = survivor.domain = another.domain = A_DOMAIN;
	prior.id = "1";
	survivor.id = another.id = "2";
	survivor.phone = "0399990001";
	another.family = "ヤマダ";
	another.given = "タロウ";
	another.sex = "M";
	another.phone = "0399990002";
	fixture_open(&f);
	people_feed(&f, &hanako_b);
	people_feed(&f, &prior);
	people_feed(&f, &survivor);
	CU_ASSERT_EQUAL(people_merge(&f, A_DOMAIN, "2", "1", NULL), PROBLEM_NONE);
	CU_ASSERT_TRUE(people_same(&f, &survivor, &hanako_b));
	people_feed(&f, &another);
	CU_ASSERT_TRUE(people_record(&f, A_DOMAIN, "2").unsettled & UNSETTLED_IDENTITY);
	CU_ASSERT_FALSE(people_same(&f, &survivor, &hanako_b));
	CU_ASSERT_TRUE(one(&f, A_DOMAIN, "1", &survivor));
	people_feed(&f, &hanako_c);
	CU_ASSERT_TRUE(people_same(&f, &hanako_b, &hanako_c));
	CU_ASSERT_FALSE(people_same(&f, &survivor, &hanako_c));
	people_feed(&f, &survivor);
	CU_ASSERT_TRUE(people_same(&f, &survivor, &hanako_b));
	done(&f);
}

/* Who is merged into a record that rests takes nobody along. */
static void nobody_is_led_to_who_rests(void)
{
	struct fixture f;
	struct who rests = hanako_b, another = hanako_b, merged = hanako_b;
	rests.domain = another.domain = merged.domain = A_DOMAIN;
	rests.id = another.id = "1";
	merged.id = "2";
	rests.phone = "0399990001";
	another.family = "ヤマダ";
	another.given = "タロウ";
	another.sex = "M";
	another.phone = "0399990002";
	fixture_open(&f);
	people_feed(&f, &hanako_b);
	people_feed(&f, &rests);
	people_feed(&f, &merged);
	struct patient_identifier second = { .id = "7", .universal_id = A_DOMAIN },
				  first = { .id = "1", .universal_id = A_DOMAIN, .next = &second };
	struct people_put put = { .ids = &first,
				  .demographics = people_demographics(f.arena, &rests) };
	CU_ASSERT_EQUAL(people_write(&f, &put), PROBLEM_NONE); /* now something hangs on it */
	people_feed(&f, &another);
	CU_ASSERT_TRUE(people_record(&f, A_DOMAIN, "1").unsettled & UNSETTLED_IDENTITY);
	CU_ASSERT_EQUAL(people_merge(&f, A_DOMAIN, "1", "2", NULL), PROBLEM_NONE);
	CU_ASSERT_FALSE(people_same(&f, &rests, &hanako_b));
	CU_ASSERT_FALSE(one(&f, A_DOMAIN, "7", &rests));
	done(&f);
}

static const struct test tests[] = {
	{ "I6 who is one with whom", who_is_one_with_whom },
	{ "how many are one", how_many_are_one },
	{ "I6 the older word holds", the_older_word_holds },
	{ "I6 whoever was linked first stays", whoever_was_linked_first_stays },
	{ "I7 a survivor that rests is alone", a_survivor_that_rests_is_alone },
	{ "I7 nobody is led to who rests", nobody_is_led_to_who_rests },
	{ 0 }
};

int main(void)
{
	return suite_run("store: identity join", tests);
}
