/* schemas/model/requester.c: by what name. */
#include "schemas/model/requester.h"

#include <stddef.h>

const char *requester_name(const struct requester *who)
{
	return who->system != NULL ? who->system->name : who->person.name;
}
