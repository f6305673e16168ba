/* store/backup_files.c: a backup as files: its manifest, and what is compared with it. */
#include "store/backup_files.h"

#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <inttypes.h>
#include <limits.h>
#include <openssl/evp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gateway/base/arena.h"
#include "gateway/base/progress.h"
#include "gateway/base/regular_file.h"
#include "gateway/base/text.h"

#define MANIFEST "manifest"
#define FIRST_LINE "minato-backup 1"

enum { PIECE = 1 << 16, DIGEST = 32, LINE = PATH_MAX + 128 };

/* What is small in number stands first, for backup_manifest_finds(). */
static const char *const parts[] = { "keys", "packs", "blobs" };

static bool failed(const char *doing, const char *what, int code, struct problem *p)
{
	bool full = code == ENOSPC || code == EDQUOT || code == EFBIG;
	return problem_at(p,
			  full                ? PROBLEM_STORE_FULL
			  : code == ECANCELED ? PROBLEM_BUSY
					      : PROBLEM_REQUEST_INVALID,
			  what, "could not %s it: %s", doing,
			  code == ECANCELED ? "it was stopped" : regular_why(code));
}

/* ---- Sums ---- */

static EVP_MD_CTX *sum_begin(void)
{
	EVP_MD_CTX *sum = EVP_MD_CTX_new();
	if (sum != NULL && EVP_DigestInit_ex(sum, EVP_sha256(), NULL) != 1) {
		EVP_MD_CTX_free(sum);
		sum = NULL;
	}
	if (sum == NULL)
		errno = ENOMEM;
	return sum;
}

static void sum_end(EVP_MD_CTX *sum, char out[BACKUP_DIGEST])
{
	unsigned char digest[EVP_MAX_MD_SIZE] = { 0 };
	EVP_DigestFinal_ex(sum, digest, NULL);
	for (unsigned i = 0; i < DIGEST; i++)
		snprintf(out + 2 * (size_t)i, 3, "%02x", digest[i]);
}

/* to -1: nowhere. */
static bool sum_up(int from, int to, struct progress *progress, char out[BACKUP_DIGEST],
		   uint64_t *octets)
{
	unsigned char piece[PIECE];
	EVP_MD_CTX *sum = sum_begin();
	bool going = sum != NULL;
	ssize_t n = 1;
	*octets = 0;
	while (going && n != 0) {
		n = read(from, piece, sizeof piece);
		if (n < 0 && errno == EINTR)
			continue;
		going = n >= 0 && EVP_DigestUpdate(sum, piece, (size_t)n) == 1
			&& (to < 0 || regular_write(to, (struct bytes){ piece, (size_t)n }));
		*octets += going ? (uint64_t)n : 0;
		if (going && progress_is_stopped(progress)) {
			errno = ECANCELED;
			going = false;
		}
	}
	int code = errno;
	if (going)
		sum_end(sum, out);
	EVP_MD_CTX_free(sum);
	errno = code;
	return going;
}

bool backup_digest(int directory, const char *path, struct progress *progress,
		   char out[BACKUP_DIGEST])
{
	uint64_t octets;
	int fd = regular_open_at(directory, path, O_RDONLY | O_NOFOLLOW, 0);
	bool summed = fd >= 0 && sum_up(fd, -1, progress, out, &octets);
	int code = errno;
	if (fd >= 0)
		close(fd);
	errno = code;
	return summed;
}

/* ---- Writing ---- */

struct writing {
	FILE *file;
	EVP_MD_CTX *sum;
	const char *directory, *onto;
	int at; /* the directory */
	struct progress *progress;
};

