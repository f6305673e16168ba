/* profiles/dsub/iti54_document_metadata_publish.c
 *
 * Document Metadata Publish [ITI-54], ITI TF-2: 3.54. We are the Document Metadata Notification
 * Broker: a publisher tells what is registered elsewhere, and who subscribed to it is told. Nothing
 * of it is registered here. */
#include <string.h>

#include "gateway/base/findings.h"
#include "gateway/base/text.h"
#include "gateway/envelope/ebrim.h"
#include "gateway/envelope/soap.h"
#include "gateway/envelope/xml_reader.h"
#include "gateway/envelope/xml_shape.h"
#include "gateway/envelope/xml_writer.h"
#include "profiles/actors/notification_broker.h"
#include "profiles/dsub/notification.h"
#include "profiles/dsub/wsnt.h"
#include "profiles/transaction.h"
#include "store/blobs.h"

/* 3.54.4.1.2: one message, of a producer and what he publishes; no subscription is named. */
static const struct xml_place in_notify[] = { { WSNT_NAMESPACE, "NotificationMessage", 1 }, { 0 } };
static const struct xml_place in_message[] = { { WSNT_NAMESPACE, "ProducerReference", 1 },
					       { WSNT_NAMESPACE, "Message", 1 },
					       { 0 } };
static const struct xml_place in_producer[] = { { ADDRESSING_NAMESPACE, "Address", 1 }, { 0 } };
static const struct xml_place in_payload[] = { { LCM_NAMESPACE, "SubmitObjectsRequest", 1 },
					       { 0 } };

/* What one submission of a thousand objects takes, a few times over; it is kept until each who
 * subscribed has been told, and read into memory for each. */
enum { PUBLISHED_MOST = 4 << 20 };

struct publishing {
	struct publication what;
	uint64_t record; /* handle()'s */
};

static bool refuse(struct exchange *x, const char *where, const char *what)
{
	return problem_at(&x->problem, PROBLEM_MALFORMED, where, "%s", what);
}

static bool fits(struct exchange *x, const struct xml_node *n, const struct xml_place *places)
{
	const char *what;
	const struct xml_node *misfit = n == NULL ? NULL : xml_misfit(n, places, &what);
	return misfit == NULL
	       || problem_at(&x->problem, PROBLEM_MALFORMED, xml_path(x->arena, misfit), "%s %s",
			     xml_local(misfit), what);
}

static bool read_envelope(struct exchange *x, const struct xml_node *notify, const char **producer,
			  const struct xml_node **request)
{
	const struct xml_node *message = xml_child(notify, WSNT_NAMESPACE, "NotificationMessage");
	const struct xml_node *by = xml_child(message, WSNT_NAMESPACE, "ProducerReference");
	const struct xml_node *payload = xml_child(message, WSNT_NAMESPACE, "Message");
	if (!fits(x, notify, in_notify) || !fits(x, message, in_message)
	    || !fits(x, by, in_producer) || !fits(x, payload, in_payload))
		return false;
	*request = xml_child(payload, LCM_NAMESPACE, "SubmitObjectsRequest");
	*producer = text_trimmed(
		x->arena, xml_text(x->arena, xml_child(by, ADDRESSING_NAMESPACE, "Address")));
	if (*request == NULL)
		return refuse(x, "Message", "there is no SubmitObjectsRequest");
	return (text_starts(*producer, "urn:oid:") && text_is_oid(*producer + strlen("urn:oid:")))
	       || refuse(x, "ProducerReference",
			 "the producer's address is not urn:oid: and the sourceId (3.54.4.1.2)");
}

/* The first of several findings. */
static bool refuse_findings(struct exchange *x, const struct findings *f)
{
	for (const struct finding *one = f->first; one != NULL; one = one->next)
		if (!one->warning)
			return problem_at(&x->problem, PROBLEM_MALFORMED, one->problem.where, "%s",
					  one->problem.what);
	return true;
}

/* All of one patient. */
static bool same_patient(struct exchange *x, struct publication *what, const char *cx)
{
	if (what->patient_id == NULL)
		what->patient_id = cx;
	return text_equal(what->patient_id, cx)
	       || refuse(x, "patientId", "the objects are of several patients");
}

