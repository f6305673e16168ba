/* schemas/model/region_policy.h: what the region's rules say of documents: who of which role, for
 * which purpose, may have documents of which kind and confidentiality.
 *
 * Read once, of a file (gateway/policy/policy_file.h); then a table that never changes, and threads
 * may share it. Roles, purposes and kinds of documents have names of the file, at most 63 of each,
 * so that a set of them is the bits of a word and a rule is four of these. Bit 0 is what nothing
 * was said of: no role, no purpose. */
#ifndef SCHEMAS_MODEL_REGION_POLICY_H
#define SCHEMAS_MODEL_REGION_POLICY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "schemas/model/consent_form.h"
#include "schemas/model/document.h"

/* From what leaves most open to what leaves least: of several the last one holds. */
enum ruling {
	RULING_PERMIT,
	RULING_HIDE, /* as if it did not exist */
	RULING_DENY  /* refused, and told so */
};

/* HL7 Confidentiality (2.16.840.1.113883.5.25), in its order. */
enum confidentiality {
	CONFIDENTIALITY_UNRESTRICTED,
	CONFIDENTIALITY_LOW,
	CONFIDENTIALITY_MODERATE,
	CONFIDENTIALITY_NORMAL,
	CONFIDENTIALITY_RESTRICTED,
	CONFIDENTIALITY_VERY_RESTRICTED,
	CONFIDENTIALITIES
};
extern const char confidentiality_letters[CONFIDENTIALITIES + 1]; /* "ULMNRV" */

/* What a code of the file may be of. */
enum policy_code_of {
	POLICY_ROLE,
	POLICY_PURPOSE,
	POLICY_CLASS,
	POLICY_TYPE,
	POLICY_FORMAT,
	POLICY_CONFIDENTIALITY, /* the names are the letters */
	POLICY_CODES_OF
};
/* What has names. */
enum policy_name_of { POLICY_ROLES, POLICY_PURPOSES, POLICY_DOCUMENTS, POLICY_NAMES_OF };
enum { POLICY_NAMES_MOST = 63, POLICY_UNSAID = 0 };

struct policy_code {
	const char *code, *scheme; /* an OID, without "urn:oid:" */
	uint64_t names;            /* whom it names */
};
struct policy_codes {
	const struct policy_code *all; /* by code, then scheme */
	size_t count;
};

struct region_rule {
	enum ruling ruling;
	uint64_t names[POLICY_NAMES_OF]; /* all bits: any */
	unsigned confidentiality;        /* bits; all: any */
	const char *file, *text;         /* as it stands there */
	unsigned line;
};

/* What of a patient's own decisions an emergency may open, in bits. */
enum policy_opening {
	OPENING_NOT_JOINED = 1, /* he has not decided, in a region where that closes */
	OPENING_LEFT = 2,
	OPENING_CLOSED = 4,  /* documents he closed to everybody: a kind, one, a period */
	OPENING_EXCLUDED = 8 /* his record, to whom he excluded */
};

/* Who may break the glass: the line "emergency". */
struct policy_emergency {
	uint64_t roles;    /* none: nobody may */
	uint64_t purposes; /* that are an emergency's, besides those everybody knows */
	unsigned opens;    /* of enum policy_opening */
};

/* Where a municipality is: what addresses in it begin with, and (digits alone) postcodes. */
struct policy_municipality {
	const char *code;          /* JIS X 0402, with or without its check digit */
	const char *const *places; /* NULL-ended */
};

/* A policy of the region that a patient may acknowledge by a document (ITI TF-1: 19.2.3), and what
 * that decides. */
struct acknowledged_policy {
	const char *code, *scheme; /* the policy's OID, and its domain's */
	const struct consent_word *words;
	const char *file;
	unsigned line;
};
/* As the facility of a word: the one that sent the document. */
#define CONSENT_SUBMITTER "submitter"

struct region_policy {
	const struct region_rule *rules; /* in the order of the file */
	size_t rule_count;
	const struct region_rule *never; /* what no emergency opens, whoever closed it */
	size_t never_count;
	struct policy_emergency emergency;
	const struct policy_municipality *municipalities;
	size_t municipality_count;
	struct region_rule standard; /* what holds where no rule does: the line "default" */
	uint64_t addressed;          /* kinds that only the addressee sees until he has them */
	const struct acknowledged_policy *acknowledged;
	size_t acknowledged_count;
	/* systems that may record what patients consent to; NULL-ended; NULL: each may */
	const char *const *recorders;
	struct policy_codes codes[POLICY_CODES_OF];
	/* By number of the bit; NULL-ended, the first is "unsaid". */
	const char *const *names[POLICY_NAMES_OF];
	/* Other names of the same, as pairs of that name and the one above; NULL-ended. */
	const char *const *others[POLICY_NAMES_OF];
};

/* Which of these names has the code; 0: none. */
uint64_t region_policy_names(const struct region_policy *p, enum policy_code_of of,
			     const char *code, const char *scheme);
/* Of all of these together. */
uint64_t region_policy_names_of(const struct region_policy *p, enum policy_code_of of,
				const struct coded_value *codes);
/* The bit of that name, or of another name of it; 0: there is none. */
uint64_t region_policy_named(const struct region_policy *p, enum policy_name_of of,
			     const char *name);
/* The name that the rules have first for what this one is another name of; else itself. */
const char *region_policy_first_name(const struct region_policy *p, enum policy_name_of of,
				     const char *name);
/* NULL: the region has no such policy (or no policy at all: p NULL). */
const struct acknowledged_policy *region_policy_acknowledged(const struct region_policy *p,
							     const char *code, const char *scheme);
/* That system may record consents. p NULL: nobody may. */
bool region_policy_records(const struct region_policy *p, const char *system);
/* Kinds that the entry is of. */
uint64_t region_policy_documents(const struct region_policy *p, const struct document_entry *e);
/* It is of a kind that only its addressee sees until he has it. p NULL: none is. */
bool region_policy_addresses(const struct region_policy *p, const struct document_entry *e);
/* The rule that names the role of the patient himself and hides such an entry from it, or denies
 * it (未告知); what others may not see is no reason to keep it from him. NULL: there is none, or
 * no rules at all (p NULL). */
const struct region_rule *region_policy_keeps_from_patient(const struct region_policy *p,
							   const struct document_entry *e);
#define POLICY_PATIENT "patient" /* the role */
/* The strictest that its codes say; what is not known, or not said, is very restricted. */
enum confidentiality region_policy_confidentiality(const struct region_policy *p,
						   const struct document_entry *e);

#endif
