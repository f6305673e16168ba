/* tests/store/months_test.c: what is counted of a month is what happened in it, and stays so. */
#include "tests/base/suite.h"

#include <string.h>

#include "gateway/base/text.h"
#include "store/identity_past.h"
#include "store/months.h"
#include "store/registry.h"
#include "tests/store/in_job.h"
#include "tests/store/people.h"

#include "tests/store/own_clock.h"

#define SYSTEM "a-hospital"

static void come_to(const char *dtm)
{
	CU_ASSERT_TRUE(instant_from_dtm(dtm, 0, &now));
}

static uint32_t this_month(void)
{
	return month_of(now);
}

static struct month_count counted(struct fixture *f, uint32_t from, uint32_t to)
{
	struct store_txn *t = store_begin_read(f->store, &f->problem);
	struct month_count m = months_of(t, SYSTEM, from, to);
	CU_ASSERT_FALSE(store_failed(t));
	store_end(t);
	return m;
}

/* ---- Which month ---- */

static void a_month_is_japans(void)
{
	static const struct {
		const char *utc;
		uint32_t month;
	} rows[] = {
		{ "20260131145959", 2026 * 12 + 0 },  { "20260131150000", 2026 * 12 + 1 },
		{ "20251231145959", 2025 * 12 + 11 }, { "20251231150000", 2026 * 12 + 0 },
		{ "20240229145959", 2024 * 12 + 1 },  { "20240229150000", 2024 * 12 + 2 },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		instant at;
		CU_ASSERT_TRUE(instant_from_dtm(rows[i].utc, 0, &at));
		CU_ASSERT_EQUAL(month_of(at), rows[i].month);
		CU_ASSERT(month_begins(rows[i].month) <= at);
		CU_ASSERT(month_begins(rows[i].month + 1) > at);
		CU_ASSERT_EQUAL(month_of(month_begins(rows[i].month)), rows[i].month);
		CU_ASSERT_EQUAL(month_of(month_begins(rows[i].month) - 1), rows[i].month - 1);
	}
}

/* ---- Documents ---- */

static const char *uuid(struct store_txn *t)
{
	char out[UUID_URN_TEXT];
	random_uuid(store_random(t), out);
	return arena_text(store_arena(t), out);
}

struct thing {
	const char *unique_id, *replaces; /* replaces: an entryUUID */
	const char *system;
	enum document_entry_type type;
	bool fails;
	char entry[UUID_URN_TEXT], set[UUID_URN_TEXT], member[UUID_URN_TEXT];
};

static struct association *relate(struct store_txn *t, const struct thing *k,
				  enum association_type type, const char *source,
				  const char *target)
{
	struct association *x = arena_new(store_arena(t), struct association);
	*x = (struct association){ .id = uuid(t),
				   .type = type,
				   .type_urn = association_type_urn(type),
				   .source = source,
				   .target = target,
				   .source_system = k->system };
	return x;
}

static bool submit(void *with, struct store_txn *t, struct problem *p)
{
	struct thing *k = with;
	struct arena *a = store_arena(t);
	struct submission_set set = { .id = uuid(t),
				      .unique_id = arena_printf(a, "%s.1", k->unique_id),
				      .subject = 7,
				      .source_system = k->system };
	struct document_entry entry = { .id = uuid(t),
					.unique_id = k->unique_id,
					.subject = 7,
					.type = k->type,
					.source_system = k->system };
	struct association *member = relate(t, k, ASSOCIATION_HAS_MEMBER, set.id, entry.id);
	struct submission s = { .set = &set, .entries = &entry, .associations = member };
	if (k->replaces != NULL)
		member->next = relate(t, k, ASSOCIATION_RPLC, entry.id, k->replaces);
	memcpy(k->entry, entry.id, sizeof k->entry);
	memcpy(k->set, set.id, sizeof k->set);
	memcpy(k->member, member->id, sizeof k->member);
	return registry_put(t, a, &s, now, p)
	       && (!k->fails || problem_set(p, PROBLEM_BUSY, "not this time"));
}

static bool submitted(struct fixture *f, struct thing *k)
{
	f->problem = (struct problem){ .code = PROBLEM_NONE };
	return store_write(f->store, submit, k, &f->problem);
}

