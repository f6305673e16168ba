/* tests/profiles/road.c: the road itself for a message that was opened, without doors.
 *
 * What would leave by a door comes to __wrap_door_answer(): the linker leads it there. Whoever asks
 * waits until then. */
#include "tests/profiles/road.h"

#include <pthread.h>
#include <stdlib.h>

#include "gateway/audit/event_packing.h"
#include "gateway/config.h"
#include "gateway/door_failures.h"
#include "gateway/journey.h"
#include "gateway/long_reads.h"
#include "gateway/metrics.h"
#include "gateway/process.h"
#include "gateway/refusals.h"
#include "gateway/ticks.h"
#include "tests/base/suite.h"

struct road {
	struct gateway gateway;
	struct configuration configuration;
	struct head head;
	bool may_fail; /* what a handler has done */
};

/* One exchange. Its transaction does what the suite's does, and tells what came of it. */
struct travel {
	struct journey journey;
	const struct transaction *suites;
	struct transaction transaction;
	struct admission admission;
	size_t refuse;
	bool read, done;
	pthread_mutex_t lock; /* over answered */
	pthread_cond_t has_answer;
	bool answered;
};

static struct travel *travel_of(struct exchange *x)
{
	return (struct travel *)((char *)x - offsetof(struct travel, journey.x));
}

static bool read_it(struct exchange *x)
{
	struct travel *t = travel_of(x);
	t->read = t->suites->read(x);
	return t->read;
}

/* By the suite's policy, as its handler. */
static void weigh_it(struct exchange *x)
{
	struct travel *t = travel_of(x);
	x->admission = t->admission;
	t->suites->weigh(x);
}

/* On the thread that handles it, again in each try. */
static bool handle_it(struct exchange *x)
{
	struct travel *t = travel_of(x);
	t->done = false;
	x->admission = t->admission;
	arena_refuse_nth(x->arena, t->refuse);
	t->done = t->suites->handle(x);
	arena_refuse_nth(x->arena, 0);
	return t->done;
}

/* Memory is there again, whether what was refused came up or not. */
static void audit_it(struct exchange *x, struct audit_event *e)
{
	arena_refuse_nth(x->arena, 0);
	travel_of(x)->suites->audited(x, e);
}

static bool is_open(struct journey *j)
{
	return j->x.problem.code == PROBLEM_NONE;
}

static void nobody_by_name(struct journey *j, struct audit_event *e)
{
	(void)j, (void)e;
}

static void seal(struct journey *j, bool fault)
{
	(void)j, (void)fault;
}

static const struct dialect_road opened = { .open = is_open,
					    .participants = nobody_by_name,
					    .seal = seal };

void __wrap_door_answer(struct message *m, const struct answer *answer);

void __wrap_door_answer(struct message *m, const struct answer *answer)
{
	struct travel *t = (struct travel *)(void *)m;
	(void)answer;
	pthread_mutex_lock(&t->lock);
	t->answered = true;
	pthread_cond_signal(&t->has_answer);
	pthread_mutex_unlock(&t->lock);
}

const atomic_bool *__wrap_door_left(const struct message *m);

const atomic_bool *__wrap_door_left(const struct message *m)
{
	static const atomic_bool stays = false;
	(void)m;
	return &stays;
}

static void await_answer(struct travel *t)
{
	pthread_mutex_lock(&t->lock);
	while (!t->answered)
		pthread_cond_wait(&t->has_answer, &t->lock);
	pthread_mutex_unlock(&t->lock);
}

struct road *road_open(struct store *s)
{
	struct road *r = calloc(1, sizeof *r);
	if (r == NULL)
		abort();
	struct gateway *g = &r->gateway;
	*g = (struct gateway){ .clock = &system_clock,
			       .random = &system_random,
			       .log = { .fd = -1 },
			       .packer = event_packer_create(),
			       .store = s,
			       .workers = workers_create(1),
			       .long_reads = long_reads_create(),
			       .metrics = metrics_create(),
			       .refusals = refusals_create(),
			       .door_failures = door_failures_create(),
			       .ticks = ticks_start(&system_clock) };
	g->source = (struct audit_source){
		.source_id = "minato", .process_id = "1", .host = "gateway", .packer = g->packer
	};
	r->configuration.service.exchange_memory = 256 << 20;
	r->configuration.service.long_reads_waiting = 1;
	/* Who asks has shown a certificate; whose it is, the suite says. */
	r->head = (struct head){ .door = DOOR_HTTPS, .certificate_sha256 = "shown" };
	return r;
}

void road_close(struct road *r)
{
	struct gateway *g = &r->gateway;
	ticks_stop(g->ticks);
	workers_destroy(g->workers);
	long_reads_destroy(g->long_reads);
	refusals_destroy(g->refusals);
	door_failures_destroy(g->door_failures);
	metrics_destroy(g->metrics);
	event_packer_destroy(g->packer);
	free(r);
}

void road_may_fail(struct road *r)
{
	r->may_fail = true;
}

void road_run(struct road *r, struct exchange *x, size_t refuse, struct audit_event *e)
{
	struct travel *t = calloc(1, sizeof *t);
	if (t == NULL)
		abort();
	struct journey *j = &t->journey;
	t->suites = x->transaction;
	t->transaction = *x->transaction;
	t->transaction.read = read_it;
	t->transaction.weigh = x->transaction->weigh == NULL ? NULL : weigh_it;
	t->transaction.handle = handle_it;
	t->transaction.audited = audit_it;
	t->admission = x->admission;
	t->refuse = refuse;
	pthread_mutex_init(&t->lock, NULL);
	pthread_cond_init(&t->has_answer, NULL);
	*j = (struct journey){ .x = *x,
			       .gateway = &r->gateway,
			       .configuration = &r->configuration,
			       .road = &opened,
			       .message = (struct message *)(void *)t,
			       .head = &r->head,
			       .began = system_clock.elapsed(&system_clock) };
	j->x.transaction = &t->transaction;
	exchange_house.whole(j);
	await_answer(t);
	*x = j->x;
	x->transaction = t->suites;
	x->admission = t->admission;
	*e = j->events == NULL ? (struct audit_event){ 0 } : *j->events;
	CU_ASSERT_TRUE(t->done == (x->problem.code == PROBLEM_NONE) || (r->may_fail && t->done));
	CU_ASSERT_TRUE(t->read || !t->done);
	/* its record is kept; what cannot be recorded is not done */
	CU_ASSERT_TRUE(j->durable || (r->may_fail && x->problem.code != PROBLEM_NONE));
	pthread_cond_destroy(&t->has_answer);
	pthread_mutex_destroy(&t->lock);
	free(t);
}
