/* profiles/views/medication_words.c: what CDA and FHIR say alike of drugs: the
 * narrative. */
#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "gateway/envelope/xml_writer.h"
#include "profiles/views/medication_writers.h"
#include "profiles/views/view_writers.h"

const char *medication_time_unit(const char *said)
{
	static const struct {
		const char *said, *ucum;
	} units[] = {
		{ "d", "d" },   { "D", "d" }, { "日", "d" }, { "wk", "wk" },   { "W", "wk" },
		{ "mo", "mo" }, { "h", "h" }, { "H", "h" },  { "min", "min" },
	};
	for (size_t i = 0; i < COUNT(units); i++)
		if (text_equal(units[i].said, said))
			return units[i].ucum;
	return NULL;
}

const char *medication_prescriber(struct arena *a, const struct prescriber *p)
{
	const char *blank = p->family[0] != '\0' && p->given[0] != '\0' ? " " : "";
	return text_joined(a, p->family, blank, p->given, NULL);
}

/* ---- The narrative ---- */

static const char *words(const struct medication_code *c)
{
	return c->text[0] != '\0' ? c->text : c->code;
}

static const char *quantity(struct arena *a, const char *value, const char *unit)
{
	return value[0] == '\0' ? "" : text_joined(a, value, " ", unit, NULL);
}

/* 14日 */
static const char *lasting(struct arena *a, const struct medication_usage *u)
{
	const char *unit = text_equal(medication_time_unit(u->lasting_unit), "d") ? "日"
										  : u->lasting_unit;
	return u->lasting[0] == '\0' ? "" : text_joined(a, u->lasting, unit, NULL);
}

/* Each usage, behind the other: words, dose of its own, how long, from when. */
static const char *usages(struct arena *a, const struct medication_line *l)
{
	struct buffer b = buffer_in(a);
	for (const struct medication_usage *u = l->usages; u != NULL; u = u->next) {
		const char *start = view_fhir_time(a, u->start);
		const char *end = view_fhir_time(a, u->end);
		const char *parts[] = { words(&u->usage),
					quantity(a, u->dose, words(&l->dose_unit)),
					lasting(a, u),
					start == NULL ? "" : text_joined(a, start, "から", NULL),
					end == NULL ? "" : text_joined(a, end, "まで", NULL),
					u->instruction };
		if (b.length != 0)
			buffer_byte(&b, ';');
		for (size_t i = 0; i < COUNT(parts); i++)
			if (parts[i][0] != '\0')
				buffer_printf(&b, "%s%s", b.length == 0 ? "" : " ", parts[i]);
	}
	return buffer_ended(&b);
}

static const char *remarks(struct arena *a, const struct medication_line *l)
{
	const char *form = words(&l->form);
	const char *parts[] = { words(&l->route),
				form[0] == '\0' ? "" : text_joined(a, "剤形 ", form, NULL),
				words(&l->instruction), l->note };
	struct buffer b = buffer_in(a);
	for (size_t i = 0; i < COUNT(parts); i++)
		if (parts[i][0] != '\0')
			buffer_printf(&b, "%s%s", b.length == 0 ? "" : "; ", parts[i]);
	return buffer_ended(&b);
}

/* The standard code's words stand behind the facility's, where they are others. */
static const char *drug(struct arena *a, const struct medication_line *l)
{
	const char *own = words(&l->drug), *standard = l->same_drug.text;
	return standard[0] == '\0' || text_equal(own, standard)
		       ? own
		       : text_joined(a, own, " (", standard, ")", NULL);
}

/* The columns, and what stands in each. */
enum { COLUMNS = 10 };
static const char *const columns[COLUMNS] = { "日付",  "医療機関", "診療科", "処方医", "薬剤",
					      "1回量", "1日量",    "用法",   "総量",   "備考" };

static void cells_of(struct arena *a, const struct prescription *p, const struct medication_line *l,
		     const char *cells[COLUMNS])
{
	const char *row[COLUMNS] = {
		view_day(a, p->origin.day),
		p->origin.facility,
		words(&l->department),
		medication_prescriber(a, &l->prescriber),
		drug(a, l),
		quantity(a, l->dose, words(&l->dose_unit)),
		quantity(a, l->daily, l->daily_unit),
		usages(a, l),
		quantity(a, l->supply, words(&l->supply_unit)),
		remarks(a, l),
	};
	memcpy(cells, row, sizeof row);
}

static bool has_lines(const struct medication_list *list)
{
	for (const struct prescription *p = list->prescriptions; p != NULL; p = p->next)
		if (p->lines != NULL)
			return true;
	return false;
}

static void put_table(struct xml_writer *w, const struct medication_list *list)
{
	struct arena *a = xml_writer_arena(w);
	const char *cells[COLUMNS];
	xml_open(w, "table");
	xml_open(w, "thead");
	view_put_row(w, "th", columns, COLUMNS);
	xml_close(w);
	xml_open(w, "tbody");
	for (const struct prescription *p = list->prescriptions; p != NULL; p = p->next)
		for (const struct medication_line *l = p->lines; l != NULL; l = l->next) {
			cells_of(a, p, l, cells);
			view_put_row(w, "td", cells, COLUMNS);
		}
	xml_close(w);
	xml_close(w);
}

void medication_put_narrative(struct xml_writer *w, const struct medication_list *list,
			      const char *paragraph)
{
	view_put_preface(w, &list->head, paragraph);
	if (has_lines(list))
		put_table(w, list);
}
