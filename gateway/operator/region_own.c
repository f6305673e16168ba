/* gateway/operator/region_own.c: the region's own certificate: renewed by its own authority, or by
 * the answer of another to a request. */
#include "gateway/operator/region_own.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "gateway/config.h"
#include "gateway/config_certificate.h"
#include "gateway/operator/own_certificate.h"
#include "gateway/operator/owned_file.h"
#include "gateway/operator/pki.h"
#include "gateway/operator/region_inside.h"

struct renewing {
	struct arena *arena;
	struct problem *problem;
	const struct own_renewal *renewal;
	const char *configuration, *file, *ca;
	const char *next, *before, *key, *request, *prepared; /* beside file */
	struct pki_authority authority;
	struct stat is; /* of file */
	int directory;  /* locked while we are at work; -1: not yet */
};

static bool refuse(struct renewing *r, enum problem_code code, const char *what)
{
	return problem_at(r->problem, code, r->file, "%s: %s", r->file, what);
}

static bool failed(struct renewing *r, const char *path)
{
	return problem_at(r->problem, PROBLEM_INTERNAL, path, "%s: %s", path, strerror(errno));
}

/* ---- Whose it is, and who may ---- */

static bool find_file(struct renewing *r)
{
	struct arena *a = r->arena;
	if (!config_own_certificate(r->configuration, a, &r->file, &r->ca))
		return problem_at(r->problem, PROBLEM_CONFIGURATION, r->configuration,
				  "section https of %s names no certificate that can be read; "
				  "minato config check tells why",
				  r->configuration);
	r->next = arena_printf(a, "%s.next", r->file);
	r->before = arena_printf(a, "%s.before", r->file);
	r->key = arena_printf(a, "%s.key", r->file);
	r->request = arena_printf(a, "%s.csr", r->file);
	r->prepared = arena_printf(a, "%s.crt", r->file);
	r->authority = (struct pki_authority){
		region_beside(a, r->configuration, "pki/ca.pem"),
		region_beside(a, r->configuration, "pki/private/ca.key"),
	};
	if (lstat(r->file, &r->is) != 0)
		return failed(r, r->file);
	return S_ISREG(r->is.st_mode)
	       || refuse(r, PROBLEM_CONFIGURATION, "it is no file: name the file itself");
}

/* What others made the daemon could not read. */
static bool may(struct renewing *r)
{
	if (geteuid() == 0 || geteuid() == r->is.st_uid)
		return true;
	return problem_at(r->problem, PROBLEM_CONFIGURATION, r->file,
			  "%s belongs to user %u: renew it as that user, or as root", r->file,
			  (unsigned)r->is.st_uid);
}

