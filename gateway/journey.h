/* gateway/journey.h: an exchange and what carries it: message, dialect, stages, answer.
 *
 * Handlers see only struct exchange; the files beside this one (exchange.c and one file a dialect)
 * see the whole. A journey lives in its own arena, whose ceiling is exchange-memory. */
#ifndef GATEWAY_JOURNEY_H
#define GATEWAY_JOURNEY_H

#include <stdbool.h>

#include "gateway/base/clock.h"
#include "gateway/base/workers.h"
#include "gateway/client/call_groups.h"
#include "gateway/long_reads.h"
#include "gateway/long_work.h"
#include "gateway/transport/door.h"
#include "profiles/transaction.h"
#include "schemas/model/audit_event.h"
#include "store/store.h"

struct calls_sent;
struct config_door;
struct configuration;
struct decisions;
struct errand;
struct exchange_said;
struct gateway;
struct journey;
struct ready_asker;

/* What the road asks of a dialect. Each runs on a worker, within the arena's run. */
struct dialect_road {
	/* The head is complete: is this ours, and how will the body be read? */
	bool (*begin)(struct journey *j);
	bool (*take)(struct journey *j, struct bytes octets);
	/* The body is complete: finds transaction, route and sender's claims. */
	bool (*open)(struct journey *j);
	/* Who asks, beyond the certificate's system: a person, purpose, emergency. Also when open()
	 * failed. NULL: this dialect says nothing of it that anybody vouches for. */
	void (*identify)(struct journey *j, struct requester *who);
	/* Who spoke to whom, for the audit record of a transaction. NULL: this dialect has none. */
	void (*participants)(struct journey *j, struct audit_event *e);
	/* exchange.problem or the result -> answer. fault: the road refused, no transaction
	 * speaks. */
	void (*seal)(struct journey *j, bool fault);
};

extern const struct dialect_road soap_road, hl7_road, admin_road, watch_road, syslog_road;

struct journey {
	/* What a try of its job writes: taken back before the next (store/store.h: struct
	 * store_afresh). */
	struct exchange x;
	struct decisions *decisions;
	/* Of an assertion of one patient, as that transaction has them: the person, and the record
	 * of his that was asked about last (one_patient.c). */
	const struct store_txn *patient_in;
	uint64_t patient_person, patient_record;
	struct audit_event *events;
	struct audit_event *call_events; /* of what it asked of others */
	/* The answer. A read's is made before its job, which only keeps it where it goes elsewhere;
	 * a write's within its job then, for it says what became of that. */
	const char *reply_to;  /* asynchronous: where the answer goes; NULL: back */
	bool addressed;        /* ReplyTo and FaultTo may be used */
	bool refused;          /* the road said no; the transaction has no words for it */
	bool sealed;           /* it is made; it leaves when its record is durable */
	struct errand *errand; /* asynchronous: the answer, to be kept with the record */
	struct answer answer;
	/* From here on it writes nothing. */
	struct gateway *gateway;
	const struct configuration *configuration; /* held */
	const struct config_door *door;            /* where it came in; NULL: no door of it */
	enum demand demands;                       /* of what is no transaction */
	const struct dialect_road *road;
	const struct route *route;
	struct message *message;
	const struct head *head;
	void *reading;                          /* the dialect's own state */
	struct audit_participant *participants; /* of a transaction with jobs of its own */
	struct job conclude;         /* on a worker, after the flush; or after what it waited for */
	struct call_group waits_for; /* while others are asked: the client thread's */
	struct store_job write;
	struct store_block tried; /* all before gateway */
	struct store_job ask;     /* before calls leave: gateway/calls_kept.c */
	struct calls_sent *sent;  /* what it writes */
	bool kept;                /* it was: the job that concludes ends it */
	struct long_work work;    /* of a transaction that takes long */
	struct long_read long_read;
	const char *failed;        /* at which step a token was refused; for us, not the peer */
	const char *failed_remedy; /* then, for the operator */
	const char *cut;           /* why the door took no more of the message; or NULL */
	bool read;                 /* the transaction has a request it can handle */
	enum reading_time time;    /* what it has time for on the thread it is on */
	enum store_undone undone;  /* ... and what it had none for */
	bool durable;
	bool rated;           /* it counts among its system's exchanges: gateway/rates.h */
	bool job_expected;    /* store_expect() holds for us */
	struct buffer said;   /* its body, where it may be kept: gateway/bodies_kept.h */
	uint64_t said_length; /* of all that came; more than said has: that is not whole */
	/* It is a former one that is answered again, without effect and without a door
	 * (gateway/replaying.h): what was said then. NULL: it is one of its own. */
	const struct exchange_said *replays;
	struct ready_asker *ready; /* who asks whether we are ready: what was seen; or NULL */
	int64_t began;             /* clock->elapsed() */
	struct journey *waiting;   /* gateway/ticks.c's */
	int64_t leaves;            /* clock->elapsed() */
};

