/* store/exchange_log.c: rings of notes, numbered together, and the file they are kept in. */
#include "store/exchange_log.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gateway/base/regular_file.h"

enum { STRANGERS_PART = 8, STRANGERS_LEAST = 16, FRAME_HEAD = 5 };
enum { DONE, REFUSED, STRANGERS, RINGS };
enum { ROOM = 1 << 20 }; /* beyond twice what is kept, and the file is written anew */
static const int64_t late = INT64_C(3600) * 1000000; /* how late what is too old leaves the file */

static const char file_head[8] = "MINATOX1";

struct kept {
	uint64_t number;
	instant at;
	unsigned char *octets;
	uint32_t length;
};

struct ring {
	struct kept *rows;
	size_t most, first, count;
};

struct exchange_log {
	pthread_mutex_t lock;
	struct ring rings[RINGS];
	uint64_t last;   /* number */
	uint64_t octets; /* of all, in the file's form */
	int64_t keep;
	/* the writer's */
	char *path, *fresh;
	uint64_t written; /* the last that is in the file */
	uint64_t length;  /* octets of the file */
	instant oldest;   /* in the file, when it was written anew */
	int fd;
};

static struct kept *row_at(const struct ring *r, size_t n)
{
	return &r->rows[(r->first + n) % r->most];
}

static void drop_first(struct exchange_log *l, struct ring *r)
{
	struct kept *k = row_at(r, 0);
	l->octets -= k->length + FRAME_HEAD;
	free(k->octets);
	k->octets = NULL;
	r->first = (r->first + 1) % r->most;
	r->count--;
}

static void drop_old(struct exchange_log *l, instant now)
{
	for (size_t i = 0; i < RINGS; i++)
		while (l->rings[i].count > 0 && row_at(&l->rings[i], 0)->at < now - l->keep)
			drop_first(l, &l->rings[i]);
}

void exchange_log_add(struct exchange_log *l, struct bytes note, bool stranger)
{
	struct exchange_note n;
	if (l == NULL || note.length > EXCHANGE_NOTE_MOST || !exchange_note_read(note, &n))
		return;
	unsigned char *octets = malloc(note.length);
	if (octets == NULL)
		return;
	memcpy(octets, note.data, note.length);
	pthread_mutex_lock(&l->lock);
	struct ring *r = &l->rings[stranger ? STRANGERS : *n.problem == '\0' ? DONE : REFUSED];
	if (r->count == r->most)
		drop_first(l, r);
	*row_at(r, r->count++) = (struct kept){
		.number = ++l->last, .at = n.at, .octets = octets, .length = (uint32_t)note.length
	};
	l->octets += note.length + FRAME_HEAD;
	pthread_mutex_unlock(&l->lock);
}

