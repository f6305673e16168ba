/* profiles/xds/retrieving.c: documents named by repository and uniqueId are given, unchanged. */
#include "profiles/xds/retrieving.h"

#include "gateway/base/findings.h"
#include "gateway/base/text.h"
#include "gateway/envelope/ebrim.h"
#include "gateway/envelope/mtom.h"
#include "gateway/envelope/soap.h"
#include "gateway/envelope/xml_writer.h"
#include "profiles/actors/document_repository.h"
#include "profiles/views/view_document.h"
#include "profiles/xca/retrieve_elsewhere.h"
#include "profiles/xds/document_requests.h"
#include "profiles/xds/outcome.h"
#include "schemas/model/registry_query.h"
#include "store/acceptances.h"
#include "store/inboxes.h"
#include "store/months.h"

/* What one request got, in the order they were asked. */
struct requested {
	const struct document_request *request;
	const struct retrieved_document *here;  /* ours; NULL: it is not for us to give */
	const struct elsewhere_document *there; /* another community's; NULL: none gave it */
	const char *content_id;                 /* NULL: it is not given */
	const struct on_demand_snapshot *keep;  /* of what was made; NULL: nothing */
	struct requested *next;
};
struct retrieval {
	struct retrieved_document *documents;
	struct requested *requested;
	bool given; /* one of them, at least */
};

/* Those that are for us to answer. */
static struct document_request *ours_of(struct exchange *x, struct findings *f)
{
	struct document_request *first = NULL, **last = &first;
	for (const struct document_request *r = x->request; r != NULL; r = r->next) {
		enum whose_request whose = retrieve_elsewhere_whose(x, r);
		if (whose == REQUEST_WITHOUT_HOME)
			findings_error(f, PROBLEM_MISSING_HOME_COMMUNITY, r->document_unique_id,
				       r->document_unique_id,
				       "HomeCommunityId is needed: whose document it is");
		if (whose != REQUEST_OURS)
			continue;
		*last = arena_new(x->arena, struct document_request);
		**last = *r;
		(*last)->next = NULL;
		last = &(*last)->next;
	}
	return first;
}

static void give_here(struct exchange *x, const struct registry_desk *d,
		      struct retrieved_document *doc, struct requested *out, struct findings *f)
{
	out->here = doc;
	/* A list may lack what the asker may not see, and must not tell by how soon it comes. */
	x->lacks = x->lacks || doc->on_demand != NULL;
	if (!view_document_give(d, x->store, doc, &out->keep, f))
		return;
	x->keeps_more = x->keeps_more || out->keep != NULL;
	out->content_id = exchange_depart(x, doc->mime_type, &doc->content);
}

static void give_there(struct exchange *x, const struct elsewhere_document *there,
		       struct requested *out)
{
	const struct blob_content in_memory = { .octets = there->octets,
						.fd = -1,
						.size = there->length };
	out->there = there;
	out->content_id = there->fd < 0 ? exchange_depart(x, there->mime_type, &in_memory)
					: exchange_depart_range(x, there->mime_type, there->fd,
								there->offset, there->length);
}

bool retrieving_handle(struct exchange *x)
{
	struct retrieval *r = arena_new(x->arena, struct retrieval);
	struct findings f = findings_in(x->arena);
	struct registry_desk d = exchange_desk(x);
	struct requested **last = &r->requested;
	r->documents = document_repository_retrieve(&d, ours_of(x, &f), &f);
	const struct elsewhere_document *there = retrieve_elsewhere_take(x, &f), *one;
	struct retrieved_document *here = r->documents;
	for (const struct document_request *q = x->request; q != NULL; q = q->next) {
		struct requested *out = *last = arena_new(x->arena, struct requested);
		last = &out->next;
		out->request = q;
		if (retrieve_elsewhere_whose(x, q) == REQUEST_OURS) {
			give_here(x, &d, here, out, &f);
			here = here->next;
		} else if ((one = retrieve_elsewhere_given(there, q)) != NULL) {
			give_there(x, one, out);
		}
		r->given = r->given || out->content_id != NULL;
	}
	x->result = r;
	return exchange_findings(x, &f);
}

/* Whose documents were given, each person once (ITI TF-2: 3.43.5.1.2: Patient, if known): who read
 * a person's records is what the trail is asked most. */
static void audit_persons(struct exchange *x, struct audit_event *e, const struct retrieval *r)
{
	for (const struct retrieved_document *d = r->documents; d != NULL; d = d->next) {
		const struct retrieved_document *earlier = r->documents;
		while (earlier != d
		       && !(earlier->found && text_equal(earlier->patient_id, d->patient_id)))
			earlier = earlier->next;
		if (d->found && d->patient_id != NULL && earlier == d)
			audit_patient(x, e, d->patient_id);
		if (d->found)
			audit_about(x, e, d->subject);
	}
}

/* The same of what other communities gave. */
static void audit_persons_elsewhere(struct exchange *x, struct audit_event *e,
				    const struct retrieval *r)
{
	for (const struct requested *d = r->requested; d != NULL; d = d->next) {
		const struct requested *earlier = r->requested;
		while (earlier != d
		       && !(earlier->there != NULL && d->there != NULL
			    && earlier->there->subject == d->there->subject))
			earlier = earlier->next;
		if (d->there == NULL || earlier != d)
			continue;
		if (d->there->patient_id != NULL)
			audit_patient(x, e, d->there->patient_id);
		audit_about(x, e, d->there->subject);
	}
}

