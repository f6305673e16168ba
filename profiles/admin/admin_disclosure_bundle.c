/* profiles/admin/admin_disclosure_bundle.c: everything that is held about a person, for that person
 * (開示, 個人情報の保護に関する法律 article 33). POST /admin/disclosure/bundle {directory,
 * patient}; HACKING.md: Export and import.
 *
 * The bundle is an export's, written by the same hands; disclosing.h says what it has besides, and
 * what it leaves out. */
#include "profiles/admin/admin_person.h"
#include "profiles/admin/exporting.h"

static bool read_request(struct exchange *x)
{
	struct patient_identifier id;
	struct export_request *r = export_request_read(x);
	if (r == NULL)
		return false;
	r->disclosure = true;
	r->patient = admin_text(x, "patient", true);
	return r->patient != NULL && admin_read_name(x, r->patient, &id);
}

static const struct route routes[] = {
	{ .request = "POST", .detail = "/admin/disclosure/bundle", .media = "application/json" },
	{ 0 }
};

static const char *const parameters[] = { "directory patient" };

static const struct long_work_kind long_work = { "disclosure bundle",
						 "nothing of the disclosure is left" };

const struct transaction admin_disclosure_bundle = {
	.code = "disclosure-bundle",
	.name = "Disclosure",
	.section = "HACKING.md: Export and import",
	.actor = REGION_OPERATOR,
	.demands = DEMAND_PATIENTS_OPERATOR,
	.dialect = DIALECT_ADMIN,
	.routes = routes,
	.parameters = parameters,
	.access = STORE_NONE,
	.long_work = &long_work,
	.audit_event = 110106, /* DCM Export */
	.audit_action = AUDIT_READ,
	.read = read_request,
	.handle = export_run,
	.audited = export_audited,
	.answer_json = export_answer,
};
