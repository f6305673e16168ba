/* profiles/national/national_fhir.c: a FHIR R4 resource, as far as metadata speak of it.
 *
 * What decides who may see the document (tags, security labels) and what may not be taken in at all
 * is looked for wherever it stands, in resources within resources too; the rest where the profile
 * has it. Of numbers nothing is read. */
#include <jansson.h>
#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/json_arena.h"
#include "gateway/base/normalise.h"
#include "gateway/envelope/code_system_oid.h"
#include "profiles/national/national_document.h"
#include "schemas/model/region_policy.h"

#define CONFIDENTIALITY "2.16.840.1.113883.5.25"

/* Where something stands, as long as it is looked at. */
struct place {
	const struct place *above;
	const char *member; /* NULL: an item of a list */
	size_t index;
};

struct reading {
	struct arena *arena;
	struct national_document *out;
	struct problem *problem;
	json_t *root;
	struct text_list **name, **institution;
	struct national_id **id;
	unsigned names, institutions;
};

/* What is no name of FHIR's may be anything, a patient's name too. */
static const char *shown(const char *member)
{
	enum { NAME_MOST = 40 };
	size_t length = strspn(member, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");
	return member[length] == '\0' && length <= NAME_MOST ? member : "?";
}

static const char *path_of(const struct reading *r, const struct place *p)
{
	if (p == NULL)
		return "";
	const char *above = path_of(r, p->above);
	if (p->member == NULL)
		return arena_printf(r->arena, "%s[%zu]", above, p->index);
	return above[0] == '\0' ? shown(p->member)
				: text_joined(r->arena, above, ".", shown(p->member), NULL);
}

static bool wrong(struct reading *r, const char *where, const char *what)
{
	return problem_at(r->problem, PROBLEM_REPOSITORY_METADATA, where, "%s", what);
}

static const char *text_of(const json_t *object, const char *member)
{
	return json_string_value(json_object_get(object, member));
}

static bool is_of(const json_t *resource, const char *type)
{
	return text_equal(text_of(resource, "resourceType"), type);
}

static void add(struct reading *r, struct text_list ***last, unsigned *count, const char *text)
{
	if (text_empty(text) || ++*count > NATIONAL_LIST_MOST)
		return;
	**last = arena_new(r->arena, struct text_list);
	(**last)->value = arena_text(r->arena, text);
	*last = &(**last)->next;
}

/* ---- Wherever it stands ---- */

static void note_level(struct reading *r, const char *code, const struct place *at)
{
	const char *letter = code == NULL || strlen(code) != 1
				     ? NULL
				     : strchr(confidentiality_letters, code[0]);
	int level = letter == NULL ? -1 : (int)(letter - confidentiality_letters);
	if (level <= r->out->confidentiality)
		return;
	r->out->confidentiality = level;
	r->out->confidentiality_at = path_of(r, at);
}

/* Whatever its system: what is marked by a system that is misspelt is marked. */
static void note_mark(struct reading *r, const json_t *coding, const struct place *at)
{
	const char *code = text_of(coding, "code");
	if (text_equal(code, "UNINFORMED") && r->out->uninformed_at == NULL)
		r->out->uninformed_at = path_of(r, at);
	if (text_equal(code, "UNDELIVERED") && r->out->undelivered_at == NULL)
		r->out->undelivered_at = path_of(r, at);
	if (text_equal(code_system_oid(text_of(coding, "system")), CONFIDENTIALITY))
		note_level(r, code, at);
}

static void look_at_marks(struct reading *r, const json_t *meta, const struct place *at)
{
	static const char *const members[] = { "tag", "security" };
	for (size_t i = 0; i < COUNT(members); i++) {
		const json_t *list = json_object_get(meta, members[i]);
		struct place in = { at, members[i], 0 };
		for (size_t k = 0; k < json_array_size(list); k++) {
			struct place one = { &in, NULL, k };
			note_mark(r, json_array_get(list, k), &one);
		}
	}
}

/* HL7 table 0203: a national person identifier, of Japan or of wherever. */
static bool is_declared(const json_t *identifier)
{
	const json_t *codings = json_object_get(json_object_get(identifier, "type"), "coding");
	for (size_t i = 0; i < json_array_size(codings); i++) {
		const char *code = text_of(json_array_get(codings, i), "code");
		if (text_equal(code, "NNJPN") || text_equal(code, "NI"))
			return true;
	}
	return false;
}

static void look_at_id(struct reading *r, const json_t *identifier, const struct place *at)
{
	const char *value = text_of(identifier, "value");
	if (value != NULL && r->out->declared_at == NULL && is_declared(identifier))
		r->out->declared_at = path_of(r, at);
	if (value != NULL && r->out->my_number_at == NULL && text_is_my_number(value))
		r->out->my_number_at = path_of(r, at);
}

static void look_at_ids(struct reading *r, const json_t *identifiers, const struct place *at)
{
	if (json_is_object(identifiers))
		look_at_id(r, identifiers, at);
	for (size_t i = 0; i < json_array_size(identifiers); i++) {
		struct place one = { at, NULL, i };
		look_at_id(r, json_array_get(identifiers, i), &one);
	}
}

/* Whose ids are a person's: those of people, and those a reference names its patient by. */
static bool has_persons_ids(const json_t *object, const struct place *at)
{
	static const char *const references[] = { "subject", "patient", "beneficiary",
						  "subscriber" };
	if (is_of(object, "Patient") || is_of(object, "RelatedPerson"))
		return true;
	for (size_t i = 0; at != NULL && i < COUNT(references); i++)
		if (text_equal(at->member, references[i]))
			return true;
	return false;
}

static void look_everywhere(struct reading *r, const json_t *value, const struct place *at)
{
	const char *key;
	json_t *member;
	for (size_t i = 0; i < json_array_size(value); i++) {
		struct place one = { at, NULL, i };
		look_everywhere(r, json_array_get(value, i), &one);
	}
	if (!json_is_object(value))
		return;
	bool persons = has_persons_ids(value, at);
	json_object_foreach ((json_t *)value, key, member) {
		struct place in = { at, key, 0 };
		if (text_equal(key, "meta"))
			look_at_marks(r, member, &in);
		if (persons && text_equal(key, "identifier"))
			look_at_ids(r, member, &in);
		look_everywhere(r, member, &in);
	}
}

/* ---- The bundle ---- */

static const json_t *resource_at(const struct reading *r, size_t index)
{
	return json_object_get(json_array_get(json_object_get(r->root, "entry"), index),
			       "resource");
}

static bool names_resource(const char *reference, const json_t *entry)
{
	const json_t *resource = json_object_get(entry, "resource");
	const char *type = text_of(resource, "resourceType"), *id = text_of(resource, "id");
	size_t length = type == NULL ? 0 : strlen(type);
	return text_equal(reference, text_of(entry, "fullUrl"))
	       || (length != 0 && id != NULL && strncmp(reference, type, length) == 0
		   && reference[length] == '/' && text_equal(reference + length + 1, id));
}

/* What a Reference refers to among the bundle's entries; NULL: nothing. */
static const json_t *referred(const struct reading *r, const json_t *reference)
{
	const char *to = text_of(reference, "reference");
	const json_t *entries = json_object_get(r->root, "entry");
	for (size_t i = 0; to != NULL && i < json_array_size(entries); i++)
		if (names_resource(to, json_array_get(entries, i)))
			return json_object_get(json_array_get(entries, i), "resource");
	return NULL;
}

/* Of who wrote it, or answers for it. Whoever is one's organisation is one step further. */
static void read_institution(struct reading *r, const json_t *reference)
{
	const json_t *resource = referred(r, reference);
	if (is_of(resource, "PractitionerRole"))
		resource = referred(r, json_object_get(resource, "organization"));
	const json_t *ids = is_of(resource, "Organization")
				    ? json_object_get(resource, "identifier")
				    : NULL;
	for (size_t i = 0; i < json_array_size(ids); i++) {
		const char *value = text_of(json_array_get(ids, i), "value");
		if (value != NULL && national_is_institution(value))
			add(r, &r->institution, &r->institutions, value);
	}
}

/* 2026-01-15T09:30:00.5+09:00 as an HL7 timestamp. A day in Japan is one of Japan. */
static bool read_time(const char *text, struct national_time *out)
{
	enum { LONGEST = 40, JAPAN = 540 };
	char dtm[LONGEST + 1];
	size_t length = 0;
	bool clock = false;
	for (; text != NULL && *text != '\0' && length < LONGEST - 4; text++) {
		if (*text == 'Z' && text[1] == '\0') {
			memcpy(dtm + length, "+0000", 5);
			length += 5;
		} else if (*text == 'T') {
			clock = true;
		} else if (*text != ':' && (*text != '-' || clock)) {
			dtm[length++] = *text;
		}
	}
	dtm[length] = '\0';
	return text != NULL && *text == '\0'
	       && instant_span_from_dtm(dtm, JAPAN, &out->first, &out->last);
}

static void note_time(struct reading *r, const char *text)
{
	if (r->out->time_count < NATIONAL_TIMES_MOST
	    && read_time(text, &r->out->times[r->out->time_count]))
		r->out->time_count++;
}

static const char *digits_of(struct arena *a, const char *date)
{
	struct buffer b = buffer_in(a);
	for (; date != NULL && *date != '\0'; date++)
		if (*date >= '0' && *date <= '9')
			buffer_byte(&b, (unsigned char)*date);
	return b.length == 0 ? NULL : buffer_ended(&b);
}

static void read_id(struct reading *r, const json_t *identifier, const struct place *at)
{
	const char *domain = code_system_oid(text_of(identifier, "system"));
	const char *value = text_of(identifier, "value");
	if (domain == NULL || text_empty(value) || ++r->out->id_count > NATIONAL_LIST_MOST)
		return;
	*r->id = arena_new(r->arena, struct national_id);
	**r->id = (struct national_id){ .value = arena_text(r->arena, value),
					.domain = arena_text(r->arena, domain),
					.where = path_of(r, at) };
	r->id = &(*r->id)->next;
}

static void read_name(struct reading *r, const json_t *name)
{
	const char *family = text_of(name, "family");
	struct buffer b = buffer_in(r->arena);
	const json_t *given = json_object_get(name, "given");
	buffer_text(&b, family == NULL ? "" : family);
	for (size_t i = 0; i < json_array_size(given); i++) {
		const char *one = json_string_value(json_array_get(given, i));
		buffer_text(&b, one == NULL ? "" : one);
	}
	if (b.length == 0 && text_of(name, "text") != NULL)
		buffer_text(&b, text_of(name, "text"));
	add(r, &r->name, &r->names, buffer_ended(&b));
}

static void read_patient(struct reading *r, const json_t *patient)
{
	const json_t *ids = json_object_get(patient, "identifier");
	const json_t *names = json_object_get(patient, "name");
	const char *gender = text_of(patient, "gender");
	for (size_t i = 0; i < json_array_size(ids); i++) {
		struct place whose = { NULL, "Patient", 0 }, in = { &whose, "identifier", 0 };
		struct place one = { &in, NULL, i };
		read_id(r, json_array_get(ids, i), &one);
	}
	for (size_t i = 0; i < json_array_size(names); i++)
		read_name(r, json_array_get(names, i));
	r->out->birth = digits_of(r->arena, text_of(patient, "birthDate"));
	r->out->sex = text_equal(gender, "male") ? 'M' : text_equal(gender, "female") ? 'F' : '\0';
}

/* The one the Composition is of; else the first there is. */
static const json_t *patient_of(const struct reading *r, const json_t *composition)
{
	const json_t *subject = referred(r, json_object_get(composition, "subject"));
	size_t count = json_array_size(json_object_get(r->root, "entry"));
	if (is_of(subject, "Patient"))
		return subject;
	for (size_t i = 0; i < count; i++)
		if (is_of(resource_at(r, i), "Patient"))
			return resource_at(r, i);
	return NULL;
}

static void read_type(struct reading *r, const json_t *composition)
{
	const json_t *codings = json_object_get(json_object_get(composition, "type"), "coding");
	const char *code = text_of(json_array_get(codings, 0), "code");
	r->out->type_code = arena_text(r->arena, code);
	r->out->type_at = "Composition.type";
}

static bool read_document(struct reading *r)
{
	const json_t *composition = resource_at(r, 0);
	struct place whose = { NULL, "Composition", 0 }, level = { &whose, "confidentiality", 0 };
	if (!is_of(composition, "Composition"))
		return wrong(r, "Bundle.entry[0]",
			     "is no Composition, which a document begins with");
	const json_t *authors = json_object_get(composition, "author");
	const json_t *patient = patient_of(r, composition);
	if (patient == NULL)
		return wrong(r, "Bundle.entry",
			     "has no Patient: whose document it is, is not said");
	read_type(r, composition);
	note_time(r, text_of(composition, "date"));
	r->out->title = arena_text(r->arena, text_of(composition, "title"));
	note_level(r, text_of(composition, "confidentiality"), &level);
	for (size_t i = 0; i < json_array_size(authors); i++)
		read_institution(r, json_array_get(authors, i));
	read_institution(r, json_object_get(composition, "custodian"));
	read_patient(r, patient);
	return true;
}

/* One bundle is of one type of resource; what comes first of those that are known tells. */
static bool read_collection(struct reading *r)
{
	size_t count = json_array_size(json_object_get(r->root, "entry"));
	if (!is_of(resource_at(r, 0), "Patient"))
		return wrong(r, "Bundle.entry[0]", "is no Patient, whom such a bundle begins with");
	read_patient(r, resource_at(r, 0));
	for (size_t i = 1; i < count && r->out->content == NULL; i++)
		r->out->content = national_content_of(text_of(resource_at(r, i), "resourceType"));
	if (r->out->content != NULL)
		r->out->type_code = r->out->content->type;
	r->out->type_at = "Bundle.entry";
	return true;
}

/* The first profile of a kind that is known. */
static void read_kind(struct reading *r)
{
	const json_t *profiles = json_object_get(json_object_get(r->root, "meta"), "profile");
	for (size_t i = 0; i < json_array_size(profiles) && r->out->kind == NULL; i++) {
		const char *profile = json_string_value(json_array_get(profiles, i));
		r->out->kind = national_kind_of(profile);
		if (r->out->kind != NULL)
			r->out->version = arena_text(r->arena, national_version_of(profile));
	}
}

static bool read_bundle(struct reading *r)
{
	const char *type = text_of(r->root, "type");
	bool document = text_equal(type, "document");
	read_kind(r);
	if (r->out->kind == NULL)
		return !document || read_document(r);
	if (r->out->kind->form == NATIONAL_FHIR_DOCUMENT && !document)
		return wrong(r, "Bundle.type", "is not document, as its profile wants it");
	if (r->out->kind->form == NATIONAL_FHIR_COLLECTION && !text_equal(type, "collection"))
		return wrong(r, "Bundle.type", "is not collection, as its profile wants it");
	if (!(document ? read_document(r) : read_collection(r)))
		return false;
	note_time(r, text_of(r->root, "timestamp"));
	return true;
}

/* What a parser says of a fault has a piece of the text, which is a patient's. */
static json_t *parse(struct reading *r, struct bytes octets)
{
	json_error_t fault;
	size_t bom = octets.length >= 3 && memcmp(octets.data, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
	octets = (struct bytes){ octets.data + bom, octets.length - bom };
	if (!json_is_shallow(octets, NATIONAL_DEPTH_MOST)) {
		problem_at(r->problem, PROBLEM_REPOSITORY_METADATA, "Bundle",
			   "its JSON is deeper than %d", NATIONAL_DEPTH_MOST);
		return NULL;
	}
	json_t *root = json_loadb((const char *)octets.data, octets.length,
				  JSON_REJECT_DUPLICATES | JSON_DECODE_INT_AS_REAL, &fault);
	if (root == NULL)
		problem_at(r->problem, PROBLEM_REPOSITORY_METADATA, "Bundle",
			   "is no JSON that can be read: line %d, column %d", fault.line,
			   fault.column);
	return root;
}

static bool read_root(struct reading *r)
{
	const char *type = text_of(r->root, "resourceType");
	struct place root = { NULL, text_equal(type, "Bundle") ? type : "Resource", 0 };
	if (text_empty(type))
		return wrong(r, "Resource", "is no FHIR resource: it has no resourceType");
	look_everywhere(r, r->root, &root);
	return !text_equal(type, "Bundle") || read_bundle(r);
}

bool national_fhir_read(struct arena *a, struct bytes octets, struct national_document *out,
			struct problem *p)
{
	struct reading r = { .arena = a, .out = out, .problem = p };
	*out = (struct national_document){ .confidentiality = -1 };
	r.name = &out->names;
	r.institution = &out->institutions;
	r.id = &out->ids;
	r.root = parse(&r, octets);
	bool good = r.root != NULL && read_root(&r);
	json_decref(r.root);
	return good;
}
