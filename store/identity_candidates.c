/* store/identity_candidates.c: who may be meant: records by reading, name and birth date. */
#include "store/identity_candidates.h"

#include <openssl/sha.h>
#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/normalise.h"
#include "gateway/base/text.h"
#include "store/identity_core.h"
#include "store/identity_making.h"

/* ---- What is indexed ---- */

enum { INSURED_OCTETS = 12 }; /* of a SHA-256: whoever is met is compared */

/* No more of it than stands in a key, and no half of a character. */
static const char *cut(struct arena *a, const char *form)
{
	size_t length = strlen(form);
	if (length <= CANDIDATE_TEXT)
		return form;
	return arena_text_n(a, form, text_utf8_length((const unsigned char *)form, CANDIDATE_TEXT));
}

/* Without voicing marks and long vowels: ヤマサキ may be ヤマザキ. NULL: it is no reading. */
static const char *reading_form(struct arena *a, const char *text)
{
	const char *form = normalise_kana_name(a, text, KANA_BARE);
	return form != NULL && core_is_reading(form) ? cut(a, form) : NULL;
}

static const char *name_form(struct arena *a, const char *text)
{
	const char *form = normalise_name(a, text);
	return form == NULL ? NULL : cut(a, form);
}

bool candidate_entries_have(const struct candidate_entries *all, const struct candidate_entry *one)
{
	for (size_t i = 0; i < all->count; i++)
		if (all->at[i].form == one->form && text_equal(all->at[i].text, one->text))
			return true;
	return false;
}

static void add(struct candidate_entries *all, enum candidate_form form, const char *text)
{
	struct candidate_entry one = { form, text };
	if (!text_empty(text) && !candidate_entries_have(all, &one))
		all->at[all->count++] = one;
}

/* Family and given name in one, as they are asked for. A name that is not said to be phonetic may
 * be written in kana all the same, and is then its own reading. */
static void add_name(struct arena *a, struct candidate_entries *all, const struct person_name *n)
{
	const char *whole = text_joined(a, n->family == NULL ? "" : n->family,
					n->given == NULL ? "" : n->given, NULL);
	if (n->representation == NAME_PHONETIC || n->representation == NAME_UNSPECIFIED)
		add(all, CANDIDATE_READING, reading_form(a, whole));
	if (n->representation != NAME_PHONETIC)
		add(all, CANDIDATE_NAME, name_form(a, whole));
}

void candidate_entries_of_names(struct arena *a, const struct person_name *n,
				struct candidate_entries *out)
{
	for (unsigned names = 0; n != NULL && names < CANDIDATE_NAMES; n = n->next, names++)
		add_name(a, out, n);
}

/* The index tells nobody's number. */
const char *candidates_insured(struct arena *a, const struct insurance_form *f)
{
	const char *const parts[] = { f->insurer, f->symbol, f->number };
	unsigned char hash[SHA256_DIGEST_LENGTH];
	struct buffer b = buffer_in(a);
	for (size_t i = 0; i < COUNT(parts); i++)
		buffer_append(&b, parts[i], strlen(parts[i]) + 1);
	SHA256(b.data, b.length, hash);
	return bytes_to_hex(a, (struct bytes){ hash, INSURED_OCTETS });
}

void candidate_entries_of_insurances(struct arena *a, const struct patient_demographics *d,
				     struct candidate_entries *out)
{
	const struct insurance *const lists[] = { d->insurances, d->former_insurances };
	struct insurance_form f;
	unsigned count = 0;
	for (size_t i = 0; i < COUNT(lists); i++)
		for (const struct insurance *one = lists[i];
		     one != NULL && count < CANDIDATE_INSURANCES; one = one->next, count++)
			if (normalise_insurance(a, one, &f))
				add(out, CANDIDATE_INSURED, candidates_insured(a, &f));
}

void candidate_entries_of_birth(const char *birth, struct candidate_entries *out)
{
	add(out, CANDIDATE_BIRTH, birth);
}

