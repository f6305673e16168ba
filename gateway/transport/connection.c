/* gateway/transport/connection.c: a connection from accept to close, and its time limits. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/un.h>
#include <unistd.h>

#include "gateway/base/clock.h"
#include "gateway/base/log.h"
#include "gateway/base/text.h"
#include "gateway/transport/inside.h"

enum { GRACE = 5 };                       /* seconds before the least rate is asked for */
enum { LINGER = 2 };                      /* seconds a peer has to read our last words */
enum { LINGER_OCTETS = 4 * 1024 * 1024 }; /* ... and how much it may still send */
/* An end block (FS) and then nothing for so long: its CR will not come (mllp_parser.h). A second
 * segment of the same write is there within a round trip; a sender waits seconds for its answer. */
static const int64_t end_silence = SECOND / 2;

void connection_link(struct connection *c)
{
	struct loop *l = c->loop;
	c->next = l->connections;
	c->link = &l->connections;
	if (c->next != NULL)
		c->next->link = &c->next;
	l->connections = c;
}

void connection_unlink(struct connection *c)
{
	if (c->link == NULL)
		return;
	*c->link = c->next;
	if (c->next != NULL)
		c->next->link = c->link;
	c->link = NULL;
}

static void free_parser(struct connection *c)
{
	if (!door_is_framed(c->door))
		http_parser_end(&c->http);
}

void connection_close(struct connection *c, const char *why)
{
	struct front *f = c->loop->front;
	struct message *m = c->message;
	if (c->stage == CLOSED)
		return;
	if (c->ssl != NULL && c->stage == READING && m == NULL)
		SSL_shutdown(c->ssl); /* tells an idle peer; nobody waits for its answer */
	ERR_clear_error();
	log_write(f->log, LOG_DETAIL, "connection of %s ends: %s", c->address, why);
	c->stage = CLOSED;
	c->why = why;
	c->message = NULL;
	event_del(&c->event);
	connection_unlink(c);
	shaking_leave(c);
	SSL_free(c->ssl);
	c->ssl = NULL;
	close(c->fd);
	connection_use(c, false);
	shares_give(f->peers, c->counted);
	output_clear(&c->output);
	free_parser(c);
	free(c->left);
	c->left = NULL;
	c->left_length = 0;
	atomic_fetch_sub(&c->door->open, 1);
	if (c->known)
		atomic_fetch_sub(&c->door->known, 1);
	if (m != NULL && m->lent)
		door_give_up(m);
	else if (m != NULL)
		message_abandon(m, why);
	pthread_mutex_lock(&f->lock);
	f->open--;
	pthread_cond_broadcast(&f->changed);
	pthread_mutex_unlock(&f->lock);
	connection_drop(c);
}

/* A close with unread octets would reset the connection, and the peer might lose our last words. */
void connection_linger(struct connection *c)
{
	if (c->ssl != NULL) {
		SSL_shutdown(c->ssl);
		SSL_free(c->ssl);
		c->ssl = NULL;
		ERR_clear_error();
	}
	shutdown(c->fd, SHUT_WR);
	c->stage = LINGERING;
	c->received = 0;
	c->since = system_clock.elapsed(&system_clock);
}

static bool linger(struct connection *c)
{
	for (;;) {
		ssize_t n = recv(c->fd, c->loop->in, READ_SIZE, 0);
		if (n < 0 && (errno == EAGAIN || errno == EINTR))
			return false;
		c->received += n > 0 ? (uint64_t)n : 0;
		if (n <= 0 || c->received > LINGER_OCTETS) {
			connection_close(c, "closed");
			return true;
		}
	}
}

/* Takes a place among those known; false: of one too many. */
static bool become_known(struct connection *c)
{
	c->known = true;
	return atomic_fetch_add(&c->door->known, 1) < c->terms->limits.connections;
}

/* As many are open as may be: of all, or of that peer. */
static struct door_fault too_many(const struct connection *c, const char *of_peer)
{
	const struct door_limits *limits = &c->terms->limits;
	return (struct door_fault){
		.status = 503,
		.why = c->crowded ? "too many connections" : of_peer,
		.key = c->crowded ? "connections" : "connections-per-peer",
		.unit = "connections",
		.limit = c->crowded ? limits->connections : limits->connections_per_peer,
	};
}

