/* store/file_writer.c: a thread that writes what comes of large documents. */
#include "store/file_writer.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* So that little is left for the flush: the disk is busy while the rest comes. */
enum { WRITE_EVERY = 8 << 20 };

struct file_piece {
	struct file_piece *next;
	struct file_pieces *of;
	int fd;
	uint64_t at;
	size_t length;
	unsigned char octets[];
};

struct file_writer {
	pthread_t thread;
	pthread_mutex_t lock; /* all below, and every file's pieces */
	pthread_cond_t work, written;
	struct file_piece *first, **last;
	bool threaded, ending;
};

int file_writer_write(int fd, const void *data, size_t length, uint64_t at)
{
	const unsigned char *octets = data;
	for (size_t done = 0; done < length;) {
		ssize_t n = pwrite(fd, octets + done, length - done, (off_t)(at + done));
		if (n < 0 && errno != EINTR)
			return errno;
		done += n > 0 ? (size_t)n : 0;
	}
	uint64_t from = at / WRITE_EVERY * WRITE_EVERY,
		 to = (at + length) / WRITE_EVERY * WRITE_EVERY;
	if (to > from) /* what fails of it the flush will tell */
		(void)sync_file_range(fd, (off_t)from, (off_t)(to - from), SYNC_FILE_RANGE_WRITE);
	return 0;
}

/* With the lock held. */
static struct file_piece *take(struct file_writer *w)
{
	while (w->first == NULL && !w->ending)
		pthread_cond_wait(&w->work, &w->lock);
	struct file_piece *piece = w->first;
	if (piece == NULL)
		return NULL;
	w->first = piece->next;
	if (w->first == NULL)
		w->last = &w->first;
	return piece;
}

static void *writes(void *with)
{
	struct file_writer *w = with;
	struct file_piece *piece;
	pthread_setname_np(pthread_self(), "documents");
	pthread_mutex_lock(&w->lock);
	while ((piece = take(w)) != NULL) {
		int error = piece->of->error;
		pthread_mutex_unlock(&w->lock);
		if (error == 0)
			error = file_writer_write(piece->fd, piece->octets, piece->length,
						  piece->at);
		pthread_mutex_lock(&w->lock);
		piece->of->error = error;
		piece->of->waiting--;
		pthread_cond_broadcast(&w->written);
		free(piece);
	}
	pthread_mutex_unlock(&w->lock);
	return NULL;
}

struct file_writer *file_writer_create(void)
{
	struct file_writer *w = calloc(1, sizeof *w);
	if (w == NULL)
		return NULL;
	w->last = &w->first;
	pthread_mutex_init(&w->lock, NULL);
	pthread_cond_init(&w->work, NULL);
	pthread_cond_init(&w->written, NULL);
	return w;
}

void file_writer_destroy(struct file_writer *w)
{
	if (w == NULL)
		return;
	pthread_mutex_lock(&w->lock);
	w->ending = true;
	pthread_cond_signal(&w->work);
	pthread_mutex_unlock(&w->lock);
	if (w->threaded)
		pthread_join(w->thread, NULL);
	pthread_cond_destroy(&w->written);
	pthread_cond_destroy(&w->work);
	pthread_mutex_destroy(&w->lock);
	free(w);
}

/* With the lock held. Begun when it is first needed. */
static bool is_there(struct file_writer *w)
{
	if (!w->threaded)
		w->threaded = pthread_create(&w->thread, NULL, writes, w) == 0;
	return w->threaded;
}

static struct file_piece *piece_of(struct file_pieces *of, int fd, const void *data, size_t length,
				   uint64_t at)
{
	struct file_piece *piece = malloc(sizeof *piece + length);
	if (piece == NULL)
		return NULL;
	*piece = (struct file_piece){ .of = of, .fd = fd, .at = at, .length = length };
	memcpy(piece->octets, data, length);
	return piece;
}

/* With the lock held. */
static int give(struct file_writer *w, struct file_piece *piece)
{
	struct file_pieces *of = piece->of;
	while (of->waiting == FILE_PIECES && of->error == 0)
		pthread_cond_wait(&w->written, &w->lock);
	if (of->error != 0) {
		free(piece);
		return of->error;
	}
	of->waiting++;
	*w->last = piece;
	w->last = &piece->next;
	pthread_cond_signal(&w->work);
	return 0;
}

int file_writer_give(struct file_writer *w, struct file_pieces *of, int fd, const void *data,
		     size_t length, uint64_t at)
{
	struct file_piece *piece = piece_of(of, fd, data, length, at);
	if (piece == NULL)
		return ENOMEM;
	pthread_mutex_lock(&w->lock);
	bool threaded = is_there(w);
	int error = threaded ? give(w, piece) : EAGAIN;
	pthread_mutex_unlock(&w->lock);
	if (!threaded)
		free(piece);
	return error;
}

int file_writer_settle(struct file_writer *w, struct file_pieces *of)
{
	pthread_mutex_lock(&w->lock);
	while (of->waiting != 0)
		pthread_cond_wait(&w->written, &w->lock);
	int error = of->error;
	pthread_mutex_unlock(&w->lock);
	return error;
}
