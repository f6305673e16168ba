/* tests/profiles/watch_test.c: looks at a storage that is watched: who is taken in, who waits, what
 * is refused. */
#include "tests/base/suite.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gateway/base/arena.h"
#include "gateway/base/clock.h"
#include "gateway/base/text.h"
#include "profiles/ssmix2/root_owners.h"
#include "profiles/ssmix2/watch.h"
#include "profiles/ssmix2/watch_refused.h"
#include "store/keys.h"
#include "store/loading.h"
#include "store/store.h"
#include "store/store_keys.h"
#include "tests/profiles/late_clock.h"
#include "tests/profiles/ssmix2_storage.h"

#define ID "7711111"
#define OTHER "7722222"
#define ORDERED "20240401101500123"

enum { SECOND = 1000000, MINUTE = 60 * SECOND, EVERY = 60 };
static const int64_t hour = 60LL * MINUTE;

struct watched {
	struct imports im;
	struct clock clock;
	struct storage_watch *watch;
	struct storage_watch_seen seen; /* after the last look */
	const char *transactions;       /* a directory; NULL: nobody tells */
	const char *goes, *away; /* a root that goes after being asked so often; NULL: none */
	unsigned goes_after;
	unsigned ends_after; /* times it is asked; 0: never */
	bool gives_way;      /* as soon as it may */
	unsigned mark_files;
	struct root_owners *owners; /* NULL: nobody is beside it */
};

static void begin(struct watched *w)
{
	*w = (struct watched){ .clock = { .now = late_now, .elapsed = late_elapsed } };
	passed = 0;
	imports_open(&w->im);
	w->watch = storage_watch_create(&w->clock);
	CU_ASSERT_PTR_NOT_NULL_FATAL(w->watch);
	CU_ASSERT_TRUE(storage_watch_fd(w->watch) >= 0);
}

static void end(struct watched *w)
{
	storage_watch_destroy(w->watch);
	imports_close(&w->im);
}

static bool ends(void *self)
{
	struct watched *w = self;
	if (w->goes != NULL && w->goes_after != 0 && --w->goes_after == 0)
		CU_ASSERT_EQUAL(rename(w->goes, w->away), 0);
	return w->ends_after != 0 && --w->ends_after == 0;
}

static bool gives_way(void *self)
{
	const struct watched *w = self;
	return w->gives_way;
}

typedef bool look(struct storage_watch *w, struct exchange *x, const struct storage_watch_look *l);

static bool look_by(struct watched *w, look *how)
{
	const struct storage_watch_look asked = { .facility = &w->im.region.systems[0],
						  .directory = w->im.root,
						  .owners = w->owners,
						  .every = EVERY,
						  .mark_files = w->mark_files,
						  .transactions = w->transactions,
						  .self = w,
						  .ends = ends,
						  .gives_way = gives_way };
	imports_ask(&w->im);
	w->im.x.now = late_now(&w->clock);
	bool whole = how(w->watch, &w->im.x, &asked);
	storage_watch_seen(w->watch, &w->seen);
	return whole;
}

static bool look_at_all(struct watched *w)
{
	return look_by(w, storage_watch_look);
}

static bool look_at_changed(struct watched *w)
{
	CU_ASSERT_TRUE(storage_watch_heed(w->watch));
	return look_by(w, storage_watch_look_at_changed);
}

/* The counts of the last look, and how many patients were taken in until then. */
static void check(const struct watched *w, const char *why, uint64_t patients, uint64_t waiting,
		  uint64_t taken, uint64_t refused)
{
	const struct storage_watch_seen *s = &w->seen;
	bool fine = s->patients == patients && s->waiting == waiting && s->taken == taken
		    && s->refused == refused;
	if (!fine)
		fprintf(stderr, "%s: %u patients, %u waiting, %u taken, %u refused\n", why,
			(unsigned)s->patients, (unsigned)s->waiting, (unsigned)s->taken,
			(unsigned)s->refused);
	CU_ASSERT_TRUE(fine);
}

static void put_all(struct watched *w, const char *id)
{
	put_patient(&w->im, CODE_A, id, "港^花子", "ミナト^ハナコ", "19500101", "");
	put_order(&w->im, CODE_A, id, "20240401", "OMP-01", "000000000000001", ORDERED, '1', id);
}

static const char *put_broken(struct watched *w)
{
	const char *path = put_order(&w->im, CODE_A, ID, "20240401", "OMP-01", "000000000000009",
				     ORDERED, '1', ID);
	put_file(&w->im, path, bytes_of_text("MSH|^~\\&|broken"));
	return path;
}

