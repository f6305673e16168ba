/* gateway/operator/demo_screen.h: what the demo shows, for people who run a hospital.
 *
 * Numbered acts, each with who did it, in Japanese and in English beside, and how long it took;
 * under it what was seen. Plain text; colours only on a terminal. */
#ifndef GATEWAY_OPERATOR_DEMO_SCREEN_H
#define GATEWAY_OPERATOR_DEMO_SCREEN_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct arena;
struct clock;

struct demo_screen {
	FILE *out;
	struct arena *arena;
	const struct clock *clock;
	bool colour;
	unsigned acts, failures;
	int64_t begun; /* the act at hand, monotonic microseconds */
};

void demo_screen_heading(struct demo_screen *s, const char *japanese, const char *english);
void demo_screen_begin(struct demo_screen *s, const char *who, const char *japanese,
		       const char *english);
/* Ends the act: how long it took, and a mark when it did not do what it should. Returns done. */
bool demo_screen_end(struct demo_screen *s, bool done);
/* Under an act, aligned with it. */
void demo_screen_line(struct demo_screen *s, const char *japanese, const char *english);
void demo_screen_problem(struct demo_screen *s, const char *what);
/* A line of the summary: a value at the left. */
void demo_screen_count(struct demo_screen *s, const char *value, const char *japanese,
		       const char *english);
/* Text and blanks up to so many columns of a terminal, at least one. */
const char *demo_screen_padded(struct arena *a, const char *text, unsigned columns);

#endif
