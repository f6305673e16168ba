/* gateway/audit/event_record.c: an audit event as the log keeps it. Fields as in store/record.h. */
#include "gateway/audit/event_record.h"

#include <limits.h>
#include <string.h>

#include "gateway/audit/event_packing.h"
#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "store/record.h"

enum { VERSION = 1 };
enum {
	EVENT_ID = 1,
	EVENT_ACTION = 2,
	EVENT_OUTCOME = 3,
	EVENT_OUTCOME_DESCRIPTION = 4,
	EVENT_TYPE = 5,
	EVENT_PARTICIPANT = 6,
	EVENT_SITE = 7,
	EVENT_SOURCE = 8,
	EVENT_OBJECT = 9,
	EVENT_EXCHANGE = 11, /* the octets its id is the hexadecimal of */
	EVENT_PROBLEM = 12,
	EVENT_PURPOSE = 13,
	EVENT_PATIENT = 10, /* an object whose id is the next of the terms' patients */
};
enum { CODED_CODE = 1, CODED_SCHEME = 2, CODED_DISPLAY = 3 };
enum {
	PARTICIPANT_USER = 1,
	PARTICIPANT_ALTERNATIVE_USER = 2,
	PARTICIPANT_NAME = 3,
	PARTICIPANT_REQUESTOR = 4,
	PARTICIPANT_ROLE = 5,
	PARTICIPANT_ACCESS_POINT = 6,
	PARTICIPANT_ACCESS_POINT_TYPE = 7,
	PARTICIPANT_ROLE_CODE = 8,
};
enum {
	OBJECT_ID = 1,
	OBJECT_TYPE_CODE = 2,
	OBJECT_ROLE = 3,
	OBJECT_LIFE_CYCLE = 4,
	OBJECT_ID_TYPE = 5,
	OBJECT_NAME = 6,
	OBJECT_QUERY = 7,
	OBJECT_DETAIL = 8,
};
enum { DETAIL_TYPE = 1, DETAIL_VALUE = 2 };
enum { TYPE_PERSON = 1, ROLE_PATIENT = 1 };

/* Writing. */

bool event_is_patient(const struct audit_object *o)
{
	return o->type_code == TYPE_PERSON && o->type_code_role == ROLE_PATIENT && o->id != NULL;
}

struct audit_terms event_terms(struct arena *a, const struct audit_event *e)
{
	struct text_list *patients = NULL, **tail = &patients;
	for (const struct audit_object *o = e->objects; o != NULL; o = o->next)
		if (event_is_patient(o))
			tail = text_list_add(a, tail, o->id);
	return (struct audit_terms){
		.time = e->time,
		.transaction = e->transaction,
		.system = e->system,
		.patients = patients,
		.subjects = { e->subjects, e->subject_count },
		.refused = e->outcome != AUDIT_SUCCESS,
		.local_only = e->local_only,
	};
}

/* 0 is what is read when there is none. */
static void put_number(struct record_writer *w, unsigned tag, int number)
{
	if (number != 0)
		record_number(w, tag, (unsigned)number);
}

static void put_coded(struct record_writer *w, unsigned tag, const struct coded_value *v)
{
	record_open(w, tag);
	record_text(w, CODED_CODE, v->code);
	record_text(w, CODED_SCHEME, v->scheme);
	record_text(w, CODED_DISPLAY, v->display);
	record_close(w);
}

static void put_all(struct record_writer *w, unsigned tag, const struct coded_value *v)
{
	for (; v != NULL; v = v->next)
		put_coded(w, tag, v);
}

static void put_participant(struct record_writer *w, const struct audit_participant *p)
{
	record_open(w, EVENT_PARTICIPANT);
	record_text(w, PARTICIPANT_USER, p->user_id);
	record_text(w, PARTICIPANT_ALTERNATIVE_USER, p->alternative_user_id);
	record_text(w, PARTICIPANT_NAME, p->user_name);
	record_flag(w, PARTICIPANT_REQUESTOR, p->requestor);
	put_number(w, PARTICIPANT_ROLE, (int)p->role);
	record_text(w, PARTICIPANT_ACCESS_POINT, p->network_access_point);
	put_number(w, PARTICIPANT_ACCESS_POINT_TYPE, p->network_access_point_type);
	put_all(w, PARTICIPANT_ROLE_CODE, p->roles);
	record_close(w);
}

static void put_detail(struct record_writer *w, const struct audit_detail *d)
{
	record_open(w, OBJECT_DETAIL);
	record_text(w, DETAIL_TYPE, d->type);
	record_bytes(w, DETAIL_VALUE, (struct bytes){ d->value, d->length });
	record_close(w);
}