static void what_is_not_mounted_says_nothing(void)
{
	struct watched w;
	begin(&w);
	CU_ASSERT_FALSE(look_at_all(&w));
	CU_ASSERT_EQUAL(w.seen.problem.code, PROBLEM_REQUEST_INVALID);
	CU_ASSERT_EQUAL(mkdir(arena_printf(w.im.f.arena, "%s/%s", w.im.root, CODE_A), 0700), 0);
	CU_ASSERT_FALSE(look_at_all(&w));
	CU_ASSERT_EQUAL(w.seen.problem.code, PROBLEM_NOT_FOUND);
	CU_ASSERT_PTR_NOT_NULL(strstr(w.seen.problem.what, "is it mounted"));
	CU_ASSERT_FALSE(w.seen.whole);
	put_all(&w, ID);
	passed += MINUTE;
	CU_ASSERT_TRUE(look_at_all(&w));
	check(&w, "it is mounted", 1, 0, 1, 0);
	CU_ASSERT_EQUAL(w.seen.problem.code, PROBLEM_NONE);
	const char *away = arena_printf(w.im.f.arena, "%s-away", w.im.root);
	CU_ASSERT_EQUAL(rename(w.im.root, away), 0);
	CU_ASSERT_FALSE(look_at_all(&w));
	CU_ASSERT_TRUE(w.seen.whole && w.seen.problem.code == PROBLEM_NOT_FOUND);
	CU_ASSERT_EQUAL(rename(away, w.im.root), 0);
	CU_ASSERT_TRUE(look_at_all(&w));
	check(&w, "it is there again, and nothing is made twice", 1, 0, 1, 0);
	CU_ASSERT_EQUAL(w.seen.documents, 1);
	end(&w);
}

static void a_young_file_waits(void)
{
	struct watched w;
	begin(&w);
	put_all(&w, ID);
	CU_ASSERT_TRUE(look_at_all(&w));
	check(&w, "it was written a moment ago", 1, 1, 0, 0);
	CU_ASSERT_TRUE(look_at_all(&w));
	check(&w, "it is what it was at the look before", 1, 0, 1, 0);
	put_all(&w, OTHER);
	passed += MINUTE;
	CU_ASSERT_TRUE(look_at_all(&w));
	check(&w, "it is as old as a look is from the next", 2, 0, 2, 0);
	passed -= MINUTE;
	put_order(&w.im, CODE_A, ID, "20240402", "OMP-01", "000000000000002", ORDERED, '1', "b");
	CU_ASSERT_TRUE(look_at_all(&w));
	check(&w, "one of several is young", 2, 1, 2, 0);
	put_order(&w.im, CODE_A, ID, "20240402", "OMP-01", "000000000000003", ORDERED, '1', "c");
	CU_ASSERT_TRUE(look_at_all(&w));
	check(&w, "another one came since", 2, 1, 2, 0);
	CU_ASSERT_TRUE(look_at_all(&w));
	check(&w, "nothing came since", 2, 0, 3, 0);
	CU_ASSERT_EQUAL(w.seen.documents, 4);
	end(&w);
}

/* That he was deleted stands in one root, what was made of him in the other. */
static void a_root_that_is_gone_says_nothing(void)
{
	struct watched w;
	begin(&w);
	put_patient(&w.im, CODE_A, ID, "港^花子", "ミナト^ハナコ", "19500101", "");
	put_order(&w.im, CODE_A "_2", ID, "20240401", "OMP-01", "000000000000001", ORDERED, '1',
		  ID);
	passed += MINUTE;
	CU_ASSERT_TRUE(look_at_all(&w));
	check(&w, "both are there", 1, 0, 1, 0);
	const char *root = arena_printf(w.im.f.arena, "%s/%s", w.im.root, CODE_A),
		   *away = arena_printf(w.im.f.arena, "%s/away", w.im.f.directory);
	CU_ASSERT_EQUAL(rename(root, away), 0);
	CU_ASSERT_FALSE(look_at_all(&w));
	CU_ASSERT_EQUAL(w.seen.problem.code, PROBLEM_NOT_FOUND);
	CU_ASSERT_PTR_NOT_NULL(strstr(w.seen.problem.what, CODE_A " was there"));
	CU_ASSERT_EQUAL(mkdir(root, 0700), 0); /* nothing is mounted there */
	CU_ASSERT_FALSE(look_at_all(&w));
	CU_ASSERT_EQUAL(w.seen.taken, 1);
	CU_ASSERT_EQUAL(rmdir(root), 0);
	CU_ASSERT_EQUAL(rename(away, root), 0);
	CU_ASSERT_TRUE(look_at_all(&w));
	check(&w, "both are there again", 1, 0, 1, 0);
	CU_ASSERT_EQUAL(w.seen.problem.code, PROBLEM_NONE);
	CU_ASSERT_EQUAL(storage_watch_release(w.watch, NULL), 0);
	CU_ASSERT_EQUAL(rename(root, away), 0);
	CU_ASSERT_FALSE(look_at_all(&w));
	CU_ASSERT_EQUAL(storage_watch_release(w.watch, CODE_A), 0);
	CU_ASSERT_FALSE(look_at_all(&w));
	CU_ASSERT_EQUAL(storage_watch_release(w.watch, NULL), 1); /* for good */
	CU_ASSERT_TRUE(look_at_all(&w));
	CU_ASSERT_EQUAL(w.seen.problem.code, PROBLEM_NONE);
	end(&w);
}

