/* profiles/national/national_check.c: what a DocumentEntry says, held against what its document
 * says itself.
 *
 * Findings name places and say what to do; they repeat nothing of the document, which is a
 * patient's. */
#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/findings.h"
#include "gateway/base/normalise.h"
#include "profiles/actors/metadata_type.h"
#include "profiles/national/national_document.h"
#include "schemas/model/region_policy.h"
#include "schemas/tables/leniency.h"

#define CONFIDENTIALITY "2.16.840.1.113883.5.25"

struct checking {
	const struct registry_desk *desk;
	const struct document_entry *entry;
	const struct national_document *doc;
	enum submission_rules rules;
	struct findings *findings;
};

enum problem_code national_problem(enum submission_rules rules)
{
	return rules == SUBMISSION_PUSHES || rules == SUBMISSION_PUSHES_LIMITED
		       ? PROBLEM_INVALID_DOCUMENT_CONTENT
		       : PROBLEM_REPOSITORY_METADATA;
}

static const char *where(const struct checking *c, const char *attribute)
{
	return arena_printf(c->findings->arena, "DocumentEntry(%s).%s", c->entry->id, attribute);
}

static void refuse(const struct checking *c, const char *attribute, const char *what)
{
	findings_error(c->findings, national_problem(c->rules), c->entry->unique_id,
		       where(c, attribute), "%s", what);
}

static void warn(const struct checking *c, const char *attribute, const char *what)
{
	findings_warn(c->findings, national_problem(c->rules), c->entry->unique_id,
		      where(c, attribute), "%s", what);
}

static const char *plain(const char *scheme)
{
	static const char prefix[] = "urn:oid:";
	return text_starts(scheme == NULL ? "" : scheme, prefix) ? scheme + strlen(prefix) : scheme;
}

/* ---- What it is ---- */

static const char *named(const struct national_kind *kind)
{
	return kind == NULL ? "none that is known here" : kind->name;
}

static void check_format(const struct checking *c)
{
	struct arena *a = c->findings->arena;
	const struct coded_value *format = c->entry->format_code;
	const struct national_kind *said = format == NULL ? NULL : national_kind_of(format->code);
	const struct national_kind *is = c->doc->kind;
	if (said != NULL && said != is)
		refuse(c, "formatCode",
		       arena_printf(a,
				    "is of %s, and by the document's meta.profile it is %s; send "
				    "the formatCode of what it is",
				    said->name, named(is)));
	else if (said == NULL && format != NULL && is != NULL)
		warn(c, "formatCode",
		     arena_printf(a,
				  "does not say that the document is %s, as its meta.profile does",
				  is->name));
	if (said != NULL && !text_equal_nocase(c->entry->mime_type, "application/fhir+json"))
		refuse(c, "mimeType", "is not application/fhir+json, which its formatCode is of");
}

/* The formatCode JAHISTC07 says which version it is; another one (mimeTypeSufficient) nothing. */
static void check_version(const struct checking *c)
{
	const struct coded_value *format = c->entry->format_code;
	if (format != NULL && text_starts(format->code, c->doc->kind->mark)
	    && !text_equal(format->code, c->doc->kind->mark)
	    && !text_equal(format->code, c->doc->version))
		refuse(c, "formatCode", "is not the version that the notebook's first line says");
	if (c->doc->incomplete)
		warn(c, "uniqueId",
		     "the notebook was split, and not all of its parts stand in this document: "
		     "what "
		     "the others say was not looked at; send them joined, or in one document");
}

static bool has_type(const struct national_document *doc, const char *code)
{
	bool has = text_equal(doc->type_code, code);
	for (size_t i = 0; !has && i < NATIONAL_TYPES_MOST; i++)
		has = doc->kind->types[i] != NULL && text_equal(doc->kind->types[i], code);
	return has;
}

static bool is_kinds_type(const struct national_document *doc)
{
	bool any = doc->kind->types[0] != NULL && doc->type_code != NULL;
	for (size_t i = 0; any && i < NATIONAL_TYPES_MOST; i++)
		if (text_equal(doc->kind->types[i], doc->type_code))
			return true;
	return !any;
}

