/* gateway/envelope/hl7v3_write.c: HL7 v3 messages of ours: accept acknowledgements and the parts of
 * query answers and notifications, in the order of their message types. ITI TF-2: Appendix O;
 * 3.44.4.1.3, 3.45.4.2. */
#include "gateway/envelope/hl7v3.h"

#include <stdio.h>
#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "gateway/envelope/xml_reader.h"
#include "gateway/envelope/xml_writer.h"

void hl7v3_put_ii(struct xml_writer *w, const char *element, const char *root,
		  const char *extension, const char *authority)
{
	xml_open(w, element);
	if (text_empty(root))
		xml_put_attribute(w, "nullFlavor", "NI");
	else
		xml_put_attribute(w, "root", root);
	xml_put_attribute(w, "extension", text_empty(extension) ? NULL : extension);
	xml_put_attribute(w, "assigningAuthorityName", text_empty(authority) ? NULL : authority);
	xml_close(w);
}

void hl7v3_put_code(struct xml_writer *w, const char *element, const char *code)
{
	xml_open(w, element);
	xml_put_attribute(w, "code", code);
	xml_close(w);
}

/* Devices and organizations have a root and no extension (ITI TF-2: Appendix O.1.1). */
static void put_device(struct xml_writer *w, const char *role, const char *type_code,
		       const char *device, const char *organization)
{
	xml_open(w, role);
	xml_put_attribute(w, "typeCode", type_code);
	xml_open(w, "device");
	xml_put_attribute(w, "classCode", "DEV");
	xml_put_attribute(w, "determinerCode", "INSTANCE");
	hl7v3_put_ii(w, "id", device, NULL, NULL);
	if (!text_empty(organization)) {
		xml_open(w, "asAgent");
		xml_put_attribute(w, "classCode", "AGNT");
		xml_open(w, "representedOrganization");
		xml_put_attribute(w, "classCode", "ORG");
		xml_put_attribute(w, "determinerCode", "INSTANCE");
		hl7v3_put_ii(w, "id", organization, NULL, NULL);
		xml_close(w);
		xml_close(w);
	}
	xml_close(w);
	xml_close(w);
}

/* Code 204 and its like are table 0357's, as ITI TF-2: 3.45.4.2.2.1 writes them. */
static void put_detail_as(struct xml_writer *w, const struct finding *f, const char *code,
			  const char *name)
{
	const struct problem_row *row = problem_row(f->problem.code);
	xml_open(w, "acknowledgementDetail");
	xml_put_attribute(w, "typeCode", f->warning ? "W" : "E");
	xml_open(w, "code");
	xml_put_attribute(w, "code", code);
	xml_put_attribute(w, "displayName", name);
	xml_close(w);
	const char *said = f->problem.what[0] == '\0' ? row->name : f->problem.what;
	const char *exchange = xml_writer_exchange(w);
	xml_element_text(w, "text",
			 exchange == NULL ? said
					  : arena_printf(xml_writer_arena(w), "%s (exchange %s)",
							 said, exchange));
	const char *where = f->location != NULL ? f->location : f->problem.where;
	xml_element_text(w, "location", *where == '\0' ? NULL : where);
	xml_close(w);
}

static void put_detail(struct xml_writer *w, const struct finding *f)
{
	char code[8];
	const struct problem_row *row = problem_row(f->problem.code);
	snprintf(code, sizeof code, "%d", row->hl7_code);
	put_detail_as(w, f, code, hl7_code_text(row->hl7_code));
}

static bool has_error(const struct finding *f)
{
	while (f != NULL && f->warning)
		f = f->next;
	return f != NULL;
}

