/* tests/store/identity_check_test.c: what can be wrong with records and persons that nobody wrote
 * so: `minato check` says what and of which record, once, and goes on. */
#include "tests/base/suite.h"

#include "gateway/base/text.h"
#include "store/check_counts.h"
#include "store/identity_rows.h"
#include "store/packed.h"
#include "tests/base/failing.h"
#include "tests/store/in_job.h"
#include "tests/store/people.h"

static bool refused(struct store_txn *t)
{
	return problem_set(store_problem(t), PROBLEM_STORE_FULL, "made to fail");
}
FAILING(bool, store_get, (struct store_txn * t, struct bytes k, struct arena *a, struct bytes *v),
	(t, k, a, v), refused(t))

/* No memory to count in: each row is looked for at once. */
static bool uncounted;
struct check_counts_of *__real_check_counts_create(const struct random_source *r);
struct check_counts_of *__wrap_check_counts_create(const struct random_source *r);
struct check_counts_of *__wrap_check_counts_create(const struct random_source *r)
{
	return uncounted ? NULL : __real_check_counts_create(r);
}

/* ---- A region where all is well ---- */

#define SOMEBODY(domain, id, family, phone)                                                        \
	{                                                                                          \
		domain, id, family, "ハナコ", "19800101", "F", phone, 0, 0, 0, 0, 0, 0             \
	}

/* The numbers they get. OURS is the record made for a person, LEFT the one of a person that is no
 * more. */
enum {
	HANAKO = 1,
	OURS,
	HANAKO_B,
	YURI,
	YURI_OURS,
	MERGED,
	LEFT,
	TWIN,
	TWIN_OURS,
	OTHER_TWIN,
	TANAKA = 12, /* the other twin has one of ours as well */
	TANAKA_OURS,
	TANAKA_B, /* what it says stands with TANAKA */
	NOBODY = 4711
};
enum { HERS = 1, YURIS }; /* persons */

static bool feed_twin(struct fixture *f, const char *id, const char *order)
{
	static const struct who twin = SOMEBODY(C_DOMAIN, NULL, "スズキ", "0312345009");
	struct patient_identifier named = { .id = id, .universal_id = C_DOMAIN };
	struct people_put put = { .ids = &named,
				  .demographics = people_demographics(f->arena, &twin) };
	put.demographics.multiple_birth = "Y";
	put.demographics.birth_order = order;
	return people_write(f, &put) == PROBLEM_NONE;
}

static bool keep_apart(struct store_txn *t, const void *with)
{
	const uint64_t *pair = with;
	struct feed_outcome out;
	return identity_decide_pair(t, &people_region, pair[0], pair[1], PAIR_APART,
				    &(struct person_decision){ "clerk", "seen" }, &out,
				    store_problem(t));
}

static const struct who tanaka_b = SOMEBODY(B_DOMAIN, "5", "タナカ", "0312345005");

/* One person of two facilities, who say different things of her, and whom one of them merged with
 * her; one who was decided to be somebody else; twins, who wait for the operator; one of whom two
 * facilities say the same. */
static void begin(struct fixture *f)
{
	static const struct who all[] = {
		SOMEBODY(A_DOMAIN, "1", "サトウ", "0312345001"),
		SOMEBODY(B_DOMAIN, "1", "サトウ", "0312345001"),
		SOMEBODY(A_DOMAIN, "2", "ヤマダ", "0312345002"),
		SOMEBODY(A_DOMAIN, "3", "サトウ", "0312345003"),
	};
	static const struct who tanaka = SOMEBODY(A_DOMAIN, "5", "タナカ", "0312345005");
	static const uint64_t numbers[] = { HANAKO, HANAKO_B, YURI, MERGED },
			      pair[] = { HANAKO, YURI };
	fixture_open(f);
	for (size_t i = 0; i < COUNT(all); i++) {
		struct who w = all[i];
		w.postcode = numbers[i] == HANAKO_B ? "1500002" : NULL;
		fixture_must(f, people_feed(f, &w).record == numbers[i]);
	}
	fixture_must(f, people_merge(f, A_DOMAIN, "1", "3", NULL) == PROBLEM_NONE);
	fixture_must(f, in_job(f, keep_apart, pair));
	fixture_must(f, feed_twin(f, "1", "1") && feed_twin(f, "2", "2"));
	fixture_must(f, people_record(f, C_DOMAIN, "2").number == OTHER_TWIN);
	fixture_must(f, people_feed(f, &tanaka).record == TANAKA);
	fixture_must(f, people_feed(f, &tanaka_b).record == TANAKA_B);
}

