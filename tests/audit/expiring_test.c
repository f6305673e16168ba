/* tests/audit/expiring_test.c: audit records that were kept long enough go; who needs them yet;
 * what is signed for them, and what somebody who takes records away by himself is told by. */
#include "tests/audit/anchor_scene.h"

#include <string.h>

#include "gateway/audit/checkpoint.h"
#include "gateway/audit/event_record.h"
#include "gateway/audit/expiring.h"
#include "gateway/audit/record.h"
#include "gateway/base/text.h"
#include "schemas/model/region.h"
#include "store/audit_aside.h"
#include "store/audit_entries.h"
#include "store/audit_received.h"
#include "store/disasters.h"
#include "store/overrides.h"
#include "tests/audit/ends_said.h"
#include "tests/base/failing.h"
#include "tests/store/in_job.h"

FAILING(bool, anchor_key_sign,
	(const struct anchor_key *k, struct bytes said, unsigned char out[ANCHOR_SIGNATURE]),
	(k, said, out), false)

enum { SECOND = 1000000, SEGMENT = AUDIT_SEGMENT, SEGMENTS = 10, AT_ONCE = 128, DAY = 86400 };

static const struct audit_source us = { .source_id = "test", .process_id = "1", .host = "h" };

/* The n-th entry is of the n-th second. */
static bool append(struct store_txn *t, const void *with)
{
	const unsigned *begin = with;
	bool kept = true;
	for (unsigned i = *begin; kept && i < *begin + AT_ONCE; i++) {
		struct audit_terms terms = { .time = (instant)i * SECOND };
		kept = audit_log_append(
			t, audit_log_draft(store_arena(t), bytes_of_text("record"), &terms), NULL);
	}
	return kept;
}

static bool receive(struct store_txn *t, const void *with)
{
	const unsigned *begin = with;
	struct problem p = { .code = PROBLEM_NONE };
	bool kept = true;
	for (unsigned i = *begin; kept && i < *begin + AT_ONCE; i++) {
		struct received_terms terms = { .received = (instant)i * SECOND, .source = "a" };
		kept = received_append(t, &terms,
				       bytes_of_text(arena_printf(store_arena(t), "%u", i)), 0,
				       NULL, &p);
	}
	return kept;
}

static bool note_anchor(struct store_txn *t, const void *with)
{
	const uint64_t *record = with;
	return audit_log_note_anchor(t, &(struct audit_anchored){ *record, *record });
}

static struct audit_keeping keeping;

/* Everything of the log is signed, and was had by nobody, for there is nobody. */
static void begin(struct scene *s)
{
	const uint64_t record = SEGMENTS * SEGMENT;
	scene_begin(s);
	s->at.source = &us;
	for (unsigned i = 0; i < SEGMENTS * SEGMENT; i += AT_ONCE)
		CU_ASSERT_TRUE_FATAL(in_job(&s->f, append, &i));
	CU_ASSERT_TRUE(audit_log_index(s->f.store, NULL, &s->f.problem));
	CU_ASSERT_TRUE(audit_log_fold(s->f.store, NULL, &s->f.problem));
	CU_ASSERT_TRUE(in_job(&s->f, note_anchor, &record));
	keeping = (struct audit_keeping){ .keep = 100 * DAY };
}

static void received_some(struct scene *s)
{
	for (unsigned i = 0; i < 3 * SEGMENT; i += AT_ONCE)
		CU_ASSERT_TRUE_FATAL(in_job(&s->f, receive, &i));
}

/* As of the moment at which the rule lets go what is older than so many seconds. */
static struct expiring asked(const struct scene *s, unsigned seconds)
{
	return (struct expiring){ .store = s->f.store,
				  .anchors = &s->at,
				  .keeping = &keeping,
				  .now = ((instant)100 * DAY + seconds) * SECOND };
}

