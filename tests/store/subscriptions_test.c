/* tests/store/subscriptions_test.c: the promises of store/subscriptions.h, each a test of its
 * name. */
#include "tests/base/suite.h"

#include <inttypes.h>
#include <string.h>

#include "gateway/base/text.h"
#include "store/blobs.h"
#include "store/errands.h"
#include "store/subscriptions.h"
#include "store/subscriptions_rows.h"
#include "tests/store/own_clock.h"
#include "tests/store/people.h"

#define CONSUMER "https://c.example/notified"

static const struct who x = { .domain = A_DOMAIN,
			      .id = "1",
			      .family = "ヤマダ",
			      .given = "ケンイチ",
			      .birth = "19410503",
			      .sex = "M",
			      .phone = "0312345678" };
static const struct who y = { .domain = B_DOMAIN,
			      .id = "2",
			      .family = "ヤマダ",
			      .given = "ケンイチ",
			      .birth = "19410503",
			      .sex = "M",
			      .phone = "0312345678" };
static const struct who x_somebody_else = { .domain = A_DOMAIN,
					    .id = "1",
					    .family = "サトウ",
					    .given = "ハナコ",
					    .birth = "19500101",
					    .sex = "F",
					    .phone = "0388888888" };

static unsigned findings(struct fixture *f)
{
	static const struct check_module *const modules[] = { &identity_check, &consent_check,
							      &errands_check, &subscriptions_check,
							      NULL };
	struct check_counts counts = { 0 };
	fixture_must(f, store_check(f->store, modules, people_tell, NULL, &counts, &f->problem));
	return (unsigned)counts.findings;
}

static void close_sound(struct fixture *f)
{
	CU_ASSERT_EQUAL(findings(f), 0);
	fixture_close(f);
}

/* ---- Jobs ---- */

struct deed {
	struct fixture *fixture;
	struct subscription *put;           /* or */
	const struct subscription *removed; /* or */
	const struct subscription *told;    /* of: */
	struct subscription_event event;
	unsigned times; /* of what is put or told; 0: once */
	bool sweep, more;
	bool done;
};

static bool deed_run(void *with, struct store_txn *t, struct problem *p)
{
	struct deed *d = with;
	unsigned times = d->times == 0 ? 1 : d->times;
	d->done = true;
	for (unsigned i = 0; i < times && d->done && d->put != NULL; i++)
		d->done = subscription_put(t, d->put, p);
	if (d->put != NULL && d->done)
		d->put->id = arena_text(d->fixture->arena, d->put->id);
	if (d->removed != NULL)
		d->done = subscription_remove(t, d->removed);
	for (unsigned i = 0; i < times && d->told != NULL; i++)
		subscription_tell(t, d->told, &d->event);
	if (d->sweep)
		d->done = subscriptions_sweep(t, now, &d->more);
	return d->done;
}

static bool do_it(struct deed *d)
{
	d->fixture->problem = (struct problem){ .code = PROBLEM_NONE };
	return store_write(d->fixture->store, deed_run, d, &d->fixture->problem);
}

static struct subscription wanted(uint64_t subject)
{
	return (struct subscription){ .system = "c-hospital",
				      .consumer = CONSUMER,
				      .reference = "https://g.example/dsub/",
				      .topic = TOPIC_FULL_DOCUMENT_ENTRY,
				      .subject = subject,
				      .ends = now + DAY };
}

static bool put(struct fixture *f, struct subscription *s)
{
	return do_it(&(struct deed){ .fixture = f, .put = s });
}

static bool get(struct fixture *f, const char *id, struct subscription *out)
{
	struct store_txn *t = store_begin_read(f->store, &f->problem);
	bool there = subscription_get(t, f->arena, id, out);
	store_end(t);
	return there;
}

static unsigned count_of(struct fixture *f, uint64_t subject)
{
	unsigned count = 0;
	struct store_txn *t = store_begin_read(f->store, &f->problem);
	for (struct subscription *s = subscriptions_of(t, f->arena, subject, now); s != NULL;
	     s = s->next)
		count++;
	store_end(t);
	return count;
}