/* ---- What is done to it ---- */

enum { TOLD = 8 };

struct damage {
	/* What is not 0 here, a record's row says instead; or: */
	uint64_t record, survivor, person, anchor, against, like;
	struct tie tie;
	struct link_decision decided; /* what the trail says of the tie: where this has a reason */
	instant later;                /* since when its evidence says so */
	bool settled, active, bare, undivided; /* bare: no evidence; undivided: its names */
	unsigned reasons;                      /* it waits for */
	/* a key has that value, is gone, or leads to a record's row: of an id (a record's row: it
	 * has that one), of a record's evidence, or of one or two numbers; and more behind them. */
	unsigned char space;
	const char *domain, *id;
	uint64_t link_of, number, second;
	const char *more, *value;
	uint64_t row_of, leads_to; /* leads_to: an id */
	bool gone;
	bool first;            /* link_of: the row of those who had it first, not of one behind */
	struct holder held[2]; /* are these */
	const struct damage *also;
	const char *told[TOLD];
	unsigned keys; /* told of each of these that has no record: the last of them */
};

/* Longer than any key. */
#define SIXTY_FOUR "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define LONG_ID                                                                                    \
	SIXTY_FOUR SIXTY_FOUR SIXTY_FOUR SIXTY_FOUR SIXTY_FOUR SIXTY_FOUR SIXTY_FOUR SIXTY_FOUR

static const struct damage yuri_rests = { .record = YURI, .reasons = UNSETTLED_IDENTITY };

