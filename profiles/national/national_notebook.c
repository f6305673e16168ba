/* profiles/national/national_notebook.c: the electronic medication notebook (JAHIS電子版お薬手帳),
 * as far as metadata speak of it. japan.md E8.
 *
 * Lines of records, the first field of each its number, under a first line that says the version.
 * A notebook that did not fit into one code (QR) was cut by octets, perhaps within a character or a
 * record; each part has the first line again and a record 911, which says of how many it is which.
 * The specification of 911 could not be read: its two numbers are taken for "which" (the lower) and
 * "of how many", in whichever order they stand, and it may stand before what is cut or behind. */
#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/normalise.h"
#include "gateway/envelope/charset.h"
#include "profiles/national/national_document.h"

enum { MARK = 7, VERSION = 9, JAPAN = 540 }; /* JAHISTC07; minutes */

struct part {
	struct bytes body;
	const char *set;        /* of which it is a part; NULL: it was not split */
	uint64_t number, count; /* 1, of 3 */
	bool behind;            /* its 911 stands behind, so that a line's end is not of it */
};

struct reading {
	struct arena *arena;
	struct national_document *out;
	struct problem *problem;
	struct part parts[NATIONAL_PARTS_MOST];
	size_t count;
	struct text_list **name, **institution;
	unsigned names, institutions;
	bool has_patient;
};

static bool wrong(struct reading *r, const char *where, const char *what)
{
	return problem_at(r->problem, PROBLEM_REPOSITORY_METADATA, where, "%s", what);
}

/* ---- Lines ---- */

/* The line at *rest, which moves past it, without its end. */
static struct bytes next_line(struct bytes *rest)
{
	size_t length = 0;
	while (length < rest->length && rest->data[length] != '\r' && rest->data[length] != '\n')
		length++;
	struct bytes line = { rest->data, length };
	size_t end = length;
	if (end < rest->length && rest->data[end] == '\r')
		end++;
	if (end < rest->length && rest->data[end] == '\n')
		end++;
	*rest = (struct bytes){ rest->data + end, rest->length - end };
	return line;
}

static bool is_digit(unsigned char c)
{
	return c >= '0' && c <= '9';
}

static bool is_first(struct bytes line)
{
	return line.length >= VERSION && memcmp(line.data, national_notebook.mark, MARK) == 0
	       && is_digit(line.data[MARK]) && is_digit(line.data[MARK + 1])
	       && (line.length == VERSION || line.data[VERSION] == ',');
}

bool national_notebook_begins(struct bytes octets)
{
	return is_first(next_line(&octets));
}

/* The n-th field of a record, from 0; "" if it has not so many. */
static const char *field(struct arena *a, struct bytes line, unsigned n)
{
	for (; n > 0; n--) {
		const unsigned char *comma = memchr(line.data, ',', line.length);
		if (comma == NULL)
			return "";
		line.length -= (size_t)(comma + 1 - line.data);
		line.data = comma + 1;
	}
	const unsigned char *end = memchr(line.data, ',', line.length);
	return arena_text_n(a, (const char *)line.data,
			    end == NULL ? line.length : (size_t)(end - line.data));
}

static bool is_record(struct bytes line, const char *number)
{
	size_t length = strlen(number);
	return line.length > length && memcmp(line.data, number, length) == 0
	       && line.data[length] == ',';
}

/* ---- Parts ---- */

/* One that is not understood is passed over as any other record: then what it was a part of is not
 * known to be whole. */
static void note_split(struct reading *r, struct part *p, struct bytes line)
{
	uint64_t one, other;
	if (p->set != NULL || !text_to_number(field(r->arena, line, 2), NATIONAL_PARTS_MOST, &one)
	    || !text_to_number(field(r->arena, line, 3), NATIONAL_PARTS_MOST, &other) || one == 0
	    || other == 0) {
		r->out->incomplete = true;
		return;
	}
	p->set = field(r->arena, line, 1);
	p->number = one < other ? one : other;
	p->count = one < other ? other : one;
}

/* A first line and its 911 right behind octets that were cut, with no line's end between them: how
 * far the line is of this part. All of it: there is none. */
