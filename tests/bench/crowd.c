/* tests/bench/crowd.c: the people of a place, and requests about them, somebody else each time. */
#include "tests/bench/crowd.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/audit/event_packing.h"
#include "gateway/audit/record.h"
#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "gateway/config.h"

enum {
	CLIENTS_MOST = 256,
	SAMPLES = 16,
	EACH_CLIENT = 1000000,    /* numbers at its disposal */
	FIRST_FRESH = 1000000000, /* persons and uniqueIds below are the population's */
};

/* One client's requests: written over each time, or made anew in its arena. */
struct client_asking {
	struct load_request request;
	struct serials person, serial;
	struct arena *arena;
	uint64_t fresh;
};

struct crowd_asking {
	const struct crowd *crowd;
	const struct asked_row *row;
	const char *text, *domain; /* of messages made anew */
	struct client_asking clients[CLIENTS_MOST];
};

struct asked_row {
	const char *name, *file, *path, *returns;
	bool of_a; /* A病院 asks; else B診療所 */
	bool mllp, changes;
	/* NULL: the message is made of a new person each time */
	struct load_request (*make)(struct arena *a, const struct asked_row *row,
				    const char *domain, size_t octets);
};

/* ---- Messages that differ in numbers alone ---- */

static struct load_request make_query(struct arena *a, const struct asked_row *row,
				      const char *domain, size_t octets)
{
	struct replacing with[] = { { "@DOMAIN@", domain },
				    { "@ID@", "P" SOMEBODY },
				    { "@UNIQUE@", "2.999.7." SOMEBODY ".1" }, /* BULK_UNIQUE */
				    { "@RETURN@", row->returns },
				    { 0 } };
	(void)octets;
	return message_plain(a, row->path, message_text(a, row->file, with));
}

static struct load_request make_retrieval(struct arena *a, const struct asked_row *row,
					  const char *domain, size_t octets)
{
	(void)row, (void)domain, (void)octets;
	return people_retrieve(a, "2.999.7." SOMEBODY ".1"); /* BULK_UNIQUE */
}

static struct submission_plan one_document(const char *domain, size_t octets)
{
	return (struct submission_plan){ .domain = domain,
					 .id = "P" SOMEBODY,
					 .unique = "2.999.8." SERIAL,
					 .documents = 1,
					 .octets = octets,
					 .times = 1 };
}

static struct load_request make_submission(struct arena *a, const struct asked_row *row,
					   const char *domain, size_t octets)
{
	struct submission_plan s = one_document(domain, octets);
	(void)row;
	return message_submission(a, &s);
}

static struct load_request make_registration(struct arena *a, const struct asked_row *row,
					     const char *domain, size_t octets)
{
	struct submission_plan s = one_document(domain, octets);
	(void)row;
	return message_registration(a, &s);
}

/* clang-format off */
static const struct asked_row rows[] = {
	[ASK_IDS] = { .name = "ITI-45", .file = "iti45.xml", .path = "/pix",
		      .make = make_query },
	[ASK_ENTRIES] = { .name = "ITI-18 LeafClass", .file = "iti18.xml",
			  .path = "/xds/registry", .returns = "LeafClass", .of_a = true,
			  .make = make_query },
	[ASK_REFERENCES] = { .name = "ITI-18 ObjectRef", .file = "iti18.xml",
			     .path = "/xds/registry", .returns = "ObjectRef", .of_a = true,
			     .make = make_query },
	[ASK_UNIQUE] = { .name = "ITI-18 GetDocuments", .file = "iti18-documents.xml",
			 .path = "/xds/registry", .returns = "LeafClass", .of_a = true,
			 .make = make_query },
	[ASK_ALL] = { .name = "ITI-18 GetAll", .file = "iti18-all.xml",
		      .path = "/xds/registry", .returns = "LeafClass", .of_a = true,
		      .make = make_query },
	[ASK_DOCUMENT] = { .name = "ITI-43", .of_a = true, .make = make_retrieval },
	[GIVE_DOCUMENT] = { .name = "ITI-41", .changes = true, .make = make_submission },
	[GIVE_ENTRY] = { .name = "ITI-42", .changes = true, .make = make_registration },
	[FEED_V3] = { .name = "ITI-44", .file = "iti44.xml", .path = "/pix", .of_a = true,
		      .changes = true },
	[FEED_V2] = { .name = "ITI-8, MLLP", .file = "iti8.hl7", .of_a = true, .mllp = true,
		      .changes = true },
};
/* clang-format on */

const char *crowd_name(enum asked what)
{
	return rows[what].name;
}

/* ---- A new person's feed ---- */

static struct load_request new_person(const struct crowd_asking *w, struct client_asking *c)
{
	struct arena *a = c->arena;
	struct inhabitant who;
	arena_reset(a);
	population_person(&w->crowd->population, a, c->fresh++, &who);
	struct replacing with[] = { { "@ID@", who.id },
				    { "@DOMAIN@", w->domain },
				    { "@CONTROL@", who.id },
				    { "@FAMILY@", who.family },
				    { "@GIVEN@", who.given },
				    { "@FAMILY-KANA@", who.family_kana },
				    { "@GIVEN-KANA@", who.given_kana },
				    { "@PHONE@", who.phone },
				    { "@SEX@", who.sex },
				    { "@BIRTH@", who.birth_date },
				    { "@POSTCODE@", who.postcode },
				    { "@ADDRESS@", who.address },
				    { 0 } };
	const char *text = message_made(a, w->text, with);
	return w->row->mllp ? message_frame(a, text) : message_plain(a, w->row->path, text);
}

