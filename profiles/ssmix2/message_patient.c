/* profiles/ssmix2/message_patient.c: whose message a file is, and what it says of the patient.
 *
 * PID-3 must name the patient of the folder, as a patient of this facility: an id of another
 * authority is another person, whoever's storage it lies in. An Individual Number (マイナンバー) is
 * never kept (japan.md D2): of ADT-00 the rest is, a document that holds one is refused whole, and
 * only its place is told. */
#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/normalise.h"
#include "gateway/base/text.h"
#include "profiles/ssmix2/message.h"
#include "schemas/tables/leniency.h"

static struct hl7_person_rules rules_of(const struct ssmix2_source *source)
{
	const struct registered_system *facility = source->facility;
	return (struct hl7_person_rules){ .twelve_digit_ids = facility->lenient.twelve_digit_ids,
					  .local_sex_codes = facility->lenient.local_sex_codes,
					  .written_dates = true,
					  .fed_at = source->now };
}

/* ---- PID-3 ---- */

/* Without an authority an id is the facility's. A namespace alone may also be its institution code;
 * beside the right OID it may be anything but another authority's. */
static bool is_own(const struct ssmix2_source *source, const struct patient_identifier *authority)
{
	const char *own = source->facility->domains[0];
	if (own == NULL)
		return true; /* validate.h: whose domain it is only a region knows */
	const struct assigning_authority *named = authority->namespace_id == NULL
							  ? NULL
							  : region_domain(source->region, NULL,
									  authority->namespace_id);
	if (named != NULL && !text_equal(named->universal_id, own))
		return false;
	if (authority->universal_id != NULL)
		return text_equal(authority->universal_id, own);
	return named != NULL || authority->namespace_id == NULL
	       || text_equal(authority->namespace_id, source->facility->institution_code);
}

bool ssmix2_names_patient(const struct hl7_segment *pid, const struct ssmix2_source *source,
			  const char *patient_id, struct problem *p)
{
	struct hl7_part field = hl7_field(pid, 3), foreign = { .segment = NULL };
	for (unsigned n = 1; n <= hl7_repetitions(field) && n <= HL7_PERSON_REPETITIONS_MAX; n++) {
		struct hl7_part repetition = hl7_repetition(field, n);
		struct patient_identifier authority = { .id = NULL };
		struct hl7_person_notes notes = { 0 };
		struct problem unread = { .code = PROBLEM_NONE };
		if (!text_equal(hl7_text(hl7_component(repetition, 1)), patient_id))
			continue;
		hl7_read_domain(repetition, &notes, &unread, &authority);
		if (is_own(source, &authority))
			return true;
		foreign = repetition;
	}
	if (foreign.segment == NULL)
		return problem_set(p, PROBLEM_PATIENT_ID_DOES_NOT_MATCH,
				   "PID-3 names another patient than the folder does: have it "
				   "filed under the patient it is of");
	return problem_at(
		p, PROBLEM_PATIENT_ID_DOES_NOT_MATCH, hl7_where(foreign),
		"PID-3 (%s) names the patient of another authority than %s, whose storage "
		"this is: have it written without an authority, or with %s",
		hl7_where(foreign), source->facility->name, source->facility->domains[0]);
}

/* ---- Individual Numbers in what would be kept whole ---- */

/* Where numbers of a person stand. Times, telephones and what is counted or ordered may have twelve
 * digits with a right check digit by chance, and are left alone. */
static const struct {
	const char *segment;
	unsigned field;
} numbered[] = {
	{ "PID", 2 },  { "PID", 3 }, { "PID", 4 },  { "PID", 18 }, { "PID", 19 }, { "PID", 20 },
	{ "PID", 21 }, { "MRG", 1 }, { "MRG", 2 },  { "MRG", 4 },  { "NK1", 12 }, { "NK1", 33 },
	{ "NK1", 37 }, { "GT1", 2 }, { "GT1", 12 }, { "GT1", 19 }, { "IN1", 10 }, { "IN1", 36 },
	{ "IN1", 49 }, { "IN2", 1 }, { "IN2", 2 },  { "IN2", 61 }, { "IN2", 63 },
};

