/* tests/bench/arr.c: an Audit Record Repository that remembers numbers. */
#include "tests/bench/arr.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/ssl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

/* Frames are 32,768 octets at most, and what is left of one stays in front. */
enum { ROOM = 1 << 18, NUMBERS = 1 << 27, LENGTH_DIGITS = 10 };

struct arr {
	unsigned port;
	SSL_CTX *tls;
	pthread_t thread;
	pthread_mutex_t lock; /* of what follows */
	pthread_cond_t changed;
	bool away, ending, idle; /* idle: nothing is open */
	int listener, connection;
	struct arr_figures figures;
	_Atomic uint64_t *seen; /* by number: a digest, never 0 */
	unsigned char octets[ROOM];
	size_t have;
	uint64_t before; /* the number before it on this connection */
	uint64_t loses;  /* as if it had never left; 0: none */
};

static _Noreturn void give_up(const char *what)
{
	perror(what);
	exit(1);
}

/* ---- What came ---- */

/* FNV-1a: who changes records on purpose is not what is looked for here. */
static uint64_t digest(const unsigned char *data, size_t length)
{
	uint64_t h = UINT64_C(14695981039346656037);
	for (size_t i = 0; i < length; i++)
		h = (h ^ data[i]) * UINT64_C(1099511628211);
	return h | 1;
}

static uint64_t number_of(const unsigned char *frame, size_t length)
{
	static const char mark[] = " [meta sequenceId=\"";
	const unsigned char *at = memmem(frame, length < 512 ? length : 512, mark, strlen(mark));
	return at == NULL ? 0 : strtoull((const char *)at + strlen(mark), NULL, 10);
}

static void take(struct arr *r, const unsigned char *frame, size_t length)
{
	uint64_t number = number_of(frame, length), is = digest(frame, length);
	pthread_mutex_lock(&r->lock);
	struct arr_figures *f = &r->figures;
	if (number != 0 && number == r->loses) {
		pthread_mutex_unlock(&r->lock);
		return;
	}
	f->records++;
	if (number == 0 || number >= NUMBERS) {
		f->odd++;
	} else {
		uint64_t was = atomic_load(&r->seen[number]);
		f->repeats += was == is;
		f->changed += was != 0 && was != is;
		f->back += number <= r->before;
		f->last = number > f->last ? number : f->last;
		r->before = number;
		atomic_store(&r->seen[number], is);
	}
	pthread_mutex_unlock(&r->lock);
}

/* RFC 5425 4.3: MSG-LEN SP SYSLOG-MSG. False: it is none. */
static bool take_frames(struct arr *r)
{
	size_t at = 0;
	for (;;) {
		size_t length = 0, digits = 0, left = r->have - at;
		const unsigned char *p = r->octets + at;
		while (digits < left && digits < LENGTH_DIGITS && p[digits] >= '0'
		       && p[digits] <= '9')
			length = length * 10 + (size_t)(p[digits++] - '0');
		if (digits == left
		    || (digits != 0 && p[digits] == ' ' && left < digits + 1 + length))
			break;
		if (digits == 0 || p[digits] != ' ' || length >= ROOM / 2)
			return false;
		take(r, p + digits + 1, length);
		at += digits + 1 + length;
	}
	memmove(r->octets, r->octets + at, r->have - at);
	r->have -= at;
	return true;
}

static void serve(struct arr *r, SSL *ssl)
{
	int got;
	r->have = 0;
	r->before = 0;
	if (SSL_accept(ssl) != 1)
		return;
	while ((got = SSL_read(ssl, r->octets + r->have, (int)(ROOM - r->have))) > 0) {
		r->have += (size_t)got;
		pthread_mutex_lock(&r->lock);
		r->figures.octets += (uint64_t)got;
		pthread_mutex_unlock(&r->lock);
		if (!take_frames(r)) {
			pthread_mutex_lock(&r->lock);
			r->figures.odd++;
			pthread_mutex_unlock(&r->lock);
			return;
		}
	}
	if (SSL_get_error(ssl, got) == SSL_ERROR_ZERO_RETURN)
		SSL_shutdown(ssl);
}

/* ---- Whether it is there ---- */

static int listen_at(unsigned port)
{
	struct sockaddr_in address = { .sin_family = AF_INET,
				       .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
				       .sin_port = htons((uint16_t)port) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), yes = 1;
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
	if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof address) != 0
	    || listen(fd, 8) != 0)
		give_up("the repository's port");
	return fd;
}