static const struct damage damages[] = {
	{ .record = HANAKO, .told = { NULL } },
	/* Survivors. */
	{ .record = HANAKO_B, .survivor = NOBODY, .told = { "record 3 has no survivor" } },
	{ .record = HANAKO_B, .survivor = HANAKO_B, .told = { "record 3 has no survivor" } },
	{ .record = HANAKO_B, .survivor = YURI, .told = { "record 3 is not with its survivor" } },
	/* Records we made. */
	{ .record = OURS,
	  .anchor = NOBODY,
	  .told = { "regional record 2 is not with its anchor" } },
	{ .record = OURS, .anchor = YURI, .told = { "regional record 2 is not with its anchor" } },
	{ .record = OURS, .survivor = HANAKO, .told = { "person 1 has no regional record" } },
	{ .record = LEFT, .active = true, .told = { "person 1 has two regional records" } },
	/* Persons. */
	{ .record = HANAKO_B,
	  .person = YURIS,
	  .told = { "record 3 is not among the records of person 2",
		    "person 1 lists record 3, which is not its own",
		    "records 3 and 1 have the same evidence and are two persons" } },
	{ .record = HANAKO_B,
	  .person = YURIS,
	  .undivided = true,
	  .told = { "record 3 is not among the records of person 2",
		    "person 1 lists record 3, which is not its own",
		    "records 3 and 1 have the same evidence and are two persons" } },
	{ .record = HANAKO_B,
	  .person = YURIS,
	  .survivor = OURS,
	  .told = { "record 3 is not among the records of person 2",
		    "person 1 lists record 3, which is not its own",
		    "record 3 is not with its survivor",
		    "records 3 and 1 have the same evidence and are two persons" } },
	{ .record = HANAKO_B,
	  .person = YURIS,
	  .survivor = MERGED,
	  .told = { "record 3 is not among the records of person 2",
		    "person 1 lists record 3, which is not its own",
		    "record 3 is not with its survivor",
		    "records 3 and 1 have the same evidence and are two persons" } },
	{ .record = HANAKO_B,
	  .person = YURIS,
	  .survivor = NOBODY,
	  .told = { "record 3 is not among the records of person 2",
		    "person 1 lists record 3, which is not its own", "record 3 has no survivor",
		    "records 3 and 1 have the same evidence and are two persons" } },
	{ .record = HANAKO_B,
	  .person = YURIS,
	  .survivor = HANAKO_B,
	  .told = { "record 3 is not among the records of person 2",
		    "person 1 lists record 3, which is not its own", "record 3 has no survivor",
		    "records 3 and 1 have the same evidence and are two persons" } },
	/* Of one that rests, or is led to one that does, the evidence says nothing. */
	{ .record = HANAKO_B,
	  .person = YURIS,
	  .survivor = YURI,
	  .also = &yuri_rests,
	  .told = { "record 3 is not among the records of person 2",
		    "person 1 lists record 3, which is not its own",
		    "record 4 waits for the operator, who is not told why" } },
	{ .record = HANAKO_B,
	  .person = YURIS,
	  .survivor = YURI_OURS,
	  .also = &yuri_rests,
	  .told = { "record 3 is not among the records of person 2",
		    "person 1 lists record 3, which is not its own",
		    "record 4 waits for the operator, who is not told why" } },
	{ .record = HANAKO,
	  .person = YURIS,
	  .survivor = YURI,
	  .also = &yuri_rests,
	  .told = { "record 1 is not among the records of person 2",
		    "person 1 lists record 1, which is not its own",
		    "regional record 2 is not with its anchor", "record 6 is not with its survivor",
		    "record 4 waits for the operator, who is not told why" } },
	{ .record = HANAKO_B,
	  .person = YURIS,
	  .survivor = YURI,
	  .told = { "record 3 is not among the records of person 2",
		    "person 1 lists record 3, which is not its own",
		    "records 3 and 1 have the same evidence and are two persons" } },
	{ .record = HANAKO_B,
	  .person = YURIS,
	  .tie = { .other = HANAKO, .reason = TIE_TOGETHER },
	  .told = { "record 3 is not among the records of person 2",
		    "person 1 lists record 3, which is not its own",
		    "record 3 is tied to 1, which does not know it",
		    "records 3 and 1 have the same evidence and are two persons" } },
	{ .record = HANAKO,
	  .person = YURIS,
	  .bare = true,
	  .told = { "record 1 is not among the records of person 2",
		    "person 1 lists record 1, which is not its own",
		    "regional record 2 is not with its anchor", "record 6 is not with its survivor",
		    "records 1 and 4 were decided to be apart",
		    "records 4 and 1 were decided to be apart",
		    "a link of record 1 is not one of its evidence" } },
	{ .record = YURI,
	  .person = HERS,
	  .told = { "record 4 is not among the records of person 1",
		    "person 2 lists record 4, which is not its own",
		    "regional record 5 is not with its anchor",
		    "records 1 and 4 were decided to be apart",
		    "records 4 and 1 were decided to be apart" } },
	{ .record = YURI,
	  .person = HERS,
	  .survivor = HANAKO,
	  .told = { "record 4 is not among the records of person 1",
		    "person 2 lists record 4, which is not its own",
		    "regional record 5 is not with its anchor" } },
	/* Evidence. */
	{ .record = HANAKO_B,
	  .bare = true,
	  .told = { "a link of record 3 is not one of its evidence" } },
	{ .record = HANAKO_B,
	  .later = 1,
	  .told = { "a link of record 3 is not one of its evidence" } },
	{ .space = SPACE_IDENTITY_LINK,
	  .link_of = HANAKO,
	  .number = NOBODY,
	  .told = { "a link of record 4711 is not one of its evidence" } },
	{ .space = SPACE_IDENTITY_LINK,
	  .link_of = HANAKO,
	  .number = YURI,
	  .told = { "a link of record 4 is not one of its evidence" } },
	{ .space = SPACE_IDENTITY_LINK,
	  .link_of = HANAKO,
	  .number = NOBODY,
	  .more = "x",
	  .told = { "a link cannot be read" } },
	{ .space = SPACE_IDENTITY_LINK,
	  .link_of = HANAKO,
	  .first = true,
	  .value = "\x80",
	  .told = { "a link cannot be read" } },
	{ .space = SPACE_IDENTITY_LINK,
	  .link_of = HANAKO,
	  .first = true,
	  .held = { { 2, HANAKO }, { 1, HANAKO_B } },
	  .told = { "a link cannot be read" } },
	{ .space = SPACE_IDENTITY_LINK,
	  .link_of = HANAKO,
	  .first = true,
	  .held = { { 2, HANAKO_B }, { 2, HANAKO } },
	  .told = { "a link cannot be read" } },
	{ .space = SPACE_IDENTITY_LINK,
	  .link_of = HANAKO,
	  .first = true,
	  .held = { { 2, HANAKO }, { 2, HANAKO } },
	  .told = { "a link cannot be read" } },
	{ .space = SPACE_IDENTITY_LINK,
	  .link_of = HANAKO,
	  .first = true,
	  .held = { { 2, HANAKO }, { 2, HANAKO_B } },
	  .told = { "a link of record 1 is not one of its evidence",
		    "a link of record 3 is not one of its evidence" } },
	/* Ties. */
	{ .record = HANAKO_B,
	  .tie = { .other = NOBODY, .reason = TIE_APART },
	  .told = { "record 3 is tied to 4711, which does not know it" } },
	{ .record = HANAKO_B,
	  .tie = { .other = YURI, .reason = TIE_APART },
	  .told = { "record 3 is tied to 4, which does not know it" } },
	{ .record = YURI,
	  .tie = { .other = HANAKO, .reason = TIE_TOGETHER },
	  .told = { "record 1 is tied to 4, which does not know it",
		    "record 4 is tied to 1, which does not know it" } },
	/* Who decided. */
	{ .record = HANAKO,
	  .tie = { .other = YURI, .reason = TIE_APART },
	  .decided = { .reason = "apart", .by = "clerk", .why = "seen" } },
	{ .record = HANAKO,
	  .tie = { .other = YURI, .reason = TIE_APART },
	  .decided = { .reason = "together", .by = "clerk", .why = "seen" },
	  .told = { "of records 1 and 4 it was decided, and nobody says by whom" } },
	{ .record = HANAKO,
	  .tie = { .other = YURI, .reason = TIE_APART },
	  .decided = { .reason = "apart", .why = "seen" },
	  .told = { "of records 1 and 4 it was decided, and nobody says by whom" } },
	{ .record = HANAKO,
	  .tie = { .other = YURI, .reason = TIE_APART },
	  .decided = { .reason = "apart", .by = "clerk" },
	  .told = { "of records 1 and 4 it was decided, and nobody says by whom" } },
	{ .record = HANAKO,
	  .tie = { .other = YURI, .reason = TIE_APART, .said = { HANAKO, NOBODY } },
	  .told = { "of records 1 and 4 it was decided, and nobody says by whom" } },
	/* Candidates. */
	{ .space = SPACE_IDENTITY_CANDIDATE,
	  .more = "x",
	  .told = { "is found by what it does not say" } },
	/* Who waits for the operator. */
	{ .record = TWIN,
	  .settled = true,
	  .told = { "record 8 is said to wait for the operator, and does not" } },
	{ .record = TWIN,
	  .reasons = UNSETTLED_CONSENT,
	  .told = { "record 8 waits for the operator, who is not told why" } },
	{ .record = TWIN,
	  .against = NOBODY,
	  .told = { "record 8 waits for the operator, who is not told why" } },
	{ .space = SPACE_IDENTITY_UNSETTLED,
	  .number = TWIN,
	  .gone = true,
	  .told = { "record 8 waits for the operator, who is not told why" } },
	{ .space = SPACE_IDENTITY_UNSETTLED,
	  .number = TWIN,
	  .value = "\x01\x01\x01\x02\x02\x01\x0a\xff",
	  .told = { "record 8 waits for the operator, who is not told why" } },
	{ .space = SPACE_IDENTITY_UNSETTLED,
	  .number = TWIN,
	  .value = "\x01",
	  .told = { "record 8 waits for the operator, who is not told why" } },
	{ .space = SPACE_IDENTITY_UNSETTLED,
	  .number = TWIN,
	  .value = "\x01\x63\x01\x05\x02\x01\x0a\x01\x01\x02" },
	{ .space = SPACE_IDENTITY_UNSETTLED,
	  .number = TWIN,
	  .more = "x",
	  .told = { "record 8 is said to wait for the operator, and does not" } },
	{ .space = SPACE_IDENTITY_UNSETTLED,
	  .number = NOBODY,
	  .told = { "record 4711 is said to wait for the operator, and does not" } },
	/* Ids. */
	{ .space = SPACE_IDENTITY_ID,
	  .domain = A_DOMAIN,
	  .id = "2",
	  .value = "\x03",
	  .told = { "record 4 is not found by its id",
		    "an id in domain " A_DOMAIN " leads to no record of it" } },
	{ .space = SPACE_IDENTITY_ID,
	  .domain = A_DOMAIN,
	  .id = "2",
	  .value = "",
	  .told = { "record 4 is not found by its id",
		    "an id in domain " A_DOMAIN " leads to no record of it" } },
	{ .space = SPACE_IDENTITY_ID,
	  .number = NOBODY,
	  .more = "x",
	  .leads_to = YURI,
	  .told = { "an id in domain that has no name leads to no record of it" } },
	{ .space = SPACE_IDENTITY_ID,
	  .domain = A_DOMAIN,
	  .id = "2",
	  .leads_to = HANAKO_B,
	  .told = { "record 4 is not found by its id",
		    "an id in domain " A_DOMAIN " leads to no record of it" } },
	{ .record = YURI,
	  .id = LONG_ID,
	  .told = { "record 4 is not found by its id",
		    "an id in domain " A_DOMAIN " leads to no record of it" } },
	{ .space = SPACE_IDENTITY_ID,
	  .domain = A_DOMAIN,
	  .id = "2",
	  .gone = true,
	  .told = { "record 4 is not found by its id" } },
	{ .space = SPACE_IDENTITY_ID,
	  .domain = A_DOMAIN,
	  .id = "9",
	  .leads_to = YURI,
	  .told = { "an id in domain " A_DOMAIN " leads to no record of it" } },
	{ .space = SPACE_IDENTITY_ID,
	  .domain = A_DOMAIN,
	  .id = "9",
	  .leads_to = NOBODY,
	  .told = { "an id in domain " A_DOMAIN " leads to no record of it" } },
	{ .space = SPACE_IDENTITY_ID,
	  .domain = B_DOMAIN,
	  .id = "2",
	  .leads_to = YURI,
	  .told = { "an id in domain " B_DOMAIN " leads to no record of it" } },
	{ .space = SPACE_IDENTITY_ID,
	  .domain = A_DOMAIN,
	  .id = "2",
	  .more = "x",
	  .leads_to = YURI,
	  .told = { "an id in domain " A_DOMAIN " leads to no record of it" } },
	/* What stands with another record. */
	{ .record = TANAKA_B, .like = TANAKA, .told = { NULL } },
	{ .record = TANAKA_B,
	  .like = YURI,
	  .told = { "what patient record 14 says stands with record 4, which is not",
		    "a link of record 14 is not one of its evidence" } },
	{ .record = TANAKA_B,
	  .like = TANAKA_B,
	  .told = { "patient record 14 cannot be read",
		    "patient record 14 in the store cannot be read" } },
	{ .record = TANAKA_B,
	  .like = TANAKA_OURS,
	  .told = { "patient record 14 cannot be read",
		    "patient record 14 in the store cannot be read" } },
	{ .record = TANAKA_B,
	  .like = NOBODY,
	  .told = { "patient record 14 cannot be read",
		    "patient record 14 in the store cannot be read" } },
	/* Versions. */
	{ .space = SPACE_IDENTITY_HISTORY,
	  .number = MERGED,
	  .second = 1,
	  .gone = true,
	  .told = { "version 1 of patient record 6 is not there" } },
	/* Rows that are not where they belong. */
	{ .space = SPACE_IDENTITY_RECORD,
	  .number = YURI,
	  .row_of = HANAKO_B,
	  .told = { "patient record 4 cannot be read",
		    "an id in domain " A_DOMAIN " leads to no record of it",
		    "person 2 lists record 4, which is not its own",
		    "regional record 5 is not with its anchor",
		    "a link of record 4 is not one of its evidence",
		    "record 1 is tied to 4, which does not know it",
		    "record 4 is found by what it does not say",
		    "record 4 is found by a key for matching it has not" },
	  .keys = 3 },
	{ .space = SPACE_IDENTITY_PERSON,
	  .number = YURIS,
	  .more = "x",
	  .told = { "person 2 cannot be read" } },
	{ .space = SPACE_IDENTITY_PERSON,
	  .number = YURIS,
	  .value = "\x01\x01\x01\x05\x02\x01\x05\x02\x01\x04",
	  .told = { "the records of person 2 are not in order" } },
	{ .space = SPACE_IDENTITY_PERSON,
	  .number = YURIS,
	  .value = "\x01\x01\x01\x05\x02\x01\x04\x02\x01\x04\x02\x01\x05",
	  .told = { "the records of person 2 are not in order" } },
	{ .space = SPACE_IDENTITY_PERSON,
	  .number = HERS,
	  .value = "\x01\x01\x01\x02"
		   "\x02\x01\x01"
		   "\x02\x01\x02"
		   "\x02\x01\x03"
		   "\x02\x01\x05"
		   "\x02\x01\x06"
		   "\x02\x01\x07",
	  .told = { "person 1 lists record 5, which is not its own" } },
	{ .space = SPACE_IDENTITY_HISTORY,
	  .number = NOBODY,
	  .second = 1,
	  .told = { "of record 4711, which is not there" } },
	{ .space = SPACE_IDENTITY_HISTORY,
	  .number = HANAKO,
	  .second = 1,
	  .more = "x",
	  .told = { "of record 1, which is not there" } },
	{ .space = SPACE_IDENTITY_DECISION,
	  .number = NOBODY,
	  .second = 1,
	  .told = { "of record 4711, which is not there" } },
};

