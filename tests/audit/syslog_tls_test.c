/* tests/audit/syslog_tls_test.c: when a batch counts as delivered: the ways a repository may
 * end. */
#include "tests/base/suite.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gateway/audit/syslog_tls.h"
#include "gateway/base/clock.h"
#include "gateway/base/text.h"
#include "gateway/operator/pki.h"
#include "tests/audit/failing_calls.h"
#include "tests/base/open_files.h"
#include "tests/operator/place.h"

enum { FRAMES = 3, MANY_FRAMES = 12, FRAME = 1000, PATIENCE_MS = 120000 };

enum ending {
	NOTIFIED, /* close_notify, then the end of TCP */
	PLAIN,    /* the end of TCP alone, as of a process that ends */
	RESET,
	TALKS,    /* says something, then ends in order */
	GARBLED,  /* octets that are no TLS */
	TRAILING, /* ends in order, and octets behind it */
	ONE_MORE, /* ends in order, and one octet behind it */
};

enum moment {
	AFTER_US,
	BEFORE_US,
	MEANWHILE, /* when we are about to end, and have looked whether it does */
	LATE,      /* it does not read before we are about to end, and cannot for what is unread */
	WAITED_FOR /* when we have ended and wait for its end */
};

struct behaviour {
	const char *what;
	int reads; /* frames; -1: to our end */
	enum moment when;
	enum ending ending;
	bool delivered;
};

/* A repository that takes one connection. */
struct repository {
	const struct behaviour *does;
	SSL_CTX *tls;
	int listener;
	bool notified; /* our end came as close_notify */
	bool named;    /* it was called by name */
	sem_t now;     /* of who ends meanwhile or waited for, or reads late */
	bool we_ended;
	pthread_t thread;
	bool joined;
};

static void join(struct repository *r)
{
	if (!r->joined)
		pthread_join(r->thread, NULL);
	r->joined = true;
}

/* Whose moment is our end: told just before it. */
static struct repository *awaits_us;

int __real_SSL_shutdown(SSL *ssl);
int __wrap_SSL_shutdown(SSL *ssl);
int __wrap_SSL_shutdown(SSL *ssl)
{
	int fd = SSL_get_fd(ssl), without_receipt = 1, least = 1;
	/* The repository's thread ends by it, too: what is ours is not its to look at. */
	struct repository *r = SSL_is_server(ssl) ? NULL : awaits_us;
	if (r == NULL)
		return __real_SSL_shutdown(ssl);
	awaits_us = NULL;
	if (r->does->when == WAITED_FOR) {
		r->we_ended = true;
		return __real_SSL_shutdown(ssl);
	}
	if (r->does->when == LATE) {
		setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &least, sizeof least);
		int result = __real_SSL_shutdown(ssl);
		CU_ASSERT_EQUAL(SSL_get_error(ssl, result), SSL_ERROR_WANT_WRITE);
		sem_post(&r->now);
		return result;
	}
	/* It has all, read or not. */
	while (ioctl(fd, SIOCOUTQ, &without_receipt) == 0 && without_receipt > 0)
		sched_yield();
	sem_post(&r->now);
	join(r);
	return __real_SSL_shutdown(ssl);
}

/* A wait of ours: for an end, once ours is said. */
static void we_wait(void *self)
{
	struct repository *r = self;
	if (r->we_ended)
		sem_post(&r->now);
}

