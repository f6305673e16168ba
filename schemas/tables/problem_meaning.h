/* schemas/tables/problem_meaning.h: what a problem means, in words for a person, and what whoever
 * sent the message can do about it. What the operator can do is the remedy of its problem_row. */
#ifndef SCHEMAS_TABLES_PROBLEM_MEANING_H
#define SCHEMAS_TABLES_PROBLEM_MEANING_H

#include "schemas/tables/problem.h"

struct problem_meaning {
	const char *meaning, *sender; /* sentences; sender NULL: nothing of the sender's */
};

/* Never NULL; a problem without words of its own has empty ones, and tests/base say so. */
const struct problem_meaning *problem_meaning(enum problem_code code);

/* "Sender", "Receiver" ...: of the SOAP fault it is answered with; NULL: it is no fault. */
const char *problem_fault_name(enum problem_code code);
/* Whether an answer may call it so: our name, the XDS error, the code of HL7 table 0357, the SOAP
 * fault or its subcode, with or without prefix, the HTTP status. Several problems may share a
 * code. */
bool problem_is_called(enum problem_code code, const char *name);

#endif
