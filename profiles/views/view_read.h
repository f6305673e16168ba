/* profiles/views/view_read.h: a message read by a kind's table (schemas/tables/views.h). */
#ifndef PROFILES_VIEWS_VIEW_READ_H
#define PROFILES_VIEWS_VIEW_READ_H

#include "gateway/base/bytes.h"
#include "schemas/model/region.h"
#include "schemas/model/view.h"

struct arena;
struct view_table;

/* All or nothing of it: NULL where it is no such message, names another patient than its entry
 * (patient_cx, CX; NULL: nobody's number is known), an item that is about nothing, or a character
 * that was lost. A number or time that is none is no fault: it is told to who reads, as it stands,
 * and to nobody else. What it says is kept in the first arena; the second is for the reading alone.
 * facility: who submitted it; NULL: not known any more. */
struct view_source *view_read(struct arena *kept, struct arena *each, struct bytes octets,
			      const struct view_table *table,
			      const struct registered_system *facility, const char *patient_cx);

/* Newest first. What a message of a system takes back is withdrawn in all that came before it from
 * that system, and earlier in itself; an item that takes back is none to be shown. */
void view_withdraw(struct arena *a, const struct view_source *sources);

/* Newest first, of a table by event: what ends another is no item beside it, what was planned and
 * came is gone, and a part knows what it is part of. */
void view_pair(struct arena *a, const struct view_table *table, const struct view_source *sources);

#endif