static bool change_status(void *with, struct store_txn *t, struct problem *p)
{
	const struct thing *k = with;
	return k->fails ? registry_deprecate(t, store_arena(t), k->entry, p)
			: registry_approve(t, store_arena(t), k->entry, p);
}

static bool remove_all(void *with, struct store_txn *t, struct problem *p)
{
	const struct thing *k = with;
	const struct text_value member = { .value = k->member },
				entry = { .value = k->entry, .next = (void *)&member },
				set = { .value = k->set, .next = (void *)&entry };
	return registry_remove(t, store_arena(t), &set, p);
}

static void same_documents(struct fixture *f, uint32_t month, uint64_t begun, uint64_t ended,
			   uint64_t shared)
{
	struct month_count m = counted(f, month, month + 1);
	CU_ASSERT_EQUAL(m.documents.begun, begun);
	CU_ASSERT_EQUAL(m.documents.ended, ended);
	CU_ASSERT_EQUAL(m.shared, shared);
}

/* What happens in later months changes none of those before. */
static void documents_are_counted_in_the_month_of_it(void)
{
	struct fixture f;
	open_at(&f);
	come_to("20260110000000");
	uint32_t first = this_month();
	struct thing one = { .unique_id = "1.1", .system = SYSTEM },
		     two = { .unique_id = "1.2", .system = SYSTEM },
		     lost = { .unique_id = "1.3", .system = SYSTEM, .fails = true },
		     made = { .unique_id = "1.4", .system = SYSTEM, .type = ENTRY_ON_DEMAND },
		     ours = { .unique_id = "1.5" };
	CU_ASSERT_TRUE(submitted(&f, &one) && submitted(&f, &two) && submitted(&f, &made)
		       && submitted(&f, &ours));
	CU_ASSERT_FALSE(submitted(&f, &lost));
	same_documents(&f, first, 2, 0, 2);
	come_to("20260210000000");
	struct thing next = { .unique_id = "1.6", .system = SYSTEM, .replaces = one.entry };
	CU_ASSERT_TRUE(submitted(&f, &next));
	same_documents(&f, first + 1, 1, 1, 1);
	come_to("20260310000000");
	two.fails = true; /* deprecated, twice, and approved again */
	CU_ASSERT_TRUE(store_write(f.store, change_status, &two, &f.problem));
	CU_ASSERT_TRUE(store_write(f.store, change_status, &two, &f.problem));
	same_documents(&f, first + 2, 0, 1, 0);
	two.fails = false;
	CU_ASSERT_TRUE(store_write(f.store, change_status, &two, &f.problem));
	same_documents(&f, first + 2, 1, 1, 0);
	come_to("20260410000000");
	CU_ASSERT_TRUE(store_write(f.store, remove_all, &two, &f.problem));
	same_documents(&f, first + 3, 0, 1, 0);
	same_documents(&f, first, 2, 0, 2);
	struct month_count all = counted(&f, 0, UINT32_MAX);
	CU_ASSERT_EQUAL(usage_tallied(&all.documents), 1);
	fixture_reopen(&f);
	same_documents(&f, first + 1, 1, 1, 1);
	fixture_close(&f);
}

/* ---- Since when ---- */

static bool since(struct fixture *f, instant *out)
{
	struct store_txn *t = store_begin_read(f->store, &f->problem);
	bool known = months_since(t, out);
	store_end(t);
	return known;
}

static void a_new_store_is_counted_from_its_beginning(void)
{
	struct fixture f;
	instant at = 1;
	open_at(&f);
	CU_ASSERT_FALSE(since(&f, &at));
	CU_ASSERT_TRUE(months_ready(f.store, &f.problem));
	CU_ASSERT_TRUE(since(&f, &at));
	CU_ASSERT_EQUAL(at, 0);
	fixture_close(&f);
}

static void one_that_has_something_from_now_on(void)
{
	struct fixture f;
	struct thing one = { .unique_id = "1.1", .system = SYSTEM };
	instant at = 1;
	open_at(&f);
	CU_ASSERT_TRUE(submitted(&f, &one));
	instant first = now;
	CU_ASSERT_TRUE(months_ready(f.store, &f.problem));
	now += 40 * DAY;
	CU_ASSERT_TRUE(months_ready(f.store, &f.problem)); /* and not from then on */
	CU_ASSERT_TRUE(since(&f, &at));
	CU_ASSERT_EQUAL(at, first);
	fixture_close(&f);
}

