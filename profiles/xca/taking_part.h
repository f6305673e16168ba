/* profiles/xca/taking_part.h: of whom other communities may hear at all. */
#ifndef PROFILES_XCA_TAKING_PART_H
#define PROFILES_XCA_TAKING_PART_H

#include <stdbool.h>
#include <stdint.h>

struct exchange;

/* Whether he may be asked about, or sent something of: none of his records is closed to who asks. A
 * link opens nothing its person did not, and what others have of him is of all of them. The
 * region's own record is no facility's: it counts where there is no other. x->txn is open. */
bool taking_part(struct exchange *x, uint64_t person);

#endif
