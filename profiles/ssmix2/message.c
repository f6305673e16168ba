/* profiles/ssmix2/message.c: reading one file of an SS-MIX2 storage. HL7 2.5 as Japan uses it. */
#include "profiles/ssmix2/message.h"

#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "schemas/tables/leniency.h"

/* "ADT^A08" against MSH-9.1 and MSH-9.2. */
static bool is_message(const struct hl7_message *m, const char *kind)
{
	size_t length = kind == NULL ? 0 : strcspn(kind, "^");
	return kind != NULL && strlen(m->type) == length && strncmp(m->type, kind, length) == 0
	       && text_equal(m->event, kind + length + 1);
}

bool ssmix2_breaks_off(struct bytes octets, enum charset charset)
{
	struct charset_walk w = { .charset = charset };
	size_t length;
	if (charset != CHARSET_ISO_2022_JP && charset != CHARSET_WINDOWS_50221)
		return false;
	for (size_t at = 0; at < octets.length; at += length)
		charset_walk_step(&w, octets.data + at, octets.length - at, &length);
	return w.set != SET_ASCII;
}

/* Every order of it is cancelled. A prescription of several goes on as long as one of them does. */
static bool cancels_orders(const struct hl7_message *m)
{
	unsigned orders = 0;
	for (const struct hl7_segment *s = m->segments; s != NULL; s = s->next) {
		if (!text_equal(s->name, "ORC"))
			continue;
		orders++;
		if (!text_equal(hl7_value(s, 1, 1, 1, 1), "CA"))
			return false;
	}
	return orders != 0;
}

/* Of a result the day is more than where it is filed: it is what it was true of. */
static bool says_another_day(struct arena *a, const struct hl7_message *m,
			     const struct storage_name *name)
{
	unsigned unused;
	return text_equal(name->type->code, "OML-11")
	       && ssmix2_other_day(a, m, name, &unused) != NULL;
}

bool ssmix2_message_read(struct arena *a, const struct ssmix2_source *source,
			 const struct storage_name *name, struct bytes octets,
			 struct ssmix2_message *out, struct problem *p)
{
	struct charset_leniency leniency = charset_of_storage(source->facility);
	*out = (struct ssmix2_message){ .hl7 = NULL };
	if (!hl7_parse(a, octets, &leniency, &out->hl7, p))
		return false;
	const struct hl7_message *m = out->hl7;
	if (m->delimiter_lost
	    && !leniency_grants(source->facility->lenient.lost_delimiter,
				&out->needed.lost_delimiter))
		return problem_at(p, PROBLEM_HEADER_INVALID, "MSH^1^2",
				  "a character of MSH-2 was lost on the way");
	out->needed.misnamed_charset = m->charset.misnamed;
	if (ssmix2_breaks_off(octets, m->charset.used))
		return problem_set(p, PROBLEM_DATA_TYPE,
				   "the file breaks off within double-byte characters: have it "
				   "written again");
	bool cancel = is_message(m, name->type->cancel);
	if (!cancel && !name->type->extended && !is_message(m, name->type->issue)
	    && !is_message(m, name->type->kin))
		return problem_set(p, PROBLEM_MESSAGE_TYPE,
				   "the message is %.20s^%.20s, which %s does not hold: have it "
				   "written under its own data type",
				   m->type, m->event, name->type->code);
	const struct hl7_segment *pid = hl7_only_segment(m, "PID", p);
	if (pid == NULL || !ssmix2_names_patient(pid, source, name->patient_id, p))
		return false;
	out->cancels = cancel || cancels_orders(m);
	if (m->charset.mismatch)
		out->shortcoming = "the characters are in another set than MSH-18 says";
	else if (m->charset.replaced != 0)
		out->shortcoming = "some characters have no counterpart in Unicode";
	else if (says_another_day(a, m, name))
		out->shortcoming = "the specimen (SPM-17) is of another day than the folder; the "
				   "folder's is the day of care";
	else if (name->short_time)
		out->shortcoming = "発生日時 in the name has less than 17 digits";
	return true;
}
