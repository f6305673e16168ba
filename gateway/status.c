/* gateway/status.c: what the gateway says of itself. */
#include "gateway/status.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gateway/audit/courier.h"
#include "gateway/audit_backlog.h"
#include "gateway/client/circuits.h"
#include "gateway/config.h"
#include "gateway/errands/outbox.h"
#include "gateway/expiries.h"
#include "gateway/long_work.h"
#include "gateway/metrics.h"
#include "gateway/ocsp_shown.h"
#include "gateway/process.h"
#include "gateway/readiness.h"
#include "gateway/retaining.h"
#include "gateway/storages.h"
#include "gateway/walls.h"
#include "profiles/transaction.h"
#include "store/audit_aside.h"
#include "store/audit_expiring.h"
#include "store/audit_received.h"
#include "store/consent_papers.h"
#include "store/disasters.h"
#include "store/errands.h"
#include "store/inboxes.h"
#include "store/lease.h"
#include "store/lockouts.h"
#include "store/match_queue.h"
#include "store/notices.h"
#include "store/overrides.h"
#include "store/store.h"
#include "store/store_form.h"
#include "store/usage.h"
#include <config.h>

enum { QUEUES_SHOWN = 20 };        /* of those in trouble; minato errand list has all */
enum { SOURCES_SHOWN = 100 };      /* of audit records of others; the same */
enum { CERTIFICATES_SHOWN = 100 }; /* metrics have all */
enum { LEASES_LOOKED_AT = 200 }; /* a node has some forty at most: partners visited, repositories */

static const char *time_text(struct arena *a, instant t)
{
	char text[XML_TIME_TEXT];
	instant_to_xml(t, text);
	return arena_text(a, text);
}

/* As they are today: a door that the next start only opens does not listen yet. */
static json_t *describe_doors(struct gateway *g, struct exchange *x, const struct configuration *c)
{
	static const char *const certificates[] = { "required", "optional", "none" };
	json_t *list = json_array();
	for (const struct config_door *const *d = c->doors; *d != &c->local; d++) {
		struct door_seen seen = { .open = 0 };
		bool open = front_look(g->front, (*d)->name, &seen);
		json_t *one = json_pack(
			"{s:s, s:s, s:s, s:i, s:i, s:s, s:s, s:b}", "door", (*d)->name, "protocol",
			door_kind_name((*d)->kind), "address", (*d)->address, "port",
			(int)front_port(g->front, (*d)->name), "open", (int)seen.open,
			"certificates", certificates[seen.clients], "serves",
			config_door_services(x->arena, *d), "listens", open);
		if (seen.sha256[0] != '\0')
			json_object_set_new(one, "certificate_sha256", json_string(seen.sha256));
		json_array_append_new(list, one);
	}
	return list;
}

static json_t *describe_actors(const struct configuration *c)
{
	json_t *list = json_array();
	for (unsigned a = 0; a < ACTOR_COUNT; a++)
		if (a != REGION_OPERATOR)
			json_array_append_new(list, json_pack("{s:s, s:b}", "actor",
							      actor_name((enum actor)a), "on",
							      c->actors.on[a]));
	return list;
}

/* How many records wait for the operator, for the reason the repository does not take them. */
static void describe_aside(json_t *one, struct store_txn *t, const char *repository)
{
	uint64_t aside = t == NULL || repository == NULL ? 0 : audit_aside_count(t, repository);
	if (aside != 0)
		json_object_set_new(one, "aside", json_integer((json_int_t)aside));
}

/* Up to when records have gone by rule (keep, keep-received). */
static void describe_known_since(struct arena *a, struct store_txn *t, json_t *o)
{
	static const char *const names[] = { "known_since", "received_known_since" };
	instant since;
	for (int kind = AUDIT_OWN; kind <= AUDIT_RECEIVED; kind++)
		if (audit_known_since(t, (enum audit_kind)kind, &since))
			json_object_set_new(o, names[kind], json_string(time_text(a, since)));
}

/* What each source of others' audit records has here, and what of it was not kept since the
 * start. */
