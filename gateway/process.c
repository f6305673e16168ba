/* gateway/process.c: starts, renews and stops the one process. */
#include "gateway/process.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gateway/assertion/memory.h"
#include "gateway/audit/anchoring.h"
#include "gateway/audit/courier.h"
#include "gateway/audit/event_packing.h"
#include "gateway/audit/indexer.h"
#include "gateway/base/arena.h"
#include "gateway/base/machine_memory.h"
#include "gateway/base/shares.h"
#include "gateway/base/spool.h"
#include "gateway/base/text.h"
#include "gateway/base/workers.h"
#include "gateway/bodies_kept.h"
#include "gateway/client/calls.h"
#include "gateway/client/circuits.h"
#include "gateway/client/client_thread.h"
#include "gateway/composing.h"
#include "gateway/config.h"
#include "gateway/config_machine.h"
#include "gateway/door_failures.h"
#include "gateway/envelope/xml_reader.h"
#include "gateway/errands/outbox.h"
#include "gateway/errands/visit.h"
#include "gateway/exchanges_noted.h"
#include "gateway/expiries.h"
#include "gateway/grammars.h"
#include "gateway/journey.h"
#include "gateway/locked_out.h"
#include "gateway/long_reads.h"
#include "gateway/long_work.h"
#include "gateway/metrics.h"
#include "gateway/ocsp_asking.h"
#include "gateway/ocsp_known.h"
#include "gateway/process_inside.h"
#include "gateway/rates.h"
#include "gateway/readiness.h"
#include "gateway/receiving.h"
#include "gateway/refusals.h"
#include "gateway/retaining.h"
#include "gateway/revocations.h"
#include "gateway/starting.h"
#include "gateway/ticks.h"
#include "gateway/transport/ocsp_answers.h"
#include "gateway/upkeep.h"
#include "gateway/walls.h"
#include "gateway/watching.h"
#include "profiles/actors/continuations.h"
#include "profiles/transaction.h"
#include "store/exchange_bodies.h"
#include "store/exchange_log.h"
#include "store/identity.h"
#include "store/months.h"
#include "store/names.h"
#include "store/region_mark.h"
#include "store/store.h"

enum { EVENT_MEMORY = 1 << 20 };

const struct configuration *gateway_configuration(struct gateway *g)
{
	pthread_mutex_lock(&g->lock);
	const struct configuration *c = config_hold(g->configuration);
	pthread_mutex_unlock(&g->lock);
	return c;
}

struct loading {
	const char *path;
	struct arena *arena;
	const struct configuration *configuration;
};

/* Of a configuration that is not in effect nobody knows its log-format. */
static void tell_fault(struct arena *a, const struct config_fault *f)
{
	struct log log = { .fd = STDERR_FILENO, .level = LOG_ERROR };
	log_set_format(&log, LOG_AUTO);
	if (!log.journal)
		config_tell_fault(f, stderr);
	else
		log_failure(&log,
			    f->place.line == 0 ? arena_printf(a, "%s: %s", f->place.file, f->what)
					       : arena_printf(a, "%s:%u: %s", f->place.file,
							      f->place.line, f->what),
			    NULL, f->remedy);
}

static void load(void *with)
{
	struct loading *l = with;
	const struct config_fault *faults = NULL;
	l->configuration = config_load(l->path, l->arena, &faults);
	for (; faults != NULL; faults = faults->next)
		tell_fault(l->arena, faults);
}

const struct configuration *process_configuration(const char *path)
{
	struct loading l = { .path = path, .arena = arena_create(PROCESS_FAULTS_MEMORY) };
	if (l.arena == NULL || !arena_run(l.arena, load, &l))
		fprintf(stderr, "%s: out of memory\n", path);
	arena_destroy(l.arena);
	return l.configuration;
}

/* ---- Start and stop are recorded, too ---- */

struct recording {
	struct gateway *gateway;
	struct arena *arena;
	struct audit_event *event;
};

static bool record_run(void *with, struct store_txn *t, struct problem *p)
{
	struct recording *r = with;
	return audit_record_append(t, r->arena, &r->gateway->source, r->event)
	       || problem_set(p, PROBLEM_AUDIT_UNAVAILABLE, "the audit record could not be kept");
}

