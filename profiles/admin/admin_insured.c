/* profiles/admin/admin_insured.c: which insured numbers that somebody has belong to one person.
 * POST /admin/insurance/partition {asker, purpose, octets: a number a line, in base64}; japan.md
 * D6, HACKING.md: Admin API.
 *
 * What comes back is what was sent, in another order, each with a group: the groups are drawn for
 * this answer and mean nothing in another. A number nobody has is in a group of its own, as one of
 * a person who has no other of these. */
#include <openssl/hmac.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/text.h"
#include "profiles/actors/insured_partition.h"
#include "profiles/admin/admin_person.h"
#include "schemas/model/region_policy.h"
#include "store/store.h"

enum { NUMBERS_MOST = 1000, OCTETS_MOST = 128 << 10, BODY_MOST = OCTETS_MOST / 3 * 4 + 4096 };

struct insured_request {
	const char *asker, *purpose;
	struct requester as;
	size_t lines, count;
	struct insured_asked *all;
};

struct grouped {
	const char *said;
	unsigned group;
};

struct insured_result {
	struct grouped *all; /* in the order of the answer */
	size_t together;     /* persons of whom there are two or more */
	const char *asked;   /* of all that was asked, a hash by the store's secret */
};

/* ---- Reading ---- */

/* NULL: the region's rules do not know it. */
static const struct coded_value *purpose_of(struct exchange *x, const char *name)
{
	const struct region_policy *p = x->region->policy;
	uint64_t bit = p == NULL ? 0 : region_policy_named(p, POLICY_PURPOSES, name);
	const struct policy_codes *codes = p == NULL ? NULL : &p->codes[POLICY_PURPOSE];
	for (size_t i = 0; bit != 0 && i < codes->count; i++)
		if ((codes->all[i].names & bit) != 0) {
			struct coded_value *c = arena_new(x->arena, struct coded_value);
			c->code = codes->all[i].code;
			c->scheme = codes->all[i].scheme;
			return c;
		}
	return NULL;
}

static bool read_one(struct exchange *x, struct insured_request *r, const char *said)
{
	struct problem p = { .code = PROBLEM_NONE };
	const char *where = arena_printf(x->arena, "line %zu", ++r->lines);
	if (*said == '\0')
		return true;
	if (r->count == NUMBERS_MOST)
		return problem_at(&x->problem, PROBLEM_REQUEST_INVALID, where,
				  "at most %d numbers are asked at once", NUMBERS_MOST);
	return insured_read(x->arena, said, &r->all[r->count++], &p)
	       || problem_at(&x->problem, PROBLEM_REQUEST_INVALID, where, "%s", p.what);
}

/* A line each. */
static bool read_numbers(struct exchange *x, struct insured_request *r)
{
	struct bytes octets;
	const char *sent = admin_text(x, "octets", true);
	if (sent == NULL)
		return false;
	if (!bytes_from_base64(x->arena, sent, &octets) || !text_is_utf8(octets.data, octets.length)
	    || memchr(octets.data, '\0', octets.length) != NULL)
		return problem_at(&x->problem, PROBLEM_REQUEST_INVALID, "octets",
				  "'octets' is not text in UTF-8, in base64");
	char *rest = arena_text_n(x->arena, (const char *)octets.data, octets.length), *line;
	r->all = arena_array(x->arena, struct insured_asked, NUMBERS_MOST);
	while ((line = strsep(&rest, "\r\n")) != NULL)
		if (!read_one(x, r, line))
			return false;
	return r->count != 0
	       || problem_at(&x->problem, PROBLEM_REQUEST_INVALID, "octets", "there is no number");
}

static bool read_request(struct exchange *x)
{
	struct insured_request *r = arena_new(x->arena, struct insured_request);
	x->request = r;
	r->asker = admin_text(x, "asker", true);
	r->purpose = r->asker == NULL ? NULL : admin_text(x, "purpose", true);
	if (r->purpose == NULL)
		return false;
	if (x->region->without_insurances)
		return problem_at(&x->problem, PROBLEM_REQUEST_INVALID, "octets",
				  "this region keeps no insured numbers (region insurance = off)");
	r->as = (struct requester){ .region = x->region,
				    .purposes = purpose_of(x, r->purpose),
				    .time = x->now };
	return read_numbers(x, r);
}

/* ---- The answer ---- */

static unsigned drawn(struct exchange *x, unsigned below)
{
	uint64_t some;
	x->random->fill(x->random, &some, sizeof some);
	return (unsigned)(some % below); /* below 2^32: no more than 2^-32 from even */
}

static void shuffle(struct exchange *x, unsigned *order, size_t count)
{
	for (size_t i = 0; i < count; i++)
		order[i] = (unsigned)i;
	for (size_t i = count; i > 1; i--) {
		unsigned k = drawn(x, (unsigned)i), swapped = order[i - 1];
		order[i - 1] = order[k];
		order[k] = swapped;
	}
}