static size_t before_next_part(struct bytes line, struct bytes rest)
{
	const unsigned char *at = memmem(line.data, line.length, national_notebook.mark, MARK);
	if (at == NULL || !is_record(rest, "911"))
		return line.length;
	size_t length = (size_t)(at - line.data);
	return is_first((struct bytes){ at, line.length - length }) ? length : line.length;
}

/* What stands under one first line, as far as the next. */
static bool read_part(struct reading *r, struct part *p, struct bytes *rest)
{
	const unsigned char *from = rest->data, *until = from;
	while (rest->length > 0) {
		struct bytes before = *rest, line = next_line(rest);
		size_t own = before_next_part(line, *rest);
		if (is_first(line) || own < line.length) {
			size_t taken = is_first(line) ? 0 : own;
			until = p->behind ? until : before.data + taken;
			*rest = (struct bytes){ before.data + taken, before.length - taken };
			break;
		}
		bool split = is_record(line, "911");
		if (split)
			note_split(r, p, line);
		if (!split && p->behind && line.length > 0)
			return wrong(r, "record 911", "stands in the middle of a part");
		p->behind = p->behind || (split && before.data != from);
		if (split && !p->behind)
			from = rest->data;
		if (!p->behind)
			until = rest->data;
	}
	p->body = (struct bytes){ from, until < from ? 0 : (size_t)(until - from) };
	return true;
}

static bool read_parts(struct reading *r, struct bytes octets)
{
	struct bytes first = next_line(&octets);
	if (!is_first(first))
		return wrong(r, "line 1", "does not say JAHISTC and a version");
	r->out->version = arena_text_n(r->arena, (const char *)first.data, VERSION);
	for (;;) {
		if (r->count == NATIONAL_PARTS_MOST)
			return wrong(r, "record 911", "there are too many parts");
		if (!read_part(r, &r->parts[r->count++], &octets))
			return false;
		if (octets.length == 0)
			return true;
		struct bytes head = next_line(&octets);
		if (memcmp(head.data, first.data, VERSION) != 0)
			return wrong(r, "record 911", "parts of two versions stand together");
	}
}

static const struct part *part_of(const struct reading *r, uint64_t number)
{
	for (size_t i = 0; i < r->count; i++)
		if (r->parts[i].number == number)
			return &r->parts[i];
	return NULL;
}

/* All of one set, each once. */
static bool belong_together(struct reading *r)
{
	const struct part *first = &r->parts[0];
	for (size_t i = 0; i < r->count; i++) {
		const struct part *p = &r->parts[i];
		if (!text_equal(p->set, first->set) || p->count != first->count)
			return wrong(r, "record 911", "parts of two notebooks stand together");
		if (p->set != NULL && part_of(r, p->number) != p)
			return wrong(r, "record 911", "one part stands there twice");
	}
	return true;
}

static bool begins_as_record(struct bytes body)
{
	size_t digits = 0;
	while (digits < body.length && is_digit(body.data[digits]))
		digits++;
	return digits > 0 && digits <= 3 && digits < body.length && body.data[digits] == ',';
}

/* The end of a line where a part was cut is there for the sake of the next line, unless a record
 * ended there. */
static size_t length_of(const struct part *p, const struct part *next)
{
	size_t length = p->body.length;
	if (next == NULL || begins_as_record(next->body))
		return length;
	if (length > 0 && p->body.data[length - 1] == '\n')
		length--;
	if (length > 0 && p->body.data[length - 1] == '\r')
		length--;
	return length;
}

static bool is_end_of_line(unsigned char c)
{
	return c == '\r' || c == '\n';
}

/* What stands before the first that is missing, without the line that may go on there. */
static struct bytes whole_lines(struct bytes text)
{
	while (text.length > 0 && is_end_of_line(text.data[text.length - 1]))
		text.length--;
	while (text.length > 0 && !is_end_of_line(text.data[text.length - 1]))
		text.length--;
	return text;
}

static struct bytes joined(struct reading *r)
{
	struct buffer b = buffer_in(r->arena);
	bool split = r->parts[0].set != NULL;
	uint64_t count = split ? r->parts[0].count : r->count;
	for (uint64_t i = 1; i <= count; i++) {
		const struct part *p = split ? part_of(r, i) : &r->parts[i - 1];
		const struct part *next = split ? part_of(r, i + 1) : NULL;
		if (p == NULL) {
			r->out->incomplete = true;
			return whole_lines(buffer_bytes(&b));
		}
		buffer_append(&b, p->body.data, length_of(p, next));
	}
	return buffer_bytes(&b);
}

