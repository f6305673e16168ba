/* gateway/envelope/code_file_tsv.c: code sets as a table of ours. */
#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "gateway/envelope/code_file.h"

enum { FIELDS = 6, FIELDS_LEAST = 2 };

static const char *const heading[FIELDS] = {
	"attribute", "code", "scheme", "japanese", "english", "extension",
};

/* The fields of a line; more than there may be are counted. Ends the fields within the line. */
static size_t split(char *line, char *fields[FIELDS])
{
	size_t count = 0;
	for (char *at = line; at != NULL; count++) {
		char *tab = strchr(at, '\t');
		if (tab != NULL)
			*tab++ = '\0';
		if (count < FIELDS)
			fields[count] = at;
		at = tab;
	}
	return count;
}

static bool is_heading(char *const fields[FIELDS], size_t count)
{
	bool is = count >= FIELDS_LEAST && count <= FIELDS;
	for (size_t i = 0; is && i < count; i++)
		is = text_equal(fields[i], heading[i]);
	return is;
}

static const char *said(char *const fields[FIELDS], size_t count, size_t i)
{
	return i < count && fields[i][0] != '\0' ? fields[i] : NULL;
}

static void read_line(struct code_file *f, char *line, unsigned number, bool *headed)
{
	char *fields[FIELDS] = { NULL };
	size_t count = split(line, fields);
	if (!*headed) {
		*headed = true;
		if (!is_heading(fields, count))
			code_file_fault(f, number, NULL,
					"begin with: attribute code scheme japanese english "
					"extension, parted by tabs",
					"this is not the heading of a table of codes");
		return;
	}
	if (count < FIELDS_LEAST || count > FIELDS) {
		code_file_fault(f, number, NULL,
				"write attribute, code, scheme, Japanese and English name and "
				"extension, parted by tabs",
				"the row has %zu fields", count);
		return;
	}
	code_file_add(f,
		      &(struct affinity_code){ .attribute = fields[0],
					       .code = fields[1],
					       .scheme = said(fields, count, 2),
					       .japanese = said(fields, count, 3),
					       .english = said(fields, count, 4),
					       .extension = said(fields, count, 5) },
		      number, NULL);
}

/* The number of the line where the octet is. */
static unsigned line_at(struct bytes text, size_t at)
{
	unsigned line = 1;
	for (size_t i = 0; i < at; i++)
		line += text.data[i] == '\n';
	return line;
}

bool code_file_read_tsv(struct code_file *f, struct bytes text)
{
	size_t readable = text_utf8_length(text.data, text.length);
	unsigned number = 0;
	bool headed = false;
	if (readable < text.length)
		return code_file_fault(f, line_at(text, readable), NULL,
				       "save it as UTF-8, with tabs",
				       "here is something that is not UTF-8 text");
	char *at = arena_text_n(f->arena, (const char *)text.data, text.length);
	if (text_starts(at, "\xef\xbb\xbf"))
		at += 3;
	while (*at != '\0') {
		size_t length = strcspn(at, "\n");
		char *line = at;
		at += length + (at[length] == '\n');
		if (length > 0 && line[length - 1] == '\r')
			length--;
		line[length] = '\0';
		number++;
		if (line[strspn(line, " \t")] != '\0' && line[0] != '#')
			read_line(f, line, number, &headed);
	}
	return f->fault_count == 0;
}

static const char *field(const char *text)
{
	return text == NULL ? "" : text;
}

void code_file_write(struct buffer *b, const struct code_row *first)
{
	for (size_t i = 0; i < FIELDS; i++)
		buffer_printf(b, "%s%s", i == 0 ? "" : "\t", heading[i]);
	buffer_byte(b, '\n');
	code_file_write_rows(b, first);
}

void code_file_write_rows(struct buffer *b, const struct code_row *first)
{
	for (const struct code_row *r = first; r != NULL; r = r->next) {
		const struct affinity_code *c = &r->code;
		buffer_printf(b, "%s\t%s\t%s\t%s\t%s", c->attribute, c->code, field(c->scheme),
			      field(c->japanese), field(c->english));
		buffer_printf(b, c->extension == NULL ? "\n" : "\t%s\n", field(c->extension));
	}
}
