/* profiles/ssmix2/document_entry.c: metadata of a file of an SS-MIX2 storage, ITI TF-3: 4.2.3. */
#include "profiles/ssmix2/document_entry.h"

#include <stdint.h>
#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/bytes.h"
#include "gateway/base/derived_id.h"
#include "gateway/base/text.h"
#include "gateway/envelope/hl7v2.h"
#include "profiles/ssmix2/extended_media.h"
#include "schemas/tables/departments.h"

#define SSMIX2 "1.2.392.200250.2.1.100.1.2.120" /* MSH-21: SS-MIX2_1.20 */
#define DEPARTMENTS "1.2.392.200250.2.2.2"      /* SS-MIX2 統一診療科コード */
#define FEE_TABLES "1.2.392.100495.20.3.22"     /* 点数表番号 */
#define INSTITUTIONS "1.2.392.100495.20.3.23"   /* 医療機関コード, seven digits */
#define NULL_FLAVOR "2.16.840.1.113883.5.1008"
#define CONFIDENTIALITY "2.16.840.1.113883.5.25"
#define HL7_V2 "application/hl7-v2"

static const struct coded_value format = { .code = "SS-MIX2_1.20",
					   .scheme = SSMIX2,
					   .display = "SS-MIX2 標準化ストレージ" };
/* Marks what an import made of the extended storage: formatCode is the kind of file there. */
static const struct coded_value extended = { .code = "EXTENDED",
					     .scheme = SSMIX2,
					     .display = "SS-MIX2 拡張ストレージ" };
static const struct coded_value normal = { .code = "N",
					   .scheme = CONFIDENTIALITY,
					   .display = "normal" };
static const struct coded_value no_department = { .code = "UNK",
						  .scheme = NULL_FLAVOR,
						  .display = "診療科不明" };

/* The third digit of an institution code. */
static const struct coded_value facility_kinds[] = {
	{ .code = "1", .scheme = FEE_TABLES, .display = "医科" },
	{ .code = "3", .scheme = FEE_TABLES, .display = "歯科" },
	{ .code = "4", .scheme = FEE_TABLES, .display = "調剤" },
	{ .code = "6", .scheme = FEE_TABLES, .display = "訪問看護" },
};
static const struct coded_value no_facility_kind = { .code = "UNK",
						     .scheme = NULL_FLAVOR,
						     .display = "施設種別不明" };

static struct coded_value *coded(struct arena *a, struct coded_value value)
{
	struct coded_value *c = arena_new(a, struct coded_value);
	*c = value;
	c->display_language = "ja-JP";
	return c;
}

/* The data type as SS-MIX2 calls it. */
static struct coded_value data_type(const struct storage_type *type)
{
	if (type->extended)
		return extended;
	return (struct coded_value){ .code = type->code, .scheme = SSMIX2, .display = type->title };
}

static struct coded_value type_code(const struct storage_type *type)
{
	return type->type_code == NULL ? data_type(type) : *type->type_code;
}

const char *ssmix2_type_code(const struct storage_type *type)
{
	return type_code(type).code;
}

/* ---- Ids that are always the same ---- */

const char *ssmix2_unique_id(struct arena *a, const struct ssmix2_source *s,
			     const struct storage_name *n, const unsigned char *sha256)
{
	const char *part = text_empty(n->part) ? "" : n->part;
	const char *octets = sha256 == NULL
				     ? NULL
				     : bytes_to_hex(a, (struct bytes){ sha256, BLOB_SHA256 });
	const char *parts[] = { *part == '\0' ? "document" : arena_printf(a, "beside %s", part),
				s->facility->domains[0],
				n->patient_id,
				n->date,
				n->type->code,
				n->order,
				n->time,
				octets };
	return derived_oid(a, (struct bytes){ s->secret, sizeof s->secret }, parts,
			   COUNT(parts) - (octets == NULL));
}

bool ssmix2_without_number(const struct storage_name *n)
{
	return strspn(n->order, "9") == strlen(n->order);
}

static bool has_code(const struct coded_value *list, const struct coded_value *code)
{
	while (list != NULL
	       && (!text_equal(list->code, code->code) || !text_equal(list->scheme, code->scheme)))
		list = list->next;
	return list != NULL;
}

bool ssmix2_is_entry(const struct document_entry *e)
{
	return (has_code(e->format_code, &format) || has_code(e->event_codes, &extended))
	       && text_starts(e->unique_id, "2.25.");
}

