/* gateway/operator/commands.c: every command of the operator's tool, one row each: here those about
 * the region as a whole, and the order of all. */
#include "gateway/operator/command_rows.h"

/* Rows are laid out by hand. */
/* clang-format off */

#define SYSTEM_CONFIGURATION "/etc/minato/minato.conf"
const char command_default_configuration[] = SYSTEM_CONFIGURATION;

const struct option_row options_none[] = { { 0 } };
const struct option_row options_progress[] = { PROGRESS_OPTION, { 0 } };
const struct option_row options_patient[] = { PATIENT_OPTION, { 0 } };
const struct request_field fields_patient[] = {
	{ .name = "patient", .from = "patient" },
	{ 0 }
};
const struct column columns_patients[] = {
	{ .key = "facility", .heading = "FACILITY" }, { .key = "id", .heading = "ID" },
	{ .key = "name", .heading = "NAME" }, { .key = "kana", .heading = "KANA" },
	{ .key = "birth_date", .heading = "BORN" }, { .key = "sex", .heading = "SEX" },
	{ .key = "person", .heading = "PERSON" }, { 0 }
};
const struct request_field fields_id[] = { { .name = "id", .from = "1" }, { 0 } };

/* What is asked of the daemon: HACKING.md, "Admin API". */
static const struct option_row status_options[] = {
	{ .name = "wait", .argument = "TIME",
	  .help = "until it is ready, so long at most, such as 30s" },
	{ 0 }
};
static const struct request status = {
	.method = "GET", .path = "/admin/status", .verdict = "ready",
};

static const struct option_row config_show_options[] = {
	{ .name = "file", .help = "what the file says, whether or not a daemon runs with it" },
	{ 0 }
};
static const struct column config_columns[] = {
	{ .key = "section", .heading = "SECTION" },
	{ .key = "key", .heading = "KEY" },
	{ .key = "value", .heading = "VALUE" },
	{ .key = "source", .heading = "SOURCE" },
	{ .key = "next", .heading = "NEXT START" },
	{ 0 }
};
static const struct request configuration = {
	.method = "GET", .path = "/admin/configuration", .rows = "values",
	.columns = config_columns,
};

static const struct column check_columns[] = {
	{ .key = "what", .heading = "FAULT" },
	{ .key = "where", .heading = "WHERE" },
	{ 0 }
};
static const struct request check = {
	.method = "POST", .path = "/admin/check", .rows = "faults", .columns = check_columns,
	.verdict = "valid",
};

static const struct option_row report_options[] = {
	{ .name = "month", .argument = "MONTH", .needed = true, .help = "which: 2026-01" },
	PROGRESS_OPTION, { 0 }
};
static const struct column report_columns[] = {
	{ .key = "facility", .heading = "FACILITY" },
	{ .key = "title", .heading = "TITLE" },
	{ .key = "institution_code", .heading = "CODE" },
	{ .key = "institutions", .heading = "INSTITUTIONS", .right = true },
	{ .key = "disclosing", .heading = "DISCLOSING", .right = true },
	{ .key = "patients", .heading = "RECORDS", .right = true },
	{ .key = "joined", .heading = "PATIENTS", .right = true },
	{ .key = "new_patients", .heading = "NEW", .right = true },
	{ .key = "documents", .heading = "DOCUMENTS", .right = true },
	{ .key = "documents_of_month", .heading = "OF MONTH", .right = true },
	{ .key = "opened", .heading = "OPENED", .right = true },
	{ .key = "given", .heading = "GIVEN", .right = true },
	{ .key = "without_branch", .heading = "NO BRANCH", .right = true },
	{ .key = "availability", .heading = "THERE %", .right = true },
	{ .key = "note", .heading = "NOTE" },
	{ 0 }
};
static const struct request_field report_fields[] = { { .name = "month", .from = "month" }, { 0 } };
static const struct request report = {
	.method = "GET", .path = "/admin/report", .fields = report_fields, .rows = "facilities",
	.columns = report_columns,
};

