/* profiles/ssmix2/care_date.c: the field of a message that its 診療日 is taken from (HS026),
 * against the folder, which is what counts. */
#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/normalise.h"
#include "gateway/base/text.h"
#include "profiles/ssmix2/message.h"

static const struct {
	const char *types; /* data types, between blanks */
	const char *segment;
	unsigned field;
} days[] = {
	{ " ADT-12 ADT-22 ", "PV1", 44 },
	{ " ADT-21 ADT-41 ", "PV2", 8 },
	{ " ADT-31 ADT-42 ", "EVN", 6 },
	{ " ADT-51 ", "PV2", 9 },
	{ " ADT-52 ", "PV1", 45 },
	{ " OMD OMP-01 OMP-02 OML-01 OMG-01 OMG-02 OMG-03 ", "ORC", 9 },
	{ " OMP-11 OMP-12 ", "RXA", 3 },
	{ " OML-11 ", "SPM", 17 },
	{ " OMG-11 OMG-12 OMG-13 ", "OBR", 7 },
};

/* 2024/04/12 and R6.4.12 are days as well; NULL: it says none. */
static const char *day_of(struct arena *a, const char *said)
{
	if (strspn(said, "0123456789") >= 8)
		return arena_text_n(a, said, 8);
	return normalise_birth_date(a, said);
}

const struct hl7_segment *ssmix2_other_day(struct arena *a, const struct hl7_message *m,
					   const struct storage_name *n, unsigned *field)
{
	const struct hl7_segment *other = NULL;
	const char *type = arena_printf(a, " %s ", n->type->code);
	size_t row = 0;
	while (row < COUNT(days) && strstr(days[row].types, type) == NULL)
		row++;
	for (const struct hl7_segment *s = row == COUNT(days) ? NULL : m->segments; s != NULL;
	     s = s->next) {
		const char *day = !text_equal(s->name, days[row].segment)
					  ? NULL
					  : day_of(a, hl7_value(s, days[row].field, 1, 1, 1));
		if (day != NULL && text_equal(day, n->date))
			return NULL;
		if (day != NULL && other == NULL)
			other = s;
	}
	*field = row == COUNT(days) ? 0 : days[row].field;
	return other;
}
