/* profiles/xds/iti41_provide_and_register.c
 *
 * Provide and Register Document Set-b [ITI-41], ITI TF-2: 3.41. We are the Document Repository, and
 * the Document Registry behind it: documents, index and metadata are kept in one step, so there is
 * never a document without its entry, nor the other way round.
 *
 * Or the registry is another's (partner for registry): it is asked first (ITI-42), while the
 * documents are with us and nobody's, and they are kept when it has said Success. What it refuses
 * leaves nothing; what breaks off in between neither: then it may have an entry of a document that
 * is not there, and the Document Source, who was never told Success, sends again. A registry that
 * has the set already says so: of the very same submission that is Success (store/asked_sets.h). */
#include "gateway/base/findings.h"
#include "gateway/envelope/ebrim.h"
#include "profiles/actors/document_repository.h"
#include "profiles/actors/document_signatures.h"
#include "profiles/actors/quota.h"
#include "profiles/xds/provided.h"
#include "profiles/xds/registry_elsewhere.h"

/* Verified by call(), with what the store shows then. */
struct verified_signatures {
	const struct document_signature *first;
};

struct providing {
	struct provided what;
	struct verified_signatures *signatures; /* NULL: there are none among the documents */
};

static bool read_request(struct exchange *x)
{
	struct providing *r = arena_new(x->arena, struct providing);
	struct provided *what = &r->what;
	struct findings f = findings_in(x->arena);
	struct registry_desk d = exchange_desk(x);
	bool readable;
	x->request = r;
	if (!provided_read(x, what, &f, &readable))
		return false;
	if (document_repository_receive(&d, &what->submission, what->documents, &f) && readable)
		document_registry_validate(&d, &what->submission, SUBMISSION_PROVIDES, &f);
	if (f.errors == 0)
		document_repository_fingerprint(&d, &what->submission, what->documents);
	for (const struct document_entry *e = what->submission.entries; e != NULL; e = e->next)
		if (r->signatures == NULL && document_is_signature(e))
			r->signatures = arena_new(x->arena, struct verified_signatures);
	return exchange_findings(x, &f);
}

/* Signatures over documents, before the committer and before another's registry. A repository keeps
 * what it is given, octet for octet (ITI TF-2: 3.41.4.1.3): it may say what it sees, and refuses
 * only where its region wants that. */
static bool verify_signatures(struct exchange *x)
{
	const struct providing *r = x->request;
	struct findings f = findings_in(x->arena);
	if (exchange_look(x) == NULL)
		return false;
	struct registry_desk d = exchange_desk(x);
	r->signatures->first = document_signatures_arrived(&d, &r->what.submission,
							   r->what.documents);
	document_signatures_tell(&d, r->signatures->first, &f);
	return exchange_findings(x, &f);
}

/* What would be refused, before anything is kept or anybody is asked. */
static bool may_keep(struct exchange *x)
{
	const struct providing *r = x->request;
	struct findings f = findings_in(x->arena);
	if (exchange_look(x) == NULL)
		return false;
	struct registry_desk d = exchange_desk(x);
	x->stored_elsewhere = quota_elsewhere(&d);
	if (x->region->registry != NULL)
		document_repository_may_keep(&d, &r->what.submission, r->what.documents, &f);
	if (f.errors == 0)
		document_repository_has_room(&d, &r->what.submission, r->what.documents, &f);
	return exchange_findings(x, &f);
}

/* Another's registry, when there is one, before anything is kept. */
static bool call(struct exchange *x)
{
	const struct providing *r = x->request;
	const struct registry_desk d = exchange_desk(x);
	if (x->calls != NULL)
		return registry_elsewhere_answered(x);
	if (r->signatures != NULL && !verify_signatures(x))
		return false;
	if (x->region->registry == NULL && !quota_is_set(&d))
		return true;
	if (!may_keep(x))
		return false;
	if (x->region->registry != NULL)
		registry_elsewhere_ask(x, &r->what.submission);
	return true;
}

static void look_ahead(struct exchange *x)
{
	const struct providing *r = x->request;
	struct registry_desk d = exchange_desk(x);
	document_repository_look_ahead(&d, &r->what.submission, r->what.documents);
}

static bool handle(struct exchange *x)
{
	const struct providing *r = x->request;
	struct findings f = findings_in(x->arena);
	struct registry_desk d = exchange_desk(x);
	if (x->calls != NULL) {
		document_repository_keep(&d, &r->what.submission, r->what.documents, &f);
		return exchange_findings(x, &f);
	}
	struct submission *registered = document_repository_provide(&d, &r->what.submission,
								    r->what.documents, &f);
	x->result = registered;
	if (registered != NULL && r->signatures != NULL)
		document_signatures_keep(&d, r->signatures->first, registered);
	return exchange_findings(x, &f);
}

/* ITI TF-3: 5.5.7.2: each verification is an event of its own. */
static void audit_signatures(struct exchange *x, struct audit_event *e, const struct providing *r)
{
	for (const struct document_signature *s = r->signatures->first; s != NULL; s = s->next) {
		struct audit_event *verified = audit_another(x, e);
		if (r->what.patient_id != NULL)
			audit_patient(x, verified, r->what.patient_id);
		audit_signature(x, verified, s->entry->unique_id, &s->verdict);
	}
}

static void audited(struct exchange *x, struct audit_event *e)
{
	const struct providing *r = x->request;
	const struct submission *registered = x->result;
	if (r == NULL || r->what.submission.set == NULL)
		return;
	if (r->signatures != NULL)
		audit_signatures(x, e, r);
	struct audit_object *o = provided_audit(x, e, &r->what);
	if (o != NULL && registered != NULL)
		audit_add_offered(x, e, registered->offered);
	if (o != NULL && registered != NULL && registered->again)
		audit_add_detail(
			x, o, "sent again",
			bytes_of_text("registered before; the first answer was given again"));
}

const struct transaction iti41_provide_and_register = {
	.code = "ITI-41",
	.name = "Provide and Register Document Set-b",
	.section = "ITI TF-2: 3.41",
	.actor = DOCUMENT_REPOSITORY,
	.dialect = DIALECT_SOAP,
	.mtom = true,
	.may_reply_elsewhere = true,
	.routes = provided_routes,
	.access = STORE_WRITE,
	.audit_event = 110107, /* DCM Import */
	.audit_action = AUDIT_CREATE,
	.request_grammar = "iti41-request.rng",
	.answer_grammar = "iti41-response.rng",
	.read = read_request,
	.call = call,
	.look_ahead = look_ahead,
	.handle = handle,
	.audited = audited,
	.answer_xml = provided_answer,
};
