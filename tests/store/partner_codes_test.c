/* tests/store/partner_codes_test.c: the promises of partners' codes, each a test of its name; and
 * rows that are none. */
#include "tests/base/suite.h"

#include <string.h>

#include "gateway/base/text.h"
#include "store/names.h"
#include "tests/base/failing.h"
#include "tests/store/partners_scene.h"

static bool refused(struct store_txn *t)
{
	return problem_set(store_problem(t), PROBLEM_STORE_FULL, "made to fail");
}
FAILING(bool, store_put, (struct store_txn * t, struct bytes k, struct bytes v), (t, k, v),
	refused(t))

/* One job. */
struct asking {
	const char *partner;
	enum code_purpose purpose;
	uint64_t person;
	instant now;
	const char *revoked; /* instead: that code is */
	struct partner_code *out;
	bool *made, *known;
};

static bool ask_run(struct store_txn *t, const void *with)
{
	const struct asking *q = with;
	if (q->revoked != NULL)
		return *q->known = partner_code_revoke(t, q->partner, q->revoked, q->now);
	return *q->known = partner_code_ask(t, q->partner, q->purpose, q->person, q->now, q->out,
					    q->made);
}

/* In the fixture's arena. */
static struct partner_code ask_at(struct fixture *f, const char *partner, enum code_purpose purpose,
				  const struct who *w, instant now)
{
	struct partner_code out = { 0 };
	bool made, known;
	const struct asking q = {
		partner, purpose, person_of(f, w), now, NULL, &out, &made, &known
	};
	fixture_must(f, in_job(f, ask_run, &q) && known);
	return out;
}

static struct partner_code ask(struct fixture *f, const char *partner, const struct who *w)
{
	return ask_at(f, partner, CODE_CARE, w, NOON);
}

static bool take_back(struct fixture *f, const char *partner, const char *text)
{
	bool known = false;
	const struct asking q = {
		.partner = partner, .now = NOON + 9, .revoked = text, .known = &known
	};
	in_job(f, ask_run, &q);
	return known;
}

/* Whose; UINT64_MAX: nobody was ever given it. */
static uint64_t whose(struct fixture *f, const char *partner, const char *text,
		      struct partner_code *out)
{
	f->problem = (struct problem){ .code = PROBLEM_NONE };
	struct store_txn *t = store_begin_read(f->store, &f->problem);
	bool found = partner_code_find(t, f->arena, partner, text, out);
	f->problem = *store_problem(t);
	store_end(t);
	return found ? out->person : UINT64_MAX;
}

static bool leads_to(struct fixture *f, const struct partner_code *c, const struct who *w,
		     bool told)
{
	struct partner_code out;
	return whose(f, c->partner, c->text, &out) == person_of(f, w) && out.told == told
	       && strcmp(out.partner, c->partner) == 0;
}

static unsigned hang(struct fixture *f, const struct who *w)
{
	struct store_txn *t = store_begin_read(f->store, &f->problem);
	unsigned count = 0;
	for (struct partner_code *c = partner_codes_of(t, f->arena, person_of(f, w)); c != NULL;
	     c = c->next)
		count++;
	store_end(t);
	return count;
}

/* ---- Promises ---- */

