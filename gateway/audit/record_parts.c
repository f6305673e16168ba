/* gateway/audit/record_parts.c: no AuditMessage is longer than every repository takes. */
#include "gateway/audit/record_parts.h"

#include <openssl/sha.h>
#include <string.h>

#include "gateway/audit/event_record.h"
#include "gateway/base/arena.h"
#include "gateway/base/text.h"

/* What is written around the values (gateway/audit/record.c), at most: names of elements and
 * attributes, codes of DICOM's, and what stands for a value that is not there. */
enum {
	AROUND_EVENT = 1024,
	AROUND_PARTICIPANT = 448,
	AROUND_OBJECT = 448,
	AROUND_DETAIL = 64,
	QUERY_DETAILS = 320, /* length and hash of a query that was cut */
	ESCAPED_MOST = 6,    /* &quot; */
};

/* ---- How long a message is, at most ---- */

/* What is no character at all becomes one of three octets (U+FFFD). */
static size_t text_octets(const char *text)
{
	const char *is = text == NULL ? "" : text;
	const unsigned char *at = (const unsigned char *)is;
	size_t octets = 0, beyond_ascii = 0;
	for (; *at != '\0'; at++) {
		bool plain = *at >= ' ' && *at != '&' && *at != '<' && *at != '>' && *at != '"';
		octets += plain ? 1 : ESCAPED_MOST;
		beyond_ascii += *at >= 0x80;
	}
	return beyond_ascii == 0 || text_is_utf8((const unsigned char *)is, strlen(is))
		       ? octets
		       : octets + 2 * beyond_ascii;
}

static size_t base64_octets(size_t octets)
{
	return (octets + 2) / 3 * 4;
}

static size_t coded_octets(const struct coded_value *v)
{
	return text_octets(v->code) + text_octets(v->scheme) + text_octets(v->display);
}

static size_t object_octets(const struct audit_object *o)
{
	size_t octets = AROUND_OBJECT + text_octets(o->id) + text_octets(o->name)
			+ coded_octets(&o->id_type) + base64_octets(o->query_length);
	for (const struct audit_detail *d = o->details; d != NULL; d = d->next)
		octets += AROUND_DETAIL + text_octets(d->type) + base64_octets(d->length);
	return octets;
}

static size_t objects_octets(const struct audit_object *o)
{
	size_t octets = 0;
	for (; o != NULL; o = o->next)
		octets += object_octets(o);
	return octets;
}

/* Of all but the objects. */
static size_t event_octets(const struct audit_source *us, const struct audit_event *e)
{
	size_t octets = AROUND_EVENT + text_octets(us->enterprise_site_id)
			+ text_octets(us->source_id) + coded_octets(&e->type)
			+ text_octets(e->outcome_description);
	for (const struct audit_participant *p = e->participants; p != NULL; p = p->next)
		octets += AROUND_PARTICIPANT + text_octets(p->user_id)
			  + text_octets(p->alternative_user_id) + text_octets(p->user_name)
			  + text_octets(p->network_access_point);
	return octets;
}

/* ---- Cutting ---- */

/* So many octets of it, and none of half a character. */
static size_t whole_characters(const unsigned char *octets, size_t most)
{
	while (most > 0 && (octets[most] & 0xc0) == 0x80)
		most--;
	return most;
}

static const char *hash_of(struct arena *a, struct bytes octets)
{
	unsigned char sum[SHA256_DIGEST_LENGTH];
	SHA256(octets.data, octets.length, sum);
	return bytes_to_hex(a, (struct bytes){ sum, sizeof sum });
}

static struct bytes short_octets(struct arena *a, struct bytes octets)
{
	struct buffer b = buffer_in(a);
	if (octets.length <= AUDIT_TEXT_MOST)
		return octets;
	buffer_append(&b, octets.data, whole_characters(octets.data, AUDIT_TEXT_MOST));
	buffer_printf(&b, " ... (%zu octets, SHA-256 %s)", octets.length, hash_of(a, octets));
	buffer_ended(&b);
	return buffer_bytes(&b);
}

static const char *short_text(struct arena *a, const char *text)
{
	return text == NULL ? NULL : (const char *)short_octets(a, bytes_of_text(text)).data;
}

static struct audit_participant *short_participants(struct arena *a,
						    const struct audit_participant *p)
{
	struct audit_participant *first = NULL, **last = &first;
	for (; p != NULL; p = p->next, last = &(*last)->next) {
		*last = arena_new(a, struct audit_participant);
		**last = *p;
		(*last)->user_id = short_text(a, p->user_id);
		(*last)->alternative_user_id = short_text(a, p->alternative_user_id);
		(*last)->user_name = short_text(a, p->user_name);
		(*last)->network_access_point = short_text(a, p->network_access_point);
		(*last)->next = NULL;
	}
	return first;
}