static void check_type(const struct checking *c)
{
	struct arena *a = c->findings->arena;
	const struct national_document *doc = c->doc;
	const struct coded_value *type = c->entry->type_code;
	if (doc->kind == NULL)
		return;
	if (!is_kinds_type(doc))
		warn(c, "typeCode",
		     arena_printf(a, "the document's %s is none that %s has", doc->type_at,
				  doc->kind->name));
	if (type != NULL && text_equal(plain(type->scheme), NATIONAL_LOINC)
	    && (doc->type_code != NULL || doc->kind->types[0] != NULL)
	    && !has_type(doc, type->code))
		refuse(c, "typeCode",
		       arena_printf(a, "is not that of the document, which is %s: see its %s",
				    doc->kind->name, doc->type_at));
	if (doc->content != NULL && doc->content->withdrawn)
		warn(c, "typeCode",
		     "a bundle of prescriptions alone is no longer exchanged so: they are in the "
		     "service for electronic prescriptions");
}

/* The sets that are shipped have a class of each kind; a region may have classes of its own. */
static void check_class(const struct checking *c)
{
	const struct national_document *doc = c->doc;
	const struct coded_value *class = c->entry->class_code;
	const char *expected = doc->content != NULL ? doc->content->class_code
			       : doc->kind != NULL  ? doc->kind->class_code
						    : NULL;
	if (class == NULL || expected == NULL)
		return;
	bool ours = text_equal(plain(class->scheme), NATIONAL_CLASSES);
	bool loinc = text_equal(plain(class->scheme), NATIONAL_LOINC);
	if ((ours && !text_equal(class->code, expected)) || (loinc && !has_type(doc, class->code)))
		warn(c, "classCode",
		     arena_printf(c->findings->arena, "is not that of %s", doc->kind->name));
}

/* ---- When it was made ---- */

static const instant day = INT64_C(86400) * 1000000;

/* DTM is UTC, and is sent as local time by many: a day apart is a slip, more is another
 * document. */
static void check_time(const struct checking *c)
{
	struct national_time said;
	bool near = false;
	if (c->doc->time_count == 0 || c->entry->creation_time == NULL
	    || !instant_span_from_dtm(c->entry->creation_time, 0, &said.first, &said.last))
		return;
	for (unsigned i = 0; i < c->doc->time_count; i++) {
		const struct national_time *is = &c->doc->times[i];
		if (said.first <= is->last && is->first <= said.last)
			return;
		near = near || (said.first <= is->last + day && is->first <= said.last + day);
	}
	if (near)
		warn(c, "creationTime",
		     "is not when the document was made, as it says itself; a DTM is UTC");
	else
		refuse(c, "creationTime",
		       "is more than a day off the time the document says it was made at");
}

/* Days of Japan, and a DTM is UTC: nothing to refuse a document for. */
static void check_service(const struct checking *c)
{
	struct national_time start, stop;
	const struct document_entry *e = c->entry;
	if (c->doc->service.first == 0 || e->service_start_time == NULL
	    || e->service_stop_time == NULL
	    || !instant_span_from_dtm(e->service_start_time, 0, &start.first, &start.last)
	    || !instant_span_from_dtm(e->service_stop_time, 0, &stop.first, &stop.last))
		return;
	if (c->doc->service.last + day < start.first || stop.last + day < c->doc->service.first)
		warn(c, "serviceStartTime", "is not when the document says it was dispensed");
}

static void check_title(const struct checking *c)
{
	const struct localized *title = c->entry->title;
	if (title == NULL || c->doc->title == NULL)
		return;
	for (; title != NULL; title = title->next)
		if (text_equal(title->value, c->doc->title))
			return;
	warn(c, "title", "is not the document's own");
}

/* ---- Who may see it ---- */

static int confidentiality_of(const struct document_entry *e)
{
	int strictest = -1;
	for (const struct coded_value *c = e->confidentiality_codes; c != NULL; c = c->next) {
		const char *at = c->code == NULL || strlen(c->code) != 1
						 || !text_equal(plain(c->scheme), CONFIDENTIALITY)
					 ? NULL
					 : strchr(confidentiality_letters, c->code[0]);
		int level = at == NULL ? -1 : (int)(at - confidentiality_letters);
		strictest = level > strictest ? level : strictest;
	}
	return strictest;
}

static void check_confidentiality(const struct checking *c)
{
	struct arena *a = c->findings->arena;
	int level = c->doc->confidentiality;
	if (level > confidentiality_of(c->entry))
		refuse(c, "confidentialityCode",
		       arena_printf(a,
				    "is less than the document says of itself at %s; send %c "
				    "of " CONFIDENTIALITY " or a stricter one",
				    c->doc->confidentiality_at, confidentiality_letters[level]));
}

