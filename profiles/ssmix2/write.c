/* profiles/ssmix2/write.c: a file of an SS-MIX2 standardised storage is written, and the flags of
 * those before it change (HS026: condition flags).
 *
 * One write at a time, under a lock of the transaction storage's folder:
 *
 *	1. the message is written whole, and gets its name in the folder `pending`;
 *	2. the record is added to the transaction storage;
 *	3. the flags of earlier files change: 1 -> 2 where it corrects, 1 and 2 -> 0 where it
 *	   deletes, the one with flag 1 last, so that what is current ends at one moment;
 *	4. the message gets its place.
 *
 * Each is durable before the next begins. What stands in `pending` when the lock is taken was
 * begun by who did not come to the end, and is brought there first: its name says all that is to
 * be done, and what is done already is left alone. */
#include "profiles/ssmix2/write.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gateway/base/arena.h"
#include "gateway/base/regular_file.h"
#include "gateway/base/text.h"
#include "profiles/ssmix2/storage_walk.h"

enum { FOLDER_MODE = 0700, FILE_MODE = 0600, MILLISECOND = 1000, LEVEL = 3 };

const char *const storage_written_words[] = {
	[WRITTEN_ADDED] = "added", [WRITTEN_CORRECTED] = "corrected", [WRITTEN_DELETED] = "deleted",
	[WRITTEN_OLDER] = "older", [WRITTEN_KNOWN] = "known",
};

struct storing {
	struct arena *arena;
	const char *code;
	instant now;
	struct problem *problem;
	int top, log, pending, folder; /* folders; -1: not open */
	struct storage_name *files;    /* of the key */
};

/* What is to be done, as the name in `pending` says it. */
struct change {
	struct storage_name name;
	const char *file; /* its name */
	bool deletes;
	struct bytes octets;
	bool again; /* it was begun before */
};

/* ---- Folders and files ---- */

bool storage_problem(struct problem *p, const char *what)
{
	bool full = errno == ENOSPC || errno == EDQUOT;
	return problem_set(p, full ? PROBLEM_STORE_FULL : PROBLEM_BUSY, "%s: %s", what,
			   strerror(errno));
}