/* -1: it is to end. Until somebody comes, or it goes away. */
static int next_connection(struct arr *r)
{
	int fd = -1;
	pthread_mutex_lock(&r->lock);
	r->connection = -1;
	while (fd < 0 && !r->ending) {
		if (r->away) {
			if (r->listener >= 0)
				close(r->listener);
			r->listener = -1;
			r->idle = true;
			pthread_cond_broadcast(&r->changed);
			pthread_cond_wait(&r->changed, &r->lock);
			continue;
		}
		if (r->listener < 0)
			r->listener = listen_at(r->port);
		r->idle = false;
		pthread_cond_broadcast(&r->changed);
		int listener = r->listener;
		pthread_mutex_unlock(&r->lock);
		fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
		pthread_mutex_lock(&r->lock);
		if (fd >= 0 && r->away) {
			close(fd);
			fd = -1;
		}
	}
	r->connection = fd;
	pthread_mutex_unlock(&r->lock);
	return fd;
}

static void *run(void *self)
{
	struct arr *r = self;
	pthread_setname_np(pthread_self(), "arr");
	for (int fd; (fd = next_connection(r)) >= 0;) {
		SSL *ssl = SSL_new(r->tls);
		SSL_set_fd(ssl, fd);
		pthread_mutex_lock(&r->lock);
		r->figures.connections++;
		pthread_mutex_unlock(&r->lock);
		serve(r, ssl);
		SSL_free(ssl);
		pthread_mutex_lock(&r->lock);
		r->connection = -1;
		pthread_mutex_unlock(&r->lock);
		close(fd);
	}
	return NULL;
}

struct arr *arr_start(unsigned port, const char *certificate)
{
	struct arr *r = calloc(1, sizeof *r);
	r->port = port;
	r->listener = r->connection = -1;
	r->idle = true;
	pthread_mutex_init(&r->lock, NULL);
	pthread_cond_init(&r->changed, NULL);
	r->tls = SSL_CTX_new(TLS_server_method());
	r->seen = mmap(NULL, NUMBERS * sizeof *r->seen, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (r->seen == MAP_FAILED || SSL_CTX_use_certificate_chain_file(r->tls, certificate) != 1
	    || SSL_CTX_use_PrivateKey_file(r->tls, certificate, SSL_FILETYPE_PEM) != 1
	    || pthread_create(&r->thread, NULL, run, r) != 0)
		give_up(certificate);
	pthread_mutex_lock(&r->lock);
	while (r->idle)
		pthread_cond_wait(&r->changed, &r->lock);
	pthread_mutex_unlock(&r->lock);
	return r;
}

/* Whoever waits in accept() or read() is woken by the end of what he waits on. */
static void interrupt(struct arr *r)
{
	if (r->listener >= 0)
		shutdown(r->listener, SHUT_RDWR);
	if (r->connection >= 0)
		shutdown(r->connection, SHUT_RDWR);
	pthread_cond_broadcast(&r->changed);
}

void arr_go_away(struct arr *r)
{
	pthread_mutex_lock(&r->lock);
	r->away = true;
	interrupt(r);
	while (!r->idle)
		pthread_cond_wait(&r->changed, &r->lock);
	pthread_mutex_unlock(&r->lock);
}

void arr_come_back(struct arr *r)
{
	pthread_mutex_lock(&r->lock);
	r->away = false;
	pthread_cond_broadcast(&r->changed);
	while (r->idle)
		pthread_cond_wait(&r->changed, &r->lock);
	pthread_mutex_unlock(&r->lock);
}

void arr_lose(struct arr *r, uint64_t number)
{
	pthread_mutex_lock(&r->lock);
	r->loses = number;
	pthread_mutex_unlock(&r->lock);
}

struct arr_figures arr_look(struct arr *r)
{
	pthread_mutex_lock(&r->lock);
	struct arr_figures f = r->figures;
	pthread_mutex_unlock(&r->lock);
	return f;
}

bool arr_has(struct arr *r, uint64_t number)
{
	return number < NUMBERS && atomic_load(&r->seen[number]) != 0;
}

void arr_end(struct arr *r)
{
	pthread_mutex_lock(&r->lock);
	r->ending = true;
	interrupt(r);
	pthread_mutex_unlock(&r->lock);
	pthread_join(r->thread, NULL);
	if (r->listener >= 0)
		close(r->listener);
	munmap((void *)r->seen, NUMBERS * sizeof *r->seen);
	SSL_CTX_free(r->tls);
	free(r);
}
