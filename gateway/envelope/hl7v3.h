/* gateway/envelope/hl7v3.h: HL7 v3 messages as IHE uses them: the transmission wrapper both ways,
 * the patient of a feed, the parts every answer has. ITI TF-2: Appendix O; 3.44, 3.45, 3.47.
 *
 * Text is borrowed from the tree or lives in the arena. Thread-safety: as the arena. */
#ifndef GATEWAY_ENVELOPE_HL7V3_H
#define GATEWAY_ENVELOPE_HL7V3_H

#include <stdbool.h>

#include "gateway/base/clock.h"
#include "gateway/envelope/person_reader.h"
#include "schemas/model/patient.h"
#include "schemas/tables/problem.h"

struct arena;
struct xml_node;
struct xml_writer;

#define HL7V3_NAMESPACE "urn:hl7-org:v3"
#define HL7V3_INTERACTIONS "2.16.840.1.113883.1.6"

/* An instance identifier; NULL what was not there. */
struct hl7v3_ii {
	const char *root, *extension, *authority;
};

/* The transmission wrapper of a request. */
struct hl7v3_message {
	const struct xml_node *body; /* PRPA_IN201301UV02 ... */
	const char *interaction;     /* its local name */
	struct hl7v3_ii id;
	const char *processing_code; /* P, T or D */
	struct hl7v3_ii sender, sender_organization;
	struct hl7v3_ii receiver, receiver_organization;
	const struct xml_node *control_act;
};

/* False with the problem at the XPath of what is wrong: what is missing, stands there twice, or
 * contradicts the rest. m is filled as far as it goes even then, so that the refusal can be
 * addressed. */
bool hl7v3_open(struct arena *a, const struct xml_node *body, struct hl7v3_message *m,
		struct problem *p);
/* ITSVersion and versionCode are those of the interactions IHE names; else 203. */
bool hl7v3_usual_version(struct arena *a, const struct hl7v3_message *m, struct problem *p);

/* root^extension (or the root alone): the message id as text, for audit. */
const char *hl7v3_ii_text(struct arena *a, const struct hl7v3_ii *ii);

/* A feed (ITI TF-2: 3.44.4.1.2): its one registrationEvent into what the model says. The kind is
 * that of the interaction. Problems are at their XPath; two patients in one feed are one of
 * them. */
bool hl7v3_read_feed(struct arena *a, const struct hl7v3_message *m,
		     const struct hl7_person_rules *rules, struct hl7_person_notes *notes,
		     struct identity_feed *feed, struct problem *p);
/* When it happened (gateway/envelope/occurrence.h); 0: not said. */
instant hl7v3_occurred(const struct hl7v3_message *m, instant now);
/* How the parts of this message are read (gateway/envelope/person_reader.h). */
struct person_reader hl7v3_reader(struct arena *a, const struct hl7_person_rules *rules,
				  struct hl7_person_notes *notes, struct problem *p);
/* A code is among those of a use attribute. */
bool hl7v3_has_use(const char *uses, const char *use);
/* Its parts alone, as parameters of a query have them; NULL: it says nothing. */
struct person_name *hl7v3_read_name(const struct person_reader *r, const struct xml_node *n);
struct postal_address *hl7v3_read_address(const struct person_reader *r, const struct xml_node *n);
struct telecom *hl7v3_read_telecom(const struct person_reader *r, const struct xml_node *n);
/* patientPerson alone (also ITI-47, ITI-55 answers). */
void hl7v3_read_person(const struct person_reader *r, const struct xml_node *patient_person,
		       struct patient_demographics *out);
/* An II as a patient identifier; NULL as person_id(), and for nullFlavor. */
struct patient_identifier *hl7v3_read_identifier(const struct person_reader *r,
						 const struct xml_node *ii);

/* A message of ours that answers nothing. */
struct hl7v3_sending {
	const char *interaction;       /* PRPA_IN201302UV02 */
	const char *id;                /* a UUID, without urn:uuid: */
	const char *sender, *receiver; /* OIDs of the devices */
	/* OIDs of whose they are; NULL: not said */
	const char *sender_organization, *receiver_organization;
	const char *respond_to; /* URL it is answered at later (ITI TF-2: 3.55.6.2); NULL: none */
	instant now;
};

