/* tests/audit/subjects_test.c: whose records an event is about, and how one person is searched
 * for. */
#include "tests/base/suite.h"

#include "gateway/audit/record.h"
#include "gateway/audit/subjects.h"
#include "gateway/base/text.h"
#include "store/identity_rows.h"
#include "tests/store/people.h"

static const struct who linked_a = { A_DOMAIN, "101",          "ヤマダ", "ケンイチ", "19410503",
				     "M",      "03-1234-5678", NULL,     NULL,       NULL,
				     NULL,     NULL,           NULL };
static const struct who linked_b = { B_DOMAIN, "31",           "ヤマダ", "ケンイチ", "19410503",
				     "M",      "03-1234-5678", NULL,     NULL,       NULL,
				     NULL,     NULL,           NULL };
static const struct who parted_b = { B_DOMAIN, "31",           "ヤマダ", "ケンイチ", "19700101",
				     "M",      "03-1234-5678", NULL,     NULL,       NULL,
				     NULL,     NULL,           NULL };
static const struct who stranger = { C_DOMAIN,   "7",  "スズキ",       "ハナコ",
				     "19500101", "F",  "03-8765-4321", NULL,
				     NULL,       NULL, NULL,           NULL,
				     NULL };

struct scene {
	struct fixture f;
	uint64_t a, b, c;     /* record numbers */
	const char *regional; /* CX of a's person */
};

static const char *cx(struct scene *s, const char *id, const char *domain)
{
	return arena_printf(s->f.arena, "%s^^^&%s&ISO", id, domain);
}

static void begin(struct scene *s)
{
	*s = (struct scene){ 0 };
	fixture_open(&s->f);
	/* In this order the numbers of the two persons' records alternate. */
	s->a = people_feed(&s->f, &linked_a).record;
	s->c = people_feed(&s->f, &stranger).record;
	s->b = people_feed(&s->f, &linked_b).record;
	struct store_txn *t = store_begin_read(s->f.store, &s->f.problem);
	struct patient_record r;
	CU_ASSERT_TRUE_FATAL(identity_record(t, s->f.arena, s->a, &r));
	s->regional = cx(s, identity_regional_id(t, s->f.arena, r.person), AFFINITY);
	store_end(t);
}

/* The records of the person that one belongs to now. */
static struct record_numbers records_of(struct scene *s, uint64_t record)
{
	struct store_txn *t = store_begin_read(s->f.store, &s->f.problem);
	struct patient_record r;
	struct record_numbers n = { 0 };
	CU_ASSERT_TRUE(identity_record(t, s->f.arena, record, &r)
		       && identity_subjects(t, s->f.arena, r.person, &n));
	store_end(t);
	return n;
}

static bool has(const uint64_t *numbers, size_t count, uint64_t one)
{
	bool found = false;
	for (size_t i = 0; i < count; i++) {
		CU_ASSERT(i == 0 || numbers[i - 1] < numbers[i]);
		found = found || numbers[i] == one;
	}
	return found;
}

static bool fill(struct scene *s, struct audit_event *e)
{
	struct store_txn *t = store_begin_read(s->f.store, &s->f.problem);
	bool filled = audit_subjects_fill(t, s->f.arena, e);
	store_end(t);
	return filled;
}

static struct audit_event naming(struct audit_object *o, const char *id)
{
	*o = (struct audit_object){ .id = id, .type_code = 1, .type_code_role = 1 };
	return (struct audit_event){ .objects = o };
}

static void expect(struct scene *s, const struct audit_event *e, bool linked, bool other,
		   const char *why)
{
	size_t count = (linked ? records_of(s, s->a).count : 0)
		       + (other ? records_of(s, s->c).count : 0);
	bool right = e->subject_count == count && has(e->subjects, e->subject_count, s->a) == linked
		     && has(e->subjects, e->subject_count, s->b) == linked
		     && has(e->subjects, e->subject_count, s->c) == other;
	CU_ASSERT_TRUE(right);
	if (!right)
		printf("%s: %zu records\n", why, e->subject_count);
}

