/* profiles/ssmix2/ssmix2_put.c: a message for a delegated storage, brought by the operator. POST
 * /admin/ssmix2/put {facility, octets, type}; HACKING.md: Admin API. */
#include <jansson.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "profiles/ssmix2/delegated.h"
#include "profiles/ssmix2/storage_walk.h"

/* In base64, and what is said beside it. */
enum { BODY_MOST = STORAGE_FILE_MOST / 3 * 4 + 4096 };

static const char *text_of(struct exchange *x, const char *member, bool needed)
{
	const char *value = json_string_value(json_object_get(x->json, member));
	if (value == NULL && needed)
		problem_at(&x->problem, PROBLEM_REQUEST_INVALID, member, "'%s' is needed", member);
	return value;
}

/* NULL: x->problem. */
static const struct registered_system *read_facility(struct exchange *x)
{
	const char *name = text_of(x, "facility", true);
	const struct registered_system *f = name == NULL ? NULL : region_system(x->region, name);
	if (name != NULL && f == NULL)
		problem_at(&x->problem, PROBLEM_REQUEST_INVALID, "facility",
			   "'%s' names no facility of the region", name);
	if (f == NULL || region_delegated(x->region, f) != NULL)
		return f;
	problem_at(&x->problem, PROBLEM_NOT_FOUND, "facility",
		   "the storage of %s is not delegated: a section ssmix2-storage of it with "
		   "delegated = yes makes it so",
		   f->name);
	return NULL;
}

static bool read_request(struct exchange *x)
{
	struct bytes octets;
	const struct registered_system *facility = read_facility(x);
	const char *text = facility == NULL ? NULL : text_of(x, "octets", true);
	if (text == NULL)
		return false;
	if (!bytes_from_base64(x->arena, text, &octets))
		return problem_at(&x->problem, PROBLEM_REQUEST_INVALID, "octets",
				  "'octets' is not base64");
	x->needed_by = facility;
	return delegated_read(x, facility, octets, text_of(x, "type", false));
}

static json_t *answer(struct exchange *x)
{
	const struct storage_delivery *d = x->delivery;
	return json_pack("{s:s, s:s, s:s}", "written", storage_written_words[d->wrote.what], "type",
			 d->message.name.type->code, "path", d->wrote.path);
}

static const struct route routes[] = {
	{ .request = "POST", .detail = "/admin/ssmix2/put", .media = "application/json" }, { 0 }
};

static const char *const parameters[] = { "facility octets type" };

const struct transaction ssmix2_put = {
	.code = "ssmix2-put",
	.name = "Delegated Storage Upload",
	.section = "HACKING.md: Admin API",
	.actor = REGION_OPERATOR,
	.demands = DEMAND_OPERATOR,
	.works_with = 1 << PATIENT_IDENTIFIER_CROSS_REFERENCE_MANAGER | 1 << DOCUMENT_REGISTRY
		      | 1 << DOCUMENT_REPOSITORY,
	.dialect = DIALECT_ADMIN,
	.routes = routes,
	.parameters = parameters,
	.body_most = BODY_MOST,
	.access = STORE_NONE,
	.audit_event = 110107,
	.audit_action = AUDIT_CREATE,
	.read = read_request,
	.call = delegated_has_room,
	.handle = delegated_write,
	.audited = delegated_audited,
	.answer_json = answer,
};
