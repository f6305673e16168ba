/* tests/bench/handshakes.c: TLS handshakes of clients that come anew, beside what OpenSSL takes for
 * the server's side of the same in memory: the same certificates, both sides verified, no tickets,
 * and a thread on each processor, for that is how busy they are beside clients: of two that share a
 * core one alone is quicker. */
#include "tests/bench/bench.h"

#include <openssl/ssl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum { CLIENTS = 8, ROUNDS = 7, IN_MEMORY = 200, PROCESSORS = 64, STEPS_MOST = 16, ROOM = 32768 };

static double thread_cpu(void)
{
	struct timespec t;
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static SSL_CTX *context_of(const SSL_METHOD *method, const char *certificate, const char *ca)
{
	SSL_CTX *c = SSL_CTX_new(method);
	if (c == NULL || SSL_CTX_use_certificate_chain_file(c, certificate) != 1
	    || SSL_CTX_use_PrivateKey_file(c, certificate, SSL_FILETYPE_PEM) != 1
	    || SSL_CTX_load_verify_locations(c, ca, NULL) != 1) {
		fprintf(stderr, "bench: %s cannot be used\n", certificate);
		exit(1);
	}
	SSL_CTX_set_verify(c, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
	SSL_CTX_set_num_tickets(c, 0);
	return c;
}

/* Seconds of processor of the server's side. */
static double shake_in_memory(SSL_CTX *server_context, SSL_CTX *client_context)
{
	SSL *server = SSL_new(server_context), *client = SSL_new(client_context);
	BIO *near = NULL, *far = NULL;
	double spent = 0;
	int left = STEPS_MOST;
	BIO_new_bio_pair(&near, ROOM, &far, ROOM);
	SSL_set_bio(server, near, near);
	SSL_set_bio(client, far, far);
	SSL_set_accept_state(server);
	SSL_set_connect_state(client);
	while (left-- > 0 && !(SSL_is_init_finished(server) && SSL_is_init_finished(client))) {
		SSL_do_handshake(client);
		double begun = thread_cpu();
		SSL_do_handshake(server);
		spent += thread_cpu() - begun;
	}
	if (!SSL_is_init_finished(server)) {
		fprintf(stderr, "bench: no handshake in memory\n");
		exit(1);
	}
	SSL_free(server);
	SSL_free(client);
	return spent;
}

struct pair {
	SSL_CTX *server, *client;
	double seconds; /* of the server's sides */
};

static void *shake_all(void *self)
{
	struct pair *p = self;
	p->seconds = 0;
	for (unsigned n = 0; n < IN_MEMORY; n++)
		p->seconds += shake_in_memory(p->server, p->client);
	return NULL;
}

/* Of one, by so many threads at once, each with contexts of its own. */
static double shake_beside(struct pair *pairs, unsigned count)
{
	pthread_t threads[PROCESSORS];
	double seconds = 0;
	for (unsigned i = 0; i < count; i++)
		if (pthread_create(&threads[i], NULL, shake_all, &pairs[i]) != 0)
			exit(1);
	for (unsigned i = 0; i < count; i++) {
		pthread_join(threads[i], NULL);
		seconds += pairs[i].seconds;
	}
	return seconds / count / IN_MEMORY;
}

static double in_memory_us(const struct place *p)
{
	char certificate[256];
	double each[ROUNDS];
	struct pair pairs[PROCESSORS];
	long processors = sysconf(_SC_NPROCESSORS_ONLN);
	unsigned count = processors < 1            ? 1
			 : processors < PROCESSORS ? (unsigned)processors
						   : PROCESSORS;
	snprintf(certificate, sizeof certificate, "%s/region/pki/server.pem", p->directory);
	for (unsigned i = 0; i < count; i++) {
		pairs[i].server = context_of(TLS_server_method(), certificate, p->ca);
		pairs[i].client = context_of(TLS_client_method(), p->b_clinic, p->ca);
	}
	for (unsigned i = 0; i < ROUNDS; i++)
		each[i] = shake_beside(pairs, count) * 1e6;
	for (unsigned i = 0; i < count; i++) {
		SSL_CTX_free(pairs[i].server);
		SSL_CTX_free(pairs[i].client);
	}
	return spread_of(each, ROUNDS).median;
}

void bench_shake(struct bench *b)
{
	struct measured m;
	bench_server(b);
	struct load_plan plan = { .target = place_target(&b->place, b->place.b_clinic),
				  .clients = CLIENTS,
				  .anew = true };
	double memory = in_memory_us(&b->place);
	rounds_run(&b->rounds, &plan, NULL, &m);
	printf("%-22s %7.0f [%6.0f..%6.0f]/s, %.0f us of the server's processor each, %.0f in "
	       "memory, %.2f of it",
	       "cold handshakes", m.rate.median, m.rate.least, m.rate.most, m.cpu_us, memory,
	       memory / m.cpu_us);
	if (m.failed != 0)
		printf(" FAILED %llu: %s", (unsigned long long)m.failed, m.why);
	bench_goal(b, m.failed == 0 && memory / m.cpu_us >= 0.8, "0.8");
}