/* Two at once would prove each other's file. */
static bool lock(struct renewing *r)
{
	const char *slash = strrchr(r->file, '/');
	const char *parent = slash == NULL ? "."
					   : arena_printf(r->arena, "%.*s/", (int)(slash - r->file),
							  r->file);
	r->directory = open(parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (r->directory < 0)
		return failed(r, parent);
	return flock(r->directory, LOCK_EX | LOCK_NB) == 0
	       || refuse(r, PROBLEM_CONFLICT, "another minato region renew is at work there");
}

static bool begin(struct renewing *r, const struct own_renewal *of, struct arena *a,
		  struct problem *p)
{
	*r = (struct renewing){ .arena = a,
				.problem = p,
				.renewal = of,
				.configuration = config_real_path(a, of->configuration),
				.directory = -1 };
	return find_file(r) && may(r) && lock(r);
}

static void end(struct renewing *r)
{
	if (r->directory >= 0)
		close(r->directory);
}

/* By the descriptor, and only what has no second name: the directory may be somebody's. */
static bool give_to_owner(struct renewing *r, const char *path)
{
	struct stat s;
	int fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	bool given = fd >= 0 && fstat(fd, &s) == 0 && S_ISREG(s.st_mode) && s.st_nlink == 1
		     && ((s.st_uid == r->is.st_uid && s.st_gid == r->is.st_gid)
			 || fchown(fd, r->is.st_uid, r->is.st_gid) == 0 || geteuid() != 0);
	int error = errno;
	if (fd >= 0)
		close(fd);
	errno = error;
	return given || failed(r, path);
}

static bool take_away(struct renewing *r, const char *path)
{
	return unlink(path) == 0 || errno == ENOENT || failed(r, path);
}

/* ---- The next one ---- */

static bool is_ours(struct renewing *r)
{
	if (!pki_issued(r->authority.certificate, r->file))
		return refuse(r, PROBLEM_CONFLICT,
			      "the region's own authority (pki/ca.pem) did not issue it. Whoever "
			      "did makes the next one of a request (minato region renew "
			      "--request); then: minato region renew --certificate ANSWER");
	if (access(r->authority.key, F_OK) == 0)
		return true;
	return problem_at(r->problem, PROBLEM_CONFIGURATION, r->authority.key,
			  "the key of the region's own authority is not here (%s). Where it is, "
			  "sign a request (minato region renew --request); then: minato region "
			  "renew --certificate ANSWER",
			  r->authority.key);
}

static struct pki_subject subject(const struct renewing *r)
{
	return (struct pki_subject){ .like = r->file,
				     .alternative_names = r->renewal->names,
				     .use = PKI_SERVER };
}

/* Others were told of the one that is prepared. */
static bool none_is_prepared(struct renewing *r)
{
	if (access(r->prepared, F_OK) != 0)
		return true;
	return problem_at(r->problem, PROBLEM_CONFLICT, r->prepared,
			  "one is prepared: minato region renew --certificate %s takes it; or "
			  "remove it, with %s and %s",
			  r->prepared, r->key, r->request);
}

/* An answer may come with its key; else that is of the request, or the one that is used today.
 * requested: the first of these two it was. */
static bool make_next(struct renewing *r, bool *requested)
{
	const char *keys[] = { r->renewal->answer, r->key, r->file, NULL };
	const struct pki_subject s = subject(r);
	if (!take_away(r, r->next))
		return false;
	if (r->renewal->answer == NULL)
		return is_ours(r) && none_is_prepared(r)
		       && pki_certificate_make(&r->authority, &s, r->next, r->renewal->now,
					       r->problem);
	const char *from = pki_pair_write(r->renewal->answer, keys, r->next, r->problem);
	*requested = from == r->key;
	return from != NULL;
}

static bool is_another(struct renewing *r)
{
	char is[CERTIFICATE_SHA256_TEXT], next[CERTIFICATE_SHA256_TEXT];
	const char *why;
	return !certificate_sha256(r->file, is, &why) || !certificate_sha256(r->next, next, &why)
	       || !text_equal(is, next)
	       || refuse(r, PROBLEM_CONFLICT, "it is the certificate that is there already");
}

/* Each door that shows it may trust others. */
static bool fits_doors(const char *path, const struct renewing *r, const struct configuration *c,
		       const char **why)
{
	bool fits = certificate_with_key(path, r->ca, CERTIFICATE_OF_SERVER, why);
	for (const struct config_door *const *d = c == NULL ? NULL : c->doors;
	     fits && d != NULL && *d != NULL; d++)
		if (text_equal((*d)->tls.certificate, r->file))
			fits = certificate_with_key(path, (*d)->tls.ca, CERTIFICATE_OF_SERVER, why);
	return fits;
}

/* Towards partners and audit repositories it is a client's. */
static bool is_a_clients(const struct renewing *r, const struct configuration *c)
{
	bool is = false;
	for (size_t i = 0; c != NULL && i < c->region.partner_count; i++)
		is = is || text_equal(c->region.partners[i].identity.certificate, r->file);
	for (size_t i = 0; c != NULL && i < c->audit_repository_count; i++)
		is = is || text_equal(c->audit_repositories[i].certificate, r->file);
	return is;
}

static bool proves(struct renewing *r)
{
	const char *why = NULL;
	const struct config_fault *ignored; /* that it has run out is one */
	const struct configuration *c = config_load(r->configuration, r->arena, &ignored);
	bool fits = certificate_is_strong(r->next, &why) && fits_doors(r->next, r, c, &why)
		    && (!is_a_clients(r, c)
			|| certificate_with_key(r->next, NULL, CERTIFICATE_OF_CLIENT, &why));
	config_release(c);
	return fits
	       || problem_at(r->problem, PROBLEM_REQUEST_INVALID, r->file,
			     "it cannot take the place of %s: %s", r->file, why);
}

/* ---- Into its place ---- */

/* At each moment there is a whole pair of that name. */
static bool take_place(struct renewing *r)
{
	if (!take_away(r, r->before))
		return false;
	if (link(r->file, r->before) != 0)
		return failed(r, r->before);
	if (rename(r->next, r->file) != 0)
		return failed(r, r->file);
	return owned_name_settle(r->file) || failed(r, r->file);
}

/* Its key is in the file now. */
static void end_request(struct renewing *r)
{
	unlink(r->key);
	unlink(r->request);
	unlink(r->prepared);
	owned_name_settle(r->file);
}

static void describe(struct renewing *r, struct own_renewed *out)
{
	instant begins, ends;
	const char *former = own_names(r->arena, r->before), *ca = r->authority.certificate;
	*out = (struct own_renewed){ .file = r->file, .before = r->before };
	own_certificate_read(r->arena, r->file, out);
	out->dropped = own_names_dropped(r->arena, former, out->names);
	out->authority_ends_first = r->renewal->answer == NULL
				    && certificate_term(ca, &begins, &ends) && ends < out->ends;
}

bool region_renew_own(const struct own_renewal *of, struct arena *a, struct own_renewed *out,
		      struct problem *p)
{
	struct renewing r;
	bool requested = false;
	bool made = begin(&r, of, a, p) && make_next(&r, &requested);
	bool done = made && give_to_owner(&r, r.next) && is_another(&r) && proves(&r)
		    && take_place(&r);
	if (made && !done)
		unlink(r.next);
	if (done && requested)
		end_request(&r);
	if (done)
		describe(&r, out);
	end(&r);
	return done;
}

/* Whoever took a request away waits for its answer: the key alone says that there is one. */
static bool is_first_request(struct renewing *r)
{
	if (access(r->key, F_OK) != 0 && access(r->request, F_OK) != 0)
		return true;
	return problem_at(r->problem, PROBLEM_CONFLICT, r->request,
			  "there is a request already (%s, of the key %s). Take its answer: minato "
			  "region renew --certificate ANSWER; or remove both",
			  r->request, r->key);
}

static bool answer_request(struct renewing *r, const struct pki_subject *s)
{
	return pki_request_sign(&r->authority, s, r->request, r->prepared, r->renewal->now,
				r->problem)
	       && give_to_owner(r, r->prepared);
}

static bool make_request(struct renewing *r, bool answered)
{
	const struct pki_subject s = subject(r);
	if (pki_request_make(&s, r->key, r->request, r->problem) && give_to_owner(r, r->key)
	    && give_to_owner(r, r->request) && (!answered || answer_request(r, &s))
	    && (owned_name_settle(r->request) || failed(r, r->request)))
		return true;
	if (answered)
		unlink(r->prepared);
	unlink(r->request);
	unlink(r->key);
	return false;
}

bool region_request_own(const struct own_renewal *of, struct arena *a, struct own_renewed *out,
			struct problem *p)
{
	struct renewing r;
	bool done = begin(&r, of, a, p) && is_first_request(&r) && make_request(&r, false);
	*out = (struct own_renewed){ .file = r.file, .key = r.key, .request = r.request };
	end(&r);
	return done;
}

bool region_prepare_own(const struct own_renewal *of, struct arena *a, struct own_renewed *out,
			struct problem *p)
{
	struct renewing r;
	bool done = begin(&r, of, a, p) && is_ours(&r) && none_is_prepared(&r)
		    && is_first_request(&r) && make_request(&r, true);
	*out = (struct own_renewed){ .file = r.file, .key = r.key, .prepared = r.prepared };
	end(&r);
	return done;
}
