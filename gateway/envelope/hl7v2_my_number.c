/* gateway/envelope/hl7v2_my_number.c: Individual Numbers, wherever they stand in a question. */
#include "gateway/envelope/hl7v2_my_number.h"

#include <string.h>

#include "gateway/base/clock.h"
#include "gateway/base/normalise.h"
#include "gateway/base/text.h"

/* A time of twelve digits is one, whatever its last digit says of the others. */
static bool is_my_number(const char *text)
{
	instant unused;
	if (text_starts(text, "tel:"))
		text += strlen("tel:");
	return text_is_my_number(text) && !instant_from_dtm(text, 0, &unused);
}

static bool repetition_has(struct hl7_part repetition)
{
	for (unsigned c = 1; c <= hl7_components(repetition); c++) {
		struct hl7_part whole = hl7_component(repetition, c), part = whole;
		const char *end = whole.text + whole.length;
		for (unsigned s = 1; s == 1 || part.text + part.length < end; s++) {
			part = hl7_subcomponent(whole, s);
			if (is_my_number(hl7_text(part)))
				return true;
		}
	}
	return false;
}

static unsigned first_field(const struct hl7_segment *s)
{
	return text_equal(s->name, "QPD") ? 3 : text_equal(s->name, "QID") ? 2 : 1;
}

static bool segment_has(const struct hl7_segment *s, hl7_looks_alike *alike)
{
	for (unsigned f = first_field(s); f <= HL7_FIELDS_MAX; f++) {
		struct hl7_part field = hl7_field(s, f);
		for (unsigned r = 1, all = hl7_repetitions(field); r <= all; r++) {
			struct hl7_part repetition = hl7_repetition(field, r);
			bool passed = alike != NULL && alike(s, f, repetition);
			if (!passed && repetition_has(repetition))
				return true;
		}
	}
	return false;
}

bool hl7_has_my_number(const struct hl7_message *m, hl7_looks_alike *alike)
{
	const struct hl7_segment *s = m->segments == NULL ? NULL : m->segments->next;
	for (; s != NULL; s = s->next)
		if (segment_has(s, alike))
			return true;
	return false;
}