/* From here on it counts for the certificate, if one was shown, and not for the address. */
static void shaken(struct connection *c)
{
	struct front *f = c->loop->front;
	const struct door_limits *limits = &c->terms->limits;
	tls_peer_remember(&c->peer, SSL_get0_peer_certificate(c->ssl));
	const char *name = c->peer.sha256[0] != '\0' ? c->peer.sha256 : c->address;
	c->number = text_hash(name);
	shaking_leave(c);
	shares_give(f->peers, c->counted);
	c->counted = NULL;
	c->crowded = !become_known(c);
	if (!c->crowded)
		c->counted = shares_take(f->peers, name, limits->connections_per_peer);
	c->since = c->checked = system_clock.elapsed(&system_clock);
	c->looked = atomic_load(&f->looks);
	c->stage = READING;
	if (c->counted == NULL) {
		struct door_fault fault = too_many(
			c, name == c->address ? "too many connections of one address"
					      : "too many connections of one system");
		refuse(c, &fault);
	}
}

/* Linger without words of TLS: OpenSSL has sent its alert. */
static void shake_failed(struct connection *c)
{
	struct tls_failing failed = tls_failure(c->ssl);
	refuse_peer(c, &failed);
	SSL_free(c->ssl);
	c->ssl = NULL;
	connection_linger(c);
}

static bool shake(struct connection *c)
{
	ERR_clear_error();
	int result = SSL_accept(c->ssl);
	if (result == 1) {
		shaken(c);
		connection_queue(c); /* to go on elsewhere */
		return false;
	}
	int error = SSL_get_error(c->ssl, result);
	if (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE)
		return false;
	if (error == SSL_ERROR_SSL)
		shake_failed(c);
	else
		/* a probe of a load balancer, usually */
		connection_close(c, "the peer went away");
	return true;
}

static bool hung_up(int fd)
{
	struct pollfd p = { .fd = fd };
	return poll(&p, 1, 0) == 1 && (p.revents & (POLLHUP | POLLERR)) != 0;
}

/* While the house works nobody reads from the connection. On a local socket the kernel says plainly
 * that the other end is closed. Of TCP, half-closed looks the same: the house is told, and
 * answers. */
static bool peer_left(struct connection *c)
{
	if (c->door->kind == DOOR_LOCAL && hung_up(c->fd)) {
		connection_close(c, "the peer went away");
		return true;
	}
	if (c->ended)
		message_left(c->message);
	return false;
}

void connection_drive(struct connection *c)
{
	bool going = true;
	connection_keep(c);
	while (going)
		switch (c->stage) {
		case SHAKING: going = shake(c); break;
		case READING: going = connection_read(c); break;
		case ANSWERING: going = connection_write(c); break;
		case LINGERING: going = linger(c); break;
		case LENT: going = peer_left(c); break;
		default: going = false; break;
		}
	connection_drop(c);
}

static void take_turn(struct job *j)
{
	struct connection *c = (struct connection *)((char *)j - offsetof(struct connection, turn));
	c->queued = false;
	if (!lane_change(c)) {
		connection_drive(c);
		if (!c->queued)
			lane_change(c);
	}
	connection_drop(c);
}

void connection_use(struct connection *c, bool in_use)
{
	if (c->counted == NULL || c->in_use == in_use)
		return;
	c->in_use = in_use;
	if (in_use)
		share_begin_use(c->counted);
	else
		share_end_use(c->counted);
}

bool connection_is_loud(const struct connection *c)
{
	return c->counted != NULL && share_is_loud(c->counted);
}

/* Who is known and has something short comes first. A handshake takes as long as ten requests. */
static bool stands_behind(const struct connection *c)
{
	return c->stage == SHAKING || (c->stage == ANSWERING && c->output.sent >= LONG)
	       || (c->message != NULL && c->received >= LONG) || connection_is_loud(c);
}

void connection_queue(struct connection *c)
{
	if (c->queued || c->stage == CLOSED)
		return;
	c->queued = true;
	c->turn = (struct job){ .run = take_turn, .peer = c->number, .behind = stands_behind(c) };
	connection_keep(c);
	turns_put(&c->loop->turns, &c->turn);
}

/* Edge-triggered: every stage goes on until the socket says no, so nothing is ever re-armed. */
static void happened(evutil_socket_t fd, short what, void *self)
{
	struct connection *c = self;
	/* What was reset comes as an error, and not as closed. */
	c->ended = c->ended || (what & EV_CLOSED) != 0 || (c->stage == LENT && hung_up(fd));
	connection_queue(c);
}