static struct identity_row row_of(struct store_txn *t, uint64_t number)
{
	struct identity_row row;
	CU_ASSERT_TRUE_FATAL(identity_row_get(t, store_arena(t), number, &row));
	return row;
}

static bool change_row(struct store_txn *t, const struct damage *d)
{
	struct identity_row row = row_of(t, d->record);
	struct tie tie = d->tie;
	struct link_decision decided = d->decided;
	struct {
		uint64_t *field, said;
	} numbers[] = {
		{ &row.record.survivor, d->survivor },
		{ &row.record.person, d->person },
		{ &row.anchor, d->anchor },
		{ &row.against, d->against },
		{ &row.like, d->like },
	};
	for (size_t i = 0; i < COUNT(numbers); i++)
		*numbers[i].field = numbers[i].said != 0 ? numbers[i].said : *numbers[i].field;
	row.record.id = d->id != NULL ? d->id : row.record.id;
	row.record.status = d->active          ? RECORD_ACTIVE
			    : d->survivor != 0 ? RECORD_SUBSUMED
					       : row.record.status;
	row.unsettled = d->settled ? 0 : d->reasons != 0 ? d->reasons : row.unsettled;
	decided.record = d->record;
	if (decided.reason != NULL)
		tie.said = identity_decision_put(t, &decided);
	row.ties = d->tie.other != 0 ? &tie : row.ties;
	row.evidence = d->bare ? NULL : row.evidence;
	if (row.evidence != NULL) {
		row.evidence->since += d->later;
		row.evidence->divided = row.evidence->divided && !d->undivided;
	}
	return identity_row_put(t, &row);
}