/* The first of the same person; of nobody's the number itself. */
static size_t first_of(const struct insured_request *r, size_t i)
{
	size_t k = 0;
	while (r->all[i].person != 0 && k < i && r->all[k].person != r->all[i].person)
		k++;
	return r->all[i].person == 0 ? i : k;
}

static void group(struct exchange *x, const struct insured_request *r, struct insured_result *out)
{
	unsigned *groups = arena_array(x->arena, unsigned, r->count),
		 *order = arena_array(x->arena, unsigned, r->count),
		 *times = arena_array(x->arena, unsigned, r->count);
	shuffle(x, groups, r->count);
	shuffle(x, order, r->count);
	out->all = arena_array(x->arena, struct grouped, r->count);
	for (size_t i = 0; i < r->count; i++) {
		size_t first = first_of(r, order[i]);
		out->all[i] = (struct grouped){ r->all[order[i]].said, groups[first] + 1 };
		out->together += ++times[first] == 2;
	}
}

static int by_text(const void *x, const void *y)
{
	return strcmp(*(const char *const *)x, *(const char *const *)y);
}

/* So that it can be told later whether the same was asked, and not what. */
static bool hash_asked(struct exchange *x, const struct insured_request *r,
		       struct insured_result *out)
{
	unsigned char secret[STORE_SECRET], hash[EVP_MAX_MD_SIZE];
	unsigned length = 0;
	const char **sorted = arena_array(x->arena, const char *, r->count);
	struct buffer b = buffer_in(x->arena);
	for (size_t i = 0; i < r->count; i++)
		sorted[i] = r->all[i].said;
	qsort(sorted, r->count, sizeof sorted[0], by_text);
	for (size_t i = 0; i < r->count; i++)
		buffer_append(&b, sorted[i], strlen(sorted[i]) + 1);
	if (!store_secret(x->txn, secret)
	    || HMAC(EVP_sha256(), secret, sizeof secret, b.data, b.length, hash, &length) == NULL)
		return problem_set(&x->problem, PROBLEM_INTERNAL,
				   "the store does not give its secret");
	out->asked = bytes_to_hex(x->arena, (struct bytes){ hash, length });
	return true;
}

static bool partition(struct exchange *x)
{
	const struct insured_request *r = x->request;
	struct insured_result *out = arena_new(x->arena, struct insured_result);
	if (!insured_partition(x->txn, x->arena, &r->as, r->all, r->count))
		return false;
	group(x, r, out);
	x->result = out;
	return hash_asked(x, r, out);
}

/* How many, for whom and what for; never a number. */
static void audited(struct exchange *x, struct audit_event *e)
{
	const struct insured_request *r = x->request;
	const struct insured_result *out = x->result;
	if (r == NULL || r->purpose == NULL)
		return;
	struct audit_object *o = audit_add_object(x, e);
	*o = (struct audit_object){
		.id = r->asker,
		.type_code = 2,
		.type_code_role = 24,
		.id_type = { .code = "10", .scheme = "RFC-3881", .display = "Search Criteria" },
	};
	audit_add_detail(x, o, "purpose", bytes_of_text(r->purpose));
	audit_add_detail(x, o, "numbers", bytes_of_text(arena_printf(x->arena, "%zu", r->count)));
	if (out == NULL || out->asked == NULL)
		return;
	audit_add_detail(x, o, "asked", bytes_of_text(out->asked));
	audit_add_detail(x, o, "together",
			 bytes_of_text(arena_printf(x->arena, "%zu", out->together)));
}

static json_t *answer(struct exchange *x)
{
	const struct insured_request *r = x->request;
	const struct insured_result *out = x->result;
	json_t *rows = json_array();
	for (size_t i = 0; i < r->count; i++)
		json_array_append_new(rows, json_pack("{s:i, s:s}", "group", (int)out->all[i].group,
						      "number", out->all[i].said));
	return json_pack("{s:o}", "numbers", rows);
}

static const struct route routes[] = {
	{ .request = "POST", .detail = "/admin/insurance/partition", .media = "application/json" },
	{ 0 }
};

static const char *const parameters[] = { "asker purpose octets" };

const struct transaction admin_insured = {
	.code = "insurance-partition",
	.name = "Insured numbers told apart",
	.section = "HACKING.md: Admin API",
	.actor = REGION_OPERATOR,
	.demands = DEMAND_OPERATOR,
	.dialect = DIALECT_ADMIN,
	.routes = routes,
	.parameters = parameters,
	.body_most = BODY_MOST,
	.access = STORE_READ,
	.audit_event = 110112,
	.audit_action = AUDIT_EXECUTE,
	.read = read_request,
	.handle = partition,
	.audited = audited,
	.answer_json = answer,
};
