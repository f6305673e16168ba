/* tests/client/mllp_partner.c: a partner by MLLP whose manners are a script. */
#include "tests/client/mllp_partner.h"

#include <arpa/inet.h>
#include <openssl/ssl.h>
#include <pthread.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/base/suite.h"

/* False: the other side is gone. */
static bool read_message(struct mllp_partner *p, SSL *ssl)
{
	size_t length = 0;
	for (;;) {
		int got = SSL_read(ssl, p->got + length, (int)(PARTNER_GOT - 1 - length));
		if (got <= 0)
			return false;
		length += (size_t)got;
		p->got[length] = '\0';
		if (length > 2 && p->got[length - 2] == 0x1c && p->got[length - 1] == '\r')
			return true;
	}
}

static void answer(SSL *ssl, const struct manner *m)
{
	size_t times = m->repeat == 0 ? 1 : m->repeat;
	for (size_t i = 0; m->octets != NULL && i < times; i++)
		if (SSL_write(ssl, m->octets, (int)strlen(m->octets)) <= 0)
			return;
}

static void speak(struct mllp_partner *p, SSL *ssl)
{
	while (read_message(p, ssl)) {
		unsigned n = atomic_fetch_add(&p->messages, 1);
		const struct manner *m = &p->script[n < p->steps ? n : p->steps - 1];
		answer(ssl, m);
		if (m->closes)
			break;
	}
	SSL_shutdown(ssl);
}

static void *serve(void *self)
{
	struct mllp_partner *p = self;
	int fd;
	while ((fd = accept(p->fd, NULL, NULL)) >= 0) {
		SSL *ssl = SSL_new(p->context);
		SSL_set_fd(ssl, fd);
		atomic_fetch_add(&p->connections, 1);
		if (SSL_accept(ssl) == 1)
			speak(p, ssl);
		SSL_free(ssl);
		close(fd);
	}
	return NULL;
}

void mllp_partner_begin(struct mllp_partner *p, const char *certificate, const char *ca,
			const struct manner *script, size_t steps)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
				  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t length = sizeof at;
	SSL_CTX *context = SSL_CTX_new(TLS_server_method());
	pthread_t thread;
	memset(p, 0, sizeof *p);
	CU_ASSERT_FATAL(SSL_CTX_use_certificate_chain_file(context, certificate) == 1);
	CU_ASSERT_FATAL(SSL_CTX_use_PrivateKey_file(context, certificate, SSL_FILETYPE_PEM) == 1);
	CU_ASSERT_FATAL(SSL_CTX_load_verify_locations(context, ca, NULL) == 1);
	SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
	p->context = context;
	p->script = script;
	p->steps = steps;
	p->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	CU_ASSERT_FATAL(bind(p->fd, (struct sockaddr *)&at, sizeof at) == 0);
	CU_ASSERT_FATAL(listen(p->fd, 16) == 0);
	CU_ASSERT_FATAL(getsockname(p->fd, (struct sockaddr *)&at, &length) == 0);
	p->port = ntohs(at.sin_port);
	CU_ASSERT_FATAL(pthread_create(&thread, NULL, serve, p) == 0);
	p->thread = thread;
}

void mllp_partner_end(struct mllp_partner *p)
{
	shutdown(p->fd, SHUT_RDWR);
	pthread_join(p->thread, NULL);
	close(p->fd);
	SSL_CTX_free(p->context);
}
