/* gateway/envelope/soap.h: SOAP 1.2 envelopes with WS-Addressing 1.0, both ways.
 *
 * ITI TF-2: V.3.2 (Web Services for IHE Transactions). What we send is exact; what we accept is
 * tolerant where V.3.2 or the field asks for it: any prefix, mustUnderstand as 1 or true (only
 * in the SOAP namespace does it count), white space around Action, MessageID and addresses, a
 * missing ReplyTo (then the answer is synchronous), unknown headers that need not be understood.
 */
#ifndef GATEWAY_ENVELOPE_SOAP_H
#define GATEWAY_ENVELOPE_SOAP_H

#include <stdbool.h>
#include <stddef.h>

#include "gateway/base/clock.h"

struct arena;
struct problem;
struct xml_document;
struct xml_node;
struct xml_writer;

#define SOAP_NAMESPACE "http://www.w3.org/2003/05/soap-envelope"
#define ADDRESSING_NAMESPACE "http://www.w3.org/2005/08/addressing"
/* WS-Security 1.0 and 1.1, SAML Token Profile 1.1 */
#define SECURITY_NAMESPACE                                                                         \
	"http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"
/* Header blocks of documents that are for another community (ITI XCDR: 3.80) */
#define SOAP_XCDR_NAMESPACE "urn:ihe:iti:xdr:2014"
#define ADDRESSING_ANONYMOUS "http://www.w3.org/2005/08/addressing/anonymous"
#define ADDRESSING_NONE "http://www.w3.org/2005/08/addressing/none"

enum { SOAP_NOT_UNDERSTOOD_MOST = 8 }; /* named in one fault */

/* Text is trimmed; what is absent is NULL. Borrowed from the arena. */
struct soap_message {
	const char *action;
	const char *message_id;
	const char *to;
	const char *reply_to; /* NULL: on the same connection (absent, or anonymous) */
	const char *fault_to; /* NULL: on the same connection, if has_fault_to */
	bool has_fault_to;    /* else faults go where the reply goes */
	/* wsa:ReferenceParameters of ReplyTo and FaultTo, or NULL */
	const struct xml_node *reply_parameters, *fault_parameters;
	const char *relates_to;          /* of an answer: the MessageID it answers */
	const struct xml_node *header;   /* env:Header or NULL; for headers a transaction knows */
	const struct xml_node *security; /* the first wsse:Security that is for us, or NULL */
	unsigned security_count;         /* such headers */
	const struct xml_node *body;     /* the first and only child of env:Body, or NULL */
	/* the headers of PROBLEM_MUST_UNDERSTAND */
	const struct xml_node *not_understood[SOAP_NOT_UNDERSTOOD_MOST];
	size_t not_understood_count;
	/* of a problem of WS-Addressing: the header it is about, "Action", and its fault's
	 * innermost subcode; or NULL */
	const char *problem_header, *problem_detail;
	/* env:Fault, when body is one (answers to our own requests) */
	const struct xml_node *fault;
	const char *fault_reason; /* its Reason/Text */
	const char *fault_code;   /* its innermost Code/Value, as written */
};

/* A request to us. False with one of MALFORMED, VERSION_MISMATCH, MUST_UNDERSTAND,
 * ADDRESSING_REQUIRED (no Action, no MessageID) or ADDRESSING_INVALID (given twice, empty, or an
 * endpoint without Address). Even then m holds what could be read: message_id above all, so that
 * the fault can relate to it. */
bool soap_open(struct arena *a, const struct xml_document *d, struct soap_message *m,
	       struct problem *p);
/* The same where wsse:Security is understood: what is in it is the caller's to verify. */
bool soap_open_secured(struct arena *a, const struct xml_document *d, struct soap_message *m,
		       struct problem *p);
/* An answer to a request of ours, whose MessageID was relates_to (NULL: not compared). MessageID
 * may be missing, Action too when the body is a fault. A fault is not a problem here: see
 * m->fault. */
bool soap_open_answer(struct arena *a, const struct xml_document *d, const char *relates_to,
		      struct soap_message *m, struct problem *p);

/* What stands in the header of a message from us. */
struct soap_headers {
	const char *action;      /* always; written with mustUnderstand="true" */
	const char *message_id;  /* urn:uuid:...; always */
	const char *relates_to;  /* answers: the request's MessageID */
	const char *to;          /* requests and asynchronous answers: where it goes */
	bool reply_to_anonymous; /* requests: we wait on the connection for the answer */
	const char *reply_to;    /* requests: ... or there */
	/* answers: wsa:ReferenceParameters whose children come back as headers; or NULL */
	const struct xml_node *parameters;
};

/* Opens Envelope and Header and writes the addressing headers; further headers may follow. */
void soap_begin(struct xml_writer *w, const struct soap_headers *h);
/* wsse:Security, which has to be understood; the caller writes what is in it, and closes it. */
void soap_begin_security(struct xml_writer *w);
/* Header -> Body; the caller then writes the body's child */
void soap_body(struct xml_writer *w);
void soap_end(struct xml_writer *w); /* closes what soap_begin() opened */

struct soap_fault_message {
	const struct problem *problem;
	const char *message_id; /* of the fault itself */
	/* the request's MessageID, or NULL when it could not be read */
	const char *relates_to;
	const char *to;                    /* asynchronous: FaultTo or ReplyTo; else NULL */
	const char *exchange;              /* id of the exchange, for the operator's log; or NULL */
	const struct xml_node *parameters; /* as in soap_headers */
	const struct soap_message *request; /* as far as it was read; NULL: not at all */
	const char *soap_action;            /* HTTP's SOAPAction, if the action is in question */
	/* in its detail, where the problem's row has none: wsnt:SubscribeCreationFailedFault; or
	 * NULL */
	const char *element;
	instant now; /* written beside such an element */
};

/* A whole envelope with env:Fault, code and subcode by the problem's row. The HTTP status is that
 * of problem_row(). */
void soap_write_fault(struct xml_writer *w, const struct soap_fault_message *f);

#endif