static bool run(struct scene *s, const struct expiring *e, struct expired_all *out)
{
	s->p = (struct problem){ .code = PROBLEM_NONE };
	return expiring_run(e, s->f.arena, out, &s->p);
}

/* ---- Who needs what ---- */

static void nobody(struct scene *s)
{
	(void)s;
}

static bool acknowledge(struct store_txn *t, const void *with)
{
	const uint64_t *up_to = with;
	return audit_log_acknowledge(t, "arr", *up_to);
}

static bool set_aside(struct store_txn *t, const void *with)
{
	const uint64_t *sequence = with;
	return audit_aside_put(t, "arr", *sequence, 1);
}

static void a_repository(struct scene *s)
{
	const uint64_t had = 600;
	keeping.repositories = s->repositories;
	keeping.repository_count = 1;
	CU_ASSERT_TRUE(in_job(&s->f, acknowledge, &had));
}

static void a_new_repository(struct scene *s)
{
	keeping.repositories = s->repositories;
	keeping.repository_count = 1;
}

static void one_aside(struct scene *s)
{
	const uint64_t had = 5000, aside = 300;
	keeping.repositories = s->repositories;
	keeping.repository_count = 1;
	CU_ASSERT_TRUE(in_job(&s->f, acknowledge, &had));
	CU_ASSERT_TRUE(in_job(&s->f, set_aside, &aside));
}

static void former_aside(struct scene *s)
{
	const uint64_t aside = 300;
	CU_ASSERT_TRUE(in_job(&s->f, set_aside, &aside));
}

static bool break_glass(struct store_txn *t, const void *with)
{
	const bool *reviewed = with;
	struct override out, said = { .system = "a",
				      .asker = "doctor",
				      .purpose = "BTG^x",
				      .reason = "he fell",
				      .person = 1,
				      .record = 1,
				      .patient = "1",
				      .exchange = "e",
				      .since = 700 * (instant)SECOND,
				      .until = 800 * (instant)SECOND };
	struct override *ended = NULL;
	bool began;
	return override_access(t, store_arena(t), &said, &out, &began, &ended)
	       && (!*reviewed || override_review(t, &out, "chief", "fine"));
}

static void an_emergency(struct scene *s)
{
	const bool reviewed = false;
	CU_ASSERT_TRUE(in_job(&s->f, break_glass, &reviewed));
}

static void an_untold_emergency(struct scene *s)
{
	const bool reviewed = true;
	CU_ASSERT_TRUE(in_job(&s->f, break_glass, &reviewed));
}

static bool propose(struct store_txn *t, const void *with)
{
	const bool *ended = with;
	struct disaster d = { .municipalities = "13101",
			      .reason = "flood",
			      .by = "chief",
			      .since = 520 * (instant)SECOND,
			      .until = 900 * (instant)SECOND,
			      .ended = *ended ? 600 * (instant)SECOND : 0 };
	return disaster_propose(t, &d);
}

static void a_disaster(struct scene *s)
{
	const bool ended = false;
	CU_ASSERT_TRUE(in_job(&s->f, propose, &ended));
}

static void a_former_disaster(struct scene *s)
{
	const bool ended = true;
	CU_ASSERT_TRUE(in_job(&s->f, propose, &ended));
}

static bool no_anchor(struct store_txn *t, const void *with)
{
	struct key k;
	(void)with;
	key_begin(&k, SPACE_AUDIT_ANCHORED);
	key_number(&k, 0);
	return store_delete(t, key_span(&k));
}

static void nothing_signed(struct scene *s)
{
	CU_ASSERT_TRUE(in_job(&s->f, no_anchor, NULL));
}

