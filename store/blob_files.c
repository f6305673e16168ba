/* store/blob_files.c: large documents as files, by hash. */
#include "store/blob_files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <openssl/evp.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "gateway/base/bytes.h"
#include "gateway/base/clock.h"
#include "gateway/base/progress.h"
#include "gateway/base/regular_file.h"
#include "gateway/base/text.h"
#include "store/blob_claims.h"
#include "store/file_writer.h"
#include "store/store.h"
#include "store/store_keys.h"
#include "store/verified_files.h"

enum {
	SHELF = 2, /* hex digits of the directory a file stands in */
	NAME = 2 * BLOB_SHA256 + 1,
	SPOT = SHELF + 1 + NAME, /* below its directory */
	PIECE = 64 * 1024,
	COPY_PIECE = 64 << 20, /* by the kernel, between two looks whether to stop */
	ROOM = 16 << 20,       /* left for the keys that will tell of the document */
	ROOM_EVERY = 1 << 20,
	BEHIND_FROM = 1 << 20, /* as what is large among messages (transport/door.h) */
};

/* Where files stand: by their hash, below a directory. */
struct place {
	int directory, tmp;
	char *path;
};

struct blobs {
	struct place *places; /* the store's own first */
	unsigned count;
	const struct random_source *random;
	const struct clock *clock;
	pthread_mutex_t naming;  /* a file gets its name, or loses it */
	pthread_mutex_t staying; /* held by whoever collects, or must not see it done */
	struct verified_files *verified;
	struct file_writer *writer;
	struct blob_claims *claims;
};

static void name_of(const unsigned char sha256[BLOB_SHA256], char name[NAME])
{
	static const char digits[] = "0123456789abcdef";
	for (unsigned i = 0; i < BLOB_SHA256; i++) {
		name[2 * i] = digits[sha256[i] >> 4];
		name[2 * i + 1] = digits[sha256[i] & 15];
	}
	name[NAME - 1] = '\0';
}

static void spot_of(const unsigned char sha256[BLOB_SHA256], char spot[SPOT])
{
	char name[NAME];
	name_of(sha256, name);
	snprintf(spot, SPOT, "%.*s/%s", SHELF, name, name);
}

static bool failed(const char *doing, int code, struct problem *p)
{
	bool full = code == ENOSPC || code == EDQUOT || code == EFBIG;
	return problem_set(p, full ? PROBLEM_STORE_FULL : PROBLEM_INTERNAL,
			   "could not %s a document: %s", doing, regular_why(code));
}

/* Growing. */

unsigned blobs_place(const struct blobs *b, const char *directory)
{
	unsigned n = b->count - 1;
	while (n > 0 && (directory == NULL || strcmp(b->places[n].path, directory) != 0))
		n--;
	return n;
}

bool blob_file_begin(struct blobs *b, struct growing_file *f, struct problem *p)
{
	int tmp = b->places[f->place].tmp;
	f->name[0] = '\0';
	f->length = 0;
	f->fd = openat(tmp, ".", O_TMPFILE | O_RDWR | O_CLOEXEC, 0400);
	if (f->fd < 0 && (errno == EOPNOTSUPP || errno == EISDIR)) {
		unsigned char octets[(BLOB_TMP_NAME - 1) / 2];
		b->random->fill(b->random, octets, sizeof octets);
		for (size_t i = 0; i < sizeof octets; i++)
			snprintf(f->name + 2 * i, 3, "%02x", octets[i]);
		f->fd = openat(tmp, f->name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0400);
	}
	return f->fd >= 0 || failed("begin to write", errno, p);
}

static bool has_room(const struct place *at, struct problem *p)
{
	struct statvfs fs;
	return fstatvfs(at->directory, &fs) != 0 || (uint64_t)fs.f_bavail * fs.f_frsize >= ROOM
	       || failed("write", ENOSPC, p);
}

bool blobs_have_room(struct blobs *b, struct problem *p)
{
	bool have = true;
	for (unsigned n = 0; have && n < b->count; n++)
		have = has_room(&b->places[n], p);
	return have;
}

