/* gateway/metrics.c: counts for the operator, as Prometheus text. */
#include "gateway/metrics.h"

#include <inttypes.h>
#include <pthread.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gateway/base/arena.h"
#include "gateway/base/shares.h"
#include "gateway/base/spool.h"
#include "gateway/base/text.h"
#include "gateway/client/circuits.h"
#include "gateway/client/client_thread.h"
#include "gateway/config.h"
#include "gateway/durations.h"
#include "gateway/errands/outbox.h"
#include "gateway/expiries.h"
#include "gateway/exposition.h"
#include "gateway/locked_out.h"
#include "gateway/long_reads.h"
#include "gateway/long_work.h"
#include "gateway/metrics_machine.h"
#include "gateway/ocsp_shown.h"
#include "gateway/process.h"
#include "gateway/rates.h"
#include "gateway/storages.h"
#include "profiles/transaction.h"
#include "schemas/tables/leniency.h"
#include "store/audit_aside.h"
#include "store/audit_received.h"
#include "store/consent_papers.h"
#include "store/errands.h"
#include "store/exchange_bodies.h"
#include "store/inboxes.h"
#include "store/lockouts.h"
#include "store/match_queue.h"
#include "store/notices.h"
#include "store/overrides.h"
#include "store/pull_points.h"
#include "store/store.h"
#include "store/usage.h"

struct row {
	uint64_t done, refused;
	struct durations took;
};

/* What is counted by system; made when there is the first of it. */
struct needy {
	struct needy *next;
	uint64_t needed[LENIENCY_COUNT];
	uint64_t records_refused; /* audit records it sent (ITI-20) */
	char system[];
};

/* One row a transaction, and one for what never became any. What two files do of one transaction
 * for one actor is counted in the first one's. */
struct metrics {
	pthread_mutex_t mutex; /* for who adds to needy */
	struct needy *needy;   /* by name */
	size_t systems;
	size_t transactions;
	uint64_t problems[PROBLEM_COUNT];
	uint64_t scored, keys_cut;
	struct row rows[];
};

struct metrics *metrics_create(void)
{
	size_t count = 0;
	while (transactions[count] != NULL)
		count++;
	struct metrics *m = calloc(1, sizeof *m + (count + 1) * sizeof m->rows[0]);
	if (m == NULL)
		return NULL;
	m->transactions = count;
	pthread_mutex_init(&m->mutex, NULL);
	return m;
}

void metrics_destroy(struct metrics *m)
{
	if (m == NULL)
		return;
	for (struct needy *n = m->needy, *next; n != NULL; n = next) {
		next = n->next;
		free(n);
	}
	pthread_mutex_destroy(&m->mutex);
	free(m);
}

static void add(uint64_t *counter, uint64_t amount)
{
	__atomic_fetch_add(counter, amount, __ATOMIC_RELAXED);
}

static uint64_t get(const uint64_t *counter)
{
	return __atomic_load_n(counter, __ATOMIC_RELAXED);
}

static bool are_one(const struct transaction *a, const struct transaction *b)
{
	return a->actor == b->actor && strcmp(a->code, b->code) == 0;
}

static size_t row_of(const struct metrics *m, const struct transaction *t)
{
	size_t i = t == NULL ? m->transactions : 0;
	while (i < m->transactions && !are_one(transactions[i], t))
		i++;
	return i;
}

void metrics_count(struct metrics *m, const struct transaction *t, enum problem_code code,
		   int64_t micros)
{
	size_t i = row_of(m, t);
	add(code == PROBLEM_NONE ? &m->rows[i].done : &m->rows[i].refused, 1);
	durations_count(&m->rows[i].took, micros);
	add(&m->problems[code], 1);
}

static struct needy *linked(struct needy *const *link)
{
	return __atomic_load_n(link, __ATOMIC_ACQUIRE);
}

/* Where the row of that name is, or belongs. */
static struct needy **needy_at(struct metrics *m, const char *system)
{
	struct needy **at = &m->needy, *n;
	while ((n = linked(at)) != NULL && strcmp(n->system, system) < 0)
		at = &n->next;
	return at;
}

static struct needy *needy_find(struct metrics *m, const char *system)
{
	struct needy *n = linked(needy_at(m, system));
	return n != NULL && text_equal(n->system, system) ? n : NULL;
}

