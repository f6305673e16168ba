/* store/pull_points_rows.c: how pull points and what waits at them are laid out in keys. */
#include "store/pull_points_rows.h"

#include <string.h>

#include "gateway/base/arena.h"
#include "store/blobs.h"
#include "store/record.h"
#include "store/store.h"

enum { VERSION = 1 };
enum {
	TAG_SYSTEM = 1,
	TAG_REFERENCE,
	TAG_CREATED,
	TAG_PULLED,
	TAG_WAITING,
	TAG_LOST,
	TAG_LAST,
};
enum {
	TAG_MADE = 1,
	TAG_SUBSCRIPTION_ID,
	TAG_SUBSCRIPTION,
	TAG_KIND,
	TAG_OBJECT,
	TAG_SUBJECT,
	TAG_SOURCE_SYSTEM,
	TAG_PUBLISHED,
	TAG_PUBLISHED_SIZE,
};

static const char *text_of(struct arena *a, struct record_reader *r)
{
	return arena_text(a, record_as_text(r));
}

/* ---- Pull points ---- */

struct bytes pull_point_row(struct arena *a, const struct pull_point *p)
{
	struct record_writer w = record_begin(a, VERSION);
	record_text(&w, TAG_SYSTEM, p->system);
	record_text(&w, TAG_REFERENCE, p->reference);
	record_instant(&w, TAG_CREATED, p->created);
	record_instant(&w, TAG_PULLED, p->pulled);
	record_number(&w, TAG_WAITING, p->waiting);
	record_number(&w, TAG_LOST, p->lost);
	record_number(&w, TAG_LAST, p->last);
	return record_end(&w);
}

bool pull_point_row_read(struct arena *a, struct bytes row, struct pull_point *out)
{
	struct record_reader r = record_read(row);
	*out = (struct pull_point){ .id = out->id };
	while (r.version == VERSION && record_next(&r))
		switch (r.tag) {
		case TAG_SYSTEM: out->system = text_of(a, &r); break;
		case TAG_REFERENCE: out->reference = text_of(a, &r); break;
		case TAG_CREATED: out->created = record_as_instant(&r); break;
		case TAG_PULLED: out->pulled = record_as_instant(&r); break;
		case TAG_WAITING: out->waiting = record_as_number(&r); break;
		case TAG_LOST: out->lost = record_as_number(&r); break;
		case TAG_LAST: out->last = record_as_number(&r); break;
		}
	return !r.broken && out->system != NULL && out->reference != NULL;
}

bool pull_point_row_put(struct store_txn *t, const struct pull_point *p)
{
	unsigned char id[SUBSCRIPTION_ID];
	if (!subscription_id_octets(p->id, id))
		return false;
	struct key k = pull_point_key(id);
	return store_put(t, key_span(&k), pull_point_row(store_arena(t), p));
}

/* ---- What waits ---- */

struct bytes pulled_row(struct arena *a, const struct pulled *one)
{
	const struct subscription_event *e = &one->event;
	struct record_writer w = record_begin(a, VERSION);
	record_instant(&w, TAG_MADE, one->made);
	record_text(&w, TAG_SUBSCRIPTION_ID, one->subscription.id);
	record_bytes(&w, TAG_SUBSCRIPTION, subscription_row(a, &one->subscription));
	record_number(&w, TAG_KIND, e->kind);
	record_text(&w, TAG_OBJECT, e->object);
	record_number(&w, TAG_SUBJECT, e->subject);
	record_text(&w, TAG_SOURCE_SYSTEM, e->source_system);
	if (e->published != NULL) {
		record_bytes(&w, TAG_PUBLISHED,
			     (struct bytes){ e->published->sha256, BLOB_SHA256 });
		record_number(&w, TAG_PUBLISHED_SIZE, e->published->size);
	}
	return record_end(&w);
}

static void read_published(struct record_reader *r, struct blob *b)
{
	r->broken = r->broken || r->value.length != BLOB_SHA256;
	if (!r->broken)
		memcpy(b->sha256, r->value.data, BLOB_SHA256);
}

static bool read_subscription(struct arena *a, struct bytes row, struct subscription *out)
{
	return row.data != NULL && out->id != NULL && subscription_row_read(a, row, out);
}

bool pulled_row_read(struct arena *a, struct bytes row, struct pulled *out)
{
	struct record_reader r = record_read(row);
	struct subscription_event *e = &out->event;
	struct blob *b = arena_new(a, struct blob);
	struct bytes subscription = { 0 };
	*out = (struct pulled){ .place = out->place };
	while (r.version == VERSION && record_next(&r))
		switch (r.tag) {
		case TAG_MADE: out->made = record_as_instant(&r); break;
		case TAG_SUBSCRIPTION_ID: out->subscription.id = text_of(a, &r); break;
		case TAG_SUBSCRIPTION: subscription = r.value; break;
		case TAG_KIND: e->kind = (enum subscription_event_kind)record_as_number(&r); break;
		case TAG_OBJECT: e->object = text_of(a, &r); break;
		case TAG_SUBJECT: e->subject = record_as_number(&r); break;
		case TAG_SOURCE_SYSTEM: e->source_system = text_of(a, &r); break;
		case TAG_PUBLISHED:
			read_published(&r, b);
			e->published = b;
			break;
		case TAG_PUBLISHED_SIZE: b->size = record_as_number(&r); break;
		}
	return !r.broken && read_subscription(a, subscription, &out->subscription)
	       && e->kind >= EVENT_SUBMISSION && e->kind <= EVENT_PUBLISHED && e->object != NULL
	       && (e->kind == EVENT_PUBLISHED) == (e->published != NULL);
}

/* ---- Keys ---- */

struct key pull_point_key(const unsigned char *id)
{
	struct key k;
	key_begin(&k, SPACE_PULL_POINT);
	key_bytes(&k, id, SUBSCRIPTION_ID);
	return k;
}

struct key pull_point_of_system_key(const char *system, const unsigned char *id)
{
	struct key k;
	key_begin(&k, SPACE_PULL_POINT_OF_SYSTEM);
	key_text(&k, system);
	key_bytes(&k, id, SUBSCRIPTION_ID);
	return k;
}

struct key pull_point_waiting_key(const unsigned char *id, uint64_t place)
{
	struct key k;
	key_begin(&k, SPACE_PULL_POINT_WAITING);
	key_bytes(&k, id, SUBSCRIPTION_ID);
	key_number(&k, place);
	return k;
}

bool pull_point_waiting_key_read(struct bytes key, unsigned char *id, uint64_t *place)
{
	struct key_reader r = key_read(key);
	struct bytes octets = key_read_bytes(&r, SUBSCRIPTION_ID);
	*place = key_read_number(&r);
	if (!key_read_end(&r))
		return false;
	memcpy(id, octets.data, SUBSCRIPTION_ID);
	return true;
}
