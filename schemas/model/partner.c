/* schemas/model/partner.c: what a partner is for, where it is called, and in which dialect. */
#include "schemas/model/partner.h"

#include <string.h>

const char *partner_purpose_name(enum partner_purpose p)
{
	static const char *const names[PARTNER_PURPOSES] = {
		[PARTNER_ANSWERS] = "answers",
		[PARTNER_REGISTRY] = "registry",
		[PARTNER_PIX_NOTIFICATIONS] = "pix-notifications",
		[PARTNER_SUBSCRIPTIONS] = "subscriptions",
		[PARTNER_PATIENT_NOTICES] = "patient-notices",
		[PARTNER_COMMUNITY] = "community",
	};
	return names[p];
}

const char *partner_address(const struct partner *p, enum partner_address which)
{
	const char *own = which == PARTNER_QUERY      ? p->query_url
			  : which == PARTNER_RETRIEVE ? p->retrieve_url
			  : which == PARTNER_SUBMIT   ? p->submit_url
						      : NULL;
	return own != NULL ? own : p->url;
}

bool partner_by_mllp(const char *url)
{
	static const char scheme[] = "mllps://";
	return strncmp(url, scheme, sizeof scheme - 1) == 0;
}
