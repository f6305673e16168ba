/* tests/profiles/ssmix2_states_test.c: what is Approved is a function of the storage's files.
 *
 * A history is a line of words: files put, renamed, and imports between. After its last import the
 * region must be as the files say, and so must a fresh region that sees the end of it only. Random
 * histories: ssmix2_model_test.c. */
#include "tests/base/suite.h"

#include <string.h>

#include "gateway/base/text.h"
#include "tests/profiles/ssmix2_history.h"

/* ---- Histories by hand ---- */

/* expected: a word each file that became, or could have become, a document. I imports. */
static const struct {
	const char *why, *history, *expected;
} histories[] = {
	{ "one order", "P9:1 R7/2/9:1 I", "R7/2/9=A" },
	{ "a correction", "P9:1 R7/2/9:1 I R7/2/9:1>2 R7/2/10:1 I", "R7/2/9=D R7/2/10=A" },
	{ "a correction under way", "P9:1 R7/2/9:1 I R7/2/9:1>2 I", "R7/2/9=A" },
	{ "a deletion", "P9:1 R7/2/9:1 I R7/2/9:1>0 I", "R7/2/9=D" },
	{ "a deletion with its message", "P9:1 R7/2/9:1 I R7/2/9:1>0 C7/2/11:0 I",
	  "R7/2/9=D C7/2/11=-" },
	{ "a deletion before anybody looked", "P9:1 R7/2/9:0 I", "R7/2/9=D" },
	{ "a deletion taken back", "P9:1 R7/2/9:1 I R7/2/9:1>0 I R7/2/9:0>1 I", "R7/2/9=A" },
	{ "a deletion of all versions, the newest taken back",
	  "P9:1 R7/2/9:2 R7/2/10:1 I R7/2/9:2>0 R7/2/10:1>0 I R7/2/10:0>1 I R7/2/9:0>2 I",
	  "R7/2/9=D R7/2/10=A" },
	{ "a correction taken back", "P9:1 R7/2/9:2 R7/2/10:1 I R7/2/10:1>0 R7/2/9:2>1 I",
	  "R7/2/9=A R7/2/10=D" },
	{ "a correction taken back and made again",
	  "P9:1 R7/2/9:2 R7/2/10:1 I R7/2/10:1>0 R7/2/9:2>1 I R7/2/9:1>2 R7/2/10:0>1 I",
	  "R7/2/9=D R7/2/10=A" },
	{ "deleted, then written anew", "P9:1 R7/2/9:1 I R7/2/9:1>0 I R7/2/12:1 I",
	  "R7/2/9=D R7/2/12=A" },
	{ "deleted, written anew, and corrected half", "P9:1 R7/2/9:0 I R7/2/12:1 I R7/2/12:1>2 I",
	  "R7/2/9=D R7/2/12=A" },
	{ "a flag 2 older than a flag 0 is no correction under way", "P9:1 R7/2/9:2 R7/2/10:0 I",
	  "R7/2/9=D R7/2/10=D" },
	{ "history that comes late", "P9:1 R7/2/10:1 I R7/2/9:2 I", "R7/2/9=D R7/2/10=A" },
	{ "an older deletion that comes late", "P9:1 R7/2/10:1 I R7/2/9:0 I",
	  "R7/2/9=D R7/2/10=A" },
	{ "the clock ran backwards", "P9:1 R7/2/10:1 I R7/2/10:1>2 R7/2/9:1 I",
	  "R7/2/9=A R7/2/10=D" },
	{ "two with flag 1", "P9:1 R7/2/9:1 R7/2/10:1 I", "R7/2/9=D R7/2/10=A" },
	{ "two with flag 1, the newer deleted", "P9:1 R7/2/9:1 R7/2/10:1 I R7/2/10:1>0 I",
	  "R7/2/9=A R7/2/10=D" },
	/* 診療日 */
	{ "a corrected day", "P9:1 R7/2/9:1 I R7/2/9:1>0 R7/5/10:1 I", "R7/2/9=D R7/5/10=A" },
	{ "one order under two days, one deleted", "P9:1 R7/2/9:1 R7/5/10:1 I R7/2/9:1>0 I",
	  "R7/2/9=D R7/5/10=A" },
	{ "one order under two days, the later deleted", "P9:1 R7/2/9:1 R7/5/10:1 I R7/5/10:1>0 I",
	  "R7/2/9=A R7/5/10=D" },
	{ "an import in the middle of a day's correction",
	  "P9:1 R7/2/9:1 I R7/5/10:1 I R7/2/9:1>0 I", "R7/2/9=D R7/5/10=A" },
	{ "the same, deletion first", "P9:1 R7/2/9:1 I R7/2/9:1>0 I R7/5/10:1 I",
	  "R7/2/9=D R7/5/10=A" },
	{ "a day corrected twice", "P9:1 R7/2/9:1 I R7/2/9:1>0 R7/5/10:1 I R7/5/10:1>0 R7/6/11:1 I",
	  "R7/2/9=D R7/5/10=D R7/6/11=A" },
	{ "a day corrected and corrected back",
	  "P9:1 R7/2/9:1 I R7/2/9:1>0 R7/5/10:1 I R7/5/10:1>0 R7/2/9:0>1 I", "R7/2/9=A R7/5/10=D" },
	{ "three days, two deleted", "P9:1 R7/2/9:1 R7/3/10:1 R7/4/11:1 I R7/2/9:1>0 R7/3/10:1>0 I",
	  "R7/2/9=D R7/3/10=D R7/4/11=A" },
	{ "three days, one deleted", "P9:1 R7/2/9:1 R7/3/10:1 R7/4/11:1 I R7/3/10:1>0 I",
	  "R7/2/9=A R7/3/10=D R7/4/11=A" },
	{ "all days deleted", "P9:1 R7/2/9:1 R7/5/10:1 I R7/2/9:1>0 R7/5/10:1>0 I",
	  "R7/2/9=D R7/5/10=D" },
	{ "one number of two data types are two orders", "P9:1 R7/2/9:1 L7/2/9:1 I L7/2/9:1>0 I",
	  "R7/2/9=A L7/2/9=D" },
	{ "results without a number are an order each day",
	  "P9:1 L99/2/9:1 L99/5/10:1 I L99/2/9:1>0 I", "L99/2/9=D L99/5/10=A" },
	/* What cannot be taken takes nobody's place. */
	{ "a correction that breaks off", "P9:1 R7/2/9:1 I R7/2/9:1>2 B7/2/10:1 I", "R7/2/9=A" },
	{ "and is written again", "P9:1 R7/2/9:1 I R7/2/9:1>2 B7/2/10:1 I B7/2/10:1>2 R7/2/11:1 I",
	  "R7/2/9=D R7/2/11=A" },
	{ "a cancelling current file", "P9:1 R7/2/9:1 I R7/2/9:1>2 C7/2/10:1 I",
	  "R7/2/9=D C7/2/10=-" },
	{ "cancelled, and ordered again", "P9:1 R7/2/9:2 C7/2/10:2 I R7/2/11:1 I",
	  "R7/2/9=D C7/2/10=- R7/2/11=A" },
	{ "a cancellation that was superseded, the next not there yet",
	  "P9:1 R7/2/9:2 C7/2/10:1 I C7/2/10:1>2 I", "R7/2/9=D C7/2/10=-" },
	{ "a cancellation taken back", "P9:1 R7/2/9:2 C7/2/10:1 I C7/2/10:1>0 R7/2/9:2>1 I",
	  "R7/2/9=A C7/2/10=-" },
	/* One 発生日時 twice */
	{ "copied to its new flag before the old one went", "P9:1 R7/2/9:1 I R7/2/9:1b I",
	  "R7/2/9=A" },
	{ "copied, and the old one deleted", "P9:1 R7/2/9:1 I R7/2/9:0b R7/2/9:1! I", "R7/2/9=D" },
	{ "written to history, the old one still there", "P9:1 R7/2/9:1 I R7/2/9:2b I",
	  "R7/2/9=A" },
	/* The patient */
	{ "A23", "P9:1 R7/2/9:1 I P9:1>0 D12:0 I", "R7/2/9=D" },
	{ "A23, then a newer file", "P9:1 R7/2/9:1 I P9:1>0 D12:0 I P13:1 I", "R7/2/9=A" },
	{ "A23 taken back by renaming", "P9:1 R7/2/9:1 I P9:1>0 D12:0 I P9:0>1 I", "R7/2/9=A" },
	{ "A23 and a later order", "P9:1 I P9:1>0 D10:0 R7/2/12:1 I I", "R7/2/12=D" },
	{ "A23, a later order, and the patient again", "P9:1 I P9:1>0 D10:0 R7/2/12:1 I P13:1 I",
	  "R7/2/12=A" },
	{ "A23 with a deleted order, and the patient again",
	  "P9:1 R7/2/9:1 R8/2/9:1 I R7/2/9:1>0 P9:1>0 D12:0 I P13:1 I", "R7/2/9=D R8/2/9=A" },
	{ "A23 twice", "P9:1 R7/2/9:1 I P9:1>0 D10:0 I P11:1 I P11:1>0 D12:0 I I", "R7/2/9=D" },
	{ "an A23 that still has flag 1", "P9:1 R7/2/9:1 I P9:1>0 D12:1 I", "R7/2/9=D" },
	{ "the patient corrected half", "P9:1 R7/2/9:1 I P9:1>2 I", "R7/2/9=A" },
	{ "no ADT-00 yet", "R7/2/9:1 I P9:1 I", "R7/2/9=A" },
	{ "no ADT-00 yet, and the order corrected", "R7/2/9:1 I R7/2/9:1>2 R7/2/10:1 I P9:1 I",
	  "R7/2/9=D R7/2/10=A" },
};