static void who_needs_what(void)
{
	static const struct {
		void (*prepare)(struct scene *s);
		unsigned seconds;
		uint64_t records;
		enum audit_kept_for why;
		const char *needed; /* NULL: by nobody */
	} rows[] = {
		{ nobody, 100000, 2559, KEPT_AS_LATEST, NULL },
		{ nobody, 512, 511, KEPT_FOR_AGE, NULL },
		{ nobody, 200, 0, KEPT_FOR_AGE, NULL },
		{ a_repository, 100000, 511, KEPT_AS_NEEDED, "arr, which has not had it" },
		{ a_new_repository, 100000, 0, KEPT_AS_NEEDED, "arr, which has not had it" },
		{ one_aside, 100000, 255, KEPT_AS_NEEDED, "for which it was set aside" },
		{ former_aside, 100000, 2559, KEPT_AS_LATEST, NULL },
		{ an_emergency, 100000, 511, KEPT_FOR_AGE, "nobody has reviewed" },
		{ an_untold_emergency, 100000, 511, KEPT_FOR_AGE, "was not told" },
		{ an_emergency, 600, 511, KEPT_FOR_AGE, NULL },
		{ a_disaster, 100000, 511, KEPT_FOR_AGE, "a disaster" },
		{ a_former_disaster, 100000, 2559, KEPT_AS_LATEST, NULL },
		{ nothing_signed, 100000, 0, KEPT_AS_NEEDED, "anchors" },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct scene s;
		struct expired_all done;
		begin(&s);
		rows[i].prepare(&s);
		struct expiring e = asked(&s, rows[i].seconds);
		e.dry = true;
		CU_ASSERT_TRUE(run(&s, &e, &done));
		const struct expired *of = &done.of[AUDIT_OWN];
		if (of->records != rows[i].records || of->why != rows[i].why)
			printf("\n  row %zu: %llu, %d %s", i, (unsigned long long)of->records,
			       (int)of->why, of->needed == NULL ? "" : of->needed);
		CU_ASSERT_EQUAL(of->records, rows[i].records);
		CU_ASSERT_EQUAL(of->why, rows[i].why);
		CU_ASSERT_EQUAL(of->needed != NULL, rows[i].needed != NULL);
		if (of->needed != NULL && rows[i].needed != NULL)
			CU_ASSERT_PTR_NOT_NULL(strstr(of->needed, rows[i].needed));
		CU_ASSERT_FALSE(done.ruled[AUDIT_RECEIVED]);
		scene_end(&s);
	}
}

/* ---- What is kept of it ---- */

/* The events of that doing, and the text of the youngest one's first detail. */
static unsigned events(struct scene *s, enum audit_doing doing, struct bytes *detail, int *code)
{
	const struct audit_filter f = { .transaction = audit_doing_name(doing) };
	struct store_txn *t = store_begin_read(s->f.store, &s->f.problem);
	struct audit_cursor *c = audit_log_search(t, &f, s->f.arena);
	unsigned count = 0;
	for (const struct audit_entry *e; (e = audit_log_next(c)) != NULL; count++) {
		struct kept_event kept;
		CU_ASSERT_TRUE_FATAL(event_record_read(s->f.arena, e, &kept));
		const struct audit_detail *d = kept.event.objects->details;
		if (count == 0 && detail != NULL)
			*detail = (struct bytes){ d->value, d->length };
		if (code != NULL)
			*code = kept.event.event_id;
	}
	store_end(t);
	return count;
}

static struct audit_checkpoint row_of(struct scene *s, enum audit_kind kind)
{
	struct audit_checkpoint c;
	struct store_txn *t = store_begin_read(s->f.store, &s->f.problem);
	audit_checkpoint_look(t, kind, 0, s->f.arena, &c);
	store_end(t);
	return c;
}

static unsigned woken;

static void wake(void *self)
{
	CU_ASSERT_PTR_EQUAL(self, &woken);
	woken++;
}