/* Wherever a look just is: nothing is taken of who may have had files there. */
static void a_root_that_goes_amid_a_look(void)
{
	enum { BEFORE_ROOTS_ARE_KNOWN = 8 };
	unsigned let_go = 0;
	for (unsigned after = 1; after < 40; after++) {
		struct watched w;
		begin(&w);
		put_patient(&w.im, CODE_A, ID, "港^花子", "ミナト^ハナコ", "19500101", "");
		put_order(&w.im, CODE_A "_2", ID, "20240401", "OMP-01", "000000000000001", ORDERED,
			  '1', ID);
		passed += MINUTE;
		w.goes = arena_printf(w.im.f.arena, "%s/" CODE_A "_2", w.im.root);
		w.away = arena_printf(w.im.f.arena, "%s/away", w.im.f.directory);
		w.goes_after = after;
		bool whole = look_at_all(&w);
		bool went = w.goes_after == 0;
		/* Without it he was not taken in, unless it went before it was known. */
		CU_ASSERT_TRUE(!went || w.seen.taken == 0 || w.seen.documents == 1
			       || after < BEFORE_ROOTS_ARE_KNOWN);
		CU_ASSERT_TRUE(went || whole);
		/* What it then says to do can be done at once. */
		if (went && !whole && strstr(w.seen.problem.what, "ssmix2 release") != NULL) {
			CU_ASSERT_EQUAL(storage_watch_release(w.watch, NULL), 1);
			CU_ASSERT_TRUE(look_at_all(&w));
			let_go++;
		}
		end(&w);
	}
	CU_ASSERT(let_go > 0);
}

static void what_the_kernel_tells(void)
{
	struct watched w;
	begin(&w);
	put_all(&w, ID);
	passed += MINUTE;
	CU_ASSERT_TRUE(look_at_all(&w));
	passed = 0; /* by its clock no file of the test is old any more */
	CU_ASSERT_EQUAL(storage_watch_due(w.watch), INT64_MAX);
	put_order(&w.im, CODE_A, ID, "20240401", "OMP-01", "000000000000002", ORDERED, '1', "b");
	CU_ASSERT_TRUE(storage_watch_heed(w.watch));
	CU_ASSERT_TRUE(storage_watch_due(w.watch) > passed);
	CU_ASSERT_TRUE(look_at_changed(&w));
	CU_ASSERT_EQUAL(w.seen.taken, 1);
	passed = storage_watch_due(w.watch);
	CU_ASSERT_TRUE(look_at_changed(&w));
	CU_ASSERT_EQUAL(w.seen.taken, 2); /* it was seen being closed */
	CU_ASSERT_EQUAL(storage_watch_due(w.watch), INT64_MAX);

	put_order(&w.im, CODE_A, ID, "20240403", "OMP-01", "000000000000003", ORDERED, '1', "c");
	CU_ASSERT_TRUE(storage_watch_heed(w.watch));
	passed = storage_watch_due(w.watch);
	CU_ASSERT_TRUE(look_at_changed(&w));
	CU_ASSERT_EQUAL(w.seen.taken, 2); /* who wrote into the new folder nobody saw */
	CU_ASSERT_TRUE(storage_watch_due(w.watch) >= passed + SECOND);
	passed = storage_watch_due(w.watch) + SECOND;
	CU_ASSERT_TRUE(look_at_changed(&w));
	CU_ASSERT_EQUAL(w.seen.taken, 3);
	CU_ASSERT_EQUAL(w.seen.documents, 3);

	put_all(&w, "7711199"); /* his folder stands beside the others' */
	CU_ASSERT_TRUE(storage_watch_heed(w.watch));
	for (int looks = 0; looks < 3 && storage_watch_due(w.watch) != INT64_MAX; looks++) {
		passed = storage_watch_due(w.watch);
		CU_ASSERT_TRUE(look_at_changed(&w));
	}
	CU_ASSERT_EQUAL(w.seen.taken, 4);
	CU_ASSERT_EQUAL(w.seen.patients, 1); /* as of the last look at all */
	CU_ASSERT_TRUE(look_at_all(&w));
	check(&w, "a look at all has nothing more to do", 2, 0, 4, 0);
	end(&w);
}

static void log_of(struct watched *w, const char *id)
{
	const char *path = arena_printf(w->im.f.arena, "%s/2026/TR_20260401000000000_00001.DAT",
					w->transactions);
	FILE *f = fopen(path, "ab");
	CU_ASSERT_PTR_NOT_NULL_FATAL(f);
	fprintf(f, "#SSMIX,2.00," CODE_A ",%s,20240401,OMP-01,1,INS,01,%s\rMSH|\r", id, ORDERED);
	fclose(f);
}

