/* tests/bench/load.c: many clients at once over mutual TLS. */
#include "tests/bench/load.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "gateway/base/giving_way.h"

enum { SAMPLES = 1 << 17, HEAD = 65536, CHUNK = 65536, WRITE_MOST = 1 << 20 };
enum { VT = 0x0b, FS = 0x1c, CR = 0x0d, FRAMING = 3 /* octets of them in a frame */ };

struct load_context {
	struct sockaddr_in address;
	bool mllp;
	SSL_CTX *tls;
};

struct load_line {
	SSL *ssl;
	int fd;
	bool mllp;
	bool keep; /* the body, for somebody to look at */
	unsigned char *body;
	size_t room;
};

struct client {
	const struct load_plan *plan;
	pthread_barrier_t *start; /* twice: all are connected; the clock runs */
	const struct load_context *context;
	unsigned number;
	pthread_t thread;
	uint64_t done, failed, bytes_in, quota;
	double until, cpu;
	float *samples; /* microseconds */
	size_t sample_count;
	char why[160];
};

static double seconds_of(clockid_t clock)
{
	struct timespec t;
	clock_gettime(clock, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

struct load_context *load_context(const struct load_target *target)
{
	struct load_context *c = calloc(1, sizeof *c);
	c->mllp = target->mllp;
	c->address = (struct sockaddr_in){ .sin_family = AF_INET,
					   .sin_port = htons((uint16_t)target->port) };
	inet_pton(AF_INET, target->host, &c->address.sin_addr);
	c->tls = SSL_CTX_new(TLS_client_method());
	SSL_CTX_load_verify_locations(c->tls, target->ca, NULL);
	SSL_CTX_use_certificate_chain_file(c->tls, target->certificate);
	SSL_CTX_use_PrivateKey_file(c->tls, target->certificate, SSL_FILETYPE_PEM);
	SSL_CTX_set_verify(c->tls, SSL_VERIFY_PEER, NULL);
	SSL_CTX_set_mode(c->tls, SSL_MODE_RELEASE_BUFFERS); /* of thousands that are idle */
	return c;
}

void load_context_free(struct load_context *c)
{
	SSL_CTX_free(c->tls);
	free(c);
}

int load_dial(const struct load_context *c)
{
	int one = 1, fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd >= 0 && connect(fd, (const struct sockaddr *)&c->address, sizeof c->address) == 0
	    && setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one) == 0)
		return fd;
	if (fd >= 0)
		close(fd);
	return -1;
}

struct load_line *load_connect(const struct load_context *c)
{
	struct load_line *line = calloc(1, sizeof *line);
	line->fd = load_dial(c);
	line->mllp = c->mllp;
	line->ssl = SSL_new(c->tls);
	if (line->fd < 0 || SSL_set_fd(line->ssl, line->fd) != 1 || SSL_connect(line->ssl) != 1) {
		load_disconnect(line);
		return NULL;
	}
	return line;
}

void load_disconnect(struct load_line *line)
{
	if (line == NULL)
		return;
	SSL_free(line->ssl);
	if (line->fd >= 0)
		close(line->fd);
	free(line->body);
	free(line);
}

static bool send_octets(SSL *ssl, const unsigned char *data, size_t length)
{
	for (size_t sent = 0; sent < length;) {
		size_t take = length - sent < WRITE_MOST ? length - sent : WRITE_MOST;
		int wrote = SSL_write(ssl, data + sent, (int)take);
		if (wrote <= 0)
			return false;
		sent += (size_t)wrote;
	}
	return true;
}

bool load_say(struct load_line *line, const void *data, size_t length)
{
	return send_octets(line->ssl, data, length);
}

size_t load_hear(struct load_line *line, void *into, size_t room)
{
	int got = SSL_read(line->ssl, into, (int)room);
	return got <= 0 ? 0 : (size_t)got;
}

bool load_is_over(const struct load_line *line)
{
	struct pollfd p = { .fd = line->fd, .events = POLLRDHUP };
	return poll(&p, 1, 0) == 1;
}

static bool send_request(SSL *ssl, const struct load_request *r)
{
	for (; r != NULL; r = r->then)
		for (unsigned i = 0; i < (r->times == 0 ? 1 : r->times); i++)
			if (!send_octets(ssl, r->data, r->length))
				return false;
	return true;
}

/* Only Content-Length is understood, which is what the gateway sends. */
static bool read_head(SSL *ssl, char head[HEAD + 1], size_t *have, size_t *start, int *status,
		      uint64_t *length)
{
	char *end = NULL;
	*have = 0;
	while (end == NULL) {
		int got = SSL_read(ssl, head + *have, (int)(HEAD - *have));
		if (got <= 0)
			return false; /* or a head that never ends */
		*have += (size_t)got;
		head[*have] = '\0';
		end = strstr(head, "\r\n\r\n");
	}
	const char *field = strcasestr(head, "\r\nContent-Length:");
	*length = field == NULL || field > end ? 0 : strtoull(field + 17, NULL, 10);
	*start = (size_t)(end + 4 - head);
	return sscanf(head, "HTTP/1.1 %d", status) == 1;
}

static bool make_room(struct load_line *line, size_t room)
{
	if (line->room >= room)
		return true;
	unsigned char *more = realloc(line->body, room);
	if (more == NULL)
		return false;
	line->body = more;
	line->room = room;
	return true;
}

