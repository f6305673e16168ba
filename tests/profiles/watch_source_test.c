/* tests/profiles/watch_source_test.c: a storage that is looked at as a whole but seldom, because
 * something tells meanwhile who changed; and what that is. */
#include "tests/base/suite.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gateway/base/arena.h"
#include "gateway/base/clock.h"
#include "gateway/base/text.h"
#include "profiles/ssmix2/watch.h"
#include "profiles/ssmix2/watch_folders.h"
#include "tests/profiles/late_clock.h"
#include "tests/profiles/ssmix2_storage.h"

#define ID "7711111"
#define ORDERED "20240401101500123"

enum { SECOND = 1000000, MINUTE = 60 * SECOND, EVERY = 60 };

struct watched {
	struct imports im;
	struct clock clock;
	struct storage_watch *watch;
	struct storage_watch_seen seen; /* after the last look */
	const char *transactions, *file;
};

/* One with a transaction storage, empty but for its year. */
static void begin(struct watched *w)
{
	*w = (struct watched){ .clock = { .now = late_now, .elapsed = late_elapsed } };
	passed = 0;
	imports_open(&w->im);
	w->watch = storage_watch_create(&w->clock);
	CU_ASSERT_PTR_NOT_NULL_FATAL(w->watch);
	w->transactions = arena_printf(w->im.f.arena, "%s/log", w->im.f.directory);
	w->file = arena_printf(w->im.f.arena, "%s/2026/TR_20260401000000000_00001.DAT",
			       w->transactions);
	CU_ASSERT_EQUAL_FATAL(mkdir(w->transactions, 0700), 0);
	CU_ASSERT_EQUAL_FATAL(mkdir(arena_printf(w->im.f.arena, "%s/2026", w->transactions), 0700),
			      0);
}

static void end(struct watched *w)
{
	storage_watch_destroy(w->watch);
	imports_close(&w->im);
}

static bool never(void *self)
{
	(void)self;
	return false;
}

typedef bool look(struct storage_watch *w, struct exchange *x, const struct storage_watch_look *l);

static bool look_by(struct watched *w, look *how)
{
	const struct storage_watch_look asked = { .facility = &w->im.region.systems[0],
						  .directory = w->im.root,
						  .every = EVERY,
						  .transactions = w->transactions,
						  .seldom = w->transactions != NULL,
						  .ends = never,
						  .gives_way = never };
	imports_ask(&w->im);
	w->im.x.now = late_now(&w->clock);
	bool whole = how(w->watch, &w->im.x, &asked);
	storage_watch_seen(w->watch, &w->seen);
	return whole;
}

static void put_all(struct watched *w, const char *id)
{
	put_patient(&w->im, CODE_A, id, "港^花子", "ミナト^ハナコ", "19500101", "");
	put_order(&w->im, CODE_A, id, "20240401", "OMP-01", "000000000000001", ORDERED, '1', id);
}

static void record(FILE *log, unsigned patient)
{
	fprintf(log, "#SSMIX,2.00," CODE_A ",%07u,20240401,OMP-01,1,INS,01,%s\rMSH|\r", patient,
		ORDERED);
}

/* Of whom nobody tells: he was there when the look began. */
static void who_waits_is_handed_on(void)
{
	struct watched w;
	begin(&w);
	put_all(&w, ID);
	CU_ASSERT_TRUE(look_by(&w, storage_watch_look));
	CU_ASSERT_TRUE(w.seen.patients == 1 && w.seen.taken == 0 && w.seen.waiting == 0);
	CU_ASSERT_TRUE(storage_watch_due(w.watch) > passed);
	put_order(&w.im, CODE_A, ID, "20240401", "OMP-01", "000000000000002", ORDERED, '1', "b");
	for (int looks = 0; looks < 2; looks++) { /* he was written to, and is the same then */
		CU_ASSERT_EQUAL(w.seen.taken, 0);
		passed = storage_watch_due(w.watch);
		CU_ASSERT_TRUE(passed <= 5LL * SECOND);
		CU_ASSERT_TRUE(look_by(&w, storage_watch_look_at_changed));
	}
	CU_ASSERT_TRUE(w.seen.taken == 1 && w.seen.documents == 2);
	CU_ASSERT_EQUAL(storage_watch_due(w.watch), INT64_MAX);
	end(&w);
}

