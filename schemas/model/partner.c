/* schemas/model/partner.c: what the address of a partner says of its dialect. */
#include "schemas/model/partner.h"

#include <string.h>

bool partner_by_mllp(const char *url)
{
	static const char scheme[] = "mllps://";
	return strncmp(url, scheme, sizeof scheme - 1) == 0;
}
