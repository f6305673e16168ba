/* store/audit_received.c: audit records of other systems, kept.
 *
 *	number                          -> hash, entry
 *	chain                           -> last number and its hash
 *	moment (latest first), number   -> nothing
 *	source, moment, number          -> nothing
 *	16 octets, moment, number       -> nothing   (SHA-256 of a patient's id)
 *	SHA-256 of the octets           -> number of the first
 *	source, node                    -> octets, records, again
 *	chain                           -> what has gone of its beginning: audit_expiring.c */
#include "store/audit_received.h"

#include <inttypes.h>
#include <openssl/evp.h>
#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/progress.h"
#include "store/audit_entries.h"
#include "store/audit_received_rows.h"
#include "store/check.h"
#include "store/record.h"
#include "store/store.h"
#include "store/store_keys.h"

enum { VERSION = 1 };
enum {
	TAG_RECEIVED = 1,
	TAG_TIME,
	TAG_SOURCE,
	TAG_ADDRESS,
	TAG_HOST,
	TAG_APPLICATION,
	TAG_PROCESS,
	TAG_EVENT,
	TAG_TYPE,
	TAG_ACTION,
	TAG_OUTCOME,
	TAG_USER,
	TAG_AUDIT_SOURCE,
	TAG_PATIENT,
	TAG_OBJECT,
	TAG_PARTICIPANT,
	TAG_ODD,
	TAG_FIRST,
	TAG_DIGEST,
	TAG_OCTETS,
};
enum { TAG_SEQUENCE = 1, TAG_HASH = 2 };

/* Of a patient's id: enough that no two meet by chance. */
enum { PATIENT = 16 };
/* Entries between two snapshots of a walk. */
enum { AT_ONCE = 4096 };

static struct key key_of(unsigned char space)
{
	struct key k;
	key_begin(&k, space);
	return k;
}

static struct key key_of_number(unsigned char space, uint64_t number)
{
	struct key k = key_of(space);
	key_number(&k, number);
	return k;
}

static bool digest_of(struct bytes octets, unsigned char out[AUDIT_HASH])
{
	return EVP_Digest(octets.data, octets.length, out, NULL, EVP_sha256(), NULL) == 1;
}

static struct key key_of_patient(const char *id)
{
	unsigned char hash[AUDIT_HASH] = { 0 };
	struct key k = key_of(SPACE_BY_PATIENT);
	digest_of(bytes_of_text(id), hash);
	key_bytes(&k, hash, PATIENT);
	return k;
}

/* The end of each index: latest first. */
static void key_place(struct key *k, instant time, uint64_t sequence)
{
	key_moment_reversed(k, time);
	key_number_reversed(k, sequence);
}

/* ---- Chains ---- */

/* Its beginning is none of the log's: an entry there is no entry here. */
static struct audit_head chain_begin(uint64_t chain)
{
	struct audit_head head = audit_chain_begin(chain);
	head.hash[0] = 1;
	return head;
}

bool received_head_of(struct store_txn *t, uint64_t chain, struct audit_head *out)
{
	struct key k = key_of_number(SPACE_HEAD, chain);
	struct bytes value;
	*out = chain_begin(chain);
	if (!store_get(t, key_span(&k), store_arena(t), &value))
		return !store_failed(t);
	struct record_reader r = record_read(value);
	while (record_next(&r)) {
		if (r.tag == TAG_SEQUENCE)
			out->sequence = record_as_number(&r);
		else if (r.tag == TAG_HASH && r.value.length == AUDIT_HASH)
			memcpy(out->hash, r.value.data, AUDIT_HASH);
	}
	return (!r.broken && audit_chain(out->sequence) == chain)
	       || store_damaged(t, "the head of a chain of received audit records cannot be read");
}

bool received_head(struct store_txn *t, struct audit_head *out)
{
	return received_head_of(t, store_node(t), out);
}