/* What a look at those that changed did not come to is due when it is over. */
static void an_ended_look_at_those_that_changed(void)
{
	struct watched w;
	begin(&w);
	put_all(&w, ID);
	passed += MINUTE;
	CU_ASSERT_TRUE(look_at_all(&w));
	put_order(&w.im, CODE_A, ID, "20240401", "OMP-01", "000000000000002", ORDERED, '1', "b");
	CU_ASSERT_TRUE(storage_watch_heed(w.watch));
	passed = storage_watch_due(w.watch);
	for (unsigned after = 1; after < 6; after++) {
		w.ends_after = after;
		CU_ASSERT_FALSE(look_at_changed(&w));
		w.ends_after = 0;
		CU_ASSERT_TRUE(storage_watch_due(w.watch) <= passed);
	}
	CU_ASSERT_EQUAL(w.seen.taken, 1);
	w.im.refuse_audit = true;
	CU_ASSERT_FALSE(look_at_changed(&w));
	w.im.refuse_audit = false;
	CU_ASSERT_TRUE(storage_watch_due(w.watch) <= passed + 10LL * SECOND);
	passed = storage_watch_due(w.watch);
	CU_ASSERT_TRUE(look_at_changed(&w));
	CU_ASSERT_EQUAL(w.seen.taken, 2);
	CU_ASSERT_EQUAL(w.seen.documents, 2);
	end(&w);
}

/* As of a share, of which the kernel tells nothing. */
static bool look_unheeding(struct watched *w)
{
	return look_by(w, storage_watch_look_at_changed);
}

static void what_the_writer_tells(void)
{
	struct watched w;
	struct problem p = { .code = PROBLEM_NONE };
	begin(&w);
	w.transactions = arena_printf(w.im.f.arena, "%s/log", w.im.f.directory);
	put_all(&w, ID);
	passed += MINUTE;
	CU_ASSERT_TRUE(look_at_all(&w));
	CU_ASSERT_FALSE(storage_watch_hear(w.watch, &p));
	CU_ASSERT_EQUAL(p.code, PROBLEM_NOT_FOUND);
	CU_ASSERT_EQUAL_FATAL(mkdir(w.transactions, 0700), 0);
	CU_ASSERT_EQUAL_FATAL(mkdir(arena_printf(w.im.f.arena, "%s/2026", w.transactions), 0700),
			      0);
	CU_ASSERT_TRUE(storage_watch_hear(w.watch, &p));
	CU_ASSERT_EQUAL(storage_watch_due(w.watch), INT64_MAX);

	put_all(&w, "8811111");
	log_of(&w, "8811111");
	CU_ASSERT_TRUE(storage_watch_hear(w.watch, &p));
	CU_ASSERT_TRUE(storage_watch_due(w.watch) <= passed);
	CU_ASSERT_TRUE(look_unheeding(&w));
	CU_ASSERT_EQUAL(w.seen.taken, 1); /* it may still be written */
	CU_ASSERT_TRUE(storage_watch_due(w.watch) > passed);
	put_order(&w.im, CODE_A, "8811111", "20240401", "OMP-01", "000000000000002", ORDERED, '1',
		  "b");
	passed += 2LL * SECOND;
	CU_ASSERT_TRUE(look_unheeding(&w));
	CU_ASSERT_EQUAL(w.seen.taken, 1); /* and it was */
	passed += 2LL * SECOND;
	CU_ASSERT_TRUE(look_unheeding(&w));
	CU_ASSERT_EQUAL(w.seen.taken, 2);
	CU_ASSERT_EQUAL(w.seen.documents, 3);
	log_of(&w, "0000000"); /* nobody, nowhere */
	CU_ASSERT_TRUE(storage_watch_hear(w.watch, &p));
	CU_ASSERT_TRUE(look_unheeding(&w));
	CU_ASSERT_EQUAL(w.seen.taken, 2);
	w.transactions = NULL;
	CU_ASSERT_TRUE(look_at_all(&w));
	CU_ASSERT_TRUE(storage_watch_hear(w.watch, &p)); /* nobody tells any more */
	end(&w);
}

static void what_cannot_be_taken(void)
{
	struct watched w;
	begin(&w);
	put_all(&w, ID);
	const char *path = put_broken(&w);
	passed += MINUTE;
	CU_ASSERT_TRUE(look_at_all(&w));
	check(&w, "a young one may not be whole", 1, 1, 0, 0);
	CU_ASSERT_EQUAL(w.seen.documents, 1); /* what is fine does not wait for it */
	passed += 15LL * MINUTE;
	CU_ASSERT_TRUE(look_at_all(&w));
	check(&w, "an old one is refused", 1, 0, 1, 1);
	CU_ASSERT_TRUE(look_at_all(&w));
	check(&w, "and not tried again", 1, 0, 1, 1);
	CU_ASSERT_EQUAL(refused_release(storage_watch_refused(w.watch), NULL), 1);
	CU_ASSERT_TRUE(look_at_all(&w));
	check(&w, "but when the operator says so", 1, 0, 2, 1);
	passed += hour;
	CU_ASSERT_TRUE(look_at_all(&w));
	check(&w, "or once an hour", 1, 0, 3, 1);
	CU_ASSERT_EQUAL(remove(arena_printf(w.im.f.arena, "%s/%s", w.im.root, path)), 0);
	CU_ASSERT_TRUE(look_at_all(&w));
	CU_ASSERT_EQUAL(w.seen.refused, 0);
	end(&w);
}

