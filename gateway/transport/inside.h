/* gateway/transport/inside.h: how front, loops, doors, connections and messages hang together.
 *
 * A loop thread owns its connections; nobody else touches one, except that a message it lent holds
 * a reference, so that its memory (not its socket) outlives it. A message belongs to its loop, or,
 * while lent, to a worker or the house. What passes between threads is a mail to a loop or a job
 * for the workers. */
#ifndef GATEWAY_TRANSPORT_INSIDE_H
#define GATEWAY_TRANSPORT_INSIDE_H

#include <event2/event.h>
#include <event2/event_struct.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/socket.h>

#include "gateway/base/shares.h"
#include "gateway/base/workers.h"
#include "gateway/transport/door.h"
#include "gateway/transport/fault.h"
#include "gateway/transport/http_parser.h"
#include "gateway/transport/mllp_parser.h"
#include "gateway/transport/pace.h"
#include "gateway/transport/syslog_parser.h"
#include "gateway/transport/tls.h"

enum { READ_SIZE = 16 * 1024 }; /* the longest TLS record */
enum { WRITE_SIZE = 64 * 1024 };
/* Octets of a body waiting for the house: of one piece; and of a body that is large, for which
 * threads are woken up less often then. */
enum { IN_FLIGHT = 64 * 1024, IN_FLIGHT_LARGE = DOOR_PIECE };
/* Large bodies whose next piece is read while the house has the last, each with two such pieces:
 * 8 MiB. Others wait for the house as small ones do. */
enum { MOST_AHEAD = 32 };
/* From so many octets on what is read or written is long: others come before the rest of it. */
enum { LONG = 128 * 1024 };
enum { ADDRESS_TEXT = 48, LOCAL_TEXT = 72 };
enum { REASON = 192 }; /* the longest of ours, with its limit and key */

#define SECOND INT64_C(1000000)

struct mail {
	struct mail *next;
	void (*deliver)(struct mail *m); /* on the loop's thread */
};

/* Limits and TLS of a door as they were when a connection began. Counted; never changed. */
struct terms {
	atomic_uint references;
	SSL_CTX *tls; /* NULL on doors without */
	enum client_certificates clients;
	struct door_limits limits;
	struct workers *workers, *large;
};

struct terms *terms_keep(struct terms *t);
void terms_drop(struct terms *t);

/* Of one door, in the order they came. */
struct shaking {
	struct connection *oldest, *newest;
	unsigned count;
};

struct door {
	struct mail mail;
	struct front *front;
	struct door *next;
	enum door_kind kind;
	char *name, *section;
	const struct house *house;
	struct shaking shaking; /* the gate alone touches it */
	int fd;
	unsigned port;
	char *path; /* of a local socket, to be removed */
	pthread_mutex_t lock;
	struct terms *terms;     /* today's, under lock */
	_Atomic int64_t renewed; /* when, monotonic; 0: never */
	atomic_uint open, known; /* known: of these, past their handshake, if there is one */
	struct event accepting;  /* of the gate */
	bool listening, paused;  /* seen by the gate only */
};

/* A listening socket, or -1 with why. */
int door_listen(const struct door_settings *s, char why[TLS_WHY]);
unsigned door_bound_port(int fd);
struct terms *door_terms(struct door *d); /* kept */
void door_begin(struct mail *m);          /* the gate starts to accept */
void door_end(struct door *d);            /* ... and stops */
void door_resume(struct door *d);         /* after descriptors had run out */

/* The gate accepts connections and shakes hands: who costs the service most and is known least is
 * there, and takes no time of those who are known. It and the lane give way. */
enum loop_kind { LOOP_KNOWN, LOOP_LANE, LOOP_GATE };

struct loop {
	struct front *front;
	enum loop_kind kind;
	struct event_base *base;
	pthread_t thread;
	int wake_fd;
	struct event wake, tick;
	struct mail stop, end;
	_Atomic(struct mail *) mailbox;
	struct message *ended, *first_ended; /* in this turn, the last first; the thread's own */
	_Atomic(struct message *) finished;  /* to be released by a worker */
	struct job finish;
	bool has_put; /* in this turn, for whom nobody was called yet */
	struct connection *connections;
	struct turns turns; /* connections to be driven */
	int64_t date_of;
	char date[32];
	unsigned char in[READ_SIZE], out[WRITE_SIZE];
};

