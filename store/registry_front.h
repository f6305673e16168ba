/* store/registry_front.h: the front of an object's record, which is never packed. Only
 * store/registry_record.c and store/registry_front.c include this. */
#ifndef STORE_REGISTRY_FRONT_H
#define STORE_REGISTRY_FRONT_H

#include <stdbool.h>

#include "gateway/base/bytes.h"
#include "schemas/model/document.h"
#include "store/registry_record.h"

enum { FORM = 2 }; /* of the octets */
/* The offsets; what kind of entry, or of association, stands above the status. */
enum { AT_FORM, AT_STATUS, AT_ID, AT_SYSTEM = AT_ID + UUID_OCTETS };
enum {
	AT_SOURCE = AT_SYSTEM,
	AT_TARGET = AT_SOURCE + UUID_OCTETS,
	ASSOCIATION_FRONT = AT_TARGET + UUID_OCTETS
};
/* Octets of a record's number among the sources; no number has the highest bit. */
enum { SOURCE_SUBJECT = 8, SOURCE_IS_FORM = 0x80 };
enum { STATUS_BITS = 2, STATUS_MASK = 3, KIND_MASK = 0x1f, ENTRY_KIND_MASK = 0x03 };
/* Of an entry or a set: it was made of others', and behind the system's name stand their number (an
 * octet) and of each the record (eight octets) and the system, with its NUL; where the record's
 * first octet has SOURCE_IS_FORM, the document's logical id, too. Of an entry: it says whose
 * community it is of, which a reference to it says, too; its documentAvailability is Offline. Of an
 * entry or a folder: there is a newer version of it. */
enum { IS_MADE = 0x10, IS_OFFLINE = 0x20, IS_FORMER = 0x40, HAS_HOME = 0x80 };

/* Of all but an association. */
struct front {
	enum availability_status status;
	unsigned kind;
	bool has_home, former, offline;
	const unsigned char *uuid;
	const char *system; /* NULL: nobody's */
	struct bytes sources, packed;
};
bool record_front(struct bytes record, struct front *f); /* false: it is none */
void record_put_system(struct buffer *out, const char *system);
void record_put_source(struct buffer *out, const struct object_source *s);

#endif
