/* profiles/admin/admin_consent_explain.c: why somebody may have a document, or may not: the rules
 * that were looked at, and which decided. GET /admin/consent/explain?patient=&as=&document=.
 *
 * as is FACILITY, FACILITY/ROLE or FACILITY/ROLE/PURPOSE, by the names of the region's rules; a
 * role or purpose that is left empty is the facility's own, or none. emergency=yes: as if an
 * assertion vouched for that role in an emergency, and said why. */
#include "profiles/admin/admin_document.h"
#include "profiles/admin/admin_person.h"

#include <string.h>

#include "gateway/base/text.h"
#include "schemas/model/explanation.h"
#include "schemas/model/region_policy.h"
#include "store/consent.h"
#include "store/identity.h"

struct explain_request {
	const char *patient, *document, *as;
	struct registered_system system; /* a copy: with that role */
	struct requester who;
	const char *purpose; /* its name */
};

struct explained {
	struct patient_record record;
	const char *cx;
	const struct document_entry *entry;
	const struct explanation *why;
	int64_t until; /* when it may be otherwise, by what the person decided; 0: never */
};

/* The next part of as, ended by /; NULL: nothing is there. */
static const char *next_part(struct exchange *x, const char **at)
{
	if (*at == NULL)
		return NULL;
	const char *from = *at, *slash = strchr(from, '/');
	*at = slash == NULL ? NULL : slash + 1;
	const char *part = slash == NULL ? from
					 : arena_text_n(x->arena, from, (size_t)(slash - from));
	return text_empty(part) ? NULL : part;
}

static bool unknown(struct exchange *x, const char *what, const char *name)
{
	return problem_at(&x->problem, PROBLEM_REQUEST_INVALID, "as",
			  "'%s' is no %s of the region's rules", name, what);
}

/* A code that has the name; NULL: it has none, so nobody can tell it. */
static struct coded_value *code_of(struct exchange *x, enum policy_name_of name_of,
				   enum policy_code_of code_of, const char *name)
{
	const struct region_policy *p = x->region->policy;
	uint64_t bit = p == NULL ? 0 : region_policy_named(p, name_of, name);
	const struct policy_codes *codes = p == NULL ? NULL : &p->codes[code_of];
	for (size_t i = 0; bit != 0 && i < codes->count; i++)
		if ((codes->all[i].names & bit) != 0) {
			struct coded_value *c = arena_new(x->arena, struct coded_value);
			c->code = codes->all[i].code;
			c->scheme = codes->all[i].scheme;
			return c;
		}
	return NULL;
}

static bool read_emergency(struct exchange *x, struct explain_request *r)
{
	bool emergency;
	if (!admin_yes(x, "emergency", &emergency) || !emergency)
		return x->problem.code == PROBLEM_NONE;
	if (r->system.role != NULL)
		r->who.person.roles = code_of(x, POLICY_ROLES, POLICY_ROLE, r->system.role);
	r->who.person.vouched = VOUCHED_BY_ASSERTION;
	r->who.person.reason = "explained";
	r->who.emergency = true;
	return true;
}

static bool read_as(struct exchange *x, struct explain_request *r)
{
	const char *at = r->as, *facility = next_part(x, &at);
	const char *role = next_part(x, &at), *purpose = next_part(x, &at);
	const struct registered_system *s = facility == NULL ? NULL
							     : region_system(x->region, facility);
	if (s == NULL || at != NULL)
		return problem_at(&x->problem, PROBLEM_REQUEST_INVALID, "as",
				  "'%s' is not FACILITY, FACILITY/ROLE or FACILITY/ROLE/PURPOSE",
				  r->as);
	r->system = *s;
	r->who = (struct requester){
		.region = x->region, .system = &r->system, .certified = true, .time = x->now
	};
	if (role != NULL
	    && (x->region->policy == NULL
		|| region_policy_named(x->region->policy, POLICY_ROLES, role) == 0))
		return unknown(x, "role", role);
	if (role != NULL)
		r->system.role = role;
	if (purpose == NULL)
		return true;
	r->purpose = purpose;
	r->who.purposes = code_of(x, POLICY_PURPOSES, POLICY_PURPOSE, purpose);
	return r->who.purposes != NULL || unknown(x, "purpose", purpose);
}

