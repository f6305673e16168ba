/* store/pack_files.c: pack files as files. */
#include "store/pack_files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "gateway/base/progress.h"
#include "gateway/base/regular_file.h"
#include "store/backup_files.h"
#include "store/blob_files.h"
#include "store/pack_record.h"

enum { PATH = 4096, NODE_SHIFT = 32 };

bool pack_file_failed(const char *doing, int code, struct problem *p)
{
	bool full = code == ENOSPC || code == EDQUOT || code == EFBIG;
	return problem_set(p, full ? PROBLEM_STORE_FULL : PROBLEM_INTERNAL,
			   "could not %s a document: %s", doing, regular_why(code));
}

void pack_file_name(uint64_t pack, char name[PACK_NAME])
{
	snprintf(name, PACK_NAME, "%u-%u.pack", (unsigned)(pack >> NODE_SHIFT),
		 (unsigned)(pack & UINT32_MAX));
}

/* 0: it is no name of ours. */
static uint64_t pack_of(const char *name)
{
	char again[PACK_NAME];
	unsigned node, number;
	if (sscanf(name, "%u-%u", &node, &number) != 2)
		return 0;
	uint64_t pack = (uint64_t)node << NODE_SHIFT | number;
	pack_file_name(pack, again);
	return strcmp(name, again) == 0 ? pack : 0;
}

int pack_directory(const char *store, struct problem *p)
{
	char path[PATH];
	snprintf(path, sizeof path, "%s/packs", store);
	bool made = mkdir(path, 0700) == 0 || errno == EEXIST;
	int fd = made ? open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
	if (fd < 0)
		problem_at(p, errno == ENOSPC ? PROBLEM_STORE_FULL : PROBLEM_CONFIGURATION, path,
			   "could not open it: %s", strerror(errno));
	return fd;
}

bool pack_directory_has_room(int directory, uint64_t octets, struct problem *p)
{
	struct statvfs fs;
	return fstatvfs(directory, &fs) != 0 || (uint64_t)fs.f_bavail * fs.f_frsize >= octets
	       || pack_file_failed("write", ENOSPC, p);
}

static bool visit(int directory, bool (*each)(int directory, const char *name, void *with),
		  void *with)
{
	int fd = openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = fd < 0 ? NULL : fdopendir(fd);
	bool going = d != NULL;
	for (const struct dirent *e; going && (e = readdir(d)) != NULL;)
		if (pack_of(e->d_name) != 0)
			going = each(directory, e->d_name, with);
	if (d != NULL)
		closedir(d);
	else if (fd >= 0)
		close(fd);
	return going;
}

struct youngest {
	uint64_t node, pack;
};

static bool compare(int directory, const char *name, void *with)
{
	struct youngest *y = with;
	uint64_t pack = pack_of(name);
	(void)directory;
	if (pack >> NODE_SHIFT == y->node >> NODE_SHIFT && pack > y->pack)
		y->pack = pack;
	return true;
}

uint64_t pack_files_youngest(int directory, uint64_t node)
{
	struct youngest y = { .node = node };
	visit(directory, compare, &y);
	return y.pack;
}

int pack_file_open(int directory, uint64_t pack, int how, uint64_t *length)
{
	unsigned char head[PACK_HEAD];
	char name[PACK_NAME];
	struct stat st;
	pack_file_name(pack, name);
	int fd = regular_open_at(directory, name, how | O_NOFOLLOW, 0);
	if (fd < 0)
		return -1;
	if (pread(fd, head, sizeof head, 0) == PACK_HEAD && pack_is_file_head(pack, head)
	    && fstat(fd, &st) == 0) {
		*length = (uint64_t)st.st_size;
		return fd;
	}
	close(fd);
	errno = EBADMSG;
	return -1;
}

int pack_file_make(int directory, uint64_t pack, struct problem *p)
{
	char name[PACK_NAME];
	pack_file_name(pack, name);
	int fd = openat(directory, name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd >= 0 && fsync(directory) == 0)
		return fd;
	pack_file_failed("begin a pack file for", errno, p);
	if (fd >= 0)
		close(fd);
	return -1;
}

bool pack_file_write(int fd, const void *data, size_t length, uint64_t at, struct problem *p)
{
	const unsigned char *from = data;
	while (length != 0) {
		ssize_t n = pwrite(fd, from, length, (off_t)at);
		if (n < 0 && errno != EINTR)
			return pack_file_failed("write", errno, p);
		if (n > 0) {
			from += n;
			at += (uint64_t)n;
			length -= (size_t)n;
		}
	}
	return true;
}

