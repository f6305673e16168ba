/* gateway/envelope/soap_write.c: SOAP 1.2 envelopes and faults from us.
 *
 * SOAP 1.2 part 1: 5.4; WS-Addressing 1.0 SOAP Binding 6; ITI TF-2: V.3.2. */
#include "gateway/envelope/soap.h"

#include <stddef.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "gateway/envelope/xml_reader.h"
#include "gateway/envelope/xml_writer.h"
#include "schemas/tables/problem.h"

/* Ours, inside env:Detail. */
#define PROBLEM_NAMESPACE "urn:minato:problem"

/* WS-BaseNotification 1.3, WS-Resource 1.2 and WS-BaseFaults 1.2. */
#define NOTIFICATION_NAMESPACE "http://docs.oasis-open.org/wsn/b-2"
#define RESOURCE_NAMESPACE "http://docs.oasis-open.org/wsrf/r-2"
#define BASE_FAULTS_NAMESPACE "http://docs.oasis-open.org/wsrf/bf-2"
#define NOTIFICATION_FAULT_ACTION "http://docs.oasis-open.org/wsn/fault"

static void put_required(struct xml_writer *w, const char *name, const char *text)
{
	xml_open(w, name);
	xml_put_attribute(w, "env:mustUnderstand", "true");
	xml_put_text(w, text);
	xml_close(w);
}

static void put_endpoint(struct xml_writer *w, const char *name, const char *address)
{
	xml_open(w, name);
	xml_put_attribute(w, "env:mustUnderstand", "true");
	xml_element_text(w, "wsa:Address", address);
	xml_close(w);
}

void soap_begin(struct xml_writer *w, const struct soap_headers *h)
{
	xml_put_declaration(w);
	xml_open(w, "env:Envelope");
	xml_namespace_declare(w, "env", SOAP_NAMESPACE);
	xml_namespace_declare(w, "wsa", ADDRESSING_NAMESPACE);
	xml_open(w, "env:Header");
	/* Validators refuse an Action that need not be understood, in answers as well. */
	put_required(w, "wsa:Action", h->action);
	xml_element_text(w, "wsa:MessageID", h->message_id);
	xml_element_text(w, "wsa:RelatesTo", h->relates_to);
	if (h->to != NULL)
		put_required(w, "wsa:To", h->to);
	/* WS-Addressing 1.0 Core 3.4, SOAP Binding 2.4. */
	for (const struct xml_node *n = xml_first_element(h->parameters); n != NULL;
	     n = xml_next_element(n))
		xml_copy_marked(w, n, "wsa", ADDRESSING_NAMESPACE, "IsReferenceParameter", "true");
	if (h->reply_to_anonymous || h->reply_to != NULL)
		put_endpoint(w, "wsa:ReplyTo",
			     h->reply_to == NULL ? ADDRESSING_ANONYMOUS : h->reply_to);
}

void soap_begin_security(struct xml_writer *w)
{
	xml_open(w, "wsse:Security");
	xml_namespace_declare(w, "wsse", SECURITY_NAMESPACE);
	xml_put_attribute(w, "env:mustUnderstand", "true");
}

void soap_body(struct xml_writer *w)
{
	xml_close_to(w, 1);
	xml_open(w, "env:Body");
}

void soap_end(struct xml_writer *w)
{
	xml_close_to(w, 0);
}

/* A problem that no row calls the envelope's is the sender's where HTTP says so, too. */
static const char *fault_code(const struct problem_row *row)
{
	switch (row->fault) {
	case FAULT_VERSION_MISMATCH: return "env:VersionMismatch";
	case FAULT_MUST_UNDERSTAND: return "env:MustUnderstand";
	case FAULT_SENDER: return "env:Sender";
	case FAULT_RECEIVER: return "env:Receiver";
	case FAULT_NONE: break;
	}
	return row->http < 500 ? "env:Sender" : "env:Receiver";
}

/* SOAP 1.2 part 1: 5.4.7: the versions we speak instead. */
static void put_upgrade(struct xml_writer *w)
{
	xml_open(w, "env:Upgrade");
	xml_open(w, "env:SupportedEnvelope");
	xml_put_attribute(w, "qname", "env:Envelope");
	xml_close(w);
	xml_close(w);
}

/* SOAP 1.2 part 1: 5.4.8: the header that was not understood, as a QName of ours. */
static void put_not_understood(struct xml_writer *w, const struct xml_node *header)
{
	const char *space = xml_namespace(header), *name = xml_local(header);
	xml_open(w, "env:NotUnderstood");
	if (space != NULL) {
		xml_namespace_declare(w, "h", space);
		name = arena_printf(xml_writer_arena(w), "h:%s", name);
	}
	xml_put_attribute(w, "qname", name);
	xml_close(w);
}

static bool of_addressing(const struct problem_row *row)
{
	return row->fault_subcode != NULL && text_starts(row->fault_subcode, "wsa:");
}

