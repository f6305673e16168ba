/* gateway/operator/output.c: one way to print a result, in four forms. */
#include "gateway/operator/output.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include "gateway/base/arena.h"
#include "gateway/base/bytes.h"
#include "gateway/base/text.h"

static bool local_times;

void output_local_times(bool local)
{
	local_times = local;
}

/* The length of what stands before the fraction of a second; 0: it is no moment in UTC. */
static size_t moment_of(const char *text, struct tm *out)
{
	static const char form[] = "0000-00-00T00:00:00";
	size_t length = 0;
	while (form[length] == '0' ? text[length] >= '0' && text[length] <= '9'
				   : form[length] != '\0' && text[length] == form[length])
		length++;
	const char *rest = text + length;
	if (form[length] != '\0')
		return 0;
	if (rest[0] == '.' && rest[1] != 'Z')
		rest += 1 + strspn(rest + 1, "0123456789");
	*out = (struct tm){ .tm_year = atoi(text) - 1900,
			    .tm_mon = atoi(text + 5) - 1,
			    .tm_mday = atoi(text + 8),
			    .tm_hour = atoi(text + 11),
			    .tm_min = atoi(text + 14),
			    .tm_sec = atoi(text + 17) };
	return text_equal(rest, "Z") ? length : 0;
}

const char *output_time(struct arena *a, const char *text)
{
	struct tm there;
	size_t length = local_times ? moment_of(text, &there) : 0;
	time_t moment = length == 0 ? 0 : timegm(&there);
	if (length == 0 || localtime_r(&moment, &there) == NULL)
		return text;
	long minutes = there.tm_gmtoff / 60, distance = labs(minutes);
	return arena_printf(a, "%04d-%02d-%02dT%02d:%02d:%02d%.*s%c%02ld:%02ld",
			    there.tm_year + 1900, there.tm_mon + 1, there.tm_mday, there.tm_hour,
			    there.tm_min, there.tm_sec, (int)(strlen(text) - length - 1),
			    text + length, minutes < 0 ? '-' : '+', distance / 60, distance % 60);
}

bool output_format_of(const char *name, enum output_format *out)
{
	static const char *const names[] = { "table", "json", "ndjson", "csv" };
	for (size_t i = 0; i < COUNT(names); i++)
		if (text_equal(name, names[i])) {
			*out = (enum output_format)i;
			return true;
		}
	return false;
}

static unsigned letter_width(UChar32 c)
{
	int kind = u_charType(c);
	if (kind == U_NON_SPACING_MARK || kind == U_ENCLOSING_MARK || kind == U_FORMAT_CHAR)
		return 0;
	int width = u_getIntPropertyValue(c, UCHAR_EAST_ASIAN_WIDTH);
	return width == U_EA_WIDE || width == U_EA_FULLWIDTH ? 2 : 1;
}

unsigned output_width(const char *text)
{
	unsigned width = 0;
	int32_t i = 0, length = (int32_t)strlen(text);
	while (i < length) {
		UChar32 c;
		U8_NEXT(text, i, length, c);
		width += c < 0 ? 1 : letter_width(c);
	}
	return width;
}

/* A control character in a name must not move the operator's cursor. */
static bool controls(UChar32 c)
{
	int kind = u_charType(c);
	return c < 0 || kind == U_CONTROL_CHAR || kind == U_LINE_SEPARATOR
	       || kind == U_PARAGRAPH_SEPARATOR || (c >= 0x202A && c <= 0x202E)
	       || (c >= 0x2066 && c <= 0x2069);
}

const char *output_printable(struct arena *a, const char *text)
{
	struct buffer b = buffer_in(a);
	int32_t i = 0, length = (int32_t)strlen(text);
	while (i < length) {
		int32_t begin = i;
		UChar32 c;
		U8_NEXT(text, i, length, c);
		if (controls(c))
			buffer_byte(&b, '?');
		else
			buffer_append(&b, text + begin, (size_t)(i - begin));
	}
	return buffer_ended(&b);
}

