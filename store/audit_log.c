/* store/audit_log.c: the audit record repository's own memory: append-only, hash-chained.
 *
 * Value of an entry: 32 octets of hash, then the entry: its terms and the audit record, as one
 * record of store/record.h. (Where it stands: store/audit_sheets.c.) The hash covers everything
 * after itself, so the terms cannot be changed unseen either. */
#include "store/audit_log.h"

#include <openssl/evp.h>
#include <string.h>

#include "gateway/base/arena.h"
#include "store/audit_entries.h"
#include "store/record.h"
#include "store/store.h"
#include "store/store_keys.h"

enum { VERSION = 1 };
enum {
	TAG_TIME = 1,
	TAG_TRANSACTION = 2,
	TAG_SYSTEM = 3,
	TAG_USER = 4,
	TAG_PATIENT = 5,
	TAG_REFUSED = 6,
	TAG_RECORD = 7,
	TAG_LOCAL_ONLY = 8,
	TAG_SUBJECT = 9,
};

/* The chain. */

bool audit_entry_chain(EVP_MD_CTX *digest, const unsigned char before[AUDIT_HASH],
		       struct bytes entry, unsigned char out[AUDIT_HASH])
{
	static const unsigned char leaf = 0x00;
	return digest != NULL && EVP_DigestInit_ex(digest, NULL, NULL) == 1
	       && EVP_DigestUpdate(digest, &leaf, 1) == 1
	       && EVP_DigestUpdate(digest, before, AUDIT_HASH) == 1
	       && EVP_DigestUpdate(digest, entry.data, entry.length) == 1
	       && EVP_DigestFinal_ex(digest, out, NULL) == 1;
}

/* Appending. */

/* The value as the engine will keep it; its hash is written where it goes. */
struct audit_draft {
	struct audit_terms terms;
	unsigned char *value;
	size_t length;
};

struct audit_draft *audit_log_draft(struct arena *a, struct bytes record,
				    const struct audit_terms *terms)
{
	struct record_writer w = record_begin(a, VERSION);
	record_instant(&w, TAG_TIME, terms->time);
	record_text(&w, TAG_TRANSACTION, terms->transaction);
	record_text(&w, TAG_SYSTEM, terms->system);
	record_text(&w, TAG_USER, terms->user);
	for (const struct text_list *l = terms->patients; l != NULL; l = l->next)
		record_text(&w, TAG_PATIENT, l->value);
	for (size_t i = 0; i < terms->subjects.count; i++)
		record_number(&w, TAG_SUBJECT, terms->subjects.numbers[i]);
	record_flag(&w, TAG_REFUSED, terms->refused);
	record_flag(&w, TAG_LOCAL_ONLY, terms->local_only);
	record_bytes(&w, TAG_RECORD, record);
	struct bytes entry = record_end(&w);
	struct audit_draft *d = arena_new(a, struct audit_draft);
	*d = (struct audit_draft){
		.terms = *terms,
		.value = arena_alloc(a, AUDIT_HASH + entry.length),
		.length = AUDIT_HASH + entry.length,
	};
	memcpy(d->value + AUDIT_HASH, entry.data, entry.length);
	return d;
}

struct bytes audit_draft_octets(const struct audit_draft *d)
{
	return (struct bytes){ d->value + AUDIT_HASH, d->length - AUDIT_HASH };
}

struct audit_draft *audit_draft_read(struct arena *a, struct bytes octets)
{
	struct audit_draft *d = arena_new(a, struct audit_draft);
	struct audit_entry e = { .sequence = 0 };
	d->length = AUDIT_HASH + octets.length;
	d->value = arena_alloc(a, d->length);
	memset(d->value, 0, AUDIT_HASH);
	if (octets.length != 0)
		memcpy(d->value + AUDIT_HASH, octets.data, octets.length);
	if (!audit_entry_read((struct bytes){ d->value, d->length }, a, &e))
		return NULL;
	d->terms = e.terms;
	return d;
}

bool audit_log_append(struct store_txn *t, struct audit_draft *d, uint64_t *sequence)
{
	struct bytes entry = audit_draft_octets(d);
	struct audit_head head;
	if (!audit_log_head(t, &head))
		return false;
	if (head.sequence + 1 == audit_chain_end(head.sequence))
		return problem_set(store_problem(t), PROBLEM_STORE_FULL,
				   "the node's chain of audit entries is full");
	if (!audit_entry_chain(store_digest(t), head.hash, entry, d->value))
		return problem_set(store_problem(t), PROBLEM_INTERNAL,
				   "an audit entry could not be hashed");
	memcpy(head.hash, d->value, AUDIT_HASH);
	head.sequence++;
	audit_sheet_add(t, head.sequence, (struct bytes){ d->value, d->length });
	audit_index_put(t, &d->terms, head.sequence);
	if (sequence != NULL)
		*sequence = head.sequence;
	return audit_put_head(t, &head);
}