const char *ssmix2_order_id(struct arena *a, const struct ssmix2_source *s,
			    const struct storage_name *n)
{
	const char *orders_of[] = { "orders", s->facility->domains[0], n->type->code, n->part };
	/* A 特定キー is one of its data type; what lies beside a document has its own as well. */
	size_t of = !n->type->extended ? 2 : text_empty(n->part) ? 3 : 4;
	/* Without a number the day stands for it; of what has no day, the data type. */
	const char *day = !n->type->undated   ? n->date
			  : n->type->extended ? "undated"
					      : n->type->code;
	const char *number = ssmix2_without_number(n) ? arena_printf(a, "%s-%s", day, n->order)
						      : n->order;
	return arena_printf(a, "%s^^^&%s&ISO^urn:ihe:iti:xds:2013:order", number,
			    derived_oid(a, (struct bytes){ NULL, 0 }, orders_of, of));
}

/* ---- Times ---- */

/* What was written in Japan, in UTC. */
static const char *in_utc(struct arena *a, const char *text, int64_t later)
{
	instant t = 0;
	char dtm[DTM_TEXT];
	instant_from_dtm(text, 540, &t);
	instant_to_dtm(t + later, dtm);
	return arena_text(a, dtm);
}

const char *ssmix2_service_start(struct arena *a, const struct storage_name *n)
{
	return text_equal(n->date, "-") ? NULL : in_utc(a, n->date, 0);
}

static const char *service_stop(struct arena *a, const struct storage_name *n)
{
	const int64_t last_second = INT64_C(1000000) * (24 * 60 * 60 - 1);
	return text_equal(n->date, "-") ? NULL : in_utc(a, n->date, last_second);
}

/* ---- Codes and texts ---- */

static struct coded_value *department_code(struct arena *a, const struct storage_name *n)
{
	const char *name = department_name(n->department);
	if (text_equal(n->department, "-"))
		return coded(a, no_department);
	return coded(a, (struct coded_value){ .code = n->department,
					      .scheme = DEPARTMENTS,
					      .display = name == NULL ? n->department : name });
}

static struct coded_value *facility_kind(struct arena *a, const struct registered_system *f)
{
	for (size_t i = 0; f->institution_code != NULL && i < COUNT(facility_kinds); i++)
		if (f->institution_code[2] == facility_kinds[i].code[0])
			return coded(a, facility_kinds[i]);
	return coded(a, no_facility_kind);
}

static struct localized *text_in_japanese(struct arena *a, const char *text)
{
	struct localized *l = arena_new(a, struct localized);
	*l = (struct localized){ .value = text, .language = "ja-JP", .charset = "UTF-8" };
	return l;
}

/* 処方オーダ 2024-04-02; of what lies beside a document, which file it is, too. */
static struct localized *title(struct arena *a, const struct storage_name *n)
{
	const char *day = text_equal(n->date, "-") ? ""
						   : arena_printf(a, " %.4s-%.2s-%.2s", n->date,
								  n->date + 4, n->date + 6);
	return text_in_japanese(a, arena_printf(a, "%s%s%s%s", n->type->title, day,
						text_empty(n->part) ? "" : ": ",
						text_empty(n->part) ? "" : n->part));
}

static struct text_value *text(struct arena *a, const char *value)
{
	struct text_value *v = arena_new(a, struct text_value);
	v->value = value;
	return v;
}

/* Delimiters in a facility's title would be read as such (XON). */
static const char *plain(struct arena *a, const char *words)
{
	char *copy = arena_text(a, words);
	for (char *c = copy; *c != '\0'; c++)
		if (strchr("^&|~\\", *c) != NULL)
			*c = ' ';
	return copy;
}

static struct author *author(struct arena *a, const struct registered_system *f)
{
	struct author *who = arena_new(a, struct author);
	const char *name = plain(a, text_empty(f->title) ? f->name : f->title);
	who->institution = text(a, f->institution_code == NULL
					   ? name
					   : arena_printf(a, "%s^^^^^&" INSTITUTIONS "&ISO^^^^%s",
							  name, f->institution_code + 3));
	return who;
}

/* Its own first. What lies beside a document refers to it, so that one is found by the other. */
static struct text_value *references(struct arena *a, const struct ssmix2_source *s,
				     const struct storage_name *n)
{
	struct storage_name main = *n;
	struct text_value *own = text(a, ssmix2_order_id(a, s, n));
	main.part = "";
	if (!text_empty(n->part))
		own->next = text(a, ssmix2_order_id(a, s, &main));
	return own;
}

/* ---- The submission ---- */

