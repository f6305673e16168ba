/* tests/bench/partners.c: many communities' Responding Gateways in one process, which take next to
 * no time themselves.
 *
 *     partners CERTIFICATE MILLISECONDS WORD=FILE...
 *
 * A request to /N is partner N's. Its answer is the first FILE whose WORD stands in the request
 * (AdhocQueryRequest, RetrieveDocumentSetRequest, PRPA_IN201305UV02), so many milliseconds after it
 * was read, with {number}, {relates} (its MessageID) and {patient} (its first patient id) in it.
 * The port is the first line said. Then each line read is answered by one: "silent N" makes the
 * first N answer nothing, "took" tells the longest, in microseconds, that an answer took since that
 * was asked last, "waiting" how many requests have no answer. The end of the input ends it. */
#include <arpa/inet.h>
#include <errno.h>
#include <event2/event.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { KINDS = 8, REQUEST = 64 << 10, BACKLOG = 4096, WORDS = 64, PATIENT = 512 };

struct kind {
	const char *word; /* of the request */
	char *answer;     /* what it is made of */
};

struct partners {
	struct event_base *base;
	SSL_CTX *tls;
	struct timeval delay;
	struct kind kinds[KINDS];
	unsigned kind_count, silent, waiting;
	double took;
};

struct line {
	struct partners *all;
	SSL *ssl;
	int fd;
	struct event *can_read, *is_due;
	double came;
	bool waits; /* for ever */
	size_t have, out_length;
	char *out;
	char in[REQUEST];
};

struct given {
	const char *name;
	char text[PATIENT];
};

static void fail(const char *what)
{
	perror(what);
	ERR_print_errors_fp(stderr);
	exit(1);
}

static double now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* ---- What is answered ---- */

static void between(char out[PATIENT], const char *text, const char *after, char open, char close)
{
	const char *at = strstr(text, after), *from = at == NULL ? NULL : strchr(at, open);
	const char *end = from == NULL ? NULL : strchr(from + 1, close);
	out[0] = '\0';
	if (end != NULL && end - from < PATIENT)
		snprintf(out, PATIENT, "%.*s", (int)(end - from - 1), from + 1);
}

static const char *given_at(const struct given *given, size_t count, const char *at, size_t *skip)
{
	for (size_t i = 0; i < count; i++) {
		*skip = strlen(given[i].name);
		if (strncmp(at, given[i].name, *skip) == 0)
			return given[i].text;
	}
	return NULL;
}

static char *filled(const char *template, const struct given *given, size_t count, size_t *length)
{
	char *out = NULL;
	FILE *to = open_memstream(&out, length);
	if (to == NULL)
		fail("open_memstream");
	while (*template != '\0') {
		size_t plain = strcspn(template, "{"), skip;
		fwrite(template, 1, plain, to);
		template += plain;
		if (*template == '\0')
			break;
		const char *text = given_at(given, count, template, &skip);
		if (text == NULL)
			fputc('{', to);
		else
			fputs(text, to);
		template += text == NULL ? 1 : skip;
	}
	fclose(to);
	return out;
}

static const char *template_of(const struct partners *p, const char *request)
{
	for (unsigned i = 0; i < p->kind_count; i++)
		if (strstr(request, p->kinds[i].word) != NULL)
			return p->kinds[i].answer;
	fprintf(stderr, "partners: nothing answers this: %.2000s\n", request);
	exit(1);
}

static void compose(struct line *l, unsigned number)
{
	enum { NUMBER, RELATES, OF_PATIENT, GIVEN };
	struct given given[GIVEN] = { { "{number}", "" },
				      { "{relates}", "" },
				      { "{patient}", "" } };
	size_t length;
	snprintf(given[NUMBER].text, PATIENT, "%u", number);
	between(given[RELATES].text, l->in, "MessageID", '>', '<');
	between(given[OF_PATIENT].text, l->in, "PatientId", '\'', '\'');
	char *body = filled(template_of(l->all, l->in), given, GIVEN, &length);
	int whole = asprintf(&l->out,
			     "HTTP/1.1 200 OK\r\nContent-Type: application/soap+xml; "
			     "charset=UTF-8\r\nContent-Length: %zu\r\n\r\n%s",
			     length, body);
	free(body);
	if (whole < 0)
		fail("asprintf");
	l->out_length = (size_t)whole;
}

/* ---- One connection, one request at a time ---- */

static void hang_up(struct line *l)
{
	l->all->waiting -= l->waits;
	event_free(l->can_read);
	event_free(l->is_due);
	SSL_free(l->ssl);
	close(l->fd);
	free(l->out);
	free(l);
}

/* An answer is small beside what a socket takes. */
static void answer(int fd, short what, void *with)
{
	struct line *l = with;
	(void)fd, (void)what;
	if (SSL_write(l->ssl, l->out, (int)l->out_length) != (int)l->out_length) {
		hang_up(l);
		return;
	}
	double took = now() - l->came;
	if (took > l->all->took)
		l->all->took = took;
	free(l->out);
	l->out = NULL;
	l->have = 0;
}

/* Is one there whole? */
static bool whole(struct line *l)
{
	l->in[l->have] = '\0';
	const char *end = strstr(l->in, "\r\n\r\n");
	const char *said = end == NULL ? NULL : strcasestr(l->in, "\r\nContent-Length:");
	if (said == NULL)
		return false;
	return l->have >= (size_t)(end + 4 - l->in) + strtoul(said + 17, NULL, 10);
}

