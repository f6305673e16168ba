/* profiles/ssmix2/transaction_log.c: what was added to a transaction storage. */
#include "profiles/ssmix2/transaction_log.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gateway/base/arena.h"
#include "gateway/base/bytes.h"
#include "gateway/base/regular_file.h"
#include "gateway/base/text.h"
#include "profiles/ssmix2/storage_name.h"

enum { NAME = 64, HEADER_MOST = 512, PATIENT_FIELD = 3 };
static const char record_mark[] = "#SSMIX,";

struct transaction_log {
	char *directory;
	/* What was read last; all names before it, too. */
	char year[5], file[NAME];
	int64_t offset; /* of the first record that was not */
};

struct transaction_log *transaction_log_create(const char *directory)
{
	struct transaction_log *log = calloc(1, sizeof *log);
	if (log == NULL)
		return NULL;
	log->directory = strdup(directory);
	if (log->directory != NULL)
		return log;
	free(log);
	return NULL;
}

void transaction_log_destroy(struct transaction_log *log)
{
	if (log == NULL)
		return;
	free(log->directory);
	free(log);
}

const char *transaction_log_directory(const struct transaction_log *log)
{
	return log->directory;
}

/* ---- Names ---- */

struct names {
	const char **name;
	size_t count, room;
};

static bool is_year(const char *name)
{
	return strlen(name) == 4 && strspn(name, "0123456789") == 4;
}

