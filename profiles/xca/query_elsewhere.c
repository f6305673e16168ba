/* profiles/xca/query_elsewhere.c
 *
 * Cross Gateway Query [ITI-38], ITI TF-2: 3.38, from the other side: our Initiating Gateway asks
 * other communities what it is asked itself, and gives what they answer. */
#include "profiles/xca/query_elsewhere.h"

#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/findings.h"
#include "gateway/base/spool.h"
#include "gateway/base/text.h"
#include "gateway/envelope/ebrim.h"
#include "gateway/envelope/soap.h"
#include "gateway/envelope/xml_reader.h"
#include "gateway/envelope/xml_writer.h"
#include "profiles/actors/consent_manager.h"
#include "profiles/actors/document_registry.h"
#include "profiles/actors/metadata_type.h"
#include "profiles/transaction.h"
#include "profiles/xca/community_answer.h"
#include "profiles/xca/taking_part.h"
#include "store/identity.h"
#include "store/partner_ids.h"

struct query_elsewhere {
	bool gateway; /* it came to the Initiating Gateway's own address */
	bool here;    /* our own registry is asked */
	struct community_part *parts, **last;
};

/* What one of them is asked. */
struct community_question {
	const struct xml_node *asked; /* AdhocQueryRequest as it came */
	const struct registry_query *query;
	const struct partner *community;
	const char *patient_id; /* CX, as it knows him; NULL: none is named */
	uint64_t record;        /* ours of the patient; 0: none is named */
	struct community_part *part;
};

/* ---- What is asked ---- */

static bool names_patient(const struct xml_node *slot)
{
	static const char *const names[] = { "$XDSDocumentEntryPatientId",
					     "$XDSSubmissionSetPatientId", "$XDSFolderPatientId",
					     "$patientId" };
	const char *name = xml_attribute(slot, "name");
	for (size_t i = 0; i < COUNT(names); i++)
		if (text_equal(name, names[i]))
			return true;
	return false;
}

/* 'text', an apostrophe in it doubled (ITI TF-2: 3.18.4.1.2.3.5). */
static const char *quoted(struct arena *a, const char *text)
{
	char *out = arena_alloc(a, 2 * strlen(text) + 3), *at = out;
	*at++ = '\'';
	for (; *text != '\0'; text++) {
		*at++ = *text;
		if (*text == '\'')
			*at++ = '\'';
	}
	*at = '\'';
	return out;
}

static void put_patient(struct xml_writer *w, const struct xml_node *slot, const char *cx)
{
	xml_open(w, "rim:Slot");
	xml_put_attribute(w, "name", xml_attribute(slot, "name"));
	xml_open(w, "rim:ValueList");
	xml_element_text(w, "rim:Value", quoted(xml_writer_arena(w), cx));
	xml_close(w);
	xml_close(w);
}

static void put_attributes(struct xml_writer *w, const struct xml_node *n, const char *const *names)
{
	for (; *names != NULL; names++)
		xml_put_attribute(w, *names, xml_attribute(n, *names));
}

static void put_query(struct xml_writer *w, const struct community_question *q,
		      const struct xml_node *query)
{
	static const char *const attributes[] = { "id", "lid", "objectType", "status", NULL };
	xml_open(w, "rim:AdhocQuery");
	xml_namespace_declare(w, "rim", RIM_NAMESPACE);
	put_attributes(w, query, attributes);
	xml_put_attribute(w, "home", q->community->home_community_id);
	for (const struct xml_node *n = xml_first_element(query); n != NULL;
	     n = xml_next_element(n)) {
		if (q->patient_id != NULL && names_patient(n))
			put_patient(w, n, q->patient_id);
		else
			xml_copy_node(w, n);
	}
	xml_close(w);
}

/* The same query, unknown parameters included (ITI TF-2: 3.38.4.1.1): the patient is named as they
 * know him, and the home is theirs, for a gateway may have several (3.38.4.1.2.1). */
static void write_request(struct xml_writer *w, const void *request)
{
	static const char *const attributes[] = { "id",         "comment",    "federated",
						  "startIndex", "maxResults", NULL };
	const struct community_question *q = request;
	xml_open(w, "query:AdhocQueryRequest");
	xml_namespace_declare(w, "query", QUERY_NAMESPACE);
	put_attributes(w, q->asked, attributes);
	for (const struct xml_node *n = xml_first_element(q->asked); n != NULL;
	     n = xml_next_element(n)) {
		if (xml_is(n, RIM_NAMESPACE, "AdhocQuery"))
			put_query(w, q, n);
		else
			xml_copy_node(w, n);
	}
	xml_close(w);
}

