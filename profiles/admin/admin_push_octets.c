/* profiles/admin/admin_push_octets.c: a document that was pushed, verified, or the metadata of all
 * of them, as lcm:SubmitObjectsRequest. GET /admin/push/octets. The answer is octets and nothing
 * else. Looking is not taking: the facility has not said that it has them. */
#include "profiles/admin/admin_push.h"

#include "gateway/base/text.h"

struct fetching {
	const char *id, *document; /* document NULL: the metadata */
};

static bool read_request(struct exchange *x)
{
	struct fetching *r = arena_new(x->arena, struct fetching);
	x->request = r;
	r->id = admin_text(x, "id", true);
	r->document = admin_text(x, "document", false);
	return x->problem.code == PROBLEM_NONE;
}

static const struct pushed_document *named(const struct push *p, const char *unique_id)
{
	const struct pushed_document *d = p->documents;
	while (d != NULL && !text_equal(d->unique_id, unique_id))
		d = d->next;
	return d;
}

static bool open(struct exchange *x)
{
	const struct fetching *r = x->request;
	struct push *p = arena_new(x->arena, struct push);
	struct blob_content *content = arena_new(x->arena, struct blob_content);
	if (!admin_find_push(x, r->id, p))
		return false;
	x->result = p;
	const struct pushed_document *d = r->document == NULL ? NULL : named(p, r->document);
	if (r->document != NULL && d == NULL)
		return problem_at(&x->problem, PROBLEM_NOT_FOUND, "document",
				  "no document '%s' came with it", r->document);
	if (!blob_open(x->txn, d == NULL ? p->metadata.sha256 : d->octets.sha256, x->arena, content,
		       &x->problem))
		return false;
	exchange_depart(x, d == NULL ? "application/xml" : d->mime_type, content);
	return true;
}

static void audited(struct exchange *x, struct audit_event *e)
{
	const struct fetching *r = x->request;
	if (r == NULL || r->id == NULL)
		return;
	struct audit_object *o = admin_audit_push(x, e, r->id, x->result);
	audit_add_detail(x, o, "document",
			 bytes_of_text(r->document == NULL ? "metadata" : r->document));
}

static const struct route routes[] = { { .request = "GET", .detail = "/admin/push/octets" },
				       { 0 } };

static const char *const parameters[] = { "id document" };

const struct transaction admin_push_octets = {
	.code = "inbox-fetch",
	.name = "Pushed document fetched",
	.section = "HACKING.md: Admin API",
	.actor = REGION_OPERATOR,
	.demands = DEMAND_PATIENTS_OPERATOR,
	.dialect = DIALECT_ADMIN,
	.routes = routes,
	.access = STORE_READ,
	.parameters = parameters,
	.audit_event = 110106, /* DCM Export */
	.audit_action = AUDIT_READ,
	.read = read_request,
	.handle = open,
	.audited = audited,
};
