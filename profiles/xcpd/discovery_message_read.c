/* profiles/xcpd/discovery_message_read.c: PRPA_IN201306UV02 as the Initiating Gateway takes it, ITI
 * TF-2: 3.55.4.2. What another community says is believed of that community only, and of the
 * question it was asked; what contradicts itself is no answer at all. */
#include "profiles/xcpd/discovery_message.h"

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "gateway/envelope/hl7v3.h"
#include "gateway/envelope/soap.h"
#include "gateway/envelope/xml_reader.h"
#include "gateway/envelope/xml_time.h"

#define XCPD_NAMESPACE "urn:ihe:iti:xcpd:2009"
#define REQUESTED_ATTRIBUTES "1.3.6.1.4.1.19376.1.2.27.1"
#define LOCATORS "1.3.6.1.4.1.19376.1.2.27.2"
#define ERROR_REASONS "1.3.6.1.4.1.19376.1.2.27.3"

static const char *const names[DISCOVERY_SAIDS] = {
	[DISCOVERY_KNOWN] = "known",          [DISCOVERY_SEVERAL] = "several",
	[DISCOVERY_MORE] = "more wanted",     [DISCOVERY_UNKNOWN] = "unknown",
	[DISCOVERY_CANNOT] = "cannot answer",
};

const char *discovery_said_name(enum discovery_said said)
{
	return names[said];
}

/* 3.55.4.2.2.6, and the words of it for the operator. */
static const char *const wanted_codes[DISCOVERY_WANTS] = {
	"LivingSubjectAdministrativeGenderRequested",
	"PatientAddressRequested",
	"PatientTelecomRequested",
	"LivingSubjectBirthPlaceNameRequested",
	"LivingSubjectBirthPlaceAddressRequested",
	"MothersMaidenNameRequested",
};
const char *const discovery_wanted[DISCOVERY_WANTS] = {
	"sex", "address", "telephone", "birthplace", "address of birth", "mother's maiden name",
};

/* 3.55.4.2.3, case 5. What else is said is the partner's own text, and is not repeated. */
static const char *const reasons[] = { "ResponderBusy", "AnswerNotAvailable", "InternalError" };

struct reading {
	struct person_reader person;
	const struct discovery_question *asked;
	struct discovery_answer *out;
};

static const struct xml_node *child(const struct xml_node *n, const char *local)
{
	return xml_child(n, HL7V3_NAMESPACE, local);
}

static const struct xml_node *next(const struct xml_node *n)
{
	return xml_next(n, HL7V3_NAMESPACE, xml_local(n));
}

static const char *code_in(const struct xml_node *parent, const char *local)
{
	return xml_attribute(child(parent, local), "code");
}

static bool wrong(struct reading *r, const struct xml_node *at, const char *what)
{
	return problem_at(r->person.problem, PROBLEM_MALFORMED, xml_path(r->person.arena, at), "%s",
			  what);
}

/* ---- Whose answer it is ---- */

static bool is_ours(const struct xml_node *ii, const char *uuid)
{
	return text_equal(xml_attribute(ii, "root"), uuid)
	       && text_empty(xml_attribute(ii, "extension"));
}

/* Each of these stands there once: what stood there again would be read past. */
static bool is_to_the_question(struct reading *r, const struct xml_node *body)
{
	const struct xml_node *ack = child(body, "acknowledgement");
	const struct xml_node *act = child(body, "controlActProcess");
	const struct xml_node *query = child(act, "queryAck");
	if (!xml_is(body, HL7V3_NAMESPACE, "PRPA_IN201306UV02"))
		return wrong(r, body, "the body of its answer is no PRPA_IN201306UV02");
	if (ack == NULL || act == NULL || query == NULL || next(ack) != NULL || next(act) != NULL
	    || next(query) != NULL)
		return wrong(r, body,
			     "acknowledgement, controlActProcess and queryAck must each stand "
			     "there once");
	if (!is_ours(child(child(ack, "targetMessage"), "id"), r->asked->id))
		return wrong(r, ack, "its answer acknowledges another message");
	return is_ours(child(query, "queryId"), r->asked->query_id)
	       || wrong(r, query, "its answer is to another query");
}

/* ---- detectedIssueEvent (3.55.4.2.2.6) ---- */

static void note_code(struct reading *r, const struct xml_node *code)
{
	const char *system = xml_attribute(code, "codeSystem"), *said = xml_attribute(code, "code");
	for (unsigned i = 0; i < DISCOVERY_WANTS; i++)
		if (text_equal(system, REQUESTED_ATTRIBUTES) && text_equal(said, wanted_codes[i]))
			r->out->wants |= 1u << i;
	for (size_t i = 0; i < COUNT(reasons); i++)
		if (text_equal(system, ERROR_REASONS) && text_equal(said, reasons[i]))
			r->out->reason = reasons[i];
}

static void read_issues(struct reading *r, const struct xml_node *act)
{
	r->out->reason = "";
	for (const struct xml_node *why = child(act, "reasonOf"); why != NULL; why = next(why)) {
		const struct xml_node *issue = child(why, "detectedIssueEvent");
		for (const struct xml_node *t = child(issue, "triggerFor"); t != NULL; t = next(t))
			note_code(r, child(child(t, "actOrderRequired"), "code"));
		for (const struct xml_node *m = child(issue, "mitigatedBy"); m != NULL; m = next(m))
			note_code(r, child(child(m, "detectedIssueManagement"), "code"));
	}
}

/* ---- Whom they know ---- */

static bool same_id(const struct patient_identifier *x, const struct patient_identifier *y)
{
	return text_equal(x->id, y->id) && text_equal(x->universal_id, y->universal_id);
}

