/* tests/transport/ahead_test.c: of a large body the next piece is read while the house has the
 * last: in order, within bounds, and whatever happens meanwhile. */
#include "tests/base/suite.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include "gateway/base/log.h"
#include "gateway/base/text.h"
#include "gateway/base/workers.h"
#include "tests/transport/peer.h"

#define OK(condition) CU_ASSERT(condition)

enum {
	KIBI = 1024,
	MEBI = 1 << 20,
	PIECE = DOOR_PIECE,
	/* A piece is lent when another read might not fit it. */
	LEAST_PIECE = PIECE - 16 * KIBI,
	LARGE = DOOR_LARGE_BODY, /* from there on it is read ahead, in larger pieces */
	SMALL_PIECE = 64 * KIBI,
	HEAD = 512, /* more than any head here */
	MANY = 40,  /* more than may be read ahead at once */
	MOST_AHEAD = 32,
	/* Behind it the first pieces have been lent that may be read ahead of. */
	GATE = LARGE + 2 * SMALL_PIECE + PIECE,
	STEP_NS = 1000000,
	STEPS = 120000
};

static const struct log silent = { .fd = -1, .level = LOG_ERROR };

/* A house that takes so many octets and then waits, and knows what it must be given. */
struct bed {
	struct house house;
	struct workers *workers;
	struct front *front;
	unsigned port;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	uint64_t allowed, taken, at_gate; /* at_gate: what it has been brought and not taken */
	bool broken, stops, far_ahead;
	unsigned wholes, cuts, gone, released;
	int status;
	bool bounded; /* one body comes, as it is: what is ahead is looked at */
	bool many;    /* several come at once: no order, and no gate */
};

struct record {
	struct bed *bed;
	struct message *message;
	struct answer answer;
};

static unsigned char octet_at(uint64_t at)
{
	return (unsigned char)((at * 2654435761u) >> 13);
}

static void *arrive(void *self, struct message *m, const struct head *head, int *refusal)
{
	struct record *r = calloc(1, sizeof *r);
	*r = (struct record){ .bed = self, .message = m };
	(void)head, (void)refusal;
	return r;
}

static uint64_t brought(const struct bed *b)
{
	struct front_counts counts;
	front_count(b->front, &counts);
	return counts.bytes_in;
}

static unsigned reading_ahead(const struct bed *b)
{
	struct front_counts counts;
	front_count(b->front, &counts);
	return counts.reading_ahead;
}

/* With the lock held. Two pieces and what one read left over: more is never here. */
static void look(struct bed *b, struct bytes octets)
{
	for (size_t i = 0; i < octets.length; i++)
		b->broken |= octets.data[i] != octet_at(b->taken + i);
	b->far_ahead |= b->bounded
			&& brought(b) > HEAD + b->taken + 2 * PIECE + PIECE - LEAST_PIECE;
}

static bool body(void *record, struct bytes octets)
{
	struct bed *b = ((struct record *)record)->bed;
	pthread_mutex_lock(&b->lock);
	b->at_gate = octets.length;
	pthread_cond_broadcast(&b->changed);
	while (!b->many && b->taken >= b->allowed)
		pthread_cond_wait(&b->changed, &b->lock);
	b->far_ahead |= reading_ahead(b) > MOST_AHEAD;
	if (!b->many)
		look(b, octets);
	b->at_gate = 0;
	b->taken += octets.length;
	bool goes_on = !b->stops || b->taken < LARGE;
	pthread_cond_broadcast(&b->changed);
	pthread_mutex_unlock(&b->lock);
	return goes_on;
}

static void count(struct bed *b, unsigned *counter)
{
	pthread_mutex_lock(&b->lock);
	++*counter;
	pthread_cond_broadcast(&b->changed);
	pthread_mutex_unlock(&b->lock);
}

static void whole(void *record)
{
	struct record *r = record;
	struct bed *b = r->bed;
	count(b, &b->wholes);
	r->answer = (struct answer){ .status = b->status };
	door_answer(r->message, &r->answer);
}

static void cut(void *record, int status, const char *why)
{
	struct bed *b = ((struct record *)record)->bed;
	(void)why;
	b->status = status;
	count(b, &b->cuts);
}

static void gone(void *record, const char *why)
{
	struct bed *b = ((struct record *)record)->bed;
	(void)why;
	count(b, &b->gone);
}

