/* gateway/config_ssmix2.c: sections ssmix2-storage become storages that are watched. */
#include "gateway/config_ssmix2.h"

#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "gateway/config.h"
#include "gateway/config_roots.h"
#include "profiles/ssmix2/import_roots.h"
#include "profiles/ssmix2/root_owners.h"

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

/* Whoever is told nothing in between waits for a look at all. */
static void check_pauses(struct config_making *m, const struct config_section *s,
			 const struct ssmix2_storage_keys *keys)
{
	struct config_place place = config_place_of(s, "all-every", s->place);
	if (keys->all_every != 0 && keys->transactions == NULL)
		config_fault_add(m->faults, place,
				 "name its transactions, or say every instead of all-every",
				 "ssmix2-storage \"%s\": all-every is for storages whose "
				 "transactions tell what changes in between",
				 s->title);
	else if (keys->all_every != 0 && keys->all_every < keys->every)
		config_fault_add(m->faults, place, "let all-every be every, or longer",
				 "ssmix2-storage \"%s\": all-every is shorter than every",
				 s->title);
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

/* ---- A root is one facility's ---- */

struct claim {
	const struct config_section *section;
	const struct registered_system *facility;
	const char *directory; /* without links, where it is there */
	const struct storage_of_facility *found;
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

static bool share_a_root(const struct claim *a, const struct claim *b)
{
	for (size_t i = 0; i < a->found->root_count; i++)
		for (size_t k = 0; k < b->found->root_count; k++)
			if (root_id_equal(&a->found->roots[i], &b->found->roots[k]))
				return true;
	return false;
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
	for (size_t i = 0; i < n; i++) {
		const char *other = all[i].section->title;
		bool within = collide(&all[i], one);
		if (within)
			config_fault_add(
				m->faults, one->section->place,
				"give each facility a root of its own",
				"ssmix2-storage \"%s\": its directory is that of \"%s\" as "
				"well",
				one->section->title, other);
		else if (share_a_root(&all[i], one))
			config_fault_add(
				m->faults, one->section->place,
				"give each facility a root of its own",
				"ssmix2-storage \"%s\": its root is that of \"%s\" as well, by "
				"a link or a mount",
				one->section->title, other);
	}
}

static const char *without_end(struct arena *a, const char *directory)
{
	size_t length = strlen(directory);
	while (length > 1 && directory[length - 1] == '/')
		length--;
	return arena_text_n(a, directory, length);
}

static size_t claims_of(struct config_making *m, const struct config_section *sections,
			const struct configuration *c, struct claim *all,
			struct storage_of_facility *found)
{
	size_t n = 0, i = 0;
	for (const struct config_section *s = sections;
	     (s = config_section_next(s, SECTION_SSMIX2_STORAGE)) != NULL; s = s->next, i++) {
		const struct registered_system *f = region_system(&c->region, s->title);
		const char *directory = c->ssmix2.storages[i].directory;
		if (f == NULL || directory == NULL)
			continue; /* which has been told */
		directory = without_end(m->arena, directory);
		found[n] = (struct storage_of_facility){ .institution_code = f->institution_code,
							 .directory = directory };
		all[n] = (struct claim){
			.section = s, .facility = f, .directory = directory, .found = &found[n]
		};
		n++;
	}
	return n;
}

static void check_claims(struct config_making *m, const struct config_section *sections,
			 const struct configuration *c)
{
	size_t most = c->ssmix2.count + 1;
	struct claim *all = arena_array(m->arena, struct claim, most);
	struct storage_of_facility *found = arena_array(m->arena, struct storage_of_facility, most);
	size_t n = claims_of(m, sections, c, all, found);
	config_roots_find(m->arena, found, n);
	for (size_t i = 0; i < n; i++) {
		if (found[i].resolved != NULL)
			all[i].directory = found[i].resolved;
		check_claim(m, all, i, &c->region);
	}
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
		check_pauses(m, s, &keys);
		all[c->ssmix2.count++] = (struct watched_storage){
			.facility = arena_text(m->arena, s->title),
			.directory = keys.directory,
			.every = keys.every,
			.all_every = keys.all_every == 0 ? keys.every : keys.all_every,
			.transactions = keys.transactions,
			.delegated = keys.delegated,
		};
		if (keys.delegated)
			add_delegated(m, s, delegated, c, keys.directory);
	}
	c->region.delegated = delegated;
	c->ssmix2.storages = all;
	check_claims(m, sections, c);
}