static struct audit_detail **add_detail(struct arena *a, struct audit_detail **last,
					const char *type, struct bytes value)
{
	*last = arena_new(a, struct audit_detail);
	**last = (struct audit_detail){ .type = type, .value = value.data, .length = value.length };
	return &(*last)->next;
}

/* All but its query. */
static struct audit_object *short_object(struct arena *a, const struct audit_object *o)
{
	struct audit_object *out = arena_new(a, struct audit_object);
	struct audit_detail **last = &out->details;
	*out = *o;
	out->id = short_text(a, o->id);
	out->name = short_text(a, o->name);
	out->details = NULL;
	out->next = NULL;
	for (const struct audit_detail *d = o->details; d != NULL; d = d->next)
		last = add_detail(a, last, d->type,
				  short_octets(a, (struct bytes){ d->value, d->length }));
	return out;
}

/* To what there is room for, with its length and hash. */
static void cut_query(struct arena *a, struct audit_object *o, size_t room)
{
	struct bytes query = { o->query, o->query_length };
	struct audit_detail **last = &o->details;
	size_t beside = object_octets(o) - base64_octets(query.length) + QUERY_DETAILS;
	size_t most = beside < room ? (room - beside) / 4 * 3 : 0;
	while (*last != NULL)
		last = &(*last)->next;
	last = add_detail(a, last, "QueryLength",
			  bytes_of_text(arena_printf(a, "%zu", query.length)));
	add_detail(a, last, "QuerySHA-256", bytes_of_text(hash_of(a, query)));
	o->query_length = whole_characters(query.data, most);
}

/* ---- Parts ---- */

struct parting {
	struct arena *arena;
	struct audit_event whole;            /* its texts cut, without objects */
	const struct audit_object *patients; /* of each part; NULL: they are too many */
	size_t most;                         /* octets of objects a part may have beside them */
	struct audit_event *first, **last;
	struct audit_object **last_object; /* of the last part */
	size_t room;                       /* of it, still */
};

static struct audit_object **copy_objects(struct arena *a, const struct audit_object *o,
					  struct audit_object **last)
{
	for (; o != NULL; o = o->next, last = &(*last)->next) {
		*last = arena_new(a, struct audit_object);
		**last = *o;
		(*last)->next = NULL;
	}
	return last;
}

static void begin_part(struct parting *p)
{
	struct audit_event *part = arena_new(p->arena, struct audit_event);
	*part = p->whole;
	p->last_object = copy_objects(p->arena, p->patients, &part->objects);
	p->room = p->most;
	*p->last = part;
	p->last = &part->next;
}

static void begin(struct parting *p, struct arena *a, const struct audit_source *us,
		  const struct audit_event *e)
{
	struct audit_object *patients = NULL, **last = &patients;
	*p = (struct parting){ .arena = a, .whole = *e, .last = &p->first };
	p->whole.outcome_description = short_text(a, e->outcome_description);
	p->whole.participants = short_participants(a, e->participants);
	p->whole.objects = NULL;
	p->whole.next = NULL;
	for (const struct audit_object *o = e->objects; o != NULL; o = o->next)
		if (event_is_patient(o)) {
			*last = short_object(a, o);
			last = &(*last)->next;
		}
	size_t taken = event_octets(us, &p->whole), named = objects_octets(patients);
	p->patients = named <= AUDIT_MESSAGE_MOST / 2 ? patients : NULL;
	taken += p->patients == NULL ? 0 : named;
	p->most = taken < AUDIT_MESSAGE_MOST ? AUDIT_MESSAGE_MOST - taken : 0;
	begin_part(p);
}

static void add_object(struct parting *p, const struct audit_object *o)
{
	struct audit_object *own = short_object(p->arena, o);
	size_t octets = object_octets(own);
	if (octets > p->room && p->room != p->most)
		begin_part(p);
	if (octets > p->room && own->query != NULL)
		cut_query(p->arena, own, p->room);
	*p->last_object = own;
	p->last_object = &own->next;
	octets = object_octets(own);
	p->room -= octets < p->room ? octets : p->room;
}

struct audit_event *audit_record_parts(struct arena *a, const struct audit_source *us,
				       const struct audit_event *e)
{
	struct parting p;
	if (event_octets(us, e) + objects_octets(e->objects) <= AUDIT_MESSAGE_MOST)
		return NULL;
	begin(&p, a, us, e);
	for (const struct audit_object *o = e->objects; o != NULL; o = o->next)
		if (p.patients == NULL || !event_is_patient(o))
			add_object(&p, o);
	return p.first;
}
