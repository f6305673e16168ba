/* profiles/xds/registry_updated.c: the metadata of the Document Registry is updated, by whichever
 * transaction: a submission of new versions and of what is to be done with what is there. All of it
 * is done, or nothing. */
#include "profiles/xds/registry_updated.h"

#include "gateway/base/findings.h"
#include "gateway/base/text.h"
#include "gateway/envelope/ebrim.h"
#include "gateway/envelope/soap.h"
#include "profiles/actors/quota.h"
#include "store/registry.h"

struct updated {
	struct submission *registered; /* NULL: refused */
	const struct registry_owner *owners;
};

/* A gateway of another community would send it on (ITI RMU: 3.92.4.1.3.1); we are none. */
static void check_home(const struct exchange *x, const struct submission_set *s, struct findings *f)
{
	const char *home = s->home_community_id;
	if (home != NULL && !text_equal(home, x->region->home_community_id))
		findings_error(f, PROBLEM_UNKNOWN_COMMUNITY, home, home, "is not this community");
}

bool registry_updated_read(struct exchange *x, enum update_rules rules)
{
	struct document_update *u = arena_new(x->arena, struct document_update);
	struct findings f = findings_in(x->arena);
	struct registry_desk d = exchange_desk(x);
	struct submission *s = &u->submission;
	x->request = u;
	bool few = document_registry_takes(&d, ebrim_count_objects(x->soap->body), &f);
	bool readable = ebrim_read_submission(x->arena, x->soap->body, s, &f);
	if (few && readable) {
		document_registry_validate(&d, s, SUBMISSION_UPDATES, &f);
		if (s->set != NULL) {
			check_home(x, s->set, &f);
			document_update_read(&d, rules, u, &f);
		}
	}
	if (f.errors == 0)
		s->set->fingerprint = registry_fingerprint(x->arena, s, (struct bytes){ 0 });
	return exchange_findings(x, &f);
}

/* What has no room is refused before the committer hears of it. */
bool registry_updated_call(struct exchange *x)
{
	const struct document_update *u = x->request;
	struct findings f = findings_in(x->arena);
	if (!exchange_look_at_quota(x))
		return false;
	struct registry_desk d = exchange_desk(x);
	if (!quota_is_set(&d))
		return true;
	if (document_registry_again(&d, &u->submission) == NULL)
		quota_has_room(&d, quota_least_of(&u->submission), &f);
	return exchange_findings(x, &f);
}

void registry_updated_look_ahead(struct exchange *x)
{
	struct registry_desk d = exchange_desk(x);
	document_update_look_ahead(&d, x->request);
}

bool registry_updated_handle(struct exchange *x)
{
	struct updated *out = arena_new(x->arena, struct updated);
	struct findings f = findings_in(x->arena);
	struct registry_desk d = exchange_desk(x);
	x->result = out;
	out->registered = document_update_register(&d, x->request, &out->owners, &f);
	return exchange_findings(x, &f);
}

/* Patient and submission set, as ITI-42; and whose the objects were before. */
void registry_updated_audited(struct exchange *x, struct audit_event *e)
{
	const struct document_update *u = x->request;
	const struct updated *out = x->result;
	const struct submission_set *s = u == NULL ? NULL : u->submission.set;
	for (const struct registry_owner *o = out == NULL ? NULL : out->owners; o != NULL;
	     o = o->next)
		audit_about(x, e, o->subject);
	if (s == NULL)
		return;
	if (s->patient_id != NULL)
		audit_patient(x, e, s->patient_id);
	if (s->unique_id == NULL)
		return;
	struct audit_object *o = audit_submission_set(x, e, s->unique_id);
	if (u->rules == UPDATE_RESTRICTED && s->home_community_id != NULL)
		audit_add_detail(x, o, "ihe:homeCommunityID", bytes_of_text(s->home_community_id));
	if (out != NULL && out->registered != NULL && out->registered->again)
		audit_add_detail(
			x, o, "sent again",
			bytes_of_text("registered before; the first answer was given again"));
}

void registry_updated_answer(struct exchange *x, struct xml_writer *w)
{
	ebrim_put_response(w, ebrim_status(&x->problem, x->findings, false), SIDE_REGISTRY,
			   &x->problem, x->findings);
}