static void an_old_one_beside_a_young_one(void)
{
	struct watched w;
	begin(&w);
	put_all(&w, ID);
	const char *path = put_broken(&w);
	struct timespec times[2] = { { .tv_sec = 1700000000 }, { .tv_sec = 1700000000 } };
	CU_ASSERT_EQUAL(
		utimensat(AT_FDCWD, arena_printf(w.im.f.arena, "%s/%s", w.im.root, path), times, 0),
		0);
	passed += MINUTE;
	CU_ASSERT_TRUE(look_at_all(&w));
	check(&w, "the old one is refused at once", 1, 0, 1, 1);
	end(&w);
}

static void a_look_that_was_ended(void)
{
	struct watched w;
	begin(&w);
	put_all(&w, ID);
	put_all(&w, OTHER);
	passed += MINUTE;
	w.ends_after = 1;
	CU_ASSERT_FALSE(look_at_all(&w));
	CU_ASSERT_FALSE(w.seen.whole);
	CU_ASSERT_TRUE(look_at_all(&w));
	check(&w, "the next one goes on", 2, 0, 2, 0);
	end(&w);
}

/* ---- Turn by turn ---- */

enum { PATIENTS = 20, TURNS_MOST = 200 };

static void put_many(struct watched *w)
{
	for (unsigned i = 0; i < PATIENTS; i++)
		put_all(w, arena_printf(w->im.f.arena, "77%05u", i * 331));
	passed += MINUTE;
}

/* How many until it came to its end. */
static unsigned turns_until_whole(struct watched *w, unsigned ends_after)
{
	unsigned turns = 1;
	for (w->ends_after = ends_after; turns < TURNS_MOST && !look_at_all(w); turns++)
		w->ends_after = ends_after;
	w->ends_after = 0;
	CU_ASSERT_TRUE(turns < TURNS_MOST);
	return turns;
}

/* Each turn is too short for all of it, and another storage has the next. */
static void more_than_a_turn(void)
{
	struct watched w;
	begin(&w);
	put_many(&w);
	CU_ASSERT_TRUE(turns_until_whole(&w, 100) > 3);
	CU_ASSERT_TRUE(w.seen.whole);
	check(&w, "turn by turn", PATIENTS, 0, PATIENTS, 0);
	CU_ASSERT_EQUAL(w.seen.documents, PATIENTS);
	CU_ASSERT_TRUE(turns_until_whole(&w, 100) > 3);
	check(&w, "another one", PATIENTS, 0, PATIENTS, 0);
	end(&w);
}

static void a_patient_a_turn(void)
{
	struct watched w;
	begin(&w);
	put_many(&w);
	w.gives_way = true;
	CU_ASSERT_FALSE(look_at_all(&w));
	check(&w, "the first one", 1, 0, 1, 0);
	CU_ASSERT_TRUE(w.seen.at_work && !w.seen.whole && w.seen.until == 0);
	instant since = w.seen.since;
	passed += SECOND;
	CU_ASSERT_FALSE(look_at_all(&w));
	check(&w, "the second one", 2, 0, 2, 0);
	CU_ASSERT_TRUE(storage_watch_is_amid(w.watch) && w.seen.since == since);
	CU_ASSERT_EQUAL(turns_until_whole(&w, 0), PATIENTS - 2);
	check(&w, "all", PATIENTS, 0, PATIENTS, 0);
	CU_ASSERT_FALSE(storage_watch_is_amid(w.watch));
	CU_ASSERT_TRUE(!w.seen.at_work && w.seen.since == since && w.seen.until > since);
	CU_ASSERT_EQUAL(turns_until_whole(&w, 0), PATIENTS);
	check(&w, "what was taken stays so", PATIENTS, 0, PATIENTS, 0);
	end(&w);
}

/* Of each turn's walk, and of the whole. */
static void what_is_refused_turn_by_turn(void)
{
	struct watched w;
	begin(&w);
	put_many(&w);
	const char *link = arena_printf(w.im.f.arena, "%s/" CODE_A "/770/link", w.im.root);
	CU_ASSERT_EQUAL(symlink("/", link), 0);
	w.gives_way = true;
	turns_until_whole(&w, 0);
	check(&w, "a link is told once", PATIENTS, 0, PATIENTS, 1);
	put_broken(&w);
	passed += 16LL * MINUTE;
	turns_until_whole(&w, 0);
	check(&w, "and who is refused", PATIENTS + 1, 0, PATIENTS + 1, 2);
	CU_ASSERT_EQUAL(remove(link), 0);
	CU_ASSERT_FALSE(look_at_all(&w));
	CU_ASSERT_EQUAL(w.seen.refused, 2); /* until the look is over */
	turns_until_whole(&w, 0);
	CU_ASSERT_EQUAL(w.seen.refused, 1);
	end(&w);
}

