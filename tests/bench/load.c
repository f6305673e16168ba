/* tests/bench/load.c: many clients at once over mutual TLS. */
#include "tests/bench/load.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { SAMPLES = 1 << 16, HEAD = 16384, CHUNK = 65536 };

struct client {
	const struct load_plan *plan;
	SSL_CTX *context;
	unsigned number;
	pthread_t thread;
	uint64_t done, failed, bytes_in, quota;
	double until;
	float *samples;		/* microseconds */
	size_t sample_count;
	unsigned char *body;
	size_t body_room;
	char why[160];
};

static double now_seconds(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static SSL *connect_client(struct client *c)
{
	const struct load_target *to = &c->plan->target;
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons((uint16_t)to->port) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), one = 1;
	inet_pton(AF_INET, to->host, &address.sin_addr);
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
	if (connect(fd, (struct sockaddr *)&address, sizeof address) != 0) {
		snprintf(c->why, sizeof c->why, "cannot connect");
		close(fd);
		return NULL;
	}
	SSL *ssl = SSL_new(c->context);
	SSL_set_fd(ssl, fd);
	if (SSL_connect(ssl) != 1) {
		snprintf(c->why, sizeof c->why, "cannot secure the connection");
		SSL_free(ssl);
		close(fd);
		return NULL;
	}
	return ssl;
}

static void disconnect(SSL *ssl)
{
	if (ssl == NULL)
		return;
	int fd = SSL_get_fd(ssl);
	SSL_free(ssl);
	close(fd);
}

/* Reads one answer; only Content-Length is understood, which is what the gateway sends. */
static bool read_answer(struct client *c, SSL *ssl, int *status, size_t *length)
{
	char head[HEAD + 1];
	size_t have = 0;
	char *end = NULL;
	while (end == NULL) {
		int got = SSL_read(ssl, head + have, (int)(HEAD - have));
		if (got <= 0 || have + (size_t)got >= HEAD)
			return false;
		have += (size_t)got;
		head[have] = '\0';
		end = strstr(head, "\r\n\r\n");
	}
	const char *field = strcasestr(head, "\r\nContent-Length:");
	if (sscanf(head, "HTTP/1.1 %d", status) != 1)
		return false;
	*length = field == NULL || field > end ? 0 : strtoul(field + 17, NULL, 10);
	size_t start = (size_t)(end + 4 - head), rest = have - start, wanted = *length;
	bool keep = c->plan->look != NULL;
	if (keep && wanted > c->body_room) {
		c->body_room = wanted;
		c->body = realloc(c->body, wanted);
	}
	if (keep)
		memcpy(c->body, head + start, rest);
	c->bytes_in += have;
	static _Thread_local unsigned char sink[CHUNK];
	while (rest < wanted) {
		size_t take = wanted - rest < CHUNK ? wanted - rest : CHUNK;
		int got = SSL_read(ssl, keep ? c->body + rest : sink, (int)take);
		if (got <= 0)
			return false;
		rest += (size_t)got;
		c->bytes_in += (size_t)got;
	}
	return true;
}

static bool exchange(struct client *c, SSL *ssl, uint64_t number)
{
	struct load_request r = c->plan->next(c->plan->with, c->number, number);
	int status = 0;
	size_t length = 0;
	for (size_t sent = 0; sent < r.length; ) {
		size_t take = r.length - sent < (1 << 20) ? r.length - sent : (1 << 20);
		int wrote = SSL_write(ssl, r.data + sent, (int)take);
		if (wrote <= 0) {
			snprintf(c->why, sizeof c->why, "cannot send");
			return false;
		}
		sent += (size_t)wrote;
	}
	if (!read_answer(c, ssl, &status, &length)) {
		snprintf(c->why, sizeof c->why, "no answer");
		return false;
	}
	if (c->plan->look != NULL && !c->plan->look(c->plan->with, c->number, status, c->body, length)) {
		snprintf(c->why, sizeof c->why, "not the answer expected (status %d): %.80s", status,
			 length == 0 ? "" : (const char *)c->body);
		return false;
	}
	return true;
}

static void *ask(void *self)
{
	struct client *c = self;
	SSL *ssl = connect_client(c);
	for (uint64_t n = 0; (c->quota == 0 || n < c->quota) && (c->until == 0 || now_seconds() < c->until); n++) {
		double begun = now_seconds();
		if (ssl != NULL && exchange(c, ssl, n)) {
			c->done++;
			if (c->sample_count < SAMPLES)
				c->samples[c->sample_count++] = (float)((now_seconds() - begun) * 1e6);
			continue;
		}
		c->failed++;
		disconnect(ssl);
		ssl = c->failed > 100 ? NULL : connect_client(c);
		if (ssl == NULL)
			break;
	}
	disconnect(ssl);
	return NULL;
}

static int ascending(const void *a, const void *b)
{
	float x = *(const float *)a, y = *(const float *)b;
	return (x > y) - (x < y);
}

static void summarise(struct client *clients, unsigned count, struct load_result *out)
{
	size_t total = 0, at = 0;
	for (unsigned i = 0; i < count; i++)
		total += clients[i].sample_count;
	float *all = malloc((total + 1) * sizeof *all);
	for (unsigned i = 0; i < count; i++) {
		struct client *c = &clients[i];
		memcpy(all + at, c->samples, c->sample_count * sizeof *all);
		at += c->sample_count;
		out->done += c->done;
		out->failed += c->failed;
		out->bytes_in += c->bytes_in;
		if (c->failed != 0 && out->why[0] == '\0')
			snprintf(out->why, sizeof out->why, "%s", c->why);
		free(c->samples);
		free(c->body);
	}
	qsort(all, total, sizeof *all, ascending);
	if (total > 0) {
		out->median_us = (double)all[total / 2];
		out->p99_us = (double)all[total * 99 / 100];
	}
	free(all);
}

void load_run(const struct load_plan *plan, struct load_result *out)
{
	SSL_CTX *context = SSL_CTX_new(TLS_client_method());
	struct client *clients = calloc(plan->clients, sizeof *clients);
	*out = (struct load_result){ 0 };
	SSL_CTX_load_verify_locations(context, plan->target.ca, NULL);
	SSL_CTX_use_certificate_chain_file(context, plan->target.certificate);
	SSL_CTX_use_PrivateKey_file(context, plan->target.certificate, SSL_FILETYPE_PEM);
	SSL_CTX_set_verify(context, SSL_VERIFY_PEER, NULL);
	double begun = now_seconds();
	for (unsigned i = 0; i < plan->clients; i++) {
		struct client *c = &clients[i];
		uint64_t share = plan->requests / plan->clients + (i < plan->requests % plan->clients);
		*c = (struct client){ .plan = plan, .context = context, .number = i, .quota = share,
				      .until = plan->requests != 0 ? 0 : begun + plan->seconds,
				      .samples = malloc(SAMPLES * sizeof(float)) };
		pthread_create(&c->thread, NULL, ask, c);
	}
	for (unsigned i = 0; i < plan->clients; i++)
		pthread_join(clients[i].thread, NULL);
	out->seconds = now_seconds() - begun;
	summarise(clients, plan->clients, out);
	free(clients);
	SSL_CTX_free(context);
}