/* What cannot be taken while it is young. */
static void who_is_not_done_is_handed_on(void)
{
	struct watched w;
	begin(&w);
	put_all(&w, ID);
	const char *bad = put_order(&w.im, CODE_A, ID, "20240401", "OMP-01", "000000000000009",
				    ORDERED, '1', ID);
	put_file(&w.im, bad, bytes_of_text("MSH|^~\\&|broken"));
	passed += MINUTE + SECOND;
	CU_ASSERT_TRUE(look_by(&w, storage_watch_look));
	CU_ASSERT_TRUE(w.seen.documents == 1 && w.seen.taken == 0);
	CU_ASSERT_TRUE(w.seen.waiting == 0 && w.seen.refused == 0);
	passed = storage_watch_due(w.watch);
	CU_ASSERT_TRUE_FATAL(passed < 2LL * MINUTE);
	put_file(&w.im, bad, bytes_of_text("MSH|^~\\&|broken, and written to"));
	for (int looks = 0; looks < 200 && storage_watch_due(w.watch) != INT64_MAX; looks++) {
		passed = storage_watch_due(w.watch);
		CU_ASSERT_TRUE(look_by(&w, storage_watch_look_at_changed));
	}
	CU_ASSERT_TRUE(w.seen.taken == 1 && w.seen.refused == 1);
	CU_ASSERT_TRUE(passed >= 15LL * MINUTE);
	end(&w);
}

/* Nobody is forgotten: all are looked at. */
static void more_than_may_wait(void)
{
	struct watched w;
	struct problem p = { .code = PROBLEM_NONE };
	begin(&w);
	put_all(&w, ID);
	passed += MINUTE + SECOND;
	CU_ASSERT_TRUE(look_by(&w, storage_watch_look));
	FILE *log = fopen(w.file, "ab");
	CU_ASSERT_PTR_NOT_NULL_FATAL(log);
	for (unsigned n = 0; n < CHANGES_MOST; n++)
		record(log, n);
	fflush(log);
	CU_ASSERT_TRUE(storage_watch_hear(w.watch, &p));
	CU_ASSERT_TRUE(storage_watch_heed(w.watch));
	record(log, CHANGES_MOST);
	fclose(log);
	CU_ASSERT_TRUE(storage_watch_hear(w.watch, &p));
	CU_ASSERT_FALSE(storage_watch_heed(w.watch));
	CU_ASSERT_TRUE(storage_watch_heed(w.watch));
	end(&w);
}

/* Half of the list is for who is told of: where it is used, who waits does so for the next look. */
static void no_room_to_hand_on(void)
{
	struct watched w;
	struct problem p = { .code = PROBLEM_NONE };
	begin(&w);
	put_all(&w, ID);
	CU_ASSERT_TRUE(look_by(&w, storage_watch_look));
	CU_ASSERT_EQUAL(w.seen.waiting, 0);
	FILE *log = fopen(w.file, "ab");
	CU_ASSERT_PTR_NOT_NULL_FATAL(log);
	for (unsigned n = 0; n < CHANGES_MOST / 2; n++)
		record(log, n);
	fclose(log);
	CU_ASSERT_TRUE(storage_watch_hear(w.watch, &p));
	CU_ASSERT_TRUE(look_by(&w, storage_watch_look));
	CU_ASSERT_TRUE(w.seen.taken == 0 && w.seen.waiting == 1);
	end(&w);
}

static void by_what_it_lives(void)
{
	struct watched w;
	struct problem p = { .code = PROBLEM_NONE };
	begin(&w);
	const char *log = w.transactions;
	w.transactions = NULL;
	put_all(&w, ID);
	CU_ASSERT_TRUE(look_by(&w, storage_watch_look));
	CU_ASSERT_EQUAL(w.seen.source, STORAGE_BY_KERNEL);
	w.transactions = log;
	CU_ASSERT_TRUE(look_by(&w, storage_watch_look));
	CU_ASSERT_EQUAL(w.seen.source, STORAGE_BY_TRANSACTIONS);
	const char *away = arena_printf(w.im.f.arena, "%s-away", log);
	CU_ASSERT_EQUAL_FATAL(rename(log, away), 0);
	CU_ASSERT_FALSE(storage_watch_hear(w.watch, &p));
	storage_watch_seen(w.watch, &w.seen);
	CU_ASSERT_EQUAL(w.seen.source, STORAGE_BY_KERNEL);
	CU_ASSERT_EQUAL_FATAL(rename(away, log), 0);
	CU_ASSERT_TRUE(storage_watch_hear(w.watch, &p));
	storage_watch_seen(w.watch, &w.seen);
	CU_ASSERT_EQUAL(w.seen.source, STORAGE_BY_TRANSACTIONS);
	end(&w);
}

int main(void)
{
	static const struct test tests[] = {
		{ "who waits is handed on by a look that is not followed soon",
		  who_waits_is_handed_on },
		{ "who is not done is handed on too", who_is_not_done_is_handed_on },
		{ "more than may wait are told of", more_than_may_wait },
		{ "there is no room to hand on", no_room_to_hand_on },
		{ "by what a storage lives", by_what_it_lives },
		{ NULL, NULL }
	};
	return suite_run("watch source", tests);
}
