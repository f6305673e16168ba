/* tests/bench/identity_asking.c: what is asked of residents and said of them, at a region's
 * doors. */
#include "tests/bench/identity.h"

#include <stdio.h>
#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "tests/bench/messages.h"
#include "tests/bench/people.h"

enum {
	CLIENTS_MOST = 256,
	EACH_CLIENT = 1000000,    /* numbers at its disposal */
	FIRST_FRESH = 1000000000, /* ids below are the residents' */
	A_HOSPITAL = 0,           /* of the region's systems */
	B_CLINIC = 1,
	LOOKED_AT = 64, /* persons, for one who is known somewhere */
};

struct neighbour_client {
	struct arena *arena;
	uint64_t fresh;
	struct neighbours_answers answers;
};

struct neighbours_asking {
	const struct neighbourhood *of;
	const struct ask_row *row;
	const char *text;
	struct neighbour_client clients[CLIENTS_MOST];
};

struct ask_row {
	const char *name, *file, *path, *domain;
	bool of_a, mllp;
	const char *shows; /* in an answer that shows somebody; NULL: nobody is asked for */
	struct load_request (*make)(const struct neighbours_asking *w, struct neighbour_client *c);
};

static struct load_request request_of(const struct neighbours_asking *w, struct arena *a,
				      const struct replacing *with)
{
	const char *text = message_made(a, w->text, with);
	return w->row->mllp ? message_frame(a, text) : message_plain(a, w->row->path, text);
}

/* ---- Who ---- */

static uint64_t somebody(const struct neighbourhood *n, struct neighbour_client *c)
{
	return population_mixed(c->fresh++ ^ n->residents.seed) % n->persons;
}

static bool is_known_at(const struct neighbourhood *n, uint64_t person, unsigned facility,
			unsigned *nth)
{
	unsigned count = resident_records(&n->residents, person);
	for (*nth = 0; *nth < count; ++*nth)
		if (resident_facility(&n->residents, person, *nth) == facility)
			return true;
	return false;
}

/* By chance, among those whom that facility knows; nth: by which record. */
static uint64_t somebody_at(const struct neighbourhood *n, struct neighbour_client *c,
			    unsigned facility, unsigned *nth)
{
	uint64_t person = somebody(n, c);
	for (unsigned i = 0; i < LOOKED_AT && !is_known_at(n, person, facility, nth); i++)
		person = somebody(n, c);
	return person;
}

static const char *id_of(struct arena *a, uint64_t number)
{
	char id[POPULATION_ID];
	population_id(id, number);
	return arena_text(a, id);
}

/* ---- Questions ---- */

static struct load_request ask_for_ids(const struct neighbours_asking *w,
				       struct neighbour_client *c)
{
	unsigned nth;
	uint64_t person = somebody_at(w->of, c, B_CLINIC, &nth);
	struct replacing with[] = { { "@DOMAIN@", w->row->domain },
				    { "@ID@", id_of(c->arena, person) },
				    { 0 } };
	return request_of(w, c->arena, with);
}

static struct load_request ask_for_persons(const struct neighbours_asking *w,
					   struct neighbour_client *c)
{
	struct resident_record r = resident_truth(&w->of->residents, c->arena, somebody(w->of, c));
	struct replacing with[] = { { "@QUERY@", id_of(c->arena, c->fresh) },
				    { "@FAMILY-KANA@", r.family_kana },
				    { "@GIVEN-KANA@", r.given_kana },
				    { "@BIRTH@", r.birth_date },
				    { 0 } };
	return request_of(w, c->arena, with);
}

/* ---- Feeds ---- */

static void put_name(struct buffer *b, const char *use, const char *family, const char *given)
{
	if (family == NULL)
		return;
	buffer_printf(b, "<name use=\"%s\"><family>%s</family>", use, family);
	if (given != NULL)
		buffer_printf(b, "<given>%s</given>", given);
	buffer_text(b, "</name>");
}