bool connection_listen(struct connection *c)
{
	return event_assign(&c->event, c->loop->base, c->fd,
			    EV_READ | EV_WRITE | EV_CLOSED | EV_ET | EV_PERSIST, happened, c)
		       == 0
	       && event_add(&c->event, NULL) == 0;
}

static bool begin(struct connection *c)
{
	if (c->terms->tls != NULL) {
		c->ssl = SSL_new(c->terms->tls);
		if (c->ssl == NULL || SSL_set_fd(c->ssl, c->fd) != 1)
			return false;
		SSL_set_app_data(c->ssl, &c->peer);
	}
	c->stage = c->ssl != NULL ? SHAKING : READING;
	return connection_listen(c);
}

static void turn_away(struct connection *c)
{
	struct door_fault f = too_many(c, "too many connections of one address");
	if (c->ssl == NULL) {
		refuse(c, &f);
		connection_drive(c);
		return;
	}
	refuse_silently(c, &f);
	connection_close(c, f.why);
}

/* On its loop's thread. */
static void adopted(struct mail *mail)
{
	struct connection *c = (struct connection *)mail;
	struct loop *l = c->loop;
	c->since = system_clock.elapsed(&system_clock);
	connection_link(c);
	if (c->door->kind == DOOR_MLLP)
		mllp_parser_begin(&c->mllp, c->terms->limits.frame);
	else if (c->door->kind == DOOR_SYSLOG)
		syslog_parser_begin(&c->syslog, c->terms->limits.frame);
	else
		http_parser_begin(&c->http, &c->terms->limits);
	bool begun = event_assign(&c->event, l->base, -1, 0, happened, c) == 0 && begin(c);
	if (!begun || atomic_load(&l->front->stopping)) {
		connection_close(c, begun ? "the service is stopping" : "out of memory");
		return;
	}
	if (c->stage == SHAKING && !c->crowded)
		shaking_enter(c);
	if (c->counted == NULL)
		turn_away(c);
	else
		atomic_fetch_add(&l->front->accepted, 1);
}

static void numeric(const struct sockaddr_storage *a, char *text, unsigned *port)
{
	const struct sockaddr_in *four = (const struct sockaddr_in *)a;
	const struct sockaddr_in6 *six = (const struct sockaddr_in6 *)a;
	*port = 0;
	snprintf(text, ADDRESS_TEXT, "local");
	if (a->ss_family == AF_INET) {
		inet_ntop(AF_INET, &four->sin_addr, text, ADDRESS_TEXT);
		*port = ntohs(four->sin_port);
	} else if (a->ss_family == AF_INET6 && IN6_IS_ADDR_V4MAPPED(&six->sin6_addr)) {
		inet_ntop(AF_INET, &six->sin6_addr.s6_addr[12], text, ADDRESS_TEXT);
		*port = ntohs(six->sin6_port);
	} else if (a->ss_family == AF_INET6) {
		inet_ntop(AF_INET6, &six->sin6_addr, text, ADDRESS_TEXT);
		*port = ntohs(six->sin6_port);
	}
}

static void name_ends(struct connection *c, const struct sockaddr_storage *from)
{
	static const char *const schemes[] = { "https", "mllps", "http", "http", "syslogs" };
	struct sockaddr_storage here = { 0 };
	socklen_t length = sizeof here;
	char address[ADDRESS_TEXT];
	unsigned port;
	numeric(from, c->address, &c->port);
	if (c->door->kind == DOOR_LOCAL) {
		struct ucred other = { .uid = (uid_t)-1 };
		socklen_t size = sizeof other;
		getsockopt(c->fd, SOL_SOCKET, SO_PEERCRED, &other, &size);
		c->uid = other.uid;
		snprintf(c->local, sizeof c->local, "http://localhost");
		return;
	}
	c->uid = (unsigned)-1;
	getsockname(c->fd, (struct sockaddr *)&here, &length);
	numeric(&here, address, &port);
	bool six = strchr(address, ':') != NULL;
	snprintf(c->local, sizeof c->local, "%s://%s%s%s:%u", schemes[c->door->kind],
		 six ? "[" : "", address, six ? "]" : "", port);
	setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &(int){ 1 }, sizeof(int));
	setsockopt(c->fd, SOL_SOCKET, SO_KEEPALIVE, &(int){ 1 }, sizeof(int));
}

