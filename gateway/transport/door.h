/* gateway/transport/door.h: where messages come in, and where answers go out.
 *
 * A door is a listening socket: HTTPS, MLLP or syslog over TLS, plain HTTP on the loopback address
 * (admin), or HTTP on a local socket (the operator's tool). It knows bytes, sockets and
 * certificates; it does not know XML, HL7 or patients. What stands behind it is a `struct house`.
 * There may be several doors of a kind; each has a name of its own, its own limits and its own
 * share of handshakes.
 *
 * Life of a message, every call on a worker thread, never two at once for one message:
 *
 *	arrive()  the head is complete. The house makes its own record of the message and returns
 *	          it, or fills refusal (an HTTP status) and returns NULL: the body is then not read.
 *	body()    the next octets of the body, as often as needed; false stops reading (the answer
 *	          then comes from whole()). Until body() has returned the door reads no further, or
 *	          one piece of a large body: a slow house slows its peer, memory stays bounded.
 *	cut()     the door takes no more of it: a limit was passed, its framing broke. whole()
 *	          follows, and answers so.
 *	whole()   the body is complete, stopped or cut. The house calls door_answer() exactly once,
 *	          now or later, from any thread.
 *	gone()    instead of whole(): the peer went away, or the door is closing.
 *	          The house must not answer any more; release() follows.
 *	release() the answer has been handed to the kernel (sent true) or could not be. Last call.
 *
 * A body is brought in pieces of up to 64 KiB, one that is large (DOOR_LARGE_BODY) of DOOR_PIECE
 * from there on. arrive() is called with the first of them, so a small message costs one turn of
 * one worker. With `Expect: 100-continue` arrive() comes before any body.
 *
 * For MLLP a message is a frame: head.method is "MLLP", and the answer's body is framed by the
 * door; no pieces, no frame. After a frame that was cut (a start block inside a frame, a frame past
 * its limit) the connection is closed. For syslog-TLS it is as well (RFC 5425): head.method is
 * "SYSLOG", there is no answer but an end of the connection, and no message is shed for having
 * waited, for its sender would never know.
 */
#ifndef GATEWAY_TRANSPORT_DOOR_H
#define GATEWAY_TRANSPORT_DOOR_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gateway/base/bytes.h"

struct arena;
struct log;
struct ocsp_answers;
struct message; /* the door's side of a message, opaque to the house */

enum door_kind { DOOR_HTTPS, DOOR_MLLP, DOOR_ADMIN, DOOR_LOCAL, DOOR_SYSLOG };
/* "https", "mllp", "admin", "local", "syslog" */
const char *door_kind_name(enum door_kind kind);

/* What a TLS door does about clients' certificates. One that is shown must hold, or the handshake
 * is refused, where it is only asked for as well. */
enum client_certificates { CERTIFICATES_REQUIRED, CERTIFICATES_OPTIONAL, CERTIFICATES_NONE };

struct header {
	const char *name, *value; /* as received; compare names without case */
};

/* Borrowed until release(). */
struct head {
	enum door_kind door;
	const char *door_name;
	const char *method; /* "POST"; "MLLP", "SYSLOG" for a frame */
	/* percent-decoded, no query, no dot segments, starts with '/' */
	const char *path;
	const char *query; /* after '?', undecoded; "" if none */
	const struct header *headers;
	size_t header_count;
	int64_t content_length;   /* -1: chunked, or a frame */
	uint64_t peer;            /* a number for it: by certificate, else by address */
	bool loud;                /* it has many under way: others come before it */
	const char *peer_address; /* numeric, without port */
	unsigned peer_port;
	const char *local_url; /* scheme://address:port/path of this door as reached */
	/* The client's certificate, when the door asks for one and one was shown (it then has been
	 * verified). */
	const char *certificate_sha256;  /* of its DER, lower-case hex; NULL without certificate */
	const char *certificate_subject; /* RFC 2253, for people only */
	unsigned peer_uid;               /* DOOR_LOCAL: the user at the other end */
	/* In what a frame departs from MLLP; NULL: in nothing. Known when it is whole. */
	const char *framing;
};

/* first of that name or NULL */
const char *head_header(const struct head *h, const char *name);

/* One piece of an answer's body: octets in memory, or a range of a file. */
struct piece {
	struct bytes octets;
	/* octets.data NULL: length octets from offset; the house closes it */
	int fd;
	uint64_t offset, length;
	const void *name; /* the house's own, of octets it can find again; or NULL */
};

