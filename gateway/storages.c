/* gateway/storages.c: what the operator is told, and asks, of the storages that are watched. */
#include "gateway/storages.h"

#include <inttypes.h>

#include "gateway/admin_request.h"
#include "gateway/audit/courier.h"
#include "gateway/audit/record.h"
#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "gateway/process.h"
#include "gateway/watching.h"
#include "profiles/transaction.h"
#include "store/store.h"

/* ---- Each storage ---- */

struct storage_counts {
	uint64_t watched, failed, by[STORAGE_SOURCES];
};

struct describing {
	struct arena *arena;
	json_t *list;
};

static const char *time_text(struct arena *a, instant t)
{
	char text[XML_TIME_TEXT];
	if (t == 0)
		return NULL;
	instant_to_xml(t, text);
	return arena_text(a, text);
}

static const char *state_of(const struct storage_watch_seen *s)
{
	if (s->silent)
		return "does not answer";
	if (s->problem.code != PROBLEM_NONE && s->problem.code != PROBLEM_BUSY && !s->at_work)
		return "failed";
	if (s->since == 0)
		return "waits"; /* or another node has the lease */
	return !s->whole ? "first look" : s->at_work ? "looking" : "watched";
}

static const char *const sources[STORAGE_SOURCES] = {
	[STORAGE_BY_LOOKS] = "looks",
	[STORAGE_BY_KERNEL] = "kernel",
	[STORAGE_BY_KERNEL_PARTLY] = "kernel in part",
	[STORAGE_BY_TRANSACTIONS] = "transactions",
};

/* Before a look was over nobody knows. */
static const char *source_of(const struct storage_watch_seen *s)
{
	return s->until == 0 ? NULL : sources[s->source];
}

static void describe_one(void *with, const char *facility, const char *directory,
			 struct storage_watch *watch)
{
	struct describing *d = with;
	struct storage_watch_seen s;
	storage_watch_seen(watch, &s);
	bool failed = text_equal(state_of(&s), "failed");
	json_t *one = json_pack("{s:s, s:s, s:s, s:I, s:I, s:I, s:I, s:I, s:I, s:s*, s:s*, s:s*}",
				"facility", facility, "directory", directory, "state", state_of(&s),
				"patients", (json_int_t)s.patients, "files", (json_int_t)s.files,
				"waiting", (json_int_t)s.waiting, "taken", (json_int_t)s.taken,
				"documents", (json_int_t)s.documents, "quarantine",
				(json_int_t)s.refused, "newest", time_text(d->arena, s.newest),
				"looked", time_text(d->arena, s.until), "problem",
				failed ? s.problem.what : NULL);
	if (source_of(&s) != NULL)
		json_object_set_new(one, "source", json_string(source_of(&s)));
	if (s.resumed)
		json_object_set_new(one, "resumed", json_true());
	if (s.until >= s.since && s.until != 0)
		json_object_set_new(one, "seconds", json_real((double)(s.until - s.since) / 1e6));
	json_array_append_new(d->list, one);
}

json_t *storages_describe(struct gateway *g, struct exchange *x)
{
	struct describing d = { .arena = x->arena, .list = json_array() };
	watching_each(g->watching, describe_one, &d);
	return json_pack("{s:o}", "storages", d.list);
}

/* Each by its state, and by what it is known who changes. */
static void count_one(void *with, const char *facility, const char *directory,
		      struct storage_watch *watch)
{
	struct storage_counts *n = with;
	struct storage_watch_seen s;
	(void)facility, (void)directory;
	storage_watch_seen(watch, &s);
	n->watched++;
	n->failed += text_equal(state_of(&s), "failed");
	if (source_of(&s) != NULL)
		n->by[s.source]++;
}

json_t *storages_count(struct gateway *g)
{
	struct storage_counts n = { .watched = 0 };
	watching_each(g->watching, count_one, &n);
	json_t *o = json_pack("{s:I, s:I}", "watched", (json_int_t)n.watched, "failed",
			      (json_int_t)n.failed);
	for (size_t i = 0; i < STORAGE_SOURCES; i++)
		json_object_set_new(o, sources[i], json_integer((json_int_t)n.by[i]));
	return o;
}

/* ---- As numbers ---- */

struct measure {
	const char *name, *kind, *help;
	uint64_t (*of)(const struct storage_watch_seen *s);
};

struct measuring {
	struct buffer *to;
	const struct measure *what;
};

static uint64_t files_of(const struct storage_watch_seen *s)
{
	return s->files;
}

static uint64_t waiting_of(const struct storage_watch_seen *s)
{
	return s->waiting;
}

static uint64_t refused_of(const struct storage_watch_seen *s)
{
	return s->refused;
}

static uint64_t taken_of(const struct storage_watch_seen *s)
{
	return s->taken;
}

static uint64_t newest_of(const struct storage_watch_seen *s)
{
	return (uint64_t)(s->newest / 1000000);
}

static uint64_t looked_of(const struct storage_watch_seen *s)
{
	return s->whole && s->problem.code == PROBLEM_NONE ? (uint64_t)(s->until / 1000000) : 0;
}

static const struct measure measures[] = {
	{ "minato_ssmix2_files", "gauge", "Files of a storage that is watched.", files_of },
	{ "minato_ssmix2_waiting", "gauge",
	  "Patients of it with a file that was written a moment ago.", waiting_of },
	{ "minato_ssmix2_quarantine", "gauge", "Files of it that could not be taken in.",
	  refused_of },
	{ "minato_ssmix2_taken_total", "counter", "Patients of it taken in.", taken_of },
	{ "minato_ssmix2_newest_seconds", "gauge",
	  "When its newest file was written, in seconds since 1970.", newest_of },
	{ "minato_ssmix2_looked_seconds", "gauge",
	  "When the last whole look was over; 0: none, or the last one failed.", looked_of },
};

