/* gateway/operator/demo_node_soap.c: an institution's system in the demo: SOAP. We are a Patient
 * Identifier Cross-reference Consumer (ITI TF-2: 3.45), a Document Source (3.41) and a Document
 * Consumer (3.18, 3.43). */
#include <openssl/evp.h>
#include <stdint.h>
#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/clock.h"
#include "gateway/base/findings.h"
#include "gateway/base/text.h"
#include "gateway/client/soap_client.h"
#include "gateway/envelope/ebrim.h"
#include "gateway/envelope/hl7v3.h"
#include "gateway/envelope/mtom.h"
#include "gateway/envelope/xml_reader.h"
#include "gateway/envelope/xml_writer.h"
#include "gateway/operator/demo_node.h"

#define FIND_DOCUMENTS "urn:uuid:14d4debf-8f97-4251-9a74-a90016b0af0d"
#define SUCCESS "urn:oasis:names:tc:ebxml-regrep:ResponseStatusType:Success"
#define DEVICES "2.999.30" /* of the institutions' systems: message ids, sender */

enum { ANSWER_MOST = 16 << 20 }; /* the demo's documents are a few kilobytes */

bool demo_node_open_https(struct demo_node *n, struct problem *p)
{
	if (n->https == NULL)
		n->https = https_client_open(n->arena, &n->identity, ANSWER_MOST, p);
	return n->https != NULL;
}

static bool call(struct demo_node *n, const char *path, struct soap_call *what,
		 struct soap_reply *reply, struct problem *p)
{
	if (!demo_node_open_https(n, p))
		return false;
	n->sent++;
	what->url = arena_printf(n->arena, "https://localhost:%u%s", n->https_port, path);
	if (!soap_client_call(n->https, n->arena, n->random, what, reply, p))
		return false;
	if (reply->message.fault != NULL)
		return problem_set(p, PROBLEM_NOT_PERMITTED, "%s",
				   reply->message.fault_reason != NULL ? reply->message.fault_reason
								       : "the answer is a fault");
	return reply->message.body != NULL
	       || problem_set(p, PROBLEM_MALFORMED, "the answer is empty");
}

/* ---- ITI-45 ---- */

struct query_v3 {
	struct demo_node *node;
	const struct demo_question *question;
};

static void put_device(struct xml_writer *w, const char *element, const char *type,
		       const char *root)
{
	xml_open(w, element);
	xml_put_attribute(w, "typeCode", type);
	xml_open(w, "device");
	xml_put_attribute(w, "classCode", "DEV");
	xml_put_attribute(w, "determinerCode", "INSTANCE");
	hl7v3_put_ii(w, "id", root, NULL, NULL);
	xml_close(w);
	xml_close(w);
}

static void put_parameter(struct xml_writer *w, const char *element, const char *root,
			  const char *extension, const char *semantics)
{
	xml_open(w, element);
	hl7v3_put_ii(w, "value", root, extension, NULL);
	xml_element_text(w, "semanticsText", semantics);
	xml_close(w);
}

static void put_query(struct xml_writer *w, const struct query_v3 *q, const char *id)
{
	xml_open(w, "queryByParameter");
	hl7v3_put_ii(w, "queryId", DEVICES ".4", id, NULL);
	hl7v3_put_code(w, "statusCode", "new");
	hl7v3_put_code(w, "responsePriorityCode", "I");
	xml_open(w, "parameterList");
	put_parameter(w, "dataSource", q->question->wanted, NULL, "DataSource.id");
	put_parameter(w, "patientIdentifier", q->question->domain, q->question->id, "Patient.id");
	xml_close(w);
	xml_close(w);
}

static void write_query_v3(struct xml_writer *w, const void *what)
{
	const struct query_v3 *q = what;
	const char *id = arena_printf(q->node->arena, "%s-%u", q->node->name, q->node->sent);
	char now[DTM_TEXT];
	instant_to_dtm(q->node->clock->now(q->node->clock), now);
	xml_open(w, "PRPA_IN201309UV02");
	xml_namespace_declare(w, NULL, HL7V3_NAMESPACE);
	xml_put_attribute(w, "ITSVersion", "XML_1.0");
	hl7v3_put_ii(w, "id", DEVICES ".1", id, NULL);
	xml_open(w, "creationTime");
	xml_put_attribute(w, "value", arena_printf(q->node->arena, "%s+0000", now));
	xml_close(w);
	hl7v3_put_ii(w, "interactionId", HL7V3_INTERACTIONS, "PRPA_IN201309UV02", NULL);
	hl7v3_put_code(w, "processingCode", "P");
	hl7v3_put_code(w, "processingModeCode", "T");
	hl7v3_put_code(w, "acceptAckCode", "AL");
	put_device(w, "receiver", "RCV", "2.999.10.1");
	put_device(w, "sender", "SND", DEVICES ".2");
	hl7v3_begin_control_act(w, "PRPA_TE201309UV02");
	put_query(w, q, id);
	xml_close(w);
	xml_close(w);
}

