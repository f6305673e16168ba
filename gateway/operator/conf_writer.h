/* gateway/operator/conf_writer.h: a minato.conf with every key explained, from the table of
 * keys. */
#ifndef GATEWAY_OPERATOR_CONF_WRITER_H
#define GATEWAY_OPERATOR_CONF_WRITER_H

#include <stdbool.h>
#include <sys/types.h>

#include "gateway/base/bytes.h"
#include "gateway/operator/region_files.h"

/* A value that a new configuration states; the other keys stand as comments with their defaults. */
struct conf_value {
	const char *section, *key, *value; /* section NULL ends the list */
};

/* The whole file: every section that stands once, and the titled ones as commented examples. */
void conf_write(struct buffer *b, const struct conf_value *values);
/* One system section, and its domain's name. certificate NULL: f says its SHA-256. */
void conf_write_facility(struct buffer *b, const struct facility *f, const char *certificate);
/* A key and its value within a section; value NULL: nothing. */
void conf_write_line(struct buffer *b, const char *key, const char *value);
/* A new file, durable; false when it exists. */
bool conf_write_file(const char *path, struct bytes text, mode_t mode, struct problem *p);

#endif
