/* gateway/base/spool.c: an answer of any size, in little memory, until it is sent. */
#include "gateway/base/spool.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "gateway/base/arena.h"

/* Of the disk, for the store: an answer can be asked for again, what was submitted cannot. */
enum { LEFT_ON_DISK = 64 << 20, LOOK_EVERY = 1 << 20 };

struct spools {
	int directory;
	_Atomic uint64_t memory_most, disk_most;
	_Atomic uint64_t memory, disk, files, failed;
};

struct spool {
	struct spools *all;
	struct arena *arena;
	struct spool_part *first, *last;
	struct problem problem;
	bool over; /* failed, or discarded: holds nothing, and will not */
	int fd;    /* -1: no file yet */
	uint64_t length;
	uint64_t memory, disk; /* of the budget */
};

struct spools *spools_create(const char *directory)
{
	struct spools *all = calloc(1, sizeof *all);
	if (all == NULL)
		return NULL;
	all->directory = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (all->directory < 0) {
		free(all);
		return NULL;
	}
	spools_allow(all, UINT64_MAX, UINT64_MAX);
	return all;
}

void spools_destroy(struct spools *all)
{
	if (all != NULL)
		close(all->directory);
	free(all);
}

void spools_allow(struct spools *all, uint64_t memory, uint64_t disk)
{
	atomic_store(&all->memory_most, memory);
	atomic_store(&all->disk_most, disk);
}

void spools_count(const struct spools *all, struct spools_counts *out)
{
	*out = (struct spools_counts){
		.memory = atomic_load(&all->memory),
		.disk = atomic_load(&all->disk),
		.files = atomic_load(&all->files),
		.failed = atomic_load(&all->failed),
	};
}

/* Two that ask at once for the last of it may both be refused; never both be given it. */
static bool draw(_Atomic uint64_t *held, const _Atomic uint64_t *most, uint64_t octets)
{
	uint64_t before = atomic_fetch_add(held, octets), allowed = atomic_load(most);
	if (before <= allowed && octets <= allowed - before)
		return true;
	atomic_fetch_sub(held, octets);
	return false;
}

/* Its share and its file; what stands in the arena goes with that. */
static void give_back(struct spool *s)
{
	if (s->all == NULL)
		return;
	if (s->fd >= 0)
		close(s->fd);
	s->fd = -1;
	atomic_fetch_sub(&s->all->memory, s->memory);
	atomic_fetch_sub(&s->all->disk, s->disk);
	s->memory = s->disk = 0;
}

static void ended(void *what)
{
	give_back(what);
}

struct spool *spool_begin(struct spools *all, struct arena *a)
{
	struct spool *s = arena_new(a, struct spool);
	s->all = all;
	s->arena = a;
	s->fd = -1;
	arena_at_end(a, ended, s);
	return s;
}

void spool_discard(struct spool *s)
{
	give_back(s);
	s->first = s->last = NULL;
	s->length = 0;
	s->over = true;
}

static bool fail(struct spool *s)
{
	spool_discard(s);
	atomic_fetch_add(&s->all->failed, 1);
	return false;
}

static bool say(struct problem *p, const char *doing, int code)
{
	bool full = code == ENOSPC || code == EDQUOT || code == EFBIG;
	return problem_set(p, full ? PROBLEM_STORE_FULL : PROBLEM_INTERNAL,
			   "the answer could not be %s: %s", doing, strerror(code));
}

static bool fail_by(struct spool *s, const char *doing, int code)
{
	say(&s->problem, doing, code);
	return fail(s);
}

static struct spool_part *add_part(struct spool *s)
{
	struct spool_part *part = arena_new(s->arena, struct spool_part);
	part->fd = -1;
	if (s->last == NULL)
		s->first = part;
	else
		s->last->next = part;
	return s->last = part;
}

static void keep_here(struct spool *s, struct bytes octets)
{
	add_part(s)->octets = octets;
	s->length += octets.length;
}

/* Without a name from its beginning; where the file system knows no such thing, from the next line
 * on. */
static int open_unnamed(struct spools *all, uint64_t number)
{
	int fd = openat(all->directory, ".", O_TMPFILE | O_EXCL | O_RDWR | O_CLOEXEC, 0600);
	if (fd >= 0 || (errno != EOPNOTSUPP && errno != EISDIR))
		return fd;
	char name[48];
	snprintf(name, sizeof name, "spool-%ld-%llu", (long)getpid(), (unsigned long long)number);
	fd = openat(all->directory, name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd >= 0)
		unlinkat(all->directory, name, 0);
	return fd;
}

static bool begin_file(struct spool *s)
{
	if (s->fd >= 0)
		return true;
	s->fd = open_unnamed(s->all, atomic_fetch_add(&s->all->files, 1));
	if (s->fd < 0)
		return fail_by(s, "put aside", errno);
	add_part(s)->fd = s->fd;
	return true;
}

/* Looked at once a MiB of what one has. */
static bool has_room(const struct spools *all, uint64_t has)
{
	struct statvfs fs;
	if (has % LOOK_EVERY >= SPOOL_WINDOW || fstatvfs(all->directory, &fs) != 0)
		return true;
	return (uint64_t)fs.f_bavail * fs.f_frsize >= LEFT_ON_DISK;
}

static bool draw_disk(struct spool *s, size_t octets)
{
	if (!draw(&s->all->disk, &s->all->disk_most, octets)) {
		problem_set(&s->problem, PROBLEM_ANSWERS_FULL,
			    "answers that are not sent yet take up all that answers-disk allows");
		return fail(s);
	}
	s->disk += octets;
	return true;
}

