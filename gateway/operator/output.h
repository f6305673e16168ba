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
/* The text, with what would move a cursor shown as ? */
const char *output_printable(struct arena *a, const char *text);
/* Terminal columns the text takes (East Asian wide letters take two). */
unsigned output_width(const char *text);

#endif