static size_t listed(struct fixture *f, const char *system)
{
	size_t count, all = 0;
	const char *after = NULL;
	struct store_txn *t = store_begin_read(f->store, &f->problem);
	do {
		struct subscription *page = subscriptions_list(t, f->arena, after, system, 3,
							       &count);
		after = count == 0 ? NULL : page[count - 1].id;
		all += count;
	} while (count == 3);
	store_end(t);
	return all;
}

/* ---- U1 ---- */

static bool same_texts(const struct text_value *a, const struct text_value *b)
{
	for (; a != NULL && b != NULL; a = a->next, b = b->next)
		if (!text_equal(a->value, b->value))
			return false;
	return a == b;
}

static bool same_codes(const struct coded_value *a, const struct coded_value *b)
{
	for (; a != NULL && b != NULL; a = a->next, b = b->next)
		if (!text_equal(a->code, b->code) || !text_equal(a->scheme, b->scheme))
			return false;
	return a == b;
}

static void as_it_was_made(void)
{
	static struct coded_value two = { .code = "34133-9", .scheme = "2.16.840.1.113883.6.1" },
				  one = { .code = "x", .scheme = "y", .next = &two };
	static struct code_alternatives second = { .any = &two },
					first = { .any = &one, .next = &second };
	static struct text_value percent = { .value = "%Welby%" },
				 some = { .value = "Some%", .next = &percent };
	static struct text_alternatives ids = { .any = &some };
	struct fixture f;
	struct subscription s = wanted(0), again;
	open_at(&f);
	s.filter = (struct registry_query){
		.query_id = "urn:uuid:742790e0-aba6-43d6-9f1f-e43ed9790b79",
		.patient_id = "1^^^&2.999.1&ISO",
		.class_codes = &one,
		.type_codes = &two,
		.practice_setting_codes = &one,
		.facility_type_codes = &two,
		.format_codes = &one,
		.event_codes = &first,
		.confidentiality_codes = &second,
		.reference_ids = &ids,
		.author_persons = &some,
		.source_ids = &percent,
		.intended_recipients = &some,
		.folder_codes = &first,
		.unique_ids = &percent,
	};
	CU_ASSERT_FATAL(put(&f, &s));
	fixture_reopen(&f);
	CU_ASSERT_FATAL(get(&f, s.id, &again));
	CU_ASSERT_EQUAL(strlen(again.id), 32);
	CU_ASSERT_STRING_EQUAL(again.system, "c-hospital");
	CU_ASSERT_STRING_EQUAL(again.consumer, CONSUMER);
	CU_ASSERT_STRING_EQUAL(again.reference, s.reference);
	CU_ASSERT_STRING_EQUAL(again.filter.query_id, s.filter.query_id);
	CU_ASSERT_STRING_EQUAL(again.filter.patient_id, s.filter.patient_id);
	CU_ASSERT(again.topic == s.topic && again.created == now && again.ends == now + DAY);
	CU_ASSERT(same_codes(again.filter.class_codes, &one));
	CU_ASSERT(same_codes(again.filter.type_codes, &two));
	CU_ASSERT(same_codes(again.filter.practice_setting_codes, &one));
	CU_ASSERT(same_codes(again.filter.facility_type_codes, &two));
	CU_ASSERT(same_codes(again.filter.format_codes, &one));
	CU_ASSERT(same_codes(again.filter.event_codes->any, &one));
	CU_ASSERT(same_codes(again.filter.event_codes->next->any, &two));
	CU_ASSERT(same_codes(again.filter.confidentiality_codes->any, &two));
	CU_ASSERT(again.filter.confidentiality_codes->next == NULL);
	CU_ASSERT(same_texts(again.filter.reference_ids->any, &some));
	CU_ASSERT(same_texts(again.filter.author_persons, &some));
	CU_ASSERT(same_texts(again.filter.source_ids, &percent));
	CU_ASSERT(same_texts(again.filter.intended_recipients, &some));
	CU_ASSERT(same_codes(again.filter.folder_codes->next->any, &two));
	CU_ASSERT(same_texts(again.filter.unique_ids, &percent));
	CU_ASSERT(again.filter.type_stable && !again.filter.type_on_demand);
	CU_ASSERT(do_it(&(struct deed){ .fixture = &f, .removed = &again }));
	CU_ASSERT_FALSE(get(&f, s.id, &again));
	CU_ASSERT(count_of(&f, 0) == 0 && listed(&f, "c-hospital") == 0);
	CU_ASSERT_FALSE(get(&f, "0123", &again));
	CU_ASSERT_FALSE(get(&f, "0123456789abcdef0123456789abcdeg", &again));
	CU_ASSERT_FALSE(do_it(
		&(struct deed){ .fixture = &f, .removed = &(struct subscription){ .id = "?" } }));
	close_sound(&f);
}