static void it_goes(void)
{
	struct scene s;
	struct expired_all done;
	struct checkpoint said, next;
	struct bytes line;
	int code = 0;
	begin(&s);
	received_some(&s);
	keeping.keep_received = 100 * DAY;
	struct expiring e = asked(&s, 512);
	e.woken = wake;
	e.self = &woken;
	CU_ASSERT_TRUE(run(&s, &e, &done));
	CU_ASSERT_EQUAL(woken, 2);
	CU_ASSERT_TRUE(done.ruled[AUDIT_OWN] && done.ruled[AUDIT_RECEIVED]);
	CU_ASSERT_EQUAL(done.of[AUDIT_OWN].records, 511);
	CU_ASSERT_EQUAL(done.of[AUDIT_OWN].left_from, 512);
	CU_ASSERT_EQUAL(done.of[AUDIT_OWN].last, 510 * (instant)SECOND);
	CU_ASSERT_EQUAL(done.of[AUDIT_RECEIVED].records, 511);
	CU_ASSERT_EQUAL(events(&s, AUDIT_DOING_EXPIRED, &line, &code), 2);
	CU_ASSERT_EQUAL(code, 110113);
	struct audit_checkpoint own = row_of(&s, AUDIT_OWN), others = row_of(&s, AUDIT_RECEIVED);
	CU_ASSERT_TRUE(bytes_equal(line, own.line) || bytes_equal(line, others.line));
	CU_ASSERT_TRUE(checkpoint_read(own.line, &said));
	CU_ASSERT_TRUE(checkpoint_is_of(&said, AUDIT_OWN, &own));
	CU_ASSERT_FALSE(checkpoint_is_of(&said, AUDIT_RECEIVED, &own));
	CU_ASSERT_EQUAL(said.keep, 100 * DAY);
	CU_ASSERT_EQUAL(said.count, 511);
	CU_ASSERT_TRUE(checkpoint_signed(own.line, s.key, NULL));
	CU_ASSERT_FALSE(checkpoint_signed(own.line, s.other, NULL));
	CU_ASSERT_PTR_NULL(checkpoint_fault(&own, AUDIT_OWN, &s.at));
	CU_ASSERT_PTR_NULL(checkpoint_fault(&others, AUDIT_RECEIVED, &s.at));
	/* What was received was noted anew, with the job that took the log's beginning. */
	CU_ASSERT_EQUAL(events(&s, AUDIT_DOING_RECEIVED, NULL, NULL), 1);
	struct received_ends ends;
	struct store_txn *t = store_begin_read(s.f.store, &s.f.problem);
	ends_said(t, s.f.arena, &ends);
	CU_ASSERT_EQUAL(ends.wrong, 0);
	CU_ASSERT_EQUAL(ends.chains, 1);
	store_end(t);
	/* The next one follows on it. */
	e = asked(&s, 1024);
	CU_ASSERT_TRUE(run(&s, &e, &done));
	CU_ASSERT_EQUAL(done.of[AUDIT_OWN].records, 512);
	unsigned char digest[AUDIT_HASH];
	struct audit_checkpoint after = row_of(&s, AUDIT_OWN);
	CU_ASSERT_TRUE(checkpoint_read(after.line, &next));
	CU_ASSERT_TRUE(anchor_digest(own.line, digest));
	CU_ASSERT_EQUAL(memcmp(next.before, digest, sizeof digest), 0);
	CU_ASSERT_EQUAL(next.count, 1023);
	CU_ASSERT_EQUAL(next.first_time, 0);
	/* And nothing twice. */
	CU_ASSERT_TRUE(run(&s, &e, &done));
	CU_ASSERT_EQUAL(done.of[AUDIT_OWN].records, 0);
	scene_end(&s);
}

