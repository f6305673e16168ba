/* tests/bench/misbehaviours.c: what peers do that no honest one does, again and again. */
#include "tests/bench/misbehaviours.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum {
	UNSHAKEN = 40, /* connections of a peer: of all more than may shake hands */
	HELD = 16,     /* ... that are held, or dripped into */
	FLOODING = 25, /* ... that ask all the time: 800 of all */
	LOUD = 1024,   /* ... of a peer that is alone with them */
	ASKED = 4,     /* ... of which each has a long answer to read, and does not */
	DRIP_MS = 100,
	BODY_BEGUN = 100 * 1024,
};

static const char slow_head[] =
	"POST /pix HTTP/1.1\r\nHost: gateway\r\nX-Slow: aaaaaaaaaaaaaaaaaaaaaaa"
	"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
static const char slow_frame[] =
	"\vMSH|^~\\&|HIS|A|GW|A|20240401101500||ADT^A08^ADT_A01|1|P|2.5||||"
	"||UNICODE UTF-8||||||||||||||||||||||||||||||||||||||||||||||||";
static const char long_body[] = "POST /pix HTTP/1.1\r\nHost: gateway\r\n"
				"Content-Type: application/soap+xml; charset=UTF-8\r\n"
				"Content-Length: 1000000\r\n\r\n";

static void begins(const struct misbehaving *m)
{
	if (write(m->ready, "", 1) != 1)
		_exit(1);
}

static void did(const struct misbehaving *m)
{
	++*m->done;
}

static void rest(unsigned milliseconds)
{
	nanosleep(&(struct timespec){ .tv_sec = milliseconds / 1000,
				      .tv_nsec = (long)(milliseconds % 1000) * 1000000 },
		  NULL);
}

/* Whoever was let go comes again. */
static bool open_again(struct load_line **line, const struct load_context *c)
{
	if (*line != NULL && !load_is_over(*line))
		return false;
	load_disconnect(*line);
	*line = load_connect(c);
	return *line != NULL;
}

static void silent_before(const struct misbehaving *m)
{
	int fds[UNSHAKEN];
	begins(m);
	memset(fds, -1, sizeof fds);
	for (;; rest(DRIP_MS))
		for (unsigned i = 0; i < UNSHAKEN; i++) {
			struct pollfd p = { .fd = fds[i], .events = POLLRDHUP };
			if (fds[i] >= 0 && poll(&p, 1, 0) == 0)
				continue;
			if (fds[i] >= 0)
				close(fds[i]);
			fds[i] = load_dial(m->https);
			did(m);
		}
}

static void silent_after(const struct misbehaving *m)
{
	struct load_line *lines[HELD] = { NULL };
	begins(m);
	for (;; rest(DRIP_MS))
		for (unsigned i = 0; i < HELD; i++)
			open_again(&lines[i], m->https);
}

static void drip(const struct load_context *c, const char *text)
{
	struct load_line *lines[HELD] = { NULL };
	unsigned at[HELD] = { 0 };
	for (;; rest(DRIP_MS))
		for (unsigned i = 0; i < HELD; i++) {
			if (open_again(&lines[i], c))
				at[i] = 0;
			if (lines[i] != NULL)
				load_say(lines[i], text + at[i]++ % strlen(text), 1);
		}
}

static void slow_heads(const struct misbehaving *m)
{
	begins(m);
	drip(m->https, slow_head);
}

static void slow_frames(const struct misbehaving *m)
{
	begins(m);
	drip(m->mllp, slow_frame);
}

static void bodies_that_stop(const struct misbehaving *m)
{
	static const char start[] =
		"<s:Envelope xmlns:s=\"http://www.w3.org/2003/05/soap-envelope\">";
	char begun[BODY_BEGUN];
	struct load_line *lines[HELD] = { NULL };
	begins(m);
	memset(begun, ' ', sizeof begun);
	memcpy(begun, start, sizeof start - 1);
	for (;; rest(DRIP_MS))
		for (unsigned i = 0; i < HELD; i++)
			if (open_again(&lines[i], m->https)
			    && load_say(lines[i], long_body, sizeof long_body - 1))
				load_say(lines[i], begun, sizeof begun);
}

