/* gateway/operator/partner_description.h: what a region says of itself to another that is to be its
 * partner: one signed file.
 *
 * Its payload is a FHIR R4 Bundle (collection) in the form of mCSD (ITI TF: ITI-90): an
 * Organization whose identifier is the homeCommunityId, an Endpoint for each kind of question, and
 * a Binary for each of its certificates. Lives in the arena. */
#ifndef GATEWAY_OPERATOR_PARTNER_DESCRIPTION_H
#define GATEWAY_OPERATOR_PARTNER_DESCRIPTION_H

#include <stdbool.h>

#include "gateway/base/bytes.h"
#include "gateway/base/clock.h"
#include "gateway/operator/region_partner.h"
#include "gateway/signature/signed_file.h"

struct configuration;

/* Of the region of c, reached at url ("https://HOST:PORT", without a path); authorities: PEM file
 * of who issued its certificate. */
bool partner_description_write(const struct configuration *c, const char *url,
			       const char *authorities, instant now, struct arena *a,
			       struct bytes *out, struct problem *p);
/* out->name is the caller's. signer: as signed_file_read(). */
bool partner_description_read(struct bytes file, const char *sha256, struct arena *a,
			      struct community *out, char signer[SIGNED_FILE_SHA256],
			      struct problem *p);

#endif
