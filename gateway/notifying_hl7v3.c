/* gateway/notifying_hl7v3.c: a notification by HL7 v3 (PIXV3 Update Notification, ITI-46). */
#include "gateway/notifying_dialect.h"

#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/client/soap_call.h"
#include "gateway/config.h"
#include "gateway/errands/visit.h"
#include "profiles/pix/iti46_pix_update_notification_v3.h"

extern const struct transaction iti46_pix_update_notification_v3;

/* Of RFC 9562, version 8: made of what it names. */
static const char *urn_of(struct arena *a, const unsigned char name[NOTICE_DIGEST])
{
	unsigned char octets[16];
	char urn[UUID_URN_TEXT];
	memcpy(octets, name, sizeof octets);
	octets[6] = (unsigned char)((octets[6] & 0x0f) | 0x80);
	octets[8] = (unsigned char)((octets[8] & 0x3f) | 0x80);
	uuid_to_urn(octets, urn);
	return arena_text(a, urn);
}

/* The SOAP message bears the id of the HL7 message it carries: sent again, both are the same. */
static struct notification_octets write(struct composing *c,
					const unsigned char name[NOTICE_DIGEST],
					const struct patient_identifier *ids, instant now)
{
	struct notification *made = c->made;
	const char *urn = urn_of(c->arena, name);
	const struct pix_update_v3 u = { .id = urn + strlen("urn:uuid:"),
					 .sender = c->configuration->region.device_id,
					 .receiver = c->to->device_id,
					 .now = now,
					 .ids = ids };
	const struct soap_call call = { .url = c->to->url,
					.action = PIX_UPDATE_V3_ACTION,
					.message_id = urn,
					.write = pix_update_v3_write,
					.what = &u };
	struct soap_sent sent;
	soap_call_write(c->arena, NULL, &call, &sent);
	made->id = u.id;
	made->us = ADDRESSING_ANONYMOUS;
	made->them = made->url;
	return (struct notification_octets){ sent.body, sent.content_type };
}

const struct notification_dialect notification_hl7v3 = {
	.transaction = &iti46_pix_update_notification_v3,
	.detail = "II", /* ITI TF-2: 3.46.5.1.1 */
	.write = write,
};
