/* profiles/dsub/iti69_create_destroy_pull_point.c
 *
 * Create Destroy Pull Point [ITI-69], DSUB Extensions 3.69. We are the Notification Pull Point: who
 * cannot be called gets a place of its own where notifications wait, and gives it back at the
 * address that it got. */
#include "gateway/base/text.h"
#include "gateway/envelope/soap.h"
#include "gateway/envelope/xml_reader.h"
#include "gateway/envelope/xml_writer.h"
#include "profiles/actors/pull_point.h"
#include "profiles/dsub/wsnt.h"
#include "profiles/transaction.h"

struct asking {
	bool destroys; /* it is to be destroyed: */
	const char *id;
};

/* Neither message says anything but its name (3.69.4.1.2). */
static bool read_request(struct exchange *x)
{
	struct asking *r = arena_new(x->arena, struct asking);
	const struct xml_node *n = x->soap->body;
	x->request = r;
	r->destroys = xml_is(n, WSNT_NAMESPACE, "DestroyPullPoint");
	r->id = r->destroys ? wsnt_resource(x) : NULL;
	if (!r->destroys && !text_empty(x->resource))
		return problem_at(&x->problem, PROBLEM_PULL_POINT_UNKNOWN, "wsa:To",
				  "a pull point makes no other");
	return xml_first_element(n) == NULL
	       || problem_at(&x->problem, PROBLEM_MALFORMED, xml_local(n), "%s has elements inside",
			     xml_local(n));
}

static bool handle(struct exchange *x)
{
	const struct asking *r = x->request;
	struct pull_point *p = arena_new(x->arena, struct pull_point);
	struct registry_desk d = exchange_desk(x);
	bool done = r->destroys ? pull_point_destroy(&d, r->id, p, &x->problem)
				: pull_point_create(&d, x->endpoint, p, &x->problem);
	x->result = done ? p : NULL;
	if (done)
		p->id = arena_text(x->arena, p->id);
	return done;
}

/* 3.69.5.1.1: the pull point, by its URL. */
static void audited(struct exchange *x, struct audit_event *e)
{
	const struct asking *r = x->request;
	const struct pull_point *p = x->result;
	e->action = r != NULL && r->destroys ? AUDIT_DELETE : AUDIT_CREATE;
	if (p == NULL)
		return;
	struct audit_object *o = audit_add_object(x, e);
	o->id = wsnt_address(x->arena, p->reference, p->id);
	o->type_code = 2;
	o->type_code_role = 20;
	o->id_type = (struct coded_value){ .code = "ITI-69",
					   .scheme = "IHE Transactions",
					   .display = "Create Destroy Pull Point" };
}

static void answer(struct exchange *x, struct xml_writer *w)
{
	const struct asking *r = x->request;
	const struct pull_point *p = x->result;
	xml_open(w, r->destroys ? "wsnt:DestroyPullPointResponse" : "wsnt:CreatePullPointResponse");
	xml_namespace_declare(w, "wsnt", WSNT_NAMESPACE);
	if (!r->destroys)
		wsnt_put_endpoint(w, "wsnt:PullPoint", wsnt_address(x->arena, p->reference, p->id));
	xml_close(w);
}

static const struct route routes[] = {
	{ .request = WSNT_ACTION "CreatePullPoint/CreatePullPointRequest",
	  .detail = "CreatePullPoint",
	  .namespace_uri = WSNT_NAMESPACE,
	  .answer = WSNT_ACTION "CreatePullPoint/CreatePullPointResponse",
	  .fault = "wsnt:UnableToCreatePullPointFault" },
	{ .request = WSNT_ACTION "PullPoint/DestroyPullPointRequest",
	  .detail = "DestroyPullPoint",
	  .namespace_uri = WSNT_NAMESPACE,
	  .answer = WSNT_ACTION "PullPoint/DestroyPullPointResponse",
	  .fault = "wsnt:UnableToDestroyPullPointFault" },
	{ 0 }
};

const struct transaction iti69_create_destroy_pull_point = {
	.code = "ITI-69",
	.name = "Create Destroy Pull Point",
	.section = "ITI DSUB-Ext: 3.69",
	.actor = NOTIFICATION_PULL_POINT,
	.dialect = DIALECT_SOAP,
	.has_resources = true,
	.refuses_by_fault = true,
	.routes = routes,
	.access = STORE_WRITE,
	.audit_event = 110100, /* DCM Application Activity */
	.audit_action = AUDIT_CREATE,
	.request_grammar = "iti69-request.rng",
	.answer_grammar = "iti69-response.rng",
	.read = read_request,
	.handle = handle,
	.audited = audited,
	.answer_xml = answer,
};
