/* tests/bench/bench.c: `make bench`: the figures the project promises, measured on this machine.
 *
 *	BENCH_ONLY="pix idle"	only these parts
 *	BENCH_ROUNDS=9		turns of each, null house and real one
 *	BENCH_SECONDS=1		of a turn
 *	BENCH_ALONE=1		for a profiler: no turns of the null house
 *	BENCH_ENTRIES=1000	of `long`: as many as one patient has
 *	BENCH_SORT="40 MiB"	of `misbehaving`: the sorts that are called so
 *	MINATO_BUILD=.		where minatod and minato were built
 *
 * Two cores for server and clients together; mutual TLS, keep-alive, audit and consent on. Exit 1
 * when a goal was missed. */
#include "tests/bench/bench.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/bench/machine.h"

enum { CORES = 2, MEMORY = 1 << 30 };

static const struct {
	const char *name;
	void (*run)(struct bench *b);
	bool by_name; /* only when it is asked for: it takes minutes */
} parts[] = {
	{ "xua", bench_assertions, false },
	{ "idle", bench_idle, false },
	{ "connections", bench_connections, false },
	{ "document", bench_document, false },
	{ "long", bench_long, false },
	{ "pix", bench_pix, false },
	{ "find", bench_find, false },
	{ "references", bench_references, false },
	{ "fetch", bench_fetch, false },
	{ "retrieve", bench_retrieve, false },
	{ "register", bench_register, false },
	{ "provide", bench_provide, false },
	{ "feed", bench_feed, false },
	{ "admit", bench_admit, false },
	{ "shake", bench_shake, false },
	{ "held", bench_held, false },
	{ "beside", bench_beside, false },
	{ "check", bench_check, false },
	{ "policy", bench_policy_cost, false },
	{ "misbehaving", bench_misbehaving, true },
};

static bool wanted(const char *name, bool by_name)
{
	const char *only = getenv("BENCH_ONLY");
	size_t length = strlen(name);
	for (const char *at = only; at != NULL && (at = strstr(at, name)) != NULL; at++)
		if ((at == only || strchr(", ", at[-1]) != NULL)
		    && strchr(", ", at[length]) != NULL)
			return true;
	return !by_name && (only == NULL || *only == '\0');
}

int main(void)
{
	struct bench b = { .arena = arena_create(MEMORY) };
	setvbuf(stdout, NULL, _IOLBF, 0);
	signal(SIGPIPE, SIG_IGN);
	machine_settle(CORES);
	machine_describe(".");
	b.rounds.count = (unsigned)bench_number("BENCH_ROUNDS", 9);
	b.rounds.seconds = bench_number("BENCH_SECONDS", 1);
	b.alone = getenv("BENCH_ALONE") != NULL;
	double begun = machine_now();
	for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
		if (wanted(parts[i].name, parts[i].by_name))
			parts[i].run(&b);
	bench_server_end(&b);
	arena_destroy(b.arena);
	printf("%u goals missed, %.0f s\n", b.missed, machine_now() - begun);
	return b.missed != 0;
}
