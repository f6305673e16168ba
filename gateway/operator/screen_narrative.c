/* gateway/operator/screen_narrative.c: marked-up text, of CDA (HL7 CDA R2: 4.3.5) or XHTML (FHIR
 * R4: narrative), as paragraphs, lists and tables. What is not known of it is shown as text. */
#include "gateway/operator/screen.h"

#include <stdlib.h>
#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "gateway/envelope/xml_reader.h"
#include "gateway/envelope/xml_walk.h"
#include "gateway/operator/page.h"

struct telling {
	struct page *page;
	struct arena *arena;
	struct buffer line; /* a paragraph that is being written */
	unsigned indent;
	const char *mark; /* of the item it begins; "" */
};

static bool is_one_of(const struct xml_node *n, const char *const *names)
{
	for (; *names != NULL; names++)
		if (text_equal(xml_local(n), *names))
			return true;
	return false;
}

static bool ends_in_space(const struct buffer *b)
{
	return b->length == 0 || b->data[b->length - 1] == ' ' || b->data[b->length - 1] == '\n';
}

/* White space is one space, as everywhere in marked-up text. */
static void add_text(struct buffer *b, const char *text)
{
	for (; *text != '\0'; text++)
		if (strchr(" \t\r\n", *text) == NULL)
			buffer_byte(b, (unsigned char)*text);
		else if (!ends_in_space(b))
			buffer_byte(b, ' ');
}

static void end_paragraph(struct telling *t)
{
	const char *text = text_trimmed(t->arena, buffer_ended(&t->line));
	if (!text_empty(text)) {
		page_item(t->page, t->indent, t->mark, text);
		t->indent += (unsigned)strlen(t->mark);
		t->mark = "";
	}
	t->line = buffer_in(t->arena);
}

static const char *const silent[] = { "script", "style", "head", "colgroup", "col", NULL };
static const char *const pictures[] = { "renderMultiMedia", "img", NULL };

/* What stands in line; line_end: of a table's cell, which has none. */
static void add_inline(struct buffer *b, const struct xml_node *n, char line_end)
{
	if (is_one_of(n, silent))
		return;
	bool deleted = text_equal(xml_attribute(n, "revised"), "delete");
	if (text_equal(xml_local(n), "br"))
		buffer_byte(b, (unsigned char)line_end);
	if (is_one_of(n, pictures))
		add_text(b, "[picture]");
	if (deleted)
		add_text(b, "[deleted: ");
	add_text(b, xml_text_before(n));
	for (const struct xml_node *c = xml_first_element(n); c != NULL; c = xml_next_element(c)) {
		add_inline(b, c, line_end);
		add_text(b, xml_text_behind(c));
	}
	if (deleted)
		add_text(b, "]");
}

/* Cells that reach down from a row above: what stands in them is said once, and the others stay in
 * their columns. */
struct grid {
	struct page_table *table;
	unsigned held[PAGE_CELLS_MOST];
};

static unsigned span_of(const struct xml_node *cell, const char *name, unsigned most)
{
	uint64_t span = 1;
	const char *said = xml_attribute(cell, name);
	return said != NULL && text_to_number(said, most, &span) && span != 0 ? (unsigned)span : 1;
}

static const char *cell_of(struct telling *t, const struct xml_node *cell)
{
	struct buffer b = buffer_in(t->arena);
	add_inline(&b, cell, ' ');
	return buffer_ended(&b);
}

static void tell_row(struct telling *t, struct grid *g, const struct xml_node *row)
{
	static const char *const kinds[] = { "td", "th", NULL };
	const char *cells[PAGE_CELLS_MOST + 1] = { NULL };
	size_t at = 0, count = 0;
	bool heading = true;
	for (const struct xml_node *c = xml_first_element(row); c != NULL;
	     c = xml_next_element(c)) {
		if (!is_one_of(c, kinds))
			continue;
		while (at < PAGE_CELLS_MOST && g->held[at] > 0)
			g->held[at++]--;
		if (at == PAGE_CELLS_MOST) {
			count = PAGE_CELLS_MOST + 1; /* more than a page has: it says so */
			break;
		}
		heading = heading && text_equal(xml_local(c), "th");
		cells[at] = cell_of(t, c);
		unsigned down = span_of(c, "rowspan", PAGE_ROWS_MOST),
			 across = span_of(c, "colspan", PAGE_CELLS_MOST);
		for (; across > 0 && at < PAGE_CELLS_MOST; across--)
			g->held[at++] = down - 1;
		count = at;
	}
	for (; at < PAGE_CELLS_MOST; at++)
		g->held[at] -= g->held[at] > 0;
	if (count > 0)
		page_row(g->table, heading, cells, count);
}

static void tell_rows(struct telling *t, struct grid *g, const struct xml_node *n)
{
	static const char *const parts[] = { "thead", "tbody", "tfoot", NULL };
	for (const struct xml_node *c = xml_first_element(n); c != NULL; c = xml_next_element(c))
		if (text_equal(xml_local(c), "tr"))
			tell_row(t, g, c);
		else if (is_one_of(c, parts))
			tell_rows(t, g, c);
		else if (text_equal(xml_local(c), "caption"))
			page_text(t->page, t->indent, cell_of(t, c));
}

static void tell_table(struct telling *t, const struct xml_node *n)
{
	struct grid g = { .table = page_table(t->page) };
	end_paragraph(t);
	tell_rows(t, &g, n);
	page_table_end(g.table, t->indent);
}

static void tell_blocks(struct telling *t, const struct xml_node *n);

static void tell_list(struct telling *t, const struct xml_node *n)
{
	static const char *const items[] = { "item", "li", NULL };
	bool ordered = text_equal(xml_attribute(n, "listType"), "ordered")
		       || text_equal(xml_local(n), "ol");
	unsigned indent = t->indent, number = 1;
	end_paragraph(t);
	for (const struct xml_node *c = xml_first_element(n); c != NULL; c = xml_next_element(c)) {
		if (is_one_of(c, items))
			t->mark = ordered ? arena_printf(t->arena, "%u. ", number++) : "- ";
		tell_blocks(t, c);
		end_paragraph(t);
		t->mark = "";
		t->indent = indent;
	}
}

static void tell_block(struct telling *t, const struct xml_node *n)
{
	end_paragraph(t);
	tell_blocks(t, n);
	end_paragraph(t);
}

static void tell(struct telling *t, const struct xml_node *n)
{
	static const char *const lists[] = { "list", "ul", "ol", NULL };
	static const char *const blocks[] = { "paragraph", "p",  "div", "caption", "h1",  "h2",
					      "h3",        "h4", "h5",  "h6",      "pre", "dl",
					      "dt",        "dd", "hr",  NULL };
	if (text_equal(xml_local(n), "table"))
		tell_table(t, n);
	else if (is_one_of(n, lists))
		tell_list(t, n);
	else if (is_one_of(n, blocks))
		tell_block(t, n);
	else
		add_inline(&t->line, n, '\n');
}

static void tell_blocks(struct telling *t, const struct xml_node *n)
{
	add_text(&t->line, xml_text_before(n));
	for (const struct xml_node *c = xml_first_element(n); c != NULL; c = xml_next_element(c)) {
		tell(t, c);
		add_text(&t->line, xml_text_behind(c));
	}
}

void screen_narrative(struct page *p, unsigned indent, const struct xml_node *text)
{
	struct arena *a = page_arena(p);
	struct telling t = { p, a, buffer_in(a), indent, "" };
	if (text == NULL)
		return;
	tell_blocks(&t, text);
	end_paragraph(&t);
}