/* Reading. */

struct reading_subjects {
	uint64_t *numbers;
	size_t count, room;
};

static void add_subject(struct arena *a, struct reading_subjects *s, uint64_t number)
{
	if (s->count == s->room) {
		size_t room = s->room == 0 ? 8 : s->room * 2;
		s->numbers = arena_resize(a, s->numbers, s->room * sizeof number,
					  room * sizeof number);
		s->room = room;
	}
	s->numbers[s->count++] = number;
}

bool audit_entry_read(struct bytes value, struct arena *a, struct audit_entry *e)
{
	struct reading_subjects subjects = { 0 };
	*e = (struct audit_entry){ .sequence = e->sequence };
	if (value.length <= AUDIT_HASH)
		return false;
	memcpy(e->hash, value.data, AUDIT_HASH);
	struct record_reader r = record_read(
		(struct bytes){ value.data + AUDIT_HASH, value.length - AUDIT_HASH });
	struct text_list *patients = NULL, **last = &patients;
	while (record_next(&r)) {
		switch (r.tag) {
		case TAG_TIME: e->terms.time = record_as_instant(&r); break;
		case TAG_TRANSACTION: e->terms.transaction = record_as_text(&r); break;
		case TAG_SYSTEM: e->terms.system = record_as_text(&r); break;
		case TAG_USER: e->terms.user = record_as_text(&r); break;
		case TAG_PATIENT: last = text_list_add(a, last, record_as_text(&r)); break;
		case TAG_SUBJECT: add_subject(a, &subjects, record_as_number(&r)); break;
		case TAG_REFUSED: e->terms.refused = record_as_flag(&r); break;
		case TAG_LOCAL_ONLY: e->terms.local_only = record_as_flag(&r); break;
		case TAG_RECORD: e->record = r.value; break;
		}
	}
	e->terms.patients = patients;
	e->terms.subjects = (struct audit_subjects){ subjects.numbers, subjects.count };
	return !r.broken;
}

const char *audit_entry_transaction(struct bytes value)
{
	struct record_reader r = audit_entry_names(value);
	while (record_next(&r))
		if (r.tag == TAG_TRANSACTION)
			return record_as_text(&r);
	return NULL;
}

struct record_reader audit_entry_names(struct bytes value)
{
	if (value.length <= AUDIT_HASH)
		return (struct record_reader){ .broken = true };
	return record_read((struct bytes){ value.data + AUDIT_HASH, value.length - AUDIT_HASH });
}

bool audit_name_next(struct record_reader *names, struct audit_name *out)
{
	while (record_next(names)) {
		if (names->tag == TAG_PATIENT)
			*out = (struct audit_name){ .patient = record_as_text(names) };
		else if (names->tag == TAG_SUBJECT)
			*out = (struct audit_name){ .subject = record_as_number(names) };
		else
			continue;
		return true;
	}
	return false;
}

bool audit_log_hash(struct store_txn *t, uint64_t sequence, unsigned char out[AUDIT_HASH])
{
	struct audit_walk w = audit_walk_from(t, sequence, sequence + 1);
	struct bytes value;
	uint64_t found;
	bool there = audit_walk_next(&w, &found, &value) && value.length > AUDIT_HASH;
	if (there)
		memcpy(out, value.data, AUDIT_HASH);
	audit_walk_end(&w);
	return there;
}

const struct audit_entry *audit_log_entry(struct store_txn *t, uint64_t sequence, struct arena *a)
{
	struct bytes value;
	struct audit_entry *e = arena_new(a, struct audit_entry);
	e->sequence = sequence;
	if (sequence <= audit_floor(t, AUDIT_OWN, audit_chain(sequence)))
		return NULL;
	return audit_entry_get(t, sequence, a, &value) && audit_entry_read(value, a, e) ? e : NULL;
}

bool audit_log_read(struct bytes value, struct arena *a, struct audit_entry *e)
{
	return audit_entry_read(value, a, e);
}

size_t audit_log_kept(struct store_txn *t, uint64_t sequence, struct audit_kept *out, size_t most,
		      struct arena *a)
{
	struct audit_walk w = audit_walk_from(t, sequence, audit_chain_end(sequence));
	struct bytes value;
	size_t count = 0;
	while (count < most && audit_walk_next(&w, &out[count].sequence, &value))
		out[count++].value = audit_entry_copy(value, a);
	audit_walk_end(&w);
	return count;
}

void audit_log_begin(uint64_t chain, unsigned char out[AUDIT_HASH])
{
	struct audit_head head = audit_chain_begin(chain);
	memcpy(out, head.hash, AUDIT_HASH);
}
