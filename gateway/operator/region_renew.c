/* gateway/operator/region_renew.c: a system's next certificate, beside the one it has. */
#include <string.h>
#include <unistd.h>

#include "gateway/base/arena.h"
#include "gateway/base/bytes.h"
#include "gateway/base/text.h"
#include "gateway/config.h"
#include "gateway/config_certificate.h"
#include "gateway/operator/pki.h"
#include "gateway/operator/region_files.h"
#include "gateway/operator/region_inside.h"

static const int64_t day = INT64_C(24) * 3600 * 1000000;

/* What is known of the system, and what is to stand there. */
struct renewing {
	struct arena *arena;
	struct problem *problem;
	const struct configuration *configuration;
	const struct renewal *renewal;
	const struct registered_system *system;
	const struct config_value *certificate, *next, *until; /* NULL: not said */
	bool over; /* the overlap of the one before is: next has taken its place */
	char sha256[CERTIFICATE_SHA256_TEXT];
	const char *relative; /* where its certificate will be */
};

static bool refuse(struct renewing *r, enum problem_code code, const char *what)
{
	return problem_at(r->problem, code, r->renewal->name, "%s", what);
}

static const struct config_value *value_of(const struct renewing *r, const char *key)
{
	const struct config_value wanted = { .section = "system",
					     .title = r->renewal->name,
					     .key = key };
	return config_value_of(r->configuration->values, &wanted);
}

/* Lines are changed where they stand, so they must stand by themselves, in the file that is
 * known. */
static bool can_be_edited(struct renewing *r, const struct config_value *v, const char *path)
{
	return v == NULL || text_equal(v->place.file, path)
	       || refuse(
		       r, PROBLEM_CONFLICT,
		       "its section stands in a file that is included: write next-certificate and "
		       "certificate-until there by hand");
}

static bool find_system(struct renewing *r, const char *path)
{
	const struct registered_system *s = region_system(&r->configuration->region,
							  r->renewal->name);
	if (s == NULL)
		return refuse(r, PROBLEM_NOT_FOUND, "no system is called so");
	r->system = s;
	r->certificate = value_of(r, "certificate");
	r->next = value_of(r, "next-certificate");
	r->until = value_of(r, "certificate-until");
	if (r->certificate == NULL)
		return refuse(r, PROBLEM_CONFLICT,
			      "its certificate is named by its fingerprint: write the next one's "
			      "file into its section by hand (next-certificate)");
	r->over = r->next != NULL && s->certificate_until != 0
		  && r->renewal->now >= s->certificate_until;
	if (r->next != NULL && !r->over)
		return refuse(
			r, PROBLEM_CONFLICT,
			"a next certificate stands beside its own already; take it out of its "
			"section, or wait until the overlap is over (certificate-until)");
	return can_be_edited(r, r->certificate, path) && can_be_edited(r, r->next, path)
	       && can_be_edited(r, r->until, path);
}

static bool fits(struct renewing *r)
{
	return region_certificate_fits(r->configuration, r->renewal->name, r->renewal->file,
				       r->sha256, r->arena, r->problem);
}

/* ---- What is written ---- */

static bool begins_with_key(const char *line, size_t length, const char *key)
{
	size_t at = 0, n = strlen(key);
	while (at < length && (line[at] == ' ' || line[at] == '\t'))
		at++;
	return length - at > n && memcmp(line + at, key, n) == 0
	       && (line[at + n] == ' ' || line[at + n] == '\t' || line[at + n] == '=')
	       && memchr(line + at, '}', length - at) == NULL;
}

static bool stands_alone(struct renewing *r, const struct config_value *v, unsigned number,
			 const char *line, size_t length, bool *is)
{
	*is = v != NULL && v->place.line == number;
	return !*is || begins_with_key(line, length, v->key)
	       || refuse(r, PROBLEM_CONFLICT,
			 "its section cannot be changed line by line: put certificate, and what "
			 "follows it, on lines of their own");
}

