/* tests/bench/daemon.c: minatod as it is installed: how fast it is ready, what it holds when idle,
 * with thousands of connections, and while a gibibyte passes through. */
#include "tests/bench/bench.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "tests/bench/machine.h"

enum {
	STARTS = 7,
	CONNECTIONS = 5000,
	EACH = 50,
	MEBIBYTE = 1 << 20,
	GIBIBYTE_TIMES = 1024,
	PASSES = 3
};

static double mib(uint64_t octets)
{
	return (double)octets / MEBIBYTE;
}

/* A region with one person, joined. */
static void prepare(struct bench *b, struct place *p)
{
	char *join[] = { "consent",  "join",  "--patient", "P10000@b-clinic",
			 "--reason", "bench", NULL };
	place_make(p);
	place_start(p);
	people_feed(b->arena, p, 1);
	place_tell(p, join);
}

void bench_idle(struct bench *b)
{
	struct place p;
	double ready[STARTS], idle[STARTS];
	struct load_result result;
	prepare(b, &p);
	for (unsigned i = 0; i < STARTS; i++) {
		place_stop(&p);
		place_start(&p);
		ready[i] = p.ready_ms;
		idle[i] = mib(machine_status(p.daemon, "VmRSS"));
	}
	struct spread r = spread_of(ready, STARTS), i = spread_of(idle, STARTS);
	printf("%-22s %7.1f [%6.1f..%6.1f] ms", "ready after", r.median, r.least, r.most);
	bench_goal(b, r.median < 50, "50 ms");
	printf("\n%-22s %7.1f [%6.1f..%6.1f] MiB", "resident, idle", i.median, i.least, i.most);
	bench_goal(b, i.median < 30, "30 MiB");
	struct asking w = people_pix(b->arena, B_DOMAIN, 1);
	struct load_plan plan = { .target = place_target(&p, p.b_clinic),
				  .clients = 32,
				  .seconds = b->rounds.seconds * 2,
				  .next = people_next,
				  .with = &w };
	load_run(&plan, &result);
	printf("\n%-22s %7.1f MiB after %llu ITI-45\n", "resident, after load",
	       mib(machine_status(p.daemon, "VmRSS")), (unsigned long long)result.done);
	place_stop(&p);
	place_remove(&p);
}

static double grown(const struct place *p, uint64_t before)
{
	uint64_t most = machine_status(p->daemon, "VmHWM");
	return most > before ? mib(most - before) : 0;
}

/* How fast that much goes into a file of ours, its flush included. */
static double plain_file(struct bench *b, const struct place *p)
{
	unsigned char *piece = arena_alloc(b->arena, MEBIBYTE);
	char path[128];
	snprintf(path, sizeof path, "%s/plain", p->directory);
	for (unsigned i = 0; i < MEBIBYTE; i++)
		piece[i] = (unsigned char)((i * 2654435761u) >> 11);
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL, 0600);
	double begun = machine_now();
	bool whole = fd >= 0;
	for (unsigned i = 0; whole && i < GIBIBYTE_TIMES; i++)
		whole = write(fd, piece, MEBIBYTE) == MEBIBYTE;
	whole = whole && fsync(fd) == 0;
	double seconds = machine_now() - begun;
	if (fd >= 0)
		close(fd);
	unlink(path);
	if (!whole) {
		perror(path);
		exit(1);
	}
	return GIBIBYTE_TIMES / seconds;
}

struct passing {
	struct place place;
	struct load_target submitter, asker;
	struct rate {
		double plain[PASSES], in[PASSES], out[PASSES], again[PASSES];
	} rate; /* MiB a second */
	double grown_in, grown_out;
	bool whole;
};

/* The octets begin otherwise each time, so that each is a document of its own. */
static void pass_in(struct bench *b, struct passing *w, unsigned n)
{
	struct submission_plan s = { .domain = B_DOMAIN,
				     .id = people_id(b->arena, 0),
				     .unique = arena_printf(b->arena, "2.999.9.2.%u", n),
				     .documents = 1,
				     .octets = MEBIBYTE,
				     .variant = (unsigned char)n,
				     .times = GIBIBYTE_TIMES };
	struct load_request in = message_submission(b->arena, &s);
	uint64_t before = machine_status(w->place.daemon, "VmRSS");
	machine_forget_peak(w->place.daemon);
	double begun = machine_now();
	people_ask(&w->submitter, &in, true);
	w->rate.in[n] = GIBIBYTE_TIMES / (machine_now() - begun);
	double more = grown(&w->place, before);
	w->grown_in = more > w->grown_in ? more : w->grown_in;
}

