/* gateway/client/mllp_client.c: MLLP over mutual TLS, from our side. */
#include "gateway/client/mllp_client.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "gateway/base/arena.h"

/* An acknowledgement comes after the receiver's disk: seconds, not minutes. */
enum {
	WAIT_SECONDS = 30,
	ANSWER_MOST = 1 << 20,
	BLOCK_START = 0x0b,
	BLOCK_END = 0x1c,
	BLOCK_RETURN = 0x0d
};

struct mllp_client {
	SSL_CTX *context;
	SSL *ssl;
	int fd;
};

static void release(void *what)
{
	struct mllp_client *c = what;
	if (c->ssl != NULL)
		SSL_shutdown(c->ssl);
	SSL_free(c->ssl);
	SSL_CTX_free(c->context);
	if (c->fd >= 0)
		close(c->fd);
}

static bool connect_socket(struct mllp_client *c, const char *host, unsigned port)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM }, *list = NULL;
	struct timeval wait = { .tv_sec = WAIT_SECONDS };
	char service[8];
	snprintf(service, sizeof service, "%u", port);
	if (getaddrinfo(host, service, &hints, &list) != 0)
		return false;
	for (const struct addrinfo *to = list; to != NULL && c->fd < 0; to = to->ai_next) {
		int fd = socket(to->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
		if (fd < 0)
			continue;
		setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait);
		setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof wait);
		if (connect(fd, to->ai_addr, to->ai_addrlen) == 0)
			c->fd = fd;
		else
			close(fd);
	}
	freeaddrinfo(list);
	return c->fd >= 0;
}

static bool secure(struct mllp_client *c, const char *host, const struct client_identity *us)
{
	const char *name = us->server_name != NULL ? us->server_name : host;
	unsigned char address[16];
	bool numeric = inet_pton(AF_INET, name, address) == 1
		       || inet_pton(AF_INET6, name, address) == 1;
	c->context = SSL_CTX_new(TLS_client_method());
	if (c->context == NULL || SSL_CTX_set_min_proto_version(c->context, TLS1_2_VERSION) != 1
	    || SSL_CTX_load_verify_locations(c->context, us->ca, NULL) != 1
	    || SSL_CTX_use_certificate_chain_file(c->context, us->certificate) != 1
	    || SSL_CTX_use_PrivateKey_file(c->context, us->certificate, SSL_FILETYPE_PEM) != 1)
		return false;
	SSL_CTX_set_verify(c->context, SSL_VERIFY_PEER, NULL);
	c->ssl = SSL_new(c->context);
	if (c->ssl == NULL || SSL_set_fd(c->ssl, c->fd) != 1)
		return false;
	if (numeric ? X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(c->ssl), name) != 1
		    : SSL_set1_host(c->ssl, name) != 1)
		return false;
	return SSL_connect(c->ssl) == 1;
}

struct mllp_client *mllp_client_open(struct arena *a, const char *host, unsigned port,
				     const struct client_identity *us, struct problem *p)
{
	struct mllp_client *c = arena_new(a, struct mllp_client);
	c->fd = -1;
	arena_at_end(a, release, c);
	ERR_clear_error();
	if (!connect_socket(c, host, port)) {
		problem_set(p, PROBLEM_BUSY, "could not connect to %s port %u", host, port);
		return NULL;
	}
	if (!secure(c, host, us)) {
		const char *reason = ERR_reason_error_string(ERR_peek_last_error());
		problem_set(p, PROBLEM_NOT_PERMITTED,
			    "could not secure the connection to %s port %u: %s", host, port,
			    reason == NULL ? "the other side ended it" : reason);
		return NULL;
	}
	return c;
}

static bool send_all(struct mllp_client *c, struct bytes data)
{
	size_t written = 0;
	for (; data.length > 0; data.data += written, data.length -= written)
		if (SSL_write_ex(c->ssl, data.data, data.length, &written) != 1)
			return false;
	return true;
}

/* Reads up to the end of the block; FS not followed by CR is data. */
static bool read_block(struct mllp_client *c, struct buffer *in)
{
	for (;;) {
		size_t got = 0;
		if (in->length > ANSWER_MOST
		    || SSL_read_ex(c->ssl, buffer_reserve(in, 4096), 4096, &got) != 1)
			return false;
		in->length += got;
		if (in->length >= 2 && in->data[in->length - 2] == BLOCK_END
		    && in->data[in->length - 1] == BLOCK_RETURN)
			return in->data[0] == BLOCK_START;
	}
}

bool mllp_client_ask(struct mllp_client *c, struct arena *a, struct bytes message,
		     struct bytes *answer, struct problem *p)
{
	struct buffer out = buffer_in(a), in = buffer_in(a);
	buffer_byte(&out, BLOCK_START);
	buffer_append(&out, message.data, message.length);
	buffer_byte(&out, BLOCK_END);
	buffer_byte(&out, BLOCK_RETURN);
	if (!send_all(c, buffer_bytes(&out)))
		return problem_set(p, PROBLEM_BUSY, "the message could not be sent");
	if (!read_block(c, &in))
		return problem_set(p, PROBLEM_BUSY, "the message was not acknowledged");
	*answer = (struct bytes){ in.data + 1, in.length - 3 };
	return true;
}
