/* profiles/xds/iti41_provide_to_recipient.c
 *
 * Provide and Register Document Set-b [ITI-41], ITI TF-2: 3.41, as XDR has it (ITI TF-1: 15). We
 * are the Document Recipient of a facility that has an inbox here: /xdr/NAME says which. What is
 * pushed is kept there before it is answered, and nowhere else; nothing is registered. */
#include "gateway/base/findings.h"
#include "gateway/envelope/ebrim.h"
#include "gateway/envelope/xml_writer.h"
#include "profiles/actors/document_recipient.h"
#include "profiles/xds/provided.h"

struct pushing {
	const struct facility_inbox *inbox;
	struct provided what;
	struct blob metadata; /* as its facility is given them */
};

struct pushed {
	bool again;
};

/* As they were sent, with what we found out of each document. */
static bool keep_metadata(struct exchange *x, struct pushing *r)
{
	struct xml_writer *w = xml_writer_begin(x->arena);
	ebrim_put_submission(w, &r->what.submission);
	return blob_of_bytes(x->store, x->arena, xml_writer_end(w), &r->metadata, &x->problem);
}

static bool read_request(struct exchange *x)
{
	struct pushing *r = arena_new(x->arena, struct pushing);
	struct provided *what = &r->what;
	struct findings f = findings_in(x->arena);
	struct registry_desk d = exchange_desk(x);
	bool readable;
	x->request = r;
	if (!provided_read(x, what, &f, &readable) || !provided_is_for_us(x))
		return false;
	/* Before the metadata: of an inbox that is not his nobody learns more by a better push. */
	r->inbox = document_recipient_inbox(&d, x->resource, &f);
	if (r->inbox == NULL
	    || !document_recipient_receive(&d, r->inbox, &what->submission, what->documents,
					   readable, &f))
		return exchange_findings(x, &f);
	document_repository_fingerprint(&d, &what->submission, what->documents);
	return exchange_findings(x, &f) && keep_metadata(x, r);
}

static bool call(struct exchange *x)
{
	const struct pushing *r = x->request;
	return provided_pushes(x, &r->what) && exchange_look_at_quota(x);
}

static bool handle(struct exchange *x)
{
	const struct pushing *r = x->request;
	struct pushed *p = arena_new(x->arena, struct pushed);
	struct findings f = findings_in(x->arena);
	struct registry_desk d = exchange_desk(x);
	if (document_recipient_keep(&d, r->inbox, &r->what.submission, r->what.documents,
				    &r->metadata, &p->again, &f))
		x->result = p;
	return exchange_findings(x, &f);
}

/* ITI TF-2: 3.41.5.1.2: patient and submission set; and whose inbox. */
static void audited(struct exchange *x, struct audit_event *e)
{
	const struct pushing *r = x->request;
	const struct pushed *p = x->result;
	struct audit_object *o = r == NULL ? NULL : provided_audit(x, e, &r->what);
	if (o == NULL)
		return;
	if (r->inbox != NULL)
		audit_add_detail(x, o, "inbox", bytes_of_text(r->inbox->name));
	if (p != NULL && p->again)
		audit_add_detail(x, o, "sent again",
				 bytes_of_text("pushed before; the first answer was given again"));
}

const struct transaction iti41_provide_to_recipient = {
	.code = "ITI-41",
	.name = "Provide and Register Document Set-b",
	.section = "ITI TF-2: 3.41",
	.actor = DOCUMENT_RECIPIENT,
	.dialect = DIALECT_SOAP,
	.mtom = true,
	.may_reply_elsewhere = true,
	.has_resources = true, /* inboxes */
	.routes = provided_routes,
	.access = STORE_WRITE,
	.audit_event = 110107, /* DCM Import */
	.audit_action = AUDIT_CREATE,
	.request_grammar = "iti41-request.rng",
	.answer_grammar = "iti41-response.rng",
	.read = read_request,
	.call = call,
	.handle = handle,
	.audited = audited,
	.answer_xml = provided_answer,
};
