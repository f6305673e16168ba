/* store/exchange_bodies_files.c: files that follow each other, and go as they came. */
#include "store/exchange_bodies_files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <openssl/crypto.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gateway/base/regular_file.h"
#include "store/key_file.h"

_Static_assert((int)EXCHANGE_BODIES_KEY == (int)KEY_FILE, "the key is a file's octets");

enum { PARTS = 16, BLOCK = 4096, NAME = 17 };
enum { FILES_MOST = 4096 }; /* each start begins one, however little comes to it */
static const uint64_t number_most = UINT64_C(1) << 62;
static const char folder_name[] = "exchange-bodies";

struct body_secrets {
	unsigned char key[EXCHANGE_BODIES_KEY], file_key[BODY_FILE_KEY];
};

const char *exchange_bodies_key_fault(const char *path)
{
	struct body_secrets *s = OPENSSL_secure_zalloc(sizeof *s);
	const char *why = s == NULL ? "there is no memory for it" : key_file_read(path, s->key);
	OPENSSL_secure_clear_free(s, sizeof *s);
	return why;
}

static uint64_t on_disk(uint64_t octets)
{
	return (octets + BLOCK - 1) / BLOCK * BLOCK;
}

bool body_files_may_have(const struct body_files *f, size_t octets)
{
	return on_disk(BODY_FILE_HEAD + body_frame_length(octets)) <= f->room;
}

/* ---- The folder ---- */

static void name_of(uint64_t number, char name[NAME])
{
	snprintf(name, NAME, "%016" PRIx64, number);
}

/* 0: it is no name of ours. */
static uint64_t number_of(const char *name)
{
	if (strlen(name) != NAME - 1 || strspn(name, "0123456789abcdef") != NAME - 1)
		return 0;
	uint64_t number = strtoull(name, NULL, 16);
	return number <= number_most ? number : 0;
}

/* What has a name of ours, whatever it is. */
typedef void visit_one(void *with, int folder, uint64_t number, const struct stat *st);

