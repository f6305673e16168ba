/* store/registry_record.c: objects of the registry as records: a front that can be looked at, then
 * the attributes of schemas/tables/metadata.c, under their tags, packed (store/packing.h). */
#include "store/registry_record.h"

#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/clock.h"
#include "gateway/base/text.h"
#include "schemas/tables/metadata.h"
#include "store/compact_text.h"
#include "store/packing.h"
#include "store/record.h"
#include "store/registry_front.h"

/* Of the fields (store/record.h). */
enum { FIELDS_VERSION = 2 };

enum tag {
	TAG_ID = 1,
	TAG_LOGICAL_ID = 4, /* of an object whose logical id is another than its id */
	TAG_VERSION = 5,    /* 1 when it is absent */
	TAG_SYSTEM = 7,
	TAG_EXTRA = 8,
	TAG_TYPE_URN = 9,
	TAG_SOURCE = 10,
	TAG_TARGET = 11,
	TAG_FINGERPRINT = 12,
	TAG_ATTRIBUTES = 16, /* from here on they are those of the tables */
	TAG_TAILS = 64, /* and from here what follows a CX's id, of the attribute so much less */
};
enum { TAG_CODE = 1, TAG_SCHEME, TAG_DISPLAY, TAG_LANGUAGE }; /* of a code */
enum { TAG_TEXT = 1, TAG_TEXT_LANGUAGE, TAG_CHARSET };        /* of a localized text */
enum { TAG_SLOT_NAME = 1, TAG_SLOT_VALUE };

/* How a text stands in a field: the last octet. 0: as it is, that is its NUL. */
enum { TEXT_HALVES = 1, TEXT_HEX = 2, SHORTENED_LEAST = 4 };

#define REFERENCE_ID_LIST "urn:ihe:iti:xds:2013:referenceIdList"

bool uuid_octets(const char *urn, unsigned char out[UUID_OCTETS])
{
	static const char prefix[] = "urn:uuid:";
	unsigned n = 0;
	if (urn == NULL || strncmp(urn, prefix, sizeof prefix - 1) != 0)
		return false;
	const char *at = urn + sizeof prefix - 1;
	if (strlen(at) != 36)
		return false;
	for (unsigned i = 0; i < 36; i++) {
		if (i == 8 || i == 13 || i == 18 || i == 23) {
			if (at[i] != '-')
				return false;
			continue;
		}
		if (strchr("0123456789abcdef", at[i]) == NULL
		    || !bytes_from_hex(at + i, 2, out + n++))
			return false;
		i++;
	}
	return true;
}

bool version_key(const char *logical_id, uint32_t version, struct key *k)
{
	unsigned char octets[UUID_OCTETS];
	if (!uuid_octets(logical_id, octets))
		return false;
	key_begin(k, SPACE_BY_LOGICAL_ID);
	key_bytes(k, octets, sizeof octets);
	if (version != 0)
		key_id(k, version);
	return true;
}

static const char *uuid_text(struct arena *a, const unsigned char octets[UUID_OCTETS])
{
	char urn[UUID_URN_TEXT];
	uuid_to_urn(octets, urn);
	return arena_text(a, urn);
}

void place_key(const struct registry_place *p, struct key *k)
{
	key_begin(k, (unsigned char)p->space);
	if (p->space == SPACE_ASSOCIATION) {
		key_moment(k, p->time);
		key_id(k, p->number);
	} else {
		key_id(k, p->subject);
		key_moment_reversed(k, p->time);
		key_id_reversed(k, p->number);
	}
}

bool place_of_key(struct bytes key, struct registry_place *p)
{
	struct key_reader r = key_read(key);
	*p = (struct registry_place){ .space = key.length == 0 ? 0 : key.data[0] };
	switch (p->space) {
	case SPACE_ENTRY:
	case SPACE_SET:
	case SPACE_FOLDER:
		p->subject = key_read_id(&r);
		p->time = key_read_moment_reversed(&r);
		p->number = key_read_id_reversed(&r);
		return key_read_end(&r);
	case SPACE_ASSOCIATION:
		p->time = key_read_moment(&r);
		p->number = key_read_id(&r);
		return key_read_end(&r);
	default: return false;
	}
}

/* ---- Writing ---- */

