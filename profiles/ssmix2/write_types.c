/* profiles/ssmix2/write_types.c: which data type a message is of, and where it says its day: one
 * row a type. HS026, SS-MIX2 1.2, table 1-1.
 *
 * Prescriptions and injections have the same messages, and so have the three kinds of examinations:
 * what tells them apart is not in what of the guideline could be read. An injection is prepared of
 * components (RXC). The kind of an examination is OBR-24 (HL7 table 0074), or that it is coded by
 * JJ1017 (HS017); of one that was made, its modality (IPC-5). A sender that says neither has to say
 * the type itself. */
#include <string.h>

#include "gateway/base/text.h"
#include "gateway/envelope/hl7v2.h"
#include "profiles/ssmix2/write.h"

#define RADIOLOGY "RAD RX CT NMR NMS RUS XRC RC RT CTH VR"
#define ENDOSCOPY "ES"
#define PHYSIOLOGY "EC EN PF CUS OUS VUS AU PHY"

/* clang-format off */
#define ORDERED { { "ORC", 9, 1 }, { "ORC", 15, 1 } }
static const struct storage_row rows[] = {
	{ .type = "ADT-00" },
	{ .type = "ADT-01" },
	{ .type = "ADT-61" },
	{ .type = "PPR-01" },
	{ .type = "ADT-12", .day = { { "PV1", 44, 1 }, { "EVN", 6, 1 }, { "EVN", 2, 1 },
				     { "MSH", 7, 1 } } },
	{ .type = "ADT-21", .day = { { "PV2", 8, 1 } } },
	{ .type = "ADT-22", .day = { { "PV1", 44, 1 }, { "EVN", 6, 1 } } },
	{ .type = "ADT-31", .day = { { "EVN", 6, 1 } } },
	{ .type = "ADT-32", .day = { { "EVN", 6, 1 }, { "PV2", 47, 1 } } },
	{ .type = "ADT-41", .day = { { "PV2", 8, 1 } } },
	{ .type = "ADT-42", .day = { { "EVN", 6, 1 } } },
	{ .type = "ADT-51", .day = { { "PV2", 9, 1 } } },
	{ .type = "ADT-52", .day = { { "PV1", 45, 1 }, { "EVN", 6, 1 } } },
	{ .type = "OMD", .numbered = true, .day = ORDERED },
	{ .type = "OMP-02", .numbered = true, .day = ORDERED, .told_by = { "RXC", 1, 1 } },
	{ .type = "OMP-01", .numbered = true, .day = ORDERED },
	{ .type = "OMP-12", .numbered = true, .day = { { "RXA", 3, 1 } },
	  .told_by = { "RXC", 1, 1 } },
	{ .type = "OMP-11", .numbered = true, .day = { { "RXA", 3, 1 } } },
	{ .type = "OML-01", .numbered = true, .day = ORDERED },
	{ .type = "OML-11", .numbered = true, .day = { { "SPM", 17, 1 }, { "OBR", 7, 1 } } },
	{ .type = "OMG-01", .numbered = true, .day = ORDERED, .told_by = { "OBR", 24, 1 },
	  .words = RADIOLOGY },
	{ .type = "OMG-02", .numbered = true, .day = ORDERED, .told_by = { "OBR", 24, 1 },
	  .words = ENDOSCOPY },
	{ .type = "OMG-03", .numbered = true, .day = ORDERED, .told_by = { "OBR", 24, 1 },
	  .words = PHYSIOLOGY },
	{ .type = "OMG-01", .numbered = true, .day = ORDERED, .told_by = { "OBR", 4, 3 },
	  .words = "JJ1017 JJ1017-16M JJ1017-16P JJ1017-32 99JJ1017" },
	{ .type = "OMG-12", .numbered = true, .day = { { "OBR", 7, 1 } },
	  .told_by = { "IPC", 5, 1 }, .words = ENDOSCOPY },
	{ .type = "OMG-11", .numbered = true, .day = { { "OBR", 7, 1 } } },
	{ .type = "OMG-13", .numbered = true, .day = { { "OBR", 7, 1 } } },
};
/* clang-format on */

const struct storage_row *storage_row_at(size_t number)
{
	return number < COUNT(rows) ? &rows[number] : NULL;
}

static bool is_word(const char *words, const char *word)
{
	size_t length = strlen(word);
	for (const char *at = words; length != 0 && at != NULL && (at = strstr(at, word)) != NULL;
	     at += length)
		if ((at == words || at[-1] == ' ') && (at[length] == ' ' || at[length] == '\0'))
			return true;
	return false;
}

static bool tells(const struct storage_row *row, const struct hl7_message *m)
{
	const struct storage_place *by = &row->told_by;
	if (by->segment == NULL)
		return true;
	for (const struct hl7_segment *s = m->segments; s != NULL; s = s->next) {
		if (!text_equal(s->name, by->segment))
			continue;
		const char *value = hl7_value(s, by->field, 1, by->component, 1);
		if (row->words == NULL ? *value != '\0' : is_word(row->words, value))
			return true;
	}
	return false;
}

static bool is_kind(const struct hl7_message *m, const char *kind)
{
	size_t length = kind == NULL ? 0 : strcspn(kind, "^");
	return kind != NULL && strlen(m->type) == length && strncmp(m->type, kind, length) == 0
	       && text_equal(m->event, kind + length + 1);
}

static bool holds(const struct storage_row *row, const struct hl7_message *m)
{
	const struct storage_type *type = storage_type_of(row->type);
	return type != NULL && (is_kind(m, type->issue) || is_kind(m, type->cancel));
}

const struct storage_row *storage_row_of(const struct hl7_message *m, const char *type,
					 struct problem *p)
{
	bool known = false;
	for (size_t i = 0; i < COUNT(rows); i++) {
		bool fits = holds(&rows[i], m);
		known = known || fits;
		if (fits && (type == NULL ? tells(&rows[i], m) : text_equal(type, rows[i].type)))
			return &rows[i];
	}
	if (type != NULL && known)
		problem_at(p, PROBLEM_MESSAGE_TYPE, "MSH^1^9",
			   "the message is %.20s^%.20s, which '%.20s' does not hold", m->type,
			   m->event, type);
	else if (known)
		problem_at(p, PROBLEM_FIELD_MISSING, "OBR^1^24",
			   "%.20s^%.20s is of several data types, and OBR-24 does not tell which: "
			   "one of " RADIOLOGY " for OMG-01, " ENDOSCOPY " for OMG-02, " PHYSIOLOGY
			   " for OMG-03",
			   m->type, m->event);
	else
		problem_at(p, PROBLEM_MESSAGE_TYPE, "MSH^1^9",
			   "%.20s^%.20s is of no data type of SS-MIX2", m->type, m->event);
	return NULL;
}