static bool is_numbered(const char *segment, unsigned field)
{
	for (size_t i = 0; i < COUNT(numbered); i++)
		if (text_equal(numbered[i].segment, segment) && numbered[i].field == field)
			return true;
	return false;
}

/* The repetition says that it is one, or stands where one would be and has its form. */
static bool is_individual_number(struct hl7_part repetition, bool expected, bool *needed)
{
	static const char *const labels[] = { "マイナンバー", "個人番号", "MYNUMBER", "MyNumber" };
	const char *id = hl7_text(hl7_component(repetition, 1));
	const char *type = hl7_text(hl7_component(repetition, 5));
	const char *authority = hl7_whole(hl7_component(repetition, 4));
	bool formed = text_is_my_number(id);
	if (text_equal_nocase(type, "NNJPN") || (formed && text_equal_nocase(type, "NI")))
		return true;
	for (size_t i = 0; *id != '\0' && i < COUNT(labels); i++)
		if (strstr(authority, labels[i]) != NULL || strstr(id, labels[i]) != NULL)
			return true;
	*needed = *needed || (formed && expected);
	return formed && expected;
}

/* Where a hospital's own ids have twelve digits, PID-2, 3 and 4 may hold them undeclared. */
static bool may_be_an_id(struct hl7_part repetition)
{
	return text_equal(repetition.segment->name, "PID") && repetition.field >= 2
	       && repetition.field <= 4;
}

static bool refuses(const struct ssmix2_source *source, struct ssmix2_message *m,
		    struct hl7_part repetition)
{
	const char *segment = repetition.segment->name;
	bool by_form = false;
	if (!is_individual_number(repetition, is_numbered(segment, repetition.field), &by_form))
		return false;
	return !by_form || !may_be_an_id(repetition)
	       || !leniency_grants(source->facility->lenient.twelve_digit_ids,
				   &m->needed.twelve_digit_ids);
}

static unsigned fields_of(const struct hl7_segment *s)
{
	unsigned count = 0;
	for (size_t i = 0; i < s->length && count < HL7_FIELDS_MAX; i++)
		count += s->text[i] == s->message->delimiters.field;
	return count;
}

static bool segment_may_be_kept(const struct ssmix2_source *source, struct ssmix2_message *m,
				const struct hl7_segment *s, struct problem *p)
{
	for (unsigned n = 1, most = fields_of(s); n <= most; n++) {
		struct hl7_part field = hl7_field(s, n);
		for (unsigned r = 1, count = hl7_repetitions(field); r <= count; r++) {
			struct hl7_part repetition = hl7_repetition(field, r);
			if (refuses(source, m, repetition))
				return problem_at(
					p, PROBLEM_TABLE_VALUE, hl7_where(repetition),
					"%s-%u[%u] holds an Individual Number (マイナンバー): the "
					"document is not taken; have it written again without%s",
					s->name, n, r,
					may_be_an_id(repetition) ? TWELVE_DIGIT_IDS_REMEDY : "");
		}
	}
	return true;
}

bool ssmix2_message_may_be_kept(const struct ssmix2_source *source, struct ssmix2_message *m,
				struct problem *p)
{
	for (const struct hl7_segment *s = m->hl7->segments; s != NULL; s = s->next)
		if (!text_equal(s->name, "MSH") && !segment_may_be_kept(source, m, s, p))
			return false;
	return true;
}

/* ---- ADT-00 ---- */

/* Ids beside the patient's: an insurer's, another authority's. */
static bool has_other_ids(const struct patient_identifier *ids, const char *patient_id)
{
	while (ids != NULL && text_equal(ids->id, patient_id))
		ids = ids->next;
	return ids != NULL;
}

