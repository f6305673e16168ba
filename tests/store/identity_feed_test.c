/* tests/store/identity_feed_test.c: what sources say, once and again: ids of one message, which of
 * two messages is the newer, merges and what hangs on the ids they are about. Asked from every
 * side. */
#include "tests/base/suite.h"

#include "gateway/base/text.h"
#include "store/identity_rows.h"
#include "tests/store/in_job.h"
#include "tests/store/people.h"

#define HANAKO(domain, id, phone)                                                                  \
	{                                                                                          \
		domain, id, "サトウ", "ハナコ", "19800101", "F", phone, 0, 0, 0, 0, 0, 0           \
	}
static const struct who hanako_a = HANAKO(A_DOMAIN, "1", "0312345001");
static const struct who hanako_b = HANAKO(B_DOMAIN, "1", "0312345001");

static void done(struct fixture *f)
{
	CU_ASSERT_EQUAL(people_findings(f, true), 0);
	fixture_close(f);
}

static struct who other_id(const struct who *w, const char *id, const char *phone)
{
	struct who other = *w;
	other.id = id;
	other.phone = phone;
	return other;
}

/* Ids of one message, of nobody known by more than them. */
static struct feed_outcome feed_ids(struct fixture *f, const char *const *ids, size_t count)
{
	struct patient_identifier list[IDS_MOST];
	struct people_put put = { .ids = list };
	for (size_t i = 0; i < count; i++)
		list[i] = (struct patient_identifier){ .id = ids[i],
						       .universal_id = A_DOMAIN,
						       .next = i + 1 < count ? &list[i + 1]
									     : NULL };
	CU_ASSERT_EQUAL(people_write(f, &put), PROBLEM_NONE);
	return put.outcome;
}

static struct feed_outcome feed_two(struct fixture *f, const char *first, const char *second)
{
	return feed_ids(f, (const char *const[]){ first, second }, 2);
}

static struct feed_outcome feed_at(struct fixture *f, const struct who *w, int64_t occurred)
{
	struct patient_identifier id = { .id = w->id, .universal_id = w->domain };
	struct people_put put = { .ids = &id,
				  .demographics = people_demographics(f->arena, w),
				  .occurred = occurred };
	people_write(f, &put);
	return put.outcome;
}

static bool put_by_another(void *with, struct store_txn *t, struct problem *p)
{
	struct people_put *put = with;
	return identity_put(t, &people_region, "another-system", put->ids, &put->demographics, 0,
			    &put->outcome, p);
}

struct deciding {
	const struct who *x, *y;
	enum pair_decision what;
	uint64_t record, other;
};

static bool decide_job(void *with, struct store_txn *t, struct problem *p)
{
	const struct deciding *d = with;
	static const struct person_decision said = { "clerk", "seen" };
	struct feed_outcome out;
	return identity_decide_pair(t, &people_region, d->record, d->other, d->what, &said, &out,
				    p);
}

static enum problem_code decide(struct fixture *f, const struct who *x, const struct who *y,
				enum pair_decision what)
{
	struct deciding d = { .what = what,
			      .record = people_record(f, x->domain, x->id).number,
			      .other = people_record(f, y->domain, y->id).number };
	f->problem = (struct problem){ .code = PROBLEM_NONE };
	store_write(f->store, decide_job, &d, &f->problem);
	return f->problem.code;
}

static bool one(struct fixture *f, const char *x, const char *y)
{
	return people_record(f, A_DOMAIN, x).person == people_record(f, A_DOMAIN, y).person;
}

/* How often the trail of its person says that of the record. */
static unsigned told(struct fixture *f, const char *domain, const char *id, const char *reason,
		     bool linked)
{
	unsigned count = 0;
	struct patient_record r = people_record(f, domain, id);
	struct store_txn *t = store_begin_read(f->store, &f->problem);
	for (struct link_decision *d = identity_decisions(t, f->arena, r.person); d != NULL;
	     d = d->next)
		if (d->record == r.number && d->linked == linked && text_equal(d->reason, reason)) {
			/* Of one record alone, or of two. */
			CU_ASSERT_EQUAL(d->other == 0, text_starts(reason, "identity"));
			count++;
		}
	store_end(t);
	return count;
}

/* ---- Ids of one message ---- */