/* The only child element of that name, and so on down. */
static const struct xml_node *down(const struct xml_node *n, const char *const *names)
{
	for (; *names != NULL; names++)
		n = xml_child(n, HL7V3_NAMESPACE, *names);
	return n;
}

bool demo_node_cross_reference_v3(struct demo_node *n, const struct demo_question *q,
				  const char **found, const char **code, struct problem *p)
{
	static const char *const to_code[] = { "controlActProcess", "queryAck", "queryResponseCode",
					       NULL };
	static const char *const to_id[] = { "controlActProcess",
					     "subject",
					     "registrationEvent",
					     "subject1",
					     "patient",
					     "id",
					     NULL };
	const struct query_v3 query = { n, q };
	struct soap_call what = { .action = "urn:hl7-org:v3:PRPA_IN201309UV02",
				  .write = write_query_v3,
				  .what = &query };
	struct soap_reply reply;
	if (!call(n, "/pix", &what, &reply, p))
		return false;
	const struct xml_node *id = down(reply.message.body, to_id);
	*code = xml_attribute(down(reply.message.body, to_code), "code");
	*found = text_equal(xml_attribute(id, "root"), q->wanted) ? xml_attribute(id, "extension")
								  : NULL;
	return true;
}

/* ---- ITI-18 ---- */

/* NULL when the answer is a success; else its first error's code, or that there is none. */
static const char *refusal(const struct xml_node *response)
{
	const struct xml_node *list = xml_child(response, RS_NAMESPACE, "RegistryErrorList");
	const char *code = xml_attribute(xml_child(list, RS_NAMESPACE, "RegistryError"),
					 "errorCode");
	if (text_equal(xml_attribute(response, "status"), SUCCESS))
		return NULL;
	return code != NULL ? code : "?";
}

static void put_slot(struct xml_writer *w, const char *name, const char *value)
{
	xml_open(w, "rim:Slot");
	xml_put_attribute(w, "name", name);
	xml_open(w, "rim:ValueList");
	xml_element_text(w, "rim:Value", value);
	xml_close(w);
	xml_close(w);
}

static void write_query(struct xml_writer *w, const void *what)
{
	const char *patient = what;
	xml_open(w, "query:AdhocQueryRequest");
	xml_namespace_declare(w, "query", QUERY_NAMESPACE);
	xml_namespace_declare(w, "rim", RIM_NAMESPACE);
	xml_open(w, "query:ResponseOption");
	xml_put_attribute(w, "returnType", "LeafClass");
	xml_put_attribute(w, "returnComposedObjects", "true");
	xml_close(w);
	xml_open(w, "rim:AdhocQuery");
	xml_put_attribute(w, "id", FIND_DOCUMENTS);
	put_slot(w, "$XDSDocumentEntryPatientId",
		 arena_printf(xml_writer_arena(w), "'%s'", patient));
	put_slot(w, "$XDSDocumentEntryStatus",
		 "('urn:oasis:names:tc:ebxml-regrep:StatusType:Approved')");
	xml_close(w);
	xml_close(w);
}

bool demo_node_find(struct demo_node *n, const char *patient_cx, struct document_entry **found,
		    const char **refused, struct problem *p)
{
	struct soap_call what = { .action = "urn:ihe:iti:2007:RegistryStoredQuery",
				  .write = write_query,
				  .what = patient_cx };
	struct soap_reply reply;
	struct submission objects = { 0 };
	struct findings findings = findings_in(n->arena);
	*found = NULL;
	if (!call(n, "/xds/registry", &what, &reply, p))
		return false;
	*refused = refusal(reply.message.body);
	if (*refused == NULL
	    && !ebrim_read_found(n->arena, reply.message.body, &objects, &findings))
		return problem_set(p, PROBLEM_MALFORMED, "%s", findings.first->problem.what);
	*found = objects.entries;
	return true;
}

