/* tests/audit/courier_scene.c: a log, a repository that takes it or not, and what the courier
 * between them says. */
#include "tests/audit/courier_scene.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "gateway/audit/record.h"
#include "gateway/operator/pki.h"
#include "tests/audit/events.h"

enum { PATIENCE_MS = 120000 };

char *frame(struct arena *a, const struct audit_event *e, unsigned sequence)
{
	char when[XML_TIME_TEXT];
	struct bytes m = audit_record_write(a, &events_source, e);
	instant_to_xml(e->time, when);
	const char *text = arena_printf(a,
					"<85>1 %s gateway minato 4711 IHE+RFC-3881 "
					"[meta sequenceId=\"%u\"] %.*s",
					when, sequence, (int)m.length, (const char *)m.data);
	return arena_printf(a, "%zu %s", strlen(text), text);
}

static instant count_up(const struct clock *c)
{
	struct scene *s = (struct scene *)((char *)c - offsetof(struct scene, clock));
	return atomic_fetch_add(&s->now, 1);
}

static int64_t pass(const struct clock *c)
{
	struct scene *s = (struct scene *)((char *)c - offsetof(struct scene, clock));
	if (atomic_fetch_add(&s->looks, 1) + 1 == s->at_look)
		s->between(s);
	return s->elapsed;
}

static void receive(struct scene *s, const char *octets, size_t length)
{
	size_t left = RECEIVED_MOST - s->received_length, taken = length < left ? length : left;
	memcpy(s->received + s->received_length, octets, taken);
	s->received_length += taken;
}

/* One connection. False: it was ended for what came over it, and nothing of it is kept. */
static bool read_all(struct scene *s, SSL *ssl)
{
	char octets[4096];
	size_t before = s->received_length;
	for (int got; (got = SSL_read(ssl, octets, sizeof octets)) > 0;) {
		const char *refuses = s->refuses;
		receive(s, octets, (size_t)got);
		if (refuses != NULL
		    && memmem(s->received + before, s->received_length - before, refuses,
			      strlen(refuses))
			       != NULL) {
			s->received_length = before;
			return false;
		}
	}
	return true;
}

static void *serve(void *self)
{
	struct scene *s = self;
	int fds[16], count = 0;
	for (int fd; count < 16 && (fd = accept(s->listener, NULL, NULL)) >= 0;) {
		if (s->mute) {
			log_write(&s->log, LOG_NOTICE, "a connection is kept waiting");
			fds[count++] = fd;
			continue;
		}
		SSL *ssl = SSL_new(s->tls);
		SSL_set_fd(ssl, fd);
		if (SSL_accept(ssl) == 1 && read_all(s, ssl)) {
			if (s->before_end != NULL)
				s->before_end(s);
			s->before_end = NULL;
			SSL_shutdown(ssl);
		}
		close(fd);
		SSL_free(ssl);
	}
	while (count > 0)
		close(fds[--count]);
	return NULL;
}

bool append(void *with, struct store_txn *t, struct problem *p)
{
	struct arena *a = store_arena(t);
	struct audit_terms terms = { .time = 5, .transaction = "ITI-18" };
	(void)with;
	(void)p;
	return audit_record_append(t, a, &events_source, events_start(a))
	       && audit_record_append(t, a, &events_source, events_alert(a))
	       && audit_log_append(t, audit_log_draft(a, bytes_of_text("rubbish"), &terms), NULL)
	       && audit_record_append(t, a, &events_source, events_find(a));
}

bool append_damaged(void *with, struct store_txn *t, struct problem *p)
{
	struct audit_terms terms = { .time = 5, .transaction = "ITI-18" };
	(void)with;
	(void)p;
	return audit_log_append(
		t, audit_log_draft(store_arena(t), bytes_of_text("rubbish"), &terms), NULL);
}

bool append_local(void *with, struct store_txn *t, struct problem *p)
{
	struct arena *a = store_arena(t);
	(void)with;
	(void)p;
	return audit_record_append(t, a, &events_source, events_alert(a));
}

bool acknowledge(void *with, struct store_txn *t, struct problem *p)
{
	(void)p;
	return audit_log_acknowledge(t, with, 4);
}

bool append_one(void *with, struct store_txn *t, struct problem *p)
{
	struct arena *a = store_arena(t);
	(void)with;
	(void)p;
	return audit_record_append(t, a, &events_source, events_find(a));
}

uint64_t acknowledged(struct scene *s, const char *destination)
{
	struct store_txn *t = store_begin_read(s->f.store, &s->f.problem);
	uint64_t up_to = audit_log_acknowledged(t, destination, 0);
	store_end(t);
	return up_to;
}