/* ---- U2 ---- */

static void over_from_its_time_on(void)
{
	static const int64_t asked[] = { 0, DAY, SUBSCRIPTION_DAYS * DAY,
					 SUBSCRIPTION_DAYS * DAY + 1 };
	static const int64_t had[] = { SUBSCRIPTION_DAYS * DAY, DAY, SUBSCRIPTION_DAYS * DAY,
				       SUBSCRIPTION_DAYS * DAY };
	struct fixture f;
	struct subscription s;
	struct deed sweeping = { .fixture = &f, .sweep = true };
	instant began = now;
	open_at(&f);
	for (size_t i = 0; i < COUNT(asked); i++) {
		s = wanted(0);
		s.ends = asked[i] == 0 ? 0 : now + asked[i];
		CU_ASSERT(put(&f, &s) && s.ends == now + had[i]);
	}
	now = began + DAY - 1;
	CU_ASSERT_EQUAL(count_of(&f, 0), 4);
	CU_ASSERT(do_it(&sweeping) && listed(&f, NULL) == 4);
	now++;
	CU_ASSERT_EQUAL(count_of(&f, 0), 3);
	CU_ASSERT_EQUAL(listed(&f, NULL), 4);
	CU_ASSERT(do_it(&sweeping) && !sweeping.more && listed(&f, NULL) == 3);
	now = began + SUBSCRIPTION_DAYS * DAY;
	CU_ASSERT(do_it(&sweeping) && listed(&f, NULL) == 0);
	close_sound(&f);
	now = began;
}

static void swept_some_at_a_time(void)
{
	struct fixture f;
	struct deed sweeping = { .fixture = &f, .sweep = true };
	instant began = now;
	open_at(&f);
	for (unsigned record = 0; record < 300; record++) {
		struct subscription s = wanted(0);
		s.system = arena_printf(f.arena, "s%u", record % 50);
		s.ends = now + 1;
		s.subject = 0;
		now += 2; /* the former are over, and leave room only when they are swept */
		if (record % 60 == 59)
			while (do_it(&sweeping) && sweeping.more)
				;
		CU_ASSERT_FATAL(put(&f, &s));
	}
	close_sound(&f);
	now = began;
}

/* ---- U3 ---- */

static struct record_numbers records_of(struct fixture *f, const struct who *w)
{
	struct record_numbers all;
	struct store_txn *t = store_begin_read(f->store, &f->problem);
	identity_subjects(t, f->arena, people_record(f, w->domain, w->id).person, &all);
	store_end(t);
	return all;
}

static unsigned found_for(struct fixture *f, const struct who *w)
{
	struct record_numbers all = records_of(f, w);
	unsigned count = 0;
	for (size_t i = 0; i < all.count; i++)
		count += count_of(f, all.numbers[i]);
	return count;
}

static uint64_t regional_record(struct fixture *f, const struct who *w)
{
	struct person p;
	struct store_txn *t = store_begin_read(f->store, &f->problem);
	CU_ASSERT(identity_person(t, f->arena, people_record(f, w->domain, w->id).person, &p));
	store_end(t);
	return p.regional_record;
}

static void goes_with_its_record(void)
{
	static const struct who other = { .domain = B_DOMAIN,
					  .id = "2",
					  .family = "スズキ",
					  .given = "イチロウ",
					  .birth = "19731022",
					  .sex = "M",
					  .phone = "0399999999" };
	struct fixture f;
	open_at(&f);
	people_feed(&f, &x);
	people_feed(&f, &other);
	struct subscription of_x = wanted(regional_record(&f, &x)),
			    of_y = wanted(regional_record(&f, &other)), of_all = wanted(0);
	CU_ASSERT(put(&f, &of_x) && put(&f, &of_y) && put(&f, &of_all));
	CU_ASSERT(found_for(&f, &x) == 1 && found_for(&f, &other) == 1);
	close_sound(&f);
}

