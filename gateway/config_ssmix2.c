/* gateway/config_ssmix2.c: sections ssmix2-storage become storages that are watched. */
#include "gateway/config_ssmix2.h"

#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "gateway/config.h"

enum { CODE = 10 };

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

static bool is_digits(const char *code)
{
	return code != NULL && strlen(code) == CODE && strspn(code, "0123456789") == CODE;
}

/* What we write has to be named by the facility, and found by whoever takes it in. */
static void check_delegated(struct config_making *m, const struct config_section *s,
			    const struct configuration *c, const char *directory)
{
	const struct registered_system *f = region_system(&c->region, s->title);
	const char *base = directory == NULL ? NULL : strrchr(directory, '/');
	if (f != NULL && !is_digits(f->institution_code))
		config_fault_add(m->faults, s->place,
				 "give that system its institution-code, of ten digits",
				 "ssmix2-storage \"%s\": what is delegated stands in a folder that "
				 "is named by the institution-code",
				 s->title);
	else if (f != NULL && base != NULL && text_starts(base + 1, f->institution_code))
		config_fault_add(m->faults, config_place_of(s, "directory", s->place),
				 "name the directory above it",
				 "ssmix2-storage \"%s\": what is delegated has its transaction "
				 "storage beside its root, and the directory holds both",
				 s->title);
}

static void add_delegated(struct config_making *m, const struct config_section *s,
			  struct delegated_storage *to, struct configuration *c,
			  const char *directory)
{
	check_delegated(m, s, c, directory);
	to[c->region.delegated_count++] = (struct delegated_storage){
		arena_text(m->arena, s->title), directory
	};
}

void config_ssmix2_set(struct config_making *m, const struct config_section *sections,
		       struct configuration *c)
{
	size_t n = config_section_count(sections, SECTION_SSMIX2_STORAGE);
	struct watched_storage *all = arena_array(m->arena, struct watched_storage, n + 1);
	struct delegated_storage *delegated = arena_array(m->arena, struct delegated_storage,
							  n + 1);
	for (const struct config_section *s = sections;
	     (s = config_section_next(s, SECTION_SSMIX2_STORAGE)) != NULL; s = s->next) {
		struct ssmix2_storage_keys keys = { 0 };
		config_section_set(m, s->kind, s, s->place, &keys);
		check(m, s, c);
		all[c->ssmix2.count++] = (struct watched_storage){
			.facility = arena_text(m->arena, s->title),
			.directory = keys.directory,
			.every = keys.every,
			.transactions = keys.transactions,
			.delegated = keys.delegated,
		};
		if (keys.delegated)
			add_delegated(m, s, delegated, c, keys.directory);
	}
	c->region.delegated = delegated;
	c->ssmix2.storages = all;
}
