/* schemas/tables/problem.c: what can go wrong, once. */
#include "schemas/tables/problem.h"

#include <stdarg.h>
#include <stdio.h>

/* One row a problem; where registry and repository have no code of their own the general one of
 * ITI TF-3: 4.2.4.1 stands. The order of the columns is that of struct problem_row. */
#define REG "XDSRegistryError"
#define REP "XDSRepositoryError"
static const struct problem_row rows[PROBLEM_COUNT] = {
	[PROBLEM_NONE] = { "none", NULL, NULL, FAULT_NONE, NULL, 200, "AA", 0, 0, NULL },
	[PROBLEM_MALFORMED] = { "malformed", REG, REP, FAULT_SENDER, NULL, 400, "AR", 100, 2,
	  NULL },
	[PROBLEM_VERSION_MISMATCH] = { "version-mismatch", REG, REP, FAULT_VERSION_MISMATCH, NULL,
	  500, "AR", 203, 2, NULL },
	[PROBLEM_MUST_UNDERSTAND] = { "must-understand", REG, REP, FAULT_MUST_UNDERSTAND, NULL, 500,
	  "AR", 200, 2, NULL },
	[PROBLEM_ACTION_MISMATCH] = { "action-mismatch", REG, REP, FAULT_SENDER,
	  "wsa:InvalidAddressingHeader", 400, "AR", 200, 2, NULL },
	[PROBLEM_ACTION_NOT_SUPPORTED] = { "action-not-supported", REG, REP, FAULT_SENDER,
	  "wsa:ActionNotSupported", 400, "AR", 200, 2, NULL },
	[PROBLEM_ADDRESSING_REQUIRED] = { "addressing-required", REG, REP, FAULT_SENDER,
	  "wsa:MessageAddressingHeaderRequired", 400, "AR", 100, 2, NULL },
	[PROBLEM_ADDRESSING_INVALID] = { "addressing-invalid", REG, REP, FAULT_SENDER,
	  "wsa:InvalidAddressingHeader", 400, "AR", 100, 2, NULL },
	[PROBLEM_TOO_LARGE] = { "too-large", "XDSRegistryOutOfResources",
	  "XDSRepositoryOutOfResources", FAULT_SENDER, NULL, 413, "AR", 207, 2,
		"if such messages are honest, raise the limit it names in minato.conf and reload" },
	[PROBLEM_TIMEOUT] = { "timeout", REG, REP, FAULT_SENDER, NULL, 408, "AR", 207, 5, NULL },
	[PROBLEM_MEDIA_TYPE] = { "media-type", REG, REP, FAULT_SENDER, NULL, 415, "AR", 200, 2,
	  NULL },
	[PROBLEM_PATH_UNKNOWN] = { "path-unknown", REG, REP, FAULT_SENDER,
	  "wsa:DestinationUnreachable", 404, "AR", 200, 2, NULL },
	[PROBLEM_METHOD] = { "method", REG, REP, FAULT_SENDER, NULL, 405, "AR", 200, 2, NULL },
	[PROBLEM_NODE_UNKNOWN] = { "node-unknown", REG, REP, FAULT_SENDER, NULL, 403, "AR", 207, 4,
		"register the system: minato facility add" },
	[PROBLEM_NOT_PERMITTED] = { "not-permitted", REG, REP, FAULT_SENDER, NULL, 403, "AR", 207,
	  4, NULL },
	[PROBLEM_DOMAIN_NOT_OWNED] = { "domain-not-owned", REG, REP, FAULT_NONE, NULL, 200, "AR",
	  204, 4,
		"if the domain is that system's own, say so in its section of minato.conf" },
	[PROBLEM_SEGMENT_MISSING] = { "segment-missing", REG, REP, FAULT_NONE, NULL, 400, "AE", 100,
	  2, NULL },
	[PROBLEM_FIELD_MISSING] = { "field-missing", REG, REP, FAULT_NONE, NULL, 400, "AE", 101, 2,
	  NULL },
	[PROBLEM_DATA_TYPE] = { "data-type", REG, REP, FAULT_NONE, NULL, 400, "AE", 102, 2, NULL },
	[PROBLEM_TABLE_VALUE] = { "table-value", REG, REP, FAULT_NONE, NULL, 400, "AE", 103, 2,
	  NULL },
	[PROBLEM_HEADER_MISSING] = { "header-missing", REG, REP, FAULT_SENDER, NULL, 400, "AR", 101,
	  2, NULL },
	[PROBLEM_HEADER_INVALID] = { "header-invalid", REG, REP, FAULT_SENDER, NULL, 400, "AR", 102,
	  2, NULL },
	[PROBLEM_SENDER_MISMATCH] = { "sender-mismatch", REG, REP, FAULT_SENDER, NULL, 403, "AR",
	  103, 4,
		"if the name is right, correct hl7-application or hl7-facility of that system in "
		"minato.conf and reload" },
	[PROBLEM_MESSAGE_TYPE] = { "message-type", REG, REP, FAULT_SENDER, NULL, 400, "AR", 200, 2,
	  NULL },
	[PROBLEM_EVENT] = { "event", REG, REP, FAULT_SENDER, NULL, 400, "AR", 201, 2, NULL },
	[PROBLEM_PROCESSING_ID] = { "processing-id", REG, REP, FAULT_SENDER, NULL, 400, "AR", 202,
	  2, NULL },
	[PROBLEM_VERSION_ID] = { "version-id", REG, REP, FAULT_SENDER, NULL, 400, "AR", 203, 2,
	  NULL },
	[PROBLEM_UNKNOWN_KEY] = { "unknown-key", "XDSUnknownPatientId", "XDSUnknownPatientId",
	  FAULT_NONE, NULL, 404, "AE", 204, 1, NULL },
	[PROBLEM_DUPLICATE_KEY] = { "duplicate-key", REG, REP, FAULT_NONE, NULL, 409, "AE", 205, 1,
	  NULL },
	[PROBLEM_MERGE_REFUSED] = { "merge-refused", REG, REP, FAULT_NONE, NULL, 409, "AE", 204, 1,
	  NULL },
	[PROBLEM_MISSING_DOCUMENT] = { "missing-document", "XDSMissingDocument",
	  "XDSMissingDocument", FAULT_NONE, NULL, 400, "AE", 101, 1, NULL },
	[PROBLEM_MISSING_DOCUMENT_METADATA] = { "missing-document-metadata",
	  "XDSMissingDocumentMetadata", "XDSMissingDocumentMetadata", FAULT_NONE, NULL, 400, "AE",
	  101, 1, NULL },
	[PROBLEM_REGISTRY_METADATA] = { "registry-metadata", "XDSRegistryMetadataError",
	  "XDSRegistryMetadataError", FAULT_NONE, NULL, 400, "AE", 102, 1, NULL },
	[PROBLEM_REPOSITORY_METADATA] = { "repository-metadata", "XDSRepositoryMetadataError",
	  "XDSRepositoryMetadataError", FAULT_NONE, NULL, 400, "AE", 102, 1, NULL },
	[PROBLEM_REGISTRY_DUPLICATE_IN_MESSAGE] = { "registry-duplicate-in-message",
	  "XDSRegistryDuplicateUniqueIdInMessage", "XDSRegistryDuplicateUniqueIdInMessage",
	  FAULT_NONE, NULL, 409, "AE", 205, 1, NULL },
	[PROBLEM_REPOSITORY_DUPLICATE_IN_MESSAGE] = { "repository-duplicate-in-message",
	  "XDSRepositoryDuplicateUniqueIdInMessage", "XDSRepositoryDuplicateUniqueIdInMessage",
	  FAULT_NONE, NULL, 409, "AE", 205, 1, NULL },
	[PROBLEM_DUPLICATE_IN_REGISTRY] = { "duplicate-in-registry",
	  "XDSDuplicateUniqueIdInRegistry", "XDSDuplicateUniqueIdInRegistry", FAULT_NONE, NULL, 409,
	  "AE", 205, 1, NULL },
	[PROBLEM_NON_IDENTICAL_HASH] = { "non-identical-hash", "XDSNonIdenticalHash",
	  "XDSNonIdenticalHash", FAULT_NONE, NULL, 409, "AE", 205, 1, NULL },
	[PROBLEM_NON_IDENTICAL_SIZE] = { "non-identical-size", "XDSNonIdenticalSize",
	  "XDSNonIdenticalSize", FAULT_NONE, NULL, 409, "AE", 205, 1, NULL },
	[PROBLEM_PATIENT_ID_DOES_NOT_MATCH] = { "patient-id-does-not-match",
	  "XDSPatientIdDoesNotMatch", "XDSPatientIdDoesNotMatch", FAULT_NONE, NULL, 409, "AE", 204,
	  1, NULL },
	[PROBLEM_UNKNOWN_PATIENT] = { "unknown-patient", "XDSUnknownPatientId",
	  "XDSUnknownPatientId", FAULT_NONE, NULL, 404, "AE", 204, 1, NULL },
	[PROBLEM_DEPRECATED_DOCUMENT] = { "deprecated-document",
	  "XDSRegistryDeprecatedDocumentError", "XDSRegistryDeprecatedDocumentError", FAULT_NONE,
	  NULL, 409, "AE", 207, 1, NULL },
	[PROBLEM_REPLACES_ANOTHERS] = { "replaces-anothers", REG, REP, FAULT_NONE, NULL, 403, "AE",
	  207, 4,
		"if that system is to correct other facilities' documents, say replace-others in "
		"its section of minato.conf and reload" },
	[PROBLEM_TOO_MANY_RELATED] = { "too-many-related", "XDSRegistryOutOfResources",
	  "XDSRepositoryOutOfResources", FAULT_NONE, NULL, 409, "AE", 207, 1,
		"what hangs on one object holds up all who write when it is replaced: see who "
		"relates so much to it" },
	[PROBLEM_UNRESOLVED_REFERENCE] = { "unresolved-reference", "UnresolvedReferenceException",
	  "UnresolvedReferenceException", FAULT_NONE, NULL, 404, "AE", 204, 1, NULL },
	[PROBLEM_UNKNOWN_QUERY] = { "unknown-query", "XDSUnknownStoredQuery",
	  "XDSUnknownStoredQuery", FAULT_NONE, NULL, 404, "AE", 201, 1, NULL },
	[PROBLEM_QUERY_MISSING_PARAMETER] = { "query-missing-parameter",
	  "XDSStoredQueryMissingParam", "XDSStoredQueryMissingParam", FAULT_NONE, NULL, 400, "AE",
	  101, 1, NULL },
	[PROBLEM_QUERY_PARAMETER_NUMBER] = { "query-parameter-number", "XDSStoredQueryParamNumber",
	  "XDSStoredQueryParamNumber", FAULT_NONE, NULL, 400, "AE", 102, 1, NULL },
	[PROBLEM_RESULT_NOT_SINGLE_PATIENT] = { "result-not-single-patient",
	  "XDSResultNotSinglePatient", "XDSResultNotSinglePatient", FAULT_NONE, NULL, 409, "AE",
	  207, 1, NULL },
	[PROBLEM_TOO_MANY_RESULTS] = { "too-many-results", "XDSTooManyResults", "XDSTooManyResults",
	  FAULT_NONE, NULL, 413, "AE", 207, 1, NULL },
	[PROBLEM_QUERY_INVALID] = { "query-invalid", REG, REG, FAULT_NONE, NULL, 400, "AE", 102, 1,
	  NULL },
	[PROBLEM_DOCUMENT_UNIQUE_ID] = { "document-unique-id", "XDSDocumentUniqueIdError",
	  "XDSDocumentUniqueIdError", FAULT_NONE, NULL, 404, "AE", 204, 1, NULL },
	[PROBLEM_UNKNOWN_REPOSITORY] = { "unknown-repository", "XDSUnknownRepositoryId",
	  "XDSUnknownRepositoryId", FAULT_NONE, NULL, 404, "AE", 204, 1, NULL },
	[PROBLEM_UNKNOWN_COMMUNITY] = { "unknown-community", "XDSUnknownCommunity",
	  "XDSUnknownCommunity", FAULT_NONE, NULL, 404, "AE", 204, 1, NULL },
	[PROBLEM_EXTRA_METADATA_NOT_SAVED] = { "extra-metadata-not-saved",
	  "XDSExtraMetadataNotSaved", "XDSExtraMetadataNotSaved", FAULT_NONE, NULL, 200, "AA", 0, 0,
	  NULL },
	[PROBLEM_STORE_FULL] = { "store-full", "XDSRegistryOutOfResources",
	  "XDSRepositoryOutOfResources", FAULT_RECEIVER, NULL, 503, "AR", 207, 1,
		"make room on the disk that holds the data directory; service resumes by itself, "
		"nothing accepted is lost" },
	[PROBLEM_OUT_OF_RESOURCES] = { "out-of-resources", "XDSRegistryOutOfResources",
	  "XDSRepositoryOutOfResources", FAULT_RECEIVER, NULL, 503, "AR", 207, 1,
		"raise exchange-memory in minato.conf and reload, if such requests are honest" },
	[PROBLEM_BUSY] = { "busy", "XDSRegistryBusy", "XDSRepositoryBusy", FAULT_RECEIVER, NULL,
	  503, "AR", 207, 5, NULL },
	[PROBLEM_INTERNAL] = { "internal", REG, REP, FAULT_RECEIVER, NULL, 500, "AR", 207, 1,
		"read the lines above this one in the log" },
	[PROBLEM_AUDIT_UNAVAILABLE] = { "audit-unavailable", REG, REP, FAULT_RECEIVER, NULL, 503,
	  "AR", 207, 1,
		"the audit log could not be written, so nothing is answered: see the store's "
		"problem above" },
	[PROBLEM_OUTBOX_FULL] = { "outbox-full", "XDSRegistryBusy", "XDSRepositoryBusy",
	  FAULT_RECEIVER, NULL, 503, "AR", 207, 1,
		"see by minato errand list what waits and why; what nobody wants any more is dropped "
		"by minato errand drop" },
	[PROBLEM_NO_PLACE] = { "no-place", REG, REP, FAULT_RECEIVER, NULL, 503, "AR", 207, 1,
		"minato status shows what is under way: ask again when some of it is over, or raise "
		"long-work-waiting in minato.conf and reload" },
	[PROBLEM_CANCELLED] = { "cancelled", REG, REP, FAULT_RECEIVER, NULL, 409, "AR", 207, 1,
	  NULL },
	[PROBLEM_REQUEST_INVALID] = { "request-invalid", REG, REP, FAULT_SENDER, NULL, 400, "AE",
	  102, 2, NULL },
	[PROBLEM_NOT_FOUND] = { "not-found", REG, REP, FAULT_SENDER, NULL, 404, "AE", 204, 1,
	  NULL },
	[PROBLEM_CONFLICT] = { "conflict", REG, REP, FAULT_SENDER, NULL, 409, "AE", 205, 1, NULL },
	[PROBLEM_CONFIGURATION] = { "configuration", REG, REP, FAULT_RECEIVER, NULL, 500, "AE", 207,
	  3, NULL },
	[PROBLEM_ACTOR_OFF] = { .name = "actor-off", .registry_error = REG,
		.repository_error = REP, .fault = FAULT_SENDER, .http = 409,
		.hl7_ack = "AR", .hl7_code = 200, .exit_code = 4,
		.remedy = "switch that actor on (actors in minato.conf) and reload" },
};