static void put_code(struct xml_writer *w, const struct problem_row *row, const char *innermost)
{
	xml_open(w, "env:Code");
	xml_element_text(w, "env:Value", fault_code(row));
	if (row->fault_subcode != NULL) {
		xml_open(w, "env:Subcode");
		if (text_starts(row->fault_subcode, "wsse:"))
			xml_namespace_declare(w, "wsse", SECURITY_NAMESPACE);
		xml_element_text(w, "env:Value", row->fault_subcode);
		if (innermost != NULL) {
			xml_open(w, "env:Subcode");
			xml_element_text(w, "env:Value", innermost);
			xml_close(w);
		}
		xml_close(w);
	}
	xml_close(w);
}

/* WS-Addressing 1.0 SOAP Binding 6.3: which action, which header. Axis2 shows nothing else. */
static void put_addressing_detail(struct xml_writer *w, const struct soap_fault_message *f,
				  const struct problem_row *row)
{
	const struct soap_message *m = f->request;
	if (m == NULL || !of_addressing(row))
		return;
	if (text_equal(row->fault_subcode, "wsa:ActionNotSupported") && m->action != NULL) {
		xml_open(w, "wsa:ProblemAction");
		xml_element_text(w, "wsa:Action", m->action);
		if (!text_empty(f->soap_action))
			xml_element_text(w, "wsa:SoapAction", f->soap_action);
		xml_close(w);
	}
	if (m->problem_header != NULL)
		xml_element_text(w, "wsa:ProblemHeaderQName",
				 arena_printf(xml_writer_arena(w), "wsa:%s", m->problem_header));
}

/* Of a problem of the envelope's addressing that is all there is to tell. */
static const char *element_of(const struct soap_fault_message *f, const struct problem_row *row)
{
	if (of_addressing(row))
		return NULL;
	return row->fault_element != NULL ? row->fault_element : f->element;
}

/* WS-BaseFaults 1.2: 2; an InvalidFilterFault says which filter it was (WS-BaseNotification 1.3:
 * 4.2). */
static void put_base_fault(struct xml_writer *w, const struct soap_fault_message *f,
			   const char *element)
{
	char now[XML_TIME_TEXT];
	instant_to_xml(f->now, now);
	xml_open(w, element);
	xml_namespace_declare(w, "wsnt", NOTIFICATION_NAMESPACE);
	xml_namespace_declare(w, "wsrf-r", RESOURCE_NAMESPACE);
	xml_namespace_declare(w, "wsrf-bf", BASE_FAULTS_NAMESPACE);
	xml_namespace_declare(w, "rim", "urn:oasis:names:tc:ebxml-regrep:xsd:rim:3.0");
	xml_element_text(w, "wsrf-bf:Timestamp", now);
	xml_element_text(w, "wsrf-bf:Description", f->problem->what);
	if (text_equal(element, "wsnt:InvalidFilterFault"))
		xml_element_text(w, "wsnt:UnknownFilter", "rim:AdhocQuery");
	xml_close(w);
}

static void put_detail(struct xml_writer *w, const struct soap_fault_message *f,
		       const struct problem_row *row)
{
	const char *element = element_of(f, row);
	xml_open(w, "env:Detail");
	put_addressing_detail(w, f, row);
	if (element != NULL)
		put_base_fault(w, f, element);
	xml_open(w, "minato:Problem");
	xml_namespace_declare(w, "minato", PROBLEM_NAMESPACE);
	xml_put_attribute(w, "name", row->name);
	xml_put_attribute(w, "exchange", f->exchange);
	xml_element_text(w, "minato:Text", f->problem->what);
	if (f->problem->where[0] != '\0')
		xml_element_text(w, "minato:Where", f->problem->where);
	xml_close(w);
	xml_close(w);
}

void soap_write_fault(struct xml_writer *w, const struct soap_fault_message *f)
{
	const struct problem_row *row = problem_row(f->problem->code);
	/* WS-Addressing 1.0 SOAP Binding 6: its own faults have an action of their own. */
	const struct soap_message *m = f->request;
	struct soap_headers h = {
		.action = of_addressing(row)           ? ADDRESSING_NAMESPACE "/fault"
			  : element_of(f, row) != NULL ? NOTIFICATION_FAULT_ACTION
						       : ADDRESSING_NAMESPACE "/soap/fault",
		.message_id = f->message_id,
		.relates_to = f->relates_to,
		.to = f->to,
		.parameters = f->parameters,
	};
	soap_begin(w, &h);
	if (row->fault == FAULT_VERSION_MISMATCH)
		put_upgrade(w);
	for (size_t i = 0;
	     row->fault == FAULT_MUST_UNDERSTAND && m != NULL && i < m->not_understood_count; i++)
		put_not_understood(w, m->not_understood[i]);
	soap_body(w);
	xml_open(w, "env:Fault");
	put_code(w, row, of_addressing(row) && m != NULL ? m->problem_detail : NULL);
	xml_open(w, "env:Reason");
	xml_open(w, "env:Text");
	xml_put_attribute(w, "xml:lang", "en");
	xml_put_text(w, f->problem->what);
	xml_close(w);
	xml_close(w);
	put_detail(w, f, row);
	soap_end(w);
}
