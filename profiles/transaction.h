/* profiles/transaction.h: what a transaction is, and what its functions see of an exchange.
 *
 * A transaction is one file with one descriptor, and one line in profiles/transactions.mk. Routing,
 * policy, audit, `minato transactions`, metrics and the conformance statement read the descriptors.
 *
 * The road (gateway/exchange.c) calls, in this order:
 *
 *	read()      worker   the message's body -> x->request, a struct of schemas/model. No store.
 *	call()      worker, where a transaction has it: looks into a short snapshot
 *	            (exchange_look()) and asks other systems (exchange_call()). The worker is given
 *	            back; when all of them have answered, or their time has passed, call() runs
 *	            again and finds what they said in x->calls. It may ask others then; when it asks
 *	            nobody, handle() follows.
 *	weigh()     worker, of a write, where a transaction has it: finds out in a snapshot what
 *		    handle() would have to on the committer, and keeps it in the request, which is
 *		    constant from then on. It may not have run: handle() takes what still holds.
 *	look_ahead()  worker, of a write, where a transaction has it and who writes waits for the
 *	            disk: asks a snapshot for what handle() will ask for, so that it is in memory
 *	            then. What it finds, and what it writes into the exchange, is forgotten.
 *	handle()    worker (STORE_READ, on a snapshot) or committer (STORE_WRITE, in a savepoint):
 *	            x->request -> x->result through an actor. On the committer it must be short.
 *	audited()   after handle(), or after what failed: completes the audit event(s).
 *	finish()    worker, of a write, where a transaction has it: what handle() did is durable,
 *		    and what no job of the store can take back is done now. It may set x->problem.
 *	keep()      committer, of a read, where a transaction has it: in the job of its record.
 *	answer_*()  worker, when the audit record is durable: x->result, x->problem and x->findings
 *	            -> the reply's body. Called for refusals too; the transaction says "no" in its
 *	            own words (RegistryResponse, MCCI acknowledgement, ACK).
 *
 * Envelope problems (before read(), or PROBLEM_MALFORMED from read()) and peers that are not
 * admitted are answered by the road with the dialect's fault. read() and handle() return false with
 * x->problem set; several findings go to x->findings by exchange_finding(), and then false too.
 * Everything allocated comes from x->arena; nothing is freed.
 */
#ifndef PROFILES_TRANSACTION_H
#define PROFILES_TRANSACTION_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gateway/base/arena.h"
#include "gateway/base/bytes.h"
#include "gateway/base/clock.h"
#include "profiles/actor.h"
#include "profiles/actors/admission.h"
#include "profiles/reply.h"
#include "schemas/model/audit_event.h"
#include "schemas/model/region.h"
#include "schemas/model/requester.h"
#include "schemas/tables/problem.h"
#include "store/store.h"

struct assertion_made;
struct blob;
struct blob_content;
struct cross_reference_fed;
struct findings;
struct mtom_range;
struct registry_desk;
struct trace;
struct hl7_message;
struct hl7_stamp;
struct identity_feed;
struct progress;
struct shares;
struct spool_file;
struct spools;
struct continuations;
struct json_t;
struct signature_verdict;
struct soap_message;
struct soap_part;
struct soap_sent;
struct xml_writer;
struct exchange;
struct exchange_call;
struct exchange_bodies;
struct exchange_log;
struct exchange_replayed;
struct exchange_said;
struct grouped_call;

enum dialect { DIALECT_SOAP, DIALECT_HL7V2, DIALECT_ADMIN, DIALECT_SYSLOG };

/* One way in. SOAP: action and body root; HL7 v2: message code and trigger event; admin: method and
 * path, of which a segment {name} is whatever the request has there; syslog: what it is, in words,
 * for people. */
struct route {
	const char *request;       /* wsa:Action | "ADT" | "GET" */
	const char *detail;        /* body root's local name | "A01" | "/admin/status" */
	const char *namespace_uri; /* SOAP: of the body root */
	const char *media;         /* admin: media type of its body; NULL: it has none */
	/* SOAP: wsa:Action of the answer, NULL: it is one way, and the answer is 202; HL7 v2: MSH-9
	 * of it, "RSP^K23^RSP_K23" */
	const char *answer;
	const char *fault; /* SOAP: problem_row.fault_element of problems that have none; or NULL */
	bool reads;        /* of a transaction that writes: by this route nothing is changed */
};

