/* gateway/operator/region_files.c: adding a system to a region's directory. */
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

static bool read_text(const char *path, struct buffer *out, struct problem *p)
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

/* A name taken from the configuration's place in the file system. */
static const char *beside(struct arena *a, const char *configuration, const char *name)
{
	const char *slash = strrchr(configuration, '/');
	return slash == NULL ? name
			     : arena_printf(a, "%.*s/%s", (int)(slash - configuration),
					    configuration, name);
}

/* Loads path; its first fault becomes the problem. */
static bool valid(const char *path, struct arena *a, struct problem *p)
{
	const struct config_fault *faults;
	const struct configuration *c = config_load(path, a, &faults);
	config_release(c);
	if (c != NULL)
		return true;
	return problem_at(p, PROBLEM_CONFIGURATION, faults->place.file, "line %u: %s; %s",
			  faults->place.line, faults->what, faults->remedy);
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

/* The new configuration stands beside the old one until it has proved valid. */
static bool replace(const char *configuration, struct bytes text, struct arena *a,
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
	return replace(configuration, buffer_bytes(text), a, p);
}

bool region_add_facility(const char *given, const struct facility *f, struct arena *a, instant now,
			 struct problem *p)
{
	/* The region is where the file is, not where a link to it stands. */
	const char *configuration = config_real_path(a, given);
	struct pki_authority ca = {
		beside(a, configuration, "pki/ca.pem"),
		beside(a, configuration, "pki/private/ca.key"),
	};
	struct pki_subject subject = {
		.common_name = f->name,
		.organization = f->title,
		.use = PKI_CLIENT,
		.alternative_names = arena_printf(a, "DNS:%s", f->name),
	};
	const char *relative = arena_printf(a, "pki/clients/%s.pem", f->name);
	const char *file = beside(a, configuration, relative);
	struct buffer text = buffer_in(a);
	if (!valid(configuration, a, p) || already_there(configuration, f, a, p)
	    || !read_text(configuration, &text, p))
		return false;
	if (f->certificate_sha256 != NULL)
		return write_facility(configuration, f, NULL, &text, a, p);
	if (!pki_certificate_make(&ca, &subject, file, now, p))
		return false;
	if (write_facility(configuration, f, relative, &text, a, p))
		return true;
	unlink(file);
	return false;
}