static bool read_answer(struct load_line *line, int *status, uint64_t *length)
{
	char head[HEAD + 1];
	unsigned char sink[CHUNK];
	size_t have, start;
	if (!read_head(line->ssl, head, &have, &start, status, length))
		return false;
	uint64_t rest = have - start;
	if (line->keep && !make_room(line, *length))
		return false;
	if (line->keep)
		memcpy(line->body, head + start, rest);
	while (rest < *length) {
		uint64_t take = *length - rest < CHUNK ? *length - rest : CHUNK;
		int got = SSL_read(line->ssl, line->keep ? line->body + rest : sink, (int)take);
		if (got <= 0)
			return false;
		rest += (uint64_t)got;
	}
	return true;
}

/* VT, the answer, FS CR; nothing comes behind it unasked. */
static bool read_frame(struct load_line *line, uint64_t *length)
{
	size_t have = 0;
	do {
		if (!make_room(line, have + CHUNK))
			return false;
		int got = SSL_read(line->ssl, line->body + have, CHUNK);
		if (got <= 0)
			return false;
		have += (size_t)got;
	} while (line->body[0] != VT || have < FRAMING || line->body[have - 1] != CR
		 || line->body[have - 2] != FS);
	*length = have - FRAMING;
	memmove(line->body, line->body + 1, *length);
	return true;
}

bool load_ask(struct load_line *line, const struct load_request *r, int *status, uint64_t *length)
{
	/* A request that is refused before its end is answered, too. */
	bool sent = send_request(line->ssl, r);
	if (line->mllp)
		*status = 200;
	return (line->mllp ? read_frame(line, length) : read_answer(line, status, length))
	       && (sent || *status != 200);
}

/* Where it says what is wrong, or its beginning. */
static void tell_answer(struct client *c, int status, const unsigned char *body, uint64_t length)
{
	static const char says[] = "codeContext=";
	const unsigned char *at = body == NULL ? NULL : memmem(body, length, says, strlen(says));
	if (at == NULL)
		at = body;
	int shown = at == NULL ? 0 : (int)(length - (uint64_t)(at - body));
	snprintf(c->why, sizeof c->why, "not the answer expected (status %d): %.*s", status,
		 shown < 100 ? shown : 100, at == NULL ? "" : (const char *)at);
}

static bool exchange(struct client *c, struct load_line *line, uint64_t number)
{
	const struct load_plan *plan = c->plan;
	if (plan->next == NULL)
		return true;
	struct load_request r = plan->next(plan->with, c->number, number);
	int status = 0;
	uint64_t length = 0;
	line->keep = plan->look != NULL;
	if (!load_ask(line, &r, &status, &length)) {
		snprintf(c->why, sizeof c->why, "no answer");
		return false;
	}
	c->bytes_in += length;
	if (line->keep ? plan->look(plan->with, c->number, status, line->body, length)
		       : status == 200)
		return true;
	tell_answer(c, status, line->keep ? line->body : NULL, length);
	return false;
}

static void *ask(void *self)
{
	struct client *c = self;
	pthread_setname_np(pthread_self(), "client");
	if (c->plan->first)
		thread_go_first();
	struct load_line *line = load_connect(c->context);
	pthread_barrier_wait(c->start);
	pthread_barrier_wait(c->start);
	double connecting = seconds_of(CLOCK_THREAD_CPUTIME_ID);
	for (uint64_t n = 0; (c->quota == 0 || n < c->quota)
			     && (c->until == 0 || seconds_of(CLOCK_MONOTONIC) < c->until);
	     n++) {
		double begun = seconds_of(CLOCK_MONOTONIC);
		if (c->plan->anew) {
			load_disconnect(line);
			line = load_connect(c->context);
		}
		if (line != NULL && exchange(c, line, n)) {
			c->done++;
			if (c->sample_count < SAMPLES)
				c->samples[c->sample_count++] =
					(float)((seconds_of(CLOCK_MONOTONIC) - begun) * 1e6);
			continue;
		}
		if (line == NULL)
			snprintf(c->why, sizeof c->why, "cannot connect");
		c->failed++;
		load_disconnect(line);
		line = c->failed > 100 ? NULL : load_connect(c->context);
		if (line == NULL)
			break;
	}
	load_disconnect(line);
	c->cpu = seconds_of(CLOCK_THREAD_CPUTIME_ID) - connecting;
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
		out->cpu += c->cpu;
		if (c->failed != 0 && out->why[0] == '\0')
			snprintf(out->why, sizeof out->why, "%s", c->why);
		free(c->samples);
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
	struct load_context *context = load_context(&plan->target);
	struct client *clients = calloc(plan->clients, sizeof *clients);
	pthread_barrier_t start;
	pthread_barrier_init(&start, NULL, plan->clients + 1);
	*out = (struct load_result){ 0 };
	for (unsigned i = 0; i < plan->clients; i++) {
		struct client *c = &clients[i];
		uint64_t share = plan->requests / plan->clients
				 + (i < plan->requests % plan->clients);
		*c = (struct client){ .plan = plan,
				      .start = &start,
				      .context = context,
				      .number = i,
				      .quota = share,
				      .samples = malloc(SAMPLES * sizeof(float)) };
		if (pthread_create(&c->thread, NULL, ask, c) != 0) {
			perror("bench");
			exit(1);
		}
	}
	pthread_barrier_wait(&start);
	if (plan->connected != NULL)
		plan->connected(plan->to);
	double begun = seconds_of(CLOCK_MONOTONIC);
	for (unsigned i = 0; i < plan->clients; i++)
		clients[i].until = plan->requests != 0 ? 0 : begun + plan->seconds;
	pthread_barrier_wait(&start);
	for (unsigned i = 0; i < plan->clients; i++)
		pthread_join(clients[i].thread, NULL);
	pthread_barrier_destroy(&start);
	out->seconds = seconds_of(CLOCK_MONOTONIC) - begun;
	summarise(clients, plan->clients, out);
	free(clients);
	load_context_free(context);
}
