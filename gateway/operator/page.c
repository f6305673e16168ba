/* gateway/operator/page.c: text laid out for a terminal. */
#include "gateway/operator/page.h"

#include <string.h>
#include <unicode/utf8.h>

#include "gateway/base/arena.h"
#include "gateway/base/bytes.h"
#include "gateway/base/text.h"
#include "gateway/operator/output.h"

enum { NAME_WIDTH = 12, BETWEEN = 2, CELL_LEAST = 8, LETTER = 5, TAB = 8 };

struct page {
	struct arena *arena;
	struct buffer text;
	unsigned columns;
	bool cut;
};

struct page_table {
	struct page *page;
	const char **cells; /* PAGE_CELLS_MOST a row */
	bool *headings;
	size_t rows, room, columns;
};

struct page *page_begin(struct arena *a, unsigned columns)
{
	struct page *p = arena_new(a, struct page);
	p->arena = a;
	p->text = buffer_in(a);
	p->columns = columns < PAGE_COLUMNS_LEAST ? PAGE_COLUMNS_LEAST : columns;
	return p;
}

struct arena *page_arena(const struct page *p)
{
	return p->arena;
}

static bool has_room(struct page *p)
{
	p->cut = p->cut || p->text.length >= PAGE_OCTETS_MOST;
	return !p->cut;
}

static void put_spaces(struct page *p, unsigned count)
{
	while (count-- > 0)
		buffer_byte(&p->text, ' ');
}

static void end_line(struct page *p)
{
	while (p->text.length > 0 && p->text.data[p->text.length - 1] == ' ')
		p->text.length--;
	buffer_byte(&p->text, '\n');
}

static unsigned bounded(unsigned indent)
{
	return indent < PAGE_INDENT_MOST ? indent : PAGE_INDENT_MOST;
}

/* How wide the letter is that begins there, and its octets. */
static unsigned letter(const char *at, size_t *length)
{
	char one[LETTER] = { 0 };
	int32_t next = 0, most = (int32_t)strnlen(at, LETTER - 1);
	U8_FWD_1(at, next, most);
	memcpy(one, at, (size_t)next);
	*length = (size_t)next;
	return output_width(one);
}

/* One line of a text without line ends: as many letters as the width takes, one at least; broken
 * behind a space or a wide letter, if there is one. The text goes on at *at. */
static size_t take_line(const char **at, unsigned width)
{
	const char *begin = *at, *end = begin, *fit = NULL;
	unsigned taken = 0;
	size_t length;
	while (*end != '\0') {
		unsigned wide = letter(end, &length);
		if (taken + wide > width && end != begin)
			break;
		if (wide == 2)
			fit = end; /* before it, and behind it */
		taken += wide;
		end += length;
		if (wide == 2 || end[-1] == ' ')
			fit = end;
	}
	if (*end != '\0' && *end != ' ' && fit != NULL && fit != begin)
		end = fit;
	*at = end + strspn(end, " ");
	return (size_t)(end - begin);
}

/* What a cursor would jump over is spaces. */
static const char *without_tabs(struct arena *a, const char *line, size_t length)
{
	struct buffer b = buffer_in(a);
	for (size_t i = 0; i < length; i++)
		if (line[i] == '\t')
			do
				buffer_byte(&b, ' ');
			while (b.length % TAB != 0);
		else
			buffer_byte(&b, (unsigned char)line[i]);
	return output_printable(a, buffer_ended(&b));
}

/* The next line of it as it may be shown; NULL: there is no more. */
static const char *next_line(struct arena *a, const char **text)
{
	const char *line = *text;
	if (line == NULL)
		return NULL;
	size_t length = strcspn(line, "\r\n");
	const char *end = line + length;
	bool both = end[0] == '\r' && end[1] == '\n';
	*text = *end == '\0' ? NULL : end + 1 + both;
	return without_tabs(a, line, length);
}

/* Lines, the first behind what stands in its line already. */
static void put_lines(struct page *p, unsigned indent, const char *text)
{
	unsigned width = p->columns - indent;
	bool first = true;
	for (const char *line; has_room(p) && (line = next_line(p->arena, &text)) != NULL;)
		do {
			const char *begin = line;
			if (!first)
				put_spaces(p, indent);
			first = false;
			size_t length = take_line(&line, width);
			buffer_append(&p->text, begin, length);
			end_line(p);
		} while (*line != '\0' && has_room(p));
}

void page_gap(struct page *p)
{
	if (has_room(p) && p->text.length > 1
	    && memcmp(p->text.data + p->text.length - 2, "\n\n", 2) != 0)
		buffer_byte(&p->text, '\n');
}

void page_item(struct page *p, unsigned indent, const char *mark, const char *text)
{
	indent = bounded(indent);
	if (text_empty(text) || !has_room(p))
		return;
	put_spaces(p, indent);
	buffer_text(&p->text, mark);
	put_lines(p, indent + output_width(mark), text);
}

void page_text(struct page *p, unsigned indent, const char *text)
{
	page_item(p, indent, "", text);
}

void page_title(struct page *p, unsigned indent, const char *text)
{
	page_gap(p);
	page_item(p, indent, "# ", text);
}

void page_pair(struct page *p, unsigned indent, const char *name, const char *value)
{
	indent = bounded(indent);
	if (text_empty(value) || !has_room(p))
		return;
	const char *shown = output_printable(p->arena, name);
	unsigned width = output_width(shown);
	if (width > PAGE_INDENT_MOST) { /* too long to stand beside it */
		page_text(p, indent, name);
		page_text(p, indent + NAME_WIDTH + BETWEEN, value);
		return;
	}
	put_spaces(p, indent);
	buffer_text(&p->text, shown);
	put_spaces(p, (width < NAME_WIDTH ? NAME_WIDTH - width : 0) + BETWEEN);
	put_lines(p, indent + (width < NAME_WIDTH ? NAME_WIDTH : width) + BETWEEN, value);
}