static void put_object(struct record_writer *w, const struct audit_object *o)
{
	bool patient = event_is_patient(o);
	record_open(w, patient ? EVENT_PATIENT : EVENT_OBJECT);
	if (!patient) {
		record_text(w, OBJECT_ID, o->id);
		put_number(w, OBJECT_TYPE_CODE, o->type_code);
		put_number(w, OBJECT_ROLE, o->type_code_role);
	}
	put_number(w, OBJECT_LIFE_CYCLE, o->life_cycle);
	put_coded(w, OBJECT_ID_TYPE, &o->id_type);
	record_text(w, OBJECT_NAME, o->name);
	if (o->query != NULL)
		record_bytes(w, OBJECT_QUERY, (struct bytes){ o->query, o->query_length });
	for (const struct audit_detail *d = o->details; d != NULL; d = d->next)
		put_detail(w, d);
	record_close(w);
}

/* Half as long as octets; an id of another form is left out. */
static void put_exchange(struct arena *a, struct record_writer *w, const char *id)
{
	if (text_empty(id))
		return;
	size_t length = strlen(id);
	unsigned char *octets = arena_alloc(a, length / 2);
	if (bytes_from_hex(id, length, octets))
		record_bytes(w, EVENT_EXCHANGE, (struct bytes){ octets, length / 2 });
}

struct bytes event_record_write(struct arena *a, const struct audit_source *us,
				const struct audit_event *e)
{
	struct record_writer w = record_begin(a, VERSION);
	put_number(&w, EVENT_ID, e->event_id);
	put_number(&w, EVENT_ACTION, (int)e->action);
	put_number(&w, EVENT_OUTCOME, (int)e->outcome);
	record_text(&w, EVENT_OUTCOME_DESCRIPTION, e->outcome_description);
	put_all(&w, EVENT_TYPE, &e->type);
	for (const struct audit_participant *p = e->participants; p != NULL; p = p->next)
		put_participant(&w, p);
	put_exchange(a, &w, e->exchange);
	record_text(&w, EVENT_PROBLEM, e->problem);
	put_all(&w, EVENT_PURPOSE, e->purposes);
	record_text(&w, EVENT_SITE, us->enterprise_site_id);
	record_text(&w, EVENT_SOURCE, us->source_id);
	for (const struct audit_object *o = e->objects; o != NULL; o = o->next)
		put_object(&w, o);
	return event_pack(a, us->packer, record_end(&w));
}

/* Reading. */

static int as_number(struct record_reader *r)
{
	uint64_t number = record_as_number(r);
	r->broken |= number > INT_MAX;
	return r->broken ? 0 : (int)number;
}

static bool read_coded(struct record_reader r, struct coded_value *v)
{
	while (record_next(&r)) {
		switch (r.tag) {
		case CODED_CODE: v->code = record_as_text(&r); break;
		case CODED_SCHEME: v->scheme = record_as_text(&r); break;
		case CODED_DISPLAY: v->display = record_as_text(&r); break;
		}
	}
	return !r.broken;
}

/* One more of a list, in its order. */
static bool read_another(struct arena *a, struct record_reader r, const struct coded_value **list)
{
	struct coded_value *v = arena_new(a, struct coded_value);
	while (*list != NULL)
		list = (const struct coded_value **)&(*list)->next;
	*list = v;
	return read_coded(r, v);
}

static bool read_participant(struct arena *a, struct record_reader r, struct audit_participant *p)
{
	bool whole = true;
	while (whole && record_next(&r)) {
		switch (r.tag) {
		case PARTICIPANT_USER: p->user_id = record_as_text(&r); break;
		case PARTICIPANT_ALTERNATIVE_USER:
			p->alternative_user_id = record_as_text(&r);
			break;
		case PARTICIPANT_NAME: p->user_name = record_as_text(&r); break;
		case PARTICIPANT_REQUESTOR: p->requestor = record_as_flag(&r); break;
		case PARTICIPANT_ROLE: p->role = (enum audit_role)as_number(&r); break;
		case PARTICIPANT_ACCESS_POINT_TYPE:
			p->network_access_point_type = as_number(&r);
			break;
		case PARTICIPANT_ACCESS_POINT: p->network_access_point = record_as_text(&r); break;
		case PARTICIPANT_ROLE_CODE:
			whole = read_another(a, record_within(&r), &p->roles);
			break;
		}
	}
	return whole && !r.broken;
}

