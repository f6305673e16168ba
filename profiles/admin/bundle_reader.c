/* profiles/admin/bundle_reader.c: an export read, which is hostile until it has been verified.
 *
 * The list of sums ascends, and so does the walk through the directory: both go side by side, and
 * what is in one of them only is named. So neither its length nor a name listed twice matters. */
#include "profiles/admin/bundle.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gateway/base/arena.h"
#include "gateway/base/progress.h"
#include "gateway/base/regular_file.h"
#include "gateway/base/text.h"

enum { PIECE = 1 << 16, FOLDER_MOST = 1 << 18, DEPTH_MOST = 2 };

struct bundle {
	struct arena *arena;
	const char *directory;
	int root;
	FILE *sums;
	char before[BUNDLE_NAME]; /* the name read last */
	json_t *manifest;
};

static bool refuse(const struct bundle *b, const char *name, struct problem *p, const char *what)
{
	return problem_at(p, PROBLEM_REQUEST_INVALID, name[0] == '\0' ? b->directory : name, "%s",
			  what);
}

static void close_all(void *bundle)
{
	struct bundle *b = bundle;
	if (b->sums != NULL)
		fclose(b->sums);
	if (b->root >= 0)
		close(b->root);
	json_decref(b->manifest);
}

/* Folder by folder, so that no link is followed on the way. */
int bundle_file(struct bundle *b, const char *name, struct problem *p)
{
	char part[BUNDLE_NAME];
	int at = b->root, next, error;
	for (const char *slash; (slash = strchr(name, '/')) != NULL; name = slash + 1, at = next) {
		snprintf(part, sizeof part, "%.*s", (int)(slash - name), name);
		next = openat(at, part, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		error = errno;
		if (at != b->root)
			close(at);
		if (next < 0) {
			refuse(b, part, p, regular_why(error));
			return next;
		}
	}
	int fd = regular_open_at(at, name, O_RDONLY | O_NOFOLLOW, 0);
	error = errno;
	if (at != b->root)
		close(at);
	if (fd < 0)
		refuse(b, name, p,
		       error == ELOOP    ? "is a symbolic link"
		       : error == ENOENT ? "is missing"
					 : regular_why(error));
	return fd;
}

static bool hash_of(int fd, unsigned char out[BUNDLE_SHA256], uint64_t *octets)
{
	unsigned char piece[PIECE];
	EVP_MD_CTX *sum = EVP_MD_CTX_new();
	bool fine = sum != NULL && EVP_DigestInit_ex(sum, EVP_sha256(), NULL) == 1;
	ssize_t n = -1;
	for (*octets = 0; fine && (n = read(fd, piece, sizeof piece)) > 0; *octets += (uint64_t)n)
		fine = EVP_DigestUpdate(sum, piece, (size_t)n) == 1;
	fine = fine && n == 0 && EVP_DigestFinal_ex(sum, out, NULL) == 1;
	EVP_MD_CTX_free(sum);
	return fine;
}

/* At most so many octets, in the arena. */
static bool read_whole(struct bundle *b, struct arena *a, const char *name, size_t most,
		       struct bytes *out, struct problem *p)
{
	struct stat st;
	struct buffer all = buffer_in(a);
	ssize_t n = -1;
	int fd = bundle_file(b, name, p);
	if (fd < 0)
		return false;
	bool fits = fstat(fd, &st) == 0 && (uint64_t)st.st_size <= most;
	if (fits)
		buffer_grow(&all, (size_t)st.st_size + 1);
	while (fits && all.length <= most && (n = read(fd, buffer_reserve(&all, PIECE), PIECE)) > 0)
		all.length += (size_t)n;
	close(fd);
	*out = buffer_bytes(&all);
	if (!fits || all.length > most)
		return refuse(b, name, p, "is larger than any of its kind");
	return n == 0 || refuse(b, name, p, "could not be read");
}

static bool is_hash(const char *text)
{
	return text != NULL && strlen(text) == BUNDLE_HEX
	       && strspn(text, "0123456789abcdef") == BUNDLE_HEX;
}

static bool read_manifest(struct bundle *b, struct problem *p)
{
	struct bytes text;
	if (!read_whole(b, b->arena, "manifest.json", BUNDLE_MANIFEST_MOST, &text, p))
		return false;
	struct problem why = { .code = PROBLEM_NONE };
	b->manifest = bundle_json(text, &why);
	if (b->manifest == NULL)
		return refuse(b, "manifest.json", p, why.what);
	const json_t *form = json_object_get(b->manifest, "form");
	if (!json_is_integer(form) || json_integer_value(form) != BUNDLE_FORM)
		return refuse(b, "manifest.json", p,
			      "is of no form this release reads (form is not 1)");
	return is_hash(bundle_text(b->manifest, "sums", BUNDLE_HEX))
	       || refuse(b, "manifest.json", p, "tells no SHA-256 of SHA256SUMS");
}

static bool open_sums(struct bundle *b, struct problem *p)
{
	unsigned char sha256[BUNDLE_SHA256], told[BUNDLE_SHA256];
	uint64_t octets;
	int fd = bundle_file(b, "SHA256SUMS", p);
	if (fd < 0)
		return false;
	bool fine = bytes_from_hex(bundle_text(b->manifest, "sums", BUNDLE_HEX), BUNDLE_HEX, told)
		    && hash_of(fd, sha256, &octets) && memcmp(told, sha256, sizeof told) == 0;
	b->sums = fine ? fdopen(fd, "r") : NULL;
	if (b->sums != NULL)
		return true;
	close(fd);
	return refuse(b, "SHA256SUMS", p, "is not the list that manifest.json was written with");
}

struct bundle *bundle_open(struct arena *a, const char *directory, struct problem *p)
{
	struct bundle *b = arena_new(a, struct bundle);
	*b = (struct bundle){ .arena = a, .directory = arena_text(a, directory) };
	b->root = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	arena_at_end(a, close_all, b);
	if (b->root < 0) {
		refuse(b, "", p, regular_why(errno));
		return NULL;
	}
	return read_manifest(b, p) && open_sums(b, p) ? b : NULL;
}

const json_t *bundle_manifest(const struct bundle *b)
{
	return b->manifest;
}

/* ---- The list ---- */

void bundle_rewind(struct bundle *b)
{
	rewind(b->sums);
	b->before[0] = '\0';
}

bool bundle_next(struct bundle *b, struct bundle_sum *out, struct problem *p)
{
	char line[BUNDLE_HEX + 2 + BUNDLE_NAME + 2];
	out->kind = BUNDLE_NOTHING;
	if (fgets(line, sizeof line, b->sums) == NULL)
		return ferror(b->sums) ? refuse(b, "SHA256SUMS", p, "could not be read") : false;
	size_t length = strlen(line);
	if (length == 0 || line[length - 1] != '\n' || !bundle_read_sum(line, length - 1, out))
		return refuse(b, "SHA256SUMS", p,
			      arena_printf(b->arena,
					   "has a line behind '%s' that names no file of "
					   "an export, or no hash of one",
					   b->before));
	if (strcmp(b->before, out->name) >= 0)
		return refuse(b, out->name, p, "is out of its order in SHA256SUMS, or there twice");
	memcpy(b->before, out->name, sizeof b->before);
	return true;
}

bool bundle_read(struct bundle *b, struct arena *a, const struct bundle_sum *of, struct bytes *out,
		 struct problem *p)
{
	unsigned char sha256[BUNDLE_SHA256];
	return read_whole(b, a, of->name, BUNDLE_METADATA_MOST, out, p)
	       && ((EVP_Digest(out->data, out->length, sha256, NULL, EVP_sha256(), NULL) == 1
		    && memcmp(sha256, of->sha256, sizeof sha256) == 0)
		   || refuse(b, of->name, p, "is not what SHA256SUMS says"));
}

/* ---- List and directory side by side ---- */

struct verifying {
	struct bundle *b;
	struct progress *progress;
	struct problem *p;
};

static bool check_file(struct verifying *v, const struct bundle_sum *of)
{
	unsigned char sha256[BUNDLE_SHA256];
	uint64_t octets = 0;
	int fd = bundle_file(v->b, of->name, v->p);
	if (fd < 0)
		return false;
	bool same = hash_of(fd, sha256, &octets) && memcmp(sha256, of->sha256, sizeof sha256) == 0;
	close(fd);
	progress_add(v->progress, octets);
	return same || refuse(v->b, of->name, v->p, "is not what SHA256SUMS says");
}

static bool meet(struct verifying *v, const char *name)
{
	struct bundle_sum next;
	if (text_equal(name, "manifest.json") || text_equal(name, "SHA256SUMS"))
		return true;
	if (progress_is_stopped(v->progress))
		return problem_set(v->p, PROBLEM_BUSY, "the import was stopped");
	if (!bundle_next(v->b, &next, v->p))
		return v->p->code == PROBLEM_NONE ? refuse(
			       v->b, name, v->p, "is there, and SHA256SUMS does not list it")
						  : false;
	int order = strcmp(next.name, name);
	if (order < 0)
		return refuse(v->b, next.name, v->p, "is missing, and SHA256SUMS lists it");
	return order > 0 ? refuse(v->b, name, v->p, "is there, and SHA256SUMS does not list it")
			 : check_file(v, &next);
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Names in their order; NULL: there are too many, or it cannot be read. */
static const char **names_in(struct arena *a, int fd, size_t *count)
{
	const char **names = NULL;
	size_t room = 0;
	DIR *d = fdopendir(fd);
	*count = 0;
	if (d == NULL)
		close(fd);
	for (const struct dirent *e; d != NULL && (e = readdir(d)) != NULL;) {
		if (text_equal(e->d_name, ".") || text_equal(e->d_name, ".."))
			continue;
		if (*count == room) {
			names = arena_resize(a, names, room * sizeof *names,
					     (2 * room + 64) * sizeof *names);
			room = 2 * room + 64;
		}
		names[(*count)++] = arena_text(a, e->d_name);
		if (*count > FOLDER_MOST)
			break;
	}
	if (d != NULL)
		closedir(d);
	if (*count > 1)
		qsort(names, *count, sizeof *names, by_name);
	return d == NULL || *count > FOLDER_MOST ? NULL
	       : *count == 0                     ? arena_array(a, const char *, 1)
						 : names;
}

static bool walk(struct verifying *v, int at, const char *prefix, unsigned depth);

static bool walk_one(struct verifying *v, int at, const char *path, const char *name,
		     unsigned depth)
{
	struct stat st;
	if (fstatat(at, name, &st, AT_SYMLINK_NOFOLLOW) != 0)
		return refuse(v->b, path, v->p, regular_why(errno));
	if (S_ISREG(st.st_mode))
		return meet(v, path);
	if (!S_ISDIR(st.st_mode) || depth > DEPTH_MOST)
		return refuse(v->b, path, v->p,
			      S_ISLNK(st.st_mode) ? "is a symbolic link"
						  : "is neither a file nor a folder of an export");
	int fd = openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	return fd < 0 ? refuse(v->b, path, v->p, regular_why(errno)) : walk(v, fd, path, depth);
}

/* Closes it. */
static bool walk(struct verifying *v, int at, const char *prefix, unsigned depth)
{
	struct arena *a = arena_create((size_t)1 << 29);
	int again = a == NULL ? -1 : openat(at, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	size_t count = 0;
	const char **names = again < 0 ? NULL : names_in(a, again, &count);
	bool fine = names != NULL;
	if (!fine)
		refuse(v->b, prefix, v->p, "could not be listed, or holds too many files");
	for (size_t i = 0; fine && i < count; i++)
		fine = walk_one(
			v, at,
			arena_printf(a, "%s%s%s", prefix, prefix[0] == '\0' ? "" : "/", names[i]),
			names[i], depth + 1);
	close(at);
	arena_destroy(a);
	return fine;
}

static uint64_t told_octets(const struct bundle *b)
{
	const json_t *octets = json_object_get(b->manifest, "octets");
	return json_is_integer(octets) && json_integer_value(octets) > 0
		       ? (uint64_t)json_integer_value(octets)
		       : 0;
}

bool bundle_verify(struct bundle *b, struct progress *progress, struct problem *p)
{
	struct verifying v = { .b = b, .progress = progress, .p = p };
	struct bundle_sum left;
	int root = openat(b->root, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	progress_begin(progress, "octets", told_octets(b));
	bundle_rewind(b);
	if (root < 0)
		return refuse(b, "", p, regular_why(errno));
	if (!walk(&v, root, "", 0))
		return false;
	if (bundle_next(b, &left, p))
		return refuse(b, left.name, p, "is missing, and SHA256SUMS lists it");
	return p->code == PROBLEM_NONE;
}

/* ---- Lines ---- */

struct bundle_lines {
	struct bundle *b;
	const char *list;
	FILE *from;
	char *line;
	size_t length;
	uint64_t number;
	bool again;
};

static void close_lines(void *lines)
{
	struct bundle_lines *l = lines;
	fclose(l->from);
}

struct bundle_lines *bundle_lines(struct bundle *b, struct arena *a, const char *list,
				  struct problem *p)
{
	int fd = bundle_file(b, list, p);
	if (fd < 0)
		return NULL;
	struct bundle_lines *l = arena_new(a, struct bundle_lines);
	*l = (struct bundle_lines){ .b = b,
				    .list = list,
				    .line = arena_alloc(a, BUNDLE_LINE_MOST + 2),
				    .from = fdopen(fd, "r") };
	arena_at_end(a, close_lines, l);
	return l;
}

/* False: there is none, or (p is set) it has no end. */
static bool read_line(struct bundle_lines *l, struct problem *p)
{
	int c;
	l->length = 0;
	while ((c = getc_unlocked(l->from)) != EOF && c != '\n' && l->length < BUNDLE_LINE_MOST)
		l->line[l->length++] = (char)c;
	if (c == EOF && l->length == 0)
		return false;
	l->number++;
	return c == '\n'
	       || problem_at(p, PROBLEM_REQUEST_INVALID, l->list,
			     "line %llu: has no end, or is too long",
			     (unsigned long long)l->number);
}

json_t *bundle_next_line(struct bundle_lines *l, struct problem *p)
{
	struct problem why = { .code = PROBLEM_NONE };
	if (!l->again && !read_line(l, p))
		return NULL;
	l->again = false;
	json_t *value = bundle_json((struct bytes){ (unsigned char *)l->line, l->length }, &why);
	if (value == NULL)
		problem_at(p, PROBLEM_REQUEST_INVALID, l->list, "line %llu: %s",
			   (unsigned long long)l->number, why.what);
	return value;
}

void bundle_line_again(struct bundle_lines *l)
{
	l->again = true;
}

uint64_t bundle_line_number(const struct bundle_lines *l)
{
	return l->number;
}
