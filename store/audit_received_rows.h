/* store/audit_received_rows.h: between the files of the records received from others, and for
 * nobody else. */
#ifndef STORE_AUDIT_RECEIVED_ROWS_H
#define STORE_AUDIT_RECEIVED_ROWS_H

#include "store/audit_received.h"
#include "store/keys.h"

enum {
	SPACE_ENTRY = SPACE_RECEIVED_FIRST,
	SPACE_HEAD,
	SPACE_BY_TIME,
	SPACE_BY_SOURCE,
	SPACE_BY_PATIENT,
	SPACE_FIRST,
	SPACE_USED, /* SPACE_RECEIVED_CHECKPOINT is the next */
};
/* What an entry takes beside its octets: keys and indices of some 60 octets each. */
enum { RECEIVED_EACH = 512 };

/* The index's or the count's key up to what stands behind the source. */
struct key received_source_key(unsigned char space, const char *source);
/* Of one node: nothing, where it has no row. */
struct received_usage received_counted(struct store_txn *t, const char *source, uint64_t node);
bool received_count_put(struct store_txn *t, const char *source, uint64_t node,
			const struct received_usage *u);

#endif
