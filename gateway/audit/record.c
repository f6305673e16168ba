/* gateway/audit/record.c: audit events as DICOM AuditMessage. */
#include "gateway/audit/record.h"

#include <stdio.h>
#include <string.h>

#include "gateway/audit/event_record.h"
#include "gateway/audit/record_parts.h"
#include "gateway/audit/subjects.h"
#include "gateway/base/arena.h"
#include "gateway/base/clock.h"
#include "gateway/base/text.h"
#include "gateway/envelope/xml_writer.h"
#include "store/audit_log.h"

static const struct {
	int code;
	const char *meaning;
} dicom[] = {
	{ 110100, "Application Activity" },
	{ 110101, "Audit Log Used" },
	{ 110007, "Report Verification" },
	{ 110106, "Export" },
	{ 110107, "Import" },
	{ 110110, "Patient Record" },
	{ 110112, "Query" },
	{ 110113, "Security Alert" },
	{ 110114, "User Authentication" },
	{ 110150, "Application" },
	{ 110151, "Application Launcher" },
	{ 110152, "Destination Role ID" },
	{ 110153, "Source Role ID" },
};

const char *audit_doing_name(enum audit_doing d)
{
	static const char *const names[AUDIT_DOINGS] = {
		[AUDIT_DOING_ANCHOR] = "audit-anchor",
		[AUDIT_DOING_ALTERED] = "audit-altered",
		[AUDIT_DOING_CERTIFICATE_EXPIRY] = "certificate-expiry",
		[AUDIT_DOING_CONSENT_HIDDEN] = "consent-hidden",
		[AUDIT_DOING_DISASTER_ENDED] = "disaster-ended",
		[AUDIT_DOING_EXPIRED] = "audit-expired",
		[AUDIT_DOING_NODE_AUTHENTICATION] = "node-authentication",
		[AUDIT_DOING_OCSP_REVOKED] = "ocsp-revoked",
		[AUDIT_DOING_OCSP_SILENT] = "ocsp-silent",
		[AUDIT_DOING_RECEIVED] = "audit-received-end",
		[AUDIT_DOING_OVERRIDE_ENDED] = "override-ended",
		[AUDIT_DOING_OVERRIDE_STARTED] = "override-started",
		[AUDIT_DOING_PATIENT_NOTICE] = "patient-notice",
		[AUDIT_DOING_REFUSED] = "refused",
		[AUDIT_DOING_REKEYED] = "data-key-changed",
		[AUDIT_DOING_RELOAD] = "reload",
		[AUDIT_DOING_START] = "start",
		[AUDIT_DOING_STOP] = "stop",
	};
	return names[d];
}

const char *audit_code_meaning(int code)
{
	for (size_t i = 0; i < COUNT(dicom); i++)
		if (dicom[i].code == code)
			return dicom[i].meaning;
	return "unknown";
}

/* CV: originalText is mandatory (DICOM PS3.15 A.5.1). */
static void put_coded(struct xml_writer *w, const char *element, const char *code,
		      const char *system, const char *text)
{
	xml_open(w, element);
	xml_put_attribute(w, "csd-code", code);
	xml_put_attribute(w, "codeSystemName", system);
	xml_put_attribute(w, "originalText", text == NULL ? code : text);
	xml_close(w);
}

static void put_all(struct xml_writer *w, const char *element, const struct coded_value *v)
{
	for (; v != NULL; v = v->next)
		put_coded(w, element, v->code, v->scheme, v->display);
}

static void put_dicom(struct xml_writer *w, const char *element, int code)
{
	char text[12];
	snprintf(text, sizeof text, "%d", code);
	put_coded(w, element, text, "DCM", audit_code_meaning(code));
}

static void put_number(struct xml_writer *w, const char *attribute, int value)
{
	char text[12];
	if (value == 0)
		return;
	snprintf(text, sizeof text, "%d", value);
	xml_put_attribute(w, attribute, text);
}

static void put_identification(struct xml_writer *w, const struct audit_event *e)
{
	char when[XML_TIME_TEXT], action[] = { (char)e->action, '\0' }, outcome[12];
	instant_to_xml(e->time, when);
	snprintf(outcome, sizeof outcome, "%d", (int)e->outcome);
	xml_open(w, "EventIdentification");
	xml_put_attribute(w, "EventActionCode", action);
	xml_put_attribute(w, "EventDateTime", when);
	xml_put_attribute(w, "EventOutcomeIndicator", outcome);
	put_dicom(w, "EventID", e->event_id);
	if (e->type.code != NULL)
		put_all(w, "EventTypeCode", &e->type);
	xml_element_text(w, "EventOutcomeDescription", e->outcome_description);
	put_all(w, "PurposeOfUse", e->purposes);
	xml_close(w);
}