static void each_tie_is_said_once(void)
{
	struct fixture f;
	fixture_open(&f);
	CU_ASSERT_EQUAL(feed_two(&f, "1", "1").linked, 0);
	struct feed_outcome out = feed_two(&f, "1", "2");
	CU_ASSERT_EQUAL(out.effect, FEED_CREATED);
	CU_ASSERT_EQUAL(out.linked, 1);
	CU_ASSERT_EQUAL(out.record, people_record(&f, A_DOMAIN, "1").number);
	CU_ASSERT_EQUAL(told(&f, A_DOMAIN, "2", "same message", true), 1);
	CU_ASSERT_EQUAL(told(&f, A_DOMAIN, "1", "same message", true), 0);
	for (unsigned turned = 0; turned < 2; turned++) {
		out = feed_two(&f, turned ? "2" : "1", turned ? "1" : "2");
		CU_ASSERT_EQUAL(out.effect, FEED_UNCHANGED);
		CU_ASSERT_EQUAL(out.linked, 0);
	}
	/* Two known ones, that only a message ties. */
	feed_two(&f, "3", "3");
	out = feed_two(&f, "1", "3");
	CU_ASSERT_EQUAL(out.effect, FEED_UPDATED);
	CU_ASSERT_EQUAL(out.linked, 1);
	CU_ASSERT_TRUE(one(&f, "2", "3"));
	done(&f);
}

/* What a person decided goes before what messages say, and is not taken back by them. */
static void a_message_ties_nobody_who_is_apart(void)
{
	struct fixture f;
	static const struct who first = { .domain = A_DOMAIN, .id = "1" },
				second = { .domain = A_DOMAIN, .id = "2" };
	fixture_open(&f);
	feed_two(&f, "1", "1");
	feed_two(&f, "2", "2");
	CU_ASSERT_EQUAL(decide(&f, &first, &second, PAIR_APART), PROBLEM_NONE);
	struct feed_outcome out = feed_two(&f, "1", "2");
	CU_ASSERT_EQUAL(out.effect, FEED_UNCHANGED);
	CU_ASSERT_EQUAL(out.linked, 0);
	CU_ASSERT_FALSE(one(&f, "1", "2"));
	CU_ASSERT_EQUAL(decide(&f, &first, &second, PAIR_UNDO), PROBLEM_NONE);
	CU_ASSERT_FALSE(one(&f, "1", "2"));
	CU_ASSERT_EQUAL(feed_two(&f, "1", "2").linked, 1);
	CU_ASSERT_TRUE(one(&f, "1", "2"));
	done(&f);
}

/* Ids of a message part when later feeds contradict; if a person decided the same, they do not. */
static void a_decision_is_more_than_a_message(void)
{
	for (unsigned decided = 0; decided < 2; decided++) {
		struct fixture f;
		const struct who second = other_id(&hanako_a, "2", "0399990002");
		struct who sister = second;
		sister.given = "アイ";
		fixture_open(&f);
		people_feed(&f, &hanako_a);
		people_feed(&f, &second);
		feed_two(&f, "1", "2");
		if (decided)
			CU_ASSERT_EQUAL(decide(&f, &hanako_a, &second, PAIR_TOGETHER),
					PROBLEM_NONE);
		people_feed(&f, &sister);
		CU_ASSERT_EQUAL(one(&f, "1", "2"), decided);
		CU_ASSERT_EQUAL(people_record(&f, A_DOMAIN, "2").unsettled,
				decided ? 0 : UNSETTLED_TIE);
		if (decided)
			CU_ASSERT_EQUAL(decide(&f, &second, &hanako_a, PAIR_UNDO), PROBLEM_NONE);
		CU_ASSERT_FALSE(one(&f, "1", "2"));
		done(&f);
	}
}

/* So many ties of messages, whichever is named first; and they leave room for decisions. */
static void so_many_ties_of_messages(void)
{
	struct fixture f;
	fixture_open(&f);
	for (unsigned i = 0; i < TIES_MOST; i++)
		CU_ASSERT_EQUAL(feed_two(&f, "0", arena_printf(f.arena, "t%u", i)).linked, 1);
	CU_ASSERT_EQUAL(feed_two(&f, "0", "over").linked, 0);
	CU_ASSERT_EQUAL(feed_two(&f, "before", "0").linked, 0);
	CU_ASSERT_FALSE(one(&f, "0", "over"));
	CU_ASSERT_FALSE(one(&f, "0", "before"));
	static const struct who full = { .domain = A_DOMAIN, .id = "0" };
	people_feed(&f, &hanako_b);
	CU_ASSERT_EQUAL(decide(&f, &full, &hanako_b, PAIR_APART), PROBLEM_NONE);
	CU_ASSERT_EQUAL(decide(&f, &hanako_b, &full, PAIR_TOGETHER), PROBLEM_NONE);
	done(&f);
}

