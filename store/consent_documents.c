/* store/consent_documents.c: documents of consent, and what they said. */
#include "store/consent_documents.h"

#include "gateway/base/arena.h"
#include "store/check.h"
#include "store/identity.h"
#include "store/keys.h"
#include "store/record.h"
#include "store/registry_record.h"
#include "store/store.h"
#include "store/store_keys.h"

enum { VERSION = 1 };
enum {
	TAG_UNIQUE_ID = 1,
	TAG_SYSTEM,
	TAG_KIND,
	TAG_STATE,
	TAG_FROM,
	TAG_UNTIL,
	TAG_RECORDED,
	TAG_RECORD,
	TAG_WORD,
	TAG_AGAIN,
	TAG_UNUSABLE
};
enum { TAG_ACTION = 1, TAG_TARGET, TAG_NUMBER, TAG_TAKEN_BACK };

static bool document_key(struct key *k, uint64_t subject, const char *entry)
{
	unsigned char octets[UUID_OCTETS];
	key_begin(k, SPACE_CONSENT_DOCUMENT);
	key_id(k, subject);
	if (!uuid_octets(entry, octets))
		return false;
	key_bytes(k, octets, sizeof octets);
	return true;
}

static struct key due_key(instant when, const struct key *document)
{
	struct key k;
	key_begin(&k, SPACE_CONSENT_DOCUMENT_DUE);
	key_moment(&k, when);
	key_bytes(&k, document->data + 1, document->length - 1);
	return k;
}

/* 0: never more. */
static instant due_at(const struct consent_document *d)
{
	instant due = d->state == CONSENT_PENDING    ? d->from
		      : d->state == CONSENT_IN_FORCE ? d->until
						     : 0;
	return due != 0 && d->again > due ? d->again : due;
}

static struct bytes write_row(struct arena *a, const struct consent_document *d)
{
	struct record_writer w = record_begin(a, VERSION);
	record_text(&w, TAG_UNIQUE_ID, d->unique_id);
	record_text(&w, TAG_SYSTEM, d->system);
	record_number(&w, TAG_KIND, d->kind);
	record_number(&w, TAG_STATE, d->state);
	record_instant(&w, TAG_FROM, d->from);
	if (d->until != 0)
		record_instant(&w, TAG_UNTIL, d->until);
	record_instant(&w, TAG_RECORDED, d->recorded);
	record_number(&w, TAG_RECORD, d->record);
	if (d->again != 0)
		record_instant(&w, TAG_AGAIN, d->again);
	record_flag(&w, TAG_UNUSABLE, d->unusable);
	for (const struct consent_word *x = d->words; x != NULL; x = x->next) {
		record_open(&w, TAG_WORD);
		record_number(&w, TAG_ACTION, x->action);
		record_text(&w, TAG_TARGET, x->target);
		record_number(&w, TAG_NUMBER, x->number);
		record_number(&w, TAG_TAKEN_BACK, x->taken_back);
		record_close(&w);
	}
	return record_end(&w);
}

static bool read_word(struct record_reader r, struct consent_word *out)
{
	uint64_t action = WORD_ACTIONS;
	while (record_next(&r))
		switch (r.tag) {
		case TAG_ACTION: action = record_as_number(&r); break;
		case TAG_TARGET: out->target = record_as_text(&r); break;
		case TAG_NUMBER: out->number = record_as_number(&r); break;
		case TAG_TAKEN_BACK: out->taken_back = record_as_number(&r); break;
		}
	out->action = (enum consent_word_action)action;
	return !r.broken && action < WORD_ACTIONS
	       && (action >= WORD_EXCLUDE) == (out->target != NULL);
}

static bool read_row(struct arena *a, struct bytes row, struct consent_document *out)
{
	struct record_reader r = record_read(row);
	uint64_t kind = CONSENT_KINDS, state = CONSENT_DOCUMENT_STATES;
	struct consent_word **last = &out->words;
	bool good = r.version == VERSION;
	while (good && record_next(&r))
		switch (r.tag) {
		case TAG_UNIQUE_ID: out->unique_id = record_as_text(&r); break;
		case TAG_SYSTEM: out->system = record_as_text(&r); break;
		case TAG_KIND: kind = record_as_number(&r); break;
		case TAG_STATE: state = record_as_number(&r); break;
		case TAG_FROM: out->from = record_as_instant(&r); break;
		case TAG_UNTIL: out->until = record_as_instant(&r); break;
		case TAG_RECORDED: out->recorded = record_as_instant(&r); break;
		case TAG_RECORD: out->record = record_as_number(&r); break;
		case TAG_UNUSABLE: out->unusable = record_as_flag(&r); break;
		case TAG_AGAIN: out->again = record_as_instant(&r); break;
		case TAG_WORD:
			*last = arena_new(a, struct consent_word);
			good = read_word(record_within(&r), *last);
			last = &(*last)->next;
			break;
		}
	out->kind = (enum consent_kind)kind;
	out->state = (enum consent_document_state)state;
	return good && !r.broken && kind < CONSENT_KINDS && state < CONSENT_DOCUMENT_STATES
	       && out->unique_id != NULL && out->words != NULL;
}

/* False: it is none that was ever written. */
static bool read_document(struct arena *a, struct bytes key, struct bytes row,
			  struct consent_document *out)
{
	char uuid[UUID_URN_TEXT];
	struct key_reader k = key_read(key);
	*out = (struct consent_document){ .subject = key_read_id(&k) };
	struct bytes octets = key_read_bytes(&k, UUID_OCTETS);
	if (!key_read_end(&k) || !read_row(a, row, out))
		return false;
	uuid_to_urn(octets.data, uuid);
	out->entry = arena_text(a, uuid);
	return true;
}

