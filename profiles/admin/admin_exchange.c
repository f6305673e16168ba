/* profiles/admin/admin_exchange.c: what is known of one exchange: who asked, for what, what was
 * wrong and where. GET /admin/exchanges/{id}. It names no patient; who was there and why is looked
 * at all the same, so each look is recorded. */
#include "profiles/admin/admin_exchange.h"
#include "profiles/admin/admin_document.h"
#include "profiles/admin/admin_said.h"

#include "gateway/base/text.h"

struct shown {
	unsigned char octets[EXCHANGE_NOTE_MOST];
	struct exchange_note note;
};

bool admin_exchanges_kept(struct exchange *x)
{
	return x->exchange_log != NULL
	       || problem_set(&x->problem, PROBLEM_NOT_FOUND,
			      "no exchanges are kept: store exchanges is 0");
}

bool admin_next_exchange(struct exchange *x, uint64_t *number, unsigned char *octets,
			 struct exchange_note *out)
{
	size_t length = 0;
	*number = exchange_log_before(x->exchange_log, *number, x->now, octets, &length);
	return *number != 0 && exchange_note_read((struct bytes){ octets, length }, out);
}

static const char *said(const char *text)
{
	return *text == '\0' ? NULL : text;
}

json_t *admin_show_exchange(struct exchange *x, const struct exchange_note *n)
{
	json_t *o = json_pack("{s:s, s:s, s:s*, s:s*, s:s*, s:s*, s:s}", "id", n->id, "at",
			      admin_time(x->arena, n->at), "transaction", said(n->transaction),
			      "system", said(n->system), "address", said(n->address), "door",
			      said(n->door), "result", *n->problem == '\0' ? "done" : n->problem);
	if (n->status != 0)
		json_object_set_new(o, "status", json_integer((json_int_t)n->status));
	json_object_set_new(o, "milliseconds", json_integer((json_int_t)n->milliseconds));
	return o;
}

const struct transaction *admin_transaction(const char *code)
{
	for (size_t i = 0; transactions[i] != NULL; i++)
		if (text_equal(transactions[i]->code, code))
			return transactions[i];
	return NULL;
}

static bool read_request(struct exchange *x)
{
	x->request = admin_exchange_id(x);
	return x->request != NULL;
}

static bool show(struct exchange *x)
{
	const char *id = x->request;
	struct shown *s = arena_new(x->arena, struct shown);
	uint64_t number = 0;
	if (!admin_exchanges_kept(x))
		return false;
	while (admin_next_exchange(x, &number, s->octets, &s->note))
		if (text_equal(s->note.id, id)) {
			x->result = s;
			return true;
		}
	return problem_at(&x->problem, PROBLEM_NOT_FOUND, "id",
			  "exchange %s is not among those kept; the audit log may have its record: "
			  "minato audit search --exchange %s",
			  id, id);
}

static void audited(struct exchange *x, struct audit_event *e)
{
	if (x->request != NULL)
		admin_audit_exchange(x, e, x->request);
}

static json_t *findings_of(const struct exchange_note *n)
{
	json_t *list = json_array();
	for (size_t i = 0; i < n->finding_count; i++) {
		const struct exchange_finding_note *f = &n->findings[i];
		json_array_append_new(list,
				      json_pack("{s:s*, s:s*, s:s*, s:b}", "problem",
						said(f->problem), "what", said(f->what), "where",
						said(f->where), "warning", (int)f->warning));
	}
	return list;
}

/* One name may stand there twice, and their order says which dialect carried which. */
static json_t *headers_of(const struct exchange_note *n)
{
	json_t *list = json_array();
	for (size_t i = 0; i < n->header_count; i++)
		json_array_append_new(list, json_pack("{s:s, s:s}", "name", n->headers[i].name,
						      "value", n->headers[i].value));
	return list;
}

static json_t *answer(struct exchange *x)
{
	const struct exchange_note *n = &((const struct shown *)x->result)->note;
	const struct transaction *t = admin_transaction(n->transaction);
	json_t *o = admin_show_exchange(x, n);
	admin_put(o, "name", t == NULL ? NULL : t->name);
	admin_put(o, "section", t == NULL ? said(n->section) : t->section);
	admin_put(o, "what", said(n->what));
	admin_put(o, "where", said(n->where));
	admin_put(o, "step", said(n->step));
	if (n->finding_count > 0)
		json_object_set_new(o, "findings", findings_of(n));
	if (n->header_count > 0)
		json_object_set_new(o, "headers", headers_of(n));
	if (n->findings_more > 0)
		json_object_set_new(o, "findings_more", json_integer(n->findings_more));
	return o;
}

static const struct route routes[] = { { .request = "GET", .detail = "/admin/exchanges/{id}" },
				       { 0 } };

const struct transaction admin_exchange = {
	.code = "exchange-show",
	.name = "Exchange shown",
	.section = "HACKING.md: Admin API",
	.actor = REGION_OPERATOR,
	.demands = DEMAND_OPERATOR,
	.dialect = DIALECT_ADMIN,
	.routes = routes,
	.access = STORE_READ,
	.audit_event = 110101,
	.audit_action = AUDIT_READ,
	.read = read_request,
	.handle = show,
	.audited = audited,
	.answer_json = answer,
};