/* Of what is large another thread writes, so that the next piece is hashed meanwhile. */
bool blob_file_write(struct blobs *b, struct growing_file *f, const void *data, size_t length,
		     struct problem *p)
{
	uint64_t at = f->length;
	if (at / ROOM_EVERY != (at + length) / ROOM_EVERY && !has_room(&b->places[f->place], p))
		return false;
	f->length += length;
	int error = at < BEHIND_FROM
			    ? file_writer_write(f->fd, data, length, at)
			    : file_writer_give(b->writer, &f->pieces, f->fd, data, length, at);
	return error == 0 || failed("write", error, p);
}

static int link_at(const struct place *at, const struct growing_file *f, const char *spot)
{
	char self[48];
	if (f->name[0] != '\0')
		return linkat(at->tmp, f->name, at->directory, spot, 0);
	snprintf(self, sizeof self, "/proc/self/fd/%d", f->fd);
	return linkat(AT_FDCWD, self, at->directory, spot, AT_SYMLINK_FOLLOW);
}

/* The name is there already: fine if it is as long as ours. It is younger again from now on, so
 * that collecting leaves it alone until the job that needs it has run. */
static bool same_at(const struct place *at, const char *spot, uint64_t size)
{
	struct stat st;
	return fstatat(at->directory, spot, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(st.st_mode)
	       && (uint64_t)st.st_size == size
	       && utimensat(at->directory, spot, NULL, AT_SYMLINK_NOFOLLOW) == 0;
}

/* The same octets came for another repository before: once is enough. */
static bool is_elsewhere(const struct blobs *b, const struct growing_file *f, const char *spot,
			 uint64_t size)
{
	bool found = false;
	for (unsigned n = 0; !found && n < b->count; n++)
		found = n != f->place && same_at(&b->places[n], spot, size);
	return found;
}

static bool name_it(const struct place *at, struct growing_file *f, const char *spot, uint64_t size,
		    struct problem *p)
{
	if (link_at(at, f, spot) == 0 || (errno == EEXIST && same_at(at, spot, size)))
		return true;
	/* A damaged one is in the way: ours is whole. */
	if (errno == EEXIST && unlinkat(at->directory, spot, 0) == 0 && link_at(at, f, spot) == 0)
		return true;
	return failed("name", errno, p);
}

static bool sync_directory(const struct place *at, const char *shelf, struct problem *p)
{
	int fd = openat(at->directory, shelf, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool durable = fd >= 0 && fsync(fd) == 0 && fsync(at->directory) == 0;
	int code = errno;
	if (fd >= 0)
		close(fd);
	return durable || failed("make durable", code, p);
}

/* What was hashed as it came need not be hashed to be given. Its file has its name by now, for that
 * changes the time by which it is known; nobody can have written into it since it had none. One
 * that gave way to another of that name is nobody's. */
static void remember(struct blobs *b, const struct growing_file *f,
		     const unsigned char sha256[BLOB_SHA256])
{
	struct stat st;
	if (fstat(f->fd, &st) == 0 && st.st_nlink == 1 && (uint64_t)st.st_size == f->length)
		verified_files_add(b->verified, sha256, &st, false);
}

bool blob_file_keep(struct blobs *b, struct growing_file *f,
		    const unsigned char sha256[BLOB_SHA256], uint64_t size, struct problem *p)
{
	const struct place *at = &b->places[f->place];
	char spot[SPOT], shelf[SHELF + 1];
	spot_of(sha256, spot);
	snprintf(shelf, sizeof shelf, "%.*s", SHELF, spot);
	int error = file_writer_settle(b->writer, &f->pieces);
	if (error != 0)
		return failed("write", error, p);
	if (fsync(f->fd) != 0)
		return failed("make durable", errno, p);
	if (mkdirat(at->directory, shelf, 0700) != 0 && errno != EEXIST)
		return failed("name", errno, p);
	pthread_mutex_lock(&b->naming);
	bool elsewhere = is_elsewhere(b, f, spot, size);
	bool named = elsewhere || name_it(at, f, spot, size, p);
	if (named && !elsewhere)
		remember(b, f, sha256);
	pthread_mutex_unlock(&b->naming);
	return named && (elsewhere || sync_directory(at, shelf, p));
}

void blob_file_discard(struct blobs *b, struct growing_file *f)
{
	if (f->fd >= 0) {
		file_writer_settle(b->writer, &f->pieces);
		close(f->fd);
	}
	if (f->fd >= 0 && f->name[0] != '\0')
		unlinkat(b->places[f->place].tmp, f->name, 0);
	f->fd = -1;
}

/* Reading. */

/* A gibibyte takes seconds: whoever nobody waits for any more ends within a piece. */
static bool hash_file(struct store_txn *t, int fd, unsigned char out[BLOB_SHA256])
{
	unsigned char piece[PIECE];
	EVP_MD_CTX *hash = EVP_MD_CTX_new();
	off_t at = 0;
	ssize_t n = -1;
	bool sound = hash != NULL && EVP_DigestInit_ex(hash, EVP_sha256(), NULL) == 1;
	while (sound && (n = pread(fd, piece, sizeof piece, at)) > 0) {
		sound = EVP_DigestUpdate(hash, piece, (size_t)n) == 1 && !store_stopped(t);
		at += n;
	}
	sound = sound && n == 0 && EVP_DigestFinal_ex(hash, out, NULL) == 1;
	EVP_MD_CTX_free(hash);
	return sound;
}

static bool verify(struct store_txn *t, int fd, const unsigned char sha256[BLOB_SHA256],
		   uint64_t size)
{
	struct blobs *b = store_blobs(store_of(t));
	unsigned char found[BLOB_SHA256];
	struct stat st;
	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) || (uint64_t)st.st_size != size)
		return false;
	bool passing_by = store_passes_by(t);
	/* Who looks at everything is to find what a disk did to a file that looks untouched. */
	if (!passing_by && verified_files_know(b->verified, sha256, &st, false))
		return true;
	if (!store_may_hash(t, size) || !hash_file(t, fd, found)
	    || memcmp(found, sha256, BLOB_SHA256) != 0)
		return false;
	verified_files_add(b->verified, sha256, &st, passing_by);
	return true;
}

