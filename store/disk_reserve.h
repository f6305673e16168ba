/* store/disk_reserve.h: room on the store's disk that is kept for audit records, and for recovery.
 *
 * A read is not answered before its audit record is kept, so a full disk would end all reads; nor
 * does a store open on one whose trees lack what they were to grow by. A reserve is a file that is
 * given back to the disk piece by piece while there is no other room, and made whole again when
 * there is. Whoever writes anything else counts what was given back as not there. One thread at a
 * time. */
#ifndef STORE_DISK_RESERVE_H
#define STORE_DISK_RESERVE_H

#include <stdbool.h>
#include <stdint.h>

struct disk_reserve {
	const char *path;
	uint64_t octets; /* as it is whole; 0: there is none */
	uint64_t lacks;  /* given back, or never had */
};

/* As the file is found. path lives as long as the reserve. */
void disk_reserve_open(struct disk_reserve *r, const char *path, uint64_t octets);
/* A piece of it to the disk. False: there is no more. */
bool disk_reserve_give(struct disk_reserve *r);
/* Makes it whole again, when so much would be left beside it; left: octets on the disk now. */
void disk_reserve_fill(struct disk_reserve *r, uint64_t left, uint64_t beside);

#endif