/* What takes long tells x->progress how far it is, and ends when that is to stop. */
struct long_work_kind {
	const char *what;      /* the operator's words for it: "ssmix2 import" */
	const char *cancelled; /* what is left of it when it did not come to its end */
};

struct transaction {
	const char *code;    /* "ITI-45" */
	const char *name;    /* "PIX Query": EventTypeCode displayName */
	const char *section; /* "ITI TF-2: 3.45" */
	enum actor actor;    /* who answers */
	unsigned works_with; /* bits 1 << enum actor: who else must be on */
	/* Of who asks; the road holds it before read(). Left out: to be a registered system. */
	enum demand demands;
	enum dialect dialect;
	bool mtom; /* answer (and, unless lenient, request) in MTOM packaging */
	/* a non-anonymous wsa:ReplyTo is honoured (ITI TF-2: V.5) */
	bool may_reply_elsewhere;
	/* SOAP: its path may go on behind its actor's, by "/" and the name of something it has made
	 * (x->resource). */
	bool has_resources;
	/* SOAP: it has no words for "no": what is refused is a fault, also by handle(). */
	bool refuses_by_fault;
	/* Of a write that tells who is there: what it lacks (x->lacks) is not to be seen by when
	 * the answer comes either (gateway/ticks.h), as of every read. */
	bool answers_at_ticks;
	/* By us, when something has changed: it has no routes, and nobody asks for it. */
	bool sent;
	/* HL7 v2: only of a system whose storage is delegated to us, and for it before others that
	 * take the same message in the same version. */
	bool delegated;
	const struct route *routes; /* ended by a row without request */
	/* Admin: what each of the routes takes, in their order: names apart by blanks, as
	 * parameters of a GET or members of a POST's body. Any other is refused. NULL: none takes
	 * any. */
	const char *const *parameters;
	size_t body_most;        /* admin: octets of its body; 0: what all may have, 1 MiB */
	const char *hl7_version; /* HL7 v2: MSH-12 as the section has it */
	enum access access;
	int audit_event; /* DCM event id; 0: the transaction is local and audited() decides */
	enum audit_action audit_action;
	/* It may take minutes: handled where no clinic waits behind it. NULL: it does not. */
	const struct long_work_kind *long_work;
	bool audit_source_is_us;    /* data flows from us to the peer (ITI-43) */
	bool audit_person_requests; /* whoever an assertion vouches for is the requestor */
	const char *request_grammar, *answer_grammar; /* files of schemas/grammar, or NULL */
	bool (*read)(struct exchange *x);
	bool (*call)(struct exchange *x);  /* NULL: it asks nobody */
	void (*weigh)(struct exchange *x); /* x->txn: a snapshot */
	void (*look_ahead)(struct exchange *x);
	bool (*handle)(struct exchange *x);
	void (*audited)(struct exchange *x, struct audit_event *e);
	void (*finish)(struct exchange *x);
	/* Of a read: what is kept of it beside its record, in the same job. NULL: nothing. False:
	 * the store failed. */
	bool (*keep)(const struct exchange *x, struct store_txn *t);
	void (*answer_xml)(struct exchange *x, struct xml_writer *w); /* the body's one child */
	/* SOAP headers of its answer, behind those of WS-Addressing; NULL: none. */
	void (*answer_headers)(struct exchange *x, struct xml_writer *w);
	struct bytes (*answer_hl7)(struct exchange *x,
				   const struct hl7_stamp *stamp); /* whole message */
	struct json_t *(*answer_json)(struct exchange *x);         /* a new reference */
	/* What was found before the end it did not come to; a new reference, NULL: nothing. */
	struct json_t *(*told_so_far)(struct exchange *x);
};

extern const struct transaction *const transactions[]; /* NULL-ended; made from transactions.mk */