static void take(struct line *l)
{
	unsigned number = (unsigned)strtoul(l->in + strlen("POST /"), NULL, 10);
	if (l->out != NULL || l->waits)
		return;
	l->came = now();
	if (number < l->all->silent) {
		l->waits = true;
		l->all->waiting++;
		return;
	}
	compose(l, number);
	event_add(l->is_due, &l->all->delay);
}

static void go_on(int fd, short what, void *with)
{
	struct line *l = with;
	(void)fd, (void)what;
	for (;;) {
		size_t room = REQUEST - 1 - l->have;
		ERR_clear_error();
		int got = room == 0 ? -1 : SSL_read(l->ssl, l->in + l->have, (int)room);
		if (got > 0) {
			l->have += (size_t)got;
			if (whole(l))
				take(l);
			continue;
		}
		int why = SSL_get_error(l->ssl, got);
		if (room == 0 || (why != SSL_ERROR_WANT_READ && why != SSL_ERROR_WANT_WRITE))
			hang_up(l);
		return;
	}
}

static void arrive(int listener, short what, void *with)
{
	struct partners *p = with;
	int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC), on = 1;
	(void)what;
	if (fd < 0)
		return;
	struct line *l = calloc(1, sizeof *l);
	SSL *ssl = SSL_new(p->tls);
	if (l == NULL || ssl == NULL)
		fail("a connection");
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
	SSL_set_fd(ssl, fd);
	SSL_set_accept_state(ssl);
	l->all = p;
	l->ssl = ssl;
	l->fd = fd;
	l->can_read = event_new(p->base, fd, EV_READ | EV_PERSIST, go_on, l);
	l->is_due = event_new(p->base, -1, 0, answer, l);
	event_add(l->can_read, NULL);
}

/* ---- What the bench says ---- */

static void listen_to(int fd, short what, void *with)
{
	struct partners *p = with;
	char said[WORDS];
	(void)fd, (void)what;
	/* The bench waits for each answer, so there is never more than one line. */
	ssize_t got = read(STDIN_FILENO, said, sizeof said - 1);
	if (got <= 0) {
		event_base_loopbreak(p->base);
		return;
	}
	said[got] = '\0';
	long told = 0;
	if (sscanf(said, "silent %u", &p->silent) == 1)
		told = p->silent;
	else if (strncmp(said, "waiting", 7) == 0)
		told = p->waiting;
	else if (strncmp(said, "took", 4) == 0) {
		told = (long)(p->took * 1e6);
		p->took = 0;
	}
	printf("%ld\n", told);
	fflush(stdout);
}

static char *read_whole(const char *path)
{
	char *text = NULL;
	size_t room = 0;
	FILE *from = fopen(path, "re");
	if (from == NULL || getdelim(&text, &room, '\0', from) < 0)
		fail(path);
	fclose(from);
	return text;
}

static void configure(struct partners *p, int argc, char **argv)
{
	long ms = strtol(argv[2], NULL, 10);
	p->delay = (struct timeval){ .tv_sec = ms / 1000, .tv_usec = ms % 1000 * 1000 };
	p->tls = SSL_CTX_new(TLS_server_method());
	if (p->tls == NULL || SSL_CTX_use_certificate_chain_file(p->tls, argv[1]) != 1
	    || SSL_CTX_use_PrivateKey_file(p->tls, argv[1], SSL_FILETYPE_PEM) != 1)
		fail(argv[1]);
	SSL_CTX_set_mode(p->tls, SSL_MODE_RELEASE_BUFFERS);
	for (int i = 3; i < argc && p->kind_count < KINDS; i++) {
		char *equals = strchr(argv[i], '=');
		if (equals == NULL)
			fail(argv[i]);
		*equals = '\0';
		p->kinds[p->kind_count++] = (struct kind){ .word = argv[i],
							   .answer = read_whole(equals + 1) };
	}
}

static int open_door(void)
{
	struct sockaddr_in at = { .sin_family = AF_INET };
	socklen_t length = sizeof at;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (fd < 0 || bind(fd, (struct sockaddr *)&at, sizeof at) < 0 || listen(fd, BACKLOG) < 0
	    || getsockname(fd, (struct sockaddr *)&at, &length) < 0)
		fail("a port");
	printf("%u\n", ntohs(at.sin_port));
	fflush(stdout);
	return fd;
}

int main(int argc, char **argv)
{
	static struct partners p;
	if (argc < 4) {
		fprintf(stderr, "usage: partners CERTIFICATE MILLISECONDS WORD=FILE...\n");
		return 2;
	}
	signal(SIGPIPE, SIG_IGN);
	/* Timers of a whole millisecond would be felt in what is measured. */
	struct event_config *how = event_config_new();
	event_config_set_flag(how, EVENT_BASE_FLAG_PRECISE_TIMER);
	p.base = event_base_new_with_config(how);
	event_config_free(how);
	configure(&p, argc, argv);
	event_add(event_new(p.base, open_door(), EV_READ | EV_PERSIST, arrive, &p), NULL);
	event_add(event_new(p.base, STDIN_FILENO, EV_READ | EV_PERSIST, listen_to, &p), NULL);
	event_base_dispatch(p.base);
	return 0;
}
