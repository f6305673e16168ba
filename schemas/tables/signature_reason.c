/* schemas/tables/signature_reason.c: what verifying a signature may end with, once. */
#include "schemas/tables/signature_reason.h"

#include <stddef.h>

#define INVALID SIGNATURE_INVALID
#define OPEN SIGNATURE_UNVERIFIABLE

/* Rows are laid out by hand. */
/* clang-format off */
static const struct signature_reason_row rows[SIGNATURE_REASON_COUNT] = {
	[SIGNATURE_HOLDS] = {
		.result = SIGNATURE_VALID, .name = "holds",
		.sentence = "the documents are those that were signed, and the signer is known",
	},
	[SIGNATURE_BROKEN] = {
		.result = INVALID, .name = "broken",
		.sentence = "what was signed, or the signature, was changed, or another key "
			    "made it",
	},
	[SIGNATURE_CHANGED] = {
		.result = INVALID, .name = "changed",
		.sentence = "a document is not the one that was signed",
	},
	[SIGNATURE_OTHER_CERTIFICATE] = {
		.result = INVALID, .name = "other-certificate",
		.sentence = "the certificate is not the one the signer named",
	},
	[SIGNATURE_OUTSIDE_ITS_TIME] = {
		.result = INVALID, .name = "outside-its-time",
		.sentence = "the certificate did not hold at the time of signing",
	},
	[SIGNATURE_REVOKED] = {
		.result = INVALID, .name = "revoked",
		.sentence = "the certificate was revoked before the time of signing",
	},
	[SIGNATURE_NOT_FOR_SIGNING] = {
		.result = INVALID, .name = "not-for-signing",
		.sentence = "the certificate is not one to sign with",
	},
	[SIGNATURE_SET_DIFFERS] = {
		.result = INVALID, .name = "set-differs",
		.sentence = "the submission set does not hold the documents that were signed as "
			    "its own",
	},
	[SIGNATURE_UNREADABLE] = {
		.result = OPEN, .name = "unreadable",
		.sentence = "it is not in a form that the profile has",
	},
	[SIGNATURE_UNKNOWN_ALGORITHM] = {
		.result = OPEN, .name = "unknown-algorithm",
		.sentence = "it uses an algorithm that is not taken",
	},
	[SIGNATURE_WEAK_ALGORITHM] = {
		.result = OPEN, .name = "weak-algorithm",
		.sentence = "it stands on an algorithm or a key that others can forge",
	},
	[SIGNATURE_NO_CERTIFICATE] = {
		.result = OPEN, .name = "no-certificate",
		.sentence = "it brings no certificate that can be read",
	},
	[SIGNATURE_CERTIFICATE_UNSIGNED] = {
		.result = OPEN, .name = "certificate-unsigned",
		.sentence = "the signer did not say with which certificate he signs",
	},
	[SIGNATURE_NO_ANCHORS] = {
		.result = OPEN, .name = "no-anchors",
		.sentence = "no authority is configured that signers are believed by",
	},
	[SIGNATURE_UNKNOWN_ISSUER] = {
		.result = OPEN, .name = "unknown-issuer",
		.sentence = "the certificate leads to no authority that is believed",
	},
	[SIGNATURE_DOCUMENT_NOT_HELD] = {
		.result = OPEN, .name = "document-not-held",
		.sentence = "a document that is signed is not here",
	},
	[SIGNATURE_DOCUMENT_UNREADABLE] = {
		.result = OPEN, .name = "document-unreadable",
		.sentence = "a document that is signed cannot be read",
	},
	[SIGNATURE_DOCUMENT_LARGE] = {
		.result = OPEN, .name = "document-large",
		.sentence = "a document that is signed is too large to be read at once: ask for it",
	},
	[SIGNATURE_SIGNS_NOTHING] = {
		.result = OPEN, .name = "signs-nothing",
		.sentence = "no document is signed",
	},
	[SIGNATURE_EXPIRED] = {
		.result = OPEN, .name = "expired",
		.sentence = "the certificate holds no more, and nobody but the signer tells when "
			    "he signed",
	},
	[SIGNATURE_TIME_AHEAD] = {
		.result = OPEN, .name = "time-ahead",
		.sentence = "the time of signing is still to come",
	},
	[SIGNATURE_NAMES_OTHERS] = {
		.result = OPEN, .name = "names-others",
		.sentence = "it is said to sign the document, and does not name it",
	},
	[SIGNATURE_REVOCATIONS_OLD] = {
		.result = OPEN, .name = "revocations-old",
		.sentence = "the list of revoked certificates should have been replaced by now",
	},
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
