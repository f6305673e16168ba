/* gateway/operator/commands.c: every command of the operator's tool, one row each. */
#include "gateway/operator/command.h"

/* Rows are laid out by hand. */
/* clang-format off */

#define SYSTEM_CONFIGURATION "/etc/minato/minato.conf"
const char command_default_configuration[] = SYSTEM_CONFIGURATION;

static const struct option_row none[] = { { 0 } };

#define PROGRESS_OPTION \
	{ .name = "progress", .help = "tell how far it is although this is no terminal" }
static const struct option_row progress_only[] = { PROGRESS_OPTION, { 0 } };

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

static const struct option_row audit_search_options[] = {
	{ .name = "patient", .argument = "ID", .help = "only records about this person" },
	{ .name = "from", .argument = "TIME",
	  .help = "not before, such as 2026-01-15 or 2026-01-15T09:00:00Z" },
	{ .name = "to", .argument = "TIME", .help = "before" },
	{ .name = "system", .argument = "NAME", .help = "only of this registered system" },
	{ .name = "transaction", .argument = "CODE",
	  .help = "only of this transaction, such as ITI-43" },
	{ .name = "problem", .argument = "CODE",
	  .help = "only what was refused so: a name or code of minato explain" },
	{ .name = "exchange", .argument = "ID",
	  .help = "only this exchange: the id that is in every answer" },
	{ .name = "limit", .argument = "N", .help = "at most so many, newest first (100)" },
	{ .name = "after", .argument = "MARK", .help = "go on behind the next of an earlier list" },
	{ 0 }
};
static const struct request_field audit_search_fields[] = {
	{ .name = "patient", .from = "patient" },
	{ .name = "from", .from = "from" },
	{ .name = "to", .from = "to" },
	{ .name = "system", .from = "system" },
	{ .name = "transaction", .from = "transaction" },
	{ .name = "problem", .from = "problem" },
	{ .name = "exchange", .from = "exchange" },
	{ .name = "limit", .from = "limit" },
	{ .name = "after", .from = "after" },
	{ 0 }
};
static const struct column audit_columns[] = {
	{ .key = "number", .heading = "NUMBER", .right = true },
	{ .key = "time", .heading = "TIME" },
	{ .key = "transaction", .heading = "TRANSACTION" },
	{ .key = "event", .heading = "EVENT" },
	{ .key = "action", .heading = "ACTION" },
	{ .key = "outcome", .heading = "OUTCOME" },
	{ .key = "system", .heading = "SYSTEM" },
	{ .key = "patient", .heading = "PATIENT" },
	{ .key = "what", .heading = "WHAT" },
	{ 0 }
};
static const struct request audit_search = {
	.method = "GET", .path = "/admin/audit", .fields = audit_search_fields, .rows = "records",
	.columns = audit_columns,
};
static const struct request audit_verify = {
	.method = "POST", .path = "/admin/audit/verify", .verdict = "valid",
};

static const struct option_row audit_aside_options[] = {
	{ .name = "limit", .argument = "N", .help = "at most so many (100)" }, { 0 }
};
static const struct request_field audit_aside_fields[] = {
	{ .name = "limit", .from = "limit" }, { 0 }
};
static const struct column audit_aside_columns[] = {
	{ .key = "repository", .heading = "REPOSITORY" },
	{ .key = "number", .heading = "NUMBER", .right = true },
	{ .key = "since", .heading = "SINCE" },
	{ .key = "refusals", .heading = "REFUSALS", .right = true },
	{ .key = "state", .heading = "STATE" }, { 0 }
};
static const struct request audit_aside = {
	.method = "GET", .path = "/admin/audit/aside", .fields = audit_aside_fields,
	.rows = "aside",
	.columns = audit_aside_columns,
};
static const struct request_field audit_retry_fields[] = {
	{ .name = "repository", .from = "1" }, { 0 }
};
static const struct request audit_retry = {
	.method = "POST", .path = "/admin/audit/retry", .fields = audit_retry_fields,
};

#define PATIENT_OPTION                                                                             \
	{ .name = "patient", .argument = "ID", .needed = true,                                     \
	  .help = "the person: 'ID^^^&OID&ISO' or ID@FACILITY" }
#define REASON_OPTION                                                                              \
	{ .name = "reason", .argument = "TEXT", .needed = true,                                    \
	  .help = "why, kept with the decision" }
static const struct option_row patient_only[] = { PATIENT_OPTION, { 0 } };
static const struct request_field patient_field[] = {
	{ .name = "patient", .from = "patient" },
	{ 0 }
};
static const struct option_row consent_options[] = {
	PATIENT_OPTION, REASON_OPTION, { 0 }
};
static const struct option_row consent_facility_options[] = {
	PATIENT_OPTION,
	{ .name = "facility", .argument = "NAME", .needed = true, .help = "the facility meant" },
	REASON_OPTION,
	{ 0 }
};
#define CONSENT(action)                                                                            \
	static const struct request_field consent_##action##_fields[] = {                          \
		{ .name = "patient", .from = "patient" },                                          \
		{ .name = "action", .fixed = #action },                                            \
		{ .name = "facility", .from = "facility" },                                        \
		{ .name = "reason", .from = "reason" },                                            \
		{ 0 }                                                                              \
	};                                                                                         \
	static const struct request consent_##action = {                                           \
		.method = "POST",                                                                  \
		.path = "/admin/consent",                                                          \
		.fields = consent_##action##_fields,                                               \
	}
CONSENT(join);
CONSENT(leave);
CONSENT(exclude);
CONSENT(include);
static const struct option_row consent_show_options[] = {
	PATIENT_OPTION,
	{ .name = "limit", .argument = "N",
	  .help = "at most so many decisions (100), the newest first" },
	{ .name = "after", .argument = "MARK", .help = "go on behind the next of an earlier list" },
	{ 0 }
};
static const struct request_field consent_show_fields[] = {
	{ .name = "patient", .from = "patient" }, { .name = "limit", .from = "limit" },
	{ .name = "after", .from = "after" }, { 0 }
};
static const struct request consent_show = {
	.method = "GET", .path = "/admin/consent", .fields = consent_show_fields,
};