static void nothing_is_done(void)
{
	struct scene s;
	struct expired_all done;
	begin(&s);
	struct expiring e = asked(&s, 512);
	e.dry = true;
	CU_ASSERT_TRUE(run(&s, &e, &done));
	CU_ASSERT_EQUAL(done.of[AUDIT_OWN].records, 511);
	CU_ASSERT_EQUAL(events(&s, AUDIT_DOING_EXPIRED, NULL, NULL), 0);
	CU_ASSERT_EQUAL(audit_place(row_of(&s, AUDIT_OWN).sequence), 0);
	e.dry = false;
	keeping.keep = 0;
	CU_ASSERT_TRUE(run(&s, &e, &done));
	CU_ASSERT_FALSE(done.ruled[AUDIT_OWN]);
	CU_ASSERT_EQUAL(audit_place(row_of(&s, AUDIT_OWN).sequence), 0);
	keeping.keep = 100 * DAY;
	s.at.key = NULL;
	CU_ASSERT_FALSE(run(&s, &e, &done));
	CU_ASSERT_EQUAL(s.p.code, PROBLEM_CONFIGURATION);
	s.at.key = s.key;
	/* A chain that nobody has. */
	e.named = true;
	e.chain = 7;
	CU_ASSERT_TRUE(run(&s, &e, &done));
	CU_ASSERT_EQUAL(done.of[AUDIT_OWN].records, 0);
	scene_end(&s);
}

/* ---- Somebody else ---- */

/* A checkpoint of the same entries with that line; or of others than the line says. */
struct forging {
	struct audit_checkpoint row;
};

static bool put_row(struct store_txn *t, const void *with)
{
	const struct forging *g = with;
	struct key k;
	struct problem p = { .code = PROBLEM_NONE };
	key_begin(&k, SPACE_AUDIT_CHECKPOINT);
	key_number(&k, 0);
	store_delete(t, key_span(&k));
	return audit_checkpoint_put(t, AUDIT_OWN, &g->row, audit_number(0, 0), &p);
}

static struct forging forged(struct scene *s, const struct anchor_key *key, uint64_t said)
{
	struct forging g = { .row = { .sequence = 511, .last = 510 * (instant)SECOND } };
	struct checkpoint c = { .last = { .sequence = said },
				.count = said,
				.last_time = g.row.last,
				.keep = 1,
				.time = 1 };
	char *line = arena_alloc(s->f.arena, CHECKPOINT_LINE + 1);
	struct store_txn *t = store_begin_read(s->f.store, &s->f.problem);
	CU_ASSERT_TRUE(audit_log_hash(t, 511, g.row.hash));
	store_end(t);
	memcpy(c.last.hash, g.row.hash, AUDIT_HASH);
	CU_ASSERT_TRUE(checkpoint_sign(&c, key, line));
	g.row.line = bytes_of_text(line);
	return g;
}

static void by_somebody_else(void)
{
	static const struct {
		bool own_key;
		uint64_t said;
		const char *fault; /* NULL: none */
	} rows[] = {
		{ true, 511, NULL },
		{ false, 511, "no key we have has signed" },
		{ true, 767, "says something else" },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct scene s;
		struct expired_all done;
		begin(&s);
		scene_anchor(&s);
		struct forging g = forged(&s, rows[i].own_key ? s.key : s.other, rows[i].said);
		CU_ASSERT_TRUE(in_job(&s.f, put_row, &g));
		CU_ASSERT_TRUE(audit_expired_sweep(s.f.store, NULL, &s.f.problem));
		/* Its hashes are right; it is the checkpoint that is not. */
		scene_compare(&s, true);
		CU_ASSERT_EQUAL(
			rows[i].fault != NULL,
			scene_says(&s.v, rows[i].fault == NULL ? "checkpoint" : rows[i].fault));
		struct expiring e = asked(&s, 1024);
		bool goes_on = run(&s, &e, &done);
		CU_ASSERT_EQUAL(goes_on, rows[i].fault == NULL);
		if (!goes_on)
			CU_ASSERT_EQUAL(s.p.code, PROBLEM_CONFLICT);
		scene_end(&s);
	}
}

