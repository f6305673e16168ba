/* tests/errands/scene.h: an outbox whose partners are a script, and whose clock stands still. */
#ifndef TESTS_ERRANDS_SCENE_H
#define TESTS_ERRANDS_SCENE_H

#include "gateway/client/calls.h"
#include "gateway/errands/rounds.h"
#include "gateway/errands/visit.h"
#include "store/errands.h"
#include "tests/store/fixture.h"

enum { SECOND = 1000000, DAY = 86400, PARTNERS_MOST = 64, SENT_MOST = 4096, CALLS_MOST = 64 };

/* How a partner behaves: silent ones keep a call until they are told otherwise. */
struct behaviour {
	bool silent, away; /* away: not reached */
	int status;
	const char *type, *body;
};

struct receiver {
	char name[32], address[64];
	struct behaviour how;
	bool unlisted; /* its section lists no address any more */
	bool unknown;  /* it has no section any more */
	bool locked_out;
};

/* What a partner got, in the order of getting. */
struct sent {
	const struct receiver *to;
	const char *octets; /* in the scene's arena */
	const char *type, *exchange;
};

/* A node: its rounds, and the calls it has under way. */
struct node {
	struct caller caller; /* first */
	struct scene *scene;
	struct rounds *rounds;
	struct call *calls[CALLS_MOST];
	size_t count;
};

/* What is made of errands whose kind is composed, and what was told of them in the end. */
struct composing {
	const char *text, *id; /* NULL: there is nothing to be said */
	bool cannot, unkept;   /* be made; its record cannot be kept */
	unsigned outdated;     /* so many times it does not hold when it is to be sent */
	unsigned made, left, concluded;
	unsigned misled; /* made for another partner than its own */
	enum verdict verdict;
	bool answered, said;
	const char *heard; /* the records there were when it was last told that there are some */
};

struct scene {
	struct fixture f;
	struct clock clock; /* first of its own: see scene.c */
	instant now;
	unsigned seed;
	struct receiver partners[PARTNERS_MOST];
	size_t partner_count;
	struct node one, two;
	struct sent sent[SENT_MOST];
	size_t sent_count;
	unsigned begun; /* calls, of those not reached as well */
	struct log log;
	unsigned give_up_seconds, connections;
	unsigned fresh; /* exchange ids given */
	struct composing composing;
};

void scene_open(struct scene *s);
void scene_close(struct scene *s);
struct receiver *scene_receiver(struct scene *s, const char *name, struct behaviour how);
/* By MLLP: of its behaviour the body counts. */
struct receiver *scene_consumer(struct scene *s, const char *name, struct behaviour how);
/* An acknowledgment of a message with that MSH-10. */
#define SCENE_ACK(code, id, more)                                                                  \
	"MSH|^~\\&|C|H|MINATO|R|20260101||ACK|1|P|2.5\rMSA|" code "|" id "\r" more
/* An errand of one literal part; its number. */
uint64_t scene_errand(struct scene *s, const struct receiver *to, const char *octets);
/* One whose kind is composed. */
uint64_t scene_notice(struct scene *s, const struct receiver *to);
uint64_t scene_errand_of(struct scene *s, const struct receiver *to,
			 const struct errand_part *parts, const char *kind);
void scene_node(struct scene *s, struct node *n, const char *name);
void scene_kill(struct node *n); /* as by SIGKILL: nothing is written any more */
/* Steps until nothing is left to do at this time; as rounds_step(). */
int64_t scene_run(struct node *n);
/* Lets the time pass, in which the node does what comes due. */
void scene_pass(struct node *n, int64_t seconds);
/* The store keeps no job from the next on; negative: from now on all are kept. */
void scene_full(int after);

size_t scene_got(const struct scene *s, const struct receiver *p); /* how many times */
struct errand_queue scene_queue(struct scene *s, const struct receiver *p);
/* False: it is gone. */
bool scene_look(struct scene *s, uint64_t number, struct errand *out);
bool scene_drop(struct scene *s, uint64_t number);
bool scene_again(struct scene *s, uint64_t number);
/* Of notifications, as the audit log has them, oldest first: "taken", "later", "never", each by
 * struct errand_end's verdict, or "cut short". In the scene's arena. */
const char *scene_records(struct scene *s);
extern const char *const scene_verdicts[];
uint64_t scene_findings(struct scene *s); /* of store_check() */

#endif
