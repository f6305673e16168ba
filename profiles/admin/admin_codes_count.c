/* profiles/admin/admin_codes_count.c: how often registered objects use each code of the code sets.
 * POST /admin/codes/count {attribute}: of that one alone; without it of all. */
#include "profiles/admin/admin_person.h"

#include "gateway/base/text.h"
#include "schemas/model/code_sets.h"
#include "store/registry_codes.h"

struct counts {
	const struct code_sets *sets;
	uint64_t *uses; /* of each code of the sets */
	uint64_t all, others;
};

static bool read_request(struct exchange *x)
{
	const char *attribute = admin_text(x, "attribute", false);
	x->request = attribute;
	if (attribute != NULL && code_attribute(attribute) < 0)
		return problem_at(&x->problem, PROBLEM_REQUEST_INVALID, "attribute",
				  "'%s' is no coded attribute", attribute);
	return x->problem.code == PROBLEM_NONE;
}

static void used(void *with, const struct code_use *u)
{
	struct counts *n = with;
	const struct affinity_code *c = code_sets_stands_for(n->sets, u->attribute, u->code,
							     u->scheme);
	n->all++;
	if (c == NULL)
		n->others++;
	else
		n->uses[c - n->sets->codes]++;
}

static bool count(struct exchange *x)
{
	struct counts *n = arena_new(x->arena, struct counts);
	n->sets = &x->region->codes;
	n->uses = arena_array(x->arena, uint64_t, n->sets->count);
	x->result = n;
	return registry_codes(x->progress, x->store, used, n, &x->problem);
}

static json_t *row(const struct affinity_code *c, uint64_t uses)
{
	return json_pack("{s:s, s:s, s:s*, s:s*, s:s*, s:I}", "attribute", c->attribute, "code",
			 c->code, "scheme", text_empty(c->scheme) ? NULL : c->scheme, "japanese",
			 c->japanese, "english", c->english, "uses", (json_int_t)uses);
}

/* In the order of the attributes, and of each as the sets have them. */
static json_t *answer(struct exchange *x)
{
	const struct counts *n = x->result;
	json_t *codes = json_array();
	for (int a = 0; a < CODE_ATTRIBUTES; a++)
		for (size_t i = 0; i < n->sets->count; i++) {
			const struct affinity_code *c = &n->sets->codes[i];
			if (text_equal(c->attribute, code_attributes[a])
			    && (x->request == NULL || text_equal(x->request, c->attribute)))
				json_array_append_new(codes, row(c, n->uses[i]));
		}
	return json_pack("{s:o, s:I, s:I}", "codes", codes, "uses_counted", (json_int_t)n->all,
			 "uses_of_others", (json_int_t)n->others);
}

static const struct route routes[] = {
	{ .request = "POST", .detail = "/admin/codes/count", .media = "application/json" }, { 0 }
};

static const char *const parameters[] = { "attribute" };

static const struct long_work_kind long_work = { "codes list", "nothing was counted" };

const struct transaction admin_codes_count = {
	.code = "codes-count",
	.name = "Codes counted",
	.section = "HACKING.md: Admin API",
	.actor = REGION_OPERATOR,
	.demands = DEMAND_OPERATOR,
	.dialect = DIALECT_ADMIN,
	.routes = routes,
	.access = STORE_NONE,
	.long_work = &long_work,
	.parameters = parameters,
	.read = read_request,
	.handle = count,
	.answer_json = answer,
};
