/* profiles/ssmix2/message.c: reading one file of an SS-MIX2 storage. HL7 2.5 as Japan uses it. */
#include "profiles/ssmix2/message.h"

#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/normalise.h"
#include "gateway/base/text.h"
#include "schemas/tables/leniency.h"

/* "ADT^A08" against MSH-9.1 and MSH-9.2. */
static bool is_message(const struct hl7_message *m, const char *kind)
{
	size_t length = kind == NULL ? 0 : strcspn(kind, "^");
	return kind != NULL && strlen(m->type) == length && strncmp(m->type, kind, length) == 0
	       && text_equal(m->event, kind + length + 1);
}

static bool names_patient(const struct hl7_segment *pid, const char *patient_id)
{
	struct hl7_part field = hl7_field(pid, 3);
	for (unsigned n = 1; n <= hl7_repetitions(field) && n <= HL7_PERSON_REPETITIONS_MAX; n++)
		if (text_equal(hl7_text(hl7_component(hl7_repetition(field, n), 1)), patient_id))
			return true;
	return false;
}

static struct hl7_person_rules rules_of(const struct registered_system *facility)
{
	return (struct hl7_person_rules){ .twelve_digit_ids = facility->lenient.twelve_digit_ids,
					  .local_sex_codes = facility->lenient.local_sex_codes };
}

/* JIS X 0208 by ISO 2022 is the rule of SS-MIX2, also where MSH-18 does not say so. What is said
 * and not so (CP932 under ISO IR87) is not guessed. */
static struct charset_leniency leniency_of(const struct registered_system *facility)
{
	struct charset_leniency l = { .when_unsaid = CHARSET_ISO_2022_JP,
				      .when_false = CHARSET_NONE };
	enum charset said;
	if (facility->charset != NULL && charset_from_msh18(facility->charset, &said)
	    && said != CHARSET_NONE)
		l.when_unsaid = said;
	return l;
}

/* A file that ends within double-byte characters was not written to its end. */
static bool breaks_off(struct bytes octets, const struct hl7_message *m)
{
	struct charset_walk w = { .charset = m->charset.used };
	size_t length;
	if (m->charset.used != CHARSET_ISO_2022_JP && m->charset.used != CHARSET_WINDOWS_50221)
		return false;
	for (size_t at = 0; at < octets.length; at += length)
		charset_walk_step(&w, octets.data + at, octets.length - at, &length);
	return w.set != SET_ASCII;
}

bool ssmix2_message_read(struct arena *a, const struct registered_system *facility,
			 const struct storage_name *name, struct bytes octets,
			 struct ssmix2_message *out, struct problem *p)
{
	struct charset_leniency leniency = leniency_of(facility);
	*out = (struct ssmix2_message){ .hl7 = NULL };
	if (!hl7_parse(a, octets, &leniency, &out->hl7, p))
		return false;
	const struct hl7_message *m = out->hl7;
	if (breaks_off(octets, m))
		return problem_set(p, PROBLEM_DATA_TYPE,
				   "the file breaks off within double-byte characters");
	bool cancel = is_message(m, name->type->cancel);
	if (!cancel && !is_message(m, name->type->issue))
		return problem_set(p, PROBLEM_MESSAGE_TYPE,
				   "the message is %.20s^%.20s, which %s does not hold", m->type,
				   m->event, name->type->code);
	const struct hl7_segment *pid = hl7_only_segment(m, "PID", p);
	if (pid == NULL)
		return false;
	if (!names_patient(pid, name->patient_id))
		return problem_set(p, PROBLEM_PATIENT_ID_DOES_NOT_MATCH,
				   "PID-3 names another patient than the folder does");
	out->cancels = cancel || text_equal(hl7_value(hl7_segment(m, "ORC", 1), 1, 1, 1, 1), "CA");
	if (m->charset.mismatch)
		out->shortcoming = "the characters are in another set than MSH-18 says";
	else if (m->charset.replaced != 0)
		out->shortcoming = "some characters have no counterpart in Unicode";
	else if (name->short_time)
		out->shortcoming = "発生日時 in the name has less than 17 digits";
	return true;
}

static const char *shortcoming_of(const struct hl7_person_notes *n)
{
	if (n->refused != 0)
		return "an Individual Number (マイナンバー) was left out";
	if (n->birth_date_impossible)
		return "the birth date (PID-7) cannot be and was left out";
	if (n->sex_unknown_code)
		return "the sex (PID-8) is no code of HL7 table 0001 and was read as unknown";
	return n->shifted_names != 0 ? "the kind of a name (XPN.8) stands one component off" : NULL;
}

bool ssmix2_message_feed(struct arena *a, const struct registered_system *facility,
			 const struct storage_name *name, struct ssmix2_message *m,
			 struct identity_feed *out, struct problem *p)
{
	struct hl7_person_rules rules = rules_of(facility);
	struct hl7_person_notes notes = { .refused = 0 };
	const struct hl7_segment *pid = hl7_segment(m->hl7, "PID", 1);
	struct patient_identifier *id = arena_new(a, struct patient_identifier);
	*out = (struct identity_feed){ .kind = FEED_CREATE,
				       .message_id = m->hl7->control_id,
				       .ids = id };
	/* Read for what must not be in it; who it is about the folder has said. */
	if (hl7_read_ids(hl7_field(pid, 3), &rules, &notes, p) == NULL
	    || !hl7_read_demographics(pid, &rules, &out->demographics, &notes, p))
		return false;
	m->needed.local_sex_codes = notes.local_sex_code;
	m->needed.twelve_digit_ids = notes.twelve_digit_id;
	if (text_is_my_number(name->patient_id)
	    && !leniency_grants(rules.twelve_digit_ids, &m->needed.twelve_digit_ids))
		return problem_set(p, PROBLEM_TABLE_VALUE,
				   "the patient id is an Individual Number");
	if (out->demographics.names == NULL)
		return problem_at(p, PROBLEM_FIELD_MISSING, "PID^1^5",
				  "the patient has no name (PID-5)");
	out->demographics.identity_unknown = notes.identity_unknown ? "Y" : "";
	*id = (struct patient_identifier){ .id = name->patient_id,
					   .universal_id = facility->domains[0],
					   .universal_id_type = "ISO",
					   .type = "PI",
					   .where = "PID^1^3^1" };
	const char *why = shortcoming_of(&notes);
	if (why != NULL)
		m->shortcoming = why;
	return true;
}