/* arriving.c: the house behind the doors. */
extern const struct house exchange_house; /* the owner of a door sets self: the gateway */
/* What every exchange has, however it came; x.random, x.arena, gateway, configuration and head are
 * there. Within the arena's run. */
void journey_begin(struct journey *j);
/* The next octets of its body; false: it takes no more. */
bool journey_take(struct journey *j, struct bytes octets);
/* For the dialects. Opens the arena guard and sets a problem when it ran out. */
bool journey_guard(struct journey *j, void (*work)(void *j));
/* One piece of memory, status and Content-Type (first of its header fields; NULL: no body), and
 * what j->x.reply says: the usual answer. */
void journey_answer(struct journey *j, int status, const char *content_type, struct bytes body);
/* Whether we are ready is tried before this is answered: it is a question without a transaction.
 * What was seen for others so many microseconds ago will do. */
void journey_ask_ready(struct journey *j, int64_t may_be_old);
/* Takes octets of a document that comes with the message into the store's keeping. */
struct blob_writer *journey_document(struct journey *j);
/* The arena guard found no more memory: the problem that says so. False. */
bool journey_out_of_memory(struct journey *j);
/* For a dialect that knows before it reads the body: whether who asks is a registered system. False
 * with the problem. */
bool journey_is_systems(struct journey *j);
/* It was refused to somebody who showed no certificate, or who asks for more than he may: what
 * comes in any number is told as one. */
bool journey_is_told_as_number(const struct journey *j);
/* Composes the audit events of this exchange; j->events stays NULL where none is due. */
void journey_audit(struct journey *j);
enum audit_outcome journey_outcome(const struct problem *p);
/* turned_away.c: house.refused, .cut, .words; and the log's line of what the road refused. */
void house_refused(void *self, const struct refused_peer *peer);
void house_cut(void *record, int status, const char *why);
void house_words(void *self, struct refused_peer *peer, struct refusal_words *out);
void journey_tell_refused(struct journey *j);
enum problem_code turned_away_problem(int status); /* HTTP's */
/* Whether the configuration this exchange began with has t's actors on. */
bool journey_serves(const struct journey *j, const struct transaction *t);
/* exchange.c: house.whole. */
void house_whole(void *record);
/* Its first stages: from the envelope to a request that was read. */
void journey_open(struct journey *j);
/* ... and the last: an answer. False: there was no memory for it. */
bool journey_seal(struct journey *j);
/* The handler of a write, in a job. False: it refused, and x.problem says why. */
bool journey_handle_in_job(struct journey *j, struct store_txn *t, struct problem *p);
enum access journey_access(const struct journey *j);
/* exchange.c: what was read is handled, and answered, on the thread that calls; or elsewhere. */
void journey_handle(struct journey *j);
/* Stage: of a read, as far as there is time for it. */
void journey_handle_in_snapshot(struct journey *j);
void journey_end_snapshot(struct journey *j);
/* What read() noted is the request's; what a try adds hangs on copies of it. */
void journey_copy_findings(struct exchange *x);
/* admitting.c: who asks; may he; what policy finds is found anew in each try. */
void journey_identify(struct journey *j);
bool journey_admit(struct journey *j);
void journey_begin_policy(struct journey *j);
/* one_patient.c: after read(): whoever is vouched for by an assertion of one patient asks for that
 * one. False with the problem, if the request names another. */