static void p1_the_same(void)
{
	struct fixture f;
	scene_open(&f);
	struct partner_code first = ask(&f, "nw2", &tarou), again = ask(&f, "nw2", &tarou);
	CU_ASSERT_STRING_EQUAL(first.text, again.text);
	CU_ASSERT_EQUAL(strlen(first.text), PARTNER_CODE_TEXT - 1);
	CU_ASSERT_EQUAL(strspn(first.text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"),
			PARTNER_CODE_TEXT - 1);
	CU_ASSERT_TRUE(first.told && first.made == NOON && again.made == NOON
		       && again.record == regional_of(&f, &tarou));
	const struct partner_code others[] = {
		ask(&f, "nw3", &tarou),
		ask(&f, "nw2", &hanako),
		ask_at(&f, "nw2", CODE_RESEARCH, &tarou, NOON),
	};
	for (size_t i = 0; i < COUNT(others); i++)
		CU_ASSERT_STRING_NOT_EQUAL(others[i].text, first.text);
	/* The regional id says nothing of it: nothing of either stands in the other. */
	const char *regional = people_person(&f, tarou.domain, tarou.id).regional_id;
	CU_ASSERT_PTR_NULL(strstr(regional, first.text));
	CU_ASSERT_EQUAL(hang(&f, &tarou), 3);
	fixture_reopen(&f);
	CU_ASSERT_STRING_EQUAL(ask(&f, "nw2", &tarou).text, first.text);
	scene_close(&f);
}

/* RFC 4648: 6, told another way: each character is five bits of the octets. */
static void p1_base32(void)
{
	static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
	struct fixture f;
	bool has_z = false;
	scene_open(&f);
	for (unsigned tries = 0; !has_z && tries < 1000; tries++) {
		struct partner_code out, c = ask(&f, "nw2", &tarou);
		struct key of;
		struct bytes row;
		struct store_txn *t = store_begin_read(f.store, &f.problem);
		uint64_t partner = 0;
		char expected[PARTNER_CODE_TEXT] = "";
		CU_ASSERT_TRUE(name_find(t, "nw2", &partner));
		key_begin(&of, SPACE_PARTNER_CODE_OF);
		key_short(&of, c.record);
		key_short(&of, partner);
		key_octet(&of, CODE_CARE);
		CU_ASSERT_TRUE(store_get(t, key_span(&of), f.arena, &row));
		store_end(t);
		for (unsigned i = 0; i < 8 * PARTNER_CODE; i++)
			expected[i / 5] = (char)(expected[i / 5] << 1
						 | (row.data[i / 8] >> (7 - i % 8) & 1));
		for (unsigned i = 0; i < PARTNER_CODE_TEXT - 1; i++)
			expected[i] = alphabet[(unsigned char)expected[i]];
		CU_ASSERT_STRING_EQUAL(c.text, expected);
		has_z = strchr(c.text, 'Z') != NULL;
		if (has_z)
			*strchr(expected, 'Z') = 'z';
		CU_ASSERT_EQUAL(whose(&f, "nw2", expected, &out), person_of(&f, &tarou));
		if (!has_z)
			CU_ASSERT_TRUE(take_back(&f, "nw2", c.text));
	}
	CU_ASSERT_TRUE(has_z);
	scene_close(&f);
}

static void p1_purposes(void)
{
	CU_ASSERT_STRING_EQUAL(code_purpose_name(CODE_CARE), "care");
	CU_ASSERT_EQUAL(code_purpose_named("care"), CODE_CARE);
	CU_ASSERT_EQUAL(code_purpose_named("research"), CODE_RESEARCH);
	CU_ASSERT_EQUAL(code_purpose_named("cure"), CODE_NO_PURPOSE);
}

static void p2_one_person(void)
{
	struct fixture f;
	struct partner_code out;
	char small[PARTNER_CODE_TEXT];
	scene_open(&f);
	struct partner_code c = ask(&f, "nw2", &tarou);
	ask(&f, "nw3", &hanako);
	CU_ASSERT_TRUE(leads_to(&f, &c, &tarou, true));
	for (size_t i = 0; i < sizeof small; i++)
		small[i] = c.text[i] >= 'A' ? (char)(c.text[i] - 'A' + 'a') : c.text[i];
	CU_ASSERT_EQUAL(whose(&f, "nw2", small, &out), person_of(&f, &tarou));
	CU_ASSERT_STRING_EQUAL(out.text, c.text);
	/* Another partner's, and what is none. */
	CU_ASSERT_EQUAL(whose(&f, "nw3", c.text, &out), UINT64_MAX);
	CU_ASSERT_EQUAL(whose(&f, "nobody", c.text, &out), UINT64_MAX);
	CU_ASSERT_EQUAL(whose(&f, "nw2", "ABC", &out), UINT64_MAX);
	CU_ASSERT_EQUAL(whose(&f, "nw2", "ABCDEFGHIJKLMNOPQRSTUVWXYZ234561", &out), UINT64_MAX);
	CU_ASSERT_EQUAL(whose(&f, "nw2", "ABCDEFGHIJKLMNOPQRSTUVWXYZ23456{", &out), UINT64_MAX);
	CU_ASSERT_EQUAL(whose(&f, "nw2", "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", &out), UINT64_MAX);
	scene_close(&f);
}

static void p3_revoked(void)
{
	struct fixture f;
	struct partner_code out;
	scene_open(&f);
	struct partner_code c = ask(&f, "nw2", &tarou);
	CU_ASSERT_FALSE(take_back(&f, "nw3", c.text));
	CU_ASSERT_FALSE(take_back(&f, "nw2", "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"));
	CU_ASSERT_TRUE(leads_to(&f, &c, &tarou, true));
	CU_ASSERT_TRUE(take_back(&f, "nw2", c.text));
	CU_ASSERT_EQUAL(whose(&f, "nw2", c.text, &out), 0);
	CU_ASSERT_TRUE(out.revoked == NOON + 9 && out.record == 0 && !out.told);
	CU_ASSERT_EQUAL(hang(&f, &tarou), 0);
	CU_ASSERT_TRUE(take_back(&f, "nw2", c.text));
	struct partner_code next = ask(&f, "nw2", &tarou);
	CU_ASSERT_STRING_NOT_EQUAL(next.text, c.text);
	CU_ASSERT_TRUE(leads_to(&f, &next, &tarou, true));
	fixture_reopen(&f);
	CU_ASSERT_EQUAL(whose(&f, "nw2", c.text, &out), 0);
	scene_close(&f);
}

/* A source that says the same each time: what is drawn first was given, or even revoked, before. */
static void fill_alike(const struct random_source *r, void *out, size_t length)
{
	(void)r;
	memset(out, 7, length);
}

static void p3_never_given_again(void)
{
	static const struct random_source alike = { fill_alike };
	struct fixture f;
	scene_open(&f);
	store_close(f.store);
	f.settings.random = &alike;
	f.store = store_open(&f.settings, &f.problem);
	fixture_must(&f, f.store != NULL);
	struct partner_code c = ask(&f, "nw2", &tarou), other = ask(&f, "nw2", &hanako);
	CU_ASSERT_STRING_NOT_EQUAL(c.text, other.text);
	CU_ASSERT_TRUE(take_back(&f, "nw2", c.text));
	struct partner_code next = ask(&f, "nw2", &tarou);
	CU_ASSERT_TRUE(strcmp(next.text, c.text) != 0 && strcmp(next.text, other.text) != 0);
	/* Of another partner it is drawn as the first. */
	CU_ASSERT_STRING_EQUAL(ask(&f, "nw3", &tarou).text, c.text);
	scene_close(&f);
}

static void p4_together_and_apart(void)
{
	struct fixture f;
	scene_open(&f);
	struct partner_code t = ask_at(&f, "nw2", CODE_CARE, &tarou, NOON + 1);
	struct partner_code h = ask(&f, "nw2", &hanako);
	struct partner_code only = ask(&f, "nw3", &hanako);
	struct partner_code research = ask_at(&f, "nw2", CODE_RESEARCH, &hanako, NOON);
	pair(&f, &tarou, &hanako, PAIR_TOGETHER);
	CU_ASSERT_TRUE(people_same(&f, &tarou, &hanako));
	/* Both lead to him; that of the regional record that stayed is told. */
	CU_ASSERT_TRUE(leads_to(&f, &t, &tarou, true) && leads_to(&f, &h, &tarou, false));
	CU_ASSERT_STRING_EQUAL(ask(&f, "nw2", &hanako).text, t.text);
	/* No third is made where one leads to him. */
	CU_ASSERT_STRING_EQUAL(ask(&f, "nw3", &tarou).text, only.text);
	CU_ASSERT_STRING_EQUAL(ask_at(&f, "nw2", CODE_RESEARCH, &tarou, NOON).text, research.text);
	CU_ASSERT_EQUAL(scene_findings(&f), 0);
	/* His is told although hers is older. */
	CU_ASSERT_TRUE(h.made < t.made);
	/* What is told is revoked: the other one is. */
	CU_ASSERT_TRUE(take_back(&f, "nw2", t.text));
	CU_ASSERT_STRING_EQUAL(ask(&f, "nw2", &tarou).text, h.text);
	pair(&f, &tarou, &hanako, PAIR_UNDO);
	CU_ASSERT_FALSE(people_same(&f, &tarou, &hanako));
	CU_ASSERT_TRUE(leads_to(&f, &h, &hanako, true) && leads_to(&f, &only, &hanako, true));
	CU_ASSERT_STRING_NOT_EQUAL(ask(&f, "nw2", &tarou).text, h.text);
	scene_close(&f);
}

/* The regional record has none, and two that were subsumed have: the older is told, of one moment
 * that of the record made first. */
static void p4_the_older(void)
{
	static const struct {
		instant hanako, jirou;
		bool first;
	} rows[] = { { NOON, NOON + 1, true }, { NOON + 1, NOON, false }, { NOON, NOON, true } };
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct fixture f;
		scene_open(&f);
		struct partner_code h = ask_at(&f, "nw2", CODE_CARE, &hanako, rows[i].hanako);
		struct partner_code j = ask_at(&f, "nw2", CODE_CARE, &jirou, rows[i].jirou);
		pair(&f, &tarou, &hanako, PAIR_TOGETHER);
		pair(&f, &tarou, &jirou, PAIR_TOGETHER);
		CU_ASSERT_STRING_EQUAL(ask(&f, "nw2", &tarou).text,
				       rows[i].first ? h.text : j.text);
		CU_ASSERT_TRUE(leads_to(&f, &h, &tarou, rows[i].first)
			       && leads_to(&f, &j, &tarou, !rows[i].first));
		scene_close(&f);
	}
}