/* The row as it stands. False: there is none. */
static bool get(struct store_txn *t, struct arena *a, const struct key *k,
		struct consent_document *out)
{
	struct bytes row;
	if (!store_get(t, key_span(k), a, &row))
		return false;
	if (read_document(a, key_span(k), row, out))
		return true;
	return store_damaged(t, "a document of consent cannot be read");
}

bool consent_document_put(struct store_txn *t, struct arena *a, const struct consent_document *d)
{
	struct key k;
	struct consent_document before;
	if (!document_key(&k, d->subject, d->entry))
		return false;
	bool was = get(t, a, &k, &before);
	if (store_failed(t))
		return false;
	instant was_due = was ? due_at(&before) : 0, due = due_at(d);
	if (was_due != 0 && was_due != due) {
		struct key old = due_key(was_due, &k);
		store_delete(t, key_span(&old));
	}
	if (due != 0 && was_due != due) {
		struct key new = due_key(due, &k);
		store_put(t, key_span(&new), (struct bytes){ 0 });
	}
	return store_put(t, key_span(&k), write_row(a, d)); /* not, where one of those failed */
}

static struct consent_document **add_those_of(struct store_txn *t, struct arena *a,
					      uint64_t subject, struct consent_document **last)
{
	struct key all;
	struct bytes key, row;
	key_begin(&all, SPACE_CONSENT_DOCUMENT);
	key_id(&all, subject);
	struct store_cursor *c = store_scan_prefix(t, key_span(&all), false);
	while (store_next(c, &key, &row)) {
		unsigned char *octets = arena_alloc(a, row.length + 1);
		struct consent_document *d = arena_new(a, struct consent_document);
		for (size_t i = 0; i < row.length; i++)
			octets[i] = row.data[i];
		if (!read_document(a, key, (struct bytes){ octets, row.length }, d)) {
			store_damaged(t, "a document of consent cannot be read");
			break;
		}
		*last = d;
		last = &d->next;
	}
	store_scan_end(c);
	return last;
}

struct consent_document *consent_documents_of(struct store_txn *t, struct arena *a,
					      const struct record_numbers *subjects)
{
	struct consent_document *first = NULL, **last = &first;
	for (size_t i = 0; i < subjects->count; i++)
		last = add_those_of(t, a, subjects->numbers[i], last);
	return store_failed(t) ? NULL : first;
}

struct consent_document *consent_documents_with(struct store_txn *t, struct arena *a,
						uint64_t subject)
{
	struct record_numbers one = { &subject, 1 };
	return consent_documents_of(t, a, &one);
}

struct consent_document *consent_document_due(struct store_txn *t, struct arena *a, instant now)
{
	struct key all, k;
	struct bytes key, row;
	key_begin(&all, SPACE_CONSENT_DOCUMENT_DUE);
	key_begin(&k, SPACE_CONSENT_DOCUMENT);
	struct store_cursor *c = store_scan_prefix(t, key_span(&all), false);
	bool due = store_next(c, &key, &row);
	if (due) {
		struct key_reader r = key_read(key);
		due = key_read_moment(&r) <= now;
		key_bytes(&k, key.data + 1 + KEY_MOMENT, key.length - 1 - KEY_MOMENT);
	}
	store_scan_end(c);
	struct consent_document *d = arena_new(a, struct consent_document);
	if (!due)
		return NULL; /* or the store failed */
	if (get(t, a, &k, d))
		return d;
	if (!store_failed(t))
		store_damaged(t, "a document of consent is due, and is not there");
	return NULL;
}

/* ---- Check ---- */

static void look(struct store_check *c, struct bytes key, struct bytes row)
{
	struct consent_document d;
	struct key k, due;
	if (!read_document(check_arena(c), key, row, &d)) {
		check_finding(c, "a document of consent: a row that cannot be read");
		return;
	}
	if (due_at(&d) == 0)
		return;
	key_begin(&k, SPACE_CONSENT_DOCUMENT);
	key_bytes(&k, key.data + 1, key.length - 1);
	due = due_key(due_at(&d), &k);
	if (!store_has(check_txn(c), key_span(&due)))
		check_finding(c, "a document of consent, %s: nothing says when it is due", d.entry);
}

static void look_at_due(struct store_check *c, struct bytes key, struct bytes row)
{
	struct key k;
	struct consent_document d;
	struct key_reader r = key_read(key);
	instant when = key_read_moment(&r);
	(void)row;
	key_begin(&k, SPACE_CONSENT_DOCUMENT);
	if (key.length == 1 + KEY_MOMENT + KEY_ID + UUID_OCTETS)
		key_bytes(&k, key.data + 1 + KEY_MOMENT, KEY_ID + UUID_OCTETS);
	if (!store_get(check_txn(c), key_span(&k), check_arena(c), &row)
	    || !read_document(check_arena(c), key_span(&k), row, &d) || due_at(&d) != when)
		check_finding(c, "a document of consent is due at a moment that is not its own");
}

const struct check_module consent_documents_check = {
	.name = "consent documents",
	.rows = (const struct check_row[]){ { SPACE_CONSENT_DOCUMENT, "consent document", look },
					    { SPACE_CONSENT_DOCUMENT_DUE, "consent document due",
					      look_at_due },
					    { 0 } },
};