/* ---- Records ---- */

static void add(struct reading *r, struct text_list ***last, unsigned *count, const char *text)
{
	if (text_empty(text) || ++*count > NATIONAL_LIST_MOST)
		return;
	**last = arena_new(r->arena, struct text_list);
	(**last)->value = text;
	*last = &(**last)->next;
}

/* Nothing that a patient's record has is of twelve digits: not even a telephone. */
static void look_at_ids(struct reading *r, struct bytes line)
{
	enum { NAME = 1, FIELDS = 32 };
	for (unsigned i = NAME; i < FIELDS && r->out->my_number_at == NULL; i++)
		if (text_is_my_number(field(r->arena, line, i)))
			r->out->my_number_at = arena_printf(r->arena, "record 1, field %u", i);
}

static void read_patient(struct reading *r, struct bytes line)
{
	enum { NAME = 1, SEX, BIRTH, KANA = 10 };
	const char *sex = field(r->arena, line, SEX);
	look_at_ids(r, line);
	if (r->has_patient)
		return;
	r->has_patient = true;
	add(r, &r->name, &r->names, field(r->arena, line, NAME));
	add(r, &r->name, &r->names, field(r->arena, line, KANA));
	r->out->birth = normalise_birth_date(r->arena, field(r->arena, line, BIRTH));
	r->out->sex = text_equal(sex, "1") ? 'M' : text_equal(sex, "2") ? 'F' : '\0';
}

static void read_dispensing(struct reading *r, struct bytes line)
{
	const char *day = normalise_birth_date(r->arena, field(r->arena, line, 1));
	struct national_time at;
	if (day == NULL || !instant_span_from_dtm(day, JAPAN, &at.first, &at.last))
		return;
	struct national_time *all = &r->out->service;
	all->first = all->first == 0 || at.first < all->first ? at.first : all->first;
	all->last = at.last > all->last ? at.last : all->last;
}

/* Prefecture, fee table and code are the ten digits together. */
static void read_pharmacy(struct reading *r, struct bytes line)
{
	enum { PREFECTURE = 2, TABLE, CODE };
	const char *code = text_joined(r->arena, field(r->arena, line, PREFECTURE),
				       field(r->arena, line, TABLE), field(r->arena, line, CODE),
				       NULL);
	if (national_is_institution(code))
		add(r, &r->institution, &r->institutions, code);
}

static const struct {
	const char *number;
	void (*read)(struct reading *r, struct bytes line);
} records[] = {
	{ "1", read_patient },
	{ "5", read_dispensing },
	{ "11", read_pharmacy },
};

static bool decoded(struct reading *r, struct bytes octets, struct bytes *out)
{
	const struct charset_leniency none = { .when_unsaid = CHARSET_NONE };
	struct problem p = { .code = PROBLEM_NONE };
	struct charset_found found;
	*out = octets;
	if (octets.length == 0 || text_is_utf8(octets.data, octets.length))
		return true;
	return charset_decode(r->arena, octets, CHARSET_WINDOWS_31J, &none, 0, out, &found, &p)
	       || wrong(r, "text", "is neither Windows-31J (Shift_JIS) nor UTF-8");
}

static bool read_records(struct reading *r, struct bytes text)
{
	while (text.length > 0) {
		struct bytes line = next_line(&text);
		for (size_t i = 0; i < COUNT(records); i++)
			if (is_record(line, records[i].number))
				records[i].read(r, line);
	}
	return r->has_patient || r->out->incomplete
	       || wrong(r, "record 1", "is not there: whose notebook it is, is not said");
}

bool national_notebook_read(struct arena *a, struct bytes octets, struct national_document *out,
			    struct problem *p)
{
	struct reading *r = arena_new(a, struct reading);
	struct bytes text;
	*out = (struct national_document){ .kind = &national_notebook, .confidentiality = -1 };
	*r = (struct reading){ .arena = a, .out = out, .problem = p };
	r->name = &out->names;
	r->institution = &out->institutions;
	out->type_at = "first line";
	return read_parts(r, octets) && belong_together(r) && decoded(r, joined(r), &text)
	       && read_records(r, text);
}