static struct bytes changed_value(struct store_txn *t, const struct damage *d)
{
	struct buffer b = buffer_in(store_arena(t));
	if (d->row_of != 0) {
		struct identity_row row = row_of(t, d->row_of);
		return identity_row_octets(t, store_arena(t), &row);
	}
	if (d->leads_to >> 8 != 0)
		buffer_byte(&b, (unsigned char)(d->leads_to >> 8));
	if (d->leads_to != 0)
		buffer_byte(&b, (unsigned char)d->leads_to);
	for (size_t i = 0; d->held[0].number != 0 && i < COUNT(d->held); i++) {
		packed_signed(&b, d->held[i].since - (i == 0 ? 0 : d->held[i - 1].since));
		packed_number(&b, d->held[i].number);
	}
	return b.length != 0 ? buffer_bytes(&b)
			     : bytes_of_text(d->value == NULL ? "\x01" : d->value);
}

static bool change_key(struct store_txn *t, const struct damage *d)
{
	struct key k;
	key_begin(&k, d->space);
	if (d->domain != NULL)
		identity_id_key(t, &k, d->domain, d->id);
	if (d->link_of != 0) {
		struct evidence *e = row_of(t, d->link_of).evidence;
		key_bytes(&k, e->hash, EVIDENCE_HASH);
		if (!d->first)
			key_instant(&k, e->since);
	}
	if (d->number != 0)
		key_short(&k, d->number);
	if (d->second != 0)
		key_short(&k, d->second);
	struct bytes more = bytes_of_text(d->more == NULL ? "" : d->more);
	key_bytes(&k, more.data, more.length);
	if (d->gone)
		return store_delete(t, key_span(&k));
	return store_put(t, key_span(&k), changed_value(t, d));
}