void connection_accept(struct door *d, int fd, const struct sockaddr_storage *from)
{
	struct front *f = d->front;
	struct connection *c = calloc(1, sizeof *c);
	if (c == NULL) {
		close(fd);
		return;
	}
	atomic_init(&c->references, 1);
	c->mail.deliver = adopted;
	c->door = d;
	c->fd = fd;
	c->terms = door_terms(d);
	c->loop = c->terms->tls != NULL ? f->gate : front_next_loop(f);
	name_ends(c, from);
	c->number = text_hash(c->address);
	atomic_fetch_add(&d->open, 1);
	c->crowded = c->terms->tls != NULL ? atomic_load(&d->known) >= c->terms->limits.connections
					   : !become_known(c);
	if (!c->crowded) /* one that is not counted is refused as soon as it is adopted */
		c->counted = shares_take(f->peers, c->address,
					 c->terms->limits.connections_per_peer);
	pthread_mutex_lock(&f->lock);
	f->open++;
	f->alive++;
	pthread_mutex_unlock(&f->lock);
	loop_post(c->loop, &c->mail);
}

bool connection_idle(const struct connection *c)
{
	return c->stage == READING && c->message == NULL && c->left_length == 0
	       && !(door_is_framed(c->door) ? connection_frame_begun(c)
					    : http_parser_begun(&c->http));
}

void connection_stop(struct connection *c)
{
	c->close_after = true;
	if (c->door->kind == DOOR_LOCAL && c->message != NULL && c->message->lent)
		door_give_up(c->message);
	if (c->stage == SHAKING || connection_idle(c))
		connection_close(c, "the service is stopping");
}

static bool past(int64_t now, int64_t since, unsigned seconds)
{
	return now - since > (int64_t)seconds * SECOND;
}

static bool too_slow(const struct connection *c, int64_t waited, uint64_t octets)
{
	return waited > GRACE * SECOND
	       && octets < (uint64_t)(waited / SECOND) * c->terms->limits.least_rate;
}

/* 408, or an acknowledgment that says no. */
static void timed_out(struct connection *c, const char *why, const char *key, const char *unit,
		      unsigned limit)
{
	refuse(c, &(struct door_fault){
			  .status = 408, .why = why, .key = key, .unit = unit, .limit = limit });
	connection_drive(c);
}

/* The peer cannot be answered any more. */
static void given_up(struct connection *c, const char *why, const char *key, const char *unit,
		     unsigned limit)
{
	refuse_silently(
		c, &(struct door_fault){
			   .status = 408, .why = why, .key = key, .unit = unit, .limit = limit });
	connection_close(c, why);
}

static void sweep_frame(struct connection *c, int64_t now, int64_t waited)
{
	const struct door_limits *limits = &c->terms->limits;
	bool mllp = c->door->kind == DOOR_MLLP;
	if (mllp && c->message != NULL && mllp_parser_awaits_cr(&c->mllp)) {
		if (now - c->heard > end_silence && !c->queued)
			connection_silence(c);
	} else if (past(now, c->message != NULL ? now - waited : c->since, limits->head_seconds)) {
		timed_out(c,
			  !mllp ? "a frame was not completed in time"
			  : c->mllp.junk > 0
				  ? "octets came, and no start block (VT)"
				  : "a frame was not completed in time: no end block (FS CR)",
			  "frame-within", "seconds", limits->head_seconds);
	}
}

/* By the time the door has waited: what passed in the house is not the peer's. A frame has a time
 * for all of it. */
static void sweep_body(struct connection *c, int64_t waited)
{
	const struct door_limits *limits = &c->terms->limits;
	bool halted = pace_stalled(&c->sends, waited, (int64_t)c->received, limits->stall_seconds,
				   limits->least_rate);
	if (!halted && !too_slow(c, waited, c->received))
		return;
	atomic_fetch_add(&c->loop->front->halted, 1);
	timed_out(c, halted ? "a body stopped coming" : "a body came too slowly", "least-rate",
		  "octets a second", limits->least_rate);
}