/* Of several ids all are taken or none: each can be one. */
static void ids_that_cannot_be_take_none_in(void)
{
	static char domain[DOMAIN_MOST + 2];
	struct fixture f;
	struct patient_record r;
	struct patient_identifier ids[] = {
		{ .id = "1", .universal_id = A_DOMAIN, .next = &ids[1] },
		{ .id = "", .universal_id = A_DOMAIN }
	};
	struct people_put put = { .ids = ids };
	fixture_open(&f);
	CU_ASSERT_EQUAL(people_write(&f, &put), PROBLEM_DATA_TYPE);
	CU_ASSERT_FALSE(people_find(&f, A_DOMAIN, "1", &r));
	memset(domain, '1', DOMAIN_MOST + 1);
	ids[1] = (struct patient_identifier){ .id = "2", .universal_id = domain };
	CU_ASSERT_EQUAL(people_write(&f, &put), PROBLEM_DATA_TYPE);
	CU_ASSERT_FALSE(people_find(&f, A_DOMAIN, "1", &r));
	CU_ASSERT_FALSE(people_find(&f, domain, "2", &r));
	domain[DOMAIN_MOST] = '\0';
	CU_ASSERT_EQUAL(people_write(&f, &put), PROBLEM_NONE);
	CU_ASSERT_TRUE(people_find(&f, A_DOMAIN, "1", &r));
	CU_ASSERT_TRUE(people_find(&f, domain, "2", &r));
	put.ids = NULL;
	f.problem = (struct problem){ .code = PROBLEM_NONE };
	CU_ASSERT_FALSE(store_write(f.store, put_by_another, &put, &f.problem));
	CU_ASSERT_EQUAL(f.problem.code, PROBLEM_FIELD_MISSING);
	done(&f);
}

/* ---- Somebody else, and who it was before ---- */

static void a_change_of_person_is_told(void)
{
	static const struct who taro = {
		A_DOMAIN, "1", "ヤマダ", "タロウ", "19700303", "M", "0312345003", 0, 0, 0, 0, 0, 0
	};
	struct fixture f;
	fixture_open(&f);
	people_feed(&f, &hanako_b);
	CU_ASSERT_FALSE(people_feed(&f, &hanako_a).somebody_else);
	CU_ASSERT_TRUE(people_feed(&f, &taro).somebody_else);
	CU_ASSERT_EQUAL(told(&f, A_DOMAIN, "1", "identity changed", false), 1);
	CU_ASSERT_EQUAL(told(&f, A_DOMAIN, "1", "identity came back", true), 0);
	CU_ASSERT_FALSE(people_feed(&f, &taro).somebody_else);
	CU_ASSERT_FALSE(people_feed(&f, &hanako_a).somebody_else);
	CU_ASSERT_EQUAL(told(&f, A_DOMAIN, "1", "identity changed", false), 1);
	CU_ASSERT_EQUAL(told(&f, A_DOMAIN, "1", "identity came back", true), 1);
	CU_ASSERT_TRUE(people_same(&f, &hanako_a, &hanako_b));
	done(&f);
}

/* The oldest record of all, whose id is its person's regional one, rests and comes back: it was a
 * person of its own meanwhile, and of that nothing is left. */
static void a_person_meanwhile_leaves_nothing(void)
{
	static const struct who taro = {
		AFFINITY, "R-1", "ヤマダ", "タロウ", "19700303", "M", "0312345003", 0, 0, 0, 0, 0, 0
	};
	struct who outside = hanako_a;
	struct fixture f;
	unsigned count;
	outside.domain = AFFINITY;
	outside.id = "R-1";
	fixture_open(&f);
	uint64_t person = people_feed(&f, &outside).person;
	people_feed(&f, &hanako_a);
	CU_ASSERT_TRUE(people_same(&f, &outside, &hanako_a));
	people_feed(&f, &taro);
	CU_ASSERT_EQUAL(people_record(&f, A_DOMAIN, "1").person, person);
	CU_ASSERT_NOT_EQUAL(people_record(&f, AFFINITY, "R-1").person, person);
	CU_ASSERT_STRING_NOT_EQUAL(people_person(&f, A_DOMAIN, "1").regional_id, "R-1");
	people_feed(&f, &outside);
	CU_ASSERT_EQUAL(people_record(&f, AFFINITY, "R-1").person, person);
	CU_ASSERT_STRING_EQUAL(people_person(&f, A_DOMAIN, "1").regional_id, "R-1");
	struct store_txn *t = store_begin_read(f.store, &f.problem);
	identity_list(t, f.arena, 0, 9, &count);
	CU_ASSERT_EQUAL(count, 1);
	store_end(t);
	done(&f);
}

/* As if the normal forms had been others then. */
static bool age_evidence(void *with, struct store_txn *t, struct problem *p)
{
	struct fixture *f = with;
	uint64_t number = 0;
	struct identity_row row;
	(void)p;
	CU_ASSERT_TRUE(identity_id_get(t, f->arena, A_DOMAIN, "1", &number));
	CU_ASSERT_TRUE(identity_row_get(t, f->arena, number, &row));
	identity_link_delete(t, row.evidence, number);
	row.evidence->hash[0] ^= 1;
	identity_link_put(t, row.evidence, number);
	return identity_row_put(t, &row);
}