/* The mark is between them: the file that names him stands in the second root. */
static void roots_turn_by_turn(void)
{
	struct watched w;
	begin(&w);
	for (unsigned i = 0; i < PATIENTS; i++) {
		const char *id = arena_printf(w.im.f.arena, "77%05u", i * 331);
		put_order(&w.im, CODE_A, id, "20240401", "OMP-01", "000000000000001", ORDERED, '1',
			  id);
		put_patient(&w.im, CODE_A "_2", id, "港^花子", "ミナト^ハナコ", "19500101", "");
	}
	put_all(&w, ID);
	put_patient(&w.im, CODE_A "_2", OTHER, "港^花子", "ミナト^ハナコ", "19500101", "");
	passed += MINUTE;
	w.gives_way = true;
	turns_until_whole(&w, 0);
	check(&w, "of all roots", PATIENTS + 2, 0, PATIENTS + 2, 0);
	CU_ASSERT_EQUAL(w.seen.documents, PATIENTS + 1);
	end(&w);
}

static void another_root_between_turns(void)
{
	struct watched w;
	begin(&w);
	put_patient(&w.im, CODE_A "_2", ID, "港^花子", "ミナト^ハナコ", "19500101", "");
	put_patient(&w.im, CODE_A "_2", OTHER, "港^花子", "ミナト^ハナコ", "19500101", "");
	passed += MINUTE;
	w.gives_way = true;
	CU_ASSERT_FALSE(look_at_all(&w));
	put_all(&w, "7600000"); /* before the mark, in a root before that one */
	passed += MINUTE;
	CU_ASSERT_EQUAL(turns_until_whole(&w, 0), 3);
	check(&w, "it begins anew", 3, 0, 3, 0);
	end(&w);
}

static long most_events(void)
{
	long most = 0;
	FILE *f = fopen("/proc/sys/fs/inotify/max_queued_events", "r");
	CU_ASSERT_PTR_NOT_NULL_FATAL(f);
	CU_ASSERT_EQUAL(fscanf(f, "%ld", &most), 1);
	fclose(f);
	return most;
}

/* It may have been of patients who were met already: a turn must not pass it. */
static void what_was_lost_between_turns(void)
{
	struct watched w;
	begin(&w);
	put_many(&w);
	const char *order = put_order(&w.im, CODE_A, "7700000", "20240401", "OMP-01",
				      "000000000000002", ORDERED, '1', "b"),
		   *path = arena_printf(w.im.f.arena, "%s/%s", w.im.root, order),
		   *other = arena_printf(w.im.f.arena, "%s-other", path);
	w.gives_way = true;
	passed += MINUTE;
	CU_ASSERT_FALSE(look_at_all(&w));
	for (long i = most_events() / 4 + 1; i > 0; i--)
		CU_ASSERT_TRUE_FATAL(rename(path, other) == 0 && rename(other, path) == 0);
	CU_ASSERT_FALSE(look_at_all(&w));
	CU_ASSERT_FALSE(storage_watch_heed(w.watch));
	end(&w);
}

static void a_problem_between_turns(void)
{
	struct watched w;
	begin(&w);
	put_many(&w);
	w.gives_way = true;
	CU_ASSERT_FALSE(look_at_all(&w));
	CU_ASSERT_FALSE(look_at_all(&w));
	const char *away = arena_printf(w.im.f.arena, "%s-away", w.im.root);
	CU_ASSERT_EQUAL(rename(w.im.root, away), 0);
	CU_ASSERT_FALSE(look_at_all(&w));
	CU_ASSERT_EQUAL(w.seen.problem.code, PROBLEM_NOT_FOUND);
	CU_ASSERT_FALSE(storage_watch_is_amid(w.watch) || w.seen.at_work);
	CU_ASSERT_EQUAL(rename(away, w.im.root), 0);
	CU_ASSERT_EQUAL(turns_until_whole(&w, 0), PATIENTS);
	check(&w, "it began anew", PATIENTS, 0, PATIENTS, 0);
	end(&w);
}

/* Of one who was met already, and of one who was not. */
static void who_changed_between_turns(void)
{
	struct watched w;
	begin(&w);
	put_many(&w);
	w.gives_way = true;
	for (unsigned i = 0; i < 5; i++)
		CU_ASSERT_FALSE(look_at_all(&w));
	CU_ASSERT_EQUAL(w.seen.taken, 5);
	passed = 0;
	put_order(&w.im, CODE_A, "7700000", "20240401", "OMP-01", "000000000000002", ORDERED, '1',
		  "b");
	CU_ASSERT_TRUE(storage_watch_heed(w.watch));
	passed = storage_watch_due(w.watch);
	look_at_changed(&w);
	CU_ASSERT_EQUAL(w.seen.taken, 6);
	passed = MINUTE;
	put_order(&w.im, CODE_A, "7700331", "20240401", "OMP-01", "000000000000002", ORDERED, '1',
		  "b");
	CU_ASSERT_FALSE(look_at_all(&w));
	CU_ASSERT_TRUE(storage_watch_heed(w.watch));
	CU_ASSERT_TRUE(storage_watch_due(w.watch) != INT64_MAX); /* the turn did not pass it */
	turns_until_whole(&w, 0);
	check(&w, "all who were left", PATIENTS, 0, PATIENTS + 1, 0);
	passed += MINUTE;
	w.gives_way = false;
	CU_ASSERT_TRUE(look_at_changed(&w));
	CU_ASSERT_EQUAL(w.seen.taken, PATIENTS + 2);
	end(&w);
}