static void p4_merged(void)
{
	struct fixture f;
	struct who other = hanako;
	other.domain = A_DOMAIN;
	scene_open(&f);
	people_feed(&f, &other);
	/* Hanako at A and B are one by their evidence: somebody else is merged into her. */
	struct partner_code t = ask(&f, "nw2", &tarou);
	CU_ASSERT_EQUAL(people_merge(&f, A_DOMAIN, "031", "101", NULL), PROBLEM_NONE);
	CU_ASSERT_EQUAL(scene_findings(&f), 0);
	struct partner_code out;
	CU_ASSERT_EQUAL(whose(&f, "nw2", t.text, &out), person_of(&f, &tarou));
	scene_close(&f);
}

/* Whose record changes its identity while a partner knows him rests, and no code leads to somebody
 * else; of whom no partner knows it is just another patient. */
static void p4_somebody_else(void)
{
	struct who another = jirou;
	struct fixture f;
	struct partner_code out;
	another.id = tarou.id;
	another.domain = tarou.domain;
	another.phone = "0399999999";
	scene_open(&f);
	CU_ASSERT_FALSE(people_feed(&f, &another).somebody_else);
	CU_ASSERT_FALSE(people_feed(&f, &tarou).somebody_else);
	struct partner_code c = ask(&f, "nw2", &tarou);
	CU_ASSERT_TRUE(people_feed(&f, &another).somebody_else);
	CU_ASSERT_TRUE(people_record(&f, tarou.domain, tarou.id).unsettled & UNSETTLED_IDENTITY);
	/* What was known comes back, and the code leads to the same person. */
	people_feed(&f, &tarou);
	CU_ASSERT_FALSE(people_record(&f, tarou.domain, tarou.id).unsettled & UNSETTLED_IDENTITY);
	CU_ASSERT_EQUAL(whose(&f, "nw2", c.text, &out), person_of(&f, &tarou));
	/* Nobody knows him by a code that was revoked. */
	CU_ASSERT_TRUE(take_back(&f, "nw2", c.text));
	CU_ASSERT_FALSE(people_feed(&f, &another).somebody_else);
	scene_close(&f);
}

