/* gateway/reloading.c: a new configuration takes the place of the one in effect, whole or not at
 * all. */
#include <pthread.h>
#include <stdlib.h>

#include "gateway/audit/courier.h"
#include "gateway/base/arena.h"
#include "gateway/base/spool.h"
#include "gateway/base/text.h"
#include "gateway/config.h"
#include "gateway/config_machine.h"
#include "gateway/expiries.h"
#include "gateway/ocsp_known.h"
#include "gateway/process.h"
#include "gateway/process_inside.h"
#include "gateway/revocations.h"
#include "store/names.h"
#include "store/region_mark.h"

/* One that is not open yet waits for the next start. */
bool gateway_renew_door(struct gateway *g, const struct config_door *d, const char **why)
{
	struct door_settings s = process_door_of(g, d);
	pthread_mutex_lock(&g->renewing);
	bool renewed = front_port(g->front, d->name) == 0 || front_renew(g->front, &s, why);
	pthread_mutex_unlock(&g->renewing);
	return renewed;
}

/* False after telling why: then the doors that were renewed are what they were. */
static bool renew_doors(struct gateway *g, const struct configuration *fresh)
{
	const struct config_door *const *failed = fresh->doors;
	const char *why = NULL;
	while (*failed != NULL && gateway_renew_door(g, *failed, &why))
		failed++;
	if (*failed == NULL)
		return true;
	log_write(&g->log, LOG_ERROR, "the %s door keeps its old settings: %s", (*failed)->name,
		  why);
	for (const struct config_door *const *d = fresh->doors; d != failed; d++) {
		const struct config_door *was = config_door_named(g->configuration, (*d)->name);
		if (was != NULL && !gateway_renew_door(g, was, &why))
			log_write(&g->log, LOG_ERROR, "the %s door has its new settings: %s",
				  was->name, why);
	}
	return false;
}

static bool same_repositories(const struct configuration *a, const struct configuration *b)
{
	bool same = a->audit_repository_count == b->audit_repository_count;
	for (size_t i = 0; same && i < a->audit_repository_count; i++) {
		const struct config_audit_repository *r = &a->audit_repositories[i],
						     *s = &b->audit_repositories[i];
		same = text_equal(r->name, s->name) && text_equal(r->host, s->host)
		       && r->port == s->port && text_equal(r->ca, s->ca)
		       && text_equal(r->certificate, s->certificate);
	}
	return same;
}

/* Certificates are read for each batch; only other repositories need another courier. */
static void renew_courier(struct gateway *g, const struct configuration *fresh)
{
	struct courier_destination *to = same_repositories(g->configuration, fresh)
						 ? NULL
						 : process_destinations(fresh);
	if (to != NULL && !courier_renew(g->courier, to, fresh->audit_repository_count))
		log_failure(&g->log, "the audit courier could not go on with the new repositories",
			    "some audit repository gets no records until it can",
			    "reload again, or restart the daemon");
	free(to);
}

/* The grammars are read before the first message comes (xml_seal()): a reload cannot. */
static bool can_be_strict(struct gateway *g, const struct configuration *fresh)
{
	if (g->grammars != NULL || !config_is_strict(fresh))
		return true;
	log_failure(&g->log, "strict-input needs the grammars, and they are read at the start only",
		    "the configuration was not reloaded; the one in use stays",
		    "restart the daemon, or switch strict-input off");
	return false;
}

/* Documents and ids are named by them: what is kept would not be found under others. */
static bool same_region(struct gateway *g, const struct configuration *fresh)
{
	const struct region *a = &g->configuration->region, *b = &fresh->region;
	if (text_equal(a->affinity_domain, b->affinity_domain)
	    && text_equal(a->home_community_id, b->home_community_id)
	    && text_equal(a->repository_unique_id, b->repository_unique_id))
		return true;
	log_failure(&g->log,
		    "region affinity-domain, home-community-id or repository-unique-id has changed",
		    "the configuration was not reloaded; the one in use stays",
		    "put it back; as long as the store is empty, restart the daemon instead");
	return false;
}

static bool same_repositories_held(struct gateway *g, const struct configuration *fresh)
{
	struct problem p = { .code = PROBLEM_NONE };
	if (region_mark_has_all(g->store, &fresh->region, &p))
		return true;
	log_failure(&g->log, p.what, "the configuration was not reloaded; the one in use stays",
		    problem_row(p.code)->remedy);
	return false;
}

static void tell_what_waits(struct gateway *g, const struct configuration *fresh)
{
	struct arena *a = arena_create(PROCESS_FAULTS_MEMORY);
	const char *later = a == NULL ? NULL : config_restart_needed(a, g->named, fresh);
	if (later != NULL)
		log_write(&g->log, LOG_WARNING, "takes effect at the next start: %s", later);
	arena_destroy(a);
}

/* As at the start; without them whoever writes such a name first gives it its number. */
static void give_names(struct gateway *g, const struct configuration *fresh)
{
	struct problem p = { .code = PROBLEM_NONE };
	if (!names_of_region(g->store, &fresh->region, &p))
		log_failure(&g->log, p.what,
			    "what is named anew is known to the store when it is first fed",
			    problem_row(p.code)->remedy);
}

void gateway_reload(struct gateway *g)
{
	const struct configuration *fresh = process_configuration(g->configuration->path), *old;
	if (fresh == NULL) {
		log_failure(&g->log, "the configuration was not reloaded", "the one in use stays",
			    NULL);
		return;
	}
	if (!can_be_strict(g, fresh) || !same_region(g, fresh) || !same_repositories_held(g, fresh)
	    || !revocations_agree(g, fresh)) {
		config_release(fresh);
		return;
	}
	ocsp_known_want(g, fresh); /* before a door looks at what is said */
	if (!renew_doors(g, fresh)) {
		config_release(fresh);
		return;
	}
	tell_what_waits(g, fresh);
	give_names(g, fresh);
	renew_courier(g, fresh);
	pthread_mutex_lock(&g->lock);
	old = g->configuration;
	g->configuration = fresh;
	pthread_mutex_unlock(&g->lock);
	config_release(old);
	spools_allow(g->spools, fresh->service.answers_memory, fresh->service.answers_disk);
	process_set_log(g, fresh);
	gateway_alert(g, "110129", "Security Configuration", AUDIT_DOING_RELOAD,
		      "configuration and certificates reloaded");
	log_write(&g->log, LOG_NOTICE, "configuration reloaded");
	expiries_look(g);
}
