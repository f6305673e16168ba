/* gateway/transport/fault.h: why a door refuses, in our own words only: it is for answer, log and
 * audit record, where what a peer wrote has no place. */
#ifndef GATEWAY_TRANSPORT_FAULT_H
#define GATEWAY_TRANSPORT_FAULT_H

#include <stdint.h>

struct door_fault {
	int status;      /* HTTP's; also what a frame's fault is like */
	const char *why; /* static */
	/* the limit that was passed, and the key that sets it; key NULL: none was */
	const char *key, *unit;
	uint64_t limit;
};

#endif