/* A row is complete before it is linked, and stays: whoever reads the list needs no mutex. */
static struct needy *needy_add(struct metrics *m, const char *system)
{
	pthread_mutex_lock(&m->mutex);
	const char *name = m->systems < METRICS_SYSTEMS_MOST ? system : "";
	struct needy **at = needy_at(m, name), *n = needy_find(m, name);
	size_t room = strlen(name) + 1;
	if (n == NULL && (n = calloc(1, sizeof *n + room)) != NULL) {
		memcpy(n->system, name, room);
		n->next = *at;
		__atomic_store_n(at, n, __ATOMIC_RELEASE);
		m->systems++;
	}
	pthread_mutex_unlock(&m->mutex);
	return n;
}

void metrics_count_needed(struct metrics *m, const struct registered_system *s,
			  const struct leniencies *needed)
{
	static const struct leniencies none;
	if (s == NULL || memcmp(needed, &none, sizeof none) == 0)
		return;
	struct needy *n = needy_find(m, s->name);
	if (n == NULL)
		n = needy_add(m, s->name);
	for (size_t row = 0; n != NULL && row < LENIENCY_COUNT; row++)
		if (leniency_is_set(needed, row))
			add(&n->needed[row], 1);
}

void metrics_count_refused_record(struct metrics *m, const char *source)
{
	struct needy *n = needy_find(m, source);
	if (n == NULL)
		n = needy_add(m, source);
	if (n != NULL)
		add(&n->records_refused, 1);
}

uint64_t metrics_refused_records(struct metrics *m, const char *source)
{
	const struct needy *n = needy_find(m, source);
	return n == NULL ? 0 : get(&n->records_refused);
}

void metrics_count_matching(struct metrics *m, unsigned links, unsigned keys_cut)
{
	if (links != 0)
		add(&m->scored, links);
	if (keys_cut != 0)
		add(&m->keys_cut, keys_cut);
}

uint64_t metrics_exchanges(const struct metrics *m)
{
	uint64_t sum = 0;
	for (size_t i = 0; i <= m->transactions; i++)
		sum += get(&m->rows[i].done) + get(&m->rows[i].refused);
	return sum;
}

/* transaction and actor, as labels; i: of the one row more, of what never had any. */
static const char *row_labels(struct arena *a, const struct metrics *m, size_t i)
{
	if (i == m->transactions)
		return "transaction=\"none\",actor=\"\"";
	return arena_printf(a, "transaction=\"%s\",actor=\"%s\"", transactions[i]->code,
			    actor_name(transactions[i]->actor));
}

/* Each transaction we know has its line from the start, so that a rate begins at the first; a
 * histogram only once there is something in it. */
void metrics_put_exchanges(const struct metrics *m, struct buffer *b)
{
	static const char heads[] =
		"# HELP minato_exchanges_total Exchanges concluded, by transaction and outcome.\n"
		"# TYPE minato_exchanges_total counter\n"
		"# HELP minato_exchange_seconds_total Their time, from head to answer.\n"
		"# TYPE minato_exchange_seconds_total counter\n"
		"# HELP minato_exchange_duration_seconds How long they took, from head to "
		"answer.\n"
		"# TYPE minato_exchange_duration_seconds histogram\n";
	buffer_text(b, heads);
	for (size_t i = 0; i <= m->transactions; i++) {
		const struct row *r = &m->rows[i];
		const char *labels = row_labels(b->arena, m, i);
		if (row_of(m, transactions[i]) != i)
			continue;
		buffer_printf(b,
			      "minato_exchanges_total{%s,outcome=\"done\"} %" PRIu64 "\n"
			      "minato_exchanges_total{%s,outcome=\"refused\"} %" PRIu64 "\n"
			      "minato_exchange_seconds_total{%s} %.6f\n",
			      labels, get(&r->done), labels, get(&r->refused), labels,
			      (double)get(&r->took.micros) / 1e6);
		durations_put(&r->took, b, "minato_exchange_duration_seconds", labels);
	}
}

