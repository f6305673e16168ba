/* profiles/actors/demographics_match.c: what is sought of a person, in normal forms, and whether a
 * record is so. Both sides go through the same forms (gateway/base/normalise.h): width, kana, kanji
 * variants, phones and addresses are compared as they are when records are linked. */
#include "profiles/actors/demographics_match.h"

#include <ctype.h>
#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/bytes.h"
#include "gateway/base/normalise.h"
#include "gateway/base/text.h"

enum { YEAR = 4, MONTH = 6, DAY = 8 };

/* ---- What is sought ---- */

static const char *form_of(struct arena *a, const struct name_form *n, const char *text)
{
	if (!n->reading)
		return normalise_name(a, text);
	return normalise_kana_name(a, text, n->loose ? KANA_BARE : KANA_SPOKEN);
}

/* In either width, as input methods write it. */
static const char *const asterisks[] = { "*", "＊" };

static bool has_asterisk(const char *text)
{
	bool has = false;
	for (size_t i = 0; text != NULL && i < COUNT(asterisks); i++)
		has = has || strstr(text, asterisks[i]) != NULL;
	return has;
}

/* The octets before the asterisk that it ends with; all of them, where there is none. */
static size_t before_asterisk(const char *text)
{
	size_t length = text == NULL ? 0 : strlen(text);
	for (size_t i = 0; i < COUNT(asterisks); i++) {
		size_t width = strlen(asterisks[i]);
		if (length >= width && strcmp(text + length - width, asterisks[i]) == 0)
			return length - width;
	}
	return length;
}

/* A part of which nothing is said, or an asterisk alone, is any. An asterisk elsewhere than at the
 * end has no meaning here, and is not read past. */
static bool read_part(struct arena *a, const struct name_form *n, const char *text, const char *at,
		      struct part_form *out, struct problem *p)
{
	size_t length = before_asterisk(text);
	if (text != NULL && text[length] != '\0') {
		out->begins = true;
		text = arena_text_n(a, text, length);
	}
	if (length == 0)
		return true;
	if (has_asterisk(text))
		return problem_at(p, PROBLEM_DATA_TYPE, at,
				  "an asterisk stands for the end of a name, and nowhere else");
	out->begins = out->begins || n->loose;
	out->form = form_of(a, n, text);
	return out->form != NULL
	       || problem_at(p, PROBLEM_DATA_TYPE, at, "nothing in it is part of a name");
}

/* What the index is asked: it knows family and given name in one, by their beginning. */
static bool read_index(struct arena *a, struct name_form *n, const struct person_name *name)
{
	struct problem unread = { .code = PROBLEM_NONE };
	if (n->family.form == NULL)
		return true;
	n->full = n->whole != NULL || (!n->family.begins && n->given.form != NULL);
	const char *family = arena_text_n(a, name->family, before_asterisk(name->family));
	const char *given = n->full ? arena_text_n(a, name->given, before_asterisk(name->given))
				    : "";
	const char *text = text_joined(a, family, given, NULL);
	n->indexed = candidates_wanted(a, n->reading ? text : NULL, n->reading ? NULL : text, NULL,
				       &n->wanted, &unread);
	return n->indexed;
}

static struct name_form *read_name(struct arena *a, const struct demographics_name *said,
				   struct problem *p)
{
	const struct person_name *name = said->name;
	struct name_form *n = arena_new(a, struct name_form);
	*n = (struct name_form){ .reading = name->representation == NAME_PHONETIC,
				 .loose = said->loose };
	if (!read_part(a, n, name->family, said->where, &n->family, p)
	    || !read_part(a, n, name->given, said->where, &n->given, p)
	    || !read_part(a, n, name->middle, said->where, &n->middle, p))
		return NULL;
	if (n->family.form == NULL && n->given.form == NULL) {
		problem_at(p, PROBLEM_DATA_TYPE, said->where,
			   "the name has neither a family nor a given name to look for");
		return NULL;
	}
	if (n->family.form != NULL && n->given.form != NULL && !n->family.begins
	    && !n->given.begins)
		n->whole = form_of(a, n, text_joined(a, name->family, name->given, NULL));
	if (!read_index(a, n, name)) {
		problem_at(p, PROBLEM_DATA_TYPE, said->where, "this is no reading in kana");
		return NULL;
	}
	return n;
}