static bool is_hex(const char *text, size_t length)
{
	return length >= SHORTENED_LEAST && length % 2 == 0
	       && strspn(text, "0123456789abcdef") == length;
}

static void put_text(struct record_writer *w, unsigned tag, const char *text)
{
	size_t length = text == NULL ? 0 : strlen(text), halves = compact_text_octets(text);
	unsigned char *octets;
	if (length >= SHORTENED_LEAST && halves != 0) {
		octets = arena_alloc(w->out.arena, halves + 1);
		compact_text_write(text, octets);
		octets[halves] = TEXT_HALVES;
		record_bytes(w, tag, (struct bytes){ octets, halves + 1 });
	} else if (is_hex(text, length)) {
		octets = arena_alloc(w->out.arena, length / 2 + 1);
		bytes_from_hex(text, length, octets);
		octets[length / 2] = TEXT_HEX;
		record_bytes(w, tag, (struct bytes){ octets, length / 2 + 1 });
	} else {
		record_text(w, tag, text);
	}
}

static void put_texts(struct record_writer *w, unsigned tag, const struct text_value *v)
{
	for (; v != NULL; v = v->next)
		put_text(w, tag, v->value);
}

static void put_codes(struct record_writer *w, unsigned tag, const struct coded_value *c)
{
	for (; c != NULL; c = c->next) {
		record_open(w, tag);
		put_text(w, TAG_CODE, c->code);
		put_text(w, TAG_SCHEME, c->scheme);
		put_text(w, TAG_DISPLAY, c->display);
		put_text(w, TAG_LANGUAGE, c->display_language);
		record_close(w);
	}
}

static void put_localized(struct record_writer *w, unsigned tag, const struct localized *l)
{
	for (; l != NULL; l = l->next) {
		record_open(w, tag);
		put_text(w, TAG_TEXT, l->value);
		put_text(w, TAG_TEXT_LANGUAGE, l->language);
		put_text(w, TAG_CHARSET, l->charset);
		record_close(w);
	}
}

static void put_authors(struct record_writer *w, unsigned tag, const struct author *au)
{
	for (; au != NULL; au = au->next) {
		record_open(w, tag);
		for (const struct metadata_attribute *m = metadata_attributes(METADATA_AUTHOR);
		     m->name != NULL; m++)
			put_texts(w, m->tag, METADATA_OF(au, m, struct text_value *));
		record_close(w);
	}
}

/* The fields of an object, in two parts. */
struct fields {
	struct record_writer learnt, rest;
};

static struct fields fields_in(struct arena *a)
{
	return (struct fields){ record_begin(a, FIELDS_VERSION), { .out = buffer_in(a) } };
}

static struct record_fields fields_end(struct fields *f)
{
	return (struct record_fields){ record_end(&f->learnt), record_end(&f->rest) };
}

/* A patient may be the author of what he provides; nobody of an institution's is meant as one. */
static bool are_staff(const struct author *au)
{
	for (; au != NULL; au = au->next)
		if (au->institution == NULL)
			return false;
	return true;
}

/* What many objects of one sender have in common, and what is nobody's. */
static bool is_common(const struct metadata_attribute *m, const void *object)
{
	switch (m->field) {
	case FIELD_CODES:
	case FIELD_FLAG: return true;
	case FIELD_AUTHORS: return are_staff(METADATA_OF(object, m, struct author *));
	case FIELD_TEXT:
		return m->type == TYPE_HOME || m->type == TYPE_MIME || m->type == TYPE_LANGUAGE
		       || m->type == TYPE_AVAILABILITY || m->type == TYPE_SET_STATUS
		       || (m->type == TYPE_OID && strcmp(m->name, "uniqueId") != 0);
	default: return false;
	}
}

/* Whose number it is is common, the number is the patient's. */
static void put_cx(struct fields *f, unsigned tag, const char *cx)
{
	const char *tail = cx == NULL ? NULL : strchr(cx, '^');
	if (tail == NULL) {
		put_text(&f->rest, tag, cx);
		return;
	}
	record_text(&f->learnt, TAG_TAILS + tag, tail);
	put_text(&f->rest, tag, arena_text_n(f->rest.out.arena, cx, (size_t)(tail - cx)));
}