static bool put_head(struct store_txn *t, const struct audit_head *head)
{
	struct key k = key_of_number(SPACE_HEAD, audit_chain(head->sequence));
	struct record_writer w = record_begin(store_arena(t), VERSION);
	record_number(&w, TAG_SEQUENCE, head->sequence);
	record_bytes(&w, TAG_HASH, (struct bytes){ head->hash, AUDIT_HASH });
	return store_put(t, key_span(&k), record_end(&w));
}

/* ---- Taking ---- */

static void write_list(struct record_writer *w, unsigned tag, const struct text_list *l)
{
	for (; l != NULL; l = l->next)
		record_text(w, tag, l->value);
}

/* With room for the hash in front. */
static struct bytes write_entry(struct store_txn *t, const struct received_terms *m, uint64_t first,
				const unsigned char digest[AUDIT_HASH], struct bytes octets)
{
	struct record_writer w = record_begin(store_arena(t), VERSION);
	record_instant(&w, TAG_RECEIVED, m->received);
	record_instant(&w, TAG_TIME, m->time);
	record_text(&w, TAG_SOURCE, m->source);
	record_text(&w, TAG_ADDRESS, m->address);
	record_text(&w, TAG_HOST, m->host);
	record_text(&w, TAG_APPLICATION, m->application);
	record_text(&w, TAG_PROCESS, m->process);
	record_text(&w, TAG_EVENT, m->event);
	record_text(&w, TAG_TYPE, m->type);
	record_text(&w, TAG_ACTION, m->action);
	record_text(&w, TAG_OUTCOME, m->outcome);
	record_text(&w, TAG_USER, m->user);
	record_text(&w, TAG_AUDIT_SOURCE, m->audit_source);
	write_list(&w, TAG_PATIENT, m->patients);
	write_list(&w, TAG_OBJECT, m->objects);
	write_list(&w, TAG_PARTICIPANT, m->participants);
	record_number(&w, TAG_ODD, m->odd);
	if (first != 0)
		record_number(&w, TAG_FIRST, first);
	else
		record_bytes(&w, TAG_OCTETS, octets);
	record_bytes(&w, TAG_DIGEST, (struct bytes){ digest, AUDIT_HASH });
	return record_end(&w);
}

static uint64_t first_of(struct store_txn *t, const unsigned char digest[AUDIT_HASH])
{
	struct key k = key_of(SPACE_FIRST);
	struct bytes value;
	key_bytes(&k, digest, AUDIT_HASH);
	if (!store_get(t, key_span(&k), store_arena(t), &value))
		return 0;
	struct key_reader r = { value.data, value.data + value.length, false };
	return key_read_number(&r);
}

static bool note_first(struct store_txn *t, const unsigned char digest[AUDIT_HASH], uint64_t number)
{
	struct key k = key_of(SPACE_FIRST), value = { .length = 0 };
	key_bytes(&k, digest, AUDIT_HASH);
	key_number(&value, number);
	return store_put(t, key_span(&k), key_span(&value));
}

static void put_index(struct store_txn *t, struct key k, const struct received_terms *m,
		      uint64_t sequence)
{
	key_place(&k, m->time, sequence);
	store_put(t, key_span(&k), (struct bytes){ NULL, 0 });
}

/* Errors are sticky. */
static void put_indices(struct store_txn *t, const struct received_terms *m, uint64_t sequence)
{
	put_index(t, key_of(SPACE_BY_TIME), m, sequence);
	put_index(t, received_source_key(SPACE_BY_SOURCE, m->source), m, sequence);
	for (const struct text_list *l = m->patients; l != NULL; l = l->next)
		put_index(t, key_of_patient(l->value), m, sequence);
}

