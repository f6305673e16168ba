/* gateway/config_roots.h: the roots that storages have on this machine's file systems: a link or a
 * second mount gives two paths to one. Known to gateway/config*.c only. */
#ifndef GATEWAY_CONFIG_ROOTS_H
#define GATEWAY_CONFIG_ROOTS_H

#include <stddef.h>

struct arena;
struct root_id;

struct storage_of_facility {
	const char *institution_code, *directory; /* the code may be NULL */
	/* Said by config_roots_find(). */
	const char *resolved; /* the directory without links; NULL: it is not there, or not known */
	size_t root_count;
	struct root_id *roots;
};

/* Waits for two seconds at most: a share that does not answer keeps nobody from starting. What is
 * not known by then is found by the first look (profiles/ssmix2/root_owners.h). */
void config_roots_find(struct arena *a, struct storage_of_facility *all, size_t count);

#endif
