/* profiles/xca/whose_documents.c
 *
 * Cross Gateway Query [ITI-38], ITI TF-2: 3.38, from the asking side: GetDocuments, of whom they
 * are. */
#include "profiles/xca/whose_documents.h"

#include "gateway/base/findings.h"
#include "gateway/base/text.h"
#include "gateway/envelope/ebrim.h"
#include "gateway/envelope/soap.h"
#include "gateway/envelope/xml_reader.h"
#include "gateway/envelope/xml_writer.h"
#include "profiles/actors/consent_manager.h"
#include "profiles/actors/document_registry.h"
#include "profiles/actors/metadata_type.h"
#include "profiles/transaction.h"
#include "store/identity.h"
#include "store/partner_ids.h"

#define GET_DOCUMENTS "urn:uuid:5c4f972b-d56b-40ac-a5fc-c8ca9b40b9d4"

/* Entries of some kilobytes each, of 256 documents at most. */
enum { ANSWER_MOST = 4 << 20 };

struct inquiry {
	const struct partner *of;
	struct wanted_document *wanted;
	bool judged;
};

static const struct wanted_document *after(const struct wanted_document *w)
{
	return (const struct wanted_document *)w->request.next;
}

/* ---- Asking ---- */

/* An id is an OID, or it would stand in quotes of its own. */
static void write_ids(struct xml_writer *w, const struct inquiry *i)
{
	for (const struct wanted_document *d = i->wanted; d != NULL; d = after(d)) {
		xml_open(w, "rim:Value");
		xml_put_text(w, "('");
		for (const char *c = d->request.document_unique_id; *c != '\0'; c++) {
			const char one[] = { *c, '\0' };
			xml_put_text(w, *c == '\'' ? "''" : one);
		}
		xml_put_text(w, "')");
		xml_close(w);
	}
}

static void write_query(struct xml_writer *w, const void *request)
{
	const struct inquiry *i = request;
	xml_open(w, "query:AdhocQueryRequest");
	xml_namespace_declare(w, "query", QUERY_NAMESPACE);
	xml_namespace_declare(w, "rim", RIM_NAMESPACE);
	xml_open(w, "query:ResponseOption");
	xml_put_attribute(w, "returnComposedObjects", "true");
	xml_put_attribute(w, "returnType", "LeafClass");
	xml_close(w);
	xml_open(w, "rim:AdhocQuery");
	xml_put_attribute(w, "id", GET_DOCUMENTS);
	xml_put_attribute(w, "home", i->of->home_community_id);
	xml_open(w, "rim:Slot");
	xml_put_attribute(w, "name", "$XDSDocumentEntryUniqueId");
	xml_open(w, "rim:ValueList");
	write_ids(w, i);
	xml_close(w);
	xml_close(w);
	xml_close(w);
	xml_close(w);
}

/* ITI TF-2: 3.38.5, 3.18.5.1.1: the query; no patient, for that is what is asked. */
static void audited(struct exchange *x, const struct exchange_call *c, struct audit_event *e)
{
	struct xml_writer *w = xml_writer_begin(x->arena);
	write_query(w, c->request);
	struct audit_object *o = audit_query(x, e, GET_DOCUMENTS, xml_writer_end(w));
	o->id_type.code = c->what->code;
	o->id_type.display = c->what->name;
	audit_add_detail(x, o, "QueryEncoding", bytes_of_text("UTF-8"));
	audit_add_detail(x, o, "urn:ihe:iti:xca:2010:homeCommunityId",
			 bytes_of_text(c->to->home_community_id));
}

static const struct outward cross_gateway_query = {
	.code = "ITI-38",
	.name = "Cross Gateway Query",
	.action = "urn:ihe:iti:2007:CrossGatewayQuery",
	.answer = "urn:ihe:iti:2007:CrossGatewayQueryResponse",
	.at = PARTNER_QUERY,
	.answer_most = ANSWER_MOST,
	.audit_event = 110112, /* DCM Query */
	.audit_action = AUDIT_EXECUTE,
	.write = write_query,
	.audited = audited,
};

void whose_documents_ask(struct exchange *x, const struct partner *of,
			 struct wanted_document *wanted)
{
	struct inquiry *i = arena_new(x->arena, struct inquiry);
	*i = (struct inquiry){ .of = of, .wanted = wanted };
	exchange_call(x, &cross_gateway_query, of, i);
}

