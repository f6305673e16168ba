/* gateway/client/probe.h: one partner is tried, step by step, and what failed is told in words.
 *
 * Everything is as it is of every call of ours (curl_handle.h): address, authorities, name, our own
 * certificate and key. What is sent is the caller's, and has to be harmless: it is sent once. A
 * connection of its own, so that none that is kept answers instead.
 *
 * It blocks, for connect-within and answer-within of the partner at most: for a thread that may
 * wait (gateway/long_work.h). One thread at a time per try. */
#ifndef GATEWAY_CLIENT_PROBE_H
#define GATEWAY_CLIENT_PROBE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

#include "gateway/base/bytes.h"
#include "schemas/model/partner.h"

struct arena;
struct soap_call;
struct soap_sent;

/* In the order they are taken. */
enum probe_step {
	PROBE_ADDRESS,
	PROBE_CONNECTION,
	PROBE_CERTIFICATE, /* theirs */
	PROBE_TLS,         /* and whether they take ours */
	PROBE_ANSWER,      /* HTTP, or MLLP */
	PROBE_MESSAGE,     /* SOAP, or HL7 v2 */
	PROBE_STEPS
};
const char *probe_step_name(enum probe_step s); /* "address" */

/* What it comes to. */
enum probe_finding {
	PROBE_WELL,
	PROBE_CANCELLED,
	PROBE_NO_ADDRESS,
	PROBE_REFUSED,
	PROBE_UNREACHABLE,
	PROBE_CONNECT_TIME,
	PROBE_OUR_FILES,
	PROBE_CERTIFICATE_FAILS, /* its name and words are those of tls_words.h */
	PROBE_NO_TLS,
	PROBE_TLS_TIME,
	PROBE_TLS_ENDED,
	PROBE_TLS_PROTOCOL,
	PROBE_TLS_WEAK,
	PROBE_NOT_STAPLED,
	PROBE_TLS_ALERT,
	PROBE_SILENT,
	PROBE_CLOSED,
	PROBE_BROKE_OFF,
	PROBE_NOT_HTTP,
	PROBE_FRAMING,
	PROBE_TOO_LARGE,
	PROBE_REDIRECT,
	PROBE_HTTP_STATUS,
	PROBE_CONTENT_TYPE,
	PROBE_MALFORMED,
	PROBE_OTHER_ANSWER,
	PROBE_FAULT,
	PROBE_NOT_TAKEN, /* an HL7 v2 message that is to be */
	PROBE_FINDINGS
};

/* How bad it is, for who only wants to know that. */
enum probe_sort { PROBE_IS_WELL, PROBE_IS_WRONG, PROBE_IS_REFUSED, PROBE_IS_AWAY };

struct probe_row {
	const char *name; /* "refused" */
	enum probe_step at;
	enum probe_sort sort;
	const char *remedy; /* for the operator */
};
const struct probe_row *probe_row(enum probe_finding f);

/* One of the two. */
struct probe_message {
	const struct soap_sent *soap;
	struct bytes hl7;
	const char *control_id; /* MSH-10 of hl7 */
	bool accepted;          /* hl7 is to be taken (AA, CA): anything else has failed */
};
/* A question that names nobody: for soap. url and more are the caller's. */
extern const struct soap_call probe_stored_query;

struct probe_certificate {
	const char *subject, *issuer; /* RFC 2253; NULL: none was seen */
	const char *names;            /* of hosts and addresses it bears, apart by blanks; or "" */
	const char *begins, *ends;    /* "Jan 15 09:30:00 2026 GMT" */
	const char *sha256;           /* of its DER, lower-case hex */
};

/* Lives in the arena. Texts hold, beside our words, what the partner said of itself: its
 * certificate, its HTTP status, code and reason of its fault. */
struct probed {
	enum probe_finding finding;
	const char *name, *what, *remedy; /* of what failed; what is NULL when nothing did */
	/* Of each step that was well, what was seen; NULL: it failed, or was not come to. */
	const char *seen[PROBE_STEPS];
	struct probe_certificate theirs;
	const char *address, *protocol, *suite; /* NULL: not known */
	int alert;                              /* they sent; -1: none */
	int status;                             /* HTTP's; 0: none */
	const char *content_type;               /* NULL: none */
	const char *fault_code, *fault_reason;  /* NULL: no fault */
};

/* stopping: it ends where it is when that is set; NULL: never. */
void probe_partner(struct arena *a, const struct partner *p, const struct probe_message *m,
		   const atomic_bool *stopping, struct probed *out);

#endif