static void put_problems(struct buffer *b, const struct metrics *m)
{
	buffer_text(b, "# HELP minato_problems_total Exchanges that met a problem, by its name.\n"
		       "# TYPE minato_problems_total counter\n");
	for (int code = PROBLEM_NONE + 1; code < PROBLEM_COUNT; code++)
		if (get(&m->problems[code]) != 0)
			buffer_printf(b, "minato_problems_total{problem=\"%s\"} %" PRIu64 "\n",
				      problem_row((enum problem_code)code)->name,
				      get(&m->problems[code]));
}

void metrics_put_needed(const struct metrics *m, struct buffer *b)
{
	buffer_text(b, "# HELP minato_leniency_used_total Exchanges that needed a leniency, by the "
		       "system it is allowed to.\n"
		       "# TYPE minato_leniency_used_total counter\n");
	for (const struct needy *n = linked(&m->needy); n != NULL; n = linked(&n->next))
		for (size_t row = 0; row < LENIENCY_COUNT; row++)
			if (get(&n->needed[row]) != 0)
				buffer_printf(b,
					      "minato_leniency_used_total{leniency=\"%s\",system="
					      "\"%s\"} %" PRIu64 "\n",
					      leniency_rows[row].name, n->system,
					      get(&n->needed[row]));
}

static void put_one(struct buffer *b, const char *name, const char *type, const char *help,
		    uint64_t value)
{
	buffer_printf(b, "# HELP %s %s\n# TYPE %s %s\n%s %" PRIu64 "\n", name, help, name, type,
		      name, value);
}

static void put_long_work(struct buffer *b, struct long_works *all)
{
	struct long_works_counts n;
	long_works_count(all, &n);
	put_one(b, "minato_long_work_running", "gauge",
		"Imports, checks, verifications and backups at "
		"work.",
		n.at_work);
	put_one(b, "minato_long_work_waiting", "gauge", "... that wait for a place.", n.waiting);
	put_one(b, "minato_long_work_refused_total", "counter", "... refused, for too many waited.",
		n.refused);
	put_one(b, "minato_long_work_cancelled_total", "counter", "... cancelled by who asked.",
		n.cancelled);
}

static void put_answers(struct buffer *b, const struct spools *all)
{
	struct spools_counts n;
	spools_count(all, &n);
	put_one(b, "minato_answers_memory_octets", "gauge",
		"Octets of long answers not sent yet, in "
		"memory.",
		n.memory);
	put_one(b, "minato_answers_disk_octets", "gauge", "... in files without names.", n.disk);
	put_one(b, "minato_answers_files_total", "counter", "... such files begun.", n.files);
	put_one(b, "minato_answers_failed_total", "counter",
		"Answers given up: there was no room for "
		"them.",
		n.failed);
}

static void put_bodies(struct buffer *b, struct gateway *g)
{
	put_one(b, "minato_exchange_bodies_lost_total", "counter",
		"Exchanges whose bodies were to be kept, and were not: no memory, or no room to "
		"wait.",
		exchange_bodies_lost(g->exchange_bodies));
}

static void put_reads(struct buffer *b, struct gateway *g)
{
	struct long_reads_counts reads;
	struct shares_counts open;
	long_reads_count(g->long_reads, &reads);
	shares_count(g->open_documents, &open);
	put_one(b, "minato_long_reads_running", "gauge",
		"Questions that look at much, and large documents being verified.", reads.at_work);
	put_one(b, "minato_long_reads_waiting", "gauge", "... that wait for a thread.",
		reads.waiting);
	put_one(b, "minato_long_reads_begun_total", "counter", "... begun.", reads.begun);
	put_one(b, "minato_long_reads_refused_total", "counter",
		"... refused, for too many of that system waited.", reads.refused);
	put_one(b, "minato_open_documents", "gauge", "Large documents on their way.", open.held);
	put_one(b, "minato_open_documents_refused_total", "counter",
		"... refused, for that system had too many.", open.refused);
}

static void put_pull_points(struct buffer *b, struct gateway *g, struct arena *a)
{
	struct problem p = { .code = PROBLEM_NONE };
	struct pull_points_sum sum = { 0 };
	struct store_txn *t = store_begin_read(g->store, &p);
	if (t != NULL)
		pull_points_count(t, a, &sum);
	store_end(t);
	put_one(b, "minato_pull_points", "gauge", "Pull points.", sum.points);
	put_one(b, "minato_pull_points_waiting", "gauge", "Notifications that wait there.",
		sum.waiting);
	put_one(b, "minato_pull_points_lost", "gauge",
		"... there was no room for, or that nobody fetched in time.", sum.lost);
}

