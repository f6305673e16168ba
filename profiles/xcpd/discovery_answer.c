/* profiles/xcpd/discovery_answer.c: PRPA_IN201306UV02 as the Responding Gateway answers by it, ITI
 * TF-2: 3.55.4.2, in the order of PRPA_MT201310UV02. */
#include "profiles/xcpd/discovery_answer.h"

#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "gateway/envelope/hl7v3.h"
#include "gateway/envelope/xml_writer.h"

#define XSI "http://www.w3.org/2001/XMLSchema-instance"

/* Of ITI TF-2: 3.55.4.2.2.5 to 3.55.4.2.2.7. */
#define LOCATORS "1.3.6.1.4.1.19376.1.2.27.2"
#define WANTED "1.3.6.1.4.1.19376.1.2.27.1"
#define TROUBLES "1.3.6.1.4.1.19376.1.2.27.3"
#define ISSUES "2.16.840.1.113883.5.4"

/* The root alone, without what stands before an OID in a URN. */
static const char *oid_of(const char *id)
{
	return text_starts(id, "urn:oid:") ? id + strlen("urn:oid:") : id;
}

static void put_code_of(struct xml_writer *w, const char *code, const char *system)
{
	xml_open(w, "code");
	xml_put_attribute(w, "code", code);
	xml_put_attribute(w, "codeSystem", system);
	xml_close(w);
}

static void begin_issue(struct xml_writer *w)
{
	xml_open(w, "reasonOf");
	xml_put_attribute(w, "typeCode", "RSON");
	xml_open(w, "detectedIssueEvent");
	xml_put_attribute(w, "classCode", "ALRT");
	xml_put_attribute(w, "moodCode", "EVN");
	put_code_of(w, "_ActAdministrativeDetectedIssueManagementCode", ISSUES);
}

static void put_act(struct xml_writer *w, const char *relation, const char *type, const char *act,
		    const char *mood)
{
	xml_open(w, relation);
	xml_put_attribute(w, "typeCode", type);
	xml_open(w, act);
	xml_put_attribute(w, "classCode", "ACT");
	xml_put_attribute(w, "moodCode", mood);
}

/* By the bits of discovery_wants(). */
static const char *const wanted[] = { "LivingSubjectAdministrativeGenderRequested",
				      "PatientAddressRequested", "PatientTelecomRequested" };

unsigned discovery_wants(const struct demographics_sought *s)
{
	return (s->sex == NULL ? 1u << 0 : 0) | (s->addresses == NULL ? 1u << 1 : 0)
	       | (s->telecoms == NULL ? 1u << 2 : 0);
}

/* Case 3: what our rules go by, and was not said. */
static void put_wanted(struct xml_writer *w, unsigned wants)
{
	begin_issue(w);
	for (size_t i = 0; i < COUNT(wanted); i++) {
		if ((wants & 1u << i) == 0)
			continue;
		put_act(w, "triggerFor", "TRIG", "actOrderRequired", "RQO");
		put_code_of(w, wanted[i], WANTED);
		xml_close(w);
		xml_close(w);
	}
	xml_close(w);
	xml_close(w);
}

/* Case 5; of a message that cannot be read the detail says why, and there is no code for it. */
static const char *trouble_of(enum problem_code code)
{
	switch (code) {
	case PROBLEM_BUSY:
	case PROBLEM_RATE:
	case PROBLEM_OUT_OF_RESOURCES:
	case PROBLEM_STORE_FULL: return "ResponderBusy";
	case PROBLEM_INTERNAL:
	case PROBLEM_AUDIT_UNAVAILABLE: return "InternalError";
	case PROBLEM_NOT_PERMITTED:
	case PROBLEM_UNKNOWN_KEY:
	case PROBLEM_RESULT_NOT_SINGLE_PATIENT: return "AnswerNotAvailable";
	default: return NULL;
	}
}

static void put_trouble(struct xml_writer *w, const char *code)
{
	begin_issue(w);
	put_act(w, "mitigatedBy", "MITGT", "detectedIssueManagement", "EVN");
	put_code_of(w, code, TROUBLES);
	xml_close(w);
	xml_close(w);
	xml_close(w);
	xml_close(w);
}

static void put_degree(struct xml_writer *w, unsigned degree)
{
	xml_open(w, "subjectOf1");
	xml_put_attribute(w, "typeCode", "SBJ");
	xml_open(w, "queryMatchObservation");
	xml_put_attribute(w, "classCode", "COND");
	xml_put_attribute(w, "moodCode", "EVN");
	hl7v3_put_code(w, "code", "IHE_PDQ");
	xml_open(w, "value");
	xml_namespace_declare(w, "xsi", XSI);
	xml_put_attribute(w, "xsi:type", "INT");
	xml_put_attribute(w, "value", arena_printf(xml_writer_arena(w), "%u", degree));
	xml_close(w);
	xml_close(w);
	xml_close(w);
}

/* By his code alone: no id of a facility crosses the border, nor the region's. */
static void put_patient(struct xml_writer *w, const struct discovery_reply *r)
{
	const struct patient_demographics *d = &r->record->demographics;
	hl7v3_begin_registration(w);
	hl7v3_put_ii(w, "id", r->region->community_domain, r->code, NULL);
	hl7v3_put_code(w, "statusCode", "active");
	xml_open(w, "patientPerson");
	xml_put_attribute(w, "classCode", "PSN");
	xml_put_attribute(w, "determinerCode", "INSTANCE");
	hl7v3_put_person(w, d);
	hl7v3_put_mother(w, d->mothers_maiden_name);
	xml_close(w);
	put_degree(w, r->degree);
	hl7v3_end_registration_by(w, oid_of(r->region->home_community_id), "NotHealthDataLocator",
				  LOCATORS);
}

/* Several may be meant, and nothing that could be said would tell. */
static struct problem undecided(void)
{
	struct problem p = { .code = PROBLEM_NONE };
	problem_set(&p, PROBLEM_RESULT_NOT_SINGLE_PATIENT,
		    "somebody is like who is asked for, and nothing of what can be asked would "
		    "tell: somebody has to look");
	return p;
}

void discovery_reply_write(struct xml_writer *w, const struct discovery_reply *r)
{
	struct problem p = r->problem;
	if (p.code == PROBLEM_NONE && r->outcome == DISCOVERY_UNDECIDED)
		p = undecided();
	bool done = p.code == PROBLEM_NONE;
	hl7v3_begin_answer(w, &(struct hl7v3_answer){
				      .interaction = "PRPA_IN201306UV02",
				      .acknowledgement = done ? "AA" : "AE",
				      .request = r->request,
				      .device_id = r->region->device_id,
				      .now = r->now,
				      .random = r->random,
				      .id = r->id,
				      .findings = r->findings,
				      .problem = &p,
				      .organization = oid_of(r->region->home_community_id),
				      .code = r->problem_code,
				      .code_name = r->problem_name,
			      });
	hl7v3_begin_control_act(w, "PRPA_TE201306UV02");
	if (done && r->outcome == DISCOVERY_ONE)
		put_patient(w, r);
	else if (done && r->outcome == DISCOVERY_MORE_WANTED)
		put_wanted(w, r->wants);
	else if (!done && trouble_of(p.code) != NULL)
		put_trouble(w, trouble_of(p.code));
	hl7v3_write_query_ack(w, r->query,
			      !done                            ? "AE"
			      : r->outcome == DISCOVERY_NOBODY ? "NF"
							       : "OK",
			      NULL);
	xml_close(w);
	xml_close(w);
}
