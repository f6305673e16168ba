/* gateway/errands/rounds.h: the rounds over the outbox (store/errands.h): what is due is sent, what
 * became of it is written, and who was not there rests.
 *
 * One visit, step by step. A queue is due: its first errand is read in a snapshot, and its
 * documents are opened or its message is made there. Then a job takes the queue's lease, so that no
 * other node goes there, sees that what was read still holds, and keeps the audit record that a
 * message is to have if nothing is ever known of it (store/errands_sent.h); and the call begins.
 * When it is over its kind judges it (kinds.h), and a job writes the verdict, if the lease is still
 * ours: the errand is gone, waits, or is set aside, and the try has its record. A store that cannot
 * take that (a full disk) is asked again until it can: what was taken is not sent again meanwhile.
 * A kill in between leaves errand, lease and record: the node that comes back goes on at once,
 * another when the lease has ended. So an errand is done once at least, always in the same octets
 * unless its message is made anew each time.
 *
 * One thread has the rounds (outbox.h) and never waits for a partner: visits are many, of each
 * queue one. Their calls are the client thread's (gateway/client/client_thread.h), as those of
 * exchanges are: from begin() to over() call, group and arena of a visit are that thread's. */
#ifndef GATEWAY_ERRANDS_ROUNDS_H
#define GATEWAY_ERRANDS_ROUNDS_H

#include <stdbool.h>
#include <stdint.h>

#include "gateway/base/bytes.h"
#include "gateway/base/clock.h"
#include "gateway/errands/kinds.h"
#include "schemas/model/partner.h"

struct arena;
struct caller;
struct errand;
struct errand_partner;
struct log;
struct store;
struct store_txn;

enum {
	/* Partners that may be silent before anybody waits for them: a call ends after a minute
	 * at most, and they rest for five between two. */
	VISITS_MOST = 32,
	/* Files open for all visits: a retrieval may have 256, and everything else needs some. */
	VISIT_FILES_MOST = 512,
	/* A second more for each MiB that goes out: documents may be large, and a line slow. */
	SLOWEST_RATE = 1 << 20,
	/* What most calls take at most. A lease outlives such a call, the wait for a connection
	 * before it, and what it takes to write its end; of a longer one it is renewed before. */
	VISIT_SECONDS = 60,
	/* Exchanges go before errands to one partner; who gets no connection within that time has
	 * failed once, and rests: his queue may be another node's by then. */
	PLACE_SECONDS = 30,
	LEASE_SECONDS = 2 * VISIT_SECONDS,
	/* Who answered so often that it cannot now will not for this one: about half an hour. */
	REFUSALS_MOST = 10,
	FIRST_PAUSE_SECONDS = 1,
	LONGEST_PAUSE_SECONDS = 300,
};

struct audit_event;
struct errand_message;

/* What became of a try. */
struct errand_end {
	const struct errand *errand;
	const struct errand_message *message;
	enum verdict verdict;
	bool answered;   /* the partner did, whatever it said */
	const char *why; /* not taken */
	instant now;
};

struct rounds_settings {
	struct store *store;
	const struct clock *clock;
	const struct random_source *random;
	const struct log *log;
	const char *node; /* the same after a restart */
	struct caller *caller;
	void *self;
	/* How the partner at its address is configured now, in the arena. False: what is for that
	 * purpose may not be sent there. Thread-safe. */
	bool (*look_up)(void *self, struct arena *a, enum partner_purpose purpose,
			const struct errand *e, struct errand_partner *out);
	/* Kinds that are composed. In the visit's snapshot: makes the message for that partner, in
	 * the arena. False: it cannot be made. */
	bool (*compose)(void *self, struct arena *a, struct store_txn *t, const struct errand *e,
			const struct errand_partner *to, struct errand_message *out);
	/* In the job before it is sent: nothing has happened that makes it another message. */
	bool (*holds)(void *self, struct store_txn *t, const struct errand *e,
		      const struct errand_message *message);
	/* In the same job, when it does: the message leaves. */
	void (*leaves)(void *self, struct store_txn *t, const struct errand *e,
		       const struct errand_message *message);
	/* In the job that writes what became of it, for what was sent: leaves its audit event. The
	 * errand may be gone. False: the job must fail. */
	bool (*record)(void *self, struct store_txn *t, const struct errand_end *end);
	/* A job was kept that may have left audit events, these or what was cut short: whoever
	 * delivers them may look. */
	void (*recorded)(void *self);
	/* In the same job: what is known of the partner now. */
	void (*conclude)(void *self, struct store_txn *t, const struct errand_end *end);
};

struct rounds;

/* What is sent of an errand whose kind is composed. */
struct errand_message {
	bool nothing;        /* there is nothing to be told any more: it is done */
	struct bytes octets; /* else this */
	const char *content_type;
	/* With its drafts; of it when nothing is ever known of what became of it. */
	const struct audit_event *record;
	const char *id; /* by which the answer names it */
	void *made;     /* the maker's, for conclude() */
};

struct rounds_counts {
	uint64_t done, later, aside; /* verdicts written */
	unsigned visits;             /* under way */
};

struct rounds *rounds_create(const struct rounds_settings *s); /* NULL: no memory */
/* All there is to do now; blocks for the store's jobs only. Microseconds until there is more,
 * whatever the caller does; less than 0: nothing waits. */
int64_t rounds_step(struct rounds *r);
void rounds_count(const struct rounds *r, struct rounds_counts *out); /* thread-safe */
/* Of what was sent of a kind: tries that were taken, answered but not taken, not answered. */
struct rounds_tries {
	uint64_t taken, refused, unanswered;
};
void rounds_count_tries(const struct rounds *r, const struct errand_kind *k,
			struct rounds_tries *out); /* thread-safe */
/* When the caller has ended; what is under way is sent again. NULL is fine. */
void rounds_destroy(struct rounds *r);

#endif