static const struct option_row codes_import_options[] = {
	{ .name = "attribute", .argument = "NAME",
	  .help = "of a FHIR resource: whose codes they are, such as typeCode" },
	{ .name = "scheme", .argument = "OID",
	  .help = "of a FHIR resource: for a system of which no OID is known" },
	{ .name = "dry-run", .help = "tell what would change, and change nothing" },
	{ 0 }
};
static const struct column codes_columns[] = {
	{ .key = "attribute", .heading = "ATTRIBUTE" }, { .key = "code", .heading = "CODE" },
	{ .key = "scheme", .heading = "SCHEME" }, { .key = "system", .heading = "SUBMITTER" },
	{ .key = "uses", .heading = "USES", .right = true }, { 0 }
};
static const struct request_field codes_check_fields[] = {
	{ .name = "file", .from = "1", .path = true }, { 0 }
};
static const struct request codes_check = {
	.method = "POST", .path = "/admin/codes/check", .fields = codes_check_fields,
	.rows = "codes", .columns = codes_columns, .verdict = "valid",
};
static const struct option_row codes_list_options[] = {
	{ .name = "counts", .help = "how often registered objects use each; asks the daemon" },
	PROGRESS_OPTION, { 0 }
};
static const struct column codes_counted_columns[] = {
	{ .key = "attribute", .heading = "ATTRIBUTE" },
	{ .key = "code", .heading = "CODE" },
	{ .key = "scheme", .heading = "SCHEME" },
	{ .key = "uses", .heading = "USES", .right = true },
	{ .key = "name", .heading = "NAME" },
	{ 0 }
};
static const struct request_field codes_count_fields[] = {
	{ .name = "attribute", .from = "1" }, { 0 }
};
static const struct request codes_count = {
	.method = "POST", .path = "/admin/codes/count", .fields = codes_count_fields,
	.rows = "codes", .columns = codes_counted_columns,
};

