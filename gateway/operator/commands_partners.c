/* gateway/operator/commands_partners.c: commands on other regions as partners: the table's rows. */
#include "gateway/operator/command_rows.h"

/* Rows are laid out by hand. */
/* clang-format off */

#define CA_OPTION                                                                                  \
	{ .name = "ca", .argument = "FILE",                                                        \
	  .help = "PEM file of the authorities its certificates are from" }
#define SERVER_OPTION                                                                              \
	{ .name = "server-certificate", .argument = "FILE",                                        \
	  .help = "instead: PEM file of its server's own certificate" }

static const struct option_row add_options[] = {
	{ .name = "from", .argument = "FILE", .help = "its description, which it made" },
	{ .name = "fingerprint", .argument = "HEX",
	  .help = "of who signed that, as you were told it" },
	{ .name = "title", .argument = "TEXT", .help = "the region's name, for people" },
	{ .name = "home-community-id", .argument = "URN", .help = "urn:oid: and its OID" },
	{ .name = "url", .argument = "URL", .help = "where it is asked for patients (ITI-55)" },
	{ .name = "query-url", .argument = "URL", .help = "for lists (ITI-38); else url" },
	{ .name = "retrieve-url", .argument = "URL", .help = "for documents (ITI-39); else url" },
	CA_OPTION, SERVER_OPTION,
	{ .name = "client-certificate", .argument = "FILE",
	  .help = "PEM file of its gateway's certificate, by which it asks us" },
	{ 0 }
};
static const struct option_row trust_options[] = { CA_OPTION, SERVER_OPTION, { 0 } };
static const struct option_row describe_options[] = {
	{ .name = "url", .argument = "URL", .needed = true,
	  .help = "https://HOST:PORT, as others know this host" },
	{ .name = "ca", .argument = "FILE",
	  .help = "PEM file of who issued our certificate; else https ca" },
	{ 0 }
};
static const struct request_field probe_fields[] = { { .name = "partner", .from = "1" }, { 0 } };
static const struct column probe_columns[] = {
	{ .key = "step", .heading = "STEP" }, { .key = "result", .heading = "RESULT" },
	{ .key = "what", .heading = "WHAT" }, { .key = "do", .heading = "DO" }, { 0 }
};
static const struct option_row disable_options[] = { REASON_OPTION, { 0 } };
static const struct request_field disable_fields[] = {
	{ .name = "facility", .from = "1" }, { .name = "reason", .from = "reason" }, { 0 }
};
static const struct request disable = {
	.method = "POST", .path = "/admin/facility/lock", .fields = disable_fields,
};
static const struct request enable = {
	.method = "POST", .path = "/admin/facility/unlock", .fields = disable_fields,
};
static const struct request probe = {
	.method = "POST", .path = "/admin/diagnose", .fields = probe_fields, .rows = "steps",
	.columns = probe_columns,
};

const struct command commands_partners[] = {
	{ .noun = "partner", .verb = "list", .options = options_none, .run = command_partner_list,
	  .help = "whom this gateway calls, and which of them are regions",
	  .examples = "minato partner list" },
	{ .noun = "partner", .verb = "add", .arguments = "NAME", .options = add_options,
	  .run = command_partner_add,
	  .help = "make another region a partner",
	  .examples = "minato partner add west --from west.json --fingerprint "
		      "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\n"
		      "minato partner add west --home-community-id urn:oid:2.999.30 "
		      "--url https://localhost:9443/xcpd --ca west-ca.pem" },
	{ .noun = "partner", .verb = "trust", .arguments = "NAME", .options = trust_options,
	  .run = command_partner_trust,
	  .help = "know a partner by other certificates from now on",
	  .examples = "minato partner trust west --ca west-ca.pem" },
	{ .noun = "partner", .verb = "disable", .arguments = "NAME", .options = disable_options,
	  .run = command_ask, .request = &disable,
	  .help = "ask a region nothing and answer it nothing, from now on",
	  .examples = "minato partner disable west --reason 'its key was stolen'" },
	{ .noun = "partner", .verb = "enable", .arguments = "NAME", .options = disable_options,
	  .run = command_ask, .request = &enable,
	  .help = "ask a region again, and answer it",
	  .examples = "minato partner enable west --reason 'it has a new key'" },
	{ .noun = "partner", .verb = "describe", .options = describe_options,
	  .run = command_partner_describe,
	  .help = "write what another region needs to make this one a partner",
	  .examples = "minato partner describe --url https://localhost:8443" },
	{ .noun = "partner", .verb = "probe", .arguments = "NAME", .options = options_progress,
	  .run = command_diagnose, .request = &probe, .long_work = "diagnose",
	  .help = "try a partner step by step: address, TLS, HTTP, SOAP",
	  .examples = "minato partner probe west" },
	{ 0 }
};
