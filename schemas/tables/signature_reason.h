/* schemas/tables/signature_reason.h: what verifying a signature may end with. A reason is a row,
 * and its result follows from it; numbers stand in the store and are never used for another. */
#ifndef SCHEMAS_TABLES_SIGNATURE_REASON_H
#define SCHEMAS_TABLES_SIGNATURE_REASON_H

enum signature_result { SIGNATURE_UNVERIFIABLE, SIGNATURE_INVALID, SIGNATURE_VALID };

enum signature_reason {
	SIGNATURE_HOLDS = 1,
	/* invalid: it, or what it signs, is not what it says */
	SIGNATURE_BROKEN,
	SIGNATURE_CHANGED,
	SIGNATURE_OTHER_CERTIFICATE,
	SIGNATURE_OUTSIDE_ITS_TIME,
	SIGNATURE_REVOKED,
	SIGNATURE_NOT_FOR_SIGNING,
	SIGNATURE_SET_DIFFERS,
	/* unverifiable: nothing speaks against it that we can see, and not all for it */
	SIGNATURE_UNREADABLE,
	SIGNATURE_UNKNOWN_ALGORITHM,
	SIGNATURE_WEAK_ALGORITHM,
	SIGNATURE_NO_CERTIFICATE,
	SIGNATURE_CERTIFICATE_UNSIGNED,
	SIGNATURE_NO_ANCHORS,
	SIGNATURE_UNKNOWN_ISSUER,
	SIGNATURE_DOCUMENT_NOT_HELD,
	SIGNATURE_DOCUMENT_UNREADABLE,
	SIGNATURE_DOCUMENT_LARGE,
	SIGNATURE_SIGNS_NOTHING,
	SIGNATURE_EXPIRED,
	SIGNATURE_TIME_AHEAD,
	SIGNATURE_REVOCATIONS_OLD,
	SIGNATURE_NAMES_OTHERS,
	SIGNATURE_REASON_COUNT
};

struct signature_reason_row {
	enum signature_result result;
	const char *name;     /* "changed" */
	const char *sentence; /* for people */
};

/* NULL: no such reason. */
const struct signature_reason_row *signature_reason_row(unsigned reason);
const char *signature_result_name(enum signature_result result);

#endif
