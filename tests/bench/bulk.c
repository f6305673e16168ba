/* tests/bench/bulk.c: a region's people and their documents, put into an empty store at once.
 *
 * Two batches: while the committer runs the job of one, the other's persons are made up, their
 * documents hashed and their submissions checked, as workers do for the gateway. */
#include "tests/bench/bulk.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gateway/audit/record.h"
#include "gateway/base/arena.h"
#include "gateway/base/findings.h"
#include "gateway/base/log.h"
#include "gateway/base/text.h"
#include "gateway/envelope/ebrim.h"
#include "gateway/envelope/xml_reader.h"
#include "profiles/actors/admission.h"
#include "profiles/actors/document_repository.h"
#include "store/audit_log.h"
#include "store/consent.h"
#include "store/identity.h"
#include "store/names.h"
#include "store/region_mark.h"
#include "store/store.h"
#include "tests/bench/machine.h"
#include "tests/bench/messages.h"

enum {
	AT_ONCE = 64,             /* persons a job */
	DOCUMENTS_AT_ONCE = 1000, /* or, once there are so many documents, fewer */
	/* Passes over the trees, so that pages are as full as after many feeds; of persons that
	 * take so many octets each. */
	PIECES = 24,
	PERSON_OCTETS = 12288,
	UNIT_OCTETS = 6144,
	PIECE_LEAST = 8 << 20,
	PIECE_MOST = 1 << 30,
	BATCH_MEMORY = 256 << 20,
	BATCHES = 2, /* under way */
	DOCUMENTS_MOST = 1024,
	DOCUMENT_OCTETS = 4096,
	EACH_US = 86400, /* of the region's time from one person to the next: ten a second */
};

/* 2024-01-01T00:00:00Z: the first of them. */
#define FIRST_DAY INT64_C(1704067200000000)

/* One ITI-41. */
struct providing {
	const struct registered_system *sender;
	const char *domain;
	struct submission *submission;
	struct provided_document *documents;
};

struct person_load {
	struct inhabitant who;
	struct bulk_record *records;
	size_t record_count;
	struct providing *provided; /* a place for each document */
	unsigned provided_count;
};

struct batch {
	struct store_job job; /* first */
	struct bulk *bulk;
	struct arena *arena;
	struct person_load *persons;
	unsigned count;
	bool busy, kept;
};

/* A region's time while it is loaded, and chance that is the same each time. */
struct load_clock {
	struct clock clock;
	atomic_int_fast64_t now;
};

struct load_chance {
	struct random_source source;
	uint64_t seed;
	atomic_uint_fast64_t drawn;
};

struct bulk {
	const struct bulk_plan *plan;
	struct bulk_result *out;
	const struct region *region;
	const struct registered_system *senders; /* the region's */
	const struct submission *sample;         /* one set, one entry, one association */
	struct store *store;
	struct load_clock clock;
	struct load_chance chance;
	struct batch batches[BATCHES];
	pthread_mutex_t lock; /* batches' busy, kept */
	pthread_cond_t told;
};

static _Noreturn void give_up(const char *what)
{
	fprintf(stderr, "bench: %s\n", what);
	exit(1);
}

static instant load_now(const struct clock *c)
{
	return atomic_load(&((struct load_clock *)c)->now);
}

static int64_t load_elapsed(const struct clock *c)
{
	(void)c;
	return system_clock.elapsed(&system_clock);
}

static void load_fill(const struct random_source *r, void *out, size_t length)
{
	struct load_chance *c = (struct load_chance *)r;
	for (unsigned char *at = out; length > 0;) {
		uint64_t drawn = population_mixed(c->seed ^ atomic_fetch_add(&c->drawn, 1));
		size_t take = length < sizeof drawn ? length : sizeof drawn;
		memcpy(at, &drawn, take);
		at += take;
		length -= take;
	}
}

/* ---- Making up, on the loading thread ---- */

static const char *cx_of(struct arena *a, const char *id, const char *domain)
{
	return arena_printf(a, "%s^^^&%s&ISO", id, domain);
}

