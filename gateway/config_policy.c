/* gateway/config_policy.c: the region's rules, of their file and what that includes. */
#include "gateway/config_policy.h"

#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/regular_file.h"
#include "gateway/base/text.h"
#include "gateway/policy/policy_file.h"
#include "schemas/model/exclusion.h"
#include "schemas/model/region.h"

/* What is included stands beside the first file. */
struct beside {
	struct config_making *m;
	const char *first;
};

static bool open_beside(void *self, const char *name, struct bytes *text, const char **file,
			const char **why)
{
	const struct beside *b = self;
	const char *slash = strrchr(b->first, '/');
	*file = name[0] == '/' || slash == NULL
			? arena_text(b->m->arena, name)
			: arena_printf(b->m->arena, "%.*s/%s", (int)(slash - b->first), b->first,
				       name);
	return regular_read(b->m->arena, *file, POLICY_FILE_MOST, text, why);
}

static void tell(struct config_making *m, const char *path, const struct policy_reading *read)
{
	struct arena *a = m->faults->arena;
	for (const struct policy_fault *f = read->faults; f != NULL; f = f->next)
		config_fault_add(m->faults,
				 (struct config_place){ arena_text(a, f->file), f->line },
				 f->remedy, "%s", f->what);
	if (read->fault_count > POLICY_FAULTS_MOST)
		config_fault_add(m->faults, (struct config_place){ arena_text(a, path), 0 },
				 "mend those that are told first", "there are %zu more faults",
				 read->fault_count - POLICY_FAULTS_MOST);
}

const struct region_policy *config_policy(struct config_making *m, struct config_place where,
					  const char *path)
{
	struct bytes text;
	const char *why;
	if (path == NULL)
		return NULL;
	if (!regular_read(m->arena, path, POLICY_FILE_MOST, &text, &why)) {
		config_fault_add(m->faults, where, "name a file of rules, or remove the key",
				 "region policy, %s: %s", path, why);
		return NULL;
	}
	struct beside b = { m, path };
	const struct policy_source source = { &b, open_beside };
	struct policy_reading read = policy_file_read(m->arena, arena_text(m->arena, path), text,
						      &source);
	tell(m, path, &read);
	return read.policy;
}

/* The third digit of an institution's code: 1.2.392.100495.20.3.22. */
static const char *role_by_code(const struct region_policy *p, const char *code)
{
	enum { KIND_DIGIT = 2 };
	const char *role = code == NULL || strlen(code) <= KIND_DIGIT           ? NULL
			   : code[KIND_DIGIT] == '4'                            ? "pharmacist"
			   : code[KIND_DIGIT] == '1' || code[KIND_DIGIT] == '3' ? "physician"
										: NULL;
	return role != NULL && region_policy_named(p, POLICY_ROLES, role) != 0 ? role : NULL;
}

const char *config_policy_role(struct config_making *m, const struct config_section *s,
			       const struct region_policy *p, const struct registered_system *it)
{
	if (p == NULL)
		return it->role;
	if (it->role == NULL)
		return role_by_code(p, it->institution_code);
	if (region_policy_named(p, POLICY_ROLES, it->role) == 0)
		config_fault_add(m->faults, config_place_of(s, "role", s->place),
				 "name a role that region policy makes known",
				 "system %s: there is no role \"%s\"", it->name, it->role);
	return it->role;
}

static void unknown_system(struct config_making *m, const char *file, unsigned line,
			   const char *name)
{
	/* Faults outlive the configuration that has them. */
	struct config_place place = { arena_text(m->faults->arena, file), line };
	config_fault_add(m->faults, place, "name a system of the configuration",
			 "there is no system \"%.80s\"", name);
}

void config_policy_systems(struct config_making *m, const struct region *r)
{
	const struct region_policy *p = r->policy;
	const char *what;
	for (size_t i = 0; p != NULL && i < p->acknowledged_count; i++) {
		const struct acknowledged_policy *a = &p->acknowledged[i];
		for (const struct consent_word *w = a->words; w != NULL; w = w->next)
			if (w->target != NULL
			    && exclusion_kind(w->target, &what) == EXCLUSION_FACILITY
			    && !text_equal(what, CONSENT_SUBMITTER)
			    && region_system(r, what) == NULL)
				unknown_system(m, a->file, a->line, what);
	}
	for (const char *const *one = p == NULL ? NULL : p->recorders; one != NULL && *one != NULL;
	     one++)
		if (region_system(r, *one) == NULL)
			unknown_system(m, p->standard.file, 0, *one);
}