static bool read_names(struct arena *a, const struct demographics_sought *s,
		       struct demographics_forms *f, struct problem *p)
{
	const struct name_form **tail = &f->names;
	for (const struct demographics_name *n = s->names; n != NULL; n = n->next) {
		struct name_form *form = read_name(a, n, p);
		if (form == NULL)
			return false;
		*tail = form;
		tail = (const struct name_form **)&form->next;
	}
	f->mother = s->mother == NULL ? NULL : read_name(a, s->mother, p);
	return s->mother == NULL || f->mother != NULL;
}

/* Ids, addresses and telecoms are compared with all of an asterisk: whoever means a beginning would
 * hear of nobody. An id may have one within it. */
static bool read_asterisks(const struct demographics_sought *s, struct problem *p)
{
	static const char what[] = "an asterisk stands for the end of a name, and of nothing else";
	for (const struct patient_identifier *id = s->ids; id != NULL; id = id->next)
		if (id->id[before_asterisk(id->id)] != '\0')
			return problem_at(p, PROBLEM_DATA_TYPE, id->where, what);
	for (const struct postal_address *ad = s->addresses; ad != NULL; ad = ad->next) {
		const char *const parts[] = { ad->state, ad->city,        ad->street,
					      ad->other, ad->postal_code, ad->text };
		for (size_t i = 0; i < COUNT(parts); i++)
			if (has_asterisk(parts[i]))
				return problem_at(p, PROBLEM_DATA_TYPE, s->addresses_where, what);
	}
	for (const struct telecom *t = s->telecoms; t != NULL; t = t->next)
		if (has_asterisk(t->number))
			return problem_at(p, PROBLEM_DATA_TYPE, s->telecoms_where, what);
	return true;
}

/* Year, month or day of it: what is said beyond the day is not compared. */
static const char *digits_of(struct arena *a, const char *date)
{
	size_t length = 0;
	while (date != NULL && length < DAY && isdigit((unsigned char)date[length]))
		length++;
	length -= length % 2;
	return length < YEAR ? NULL : arena_text_n(a, date, length);
}

static bool read_born(struct arena *a, const struct demographics_sought *s,
		      struct demographics_forms *f, struct problem *p)
{
	f->born_from = digits_of(a, s->born_from);
	f->born_to = digits_of(a, s->born_to);
	return f->born_from == NULL || f->born_to == NULL
	       || strncmp(f->born_from, f->born_to, strlen(f->born_to)) <= 0
	       || problem_at(p, PROBLEM_DATA_TYPE, s->born_where,
			     "the range ends before it begins");
}

static const char *in_one(struct arena *a, const char *state, const struct postal_address *ad)
{
	const char *const parts[] = { state, ad->city, ad->street, ad->other };
	struct buffer b = buffer_in(a);
	for (size_t i = 0; i < COUNT(parts); i++)
		buffer_text(&b, parts[i] == NULL ? "" : parts[i]);
	return b.length == 0 ? ad->text : buffer_ended(&b);
}

static bool read_addresses(struct arena *a, const struct demographics_sought *s,
			   struct demographics_forms *f, struct problem *p)
{
	const struct address_form **tail = &f->addresses;
	for (const struct postal_address *ad = s->addresses; ad != NULL; ad = ad->next) {
		struct address_form *form = arena_new(a, struct address_form);
		*form = (struct address_form){
			.state = normalise_name(a, ad->state),
			.rest = normalise_address(a, in_one(a, NULL, ad)),
			.postcode = normalise_postcode(a, ad->postal_code),
			.country = ad->country,
		};
		bool compared = form->state != NULL || form->rest != NULL || form->postcode != NULL;
		if (!compared || (ad->postal_code != NULL && form->postcode == NULL))
			return problem_at(p, PROBLEM_DATA_TYPE, s->addresses_where,
					  "the address, or its postal code, cannot be compared");
		*tail = form;
		tail = (const struct address_form **)&form->next;
	}
	return true;
}