static void put_attribute(struct fields *f, const struct metadata_attribute *m, const void *object)
{
	struct record_writer *w = is_common(m, object) ? &f->learnt : &f->rest;
	switch (m->field) {
	case FIELD_TEXT:
		if (m->type == TYPE_CX)
			put_cx(f, m->tag, METADATA_OF(object, m, char *));
		else
			put_text(w, m->tag, METADATA_OF(object, m, char *));
		break;
	case FIELD_TEXTS: put_texts(w, m->tag, METADATA_OF(object, m, struct text_value *)); break;
	case FIELD_CODES: put_codes(w, m->tag, METADATA_OF(object, m, struct coded_value *)); break;
	case FIELD_AUTHORS: put_authors(w, m->tag, METADATA_OF(object, m, struct author *)); break;
	case FIELD_LOCALIZED:
		put_localized(w, m->tag, METADATA_OF(object, m, struct localized *));
		break;
	case FIELD_FLAG: record_flag(w, m->tag, METADATA_OF(object, m, bool)); break;
	}
}

static void put_attributes(struct fields *f, enum metadata_object kind, const void *object)
{
	for (const struct metadata_attribute *m = metadata_attributes(kind); m->name != NULL; m++)
		put_attribute(f, m, object);
}

static void put_extra(struct fields *f, const struct slot *s)
{
	for (; s != NULL; s = s->next) {
		record_open(&f->rest, TAG_EXTRA);
		record_text(&f->rest, TAG_SLOT_NAME, s->name);
		put_texts(&f->rest, TAG_SLOT_VALUE, s->values);
		record_close(&f->rest);
	}
}

static void put_names(struct fields *f, const char *id, const char *logical_id, uint32_t version)
{
	if (logical_id != NULL && !text_equal(id, logical_id))
		record_text(&f->rest, TAG_LOGICAL_ID, logical_id);
	if (version != 1)
		record_number(&f->rest, TAG_VERSION, version);
}

struct record_fields entry_fields(struct arena *a, const struct document_entry *e)
{
	struct fields f = fields_in(a);
	put_attributes(&f, METADATA_ENTRY, e);
	put_names(&f, e->id, e->logical_id, e->version);
	put_extra(&f, e->extra);
	return fields_end(&f);
}

struct record_fields set_fields(struct arena *a, const struct submission_set *s)
{
	struct fields f = fields_in(a);
	put_attributes(&f, METADATA_SET, s);
	put_names(&f, s->id, s->logical_id, 1);
	put_text(&f.rest, TAG_FINGERPRINT, s->fingerprint);
	put_extra(&f, s->extra);
	return fields_end(&f);
}

struct record_fields folder_fields(struct arena *a, const struct folder *o)
{
	struct fields f = fields_in(a);
	put_attributes(&f, METADATA_FOLDER, o);
	put_names(&f, o->id, o->logical_id, o->version);
	put_extra(&f, o->extra);
	return fields_end(&f);
}

/* The type's name is told when it is none that its number stands for. */
static bool is_named(const struct association *x)
{
	return x->type == ASSOCIATION_UNKNOWN
	       || !text_equal(x->type_urn, association_type_urn(x->type));
}

struct record_fields association_fields(struct arena *a, const struct association *x)
{
	struct fields f = fields_in(a);
	record_text(&f.learnt, TAG_SYSTEM, x->source_system);
	put_attributes(&f, METADATA_ASSOCIATION, x);
	put_names(&f, x->id, x->logical_id, 1);
	if (is_named(x))
		record_text(&f.rest, TAG_TYPE_URN, x->type_urn);
	put_extra(&f, x->extra);
	return fields_end(&f);
}

/* False: the id is none of the registry's. */
static bool put_front(struct buffer *out, enum availability_status status, unsigned kind,
		      const char *id, const char *system)
{
	unsigned char uuid[UUID_OCTETS];
	if (!uuid_octets(id, uuid))
		return false;
	buffer_byte(out, FORM);
	buffer_byte(out, (unsigned char)(status | kind << STATUS_BITS));
	buffer_append(out, uuid, sizeof uuid);
	record_put_system(out, system);
	return true;
}

