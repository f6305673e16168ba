/* profiles/ssmix2/watch_shared.c: roots that another machine may write. */
#include "profiles/ssmix2/watch_shared.h"

#include <stddef.h>
#include <sys/vfs.h>

#include "gateway/base/text.h"
#include "profiles/ssmix2/import_roots.h"

/* statfs(2); those it does not name are of one machine, or are told wrongly as such. */
static const unsigned long shared_kinds[] = {
	0x6969,     /* NFS */
	0x517b,     /* SMB */
	0xff534d42, /* CIFS */
	0xfe534d42, /* SMB2 */
	0x5346414f, /* AFS */
	0x6b414653, /* AFS of the kernel */
	0x73757245, /* Coda */
	0x00c36400, /* Ceph */
	0x0bd00bd0, /* Lustre */
	0x01021997, /* 9P */
	0x01161970, /* GFS2 */
	0x7461636f, /* OCFS2 */
	0x65735546, /* FUSE: SSHFS, GlusterFS and others */
};

static bool is_shared(const char *directory)
{
	struct statfs s;
	if (statfs(directory, &s) != 0)
		return true;
	for (size_t i = 0; i < COUNT(shared_kinds); i++)
		if (((unsigned long)s.f_type & 0xffffffff) == shared_kinds[i])
			return true;
	return false;
}

bool storage_is_shared(const struct storage_roots *roots)
{
	bool shared = false;
	for (size_t i = 0; i < roots->count && !shared; i++)
		shared = is_shared(roots->root[i].directory);
	return shared;
}