/* Kept, and on its way to the repositories: nobody may ask anything for hours. */
static bool keep_record(struct recording *r, struct problem *p)
{
	const struct store_afresh afresh = { .arena = r->arena };
	bool kept = store_write_on_reserve(r->gateway->store, &afresh, record_run, r, p);
	if (kept)
		courier_wake(r->gateway->courier);
	return kept;
}

static bool keep_application(struct gateway *g, bool start, struct problem *p)
{
	struct recording r = { .gateway = g, .arena = arena_create(EVENT_MEMORY) };
	char by[32];
	if (r.arena == NULL)
		return problem_set(p, PROBLEM_OUT_OF_RESOURCES, "no memory for a record");
	snprintf(by, sizeof by, "uid %u", (unsigned)getuid());
	r.event = audit_application(r.arena, &g->source, start, by, g->clock->now(g->clock));
	bool kept = keep_record(&r, p);
	arena_destroy(r.arena);
	return kept;
}

static bool record_application(struct gateway *g, bool start)
{
	struct problem p = { .code = PROBLEM_NONE };
	bool kept = keep_application(g, start, &p);
	if (!kept)
		log_failure(&g->log, p.what, "start or stop is not in the audit log",
			    problem_row(p.code)->remedy);
	return kept;
}

bool gateway_alert(struct gateway *g, const char *code, const char *name, enum audit_doing doing,
		   const char *description)
{
	struct recording r = { .gateway = g, .arena = arena_create(EVENT_MEMORY) };
	struct audit_alert alert = {
		.code = code, .name = name, .doing = doing, .description = description
	};
	struct problem p = { .code = PROBLEM_NONE };
	if (r.arena == NULL)
		return false;
	struct audit_event *e = audit_alert(r.arena, &g->source, &alert, g->clock->now(g->clock));
	e->outcome = AUDIT_SUCCESS;
	r.event = e;
	bool kept = keep_record(&r, &p);
	if (!kept)
		log_failure(&g->log, p.what, "an alert is not in the audit log",
			    problem_row(p.code)->remedy);
	arena_destroy(r.arena);
	return kept;
}

/* ---- Doors ---- */

/* The operator, and who watches us, are answered by threads of their own, whatever clinics do: of
 * the doors where nobody needs to be known, so that strangers take no time of the operator's
 * either. */
struct workers *gateway_workers_at(const struct gateway *g, const struct config_door *d)
{
	if (d == NULL)
		return g->workers;
	if (d->kind == DOOR_LOCAL || d->kind == DOOR_ADMIN)
		return g->operators;
	return (d->serves & SERVES_TRANSACTIONS) != 0 ? g->workers : g->watchers;
}

struct door_settings process_door_of(const struct gateway *g, const struct config_door *d)
{
	struct workers *workers = gateway_workers_at(g, d);
	return (struct door_settings){ .kind = d->kind,
				       .name = d->name,
				       .section = d->section,
				       .address = d->address,
				       .port = d->port,
				       .tls = d->tls,
				       .limits = d->limits,
				       .house = &g->house,
				       .answers = g->ocsp_answers,
				       .workers = workers,
				       .large = workers == g->workers ? g->taking : NULL };
}

static bool same_tls(const struct tls_profile_paths *a, const struct tls_profile_paths *b)
{
	return text_equal(a->certificate, b->certificate) && text_equal(a->ca, b->ca)
	       && text_equal(a->crl, b->crl) && a->crl_grace == b->crl_grace
	       && text_equal(a->profile, b->profile) && a->clients == b->clients
	       && a->ocsp == b->ocsp && a->ocsp_max_age == b->ocsp_max_age
	       && a->ocsp_every == b->ocsp_every && a->ocsp_staple == b->ocsp_staple
	       && text_equal(a->ocsp_responder, b->ocsp_responder);
}

