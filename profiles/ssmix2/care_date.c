/* profiles/ssmix2/care_date.c: the field of a message that its 診療日 is taken from (HS026),
 * against the folder, which is what counts. */
#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/normalise.h"
#include "gateway/base/text.h"
#include "profiles/ssmix2/message.h"
#include "profiles/ssmix2/write.h"

/* Where its data type says it first (write_types.c); NULL: it has none. */
static const struct storage_place *place_of(const struct storage_type *type)
{
	const struct storage_row *row;
	for (size_t i = 0; (row = storage_row_at(i)) != NULL; i++)
		if (text_equal(row->type, type->code))
			return row->day[0].segment == NULL ? NULL : &row->day[0];
	return NULL;
}

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
	const struct storage_place *at = place_of(n->type);
	for (const struct hl7_segment *s = at == NULL ? NULL : m->segments; s != NULL;
	     s = s->next) {
		const char *day = !text_equal(s->name, at->segment)
					  ? NULL
					  : day_of(a, hl7_value(s, at->field, 1, 1, 1));
		if (day != NULL && text_equal(day, n->date))
			return NULL;
		if (day != NULL && other == NULL)
			other = s;
	}
	*field = at == NULL ? 0 : at->field;
	return other;
}
