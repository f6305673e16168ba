/* gateway/operator/commands_emergencies.c: who broke the glass, and that his patient is told. */
#include "gateway/operator/command_rows.h"

/* Rows are laid out by hand. */
/* clang-format off */

#define LIST_OPTIONS(those)                                                                        \
	{ .name = "all", .help = those },                                                          \
	{ .name = "limit", .argument = "N", .help = "at most so many (100), the oldest first" },   \
	{ .name = "after", .argument = "MARK", .help = "go on behind the next of an earlier list" }
static const struct option_row review_list_options[] = {
	LIST_OPTIONS("also those that were reviewed"), { 0 }
};
static const struct option_row notice_list_options[] = {
	LIST_OPTIONS("also those that were told"), { 0 }
};
static const struct request_field list_fields[] = {
	{ .name = "all", .from = "all" }, { .name = "limit", .from = "limit" },
	{ .name = "after", .from = "after" }, { 0 }
};
static const struct column review_columns[] = {
	{ .key = "id", .heading = "ID" },
	{ .key = "since", .heading = "SINCE" },
	{ .key = "facility", .heading = "FACILITY" },
	{ .key = "who", .heading = "WHO" },
	{ .key = "patient", .heading = "PATIENT" },
	{ .key = "reason", .heading = "REASON" },
	{ .key = "accesses", .heading = "ACCESSES", .right = true },
	{ .key = "state", .heading = "STATE" },
	{ .key = "notice", .heading = "NOTICE" },
	{ 0 }
};
static const struct request review_list = {
	.method = "GET", .path = "/admin/reviews", .fields = list_fields, .rows = "overrides",
	.columns = review_columns,
};
static const struct request review_show = {
	.method = "GET", .path = "/admin/reviews/{id}", .fields = fields_id,
};
static const struct option_row review_close_options[] = { REASON_OPTION, { 0 } };
static const struct request_field review_close_fields[] = {
	{ .name = "id", .from = "1" }, { .name = "reason", .from = "reason" }, { 0 }
};
static const struct request review_close = {
	.method = "POST", .path = "/admin/review", .fields = review_close_fields,
};

static const struct column notice_columns[] = {
	{ .key = "id", .heading = "ID" },
	{ .key = "since", .heading = "SINCE" },
	{ .key = "facility", .heading = "FACILITY" },
	{ .key = "patient", .heading = "PATIENT" },
	{ .key = "notice", .heading = "NOTICE" },
	{ .key = "errand", .heading = "ERRAND", .right = true },
	{ .key = "told", .heading = "TOLD" },
	{ .key = "told_how", .heading = "HOW" },
	{ 0 }
};
static const struct request notice_list = {
	.method = "GET", .path = "/admin/notices", .fields = list_fields, .rows = "notices",
	.columns = notice_columns,
};
static const struct request notice_show = {
	.method = "GET", .path = "/admin/notices/{id}", .fields = fields_id,
};
static const struct option_row notice_sent_options[] = {
	{ .name = "how", .argument = "TEXT", .needed = true,
	  .help = "how the patient was told, and when: \"letter of 2026-01-20\"" },
	{ 0 }
};
static const struct request_field notice_sent_fields[] = {
	{ .name = "id", .from = "1" }, { .name = "how", .from = "how" }, { 0 }
};
static const struct request notice_sent = {
	.method = "POST", .path = "/admin/notice", .fields = notice_sent_fields,
};