/* Behind the front. False: there are more than may be. */
static bool put_sources(struct buffer *out, const struct object_source *s)
{
	size_t at = out->length;
	unsigned count = 0;
	if (s == NULL)
		return true;
	out->data[AT_STATUS] |= IS_MADE;
	buffer_byte(out, 0);
	for (; s != NULL; s = s->next) {
		record_put_source(out, s);
		count++;
	}
	out->data[at] = (unsigned char)count;
	return count <= REGISTRY_SOURCES_MOST;
}

/* The front, then what is packed. Empty: the store failed. */
static struct bytes kept(struct store_txn *t, struct buffer *front, const char *system,
			 struct record_fields f)
{
	bool done = record_pack(t, front, system, f.learnt, f.rest);
	return done ? buffer_bytes(front) : (struct bytes){ 0 };
}

struct bytes entry_record(struct store_txn *t, struct arena *a, const struct document_entry *e)
{
	struct buffer b = buffer_in(a);
	if (!put_front(&b, e->status, e->type, e->id, e->source_system))
		return (struct bytes){ 0 };
	if (e->home_community_id != NULL)
		b.data[AT_STATUS] |= HAS_HOME;
	if (text_equal(e->document_availability, DOCUMENT_OFFLINE))
		b.data[AT_STATUS] |= IS_OFFLINE;
	if (!put_sources(&b, e->sources))
		return (struct bytes){ 0 };
	return kept(t, &b, e->source_system, entry_fields(a, e));
}

struct bytes set_record(struct store_txn *t, struct arena *a, const struct submission_set *s)
{
	struct buffer b = buffer_in(a);
	return put_front(&b, s->status, 0, s->id, s->source_system) && put_sources(&b, s->sources)
		       ? kept(t, &b, s->source_system, set_fields(a, s))
		       : (struct bytes){ 0 };
}

/* Not packed: it is written anew with another lastUpdateTime, and what its system has of the disk
 * (store/usage.h) was counted when it came. */
struct bytes folder_record(struct arena *a, const struct folder *f)
{
	struct record_fields fields = folder_fields(a, f);
	struct buffer b = buffer_in(a);
	if (put_front(&b, f->status, 0, f->id, f->source_system))
		record_pack_plainly(&b, fields.learnt, fields.rest);
	return buffer_bytes(&b);
}

struct bytes association_record(struct store_txn *t, struct arena *a, const struct association *x)
{
	struct buffer front = buffer_in(a);
	unsigned char uuids[3][UUID_OCTETS];
	if (!uuid_octets(x->id, uuids[0]) || !uuid_octets(x->source, uuids[1])
	    || !uuid_octets(x->target, uuids[2]))
		return (struct bytes){ 0 };
	buffer_byte(&front, FORM);
	buffer_byte(&front, (unsigned char)(x->status | (unsigned)x->type << STATUS_BITS));
	buffer_append(&front, uuids, sizeof uuids);
	return kept(t, &front, x->source_system, association_fields(a, x));
}

static size_t octets_of(size_t front, struct record_fields f)
{
	return front + f.learnt.length + f.rest.length;
}

size_t registry_object_octets(struct arena *a, enum metadata_object kind, const void *object)
{
	switch (kind) {
	case METADATA_ENTRY: return octets_of(AT_SYSTEM, entry_fields(a, object));
	case METADATA_SET: return octets_of(AT_SYSTEM, set_fields(a, object));
	case METADATA_FOLDER: return octets_of(AT_SYSTEM, folder_fields(a, object));
	case METADATA_ASSOCIATION:
		return octets_of(ASSOCIATION_FRONT, association_fields(a, object));
	default: return 0; /* no object of its own */
	}
}

/* ---- Reading ---- */

static const char *halves_text(struct arena *a, struct record_reader *r)
{
	char *text = arena_alloc(a, 2 * r->value.length + 1);
	if (compact_text_read(r->value.data, r->value.length - 1, text))
		return text;
	r->broken = true;
	return "";
}

/* The field as a text, however it stands there. */
static const char *text_of(struct arena *a, struct record_reader *r)
{
	struct bytes v = r->value;
	switch (v.length == 0 ? 0 : v.data[v.length - 1]) {
	case TEXT_HALVES: return halves_text(a, r);
	case TEXT_HEX: return bytes_to_hex(a, (struct bytes){ v.data, v.length - 1 });
	default: return record_as_text(r);
	}
}

