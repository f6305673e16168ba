/* gateway/config_set.h: texts become typed values, by the table of keys.
 * Known to gateway/config*.c only. */
#ifndef GATEWAY_CONFIG_SET_H
#define GATEWAY_CONFIG_SET_H

#include "gateway/config_keys.h"
#include "gateway/config_parse.h"

/* What a configuration is made in. */
struct config_making {
	struct arena *arena; /* the configuration's own */
	struct config_faults *faults;
	const char *directory; /* names of files start here */
	/* the end of the text is not known: nothing counts as missing */
	bool partial;
	struct config_value *values, **tail;
};

/* Fills the struct of the section's kind at base (zeroed) and notes every value with its source.
 * section NULL: all defaults; kind then says of what. where: for what is missing. */
void config_section_set(struct config_making *m, const struct config_section_kind *kind,
			const struct config_section *section, struct config_place where,
			void *base);
/* Tells that a key names a file that is not what it should be; section: as it is to be called. */
void config_fault_of_file(struct config_making *m, struct config_place where, const char *section,
			  const char *key, const char *path, const char *why);
/* The next section of a kind, from s on, s included; NULL: there is none. */
const struct config_section *config_section_next(const struct config_section *s,
						 enum config_section_number n);
size_t config_section_count(const struct config_section *sections, enum config_section_number n);
/* The first entry of that key, or NULL. */
const struct config_entry *config_entry_of(const struct config_section *section, const char *key);
/* Where a key stands; where its section stands when it has the default. */
struct config_place config_place_of(const struct config_section *section, const char *key,
				    struct config_place where);

#endif