static struct document_entry *entry(struct arena *a, const struct ssmix2_source *s,
				    const struct ssmix2_document *d)
{
	const struct storage_name *n = d->name;
	const struct blob *octets = d->octets;
	struct document_entry *e = arena_new(a, struct document_entry);
	char seconds[DTM_TEXT];
	memcpy(seconds, n->time, DTM_TEXT - 1);
	seconds[DTM_TEXT - 1] = '\0';
	*e = (struct document_entry){
		.id = "Document01",
		.type = ENTRY_STABLE,
		.mime_type = d->media == NULL ? HL7_V2 : d->media->mime_type,
		.language_code = "ja-JP",
		.authors = author(a, s->facility),
		.title = title(a, n),
		.class_code = coded(a, *n->type->class_code),
		.type_code = coded(a, type_code(n->type)),
		.format_code = coded(a, d->media == NULL ? format : *d->media->format_code),
		.confidentiality_codes = coded(a, normal),
		.event_codes = coded(a, data_type(n->type)),
		.practice_setting_code = department_code(a, n),
		.healthcare_facility_type_code = facility_kind(a, s->facility),
		.creation_time = in_utc(a, seconds, 0),
		.service_start_time = ssmix2_service_start(a, n),
		.service_stop_time = service_stop(a, n),
		.hash = bytes_to_hex(a, (struct bytes){ octets->sha1, sizeof octets->sha1 }),
		.size = arena_printf(a, "%llu", (unsigned long long)octets->size),
		.repository_unique_id = region_repository_of(s->region, s->facility->name),
		.source_patient_id = arena_printf(a, "%s^^^&%s&ISO", n->patient_id,
						  s->facility->domains[0]),
		.reference_ids = references(a, s, n),
		.unique_id = d->unique_id,
	};
	return e;
}

static struct submission_set *set(struct arena *a, const struct ssmix2_source *s,
				  const struct ssmix2_document *d, const struct document_entry *e,
				  instant now)
{
	struct submission_set *one = arena_new(a, struct submission_set);
	const char *parts[] = { "submission", e->unique_id };
	char dtm[DTM_TEXT];
	instant_to_dtm(now, dtm);
	*one = (struct submission_set){
		.id = "SubmissionSet01",
		.authors = author(a, s->facility),
		.title = text_in_japanese(a, d->media == NULL ? "SS-MIX2 標準化ストレージの取込"
							      : "SS-MIX2 拡張ストレージの取込"),
		.content_type_code = coded(a, *e->class_code),
		.source_id = s->facility->domains[0],
		.unique_id = derived_oid(a, (struct bytes){ NULL, 0 }, parts, COUNT(parts)),
		.submission_time = arena_text(a, dtm),
	};
	return one;
}

static struct association *association(struct arena *a, const char *id, enum association_type type,
				       const char *source, const char *target)
{
	struct association *x = arena_new(a, struct association);
	*x = (struct association){ .id = id,
				   .type = type,
				   .type_urn = association_type_urn(type),
				   .source = source,
				   .target = target };
	if (type == ASSOCIATION_HAS_MEMBER)
		x->submission_set_status = "Original";
	return x;
}

static bool refers_to(const struct document_entry *e, const char *id)
{
	const struct text_value *v = e->reference_ids;
	while (v != NULL && !text_equal(v->value, id))
		v = v->next;
	return v != NULL;
}

void ssmix2_refer_to_studies(struct arena *a, const struct hl7_message *m, struct document_entry *e)
{
	struct text_value **last = &e->reference_ids;
	while (*last != NULL)
		last = &(*last)->next;
	unsigned studies = 0;
	for (const struct hl7_segment *s = m->segments; s != NULL && studies < SSMIX2_STUDIES_MOST;
	     s = s->next) {
		const char *uid = text_equal(s->name, "IPC") ? hl7_value(s, 3, 1, 1, 1) : "";
		const char *id = arena_printf(a, "%s^^^^urn:ihe:iti:xds:2016:studyInstanceUID",
					      uid);
		if (!text_is_oid(uid) || refers_to(e, id))
			continue;
		*last = text(a, id);
		last = &(*last)->next;
		studies++;
	}
}

struct submission *ssmix2_submission(struct arena *a, const struct ssmix2_source *s,
				     const struct ssmix2_document *d, const char *patient_id,
				     const char *replaces, instant now)
{
	struct submission *one = arena_new(a, struct submission);
	one->entries = entry(a, s, d);
	one->set = set(a, s, d, one->entries, now);
	one->set_count = 1;
	one->set->patient_id = one->entries->patient_id = patient_id;
	one->associations = association(a, "Association01", ASSOCIATION_HAS_MEMBER, one->set->id,
					one->entries->id);
	if (replaces != NULL)
		one->associations->next = association(a, "Association02", ASSOCIATION_RPLC,
						      one->entries->id, replaces);
	return one;
}