static struct registry_desk desk_of(struct bulk *b, struct arena *a,
				    const struct registered_system *sender, struct store_txn *t)
{
	struct registry_desk d = { .arena = a,
				   .region = b->region,
				   .sender = sender,
				   .admission = arena_new(a, struct admission),
				   .needed = arena_new(a, struct leniencies),
				   .now = load_now(&b->clock.clock),
				   .txn = t };
	return d; /* nobody's admission is asked: no submission refers to what is registered */
}

static struct bytes content_of(struct arena *a, size_t octets, uint64_t person, unsigned document)
{
	uint64_t state = population_mixed(person * DOCUMENTS_MOST + document);
	unsigned char *content = arena_alloc(a, octets);
	for (size_t i = 0; i < octets; i++) {
		if (i % sizeof state == 0)
			state = population_mixed(state);
		content[i] = (unsigned char)(state >> 8 * (i % sizeof state));
	}
	return (struct bytes){ content, octets };
}

static void add_document(struct bulk *b, struct arena *a, struct providing *p,
			 const struct inhabitant *who, unsigned document)
{
	struct problem problem = { .code = PROBLEM_NONE };
	struct document_entry *e = arena_new(a, struct document_entry);
	struct association *x = arena_new(a, struct association);
	struct provided_document *d = arena_new(a, struct provided_document);
	struct blob *blob = arena_new(a, struct blob);
	if (!blob_of_bytes(b->store, a,
			   content_of(a, document == 1 ? b->plan->first : b->plan->octets,
				      who->number, document),
			   blob, &problem))
		give_up(problem.what);
	*e = *b->sample->entries;
	e->id = arena_printf(a, "d%u", document);
	e->unique_id = arena_printf(a, BULK_UNIQUE, (unsigned long long)who->number, document);
	e->patient_id = e->source_patient_id = cx_of(a, who->id, p->domain);
	e->next = p->submission->entries;
	p->submission->entries = e;
	*x = *b->sample->associations;
	x->id = arena_printf(a, "ss-d%u", document);
	x->target = e->id;
	x->next = p->submission->associations;
	p->submission->associations = x;
	*d = (struct provided_document){ .entry_id = e->id, .blob = blob, .next = p->documents };
	p->documents = d;
}

static struct providing *begin_submission(struct bulk *b, struct arena *a, struct person_load *l,
					  unsigned facility)
{
	struct providing *p = &l->provided[l->provided_count++];
	*p = (struct providing){ .sender = &b->senders[facility],
				 .domain = b->senders[facility].domains[0],
				 .submission = arena_new(a, struct submission) };
	p->submission->set_count = 1;
	p->submission->set = arena_new(a, struct submission_set);
	*p->submission->set = *b->sample->set;
	p->submission->set->patient_id = cx_of(a, l->who.id, p->domain);
	p->submission->set->unique_id = arena_printf(
		a, BULK_UNIQUE ".0", (unsigned long long)l->who.number, l->provided_count);
	return p;
}

/* What a worker does before the job: hash and size, and by what it is known when it comes again. */
static void receive(struct bulk *b, struct arena *a, struct providing *p)
{
	struct findings f = findings_in(a);
	struct registry_desk d = desk_of(b, a, p->sender, NULL);
	if (!document_repository_receive(&d, p->submission, p->documents, &f)
	    || !document_registry_validate(&d, p->submission, SUBMISSION_PROVIDES, &f))
		give_up(f.first->problem.what);
	document_repository_fingerprint(&d, p->submission, p->documents);
}

/* The forms too, as who reads a feed makes them. */
static void take_records(struct bulk *b, struct arena *a, struct person_load *l,
			 const struct bulk_record *records, size_t count)
{
	l->records = arena_array(a, struct bulk_record, count);
	l->record_count = count;
	for (size_t i = 0; i < count; i++) {
		if (records[i].facility >= b->region->system_count)
			give_up("the region has too few facilities");
		l->records[i] = records[i];
		l->records[i].demographics.forms = identity_prepared(a, &records[i].demographics);
	}
}

