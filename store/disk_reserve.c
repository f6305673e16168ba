/* store/disk_reserve.c: room on the store's disk that is not for everybody. */
#include "store/disk_reserve.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gateway/base/regular_file.h"

/* Less than what documents leave of the disk beyond what writing needs (store/blob_files.c), so
 * that none takes what is given back. */
enum { PIECE = 2 << 20 };

void disk_reserve_open(struct disk_reserve *r, const char *path, uint64_t octets)
{
	struct stat st;
	*r = (struct disk_reserve){ .path = path, .octets = octets, .lacks = octets };
	if (octets != 0 && stat(path, &st) == 0 && (uint64_t)st.st_size <= octets)
		r->lacks -= (uint64_t)st.st_size;
}

bool disk_reserve_give(struct disk_reserve *r)
{
	uint64_t has = r->octets - r->lacks, piece = has < PIECE ? has : PIECE;
	if (piece == 0 || truncate(r->path, (off_t)(has - piece)) != 0)
		return false;
	r->lacks += piece;
	return true;
}

/* Its octets are allotted, not only promised. */
void disk_reserve_fill(struct disk_reserve *r, uint64_t left, uint64_t beside)
{
	if (r->lacks == 0 || left < beside || left - beside < r->lacks)
		return;
	int fd = regular_open(r->path, O_WRONLY | O_CREAT | O_NOFOLLOW);
	if (fd < 0)
		return;
	if (ftruncate(fd, (off_t)(r->octets - r->lacks)) == 0
	    && posix_fallocate(fd, 0, (off_t)r->octets) == 0)
		r->lacks = 0;
	close(fd);
}
