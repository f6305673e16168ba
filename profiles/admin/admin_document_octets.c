/* profiles/admin/admin_document_octets.c: a document itself, for the operator. GET
 * /admin/document/octets. The same repository gives it, verified, as Retrieve Document Set does
 * (ITI TF-2: 3.43); the answer is its octets and nothing else. What is made on demand is made of
 * all prescriptions there are. */
#include "profiles/admin/admin_document.h"
#include "profiles/admin/admin_person.h"

#include "gateway/base/findings.h"
#include "profiles/actors/document_registry.h"
#include "profiles/actors/document_repository.h"
#include "profiles/views/view_document.h"

static bool read_request(struct exchange *x)
{
	x->request = admin_text(x, "id", true);
	return x->problem.code == PROBLEM_NONE;
}

static bool find(struct exchange *x)
{
	struct document_entry *e = admin_find_document(x, x->request);
	if (e == NULL)
		return false;
	struct document_request *r = arena_new(x->arena, struct document_request);
	struct findings f = findings_in(x->arena);
	struct registry_desk d = exchange_desk(x);
	*r = (struct document_request){ .repository_unique_id = e->repository_unique_id,
					.document_unique_id = e->unique_id };
	x->result = e;
	struct retrieved_document *one = document_repository_retrieve(&d, r, &f);
	if (view_document_fill(&d, one, &f))
		exchange_depart(x, one->mime_type, &one->content);
	return exchange_findings(x, &f);
}

static void audited(struct exchange *x, struct audit_event *e)
{
	const struct document_entry *found = x->result;
	admin_audit_document(x, e, x->request, found);
	if (found != NULL)
		admin_audit_document(x, e, found->unique_id, NULL);
}

static const struct route routes[] = { { .request = "GET", .detail = "/admin/document/octets" },
				       { 0 } };

static const char *const parameters[] = { "id" };

const struct transaction admin_document_octets = {
	.code = "document-fetch",
	.name = "Document fetched",
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
	.handle = find,
	.audited = audited,
};