static bool chain_on(struct store_txn *t, struct audit_head *head, struct bytes entry)
{
	struct key k = key_of_number(SPACE_ENTRY, head->sequence + 1);
	unsigned char *value = arena_alloc(store_arena(t), AUDIT_HASH + entry.length);
	if (head->sequence + 1 == audit_chain_end(head->sequence))
		return problem_set(store_problem(t), PROBLEM_STORE_FULL,
				   "the node's chain of received audit records is full");
	if (!audit_entry_chain(store_digest(t), head->hash, entry, value))
		return problem_set(store_problem(t), PROBLEM_INTERNAL,
				   "a received audit record could not be hashed");
	memcpy(value + AUDIT_HASH, entry.data, entry.length);
	memcpy(head->hash, value, AUDIT_HASH);
	head->sequence++;
	store_add(t, key_span(&k), (struct bytes){ value, AUDIT_HASH + entry.length });
	return put_head(t, head);
}

/* What is sent again takes little, and a source past its quota is to learn nothing by it. */
static bool count(struct store_txn *t, const struct received_terms *m, bool again, size_t octets,
		  uint64_t quota, struct problem *p)
{
	struct received_usage u = received_counted(t, m->source, store_node(t));
	u.octets += RECEIVED_EACH + (again ? 0 : octets);
	u.records++;
	u.again += again;
	u.odd += m->odd != 0;
	if (quota != 0 && u.octets > quota)
		return problem_set(p, PROBLEM_DISK_QUOTA,
				   "the audit records of %s have reached its audit-quota",
				   m->source);
	return received_count_put(t, m->source, store_node(t), &u);
}

bool received_append(struct store_txn *t, const struct received_terms *terms, struct bytes octets,
		     uint64_t quota, uint64_t *sequence, struct problem *p)
{
	unsigned char digest[AUDIT_HASH];
	struct audit_head head;
	if (!digest_of(octets, digest))
		return problem_set(p, PROBLEM_INTERNAL,
				   "a received audit record could not be hashed");
	uint64_t first = first_of(t, digest);
	if (store_failed(t) || !count(t, terms, first != 0, octets.length, quota, p)
	    || !received_head(t, &head)
	    || !chain_on(t, &head, write_entry(t, terms, first, digest, octets)))
		return false;
	if (first == 0)
		note_first(t, digest, head.sequence);
	put_indices(t, terms, head.sequence);
	if (sequence != NULL)
		*sequence = head.sequence;
	return !store_failed(t);
}

/* ---- Reading ---- */

struct lists {
	struct text_list **patients, **objects, **participants;
};

static void read_field(struct record_reader *r, struct arena *a, struct lists *l,
		       struct received_entry *e)
{
	struct received_terms *m = &e->terms;
	switch (r->tag) {
	case TAG_RECEIVED: m->received = record_as_instant(r); break;
	case TAG_TIME: m->time = record_as_instant(r); break;
	case TAG_SOURCE: m->source = record_as_text(r); break;
	case TAG_ADDRESS: m->address = record_as_text(r); break;
	case TAG_HOST: m->host = record_as_text(r); break;
	case TAG_APPLICATION: m->application = record_as_text(r); break;
	case TAG_PROCESS: m->process = record_as_text(r); break;
	case TAG_EVENT: m->event = record_as_text(r); break;
	case TAG_TYPE: m->type = record_as_text(r); break;
	case TAG_ACTION: m->action = record_as_text(r); break;
	case TAG_OUTCOME: m->outcome = record_as_text(r); break;
	case TAG_USER: m->user = record_as_text(r); break;
	case TAG_AUDIT_SOURCE: m->audit_source = record_as_text(r); break;
	case TAG_PATIENT: l->patients = text_list_add(a, l->patients, record_as_text(r)); break;
	case TAG_OBJECT: l->objects = text_list_add(a, l->objects, record_as_text(r)); break;
	case TAG_PARTICIPANT:
		l->participants = text_list_add(a, l->participants, record_as_text(r));
		break;
	case TAG_ODD: m->odd = (unsigned)record_as_number(r); break;
	case TAG_FIRST: e->first = record_as_number(r); break;
	case TAG_OCTETS: e->octets = r->value; break;
	}
}

