/* gateway/operator/command_facility.c: the registered systems: told, added, given certificates. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "gateway/config.h"
#include "gateway/config_units.h"
#include "gateway/expiries.h"
#include "gateway/operator/daemon_follow.h"
#include "gateway/operator/facility.h"
#include "gateway/operator/region_files.h"

/* Shorter nobody exchanges a certificate; longer none holds. */
enum { OVERLAP_LEAST = 24 * 3600, OVERLAP_MOST = 730 * 24 * 3600 };

const char *facility_certificate(const struct configuration *c, const char *name, const char *key)
{
	const struct config_value wanted = { .section = "system", .title = name, .key = key };
	const struct config_value *v = config_value_of(c->values, &wanted);
	return v == NULL ? NULL : v->file;
}

static json_t *domains_of(const struct registered_system *s)
{
	json_t *list = json_array();
	for (const char *const *d = s->domains; d != NULL && *d != NULL; d++)
		json_array_append_new(list, json_string(*d));
	return list;
}

static const struct expiry *term_of(const struct expiries_seen *seen, const char *name,
				    const char *key)
{
	for (size_t n = 0; n < seen->count; n++) {
		const struct expiry *e = &seen->all[n];
		if (text_equal(e->section, "system") && text_equal(e->title, name)
		    && text_equal(e->key, key))
			return e;
	}
	return NULL;
}

/* Of a certificate that is known by its fingerprint alone nobody here knows the end: e is NULL. */
static void add_term(const struct invocation *i, json_t *row, const struct expiry *e,
		     const char *prefix)
{
	char text[DTM_TEXT];
	if (e == NULL)
		return;
	instant_to_dtm(e->until, text);
	json_object_set_new(row, arena_printf(i->arena, "%sexpires", prefix),
			    json_sprintf("%.4s-%.2s-%.2s", text, text + 4, text + 6));
	json_object_set_new(row, arena_printf(i->arena, "%sdays_left", prefix),
			    json_integer(expiry_days(e, i->clock->now(i->clock))));
}

static json_t *facility_row(const struct invocation *i, const struct expiries_seen *seen,
			    const struct registered_system *s)
{
	json_t *row = json_pack("{s:s, s:s, s:s*, s:o, s:s, s:s*}", "name", s->name, "title",
				s->title, "institution_code", s->institution_code, "domains",
				domains_of(s), "certificate_sha256", s->certificate_sha256,
				"next_certificate_sha256", s->next_certificate_sha256);
	add_term(i, row, term_of(seen, s->name, "certificate"), "");
	add_term(i, row, term_of(seen, s->name, "next-certificate"), "next_");
	return row;
}

static void add_facilities(const struct invocation *i, const struct configuration *c,
			   const struct expiries_seen *seen, json_t *rows)
{
	for (size_t n = 0; n < c->region.system_count; n++) {
		const struct registered_system *s = &c->region.systems[n];
		const char *file = facility_certificate(c, s->name, "certificate");
		const struct expiry *e = term_of(seen, s->name, "certificate");
		json_t *row = facility_row(i, seen, s);
		json_object_set_new(row, "kind", json_string("system certificate"));
		if (file != NULL)
			json_object_set_new(row, "file", json_string(file));
		if (e != NULL)
			json_object_set_new(row, "subject", json_string(e->subject));
		json_array_append_new(rows, row);
	}
}

static json_t *other_row(const struct invocation *i, const struct expiry *e)
{
	char sha256[2 * EXPIRY_SHA256 + 1];
	for (unsigned n = 0; n < EXPIRY_SHA256; n++)
		snprintf(sha256 + 2 * n, 3, "%02x", e->sha256[n]);
	json_t *row = json_pack(
		"{s:s, s:s, s:s, s:s, s:s*}", "name", e->title == NULL ? e->section : e->title,
		"kind", arena_printf(i->arena, "%s %s", e->section, e->key), "file", e->file,
		"subject", e->subject, "certificate_sha256", e->list ? NULL : sha256);
	add_term(i, row, e, "");
	return row;
}

/* Ours, partners', authorities', lists: what runs out first, first. The systems' own are told. */
static void add_others(const struct invocation *i, const struct expiries_seen *seen, json_t *rows)
{
	const struct expiry *const *sorted = expiries_sorted(seen, i->arena);
	for (size_t n = 0; n < seen->count; n++)
		if (!text_equal(sorted[n]->section, "system")
		    || !text_equal(sorted[n]->key, "certificate"))
			json_array_append_new(rows, other_row(i, sorted[n]));
}