/* A list grows at its end; records are short, so walking there costs nothing to speak
 * of. */
#define APPEND(list, new)                                                                          \
	do {                                                                                       \
		while (*(list) != NULL)                                                            \
			(list) = &(*(list))->next;                                                 \
		*(list) = (new);                                                                   \
	} while (0)

static struct text_value **get_text(struct arena *a, struct record_reader *r,
				    struct text_value **list)
{
	struct text_value *v = arena_new(a, struct text_value);
	v->value = text_of(a, r);
	APPEND(list, v);
	return &v->next;
}

static bool get_code(struct arena *a, struct record_reader *r, struct coded_value **list)
{
	struct coded_value *c = arena_new(a, struct coded_value);
	struct record_reader in = record_within(r);
	while (record_next(&in))
		switch (in.tag) {
		case TAG_CODE: c->code = text_of(a, &in); break;
		case TAG_SCHEME: c->scheme = text_of(a, &in); break;
		case TAG_DISPLAY: c->display = text_of(a, &in); break;
		case TAG_LANGUAGE: c->display_language = text_of(a, &in); break;
		}
	APPEND(list, c);
	return !in.broken;
}

static bool get_localized(struct arena *a, struct record_reader *r, struct localized **list)
{
	struct localized *l = arena_new(a, struct localized);
	struct record_reader in = record_within(r);
	while (record_next(&in))
		switch (in.tag) {
		case TAG_TEXT: l->value = text_of(a, &in); break;
		case TAG_TEXT_LANGUAGE: l->language = text_of(a, &in); break;
		case TAG_CHARSET: l->charset = text_of(a, &in); break;
		}
	APPEND(list, l);
	return !in.broken;
}

static bool get_author(struct arena *a, struct record_reader *r, struct author **list)
{
	struct author *au = arena_new(a, struct author);
	struct record_reader in = record_within(r);
	while (record_next(&in)) {
		const struct metadata_attribute *m = metadata_tagged(METADATA_AUTHOR, in.tag);
		if (m != NULL)
			get_text(a, &in, METADATA_AT(au, m, struct text_value *));
	}
	APPEND(list, au);
	return !in.broken;
}

static bool get_extra(struct arena *a, struct record_reader *r, struct slot **list)
{
	struct slot *s = arena_new(a, struct slot);
	struct text_value **last = &s->values; /* a slot may have a thousand */
	struct record_reader in = record_within(r);
	while (record_next(&in)) {
		if (in.tag == TAG_SLOT_NAME)
			s->name = text_of(a, &in);
		else if (in.tag == TAG_SLOT_VALUE)
			last = get_text(a, &in, last);
	}
	APPEND(list, s);
	return !in.broken;
}

/* What follows a CX's id was read before it. */
static void get_field_text(struct arena *a, struct record_reader *r, const char **field)
{
	const char *text = text_of(a, r);
	*field = *field == NULL ? text : arena_printf(a, "%s%s", text, *field);
}

static bool get_tail(struct record_reader *r, enum metadata_object kind, void *object)
{
	const struct metadata_attribute *m = metadata_tagged(kind, r->tag - TAG_TAILS);
	if (m != NULL && m->type == TYPE_CX)
		*METADATA_AT(object, m, const char *) = record_as_text(r);
	return true;
}

/* False: the record is broken. */
static bool get_attribute(struct arena *a, struct record_reader *r, enum metadata_object kind,
			  void *object)
{
	const struct metadata_attribute *m = metadata_tagged(kind, r->tag);
	if (m == NULL)
		return true;
	switch (m->field) {
	case FIELD_TEXT: get_field_text(a, r, METADATA_AT(object, m, const char *)); break;
	case FIELD_TEXTS: get_text(a, r, METADATA_AT(object, m, struct text_value *)); break;
	case FIELD_CODES: return get_code(a, r, METADATA_AT(object, m, struct coded_value *));
	case FIELD_AUTHORS: return get_author(a, r, METADATA_AT(object, m, struct author *));
	case FIELD_LOCALIZED:
		return get_localized(a, r, METADATA_AT(object, m, struct localized *));
	case FIELD_FLAG: *METADATA_AT(object, m, bool) = record_as_flag(r); break;
	}
	return true;
}

