/* profiles/xds/document_requests.c: documents named by repository and uniqueId. */
#include "profiles/xds/document_requests.h"

#include "gateway/base/text.h"
#include "gateway/envelope/ebrim.h"
#include "gateway/envelope/soap.h"
#include "gateway/envelope/xml_reader.h"
#include "gateway/envelope/xml_shape.h"
#include "schemas/model/registry_query.h"

enum { DOCUMENTS_MOST = 256 }; /* each may be an open file until the answer has left */

/* What the request and its parts hold (ITI TF-2: 3.43.4.1.2). */
static const struct xml_place in_request[] = { { XDSB_NAMESPACE, "DocumentRequest", 0 }, { 0 } };
static const struct xml_place in_document_request[] = { { XDSB_NAMESPACE, "HomeCommunityId", 1 },
							{ XDSB_NAMESPACE, "RepositoryUniqueId", 1 },
							{ XDSB_NAMESPACE, "DocumentUniqueId", 1 },
							{ 0 } };

static bool fits(struct exchange *x, const struct xml_node *n, const struct xml_place *places)
{
	const char *what;
	const struct xml_node *misfit = xml_misfit(n, places, &what);
	return misfit == NULL
	       || problem_at(&x->problem, PROBLEM_MALFORMED, xml_path(x->arena, misfit), "%s %s",
			     xml_local(misfit), what);
}

/* NULL: absent, empty or, with the problem set, not a text alone. */
static const char *child_text(struct exchange *x, const struct xml_node *n, const char *name)
{
	const struct xml_node *child = xml_child(n, XDSB_NAMESPACE, name);
	const char *text = child == NULL ? NULL : text_trimmed(x->arena, xml_text(x->arena, child));
	if (xml_first_element(child) != NULL)
		problem_at(&x->problem, PROBLEM_MALFORMED, xml_path(x->arena, child),
			   "%s has an element inside its text", name);
	return text_empty(text) ? NULL : text;
}

static bool read_document_request(struct exchange *x, const struct xml_node *n,
				  struct document_request *r)
{
	if (!fits(x, n, in_document_request))
		return false;
	r->home_community_id = child_text(x, n, "HomeCommunityId");
	r->repository_unique_id = child_text(x, n, "RepositoryUniqueId");
	r->document_unique_id = child_text(x, n, "DocumentUniqueId");
	if (r->repository_unique_id == NULL || r->document_unique_id == NULL)
		problem_at(&x->problem, PROBLEM_MALFORMED, "DocumentRequest",
			   "RepositoryUniqueId and DocumentUniqueId are required");
	return x->problem.code == PROBLEM_NONE;
}

bool document_requests_read(struct exchange *x)
{
	struct document_request *first = NULL, **last = &first;
	unsigned count = 0;
	if (!fits(x, x->soap->body, in_request))
		return false;
	const struct xml_node *n = xml_child(x->soap->body, XDSB_NAMESPACE, "DocumentRequest");
	for (; n != NULL; n = xml_next(n, XDSB_NAMESPACE, "DocumentRequest")) {
		struct document_request *r = arena_new(x->arena, struct document_request);
		if (!read_document_request(x, n, r))
			return false;
		*last = r;
		last = &r->next;
		x->request = first;
		if (++count > DOCUMENTS_MOST)
			return problem_set(&x->problem, PROBLEM_TOO_MANY_RESULTS,
					   "at most %d documents are given at a time",
					   DOCUMENTS_MOST);
	}
	return first != NULL
	       || problem_at(&x->problem, PROBLEM_MALFORMED, xml_local(x->soap->body),
			     "there is no DocumentRequest");
}

void document_requests_audit(struct exchange *x, struct audit_event *e,
			     const struct document_request *r)
{
	struct audit_object *o = audit_add_object(x, e);
	o->id = r->document_unique_id;
	o->type_code = 2;
	o->type_code_role = 3;
	o->id_type = (struct coded_value){ .code = "9",
					   .scheme = "RFC-3881",
					   .display = "Report Number" };
	audit_add_detail(x, o, "Repository Unique ID", bytes_of_text(r->repository_unique_id));
	if (r->home_community_id != NULL)
		audit_add_detail(x, o, "ihe:homeCommunityID", bytes_of_text(r->home_community_id));
}