/* A29: its source takes back all it said of the id. Where a partner knows the person it rests, and
 * the same patient brings all back (A28). */
static void p4_taken_back(void)
{
	static const struct patient_identifier id = { .id = "101", .universal_id = A_DOMAIN };
	struct people_put nothing = { .ids = &id,
				      .demographics = { .birth_date = "",
							.sex = "",
							.delete_names = true,
							.delete_telecoms = true,
							.delete_all = true } };
	struct fixture f;
	scene_open(&f);
	struct partner_code c = ask(&f, "nw2", &tarou);
	CU_ASSERT_EQUAL(people_write(&f, &nothing), PROBLEM_NONE);
	CU_ASSERT_TRUE(people_record(&f, tarou.domain, tarou.id).unsettled & UNSETTLED_IDENTITY);
	CU_ASSERT_EQUAL(scene_findings(&f), 0);
	people_feed(&f, &tarou);
	CU_ASSERT_FALSE(people_record(&f, tarou.domain, tarou.id).unsettled & UNSETTLED_IDENTITY);
	CU_ASSERT_TRUE(leads_to(&f, &c, &tarou, true));
	/* Of whom no partner knows nothing is known of the id. */
	CU_ASSERT_TRUE(take_back(&f, "nw2", c.text));
	CU_ASSERT_EQUAL(people_write(&f, &nothing), PROBLEM_NONE);
	CU_ASSERT_FALSE(people_record(&f, tarou.domain, tarou.id).unsettled & UNSETTLED_IDENTITY);
	scene_close(&f);
}

