/* schemas/tables/code_systems.h: code systems by their names in HL7 v2 messages ("HOT", "JC10"). */
#ifndef SCHEMAS_TABLES_CODE_SYSTEMS_H
#define SCHEMAS_TABLES_CODE_SYSTEMS_H

#include <stdbool.h>
#include <stddef.h>

/* Of codes of that length (0: any) that begin so (NULL: any). */
struct code_system {
	const char *name;
	size_t length;
	const char *prefix;
	const char *oid; /* NULL: none is known */
	const char *url;
};
/* NULL: nobody but the facility knows it. */
const struct code_system *code_system_of(const char *name, const char *code);

#endif