static const struct option_row import_options[] = {
	{ .name = "facility", .argument = "NAME", .needed = true,
	  .help = "the registered system whose storage it is" },
	PROGRESS_OPTION, { 0 }
};
static const struct request_field import_fields[] = {
	{ .name = "directory", .from = "1", .path = true },
	{ .name = "facility", .from = "facility" },
	{ 0 }
};
static const struct request ssmix2_import = {
	.method = "POST", .path = "/admin/ssmix2/import", .fields = import_fields,
};
static const struct option_row ssmix2_check_options[] = {
	{ .name = "facility-code", .argument = "CODE",
	  .help = "only the storage of this institution code, ten digits" },
	{ .name = "twelve-digit-ids", .help = "the facility's own ids may have twelve digits" },
	PROGRESS_OPTION, { 0 }
};
static const struct column ssmix2_storages_columns[] = {
	{ .key = "facility", .heading = "FACILITY" },
	{ .key = "state", .heading = "STATE" },
	{ .key = "patients", .heading = "PATIENTS", .right = true },
	{ .key = "files", .heading = "FILES", .right = true },
	{ .key = "waiting", .heading = "WAITING", .right = true },
	{ .key = "quarantine", .heading = "QUARANTINE", .right = true },
	{ .key = "source", .heading = "SOURCE" },
	{ .key = "newest", .heading = "NEWEST" },
	{ .key = "looked", .heading = "LOOKED" },
	{ .key = "problem", .heading = "PROBLEM" },
	{ 0 }
};
static const struct request ssmix2_storages = {
	.method = "GET", .path = "/admin/ssmix2/storages",
	.rows = "storages", .columns = ssmix2_storages_columns,
};
static const struct option_row ssmix2_quarantine_options[] = {
	{ .name = "facility", .argument = "NAME", .help = "only of this system's storage" }, { 0 }
};
static const struct request_field ssmix2_quarantine_fields[] = {
	{ .name = "facility", .from = "facility" }, { 0 }
};
static const struct column ssmix2_quarantine_columns[] = {
	{ .key = "facility", .heading = "FACILITY" },
	{ .key = "since", .heading = "SINCE" },
	{ .key = "path", .heading = "PATH" },
	{ .key = "what", .heading = "WHAT" },
	{ 0 }
};
static const struct request ssmix2_quarantine = {
	.method = "GET", .path = "/admin/ssmix2/quarantine", .fields = ssmix2_quarantine_fields,
	.rows = "quarantine", .columns = ssmix2_quarantine_columns,
};
static const struct option_row ssmix2_release_options[] = {
	{ .name = "path", .argument = "PATH", .help = "only what stands at or below it" }, { 0 }
};
static const struct request_field ssmix2_release_fields[] = {
	{ .name = "facility", .from = "1" }, { .name = "path", .from = "path" }, { 0 }
};
static const struct request ssmix2_release = {
	.method = "POST", .path = "/admin/ssmix2/release", .fields = ssmix2_release_fields,
};
static const struct option_row ssmix2_put_options[] = {
	{ .name = "type", .argument = "TYPE",
	  .help = "their data type, such as OMG-02, where they do not tell it" },
	{ 0 }
};
static const struct request_field ssmix2_put_fields[] = {
	{ .name = "facility", .from = "1" },
	{ .name = "octets", .from = "2", .octets_most = 1 << 20 },
	{ .name = "type", .from = "type" },
	{ 0 }
};
static const struct column ssmix2_put_columns[] = {
	{ .key = "file", .heading = "FILE" },
	{ .key = "written", .heading = "WRITTEN" },
	{ .key = "type", .heading = "TYPE" },
	{ .key = "path", .heading = "PATH" },
	{ 0 }
};
static const struct request ssmix2_put = {
	.method = "POST", .path = "/admin/ssmix2/put", .fields = ssmix2_put_fields,
	.columns = ssmix2_put_columns,
};
static const struct request_field ssmix2_export_fields[] = {
	{ .name = "facility", .from = "1" }, { .name = "directory", .from = "2", .path = true },
	{ 0 }
};
static const struct request ssmix2_export = {
	.method = "POST", .path = "/admin/ssmix2/export", .fields = ssmix2_export_fields,
};
static const struct option_row backup_options[] = {
	{ .name = "onto", .argument = "PREVIOUS",
	  .help = "an earlier backup: what cannot change is linked from there" },
	PROGRESS_OPTION, { 0 }
};
static const struct request_field backup_fields[] = {
	{ .name = "directory", .from = "1", .path = true },
	{ .name = "onto", .from = "onto", .path = true },
	{ 0 }
};
static const struct request backup = {
	.method = "POST", .path = "/admin/backup", .fields = backup_fields,
};

static const struct option_row export_options[] = {
	{ .name = "facility", .argument = "NAME",
	  .help = "all that a registered system submitted, and its patients" },
	{ .name = "patient", .argument = "ID",
	  .help = "all of one person: 'ID^^^&OID&ISO' or ID@FACILITY" },
	PROGRESS_OPTION, { 0 }
};
static const struct request_field export_fields[] = {
	{ .name = "directory", .from = "1", .path = true },
	{ .name = "facility", .from = "facility" },
	{ .name = "patient", .from = "patient" },
	{ 0 }
};
static const struct request export = {
	.method = "POST", .path = "/admin/export", .fields = export_fields,
};
static const struct option_row bundle_import_options[] = {
	{ .name = "dry-run", .help = "tell what would be taken in, and change nothing" },
	PROGRESS_OPTION, { 0 }
};
static const struct request_field bundle_import_fields[] = {
	{ .name = "directory", .from = "1", .path = true },
	{ .name = "dry_run", .from = "dry-run" },
	{ 0 }
};
static const struct request bundle_import = {
	.method = "POST", .path = "/admin/import", .fields = bundle_import_fields,
};

