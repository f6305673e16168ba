/* gateway/signature/base64url.h: octets that come in pieces, in base64url without padding (RFC
 * 7515: 2), as one run. Begin with { .to = ... }. */
#ifndef GATEWAY_SIGNATURE_BASE64URL_H
#define GATEWAY_SIGNATURE_BASE64URL_H

#include "gateway/signature/signature.h"

struct base64url {
	struct signature_taker to;
	unsigned char rest[3]; /* of three octets that are not all there */
	unsigned held;
};

void base64url_take(void *with, struct bytes piece); /* with: a struct base64url */
void base64url_end(struct base64url *e);

#endif
