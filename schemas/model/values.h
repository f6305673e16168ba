/* schemas/model/values.h: the small values metadata is made of, ITI TF-3: 4.2.3.1. */
#ifndef SCHEMAS_MODEL_VALUES_H
#define SCHEMAS_MODEL_VALUES_H

/* One of several texts (a slot's values). */
struct text_value {
	const char *value;
	struct text_value *next;
};

/* A coded attribute: Classification with nodeRepresentation, codingScheme slot and Name. */
struct coded_value {
	const char *code, *scheme;
	const char *display;
	const char *display_language; /* xml:lang of the Name, or NULL */
	struct coded_value *next;
};

/* rim:LocalizedString of a Name or Description. */
struct localized {
	const char *value, *language, *charset;
	struct localized *next;
};

struct slot {
	const char *name;
	struct text_value *values;
	struct slot *next;
};

#endif