static bool is_file(const char *name)
{
	size_t length = strlen(name);
	return length < NAME && text_starts(name, "TR_") && length > 4
	       && text_equal(name + length - 4, ".DAT");
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Those from one name on, sorted. The descriptor is the list's to close. False: by errno. */
static bool list(struct arena *a, int fd, bool (*is_one)(const char *name), const char *from,
		 struct names *out)
{
	DIR *d = fd < 0 ? NULL : fdopendir(fd);
	*out = (struct names){ .name = NULL };
	if (d == NULL) {
		if (fd >= 0)
			close(fd);
		return false;
	}
	for (const struct dirent *e; (e = readdir(d)) != NULL;) {
		if (!is_one(e->d_name) || strcmp(e->d_name, from) < 0)
			continue;
		if (out->count == out->room) {
			size_t more = out->room == 0 ? 64 : out->room * 2;
			out->name = arena_resize(a, out->name, out->room * sizeof *out->name,
						 more * sizeof *out->name);
			out->room = more;
		}
		out->name[out->count++] = arena_text(a, e->d_name);
	}
	closedir(d);
	if (out->count > 1)
		qsort(out->name, out->count, sizeof out->name[0], by_name);
	return true;
}

/* ---- Records ---- */

struct reading {
	struct transaction_log *log;
	struct arena *arena;
	bool to_end; /* all is passed */
	void (*patient)(void *with, const char *id);
	void *with;
	size_t left; /* octets that may be read yet */
};

/* "#SSMIX,2.00,<facility>,<patient>,..."; NULL: the id is none. */
static const char *patient_of(struct arena *a, const char *header, size_t length)
{
	const char *at = header, *end = header + length;
	for (int field = 0; field < PATIENT_FIELD && at != NULL; field++) {
		at = memchr(at, ',', (size_t)(end - at));
		at = at == NULL ? NULL : at + 1;
	}
	const char *over = at == NULL ? NULL : memchr(at, ',', (size_t)(end - at));
	size_t id = over == NULL ? 0 : (size_t)(over - at);
	for (size_t i = 0; i < id; i++)
		if (strchr("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz", at[i])
			    == NULL
		    || at[i] == '\0')
			return NULL;
	return id == 0 || id > STORAGE_ID_MOST ? NULL : arena_text_n(a, at, id);
}

static bool ends_line(char c)
{
	return c == '\r' || c == '\n' || c == '\x1c';
}

static size_t line_length(const char *at, size_t left)
{
	size_t n = 0;
	while (n < left && n < HEADER_MOST && !ends_line(at[n]))
		n++;
	return n;
}

size_t transaction_log_records(struct arena *a, struct bytes text,
			       void (*patient)(void *with, const char *id), void *with)
{
	const char *begin = (const char *)text.data;
	size_t mark = sizeof record_mark - 1;
	for (size_t at = 0; at < text.length; at++) {
		if (at != 0 && !ends_line(begin[at - 1]))
			continue;
		size_t left = text.length - at;
		if (memcmp(begin + at, record_mark, left < mark ? left : mark) != 0)
			continue;
		size_t line = line_length(begin + at, left);
		if (line == left && line < HEADER_MOST)
			return at; /* more of it will come */
		const char *id = patient_of(a, begin + at, line);
		if (id != NULL)
			patient(with, id);
	}
	/* The last octet decides whether a line begins behind it. */
	return text.length == 0 ? 0 : text.length - 1;
}

static bool read_on(struct reading *r, int fd, int64_t size)
{
	struct transaction_log *log = r->log;
	int64_t more = size - log->offset;
	size_t most = more < (int64_t)r->left ? (size_t)more : r->left;
	unsigned char *text = arena_alloc(r->arena, most + 1);
	ssize_t got = pread(fd, text, most, log->offset);
	if (got < 0)
		return false;
	r->left -= (size_t)got;
	log->offset += (int64_t)transaction_log_records(
		r->arena, (struct bytes){ text, (size_t)got }, r->patient, r->with);
	return true;
}

/* A file that is shorter than it was is another one. */
static bool read_file(struct reading *r, int year, const char *name)
{
	struct transaction_log *log = r->log;
	struct stat st;
	int fd = regular_open_at(year, name, O_RDONLY | O_NOFOLLOW, 0);
	bool same = text_equal(log->file, name);
	bool fine = fd >= 0 && fstat(fd, &st) == 0;
	if (fine && (!same || st.st_size < log->offset))
		log->offset = 0;
	if (fine)
		memcpy(log->file, name, strlen(name) + 1);
	if (fine && r->to_end)
		log->offset = st.st_size;
	else if (fine && st.st_size > log->offset)
		fine = read_on(r, fd, st.st_size);
	if (fd >= 0)
		close(fd);
	return fine;
}

static bool read_year(struct reading *r, int top, const char *name)
{
	struct transaction_log *log = r->log;
	struct names files;
	bool same = text_equal(log->year, name);
	int year = openat(top, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	int own = year < 0 ? -1 : fcntl(year, F_DUPFD_CLOEXEC, 0);
	bool fine = list(r->arena, own, is_file, same ? log->file : "", &files);
	if (fine && !same) {
		memcpy(log->year, name, sizeof log->year);
		log->file[0] = '\0';
		log->offset = 0;
	}
	/* Of those that are passed the last says all. */
	for (size_t i = fine && r->to_end && files.count > 0 ? files.count - 1 : 0;
	     fine && i < files.count && r->left > 0; i++)
		fine = read_file(r, year, files.name[i]);
	if (year >= 0)
		close(year);
	return fine;
}

static bool read_all(struct reading *r, struct problem *p)
{
	struct names years;
	int top = open(r->log->directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int own = top < 0 ? -1 : fcntl(top, F_DUPFD_CLOEXEC, 0);
	bool fine = list(r->arena, own, is_year, r->log->year, &years);
	for (size_t i = fine && r->to_end && years.count > 0 ? years.count - 1 : 0;
	     fine && i < years.count && r->left > 0; i++)
		fine = read_year(r, top, years.name[i]);
	int why = errno;
	if (top >= 0)
		close(top);
	return fine
	       || problem_set(p, PROBLEM_NOT_FOUND, "%s: %s", r->log->directory, strerror(why));
}

static void ignore(void *with, const char *id)
{
	(void)with;
	(void)id;
}

bool transaction_log_pass(struct transaction_log *log, struct arena *a, struct problem *p)
{
	struct reading r = { .log = log, .arena = a, .to_end = true, .patient = ignore, .left = 1 };
	return read_all(&r, p);
}

bool transaction_log_read(struct transaction_log *log, struct arena *a,
			  void (*patient)(void *with, const char *id), void *with,
			  struct problem *p)
{
	struct reading r = { .log = log,
			     .arena = a,
			     .patient = patient,
			     .with = with,
			     .left = TRANSACTION_READ_MOST };
	return read_all(&r, p);
}