static void check_marks(const struct checking *c)
{
	struct arena *a = c->findings->arena;
	const struct national_document *doc = c->doc;
	if (doc->undelivered_at != NULL)
		refuse(c, "confidentialityCode",
		       arena_printf(
			       a,
			       "the document is marked 未提供 (UNDELIVERED) at %s: that is "
			       "for no other institution and not for the patient, and is not "
			       "taken; send it without what is marked, or when it no longer is",
			       doc->undelivered_at));
	if (doc->uninformed_at == NULL)
		return;
	if (confidentiality_of(c->entry) != CONFIDENTIALITY_VERY_RESTRICTED)
		refuse(c, "confidentialityCode",
		       arena_printf(a,
				    "is not V, and the document is marked 未告知 (UNINFORMED) at "
				    "%s: what the patient is not told of comes with V "
				    "of " CONFIDENTIALITY,
				    doc->uninformed_at));
	else if (c->rules == SUBMISSION_PROVIDES
		 && region_policy_keeps_from_patient(c->desk->region->policy, c->entry) == NULL)
		refuse(c, "confidentialityCode",
		       arena_printf(a,
				    "the document is marked 未告知 (UNINFORMED) at %s, and this "
				    "region has no rule that keeps V from the patient (hide role "
				    "patient confidentiality V, in region policy): its operator "
				    "adds it",
				    doc->uninformed_at));
}

/* ---- Who wrote it ---- */

/* The n-th component of an HL7 value, from 1. */
static const char *component(struct arena *a, const char *value, unsigned n)
{
	for (; n > 1 && value != NULL; n--) {
		value = strchr(value, '^');
		value = value == NULL ? NULL : value + 1;
	}
	return value == NULL ? "" : arena_text_n(a, value, strcspn(value, "^"));
}

bool national_is_institution(const char *code)
{
	return strlen(code) == 10 && strspn(code, "0123456789") == 10;
}

/* A hospital has a code for its dentists, and another after it was founded anew (japan.md G 24):
 * nothing to refuse a document for. */
static void check_institutions(const struct checking *c)
{
	enum { XON_ID = 10 };
	bool other = false;
	for (const struct author *a = c->entry->authors; a != NULL; a = a->next)
		for (const struct text_value *v = a->institution; v != NULL; v = v->next) {
			const char *code = component(c->findings->arena, v->value, XON_ID);
			if (!national_is_institution(code))
				continue;
			if (text_list_has(c->doc->institutions, code))
				return;
			other = true;
		}
	if (other && c->doc->institutions != NULL)
		warn(c, "authorInstitution",
		     "is none of the institutions the document says are its own");
}

/* ---- Whose it is ---- */

/* The document has the patient under ids of that domain, and none of them is this one. */
static bool contradicts(const struct national_document *doc, const char *cx)
{
	struct cx_parts id;
	bool has = false;
	if (!metadata_type_cx(cx, &id))
		return false;
	for (const struct national_id *i = doc->ids; i != NULL; i = i->next) {
		if (strlen(i->domain) != id.universal_id_length
		    || memcmp(i->domain, id.universal_id, id.universal_id_length) != 0)
			continue;
		if (strlen(i->value) == id.id_length && memcmp(i->value, id.id, id.id_length) == 0)
			return false;
		has = true;
	}
	return has;
}

static void check_id(const struct checking *c, const char *attribute, const char *cx)
{
	if (cx != NULL && contradicts(c->doc, cx))
		refuse(c, attribute,
		       "is not the patient's id that the document has in this domain: it is of "
		       "another patient");
}

/* What follows "PID-n|" of sourcePatientInfo; NULL: it is another field. */
static const char *field(const char *info, const char *name)
{
	size_t length = strlen(name);
	return strncmp(info, name, length) == 0 && info[length] == '|' ? info + length + 1 : NULL;
}

static void check_birth(const struct checking *c, const char *date)
{
	const char *is = c->doc->birth;
	size_t length = strspn(date, "0123456789"), most = is == NULL ? 0 : strlen(is);
	size_t both = length < most ? length : most;
	if (both >= 4 && strncmp(date, is, both) != 0)
		refuse(c, "sourcePatientInfo",
		       "PID-7 is another birth date than the document has of its patient");
}

static void check_sex(const struct checking *c, const char *sex)
{
	if (c->doc->sex != '\0' && strlen(sex) == 1 && strchr("MF", sex[0]) != NULL
	    && sex[0] != c->doc->sex)
		refuse(c, "sourcePatientInfo",
		       "PID-8 is another sex than the document has of its patient");
}

