/* gateway/audit/syslog_tls.c: one connection to an Audit Record Repository, RFC 5425 over TLS. */
#include "gateway/audit/syslog_tls.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/sockios.h>
#include <netdb.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gateway/base/regular_file.h"
#include "gateway/base/text.h"

/* A repository on another continent answers well within these. */
enum { CONNECT_MS = 10000, SEND_MS = 30000, CLOSE_MS = 15000 };
enum { PORT_TEXT = sizeof "4294967295" };

struct syslog_tls {
	int fd, cancel_fd;
	SSL_CTX *context;
	SSL *ssl;
};

static bool fail(char why[SYSLOG_WHY], const char *what)
{
	const char *reason = ERR_reason_error_string(ERR_peek_last_error());
	snprintf(why, SYSLOG_WHY, "%s: %s", what,
		 reason != NULL ? reason
		 : errno != 0   ? strerror(errno)
				: "the other side ended the connection");
	ERR_clear_error();
	return false;
}

/* Waits for the socket; false, and errno says so, at the time limit or when cancelled. */
static bool await(const struct syslog_tls *s, short events, int limit_ms)
{
	struct pollfd fds[] = { { .fd = s->cancel_fd, .events = POLLIN },
				{ .fd = s->fd, .events = events } };
	int ready = poll(fds, COUNT(fds), limit_ms);
	bool cancelled = fds->revents != 0;
	if (ready == 0)
		errno = ETIMEDOUT;
	if (cancelled)
		errno = ECANCELED;
	return ready > 0 && !cancelled;
}

/* s->fd stays -1, with errno, when it cannot. */
static void connect_to(struct syslog_tls *s, const struct addrinfo *to)
{
	int error = 0;
	socklen_t length = sizeof error;
	s->fd = socket(to->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (s->fd == -1 || connect(s->fd, to->ai_addr, to->ai_addrlen) == 0)
		return;
	if (errno == EINPROGRESS && await(s, POLLOUT, CONNECT_MS)
	    && getsockopt(s->fd, SOL_SOCKET, SO_ERROR, &error, &length) == 0 && error == 0)
		return;
	if (error != 0)
		errno = error;
	int kept = errno;
	close(s->fd);
	s->fd = -1;
	errno = kept;
}

static bool connect_any(struct syslog_tls *s, const struct syslog_tls_peer *peer)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM }, *list = NULL;
	char port[PORT_TEXT];
	snprintf(port, sizeof port, "%u", peer->port);
	if (getaddrinfo(peer->host, port, &hints, &list) != 0) {
		errno = EHOSTUNREACH;
		return false;
	}
	for (const struct addrinfo *a = list; a != NULL && s->fd == -1; a = a->ai_next)
		connect_to(s, a);
	freeaddrinfo(list);
	return s->fd != -1;
}

/* What an SSL call needs before it can go on; false when it never can. */
static bool want(struct syslog_tls *s, int result, int limit_ms)
{
	switch (SSL_get_error(s->ssl, result)) {
	case SSL_ERROR_WANT_READ: return await(s, POLLIN, limit_ms);
	case SSL_ERROR_WANT_WRITE: return await(s, POLLOUT, limit_ms);
	default: return false;
	}
}

/* OpenSSL opens by name, and would wait where a FIFO stands. NULL is a file that is not needed. */
static bool look_at(const char *path, struct syslog_tls_file *file)
{
	struct stat s = { .st_size = 0 };
	*file = (struct syslog_tls_file){ .size = 0 };
	if (path == NULL)
		return true;
	int fd = regular_open(path, O_RDONLY);
	if (fd == -1)
		return false;
	int looked = fstat(fd, &s);
	close(fd);
	*file = (struct syslog_tls_file){
		.device = s.st_dev,
		.number = s.st_ino,
		.size = (uint64_t)s.st_size,
		.written = (uint64_t)s.st_mtim.tv_sec,
		.written_ns = (uint64_t)s.st_mtim.tv_nsec,
		.changed = (uint64_t)s.st_ctim.tv_sec,
		.changed_ns = (uint64_t)s.st_ctim.tv_nsec,
	};
	return looked == 0;
}

static bool same_file(const struct syslog_tls_file *a, const struct syslog_tls_file *b)
{
	return memcmp(a, b, sizeof *a) == 0; /* 64 bits each: there is nothing between them */
}

static SSL_CTX *read_files(const struct syslog_tls_peer *peer)
{
	SSL_CTX *context = SSL_CTX_new(TLS_client_method());
	bool read = context != NULL && SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) == 1
		    && SSL_CTX_load_verify_locations(context, peer->ca, NULL) == 1;
	if (read && peer->certificate != NULL)
		read = SSL_CTX_use_certificate_chain_file(context, peer->certificate) == 1
		       && SSL_CTX_use_PrivateKey_file(context, peer->certificate, SSL_FILETYPE_PEM)
				  == 1;
	if (!read) {
		SSL_CTX_free(context);
		return NULL;
	}
	SSL_CTX_set_verify(context, SSL_VERIFY_PEER, NULL);
	return context;
}

void syslog_tls_forget(struct syslog_tls_kept *kept)
{
	SSL_CTX_free(kept->context);
	kept->context = NULL;
}

/* The files are looked at before they are read: what is exchanged in between is seen next time. */
static SSL_CTX *context_for(const struct syslog_tls_peer *peer)
{
	struct syslog_tls_file ca, certificate;
	if (!look_at(peer->ca, &ca) || !look_at(peer->certificate, &certificate))
		return NULL;
	struct syslog_tls_kept *kept = peer->kept;
	if (kept == NULL)
		return read_files(peer);
	if (kept->context == NULL || !same_file(&kept->ca, &ca)
	    || !same_file(&kept->certificate, &certificate)) {
		syslog_tls_forget(kept);
		*kept = (struct syslog_tls_kept){ read_files(peer), ca, certificate };
	}
	if (kept->context != NULL)
		SSL_CTX_up_ref(kept->context);
	return kept->context;
}

