/* gateway/operator/command_region.c: commands on a region's own files: init, facility, config. */
#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "gateway/config.h"
#include "gateway/config_units.h"
#include "gateway/operator/command.h"
#include "gateway/operator/region_files.h"

/* Shorter nobody exchanges a certificate; longer none holds. */
enum { OVERLAP_LEAST = 24 * 3600, OVERLAP_MOST = 730 * 24 * 3600 };

static bool port_option(const struct invocation *i, const char *name, unsigned preset,
			unsigned *out)
{
	const char *text = invocation_option(i, name);
	uint64_t n = preset;
	if (text != NULL && !text_to_number(text, 65535, &n)) {
		fprintf(i->talk,
			"minato: --%s \"%s\" is not a port\ndo: a number from 0 to 65535\n", name,
			text);
		return false;
	}
	*out = (unsigned)n;
	return true;
}

enum outcome command_init(struct invocation *i)
{
	struct problem problem = { 0 };
	struct region_plan plan = {
		.directory = i->arguments[0],
		.demo = invocation_option(i, "demo") != NULL,
		.neighbour = invocation_option(i, "neighbour") != NULL,
	};
	if (!port_option(i, "https-port", HTTPS_PORT, &plan.https_port)
	    || !port_option(i, "mllp-port", MLLP_PORT, &plan.mllp_port)
	    || !port_option(i, "admin-port", ADMIN_PORT, &plan.admin_port))
		return OUTCOME_USAGE;
	if (!region_init(&plan, i->arena, i->clock->now(i->clock), &problem)) {
		enum outcome o = invocation_fail(i, &problem);
		return problem.code == PROBLEM_CONFLICT ? OUTCOME_REFUSED : o;
	}
	fprintf(i->talk, "A region has been made in %s.\n", plan.directory);
	for (const struct facility *f = region_facilities(&plan); f->name != NULL; f++)
		fprintf(i->talk, "  %-12s %s, certificate and key in %s/pki/clients/%s.pem\n",
			f->name, f->title, plan.directory, f->name);
	fprintf(i->talk,
		"Start it:    minatod -c %s/minato.conf\n"
		"Is it ready: minato -c %s/minato.conf status\n",
		plan.directory, plan.directory);
	if (!plan.demo && !plan.neighbour)
		fprintf(i->talk,
			"Before it serves anybody, give the region its own identifiers in "
			"%s/minato.conf:\n"
			"those in it are examples (2.999).\n"
			"Every code is accepted until it has code sets; those of Japanese "
			"regions:\n"
			"  minato -c %s/minato.conf codes import " MINATO_DATADIR
			"/codes/japan.tsv\n",
			plan.directory, plan.directory);
	return OUTCOME_DONE;
}

static json_t *domains_of(const struct registered_system *s)
{
	json_t *list = json_array();
	for (const char *const *d = s->domains; d != NULL && *d != NULL; d++)
		json_array_append_new(list, json_string(*d));
	return list;
}

enum outcome command_facility_list(struct invocation *i)
{
	static const struct column columns[] = {
		{ .key = "name", .heading = "NAME" },
		{ .key = "title", .heading = "FACILITY" },
		{ .key = "institution_code", .heading = "INSTITUTION" },
		{ .key = "domains", .heading = "DOMAINS" },
		{ .key = "certificate_sha256", .heading = "CERTIFICATE (SHA-256)" },
		{ .key = "next_certificate_sha256", .heading = "NEXT" },
		{ 0 }
	};
	const struct configuration *c = invocation_configuration(i);
	if (c == NULL)
		return OUTCOME_CONFIGURATION;
	json_t *rows = json_array();
	for (size_t n = 0; n < c->region.system_count; n++) {
		const struct registered_system *s = &c->region.systems[n];
		json_array_append_new(
			rows,
			json_pack("{s:s, s:s, s:s*, s:o, s:s, s:s*}", "name", s->name, "title",
				  s->title, "institution_code", s->institution_code, "domains",
				  domains_of(s), "certificate_sha256", s->certificate_sha256,
				  "next_certificate_sha256", s->next_certificate_sha256));
	}
	output_rows(i->out, i->arena, i->format, rows, columns);
	json_decref(rows);
	config_release(c);
	return OUTCOME_DONE;
}

enum outcome command_facility_add(struct invocation *i)
{
	struct problem problem = { 0 };
	struct facility f = {
		.name = i->arguments[0],
		.title = invocation_option(i, "title"),
		.institution_code = invocation_option(i, "institution-code"),
		.domain = invocation_option(i, "domain"),
		.namespace_id = invocation_option(i, "namespace"),
		.certificate_sha256 = invocation_option(i, "certificate-sha256"),
	};
	size_t plain = strspn(f.name, "abcdefghijklmnopqrstuvwxyz0123456789-");
	if (plain == 0 || f.name[plain] != '\0' || f.name[0] == '-') {
		fprintf(i->talk,
			"minato: \"%s\" cannot be the name of a system\n"
			"do: name it with a-z, 0-9 and -, such as e-clinic\n",
			f.name);
		return OUTCOME_USAGE;
	}
	if (!region_add_facility(i->configuration, &f, i->arena, i->clock->now(i->clock),
				 &problem)) {
		enum outcome o = invocation_fail(i, &problem);
		return problem.code == PROBLEM_CONFLICT ? OUTCOME_REFUSED : o;
	}
	if (f.certificate_sha256 != NULL)
		fprintf(i->talk, "%s (%s) is registered, by the certificate it has.\n", f.name,
			f.title);
	else
		fprintf(i->talk,
			"%s (%s) is registered; its certificate and key are in pki/clients/%s.pem "
			"beside %s.\nGive them to it.\n",
			f.name, f.title, f.name, i->configuration);
	fprintf(i->talk, "Let the daemon read its configuration again:\n"
			 "  systemctl reload minatod     or: kill -HUP its process\n");
	return OUTCOME_DONE;
}