/* ---- A process after the other ---- */

static void begin_again(struct watched *w)
{
	storage_watch_destroy(w->watch);
	w->watch = storage_watch_create(&w->clock);
	CU_ASSERT_PTR_NOT_NULL_FATAL(w->watch);
}

/* NULL: there is none. */
static const char *mark_of(struct watched *w)
{
	struct load_reached is;
	struct store_txn *t = store_begin_read(w->im.f.store, &w->im.f.problem);
	bool found = loading_look(t, w->im.f.arena, w->im.region.systems[0].name, &is);
	store_end(t);
	return found ? is.path : NULL;
}

static bool is_marked(struct watched *w)
{
	return mark_of(w) != NULL;
}

/* Two files a patient: a mark behind each second one. */
static void begin_loading(struct watched *w, unsigned turns)
{
	begin(w);
	put_many(w);
	w->mark_files = 4;
	w->gives_way = true;
	for (; turns > 0; turns--)
		CU_ASSERT_FALSE(look_at_all(w));
}

static void the_next_process_goes_on(void)
{
	struct watched w;
	begin_loading(&w, 1);
	CU_ASSERT_FALSE(is_marked(&w));
	for (unsigned turns = 2; turns <= 7; turns++)
		CU_ASSERT_FALSE(look_at_all(&w));
	CU_ASSERT_TRUE(is_marked(&w));
	CU_ASSERT_TRUE(!w.seen.resumed && w.seen.documents == 7);
	begin_again(&w);
	CU_ASSERT_FALSE(look_at_all(&w));
	check(&w, "the seventh: behind the mark", 1, 0, 1, 0);
	CU_ASSERT_TRUE(w.seen.resumed && w.seen.documents == 0);
	CU_ASSERT_FALSE(look_at_all(&w));
	CU_ASSERT_EQUAL(w.seen.documents, 1);
	for (unsigned turns = 0; turns < PATIENTS - 4; turns++)
		CU_ASSERT_FALSE(look_at_all(&w));
	CU_ASSERT_EQUAL(w.seen.patients, PATIENTS - 2);
	CU_ASSERT_PTR_NOT_NULL(strstr(mark_of(&w), "7706289")); /* where it came to the end */
	/* There may be more behind the last before the mark: that there is not takes a turn. */
	CU_ASSERT_EQUAL(turns_until_whole(&w, 0), 3);
	check(&w, "those before it, too", PATIENTS, 0, PATIENTS, 0);
	CU_ASSERT_EQUAL(w.seen.documents, PATIENTS - 7);
	CU_ASSERT_FALSE(is_marked(&w));
	for (unsigned turns = 0; turns < 7; turns++)
		CU_ASSERT_FALSE(look_at_all(&w));
	CU_ASSERT_FALSE(is_marked(&w)); /* only the first look is a load */
	begin_again(&w);
	CU_ASSERT_FALSE(look_at_all(&w));
	CU_ASSERT_FALSE(w.seen.resumed);
	end(&w);
}

/* Wherever a process ends, nobody is missed and nothing is told twice. */
static void wherever_it_ends(void)
{
	for (unsigned turns = 0; turns < PATIENTS; turns += 3) {
		struct watched w;
		begin_loading(&w, 0);
		CU_ASSERT_EQUAL(symlink("/", arena_printf(w.im.f.arena, "%s/" CODE_A "/770/link",
							  w.im.root)),
				0);
		uint64_t documents = 0;
		for (unsigned process = 0; process < 4; process++) {
			for (unsigned i = 0; i < turns; i++)
				look_at_all(&w);
			documents += turns != 0 ? w.seen.documents : 0;
			begin_again(&w);
		}
		turns_until_whole(&w, 0);
		check(&w, "all", PATIENTS, 0, PATIENTS, 1);
		CU_ASSERT_EQUAL(documents + w.seen.documents, PATIENTS);
		CU_ASSERT_FALSE(is_marked(&w));
		end(&w);
	}
}

static void a_mark_of_other_roots(void)
{
	struct watched w;
	begin_loading(&w, 7);
	put_patient(&w.im, CODE_A "_2", OTHER, "港^花子", "ミナト^ハナコ", "19500101", "");
	passed += MINUTE;
	begin_again(&w);
	CU_ASSERT_FALSE(look_at_all(&w));
	CU_ASSERT_FALSE(w.seen.resumed);
	turns_until_whole(&w, 0);
	check(&w, "from the beginning", PATIENTS + 1, 0, PATIENTS + 1, 0);
	CU_ASSERT_EQUAL(w.seen.documents, PATIENTS - 7);
	end(&w);
}