/* ITI TF-2: 3.38.4.1.4, 3.18.5.1.1: patient and query, as they left. */
static void audited(struct exchange *x, const struct exchange_call *c, struct audit_event *e)
{
	const struct community_question *q = c->request;
	struct xml_writer *w = xml_writer_begin(x->arena);
	if (q->patient_id != NULL)
		audit_patient(x, e, q->patient_id);
	audit_about(x, e, q->record);
	write_request(w, q);
	struct audit_object *o = audit_query(x, e, q->query->query_id, xml_writer_end(w));
	o->id_type.code = c->what->code;
	o->id_type.display = c->what->name;
	audit_add_detail(x, o, "QueryEncoding", bytes_of_text("UTF-8"));
	audit_add_detail(x, o, "urn:ihe:iti:xca:2010:homeCommunityId",
			 bytes_of_text(c->to->home_community_id));
}

/* ---- Who is asked ---- */

static struct community_part *add_part(struct exchange *x, struct query_elsewhere *e,
				       const struct partner *community)
{
	struct community_part *part = arena_new(x->arena, struct community_part);
	*part = (struct community_part){ .community = community,
					 .findings = findings_in(x->arena) };
	*e->last = part;
	e->last = &part->next;
	return part;
}

struct query_elsewhere *query_elsewhere_begin(struct exchange *x)
{
	bool gateway = x->transaction->actor == INITIATING_GATEWAY;
	if (!x->region->asks_communities && !gateway)
		return NULL;
	/* What a community asks is ours to answer, and nobody's to ask on. */
	if (region_community_of(x->region, x->sender) != NULL)
		return NULL;
	struct query_elsewhere *e = arena_new(x->arena, struct query_elsewhere);
	*e = (struct query_elsewhere){ .gateway = gateway, .here = true, .last = &e->parts };
	return e;
}

static bool is_ours(const struct exchange *x, const char *home)
{
	return text_equal(home, x->region->home_community_id);
}

static const struct partner *community_of(const struct exchange *x, const char *home)
{
	return x->region->asks_communities ? region_community(x->region, home) : NULL;
}

bool query_elsewhere_names(struct exchange *x, const struct query_elsewhere *e,
			   const struct registry_query *q)
{
	const char *home = q->home_community_id;
	if (home != NULL && !is_ours(x, home) && community_of(x, home) == NULL)
		return problem_at(&x->problem, PROBLEM_UNKNOWN_COMMUNITY, "home",
				  "\"%s\" is neither this community, which is \"%s\", nor one "
				  "that it asks",
				  home, x->region->home_community_id);
	/* At the registry's address it is our registry that is asked, as it always was. */
	if (home == NULL && q->patient_id == NULL && e->gateway)
		return problem_at(&x->problem, PROBLEM_MISSING_HOME_COMMUNITY, "home",
				  "objects are asked for by their ids, and of which community "
				  "they are is not said (AdhocQuery/@home)");
	return true;
}

bool query_elsewhere_here(const struct query_elsewhere *e)
{
	return e == NULL || e->here;
}

static bool is_excluded(struct exchange *x, uint64_t person, const struct partner *to)
{
	return consent_manager_excludes(x->txn, x->arena, x->region, person, to, x->now,
					&x->problem);
}

static bool is_for_asker(void *self, struct community_part *part)
{
	struct exchange *x = self;
	struct registry_desk d;
	struct partner_id id;
	struct cx_parts theirs;
	if (exchange_look(x) == NULL || !metadata_type_cx(part->theirs, &theirs))
		return false;
	const char *domain = arena_text_n(x->arena, theirs.universal_id,
					  theirs.universal_id_length);
	const char *number = arena_text_n(x->arena, theirs.id, theirs.id_length);
	if (!partner_id_find(x->txn, x->arena, part->community->name, domain, number, &id)
	    || !taking_part(x, id.person) || is_excluded(x, id.person, part->community))
		return false;
	d = exchange_desk(x);
	part->record = id.record;
	part->shown = document_registry_regional_id(&d, id.person);
	return part->shown != NULL;
}

/* As if it were registered here, by nobody of ours. */
static bool may_have(void *self, const struct community_part *part, const struct document_entry *e)
{
	struct exchange *x = self;
	struct document_entry here = *e;
	here.subject = part->record;
	here.source_system = NULL;
	here.sources = NULL;
	return exchange_look(x) != NULL && x->admission.shown(x->admission.self, x->txn, &here);
}

static void take(struct exchange *x, struct exchange_call *c);

static const struct outward cross_gateway_query = {
	.code = "ITI-38",
	.name = "Cross Gateway Query",
	.action = "urn:ihe:iti:2007:CrossGatewayQuery",
	.answer = "urn:ihe:iti:2007:CrossGatewayQueryResponse",
	.at = PARTNER_QUERY,
	.answer_most = 4 << 20, /* what xml_limits_default has: some thousand entries */
	.audit_event = 110112,  /* DCM Query */
	.audit_action = AUDIT_EXECUTE,
	.write = write_request,
	.audited = audited,
	.take = take,
};