static char expected_of(const char *expected, const char *word)
{
	size_t length = strlen(word);
	for (const char *at = expected; at != NULL; at = strchr(at, ' ')) {
		at += *at == ' ';
		if (strncmp(at, word, length) == 0 && at[length] == '=')
			return at[length + 1];
	}
	return '?';
}

static bool is_document(const struct history_file *f)
{
	return strchr("RLC", f->kind) != NULL;
}

/* A deleted patient that was never seen alive is not made for its deleted documents. */
static void check_expected(struct history *s, const char *why, const char *expected, bool fresh)
{
	unsigned alive = 0;
	bool known = history_phone(s) >= 0;
	for (const struct history_file *f = s->files; f < s->files + s->count; f++) {
		char word[HISTORY_WORD];
		if (!is_document(f))
			continue;
		snprintf(word, sizeof word, "%c%d/%d/%d", f->kind, f->order, f->day, f->time);
		char wanted = expected_of(expected, word), got = history_status(s, f);
		if (fresh && !known)
			wanted = '-';
		alive += wanted == 'A' && f->department == '1';
		if (wanted != got)
			fprintf(stderr, "%s (%s): %s is %c, not %c\n", why,
				fresh ? "fresh" : "as it went", word, got, wanted);
		CU_ASSERT_EQUAL(wanted, got);
	}
	CU_ASSERT_EQUAL(history_approved(s), alive);
}