/* Linked, and parted: each goes with whom it was made for. */
static void follows_links(void)
{
	struct fixture f;
	open_at(&f);
	people_feed(&f, &x);
	struct who alone = y;
	alone.phone = "0399999999";
	people_feed(&f, &alone);
	struct subscription of_x = wanted(regional_record(&f, &x)),
			    of_y = wanted(regional_record(&f, &alone));
	CU_ASSERT_FATAL(of_x.subject != of_y.subject);
	CU_ASSERT(put(&f, &of_x) && put(&f, &of_y));
	people_feed(&f, &y);
	CU_ASSERT(people_record(&f, A_DOMAIN, "1").person
		  == people_record(&f, B_DOMAIN, "2").person);
	CU_ASSERT(found_for(&f, &x) == 2);
	people_feed(&f, &alone);
	CU_ASSERT(found_for(&f, &x) == 1 && found_for(&f, &alone) == 1);
	CU_ASSERT(count_of(&f, regional_record(&f, &x)) == 1);
	close_sound(&f);
}

/* A number that is given to somebody else rests, where somebody follows it. */
static void never_of_somebody_else(void)
{
	struct fixture f;
	open_at(&f);
	people_feed(&f, &x);
	CU_ASSERT_EQUAL(people_record(&f, A_DOMAIN, "1").unsettled & UNSETTLED_IDENTITY, 0);
	struct subscription s = wanted(regional_record(&f, &x));
	CU_ASSERT(put(&f, &s));
	people_feed(&f, &x_somebody_else);
	CU_ASSERT_NOT_EQUAL(people_record(&f, A_DOMAIN, "1").unsettled & UNSETTLED_IDENTITY, 0);
	close_sound(&f);
}

/* ---- U4 ---- */

static void a_bound_of_each(void)
{
	static const uint64_t subjects[] = { 0, 1 };
	for (size_t i = 0; i < COUNT(subjects); i++) {
		struct fixture f;
		open_at(&f);
		people_feed(&f, &x);
		struct subscription s = wanted(subjects[i]);
		struct deed d = { .fixture = &f, .put = &s, .times = SUBSCRIPTIONS_EACH };
		CU_ASSERT(do_it(&d));
		CU_ASSERT_FALSE(put(&f, &s));
		CU_ASSERT_EQUAL(f.problem.code, PROBLEM_SUBSCRIPTIONS_FULL);
		s.system = "b-clinic";
		CU_ASSERT(put(&f, &s));
		close_sound(&f);
	}
}

static void a_bound_of_one_patient(void)
{
	struct fixture f;
	open_at(&f);
	people_feed(&f, &x);
	for (unsigned i = 0; i < SUBSCRIPTIONS_OF_RECORD; i++) {
		struct subscription s = wanted(1);
		s.system = arena_printf(f.arena, "s%u", i);
		CU_ASSERT(put(&f, &s));
		s.subject = 0;
		CU_ASSERT(put(&f, &s));
	}
	struct subscription s = wanted(1), all = wanted(0);
	CU_ASSERT_FALSE(put(&f, &s));
	CU_ASSERT_EQUAL(f.problem.code, PROBLEM_SUBSCRIPTIONS_FULL);
	CU_ASSERT_FALSE(put(&f, &all));
	s.subject = 2;
	CU_ASSERT(put(&f, &s));
	close_sound(&f);
}

/* Of records that are not there: only how many there are is looked at. */
static void a_bound_of_one_system(void)
{
	struct fixture f;
	open_at(&f);
	struct subscription s = wanted(0);
	for (unsigned i = 0; i < SUBSCRIPTIONS_OF_SYSTEM / SUBSCRIPTIONS_EACH; i++) {
		s.subject = i + 1;
		struct deed d = { .fixture = &f, .put = &s, .times = SUBSCRIPTIONS_EACH };
		CU_ASSERT_FATAL(do_it(&d));
	}
	s.subject = SUBSCRIPTIONS_OF_SYSTEM;
	CU_ASSERT_FALSE(put(&f, &s));
	CU_ASSERT_EQUAL(f.problem.code, PROBLEM_SUBSCRIPTIONS_FULL);
	s.system = "b-clinic";
	CU_ASSERT(put(&f, &s));
	fixture_close(&f);
}

