/* tests/transport/peer.c: the other end of a door, blocking. */
#include "tests/transport/peer.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

static bool dial(struct peer_end *p, const struct sockaddr *to, socklen_t length)
{
	struct timeval patience = { 120, 0 }; /* only what hangs takes so long */
	p->fd = socket(to->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	setsockopt(p->fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
	setsockopt(p->fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
	if (to->sa_family == AF_INET)
		setsockopt(p->fd, IPPROTO_TCP, TCP_NODELAY, &(int){ 1 }, sizeof(int));
	return p->fd >= 0 && connect(p->fd, to, length) == 0;
}

bool peer_open_plain(struct peer_end *p, const char *path, unsigned port)
{
	struct sockaddr_in four = { .sin_family = AF_INET,
				    .sin_port = htons((uint16_t)port),
				    .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct sockaddr_un local = { .sun_family = AF_UNIX };
	*p = (struct peer_end){ .fd = -1 };
	if (path == NULL)
		return dial(p, (struct sockaddr *)&four, sizeof four);
	snprintf(local.sun_path, sizeof local.sun_path, "%s", path);
	return dial(p, (struct sockaddr *)&local, sizeof local);
}

bool peer_open(struct peer_end *p, unsigned port, const char *folder, const char *pem)
{
	return peer_open_as(p, port, folder, pem, 0, NULL, NULL);
}

bool peer_open_as(struct peer_end *p, unsigned port, const char *folder, const char *pem,
		  int version, const char *suites, SSL_SESSION *session)
{
	char path[512];
	if (!peer_open_plain(p, NULL, port))
		return false;
	p->context = SSL_CTX_new(TLS_client_method());
	snprintf(path, sizeof path, "%s/ca.pem", folder);
	SSL_CTX_load_verify_file(p->context, path);
	SSL_CTX_set_verify(p->context, SSL_VERIFY_PEER, NULL);
	SSL_CTX_set_options(p->context, SSL_OP_IGNORE_UNEXPECTED_EOF);
	if (version == TLS1_1_VERSION)
		SSL_CTX_set_security_level(p->context, 0);
	if (version != 0)
		SSL_CTX_set_max_proto_version(p->context, version);
	if (suites != NULL)
		SSL_CTX_set_cipher_list(p->context, suites);
	if (pem != NULL) {
		snprintf(path, sizeof path, "%s/%s", folder, pem);
		SSL_CTX_use_certificate_file(p->context, path, SSL_FILETYPE_PEM);
		SSL_CTX_use_PrivateKey_file(p->context, path, SSL_FILETYPE_PEM);
	}
	p->ssl = SSL_new(p->context);
	if (session != NULL)
		SSL_set_session(p->ssl, session);
	SSL_set_fd(p->ssl, p->fd);
	return SSL_connect(p->ssl) == 1;
}

void peer_close(struct peer_end *p)
{
	SSL_free(p->ssl);
	SSL_CTX_free(p->context);
	if (p->fd >= 0)
		close(p->fd);
	*p = (struct peer_end){ .fd = -1 };
}

bool peer_send(struct peer_end *p, const void *data, size_t length)
{
	const char *at = data;
	while (length > 0) {
		ssize_t n = p->ssl != NULL ? SSL_write(p->ssl, at,
						       (int)(length < 1 << 20 ? length : 1 << 20))
					   : send(p->fd, at, length, MSG_NOSIGNAL);
		if (n <= 0)
			return false;
		at += n;
		length -= (size_t)n;
	}
	return true;
}

bool peer_say(struct peer_end *p, const char *text)
{
	return peer_send(p, text, strlen(text));
}

void peer_end_sending(struct peer_end *p)
{
	if (p->ssl != NULL)
		SSL_shutdown(p->ssl);
	shutdown(p->fd, SHUT_WR);
}

static bool more(struct peer_end *p)
{
	size_t room = sizeof p->in - 1 - p->length;
	ssize_t n = p->ssl != NULL ? SSL_read(p->ssl, p->in + p->length, (int)room)
				   : recv(p->fd, p->in + p->length, room, 0);
	if (n <= 0)
		return false;
	p->length += (size_t)n;
	p->in[p->length] = '\0';
	return true;
}

static void use(struct peer_end *p, size_t length)
{
	memmove(p->in, p->in + length, p->length - length + 1);
	p->length -= length;
}

int peer_answer(struct peer_end *p, char *body, size_t room, size_t *length)
{
	char *end;
	int status = 0;
	*length = 0;
	while ((end = p->length > 0 ? strstr(p->in, "\r\n\r\n") : NULL) == NULL)
		if (!more(p))
			return 0;
	sscanf(p->in, "HTTP/1.1 %d", &status);
	const char *said = strstr(p->in, "Content-Length: ");
	size_t left = said != NULL && said < end ? strtoul(said + 16, NULL, 10) : 0, total = 0;
	use(p, (size_t)(end - p->in) + 4);
	while (left > 0) {
		if (p->length == 0 && !more(p))
			return 0;
		size_t take = p->length < left ? p->length : left;
		if (total + take < room)
			memcpy(body + total, p->in, take), body[total + take] = '\0';
		total += take;
		left -= take;
		use(p, take);
	}
	*length = total;
	return status;
}

bool peer_frame(struct peer_end *p, char *body, size_t room)
{
	char *end;
	while ((end = memchr(p->in, '\x1c', p->length)) == NULL || end + 1 == p->in + p->length)
		if (!more(p))
			return false;
	snprintf(body, room, "%.*s", (int)(end - p->in - 1), p->in + 1);
	bool framed = p->in[0] == '\x0b' && end[1] == '\r';
	use(p, (size_t)(end - p->in) + 2);
	return framed;
}

bool peer_ended(struct peer_end *p)
{
	return p->length == 0 && !more(p);
}