bool received_read(struct bytes value, struct arena *a, struct received_entry *e)
{
	struct text_list *patients = NULL, *objects = NULL, *participants = NULL;
	struct lists l = { &patients, &objects, &participants };
	*e = (struct received_entry){ .sequence = e->sequence };
	if (value.length <= AUDIT_HASH)
		return false;
	memcpy(e->hash, value.data, AUDIT_HASH);
	struct record_reader r = record_read(
		(struct bytes){ value.data + AUDIT_HASH, value.length - AUDIT_HASH });
	while (record_next(&r))
		read_field(&r, a, &l, e);
	e->terms.patients = patients;
	e->terms.objects = objects;
	e->terms.participants = participants;
	return !r.broken && e->terms.source != NULL;
}

static bool get_value(struct store_txn *t, uint64_t sequence, struct arena *a, struct bytes *value)
{
	struct key k = key_of_number(SPACE_ENTRY, sequence);
	return store_get(t, key_span(&k), a, value);
}

static bool has_gone(struct store_txn *t, uint64_t sequence)
{
	return sequence <= audit_floor(t, AUDIT_RECEIVED, audit_chain(sequence));
}

/* With the octets of the first, where it is another, and has not gone. */
static bool look_up(struct store_txn *t, uint64_t sequence, struct arena *a,
		    struct received_entry *e)
{
	struct received_entry first = { .sequence = 0 };
	struct bytes value;
	e->sequence = sequence;
	if (!get_value(t, sequence, a, &value) || !received_read(value, a, e))
		return false;
	if (e->first == 0 || has_gone(t, e->first))
		return true;
	if (get_value(t, e->first, a, &value) && received_read(value, a, &first))
		e->octets = first.octets;
	return !store_failed(t);
}

const struct received_entry *received_get(struct store_txn *t, uint64_t sequence, struct arena *a)
{
	struct received_entry *e = arena_new(a, struct received_entry);
	return !has_gone(t, sequence) && look_up(t, sequence, a, e) ? e : NULL;
}

bool received_hash(struct store_txn *t, uint64_t sequence, unsigned char out[AUDIT_HASH])
{
	struct bytes value;
	bool there = !has_gone(t, sequence) && get_value(t, sequence, store_arena(t), &value)
		     && value.length > AUDIT_HASH;
	if (there)
		memcpy(out, value.data, AUDIT_HASH);
	return there;
}

size_t received_from(struct store_txn *t, uint64_t sequence, struct audit_kept *out, size_t most,
		     struct arena *a)
{
	uint64_t gone = audit_floor(t, AUDIT_RECEIVED, audit_chain(sequence));
	struct key from = key_of_number(SPACE_ENTRY, sequence > gone ? sequence : gone + 1);
	struct key to = key_of_number(SPACE_ENTRY, audit_chain_end(sequence));
	struct store_cursor *c = store_scan(t, key_span(&from), key_span(&to), false);
	struct bytes key, value;
	size_t count = 0;
	for (; count < most && store_next(c, &key, &value); count++) {
		struct key_reader r = key_read(key);
		out[count].sequence = key_read_number(&r);
		out[count].value = audit_entry_copy(value, a);
	}
	store_scan_end(c);
	return count;
}

size_t received_chains(struct store_txn *t, uint64_t *out, size_t most)
{
	struct key heads = key_of(SPACE_HEAD);
	struct store_cursor *c = store_scan_prefix(t, key_span(&heads), false);
	struct bytes key, value;
	size_t count = 0;
	while (count < most && store_next(c, &key, &value)) {
		struct key_reader r = key_read(key);
		out[count++] = key_read_number(&r);
	}
	store_scan_end(c);
	return count;
}

void received_begin(uint64_t chain, unsigned char out[AUDIT_HASH])
{
	struct audit_head head = chain_begin(chain);
	memcpy(out, head.hash, AUDIT_HASH);
}

/* ---- Searching ---- */

struct received_cursor {
	struct store_txn *txn;
	struct received_filter filter;
	struct arena *arena;
	struct store_cursor *scan;
};

