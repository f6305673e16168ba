/* gateway/envelope/hl7v3_read.c: HL7 v3 requests: the transmission wrapper, and the patient of a
 * feed. ITI TF-2: Appendix O; 3.44.4.1.2, 3.44.4.2.2. */
#include "gateway/envelope/hl7v3.h"

#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/clock.h"
#include "gateway/base/text.h"
#include "gateway/envelope/occurrence.h"
#include "gateway/envelope/xml_reader.h"

#define V3 HL7V3_NAMESPACE

static const struct xml_node *child(const struct xml_node *n, const char *local)
{
	return xml_child(n, V3, local);
}

static const struct xml_node *next(const struct xml_node *n)
{
	return xml_next(n, V3, xml_local(n));
}

/* A path of element names, "receiver/device/id"; NULL when a step is missing. */
static const struct xml_node *descend(const struct xml_node *n, const char *path)
{
	char step[64];
	while (n != NULL && *path != '\0') {
		size_t length = strcspn(path, "/");
		memcpy(step, path, length);
		step[length] = '\0';
		n = child(n, step);
		path += length + (path[length] == '/');
	}
	return n;
}

static const char *code_of(const struct xml_node *n)
{
	return xml_attribute(n, "code");
}

static struct hl7v3_ii read_ii(const struct xml_node *n)
{
	return (struct hl7v3_ii){ .root = xml_attribute(n, "root"),
				  .extension = xml_attribute(n, "extension"),
				  .authority = xml_attribute(n, "assigningAuthorityName") };
}

/* What may stand once; the second would be read past. */
static bool once(struct arena *a, const struct xml_node *parent, const char *const *locals,
		 struct problem *p)
{
	for (; *locals != NULL; locals++) {
		const struct xml_node *second = next(child(parent, *locals));
		if (second != NULL)
			return problem_at(p, PROBLEM_SEGMENT_MISSING, xml_path(a, second),
					  "%s stands there twice", *locals);
	}
	return true;
}

static bool missing(struct arena *a, const struct xml_node *at, struct problem *p, const char *what)
{
	return problem_at(p, PROBLEM_FIELD_MISSING, xml_path(a, at), "%s", what);
}

static bool one_of(const char *value, const char *const *list)
{
	for (; *list != NULL; list++)
		if (text_equal(value, *list))
			return true;
	return false;
}

/* "PRPA_IN201301UV02" is triggered by "PRPA_TE201301UV02"; a continuation by what the text calls
 * it in one place, or in the other (ITI TF-2: 3.47.4.3.1, Table 3.47.4.3.2.3-1). */
static bool triggers(const char *trigger, const char *interaction)
{
	if (text_equal(interaction, "QUQI_IN000003UV01")
	    && text_equal(trigger, "PRPA_TE000003UV01"))
		return true;
	const char *te = strstr(trigger, "_TE"), *in = strstr(interaction, "_IN");
	return te != NULL && in != NULL && te - trigger == in - interaction
	       && strncmp(trigger, interaction, (size_t)(te - trigger)) == 0
	       && text_equal(te + 3, in + 3);
}

/* Body, interactionId and trigger event must name one interaction. */
static bool one_interaction(struct arena *a, const struct hl7v3_message *m, struct problem *p)
{
	const struct xml_node *said = child(m->body, "interactionId");
	const struct xml_node *trigger = child(m->control_act, "code");
	const char *root = xml_attribute(said, "root");
	if (!text_equal(xml_attribute(said, "extension"), m->interaction)
	    || (!text_empty(root) && !text_equal(root, HL7V3_INTERACTIONS)))
		return problem_at(p, PROBLEM_MESSAGE_TYPE,
				  xml_path(a, said != NULL ? said : m->body),
				  "interactionId does not name the interaction that was sent");
	return text_empty(code_of(trigger)) || triggers(code_of(trigger), m->interaction)
	       || problem_at(p, PROBLEM_EVENT, xml_path(a, trigger),
			     "the trigger event is not that of the interaction");
}

static bool check_processing(struct arena *a, const struct hl7v3_message *m, struct problem *p)
{
	static const char *const processing[] = { "P", "T", "D", NULL };
	const struct xml_node *code = child(m->body, "processingCode");
	const struct xml_node *mode = child(m->body, "processingModeCode");
	if (!one_of(m->processing_code, processing))
		return problem_at(p, PROBLEM_PROCESSING_ID,
				  xml_path(a, code != NULL ? code : m->body),
				  "processingCode must be P, T or D");
	return text_equal(code_of(mode), "T")
	       || problem_at(p, PROBLEM_PROCESSING_ID, xml_path(a, mode != NULL ? mode : m->body),
			     "processingModeCode must be T");
}

