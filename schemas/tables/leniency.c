/* schemas/tables/leniency.c: the leniencies, each by its name and with the rule it departs from. */
#include "schemas/tables/leniency.h"

#define FLAG(name) offsetof(struct leniencies, name)

const struct leniency_row leniency_rows[LENIENCY_COUNT] = {
	{ "resolve-own-ids", "ITI TF-3: 4.2.3.2.16", FLAG(resolve_own_ids) },
	{ "fill-domain", "ITI TF-2: 3.8.4.1.3.1", FLAG(fill_domain) },
	{ "any-hl7-version", "ITI TF-2: C.2.2", FLAG(any_hl7_version) },
	{ "missing-event-segments", "ITI TF-2: 3.8.4.1.2", FLAG(missing_event_segments) },
	{ "plain-soap-for-mtom", "ITI TF-2: Appendix V.3.6", FLAG(plain_soap_for_mtom) },
	{ "update-creates", "ITI TF-2: 3.8.4.1.3", FLAG(update_creates) },
	/* Of the Individual Number (マイナンバー): who may collect it. */
	{ "twelve-digit-ids", "Act No. 27 of 2013, Article 20", FLAG(twelve_digit_ids) },
	{ "local-sex-codes", "HL7 table 0001", FLAG(local_sex_codes) },
	{ "loose-authority", "ITI TF-2: Appendix E.1", FLAG(loose_authority) },
	{ "mllp-framing", "HL7 MLLP release 1: 2", FLAG(mllp_framing) },
	{ "unquoted-parameters", "RFC 2045: 5.1", FLAG(unquoted_parameters) },
	{ "content-id-spelling", "RFC 2392: 2", FLAG(content_id_spelling) },
	{ "lost-delimiter", "HL7 2.5: 2.5.4", FLAG(lost_delimiter) },
	{ "misnamed-charset", "HL7 2.5: 2.15.9.18", FLAG(misnamed_charset) },
};

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