/* A record that is fed again, unchanged, has its evidence in the forms of today. */
static void evidence_is_made_anew(void)
{
	struct fixture f;
	fixture_open(&f);
	people_feed(&f, &hanako_b);
	people_feed(&f, &hanako_a);
	fixture_must(&f, store_write(f.store, age_evidence, &f, &f.problem));
	struct feed_outcome out = people_feed(&f, &hanako_a);
	CU_ASSERT_EQUAL(out.effect, FEED_UPDATED);
	CU_ASSERT_EQUAL(out.linked, 1);
	CU_ASSERT_EQUAL(told(&f, A_DOMAIN, "1", "phone", true), 2);
	CU_ASSERT_EQUAL(people_record(&f, A_DOMAIN, "1").version, 1);
	CU_ASSERT_TRUE(people_same(&f, &hanako_a, &hanako_b));
	CU_ASSERT_EQUAL(people_feed(&f, &hanako_a).effect, FEED_UNCHANGED);
	done(&f);
}

/* That two are of one birth parts them, though their evidence stays what it was. */
static void what_is_no_evidence_parts_them(void)
{
	struct fixture f;
	struct patient_identifier id = { .id = "1" };
	fixture_open(&f);
	people_feed(&f, &hanako_b);
	people_feed(&f, &hanako_a);
	for (unsigned i = 0; i < 2; i++) {
		struct people_put put = { .ids = &id,
					  .demographics = { .multiple_birth = "Y",
							    .birth_order = i == 0 ? "1" : "2" } };
		id.universal_id = i == 0 ? A_DOMAIN : B_DOMAIN;
		CU_ASSERT_EQUAL(people_write(&f, &put), PROBLEM_NONE);
		CU_ASSERT_EQUAL(put.outcome.effect, FEED_UPDATED);
		CU_ASSERT_EQUAL(people_same(&f, &hanako_a, &hanako_b), i == 0);
	}
	CU_ASSERT_EQUAL(people_record(&f, A_DOMAIN, "1").unsettled, UNSETTLED_CONTRADICTION);
	done(&f);
}

/* Twins: why their records are not linked is told of the one that came, once; and again when it
 * came about again. */
static void what_stands_against_a_link_is_told_once(void)
{
	struct fixture f;
	struct patient_identifier id = { .id = "1", .universal_id = A_DOMAIN };
	struct people_put put = { .ids = &id };
	const char *const phones[] = { hanako_a.phone, hanako_a.phone, "0399990000",
				       hanako_a.phone };
	const unsigned times[] = { 1, 1, 1, 2 };
	fixture_open(&f);
	for (unsigned i = 0; i <= COUNT(phones); i++) {
		struct who w = i == 0 ? hanako_b : other_id(&hanako_a, "1", phones[i - 1]);
		w.postcode = "150-0002";
		w.address = arena_printf(f.arena, "%u", i);
		put.demographics = people_demographics(f.arena, &w);
		put.demographics.multiple_birth = "Y";
		put.demographics.birth_order = i == 0 ? "1" : "2";
		id.universal_id = w.domain;
		CU_ASSERT_EQUAL(people_write(&f, &put), PROBLEM_NONE);
		if (i == 0)
			continue;
		CU_ASSERT_FALSE(people_same(&f, &hanako_a, &hanako_b));
		CU_ASSERT_EQUAL(told(&f, A_DOMAIN, "1", "contradiction", false), times[i - 1]);
		CU_ASSERT_EQUAL(told(&f, A_DOMAIN, "1", "phone", false), 0);
		CU_ASSERT_EQUAL(told(&f, B_DOMAIN, "1", "contradiction", false), 0);
	}
	done(&f);
}

/* Of each list it is said that there is none: the others stay. */
static void each_list_goes_alone(void)
{
	static const struct who whole = { A_DOMAIN,     "1",        "サトウ",
					  "ハナコ",     "19800101", "F",
					  "0312345001", "150-0002", "東京都渋谷区渋谷1-2-3",
					  "01130012",   "12",       "3456",
					  "01" };
	static const struct patient_demographics none[] = {
		{ .delete_names = true },
		{ .delete_addresses = true },
		{ .delete_telecoms = true },
		{ .delete_insurances = true },
	};
	for (size_t i = 0; i < COUNT(none); i++) {
		struct fixture f;
		struct patient_identifier id = { .id = "1", .universal_id = A_DOMAIN };
		struct people_put put = { .ids = &id, .demographics = none[i] };
		fixture_open(&f);
		people_feed(&f, &whole);
		CU_ASSERT_EQUAL(people_write(&f, &put), PROBLEM_NONE);
		struct patient_demographics d = people_record(&f, A_DOMAIN, "1").demographics;
		CU_ASSERT_EQUAL(d.names == NULL, none[i].delete_names);
		CU_ASSERT_EQUAL(d.addresses == NULL, none[i].delete_addresses);
		CU_ASSERT_EQUAL(d.telecoms == NULL, none[i].delete_telecoms);
		CU_ASSERT_EQUAL(d.insurances == NULL, none[i].delete_insurances);
		CU_ASSERT_STRING_EQUAL(d.birth_date, "19800101");
		done(&f);
	}
}