static void by_any_id(void)
{
	struct scene s;
	struct audit_object o, p;
	begin(&s);
	const struct {
		const char *id;
		bool linked, other;
	} rows[] = {
		{ cx(&s, "101", A_DOMAIN), true, false },
		{ cx(&s, "31", B_DOMAIN), true, false },
		{ s.regional, true, false },
		{ cx(&s, "7", C_DOMAIN), false, true },
		{ cx(&s, "8", C_DOMAIN), false, false },
		{ cx(&s, "101", B_DOMAIN), false, false },
		{ "", false, false },
		{ "101", false, false },
		{ "withheld", false, false },
		{ "101^^^&" A_DOMAIN, false, false },
		{ "101^^^&" A_DOMAIN "&IS", false, false },
		{ "101^^^&&ISO", false, false },
		{ "101^^^&ISO", false, false },
		{ "101^^^" A_DOMAIN "&ISO", false, false },
		{ "^^^&" A_DOMAIN "&ISO", false, false },
		{ "101^^^&" A_DOMAIN "&ISO ", false, false },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct audit_event e = naming(&o, rows[i].id);
		CU_ASSERT_TRUE(fill(&s, &e));
		expect(&s, &e, rows[i].linked, rows[i].other, rows[i].id);
	}
	/* Only patients are persons; two of one person are one; two persons are both. */
	struct audit_event e = naming(&o, s.regional);
	o.type_code = 2;
	CU_ASSERT_TRUE(fill(&s, &e));
	expect(&s, &e, false, false, "an object");
	o.type_code = 1;
	o.type_code_role = 3;
	CU_ASSERT_TRUE(fill(&s, &e));
	expect(&s, &e, false, false, "another role");
	e = naming(&o, NULL);
	CU_ASSERT_TRUE(fill(&s, &e));
	expect(&s, &e, false, false, "no id");
	e = naming(&o, s.regional);
	naming(&p, cx(&s, "31", B_DOMAIN));
	o.next = &p;
	CU_ASSERT_TRUE(fill(&s, &e));
	expect(&s, &e, true, false, "one person twice");
	p.id = cx(&s, "7", C_DOMAIN);
	CU_ASSERT_TRUE(fill(&s, &e));
	expect(&s, &e, true, true, "two persons");
	people_findings(&s.f, true);
	fixture_close(&s.f);
}

static void by_records(void)
{
	struct scene s;
	begin(&s);
	struct audit_about b = { .record = s.b }, a = { .record = s.a, .next = &b },
			   c = { .record = s.c, .next = &a },
			   nobody = { .record = 999, .next = &c };
	struct audit_event e = { .about = &b };
	CU_ASSERT_TRUE(fill(&s, &e));
	expect(&s, &e, true, false, "one record");
	e.about = &a;
	CU_ASSERT_TRUE(fill(&s, &e));
	expect(&s, &e, true, false, "two of a person");
	e.about = &nobody;
	CU_ASSERT_TRUE(fill(&s, &e));
	expect(&s, &e, true, true, "all");
	fixture_close(&s.f);
}

/* Each event of a chain has its own. */
static void chained(void)
{
	struct scene s;
	struct audit_object o, p;
	begin(&s);
	struct audit_event second = naming(&o, cx(&s, "7", C_DOMAIN)),
			   first = naming(&p, cx(&s, "31", B_DOMAIN));
	first.next = &second;
	CU_ASSERT_TRUE(fill(&s, &first));
	expect(&s, &first, true, false, "first");
	expect(&s, &second, false, true, "second");
	fixture_close(&s.f);
}

static bool record_event(void *with, struct store_txn *t, struct problem *p)
{
	static const struct audit_source us = { .source_id = "minato",
						.process_id = "1",
						.host = "h" };
	(void)p;
	return audit_record_append(t, store_arena(t), &us, with);
}

static void happens(struct scene *s, const char *what, const char *patient)
{
	struct audit_object o;
	struct audit_event e = naming(&o, patient);
	e.transaction = what;
	CU_ASSERT_TRUE(store_write(s->f.store, record_event, &e, &s->f.problem));
}

/* The transactions of a patient's trail, newest first. */
static const char *trail(struct scene *s, const char *patient)
{
	struct audit_filter f = { 0 };
	struct buffer b = buffer_in(s->f.arena);
	struct store_txn *t = store_begin_read(s->f.store, &s->f.problem);
	CU_ASSERT_TRUE(audit_subjects_search(t, s->f.arena, patient, &f));
	struct audit_cursor *c = audit_log_search(t, &f, s->f.arena);
	for (const struct audit_entry *e; (e = audit_log_next(c)) != NULL;)
		buffer_text(&b, e->terms.transaction);
	store_end(t);
	return buffer_ended(&b);
}

/* A read by each id, while two are linked and after they parted. */
static void trails(void)
{
	struct scene s;
	begin(&s);
	const char *a = cx(&s, "101", A_DOMAIN), *b = cx(&s, "31", B_DOMAIN),
		   *c = cx(&s, "7", C_DOMAIN);
	happens(&s, "1", a);
	happens(&s, "2", b);
	happens(&s, "3", s.regional);
	happens(&s, "4", c);
	happens(&s, "5", cx(&s, "404", A_DOMAIN));
	const char *const his[] = { a, b, s.regional };
	for (size_t i = 0; i < COUNT(his); i++)
		CU_ASSERT_STRING_EQUAL(trail(&s, his[i]), "321");
	CU_ASSERT_STRING_EQUAL(trail(&s, c), "4");
	CU_ASSERT_STRING_EQUAL(trail(&s, cx(&s, "404", A_DOMAIN)), "5");
	CU_ASSERT_STRING_EQUAL(trail(&s, "no id"), "");
	people_feed(&s.f, &parted_b);
	happens(&s, "6", a);
	happens(&s, "7", b);
	happens(&s, "8", s.regional);
	CU_ASSERT_STRING_EQUAL(trail(&s, a), "86321");
	CU_ASSERT_STRING_EQUAL(trail(&s, s.regional), "86321");
	CU_ASSERT_STRING_EQUAL(trail(&s, b), "7321");
	fixture_close(&s.f);
}

