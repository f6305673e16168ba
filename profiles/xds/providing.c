/* profiles/xds/providing.c: documents are taken in and registered, whoever provides them: a
 * facility (ITI-41), or another community's gateway (ITI-80). We are the Document Repository, and
 * the Document Registry behind it: documents, index and metadata are kept in one step, so there is
 * never a document without its entry, nor the other way round.
 *
 * Or the registry is another's (partner for registry): it is asked first (ITI-42), while the
 * documents are with us and nobody's, and they are kept when it has said Success. What it refuses
 * leaves nothing; what breaks off in between neither: then it may have an entry of a document that
 * is not there, and the Document Source, who was never told Success, sends again. A registry that
 * has the set already says so: of the very same submission that is Success (store/asked_sets.h).
 *
 * Of another community nothing is taken that says what holds here: a consent is given where the
 * patient's region can ask him. */
#include "profiles/xds/providing.h"

#include "gateway/base/findings.h"
#include "gateway/envelope/ebrim.h"
#include "profiles/actors/document_repository.h"
#include "profiles/actors/document_signatures.h"
#include "profiles/actors/quota.h"
#include "profiles/consent/consent_reader.h"
#include "profiles/national/national_arrived.h"
#include "profiles/xds/provided.h"
#include "profiles/xds/registry_elsewhere.h"

/* Verified by call(), with what the store shows then. */
struct verified_signatures {
	const struct document_signature *first;
};

/* Read by call(). */
struct read_consents {
	const struct consent_arrived *first;
};

struct read_nationals {
	const struct national_arrived *first;
};

struct providing {
	struct provided what;
	struct verified_signatures *signatures; /* NULL: there are none among the documents */
	struct read_consents *consents;         /* the same */
	struct read_nationals *nationals;       /* the same */
};

static void note_kinds(struct exchange *x, struct providing *r)
{
	enum consent_kind kind;
	for (const struct document_entry *e = r->what.submission.entries; e != NULL; e = e->next) {
		if (r->signatures == NULL && document_is_signature(e))
			r->signatures = arena_new(x->arena, struct verified_signatures);
		if (r->consents == NULL && consent_kind_of(e, &kind))
			r->consents = arena_new(x->arena, struct read_consents);
	}
	if (national_arrive(&r->what.submission, r->what.documents))
		r->nationals = arena_new(x->arena, struct read_nationals);
}