const struct problem_row *problem_row(enum problem_code code)
{
	return code < PROBLEM_COUNT && rows[code].name != NULL ? &rows[code]
							       : &rows[PROBLEM_INTERNAL];
}

const char *hl7_code_text(int code)
{
	static const struct { int code; const char *text; } table[] = {
		{ 0, "Message accepted" }, { 100, "Segment sequence error" },
		{ 101, "Required field missing" }, { 102, "Data type error" },
		{ 103, "Table value not found" }, { 200, "Unsupported message type" },
		{ 201, "Unsupported trigger event" }, { 202, "Unsupported processing id" },
		{ 203, "Unsupported version id" }, { 204, "Unknown key identifier" },
		{ 205, "Duplicate key identifier" }, { 206, "Application record locked" },
	};
	for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
		if (table[i].code == code)
			return table[i].text;
	return "Application internal error";
}

__attribute__((format(printf, 4, 0)))
static void fill(struct problem *p, enum problem_code code, const char *where, const char *what,
		 va_list args)
{
	if (p == NULL || p->code != PROBLEM_NONE)
		return;
	p->code = code;
	snprintf(p->where, sizeof p->where, "%s", where);
	vsnprintf(p->what, sizeof p->what, what, args);
}

bool problem_set(struct problem *p, enum problem_code code, const char *what, ...)
{
	va_list args;
	va_start(args, what);
	fill(p, code, "", what, args);
	va_end(args);
	return false;
}

bool problem_at(struct problem *p, enum problem_code code, const char *where, const char *what, ...)
{
	va_list args;
	va_start(args, what);
	fill(p, code, where, what, args);
	va_end(args);
	return false;
}
