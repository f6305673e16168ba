/* profiles/ssmix2/delegated_message.c: a message of HL7 v2.5 that is to stand in the sender's
 * delegated storage: orders, what was given, results, diagnoses, allergies, and of visits what is
 * no identity feed. HS026, SS-MIX2 1.2, table 1-1. */
#include "profiles/ssmix2/delegated.h"

static bool read_message(struct exchange *x)
{
	return delegated_read(x, x->sender, x->raw_request, NULL);
}

static struct bytes answer(struct exchange *x, const struct hl7_stamp *stamp)
{
	return hl7_ack(x->hl7, &x->problem, x->findings, stamp);
}

static const struct route routes[] = {
	{ .request = "RDE", .detail = "O11", .answer = "ACK" },
	{ .request = "RAS", .detail = "O17", .answer = "ACK" },
	{ .request = "OMD", .detail = "O03", .answer = "ACK" },
	{ .request = "OML", .detail = "O33", .answer = "ACK" },
	{ .request = "OUL", .detail = "R22", .answer = "ACK" },
	{ .request = "OMG", .detail = "O19", .answer = "ACK" },
	{ .request = "OMI", .detail = "Z23", .answer = "ACK" },
	{ .request = "ORU", .detail = "R01", .answer = "ACK" },
	{ .request = "PPR", .detail = "ZD1", .answer = "ACK" },
	{ .request = "ADT", .detail = "A02", .answer = "ACK" },
	{ .request = "ADT", .detail = "A14", .answer = "ACK" },
	{ .request = "ADT", .detail = "A15", .answer = "ACK" },
	{ .request = "ADT", .detail = "A16", .answer = "ACK" },
	{ .request = "ADT", .detail = "A21", .answer = "ACK" },
	{ .request = "ADT", .detail = "A22", .answer = "ACK" },
	{ .request = "ADT", .detail = "A25", .answer = "ACK" },
	{ .request = "ADT", .detail = "A26", .answer = "ACK" },
	{ .request = "ADT", .detail = "A27", .answer = "ACK" },
	{ .request = "ADT", .detail = "A52", .answer = "ACK" },
	{ .request = "ADT", .detail = "A53", .answer = "ACK" },
	{ .request = "ADT", .detail = "A54", .answer = "ACK" },
	{ .request = "ADT", .detail = "A55", .answer = "ACK" },
	{ .request = "ADT", .detail = "A60", .answer = "ACK" },
	{ 0 },
};

const struct transaction delegated_message = {
	.code = "SS-MIX2-message",
	.name = "Delegated Storage Message",
	.section = "HACKING.md: SS-MIX2",
	.actor = DOCUMENT_REPOSITORY,
	.works_with = 1 << PATIENT_IDENTIFIER_CROSS_REFERENCE_MANAGER | 1 << DOCUMENT_REGISTRY,
	.dialect = DIALECT_HL7V2,
	.delegated = true,
	.routes = routes,
	.hl7_version = "2.5",
	.access = STORE_NONE,
	.audit_event = 110107,
	.audit_action = AUDIT_CREATE,
	.read = read_message,
	.call = delegated_has_room,
	.handle = delegated_write,
	.audited = delegated_audited,
	.answer_hl7 = answer,
};