/* How many of a ring have a number up to that: they ascend. */
static size_t count_up_to(const struct ring *r, uint64_t number)
{
	size_t low = 0, high = r->count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (row_at(r, middle)->number <= number)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

uint64_t exchange_log_before(struct exchange_log *l, uint64_t number, instant now,
			     unsigned char *out, size_t *length)
{
	const struct kept *found = NULL;
	uint64_t result = 0;
	if (l == NULL)
		return 0;
	pthread_mutex_lock(&l->lock);
	drop_old(l, now);
	for (size_t i = 0; i < RINGS; i++) {
		const struct ring *r = &l->rings[i];
		size_t n = number == 0 ? r->count : count_up_to(r, number - 1);
		const struct kept *k = n == 0 ? NULL : row_at(r, n - 1);
		if (k != NULL && (found == NULL || k->number > found->number))
			found = k;
	}
	if (found != NULL) {
		memcpy(out, found->octets, found->length);
		*length = found->length;
		result = found->number;
	}
	pthread_mutex_unlock(&l->lock);
	return result;
}

/* ---- The file ---- */

size_t exchange_frame_read(struct bytes file, struct bytes *note, bool *stranger)
{
	if (file.length < FRAME_HEAD)
		return 0;
	const unsigned char *d = file.data;
	size_t length = (size_t)d[0] << 24 | (size_t)d[1] << 16 | (size_t)d[2] << 8 | d[3];
	struct exchange_note n;
	if (length > EXCHANGE_NOTE_MOST || length > file.length - FRAME_HEAD || d[4] > 1)
		return 0;
	*note = (struct bytes){ d + FRAME_HEAD, length };
	*stranger = d[4] == 1;
	return exchange_note_read(*note, &n) ? FRAME_HEAD + length : 0;
}

/* A window that has the next frame whole, unless the file ends within it. */
static void read_frames(struct exchange_log *l, FILE *f)
{
	unsigned char window[FRAME_HEAD + EXCHANGE_NOTE_MOST];
	struct bytes note;
	bool stranger;
	size_t taken, has = fread(window, 1, sizeof window, f);
	while ((taken = exchange_frame_read((struct bytes){ window, has }, &note, &stranger))
	       != 0) {
		exchange_log_add(l, note, stranger);
		has -= taken;
		memmove(window, window + taken, has);
		has += fread(window + has, 1, sizeof window - has, f);
	}
}

static void read_file(struct exchange_log *l)
{
	FILE *f = regular_stream(l->path);
	char head[sizeof file_head];
	if (f == NULL)
		return;
	if (fread(head, sizeof head, 1, f) == 1 && memcmp(head, file_head, sizeof head) == 0)
		read_frames(l, f);
	fclose(f);
}

struct exchange_log *exchange_log_open(const char *directory, unsigned most, int64_t keep,
				       instant now)
{
	struct exchange_log *l = calloc(1, sizeof *l);
	if (l == NULL)
		return NULL;
	size_t strangers = most / STRANGERS_PART;
	l->rings[DONE].most = l->rings[REFUSED].most = most;
	l->rings[STRANGERS].most = strangers < STRANGERS_LEAST ? STRANGERS_LEAST : strangers;
	l->keep = keep;
	l->fd = -1;
	pthread_mutex_init(&l->lock, NULL);
	bool whole = asprintf(&l->path, "%s/exchanges", directory) >= 0
		     && asprintf(&l->fresh, "%s/exchanges.fresh", directory) >= 0;
	for (size_t i = 0; i < RINGS; i++) {
		l->rings[i].rows = calloc(l->rings[i].most, sizeof *l->rings[i].rows);
		whole = whole && l->rings[i].rows != NULL;
	}
	if (!whole) {
		exchange_log_close(l);
		return NULL;
	}
	read_file(l);
	drop_old(l, now);
	return l;
}

void exchange_log_close(struct exchange_log *l)
{
	if (l == NULL)
		return;
	for (size_t i = 0; i < RINGS; i++) {
		while (l->rings[i].rows != NULL && l->rings[i].count > 0)
			drop_first(l, &l->rings[i]);
		free(l->rings[i].rows);
	}
	if (l->fd >= 0)
		close(l->fd);
	pthread_mutex_destroy(&l->lock);
	free(l->path);
	free(l->fresh);
	free(l);
}

void exchange_log_forget(const char *directory)
{
	static const char *const names[] = { "exchanges", "exchanges.fresh" };
	int at = open(directory, O_PATH | O_DIRECTORY | O_CLOEXEC);
	for (size_t i = 0; at >= 0 && i < sizeof names / sizeof *names; i++)
		unlinkat(at, names[i], 0);
	if (at >= 0)
		close(at);
}

/* What is to be written, copied so that nobody waits for the disk. */
struct batch {
	unsigned char *octets;
	size_t length;
	uint64_t last;
	instant oldest;
};

static void put_frame(struct batch *b, const struct kept *k, bool stranger)
{
	unsigned char *d = b->octets + b->length;
	for (unsigned i = 0; i < 4; i++)
		d[i] = (unsigned char)(k->length >> (24 - 8 * i));
	d[4] = stranger;
	memcpy(d + FRAME_HEAD, k->octets, k->length);
	b->length += FRAME_HEAD + k->length;
}

/* The ring whose next has the lowest number; RINGS: none has one. */
static size_t next_ring(const struct ring *rings, const size_t *at)
{
	size_t found = RINGS;
	for (size_t i = 0; i < RINGS; i++)
		if (at[i] < rings[i].count
		    && (found == RINGS
			|| row_at(&rings[i], at[i])->number
				   < row_at(&rings[found], at[found])->number))
			found = i;
	return found;
}

/* In the order of their numbers; what fits in the octets that are kept fits here. */
static void put_frames(const struct exchange_log *l, uint64_t after, struct batch *b)
{
	size_t at[RINGS], ring;
	for (size_t i = 0; i < RINGS; i++)
		at[i] = count_up_to(&l->rings[i], after);
	while ((ring = next_ring(l->rings, at)) != RINGS) {
		const struct kept *k = row_at(&l->rings[ring], at[ring]++);
		put_frame(b, k, ring == STRANGERS);
		if (k->at < b->oldest)
			b->oldest = k->at;
	}
}

static bool is_to_be_anew(const struct exchange_log *l, instant now)
{
	return l->fd < 0 || l->length > 2 * l->octets + ROOM || l->oldest < now - l->keep - late;
}

/* False: no memory. */
static bool collect(struct exchange_log *l, instant now, bool *anew, struct batch *b)
{
	pthread_mutex_lock(&l->lock);
	drop_old(l, now);
	*anew = is_to_be_anew(l, now);
	*b = (struct batch){ .last = l->last, .oldest = *anew ? now : l->oldest };
	bool some = *anew || l->last != l->written;
	b->octets = some ? malloc(l->octets + sizeof file_head) : NULL;
	if (b->octets != NULL && *anew) {
		memcpy(b->octets, file_head, sizeof file_head);
		b->length = sizeof file_head;
	}
	if (b->octets != NULL)
		put_frames(l, *anew ? 0 : l->written, b);
	pthread_mutex_unlock(&l->lock);
	return !some || b->octets != NULL;
}

/* Beside it first: whoever starts meanwhile finds one that is whole. */
static bool write_anew(struct exchange_log *l, const struct batch *b)
{
	int fd = regular_open(l->fresh, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW);
	if (fd < 0)
		return false;
	if (!regular_write(fd, (struct bytes){ b->octets, b->length }) || fdatasync(fd) != 0
	    || rename(l->fresh, l->path) != 0) {
		int why = errno;
		close(fd);
		unlink(l->fresh); /* a disk that is full needs the room */
		errno = why;
		return false;
	}
	if (l->fd >= 0)
		close(l->fd);
	l->fd = fd;
	l->length = b->length;
	return true;
}

/* What was written by halves is not read on: the next writes all of it anew. */
static bool write_on(struct exchange_log *l, const struct batch *b)
{
	if (regular_write(l->fd, (struct bytes){ b->octets, b->length })) {
		l->length += b->length;
		return true;
	}
	int why = errno;
	close(l->fd);
	l->fd = -1;
	errno = why;
	return false;
}

bool exchange_log_write(struct exchange_log *l, instant now, struct problem *p)
{
	struct batch b;
	bool anew;
	if (l == NULL)
		return true;
	if (!collect(l, now, &anew, &b))
		return problem_set(p, PROBLEM_OUT_OF_RESOURCES, "%s: no memory", l->path);
	bool written = b.octets == NULL || (anew ? write_anew(l, &b) : write_on(l, &b));
	int why = errno;
	free(b.octets);
	if (!written)
		return problem_set(p, PROBLEM_STORE_FULL, "%s: %s", l->path, strerror(why));
	l->written = b.last;
	l->oldest = b.oldest;
	return true;
}
