/* gateway/config_units.h: values with their units. Pure, thread-safe; false leaves *out alone. */
#ifndef GATEWAY_CONFIG_UNITS_H
#define GATEWAY_CONFIG_UNITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* "16MiB": a whole number and one of B KiB MiB GiB TiB. Only 0 needs no unit. */
bool units_to_octets(const char *text, uint64_t *out);
/* "5min": a whole number and one of s min h d. Only 0 needs no unit. */
bool units_to_seconds(const char *text, uint64_t *out);
/* yes no on off true false */
bool units_to_flag(const char *text, bool *out);

/* The shortest form that reads back as the same value. */
enum { UNITS_TEXT = 32 };
void units_from_octets(uint64_t octets, char out[UNITS_TEXT]);
void units_from_seconds(uint64_t seconds, char out[UNITS_TEXT]);

#endif
