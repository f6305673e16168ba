/* profiles/actors/across_border.c: what of metadata another community is told. */
#include "profiles/actors/across_border.h"

#include <string.h>

#include "gateway/base/text.h"
#include "profiles/actors/submitter.h"
#include "schemas/model/document.h"
#include "schemas/model/region.h"

enum { CX_CARETS = 3, DOMAIN_MOST = 128 }; /* before CX.4; octets of an OID, and more */

/* CXi: an id, and the domain it is of. Patients' domains are the region's. */
static bool numbers_in_a_domain(const struct region *r, const char *cxi)
{
	size_t length = 0;
	for (unsigned carets = 0; cxi[length] != '\0'; length++)
		if (cxi[length] == '^' && ++carets == CX_CARETS + 1)
			break;
	char domain[DOMAIN_MOST];
	const char *from = memchr(cxi, '&', length);
	size_t octets = from == NULL ? 0 : strcspn(from + 1, "&^");
	if (octets == 0 || octets >= sizeof domain)
		return false;
	memcpy(domain, from + 1, octets);
	domain[octets] = '\0';
	return region_domain(r, domain, NULL) != NULL;
}

/* Orders and accessions have domains of their own. */
static void leave_out_patients_ids(const struct region *r, struct text_value **v)
{
	while (*v != NULL)
		if (numbers_in_a_domain(r, (*v)->value))
			*v = (*v)->next;
		else
			v = &(*v)->next;
}

void across_border_slots(struct slot **slot)
{
	while (*slot != NULL)
		if (text_equal((*slot)->name, SUBMITTER_SLOT))
			slot = &(*slot)->next;
		else
			*slot = (*slot)->next;
}

void across_border_entry(const struct region *r, struct document_entry *e)
{
	e->home_community_id = r->home_community_id;
	e->source_patient_id = e->patient_id;
	e->source_patient_info = NULL;
	e->uri = NULL;
	leave_out_patients_ids(r, &e->reference_ids);
	across_border_slots(&e->extra);
}