struct loop *loop_create(struct front *f, enum loop_kind kind);
bool loop_start(struct loop *l);
void loop_end(struct loop *l); /* joins; then loop_destroy() */
void loop_destroy(struct loop *l);
void loop_post(struct loop *l, struct mail *m); /* thread-safe; in order of posting */
/* release() it on a worker, when the turn is over. From the loop's thread. */
void loop_finish(struct loop *l, struct message *m);
/* Done by those workers, who are called when the turn is over. From the loop's thread. */
void loop_queue(struct loop *l, struct workers *w, struct job *j);
const char *loop_date(struct loop *l); /* RFC 9110 5.6.7 */

struct front {
	struct workers *workers;
	const struct log *log;
	struct shares *peers;
	_Atomic(struct door *) doors; /* newest first; they stay until the end */
	pthread_mutex_t lock;
	pthread_cond_t changed;
	unsigned open, alive;   /* sockets; connections in memory: under lock */
	unsigned loops_stopped; /* under lock */
	atomic_bool stopping;
	_Atomic int64_t deadline; /* of stopping */
	atomic_uint next_loop;
	atomic_uint looks; /* how often each open connection was to be asked about */
	atomic_uint_fast64_t accepted, refused, displaced, starved, stalled, halted, shed, moved;
	atomic_uint_fast64_t requests, bytes_in, bytes_out;
	atomic_uint reading_ahead; /* MOST_AHEAD at most */
	char why[TLS_WHY];
	/* None of those below: of whom nobody knows yet; of what is long, and of peers that are
	 * loud. */
	struct loop *gate, *lane;
	unsigned loop_count;
	struct loop *loops[];
};

/* By turns. */
struct loop *front_next_loop(struct front *f);

enum stage { SHAKING, READING, LENT, ANSWERING, LINGERING, CLOSED };
enum then { THEN_CLOSE, THEN_NEXT, THEN_BODY };

/* What is being written: a text, the pieces of an answer, the end of a frame. The cursor moves only
 * by what the socket took, so a write that has to be repeated is put together the same again. */
struct output {
	char *text; /* owned */
	size_t text_length, text_at;
	const struct answer *answer; /* its pieces; NULL: none */
	size_t piece;
	uint64_t at;               /* in that piece */
	size_t end_length, end_at; /* FS CR of a frame */
	enum then then;
	uint64_t sent;
	bool broken; /* a file ended before its range did */
};

struct connection {
	struct mail mail;
	atomic_uint references;
	struct loop *loop;
	struct door *door;
	struct terms *terms;
	struct connection *next, **link;
	struct connection *older, *newer; /* while shaking */
	struct event event;
	struct job turn; /* to be driven */
	bool queued;     /* ... and it is kept until then */
	int fd;
	SSL *ssl;
	enum stage stage;
	bool shaking, known; /* neither: turned away before */
	bool crowded;        /* it came when as many were open as may be */
	bool close_after;    /* ... what is being answered */
	bool ended;          /* the peer has ended its side, or all of it */
	int64_t since;       /* when this stage (or idleness, head, frame) began */
	int64_t exchange_since, checked;
	unsigned looked;              /* ... and which of these it has seen: front.looks */
	int64_t waited, waited_since; /* for octets of a body: before, and now since */
	uint64_t received;            /* octets of this body or frame */
	int64_t heard;                /* when octets came last */
	union {
		struct http_parser http;
		struct mllp_parser mllp;
		struct syslog_parser syslog;
	};
	struct message *message;
	unsigned char *left; /* octets read past the message being served */
	size_t left_length;
	struct output output;
	struct pace reads, sends; /* of its peer: an answer; a body */
	struct tls_peer peer;
	struct share *counted;
	bool in_use;     /* it has a message under way, which is counted there */
	const char *why; /* it was closed; static text */
	unsigned port, uid;
	uint64_t number; /* of the peer: gateway/base/turns.h */
	char address[ADDRESS_TEXT], local[LOCAL_TEXT];
};

/* connection.c */
void connection_accept(struct door *d, int fd, const struct sockaddr_storage *from);
void connection_drive(struct connection *c);
void connection_link(struct connection *c); /* among its loop's */
void connection_unlink(struct connection *c);
bool connection_listen(struct connection *c); /* its loop is told what happens to it */
void connection_queue(struct connection *c);  /* it is driven when its peer has its turn */
/* A message of it is under way, or no more; the same twice is fine. */
void connection_use(struct connection *c, bool in_use);
/* Its peer has many exchanges under way, or had lately: a system that asks for several things at a
 * time is not loud yet; what is more waits until those who have less were served. */
