/* profiles/ssmix2/write_log.c: the transaction storage (トランザクションストレージ): every write,
 * in the order it was made. HS026: transaction storage.
 *
 *	YYYY/TR_YYYYMMDDHHMMSSFFF_nnnnn.DAT
 *
 * A file holds the writes of one day in Japan, and of so many octets; the next one is begun behind
 * it. A record is a line, `#SSMIX,...`, and the message as it came; lines end with CR. How records
 * are to be held apart was not in what of the guideline could be read: each begins a line, and no
 * line of a message begins so, or it could not be read as one (hl7_parse()). */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "profiles/ssmix2/write.h"

enum {
	FILE_MOST = 4 << 20, /* octets; then another is begun */
	FILE_MODE = 0600,
	MILLISECOND = 1000,
	DAY = 8,
	NUMBER = 5
};
static const char prefix[] = "TR_", suffix[] = ".DAT";

static bool is_file(const char *name)
{
	static const char digits[] = "0123456789";
	const char *time = name + sizeof prefix - 1;
	return text_starts(name, prefix) && strspn(time, digits) == STORAGE_TIME - 1
	       && time[STORAGE_TIME - 1] == '_' && strspn(time + STORAGE_TIME, digits) == NUMBER
	       && text_equal(time + STORAGE_TIME + NUMBER, suffix);
}

static bool is_year(const char *name)
{
	return strlen(name) == 4 && strspn(name, "0123456789") == 4;
}

/* The greatest name of its form in a folder; NULL: there is none, or it cannot be read. */
static const char *last_of(struct arena *a, int folder, bool (*is)(const char *name))
{
	const char *last = NULL;
	int own = fcntl(folder, F_DUPFD_CLOEXEC, 0);
	DIR *d = own < 0 ? NULL : fdopendir(own);
	if (d == NULL && own >= 0)
		close(own);
	if (d != NULL)
		rewinddir(d);
	for (const struct dirent *e; d != NULL && (e = readdir(d)) != NULL;)
		if (is(e->d_name) && (last == NULL || strcmp(e->d_name, last) > 0))
			last = arena_text(a, e->d_name);
	if (d != NULL)
		closedir(d);
	return last;
}

/* ---- The file that is added to ---- */

static bool has_room(int year, const char *name, size_t more, const char *today, int64_t *size)
{
	struct stat st;
	if (name == NULL || fstatat(year, name, &st, AT_SYMLINK_NOFOLLOW) != 0)
		return false;
	*size = st.st_size;
	return strncmp(name + sizeof prefix - 1, today, DAY) == 0
	       && (st.st_size == 0 || (uint64_t)st.st_size + more <= FILE_MOST);
}

/* Never before the one it comes after, whatever the clock says. */
static void name_next(const char *last, const char *seconds, instant now, char out[64])
{
	char time[STORAGE_TIME];
	unsigned long number = 1;
	snprintf(time, sizeof time, "%.14s%03u", seconds, (unsigned)(now / MILLISECOND % 1000));
	if (last != NULL && strncmp(last + sizeof prefix - 1, time, DAY) == 0)
		number = strtoul(last + sizeof prefix + STORAGE_TIME - 1, NULL, 10) + 1;
	if (last != NULL && strncmp(last + sizeof prefix - 1, time, STORAGE_TIME - 1) > 0)
		memcpy(time, last + sizeof prefix - 1, STORAGE_TIME - 1);
	snprintf(out, 64, "%s%s_%05lu%s", prefix, time, number % 100000, suffix);
}

static void choose(struct arena *a, int year, size_t length, instant now,
		   struct storage_log_mark *mark)
{
	char seconds[DTM_TEXT];
	const char *last = last_of(a, year, is_file);
	instant_to_dtm_jst(now, seconds);
	mark->size = 0;
	mark->made = !has_room(year, last, length, seconds, &mark->size);
	if (!mark->made) {
		snprintf(mark->file, sizeof mark->file, "%s", last);
		return;
	}
	mark->size = 0;
	name_next(last, seconds, now, mark->file);
}