static const struct option_row init_options[] = {
	{ .name = "demo", .help = "with the four systems of the example region" },
	{ .name = "neighbour", .help = "the example region's neighbour, with two systems" },
	{ .name = "name", .argument = "TEXT", .help = "the region's name, for people" },
	{ .name = "hosts", .argument = "HOSTS",
	  .help = "what it is reached by, such as hie.example.jp,192.0.2.1" },
	{ .name = "affinity-domain", .argument = "OID", .help = "of the affinity domain's ids" },
	{ .name = "home-community-id", .argument = "OID", .help = "homeCommunityId" },
	{ .name = "repository-unique-id", .argument = "OID", .help = "repositoryUniqueId" },
	{ .name = "community-domain", .argument = "OID",
	  .help = "of the ids it gives to other communities" },
	{ .name = "consent-default", .argument = "WORD",
	  .help = "opt-in (the default) or opt-out" },
	{ .name = "address", .argument = "ADDRESS", .help = "its doors listen at (0.0.0.0)" },
	{ .name = "https-port", .argument = "N",
	  .help = "port of the HTTPS door (8443); 0 lets the system choose" },
	{ .name = "mllp-port", .argument = "N", .help = "port of the MLLP door (2575)" },
	{ .name = "admin-port", .argument = "N", .help = "port of the admin door (8480)" },
	{ 0 }
};
static const struct option_row demo_options[] = {
	{ .name = "keep", .argument = "DIR",
	  .help = "make the region in this new directory and leave it running" },
	{ 0 }
};
static const struct option_row demo_load_options[] = {
	{ .name = "patients", .argument = "N", .help = "so many people (1000)" },
	{ .name = "documents", .argument = "M", .help = "so many documents (3000)" },
	{ .name = "seed", .argument = "N", .help = "others, from another number (1)" },
	{ 0 }
};
static const struct option_row diagnose_options[] = {
	{ .name = "listen", .help = "tell what fails at our doors, as it fails, until Ctrl-C" },
	{ .name = "seconds", .argument = "N", .help = "of --listen: for so long" },
	{ .name = "earlier", .help = "of --listen: first what is remembered of before" },
	PROGRESS_OPTION, { 0 }
};
static const struct column diagnose_columns[] = {
	{ .key = "step", .heading = "STEP" }, { .key = "result", .heading = "RESULT" },
	{ .key = "what", .heading = "WHAT" }, { .key = "do", .heading = "DO" }, { 0 }
};
static const struct request_field diagnose_fields[] = {
	{ .name = "partner", .from = "1" }, { 0 }
};
static const struct request diagnose = {
	.method = "POST", .path = "/admin/diagnose", .fields = diagnose_fields,
	.rows = "steps", .columns = diagnose_columns,
};
#define RELOAD_OPTION \
	{ .name = "reload", .help = "let the daemon read its configuration again, and wait for it" }
static const struct column facility_test_columns[] = {
	{ .key = "door", .heading = "DOOR" }, { .key = "step", .heading = "STEP" },
	{ .key = "result", .heading = "RESULT" }, { .key = "what", .heading = "WHAT" },
	{ .key = "do", .heading = "DO" }, { 0 }
};
static const struct request facility_test = { .columns = facility_test_columns };
static const struct option_row facility_add_options[] = {
	{ .name = "title", .argument = "TEXT", .needed = true,
	  .help = "the facility's name, for people" },
	{ .name = "institution-code", .argument = "DIGITS", .help = "its ten digits" },
	{ .name = "domain", .argument = "OID",
	  .help = "the patient identifier domain it issues ids in" },
	{ .name = "namespace", .argument = "NAME", .help = "that domain's name in HL7 v2" },
	{ .name = "certificate-sha256", .argument = "HEX",
	  .help = "of a certificate it has; else one is made for it" },
	{ .name = "certificate", .argument = "FILE",
	  .help = "the certificate (PEM) that its own authority made" },
	{ .name = "csr", .argument = "FILE",
	  .help = "its request (PKCS #10), which our authority signs" },
	RELOAD_OPTION, { 0 }
};