static int open_folder(int above, const char *name)
{
	return openat(above, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

/* The one above is flushed whoever made it: who did may not have come so far. */
int storage_folder(int above, const char *name, struct problem *p)
{
	bool there = mkdirat(above, name, FOLDER_MODE) == 0 || errno == EEXIST;
	int folder = there ? open_folder(above, name) : -1;
	if (folder >= 0 && fsync(above) == 0)
		return folder;
	storage_problem(p, "a folder of the storage cannot be made");
	if (folder >= 0)
		close(folder);
	return -1;
}

/* Down from a folder, which is closed. */
static int go_down(int from, const char *name, struct problem *p)
{
	int below = from < 0 ? -1 : storage_folder(from, name, p);
	if (from >= 0)
		close(from);
	return below;
}

static bool put_octets(int folder, const char *name, struct bytes octets)
{
	int fd = openat(folder, name, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC,
			FILE_MODE);
	bool written = fd >= 0 && regular_write(fd, octets) && fsync(fd) == 0;
	int why = errno;
	if (fd >= 0)
		close(fd);
	errno = why;
	return written;
}

static bool get_octets(struct storing *s, int folder, const char *name, struct bytes *out)
{
	int fd = regular_open_at(folder, name, O_RDONLY | O_NOFOLLOW, 0);
	struct stat st;
	struct buffer b = buffer_in(s->arena);
	bool read_whole = fd >= 0 && fstat(fd, &st) == 0 && st.st_size <= STORAGE_FILE_MOST;
	for (ssize_t got = 1; read_whole && got > 0;) {
		unsigned char *to = buffer_reserve(&b, (size_t)st.st_size + 1);
		got = read(fd, to, (size_t)st.st_size + 1);
		read_whole = got >= 0 && b.length + (size_t)got <= STORAGE_FILE_MOST;
		b.length += got > 0 ? (size_t)got : 0;
	}
	if (fd >= 0)
		close(fd);
	*out = buffer_bytes(&b);
	return read_whole;
}

/* A patient's folder: above it the first three characters of the id and the next three, as far as
 * it has them. */
static const char *patient_folder(struct storing *s, const struct storage_name *n)
{
	const char *id = n->patient_id;
	bool longer = strlen(id) > LEVEL;
	return arena_printf(s->arena, "%s/%.*s%s%.*s/%s", s->code, LEVEL, id, longer ? "/" : "",
			    LEVEL, longer ? id + LEVEL : "", id);
}

static const char *key_folder(struct storing *s, const struct storage_name *n)
{
	return arena_printf(s->arena, "%s/%s/%s", patient_folder(s, n), n->date, n->type->code);
}

static int open_key(struct storing *s, const struct storage_name *n)
{
	const char *path = key_folder(s, n);
	int at = fcntl(s->top, F_DUPFD_CLOEXEC, 0);
	for (size_t length; at >= 0 && *path != '\0'; path += length + (path[length] == '/')) {
		length = strcspn(path, "/");
		at = go_down(at, arena_text_n(s->arena, path, length), s->problem);
	}
	return at;
}

static const char *path_of(struct storing *s, const struct storage_name *n, const char *file)
{
	return arena_printf(s->arena, "%s/%s", key_folder(s, n), file);
}

static const char *file_of(struct arena *a, const struct storage_name *n, char flag)
{
	return arena_printf(a, "%s_%s_%s_%s_%s_%s_%c", n->patient_id, n->date, n->type->code,
			    n->order, n->time, n->department, flag);
}

/* ---- The files of a key ---- */

static void take_file(struct storing *s, const struct storage_name *key, const char *name)
{
	struct storage_name *n = arena_new(s->arena, struct storage_name);
	const char *own = arena_text(s->arena, name);
	if (!storage_name_likely(own)
	    || storage_name_read(s->arena, key->patient_id, key->date, key->type->code, own, n)
		       != NULL
	    || !text_equal(n->order, key->order))
		return;
	n->path = own;
	n->next = s->files;
	s->files = n;
}

static bool list_key(struct storing *s, const struct storage_name *key)
{
	int own = fcntl(s->folder, F_DUPFD_CLOEXEC, 0);
	DIR *d = own < 0 ? NULL : fdopendir(own);
	if (d == NULL) {
		if (own >= 0)
			close(own);
		return storage_problem(s->problem, "a folder of the storage cannot be read");
	}
	s->files = NULL;
	rewinddir(d);
	for (const struct dirent *e; (e = readdir(d)) != NULL;)
		take_file(s, key, e->d_name);
	closedir(d);
	return true;
}

static bool has_octets(struct storing *s, const struct storage_name *n, struct bytes octets)
{
	struct bytes held;
	return get_octets(s, s->folder, n->path, &held) && bytes_equal(held, octets);
}

static void a_millisecond_later(struct storage_name *n)
{
	instant t = storage_instant(n) + MILLISECOND;
	char seconds[DTM_TEXT];
	unsigned milliseconds = (unsigned)(t / MILLISECOND % 1000);
	instant_to_dtm_jst(t, seconds);
	memcpy(n->time, seconds, DTM_TEXT - 1);
	for (size_t i = STORAGE_TIME - 1; i-- > DTM_TEXT - 1; milliseconds /= 10)
		n->time[i] = (char)('0' + milliseconds % 10);
}

/* Of that moment, or of those that its sender may have meant; the newest. *same: it is there, with
 * the same octets. */
static const struct storage_name *of_time(struct storing *s, const char *first, const char *last,
					  struct bytes octets, const struct storage_name **same)
{
	const struct storage_name *newest = NULL;
	for (const struct storage_name *n = s->files; n != NULL && *same == NULL; n = n->next) {
		if (strcmp(n->time, first) < 0 || strcmp(n->time, last) > 0)
			continue;
		if (has_octets(s, n, octets))
			*same = n;
		if (newest == NULL || strcmp(n->time, newest->time) > 0)
			newest = n;
	}
	return newest;
}

/* A time of its own, behind those it may share. The file that has the same octets; NULL: none. */
static const struct storage_name *find_time(struct storing *s, struct change *c, const char *until)
{
	const struct storage_name *same = NULL, *taken;
	char *time = c->name.time;
	taken = of_time(s, time, until, c->octets, &same);
	while (taken != NULL && same == NULL) {
		memcpy(time, taken->time, STORAGE_TIME);
		a_millisecond_later(&c->name);
		taken = of_time(s, time, time, c->octets, &same);
	}
	return same;
}

static const struct storage_name *newest_after(const struct storing *s, const char *time)
{
	const struct storage_name *found = NULL;
	for (const struct storage_name *n = s->files; n != NULL; n = n->next)
		if (strcmp(n->time, found == NULL ? time : found->time) > 0)
			found = n;
	return found;
}

/* What comes late is what it would be had it come in time. */
static char flag_of(const struct storing *s, const struct change *c)
{
	const struct storage_name *newer = newest_after(s, c->name.time);
	return c->deletes ? '0' : newer == NULL ? '1' : newer->flag == '0' ? '0' : '2';
}

/* ---- Under which day an order lives ---- */

static bool lives_under(struct storing *s, const struct storage_name *key, int patient,
			const char *date)
{
	bool lives = false;
	struct storage_name at = *key;
	int day = open_folder(patient, date);
	int folder = day < 0 ? -1 : open_folder(day, key->type->code);
	if (day >= 0)
		close(day);
	if (folder < 0)
		return false;
	at.date = date;
	s->folder = folder;
	if (list_key(s, &at))
		for (const struct storage_name *n = s->files; n != NULL; n = n->next)
			lives = lives || n->flag == '1';
	close(folder);
	s->folder = -1;
	s->files = NULL;
	return lives;
}

/* A change of an order names it by its number: it goes where the order is, if that is one day. */
static void follow(struct storing *s, struct storage_name *key)
{
	const char *found = NULL;
	unsigned days = 0;
	int patient = open_folder(s->top, patient_folder(s, key));
	int own = patient < 0 ? -1 : fcntl(patient, F_DUPFD_CLOEXEC, 0);
	DIR *d = own < 0 ? NULL : fdopendir(own);
	for (const struct dirent *e; d != NULL && (e = readdir(d)) != NULL;) {
		const char *date = arena_text(s->arena, e->d_name);
		if (storage_is_date(date) && !text_equal(date, "-")
		    && lives_under(s, key, patient, date)) {
			found = date;
			days++;
		}
	}
	if (d != NULL)
		closedir(d);
	if (patient >= 0)
		close(patient);
	if (days == 1)
		key->date = found;
}

/* ---- A change is made ---- */

struct renamed {
	const char *from, *to;
};

/* Those whose flags change; the one with flag 1 last. */
static size_t list_renames(struct storing *s, const struct change *c, struct renamed *out)
{
	static const char flags[] = "21";
	size_t count = 0;
	char to = c->deletes ? '0' : '2';
	bool corrects = !c->deletes && c->name.flag == '1';
	for (const char *flag = flags; *flag != '\0' && (c->deletes || corrects); flag++)
		for (const struct storage_name *n = s->files; n != NULL; n = n->next)
			if (n->flag == *flag && n->flag != to && strcmp(n->time, c->name.time) < 0)
				out[count++] = (struct renamed){ n->path,
								 file_of(s->arena, n, to) };
	return count;
}

static size_t count_files(const struct storing *s)
{
	size_t count = 0;
	for (const struct storage_name *n = s->files; n != NULL; n = n->next)
		count++;
	return count;
}

static struct bytes record_of(struct storing *s, const struct change *c)
{
	const struct storage_name *n = &c->name;
	struct buffer b = buffer_in(s->arena);
	buffer_printf(&b, "#SSMIX,2.00,%s,%s,%s,%s,%s,%s,%s,%s\r", s->code, n->patient_id, n->date,
		      n->type->code, n->order, c->deletes ? "DEL" : "INS", n->department, n->time);
	buffer_append(&b, c->octets.data, c->octets.length);
	/* The next record begins a line of its own. */
	if (b.data[b.length - 1] != '\r' && b.data[b.length - 1] != '\n')
		buffer_byte(&b, '\r');
	return buffer_bytes(&b);
}

static const char *pending_of(struct storing *s, const struct change *c)
{
	return arena_printf(s->arena, "%s.%s", c->file, c->deletes ? "DEL" : "INS");
}

/* A name that is taken is another file's, which would be lost. */
static bool move(int from, const char *name, int to, const char *new_name)
{
	if (faccessat(to, new_name, F_OK, AT_SYMLINK_NOFOLLOW) == 0) {
		errno = EEXIST;
		return false;
	}
	return renameat(from, name, to, new_name) == 0;
}

static bool undo(struct storing *s, const struct renamed *r, size_t count,
		 const struct storage_log_mark *mark, const char *pending)
{
	bool undone = true;
	while (count-- > 0)
		undone = move(s->folder, r[count].to, s->folder, r[count].from) && undone;
	return undone && fsync(s->folder) == 0 && storage_log_undo(s->log, mark)
	       && unlinkat(s->pending, pending, 0) == 0;
}

/* Steps 2 to 4. */
static bool make_change(struct storing *s, const struct change *c)
{
	struct renamed *r = arena_array(s->arena, struct renamed, count_files(s) + 1);
	size_t count = list_renames(s, c, r), done = 0;
	const char *pending = pending_of(s, c);
	struct storage_log_mark mark;
	if (!storage_log_append(s->arena, s->log, record_of(s, c), s->now, c->again, &mark,
				s->problem)) {
		if (!c->again)
			unlinkat(s->pending, pending, 0);
		return false;
	}
	while (done < count && move(s->folder, r[done].from, s->folder, r[done].to))
		done++;
	bool moved = done == count && move(s->pending, pending, s->folder, c->file);
	if (moved && fsync(s->folder) == 0 && fsync(s->pending) == 0)
		return true;
	storage_problem(s->problem, "a file of the storage cannot be written");
	if (!moved && !c->again)
		undo(s, r, done, &mark, pending);
	return false;
}

/* Step 1. */
static bool begin_change(struct storing *s, const struct change *c)
{
	static const char unnamed[] = "new";
	if (put_octets(s->pending, unnamed, c->octets)
	    && renameat(s->pending, unnamed, s->pending, pending_of(s, c)) == 0
	    && fsync(s->pending) == 0)
		return true;
	storage_problem(s->problem, "the storage cannot be written");
	unlinkat(s->pending, unnamed, 0);
	unlinkat(s->pending, pending_of(s, c), 0);
	return false;
}

/* ---- What was begun before ---- */

/* "0001234_20260401_OMP-01_..._1.INS"; false: it is nothing of ours. */
static bool read_pending(struct storing *s, const char *name, struct change *out)
{
	char *text = arena_text(s->arena, name), *dot = strrchr(text, '.');
	bool ours = dot != NULL && (text_equal(dot, ".INS") || text_equal(dot, ".DEL"));
	const char *parts[3] = { NULL }; /* patient, date, data type */
	if (!ours)
		return false;
	out->deletes = dot[1] == 'D';
	*dot = '\0';
	out->file = text;
	for (size_t i = 0; i < COUNT(parts); i++) {
		size_t length = strcspn(text, "_");
		if (text[length] == '\0')
			return false;
		parts[i] = arena_text_n(s->arena, text, length);
		text += length + 1;
	}
	return storage_name_read(s->arena, parts[0], parts[1], parts[2], out->file, &out->name)
	       == NULL;
}

/* Its last step may have been taken, and not have lasted in the folder it was taken from. */
static bool is_in_place(struct storing *s, const struct change *c)
{
	for (const struct storage_name *n = s->files; n != NULL; n = n->next)
		if (text_equal(n->path, c->file))
			return has_octets(s, n, c->octets);
	return false;
}

static bool end_one(struct storing *s, struct change *c, const char *name)
{
	c->again = true;
	if (!get_octets(s, s->pending, name, &c->octets))
		return storage_problem(s->problem, "what was begun cannot be read");
	s->folder = open_key(s, &c->name);
	bool listed = s->folder >= 0 && list_key(s, &c->name);
	bool done = listed
		    && (is_in_place(s, c) ? unlinkat(s->pending, name, 0) == 0 : make_change(s, c));
	if (s->folder >= 0)
		close(s->folder);
	s->folder = -1;
	return done || storage_problem(s->problem, "what was begun cannot be brought to its end");
}

static bool end_what_was_begun(struct storing *s)
{
	int own = fcntl(s->pending, F_DUPFD_CLOEXEC, 0);
	DIR *d = own < 0 ? NULL : fdopendir(own);
	bool done = true;
	if (d == NULL) {
		if (own >= 0)
			close(own);
		return storage_problem(s->problem, "the storage cannot be read");
	}
	for (const struct dirent *e; done && (e = readdir(d)) != NULL;) {
		struct change c = { .again = true };
		if (read_pending(s, e->d_name, &c))
			done = end_one(s, &c, e->d_name);
	}
	closedir(d);
	return done;
}

/* ---- A write ---- */

/* The transaction storage's folder, locked. */
static int lock_below(int top, const char *code, struct problem *p)
{
	int above = fcntl(top, F_DUPFD_CLOEXEC, 0);
	int folder = go_down(go_down(above, "transaction", p), code, p);
	if (folder < 0)
		return -1;
	while (flock(folder, LOCK_EX) != 0)
		if (errno != EINTR) {
			storage_problem(p, "the storage cannot be locked");
			close(folder);
			return -1;
		}
	return folder;
}

int storage_lock(const char *directory, const char *code, struct problem *p)
{
	int top = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int folder = top < 0 ? -1 : lock_below(top, code, p);
	if (top < 0)
		storage_problem(p, "the storage's directory cannot be opened");
	else
		close(top);
	return folder;
}

static bool open_home(struct storing *s, const char *directory)
{
	s->top = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (s->top < 0)
		return storage_problem(s->problem, "the storage's directory cannot be opened");
	s->log = lock_below(s->top, s->code, s->problem);
	if (s->log < 0)
		return false;
	s->pending = storage_folder(s->log, "pending", s->problem);
	return s->pending >= 0;
}

/* The lock goes with the folder it is on. */
static void close_home(struct storing *s)
{
	const int fds[] = { s->folder, s->pending, s->top, s->log };
	for (size_t i = 0; i < COUNT(fds); i++)
		if (fds[i] >= 0)
			close(fds[i]);
}

static enum storage_written word_of(const struct storing *s, const struct change *c)
{
	if (c->deletes)
		return WRITTEN_DELETED;
	if (c->name.flag != '1')
		return WRITTEN_OLDER;
	for (const struct storage_name *n = s->files; n != NULL; n = n->next)
		if (n->flag != '0')
			return WRITTEN_CORRECTED;
	return WRITTEN_ADDED;
}

/* Who sent it before and was not told that it is durable may be told now. */
static bool is_durable(struct storing *s)
{
	return fsync(s->folder) == 0
	       || storage_problem(s->problem, "the storage cannot be written");
}

static bool write_message(struct storing *s, const struct storage_message *m,
			  struct storage_wrote *out)
{
	struct change c = { .name = m->name, .deletes = m->deletes, .octets = m->octets };
	if (m->follows)
		follow(s, &c.name);
	s->folder = open_key(s, &c.name);
	if (s->folder < 0 || !list_key(s, &c.name))
		return false;
	const struct storage_name *same = find_time(s, &c, m->until);
	if (same != NULL) {
		*out = (struct storage_wrote){ WRITTEN_KNOWN, path_of(s, &c.name, same->path) };
		return is_durable(s);
	}
	c.name.flag = flag_of(s, &c);
	c.file = file_of(s->arena, &c.name, c.name.flag);
	*out = (struct storage_wrote){ word_of(s, &c), path_of(s, &c.name, c.file) };
	return begin_change(s, &c) && make_change(s, &c);
}

bool storage_write(struct arena *a, const char *directory, const char *code,
		   const struct storage_message *m, instant now, struct storage_wrote *out,
		   struct problem *p)
{
	struct storing s = { .arena = a,
			     .code = code,
			     .now = now,
			     .problem = p,
			     .top = -1,
			     .log = -1,
			     .pending = -1,
			     .folder = -1 };
	bool done = open_home(&s, directory) && end_what_was_begun(&s) && write_message(&s, m, out);
	close_home(&s);
	return done;
}