/* What a record says, as a patientPerson has it. */
static const char *person_of(struct arena *a, const struct resident_record *r)
{
	struct buffer b = buffer_in(a);
	put_name(&b, "IDE", r->family, r->given);
	put_name(&b, "SYL", r->family_kana, r->given_kana);
	if (r->phone != NULL)
		buffer_printf(&b, "<telecom use=\"HP\" value=\"tel:%s\"/>", r->phone);
	if (r->sex != NULL)
		buffer_printf(&b, "<administrativeGenderCode code=\"%s\"/>", r->sex);
	buffer_printf(&b, "<birthTime value=\"%s\"/>", r->birth_date);
	if (r->address != NULL)
		buffer_printf(&b,
			      "<addr use=\"H\"><postalCode>%s</postalCode>"
			      "<streetAddressLine>%s</streetAddressLine></addr>",
			      r->postcode, r->address);
	return buffer_ended(&b);
}

/* One more record of him than there are, by a number nobody had. */
static struct resident_record next_record(const struct neighbours_asking *w,
					  struct neighbour_client *c)
{
	enum { SPARE = 1000 }; /* other ones each time he is met */
	uint64_t person = somebody(w->of, c);
	return resident_record(&w->of->residents, c->arena, person,
			       RESIDENT_RECORDS + (unsigned)(c->fresh % SPARE));
}

static struct load_request feed_next(const struct neighbours_asking *w, struct neighbour_client *c)
{
	struct resident_record r = next_record(w, c);
	struct replacing with[] = { { "@DOMAIN@", w->row->domain },
				    { "@ID@", id_of(c->arena, c->fresh) },
				    { "@SAYS@", person_of(c->arena, &r) },
				    { 0 } };
	return request_of(w, c->arena, with);
}

static const char *names_of(struct arena *a, const struct resident_record *r)
{
	static const char *const given[] = { "", "^" };
	struct buffer b = buffer_in(a);
	if (r->family != NULL)
		buffer_printf(&b, "%s%s%s%s", r->family, given[r->given != NULL],
			      r->given == NULL ? "^" : r->given, "^^^^^L^I");
	if (r->family_kana == NULL)
		return buffer_ended(&b);
	buffer_printf(&b, "%s%s%s%s%s", r->family == NULL ? "" : "~", r->family_kana,
		      given[r->given_kana != NULL], r->given_kana == NULL ? "^" : r->given_kana,
		      "^^^^^L^P");
	return buffer_ended(&b);
}

static const char *or_nothing(const char *text)
{
	return text == NULL ? "" : text;
}

static struct load_request admit_as(const struct neighbours_asking *w, struct arena *a,
				    const char *event, const char *id,
				    const struct resident_record *r, uint64_t number)
{
	const char *address = r->address == NULL
				      ? ""
				      : arena_printf(a, "%s^^^^%s^^H", r->address, r->postcode);
	struct replacing with[] = { { "@EVENT@", event },
				    { "@CONTROL@", id_of(a, number) },
				    { "@ID@", id },
				    { "@DOMAIN@", w->row->domain },
				    { "@NAMES@", names_of(a, r) },
				    { "@BIRTH@", r->birth_date },
				    { "@SEX@", or_nothing(r->sex) },
				    { "@ADDRESS@", address },
				    { "@PHONE@", or_nothing(r->phone) },
				    { 0 } };
	return request_of(w, a, with);
}

/* Somebody A病院 knows has another phone; one whom others know comes for the first time; or one
 * whom nobody knows. */