bool whose_documents_is(const struct exchange_call *c)
{
	return c->what == &cross_gateway_query;
}

/* ---- What they said ---- */

/* Whom the community means, as one of ours. False: nobody. */
static bool find_patient(const struct registry_desk *d, const struct partner *of, const char *cx,
			 struct partner_id *out)
{
	struct cx_parts parts;
	if (cx == NULL || !metadata_type_cx(cx, &parts))
		return false;
	return partner_id_find(
		d->txn, d->arena, of->name,
		arena_text_n(d->arena, parts.universal_id, parts.universal_id_length),
		arena_text_n(d->arena, parts.id, parts.id_length), out);
}

/* Two entries of one document: each must be for him. */
static void judge_one(struct exchange *x, const struct registry_desk *d, const struct partner *of,
		      struct wanted_document *w, const struct document_entry *e, bool again)
{
	struct document_entry here = *e;
	struct partner_id patient;
	bool known = find_patient(d, of, e->patient_id, &patient)
		     && !consent_manager_excludes(d->txn, d->arena, d->region, patient.person, of,
						  d->now, &x->problem);
	here.subject = known ? patient.record : 0;
	here.source_system = NULL;
	here.sources = NULL;
	bool may = known && d->admission->object(d->admission->self, d->txn, here.subject, NULL)
		   && d->admission->shown(d->admission->self, d->txn, &here);
	w->refused = known && !may && d->admission->denied(d->admission->self);
	w->may = may && (!again || (w->may && w->subject == here.subject));
	w->subject = here.subject;
	w->patient_id = w->may ? document_registry_regional_id(d, patient.person) : NULL;
}

static void judge_all(struct exchange *x, const struct registry_desk *d, struct inquiry *i,
		      const struct submission *s)
{
	for (struct wanted_document *w = i->wanted; w != NULL;
	     w = (struct wanted_document *)after(w)) {
		bool again = false;
		for (const struct document_entry *e = s->entries; e != NULL; e = e->next) {
			if (!text_equal(e->unique_id, w->request.document_unique_id)
			    || !text_equal(e->repository_unique_id,
					   w->request.repository_unique_id))
				continue;
			judge_one(x, d, i->of, w, e, again);
			again = true;
		}
	}
}

static struct wanted_document *those_that_may(struct exchange *x, const struct inquiry *i)
{
	struct wanted_document *first = NULL, **last = &first;
	for (const struct wanted_document *w = i->wanted; w != NULL; w = after(w)) {
		if (!w->may)
			continue;
		struct wanted_document *copy = arena_new(x->arena, struct wanted_document);
		*copy = *w;
		copy->request.next = NULL;
		*last = copy;
		last = (struct wanted_document **)&copy->request.next;
	}
	return first;
}

bool whose_documents_judge(struct exchange *x, struct exchange_call *c,
			   struct wanted_document **may)
{
	struct inquiry *i = (struct inquiry *)c->request;
	struct registry_desk d = exchange_desk(x);
	struct submission s = { .set = NULL };
	struct findings unread = findings_in(x->arena); /* what is of a form we do not know */
	*may = NULL;
	if (i->judged || c->answer == NULL)
		return true;
	i->judged = true;
	if (!xml_is(c->answer->body, QUERY_NAMESPACE, "AdhocQueryResponse")) {
		c->answer = NULL;
		problem_set(&c->problem, PROBLEM_MALFORMED, "its answer is no AdhocQueryResponse");
		return true;
	}
	ebrim_read_found(x->arena, c->answer->body, &s, &unread);
	if ((d.txn = exchange_look(x)) == NULL)
		return false;
	judge_all(x, &d, i, &s);
	*may = those_that_may(x, i);
	return true;
}

void whose_documents_tell(const struct exchange_call *c, struct findings *f)
{
	const struct inquiry *i = c->request;
	for (const struct wanted_document *w = i->wanted; w != NULL; w = after(w)) {
		const char *id = w->request.document_unique_id;
		if (w->refused)
			findings_error(f, PROBLEM_DOCUMENT_REFUSED, id, id,
				       "the region's rules refuse this document to whoever asks");
		else if (!w->may)
			findings_error(f, PROBLEM_DOCUMENT_UNIQUE_ID, id, id,
				       "community %s has no such document", c->to->name);
	}
}
