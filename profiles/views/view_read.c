/* profiles/views/view_read.c: a message becomes items, row by row of its kind's table. */
#include "profiles/views/view_read.h"

#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "profiles/views/view_message.h"
#include "profiles/views/view_rows.h"
#include "profiles/views/view_writers.h"
#include "schemas/tables/views.h"

struct reading {
	const struct view_table *table;
	struct arena *kept;
	size_t rows;
	const char **group; /* what the segments before the item say, by row */
	const char *note;   /* NTE of theirs */
	bool cancelled;     /* the whole group is */
	struct view_item *at, **last;
	const char **said; /* of the item that is being read */
	unsigned taken;    /* its details, a bit a segment */
	unsigned count;
};

/* ---- Values ---- */

/* Words, else the code before them, of every repetition. */
static const char *each_of(const struct hl7_segment *s, const struct view_field *f)
{
	const char *all = "";
	unsigned count = hl7_repetitions(hl7_field(s, f->field));
	for (unsigned n = 1; n <= count; n++) {
		const char *one = hl7_value(s, f->field, n, f->component, 1);
		if (one[0] == '\0' && f->component > 1)
			one = hl7_value(s, f->field, n, f->component - 1, 1);
		all = all[0] == '\0' ? one : text_joined(s->message->arena, all, "、", one, NULL);
	}
	return all;
}

static const char *value_of(const struct hl7_segment *s, const struct view_field *f)
{
	struct hl7_part field = hl7_field(s, f->field);
	if (hl7_deletes(field))
		return "";
	if (f->value == VIEW_WHOLE)
		return hl7_whole(field);
	if (f->value == VIEW_EACH)
		return each_of(s, f);
	const char *said = hl7_value(s, f->field, 1, f->component, f->subcomponent);
	return said[0] == '\0' && f->value == VIEW_EITHER
		       ? hl7_value(s, f->field, 1, f->component - 1, f->subcomponent)
		       : said;
}

/* Most rows of most items say nothing. */
static const char *kept_text(struct arena *kept, const char *text)
{
	return text[0] == '\0' ? "" : arena_text(kept, text);
}

/* Another place of the row, in this segment. */
static const char *said_elsewhere(const struct hl7_segment *s, const struct view_field *f)
{
	const char *said = "";
	for (size_t n = 0; said[0] == '\0' && n < VIEW_OTHERS_MOST; n++) {
		struct view_field other = *f;
		other.field = f->or [n].field;
		if (text_equal(f->or [n].segment, s->name))
			said = value_of(s, &other);
	}
	return said;
}

/* What another place said stands where its own says nothing. */
static void take(struct reading *r, const struct hl7_segment *s, const char **into)
{
	for (size_t i = 0; i < r->rows; i++) {
		const struct view_field *f = &r->table->fields[i];
		const char *said = text_equal(f->segment, s->name) ? value_of(s, f) : NULL;
		if (said != NULL && (said[0] != '\0' || f->or [0].segment == NULL))
			into[i] = kept_text(r->kept, said);
		else if (into[i][0] == '\0' && f->or [0].segment != NULL)
			into[i] = kept_text(r->kept, said_elsewhere(s, f));
	}
}

/* SN with its parts side by side (">" "100", "1" ":" "128"): the field without its delimiters. */
static const char *without_carets(struct arena *a, const char *text)
{
	char *copy = arena_text(a, text), *to = copy;
	for (const char *from = copy; *from != '\0'; from++)
		if (*from != '^')
			*to++ = *from;
	*to = '\0';
	return copy;
}

static bool is_comparison(const struct hl7_segment *s)
{
	const char *with = hl7_value(s, 5, 1, 1, 1);
	return (view_is_among("< <= > >=", with)) && view_is_signed(hl7_value(s, 5, 1, 2, 1))
	       && hl7_value(s, 5, 1, 3, 1)[0] == '\0' && hl7_value(s, 5, 1, 4, 1)[0] == '\0';
}