static const struct option_row facility_csr_options[] = {
	{ .name = "into", .argument = "DIR", .help = "where they are made; else here" },
	{ 0 }
};
static const struct option_row facility_renew_options[] = {
	{ .name = "overlap", .argument = "TIME",
	  .help = "how long both are taken, such as 30d; else until you take the old one out" },
	RELOAD_OPTION, { 0 }
};
static const struct option_row region_renew_options[] = {
	{ .name = "hosts", .argument = "NAMES",
	  .help = "names and addresses it bears, with commas; else those of today" },
	{ .name = "certificate", .argument = "FILE",
	  .help = "what an authority made of the request (PEM, with its chain)" },
	{ .name = "prepare", .help = "only make the next one, for who has to know it before" },
	{ .name = "request", .help = "only write a request, for an authority that is not ours" },
	RELOAD_OPTION, { 0 }
};
static const struct option_row facility_lock_options[] = {
	REASON_OPTION,
	{ .name = "only", .help = "this system alone, not all of its institution" },
	{ 0 }
};
static const struct request_field facility_lock_fields[] = {
	{ .name = "facility", .from = "1" }, { .name = "only", .from = "only" },
	{ .name = "reason", .from = "reason" }, { 0 }
};
static const struct request facility_lock = {
	.method = "POST", .path = "/admin/facility/lock", .fields = facility_lock_fields,
};
static const struct request facility_unlock = {
	.method = "POST", .path = "/admin/facility/unlock", .fields = facility_lock_fields,
};
static const struct request facility_withdraw = {
	.method = "POST", .path = "/admin/facility/withdraw", .fields = facility_lock_fields,
};
static const struct request facility_return = {
	.method = "POST", .path = "/admin/facility/return", .fields = facility_lock_fields,
};
static const struct column facility_locked_columns[] = {
	{ .key = "system", .heading = "NAME" },
	{ .key = "systems", .heading = "SYSTEMS" },
	{ .key = "withdrawn", .heading = "WITHDRAWN" },
	{ .key = "since", .heading = "SINCE" },
	{ .key = "by", .heading = "BY" },
	{ .key = "reason", .heading = "REASON" },
	{ 0 }
};
static const struct request facility_locked = {
	.method = "GET", .path = "/admin/facilities/locked", .rows = "locked",
	.columns = facility_locked_columns,
};