static void end(int fd, SSL *ssl, enum ending how)
{
	struct linger at_once = { .l_onoff = 1, .l_linger = 0 };
	if (how == TALKS)
		SSL_write(ssl, "thanks", 6);
	if (how == NOTIFIED || how == TALKS || how == TRAILING || how == ONE_MORE)
		SSL_shutdown(ssl);
	if (how == GARBLED || how == TRAILING || how == ONE_MORE)
		send(fd, "no TLS at all, not a record of it", how == ONE_MORE ? 1 : 33,
		     MSG_NOSIGNAL);
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
	if (fd < 0)
		return NULL; /* nobody came, and the test has ended the waiting */
	SSL *ssl = SSL_new(r->tls);
	SSL_set_fd(ssl, fd);
	if (SSL_accept(ssl) == 1) {
		r->named = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name) != NULL;
		if (r->does->when == LATE)
			sem_wait(&r->now);
		while (left != 0 && SSL_read(ssl, octets, sizeof octets) > 0)
			left -= left > 0;
		r->notified = (SSL_get_shutdown(ssl) & SSL_RECEIVED_SHUTDOWN) != 0;
		/* Else our end must have come, read or not. */
		struct pollfd ours = { .fd = fd, .events = POLLRDHUP };
		if (r->does->when == MEANWHILE || r->does->when == WAITED_FOR)
			sem_wait(&r->now);
		else if (r->does->when != BEFORE_US)
			poll(&ours, 1, PATIENCE_MS);
	}
	end(fd, ssl, r->does->ending);
	SSL_free(ssl);
	return NULL;
}

