/* profiles/admin/admin_backup.c: copies the running store. POST /admin/backup {directory, onto}. */
#include "profiles/admin/admin_person.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

struct backed_up {
	const char *directory, *onto; /* onto NULL: all is copied */
	int64_t micros;
};

static bool is_absolute(struct exchange *x, const char *name, const char *path)
{
	return path[0] == '/'
	       || problem_at(&x->problem, PROBLEM_REQUEST_INVALID, name, "'%s' is not absolute",
			     path);
}

static bool read_request(struct exchange *x)
{
	struct backed_up *b = arena_new(x->arena, struct backed_up);
	b->directory = admin_text(x, "directory", true);
	b->onto = admin_text(x, "onto", false);
	x->request = b;
	return b->directory != NULL && is_absolute(x, "directory", b->directory)
	       && (b->onto == NULL || is_absolute(x, "onto", b->onto));
}

/* The directories above, where they are missing: the operator names where it goes, by date. What
 * cannot be made is told by store_backup(), which needs it. */
static void make_parents(struct arena *a, const char *directory)
{
	for (const char *slash = directory + 1; (slash = strchr(slash, '/')) != NULL; slash++)
		if (mkdir(arena_text_n(a, directory, (size_t)(slash - directory)), 0700) != 0
		    && errno != EEXIST)
			return;
}

static bool backup(struct exchange *x)
{
	struct backed_up *b = arena_new(x->arena, struct backed_up);
	int64_t begun = system_clock.elapsed(&system_clock);
	*b = *(const struct backed_up *)x->request;
	x->result = b;
	make_parents(x->arena, b->directory);
	if (!store_backup_onto(x->progress, x->store, b->directory, b->onto, &x->problem))
		return false;
	b->micros = system_clock.elapsed(&system_clock) - begun;
	return true;
}

static void audited(struct exchange *x, struct audit_event *e)
{
	struct audit_object *o = audit_add_object(x, e);
	*o = (struct audit_object){
		.id = "store",
		.type_code = 2,
		.type_code_role = 17,
		.name = "backup",
		.id_type = { .code = "12", .scheme = "RFC-3881", .display = "URI" },
	};
}

static json_t *answer(struct exchange *x)
{
	const struct backed_up *b = x->result;
	return json_pack("{s:s, s:f}", "directory", b->directory, "seconds",
			 (double)b->micros / 1e6);
}

static const struct route routes[] = {
	{ .request = "POST", .detail = "/admin/backup", .media = "application/json" }, { 0 }
};

static const char *const parameters[] = { "directory onto" };

static const struct long_work_kind long_work = { "backup", "the copy was removed" };

const struct transaction admin_backup = {
	.code = "backup",
	.name = "Backup",
	.section = "HACKING.md: Admin API",
	.actor = REGION_OPERATOR,
	.demands = DEMAND_OPERATOR,
	.dialect = DIALECT_ADMIN,
	.routes = routes,
	.access = STORE_NONE,
	.long_work = &long_work,
	.parameters = parameters,
	.audit_event = 110106,
	.audit_action = AUDIT_READ,
	.read = read_request,
	.handle = backup,
	.audited = audited,
	.answer_json = answer,
};
