/* gateway/client/soap_client.h: one SOAP 1.2 request with WS-Addressing to another system, with its
 * attachments, and the answer taken apart. ITI TF-2: V.3 and V.8.
 *
 * The envelope and the multipart frame come from gateway/envelope; the connection from
 * https_client.h. The body is the caller's. One thread at a time per connection. */
#ifndef GATEWAY_CLIENT_SOAP_CLIENT_H
#define GATEWAY_CLIENT_SOAP_CLIENT_H

#include <stdbool.h>

#include "gateway/base/bytes.h"
#include "gateway/client/https_client.h"
#include "gateway/envelope/soap.h"
#include "schemas/tables/problem.h"

struct arena;
struct random_source;
struct xml_node;
struct xml_writer;

struct soap_part {
	const char *content_id; /* without <>; mtom_content_id() makes one */
	const char *content_type;
	struct bytes octets;
	const struct soap_part *next;
};

struct soap_call {
	const char *url, *action;
	void (*write)(struct xml_writer *w, const void *what); /* the child of the body */
	const void *what;
	const struct soap_part *parts; /* named by xop:Include in the body */
	bool multipart;                /* ITI TF-2: V.3.6: with or without parts */
};

/* A fault is an answer as well: message.fault. */
struct soap_reply {
	int status;
	struct soap_message message;
	const struct soap_part *parts;
};

/* False when there is no answer, or one that is no SOAP, or that answers another request. */
bool soap_client_call(struct https_client *c, struct arena *a, const struct random_source *random,
		      const struct soap_call *call, struct soap_reply *out, struct problem *p);

/* What an element of type base64Binary holds: the part it includes, or its own text. */
bool soap_reply_octets(struct arena *a, const struct soap_reply *reply,
		       const struct xml_node *element, struct bytes *out, struct problem *p);

#endif