/* ---- What fails ---- */

static void nobody(void)
{
	struct fixture f;
	struct partner_code out;
	bool made = true, known = true;
	const struct asking q = { "nw2", CODE_CARE, 9999, NOON, NULL, &out, &made, &known };
	scene_open(&f);
	in_job(&f, ask_run, &q);
	CU_ASSERT_FALSE(made || known);
	struct store_txn *t = store_begin_read(f.store, &f.problem);
	CU_ASSERT_PTR_NULL(partner_codes_of(t, f.arena, 9999));
	store_end(t);
	scene_close(&f);
}

/* Each row of a new code fails: nothing of it is kept. */
static void not_kept(void)
{
	struct fixture f;
	unsigned failures = 0;
	scene_open(&f);
	for (unsigned n = 0;; n++) {
		struct partner_code out;
		bool made = false, known = false;
		const struct asking q = { "nw2", CODE_CARE, person_of(&f, &tarou), NOON, NULL, &out,
					  &made, &known };
		failing_arm("store_put", n);
		bool kept = in_job(&f, ask_run, &q);
		if (!failing_disarm())
			break;
		failures++;
		CU_ASSERT_FALSE(kept || known || made);
		CU_ASSERT_EQUAL(hang(&f, &tarou), 0);
		CU_ASSERT_EQUAL(scene_findings(&f), 0);
	}
	CU_ASSERT_TRUE(failures >= 4); /* a name and a code, both sides of each */
	struct partner_code c = ask(&f, "nw2", &tarou);
	failing_arm("store_put", 0);
	CU_ASSERT_FALSE(take_back(&f, "nw2", c.text));
	CU_ASSERT_TRUE(failing_disarm() && leads_to(&f, &c, &tarou, true));
	scene_close(&f);
}

static uint64_t partner_number(struct fixture *f, const char *name)
{
	uint64_t number = 0;
	struct store_txn *t = store_begin_read(f->store, &f->problem);
	CU_ASSERT_TRUE(name_find(t, name, &number));
	store_end(t);
	return number;
}

/* A store with a code of Tarou's, and the keys of it. */
struct broken {
	struct fixture f;
	struct partner_code code;
	struct key key, of;
	uint64_t partner;
};

static void octets_of(struct broken *b, unsigned char out[PARTNER_CODE])
{
	struct store_txn *t = store_begin_read(b->f.store, &b->f.problem);
	struct bytes row;
	CU_ASSERT_TRUE(store_get(t, key_span(&b->of), b->f.arena, &row)
		       && row.length == PARTNER_CODE);
	memcpy(out, row.data, PARTNER_CODE);
	store_end(t);
}

static void broken_open(struct broken *b)
{
	unsigned char octets[PARTNER_CODE];
	scene_open(&b->f);
	b->code = ask(&b->f, "nw2", &tarou);
	b->partner = partner_number(&b->f, "nw2");
	key_begin(&b->of, SPACE_PARTNER_CODE_OF);
	key_short(&b->of, b->code.record);
	key_short(&b->of, b->partner);
	key_octet(&b->of, CODE_CARE);
	octets_of(b, octets);
	key_begin(&b->key, SPACE_PARTNER_CODE);
	key_short(&b->key, b->partner);
	key_bytes(&b->key, octets, sizeof octets);
}

