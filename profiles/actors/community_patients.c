/* profiles/actors/community_patients.c: whom another community knows, and as whom. */
#include "profiles/actors/community_patients.h"

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "store/partner_codes.h"

struct known_person {
	uint64_t person;
	const char *cx; /* NULL: by none */
	struct known_person *next;
};

struct community_patients {
	struct arena *arena;
	const struct partner *partner; /* NULL: it is none (any more), and knows nobody */
	const char *domain;
	struct known_person *known;
};

struct community_patients *community_patients_begin(struct arena *a, const struct region *r,
						    const struct registered_system *sender)
{
	if (sender == NULL || sender->community == NULL)
		return NULL;
	struct community_patients *c = arena_new(a, struct community_patients);
	*c = (struct community_patients){ a, region_community_of(r, sender), r->community_domain,
					  NULL };
	return c;
}

bool community_patients_find(const struct community_patients *c, struct store_txn *t,
			     const char *code, uint64_t *record, uint64_t *person)
{
	struct partner_code found;
	if (c->partner == NULL || !partner_code_find(t, c->arena, c->partner->name, code, &found)
	    || found.purpose != CODE_CARE || found.person == 0)
		return false;
	*record = found.record;
	*person = found.person;
	return true;
}

static const char *look_up(const struct community_patients *c, struct store_txn *t, uint64_t person)
{
	const struct partner_code *one = c->partner == NULL ? NULL
							    : partner_codes_of(t, c->arena, person);
	for (; one != NULL; one = one->next)
		if (one->told && one->purpose == CODE_CARE
		    && text_equal(one->partner, c->partner->name))
			return arena_printf(c->arena, "%s^^^&%s&ISO", one->text, c->domain);
	return NULL;
}

const char *community_patients_code(struct community_patients *c, struct store_txn *t,
				    uint64_t person)
{
	for (const struct known_person *k = c->known; k != NULL; k = k->next)
		if (k->person == person)
			return k->cx;
	struct known_person *k = arena_new(c->arena, struct known_person);
	*k = (struct known_person){ person, look_up(c, t, person), c->known };
	c->known = k;
	return k->cx;
}