static void put_line(struct writing *w, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
static void put_line(struct writing *w, const char *format, ...)
{
	char line[LINE];
	va_list rest;
	va_start(rest, format);
	int length = vsnprintf(line, sizeof line - 1, format, rest);
	va_end(rest);
	if (length < 0 || length >= LINE - 1)
		return;
	line[length++] = '\n';
	EVP_DigestUpdate(w->sum, line, (size_t)length);
	fwrite(line, 1, (size_t)length, w->file);
}

static void put_about(struct writing *w, const struct backup_about *b)
{
	put_line(w, FIRST_LINE);
	put_line(w, "made %s", b->made);
	put_line(w, "form %u", b->form);
	const struct {
		const char *name, *value;
	} rows[] = { { "region-affinity-domain", b->affinity_domain },
		     { "region-home-community-id", b->home_community_id },
		     { "region-repository-unique-id", b->repository_unique_id } };
	for (size_t i = 0; i < COUNT(rows); i++)
		if (rows[i].value != NULL)
			put_line(w, "%s %s", rows[i].name, rows[i].value);
	put_line(w, "record %" PRIu64, b->record);
}

/* Shared with the one before, whose manifest knows it. */
static bool is_shared(const struct writing *w, const char *path, const struct stat *st,
		      char out[BACKUP_DIGEST])
{
	char there[PATH_MAX];
	struct stat other;
	uint64_t octets;
	if (w->onto == NULL || st->st_nlink < 2)
		return false;
	snprintf(there, sizeof there, "%s/%s", w->onto, path);
	return stat(there, &other) == 0 && other.st_ino == st->st_ino && other.st_dev == st->st_dev
	       && backup_manifest_finds(w->onto, path, out, &octets)
	       && octets == (uint64_t)st->st_size;
}

/* A large document's name is its sum; that its octets have it is for whoever verifies. */
static bool put_file(struct writing *w, const FTSENT *e)
{
	const char *path = e->fts_path + strlen(w->directory) + 1;
	char sum[BACKUP_DIGEST];
	bool named = strncmp(path, "blobs/", 6) == 0 && e->fts_namelen == BACKUP_DIGEST - 1;
	if (named)
		snprintf(sum, sizeof sum, "%s", e->fts_name);
	else if (!is_shared(w, path, e->fts_statp, sum)
		 && !backup_digest(w->at, path, w->progress, sum))
		return false;
	put_line(w, "file %s %" PRIu64 " %s", sum, (uint64_t)e->fts_statp->st_size, path);
	return true;
}

/* Names below a directory are durable when it is. */
static bool settle(const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool settled = fd >= 0 && fsync(fd) == 0;
	if (fd >= 0)
		close(fd);
	return settled;
}

static int by_name(const FTSENT **a, const FTSENT **b)
{
	return strcmp((*a)->fts_name, (*b)->fts_name);
}

static bool put_part(struct writing *w, const char *part)
{
	char path[PATH_MAX];
	bool put = true;
	snprintf(path, sizeof path, "%s/%s", w->directory, part);
	FTS *walk = fts_open((char *[]){ path, NULL }, FTS_PHYSICAL | FTS_NOCHDIR, by_name);
	for (FTSENT *e; put && walk != NULL && (e = fts_read(walk)) != NULL;) {
		if (e->fts_info == FTS_F)
			put = put_file(w, e);
		else if (e->fts_info == FTS_DP)
			put = settle(e->fts_path);
		if (progress_is_stopped(w->progress)) {
			errno = ECANCELED;
			put = false;
		}
	}
	int code = errno;
	if (walk != NULL)
		fts_close(walk);
	errno = code;
	return put && walk != NULL;
}

static bool put_all(struct writing *w, const struct backup_about *b)
{
	char sum[BACKUP_DIGEST];
	bool put = true;
	put_about(w, b);
	for (size_t i = 0; put && i < COUNT(parts); i++)
		put = put_part(w, parts[i]);
	if (!put)
		return false;
	sum_end(w->sum, sum);
	fprintf(w->file, "end %s\n", sum);
	return fflush(w->file) == 0 && fsync(fileno(w->file)) == 0;
}

/* It has its name when it is whole. */
static bool write_named(struct writing *w, const struct backup_about *b)
{
	int fd = openat(w->at, MANIFEST ".new", O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	w->file = fd < 0 ? NULL : fdopen(fd, "w");
	w->sum = sum_begin();
	bool put = w->file != NULL && w->sum != NULL && put_all(w, b);
	int code = errno;
	if (w->file != NULL && fclose(w->file) != 0 && put) {
		put = false;
		code = errno;
	}
	EVP_MD_CTX_free(w->sum);
	errno = code;
	return put && renameat(w->at, MANIFEST ".new", w->at, MANIFEST) == 0 && fsync(w->at) == 0;
}

bool backup_manifest_write(const char *directory, const char *onto, const struct backup_about *b,
			   struct progress *progress, struct problem *p)
{
	struct writing w = { .directory = directory, .onto = onto, .progress = progress };
	w.at = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool written = w.at >= 0 && write_named(&w, b);
	if (!written)
		failed("write the manifest of", directory, errno, p);
	if (w.at >= 0)
		close(w.at);
	return written;
}

/* ---- Reading ---- */

struct reading {
	FILE *file;
	EVP_MD_CTX *sum;
	bool ended; /* "end" was read, and is right */
	char line[LINE];
	/* of a file: */
	const char *path, *sha256;
	uint64_t octets;
};

static bool reading_begin(struct reading *r, const char *directory)
{
	char path[PATH_MAX];
	snprintf(path, sizeof path, "%s/" MANIFEST, directory);
	*r = (struct reading){ .file = regular_stream(path) };
	r->sum = r->file == NULL ? NULL : sum_begin();
	return r->sum != NULL;
}

static void reading_end(struct reading *r)
{
	if (r->file != NULL)
		fclose(r->file);
	EVP_MD_CTX_free(r->sum);
}

/* Below the backup, and nowhere else. */
static bool is_ours(const char *path)
{
	for (size_t i = 0; i < COUNT(parts); i++) {
		size_t length = strlen(parts[i]);
		if (strncmp(path, parts[i], length) == 0 && path[length] == '/')
			return strstr(path, "..") == NULL;
	}
	return false;
}

/* The next line, without its end. False: there is none, or it is the last. */
static bool next_line(struct reading *r)
{
	char sum[BACKUP_DIGEST];
	if (fgets(r->line, sizeof r->line, r->file) == NULL)
		return false;
	size_t length = strlen(r->line);
	if (length == 0 || r->line[length - 1] != '\n')
		return false;
	if (strncmp(r->line, "end ", 4) == 0) {
		r->line[length - 1] = '\0';
		sum_end(r->sum, sum);
		r->ended = strcmp(r->line + 4, sum) == 0 && fgetc(r->file) == EOF;
		return false;
	}
	EVP_DigestUpdate(r->sum, r->line, length);
	r->line[length - 1] = '\0';
	return true;
}

/* The next line that names a file. */
static bool next_file(struct reading *r)
{
	while (next_line(r)) {
		char *end;
		if (strncmp(r->line, "file ", 5) != 0)
			continue;
		char *sum = r->line + 5, *octets = sum + BACKUP_DIGEST;
		if (strlen(sum) < BACKUP_DIGEST || octets[-1] != ' ')
			return false;
		octets[-1] = '\0';
		r->sha256 = sum;
		r->octets = strtoull(octets, &end, 10);
		r->path = end + 1;
		return *end == ' ' && is_ours(r->path);
	}
	return false;
}

bool backup_manifest_finds(const char *directory, const char *path, char sha256[BACKUP_DIGEST],
			   uint64_t *octets)
{
	struct reading r;
	bool found = false;
	bool going = reading_begin(&r, directory);
	while (going && !found && next_file(&r)) {
		found = strcmp(r.path, path) == 0;
		going = strncmp(r.path, "blobs/", 6) != 0; /* the last, and many */
	}
	if (found) {
		snprintf(sha256, BACKUP_DIGEST, "%s", r.sha256);
		*octets = r.octets;
	}
	reading_end(&r);
	return found;
}

static void take_about(struct reading *r, struct arena *a, struct backup_about *out)
{
	char *value = strchr(r->line, ' ');
	if (value == NULL || strncmp(r->line, "file ", 5) == 0)
		return;
	*value++ = '\0';
	const struct {
		const char *name;
		const char **to;
	} rows[] = { { "made", &out->made },
		     { "region-affinity-domain", &out->affinity_domain },
		     { "region-home-community-id", &out->home_community_id },
		     { "region-repository-unique-id", &out->repository_unique_id } };
	for (size_t i = 0; i < COUNT(rows); i++)
		if (strcmp(r->line, rows[i].name) == 0)
			*rows[i].to = a == NULL ? "" : arena_text(a, value);
	if (strcmp(r->line, "form") == 0)
		out->form = (unsigned)strtoul(value, NULL, 10);
	if (strcmp(r->line, "record") == 0)
		out->record = strtoull(value, NULL, 10);
}

bool backup_manifest_read(const char *directory, struct arena *a, struct backup_about *out,
			  struct problem *p)
{
	struct reading r;
	bool first = false;
	*out = (struct backup_about){ 0 };
	if (reading_begin(&r, directory) && next_line(&r)) {
		first = strcmp(r.line, FIRST_LINE) == 0;
		while (first && next_line(&r))
			take_about(&r, a, out);
	}
	bool whole = r.ended && out->made != NULL;
	bool there = r.file != NULL;
	reading_end(&r);
	if (whole)
		return true;
	return problem_at(p, PROBLEM_CONFLICT, directory, "%s",
			  !there  ? "it has no manifest: no backup that came to its end is there"
			  : first ? "its manifest is not as it was written"
				  : "another release wrote its manifest");
}

/* ---- Comparing and taking out ---- */

struct comparing {
	int at, to; /* to -1: only compared */
	const char *directory, *wrong;
	char sum[BACKUP_DIGEST];
};

/* The directories above, where they are missing. */
static bool make_above(int to, const char *path)
{
	char part[PATH_MAX];
	for (const char *slash = path; (slash = strchr(slash, '/')) != NULL; slash++) {
		snprintf(part, sizeof part, "%.*s", (int)(slash - path), path);
		if (mkdirat(to, part, 0700) != 0 && errno != EEXIST)
			return false;
	}
	return true;
}

/* Document files are read-only, as the store makes them. */
static int open_copy(const struct comparing *c, const char *path)
{
	mode_t mode = strncmp(path, "blobs/", 6) == 0 ? 0400 : 0600;
	return make_above(c->to, path)
		       ? openat(c->to, path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)
		       : -1;
}

/* wrong: it is not what it was. False with errno: what is written failed. */
static bool compare(struct comparing *c, const struct reading *r)
{
	uint64_t octets = 0;
	c->wrong = NULL;
	int from = regular_open_at(c->at, r->path, O_RDONLY | O_NOFOLLOW, 0);
	if (from < 0) {
		c->wrong = errno == ENOENT ? "is missing" : "cannot be read";
		return true;
	}
	int to = c->to < 0 ? -1 : open_copy(c, r->path);
	bool fine = c->to < 0 || to >= 0;
	if (fine && !sum_up(from, to, NULL, c->sum, &octets)) {
		fine = to < 0;
		c->wrong = "cannot be read";
	} else if (fine && (octets != r->octets || strcmp(c->sum, r->sha256) != 0)) {
		c->wrong = "is not what it was";
	}
	fine = fine && (to < 0 || fsync(to) == 0);
	int code = errno;
	close(from);
	if (to >= 0)
		close(to);
	errno = code;
	return fine;
}

static uint64_t files_of(const char *directory)
{
	uint64_t files = 0;
	FTS *walk = fts_open((char *[]){ (char *)directory, NULL }, FTS_PHYSICAL | FTS_NOCHDIR,
			     NULL);
	for (FTSENT *e; walk != NULL && (e = fts_read(walk)) != NULL;)
		files += e->fts_info != FTS_D && e->fts_info != FTS_DP
			 && !(e->fts_level == 1 && strcmp(e->fts_name, MANIFEST) == 0);
	if (walk != NULL)
		fts_close(walk);
	return files;
}

static void tell(void (*report)(void *with, const char *finding), void *with,
		 const struct reading *r, const char *wrong, struct backup_looked *out)
{
	char finding[LINE];
	out->faults++;
	out->faults_of_keys += strncmp(r->path, "keys/", 5) == 0;
	snprintf(finding, sizeof finding, "%s %s", r->path, wrong);
	report(with, finding);
}

bool backup_look(const char *directory, void (*report)(void *with, const char *finding), void *with,
		 struct backup_looked *out, struct problem *p)
{
	struct reading r = { 0 };
	struct comparing c = { .to = -1, .directory = directory };
	*out = (struct backup_looked){ 0 };
	c.at = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool going = c.at >= 0 && reading_begin(&r, directory);
	while (going && next_file(&r)) {
		compare(&c, &r);
		out->files++;
		out->octets += r.octets;
		if (c.wrong != NULL)
			tell(report, with, &r, c.wrong, out);
	}
	if (going && !r.ended) {
		out->faults++;
		report(with, "manifest is not as it was written");
	} else if (going && files_of(directory) > out->files) {
		out->faults++;
		report(with, "files stand there that the manifest does not name");
	}
	reading_end(&r);
	if (c.at >= 0)
		close(c.at);
	return going || failed("read", directory, errno, p);
}

/* Directories below, so that the names in them last. */
static bool settle_below(const char *directory)
{
	bool settled = true;
	FTS *walk = fts_open((char *[]){ (char *)directory, NULL }, FTS_PHYSICAL | FTS_NOCHDIR,
			     NULL);
	for (FTSENT *e; settled && walk != NULL && (e = fts_read(walk)) != NULL;)
		if (e->fts_info == FTS_DP)
			settled = settle(e->fts_path);
	if (walk != NULL)
		fts_close(walk);
	return settled && walk != NULL;
}

static bool take_each(struct comparing *c, struct reading *r, bool keys_only,
		      struct backup_looked *out, struct problem *p)
{
	while (next_file(r)) {
		if (keys_only && strncmp(r->path, "keys/", 5) != 0)
			continue;
		if (!compare(c, r))
			return failed("write", r->path, errno, p);
		if (c->wrong != NULL)
			return problem_at(p, PROBLEM_CONFLICT, r->path,
					  "this file of the backup %s", c->wrong);
		out->files++;
		out->octets += r->octets;
	}
	return r->ended
	       || problem_at(p, PROBLEM_CONFLICT, c->directory,
			     "its manifest is not as it was written");
}

bool backup_take_out(const char *directory, const char *to, bool keys_only,
		     struct backup_looked *out, struct problem *p)
{
	struct reading r = { 0 };
	struct comparing c = { .directory = directory };
	*out = (struct backup_looked){ 0 };
	c.at = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	c.to = open(to, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool taken = c.at >= 0 && c.to >= 0 && reading_begin(&r, directory)
			     ? take_each(&c, &r, keys_only, out, p)
			     : failed("read", directory, errno, p);
	taken = taken && (settle_below(to) || failed("write", to, errno, p));
	reading_end(&r);
	if (c.at >= 0)
		close(c.at);
	if (c.to >= 0)
		close(c.to);
	return taken;
}