static const struct option_row patient_list_options[] = {
	{ .name = "facility", .argument = "NAME", .help = "only those known to this facility" },
	{ .name = "limit", .argument = "N", .help = "at most so many (100)" },
	{ .name = "after", .argument = "MARK", .help = "go on behind the next of an earlier list" },
	{ 0 }
};
static const struct request_field patient_list_fields[] = {
	{ .name = "facility", .from = "facility" }, { .name = "limit", .from = "limit" },
	{ .name = "after", .from = "after" }, { 0 }
};
static const struct column patient_columns[] = {
	{ .key = "facility", .heading = "FACILITY" }, { .key = "id", .heading = "ID" },
	{ .key = "name", .heading = "NAME" }, { .key = "kana", .heading = "KANA" },
	{ .key = "birth_date", .heading = "BORN" }, { .key = "sex", .heading = "SEX" },
	{ .key = "person", .heading = "PERSON" }, { 0 }
};
static const struct request patient_list = {
	.method = "GET", .path = "/admin/patients", .fields = patient_list_fields,
	.rows = "patients",
	.columns = patient_columns,
};
static const struct option_row patient_find_options[] = {
	{ .name = "kana", .argument = "TEXT", .help = "what the name's reading begins with" },
	{ .name = "name", .argument = "TEXT",
	  .help = "what the name begins with, as it is written" },
	{ .name = "birth-date", .argument = "DATE",
	  .help = "the day of birth: 1970-03-03, 昭和45年3月3日" },
	{ .name = "limit", .argument = "N", .help = "at most so many (50)" },
	{ .name = "after", .argument = "MARK", .help = "go on behind the next of an earlier list" },
	{ 0 }
};
static const struct request_field patient_find_fields[] = {
	{ .name = "kana", .from = "kana" }, { .name = "name", .from = "name" },
	{ .name = "birth_date", .from = "birth-date" }, { .name = "limit", .from = "limit" },
	{ .name = "after", .from = "after" }, { 0 }
};
static const struct request patient_find = {
	.method = "GET", .path = "/admin/patients/found", .fields = patient_find_fields,
	.rows = "patients", .columns = patient_columns,
};
static const struct request patient_show = {
	.method = "GET", .path = "/admin/patient", .fields = patient_field,
};

static const struct option_row patient_history_options[] = {
	PATIENT_OPTION, { .name = "limit", .argument = "N", .help = "at most so many (100)" },
	{ .name = "after", .argument = "MARK", .help = "go on behind the next of an earlier list" },
	{ 0 }
};
static const struct request_field patient_history_fields[] = {
	{ .name = "patient", .from = "patient" }, { .name = "limit", .from = "limit" },
	{ .name = "after", .from = "after" }, { 0 }
};
static const struct column history_columns[] = {
	{ .key = "time", .heading = "TIME" }, { .key = "event", .heading = "EVENT" },
	{ .key = "patient", .heading = "PATIENT" }, { .key = "other", .heading = "OTHER" },
	{ .key = "person", .heading = "PERSON" }, { .key = "reason", .heading = "REASON" },
	{ .key = "by", .heading = "BY" }, { .key = "why", .heading = "WHY" }, { 0 }
};
static const struct request patient_history = {
	.method = "GET", .path = "/admin/patient/history", .fields = patient_history_fields,
	.rows = "history", .columns = history_columns,
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

static const struct option_row decision_options[] = {
	REASON_OPTION,
	{ 0 }
};
#define DECISION(verb)                                                                             \
	static const struct request_field patient_##verb##_fields[] = {                            \
		{ .name = "patient", .from = "1" },                                                \
		{ .name = "other", .from = "2" },                                                  \
		{ .name = "action", .fixed = #verb },                                              \
		{ .name = "reason", .from = "reason" },                                            \
		{ 0 }                                                                              \
	};                                                                                         \
	static const struct request patient_##verb = {                                             \
		.method = "POST",                                                                  \
		.path = "/admin/patient/decision",                                                 \
		.fields = patient_##verb##_fields,                                                 \
	}
DECISION(apart);
DECISION(together);
DECISION(undo);
static const struct request_field patient_confirm_fields[] = {
	{ .name = "patient", .from = "1" },
	{ .name = "action", .fixed = "confirm" },
	{ .name = "reason", .from = "reason" },
	{ 0 }
};
static const struct request patient_confirm = {
	.method = "POST", .path = "/admin/patient/decision", .fields = patient_confirm_fields,
};

static const struct option_row unsettled_options[] = {
	{ .name = "limit", .argument = "N", .help = "at most so many (100)" },
	{ .name = "after", .argument = "MARK", .help = "go on behind the next of an earlier list" },
	{ 0 }
};
static const struct request_field unsettled_fields[] = {
	{ .name = "limit", .from = "limit" }, { .name = "after", .from = "after" }, { 0 }
};
static const struct column unsettled_columns[] = {
	{ .key = "facility", .heading = "FACILITY" },
	{ .key = "id", .heading = "ID" },
	{ .key = "name", .heading = "NAME" },
	{ .key = "birth_date", .heading = "BORN" },
	{ .key = "sex", .heading = "SEX" },
	{ .key = "reason", .heading = "REASON" },
	{ .key = "against", .heading = "AGAINST" },
	{ .key = "do", .heading = "DO" },
	{ 0 }
};
static const struct request patient_unsettled = {
	.method = "GET", .path = "/admin/patients/unsettled", .fields = unsettled_fields,
	.rows = "patients", .columns = unsettled_columns,
};