/* By whom there are fewest of. */
static struct key index_of(const struct received_filter *f)
{
	if (f->patient != NULL)
		return key_of_patient(f->patient);
	return f->source != NULL ? received_source_key(SPACE_BY_SOURCE, f->source)
				 : key_of(SPACE_BY_TIME);
}

struct received_cursor *received_search(struct store_txn *t, const struct received_filter *f,
					struct arena *a)
{
	struct received_cursor *c = arena_new(a, struct received_cursor);
	struct key from = index_of(f), to = from;
	*c = (struct received_cursor){ .txn = t, .filter = *f, .arena = a };
	if (f->after.sequence != 0)
		key_place(&from, f->after.time, f->after.sequence - 1);
	else if (f->to != 0)
		key_moment_reversed(&from, f->to - 1);
	if (f->from != 0) {
		key_place(&to, f->from, 0);
		key_octet(&to, 0);
	} else {
		key_octet(&to, 0xff); /* of no moment there is an entry of */
	}
	c->scan = store_scan(t, key_span(&from), key_span(&to), false);
	return c;
}

static bool fits(const char *asked, const char *said)
{
	return asked == NULL || text_equal(asked, said);
}

static bool is_asked_for(const struct received_filter *f, const struct received_entry *e)
{
	const struct received_terms *m = &e->terms;
	return fits(f->source, m->source) && fits(f->event, m->event) && fits(f->type, m->type)
	       && fits(f->outcome, m->outcome) && fits(f->user, m->user)
	       && (f->from == 0 || m->time >= f->from) && (f->to == 0 || m->time < f->to)
	       && (f->patient == NULL || text_list_has(m->patients, f->patient));
}

static uint64_t number_in(struct bytes key)
{
	struct key_reader r = key_read(key);
	key_read_to_last(&r, sizeof(uint64_t));
	return key_read_number_reversed(&r);
}

const struct received_entry *received_next(struct received_cursor *c)
{
	struct bytes key, value;
	while (store_next(c->scan, &key, &value)) {
		struct received_entry *e = arena_new(c->arena, struct received_entry);
		if (has_gone(c->txn, number_in(key)))
			continue; /* and is swept away soon */
		if (!look_up(c->txn, number_in(key), c->arena, e)) {
			store_damaged(c->txn, "a received audit record cannot be read");
			break;
		}
		if (is_asked_for(&c->filter, e))
			return e;
	}
	store_scan_end(c->scan);
	c->scan = NULL;
	return NULL;
}

/* ---- Going ---- */

size_t received_gone_read(struct store_txn *t, uint64_t chain, uint64_t up_to,
			  struct received_gone *out, size_t most, struct arena *a)
{
	struct key from = key_of_number(SPACE_ENTRY, audit_number(chain, 0));
	struct key to = key_of_number(SPACE_ENTRY, up_to + 1);
	struct store_cursor *c = store_scan(t, key_span(&from), key_span(&to), false);
	struct bytes key, value;
	size_t count = 0;
	for (; count < most && store_next(c, &key, &value); count++) {
		struct received_gone *g = &out[count];
		struct key_reader r = key_read(key);
		*g = (struct received_gone){ .key = audit_entry_copy(key, a) };
		g->entry.sequence = key_read_number(&r);
		g->octets = value.length;
		g->is_read = received_read(audit_entry_copy(value, a), a, &g->entry);
	}
	store_scan_end(c);
	return count;
}

static void drop_index(struct store_txn *t, struct key k, const struct received_entry *e)
{
	key_place(&k, e->terms.time, e->sequence);
	store_delete(t, key_span(&k));
}

/* What it took comes off what its source has of the disk. */
static void uncount(struct store_txn *t, const struct received_entry *e)
{
	uint64_t node = audit_chain(e->sequence);
	struct received_usage u = received_counted(t, e->terms.source, node);
	uint64_t octets = RECEIVED_EACH + (e->first == 0 ? e->octets.length : 0);
	u.octets -= octets < u.octets ? octets : u.octets;
	u.records -= u.records != 0;
	u.again -= e->first != 0 && u.again != 0;
	u.odd -= e->terms.odd != 0 && u.odd != 0;
	received_count_put(t, e->terms.source, node, &u);
}