struct candidate_entries candidate_entries(struct arena *a, const struct patient_demographics *d)
{
	struct candidate_entries all = { .count = 0 };
	candidate_entries_of_names(a, d->names, &all);
	candidate_entries_of_birth(normalise_birth_date(a, d->birth_date), &all);
	candidate_entries_of_insurances(a, d, &all);
	return all;
}

bool candidate_same_names(const struct person_name *x, const struct person_name *y)
{
	unsigned names = 0;
	for (; x != NULL && y != NULL && names < CANDIDATE_NAMES; x = x->next, y = y->next, names++)
		if (!text_equal(x->family, y->family) || !text_equal(x->given, y->given)
		    || x->representation != y->representation)
			return false;
	return names == CANDIDATE_NAMES || (x == NULL && y == NULL);
}

/* ---- Keeping it ---- */

/* core_is_reading(): ア to ヺ. */
enum { BEFORE_KANA = 0x30a0, DAY_DIGITS = 8, DAY_OCTETS = DAY_DIGITS / 2 };

/* What is wanted may be less than a day, a year or a month of it; a digit that fills no octet is
 * left to whoever compares the forms. */
static void key_form(struct key *k, const struct candidate_entry *e)
{
	unsigned char day[DAY_OCTETS] = { 0 }, insured[INSURED_OCTETS] = { 0 };
	size_t digits;
	key_begin(k, SPACE_IDENTITY_CANDIDATE);
	key_octet(k, (unsigned char)e->form);
	switch (e->form) {
	case CANDIDATE_READING:
		for (const char *at = e->text; *at != '\0';)
			key_octet(k, (unsigned char)(text_code_point(&at) - BEFORE_KANA));
		break;
	case CANDIDATE_NAME: key_bytes(k, e->text, strlen(e->text)); break;
	case CANDIDATE_BIRTH:
		digits = strlen(e->text) < DAY_DIGITS ? strlen(e->text) / 2 * 2 : DAY_DIGITS;
		bytes_from_hex(e->text, digits, day);
		key_bytes(k, day, digits / 2);
		break;
	case CANDIDATE_INSURED:
		bytes_from_hex(e->text, 2 * sizeof insured, insured);
		key_bytes(k, insured, sizeof insured);
		break;
	}
}

static bool is_of_one_length(enum candidate_form form)
{
	return form == CANDIDATE_BIRTH || form == CANDIDATE_INSURED;
}

struct bytes candidate_key(struct key *k, const struct candidate_entry *e, uint64_t number)
{
	key_form(k, e);
	if (!is_of_one_length(e->form))
		key_octet(k, 0);
	key_short(k, number);
	return key_span(k);
}

static const char *reading_of(struct arena *a, const char *octets)
{
	struct buffer b = buffer_in(a);
	for (; *octets != '\0'; octets++) {
		unsigned c = BEFORE_KANA + (unsigned char)*octets;
		buffer_byte(&b, (unsigned char)(0xe0 | c >> 12));
		buffer_byte(&b, (unsigned char)(0x80 | (c >> 6 & 0x3f)));
		buffer_byte(&b, (unsigned char)(0x80 | (c & 0x3f)));
	}
	return buffer_ended(&b);
}

bool candidate_key_read(struct arena *a, struct bytes key, struct candidate_entry *e,
			uint64_t *number)
{
	struct key_reader r = key_read(key);
	*e = (struct candidate_entry){ (enum candidate_form)key_read_octet(&r), "" };
	switch (e->form) {
	case CANDIDATE_READING: e->text = reading_of(a, key_read_text(&r)); break;
	case CANDIDATE_NAME: e->text = key_read_text(&r); break;
	case CANDIDATE_BIRTH: e->text = bytes_to_hex(a, key_read_bytes(&r, DAY_OCTETS)); break;
	case CANDIDATE_INSURED:
		e->text = bytes_to_hex(a, key_read_bytes(&r, INSURED_OCTETS));
		break;
	default: return false;
	}
	*number = key_read_short(&r);
	return key_read_end(&r);
}

