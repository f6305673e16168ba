/* profiles/admin/admin_diagnose.c: a partner is tried, and what fails is told in words.
 * POST /admin/diagnose {partner}.
 *
 * What is sent names nobody and changes nothing, whoever takes it: a stored query without
 * parameters (ITI-18), a PIX query without a patient (ITI-45) where HL7 v3 is spoken, and by HL7 v2
 * a query (ITI-9) without one, with processing id D. A partner that answers "no" to it is well. */
#include "profiles/admin/admin_person.h"

#include "gateway/base/bytes.h"
#include "gateway/base/progress.h"
#include "gateway/base/text.h"
#include "gateway/client/probe.h"
#include "gateway/client/soap_call.h"
#include "gateway/envelope/hl7v2.h"
#include "gateway/envelope/xml_writer.h"

enum { CONTROL_ID_OCTETS = 10 };

/* ---- What is sent ---- */

static void write_pix_query(struct xml_writer *w, const void *what)
{
	(void)what;
	xml_open(w, "PRPA_IN201309UV02");
	xml_namespace_declare(w, NULL, "urn:hl7-org:v3");
	xml_put_attribute(w, "ITSVersion", "XML_1.0");
	xml_close(w);
}

static const struct soap_call pix_query = { .action = "urn:hl7-org:v3:PRPA_IN201309UV02",
					    .write = write_pix_query };

static const char *control_id(struct exchange *x)
{
	unsigned char octets[CONTROL_ID_OCTETS];
	x->random->fill(x->random, octets, sizeof octets);
	return bytes_to_hex(x->arena, (struct bytes){ octets, sizeof octets });
}

static void write_v2(struct exchange *x, const struct partner *p, struct probe_message *out)
{
	const struct hl7_stamp stamp = { .control_id = control_id(x), .now = x->now };
	const struct hl7_header header = {
		.sending_application = "MINATO",
		.sending_facility = x->region->name,
		.receiving_application = p->name,
		.receiving_facility = p->name,
		.type = "QBP",
		.event = "Q23",
		.structure = "QBP_Q21",
		.processing_id = "D",
		.version = "2.5",
	};
	struct hl7_writer *w = hl7_message_write(x->arena, &header, CHARSET_ASCII, &stamp);
	hl7_put_segment(w, "QPD");
	hl7_put_verbatim(w, 1, "IHE PIX Query");
	hl7_put_field(w, 2, stamp.control_id);
	hl7_put_segment(w, "RCP");
	hl7_put_field(w, 1, "I");
	out->control_id = stamp.control_id;
	out->hl7 = hl7_written(w);
}

static void write_soap(struct exchange *x, const struct partner *p, struct probe_message *out)
{
	bool v3 = (p->purposes & 1u << PARTNER_PIX_NOTIFICATIONS) != 0;
	struct soap_call call = v3 ? pix_query : probe_stored_query;
	struct soap_sent *sent = arena_new(x->arena, struct soap_sent);
	call.url = p->url;
	soap_call_write(x->arena, x->random, &call, sent);
	out->soap = sent;
}

/* ---- The transaction ---- */

static bool refuse_name(struct exchange *x, const char *name)
{
	struct buffer b = buffer_in(x->arena);
	for (size_t i = 0; i < x->region->partner_count; i++)
		buffer_printf(&b, "%s%s", i == 0 ? "" : ", ", x->region->partners[i].name);
	return problem_at(&x->problem, PROBLEM_REQUEST_INVALID, "partner",
			  "there is no partner %.100s; the partners are: %s", name,
			  b.length == 0 ? "none" : buffer_ended(&b));
}

static bool read_request(struct exchange *x)
{
	const char *name = admin_text(x, "partner", true);
	x->request = name == NULL ? NULL : region_partner(x->region, name);
	return x->request != NULL || (name != NULL && refuse_name(x, name));
}

static bool diagnose(struct exchange *x)
{
	const struct partner *p = x->request;
	struct probed *out = arena_new(x->arena, struct probed);
	struct probe_message m = { .soap = NULL };
	if (partner_by_mllp(p->url))
		write_v2(x, p, &m);
	else
		write_soap(x, p, &m);
	progress_begin(x->progress, "partners", 1);
	probe_partner(x->arena, p, &m, x->progress == NULL ? NULL : x->progress->stop, out);
	x->result = out;
	return out->finding != PROBE_CANCELLED
	       || problem_set(&x->problem, PROBLEM_CANCELLED, "%s", out->what);
}

/* ---- The answer ---- */

static json_t *step_row(enum probe_step s, const char *result, const char *what, const char *remedy)
{
	return json_pack("{s:s, s:s, s:s, s:s}", "step", probe_step_name(s), "result", result,
			 "what", what, "do", remedy);
}

static json_t *steps_of(const struct probed *p)
{
	json_t *list = json_array();
	const struct probe_row *end = probe_row(p->finding);
	for (unsigned s = 0; s < PROBE_STEPS; s++) {
		if (p->finding != PROBE_WELL && s == (unsigned)end->at)
			json_array_append_new(list, step_row(s, "failed", p->what, p->remedy));
		else if (p->seen[s] != NULL)
			json_array_append_new(list, step_row(s, "well", p->seen[s], ""));
		else
			json_array_append_new(list, step_row(s, "not tried", "", ""));
	}
	return list;
}

static json_t *certificate_of(const struct probe_certificate *c)
{
	if (c->subject == NULL)
		return NULL;
	return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s}", "subject", c->subject, "issuer",
			 c->issuer, "names", c->names, "begins", c->begins, "ends", c->ends,
			 "sha256", c->sha256);
}

/* As the tool ends: gateway/operator/command.h. */
static int exit_of(const struct probed *p)
{
	static const int codes[] = { [PROBE_IS_WELL] = 0,
				     [PROBE_IS_WRONG] = 1,
				     [PROBE_IS_REFUSED] = 4,
				     [PROBE_IS_AWAY] = 5 };
	return codes[probe_row(p->finding)->sort];
}

static json_t *answer(struct exchange *x)
{
	const struct partner *to = x->request;
	const struct probed *p = x->result;
	json_t *alert = p->alert < 0 ? NULL : json_integer(p->alert);
	json_t *status = p->status == 0 ? NULL : json_integer(p->status);
	return json_pack("{s:s, s:s, s:s*, s:b, s:s, s:i, s:o, s:o*, s:s*, s:s*, s:o*, s:o*, s:s*, "
			 "s:s*, s:s*}",
			 "partner", to->name, "url", to->url, "address", p->address, "well",
			 p->finding == PROBE_WELL, "finding", p->name, "exit", exit_of(p), "steps",
			 steps_of(p), "certificate", certificate_of(&p->theirs), "protocol",
			 p->protocol, "suite", p->suite, "alert", alert, "status", status,
			 "content_type", p->content_type, "fault_code", p->fault_code,
			 "fault_reason", p->fault_reason);
}

static const struct route routes[] = {
	{ .request = "POST", .detail = "/admin/diagnose", .media = "application/json" }, { 0 }
};

static const char *const parameters[] = { "partner" };

static const struct long_work_kind long_work = { "diagnose", "the partner was left alone" };

const struct transaction admin_diagnose = {
	.code = "diagnose",
	.name = "Partner tried",
	.section = "HACKING.md: Admin API",
	.actor = REGION_OPERATOR,
	.demands = DEMAND_OPERATOR,
	.dialect = DIALECT_ADMIN,
	.routes = routes,
	.access = STORE_NONE,
	.long_work = &long_work,
	.parameters = parameters,
	.read = read_request,
	.handle = diagnose,
	.answer_json = answer,
};