/* What we ask of another system: SOAP 1.2 over mutual TLS, answered on the same connection. */
struct outward {
	const char *code;            /* "ITI-42" */
	const char *name;            /* EventTypeCode displayName */
	const char *action, *answer; /* wsa:Action of request and answer */
	enum partner_address at;     /* which of a community's addresses */
	size_t answer_most;          /* octets; 0: */
	/* It may be of any size: it goes to a file of the answers' budget (gateway/base/spool.h),
	 * and its documents stay there (struct exchange_call: ranges). */
	bool spooled;
	bool multipart;  /* ITI TF-2: V.3.6: with or without parts */
	bool once;       /* it changes something there, and never leaves twice by itself */
	bool brings;     /* data flows from the peer to us (audit) */
	int audit_event; /* of who asks */
	enum audit_action audit_action;
	void (*write)(struct xml_writer *w, const void *request); /* the body's one child */
	/* Of what is multipart: its parts, which write() names by xop:Include; NULL: none. */
	const struct soap_part *(*parts)(const void *request);
	/* SOAP headers of its own, behind those of WS-Addressing; NULL: none. */
	void (*write_headers)(struct xml_writer *w, const void *request);
	/* Completes the event of one call: what it was about. */
	void (*audited)(struct exchange *x, const struct exchange_call *c, struct audit_event *e);
	/* Takes the answer, or that there is none, as soon as it is known: on a worker, one call
	 * after the other, before call() runs again. What c->answer points to is gone when it
	 * returns, so that many answers need the memory of one. It may run again of the same call,
	 * without an answer then: where there was no memory for it. NULL: answers stay. */
	void (*take)(struct exchange *x, struct exchange_call *c);
	/* What is kept of a call beside its record; NULL: nothing. In the job before it leaves, and
	 * in the one that concludes the exchange, when x says what became of that. False: the store
	 * failed. */
	bool (*begin)(const struct exchange *x, struct store_txn *t, const struct exchange_call *c);
	bool (*end)(const struct exchange *x, struct store_txn *t, const struct exchange_call *c);
};

/* One call, which this exchange waits for. */
struct exchange_call {
	const struct outward *what;
	const struct partner *to;
	const void *request;
	bool over;
	/* When it is over: the answer to this request, of the action asked for, or NULL; then
	 * problem says, in our own words, why there is none. A transaction that is told "no" says
	 * so here. */
	const struct soap_message *answer;
	struct problem problem;
	/* Of what is spooled: its parts, as ranges of that file, which stays as long as the
	 * exchange; and why there are not all, if so. */
	const struct mtom_range *ranges;
	int fd;
	struct problem cut;
	struct exchange_call *next;
	const char *message_id; /* of what is sent */
	/* the road's own */
	const struct assertion_made *vouched; /* what it is told of who asks; NULL: nothing */
	bool out;                             /* it left, or may have */
	struct soap_sent *sent;
	struct grouped_call *under_way;
	struct spool_file *file;
};

/* A former exchange as it would be answered now. */
struct exchange_replayed {
	const char *asks; /* a system that it would ask first, which a replay does not; then there
				is no answer. NULL: it asks nobody */
	const char *problem; /* a problem's name; "": it would be done */
	const char *what;    /* then: in words */
	unsigned status;     /* HTTP's; 0: it does not come by HTTP */
	const char *content_type;
	struct bytes answer;
	bool whole; /* answer is all of it; else it is longer than what is kept of one */
	const uint64_t *subjects; /* patient records that it touches */
	size_t subject_count;
	const char *drawn; /* hexadecimal digits of what was drawn for it, whose ids differ */
	instant began, ended;
};

/* A document that came with the message, already in the store's keeping (not yet referenced). */
struct attachment {
	const char *content_id; /* of the MIME part; NULL when it was inline */
	const char *element_id; /* inline: xds:Document/@id */
	const char *content_type;
	struct blob *blob; /* store/blobs.h */
	struct attachment *next;
};

/* A document that leaves with the answer. */
struct departure {
	const char *content_id, *content_type;
	struct bytes octets; /* or, when fd >= 0: */
	int fd;
	uint64_t offset, length;
	const unsigned char *sha256; /* the store's name for it (store/blobs.h); or NULL */
	struct departure *next;
};

