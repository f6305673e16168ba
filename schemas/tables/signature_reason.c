/* schemas/tables/signature_reason.c: what verifying a signature may end with, once. */
#include "schemas/tables/signature_reason.h"

#include <stddef.h>

#define INVALID SIGNATURE_INVALID
#define OPEN SIGNATURE_UNVERIFIABLE

/* Rows are laid out by hand. */
/* clang-format off */
static const struct signature_reason_row rows[SIGNATURE_REASON_COUNT] = {
	[SIGNATURE_HOLDS] = { SIGNATURE_VALID, "holds",
		"the documents are those that were signed, and the signer is known" },
	[SIGNATURE_BROKEN] = { INVALID, "broken",
		"what was signed, or the signature, was changed, or another key made it" },
	[SIGNATURE_CHANGED] = { INVALID, "changed",
		"a document is not the one that was signed" },
	[SIGNATURE_OTHER_CERTIFICATE] = { INVALID, "other-certificate",
		"the certificate is not the one the signer named" },
	[SIGNATURE_OUTSIDE_ITS_TIME] = { INVALID, "outside-its-time",
		"the certificate did not hold at the time of signing" },
	[SIGNATURE_REVOKED] = { INVALID, "revoked",
		"the certificate was revoked before the time of signing" },
	[SIGNATURE_NOT_FOR_SIGNING] = { INVALID, "not-for-signing",
		"the certificate is not one to sign with" },
	[SIGNATURE_SET_DIFFERS] = { INVALID, "set-differs",
		"the submission set does not hold the documents that were signed as its own" },
	[SIGNATURE_UNREADABLE] = { OPEN, "unreadable",
		"it is not in a form that the profile has" },
	[SIGNATURE_UNKNOWN_ALGORITHM] = { OPEN, "unknown-algorithm",
		"it uses an algorithm that is not taken" },
	[SIGNATURE_WEAK_ALGORITHM] = { OPEN, "weak-algorithm",
		"it stands on an algorithm or a key that others can forge" },
	[SIGNATURE_NO_CERTIFICATE] = { OPEN, "no-certificate",
		"it brings no certificate that can be read" },
	[SIGNATURE_CERTIFICATE_UNSIGNED] = { OPEN, "certificate-unsigned",
		"the signer did not say with which certificate he signs" },
	[SIGNATURE_NO_ANCHORS] = { OPEN, "no-anchors",
		"no authority is configured that signers are believed by" },
	[SIGNATURE_UNKNOWN_ISSUER] = { OPEN, "unknown-issuer",
		"the certificate leads to no authority that is believed" },
	[SIGNATURE_DOCUMENT_NOT_HELD] = { OPEN, "document-not-held",
		"a document that is signed is not here" },
	[SIGNATURE_DOCUMENT_UNREADABLE] = { OPEN, "document-unreadable",
		"a document that is signed cannot be read" },
	[SIGNATURE_DOCUMENT_LARGE] = { OPEN, "document-large",
		"a document that is signed is too large to be read at once: ask for it" },
	[SIGNATURE_SIGNS_NOTHING] = { OPEN, "signs-nothing",
		"no document is signed" },
	[SIGNATURE_EXPIRED] = { OPEN, "expired",
		"the certificate holds no more, and nobody but the signer tells when he signed" },
	[SIGNATURE_TIME_AHEAD] = { OPEN, "time-ahead",
		"the time of signing is still to come" },
	[SIGNATURE_REVOCATIONS_OLD] = { OPEN, "revocations-old",
		"the list of revoked certificates should have been replaced by now" },
};
/* clang-format on */

const struct signature_reason_row *signature_reason_row(unsigned reason)
{
	return reason < SIGNATURE_REASON_COUNT && rows[reason].name != NULL ? &rows[reason] : NULL;
}

const char *signature_result_name(enum signature_result result)
{
	static const char *const names[] = { "unverifiable", "invalid", "valid" };
	return names[result];
}