/* Names that nobody divided may be a family's; once one of them is, the evidence is no other, and
 * links. */
static void a_name_divided_at_last_links(void)
{
	static const struct {
		const char *family, *given;
		bool same;
	} said[] = {
		{ "サトウハナコ", NULL, false },
		{ "サトウ", "ハナコ", true },
		{ "サトウハナコ", NULL, false },
	};
	struct fixture f;
	struct who other = hanako_b;
	fixture_open(&f);
	other.family = "サトウハナコ";
	other.given = NULL;
	people_feed(&f, &other);
	for (size_t i = 0; i < COUNT(said); i++) {
		struct who w = hanako_a;
		w.family = said[i].family;
		w.given = said[i].given;
		people_feed(&f, &w);
		CU_ASSERT_EQUAL(people_same(&f, &w, &other), said[i].same);
		CU_ASSERT_EQUAL(people_findings(&f, true), 0);
	}
	done(&f);
}

/* ---- Which is the newer ---- */

static void what_nobody_said_when_shuts_nobody_in(void)
{
	struct fixture f;
	struct who moved = other_id(&hanako_a, "1", "0399990000");
	fixture_open(&f);
	feed_at(&f, &hanako_a, 2000);
	CU_ASSERT_EQUAL(feed_at(&f, &moved, 0).effect, FEED_UPDATED);
	CU_ASSERT_TRUE(feed_at(&f, &hanako_a, 1999).older); /* 2000 is known still */
	CU_ASSERT_STRING_EQUAL(people_record(&f, A_DOMAIN, "1").demographics.telecoms->number,
			       "0399990000");
	struct feed_outcome out = feed_at(&f, &hanako_a, 2000);
	CU_ASSERT_FALSE(out.older);
	CU_ASSERT_EQUAL(out.effect, FEED_UPDATED);
	done(&f);
}

/* Who said so last is known, also where it is nothing new. */
/* What is known of nobody yet is not newer, though the clock of who says it stands before 1970. */
static void a_first_message_is_never_older(void)
{
	struct fixture f;
	fixture_open(&f);
	struct feed_outcome out = feed_at(&f, &hanako_a, -5);
	CU_ASSERT_EQUAL(out.effect, FEED_CREATED);
	CU_ASSERT_FALSE(out.older);
	CU_ASSERT_TRUE(feed_at(&f, &hanako_a, -6).older);
	done(&f);
}

static void who_said_so_last(void)
{
	struct fixture f;
	struct patient_identifier id = { .id = "1", .universal_id = A_DOMAIN };
	fixture_open(&f);
	people_feed(&f, &hanako_a);
	struct people_put put = { .ids = &id,
				  .demographics = people_demographics(f.arena, &hanako_a) };
	for (unsigned i = 0; i < 2; i++) {
		CU_ASSERT_TRUE(store_write(f.store, put_by_another, &put, &f.problem));
		CU_ASSERT_EQUAL(put.outcome.effect, i == 0 ? FEED_UPDATED : FEED_UNCHANGED);
		CU_ASSERT_STRING_EQUAL(people_record(&f, A_DOMAIN, "1").source_system,
				       "another-system");
		CU_ASSERT_EQUAL(people_record(&f, A_DOMAIN, "1").version, 2);
	}
	done(&f);
}

/* An older message ties nobody: what it said of the ids may be over. */
static void an_older_message_ties_nobody(void)
{
	struct fixture f;
	struct patient_identifier ids[] = {
		{ .id = "1", .universal_id = A_DOMAIN, .next = &ids[1] },
		{ .id = "2", .universal_id = A_DOMAIN }
	};
	struct people_put put = { .ids = ids, .occurred = 1000 };
	struct who second = other_id(&hanako_a, "2", "0399990000");
	fixture_open(&f);
	feed_at(&f, &hanako_a, 2000);
	feed_at(&f, &second, 500);
	CU_ASSERT_EQUAL(people_write(&f, &put), PROBLEM_NONE);
	CU_ASSERT_TRUE(put.outcome.older);
	CU_ASSERT_EQUAL(put.outcome.linked, 0);
	CU_ASSERT_FALSE(one(&f, "1", "2"));
	done(&f);
}

/* ---- Merges, and what a person decided ---- */

/* A decision about an id that is merged away holds for who speaks for it, whatever the order of the
 * merges, and is taken back there. */