static struct load_request admit_next(const struct neighbours_asking *w, struct neighbour_client *c)
{
	unsigned nth, kind = (unsigned)(population_mixed(c->fresh) % 4);
	struct arena *a = c->arena;
	if (kind < 2) {
		uint64_t person = somebody_at(w->of, c, A_HOSPITAL, &nth);
		struct resident_record r = resident_record(&w->of->residents, a, person, nth);
		r.phone = arena_printf(a, "050%08llu", (unsigned long long)(c->fresh % 100000000));
		return admit_as(w, a, "A08", id_of(a, person), &r, c->fresh);
	}
	struct resident_record r = next_record(w, c);
	if (kind == 3)
		r = resident_record(&w->of->residents, a, c->fresh, 0);
	return admit_as(w, a, "A04", id_of(a, c->fresh), &r, c->fresh);
}

/* clang-format off */
static const struct ask_row rows[] = {
	[NEIGHBOUR_IDS] = { .name = "ITI-45", .file = "iti45.xml", .path = "/pix",
			    .domain = B_DOMAIN, .shows = "registrationEvent", .make = ask_for_ids },
	[NEIGHBOUR_FOUND] = { .name = "ITI-47, kana and birth", .file = "iti47.xml", .path = "/pdq",
			      .domain = A_DOMAIN, .of_a = true, .shows = "patientPerson",
			      .make = ask_for_persons },
	[NEIGHBOUR_FED] = { .name = "ITI-44, matched", .file = "iti44-says.xml", .path = "/pix",
			    .domain = A_DOMAIN, .of_a = true, .make = feed_next },
	[NEIGHBOUR_CAME] = { .name = "ADT A04, A08 by MLLP", .file = "adt.hl7", .domain = A_DOMAIN,
			     .of_a = true, .mllp = true, .make = admit_next },
};
/* clang-format on */

const char *neighbours_name(enum neighbours_ask what)
{
	return rows[what].name;
}

/* ---- Plans ---- */

static struct load_request next(void *with, unsigned client, uint64_t number)
{
	struct neighbours_asking *w = with;
	struct neighbour_client *c = &w->clients[client];
	(void)number;
	arena_reset(c->arena);
	c->fresh++;
	return w->row->make(w, c);
}

static bool look(void *with, unsigned client, int status, const unsigned char *body, size_t length)
{
	struct neighbours_asking *w = with;
	struct neighbours_answers *a = &w->clients[client].answers;
	const char *shows = w->row->shows;
	a->all++;
	a->with_somebody += shows != NULL && memmem(body, length, shows, strlen(shows)) != NULL;
	return people_accepted(status, body, length);
}

static void end_arena(void *arena)
{
	arena_destroy(arena);
}

void neighbours_plan(struct arena *a, struct neighbourhood *n, const struct place *p,
		     enum neighbours_ask what, unsigned clients, struct load_plan *plan)
{
	const struct ask_row *row = &rows[what];
	struct neighbours_asking *w = arena_new(a, struct neighbours_asking);
	*plan = (struct load_plan){ .target = place_target(p,
							   row->of_a ? p->a_hospital : p->b_clinic),
				    .clients = clients < CLIENTS_MOST ? clients : CLIENTS_MOST,
				    .next = next,
				    .look = look,
				    .with = w };
	plan->target.mllp = row->mllp;
	plan->target.port = row->mllp ? p->mllp : p->https;
	*w = (struct neighbours_asking){ .of = n, .row = row, .text = message_file(a, row->file) };
	for (unsigned i = 0; i < plan->clients; i++) {
		w->clients[i].arena = arena_create(SIZE_MAX);
		w->clients[i].fresh = FIRST_FRESH + n->fresh;
		n->fresh += EACH_CLIENT;
		arena_at_end(a, end_arena, w->clients[i].arena);
	}
}

struct neighbours_answers neighbours_answered(const struct load_plan *plan)
{
	const struct neighbours_asking *w = plan->with;
	struct neighbours_answers all = { 0 };
	for (unsigned i = 0; i < plan->clients; i++) {
		all.all += w->clients[i].answers.all;
		all.with_somebody += w->clients[i].answers.with_somebody;
	}
	return all;
}
