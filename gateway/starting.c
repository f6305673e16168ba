/* gateway/starting.c: what of the process stands by itself, and its threads behind their walls. */
#include "gateway/starting.h"

#include <unistd.h>

#include "gateway/assertion/memory.h"
#include "gateway/audit_backlog.h"
#include "gateway/base/arena.h"
#include "gateway/base/shares.h"
#include "gateway/base/workers.h"
#include "gateway/client/client_thread.h"
#include "gateway/config.h"
#include "gateway/door_failures.h"
#include "gateway/envelope/xml_reader.h"
#include "gateway/expiries.h"
#include "gateway/locked_out.h"
#include "gateway/long_reads.h"
#include "gateway/metrics.h"
#include "gateway/ocsp_asking.h"
#include "gateway/process.h"
#include "gateway/rates.h"
#include "gateway/readiness.h"
#include "gateway/refusals.h"
#include "gateway/retaining.h"
#include "gateway/revocations.h"
#include "gateway/ticks.h"
#include "gateway/transport/ocsp_answers.h"
#include "gateway/upkeep.h"
#include "gateway/walls.h"
#include "gateway/watching.h"
#include "profiles/actors/continuations.h"

enum { SPARE_CHUNKS = 256 }; /* 4 MiB: what some hundred small exchanges take at once */

/* Two questions of operators that take their time, and who watches us is still answered. */
enum { OPERATOR_WORKERS = 3 };

/* One may write the metrics, and the other still tells that we live. */
enum { WATCHER_WORKERS = 2 };

/* One may wait for the disk while the other hashes. */
enum { TAKING_WORKERS = 2 };

/* Two may wait for the disk, and still every processor has work; more only change places. */
static unsigned worker_count(const struct configuration *c)
{
	long processors = sysconf(_SC_NPROCESSORS_ONLN);
	if (c->service.workers != 0)
		return c->service.workers;
	return (processors < 1 ? 1 : (unsigned)processors) + 2;
}

/* Of a peer with much under way (gateway/base/workers.h). */
static unsigned apart_count(void)
{
	long processors = sysconf(_SC_NPROCESSORS_ONLN);
	return processors > 2 ? (unsigned)processors - 1 : 1;
}

/* Whatever a daemon does wrong, root does thoroughly. */
bool starting_as_root(struct gateway *g)
{
	if (geteuid() != 0 || g->configuration->service.allow_root)
		return true;
	log_failure(&g->log, "minatod was started by root", "the gateway does not start",
		    "start it as a user of its own, as minatod.service does; where there is only "
		    "root, in a container, say service allow-root = yes");
	return false;
}

bool starting_walls(struct gateway *g)
{
	char why[WALLS_WORDS];
	g->walls = walls_raise(g->configuration, why);
	if (g->walls == NULL)
		log_failure(&g->log, why, "the gateway does not start", WALLS_REMEDY);
	else
		log_write(&g->log, LOG_NOTICE, "walls: %s", walls_words(g->walls));
	return g->walls != NULL;
}

/* What has no threads. */
bool starting_shared(struct gateway *g)
{
	g->metrics = metrics_create();
	g->refusals = refusals_create();
	g->door_failures = door_failures_create();
	g->locked_out = locked_out_create();
	g->rates = rates_create();
	g->expiries = expiries_create();
	g->revocations = revocations_create();
	g->ocsp_answers = ocsp_answers_create(g->clock);
	g->ocsp_asking = g->ocsp_answers == NULL ? NULL : ocsp_asking_create(g);
	g->parsers = xml_parsers_create();
	g->assertions = assertion_memory_create(g->clock);
	g->memory = arena_pool_create(SPARE_CHUNKS);
	g->open_documents = shares_create();
	g->continuations = continuations_create();
	return g->packer != NULL && g->metrics != NULL && g->refusals != NULL
	       && g->door_failures != NULL && g->locked_out != NULL && g->rates != NULL
	       && g->expiries != NULL && g->revocations != NULL && g->assertions != NULL
	       && g->ocsp_asking != NULL && g->open_documents != NULL && g->continuations != NULL;
}

bool starting_pools(void *self)
{
	struct gateway *g = self;
	g->workers = workers_create_apart(worker_count(g->configuration), apart_count());
	g->operators = workers_create(OPERATOR_WORKERS);
	g->watchers = workers_create(WATCHER_WORKERS);
	g->taking = workers_create_behind(TAKING_WORKERS);
	g->long_reads = long_reads_create();
	g->ticks = ticks_start(g->clock);
	return g->workers != NULL && g->operators != NULL && g->watchers != NULL
	       && g->taking != NULL && g->long_reads != NULL && g->ticks != NULL;
}

bool starting_client(void *self)
{
	struct gateway *g = self;
	g->client = client_thread_start(g->clock);
	return g->client != NULL;
}

bool starting_readiness(void *self)
{
	struct gateway *g = self;
	const struct ready_audit audit = { .look = audit_backlog_look, .self = g };
	g->readiness = readiness_start(g->store, g->workers, g->clock, &audit);
	return g->readiness != NULL;
}

bool starting_front(void *self)
{
	struct gateway *g = self;
	g->front = front_create(g->workers, g->configuration->service.loops, &g->log);
	return g->front != NULL;
}

bool starting_retaining(void *self)
{
	struct gateway *g = self;
	g->retaining = retaining_start(g);
	return true;
}

bool starting_watching(void *self)
{
	struct gateway *g = self;
	g->watching = watching_start(g);
	return true;
}

bool starting_upkeep(void *self)
{
	struct gateway *g = self;
	g->upkeep = upkeep_start(g);
	return true;
}
