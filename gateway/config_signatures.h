/* gateway/config_signatures.h: the authorities of those who sign documents, of their files. Known
 * to gateway/config*.c only. */
#ifndef GATEWAY_CONFIG_SIGNATURES_H
#define GATEWAY_CONFIG_SIGNATURES_H

#include "gateway/config_set.h"

/* PEM text, in the configuration's arena; NULL: no path, or a fault was added. */
const char *config_signature_anchors(struct config_making *m, struct config_place where,
				     const char *path);
const char *config_signature_revocations(struct config_making *m, struct config_place where,
					 const char *path, const char *anchors);

#endif
