/* gateway/policy/policy_reading.h: a file of rules while it is read, statement by statement. Known
 * to this room only. */
#ifndef GATEWAY_POLICY_POLICY_READING_H
#define GATEWAY_POLICY_POLICY_READING_H

#include "gateway/policy/policy_file.h"

struct arena;

/* A list that grows in the arena. */
struct growing {
	void *all;
	size_t count, room;
};

struct reading {
	struct arena *arena;
	const struct policy_source *source;
	const char *file;
	unsigned line, files;
	bool included;    /* now */
	const char *text; /* of the line */
	const char *words[POLICY_WORDS_MOST];
	bool quoted[POLICY_WORDS_MOST];
	size_t count;
	const char **names[POLICY_NAMES_OF]; /* POLICY_NAMES_MOST + 1 and the end */
	unsigned name_count[POLICY_NAMES_OF];
	struct growing others[POLICY_NAMES_OF]; /* const char * */
	struct growing codes[POLICY_CODES_OF];  /* struct policy_code */
	struct growing rules, never;            /* struct region_rule */
	struct growing municipalities;          /* struct policy_municipality */
	struct policy_emergency emergency;
	unsigned emergency_line; /* 0: it was not said */
	struct region_rule standard;
	uint64_t addressed;
	struct growing acknowledged; /* struct acknowledged_policy */
	struct growing recorders;    /* const char * */
	struct policy_fault *faults, **last;
	size_t fault_count;
};

/* Told of the line that is read; always false. */
bool reading_fault(struct reading *r, const char *remedy, const char *what, ...)
	__attribute__((format(printf, 3, 4)));
/* Room for one more, not cleared. */
void *reading_add(struct arena *a, struct growing *g, size_t size);
/* The name it was made known by first, where it has several. */
const char *reading_known_as(const struct reading *r, enum policy_name_of of, const char *name);
/* 0: it is not known. */
uint64_t reading_bit_of(const struct reading *r, enum policy_name_of of, const char *name);
/* The statement has as many; else that is told. */
bool reading_needs_words(struct reading *r, size_t least);

/* policy_file_acknowledged.c */
bool reading_make_acknowledged(struct reading *r);
bool reading_make_recorders(struct reading *r);

#endif