static void put_errands(struct buffer *b, struct gateway *g, struct arena *a)
{
	struct problem p = { .code = PROBLEM_NONE };
	struct rounds_counts counts;
	size_t count = 0;
	uint64_t waiting = 0, aside = 0, octets = 0;
	struct store_txn *t = store_begin_read(g->store, &p);
	struct errand_queue *q = t == NULL ? NULL : errand_queues(t, a, &count);
	for (size_t i = 0; i < count; i++) {
		waiting += q[i].waiting;
		aside += q[i].aside;
		octets += q[i].octets;
	}
	store_end(t);
	outbox_count(g->outbox, &counts);
	put_one(b, "minato_errands_waiting", "gauge", "Errands that wait to be done.", waiting);
	put_one(b, "minato_errands_aside", "gauge", "Errands set aside.", aside);
	put_one(b, "minato_errands_octets", "gauge", "Octets they take up in the store.", octets);
	put_one(b, "minato_errands_done_total", "counter", "Errands done.", counts.done);
	put_one(b, "minato_errands_failed_total", "counter", "Tries of errands that failed.",
		counts.later + counts.aside);
}

/* Of each system that is told of changes: how many of its notices wait, and are set aside. */
static void put_notices(struct buffer *b, struct store_txn *t, const struct configuration *c,
			struct arena *a)
{
	for (size_t i = 0; i < c->region.system_count; i++) {
		const struct registered_system *s = &c->region.systems[i];
		const struct partner *to = region_notified(&c->region, s);
		struct errand_queue q;
		if (to == NULL)
			continue;
		errand_queue_get(t, a, s->name, to->url, &q);
		buffer_printf(b,
			      "minato_notifications_waiting{system=\"%s\"} %" PRIu64 "\n"
			      "minato_notifications_aside{system=\"%s\"} %" PRIu64 "\n",
			      s->name, q.waiting + notices_late(t, a, s->name), s->name, q.aside);
	}
}

static void put_notifications(struct buffer *b, struct gateway *g, struct arena *a)
{
	struct problem p = { .code = PROBLEM_NONE };
	struct rounds_tries n;
	outbox_count_tries(g->outbox, &errand_pix_notification, &n);
	buffer_printf(b,
		      "# HELP minato_notifications_total PIX Update Notifications sent, by what "
		      "became of them.\n"
		      "# TYPE minato_notifications_total counter\n"
		      "minato_notifications_total{outcome=\"taken\"} %" PRIu64 "\n"
		      "minato_notifications_total{outcome=\"refused\"} %" PRIu64 "\n"
		      "minato_notifications_total{outcome=\"unanswered\"} %" PRIu64 "\n",
		      n.taken, n.refused, n.unanswered);
	buffer_text(b, "# HELP minato_notifications_waiting Persons a system is still to be told "
		       "of.\n# TYPE minato_notifications_waiting gauge\n"
		       "# HELP minato_notifications_aside ... set aside.\n"
		       "# TYPE minato_notifications_aside gauge\n");
	struct store_txn *t = store_begin_read(g->store, &p);
	const struct configuration *c = gateway_configuration(g);
	if (t != NULL)
		put_notices(b, t, c, a);
	config_release(c);
	store_end(t);
}

static void put_aside(struct buffer *b, struct gateway *g)
{
	struct problem p = { .code = PROBLEM_NONE };
	struct store_txn *t = store_begin_read(g->store, &p);
	put_one(b, "minato_audit_aside", "gauge",
		"Audit records set aside: a repository does not take them.",
		t == NULL ? 0 : audit_aside_count(t, NULL));
	store_end(t);
}

