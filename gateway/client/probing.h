/* gateway/client/probing.h: one try of a partner while it is under way. Known to probe*.c only. */
#ifndef GATEWAY_CLIENT_PROBING_H
#define GATEWAY_CLIENT_PROBING_H

#include <openssl/ssl.h>

#include "gateway/client/answer_body.h"
#include "gateway/client/curl_handle.h"
#include "gateway/client/probe.h"

enum { PROBE_ANSWER_MOST = 1 << 20 };

struct probing {
	struct arena *arena;
	const struct partner *partner;
	const struct probe_message *message;
	const atomic_bool *stopping;
	struct probed *out;
	CURL *curl;
	struct curl_slist *headers, *places;
	char error[CURL_ERROR_SIZE];
	/* Noted within libcurl and OpenSSL, which no jump may cross. */
	SSL *ssl; /* libcurl's, from the end of the handshake on */
	curl_socket_t fd;
	bool connected;               /* TLS could begin */
	X509 *leaf;                   /* theirs, counted */
	long verified;                /* why it does not hold; X509_V_OK */
	const char *unstapled;        /* why no OCSP answer that holds came beside it; or NULL */
	int alert;                    /* they sent; -1 */
	const char *protocol, *suite; /* static; NULL: the handshake has not ended */
	struct answer_body body;
	bool too_large;
};

/* probe_tls.c: what TLS does is noted. */
void probing_watch(struct probing *p);
/* ... and told: what was seen of theirs, and how the handshake ended. */
void probing_tell_tls(struct probing *p);

/* probe_rows.c: the try ends with that, in these words. */
void probing_fail(struct probing *p, enum probe_finding f, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* ... because of their certificate. */
void probing_fail_certificate(struct probing *p, long error);
/* As much of a text from outside as is UTF-8. */
const char *probing_text(struct arena *a, const char *text);
bool probing_is_stopped(const struct probing *p);

/* probe_outcome.c: what libcurl's end of it means. */
void probing_conclude(struct probing *p, CURLcode code);

/* probe_mllp.c: the connection stands; false: it failed. body is the answer. */
bool probing_ask_mllp(struct probing *p);

/* probe_message.c: what they answered. */
void probing_read_soap(struct probing *p);
void probing_read_hl7(struct probing *p);

#endif
