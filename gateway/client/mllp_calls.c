/* gateway/client/mllp_calls.c: HL7 v2 messages to others, MLLP over mutual TLS.
 *
 * A link is a connection. It connects (libcurl has it), sends a frame, reads the answer's, and
 * rests; what rests is looked at as well, so that one the partner closed is not used again. */
#include "gateway/client/mllp_calls.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gateway/base/arena.h"
#include "gateway/base/clock.h"
#include "gateway/base/text.h"
#include "gateway/client/answer_body.h"
#include "gateway/client/staple.h"
#include "gateway/transport/mllp_parser.h"

enum {
	BLOCK_START = 0x0b,
	BLOCK_END = 0x1c,
	BLOCK_RETURN = 0x0d,
	FRAMING = 3,
	READ_AT_ONCE = 16384,
	URL_MOST = 400,
	FRAME_TOO_LONG = 413, /* mllp_parser.c's, as HTTP has it */
	SECOND = 1000000
};

enum link_state { LINK_CONNECTS, LINK_SENDS, LINK_READS, LINK_OVER, LINK_RESTS };

struct link {
	CURL *curl;
	/* Where libcurl keeps this connection and no other: among others' it would close one that
	 * has something to be read, for it takes it for one that rests. */
	CURLSH *alone;
	struct curl_slist *headers, *places; /* the first stays empty */
	char *whom; /* address and identities: what makes two links alike */
	enum link_state state;
	int64_t made, rests_since; /* clock->elapsed() */
	bool used;                 /* it has carried a message before this one */
	bool good;                 /* over: it can carry another */
	struct call *call;         /* NULL: it rests */
	struct bytes frame, left;  /* in the call's arena; left is still to be sent */
	struct mllp_parser parser;
	struct answer_body body;
	const char *unstapled; /* why no OCSP answer that holds came; or NULL */
	char error[CURL_ERROR_SIZE];
	struct link *next;
};

struct mllp_calls {
	CURLM *multi;
	const struct clock *clock;
	struct link *first;
};

static const char scheme[] = "mllps://";

bool mllp_calls_take(const char *url)
{
	return partner_by_mllp(url);
}

struct mllp_calls *mllp_calls_create(CURLM *multi, const struct clock *c)
{
	struct mllp_calls *m = calloc(1, sizeof *m);
	if (m == NULL)
		return NULL;
	m->multi = multi;
	m->clock = c;
	return m;
}

/* ---- Links ---- */

/* A connection that libcurl made for CONNECT_ONLY ends with its handle. */
static void close_link(struct mllp_calls *m, struct link *l)
{
	struct link **at = &m->first;
	while (*at != NULL && *at != l)
		at = &(*at)->next;
	if (*at != NULL)
		*at = l->next;
	if (l->curl != NULL)
		curl_multi_remove_handle(m->multi, l->curl);
	curl_easy_cleanup(l->curl);
	curl_share_cleanup(l->alone);
	curl_slist_free_all(l->headers);
	curl_slist_free_all(l->places);
	free(l->whom);
	free(l);
}

void mllp_calls_destroy(struct mllp_calls *m)
{
	if (m == NULL)
		return;
	while (m->first != NULL)
		close_link(m, m->first);
	free(m);
}

static const char *or_nothing(const char *text)
{
	return text == NULL ? "" : text;
}

/* To be freed; NULL: no memory. */
static char *whom_of(const struct call *c)
{
	const struct client_identity *us = &c->us;
	const char *parts[] = { c->url,
				or_nothing(us->ca),
				or_nothing(us->crl),
				or_nothing(us->certificate),
				or_nothing(us->server_name),
				us->staple ? "staple" : "" };
	size_t length = 1;
	for (size_t i = 0; i < COUNT(parts); i++)
		length += strlen(parts[i]) + 1;
	char *whom = malloc(length);
	if (whom != NULL)
		snprintf(whom, length, "%s\n%s\n%s\n%s\n%s\n%s", parts[0], parts[1], parts[2],
			 parts[3], parts[4], parts[5]);
	return whom;
}

