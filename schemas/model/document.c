/* schemas/model/document.c: the URNs of associations and states, ITI TF-3: 4.2.2 and 4.2.5. */
#include "schemas/model/document.h"

#include <stddef.h>
#include <string.h>

bool document_is_form(const struct document_entry *e)
{
	return e->sources != NULL && e->sources->document != NULL;
}

struct document_entry document_as_form(const struct document_entry *of)
{
	struct document_entry e = *of;
	e.id = e.logical_id = e.unique_id = NULL;
	e.type = ENTRY_ON_DEMAND;
	e.title = e.comments = NULL;
	e.format_code = NULL;
	e.mime_type = e.repository_unique_id = e.uri = e.document_availability = NULL;
	e.creation_time = e.hash = e.size = e.legal_authenticator = NULL;
	e.extra = NULL;
	e.sources = NULL;
	e.next = NULL;
	return e;
}

static const struct {
	enum association_type type;
	const char *urn;
} types[] = {
	{ ASSOCIATION_HAS_MEMBER, "urn:oasis:names:tc:ebxml-regrep:AssociationType:HasMember" },
	{ ASSOCIATION_RPLC, "urn:ihe:iti:2007:AssociationType:RPLC" },
	{ ASSOCIATION_APND, "urn:ihe:iti:2007:AssociationType:APND" },
	{ ASSOCIATION_XFRM, "urn:ihe:iti:2007:AssociationType:XFRM" },
	{ ASSOCIATION_XFRM_RPLC, "urn:ihe:iti:2007:AssociationType:XFRM_RPLC" },
	{ ASSOCIATION_SIGNS, "urn:ihe:iti:2007:AssociationType:signs" },
	{ ASSOCIATION_IS_SNAPSHOT_OF, "urn:ihe:iti:2010:AssociationType:IsSnapshotOf" },
	{ ASSOCIATION_UPDATE_AVAILABILITY_STATUS,
	  "urn:ihe:iti:2010:AssociationType:UpdateAvailabilityStatus" },
	{ ASSOCIATION_SUBMIT_ASSOCIATION, "urn:ihe:iti:2010:AssociationType:SubmitAssociation" },
};

enum { TYPES = sizeof types / sizeof types[0] };

const char *association_type_urn(enum association_type type)
{
	for (size_t i = 0; i < TYPES; i++)
		if (types[i].type == type)
			return types[i].urn;
	return NULL;
}

enum association_type association_type_of(const char *urn)
{
	for (size_t i = 0; urn != NULL && i < TYPES; i++)
		if (strcmp(types[i].urn, urn) == 0)
			return types[i].type;
	return ASSOCIATION_UNKNOWN;
}

static const char approved[] = "urn:oasis:names:tc:ebxml-regrep:StatusType:Approved";
static const char deprecated[] = "urn:oasis:names:tc:ebxml-regrep:StatusType:Deprecated";

const char *availability_status_urn(enum availability_status status)
{
	return status == STATUS_APPROVED     ? approved
	       : status == STATUS_DEPRECATED ? deprecated
					     : NULL;
}
