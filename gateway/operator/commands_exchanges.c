/* gateway/operator/commands_exchanges.c: what was exchanged, what waits to be, and with
 * whom. */
#include "gateway/operator/command_rows.h"

/* Rows are laid out by hand. */
/* clang-format off */

static const struct option_row audit_search_options[] = {
	{ .name = "patient", .argument = "ID", .help = "only records about this person" },
	{ .name = "only-this-id",
	  .help = "of those only the ones that name this very id, not another of his" },
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
static const struct option_row audit_received_options[] = {
	{ .name = "source", .argument = "NAME",
	  .help = "only what this system sent; \"udp ADDRESS\" of datagrams" },
	{ .name = "patient", .argument = "ID", .help = "only records that name this id" },
	{ .name = "from", .argument = "TIME",
	  .help = "of events not before, such as 2026-01-15 or 2026-01-15T09:00:00Z" },
	{ .name = "to", .argument = "TIME", .help = "before" },
	{ .name = "event", .argument = "CODE", .help = "only of this EventID, such as 110112" },
	{ .name = "type", .argument = "CODE",
	  .help = "only of this EventTypeCode, such as ITI-43" },
	{ .name = "outcome", .argument = "N", .help = "only of this outcome: 0, 4, 8 or 12" },
	{ .name = "user", .argument = "ID", .help = "only of who asked by this UserID" },
	{ .name = "limit", .argument = "N", .help = "at most so many, newest first (100)" },
	{ .name = "after", .argument = "MARK", .help = "go on behind the next of an earlier list" },
	{ 0 }
};
static const struct request_field audit_received_fields[] = {
	{ .name = "source", .from = "source" }, { .name = "patient", .from = "patient" },
	{ .name = "from", .from = "from" }, { .name = "to", .from = "to" },
	{ .name = "event", .from = "event" }, { .name = "type", .from = "type" },
	{ .name = "outcome", .from = "outcome" }, { .name = "user", .from = "user" },
	{ .name = "limit", .from = "limit" }, { .name = "after", .from = "after" },
	{ 0 }
};
static const struct column audit_received_columns[] = {
	{ .key = "number", .heading = "NUMBER", .right = true },
	{ .key = "time", .heading = "TIME" },
	{ .key = "source", .heading = "SOURCE" },
	{ .key = "event", .heading = "EVENT" },
	{ .key = "type", .heading = "TYPE" },
	{ .key = "action", .heading = "ACTION" },
	{ .key = "outcome", .heading = "OUTCOME" },
	{ .key = "user", .heading = "USER" },
	{ .key = "patient", .heading = "PATIENT" },
	{ .key = "again", .heading = "AGAIN", .right = true },
	{ 0 }
};
static const struct request audit_received = {
	.method = "GET", .path = "/admin/audit/received", .fields = audit_received_fields,
	.rows = "records", .columns = audit_received_columns,
};
static const struct request_field audit_show_fields[] = {
	{ .name = "number", .from = "1" }, { 0 }
};
static const struct column audit_show_columns[] = {
	{ .key = "number", .heading = "NUMBER", .right = true },
	{ .key = "received", .heading = "RECEIVED" },
	{ .key = "source", .heading = "SOURCE" },
	{ .key = "record", .heading = "RECORD" },
	{ 0 }
};
static const struct request audit_show = {
	.method = "GET", .path = "/admin/audit/received", .fields = audit_show_fields,
	.rows = "records", .columns = audit_show_columns,
};
static const struct request_field audit_search_fields[] = {
	{ .name = "patient", .from = "patient" },
	{ .name = "only_this_id", .from = "only-this-id" },
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
static const struct option_row audit_looked_options[] = {
	{ .name = "patient", .argument = "ID", .help = "whose records were looked at",
	  .needed = true },
	{ .name = "from", .argument = "TIME", .help = "not before, such as 2026-01-15" },
	{ .name = "to", .argument = "TIME", .help = "before" },
	{ .name = "language", .argument = "WORD",
	  .help = "of the words: ja (as without it) or en" },
	{ .name = "everything",
	  .help = "also what was given, changed and tended, not only looks" },
	{ .name = "limit", .argument = "N", .help = "at most so many, newest first (100)" },
	{ .name = "after", .argument = "MARK", .help = "go on behind the next of an earlier list" },
	{ 0 }
};
static const struct request_field audit_looked_fields[] = {
	{ .name = "patient", .from = "patient" },
	{ .name = "from", .from = "from" },
	{ .name = "to", .from = "to" },
	{ .name = "language", .from = "language" },
	{ .name = "everything", .from = "everything" },
	{ .name = "limit", .from = "limit" },
	{ .name = "after", .from = "after" },
	{ 0 }
};
static const struct column audit_looked_columns[] = {
	{ .key = "time", .heading = "TIME" },
	{ .key = "who", .heading = "WHO" },
	{ .key = "person", .heading = "PERSON" },
	{ .key = "what", .heading = "WHAT" },
	{ .key = "about", .heading = "DOCUMENTS" },
	{ .key = "refused", .heading = "REFUSED" },
	{ 0 }
};
static const struct request audit_looked = {
	.method = "GET", .path = "/admin/audit/looked", .fields = audit_looked_fields,
	.rows = "looks", .columns = audit_looked_columns,
};
/* What is handed to a facility, or to the patient: named in both languages wherever it is read. */
static const struct option_row disclosure_records_options[] = {
	{ .name = "facility", .argument = "NAME",
	  .help = "what this facility provided, and what it was provided with" },
	{ .name = "patient", .argument = "ID", .help = "of one person: 'ID^^^&OID&ISO' or "
						      "ID@FACILITY" },
	{ .name = "from", .argument = "TIME", .help = "not before, such as 2026-01-15" },
	{ .name = "to", .argument = "TIME", .help = "before" },
	{ .name = "limit", .argument = "N",
	  .help = "of so many exchanges at most, newest first (100)" },
	{ .name = "after", .argument = "MARK", .help = "go on behind the next of an earlier list" },
	{ 0 }
};
static const struct request_field disclosure_records_fields[] = {
	{ .name = "facility", .from = "facility" }, { .name = "patient", .from = "patient" },
	{ .name = "from", .from = "from" }, { .name = "to", .from = "to" },
	{ .name = "limit", .from = "limit" }, { .name = "after", .from = "after" }, { 0 }
};
static const struct column disclosure_records_columns[] = {
	{ .key = "time", .heading = "提供日時 TIME", .titled = true },
	{ .key = "record", .heading = "区分 RECORD", .titled = true },
	{ .key = "provider", .heading = "提供元 PROVIDER", .titled = true },
	{ .key = "receiver", .heading = "提供先 RECEIVER", .titled = true },
	{ .key = "receiver_person", .heading = "利用者 PERSON", .titled = true },
	{ .key = "purpose", .heading = "利用目的 PURPOSE", .titled = true },
	{ .key = "patient_at_provider", .heading = "提供元の患者番号 PATIENT AT PROVIDER",
	  .titled = true },
	{ .key = "patient_at_receiver", .heading = "提供先の患者番号 PATIENT AT RECEIVER",
	  .titled = true },
	{ .key = "patient_name", .heading = "本人氏名 NAME", .titled = true },
	{ .key = "items", .heading = "項目 ITEMS", .titled = true },
	{ .key = "consent", .heading = "同意 CONSENT", .titled = true },
	{ .key = "number", .heading = "監査記録番号 AUDIT RECORD", .right = true, .titled = true },
	{ 0 }
};
static const struct request disclosure_records = {
	.method = "GET", .path = "/admin/disclosure/records",
	.fields = disclosure_records_fields, .rows = "records",
	.columns = disclosure_records_columns,
};
static const struct option_row disclosure_bundle_options[] = {
	PATIENT_OPTION,
	{ .name = "directory", .argument = "DIR", .needed = true,
	  .help = "a new directory, which has its name when it is whole" },
	PROGRESS_OPTION, { 0 }
};
static const struct request_field disclosure_bundle_fields[] = {
	{ .name = "patient", .from = "patient" },
	{ .name = "directory", .from = "directory", .path = true }, { 0 }
};
static const struct request disclosure_bundle = {
	.method = "POST", .path = "/admin/disclosure/bundle", .fields = disclosure_bundle_fields,
};
static const struct request audit_verify = {
	.method = "POST", .path = "/admin/audit/verify", .verdict = "valid",
};

static const struct option_row audit_verify_options[] = {
	{ .name = "key", .argument = "FILE",
	  .help = "of an exported file: the public keys (PEM) it may be signed by" },
	PROGRESS_OPTION,
	{ 0 }
};
static const struct option_row audit_expire_options[] = {
	{ .name = "dry-run", .help = "only tell what would go, and why the rest stays" },
	{ .name = "node", .argument = "NAME",
	  .help = "of a node that is gone for good, instead of this one's" },
	PROGRESS_OPTION,
	{ 0 }
};
static const struct request_field audit_expire_fields[] = {
	{ .name = "dry-run", .from = "dry-run" }, { .name = "node", .from = "node" }, { 0 }
};
static const struct request audit_expire = {
	.method = "POST", .path = "/admin/audit/expire", .fields = audit_expire_fields,
};
static const struct option_row audit_export_options[] = {
	{ .name = "from", .argument = "TIME", .help = "not before, such as 2026-01-15" },
	{ .name = "to", .argument = "TIME", .help = "before" },
	{ .name = "received", .help = "what other systems sent us, instead of our own log" },
	PROGRESS_OPTION,
	{ 0 }
};
static const struct request_field audit_export_fields[] = {
	{ .name = "file", .from = "1", .path = true }, { .name = "from", .from = "from" },
	{ .name = "to", .from = "to" }, { .name = "received", .from = "received" }, { 0 }
};
static const struct request audit_export = {
	.method = "POST", .path = "/admin/audit/export", .fields = audit_export_fields,
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
	{ .key = "lost", .heading = "LOST", .right = true }, { .key = "is", .heading = "IS" },
	{ .key = "consumer", .heading = "CONSUMER" }, { 0 }
};
static const struct request subscription_list = {
	.method = "GET", .path = "/admin/subscriptions", .fields = subscription_list_fields,
	.rows = "subscriptions",
	.columns = subscription_columns,
};
static const struct request subscription_show = {
	.method = "GET", .path = "/admin/subscriptions/{id}", .fields = fields_id,
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
	.rows = "patients", .columns = columns_patients,
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
	.method = "GET", .path = "/admin/partner/patient", .fields = fields_patient,
};
static const struct option_row partner_discover_options[] = {
	{ .name = "partner", .argument = "NAME", .help = "the community that is asked" },
	{ .name = "all", .help = "or all that the configuration names" },
	PATIENT_OPTION,
	{ .name = "without-code", .help = "it is told no code to ask us back by" },
	{ 0 }
};
static const struct request_field partner_discover_fields[] = {
	{ .name = "partner", .from = "partner" }, { .name = "all", .from = "all" },
	{ .name = "patient", .from = "patient" },
	{ .name = "without_code", .from = "without-code" }, { 0 }
};
static const struct column partner_discover_columns[] = {
	{ .key = "partner", .heading = "PARTNER" }, { .key = "answer", .heading = "ANSWER" },
	{ .key = "id", .heading = "ID THERE" }, { .key = "until", .heading = "UNTIL" },
	{ .key = "named_by", .heading = "NAMED BY" }, { .key = "why", .heading = "WHY" }, { 0 }
};
static const struct request partner_discover = {
	.method = "POST", .path = "/admin/partner/discover", .fields = partner_discover_fields,
	.rows = "communities", .columns = partner_discover_columns,
};
static const struct column partner_correlation_columns[] = {
	{ .key = "partner", .heading = "PARTNER" }, { .key = "answer", .heading = "ANSWER" },
	{ .key = "id", .heading = "ID THERE" }, { .key = "asked", .heading = "ASKED" },
	{ .key = "until", .heading = "UNTIL" }, { .key = "holds", .heading = "HOLDS" }, { 0 }
};
static const struct request partner_correlations = {
	.method = "GET", .path = "/admin/partner/correlations", .fields = fields_patient,
	.rows = "correlations", .columns = partner_correlation_columns,
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

static const struct option_row exchange_list_options[] = {
	{ .name = "system", .argument = "NAME", .help = "only of this registered system" },
	{ .name = "transaction", .argument = "CODE",
	  .help = "only of this transaction, such as ITI-43" },
	{ .name = "refused", .help = "only what was not done" },
	{ .name = "limit", .argument = "N", .help = "at most so many, newest first (100)" },
	{ .name = "after", .argument = "MARK", .help = "go on behind the next of an earlier list" },
	{ 0 }
};
static const struct request_field exchange_list_fields[] = {
	{ .name = "system", .from = "system" },
	{ .name = "transaction", .from = "transaction" },
	{ .name = "refused", .from = "refused" },
	{ .name = "limit", .from = "limit" },
	{ .name = "after", .from = "after" },
	{ 0 }
};
static const struct column exchange_columns[] = {
	{ .key = "id", .heading = "EXCHANGE" },
	{ .key = "at", .heading = "TIME" },
	{ .key = "transaction", .heading = "TRANSACTION" },
	{ .key = "system", .heading = "SYSTEM" },
	{ .key = "address", .heading = "ADDRESS" },
	{ .key = "result", .heading = "RESULT" },
	{ .key = "status", .heading = "HTTP", .right = true },
	{ .key = "milliseconds", .heading = "MS", .right = true },
	{ 0 }
};
static const struct request exchange_list = {
	.method = "GET", .path = "/admin/exchanges", .fields = exchange_list_fields,
	.rows = "exchanges", .columns = exchange_columns,
};
const struct request request_exchange_show = {
	.method = "GET", .path = "/admin/exchanges/{id}", .fields = fields_id,
};
static const struct option_row exchange_body_options[] = {
	{ .name = "answer", .help = "what was answered, instead of what was sent" },
	{ .name = "out", .argument = "FILE",
	  .help = "into this new file; else to standard output" },
	{ 0 }
};
static const struct request_field exchange_body_fields[] = {
	{ .name = "id", .from = "1" }, { .name = "answer", .from = "answer" }, { 0 }
};
static const struct request exchange_body = {
	.method = "GET", .path = "/admin/exchanges/{id}/body", .fields = exchange_body_fields,
};
static const struct option_row exchange_replay_options[] = {
	{ .name = "dry-run", .help = "without effect: nothing else is to be had (needed)" },
	{ 0 }
};
static const struct request_field exchange_replay_fields[] = {
	{ .name = "id", .from = "1" }, { .name = "dry_run", .from = "dry-run" }, { 0 }
};
static const struct request exchange_replay = {
	.method = "POST", .path = "/admin/exchange/replay", .fields = exchange_replay_fields,
	.verdict = "same",
};

const struct command commands_exchanges[] = {
	{ .noun = "exchange", .verb = "list", .options = exchange_list_options,
	  .run = command_ask, .request = &exchange_list,
	  .help = "who asked for what lately, and how it was answered",
	  .examples = "minato exchange list --refused\n"
		      "minato exchange list --system a-hospital --transaction ITI-43" },
	{ .noun = "exchange", .verb = "show", .arguments = "ID", .options = options_none,
	  .run = command_ask, .request = &request_exchange_show,
	  .help = "one of them, by the id that is in every answer",
	  .examples = "minato exchange show 00692d1f2a7b01c3" },
	{ .noun = "exchange", .verb = "body", .arguments = "ID", .options = exchange_body_options,
	  .run = command_document_fetch, .request = &exchange_body,
	  .help = "what was sent in it, or answered, where that is kept",
	  .examples = "minato exchange body 00692d1f2a7b01c3 --out sent.xml\n"
		      "minato exchange body 00692d1f2a7b01c3 --answer" },
	{ .noun = "exchange", .verb = "replay", .arguments = "ID",
	  .options = exchange_replay_options, .run = command_exchange_replay,
	  .request = &exchange_replay,
	  .help = "how it would be answered now, without doing anything",
	  .examples = "minato exchange replay 00692d1f2a7b01c3 --dry-run" },
	{ .noun = "audit", .verb = "search", .options = audit_search_options, .run = command_ask,
	  .request = &audit_search,
	  .help = "who did what with whose records",
	  .examples = "minato audit search --patient 101@a-hospital\n"
		      "minato audit search --patient 101@a-hospital --only-this-id\n"
		      "minato audit search --transaction ITI-43 --from 2026-01-15\n"
		      "minato audit search --problem XDSUnknownPatientId" },
	{ .noun = "audit", .verb = "who-looked", .options = audit_looked_options,
	  .run = command_ask, .request = &audit_looked,
	  .help = "who looked at a person's records, in words for that person",
	  .examples = "minato audit who-looked --patient 101@a-hospital\n"
		      "minato audit who-looked --patient 101@a-hospital --language en\n"
		      "minato audit who-looked --patient 101@a-hospital --everything" },
	{ .noun = "disclosure", .verb = "bundle", .options = disclosure_bundle_options,
	  .run = command_ask, .request = &disclosure_bundle, .long_work = "disclosure bundle",
	  .help = "everything that is held about a person, for that person (開示)",
	  .examples = "minato disclosure bundle --patient 101@a-hospital --directory "
		      "/var/lib/minato/disclosure/101" },
	{ .noun = "disclosure", .verb = "records", .options = disclosure_records_options,
	  .run = command_ask, .request = &disclosure_records,
	  .help = "who was provided with whose documents, by whom and on which consent",
	  .examples = "minato disclosure records --facility a-hospital --from 2026-01-01\n"
		      "minato disclosure records --patient 101@a-hospital --output csv" },
	{ .noun = "audit", .verb = "verify", .arguments = "[FILE]", .options = audit_verify_options,
	  .run = command_audit_verify, .request = &audit_verify, .long_work = "audit verify",
	  .help = "verify the audit log, or exported records away from it",
	  .examples = "minato audit verify\n"
		      "minato audit verify /var/lib/minato/january.audit --key node.pub" },
	{ .noun = "audit", .verb = "expire", .options = audit_expire_options,
	  .run = command_ask, .request = &audit_expire, .long_work = "audit expire",
	  .help = "remove audit records that were kept long enough (keep)",
	  .examples = "minato audit expire --dry-run\nminato audit expire" },
	{ .noun = "audit", .verb = "export", .arguments = "FILE", .options = audit_export_options,
	  .run = command_ask, .request = &audit_export, .long_work = "audit export",
	  .help = "write audit records into a signed file that proves itself",
	  .examples = "minato audit export /var/lib/minato/january.audit --from 2026-01-01 "
		      "--to 2026-02-01\n"
		      "minato audit export /var/lib/minato/others.audit --received" },
	{ .noun = "audit", .verb = "received", .options = audit_received_options,
	  .run = command_ask, .request = &audit_received,
	  .help = "search the audit records other systems have sent us (ITI-20)",
	  .examples = "minato audit received --source a-hospital\n"
		      "minato audit received --patient 101@a-hospital --from 2026-01-15\n"
		      "minato audit received --type ITI-43 --outcome 8" },
	{ .noun = "audit", .verb = "show", .arguments = "NUMBER", .options = options_none,
	  .run = command_ask, .request = &audit_show,
	  .help = "show a received audit record as it came",
	  .examples = "minato audit show 12" },
	{ .noun = "audit", .verb = "aside", .options = audit_aside_options, .run = command_ask,
	  .request = &audit_aside,
	  .help = "records that an audit repository does not take, by their numbers",
	  .examples = "minato audit aside" },
	{ .noun = "audit", .verb = "retry", .arguments = "REPOSITORY", .options = options_none,
	  .run = command_ask, .request = &audit_retry,
	  .help = "have the records that were set aside for it tried again",
	  .examples = "minato audit retry national" },
	{ .noun = "errand", .verb = "list", .options = errand_list_options, .run = command_ask,
	  .request = &errand_list,
	  .help = "what waits to be sent to others, and why it waits",
	  .examples = "minato errand list\nminato errand list --partner b-clinic" },
	{ .noun = "errand", .verb = "show", .arguments = "NUMBER", .options = options_none,
	  .run = command_ask, .request = &errand_show,
	  .help = "one of them: what it refers to, and how its queue is",
	  .examples = "minato errand show 42" },
	{ .noun = "errand", .verb = "retry", .arguments = "NUMBER", .options = options_none,
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
	{ .noun = "subscription", .verb = "show", .arguments = "ID", .options = options_none,
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
	{ .noun = "partner", .verb = "show", .options = options_patient, .run = command_ask,
	  .request = &partner_show,
	  .help = "what partners know a person by: codes, and their own ids",
	  .examples = "minato partner show --patient 101@a-hospital" },
	{ .noun = "partner", .verb = "discover", .options = partner_discover_options,
	  .run = command_ask, .request = &partner_discover,
	  .help = "ask other communities whether they know a person (ITI-55)",
	  .examples = "minato partner discover --partner west --patient 101@a-hospital\n"
		      "minato partner discover --all --patient 101@a-hospital" },
	{ .noun = "partner", .verb = "correlations", .options = options_patient,
	  .run = command_ask, .request = &partner_correlations,
	  .help = "what they answered, and until when that is relied on",
	  .examples = "minato partner correlations --patient 101@a-hospital" },
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
	{ 0 }
};