static uint64_t somebody(const struct crowd *c, uint64_t chance)
{
	if (c->among == NULL)
		return chance % c->persons;
	return c->among->at
	       + c->among->every * (chance % population_class_size(c->among, c->persons));
}

static struct load_request crowd_next(void *with, unsigned client, uint64_t number)
{
	struct crowd_asking *w = with;
	struct client_asking *c = &w->clients[client];
	if (w->row->make == NULL)
		return new_person(w, c);
	/* By its own fresh number, so that no two runs ask for the same in the same order. */
	uint64_t chance = population_mixed(c->fresh++ ^ w->crowd->population.seed);
	(void)number;
	message_number(&c->person, somebody(w->crowd, chance));
	message_number(&c->serial, c->fresh);
	return c->request;
}

static bool accepted(void *with, unsigned client, int status, const unsigned char *body,
		     size_t length)
{
	(void)with, (void)client;
	return people_accepted(status, body, length);
}

static void end_arena(void *arena)
{
	arena_destroy(arena);
}

static struct client_asking client_of(struct arena *a, struct crowd *c,
				      const struct crowd_asking *w, size_t octets)
{
	struct client_asking one = { .fresh = FIRST_FRESH + c->fresh };
	c->fresh += EACH_CLIENT;
	if (w->row->make == NULL) {
		one.arena = arena_create(SIZE_MAX);
		arena_at_end(a, end_arena, one.arena);
		return one;
	}
	one.request = w->row->make(a, w->row, w->domain, octets);
	one.person = message_marks(a, &one.request, SOMEBODY);
	one.serial = message_serials(a, &one.request);
	return one;
}

void crowd_plan(struct arena *a, struct crowd *c, const struct place *p, enum asked what,
		unsigned clients, size_t octets, struct load_plan *plan)
{
	const struct asked_row *row = &rows[what];
	struct crowd_asking *w = arena_new(a, struct crowd_asking);
	*plan = (struct load_plan){ .target = place_target(p,
							   row->of_a ? p->a_hospital : p->b_clinic),
				    .clients = clients < CLIENTS_MOST ? clients : CLIENTS_MOST,
				    .next = crowd_next,
				    .look = row->changes ? accepted : NULL,
				    .with = w };
	plan->target.mllp = row->mllp;
	plan->target.port = row->mllp ? p->mllp : p->https;
	*w = (struct crowd_asking){ .crowd = c,
				    .row = row,
				    .domain = row->of_a ? A_DOMAIN : B_DOMAIN };
	if (row->make == NULL)
		w->text = message_file(a, row->file);
	for (unsigned i = 0; i < plan->clients; i++)
		w->clients[i] = client_of(a, c, w, octets);
}

uint64_t crowd_usual_length(const struct load_plan *plan)
{
	uint64_t all = 0, least = UINT64_MAX;
	for (unsigned client = 0; client < SAMPLES; client++) {
		struct load_request one = plan->next(plan->with, client % plan->clients, 0);
		uint64_t length = people_ask(&plan->target, &one, true);
		least = length < least ? length : least;
		all += length;
	}
	if (least < all / SAMPLES / 2) {
		fprintf(stderr, "bench: an answer has %llu octets, others %llu\n",
			(unsigned long long)least, (unsigned long long)(all / SAMPLES));
		exit(1);
	}
	return all / SAMPLES;
}

/* ---- Loading ---- */

static const struct configuration *read_configuration(const char *path, struct arena *a)
{
	const struct config_fault *faults = NULL;
	const struct configuration *c = config_load(path, a, &faults);
	for (; faults != NULL; faults = faults->next)
		config_tell_fault(faults, stderr);
	if (c == NULL)
		exit(1);
	return c;
}

void crowd_load(const struct place *p, const struct crowd_loading *l, struct crowd *c,
		struct bulk_result *out)
{
	struct arena *a = arena_create(SIZE_MAX);
	struct event_packer *packer = event_packer_create();
	const struct configuration *configuration = read_configuration(p->configuration, a);
	struct audit_source source = {
		.enterprise_site_id = configuration->audit.enterprise_site_id,
		.source_id = configuration->audit.source_id,
		.process_id = "1",
		.host = "bench",
		.packer = packer,
	};
	struct bulk_plan plan = { .region = &configuration->region,
				  .directory = configuration->store.directory,
				  .source = &source,
				  .population = l->population,
				  .people = l->people,
				  .persons = l->persons,
				  .first = l->first,
				  .octets = l->octets,
				  .together = l->together,
				  .cache = l->cache };
	bulk_load(&plan, out);
	*c = (struct crowd){ .population = l->population, .persons = l->persons };
	config_release(configuration);
	event_packer_destroy(packer);
	arena_destroy(a);
}