/* Opens the message and writes its transmission wrapper (ITI TF-2: Appendix O.1.1); what follows
 * (controlActProcess) is the caller's, and then xml_close(). */
void hl7v3_begin_message(struct xml_writer *w, const struct hl7v3_sending *s);

/* Answers. */
struct hl7v3_answer {
	const char *interaction;     /* MCCI_IN000002UV01, PRPA_IN201310UV02 ... */
	const char *acknowledgement; /* CA CE CR, or AA AE AR */
	const struct hl7v3_message *request;
	const char *device_id; /* ours: OID of the gateway */
	/* A UUID, of one that is a message of its own and wants to be acknowledged; NULL: drawn. */
	const char *id;
	instant now;
	const struct random_source *random;
	const struct finding *findings; /* each an acknowledgementDetail */
	const struct problem
		*problem; /* goes first, unless an error is among the findings; or NULL */
	/* Ours, beside the device (ITI TF-2: 3.55.4.1.2.4); NULL: as the request names it. */
	const char *organization;
	/* Of the problem, where its transaction has a code of its own; NULL: its row's. */
	const char *code, *code_name;
};

/* Opens the message and writes all up to and with acknowledgement; what follows (controlActProcess)
 * is the caller's, and then xml_close(). */
void hl7v3_begin_answer(struct xml_writer *w, const struct hl7v3_answer *answer);
/* The whole of an accept acknowledgement: MCCI_IN000002UV01. */
void hl7v3_write_accept(struct xml_writer *w, const struct hl7v3_answer *answer);
/* Opens <controlActProcess> with its trigger event's code. */
void hl7v3_begin_control_act(struct xml_writer *w, const char *trigger);
/* Opens <subject><registrationEvent> up to <subject1><patient>; the second closes all of it, with
 * the custodian, which is always there. */
void hl7v3_begin_registration(struct xml_writer *w);
void hl7v3_end_registration(struct xml_writer *w, const char *custodian);
/* The same, with what the custodian is (ITI TF-2: 3.55.4.2.2.5). */
void hl7v3_end_registration_by(struct xml_writer *w, const char *custodian, const char *code,
			       const char *code_system);
/* How many there are in all, in this answer, and after it (ITI TF-2: 3.47.4.2.2.3). */
struct hl7v3_quantities {
	unsigned total, current, remaining;
};
/* <queryAck>, and the query as it was received: its prefixes may stand in xsi:type. quantities
 * NULL: none are told. */
void hl7v3_write_query_ack(struct xml_writer *w, const struct xml_node *query_by_parameter,
			   const char *response_code, const struct hl7v3_quantities *quantities);
/* <queryAck> alone, of a query that is not at hand. */
void hl7v3_write_query_ack_of(struct xml_writer *w, const struct hl7v3_ii *query_id,
			      const char *response_code, const struct hl7v3_quantities *quantities);
void hl7v3_put_ii(struct xml_writer *w, const char *element, const char *root,
		  const char *extension, const char *authority);
void hl7v3_put_code(struct xml_writer *w, const char *element, const char *code);
/* Names of a patientPerson; none: one name with nullFlavor NA. */
void hl7v3_put_names(struct xml_writer *w, const struct person_name *names);
/* One of each as an element of that name: the value of a query's parameter. */
void hl7v3_put_name_as(struct xml_writer *w, const char *element, const struct person_name *n);
void hl7v3_put_telecom_as(struct xml_writer *w, const char *element, const struct telecom *t);
void hl7v3_put_address_as(struct xml_writer *w, const char *element,
			  const struct postal_address *ad);
/* The sex and a date as v3 says them; NULL: nothing that it can say. */
const char *hl7v3_sex(const char *said);
const char *hl7v3_date(struct arena *a, const char *said);
/* What a patientPerson says from its names to its addresses; and, behind its other ids, whose child
 * it is. */
void hl7v3_put_person(struct xml_writer *w, const struct patient_demographics *d);
void hl7v3_put_mother(struct xml_writer *w, const char *maiden_name);

#endif
