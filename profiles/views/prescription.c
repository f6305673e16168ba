/* profiles/views/prescription.c: a prescription, from its message. HL7 2.5: 4.13; SS-MIX2
 * OMP-01. */
#include "profiles/views/prescription.h"

#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/clock.h"
#include "gateway/base/text.h"
#include "gateway/envelope/hl7v2.h"
#include "profiles/views/view_message.h"
#include "profiles/views/view_writers.h"
#include "schemas/tables/medication.h"

struct reading {
	struct arena *kept;
	struct medication_line **line; /* where the next goes */
	struct medication_usage **usage;
	struct medication_line *at; /* that is being read; NULL: a cancelled one, or none yet */
	bool has_drug;
};

static bool is_right(enum medication_value value, const char *text)
{
	instant t;
	return text[0] == '\0' || value == MEDICATION_TEXT
	       || (value == MEDICATION_NUMBER ? view_is_number(text)
					      : instant_from_dtm(text, 540, &t));
}

/* What the segment says at this place, each field once. */
static bool take(struct arena *kept, const struct hl7_segment *s, enum medication_place place,
		 void *into)
{
	for (const struct medication_field *f = medication_fields; f->segment != NULL; f++) {
		if (f->place != place || !text_equal(f->segment, s->name))
			continue;
		const char *text = hl7_value(s, f->field, 1, f->component, f->subcomponent);
		if (hl7_deletes(hl7_field(s, f->field)))
			text = "";
		if (!is_right(f->value, text))
			return false;
		*(const char **)((char *)into + f->offset) = arena_text(kept, text);
	}
	return true;
}

/* Every field says something, if only "". */
static void *blank(enum medication_place place, void *fresh)
{
	for (const struct medication_field *f = medication_fields; f->segment != NULL; f++)
		if (f->place == place)
			*(const char **)((char *)fresh + f->offset) = "";
	return fresh;
}

static struct medication_line *new_line(struct reading *r)
{
	struct medication_line *l = blank(MEDICATION_LINE,
					  arena_new(r->kept, struct medication_line));
	l->note = "";
	return l;
}

/* An order of its own; the one before is whole. */
static bool read_order(struct reading *r, const struct hl7_segment *s)
{
	if (r->at != NULL && !r->has_drug)
		return false;
	bool cancelled = text_equal(hl7_value(s, 1, 1, 1, 1), "CA");
	struct medication_line *l = new_line(r);
	r->at = l;
	r->has_drug = false;
	r->usage = &l->usages;
	if (!cancelled) {
		*r->line = l;
		r->line = &l->next;
	}
	return take(r->kept, s, MEDICATION_LINE, l);
}

static bool read_drug(struct reading *r, const struct hl7_segment *s)
{
	if (r->at == NULL || r->has_drug || !take(r->kept, s, MEDICATION_LINE, r->at))
		return false;
	r->has_drug = true;
	return r->at->drug.text[0] != '\0';
}

static bool read_usage(struct reading *r, const struct hl7_segment *s)
{
	if (r->at == NULL)
		return false;
	struct medication_usage *u = blank(MEDICATION_USAGE,
					   arena_new(r->kept, struct medication_usage));
	*r->usage = u;
	r->usage = &u->next;
	return take(r->kept, s, MEDICATION_USAGE, u);
}

/* A second way for one drug has no place in a line. */
static bool read_route(struct reading *r, const struct hl7_segment *s)
{
	return r->at != NULL && r->at->route.code[0] == '\0' && r->at->route.text[0] == '\0'
	       && take(r->kept, s, MEDICATION_LINE, r->at);
}

static bool read_note(struct reading *r, const struct hl7_segment *s)
{
	if (r->at == NULL || !r->has_drug)
		return true; /* of the patient, or of the message */
	const char *said = hl7_whole(hl7_field(s, 3));
	r->at->note = r->at->note[0] == '\0' ? arena_text(r->kept, said)
					     : text_joined(r->kept, r->at->note, "\n", said, NULL);
	return true;
}

/* RXC: what a mixture is made of. This list says drugs one by one; to say the mixture without what
 * is in it, or the parts as if they were taken alone, would be false. */
static bool read_mixture(struct reading *r, const struct hl7_segment *s)
{
	(void)r, (void)s;
	return false;
}

static const struct {
	const char *name;
	bool (*read)(struct reading *r, const struct hl7_segment *s);
} segments[] = {
	{ "ORC", read_order }, { "RXE", read_drug }, { "TQ1", read_usage },
	{ "RXR", read_route }, { "NTE", read_note }, { "RXC", read_mixture },
};

static bool read_orders(struct reading *r, const struct hl7_message *m)
{
	for (const struct hl7_segment *s = m->segments; s != NULL; s = s->next)
		for (size_t i = 0; i < COUNT(segments); i++)
			if (text_equal(segments[i].name, s->name) && !segments[i].read(r, s))
				return false;
	return r->at != NULL && r->has_drug;
}

struct prescription *prescription_read(struct arena *kept, struct arena *each, struct bytes octets,
				       const struct registered_system *facility,
				       const char *patient_cx)
{
	const struct view_message what = { "RDE", "O11", facility, patient_cx };
	const struct hl7_segment *pid;
	const struct hl7_message *m = view_message_read(each, octets, &what, &pid);
	if (m == NULL)
		return NULL;
	struct prescription *one = blank(MEDICATION_PATIENT, arena_new(kept, struct prescription));
	struct reading r = { .kept = kept, .line = &one->lines };
	return take(kept, pid, MEDICATION_PATIENT, one) && read_orders(&r, m) ? one : NULL;
}