static json_t *describe_received(struct gateway *g, struct arena *a, struct store_txn *t)
{
	size_t count;
	struct received_source *list = received_sources(t, a, SOURCES_SHOWN, &count);
	json_t *all = json_array();
	for (size_t i = 0; i < count; i++) {
		const struct received_source *s = &list[i];
		json_array_append_new(
			all, json_pack("{s:s, s:I, s:I, s:I, s:I, s:s*, s:s*, s:I}", "source",
				       s->name, "records", (json_int_t)s->used.records, "again",
				       (json_int_t)s->used.again, "odd", (json_int_t)s->used.odd,
				       "octets", (json_int_t)s->used.octets, "oldest",
				       s->oldest == 0 ? NULL : time_text(a, s->oldest), "newest",
				       s->newest == 0 ? NULL : time_text(a, s->newest), "refused",
				       (json_int_t)metrics_refused_records(g->metrics, s->name)));
	}
	return all;
}

static json_t *describe_audit(struct gateway *g, struct exchange *x, uint64_t records)
{
	struct problem p = { .code = PROBLEM_NONE };
	struct store_txn *t = store_begin_read(g->store, &p);
	size_t count;
	struct courier_state *states = courier_look(g->courier, x->arena, &count);
	json_t *list = json_array();
	for (size_t i = 0; i < count; i++) {
		uint64_t waiting = audit_backlog(&states[i], records);
		json_t *one = json_pack("{s:s*, s:I, s:I}", "name", states[i].name, "delivered",
					(json_int_t)states[i].delivered, "waiting",
					(json_int_t)waiting);
		if (states[i].unreachable_since != 0)
			json_object_set_new(
				one, "problem",
				json_string(arena_printf(
					x->arena, "not reached since %s",
					time_text(x->arena, states[i].unreachable_since))));
		describe_aside(one, t, states[i].name);
		json_array_append_new(list, one);
	}
	json_t *o = json_pack("{s:I, s:o}", "records", (json_int_t)records, "repositories", list);
	if (t != NULL) {
		describe_known_since(x->arena, t, o);
		json_object_set_new(o, "received", describe_received(g, x->arena, t));
	}
	store_end(t);
	return o;
}

static json_t *describe_queue(struct exchange *x, struct store_txn *t, const struct errand_queue *q)
{
	uint64_t late = notices_late(t, x->arena, q->partner);
	return json_pack("{s:s, s:s, s:I, s:I, s:I, s:i, s:s*, s:s*}", "partner", q->partner,
			 "address", q->address, "waiting", (json_int_t)q->waiting, "aside",
			 (json_int_t)q->aside, "late", (json_int_t)late, "failures",
			 (int)q->failures, "due",
			 q->failures == 0 || q->waiting == 0 ? NULL : time_text(x->arena, q->due),
			 "problem", q->why);
}

/* What waits to be sent; queues that fail, or have something aside, are shown one by one. */
static json_t *describe_outbox(struct gateway *g, struct exchange *x)
{
	struct problem p = { .code = PROBLEM_NONE };
	struct rounds_counts counts;
	struct errand_totals all = { 0 };
	struct errand_queue *queues = NULL;
	size_t count = 0, shown = 0;
	uint64_t aside = 0;
	struct store_txn *t = store_begin_read(g->store, &p);
	json_t *list = json_array();
	if (t != NULL) {
		errand_count(t, &all);
		queues = errand_queues(t, x->arena, &count);
	}
	for (size_t i = 0; i < count; i++) {
		aside += queues[i].aside;
		if ((queues[i].failures != 0 || queues[i].aside != 0) && shown++ < QUEUES_SHOWN)
			json_array_append_new(list, describe_queue(x, t, &queues[i]));
	}
	store_end(t);
	outbox_count(g->outbox, &counts);
	return json_pack("{s:I, s:I, s:I, s:I, s:I, s:o}", "waiting",
			 (json_int_t)(all.count - aside), "aside", (json_int_t)aside, "octets",
			 (json_int_t)all.octets, "done", (json_int_t)counts.done, "under_way",
			 (json_int_t)counts.visits, "troubled", list);
}

