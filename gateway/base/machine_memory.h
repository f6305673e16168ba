/* gateway/base/machine_memory.h: how much memory there is for us, for ceilings nobody named.
 *
 * What the machine has, or what the control group of the process may take, whichever is less: in a
 * container the machine's memory is everybody's. */
#ifndef GATEWAY_BASE_MACHINE_MEMORY_H
#define GATEWAY_BASE_MACHINE_MEMORY_H

#include <stdint.h>

/* In octets. */
uint64_t machine_memory(void);

/* The least limit (memory.max) of the control group that the file names, cgroups(7), version 2, and
 * of those above it, below the mount point. UINT64_MAX: none, or none that can be read. */
uint64_t control_group_memory(const char *file, const char *mount_point);

/* One part of so many, within bounds. */
uint64_t memory_part(uint64_t memory, unsigned of, uint64_t least, uint64_t most);

#endif