/* What all four have in common, where it is found in each. */
struct frame {
	const char **logical_id, **source_system;
	uint32_t *version; /* NULL: this kind has none */
	struct slot **extra;
};

static bool get_frame(struct arena *a, struct record_reader *r, const struct frame *f)
{
	switch (r->tag) {
	case TAG_LOGICAL_ID: *f->logical_id = record_as_text(r); break;
	case TAG_SYSTEM: *f->source_system = record_as_text(r); break;
	case TAG_VERSION:
		if (f->version != NULL)
			*f->version = (uint32_t)record_as_number(r);
		break;
	case TAG_EXTRA: return get_extra(a, r, f->extra);
	}
	return true;
}

/* Any field of the object. */
static bool get_field(struct arena *a, struct record_reader *r, const struct frame *f,
		      enum metadata_object kind, void *object)
{
	if (r->tag < TAG_ATTRIBUTES)
		return get_frame(a, r, f);
	return r->tag < TAG_TAILS ? get_attribute(a, r, kind, object) : get_tail(r, kind, object);
}

/* The fields of the record. False: it cannot be read. */
static bool open_record(struct store_txn *t, struct arena *a, struct bytes record,
			struct front *front, struct record_reader *r)
{
	struct bytes fields;
	if (!record_front(record, front) || !record_unpack(t, a, front->packed, &fields))
		return false;
	*r = record_read(fields);
	return true;
}

static const struct object_source *sources_of(struct arena *a, struct bytes left)
{
	const struct object_source *all = NULL, **last = &all;
	struct registry_source one;
	while (registry_next_source(&left, &one)) {
		struct object_source *s = arena_new(a, struct object_source);
		*s = (struct object_source){ .subject = one.subject, .system = one.system };
		if (one.document[0] != '\0')
			s->document = arena_text(a, one.document);
		*last = s;
		last = &s->next;
	}
	return all;
}

static struct document_entry *begin_entry(struct arena *a, uint64_t subject, const struct front *f)
{
	struct document_entry *e = arena_new(a, struct document_entry);
	e->status = f->status;
	e->type = (enum document_entry_type)f->kind;
	e->id = e->logical_id = uuid_text(a, f->uuid);
	e->source_system = f->system;
	e->sources = sources_of(a, f->sources);
	e->version = 1;
	e->subject = subject;
	return e;
}

struct document_entry *entry_of_record(struct store_txn *t, struct arena *a, uint64_t subject,
				       struct bytes record)
{
	struct front front;
	struct record_reader r;
	if (!open_record(t, a, record, &front, &r))
		return NULL;
	struct document_entry *e = begin_entry(a, subject, &front);
	struct frame f = { &e->logical_id, &e->source_system, &e->version, &e->extra };
	while (record_next(&r))
		if (!get_field(a, &r, &f, METADATA_ENTRY, e))
			return NULL;
	return r.broken ? NULL : e;
}

struct document_entry *entry_reference(struct store_txn *t, struct arena *a, uint64_t subject,
				       struct bytes record)
{
	struct front front;
	if (!record_front(record, &front))
		return NULL;
	return front.has_home ? entry_of_record(t, a, subject, record)
			      : begin_entry(a, subject, &front);
}

struct submission_set *set_of_record(struct store_txn *t, struct arena *a, uint64_t subject,
				     struct bytes record)
{
	struct front front;
	struct record_reader r;
	if (!open_record(t, a, record, &front, &r))
		return NULL;
	struct submission_set *s = arena_new(a, struct submission_set);
	struct frame f = { &s->logical_id, &s->source_system, NULL, &s->extra };
	s->status = front.status;
	s->id = s->logical_id = uuid_text(a, front.uuid);
	s->source_system = front.system;
	s->sources = sources_of(a, front.sources);
	s->subject = subject;
	while (record_next(&r)) {
		if (r.tag == TAG_FINGERPRINT)
			s->fingerprint = text_of(a, &r);
		else if (!get_field(a, &r, &f, METADATA_SET, s))
			return NULL;
	}
	return r.broken ? NULL : s;
}

