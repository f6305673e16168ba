/* profiles/medication/medication_words.c: what CDA and FHIR say alike: the narrative, times. */
#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/clock.h"
#include "gateway/base/text.h"
#include "gateway/envelope/xml_writer.h"
#include "profiles/medication/medication_writers.h"

enum { IN_JAPAN = 540 };

/* ---- Times ---- */

static const char *zone_of(const char *text)
{
	return text + strcspn(text, "+-");
}

const char *medication_cda_time(struct arena *a, const char *text)
{
	bool timed = strcspn(text, "+-") > strlen("YYYYMMDD");
	return timed && *zone_of(text) == '\0' ? text_joined(a, text, "+0900", NULL) : text;
}

const char *medication_fhir_time(struct arena *a, const char *text)
{
	const size_t length = strcspn(text, ".+-");
	const char *zone = zone_of(text);
	if (length < strlen("YYYYMM"))
		return length < strlen("YYYY") ? NULL : arena_printf(a, "%.4s", text);
	if (length < strlen("YYYYMMDD"))
		return arena_printf(a, "%.4s-%.2s", text, text + 4);
	if (length < strlen("YYYYMMDDhhmm"))
		return arena_printf(a, "%.4s-%.2s-%.2s", text, text + 4, text + 6);
	return arena_printf(a, "%.4s-%.2s-%.2sT%.2s:%.2s:%.2s%.3s:%.2s", text, text + 4, text + 6,
			    text + 8, text + 10,
			    length < strlen("YYYYMMDDhhmmss") ? "00" : text + 12,
			    *zone == '\0' ? "+09" : zone, *zone == '\0' ? "00" : zone + 3);
}

const char *medication_day(struct arena *a, const char *dtm)
{
	instant t;
	char local[DTM_TEXT];
	if (dtm == NULL || !instant_from_dtm(dtm, 0, &t))
		return "";
	instant_to_dtm_jst(t, local);
	return arena_printf(a, "%.4s-%.2s-%.2s", local, local + 4, local + 6);
}

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

struct medication_source medication_source_of(struct arena *a, const char *unique_id)
{
	size_t root = strcspn(unique_id, "^");
	return (struct medication_source){
		.root = arena_text_n(a, unique_id, root),
		.extension = unique_id[root] == '^' ? unique_id + root + 1 : NULL,
	};
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
		const char *start = medication_fhir_time(a, u->start);
		const char *end = medication_fhir_time(a, u->end);
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
		medication_day(a, p->day),
		p->facility,
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

static void put_row(struct xml_writer *w, const char *name, const char *const cells[COLUMNS])
{
	xml_open(w, "tr");
	for (size_t i = 0; i < COLUMNS; i++)
		xml_element_text(w, name, cells[i]);
	xml_close(w);
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
	put_row(w, "th", columns);
	xml_close(w);
	xml_open(w, "tbody");
	for (const struct prescription *p = list->prescriptions; p != NULL; p = p->next)
		for (const struct medication_line *l = p->lines; l != NULL; l = l->next) {
			cells_of(a, p, l, cells);
			put_row(w, "td", cells);
		}
	xml_close(w);
	xml_close(w);
}

void medication_put_narrative(struct xml_writer *w, const struct medication_list *list,
			      const char *paragraph)
{
	struct arena *a = xml_writer_arena(w);
	xml_element_text(w, paragraph,
			 "求めた施設に開示されている処方から、求められたときに作られた一覧です。"
			 "服用の有無は分かりません。");
	if (list->unread != 0)
		xml_element_text(w, paragraph,
				 arena_printf(a,
					      "ほかに %u 件の処方がありますが、読めなかったため"
					      "この一覧にはありません。(%u prescriptions could "
					      "not be read.)",
					      list->unread, list->unread));
	if (has_lines(list))
		put_table(w, list);
}