/* Its octets, sent once more, are the first again. */
static void forget_first(struct store_txn *t, const struct received_entry *e)
{
	unsigned char digest[AUDIT_HASH];
	struct key k = key_of(SPACE_FIRST);
	if (e->first != 0 || !digest_of(e->octets, digest) || first_of(t, digest) != e->sequence)
		return;
	key_bytes(&k, digest, AUDIT_HASH);
	store_delete(t, key_span(&k));
}

void received_gone_take(struct store_txn *t, const struct received_gone *g)
{
	const struct received_entry *e = &g->entry;
	store_delete(t, g->key);
	if (!g->is_read)
		return;
	drop_index(t, key_of(SPACE_BY_TIME), e);
	drop_index(t, received_source_key(SPACE_BY_SOURCE, e->terms.source), e);
	for (const struct text_list *l = e->terms.patients; l != NULL; l = l->next)
		drop_index(t, key_of_patient(l->value), e);
	forget_first(t, e);
	uncount(t, e);
}

/* ---- Verifying ---- */

struct verifying {
	struct store_txn *txn;
	struct arena *arena;
	struct progress *progress;
	struct received_verdict *out;
	EVP_MD_CTX *digest;
	struct audit_head at;
	uint64_t gone; /* of the chain it is in, the last that has gone */
};

static bool breaks(struct verifying *v, uint64_t sequence, const char *what)
{
	char place[AUDIT_PLACE_TEXT];
	v->out->broken = sequence;
	v->out->what = arena_printf(v->arena, "received entry %s %s",
				    audit_place_text(sequence, place), what);
	return false;
}

/* Behind what has gone of it, if that is more than was walked. */
static bool begin_chain(struct verifying *v, uint64_t chain)
{
	struct audit_checkpoint c;
	if (audit_chain(v->at.sequence) != chain)
		v->at = chain_begin(chain);
	if (!audit_checkpoint_peek(v->txn, AUDIT_RECEIVED, chain, v->arena, &c))
		return breaks(v, audit_number(chain, 1),
			      "cannot be judged: the checkpoint is damaged");
	v->gone = c.sequence;
	if (c.sequence > v->at.sequence) {
		v->at.sequence = c.sequence;
		memcpy(v->at.hash, c.hash, AUDIT_HASH);
	}
	return true;
}

static bool holds(struct verifying *v, struct bytes key, struct bytes value)
{
	unsigned char hash[AUDIT_HASH];
	struct key_reader r = key_read(key);
	uint64_t sequence = key_read_number(&r), chain = audit_chain(sequence);
	if (chain != audit_chain(v->at.sequence) && !begin_chain(v, chain))
		return false;
	if (sequence <= v->gone)
		return true;
	if (sequence != v->at.sequence + 1)
		return breaks(v, v->at.sequence + 1, "is missing");
	if (value.length <= AUDIT_HASH
	    || !audit_entry_chain(
		    v->digest, v->at.hash,
		    (struct bytes){ value.data + AUDIT_HASH, value.length - AUDIT_HASH }, hash)
	    || memcmp(hash, value.data, AUDIT_HASH) != 0)
		return breaks(v, sequence, "is not as it was written");
	memcpy(v->at.hash, hash, AUDIT_HASH);
	v->at.sequence = sequence;
	v->out->entries++;
	progress_add(v->progress, 1);
	return true;
}

/* True: there is more. */
static bool walk_some(struct verifying *v)
{
	if (!begin_chain(v, audit_chain(v->at.sequence)))
		return false;
	struct key from = key_of_number(SPACE_ENTRY, v->at.sequence + 1), to = key_of(SPACE_HEAD);
	struct store_cursor *c = store_scan(v->txn, key_span(&from), key_span(&to), false);
	struct bytes key, value;
	unsigned n = 0;
	while (n < AT_ONCE && store_next(c, &key, &value) && holds(v, key, value))
		n++;
	store_scan_end(c);
	return n == AT_ONCE && store_renew(v->txn);
}

