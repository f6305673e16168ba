/* gateway/config_ssmix2.c: sections ssmix2-storage become storages that are watched. */
#include "gateway/config_ssmix2.h"

#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "gateway/config.h"
#include "profiles/ssmix2/import_roots.h"

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

/* ---- A root is one facility's ---- */

struct claim {
	const struct config_section *section;
	const struct registered_system *facility;
	const char *directory;
};

/* The directory itself, or one in it. */
static bool is_within(const char *directory, const char *of)
{
	size_t length = strlen(of);
	return strncmp(directory, of, length) == 0
	       && (directory[length] == '/' || directory[length] == '\0' || length == 1);
}

/* Where both hold what is named by codes, each has its own. */
static bool collide(const struct claim *a, const struct claim *b)
{
	return (import_roots_is_one(a->facility, a->directory)
		&& is_within(b->directory, a->directory))
	       || (import_roots_is_one(b->facility, b->directory)
		   && is_within(a->directory, b->directory));
}

static void check_claim(struct config_making *m, const struct claim *all, size_t n,
			const struct region *region)
{
	const struct claim *one = &all[n];
	const struct registered_system *named = import_roots_named(region, one->facility,
								   one->directory);
	if (named != NULL)
		config_fault_add(m->faults, one->section->place,
				 "name the facility's own root, or what holds the roots",
				 "ssmix2-storage \"%s\": its directory is named by the "
				 "institution-code of \"%s\"",
				 one->section->title, named->name);
	for (size_t i = 0; i < n; i++)
		if (collide(&all[i], one))
			config_fault_add(
				m->faults, one->section->place,
				"give each facility a root of its own",
				"ssmix2-storage \"%s\": its directory is that of \"%s\" as "
				"well",
				one->section->title, all[i].section->title);
}

static const char *without_end(struct arena *a, const char *directory)
{
	size_t length = strlen(directory);
	while (length > 1 && directory[length - 1] == '/')
		length--;
	return arena_text_n(a, directory, length);
}

static void check_claims(struct config_making *m, const struct config_section *sections,
			 const struct configuration *c)
{
	struct claim *all = arena_array(m->arena, struct claim, c->ssmix2.count + 1);
	size_t n = 0, i = 0;
	for (const struct config_section *s = sections;
	     (s = config_section_next(s, SECTION_SSMIX2_STORAGE)) != NULL; s = s->next, i++) {
		const struct registered_system *f = region_system(&c->region, s->title);
		const char *directory = c->ssmix2.storages[i].directory;
		if (f == NULL || directory == NULL)
			continue; /* which has been told */
		directory = without_end(m->arena, directory);
		all[n] = (struct claim){ .section = s, .facility = f, .directory = directory };
		check_claim(m, all, n++, &c->region);
	}
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
	check_claims(m, sections, c);
}