/* ---- U5 ---- */

static struct errand first_errand(struct fixture *f)
{
	struct errand e = { .number = 0 };
	struct store_txn *t = store_begin_read(f->store, &f->problem);
	errand_first(t, f->arena, "c-hospital", CONSUMER, &e);
	store_end(t);
	return e;
}

static void what_an_errand_says(void)
{
	struct fixture f;
	struct subscription s = wanted(0);
	struct blob metadata;
	const char *id;
	struct subscription_event e;
	open_at(&f);
	CU_ASSERT_FATAL(put(&f, &s));
	CU_ASSERT(do_it(&(struct deed){ .fixture = &f,
					.told = &s,
					.event = { EVENT_SUBMISSION, .object = "urn:uuid:1" } }));
	struct errand first = first_errand(&f);
	CU_ASSERT_FATAL(subscription_event_of(f.arena, &first, &id, &e));
	CU_ASSERT_STRING_EQUAL(id, s.id);
	CU_ASSERT(e.kind == EVENT_SUBMISSION && e.subject == 0 && e.source_system == NULL);
	CU_ASSERT_STRING_EQUAL(e.object, "urn:uuid:1");
	CU_ASSERT(blob_of_bytes(f.store, f.arena, bytes_of_text("<published/>"), &metadata,
				&f.problem));
	s.consumer = CONSUMER "/other";
	CU_ASSERT(do_it(&(struct deed){ .fixture = &f,
					.told = &s,
					.event = { EVENT_PUBLISHED, .object = "-", .subject = 7,
						   .source_system = "a-hospital",
						   .published = &metadata } }));
	struct errand published = { .number = 0 };
	struct store_txn *t = store_begin_read(f.store, &f.problem);
	CU_ASSERT_FATAL(errand_first(t, f.arena, "c-hospital", CONSUMER "/other", &published));
	store_end(t);
	CU_ASSERT_FATAL(subscription_event_of(f.arena, &published, &id, &e));
	CU_ASSERT(e.kind == EVENT_PUBLISHED && e.subject == 7 && published.parts->next != NULL);
	CU_ASSERT_STRING_EQUAL(e.source_system, "a-hospital");
	close_sound(&f);
}

static void what_no_errand_says(void)
{
	static const struct {
		const char *kind, *text;
		bool is;
	} rows[] = {
		{ SUBSCRIPTION_ERRAND, "00 submission u 0 -", true },
		{ SUBSCRIPTION_ERRAND, "00 folder u 0 -", true },
		{ "answer", "00 submission u 0 -", false },
		{ SUBSCRIPTION_ERRAND, "00 party u 0 -", false },
		{ SUBSCRIPTION_ERRAND, "00 submission  0 -", false },
		{ SUBSCRIPTION_ERRAND, "00 submission u x -", false },
		{ SUBSCRIPTION_ERRAND, "00 submission u 0 - more", false },
		{ SUBSCRIPTION_ERRAND, "", false },
	};
	struct arena *a = arena_create(1 << 20);
	const char *id;
	struct subscription_event out;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct errand_part part = { .octets = bytes_of_text(rows[i].text) };
		const struct errand e = { .kind = rows[i].kind, .parts = &part };
		CU_ASSERT_EQUAL(subscription_event_of(a, &e, &id, &out), rows[i].is);
	}
	const struct errand_part kept = { .own = true };
	const struct errand none = { .kind = SUBSCRIPTION_ERRAND },
			    other = { .kind = SUBSCRIPTION_ERRAND, .parts = &kept };
	CU_ASSERT_FALSE(subscription_event_of(a, &none, &id, &out));
	CU_ASSERT_FALSE(subscription_event_of(a, &other, &id, &out));
	arena_destroy(a);
}

