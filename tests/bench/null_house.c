/* tests/bench/null_house.c: a handler that does nothing. */
#include "tests/bench/null_house.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

struct nothing {
	struct message *message;
	struct null_house *house;
	struct answer answer;
};

static void *arrive(void *self, struct message *m, const struct head *head, int *refusal)
{
	struct null_house *h = self;
	struct nothing *n = malloc(sizeof *n);
	(void)head;
	*refusal = 503;
	if (n != NULL)
		*n = (struct nothing){ .message = m,
				       .house = h,
				       .answer = { .status = 200,
						   .headers = &h->type,
						   .header_count = 1,
						   .pieces = &h->piece,
						   .piece_count = 1 } };
	return n;
}

static bool body(void *record, struct bytes octets)
{
	(void)record, (void)octets;
	return true;
}

static void whole(void *record)
{
	struct nothing *n = record;
	door_answer(n->message, &n->answer);
}

static void gone(void *record, const char *why)
{
	(void)record, (void)why;
}

static void cut(void *record, int status, const char *why)
{
	(void)record, (void)status, (void)why;
}

static void release(void *record, bool sent)
{
	(void)sent;
	free(record);
}

void null_house_answer(struct null_house *h, size_t length, const char *path)
{
	struct stat s;
	null_house_free(h);
	h->house = (struct house){ .self = h,
				   .arrive = arrive,
				   .body = body,
				   .whole = whole,
				   .gone = gone,
				   .cut = cut,
				   .release = release };
	h->type = (struct header){ "Content-Type", "application/soap+xml; charset=UTF-8" };
	h->piece = (struct piece){ .fd = -1 };
	if (path == NULL) {
		h->piece.octets = (struct bytes){ calloc(1, length), length };
		return;
	}
	h->piece.fd = open(path, O_RDONLY | O_CLOEXEC);
	if (h->piece.fd < 0 || fstat(h->piece.fd, &s) != 0) {
		perror(path);
		exit(1);
	}
	h->piece.length = (uint64_t)s.st_size;
}

/* An empty one is all zeros. */
void null_house_free(struct null_house *h)
{
	if (h->house.self == NULL)
		return;
	free((void *)h->piece.octets.data);
	if (h->piece.octets.data == NULL && h->piece.fd >= 0)
		close(h->piece.fd);
	h->piece = (struct piece){ .fd = -1 };
}
