/* gateway/config_ssmix2.c: sections ssmix2-storage become storages that are watched. */
#include "gateway/config_ssmix2.h"

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "gateway/config.h"

static const enum actor needed_actors[] = { PATIENT_IDENTIFIER_CROSS_REFERENCE_MANAGER,
					    DOCUMENT_REGISTRY, DOCUMENT_REPOSITORY };

/* As what the operator has imported: patients are fed, documents kept and registered. */
static bool has_actors(const struct configuration *c)
{
	for (size_t i = 0; i < COUNT(needed_actors); i++)
		if (!c->actors.on[needed_actors[i]])
			return false;
	return true;
}

static void check(struct config_making *m, const struct config_section *s,
		  const struct configuration *c)
{
	const struct registered_system *f = region_system(&c->region, s->title);
	if (f == NULL)
		config_fault_add(m->faults, s->place, "name a system that has a section",
				 "ssmix2-storage \"%s\" is of no system", s->title);
	else if (f->domains == NULL || f->domains[0] == NULL)
		config_fault_add(m->faults, s->place,
				 "give that system domains: the first is that of the storage's ids",
				 "ssmix2-storage \"%s\": the system owns no patient identifier "
				 "domain",
				 s->title);
	else if (!has_actors(c))
		config_fault_add(m->faults, s->place,
				 "take the section away, or have actors pix-manager, "
				 "document-registry and document-repository on",
				 "ssmix2-storage \"%s\": what it holds would be nobody's to keep",
				 s->title);
}

void config_ssmix2_set(struct config_making *m, const struct config_section *sections,
		       struct configuration *c)
{
	size_t n = config_section_count(sections, SECTION_SSMIX2_STORAGE);
	struct watched_storage *all = arena_array(m->arena, struct watched_storage, n + 1);
	for (const struct config_section *s = sections;
	     (s = config_section_next(s, SECTION_SSMIX2_STORAGE)) != NULL; s = s->next) {
		struct ssmix2_storage_keys keys = { 0 };
		config_section_set(m, s->kind, s, s->place, &keys);
		check(m, s, c);
		all[c->ssmix2.count++] = (struct watched_storage){
			.facility = arena_text(m->arena, s->title),
			.directory = keys.directory,
			.every = keys.every,
			.transactions = keys.transactions
		};
	}
	c->ssmix2.storages = all;
}
