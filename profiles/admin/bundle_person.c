/* profiles/admin/bundle_person.c: what is known of a patient as JSON, and read back: one table. */
#include "profiles/admin/bundle_person.h"

#include <stddef.h>
#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "profiles/admin/bundle.h"
#include "store/blobs.h"

/* A text of a struct. */
struct text_field {
	const char *member;
	size_t offset;
};
#define TEXT(type, member)                                                                         \
	{                                                                                          \
#member, offsetof(struct type, member)                                             \
	}
static const struct text_field of_name[] = { TEXT(person_name, family),
					     TEXT(person_name, given),
					     TEXT(person_name, middle),
					     TEXT(person_name, prefix),
					     TEXT(person_name, suffix),
					     TEXT(person_name, use),
					     { 0 } };
static const struct text_field of_address[] = { TEXT(postal_address, street),
						TEXT(postal_address, other),
						TEXT(postal_address, city),
						TEXT(postal_address, state),
						TEXT(postal_address, postal_code),
						TEXT(postal_address, country),
						TEXT(postal_address, text),
						TEXT(postal_address, use),
						{ 0 } };
static const struct text_field of_telecom[] = { TEXT(telecom, number), TEXT(telecom, use), { 0 } };
static const struct text_field of_insurance[] = { TEXT(insurance, insurer),
						  TEXT(insurance, symbol),
						  TEXT(insurance, number),
						  TEXT(insurance, branch),
						  TEXT(insurance, from),
						  TEXT(insurance, until),
						  { 0 } };
static const struct text_field of_person[] = { TEXT(patient_demographics, birth_date),
					       TEXT(patient_demographics, sex),
					       TEXT(patient_demographics, mothers_maiden_name),
					       TEXT(patient_demographics, multiple_birth),
					       TEXT(patient_demographics, birth_order),
					       TEXT(patient_demographics, deceased),
					       TEXT(patient_demographics, deceased_time),
					       TEXT(patient_demographics, identity_unknown),
					       { 0 } };

