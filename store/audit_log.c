/* store/audit_log.c: the audit record repository's own memory: append-only, hash-chained.
 *
 * Value of an entry: 32 octets of hash, then the entry: its terms and the audit record, as one
 * record of store/record.h. (Where it stands: store/audit_sheets.c.) The hash covers everything
 * after itself, so the terms cannot be changed unseen either. */
#include "store/audit_log.h"

#include <openssl/evp.h>
#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/progress.h"
#include "store/audit_entries.h"
#include "store/check.h"
#include "store/keys.h"
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
enum { TAG_HEAD_SEQUENCE = 1, TAG_HEAD_HASH = 2 };

/* The chain. */

/* hash: begun with SHA-256 once; so it is used again and again. */
static bool chain(EVP_MD_CTX *hash, const unsigned char before[AUDIT_HASH], struct bytes entry,
		  unsigned char out[AUDIT_HASH])
{
	static const unsigned char leaf = 0x00;
	return hash != NULL && EVP_DigestInit_ex(hash, NULL, NULL) == 1
	       && EVP_DigestUpdate(hash, &leaf, 1) == 1
	       && EVP_DigestUpdate(hash, before, AUDIT_HASH) == 1
	       && EVP_DigestUpdate(hash, entry.data, entry.length) == 1
	       && EVP_DigestFinal_ex(hash, out, NULL) == 1;
}

static bool read_head(struct bytes value, struct audit_head *head)
{
	struct record_reader r = record_read(value);
	*head = (struct audit_head){ 0 };
	while (record_next(&r)) {
		if (r.tag == TAG_HEAD_SEQUENCE)
			head->sequence = record_as_number(&r);
		else if (r.tag == TAG_HEAD_HASH && r.value.length == AUDIT_HASH)
			memcpy(head->hash, r.value.data, AUDIT_HASH);
	}
	return !r.broken && head->sequence != 0;
}

bool audit_log_head(struct store_txn *t, struct audit_head *out)
{
	struct bytes value;
	struct key k;
	*out = (struct audit_head){ 0 };
	key_begin(&k, SPACE_AUDIT_HEAD);
	if (!store_get(t, key_span(&k), store_arena(t), &value))
		return !store_failed(t);
	return read_head(value, out) || store_damaged(t, "the audit log's head is damaged");
}

