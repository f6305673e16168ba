/* gateway/config_inbox.c: sections inbox become the facilities' inboxes: one name, one OID, one
 * facility each. */
#include "gateway/config_inbox.h"

#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "gateway/config_region.h"

static void check_name(struct config_making *m, const struct config_section *s)
{
	if (!config_plain_name(s->title))
		config_fault_add(m->faults, s->place,
				 "name it with a-z, 0-9 and -, such as b-clinic",
				 "\"%s\" cannot be the name of an inbox", s->title);
}

/* Whose documents are fetched by an OID must not depend on who asks. */
static void check_oid(struct config_making *m, const struct config_section *s,
		      const struct region *r, const char *oid)
{
	const struct facility_inbox *other = oid == NULL ? NULL
							 : region_inbox_of_repository(r, oid);
	struct config_place place = config_place_of(s, "repository-unique-id", s->place);
	if (oid != NULL && region_has_repository(r, oid))
		config_fault_add(m->faults, place, "give the inbox an OID of its own",
				 "inbox %s: %s is a repository of this gateway already", s->title,
				 oid);
	if (other != NULL)
		config_fault_add(m->faults, place, "give each inbox an OID of its own",
				 "inboxes %s and %s have the same repository-unique-id",
				 other->name, s->title);
}

static void check_systems(struct config_making *m, const struct config_section *s,
			  const struct region *r, const struct inbox_keys *keys)
{
	struct config_place from = config_place_of(s, "from", s->place);
	if (keys->facility != NULL && region_system(r, keys->facility) == NULL)
		config_fault_add(m->faults, config_place_of(s, "facility", s->place),
				 "name a system that has a section",
				 "inbox %s: there is no system %s", s->title, keys->facility);
	for (const char *const *n = keys->from; n != NULL && *n != NULL; n++)
		if (!text_equal(*n, "*") && region_system(r, *n) == NULL)
			config_fault_add(m->faults, from,
					 "name systems that have a section, or \"*\"",
					 "inbox %s: there is no system %s", s->title, *n);
	if (keys->from == NULL || *keys->from == NULL)
		config_fault_add(m->faults, from, "say from = {\"NAME\"}, or {\"*\"}",
				 "nobody may push to inbox %s", s->title);
}

static bool is_media_type(const char *text)
{
	static const char token[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "0123456789!#$&^_.+-";
	size_t type = strspn(text, token);
	size_t subtype = text[type] == '/' ? strspn(text + type + 1, token) : 0;
	return type != 0 && subtype != 0 && text[type + 1 + subtype] == '\0';
}

static void check_types(struct config_making *m, const struct config_section *s,
			const char *const *types)
{
	for (; types != NULL && *types != NULL; types++)
		if (!is_media_type(*types))
			config_fault_add(m->faults, config_place_of(s, "media-types", s->place),
					 "write type/subtype without parameters, such as "
					 "application/pdf",
					 "inbox %s: \"%s\" is no media type", s->title, *types);
}

static struct facility_inbox made(struct config_making *m, const struct config_section *s,
				  const struct inbox_keys *keys)
{
	bool some = keys->media_types != NULL && *keys->media_types != NULL;
	return (struct facility_inbox){
		.name = arena_text(m->arena, s->title),
		.facility = keys->facility,
		.repository_unique_id = keys->repository_unique_id,
		.from = keys->from,
		.media_types = some ? keys->media_types : NULL,
		.limited_metadata = keys->limited_metadata,
		.quota = keys->quota,
		.most = keys->most,
	};
}

void config_inboxes_set(struct config_making *m, const struct config_section *sections,
			struct region *r)
{
	struct facility_inbox *all = arena_array(m->arena, struct facility_inbox,
						 config_section_count(sections, SECTION_INBOX) + 1);
	r->inboxes = all;
	for (const struct config_section *s = sections;
	     (s = config_section_next(s, SECTION_INBOX)) != NULL; s = s->next) {
		struct inbox_keys keys = { .from = NULL };
		config_section_set(m, s->kind, s, s->place, &keys);
		check_name(m, s);
		check_oid(m, s, r, keys.repository_unique_id);
		check_systems(m, s, r, &keys);
		check_types(m, s, keys.media_types);
		all[r->inbox_count++] = made(m, s, &keys);
	}
}