/* Another node's key speaks for it where it was given to us. */
static void by_another_node(void)
{
	struct scene s;
	struct anchor_keys others = { .count = 1 };
	begin(&s);
	others.of[0] = s.other;
	struct forging g = forged(&s, s.other, 511);
	CU_ASSERT_TRUE(in_job(&s.f, put_row, &g));
	CU_ASSERT_PTR_NOT_NULL(checkpoint_fault(&g.row, AUDIT_OWN, &s.at));
	s.at.others = &others;
	CU_ASSERT_PTR_NULL(checkpoint_fault(&g.row, AUDIT_OWN, &s.at));
	scene_end(&s);
}

/* Anchors of what has gone are remarks; the one of its last entry is held against its hash. */
static void anchors_of_what_went(void)
{
	struct scene s;
	struct expired_all done;
	const uint64_t record = SEGMENTS * SEGMENT + 3;
	begin(&s);
	scene_anchor(&s);
	scene_entries(&s, 3);
	CU_ASSERT_TRUE(in_job(&s.f, note_anchor, &record));
	scene_anchor_as(&s, s.key, false);
	/* All of them may go but the last ones, so the log grows first. */
	for (unsigned i = 0; i < 4 * SEGMENT; i += AT_ONCE)
		CU_ASSERT_TRUE_FATAL(in_job(&s.f, append, &i));
	CU_ASSERT_TRUE(audit_log_index(s.f.store, NULL, &s.f.problem));
	CU_ASSERT_TRUE(audit_log_fold(s.f.store, NULL, &s.f.problem));
	const uint64_t late = 14 * SEGMENT;
	CU_ASSERT_TRUE(in_job(&s.f, note_anchor, &late));
	struct expiring e = asked(&s, 100000);
	CU_ASSERT_TRUE(run(&s, &e, &done));
	CU_ASSERT_EQUAL(done.of[AUDIT_OWN].left_from, 14 * SEGMENT);
	scene_compare(&s, true);
	CU_ASSERT_FALSE(scene_says(&s.v, "than the log has"));
	CU_ASSERT_FALSE(scene_says(&s.v, "checkpoint"));
	CU_ASSERT_TRUE(scene_remarks(&s.v, "have gone by rule since"));
	scene_end(&s);
}

/* What was signed is the very last that went: its hash is the checkpoint's. */
static void an_anchor_of_the_last_that_went(void)
{
	struct scene s;
	struct expired_all done;
	begin(&s);
	for (unsigned i = 0; i < 7 * AT_ONCE; i += AT_ONCE)
		CU_ASSERT_TRUE_FATAL(in_job(&s.f, append, &i));
	scene_entries(&s, AT_ONCE - 1);
	scene_anchor_as(&s, s.key, false);
	scene_entries(&s, 4);
	CU_ASSERT_TRUE(audit_log_index(s.f.store, NULL, &s.f.problem));
	CU_ASSERT_TRUE(audit_log_fold(s.f.store, NULL, &s.f.problem));
	const uint64_t late = 14 * SEGMENT;
	CU_ASSERT_TRUE(in_job(&s.f, note_anchor, &late));
	struct expiring e = asked(&s, 100000);
	CU_ASSERT_TRUE(run(&s, &e, &done));
	CU_ASSERT_EQUAL(done.of[AUDIT_OWN].left_from, 14 * SEGMENT);
	scene_compare(&s, true);
	CU_ASSERT_FALSE(scene_says(&s.v, "than the log has"));
	CU_ASSERT_FALSE(scene_says(&s.v, "checkpoint"));
	CU_ASSERT_FALSE(scene_remarks(&s.v, "have gone by rule since"));
	scene_end(&s);
}

/* ---- The line ---- */