static unsigned begin(struct repository *r, const struct place *p, const struct behaviour *does)
{
	struct sockaddr_in here = { .sin_family = AF_INET,
				    .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t length = sizeof here;
	int little = 4096; /* what is sent is soon more than fits */
	*r = (struct repository){ .does = does,
				  .tls = SSL_CTX_new(TLS_server_method()),
				  .listener = socket(AF_INET, SOCK_STREAM, 0) };
	sem_init(&r->now, 0, 0);
	setsockopt(r->listener, SOL_SOCKET, SO_RCVBUF, &little, sizeof little);
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
static bool delivers(const struct place *p, const struct behaviour *does, char why[SYSLOG_WHY])
{
	struct repository r;
	static const unsigned char frame[FRAME];
	unsigned frames = does->when == LATE ? MANY_FRAMES : FRAMES;
	awaits_us = does->when == MEANWHILE || does->when == LATE ? &r : NULL;
	struct syslog_tls_peer peer = { .host = "127.0.0.1",
					.port = begin(&r, p, does),
					.ca = place_name(p, "ca.pem") };
	int never = eventfd(0, 0);
	struct syslog_tls *s = syslog_tls_open(&peer, never, why);
	bool sent = s != NULL;
	for (unsigned i = 0; sent && i < frames; i++)
		sent = syslog_tls_send(s, (struct bytes){ frame, FRAME }, why);
	CU_ASSERT_TRUE(sent);
	if (does->when == BEFORE_US)
		join(&r);
	errno = EBADF; /* something else's, of before */
	bool delivered = sent && syslog_tls_close(s, why);
	join(&r);
	CU_ASSERT_EQUAL(r.notified, does->reads < 0);
	close(never);
	close(r.listener);
	SSL_CTX_free(r.tls);
	return delivered;
}

/* A place with an authority's, a repository's and a courier's certificate. */
static bool begin_place(struct place *p)
{
	struct problem problem = { 0 };
	if (!place_begin(p))
		return false;
	struct pki_authority ca = { place_name(p, "ca.pem"), place_name(p, "ca.key") };
	struct pki_subject server = { .common_name = "repository",
				      .alternative_names = "IP:127.0.0.1,DNS:localhost",
				      .use = PKI_SERVER };
	struct pki_subject client = { .common_name = "courier", .use = PKI_CLIENT };
	instant now = system_clock.now(&system_clock);
	return pki_authority_make(&ca, "test", now, &problem)
	       && pki_certificate_make(&ca, &server, place_name(p, "server.pem"), now, &problem)
	       && pki_certificate_make(&ca, &client, place_name(p, "client.pem"), now, &problem);
}

static void only_an_end_after_ours_counts(void)
{
	static const struct behaviour rows[] = {
		{ "reads all and ends in order", -1, AFTER_US, NOTIFIED, true },
		{ "reads all and ends", -1, AFTER_US, PLAIN, true },
		{ "reads all and resets", -1, AFTER_US, RESET, false },
		{ "reads all, says something and ends in order", -1, AFTER_US, TALKS, true },
		{ "reads all and ends garbled", -1, AFTER_US, GARBLED, false },
		{ "reads all, ends in order and goes on", -1, AFTER_US, TRAILING, true },
		{ "reads all, ends in order and goes on for an octet", -1, AFTER_US, ONE_MORE,
		  true },
		{ "reads nothing and ends in order", 0, AFTER_US, NOTIFIED, false },
		{ "reads nothing and ends", 0, AFTER_US, PLAIN, false },
		{ "reads some and ends in order", 1, AFTER_US, NOTIFIED, false },
		{ "reads all but our end and ends in order", FRAMES, AFTER_US, NOTIFIED, false },
		{ "reads all but our end and ends", FRAMES, AFTER_US, PLAIN, false },
		{ "ends in order before us, having read all", FRAMES, BEFORE_US, NOTIFIED, false },
		{ "ends before us, having read all", FRAMES, BEFORE_US, PLAIN, false },
		{ "ends in order meanwhile, having read all", FRAMES, MEANWHILE, NOTIFIED, false },
		{ "ends meanwhile, having read all", FRAMES, MEANWHILE, PLAIN, false },
		{ "resets meanwhile, having read all", FRAMES, MEANWHILE, RESET, false },
		{ "ends meanwhile, having read some", 1, MEANWHILE, PLAIN, false },
		{ "reads all, late, and ends in order", -1, LATE, NOTIFIED, true },
	};
	struct place p;
	CU_ASSERT_FATAL(begin_place(&p));
	for (size_t i = 0; i < COUNT(rows); i++) {
		char why[SYSLOG_WHY] = "";
		bool delivered = delivers(&p, &rows[i], why);
		if (delivered != rows[i].delivered)
			printf("%s: %s\n", rows[i].what, delivered ? "delivered" : "not delivered");
		CU_ASSERT_EQUAL(delivered, rows[i].delivered);
		if (rows[i].when == BEFORE_US && rows[i].ending == NOTIFIED)
			CU_ASSERT_STRING_EQUAL(
				why, "the repository did not end the connection in order: "
				     "the other side ended the connection");
	}
	place_end(&p);
}

/* ---- Calls that fail ---- */

struct attempt {
	const char *host, *certificate; /* the certificate's file, or NULL */
	struct syslog_tls_kept *kept;
	unsigned nth;
	enum failing_wait waits;
	bool failed, opened, delivered, told;
	bool opened_all_the_same; /* although a call failed by then */
	char why[SYSLOG_WHY];
};

/* One batch to a repository that reads all and ends in order, while the nth call fails. */
static void try(const struct place *p, struct attempt *a)
{
	static const struct behaviour good = { "good", -1, WAITED_FOR, NOTIFIED, true };
	static const unsigned char frame[FRAME];
	struct repository r;
	awaits_us = &r;
	struct syslog_tls_peer peer = { a->host, begin(&r, p, &good), place_name(p, "ca.pem"),
					a->certificate == NULL ? NULL
							       : place_name(p, a->certificate),
					a->kept };
	int never = eventfd(0, 0);
	a->why[0] = '\0';
	failing_on_wait(we_wait, &r);
	failing_arm(a->nth, a->waits);
	struct syslog_tls *s = syslog_tls_open(&peer, never, a->why);
	a->opened = s != NULL;
	a->opened_all_the_same = a->opened && failing_failed();
	bool sent = a->opened && syslog_tls_send(s, (struct bytes){ frame, FRAME }, a->why);
	a->delivered = sent && syslog_tls_close(s, a->why);
	if (!sent)
		syslog_tls_drop(s);
	a->failed = failing_disarm();
	failing_on_wait(NULL, NULL);
	awaits_us = NULL;
	sem_post(&r.now); /* who was not waited for ends all the same */
	a->told = a->why[0] != '\0';
	shutdown(r.listener, SHUT_RDWR); /* ends an accept() that nobody came to */
	pthread_join(r.thread, NULL);
	/* An address is no name to be called by (RFC 6066, 3). */
	CU_ASSERT_TRUE(!a->delivered || r.named == (strcmp(a->host, "localhost") == 0));
	close(never);
	close(r.listener);
	SSL_CTX_free(r.tls);
}

/* The failed call's own, not that of a call after it; of a name only that it leads nowhere. */
static bool is_its_reason(const struct attempt *a)
{
	return a->waits == WAIT_RUNS_OUT || strstr(a->why, strerror(EIO)) != NULL
	       || strstr(a->why, strerror(EHOSTUNREACH)) != NULL;
}

/* Whichever call fails, nothing stays open, and what is not delivered has its reason. */
static void any_call_may_fail(void)
{
	static const struct {
		const char *host, *certificate;
		enum failing_wait waits;
	} rows[] = {
		{ "127.0.0.1", NULL, WAIT_BREAKS },
		{ "127.0.0.1", "client.pem", WAIT_RUNS_OUT },
		{ "localhost", "client.pem", WAIT_BREAKS },
		{ "localhost", NULL, WAIT_RUNS_OUT },
	};
	enum { CALLS_MOST = 200 };
	struct place p;
	CU_ASSERT_FATAL(begin_place(&p));
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct attempt a = {
			.host = rows[i].host,
			.certificate = rows[i].certificate,
			.nth = 1,
			.waits = rows[i].waits,
			.failed = true,
		};
		unsigned before = open_files();
		for (; a.failed && a.nth < CALLS_MOST; a.nth++) {
			try(&p, &a);
			CU_ASSERT_TRUE(a.delivered || a.told);
			CU_ASSERT_TRUE(a.failed || a.delivered);
			CU_ASSERT_TRUE(a.delivered || is_its_reason(&a));
			/* A name may have a second address. */
			CU_ASSERT_FALSE(a.opened_all_the_same && strcmp(a.host, "localhost") != 0);
		}
		CU_ASSERT_FALSE(a.failed);
		CU_ASSERT_EQUAL(open_files(), before);
	}
	place_end(&p);
}

/* What a socket may also say. */
static void sockets_say_more(void)
{
	static const struct {
		const char *what, *host;
		bool opened, delivered;
	} rows[] = {
		{ "connect at once", "127.0.0.1", true, true },
		{ "two addresses", "127.0.0.1", true, true },
		{ "nothing yet", "127.0.0.1", true, false },
		{ "a moment nothing", "127.0.0.1", true, true },
		{ "pending error", "127.0.0.1", true, false },
		{ "octets without receipt", "127.0.0.1", true, false },
		{ "its end without receipt", "127.0.0.1", true, true },
		/* The certificate is not that address's. */
		{ "another address", "2001:db8::1", false, false },
		{ "SSL_CTX_ctrl", "127.0.0.1", false, false },
		{ "SSL_set1_host", "localhost", false, false },
		{ "SSL_ctrl", "localhost", false, false },
		{ "X509_VERIFY_PARAM_set1_ip_asc", "127.0.0.1", false, false },
	};
	struct place p;
	CU_ASSERT_FATAL(begin_place(&p));
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct attempt a = { .host = rows[i].host };
		failing_next(rows[i].what);
		try(&p, &a);
		if (a.delivered != rows[i].delivered)
			printf("%s: %s\n", rows[i].what,
			       a.delivered ? "delivered" : "not delivered");
		CU_ASSERT_EQUAL(a.opened, rows[i].opened);
		CU_ASSERT_EQUAL(a.delivered, rows[i].delivered);
		CU_ASSERT_EQUAL(a.told, !rows[i].delivered);
	}
	struct attempt late = { .host = "127.0.0.1", .waits = WAIT_RUNS_OUT };
	failing_next("nothing yet");
	try(&p, &late);
	CU_ASSERT_FALSE(late.delivered);
	CU_ASSERT_PTR_NOT_NULL(strstr(late.why, strerror(ETIMEDOUT)));
	failing_next(NULL);
	place_end(&p);
}