bool connection_is_loud(const struct connection *c);
void connection_close(struct connection *c, const char *why);
void connection_linger(struct connection *c); /* ends our side, reads what the peer still sends */
void connection_sweep(struct connection *c, int64_t now, unsigned *rechecks);
void connection_stop(struct connection *c); /* closes it now if idle, else after its exchange */
bool connection_idle(const struct connection *c);
/* reading.c: of a door that is framed: something came that is not over. */
bool connection_frame_begun(const struct connection *c);

/* shaking.c: before the end of the handshake, on its loop's thread. */
void shaking_enter(struct connection *c); /* others may give way; counted is NULL: no place */
void shaking_leave(struct connection *c); /* fine for one that is not in */

/* lane.c: what is long or loud moves to the lane, and back when it is over; who is known leaves the
 * gate. On its loop's thread, when it is not queued: true, it is another's from then on. */
bool lane_change(struct connection *c);

/* What comes there are frames, not HTTP. */
static inline bool door_is_framed(const struct door *d)
{
	return d->kind == DOOR_MLLP || d->kind == DOOR_SYSLOG;
}

/* reference.c, thread-safe */
void connection_keep(struct connection *c);
void connection_drop(struct connection *c);

/* reading.c: true when the stage changed. */
bool connection_read(struct connection *c);
void connection_silence(struct connection *c); /* no CR follows: a frame may be complete */
enum { WIRE_BLOCKED = -1, WIRE_BROKEN = -2 };
long wire_read(struct connection *c, void *into, size_t room); /* 0: the peer ended */
long wire_write(struct connection *c, struct bytes octets);
int64_t wire_unread(const struct connection *c); /* octets not acknowledged yet */

/* answering.c */
bool connection_write(struct connection *c); /* true when the stage changed */
void connection_answer(struct connection *c, const struct answer *answer);
/* The house's words, or the reason as plain text. */
/* id: what the house calls it, told in a header field; "": it has none. */
void connection_refuse(struct connection *c, const struct refusal_words *words, const char *id,
		       const char *reason);
void connection_continue(struct connection *c); /* 100, RFC 9110 15.2.1 */
void output_clear(struct output *o);

/* refusing.c: each tells the house, once. */
void refuse_peer(struct connection *c, const struct tls_failing *f);    /* of node authentication */
void refuse_silently(struct connection *c, const struct door_fault *f); /* the caller closes */
/* No message has begun; or one has, and the house answers; or either, and it is the last thing
 * here. */
void refuse_aloud(struct connection *c, const struct door_fault *f);
void refuse_message(struct connection *c, const struct door_fault *f);
void refuse(struct connection *c, const struct door_fault *f);
void fault_text(const struct door_fault *f, const struct door *d, char text[REASON]);

/* A piece of a body. */
struct piece_read {
	unsigned char *octets;
	size_t length, room;
	bool last; /* nothing follows: the body has ended here, or is cut */
};

/* On its way through the house a message is lent, a piece at a time: `given` is the worker's then,
 * `coming` the loop's. Usually the loop waits until it is back. A large body is read ahead, on the
 * lane: `coming` is filled meanwhile, and lent when the other is back. When it is full, has the end
 * of the body in it, or the body is cut there, the loop waits, too. */
struct message {
	struct job job;
	struct mail mail;
	struct message *next;          /* finished */
	struct connection *connection; /* kept */
	struct head head;
	struct http_head text;
	void *record; /* the house's */
	struct piece_read coming, given;
	const char *gone;
	const struct answer *answer;
	int refusal;
	/* The loop's: it ends here, for the door refuses the rest; 0: it goes on. The worker looks
	 * when it has the last piece, after which it does not change. */
	int cut_status;
	bool shed; /* the worker refuses it: it has waited too long */
	int64_t lent_since;
	char cut[REASON];
	atomic_uint ready;          /* two: whole() has returned, and the answer is there */
	atomic_bool unwanted, left; /* set by the loop while it is lent */
	bool lent, arrived, ended, stopped, whole, continued, sent;
	bool waits; /* `coming` is to be lent when `given` is back */
	bool ahead; /* it is counted among front.reading_ahead */
	char url[];
};

/* message.c: on the loop's thread, unless said otherwise. */
struct message *message_begin(struct connection *c); /* NULL: no memory */
bool message_append(struct message *m, struct bytes octets);
bool message_full(const struct message *m);
/* What has come of it; while it is lent already, later. Nothing more is read until it is back, but
 * of what is read ahead. */
void message_lend(struct message *m);
void message_left(struct message *m); /* the peer has ended its side; any thread */
void message_abandon(struct message *m, const char *why); /* gone() if it had arrived */
void message_release(struct message *m);                  /* on a worker */

#endif