static void release(void *record, bool sent)
{
	struct bed *b = ((struct record *)record)->bed;
	(void)sent;
	free(record);
	count(b, &b->released);
}

static void bed_make(struct bed *b, uint64_t allowed)
{
	const char *why = "";
	*b = (struct bed){ .house = { .self = b,
				      .arrive = arrive,
				      .body = body,
				      .whole = whole,
				      .cut = cut,
				      .gone = gone,
				      .release = release },
			   .allowed = allowed,
			   .status = 200 };
	pthread_mutex_init(&b->lock, NULL);
	pthread_cond_init(&b->changed, NULL);
	b->workers = workers_create(4);
	b->front = front_create(b->workers, 2, &silent);
	struct door_settings settings = { .kind = DOOR_ADMIN,
					  .address = "127.0.0.1",
					  .limits = door_limits_default,
					  .house = &b->house };
	settings.limits.connections_per_peer = 2 * MANY;
	CU_ASSERT_FATAL(front_open(b->front, &settings, &why));
	b->port = front_port(b->front, door_kind_name(DOOR_ADMIN));
}

static void bed_end(struct bed *b)
{
	front_destroy(b->front);
	workers_destroy(b->workers);
	OK(!b->broken);
	OK(!b->far_ahead);
}

static void let(struct bed *b, uint64_t allowed)
{
	pthread_mutex_lock(&b->lock);
	b->allowed = allowed;
	pthread_cond_broadcast(&b->changed);
	pthread_mutex_unlock(&b->lock);
}

static void pause_briefly(void)
{
	nanosleep(&(struct timespec){ .tv_nsec = STEP_NS }, NULL);
}

/* Two minutes at most, as all that wait here: past them something hangs. */
static bool counted(struct bed *b, const unsigned *counter, unsigned wanted)
{
	unsigned now = 0;
	for (unsigned i = 0; i < STEPS && now < wanted; i++) {
		pthread_mutex_lock(&b->lock);
		now = *counter;
		pthread_mutex_unlock(&b->lock);
		if (now < wanted)
			pause_briefly();
	}
	return now >= wanted;
}

static bool is_brought(struct bed *b, uint64_t octets)
{
	for (unsigned i = 0; i < STEPS && brought(b) < octets; i++)
		pause_briefly();
	return brought(b) >= octets;
}

/* The house stands at its gate: what it has taken, and what it has been brought. */
static uint64_t at_gate(struct bed *b)
{
	pthread_mutex_lock(&b->lock);
	while (b->at_gate == 0 || b->taken < b->allowed)
		pthread_cond_wait(&b->changed, &b->lock);
	uint64_t octets = b->taken + b->at_gate;
	pthread_mutex_unlock(&b->lock);
	return octets;
}

/* --- who sends --- */

struct sender {
	struct peer_end end;
	unsigned char *octets;
	size_t length; /* of the body */
	pthread_t thread;
	size_t some; /* of it is sent at first */
	bool chunked;
};

static bool begin(struct sender *s, const struct bed *b, size_t length, bool chunked)
{
	char head[HEAD];
	if (s->end.fd == 0 && !peer_open_plain(&s->end, NULL, b->port))
		return false;
	free(s->octets);
	s->octets = malloc(length + 1);
	s->length = length;
	s->chunked = chunked;
	for (size_t i = 0; i < length; i++)
		s->octets[i] = octet_at(i);
	if (chunked)
		snprintf(head, sizeof head,
			 "POST /a HTTP/1.1\r\nHost: gw\r\nTransfer-Encoding: chunked\r\n\r\n");
	else
		snprintf(head, sizeof head,
			 "POST /a HTTP/1.1\r\nHost: gw\r\nContent-Length: %zu\r\n\r\n", length);
	return peer_say(&s->end, head);
}

static bool send_chunk(struct sender *s, size_t from, size_t length)
{
	char size[24];
	snprintf(size, sizeof size, "%zx\r\n", length);
	return peer_say(&s->end, size) && peer_send(&s->end, s->octets + from, length)
	       && peer_say(&s->end, "\r\n");
}

/* In pieces of many lengths. */
static bool send_range(struct sender *s, size_t from, size_t to)
{
	bool sent = true;
	for (size_t at = from, step = 1; sent && at < to; at += step) {
		step = 1 + (at * 31 + 12345) % (100 * KIBI);
		step = step < to - at ? step : to - at;
		sent = s->chunked ? send_chunk(s, at, step)
				  : peer_send(&s->end, s->octets + at, step);
	}
	return sent;
}

