/* profiles/views/view_message.c: a message and its patient, before anything of it is told. */
#include "profiles/views/view_message.h"

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "profiles/actors/metadata_type.h"
#include "profiles/views/view_rows.h"

/* PID-3 against the entry's sourcePatientId, which the import took from the same message; whoever
 * provides one says both. */
static bool names(struct arena *each, const struct hl7_segment *pid, const char *patient_cx)
{
	struct cx_parts parts;
	if (!metadata_type_cx(patient_cx, &parts))
		return true;
	const char *id = arena_text_n(each, parts.id, parts.id_length);
	const char *domain = arena_text_n(each, parts.universal_id, parts.universal_id_length);
	unsigned count = hl7_repetitions(hl7_field(pid, 3));
	for (unsigned n = 1; n <= count; n++) {
		const char *authority = hl7_value(pid, 3, n, 4, 2);
		if (text_equal(hl7_value(pid, 3, n, 1, 1), id)
		    && (authority[0] == '\0' || text_equal(authority, domain)))
			return true;
	}
	return false;
}

const struct hl7_message *view_message_read(struct arena *a, struct bytes octets,
					    const struct view_message *what,
					    const struct hl7_segment **pid)
{
	const struct charset_leniency leniency = charset_of_storage(what->facility);
	struct problem p = { .code = PROBLEM_NONE };
	struct hl7_message *m;
	if (!hl7_parse(a, octets, &leniency, &m, &p) || m->delimiter_lost
	    || m->charset.replaced != 0 || !text_equal(m->type, what->type)
	    || !view_is_among(what->events, m->event))
		return NULL;
	*pid = hl7_only_segment(m, "PID", &p);
	return *pid != NULL && names(a, *pid, what->patient_cx) ? m : NULL;
}