void identity_candidates_move(struct store_txn *t, uint64_t number,
			      const struct candidate_entries *was,
			      const struct candidate_entries *is)
{
	struct key k;
	for (size_t i = 0; i < was->count; i++)
		if (!candidate_entries_have(is, &was->at[i]))
			store_delete(t, candidate_key(&k, &was->at[i], number));
	for (size_t i = 0; i < is->count; i++)
		if (!candidate_entries_have(was, &is->at[i]))
			store_put(t, candidate_key(&k, &is->at[i], number), (struct bytes){ 0 });
}

/* Names that stay are found as before. */
void identity_candidates_follow(struct identity_work *w, struct identity_row *row)
{
	struct arena *a = w->arena;
	const struct candidate_change *c = row->change;
	const struct patient_demographics *now = &row->record.demographics;
	bool had = row->old_person != 0 && row->old_like == 0, has = row->like == 0;
	struct candidate_entries was = { .count = 0 }, is = { .count = 0 };
	if (row->made || (had == has && (c == NULL || !has)))
		return;
	if (!identity_row_said(a, row)) {
		identity_row_broken(w->txn, "patient record", row->record.number);
		return;
	}
	const struct person_name *known = c != NULL ? c->known.names : now->names;
	const char *birth = c != NULL ? NULL : normalise_birth_date(a, now->birth_date);
	bool kept = had && has && candidate_same_names(known, now->names);
	if (had && !kept)
		candidate_entries_of_names(a, known, &was);
	if (had)
		candidate_entries_of_birth(c != NULL ? c->known_birth : birth, &was);
	if (has && !kept && c != NULL && c->names.count != 0)
		is = c->names;
	else if (has && !kept)
		candidate_entries_of_names(a, now->names, &is);
	if (has)
		candidate_entries_of_birth(c != NULL ? c->birth : birth, &is);
	const struct patient_demographics *before = c != NULL ? &c->known : now;
	bool insured_alike = had && has && before->insurances == now->insurances
			     && before->former_insurances == now->former_insurances;
	if (had && !insured_alike)
		candidate_entries_of_insurances(a, before, &was);
	if (has && !insured_alike)
		candidate_entries_of_insurances(a, now, &is);
	identity_candidates_move(w->txn, row->record.number, &was, &is);
}

/* ---- Making it anew ---- */

/* Of forms of the store before 12, and of other normal forms than today's, it was not, or
 * otherwise. True: it is another row now. */
static bool count_insurances(struct store_txn *t, struct identity_row *row)
{
	unsigned doubts = row->record.status != RECORD_ACTIVE
				  ? 0
				  : insurance_doubts(store_arena(t),
						     row->record.demographics.insurances);
	if (doubts == row->doubts)
		return false;
	identity_doubts_move(t, row, row->record.source_system, doubts);
	return true;
}

/* What a borrower says is the other one's, and so are entries and core; whom it counts for is its
 * own. */
static void put_entries(struct store_txn *t, struct identity_row *row)
{
	static const struct candidate_entries nothing = { .count = 0 };
	bool written = count_insurances(t, row);
	if (row->like == 0) {
		struct candidate_entries all = candidate_entries(store_arena(t),
								 &row->record.demographics);
		identity_candidates_move(t, row->record.number, &nothing, &all);
		if (!core_is_current(row->kept_core)) {
			row->said = row->packed = row->kept_core = (struct bytes){ 0 };
			written = true;
		}
	}
	if (written)
		identity_row_put(t, row);
}

/* version: raised when other things are indexed; when the forms change it is made anew as well. */
static const struct index_made candidates_index = {
	.name = "candidates",
	.version = 4,
	.forms = NORMALISE_FORM_VERSION,
	.space = SPACE_IDENTITY_CANDIDATE,
	.put = put_entries,
};

