/* profiles/xcpd/discovery_message_write.c: PRPA_IN201305UV02 as the Initiating Gateway sends it,
 * ITI TF-2: 3.55.4.1, in the order of PRPA_MT201306UV02. */
#include <stdio.h>

#include "gateway/base/text.h"
#include "gateway/envelope/hl7v3.h"
#include "gateway/envelope/xml_writer.h"
#include "profiles/xcpd/discovery_message.h"

#define XCPD_NAMESPACE "urn:ihe:iti:xcpd:2009"

static void end_parameter(struct xml_writer *w, const char *semantics)
{
	xml_element_text(w, "semanticsText", semantics);
	xml_close(w);
}

static void put_valued(struct xml_writer *w, const char *parameter, const char *attribute,
		       const char *value, const char *semantics)
{
	if (text_empty(value))
		return;
	xml_open(w, parameter);
	xml_open(w, "value");
	xml_put_attribute(w, attribute, value);
	xml_close(w);
	end_parameter(w, semantics);
}

static void put_id(struct xml_writer *w, const char *root, const char *extension)
{
	xml_open(w, "livingSubjectId");
	hl7v3_put_ii(w, "value", root, extension, NULL);
	end_parameter(w, "LivingSubject.id");
}

/* Several are alternatives (3.55.4.1.2.1): how it is written, and how it is read. */
static void put_names(struct xml_writer *w, const struct person_name *n)
{
	for (; n != NULL; n = n->next) {
		xml_open(w, "livingSubjectName");
		hl7v3_put_name_as(w, "value", n);
		end_parameter(w, "LivingSubject.name");
	}
}

static void put_reached(struct xml_writer *w, const struct patient_demographics *d)
{
	if (d->addresses != NULL) {
		xml_open(w, "patientAddress");
		for (const struct postal_address *ad = d->addresses; ad != NULL; ad = ad->next)
			hl7v3_put_address_as(w, "value", ad);
		end_parameter(w, "Patient.addr");
	}
	if (d->telecoms != NULL) {
		xml_open(w, "patientTelecom");
		for (const struct telecom *t = d->telecoms; t != NULL; t = t->next)
			hl7v3_put_telecom_as(w, "value", t);
		end_parameter(w, "Patient.telecom");
	}
}

static void put_parameters(struct xml_writer *w, const struct discovery_question *q,
			   const char *code)
{
	static const struct patient_demographics nothing;
	const struct patient_demographics *d = q->who == NULL ? &nothing : q->who;
	xml_open(w, "parameterList");
	put_valued(w, "livingSubjectAdministrativeGender", "code", hl7v3_sex(d->sex),
		   "LivingSubject.administrativeGender");
	put_valued(w, "livingSubjectBirthTime", "value",
		   hl7v3_date(xml_writer_arena(w), d->birth_date), "LivingSubject.birthTime");
	if (code != NULL)
		put_id(w, q->domain, code);
	for (const struct patient_identifier *id = q->shared; id != NULL; id = id->next)
		put_id(w, id->universal_id, id->id);
	put_names(w, d->names);
	put_reached(w, d);
	xml_close(w);
}

/* namespace_uri: where it stands alone. */
static void put_query(struct xml_writer *w, const struct discovery_question *q, const char *code,
		      const char *namespace_uri)
{
	xml_open(w, "queryByParameter");
	if (namespace_uri != NULL)
		xml_namespace_declare(w, NULL, namespace_uri);
	hl7v3_put_ii(w, "queryId", q->query_id, NULL, NULL);
	hl7v3_put_code(w, "statusCode", "new");
	hl7v3_put_code(w, "responseModalityCode", "R");
	hl7v3_put_code(w, "responsePriorityCode", q->respond_to == NULL ? "I" : "D");
	put_parameters(w, q, code);
	xml_close(w);
}

/* Whose the id is that a reverse Cross Gateway Query may name (3.55.4.1.2.4). */
static void put_authority(struct xml_writer *w, const struct discovery_question *q)
{
	if (q->code == NULL)
		return;
	xml_open(w, "authorOrPerformer");
	xml_put_attribute(w, "typeCode", "AUT");
	xml_open(w, "assignedDevice");
	xml_put_attribute(w, "classCode", "ASSIGNED");
	hl7v3_put_ii(w, "id", q->domain, NULL, NULL);
	xml_close(w);
	xml_close(w);
}

/* There is no other device of theirs that we know of: the community itself is the receiver. */
void discovery_write(struct xml_writer *w, const void *question)
{
	const struct discovery_question *q = question;
	hl7v3_begin_message(w, &(struct hl7v3_sending){ .interaction = "PRPA_IN201305UV02",
							.id = q->id,
							.sender = q->device,
							.sender_organization = q->home,
							.receiver = q->their_home,
							.receiver_organization = q->their_home,
							.respond_to = q->respond_to,
							.now = q->now });
	hl7v3_begin_control_act(w, "PRPA_TE201305UV02");
	put_authority(w, q);
	put_query(w, q, q->code, NULL);
	xml_close(w);
	xml_close(w);
}

void discovery_write_headers(struct xml_writer *w, const void *question)
{
	const struct discovery_question *q = question;
	char duration[24];
	if (q->keep_seconds == 0)
		return;
	snprintf(duration, sizeof duration, "PT%uS", q->keep_seconds);
	xml_open(w, "xcpd:CorrelationTimeToLive");
	xml_namespace_declare(w, "xcpd", XCPD_NAMESPACE);
	xml_put_text(w, duration);
	xml_close(w);
}

struct bytes discovery_recorded(struct arena *a, const struct discovery_question *q)
{
	struct xml_writer *w = xml_writer_begin(a);
	put_query(w, q, NULL, HL7V3_NAMESPACE);
	return xml_writer_end(w);
}
