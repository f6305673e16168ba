/* gateway/operator/region_files.c: adding a system to a region's directory, and asking for a
 * certificate for one. */
#include "gateway/operator/region_files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gateway/base/arena.h"
#include "gateway/base/bytes.h"
#include "gateway/base/regular_file.h"
#include "gateway/base/text.h"
#include "gateway/config.h"
#include "gateway/operator/conf_writer.h"
#include "gateway/operator/pki.h"
#include "gateway/operator/region_inside.h"

bool region_read_text(const char *path, struct buffer *out, struct problem *p)
{
	int fd = regular_open(path, O_RDONLY);
	ssize_t got = fd < 0 ? -1 : 1;
	while (got > 0 && out->length < CONFIG_FILE_MOST) {
		got = read(fd, buffer_reserve(out, 1 << 16), 1 << 16);
		out->length += got > 0 ? (size_t)got : 0;
	}
	int error = errno;
	if (fd >= 0)
		close(fd);
	return got == 0
	       || problem_at(p, PROBLEM_CONFIGURATION, path, "cannot read %s: %s", path,
			     regular_why(error));
}

const char *region_beside(struct arena *a, const char *configuration, const char *name)
{
	const char *slash = strrchr(configuration, '/');
	return slash == NULL ? name
			     : arena_printf(a, "%.*s/%s", (int)(slash - configuration),
					    configuration, name);
}

const struct configuration *region_load(const char *path, struct arena *a, struct problem *p)
{
	const struct config_fault *faults;
	const struct configuration *c = config_load(path, a, &faults);
	if (c == NULL)
		problem_at(p, PROBLEM_CONFIGURATION, faults->place.file, "line %u: %s; %s",
			   faults->place.line, faults->what, faults->remedy);
	return c;
}

static bool valid(const char *path, struct arena *a, struct problem *p)
{
	const struct configuration *c = region_load(path, a, p);
	config_release(c);
	return c != NULL;
}

static bool already_there(const char *configuration, const struct facility *f, struct arena *a,
			  struct problem *p)
{
	const struct config_fault *faults;
	const struct configuration *c = config_load(configuration, a, &faults);
	bool there = c != NULL && region_system(&c->region, f->name) != NULL;
	config_release(c);
	if (there)
		problem_set(p, PROBLEM_CONFLICT, "a system named %s is registered already",
			    f->name);
	return there;
}

bool region_replace(const char *configuration, struct bytes text, struct arena *a,
		    struct problem *p)
{
	struct stat s;
	const char *fresh = arena_printf(a, "%s.new", configuration);
	if (stat(configuration, &s) != 0)
		return problem_at(p, PROBLEM_CONFIGURATION, configuration, "cannot read it: %s",
				  strerror(errno));
	if (!conf_write_file(fresh, text, s.st_mode & 0777, p))
		return false;
	if (!valid(fresh, a, p)) {
		unlink(fresh);
		return false;
	}
	if ((lchown(fresh, s.st_uid, s.st_gid) == 0 || geteuid() != 0)
	    && rename(fresh, configuration) == 0)
		return true;
	problem_at(p, PROBLEM_INTERNAL, configuration, "could not replace it: %s", strerror(errno));
	unlink(fresh);
	return false;
}

/* Adds it to the configuration's text. certificate: the file's name; NULL: it has its own. */
static bool write_facility(const char *configuration, const struct facility *f,
			   const char *certificate, struct buffer *text, struct arena *a,
			   struct problem *p)
{
	buffer_text(text, "\n");
	conf_write_facility(text, f, certificate);
	return region_replace(configuration, buffer_bytes(text), a, p);
}

/* What a new system's certificate comes from, and where it is to be. */
struct enrolling {
	const char *configuration;
	const struct facility *facility;
	struct pki_authority authority;
	const char *file;
	struct arena *arena;
	instant now;
	struct problem *problem;
};

/* A certificate of others is of no authority of ours, so ours is not asked for. */
static bool take_certificate(const struct enrolling *e)
{
	const struct facility *f = e->facility;
	char sha256[CERTIFICATE_SHA256_TEXT];
	const struct configuration *c = region_load(e->configuration, e->arena, e->problem);
	bool fits = c != NULL
		    && region_certificate_fits(c, f->name, f->certificate, sha256, e->arena,
					       e->problem);
	config_release(c);
	return fits && region_certificate_copy(f->certificate, e->file, e->problem);
}

static bool can_sign(const struct enrolling *e)
{
	if (access(e->authority.key, F_OK) == 0)
		return true;
	return problem_at(e->problem, PROBLEM_CONFIGURATION, e->authority.key,
			  "the key of the region's own authority is not here (%s): bring the "
			  "certificate that its authority made: --certificate FILE",
			  e->authority.key);
}

static bool provide_certificate(const struct enrolling *e)
{
	const struct facility *f = e->facility;
	const struct pki_subject subject = {
		.common_name = f->name,
		.organization = f->title,
		.use = PKI_CLIENT,
		.alternative_names = arena_printf(e->arena, "DNS:%s", f->name),
	};
	if (f->certificate != NULL)
		return take_certificate(e);
	if (!can_sign(e))
		return false;
	if (f->request != NULL)
		return pki_request_sign(&e->authority, &subject, f->request, e->file, e->now,
					e->problem);
	return pki_certificate_make(&e->authority, &subject, e->file, e->now, e->problem);
}

bool region_add_facility(const char *given, const struct facility *f, struct arena *a, instant now,
			 struct problem *p)
{
	/* The region is where the file is, not where a link to it stands. */
	const char *configuration = config_real_path(a, given);
	const char *relative = arena_printf(a, "pki/clients/%s.pem", f->name);
	struct enrolling e = {
		.configuration = configuration,
		.facility = f,
		.authority = { region_beside(a, configuration, "pki/ca.pem"),
			       region_beside(a, configuration, "pki/private/ca.key") },
		.file = region_beside(a, configuration, relative),
		.arena = a,
		.now = now,
		.problem = p,
	};
	struct buffer text = buffer_in(a);
	if (!valid(configuration, a, p) || already_there(configuration, f, a, p)
	    || !region_read_text(configuration, &text, p))
		return false;
	if (f->certificate_sha256 != NULL)
		return write_facility(configuration, f, NULL, &text, a, p);
	if (!provide_certificate(&e))
		return false;
	if (write_facility(configuration, f, relative, &text, a, p))
		return true;
	unlink(e.file);
	return false;
}

bool region_request_certificate(const char *given, const char *name, const char *directory,
				struct arena *a, struct problem *p)
{
	const struct configuration *c = region_load(config_real_path(a, given), a, p);
	const struct registered_system *s = c == NULL ? NULL : region_system(&c->region, name);
	bool made = false;
	if (c != NULL && s == NULL)
		problem_at(p, PROBLEM_NOT_FOUND, name, "no system is called so");
	if (s != NULL) {
		const struct pki_subject subject = {
			.common_name = name,
			.organization = s->title,
			.use = PKI_CLIENT,
			.alternative_names = arena_printf(a, "DNS:%s", name),
		};
		made = pki_request_make(&subject, arena_printf(a, "%s/%s.key", directory, name),
					arena_printf(a, "%s/%s.csr", directory, name), p);
	}
	config_release(c);
	return made;
}
