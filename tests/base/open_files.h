/* tests/base/open_files.h: how many descriptors a process has open, to see that none stays. */
#ifndef TESTS_BASE_OPEN_FILES_H
#define TESTS_BASE_OPEN_FILES_H

#include <fcntl.h>

static inline unsigned open_files(void)
{
	enum { LOOKED_AT = 1024 };
	unsigned count = 0;
	for (int fd = 0; fd < LOOKED_AT; fd++)
		count += fcntl(fd, F_GETFD) >= 0;
	return count;
}

#endif
