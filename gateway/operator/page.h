/* gateway/operator/page.h: text laid out for a terminal, line by line: pairs, paragraphs, tables.
 *
 * What is put on a page comes from outside. Nothing of it moves a cursor: control characters are
 * shown as ?, and lines are broken where the page ends, East Asian wide letters taking two columns
 * (gateway/operator/output.h). A page is bounded: what has no room on it is left out, and the page
 * says so at its end. Everything lives in its arena. Thread-safety: as the arena's. */
#ifndef GATEWAY_OPERATOR_PAGE_H
#define GATEWAY_OPERATOR_PAGE_H

#include <stdbool.h>
#include <stddef.h>

struct arena;
struct page;

enum {
	PAGE_COLUMNS = 80, /* where nobody says how many there are */
	PAGE_COLUMNS_LEAST = 40,
	PAGE_OCTETS_MOST = 4 << 20,
	PAGE_INDENT_MOST = 16,
	PAGE_CELLS_MOST = 24, /* of one row of a table */
	PAGE_ROWS_MOST = 5000 /* of one table */
};

/* columns: fewer than PAGE_COLUMNS_LEAST are as many as that. */
struct page *page_begin(struct arena *a, unsigned columns);
/* What a part is called, with an empty line before it unless it is the first. */
void page_title(struct page *p, unsigned indent, const char *text);
/* One name with its value; an empty value (or NULL) is no line. */
void page_pair(struct page *p, unsigned indent, const char *name, const char *value);
/* A paragraph; line ends within the text are kept. NULL: none. */
void page_text(struct page *p, unsigned indent, const char *text);
/* The same, what it begins with standing before it: "- ". */
void page_item(struct page *p, unsigned indent, const char *mark, const char *text);
void page_gap(struct page *p);
struct arena *page_arena(const struct page *p);

/* A table is put together row by row, and laid out at its end. */
struct page_table;
struct page_table *page_table(struct page *p);
/* cells: count of them, at most PAGE_CELLS_MOST; NULL: an empty one. The texts are borrowed. */
void page_row(struct page_table *t, bool heading, const char *const *cells, size_t count);
void page_table_end(struct page_table *t, unsigned indent);

/* The whole of it, ended by a NUL, each line by a line feed. */
const char *page_end(struct page *p);

#endif