struct answer {
	int status;                   /* HTTP; ignored for MLLP */
	const struct header *headers; /* Content-Length, Date and Connection are the door's own */
	size_t header_count;
	const struct piece *pieces; /* must all stay valid until release() */
	size_t piece_count;
	bool close; /* end the connection after this answer */
};

/* Thread-safe. Everything in answer stays the house's, valid until release(). */
void door_answer(struct message *m, const struct answer *answer);

/* Set when the answer is not wanted any more: the connection has ended (its peer went away, a limit
 * of time has passed), or the service stops and nobody but the operator waits, who will ask again.
 * The house need not look; what takes long does, and ends where it is, but it still answers. Valid
 * until release(). */
const atomic_bool *door_unwanted(const struct message *m);
/* Set with it, and when the peer has ended its side of the connection: most who do have gone, but
 * who only says that nothing more comes still gets the answer. Who asks others on its behalf need
 * not go on. */
const atomic_bool *door_left(const struct message *m);
/* The house itself sets it: whoever asked has said elsewhere that it is not wanted. */
void door_give_up(struct message *m);

enum { REFUSAL_ID = 24 };

/* Why a peer was turned away before there was a message: by its certificate, or by what it sent. */
struct refused_peer {
	enum door_kind door;
	const char *door_name;
	const char *address;
	const char *certificate_sha256; /* NULL: none shown */
	const char *certificate_subject;
	int status; /* HTTP's; 0: node authentication */
	/* Of node authentication: X509_V_ERR_..., or the alert that the peer sent; 0: neither. */
	long verified;
	int alert;
	/* "certificate has expired", "two Host headers", ... never what the peer wrote */
	const char *reason;
	char *id; /* REFUSAL_ID octets: what words() called it, or "" */
};

struct refusal_words {
	int status;
	const char *content_type; /* static */
	char *text;               /* malloc()ed; NULL: the reason as plain text */
};

struct house {
	void *self;
	void *(*arrive)(void *self, struct message *m, const struct head *head, int *refusal);
	bool (*body)(void *record, struct bytes octets);
	void (*whole)(void *record);
	void (*gone)(void *record, const char *why);
	void (*release)(void *record, bool sent);
	/* On a worker thread; may be NULL. */
	void (*refused)(void *self, const struct refused_peer *peer);
	/* Before whole(), on a worker thread. */
	void (*cut)(void *record, int status, const char *why);
	/* What such a peer is answered, in the dialect of the door. On the loop's thread, so
	 * briefly; may be NULL. */
	void (*words)(void *self, struct refused_peer *peer, struct refusal_words *out);
	/* door_left() has become true of some message: look which. Any thread, briefly; may be
	 * NULL. */
	void (*left)(void *self);
	/* Whose certificate this is may have no connection any more: asked of each that is open
	 * when front_look_at_peers() was called, on its loop's thread, briefly. NULL: nobody is. */
	bool (*barred)(void *self, const char *certificate_sha256);
};

/* Those who issue the certificates of other communities' gateways, which come to the same doors. */
struct tls_more_authorities {
	const char *ca, *crl; /* PEM; crl NULL: none, which nobody passes where the door has one */
	const struct tls_more_authorities *next;
};

struct tls_profile_paths {
	const char *certificate; /* PEM: chain and private key, mode 0600 */
	/* PEM bundle of the CAs whose client certificates we accept */
	const char *ca;
	const char *crl;    /* PEM, or one list in DER; NULL: none */
	unsigned crl_grace; /* seconds a list is taken after it should have been replaced */
	/* What responders say of those certificates (gateway/transport/ocsp.h): an enum
	 * ocsp_setting; seconds; whom to ask instead of whom they name, or NULL. */
	unsigned ocsp, ocsp_max_age, ocsp_every;
	const char *ocsp_responder;
	bool ocsp_staple;    /* what they say of ours is sent beside it */
	const char *profile; /* ihe-bcp195, ihe-stx-strict, dicom-b13, tls13-only */
	/* Of a server. CERTIFICATES_NONE: ca, crl and more are not read. */
	enum client_certificates clients;
	const struct tls_more_authorities *const *more; /* NULL, or a list's first */
};

