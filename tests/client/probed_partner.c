/* tests/client/probed_partner.c: a partner by HTTPS, of one manner. */
#include "tests/client/probed_partner.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <openssl/core_names.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <pthread.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/base/suite.h"

enum { REQUEST_MOST = 65536, HELD = 8 };

static void file_name(char out[160], const char *folder, const char *name)
{
	snprintf(out, 160, "%s/%s.pem", folder, name);
}

/* ---- Its TLS ---- */

static EVP_PKEY *small_group(void)
{
	char group[] = "modp_1536";
	EVP_PKEY *made = NULL;
	EVP_PKEY_CTX *c = EVP_PKEY_CTX_new_from_name(NULL, "DH", NULL);
	OSSL_PARAM named[] = { OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, group,
								0),
			       OSSL_PARAM_construct_end() };
	CU_ASSERT_FATAL(EVP_PKEY_paramgen_init(c) == 1);
	CU_ASSERT_FATAL(EVP_PKEY_CTX_set_params(c, named) == 1);
	CU_ASSERT_FATAL(EVP_PKEY_paramgen(c, &made) == 1);
	EVP_PKEY_CTX_free(c);
	return made;
}

static void weaken(SSL_CTX *context, enum partner_door door)
{
	SSL_CTX_set_security_level(context, 0);
	if (door == DOOR_IS_OLD) {
		CU_ASSERT_FATAL(SSL_CTX_set_min_proto_version(context, TLS1_VERSION) == 1);
		CU_ASSERT_FATAL(SSL_CTX_set_max_proto_version(context, TLS1_1_VERSION) == 1);
	}
	if (door == DOOR_IS_WEAK) {
		CU_ASSERT_FATAL(SSL_CTX_set_max_proto_version(context, TLS1_2_VERSION) == 1);
		CU_ASSERT_FATAL(SSL_CTX_set_cipher_list(context, "DHE-RSA-AES128-GCM-SHA256") == 1);
		CU_ASSERT_FATAL(SSL_CTX_set0_tmp_dh_pkey(context, small_group()) == 1);
	}
}

static SSL_CTX *context_of(const char *folder, const struct probed_manner *m)
{
	char certificate[160], clients[160];
	SSL_CTX *context = SSL_CTX_new(TLS_server_method());
	file_name(certificate, folder, m->certificate == NULL ? "server" : m->certificate);
	file_name(clients, folder, m->clients == NULL ? "ca" : m->clients);
	weaken(context, m->door);
	CU_ASSERT_FATAL(SSL_CTX_use_certificate_chain_file(context, certificate) == 1);
	CU_ASSERT_FATAL(SSL_CTX_use_PrivateKey_file(context, certificate, SSL_FILETYPE_PEM) == 1);
	CU_ASSERT_FATAL(SSL_CTX_load_verify_locations(context, clients, NULL) == 1);
	SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
	return context;
}

/* ---- One connection ---- */

/* Until the test ends it, or the other side goes. */
static void wait_for_end(const struct probed_partner *p, int fd)
{
	struct pollfd either[] = { { .fd = p->stop[0], .events = POLLIN },
				   { .fd = fd, .events = POLLRDHUP } };
	while (poll(either, 2, -1) < 0)
		;
}

static void read_request(SSL *ssl)
{
	static _Thread_local char got[REQUEST_MOST];
	size_t length = 0;
	got[0] = '\0';
	while (strstr(got, "Envelope>") == NULL && length < sizeof got - 1) {
		int more = SSL_read(ssl, got + length, (int)(sizeof got - 1 - length));
		if (more <= 0)
			return;
		length += (size_t)more;
		got[length] = '\0';
	}
}

static void speak(const struct probed_partner *p, SSL *ssl, int fd)
{
	const struct probed_manner *m = p->manner;
	read_request(ssl);
	for (unsigned i = 0; m->says != NULL && i < (m->repeat == 0 ? 1 : m->repeat); i++)
		if (SSL_write(ssl, m->says, (int)strlen(m->says)) <= 0)
			return;
	if (m->stays)
		wait_for_end(p, fd);
	SSL_shutdown(ssl);
}

static void secure(const struct probed_partner *p, int fd)
{
	SSL *ssl = SSL_new(p->context);
	SSL_set_fd(ssl, fd);
	if (SSL_accept(ssl) == 1)
		speak(p, ssl, fd);
	SSL_free(ssl);
}

static void serve_one(const struct probed_partner *p, int fd)
{
	static const char plain[] = "220 mail.example ESMTP\r\n";
	switch (p->manner->door) {
	case DOOR_CLOSES: break;
	case DOOR_IS_DUMB: wait_for_end(p, fd); break;
	case DOOR_SPEAKS_PLAIN:
		if (write(fd, plain, sizeof plain - 1) > 0)
			wait_for_end(p, fd);
		break;
	default: secure(p, fd); break;
	}
}

static void *serve(void *self)
{
	const struct probed_partner *p = self;
	int fd = accept(p->fd, NULL, NULL);
	if (fd < 0)
		return NULL;
	serve_one(p, fd);
	close(fd);
	return NULL;
}

/* ---- The whole ---- */

/* Connections that nobody accepts, until the kernel takes no more. */
static void fill(struct probed_partner *p, const struct sockaddr_in *at)
{
	for (size_t i = 0; i < HELD; i++) {
		p->held[i] = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
		connect(p->held[i], (const struct sockaddr *)at, sizeof *at);
	}
}

static void listen_at(struct probed_partner *p)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
				  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t length = sizeof at;
	p->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	CU_ASSERT_FATAL(bind(p->fd, (struct sockaddr *)&at, sizeof at) == 0);
	CU_ASSERT_FATAL(getsockname(p->fd, (struct sockaddr *)&at, &length) == 0);
	p->port = ntohs(at.sin_port);
	if (p->manner->door == DOOR_IS_SHUT)
		return;
	CU_ASSERT_FATAL(listen(p->fd, p->manner->door == DOOR_IS_FULL ? 0 : 16) == 0);
	if (p->manner->door == DOOR_IS_FULL)
		fill(p, &at);
}

static bool serves(const struct probed_partner *p)
{
	return p->manner->door != DOOR_IS_SHUT && p->manner->door != DOOR_IS_FULL;
}

void probed_partner_begin(struct probed_partner *p, const char *folder,
			  const struct probed_manner *m)
{
	pthread_t thread;
	memset(p, 0, sizeof *p);
	p->manner = m;
	p->context = context_of(folder, m);
	CU_ASSERT_FATAL(pipe2(p->stop, O_CLOEXEC) == 0);
	listen_at(p);
	if (!serves(p))
		return;
	CU_ASSERT_FATAL(pthread_create(&thread, NULL, serve, p) == 0);
	p->thread = thread;
}

void probed_partner_end(struct probed_partner *p)
{
	close(p->stop[1]);
	shutdown(p->fd, SHUT_RDWR);
	if (serves(p))
		pthread_join(p->thread, NULL);
	for (size_t i = 0; p->manner->door == DOOR_IS_FULL && i < HELD; i++)
		close(p->held[i]);
	close(p->fd);
	close(p->stop[0]);
	SSL_CTX_free(p->context);
}