static int verified_or_closed(struct store_txn *t, int fd, const unsigned char sha256[BLOB_SHA256],
			      uint64_t size, struct problem *p)
{
	char name[NAME];
	name_of(sha256, name);
	if (fd < 0) {
		bool for_now = errno == EMFILE || errno == ENFILE || errno == ENOMEM;
		problem_set(p, for_now ? PROBLEM_OUT_OF_RESOURCES : PROBLEM_INTERNAL,
			    "document %s could not be opened: %s", name, regular_why(errno));
		return -1;
	}
	if (verify(t, fd, sha256, size))
		return fd;
	problem_set(p, PROBLEM_INTERNAL, "document %s is not what was stored", name);
	close(fd);
	return -1;
}

/* Where it is not is looked for in the next place; and so is a whole one beside a damaged one. */
int blob_file_open(struct store_txn *t, const unsigned char sha256[BLOB_SHA256], uint64_t size,
		   struct problem *p)
{
	struct blobs *b = store_blobs(store_of(t));
	struct problem why = { .code = PROBLEM_NONE };
	char spot[SPOT];
	int fd = -1;
	spot_of(sha256, spot);
	for (unsigned n = 0; fd < 0 && n < b->count; n++) {
		int found = regular_open_at(b->places[n].directory, spot, O_RDONLY | O_NOFOLLOW, 0);
		bool absent = found < 0 && errno == ENOENT;
		if (!absent || n + 1 == b->count)
			fd = verified_or_closed(t, found, sha256, size, &why);
	}
	if (fd < 0)
		problem_set(p, why.code, "%s", why.what);
	return fd;
}

/* O_NONBLOCK: what was put there in place of the file (a FIFO) must not hold us up. */
int blob_file_open_external(struct store_txn *t, const char *root, const char *path,
			    const unsigned char sha256[BLOB_SHA256], uint64_t size,
			    struct problem *p)
{
	struct open_how how = {
		.flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK,
		.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS,
	};
	int directory = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC);
	int fd = directory < 0 ? -1 : (int)syscall(SYS_openat2, directory, path, &how, sizeof how);
	int code = errno;
	if (directory >= 0)
		close(directory);
	errno = code;
	return verified_or_closed(t, fd, sha256, size, p);
}

/* All of them. */