/* Nothing of HTTP is spoken, so none is offered. */
static bool set_up(struct link *l, const struct call *c)
{
	char url[URL_MOST];
	int length = snprintf(url, sizeof url, "https://%s", c->url + strlen(scheme));
	l->curl = curl_easy_init();
	l->alone = curl_share_init();
	if (l->curl == NULL || l->alone == NULL
	    || curl_share_setopt(l->alone, CURLSHOPT_SHARE, CURL_LOCK_DATA_CONNECT) != CURLSHE_OK
	    || length >= (int)sizeof url
	    || !curl_handle_lead(l->curl, &c->us, url, &l->headers, &l->places))
		return false;
	curl_handle_set_up(l->curl, &c->us, 0);
	staple_set_up(l->curl, &c->us, &l->unstapled);
	curl_easy_setopt(l->curl, CURLOPT_SSL_ENABLE_ALPN, 0L);
	curl_easy_setopt(l->curl, CURLOPT_CONNECT_ONLY, 1L);
	curl_easy_setopt(l->curl, CURLOPT_SHARE, l->alone);
	curl_easy_setopt(l->curl, CURLOPT_ERRORBUFFER, l->error);
	return true;
}

/* NULL: no memory. */
static struct link *connect_link(struct mllp_calls *m, const struct call *c)
{
	struct link *l = calloc(1, sizeof *l);
	if (l == NULL)
		return NULL;
	l->whom = whom_of(c);
	if (l->whom == NULL || !set_up(l, c)
	    || curl_multi_add_handle(m->multi, l->curl) != CURLM_OK) {
		close_link(m, l);
		return NULL;
	}
	l->state = LINK_CONNECTS;
	l->made = m->clock->elapsed(m->clock);
	l->next = m->first;
	m->first = l;
	return l;
}

static bool is_old(const struct mllp_calls *m, const struct link *l)
{
	return m->clock->elapsed(m->clock) - l->made >= CLIENT_KEPT_SECONDS * (int64_t)SECOND;
}

/* One that rests, to the same partner by the same certificates; NULL: there is none. */
static struct link *kept_link(struct mllp_calls *m, const struct call *c)
{
	char *whom = whom_of(c);
	struct link *l = m->first, *found = NULL;
	while (whom != NULL && l != NULL && found == NULL) {
		struct link *next = l->next;
		if (l->state == LINK_RESTS && is_old(m, l))
			close_link(m, l);
		else if (l->state == LINK_RESTS && strcmp(l->whom, whom) == 0)
			found = l;
		l = next;
	}
	free(whom);
	return found;
}

/* The one that rests longest, and how many rest. */
static struct link *longest_resting(const struct mllp_calls *m, unsigned *resting)
{
	struct link *longest = NULL;
	*resting = 0;
	for (struct link *l = m->first; l != NULL; l = l->next) {
		if (l->state != LINK_RESTS)
			continue;
		++*resting;
		if (longest == NULL || l->rests_since < longest->rests_since)
			longest = l;
	}
	return longest;
}

static void bound_resting(struct mllp_calls *m)
{
	unsigned resting;
	for (struct link *l;
	     (l = longest_resting(m, &resting)) != NULL && resting > MLLP_KEPT_MOST;)
		close_link(m, l);
}

/* ---- A message on its way ---- */

static uint64_t length_of(const struct call_piece *p)
{
	return p->octets.data != NULL ? p->octets.length : p->length;
}

static bool copy_piece(const struct call_piece *p, unsigned char *out)
{
	size_t length = (size_t)length_of(p), got = 0;
	if (p->octets.data != NULL) {
		memcpy(out, p->octets.data, length);
		return true;
	}
	while (got < length) {
		ssize_t n = pread(p->fd, out + got, length - got, (off_t)got);
		if (n <= 0)
			return false;
		got += (size_t)n;
	}
	return true;
}

