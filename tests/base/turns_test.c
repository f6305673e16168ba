/* tests/base/turns_test.c: each peer's jobs in order, peers by turns, nobody for ever. */
#include "tests/base/suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/text.h"
#include "gateway/base/turns.h"

enum { MOST = 64, PEERS = 256 };

struct named {
	struct job job;
	char peer;
	unsigned number; /* among those of its peer */
};

struct scene {
	struct turns turns;
	struct named jobs[MOST];
	unsigned count, put[PEERS];
	bool behind; /* what is put next */
	char said[256];
};

static void put(struct scene *s, char peer)
{
	struct named *n = &s->jobs[s->count++];
	n->peer = peer;
	n->number = s->put[(unsigned char)peer]++;
	n->job.behind = s->behind;
	s->behind = false;
	/* 0: nobody's; capitals share a bucket with their small letters */
	n->job.peer = peer == '0'                 ? 0
		      : peer >= 'A' && peer < 'a' ? (uint64_t)(peer - 'A' + 'a') + TURNS_BUCKETS
						  : (uint64_t)peer;
	turns_put(&s->turns, &n->job);
}

static bool say(struct scene *s, const struct job *j)
{
	const struct named *n = (const struct named *)j;
	size_t length = strlen(s->said);
	if (n == NULL)
		return false;
	snprintf(s->said + length, sizeof s->said - length, "%s%c%u", length == 0 ? "" : " ",
		 n->peer, n->number);
	return true;
}

static bool take(struct scene *s)
{
	return say(s, turns_take(&s->turns));
}

static void play(struct scene *s, const char *moves)
{
	for (; *moves != '\0'; moves++)
		if (*moves == '-')
			s->behind = true;
		else if (*moves != '.')
			put(s, *moves);
		else
			CU_ASSERT(take(s));
}

static void expect(struct scene *s, const char *what, const char *wanted)
{
	while (take(s))
		continue;
	if (strcmp(s->said, wanted) != 0)
		printf("\n  %s: %s", what, s->said);
	CU_ASSERT_STRING_EQUAL(s->said, wanted);
}

/* Letters are peers: what is put ('-': it stands behind); '.' takes one in between. */
static const struct {
	const char *what, *put, *taken;
} rows[] = {
	{ "one peer: in order", "aaaa", "a0 a1 a2 a3" },
	{ "each one job: in the order they came", "dabc", "d0 a0 b0 c0" },
	{ "a heap, and one alone", "aaaaab", "a0 b0 a1 a2 a3 a4" },
	{ "two heaps take turns", "aaabbb", "a0 b0 a1 b1 a2 b2" },
	{ "who comes is before who has more", "aaa.b", "a0 b0 a1 a2" },
	{ "but after four of these one of those", "aa.bcdefgh", "a0 b0 c0 d0 e0 a1 f0 g0 h0" },
	{ "of those while somebody has more", "a.b.c.d.e.f.aab", "a0 b0 c0 d0 e0 f0 a1 b1 a2" },
	{ "those as well take turns", "aaabbb..cdefghijk",
	  "a0 b0 c0 d0 e0 a1 f0 g0 h0 i0 b1 j0 k0 a2 b2" },
	{ "who has nothing left is fresh again", "aab..a.", "a0 b0 a1 a2" },
	{ "and so before who has more", "aa..bb.a", "a0 a1 b0 a2 b1" },
	{ "one bucket, two peers", "aAaA", "a0 A0 a1 A1" },
	{ "three in it, the middle one is done first", "aaA.a", "a0 A0 a1 a2" },
	{ "nobody's are as one peer's", "00a", "00 a0 01" },
	{ "nobody", "", "" },
	{ "what stands behind", "-a-bcd", "c0 d0 a0 b0" },
	{ "nor is it forgotten", "-abcdefg", "b0 c0 d0 e0 a0 f0 g0" },
	{ "with those who had a turn, as they came", "aab.-caa", "a0 b0 a1 c0 a2 a3" },
	{ "its peer's order stays", "-aab", "b0 a0 a1" },
	{ "whoever comes first stands for his peer", "a-ab", "a0 b0 a1" },
};

static void takes_turns(void)
{
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct scene s = { .count = 0 };
		play(&s, rows[i].put);
		expect(&s, rows[i].what, rows[i].taken);
	}
}

/* What is put ('.' takes one), which of it is removed, what is put after that. */
static const struct {
	const char *what, *put;
	unsigned removed;
	bool waited;
	const char *after, *taken;
} removals[] = {
	{ "the only one", "a", 0, true, "b", "b0" },
	{ "the first of a heap", "aaab", 0, true, "a", "a1 b0 a2 a3" },
	{ "one in the middle", "aaab", 1, true, "a", "a0 b0 a2 a3" },
	{ "the last of a heap", "aaab", 2, true, "a", "a0 b0 a1 a3" },
	{ "the last in the row", "ab", 1, true, "c", "a0 c0" },
	{ "the first of who had a turn", "aaa.b", 1, true, "b", "a0 b0 a2 b1" },
	{ "the only one left of who had a turn", "aabb..", 1, true, "c", "a0 b0 c0 b1" },
	{ "one in a bucket of two", "aAA", 0, true, "a", "A0 a1 A1" },
	{ "one that was taken", "aa.", 0, false, "", "a0 a1" },
	{ "the only one, taken", "a.", 0, false, "b", "a0 b0" },
};

