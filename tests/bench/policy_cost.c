/* tests/bench/policy_cost.c: what rules cost: FindDocuments of a hundred entries for a patient who
 * has decided fifty times, in a region with the shipped rules, over the same where there are
 * neither; by turns, in two daemons of ours. */
#include "tests/bench/bench.h"

#include <stdio.h>
#include <stdlib.h>

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
	{ "--period", "19%u", 5 },
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

static void begin(struct bench *b, struct place *p, bool rules)
{
	place_make(p);
	if (rules) {
		place_configure(p, "policy", BENCH_POLICIES "/japan.policy");
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

void bench_policy_cost(struct bench *b)
{
	struct place with, without;
	struct measured m;
	struct rounds r = { .count = b->rounds.count, .seconds = b->rounds.seconds };
	begin(b, &with, true);
	begin(b, &without, false);
	unsigned made = decide(b->arena, &with);
	struct asking w = people_find(b->arena, A_DOMAIN, 1);
	w.clients = CLIENTS;
	struct load_plan plan = { .target = place_target(&with, with.a_hospital),
				  .clients = CLIENTS,
				  .next = people_next,
				  .with = &w },
			 null = plan;
	null.target = place_target(&without, without.a_hospital);
	uint64_t seen = people_ask(&plan.target, &w.requests[0], true),
		 all = people_ask(&null.target, &w.requests[0], true);
	rounds_run(&r, &plan, &null, &m);
	double cost = 1 / m.ratio.median;
	printf("%-22s %.3f [%.3f..%.3f] of FindDocuments of %d entries without rules: %.0f/s with "
	       "the shipped ones and %u of the patient's, %.0f/s without; answers of %llu and "
	       "%llu octets",
	       "policy", cost, 1 / m.ratio.most, 1 / m.ratio.least, ENTRIES, m.rate.median, made,
	       m.null_rate.median, (unsigned long long)seen, (unsigned long long)all);
	bench_goal(b, cost <= COST_MOST && seen == all && m.failed == 0, "%.2f", COST_MOST);
	printf("\n");
	end(&with);
	end(&without);
}
