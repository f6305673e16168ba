/* tests/bench/goals.c: what the benches' programs have in common: goals, and numbers of the
 * environment. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "tests/bench/bench.h"

void bench_goal(struct bench *b, bool reached, const char *format, ...)
{
	va_list args;
	printf("  %s (goal: ", reached ? "PASS" : "MISS");
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	printf(")");
	if (b->rounds.store != NULL)
		printf("\n");
	b->missed += !reached;
}

double bench_number(const char *variable, double otherwise)
{
	const char *value = getenv(variable);
	return value == NULL ? otherwise : strtod(value, NULL);
}
