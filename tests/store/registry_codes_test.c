/* tests/store/registry_codes_test.c: which codes are in use is told of every object, in as many
 * snapshots as it takes. */
#include "tests/base/suite.h"

#include <string.h>

#include "gateway/base/progress.h"
#include "gateway/base/text.h"
#include "store/registry.h"
#include "store/registry_codes.h"
#include "store/registry_record.h"
#include "tests/store/fixture.h"

enum { SUBJECT = 7, ENTRIES = 2500, AT_ONCE = 250 };

static struct coded_value class_code = { .code = "C", .scheme = "1.2", .display = "c" };
static struct coded_value content = { .code = "S", .scheme = "1.2", .display = "s" };
static struct coded_value second = { .code = "F2", .scheme = "1.2", .display = "f" };
static struct coded_value first = {
	.code = "F1", .scheme = "1.2", .display = "f", .next = &second
};
static struct coded_value reason = { .code = "R", .scheme = "1.2", .display = "r" };

static const char *uuid(struct arena *a)
{
	char out[UUID_URN_TEXT];
	random_uuid(&system_random, out);
	return arena_text(a, out);
}

static struct association *link_of(struct arena *a, enum association_type type, const char *source,
				   const char *target, struct association *next)
{
	struct association *x = arena_new(a, struct association);
	*x = (struct association){ .id = uuid(a),
				   .type = type,
				   .type_urn = association_type_urn(type),
				   .source = source,
				   .target = target,
				   .source_system = "b-clinic",
				   .next = next };
	return x;
}

static struct document_entry *entries_of(struct arena *a, unsigned from, unsigned count)
{
	struct document_entry *list = NULL;
	for (unsigned i = 0; i < count; i++) {
		struct document_entry *e = arena_new(a, struct document_entry);
		*e = (struct document_entry){ .id = uuid(a),
					      .unique_id = arena_printf(a, "1.3.%u", from + i),
					      .subject = SUBJECT,
					      .hash = "aa",
					      .size = "3",
					      .class_code = &class_code,
					      .mime_type = "text/plain",
					      .language_code = "ja-JP",
					      .source_system = "b-clinic",
					      .next = list };
		list = e;
	}
	return list;
}

/* A set with a folder, so many documents, and an addendum with a reason. */
static bool put(void *with, struct store_txn *t, struct problem *p)
{
	unsigned from = *(unsigned *)with;
	struct arena *a = store_arena(t);
	struct submission_set set = { .id = uuid(a),
				      .unique_id = arena_printf(a, "1.2.%u", from),
				      .subject = SUBJECT,
				      .content_type_code = &content };
	struct folder folder = { .id = uuid(a),
				 .unique_id = arena_printf(a, "1.4.%u", from),
				 .subject = SUBJECT,
				 .codes = &first,
				 .source_system = "a-hospital" };
	struct submission s = { .set = &set,
				.set_count = 1,
				.folders = &folder,
				.entries = entries_of(a, from, AT_ONCE) };
	s.associations = link_of(a, ASSOCIATION_APND, s.entries->id, s.entries->next->id, NULL);
	s.associations->documentation = &reason;
	for (const struct document_entry *e = s.entries; e != NULL; e = e->next)
		s.associations = link_of(a, ASSOCIATION_HAS_MEMBER, set.id, e->id, s.associations);
	s.associations = link_of(a, ASSOCIATION_HAS_MEMBER, set.id, folder.id, s.associations);
	return registry_put(t, a, &s, INT64_C(1766570000000000) + from, p);
}

static void fill(struct fixture *f)
{
	for (unsigned from = 0; from < ENTRIES; from += AT_ONCE)
		fixture_must(f, store_write(f->store, put, &from, &f->problem));
}

/* What is told, by attribute and code. */
struct counted {
	const char *attribute, *code, *scheme, *system;
	unsigned count;
};
struct counting {
	struct counted *rows;
	unsigned others, uses;
	atomic_bool stop;
	unsigned stop_at;
};

static void count(void *with, const struct code_use *u)
{
	struct counting *c = with;
	if (++c->uses == c->stop_at)
		atomic_store(&c->stop, true);
	for (struct counted *r = c->rows; r->attribute != NULL; r++)
		if (text_equal(r->attribute, u->attribute) && text_equal(r->code, u->code)
		    && text_equal(r->scheme, u->scheme)
		    && text_equal(r->system, u->source_system)) {
			r->count++;
			return;
		}
	c->others++;
}