static void peers_that_are_not_there(void)
{
	static const struct {
		const char *host, *ca, *certificate;
		bool cancelled;
		int error; /* told; 0: in whatever words */
	} rows[] = {
		{ "127.0.0.1", "ca.pem", NULL, false, ECONNREFUSED },
		{ "::1", "ca.pem", NULL, false, 0 }, /* there may be no IPv6 */
		{ "nobody.invalid", "ca.pem", NULL, false, EHOSTUNREACH },
		{ "127.0.0.1", "none.pem", NULL, false, ENOENT },
		{ "127.0.0.1", "ca.pem", "none.pem", false, ENOENT },
		{ "127.0.0.1", "fifo.pem", NULL, false, EMEDIUMTYPE },
		{ "127.0.0.1", "ca.pem", "fifo.pem", false, EMEDIUMTYPE },
		{ "127.0.0.1", "ca.pem", "ca.pem", false, 0 },
		{ "127.0.0.1", "ca.pem", NULL, true, ECANCELED },
	};
	struct place p;
	CU_ASSERT_FATAL(begin_place(&p) && mkfifo(place_name(&p, "fifo.pem"), 0600) == 0);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct sockaddr_in here = { .sin_family = AF_INET,
					    .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
		socklen_t length = sizeof here;
		char why[SYSLOG_WHY] = "";
		/* The first two meet nobody, the others one who listens and says nothing. */
		int listener = socket(AF_INET, SOCK_STREAM, 0),
		    cancel = eventfd(rows[i].cancelled, 0);
		CU_ASSERT_EQUAL(bind(listener, (struct sockaddr *)&here, sizeof here), 0);
		CU_ASSERT_TRUE(i < 2 || listen(listener, 1) == 0);
		CU_ASSERT_EQUAL(getsockname(listener, (struct sockaddr *)&here, &length), 0);
		struct syslog_tls_peer peer = {
			rows[i].host, ntohs(here.sin_port), place_name(&p, rows[i].ca),
			rows[i].certificate == NULL ? NULL : place_name(&p, rows[i].certificate),
			NULL
		};
		CU_ASSERT_PTR_NULL(syslog_tls_open(&peer, cancel, why));
		CU_ASSERT_NOT_EQUAL(why[0], '\0');
		bool told = rows[i].error == 0 || strstr(why, strerror(rows[i].error)) != NULL;
		if (!told)
			printf("row %zu: %s\n", i, why);
		CU_ASSERT_TRUE(told);
		close(cancel);
		close(listener);
	}
	syslog_tls_drop(NULL);
	place_end(&p);
}

