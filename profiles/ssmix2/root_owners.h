/* profiles/ssmix2/root_owners.h: whose root a folder is, by whatever path it is reached.
 *
 * A root is one facility's: by a link, or mounted twice, another's storage would be taken in as its
 * own. Paths do not tell that; device and inode do. Any thread may ask. */
#ifndef PROFILES_SSMIX2_ROOT_OWNERS_H
#define PROFILES_SSMIX2_ROOT_OWNERS_H

#include "profiles/ssmix2/import_roots.h"

#include <sys/types.h>

struct root_id {
	dev_t device;
	ino_t inode;
};

/* False: there is no such folder. */
bool root_id_of(const char *directory, struct root_id *out);
bool root_id_equal(const struct root_id *a, const struct root_id *b);

struct root_owners;

struct root_owners *root_owners_create(void);
void root_owners_destroy(struct root_owners *o);

/* From here on these roots, and no others, are that storage's (known by its address). False: one is
 * another facility's, p names both, and the storage has none. o NULL: nobody else has any. */
bool root_owners_claim(struct root_owners *o, const void *storage, const char *facility,
		       const struct storage_roots *roots, struct problem *p);
void root_owners_leave(struct root_owners *o, const void *storage);

#endif
