/* gateway/notifying_patients.c: whoever tells patients is handed what one is to be told: that
 * somebody broke the glass.
 *
 * It is asked by a CommunicationRequest of FHIR R4, for a Communication would say that the patient
 * has been told. It has what it takes to tell him and to find it again: his number in the region,
 * when it was, at which facility, and the notice's number. Who it was and his reason may speak of
 * an illness, and are on the letter (minato notice show), not with a service. The identifier is
 * made of the override, so that who gets it twice knows it. Nothing is sent where somebody said
 * meanwhile that the patient was told. */
#include "gateway/composing.h"

#include <jansson.h>
#include <openssl/evp.h>
#include <string.h>
#include <time.h>

#include "gateway/audit/record.h"
#include "gateway/base/arena.h"
#include "gateway/base/json_arena.h"
#include "gateway/base/text.h"
#include "gateway/config.h"
#include "gateway/errands/visit.h"
#include "gateway/process.h"
#include "schemas/model/patient.h"
#include "store/errands.h"
#include "store/overrides.h"
#include "store/store.h"

enum { SECOND = 1000000, JAPAN = 9 * 3600 };

/* What was made of an errand; in the visit's arena. */
struct notice_made {
	struct override override;
	const char *to, *url;
};

struct composing {
	struct arena *arena;
	const struct region *region;
	struct notice_made *made;
	struct bytes written; /* data NULL: it could not be */
};

/* ---- What is said ---- */

static const char *facility_of(const struct composing *c)
{
	const char *system = c->made->override.system;
	const struct registered_system *s = region_system(c->region, system);
	return s == NULL || s->title == NULL ? system : s->title;
}

/* By Japan's clock, by which the patient lives. */
static struct tm japans(instant t)
{
	time_t seconds = (time_t)(t / SECOND) + JAPAN;
	struct tm when;
	gmtime_r(&seconds, &when);
	return when;
}

static json_t *words(struct composing *c)
{
	const struct override *o = &c->made->override;
	const char *facility = facility_of(c), *region = c->region->name;
	struct tm t = japans(o->since);
	int year = t.tm_year + 1900, month = t.tm_mon + 1;
	const char *japanese = arena_printf(
		c->arena,
		"%d年%d月%d日%d時%02d分、%sで、緊急の診療のため、あなたが公開していない診療情報が"
		"閲覧されました。この閲覧は、地域の担当者が確認します。詳しくは、%sの窓口へ"
		"お尋ねください。（通知番号 %s）",
		year, month, t.tm_mday, t.tm_hour, t.tm_min, facility, region, o->id);
	const char *english = arena_printf(
		c->arena,
		"On %d-%02d-%02d at %d:%02d (Japan time), records of yours that you have not "
		"opened were looked at at %s, to treat you in an emergency. Somebody of the region "
		"checks each such look. Please ask %s for more. (Notice %s)",
		year, month, t.tm_mday, t.tm_hour, t.tm_min, facility, region, o->id);
	return json_pack("[{s:s}, {s:s}]", "contentString", japanese, "contentString", english);
}

/* Of the override alone: the same however often it is sent. */
static const char *name_of(struct composing *c)
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	char urn[UUID_URN_TEXT];
	const char *what = arena_printf(c->arena, OVERRIDE_ERRAND " %s %s", c->made->override.id,
					c->made->override.patient);
	EVP_Digest(what, strlen(what), digest, NULL, EVP_sha256(), NULL);
	digest[6] = (unsigned char)((digest[6] & 0x0f) | 0x80);
	digest[8] = (unsigned char)((digest[8] & 0x3f) | 0x80);
	uuid_to_urn(digest, urn);
	return arena_text(c->arena, urn);
}

/* His number in the affinity domain: override.patient without its authority. */
static json_t *patient_of(struct composing *c)
{
	const char *cx = c->made->override.patient;
	const char *id = arena_text_n(c->arena, cx, strcspn(cx, "^"));
	const char *domain = arena_printf(c->arena, "urn:oid:%s", c->region->affinity_domain);
	return json_pack("{s:s, s:{s:s, s:s}}", "type", "Patient", "identifier", "system", domain,
			 "value", id);
}

static const char *when(struct arena *a, instant t)
{
	time_t seconds = (time_t)(t / SECOND);
	struct tm of;
	gmtime_r(&seconds, &of);
	return arena_printf(a, "%04d-%02d-%02dT%02d:%02d:%02dZ", of.tm_year + 1900, of.tm_mon + 1,
			    of.tm_mday, of.tm_hour, of.tm_min, of.tm_sec);
}

