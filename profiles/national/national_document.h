/* profiles/national/national_document.h: what a national document says of itself, whatever its
 * form, and that held against the metadata it comes with.
 *
 * The octets come from outside and are believed in nothing: each reader is bounded in size, depth
 * and time, and a document that is not of the form it is said to have is refused. The octets
 * themselves are never changed. Pure; thread-safety: as the arena. */
#ifndef PROFILES_NATIONAL_NATIONAL_DOCUMENT_H
#define PROFILES_NATIONAL_NATIONAL_DOCUMENT_H

#include <stdbool.h>

#include "gateway/base/bytes.h"
#include "gateway/base/clock.h"
#include "gateway/base/text.h"
#include "profiles/actors/document_registry.h"
#include "profiles/national/national_kinds.h"
#include "schemas/tables/problem.h"

struct arena;
struct findings;

enum {
	NATIONAL_OCTETS_MOST = 8 << 20, /* of one document, with what is attached within it */
	NATIONAL_DEPTH_MOST = 64,       /* of JSON */
	NATIONAL_LIST_MOST = 64,        /* ids, names, institutions of one document */
	NATIONAL_TIMES_MOST = 2,
	NATIONAL_PARTS_MOST = 99, /* of a notebook that was split */
};

/* An id that the document has its patient by. */
struct national_id {
	const char *value, *domain; /* domain: an OID */
	const char *where;          /* in the document */
	struct national_id *next;
};

struct national_time {
	instant first, last; /* as exactly as it was said */
};

/* Strings NULL, lists empty: it does not say. Places (where, ..._at) are paths of the document,
 * and hold nothing of its content. */
struct national_document {
	const struct national_kind *kind;       /* NULL: of none that is known */
	bool cda;                               /* in HL7 v3's XML; else in FHIR's JSON */
	const struct national_content *content; /* of a collection */
	const char *version;                    /* of its profile */
	const char *type_code, *type_at;        /* of LOINC */
	const char *title;
	struct national_time times[NATIONAL_TIMES_MOST]; /* when it was made; any is right */
	unsigned time_count;
	struct national_time service; /* first 0: not said */
	bool incomplete;              /* parts of it do not stand in it */
	int confidentiality; /* the strictest in it, of confidentiality_letters; -1: not said */
	const char *confidentiality_at;
	const char *uninformed_at;  /* 未告知: not to be shown to the patient */
	const char *undelivered_at; /* 未提供: for nobody but who wrote it */
	struct national_id *ids;
	unsigned id_count;
	struct text_list *names;        /* the patient's: family and given name together */
	const char *birth;              /* YYYY[MM[DD]] */
	char sex;                       /* M, F; NUL: neither, or not said */
	struct text_list *institutions; /* ten digits: who wrote it, and answers for it */
	const char *my_number_at;       /* an id has the form of an Individual Number */
	const char *declared_at;        /* an id is said to be one */
};

/* Ten digits: 都道府県, 点数表, 医療機関コード (japan.md D3). */
bool national_is_institution(const char *code);

/* How the octets are to be read. */
enum national_reader {
	NATIONAL_UNREAD,
	NATIONAL_AS_FHIR,            /* by mimeType, or by the formatCode of a kind of FHIR */
	NATIONAL_AS_CDA_PERHAPS,     /* XML: if it begins as a ClinicalDocument */
	NATIONAL_AS_NOTEBOOK,        /* by its formatCode */
	NATIONAL_AS_NOTEBOOK_PERHAPS /* text, or octets: if it begins as one */
};
enum national_reader national_reader_of(const struct document_entry *e);

/* FHIR R4 in JSON. False: p says what is wrong, and where. */
bool national_fhir_read(struct arena *a, struct bytes octets, struct national_document *out,
			struct problem *p);

/* XML that begins as a ClinicalDocument of HL7 v3 does. Of the first octets alone. */
enum { NATIONAL_BEGINNING = 4096 };
bool national_cda_begins(struct bytes octets);
/* A header of HL7 CDA R2. kind NULL: of no kind of Japan, and then nothing is read of it but the
 * ids of its patient, for an Individual Number. False: p says what is wrong, and where. */
bool national_cda_read(struct arena *a, struct bytes octets, struct national_document *out,
		       struct problem *p);

/* The metadata and the document say the same, and it may come by these rules (SUBMISSION_PROVIDES,
 * SUBMISSION_PUSHES ...). A contradiction is an error, what may be meant well a warning. False: an
 * error. */
bool national_document_fits(const struct registry_desk *d, const struct document_entry *e,
			    const struct national_document *doc, enum submission_rules rules,
			    struct findings *f);
/* Octets that begin with JAHISTC and two digits do. */
bool national_notebook_begins(struct bytes octets);
/* JAHIS電子版お薬手帳データフォーマット, of whatever version; Windows-31J or UTF-8. Parts it was
 * split into (record 911) that stand in it one after the other are joined before they are read.
 * Records nobody knows are passed over. False: p says what is wrong, and where. */
bool national_notebook_read(struct arena *a, struct bytes octets, struct national_document *out,
			    struct problem *p);

/* What is refused is refused with this, by these rules: ITI TF-3: Table 4.2.4.1-2. */
enum problem_code national_problem(enum submission_rules rules);

#endif
