/* profiles/ssmix2/export_copy.h: a delegated storage goes home: its files into a new directory.
 *
 *	CODE/...			each root of the facility, as it stands
 *	transaction/CODE/YYYY/...	its transaction storage
 *	index/SSMIXIDX.csv		its index, a row a file (HS026: index database)
 *	SHA256SUMS			every other file, as `sha256sum -c` reads it
 *
 * The directory gets its name when it is whole, on the disk. The index is a table of a database of
 * the product's own where a hospital has one; nothing of ours asks it, so it is made when it is
 * needed, of what it tells of: it cannot be behind. A folder is copied while nobody writes to the
 * storage, and let go before the next one: of a key all is of one moment. */
#ifndef PROFILES_SSMIX2_EXPORT_COPY_H
#define PROFILES_SSMIX2_EXPORT_COPY_H

#include <stdint.h>

#include "profiles/ssmix2/import_roots.h"
#include "profiles/transaction.h"

struct export_copied {
	uint64_t files, octets;
	uint64_t messages;  /* of them, those of the roots */
	uint64_t passed_by; /* what is neither a file nor a folder */
};

struct export_copy {
	struct exchange *x; /* problem, stopping, progress, arena */
	const struct registered_system *facility;
	const struct storage_roots *roots;
	const char *storage, *directory; /* the delegated one; the new one: both absolute */
	/* Another patient's folder is reached; NULL: all have been, and the directory gets its name
	 * next. False: the export ends, by the problem. */
	bool (*patient)(void *self, const char *id);
	void *self;
	struct export_copied copied;
};
/* False: x->problem; nothing is left. */
bool export_copy(struct export_copy *c);

#endif
