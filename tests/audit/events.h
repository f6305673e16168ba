/* tests/audit/events.h: audit events as the transactions leave them, to be kept and read back. */
#ifndef TESTS_AUDIT_EVENTS_H
#define TESTS_AUDIT_EVENTS_H

#include <stddef.h>
#include <string.h>

#include "gateway/audit/record.h"
#include "gateway/base/arena.h"
#include "gateway/base/text.h"

static const struct audit_source events_source = {
	.enterprise_site_id = "2.999.1",
	.source_id = "minato-region",
	.process_id = "4711",
	.host = "gateway.region.example",
};

/* ITI-45 and ITI-18 as tests/bench/asked has them, the way xml_copy_node() writes them. */
static const char events_pix_query[] =
	"<queryByParameter xmlns=\"urn:hl7-org:v3\""
	" xmlns:s=\"http://www.w3.org/2003/05/soap-envelope\""
	" xmlns:a=\"http://www.w3.org/2005/08/addressing\">\n"
	"\t\t\t\t\t<queryId root=\"2.999.30.4\" extension=\"1\"/>\n"
	"\t\t\t\t\t<statusCode code=\"new\"/>\n"
	"\t\t\t\t\t<responsePriorityCode code=\"I\"/>\n"
	"\t\t\t\t\t<parameterList>\n"
	"\t\t\t\t\t\t<dataSource><value root=\"2.999.1\"/>"
	"<semanticsText>DataSource.id</semanticsText></dataSource>\n"
	"\t\t\t\t\t\t<patientIdentifier><value root=\"2.999.10.1\" extension=\"0012345\"/>"
	"<semanticsText>Patient.id</semanticsText></patientIdentifier>\n"
	"\t\t\t\t\t</parameterList>\n\t\t\t\t</queryByParameter>";
static const char events_find_documents[] =
	"<q:AdhocQueryRequest xmlns:q=\"urn:oasis:names:tc:ebxml-regrep:xsd:query:3.0\""
	" xmlns=\"urn:oasis:names:tc:ebxml-regrep:xsd:rim:3.0\""
	" xmlns:s=\"http://www.w3.org/2003/05/soap-envelope\""
	" xmlns:a=\"http://www.w3.org/2005/08/addressing\">\n"
	"\t\t\t<q:ResponseOption returnType=\"LeafClass\" returnComposedObjects=\"true\"/>\n"
	"\t\t\t<AdhocQuery id=\"urn:uuid:14d4debf-8f97-4251-9a74-a90016b0af0d\">\n"
	"\t\t\t\t<Slot name=\"$XDSDocumentEntryPatientId\">\n"
	"\t\t\t\t\t<ValueList><Value>'0012345^^^&amp;2.999.10.1&amp;ISO'</Value></ValueList>\n"
	"\t\t\t\t</Slot>\n"
	"\t\t\t\t<Slot name=\"$XDSDocumentEntryStatus\">\n"
	"\t\t\t\t\t<ValueList><Value>('urn:oasis:names:tc:ebxml-regrep:StatusType:Approved')"
	"</Value></ValueList>\n\t\t\t\t</Slot>\n\t\t\t</AdhocQuery>\n\t\t</q:AdhocQueryRequest>";

static inline struct audit_participant *events_participants(struct arena *a, const char *endpoint)
{
	struct audit_participant *peer = arena_new(a, struct audit_participant);
	struct audit_participant *own = arena_new(a, struct audit_participant);
	*peer = (struct audit_participant){
		.user_id = "http://www.w3.org/2005/08/addressing/anonymous",
		.user_name = "\xe5\xb1\xb1\xe7\x94\xb0 \"B\" clinic",
		.requestor = true,
		.role = AUDIT_SOURCE,
		.network_access_point = "192.0.2.7",
		.network_access_point_type = 2,
		.next = own,
	};
	*own = (struct audit_participant){
		.user_id = endpoint,
		.alternative_user_id = events_source.process_id,
		.role = AUDIT_DESTINATION,
		.network_access_point = events_source.host,
		.network_access_point_type = 1,
	};
	return peer;
}

static inline struct audit_object *events_patient(struct arena *a, const char *id)
{
	struct audit_object *o = arena_new(a, struct audit_object);
	*o = (struct audit_object){
		.id = id,
		.type_code = 1,
		.type_code_role = 1,
		.id_type = { .code = "2", .scheme = "RFC-3881", .display = "Patient Number" },
	};
	return o;
}

static inline struct audit_event *events_query(struct arena *a, const char *endpoint,
					       struct coded_value type, const char *query)
{
	struct audit_event *e = arena_new(a, struct audit_event);
	struct audit_object *o = arena_new(a, struct audit_object);
	*e = (struct audit_event){
		.event_id = 110112,
		.action = AUDIT_EXECUTE,
		.time = INT64_C(1768440601123456),
		.outcome = AUDIT_SUCCESS,
		.type = type,
		.transaction = type.code,
		.system = "b-clinic",
		.participants = events_participants(a, endpoint),
	};
	*o = (struct audit_object){
		.type_code = 2,
		.type_code_role = 24,
		.id_type = type,
		.query = (const unsigned char *)query,
		.query_length = strlen(query),
		.details = arena_new(a, struct audit_detail),
	};
	e->objects = events_patient(a, "0012345^^^&2.999.10.1&ISO");
	e->objects->next = o;
	return e;
}