static void put_received_sources(struct buffer *b, const struct received_source *list, size_t count)
{
	static const struct {
		const char *name, *help;
		size_t at;
	} kinds[] = {
		{ "minato_audit_received_records", "Audit records of others that are kept.",
		  offsetof(struct received_usage, records) },
		{ "minato_audit_received_again", "... that had come before.",
		  offsetof(struct received_usage, again) },
		{ "minato_audit_received_odd", "... that could not be understood.",
		  offsetof(struct received_usage, odd) },
		{ "minato_audit_received_octets", "What they take up.",
		  offsetof(struct received_usage, octets) },
	};
	for (size_t k = 0; k < COUNT(kinds); k++) {
		buffer_printf(b, "# HELP %s %s\n# TYPE %s gauge\n", kinds[k].name, kinds[k].help,
			      kinds[k].name);
		for (size_t i = 0; i < count; i++) {
			uint64_t value;
			memcpy(&value, (const char *)&list[i].used + kinds[k].at, sizeof value);
			buffer_printf(b, "%s{source=\"%s\"} %" PRIu64 "\n", kinds[k].name,
				      list[i].name, value);
		}
	}
	buffer_text(b,
		    "# HELP minato_audit_received_newest_seconds When the newest of them came, in "
		    "seconds since 1970.\n"
		    "# TYPE minato_audit_received_newest_seconds gauge\n");
	for (size_t i = 0; i < count; i++)
		if (list[i].newest != 0)
			buffer_printf(b,
				      "minato_audit_received_newest_seconds{source=\"%s\"} %" PRId64
				      "\n",
				      list[i].name, list[i].newest / 1000000);
}

/* Audit records of others: what each source has here, and what it sent and was not kept. */
static void put_received(struct buffer *b, struct gateway *g, struct arena *a)
{
	struct problem p = { .code = PROBLEM_NONE };
	struct store_txn *t = store_begin_read(g->store, &p);
	size_t count = 0;
	struct received_source *list = t == NULL ? NULL
						 : received_sources(t, a, METRICS_SYSTEMS_MOST,
								    &count);
	put_received_sources(b, list, count);
	store_end(t);
	buffer_text(b,
		    "# HELP minato_audit_received_refused_total Audit records of others that were "
		    "not kept.\n"
		    "# TYPE minato_audit_received_refused_total counter\n");
	for (const struct needy *n = linked(&g->metrics->needy); n != NULL; n = linked(&n->next))
		if (get(&n->records_refused) != 0)
			buffer_printf(b,
				      "minato_audit_received_refused_total{source=\"%s\"} %" PRIu64
				      "\n",
				      n->system, get(&n->records_refused));
}

/* How many, and of whom nothing. */
static void put_doubts(struct buffer *b, struct store_txn *t, struct arena *a)
{
	static const char head[] = "minato_doubtful_insurances{system=\"";
	buffer_text(b, "# HELP minato_doubtful_insurances Living patient records of a system with "
		       "an insurance that has no branch number, or a check digit that fails.\n"
		       "# TYPE minato_doubtful_insurances gauge\n");
	const char *name = t == NULL ? NULL : usage_next(t, a, NULL);
	for (; name != NULL; name = usage_next(t, a, name)) {
		struct usage u = usage_of(t, name);
		buffer_printf(b, "%s%s\",doubt=\"branch\"} %" PRIu64 "\n", head, name,
			      usage_tallied(&u.no_branch));
		buffer_printf(b, "%s%s\",doubt=\"check digit\"} %" PRIu64 "\n", head, name,
			      usage_tallied(&u.check_digit));
	}
}

static void put_matching(struct buffer *b, struct gateway *g)
{
	struct problem p = { .code = PROBLEM_NONE };
	struct store_txn *t = store_begin_read(g->store, &p);
	put_one(b, "minato_match_waiting", "gauge", "Pairs of records that somebody must look at.",
		t == NULL ? 0 : match_queue_count(t));
	store_end(t);
	put_one(b, "minato_match_links_total", "counter", "Links that feeds made by score.",
		get(&g->metrics->scored));
	put_one(b, "minato_match_keys_cut_total", "counter",
		"Keys of feeds that led to nobody, for too many records have them.",
		get(&g->metrics->keys_cut));
}