static void every_use_is_told(void)
{
	enum { SUBMISSIONS = ENTRIES / AT_ONCE };
	struct counted rows[] = {
		{ "classCode", "C", "1.2", "b-clinic", 0 },
		{ "mimeType", "text/plain", NULL, "b-clinic", 0 },
		{ "languageCode", "ja-JP", NULL, "b-clinic", 0 },
		{ "contentTypeCode", "S", "1.2", NULL, 0 },
		{ "codeList", "F1", "1.2", "a-hospital", 0 },
		{ "codeList", "F2", "1.2", "a-hospital", 0 },
		{ "associationDocumentation", "R", "1.2", "b-clinic", 0 },
		{ NULL, NULL, NULL, NULL, 0 },
	};
	struct counting c = { .rows = rows };
	struct progress progress;
	struct progress_seen seen;
	struct fixture f;
	fixture_open(&f);
	fill(&f);
	progress_create(&progress, &system_clock, NULL);
	CU_ASSERT_TRUE(registry_codes(&progress, f.store, count, &c, &f.problem));
	for (unsigned i = 0; i < 3; i++)
		CU_ASSERT_EQUAL(rows[i].count, ENTRIES);
	for (unsigned i = 3; i < 7; i++)
		CU_ASSERT_EQUAL(rows[i].count, SUBMISSIONS);
	CU_ASSERT_EQUAL(c.others, 0);
	progress_look(&progress, &seen);
	CU_ASSERT_STRING_EQUAL(seen.unit, "objects");
	CU_ASSERT_EQUAL(seen.done, ENTRIES + SUBMISSIONS * 2 + ENTRIES + SUBMISSIONS * 2);
	progress_destroy(&progress);
	fixture_close(&f);
}

static void it_ends_when_it_is_to(void)
{
	struct counted none[] = { { NULL, NULL, NULL, NULL, 0 } };
	static const unsigned stops[] = { 1, 3 * 1000, 3 * 1000 + 1, 3 * ENTRIES };
	struct fixture f;
	fixture_open(&f);
	fill(&f);
	for (size_t i = 0; i < COUNT(stops); i++) {
		struct counting c = { .rows = none, .stop_at = stops[i] };
		struct problem p = { .code = PROBLEM_NONE };
		struct progress progress;
		progress_create(&progress, &system_clock, &c.stop);
		CU_ASSERT_FALSE(registry_codes(&progress, f.store, count, &c, &p));
		CU_ASSERT_EQUAL(p.code, PROBLEM_BUSY);
		CU_ASSERT_TRUE(c.uses < stops[i] + 3);
		progress_destroy(&progress);
	}
	fixture_close(&f);
}

/* What cannot be read is told by a check, and keeps nothing else from being told. */
static bool damage(void *with, struct store_txn *t, struct problem *p)
{
	static const struct registry_place place = {
		.space = SPACE_ENTRY, .subject = SUBJECT, .time = 1, .number = 1
	};
	struct key k;
	(void)with;
	(void)p;
	place_key(&place, &k);
	store_put(t, key_span(&k), bytes_of_text("nonsense"));
	return !store_failed(t);
}

static void what_cannot_be_read_is_passed_over(void)
{
	struct counted rows[] = { { "classCode", "C", "1.2", "b-clinic", 0 },
				  { NULL, NULL, NULL, NULL, 0 } };
	struct counting c = { .rows = rows };
	unsigned from = 0;
	struct fixture f;
	fixture_open(&f);
	fixture_must(&f, store_write(f.store, put, &from, &f.problem));
	fixture_must(&f, store_write(f.store, damage, NULL, &f.problem));
	CU_ASSERT_TRUE(registry_codes(NULL, f.store, count, &c, &f.problem));
	CU_ASSERT_EQUAL(rows[0].count, AT_ONCE);
	fixture_close(&f);
}

static const struct test tests[] = { { "every use is told", every_use_is_told },
				     { "it ends when it is to", it_ends_when_it_is_to },
				     { "what cannot be read is passed over",
				       what_cannot_be_read_is_passed_over },
				     { 0 } };

int main(void)
{
	return suite_run("registry_codes", tests);
}