typedef bool (*blob_visit)(struct blobs *b, const struct place *at, const char *shelf,
			   const unsigned char sha256[BLOB_SHA256], void *with, struct problem *p);

static bool visit_shelf(struct blobs *b, const struct place *at, const char *shelf,
			blob_visit visit, void *with, struct problem *p)
{
	int fd = openat(at->directory, shelf, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return errno == ENOENT || failed("look for", errno, p);
	DIR *d = fdopendir(fd);
	if (d == NULL) {
		close(fd);
		return failed("look for", ENOMEM, p);
	}
	bool going = true;
	for (const struct dirent *e; going && (e = readdir(d)) != NULL;) {
		unsigned char sha256[BLOB_SHA256];
		if (strlen(e->d_name) == NAME - 1 && bytes_from_hex(e->d_name, NAME - 1, sha256))
			going = visit(b, at, shelf, sha256, with, p);
	}
	closedir(d);
	return going;
}

static bool visit_all(struct blobs *b, blob_visit visit, void *with, struct problem *p)
{
	bool going = true;
	for (unsigned i = 0; going && i < 256 * b->count; i++) {
		char shelf[SHELF + 1];
		snprintf(shelf, sizeof shelf, "%02x", (unsigned char)(i % 256));
		going = visit_shelf(b, &b->places[i / 256], shelf, visit, with, p);
	}
	return going;
}

struct collecting {
	struct store *store;
	const atomic_bool *stop;
	instant before;
	struct blobs_collected *counts;
};

static bool is_known(struct store *s, const unsigned char sha256[BLOB_SHA256], bool *known,
		     struct problem *p)
{
	struct blob blob;
	struct store_txn *t = store_begin_read(s, p);
	if (t == NULL)
		return false;
	*known = blob_known(t, sha256, &blob);
	bool sure = !store_failed(t);
	store_end(t);
	return sure || problem_set(p, PROBLEM_INTERNAL, "could not look for a document's key");
}

void blob_file_forget(struct store *s, const unsigned char sha256[BLOB_SHA256])
{
	struct blobs *b = store_blobs(s);
	struct problem why = { .code = PROBLEM_NONE };
	bool known = true;
	char spot[SPOT];
	spot_of(sha256, spot);
	if (pthread_mutex_trylock(&b->staying) != 0)
		return;
	if (is_known(s, sha256, &known, &why) && !known)
		for (unsigned n = 0; n < b->count; n++)
			unlinkat(b->places[n].directory, spot, 0);
	pthread_mutex_unlock(&b->staying);
}

struct blob_claims *blobs_claims(struct blobs *b)
{
	return b->claims;
}

/* With naming held nobody can be about to rely on this file without it being young. */
static bool collect_one(struct blobs *b, const struct place *at, const char *shelf,
			const unsigned char sha256[BLOB_SHA256], void *with, struct problem *p)
{
	struct collecting *c = with;
	char spot[SPOT];
	struct stat st;
	bool known = true, looked = true;
	(void)shelf;
	if (c->stop != NULL && atomic_load(c->stop))
		return false;
	spot_of(sha256, spot);
	pthread_mutex_lock(&b->naming);
	if (fstatat(at->directory, spot, &st, AT_SYMLINK_NOFOLLOW) == 0
	    && (instant)st.st_mtim.tv_sec * 1000000 + st.st_mtim.tv_nsec / 1000 < c->before)
		looked = is_known(c->store, sha256, &known, p);
	if (looked && !known && unlinkat(at->directory, spot, 0) == 0) {
		c->counts->files++;
		c->counts->octets += (uint64_t)st.st_size;
	}
	pthread_mutex_unlock(&b->naming);
	return looked;
}

bool blobs_collect(struct store *s, int64_t grace, const atomic_bool *stop,
		   struct blobs_collected *out, struct problem *p)
{
	struct blobs *b = store_blobs(s);
	struct collecting c = {
		.store = s, .stop = stop, .before = b->clock->now(b->clock) - grace, .counts = out
	};
	*out = (struct blobs_collected){ 0 };
	pthread_mutex_lock(&b->staying);
	bool collected = visit_all(b, collect_one, &c, p);
	pthread_mutex_unlock(&b->staying);
	return collected || (stop != NULL && atomic_load(stop));
}

void blobs_stay(struct blobs *b, bool stay)
{
	if (stay)
		pthread_mutex_lock(&b->staying);
	else
		pthread_mutex_unlock(&b->staying);
}

struct copying {
	int target, onto; /* -1: nothing is linked */
	struct progress *progress;
};

static bool is_stopped(const struct progress *progress, struct problem *p)
{
	return progress_is_stopped(progress)
	       && !problem_set(p, PROBLEM_BUSY, "the backup was stopped");
}

static bool copy_octets(struct progress *progress, int from, int to, struct problem *p)
{
	while (!is_stopped(progress, p)) {
		ssize_t n = copy_file_range(from, NULL, to, NULL, COPY_PIECE, 0);
		if (n == 0)
			return fsync(to) == 0 || failed("copy", errno, p);
		if (n < 0 && errno == EXDEV) {
			unsigned char piece[PIECE];
			n = read(from, piece, sizeof piece);
			if (n > 0 && write(to, piece, (size_t)n) != n)
				n = -1;
			if (n == 0)
				return fsync(to) == 0 || failed("copy", errno, p);
		}
		if (n < 0 && errno != EINTR)
			return failed("copy", errno, p);
		progress_add(progress, n > 0 ? (uint64_t)n : 0);
	}
	return false;
}

bool blob_file_copy(int from_directory, const char *name, int to_directory, unsigned mode,
		    struct progress *progress, struct problem *p)
{
	int from = regular_open_at(from_directory, name, O_RDONLY | O_NOFOLLOW, 0);
	int to = openat(to_directory, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
	bool copied = from >= 0 && to >= 0 ? copy_octets(progress, from, to, p)
					   : failed("copy", errno, p);
	if (from >= 0)
		close(from);
	if (to >= 0)
		close(to);
	return copied;
}

/* What was copied once is not copied again: it never changes, and its name is its sum. Where it
 * cannot be linked (another file system, another key, a link too many) it is copied. */
static bool link_one(const struct copying *c, const char *spot, const struct stat *here)
{
	struct stat there;
	if (c->onto < 0 || fstatat(c->onto, spot, &there, AT_SYMLINK_NOFOLLOW) != 0
	    || !S_ISREG(there.st_mode) || there.st_size != here->st_size
	    || linkat(c->onto, spot, c->target, spot, 0) != 0)
		return false;
	progress_add(c->progress, (uint64_t)here->st_size);
	return true;
}

/* A copy has one place, and what came for two repositories at the same moment stands there once. */
static bool copy_one(struct blobs *b, const struct place *at, const char *shelf,
		     const unsigned char sha256[BLOB_SHA256], void *with, struct problem *p)
{
	const struct copying *c = with;
	int target = c->target;
	char spot[SPOT];
	struct stat st;
	spot_of(sha256, spot);
	if (at != b->places && fstatat(target, spot, &st, AT_SYMLINK_NOFOLLOW) == 0)
		return true;
	if (mkdirat(target, shelf, 0700) != 0 && errno != EEXIST)
		return failed("copy", errno, p);
	if (fstatat(at->directory, spot, &st, AT_SYMLINK_NOFOLLOW) == 0 && link_one(c, spot, &st))
		return true;
	return blob_file_copy(at->directory, spot, target, 0400, c->progress, p);
}

bool blobs_copy(struct blobs *b, const char *directory, const char *onto, struct progress *progress,
		struct problem *p)
{
	char path[4096];
	struct copying c = { .onto = -1, .progress = progress };
	snprintf(path, sizeof path, "%s/blobs", directory);
	if (mkdir(path, 0700) != 0)
		return failed("copy", errno, p);
	c.target = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool copied = c.target >= 0 || failed("copy", errno, p);
	if (onto != NULL) {
		snprintf(path, sizeof path, "%s/blobs", onto);
		c.onto = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	}
	copied = copied && visit_all(b, copy_one, &c, p);
	if (c.onto >= 0)
		close(c.onto);
	if (c.target >= 0)
		close(c.target);
	return copied;
}

static bool add_up(struct blobs *b, const struct place *at, const char *shelf,
		   const unsigned char sha256[BLOB_SHA256], void *with, struct problem *p)
{
	uint64_t *octets = with;
	char spot[SPOT];
	struct stat st;
	(void)b, (void)shelf, (void)p;
	spot_of(sha256, spot);
	if (fstatat(at->directory, spot, &st, AT_SYMLINK_NOFOLLOW) == 0)
		*octets += (uint64_t)st.st_size;
	return true;
}

uint64_t blobs_octets(struct blobs *b)
{
	struct problem p = { .code = PROBLEM_NONE };
	uint64_t octets = 0;
	visit_all(b, add_up, &octets, &p);
	return octets;
}

/* Opening. */

/* What was growing when the process died, where files need a name to grow. */
static void clear_tmp(const struct place *at)
{
	int fd = openat(at->tmp, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = fd < 0 ? NULL : fdopendir(fd);
	for (const struct dirent *e; d != NULL && (e = readdir(d)) != NULL;)
		if (e->d_name[0] != '.')
			unlinkat(at->tmp, e->d_name, 0);
	if (d != NULL)
		closedir(d);
	else if (fd >= 0)
		close(fd);
}

static int make_and_open(const char *path)
{
	if (mkdir(path, 0700) != 0 && errno != EEXIST)
		return -1;
	return open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

/* Nobody else's: whoever collects there would take our documents for orphans of his. */
static bool open_place(struct blobs *b, const char *path, struct problem *p)
{
	struct place *at = &b->places[b->count++];
	char tmp[4096];
	snprintf(tmp, sizeof tmp, "%s/tmp", path);
	*at = (struct place){ .path = strdup(path), .directory = make_and_open(path), .tmp = -1 };
	/* Of its own the store's lock tells. */
	bool ours = b->count == 1 || flock(at->directory, LOCK_EX | LOCK_NB) == 0;
	if (at->directory >= 0 && ours)
		at->tmp = make_and_open(tmp);
	if (at->tmp < 0 || at->path == NULL)
		return problem_at(p, errno == ENOSPC ? PROBLEM_STORE_FULL : PROBLEM_CONFIGURATION,
				  path, "could not open it: %s",
				  errno == EWOULDBLOCK ? "another store has it" : strerror(errno));
	clear_tmp(at);
	return true;
}

static bool open_places(struct blobs *b, const struct store_settings *settings, struct problem *p)
{
	const char *const *more = settings->document_directories;
	char own[4096];
	unsigned count = 1;
	while (more != NULL && more[count - 1] != NULL)
		count++;
	b->places = calloc(count, sizeof *b->places);
	if (b->places == NULL)
		return problem_set(p, PROBLEM_OUT_OF_RESOURCES, "no memory to open the store");
	snprintf(own, sizeof own, "%s/blobs", settings->directory);
	bool open = open_place(b, own, p);
	for (; open && more != NULL && *more != NULL; more++)
		open = open_place(b, *more, p);
	return open;
}

struct blobs *blobs_open(const struct store_settings *settings, struct problem *p)
{
	struct blobs *b = calloc(1, sizeof *b);
	if (b == NULL || (b->verified = verified_files_create()) == NULL
	    || (b->claims = blob_claims_create()) == NULL
	    || (b->writer = file_writer_create()) == NULL) {
		if (b != NULL) {
			verified_files_destroy(b->verified);
			blob_claims_end(b->claims);
		}
		free(b);
		problem_set(p, PROBLEM_OUT_OF_RESOURCES, "no memory to open the store");
		return NULL;
	}
	b->random = settings->random;
	b->clock = settings->clock;
	pthread_mutex_init(&b->naming, NULL);
	pthread_mutex_init(&b->staying, NULL);
	if (open_places(b, settings, p))
		return b;
	blobs_close(b);
	return NULL;
}

void blobs_close(struct blobs *b)
{
	if (b == NULL)
		return;
	for (unsigned n = 0; n < b->count; n++) {
		if (b->places[n].directory >= 0)
			close(b->places[n].directory);
		if (b->places[n].tmp >= 0)
			close(b->places[n].tmp);
		free(b->places[n].path);
	}
	free(b->places);
	blob_claims_end(b->claims);
	pthread_mutex_destroy(&b->naming);
	pthread_mutex_destroy(&b->staying);
	verified_files_destroy(b->verified);
	file_writer_destroy(b->writer);
	free(b);
}
