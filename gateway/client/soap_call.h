/* gateway/client/soap_call.h: a SOAP 1.2 request with WS-Addressing to another system, with its
 * attachments, and its answer taken apart. ITI TF-2: V.3 and V.8.
 *
 * In two halves, with nothing between them: what is sent, and what came back. Who carries it is
 * another's affair: soap_client.h waits, call_groups.h does not. The envelope and the multipart
 * frame come from gateway/envelope; the body is the caller's. */
#ifndef GATEWAY_CLIENT_SOAP_CALL_H
#define GATEWAY_CLIENT_SOAP_CALL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gateway/base/bytes.h"
#include "gateway/envelope/soap.h"
#include "schemas/tables/problem.h"

struct arena;
struct call_piece;
struct mtom_range;
struct random_source;
struct xml_node;
struct xml_writer;

struct soap_part {
	const char *content_id; /* without <>; mtom_content_id() makes one */
	const char *content_type;
	struct bytes octets; /* data NULL: length octets of the file, which only pieces can send */
	int fd;
	uint64_t length;
	const struct soap_part *next;
};

struct soap_call {
	const char *url, *action;
	const char *message_id; /* urn:uuid:...; NULL: one of its own, drawn */
	const char *relates_to; /* an answer as a message of its own: to that; or NULL */
	void (*write)(struct xml_writer *w, const void *what);         /* the child of the body */
	void (*write_headers)(struct xml_writer *w, const void *what); /* more of them; or NULL */
	const void *what;
	/* the content of a wsse:Security header; or NULL */
	void (*write_security)(struct xml_writer *w, const void *security);
	const void *security;
	const struct soap_part *parts; /* named by xop:Include in the body */
	bool multipart;                /* ITI TF-2: V.3.6: with or without parts */
};

/* As it goes out. */
struct soap_sent {
	const char *message_id, *content_type;
	struct bytes body;
};
void soap_call_write(struct arena *a, const struct random_source *random,
		     const struct soap_call *call, struct soap_sent *out);
/* The same, whose octets are these pieces and not body: a part in a file is never in memory. How
 * many. */
size_t soap_call_pieces(struct arena *a, const struct random_source *random,
			const struct soap_call *call, struct soap_sent *out,
			const struct call_piece **pieces);

/* A fault is an answer as well: message.fault. */
struct soap_reply {
	int status;
	struct soap_message message;
	const struct soap_part *parts;
	/* Instead, of an answer in a file: where its parts are, as far as they could be read; and
	 * why there are not all. PROBLEM_NONE: they are all there. */
	const struct mtom_range *ranges;
	struct problem cut;
};

/* status, content_type and body: HTTP's. False when it is no SOAP (PROBLEM_MALFORMED), or answers
 * another request (PROBLEM_ADDRESSING_INVALID). */
bool soap_call_read(struct arena *a, const struct soap_sent *sent, int status,
		    const char *content_type, struct bytes body, struct soap_reply *out,
		    struct problem *p);

/* The same of an answer in a file, of which no more than MTOM_ROOT_MOST octets are kept: its root,
 * or all of it where it is no multipart (PROBLEM_TOO_LARGE). What is cut behind its root is an
 * answer. */
bool soap_call_read_file(struct arena *a, const struct soap_sent *sent, int status,
			 const char *content_type, int fd, uint64_t length, struct soap_reply *out,
			 struct problem *p);

/* What an element of type base64Binary holds: the part it includes, or its own text. */
bool soap_reply_octets(struct arena *a, const struct soap_reply *reply,
		       const struct xml_node *element, struct bytes *out, struct problem *p);

#endif