static void lost_beyond_the_bound(void)
{
	struct fixture f;
	struct subscription s = wanted(0), after;
	open_at(&f);
	CU_ASSERT_FATAL(put(&f, &s));
	struct deed d = { .fixture = &f,
			  .told = &s,
			  .event = { EVENT_SUBMISSION, .object = "urn:uuid:1" },
			  .times = SUBSCRIPTION_WAITING };
	CU_ASSERT(do_it(&d) && get(&f, s.id, &after) && after.lost == 0);
	d.times = 2;
	CU_ASSERT(do_it(&d) && get(&f, s.id, &after) && after.lost == 2);
	CU_ASSERT(after.ends == s.ends && count_of(&f, 0) == 1);
	s.id = "00000000000000000000000000000000";
	CU_ASSERT(do_it(&d)); /* of one that has gone nothing is counted */
	close_sound(&f);
}

/* ---- Rows that nobody writes, as `minato check` finds them ---- */

static bool reads(struct fixture *f, const struct subscription *s)
{
	struct subscription out = { .id = "x" };
	return subscription_row_read(f->arena, subscription_row(f->arena, s), &out);
}

/* What lacks something is none; where it says less than it should nobody is told of more. */
static void a_row_that_lacks_something(void)
{
	static struct coded_value half = { .code = "x" }, other = { .scheme = "y" };
	static struct code_alternatives group = { .any = &half };
	struct fixture f;
	struct subscription s = wanted(7), bad[8];
	open_at(&f);
	CU_ASSERT(reads(&f, &s));
	for (size_t i = 0; i < COUNT(bad); i++)
		bad[i] = s;
	bad[0].system = bad[1].consumer = bad[2].reference = NULL;
	bad[3].topic = TOPIC_NONE;
	bad[4].topic = TOPIC_COUNT;
	bad[5].filter.class_codes = &half;
	bad[6].filter.type_codes = &other;
	bad[7].filter.event_codes = &group;
	for (size_t i = 0; i < COUNT(bad); i++)
		CU_ASSERT_FALSE(reads(&f, &bad[i]));
	s.ends = 0;
	CU_ASSERT_FALSE(reads(&f, &s));
	close_sound(&f);
}

/* However it is cut, and whatever octet is another. */
static void a_row_that_is_damaged(void)
{
	static struct text_value some = { .value = "Some%" };
	static struct text_alternatives ids = { .any = &some };
	static struct coded_value one = { .code = "x", .scheme = "y" };
	static struct code_alternatives group = { .any = &one };
	struct fixture f;
	struct subscription s = wanted(7), out;
	unsigned whole = 0;
	open_at(&f);
	s.filter = (struct registry_query){ .query_id = "urn:uuid:1",
					    .class_codes = &one,
					    .event_codes = &group,
					    .reference_ids = &ids,
					    .author_persons = &some };
	struct bytes row = subscription_row(f.arena, &s);
	unsigned char *octets = arena_alloc(f.arena, row.length);
	memcpy(octets, row.data, row.length);
	for (size_t n = 0; n < row.length; n++)
		whole += subscription_row_read(f.arena, (struct bytes){ octets, n }, &out);
	CU_ASSERT(whole < 8); /* at the ends of the criteria */
	for (size_t i = 0; i < row.length; i++)
		for (unsigned bit = 0; bit < 8; bit++) {
			octets[i] ^= (unsigned char)(1u << bit);
			if (subscription_row_read(f.arena, (struct bytes){ octets, row.length },
						  &out))
				CU_ASSERT(out.topic > TOPIC_NONE && out.topic < TOPIC_COUNT);
			octets[i] ^= (unsigned char)(1u << bit);
		}
	close_sound(&f);
}

static const struct {
	const char *why;
	unsigned char space;
	size_t zeros; /* behind it */
	const char *value;
	unsigned found;
} odd[] = {
	{ "cannot be read", 0x76, 16, "?", 1 },
	{ "of no id", 0x76, 3, "\x01", 1 },
	{ "of a record, and there is none", 0x77, 24, "c-hospital", 1 },
	{ "of a system, and there is none", 0x7b, 17, "", 1 },
	{ "an end, and there is none", 0x7c, 24, "", 1 },
	{ "of nothing", 0x7c, 1, "", 1 },
};