bool identity_candidates_ready(struct store *s, uint64_t *made, struct problem *p)
{
	return index_make(s, &candidates_index, made, p);
}

/* ---- Asking it ---- */

bool candidates_wanted(struct arena *a, const char *kana, const char *name, const char *birth_date,
		       struct candidates_wanted *out, struct problem *p)
{
	*out = (struct candidates_wanted){ 0 };
	if (kana != NULL && (out->reading = reading_form(a, kana)) == NULL)
		return problem_at(p, PROBLEM_REQUEST_INVALID, "kana", "this is no reading in kana");
	if (name != NULL && (out->name = name_form(a, name)) == NULL)
		return problem_at(p, PROBLEM_REQUEST_INVALID, "name",
				  "nothing in it is part of a name");
	if (birth_date != NULL && (out->birth = normalise_birth_date(a, birth_date)) == NULL)
		return problem_at(p, PROBLEM_REQUEST_INVALID, "birth_date",
				  "this is no day somebody was born on");
	return out->reading != NULL || out->name != NULL || out->birth != NULL
	       || problem_set(p, PROBLEM_REQUEST_INVALID,
			      "one of kana, name and birth_date is needed");
}

/* The index that tells most: a number has a household, a day some dozens in a million, a family
 * name thousands. */
static struct candidate_entry chosen(const struct candidates_wanted *w)
{
	return w->insured != NULL   ? (struct candidate_entry){ CANDIDATE_INSURED, w->insured }
	       : w->birth != NULL   ? (struct candidate_entry){ CANDIDATE_BIRTH, w->birth }
	       : w->reading != NULL ? (struct candidate_entry){ CANDIDATE_READING, w->reading }
				    : (struct candidate_entry){ CANDIDATE_NAME, w->name };
}

static struct bytes prefix_key(struct key *k, const struct candidate_entry *e)
{
	key_form(k, e);
	return key_span(k);
}

static bool begins(const struct candidate_entries *all, enum candidate_form form,
		   const char *wanted)
{
	for (size_t i = 0; wanted != NULL && i < all->count; i++)
		if (all->at[i].form == form && text_starts(all->at[i].text, wanted))
			return true;
	return wanted == NULL;
}

/* A record with several names of one beginning is met several times, and shown at the first. */
static bool is_first(const struct candidate_entries *all, const struct candidate_entry *by,
		     const char *met)
{
	for (size_t i = 0; i < all->count; i++)
		if (all->at[i].form == by->form && text_starts(all->at[i].text, by->text)
		    && strcmp(all->at[i].text, met) < 0)
			return false;
	return true;
}

static bool all_begin(const struct candidate_entries *all, const struct candidates_wanted *w)
{
	return begins(all, CANDIDATE_READING, w->reading) && begins(all, CANDIDATE_NAME, w->name)
	       && begins(all, CANDIDATE_BIRTH, w->birth)
	       && begins(all, CANDIDATE_INSURED, w->insured);
}

bool candidates_fit(struct arena *a, const struct candidates_wanted *w,
		    const struct patient_demographics *d)
{
	struct candidate_entries all = candidate_entries(a, d);
	return all_begin(&all, w);
}

/* What the record says counts, not what the index says of it. */
static bool is_meant(struct arena *a, const struct candidates_wanted *w,
		     const struct candidate_entry *by, const char *met,
		     const struct identity_row *row)
{
	struct candidate_entries all = candidate_entries(a, &row->record.demographics);
	struct candidate_entry entry = { by->form, met };
	return candidate_entries_have(&all, &entry) && is_first(&all, by, met)
	       && all_begin(&all, w);
}