struct exchange {
	struct arena *arena;
	const char *id;            /* random; names this exchange in logs and audit */
	const struct trace *trace; /* which work of others it belongs to; NULL: nobody said */
	instant now;
	const struct random_source *random;
	const struct region *region;
	const struct transaction *transaction;
	const struct registered_system *sender; /* whose certificate it is; NULL: no facility's */
	struct requester who; /* on whose behalf; from the road's stage identify on */
	const char *peer_address, *endpoint; /* numeric address; URL of ours */
	const char *resource; /* of a transaction that has_resources: what its path names, or "" */
	struct store *store;
	struct spools *spools;                   /* what is long of an answer goes there */
	struct continuations *continuations;     /* profiles/actors/continuations.h */
	struct exchange_log *exchange_log;       /* store/exchange_log.h; NULL: there is none */
	struct exchange_bodies *exchange_bodies; /* store/exchange_bodies.h; NULL: none are kept */
	struct shares *open_documents; /* large ones on their way, by system, which may have */
	unsigned open_documents_most;
	uint64_t stored_elsewhere;     /* by call(), for handle(): profiles/actors/quota.h */
	const struct anchors *anchors; /* of the audit log: gateway/audit/anchors.h */
	struct store_txn *txn;         /* only within handle(); the road's after it */
	struct admission admission;
	/* The leniencies (schemas/tables/leniency.h) that were needed; of the sender, or of the
	 * system whose messages the operator brings: needed_by. */
	struct leniencies needed;
	const struct registered_system *needed_by; /* NULL: the sender */
	/* Of a feed: links it made by score; keys that led to nobody, for too many have them. */
	unsigned scored, keys_cut;

	/* The request, in its dialect. */
	struct soap_message *soap;
	struct hl7_message *hl7;
	struct json_t *json; /* admin: the body, or the query's parameters as strings */
	struct attachment *attachments;
	struct bytes raw_request; /* HL7 v2 and syslog: the frame; else empty */

	/* For a transaction with jobs of its own (STORE_NONE): within a job, completes e with who
	 * takes part and when, and appends it to the audit log. False: the job must fail, too. The
	 * arena is the job's; participants that e has come first. */
	bool (*record)(struct exchange *x, struct store_txn *t, struct arena *a,
		       struct audit_event *e);
	/* Likewise: what was said in a former exchange is answered again, without effect; out lives
	 * in the arena. False: it cannot be, and the problem says why. */
	bool (*replay)(struct exchange *x, const struct exchange_said *said,
		       struct exchange_replayed *out);
	/* Set when nobody waits for the answer any more, the service stops included: what takes
	 * long ends where it is. NULL: it never is. */
	const atomic_bool *stopping;
	struct progress
		*progress; /* of long_work: where it tells how far it is, and is told to stop */

	const void *request;          /* made by read() */
	struct exchange_call *calls;  /* asked by call(), in order; constant in handle() */
	struct exchange_first *first; /* by call(): what is kept before anybody is asked */
	void *result;                 /* made by handle() */
	struct reply reply;           /* what handle() says of the answer besides its body */
	bool lacks; /* the answer does not give all that was asked for: hidden, or not there */
	struct problem problem;
	struct finding *findings;
	struct departure *departures;
	bool outbox_changed; /* handle(): errands are due that were not */
	bool locks_changed;  /* handle(): somebody was locked out, or is no more */
	/* By read(), of a message that is to stand in a delegated storage (ssmix2/delegated.h). */
	struct storage_delivery *delivery;
	const char *storage_changed; /* whose storage was written, a system's name; or NULL */
	/* handle() of a read: keep() has more to keep than goes along with a record, and is not to
	 * take the room on the disk that is kept for records. */
	bool keeps_more;
};

/* Adds to x->findings, in order; returns false, so that a check can end with it. The first error
 * also becomes x->problem. */
bool exchange_finding(struct exchange *x, bool warning, const char *location,
		      const struct problem *p);
/* All of them. False if one is an error. */
bool exchange_findings(struct exchange *x, const struct findings *f);
/* Within call(): the store as it is now, until call() returns; NULL, with the problem set: it
 * cannot be read. */
struct store_txn *exchange_look(struct exchange *x);
/* A call() for who keeps something for the sender: what other nodes have kept for it is noted, when
 * there is a limit (profiles/actors/quota.h). */
bool exchange_look_at_quota(struct exchange *x);
/* Within call(): asks. All it points to stays as long as the exchange. */
struct exchange_call *exchange_call(struct exchange *x, const struct outward *what,
				    const struct partner *to, const void *request);
