/* tests/bench/policy_cost.c: what rules cost: FindDocuments of a hundred entries for a patient who
 * has decided fifty times, in a region with the shipped rules, over the same where there are
 * neither; by turns, in two daemons of ours. */
#include "tests/bench/bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "gateway/base/text.h"

enum { ENTRIES = 100, DOCUMENT = 256, CLIENTS = 2 };
#define COST_MOST 1.10 /* goal */

/* Whom and what he closes: none of it is what is asked for, and each must be looked at. */
static const struct {
	const char *option, *form;
	unsigned count;
} decisions[] = {
	{ "--person", "nobody%u@https://idp.example/bench", 22 },
	{ "--document", "2.999.404.%u", 22 },
	{ "--period", "19%u-19%u", 5 },
	{ "--role", "clerk", 1 },
};

static const char *numbered(struct arena *a, const char *form, unsigned number)
{
	struct buffer b = buffer_in(a);
	for (; *form != '\0'; form++)
		if (form[0] == '%' && form[1] == 'u') {
			buffer_printf(&b, "%u", number);
			form++;
		} else {
			buffer_byte(&b, (unsigned char)*form);
		}
	return buffer_ended(&b);
}

static char *patient_of(struct arena *a)
{
	return (char *)arena_printf(a, "%s@b-clinic", people_id(a, 0));
}

static unsigned decide(struct arena *a, const struct place *p)
{
	unsigned made = 0;
	for (size_t i = 0; i < COUNT(decisions); i++)
		for (unsigned n = 0; n < decisions[i].count; n++, made++) {
			char *what = (char *)numbered(a, decisions[i].form, 50 + n),
			     *words[] = { "consent",
					  "exclude",
					  "--patient",
					  patient_of(a),
					  (char *)decisions[i].option,
					  what,
					  "--reason",
					  "bench",
					  NULL };
			place_tell(p, words);
		}
	return made;
}

static void fill(struct arena *a, const struct place *p)
{
	struct load_target target = place_target(p, p->b_clinic);
	char *join[] = { "consent", "join", "--patient", patient_of(a), "--reason", "bench", NULL };
	const struct submission_plan s = { .domain = B_DOMAIN,
					   .id = people_id(a, 0),
					   .unique = "2.999.7.1",
					   .documents = ENTRIES,
					   .octets = DOCUMENT,
					   .times = 1 };
	people_feed(a, p, 1);
	place_tell(p, join);
	const struct load_request r = message_submission(a, &s);
	people_ask(&target, &r, true);
}

/* Beside the configuration, which names them. */
static void bring_rules(const struct place *p)
{
	char command[1024];
	snprintf(command, sizeof command, "cp '%s'/*.policy '%s/region/'", BENCH_POLICIES,
		 p->directory);
	if (system(command) != 0) {
		fprintf(stderr, "bench: the shipped rules could not be copied\n");
		exit(1);
	}
}

static void begin(struct bench *b, struct place *p, bool rules)
{
	place_make(p);
	if (rules) {
		bring_rules(p);
		place_configure(p, "policy", "japan.policy");
		place_configure(p, "role", "physician");
	}
	place_start(p);
	fill(b->arena, p);
}

static void end(struct place *p)
{
	place_stop(p);
	place_remove(p);
}

/* Seconds that the daemon has run. */
static double daemon_cpu(const struct place *p)
{
	clockid_t clock;
	struct timespec t = { 0 };
	if (clock_getcpuclockid(p->daemon, &clock) != 0 || clock_gettime(clock, &t) != 0) {
		fprintf(stderr, "bench: a daemon's processor time cannot be read\n");
		exit(1);
	}
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

struct asked_daemon {
	struct place place;
	struct load_plan plan;
	double us[ROUNDS_MOST]; /* of processor, a question */
	uint64_t failed;
};

static void take_turn(struct asked_daemon *d, unsigned round)
{
	struct load_result result;
	double begun = daemon_cpu(&d->place);
	load_run(&d->plan, &result);
	d->us[round] = (daemon_cpu(&d->place) - begun) * 1e6
		       / (double)(result.done == 0 ? 1 : result.done);
	d->failed += result.failed;
}

/* Processor time, for whatever else the machine does takes none of it. */
static struct spread compare(const struct rounds *r, struct asked_daemon *with,
			     struct asked_daemon *without)
{
	double ratios[ROUNDS_MOST];
	unsigned count = r->count < ROUNDS_MOST ? r->count : ROUNDS_MOST;
	take_turn(with, 0); /* the first warms caches */
	take_turn(without, 0);
	for (unsigned i = 0; i < count; i++) {
		take_turn(without, i);
		take_turn(with, i);
		ratios[i] = with->us[i] / without->us[i];
	}
	return spread_of(ratios, count);
}

void bench_policy_cost(struct bench *b)
{
	struct asked_daemon with = { .failed = 0 }, without = { .failed = 0 };
	struct asking w = people_find(b->arena, A_DOMAIN, 1);
	begin(b, &with.place, true);
	begin(b, &without.place, false);
	unsigned made = decide(b->arena, &with.place);
	w.clients = CLIENTS;
	with.plan = (struct load_plan){ .target = place_target(&with.place, with.place.a_hospital),
					.clients = CLIENTS,
					.seconds = b->rounds.seconds,
					.next = people_next,
					.with = &w };
	without.plan = with.plan;
	without.plan.target = place_target(&without.place, without.place.a_hospital);
	uint64_t seen = people_ask(&with.plan.target, &w.requests[0], true),
		 all = people_ask(&without.plan.target, &w.requests[0], true);
	struct spread cost = compare(&b->rounds, &with, &without);
	printf("%-22s %.3f [%.3f..%.3f] of FindDocuments of %d entries without rules, with the "
	       "shipped ones and %u of the patient's: %.0f over %.0f us of processor; answers of "
	       "%llu octets",
	       "policy", cost.median, cost.least, cost.most, ENTRIES, made,
	       spread_of(with.us, b->rounds.count).median,
	       spread_of(without.us, b->rounds.count).median, (unsigned long long)seen);
	bench_goal(b, cost.median <= COST_MOST && seen == all && with.failed + without.failed == 0,
		   "%.2f", COST_MOST);
	printf("\n");
	end(&with.place);
	end(&without.place);
}