static int64_t read_whole(int fd, unsigned char *into, size_t length, uint64_t at)
{
	size_t done = 0;
	while (done < length) {
		ssize_t n = pread(fd, into + done, length - done, (off_t)(at + done));
		if (n == 0)
			break;
		if (n < 0 && errno != EINTR)
			return -1;
		done += n > 0 ? (size_t)n : 0;
	}
	return (int64_t)done;
}

int64_t pack_file_read(int directory, uint64_t pack, void *into, size_t length, uint64_t at,
		       struct problem *p)
{
	char name[PACK_NAME];
	pack_file_name(pack, name);
	int fd = regular_open_at(directory, name, O_RDONLY | O_NOFOLLOW, 0);
	int64_t got = fd < 0 ? -1 : read_whole(fd, into, length, at);
	int code = errno;
	if (fd >= 0)
		close(fd);
	if (got >= 0)
		return got;
	bool for_now = code == EMFILE || code == ENFILE || code == ENOMEM;
	problem_set(p, for_now ? PROBLEM_OUT_OF_RESOURCES : PROBLEM_INTERNAL,
		    "a document could not be read: packs/%s %s", name,
		    code == ENOENT ? "is missing" : regular_why(code));
	return -1;
}

static bool add_up(int directory, const char *name, void *with)
{
	struct stat st;
	if (fstatat(directory, name, &st, AT_SYMLINK_NOFOLLOW) == 0)
		*(uint64_t *)with += (uint64_t)st.st_size;
	return true;
}

uint64_t pack_files_octets(int directory)
{
	uint64_t octets = 0;
	visit(directory, add_up, &octets);
	return octets;
}

struct copying {
	int to, onto;        /* onto -1: nothing is linked */
	const char *earlier; /* the backup that is */
	struct progress *progress;
	struct problem *problem;
};

/* Its node has begun another since: nothing is appended to it. */
static bool is_sealed(int directory, uint64_t pack)
{
	uint64_t node = pack >> NODE_SHIFT << NODE_SHIFT;
	return pack < pack_files_youngest(directory, node);
}

/* Numbers are given once, but a store that was restored gives them anew: only what has the same
 * octets is the same file. To read them is the price; nothing is written. */
static bool is_there_already(int directory, const char *name, const struct copying *c)
{
	char path[PATH], here[BACKUP_DIGEST], there[BACKUP_DIGEST];
	uint64_t octets, pack = pack_of(name);
	struct stat st;
	snprintf(path, sizeof path, "packs/%s", name);
	return c->onto >= 0 && is_sealed(directory, pack) && is_sealed(c->onto, pack)
	       && backup_manifest_finds(c->earlier, path, there, &octets)
	       && fstatat(directory, name, &st, AT_SYMLINK_NOFOLLOW) == 0
	       && (uint64_t)st.st_size == octets
	       && fstatat(c->onto, name, &st, AT_SYMLINK_NOFOLLOW) == 0
	       && (uint64_t)st.st_size == octets
	       && backup_digest(directory, name, c->progress, here) && strcmp(here, there) == 0;
}

static bool copy(int directory, const char *name, void *with)
{
	const struct copying *c = with;
	struct stat st;
	if (is_there_already(directory, name, c) && linkat(c->onto, name, c->to, name, 0) == 0) {
		if (fstatat(c->to, name, &st, AT_SYMLINK_NOFOLLOW) == 0)
			progress_add(c->progress, (uint64_t)st.st_size);
		return true;
	}
	return blob_file_copy(directory, name, c->to, 0600, c->progress, c->problem);
}

bool pack_files_copy(int directory, const char *to, const char *onto, struct progress *progress,
		     struct problem *p)
{
	char path[PATH];
	struct copying c = { .to = pack_directory(to, p),
			     .onto = -1,
			     .earlier = onto,
			     .progress = progress,
			     .problem = p };
	if (c.to < 0)
		return false;
	if (onto != NULL) {
		snprintf(path, sizeof path, "%s/packs", onto);
		c.onto = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	}
	bool copied = (visit(directory, copy, &c) && fsync(c.to) == 0)
		      || pack_file_failed("copy", errno, p);
	close(c.to);
	if (c.onto >= 0)
		close(c.onto);
	return copied;
}
