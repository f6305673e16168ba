/* gateway/config_inbox.h: sections inbox, and what must hold between them. Known to
 * gateway/config*.c only. */
#ifndef GATEWAY_CONFIG_INBOX_H
#define GATEWAY_CONFIG_INBOX_H

#include "gateway/config_set.h"

/* Systems and repositories are known. */
void config_inboxes_set(struct config_making *m, const struct config_section *sections,
			struct region *r);

#endif