static void the_line(void)
{
	struct scene s;
	char line[CHECKPOINT_LINE + 1], changed[CHECKPOINT_LINE + 2];
	struct checkpoint c = { .kind = AUDIT_RECEIVED,
				.last = { .sequence = UINT64_MAX },
				.count = UINT64_MAX,
				.first_time = -5,
				.last_time = INT64_MAX,
				.keep = UINT64_MAX,
				.time = INT64_MAX },
			  read;
	scene_begin(&s);
	CU_ASSERT_TRUE(checkpoint_sign(&c, s.key, line));
	CU_ASSERT(strlen(line) <= CHECKPOINT_LINE);
	CU_ASSERT_TRUE(checkpoint_read(bytes_of_text(line), &read));
	CU_ASSERT_EQUAL(read.kind, AUDIT_RECEIVED);
	CU_ASSERT_EQUAL(read.count, UINT64_MAX);
	CU_ASSERT_EQUAL(read.first_time, 0);
	CU_ASSERT_EQUAL(read.last_time, INT64_MAX);
	for (size_t cut = 0; cut < strlen(line); cut++)
		CU_ASSERT_FALSE(checkpoint_read((struct bytes){ (unsigned char *)line, cut }, &read)
				&& checkpoint_signed((struct bytes){ (unsigned char *)line, cut },
						     s.key, NULL));
	for (size_t at = 0; at < strlen(line); at++) {
		strcpy(changed, line);
		changed[at] = changed[at] == '7' ? '8' : '7';
		CU_ASSERT_FALSE(checkpoint_signed(bytes_of_text(changed), s.key, NULL));
	}
	static const char *const none[] = { "", "minato-checkpoint-1", "minato-checkpoint-1 own 1",
					    "minato-anchor-2 1 1 1" };
	for (size_t i = 0; i < COUNT(none); i++)
		CU_ASSERT_FALSE(checkpoint_read(bytes_of_text(none[i]), &read));
	scene_end(&s);
}

/* The line with another word in its place: words are told apart by one blank. */
static const char *with_word(struct arena *a, const char *line, unsigned place, const char *word)
{
	const char *at = line, *end;
	for (; place != 0; place--)
		at = strchr(at, ' ') + 1;
	end = at + strcspn(at, " ");
	return arena_printf(a, "%.*s%s%s", (int)(at - line), line, word, end);
}

/* Of each word there is one form. What is signed is another matter. */
static void words_of_the_line(void)
{
	enum { PREFIX, KIND, SEQUENCE, HASH, GONE, FIRST, LAST, KEEP, TIME, BEFORE };
#define NO_HEX "gggggggggggggggggggggggggggggggggggggggggggggggggggggggggggggggg"
#define CAPITALS "ABababababababababababababababababababababababababababababababab"
#define HEX "abababababababababababababababababababababababababababababababab"
	static const struct {
		unsigned place;
		const char *word;
		bool well;
	} rows[] = {
		{ KIND, "own", true },
		{ HASH, HEX, true },
		{ SEQUENCE, "77", true },
		{ PREFIX, "minato-checkpoint-2", false },
		{ KIND, "Own", false },
		{ KIND, "", false },
		{ SEQUENCE, "x", false },
		{ SEQUENCE, "077", false },
		{ HASH, "ab", false },
		{ HASH, NO_HEX, false },
		{ HASH, CAPITALS, false },
		{ GONE, "-1", false },
		{ FIRST, "9223372036854775808", false },
		{ LAST, "x", false },
		{ KEEP, "18446744073709551616", false },
		{ TIME, "", false },
		{ BEFORE, "0", false },
		{ BEFORE, HEX " 1", false },
		{ HASH, HEX HEX HEX HEX HEX HEX, false },
	};
	struct scene s;
	char line[CHECKPOINT_LINE + 1];
	struct checkpoint c = { .kind = AUDIT_RECEIVED, .last = { .sequence = 7 }, .count = 7 },
			  read;
	scene_begin(&s);
	CU_ASSERT_TRUE(checkpoint_sign(&c, s.key, line));
	for (size_t i = 0; i < COUNT(rows); i++) {
		const char *other = with_word(s.f.arena, line, rows[i].place, rows[i].word);
		if (checkpoint_read(bytes_of_text(other), &read) != rows[i].well)
			printf("\n  row %zu: %s", i, other);
		CU_ASSERT_EQUAL(checkpoint_read(bytes_of_text(other), &read), rows[i].well);
	}
	struct bytes cut = { (const unsigned char *)line, strlen(line) };
	line[strlen(line) - 1] = '\0';
	CU_ASSERT_FALSE(checkpoint_read(cut, &read));
	scene_end(&s);
}

