/* gateway/transport/ocsp_answers.h: what responders said of the certificates this node meets, so
 * that a handshake has it at hand and asks nobody.
 *
 * A handshake looks here and goes on; a certificate that is met first is remembered, and whoever
 * refreshes asks about it (gateway/ocsp_asking.h). Of one that nobody has met or named for a day
 * nothing more is asked. A word is never taken back by an older one. Thread-safe; nothing here
 * blocks for longer than a look at a table. */
#ifndef GATEWAY_TRANSPORT_OCSP_ANSWERS_H
#define GATEWAY_TRANSPORT_OCSP_ANSWERS_H

#include "gateway/transport/ocsp.h"

struct ocsp_answers;

/* Certificates kept; of more nothing is known, and it is as if nothing had been said. */
enum { OCSP_ANSWERS_MOST = 8192 };

/* What a door says about those who come. */
struct ocsp_terms {
	enum ocsp_setting setting;
	unsigned max_age;      /* seconds */
	unsigned every;        /* seconds from one question to the next */
	const char *responder; /* asked instead of the one that the certificate names; or NULL */
};

struct ocsp_answers *ocsp_answers_create(const struct clock *c); /* NULL: no memory */
void ocsp_answers_destroy(struct ocsp_answers *a);               /* NULL is fine */
/* Called, from any thread, when something is to be asked sooner than before; briefly. */
void ocsp_answers_on_due(struct ocsp_answers *a, void (*due)(void *self), void *self);

/* What becomes of whoever shows that certificate, whose chain holds. issuer NULL: it is trusted
 * directly, nobody speaks about it, and it is let in: taking it off the file revokes it. */
enum ocsp_case ocsp_answers_judge(struct ocsp_answers *a, X509 *leaf, X509 *issuer,
				  const struct ocsp_terms *terms);
/* Is asked about from now on. staple: ours, whose answer is kept whole. */
void ocsp_answers_want(struct ocsp_answers *a, X509 *leaf, X509 *issuer,
		       const struct ocsp_terms *terms, bool staple);
/* The answer of that certificate of ours, if it says good and is current: a copy, to be freed by
 * OPENSSL_free(). 0: there is none. */
size_t ocsp_answers_staple(struct ocsp_answers *a, const unsigned char sha256[OCSP_SHA256],
			   unsigned char **copy);

/* ---- Whoever refreshes ---- */

struct ocsp_due {
	unsigned char sha256[OCSP_SHA256];
	X509 *leaf, *issuer; /* the caller's: X509_free() */
	bool staple;         /* ours */
	char responder[OCSP_URL_MOST];
};

/* The next that is to be asked about now; it is under way until put or failed. False: none is. */
bool ocsp_answers_next(struct ocsp_answers *a, struct ocsp_due *out);
/* Microseconds until the next one is; less than 0: none will be. */
int64_t ocsp_answers_wait(struct ocsp_answers *a);

enum ocsp_put {
	OCSP_PUT,       /* and nobody who was let in is not any more */
	OCSP_PUT_WORSE, /* whoever shows it may be connected, and is refused now */
	OCSP_PUT_OLDER, /* not taken: something newer was said before */
};
/* What was said, and when that was learned (by us, or by a node that wrote it down). answer: its
 * octets, kept of ours; or none. */
enum ocsp_put ocsp_answers_put(struct ocsp_answers *a, const unsigned char sha256[OCSP_SHA256],
			       const struct ocsp_said *said, instant learned, struct bytes answer);
/* why: static. Asked again soon, and later each time, up to its usual time. */
void ocsp_answers_failed(struct ocsp_answers *a, const unsigned char sha256[OCSP_SHA256],
			 const char *why);

/* ---- Whoever looks ---- */

struct ocsp_seen {
	unsigned char sha256[OCSP_SHA256];
	struct ocsp_said said;
	instant learned;   /* 0: never */
	instant failing;   /* since when nothing was learned although it was asked; 0: it was */
	const char *why;   /* static, or NULL */
	bool wanted;       /* it is asked about: this node has met it lately */
	bool staple, must; /* ours; and it insists on an answer beside it */
	bool askable;      /* there is a responder */
	char responder[OCSP_URL_MOST];
};
/* Of each, in no order. */
void ocsp_answers_each(struct ocsp_answers *a, void (*look)(void *with, const struct ocsp_seen *s),
		       void *with);
/* How many certificates were met that had no place. */
unsigned ocsp_answers_left_out(struct ocsp_answers *a);

#endif
