/* gateway/client/probe_mllp.c: a partner by MLLP is asked, once the connection stands. */
#include "gateway/client/probing.h"

#include <poll.h>

#include "gateway/base/arena.h"
#include "gateway/base/clock.h"
#include "gateway/transport/mllp_parser.h"

enum {
	BLOCK_START = 0x0b,
	BLOCK_END = 0x1c,
	BLOCK_RETURN = 0x0d,
	LOOK_EVERY_MS = 500,
	READ_AT_ONCE = 4096,
	FRAME_TOO_LONG = 413, /* mllp_parser.c's */
	SECOND = 1000000
};

struct asking {
	struct probing *probing;
	curl_socket_t fd;
	int64_t until; /* elapsed */
	struct mllp_parser parser;
};

/* False: the try has ended. */
static bool wait_for(struct asking *w, short events)
{
	struct probing *p = w->probing;
	struct pollfd one = { .fd = w->fd, .events = events };
	while (poll(&one, 1, LOOK_EVERY_MS) == 0) {
		if (probing_is_stopped(p)) {
			probing_fail(p, PROBE_CANCELLED, "it was cancelled");
			return false;
		}
		if (system_clock.elapsed(&system_clock) >= w->until) {
			probing_fail(p, PROBE_SILENT, "it did not answer within %u s",
				     p->partner->answer_seconds);
			return false;
		}
	}
	return true;
}

/* A client whose certificate is not taken learns it here: TLS 1.3 has no earlier place for it. */
static bool fail(struct asking *w, CURLcode code)
{
	probing_conclude(w->probing, code);
	return false;
}

/* ... and may have closed by the time we send: what it said before that is still to be read. */
static bool fail_to_send(struct asking *w)
{
	unsigned char octet;
	size_t got = 0;
	curl_easy_recv(w->probing->curl, &octet, 1, &got);
	return fail(w, CURLE_SEND_ERROR);
}

static bool send_all(struct asking *w, struct bytes left)
{
	struct probing *p = w->probing;
	while (left.length > 0) {
		size_t sent = 0;
		CURLcode code = curl_easy_send(p->curl, left.data, left.length, &sent);
		if (code == CURLE_AGAIN && !wait_for(w, POLLOUT))
			return false;
		if (code != CURLE_OK && code != CURLE_AGAIN)
			return fail_to_send(w);
		left.data += sent;
		left.length -= sent;
	}
	return true;
}

static bool spoil(struct asking *w)
{
	struct probing *p = w->probing;
	if (w->parser.fault.status == FRAME_TOO_LONG)
		probing_fail(p, PROBE_TOO_LARGE, "its answer is larger than %d octets",
			     (int)PROBE_ANSWER_MOST);
	else
		probing_fail(p, PROBE_FRAMING, "what it answered is no frame of MLLP: %s",
			     w->parser.fault.why);
	return false;
}

enum took { TOOK_ALL, TOOK_ANSWER, TOOK_NO_MORE };

static enum took take(struct asking *w, struct bytes input)
{
	struct probing *p = w->probing;
	struct bytes data;
	for (;;) {
		switch (mllp_parser_next(&w->parser, &input, &data)) {
		case MLLP_MORE: return TOOK_ALL;
		case MLLP_END: return TOOK_ANSWER;
		case MLLP_BROKEN: spoil(w); return TOOK_NO_MORE;
		case MLLP_DATA: answer_body_add(&p->body, p->arena, PROBE_ANSWER_MOST, data);
		}
	}
}

/* It closed, or its frame lacks the last octet, and is whole all the same. */
static bool come_to_end(struct asking *w, CURLcode code)
{
	struct probing *p = w->probing;
	if (mllp_parser_silence(&w->parser) == MLLP_END)
		return true;
	if (code != CURLE_OK && p->alert >= 0)
		return fail(w, code);
	if (mllp_parser_begun(&w->parser))
		probing_fail(
			p, PROBE_FRAMING,
			"it closed the connection, and what it sent is no whole frame of MLLP");
	else
		probing_fail(p, PROBE_CLOSED, "it closed the connection without an answer");
	return false;
}

static bool read_answer(struct asking *w)
{
	unsigned char octets[READ_AT_ONCE];
	for (;;) {
		size_t got = 0;
		CURLcode code = curl_easy_recv(w->probing->curl, octets, sizeof octets, &got);
		if (code == CURLE_AGAIN && !mllp_parser_awaits_cr(&w->parser)) {
			if (!wait_for(w, POLLIN))
				return false;
			continue;
		}
		if (code != CURLE_OK || got == 0)
			return come_to_end(w, code);
		enum took took = take(w, (struct bytes){ octets, got });
		if (took != TOOK_ALL)
			return took == TOOK_ANSWER;
	}
}

bool probing_ask_mllp(struct probing *p)
{
	struct asking w = { .probing = p, .fd = CURL_SOCKET_BAD };
	struct buffer frame = buffer_in(p->arena);
	w.until = system_clock.elapsed(&system_clock)
		  + (int64_t)p->partner->answer_seconds * SECOND;
	buffer_byte(&frame, BLOCK_START);
	buffer_append(&frame, p->message->hl7.data, p->message->hl7.length);
	buffer_byte(&frame, BLOCK_END);
	buffer_byte(&frame, BLOCK_RETURN);
	mllp_parser_begin(&w.parser, PROBE_ANSWER_MOST);
	curl_easy_getinfo(p->curl, CURLINFO_ACTIVESOCKET, &w.fd);
	if (!send_all(&w, buffer_bytes(&frame)) || !read_answer(&w))
		return false;
	p->out->seen[PROBE_ANSWER] = arena_printf(p->arena, "a frame of %zu octets%s%s",
						  p->body.length,
						  w.parser.oddity == NULL ? "" : "; ",
						  w.parser.oddity == NULL ? "" : w.parser.oddity);
	return true;
}