static const struct command region[] = {
	{ .noun = "init", .arguments = "DIR", .options = init_options, .run = command_init,
	  .help = "make a new region in a directory",
	  .examples = "minato init --demo ./region\n"
		      "minato init --https-port 443 /var/lib/minato/region\n"
		      "minato init --name 港地域 --hosts hie.example.jp --affinity-domain 2.999.1 "
		      "/srv/port" },
	{ .noun = "status", .options = status_options, .run = command_status, .request = &status,
	  .help = "whether the daemon is ready, and what it has done",
	  .examples = "minato -c ./region/minato.conf status\n"
		      "minato -c ./region/minato.conf status --wait 30s\n"
		      "minato status --output json" },
	{ .noun = "check", .options = options_progress, .run = command_ask, .request = &check,
	  .long_work = "check",
	  .help = "prove that what is kept is whole",
	  .examples = "minato check" },
	{ .noun = "diagnose", .arguments = "[PARTNER]", .options = diagnose_options,
	  .run = command_diagnose, .request = &diagnose, .long_work = "diagnose",
	  .help = "try a partner step by step, or tell what fails at our doors",
	  .examples = "minato diagnose national-registry\n"
		      "minato diagnose --listen --seconds 60" },
	{ .noun = "region", .verb = "renew", .options = region_renew_options,
	  .run = command_region_renew,
	  .help = "renew the certificate that our own doors show",
	  .examples = "minato region renew --reload\n"
		      "minato region renew --hosts hie.example.jp,192.0.2.1 --reload\n"
		      "minato region renew --prepare\n"
		      "minato region renew --certificate "
		      "/var/lib/minato/region/pki/server.pem.crt --reload\n"
		      "minato region renew --request\n"
		      "minato region renew --certificate /tmp/server.pem --reload" },
	{ .noun = "facility", .verb = "list", .options = options_none, .run = command_facility_list,
	  .help = "the registered systems, and when every certificate runs out",
	  .examples = "minato facility list\n"
		      "minato facility list --output csv" },
	{ .noun = "facility", .verb = "add", .arguments = "NAME", .options = facility_add_options,
	  .run = command_facility_add,
	  .help = "register a system: make its certificate, add it to minato.conf",
	  .examples = "minato facility add e-clinic --title E医院 --institution-code 1319955055 "
		      "--domain 2.999.5\n"
		      "minato facility add f-clinic --title F --csr f-clinic.csr --reload" },
	{ .noun = "facility", .verb = "show", .arguments = "NAME", .options = options_none,
	  .run = command_facility_show,
	  .help = "one system, its certificates, and what it has to be told",
	  .examples = "minato facility show d-pharmacy" },
	{ .noun = "facility", .verb = "test", .arguments = "NAME", .options = options_none,
	  .run = command_facility_test, .request = &facility_test,
	  .help = "come to our own doors as that system, and leave nothing there",
	  .examples = "minato facility test d-pharmacy" },
	{ .noun = "facility", .verb = "csr", .arguments = "NAME",
	  .options = facility_csr_options, .run = command_facility_csr,
	  .help = "make a new key for a system, and the request for its certificate",
	  .examples = "minato facility csr d-pharmacy --into /tmp" },
	{ .noun = "facility", .verb = "renew", .arguments = "NAME FILE",
	  .options = facility_renew_options, .run = command_facility_renew,
	  .help = "take a system's next certificate beside the one it has",
	  .examples = "minato facility renew d-pharmacy /tmp/d-pharmacy.pem --overlap 30d" },
	{ .noun = "facility", .verb = "lock", .arguments = "NAME",
	  .options = facility_lock_options, .run = command_ask, .request = &facility_lock,
	  .help = "its systems may do nothing from now on, and lose their connections",
	  .examples = "minato facility lock d-pharmacy --reason 'a stolen key'\n"
		      "minato facility lock d-pharmacy --only --reason 'a test system'" },
	{ .noun = "facility", .verb = "unlock", .arguments = "NAME",
	  .options = facility_lock_options, .run = command_ask, .request = &facility_unlock,
	  .help = "they may take part again",
	  .examples = "minato facility unlock d-pharmacy --reason 'it has a new key'" },
	{ .noun = "facility", .verb = "withdraw", .arguments = "NAME",
	  .options = facility_lock_options, .run = command_ask, .request = &facility_withdraw,
	  .help = "it leaves the region: locked out, its documents given to nobody",
	  .examples = "minato facility withdraw d-pharmacy --reason 'its letter of March 3'" },
	{ .noun = "facility", .verb = "return", .arguments = "NAME",
	  .options = facility_lock_options, .run = command_ask, .request = &facility_return,
	  .help = "a facility that had withdrawn takes part again, with all it had",
	  .examples = "minato facility return d-pharmacy --reason 'its letter of May 7'" },
	{ .noun = "facility", .verb = "locked", .options = options_none, .run = command_ask,
	  .request = &facility_locked,
	  .help = "who is locked out or has withdrawn, since when, and why",
	  .examples = "minato facility locked" },
	{ 0 }
};