static void decisions_go_with_a_merge(void)
{
	static const struct {
		const char *why, *survivor, *subsumed;
	} orders[3][2] = {
		{ { "one merge", "2", "1" } },
		{ { "two merges", "2", "1" }, { "two merges", "3", "2" } },
		{ { "two merges, the later first", "3", "2" },
		  { "two merges, the later first", "2", "1" } },
	};
	for (size_t i = 0; i < COUNT(orders); i++)
		for (unsigned together = 0; together < 2; together++) {
			struct fixture f;
			const struct who first = other_id(&hanako_a, "1",
							  together ? "0399990001" : hanako_a.phone),
					 second = other_id(&hanako_a, "2", "0399990002"),
					 third = other_id(&hanako_a, "3", "0399990003"),
					 *last = i == 0 ? &second : &third;
			fixture_open(&f);
			people_feed(&f, &hanako_b);
			people_feed(&f, &first);
			people_feed(&f, &second);
			people_feed(&f, &third);
			CU_ASSERT_EQUAL(people_same(&f, &first, &hanako_b), !together);
			CU_ASSERT_EQUAL(decide(&f, &first, &hanako_b,
					       together ? PAIR_TOGETHER : PAIR_APART),
					PROBLEM_NONE);
			for (size_t k = 0; k < 2 && orders[i][k].why != NULL; k++)
				CU_ASSERT_EQUAL(people_merge(&f, A_DOMAIN, orders[i][k].survivor,
							     orders[i][k].subsumed, NULL),
						PROBLEM_NONE);
			if (people_same(&f, last, &hanako_b) != (together != 0))
				fprintf(stderr, "%s, %s\n", orders[i][0].why,
					together ? "together" : "apart");
			CU_ASSERT_EQUAL(people_same(&f, last, &hanako_b), together);
			CU_ASSERT_EQUAL(people_same(&f, &first, &hanako_b), together);
			/* Asked by the id that is gone, or by the survivor's: the same decision. */
			CU_ASSERT_EQUAL(decide(&f, together ? last : &first, &hanako_b, PAIR_UNDO),
					PROBLEM_NONE);
			CU_ASSERT_EQUAL(people_same(&f, last, &hanako_b), !together);
			CU_ASSERT_EQUAL(decide(&f, &hanako_b, &first, PAIR_UNDO), PROBLEM_CONFLICT);
			done(&f);
		}
}

/* The record as it was before stays, and the trail says when it went. */
static void what_was_merged_away_is_kept(void)
{
	struct fixture f;
	struct identity_row before;
	const struct who second = other_id(&hanako_a, "2", "0399990002");
	unsigned merges = 0;
	fixture_open(&f);
	people_feed(&f, &hanako_a);
	people_feed(&f, &second);
	uint64_t version = people_record(&f, A_DOMAIN, "2").version;
	CU_ASSERT_EQUAL(people_merge(&f, A_DOMAIN, "2", "1", NULL), PROBLEM_NONE);
	struct patient_record r = people_record(&f, A_DOMAIN, "1"),
			      survivor = people_record(&f, A_DOMAIN, "2");
	CU_ASSERT_EQUAL(r.version, 2);
	CU_ASSERT_EQUAL(survivor.version, version);
	struct store_txn *t = store_begin_read(f.store, &f.problem);
	CU_ASSERT_TRUE_FATAL(identity_row_version(t, f.arena, r.number, 1, &before));
	CU_ASSERT_EQUAL(before.record.status, RECORD_ACTIVE);
	CU_ASSERT_EQUAL(before.record.version, 1);
	CU_ASSERT_FALSE(identity_row_version(t, f.arena, r.number, 3, &before));
	for (struct link_decision *d = identity_decisions(t, f.arena, r.person); d != NULL;
	     d = d->next)
		if (text_equal(d->reason, "merge")) {
			CU_ASSERT_EQUAL(d->time, r.updated);
			CU_ASSERT(d->record == r.number && d->other == survivor.number
				  && d->linked);
			merges++;
		}
	CU_ASSERT_EQUAL(merges, 1);
	store_end(t);
	done(&f);
}

/* Regional ids stand for their persons: what is told is told of the records they were made for. */
static void merged_persons_are_told(void)
{
	struct fixture f;
	const struct who second = other_id(&hanako_a, "2", "0399990002");
	fixture_open(&f);
	people_feed(&f, &hanako_a);
	people_feed(&f, &second);
	const char *x = people_person(&f, A_DOMAIN, "1").regional_id,
		   *y = people_person(&f, A_DOMAIN, "2").regional_id;
	for (unsigned i = 0; i < 2; i++) {
		CU_ASSERT_EQUAL(people_merge(&f, AFFINITY, x, y, NULL), PROBLEM_NONE);
		CU_ASSERT_TRUE(people_same(&f, &hanako_a, &second));
		CU_ASSERT_EQUAL(told(&f, A_DOMAIN, "2", "merge", true), 1);
		CU_ASSERT_EQUAL(told(&f, A_DOMAIN, "1", "merge", true), 0);
	}
	done(&f);
}