enum outcome command_facility_csr(struct invocation *i)
{
	struct problem problem = { 0 };
	const char *name = i->arguments[0], *into = invocation_option(i, "into");
	if (into == NULL)
		into = ".";
	if (!region_request_certificate(i->configuration, name, into, i->arena, &problem))
		return invocation_fail(i, &problem);
	fprintf(i->talk,
		"A key is in %s/%s.key, the request for its certificate in %s/%s.csr.\n"
		"The key stays with the system; the request goes to its authority. A facility "
		"makes "
		"its own\n"
		"best by itself, with its own software or:\n"
		"  openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -noenc \\\n"
		"    -keyout %s.key -out %s.csr -subj /CN=%s\n"
		"When the certificate is there: minato facility renew %s FILE\n",
		into, name, into, name, name, name, name, name);
	return OUTCOME_DONE;
}

enum outcome command_facility_renew(struct invocation *i)
{
	struct problem problem = { 0 };
	const char *overlap = invocation_option(i, "overlap");
	struct renewal r = { .name = i->arguments[0],
			     .file = i->arguments[1],
			     .now = i->clock->now(i->clock) };
	if (overlap != NULL
	    && (!units_to_seconds(overlap, &r.overlap_seconds) || r.overlap_seconds < OVERLAP_LEAST
		|| r.overlap_seconds > OVERLAP_MOST)) {
		fprintf(i->talk,
			"minato: --overlap \"%s\" is not a time from 1d to 730d\n"
			"do: write a number and its unit, such as 30d\n",
			overlap);
		return OUTCOME_USAGE;
	}
	if (!region_renew_facility(i->configuration, &r, i->arena, &problem)) {
		enum outcome o = invocation_fail(i, &problem);
		return problem.code == PROBLEM_CONFLICT ? OUTCOME_REFUSED : o;
	}
	fprintf(i->talk,
		"%s has a next certificate beside its own; see its section of %s.\n"
		"Let the daemon read its configuration again, and %s use the new one:\n"
		"  systemctl reload minatod     or: kill -HUP its process\n",
		r.name, i->configuration, r.name);
	return OUTCOME_DONE;
}

static json_t *value_row(const struct invocation *i, const struct config_value *v)
{
	const char *source = v->place.file == NULL ? "default"
						   : arena_printf(i->arena, "%s:%u", v->place.file,
								  v->place.line);
	const char *section = v->title == NULL
				      ? v->section
				      : arena_printf(i->arena, "%s %s", v->section, v->title);
	return json_pack("{s:s, s:s, s:s, s:s, s:b}", "section", section, "key", v->key, "value",
			 v->value, "source", source, "restart", v->restart);
}

enum outcome command_config_show(struct invocation *i)
{
	const struct configuration *c;
	if (invocation_option(i, "file") == NULL)
		return command_ask(i);
	c = invocation_configuration(i);
	if (c == NULL)
		return OUTCOME_CONFIGURATION;
	json_t *rows = json_array();
	for (const struct config_value *v = c->values; v != NULL; v = v->next)
		json_array_append_new(rows, value_row(i, v));
	output_rows(i->out, i->arena, i->format, rows, i->command->request->columns);
	json_decref(rows);
	config_release(c);
	return OUTCOME_DONE;
}

enum outcome command_config_check(struct invocation *i)
{
	return config_test(i->configuration, false, i->talk) ? OUTCOME_DONE : OUTCOME_CONFIGURATION;
}

enum outcome command_config_keys(struct invocation *i)
{
	static const struct column columns[] = { { .key = "section", .heading = "SECTION" },
						 { .key = "key", .heading = "KEY" },
						 { .key = "default", .heading = "DEFAULT" },
						 { .key = "help", .heading = "MEANING" },
						 { 0 } };
	json_t *rows = json_array();
	for (const struct config_section_kind *s = config_sections; s->name != NULL; s++)
		for (const struct config_key *k = s->keys; s->like == NULL && k->name != NULL; k++)
			json_array_append_new(rows,
					      json_pack("{s:s, s:s, s:s*, s:b, s:b, s:s}",
							"section", s->name, "key", k->name,
							"default", k->preset, "needed", k->needed,
							"restart", k->restart, "help", k->help));
	output_rows(i->out, i->arena, i->format, rows, columns);
	json_decref(rows);
	return OUTCOME_DONE;
}