static void sweep_reading(struct connection *c, int64_t now)
{
	const struct door_limits *limits = &c->terms->limits;
	int64_t waited = c->waited + (now - c->waited_since);
	if (connection_idle(c)) {
		if (past(now, c->since, limits->idle_seconds))
			connection_close(c, "idle");
	} else if (door_is_framed(c->door)) {
		sweep_frame(c, now, waited);
	} else if (c->message == NULL) {
		if (past(now, c->since, limits->head_seconds))
			timed_out(c, "a head was not completed in time", "head-within", "seconds",
				  limits->head_seconds);
	} else {
		sweep_body(c, waited);
	}
}

/* What the kernel's buffers took is sent, but nobody has read it. */
static void sweep_answering(struct connection *c, int64_t now)
{
	const struct door_limits *limits = &c->terms->limits;
	int64_t taken = (int64_t)c->output.sent - wire_unread(c);
	bool stalled = pace_stalled(&c->reads, now, taken, limits->stall_seconds,
				    limits->least_rate);
	if (!stalled && !too_slow(c, now - c->since, c->output.sent))
		return;
	atomic_fetch_add(&c->loop->front->stalled, 1);
	given_up(c,
		 stalled ? "the peer stopped reading its answer"
			 : "the peer reads its answer too slowly",
		 "least-rate", "octets a second", limits->least_rate);
}

/* ITI TF-2: 3.19: a certificate revoked meanwhile ends the links it opened; so does a door that
 * insists on one since, where none was shown. */
static struct tls_failing checked_again(struct connection *c, const struct terms *today)
{
	if (c->peer.sha256[0] != '\0')
		return tls_recheck(today->tls, c->ssl);
	return (struct tls_failing){ .why = today->clients == CERTIFICATES_REQUIRED
						    ? "no certificate"
						    : NULL };
}

static void recheck(struct connection *c, int64_t now, unsigned *rechecks)
{
	bool due = c->checked < atomic_load(&c->door->renewed)
		   || past(now, c->checked, c->terms->limits.recheck_seconds);
	if (!due || *rechecks == 0)
		return;
	struct terms *today = door_terms(c->door);
	(*rechecks)--;
	c->checked = now;
	struct tls_failing failing = checked_again(c, today);
	if (failing.why != NULL) {
		refuse_peer(c, &failing);
		connection_close(c, failing.why);
	}
	terms_drop(today);
}

/* Of a peer that is barred since it connected not even the answer on its way goes on. */
static void look_at_peer(struct connection *c)
{
	static const char why[] = "its peer is locked out";
	const struct house *house = c->door->house;
	unsigned looks = atomic_load(&c->loop->front->looks);
	if (c->looked == looks)
		return;
	c->looked = looks;
	if (c->peer.sha256[0] == '\0' || house->barred == NULL
	    || !house->barred(house->self, c->peer.sha256))
		return;
	refuse_peer(c, &(struct tls_failing){ .why = why });
	connection_close(c, why);
}

/* What was cut for that has a little longer, for its answer. */
static bool too_long(const struct connection *c, int64_t now)
{
	unsigned grace = c->message->cut_status != 0 ? GRACE : 0;
	return past(now, c->exchange_since, c->terms->limits.total_seconds + grace);
}

static void overtime(struct connection *c)
{
	static const char why[] = "the exchange took too long";
	unsigned limit = c->terms->limits.total_seconds;
	if (c->stage == READING)
		timed_out(c, why, "message-within", "seconds", limit);
	else
		given_up(c, why, "message-within", "seconds", limit);
}

void connection_sweep(struct connection *c, int64_t now, unsigned *rechecks)
{
	const struct door_limits *limits = &c->terms->limits;
	connection_keep(c);
	bool busy = c->message != NULL && c->stage != CLOSED;
	if (c->ssl != NULL && c->stage != SHAKING)
		recheck(c, now, rechecks);
	if (c->stage != SHAKING && c->stage != CLOSED)
		look_at_peer(c);
	if (busy && c->stage != CLOSED && too_long(c, now))
		overtime(c);
	else if (c->stage == SHAKING && past(now, c->since, limits->handshake_seconds))
		given_up(c, "the handshake took too long", "handshake-within", "seconds",
			 limits->handshake_seconds);
	else if (c->stage == READING)
		sweep_reading(c, now);
	else if (c->stage == ANSWERING)
		sweep_answering(c, now);
	else if (c->stage == LINGERING && past(now, c->since, LINGER))
		connection_close(c, "closed");
	connection_drop(c);
}