static void make_up_unit(struct bulk *b, struct arena *a, struct person_load *l, uint64_t number)
{
	struct bulk_record records[BULK_RECORDS];
	const struct bulk_people *people = b->plan->people;
	size_t count = people->records(people->with, a, number, records);
	*l = (struct person_load){ .who = { .number = number } };
	take_records(b, a, l, records, count);
}

static void take_documents(struct bulk *b, struct arena *a, struct person_load *l)
{
	struct providing *p = NULL;
	if (l->who.documents > DOCUMENTS_MOST)
		give_up("a person has more documents than the loader takes");
	l->provided = arena_array(a, struct providing, l->who.documents + 1);
	for (unsigned i = 0; i < l->who.documents; i++) {
		if (p == NULL || !b->plan->together)
			p = begin_submission(b, a, l,
					     b->plan->together ? 1 : i % l->who.facilities);
		add_document(b, a, p, &l->who, i + 1);
	}
	for (unsigned i = 0; i < l->provided_count; i++)
		receive(b, a, &l->provided[i]);
}

static void make_up_inhabitant(struct bulk *b, struct arena *a, struct person_load *l,
			       uint64_t number)
{
	struct bulk_record records[POPULATION_FACILITIES];
	*l = (struct person_load){ .provided_count = 0 };
	population_person(&b->plan->population, a, number, &l->who);
	for (unsigned i = 0; i < l->who.facilities; i++)
		records[i] = (struct bulk_record){ i, l->who.id,
						   inhabitant_demographics(a, &l->who) };
	take_records(b, a, l, records, l->who.facilities);
	take_documents(b, a, l);
}

static void make_up(struct bulk *b, struct arena *a, struct person_load *l, uint64_t number)
{
	if (b->plan->people != NULL)
		make_up_unit(b, a, l, number);
	else
		make_up_inhabitant(b, a, l, number);
}

/* The persons from that number on. */
static void fill_batch(struct bulk *b, struct batch *s, uint64_t number)
{
	unsigned documents = 0;
	s->persons = arena_array(s->arena, struct person_load, AT_ONCE);
	for (s->count = 0; s->count < AT_ONCE && documents < DOCUMENTS_AT_ONCE
			   && number + s->count < b->plan->persons;
	     s->count++) {
		make_up(b, s->arena, &s->persons[s->count], number + s->count);
		documents += s->persons[s->count].who.documents;
	}
}

/* ---- What the exchanges would have done, on the committer ---- */

/* As gateway/conclude.c and gateway/soap_road.c have it; the doors' addresses stand for theirs. */
static struct audit_event *event_of(struct bulk *b, struct arena *a, const char *code,
				    const char *name, int id, enum audit_action action,
				    const struct registered_system *sender)
{
	struct audit_event *e = arena_new(a, struct audit_event);
	struct audit_participant *peer = arena_new(a, struct audit_participant);
	struct audit_participant *own = arena_new(a, struct audit_participant);
	unsigned char octets[8];
	load_fill(&b->chance.source, octets, sizeof octets);
	*peer = (struct audit_participant){
		.user_id = "http://www.w3.org/2005/08/addressing/anonymous",
		.user_name = sender->title,
		.requestor = true,
		.role = AUDIT_SOURCE,
		.network_access_point = "127.0.0.1",
		.network_access_point_type = 2,
		.next = own,
	};
	*own = (struct audit_participant){ .user_id = "https://127.0.0.1/xds/repository",
					   .alternative_user_id = b->plan->source->process_id,
					   .role = AUDIT_DESTINATION,
					   .network_access_point = b->plan->source->host,
					   .network_access_point_type = 1 };
	*e = (struct audit_event){
		.event_id = id,
		.action = action,
		.time = load_now(&b->clock.clock),
		.type = { .code = code, .scheme = "IHE Transactions", .display = name },
		.participants = peer,
		.system = sender->name,
		.exchange = bytes_to_hex(a, (struct bytes){ octets, sizeof octets }),
		.transaction = code,
	};
	return e;
}

