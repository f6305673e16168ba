/* gateway/transport/reading.c: from octets on the wire to messages. */
#include <errno.h>
#include <limits.h>
#include <linux/sockios.h>
#include <openssl/err.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "gateway/base/clock.h"
#include "gateway/base/log.h"
#include "gateway/transport/inside.h"

static long plain_result(ssize_t n)
{
	if (n >= 0)
		return n;
	return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR ? WIRE_BLOCKED
									 : WIRE_BROKEN;
}

static long tls_result(struct connection *c, int n)
{
	switch (SSL_get_error(c->ssl, n)) {
	case SSL_ERROR_NONE: return n;
	case SSL_ERROR_WANT_READ:
	case SSL_ERROR_WANT_WRITE: return WIRE_BLOCKED;
	case SSL_ERROR_ZERO_RETURN: return 0;
	default: return WIRE_BROKEN;
	}
}

long wire_read(struct connection *c, void *into, size_t room)
{
	long n;
	if (c->ssl != NULL) {
		ERR_clear_error();
		n = tls_result(c, SSL_read(c->ssl, into, (int)room));
	} else {
		n = plain_result(recv(c->fd, into, room, 0));
	}
	if (n > 0)
		atomic_fetch_add(&c->loop->front->bytes_in, (uint64_t)n);
	return n;
}

long wire_write(struct connection *c, struct bytes octets)
{
	size_t length = octets.length < INT_MAX ? octets.length : INT_MAX;
	long n;
	if (c->ssl != NULL) {
		ERR_clear_error();
		n = tls_result(c, SSL_write(c->ssl, octets.data, (int)length));
		if (n == 0)
			n = WIRE_BROKEN;
	} else {
		n = plain_result(send(c->fd, octets.data, length, MSG_NOSIGNAL));
	}
	if (n > 0)
		atomic_fetch_add(&c->loop->front->bytes_out, (uint64_t)n);
	return n;
}

int64_t wire_unread(const struct connection *c)
{
	int octets = 0;
	return ioctl(c->fd, SIOCOUTQ, &octets) == 0 ? octets : 0;
}

/* The message being read cannot be completed. */
static void give_up(struct connection *c, const char *why)
{
	struct message *m = c->message;
	log_write(c->loop->front->log, LOG_DETAIL, "peer %s: %s", c->address, why);
	if (m->lent)
		return; /* the connection's end is its end, when it is back */
	c->message = NULL;
	connection_use(c, false);
	message_abandon(m, why);
}

static void http_head(struct connection *c, struct bytes rest)
{
	c->close_after = !c->http.head.keep_alive;
	struct message *m = message_begin(c);
	if (m == NULL)
		refuse(c, &(struct door_fault){ .status = 503, .why = "out of memory" });
	else if (m->text.expects_continue && rest.length == 0)
		message_lend(m); /* the house says at once whether it wants the body */
}

static void body_piece(struct connection *c, struct bytes octets)
{
	if (!message_append(c->message, octets)) {
		give_up(c, "out of memory");
		connection_close(c, "out of memory");
	} else if (message_full(c->message)) {
		message_lend(c->message);
	}
}

static void feed_http(struct connection *c, struct bytes *in)
{
	struct bytes body;
	bool begun = http_parser_begun(&c->http);
	while (c->stage == READING) {
		enum http_event e = http_parser_next(&c->http, in, &body);
		if (!begun && http_parser_begun(&c->http)) {
			begun = true;
			c->since = c->exchange_since = system_clock.elapsed(&system_clock);
		}
		switch (e) {
		case HTTP_MORE: return;
		case HTTP_HEAD: http_head(c, *in); break;
		case HTTP_BODY: body_piece(c, body); break;
		case HTTP_END:
			c->message->ended = true;
			http_parser_begin(&c->http, &c->terms->limits);
			message_lend(c->message);
			break;
		case HTTP_REFUSED: refuse(c, &c->http.fault); break;
		}
	}
}

static void frame_ended(struct connection *c)
{
	if (c->door->kind == DOOR_MLLP)
		c->message->head.framing = c->mllp.oddity;
	c->message->ended = true;
	message_lend(c->message);
}

