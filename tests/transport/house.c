/* tests/transport/house.c: a house that shows what a door does. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "gateway/base/text.h"
#include "tests/transport/peer.h"

enum { PATIENCE_S = 120 }; /* only what hangs takes so long */

struct record {
	struct house_state *house;
	struct message *message;
	const struct head *head;
	struct answer answer;
	struct piece piece;
	struct header header;
	char text[1024];
	char frame[512];
	uint64_t octets;
	int cut;
	pthread_t later;
	bool has_later;
};

static void enter(struct house_state *h)
{
	pthread_mutex_lock(&h->lock);
}

static void leave(struct house_state *h)
{
	pthread_cond_broadcast(&h->changed);
	pthread_mutex_unlock(&h->lock);
}

static void *arrive(void *self, struct message *m, const struct head *head, int *refusal)
{
	struct house_state *h = self;
	if (text_equal(head->path, "/refuse")) {
		*refusal = 403;
		return NULL;
	}
	struct record *r = calloc(1, sizeof *r);
	*r = (struct record){ .house = h, .message = m, .head = head };
	enter(h);
	h->arrived++;
	h->last_uid = head->peer_uid;
	h->last_peer = head->peer;
	h->loud += head->loud;
	snprintf(h->last_url, sizeof h->last_url, "%s", head->local_url);
	snprintf(h->last_sha256, sizeof h->last_sha256, "%s",
		 head->certificate_sha256 != NULL ? head->certificate_sha256 : "");
	leave(h);
	return r;
}

static bool body(void *record, struct bytes octets)
{
	struct record *r = record;
	if (octets.length > (r->octets > DOOR_LARGE_BODY ? DOOR_PIECE : (size_t)64 * 1024))
		abort(); /* more in flight than a door may bring */
	if (r->octets + octets.length < sizeof r->frame)
		memcpy(r->frame + r->octets, octets.data, octets.length);
	r->octets += octets.length;
	enter(r->house);
	r->house->octets += (unsigned)octets.length;
	leave(r->house);
	if (text_equal(r->head->path, "/slow"))
		nanosleep(&(struct timespec){ .tv_nsec = 200000 }, NULL);
	return !text_equal(r->head->path, "/stop");
}

static void answer(struct record *r)
{
	r->piece = (struct piece){ .octets = { (unsigned char *)r->text, strlen(r->text) },
				   .fd = -1 };
	if (text_equal(r->head->path, "/file"))
		r->piece = (struct piece){ .fd = r->house->file,
					   .offset = 1,
					   .length = r->house->file_length };
	r->header = (struct header){ "X-Kind", "split\r\nno" };
	r->answer = (struct answer){ .status = r->cut != 0 ? r->cut : 200,
				     .headers = &r->header,
				     .header_count = 1,
				     .pieces = &r->piece,
				     .piece_count = r->head->door == DOOR_SYSLOG ? 0 : 1,
				     .close = r->house->closes };
	door_answer(r->message, &r->answer);
}

/* As long work does: between two steps a look whether anybody still waits. Not for ever. */
static void work_long(struct record *r)
{
	const atomic_bool *unwanted = door_unwanted(r->message);
	for (unsigned step = 0; step < PATIENCE_S * 1000 && !atomic_load(unwanted); step++)
		nanosleep(&(struct timespec){ .tv_nsec = 1000000 }, NULL);
	enter(r->house);
	r->house->unwanted += atomic_load(unwanted);
	leave(r->house);
}

static void *later(void *record)
{
	struct record *r = record;
	if (text_equal(r->head->path, "/long")) {
		work_long(r);
		answer(r);
		return NULL;
	}
	enter(r->house);
	r->house->held++;
	pthread_cond_broadcast(&r->house->changed);
	while (!r->house->let_go)
		pthread_cond_wait(&r->house->changed, &r->house->lock);
	leave(r->house);
	answer(r);
	return NULL;
}

static void whole(void *record)
{
	struct record *r = record;
	enter(r->house);
	snprintf(r->house->last_body, sizeof r->house->last_body, "%.60s", r->frame);
	leave(r->house);
	if (r->head->door == DOOR_MLLP)
		snprintf(r->text, sizeof r->text, "A:%s", r->frame);
	else
		snprintf(r->text, sizeof r->text, "%s %s?%s %llu", r->head->method, r->head->path,
			 r->head->query, (unsigned long long)r->octets);
	if (text_equal(r->head->path, "/hold") || text_equal(r->head->path, "/long"))
		r->has_later = pthread_create(&r->later, NULL, later, r) == 0;
	else
		answer(r);
}

static void cut(void *record, int status, const char *why)
{
	struct record *r = record;
	r->cut = status;
	enter(r->house);
	r->house->cut++;
	snprintf(r->house->cut_why, sizeof r->house->cut_why, "%s", why);
	leave(r->house);
}

static void gone(void *record, const char *why)
{
	struct record *r = record;
	enter(r->house);
	r->house->gone++;
	snprintf(r->house->gone_why, sizeof r->house->gone_why, "%s", why);
	leave(r->house);
}

static void release(void *record, bool sent)
{
	struct record *r = record;
	struct house_state *h = r->house;
	if (r->has_later)
		pthread_join(r->later, NULL);
	free(r);
	enter(h);
	h->released++;
	h->sent += sent;
	leave(h);
}

static void refused(void *self, const struct refused_peer *peer)
{
	struct house_state *h = self;
	enter(h);
	h->refused++;
	snprintf(h->reason, sizeof h->reason, "%s", peer->reason);
	snprintf(h->refused_sha256, sizeof h->refused_sha256, "%s",
		 peer->certificate_sha256 != NULL ? peer->certificate_sha256 : "");
	leave(h);
}

static bool barred(void *self, const char *sha256)
{
	struct house_state *h = self;
	enter(h);
	bool is = text_equal(h->barred, sha256);
	leave(h);
	return is;
}

void house_bar(struct house_state *h, const char *sha256)
{
	enter(h);
	snprintf(h->barred, sizeof h->barred, "%s", sha256);
	leave(h);
}

void house_begin(struct house_state *h)
{
	*h = (struct house_state){ .house = { .arrive = arrive,
					      .body = body,
					      .whole = whole,
					      .gone = gone,
					      .release = release,
					      .refused = refused,
					      .cut = cut,
					      .barred = barred } };
	h->house.self = h;
	h->file = -1;
	pthread_mutex_init(&h->lock, NULL);
	pthread_cond_init(&h->changed, NULL);
}

void house_let_go(struct house_state *h)
{
	enter(h);
	h->let_go = true;
	leave(h);
}

bool house_wait(struct house_state *h, const unsigned *counter, unsigned wanted)
{
	struct timespec until;
	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += PATIENCE_S;
	enter(h);
	int late = 0;
	while (*counter < wanted && late == 0)
		late = pthread_cond_timedwait(&h->changed, &h->lock, &until);
	bool reached = *counter >= wanted;
	leave(h);
	return reached;
}