static struct audit_object *add_object(struct arena *a, struct audit_event *e, const char *id,
				       int type, int role, struct coded_value id_type)
{
	struct audit_object *o = arena_new(a, struct audit_object), **tail = &e->objects;
	*o = (struct audit_object){
		.id = id, .type_code = type, .type_code_role = role, .id_type = id_type
	};
	while (*tail != NULL)
		tail = &(*tail)->next;
	*tail = o;
	return o;
}

static struct audit_object *add_patient(struct arena *a, struct audit_event *e, const char *cx)
{
	return add_object(a, e, cx, 1, 1,
			  (struct coded_value){
				  .code = "2", .scheme = "RFC-3881", .display = "Patient Number" });
}

static bool note(struct bulk *b, struct store_txn *t, struct arena *a, struct audit_event *e)
{
	b->out->audit_records++;
	return audit_record_append(t, a, b->plan->source, e);
}

static bool feed(struct bulk *b, struct store_txn *t, struct arena *a, const struct bulk_record *r,
		 struct feed_outcome *outcome, struct problem *p)
{
	const struct registered_system *sender = &b->senders[r->facility];
	struct patient_identifier id = { .id = r->id, .universal_id = sender->domains[0] };
	if (!identity_put(t, b->region, sender->name, &id, &r->demographics, 0, outcome, p))
		return false;
	b->out->records++;
	struct audit_event *e = event_of(b, a, "ITI-44", "Patient Identity Feed", 110110,
					 AUDIT_CREATE, sender);
	struct audit_detail *message = arena_new(a, struct audit_detail);
	const char *text = arena_printf(a, "2.999.30.1^%s", e->exchange);
	*message = (struct audit_detail){ .type = "II",
					  .value = (const unsigned char *)text,
					  .length = strlen(text) };
	add_patient(a, e, cx_of(a, r->id, id.universal_id))->details = message;
	return note(b, t, a, e);
}

static bool join(struct bulk *b, struct store_txn *t, struct arena *a, const char *id,
		 uint64_t record, struct problem *p)
{
	struct consent_coverage coverage;
	struct consent_event joins = { .action = CONSENT_JOIN,
				       .reason = "bench",
				       .by = "bench",
				       .time = load_now(&b->clock.clock) };
	if (!consent_record(t, b->region, record, &joins, &coverage, p))
		return false;
	struct audit_event *e = event_of(b, a, "consent", "Consent", 110110, AUDIT_UPDATE,
					 &b->senders[0]);
	add_patient(a, e, cx_of(a, id, b->senders[0].domains[0]));
	return note(b, t, a, e);
}

static bool provide(struct bulk *b, struct store_txn *t, struct arena *a, const struct providing *v,
		    struct problem *p)
{
	struct findings f = findings_in(a);
	struct registry_desk d = desk_of(b, a, v->sender, t);
	if (document_repository_provide(&d, v->submission, v->documents, &f) == NULL)
		return problem_set(p, PROBLEM_INTERNAL, "a submission was refused: %s",
				   f.first == NULL ? "" : f.first->problem.what);
	b->out->submissions++;
	for (const struct document_entry *e = v->submission->entries; e != NULL; e = e->next)
		b->out->entries++;
	struct audit_event *e = event_of(b, a, "ITI-41", "Provide and Register Document Set-b",
					 110107, AUDIT_CREATE, v->sender);
	add_patient(a, e, v->submission->set->patient_id);
	add_object(a, e, v->submission->set->unique_id, 2, 20,
		   (struct coded_value){ .code = "urn:uuid:a54d6aa5-d40d-43f9-88c5-b4633d873bdd",
					 .scheme = "IHE XDS Metadata",
					 .display = "submission set classificationNode" });
	return note(b, t, a, e);
}