struct door_limits {
	size_t request_line, header_block, headers; /* octets, octets, count */
	uint64_t body;                              /* octets of one HTTP body */
	size_t frame;                               /* octets of one frame */
	/* per certificate once known, else per address */
	unsigned connections, connections_per_peer;
	unsigned handshakes;       /* beside connections: those whose handshake has not ended */
	unsigned descriptors_kept; /* of the process; where fewer are free, none is accepted */
	/* From the first octet of a head or (MLLP) of a frame until it is complete: head_seconds.
	 * From the first octet of a message until its answer is out: total_seconds. */
	unsigned handshake_seconds, head_seconds, idle_seconds, total_seconds;
	/* octets per second of a body and of an answer: averaged, after 5 s; and in every
	 * stall_seconds */
	unsigned least_rate, stall_seconds;
	/* Of a door with TLS: from when a message is ready to be worked on until it is. */
	unsigned begun_seconds;
	/* long connections: certificate against the CRL again */
	unsigned recheck_seconds;
};

enum { DOOR_LARGE_BODY = 1 << 20, DOOR_PIECE = 128 * 1024 };

struct door_settings {
	enum door_kind kind;
	const char *name;             /* no two have the same; copied. NULL: its kind's */
	const char *section;          /* where its limits are configured; copied. NULL: its name */
	const char *address;          /* numeric; for DOOR_LOCAL the socket's path */
	unsigned port;                /* 0 chooses a free one: see front_port() */
	struct tls_profile_paths tls; /* DOOR_HTTPS, DOOR_MLLP, DOOR_SYSLOG */
	/* The HTTPS door has just been opened with the same: one reading and one proof serve
	 * both. */
	bool tls_of_https;
	struct door_limits limits;
	const struct house *house;
	/* What responders said; outlives the front. NULL: nobody asks any. */
	struct ocsp_answers *answers;
	/* Who does what comes in there; NULL: the front's. For new connections when renewed. */
	struct workers *workers;
	/* ... and what is more than DOOR_LARGE_BODY octets, from there on: its documents are hashed
	 * and written to the disk as they come; NULL: the same */
	struct workers *large;
};

extern const struct door_limits door_limits_default; /* each with its reason, in door.c */

/* The event-driven front of the process: its loops, doors and connections. */
struct front;
struct workers;

struct front *front_create(struct workers *workers, unsigned loops, const struct log *log);
/* Opens a door; false with a sentence in why (borrowed, static or in the front). */
bool front_open(struct front *f, const struct door_settings *settings, const char **why);
unsigned front_port(const struct front *f, const char *name); /* 0: no such door is open */
/* Exchanges settings of the open door of that name (limits, TLS files, what it does about clients'
 * certificates, workers) for new connections, after proving them in memory (key fits certificate,
 * in both directions of a handshake); running connections go on, but for those whose certificate,
 * or lack of one, does not hold any more. False and unchanged if they do not hold. */
bool front_renew(struct front *f, const struct door_settings *settings, const char **why);
/* Who is barred now (struct house) loses what he has open within a tick of its loop, an answer on
 * its way included. Who connects after this call is let in: the house answers him. Thread-safe;
 * never blocks. */
void front_look_at_peers(struct front *f);
/* Something was said of certificates: those of open connections are held against it within a tick
 * of their loops, some hundred a tick. Thread-safe; never blocks. */
void front_recheck(struct front *f);
/* Stops accepting, finishes what runs, at most for that long, then closes. Blocks. */
void front_stop(struct front *f, unsigned seconds);
void front_destroy(struct front *f);

struct front_counts {
	/* Of the refused, displaced: handshakes that gave way to newer ones; starved: not accepted
	 * because of descriptors_kept; stalled: let go because they did not read their answer;
	 * halted: their body stopped coming, or came too slowly; shed: they had waited too long
	 * to be begun. */
	uint64_t accepted, refused, displaced, starved, stalled, halted, shed;
	/* moved: answers and bodies so long that they went on on the loop that gives way */
	uint64_t requests, moved, bytes_in, bytes_out;
	/* shaking: of the open, before the end of their handshake */
	unsigned open, shaking;
	/* large messages under way whose next piece is read while the house has the last */
	unsigned reading_ahead;
};
void front_count(struct front *f, struct front_counts *out); /* thread-safe */

enum { DOOR_SHA256_TEXT = 65 }; /* lower-case hex */

/* One open door. */
struct door_seen {
	unsigned open, shaking;
	enum client_certificates clients; /* CERTIFICATES_NONE on doors without TLS */
	/* Of the certificate that new connections are shown; "" on doors without TLS. */
	char sha256[DOOR_SHA256_TEXT];
};
bool front_look(const struct front *f, const char *name, struct door_seen *out); /* thread-safe */

#endif
