/* schemas/model/consent_form.c: which documents are consents, and what their words are called. */
#include "schemas/model/consent_form.h"

#include <string.h>

const char *const consent_word_names[WORD_ACTIONS] = { "join", "leave", "exclude", "include" };

const char *const consent_document_state_names[CONSENT_DOCUMENT_STATES] = {
	[CONSENT_PENDING] = "pending",
	[CONSENT_IN_FORCE] = "in force",
	[CONSENT_OVER] = "over",
	[CONSENT_WITHDRAWN] = "withdrawn",
};

bool consent_kind_of(const struct document_entry *e, enum consent_kind *out)
{
	static const char *const formats[CONSENT_KINDS] = {
		[CONSENT_BPPC] = "urn:ihe:iti:bppc:2007",
		[CONSENT_BPPC_SCANNED] = "urn:ihe:iti:bppc-sd:2007",
		[CONSENT_APPC] = "urn:ihe:iti:appc:2016:consent",
	};
	const char *code = e->format_code == NULL ? NULL : e->format_code->code;
	for (enum consent_kind k = CONSENT_BPPC; code != NULL && k < CONSENT_KINDS; k++)
		if (strcmp(code, formats[k]) == 0) {
			*out = k;
			return true;
		}
	return false;
}