bool hl7v3_open(struct arena *a, const struct xml_node *body, struct hl7v3_message *m,
		struct problem *p)
{
	static const char organization[] = "device/asAgent/representedOrganization/id";
	static const char *const in_body[] = { "id",
					       "creationTime",
					       "versionCode",
					       "interactionId",
					       "processingCode",
					       "processingModeCode",
					       "acceptAckCode",
					       "sender",
					       "controlActProcess",
					       NULL };
	static const char *const in_act[] = { "code", "queryByParameter", NULL };
	*m = (struct hl7v3_message){
		.body = body,
		.interaction = xml_local(body),
		.id = read_ii(child(body, "id")),
		.processing_code = code_of(child(body, "processingCode")),
		.sender = read_ii(descend(body, "sender/device/id")),
		.sender_organization = read_ii(descend(child(body, "sender"), organization)),
		.receiver = read_ii(descend(body, "receiver/device/id")),
		.receiver_organization = read_ii(descend(child(body, "receiver"), organization)),
		.control_act = child(body, "controlActProcess"),
	};
	if (text_empty(m->id.root))
		return missing(a, body, p, "the message has no id");
	if (!once(a, body, in_body, p) || !once(a, m->control_act, in_act, p)
	    || !one_interaction(a, m, p) || !check_processing(a, m, p))
		return false;
	if (text_empty(m->sender.root) || text_empty(m->receiver.root))
		return missing(a, body, p, "sender and receiver must each name a device");
	return m->control_act != NULL
	       || problem_at(p, PROBLEM_SEGMENT_MISSING, xml_path(a, body),
			     "there is no controlActProcess");
}

bool hl7v3_usual_version(struct arena *a, const struct hl7v3_message *m, struct problem *p)
{
	static const char *const versions[] = { "V3PR1", "NE2008", NULL };
	const struct xml_node *version = child(m->body, "versionCode");
	if (!text_equal(xml_attribute(m->body, "ITSVersion"), "XML_1.0"))
		return problem_at(p, PROBLEM_VERSION_ID,
				  arena_printf(a, "%s/@ITSVersion", xml_path(a, m->body)),
				  "ITSVersion is not XML_1.0");
	return version == NULL || one_of(code_of(version), versions)
	       || problem_at(p, PROBLEM_VERSION_ID, xml_path(a, version),
			     "the version is neither V3PR1 nor NE2008");
}

const char *hl7v3_ii_text(struct arena *a, const struct hl7v3_ii *ii)
{
	const char *root = ii->root == NULL ? "" : ii->root;
	return ii->extension == NULL ? root : text_joined(a, root, "^", ii->extension, NULL);
}

/* ---- A feed ---- */

/* What is being read of a feed. */
struct reading {
	struct person_reader person;
	struct identity_feed *feed;
	unsigned ids;
};

/* The ids of a holder at the tail of a list; an Individual Number among them is named by
 * *refused. */
static struct patient_identifier **add_ids(struct reading *r, struct patient_identifier **tail,
					   const struct xml_node *holder,
					   const struct xml_node **refused)
{
	for (const struct xml_node *n = child(holder, "id"); n != NULL; n = next(n)) {
		unsigned before = r->person.notes->refused;
		if (person_too_many(&r->person, ++r->ids, n))
			return tail;
		*tail = hl7v3_read_identifier(&r->person, n);
		if (*tail != NULL)
			tail = &(*tail)->next;
		else if (r->person.notes->refused != before)
			*refused = n;
	}
	return tail;
}

static bool no_ids(struct reading *r, const struct xml_node *holder, const struct xml_node *refused)
{
	struct arena *a = r->person.arena;
	if (refused == NULL)
		return missing(a, holder, r->person.problem, "the patient has no id");
	return problem_at(r->person.problem, PROBLEM_TABLE_VALUE, xml_path(a, refused), "%s",
			  person_my_number_told(r->person.notes));
}

static bool read_other_ids(struct reading *r, struct patient_identifier **tail,
			   const struct xml_node *person)
{
	const struct xml_node *refused = NULL, *other = child(person, "asOtherIDs");
	for (; other != NULL; other = next(other)) {
		struct patient_identifier **from = tail;
		tail = add_ids(r, tail, other, &refused);
		for (struct patient_identifier *id = *from; id != NULL; id = id->next)
			id->beside = true;
	}
	return r->person.problem->code == PROBLEM_NONE;
}

static bool read_patient(struct reading *r, const struct xml_node *patient)
{
	static const char *const in_patient[] = { "patientPerson", "statusCode", NULL };
	static const char *const in_person[] = { "administrativeGenderCode",
						 "birthTime",
						 "deceasedInd",
						 "deceasedTime",
						 "multipleBirthInd",
						 "multipleBirthOrderNumber",
						 NULL };
	struct arena *a = r->person.arena;
	struct problem *p = r->person.problem;
	const struct xml_node *person = child(patient, "patientPerson"), *refused = NULL;
	struct patient_identifier **tail = add_ids(r, &r->feed->ids, patient, &refused);
	if (p->code != PROBLEM_NONE)
		return false;
	if (r->feed->ids == NULL)
		return no_ids(r, patient, refused);
	if (person == NULL)
		return missing(a, patient, p, "the patient has no patientPerson");
	if (!once(a, patient, in_patient, p))
		return false;
	if (r->feed->kind == FEED_MERGE)
		return true; /* what else it says is not applied: 3.44.4.2.2 */
	if (!once(a, person, in_person, p) || !read_other_ids(r, tail, person))
		return false;
	if (child(person, "name") == NULL)
		return missing(a, person, p, "the person has no name element");
	hl7v3_read_person(&r->person, person, &r->feed->demographics);
	const char *why = person_birth_date_told(r->person.notes);
	if (why != NULL)
		return problem_at(p, PROBLEM_DATA_TYPE, xml_path(a, child(person, "birthTime")),
				  "%s", why);
	return p->code == PROBLEM_NONE;
}

