/* store/subscriptions_rows.c: how subscriptions are laid out in keys. */
#include "store/subscriptions_rows.h"

#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "store/record.h"

enum { VERSION = 1, CODE_VALUE = 1, CODE_SCHEME, ANY = 1 };
enum {
	TAG_SYSTEM = 1,
	TAG_CONSUMER,
	TAG_REFERENCE,
	TAG_TOPIC,
	TAG_SUBJECT,
	TAG_CREATED,
	TAG_ENDS,
	TAG_LOST,
	TAG_QUERY_ID,
	TAG_PATIENT_ID,
	TAG_CLASS_CODE,
	TAG_TYPE_CODE,
	TAG_PRACTICE_SETTING_CODE,
	TAG_FACILITY_TYPE_CODE,
	TAG_FORMAT_CODE,
	TAG_EVENT_CODES,
	TAG_CONFIDENTIALITY_CODES,
	TAG_REFERENCE_IDS,
	TAG_AUTHOR_PERSON,
	TAG_SOURCE_ID,
	TAG_INTENDED_RECIPIENT,
	TAG_FOLDER_CODES,
	TAG_UNIQUE_ID,
	TAG_PULL_POINT,
};

/* The criteria a filter may have: which field, of what form. */
enum form { TEXTS, CODES, TEXTS_ANDED, CODES_ANDED };
#define AT(field) offsetof(struct registry_query, field)
static const struct {
	unsigned tag;
	enum form form;
	size_t at;
} criteria[] = {
	{ TAG_CLASS_CODE, CODES, AT(class_codes) },
	{ TAG_TYPE_CODE, CODES, AT(type_codes) },
	{ TAG_PRACTICE_SETTING_CODE, CODES, AT(practice_setting_codes) },
	{ TAG_FACILITY_TYPE_CODE, CODES, AT(facility_type_codes) },
	{ TAG_FORMAT_CODE, CODES, AT(format_codes) },
	{ TAG_EVENT_CODES, CODES_ANDED, AT(event_codes) },
	{ TAG_CONFIDENTIALITY_CODES, CODES_ANDED, AT(confidentiality_codes) },
	{ TAG_REFERENCE_IDS, TEXTS_ANDED, AT(reference_ids) },
	{ TAG_AUTHOR_PERSON, TEXTS, AT(author_persons) },
	{ TAG_SOURCE_ID, TEXTS, AT(source_ids) },
	{ TAG_INTENDED_RECIPIENT, TEXTS, AT(intended_recipients) },
	{ TAG_FOLDER_CODES, CODES_ANDED, AT(folder_codes) },
	{ TAG_UNIQUE_ID, TEXTS, AT(unique_ids) },
};

/* ---- Writing ---- */

static void put_texts(struct record_writer *w, unsigned tag, const struct text_value *v)
{
	for (; v != NULL; v = v->next)
		record_text(w, tag, v->value);
}

static void put_codes(struct record_writer *w, unsigned tag, const struct coded_value *c)
{
	for (; c != NULL; c = c->next) {
		record_open(w, tag);
		record_text(w, CODE_VALUE, c->code);
		record_text(w, CODE_SCHEME, c->scheme);
		record_close(w);
	}
}

static void put_anded_texts(struct record_writer *w, unsigned tag,
			    const struct text_alternatives *of)
{
	for (; of != NULL; of = of->next) {
		record_open(w, tag);
		put_texts(w, ANY, of->any);
		record_close(w);
	}
}

static void put_anded_codes(struct record_writer *w, unsigned tag,
			    const struct code_alternatives *of)
{
	for (; of != NULL; of = of->next) {
		record_open(w, tag);
		put_codes(w, ANY, of->any);
		record_close(w);
	}
}

static void put_criteria(struct record_writer *w, const struct registry_query *q)
{
	for (size_t i = 0; i < COUNT(criteria); i++) {
		void *const *field = (void *const *)((const char *)q + criteria[i].at);
		unsigned tag = criteria[i].tag;
		switch (criteria[i].form) {
		case TEXTS: put_texts(w, tag, *field); break;
		case CODES: put_codes(w, tag, *field); break;
		case TEXTS_ANDED: put_anded_texts(w, tag, *field); break;
		case CODES_ANDED: put_anded_codes(w, tag, *field); break;
		}
	}
}

struct bytes subscription_row(struct arena *a, const struct subscription *s)
{
	struct record_writer w = record_begin(a, VERSION);
	record_text(&w, TAG_SYSTEM, s->system);
	record_text(&w, TAG_CONSUMER, s->consumer);
	record_text(&w, TAG_REFERENCE, s->reference);
	record_number(&w, TAG_TOPIC, s->topic);
	record_number(&w, TAG_SUBJECT, s->subject);
	record_instant(&w, TAG_CREATED, s->created);
	record_instant(&w, TAG_ENDS, s->ends);
	record_number(&w, TAG_LOST, s->lost);
	record_text(&w, TAG_QUERY_ID, s->filter.query_id);
	record_text(&w, TAG_PATIENT_ID, s->filter.patient_id);
	record_text(&w, TAG_PULL_POINT, s->pull_point);
	put_criteria(&w, &s->filter);
	return record_end(&w);
}

/* ---- Reading ---- */

static const char *text_of(struct arena *a, struct record_reader *r)
{
	return arena_text(a, record_as_text(r));
}

