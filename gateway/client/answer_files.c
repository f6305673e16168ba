/* gateway/client/answer_files.c: the octets of answers on their way to files. */
#include "gateway/client/answer_files.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/spool.h"

struct piece {
	struct answer_file *of;
	struct piece *next;
	size_t length;
	unsigned char octets[ANSWER_PIECE];
};

struct answer_files {
	pthread_t thread;
	pthread_mutex_t lock; /* over what follows, and of each file what says so */
	pthread_cond_t given;
	struct piece *first, **last; /* to be written, in order */
	unsigned pieces;             /* of all files: given, and not written yet */
	bool crowded;                /* somebody found no room among all */
	bool ending;
	void (*wrote)(void *with);
	void *with;
};

struct answer_file {
	struct answer_files *all;
	struct spool_file *to;
	struct piece *filling; /* who adds */
	/* under the lock */
	unsigned waiting; /* pieces: given, and not written yet */
	bool failed, forgotten;
	bool listens; /* wrote() is to be called when a piece of it is written */
};

static void release(struct answer_file *f)
{
	spool_file_let_go(f->to);
	free(f);
}

/* ---- The thread ---- */

/* NULL: it is to end, and nothing is left. Under the lock. */
static struct piece *next_piece(struct answer_files *all)
{
	while (all->first == NULL && !all->ending)
		pthread_cond_wait(&all->given, &all->lock);
	struct piece *p = all->first;
	if (p != NULL && (all->first = p->next) == NULL)
		all->last = &all->first;
	return p;
}

/* Under the lock; true: somebody is to be told. */
static bool written(struct answer_files *all, struct answer_file *f, bool kept)
{
	bool told = f->listens || all->crowded;
	f->listens = all->crowded = false;
	f->failed = f->failed || !kept;
	f->waiting--;
	all->pieces--;
	if (f->forgotten && f->waiting == 0)
		release(f);
	return told;
}

static void *write_pieces(void *self)
{
	struct answer_files *all = self;
	struct piece *p;
	pthread_setname_np(pthread_self(), "answers");
	pthread_mutex_lock(&all->lock);
	while ((p = next_piece(all)) != NULL) {
		struct answer_file *f = p->of;
		bool wanted = !f->forgotten && !f->failed;
		pthread_mutex_unlock(&all->lock);
		bool kept = wanted
			    && spool_file_write(f->to, (struct bytes){ p->octets, p->length });
		free(p);
		pthread_mutex_lock(&all->lock);
		if (written(all, f, kept)) {
			pthread_mutex_unlock(&all->lock);
			all->wrote(all->with);
			pthread_mutex_lock(&all->lock);
		}
	}
	pthread_mutex_unlock(&all->lock);
	return NULL;
}

struct answer_files *answer_files_start(void (*wrote)(void *with), void *with)
{
	struct answer_files *all = calloc(1, sizeof *all);
	if (all == NULL)
		return NULL;
	all->last = &all->first;
	all->wrote = wrote;
	all->with = with;
	pthread_mutex_init(&all->lock, NULL);
	pthread_cond_init(&all->given, NULL);
	if (pthread_create(&all->thread, NULL, write_pieces, all) == 0)
		return all;
	pthread_cond_destroy(&all->given);
	pthread_mutex_destroy(&all->lock);
	free(all);
	return NULL;
}

void answer_files_stop(struct answer_files *all)
{
	if (all == NULL)
		return;
	pthread_mutex_lock(&all->lock);
	all->ending = true;
	pthread_cond_signal(&all->given);
	pthread_mutex_unlock(&all->lock);
	pthread_join(all->thread, NULL);
	pthread_cond_destroy(&all->given);
	pthread_mutex_destroy(&all->lock);
	free(all);
}

/* ---- Who adds ---- */

struct answer_file *answer_file_begin(struct answer_files *all, struct spool_file *to)
{
	struct answer_file *f = calloc(1, sizeof *f);
	if (f == NULL)
		return NULL;
	f->all = all;
	f->to = spool_file_hold(to);
	return f;
}

static void give(struct answer_file *f)
{
	struct answer_files *all = f->all;
	struct piece *p = f->filling;
	f->filling = NULL;
	p->of = f;
	p->next = NULL;
	pthread_mutex_lock(&all->lock);
	f->waiting++;
	all->pieces++;
	*all->last = p;
	all->last = &p->next;
	pthread_cond_signal(&all->given);
	pthread_mutex_unlock(&all->lock);
}

static size_t left_in(const struct answer_file *f)
{
	return f->filling == NULL ? 0 : ANSWER_PIECE - f->filling->length;
}

/* Where there is none, who asked is told when there may be. What is being filled is not counted
 * among all: it may never be full, and one of each call is bound enough. */
static enum answer_taken find_room(struct answer_file *f, size_t octets)
{
	struct answer_files *all = f->all;
	size_t left = left_in(f);
	unsigned more = octets <= left ? 0 : (unsigned)((octets - left - 1) / ANSWER_PIECE + 1);
	pthread_mutex_lock(&all->lock);
	bool failed = f->failed;
	bool own = f->waiting == 0 || f->waiting + (f->filling != NULL) + more <= ANSWER_PIECES;
	bool room = own && (more == 0 || all->pieces + more <= ANSWER_PIECES_ALL);
	f->listens = f->listens || !own;
	all->crowded = all->crowded || (own && !room);
	pthread_mutex_unlock(&all->lock);
	return failed ? ANSWER_FAILED : room ? ANSWER_TAKEN : ANSWER_WAITS;
}

bool answer_file_has_room(struct answer_file *f, size_t octets)
{
	return find_room(f, octets) != ANSWER_WAITS;
}

static bool fill(struct answer_file *f, struct bytes *more)
{
	if (f->filling == NULL) {
		f->filling = malloc(sizeof *f->filling);
		if (f->filling == NULL)
			return false;
		f->filling->length = 0;
	}
	size_t room = left_in(f), take = more->length < room ? more->length : room;
	memcpy(f->filling->octets + f->filling->length, more->data, take);
	f->filling->length += take;
	more->data += take;
	more->length -= take;
	if (take == room)
		give(f);
	return true;
}

enum answer_taken answer_file_add(struct answer_file *f, struct bytes more)
{
	enum answer_taken taken = find_room(f, more.length);
	while (taken == ANSWER_TAKEN && more.length > 0)
		if (!fill(f, &more))
			return ANSWER_FAILED;
	return taken;
}

void answer_file_end(struct answer_file *f)
{
	if (f->filling != NULL)
		give(f);
	pthread_mutex_lock(&f->all->lock);
	f->listens = true;
	pthread_mutex_unlock(&f->all->lock);
}

bool answer_file_is_settled(struct answer_file *f)
{
	pthread_mutex_lock(&f->all->lock);
	bool settled = f->waiting == 0;
	f->listens = true;
	pthread_mutex_unlock(&f->all->lock);
	return settled;
}

void answer_file_forget(struct answer_file *f)
{
	if (f == NULL)
		return;
	struct answer_files *all = f->all;
	free(f->filling);
	f->filling = NULL;
	pthread_mutex_lock(&all->lock);
	f->forgotten = true;
	bool idle = f->waiting == 0;
	pthread_mutex_unlock(&all->lock);
	if (idle)
		release(f);
}