static struct community_question *ask(struct exchange *x, struct query_elsewhere *e,
				      const struct registry_query *q, const struct partner *to)
{
	struct community_question *question = arena_new(x->arena, struct community_question);
	*question = (struct community_question){
		.asked = x->soap->body, .query = q, .community = to, .part = add_part(x, e, to)
	};
	exchange_call(x, &cross_gateway_query, to, question);
	return question;
}

/* Which patient of theirs is disputed: it is not asked, and that is told. */
static void tell_disputed(struct exchange *x, struct query_elsewhere *e, const struct partner *to)
{
	findings_error(&add_part(x, e, to)->findings, PROBLEM_UNAVAILABLE_COMMUNITY,
		       to->home_community_id, to->name,
		       "two ids there are mapped to this patient; it is asked when the region's "
		       "operator has decided which is his");
}

static void ask_of(struct exchange *x, struct query_elsewhere *e, const struct registry_query *q,
		   const struct partner *to, const struct registry_patient *patient)
{
	struct partner_id id;
	bool disputed = false;
	bool known = partner_id_of(x->txn, x->arena, to->name, patient->person, &id, &disputed);
	if ((!known && !disputed) || is_excluded(x, patient->person, to))
		return;
	if (disputed) {
		tell_disputed(x, e, to);
		return;
	}
	struct community_question *question = ask(x, e, q, to);
	question->patient_id = cx_text(x->arena, id.id, id.domain);
	question->record = patient->record;
	question->part->theirs = question->patient_id;
	question->part->shown = q->patient_id;
	question->part->record = patient->record;
}

/* Communities in the order of the configuration. only NULL: all of them. */
static void ask_all(struct exchange *x, struct query_elsewhere *e, const struct registry_query *q,
		    const struct partner *only)
{
	struct registry_patient patient;
	struct registry_desk d = exchange_desk(x);
	if (!document_registry_patient(&d, q->patient_id, &patient)
	    || !taking_part(x, patient.person))
		return;
	for (size_t i = 0; i < x->region->partner_count; i++) {
		const struct partner *to = &x->region->partners[i];
		if (to->home_community_id != NULL && (only == NULL || only == to))
			ask_of(x, e, q, to, &patient);
	}
}

bool query_elsewhere_ask(struct exchange *x, struct query_elsewhere *e,
			 const struct registry_query *q)
{
	const char *home = q->home_community_id;
	if (e == NULL || x->calls != NULL || is_ours(x, home) || !x->region->asks_communities)
		return true;
	const struct partner *only = community_of(x, home);
	e->here = only == NULL;
	if (q->patient_id == NULL) {
		if (only != NULL)
			ask(x, e, q, only);
		return true;
	}
	if (exchange_look(x) == NULL)
		return false;
	ask_all(x, e, q, only);
	return true;
}

/* ---- What they answer ---- */

static void tell_unavailable(struct community_part *part, const struct exchange_call *c)
{
	findings_error(&part->findings, PROBLEM_UNAVAILABLE_COMMUNITY, c->to->home_community_id,
		       c->to->name, "it gave no answer that counts: %s", c->problem.what);
}

static void forget(struct exchange *x, struct community_part *part)
{
	if (part->spool != NULL)
		spool_discard(part->spool);
	part->spool = NULL;
	part->objects = 0;
	part->answered = part->succeeded = false;
	part->findings = findings_in(x->arena);
}

/* A community's answer, or that there is none; again, where the first was too much. */
static void take(struct exchange *x, struct exchange_call *c)
{
	const struct community_question *q = c->request;
	struct community_part *part = q->part;
	const struct community_reading reading = {
		.arena = x->arena,
		.each = arena_create_within(x->arena),
		.spools = x->spools,
		.leaf_class = q->query->leaf_class,
		.patient = { .self = x, .is_for_asker = is_for_asker, .may_have = may_have },
	};
	forget(x, part);
	if (c->answer == NULL
	    || !community_answer_read(&reading, c->answer->body, part, &c->problem)) {
		forget(x, part);
		tell_unavailable(part, c);
	} else if (!part->succeeded) {
		problem_set(&c->problem, PROBLEM_REGISTRY_REFUSED, "the community %s failed",
			    c->to->name);
	} else if (part->anothers) {
		problem_set(&c->problem, PROBLEM_COMMUNITY_CONTRADICTS,
			    "the community %s gave objects of another patient", c->to->name);
	}
	if (part->hidden)
		forget(x, part);
	arena_reset(reading.each);
}

/* ---- What is given ---- */

struct given_part {
	struct spool *spool;
	struct given_part *next;
};

struct elsewhere_given {
	enum response_status status;
	const struct finding *findings;
	const struct given_part *objects;
};