/* ---- Records without a branch ---- */

static void a_branch_that_is_said_ends_in_its_month(void)
{
	struct fixture f;
	struct who who = { .domain = A_DOMAIN,
			   .id = "1",
			   .family = "サトウ",
			   .birth = "19800101",
			   .insurer = "01130012",
			   .symbol = "12",
			   .number = "18" };
	open_at(&f);
	come_to("20260110000000");
	uint32_t first = this_month();
	people_feed(&f, &who);
	come_to("20260210000000");
	who.branch = "01";
	people_feed(&f, &who);
	struct month_count m = counted(&f, first, first + 1),
			   after = counted(&f, first + 1, first + 2);
	CU_ASSERT(m.no_branch.begun == 1 && m.no_branch.ended == 0);
	CU_ASSERT(after.no_branch.begun == 0 && after.no_branch.ended == 1);
	fixture_close(&f);
}

/* ---- Who took part ---- */

#define HANAKO(domain, id, phone)                                                                  \
	{                                                                                          \
		domain, id, "サトウ", "ハナコ", "19800101", "F", phone, 0, 0, 0, 0, 0, 0           \
	}
static const struct who hanako_a = HANAKO(A_DOMAIN, "1", "0312345001");
static const struct who hanako_b = HANAKO(B_DOMAIN, "1", "0399990000");
static const struct who hanako_moved = HANAKO(B_DOMAIN, "1", "0312345001");

struct saying {
	uint64_t subject;
	struct consent_event event;
	struct consent_coverage coverage;
};

static bool say_job(void *with, struct store_txn *t, struct problem *p)
{
	struct saying *s = with;
	return consent_record(t, &people_region, s->subject, &s->event, &s->coverage, p);
}

static void say(struct fixture *f, const struct who *w, enum consent_action action, instant until)
{
	struct patient_record r;
	CU_ASSERT_TRUE_FATAL(people_find(f, w->domain, w->id, &r));
	struct saying s = { .subject = r.number,
			    .event = { .action = action,
				       .reason = "asked",
				       .by = "clerk",
				       .time = now,
				       .until = until } };
	CU_ASSERT_TRUE(store_write(f->store, say_job, &s, &f->problem));
}

/* Of these records, at that instant: "jj" both took part, "j-" the first did; and how many persons
 * they were. */
static void took_part(struct fixture *f, instant at, const char *wanted, unsigned persons)
{
	const struct who *const all[] = { &hanako_a, &hanako_b };
	struct store_txn *t = store_begin_read(f->store, &f->problem);
	struct identity_past *past = identity_past(t, f->arena, at);
	uint64_t then[2] = { 0 };
	for (size_t i = 0; wanted[i] != '\0'; i++) {
		struct patient_record r;
		struct person who;
		bool joined[8], mine = false;
		CU_ASSERT_TRUE_FATAL(identity_find(t, f->arena, all[i]->domain, all[i]->id, &r));
		CU_ASSERT_TRUE_FATAL(identity_person(t, f->arena, r.person, &who));
		CU_ASSERT_TRUE(consent_past(t, f->arena, &people_region, past, &who, joined));
		size_t place = 0;
		for (const struct patient_record *one = who.records; one != NULL;
		     one = one->next, place++)
			mine = mine || (one->number == r.number && joined[place]);
		CU_ASSERT_EQUAL(mine, wanted[i] == 'j');
		then[i] = identity_past_person(past, r.number, r.person);
	}
	CU_ASSERT_EQUAL(then[0] == then[1] ? 1 : 2, persons);
	store_end(t);
}

