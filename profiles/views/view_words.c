/* profiles/views/view_words.c: what CDA and FHIR say alike: times, numbers, ids, the preface. */
#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/clock.h"
#include "gateway/base/text.h"
#include "gateway/envelope/xml_writer.h"
#include "profiles/views/view_writers.h"
#include "schemas/tables/view_kinds.h"

static const char *zone_of(const char *text)
{
	return text + strcspn(text, "+-");
}

const char *view_cda_time(struct arena *a, const char *text)
{
	bool timed = strcspn(text, "+-") > strlen("YYYYMMDD");
	return timed && *zone_of(text) == '\0' ? text_joined(a, text, "+0900", NULL) : text;
}

const char *view_fhir_time(struct arena *a, const char *text)
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

const char *view_day(struct arena *a, const char *dtm)
{
	instant t;
	char local[DTM_TEXT];
	if (dtm == NULL || !instant_from_dtm(dtm, 0, &t))
		return "";
	instant_to_dtm_jst(t, local);
	return arena_printf(a, "%.4s-%.2s-%.2s", local, local + 4, local + 6);
}

bool view_is_number(const char *text)
{
	const char *digits = "0123456789";
	size_t whole = strspn(text, digits);
	size_t part = text[whole] == '.' ? strspn(text + whole + 1, digits) : 0;
	size_t length = part == 0 ? whole : whole + 1 + part;
	return whole != 0 && text[length] == '\0' && length <= VIEW_NUMBER_MOST;
}

bool view_is_signed(const char *text)
{
	return view_is_number(text[0] == '-' ? text + 1 : text);
}

bool view_is_time(const char *text)
{
	instant t;
	return text[0] == '\0' || instant_from_dtm(text, 540, &t);
}

struct view_id view_id_of(struct arena *a, const char *unique_id)
{
	size_t root = strcspn(unique_id, "^");
	return (struct view_id){
		.root = arena_text_n(a, unique_id, root),
		.extension = unique_id[root] == '^' ? unique_id + root + 1 : NULL,
	};
}

void view_put_preface(struct xml_writer *w, const struct view_head *h, const char *paragraph)
{
	struct arena *a = xml_writer_arena(w);
	xml_element_text(w, paragraph, h->kind->preface);
	if (h->unread != 0)
		xml_element_text(w, paragraph,
				 arena_printf(a,
					      "ほかに %u 件の%sがありますが、読めなかったため"
					      "この一覧にはありません。(%u %s could "
					      "not be read.)",
					      h->unread, h->kind->noun, h->unread, h->kind->nouns));
	if (h->older != 0)
		xml_element_text(w, paragraph,
				 arena_printf(a,
					      "ほかに %u 件の古い%sがありますが、この一覧には新しい"
					      "ものだけがあります。(%u older %s are not shown.)",
					      h->older, h->kind->noun, h->older, h->kind->nouns));
}

void view_put_row(struct xml_writer *w, const char *name, const char *const *cells, size_t count)
{
	xml_open(w, "tr");
	for (size_t i = 0; i < count; i++)
		xml_element_text(w, name, cells[i]);
	xml_close(w);
}
