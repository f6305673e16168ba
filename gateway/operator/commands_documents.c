/* gateway/operator/commands_documents.c: documents, and how long they are kept. */
#include "gateway/operator/command_rows.h"

/* Rows are laid out by hand. */
/* clang-format off */

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
static const struct request document_show = {
	.method = "GET", .path = "/admin/document", .fields = fields_id,
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
	.method = "GET", .path = "/admin/document/octets", .fields = fields_id,
};
static const struct request document_verify = {
	.method = "GET", .path = "/admin/document/verify", .fields = fields_id,
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
	.method = "GET", .path = "/admin/document/history", .fields = fields_id,
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
	{ .key = "hc_role", .heading = "HC ROLE" },
	{ .key = "timestamp", .heading = "TIMESTAMP" },
	{ 0 }
};
static const struct request document_signatures = {
	.method = "GET", .path = "/admin/document/signatures", .fields = fields_id,
	.rows = "signatures",
	.columns = document_signatures_columns,
};

static const struct option_row inbox_list_options[] = {
	{ .name = "inbox", .argument = "NAME", .help = "only what was pushed to this one" },
	{ .name = "limit", .argument = "N", .help = "at most so many (100)" },
	{ .name = "after", .argument = "ID", .help = "go on behind the next of an earlier list" },
	{ 0 }
};
static const struct request_field inbox_list_fields[] = {
	{ .name = "inbox", .from = "inbox" }, { .name = "limit", .from = "limit" },
	{ .name = "after", .from = "after" }, { 0 }
};
static const struct column inbox_list_columns[] = {
	{ .key = "id", .heading = "ID" },
	{ .key = "inbox", .heading = "INBOX" },
	{ .key = "received", .heading = "RECEIVED" },
	{ .key = "from", .heading = "FROM" },
	{ .key = "documents", .heading = "DOCUMENTS", .right = true },
	{ .key = "octets", .heading = "OCTETS", .right = true },
	{ .key = "state", .heading = "STATE" },
	{ 0 }
};
static const struct request inbox_list = {
	.method = "GET", .path = "/admin/pushes", .fields = inbox_list_fields,
	.rows = "pushes",
	.columns = inbox_list_columns,
};
static const struct request inbox_show = {
	.method = "GET", .path = "/admin/pushes/{id}", .fields = fields_id,
};
static const struct option_row inbox_fetch_options[] = {
	{ .name = "document", .argument = "UNIQUEID",
	  .help = "this document; else the metadata of all" },
	{ .name = "out", .argument = "FILE",
	  .help = "into this new file; else to standard output" },
	{ 0 }
};
static const struct request_field inbox_fetch_fields[] = {
	{ .name = "id", .from = "1" }, { .name = "document", .from = "document" }, { 0 }
};
static const struct request inbox_fetch = {
	.method = "GET", .path = "/admin/push/octets", .fields = inbox_fetch_fields,
};
static const struct request inbox_take = {
	.method = "POST", .path = "/admin/push/take", .fields = fields_id,
};
static const struct option_row inbox_drop_options[] = { REASON_OPTION, { 0 } };
static const struct request_field inbox_drop_fields[] = {
	{ .name = "id", .from = "1" }, { .name = "reason", .from = "reason" }, { 0 }
};
static const struct request inbox_drop = {
	.method = "POST", .path = "/admin/push/drop", .fields = inbox_drop_fields,
};

const struct command commands_documents[] = {
	{ .noun = "document", .verb = "list", .options = document_list_options, .run = command_ask,
	  .request = &document_list,
	  .help = "what is held about a person",
	  .examples = "minato document list --patient 031@b-clinic" },
	{ .noun = "document", .verb = "show", .arguments = "ID", .options = options_none,
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
	{ .noun = "document", .verb = "view", .arguments = "ID", .options = options_none,
	  .run = command_document_view, .request = &document_fetch,
	  .help = "a document as a screen: CDA, FHIR, HL7 v2 and text",
	  .examples = "minato document view 2.999.20.1.42" },
	{ .noun = "document", .verb = "verify", .arguments = "ID", .options = options_progress,
	  .run = command_ask, .request = &document_verify, .long_work = "document verify",
	  .help = "read it once more and compare it with its registration",
	  .examples = "minato document verify 2.999.20.1.42" },
	{ .noun = "document", .verb = "offer", .options = options_progress, .run = command_ask,
	  .request = &document_offer, .long_work = "document offer",
	  .help = "offer views on demand to who had messages before",
	  .examples = "minato document offer" },
	{ .noun = "document", .verb = "history", .arguments = "ID", .options = options_none,
	  .run = command_ask, .request = &document_history,
	  .help = "what it replaced, what replaced it, and where it belongs",
	  .examples = "minato document history 2.999.20.1.42" },
	{ .noun = "document", .verb = "signatures", .arguments = "ID", .options = options_progress,
	  .run = command_ask, .request = &document_signatures, .long_work = "document signatures",
	  .help = "who signed it, each verified with what holds now",
	  .examples = "minato document signatures 2.999.20.1.42\n"
		      "minato document signatures 2.999.20.1.42 --output json" },
	{ .noun = "retention", .verb = "list", .options = options_none, .run = command_ask,
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
	{ .noun = "inbox", .verb = "list", .options = inbox_list_options, .run = command_ask,
	  .request = &inbox_list,
	  .help = "what was pushed to facilities' inboxes (XDR), and not dropped yet",
	  .examples = "minato inbox list\n"
		      "minato inbox list --inbox b-clinic" },
	{ .noun = "inbox", .verb = "show", .arguments = "ID", .options = options_none,
	  .run = command_ask, .request = &inbox_show,
	  .help = "one of them: whose it is, and its documents",
	  .examples = "minato inbox show 41d0c8b2f6a7934e" },
	{ .noun = "inbox", .verb = "fetch", .arguments = "ID", .options = inbox_fetch_options,
	  .run = command_document_fetch, .request = &inbox_fetch,
	  .help = "a document of it, verified, or its metadata",
	  .examples = "minato inbox fetch 41d0c8b2f6a7934e --document 2.999.7.1 --out pushed.pdf\n"
		      "minato inbox fetch 41d0c8b2f6a7934e --out metadata.xml" },
	{ .noun = "inbox", .verb = "take", .arguments = "ID", .options = options_none,
	  .run = command_ask, .request = &inbox_take,
	  .help = "note that its facility has it",
	  .examples = "minato inbox take 41d0c8b2f6a7934e" },
	{ .noun = "inbox", .verb = "drop", .arguments = "ID", .options = inbox_drop_options,
	  .run = command_ask, .request = &inbox_drop,
	  .help = "let it go, documents and all",
	  .examples = "minato inbox drop 41d0c8b2f6a7934e --reason 'taken by the clinic'" },
	{ 0 }
};
