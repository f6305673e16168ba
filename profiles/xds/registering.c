/* profiles/xds/registering.c: a submission of metadata becomes the registry's, whole or not. */
#include "profiles/xds/registering.h"

#include "gateway/base/arena.h"
#include "gateway/base/findings.h"
#include "gateway/envelope/ebrim.h"
#include "gateway/envelope/soap.h"
#include "profiles/actors/document_registry.h"
#include "profiles/actors/quota.h"
#include "profiles/transaction.h"
#include "store/registry.h"

struct registering {
	struct submission submission;
	const char *patient_id; /* as sent; registration makes it the regional one */
};

/* ITI TF-2: 3.42.4.1.2, 3.61.4.1.2: each type of entry has its own transaction. */
static void check_type(const struct submission *s, enum document_entry_type type,
		       struct findings *f)
{
	for (const struct document_entry *e = s->entries; e != NULL; e = e->next)
		if (e->type != type)
			findings_error(
				f, PROBLEM_REGISTRY_METADATA, NULL,
				arena_printf(f->arena, "DocumentEntry(%s).objectType", e->id),
				type == ENTRY_STABLE
					? "is On-Demand; this transaction registers stable "
					  "documents"
					: "is Stable; this transaction registers on-demand "
					  "documents");
	if (s->entries == NULL && type == ENTRY_ON_DEMAND)
		findings_error(f, PROBLEM_REGISTRY_METADATA, NULL, "DocumentEntry",
			       "is not there; this transaction registers one at least");
}

bool registering_read(struct exchange *x, enum document_entry_type type)
{
	struct registering *r = arena_new(x->arena, struct registering);
	struct findings f = findings_in(x->arena);
	struct registry_desk d = exchange_desk(x);
	x->request = r;
	bool few = document_registry_takes(&d, ebrim_count_objects(x->soap->body), &f);
	bool readable = ebrim_read_submission(x->arena, x->soap->body, &r->submission, &f);
	check_type(&r->submission, type, &f);
	if (few && readable)
		document_registry_validate(&d, &r->submission, SUBMISSION_REGISTERS, &f);
	if (f.errors == 0)
		r->submission.set->fingerprint = registry_fingerprint(x->arena, &r->submission,
								      (struct bytes){ 0 });
	if (r->submission.set != NULL)
		r->patient_id = r->submission.set->patient_id;
	return exchange_findings(x, &f);
}

/* What has no room is refused before the committer hears of it. */
bool registering_call(struct exchange *x)
{
	const struct registering *r = x->request;
	struct findings f = findings_in(x->arena);
	if (!exchange_look_at_quota(x))
		return false;
	struct registry_desk d = exchange_desk(x);
	if (!quota_is_set(&d))
		return true;
	if (document_registry_again(&d, &r->submission) == NULL)
		quota_has_room(&d, quota_least_of(&r->submission), &f);
	return exchange_findings(x, &f);
}

void registering_look_ahead(struct exchange *x)
{
	const struct registering *r = x->request;
	struct registry_desk d = exchange_desk(x);
	document_registry_look_ahead(&d, &r->submission);
}

bool registering_handle(struct exchange *x)
{
	const struct registering *r = x->request;
	struct findings f = findings_in(x->arena);
	struct registry_desk d = exchange_desk(x);
	x->result = document_registry_register(&d, &r->submission, &f);
	return exchange_findings(x, &f);
}

/* ITI TF-2: 3.42.5.1: patient and submission set. */
void registering_audited(struct exchange *x, struct audit_event *e)
{
	const struct registering *r = x->request;
	const struct submission *registered = x->result;
	if (r == NULL || r->submission.set == NULL)
		return;
	if (r->patient_id != NULL)
		audit_patient(x, e, r->patient_id);
	if (r->submission.set->unique_id == NULL)
		return;
	struct audit_object *o = audit_submission_set(x, e, r->submission.set->unique_id);
	if (registered != NULL)
		audit_add_offered(x, e, registered->offered);
	if (registered != NULL && registered->again)
		audit_add_detail(
			x, o, "sent again",
			bytes_of_text("registered before; the first answer was given again"));
}

void registering_answer(struct exchange *x, struct xml_writer *w)
{
	ebrim_put_response(w, ebrim_status(&x->problem, x->findings, false), SIDE_REGISTRY,
			   &x->problem, x->findings);
}