static const char *cell(struct arena *a, const json_t *value)
{
	switch (value == NULL ? JSON_NULL : json_typeof(value)) {
	case JSON_STRING: return output_printable(a, output_time(a, json_string_value(value)));
	case JSON_INTEGER:
		return arena_printf(a, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
	case JSON_REAL: return arena_printf(a, "%.6g", json_real_value(value));
	case JSON_TRUE: return "yes";
	case JSON_FALSE: return "no";
	case JSON_NULL: return "";
	case JSON_ARRAY:
	case JSON_OBJECT: break;
	}
	struct buffer b = buffer_in(a);
	const char *key;
	json_t *member;
	size_t index;
	if (json_is_array(value))
		json_array_foreach (value, index, member)
			buffer_printf(&b, "%s%s", index == 0 ? "" : ", ", cell(a, member));
	else
		json_object_foreach ((json_t *)value, key, member)
			buffer_printf(&b, "%s%s=%s", b.length == 0 ? "" : " ",
				      output_printable(a, key), cell(a, member));
	return buffer_ended(&b);
}

static void put_padded(FILE *out, const char *text, unsigned width, bool right, bool last)
{
	int padding = (int)(width - output_width(text));
	if (right)
		fprintf(out, "%*s%s", padding, "", text);
	else
		fprintf(out, "%s%*s", text, last ? 0 : padding, "");
	fputs(last ? "\n" : "  ", out);
}

static void put_table(FILE *out, struct arena *a, const json_t *rows, const struct column *columns)
{
	size_t count = 0, index;
	json_t *row;
	while (columns[count].key != NULL)
		count++;
	unsigned *widths = arena_array(a, unsigned, count + 1);
	for (size_t c = 0; c < count; c++)
		widths[c] = output_width(columns[c].heading);
	json_array_foreach (rows, index, row)
		for (size_t c = 0; c < count; c++) {
			unsigned width = output_width(
				cell(a, json_object_get(row, columns[c].key)));
			widths[c] = width > widths[c] ? width : widths[c];
		}
	for (size_t c = 0; c < count && json_array_size(rows) > 0; c++)
		put_padded(out, columns[c].heading, widths[c], columns[c].right, c + 1 == count);
	json_array_foreach (rows, index, row)
		for (size_t c = 0; c < count; c++)
			put_padded(out, cell(a, json_object_get(row, columns[c].key)), widths[c],
				   columns[c].right, c + 1 == count);
}

/* RFC 4180. */
static void put_csv(FILE *out, const char *text, bool last)
{
	bool quoted = strpbrk(text, ",\"\r\n") != NULL;
	if (quoted)
		putc('"', out);
	for (; *text != '\0'; text++) {
		if (*text == '"')
			putc('"', out);
		putc(*text, out);
	}
	if (quoted)
		putc('"', out);
	fputs(last ? "\r\n" : ",", out);
}

static void put_csv_rows(FILE *out, struct arena *a, const json_t *rows,
			 const struct column *columns)
{
	size_t index;
	json_t *row;
	for (const struct column *c = columns; c->key != NULL; c++)
		put_csv(out, c->titled ? c->heading : c->key, c[1].key == NULL);
	json_array_foreach (rows, index, row)
		for (const struct column *c = columns; c->key != NULL; c++)
			put_csv(out, cell(a, json_object_get(row, c->key)), c[1].key == NULL);
}

static void put_json(FILE *out, const json_t *value, size_t flags)
{
	/* Seconds have six digits; seventeen would show how a computer writes them. */
	json_dumpf(value, out,
		   flags | JSON_REAL_PRECISION(6) | JSON_ENCODE_ANY | JSON_PRESERVE_ORDER);
	putc('\n', out);
}

void output_rows(FILE *out, struct arena *a, enum output_format format, const json_t *rows,
		 const struct column *columns)
{
	size_t index;
	json_t *row;
	switch (format) {
	case OUTPUT_TABLE: put_table(out, a, rows, columns); break;
	case OUTPUT_JSON: put_json(out, rows, JSON_INDENT(2)); break;
	case OUTPUT_NDJSON:
		json_array_foreach (rows, index, row)
			put_json(out, row, JSON_COMPACT);
		break;
	case OUTPUT_CSV: put_csv_rows(out, a, rows, columns); break;
	}
}

/* Members of members as name.name; an array of objects is one line each, name.1 and so on. */
static void flatten(json_t *lines, struct arena *a, const char *name, const json_t *value)
{
	const char *key;
	json_t *member;
	size_t index;
	if (json_is_object(value)) {
		json_object_foreach ((json_t *)value, key, member)
			flatten(lines, a, *name == '\0' ? key : arena_printf(a, "%s.%s", name, key),
				member);
	} else if (json_is_array(value) && json_is_object(json_array_get(value, 0))) {
		json_array_foreach (value, index, member)
			json_array_append_new(lines,
					      json_pack("{s:s, s:O}", "name",
							arena_printf(a, "%s.%zu", name, index + 1),
							"value", member));
	} else {
		json_array_append_new(lines, json_pack("{s:s, s:O}", "name", name, "value", value));
	}
}

void output_object(FILE *out, struct arena *a, enum output_format format, const json_t *object)
{
	static const struct column columns[] = { { .key = "name", .heading = "" },
						 { .key = "value", .heading = "" },
						 { 0 } };
	if (format == OUTPUT_JSON || format == OUTPUT_NDJSON) {
		put_json(out, object, format == OUTPUT_JSON ? JSON_INDENT(2) : JSON_COMPACT);
		return;
	}
	json_t *lines = json_array();
	flatten(lines, a, "", object);
	if (format == OUTPUT_CSV) {
		put_csv_rows(out, a, lines, columns);
	} else {
		size_t index;
		unsigned width = 0;
		json_t *line;
		json_array_foreach (lines, index, line) {
			unsigned w = output_width(cell(a, json_object_get(line, "name")));
			width = w > width ? w : width;
		}
		json_array_foreach (lines, index, line) {
			put_padded(out, cell(a, json_object_get(line, "name")), width, false,
				   false);
			fprintf(out, "%s\n", cell(a, json_object_get(line, "value")));
		}
	}
	json_decref(lines);
}
