/* profiles/admin/disclosing_page.h: the page of a disclosure, for the patient: a table a section,
 * in Japanese and English, one file that asks for nothing and runs nothing. Pure.
 *
 * Rows are JSON objects; what a column does not find is a dash. Thread-safety: as the arena. */
#ifndef PROFILES_ADMIN_DISCLOSING_PAGE_H
#define PROFILES_ADMIN_DISCLOSING_PAGE_H

#include <jansson.h>

#include "gateway/base/bytes.h"

struct arena;

enum page_section {
	PAGE_RECORDS,
	PAGE_CONSENTS,
	PAGE_DOCUMENTS,
	PAGE_LOOKS,
	PAGE_PROVISIONS,
	PAGE_WITHHELD,
	PAGE_SECTIONS
};

struct disclosing_page;
struct disclosing_page *disclosing_page_begin(struct arena *a);
void disclosing_page_row(struct disclosing_page *p, enum page_section where, const json_t *row);
/* The whole of it; region, whose and when stand at its head. since: nothing is known of who looked
 * before; NULL: all is. */
struct bytes disclosing_page_end(struct disclosing_page *p, const char *region, const char *whose,
				 const char *when, const char *since);

#endif
