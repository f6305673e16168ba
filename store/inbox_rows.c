/* store/inbox_rows.c: how what was pushed is laid out in keys. */
#include "store/inbox_rows.h"

#include <string.h>

#include "gateway/base/arena.h"
#include "store/record.h"

enum { VERSION = 1 };
enum {
	TAG_INBOX = 1,
	TAG_SET,
	TAG_SYSTEM,
	TAG_PATIENT,
	TAG_FINGERPRINT,
	TAG_RECEIVED,
	TAG_FETCHED,
	TAG_TAKEN,
	TAG_TAKEN_BY,
	TAG_METADATA,
	TAG_METADATA_SIZE,
	TAG_DOCUMENT,
};
enum {
	DOCUMENT_ID = 1,
	DOCUMENT_ENTRY,
	DOCUMENT_TYPE,
	DOCUMENT_TITLE,
	DOCUMENT_HASH,
	DOCUMENT_SIZE
};
enum { SUM_PUSHES = 1, SUM_OCTETS };

/* ---- Writing ---- */

static void put_hash(struct record_writer *w, unsigned tag, const struct blob *b)
{
	record_bytes(w, tag, (struct bytes){ b->sha256, sizeof b->sha256 });
}

static void put_time(struct record_writer *w, unsigned tag, instant t)
{
	if (t != 0)
		record_instant(w, tag, t);
}

static void put_documents(struct record_writer *w, const struct pushed_document *d)
{
	for (; d != NULL; d = d->next) {
		record_open(w, TAG_DOCUMENT);
		record_text(w, DOCUMENT_ID, d->unique_id);
		record_text(w, DOCUMENT_ENTRY, d->entry_id);
		record_text(w, DOCUMENT_TYPE, d->mime_type);
		record_text(w, DOCUMENT_TITLE, d->title);
		put_hash(w, DOCUMENT_HASH, &d->octets);
		record_number(w, DOCUMENT_SIZE, d->octets.size);
		record_close(w);
	}
}

struct bytes push_row(struct arena *a, const struct push *p)
{
	struct record_writer w = record_begin(a, VERSION);
	record_text(&w, TAG_INBOX, p->inbox);
	record_text(&w, TAG_SET, p->set_unique_id);
	record_text(&w, TAG_SYSTEM, p->system);
	record_text(&w, TAG_PATIENT, p->patient_id);
	record_text(&w, TAG_FINGERPRINT, p->fingerprint);
	put_time(&w, TAG_RECEIVED, p->received);
	put_time(&w, TAG_FETCHED, p->fetched);
	put_time(&w, TAG_TAKEN, p->taken);
	record_text(&w, TAG_TAKEN_BY, p->taken_by);
	put_hash(&w, TAG_METADATA, &p->metadata);
	record_number(&w, TAG_METADATA_SIZE, p->metadata.size);
	put_documents(&w, p->documents);
	return record_end(&w);
}

struct bytes inbox_sum_row(struct arena *a, const struct inbox_sum *s)
{
	struct record_writer w = record_begin(a, VERSION);
	record_number(&w, SUM_PUSHES, s->pushes);
	record_number(&w, SUM_OCTETS, s->octets);
	return record_end(&w);
}

/* ---- Reading ---- */

static bool read_hash(struct record_reader *r, struct blob *out)
{
	if (r->value.length != sizeof out->sha256)
		return false;
	memcpy(out->sha256, r->value.data, sizeof out->sha256);
	return true;
}

static bool read_document(struct record_reader *of, struct pushed_document *d)
{
	struct record_reader r = record_within(of);
	bool hashed = false;
	while (record_next(&r))
		switch (r.tag) {
		case DOCUMENT_ID: d->unique_id = record_as_text(&r); break;
		case DOCUMENT_ENTRY: d->entry_id = record_as_text(&r); break;
		case DOCUMENT_TYPE: d->mime_type = record_as_text(&r); break;
		case DOCUMENT_TITLE: d->title = record_as_text(&r); break;
		case DOCUMENT_HASH: hashed = read_hash(&r, &d->octets); break;
		case DOCUMENT_SIZE: d->octets.size = record_as_number(&r); break;
		}
	return hashed && !r.broken && d->unique_id != NULL && d->entry_id != NULL
	       && d->mime_type != NULL;
}