static bool spoil(void *with, struct store_txn *t, struct problem *p)
{
	struct key k;
	(void)p;
	key_begin(&k, SPACE_LOADING);
	key_text(&k, with);
	return store_put(t, key_span(&k), bytes_of_text("\1spoilt"));
}

/* It is a hint. */
static void a_mark_that_cannot_be_read(void)
{
	struct watched w;
	begin_loading(&w, 7);
	CU_ASSERT_TRUE(store_write(w.im.f.store, spoil, (void *)w.im.region.systems[0].name,
				   &w.im.f.problem));
	begin_again(&w);
	CU_ASSERT_FALSE(look_at_all(&w));
	CU_ASSERT_TRUE(!w.seen.resumed && w.seen.problem.code == PROBLEM_NONE);
	turns_until_whole(&w, 0);
	check(&w, "from the beginning", PATIENTS, 0, PATIENTS, 0);
	CU_ASSERT_FALSE(is_marked(&w));
	end(&w);
}

static void a_store_that_cannot_go_on(void)
{
	struct watched w;
	begin(&w);
	put_all(&w, ID);
	passed += MINUTE;
	w.mark_files = 1;
	w.im.refuse_audit = true;
	CU_ASSERT_FALSE(look_at_all(&w));
	CU_ASSERT_EQUAL(w.seen.problem.code, PROBLEM_AUDIT_UNAVAILABLE);
	CU_ASSERT_EQUAL(w.im.x.problem.code, PROBLEM_AUDIT_UNAVAILABLE);
	CU_ASSERT_EQUAL(w.seen.taken, 0);
	CU_ASSERT_FALSE(is_marked(&w)); /* who stands before it is taken in, or it is none */
	w.im.refuse_audit = false;
	CU_ASSERT_TRUE(look_at_all(&w));
	check(&w, "when it can again", 1, 0, 1, 0);
	end(&w);
}

/* Mounted at a place of another facility's, too, since the configuration was read. */
static void a_root_that_is_anothers(void)
{
	struct watched w;
	struct problem p = { .code = PROBLEM_NONE };
	begin(&w);
	put_all(&w, ID);
	passed += MINUTE;
	const struct storage_roots theirs = {
		.root = { { .directory = arena_printf(w.im.f.arena, "%s/./%s", w.im.root,
						      CODE_A) } },
		.count = 1,
	};
	w.owners = root_owners_create();
	CU_ASSERT_TRUE(root_owners_claim(w.owners, &w, "the other clinic", &theirs, &p));
	CU_ASSERT_FALSE(look_at_all(&w));
	CU_ASSERT_EQUAL(w.seen.problem.code, PROBLEM_REQUEST_INVALID);
	CU_ASSERT_PTR_NOT_NULL(strstr(w.seen.problem.what, "the other clinic"));
	CU_ASSERT_EQUAL(w.seen.taken, 0);
	root_owners_leave(w.owners, &w);
	CU_ASSERT_TRUE(look_at_all(&w));
	check(&w, "when it is nobody else's", 1, 0, 1, 0);
	root_owners_destroy(w.owners);
	end(&w);
}

int main(void)
{
	static const struct test tests[] = {
		{ "what is not mounted says nothing", what_is_not_mounted_says_nothing },
		{ "a root that is another's", a_root_that_is_anothers },
		{ "a young file waits", a_young_file_waits },
		{ "those are looked at of whom the kernel tells", what_the_kernel_tells },
		{ "a root that is gone says nothing of the others",
		  a_root_that_is_gone_says_nothing },
		{ "a root that goes amid a look", a_root_that_goes_amid_a_look },
		{ "a look at those that changed, ended", an_ended_look_at_those_that_changed },
		{ "those are looked at of whom the writer tells", what_the_writer_tells },
		{ "what cannot be taken is refused when it is old", what_cannot_be_taken },
		{ "a young file keeps no old one from being refused",
		  an_old_one_beside_a_young_one },
		{ "a look that was ended goes on with the next", a_look_that_was_ended },
		{ "a look that is longer than a turn comes to its end", more_than_a_turn },
		{ "a patient a turn", a_patient_a_turn },
		{ "what is refused, turn by turn", what_is_refused_turn_by_turn },
		{ "several roots, turn by turn", roots_turn_by_turn },
		{ "another root between turns", another_root_between_turns },
		{ "what was lost between turns", what_was_lost_between_turns },
		{ "a problem between turns", a_problem_between_turns },
		{ "who changed between turns", who_changed_between_turns },
		{ "the next process goes on with the first look", the_next_process_goes_on },
		{ "a first look, wherever a process ends", wherever_it_ends },
		{ "a mark of other roots", a_mark_of_other_roots },
		{ "a mark that cannot be read", a_mark_that_cannot_be_read },
		{ "a store that cannot go on ends a look", a_store_that_cannot_go_on },
		{ NULL, NULL }
	};
	return suite_run("watch", tests);
}