/* All of it, or an errno. */
static int write_all(int fd, struct bytes octets, uint64_t at)
{
	while (octets.length > 0) {
		ssize_t n = pwrite(fd, octets.data, octets.length, (off_t)at);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n == 0 ? ENOSPC : errno;
		at += (uint64_t)n;
		octets.data += n;
		octets.length -= (size_t)n;
	}
	return 0;
}

static bool write_out(struct spool *s, struct bytes octets)
{
	if (!has_room(s->all, s->disk))
		return fail_by(s, "put aside", ENOSPC);
	if (!draw_disk(s, octets.length) || !begin_file(s))
		return false;
	int error = write_all(s->fd, octets, s->last->length);
	if (error != 0)
		return fail_by(s, "put aside", error);
	s->last->length += octets.length;
	s->length += octets.length;
	return true;
}

/* Once there is a file the rest goes there: an answer has three parts at most, beside its
 * windows. */
static bool stays_in_memory(struct spool *s, size_t octets)
{
	if (s->all == NULL)
		return true;
	if (s->fd >= 0 || s->memory + octets > SPOOL_MEMORY
	    || !draw(&s->all->memory, &s->all->memory_most, octets))
		return false;
	s->memory += octets;
	return true;
}

void spool_pass(struct spool *s, struct buffer *b)
{
	struct bytes octets = buffer_bytes(b);
	if (octets.length == 0 || s->over) {
		b->length = 0;
		return;
	}
	if (stays_in_memory(s, b->capacity)) {
		keep_here(s, octets);
		*b = buffer_in(b->arena);
		buffer_grow(b, SPOOL_WINDOW);
		return;
	}
	write_out(s, octets);
	b->length = 0;
}

void spool_end(struct spool *s, struct bytes last)
{
	if (last.length != 0 && !s->over)
		keep_here(s, last);
}

const struct problem *spool_problem(const struct spool *s)
{
	return s->problem.code == PROBLEM_NONE ? NULL : &s->problem;
}

const struct spool_part *spool_parts(const struct spool *s)
{
	return s->first;
}

uint64_t spool_length(const struct spool *s)
{
	return s->length;
}

static bool read_part(struct spool *s, const struct spool_part *part, unsigned char *to)
{
	for (uint64_t at = 0; at < part->length;) {
		ssize_t n = pread(part->fd, to + at, part->length - at, (off_t)(part->offset + at));
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return fail_by(s, "read again", n == 0 ? EIO : errno);
		at += (uint64_t)n;
	}
	return true;
}

bool spool_read(struct spool *s, struct bytes *out)
{
	unsigned char *octets = arena_alloc(s->arena, s->length), *at = octets;
	*out = (struct bytes){ octets, s->length };
	for (const struct spool_part *part = s->first; part != NULL; part = part->next) {
		if (part->octets.data == NULL && !read_part(s, part, at))
			break;
		if (part->octets.data != NULL)
			memcpy(at, part->octets.data, part->octets.length);
		at += part->octets.data != NULL ? part->octets.length : part->length;
	}
	return !s->over;
}

/* ---- What comes to us ---- */

struct spool_file {
	struct spools *all;
	atomic_uint holders;
	int fd;                  /* -1: it failed */
	_Atomic uint64_t length; /* looked at while it grows, where nobody waits for it any more */
	struct problem problem;
};

struct spool_file *spool_file_begin(struct spools *all, struct problem *p)
{
	struct spool_file *f = calloc(1, sizeof *f);
	if (f == NULL) {
		problem_set(p, PROBLEM_OUT_OF_RESOURCES, "no memory for an answer's file");
		return NULL;
	}
	f->all = all;
	atomic_store(&f->holders, 1);
	f->fd = open_unnamed(all, atomic_fetch_add(&all->files, 1));
	if (f->fd >= 0)
		return f;
	say(p, "put aside", errno);
	free(f);
	return NULL;
}

struct spool_file *spool_file_hold(struct spool_file *f)
{
	atomic_fetch_add(&f->holders, 1);
	return f;
}

/* Whoever would know it by its descriptor knows it no more: there is none. */
static void give_back_file(struct spool_file *f)
{
	if (f->fd >= 0)
		close(f->fd);
	f->fd = -1;
	atomic_fetch_sub(&f->all->disk, f->length);
	f->length = 0;
}

void spool_file_let_go(struct spool_file *f)
{
	if (f == NULL || atomic_fetch_sub(&f->holders, 1) != 1)
		return;
	give_back_file(f);
	free(f);
}

static bool fail_file(struct spool_file *f)
{
	give_back_file(f);
	atomic_fetch_add(&f->all->failed, 1);
	return false;
}

bool spool_file_write(struct spool_file *f, struct bytes octets)
{
	if (f->fd < 0)
		return false;
	if (!draw(&f->all->disk, &f->all->disk_most, octets.length)) {
		problem_set(&f->problem, PROBLEM_ANSWERS_FULL,
			    "answers under way take up all that answers-disk allows");
		return fail_file(f);
	}
	uint64_t at = f->length;
	f->length += octets.length; /* drawn, to be given back */
	int error = has_room(f->all, at) ? write_all(f->fd, octets, at) : ENOSPC;
	return error == 0 || say(&f->problem, "put aside", error) || fail_file(f);
}

const struct problem *spool_file_problem(const struct spool_file *f)
{
	return f->problem.code == PROBLEM_NONE ? NULL : &f->problem;
}

uint64_t spool_file_length(const struct spool_file *f)
{
	return f->length;
}

int spool_file_descriptor(const struct spool_file *f)
{
	return f->fd;
}