/* More than the sockets hold: sending waits for who reads slowly, but not when all is to end. */
static void what_does_not_fit_waits(void)
{
	enum { MUCH = 32 << 20 };
	static const struct {
		struct behaviour does;
		bool cancelled;
	} rows[] = {
		{ { "reads all and ends in order", -1, false, NOTIFIED, true }, false },
		{ { "reads some and resets", 1, true, RESET, false }, false },
		{ { "reads nothing", 0, false, PLAIN, false }, true },
	};
	struct place p;
	CU_ASSERT_FATAL(begin_place(&p));
	unsigned char *much = calloc(1, MUCH);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct repository r;
		char why[SYSLOG_WHY] = "";
		struct syslog_tls_peer peer = { "127.0.0.1", begin(&r, &p, &rows[i].does),
						place_name(&p, "ca.pem"), NULL, NULL };
		int cancel = eventfd(0, 0);
		struct syslog_tls *s = syslog_tls_open(&peer, cancel, why);
		CU_ASSERT_PTR_NOT_NULL_FATAL(s);
		CU_ASSERT_EQUAL(eventfd_write(cancel, rows[i].cancelled), 0);
		bool sent = syslog_tls_send(s, (struct bytes){ much, MUCH }, why);
		CU_ASSERT_EQUAL(sent, rows[i].does.delivered);
		CU_ASSERT_EQUAL(strstr(why, strerror(ECANCELED)) != NULL, rows[i].cancelled);
		bool delivered = sent && syslog_tls_close(s, why);
		CU_ASSERT_EQUAL(delivered, rows[i].does.delivered);
		if (!sent)
			syslog_tls_drop(s);
		pthread_join(r.thread, NULL);
		close(cancel);
		close(r.listener);
		SSL_CTX_free(r.tls);
	}
	free(much);
	place_end(&p);
}

