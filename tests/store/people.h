/* tests/store/people.h: a region of three facilities, and people to feed it with. */
#ifndef TESTS_STORE_PEOPLE_H
#define TESTS_STORE_PEOPLE_H

#include <string.h>

#include "store/check.h"
#include "store/consent.h"
#include "store/identity.h"
#include "tests/store/fixture.h"

#define AFFINITY "2.999.1"
#define A_DOMAIN "2.999.101"
#define B_DOMAIN "2.999.102"
#define C_DOMAIN "2.999.103"
/* What becomes of likely pairs, where a test is about them. */
#ifndef PEOPLE_MATCHING
#define PEOPLE_MATCHING MATCHING_OFF
#endif

static const char *const a_domains[] = { A_DOMAIN, NULL }, *const b_domains[] = { B_DOMAIN, NULL };
static const char *const c_domains[] = { C_DOMAIN, NULL }, *const affinity_domains[] = { AFFINITY,
											 NULL };
static const char *const sees_all[] = { "*", NULL };

static const struct registered_system people_systems[] = {
	{ .name = "a-hospital",
	  .domains = a_domains,
	  .lenient = { .fill_domain = true, .update_creates = true, .resolve_own_ids = true } },
	{ .name = "b-clinic", .domains = b_domains },
	{ .name = "c-hospital", .domains = c_domains, .pix_domains = sees_all },
	{ .name = "outside-mpi", .domains = affinity_domains, .feeds_affinity_domain = true },
};
static const struct assigning_authority people_domains[] = {
	{ "REGION", AFFINITY, NULL },
	{ "A", A_DOMAIN, "a-hospital" },
	{ "B", B_DOMAIN, "b-clinic" },
	{ "C", C_DOMAIN, "c-hospital" },
};
static const struct region people_region = {
	.name = "test",
	.affinity_domain = AFFINITY,
	.affinity_namespace = "REGION",
	.device_id = "2.999.10.1",
	.systems = people_systems,
	.system_count = 4,
	.domains = people_domains,
	.domain_count = 4,
	.metadata_object = 256 << 10, /* the default */
	.matching = PEOPLE_MATCHING,
};

/* Somebody, as a facility knows him. */
struct who {
	const char *domain, *id;
	const char *family, *given, *birth, *sex, *phone, *postcode, *address;
	const char *insurer, *symbol, *number, *branch;
};

static inline struct patient_demographics people_demographics(struct arena *a, const struct who *w)
{
	struct patient_demographics d = { .birth_date = w->birth, .sex = w->sex };
	if (w->family != NULL || w->given != NULL) {
		d.names = arena_new(a, struct person_name);
		*d.names = (struct person_name){ .family = w->family,
						 .given = w->given,
						 .use = "L",
						 .representation = NAME_PHONETIC };
	}
	if (w->phone != NULL) {
		d.telecoms = arena_new(a, struct telecom);
		d.telecoms->number = w->phone;
	}
	if (w->address != NULL || w->postcode != NULL) {
		d.addresses = arena_new(a, struct postal_address);
		*d.addresses = (struct postal_address){ .postal_code = w->postcode,
							.text = w->address };
	}
	if (w->insurer != NULL) {
		d.insurances = arena_new(a, struct insurance);
		*d.insurances = (struct insurance){ .insurer = w->insurer,
						    .symbol = w->symbol,
						    .number = w->number,
						    .branch = w->branch };
	}
	return d;
}

static inline const char *people_system(const char *domain)
{
	for (size_t i = 0; i < people_region.system_count; i++)
		if (strcmp(people_systems[i].domains[0], domain) == 0)
			return people_systems[i].name;
	return "nobody";
}

struct people_put {
	struct fixture *fixture;
	const struct patient_identifier *ids;
	struct patient_demographics demographics;
	int64_t occurred;
	const char *domain, *survivor, *subsumed;
	struct feed_outcome outcome;
};

static inline bool people_put_job(void *with, struct store_txn *t, struct problem *p)
{
	struct people_put *put = with;
	if (put->survivor != NULL)
		return identity_merge(t, &people_region, put->domain, put->survivor, put->subsumed,
				      &put->outcome, p);
	return identity_put(t, &people_region, people_system(put->ids->universal_id), put->ids,
			    &put->demographics, put->occurred, &put->outcome, p);
}

static inline enum problem_code people_write(struct fixture *f, struct people_put *put)
{
	f->problem = (struct problem){ .code = PROBLEM_NONE };
	store_write(f->store, people_put_job, put, &f->problem);
	return f->problem.code;
}

/* Feeds somebody; the outcome's effect is of no interest. */
static inline struct feed_outcome people_feed(struct fixture *f, const struct who *w)
{
	struct patient_identifier id = { .id = w->id, .universal_id = w->domain };
	struct people_put put = { .ids = &id, .demographics = people_demographics(f->arena, w) };
	people_write(f, &put);
	fixture_must(f, f->problem.code == PROBLEM_NONE);
	return put.outcome;
}

static inline enum problem_code people_merge(struct fixture *f, const char *domain,
					     const char *survivor, const char *subsumed,
					     struct feed_outcome *out)
{
	struct people_put put = { .domain = domain, .survivor = survivor, .subsumed = subsumed };
	enum problem_code code = people_write(f, &put);
	if (out != NULL)
		*out = put.outcome;
	return code;
}

static inline bool people_find(struct fixture *f, const char *domain, const char *id,
			       struct patient_record *r)
{
	struct store_txn *t = store_begin_read(f->store, &f->problem);
	bool found = identity_find(t, f->arena, domain, id, r);
	store_end(t);
	return found;
}

static inline struct patient_record people_record(struct fixture *f, const char *domain,
						  const char *id)
{
	struct patient_record r = { 0 };
	f->problem = (struct problem){ .code = PROBLEM_NONE };
	if (!people_find(f, domain, id, &r))
		problem_set(&f->problem, PROBLEM_NOT_FOUND, "%s in %s is not there", id, domain);
	fixture_must(f, f->problem.code == PROBLEM_NONE);
	return r;
}

static inline struct person people_person(struct fixture *f, const char *domain, const char *id)
{
	struct person p = { 0 };
	struct patient_record r = people_record(f, domain, id);
	struct store_txn *t = store_begin_read(f->store, &f->problem);
	fixture_must(f, identity_person(t, f->arena, r.person, &p));
	store_end(t);
	return p;
}

static inline bool people_same(struct fixture *f, const struct who *x, const struct who *y)
{
	return people_record(f, x->domain, x->id).person
	       == people_record(f, y->domain, y->id).person;
}

static inline void people_tell(void *with, const char *finding)
{
	(void)with;
	fprintf(stderr, "finding: %s\n", finding);
}

/* How many things are wrong in the store. */
static inline unsigned people_findings(struct fixture *f, bool told)
{
	static const struct check_module *const modules[] = { &identity_check, &consent_check,
							      NULL };
	struct check_counts counts = { 0 };
	f->problem = (struct problem){ .code = PROBLEM_NONE };
	fixture_must(f, store_check(f->store, modules, told ? people_tell : NULL, NULL, &counts,
				    &f->problem));
	return (unsigned)counts.findings;
}

#endif