/* Kanji are not to be held against a reading. */
static bool has_kanji(const char *text)
{
	while (*text != '\0') {
		unsigned character = text_code_point(&text);
		if ((character >= 0x3400 && character <= 0x9fff)
		    || (character >= 0xf900 && character <= 0xfaff) || character >= 0x20000)
			return true;
	}
	return false;
}

static const char *form_of(struct arena *a, const char *name)
{
	return has_kanji(name) ? normalise_name(a, name)
			       : normalise_kana_name(a, name, KANA_SPOKEN);
}

struct names {
	bool comparable, same;
};

static void compare_name(const struct checking *c, const char *xpn, struct names *n)
{
	struct arena *a = c->findings->arena;
	const char *family = component(a, xpn, 1), *given = component(a, xpn, 2);
	const char *said = text_joined(a, arena_text_n(a, family, strcspn(family, "&")), given,
				       NULL);
	if (said[0] == '\0')
		return;
	for (const struct text_list *is = c->doc->names; is != NULL; is = is->next) {
		if (has_kanji(said) != has_kanji(is->value))
			continue;
		n->comparable = true;
		n->same = n->same || text_equal(form_of(a, said), form_of(a, is->value));
	}
}

/* Each repetition. */
static void compare_names(const struct checking *c, const char *names, struct names *n)
{
	for (;;) {
		size_t length = strcspn(names, "~");
		compare_name(c, arena_text_n(c->findings->arena, names, length), n);
		if (names[length] == '\0')
			return;
		names += length + 1;
	}
}

static void check_ids(const struct checking *c, const char *ids)
{
	for (;;) {
		size_t length = strcspn(ids, "~");
		check_id(c, "sourcePatientInfo", arena_text_n(c->findings->arena, ids, length));
		if (ids[length] == '\0')
			return;
		ids += length + 1;
	}
}

static void check_info(const struct checking *c, const char *info, struct names *n)
{
	const char *value;
	if ((value = field(info, "PID-3")) != NULL)
		check_ids(c, value);
	else if ((value = field(info, "PID-5")) != NULL)
		compare_names(c, value, n);
	else if ((value = field(info, "PID-7")) != NULL)
		check_birth(c, value);
	else if ((value = field(info, "PID-8")) != NULL)
		check_sex(c, value);
}

static void check_patient(const struct checking *c)
{
	struct names n = { false, false };
	check_id(c, "sourcePatientId", c->entry->source_patient_id);
	check_id(c, "patientId", c->entry->patient_id);
	for (const struct text_value *v = c->entry->source_patient_info; v != NULL; v = v->next)
		check_info(c, v->value, &n);
	if (n.comparable && !n.same)
		warn(c, "sourcePatientInfo",
		     "PID-5 is another name than the document has of its patient");
}

/* japan.md D2: never taken in, whatever says it. */
static void check_my_number(const struct checking *c)
{
	struct arena *a = c->findings->arena;
	const struct registered_system *sender = c->desk->sender;
	const char *at = c->doc->declared_at;
	if (at != NULL) {
		refuse(c, "uniqueId",
		       arena_printf(a,
				    "the document has an Individual Number (マイナンバー) at %s: "
				    "it is not taken in; send it without",
				    at));
		return;
	}
	at = c->doc->my_number_at;
	if (at == NULL
	    || (sender != NULL
		&& leniency_grants(sender->lenient.twelve_digit_ids,
				   &c->desk->needed->twelve_digit_ids)))
		return;
	refuse(c, "uniqueId",
	       arena_printf(a,
			    "the document has a patient's id of the form of an Individual Number "
			    "(マイナンバー) at %s: it is not taken in; send it "
			    "without" TWELVE_DIGIT_IDS_REMEDY,
			    at));
}

bool national_document_fits(const struct registry_desk *d, const struct document_entry *e,
			    const struct national_document *doc, enum submission_rules rules,
			    struct findings *f)
{
	const struct checking c = { d, e, doc, rules, f };
	unsigned before = f->errors;
	check_my_number(&c);
	if (doc->cda && doc->kind == NULL)
		return f->errors == before;
	check_marks(&c);
	if (doc->kind != NULL && doc->kind->form == NATIONAL_NOTEBOOK)
		check_version(&c);
	else if (!doc->cda)
		check_format(&c);
	check_type(&c);
	check_class(&c);
	check_time(&c);
	check_service(&c);
	check_title(&c);
	check_confidentiality(&c);
	check_institutions(&c);
	check_patient(&c);
	return f->errors == before;
}
