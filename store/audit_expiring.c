/* store/audit_expiring.c: which entries may go from the beginning of a chain, and the checkpoint
 * that stands for those that went.
 *
 *	chain -> sequence, hash, first, last, line */
#include "store/audit_expiring.h"

#include <openssl/evp.h>
#include <string.h>

#include "gateway/base/arena.h"
#include "store/audit_entries.h"
#include "store/audit_received.h"
#include "store/check.h"
#include "store/record.h"
#include "store/store.h"
#include "store/store_keys.h"

enum { VERSION = 1 };
enum { TAG_SEQUENCE = 1, TAG_HASH, TAG_FIRST, TAG_LAST, TAG_LINE };

/* ---- Rows ---- */

static unsigned char space_of(enum audit_kind kind)
{
	return kind == AUDIT_OWN ? SPACE_AUDIT_CHECKPOINT : SPACE_RECEIVED_CHECKPOINT;
}

static struct key key_of(enum audit_kind kind, uint64_t chain)
{
	struct key k;
	key_begin(&k, space_of(kind));
	key_number(&k, chain);
	return k;
}

static void begin_of(enum audit_kind kind, uint64_t chain, struct audit_checkpoint *out)
{
	*out = (struct audit_checkpoint){ .sequence = audit_number(chain, 0) };
	(kind == AUDIT_OWN ? audit_log_begin : received_begin)(chain, out->hash);
}

bool audit_checkpoint_read(struct bytes value, uint64_t chain, struct audit_checkpoint *out)
{
	struct record_reader r = record_read(value);
	*out = (struct audit_checkpoint){ .sequence = 0 };
	while (record_next(&r)) {
		switch (r.tag) {
		case TAG_SEQUENCE: out->sequence = record_as_number(&r); break;
		case TAG_HASH:
			if (r.value.length == AUDIT_HASH)
				memcpy(out->hash, r.value.data, AUDIT_HASH);
			break;
		case TAG_FIRST: out->first = record_as_instant(&r); break;
		case TAG_LAST: out->last = record_as_instant(&r); break;
		case TAG_LINE: out->line = r.value; break;
		}
	}
	return !r.broken && audit_chain(out->sequence) == chain
	       && (audit_place(out->sequence) + 1) % AUDIT_SEGMENT == 0;
}

bool audit_checkpoint_peek(struct store_txn *t, enum audit_kind kind, uint64_t chain,
			   struct arena *a, struct audit_checkpoint *out)
{
	struct key k = key_of(kind, chain);
	struct bytes value;
	bool there = store_get(t, key_span(&k), a, &value),
	     read = there && audit_checkpoint_read(value, chain, out);
	if (!read)
		begin_of(kind, chain, out);
	return read || (!there && !store_failed(t));
}

bool audit_checkpoint_look(struct store_txn *t, enum audit_kind kind, uint64_t chain,
			   struct arena *a, struct audit_checkpoint *out)
{
	bool read = audit_checkpoint_peek(t, kind, chain, a, out);
	if (!read && !store_failed(t))
		store_damaged(t, "the checkpoint of a chain of audit records is damaged");
	return read && audit_place(out->sequence) != 0;
}

void audit_checkpoint_look_at(struct store_check *c, struct bytes key, struct bytes value)
{
	struct key_reader r = key_read(key);
	struct audit_checkpoint one;
	struct audit_head head;
	uint64_t chain = key_read_number(&r);
	bool own = key.length != 0 && key.data[0] == SPACE_AUDIT_CHECKPOINT;
	if (!key_read_end(&r) || !audit_checkpoint_read(value, chain, &one)
	    || one.line.length == 0) {
		check_finding(c, "audit log: the checkpoint of a chain cannot be read");
		return;
	}
	if ((own ? audit_log_head_of : received_head_of)(check_txn(c), chain, &head)
	    && head.sequence <= one.sequence)
		check_finding(c, "audit log: all of chain %llu is said to have gone",
			      (unsigned long long)chain);
}

/* Every walk asks: it takes nothing of an arena. */
uint64_t audit_floor(struct store_txn *t, enum audit_kind kind, uint64_t chain)
{
	struct key k = key_of(kind, chain);
	struct store_cursor *c = store_scan_prefix(t, key_span(&k), false);
	struct bytes key, value;
	struct audit_checkpoint at = { .sequence = audit_number(chain, 0) };
	if (store_next(c, &key, &value) && !audit_checkpoint_read(value, chain, &at)) {
		at.sequence = audit_number(chain, 0);
		store_damaged(t, "the checkpoint of a chain of audit records is damaged");
	}
	store_scan_end(c);
	return at.sequence;
}

