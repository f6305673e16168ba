/* profiles/admin/bundle_writer.c: an export grows beside its name, and has it when it is whole. */
#include "profiles/admin/bundle.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "gateway/base/arena.h"
#include "gateway/base/json_arena.h"
#include "gateway/base/regular_file.h"
#include "gateway/base/text.h"
#include "store/blobs.h"

/* Of the disk, in octets: it may be the store's, which goes on (gateway/base/spool.c leaves as
 * much). */
#define LEFT_ON_DISK (UINT64_C(64) << 20)

enum { LISTS = 5, LISTS_OF_ALL = 3, PIECE = 1 << 16, FORGET_DESCRIPTORS = 16 };

struct list {
	const char *name;
	FILE *to;
	EVP_MD_CTX *sum;
};

struct bundle_writer {
	struct arena *arena;
	const char *directory, *growing; /* its name, and the one it has until then */
	int root;
	FILE *sums; /* of metadata, whose names come last: a file without a name */
	struct list lists[LISTS];
	char folder[BUNDLE_NAME]; /* made last */
	unsigned char readme[BUNDLE_SHA256], index[BUNDLE_SHA256];
	bool has_index;
	bool made, ended;
	struct bundle_written written;
	struct problem problem;
};

static bool fail(struct bundle_writer *w, const char *name, int error)
{
	enum problem_code code = error == ENOSPC || error == EDQUOT ? PROBLEM_STORE_FULL
								    : PROBLEM_INTERNAL;
	if (w->problem.code == PROBLEM_NONE)
		problem_at(&w->problem, code, w->directory, "could not write %s: %s; %s", name,
			   regular_why(error), "nothing of the export is left there");
	return false;
}

bool bundle_failed(const struct bundle_writer *w)
{
	return w->problem.code != PROBLEM_NONE;
}

const struct bundle_written *bundle_written(const struct bundle_writer *w)
{
	return &w->written;
}

static int forget(const char *path, const struct stat *st, int type, struct FTW *at)
{
	(void)st, (void)type, (void)at;
	return remove(path);
}

static void close_lists(struct bundle_writer *w)
{
	for (size_t i = 0; i < LISTS; i++) {
		if (w->lists[i].to != NULL)
			fclose(w->lists[i].to);
		EVP_MD_CTX_free(w->lists[i].sum);
		w->lists[i] = (struct list){ .name = w->lists[i].name };
	}
	if (w->sums != NULL)
		fclose(w->sums);
	w->sums = NULL;
}

static void discard(void *writer)
{
	struct bundle_writer *w = writer;
	close_lists(w);
	if (w->made && !w->ended)
		nftw(w->growing, forget, FORGET_DESCRIPTORS, FTW_DEPTH | FTW_PHYS);
	if (w->root >= 0)
		close(w->root);
	w->root = -1;
	w->made = false;
}

void bundle_discard(struct bundle_writer *w)
{
	discard(w);
}

/* The directories above, where they are missing: the operator names where it goes, by date. */
static void make_parents(struct arena *a, const char *directory)
{
	for (const char *slash = directory + 1; (slash = strchr(slash, '/')) != NULL; slash++)
		if (mkdir(arena_text_n(a, directory, (size_t)(slash - directory)), 0700) != 0
		    && errno != EEXIST)
			return;
}