/* A name is a-z, 0-9 and -, so it needs no escape. */
static void measure_one(void *with, const char *facility, const char *directory,
			struct storage_watch *watch)
{
	const struct measuring *m = with;
	struct storage_watch_seen s;
	(void)directory;
	storage_watch_seen(watch, &s);
	buffer_printf(m->to, "%s{facility=\"%s\"} %" PRIu64 "\n", m->what->name, facility,
		      m->what->of(&s));
}

static void measure_source(void *with, const char *facility, const char *directory,
			   struct storage_watch *watch)
{
	struct buffer *to = with;
	struct storage_watch_seen s;
	(void)directory;
	storage_watch_seen(watch, &s);
	for (size_t i = 0; i < STORAGE_SOURCES; i++)
		buffer_printf(to, "minato_ssmix2_source{facility=\"%s\",source=\"%s\"} %d\n",
			      facility, sources[i], source_of(&s) == sources[i]);
}

void storages_measure(struct gateway *g, struct buffer *b)
{
	buffer_text(b,
		    "# HELP minato_ssmix2_source By what it is known between two looks at all of "
		    "it who changed.\n# TYPE minato_ssmix2_source gauge\n");
	watching_each(g->watching, measure_source, b);
	for (size_t i = 0; i < COUNT(measures); i++) {
		struct measuring m = { b, &measures[i] };
		buffer_printf(b, "# HELP %s %s\n# TYPE %s %s\n", measures[i].name, measures[i].help,
			      measures[i].name, measures[i].kind);
		watching_each(g->watching, measure_one, &m);
	}
}

/* ---- The quarantine ---- */

struct recording {
	const struct gateway *gateway;
	struct exchange *x;
	const char *facility, *what;
	enum audit_action action;
};

/* Whose files, and what was done; the paths stay where they are. */
static bool record_run(void *with, struct store_txn *t, struct problem *p)
{
	const struct recording *r = with;
	struct arena *a = store_arena(t);
	const struct audit_source *us = &r->gateway->source;
	struct audit_event *e = arena_new(a, struct audit_event);
	struct audit_participant *own = arena_new(a, struct audit_participant);
	struct audit_object *o = arena_new(a, struct audit_object);
	*own = (struct audit_participant){ .user_id = us->source_id,
					   .alternative_user_id = us->process_id,
					   .role = AUDIT_APPLICATION,
					   .network_access_point = us->host,
					   .network_access_point_type = 1 };
	*o = (struct audit_object){
		.id = r->facility == NULL ? "all" : r->facility,
		.type_code = 2,
		.type_code_role = 20,
		.id_type = { .code = "12", .scheme = "RFC-3881", .display = "URI" },
	};
	*e = (struct audit_event){
		.event_id = 110107,
		.action = r->action,
		.time = store_clock(t)->now(store_clock(t)),
		.type = { .code = "SS-MIX2", .scheme = "Minato", .display = r->what },
		.transaction = "SS-MIX2",
		.system = requester_name(&r->x->who),
		.exchange = r->x->id,
		.objects = o,
	};
	e->participants = arena_new(a, struct audit_participant);
	*e->participants = (struct audit_participant){ .user_id = r->x->who.person.name,
						       .requestor = true,
						       .next = own };
	return audit_record_append(t, a, us, e)
	       || problem_set(p, PROBLEM_AUDIT_UNAVAILABLE,
			      "the audit record of it could not be kept");
}

static bool keep_record(struct gateway *g, struct exchange *x, const char *facility,
			const char *what, enum audit_action action)
{
	struct recording r = { g, x, facility, what, action };
	bool kept = store_write(g->store, record_run, &r, &x->problem);
	courier_wake(g->courier);
	return kept;
}

static bool no_such(struct exchange *x, const char *facility)
{
	return problem_at(&x->problem, PROBLEM_NOT_FOUND, "facility",
			  "no storage of '%s' is watched here: see minato ssmix2 list", facility);
}

bool storages_quarantine(struct gateway *g, struct exchange *x)
{
	const char *facility = admin_request_member(x, "facility");
	json_t *list = watching_quarantine(g->watching, facility);
	if (list == NULL)
		return no_such(x, facility);
	for (size_t i = 0; i < json_array_size(list); i++) {
		json_t *line = json_array_get(list, i);
		instant since = (instant)json_integer_value(json_object_get(line, "since"));
		json_object_set_new(line, "since", json_string(time_text(x->arena, since)));
	}
	x->result = json_pack("{s:o}", "quarantine", list);
	if (keep_record(g, x, facility, "SS-MIX2 Quarantine Looked At", AUDIT_READ))
		return true;
	json_decref(x->result);
	return false;
}

bool storages_release(struct gateway *g, struct exchange *x)
{
	const char *facility = admin_request_member(x, "facility");
	if (facility == NULL)
		return problem_at(&x->problem, PROBLEM_REQUEST_INVALID, "facility",
				  "'facility' is needed");
	if (!keep_record(g, x, facility, "SS-MIX2 Quarantine Released", AUDIT_EXECUTE))
		return false;
	long count = watching_release(g->watching, facility, admin_request_member(x, "path"));
	if (count < 0)
		return no_such(x, facility);
	x->result = json_pack("{s:I}", "released", (json_int_t)count);
	return true;
}
