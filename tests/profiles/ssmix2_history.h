/* tests/profiles/ssmix2_history.h: an SS-MIX2 storage of one patient at a-hospital, and what
 * happens to it, word by word. */
#ifndef TESTS_PROFILES_SSMIX2_HISTORY_H
#define TESTS_PROFILES_SSMIX2_HISTORY_H

#include "tests/profiles/ssmix2_storage.h"

enum { HISTORY_FILES = 64, HISTORY_WORD = 48, HISTORY_TIMES = 24 * 60 };

struct history_file {
	char kind; /* P ADT-00 A08, D ADT-00 A23, R OMP-01, L OML-11, C an OMP-01 that cancels,
			 * B an OMP-01 that breaks off */
	int order, day, time; /* time: minutes of 2024-04-30 */
	char flag, department;
	bool undated; /* R, C and B are PPR-01, which has no day; 1 stands for it */
	const char *path;
};

struct history {
	struct imports *im;
	struct history_file files[HISTORY_FILES];
	size_t count;
	bool undated; /* each file that is put */
};

const char *history_type(const struct history_file *f);
/* "P9:1", "D10:0", "R7/2/9:1", "R7/2/9:1b" (of department b; from n on with other octets); ">0"
 * after it renames to flag 0, "!" takes the file away. */
void history_word(struct history *s, const char *word);
void history_write(struct history *s, struct history_file *f);
bool history_import(struct history *s);
/* The facility's own feed (ITI-8), of that minute. */
void history_feed(struct history *s, int time);
/* What is registered of a file: A, D, or - for nothing. */
char history_status(struct history *s, const struct history_file *f);
unsigned history_approved(struct history *s); /* documents of the patient */
/* The phone's last digits, which are the time of the ADT-00 it comes from; -1: no such patient. */
int history_phone(struct history *s);

#endif