/* ---- ITI-43 ---- */

static void write_retrieve(struct xml_writer *w, const void *what)
{
	const struct document_entry *e = what;
	xml_open(w, "xds:RetrieveDocumentSetRequest");
	xml_namespace_declare(w, "xds", XDSB_NAMESPACE);
	xml_open(w, "xds:DocumentRequest");
	xml_element_text(w, "xds:HomeCommunityId", e->home_community_id);
	xml_element_text(w, "xds:RepositoryUniqueId", e->repository_unique_id);
	xml_element_text(w, "xds:DocumentUniqueId", e->unique_id);
	xml_close(w);
	xml_close(w);
}

bool demo_node_retrieve(struct demo_node *n, const struct document_entry *e, struct bytes *octets,
			const char **refused, struct problem *p)
{
	struct soap_call what = { .action = "urn:ihe:iti:2007:RetrieveDocumentSet",
				  .write = write_retrieve,
				  .what = e,
				  .multipart = true };
	struct soap_reply reply;
	*octets = (struct bytes){ 0 };
	if (!call(n, "/xds/repository", &what, &reply, p))
		return false;
	const struct xml_node *body = reply.message.body;
	const struct xml_node *one = xml_child(body, XDSB_NAMESPACE, "DocumentResponse");
	const struct xml_node *document = xml_child(one, XDSB_NAMESPACE, "Document");
	*refused = refusal(xml_child(body, RS_NAMESPACE, "RegistryResponse"));
	return *refused != NULL || soap_reply_octets(n->arena, &reply, document, octets, p);
}

bool demo_document_is_whole(const struct document_entry *e, struct bytes octets)
{
	unsigned char digest[EVP_MAX_MD_SIZE], said[EVP_MAX_MD_SIZE];
	unsigned length = 0;
	uint64_t size;
	return e->hash != NULL && strlen(e->hash) == 40 && e->size != NULL
	       && text_to_number(e->size, SIZE_MAX, &size) && size == octets.length
	       && bytes_from_hex(e->hash, 40, said)
	       && EVP_Digest(octets.data, octets.length, digest, &length, EVP_sha1(), NULL) == 1
	       && bytes_equal((struct bytes){ digest, length }, (struct bytes){ said, 20 });
}

/* ---- ITI-41 ---- */

struct providing {
	const struct submission *submission;
	const struct soap_part *part;
};

static void write_provide(struct xml_writer *w, const void *what)
{
	const struct providing *it = what;
	const struct submission *s = it->submission;
	const struct registry_objects objects = { s->set, s->entries, s->folders, s->associations };
	xml_open(w, "xds:ProvideAndRegisterDocumentSetRequest");
	xml_namespace_declare(w, "xds", XDSB_NAMESPACE);
	xml_open(w, "lcm:SubmitObjectsRequest");
	xml_namespace_declare(w, "lcm", LCM_NAMESPACE);
	xml_namespace_declare(w, "rim", RIM_NAMESPACE);
	ebrim_put_objects(w, xml_writer_arena(w), &objects, true);
	xml_close(w);
	xml_open(w, "xds:Document");
	xml_put_attribute(w, "id", s->entries->id);
	xml_open(w, "xop:Include");
	xml_namespace_declare(w, "xop", XOP_NAMESPACE);
	xml_put_attribute(w, "href",
			  arena_printf(xml_writer_arena(w), "cid:%s", it->part->content_id));
	xml_close(w);
	xml_close(w);
	xml_close(w);
}

bool demo_node_provide(struct demo_node *n, const struct submission *s, struct bytes document,
		       const char **refused, struct problem *p)
{
	const struct soap_part part = { .content_id = mtom_content_id(n->arena, n->random),
					.content_type = s->entries->mime_type,
					.octets = document };
	const struct providing it = { s, &part };
	struct soap_call what = { .action = "urn:ihe:iti:2007:ProvideAndRegisterDocumentSet-b",
				  .write = write_provide,
				  .what = &it,
				  .parts = &part,
				  .multipart = true };
	struct soap_reply reply;
	if (!call(n, "/xds/repository", &what, &reply, p))
		return false;
	*refused = refusal(reply.message.body);
	return true;
}
