/* profiles/national/national_kinds.h: the national documents, one row a kind (japan.md E6, E7).
 *
 * A row says by what a document is known to be of its kind, and what its DocumentEntry may then
 * say. Of CDA that is ClinicalDocument.code: what templateIds the Japanese documents have could not
 * be read anywhere. No version is a part of it: which one a document has is what the document
 * itself says, and one that is newer than this table is of its kind all the same. Immutable;
 * threads share it. */
#ifndef PROFILES_NATIONAL_NATIONAL_KINDS_H
#define PROFILES_NATIONAL_NATIONAL_KINDS_H

#include <stdbool.h>
#include <stddef.h>

enum national_form {
	NATIONAL_FHIR_DOCUMENT,   /* Bundle.type document: a Composition comes first */
	NATIONAL_FHIR_COLLECTION, /* Bundle.type collection: the patient comes first */
	NATIONAL_CDA,             /* HL7 CDA R2: ClinicalDocument */
	NATIONAL_NOTEBOOK,        /* JAHIS お薬手帳: lines of records */
};

enum { NATIONAL_TYPES_MOST = 4 };
struct national_kind {
	const char *name; /* for who is told */
	enum national_form form;
	const char *mark;                       /* the name at the end of the canonical URL; of
						 * a ClinicalDocument its code */
	const char *mark_system;                /* of that code, an OID */
	const char *types[NATIONAL_TYPES_MOST]; /* typeCodes of LOINC; none: by what is in it */
	const char *class_code; /* of the classCodes that are shipped; NULL: by what is in it */
};

/* What one bundle of a collection holds, by the type of its resources. */
struct national_content {
	const char *resource, *type, *class_code;
	bool withdrawn; /* it is no longer among what is exchanged so (japan.md E9) */
};

/* Of a canonical URL, whatever its version: a bundle's profile, a formatCode. NULL: none here. */
const struct national_kind *national_kind_of(const char *canonical);
extern const struct national_kind national_notebook;
/* Of the code of a ClinicalDocument. */
const struct national_kind *national_kind_of_code(const char *code, const char *system);
/* Behind its '|'; NULL: it has none, or none that could be told. */
const char *national_version_of(const char *canonical);
/* NULL: nothing is known of such resources. */
const struct national_content *national_content_of(const char *resource);

#define NATIONAL_LOINC "2.16.840.1.113883.6.1"
/* The classCodes that are shipped (schemas/codes/japan.tsv). */
#define NATIONAL_CLASSES "2.25.286961990152863221251726743417141771436"

#endif