static bool visit(int folder, visit_one *each, void *with)
{
	int fd = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = fd < 0 ? NULL : fdopendir(fd);
	struct stat st;
	if (d == NULL && fd >= 0)
		close(fd);
	if (d == NULL)
		return false;
	for (const struct dirent *e; (e = readdir(d)) != NULL;) {
		uint64_t number = number_of(e->d_name);
		if (number != 0 && fstatat(folder, e->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0)
			each(with, folder, number, &st);
	}
	closedir(d);
	return true;
}

/* Without a look at every frame: a file's are of a sixteenth of the days, and none was written
 * after the file was changed the last time. */
static instant newest_in(const struct body_files *f, instant first, const struct stat *st)
{
	instant changed = (instant)st->st_mtim.tv_sec * 1000000 + st->st_mtim.tv_nsec / 1000;
	return first != 0 && first < changed - f->keep / PARTS ? first + f->keep / PARTS : changed;
}

static void note_file(void *with, int folder, uint64_t number, const struct stat *st)
{
	struct body_files *f = with;
	char name[NAME];
	if (number > f->number)
		f->number = number;
	if (!S_ISREG(st->st_mode) || f->count == FILES_MOST)
		return;
	name_of(number, name);
	int fd = regular_open_at(folder, name, O_RDONLY | O_NOFOLLOW, 0);
	struct body_walk w = body_walk_begin(fd, fd < 0 ? 0 : (uint64_t)st->st_size);
	instant first = body_walk_next(&w) ? w.head.at : 0;
	if (fd >= 0)
		close(fd);
	f->rows[f->count++] = (struct body_file){ .number = number,
						  .octets = (uint64_t)st->st_size,
						  .first = first,
						  .newest = newest_in(f, first, st) };
	f->used += on_disk((uint64_t)st->st_size);
}

static int by_number(const void *a, const void *b)
{
	const struct body_file *one = a, *other = b;
	return (one->number > other->number) - (one->number < other->number);
}

/* Whoever finds a file there after a crash finds the folder as well. */
static bool open_folder(struct body_files *f, const char *directory)
{
	int data = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (data < 0)
		return false;
	bool made = mkdirat(data, folder_name, 0700) == 0;
	if ((made && fsync(data) == 0) || (!made && errno == EEXIST))
		f->folder = openat(data, folder_name,
				   O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	int why = errno;
	close(data);
	errno = why;
	return f->folder >= 0 && visit(f->folder, note_file, f);
}

static bool has_memory(struct body_files *f, const char *directory)
{
	f->rows = calloc(FILES_MOST, sizeof *f->rows);
	f->secrets = OPENSSL_secure_zalloc(sizeof *f->secrets);
	if (asprintf(&f->path, "%s/%s", directory, folder_name) < 0)
		f->path = NULL;
	return f->rows != NULL && f->secrets != NULL && f->path != NULL;
}

bool body_files_open(struct body_files *f, const struct exchange_bodies_settings *s,
		     pthread_mutex_t *lock, struct problem *p)
{
	*f = (struct body_files){ .lock = lock,
				  .folder = -1,
				  .room = s->room,
				  .keep = s->keep,
				  .random = s->random,
				  .fd = -1 };
	if (!has_memory(f, s->directory))
		return problem_set(p, PROBLEM_OUT_OF_RESOURCES, "%s: no memory", folder_name);
	const char *why = key_file_read(s->key, f->secrets->key);
	if (why != NULL)
		return problem_at(p, PROBLEM_CONFIGURATION, s->key, "is no key: %s", why);
	if (!open_folder(f, s->directory))
		return problem_at(p, errno == ENOSPC ? PROBLEM_STORE_FULL : PROBLEM_CONFIGURATION,
				  f->path, "could not open it: %s", strerror(errno));
	qsort(f->rows, f->count, sizeof *f->rows, by_number);
	return true;
}

void body_files_close(struct body_files *f)
{
	if (f->fd >= 0)
		close(f->fd);
	if (f->folder >= 0)
		close(f->folder);
	OPENSSL_secure_clear_free(f->secrets, sizeof *f->secrets);
	free(f->rows);
	free(f->path);
}

static void forget_one(void *with, int folder, uint64_t number, const struct stat *st)
{
	char name[NAME];
	(void)with;
	name_of(number, name);
	if (S_ISREG(st->st_mode))
		unlinkat(folder, name, 0);
}

void exchange_bodies_forget(const char *directory)
{
	int data = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (data < 0)
		return;
	int folder = openat(data, folder_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (folder >= 0) {
		visit(folder, forget_one, NULL);
		fsync(folder);
		close(folder);
		if (unlinkat(data, folder_name, AT_REMOVEDIR) == 0)
			fsync(data);
	}
	close(data);
}

/* ---- What goes ---- */

static void end_file(struct body_files *f)
{
	if (f->fd >= 0)
		close(f->fd);
	f->fd = -1;
}

static bool drop_file(struct body_files *f, size_t n)
{
	char name[NAME];
	name_of(f->rows[n].number, name);
	if (unlinkat(f->folder, name, 0) != 0 && errno != ENOENT)
		return false;
	if (n == f->count - 1)
		end_file(f);
	f->unsettled = true;
	pthread_mutex_lock(f->lock);
	f->used -= on_disk(f->rows[n].octets);
	f->count--;
	memmove(&f->rows[n], &f->rows[n + 1], (f->count - n) * sizeof *f->rows);
	pthread_mutex_unlock(f->lock);
	return true;
}

/* A moment that is still to come, of a clock that was wrong or a hand that was in there, does not
 * keep a file for longer. */
static bool is_too_old(struct body_files *f, struct body_file *row, instant now)
{
	pthread_mutex_lock(f->lock);
	if (row->newest > now)
		row->newest = now;
	pthread_mutex_unlock(f->lock);
	return row->newest < now - f->keep;
}

bool body_files_drop_old(struct body_files *f, instant now)
{
	for (size_t n = f->count; n-- > 0;)
		if (is_too_old(f, &f->rows[n], now) && !drop_file(f, n))
			return false;
	return body_files_settle(f);
}

bool body_files_settle(struct body_files *f)
{
	if (f->unsettled && fsync(f->folder) != 0)
		return false;
	f->unsettled = false;
	return true;
}

/* ---- What comes ---- */

/* The file that is written; NULL: none is. */
static struct body_file *current(const struct body_files *f)
{
	return f->fd < 0 ? NULL : &f->rows[f->count - 1];
}

static bool goes_on(const struct body_files *f, const struct body *b)
{
	const struct body_file *row = current(f);
	return row != NULL && row->octets + body_frame_length(b->octets.length) <= f->room / PARTS
	       && b->at - row->first <= f->keep / PARTS;
}

static bool has_room(const struct body_files *f, const struct body *b)
{
	bool on = goes_on(f, b);
	size_t frame = body_frame_length(b->octets.length);
	uint64_t before = on ? current(f)->octets : 0;
	uint64_t after = on ? before + frame : BODY_FILE_HEAD + frame;
	return f->used - on_disk(before) + on_disk(after) <= f->room
	       && (on || f->count < FILES_MOST);
}

/* The one that is written goes last. */
static bool make_room(struct body_files *f, const struct body *b)
{
	while (f->count > 0 && !has_room(f, b))
		if (!drop_file(f, 0))
			return false;
	return true;
}

/* OpenSSL says no errno, and is short of nothing else. */
static bool or_no_memory(bool done)
{
	errno = done ? errno : ENOMEM;
	return done;
}

static void add_row(struct body_files *f, int fd)
{
	pthread_mutex_lock(f->lock);
	f->rows[f->count++] = (struct body_file){ .number = f->number, .octets = BODY_FILE_HEAD };
	f->used += on_disk(BODY_FILE_HEAD);
	pthread_mutex_unlock(f->lock);
	f->fd = fd;
	f->frames = 0;
}

/* False: errno, and it is gone again. */
static bool begin_file(struct body_files *f)
{
	unsigned char head[BODY_FILE_HEAD];
	char name[NAME];
	end_file(f);
	if (f->number == number_most) {
		errno = EOVERFLOW;
		return false;
	}
	name_of(++f->number, name);
	int how = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
	int fd = openat(f->folder, name, how, 0600);
	if (fd < 0)
		return false;
	body_file_head_write(f->random, head);
	if (or_no_memory(body_file_key(f->secrets->key, head, f->secrets->file_key))
	    && regular_write(fd, (struct bytes){ head, sizeof head }) && fdatasync(fd) == 0
	    && fsync(f->folder) == 0) {
		add_row(f, fd);
		return true;
	}
	int why = errno;
	close(fd);
	unlinkat(f->folder, name, 0); /* a disk that is full needs the room */
	errno = why;
	return false;
}

/* What was written by halves goes, and so does a file of nothing else; where it does not, no reader
 * looks beyond what was written whole. The next begins a file: the number of the frame is used
 * up. */
static void give_up(struct body_files *f)
{
	int why = errno;
	const struct body_file *row = current(f);
	if (row->first == 0)
		drop_file(f, f->count - 1);
	else
		(void)!ftruncate(f->fd, (off_t)row->octets);
	end_file(f);
	errno = why;
}

static bool write_frame(struct body_files *f, const struct body *b)
{
	const struct body_place place = { .file = current(f)->number, .frame = f->frames };
	size_t length = body_frame_length(b->octets.length);
	unsigned char *frame = malloc(length);
	bool written = frame != NULL
		       && or_no_memory(body_frame_write(f->secrets->file_key, &place, b, frame))
		       && regular_write(f->fd, (struct bytes){ frame, length });
	int why = errno;
	free(frame);
	errno = why;
	if (!written)
		give_up(f);
	return written;
}

bool body_files_write(struct body_files *f, const struct body *b)
{
	return make_room(f, b) && (goes_on(f, b) || begin_file(f)) && write_frame(f, b);
}

void body_files_note(struct body_files *f, const struct body *b)
{
	struct body_file *row = current(f);
	f->used -= on_disk(row->octets);
	row->octets += body_frame_length(b->octets.length);
	f->used += on_disk(row->octets);
	if (row->first == 0)
		row->first = b->at;
	if (row->newest < b->at)
		row->newest = b->at;
	f->frames++;
}

/* ---- What is asked for ---- */

/* One that went meanwhile, or is no file any more, has none. */
enum exchange_body_found body_files_find(const struct body_files *f, const struct body_file *row,
					 const struct body_wanted *wanted, struct arena *a,
					 struct bytes *out, int *error)
{
	char name[NAME];
	name_of(row->number, name);
	int fd = regular_open_at(f->folder, name, O_RDONLY | O_NOFOLLOW, 0);
	*error = errno;
	if (fd < 0)
		return *error == ENOENT || *error == ELOOP || *error == EMEDIUMTYPE ? BODY_ABSENT
										    : BODY_FAILED;
	enum exchange_body_found is = body_file_find(fd, row->octets, row->number, f->secrets->key,
						     wanted, a, out, error);
	close(fd);
	return is;
}
