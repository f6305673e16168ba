/* profiles/dsub/iti70_pull_notification.c
 *
 * Pull Notification [ITI-70], DSUB Extensions 3.70. We are the Notification Pull Point: whose it is
 * fetches what waits there, one notification at a time, each once. */
#include <string.h>

#include "gateway/base/text.h"
#include "gateway/envelope/soap.h"
#include "gateway/envelope/xml_reader.h"
#include "gateway/envelope/xml_shape.h"
#include "gateway/envelope/xml_writer.h"
#include "profiles/actors/pull_point.h"
#include "profiles/dsub/notification.h"
#include "profiles/dsub/wsnt.h"
#include "profiles/transaction.h"

static const struct xml_place in_get_messages[] = { { WSNT_NAMESPACE, "MaximumNumber", 1 }, { 0 } };

struct fetching {
	const char *id;
	bool none; /* at most 0 are asked for */
};

/* xsd:nonNegativeInteger, of any length; one that is not there is 1 (3.70.4.1.2). Of more than one
 * that are asked for one is given, so that an answer is of one patient (3.70.4.1.3). */
static bool read_most(struct exchange *x, const struct xml_node *n, bool *none)
{
	const char *text = n == NULL ? "1" : text_trimmed(x->arena, xml_text(x->arena, n));
	const char *digits = text + (*text == '+' || *text == '-');
	size_t length = strspn(digits, "0123456789");
	*none = length != 0 && strspn(digits, "0") == length;
	return (length != 0 && digits[length] == '\0' && (*text != '-' || *none))
	       || problem_at(&x->problem, PROBLEM_MALFORMED, "MaximumNumber",
			     "\"%.40s\" is no number of messages", text);
}

static bool read_request(struct exchange *x)
{
	struct fetching *r = arena_new(x->arena, struct fetching);
	const struct xml_node *n = x->soap->body;
	const char *what;
	const struct xml_node *misfit = xml_misfit(n, in_get_messages, &what);
	x->request = r;
	r->id = wsnt_resource(x);
	if (misfit != NULL)
		return problem_at(&x->problem, PROBLEM_MALFORMED, xml_path(x->arena, misfit),
				  "%s %s", xml_local(misfit), what);
	return read_most(x, xml_child(n, WSNT_NAMESPACE, "MaximumNumber"), &r->none);
}

static bool handle(struct exchange *x)
{
	const struct fetching *r = x->request;
	struct pull_point_fetched *out = arena_new(x->arena, struct pull_point_fetched);
	struct registry_desk d = exchange_desk(x);
	x->result = out;
	bool done = pull_point_fetch(&d, r->id, r->none ? NULL : notification_published, out,
				     &x->problem);
	x->lacks = notification_is_empty(&out->told.objects);
	return done;
}

/* As the objects say it, which are all of one: what was subscribed with may mean another by now. */
static const char *patient_of(const struct registry_objects *told)
{
	return told->entries != NULL ? told->entries->patient_id
	       : told->sets != NULL  ? told->sets->patient_id
				     : told->folders->patient_id;
}

/* 3.70.5.1.2: whose it is, and each object. */
static void audited(struct exchange *x, struct audit_event *e)
{
	const struct pull_point_fetched *out = x->result;
	if (x->problem.code != PROBLEM_NONE || out == NULL
	    || notification_is_empty(&out->told.objects))
		return;
	for (const struct registry_owner *o = out->told.owners; o != NULL; o = o->next)
		audit_about(x, e, o->subject);
	audit_patient(x, e, patient_of(&out->told.objects));
	notification_audit(x, e, &out->told.objects);
}

static void answer(struct exchange *x, struct xml_writer *w)
{
	const struct pull_point_fetched *out = x->result;
	xml_open(w, "wsnt:GetMessagesResponse");
	xml_namespace_declare(w, "wsnt", WSNT_NAMESPACE);
	if (!notification_is_empty(&out->told.objects))
		notification_write(w, &out->what.subscription, &out->told.objects);
	xml_close(w);
}

static const struct route routes[] = { { .request = WSNT_ACTION "PullPoint/GetMessagesRequest",
					 .detail = "GetMessages",
					 .namespace_uri = WSNT_NAMESPACE,
					 .answer = WSNT_ACTION "PullPoint/GetMessagesResponse",
					 .fault = "wsnt:UnableToGetMessagesFault" },
				       { 0 } };

const struct transaction iti70_pull_notification = {
	.code = "ITI-70",
	.name = "Pull Notification",
	.section = "ITI DSUB-Ext: 3.70",
	.actor = NOTIFICATION_PULL_POINT,
	.dialect = DIALECT_SOAP,
	.has_resources = true,
	.refuses_by_fault = true,
	.routes = routes,
	.access = STORE_WRITE,
	.audit_event = 110112, /* DCM Query */
	.audit_action = AUDIT_EXECUTE,
	.request_grammar = "iti70-request.rng",
	.answer_grammar = "iti70-response.rng",
	.read = read_request,
	.handle = handle,
	.audited = audited,
	.answer_xml = answer,
};