static void read_field(struct arena *a, struct record_reader *r, struct push *out, bool *hashed,
		       struct pushed_document ***last)
{
	switch (r->tag) {
	case TAG_INBOX: out->inbox = record_as_text(r); break;
	case TAG_SET: out->set_unique_id = record_as_text(r); break;
	case TAG_SYSTEM: out->system = record_as_text(r); break;
	case TAG_PATIENT: out->patient_id = record_as_text(r); break;
	case TAG_FINGERPRINT: out->fingerprint = record_as_text(r); break;
	case TAG_RECEIVED: out->received = record_as_instant(r); break;
	case TAG_FETCHED: out->fetched = record_as_instant(r); break;
	case TAG_TAKEN: out->taken = record_as_instant(r); break;
	case TAG_TAKEN_BY: out->taken_by = record_as_text(r); break;
	case TAG_METADATA: *hashed = read_hash(r, &out->metadata); break;
	case TAG_METADATA_SIZE: out->metadata.size = record_as_number(r); break;
	case TAG_DOCUMENT:
		**last = arena_new(a, struct pushed_document);
		r->broken = r->broken || !read_document(r, **last);
		*last = &(**last)->next;
		break;
	}
}

bool push_row_read(struct arena *a, struct bytes row, struct push *out)
{
	struct record_reader r = record_read(row);
	struct pushed_document **last = &out->documents;
	const char *id = out->id;
	bool hashed = false;
	*out = (struct push){ .id = id };
	while (r.version == VERSION && record_next(&r))
		read_field(a, &r, out, &hashed, &last);
	return hashed && !r.broken && out->inbox != NULL && out->set_unique_id != NULL
	       && out->system != NULL && out->fingerprint != NULL && out->received != 0;
}

bool inbox_sum_read(struct bytes row, struct inbox_sum *out)
{
	struct record_reader r = record_read(row);
	*out = (struct inbox_sum){ 0 };
	while (r.version == VERSION && record_next(&r))
		switch (r.tag) {
		case SUM_PUSHES: out->pushes = record_as_number(&r); break;
		case SUM_OCTETS: out->octets = record_as_number(&r); break;
		}
	return !r.broken && out->pushes != 0;
}

/* ---- Keys ---- */

bool push_id_octets(const char *id, unsigned char out[PUSH_ID])
{
	return id != NULL && strlen(id) == 2 * PUSH_ID && bytes_from_hex(id, 2 * PUSH_ID, out);
}

struct key push_key(const unsigned char id[PUSH_ID])
{
	struct key k;
	key_begin(&k, SPACE_PUSH);
	key_bytes(&k, id, PUSH_ID);
	return k;
}

struct key push_of_inbox_key(const struct push *p, const unsigned char id[PUSH_ID])
{
	struct key k;
	key_begin(&k, SPACE_PUSH_OF_INBOX);
	key_text(&k, p->inbox);
	key_moment(&k, p->received);
	key_bytes(&k, id, PUSH_ID);
	return k;
}

struct key push_of_set_key(const char *inbox, const char *set_unique_id)
{
	struct key k;
	key_begin(&k, SPACE_PUSH_OF_SET);
	key_text(&k, inbox);
	key_oid(&k, set_unique_id);
	return k;
}

struct key push_of_document_key(const char *inbox, const char *unique_id, const unsigned char *id)
{
	struct key k;
	key_begin(&k, SPACE_PUSH_OF_DOCUMENT);
	key_text(&k, inbox);
	key_oid(&k, unique_id);
	if (id != NULL)
		key_bytes(&k, id, PUSH_ID);
	return k;
}

struct key inbox_sum_key(const char *inbox)
{
	struct key k;
	key_begin(&k, SPACE_INBOX_SUM);
	key_text(&k, inbox);
	return k;
}