static inline struct audit_event *events_pix(struct arena *a)
{
	struct coded_value type = { .code = "ITI-45",
				    .scheme = "IHE Transactions",
				    .display = "PIX Query" };
	struct audit_event *e = events_query(a, "https://127.0.0.1:8443/pix", type,
					     events_pix_query);
	struct audit_object *o = e->objects->next;
	struct audit_object *region = events_patient(a, "9cb45fd0c8a34c6f9c3d^^^&2.999.1&ISO");
	struct audit_object *other = events_patient(a, "55-0198^^^&2.999.10.2&ISO");
	e->objects->next = region;
	region->next = other;
	other->next = o;
	o->id = "1^^^&2.999.30.4&ISO";
	*o->details = (struct audit_detail){
		.type = "II",
		.value = (const unsigned char *)"2.999.30.1^query-1",
		.length = 18,
	};
	return e;
}

static inline struct audit_event *events_find(struct arena *a)
{
	struct coded_value type = { .code = "ITI-18",
				    .scheme = "IHE Transactions",
				    .display = "Registry Stored Query" };
	struct audit_event *e = events_query(a, "https://127.0.0.1:8443/xds/registry", type,
					     events_find_documents);
	e->objects->next->id = "urn:uuid:14d4debf-8f97-4251-9a74-a90016b0af0d";
	*e->objects->next->details = (struct audit_detail){
		.type = "QueryEncoding",
		.value = (const unsigned char *)"UTF-8",
		.length = 5,
	};
	return e;
}

static inline struct audit_event *events_start(struct arena *a)
{
	return audit_application(a, &events_source, true, "root (uid 0)", -1);
}

static inline struct audit_event *events_alert(struct arena *a)
{
	struct audit_alert alert = {
		.code = "110126",
		.name = "Node Authentication",
		.doing = AUDIT_DOING_NODE_AUTHENTICATION,
		.address = "192.0.2.9",
		.who = "CN=nobody,\"<&>\xff",
		.description = "unknown\r\n",
	};
	struct audit_event *e = audit_alert(a, &events_source, &alert, INT64_C(1768440601000000));
	e->local_only = true;
	return e;
}

/* Whatever may be absent, empty, twice or odd. */
static inline struct audit_event *events_odd(struct arena *a)
{
	static const unsigned char octets[] = { 0, 1, 2, 0xff, 0, '<' };
	struct audit_event *e = events_start(a);
	struct audit_object *nameless = events_patient(a, NULL), *empty = events_patient(a, "");
	struct audit_object *document = arena_new(a, struct audit_object);
	struct audit_detail *details = arena_array(a, struct audit_detail, 3);
	struct audit_object *query = arena_new(a, struct audit_object);
	e->type = (struct coded_value){ 0 };
	e->outcome = AUDIT_MAJOR;
	e->outcome_description = "";
	e->participants->next->next = arena_new(a, struct audit_participant);
	details[0] = (struct audit_detail){ "octets", octets, sizeof octets, &details[1] };
	details[1] = (struct audit_detail){ "none", NULL, 0, &details[2] };
	details[2] = (struct audit_detail){ "", octets, 1, NULL };
	*document = (struct audit_object){ .type_code = 2,
					   .type_code_role = 3,
					   .life_cycle = 15,
					   .name = "",
					   .details = details,
					   .next = query };
	*query = (struct audit_object){ .id = "", .query = octets, .query_length = 0 };
	e->objects = nameless;
	nameless->next = empty;
	nameless->life_cycle = 6;
	empty->next = document;
	empty->details = arena_new(a, struct audit_detail);
	*empty->details = (struct audit_detail){ "MSH-10", octets + 5, 1, NULL };
	return e;
}

static inline struct audit_event *events_large(struct arena *a)
{
	enum { LENGTH = 300000 };
	struct audit_event *e = events_find(a);
	unsigned char *query = arena_alloc(a, LENGTH);
	uint32_t noise = 1;
	for (size_t i = 0; i < LENGTH; i++) {
		noise = noise * 1664525 + 1013904223;
		query[i] = i % 3 == 0 ? ' ' : (unsigned char)(noise >> 24);
	}
	e->objects->next->query = query;
	e->objects->next->query_length = LENGTH;
	return e;
}

/* most: octets that the packed record may have; 0: any. */
/* Who is vouched for, with his roles and purposes, and who acts for him. */
static inline struct audit_event *events_vouched(struct arena *a)
{
	static struct coded_value purposes[] = {
		{ .code = "ETREAT", .scheme = "2.16.840.1.113883.5.8", .display = "emergency" },
		{ .code = "BTG", .scheme = "2.16.840.1.113883.5.8" }
	};
	static struct coded_value roles[] = {
		{ .code = "112247003", .scheme = "2.16.840.1.113883.6.96", .display = "doctor" },
		{ .code = "HCP", .scheme = "2.999.7" },
		{ .code = "1", .scheme = "2.999.7" }
	};
	static struct coded_value login = { .code = "ITI-40",
					    .scheme = "IHE Transactions",
					    .display = "Provide X-User Assertion" };
	struct audit_event *e = events_find(a);
	struct audit_participant *person = arena_new(a, struct audit_participant);
	purposes[0].next = &purposes[1];
	roles[0].next = &roles[1];
	roles[1].next = &roles[2];
	*person = (struct audit_participant){ .user_id = "dr.sato",
					      .user_name = "<dr.sato@https://idp.example/>",
					      .roles = roles };
	e->participants->next->next = person;
	e->purposes = purposes;
	e->type.next = &login;
	return e;
}

static const struct {
	const char *name;
	struct audit_event *(*make)(struct arena *a);
	size_t most;
} events[] = {
	{ "ITI-45", events_pix, 500 },        { "FindDocuments", events_find, 500 },
	{ "vouched for", events_vouched, 0 }, { "application start", events_start, 200 },
	{ "alert", events_alert, 200 },       { "odd", events_odd, 0 },
	{ "large", events_large, 0 },
};
static const size_t event_count = COUNT(events);

#endif