/* Asked, the store has failed, and says so. */
static void all_fail(struct broken *b, const char *why)
{
	struct partner_code out;
	bool made, known;
	const struct asking q = { "nw2", CODE_CARE, person_of(&b->f, &tarou), NOON, NULL, &out,
				  &made, &known };
	bool asked = in_job(&b->f, ask_run, &q);
	if (asked || known || b->f.problem.code != PROBLEM_INTERNAL || scene_findings(&b->f) == 0) {
		fprintf(stderr, "%s: asked, or not found\n", why);
		CU_FAIL("a row that is none was taken for one");
	}
}

/* version, record (tag 1), purpose (2), made (3), revoked (4) */
static void damaged(void)
{
	static const struct {
		const char *why, *octets;
		size_t length;
	} rows[] = {
		{ "nothing", "", 0 },
		{ "another version", "\2\1\1\1\2\1\1\3\1\2", 10 },
		{ "no purpose", "\1\1\1\1\3\1\2", 7 },
		{ "a purpose there is not", "\1\1\1\1\2\1\3\3\1\2", 10 },
		{ "of nobody, and not revoked", "\1\2\1\1\3\1\2", 7 },
		{ "of somebody, and revoked", "\1\1\1\1\2\1\1\3\1\2\4\1\2", 13 },
		{ "broken off", "\1\1\1\1\2\1\1\3\7\2", 10 },
		{ "of a record there is not", "\1\1\2\x27\x0f\2\1\1\3\1\2", 11 },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct broken b;
		struct partner_code out;
		broken_open(&b);
		put_raw(&b.f, b.key, rows[i].octets, rows[i].length);
		all_fail(&b, rows[i].why);
		CU_ASSERT_EQUAL(whose(&b.f, "nw2", b.code.text, &out), UINT64_MAX);
		CU_ASSERT_EQUAL(b.f.problem.code, PROBLEM_INTERNAL);
		CU_ASSERT_FALSE(take_back(&b.f, "nw2", b.code.text));
		fixture_close(&b.f);
	}
}

/* One of a person's cannot be read: which is told is not known of another of his either. */
static void damaged_beside(void)
{
	struct broken b;
	struct partner_code out;
	struct key space;
	broken_open(&b);
	struct partner_code other = ask(&b.f, "nw3", &tarou);
	put_raw(&b.f, b.of, "short", 5);
	CU_ASSERT_EQUAL(whose(&b.f, "nw3", other.text, &out), UINT64_MAX);
	CU_ASSERT_EQUAL(b.f.problem.code, PROBLEM_INTERNAL);
	CU_ASSERT_TRUE(scene_findings(&b.f) != 0);
	fixture_close(&b.f);
	/* One that comes behind it is not told either. */
	broken_open(&b);
	ask(&b.f, "nw3", &tarou);
	struct key behind;
	key_begin(&behind, SPACE_PARTNER_CODE_OF);
	key_short(&behind, b.code.record);
	key_short(&behind, partner_number(&b.f, "nw3"));
	key_octet(&behind, CODE_CARE);
	put_raw(&b.f, behind, "short", 5);
	all_fail(&b, "one behind");
	fixture_close(&b.f);
	/* The partner's name is gone. */
	broken_open(&b);
	key_begin(&space, SPACE_NAMED);
	key_short(&space, b.partner);
	put_raw(&b.f, space, NULL, 0);
	fixture_reopen(&b.f);
	struct store_txn *t = store_begin_read(b.f.store, &b.f.problem);
	CU_ASSERT_PTR_NULL(partner_codes_of(t, b.f.arena, person_of(&b.f, &tarou)));
	CU_ASSERT_TRUE(store_failed(t));
	store_end(t);
	fixture_close(&b.f);
}

/* ---- What `minato check` tells ---- */

static void tells(struct broken *b, const char *what)
{
	if (scene_findings(&b->f) != 1 || strstr(scene_finding, what) == NULL) {
		fprintf(stderr, "%s: '%s'\n", what, scene_finding);
		CU_FAIL("a finding that was to be told");
	}
	fixture_close(&b->f);
}