/* A list of a person's. */
struct list_field {
	const char *member;
	size_t offset;                   /* of its first, in struct patient_demographics */
	const struct text_field *fields; /* of one of them */
	size_t size, next;               /* of it, and where in it the next one stands */
	size_t taken_away;               /* the flag that says that there are none any more */
};
#define LIST(list, type, of)                                                                       \
	{                                                                                          \
#list, offsetof(struct patient_demographics, list), of, sizeof(struct type),       \
			offsetof(struct type, next),                                               \
			offsetof(struct patient_demographics, delete_##list)                       \
	}
static const struct list_field lists[] = {
	LIST(names, person_name, of_name),
	LIST(addresses, postal_address, of_address),
	LIST(telecoms, telecom, of_telecom),
	LIST(insurances, insurance, of_insurance),
};

static const char *const representations[] = { NULL, "ideographic", "phonetic", "alphabetic" };

static const char **text_at(const void *object, size_t offset)
{
	return (const char **)(void *)((char *)(uintptr_t)object + offset);
}

static void **place_at(const void *object, size_t offset)
{
	return (void **)(void *)((char *)(uintptr_t)object + offset);
}

/* ---- Written ---- */

static void put_texts(json_t *o, const struct text_field *f, const void *object)
{
	for (; f->member != NULL; f++)
		if (!text_empty(*text_at(object, f->offset)))
			json_object_set_new(o, f->member, json_string(*text_at(object, f->offset)));
}

static json_t *list_json(const struct list_field *l, const struct patient_demographics *d)
{
	json_t *list = json_array();
	for (const void *one = *place_at(d, l->offset); one != NULL;
	     one = *place_at(one, l->next)) {
		json_t *o = json_object();
		put_texts(o, l->fields, one);
		if (l->fields == of_name) {
			const struct person_name *n = one;
			if (representations[n->representation] != NULL)
				json_object_set_new(
					o, "representation",
					json_string(representations[n->representation]));
		}
		json_array_append_new(list, o);
	}
	return list;
}

json_t *person_json(const struct patient_demographics *d)
{
	json_t *o = json_object();
	put_texts(o, of_person, d);
	for (size_t i = 0; i < COUNT(lists); i++)
		if (*place_at(d, lists[i].offset) != NULL)
			json_object_set_new(o, lists[i].member, list_json(&lists[i], d));
	return o;
}

/* ---- Read ---- */

static bool read_texts(struct arena *a, const json_t *o, const struct text_field *f, void *object,
		       struct problem *p)
{
	for (; f->member != NULL; f++) {
		if (json_object_get(o, f->member) == NULL)
			continue;
		const char *text = bundle_text(o, f->member, PERSON_TEXT_MOST);
		if (text == NULL)
			return problem_set(p, PROBLEM_REQUEST_INVALID,
					   "'%s' is no text, or too long", f->member);
		*text_at(object, f->offset) = arena_text(a, text);
	}
	return true;
}

static bool read_representation(const json_t *o, struct person_name *n, struct problem *p)
{
	const json_t *said = json_object_get(o, "representation");
	for (size_t i = 1; said != NULL && i < COUNT(representations); i++)
		if (text_equal(json_string_value(said), representations[i]))
			n->representation = (enum name_representation)i;
	return said == NULL || n->representation != NAME_UNSPECIFIED
	       || problem_set(p, PROBLEM_REQUEST_INVALID, "'representation' is none there is");
}

static bool read_list(struct arena *a, const struct list_field *l, const json_t *said,
		      struct patient_demographics *out, struct problem *p)
{
	void **last = place_at(out, l->offset);
	if (said == NULL)
		return true;
	if (!json_is_array(said) || json_array_size(said) > PERSON_LIST_MOST)
		return problem_set(p, PROBLEM_REQUEST_INVALID, "'%s' is no list, or too long",
				   l->member);
	for (size_t i = 0; i < json_array_size(said); i++) {
		const json_t *o = json_array_get(said, i);
		void *one = arena_alloc(a, l->size);
		if (!json_is_object(o))
			return problem_set(p, PROBLEM_REQUEST_INVALID,
					   "'%s' holds what is no object", l->member);
		if (!read_texts(a, o, l->fields, one, p)
		    || (l->fields == of_name && !read_representation(o, one, p)))
			return false;
		*last = one;
		last = place_at(one, l->next);
	}
	return true;
}

bool person_read(struct arena *a, const json_t *said, struct patient_demographics *out,
		 struct problem *p)
{
	*out = (struct patient_demographics){ .names = NULL };
	if (!json_is_object(said))
		return problem_set(p, PROBLEM_REQUEST_INVALID, "a version is no object");
	if (!read_texts(a, said, of_person, out, p))
		return false;
	for (size_t i = 0; i < COUNT(lists); i++)
		if (!read_list(a, &lists[i], json_object_get(said, lists[i].member), out, p))
			return false;
	return true;
}

void person_take_away(struct patient_demographics *d, const struct patient_demographics *before)
{
	for (const struct text_field *f = of_person; f->member != NULL; f++)
		if (*text_at(d, f->offset) == NULL && *text_at(before, f->offset) != NULL)
			*text_at(d, f->offset) = "";
	for (size_t i = 0; i < COUNT(lists); i++)
		if (*place_at(d, lists[i].offset) == NULL
		    && *place_at(before, lists[i].offset) != NULL)
			*(bool *)(void *)((char *)d + lists[i].taken_away) = true;
}

/* ---- Moments ---- */

json_t *moment_json(instant t)
{
	char text[XML_TIME_TEXT];
	instant_to_xml(t, text);
	return json_string(text);
}

/* 2026-01-15T00:30:01.234567Z and nothing else. */
bool moment_read(const char *text, instant *out)
{
	static const char form[] = "0000-00-00T00:00:00.000000Z";
	char dtm[sizeof form], *to = dtm;
	if (text == NULL || strlen(text) != sizeof form - 1)
		return false;
	for (size_t i = 0; form[i] != '\0'; i++) {
		bool digit = text[i] >= '0' && text[i] <= '9';
		if (form[i] == '0' ? !digit : text[i] != form[i])
			return false;
		if (form[i] == '0' || form[i] == '.')
			*to++ = text[i];
	}
	*to = '\0';
	char whole[15], *fraction = dtm + 15;
	uint64_t micros = 0;
	snprintf(whole, sizeof whole, "%.14s", dtm);
	if (!instant_from_dtm(whole, 0, out) || !text_to_number(fraction, 999999, &micros))
		return false;
	*out += (instant)micros;
	return true;
}

/* ---- Consent ---- */

static const char *const actions[] = {
	[CONSENT_JOIN] = "join",       [CONSENT_LEAVE] = "leave", [CONSENT_EXCLUDE] = "exclude",
	[CONSENT_INCLUDE] = "include", [CONSENT_GRANT] = "grant", [CONSENT_REVOKE] = "revoke"
};

const char *consent_word(enum consent_action action)
{
	return actions[action];
}

json_t *consent_json(struct arena *a, const struct consent_event *e)
{
	json_t *o = json_pack("{s:o, s:s, s:s, s:s}", "time", moment_json(e->time), "action",
			      actions[e->action], "reason", e->reason, "by", e->by);
	if (e->facility != NULL)
		json_object_set_new(o, "facility", json_string(e->facility));
	if (e->groups != NULL)
		json_object_set_new(o, "groups", json_string(e->groups));
	if (e->from != 0)
		json_object_set_new(o, "from", moment_json(e->from));
	if (e->until != 0)
		json_object_set_new(o, "until", moment_json(e->until));
	if (e->proof.kind != NULL)
		json_object_set_new(o, "proof", consent_proof_json(&e->proof));
	if (e->paper.kind != PAPER_NONE)
		json_object_set_new(o, "form", consent_paper_json(a, &e->paper));
	return o;
}

json_t *consent_paper_json(struct arena *a, const struct consent_paper *paper)
{
	return json_pack("{s:s, s:I, s:s}", "media_type", paper_media_types[paper->kind], "size",
			 (json_int_t)paper->size, "sha256",
			 bytes_to_hex(a, (struct bytes){ paper->sha256, BLOB_SHA256 }));
}

/* Which it is: the octets themselves are a document of the bundle. */
static bool read_paper(struct arena *a, const json_t *said, struct consent_paper *out)
{
	const char *type = bundle_text(said, "media_type", PERSON_TEXT_MOST);
	const char *hex = bundle_text(said, "sha256", 2 * BLOB_SHA256);
	json_int_t size = json_integer_value(json_object_get(said, "size"));
	unsigned char *sha256 = arena_alloc(a, BLOB_SHA256);
	*out = (struct consent_paper){ .kind = PAPER_NONE };
	if (said == NULL)
		return true;
	out->sha256 = sha256;
	out->size = (uint64_t)size;
	out->kind = type == NULL ? PAPER_NONE : paper_kind_named(type);
	return out->kind != PAPER_NONE && size > 0 && size <= PAPER_MOST && hex != NULL
	       && strlen(hex) == (size_t)2 * BLOB_SHA256
	       && bytes_from_hex(hex, (size_t)2 * BLOB_SHA256, sha256);
}

json_t *consent_proof_json(const struct consent_proof *proof)
{
	json_t *o = json_pack("{s:s}", "kind", proof->kind);
	if (proof->date != NULL)
		json_object_set_new(o, "date", json_string(proof->date));
	if (proof->by != NULL)
		json_object_set_new(o, "by", json_string(proof->by));
	return o;
}

static bool read_end(const json_t *said, const char *member, instant *out)
{
	return json_object_get(said, member) == NULL
	       || moment_read(bundle_text(said, member, 64), out);
}

/* Absent is what was not said. */
static const char *text_of(struct arena *a, const json_t *said, const char *member)
{
	return arena_text(a, bundle_text(said, member, PERSON_TEXT_MOST));
}

static bool read_more(struct arena *a, const json_t *said, struct consent_event *out)
{
	const json_t *proof = json_object_get(said, "proof");
	out->groups = text_of(a, said, "groups");
	out->proof = (struct consent_proof){ .kind = text_of(a, proof, "kind"),
					     .date = text_of(a, proof, "date"),
					     .by = text_of(a, proof, "by") };
	return read_end(said, "from", &out->from) && read_end(said, "until", &out->until)
	       && (proof == NULL || out->proof.kind != NULL);
}

bool consent_read(struct arena *a, const json_t *said, struct consent_event *out, struct problem *p)
{
	const char *action = bundle_text(said, "action", 16);
	size_t i = 0;
	while (i < COUNT(actions) && !text_equal(actions[i], action))
		i++;
	*out = (struct consent_event){
		.facility = arena_text(a, bundle_text(said, "facility", PERSON_TEXT_MOST)),
		.reason = arena_text(a, bundle_text(said, "reason", PERSON_TEXT_MOST)),
		.by = arena_text(a, bundle_text(said, "by", PERSON_TEXT_MOST)),
	};
	if (i == COUNT(actions) || !moment_read(bundle_text(said, "time", 64), &out->time))
		return problem_set(p, PROBLEM_REQUEST_INVALID,
				   "its action is none there is, or its time no time");
	if (!read_more(a, said, out))
		return problem_set(p, PROBLEM_REQUEST_INVALID,
				   "its beginning or end is no time, or its proof has no kind");
	if (!read_paper(a, json_object_get(said, "form"), &out->paper))
		return problem_set(p, PROBLEM_REQUEST_INVALID,
				   "its form has no media type of a form, no size, or no SHA-256");
	out->action = (enum consent_action)i;
	if (text_empty(out->reason) || text_empty(out->by)
	    || (out->action >= CONSENT_EXCLUDE) == text_empty(out->facility))
		return problem_set(p, PROBLEM_REQUEST_INVALID,
				   "a decision needs a reason, who gave it, and a facility where "
				   "it is about one");
	return true;
}
