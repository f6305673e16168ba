/* tests/audit/syslog_tls_test.c: when a batch counts as delivered: the ways a repository may end. */
#include "tests/base/suite.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "gateway/audit/syslog_tls.h"
#include "gateway/base/clock.h"
#include "gateway/base/text.h"
#include "gateway/operator/pki.h"
#include "tests/operator/place.h"

enum { FRAMES = 3, FRAME = 1000, PATIENCE_MS = 30000 };

enum ending {
	NOTIFIED,	/* close_notify, then the end of TCP */
	PLAIN,		/* the end of TCP alone, as of a process that ends */
	RESET,
};

struct behaviour {
	const char *what;
	int reads;			/* frames; -1: to our end */
	bool before_us;			/* it ends before we do */
	enum ending ending;
	bool delivered;
};

/* A repository that takes one connection. */
struct repository {
	const struct behaviour *does;
	SSL_CTX *tls;
	int listener;
	pthread_t thread;
};

static void end(int fd, SSL *ssl, enum ending how)
{
	struct linger at_once = { .l_onoff = 1, .l_linger = 0 };
	if (how == NOTIFIED)
		SSL_shutdown(ssl);
	if (how == RESET)
		setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
	close(fd);
}

static void *serve(void *self)
{
	struct repository *r = self;
	char octets[FRAME];
	int left = r->does->reads;
	int fd = accept(r->listener, NULL, NULL);
	SSL *ssl = SSL_new(r->tls);
	SSL_set_fd(ssl, fd);
	if (SSL_accept(ssl) == 1) {
		while (left != 0 && SSL_read(ssl, octets, sizeof octets) > 0)
			left -= left > 0;
		/* Else our end must have come, read or not. */
		struct pollfd ours = { .fd = fd, .events = POLLRDHUP };
		if (!r->does->before_us)
			poll(&ours, 1, PATIENCE_MS);
	}
	end(fd, ssl, r->does->ending);
	SSL_free(ssl);
	return NULL;
}

static unsigned begin(struct repository *r, const struct place *p, const struct behaviour *does)
{
	struct sockaddr_in here = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t length = sizeof here;
	*r = (struct repository){ .does = does, .tls = SSL_CTX_new(TLS_server_method()),
				  .listener = socket(AF_INET, SOCK_STREAM, 0) };
	SSL_CTX_use_certificate_chain_file(r->tls, place_name(p, "server.pem"));
	SSL_CTX_use_PrivateKey_file(r->tls, place_name(p, "server.pem"), SSL_FILETYPE_PEM);
	bool listens = bind(r->listener, (struct sockaddr *)&here, sizeof here) == 0
		       && listen(r->listener, 1) == 0
		       && getsockname(r->listener, (struct sockaddr *)&here, &length) == 0
		       && pthread_create(&r->thread, NULL, serve, r) == 0;
	CU_ASSERT_FATAL(listens);
	return ntohs(here.sin_port);
}

/* What syslog_tls_close() says of a batch, or false when it could not even be sent. */
static bool delivers(const struct place *p, const struct behaviour *does)
{
	struct repository r;
	static const unsigned char frame[FRAME];
	char why[SYSLOG_WHY];
	struct syslog_tls_peer peer = { .host = "127.0.0.1", .port = begin(&r, p, does),
					.ca = place_name(p, "ca.pem") };
	int never = eventfd(0, 0);
	struct syslog_tls *s = syslog_tls_open(&peer, never, why);
	bool sent = s != NULL;
	for (unsigned i = 0; sent && i < FRAMES; i++)
		sent = syslog_tls_send(s, (struct bytes){ frame, FRAME }, why);
	CU_ASSERT_TRUE(sent);
	if (does->before_us)
		pthread_join(r.thread, NULL);
	bool delivered = sent && syslog_tls_close(s, why);
	if (!does->before_us)
		pthread_join(r.thread, NULL);
	close(never);
	close(r.listener);
	SSL_CTX_free(r.tls);
	return delivered;
}

static void only_an_end_after_ours_counts(void)
{
	static const struct behaviour rows[] = {
		{ "reads all and ends in order", -1, false, NOTIFIED, true },
		{ "reads all and ends", -1, false, PLAIN, true },
		{ "reads all and resets", -1, false, RESET, false },
		{ "reads nothing and ends in order", 0, false, NOTIFIED, false },
		{ "reads nothing and ends", 0, false, PLAIN, false },
		{ "reads some and ends in order", 1, false, NOTIFIED, false },
		{ "reads all but our end and ends in order", FRAMES, false, NOTIFIED, false },
		{ "reads all but our end and ends", FRAMES, false, PLAIN, false },
		{ "ends in order before us, having read all", FRAMES, true, NOTIFIED, false },
		{ "ends before us, having read all", FRAMES, true, PLAIN, false },
	};
	struct place p;
	struct problem problem = { 0 };
	CU_ASSERT_FATAL(place_begin(&p));
	struct pki_authority ca = { place_name(&p, "ca.pem"), place_name(&p, "ca.key") };
	struct pki_subject server = { "repository", NULL, "IP:127.0.0.1", PKI_SERVER };
	instant now = system_clock.now(&system_clock);
	CU_ASSERT_FATAL(pki_authority_make(&ca, "test", now, &problem)
			&& pki_certificate_make(&ca, &server, place_name(&p, "server.pem"), now, &problem));
	for (size_t i = 0; i < COUNT(rows); i++) {
		bool delivered = delivers(&p, &rows[i]);
		if (delivered != rows[i].delivered)
			printf("%s: %s\n", rows[i].what, delivered ? "delivered" : "not delivered");
		CU_ASSERT_EQUAL(delivered, rows[i].delivered);
	}
	place_end(&p);
}

static const struct test tests[] = {
	{ "only an end after ours counts", only_an_end_after_ours_counts },
	{ 0 }
};

int main(void)
{
	signal(SIGPIPE, SIG_IGN);	/* as minatod does */
	return suite_run("audit: syslog over TLS", tests);
}