static bool put_odd(void *with, struct store_txn *t, struct problem *p)
{
	size_t i = *(size_t *)with;
	struct key k;
	(void)p;
	key_begin(&k, odd[i].space);
	for (size_t n = 0; n < odd[i].zeros; n++)
		key_octet(&k, 0);
	return store_put(t, key_span(&k), bytes_of_text(odd[i].value));
}

static bool delete_indices(void *with, struct store_txn *t, struct problem *p)
{
	const unsigned char *space = with;
	struct key prefix;
	struct bytes key, value;
	struct key found = { .length = 0 };
	(void)p;
	key_begin(&prefix, *space);
	struct store_cursor *c = store_scan_prefix(t, key_span(&prefix), false);
	if (store_next(c, &key, &value))
		key_bytes(&found, key.data, key.length);
	store_scan_end(c);
	return store_delete(t, key_span(&found));
}

/* It is not as if nobody had subscribed. */
static void what_cannot_be_read_is_damaged(void)
{
	struct fixture f;
	struct subscription out;
	size_t unread = 0;
	open_at(&f);
	CU_ASSERT_FATAL(store_write(f.store, put_odd, &unread, &f.problem));
	struct store_txn *t = store_begin_read(f.store, &f.problem);
	CU_ASSERT_FALSE(subscription_get(t, f.arena, "0000000000000000000000000000000", &out));
	CU_ASSERT_FALSE(subscription_get(t, f.arena, "00000000000000000000000000000001", &out));
	CU_ASSERT_FALSE(store_failed(t));
	CU_ASSERT_FALSE(subscription_get(t, f.arena, "00000000000000000000000000000000", &out));
	CU_ASSERT_TRUE(store_is_damaged(t));
	store_end(t);
	fixture_close(&f);
}

static void what_is_not_in_order_is_found(void)
{
	static const unsigned char indices[] = { 0x77, 0x7b, 0x7c };
	for (size_t i = 0; i < COUNT(odd); i++) {
		struct fixture f;
		open_at(&f);
		CU_ASSERT_FATAL(store_write(f.store, put_odd, &i, &f.problem));
		if (findings(&f) != odd[i].found) {
			fprintf(stderr, "%s\n", odd[i].why);
			CU_FAIL("found otherwise");
		}
		fixture_close(&f);
	}
	for (size_t i = 0; i < COUNT(indices); i++) {
		struct fixture f;
		struct subscription s = wanted(1000); /* of no record: a finding as well */
		unsigned char space = indices[i];
		open_at(&f);
		CU_ASSERT_FATAL(put(&f, &s));
		CU_ASSERT_EQUAL(findings(&f), 1);
		CU_ASSERT_FATAL(store_write(f.store, delete_indices, &space, &f.problem));
		CU_ASSERT_EQUAL(findings(&f), 2);
		fixture_close(&f);
	}
}

static const struct test tests[] = {
	{ "U1: it is there as it was made, until it ends", as_it_was_made },
	{ "U2: from its time on it is over", over_from_its_time_on },
	{ "what is over is swept", swept_some_at_a_time },
	{ "U3: those of a person's records and of every patient are found", goes_with_its_record },
	{ "a subscription goes with whom it was made for", follows_links },
	{ "a number that becomes somebody else's rests", never_of_somebody_else },
	{ "U4: a bound of each system", a_bound_of_each },
	{ "a bound of one patient and of all", a_bound_of_one_patient },
	{ "a bound of all one system has", a_bound_of_one_system },
	{ "U5: what an errand says", what_an_errand_says },
	{ "and what is none", what_no_errand_says },
	{ "beyond the bound it is counted as lost", lost_beyond_the_bound },
	{ "a row that lacks something", a_row_that_lacks_something },
	{ "a row that is damaged", a_row_that_is_damaged },
	{ "what cannot be read is damaged", what_cannot_be_read_is_damaged },
	{ "what is not in order is found", what_is_not_in_order_is_found },
	{ 0 }
};

int main(void)
{
	return suite_run("subscriptions", tests);
}