static void *send_some(void *with)
{
	struct sender *s = with;
	send_range(s, 0, s->some);
	return NULL;
}

/* By a thread, for the door may not take all of it. */
static void send_aside(struct sender *s, size_t some)
{
	s->some = some;
	CU_ASSERT_FATAL(pthread_create(&s->thread, NULL, send_some, s) == 0);
}

static int answer(struct sender *s)
{
	char text[64];
	size_t length;
	return peer_answer(&s->end, text, sizeof text, &length);
}

static void end(struct sender *s)
{
	peer_close(&s->end);
	free(s->octets);
}

/* A message is given back after its house has released it. */
static bool none_ahead(const struct bed *b)
{
	for (unsigned i = 0; i < STEPS && reading_ahead(b) > 0; i++)
		pause_briefly();
	return reading_ahead(b) == 0;
}

/* --- what it shows --- */

static void reads_ahead(void)
{
	struct bed b;
	struct sender s = { 0 };
	bed_make(&b, GATE);
	b.bounded = true;
	OK(begin(&s, &b, 4 * MEBI, false));
	send_aside(&s, 4 * MEBI);
	OK(is_brought(&b, at_gate(&b) + LEAST_PIECE));
	CU_ASSERT_EQUAL(reading_ahead(&b), 1);
	let(&b, UINT64_MAX);
	CU_ASSERT_EQUAL(answer(&s), 200);
	pthread_join(s.thread, NULL);
	CU_ASSERT_EQUAL(b.taken, 4 * MEBI);
	OK(counted(&b, &b.released, 1));
	end(&s);
	bed_end(&b);
	CU_ASSERT_EQUAL(b.gone + b.cuts, 0);
}

/* A body may end wherever a piece does, and beside it; the next request is heard. */
static void keeps_order(void)
{
	static const size_t lengths[] = { 0,
					  1,
					  SMALL_PIECE,
					  LARGE - 1,
					  LARGE,
					  LARGE + 1,
					  LARGE + PIECE,
					  LARGE + PIECE + 1,
					  LARGE + 2 * PIECE,
					  MEBI,
					  3 * MEBI + 5 };
	struct bed b;
	struct sender s = { 0 };
	unsigned asked = 0;
	bed_make(&b, UINT64_MAX);
	for (unsigned chunked = 0; chunked < 2; chunked++)
		for (size_t i = 0; i < COUNT(lengths); i++) {
			b.taken = 0;
			OK(begin(&s, &b, lengths[i], chunked));
			OK(send_range(&s, 0, lengths[i]));
			OK(!chunked || peer_say(&s.end, "0\r\n\r\n"));
			CU_ASSERT_EQUAL(answer(&s), 200);
			CU_ASSERT_EQUAL(b.taken, lengths[i]);
			OK(counted(&b, &b.released, ++asked));
		}
	OK(none_ahead(&b));
	end(&s);
	bed_end(&b);
}

/* The house has a piece; behind it little has come, some, or all that may. */
static const size_t behind[] = { 0, 100 * KIBI, 5 * PIECE };

/* So many octets were sent, and all that may have come is here. */
static bool is_behind(struct bed *b, size_t sent)
{
	uint64_t most = at_gate(b) + LEAST_PIECE;
	return is_brought(b, sent < most ? sent : most);
}

static void stand_at_gate(struct bed *b, struct sender *s, size_t more)
{
	/* That much brings the house to its gate, with a large piece there. */
	size_t sent = GATE + 2 * PIECE + more;
	bed_make(b, GATE);
	OK(begin(s, b, 4 * MEBI, false));
	send_aside(s, sent);
	OK(is_behind(b, sent));
}

static void breaks_off(void)
{
	for (size_t i = 0; i < COUNT(behind); i++) {
		struct bed b;
		struct sender s = { 0 };
		stand_at_gate(&b, &s, behind[i]);
		shutdown(s.end.fd, SHUT_RDWR); /* whoever sends is told as well */
		pthread_join(s.thread, NULL);
		let(&b, UINT64_MAX);
		OK(counted(&b, &b.released, 1));
		CU_ASSERT_EQUAL(b.gone, 1);
		CU_ASSERT_EQUAL(b.wholes + b.cuts, 0);
		OK(none_ahead(&b));
		end(&s);
		bed_end(&b);
	}
}