bool journey_names_its_patient(struct journey *j);
/* ... and is shown no other's. */
bool journey_is_its_patients(struct journey *j, struct store_txn *t, uint64_t subject);
/* long_reads.c: its snapshot looks at no more than there is time for. */
void journey_hurry(struct journey *j);
/* Stage: of a read; undone: there is more in it than there is time for, and it was taken back. */
void journey_handle_in_hurry(struct journey *j);
/* Then: it is handled anew where there is time. False: its system has too many that wait, and that
 * is its problem. */
bool journey_handle_apart(struct journey *j);
/* looking_ahead.c: on a worker, before the job is submitted; where its transaction looks ahead. */
void journey_look_ahead(struct journey *j);
/* weighing.c: likewise; where its transaction weighs. */
void journey_weigh(struct journey *j);
/* calling.c: other systems are asked (profiles/transaction.h: call()). Runs the transaction's
 * call(); true: it asked somebody. */
bool journey_call(struct journey *j);
/* calls_kept.c: within call(), when all that is asked is written. The problem is set where the
 * store could not be read. */
void journey_prepare_ask(struct journey *j);
/* Keeps what the calls' records are to be if nothing is ever known of them; when that
 * is durable the calls leave. From here on the journey is the committer's. */
void journey_ask(struct journey *j);
/* How long an exchange may take at its door. */
unsigned journey_seconds(const struct journey *j);
/* In the job that concludes: writes the records of what was asked. False: the job must fail. */
bool journey_record_calls(struct journey *j, struct store_txn *t);
/* Calls of exchanges that ended with their process get the record that was kept. starts: of this
 * node all; else of every node what cannot be under way any more. */
void calls_kept_settle(struct gateway *g, bool starts);
/* Gives the calls to the client thread: from here on the journey is that thread's, which lets it go
 * on by journey_answered(). Any thread. */
void journey_wait(struct journey *j);
/* On a worker: what the others said is read. */
void journey_read_answers(struct journey *j);
/* Before that: it takes its time. */
bool journey_answers_are_large(const struct journey *j);
/* The audit events of all that was asked; NULL: nobody was. ahead: of what is about to be, as if
 * nothing were ever known of it. */
struct audit_event *journey_audit_calls(struct journey *j, bool ahead);
/* The person on whose behalf it is, and who acts for him, behind *tail (ITI TF-2: 3.40.4.2). */
void journey_audit_persons(struct exchange *x, struct audit_participant **tail);
/* Where the other side of that URL is reached. */
void journey_audit_host(struct arena *a, const char *url, struct audit_participant *out);
/* exchange.c: goes on, on a worker, with what the others said. Any thread. */
void journey_answered(struct journey *j);
/* exchange.c: what was to be asked is not asked: it goes on, on a worker, with that problem. Any
 * thread. */
void journey_unasked(struct journey *j, const struct problem *why);
/* elsewhere.c: an answer whose ReplyTo is not the connection (ITI TF-2: V.5). Of a read: once it is
 * made, takes it into the store's keeping, ready to be an errand; on a worker. */
void journey_prepare_errand(struct journey *j);
/* In the job of its record: the errand is written. False: there is no room for it; the exchange is
 * refused then, on its connection, and the record has to say so. */
bool journey_keep_errand(struct journey *j, struct store_txn *t);
/* Of a write, in its job: the answer that was made there, which is short, as an errand. False: it
 * is not, or there is no room. */
bool journey_keep_answer(struct journey *j, struct store_txn *t, struct problem *p);
/* Then: the exchange is refused on its connection. */
void journey_refuse_here(struct journey *j, const struct problem *why);
/* The answer goes back on the connection after all. */
void journey_answer_here(struct journey *j);
/* The errand is kept: what leaves on the connection is 202. */
void journey_accept(struct journey *j);

#endif
