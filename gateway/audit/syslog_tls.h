/* gateway/audit/syslog_tls.h: one connection to an Audit Record Repository, RFC 5425 over TLS.
 *
 * Blocking, with time limits; used by one courier thread. A batch is: open, send each, close. Only
 * syslog_tls_close() says whether the repository took everything: TLS keeps the order, so an
 * orderly end from the other side, after ours and having received ours, comes after all we sent has
 * been read there. An end before ours says nothing of the kind. */
#ifndef GATEWAY_AUDIT_SYSLOG_TLS_H
#define GATEWAY_AUDIT_SYSLOG_TLS_H

#include <openssl/types.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gateway/base/bytes.h"

struct syslog_tls;

/* What was read of a peer's files, for its connections after the first: as long as the files are
 * the same ones, unchanged. Begins as zero; ends with syslog_tls_forget(). One thread. */
struct syslog_tls_kept {
	SSL_CTX *context;
	struct syslog_tls_file {
		uint64_t device, number, size, written, written_ns, changed, changed_ns;
	} ca, certificate;
};

struct syslog_tls_peer {
	const char *host;
	unsigned port;
	/* PEM files; certificate: chain and key, NULL: none shown */
	const char *ca, *certificate;
	struct syslog_tls_kept *kept; /* NULL: they are read for each connection */
};

enum { SYSLOG_WHY = 160 };

/* NULL with a sentence in why. cancel_fd: becomes readable when we are to give up at once. */
struct syslog_tls *syslog_tls_open(const struct syslog_tls_peer *peer, int cancel_fd,
				   char why[SYSLOG_WHY]);
bool syslog_tls_send(struct syslog_tls *s, struct bytes frame, char why[SYSLOG_WHY]);
/* Ends the connection and frees s; true: all that was sent has been read by the other side. */
bool syslog_tls_close(struct syslog_tls *s, char why[SYSLOG_WHY]);
/* After a failure: frees s without waiting. NULL is fine. */
void syslog_tls_drop(struct syslog_tls *s);
void syslog_tls_forget(struct syslog_tls_kept *kept);

#endif