struct giving {
	struct exchange *x;
	struct elsewhere_given *given;
	struct finding **last_finding;
	const struct given_part **last_part;
	const struct finding *first_error;
	size_t room; /* objects an answer may have beside what is given already */
	bool any;    /* somebody succeeded */
};

static void give_findings(struct giving *g, const struct finding *all)
{
	for (; all != NULL; all = all->next) {
		struct finding *copy = arena_new(g->x->arena, struct finding);
		*copy = *all;
		copy->next = NULL;
		*g->last_finding = copy;
		g->last_finding = &copy->next;
		if (!copy->warning && g->first_error == NULL)
			g->first_error = copy;
	}
}

static void give_part(struct giving *g, const struct community_part *part)
{
	struct findings f = findings_in(g->x->arena);
	if (part->hidden) {
		g->any = true;
		return;
	}
	give_findings(g, part->findings.first);
	if (part->objects > g->room) {
		findings_error(&f, PROBLEM_TOO_MANY_RESULTS, part->community->home_community_id,
			       part->community->name,
			       "it has %zu objects, and an answer may have %zu more; narrow the "
			       "query, or ask it alone (home)",
			       part->objects, g->room);
		give_findings(g, f.first);
		return;
	}
	g->any = g->any || part->succeeded;
	g->room -= part->objects;
	if (part->spool == NULL)
		return;
	struct given_part *one = arena_new(g->x->arena, struct given_part);
	*one = (struct given_part){ .spool = part->spool };
	*g->last_part = one;
	g->last_part = (const struct given_part **)&one->next;
}

/* What of our own registry is an answer about the query, and not that it could not look. */
static bool is_told(enum problem_code code)
{
	return code == PROBLEM_TOO_MANY_RESULTS || code == PROBLEM_RESULT_NOT_SINGLE_PATIENT;
}

const struct elsewhere_given *query_elsewhere_give(struct exchange *x,
						   const struct query_elsewhere *e,
						   const struct registry_query *q, bool here,
						   size_t objects_here)
{
	size_t most = document_registry_most(x->region, q);
	if (e == NULL || e->parts == NULL || (!here && !is_told(x->problem.code)))
		return NULL;
	struct elsewhere_given *given = arena_new(x->arena, struct elsewhere_given);
	struct giving g = { .x = x,
			    .given = given,
			    .last_finding = (struct finding **)&given->findings,
			    .last_part = &given->objects,
			    .room = here && objects_here < most ? most - objects_here : 0,
			    .any = here && e->here };
	give_findings(&g, x->findings);
	if (!here)
		give_findings(&g, &(struct finding){ .problem = x->problem,
						     .location = x->region->home_community_id });
	if (!here)
		g.room = most;
	x->problem = (struct problem){ .code = PROBLEM_NONE };
	for (const struct community_part *part = e->parts; part != NULL; part = part->next)
		give_part(&g, part);
	given->status = g.first_error == NULL ? RESPONSE_SUCCESS
			: g.any               ? RESPONSE_PARTIAL_SUCCESS
					      : RESPONSE_FAILURE;
	if (given->status == RESPONSE_FAILURE)
		x->problem = g.first_error->problem;
	return given;
}

void query_elsewhere_put_outcome(struct xml_writer *w, const struct elsewhere_given *g)
{
	ebrim_put_outcome(w, g->status, SIDE_REGISTRY, NULL, g->findings);
}

void query_elsewhere_put_objects(struct xml_writer *w, const struct elsewhere_given *g)
{
	for (const struct given_part *part = g->objects; part != NULL; part = part->next)
		xml_put_content(w, part->spool);
}

/* Somebody's data came who was not asked for: whoever keeps the border has to look at it. */
void query_elsewhere_audited(struct exchange *x, const struct query_elsewhere *e,
			     struct audit_event *event)
{
	for (const struct community_part *part = e == NULL ? NULL : e->parts; part != NULL;
	     part = part->next) {
		if (!part->anothers)
			continue;
		struct audit_event *alert = audit_another(x, event);
		alert->event_id = 110113; /* DCM Security Alert */
		alert->action = AUDIT_EXECUTE;
		alert->outcome = AUDIT_SERIOUS;
		alert->outcome_description = "another community gave another patient's objects";
		alert->type = (struct coded_value){ .code = "110132",
						    .scheme = "DCM",
						    .display = "Use of Restricted Function" };
		struct audit_object *o = audit_add_object(x, alert);
		*o = (struct audit_object){
			.id = part->community->home_community_id,
			.type_code = 2,
			.type_code_role = 13,
			.id_type = { .code = "110182", .scheme = "DCM", .display = "Node ID" },
			.name = part->community->name,
		};
		audit_add_detail(x, o, "Alert Description",
				 bytes_of_text(alert->outcome_description));
	}
}
