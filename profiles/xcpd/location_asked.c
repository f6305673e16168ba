/* profiles/xcpd/location_asked.c
 *
 * Patient Location Query [ITI-56], ITI TF-2: 3.56, from the Initiating Gateway's side: what a
 * Health Data Locator is asked, and whom of those it names we know. */
#include "profiles/xcpd/location_asked.h"

#include "gateway/base/text.h"
#include "gateway/envelope/xml_writer.h"
#include "profiles/transaction.h"
#include "profiles/xcpd/discovery_asked.h"
#include "profiles/xcpd/location_message.h"

struct locating {
	struct location_question question;
	const struct partner *to;
	uint64_t record;
	bool evaluated;
	struct located is;
};

/* As it is asked of us: by the patient's id, and the query (profiles/xcpd/
 * iti56_patient_location_query.c). */
static void audited(struct exchange *x, const struct exchange_call *c, struct audit_event *e)
{
	const struct locating *l = c->request;
	struct xml_writer *w = xml_writer_begin(x->arena);
	audit_patient(x, e, cx_text(x->arena, l->question.id, l->question.domain));
	audit_about(x, e, l->record);
	location_write(w, &l->question);
	struct audit_object *o = audit_query(x, e, c->message_id, xml_writer_end(w));
	o->id_type.code = c->what->code;
	o->id_type.display = c->what->name;
	audit_add_detail(x, o, "ihe:homeCommunityID", bytes_of_text(c->to->home_community_id));
}

static void write_question(struct xml_writer *w, const void *request)
{
	location_write(w, &((const struct locating *)request)->question);
}

static const struct outward patient_location_query = {
	.code = "ITI-56",
	.name = "Patient Location Query",
	.action = LOCATION_ACTION,
	.answer = LOCATION_ANSWER,
	.at = PARTNER_URL,
	.answer_most = LOCATION_ANSWER_MOST,
	.audit_event = 110112, /* DCM Query */
	.audit_action = AUDIT_EXECUTE,
	.write = write_question,
	.audited = audited,
};

static struct exchange_call *call_of(const struct exchange *x, uint64_t record,
				     const struct partner *to)
{
	struct exchange_call *c = x->calls;
	while (c != NULL
	       && (c->what != &patient_location_query || c->to != to
		   || ((const struct locating *)c->request)->record != record))
		c = c->next;
	return c;
}

static void ask(struct exchange *x, uint64_t record, const struct partner *to,
		const struct discovered *known)
{
	struct locating *l = arena_new(x->arena, struct locating);
	*l = (struct locating){ .question = { .domain = known->domain, .id = known->id },
				.to = to,
				.record = record };
	exchange_call(x, &patient_location_query, to, l);
}

/* ---- What is made of the answer ---- */

static void sort(struct exchange *x, struct locating *l, const char *home)
{
	const struct partner *p = region_community(x->region, home);
	struct located *is = &l->is;
	if (p == l->to || text_equal(home, x->region->home_community_id))
		is->left_out++;
	else if (p != NULL)
		is->named[is->named_count++] = p;
	else
		is->strangers = text_joined(x->arena, is->strangers,
					    *is->strangers == '\0' ? "" : ", ", home, NULL);
}

static void evaluate(struct exchange *x, struct exchange_call *c, struct locating *l)
{
	struct located_home *homes = NULL;
	struct problem p = { .code = PROBLEM_NONE };
	l->evaluated = true;
	l->is = (struct located){ .as = LOCATED_NO_ANSWER, .strangers = "" };
	if (c->answer != NULL && !location_read(x->arena, c->answer, &l->question, &homes, &p))
		c->problem = p;
	else if (c->answer == NULL && c->problem.code == PROBLEM_NONE)
		problem_set(&c->problem, PROBLEM_BUSY, "it gave no answer");
	l->is.why = c->problem.what;
	if (c->problem.code != PROBLEM_NONE)
		return;
	l->is.as = LOCATED_TOLD;
	l->is.named = arena_array(x->arena, const struct partner *, LOCATIONS_MOST);
	for (; homes != NULL; homes = homes->next)
		sort(x, l, homes->home);
}

void location_asked(struct exchange *x, uint64_t record, const struct partner *to,
		    const struct discovered *known, struct located *out)
{
	struct exchange_call *c = call_of(x, record, to);
	*out = (struct located){ .as = LOCATED_NOT_YET, .strangers = "", .why = "" };
	if (c == NULL) {
		ask(x, record, to, known);
		return;
	}
	if (!c->over)
		return;
	struct locating *l = (struct locating *)c->request;
	if (!l->evaluated)
		evaluate(x, c, l);
	*out = l->is;
}
