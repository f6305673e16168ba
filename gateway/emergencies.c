/* gateway/emergencies.c: what an emergency leaves. */
#include "gateway/emergencies.h"

#include "gateway/audit/courier.h"
#include "gateway/audit/record.h"
#include "gateway/config.h"
#include "gateway/journey.h"
#include "gateway/policy/decide.h"
#include "gateway/process.h"
#include "store/disasters.h"
#include "store/identity.h"
#include "store/overrides.h"

enum { SECOND = 1000000, ENDED_AT_ONCE = 64 };

static struct audit_detail *detail(struct arena *a, const char *type, const char *text,
				   struct audit_detail *next)
{
	struct bytes value = bytes_of_text(text);
	struct audit_detail *d = arena_new(a, struct audit_detail);
	*d = (struct audit_detail){ type, value.data, value.length, next };
	return d;
}

/* Whom it is about, and why. */
static struct audit_object *patient_of(struct arena *a, const struct override *o)
{
	struct audit_object *p = arena_new(a, struct audit_object);
	*p = (struct audit_object){
		.id = o->patient,
		.type_code = 1,
		.type_code_role = 1,
		.id_type = { .code = "2", .scheme = "RFC-3881", .display = "Patient Number" },
		.details = detail(a, "reason", o->reason, detail(a, "override", o->id, NULL)),
	};
	return p;
}

/* DCM 110113: 110127 Emergency Override Started, 110138 Emergency Override Stopped. */
static struct audit_event *event_of(struct arena *a, const struct audit_source *us,
				    const struct override *o, bool begins, instant now)
{
	struct audit_alert alert = {
		.code = begins ? "110127" : "110138",
		.name = begins ? "Emergency Override Started" : "Emergency Override Stopped",
		.doing = begins ? AUDIT_DOING_OVERRIDE_STARTED : AUDIT_DOING_OVERRIDE_ENDED,
		.description = arena_printf(a, "override %s at %s", o->id, o->system),
	};
	struct audit_event *e = audit_alert(a, us, &alert, now);
	struct audit_participant *asker = arena_new(a, struct audit_participant);
	struct audit_about *about = arena_new(a, struct audit_about);
	*asker = (struct audit_participant){ .user_id = o->asker, .user_name = o->display };
	e->participants->next = asker;
	*about = (struct audit_about){ .record = o->record };
	e->about = about;
	e->objects->next = patient_of(a, o);
	e->outcome = AUDIT_SUCCESS;
	e->system = o->system;
	e->exchange = o->exchange;
	return e;
}

static bool append_ends(struct store_txn *t, struct arena *a, const struct audit_source *us,
			const struct override *ended)
{
	for (; ended != NULL; ended = ended->next)
		if (!audit_record_append(
			    t, a, us,
			    event_of(a, us, ended, false, store_clock(t)->now(store_clock(t)))))
			return false;
	return true;
}

/* ---- An exchange ---- */

static const char *coded(struct arena *a, const struct coded_value *v)
{
	return v == NULL ? NULL : arena_printf(a, "%s^%s", v->code, v->scheme);
}

static struct override said(struct journey *j, struct store_txn *t, struct policy_broken broken)
{
	struct exchange *x = &j->x;
	const struct requesting_person *p = &x->who.person;
	const char *id = identity_regional_id(t, x->arena, broken.person);
	return (struct override){
		.system = x->who.system->name,
		.asker = p->name,
		.display = p->display,
		.role = coded(x->arena, p->roles),
		.organization = p->organization_id,
		.purpose = coded(x->arena, x->who.purposes),
		.reason = p->reason,
		.person = broken.person,
		.record = broken.subject,
		.patient = id == NULL ? "" : cx_text(x->arena, id, x->region->affinity_domain),
		.exchange = x->id,
		.since = x->now,
		.until = x->now + (int64_t)x->region->emergency.window * SECOND,
	};
}

/* Where nobody is configured for it he waits for a letter. */
static bool tell_patient(struct journey *j, struct store_txn *t, struct override *o)
{
	const struct partner *to = j->x.region->patient_notices;
	j->x.outbox_changed |= to != NULL;
	return to == NULL || override_send(t, o, to);
}

bool emergencies_keep(struct journey *j, struct store_txn *t)
{
	const struct audit_source *us = &j->gateway->source;
	struct arena *a = j->x.arena;
	struct override *ended, now;
	bool began;
	struct policy_broken broken = { 0 };
	if (j->decisions != NULL)
		broken = policy_broken(j->decisions);
	if (broken.person == 0)
		return true;
	const struct override access = said(j, t, broken);
	if (!override_access(t, a, &access, &now, &began, &ended) || !append_ends(t, a, us, ended))
		return false;
	if (!began)
		return true;
	if (!tell_patient(j, t, &now))
		return false;
	struct audit_event *e = event_of(a, us, &now, true, j->x.now);
	e->purposes = j->x.who.purposes;
	return audit_record_append(t, a, us, e);
}

/* ---- Their end ---- */

static bool append_disasters(struct store_txn *t, struct arena *a, const struct audit_source *us,
			     const struct disaster *d, instant now)
{
	for (; d != NULL; d = d->next) {
		struct audit_alert alert = {
			.code = "110138",
			.name = "Emergency Override Stopped",
			.doing = AUDIT_DOING_DISASTER_ENDED,
			.description = arena_printf(a, "disaster %llu has had its time",
						    (unsigned long long)d->number),
		};
		struct audit_event *e = audit_alert(a, us, &alert, now);
		e->outcome = AUDIT_SUCCESS;
		if (!audit_record_append(t, a, us, e))
			return false;
	}
	return true;
}

static bool end_run(void *with, struct store_txn *t, struct problem *p)
{
	struct gateway *g = with;
	struct arena *a = store_arena(t);
	instant now = store_clock(t)->now(store_clock(t));
	struct override *ended;
	struct disaster *over;
	return (overrides_end(t, a, now, ENDED_AT_ONCE, &ended)
		&& append_ends(t, a, &g->source, ended) && disasters_end(t, a, now, &over)
		&& append_disasters(t, a, &g->source, over, now))
	       || problem_set(p, PROBLEM_AUDIT_UNAVAILABLE, "an override could not be ended");
}

void emergencies_sweep(struct gateway *g)
{
	static const struct store_afresh nothing = { 0 };
	struct problem p = { .code = PROBLEM_NONE };
	struct store_txn *t = store_begin_read(g->store, &p);
	instant now = g->clock->now(g->clock);
	bool due = t != NULL && (overrides_are_due(t, now) || disasters_are_due(t, now));
	store_end(t);
	if (!due)
		return;
	if (store_write_on_reserve(g->store, &nothing, end_run, g, &p))
		courier_wake(g->courier);
	else
		log_failure(&g->log, p.what, "overrides that have had their time are not ended yet",
			    problem_row(p.code)->remedy);
}