static void gives_back(void)
{
	for (size_t i = 0; i < COUNT(removals); i++) {
		struct scene s = { .count = 0 };
		play(&s, removals[i].put);
		CU_ASSERT_EQUAL(turns_remove(&s.turns, &s.jobs[removals[i].removed].job),
				removals[i].waited);
		play(&s, removals[i].after);
		expect(&s, removals[i].what, removals[i].taken);
	}
}

/* Who is asked for by his row: f, a, or ? for whoever is next; then all. */
static const struct {
	const char *what, *put, *rows, *taken;
} choices[] = {
	{ "those who had no turn", "aab", "fff", "a0 b0 a1" },
	{ "those who stand behind", "-a-bc", "aff", "a0 c0 b0" },
	{ "none of them", "abc", "aaa", "a0 b0 c0" },
	{ "who is next", "-ab", "??", "b0 a0" },
};

static void chooses_a_row(void)
{
	for (size_t i = 0; i < COUNT(choices); i++) {
		struct scene s = { .count = 0 };
		play(&s, choices[i].put);
		for (const char *row = choices[i].rows; *row != '\0'; row++)
			say(&s, *row == 'f'   ? turns_take_fresh(&s.turns)
				: *row == 'a' ? turns_take_again(&s.turns)
					      : turns_take(&s.turns));
		expect(&s, choices[i].what, choices[i].taken);
	}
}

/* So many are taken, and what was taken after the first so many of them given back. */
static const struct {
	const char *what, *put;
	unsigned taken, kept;
	const char *after, *then;
} given_back[] = {
	{ "one alone", "a", 1, 0, "", "a0" },
	{ "it comes before who has come since", "ab", 1, 0, "c", "a0 b0 c0" },
	{ "and before its own next", "aa", 1, 0, "", "a0 a1" },
	{ "in the same order", "aabbc", 5, 0, "", "a0 b0 c0 a1 b1" },
	{ "what had its turn stays behind who has not", "aab", 3, 2, "c", "c0 a1" },
	{ "what stood behind as well", "-a-b", 2, 1, "c", "c0 b0" },
	{ "some of it", "aabbc", 4, 2, "d", "c0 d0 a1 b1" },
};

static void takes_back(void)
{
	for (size_t i = 0; i < COUNT(given_back); i++) {
		struct scene s = { .count = 0 };
		struct job *taken[MOST];
		play(&s, given_back[i].put);
		for (unsigned n = 0; n < given_back[i].taken; n++)
			taken[n] = turns_take(&s.turns);
		for (unsigned n = given_back[i].taken; n > given_back[i].kept; n--)
			turns_give_back(&s.turns, taken[n - 1]);
		play(&s, given_back[i].after);
		expect(&s, given_back[i].what, given_back[i].then);
	}
}

/* However they come, go and are given back: each once, each peer's in order. */
static void loses_none(void)
{
	enum { JOBS = 20000, PARTIES = 200 };
	struct named *jobs = calloc(JOBS, sizeof *jobs);
	unsigned char *over = calloc(JOBS, 1);
	unsigned last[PARTIES] = { 0 }, done = 0, removed = 0;
	struct turns t = { 0 };
	uint32_t chance = 1;
	for (unsigned i = 0; done + removed < JOBS;) {
		chance = chance * 1664525u + 1013904223u;
		unsigned what = chance >> 28;
		if (i < JOBS && what < 9) {
			struct named *n = &jobs[i++];
			/* a few have most of it */
			n->job.peer = (chance >> 8) % (what < 6 ? 5 : PARTIES);
			n->number = i;
			n->job.behind = (chance >> 5) % 3 == 0;
			turns_put(&t, &n->job);
		} else if (what == 15 && i > 0) {
			unsigned at = (chance >> 6) % i;
			bool waited = turns_remove(&t, &jobs[at].job);
			CU_ASSERT_EQUAL(waited, !over[at]);
			over[at] = 1;
			removed += waited;
		} else {
			struct named *n = (struct named *)turns_take(&t);
			if (n == NULL) {
				CU_ASSERT_EQUAL(done + removed, i);
				continue;
			}
			if ((chance >> 9) % 4 == 0) {
				turns_give_back(&t, &n->job);
				continue;
			}
			CU_ASSERT(n->number > last[n->job.peer] && !over[n - jobs]);
			last[n->job.peer] = n->number;
			over[n - jobs] = 1;
			done++;
		}
	}
	CU_ASSERT_PTR_NULL(turns_take(&t));
	free(jobs);
	free(over);
}

static const struct test tests[] = { { "peers take turns", takes_turns },
				     { "what waits can be given back", gives_back },
				     { "a row can be chosen", chooses_a_row },
				     { "what was taken can be given back", takes_back },
				     { "none is lost", loses_none },
				     { 0 } };

int main(void)
{
	return suite_run("base turns", tests);
}
