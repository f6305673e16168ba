/* profiles/admin/admin_override.h: how the operator names an override, and how one is shown: who
 * broke the glass, of whom, and what has become of it since. */
#ifndef PROFILES_ADMIN_ADMIN_OVERRIDE_H
#define PROFILES_ADMIN_ADMIN_OVERRIDE_H

#include "profiles/admin/admin_person.h"
#include "store/overrides.h"

/* The member `id`. False: none was given. */
bool admin_read_override(struct exchange *x, const char **id);
/* PROBLEM_NOT_FOUND: there is none. */
bool admin_find_override(struct exchange *x, const char *id, struct override *out);
/* A new reference. */
json_t *admin_show_override(struct exchange *x, const struct override *o);
/* What has become of its notice: "notice": "told", "errand" (it is under way), "aside" (it is not
 * tried again by itself) or "letter" (somebody has to print it); and "errand", its number, while
 * there is one. */
void admin_show_telling(struct exchange *x, json_t *shown, const struct override *o);
/* As an object of the record, with its patient in whose trail it is; o NULL: it was not found. */
void admin_audit_override(struct exchange *x, struct audit_event *e, const struct override *o);

/* The stages of a transaction that is about one, and no more: x->result is it. */
bool admin_read_one_override(struct exchange *x);
bool admin_find_one_override(struct exchange *x);
void admin_audit_one_override(struct exchange *x, struct audit_event *e);

/* A list of those that wait for something, or of all: the members limit, after, all. */
struct override_page {
	enum override_list which;
	uint64_t limit;
	const char *after;
	struct override *overrides;
	size_t count;
};
bool admin_read_overrides(struct exchange *x, enum override_list waiting);
bool admin_list_overrides(struct exchange *x);
void admin_audit_overrides(struct exchange *x, struct audit_event *e);
/* {member: [...], "next"}; show: of each. */
json_t *admin_show_overrides(struct exchange *x, const char *member,
			     json_t *(*show)(struct exchange *x, const struct override *o));

#endif