static bool add(int year, const struct storage_log_mark *mark, struct bytes record)
{
	int flags = O_WRONLY | O_APPEND | O_NOFOLLOW | O_CLOEXEC;
	int fd = openat(year, mark->file, flags | (mark->made ? O_CREAT | O_EXCL : 0), FILE_MODE);
	bool done = fd >= 0;
	for (size_t at = 0; done && at < record.length;) {
		ssize_t put = write(fd, record.data + at, record.length - at);
		done = put >= 0 || errno == EINTR;
		at += put > 0 ? (size_t)put : 0;
	}
	done = done && fsync(fd) == 0 && fsync(year) == 0;
	int why = errno;
	if (fd >= 0)
		close(fd);
	errno = why;
	return done;
}

/* ---- What may be there already ---- */

/* How many octets of the record stand at the end of the file; all: it is there. */
static size_t begun(struct bytes file, struct bytes record)
{
	size_t most = record.length < file.length ? record.length : file.length;
	for (size_t length = most; length > 0; length--) {
		const unsigned char *at = file.data + file.length - length;
		if (*at == '#' && (at == file.data || at[-1] == '\r' || at[-1] == '\n')
		    && memcmp(at, record.data, length) == 0)
			return length;
	}
	return 0;
}

/* The last octets of a file, one more than the record has. */
static bool read_end(struct arena *a, int fd, size_t length, struct bytes *out)
{
	struct stat st;
	if (fstat(fd, &st) != 0)
		return false;
	size_t most = (uint64_t)st.st_size < length + 1 ? (size_t)st.st_size : length + 1;
	unsigned char *to = arena_alloc(a, most + 1);
	*out = (struct bytes){ to, most };
	return pread(fd, to, most, st.st_size - (off_t)most) == (ssize_t)most;
}

static bool cut_off(int fd, size_t length)
{
	struct stat st;
	return fstat(fd, &st) == 0 && ftruncate(fd, st.st_size - (off_t)length) == 0;
}

/* 1: it is there; 0: it is not, and nothing of it; -1: what is there cannot be read or cut off. */
static int look_for(struct arena *a, int folder, struct bytes record)
{
	const char *name = last_of(a, folder, is_year);
	int year = name == NULL
			   ? -1
			   : openat(folder, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	const char *last = year < 0 ? NULL : last_of(a, year, is_file);
	int fd = last == NULL ? -1 : openat(year, last, O_RDWR | O_NOFOLLOW | O_CLOEXEC);
	struct bytes held = { 0 };
	int found = 0;
	if (fd >= 0 && !read_end(a, fd, record.length, &held))
		found = -1;
	size_t length = found < 0 ? 0 : begun(held, record);
	if (length == record.length)
		found = fsync(fd) == 0 ? 1 : -1;
	else if (length > 0)
		found = cut_off(fd, length) ? 0 : -1;
	if (fd >= 0)
		close(fd);
	if (year >= 0)
		close(year);
	return found;
}

/* ---- ---- */

static bool take_back(int year, const struct storage_log_mark *mark)
{
	if (mark->made)
		return (unlinkat(year, mark->file, 0) == 0 || errno == ENOENT) && fsync(year) == 0;
	int fd = openat(year, mark->file, O_WRONLY | O_NOFOLLOW | O_CLOEXEC);
	bool done = fd >= 0 && ftruncate(fd, (off_t)mark->size) == 0 && fsync(fd) == 0;
	if (fd >= 0)
		close(fd);
	return done;
}

bool storage_log_append(struct arena *a, int folder, struct bytes record, instant now, bool again,
			struct storage_log_mark *mark, struct problem *p)
{
	char seconds[DTM_TEXT];
	int found = again ? look_for(a, folder, record) : 0;
	if (found != 0)
		return found > 0 || storage_problem(p, "the transaction storage cannot be read");
	instant_to_dtm_jst(now, seconds);
	snprintf(mark->year, sizeof mark->year, "%.4s", seconds);
	int year = storage_folder(folder, mark->year, p);
	if (year < 0)
		return false;
	choose(a, year, record.length, now, mark);
	bool done = add(year, mark, record);
	if (!done) {
		storage_problem(p, "the transaction storage cannot be written");
		take_back(year, mark);
	}
	close(year);
	return done;
}

bool storage_log_undo(int folder, const struct storage_log_mark *mark)
{
	int year = openat(folder, mark->year, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	bool done = year >= 0 && take_back(year, mark);
	if (year >= 0)
		close(year);
	return done;
}