static bool do_damage(struct store_txn *t, const void *with)
{
	const struct damage *d = with;
	return (d->record != 0 ? change_row(t, d) : change_key(t, d))
	       && (d->also == NULL || do_damage(t, d->also));
}

/* ---- What is told of it ---- */

struct hearing {
	const char *const *expected;
	unsigned heard[TOLD];
};

static void hear(void *with, const char *finding)
{
	struct hearing *h = with;
	bool expected = false;
	for (size_t i = 0; i < TOLD && h->expected[i] != NULL && !expected; i++) {
		expected = strstr(finding, h->expected[i]) != NULL;
		h->heard[i] += expected;
	}
	if (!expected)
		fprintf(stderr, "not expected: %s\n", finding);
	CU_ASSERT_TRUE(expected);
}

/* Each of them once, and nothing else; the last of a record's keys as often as it has some. */
static void check_tells(struct fixture *f, const char *const *expected, unsigned keys)
{
	static const struct check_module *const modules[] = { &identity_check, NULL };
	struct check_counts counts = { 0 };
	struct hearing h = { .expected = expected };
	f->problem = (struct problem){ .code = PROBLEM_NONE };
	fixture_must(f, store_check(f->store, modules, hear, &h, &counts, &f->problem));
	for (size_t i = 0; i < TOLD && expected[i] != NULL; i++) {
		bool last = i + 1 == TOLD || expected[i + 1] == NULL;
		unsigned times = last && keys != 0 ? keys : 1;
		if (h.heard[i] != times)
			fprintf(stderr, "%u times: %s\n", h.heard[i], expected[i]);
		CU_ASSERT_EQUAL(h.heard[i], times);
	}
}