static bool open_doors(struct gateway *g)
{
	for (const struct config_door *const *d = g->configuration->doors; *d != NULL; d++) {
		struct door_settings s = process_door_of(g, *d);
		const char *why = NULL;
		s.tls_of_https = (*d)->kind == DOOR_MLLP
				 && same_tls(&s.tls, &g->configuration->https.tls);
		if (!front_open(g->front, &s, &why)) {
			log_write(&g->log, LOG_ERROR, "the %s door (%s port %u) cannot open: %s",
				  s.name, s.address, s.port, why);
			return false;
		}
	}
	return true;
}

struct courier_destination *process_destinations(const struct configuration *c)
{
	struct courier_destination *to = calloc(c->audit_repository_count + 1, sizeof *to);
	for (size_t i = 0; to != NULL && i < c->audit_repository_count; i++) {
		const struct config_audit_repository *r = &c->audit_repositories[i];
		to[i] = (struct courier_destination){ .name = r->name,
						      .host = r->host,
						      .port = r->port,
						      .ca = r->ca,
						      .certificate = r->certificate };
	}
	return to;
}

static bool start_courier(void *self)
{
	struct gateway *g = self;
	const struct configuration *c = g->configuration;
	struct courier_destination *to = process_destinations(c);
	if (to == NULL)
		return false;
	g->courier = courier_start(g->store, to, c->audit_repository_count, g->source.host,
				   g->source.process_id, g->clock, &g->log);
	free(to);
	return g->courier != NULL;
}

/* What of the configuration an errand needs: a reload may have changed it since. */
struct looking_up {
	const struct configuration *configuration;
	struct arena *arena;
	const struct errand *errand;
	struct errand_partner *out;
	bool found;
};

static void found_partner(struct looking_up *l, const struct partner *p)
{
	const struct configuration *c = l->configuration;
	if (p == NULL)
		return;
	*l->out = (struct errand_partner){
		.name = arena_text(l->arena, p->name),
		.url = arena_text(l->arena, p->url),
		.us = p->identity,
		.connections = p->connections,
		.answer_seconds = p->answer_seconds,
		.give_up_seconds = c->outbox.give_up_seconds,
	};
	l->out->us.ca = arena_text(l->arena, p->identity.ca);
	l->out->us.certificate = arena_text(l->arena, p->identity.certificate);
	if (p->identity.crl != NULL)
		l->out->us.crl = arena_text(l->arena, p->identity.crl);
	if (p->identity.server_name != NULL)
		l->out->us.server_name = arena_text(l->arena, p->identity.server_name);
	if (p->device_id != NULL)
		l->out->device_id = arena_text(l->arena, p->device_id);
	l->found = true;
}

/* An answer goes to a partner that the section of the system that asked names. */
static void look_up_answers(void *with)
{
	struct looking_up *l = with;
	const struct region *r = &l->configuration->region;
	const struct registered_system *s = region_system(r, l->errand->partner);
	found_partner(l, s == NULL ? NULL : region_answers_at(r, s, l->errand->address));
}

/* A notification to where the system is told of changes now. */
static void look_up_notified(void *with)
{
	struct looking_up *l = with;
	const struct region *r = &l->configuration->region;
	found_partner(l, region_notified(r, region_system(r, l->errand->partner)));
}

/* What a consumer is told to one that the section of the system that subscribed names. */
static void look_up_consumer(void *with)
{
	struct looking_up *l = with;
	const struct region *r = &l->configuration->region;
	found_partner(l,
		      region_consumer(r, region_system(r, l->errand->partner), l->errand->address));
}

/* What patients are told, to whoever tells them now. */
static void look_up_patient_notices(void *with)
{
	struct looking_up *l = with;
	found_partner(l, l->configuration->region.patient_notices);
}

/* Whom it is for; what a patient is told is for no system, whatever the partner's name is. */
static const struct registered_system *receiver_of(const struct looking_up *l,
						   enum partner_purpose purpose)
{
	return purpose == PARTNER_PATIENT_NOTICES
		       ? NULL
		       : region_system(&l->configuration->region, l->errand->partner);
}