/* Within call(): keep() is run in a job of its own, and call() then anew, when that is durable, as
 * if nobody had been asked since: what others are told has to be ours first. what: as in
 * exchange_call(). In keep() false: the store failed, and nobody is asked. */
struct exchange_first {
	bool (*keep)(const struct exchange *x, struct store_txn *t, const void *what);
	const void *what;
	struct exchange_first *next;
};
void exchange_keep_first(struct exchange *x,
			 bool (*keep)(const struct exchange *x, struct store_txn *t,
				      const void *what),
			 const void *what);
/* How a person is read of an HL7 message of the sender (gateway/envelope/person_reader.h), and what
 * reading noted: warnings become findings, rules that were needed leniencies. */
struct hl7_person_rules;
struct hl7_person_notes;
void exchange_person_rules(const struct exchange *x, struct hl7_person_rules *out);
void exchange_person_notes(struct exchange *x, const struct hl7_person_notes *n);
/* What an actor of documents works with (profiles/actors/document_registry.h). */
struct registry_desk exchange_desk(struct exchange *x);
/* Adds a document to the answer; returns its Content-ID, without <>. The content is borrowed. */
const char *exchange_depart(struct exchange *x, const char *content_type,
			    const struct blob_content *content);
/* The same of a range of a file, which stays as long as the exchange. */
const char *exchange_depart_range(struct exchange *x, const char *content_type, int fd,
				  uint64_t offset, uint64_t length);
/* A patient object for the audit record: CX form, type 1 role 1 (ITI TF-2: 3.20). Returns it. */
struct audit_object *audit_patient(struct exchange *x, struct audit_event *e, const char *cx);
/* The id as a record may say it: an Individual Number is "withheld". */
const char *audit_patient_id(const struct exchange *x, const char *cx);
/* A query object: id_code such as "ITI-45", the query's octets. */
struct audit_object *audit_query(struct exchange *x, struct audit_event *e, const char *id,
				 struct bytes query);
/* A submission set by its uniqueId: type 2 role 20 (ITI TF-2: 3.41.5.1). */
struct audit_object *audit_submission_set(struct exchange *x, struct audit_event *e,
					  const char *unique_id);
/* Data of this patient record were touched, whether or not a patient is named. 0 is nobody. */
void audit_about(struct exchange *x, struct audit_event *e, uint64_t record);
/* Of what we registered ourselves along with a submission (ITI-61; profiles/actors/
 * on_demand_source.h): source and registry are one process, so that one record says both ends of
 * it; the second participant, the registry, is filled in by the road (struct exchange: record).
 * NULL: nothing. Where it is added to an event's, it follows it. */
struct submission;
struct audit_event *audit_offered(struct exchange *x, const struct submission *offered);
void audit_add_offered(struct exchange *x, struct audit_event *e, const struct submission *offered);
/* The same of a document that was made on demand and is registered as it was given (ITI-42). */
void audit_add_snapshot(struct exchange *x, struct audit_event *e,
			const struct submission_set *snapshot);
struct audit_object *audit_add_object(struct exchange *x, struct audit_event *e);
void audit_add_detail(struct exchange *x, struct audit_object *o, const char *type,
		      struct bytes value);
/* What a patient identity feed leaves (ITI-8, ITI-44; ITI TF-2: 3.8.5.1, 3.44.5.1): one patient
 * object for each id, with the message's id as detail; a merge is two events, D for what was
 * subsumed and U for the survivor. fed NULL or refused: the ids as they were sent. */
void audit_feed(struct exchange *x, struct audit_event *e, const struct identity_feed *feed,
		const struct cross_reference_fed *fed, const char *detail_type);
/* A second event with the same head as e (merge: D and U); objects empty. */
struct audit_event *audit_another(struct exchange *x, struct audit_event *e);
/* Makes it the event of a signature document verified, and says with what result (ITI TF-3:
 * 5.5.7.2). */
void audit_signature(struct exchange *x, struct audit_event *e, const char *unique_id,
		     const struct signature_verdict *v);

/* CX text: id^^^&OID&ISO (ITI TF-3: 4.2.3.1.7). */
const char *cx_text(struct arena *a, const char *id, const char *universal_id);

#endif
