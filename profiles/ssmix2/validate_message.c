/* profiles/ssmix2/validate_message.c: checking what a file of an SS-MIX2 storage says, by the
 * functions an import reads it with. */
#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "profiles/ssmix2/message.h"
#include "profiles/ssmix2/storage_walk.h"
#include "profiles/ssmix2/validate_inside.h"

/* Any facility: its domain and its leniencies are not known. */
static struct ssmix2_source anybody(const struct storage_check *check,
				    struct registered_system *facility)
{
	static const char *const no_domain[] = { NULL };
	*facility = (struct registered_system){ .name = "its facility",
						.title = "its facility",
						.domains = no_domain };
	facility->lenient.twelve_digit_ids = check->twelve_digit_ids;
	return (struct ssmix2_source){ .facility = facility, .now = check->now };
}

/* A problem of the readers, as it is theirs at that stage. A place names the file's characters. */
static enum storage_rule_id rule_of(const struct problem *p, struct bytes octets)
{
	static const struct {
		enum problem_code code;
		enum storage_rule_id rule;
	} rows[] = {
		{ PROBLEM_TOO_LARGE, RULE_TOO_LARGE },
		{ PROBLEM_MALFORMED, RULE_NOT_HL7 },
		{ PROBLEM_HEADER_MISSING, RULE_NOT_HL7 },
		{ PROBLEM_HEADER_INVALID, RULE_DELIMITERS },
		{ PROBLEM_TABLE_VALUE, RULE_CHARSET },
		{ PROBLEM_MESSAGE_TYPE, RULE_MESSAGE_TYPE },
		{ PROBLEM_SEGMENT_MISSING, RULE_PID_ONE },
		{ PROBLEM_PATIENT_ID_DOES_NOT_MATCH, RULE_PID_FOLDER },
	};
	for (size_t i = 0; i < COUNT(rows); i++)
		if (rows[i].code == p->code)
			return rows[i].rule;
	return p->code != PROBLEM_DATA_TYPE                       ? RULE_OTHER
	       : ssmix2_breaks_off(octets, CHARSET_WINDOWS_50221) ? RULE_BROKEN_OFF
								  : RULE_CHARSET;
}

/* Seen in storages of many: outpatients registered by the message of an admission. */
static bool is_kin(const struct storage_type *type, const struct hl7_message *m)
{
	return text_equal(type->code, "ADT-12") && text_equal(m->type, "ADT")
	       && text_equal(m->event, "A01");
}

/* The words of a reader, where no rule knows them; it promises that no patient is in them. */
static void tell_problem(struct checking *c, enum storage_rule_id rule, const struct problem *p)
{
	const struct storage_type *type = c->name->type;
	const char *detail = "";
	if (rule == RULE_OTHER || rule == RULE_PERSON)
		detail = p->what;
	else if (rule == RULE_MESSAGE_TYPE)
		detail = type->cancel == NULL
				 ? arena_printf(c->arena, "%s holds %s", type->code, type->issue)
				 : arena_printf(c->arena, "%s holds %s or %s", type->code,
						type->issue, type->cancel);
	checking_found(c, rule, p->where, detail);
}

static void tell_shortcoming(struct checking *c, const char *words)
{
	enum storage_rule_id rule = words == NULL ? RULE_OTHER : storage_rule_said(words);
	/* Names and numbers are checked by themselves, and tell where. */
	if (words != NULL && rule != RULE_SHORT_TIME && rule != RULE_INDIVIDUAL_NUMBER
	    && rule != RULE_CARE_DATE)
		checking_found(c, rule, "", rule == RULE_OTHER ? words : "");
}

static void check_feed(struct checking *c, const struct ssmix2_source *source,
		       struct ssmix2_message *m, bool holds_number)
{
	struct identity_feed feed;
	struct problem p = { .code = PROBLEM_NONE };
	m->shortcoming = NULL;
	if (ssmix2_message_feed(c->arena, source, c->name, m, &feed, &p)) {
		tell_shortcoming(c, m->shortcoming);
		return;
	}
	enum storage_rule_id rule = storage_rule_said(p.what);
	if (rule == RULE_OTHER)
		rule = RULE_PERSON;
	/* Where it was the only id, for one. */
	if (!holds_number || (rule != RULE_INDIVIDUAL_NUMBER && p.code != PROBLEM_TABLE_VALUE))
		tell_problem(c, rule, &p);
}

static bool check_number(struct checking *c, const struct ssmix2_source *source,
			 struct ssmix2_message *m)
{
	struct problem p = { .code = PROBLEM_NONE };
	if (ssmix2_message_may_be_kept(source, m, &p))
		return false;
	checking_found(c, RULE_INDIVIDUAL_NUMBER, p.where, "");
	return true;
}

/* False: what it holds cannot be believed, which has been told. */
static bool read_message(struct checking *c, const struct ssmix2_source *source,
			 struct bytes octets, struct ssmix2_message *m)
{
	struct problem p = { .code = PROBLEM_NONE };
	bool read = ssmix2_message_read(c->arena, source, c->name, octets, m, &p);
	if (m->hl7 != NULL && m->hl7->read && is_kin(c->name->type, m->hl7))
		checking_found(c, RULE_MESSAGE_KIN, "MSH^1^9", "");
	if (!read)
		tell_problem(c, rule_of(&p, octets), &p);
	return read;
}

void checking_message(struct checking *c)
{
	struct registered_system facility;
	struct ssmix2_source source = anybody(c->check, &facility);
	struct ssmix2_message m;
	struct bytes octets = { 0 };
	const char *why = storage_read(c->arena, c->name, &octets);
	if (why != NULL) {
		enum storage_rule_id rule = storage_rule_said(why);
		checking_found(c, rule, "", rule == RULE_OTHER ? why : "");
		return;
	}
	bool read = read_message(c, &source, octets, &m);
	if (m.hl7 == NULL || !m.hl7->read)
		return;
	bool number = check_number(c, &source, &m);
	if (!read)
		return;
	tell_shortcoming(c, m.shortcoming);
	if (c->name->type->extended)
		return;
	if (c->name->type->use == STORAGE_IDENTITY && !m.cancels)
		check_feed(c, &source, &m, number);
	checking_fields(c, m.hl7);
	checking_order(c, m.hl7);
	checking_care_date(c, m.hl7);
}