/* What each system has of the disk, and may have at most. */
static json_t *describe_stored(struct gateway *g, struct exchange *x, const struct configuration *c)
{
	struct problem p = { .code = PROBLEM_NONE };
	struct store_txn *t = store_begin_read(g->store, &p);
	json_t *list = json_array();
	const char *name = t == NULL ? NULL : usage_next(t, x->arena, NULL);
	for (; name != NULL; name = usage_next(t, x->arena, name)) {
		struct usage u = usage_of(t, name);
		const struct registered_system *s = region_system(&c->region, name);
		json_t *one = json_pack("{s:s, s:I, s:I, s:I, s:I}", "system", name, "octets",
					(json_int_t)usage_octets(&u), "documents",
					(json_int_t)usage_documents(&u), "metadata",
					(json_int_t)usage_metadata(&u), "persons",
					(json_int_t)u.persons);
		json_object_set_new(one, "insurances_without_branch",
				    json_integer((json_int_t)usage_tallied(&u.no_branch)));
		json_object_set_new(one, "insurances_with_wrong_check_digit",
				    json_integer((json_int_t)usage_tallied(&u.check_digit)));
		if (s != NULL && s->disk_quota != 0)
			json_object_set_new(one, "quota", json_integer((json_int_t)s->disk_quota));
		json_array_append_new(list, one);
	}
	store_end(t);
	return list;
}

/* The region's own, which count for no system. */
static json_t *describe_forms(struct gateway *g)
{
	struct problem p = { .code = PROBLEM_NONE };
	struct store_txn *t = store_begin_read(g->store, &p);
	struct consent_papers_sum sum = { 0 };
	if (t != NULL)
		consent_papers_kept(t, &sum);
	store_end(t);
	return json_pack("{s:I, s:I}", "forms", (json_int_t)sum.count, "octets",
			 (json_int_t)sum.octets);
}

/* What waits for facilities; names nobody. */
static json_t *describe_inboxes(struct gateway *g, const struct configuration *c)
{
	struct problem p = { .code = PROBLEM_NONE };
	struct store_txn *t = store_begin_read(g->store, &p);
	json_t *list = json_array();
	for (size_t i = 0; t != NULL && i < c->region.inbox_count; i++) {
		const struct facility_inbox *inbox = &c->region.inboxes[i];
		struct inbox_sum sum = inbox_sum_of(t, inbox->name);
		json_array_append_new(list, json_pack("{s:s, s:s, s:I, s:I, s:I}", "inbox",
						      inbox->name, "facility", inbox->facility,
						      "pushes", (json_int_t)sum.pushes, "octets",
						      (json_int_t)sum.octets, "quota",
						      (json_int_t)inbox->quota));
	}
	store_end(t);
	return list;
}

static json_t *describe_expiry(struct exchange *x, const struct expiry *e)
{
	return json_pack("{s:s, s:s*, s:s, s:s, s:s, s:s, s:i, s:b, s:s*}", "section", e->section,
			 "name", e->title, "key", e->key, "file", e->file, "subject", e->subject,
			 "until", time_text(x->arena, e->until), "days_left",
			 expiry_days(e, x->now), "over", e->until <= x->now, "do",
			 expiry_step(e, x->now) == 0 ? NULL : expiry_remedy(e));
}

static json_t *describe_certificates(struct gateway *g, struct exchange *x)
{
	const struct expiries_seen *s = expiries_hold(g->expiries);
	json_t *list = json_array();
	size_t count = s == NULL ? 0 : s->count;
	const struct expiry *const *sorted = s == NULL ? NULL : expiries_sorted(s, x->arena);
	for (size_t i = 0; i < count && i < CERTIFICATES_SHOWN; i++)
		json_array_append_new(list, describe_expiry(x, sorted[i]));
	expiries_release(s);
	return list;
}

/* Who may do nothing, by the operator's word. */
static json_t *describe_locked(struct gateway *g, struct exchange *x)
{
	struct problem p = { .code = PROBLEM_NONE };
	struct store_txn *t = store_begin_read(g->store, &p);
	json_t *list = json_array();
	size_t count = 0;
	const struct lockout *all = t == NULL ? NULL : lockouts_all(t, x->arena, &count);
	for (size_t i = 0; i < count; i++)
		json_array_append_new(
			list, json_pack("{s:s, s:s*, s:b, s:s, s:s, s:s}", "system", all[i].system,
					"institution", all[i].institution, "withdrawn",
					all[i].withdrawn, "reason", all[i].reason, "by", all[i].by,
					"since", time_text(x->arena, all[i].since)));
	store_end(t);
	return list;
}

/* Which node does what only one may do at a time; nobody has what has ended. */
static json_t *describe_leases(struct gateway *g, struct exchange *x)
{
	struct problem p = { .code = PROBLEM_NONE };
	struct store_txn *t = store_begin_read(g->store, &p);
	instant now = g->clock->now(g->clock);
	json_t *list = json_array();
	const char *name = NULL;
	struct lease is;
	for (unsigned i = 0; i < LEASES_LOOKED_AT && t != NULL; i++) {
		if (!lease_next(t, x->arena, &name, &is))
			break;
		if (is.until > now)
			json_array_append_new(list, json_pack("{s:s, s:s, s:s}", "lease", name,
							      "node", is.node, "until",
							      time_text(x->arena, is.until)));
	}
	store_end(t);
	return list;
}