static bool read_request(struct exchange *x)
{
	struct explain_request *r = arena_new(x->arena, struct explain_request);
	x->request = r;
	r->patient = admin_text(x, "patient", true);
	r->document = r->patient == NULL ? NULL : admin_text(x, "document", true);
	r->as = r->document == NULL ? NULL : admin_text(x, "as", true);
	return r->as != NULL && read_as(x, r) && read_emergency(x, r);
}

/* Whose document it is, whoever was named. */
static bool is_of_person(struct exchange *x, const struct explained *s)
{
	struct patient_record r;
	return (identity_place(x->txn, x->arena, s->entry->subject, &r)
		&& r.person == s->record.person)
	       || problem_at(&x->problem, PROBLEM_NOT_FOUND, "document",
			     "it is no document of that person");
}

static bool read_until(struct exchange *x, struct explained *s)
{
	struct participation now;
	if (!consent_participation(x->txn, x->arena, s->entry->subject, x->now, &now))
		return problem_set(&x->problem, PROBLEM_INTERNAL, "the consent could not be read");
	s->until = now.until;
	return true;
}

static bool explain(struct exchange *x)
{
	const struct explain_request *r = x->request;
	struct explained *s = arena_new(x->arena, struct explained);
	if (!admin_find_person(x, r->patient, &s->record))
		return false;
	s->cx = cx_text(x->arena, s->record.id, s->record.domain);
	x->result = s;
	s->entry = admin_find_document(x, r->document);
	if (s->entry == NULL || !is_of_person(x, s))
		return false;
	s->why = x->admission.explain(x->admission.self, x->txn, &r->who, s->entry);
	return read_until(x, s);
}

static void audited(struct exchange *x, struct audit_event *e)
{
	const struct explain_request *r = x->request;
	const struct explained *s = x->result;
	if (r == NULL)
		return;
	struct audit_object *o = audit_patient(x, e, s != NULL ? s->cx : r->patient);
	if (r->as != NULL)
		audit_add_detail(x, o, "as", bytes_of_text(r->as));
	if (r->document != NULL)
		audit_add_detail(x, o, "document", bytes_of_text(r->document));
}

static const char *const rulings[] = {
	[RULING_PERMIT] = "permit", [RULING_HIDE] = "hide", [RULING_DENY] = "deny"
};

static json_t *show_rules(struct exchange *x, const struct explained_rule *r)
{
	json_t *list = json_array();
	for (; r != NULL; r = r->next) {
		json_t *o = json_pack("{s:s, s:s, s:b, s:b}", "rule", r->rule, "ruling",
				      rulings[r->ruling], "applies", r->misses == NULL, "decides",
				      r->decides);
		admin_put(o, "misses", r->misses);
		if (r->file != NULL)
			admin_put(o, "where", arena_printf(x->arena, "%s:%u", r->file, r->line));
		json_array_append_new(list, o);
	}
	return list;
}

static json_t *answer(struct exchange *x)
{
	const struct explain_request *r = x->request;
	const struct explained *s = x->result;
	json_t *o = json_pack("{s:s, s:s, s:s, s:s, s:s, s:b, s:o}", "patient", s->cx, "document",
			      s->entry->unique_id, "facility", r->system.name, "ruling",
			      rulings[s->why->ruling], "by", s->why->rule, "sees",
			      s->why->ruling == RULING_PERMIT, "rules",
			      show_rules(x, s->why->rules));
	admin_put(o, "entry_uuid", s->entry->id);
	admin_put(o, "role", r->system.role);
	admin_put(o, "purpose", r->purpose);
	if (s->until != 0)
		admin_put(o, "until", admin_time(x->arena, s->until));
	return o;
}

static const struct route routes[] = {
	{ .request = "GET", .detail = "/admin/consent/explain", .reads = true }, { 0 }
};

static const char *const parameters[] = { "patient as document emergency" };

const struct transaction admin_consent_explain = {
	.code = "consent-explain",
	.name = "Consent Explained",
	.section = "HACKING.md: Admin API",
	.actor = REGION_OPERATOR,
	.demands = DEMAND_PATIENTS_OPERATOR,
	.dialect = DIALECT_ADMIN,
	.routes = routes,
	.access = STORE_READ,
	.parameters = parameters,
	.audit_event = 110110,
	.audit_action = AUDIT_READ,
	.read = read_request,
	.handle = explain,
	.audited = audited,
	.answer_json = answer,
};