static bool is_last_of_person(const struct feed_outcome *fed, size_t count, size_t at)
{
	for (size_t i = at + 1; i < count; i++)
		if (fed[i].person == fed[at].person)
			return false;
	return true;
}

static bool load_person(struct bulk *b, struct store_txn *t, struct arena *a,
			const struct person_load *l, struct problem *p)
{
	struct feed_outcome fed[BULK_RECORDS];
	for (size_t i = 0; i < l->record_count; i++)
		if (!feed(b, t, a, &l->records[i], &fed[i], p))
			return false;
	/* Each person by his last record. */
	for (size_t i = 0; i < l->record_count; i++)
		if (is_last_of_person(fed, l->record_count, i)
		    && !join(b, t, a, l->records[i].id, fed[i].record, p))
			return false;
	for (unsigned i = 0; i < l->provided_count; i++)
		if (!provide(b, t, a, &l->provided[i], p))
			return false;
	return true;
}

static bool run_batch(struct store_job *j, struct store_txn *t, struct problem *p)
{
	struct batch *s = (struct batch *)j;
	for (unsigned i = 0; i < s->count; i++)
		if (!load_person(s->bulk, t, s->arena, &s->persons[i], p))
			return false;
	return true;
}

static void tell_batch(struct store_job *j, bool kept)
{
	struct batch *s = (struct batch *)j;
	pthread_mutex_lock(&s->bulk->lock);
	s->busy = false;
	s->kept = kept;
	pthread_cond_signal(&s->bulk->told);
	pthread_mutex_unlock(&s->bulk->lock);
}

static void wait_for(struct batch *s)
{
	pthread_mutex_lock(&s->bulk->lock);
	while (s->busy)
		pthread_cond_wait(&s->bulk->told, &s->bulk->lock);
	pthread_mutex_unlock(&s->bulk->lock);
	if (!s->kept)
		give_up(s->job.problem.what);
}

static void load_all(struct bulk *b)
{
	uint64_t done = 0;
	for (unsigned turn = 0; done < b->plan->persons; turn++) {
		struct batch *s = &b->batches[turn % BATCHES];
		wait_for(s);
		arena_reset(s->arena);
		fill_batch(b, s, done);
		done += s->count;
		/* All of the one before stand before it, so that time goes on. */
		wait_for(&b->batches[(turn + 1) % BATCHES]);
		atomic_fetch_add(&b->clock.now, (int64_t)s->count * EACH_US);
		s->job = (struct store_job){ .run = run_batch, .done = tell_batch };
		s->busy = true;
		store_submit(b->store, &s->job);
	}
	for (unsigned i = 0; i < BATCHES; i++)
		wait_for(&b->batches[i]);
}

/* ---- Around it ---- */

static const struct xml_node *first_within(const struct xml_node *n, const char *local)
{
	if (n == NULL || xml_is(n, LCM_NAMESPACE, local))
		return n;
	for (const struct xml_node *c = xml_first_element(n); c != NULL; c = xml_next_element(c)) {
		const struct xml_node *found = first_within(c, local);
		if (found != NULL)
			return found;
	}
	return NULL;
}

/* The bench's own ITI-41, read by the gateway's reader. */
static const struct submission *read_sample(struct arena *a)
{
	struct problem p = { .code = PROBLEM_NONE };
	struct findings f = findings_in(a);
	struct submission *s = arena_new(a, struct submission);
	struct submission_plan plan = {
		.domain = "2.999.1", .id = "sample", .unique = "2.999.7", .documents = 1
	};
	const char *text = message_submission_root(a, &plan);
	const struct xml_document *d = xml_read(a, NULL, bytes_of_text(text), &p);
	const struct xml_node *request = d == NULL ? NULL
						   : first_within(xml_root(d),
								  "SubmitObjectsRequest");
	if (request == NULL || !ebrim_read_submission(a, request, s, &f))
		give_up("the sample submission could not be read");
	return s;
}