static bool old_entry(void *with, struct store_txn *t, struct problem *p)
{
	struct text_list named = { with, NULL };
	struct audit_terms terms = { .time = 1, .transaction = "old", .patients = &named };
	(void)p;
	return audit_log_append(t, audit_log_draft(store_arena(t), bytes_of_text(""), &terms),
				NULL);
}

/* Entries of before have no records: the person's other ids find them. */
static void entries_of_before(void)
{
	struct scene s;
	begin(&s);
	const char *a = cx(&s, "101", A_DOMAIN), *b = cx(&s, "31", B_DOMAIN);
	CU_ASSERT_TRUE(store_write(s.f.store, old_entry, (void *)s.regional, &s.f.problem));
	CU_ASSERT_STRING_EQUAL(trail(&s, a), "old");
	CU_ASSERT_STRING_EQUAL(trail(&s, b), "old");
	CU_ASSERT_STRING_EQUAL(trail(&s, cx(&s, "7", C_DOMAIN)), "");
	CU_ASSERT_TRUE(store_write(s.f.store, old_entry, (void *)a, &s.f.problem));
	CU_ASSERT_STRING_EQUAL(trail(&s, b), "oldold");
	fixture_close(&s.f);
}

/* More persons than a first guess has room for. */
static void many_persons(void)
{
	enum { MANY = 30 };
	struct scene s;
	struct audit_about about[MANY];
	begin(&s);
	for (size_t i = 0; i < MANY; i++) {
		struct who one = stranger;
		one.id = arena_printf(s.f.arena, "s%zu", i);
		one.family = i % 2 == 0 ? "カトウ" : "キムラ";
		one.phone = NULL;
		about[i] = (struct audit_about){ .record = people_feed(&s.f, &one).record,
						 .next = i == 0 ? NULL : &about[i - 1] };
	}
	struct audit_event e = { .about = &about[MANY - 1] };
	CU_ASSERT_TRUE(fill(&s, &e));
	CU_ASSERT_EQUAL(e.subject_count, 2 * MANY); /* each with the record we made */
	for (size_t i = 0; i < MANY; i++)
		CU_ASSERT_TRUE(has(e.subjects, e.subject_count, about[i].record));
	fixture_close(&s.f);
}

/* A draft made before is kept as it is: its events' subjects were filled in then. */
static void drafts(void)
{
	static const struct audit_source us = { .source_id = "minato",
						.process_id = "1",
						.host = "h" };
	struct scene s;
	struct audit_object o;
	begin(&s);
	struct audit_event e = naming(&o, cx(&s, "31", B_DOMAIN));
	e.transaction = "1";
	struct store_txn *t = store_begin_read(s.f.store, &s.f.problem);
	CU_ASSERT_TRUE(audit_record_prepare(t, s.f.arena, &us, &e));
	store_end(t);
	people_feed(&s.f, &parted_b);
	CU_ASSERT_TRUE(store_write(s.f.store, record_event, &e, &s.f.problem));
	CU_ASSERT_STRING_EQUAL(trail(&s, cx(&s, "101", A_DOMAIN)), "1");
	CU_ASSERT_STRING_EQUAL(trail(&s, cx(&s, "31", B_DOMAIN)), "1");
	fixture_close(&s.f);
}

static bool damage(void *with, struct store_txn *t, struct problem *p)
{
	struct key k;
	(void)p;
	key_begin(&k, SPACE_IDENTITY_RECORD);
	key_short(&k, *(uint64_t *)with);
	return store_put(t, key_span(&k), bytes_of_text("\xff\xff\xff"));
}

/* What cannot be read is not nobody. */
static void unreadable(void)
{
	static const struct audit_source us = { .source_id = "minato",
						.process_id = "1",
						.host = "h" };
	struct scene s;
	struct audit_object o;
	struct audit_filter f = { 0 };
	begin(&s);
	struct audit_event e = naming(&o, cx(&s, "31", B_DOMAIN));
	CU_ASSERT_TRUE(store_write(s.f.store, damage, &s.b, &s.f.problem));
	CU_ASSERT_FALSE(fill(&s, &e));
	struct store_txn *t = store_begin_read(s.f.store, &s.f.problem);
	CU_ASSERT_FALSE(audit_subjects_search(t, s.f.arena, o.id, &f));
	store_end(t);
	t = store_begin_read(s.f.store, &s.f.problem);
	CU_ASSERT_FALSE(audit_record_prepare(t, s.f.arena, &us, &e));
	CU_ASSERT_PTR_NULL(e.draft);
	store_end(t);
	CU_ASSERT_FALSE(store_write(s.f.store, record_event, &e, &s.f.problem));
	fixture_close(&s.f);
}

static const struct test tests[] = { { "by any id", by_any_id },
				     { "by records", by_records },
				     { "chained", chained },
				     { "trails", trails },
				     { "entries of before", entries_of_before },
				     { "many persons", many_persons },
				     { "drafts", drafts },
				     { "unreadable", unreadable },
				     { 0 } };

int main(void)
{
	return suite_run("audit: subjects", tests);
}