static void write_new_lines(const struct renewing *r, struct buffer *b)
{
	char dtm[DTM_TEXT];
	buffer_printf(b, "\tnext-certificate = \"%s\"\n", r->relative);
	if (r->renewal->overlap_seconds == 0)
		return;
	int64_t end = r->renewal->now + (int64_t)r->renewal->overlap_seconds * 1000000;
	instant_to_dtm((end + day - 1) / day * day, dtm);
	buffer_printf(b, "\tcertificate-until = \"%.4s-%.2s-%.2s\"\n", dtm, dtm + 4, dtm + 6);
}

/* The line of its certificate stays, or, when the overlap before is over, is that of the next one
 * of then; the new lines follow it. */
static bool edit(struct renewing *r, const char *text, struct buffer *out)
{
	unsigned number = 1;
	for (const char *line = text; *line != '\0'; number++) {
		const char *end = strchr(line, '\n');
		size_t length = end != NULL ? (size_t)(end - line) : strlen(line);
		bool own, next, until;
		if (!stands_alone(r, r->certificate, number, line, length, &own)
		    || !stands_alone(r, r->next, number, line, length, &next)
		    || !stands_alone(r, r->until, number, line, length, &until))
			return false;
		if (own && r->over)
			buffer_printf(out, "\tcertificate = %s", r->next->value);
		else if (!next && !until)
			buffer_append(out, line, length);
		if (!next && !until)
			buffer_byte(out, '\n');
		if (own)
			write_new_lines(r, out);
		line += length + (end != NULL);
	}
	return true;
}

/* ---- Of a request ---- */

static bool is_request(const char *file, struct arena *a)
{
	struct problem ignored = { .code = PROBLEM_NONE };
	struct buffer text = buffer_in(a);
	return region_read_text(file, &text, &ignored)
	       && (strstr(buffer_ended(&text), "-----BEGIN CERTIFICATE REQUEST-----") != NULL
		   || strstr(buffer_ended(&text), "-----BEGIN NEW CERTIFICATE REQUEST-----")
			      != NULL);
}

/* The certificate of it stands in a file of its own, for as long as it is looked at. */
static bool sign_request(struct renewing *r, const char *path, struct renewal *out)
{
	const struct registered_system *s = region_system(&r->configuration->region, out->name);
	const struct pki_authority ca = { region_beside(r->arena, path, "pki/ca.pem"),
					  region_beside(r->arena, path, "pki/private/ca.key") };
	const struct pki_subject subject = {
		.common_name = out->name,
		.organization = s == NULL ? NULL : s->title,
		.use = PKI_CLIENT,
		.alternative_names = arena_printf(r->arena, "DNS:%s", out->name),
	};
	const char *request = out->file;
	out->file = region_beside(r->arena, path,
				  arena_printf(r->arena, "pki/clients/%s.signed", out->name));
	return pki_request_sign(&ca, &subject, request, out->file, out->now, r->problem);
}

static bool renew(struct renewing *r, const char *path)
{
	struct arena *a = r->arena;
	struct buffer text = buffer_in(a), fresh = buffer_in(a);
	bool may = fits(r) && region_read_text(path, &text, r->problem);
	r->relative = arena_printf(a, "pki/clients/%s-%.16s.pem", r->renewal->name, r->sha256);
	may = may && edit(r, buffer_ended(&text), &fresh);
	const char *file = region_beside(a, path, r->relative);
	bool done = may && region_certificate_copy(r->renewal->file, file, r->problem);
	if (done && !region_replace(path, buffer_bytes(&fresh), a, r->problem)) {
		unlink(file);
		done = false;
	}
	return done;
}

bool region_renew_facility(const char *given, const struct renewal *renewal, struct arena *a,
			   struct problem *p)
{
	const char *path = config_real_path(a, given);
	struct renewal of = *renewal;
	struct renewing r = { .arena = a, .problem = p, .renewal = &of };
	r.configuration = region_load(path, a, p);
	bool may = r.configuration != NULL && find_system(&r, path);
	bool request = may && is_request(of.file, a);
	may = may && (!request || sign_request(&r, path, &of));
	bool done = may && renew(&r, path);
	if (may && request)
		unlink(of.file);
	config_release(r.configuration);
	return done;
}