static bool turn_in_a_circle(void *with, struct store_txn *t, struct problem *p)
{
	struct fixture *f = with;
	uint64_t numbers[2] = { 0 };
	struct identity_row rows[2];
	(void)p;
	for (unsigned i = 0; i < 2; i++) {
		CU_ASSERT_TRUE(
			identity_id_get(t, f->arena, A_DOMAIN, i == 0 ? "1" : "2", &numbers[i]));
		CU_ASSERT_TRUE(identity_row_get(t, f->arena, numbers[i], &rows[i]));
	}
	for (unsigned i = 0; i < 2; i++) {
		rows[i].record.status = RECORD_SUBSUMED;
		rows[i].record.survivor = numbers[!i];
		CU_ASSERT_TRUE(identity_row_put(t, &rows[i]));
	}
	return true;
}

/* What nobody can have done ends all the same. */
static void merges_in_a_circle_end(void)
{
	struct fixture f;
	const struct who second = other_id(&hanako_a, "2", hanako_a.phone);
	fixture_open(&f);
	people_feed(&f, &hanako_a);
	people_feed(&f, &second);
	people_feed(&f, &hanako_b);
	fixture_must(&f, store_write(f.store, turn_in_a_circle, &f, &f.problem));
	CU_ASSERT_EQUAL(people_merge(&f, A_DOMAIN, "1", "2", NULL), PROBLEM_MERGE_REFUSED);
	CU_ASSERT_EQUAL(decide(&f, &hanako_b, &second, PAIR_APART), PROBLEM_UNKNOWN_PATIENT);
	CU_ASSERT_TRUE(people_findings(&f, false) > 0);
	fixture_close(&f);
}

/* Nor is it lost where messages have filled the survivor with ties. */
static void decisions_find_room(void)
{
	struct fixture f;
	fixture_open(&f);
	people_feed(&f, &hanako_b);
	people_feed(&f, &hanako_a);
	CU_ASSERT_EQUAL(decide(&f, &hanako_a, &hanako_b, PAIR_APART), PROBLEM_NONE);
	for (unsigned i = 0; i < TIES_MOST; i++)
		feed_two(&f, "full", arena_printf(f.arena, "t%u", i));
	CU_ASSERT_EQUAL(people_merge(&f, A_DOMAIN, "full", "1", NULL), PROBLEM_NONE);
	CU_ASSERT_NOT_EQUAL(people_record(&f, A_DOMAIN, "full").person,
			    people_record(&f, B_DOMAIN, "1").person);
	done(&f);
}

/* An id that is gone is spoken for: what is decided of it is decided of its survivor. */
static void a_decision_about_an_id_that_is_gone(void)
{
	struct fixture f;
	const struct who second = other_id(&hanako_a, "2", "0399990002");
	fixture_open(&f);
	people_feed(&f, &hanako_b);
	people_feed(&f, &hanako_a);
	people_feed(&f, &second);
	CU_ASSERT_EQUAL(people_merge(&f, A_DOMAIN, "2", "1", NULL), PROBLEM_NONE);
	CU_ASSERT_TRUE(people_same(&f, &second, &hanako_b));
	CU_ASSERT_EQUAL(decide(&f, &hanako_a, &second, PAIR_APART), PROBLEM_REQUEST_INVALID);
	CU_ASSERT_EQUAL(decide(&f, &hanako_b, &hanako_a, PAIR_APART), PROBLEM_NONE);
	CU_ASSERT_FALSE(people_same(&f, &second, &hanako_b));
	CU_ASSERT_TRUE(people_same(&f, &second, &hanako_a));
	CU_ASSERT_EQUAL(told(&f, A_DOMAIN, "2", "apart", false), 0);
	CU_ASSERT_EQUAL(told(&f, B_DOMAIN, "1", "apart", false), 1);
	done(&f);
}

static void which_id_is_not_known(void)
{
	struct fixture f;
	fixture_open(&f);
	people_feed(&f, &hanako_a);
	CU_ASSERT_EQUAL(people_merge(&f, A_DOMAIN, "9", "1", NULL), PROBLEM_UNKNOWN_KEY);
	CU_ASSERT_PTR_NOT_NULL(strstr(f.problem.what, "surviving"));
	CU_ASSERT_EQUAL(people_merge(&f, A_DOMAIN, "1", "9", NULL), PROBLEM_UNKNOWN_KEY);
	CU_ASSERT_PTR_NOT_NULL(strstr(f.problem.what, "subsumed"));
	done(&f);
}

static bool lose_anchor(void *with, struct store_txn *t, struct problem *p)
{
	const uint64_t *number = with;
	struct identity_row row;
	(void)p;
	CU_ASSERT_TRUE_FATAL(identity_row_get(t, store_arena(t), *number, &row) && row.made);
	row.anchor = 4711;
	return identity_row_put(t, &row);
}

