/* store/engine_berkeleydb_shadow.c: what the engine reads and writes, over files that stay as they
 * are: a block that is written is from then on in memory. The names are those of its directory,
 * which is there for this alone and has links to them: only a name is made, renamed or removed. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/engine_berkeleydb.h"

enum { BLOCK = 4096, DESCRIPTORS = 4096 };

/* What is on the disk counts up to real_length, and but for the blocks in memory. */
struct shadow {
	int real, memory;
	bool log;
	off_t length, real_length;
	unsigned char *held; /* of each block, whether memory has it */
	size_t blocks;
};

/* The newest of a name counts; of NULL there is no such file. */
struct shadow_name {
	char *path;
	struct shadow *of;
	struct shadow_name *before;
};

static struct shadow_name *names;
static struct {
	struct shadow *of;
	off_t at;
} opened[DESCRIPTORS];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static struct shadow_name *find(const char *path)
{
	struct shadow_name *n = names;
	while (n != NULL && strcmp(n->path, path) != 0)
		n = n->before;
	return n;
}

static bool name(const char *path, struct shadow *of)
{
	struct shadow_name *n = calloc(1, sizeof *n);
	if (n == NULL || (n->path = strdup(path)) == NULL) {
		free(n);
		return false;
	}
	n->of = of;
	n->before = names;
	names = n;
	return true;
}

/* real: -1 of a file that is nowhere but here. */
static struct shadow *make(const char *path, int real)
{
	struct stat st = { 0 };
	struct shadow *s = calloc(1, sizeof *s);
	if (s == NULL || (real >= 0 && fstat(real, &st) != 0)
	    || (s->memory = memfd_create("shadow", MFD_CLOEXEC)) < 0 || !name(path, s)) {
		free(s);
		return NULL;
	}
	s->real = real;
	s->log = strstr(path, "/log.") != NULL;
	s->length = s->real_length = st.st_size;
	return s;
}

/* The file, as it is seen; NULL with errno. */
static struct shadow *seen(const char *path)
{
	struct shadow_name *n = find(path);
	if (n != NULL && n->of == NULL)
		errno = ENOENT;
	if (n != NULL)
		return n->of;
	int real = open(path, O_RDONLY | O_CLOEXEC);
	return real < 0 ? NULL : make(path, real);
}

static bool is_held(const struct shadow *s, off_t block)
{
	return (size_t)block < s->blocks && s->held[block] != 0;
}

static bool grow(struct shadow *s, off_t block)
{
	size_t blocks = 2 * (size_t)block + 16;
	if ((size_t)block < s->blocks)
		return true;
	unsigned char *wider = realloc(s->held, blocks);
	if (wider == NULL)
		return false;
	memset(wider + s->blocks, 0, blocks - s->blocks);
	s->held = wider;
	s->blocks = blocks;
	return true;
}

/* Of the disk; what is past its end is 0. */
static bool read_real(const struct shadow *s, char *to, size_t n, off_t at)
{
	memset(to, 0, n);
	for (size_t have = 0; s->real >= 0 && have < n && at + (off_t)have < s->real_length;) {
		off_t left = s->real_length - at - (off_t)have;
		size_t want = (off_t)(n - have) < left ? n - have : (size_t)left;
		ssize_t got = pread(s->real, to + have, want, at + (off_t)have);
		if (got < 0)
			return false;
		if (got == 0)
			break;
		have += (size_t)got;
	}
	return true;
}

static bool hold(struct shadow *s, off_t block)
{
	char whole[BLOCK];
	if (is_held(s, block))
		return true;
	if (!grow(s, block) || !read_real(s, whole, BLOCK, block * BLOCK)
	    || pwrite(s->memory, whole, BLOCK, block * BLOCK) != BLOCK)
		return false;
	s->held[block] = 1;
	return true;
}

static ssize_t get(const struct shadow *s, char *to, size_t n, off_t at)
{
	size_t done = 0;
	if (at >= s->length)
		return 0;
	if ((off_t)n > s->length - at)
		n = (size_t)(s->length - at);
	while (done < n) {
		off_t from = at + (off_t)done;
		size_t part = (size_t)(BLOCK - from % BLOCK);
		part = part < n - done ? part : n - done;
		bool held = is_held(s, from / BLOCK);
		if (held ? pread(s->memory, to + done, part, from) != (ssize_t)part
			 : !read_real(s, to + done, part, from))
			return -1;
		done += part;
	}
	return (ssize_t)n;
}

static ssize_t put(struct shadow *s, const char *from, size_t n, off_t at)
{
	for (off_t block = at / BLOCK; n != 0 && block <= (at + (off_t)n - 1) / BLOCK; block++)
		if (!hold(s, block))
			return -1;
	if (pwrite(s->memory, from, n, at) != (ssize_t)n)
		return -1;
	s->length = at + (off_t)n > s->length ? at + (off_t)n : s->length;
	return (ssize_t)n;
}

static bool cut(struct shadow *s, off_t length)
{
	if (length < s->real_length)
		s->real_length = length;
	s->length = length;
	for (size_t b = (size_t)((length + BLOCK - 1) / BLOCK); b < s->blocks; b++)
		s->held[b] = 0;
	struct stat st;
	return fstat(s->memory, &st) == 0
	       && (st.st_size <= length || ftruncate(s->memory, length) == 0);
}

/* ---- As the engine calls it ---- */

