/* profiles/ssmix2/delegated_feed.c: an ADT of HL7 v2.5 whose sender's storage is delegated to us:
 * an identity feed as of anybody, and a file of the storage. HS026, SS-MIX2 1.2, table 1-1; ITI
 * TF-2: 3.30.
 *
 * The feed first, for it may be refused; the file when the feed is durable (finish()). Where that
 * fails who sent it is told so, and sends it again: the feed says nothing new then. */
#include "profiles/feed_v2.h"
#include "profiles/ssmix2/delegated.h"

static bool read_feed(struct exchange *x)
{
	return feed_v2_read_managed(x) && delegated_read(x, x->sender, x->raw_request, NULL);
}

static bool look(struct exchange *x)
{
	return exchange_look_at_quota(x) && delegated_has_room(x);
}

static bool feed_patient(struct exchange *x)
{
	return feed_v2_handle(x, cross_reference_feed);
}

static void write_file(struct exchange *x)
{
	delegated_write(x);
}

static const struct route routes[] = {
	{ .request = "ADT", .detail = "A01", .answer = "ACK" },
	{ .request = "ADT", .detail = "A03", .answer = "ACK" },
	{ .request = "ADT", .detail = "A04", .answer = "ACK" },
	{ .request = "ADT", .detail = "A08", .answer = "ACK" },
	{ .request = "ADT", .detail = "A11", .answer = "ACK" },
	{ .request = "ADT", .detail = "A12", .answer = "ACK" },
	{ .request = "ADT", .detail = "A13", .answer = "ACK" },
	{ .request = "ADT", .detail = "A23", .answer = "ACK" },
	{ 0 },
};

const struct transaction delegated_feed = {
	.code = "SS-MIX2-feed",
	.name = "Delegated Storage Feed",
	.section = "HACKING.md: SS-MIX2",
	.actor = PATIENT_IDENTIFIER_CROSS_REFERENCE_MANAGER,
	.works_with = 1 << DOCUMENT_REGISTRY | 1 << DOCUMENT_REPOSITORY,
	.dialect = DIALECT_HL7V2,
	.delegated = true,
	.routes = routes,
	.hl7_version = "2.5",
	.access = STORE_WRITE,
	.audit_event = 110110,
	.audit_action = AUDIT_UPDATE, /* C, U or D by what was fed: audit_feed() */
	.read = read_feed,
	.call = look,
	.weigh = feed_v2_weigh,
	.look_ahead = feed_v2_look_ahead,
	.handle = feed_patient,
	.audited = feed_v2_audited,
	.finish = write_file,
	.answer_hl7 = feed_v2_answer,
};