/* Whether rows were counted and then looked for, or looked for at once. */
static void what_is_wrong_is_told_once(void)
{
	for (size_t i = 0; i < COUNT(damages); i++) {
		struct fixture f;
		begin(&f);
		fixture_must(&f, in_job(&f, do_damage, &damages[i]));
		check_tells(&f, damages[i].told, damages[i].keys);
		uncounted = true;
		check_tells(&f, damages[i].told, damages[i].keys);
		uncounted = false;
		fixture_close(&f);
	}
}

/* Records of one evidence may be two persons: when somebody decided so, when one of them rests, and
 * when it was merged into one that does. */
static void what_is_kept_apart_is_not_wrong(void)
{
	static const uint64_t pair[] = { HANAKO, HANAKO_B };
	static const struct who changed[] = {
		SOMEBODY(B_DOMAIN, "1", "タナカ", "0312345001"),
		SOMEBODY(A_DOMAIN, "1", "タナカ", "0312345001"),
	};
	for (size_t i = 0; i <= COUNT(changed); i++) {
		struct fixture f;
		begin(&f);
		if (i < COUNT(changed))
			people_feed(&f, &changed[i]);
		else
			CU_ASSERT_TRUE(in_job(&f, keep_apart, pair));
		CU_ASSERT_NOT_EQUAL(people_record(&f, A_DOMAIN, "1").person,
				    people_record(&f, B_DOMAIN, "1").person);
		check_tells(&f, (const char *const[]){ NULL }, 0);
		fixture_close(&f);
	}
}