/* A descriptor of its own, whatever is behind it. */
static int give(struct shadow *s)
{
	int fd = s == NULL ? -1 : open("/dev/null", O_RDONLY | O_CLOEXEC);
	if (fd >= DESCRIPTORS) {
		close(fd);
		errno = EMFILE;
		return -1;
	}
	if (fd >= 0) {
		opened[fd].of = s;
		opened[fd].at = 0;
	}
	return fd;
}

static struct shadow *make_new(const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0)
		return NULL;
	close(fd);
	return make(path, -1);
}

static int shadow_open(const char *path, int flags, ...)
{
	pthread_mutex_lock(&lock);
	struct shadow *s = seen(path);
	bool there = s != NULL;
	if (!there && errno == ENOENT && (flags & O_CREAT) != 0)
		s = make_new(path);
	if (there && (flags & O_CREAT) != 0 && (flags & O_EXCL) != 0) {
		errno = EEXIST;
		s = NULL;
	}
	if (s != NULL && (flags & O_TRUNC) != 0)
		cut(s, 0);
	int fd = give(s);
	pthread_mutex_unlock(&lock);
	return fd;
}

static struct shadow *of(int fd)
{
	struct shadow *s = fd >= 0 && fd < DESCRIPTORS ? opened[fd].of : NULL;
	if (s == NULL)
		errno = EBADF;
	return s;
}

static int shadow_close(int fd)
{
	pthread_mutex_lock(&lock);
	bool ours = of(fd) != NULL;
	if (ours)
		opened[fd].of = NULL;
	pthread_mutex_unlock(&lock);
	return ours ? close(fd) : -1;
}

static ssize_t shadow_pread(int fd, void *to, size_t n, off_t at)
{
	pthread_mutex_lock(&lock);
	const struct shadow *s = of(fd);
	ssize_t got = s == NULL ? -1 : get(s, to, n, at);
	pthread_mutex_unlock(&lock);
	return got;
}

static ssize_t shadow_pwrite(int fd, const void *from, size_t n, off_t at)
{
	pthread_mutex_lock(&lock);
	struct shadow *s = of(fd);
	ssize_t written = s == NULL ? -1 : put(s, from, n, at);
	pthread_mutex_unlock(&lock);
	return written;
}

/* Of a foreign read() the engine takes what is short for an error. No page of a tree is short; a
 * log has zeros past its end, as its part that was not written. */
static ssize_t shadow_read(int fd, void *to, size_t n)
{
	ssize_t got = of(fd) == NULL ? -1 : shadow_pread(fd, to, n, opened[fd].at);
	if (got < 0)
		return -1;
	opened[fd].at += got;
	if (!opened[fd].of->log)
		return got;
	memset((char *)to + got, 0, n - (size_t)got);
	return (ssize_t)n;
}

static ssize_t shadow_write(int fd, const void *from, size_t n)
{
	ssize_t written = of(fd) == NULL ? -1 : shadow_pwrite(fd, from, n, opened[fd].at);
	if (written > 0)
		opened[fd].at += written;
	return written;
}

static int shadow_seek(int fd, off_t by, int whence)
{
	const struct shadow *s = of(fd);
	if (s == NULL)
		return -1;
	opened[fd].at = by
			+ (whence == SEEK_CUR   ? opened[fd].at
			   : whence == SEEK_END ? s->length
						: 0);
	return 0;
}

static int shadow_fsync(int fd)
{
	return of(fd) == NULL ? -1 : 0;
}

static int shadow_ftruncate(int fd, off_t length)
{
	pthread_mutex_lock(&lock);
	struct shadow *s = of(fd);
	bool done = s != NULL && cut(s, length);
	pthread_mutex_unlock(&lock);
	return done ? 0 : -1;
}

/* An error of this one is told as its number. */
static int shadow_ioinfo(const char *path, int fd, u_int32_t *mega, u_int32_t *rest,
			 u_int32_t *best)
{
	(void)path;
	const struct shadow *s = of(fd);
	if (s == NULL)
		return EBADF;
	if (mega != NULL)
		*mega = (u_int32_t)(s->length >> 20);
	if (rest != NULL)
		*rest = (u_int32_t)(s->length & ((1 << 20) - 1));
	if (best != NULL)
		*best = BLOCK;
	return 0;
}

static int shadow_unlink(const char *path)
{
	pthread_mutex_lock(&lock);
	bool gone = unlink(path) == 0 && name(path, NULL);
	pthread_mutex_unlock(&lock);
	return gone ? 0 : -1;
}

static int shadow_rename(const char *from, const char *to)
{
	pthread_mutex_lock(&lock);
	struct shadow *s = seen(from);
	bool moved = s != NULL && rename(from, to) == 0 && name(to, s) && name(from, NULL);
	pthread_mutex_unlock(&lock);
	return moved ? 0 : -1;
}

bool berkeleydb_shadow(void)
{
	return db_env_set_func_open(shadow_open) == 0 && db_env_set_func_close(shadow_close) == 0
	       && db_env_set_func_pread(shadow_pread) == 0
	       && db_env_set_func_pwrite(shadow_pwrite) == 0
	       && db_env_set_func_read(shadow_read) == 0 && db_env_set_func_write(shadow_write) == 0
	       && db_env_set_func_seek(shadow_seek) == 0 && db_env_set_func_fsync(shadow_fsync) == 0
	       && db_env_set_func_ftruncate(shadow_ftruncate) == 0
	       && db_env_set_func_ioinfo(shadow_ioinfo) == 0
	       && db_env_set_func_unlink(shadow_unlink) == 0
	       && db_env_set_func_rename(shadow_rename) == 0;
}
