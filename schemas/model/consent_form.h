/* schemas/model/consent_form.h: what a document says in which a patient consents, whatever its
 * form: acknowledged policies (BPPC, ITI TF-3: 5.1), or rules (APPC, XACML 2.0).
 *
 * What is read of its octets is struct consent_form. What that means in this region, by its rules,
 * is a list of words, and those are what is decided, kept and taken back. */
#ifndef SCHEMAS_MODEL_CONSENT_FORM_H
#define SCHEMAS_MODEL_CONSENT_FORM_H

#include <stdbool.h>
#include <stdint.h>

#include "gateway/base/clock.h"
#include "schemas/model/document.h"

/* A decision of store/consent.h, in its order. */
enum consent_word_action { WORD_JOIN, WORD_LEAVE, WORD_EXCLUDE, WORD_INCLUDE, WORD_ACTIONS };
struct consent_word {
	enum consent_word_action action;
	const char *target;  /* of the last two: schemas/model/exclusion.h; else NULL */
	uint64_t number;     /* of the decision, when it was made; 0: it is not made */
	uint64_t taken_back; /* of the decision that took it back; 0: it was not */
	struct consent_word *next;
};

/* What one statement of a document is about. */
enum consent_about {
	ABOUT_POLICY, /* a policy of the region is acknowledged; always permits */
	ABOUT_ALL,
	ABOUT_ROLE,
	ABOUT_ORGANISATION,
	ABOUT_PERSON, /* value: ID@ISSUER */
	ABOUT_PURPOSE,
	ABOUT_CLASS,
	ABOUT_TYPE,
	ABOUT_FORMAT,
	ABOUT_DOCUMENT, /* value: its uniqueId */
	ABOUTS
};
struct consent_statement {
	enum consent_about about;
	bool permits;
	const char *value, *scheme; /* scheme NULL: there is none */
	const char *where;          /* in the document: a path, for whoever is told */
	struct consent_statement *next;
};

enum consent_kind { CONSENT_BPPC, CONSENT_BPPC_SCANNED, CONSENT_APPC, CONSENT_KINDS };

struct consent_form {
	enum consent_kind kind;
	const char *unique_id;              /* of the document; NULL: the form has none */
	const struct text_value *patients;  /* CX, each is the patient's */
	const struct text_value *custodian; /* ids of the organisations that speak: an OID, or
					     * OID^extension */
	const struct consent_statement *statements; /* one at least */
	instant from, until;                        /* until: not then any more; 0: no end */
};

/* The formatCode says so, whatever its scheme: what looks like a consent is never taken for
 * another document. */
bool consent_kind_of(const struct document_entry *e, enum consent_kind *out);
/* "join", "leave" ... */
extern const char *const consent_word_names[WORD_ACTIONS];

/* How it stands with a document of consent. */
enum consent_document_state {
	CONSENT_PENDING,   /* its time has not begun */
	CONSENT_IN_FORCE,  /* what it says was decided */
	CONSENT_OVER,      /* its time has ended */
	CONSENT_WITHDRAWN, /* replaced, deprecated, removed, or a signature over it is invalid */
	CONSENT_DOCUMENT_STATES
};
extern const char *const consent_document_state_names[CONSENT_DOCUMENT_STATES];

/* The scheme of IHE's formatCodes, and what it has for consents. */
#define IHE_FORMAT_CODES "1.3.6.1.4.1.19376.1.2.3"

#endif