static bool read_patient(struct exchange *x, struct publication *what)
{
	const struct submission *s = &what->submission;
	for (const struct document_entry *e = s->entries; e != NULL; e = e->next)
		if (!same_patient(x, what, e->patient_id))
			return false;
	for (const struct folder *f = s->folders; f != NULL; f = f->next)
		if (!same_patient(x, what, f->patient_id))
			return false;
	if (s->set != NULL && !same_patient(x, what, s->set->patient_id))
		return false;
	return what->patient_id != NULL || refuse(x, "RegistryObjectList", "nothing is published");
}

/* A set is one, and its producer's; what joins objects has no place (3.54.4.1.2). */
static bool check_objects(struct exchange *x, const struct submission *s, const char *producer)
{
	if (s->set_count > 1)
		return refuse(x, "RegistryObjectList", "there are several SubmissionSets");
	if (s->associations != NULL)
		return refuse(x, "RegistryObjectList", "Associations are not published");
	return s->set == NULL || text_equal(s->set->source_id, producer + strlen("urn:oid:"))
	       || refuse(x, "ProducerReference",
			 "the producer is not the sourceId of the SubmissionSet");
}

/* As it is sent on, without what surrounds it. */
static bool keep_metadata(struct exchange *x, const struct submission *s, const struct blob **out)
{
	struct xml_writer *w = xml_writer_begin(x->arena);
	struct blob *kept = arena_new(x->arena, struct blob);
	ebrim_put_submission(w, s);
	struct bytes octets = xml_writer_end(w);
	if (octets.length > PUBLISHED_MOST)
		return problem_set(&x->problem, PROBLEM_TOO_LARGE,
				   "at most %d octets of metadata are published at a time",
				   PUBLISHED_MOST);
	*out = kept;
	return blob_of_bytes(x->store, x->arena, octets, kept, &x->problem);
}

static bool read_request(struct exchange *x)
{
	struct publishing *r = arena_new(x->arena, struct publishing);
	struct submission *s = &r->what.submission;
	struct findings f = findings_in(x->arena);
	struct registry_desk d = exchange_desk(x);
	const struct xml_node *request;
	const char *producer;
	x->request = r;
	if (!read_envelope(x, x->soap->body, &producer, &request))
		return false;
	if (ebrim_count_objects(request) > x->region->submission_objects)
		return problem_set(&x->problem, PROBLEM_TOO_LARGE,
				   "at most %u objects are published at a time "
				   "(submission-objects)",
				   x->region->submission_objects);
	if (ebrim_read_submission(x->arena, request, s, &f))
		document_registry_validate_objects(&d, s, &f);
	return refuse_findings(x, &f) && read_patient(x, &r->what) && check_objects(x, s, producer)
	       && keep_metadata(x, s, &r->what.metadata);
}

static bool handle(struct exchange *x)
{
	const struct publishing *r = x->request;
	struct registry_desk d = exchange_desk(x);
	uint64_t *record = arena_new(x->arena, uint64_t);
	x->result = record;
	return broker_publish(&d, &r->what, record, &x->problem);
}

/* ITI TF-2: 3.54.5.1.2: the patient, and each object. */
static void audited(struct exchange *x, struct audit_event *e)
{
	const struct publishing *r = x->request;
	const struct submission *s = r == NULL ? NULL : &r->what.submission;
	const uint64_t *record = x->result;
	struct registry_objects all;
	if (record != NULL)
		audit_about(x, e, *record);
	if (s == NULL)
		return;
	if (r->what.patient_id != NULL)
		audit_patient(x, e, r->what.patient_id);
	all = (struct registry_objects){ s->set, s->entries, s->folders, NULL };
	notification_audit(x, e, &all);
}

static const struct route routes[] = { { .request = WSNT_ACTION "NotificationConsumer/Notify",
					 .detail = "Notify",
					 .namespace_uri = WSNT_NAMESPACE },
				       { 0 } };

const struct transaction iti54_document_metadata_publish = {
	.code = "ITI-54",
	.name = "Document Metadata Publish",
	.section = "ITI TF-2: 3.54",
	.actor = DOCUMENT_METADATA_NOTIFICATION_BROKER,
	.dialect = DIALECT_SOAP,
	.refuses_by_fault = true,
	.routes = routes,
	.access = STORE_WRITE,
	.audit_event = 110107, /* DCM Import */
	.audit_action = AUDIT_CREATE,
	.request_grammar = "iti54-request.rng",
	.read = read_request,
	.handle = handle,
	.audited = audited,
};