static void put_emergencies(struct buffer *b, struct gateway *g)
{
	const struct configuration *c = gateway_configuration(g);
	struct problem p = { .code = PROBLEM_NONE };
	struct store_txn *t = store_begin_read(g->store, &p);
	struct override_counts n = { 0 };
	instant late = g->clock->now(g->clock) - (int64_t)c->region.emergency.review * 1000000;
	if (t != NULL)
		overrides_count(t, late, &n);
	store_end(t);
	config_release(c);
	put_one(b, "minato_overrides_open", "gauge", "Emergency overrides whose window goes on.",
		n.open);
	put_one(b, "minato_overrides_unreviewed", "gauge",
		"Emergency overrides nobody has reviewed.", n.unreviewed);
	put_one(b, "minato_overrides_late", "gauge",
		"Of these the ones that wait longer than review-within.", n.late);
	put_one(b, "minato_overrides_untold", "gauge",
		"Emergency overrides whose patient was not told yet.", n.untold);
}

static void put_forms(struct buffer *b, struct gateway *g)
{
	struct problem p = { .code = PROBLEM_NONE };
	struct store_txn *t = store_begin_read(g->store, &p);
	struct consent_papers_sum sum = { 0 };
	if (t != NULL)
		consent_papers_kept(t, &sum);
	store_end(t);
	put_one(b, "minato_consent_forms", "gauge",
		"Scanned forms that came with decisions about consent.", sum.count);
	put_one(b, "minato_consent_form_octets", "gauge",
		"Octets of these; they count for no system.", sum.octets);
}

/* A name is a-z, 0-9 and -, so it needs no escape. */
static void put_stored(struct buffer *b, struct gateway *g, struct arena *a)
{
	struct problem p = { .code = PROBLEM_NONE };
	struct store_txn *t = store_begin_read(g->store, &p);
	buffer_text(b, "# HELP minato_stored_octets Octets that what a system has sent takes up.\n"
		       "# TYPE minato_stored_octets gauge\n");
	const char *name = t == NULL ? NULL : usage_next(t, a, NULL);
	for (; name != NULL; name = usage_next(t, a, name)) {
		struct usage u = usage_of(t, name);
		buffer_printf(b,
			      "minato_stored_octets{system=\"%s\",what=\"documents\"} %" PRIu64 "\n"
			      "minato_stored_octets{system=\"%s\",what=\"metadata\"} %" PRIu64 "\n"
			      "minato_stored_octets{system=\"%s\",what=\"persons\"} %" PRIu64 "\n",
			      name, usage_documents(&u), name, usage_metadata(&u), name, u.persons);
	}
	put_doubts(b, t, a);
	store_end(t);
}

static void put_quotas(struct buffer *b, struct gateway *g)
{
	const struct configuration *c = gateway_configuration(g);
	buffer_text(b, "# HELP minato_disk_quota_octets What they may be at most, where there is a "
		       "limit.\n"
		       "# TYPE minato_disk_quota_octets gauge\n");
	for (size_t i = 0; i < c->region.system_count; i++) {
		const struct registered_system *s = &c->region.systems[i];
		if (s->disk_quota != 0)
			buffer_printf(b, "minato_disk_quota_octets{system=\"%s\"} %" PRIu64 "\n",
				      s->name, s->disk_quota);
	}
	config_release(c);
}

static void put_inboxes(struct buffer *b, struct gateway *g)
{
	const struct configuration *c = gateway_configuration(g);
	struct problem p = { .code = PROBLEM_NONE };
	struct store_txn *t = store_begin_read(g->store, &p);
	buffer_text(b, "# HELP minato_inbox Submissions an inbox holds, and octets they take up.\n"
		       "# TYPE minato_inbox gauge\n");
	for (size_t i = 0; t != NULL && i < c->region.inbox_count; i++) {
		const char *name = c->region.inboxes[i].name;
		struct inbox_sum sum = inbox_sum_of(t, name);
		buffer_printf(b,
			      "minato_inbox{inbox=\"%s\",what=\"pushes\"} %" PRIu64 "\n"
			      "minato_inbox{inbox=\"%s\",what=\"octets\"} %" PRIu64 "\n",
			      name, sum.pushes, name, sum.octets);
	}
	store_end(t);
	config_release(c);
}