/* Of this process: what another node removes is in its own status. */
static json_t *describe_retention(struct gateway *g, struct exchange *x,
				  const struct configuration *c)
{
	struct retaining_seen seen = { .at_work = false };
	unsigned minute = c->region.retention_minute;
	if (g->retaining != NULL)
		retaining_look(g->retaining, &seen);
	json_t *o = json_pack("{s:I, s:s, s:b, s:I, s:I}", "rules",
			      (json_int_t)c->region.retention_count, "at",
			      arena_printf(x->arena, "%02u:%02u", minute / 60, minute % 60),
			      "at_work", seen.at_work, "removed", (json_int_t)seen.removed,
			      "stayed", (json_int_t)seen.stayed);
	if (seen.since != 0)
		json_object_set_new(o, "since", json_string(time_text(x->arena, seen.since)));
	if (seen.until != 0)
		json_object_set_new(o, "until", json_string(time_text(x->arena, seen.until)));
	if (seen.problem.code != PROBLEM_NONE)
		json_object_set_new(o, "problem",
				    json_string(arena_text(x->arena, seen.problem.what)));
	return o;
}

/* What becomes of likely pairs, by which weights, and how many wait for somebody to look. */
static json_t *describe_matching(struct gateway *g, struct exchange *x,
				 const struct configuration *c)
{
	static const char *const modes[] = {
		[MATCHING_OFF] = "off", [MATCHING_REVIEW] = "review", [MATCHING_LINK] = "link"
	};
	struct problem p = { .code = PROBLEM_NONE };
	struct store_txn *t = store_begin_read(g->store, &p);
	uint64_t waiting = t == NULL ? 0 : match_queue_count(t);
	store_end(t);
	return json_pack(
		"{s:s, s:b, s:s, s:I}", "mode", modes[c->region.matching], "four_eyes",
		c->region.four_eyes, "weights",
		arena_printf(x->arena, "%08x", (unsigned)match_weights_id(c->region.weights)),
		"waiting", (json_int_t)waiting);
}

/* What is on of disaster mode, and what waits for another operator. */
static json_t *describe_disasters(struct gateway *g, struct exchange *x)
{
	struct problem p = { .code = PROBLEM_NONE };
	struct store_txn *t = store_begin_read(g->store, &p);
	instant now = g->clock->now(g->clock);
	json_t *list = json_array();
	const struct disaster *d = t == NULL ? NULL : disasters_list(t, x->arena);
	for (; d != NULL; d = d->next)
		if (d->ended == 0 && d->until > now)
			json_array_append_new(list,
					      json_pack("{s:I, s:s, s:s, s:b}", "number",
							(json_int_t)d->number, "municipalities",
							d->municipalities, "until",
							time_text(x->arena, d->until), "on",
							disaster_is_on(d, now)));
	store_end(t);
	return list;
}

/* Who broke the glass; late: nobody has reviewed it for longer than review-within. */
static json_t *describe_emergencies(struct gateway *g, struct exchange *x,
				    const struct configuration *c)
{
	struct problem p = { .code = PROBLEM_NONE };
	struct store_txn *t = store_begin_read(g->store, &p);
	struct override_counts n = { 0 };
	instant late = g->clock->now(g->clock) - (int64_t)c->region.emergency.review * 1000000;
	if (t != NULL)
		overrides_count(t, late, &n);
	store_end(t);
	json_t *o = json_pack("{s:I, s:I, s:I, s:I}", "open", (json_int_t)n.open, "unreviewed",
			      (json_int_t)n.unreviewed, "late", (json_int_t)n.late, "untold",
			      (json_int_t)n.untold);
	if (n.late != 0)
		json_object_set_new(
			o, "problem",
			json_string(arena_printf(x->arena,
						 "%llu overrides wait for review longer than "
						 "review-within; do: minato review list",
						 (unsigned long long)n.late)));
	return o;
}

/* ---- What takes long ---- */

struct describing {
	json_t *list;
	const char *name;
};