static bool put_head(struct store_txn *t, const struct audit_head *head)
{
	struct record_writer w = record_begin(store_arena(t), VERSION);
	struct key k;
	key_begin(&k, SPACE_AUDIT_HEAD);
	record_number(&w, TAG_HEAD_SEQUENCE, head->sequence);
	record_bytes(&w, TAG_HEAD_HASH, (struct bytes){ head->hash, AUDIT_HASH });
	return store_put(t, key_span(&k), record_end(&w));
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

bool audit_log_append(struct store_txn *t, struct audit_draft *d, uint64_t *sequence)
{
	struct bytes entry = { d->value + AUDIT_HASH, d->length - AUDIT_HASH };
	struct audit_head head;
	if (!audit_log_head(t, &head))
		return false;
	if (!chain(store_digest(t), head.hash, entry, d->value))
		return problem_set(store_problem(t), PROBLEM_INTERNAL,
				   "an audit entry could not be hashed");
	memcpy(head.hash, d->value, AUDIT_HASH);
	head.sequence++;
	audit_sheet_add(t, head.sequence, (struct bytes){ d->value, d->length });
	audit_index_put(t, &d->terms, head.sequence);
	if (sequence != NULL)
		*sequence = head.sequence;
	return put_head(t, &head);
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

/* Couriers, anchors, the patients' index: how far each has come. */

static struct key key_of_destination(const char *destination)
{
	struct key k;
	key_begin(&k, SPACE_AUDIT_CURSOR);
	key_text(&k, destination);
	return k;
}

static struct key key_of_place(unsigned char space)
{
	struct key k;
	key_begin(&k, space);
	return k;
}

static uint64_t place_at(struct store_txn *t, struct key k)
{
	struct bytes value;
	if (!store_get(t, key_span(&k), store_arena(t), &value))
		return 0;
	struct record_reader r = record_read(value);
	uint64_t sequence = 0;
	while (record_next(&r))
		if (r.tag == TAG_HEAD_SEQUENCE)
			sequence = record_as_number(&r);
	return sequence;
}

static bool move_place(struct store_txn *t, struct key k, uint64_t to)
{
	if (to <= place_at(t, k))
		return !store_failed(t);
	struct record_writer w = record_begin(store_arena(t), VERSION);
	record_number(&w, TAG_HEAD_SEQUENCE, to);
	return store_put(t, key_span(&k), record_end(&w));
}

uint64_t audit_log_acknowledged(struct store_txn *t, const char *destination)
{
	return place_at(t, key_of_destination(destination));
}

bool audit_log_acknowledge(struct store_txn *t, const char *destination, uint64_t sequence)
{
	return move_place(t, key_of_destination(destination), sequence);
}

bool audit_log_anchored(struct store_txn *t, uint64_t *number)
{
	*number = place_at(t, key_of_place(SPACE_AUDIT_ANCHORED));
	return !store_failed(t);
}

bool audit_log_note_anchor(struct store_txn *t, uint64_t number)
{
	return move_place(t, key_of_place(SPACE_AUDIT_ANCHORED), number);
}

uint64_t audit_indexed(struct store_txn *t)
{
	return place_at(t, key_of_place(SPACE_AUDIT_INDEXED));
}

bool audit_note_indexed(struct store_txn *t, uint64_t segments)
{
	return move_place(t, key_of_place(SPACE_AUDIT_INDEXED), segments);
}

/* Verifying. */

static bool breaks(uint64_t *broken, uint64_t sequence, struct problem *p, const char *what)
{
	*broken = sequence;
	return problem_set(p, PROBLEM_CONFLICT, "audit entry %llu %s", (unsigned long long)sequence,
			   what);
}

/* Whether the value follows what was hashed before it; then at has moved on to it. */
static bool follows(EVP_MD_CTX *hash, struct audit_head *at, uint64_t sequence, struct bytes value)
{
	unsigned char made[AUDIT_HASH];
	if (value.length <= AUDIT_HASH
	    || !chain(hash, at->hash,
		      (struct bytes){ value.data + AUDIT_HASH, value.length - AUDIT_HASH }, made)
	    || memcmp(made, value.data, AUDIT_HASH) != 0)
		return false;
	memcpy(at->hash, made, AUDIT_HASH);
	at->sequence = sequence;
	return true;
}

struct verifying {
	struct progress *progress;
	struct store_txn *txn;
	EVP_MD_CTX *hash;
	struct audit_walk walk;
	struct audit_head *head; /* as the snapshot has it that is walked */
	struct audit_head at;    /* what was walked */
	uint64_t *broken;
	struct problem *problem;
};

/* False with the problem set, or left to the store's. */
static bool read_end(struct verifying *v)
{
	if (audit_log_head(v->txn, v->head))
		return true;
	if (store_is_damaged(v->txn))
		breaks(v->broken, v->at.sequence + 1, v->problem,
		       "cannot be judged: the head is damaged");
	return false;
}

/* Nothing is ever taken from a log, so the walk may go on in a snapshot of now: behind the sheet it
 * rests on, for what was put between two sheets must not be passed over. */
static bool go_on_now(struct verifying *v)
{
	uint64_t rested = v->walk.first;
	audit_walk_end(&v->walk);
	v->walk.sheets = NULL;
	if (!store_renew(v->txn) || !read_end(v))
		return false;
	v->walk = audit_walk_after(v->txn, rested);
	return true;
}

static bool walk_chain(struct verifying *v)
{
	uint64_t sequence;
	unsigned entries = 0;
	struct bytes value;
	while (audit_walk_next(&v->walk, &sequence, &value)) {
		if (sequence != v->at.sequence + 1)
			return breaks(v->broken, v->at.sequence + 1, v->problem, "is missing");
		if (!follows(v->hash, &v->at, sequence, value))
			return breaks(v->broken, sequence, v->problem, "is not as it was written");
		if (sequence > v->head->sequence)
			return breaks(v->broken, sequence, v->problem, "was added past the head");
		progress_add(v->progress, 1);
		if (++entries < AUDIT_VERIFIED_AT_ONCE || !audit_walk_rests(&v->walk))
			continue;
		entries = 0;
		if (!go_on_now(v))
			return v->problem->code == PROBLEM_NONE;
	}
	return true;
}

static bool is_whole(struct verifying *v)
{
	v->walk = audit_walk_from(v->txn, 0, UINT64_MAX);
	bool known = read_end(v);
	if (known) /* what comes meanwhile is walked as well */
		progress_begin(v->progress, "audit records", v->head->sequence);
	if ((known && !walk_chain(v)) || v->problem->code != PROBLEM_NONE)
		return false;
	if (store_failed(v->txn))
		return problem_set(v->problem, store_problem(v->txn)->code, "%s",
				   store_problem(v->txn)->what);
	if (v->at.sequence < v->head->sequence)
		return breaks(v->broken, v->at.sequence + 1, v->problem, "is missing");
	if (memcmp(v->at.hash, v->head->hash, AUDIT_HASH) != 0)
		return breaks(v->broken, v->at.sequence, v->problem,
			      "is not the one the head names");
	return true;
}

bool audit_log_verify_watched(struct progress *progress, struct store_txn *t,
			      struct audit_head *head, uint64_t *broken, struct problem *p)
{
	struct verifying v = {
		.progress = progress, .txn = t, .head = head, .broken = broken, .problem = p
	};
	*broken = 0;
	v.hash = EVP_MD_CTX_new();
	bool whole = v.hash != NULL && EVP_DigestInit_ex(v.hash, EVP_sha256(), NULL) == 1
			     ? is_whole(&v)
			     : problem_set(p, PROBLEM_OUT_OF_RESOURCES,
					   "no memory to verify the audit log");
	EVP_MD_CTX_free(v.hash);
	audit_walk_end(&v.walk);
	return whole;
}

bool audit_log_verify(struct store_txn *t, struct audit_head *head, uint64_t *broken,
		      struct problem *p)
{
	return audit_log_verify_watched(NULL, t, head, broken, p);
}

/* Checking. */

static void look_at_sheet(struct store_check *c, struct bytes key, struct bytes value)
{
	struct audit_walk w = audit_walk_on(key, value);
	struct audit_entry e;
	while (audit_walk_next(&w, &e.sequence, &value))
		if (!audit_entry_read(value, check_arena(c), &e))
			check_finding(c, "audit log: entry %llu cannot be read",
				      (unsigned long long)e.sequence);
}

static void look_at_chain(struct store_check *c)
{
	struct audit_head head;
	struct problem p = { 0 };
	uint64_t broken;
	if (!audit_log_verify(check_txn(c), &head, &broken, &p))
		check_finding(c, "audit log: %s", p.what);
}

const struct check_module audit_log_check = {
	.name = "audit log",
	.rows =
		(const struct check_row[]){
			{ SPACE_AUDIT_SHEET, "audit entries", look_at_sheet },
			{ SPACE_AUDIT_HEAD, "audit head", NULL },
			{ SPACE_AUDIT_RUN_BY_TIME, "audit run by time", audit_index_look },
			{ SPACE_AUDIT_RUN_BY_SYSTEM, "audit run by system", audit_index_look },
			{ SPACE_AUDIT_PATIENTS, "audit patients", audit_patients_look },
			{ SPACE_AUDIT_CURSOR, "audit cursor", NULL },
			{ SPACE_AUDIT_ANCHORED, "audit anchors noted", NULL },
			{ SPACE_AUDIT_INDEXED, "audit segments indexed", NULL },
			{ 0 },
		},
	.whole = look_at_chain,
};