/* What OBX-5 holds, which is not always what OBX-2 says: NM of words, CWE in several repetitions.
 * What is no number and no code is text, as it stands. */
static const char *type_of(const struct hl7_segment *s)
{
	struct hl7_part value = hl7_field(s, 5);
	const char *says = hl7_value(s, 2, 1, 1, 1);
	if (!hl7_present(value) || hl7_deletes(value))
		return "NONE";
	if (view_is_among("ED RP", says))
		return "OTHER";
	if (text_equal(says, "NM"))
		return view_is_signed(hl7_whole(value)) ? "NM" : "ST";
	if (text_equal(says, "SN"))
		return is_comparison(s) ? "SN" : "PARTS";
	if (view_is_among("CE CWE CNE", says))
		return hl7_repetitions(value) == 1 ? "CE" : "ST";
	return "ST";
}

static const char *type_by_event(const struct reading *r, const struct hl7_segment *s)
{
	const char *event = s->message->event;
	for (const struct view_event *e = r->table->event_types; e->event != NULL; e++)
		if (text_equal(e->event, event)
		    && view_is_among(e->codes, hl7_value(s, e->place.field, 1, 1, 1)))
			return e->type;
	return arena_text(r->kept, event);
}

/* ---- What is taken back ---- */

static const struct view_withdrawal *withdrawal_by(const struct view_table *t,
						   const struct hl7_segment *s)
{
	for (const struct view_withdrawal *w = t->withdrawals; w->segment != NULL; w++)
		if (text_equal(w->segment, s->name)
		    && view_is_among(w->codes, hl7_value(s, w->field, 1, 1, 1)))
			return w;
	return NULL;
}

/* The code with its system, else the words. */
static const char *about(struct arena *a, const struct hl7_segment *s, unsigned field)
{
	const char *code = hl7_value(s, field, 1, 1, 1);
	if (code[0] == '\0')
		return text_joined(a, "^", hl7_value(s, field, 1, 2, 1), NULL);
	/* One code may stand for all that has none of its own (99999999): the words tell. */
	return text_joined(a, code, "^", hl7_value(s, field, 1, 3, 1), "^",
			   hl7_value(s, field, 1, 2, 1), NULL);
}

static bool is_about_something(const struct hl7_segment *s, unsigned field)
{
	return hl7_value(s, field, 1, 1, 1)[0] != '\0' || hl7_value(s, field, 1, 2, 1)[0] != '\0';
}

/* ---- Segments ---- */

static size_t place_of(const struct view_table *t, const char *name)
{
	size_t i = 0;
	while (i < VIEW_SEGMENTS_MOST && t->segments[i].name != NULL
	       && !text_equal(t->segments[i].name, name))
		i++;
	return i < VIEW_SEGMENTS_MOST && t->segments[i].name != NULL ? i : VIEW_SEGMENTS_MOST;
}

static void begin_group(struct reading *r, const struct hl7_segment *s, size_t place)
{
	for (size_t i = 0; i < r->rows; i++) {
		size_t other = place_of(r->table, r->table->fields[i].segment);
		if (other < VIEW_SEGMENTS_MOST && other >= place)
			r->group[i] = "";
	}
	r->at = NULL;
	r->note = "";
	r->cancelled = false;
	take(r, s, r->group);
}

static void join_parts(struct reading *r)
{
	for (size_t i = 0; i < r->rows; i++)
		if (r->table->fields[i].value == VIEW_WHOLE && r->table->fields[i].field == 5)
			r->said[i] = without_carets(r->kept, r->said[i]);
}

