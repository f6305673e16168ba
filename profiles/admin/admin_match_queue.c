/* profiles/admin/admin_match_queue.c: the pairs of records that somebody must look at, side by side
 * in short. GET /admin/match/queue. */
#include "profiles/admin/admin_match.h"

#include "gateway/base/text.h"
#include "store/match_look.h"

enum { LIMIT = 100, LIMIT_MOST = 1000 };

struct queue_request {
	const char *after;
	uint64_t limit;
};

struct pair_shown {
	const struct match_waits *waits;
	struct match_two two;
	const char *regional, *other_regional;
};

struct queue_page {
	struct match_page page;
	struct pair_shown *pairs;
	size_t count;
	uint64_t waiting; /* in all */
};

static bool read_request(struct exchange *x)
{
	struct queue_request *r = arena_new(x->arena, struct queue_request);
	const char *limit = admin_text(x, "limit", false);
	x->request = r;
	r->after = admin_text(x, "after", false);
	r->limit = LIMIT;
	if (limit != NULL && (!text_to_number(limit, LIMIT_MOST, &r->limit) || r->limit == 0))
		return problem_at(&x->problem, PROBLEM_REQUEST_INVALID, "limit",
				  "'%s' is not from 1 to %d", limit, LIMIT_MOST);
	return x->problem.code == PROBLEM_NONE;
}

static bool look_at_pair(struct exchange *x, const struct match_waits *w, struct pair_shown *out)
{
	out->waits = w;
	if (!identity_record(x->txn, x->arena, w->record, &out->two.record)
	    || !identity_record(x->txn, x->arena, w->other, &out->two.other))
		return false;
	out->regional = identity_regional_id(x->txn, x->arena, out->two.record.person);
	out->other_regional = identity_regional_id(x->txn, x->arena, out->two.other.person);
	return true;
}

static bool list(struct exchange *x)
{
	const struct queue_request *r = x->request;
	struct queue_page *q = arena_new(x->arena, struct queue_page);
	if (!match_queue_list(x->txn, x->arena, r->after, (unsigned)r->limit, &q->page))
		return store_failed(x->txn)
			       ? problem_set(&x->problem, PROBLEM_INTERNAL,
					     "the pairs that wait could not be read")
			       : problem_at(&x->problem, PROBLEM_REQUEST_INVALID, "after",
					    "'%s' is not the next of an earlier list",
					    r->after == NULL ? "" : r->after);
	q->pairs = arena_array(x->arena, struct pair_shown, q->page.count + 1);
	for (const struct match_waits *w = q->page.pairs; w != NULL; w = w->next)
		if (look_at_pair(x, w, &q->pairs[q->count]))
			q->count++;
	q->waiting = match_queue_count(x->txn);
	x->result = q;
	return true;
}

/* A list is a use of the whole, and each who is in it finds it in his trail. */
static void audited(struct exchange *x, struct audit_event *e)
{
	const struct queue_page *q = x->result;
	struct audit_object *o = audit_add_object(x, e);
	*o = (struct audit_object){
		.id = "patients",
		.type_code = 2,
		.type_code_role = 17,
		.name = arena_printf(x->arena, "list of %zu pairs that wait",
				     q == NULL ? 0 : q->count),
		.id_type = { .code = "12", .scheme = "RFC-3881", .display = "URI" },
	};
	for (size_t i = 0; q != NULL && i < q->count; i++) {
		audit_about(x, e, q->pairs[i].two.record.number);
		audit_about(x, e, q->pairs[i].two.other.number);
	}
}

/* The one's members, and the other's with `other_` before them. */
static json_t *show(struct exchange *x, const struct pair_shown *s)
{
	json_t *o = json_pack("{s:s, s:s}", "patient",
			      cx_text(x->arena, s->two.record.id, s->two.record.domain), "other",
			      cx_text(x->arena, s->two.other.id, s->two.other.domain));
	json_t *one = admin_show_record(x, &s->two.record, s->regional),
	       *other = admin_show_record(x, &s->two.other, s->other_regional);
	const char *member;
	json_t *value;
	json_object_update(o, one);
	json_object_foreach (other, member, value)
		json_object_set(o, arena_printf(x->arena, "other_%s", member), value);
	json_decref(one);
	json_decref(other);
	match_show_waits(x, o, s->waits);
	return o;
}

static json_t *answer(struct exchange *x)
{
	const struct queue_page *q = x->result;
	const struct match_weights *w = match_weights_of(x->arena, x->region);
	json_t *rows = json_array();
	for (size_t i = 0; i < q->count; i++)
		json_array_append_new(rows, show(x, &q->pairs[i]));
	return json_pack("{s:I, s:f, s:f, s:o, s:s*}", "waiting", (json_int_t)q->waiting, "link_at",
			 match_rounded(w->link_at), "review_at", match_rounded(w->review_at),
			 "pairs", rows, "next", q->page.next);
}

static const struct route routes[] = { { .request = "GET", .detail = "/admin/match/queue" },
				       { 0 } };

static const char *const parameters[] = { "limit after" };

const struct transaction admin_match_queue = {
	.code = "match-queue",
	.name = "Pairs that wait listed",
	.section = "HACKING.md: Admin API",
	.actor = REGION_OPERATOR,
	.demands = DEMAND_PATIENTS_OPERATOR,
	.dialect = DIALECT_ADMIN,
	.routes = routes,
	.access = STORE_READ,
	.parameters = parameters,
	.audit_event = 110110,
	.audit_action = AUDIT_READ,
	.read = read_request,
	.handle = list,
	.audited = audited,
	.answer_json = answer,
};
