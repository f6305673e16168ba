/* tests/store/again_test.c: a job of each kind, run again a hundred times, leaves what it leaves
 * when it is run once, octet by octet, its one audit record included. */
#include "tests/base/suite.h"

#include <string.h>

#include "gateway/base/text.h"
#include "profiles/actors/cross_reference_manager.h"
#include "store/audit_log.h"
#include "store/blobs.h"
#include "store/region_mark.h"
#include "store/registry.h"
#include "store/repository.h"
#include "tests/engines/engine_again.h"
#include "tests/store/people.h"

enum { AGAIN = 100, MOMENT = 1000000 };

/* Time and octets that are the same in every run of the test, however often they are asked for. */
static instant fixed_now(const struct clock *c)
{
	(void)c;
	return MOMENT;
}

static int64_t fixed_elapsed(const struct clock *c)
{
	return system_clock.elapsed(c);
}

static const struct clock fixed_clock = { .now = fixed_now, .elapsed = fixed_elapsed };

struct counted_octets {
	struct random_source source;
	unsigned char next;
};

static void counted_fill(const struct random_source *r, void *out, size_t length)
{
	struct counted_octets *c = (struct counted_octets *)r;
	unsigned char *at = out;
	for (size_t i = 0; i < length; i++)
		at[i] = c->next++;
}

/* The stage of one job. */
struct stage {
	struct fixture f;
	struct counted_octets octets;
	struct problem problem;
	uint64_t record; /* of the person that was there before */
	struct blob blob;
};

static bool append(struct store_txn *t, const char *what)
{
	const struct audit_terms terms = { .time = store_clock(t)->now(store_clock(t)) };
	return audit_log_append(t, audit_log_draft(store_arena(t), bytes_of_text(what), &terms),
				NULL);
}

static const struct who first = { .domain = A_DOMAIN,
				  .id = "1",
				  .family = "SATO",
				  .given = "HANAKO",
				  .birth = "19700101",
				  .sex = "F",
				  .phone = "0312345678" };
static const struct who second = { .domain = B_DOMAIN,
				   .id = "2",
				   .family = "SATO",
				   .given = "HANAKO",
				   .birth = "19700101",
				   .sex = "F",
				   .phone = "0312345678" };
static const struct who changed = { .domain = A_DOMAIN,
				    .id = "1",
				    .family = "SUZUKI",
				    .given = "HANAKO",
				    .birth = "19700101",
				    .sex = "F" };

static bool put(struct store_txn *t, const struct who *w, uint64_t *record, struct problem *p)
{
	struct arena *a = store_arena(t);
	struct patient_identifier id = { .id = w->id, .universal_id = w->domain };
	struct patient_demographics d = people_demographics(a, w);
	struct feed_outcome done;
	if (!identity_put(t, &people_region, people_system(w->domain), &id, &d, 0, &done, p))
		return false;
	*record = done.record;
	return true;
}

static bool be_there(void *with, struct store_txn *t, struct problem *p)
{
	struct stage *s = with;
	return put(t, &first, &s->record, p);
}

static bool feed_new(void *with, struct store_txn *t, struct problem *p)
{
	uint64_t record;
	(void)with;
	return put(t, &second, &record, p) && append(t, "fed");
}

static bool feed_change(void *with, struct store_txn *t, struct problem *p)
{
	uint64_t record;
	(void)with;
	return put(t, &changed, &record, p) && append(t, "changed");
}

static bool merge(void *with, struct store_txn *t, struct problem *p)
{
	struct who other = first;
	struct feed_outcome done;
	uint64_t record;
	(void)with;
	other.id = "9";
	return put(t, &other, &record, p)
	       && identity_merge(t, &people_region, A_DOMAIN, "1", "9", &done, p)
	       && append(t, "merged");
}

static bool decide_pair(void *with, struct store_txn *t, struct problem *p)
{
	const struct person_decision said = { .by = "clerk", .why = "two persons" };
	struct stage *s = with;
	struct feed_outcome done;
	uint64_t record;
	return put(t, &second, &record, p)
	       && identity_decide_pair(t, &people_region, s->record, record, PAIR_APART, &said,
				       &done, p)
	       && append(t, "decided");
}

static bool consent(void *with, struct store_txn *t, struct problem *p)
{
	struct stage *s = with;
	struct consent_coverage coverage;
	const struct consent_event e = { .action = CONSENT_LEAVE,
					 .reason = "asked for it",
					 .by = "clerk",
					 .time = store_clock(t)->now(store_clock(t)) };
	return consent_record(t, &people_region, s->record, &e, &coverage, p) && append(t, "left");
}

static char *fresh_uuid(struct store_txn *t)
{
	char uuid[UUID_URN_TEXT];
	random_uuid(store_random(t), uuid);
	return arena_text(store_arena(t), uuid);
}

/* A document with its octets, its entry and its place in the submission set. */
static bool submit(void *with, struct store_txn *t, struct problem *p)
{
	struct stage *s = with;
	struct submission_set set = { .id = fresh_uuid(t),
				      .unique_id = "2.999.7.1",
				      .subject = s->record,
				      .source_system = "a-hospital" };
	struct document_entry entry = { .id = fresh_uuid(t),
					.unique_id = "2.999.7.2",
					.hash = "da39a3ee5e6b4b0d3255bfef95601890afd80709",
					.size = "3",
					.subject = s->record,
					.repository_unique_id = "2.999.20",
					.source_system = "a-hospital" };
	struct association member = { .id = fresh_uuid(t),
				      .type = ASSOCIATION_HAS_MEMBER,
				      .source = set.id,
				      .target = entry.id,
				      .source_system = "a-hospital" };
	struct submission all = {
		.set = &set, .set_count = 1, .entries = &entry, .associations = &member
	};
	struct kept_document kept = { .repository_unique_id = "2.999.20",
				      .unique_id = entry.unique_id,
				      .mime_type = "text/plain",
				      .size = s->blob.size,
				      .source_system = "a-hospital" };
	memcpy(kept.sha256, s->blob.sha256, sizeof kept.sha256);
	return repository_put(t, store_arena(t), &kept, &s->blob, p)
	       && registry_put(t, store_arena(t), &all, MOMENT, p) && append(t, "submitted");
}