/* The one id by which he can be asked for there (Table 3.55.4.2.2.2-1). NULL with the problem. */
static const struct patient_identifier *read_id(struct reading *r, const struct xml_node *patient)
{
	const struct xml_node *ii = child(patient, "id");
	if (ii == NULL || next(ii) != NULL) {
		wrong(r, patient, "a patient has exactly one id");
		return NULL;
	}
	const struct patient_identifier *id = hl7v3_read_identifier(&r->person, ii);
	if (r->person.notes->refused != 0)
		wrong(r, ii, "an Individual Number is nobody's id");
	else if (id == NULL || text_empty(id->id) || text_empty(id->universal_id))
		wrong(r, ii, "a patient's id has a root and an extension");
	return r->person.problem->code == PROBLEM_NONE ? id : NULL;
}

/* homeCommunityId of whoever knows him (3.55.4.2.2.4). */
static bool is_theirs(const struct reading *r, const struct xml_node *event)
{
	const struct xml_node *custodian = child(event, "custodian");
	const struct xml_node *id = child(child(custodian, "assignedEntity"), "id");
	return next(custodian) == NULL && next(id) == NULL
	       && text_equal(xml_attribute(id, "root"), r->asked->their_home);
}

/* SupportsHealthDataLocator (3.55.4.2.2.5, as the supplement has it). */
static bool is_locator(const struct xml_node *event)
{
	const struct xml_node *code = child(child(child(event, "custodian"), "assignedEntity"),
					    "code");
	return text_equal(xml_attribute(code, "codeSystem"), LOCATORS)
	       && text_equal(xml_attribute(code, "code"), "SupportsHealthDataLocator");
}

/* One and the same who is told twice is one. */
static bool read_event(struct reading *r, const struct xml_node *event)
{
	const struct xml_node *subject = child(event, "subject1");
	const struct xml_node *patient = child(subject, "patient");
	const struct xml_node *person = child(patient, "patientPerson");
	if (patient == NULL || next(subject) != NULL || next(patient) != NULL
	    || next(person) != NULL)
		return wrong(r, event, "a registrationEvent has exactly one patient");
	if (!is_theirs(r, event)) {
		r->out->foreign++;
		return true;
	}
	const struct patient_identifier *id = read_id(r, patient);
	if (id == NULL)
		return false;
	if (r->out->id != NULL && same_id(id, r->out->id))
		return true;
	r->out->persons++;
	if (r->out->persons == 1) {
		r->out->id = id;
		r->out->locator = is_locator(event);
		hl7v3_read_person(&r->person, person, &r->out->who);
	}
	return r->person.problem->code == PROBLEM_NONE;
}

static bool read_events(struct reading *r, const struct xml_node *act)
{
	unsigned count = 0;
	for (const struct xml_node *s = child(act, "subject"); s != NULL; s = next(s)) {
		const struct xml_node *event = child(s, "registrationEvent");
		if (++count > DISCOVERY_EVENTS_MOST)
			return wrong(r, s, "it names more persons than are looked at");
		if (event == NULL || next(event) != NULL)
			return wrong(r, s, "a subject has exactly one registrationEvent");
		if (!read_event(r, event))
			return false;
	}
	return true;
}

/* ---- What it comes to (3.55.4.2.3) ---- */

static bool said(struct reading *r, const struct xml_node *act, const char *ack, const char *code)
{
	struct discovery_answer *out = r->out;
	bool fine = text_equal(ack, "AA"), some = child(act, "subject") != NULL;
	if (text_equal(ack, "AE") || text_equal(ack, "AR") || text_equal(code, "AE")
	    || text_equal(code, "QE")) {
		out->said = DISCOVERY_CANNOT;
		return !some || wrong(r, act, "it could not answer, and names persons");
	}
	if (!fine || (!text_equal(code, "OK") && !text_equal(code, "NF")))
		return wrong(r, act, "its acknowledgement is none that is known");
	if (text_equal(code, "NF") && some)
		return wrong(r, act, "it knows nobody, and names persons");
	if (out->foreign != 0 && out->persons == 0)
		return wrong(r, act, "it names only persons of another community");
	out->said = text_equal(code, "NF") ? DISCOVERY_UNKNOWN
		    : out->persons == 1    ? DISCOVERY_KNOWN
		    : out->persons > 1     ? DISCOVERY_SEVERAL
					   : DISCOVERY_MORE;
	return true;
}

/* Absent, given twice, no duration or none that is to come: it is not kept. */
static instant read_until(struct arena *a, const struct soap_message *m, instant now)
{
	const struct xml_node *n = xml_child(m->header, XCPD_NAMESPACE, "CorrelationTimeToLive");
	instant until = 0;
	if (n == NULL || xml_next(n, XCPD_NAMESPACE, "CorrelationTimeToLive") != NULL
	    || !xml_duration_add(text_trimmed(a, xml_text(a, n)), now, &until))
		return 0;
	return until > now ? until : 0;
}

bool discovery_read(struct arena *a, const struct soap_message *m,
		    const struct discovery_question *q, struct discovery_answer *out,
		    struct problem *p)
{
	static const struct hl7_person_rules rules;
	struct hl7_person_notes notes = { .refused = 0 };
	struct reading r = { .person = hl7v3_reader(a, &rules, &notes, p), .asked = q, .out = out };
	const struct xml_node *act = child(m->body, "controlActProcess");
	*out = (struct discovery_answer){ .until = read_until(a, m, q->now) };
	if (!is_to_the_question(&r, m->body) || !read_events(&r, act))
		return false;
	read_issues(&r, act);
	return said(&r, act, code_in(child(m->body, "acknowledgement"), "typeCode"),
		    code_in(child(act, "queryAck"), "queryResponseCode"));
}