static void read_telecoms(struct arena *a, const struct demographics_sought *s,
			  struct demographics_forms *f)
{
	const struct telecom_form **tail = &f->telecoms;
	for (const struct telecom *t = s->telecoms; t != NULL; t = t->next) {
		struct telecom_form *form = arena_new(a, struct telecom_form);
		bool mail = strchr(t->number, '@') != NULL;
		form->phone = mail ? NULL : normalise_phone(a, t->number);
		form->other = form->phone == NULL ? t->number : NULL;
		*tail = form;
		tail = (const struct telecom_form **)&form->next;
	}
}

/* "Nobody has it" would say more than this region knows. */
static bool are_kept(const struct region *r, const struct demographics_sought *s, struct problem *p)
{
	if (s->insured == NULL || (!r->without_insurances && !r->unasked_insurances))
		return true;
	return problem_at(p, PROBLEM_TABLE_VALUE, s->insured->where, "%s",
			  r->without_insurances
				  ? "this region keeps no insured numbers (region insurance = off)"
				  : "nobody is asked for by insured numbers in this region "
				    "(region insurance = match-only)");
}

static bool read_insured(struct arena *a, const struct demographics_sought *s,
			 struct demographics_forms *f, struct problem *p)
{
	const struct insured_form **tail = &f->insured;
	for (const struct insured_sought *i = s->insured; i != NULL; i = i->next) {
		struct insured_form *form = arena_new(a, struct insured_form);
		struct insurance_form *number = arena_new(a, struct insurance_form);
		if (!normalise_insurance(a, i->number, number))
			return problem_at(p, PROBLEM_DATA_TYPE, i->where,
					  "nobody is insured by such a number");
		form->number = number;
		*tail = form;
		tail = (const struct insured_form **)&form->next;
	}
	return true;
}

/* ---- How to look ---- */

static bool all_indexed(const struct demographics_forms *f, bool full)
{
	for (const struct name_form *n = f->names; n != NULL; n = n->next)
		if (!n->indexed || (full && !n->full))
			return false;
	return f->names != NULL;
}

static void search_by_names(struct arena *a, struct demographics_forms *f)
{
	size_t count = 0;
	for (const struct name_form *n = f->names; n != NULL; n = n->next)
		count++;
	f->searches = arena_array(a, struct candidates_wanted, count);
	for (const struct name_form *n = f->names; n != NULL; n = n->next)
		f->searches[f->search_count++] = n->wanted;
}

/* What both ends begin with: the day, the month or the year; NULL: they have no year in common. */
static const char *born_prefix(struct arena *a, const struct demographics_forms *f)
{
	size_t same = 0;
	if (f->born_from == NULL || f->born_to == NULL)
		return NULL;
	while (f->born_from[same] != '\0' && f->born_from[same] == f->born_to[same])
		same++;
	same -= same % 2;
	return same < YEAR ? NULL : arena_text_n(a, f->born_from, same);
}

/* The way that meets the fewest: a day has some dozens in a million, a whole name some hundreds, a
 * month a thousand, a family name up to fifteen thousand, a year more still. */
