/* gateway/operator/output.h: one way to print a result, in four forms.
 *
 * A result is a JSON array of objects and the columns to show of it, or one object. Text from
 * outside never reaches a terminal with its control characters. */
#ifndef GATEWAY_OPERATOR_OUTPUT_H
#define GATEWAY_OPERATOR_OUTPUT_H

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

struct arena;

enum output_format { OUTPUT_TABLE, OUTPUT_JSON, OUTPUT_NDJSON, OUTPUT_CSV };

struct column {
	const char *key; /* member of a row; NULL ends the list */
	const char *heading;
	bool right;  /* numbers */
	bool titled; /* CSV has the heading, too, in the place of the key: what is handed on */
};

bool output_format_of(const char *name, enum output_format *out);
/* rows: an array of objects. JSON forms hold every member, table and CSV the columns. */
void output_rows(FILE *out, struct arena *a, enum output_format format, const json_t *rows,
		 const struct column *columns);
/* One object: a line a member; members of members by name.name. */
void output_object(FILE *out, struct arena *a, enum output_format format, const json_t *object);
/* From then on tables and CSV have times of the machine's zone (TZ), with their distance from UTC;
 * JSON has UTC always. Once in a run of the tool, before anything is printed; not thread-safe. */
void output_local_times(bool local);
/* A time as it is printed in a table: 2026-01-15T00:30:00.000Z, or what it is there. Any other text
 * is itself. */
const char *output_time(struct arena *a, const char *text);
/* The text, with what would move a cursor shown as ? */
const char *output_printable(struct arena *a, const char *text);
/* Terminal columns the text takes (East Asian wide letters take two). */
unsigned output_width(const char *text);

#endif
