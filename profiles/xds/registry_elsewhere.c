/* profiles/xds/registry_elsewhere.c
 *
 * Register Document Set-b [ITI-42], ITI TF-2: 3.42, from the other side: our Document Repository
 * tells another's Document Registry what it holds, and relays what that says. */
#include "profiles/xds/registry_elsewhere.h"

#include <string.h>

#include "gateway/base/findings.h"
#include "gateway/base/text.h"
#include "gateway/envelope/ebrim.h"
#include "gateway/envelope/soap.h"
#include "profiles/transaction.h"
#include "store/asked_sets.h"

static void write_request(struct xml_writer *w, const void *request)
{
	ebrim_put_submission(w, request);
}

/* ITI TF-2: 3.42.5.1.1: patient and submission set. */
static void audited(struct exchange *x, const struct exchange_call *c, struct audit_event *e)
{
	const struct submission *s = c->request;
	if (s->set->patient_id != NULL)
		audit_patient(x, e, s->set->patient_id);
	if (s->set->unique_id != NULL)
		audit_add_detail(x, audit_submission_set(x, e, s->set->unique_id), "MessageID",
				 bytes_of_text(c->message_id));
}

/* ---- What is remembered of it, should it be sent again ---- */

/* NULL: it cannot be known again. */
static const struct asked_set *question(const struct exchange *x, const struct exchange_call *c,
					struct asked_set *out)
{
	const struct submission_set *s = ((const struct submission *)c->request)->set;
	*out = (struct asked_set){ .registry = c->to->name,
				   .system = x->sender == NULL ? "" : x->sender->name,
				   .unique_id = s->unique_id,
				   .fingerprint = s->fingerprint };
	return s->unique_id == NULL || s->fingerprint == NULL ? NULL : out;
}

static bool begin(const struct exchange *x, struct store_txn *t, const struct exchange_call *c)
{
	struct asked_set s;
	return question(x, c, &s) == NULL || asked_set_begin(t, &s, x->now);
}

static bool end(const struct exchange *x, struct store_txn *t, const struct exchange_call *c)
{
	struct asked_set s;
	bool is_refused = x->problem.code != PROBLEM_NONE
			  && c->problem.code == PROBLEM_REGISTRY_REFUSED;
	return question(x, c, &s) == NULL || asked_set_end(t, &s, is_refused, x->now);
}

static const struct outward register_document_set = {
	.code = "ITI-42",
	.name = "Register Document Set-b",
	.action = "urn:ihe:iti:2007:RegisterDocumentSet-b",
	.answer = "urn:ihe:iti:2007:RegisterDocumentSet-bResponse",
	.answer_most = 1 << 20, /* the errors of a submission of a thousand objects */
	.audit_event = 110106,  /* DCM Export */
	.audit_action = AUDIT_READ,
	.write = write_request,
	.audited = audited,
	.begin = begin,
	.end = end,
};

void registry_elsewhere_ask(struct exchange *x, const struct submission *s)
{
	exchange_call(x, &register_document_set, x->region->registry, s);
}

static bool not_available(struct exchange *x, const struct exchange_call *c)
{
	return problem_set(&x->problem, PROBLEM_REGISTRY_NOT_AVAILABLE,
			   "the registry %s gave no answer that counts: %s", c->to->name,
			   c->problem.what);
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* The OID stands in the text, and not as a part of another. */
static bool names(const char *text, const char *oid)
{
	size_t length = strlen(oid);
	for (const char *at = text; at != NULL && (at = strstr(at, oid)) != NULL; at++) {
		const char *after = at + length;
		bool begins = at == text || strchr("0123456789.", at[-1]) == NULL;
		if (begins && !is_digit(*after) && !(*after == '.' && is_digit(after[1])))
			return true;
	}
	return false;
}

/* "XDSDuplicateUniqueIdInRegistry" of the set, and nothing else (ITI TF-3: Table 4.2.4.1-2). */
static bool says_it_has_it(const struct findings *f, const char *unique_id)
{
	const struct finding *error = f->first;
	while (error != NULL && error->warning)
		error = error->next;
	return f->errors == 1 && error != NULL
	       && text_equal(error->relayed, "XDSDuplicateUniqueIdInRegistry")
	       && (names(error->problem.what, unique_id) || names(error->location, unique_id));
}

/* It was asked before, for the same system, to register the very same, and did not refuse: that it
 * has it is the answer to that. */
static bool was_registered(struct exchange *x, const struct exchange_call *c,
			   const struct findings *f)
{
	struct asked_set s;
	return question(x, c, &s) != NULL && says_it_has_it(f, s.unique_id)
	       && exchange_look(x) != NULL && asked_set_may_be_there(x->txn, x->arena, &s);
}

/* It may have said so without a reason. */
static bool refused(struct exchange *x, struct exchange_call *c, const struct findings *f)
{
	problem_set(&c->problem, PROBLEM_REGISTRY_REFUSED, "the registry %s refused the submission",
		    c->to->name);
	if (was_registered(x, c, f))
		return true;
	exchange_findings(x, f);
	if (f->errors == 0)
		exchange_finding(x, false, NULL, &c->problem);
	return false;
}

bool registry_elsewhere_answered(struct exchange *x)
{
	struct exchange_call *c = x->calls;
	struct findings f = findings_in(x->arena);
	enum response_status status;
	if (c->answer == NULL || !ebrim_read_response(c->answer->body, &status, &f, &c->problem))
		return not_available(x, c);
	return status == RESPONSE_SUCCESS ? exchange_findings(x, &f) : refused(x, c, &f);
}