static void put_acknowledgement(struct xml_writer *w, const struct hl7v3_answer *answer)
{
	const struct hl7v3_ii *id = &answer->request->id;
	xml_open(w, "acknowledgement");
	hl7v3_put_code(w, "typeCode", answer->acknowledgement);
	xml_open(w, "targetMessage");
	hl7v3_put_ii(w, "id", id->root, id->extension, id->authority);
	xml_close(w);
	bool refused = answer->problem != NULL && answer->problem->code != PROBLEM_NONE;
	if (refused && answer->code != NULL)
		put_detail_as(w, &(struct finding){ .problem = *answer->problem }, answer->code,
			      answer->code_name);
	else if (refused && !has_error(answer->findings))
		put_detail(w, &(struct finding){ .problem = *answer->problem });
	for (const struct finding *f = answer->findings; f != NULL; f = f->next)
		put_detail(w, f);
	xml_close(w);
}

/* What every message begins with, in the order of ITI TF-2: Appendix O.1. */
struct transmission {
	const char *interaction, *id, *processing, *accept_ack;
	const char *receiver, *receiver_organization, *sender, *sender_organization;
	const char *respond_to;
	instant now;
};

/* Nobody but the address is to be told: entityRsp is there, and empty (ITI TF-2: 3.55.6.2). */
static void put_respond_to(struct xml_writer *w, const char *url)
{
	if (url == NULL)
		return;
	xml_open(w, "respondTo");
	xml_put_attribute(w, "typeCode", "RSP");
	xml_open(w, "telecom");
	xml_put_attribute(w, "value", url);
	xml_close(w);
	xml_open(w, "entityRsp");
	xml_namespace_declare(w, "xsi", "http://www.w3.org/2001/XMLSchema-instance");
	xml_put_attribute(w, "classCode", "ENT");
	xml_put_attribute(w, "determinerCode", "INSTANCE");
	xml_put_attribute(w, "xsi:nil", "true");
	xml_close(w);
	xml_close(w);
}

static void begin_transmission(struct xml_writer *w, const struct transmission *t)
{
	char time[DTM_TEXT];
	instant_to_dtm(t->now, time);
	xml_open(w, t->interaction);
	xml_namespace_declare(w, NULL, HL7V3_NAMESPACE);
	xml_put_attribute(w, "ITSVersion", "XML_1.0");
	hl7v3_put_ii(w, "id", t->id, NULL, NULL);
	xml_open(w, "creationTime");
	xml_put_attribute(w, "value", time);
	xml_close(w);
	hl7v3_put_ii(w, "interactionId", HL7V3_INTERACTIONS, t->interaction, NULL);
	hl7v3_put_code(w, "processingCode", t->processing);
	hl7v3_put_code(w, "processingModeCode", "T");
	hl7v3_put_code(w, "acceptAckCode", t->accept_ack);
	put_device(w, "receiver", "RCV", t->receiver, t->receiver_organization);
	put_respond_to(w, t->respond_to);
	put_device(w, "sender", "SND", t->sender, t->sender_organization);
}

void hl7v3_begin_answer(struct xml_writer *w, const struct hl7v3_answer *answer)
{
	const struct hl7v3_message *m = answer->request;
	const char *processing = m->processing_code;
	char uuid[UUID_URN_TEXT];
	if (answer->id == NULL)
		random_uuid(answer->random, uuid);
	bool known = text_equal(processing, "P") || text_equal(processing, "T")
		     || text_equal(processing, "D");
	begin_transmission(
		w, &(struct transmission){
			   .interaction = answer->interaction,
			   .id = answer->id != NULL ? answer->id : uuid + strlen("urn:uuid:"),
			   .processing = known ? processing : "P",
			   .accept_ack = answer->id != NULL ? "AL" : "NE",
			   .receiver = m->sender.root,
			   .receiver_organization = m->sender_organization.root,
			   .sender = text_empty(m->receiver.root) ? answer->device_id
								  : m->receiver.root,
			   .sender_organization = answer->organization != NULL
							  ? answer->organization
							  : m->receiver_organization.root,
			   .now = answer->now,
		   });
	put_acknowledgement(w, answer);
}

void hl7v3_begin_message(struct xml_writer *w, const struct hl7v3_sending *s)
{
	begin_transmission(w, &(struct transmission){
				      .interaction = s->interaction,
				      .id = s->id,
				      .processing = "P",
				      .accept_ack = "AL",
				      .receiver = s->receiver,
				      .receiver_organization = s->receiver_organization,
				      .sender = s->sender,
				      .sender_organization = s->sender_organization,
				      .respond_to = s->respond_to,
				      .now = s->now,
			      });
}

