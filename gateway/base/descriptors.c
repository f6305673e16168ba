/* gateway/base/descriptors.c: the last descriptors of the process, for what must go on. */
#include "gateway/base/descriptors.h"

#include <sys/resource.h>

unsigned descriptors_share(unsigned parts, unsigned most)
{
	struct rlimit all;
	if (getrlimit(RLIMIT_NOFILE, &all) != 0 || all.rlim_cur == RLIM_INFINITY)
		return most;
	rlim_t share = all.rlim_cur / parts;
	return share < most ? (unsigned)share : most;
}

bool descriptor_is_kept(int fd, unsigned kept)
{
	struct rlimit all;
	if (getrlimit(RLIMIT_NOFILE, &all) != 0 || all.rlim_cur == RLIM_INFINITY)
		return false;
	rlim_t most = all.rlim_cur / 2;
	return (rlim_t)fd >= all.rlim_cur - (kept < most ? kept : most);
}