struct folder *folder_of_record(struct store_txn *t, struct arena *a, uint64_t subject,
				struct bytes record)
{
	struct front front;
	struct record_reader r;
	if (!open_record(t, a, record, &front, &r))
		return NULL;
	struct folder *o = arena_new(a, struct folder);
	struct frame f = { &o->logical_id, &o->source_system, &o->version, &o->extra };
	o->status = front.status;
	o->id = o->logical_id = uuid_text(a, front.uuid);
	o->source_system = front.system;
	o->version = 1;
	o->subject = subject;
	while (record_next(&r))
		if (!get_field(a, &r, &f, METADATA_FOLDER, o))
			return NULL;
	return r.broken ? NULL : o;
}

struct association *association_of_record(struct store_txn *t, struct arena *a, struct bytes record)
{
	const unsigned char *d = record.data;
	struct bytes fields;
	if (record.length <= ASSOCIATION_FRONT || d[AT_FORM] != FORM
	    || !record_unpack(
		    t, a,
		    (struct bytes){ d + ASSOCIATION_FRONT, record.length - ASSOCIATION_FRONT },
		    &fields))
		return NULL;
	struct association *x = arena_new(a, struct association);
	struct frame f = { &x->logical_id, &x->source_system, NULL, &x->extra };
	x->status = (enum availability_status)(d[AT_STATUS] & STATUS_MASK);
	x->type = (enum association_type)(d[AT_STATUS] >> STATUS_BITS & KIND_MASK);
	x->type_urn = association_type_urn(x->type);
	x->id = x->logical_id = uuid_text(a, d + AT_ID);
	x->source = uuid_text(a, d + AT_SOURCE);
	x->target = uuid_text(a, d + AT_TARGET);
	struct record_reader r = record_read(fields);
	while (record_next(&r))
		if (r.tag == TAG_TYPE_URN)
			x->type_urn = record_as_text(&r);
		else if (!get_field(a, &r, &f, METADATA_ASSOCIATION, x))
			return NULL;
	x->type = association_type_of(x->type_urn);
	return r.broken ? NULL : x;
}

/* ---- Looking at one field ---- */

struct registry_version record_version(struct store_txn *t, struct arena *a, struct bytes record)
{
	struct registry_version v = { .version = 1 };
	struct front f;
	struct record_reader r;
	if (!open_record(t, a, record, &f, &r))
		return v;
	v.logical_id = uuid_text(a, f.uuid);
	while (record_next(&r)) {
		if (r.tag == TAG_LOGICAL_ID)
			v.logical_id = record_as_text(&r);
		else if (r.tag == TAG_VERSION)
			v.version = (uint32_t)record_as_number(&r);
	}
	return v;
}

const char *record_fingerprint(struct store_txn *t, struct arena *a, struct bytes record)
{
	struct front f;
	struct record_reader r;
	if (!open_record(t, a, record, &f, &r))
		return NULL;
	while (record_next(&r))
		if (r.tag == TAG_FINGERPRINT)
			return text_of(a, &r);
	return NULL;
}

static unsigned tag_of(enum metadata_coding coding, const char *key)
{
	return metadata_find(METADATA_ENTRY, coding, key)->tag;
}

struct registry_document record_document(struct store_txn *t, struct arena *a, struct bytes record)
{
	unsigned hash = tag_of(CODED_SLOT, "hash"), size = tag_of(CODED_SLOT, "size");
	struct registry_document d = { .hash = NULL };
	struct front f;
	struct record_reader r;
	if (!open_record(t, a, record, &f, &r))
		return d;
	d.type = (enum document_entry_type)f.kind;
	while (record_next(&r)) {
		if (r.tag == hash)
			d.hash = text_of(a, &r);
		else if (r.tag == size)
			d.size = text_of(a, &r);
	}
	return d;
}

bool record_refers(struct store_txn *t, struct arena *a, struct bytes record,
		   const char *reference_id)
{
	unsigned tag = tag_of(CODED_SLOT, REFERENCE_ID_LIST);
	struct front f;
	struct record_reader r;
	if (!open_record(t, a, record, &f, &r))
		return true; /* whoever opens it is told */
	while (record_next(&r))
		if (r.tag == tag && text_equal(text_of(a, &r), reference_id))
			return true;
	return false;
}