static bool plan(struct arena *a, const struct demographics_sought *s, struct demographics_forms *f,
		 struct problem *p)
{
	const char *born = born_prefix(a, f);
	size_t length = born == NULL ? 0 : strlen(born);
	if (f->insured != NULL) {
		f->searches = arena_new(a, struct candidates_wanted);
		f->searches->insured = candidates_insured(a, f->insured->number);
		f->search_count = 1;
		return true;
	}
	if (length == DAY && normalise_birth_date(a, born) == NULL)
		length = 0; /* what stands for an unknown day is not indexed */
	if (length == DAY || (length == MONTH && !all_indexed(f, true))
	    || (length == YEAR && !all_indexed(f, false))) {
		f->searches = arena_new(a, struct candidates_wanted);
		f->searches->birth = born;
		f->search_count = 1;
	} else if (all_indexed(f, false)) {
		search_by_names(a, f);
	}
	return f->search_count != 0 || s->ids != NULL
	       || problem_at(p, PROBLEM_FIELD_MISSING, s->where,
			     "nobody can be looked for by this alone: say a name with its family "
			     "name, a birth date within one year, an insured number, or an id");
}

const struct demographics_forms *demographics_prepare(struct arena *a, const struct region *r,
						      const struct demographics_sought *s,
						      struct problem *p)
{
	struct demographics_forms *f = arena_new(a, struct demographics_forms);
	f->sex = s->sex;
	if (!read_names(a, s, f, p) || !read_asterisks(s, p) || !read_born(a, s, f, p)
	    || !read_addresses(a, s, f, p) || !are_kept(r, s, p) || !read_insured(a, s, f, p))
		return NULL;
	read_telecoms(a, s, f);
	return plan(a, s, f, p) ? f : NULL;
}

/* ---- Whether a record is so ---- */

/* A degree, or 0. */
static unsigned part_degree(const struct part_form *sought, const char *form, bool loose)
{
	if (sought->form == NULL)
		return DEMOGRAPHICS_EXACT;
	if (text_equal(sought->form, form))
		return loose ? DEMOGRAPHICS_LOOSE : DEMOGRAPHICS_EXACT;
	return sought->begins && text_starts(form, sought->form) ? DEMOGRAPHICS_LOOSE : 0;
}

static unsigned least(unsigned x, unsigned y)
{
	return x < y ? x : y;
}

/* A reading is sought among readings, and among names nobody says more of; what is written among
 * all that are not readings. */
static bool comparable(const struct name_form *sought, const struct person_name *n)
{
	return sought->reading
		       ? n->representation == NAME_PHONETIC || n->representation == NAME_UNSPECIFIED
		       : n->representation != NAME_PHONETIC;
}

static unsigned name_degree(struct arena *a, const struct name_form *sought,
			    const struct person_name *n)
{
	if (!comparable(sought, n))
		return 0;
	/* Not every facility divides a name. */
	const char *whole = text_joined(a, n->family == NULL ? "" : n->family,
					n->given == NULL ? "" : n->given, NULL);
	unsigned middle = part_degree(&sought->middle, form_of(a, sought, n->middle),
				      sought->loose);
	if (sought->whole != NULL && text_equal(form_of(a, sought, whole), sought->whole))
		return middle;
	return least(
		middle,
		least(part_degree(&sought->family, form_of(a, sought, n->family), sought->loose),
		      part_degree(&sought->given, form_of(a, sought, n->given), sought->loose)));
}

static unsigned names_degree(struct arena *a, const struct name_form *sought,
			     const struct person_name *names)
{
	unsigned best = sought == NULL ? DEMOGRAPHICS_EXACT : 0;
	for (; sought != NULL; sought = sought->next)
		for (const struct person_name *n = names; n != NULL; n = n->next) {
			unsigned degree = name_degree(a, sought, n);
			best = degree > best ? degree : best;
		}
	return best;
}

/* Of the mother the family name is kept, in one writing (or all of her name in one). */
static unsigned mother_degree(struct arena *a, const struct name_form *sought, const char *kept)
{
	if (sought == NULL)
		return DEMOGRAPHICS_EXACT;
	const char *form = text_empty(kept) ? NULL : form_of(a, sought, kept);
	if (form == NULL || sought->family.form == NULL)
		return 0;
	if (sought->whole != NULL && text_equal(form, sought->whole))
		return DEMOGRAPHICS_EXACT;
	unsigned degree = part_degree(&sought->family, form, sought->loose);
	return sought->given.form == NULL ? degree : least(degree, DEMOGRAPHICS_LOOSE);
}

