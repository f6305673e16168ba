/* profiles/admin/admin_errand.c: one errand, what it refers to, and how its queue is.
 * GET /admin/errands/{number}. Of documents names and sizes, of nothing what it says: who may read
 * an answer is whom it is for. */
#include "profiles/admin/admin_errand.h"

#include <inttypes.h>

#include "gateway/base/text.h"

struct shown {
	uint64_t number;
	struct errand errand;
	struct errand_queue queue;
};

bool admin_read_errand(struct exchange *x, uint64_t *number)
{
	const char *text = admin_text(x, "number", true);
	if (text == NULL)
		return false;
	return (text_to_number(text, INT64_MAX, number) && *number != 0)
	       || problem_at(&x->problem, PROBLEM_REQUEST_INVALID, "number",
			     "'%s' is not the number of an errand", text);
}

bool admin_find_errand(struct exchange *x, uint64_t number, struct errand *out)
{
	return errand_get(x->txn, x->arena, number, out)
	       || problem_at(&x->problem, PROBLEM_NOT_FOUND, "number",
			     "there is no errand %" PRIu64 ", or no longer: it was done or dropped",
			     number);
}

json_t *admin_show_errand(struct exchange *x, const struct errand *e)
{
	return json_pack("{s:I, s:s, s:s*, s:s, s:s, s:s, s:s, s:s*, s:i, s:s*, s:I, s:s*}",
			 "number", (json_int_t)e->number, "kind", e->kind, "what", e->what,
			 "partner", e->partner, "address", e->address, "state",
			 e->aside ? "aside" : "waiting", "made", admin_time(x->arena, e->made),
			 "tried", e->tried == 0 ? NULL : admin_time(x->arena, e->tried), "attempts",
			 (int)e->attempts, "problem", e->why, "octets", (json_int_t)e->octets,
			 "exchange", e->exchange);
}

struct audit_object *admin_audit_errand(struct exchange *x, struct audit_event *a, uint64_t number,
					const struct errand *e)
{
	struct audit_object *o = audit_add_object(x, a);
	*o = (struct audit_object){
		.id = arena_printf(x->arena, "errand %" PRIu64, number),
		.type_code = 2,
		.type_code_role = 20, /* a job */
		.name = e == NULL ? NULL
				  : arena_printf(x->arena, "%s of %s for %s, exchange %s", e->kind,
						 e->what == NULL ? "-" : e->what, e->partner,
						 e->exchange == NULL ? "-" : e->exchange),
		.id_type = { .code = "12", .scheme = "RFC-3881", .display = "URI" },
	};
	return o;
}

static bool read_request(struct exchange *x)
{
	struct shown *s = arena_new(x->arena, struct shown);
	x->request = s;
	return admin_read_errand(x, &s->number);
}

static bool show(struct exchange *x)
{
	const struct shown *r = x->request;
	struct shown *s = arena_new(x->arena, struct shown);
	if (!admin_find_errand(x, r->number, &s->errand))
		return false;
	errand_queue_get(x->txn, x->arena, s->errand.partner, s->errand.address, &s->queue);
	x->result = s;
	return true;
}

static void audited(struct exchange *x, struct audit_event *e)
{
	const struct shown *r = x->request, *s = x->result;
	if (r != NULL && r->number != 0)
		admin_audit_errand(x, e, r->number, s == NULL ? NULL : &s->errand);
}

static json_t *parts_of(struct exchange *x, const struct errand *e)
{
	json_t *list = json_array();
	for (const struct errand_part *part = e->parts; part != NULL; part = part->next) {
		bool literal = part->octets.data != NULL;
		const char *hash = literal ? NULL
					   : bytes_to_hex(x->arena,
							  (struct bytes){ part->blob.sha256,
									  BLOB_SHA256 });
		json_array_append_new(list, json_pack("{s:s, s:s*, s:I}", "part",
						      literal     ? "frame"
						      : part->own ? "markup"
								  : "document",
						      "sha256", hash, "size",
						      (json_int_t)(literal ? part->octets.length
									   : part->blob.size)));
	}
	return list;
}

static json_t *show_queue(struct exchange *x, const struct errand_queue *q)
{
	return json_pack("{s:I, s:I, s:s*, s:i, s:s*, s:s*}", "waiting", (json_int_t)q->waiting,
			 "aside", (json_int_t)q->aside, "due",
			 q->waiting == 0 ? NULL : admin_time(x->arena, q->due), "failures",
			 (int)q->failures, "failing_since",
			 q->failing_since == 0 ? NULL : admin_time(x->arena, q->failing_since),
			 "problem", q->why);
}

static json_t *answer(struct exchange *x)
{
	const struct shown *s = x->result;
	json_t *o = admin_show_errand(x, &s->errand);
	json_object_set_new(o, "content_type", json_string(s->errand.content_type));
	json_object_set_new(o, "parts", parts_of(x, &s->errand));
	json_object_set_new(o, "queue", show_queue(x, &s->queue));
	return json_pack("{s:o}", "errand", o);
}

static const struct route routes[] = { { .request = "GET", .detail = "/admin/errands/{number}" },
				       { 0 } };

static const char *const parameters[] = { "number" };

const struct transaction admin_errand = {
	.code = "errand-show",
	.name = "Errand shown",
	.section = "HACKING.md: Admin API",
	.actor = REGION_OPERATOR,
	.demands = DEMAND_OPERATOR,
	.dialect = DIALECT_ADMIN,
	.routes = routes,
	.access = STORE_READ,
	.parameters = parameters,
	.audit_event = 110106,
	.audit_action = AUDIT_READ,
	.read = read_request,
	.handle = show,
	.audited = audited,
	.answer_json = answer,
};