static void put_participant(struct xml_writer *w, const struct audit_participant *p)
{
	xml_open(w, "ActiveParticipant");
	xml_put_attribute(w, "UserID", p->user_id == NULL ? "unknown" : p->user_id);
	xml_put_attribute(w, "AlternativeUserID", p->alternative_user_id);
	xml_put_attribute(w, "UserName", p->user_name);
	xml_put_attribute(w, "UserIsRequestor", p->requestor ? "true" : "false");
	xml_put_attribute(w, "NetworkAccessPointID", p->network_access_point);
	if (p->network_access_point != NULL)
		put_number(w, "NetworkAccessPointTypeCode", p->network_access_point_type);
	if (p->role != AUDIT_ROLE_NONE)
		put_dicom(w, "RoleIDCode", (int)p->role);
	put_all(w, "RoleIDCode", p->roles);
	xml_close(w);
}

/* ParticipantObjectName or ParticipantObjectQuery, one of them always (PS3.15 2023b). */
static void put_object(struct arena *a, struct xml_writer *w, const struct audit_object *o)
{
	xml_open(w, "ParticipantObjectIdentification");
	xml_put_attribute(w, "ParticipantObjectID", o->id == NULL ? "" : o->id);
	put_number(w, "ParticipantObjectTypeCode", o->type_code);
	put_number(w, "ParticipantObjectTypeCodeRole", o->type_code_role);
	put_number(w, "ParticipantObjectDataLifeCycle", o->life_cycle);
	put_coded(w, "ParticipantObjectIDTypeCode", o->id_type.code, o->id_type.scheme,
		  o->id_type.display);
	if (o->query != NULL) {
		xml_open(w, "ParticipantObjectQuery");
		xml_put_base64(w, (struct bytes){ o->query, o->query_length });
		xml_close(w);
	} else {
		xml_element_text(w, "ParticipantObjectName", o->name == NULL ? "" : o->name);
	}
	for (const struct audit_detail *d = o->details; d != NULL; d = d->next) {
		struct buffer base64 = buffer_in(a);
		buffer_base64(&base64, (struct bytes){ d->value, d->length });
		xml_open(w, "ParticipantObjectDetail");
		xml_put_attribute(w, "type", d->type);
		xml_put_attribute(w, "value", buffer_ended(&base64));
		xml_close(w);
	}
	xml_close(w);
}

struct bytes audit_record_write(struct arena *a, const struct audit_source *us,
				const struct audit_event *e)
{
	struct xml_writer *w = xml_writer_begin(a);
	xml_open(w, "AuditMessage");
	put_identification(w, e);
	for (const struct audit_participant *p = e->participants; p != NULL; p = p->next)
		put_participant(w, p);
	xml_open(w, "AuditSourceIdentification");
	xml_put_attribute(w, "AuditEnterpriseSiteID", us->enterprise_site_id);
	xml_put_attribute(w, "AuditSourceID", us->source_id);
	xml_open(w, "AuditSourceTypeCode");
	xml_put_attribute(w, "csd-code", "4"); /* application server process */
	xml_close(w);
	xml_close(w);
	for (const struct audit_object *o = e->objects; o != NULL; o = o->next)
		put_object(a, w, o);
	return xml_writer_end(w);
}

bool audit_record_render(struct arena *a, const struct audit_entry *entry, struct bytes *message)
{
	struct kept_event kept;
	if (!event_record_read(a, entry, &kept))
		return false;
	*message = audit_record_write(a, &kept.source, &kept.event);
	return true;
}

static struct audit_draft *draft(struct arena *a, const struct audit_source *us,
				 const struct audit_event *e)
{
	struct audit_terms terms = event_terms(a, e);
	return audit_log_draft(a, event_record_write(a, us, e), &terms);
}

/* One that is too long becomes several, in its place. */
static void divide(struct arena *a, const struct audit_source *us, struct audit_event *e)
{
	struct audit_event *after = e->next, *parts = audit_record_parts(a, us, e);
	if (parts == NULL)
		return;
	*e = *parts;
	while (e->next != NULL)
		e = e->next;
	e->next = after;
}

bool audit_record_prepare(struct store_txn *t, struct arena *a, const struct audit_source *us,
			  struct audit_event *e)
{
	if (!audit_subjects_fill(t, a, e))
		return false;
	for (struct audit_event *after; e != NULL; e = after) {
		after = e->next;
		divide(a, us, e);
		for (; e != after; e = e->next)
			e->draft = draft(a, us, e);
	}
	return true;
}

/* The event stays as it is: the job may be run again. */
static bool append_now(struct store_txn *t, struct arena *a, const struct audit_source *us,
		       const struct audit_event *e)
{
	const struct audit_event *part = audit_record_parts(a, us, e);
	if (part == NULL)
		return audit_log_append(t, draft(a, us, e), NULL);
	for (; part != NULL; part = part->next)
		if (!audit_log_append(t, draft(a, us, part), NULL))
			return false;
	return true;
}