static bool only_record(void *with, struct store_txn *t, struct problem *p)
{
	(void)with, (void)p;
	return append(t, "asked");
}

static bool acknowledge(void *with, struct store_txn *t, struct problem *p)
{
	(void)with, (void)p;
	return append(t, "sent") && audit_log_acknowledge(t, "repository", 1);
}

static bool note_anchor(void *with, struct store_txn *t, struct problem *p)
{
	(void)with, (void)p;
	return audit_log_note_anchor(t, &(struct audit_anchored){ 1, 0 }) && append(t, "anchored");
}

static bool touch(void *with, struct store_txn *t, struct problem *p)
{
	(void)with, (void)p;
	return store_touch(t) && append(t, "touched");
}

static bool refused_part(void *with, struct store_txn *t, struct problem *p)
{
	uint64_t record;
	(void)with;
	return put(t, &second, &record, p) && problem_set(p, PROBLEM_NOT_PERMITTED, "no");
}

/* What a handler refuses leaves the record of the refusal, and nothing else. */
static bool refusal(void *with, struct store_txn *t, struct problem *p)
{
	struct problem why = { .code = PROBLEM_NONE };
	(void)p;
	return !store_savepoint(t, refused_part, with, &why) && append(t, "refused");
}

static const struct kind {
	const char *name;
	bool (*run)(void *with, struct store_txn *t, struct problem *p);
} kinds[] = {
	{ "a feed of somebody new, who is linked", feed_new },
	{ "a feed that changes somebody", feed_change },
	{ "a merge", merge },
	{ "a decision of two records", decide_pair },
	{ "a consent", consent },
	{ "a submission with its document", submit },
	{ "the record of a question", only_record },
	{ "a refusal", refusal },
	{ "what the courier delivered", acknowledge },
	{ "what the anchoring signed", note_anchor },
	{ "the question whether we are ready", touch },
};

static void begin(struct stage *s)
{
	*s = (struct stage){ .octets.source.fill = counted_fill };
	fixture_open(&s->f);
	store_close(s->f.store);
	nftw(s->f.directory, fixture_forget, 16, FTW_DEPTH | FTW_PHYS);
	engine_again_times(0);
	s->f.settings.engine = engine_again();
	s->f.settings.clock = &fixed_clock;
	s->f.settings.random = &s->octets.source;
	s->f.store = store_open(&s->f.settings, &s->f.problem);
	fixture_must(&s->f, s->f.store != NULL);
	fixture_must(&s->f, region_mark_agrees(s->f.store, &people_region, &s->f.problem));
	fixture_must(&s->f, store_write(s->f.store, be_there, s, &s->f.problem));
	fixture_must(&s->f, blob_of_bytes(s->f.store, s->f.arena, bytes_of_text("abc"), &s->blob,
					  &s->f.problem));
}

/* All keys and values, one after the other; the caller's to free. */
static struct buffer everything(struct stage *s)
{
	struct buffer all = buffer_in(s->f.arena);
	struct bytes key, value;
	struct store_txn *t = store_begin_read(s->f.store, &s->problem);
	struct store_cursor *c = store_scan(t, (struct bytes){ 0 }, (struct bytes){ 0 }, false);
	while (store_next(c, &key, &value)) {
		buffer_printf(&all, "[%zu,%zu]", key.length, value.length);
		buffer_append(&all, key.data, key.length);
		buffer_append(&all, value.data, value.length);
	}
	store_end(t);
	return all;
}

static uint64_t records(struct stage *s)
{
	struct audit_head head;
	struct store_txn *t = store_begin_read(s->f.store, &s->problem);
	CU_ASSERT_TRUE(audit_log_head(t, &head));
	store_end(t);
	return head.sequence;
}

static void a_hundred_times_is_once(void)
{
	for (size_t i = 0; i < COUNT(kinds); i++) {
		struct stage once, often;
		struct problem p = { .code = PROBLEM_NONE };
		begin(&once);
		CU_ASSERT_TRUE(store_write(once.f.store, kinds[i].run, &once, &p));
		begin(&often);
		unsigned long before = engine_again_count();
		engine_again_times(AGAIN);
		CU_ASSERT_TRUE(store_write(often.f.store, kinds[i].run, &often, &p));
		CU_ASSERT_EQUAL(engine_again_count() - before, AGAIN);
		engine_again_times(0);
		struct buffer a = everything(&once), b = everything(&often);
		bool same = a.length > 0 && bytes_equal(buffer_bytes(&a), buffer_bytes(&b));
		CU_ASSERT_TRUE(same);
		CU_ASSERT_EQUAL(records(&often), 1);
		if (!same || p.code != PROBLEM_NONE)
			fprintf(stderr, "%s: %s\n", kinds[i].name, p.what);
		fixture_close(&once.f);
		fixture_close(&often.f);
	}
}

int main(void)
{
	static const struct test tests[] = {
		{ "a hundred times is once", a_hundred_times_is_once },
		{ 0 },
	};
	return suite_run("store: again", tests);
}
