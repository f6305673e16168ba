/* gateway/envelope/code_system_oid.h: the OID that XDS calls a code system by, where FHIR has a
 * URL. */
#ifndef GATEWAY_ENVELOPE_CODE_SYSTEM_OID_H
#define GATEWAY_ENVELOPE_CODE_SYSTEM_OID_H

/* "urn:oid:..." too, and an OID as it is. NULL: none is known. Borrowed from it, or static. */
const char *code_system_oid(const char *system);

#endif
