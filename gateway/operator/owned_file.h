/* gateway/operator/owned_file.h: new files and directories of a region, owned as the region is.
 *
 * The operator may be root; the daemon is not, and must read what the operator made. So what root
 * makes belongs to whoever owns the directory it is made in. */
#ifndef GATEWAY_OPERATOR_OWNED_FILE_H
#define GATEWAY_OPERATOR_OWNED_FILE_H

#include <stdbool.h>
#include <sys/types.h>

/* Made new, for writing, close-on-exec; -1 with errno, EEXIST when there is something of that
 * name. */
int owned_file_make(const char *path, mode_t mode);
/* False with errno. */
bool owned_directory_make(const char *path, mode_t mode);
/* The name that a file was given in its directory is on the disk. False with errno. */
bool owned_name_settle(const char *path);

#endif
