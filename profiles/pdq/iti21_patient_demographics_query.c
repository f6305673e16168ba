/* profiles/pdq/iti21_patient_demographics_query.c
 *
 * Patient Demographics Query [ITI-21], ITI TF-2: 3.21. We are the Patient Demographics Supplier: a
 * consumer says what it knows of somebody (QPD-3), and gets who may be meant, part by part if it
 * wishes (RCP-2, DSC), until it has all or cancels (QCN^J01).
 *
 * There is one patient information source, this region, whatever MSH-5 calls it; the answer comes
 * from whom was asked (3.21.4.1.2.1). Every answer leaves at a tick, as those of ITI-47 do. */
#include "profiles/pdq/supplier_v2.h"
#include "profiles/transaction.h"

static const struct supplier_v2 how = { .event = "K22",
					.structure = "RSP_K21",
					.records_message = true };

static bool read_request(struct exchange *x)
{
	return supplier_v2_read(x, &how);
}

/* A cancel does not say of which of the two queries it is: QID-2 is the same in both (3.22.4.3). It
 * is taken here. */
static const struct route routes[] = {
	{ .request = "QBP", .detail = "Q22", .answer = "RSP^K22^RSP_K21" },
	{ .request = "QCN", .detail = "J01", .answer = "ACK^J01^ACK" },
	{ 0 }
};

const struct transaction iti21_patient_demographics_query = {
	.code = "ITI-21",
	.name = "Patient Demographics Query",
	.section = "ITI TF-2: 3.21",
	.actor = PATIENT_DEMOGRAPHICS_SUPPLIER,
	.dialect = DIALECT_HL7V2,
	.routes = routes,
	.hl7_version = "2.5",
	.access = STORE_READ,
	.audit_event = 110112,
	.audit_action = AUDIT_EXECUTE,
	.read = read_request,
	.handle = supplier_v2_handle,
	.audited = supplier_v2_audited,
	.answer_hl7 = supplier_v2_answer,
};
