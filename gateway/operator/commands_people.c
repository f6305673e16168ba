/* gateway/operator/commands_people.c: people, what decides who is one, and their consent. */
#include "gateway/operator/command_rows.h"

#include "schemas/model/paper.h"

/* Rows are laid out by hand. */
/* clang-format off */

/* The paper it was written on. */
#define FORM_OPTION                                                                                \
	{ .name = "form", .argument = "FILE",                                                      \
	  .help = "the signed form, scanned: PDF, TIFF or JPEG, up to 4 MiB; kept with it" }
/* When a decision holds, and by what whoever made it was known. */
#define CONSENT_OPTIONS                                                                            \
	{ .name = "from", .argument = "TIME",                                                      \
	  .help = "it holds from then on: 2026-04-01, 2026-04-01T09:00+09:00 (now)" },             \
	{ .name = "until", .argument = "TIME",                                                     \
	  .help = "and from then on no more, as if it had not been made" },                        \
	{ .name = "proof", .argument = "KIND",                                                     \
	  .help = "by what the patient was known: card-reader, my-number-card, driving-licence, "  \
		  "insurance-card, passport, residence-card, disability-certificate, "             \
		  "known-in-person, representative, other" },                                      \
	{ .name = "proof-date", .argument = "DATE",                                                \
	  .help = "the day somebody looked at it (today)" },                                       \
	{ .name = "proof-by", .argument = "TEXT", .help = "who did (whoever runs this)" },         \
	FORM_OPTION