void hl7v3_write_accept(struct xml_writer *w, const struct hl7v3_answer *answer)
{
	hl7v3_begin_answer(w, answer);
	xml_close(w);
}

void hl7v3_begin_control_act(struct xml_writer *w, const char *trigger)
{
	xml_open(w, "controlActProcess");
	xml_put_attribute(w, "classCode", "CACT");
	xml_put_attribute(w, "moodCode", "EVN");
	xml_open(w, "code");
	xml_put_attribute(w, "code", trigger);
	xml_put_attribute(w, "codeSystem", HL7V3_INTERACTIONS);
	xml_close(w);
}

void hl7v3_begin_registration(struct xml_writer *w)
{
	xml_open(w, "subject");
	xml_put_attribute(w, "typeCode", "SUBJ");
	xml_put_attribute(w, "contextConductionInd", "false");
	xml_open(w, "registrationEvent");
	xml_put_attribute(w, "classCode", "REG");
	xml_put_attribute(w, "moodCode", "EVN");
	xml_open(w, "id");
	xml_put_attribute(w, "nullFlavor", "NA");
	xml_close(w);
	hl7v3_put_code(w, "statusCode", "active");
	xml_open(w, "subject1");
	xml_put_attribute(w, "typeCode", "SBJ");
	xml_open(w, "patient");
	xml_put_attribute(w, "classCode", "PAT");
}

void hl7v3_end_registration(struct xml_writer *w, const char *custodian)
{
	hl7v3_end_registration_by(w, custodian, NULL, NULL);
}

void hl7v3_end_registration_by(struct xml_writer *w, const char *custodian, const char *code,
			       const char *code_system)
{
	xml_close(w); /* patient */
	xml_close(w); /* subject1 */
	xml_open(w, "custodian");
	xml_put_attribute(w, "typeCode", "CST");
	xml_open(w, "assignedEntity");
	xml_put_attribute(w, "classCode", "ASSIGNED");
	hl7v3_put_ii(w, "id", custodian, NULL, NULL);
	if (code != NULL) {
		xml_open(w, "code");
		xml_put_attribute(w, "code", code);
		xml_put_attribute(w, "codeSystem", code_system);
		xml_close(w);
	}
	xml_close(w);
	xml_close(w);
	xml_close(w); /* registrationEvent */
	xml_close(w); /* subject */
}

static void put_quantity(struct xml_writer *w, const char *element, unsigned count)
{
	char digits[12];
	snprintf(digits, sizeof digits, "%u", count);
	xml_open(w, element);
	xml_put_attribute(w, "value", digits);
	xml_close(w);
}

void hl7v3_write_query_ack_of(struct xml_writer *w, const struct hl7v3_ii *query_id,
			      const char *response_code, const struct hl7v3_quantities *quantities)
{
	xml_open(w, "queryAck");
	hl7v3_put_ii(w, "queryId", query_id->root, query_id->extension, NULL);
	hl7v3_put_code(w, "statusCode", "deliveredResponse");
	hl7v3_put_code(w, "queryResponseCode", response_code);
	if (quantities != NULL) {
		put_quantity(w, "resultTotalQuantity", quantities->total);
		put_quantity(w, "resultCurrentQuantity", quantities->current);
		put_quantity(w, "resultRemainingQuantity", quantities->remaining);
	}
	xml_close(w);
}

void hl7v3_write_query_ack(struct xml_writer *w, const struct xml_node *query_by_parameter,
			   const char *response_code, const struct hl7v3_quantities *quantities)
{
	const struct xml_node *id = xml_child(query_by_parameter, HL7V3_NAMESPACE, "queryId");
	const struct hl7v3_ii query_id = { .root = xml_attribute(id, "root"),
					   .extension = xml_attribute(id, "extension") };
	hl7v3_write_query_ack_of(w, &query_id, response_code, quantities);
	xml_copy_node(w, query_by_parameter);
}
