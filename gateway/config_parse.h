/* gateway/config_parse.h: the text of a configuration as sections of entries; meaning comes later.
 * Known to gateway/config*.c only. */
#ifndef GATEWAY_CONFIG_PARSE_H
#define GATEWAY_CONFIG_PARSE_H

#include "gateway/config.h"

/* One value. A list has several, of which only the first begins a statement. */
struct config_entry {
	const struct config_key *key;
	const char *value;
	struct config_place place;
	bool begins;
	struct config_entry *next;
};

struct config_section {
	const struct config_section_kind *kind;
	const char *title; /* NULL where its kind has none */
	struct config_place place;
	bool closed; /* its last brace has been read */
	struct config_entry *entries, **tail;
	struct config_section *next;
};

/* Sections in the order of the text; all lives in the faults' arena. Unknown names and syntax
 * become faults. False when the text could not be read to its end; what could be is given all the
 * same. */
bool config_parse(struct config_text *text, struct config_faults *faults,
		  struct config_section **out);

#endif