static const struct option_row match_queue_options[] = {
	{ .name = "limit", .argument = "N", .help = "at most so many pairs (100)" },
	{ .name = "after", .argument = "MARK", .help = "go on behind the next of an earlier list" },
	{ 0 }
};
static const struct request_field match_queue_fields[] = {
	{ .name = "limit", .from = "limit" }, { .name = "after", .from = "after" }, { 0 }
};
static const struct column match_queue_columns[] = {
	{ .key = "patient", .heading = "PATIENT" }, { .key = "facility", .heading = "FACILITY" },
	{ .key = "name", .heading = "NAME" }, { .key = "kana", .heading = "KANA" },
	{ .key = "birth_date", .heading = "BORN" }, { .key = "sex", .heading = "SEX" },
	{ .key = "other", .heading = "OTHER" },
	{ .key = "other_facility", .heading = "OTHER FACILITY" },
	{ .key = "other_name", .heading = "OTHER NAME" },
	{ .key = "other_kana", .heading = "OTHER KANA" },
	{ .key = "other_birth_date", .heading = "OTHER BORN" },
	{ .key = "other_sex", .heading = "OTHER SEX" },
	{ .key = "total", .heading = "TOTAL" }, { .key = "outcome", .heading = "OUTCOME" },
	{ .key = "rules", .heading = "RULES" }, { .key = "contested", .heading = "CONTESTED" },
	{ .key = "state", .heading = "STATE" }, { .key = "since", .heading = "SINCE" },
	{ .key = "decided", .heading = "DECIDED" }, { .key = "by", .heading = "BY" },
	{ .key = "reason", .heading = "REASON" }, { 0 }
};
static const struct request match_queue = {
	.method = "GET", .path = "/admin/match/queue", .fields = match_queue_fields,
	.rows = "pairs", .columns = match_queue_columns,
};
static const struct request_field match_pair_fields[] = {
	{ .name = "patient", .from = "1" }, { .name = "other", .from = "2" }, { 0 }
};
static const struct request match_show = {
	.method = "GET", .path = "/admin/match/pair", .fields = match_pair_fields,
};
static const struct request match_explain = {
	.method = "GET", .path = "/admin/match/explanation", .fields = match_pair_fields,
};
static const struct option_row match_decision_options[] = {
	PATIENT_OPTION,
	{ .name = "other", .argument = "ID", .needed = true,
	  .help = "the other record, named in the same way" },
	REASON_OPTION,
	{ .name = "yes", .help = "decide without asking, at a terminal too" },
	{ 0 }
};
#define MATCH_DECISION(verb)                                                                       \
	static const struct request_field match_##verb##_fields[] = {                              \
		{ .name = "patient", .from = "patient" },                                          \
		{ .name = "other", .from = "other" },                                              \
		{ .name = "action", .fixed = #verb },                                              \
		{ .name = "reason", .from = "reason" },                                            \
		{ 0 }                                                                              \
	};                                                                                         \
	static const struct request match_##verb = {                                               \
		.method = "POST",                                                                  \
		.path = "/admin/match/decision",                                                   \
		.fields = match_##verb##_fields,                                                   \
	}
MATCH_DECISION(link);
MATCH_DECISION(apart);
MATCH_DECISION(undo);
static const struct option_row match_train_options[] = {
	{ .name = "out", .argument = "FILE", .help = "write the weights to this new file" },
	PROGRESS_OPTION, { 0 }
};
static const struct request match_train = {
	.method = "POST", .path = "/admin/match/train",
};
static const struct option_row match_run_options[] = {
	{ .name = "after", .argument = "N",
	  .help = "go on behind the record number that an earlier run had reached" },
	PROGRESS_OPTION, { 0 }
};
static const struct request_field match_run_fields[] = {
	{ .name = "after", .from = "after" }, { 0 }
};
static const struct request match_run = {
	.method = "POST", .path = "/admin/match/run", .fields = match_run_fields,
};

static const struct option_row document_list_options[] = {
	PATIENT_OPTION, { .name = "limit", .argument = "N", .help = "at most so many (100)" },
	{ .name = "after", .argument = "MARK", .help = "go on behind the next of an earlier list" },
	{ 0 }
};
static const struct request_field document_list_fields[] = {
	{ .name = "patient", .from = "patient" }, { .name = "limit", .from = "limit" },
	{ .name = "after", .from = "after" }, { 0 }
};
static const struct column document_columns[] = {
	{ .key = "created", .heading = "CREATED" },
	{ .key = "facility", .heading = "FACILITY" },
	{ .key = "type", .heading = "TYPE" },
	{ .key = "title", .heading = "TITLE" },
	{ .key = "size", .heading = "SIZE", .right = true },
	{ .key = "status", .heading = "STATUS" },
	{ .key = "unique_id", .heading = "UNIQUE ID" },
	{ 0 }
};
static const struct request document_list = {
	.method = "GET", .path = "/admin/documents", .fields = document_list_fields,
	.rows = "documents",
	.columns = document_columns,
};
static const struct request_field first_is_id[] = { { .name = "id", .from = "1" }, { 0 } };
static const struct request document_show = {
	.method = "GET", .path = "/admin/document", .fields = first_is_id,
};

static const struct option_row document_find_options[] = {
	{ .name = "patient", .argument = "ID", .help = "only this person's" },
	{ .name = "facility", .argument = "NAME", .help = "submitted by this registered system" },
	{ .name = "class", .argument = "CODE", .help = "of this classCode" },
	{ .name = "type", .argument = "CODE", .help = "of this typeCode" },
	{ .name = "status", .argument = "STATUS", .help = "approved or deprecated" },
	{ .name = "from", .argument = "TIME", .help = "made not before, such as 2026-01-15" },
	{ .name = "to", .argument = "TIME", .help = "made before" },
	{ .name = "title", .argument = "TEXT", .help = "with this in the title" },
	{ .name = "reference", .argument = "ID", .help = "with this in referenceIdList" },
	{ .name = "hash", .argument = "SHA1", .help = "whose octets have this SHA-1" },
	{ .name = "limit", .argument = "N", .help = "at most so many (100)" },
	{ .name = "after", .argument = "MARK", .help = "go on behind the next of an earlier list" },
	PROGRESS_OPTION,
	{ 0 }
};
static const struct request_field document_find_fields[] = {
	{ .name = "patient", .from = "patient" }, { .name = "facility", .from = "facility" },
	{ .name = "class", .from = "class" }, { .name = "type", .from = "type" },
	{ .name = "status", .from = "status" }, { .name = "from", .from = "from" },
	{ .name = "to", .from = "to" }, { .name = "title", .from = "title" },
	{ .name = "reference", .from = "reference" }, { .name = "hash", .from = "hash" },
	{ .name = "limit", .from = "limit" }, { .name = "after", .from = "after" }, { 0 }
};
static const struct request document_find = {
	.method = "GET", .path = "/admin/documents/found", .fields = document_find_fields,
	.rows = "documents",
	.columns = document_columns,
};
static const struct option_row document_fetch_options[] = {
	{ .name = "out", .argument = "FILE",
	  .help = "into this new file; else to standard output" },
	{ 0 }
};
static const struct request document_fetch = {
	.method = "GET", .path = "/admin/document/octets", .fields = first_is_id,
};
static const struct request document_verify = {
	.method = "GET", .path = "/admin/document/verify", .fields = first_is_id,
	.verdict = "valid",
};
static const struct request document_offer = {
	.method = "POST", .path = "/admin/document/offer",
};
static const struct column document_history_columns[] = {
	{ .key = "when", .heading = "WHEN" },
	{ .key = "what", .heading = "WHAT" },
	{ .key = "unique_id", .heading = "UNIQUE ID" },
	{ .key = "status", .heading = "STATUS" },
	{ .key = "by", .heading = "BY" },
	{ 0 }
};
static const struct request document_history = {
	.method = "GET", .path = "/admin/document/history", .fields = first_is_id,
	.rows = "history",
	.columns = document_history_columns,
};