/* Systems that are registered: who is locked out and gone needs no alarm. */
static void put_locked(struct buffer *b, struct gateway *g, struct arena *a)
{
	const struct configuration *c = gateway_configuration(g);
	struct problem p = { .code = PROBLEM_NONE };
	struct store_txn *t = store_begin_read(g->store, &p);
	struct lockout is;
	buffer_text(b, "# HELP minato_facility_locked Systems that the operator locked out.\n"
		       "# TYPE minato_facility_locked gauge\n");
	for (size_t i = 0; i < c->region.system_count; i++)
		if (locked_out_has(g->locked_out, &c->region.systems[i]))
			buffer_printf(b, "minato_facility_locked{system=\"%s\"} 1\n",
				      c->region.systems[i].name);
	buffer_text(b, "# HELP minato_facility_withdrawn Of these the systems whose facility has "
		       "withdrawn.\n"
		       "# TYPE minato_facility_withdrawn gauge\n");
	for (size_t i = 0; t != NULL && i < c->region.system_count; i++)
		if (lockout_withdrawn(t, a, &c->region.systems[i], &is))
			buffer_printf(b, "minato_facility_withdrawn{system=\"%s\"} 1\n",
				      c->region.systems[i].name);
	store_end(t);
	config_release(c);
}

/* e: what runs out first of all that its key names; step: the highest of them. */
static void put_expiry(struct buffer *b, const struct expiry *e, unsigned step, instant now)
{
	const char *labels = arena_printf(b->arena, "section=\"%s\",name=\"%s\",key=\"%s\"",
					  e->section, e->title == NULL ? "" : e->title, e->key);
	buffer_printf(b,
		      "minato_certificate_days_left{%s} %d\n"
		      "minato_certificate_expiry_timestamp_seconds{%s} %" PRId64 "\n"
		      "minato_expiry_step{%s} %u\n",
		      labels, expiry_days(e, now), labels, e->until / 1000000, labels, step);
}

/* Of a key that names several the one that runs out first. Their order is the configuration's. */
static void put_expiries(struct buffer *b, struct gateway *g)
{
	const struct expiries_seen *s = expiries_hold(g->expiries);
	instant now = g->clock->now(g->clock);
	buffer_text(b, "# HELP minato_certificate_days_left Days until what the key names runs "
		       "out; below 0 it has.\n"
		       "# TYPE minato_certificate_days_left gauge\n"
		       "# HELP minato_certificate_expiry_timestamp_seconds When it does, seconds "
		       "since 1970.\n"
		       "# TYPE minato_certificate_expiry_timestamp_seconds gauge\n"
		       "# HELP minato_expiry_step How near it is: 0 not yet, 1 60 days, 2 30, 3 "
		       "14, 4 7, 5 a day, 6 over; of a revocation list those of its last eighth.\n"
		       "# TYPE minato_expiry_step gauge\n");
	for (size_t i = 0, next; s != NULL && i < s->count; i = next) {
		const struct expiry *e = &s->all[i], *first = e;
		unsigned step = 0;
		for (next = i; next < s->count && s->all[next].key_of == e->key_of; next++) {
			const struct expiry *other = &s->all[next];
			unsigned its = expiry_step(other, now);
			step = its > step ? its : step;
			first = other->until < first->until ? other : first;
		}
		put_expiry(b, first, step, now);
	}
	expiries_release(s);
}

static void put_calls(struct buffer *b, const struct client_thread *t)
{
	struct call_counts n;
	client_thread_count(t, &n);
	put_one(b, "minato_calls_under_way", "gauge", "Calls to partners that exchanges wait for.",
		n.under_way);
	put_one(b, "minato_calls_waiting", "gauge", "... that wait for a connection.", n.waiting);
	put_one(b, "minato_calls_answered_total", "counter", "Calls that had an answer.",
		n.answered);
	put_one(b, "minato_calls_unanswered_total", "counter",
		"Calls that had none, or were given up.", n.unanswered);
}