static const struct option_row consent_options[] = {
	PATIENT_OPTION, CONSENT_OPTIONS, REASON_OPTION, { 0 }
};
static const struct option_row consent_grant_options[] = {
	PATIENT_OPTION,
	{ .name = "facility", .argument = "NAME", .needed = true, .help = "to whom" },
	{ .name = "groups", .argument = "NAMES", .needed = true,
	  .help = "kinds of documents of the region's rules, with a comma between" },
	{ .name = "until", .argument = "TIME", .needed = true,
	  .help = "the end of the visit: 2026-04-01, 2026-04-01T18:00+09:00" },
	{ .name = "from", .argument = "TIME", .help = "from then on (now)" },
	{ .name = "proof", .argument = "KIND",
	  .help = "by what the patient was known: see consent join" },
	{ .name = "proof-date", .argument = "DATE",
	  .help = "the day somebody looked at it (today)" },
	{ .name = "proof-by", .argument = "TEXT", .help = "who did (whoever runs this)" },
	FORM_OPTION,
	REASON_OPTION,
	{ 0 }
};
static const struct option_row consent_revoke_options[] = {
	PATIENT_OPTION,
	{ .name = "facility", .argument = "NAME", .needed = true, .help = "from whom" },
	FORM_OPTION,
	REASON_OPTION,
	{ 0 }
};
static const struct option_row consent_facility_options[] = {
	PATIENT_OPTION,
	{ .name = "facility", .argument = "NAME", .help = "the facility meant" },
	{ .name = "role", .argument = "NAME",
	  .help = "or whoever has this role, by the region's rules" },
	{ .name = "person", .argument = "ID@ISSUER",
	  .help = "or one person, as his assertions name him" },
	{ .name = "purpose", .argument = "NAME",
	  .help = "or whoever asks for this purpose, by the region's rules: research" },
	{ .name = "documents", .argument = "NAME",
	  .help = "or from everybody the documents of this kind, by the region's rules" },
	{ .name = "document", .argument = "ID", .help = "or one document, by its uniqueId" },
	{ .name = "period", .argument = "FROM-TO",
	  .help = "or what was made, or is about, from then to then: 2019-202003" },
	CONSENT_OPTIONS,
	REASON_OPTION,
	{ 0 }
};
#define CONSENT(action)                                                                            \
	static const struct request_field consent_##action##_fields[] = {                          \
		{ .name = "patient", .from = "patient" },                                          \
		{ .name = "action", .fixed = #action },                                            \
		{ .name = "facility", .from = "facility" },                                        \
		{ .name = "role", .from = "role" }, { .name = "person", .from = "person" },        \
		{ .name = "documents", .from = "documents" },                                      \
		{ .name = "document", .from = "document" },                                        \
		{ .name = "purpose", .from = "purpose" },                                          \
		{ .name = "period", .from = "period" }, { .name = "groups", .from = "groups" },    \
		{ .name = "from", .from = "from" }, { .name = "until", .from = "until" },          \
		{ .name = "proof", .from = "proof" },                                              \
		{ .name = "proof_date", .from = "proof-date" },                                    \
		{ .name = "proof_by", .from = "proof-by" },                                        \
		{ .name = "form", .from = "form", .octets_most = PAPER_MOST },                     \
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
CONSENT(grant);
CONSENT(revoke);
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

static const struct option_row consent_form_options[] = {
	PATIENT_OPTION,
	{ .name = "event", .argument = "N", .needed = true,
	  .help = "the decision, by its event in consent show" },
	{ .name = "out", .argument = "FILE",
	  .help = "into this new file; else to standard output" },
	{ 0 }
};
static const struct request_field consent_form_fields[] = {
	{ .name = "patient", .from = "patient" }, { .name = "event", .from = "event" }, { 0 }
};
static const struct request consent_form = {
	.method = "GET", .path = "/admin/consent/form", .fields = consent_form_fields,
};

static const struct option_row consent_explain_options[] = {
	PATIENT_OPTION,
	{ .name = "as", .argument = "WHO", .needed = true,
	  .help = "who asks: FACILITY, FACILITY/ROLE or FACILITY/ROLE/PURPOSE, by the names of the "
		  "region's rules" },
	{ .name = "document", .argument = "ID", .needed = true,
	  .help = "the document: its uniqueId or entryUUID" },
	{ .name = "emergency",
	  .help = "in an emergency, vouched for and with a reason: breaking the glass" },
	{ 0 }
};
static const struct request_field consent_explain_fields[] = {
	{ .name = "patient", .from = "patient" }, { .name = "as", .from = "as" },
	{ .name = "document", .from = "document" },
	{ .name = "emergency", .from = "emergency" }, { 0 }
};
static const struct column consent_explain_columns[] = {
	{ .key = "decides", .heading = "DECIDES" },
	{ .key = "applies", .heading = "APPLIES" },
	{ .key = "misses", .heading = "MISSES" },
	{ .key = "ruling", .heading = "RULING" },
	{ .key = "rule", .heading = "RULE" },
	{ .key = "where", .heading = "WHERE" },
	{ 0 }
};
static const struct request consent_explain = {
	.method = "GET", .path = "/admin/consent/explain", .fields = consent_explain_fields,
	.rows = "rules", .columns = consent_explain_columns, .verdict = "sees",
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
static const struct request patient_list = {
	.method = "GET", .path = "/admin/patients", .fields = patient_list_fields,
	.rows = "patients",
	.columns = columns_patients,
};
static const struct option_row patient_find_options[] = {
	{ .name = "kana", .argument = "TEXT", .help = "what the name's reading begins with" },
	{ .name = "name", .argument = "TEXT",
	  .help = "what the name begins with, as it is written" },
	{ .name = "birth-date", .argument = "DATE",
	  .help = "the day of birth: 1970-03-03, 昭和45年3月3日" },
	{ .name = "id", .argument = "ID", .help = "the record: 'ID^^^&OID&ISO' or ID@FACILITY" },
	{ .name = "joined",
	  .help = "all records of each person found, whatever they say" },
	{ .name = "limit", .argument = "N", .help = "at most so many (50)" },
	{ .name = "after", .argument = "MARK", .help = "go on behind the next of an earlier list" },
	{ 0 }
};
static const struct request_field patient_find_fields[] = {
	{ .name = "kana", .from = "kana" }, { .name = "name", .from = "name" },
	{ .name = "birth_date", .from = "birth-date" }, { .name = "id", .from = "id" },
	{ .name = "joined", .from = "joined" }, { .name = "limit", .from = "limit" },
	{ .name = "after", .from = "after" }, { 0 }
};
static const struct request patient_find = {
	.method = "GET", .path = "/admin/patients/found", .fields = patient_find_fields,
	.rows = "patients", .columns = columns_patients,
};
static const struct request patient_show = {
	.method = "GET", .path = "/admin/patient", .fields = fields_patient,
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

static const struct option_row insured_options[] = {
	{ .name = "for", .argument = "ASKER", .needed = true,
	  .help = "who has these numbers, and is told of them alone" },
	{ .name = "purpose", .argument = "NAME", .needed = true,
	  .help = "what for: who excludes it is not known; by the rules, research" },
	{ 0 }
};
static const struct request_field insured_fields[] = {
	{ .name = "asker", .from = "for" },
	{ .name = "purpose", .from = "purpose" },
	{ .name = "octets", .from = "1", .octets_most = 128 << 10 },
	{ 0 }
};
static const struct column insured_columns[] = {
	{ .key = "group", .heading = "GROUP" }, { .key = "number", .heading = "NUMBER" }, { 0 }
};
static const struct request insured = {
	.method = "POST", .path = "/admin/insurance/partition", .fields = insured_fields,
	.rows = "numbers", .columns = insured_columns,
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

const struct command commands_people[] = {
	{ .noun = "patient", .verb = "list", .options = patient_list_options, .run = command_ask,
	  .request = &patient_list,
	  .help = "who is known, facility by facility",
	  .examples = "minato patient list --facility a-hospital\n"
		      "minato patient list --limit 1000 --output ndjson" },
	{ .noun = "patient", .verb = "find", .options = patient_find_options, .run = command_ask,
	  .request = &patient_find,
	  .help = "who may be meant, by reading, name, birth date or id",
	  .examples = "minato patient find --kana ヤマダ\n"
		      "minato patient find --name 山田 --birth-date 1970-03-03\n"
		      "minato patient find --id 101@a-hospital --joined" },
	{ .noun = "patient", .verb = "show", .options = options_patient, .run = command_ask,
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
	{ .noun = "insurance", .verb = "partition", .arguments = "FILE",
	  .options = insured_options, .run = command_ask, .request = &insured,
	  .help = "which insured numbers of a list are one person's",
	  .examples = "minato insurance partition numbers.txt --for nw2 --purpose research" },
	{ .noun = "match", .verb = "queue", .options = match_queue_options,
	  .run = command_match_queue, .request = &match_queue,
	  .help = "the pairs of records somebody must look at, side by side in short",
	  .examples = "minato match queue\n"
		      "minato match queue --limit 1000 --output csv" },
	{ .noun = "match", .verb = "show", .arguments = "ID ID", .options = options_none,
	  .run = command_match_show, .request = &match_show,
	  .help = "two records side by side, what agrees, and what a link would move",
	  .examples = "minato match show 101@a-hospital 031@b-clinic" },
	{ .noun = "match", .verb = "explain", .arguments = "ID ID", .options = options_none,
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
	{ 0 }
};

const struct command commands_consent[] = {
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
	  .help = "who may not see the person, or which documents nobody may",
	  .examples = "minato consent exclude --patient 101@a-hospital --facility d-pharmacy "
		      "--reason \"form of 2026-01-15\"" },
	{ .noun = "consent", .verb = "include", .options = consent_facility_options,
	  .run = command_ask, .request = &consent_include,
	  .help = "what was excluded may see the person again, or be seen",
	  .examples = "minato consent include --patient 101@a-hospital --facility d-pharmacy "
		      "--reason \"form of 2026-02-01\"" },
	{ .noun = "consent", .verb = "grant", .options = consent_grant_options,
	  .run = command_ask, .request = &consent_grant,
	  .help = "one facility may have documents of these groups, until an end",
	  .examples = "minato consent grant --patient 101@a-hospital --facility d-pharmacy "
		      "--groups medication --until 2099-02-01T18:00+09:00 "
		      "--proof card-reader --reason \"asked at the desk\"" },
	{ .noun = "consent", .verb = "revoke", .options = consent_revoke_options,
	  .run = command_ask, .request = &consent_revoke,
	  .help = "the facility may no more what was granted to it",
	  .examples = "minato consent revoke --patient 101@a-hospital --facility d-pharmacy "
		      "--reason \"asked by telephone\"" },
	{ .noun = "consent", .verb = "show", .options = consent_show_options, .run = command_ask,
	  .request = &consent_show,
	  .help = "what the person has decided, when, and by which document",
	  .examples = "minato consent show --patient "
		      "'101^^^&1.2.392.100495.20.3.51.11319951013&ISO'" },
	{ .noun = "consent", .verb = "form", .options = consent_form_options,
	  .run = command_document_fetch, .request = &consent_form,
	  .help = "the scanned form that came with a decision",
	  .examples = "minato consent form --patient 101@a-hospital --event 17 --out form.pdf" },
	{ .noun = "consent", .verb = "explain", .options = consent_explain_options,
	  .run = command_ask, .request = &consent_explain,
	  .help = "why somebody may have a document, or may not; exits 1 if not",
	  .examples = "minato consent explain --patient 101@a-hospital --as d-pharmacy --document "
		      "2.999.20.1.42" },
	{ 0 }
};