/* Names that were never divided are no more than a family's. */
static void who_was_never_divided_is_two(void)
{
	static const struct who two[] = {
		{ A_DOMAIN, "4", "コバヤシケン", NULL, "19800101", "M", "0312345004", 0, 0, 0, 0, 0,
		  0 },
		{ B_DOMAIN, "4", "コバヤシケン", NULL, "19800101", "M", "0312345004", 0, 0, 0, 0, 0,
		  0 },
	};
	struct fixture f;
	begin(&f);
	people_feed(&f, &two[0]);
	people_feed(&f, &two[1]);
	CU_ASSERT_FALSE(people_same(&f, &two[0], &two[1]));
	check_tells(&f, (const char *const[]){ NULL }, 0);
	fixture_close(&f);
}

/* What was merged before leads on to whom it is merged into now. */
static void merge_on(struct fixture *f)
{
	static const struct who others[] = {
		SOMEBODY(A_DOMAIN, "8", "サトウ", "0312345008"),
		SOMEBODY(A_DOMAIN, "9", "サトウ", "0312345009"),
	};
	for (size_t i = 0; i < COUNT(others); i++)
		people_feed(f, &others[i]);
	fixture_must(f, people_merge(f, A_DOMAIN, "8", "1", NULL) == PROBLEM_NONE);
	fixture_must(f, people_merge(f, A_DOMAIN, "9", "8", NULL) == PROBLEM_NONE);
}

static void who_was_merged_on_reaches_somebody(void)
{
	struct fixture f;
	begin(&f);
	merge_on(&f);
	check_tells(&f, (const char *const[]){ NULL }, 0);
	fixture_close(&f);
}

/* Whichever key cannot be read: the check says so, and of no record that it is wrong. */
static void a_store_that_fails_says_nothing_of_records(void)
{
	enum { CALLS_MOST = 1000 };
	static const struct check_module *const modules[] = { &identity_check, NULL };
	struct fixture f;
	struct check_counts counts;
	bool failed = true;
	begin(&f);
	merge_on(&f);
	for (unsigned n = 0; failed; n++) {
		f.problem = (struct problem){ .code = PROBLEM_NONE };
		failing_arm("store_get", n);
		bool checked = store_check(f.store, modules, people_tell, NULL, &counts,
					   &f.problem);
		failed = failing_disarm();
		CU_ASSERT_EQUAL(checked, !failed);
		CU_ASSERT_EQUAL(f.problem.code, failed ? PROBLEM_STORE_FULL : PROBLEM_NONE);
		CU_ASSERT_EQUAL(counts.findings, 0);
		CU_ASSERT_TRUE_FATAL(n < CALLS_MOST);
	}
	fixture_close(&f);
}

static const struct test tests[] = {
	{ "what is wrong is told once", what_is_wrong_is_told_once },
	{ "what is kept apart is not wrong", what_is_kept_apart_is_not_wrong },
	{ "who was never divided is two", who_was_never_divided_is_two },
	{ "who was merged on reaches somebody", who_was_merged_on_reaches_somebody },
	{ "a store that fails says nothing of records",
	  a_store_that_fails_says_nothing_of_records },
	{ 0 }
};

int main(void)
{
	return suite_run("store: what must be true of identity", tests);
}