bool providing_read(struct exchange *x)
{
	struct providing *r = arena_new(x->arena, struct providing);
	struct provided *what = &r->what;
	struct findings f = findings_in(x->arena);
	struct registry_desk d = exchange_desk(x);
	bool readable;
	x->request = r;
	if (!provided_read(x, what, &f, &readable) || !provided_is_for_us(x))
		return false;
	if (document_repository_receive(&d, &what->submission, what->documents, &f) && readable)
		document_registry_validate(&d, &what->submission, SUBMISSION_PROVIDES, &f);
	if (f.errors == 0)
		document_repository_fingerprint(&d, &what->submission, what->documents);
	note_kinds(x, r);
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

static bool is_invalid(const struct document_signature *s)
{
	return signature_reason_row(s->verdict.reason)->result == SIGNATURE_INVALID;
}

/* A signature that does not hold makes a consent it comes with unusable, not merely unsigned: it is
 * refused, whatever the region does with other signatures. */
static void doubt_consents(const struct providing *r, struct findings *f)
{
	const struct document_signature *s = r->signatures == NULL ? NULL : r->signatures->first;
	for (; s != NULL; s = s->next)
		if (is_invalid(s))
			findings_error(f, PROBLEM_INVALID_SIGNATURE, s->entry->unique_id,
				       s->entry->unique_id,
				       "an invalid signature comes with a document of consent");
}

/* Documents of consent are understood before anything is kept, or refused. Where another's registry
 * has the region's documents, what holds of them is its to say, and we could not know of it. */
static bool read_consents(struct exchange *x)
{
	const struct providing *r = x->request;
	struct findings f = findings_in(x->arena);
	if (exchange_look(x) == NULL)
		return false;
	struct registry_desk d = exchange_desk(x);
	if (d.community != NULL)
		findings_error(&f, PROBLEM_LOCAL_POLICY, NULL, "DocumentEntry.formatCode",
			       "is of a consent, and of those this region takes only what its "
			       "own facilities were given");
	else if (x->region->registry != NULL)
		findings_error(&f, PROBLEM_REGISTRY_METADATA, NULL, "DocumentEntry.formatCode",
			       "is of a consent, and documents of this region are registered "
			       "elsewhere");
	else if (consent_arrived_read(&d, &r->what.submission, r->what.documents,
				      &r->consents->first, &f))
		doubt_consents(r, &f);
	return exchange_findings(x, &f);
}

/* Documents of a national format are read, and what their metadata say held against them: another
 * patient's, or one he is not to see, is not found out later. */
static bool read_nationals(struct exchange *x)
{
	const struct providing *r = x->request;
	struct findings f = findings_in(x->arena);
	if (exchange_look(x) == NULL)
		return false;
	struct registry_desk d = exchange_desk(x);
	national_arrived_read(&d, &r->what.submission, r->what.documents, SUBMISSION_PROVIDES,
			      &r->nationals->first, &f);
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

/* A code is nobody's id at another's registry. */
static bool registry_knows_codes(struct exchange *x, const struct registry_desk *d)
{
	return d->community == NULL || x->region->registry == NULL
	       || problem_set(&x->problem, PROBLEM_REGISTRY_NOT_AVAILABLE,
			      "documents of this region are registered elsewhere, where another "
			      "community's patients are not known");
}

/* Another's registry, when there is one, before anything is kept. */
bool providing_call(struct exchange *x)
{
	const struct providing *r = x->request;
	const struct registry_desk d = exchange_desk(x);
	if (x->calls != NULL)
		return registry_elsewhere_answered(x);
	if (!registry_knows_codes(x, &d))
		return false;
	if (r->nationals != NULL && !read_nationals(x))
		return false;
	if (r->signatures != NULL && !verify_signatures(x))
		return false;
	if (r->consents != NULL && !read_consents(x))
		return false;
	if (x->region->registry == NULL && !quota_is_set(&d))
		return true;
	if (!may_keep(x))
		return false;
	if (x->region->registry != NULL)
		registry_elsewhere_ask(x, &r->what.submission);
	return true;
}

void providing_look_ahead(struct exchange *x)
{
	const struct providing *r = x->request;
	struct registry_desk d = exchange_desk(x);
	document_repository_look_ahead(&d, &r->what.submission, r->what.documents);
}

/* What came before and is signed by one that does not hold. */
static void doubt_earlier(const struct registry_desk *d, const struct document_signature *s,
			  struct findings *f)
{
	for (; s != NULL; s = s->next)
		for (const struct signature_reference *to =
			     s->says == NULL || !is_invalid(s) ? NULL : s->says->references;
		     to != NULL; to = to->next)
			if (!to->submission_set)
				consent_documents_doubted(d, to->unique_id, f);
}

bool providing_handle(struct exchange *x)
{
	const struct providing *r = x->request;
	struct findings f = findings_in(x->arena);
	struct registry_desk d = exchange_desk(x);
	d.consents = r->consents == NULL ? NULL : r->consents->first;
	if (x->calls != NULL) {
		document_repository_keep(&d, &r->what.submission, r->what.documents, &f);
		return exchange_findings(x, &f);
	}
	struct submission *registered = document_repository_provide(&d, &r->what.submission,
								    r->what.documents, &f);
	x->result = registered;
	if (registered != NULL && r->signatures != NULL) {
		document_signatures_keep(&d, r->signatures->first, registered);
		if (d.community == NULL)
			doubt_earlier(&d, r->signatures->first, &f);
	}
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

/* What was decided by each is an event of the patient's record, as the operator's decision is. */
static void audit_consents(struct exchange *x, struct audit_event *e, const struct providing *r)
{
	const struct registry_desk d = exchange_desk(x);
	struct findings unused = findings_in(x->arena);
	for (const struct consent_arrived *c = r->consents->first; c != NULL; c = c->next) {
		const struct document_entry *entry = r->what.submission.entries;
		while (entry != NULL && entry->id != c->entry_id)
			entry = entry->next;
		if (entry == NULL)
			continue;
		struct audit_event *decided = audit_another(x, e);
		decided->event_id = 110110; /* DCM Patient Record */
		decided->action = AUDIT_UPDATE;
		decided->type = (struct coded_value){ .code = "consent",
						      .scheme = "Minato",
						      .display = "Consent" };
		audit_patient(x, decided, r->what.patient_id);
		struct audit_object *o = audit_add_object(x, decided);
		o->id = entry->unique_id;
		o->type_code = 2;
		o->type_code_role = 3;
		o->id_type = (struct coded_value){ .code = "9",
						   .scheme = "RFC-3881",
						   .display = "Report Number" };
		audit_add_detail(
			x, o, "consent",
			bytes_of_text(consent_document_says(
				x->arena, consent_document_words(&d, entry, &c->form, &unused))));
	}
}

void providing_audited(struct exchange *x, struct audit_event *e)
{
	const struct providing *r = x->request;
	const struct submission *registered = x->result;
	if (r == NULL || r->what.submission.set == NULL)
		return;
	if (r->signatures != NULL)
		audit_signatures(x, e, r);
	if (r->consents != NULL && registered != NULL && !registered->again)
		audit_consents(x, e, r);
	struct audit_object *o = provided_audit(x, e, &r->what);
	for (const struct national_arrived *n = r->nationals == NULL ? NULL : r->nationals->first;
	     o != NULL && n != NULL; n = n->next)
		if (n->says != NULL)
			audit_add_detail(x, o, "national document", bytes_of_text(n->says));
	/* A code is no id the trail finds people by. */
	if (registered != NULL && registered->set->subject != 0)
		audit_about(x, e, registered->set->subject);
	if (o != NULL && registered != NULL)
		audit_add_offered(x, e, registered->offered);
	if (o != NULL && registered != NULL && registered->again)
		audit_add_detail(
			x, o, "sent again",
			bytes_of_text("registered before; the first answer was given again"));
}