/* As far as both say it: a record that knows the year only may be of any day of it. */
static bool is_born(struct arena *a, const struct demographics_forms *f, const char *date)
{
	if (f->born_from == NULL && f->born_to == NULL)
		return true;
	const char *day = normalise_birth_date(a, date),
		   *born = day != NULL ? day : digits_of(a, date);
	if (born == NULL
	    || (text_equal(f->born_from, f->born_to) && !text_starts(born, f->born_from)))
		return false;
	return (f->born_from == NULL
		|| strncmp(born, f->born_from,
			   least((unsigned)strlen(born), (unsigned)strlen(f->born_from)))
			   >= 0)
	       && (f->born_to == NULL
		   || strncmp(born, f->born_to,
			      least((unsigned)strlen(born), (unsigned)strlen(f->born_to)))
			      <= 0);
}

static bool lives(struct arena *a, const struct address_form *f, const struct postal_address *ad)
{
	const char *all = in_one(a, ad->state, ad);
	const char *state = normalise_name(a, all), *rest = normalise_address(a, all);
	return (f->postcode == NULL
		|| text_equal(f->postcode, normalise_postcode(a, ad->postal_code)))
	       && (f->state == NULL || (state != NULL && text_starts(state, f->state)))
	       && (f->rest == NULL || (rest != NULL && strstr(rest, f->rest) != NULL))
	       && (f->country == NULL || ad->country == NULL
		   || text_equal_nocase(f->country, ad->country));
}

static bool any_address(struct arena *a, const struct address_form *f,
			const struct postal_address *addresses)
{
	bool any = f == NULL;
	for (; f != NULL && !any; f = f->next)
		for (const struct postal_address *ad = addresses; ad != NULL && !any; ad = ad->next)
			any = lives(a, f, ad);
	return any;
}

static bool any_telecom(struct arena *a, const struct telecom_form *f,
			const struct telecom *telecoms)
{
	bool any = f == NULL;
	for (; f != NULL && !any; f = f->next)
		for (const struct telecom *t = telecoms; t != NULL && !any; t = t->next)
			any = f->phone != NULL ? text_equal(f->phone, normalise_phone(a, t->number))
					       : text_equal_nocase(f->other, t->number);
	return any;
}

static bool has_number(struct arena *a, const struct insurance_form *sought,
		       const struct insurance *list)
{
	struct insurance_form has;
	for (; list != NULL; list = list->next)
		if (normalise_insurance(a, list, &has) && insurance_of_one_household(sought, &has)
		    && (*sought->branch == '\0' || text_equal(sought->branch, has.branch)))
			return true;
	return false;
}

/* Also by a number that was his before: who asks may have an old card. */
static bool is_insured(struct arena *a, const struct insured_form *sought,
		       const struct patient_demographics *d)
{
	for (; sought != NULL; sought = sought->next)
		if (!has_number(a, sought->number, d->insurances)
		    && !has_number(a, sought->number, d->former_insurances))
			return false;
	return true;
}

unsigned demographics_degree(struct arena *a, const struct demographics_forms *f,
			     const struct patient_demographics *d)
{
	const char *sex = text_empty(d->sex) ? "U" : d->sex;
	if ((f->sex != NULL && !text_equal(f->sex, sex)) || !is_born(a, f, d->birth_date)
	    || !any_telecom(a, f->telecoms, d->telecoms)
	    || !any_address(a, f->addresses, d->addresses) || !is_insured(a, f->insured, d))
		return 0;
	return least(names_degree(a, f->names, d->names),
		     mother_degree(a, f->mother, d->mothers_maiden_name));
}
