/* gateway/base/value.h: what can be kept of a value that was sent, whoever sent it and in whatever
 * dialect: HL7 v2, v3, SS-MIX2, XDS metadata, the operator's command line.
 *
 * What is kept is shown, compared and written in all of them again; so what one of them could read
 * as something else is kept by none. Pure functions. */
#ifndef GATEWAY_BASE_VALUE_H
#define GATEWAY_BASE_VALUE_H

#include <stdbool.h>
#include <stddef.h>

struct arena;

enum {
	VALUE_MOST = 2000,  /* octets; HL7 2.5 has 250 characters for a value of PID */
	VALUE_ID_MOST = 250 /* octets; what IHE lets CX.1 grow to, ITI TF-2: Appendix E */
};

enum value_kind {
	VALUE_TEXT, /* names, addresses: tabs and line ends may be meant */
	VALUE_CODE, /* no control characters */
	/* Besides, no delimiter of HL7 v2, which in a CX would be a forged authority, and nothing
	 * that is not seen: two ids that look the same are one person's or a trap. */
	VALUE_ID
};

/* The value without blanks around it, or NULL when nothing is left. NULL too, and the reason in
 * *fault (else untouched), when it cannot be kept: too long, control characters (C0, C1), U+FFFD,
 * which stands for a character that was lost, code points that are none. said: UTF-8 or NULL. */
const char *value_kept(struct arena *a, const char *said, enum value_kind kind, const char **fault);
/* The same of an id that stands within a text of more, as in a CX: moves *text past the blanks
 * before it and shortens *length by those around. False: nothing is left, or it cannot be kept. */
bool value_id_within(const char **text, size_t *length);
/* Has characters of private use (外字): they mean something to the sender only. */
bool value_is_private(const char *text);

#endif