static const struct option_row retention_preview_options[] = {
	{ .name = "rule", .argument = "NAME", .help = "only what this rule alone lets go" },
	{ .name = "limit", .argument = "N", .help = "at most so many (100)" },
	{ .name = "after", .argument = "MARK", .help = "go on behind the next of an earlier list" },
	PROGRESS_OPTION, { 0 }
};
static const struct request_field retention_preview_fields[] = {
	{ .name = "rule", .from = "rule" }, { .name = "limit", .from = "limit" },
	{ .name = "after", .from = "after" }, { 0 }
};
static const struct column retention_preview_columns[] = {
	{ .key = "created", .heading = "CREATED" },
	{ .key = "facility", .heading = "FACILITY" },
	{ .key = "type", .heading = "TYPE" },
	{ .key = "rule", .heading = "RULE" },
	{ .key = "why", .heading = "WHY" },
	{ .key = "unique_id", .heading = "UNIQUE ID" },
	{ 0 }
};
static const struct request retention_preview = {
	.method = "GET", .path = "/admin/retention/preview", .fields = retention_preview_fields,
	.rows = "documents",
	.columns = retention_preview_columns,
};
static const struct column retention_list_columns[] = {
	{ .key = "rule", .heading = "RULE" },
	{ .key = "class", .heading = "CLASS" },
	{ .key = "type", .heading = "TYPE" },
	{ .key = "facility", .heading = "FACILITY" },
	{ .key = "after_creation", .heading = "AFTER CREATION" },
	{ .key = "after_acceptance", .heading = "AFTER ACCEPTANCE" },
	{ .key = "keep_last", .heading = "KEEP LAST", .right = true },
	{ .key = "keep", .heading = "KEEP" },
	{ 0 }
};
static const struct request retention_list = {
	.method = "GET", .path = "/admin/retention",
	.rows = "rules",
	.columns = retention_list_columns,
};
static const struct option_row retention_run_options[] = {
	{ .name = "rule", .argument = "NAME", .help = "only what this rule alone lets go" },
	PROGRESS_OPTION, { 0 }
};
static const struct request_field retention_run_fields[] = {
	{ .name = "rule", .from = "rule" }, { 0 }
};
static const struct request retention_run = {
	.method = "POST", .path = "/admin/retention/run", .fields = retention_run_fields,
};
static const struct column document_signatures_columns[] = {
	{ .key = "result", .heading = "RESULT" },
	{ .key = "reason", .heading = "REASON" },
	{ .key = "what", .heading = "WHAT" },
	{ .key = "signed", .heading = "SIGNED" },
	{ .key = "signer", .heading = "SIGNER" },
	{ .key = "unique_id", .heading = "UNIQUE ID" },
	{ 0 }
};
static const struct request document_signatures = {
	.method = "GET", .path = "/admin/document/signatures", .fields = first_is_id,
	.rows = "signatures",
	.columns = document_signatures_columns,
};

static const struct option_row errand_list_options[] = {
	{ .name = "partner", .argument = "NAME", .help = "only those for this registered system" },
	{ .name = "limit", .argument = "N", .help = "at most so many (100)" },
	{ .name = "after", .argument = "MARK", .help = "go on behind the next of an earlier list" },
	{ 0 }
};
static const struct request_field errand_list_fields[] = {
	{ .name = "partner", .from = "partner" }, { .name = "limit", .from = "limit" },
	{ .name = "after", .from = "after" }, { 0 }
};
static const struct column errand_columns[] = {
	{ .key = "number", .heading = "NUMBER", .right = true },
	{ .key = "kind", .heading = "KIND" },
	{ .key = "what", .heading = "OF" }, { .key = "partner", .heading = "FOR" },
	{ .key = "state", .heading = "STATE" }, { .key = "made", .heading = "SINCE" },
	{ .key = "attempts", .heading = "TRIES", .right = true },
	{ .key = "problem", .heading = "PROBLEM" },
	{ .key = "exchange", .heading = "EXCHANGE" }, { 0 }
};
static const struct request errand_list = {
	.method = "GET", .path = "/admin/errands", .fields = errand_list_fields, .rows = "errands",
	.columns = errand_columns,
};
static const struct request_field first_is_number[] = {
	{ .name = "number", .from = "1" }, { 0 }
};
static const struct request errand_show = {
	.method = "GET", .path = "/admin/errands/{number}", .fields = first_is_number,
};
static const struct request_field errand_retry_fields[] = {
	{ .name = "number", .from = "1" }, { .name = "action", .fixed = "retry" }, { 0 }
};
static const struct request errand_retry = {
	.method = "POST", .path = "/admin/errand/decision", .fields = errand_retry_fields,
};
static const struct option_row errand_drop_options[] = {
	{ .name = "reason", .argument = "TEXT", .needed = true,
	  .help = "why, kept in the audit log" },
	{ 0 }
};
static const struct request_field errand_drop_fields[] = {
	{ .name = "number", .from = "1" }, { .name = "action", .fixed = "drop" },
	{ .name = "reason", .from = "reason" }, { 0 }
};
static const struct request errand_drop = {
	.method = "POST", .path = "/admin/errand/decision", .fields = errand_drop_fields,
};

static const struct option_row subscription_list_options[] = {
	{ .name = "system", .argument = "NAME", .help = "only those of this registered system" },
	{ .name = "limit", .argument = "N", .help = "at most so many (100)" },
	{ .name = "after", .argument = "MARK", .help = "go on behind the next of an earlier list" },
	{ 0 }
};
static const struct request_field subscription_list_fields[] = {
	{ .name = "system", .from = "system" }, { .name = "limit", .from = "limit" },
	{ .name = "after", .from = "after" }, { 0 }
};
static const struct column subscription_columns[] = {
	{ .key = "id", .heading = "ID" }, { .key = "system", .heading = "SYSTEM" },
	{ .key = "topic", .heading = "TOPIC" }, { .key = "of", .heading = "OF" },
	{ .key = "ends", .heading = "ENDS" }, { .key = "state", .heading = "STATE" },
	{ .key = "lost", .heading = "LOST", .right = true },
	{ .key = "consumer", .heading = "CONSUMER" }, { 0 }
};
static const struct request subscription_list = {
	.method = "GET", .path = "/admin/subscriptions", .fields = subscription_list_fields,
	.rows = "subscriptions",
	.columns = subscription_columns,
};
static const struct request subscription_show = {
	.method = "GET", .path = "/admin/subscriptions/{id}", .fields = first_is_id,
};
static const struct request_field subscription_end_fields[] = {
	{ .name = "id", .from = "1" }, { .name = "reason", .from = "reason" }, { 0 }
};
static const struct request subscription_end = {
	.method = "POST", .path = "/admin/subscription/end", .fields = subscription_end_fields,
};

