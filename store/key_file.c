/* store/key_file.c: which files are keys. */
#include "store/key_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gateway/base/regular_file.h"

/* One octet more than a key has would be read. */
static const char *read_key(int fd, unsigned char *key)
{
	unsigned char more;
	struct stat st;
	if (fstat(fd, &st) != 0)
		return "it cannot be read";
	if (st.st_uid != geteuid() && st.st_uid != 0)
		return "it belongs to another user: chown it";
	if ((st.st_mode & 077) != 0)
		return "it holds a key and others than its owner may read it: chmod 600";
	if (read(fd, key, KEY_FILE) != KEY_FILE || read(fd, &more, 1) != 0)
		return "it has not 64 octets: make one with openssl rand -out FILE 64";
	return NULL;
}

const char *key_file_read(const char *path, unsigned char *key)
{
	int fd = regular_open(path, O_RDONLY | O_NOFOLLOW);
	const char *why = fd < 0 ? "it cannot be read" : read_key(fd, key);
	if (fd >= 0)
		close(fd);
	return why;
}