bool audit_checkpoint_next(struct store_txn *t, enum audit_kind kind, uint64_t from,
			   uint64_t *chain)
{
	struct key low = key_of(kind, from), high = key_of(kind, UINT64_MAX);
	struct store_cursor *c = store_scan(t, key_span(&low), key_span(&high), false);
	struct bytes key, value;
	bool found = store_next(c, &key, &value);
	if (found) {
		struct key_reader r = key_read(key);
		*chain = key_read_number(&r);
	}
	store_scan_end(c);
	return found;
}

bool audit_known_since(struct store_txn *t, enum audit_kind kind, instant *out)
{
	unsigned char space = space_of(kind);
	struct store_cursor *c = store_scan_prefix(t, (struct bytes){ &space, 1 }, false);
	struct bytes key, value;
	bool any = false;
	while (store_next(c, &key, &value)) {
		struct key_reader r = key_read(key);
		struct audit_checkpoint one;
		if (!audit_checkpoint_read(value, key_read_number(&r), &one)) {
			store_damaged(t, "the checkpoint of a chain of audit records is damaged");
			break;
		}
		*out = !any || one.last > *out ? one.last : *out;
		any = true;
	}
	store_scan_end(c);
	return any && !store_failed(t);
}

static bool write_row(struct store_txn *t, enum audit_kind kind, const struct audit_checkpoint *c)
{
	struct key k = key_of(kind, audit_chain(c->sequence));
	struct record_writer w = record_begin(store_arena(t), VERSION);
	record_number(&w, TAG_SEQUENCE, c->sequence);
	record_bytes(&w, TAG_HASH, (struct bytes){ c->hash, AUDIT_HASH });
	record_instant(&w, TAG_FIRST, c->first);
	record_instant(&w, TAG_LAST, c->last);
	record_bytes(&w, TAG_LINE, c->line);
	return store_put(t, key_span(&k), record_end(&w));
}

bool audit_checkpoint_put(struct store_txn *t, enum audit_kind kind,
			  const struct audit_checkpoint *c, uint64_t since, struct problem *p)
{
	unsigned char hash[AUDIT_HASH] = { 0 };
	if (audit_floor(t, kind, audit_chain(c->sequence)) != since)
		return problem_set(p, PROBLEM_CONFLICT,
				   "others removed audit records of this chain just now");
	bool there = (kind == AUDIT_OWN ? audit_log_hash : received_hash)(t, c->sequence, hash);
	if (store_failed(t))
		return false;
	if (!there || memcmp(hash, c->hash, sizeof hash) != 0)
		return problem_set(p, PROBLEM_CONFLICT,
				   "the audit records changed while they were looked at");
	return write_row(t, kind, c);
}

/* ---- Finding ---- */

/* Entry by entry from the checkpoint on. What is found ends with a segment. */
struct expiry_walk {
	struct store_txn *txn;
	enum audit_kind kind;
	const struct audit_expiry *asked;
	struct arena *page;
	EVP_MD_CTX *digest;
	struct audit_checkpoint at, *out; /* walked; walked to the end of a segment */
	uint64_t begin, end;              /* the chain's checkpoint; not past this one */
	bool any;
	enum audit_kept_for why;
};

static bool time_of(struct expiry_walk *f, struct bytes value, instant *time)
{
	if (f->kind == AUDIT_OWN) {
		struct audit_entry e = { .sequence = 0 };
		bool read = audit_entry_read(value, f->page, &e);
		*time = e.terms.time;
		return read;
	}
	struct received_entry e = { .sequence = 0 };
	bool read = received_read(value, f->page, &e);
	*time = e.terms.received;
	return read;
}

static bool is_linked(struct expiry_walk *f, uint64_t sequence, struct bytes value)
{
	unsigned char made[AUDIT_HASH];
	if (sequence != f->at.sequence + 1 || value.length <= AUDIT_HASH)
		return false;
	struct bytes entry = { value.data + AUDIT_HASH, value.length - AUDIT_HASH };
	return audit_entry_chain(f->digest, f->at.hash, entry, made)
	       && memcmp(made, value.data, AUDIT_HASH) == 0;
}

