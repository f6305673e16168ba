/* schemas/model/assertion.c: what a purpose of use is called on the other side. */
#include "schemas/model/assertion.h"

#include <string.h>

const struct purpose_row *purpose_row_of(const struct purpose_row *rows, const char *code,
					 const char *scheme)
{
	for (; rows->code != NULL; rows++)
		if (strcmp(rows->code, code) == 0 && strcmp(rows->scheme, scheme) == 0)
			return rows;
	return NULL;
}