/* The certificate must chain to the configured CA and, for a name, carry it (RFC 5425 5.2). */
static bool secure(struct syslog_tls *s, const struct syslog_tls_peer *peer)
{
	unsigned char address[sizeof(struct in6_addr)];
	bool numeric = inet_pton(AF_INET, peer->host, address) == 1
		       || inet_pton(AF_INET6, peer->host, address) == 1;
	s->context = context_for(peer);
	if (s->context == NULL)
		return false;
	s->ssl = SSL_new(s->context);
	if (s->ssl == NULL || SSL_set_fd(s->ssl, s->fd) != 1)
		return false;
	if (!numeric
	    && (SSL_set1_host(s->ssl, peer->host) != 1
		|| SSL_set_tlsext_host_name(s->ssl, peer->host) != 1))
		return false;
	if (numeric && X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(s->ssl), peer->host) != 1)
		return false;
	int result;
	while ((result = SSL_connect(s->ssl)) != 1)
		if (!want(s, result, CONNECT_MS))
			return false;
	return true;
}

struct syslog_tls *syslog_tls_open(const struct syslog_tls_peer *peer, int cancel_fd,
				   char why[SYSLOG_WHY])
{
	struct syslog_tls *s = calloc(1, sizeof *s);
	ERR_clear_error();
	if (s == NULL) {
		fail(why, "cannot begin");
		return NULL;
	}
	s->fd = -1;
	s->cancel_fd = cancel_fd;
	bool connected = connect_any(s, peer);
	if (!connected || !secure(s, peer)) {
		fail(why, connected ? "could not secure the connection" : "could not connect");
		syslog_tls_drop(s);
		return NULL;
	}
	return s;
}

/* The whole frame or nothing: OpenSSL writes a part only when it was told that it may. */
bool syslog_tls_send(struct syslog_tls *s, struct bytes frame, char why[SYSLOG_WHY])
{
	size_t written;
	int result;
	while ((result = SSL_write_ex(s->ssl, frame.data, frame.length, &written)) != 1)
		if (!want(s, result, SEND_MS))
			return fail(why, "could not send");
	return true;
}

enum saying { SAYS_NOTHING_YET, HAS_ENDED, HAS_BROKEN };

/* Whatever the repository says is of no interest; whether it ends is. */
static enum saying listen_to(struct syslog_tls *s)
{
	char rest[512];
	size_t got;
	int result;
	errno = 0;
	while ((result = SSL_read_ex(s->ssl, rest, sizeof rest, &got)) == 1)
		continue;
	int error = SSL_get_error(s->ssl, result);
	if (error == SSL_ERROR_WANT_READ)
		return SAYS_NOTHING_YET;
	/* A plain TCP end without close_notify is an end as well (SSL_get_error(3), since OpenSSL
	 * 3.0): a reset is not. */
	bool ended = error == SSL_ERROR_ZERO_RETURN
		     || (error == SSL_ERROR_SSL
			 && ERR_GET_REASON(ERR_peek_last_error())
				    == SSL_R_UNEXPECTED_EOF_WHILE_READING);
	return ended ? HAS_ENDED : HAS_BROKEN;
}

/* Nothing comes any more, and no octet of ours is without receipt: who closes without having read
 * our close_notify answers with a reset, and who closed before it came never received it. Only the
 * end of TCP itself, counted as one octet, may still be under way. */
static bool has_all(struct syslog_tls *s)
{
	char rest[512];
	ssize_t got;
	int error = 0, without_receipt = 0;
	socklen_t length = sizeof error;
	while ((got = recv(s->fd, rest, sizeof rest, 0)) > 0
	       || (got < 0 && errno == EAGAIN && await(s, POLLIN, CLOSE_MS)))
		continue;
	return got == 0 && getsockopt(s->fd, SOL_SOCKET, SO_ERROR, &error, &length) == 0
	       && error == 0 && ioctl(s->fd, SIOCOUTQ, &without_receipt) == 0
	       && without_receipt <= 1;
}

/* Our end, as TLS says it and as TCP does. A reset that has come by now is told by these calls, and
 * by none after them: they would see an end. Who reads slowly may have no room for it yet. */
static bool end_ours(struct syslog_tls *s)
{
	int result;
	while ((result = SSL_shutdown(s->ssl)) < 0)
		if (!want(s, result, SEND_MS))
			return false;
	return shutdown(s->fd, SHUT_WR) == 0;
}

bool syslog_tls_close(struct syslog_tls *s, char why[SYSLOG_WHY])
{
	enum saying said = listen_to(s);
	/* One that ends before us may be ending altogether, with what it has read not yet
	 * written. */
	bool ended_ours = said == SAYS_NOTHING_YET && end_ours(s);
	if (ended_ours) {
		do
			said = listen_to(s);
		while (said == SAYS_NOTHING_YET && await(s, POLLIN, CLOSE_MS));
	}
	bool ended = ended_ours && said == HAS_ENDED && has_all(s);
	if (!ended)
		fail(why, "the repository did not end the connection in order");
	syslog_tls_drop(s);
	return ended;
}

void syslog_tls_drop(struct syslog_tls *s)
{
	if (s == NULL)
		return;
	SSL_free(s->ssl);
	SSL_CTX_free(s->context);
	if (s->fd != -1)
		close(s->fd);
	ERR_clear_error();
	free(s);
}
