/* profiles/views/view_rows.h: what a row says of an item, before it is put anywhere. */
#ifndef PROFILES_VIEWS_VIEW_ROWS_H
#define PROFILES_VIEWS_VIEW_ROWS_H

#include <stdbool.h>

#include "schemas/model/view.h"
#include "schemas/tables/views.h"

struct arena;

/* One of the words of a list, which has blanks between. */
bool view_is_among(const char *list, const char *one);
/* The row is for items of this type. */
bool view_row_is_for(const struct view_field *f, const struct view_item *i);
/* As it stands, "" where nothing is said; whose it is for "@...". */
const char *view_row_said(struct arena *a, const struct view_list *list,
			  const struct view_source *s, const struct view_item *i, size_t row);
/* What it is elsewhere; NULL: nothing, or it cannot be said there. */
const char *view_row_in_cda(struct arena *a, const struct view_field *f, const char *said);
const char *view_row_in_fhir(struct arena *a, const struct view_field *f, const char *said);
const char *view_row_told(struct arena *a, const struct view_field *f, const char *said);
/* Of VIEW_SYSTEM and VIEW_UNIT: the code, "" where there is none, for then its system says nothing;
 * and the system, NULL: the facility's own. */
struct view_coded {
	const char *code;
	const struct code_system *system;
};
struct view_coded view_row_coded(const struct view_list *list, const struct view_item *i,
				 size_t row);

#endif
