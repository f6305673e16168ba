/* profiles/admin/admin_export.c: a facility, or a person, takes home what is its own. POST
 * /admin/export {directory, facility | patient}; HACKING.md: Export and import.
 *
 * The gateway writes it, as it does a backup: the store is its own, and so is who may read it. The
 * directory gets its name when it is whole. */
#include "profiles/admin/admin_person.h"
#include "profiles/admin/exporting.h"

#include "gateway/base/arena.h"
#include "gateway/base/text.h"

static bool read_whose(struct exchange *x, struct export_request *r)
{
	const char *facility = admin_text(x, "facility", false);
	struct patient_identifier id;
	r->patient = admin_text(x, "patient", false);
	if ((facility == NULL) == (r->patient == NULL))
		return problem_at(&x->problem, PROBLEM_REQUEST_INVALID, "facility",
				  "name a facility, or a patient");
	if (r->patient != NULL)
		return admin_read_name(x, r->patient, &id);
	r->facility = region_system(x->region, facility);
	return r->facility != NULL
	       || problem_at(&x->problem, PROBLEM_UNKNOWN_KEY, "facility",
			     "'%s' names no facility of the region", facility);
}

static bool read_request(struct exchange *x)
{
	struct export_request *r = export_request_read(x);
	return r != NULL && read_whose(x, r);
}

static const struct route routes[] = {
	{ .request = "POST", .detail = "/admin/export", .media = "application/json" }, { 0 }
};

static const char *const parameters[] = { "directory facility patient" };

static const struct long_work_kind long_work = { "export", "nothing of the export is left" };

const struct transaction admin_export = {
	.code = "export",
	.name = "Export",
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