/* How what is asked of other communities ends. */
static void put_communities(struct buffer *b, struct circuits *all)
{
	static const struct {
		const char *name, *type, *help;
	} rows[] = {
		{ "answered_total", "counter", "Questions the community answered." },
		{ "failed_total", "counter", "... without an answer that counts." },
		{ "given_up_total", "counter", "... whose asker left." },
		{ "spared_total", "counter", "... that were not asked, for it had not answered." },
		{ "microseconds_total", "counter", "Time until its answers were there." },
		{ "seconds_total", "counter", "The same, in seconds." },
		{ "open", "gauge", "1: it is not asked for a while." },
	};
	struct circuit_counts n;
	for (size_t r = 0; r < COUNT(rows); r++) {
		buffer_printf(b, "# HELP minato_community_%s %s\n# TYPE minato_community_%s %s\n",
			      rows[r].name, rows[r].help, rows[r].name, rows[r].type);
		for (size_t i = 0; circuits_count(all, i, &n); i++) {
			const double took = (double)n.took;
			const double values[COUNT(rows)] = { (double)n.answered,
							     (double)n.failed,
							     (double)n.given_up,
							     (double)n.spared,
							     took,
							     took / 1e6,
							     n.open };
			buffer_printf(b, "minato_community_%s{community=\"%s\"} %.15g\n",
				      rows[r].name, n.partner, values[r]);
		}
	}
}

struct bytes metrics_text(struct gateway *g, struct arena *a, enum exposition as)
{
	struct buffer b = buffer_in(a);
	struct store_counts s;
	struct front_counts f;
	store_count(g->store, &s);
	front_count(g->front, &f);
	metrics_put_machine(g, &b);
	metrics_put_exchanges(g->metrics, &b);
	put_problems(&b, g->metrics);
	metrics_put_needed(g->metrics, &b);
	put_one(&b, "minato_store_jobs_total", "counter", "Write jobs run.", s.jobs);
	put_one(&b, "minato_store_kept_total", "counter", "Write jobs made durable.", s.kept);
	put_one(&b, "minato_store_flushes_total", "counter", "Flushes of the log to the disk.",
		s.flushes);
	put_one(&b, "minato_store_reads_total", "counter", "Snapshots read.", s.reads);
	put_one(&b, "minato_store_queued", "gauge", "Write jobs waiting.", s.queued);
	put_one(&b, "minato_audit_reserve_octets", "gauge",
		"Room on the disk that is kept for audit records.", s.audit_reserve);
	put_errands(&b, g, a);
	put_pull_points(&b, g, a);
	put_notifications(&b, g, a);
	put_aside(&b, g);
	put_received(&b, g, a);
	put_matching(&b, g);
	put_emergencies(&b, g);
	put_stored(&b, g, a);
	put_forms(&b, g);
	put_quotas(&b, g);
	put_inboxes(&b, g);
	storages_measure(g, &b);
	put_locked(&b, g, a);
	rates_put(g->rates, &b);
	put_expiries(&b, g);
	ocsp_shown_metrics(g, &b);
	put_calls(&b, g->client);
	put_communities(&b, g->circuits);
	put_one(&b, "minato_connections_accepted_total", "counter", "Connections accepted.",
		f.accepted);
	put_one(&b, "minato_connections_refused_total", "counter", "Connections refused.",
		f.refused);
	put_one(&b, "minato_connections_open", "gauge", "Connections open.", f.open);
	put_one(&b, "minato_handshakes_under_way", "gauge",
		"... before the end of their handshake.", f.shaking);
	put_one(&b, "minato_handshakes_displaced_total", "counter",
		"Handshakes that gave way to newer ones.", f.displaced);
	put_one(&b, "minato_connections_starved_total", "counter",
		"Connections let go because the descriptors left are kept.", f.starved);
	put_one(&b, "minato_connections_stalled_total", "counter",
		"Connections let go because their peer did not read its answer.", f.stalled);
	put_one(&b, "minato_bodies_halted_total", "counter",
		"Messages refused because their body stopped coming, or came too slowly.",
		f.halted);
	put_one(&b, "minato_requests_shed_total", "counter",
		"Messages refused as busy because they had waited too long to be begun.", f.shed);
	put_one(&b, "minato_long_transfers_total", "counter",
		"Answers and bodies so long that they went on where they give way.", f.moved);
	put_one(&b, "minato_received_octets_total", "counter", "Octets received, decrypted.",
		f.bytes_in);
	put_one(&b, "minato_sent_octets_total", "counter", "Octets sent, before encryption.",
		f.bytes_out);
	put_long_work(&b, g->long_works);
	put_answers(&b, g->spools);
	put_reads(&b, g);
	put_bodies(&b, g);
	return exposition_write(a, as, buffer_bytes(&b));
}