static bool read_subsumed(struct reading *r, const struct xml_node *event)
{
	struct arena *a = r->person.arena;
	const struct xml_node *replacement = child(event, "replacementOf"), *refused = NULL;
	const struct xml_node *role = descend(replacement,
					      "priorRegistration/subject1/priorRegisteredRole");
	const struct xml_node *second = next(replacement);
	if (role == NULL)
		return problem_at(r->person.problem, PROBLEM_SEGMENT_MISSING, xml_path(a, event),
				  "no replacementOf names the id that is subsumed");
	if (second == NULL)
		second = next(child(role, "id"));
	if (second != NULL)
		return problem_at(r->person.problem, PROBLEM_SEGMENT_MISSING, xml_path(a, second),
				  "exactly one id may be subsumed by a message");
	add_ids(r, &r->feed->subsumed, role, &refused);
	if (r->person.problem->code != PROBLEM_NONE)
		return false;
	return r->feed->subsumed != NULL || no_ids(r, role, refused);
}

/* The one patient of the message, or NULL with the problem: a second one would be read past. */
static const struct xml_node *only_patient(struct arena *a, const struct hl7v3_message *m,
					   struct problem *p)
{
	static const char *const subject[] = { "subject", NULL };
	static const char *const event[] = { "registrationEvent", NULL };
	static const char *const subject1[] = { "subject1", NULL };
	static const char *const patient[] = { "patient", NULL };
	static const struct {
		const char *path;
		const char *const *locals;
	} steps[] = {
		{ "", subject },
		{ "subject", event },
		{ "subject/registrationEvent", subject1 },
		{ "subject/registrationEvent/subject1", patient },
	};
	for (size_t i = 0; i < COUNT(steps); i++)
		if (!once(a, descend(m->control_act, steps[i].path), steps[i].locals, p))
			return NULL;
	const struct xml_node *found = descend(m->control_act,
					       "subject/registrationEvent/subject1/patient");
	if (found == NULL)
		problem_at(p, PROBLEM_SEGMENT_MISSING, xml_path(a, m->control_act),
			   "there is no registrationEvent with a patient");
	return found;
}

bool hl7v3_read_feed(struct arena *a, const struct hl7v3_message *m,
		     const struct hl7_person_rules *rules, struct hl7_person_notes *notes,
		     struct identity_feed *feed, struct problem *p)
{
	static const struct {
		const char *interaction;
		enum feed_kind kind;
	} kinds[] = {
		{ "PRPA_IN201301UV02", FEED_CREATE },
		{ "PRPA_IN201302UV02", FEED_UPDATE },
		{ "PRPA_IN201304UV02", FEED_MERGE },
	};
	struct reading r = { .person = hl7v3_reader(a, rules, notes, p), .feed = feed };
	size_t i = 0;
	*feed = (struct identity_feed){ .message_id = hl7v3_ii_text(a, &m->id) };
	while (i < COUNT(kinds) && !text_equal(kinds[i].interaction, m->interaction))
		i++;
	if (i == COUNT(kinds))
		return problem_at(p, PROBLEM_MESSAGE_TYPE, xml_path(a, m->body),
				  "the interaction is not a patient identity feed");
	feed->kind = kinds[i].kind;
	const struct xml_node *patient = only_patient(a, m, p);
	if (patient == NULL)
		return false;
	const struct xml_node *event = descend(m->control_act, "subject/registrationEvent");
	if (feed->kind != FEED_MERGE && child(event, "replacementOf") != NULL)
		return problem_at(p, PROBLEM_SEGMENT_MISSING,
				  xml_path(a, child(event, "replacementOf")),
				  "only a resolved duplicate replaces a registration");
	return read_patient(&r, patient) && (feed->kind != FEED_MERGE || read_subsumed(&r, event));
}

/* A moment, or where a period begins. */
static const char *moment(const struct xml_node *interval)
{
	const char *value = xml_attribute(interval, "value");
	return value != NULL ? value : xml_attribute(child(interval, "low"), "value");
}

/* The effectiveTime of a registrationEvent may be how long the registration holds: that began long
 * ago and says nothing of this message. */
instant hl7v3_occurred(const struct hl7v3_message *m, instant now)
{
	const struct xml_node *event = descend(m->control_act, "subject/registrationEvent");
	const char *const said[] = {
		moment(descend(event, "author/time")),
		xml_attribute(child(event, "effectiveTime"), "value"),
		moment(child(m->control_act, "effectiveTime")),
		xml_attribute(child(m->body, "creationTime"), "value"),
	};
	return occurrence_of(said, COUNT(said), now);
}