enum outcome command_facility_list(struct invocation *i)
{
	static const struct column columns[] = {
		{ .key = "name", .heading = "NAME" },
		{ .key = "kind", .heading = "KIND" },
		{ .key = "title", .heading = "FACILITY" },
		{ .key = "institution_code", .heading = "INSTITUTION" },
		{ .key = "domains", .heading = "DOMAINS" },
		{ .key = "expires", .heading = "EXPIRES" },
		{ .key = "days_left", .heading = "DAYS", .right = true },
		{ .key = "file", .heading = "FILE" },
		{ .key = "subject", .heading = "SUBJECT" },
		{ .key = "certificate_sha256", .heading = "CERTIFICATE (SHA-256)" },
		{ .key = "next_certificate_sha256", .heading = "NEXT" },
		{ 0 }
	};
	const struct configuration *c = invocation_configuration(i);
	struct expiries_seen seen;
	if (c == NULL)
		return OUTCOME_CONFIGURATION;
	json_t *rows = json_array();
	expiries_read(c, i->arena, &seen);
	add_facilities(i, c, &seen, rows);
	add_others(i, &seen, rows);
	output_rows(i->out, i->arena, i->format, rows, columns);
	json_decref(rows);
	config_release(c);
	return OUTCOME_DONE;
}

const struct registered_system *facility_named(const struct invocation *i,
					       const struct configuration *c)
{
	const struct registered_system *s = region_system(&c->region, i->arguments[0]);
	if (s == NULL)
		fprintf(i->talk, "minato: no system is called %s\ndo: see minato facility list\n",
			i->arguments[0]);
	return s;
}

enum outcome command_facility_show(struct invocation *i)
{
	const struct configuration *c = invocation_configuration(i);
	if (c == NULL)
		return OUTCOME_CONFIGURATION;
	const struct registered_system *s = facility_named(i, c);
	if (s != NULL) {
		struct expiries_seen seen;
		expiries_read(c, i->arena, &seen);
		json_t *row = facility_row(i, &seen, s);
		const char *file = facility_certificate(c, s->name, "certificate");
		if (file != NULL)
			json_object_set_new(row, "certificate", json_string(file));
		json_object_set_new(row, "sent", facility_letter(i, c, s));
		output_object(i->out, i->arena, i->format, row);
		json_decref(row);
	}
	config_release(c);
	return s != NULL ? OUTCOME_DONE : OUTCOME_NEGATIVE;
}

/* ---- Enrolment ---- */

static bool is_name(const struct invocation *i, const char *name)
{
	size_t plain = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-");
	if (plain != 0 && name[plain] == '\0' && name[0] != '-')
		return true;
	fprintf(i->talk,
		"minato: \"%s\" cannot be the name of a system\n"
		"do: name it with a-z, 0-9 and -, such as e-clinic\n",
		name);
	return false;
}

static bool has_one_source(const struct invocation *i, const struct facility *f)
{
	if ((f->certificate_sha256 != NULL) + (f->certificate != NULL) + (f->request != NULL) <= 1)
		return true;
	fputs("minato: a system has one certificate\n"
	      "do: give one of --certificate, --csr and --certificate-sha256, or none\n",
	      i->talk);
	return false;
}

static void tell_added(const struct invocation *i, const struct facility *f)
{
	const struct configuration *c = invocation_configuration(i);
	const struct registered_system *s = c == NULL ? NULL : region_system(&c->region, f->name);
	if (s != NULL) {
		json_t *letter = facility_letter(i, c, s);
		const char *key;
		json_t *value;
		fprintf(i->talk, "Send to %s:\n", f->title);
		json_object_foreach (letter, key, value)
			fprintf(i->talk, "  %-22s %s\n", key, json_string_value(value));
		json_decref(letter);
	}
	config_release(c);
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
		.certificate = invocation_option(i, "certificate"),
		.request = invocation_option(i, "csr"),
	};
	if (!is_name(i, f.name) || !has_one_source(i, &f))
		return OUTCOME_USAGE;
	if (!region_add_facility(i->configuration, &f, i->arena, i->clock->now(i->clock),
				 &problem)) {
		enum outcome o = invocation_fail(i, &problem);
		return problem.code == PROBLEM_CONFLICT ? OUTCOME_REFUSED : o;
	}
	fprintf(i->talk, "%s (%s) is registered%s.\n", f.name, f.title,
		f.certificate_sha256 != NULL || f.certificate != NULL
			? ", by the certificate it has"
			: "");
	tell_added(i, &f);
	return daemon_follow(i, f.name);
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
		"From a reload of the daemon on, it may use the new one.\n",
		r.name, i->configuration);
	return daemon_follow(i, r.name);
}
