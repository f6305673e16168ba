/* schemas/tables/problem.c: what can go wrong, once. */
#include "schemas/tables/problem.h"

#include <stdarg.h>
#include <stdio.h>

/* Rows are laid out by hand. */
/* clang-format off */

/* One row a problem; where registry and repository have no code of their own the general one of
 * ITI TF-3: 4.2.4.1 stands. */
#define REG "XDSRegistryError"
#define REP "XDSRepositoryError"
static const struct problem_row rows[PROBLEM_COUNT] = {
	[PROBLEM_NONE] = { .name = "none", .http = 200, .hl7_ack = "AA" },
	[PROBLEM_MALFORMED] = {
		.name = "malformed", .fault = FAULT_SENDER, .http = 400,
		.registry_error = REG, .repository_error = REP,
		.hl7_ack = "AR", .hl7_code = 100, .exit_code = 2,
	},
	[PROBLEM_VERSION_MISMATCH] = {
		.name = "version-mismatch", .fault = FAULT_VERSION_MISMATCH, .http = 500,
		.registry_error = REG, .repository_error = REP,
		.hl7_ack = "AR", .hl7_code = 203, .exit_code = 2,
	},
	[PROBLEM_MUST_UNDERSTAND] = {
		.name = "must-understand", .fault = FAULT_MUST_UNDERSTAND, .http = 500,
		.registry_error = REG, .repository_error = REP,
		.hl7_ack = "AR", .hl7_code = 200, .exit_code = 2,
	},
	[PROBLEM_ACTION_MISMATCH] = {
		.name = "action-mismatch", .fault = FAULT_SENDER, .http = 400,
		.fault_subcode = "wsa:InvalidAddressingHeader",
		.registry_error = REG, .repository_error = REP,
		.hl7_ack = "AR", .hl7_code = 200, .exit_code = 2,
	},
	[PROBLEM_ACTION_NOT_SUPPORTED] = {
		.name = "action-not-supported", .fault = FAULT_SENDER, .http = 400,
		.fault_subcode = "wsa:ActionNotSupported",
		.registry_error = REG, .repository_error = REP,
		.hl7_ack = "AR", .hl7_code = 200, .exit_code = 2,
	},
	[PROBLEM_ADDRESSING_REQUIRED] = {
		.name = "addressing-required", .fault = FAULT_SENDER, .http = 400,
		.fault_subcode = "wsa:MessageAddressingHeaderRequired",
		.registry_error = REG, .repository_error = REP,
		.hl7_ack = "AR", .hl7_code = 100, .exit_code = 2,
	},
	[PROBLEM_ADDRESSING_INVALID] = {
		.name = "addressing-invalid", .fault = FAULT_SENDER, .http = 400,
		.fault_subcode = "wsa:InvalidAddressingHeader",
		.registry_error = REG, .repository_error = REP,
		.hl7_ack = "AR", .hl7_code = 100, .exit_code = 2,
	},
	[PROBLEM_TOO_LARGE] = {
		.name = "too-large", .fault = FAULT_SENDER, .http = 413,
		.registry_error = "XDSRegistryOutOfResources",
		.repository_error = "XDSRepositoryOutOfResources",
		.hl7_ack = "AR", .hl7_code = 207, .exit_code = 2,
		.remedy = "if such messages are honest, raise the limit it names in minato.conf "
			  "and reload",
	},
	[PROBLEM_TIMEOUT] = {
		.name = "timeout", .fault = FAULT_SENDER, .http = 408,
		.registry_error = REG, .repository_error = REP,
		.hl7_ack = "AR", .hl7_code = 207, .exit_code = 5,
	},
	[PROBLEM_MEDIA_TYPE] = {
		.name = "media-type", .fault = FAULT_SENDER, .http = 415,
		.registry_error = REG, .repository_error = REP,
		.hl7_ack = "AR", .hl7_code = 200, .exit_code = 2,
	},
	[PROBLEM_PATH_UNKNOWN] = {
		.name = "path-unknown", .fault = FAULT_SENDER, .http = 404,
		.fault_subcode = "wsa:DestinationUnreachable",
		.registry_error = REG, .repository_error = REP,
		.hl7_ack = "AR", .hl7_code = 200, .exit_code = 2,
	},
	[PROBLEM_METHOD] = {
		.name = "method", .fault = FAULT_SENDER, .http = 405,
		.registry_error = REG, .repository_error = REP,
		.hl7_ack = "AR", .hl7_code = 200, .exit_code = 2,
	},
	/* What the peer is told of these is one text each: gateway/assertion/steps.c. */
#define WSSE(problem, word, subcode) \
	[problem] = { \
		.name = word, .fault = FAULT_SENDER, .http = 400, .fault_subcode = subcode, \
		.registry_error = REG, .repository_error = REP, \
		.hl7_ack = "AR", .hl7_code = 207, .exit_code = 4, \
		.remedy = "minato audit search --transaction ITI-40 tells at which step it " \
			"failed", \
	}
	WSSE(PROBLEM_SECURITY_INVALID, "security-invalid", "wsse:InvalidSecurity"),
	WSSE(PROBLEM_TOKEN_UNSUPPORTED, "token-unsupported", "wsse:UnsupportedSecurityToken"),
	WSSE(PROBLEM_TOKEN_ALGORITHM, "token-algorithm", "wsse:UnsupportedAlgorithm"),
	WSSE(PROBLEM_TOKEN_INVALID, "token-invalid", "wsse:InvalidSecurityToken"),
	WSSE(PROBLEM_TOKEN_AUTHENTICATION, "token-authentication", "wsse:FailedAuthentication"),
	WSSE(PROBLEM_TOKEN_CHECK, "token-check", "wsse:FailedCheck"),
	WSSE(PROBLEM_TOKEN_UNAVAILABLE, "token-unavailable", "wsse:SecurityTokenUnavailable"),
	[PROBLEM_NODE_UNKNOWN] = {
		.name = "node-unknown", .fault = FAULT_SENDER, .http = 403,
		.registry_error = REG, .repository_error = REP,
		.hl7_ack = "AR", .hl7_code = 207, .exit_code = 4,
		.remedy = "register the system: minato facility add",
	},
	[PROBLEM_NOT_PERMITTED] = {
		.name = "not-permitted", .fault = FAULT_SENDER, .http = 403,
		.registry_error = REG, .repository_error = REP,
		.hl7_ack = "AR", .hl7_code = 207, .exit_code = 4,
	},
	[PROBLEM_LOCKED_OUT] = {
		.name = "locked-out", .fault = FAULT_SENDER, .http = 403,
		.registry_error = REG, .repository_error = REP,
		.hl7_ack = "AR", .hl7_code = 207, .exit_code = 4,
		.remedy = "when it may take part again: minato facility unlock",
	},
	[PROBLEM_DOMAIN_NOT_OWNED] = {
		.name = "domain-not-owned", .http = 200,
		.registry_error = REG, .repository_error = REP,
		.hl7_ack = "AR", .hl7_code = 204, .exit_code = 4,
		.remedy = "if the domain is that system's own, say so in its section of "
			  "minato.conf",
	},
	[PROBLEM_SEGMENT_MISSING] = {
		.name = "segment-missing", .http = 400,
		.registry_error = REG, .repository_error = REP,
		.hl7_ack = "AE", .hl7_code = 100, .exit_code = 2,
	},
	[PROBLEM_FIELD_MISSING] = {
		.name = "field-missing", .http = 400,
		.registry_error = REG, .repository_error = REP,
		.hl7_ack = "AE", .hl7_code = 101, .exit_code = 2,
	},
	[PROBLEM_DATA_TYPE] = {
		.name = "data-type", .http = 400,
		.registry_error = REG, .repository_error = REP,
		.hl7_ack = "AE", .hl7_code = 102, .exit_code = 2,
	},
	[PROBLEM_TABLE_VALUE] = {
		.name = "table-value", .http = 400,
		.registry_error = REG, .repository_error = REP,
		.hl7_ack = "AE", .hl7_code = 103, .exit_code = 2,
	},
	[PROBLEM_HEADER_MISSING] = {
		.name = "header-missing", .fault = FAULT_SENDER, .http = 400,
		.registry_error = REG, .repository_error = REP,
		.hl7_ack = "AR", .hl7_code = 101, .exit_code = 2,
	},
	[PROBLEM_HEADER_INVALID] = {
		.name = "header-invalid", .fault = FAULT_SENDER, .http = 400,
		.registry_error = REG, .repository_error = REP,
		.hl7_ack = "AR", .hl7_code = 102, .exit_code = 2,
	},
	[PROBLEM_SENDER_MISMATCH] = {
		.name = "sender-mismatch", .fault = FAULT_SENDER, .http = 403,
		.registry_error = REG, .repository_error = REP,
		.hl7_ack = "AR", .hl7_code = 103, .exit_code = 4,
		.remedy = "if the name is right, correct hl7-application or hl7-facility of that "
			  "system in minato.conf and reload",
	},
	[PROBLEM_MESSAGE_TYPE] = {
		.name = "message-type", .fault = FAULT_SENDER, .http = 400,
		.registry_error = REG, .repository_error = REP,
		.hl7_ack = "AR", .hl7_code = 200, .exit_code = 2,
	},
	[PROBLEM_EVENT] = {
		.name = "event", .fault = FAULT_SENDER, .http = 400,
		.registry_error = REG, .repository_error = REP,
		.hl7_ack = "AR", .hl7_code = 201, .exit_code = 2,
	},
	[PROBLEM_PROCESSING_ID] = {
		.name = "processing-id", .fault = FAULT_SENDER, .http = 400,
		.registry_error = REG, .repository_error = REP,
		.hl7_ack = "AR", .hl7_code = 202, .exit_code = 2,
	},
	[PROBLEM_VERSION_ID] = {
		.name = "version-id", .fault = FAULT_SENDER, .http = 400,
		.registry_error = REG, .repository_error = REP,
		.hl7_ack = "AR", .hl7_code = 203, .exit_code = 2,
	},
	[PROBLEM_UNKNOWN_KEY] = {
		.name = "unknown-key", .http = 404,
		.registry_error = "XDSUnknownPatientId", .repository_error = "XDSUnknownPatientId",
		.hl7_ack = "AE", .hl7_code = 204, .exit_code = 1,
	},
	[PROBLEM_DUPLICATE_KEY] = {
		.name = "duplicate-key", .http = 409,
		.registry_error = REG, .repository_error = REP,
		.hl7_ack = "AE", .hl7_code = 205, .exit_code = 1,
	},
	[PROBLEM_MERGE_REFUSED] = {
		.name = "merge-refused", .http = 409,
		.registry_error = REG, .repository_error = REP,
		.hl7_ack = "AE", .hl7_code = 204, .exit_code = 1,
	},
	[PROBLEM_MISSING_DOCUMENT] = {
		.name = "missing-document", .http = 400,
		.registry_error = "XDSMissingDocument", .repository_error = "XDSMissingDocument",
		.hl7_ack = "AE", .hl7_code = 101, .exit_code = 1,
	},
	[PROBLEM_MISSING_DOCUMENT_METADATA] = {
		.name = "missing-document-metadata", .http = 400,
		.registry_error = "XDSMissingDocumentMetadata",
		.repository_error = "XDSMissingDocumentMetadata",
		.hl7_ack = "AE", .hl7_code = 101, .exit_code = 1,
	},
	[PROBLEM_REGISTRY_METADATA] = {
		.name = "registry-metadata", .http = 400,
		.registry_error = "XDSRegistryMetadataError",
		.repository_error = "XDSRegistryMetadataError",
		.hl7_ack = "AE", .hl7_code = 102, .exit_code = 1,
	},
	[PROBLEM_REPOSITORY_METADATA] = {
		.name = "repository-metadata", .http = 400,
		.registry_error = "XDSRepositoryMetadataError",
		.repository_error = "XDSRepositoryMetadataError",
		.hl7_ack = "AE", .hl7_code = 102, .exit_code = 1,
	},
	[PROBLEM_REGISTRY_DUPLICATE_IN_MESSAGE] = {
		.name = "registry-duplicate-in-message", .http = 409,
		.registry_error = "XDSRegistryDuplicateUniqueIdInMessage",
		.repository_error = "XDSRegistryDuplicateUniqueIdInMessage",
		.hl7_ack = "AE", .hl7_code = 205, .exit_code = 1,
	},
	[PROBLEM_REPOSITORY_DUPLICATE_IN_MESSAGE] = {
		.name = "repository-duplicate-in-message", .http = 409,
		.registry_error = "XDSRepositoryDuplicateUniqueIdInMessage",
		.repository_error = "XDSRepositoryDuplicateUniqueIdInMessage",
		.hl7_ack = "AE", .hl7_code = 205, .exit_code = 1,
	},
	[PROBLEM_DUPLICATE_IN_REGISTRY] = {
		.name = "duplicate-in-registry", .http = 409,
		.registry_error = "XDSDuplicateUniqueIdInRegistry",
		.repository_error = "XDSDuplicateUniqueIdInRegistry",
		.hl7_ack = "AE", .hl7_code = 205, .exit_code = 1,
	},
	[PROBLEM_NON_IDENTICAL_HASH] = {
		.name = "non-identical-hash", .http = 409,
		.registry_error = "XDSNonIdenticalHash", .repository_error = "XDSNonIdenticalHash",
		.hl7_ack = "AE", .hl7_code = 205, .exit_code = 1,
	},
	[PROBLEM_NON_IDENTICAL_SIZE] = {
		.name = "non-identical-size", .http = 409,
		.registry_error = "XDSNonIdenticalSize", .repository_error = "XDSNonIdenticalSize",
		.hl7_ack = "AE", .hl7_code = 205, .exit_code = 1,
	},
	[PROBLEM_PATIENT_ID_DOES_NOT_MATCH] = {
		.name = "patient-id-does-not-match", .http = 409,
		.registry_error = "XDSPatientIdDoesNotMatch",
		.repository_error = "XDSPatientIdDoesNotMatch",
		.hl7_ack = "AE", .hl7_code = 204, .exit_code = 1,
	},
	[PROBLEM_UNKNOWN_PATIENT] = {
		.name = "unknown-patient", .http = 404,
		.registry_error = "XDSUnknownPatientId", .repository_error = "XDSUnknownPatientId",
		.hl7_ack = "AE", .hl7_code = 204, .exit_code = 1,
	},
	[PROBLEM_DEPRECATED_DOCUMENT] = {
		.name = "deprecated-document", .http = 409,
		.registry_error = "XDSRegistryDeprecatedDocumentError",
		.repository_error = "XDSRegistryDeprecatedDocumentError",
		.hl7_ack = "AE", .hl7_code = 207, .exit_code = 1,
	},
	[PROBLEM_REPLACES_ANOTHERS] = {
		.name = "replaces-anothers", .http = 403,
		.registry_error = REG, .repository_error = REP,
		.hl7_ack = "AE", .hl7_code = 207, .exit_code = 4,
		.remedy = "if that system is to correct other facilities' documents, say "
			  "replace-others in its section of minato.conf and reload",
	},
	[PROBLEM_TOO_MANY_RELATED] = {
		.name = "too-many-related", .http = 409,
		.registry_error = "XDSRegistryOutOfResources",
		.repository_error = "XDSRepositoryOutOfResources",
		.hl7_ack = "AE", .hl7_code = 207, .exit_code = 1,
		.remedy = "what hangs on one object holds up all who write when it is replaced: "
			  "see who relates so much to it",
	},
	[PROBLEM_UNRESOLVED_REFERENCE] = {
		.name = "unresolved-reference", .http = 404,
		.registry_error = "UnresolvedReferenceException",
		.repository_error = "UnresolvedReferenceException",
		.hl7_ack = "AE", .hl7_code = 204, .exit_code = 1,
	},
	[PROBLEM_REFERENCES_EXIST] = {
		.name = "references-exist", .http = 409,
		.registry_error = "ReferencesExistException",
		.repository_error = "ReferencesExistException",
		.hl7_ack = "AE", .hl7_code = 205, .exit_code = 4,
	},
	[PROBLEM_UNREFERENCED_OBJECT] = {
		.name = "unreferenced-object", .http = 409,
		.registry_error = "XDSUnreferencedObjectException",
		.repository_error = "XDSUnreferencedObjectException",
		.hl7_ack = "AE", .hl7_code = 205, .exit_code = 4,
	},
	[PROBLEM_REMOVES_ANOTHERS] = {
		.name = "removes-anothers", .http = 403,
		.registry_error = REG, .repository_error = "XDSRemoveDocumentsError",
		.hl7_ack = "AE", .hl7_code = 207, .exit_code = 4,
		.remedy = "a system removes what its facility submitted; if it keeps order for the "
			  "others as well, set remove-others in its system section",
	},
	[PROBLEM_REMOVE_DOCUMENTS] = {
		.name = "remove-documents", .http = 409,
		.registry_error = "XDSRemoveDocumentsError",
		.repository_error = "XDSRemoveDocumentsError",
		.hl7_ack = "AE", .hl7_code = 207, .exit_code = 4,
	},
	[PROBLEM_METADATA_UPDATE] = {
		.name = "metadata-update", .http = 409,
		.registry_error = "XDSMetadataUpdateError",
		.repository_error = "XDSMetadataUpdateError",
		.hl7_ack = "AE", .hl7_code = 207, .exit_code = 1,
	},
	[PROBLEM_METADATA_UPDATE_OPERATION] = {
		.name = "metadata-update-operation", .http = 400,
		.registry_error = "XDSMetadataUpdateOperationError",
		.repository_error = "XDSMetadataUpdateOperationError",
		.hl7_ack = "AE", .hl7_code = 102, .exit_code = 1,
	},
	[PROBLEM_METADATA_VERSION] = {
		.name = "metadata-version", .http = 409,
		.registry_error = "XDSMetadataVersionError",
		.repository_error = "XDSMetadataVersionError",
		.hl7_ack = "AE", .hl7_code = 204, .exit_code = 1,
	},
	[PROBLEM_PATIENT_RECONCILIATION] = {
		.name = "patient-reconciliation", .http = 409,
		.registry_error = "XDSPatientIDReconciliationError",
		.repository_error = "XDSPatientIDReconciliationError",
		.hl7_ack = "AE", .hl7_code = 204, .exit_code = 1,
	},
	[PROBLEM_METADATA_IDENTIFIER] = {
		.name = "metadata-identifier", .http = 409,
		.registry_error = "XDSMetadataIdentifierError",
		.repository_error = "XDSMetadataIdentifierError",
		.hl7_ack = "AE", .hl7_code = 102, .exit_code = 1,
	},
	[PROBLEM_OBJECT_TYPE] = {
		.name = "object-type", .http = 409,
		.registry_error = "XDSObjectTypeError",
		.repository_error = "XDSObjectTypeError",
		.hl7_ack = "AE", .hl7_code = 102, .exit_code = 1,
	},
	[PROBLEM_INVALID_REQUEST] = {
		.name = "invalid-request", .http = 400,
		.registry_error = "XDSInvalidRequestException",
		.repository_error = "XDSInvalidRequestException",
		.hl7_ack = "AE", .hl7_code = 102, .exit_code = 1,
	},
	[PROBLEM_UNMODIFIABLE] = {
		.name = "unmodifiable", .http = 409,
		.registry_error = "UnmodifiableMetadataError",
		.repository_error = "UnmodifiableMetadataError",
		.hl7_ack = "AE", .hl7_code = 102, .exit_code = 1,
	},
	[PROBLEM_METADATA_ANNOTATION] = {
		.name = "metadata-annotation", .http = 400,
		.registry_error = "XDSMetadataAnnotationError",
		.repository_error = "XDSMetadataAnnotationError",
		.hl7_ack = "AE", .hl7_code = 102, .exit_code = 1,
	},
	[PROBLEM_UPDATES_ANOTHERS] = {
		.name = "updates-anothers", .http = 403,
		.registry_error = REG,
		.repository_error = REP,
		.hl7_ack = "AE", .hl7_code = 207, .exit_code = 4,
		.remedy = "a system updates what its facility submitted; if it keeps order for the "
			  "others as well, set update-others in its system section",
	},
	[PROBLEM_LOCAL_POLICY] = {
		.name = "local-policy", .http = 403,
		.registry_error = "LocalPolicyRestrictionError",
		.repository_error = "LocalPolicyRestrictionError",
		.hl7_ack = "AE", .hl7_code = 207, .exit_code = 4,
		.remedy = "a system updates what its facility submitted; if it keeps order for the "
			  "others as well, set update-others in its system section",
	},
	[PROBLEM_INVALID_SIGNATURE] = {
		.name = "invalid-signature", .http = 409,
		.registry_error = REG, .repository_error = REP,
		.hl7_ack = "AE", .hl7_code = 207, .exit_code = 4,
		.remedy = "minato document signatures ID says what does not hold; region "
			  "invalid-signatures says whether such a one is kept",
	},
	[PROBLEM_UNKNOWN_QUERY] = {
		.name = "unknown-query", .http = 404,
		.registry_error = "XDSUnknownStoredQuery",
		.repository_error = "XDSUnknownStoredQuery",
		.hl7_ack = "AE", .hl7_code = 201, .exit_code = 1,
	},
	[PROBLEM_QUERY_MISSING_PARAMETER] = {
		.name = "query-missing-parameter", .http = 400,
		.registry_error = "XDSStoredQueryMissingParam",
		.repository_error = "XDSStoredQueryMissingParam",
		.hl7_ack = "AE", .hl7_code = 101, .exit_code = 1,
	},
	[PROBLEM_QUERY_PARAMETER_NUMBER] = {
		.name = "query-parameter-number", .http = 400,
		.registry_error = "XDSStoredQueryParamNumber",
		.repository_error = "XDSStoredQueryParamNumber",
		.hl7_ack = "AE", .hl7_code = 102, .exit_code = 1,
	},
	[PROBLEM_RESULT_NOT_SINGLE_PATIENT] = {
		.name = "result-not-single-patient", .http = 409,
		.registry_error = "XDSResultNotSinglePatient",
		.repository_error = "XDSResultNotSinglePatient",
		.hl7_ack = "AE", .hl7_code = 207, .exit_code = 1,
	},
	[PROBLEM_TOO_MANY_RESULTS] = {
		.name = "too-many-results", .http = 413,
		.registry_error = "XDSTooManyResults", .repository_error = "XDSTooManyResults",
		.hl7_ack = "AE", .hl7_code = 207, .exit_code = 1,
	},
	[PROBLEM_QUERY_INVALID] = {
		.name = "query-invalid", .http = 400,
		.registry_error = REG, .repository_error = REG,
		.hl7_ack = "AE", .hl7_code = 102, .exit_code = 1,
	},
	[PROBLEM_DOCUMENT_UNIQUE_ID] = {
		.name = "document-unique-id", .http = 404,
		.registry_error = "XDSDocumentUniqueIdError",
		.repository_error = "XDSDocumentUniqueIdError",
		.hl7_ack = "AE", .hl7_code = 204, .exit_code = 1,
	},
	[PROBLEM_DOCUMENT_REFUSED] = {
		.name = "document-refused", .http = 403,
		.registry_error = "DocumentAccessNotAuthorized",
		.repository_error = "DocumentAccessNotAuthorized",
		.hl7_ack = "AE", .hl7_code = 207, .exit_code = 4,
	},
	[PROBLEM_UNKNOWN_REPOSITORY] = {
		.name = "unknown-repository", .http = 404,
		.registry_error = "XDSUnknownRepositoryId",
		.repository_error = "XDSUnknownRepositoryId",
		.hl7_ack = "AE", .hl7_code = 204, .exit_code = 1,
	},
	[PROBLEM_UNKNOWN_COMMUNITY] = {
		.name = "unknown-community", .http = 404,
		.registry_error = "XDSUnknownCommunity", .repository_error = "XDSUnknownCommunity",
		.hl7_ack = "AE", .hl7_code = 204, .exit_code = 1,
	},
	[PROBLEM_MISSING_HOME_COMMUNITY] = {
		.name = "missing-home-community", .http = 400,
		.registry_error = "XDSMissingHomeCommunityId",
		.repository_error = "XDSMissingHomeCommunityId",
		.hl7_ack = "AE", .hl7_code = 101, .exit_code = 1,
	},
	[PROBLEM_UNAVAILABLE_COMMUNITY] = {
		.name = "unavailable-community", .fault = FAULT_RECEIVER, .http = 503,
		.retry_seconds = 30,
		.registry_error = "XDSUnavailableCommunity",
		.repository_error = "XDSUnavailableCommunity",
		.hl7_ack = "AR", .hl7_code = 207, .exit_code = 5,
		.remedy = "see whether that community's gateway is up, and whether the section of "
			  "that partner in minato.conf is right",
	},
	[PROBLEM_COMMUNITY_CONTRADICTS] = {
		.name = "community-contradicts", .fault = FAULT_RECEIVER, .http = 502,
		.registry_error = REG, .repository_error = REP,
		.hl7_ack = "AE", .hl7_code = 207, .exit_code = 1,
		.remedy = "tell that community's operator what its gateway answered; see by minato "
			  "partner show whether the patient is the one it knows by that id",
	},
	[PROBLEM_MISSING_COMMUNITY] = {
		.name = "missing-community", .http = 400,
		.registry_error = "XDSMissingHomeCommunityId",
		.repository_error = "XDSMissingHomeCommunityId",
		.hl7_ack = "AE", .hl7_code = 101, .exit_code = 1,
	},
	[PROBLEM_EXTRA_METADATA_NOT_SAVED] = {
		.name = "extra-metadata-not-saved", .http = 200,
		.registry_error = "XDSExtraMetadataNotSaved",
		.repository_error = "XDSExtraMetadataNotSaved",
		.hl7_ack = "AA",
	},
	[PROBLEM_UNKNOWN_RECIPIENT] = {
		.name = "unknown-recipient", .http = 404,
		.registry_error = "UnknownRecipient",
		.repository_error = "UnknownRecipient",
		.hl7_ack = "AE", .hl7_code = 204, .exit_code = 1,
	},
	[PROBLEM_INVALID_DOCUMENT_CONTENT] = {
		.name = "invalid-document-content", .http = 400,
		.registry_error = "InvalidDocumentContent",
		.repository_error = "InvalidDocumentContent",
		.hl7_ack = "AE", .hl7_code = 102, .exit_code = 1,
	},
	[PROBLEM_FOLDER_NOT_PROCESSED] = {
		.name = "folder-not-processed", .http = 200,
		.registry_error = "PartialFolderContentNotProcessed",
		.repository_error = "PartialFolderContentNotProcessed",
		.hl7_ack = "AA",
	},
	[PROBLEM_RELATIONSHIP_NOT_PROCESSED] = {
		.name = "relationship-not-processed", .http = 200,
		.registry_error = "PartialRelationshipContentNotProcessed",
		.repository_error = "PartialRelationshipContentNotProcessed",
		.hl7_ack = "AA",
	},
	[PROBLEM_REPLACE_NOT_PROCESSED] = {
		.name = "replace-not-processed", .http = 200,
		.registry_error = "PartialReplaceContentNotProcessed",
		.repository_error = "PartialReplaceContentNotProcessed",
		.hl7_ack = "AA",
	},
	[PROBLEM_APPEND_NOT_PROCESSED] = {
		.name = "append-not-processed", .http = 200,
		.registry_error = "PartialAppendContentNotProcessed",
		.repository_error = "PartialAppendContentNotProcessed",
		.hl7_ack = "AA",
	},
	[PROBLEM_TRANSFORM_NOT_PROCESSED] = {
		.name = "transform-not-processed", .http = 200,
		.registry_error = "PartialTransformNotProcessed",
		.repository_error = "PartialTransformNotProcessed",
		.hl7_ack = "AA",
	},
	[PROBLEM_TRANSFORM_REPLACE_NOT_PROCESSED] = {
		.name = "transform-replace-not-processed", .http = 200,
		.registry_error = "PartialTransformReplaceNotProcessed",
		.repository_error = "PartialTransformReplaceNotProcessed",
		.hl7_ack = "AA",
	},
	[PROBLEM_FILTER_INVALID] = {
		.name = "filter-invalid", .fault = FAULT_SENDER, .http = 400,
		.fault_element = "wsnt:InvalidFilterFault",
		.registry_error = REG, .repository_error = REP,
		.hl7_ack = "AE", .hl7_code = 102, .exit_code = 1,
	},
	[PROBLEM_TOPIC_DIALECT] = {
		.name = "topic-dialect", .fault = FAULT_SENDER, .http = 400,
		.fault_element = "wsnt:TopicExpressionDialectUnknownFault",
		.registry_error = REG, .repository_error = REP,
		.hl7_ack = "AE", .hl7_code = 102, .exit_code = 1,
	},
	[PROBLEM_TOPIC_INVALID] = {
		.name = "topic-invalid", .fault = FAULT_SENDER, .http = 400,
		.fault_element = "wsnt:InvalidTopicExpressionFault",
		.registry_error = REG, .repository_error = REP,
		.hl7_ack = "AE", .hl7_code = 102, .exit_code = 1,
	},
	[PROBLEM_TOPIC_NOT_SUPPORTED] = {
		.name = "topic-not-supported", .fault = FAULT_SENDER, .http = 400,
		.fault_element = "wsnt:TopicNotSupportedFault",
		.registry_error = REG, .repository_error = REP,
		.hl7_ack = "AE", .hl7_code = 103, .exit_code = 1,
	},
	[PROBLEM_POLICY_UNKNOWN] = {
		.name = "policy-unknown", .fault = FAULT_SENDER, .http = 400,
		.fault_element = "wsnt:UnrecognizedPolicyRequestFault",
		.registry_error = REG, .repository_error = REP,
		.hl7_ack = "AE", .hl7_code = 103, .exit_code = 1,
	},
	[PROBLEM_TERMINATION_TIME] = {
		.name = "termination-time", .fault = FAULT_SENDER, .http = 400,
		.fault_element = "wsnt:UnacceptableInitialTerminationTimeFault",
		.registry_error = REG, .repository_error = REP,
		.hl7_ack = "AE", .hl7_code = 102, .exit_code = 1,
	},
	[PROBLEM_SUBSCRIPTIONS_FULL] = {
		.name = "subscriptions-full", .fault = FAULT_RECEIVER, .http = 507,
		.fault_element = "wsnt:SubscribeCreationFailedFault",
		.registry_error = REG, .repository_error = REP,
		.hl7_ack = "AE", .hl7_code = 207, .exit_code = 4,
		.remedy = "see by minato subscription list which there are; what nobody wants any "
			  "more is ended by minato subscription end",
	},
	[PROBLEM_SUBSCRIPTION_UNKNOWN] = {
		.name = "subscription-unknown", .fault = FAULT_SENDER, .http = 404,
		.fault_element = "wsrf-r:ResourceUnknownFault",
		.registry_error = REG, .repository_error = REP,
		.hl7_ack = "AE", .hl7_code = 204, .exit_code = 1,
	},
	[PROBLEM_PULL_POINTS_FULL] = {
		.name = "pull-points-full", .fault = FAULT_RECEIVER, .http = 507,
		.fault_element = "wsnt:UnableToCreatePullPointFault",
		.registry_error = REG, .repository_error = REP,
		.hl7_ack = "AE", .hl7_code = 207, .exit_code = 4,
		.remedy = "have that system destroy the pull points it does not use any more",
	},
	[PROBLEM_PULL_POINT_UNKNOWN] = {
		.name = "pull-point-unknown", .fault = FAULT_SENDER, .http = 404,
		.fault_element = "wsrf-r:ResourceUnknownFault",
		.registry_error = REG, .repository_error = REP,
		.hl7_ack = "AE", .hl7_code = 204, .exit_code = 1,
	},
	[PROBLEM_PULL_POINT_IN_USE] = {
		.name = "pull-point-in-use", .fault = FAULT_SENDER, .http = 409,
		.fault_element = "wsnt:UnableToDestroyPullPointFault",
		.registry_error = REG, .repository_error = REP,
		.hl7_ack = "AE", .hl7_code = 207, .exit_code = 4,
	},
	[PROBLEM_REGISTRY_NOT_AVAILABLE] = {
		.name = "registry-not-available", .fault = FAULT_RECEIVER, .http = 503,
		.retry_seconds = 30,
		.registry_error = "XDSRegistryNotAvailable",
		.repository_error = "XDSRegistryNotAvailable",
		.hl7_ack = "AR", .hl7_code = 207, .exit_code = 5,
		.remedy = "see whether that registry is up, and whether the section of that "
			  "partner in minato.conf is right; nothing was stored",
	},
	[PROBLEM_REGISTRY_REFUSED] = {
		.name = "registry-refused", .http = 400,
		.registry_error = REG, .repository_error = REP,
		.hl7_ack = "AE", .hl7_code = 207, .exit_code = 1,
	},
	[PROBLEM_STORE_FULL] = {
		.name = "store-full", .fault = FAULT_RECEIVER, .http = 503,
		.retry_seconds = 60,
		.registry_error = "XDSRegistryOutOfResources",
		.repository_error = "XDSRepositoryOutOfResources",
		.hl7_ack = "AR", .hl7_code = 207, .exit_code = 1,
		.remedy = "make room on the disk that holds the data directory; service resumes "
			  "by itself, nothing accepted is lost",
	},
	[PROBLEM_DISK_QUOTA] = {
		.name = "disk-quota", .http = 507,
		.registry_error = "XDSRegistryOutOfResources",
		.repository_error = "XDSRepositoryOutOfResources",
		.hl7_ack = "AE", .hl7_code = 207, .exit_code = 1,
		.remedy = "see by minato status who has how much of the disk; if that is honest, "
			  "raise disk-quota of that system in minato.conf and reload",
	},
	[PROBLEM_INBOX_FULL] = {
		.name = "inbox-full", .http = 507,
		.registry_error = "XDSRegistryOutOfResources",
		.repository_error = "XDSRepositoryOutOfResources",
		.hl7_ack = "AE", .hl7_code = 207, .exit_code = 1,
		.remedy = "have the facility take what waits for it (minato inbox list) and drop "
			  "what it has, or raise quota of that inbox in minato.conf and reload",
	},
	[PROBLEM_OUT_OF_RESOURCES] = {
		.name = "out-of-resources", .fault = FAULT_RECEIVER, .http = 503,
		.registry_error = "XDSRegistryOutOfResources",
		.repository_error = "XDSRepositoryOutOfResources",
		.hl7_ack = "AR", .hl7_code = 207, .exit_code = 1,
		.remedy = "raise exchange-memory in minato.conf and reload, if such requests are "
			  "honest",
	},
	[PROBLEM_BUSY] = {
		.name = "busy", .fault = FAULT_RECEIVER, .http = 503,
		.retry_seconds = 1,
		.registry_error = "XDSRegistryBusy", .repository_error = "XDSRepositoryBusy",
		.hl7_ack = "AR", .hl7_code = 207, .exit_code = 5,
	},
	[PROBLEM_RATE] = {
		.name = "rate-limit", .fault = FAULT_RECEIVER, .http = 503,
		.retry_seconds = 1,
		.registry_error = "XDSRegistryBusy", .repository_error = "XDSRepositoryBusy",
		.hl7_ack = "AR", .hl7_code = 207, .exit_code = 5,
		.remedy = "if that much is honest, raise requests-per-second or exchanges-at-once "
			  "of its section and reload",
	},
	[PROBLEM_INTERNAL] = {
		.name = "internal", .fault = FAULT_RECEIVER, .http = 500,
		.registry_error = REG, .repository_error = REP,
		.hl7_ack = "AR", .hl7_code = 207, .exit_code = 1,
		.remedy = "read the lines above this one in the log",
	},
	[PROBLEM_AUDIT_UNAVAILABLE] = {
		.name = "audit-unavailable", .fault = FAULT_RECEIVER, .http = 503,
		.retry_seconds = 5,
		.registry_error = REG, .repository_error = REP,
		.hl7_ack = "AR", .hl7_code = 207, .exit_code = 1,
		.remedy = "the audit log could not be written, so nothing is answered: see the "
			  "store's problem above",
	},
	[PROBLEM_OUTBOX_FULL] = {
		.name = "outbox-full", .fault = FAULT_RECEIVER, .http = 503,
		.retry_seconds = 60,
		.registry_error = "XDSRegistryBusy", .repository_error = "XDSRepositoryBusy",
		.hl7_ack = "AR", .hl7_code = 207, .exit_code = 1,
		.remedy = "see by minato errand list what waits and why; what nobody wants any "
			  "more is dropped by minato errand drop",
	},
	[PROBLEM_ANSWERS_FULL] = {
		.name = "answers-full", .fault = FAULT_RECEIVER, .http = 503,
		.retry_seconds = 5,
		.registry_error = "XDSRegistryBusy", .repository_error = "XDSRepositoryBusy",
		.hl7_ack = "AR", .hl7_code = 207, .exit_code = 1,
		.remedy = "see who asks for so much and does not read it; if that is honest, raise "
			  "answers-disk in minato.conf and reload",
	},
	[PROBLEM_NO_PLACE] = {
		.name = "no-place", .fault = FAULT_RECEIVER, .http = 503,
		.retry_seconds = 60,
		.registry_error = REG, .repository_error = REP,
		.hl7_ack = "AR", .hl7_code = 207, .exit_code = 1,
		.remedy = "minato status shows what is under way: ask again when some of it is "
			  "over, or raise long-work-waiting in minato.conf and reload",
	},
	[PROBLEM_CANCELLED] = {
		.name = "cancelled", .fault = FAULT_RECEIVER, .http = 409,
		.registry_error = REG, .repository_error = REP,
		.hl7_ack = "AR", .hl7_code = 207, .exit_code = 1,
	},
	[PROBLEM_REQUEST_INVALID] = {
		.name = "request-invalid", .fault = FAULT_SENDER, .http = 400,
		.registry_error = REG, .repository_error = REP,
		.hl7_ack = "AE", .hl7_code = 102, .exit_code = 2,
	},
	[PROBLEM_NOT_FOUND] = {
		.name = "not-found", .fault = FAULT_SENDER, .http = 404,
		.registry_error = REG, .repository_error = REP,
		.hl7_ack = "AE", .hl7_code = 204, .exit_code = 1,
	},
	[PROBLEM_CONFLICT] = {
		.name = "conflict", .fault = FAULT_SENDER, .http = 409,
		.registry_error = REG, .repository_error = REP,
		.hl7_ack = "AE", .hl7_code = 205, .exit_code = 1,
	},
	[PROBLEM_CONFIGURATION] = {
		.name = "configuration", .fault = FAULT_RECEIVER, .http = 500,
		.registry_error = REG, .repository_error = REP,
		.hl7_ack = "AE", .hl7_code = 207, .exit_code = 3,
	},
	[PROBLEM_ACTOR_OFF] = {
		.name = "actor-off", .fault = FAULT_SENDER, .http = 409,
		.registry_error = REG, .repository_error = REP,
		.hl7_ack = "AR", .hl7_code = 200, .exit_code = 4,
		.remedy = "switch that actor on (actors in minato.conf) and reload",
	},
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
	p->form = what;
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

bool problem_said(struct problem *p, enum problem_code code, const char *where, const char *words)
{
	bool first = p != NULL && p->code == PROBLEM_NONE;
	problem_at(p, code, where, "%s", words);
	if (first)
		p->form = words;
	return false;
}
