/* profiles/admin/admin_partner_correlations.c: what other communities answered of a person, and
 * until when that holds (store/correlations.h). GET /admin/partner/correlations?patient=. Nobody is
 * asked. */
#include "profiles/admin/admin_partner.h"

#include <string.h>

#include "gateway/base/text.h"
#include "store/awaited.h"
#include "store/correlations.h"

struct correlated_person {
	struct patient_record record;
	const struct correlation *list;
	const struct awaited_list *awaited;
	const struct partner_id *ids;
	struct correlation is; /* of whom he is now */
};

static bool read_request(struct exchange *x)
{
	x->request = admin_text(x, "patient", true);
	return x->request != NULL;
}

static bool look(struct exchange *x)
{
	struct correlated_person *c = arena_new(x->arena, struct correlated_person);
	if (!admin_find_person(x, x->request, &c->record))
		return false;
	c->list = correlations_of(x->txn, x->arena, c->record.person, x->now);
	if (correlation_begin(x->txn, x->arena, c->record.person, x->now, &c->is))
		c->awaited = awaited_list_of(x->txn, x->arena, c->is.record);
	c->ids = partner_ids_of(x->txn, x->arena, c->record.person);
	x->result = c;
	return true;
}

static const char *name_of(struct exchange *x, const struct correlated_person *c)
{
	return cx_text(x->arena, c->record.id, c->record.domain);
}

static void audited(struct exchange *x, struct audit_event *e)
{
	const struct correlated_person *c = x->result;
	if (c != NULL)
		audit_patient(x, e, name_of(x, c));
}

/* Of who is known there. */
static const char *id_of(struct exchange *x, const struct correlated_person *c,
			 const struct correlation *one)
{
	const struct partner_id *id = one->what == CORRELATED_KNOWN ? c->ids : NULL;
	while (id != NULL && !text_equal(id->partner, one->partner))
		id = id->next;
	return id == NULL ? "" : cx_text(x->arena, id->id, id->domain);
}

/* What is still to come is taken of whom he was when it was asked. */
static bool would_be_taken(const struct exchange *x, const struct correlated_person *c,
			   const struct awaited *a)
{
	return x->now < a->until && memcmp(a->print, c->is.print, CORRELATION_PRINT) == 0;
}

static void add_awaited(struct exchange *x, const struct correlated_person *c, json_t *list)
{
	for (const struct awaited_list *one = c->awaited; one != NULL; one = one->next)
		json_array_append_new(list, json_pack("{s:s, s:s, s:s, s:s, s:s, s:b}", "partner",
						      one->is.partner, "answer", "later", "id", "",
						      "asked", admin_time(x->arena, one->is.asked),
						      "until", admin_time(x->arena, one->is.until),
						      "holds", would_be_taken(x, c, &one->is)));
}

static json_t *answer(struct exchange *x)
{
	const struct correlated_person *c = x->result;
	json_t *list = json_array();
	for (const struct correlation *one = c->list; one != NULL; one = one->next)
		json_array_append_new(
			list,
			json_pack("{s:s, s:s, s:s, s:s, s:s, s:b}", "partner", one->partner,
				  "answer", correlated_name(one->what), "id", id_of(x, c, one),
				  "asked", admin_time(x->arena, one->asked), "until",
				  admin_time(x->arena, one->until), "holds", one->holds));
	add_awaited(x, c, list);
	return json_pack("{s:s, s:o}", "patient", name_of(x, c), "correlations", list);
}

static const struct route routes[] = {
	{ .request = "GET", .detail = "/admin/partner/correlations" }, { 0 }
};

static const char *const parameters[] = { "patient" };

const struct transaction admin_partner_correlations = {
	.code = "partner-correlations",
	.name = "What other communities answered of a person shown",
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
	.handle = look,
	.audited = audited,
	.answer_json = answer,
};