static const struct command tool[] = {
	{ .noun = "ssmix2", .verb = "import", .arguments = "DIR", .options = import_options,
	  .run = command_import, .request = &ssmix2_import, .long_work = "ssmix2 import",
	  .help = "take in an SS-MIX2 storage, standardised and extended",
	  .examples = "minato ssmix2 import /srv/ssmix2/a-hospital --facility a-hospital" },
	{ .noun = "ssmix2", .verb = "check", .arguments = "DIR", .options = ssmix2_check_options,
	  .run = command_ssmix2_check, .long_work = "ssmix2 check",
	  .help = "what is wrong in an SS-MIX2 storage; asks nobody",
	  .examples = "minato ssmix2 check /srv/ssmix2/a-hospital\n"
		      "minato ssmix2 check /srv/ssmix2/a-hospital --facility-code 1319951013 "
		      "--output csv" },
	{ .noun = "ssmix2", .verb = "storages", .options = options_none, .run = command_ask,
	  .request = &ssmix2_storages,
	  .help = "the storages that are watched, and how far that is",
	  .examples = "minato ssmix2 storages" },
	{ .noun = "ssmix2", .verb = "quarantine", .options = ssmix2_quarantine_options,
	  .run = command_ask, .request = &ssmix2_quarantine,
	  .help = "files of watched storages that could not be taken in",
	  .examples = "minato ssmix2 quarantine --facility a-hospital" },
	{ .noun = "ssmix2", .verb = "release", .arguments = "SYSTEM",
	  .options = ssmix2_release_options, .run = command_ask, .request = &ssmix2_release,
	  .help = "try files in quarantine again, at once",
	  .examples = "minato ssmix2 release a-hospital" },
	{ .noun = "ssmix2", .verb = "put", .arguments = "SYSTEM FILE...",
	  .options = ssmix2_put_options, .run = command_ssmix2_put, .request = &ssmix2_put,
	  .help = "bring HL7 v2.5 messages to a storage that is delegated",
	  .examples = "minato ssmix2 put b-clinic order.hl7\n"
		      "minato ssmix2 put b-clinic outbox/*.hl7 --output csv" },
	{ .noun = "ssmix2", .verb = "export", .arguments = "SYSTEM DIR",
	  .options = options_progress, .run = command_ask, .request = &ssmix2_export,
	  .long_work = "ssmix2 export",
	  .help = "all of a storage that is delegated, to take home",
	  .examples = "minato ssmix2 export b-clinic /var/lib/minato/export/b-clinic" },
	{ .noun = "backup", .verb = "verify", .arguments = "DIR", .options = options_none,
	  .run = command_backup_verify,
	  .help = "read all of a backup, and prove that it is whole",
	  .examples = "minato backup verify /var/backups/minato/2026-01-15" },
	{ .noun = "backup", .arguments = "DIR", .options = backup_options, .run = command_ask,
	  .request = &backup, .long_work = "backup",
	  .help = "copy the running store into an empty directory",
	  .examples = "minato backup /var/backups/minato/2026-01-15\n"
		      "minato backup /var/backups/minato/2026-01-16 "
		      "--onto /var/backups/minato/2026-01-15" },
	{ .noun = "restore", .arguments = "BACKUP DIR", .options = options_none,
	  .run = command_restore,
	  .help = "put a backup into a region that has nothing yet",
	  .examples = "minato restore /var/backups/minato/2026-01-16 /var/lib/minato/region" },
	{ .noun = "migrate", .arguments = "[BACKUP]", .options = options_progress,
	  .run = command_migrate,
	  .help = "bring a former release's store over, after a backup",
	  .examples = "minato migrate\n"
		      "minato migrate /var/backups/minato/before-0.2" },
	{ .noun = "export", .arguments = "DIR", .options = export_options, .run = command_ask,
	  .request = &export, .long_work = "export",
	  .help = "what is a facility's, or a patient's, in open forms",
	  .examples = "minato export --facility a-hospital /var/lib/minato/export/a-hospital\n"
		      "minato export --patient 101@a-hospital /var/lib/minato/export/101" },
	{ .noun = "import", .arguments = "DIR", .options = bundle_import_options,
	  .run = command_import, .request = &bundle_import, .long_work = "import",
	  .help = "take in what another region's export wrote",
	  .examples = "minato import /var/lib/minato/export/a-hospital --dry-run\n"
		      "minato import /var/lib/minato/export/a-hospital" },
	{ .noun = "report", .options = report_options, .run = command_ask, .request = &report,
	  .long_work = "report",
	  .help = "what a network publishes of a month, facility by facility",
	  .examples = "minato report --month 2026-01\n"
		      "minato report --month 2026-01 --output csv" },
	{ .noun = "codes", .verb = "import", .arguments = "FILE", .options = codes_import_options,
	  .run = command_codes_import,
	  .help = "replace the code sets that a file has; see --dry-run",
	  .examples = "minato codes import /usr/share/minato/codes/japan.tsv\n"
		      "minato codes import codes.xml --dry-run\n"
		      "minato codes import ValueSet-type.json --attribute typeCode" },
	{ .noun = "codes", .verb = "list", .arguments = "[ATTRIBUTE]",
	  .options = codes_list_options, .run = command_codes_list, .request = &codes_count,
	  .long_work = "codes list",
	  .help = "the codes the configuration allows, and their names",
	  .examples = "minato codes list\nminato codes list classCode --output csv\n"
		      "minato codes list --counts" },
	{ .noun = "codes", .verb = "check", .arguments = "[FILE]", .options = options_progress,
	  .run = command_codes_check, .request = &codes_check, .long_work = "codes check",
	  .help = "which codes registered documents use that no set has",
	  .examples = "minato codes check\nminato codes check /etc/minato/codes.tsv" },
	{ .noun = "config", .verb = "show", .options = config_show_options,
	  .run = command_config_show, .request = &configuration,
	  .help = "every value in effect, and where it comes from",
	  .examples = "minato config show\n"
		      "minato -c ./region/minato.conf config show --file --output csv" },
	{ .noun = "config", .verb = "check", .options = options_none, .run = command_config_check,
	  .help = "tell every fault of the configuration",
	  .examples = "minato -c ./region/minato.conf config check" },
	{ .noun = "config", .verb = "keys", .options = options_none, .run = command_config_keys,
	  .help = "every key there is, with its default",
	  .examples = "minato config keys" },
	{ .noun = "transactions", .options = options_none, .run = command_transactions,
	  .help = "the transactions there are, and which are served",
	  .examples = "minato transactions\n"
		      "minato transactions --output json" },
	{ .noun = "explain", .arguments = "[CODE|ID]", .options = options_none,
	  .run = command_explain, .request = &request_exchange_show,
	  .help = "what an error means, or what went wrong by its id; and what to do",
	  .examples = "minato explain XDSUnknownPatientId\n"
		      "minato explain 00692d1f2a7b01c3\n"
		      "minato explain 204\n"
		      "minato explain --output csv" },
	{ .noun = "metrics", .options = options_none, .run = command_metrics,
	  .help = "the counters, as Prometheus reads them",
	  .examples = "minato metrics" },
	{ .noun = "demo", .verb = "load", .arguments = "DIR", .options = demo_load_options,
	  .run = command_demo_load,
	  .help = "a region to try things in, full of people and records",
	  .examples = "minato demo load ./trial\n"
		      "minato demo load --patients 200 --documents 500 ./trial" },
	{ .noun = "demo", .verb = "unload", .arguments = "DIR", .options = options_none,
	  .run = command_demo_unload,
	  .help = "stop it and remove all of it",
	  .examples = "minato demo unload ./trial" },
	{ .noun = "demo", .options = demo_options, .run = command_demo,
	  .help = "three institutions find and read one patient's records",
	  .examples = "minato demo\nminato demo --keep ./region" },
	{ 0 }
};

/* In the order of help and manual. */
static const struct command *const groups[] = {
	region, commands_people, commands_documents, commands_consent, commands_emergencies,
	commands_exchanges, commands_partners, tool,
};
/* clang-format on */

const struct command *command_row(size_t number)
{
	for (size_t g = 0; g < sizeof groups / sizeof *groups; g++)
		for (const struct command *c = groups[g]; c->noun != NULL; c++)
			if (number-- == 0)
				return c;
	return NULL;
}