static bool partner_of(void *self, struct arena *a, enum partner_purpose purpose,
		       const struct errand *e, struct errand_partner *out)
{
	static void (*const by_purpose[PARTNER_PURPOSES])(void *with) = {
		[PARTNER_ANSWERS] = look_up_answers,
		[PARTNER_PIX_NOTIFICATIONS] = look_up_notified,
		[PARTNER_SUBSCRIPTIONS] = look_up_consumer,
		[PARTNER_PATIENT_NOTICES] = look_up_patient_notices,
	};
	struct looking_up l = {
		.configuration = gateway_configuration(self), .arena = a, .errand = e, .out = out
	};
	bool whole = arena_run(a, by_purpose[purpose], &l);
	out->locked_out = locked_out_has(((struct gateway *)self)->locked_out,
					 receiver_of(&l, purpose));
	config_release(l.configuration);
	return whole && l.found;
}

static bool start_indexer(struct gateway *g)
{
	g->indexer = indexer_start(g->store, &g->log);
	return g->indexer != NULL;
}

static bool start_outbox(struct gateway *g)
{
	g->outbox = outbox_start(&(struct rounds_settings){ .store = g->store,
							    .clock = g->clock,
							    .random = g->random,
							    .log = &g->log,
							    .node = g->source.host,
							    .self = g,
							    .look_up = partner_of,
							    .compose = composing_compose,
							    .holds = composing_holds,
							    .leaves = composing_leaves,
							    .record = composing_record,
							    .recorded = composing_recorded,
							    .conclude = composing_conclude },
				 g->client);
	return g->outbox != NULL;
}

/* What the anchoring signs with and where, and whom verifying asks about: as the configuration says
 * at the start. */
static bool open_anchoring(struct gateway *g)
{
	const struct configuration *c = g->named;
	const char **names = calloc(c->audit_repository_count + 1, sizeof *names), *why = NULL;
	struct anchor_key *key = c->audit.anchor_key == NULL
					 ? NULL
					 : anchor_key_read(c->audit.anchor_key, &why);
	struct anchor_keys *others = c->audit.others_anchor_keys == NULL || why != NULL
					     ? NULL
					     : anchor_keys_read(c->audit.others_anchor_keys, &why);
	g->anchors = calloc(1, sizeof *g->anchors);
	if (g->anchors == NULL || names == NULL || why != NULL) {
		log_write(&g->log, LOG_ERROR, "the audit log cannot be anchored: %s",
			  why == NULL ? "no memory" : why);
		anchor_key_free(key);
		anchor_keys_free(others);
		free(names);
		return false;
	}
	for (size_t i = 0; i < c->audit_repository_count; i++)
		names[i] = c->audit_repositories[i].name;
	*g->anchors = (struct anchors){ .file = c->audit.anchors,
					.key = key,
					.others = others,
					.repositories = names,
					.repository_count = c->audit_repository_count,
					.source = &g->source };
	if (key == NULL)
		log_write(&g->log, LOG_WARNING,
			  "no anchor-key: who can write the data directory can "
			  "rewrite the audit log unseen; see minato.conf(5)");
	g->anchoring = anchoring_open(
		&(struct anchoring_settings){ .store = g->store,
					      .anchors = g->anchors,
					      .seconds = c->audit.anchor_seconds,
					      .source = &g->source,
					      .courier = g->courier,
					      .clock = g->clock,
					      .log = &g->log });
	return g->anchoring != NULL;
}

static void close_anchors(struct anchors *at)
{
	if (at != NULL) {
		anchor_key_free((struct anchor_key *)at->key);
		anchor_keys_free((struct anchor_keys *)at->others);
		free((void *)at->repositories);
	}
	free(at);
}

static void name_ourselves(struct gateway *g)
{
	if (gethostname(g->host, sizeof g->host - 1) != 0)
		snprintf(g->host, sizeof g->host, "localhost");
	snprintf(g->pid, sizeof g->pid, "%ld", (long)getpid());
	g->named = gateway_configuration(g);
	g->source = (struct audit_source){
		.enterprise_site_id = g->named->audit.enterprise_site_id,
		.source_id = g->named->audit.source_id,
		.process_id = g->pid,
		.host = g->host,
		.packer = g->packer,
	};
}