/* Whichever of the two has lost it: whose the other's documents would be nobody can tell. */
static void what_has_no_anchor_is_not_merged(void)
{
	for (unsigned lost = 0; lost < 2; lost++) {
		struct fixture f;
		const struct who second = other_id(&hanako_a, "2", "0399990002");
		fixture_open(&f);
		people_feed(&f, &hanako_a);
		people_feed(&f, &second);
		struct person x = people_person(&f, A_DOMAIN, "1"),
			      y = people_person(&f, A_DOMAIN, "2");
		uint64_t number = lost == 0 ? x.regional_record : y.regional_record;
		fixture_must(&f, store_write(f.store, lose_anchor, &number, &f.problem));
		CU_ASSERT_EQUAL(people_merge(&f, AFFINITY, x.regional_id, y.regional_id, NULL),
				PROBLEM_INTERNAL);
		CU_ASSERT_FALSE(people_same(&f, &hanako_a, &second));
		CU_ASSERT_EQUAL(people_record(&f, AFFINITY, y.regional_id).status, RECORD_ACTIVE);
		fixture_close(&f);
	}
}

/* What was said of it cannot be unpacked, and all else can be read. */
static bool spoil_what_was_said(struct store_txn *t, const void *with)
{
	static const unsigned char nothing[] = { 0 };
	struct identity_row row;
	if (!identity_row_get(t, store_arena(t), *(const uint64_t *)with, &row))
		return false;
	row.said = (struct bytes){ 0 };
	row.packed = (struct bytes){ nothing, sizeof nothing };
	return identity_row_put(t, &row);
}

/* Nothing new is made of what is not known: neither an update nor a merge passes over it. */
static void what_was_said_cannot_be_read(void)
{
	static const struct who said[] = { HANAKO(A_DOMAIN, "1", "0312345001"),
					   HANAKO(A_DOMAIN, "1", "0399990000") };
	struct fixture f;
	struct patient_record r;
	fixture_open(&f);
	uint64_t number = people_feed(&f, &hanako_a).record;
	const struct who other = other_id(&hanako_a, "2", "0399990002");
	people_feed(&f, &other);
	CU_ASSERT_TRUE_FATAL(in_job(&f, spoil_what_was_said, &number));
	for (size_t i = 0; i < COUNT(said); i++) {
		struct patient_identifier id = { .id = "1", .universal_id = A_DOMAIN };
		struct people_put put = { .ids = &id,
					  .demographics = people_demographics(f.arena, &said[i]) };
		CU_ASSERT_EQUAL(people_write(&f, &put), PROBLEM_INTERNAL);
		CU_ASSERT_PTR_NOT_NULL(strstr(f.problem.what, "cannot be read"));
	}
	CU_ASSERT_EQUAL(people_merge(&f, A_DOMAIN, "2", "1", NULL), PROBLEM_INTERNAL);
	CU_ASSERT_PTR_NOT_NULL(strstr(f.problem.what, "cannot be read"));
	struct store_txn *t = store_begin_read(f.store, &f.problem);
	CU_ASSERT_TRUE(identity_find_place(t, f.arena, A_DOMAIN, "1", &r));
	CU_ASSERT(r.number == number && r.status == RECORD_ACTIVE && r.survivor == 0);
	store_end(t);
	/* Of another id nothing is lost. */
	CU_ASSERT_EQUAL(people_feed(&f, &other).effect, FEED_UNCHANGED);
	fixture_close(&f);
}

static const struct test tests[] = {
	{ "each tie is said once", each_tie_is_said_once },
	{ "I8 a message ties nobody who is apart", a_message_ties_nobody_who_is_apart },
	{ "I8 a decision is more than a message", a_decision_is_more_than_a_message },
	{ "so many ties of messages", so_many_ties_of_messages },
	{ "ids that cannot be take none in", ids_that_cannot_be_take_none_in },
	{ "I7 a change of person is told", a_change_of_person_is_told },
	{ "I4 a person meanwhile leaves nothing", a_person_meanwhile_leaves_nothing },
	{ "evidence is made anew", evidence_is_made_anew },
	{ "what is no evidence parts them", what_is_no_evidence_parts_them },
	{ "what stands against a link is told once", what_stands_against_a_link_is_told_once },
	{ "each list goes alone", each_list_goes_alone },
	{ "a name divided at last links", a_name_divided_at_last_links },
	{ "what nobody said when shuts nobody in", what_nobody_said_when_shuts_nobody_in },
	{ "a first message is never older", a_first_message_is_never_older },
	{ "who said so last", who_said_so_last },
	{ "an older message ties nobody", an_older_message_ties_nobody },
	{ "I8 decisions go with a merge", decisions_go_with_a_merge },
	{ "what was merged away is kept", what_was_merged_away_is_kept },
	{ "merged persons are told", merged_persons_are_told },
	{ "merges in a circle end", merges_in_a_circle_end },
	{ "which id is not known", which_id_is_not_known },
	{ "what has no anchor is not merged", what_has_no_anchor_is_not_merged },
	{ "I8 decisions find room", decisions_find_room },
	{ "I8 a decision about an id that is gone", a_decision_about_an_id_that_is_gone },
	{ "what was said cannot be read", what_was_said_cannot_be_read },
	{ 0 }
};

int main(void)
{
	return suite_run("store: identity feed", tests);
}