static const struct column disaster_columns[] = {
	{ .key = "number", .heading = "NUMBER", .right = true },
	{ .key = "state", .heading = "STATE" },
	{ .key = "municipalities", .heading = "MUNICIPALITIES" },
	{ .key = "since", .heading = "SINCE" },
	{ .key = "until", .heading = "UNTIL" },
	{ .key = "by", .heading = "BY" },
	{ .key = "approved_by", .heading = "APPROVED BY" },
	{ .key = "reason", .heading = "REASON" },
	{ 0 }
};
static const struct request disaster_list = {
	.method = "GET", .path = "/admin/disasters", .rows = "disasters",
	.columns = disaster_columns,
};
static const struct option_row disaster_on_options[] = {
	{ .name = "municipality", .argument = "CODE", .needed = true,
	  .help = "codes of the region's rules, parted by commas" },
	{ .name = "until", .argument = "TIME", .needed = true,
	  .help = "when it ends by itself, such as 2026-01-15 or 2026-01-15T09:00:00Z" },
	REASON_OPTION, { 0 }
};
static const struct request_field disaster_on_fields[] = {
	{ .name = "action", .fixed = "on" }, { .name = "municipality", .from = "municipality" },
	{ .name = "until", .from = "until" }, { .name = "reason", .from = "reason" }, { 0 }
};
static const struct request disaster_on = {
	.method = "POST", .path = "/admin/disaster/decision", .fields = disaster_on_fields,
};
static const struct request_field disaster_approve_fields[] = {
	{ .name = "action", .fixed = "approve" }, { .name = "number", .from = "1" }, { 0 }
};
static const struct request disaster_approve = {
	.method = "POST", .path = "/admin/disaster/decision", .fields = disaster_approve_fields,
};
static const struct option_row disaster_off_options[] = { REASON_OPTION, { 0 } };
static const struct request_field disaster_off_fields[] = {
	{ .name = "action", .fixed = "off" }, { .name = "number", .from = "1" },
	{ .name = "reason", .from = "reason" }, { 0 }
};
static const struct request disaster_off = {
	.method = "POST", .path = "/admin/disaster/decision", .fields = disaster_off_fields,
};

const struct command commands_emergencies[] = {
	{ .noun = "review", .verb = "list", .options = review_list_options, .run = command_ask,
	  .request = &review_list,
	  .help = "who broke the glass, and nobody has reviewed it yet",
	  .examples = "minato review list\n"
		      "minato review list --all --limit 1000 --output csv" },
	{ .noun = "review", .verb = "show", .arguments = "ID", .options = options_none,
	  .run = command_ask, .request = &review_show,
	  .help = "one override: who, of whom, why, and what has become of it",
	  .examples = "minato review show 00692d1f2a7b01c3" },
	{ .noun = "review", .verb = "close", .arguments = "ID", .options = review_close_options,
	  .run = command_ask, .request = &review_close,
	  .help = "it was looked at; not by who broke the glass",
	  .examples = "minato review close 00692d1f2a7b01c3 --reason \"asked the ward: "
		      "justified\"" },
	{ .noun = "notice", .verb = "list", .options = notice_list_options, .run = command_ask,
	  .request = &notice_list,
	  .help = "patients who are still to be told of an override",
	  .examples = "minato notice list\n"
		      "minato notice list --all" },
	{ .noun = "notice", .verb = "show", .arguments = "ID", .options = options_none,
	  .run = command_ask, .request = &notice_show,
	  .help = "what the patient is told, in Japanese and English, to be printed",
	  .examples = "minato notice show 00692d1f2a7b01c3" },
	{ .noun = "notice", .verb = "sent", .arguments = "ID", .options = notice_sent_options,
	  .run = command_ask, .request = &notice_sent,
	  .help = "the patient was told, and how",
	  .examples = "minato notice sent 00692d1f2a7b01c3 --how \"letter of 2026-01-20\"" },
	{ .noun = "disaster", .verb = "list", .options = options_none, .run = command_ask,
	  .request = &disaster_list,
	  .help = "disaster mode: what is on, what waits for approval, what was",
	  .examples = "minato disaster list" },
	{ .noun = "disaster", .verb = "on", .options = disaster_on_options, .run = command_ask,
	  .request = &disaster_on,
	  .help = "declare a disaster; it is on when another operator has approved it",
	  .examples = "minato disaster on --municipality 04202,04205 --until 2026-03-18 --reason "
		      "\"earthquake of 2026-03-11\"" },
	{ .noun = "disaster", .verb = "approve", .arguments = "NUMBER", .options = options_none,
	  .run = command_ask, .request = &disaster_approve,
	  .help = "what another operator has declared is on from now",
	  .examples = "minato disaster approve 1" },
	{ .noun = "disaster", .verb = "off", .arguments = "NUMBER",
	  .options = disaster_off_options, .run = command_ask, .request = &disaster_off,
	  .help = "it is over before its time",
	  .examples = "minato disaster off 1 --reason \"telephones work again\"" },
	{ 0 }
};