/* A copy takes a file's place, as one is exchanged by its operator. */
static bool copied(const struct place *p, const char *from, const char *to)
{
	char octets[16384];
	FILE *in = fopen(place_name(p, from), "r"), *out = fopen(place_name(p, "new"), "w");
	size_t length = in != NULL && out != NULL ? fread(octets, 1, sizeof octets, in) : 0;
	bool whole = length != 0 && fwrite(octets, 1, length, out) == length;
	if (in != NULL)
		fclose(in);
	return out != NULL && fclose(out) == 0 && whole
	       && rename(place_name(p, "new"), place_name(p, to)) == 0;
}

/* What was read of the files serves until one of them is another. */
static void files_are_read_once(void)
{
	static const struct {
		const char *change, *from; /* the file that is exchanged, and for a copy of which */
		bool opened, kept;
	} rows[] = {
		{ NULL, NULL, true, false },
		{ NULL, NULL, true, true },
		{ "ca.pem", "ca.pem", true, false },
		{ NULL, NULL, true, true },
		{ "client.pem", "client.pem", true, false },
		{ "ca.pem", "client.pem", false, false }, /* it is not who signed it */
		{ NULL, NULL, false, true },
		{ "ca.pem", "kept.pem", true, false },
		{ "client.pem", "kept.pem", false, false }, /* no key of ours */
		{ NULL, NULL, false, false },
	};
	struct syslog_tls_kept kept = { .context = NULL };
	struct place p;
	CU_ASSERT_FATAL(begin_place(&p) && copied(&p, "ca.pem", "kept.pem"));
	for (size_t i = 0; i < COUNT(rows); i++) {
		SSL_CTX *before = kept.context;
		struct attempt a = { .host = "127.0.0.1",
				     .certificate = "client.pem",
				     .kept = &kept };
		CU_ASSERT_FATAL(rows[i].change == NULL || copied(&p, rows[i].from, rows[i].change));
		if (before != NULL)
			SSL_CTX_up_ref(before); /* else the next could be made where it was */
		try(&p, &a);
		CU_ASSERT_EQUAL(a.opened, rows[i].opened);
		CU_ASSERT_EQUAL(before != NULL && before == kept.context, rows[i].kept);
		SSL_CTX_free(before);
	}
	syslog_tls_forget(&kept);
	place_end(&p);
}

static const struct test tests[] = {
	{ "only an end after ours counts", only_an_end_after_ours_counts },
	{ "any call may fail", any_call_may_fail },
	{ "sockets say more", sockets_say_more },
	{ "peers that are not there, or cannot be spoken to", peers_that_are_not_there },
	{ "what does not fit at once waits", what_does_not_fit_waits },
	{ "files are read once", files_are_read_once },
	{ 0 }
};

int main(void)
{
	signal(SIGPIPE, SIG_IGN); /* as minatod does */
	return suite_run("audit: syslog over TLS", tests);
}