/* A message is short: it is framed whole. */
static bool frame(struct call *c, struct bytes *out)
{
	size_t length = 0, at = 0;
	for (size_t i = 0; i < c->piece_count; i++)
		length += (size_t)length_of(&c->pieces[i]);
	unsigned char *octets = arena_try(c->arena, length + FRAMING);
	if (octets == NULL)
		return false;
	octets[at++] = BLOCK_START;
	for (size_t i = 0; i < c->piece_count; at += (size_t)length_of(&c->pieces[i++]))
		if (!copy_piece(&c->pieces[i], octets + at))
			return false;
	octets[at++] = BLOCK_END;
	octets[at++] = BLOCK_RETURN;
	*out = (struct bytes){ octets, at };
	return true;
}

static void carry(struct link *l, struct call *c, struct bytes framed)
{
	l->call = c;
	l->frame = l->left = framed;
	l->body = (struct answer_body){ .length = 0 };
	mllp_parser_begin(&l->parser, c->answer_most);
	c->under_way = l;
}

bool mllp_calls_begin(struct mllp_calls *m, struct call *c)
{
	struct bytes framed;
	c->answered = c->whole = false;
	snprintf(c->why, sizeof c->why, "no memory for a message");
	if (!frame(c, &framed))
		return false;
	struct link *l = kept_link(m, c);
	if (l != NULL)
		l->state = LINK_SENDS;
	else
		l = connect_link(m, c);
	if (l != NULL)
		carry(l, c, framed);
	return l != NULL;
}

static void end(struct link *l, bool good)
{
	l->state = LINK_OVER;
	l->good = good;
}

/* No answer. */
static void fail(struct link *l, const char *why)
{
	snprintf(l->call->why, sizeof l->call->why, "%.180s", why);
	end(l, false);
}

/* It said something, which is not an answer. */
static void spoil(struct link *l)
{
	struct call *c = l->call;
	c->answered = true;
	c->body = (struct bytes){ l->body.octets, l->body.length };
	if (l->parser.fault.status == FRAME_TOO_LONG)
		snprintf(c->why, sizeof c->why, "its answer is larger than the %zu octets we take",
			 c->answer_most);
	else
		snprintf(c->why, sizeof c->why, "what it answered is no frame of MLLP");
	end(l, false);
}

/* Sent again over a new connection, once: a link that was not used before fails for good. */
static void lost(struct mllp_calls *m, struct link *l, const char *why)
{
	struct call *c = l->call;
	bool untouched = l->used && !mllp_parser_begun(&l->parser) && l->body.length == 0;
	struct link *anew = untouched ? connect_link(m, c) : NULL;
	if (anew == NULL) {
		fail(l, why);
		return;
	}
	carry(anew, c, l->frame);
	close_link(m, l);
}

void mllp_calls_connected(struct mllp_calls *m, CURL *curl, CURLcode code)
{
	struct link *l = m->first;
	while (l != NULL && l->curl != curl)
		l = l->next;
	if (l == NULL)
		return;
	if (code == CURLE_OK)
		l->state = LINK_SENDS;
	else if (l->unstapled != NULL)
		fail(l, l->unstapled);
	else
		fail(l, l->error[0] != '\0' ? l->error : curl_easy_strerror(code));
}

/* ---- Driving ---- */

static void send_some(struct mllp_calls *m, struct link *l)
{
	while (l->left.length > 0) {
		size_t sent = 0;
		CURLcode code = curl_easy_send(l->curl, l->left.data, l->left.length, &sent);
		if (code == CURLE_AGAIN)
			return;
		if (code != CURLE_OK) {
			lost(m, l, "it closed the connection before it had the message");
			return;
		}
		l->left.data += sent;
		l->left.length -= sent;
	}
	l->state = LINK_READS;
}

/* An answer is whole. Whoever says more than that is not asked again on this connection. */
static void come_whole(struct link *l, bool more)
{
	struct call *c = l->call;
	c->answered = c->whole = true;
	c->status = 0;
	c->content_type = "";
	c->body = (struct bytes){ l->body.octets, l->body.length };
	end(l, !more);
}