bool audit_record_append(struct store_txn *t, struct arena *a, const struct audit_source *us,
			 struct audit_event *e)
{
	if (e != NULL && e->draft == NULL && !audit_subjects_fill(t, a, e))
		return false;
	for (; e != NULL; e = e->next)
		if (!(e->draft != NULL ? audit_log_append(t, e->draft, NULL)
				       : append_now(t, a, us, e)))
			return false;
	return true;
}

static struct audit_participant *participant(struct arena *a, const char *user, const char *process,
					     enum audit_role role)
{
	struct audit_participant *p = arena_new(a, struct audit_participant);
	p->user_id = user;
	p->alternative_user_id = process;
	p->role = role;
	return p;
}

struct audit_event *audit_application(struct arena *a, const struct audit_source *us, bool start,
				      const char *by, int64_t now)
{
	struct audit_event *e = arena_new(a, struct audit_event);
	*e = (struct audit_event){
		.event_id = 110100,
		.action = AUDIT_EXECUTE,
		.time = now,
		.outcome = AUDIT_SUCCESS,
		.type = { .code = start ? "110120" : "110121",
			  .scheme = "DCM",
			  .display = start ? "Application Start" : "Application Stop" },
		.transaction = audit_doing_name(start ? AUDIT_DOING_START : AUDIT_DOING_STOP),
	};
	e->participants = participant(a, us->source_id, us->process_id, AUDIT_APPLICATION);
	e->participants->network_access_point = us->host;
	e->participants->network_access_point_type = 1;
	e->participants->next = participant(a, by, NULL, AUDIT_LAUNCHER);
	e->participants->next->requestor = true;
	return e;
}

struct audit_event *audit_noted(struct arena *a, const struct audit_source *us,
				const struct audit_note *note, int64_t now)
{
	struct audit_event *e = arena_new(a, struct audit_event);
	struct audit_object *o = arena_new(a, struct audit_object);
	struct audit_detail *d = arena_new(a, struct audit_detail);
	*d = (struct audit_detail){ .type = note->detail,
				    .value = (const unsigned char *)note->text,
				    .length = strlen(note->text) };
	*o = (struct audit_object){
		.id = us->host,
		.type_code = 2,
		.type_code_role = 13,
		.name = "Security Audit Log",
		.id_type = { .code = "12", .scheme = "RFC-3881", .display = "URI" },
		.details = d,
	};
	*e = (struct audit_event){
		.event_id = 110100,
		.action = AUDIT_EXECUTE,
		.time = now,
		.outcome = AUDIT_SUCCESS,
		.type = { .code = audit_doing_name(note->doing),
			  .scheme = "Minato",
			  .display = note->display },
		.transaction = audit_doing_name(note->doing),
		.objects = o,
	};
	e->participants = participant(a, us->source_id, us->process_id, AUDIT_APPLICATION);
	e->participants->network_access_point = us->host;
	e->participants->network_access_point_type = 1;
	e->participants->requestor = true;
	return e;
}

struct audit_event *audit_anchored(struct arena *a, const struct audit_source *us, const char *line,
				   int64_t now)
{
	const struct audit_note note = { .doing = AUDIT_DOING_ANCHOR,
					 .display = "Audit Log Anchored",
					 .detail = "Anchor",
					 .text = line };
	return audit_noted(a, us, &note, now);
}

struct audit_event *audit_alert(struct arena *a, const struct audit_source *us,
				const struct audit_alert *alert, int64_t now)
{
	struct audit_event *e = arena_new(a, struct audit_event);
	*e = (struct audit_event){
		.event_id = 110113,
		.action = AUDIT_EXECUTE,
		.time = now,
		.outcome = AUDIT_SERIOUS,
		.type = { .code = alert->code == NULL ? audit_doing_name(alert->doing)
						      : alert->code,
			  .scheme = alert->code == NULL ? "Minato" : "DCM",
			  .display = alert->name },
		.transaction = audit_doing_name(alert->doing),
		.outcome_description = alert->description,
	};
	e->participants = participant(a, us->source_id, us->process_id, AUDIT_ROLE_NONE);
	e->participants->requestor = alert->address == NULL;
	if (alert->address != NULL) {
		struct audit_participant *peer = participant(
			a, alert->who == NULL ? alert->address : alert->who, NULL, AUDIT_ROLE_NONE);
		peer->network_access_point = alert->address;
		peer->network_access_point_type = 2;
		e->participants->next = peer;
	}
	struct audit_object *o = arena_new(a, struct audit_object);
	struct audit_detail *d = arena_new(a, struct audit_detail);
	*d = (struct audit_detail){ .type = "Alert Description",
				    .value = (const unsigned char *)alert->description,
				    .length = strlen(alert->description) };
	*o = (struct audit_object){
		.id = alert->address == NULL ? us->host : alert->address,
		.type_code = 2,
		.type_code_role = 13,
		.id_type = { .code = "110182", .scheme = "DCM", .display = "Node ID" },
		.details = d,
		.name = alert->who,
	};
	e->objects = o;
	return e;
}