static double pass_out(struct bench *b, struct passing *w, unsigned n)
{
	struct load_request out = people_retrieve(b->arena,
						  arena_printf(b->arena, "2.999.9.2.%u.1", n));
	uint64_t before = machine_status(w->place.daemon, "VmRSS");
	machine_forget_peak(w->place.daemon);
	double begun = machine_now();
	uint64_t length = people_ask(&w->asker, &out, false);
	double seconds = machine_now() - begun, more = grown(&w->place, before);
	w->whole = w->whole && length >= (uint64_t)GIBIBYTE_TIMES * MEBIBYTE;
	w->grown_out = more > w->grown_out ? more : w->grown_out;
	return GIBIBYTE_TIMES / seconds;
}

static void say_rate(const char *what, const double *rates, double grown)
{
	struct spread s = spread_of(rates, PASSES);
	printf("%-22s %7.0f [%4.0f..%4.0f] MiB/s", what, s.median, s.least, s.most);
	if (grown >= 0)
		printf(", %.1f MiB grown", grown);
}

static double median_ratio(const double *a, const double *b)
{
	double ratios[PASSES];
	for (unsigned i = 0; i < PASSES; i++)
		ratios[i] = a[i] / b[i];
	return spread_of(ratios, PASSES).median;
}

/* By turns: a plain file, as much in, out for the first time, out again. */
void bench_document(struct bench *b)
{
	struct passing w = { .whole = true };
	prepare(b, &w.place);
	w.submitter = place_target(&w.place, w.place.b_clinic);
	w.asker = place_target(&w.place, w.place.a_hospital);
	for (unsigned n = 0; n < PASSES; n++) {
		w.rate.plain[n] = plain_file(b, &w.place);
		pass_in(b, &w, n);
		w.rate.out[n] = pass_out(b, &w, n);
		w.rate.again[n] = pass_out(b, &w, n);
	}
	double of_plain = median_ratio(w.rate.in, w.rate.plain),
	       of_out = median_ratio(w.rate.in, w.rate.out);
	say_rate("1 GiB to a plain file", w.rate.plain, -1);
	printf("\n");
	say_rate("1 GiB in (ITI-41)", w.rate.in, w.grown_in);
	bench_goal(b, w.grown_in <= 32, "32 MiB");
	printf("\n%-22s %7.2f of the plain file", "", of_plain);
	bench_goal(b, of_plain >= 0.8, "0.8");
	printf("\n%-22s %7.2f of what goes out", "", of_out);
	bench_goal(b, of_out >= 0.5, "0.5");
	printf("\n");
	say_rate("1 GiB out (ITI-43)", w.rate.out, w.grown_out);
	bench_goal(b, w.grown_out <= 32 && w.whole, "32 MiB");
	printf("\n");
	say_rate("the same again", w.rate.again, -1);
	printf("\n");
	place_stop(&w.place);
	place_remove(&w.place);
}

/* Held open, and then asked: some of them, by turns. */
void bench_connections(struct bench *b)
{
	struct place p;
	struct load_line **lines = arena_array(b->arena, struct load_line *, CONNECTIONS);
	unsigned open = 0, answered = 0;
	prepare(b, &p);
	struct load_target target = place_target(&p, p.b_clinic);
	struct load_context *context = load_context(&target);
	struct asking w = people_pix(b->arena, B_DOMAIN, 1);
	uint64_t before = machine_status(p.daemon, "VmRSS");
	double begun = machine_now();
	while (open < CONNECTIONS && (lines[open] = load_connect(context)) != NULL)
		open++;
	double seconds = machine_now() - begun;
	uint64_t after = machine_status(p.daemon, "VmRSS");
	for (unsigned i = 0; i < open; i += EACH) {
		int status = 0;
		uint64_t length;
		answered += load_ask(lines[i], w.requests, &status, &length) && status == 200;
	}
	printf("%-22s %7u held, %.1f MiB in all, %.1f KiB each, %.0f handshakes/s",
	       "idle connections", open, mib(after),
	       (double)(after - before) / 1024 / (open == 0 ? 1 : open), open / seconds);
	bench_goal(b, open == CONNECTIONS && answered == (CONNECTIONS + EACH - 1) / EACH, "%u",
		   CONNECTIONS);
	printf("\n");
	for (unsigned i = 0; i < open; i++)
		load_disconnect(lines[i]);
	load_context_free(context);
	place_stop(&p);
	place_remove(&p);
}