/* What was asked for first is given up for what is asked for now, and none is read. */
static void ask_and_do_not_read(const struct misbehaving *m)
{
	struct load_line *lines[ASKED] = { NULL };
	begins(m);
	for (unsigned i = 0;; i = (i + 1) % ASKED) {
		load_disconnect(lines[i]);
		lines[i] = load_connect(m->https);
		if (lines[i] != NULL)
			load_say(lines[i], m->find.data, m->find.length);
		did(m);
		rest(DRIP_MS);
	}
}

static void ask_in_turn(const struct misbehaving *m)
{
	struct load_line *line = NULL;
	begins(m);
	for (unsigned i = 0;; i = (i + 1) % LARGE_DOCUMENTS) {
		int status = 0;
		uint64_t length;
		open_again(&line, m->https);
		if (line == NULL || !load_ask(line, &m->large[i], &status, &length))
			rest(DRIP_MS);
		else
			did(m);
	}
}

/* One request on each connection, all at once; then all answers. */
static void flood(const struct misbehaving *m, const struct load_request *r)
{
	struct load_line *lines[FLOODING] = { NULL };
	for (unsigned i = 0; i < FLOODING; i++)
		lines[i] = load_connect(m->https);
	begins(m);
	for (;;) {
		bool asked[FLOODING] = { false };
		for (unsigned i = 0; i < FLOODING; i++) {
			open_again(&lines[i], m->https);
			asked[i] = lines[i] != NULL && load_say(lines[i], r->data, r->length);
		}
		for (unsigned i = 0; i < FLOODING; i++) {
			unsigned char answer[16 * 1024];
			if (!asked[i])
				rest(1);
			else if (load_hear(lines[i], answer, sizeof answer) == 0)
				load_disconnect(lines[i]), lines[i] = NULL;
			else
				did(m);
		}
	}
}

/* One request on each of a thousand connections, always. */
static void be_loud(const struct misbehaving *m)
{
	struct load_line *lines[LOUD] = { NULL };
	for (unsigned i = 0; i < LOUD; i++)
		lines[i] = load_connect(m->https);
	begins(m);
	for (unsigned i = 0; i < LOUD; i++)
		if (lines[i] != NULL)
			load_say(lines[i], m->query.data, m->query.length);
	for (unsigned i = 0;; i = (i + 1) % LOUD) {
		unsigned char answer[16 * 1024];
		did(m);
		if (lines[i] != NULL && load_hear(lines[i], answer, sizeof answer) == 0)
			load_disconnect(lines[i]), lines[i] = NULL;
		if (open_again(&lines[i], m->https) || lines[i] != NULL)
			load_say(lines[i], m->query.data, m->query.length);
	}
}

static void flood_queries(const struct misbehaving *m)
{
	flood(m, &m->query);
}

static void flood_refused(const struct misbehaving *m)
{
	flood(m, &m->broken);
}

static void feed_many_names(const struct misbehaving *m)
{
	struct load_line *line = NULL;
	begins(m);
	for (unsigned i = 0;; i = !i) {
		int status = 0;
		uint64_t length;
		open_again(&line, m->https);
		if (line == NULL || !load_ask(line, &m->feeds[i], &status, &length))
			rest(DRIP_MS);
		else
			did(m);
	}
}

/* All but the last piece, which ends it. */
static void break_off_uploads(const struct misbehaving *m)
{
	begins(m);
	for (;;) {
		struct load_line *line = load_connect(m->https);
		bool going = line != NULL;
		if (!going)
			rest(DRIP_MS);
		for (const struct load_request *r = &m->upload; going && r->then != NULL;
		     r = r->then)
			for (unsigned i = 0; going && i < (r->times == 0 ? 1 : r->times); i++)
				going = load_say(line, r->data, r->length);
		load_disconnect(line);
		did(m);
	}
}

const struct misbehaviour misbehaviours[] = {
	{ "silent before handshake", silent_before, PEERS },
	{ "silent after handshake", silent_after, PEERS },
	{ "heads drop by drop", slow_heads, PEERS },
	{ "bodies that stop", bodies_that_stop, PEERS },
	{ "MLLP drop by drop", slow_frames, PEERS },
	{ "10,000 entries unread", ask_and_do_not_read, PEERS },
	{ "40 MiB documents", ask_in_turn, PEERS },
	{ "flood of queries", flood_queries, PEERS },
	{ "flood of bad XML", flood_refused, PEERS },
	{ "uploads broken off", break_off_uploads, PEERS },
	{ "50 names x 49 phones", feed_many_names, PEERS },
	{ "one of 1,024 connections", be_loud, 1 },
	{ NULL, NULL, 0 },
};