/* What a kill left has no lock; what another export is writing has one. */
static bool take_away_old(struct bundle_writer *w, struct problem *p)
{
	int old = open(w->growing, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (old < 0)
		return errno == ENOENT
		       || problem_at(p, PROBLEM_CONFLICT, w->growing, "stands in the way: %s",
				     regular_why(errno));
	bool free = flock(old, LOCK_EX | LOCK_NB) == 0;
	if (free)
		nftw(w->growing, forget, FORGET_DESCRIPTORS, FTW_DEPTH | FTW_PHYS);
	close(old);
	return free
	       || problem_at(p, PROBLEM_CONFLICT, w->directory, "another export is writing it");
}

static bool make(struct bundle_writer *w, struct problem *p)
{
	struct stat st;
	if (lstat(w->directory, &st) == 0)
		return problem_at(p, PROBLEM_CONFLICT, w->directory,
				  "is there already; an export makes a new directory");
	if (!take_away_old(w, p))
		return false;
	if (mkdir(w->growing, 0700) != 0)
		return problem_at(p, errno == ENOSPC ? PROBLEM_STORE_FULL : PROBLEM_REQUEST_INVALID,
				  w->directory, "could not make it: %s", regular_why(errno));
	w->made = true;
	w->root = open(w->growing, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (w->root < 0 || flock(w->root, LOCK_EX | LOCK_NB) != 0)
		return problem_at(p, PROBLEM_CONFLICT, w->directory, "could not be opened: %s",
				  regular_why(errno));
	return true;
}

/* For so many octets more. */
static bool has_room(const struct bundle_writer *w, uint64_t more)
{
	struct statvfs disk;
	if (fstatvfs(w->root, &disk) != 0
	    || (uint64_t)disk.f_bavail * disk.f_frsize >= more + LEFT_ON_DISK)
		return true;
	errno = ENOSPC;
	return false;
}

static int create(struct bundle_writer *w, const char *name)
{
	return openat(w->root, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
}

static FILE *create_stream(struct bundle_writer *w, const char *name)
{
	int fd = create(w, name);
	FILE *to = fd < 0 ? NULL : fdopen(fd, "w");
	if (to == NULL)
		fail(w, name, errno);
	return to;
}

static EVP_MD_CTX *new_sum(void)
{
	EVP_MD_CTX *sum = EVP_MD_CTX_new();
	if (sum != NULL && EVP_DigestInit_ex(sum, EVP_sha256(), NULL) == 1)
		return sum;
	EVP_MD_CTX_free(sum);
	return NULL;
}

/* Beside the rest, for it may be long; elsewhere where the file system has no such files. */
static FILE *without_name(struct bundle_writer *w)
{
	int fd = openat(w->root, ".", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	return fd < 0 ? tmpfile() : fdopen(fd, "w+");
}

static void begin_list(struct bundle_writer *w, struct list *l)
{
	*l = (struct list){ l->name, create_stream(w, l->name), new_sum() };
	if (l->sum == NULL)
		fail(w, l->name, ENOMEM);
}

static struct list *list_named(struct bundle_writer *w, const char *name)
{
	struct list *l = w->lists;
	while (l->name != name)
		l++;
	return l;
}

void bundle_begin_list(struct bundle_writer *w, const char *list)
{
	if (!bundle_failed(w))
		begin_list(w, list_named(w, list));
}

static void begin_lists(struct bundle_writer *w)
{
	static const char *const names[LISTS] = { bundle_audit, bundle_consents, bundle_identities,
						  bundle_looks, bundle_provisions };
	if (mkdirat(w->root, "audit", 0700) != 0 || mkdirat(w->root, "documents", 0700) != 0
	    || mkdirat(w->root, "metadata", 0700) != 0)
		fail(w, "a directory", errno);
	for (size_t i = 0; i < LISTS; i++)
		w->lists[i].name = names[i];
	for (size_t i = 0; i < LISTS_OF_ALL; i++)
		begin_list(w, &w->lists[i]);
	w->sums = without_name(w);
	if (w->sums == NULL)
		fail(w, "the sums", errno);
}

struct bundle_writer *bundle_begin(struct arena *a, const char *directory, struct problem *p)
{
	struct bundle_writer *w = arena_new(a, struct bundle_writer);
	size_t length = strlen(directory);
	while (length > 1 && directory[length - 1] == '/')
		length--;
	w->directory = arena_text_n(a, directory, length);
	const char *slash = strrchr(w->directory, '/');
	w->arena = a;
	w->root = -1;
	w->growing = arena_printf(a, "%.*s/.%s.part", (int)(slash - w->directory), w->directory,
				  slash + 1);
	arena_at_end(a, discard, w);
	make_parents(a, w->directory);
	if (!make(w, p))
		return NULL;
	begin_lists(w);
	if (!bundle_failed(w))
		return w;
	*p = w->problem;
	return NULL;
}

static void put_sum(FILE *to, const unsigned char sha256[BUNDLE_SHA256], const char *name)
{
	for (size_t i = 0; i < BUNDLE_SHA256; i++)
		fprintf(to, "%02x", sha256[i]);
	fprintf(to, "  %s\n", name);
}

/* The folder of a name, unless it was made last. */
static void make_folder(struct bundle_writer *w, const char *name)
{
	char folder[BUNDLE_NAME];
	const char *slash = strrchr(name, '/');
	if (slash == NULL)
		return;
	snprintf(folder, sizeof folder, "%.*s", (int)(slash - name), name);
	if (text_equal(folder, w->folder))
		return;
	if (mkdirat(w->root, folder, 0700) != 0 && errno != EEXIST)
		fail(w, folder, errno);
	memcpy(w->folder, folder, sizeof folder);
}

static void write_file(struct bundle_writer *w, const char *name, struct bytes octets)
{
	int fd = has_room(w, octets.length) ? create(w, name) : -1;
	if (fd < 0 || !regular_write(fd, octets))
		fail(w, name, errno);
	if (fd >= 0 && close(fd) != 0)
		fail(w, name, errno);
	w->written.files++;
	w->written.octets += octets.length;
}

void bundle_put(struct bundle_writer *w, const char *name, struct bytes octets)
{
	unsigned char sha256[BUNDLE_SHA256];
	if (bundle_failed(w))
		return;
	make_folder(w, name);
	write_file(w, name, octets);
	if (EVP_Digest(octets.data, octets.length, sha256, NULL, EVP_sha256(), NULL) != 1)
		fail(w, name, ENOMEM);
	if (name == bundle_readme) {
		memcpy(w->readme, sha256, sizeof w->readme);
	} else if (name == bundle_index) {
		memcpy(w->index, sha256, sizeof w->index);
		w->has_index = true;
	} else {
		put_sum(w->sums, sha256, name);
	}
}

static void append(struct bundle_writer *w, struct list *l, struct bytes octets)
{
	if (fwrite(octets.data, 1, octets.length, l->to) != octets.length
	    || EVP_DigestUpdate(l->sum, octets.data, octets.length) != 1)
		fail(w, l->name, errno);
	w->written.octets += octets.length;
}

void bundle_put_line(struct bundle_writer *w, struct arena *a, const char *list,
		     const json_t *value)
{
	struct list *l = list_named(w, list);
	struct buffer text = buffer_in(a);
	if (bundle_failed(w))
		return;
	if (!json_append(&text, value)) {
		fail(w, list, ENOMEM);
		return;
	}
	buffer_byte(&text, '\n');
	append(w, l, buffer_bytes(&text));
}

/* ---- Documents ---- */

/* The octets of a large one as they are read, hashed on the way: the disk may have lost some. */
static bool copy_file(int to, const struct blob_content *content)
{
	unsigned char piece[PIECE], sha256[BUNDLE_SHA256];
	EVP_MD_CTX *sum = new_sum();
	off_t at = 0;
	ssize_t n = 0;
	bool fine = sum != NULL;
	while (fine && (n = pread(content->fd, piece, sizeof piece, at)) > 0) {
		fine = EVP_DigestUpdate(sum, piece, (size_t)n) == 1
		       && regular_write(to, (struct bytes){ piece, (size_t)n });
		at += n;
	}
	fine = fine && n == 0 && EVP_DigestFinal_ex(sum, sha256, NULL) == 1;
	EVP_MD_CTX_free(sum);
	if (fine && memcmp(sha256, content->sha256, sizeof sha256) != 0)
		errno = EIO;
	return fine && memcmp(sha256, content->sha256, sizeof sha256) == 0;
}

static void write_document(struct bundle_writer *w, int fd, const char *name,
			   const struct blob_content *content)
{
	bool done = content->octets.data != NULL || content->fd < 0
			    ? regular_write(fd, content->octets)
			    : copy_file(fd, content);
	int error = errno;
	if (close(fd) != 0 || !done)
		fail(w, name, done ? errno : error);
	w->written.files++;
	w->written.documents++;
	w->written.octets += content->size;
}

void bundle_put_document(struct bundle_writer *w, const struct blob_content *content)
{
	char name[BUNDLE_NAME];
	if (bundle_failed(w))
		return;
	bundle_document_name(content->sha256, name);
	make_folder(w, name);
	if (bundle_failed(w))
		return;
	int fd = has_room(w, content->size) ? create(w, name) : -1;
	if (fd >= 0)
		write_document(w, fd, name, content);
	else if (errno != EEXIST)
		fail(w, name, errno);
}

/* ---- The end ---- */

static int by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Names of one of 256 folders: a million documents are some 4,000 there. */
static void put_folder_sums(struct bundle_writer *w, FILE *to, const char *folder, int fd)
{
	struct arena *each = arena_create((size_t)1 << 30);
	DIR *d = fd < 0 || each == NULL ? NULL : fdopendir(fd);
	size_t count = 0, room = 0;
	const char **names = NULL;
	if (d == NULL) {
		fail(w, folder, errno);
		arena_destroy(each);
		return;
	}
	for (const struct dirent *e; (e = readdir(d)) != NULL;) {
		if (e->d_name[0] == '.')
			continue;
		if (count == room) {
			names = arena_resize(each, names, room * sizeof *names,
					     (2 * room + 64) * sizeof *names);
			room = 2 * room + 64;
		}
		names[count++] = arena_text(each, e->d_name);
	}
	closedir(d);
	if (count > 1)
		qsort(names, count, sizeof *names, by_name);
	for (size_t i = 0; i < count; i++)
		fprintf(to, "%s  %s/%s\n", names[i], folder, names[i]);
	arena_destroy(each);
}

static void put_document_sums(struct bundle_writer *w, FILE *to)
{
	for (unsigned i = 0; i < 256 && !bundle_failed(w); i++) {
		char folder[BUNDLE_NAME];
		snprintf(folder, sizeof folder, "documents/%02x", i);
		int fd = openat(w->root, folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		if (fd >= 0)
			put_folder_sums(w, to, folder, fd);
		else if (errno != ENOENT)
			fail(w, folder, errno);
	}
}

static void put_list_sum(struct bundle_writer *w, FILE *to, struct list *l)
{
	unsigned char sha256[BUNDLE_SHA256];
	if (l->to == NULL)
		return; /* not every bundle has it */
	if (EVP_DigestFinal_ex(l->sum, sha256, NULL) != 1)
		fail(w, l->name, ENOMEM);
	if (fclose(l->to) != 0)
		fail(w, l->name, errno);
	l->to = NULL;
	w->written.files++;
	put_sum(to, sha256, l->name);
}

static void copy_sums(struct bundle_writer *w, FILE *to)
{
	char piece[1 << 14];
	size_t n;
	if (fflush(w->sums) != 0 || fseeko(w->sums, 0, SEEK_SET) != 0)
		fail(w, "the sums", errno);
	while (!bundle_failed(w) && (n = fread(piece, 1, sizeof piece, w->sums)) > 0)
		if (fwrite(piece, 1, n, to) != n)
			fail(w, "SHA256SUMS", errno);
	if (ferror(w->sums))
		fail(w, "the sums", errno);
}

/* By name ascending; lists stand in that order. */
static void put_sums(struct bundle_writer *w)
{
	FILE *to = create_stream(w, "SHA256SUMS");
	if (to == NULL)
		return;
	put_sum(to, w->readme, bundle_readme);
	put_list_sum(w, to, &w->lists[0]);
	put_list_sum(w, to, &w->lists[1]);
	put_document_sums(w, to);
	put_list_sum(w, to, &w->lists[2]);
	if (w->has_index)
		put_sum(to, w->index, bundle_index);
	put_list_sum(w, to, &w->lists[3]);
	copy_sums(w, to);
	put_list_sum(w, to, &w->lists[4]);
	if (fclose(to) != 0)
		fail(w, "SHA256SUMS", errno);
}

/* The hash of a file that was just written, in digits. */
static const char *sum_of(struct bundle_writer *w, const char *name)
{
	unsigned char piece[1 << 14], sha256[BUNDLE_SHA256];
	EVP_MD_CTX *sum = new_sum();
	ssize_t n = -1;
	int fd = openat(w->root, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	while (sum != NULL && fd >= 0 && (n = read(fd, piece, sizeof piece)) > 0)
		EVP_DigestUpdate(sum, piece, (size_t)n);
	if (n != 0 || EVP_DigestFinal_ex(sum, sha256, NULL) != 1)
		fail(w, name, errno);
	EVP_MD_CTX_free(sum);
	if (fd >= 0)
		close(fd);
	return bytes_to_hex(w->arena, (struct bytes){ sha256, sizeof sha256 });
}

static void put_manifest(struct bundle_writer *w, json_t *manifest)
{
	struct buffer text = buffer_in(w->arena);
	json_object_set_new(manifest, "files", json_integer((json_int_t)w->written.files));
	json_object_set_new(manifest, "octets", json_integer((json_int_t)w->written.octets));
	json_object_set_new(manifest, "sums", json_string(sum_of(w, "SHA256SUMS")));
	if (!json_append(&text, manifest))
		fail(w, "manifest.json", ENOMEM);
	buffer_byte(&text, '\n');
	if (!bundle_failed(w))
		write_file(w, "manifest.json", buffer_bytes(&text));
}

/* All of it is on the disk before it has its name; and the name, before anybody is told. */
static void take_name(struct bundle_writer *w)
{
	const char *slash = strrchr(w->directory, '/');
	const char *parent = slash == w->directory ? "/"
						   : arena_text_n(w->arena, w->directory,
								  (size_t)(slash - w->directory));
	if (bundle_failed(w))
		return;
	if (syncfs(w->root) != 0) {
		fail(w, "it to the disk", errno);
		return;
	}
	if (renameat2(AT_FDCWD, w->growing, AT_FDCWD, w->directory, RENAME_NOREPLACE) != 0) {
		fail(w, "its name", errno);
		return;
	}
	w->ended = true;
	int fd = open(parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 || fsync(fd) != 0)
		problem_at(&w->problem, PROBLEM_INTERNAL, w->directory,
			   "is whole, but its name may not be on the disk: %s", regular_why(errno));
	if (fd >= 0)
		close(fd);
}

bool bundle_end(struct bundle_writer *w, json_t *manifest, struct problem *p)
{
	if (!bundle_failed(w))
		put_sums(w);
	if (!bundle_failed(w))
		put_manifest(w, manifest);
	take_name(w);
	*p = w->problem;
	discard(w);
	return p->code == PROBLEM_NONE;
}