#define PARTNER_OPTION                                                                             \
	{ .name = "partner", .argument = "NAME", .needed = true,                                   \
	  .help = "the partner, as the configuration names it" }
static const struct option_row partner_code_options[] = {
	PARTNER_OPTION, PATIENT_OPTION,
	{ .name = "purpose", .argument = "WORD", .help = "care (as without it) or research" },
	{ 0 }
};
static const struct request_field partner_code_fields[] = {
	{ .name = "partner", .from = "partner" }, { .name = "patient", .from = "patient" },
	{ .name = "purpose", .from = "purpose" }, { 0 }
};
static const struct request partner_code = {
	.method = "POST", .path = "/admin/partner/code", .fields = partner_code_fields,
};
static const struct option_row partner_whose_options[] = {
	PARTNER_OPTION,
	{ .name = "code", .argument = "CODE", .help = "a code it was given" },
	{ .name = "id", .argument = "ID", .help = "or an id of its own: 'ID^^^&OID&ISO'" },
	{ 0 }
};
static const struct request_field partner_whose_fields[] = {
	{ .name = "partner", .from = "partner" }, { .name = "code", .from = "code" },
	{ .name = "id", .from = "id" }, { 0 }
};
static const struct request partner_whose = {
	.method = "GET", .path = "/admin/partner/whose", .fields = partner_whose_fields,
	.rows = "patients", .columns = patient_columns,
};
static const struct option_row partner_revoke_options[] = {
	PARTNER_OPTION,
	{ .name = "code", .argument = "CODE", .needed = true, .help = "the code it was given" },
	REASON_OPTION, { 0 }
};
static const struct request_field partner_revoke_fields[] = {
	{ .name = "partner", .from = "partner" }, { .name = "code", .from = "code" },
	{ .name = "reason", .from = "reason" }, { 0 }
};
static const struct request partner_revoke = {
	.method = "POST", .path = "/admin/partner/code/revoke", .fields = partner_revoke_fields,
};
static const struct request partner_show = {
	.method = "GET", .path = "/admin/partner/patient", .fields = patient_field,
};
static const struct option_row partner_map_options[] = {
	PARTNER_OPTION, PATIENT_OPTION,
	{ .name = "id", .argument = "ID", .needed = true,
	  .help = "the person's id there: 'ID^^^&OID&ISO'" },
	REASON_OPTION, { 0 }
};
static const struct request_field partner_map_fields[] = {
	{ .name = "partner", .from = "partner" }, { .name = "patient", .from = "patient" },
	{ .name = "action", .fixed = "map" }, { .name = "id", .from = "id" },
	{ .name = "reason", .from = "reason" }, { 0 }
};
static const struct request partner_map = {
	.method = "POST", .path = "/admin/partner/mapping", .fields = partner_map_fields,
	.verdict = "mapped",
};
static const struct option_row partner_unmap_options[] = {
	PARTNER_OPTION, PATIENT_OPTION, REASON_OPTION, { 0 }
};
static const struct request_field partner_unmap_fields[] = {
	{ .name = "partner", .from = "partner" }, { .name = "patient", .from = "patient" },
	{ .name = "action", .fixed = "unmap" }, { .name = "reason", .from = "reason" }, { 0 }
};
static const struct request partner_unmap = {
	.method = "POST", .path = "/admin/partner/mapping", .fields = partner_unmap_fields,
};
static const struct option_row partner_conflicts_options[] = {
	PARTNER_OPTION, { .name = "limit", .argument = "N", .help = "at most so many (50)" },
	{ .name = "after", .argument = "MARK", .help = "go on behind the next of an earlier list" },
	{ 0 }
};
static const struct request_field partner_conflicts_fields[] = {
	{ .name = "partner", .from = "partner" }, { .name = "limit", .from = "limit" },
	{ .name = "after", .from = "after" }, { 0 }
};
static const struct column partner_conflict_columns[] = {
	{ .key = "number", .heading = "NUMBER", .right = true },
	{ .key = "kind", .heading = "KIND" },
	{ .key = "patient", .heading = "PATIENT" }, { .key = "id", .heading = "ID THERE" },
	{ .key = "by", .heading = "BY" }, { .key = "since", .heading = "SINCE" },
	{ .key = "against", .heading = "AGAINST IT" }, { 0 }
};
static const struct request partner_conflicts = {
	.method = "GET", .path = "/admin/partner/conflicts", .fields = partner_conflicts_fields,
	.rows = "conflicts", .columns = partner_conflict_columns,
};
static const struct option_row partner_settle_options[] = {
	PARTNER_OPTION,
	{ .name = "decision", .argument = "WORD", .needed = true,
	  .help = "keep what stands, replace it by what was claimed, or drop both" },
	REASON_OPTION, { 0 }
};
static const struct request_field partner_settle_fields[] = {
	{ .name = "partner", .from = "partner" }, { .name = "number", .from = "1" },
	{ .name = "decision", .from = "decision" }, { .name = "reason", .from = "reason" }, { 0 }
};
static const struct request partner_settle = {
	.method = "POST", .path = "/admin/partner/decision", .fields = partner_settle_fields,
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
static const struct request_field backup_fields[] = {
	{ .name = "directory", .from = "1", .path = true }, { 0 }
};
static const struct request backup = {
	.method = "POST", .path = "/admin/backup", .fields = backup_fields,
};

static const struct option_row init_options[] = {
	{ .name = "demo", .help = "with the four systems of the example region" },
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
static const struct option_row facility_add_options[] = {
	{ .name = "title", .argument = "TEXT", .needed = true,
	  .help = "the facility's name, for people" },
	{ .name = "institution-code", .argument = "DIGITS", .help = "its ten digits" },
	{ .name = "domain", .argument = "OID",
	  .help = "the patient identifier domain it issues ids in" },
	{ .name = "namespace", .argument = "NAME", .help = "that domain's name in HL7 v2" },
	{ 0 }
};

const struct command commands[] = {
	{ .noun = "init", .arguments = "DIR", .options = init_options, .run = command_init,
	  .help = "make a new region in a directory",
	  .examples = "minato init --demo ./region\n"
		      "minato init --https-port 443 /var/lib/minato/region" },
	{ .noun = "status", .options = status_options, .run = command_status, .request = &status,
	  .help = "whether the daemon is ready, and what it has done",
	  .examples = "minato -c ./region/minato.conf status\n"
		      "minato -c ./region/minato.conf status --wait 30s\n"
		      "minato status --output json" },
	{ .noun = "check", .options = progress_only, .run = command_ask, .request = &check,
	  .long_work = "check",
	  .help = "prove that what is kept is whole",
	  .examples = "minato check" },
	{ .noun = "facility", .verb = "list", .options = none, .run = command_facility_list,
	  .help = "the registered systems",
	  .examples = "minato facility list\n"
		      "minato facility list --output csv" },
	{ .noun = "facility", .verb = "add", .arguments = "NAME", .options = facility_add_options,
	  .run = command_facility_add,
	  .help = "register a system: make its certificate, add it to minato.conf",
	  .examples = "minato facility add e-clinic --title E医院 --institution-code 1319955055 "
		      "--domain 2.999.5" },
	{ .noun = "patient", .verb = "list", .options = patient_list_options, .run = command_ask,
	  .request = &patient_list,
	  .help = "who is known, facility by facility",
	  .examples = "minato patient list --facility a-hospital\n"
		      "minato patient list --limit 1000 --output ndjson" },
	{ .noun = "patient", .verb = "find", .options = patient_find_options, .run = command_ask,
	  .request = &patient_find,
	  .help = "who may be meant, by reading, name or birth date",
	  .examples = "minato patient find --kana ヤマダ\n"
		      "minato patient find --name 山田 --birth-date 1970-03-03" },
	{ .noun = "patient", .verb = "show", .options = patient_only, .run = command_ask,
	  .request = &patient_show,
	  .help = "one patient, what is linked with it and why, and links that wait",
	  .examples = "minato patient show --patient 101@a-hospital" },
	{ .noun = "patient", .verb = "history", .options = patient_history_options,
	  .run = command_ask, .request = &patient_history,
	  .help = "everything that happened to one patient's records, in order of time",
	  .examples = "minato patient history --patient 101@a-hospital\n"
		      "minato patient history --patient 101@a-hospital --limit 1000 --output csv" },
	{ .noun = "patient", .verb = "unsettled", .options = unsettled_options, .run = command_ask,
	  .request = &patient_unsettled,
	  .help = "the records that wait for somebody to decide, and why",
	  .examples = "minato patient unsettled" },
	{ .noun = "patient", .verb = "apart", .arguments = "ID ID", .options = decision_options,
	  .run = command_ask, .request = &patient_apart,
	  .help = "two records are two persons, whatever agrees",
	  .examples = "minato patient apart 101@a-hospital 031@b-clinic --reason \"twins\"" },
	{ .noun = "patient", .verb = "together", .arguments = "ID ID", .options = decision_options,
	  .run = command_ask, .request = &patient_together,
	  .help = "two records are one person, though no rule says so",
	  .examples = "minato patient together 101@a-hospital 031@b-clinic "
		      "--reason \"married, family register seen\"" },
	{ .noun = "patient", .verb = "undo", .arguments = "ID ID", .options = decision_options,
	  .run = command_ask, .request = &patient_undo,
	  .help = "take back what was decided of two records",
	  .examples = "minato patient undo 101@a-hospital 031@b-clinic --reason \"mixed up\"" },
	{ .noun = "patient", .verb = "confirm", .arguments = "ID", .options = decision_options,
	  .run = command_ask, .request = &patient_confirm,
	  .help = "a record that rests is the same person as before",
	  .examples = "minato patient confirm 101@a-hospital --reason \"name was misread\"" },
	{ .noun = "match", .verb = "queue", .options = match_queue_options,
	  .run = command_match_queue, .request = &match_queue,
	  .help = "the pairs of records somebody must look at, side by side in short",
	  .examples = "minato match queue\n"
		      "minato match queue --limit 1000 --output csv" },
	{ .noun = "match", .verb = "show", .arguments = "ID ID", .options = none,
	  .run = command_match_show, .request = &match_show,
	  .help = "two records side by side, what agrees, and what a link would move",
	  .examples = "minato match show 101@a-hospital 031@b-clinic" },
	{ .noun = "match", .verb = "explain", .arguments = "ID ID", .options = none,
	  .run = command_match_explain, .request = &match_explain,
	  .help = "why two records are one person, or are not",
	  .examples = "minato match explain 101@a-hospital 031@b-clinic\n"
		      "minato match explain 101@a-hospital 031@b-clinic --output json" },
	{ .noun = "match", .verb = "link", .options = match_decision_options,
	  .run = command_match_decide, .request = &match_link,
	  .help = "two records are one person",
	  .examples = "minato match link --patient 101@a-hospital --other 031@b-clinic "
		      "--reason \"married, family register seen\"" },
	{ .noun = "match", .verb = "apart", .options = match_decision_options,
	  .run = command_match_decide, .request = &match_apart,
	  .help = "two records are two persons, and nobody is asked again",
	  .examples = "minato match apart --patient 101@a-hospital --other 031@b-clinic "
		      "--reason \"twins\"" },
	{ .noun = "match", .verb = "undo", .options = match_decision_options,
	  .run = command_match_decide, .request = &match_undo,
	  .help = "take back what was decided, or proposed, of two records",
	  .examples = "minato match undo --patient 101@a-hospital --other 031@b-clinic "
		      "--reason \"mixed up\" --yes" },
	{ .noun = "match", .verb = "train", .options = match_train_options,
	  .run = command_match_train, .request = &match_train, .long_work = "match train",
	  .help = "learn weights from the region's own records; changes nothing",
	  .examples = "minato match train --out /etc/minato/match.weights\n"
		      "minato match train > match.weights" },
	{ .noun = "match", .verb = "run", .options = match_run_options, .run = command_ask,
	  .request = &match_run, .long_work = "match run",
	  .help = "weigh all records again, as if each were fed anew",
	  .examples = "minato match run\n"
		      "minato match run --after 120000" },
	{ .noun = "document", .verb = "list", .options = document_list_options, .run = command_ask,
	  .request = &document_list,
	  .help = "what is held about a person",
	  .examples = "minato document list --patient 031@b-clinic" },
	{ .noun = "document", .verb = "show", .arguments = "ID", .options = none,
	  .run = command_ask, .request = &document_show,
	  .help = "all metadata of one document, by uniqueId or entryUUID",
	  .examples = "minato document show 2.999.20.1.42" },
	{ .noun = "document", .verb = "find", .options = document_find_options,
	  .run = command_ask, .request = &document_find, .long_work = "document find",
	  .help = "documents of the whole region, by what their metadata say",
	  .examples = "minato document find --facility b-clinic --from 2026-01-15\n"
		      "minato document find --patient 031@b-clinic --type 57133-1" },
	{ .noun = "document", .verb = "fetch", .arguments = "ID",
	  .options = document_fetch_options,
	  .run = command_document_fetch, .request = &document_fetch,
	  .help = "a document's octets, verified",
	  .examples = "minato document fetch 2.999.20.1.42 --out letter.pdf" },
	{ .noun = "document", .verb = "verify", .arguments = "ID", .options = progress_only,
	  .run = command_ask, .request = &document_verify, .long_work = "document verify",
	  .help = "read it once more and compare it with its registration",
	  .examples = "minato document verify 2.999.20.1.42" },
	{ .noun = "document", .verb = "offer", .options = progress_only, .run = command_ask,
	  .request = &document_offer, .long_work = "document offer",
	  .help = "offer lists of medication to who had prescriptions before",
	  .examples = "minato document offer" },
	{ .noun = "document", .verb = "history", .arguments = "ID", .options = none,
	  .run = command_ask, .request = &document_history,
	  .help = "what it replaced, what replaced it, and where it belongs",
	  .examples = "minato document history 2.999.20.1.42" },
	{ .noun = "retention", .verb = "list", .options = none, .run = command_ask,
	  .request = &retention_list,
	  .help = "the rules in effect by which documents are removed",
	  .examples = "minato retention list" },
	{ .noun = "retention", .verb = "preview", .options = retention_preview_options,
	  .run = command_retention_preview, .request = &retention_preview,
	  .long_work = "retention preview",
	  .help = "what would be removed now, by which rule; changes nothing",
	  .examples = "minato retention preview\n"
		      "minato retention preview --rule referrals --limit 1000" },
	{ .noun = "retention", .verb = "run", .options = retention_run_options,
	  .run = command_ask, .request = &retention_run, .long_work = "retention run",
	  .help = "remove now what the rules let go",
	  .examples = "minato retention run\n"
		      "minato retention run --rule referrals" },
	{ .noun = "document", .verb = "signatures", .arguments = "ID", .options = progress_only,
	  .run = command_ask, .request = &document_signatures, .long_work = "document signatures",
	  .help = "who signed it, each verified with what holds now",
	  .examples = "minato document signatures 2.999.20.1.42\n"
		      "minato document signatures 2.999.20.1.42 --output json" },
	{ .noun = "consent", .verb = "join", .options = consent_options, .run = command_ask,
	  .request = &consent_join,
	  .help = "the person takes part in the region",
	  .examples = "minato consent join --patient 101@a-hospital --reason \"form of "
		      "2026-01-15\"" },
	{ .noun = "consent", .verb = "leave", .options = consent_options, .run = command_ask,
	  .request = &consent_leave,
	  .help = "the person no longer takes part",
	  .examples = "minato consent leave --patient 101@a-hospital --reason \"asked by "
		      "telephone\"" },
	{ .noun = "consent", .verb = "exclude", .options = consent_facility_options,
	  .run = command_ask, .request = &consent_exclude,
	  .help = "one facility may not see the person",
	  .examples = "minato consent exclude --patient 101@a-hospital --facility d-pharmacy "
		      "--reason \"form of 2026-01-15\"" },
	{ .noun = "consent", .verb = "include", .options = consent_facility_options,
	  .run = command_ask, .request = &consent_include,
	  .help = "an excluded facility may see the person again",
	  .examples = "minato consent include --patient 101@a-hospital --facility d-pharmacy "
		      "--reason \"form of 2026-02-01\"" },
	{ .noun = "consent", .verb = "show", .options = consent_show_options, .run = command_ask,
	  .request = &consent_show,
	  .help = "what the person has decided, and when",
	  .examples = "minato consent show --patient "
		      "'101^^^&1.2.392.100495.20.3.51.11319951013&ISO'" },
	{ .noun = "audit", .verb = "search", .options = audit_search_options, .run = command_ask,
	  .request = &audit_search,
	  .help = "who did what with whose records",
	  .examples = "minato audit search --patient 101@a-hospital\n"
		      "minato audit search --transaction ITI-43 --from 2026-01-15\n"
		      "minato audit search --problem XDSUnknownPatientId" },
	{ .noun = "audit", .verb = "verify", .options = progress_only, .run = command_ask,
	  .request = &audit_verify, .long_work = "audit verify",
	  .help = "verify the audit log: chain, signatures, what repositories have",
	  .examples = "minato audit verify" },
	{ .noun = "audit", .verb = "aside", .options = audit_aside_options, .run = command_ask,
	  .request = &audit_aside,
	  .help = "records that an audit repository does not take, by their numbers",
	  .examples = "minato audit aside" },
	{ .noun = "audit", .verb = "retry", .arguments = "REPOSITORY", .options = none,
	  .run = command_ask, .request = &audit_retry,
	  .help = "have the records that were set aside for it tried again",
	  .examples = "minato audit retry national" },
	{ .noun = "errand", .verb = "list", .options = errand_list_options, .run = command_ask,
	  .request = &errand_list,
	  .help = "what waits to be sent to others, and why it waits",
	  .examples = "minato errand list\nminato errand list --partner b-clinic" },
	{ .noun = "errand", .verb = "show", .arguments = "NUMBER", .options = none,
	  .run = command_ask, .request = &errand_show,
	  .help = "one of them: what it refers to, and how its queue is",
	  .examples = "minato errand show 42" },
	{ .noun = "errand", .verb = "retry", .arguments = "NUMBER", .options = none,
	  .run = command_ask, .request = &errand_retry,
	  .help = "have it tried now, also when it was set aside",
	  .examples = "minato errand retry 42" },
	{ .noun = "errand", .verb = "drop", .arguments = "NUMBER", .options = errand_drop_options,
	  .run = command_ask, .request = &errand_drop,
	  .help = "forget it: it is not sent",
	  .examples = "minato errand drop 42 --reason \"asked again since\"" },
	{ .noun = "subscription", .verb = "list", .options = subscription_list_options,
	  .run = command_ask, .request = &subscription_list,
	  .help = "who wants to be told of what is registered, and until when",
	  .examples = "minato subscription list\nminato subscription list --system b-clinic" },
	{ .noun = "subscription", .verb = "show", .arguments = "ID", .options = none,
	  .run = command_ask, .request = &subscription_show,
	  .help = "one of them, with its patient",
	  .examples = "minato subscription show 0123456789abcdef0123456789abcdef" },
	{ .noun = "subscription", .verb = "end", .arguments = "ID", .options = errand_drop_options,
	  .run = command_ask, .request = &subscription_end,
	  .help = "end it: its consumer is told no more",
	  .examples = "minato subscription end 0123456789abcdef0123456789abcdef "
		      "--reason \"its address was lost\"" },
	{ .noun = "partner", .verb = "code", .options = partner_code_options, .run = command_ask,
	  .request = &partner_code,
	  .help = "the code by which a partner knows a person; made when first asked for",
	  .examples = "minato partner code --partner nw2 --patient 101@a-hospital\n"
		      "minato partner code --partner cohort --patient 101@a-hospital "
		      "--purpose research" },
	{ .noun = "partner", .verb = "whose", .options = partner_whose_options,
	  .run = command_ask, .request = &partner_whose,
	  .help = "whom a partner means by a code, or by an id of its own",
	  .examples = "minato partner whose --partner nw2 --code "
		      "JBSWY3DPEB3W64TMMQQQ4YTVOQQGS3TU\n"
		      "minato partner whose --partner nw2 --id '7^^^&2.999.2.1&ISO'" },
	{ .noun = "partner", .verb = "show", .options = patient_only, .run = command_ask,
	  .request = &partner_show,
	  .help = "what partners know a person by: codes, and their own ids",
	  .examples = "minato partner show --patient 101@a-hospital" },
	{ .noun = "partner", .verb = "revoke", .options = partner_revoke_options,
	  .run = command_ask, .request = &partner_revoke,
	  .help = "a code leads nowhere from now on",
	  .examples = "minato partner revoke --partner nw2 --code "
		      "JBSWY3DPEB3W64TMMQQQ4YTVOQQGS3TU --reason \"lost there\"" },
	{ .noun = "partner", .verb = "map", .options = partner_map_options, .run = command_ask,
	  .request = &partner_map,
	  .help = "a person is that patient of the partner's, and no other",
	  .examples = "minato partner map --partner nw2 --patient 101@a-hospital "
		      "--id '7^^^&2.999.2.1&ISO' --reason \"moved there, asked\"" },
	{ .noun = "partner", .verb = "unmap", .options = partner_unmap_options,
	  .run = command_ask, .request = &partner_unmap,
	  .help = "a person is no patient of the partner's any more",
	  .examples = "minato partner unmap --partner nw2 --patient 101@a-hospital "
		      "--reason \"another of that name\"" },
	{ .noun = "partner", .verb = "conflicts", .options = partner_conflicts_options,
	  .run = command_ask, .request = &partner_conflicts,
	  .help = "what was claimed of a partner's ids, and what stands against it",
	  .examples = "minato partner conflicts --partner nw2" },
	{ .noun = "partner", .verb = "settle", .arguments = "NUMBER",
	  .options = partner_settle_options, .run = command_ask, .request = &partner_settle,
	  .help = "decide one of them: keep, replace or drop",
	  .examples = "minato partner settle 3 --partner nw2 --decision replace "
		      "--reason \"asked both\"" },
	{ .noun = "ssmix2", .verb = "import", .arguments = "DIR", .options = import_options,
	  .run = command_import, .request = &ssmix2_import, .long_work = "ssmix2 import",
	  .help = "take in an SS-MIX2 standardised storage",
	  .examples = "minato ssmix2 import /srv/ssmix2/a-hospital --facility a-hospital" },
	{ .noun = "backup", .arguments = "DIR", .options = progress_only, .run = command_ask,
	  .request = &backup, .long_work = "backup",
	  .help = "copy the running store into an empty directory",
	  .examples = "minato backup /var/lib/minato/backup/2026-01-15" },
	{ .noun = "codes", .verb = "import", .arguments = "FILE", .options = codes_import_options,
	  .run = command_codes_import,
	  .help = "replace the code sets that a file has; see --dry-run",
	  .examples = "minato codes import /usr/share/minato/codes/japan.tsv\n"
		      "minato codes import codes.xml --dry-run\n"
		      "minato codes import ValueSet-type.json --attribute typeCode" },
	{ .noun = "codes", .verb = "list", .arguments = "[ATTRIBUTE]", .options = none,
	  .run = command_codes_list,
	  .help = "the codes the configuration allows, and their names",
	  .examples = "minato codes list\nminato codes list classCode --output csv" },
	{ .noun = "codes", .verb = "check", .arguments = "[FILE]", .options = progress_only,
	  .run = command_codes_check, .request = &codes_check, .long_work = "codes check",
	  .help = "which codes registered documents use that no set has",
	  .examples = "minato codes check\nminato codes check /etc/minato/codes.tsv" },
	{ .noun = "config", .verb = "show", .options = config_show_options,
	  .run = command_config_show, .request = &configuration,
	  .help = "every value in effect, and where it comes from",
	  .examples = "minato config show\n"
		      "minato -c ./region/minato.conf config show --file --output csv" },
	{ .noun = "config", .verb = "check", .options = none, .run = command_config_check,
	  .help = "tell every fault of the configuration",
	  .examples = "minato -c ./region/minato.conf config check" },
	{ .noun = "config", .verb = "keys", .options = none, .run = command_config_keys,
	  .help = "every key there is, with its default",
	  .examples = "minato config keys" },
	{ .noun = "transactions", .options = none, .run = command_transactions,
	  .help = "the transactions there are, and which are served",
	  .examples = "minato transactions\n"
		      "minato transactions --output json" },
	{ .noun = "explain", .arguments = "[CODE]", .options = none, .run = command_explain,
	  .help = "what an error means, and what to do",
	  .examples = "minato explain XDSUnknownPatientId\n"
		      "minato explain 204\n"
		      "minato explain --output csv" },
	{ .noun = "metrics", .options = none, .run = command_metrics,
	  .help = "the counters, as Prometheus reads them",
	  .examples = "minato metrics" },
	{ .noun = "demo", .options = demo_options, .run = command_demo,
	  .help = "three institutions find and read one patient's records",
	  .examples = "minato demo\nminato demo --keep ./region" },
	{ 0 }
};