static void *stop(void *front)
{
	front_stop(front, 0);
	return NULL;
}

static void stops(void)
{
	for (size_t i = 0; i < COUNT(behind); i++) {
		struct bed b;
		struct sender s = { 0 };
		pthread_t stopper;
		stand_at_gate(&b, &s, behind[i]);
		CU_ASSERT_FATAL(pthread_create(&stopper, NULL, stop, b.front) == 0);
		CU_ASSERT_EQUAL(answer(&s), 0);
		pthread_join(s.thread, NULL);
		let(&b, UINT64_MAX);
		pthread_join(stopper, NULL);
		OK(counted(&b, &b.released, 1));
		CU_ASSERT_EQUAL(b.gone, 1);
		OK(none_ahead(&b));
		end(&s);
		bed_end(&b);
	}
}

/* The house wants no more of it, while more has come. */
static void is_not_wanted(void)
{
	for (size_t i = 0; i < COUNT(behind); i++) {
		struct bed b;
		struct sender s = { 0 };
		stand_at_gate(&b, &s, behind[i]);
		pthread_mutex_lock(&b.lock);
		b.stops = true;
		pthread_mutex_unlock(&b.lock);
		let(&b, UINT64_MAX);
		CU_ASSERT_EQUAL(answer(&s), 200);
		OK(peer_ended(&s.end));
		shutdown(s.end.fd, SHUT_RDWR);
		pthread_join(s.thread, NULL);
		OK(counted(&b, &b.released, 1));
		CU_ASSERT_EQUAL(b.wholes, 1);
		CU_ASSERT_EQUAL(b.cuts + b.gone, 0);
		end(&s);
		bed_end(&b);
	}
}

/* Its framing breaks behind what the house still works on: all before it is brought first. */
static void is_cut(void)
{
	enum { SENT = GATE + 2 * PIECE };
	struct bed b;
	struct sender s = { 0 };
	bed_make(&b, GATE);
	OK(begin(&s, &b, 4 * MEBI, true));
	OK(send_range(&s, 0, SENT) && peer_say(&s.end, "not a size\r\n"));
	OK(is_behind(&b, SENT));
	let(&b, UINT64_MAX);
	CU_ASSERT_EQUAL(answer(&s), 400);
	CU_ASSERT_EQUAL(b.taken, SENT);
	CU_ASSERT_EQUAL(b.cuts, 1);
	OK(peer_ended(&s.end));
	OK(counted(&b, &b.released, 1));
	OK(none_ahead(&b));
	end(&s);
	bed_end(&b);
}

/* Not everybody at once: what is more is read as it is taken, and whole all the same. */
static void is_bounded(void)
{
	enum { EACH = GATE + 2 * PIECE };
	struct bed b;
	struct sender *all = calloc(MANY, sizeof *all);
	bed_make(&b, UINT64_MAX);
	b.many = true;
	for (unsigned i = 0; i < MANY; i++)
		OK(begin(&all[i], &b, EACH + 1, false) && send_range(&all[i], 0, EACH));
	for (unsigned step = 0; step < STEPS && reading_ahead(&b) < MOST_AHEAD; step++)
		pause_briefly();
	CU_ASSERT_EQUAL(reading_ahead(&b), MOST_AHEAD);
	for (unsigned i = 0; i < MANY; i++)
		OK(send_range(&all[i], EACH, EACH + 1) && answer(&all[i]) == 200);
	OK(counted(&b, &b.released, MANY));
	CU_ASSERT_EQUAL(b.taken, (uint64_t)MANY * (EACH + 1));
	OK(none_ahead(&b));
	for (unsigned i = 0; i < MANY; i++)
		end(&all[i]);
	free(all);
	bed_end(&b);
}

static const struct test tests[] = { { "the next piece is read while the house has the last",
				       reads_ahead },
				     { "pieces come in order, whatever the length", keeps_order },
				     { "a peer that breaks off gets all given back", breaks_off },
				     { "so does a door that stops", stops },
				     { "the house wants no more of it", is_not_wanted },
				     { "framing breaks behind what the house works on", is_cut },
				     { "so many may be read ahead", is_bounded },
				     { 0 } };

int main(void)
{
	signal(SIGPIPE, SIG_IGN);
	return suite_run("transport ahead", tests);
}
