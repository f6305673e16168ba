/* store/exchange_said.h: what was said in one exchange, both ways, as its body is kept
 * (store/exchange_bodies.h): what the door knew of it, so that it can be asked again, and whose
 * records it touched, so that a look at it stands in their trails. Texts are "" where there is
 * none; all is borrowed from the octets it was read of. */
#ifndef STORE_EXCHANGE_SAID_H
#define STORE_EXCHANGE_SAID_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gateway/base/bytes.h"
#include "gateway/base/clock.h"

enum { SAID_HEADERS_MOST = 8, SAID_SUBJECTS_MOST = 1024 };

struct said_header {
	const char *name, *value;
};

/* One way of it. */
struct said_part {
	struct bytes octets; /* empty: what is not kept whole is not kept */
	uint64_t length;     /* of all that came, or left */
	bool whole;          /* octets are all of it */
};

struct exchange_said {
	instant at;
	const char *transaction; /* "": it was refused before it had one */
	const char *problem;     /* "": it was done */
	const char *door, *method, *path, *query, *url, *address;
	unsigned port;
	const char *certificate;                       /* sha256 of its DER, in hexadecimal */
	const char *subject;                           /* of that certificate */
	struct said_header headers[SAID_HEADERS_MOST]; /* of the request, those that say how to read
							  it */
	size_t header_count;
	struct said_part request, answer;
	unsigned status; /* HTTP's; 0: it was not asked by HTTP */
	const char *content_type;
	bool elsewhere; /* the answer went to an address that the request named */
	/* Patient records (store/identity.h). */
	const uint64_t *subjects;
	size_t subject_count;
};

struct bytes exchange_said_write(struct arena *a, const struct exchange_said *s);
/* False: they are no such octets. */
bool exchange_said_read(struct arena *a, struct bytes octets, struct exchange_said *out);

#endif