/* Whom an entry leads to, when he is meant; else nothing of him stays in the arena. */
static struct patient_record *candidate(struct store_txn *t, struct arena *a,
					const struct candidates_wanted *w,
					const struct candidate_entry *by, struct bytes key)
{
	struct arena_mark before = arena_mark(a);
	struct identity_row *row = arena_new(a, struct identity_row);
	struct candidate_entry met;
	uint64_t number;
	if (candidate_key_read(a, key, &met, &number) && identity_row_get(t, a, number, row)
	    && row->like == 0 && is_meant(a, w, by, met.text, row))
		return &row->record;
	arena_rewind(a, &before);
	return NULL;
}

/* The records whose demographics are that one's, and stand there. */
static struct patient_record *alike(struct store_txn *t, struct arena *a,
				    const struct patient_record *found)
{
	struct person_row person;
	struct patient_record *first = NULL, **tail = &first;
	if (!person_row_get(t, a, found->person, &person))
		return NULL;
	for (size_t i = 0; i < person.count; i++) {
		struct identity_row *row = arena_new(a, struct identity_row);
		if (!identity_row_get_skimmed(t, a, person.members[i], row)
		    || row->like != found->number || !identity_row_said(a, row))
			continue;
		*tail = &row->record;
		tail = &row->record.next;
	}
	return first;
}

/* Behind a key's digits: how many of the records it leads to were told. 0: all, nothing is said. */
enum { TOLD_DIGITS = 3 };

static bool read_told(const char *mark, size_t digits, size_t *told)
{
	const char *at = mark + digits;
	*told = 0;
	if (*at == '\0')
		return true;
	for (at++; *at >= '0' && *at <= '9' && at <= mark + digits + TOLD_DIGITS; at++)
		*told = *told * 10 + (size_t)(*at - '0');
	return *told != 0 && *at == '\0';
}

/* Where a page goes on: behind a key of this question's, or at one of which not all were told.
 * False: the mark is none of it. */
static bool goes_on(const struct candidate_entry *by, const char *mark, struct key *from,
		    size_t *told)
{
	unsigned char at[KEY_MOST];
	struct bytes prefix = prefix_key(from, by);
	*told = 0;
	if (mark == NULL)
		return true;
	size_t digits = strcspn(mark, "."), length = digits / 2;
	if (!read_told(mark, digits, told))
		return false;
	if (length <= prefix.length || length >= sizeof at || !bytes_from_hex(mark, digits, at)
	    || memcmp(at, prefix.data, prefix.length) != 0)
		return false;
	key_bytes(from, at + prefix.length, length - prefix.length);
	if (*told == 0)
		key_octet(from, 0);
	return true;
}

bool identity_candidates(struct store_txn *t, struct arena *a, const struct candidates_wanted *w,
			 const char *after, unsigned limit, struct candidate_page *page)
{
	enum { LOOKED_MOST = 1000 }; /* some 20 ms; who asks more closely is sooner done */
	struct candidate_entry by = chosen(w);
	struct patient_record **tail = &page->records;
	struct bytes key, value;
	struct key from, to;
	*page = (struct candidate_page){ .records = NULL };
	size_t told;
	if (!goes_on(&by, after, &from, &told))
		return false;
	prefix_key(&to, &by);
	key_octet(&to, 0xff); /* no text goes on with it */
	struct store_cursor *c = store_scan(t, key_span(&from), key_span(&to), false);
	for (unsigned looked = 1; page->next == NULL && store_next(c, &key, &value); looked++) {
		struct patient_record *one = candidate(t, a, w, &by, key);
		if (one != NULL)
			one->next = alike(t, a, one);
		size_t given = 0, skipped = bytes_equal(key, key_span(&from)) ? told : 0;
		for (; one != NULL && page->count < limit; one = one->next)
			if (given++ >= skipped) {
				*tail = one;
				tail = &one->next;
				page->count++;
			}
		*tail = NULL;
		if (one != NULL)
			page->next = arena_printf(a, "%s.%zu", bytes_to_hex(a, key), given);
		else if (page->count == limit || looked == LOOKED_MOST)
			page->next = bytes_to_hex(a, key);
	}
	store_scan_end(c);
	return true;
}