static bool stays(struct expiry_walk *f, enum audit_kept_for why)
{
	f->why = why;
	return false;
}

/* False: it stays, and all behind it. */
static bool take(struct expiry_walk *f, uint64_t sequence, struct bytes value)
{
	instant time;
	bool first = audit_place(f->at.sequence) == 0;
	if (!is_linked(f, sequence, value) || !time_of(f, value, &time))
		return stays(f, KEPT_AS_BROKEN);
	if (time >= f->asked->before)
		return stays(f, KEPT_FOR_AGE);
	f->at.sequence = sequence;
	memcpy(f->at.hash, value.data, AUDIT_HASH);
	f->at.first = first || time < f->at.first ? time : f->at.first;
	f->at.last = first || time > f->at.last ? time : f->at.last;
	if ((sequence + 1) % AUDIT_SEGMENT == 0) {
		*f->out = f->at;
		f->any = true;
	}
	arena_reset(f->page);
	return true;
}

static void walk_own(struct expiry_walk *f)
{
	struct audit_walk w = audit_walk_from(f->txn, f->begin + 1, f->end + 1);
	struct bytes value;
	uint64_t sequence;
	while (audit_walk_next(&w, &sequence, &value) && take(f, sequence, value))
		continue;
	audit_walk_end(&w);
}

static void walk_received(struct expiry_walk *f)
{
	enum { AT_ONCE = 64 };
	struct arena *some = arena_create_within(store_arena(f->txn));
	bool more = true;
	for (uint64_t from = f->begin + 1; more && from <= f->end; from = f->at.sequence + 1) {
		struct audit_kept kept[AT_ONCE];
		size_t count = received_from(f->txn, from, kept, AT_ONCE, some);
		more = count != 0;
		for (size_t i = 0; more && i < count && kept[i].sequence <= f->end; i++)
			more = take(f, kept[i].sequence, kept[i].value);
		arena_reset(some);
	}
}

/* Not what is needed yet, not in one go more than was said, nor what is not indexed and packed: the
 * last entries of a chain stay where they are. */
static void find_end(struct expiry_walk *f)
{
	uint64_t chain = audit_chain(f->begin), end;
	struct audit_head head;
	if (f->kind == AUDIT_OWN) {
		uint64_t behind = audit_indexed(f->txn, chain) * AUDIT_SEGMENT,
			 packed = audit_folded(f->txn, chain);
		audit_log_head_of(f->txn, chain, &head);
		end = audit_place(behind) == 0 ? behind : behind - 1;
		end = end < packed ? end : packed;
	} else {
		received_head_of(f->txn, chain, &head);
		end = head.sequence;
	}
	f->why = KEPT_AS_LATEST;
	if (audit_place(head.sequence) == 0 || audit_place(end) == 0)
		end = f->begin;
	else if (end >= head.sequence)
		end = head.sequence - 1;
	if (f->asked->up_to < end) {
		end = f->asked->up_to;
		f->why = KEPT_AS_NEEDED;
	}
	if (end > f->begin && end - f->begin > f->asked->most) {
		end = f->begin + f->asked->most;
		f->why = KEPT_FOR_NEXT;
	}
	f->end = end;
}

bool audit_expiring_find(struct store_txn *t, enum audit_kind kind, uint64_t chain,
			 const struct audit_expiry *e, struct audit_checkpoint *out, uint64_t *past,
			 enum audit_kept_for *why)
{
	struct expiry_walk f = { .txn = t, .kind = kind, .asked = e, .out = out };
	audit_checkpoint_look(t, kind, chain, store_arena(t), &f.at);
	*out = f.at;
	f.begin = f.at.sequence;
	f.page = arena_create_within(store_arena(t));
	f.digest = EVP_MD_CTX_new();
	bool ready = f.digest != NULL && EVP_DigestInit_ex(f.digest, EVP_sha256(), NULL) == 1;
	if (!ready)
		problem_set(store_problem(t), PROBLEM_OUT_OF_RESOURCES,
			    "no memory to look at audit records");
	find_end(&f);
	if (ready && !store_failed(t) && f.end > f.begin)
		(kind == AUDIT_OWN ? walk_own : walk_received)(&f);
	EVP_MD_CTX_free(f.digest);
	out->line = (struct bytes){ NULL, 0 };
	*past = out->sequence - f.begin;
	*why = f.why;
	return f.any && !store_failed(t);
}