/* Each chain ends where its head says: a tail that is missing shows. */
static void hold_heads(struct verifying *v)
{
	struct key heads = key_of(SPACE_HEAD);
	struct store_cursor *c = store_scan_prefix(v->txn, key_span(&heads), false);
	struct bytes key, value;
	while (v->out->broken == 0 && store_next(c, &key, &value)) {
		struct key_reader r = key_read(key);
		struct audit_head head;
		unsigned char hash[AUDIT_HASH];
		if (!received_head_of(v->txn, key_read_number(&r), &head))
			break;
		if (!received_hash(v->txn, head.sequence, hash))
			breaks(v, head.sequence, "is missing");
		else if (memcmp(hash, head.hash, AUDIT_HASH) != 0)
			breaks(v, head.sequence, "is not the one the head names");
	}
	store_scan_end(c);
}

bool received_verify(struct store_txn *t, struct arena *a, struct progress *progress,
		     struct received_verdict *out, struct problem *p)
{
	struct verifying v = { .txn = t, .arena = a, .progress = progress, .out = out };
	*out = (struct received_verdict){ 0 };
	v.at = chain_begin(0);
	v.digest = EVP_MD_CTX_new();
	bool begun = v.digest != NULL && EVP_DigestInit_ex(v.digest, EVP_sha256(), NULL) == 1;
	progress_begin(progress, "received audit records", 0);
	while (begun && walk_some(&v))
		continue;
	if (begun && out->broken == 0)
		hold_heads(&v);
	EVP_MD_CTX_free(v.digest);
	if (!begun)
		return problem_set(p, PROBLEM_OUT_OF_RESOURCES,
				   "no memory to verify the received audit records");
	if (store_failed(t))
		problem_set(p, store_problem(t)->code, "%s", store_problem(t)->what);
	return !store_failed(t);
}

/* ---- Checking ---- */

static void look_at_entry(struct store_check *c, struct bytes key, struct bytes value)
{
	struct received_entry e = { 0 };
	struct key_reader r = key_read(key);
	e.sequence = key_read_number(&r);
	if (!key_read_end(&r) || !received_read(value, check_arena(c), &e))
		check_finding(c, "received audit records: entry %" PRIu64 " cannot be read",
			      e.sequence);
}

static void look_at_index(struct store_check *c, struct bytes key, struct bytes value)
{
	uint64_t sequence = number_in(key);
	unsigned char hash[AUDIT_HASH];
	(void)value;
	if (!has_gone(check_txn(c), sequence) && !received_hash(check_txn(c), sequence, hash))
		check_finding(c,
			      "received audit records: an index names entry %" PRIu64
			      ", which is not there",
			      sequence);
}

static void look_at_chains(struct store_check *c)
{
	struct received_verdict v;
	struct problem p = { .code = PROBLEM_NONE };
	if (!received_verify(check_txn(c), check_arena(c), NULL, &v, &p))
		check_finding(c, "received audit records: %s", p.what);
	else if (v.broken != 0)
		check_finding(c, "received audit records: %s", v.what);
}

const struct check_module received_check = {
	.name = "received audit records",
	.rows =
		(const struct check_row[]){
			{ SPACE_ENTRY, "received audit record", look_at_entry },
			{ SPACE_HEAD, "received audit head", NULL },
			{ SPACE_BY_TIME, "received audit record by time", look_at_index },
			{ SPACE_BY_SOURCE, "received audit record by source", look_at_index },
			{ SPACE_BY_PATIENT, "received audit record by patient", look_at_index },
			{ SPACE_FIRST, "received audit record's octets", NULL },
			{ SPACE_USED, "received audit records counted", NULL },
			{ SPACE_RECEIVED_CHECKPOINT, "received audit checkpoint",
			  audit_checkpoint_look_at },
			{ 0 },
		},
	.whole = look_at_chains,
};