static void make_pki(const struct place *p)
{
	struct problem problem = { 0 };
	struct pki_authority ca = { place_name(p, "ca.pem"), place_name(p, "ca.key") };
	struct pki_subject server = { .common_name = "repository",
				      .alternative_names = "IP:127.0.0.1",
				      .use = PKI_SERVER };
	instant now = system_clock.now(&system_clock);
	CU_ASSERT_TRUE(
		pki_authority_make(&ca, "test", now, &problem)
		&& pki_certificate_make(&ca, &server, place_name(p, "server.pem"), now, &problem));
}

/* The port is the repository's from now on; it listens when told to. */
void open_scene(struct scene *s)
{
	struct sockaddr_in here = { .sin_family = AF_INET,
				    .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t length = sizeof here;
	int ends[2];
	memset(s, 0, sizeof *s);
	s->clock.now = count_up;
	s->clock.elapsed = pass;
	s->now = 1001;
	fixture_open(&s->f);
	CU_ASSERT_FATAL(place_begin(&s->place) && pipe(ends) == 0);
	make_pki(&s->place);
	s->heard = ends[0];
	s->log = (struct log){ .fd = ends[1], .level = LOG_DETAIL };
	s->tls = SSL_CTX_new(TLS_server_method());
	SSL_CTX_use_certificate_chain_file(s->tls, place_name(&s->place, "server.pem"));
	SSL_CTX_use_PrivateKey_file(s->tls, place_name(&s->place, "server.pem"), SSL_FILETYPE_PEM);
	s->listener = socket(AF_INET, SOCK_STREAM, 0);
	CU_ASSERT_FATAL(bind(s->listener, (struct sockaddr *)&here, sizeof here) == 0
			&& getsockname(s->listener, (struct sockaddr *)&here, &length) == 0);
	s->port = ntohs(here.sin_port);
	CU_ASSERT_TRUE(store_write(s->f.store, append, NULL, &s->f.problem));
}

void listen_now(struct scene *s)
{
	CU_ASSERT_FATAL(listen(s->listener, 4) == 0
			&& pthread_create(&s->thread, NULL, serve, s) == 0);
}

void close_scene(struct scene *s, bool listened)
{
	shutdown(s->listener, SHUT_RDWR);
	if (listened)
		pthread_join(s->thread, NULL);
	close(s->listener);
	close(s->heard);
	close(s->log.fd);
	SSL_CTX_free(s->tls);
	place_end(&s->place);
	fixture_close(&s->f);
}

/* Waits until the log holds these words. */
bool hears(struct scene *s, const char *words)
{
	struct pollfd fd = { .fd = s->heard, .events = POLLIN };
	while (strstr(s->said, words) == NULL) {
		if (poll(&fd, 1, PATIENCE_MS) != 1)
			return false;
		ssize_t got = read(s->heard, s->said + s->length, LOG_SIZE - 1 - s->length);
		if (got <= 0)
			return false;
		s->length += (size_t)got;
	}
	return true;
}

/* How often the log has said them so far. */
unsigned said(struct scene *s, const char *words)
{
	struct pollfd fd = { .fd = s->heard, .events = POLLIN };
	unsigned count = 0;
	while (poll(&fd, 1, 0) == 1) {
		ssize_t got = read(s->heard, s->said + s->length, LOG_SIZE - 1 - s->length);
		if (got <= 0)
			break;
		s->length += (size_t)got;
	}
	for (const char *at = s->said; (at = strstr(at, words)) != NULL; at++)
		count++;
	return count;
}

/* Waits until it has said them so often. */
bool hears_times(struct scene *s, const char *words, unsigned times)
{
	struct pollfd fd = { .fd = s->heard, .events = POLLIN };
	while (said(s, words) < times)
		if (poll(&fd, 1, PATIENCE_MS) != 1)
			return false;
	return true;
}

struct courier *start(struct scene *s, const char *certificate)
{
	struct courier_destination to[] = {
		{ "first", "127.0.0.1", s->port, place_name(&s->place, "ca.pem"), NULL },
		{ "second", "127.0.0.1", s->port, place_name(&s->place, "ca.pem"), certificate },
	};
	return courier_start(s->f.store, to, certificate == NULL ? 1 : 2, "gateway", "4711",
			     &s->clock, &s->log);
}

/* An entry that cannot be read shows that a courier, woken, has been there. */
void wakes(struct scene *s, struct courier *c)
{
	CU_ASSERT_TRUE(store_write(s->f.store, append_damaged, NULL, &s->f.problem));
	courier_wake(c);
	CU_ASSERT_TRUE(hears(s, "audit entry 5 is damaged"));
}