struct page_table *page_table(struct page *p)
{
	struct page_table *t = arena_new(p->arena, struct page_table);
	t->page = p;
	return t;
}

/* A cell is one line: what would end it is a space. */
static const char *cell_text(struct arena *a, const char *text)
{
	char *copy = arena_text(a, text == NULL ? "" : text);
	for (char *c = copy; *c != '\0'; c++)
		if (*c == '\n' || *c == '\r' || *c == '\t')
			*c = ' ';
	return output_printable(a, text_trimmed(a, copy));
}

void page_row(struct page_table *t, bool heading, const char *const *cells, size_t count)
{
	struct arena *a = t->page->arena;
	const size_t row = PAGE_CELLS_MOST * sizeof(const char *);
	if (t->rows == PAGE_ROWS_MOST || count > PAGE_CELLS_MOST) {
		t->page->cut = true;
		return;
	}
	if (t->rows == t->room) {
		size_t room = t->room * 2 + 8;
		t->cells = arena_resize(a, t->cells, t->room * row, room * row);
		t->headings = arena_resize(a, t->headings, t->room, room);
		t->room = room;
	}
	for (size_t i = 0; i < PAGE_CELLS_MOST; i++)
		t->cells[t->rows * PAGE_CELLS_MOST + i] = i < count ? cell_text(a, cells[i]) : "";
	t->headings[t->rows++] = heading;
	t->columns = count > t->columns ? count : t->columns;
}

/* As wide as the widest of its cells; 0: nothing stands in it but its heading. */
static unsigned width_of(const struct page_table *t, size_t column)
{
	unsigned widest = 0;
	bool filled = false;
	for (size_t r = 0; r < t->rows; r++) {
		const char *cell = t->cells[r * PAGE_CELLS_MOST + column];
		unsigned w = output_width(cell);
		filled = filled || (!t->headings[r] && *cell != '\0');
		widest = w > widest ? w : widest;
	}
	return !filled ? 0 : widest < t->page->columns ? widest : t->page->columns;
}

/* Where all is too much for the page the widest gives way; false: further than can be read. */
static bool find_widths(const struct page_table *t, unsigned indent, unsigned *widths)
{
	unsigned all = indent;
	for (size_t c = 0; c < t->columns; c++) {
		widths[c] = width_of(t, c);
		all += widths[c] == 0 ? 0 : widths[c] + BETWEEN;
	}
	while (all > t->page->columns + BETWEEN) {
		size_t widest = 0;
		for (size_t c = 1; c < t->columns; c++)
			widest = widths[c] > widths[widest] ? c : widest;
		if (widths[widest] <= CELL_LEAST)
			return false;
		widths[widest]--;
		all--;
	}
	return true;
}

/* A row takes as many lines as its longest cell. */
static void put_row(struct page_table *t, size_t row, unsigned indent, const unsigned *widths)
{
	const char *rest[PAGE_CELLS_MOST];
	bool more = true;
	memcpy(rest, t->cells + row * PAGE_CELLS_MOST, sizeof rest);
	while (more && has_room(t->page)) {
		more = false;
		put_spaces(t->page, indent);
		for (size_t c = 0; c < t->columns; c++) {
			if (widths[c] == 0)
				continue;
			const char *begin = rest[c];
			size_t length = take_line(&rest[c], widths[c]);
			const char *cell = arena_text_n(t->page->arena, begin, length);
			unsigned width = output_width(cell);
			buffer_text(&t->page->text, cell);
			put_spaces(t->page, (width < widths[c] ? widths[c] - width : 0) + BETWEEN);
			more = more || *rest[c] != '\0';
		}
		end_line(t->page);
	}
}

static void put_rule(struct page *p, size_t columns, unsigned indent, const unsigned *widths)
{
	put_spaces(p, indent);
	for (size_t c = 0; c < columns; c++) {
		for (unsigned w = 0; w < widths[c]; w++)
			buffer_byte(&p->text, '-');
		put_spaces(p, widths[c] == 0 ? 0 : BETWEEN);
	}
	end_line(p);
}

/* A table too wide for the page: of each row what stands in it, under the names of its columns. */
static void put_stacked(struct page_table *t, unsigned indent)
{
	size_t heading = 0;
	for (size_t r = 0; r < t->rows && has_room(t->page); r++) {
		const char **names = &t->cells[heading * PAGE_CELLS_MOST];
		if (t->headings[r]) {
			heading = r;
			continue;
		}
		page_gap(t->page);
		for (size_t c = 0; c < t->columns; c++)
			page_pair(t->page, indent, t->headings[heading] ? names[c] : "",
				  t->cells[r * PAGE_CELLS_MOST + c]);
	}
}

void page_table_end(struct page_table *t, unsigned indent)
{
	unsigned widths[PAGE_CELLS_MOST] = { 0 };
	indent = bounded(indent);
	if (!find_widths(t, indent, widths)) {
		put_stacked(t, indent);
		return;
	}
	for (size_t r = 0; r < t->rows && has_room(t->page); r++) {
		put_row(t, r, indent, widths);
		if (t->headings[r] && (r + 1 == t->rows || !t->headings[r + 1]))
			put_rule(t->page, t->columns, indent, widths);
	}
}

const char *page_end(struct page *p)
{
	if (p->cut || p->text.length >= PAGE_OCTETS_MOST)
		buffer_text(&p->text, "\n(There is more of it than is shown here.)\n");
	return buffer_ended(&p->text);
}
