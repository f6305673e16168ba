/* schemas/tables/leniency.c: the leniencies, each by its name and with the rule it departs from. */
#include "schemas/tables/leniency.h"

#define FLAG(name) offsetof(struct leniencies, name)

/* clang-format off */
const struct leniency_row leniency_rows[LENIENCY_COUNT] = {
	{ .name = "resolve-own-ids", .section = "ITI TF-3: 4.2.3.2.16",
	  .flag = FLAG(resolve_own_ids) },
	{ .name = "fill-domain", .section = "ITI TF-2: 3.8.4.1.3.1", .flag = FLAG(fill_domain) },
	{ .name = "any-hl7-version", .section = "ITI TF-2: C.2.2", .flag = FLAG(any_hl7_version) },
	{ .name = "missing-event-segments", .section = "ITI TF-2: 3.8.4.1.2",
	  .flag = FLAG(missing_event_segments) },
	{ .name = "plain-soap-for-mtom", .section = "ITI TF-2: Appendix V.3.6",
	  .flag = FLAG(plain_soap_for_mtom) },
	{ .name = "update-creates", .section = "ITI TF-2: 3.8.4.1.3",
	  .flag = FLAG(update_creates) },
	/* Of the Individual Number (マイナンバー): who may collect it. */
	{ .name = "twelve-digit-ids", .section = "Act No. 27 of 2013, Article 20",
	  .flag = FLAG(twelve_digit_ids) },
	{ .name = "local-sex-codes", .section = "HL7 table 0001", .flag = FLAG(local_sex_codes) },
	{ .name = "loose-authority", .section = "ITI TF-2: Appendix E.1",
	  .flag = FLAG(loose_authority) },
	{ .name = "mllp-framing", .section = "HL7 MLLP release 1: 2", .flag = FLAG(mllp_framing) },
	{ .name = "unquoted-parameters", .section = "RFC 2045: 5.1",
	  .flag = FLAG(unquoted_parameters) },
	{ .name = "content-id-spelling", .section = "RFC 2392: 2",
	  .flag = FLAG(content_id_spelling) },
	{ .name = "lost-delimiter", .section = "HL7 2.5: 2.5.4", .flag = FLAG(lost_delimiter) },
	{ .name = "misnamed-charset", .section = "HL7 2.5: 2.15.9.18",
	  .flag = FLAG(misnamed_charset) },
	{ .name = "unmodifiable-type", .section = "ITI RMU: 3.92.4.1.3",
	  .flag = FLAG(unmodifiable_type) },
};
/* clang-format on */

bool leniency_grants(bool allowed, bool *needed)
{
	*needed = *needed || allowed;
	return allowed;
}

static const bool *flag_of(const struct leniencies *l, size_t row)
{
	return (const bool *)((const char *)l + leniency_rows[row].flag);
}

bool leniency_is_set(const struct leniencies *l, size_t row)
{
	return *flag_of(l, row);
}

void leniencies_add(struct leniencies *all, const struct leniencies *more)
{
	for (size_t row = 0; row < LENIENCY_COUNT; row++) {
		bool *flag = (bool *)((char *)all + leniency_rows[row].flag);
		*flag = *flag || *flag_of(more, row);
	}
}
