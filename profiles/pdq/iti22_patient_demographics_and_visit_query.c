/* profiles/pdq/iti22_patient_demographics_and_visit_query.c
 *
 * Patient Demographics and Visit Query [ITI-22], ITI TF-2: 3.22. We are the Patient Demographics
 * Supplier: who may be meant, as ITI-21 tells it, with what there is to say of a visit.
 *
 * A region keeps no visits. So each patient has the PV1 that must be there and says that none is
 * meant (PV1-2 is N), and that much can be asked for (@PV1.2); whatever else is asked of a visit is
 * refused, for "nobody" would be an answer to what was not looked for. */
#include "profiles/pdq/supplier_v2.h"
#include "profiles/transaction.h"

static const struct supplier_v2 how = { .event = "ZV2", .structure = "RSP_ZV2", .visits = true };

static bool read_request(struct exchange *x)
{
	return supplier_v2_read(x, &how);
}

/* Its cancel, QCN^J01, is ITI-21's. */
static const struct route routes[] = {
	{ .request = "QBP", .detail = "ZV1", .answer = "RSP^ZV2^RSP_ZV2" }, { 0 }
};

const struct transaction iti22_patient_demographics_and_visit_query = {
	.code = "ITI-22",
	.name = "Patient Demographics and Visit Query",
	.section = "ITI TF-2: 3.22",
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