static void checked(void)
{
	static const char other[] = "\1\1\1\1\2\1\1\3\1\2";
	struct broken b;
	struct key odd;
	broken_open(&b);
	put_raw(&b.f, b.of, NULL, 0);
	tells(&b, "does not have it");
	broken_open(&b);
	put_raw(&b.f, b.key, NULL, 0);
	tells(&b, "does not lead to it");
	/* Of another record, and for another purpose: both sides say so. */
	broken_open(&b);
	put_raw(&b.f, b.key, "\1\1\1\1\2\1\1\3\1\2", 10);
	CU_ASSERT_EQUAL(scene_findings(&b.f), 2);
	fixture_close(&b.f);
	broken_open(&b);
	put_raw(&b.f, b.key, arena_printf(b.f.arena, "\1\1\1%c\2\1\2\3\1\2", (int)b.code.record),
		10);
	CU_ASSERT_EQUAL(scene_findings(&b.f), 2);
	fixture_close(&b.f);
	/* What the record has is another code. */
	broken_open(&b);
	put_raw(&b.f, b.of, "01234567890123456789", PARTNER_CODE);
	CU_ASSERT_EQUAL(scene_findings(&b.f), 2);
	fixture_close(&b.f);
	/* What a later release may add is passed over. */
	broken_open(&b);
	put_raw(&b.f, b.key,
		arena_printf(b.f.arena, "\1\1\1%c\2\1\1\3\1\2\5\1\1", (int)b.code.record), 13);
	CU_ASSERT_TRUE(leads_to(&b.f, &b.code, &tarou, true));
	CU_ASSERT_EQUAL(scene_findings(&b.f), 0);
	fixture_close(&b.f);
	/* Keys that are none. */
	broken_open(&b);
	key_begin(&odd, SPACE_PARTNER_CODE);
	key_short(&odd, b.partner);
	key_text(&odd, "x");
	put_raw(&b.f, odd, other, sizeof other - 1);
	tells(&b, "it cannot be read");
	broken_open(&b);
	odd = b.of;
	key_octet(&odd, 1);
	put_raw(&b.f, odd, "01234567890123456789", PARTNER_CODE);
	tells(&b, "does not lead to it");
	/* Its person's row is gone. */
	broken_open(&b);
	key_begin(&odd, SPACE_IDENTITY_FIRST + 2);
	key_short(&odd, person_of(&b.f, &tarou));
	put_raw(&b.f, odd, NULL, 0);
	CU_ASSERT_TRUE(scene_findings(&b.f) > 1);
	CU_ASSERT_PTR_NOT_NULL(strstr(scene_finding, "which is nobody's"));
	fixture_close(&b.f);
	/* It is of a record there is not. */
	broken_open(&b);
	unsigned char octets[PARTNER_CODE];
	octets_of(&b, octets);
	put_raw(&b.f, b.key, "\1\1\2\x27\x0f\2\1\1\3\1\2", 11);
	put_raw(&b.f, b.of, NULL, 0);
	key_begin(&odd, SPACE_PARTNER_CODE_OF);
	key_short(&odd, 9999);
	key_short(&odd, b.partner);
	key_octet(&odd, CODE_CARE);
	put_raw(&b.f, odd, (const char *)octets, PARTNER_CODE);
	tells(&b, "which is nobody's");
	/* A revoked one is of nobody, and that is as it should be. */
	broken_open(&b);
	CU_ASSERT_TRUE(take_back(&b.f, "nw2", b.code.text));
	CU_ASSERT_EQUAL(scene_findings(&b.f), 0);
	fixture_close(&b.f);
}

static const struct test tests[] = { { "P1: the same until it is revoked", p1_the_same },
				     { "P1: as base32", p1_base32 },
				     { "P1: purposes", p1_purposes },
				     { "P2: one person", p2_one_person },
				     { "P3: revoked", p3_revoked },
				     { "P3: never given again", p3_never_given_again },
				     { "P4: together and apart", p4_together_and_apart },
				     { "P4: the older of two", p4_the_older },
				     { "P4: merged", p4_merged },
				     { "P4: somebody else", p4_somebody_else },
				     { "P4: taken back", p4_taken_back },
				     { "nobody's", nobody },
				     { "what is not kept", not_kept },
				     { "rows that are none", damaged },
				     { "a row beside that is none", damaged_beside },
				     { "what check tells", checked },
				     { 0 } };

int main(void)
{
	return suite_run("store: partners' codes", tests);
}