/* done of how many, when that is known; a rate and what is left of the time, when they are. */
static void describe_progress(json_t *one, struct progress *p)
{
	struct progress_seen seen;
	progress_look(p, &seen);
	if (seen.unit == NULL)
		return;
	json_object_set_new(one, "done", json_integer((json_int_t)seen.done));
	if (seen.of != 0)
		json_object_set_new(one, "of", json_integer((json_int_t)seen.of));
	json_object_set_new(one, "unit", json_string(seen.unit));
	json_object_set_new(one, "per_second", json_real(seen.rate));
	if (seen.seconds_left >= 0)
		json_object_set_new(one, "seconds_left", json_integer(seen.seconds_left));
}

/* "ends": it has been told to, and may need a moment to notice. */
static const char *state_of(const struct long_work *w)
{
	return atomic_load(w->unwanted) ? "ends" : w->waits ? "waits" : "at-work";
}

static void describe_work(void *with, struct long_work *w)
{
	struct describing *d = with;
	char since[XML_TIME_TEXT];
	if (d->name != NULL && (w->name == NULL || strcmp(w->name, d->name) != 0))
		return;
	instant_to_xml(w->since, since);
	json_t *one = json_pack("{s:s, s:s, s:s, s:s, s:s}", "what", w->what, "by", w->by, "since",
				since, "state", state_of(w), "exchange", w->exchange);
	describe_progress(one, &w->progress);
	json_array_append_new(d->list, one);
}

struct json_t *status_work(struct gateway *g, const char *name)
{
	struct describing d = { json_array(), name };
	struct long_works_counts n;
	long_works_each(g->long_works, describe_work, &d);
	long_works_count(g->long_works, &n);
	return json_pack("{s:o, s:i}", "work", d.list, "waiting", (int)n.waiting);
}

/* ---- Communities ---- */

/* Those that were ever asked. */
static json_t *describe_communities(struct gateway *g)
{
	struct circuit_counts n;
	json_t *list = json_array();
	for (size_t i = 0; circuits_count(g->circuits, i, &n); i++)
		json_array_append_new(list,
				      json_pack("{s:s, s:b, s:I, s:I, s:i}", "community", n.partner,
						"asked", !n.open, "answered",
						(json_int_t)n.answered, "failed",
						(json_int_t)n.failed, "failures", (int)n.failures));
	return list;
}

/* ---- Whether we are ready ---- */

static json_t *describe_parts(const struct ready_seen *ready)
{
	json_t *list = json_array();
	for (enum ready_part i = 0; i < READY_PARTS; i++) {
		bool well = ready->parts[i].problem.code == PROBLEM_NONE;
		json_t *one = json_pack("{s:s}", "part", ready_part_name(i));
		if (!ready->parts[i].unknown)
			json_object_set_new(one, "ready", json_boolean(well));
		if (!well) {
			json_object_set_new(one, "problem",
					    json_string(ready->parts[i].problem.what));
			json_object_set_new(one, "do", json_string(ready_remedy(ready, i)));
		}
		json_array_append_new(list, one);
	}
	return list;
}

static json_t *describe_store(const struct store_counts *s)
{
	return json_pack("{s:I, s:I, s:I, s:I, s:i, s:i}", "jobs", (json_int_t)s->jobs, "kept",
			 (json_int_t)s->kept, "flushes", (json_int_t)s->flushes, "reads",
			 (json_int_t)s->reads, "largest_batch", (int)s->largest_batch, "queued",
			 (int)s->queued);
}

/* In which form the store is, and which releases it has met. */
static json_t *describe_form(struct gateway *g, struct exchange *x)
{
	struct problem p = { .code = PROBLEM_NONE };
	struct store_life life = { .made_by = NULL };
	struct store_txn *t = store_begin_read(g->store, &p);
	json_t *form = json_pack("{s:i}", "form", t == NULL ? 0 : (int)store_form_of(t));
	if (t != NULL && store_life_read(t, &life)) {
		if (life.made_by != NULL)
			json_object_update_new(form,
					       json_pack("{s:s, s:s}", "made_by", life.made_by,
							 "made", time_text(x->arena, life.made)));
		if (life.brought_by != NULL)
			json_object_update_new(
				form, json_pack("{s:s, s:s, s:i}", "brought_by", life.brought_by,
						"brought", time_text(x->arena, life.brought),
						"brought_from", (int)life.brought_from));
	}
	store_end(t);
	return form;
}