static bool begin_item(struct reading *r, const struct hl7_segment *s)
{
	const struct view_table *t = r->table;
	const struct view_withdrawal *w = withdrawal_by(t, s);
	if (t->by_event && r->count != 0)
		return true;
	if (!is_about_something(s, t->about.field))
		return false;
	struct view_item *one = arena_new(r->kept, struct view_item);
	r->said = arena_array(r->kept, const char *, r->rows);
	memcpy(r->said, r->group, r->rows * sizeof *r->said);
	take(r, s, r->said);
	*one = (struct view_item){ .said = r->said,
				   .type = t->typed      ? type_of(s)
					   : t->by_event ? type_by_event(r, s)
							 : "",
				   .note = r->note,
				   .number = ++r->count,
				   .withdraws = w != NULL && w->earlier,
				   .withdrawn = w != NULL || r->cancelled };
	if (text_equal(one->type, "PARTS") || text_equal(one->type, "SN"))
		join_parts(r);
	if (text_equal(one->type, "PARTS"))
		one->type = "ST";
	one->same[0] = arena_text(r->kept, hl7_whole(hl7_field(s, t->number.field)));
	one->same[1] = about(r->kept, s, t->about.field);
	r->at = one;
	r->taken = 0;
	*r->last = one;
	r->last = &one->next;
	return true;
}

static void read_detail(struct reading *r, const struct hl7_segment *s, size_t place)
{
	if (r->at == NULL || (r->taken & 1U << place) != 0)
		return;
	r->taken |= 1U << place;
	r->at->withdrawn = r->at->withdrawn || withdrawal_by(r->table, s) != NULL;
	take(r, s, r->said);
}

static void read_note(struct reading *r, const struct hl7_segment *s)
{
	const char **note = r->at == NULL ? &r->note : &r->at->note;
	const char *said = hl7_whole(hl7_field(s, 3));
	*note = (*note)[0] == '\0' ? arena_text(r->kept, said)
				   : text_joined(r->kept, *note, "\n", said, NULL);
}

/* False: an item is about nothing. */
static bool read_segment(struct reading *r, const struct hl7_segment *s)
{
	size_t place = place_of(r->table, s->name);
	if (text_equal(s->name, "NTE"))
		read_note(r, s);
	if (place == VIEW_SEGMENTS_MOST)
		return true;
	switch (r->table->segments[place].role) {
	case VIEW_GROUP: begin_group(r, s, place); return true;
	case VIEW_ITEM: return begin_item(r, s);
	case VIEW_DETAIL: read_detail(r, s, place); return true;
	case VIEW_OF_GROUP:
		r->cancelled = r->cancelled || withdrawal_by(r->table, s) != NULL;
		take(r, s, r->group);
	}
	return true;
}

static size_t rows_of(const struct view_table *t)
{
	size_t rows = 0;
	while (t->fields[rows].segment != NULL)
		rows++;
	return rows;
}

static const char *of_patient(struct arena *kept, const struct hl7_segment *pid, unsigned field,
			      unsigned component)
{
	bool deleted = hl7_deletes(hl7_field(pid, field));
	return deleted ? "" : arena_text(kept, hl7_value(pid, field, 1, component, 1));
}

struct view_source *view_read(struct arena *kept, struct arena *each, struct bytes octets,
			      const struct view_table *table,
			      const struct registered_system *facility, const char *patient_cx)
{
	const struct view_message what = { table->type, table->events, facility, patient_cx };
	const struct hl7_segment *pid;
	const struct hl7_message *m = view_message_read(each, octets, &what, &pid);
	if (m == NULL)
		return NULL;
	struct view_source *one = arena_new(kept, struct view_source);
	struct reading r = { .table = table, .kept = kept, .rows = rows_of(table), .note = "" };
	*one = (struct view_source){ .person = { .family = of_patient(kept, pid, 5, 1),
						 .given = of_patient(kept, pid, 5, 2),
						 .birth = of_patient(kept, pid, 7, 1),
						 .sex = of_patient(kept, pid, 8, 1) } };
	if (!view_is_time(one->person.birth))
		one->person.birth = "";
	r.last = &one->items;
	r.group = arena_array(each, const char *, r.rows);
	for (size_t i = 0; i < r.rows; i++)
		r.group[i] = "";
	for (const struct hl7_segment *s = m->segments; s != NULL; s = s->next)
		if (!read_segment(&r, s))
			return NULL;
	return one;
}