/* False: the call is over. */
static bool take_octets(struct link *l, struct bytes input)
{
	struct bytes data;
	for (;;) {
		switch (mllp_parser_next(&l->parser, &input, &data)) {
		case MLLP_MORE: return true;
		case MLLP_END: come_whole(l, input.length != 0); return false;
		case MLLP_BROKEN: spoil(l); return false;
		case MLLP_DATA:
			if (answer_body_add(&l->body, l->call->arena, l->call->answer_most, data)
			    != data.length) {
				fail(l, "no memory for its answer");
				return false;
			}
		}
	}
}

/* Of the connection, or of a frame that lacks its last octet, which is whole all the same. */
static void come_to_end(struct mllp_calls *m, struct link *l)
{
	if (mllp_parser_silence(&l->parser) == MLLP_END)
		come_whole(l, true);
	else
		lost(m, l,
		     mllp_parser_begun(&l->parser) ? "its answer broke off"
						   : "it closed the connection without an answer");
}

static void read_some(struct mllp_calls *m, struct link *l)
{
	unsigned char octets[READ_AT_ONCE];
	for (;;) {
		size_t got = 0;
		CURLcode code = curl_easy_recv(l->curl, octets, sizeof octets, &got);
		/* Whose frames lack their last octet does not send it later: nothing is to come. */
		if (code == CURLE_AGAIN && !mllp_parser_awaits_cr(&l->parser))
			return;
		if (code != CURLE_OK || got == 0) {
			come_to_end(m, l);
			return;
		}
		if (!take_octets(l, (struct bytes){ octets, got }))
			return;
	}
}

/* Nobody asked it anything: whatever it says or does, it is not asked again. */
static void look_at_rest(struct mllp_calls *m, struct link *l)
{
	unsigned char octet;
	size_t got = 0;
	if (curl_easy_recv(l->curl, &octet, 1, &got) != CURLE_AGAIN || is_old(m, l))
		close_link(m, l);
}

static void drive(struct mllp_calls *m)
{
	for (struct link *l = m->first, *next; l != NULL; l = next) {
		next = l->next;
		if (l->state == LINK_RESTS)
			look_at_rest(m, l);
		else if (l->state == LINK_READS)
			read_some(m, l);
		else if (l->state == LINK_SENDS)
			send_some(m, l);
	}
}

struct call *mllp_calls_over(struct mllp_calls *m)
{
	drive(m);
	struct link *l = m->first;
	while (l != NULL && l->state != LINK_OVER)
		l = l->next;
	if (l == NULL)
		return NULL;
	struct call *c = l->call;
	c->under_way = NULL;
	l->call = NULL;
	l->used = true;
	l->state = LINK_RESTS;
	l->rests_since = m->clock->elapsed(m->clock);
	if (!l->good || is_old(m, l))
		close_link(m, l);
	bound_resting(m);
	return c;
}

void mllp_calls_give_up(struct mllp_calls *m, struct call *c)
{
	struct link *l = c->under_way;
	c->under_way = NULL;
	close_link(m, l);
}

unsigned mllp_calls_sockets(struct mllp_calls *m, struct curl_waitfd out[MLLP_POLL_MOST])
{
	unsigned count = 0;
	for (const struct link *l = m->first; l != NULL && count < MLLP_POLL_MOST; l = l->next) {
		curl_socket_t fd = CURL_SOCKET_BAD;
		if (l->state == LINK_CONNECTS || l->state == LINK_OVER
		    || curl_easy_getinfo(l->curl, CURLINFO_ACTIVESOCKET, &fd) != CURLE_OK
		    || fd == CURL_SOCKET_BAD)
			continue;
		out[count++] = (struct curl_waitfd){
			.fd = fd,
			.events = l->state == LINK_SENDS ? CURL_WAIT_POLLOUT : CURL_WAIT_POLLIN,
		};
	}
	return count;
}