static const char *shortcoming_of(const struct hl7_person_notes *n, bool other_ids)
{
	if (n->refused != 0)
		return "an Individual Number (マイナンバー) was left out";
	if (n->birth_date_impossible)
		return "the birth date (PID-7) cannot be and was left out";
	if (n->birth_date_to_come)
		return "the birth date (PID-7) is later than tomorrow and was left out";
	if (n->birth_date_written)
		return "the form of the birth date (PID-7) is not YYYYMMDD; it was read as the day "
		       "it says";
	if (n->sex_unknown_code)
		return "the sex (PID-8) is no code of HL7 table 0001 and was read as unknown";
	if (n->validity_impossible)
		return "the validity of an insurance (IN1-12, IN1-13) cannot be and was left out";
	if (other_ids)
		return "PID-3 holds other ids as well, which were left out";
	return n->shifted_names != 0 ? "the kind of a name (XPN.8) stands one component off" : NULL;
}

static void take_away(const char **text)
{
	if (*text == NULL)
		*text = "";
}

/* The file is all that its facility says of the patient now, not a change to what it said before:
 * what is not in it is gone, or the record would depend on which files were imported. */
static void make_whole(struct patient_demographics *d)
{
	take_away(&d->birth_date);
	take_away(&d->sex);
	take_away(&d->mothers_maiden_name);
	take_away(&d->multiple_birth);
	take_away(&d->birth_order);
	take_away(&d->deceased);
	take_away(&d->deceased_time);
	d->delete_addresses = d->delete_addresses || d->addresses == NULL;
	d->delete_telecoms = d->delete_telecoms || d->telecoms == NULL;
	d->delete_insurances = d->delete_insurances || d->insurances == NULL;
}

bool ssmix2_message_feed(struct arena *a, const struct ssmix2_source *source,
			 const struct storage_name *name, struct ssmix2_message *m,
			 struct identity_feed *out, struct problem *p)
{
	struct hl7_person_rules rules = rules_of(source);
	struct hl7_person_notes notes = { .refused = 0 };
	const struct hl7_segment *pid = hl7_segment(m->hl7, "PID", 1);
	struct patient_identifier *id = arena_new(a, struct patient_identifier);
	*out = (struct identity_feed){ .kind = FEED_CREATE,
				       .message_id = m->hl7->control_id,
				       .occurred = storage_instant(name),
				       .ids = id };
	/* Read for what must not be in it; who it is about the folder has said. */
	const struct patient_identifier *ids = hl7_read_ids(hl7_field(pid, 3), &rules, &notes, p);
	if (ids == NULL || !hl7_read_demographics(pid, &rules, &out->demographics, &notes, p))
		return false;
	m->needed.local_sex_codes = notes.local_sex_code;
	m->needed.twelve_digit_ids = notes.twelve_digit_id;
	if (text_is_my_number(name->patient_id)
	    && !leniency_grants(rules.twelve_digit_ids, &m->needed.twelve_digit_ids))
		return problem_set(
			p, PROBLEM_TABLE_VALUE,
			"the patient id is an Individual Number" TWELVE_DIGIT_IDS_REMEDY);
	if (out->demographics.names == NULL)
		return problem_at(p, PROBLEM_FIELD_MISSING, "PID^1^5",
				  "the patient has no name (PID-5): have it filled in");
	out->demographics.identity_unknown = notes.identity_unknown ? "Y" : "";
	make_whole(&out->demographics);
	*id = (struct patient_identifier){ .id = name->patient_id,
					   .universal_id = source->facility->domains[0],
					   .universal_id_type = "ISO",
					   .type = "PI",
					   .where = "PID^1^3^1" };
	const char *why = shortcoming_of(&notes, has_other_ids(ids, name->patient_id));
	if (why != NULL)
		m->shortcoming = why;
	return true;
}
