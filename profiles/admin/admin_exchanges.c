/* profiles/admin/admin_exchanges.c: the exchanges that are kept, the latest first.
 * GET /admin/exchanges. Says who asked for what and how it was answered, names no patient, and
 * leaves no record. */
#include "profiles/admin/admin_document.h"
#include "profiles/admin/admin_exchange.h"

#include <inttypes.h>

#include "gateway/base/text.h"

enum { LIMIT = 100, LIMIT_MOST = 10000 };

struct page_request {
	uint64_t limit, after;
	const char *system, *transaction;
	bool refused;
};

struct page {
	json_t *rows;
	uint64_t next; /* 0: there are no more */
};

static bool read_request(struct exchange *x)
{
	struct page_request *r = arena_new(x->arena, struct page_request);
	const char *after = admin_text(x, "after", false);
	x->request = r;
	r->system = admin_text(x, "system", false);
	r->transaction = admin_text(x, "transaction", false);
	if (!admin_yes(x, "refused", &r->refused) || !admin_limit(x, LIMIT, LIMIT_MOST, &r->limit))
		return false;
	if (after != NULL && (!text_to_number(after, INT64_MAX, &r->after) || r->after == 0))
		return problem_at(&x->problem, PROBLEM_REQUEST_INVALID, "after",
				  "'%s' is not the next of an earlier list", after);
	return x->problem.code == PROBLEM_NONE;
}

static bool is_wanted(const struct page_request *r, const struct exchange_note *n)
{
	return (r->system == NULL || text_equal(r->system, n->system))
	       && (r->transaction == NULL || text_equal(r->transaction, n->transaction))
	       && (!r->refused || *n->problem != '\0');
}

/* Nothing was found: a name that is misspelt must not read like one that was quiet. */
static bool could_be(struct exchange *x, const struct page_request *r)
{
	if (r->system != NULL && region_system(x->region, r->system) == NULL)
		return problem_at(&x->problem, PROBLEM_UNKNOWN_KEY, "system",
				  "no system is called '%s', and no exchange kept was its",
				  r->system);
	return r->transaction == NULL || admin_transaction(r->transaction) != NULL
	       || problem_at(&x->problem, PROBLEM_UNKNOWN_KEY, "transaction",
			     "there is no transaction '%s', and no exchange kept was one",
			     r->transaction);
}

static bool list(struct exchange *x)
{
	const struct page_request *r = x->request;
	struct page *p = arena_new(x->arena, struct page);
	unsigned char *octets = arena_array(x->arena, unsigned char, EXCHANGE_NOTE_MOST);
	struct exchange_note n;
	uint64_t number = r->after;
	if (!admin_exchanges_kept(x))
		return false;
	p->rows = json_array();
	x->result = p;
	while (p->next == 0 && admin_next_exchange(x, &number, octets, &n)) {
		if (!is_wanted(r, &n))
			continue;
		json_array_append_new(p->rows, admin_show_exchange(x, &n));
		if (json_array_size(p->rows) == r->limit)
			p->next = number;
	}
	return json_array_size(p->rows) > 0 || could_be(x, r);
}

static json_t *answer(struct exchange *x)
{
	const struct page *p = x->result;
	json_t *o = json_pack("{s:o}", "exchanges", p->rows);
	if (p->next > 1)
		admin_put(o, "next", arena_printf(x->arena, "%" PRIu64, p->next));
	return o;
}

static const struct route routes[] = { { .request = "GET", .detail = "/admin/exchanges" }, { 0 } };

static const char *const parameters[] = { "system transaction refused limit after" };

const struct transaction admin_exchanges = {
	.code = "exchange-list",
	.name = "Exchanges listed",
	.section = "HACKING.md: Admin API",
	.actor = REGION_OPERATOR,
	.demands = DEMAND_OPERATOR,
	.dialect = DIALECT_ADMIN,
	.routes = routes,
	.access = STORE_READ,
	.parameters = parameters,
	.read = read_request,
	.handle = list,
	.answer_json = answer,
};