/* Of the repositories that have one; to be freed. NULL: no memory. */
static const char **document_directories(const struct region *r)
{
	const char **all = calloc(r->repository_count + 1, sizeof *all);
	size_t count = 0;
	for (size_t i = 0; all != NULL && i < r->repository_count; i++)
		if (r->repositories[i].directory != NULL)
			all[count++] = r->repositories[i].directory;
	return all;
}

/* What was configured, or a part of the memory there is. */
static uint64_t memory_for(uint64_t configured, unsigned part)
{
	return configured != 0 ? configured
			       : memory_part(machine_memory(), part, 64 << 20, 1 << 30);
}

static void tell_made(const struct gateway *g, const char *index, uint64_t records)
{
	if (records != 0)
		log_write(&g->log, LOG_NOTICE,
			  "the index of %s was made of %" PRIu64 " patient records", index,
			  records);
}

static bool open_store_of(struct gateway *g, struct problem *p)
{
	enum { CACHE_PART = 8, CACHE_PART_MOST = 4, SNAPSHOT_PART = 16 };
	const char **directories = document_directories(&g->configuration->region);
	char brought_by[PATH_MAX + 64];
	snprintf(brought_by, sizeof brought_by, "minato -c %s migrate", g->configuration->path);
	struct store_settings s = {
		.directory = g->rehearsing != NULL ? g->rehearsing
						   : g->configuration->store.directory,
		.rehearsed = g->rehearsing != NULL,
		.node = g->host,
		.document_directories = g->rehearsing != NULL ? NULL : directories,
		.cache_bytes = memory_for(g->configuration->store.cache, CACHE_PART),
		.cache_most = g->configuration->store.cache != 0
				      ? 0
				      : memory_part(machine_memory(), CACHE_PART_MOST, 0, SIZE_MAX),
		.snapshot_bytes = memory_for(g->configuration->store.snapshot_memory,
					     SNAPSHOT_PART),
		.audit_reserve = g->configuration->store.audit_reserve,
		.at_rest = g->at_rest,
		.brought_by = brought_by,
		.rekeying = g->rekeying[0] == '\0' ? NULL : g->rekeying,
		.log = &g->log,
		.clock = g->clock,
		.random = g->random,
	};
	log_write(&g->log, LOG_DETAIL, "store: snapshots %zu MiB", (size_t)s.snapshot_bytes >> 20);
	g->store = directories == NULL ? NULL : store_open(&s, p);
	free(directories);
	return g->store != NULL && region_mark_agrees(g->store, &g->configuration->region, p)
	       && names_of_region(g->store, &g->configuration->region, p)
	       && months_ready(g->store, p);
}

static bool open_store(void *self)
{
	struct gateway *g = self;
	struct problem p = { .code = PROBLEM_NONE };
	uint64_t indexed = 0, keyed = 0;
	bool ours = open_store_of(g, &p) && identity_candidates_ready(g->store, &indexed, &p)
		    && identity_keys_ready(g->store, &keyed, &p);
	if (ours)
		exchanges_open(g);
	ours = ours && bodies_open(g, &p);
	tell_made(g, "candidates", indexed);
	tell_made(g, "keys for matching", keyed);
	if (!ours)
		log_failure(&g->log, p.what, "the gateway does not start",
			    problem_row(p.code)->remedy);
	return ours;
}

/* Below the store's directory, which is there, ours alone, and has room. */
static bool open_spools(struct gateway *g)
{
	const struct configuration *c = g->configuration;
	g->spools = spools_create(c->store.directory);
	if (g->spools != NULL)
		spools_allow(g->spools, c->service.answers_memory, c->service.answers_disk);
	return g->spools != NULL;
}

static bool load_grammars(struct gateway *g)
{
	struct problem p = { .code = PROBLEM_NONE };
	bool strict = config_is_strict(g->configuration);
	if (strict)
		g->grammars = grammars_load(g->configuration->service.grammars, &p);
	xml_seal();
	if (strict && g->grammars == NULL)
		log_failure(&g->log, p.what,
			    "strict-input cannot be honoured, so the gateway does not start",
			    "install the grammars (make install), or switch strict-input off");
	return !strict || g->grammars != NULL;
}