static struct store *open_store(struct bulk *b, const struct engine_functions *engine,
				const struct log *log)
{
	struct problem p = { .code = PROBLEM_NONE };
	uint64_t made;
	struct store_settings s = { .engine = engine,
				    .directory = b->plan->directory,
				    .cache_bytes = b->plan->cache,
				    .log = log,
				    .clock = &b->clock.clock,
				    .random = &b->chance.source };
	struct store *store = store_open(&s, &p);
	if (store == NULL || !region_mark_agrees(store, b->region, &p)
	    || !names_of_region(store, b->region, &p)
	    || !identity_candidates_ready(store, &made, &p)
	    || !identity_keys_ready(store, &made, &p))
		give_up(p.what);
	return store;
}

/* What the gateway does beside its committer (gateway/audit/indexer.h). */
static void index_audit(struct bulk *b, const struct log *log)
{
	struct problem p = { .code = PROBLEM_NONE };
	double begun = machine_now();
	struct store *store = open_store(b, b->plan->engine, log);
	if (!audit_log_index(store, NULL, &p) || !audit_log_merge(store, NULL, &p)
	    || !audit_log_fold(store, NULL, &p))
		give_up(p.what);
	store_close(store);
	b->out->indexing = machine_now() - begun;
}

/* Of those who are of a class, beside what a person has anyway. */
static uint64_t documents_octets(const struct bulk_plan *plan)
{
	const struct population_class *c = plan->population.classes;
	uint64_t documents = 0;
	for (; c != NULL && c->every != 0; c++)
		documents += population_class_size(c, plan->persons) * c->documents;
	return documents * DOCUMENT_OCTETS;
}

static size_t piece_of(const struct bulk_plan *plan)
{
	uint64_t each = plan->people != NULL ? UNIT_OCTETS : PERSON_OCTETS;
	uint64_t octets = (plan->persons * each + documents_octets(plan)) / PIECES;
	return octets < PIECE_LEAST ? PIECE_LEAST : octets > PIECE_MOST ? PIECE_MOST : octets;
}

static void load_through(struct bulk *b, struct bulk_engine *engine, const struct log *log)
{
	double begun = machine_now(), cpu = machine_cpu();
	b->store = open_store(b, b->plan->engine != NULL ? b->plan->engine : &engine->does, log);
	load_all(b);
	store_close(b->store);
	if (engine->failed)
		give_up("the load failed");
	b->out->seconds = machine_now() - begun;
	b->out->cpu = machine_cpu() - cpu;
	b->out->putting = engine->putting;
	memcpy(b->out->spaces, engine->spaces, sizeof b->out->spaces);
	for (unsigned i = 0; i < BULK_SPACES; i++)
		b->out->rows += engine->spaces[i].rows;
}

void bulk_load(const struct bulk_plan *plan, struct bulk_result *out)
{
	struct log log = { .fd = STDERR_FILENO, .level = LOG_WARNING };
	struct arena *a = arena_create(SIZE_MAX);
	struct bulk_engine engine;
	struct bulk b = {
		.plan = plan,
		.out = out,
		.clock = { { load_now, load_elapsed }, FIRST_DAY },
		.chance = { { load_fill }, population_mixed(plan->population.seed), 0 },
	};
	*out = (struct bulk_result){ 0 };
	pthread_mutex_init(&b.lock, NULL);
	pthread_cond_init(&b.told, NULL);
	b.region = plan->region;
	b.senders = plan->region->systems;
	b.sample = read_sample(a);
	for (unsigned i = 0; i < BATCHES; i++)
		b.batches[i] = (struct batch){ .bulk = &b,
					       .arena = arena_create(BATCH_MEMORY),
					       .kept = true };
	bulk_engine_make(&engine, plan->cache, piece_of(plan));
	load_through(&b, &engine, &log);
	index_audit(&b, &log);
	for (unsigned i = 0; i < BATCHES; i++)
		arena_destroy(b.batches[i].arena);
	pthread_mutex_destroy(&b.lock);
	pthread_cond_destroy(&b.told);
	arena_destroy(a);
}