/* A line speaks for the row that it says, in all of it. */
static void whose_line(void)
{
	static const struct {
		const char *why;
		struct audit_checkpoint row;
		bool fits;
	} rows[] = {
		{ "it", { .sequence = 7, .hash = { 1 }, .first = 2, .last = 3 }, true },
		{ "before 1970", { .sequence = 7, .hash = { 1 }, .first = -2, .last = 3 }, false },
		{ "another", { .sequence = 8, .hash = { 1 }, .first = 2, .last = 3 }, false },
		{ "another's hash",
		  { .sequence = 7, .hash = { 2 }, .first = 2, .last = 3 },
		  false },
		{ "another begin", { .sequence = 7, .hash = { 1 }, .first = 1, .last = 3 }, false },
		{ "another end", { .sequence = 7, .hash = { 1 }, .first = 2, .last = 4 }, false },
	};
	struct checkpoint c = { .last = { .sequence = 7, .hash = { 1 } },
				.count = 7,
				.first_time = 2,
				.last_time = 3 };
	for (size_t i = 0; i < COUNT(rows); i++)
		if (checkpoint_is_of(&c, AUDIT_OWN, &rows[i].row) != rows[i].fits)
			CU_FAIL(rows[i].why);
	CU_ASSERT_FALSE(checkpoint_is_of(&c, AUDIT_RECEIVED, &rows[0].row));
	c.count = 6;
	CU_ASSERT_FALSE(checkpoint_is_of(&c, AUDIT_OWN, &rows[0].row));
	struct audit_checkpoint none = rows[0].row;
	const struct anchors at = { .key = NULL };
	none.line = bytes_of_text("x");
	CU_ASSERT_PTR_NOT_NULL(strstr(checkpoint_fault(&none, AUDIT_OWN, &at), "made by hand"));
}

/* No step is half a step: where it cannot be signed, nothing goes. */
static void what_cannot_be_signed_stays(void)
{
	struct scene s;
	struct expired_all done;
	char line[CHECKPOINT_LINE + 1];
	begin(&s);
	struct expiring e = asked(&s, 512);
	failing_arm("anchor_key_sign", 0);
	CU_ASSERT_FALSE(run(&s, &e, &done));
	CU_ASSERT_TRUE(failing_disarm());
	CU_ASSERT_EQUAL(s.p.code, PROBLEM_INTERNAL);
	CU_ASSERT_EQUAL(audit_place(row_of(&s, AUDIT_OWN).sequence), 0);
	failing_arm("anchor_key_sign", 0);
	CU_ASSERT_FALSE(checkpoint_sign(&(struct checkpoint){ .count = 1 }, s.key, line));
	CU_ASSERT_TRUE(run(&s, &e, &done));
	CU_ASSERT_EQUAL(done.of[AUDIT_OWN].records, 511);
	scene_end(&s);
}

int main(void)
{
	static const struct test tests[] = {
		{ "words of the line", words_of_the_line },
		{ "whose line", whose_line },
		{ "what cannot be signed stays", what_cannot_be_signed_stays },
		{ "who needs what", who_needs_what },
		{ "it goes", it_goes },
		{ "nothing is done", nothing_is_done },
		{ "by somebody else", by_somebody_else },
		{ "by another node", by_another_node },
		{ "anchors of what went", anchors_of_what_went },
		{ "an anchor of the last that went", an_anchor_of_the_last_that_went },
		{ "the line", the_line },
		{ 0 },
	};
	return suite_run("expiring", tests);
}