static void write_request(void *with)
{
	struct composing *c = with;
	struct buffer b = buffer_in(c->arena);
	json_t *r = json_pack(
		"{s:s, s:[{s:s, s:s}], s:s, s:[{s:[{s:s, s:s}]}], s:o, s:[o], s:s, s:o, "
		"s:{s:s, s:s}}",
		"resourceType", "CommunicationRequest", "identifier", "system", "urn:ietf:rfc:3986",
		"value", name_of(c), "status", "active", "category", "coding", "system",
		"http://terminology.hl7.org/CodeSystem/communication-category", "code",
		"notification", "subject", patient_of(c), "recipient", patient_of(c), "authoredOn",
		when(c->arena, c->made->override.since), "payload", words(c), "sender", "type",
		"Organization", "display", c->region->name);
	if (json_append(&b, r))
		c->written = (struct bytes){ b.data, b.length };
	json_decref(r);
}

/* ---- Its audit record ---- */

/* Whom it is about, with the override's number. */
static struct audit_object *patient_object(struct arena *a, const struct override *o)
{
	struct audit_object *p = arena_new(a, struct audit_object);
	struct audit_detail *d = arena_new(a, struct audit_detail);
	*d = (struct audit_detail){ .type = "override",
				    .value = (const unsigned char *)o->id,
				    .length = strlen(o->id) };
	*p = (struct audit_object){
		.id = o->patient,
		.type_code = 1,
		.type_code_role = 1,
		.id_type = { .code = "2", .scheme = "RFC-3881", .display = "Patient Number" },
		.details = d,
	};
	return p;
}

static struct audit_event *event_of(struct arena *a, const struct audit_source *us,
				    const struct notice_made *made, instant now)
{
	const char *is = audit_doing_name(AUDIT_DOING_PATIENT_NOTICE);
	struct audit_event *e = arena_new(a, struct audit_event);
	struct audit_about *about = arena_new(a, struct audit_about);
	*about = (struct audit_about){ .record = made->override.record };
	*e = (struct audit_event){
		.event_id = 110106,
		.action = AUDIT_READ,
		.time = now,
		.outcome = AUDIT_SERIOUS,
		.type = { .code = is, .scheme = "Minato", .display = "Notice to the Patient" },
		.participants = composing_participants(a, us, us->source_id, made->to, made->url),
		.objects = patient_object(a, &made->override),
		.about = about,
		.system = made->to,
		.exchange = made->override.exchange,
		.transaction = is,
	};
	return e;
}

/* ---- The errand ---- */

static bool write_message(struct composing *c, struct errand_message *out)
{
	if (!json_arena_run(c->arena, write_request, c) || c->written.data == NULL)
		return false;
	out->octets = c->written;
	out->content_type = "application/fhir+json";
	return true;
}

static bool compose(void *self, struct arena *a, struct store_txn *t, const struct errand *e,
		    const struct errand_partner *to, struct errand_message *out)
{
	struct gateway *g = self;
	const struct configuration *now = gateway_configuration(g);
	struct composing c = { .arena = a,
			       .region = &now->region,
			       .made = arena_new(a, struct notice_made) };
	*c.made = (struct notice_made){ .to = to->name, .url = to->url };
	bool made = override_of_errand(t, a, e, &c.made->override);
	out->made = c.made;
	out->nothing = made && c.made->override.told != 0;
	made = made && (out->nothing || write_message(&c, out));
	config_release(now);
	if (!made || out->nothing)
		return made;
	struct audit_event *event = event_of(a, &g->source, c.made, g->clock->now(g->clock));
	event->outcome_description = "cut short: whether it arrived is not known";
	out->record = event;
	return audit_record_prepare(t, a, &g->source, event);
}

/* Nobody has told him since. */
static bool holds(void *self, struct store_txn *t, const struct errand *e,
		  const struct errand_message *m)
{
	const struct notice_made *made = m->made;
	struct override now;
	(void)self;
	(void)e;
	return override_get(t, store_arena(t), made->override.id, &now) && now.told == 0;
}

static bool record(void *self, struct store_txn *t, const struct errand_end *end)
{
	struct gateway *g = self;
	struct arena *a = store_arena(t);
	bool taken = end->verdict == VERDICT_TAKEN;
	struct audit_event *e = event_of(a, &g->source, end->message->made, end->now);
	e->outcome = taken ? AUDIT_SUCCESS : end->answered ? AUDIT_MINOR : AUDIT_SERIOUS;
	e->outcome_description = taken ? NULL : end->why;
	return audit_record_append(t, a, &g->source, e);
}

/* Who has taken it tells him; else he waits for a letter. */
static void conclude(void *self, struct store_txn *t, const struct errand_end *end)
{
	const struct notice_made *made = end->message->made;
	struct arena *a = store_arena(t);
	struct override o;
	(void)self;
	if (end->verdict == VERDICT_TAKEN && end->message->octets.data != NULL
	    && override_get(t, a, made->override.id, &o))
		override_told(t, &o, made->to, arena_printf(a, "handed to %s", made->url));
}

const struct composer composer_for_patients = {
	.kind = OVERRIDE_ERRAND,
	.compose = compose,
	.holds = holds,
	.record = record,
	.conclude = conclude,
};