void connection_silence(struct connection *c)
{
	if (mllp_parser_silence(&c->mllp) == MLLP_END)
		frame_ended(c);
}

bool connection_frame_begun(const struct connection *c)
{
	return c->door->kind == DOOR_MLLP ? mllp_parser_begun(&c->mllp)
					  : syslog_parser_begun(&c->syslog);
}

/* Either framing has the same events. */
static enum mllp_event next_of_frames(struct connection *c, struct bytes *in, struct bytes *octets)
{
	static const enum mllp_event same[] = { [SYSLOG_MORE] = MLLP_MORE,
						[SYSLOG_DATA] = MLLP_DATA,
						[SYSLOG_END] = MLLP_END,
						[SYSLOG_BROKEN] = MLLP_BROKEN };
	return c->door->kind == DOOR_MLLP ? mllp_parser_next(&c->mllp, in, octets)
					  : same[syslog_parser_next(&c->syslog, in, octets)];
}

static const struct door_fault *fault_of_frame(const struct connection *c)
{
	return c->door->kind == DOOR_MLLP ? &c->mllp.fault : &c->syslog.fault;
}

static void feed_frames(struct connection *c, struct bytes *in)
{
	struct bytes octets;
	while (c->stage == READING) {
		bool begun = connection_frame_begun(c);
		enum mllp_event e = next_of_frames(c, in, &octets);
		if (!begun && connection_frame_begun(c))
			c->since = c->exchange_since = system_clock.elapsed(&system_clock);
		if (e == MLLP_MORE)
			return;
		if (e == MLLP_BROKEN) {
			refuse(c, fault_of_frame(c));
		} else if (e == MLLP_END) {
			frame_ended(c);
		} else if (c->message != NULL || message_begin(c) != NULL) {
			body_piece(c, octets);
		} else {
			connection_close(c, "out of memory");
		}
	}
}

/* Keeps what lies behind the message being served. */
static void keep_left(struct connection *c, struct bytes rest)
{
	unsigned char *old = c->left, *kept = NULL;
	if (rest.length > 0 && c->stage != CLOSED && c->stage != LINGERING) {
		kept = malloc(rest.length);
		if (kept != NULL)
			memcpy(kept, rest.data, rest.length);
	}
	c->left = kept;
	c->left_length = kept != NULL ? rest.length : 0;
	free(old);
	if (rest.length > 0 && kept == NULL && c->stage == READING)
		connection_close(c, "out of memory");
}

static void feed(struct connection *c, struct bytes in)
{
	if (door_is_framed(c->door))
		feed_frames(c, &in);
	else
		feed_http(c, &in);
	keep_left(c, in);
}

static bool begun(const struct connection *c)
{
	return door_is_framed(c->door) ? connection_frame_begun(c) : http_parser_begun(&c->http);
}

/* A message that is not whole is told: its sender knows only that nothing came back. */
static void ended(struct connection *c, const char *why)
{
	bool mllp = c->door->kind == DOOR_MLLP;
	if (mllp && c->message != NULL && mllp_parser_awaits_cr(&c->mllp)) {
		c->close_after = true;
		connection_silence(c);
		return;
	}
	if (begun(c))
		refuse_silently(c, &(struct door_fault){
					   .status = 400,
					   .why = mllp ? "the connection ended within a frame: no "
							 "end block (FS CR)"
						       : "the connection ended within a message" });
	if (c->message != NULL)
		give_up(c, why);
	connection_close(c, why);
}

static void hear(struct connection *c, struct bytes octets)
{
	c->heard = system_clock.elapsed(&system_clock);
	feed(c, octets);
}

bool connection_read(struct connection *c)
{
	unsigned char *in = c->loop->in;
	if (c->message != NULL) /* its body may have ended with what was lent last */
		feed(c, (struct bytes){ c->left, c->left_length });
	while (c->stage == READING) {
		if (c->left_length > 0) {
			feed(c, (struct bytes){ c->left, c->left_length });
			continue;
		}
		long n = wire_read(c, in, READ_SIZE);
		if (n == WIRE_BLOCKED)
			return false;
		if (n <= 0)
			ended(c, n == 0 ? "the peer ended the connection" : "the connection broke");
		else
			hear(c, (struct bytes){ in, (size_t)n });
	}
	return true;
}