/* ---- The start ---- */

static bool start_rounds(void *self)
{
	return start_indexer(self) && start_outbox(self);
}

static bool begin_anchoring(void *self)
{
	struct gateway *g = self;
	return anchoring_begin(g->anchoring);
}

/* Long work reads and writes where the operator says: it stands behind what holds for all. */
static bool start_threads(struct gateway *g)
{
	g->long_works = long_works_create(LONG_WORK_PLACES);
	g->circuits = circuits_create(g->clock);
	if (g->long_works != NULL && g->circuits != NULL
	    && walls_within(g->walls, WALL_KEEPING, starting_pools, g)
	    && walls_within(g->walls, WALL_CALLING, starting_client, g) && open_spools(g)
	    && walls_within(g->walls, WALL_DELIVERING, start_courier, g)
	    && walls_within(g->walls, WALL_KEEPING, start_rounds, g))
		return true;
	log_write(&g->log, LOG_ERROR, "the system gives no more threads or memory");
	return false;
}

static void begin(struct gateway *g, const char *path, const struct log *log)
{
	*g = (struct gateway){ .clock = &system_clock, .random = &g->supply.source, .log = *log };
	random_supply_begin(&g->supply, &system_random);
	pthread_mutex_init(&g->lock, NULL);
	pthread_mutex_init(&g->renewing, NULL);
	calls_library_begin();
	g->started = g->clock->elapsed(g->clock);
	g->started_at = g->clock->now(g->clock);
	g->house = exchange_house;
	g->house.self = g;
	g->configuration = process_configuration(path);
}

void process_set_log(struct gateway *g, const struct configuration *c)
{
	g->log.level = (enum log_level)c->service.log_level;
	log_set_format(&g->log, (enum log_format)c->service.log_format);
}

/* Before there is a thread, a store or a door. */
static bool prepare(struct gateway *g)
{
	process_set_log(g, g->configuration);
	if (!starting_as_root(g) || !starting_at_rest(g) || !starting_walls(g))
		return false;
	g->packer = event_packer_create();
	name_ourselves(g);
	return load_grammars(g);
}

/* Without walls: they would stand around what is done next, and nobody is heard. */
bool gateway_alert_alone(const char *path, const struct log *log, const char *code,
			 const char *name, enum audit_doing doing, const char *description)
{
	struct gateway g;
	begin(&g, path, log);
	bool kept = g.configuration != NULL && starting_as_root(&g) && starting_at_rest(&g);
	if (kept) {
		g.packer = event_packer_create();
		name_ourselves(&g);
		kept = open_store(&g) && gateway_alert(&g, code, name, doing, description);
	}
	gateway_stop(&g);
	return kept;
}

/* Indices that would be made first are not: that takes its time, and nothing else refuses it. */
bool gateway_rehearse(const char *path, const char *directory, const struct log *log,
		      struct problem *p)
{
	struct gateway g;
	begin(&g, path, log);
	g.rehearsing = directory;
	if (g.configuration == NULL)
		return false;
	g.packer = event_packer_create();
	name_ourselves(&g);
	return open_store_of(&g, p) && starting_shared(&g) && open_anchoring(&g)
	       && keep_application(&g, true, p) && locked_out_look(&g) && ocsp_asking_look(&g);
}