static bool read_detail(struct record_reader r, struct audit_detail *d)
{
	while (record_next(&r)) {
		switch (r.tag) {
		case DETAIL_VALUE:
			d->value = r.value.data;
			d->length = r.value.length;
			break;
		case DETAIL_TYPE: d->type = record_as_text(&r); break;
		}
	}
	return !r.broken && d->type != NULL;
}

static bool read_object(struct arena *a, struct record_reader r, struct audit_object *o)
{
	struct audit_detail **detail = &o->details;
	bool whole = true;
	while (whole && record_next(&r)) {
		switch (r.tag) {
		case OBJECT_ID: o->id = record_as_text(&r); break;
		case OBJECT_TYPE_CODE: o->type_code = as_number(&r); break;
		case OBJECT_ROLE: o->type_code_role = as_number(&r); break;
		case OBJECT_LIFE_CYCLE: o->life_cycle = as_number(&r); break;
		case OBJECT_ID_TYPE: whole = read_coded(record_within(&r), &o->id_type); break;
		case OBJECT_QUERY:
			o->query = r.value.data;
			o->query_length = r.value.length;
			break;
		case OBJECT_DETAIL:
			*detail = arena_new(a, struct audit_detail);
			whole = read_detail(record_within(&r), *detail);
			detail = &(*detail)->next;
			break;
		case OBJECT_NAME: o->name = record_as_text(&r); break;
		}
	}
	return whole && !r.broken;
}

/* Where the next of each list goes, and which patient of the terms it is. */
struct places {
	struct audit_participant **participant;
	struct audit_object **object;
	const struct text_list *patient;
};

static bool add_participant(struct arena *a, struct record_reader r, struct places *at)
{
	struct audit_participant *p = arena_new(a, struct audit_participant);
	*at->participant = p;
	at->participant = &p->next;
	return read_participant(a, r, p);
}

static bool add_object(struct arena *a, struct record_reader r, bool patient, struct places *at)
{
	struct audit_object *o = arena_new(a, struct audit_object);
	*at->object = o;
	at->object = &o->next;
	if (patient) {
		if (at->patient == NULL)
			return false;
		o->id = at->patient->value;
		o->type_code = TYPE_PERSON;
		o->type_code_role = ROLE_PATIENT;
		at->patient = at->patient->next;
	}
	return read_object(a, r, o);
}

static bool read_field(struct arena *a, struct record_reader *r, struct kept_event *out,
		       struct places *at)
{
	struct audit_event *e = &out->event;
	switch (r->tag) {
	case EVENT_ID: e->event_id = as_number(r); break;
	case EVENT_ACTION: e->action = (enum audit_action)as_number(r); break;
	case EVENT_OUTCOME: e->outcome = (enum audit_outcome)as_number(r); break;
	case EVENT_OUTCOME_DESCRIPTION: e->outcome_description = record_as_text(r); break;
	case EVENT_TYPE:
		return e->type.code == NULL
			       ? read_coded(record_within(r), &e->type)
			       : read_another(a, record_within(r),
					      (const struct coded_value **)&e->type.next);
	case EVENT_PURPOSE: return read_another(a, record_within(r), &e->purposes);
	case EVENT_PARTICIPANT: return add_participant(a, record_within(r), at);
	case EVENT_SITE: out->source.enterprise_site_id = record_as_text(r); break;
	case EVENT_SOURCE: out->source.source_id = record_as_text(r); break;
	case EVENT_EXCHANGE: e->exchange = bytes_to_hex(a, r->value); break;
	case EVENT_PROBLEM: e->problem = record_as_text(r); break;
	case EVENT_OBJECT: return add_object(a, record_within(r), false, at);
	case EVENT_PATIENT: return add_object(a, record_within(r), true, at);
	}
	return true;
}

bool event_record_read(struct arena *a, const struct audit_entry *entry, struct kept_event *out)
{
	const struct audit_terms *terms = &entry->terms;
	struct bytes fields;
	if (!event_unpack(a, entry->record, &fields))
		return false;
	*out = (struct kept_event){
		.event = { .time = terms->time,
			   .transaction = terms->transaction,
			   .system = terms->system,
			   .local_only = terms->local_only,
			   .subjects = terms->subjects.numbers,
			   .subject_count = terms->subjects.count },
	};
	struct places at = { &out->event.participants, &out->event.objects, terms->patients };
	struct record_reader r = record_read(fields);
	bool whole = r.version == VERSION;
	while (whole && record_next(&r))
		whole = read_field(a, &r, out, &at);
	return whole && !r.broken && at.patient == NULL;
}