static void add_text(struct arena *a, struct text_value **last, const char *text)
{
	while (*last != NULL)
		last = &(*last)->next;
	*last = arena_new(a, struct text_value);
	(*last)->value = text;
}

static void add_code(struct arena *a, struct coded_value **last, struct record_reader *r)
{
	struct record_reader in = record_within(r);
	while (*last != NULL)
		last = &(*last)->next;
	*last = arena_new(a, struct coded_value);
	while (record_next(&in))
		switch (in.tag) {
		case CODE_VALUE: (*last)->code = text_of(a, &in); break;
		case CODE_SCHEME: (*last)->scheme = text_of(a, &in); break;
		}
	r->broken = r->broken || in.broken || (*last)->code == NULL || (*last)->scheme == NULL;
}

static void add_anded_texts(struct arena *a, struct text_alternatives **last,
			    struct record_reader *r)
{
	struct record_reader in = record_within(r);
	while (*last != NULL)
		last = &(*last)->next;
	*last = arena_new(a, struct text_alternatives);
	while (record_next(&in))
		if (in.tag == ANY)
			add_text(a, &(*last)->any, text_of(a, &in));
	r->broken = r->broken || in.broken;
}

static void add_anded_codes(struct arena *a, struct code_alternatives **last,
			    struct record_reader *r)
{
	struct record_reader in = record_within(r);
	while (*last != NULL)
		last = &(*last)->next;
	*last = arena_new(a, struct code_alternatives);
	while (record_next(&in))
		if (in.tag == ANY)
			add_code(a, &(*last)->any, &in);
	r->broken = r->broken || in.broken;
}

static void read_criterion(struct arena *a, struct record_reader *r, struct registry_query *q)
{
	for (size_t i = 0; i < COUNT(criteria); i++) {
		void *field = (char *)q + criteria[i].at;
		if (criteria[i].tag != r->tag)
			continue;
		switch (criteria[i].form) {
		case TEXTS: add_text(a, field, text_of(a, r)); break;
		case CODES: add_code(a, field, r); break;
		case TEXTS_ANDED: add_anded_texts(a, field, r); break;
		case CODES_ANDED: add_anded_codes(a, field, r); break;
		}
	}
}

static void read_field(struct arena *a, struct record_reader *r, struct subscription *out)
{
	switch (r->tag) {
	case TAG_SYSTEM: out->system = text_of(a, r); break;
	case TAG_CONSUMER: out->consumer = text_of(a, r); break;
	case TAG_REFERENCE: out->reference = text_of(a, r); break;
	case TAG_TOPIC: out->topic = (enum subscription_topic)record_as_number(r); break;
	case TAG_SUBJECT: out->subject = record_as_number(r); break;
	case TAG_CREATED: out->created = record_as_instant(r); break;
	case TAG_ENDS: out->ends = record_as_instant(r); break;
	case TAG_LOST: out->lost = record_as_number(r); break;
	case TAG_QUERY_ID: out->filter.query_id = text_of(a, r); break;
	case TAG_PATIENT_ID: out->filter.patient_id = text_of(a, r); break;
	case TAG_PULL_POINT: out->pull_point = text_of(a, r); break;
	default: read_criterion(a, r, &out->filter); break;
	}
}

bool subscription_row_read(struct arena *a, struct bytes row, struct subscription *out)
{
	struct record_reader r = record_read(row);
	const char *id = out->id;
	*out = (struct subscription){ .id = id, .filter = { .type_stable = true } };
	while (r.version == VERSION && record_next(&r))
		read_field(a, &r, out);
	return !r.broken && out->system != NULL && out->consumer != NULL && out->reference != NULL
	       && out->topic > TOPIC_NONE && out->topic < TOPIC_COUNT && out->ends != 0;
}

/* ---- Keys ---- */

bool subscription_id_octets(const char *id, unsigned char out[SUBSCRIPTION_ID])
{
	return id != NULL && strlen(id) == 2 * SUBSCRIPTION_ID
	       && bytes_from_hex(id, 2 * SUBSCRIPTION_ID, out);
}

struct key subscription_key(const unsigned char id[SUBSCRIPTION_ID])
{
	struct key k;
	key_begin(&k, SPACE_SUBSCRIPTION);
	key_bytes(&k, id, SUBSCRIPTION_ID);
	return k;
}

struct key subscription_of_record_key(uint64_t record, const unsigned char id[SUBSCRIPTION_ID])
{
	struct key k;
	key_begin(&k, SPACE_SUBSCRIPTION_OF_RECORD);
	key_number(&k, record);
	key_bytes(&k, id, SUBSCRIPTION_ID);
	return k;
}

struct key subscription_of_system_key(const char *system, const unsigned char id[SUBSCRIPTION_ID])
{
	struct key k;
	key_begin(&k, SPACE_SUBSCRIPTION_OF_SYSTEM);
	key_text(&k, system);
	key_bytes(&k, id, SUBSCRIPTION_ID);
	return k;
}

struct key subscription_ends_key(instant ends, const unsigned char id[SUBSCRIPTION_ID])
{
	struct key k;
	key_begin(&k, SPACE_SUBSCRIPTION_ENDS);
	key_instant(&k, ends);
	key_bytes(&k, id, SUBSCRIPTION_ID);
	return k;
}