static void run_history(struct history *s, const char *history, bool imports)
{
	char words[512], *rest = words;
	fixture_must(&s->im->f, strlen(history) < sizeof words);
	strcpy(words, history);
	for (const char *word; (word = strtok_r(rest, " ", &rest)) != NULL;) {
		if (!text_equal(word, "I"))
			history_word(s, word);
		else if (imports)
			CU_ASSERT_TRUE(history_import(s));
	}
}

static void each_history_ends_as_its_files_say(void)
{
	for (size_t i = 0; i < COUNT(histories); i++)
		for (int way = 0; way < 4; way++) {
			struct imports im;
			imports_open(&im);
			im.region.ssmix2_copy = way < 2;
			struct history s = { .im = &im };
			run_history(&s, histories[i].history, way % 2 == 0);
			if (way % 2 != 0)
				CU_ASSERT_TRUE(history_import(&s));
			check_expected(&s, histories[i].why, histories[i].expected, way % 2 != 0);
			CU_ASSERT_TRUE(history_import(&s));
			if (im.events != 0 || done(&im, "documents") != 0)
				fprintf(stderr, "%s: one more import does something\n",
					histories[i].why);
			CU_ASSERT_EQUAL(im.events, 0);
			imports_close(&im);
		}
}

int main(void)
{
	static const struct test tests[] = { { "each history ends as its files say",
					       each_history_ends_as_its_files_say },
					     { NULL, NULL } };
	return suite_run("ssmix2 states", tests);
}