/* Linked in March: what was said at one counts for the other from then on, and not before. */
static void who_took_part_is_told_as_it_was(void)
{
	struct fixture f;
	open_at(&f);
	come_to("20260110000000");
	people_feed(&f, &hanako_a);
	people_feed(&f, &hanako_b);
	come_to("20260115000000");
	say(&f, &hanako_a, CONSENT_JOIN, 0);
	instant january = now + DAY;
	come_to("20260310000000");
	people_feed(&f, &hanako_moved);
	instant march = now + DAY;
	come_to("20260410000000");
	say(&f, &hanako_a, CONSENT_LEAVE, 0);
	instant april = now + DAY;
	come_to("20260510000000");
	say(&f, &hanako_a, CONSENT_JOIN, now + 5 * DAY);
	instant may = now + DAY, over = now + 6 * DAY;
	come_to("20260610000000");
	took_part(&f, january - 2 * DAY, "--", 2);
	took_part(&f, january, "j-", 2);
	took_part(&f, march, "jj", 1);
	took_part(&f, april, "--", 1);
	took_part(&f, may, "jj", 1);
	took_part(&f, over, "--", 1);
	fixture_close(&f);
}

/* ---- Records ---- */

static bool merge(struct store_txn *t, const void *with)
{
	struct feed_outcome out;
	struct problem p = { .code = PROBLEM_NONE };
	(void)with;
	return identity_merge(t, &people_region, A_DOMAIN, "1", "2", &out, &p);
}

static void lived(struct fixture *f, instant at, bool wanted)
{
	struct store_txn *t = store_begin_read(f->store, &f->problem);
	struct patient_record r;
	CU_ASSERT_TRUE(identity_find(t, f->arena, A_DOMAIN, "2", &r));
	CU_ASSERT_EQUAL(identity_past_lived(identity_past(t, f->arena, at), &r), wanted);
	store_end(t);
}

static void a_merged_record_lived_until_then(void)
{
	struct fixture f;
	struct who one = { .domain = A_DOMAIN, .id = "1", .family = "サトウ" }, two = one;
	two.id = "2";
	open_at(&f);
	people_feed(&f, &one);
	people_feed(&f, &two);
	instant fed = now;
	now += 40 * DAY;
	CU_ASSERT_TRUE(in_job(&f, merge, NULL));
	lived(&f, fed - 1, false);
	lived(&f, fed, true);
	lived(&f, now - 1, true);
	lived(&f, now, false);
	fixture_close(&f);
}

/* ---- What is not as it should be ---- */

static bool break_row(struct store_txn *t, const void *with)
{
	struct key k;
	key_begin(&k, SPACE_MONTHS);
	key_text(&k, with);
	if (*(const char *)with != '\0') {
		key_number(&k, 2026 * 12);
		key_number(&k, 0);
	}
	return store_put(t, key_span(&k), bytes_of_text("\1\1"));
}

static void a_row_that_cannot_be_read_is_told(void)
{
	static const char *const systems[] = { SYSTEM, "" };
	for (size_t i = 0; i < COUNT(systems); i++) {
		struct fixture f;
		char text[FIXTURE_FINDING] = "";
		struct check_counts counts = { 0 };
		instant at;
		open_at(&f);
		CU_ASSERT_TRUE(in_job(&f, break_row, systems[i]));
		CU_ASSERT_TRUE(store_check(f.store, NULL, fixture_tell, text, &counts, &f.problem));
		CU_ASSERT_EQUAL(counts.findings, 1);
		CU_ASSERT_TRUE(text_starts(text, "months: "));
		struct store_txn *t = store_begin_read(f.store, &f.problem);
		if (i == 0)
			months_of(t, SYSTEM, 0, UINT32_MAX);
		else
			CU_ASSERT_FALSE(months_since(t, &at));
		CU_ASSERT_TRUE(store_is_damaged(t));
		store_end(t);
		fixture_close(&f);
	}
}

static const struct test tests[] = {
	{ "a month is Japan's", a_month_is_japans },
	{ "documents are counted in the month of it", documents_are_counted_in_the_month_of_it },
	{ "a new store is counted from its beginning", a_new_store_is_counted_from_its_beginning },
	{ "one that has something from now on", one_that_has_something_from_now_on },
	{ "a branch that is said ends in its month", a_branch_that_is_said_ends_in_its_month },
	{ "who took part is told as it was", who_took_part_is_told_as_it_was },
	{ "a merged record lived until then", a_merged_record_lived_until_then },
	{ "a row that cannot be read is told", a_row_that_cannot_be_read_is_told },
	{ 0 },
};

int main(void)
{
	return suite_run("store: months", tests);
}