static bool was_found(const struct requested *d)
{
	return d->here != NULL ? d->here->found : d->there != NULL;
}

/* ITI TF-2: 3.43.5.1: what was given and what was not are two records. */
void retrieving_audited(struct exchange *x, struct audit_event *e)
{
	const struct retrieval *r = x->result;
	struct audit_event *failed = e;
	if (r == NULL) {
		for (const struct document_request *d = x->request; d != NULL; d = d->next)
			document_requests_audit(x, e, d);
		return;
	}
	if (r->given && x->problem.code != PROBLEM_NONE) {
		failed = audit_another(x, e);
		e->outcome = AUDIT_SUCCESS;
		e->outcome_description = NULL;
	}
	audit_persons(x, e, r);
	audit_persons_elsewhere(x, e, r);
	for (const struct requested *d = r->requested; d != NULL; d = d->next)
		if (d->keep != NULL)
			audit_add_snapshot(x, failed, &d->keep->set);
	for (const struct requested *d = r->requested; d != NULL; d = d->next)
		document_requests_audit(x, was_found(d) ? e : failed, d->request);
}

/* A document asked for twice was made once. */
static bool keep_made(const struct exchange *x, struct store_txn *t, const struct requested *d)
{
	struct problem p = { .code = PROBLEM_NONE };
	return d->keep == NULL || on_demand_snapshot_keep(d->keep, t, x->now, &p);
}

static bool keep_one(const struct exchange *x, struct store_txn *t,
		     const struct retrieved_document *d)
{
	bool kept = d->pushed == NULL || push_fetched(t, store_arena(t), d->pushed, x->now);
	for (const struct text_value *e = d->accepted; kept && e != NULL; e = e->next)
		kept = acceptance_put(t, e->value, x->sender->name, x->now);
	return kept;
}

/* For what is published of the month: others' documents that a system of the region fetched, and
 * whose they were. What another community asks for is no facility's look. */
static bool keep_look(const struct exchange *x, struct store_txn *t, const struct requested *d)
{
	static const struct month_count opened = { .opened = 1 }, given = { .given = 1 };
	const char *whose = d->here == NULL ? NULL : d->here->source_system;
	if (x->sender == NULL || region_community_of(x->region, x->sender) != NULL
	    || text_equal(x->sender->name, whose))
		return true;
	return months_add(t, x->sender->name, &opened) && months_add(t, whose, &given);
}

/* An addressee has what was sent to it: rules of retention count from here, and its inbox tells
 * what was fetched. And what was made on demand is registered before it leaves (3.43.4.2.3). */
bool retrieving_keep(const struct exchange *x, struct store_txn *t)
{
	const struct retrieval *r = x->result;
	bool kept = true;
	for (const struct requested *d = r == NULL ? NULL : r->requested; kept && d != NULL;
	     d = d->next) {
		bool given = d->content_id != NULL;
		if (given && d->here != NULL)
			kept = keep_made(x, t, d) && keep_one(x, t, d->here);
		kept = kept && (!given || keep_look(x, t, d));
	}
	return kept;
}

/* Echoed if and only if it was given. */
static const char *home_of(const struct exchange *x, const struct requested *d)
{
	if (d->request->home_community_id == NULL)
		return NULL;
	return d->there != NULL ? d->there->from->home_community_id : x->region->home_community_id;
}

static void put_document(struct exchange *x, struct xml_writer *w, const struct requested *d)
{
	const struct document_request *r = d->request;
	const struct retrieved_document *here = d->here;
	const struct elsewhere_document *there = d->there;
	xml_open(w, "xds:DocumentResponse");
	if (home_of(x, d) != NULL)
		xml_element_text(w, "xds:HomeCommunityId", home_of(x, d));
	xml_element_text(w, "xds:RepositoryUniqueId", r->repository_unique_id);
	xml_element_text(w, "xds:DocumentUniqueId", r->document_unique_id);
	xml_element_text(w, "xds:NewRepositoryUniqueId",
			 here != NULL ? here->new_repository_unique_id
				      : there->new_repository_unique_id);
	xml_element_text(w, "xds:NewDocumentUniqueId",
			 here != NULL ? here->new_unique_id : there->new_unique_id);
	xml_element_text(w, "xds:mimeType", here != NULL ? here->mime_type : there->mime_type);
	xml_open(w, "xds:Document");
	xml_open(w, "xop:Include");
	xml_namespace_declare(w, "xop", XOP_NAMESPACE);
	xml_put_attribute(w, "href", arena_printf(x->arena, "cid:%s", d->content_id));
	xml_close(w);
	xml_close(w);
	xml_close(w);
}

void retrieving_answer(struct exchange *x, struct xml_writer *w)
{
	const struct retrieval *r = x->result;
	struct outcome told = outcome_of(x);
	xml_open(w, "xds:RetrieveDocumentSetResponse");
	xml_namespace_declare(w, "xds", XDSB_NAMESPACE);
	ebrim_put_response(w, ebrim_status(told.problem, told.findings, r != NULL && r->given),
			   SIDE_REPOSITORY, told.problem, told.findings);
	for (const struct requested *d = r == NULL ? NULL : r->requested; d != NULL; d = d->next)
		if (d->content_id != NULL)
			put_document(x, w, d);
	xml_close(w);
}