struct json_t *status_describe(struct gateway *g, struct exchange *x,
			       const struct ready_seen *ready)
{
	enum ready_part first = ready_first_problem(ready);
	const struct configuration *c = gateway_configuration(g);
	struct front_counts f;
	struct store_counts s;
	front_count(g->front, &f);
	store_count(g->store, &s);
	double uptime = (double)(g->clock->elapsed(g->clock) - g->started) / 1e6;
	json_t *status = json_pack("{s:s, s:s, s:i, s:s, s:f, s:b, s:s, s:o, s:o, s:o}", "region",
				   c->region.name, "version", PACKAGE_VERSION, "pid", (int)getpid(),
				   "started", time_text(x->arena, g->started_at), "uptime_seconds",
				   uptime, "ready", first == READY_PARTS, "configuration", c->path,
				   "actors", describe_actors(c), "doors", describe_doors(g, x, c),
				   "audit", describe_audit(g, x, ready->audit_records));
	if (first != READY_PARTS) {
		json_object_set_new(status, "problem",
				    json_string(ready->parts[first].problem.what));
		json_object_set_new(status, "do", json_string(ready_remedy(ready, first)));
	}
	json_object_set_new(status, "walls", json_string(walls_words(g->walls)));
	json_object_set_new(status, "at_rest",
			    json_string(g->at_rest == NULL       ? "as the disk is"
					: g->rekeying[0] == '\0' ? "encrypted"
								 : g->rekeying));
	json_object_set_new(status, "parts", describe_parts(ready));
	json_object_set_new(status, "counts",
			    json_pack("{s:I, s:I, s:I, s:I, s:I}", "accepted",
				      (json_int_t)f.accepted, "refused", (json_int_t)f.refused,
				      "requests", (json_int_t)f.requests, "bytes_in",
				      (json_int_t)f.bytes_in, "bytes_out",
				      (json_int_t)f.bytes_out));
	json_object_set_new(status, "store", describe_store(&s));
	json_object_set_new(status, "form", describe_form(g, x));
	json_object_set_new(status, "long_work", status_work(g, NULL));
	json_object_set_new(status, "storages", storages_count(g));
	json_object_set_new(status, "outbox", describe_outbox(g, x));
	json_object_set_new(status, "communities", describe_communities(g));
	json_object_set_new(status, "leases", describe_leases(g, x));
	json_object_set_new(status, "locked", describe_locked(g, x));
	json_object_set_new(status, "certificates", describe_certificates(g, x));
	json_object_set_new(status, "ocsp", ocsp_shown_status(g, x));
	json_object_set_new(status, "retention", describe_retention(g, x, c));
	json_object_set_new(status, "stored", describe_stored(g, x, c));
	json_object_set_new(status, "consent_forms", describe_forms(g));
	json_object_set_new(status, "inboxes", describe_inboxes(g, c));
	json_object_set_new(status, "matching", describe_matching(g, x, c));
	json_object_set_new(status, "emergencies", describe_emergencies(g, x, c));
	json_object_set_new(status, "disasters", describe_disasters(g, x));
	config_release(c);
	return status;
}

static json_t *describe_value(struct exchange *x, const struct config_value *v, const char *next)
{
	const char *section = v->title == NULL
				      ? v->section
				      : arena_printf(x->arena, "%s %s", v->section, v->title);
	const char *source = v->place.file == NULL ? "default"
						   : arena_printf(x->arena, "%s:%u", v->place.file,
								  v->place.line);
	return json_pack("{s:s, s:s, s:s, s:s, s:b, s:s*}", "section", section, "key", v->key,
			 "value", v->value, "source", source, "restart", v->restart, "next", next);
}

struct json_t *status_configuration(struct gateway *g, struct exchange *x)
{
	const struct configuration *now = gateway_configuration(g);
	const struct config_value *started = g->named->values;
	json_t *list = json_array();
	for (const struct config_value *v = now->values; v != NULL; v = v->next) {
		const struct config_value *was = v->restart ? config_value_of(started, v) : v;
		bool waits = was == NULL || strcmp(was->value, v->value) != 0;
		if (was != NULL)
			json_array_append_new(list,
					      describe_value(x, was, waits ? v->value : NULL));
	}
	for (const struct config_value *v = started; v != NULL; v = v->next)
		if (v->restart && config_value_of(now->values, v) == NULL)
			json_array_append_new(list, describe_value(x, v, "none"));
	config_release(now);
	return json_pack("{s:o}", "values", list);
}