bool gateway_start(struct gateway *g, const char *path, const struct log *log)
{
	begin(g, path, log);
	if (g->configuration == NULL || !prepare(g)
	    || !walls_within(g->walls, WALL_KEEPING, open_store, g))
		return false;
	if (!starting_shared(g)) {
		log_write(&g->log, LOG_ERROR, "the system gives no more memory");
		return false;
	}
	if (!start_threads(g) || !walls_within(g->walls, WALL_KEEPING, starting_readiness, g)
	    || !walls_within(g->walls, WALL_LISTENING, starting_front, g) || !open_anchoring(g)
	    || !record_application(g, true)
	    || !walls_within(g->walls, WALL_KEEPING, begin_anchoring, g))
		return false;
	if (!locked_out_look(g) || !ocsp_asking_look(g))
		return false;
	calls_kept_settle(g, true); /* before the first of this process */
	/* before anybody asks for its status */
	walls_within(g->walls, WALL_KEEPING, starting_retaining, g);
	walls_within(g->walls, WALL_KEEPING, starting_watching, g);
	revocations_agree(g, g->configuration); /* what does not was told, and stops nobody */
	expiries_look(g);
	ocsp_known_want(g, g->configuration);
	if (!walls_within(g->walls, WALL_KEEPING, ocsp_asking_start, g))
		return false;
	if (!open_doors(g) || !receiving_start(g, &g->receiving))
		return false;
	walls_within(g->walls, WALL_KEEPING, starting_upkeep, g);
	return true;
}

/* Whole seconds until then, one for the last of them. */
static unsigned seconds_left(const struct gateway *g, int64_t until)
{
	int64_t left = until - g->clock->elapsed(g->clock);
	return left <= 0 ? 0 : (unsigned)((left + 999999) / 1000000);
}

/* stop-within is for all of them together. */
void gateway_stop(struct gateway *g)
{
	unsigned within = g->configuration == NULL ? 0 : g->configuration->service.stop_within;
	int64_t until = g->clock->elapsed(g->clock) + (int64_t)within * 1000000;
	bool ran = g->front != NULL;
	if (ran) {
		front_stop(g->front, within);
		upkeep_stop(g->upkeep); /* it renews doors, and wakes the outbox */
		ocsp_asking_stop(g);    /* it looks at peers; what is under way is given up below */
		front_destroy(g->front); /* waits for what the workers still hold */
	}
	receiving_stop(g->receiving);
	outbox_stop(g->outbox);
	client_thread_stop(g->client);
	ocsp_asking_destroy(g->ocsp_asking);
	long_works_destroy(g->long_works); /* first, for what is left to do the others do */
	long_reads_destroy(g->long_reads);
	if (g->taking != NULL)
		workers_destroy(g->taking);
	readiness_stop(g->readiness);
	if (g->watchers != NULL)
		workers_destroy(g->watchers);
	if (g->operators != NULL)
		workers_destroy(g->operators);
	if (g->workers != NULL)
		workers_destroy(g->workers);
	ticks_stop(g->ticks);
	watching_stop(g->watching); /* whom the operators' workers ask; it wakes the outbox */
	outbox_free(g->outbox);
	retaining_stop(g->retaining);
	if (ran) {
		refusals_sweep(g, true);
		record_application(g, false);
	}
	indexer_stop(g->indexer);
	anchoring_close(g->anchoring);
	courier_stop(g->courier, seconds_left(g, until));
	if (ran) {
		exchanges_write(g);
		bodies_write(g);
	}
	exchange_log_close(g->exchange_log);
	exchange_bodies_close(g->exchange_bodies);
	bool had_store = g->store != NULL;
	store_close(g->store);
	readiness_destroy(g->readiness);
	close_anchors(g->anchors);
	event_packer_destroy(g->packer);
	metrics_destroy(g->metrics);
	refusals_destroy(g->refusals);
	door_failures_destroy(g->door_failures);
	locked_out_destroy(g->locked_out);
	rates_destroy(g->rates);
	circuits_destroy(g->circuits);
	expiries_destroy(g->expiries);
	revocations_destroy(g->revocations);
	ocsp_answers_destroy(g->ocsp_answers);
	xml_parsers_destroy(g->parsers);
	assertion_memory_destroy(g->assertions);
	spools_destroy(g->spools);
	starting_undone_at_rest(g, had_store);
	shares_destroy(g->open_documents);
	continuations_destroy(g->continuations);
	arena_pool_destroy(g->memory);
	grammars_free(g->grammars);
	walls_free(g->walls);
	config_release(g->named);
	config_release(g->configuration);
	random_supply_end(&g->supply);
	pthread_mutex_destroy(&g->renewing);
	pthread_mutex_destroy(&g->lock);
	calls_library_end();
}
