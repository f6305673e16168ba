/* store/inbox_check.c: what `minato check` looks at of what was pushed: each push leads to its
 * indices and octets, and they to it; an inbox holds as much as its pushes. Ids of documents and
 * sets are others' words, and are not told. */
#include <inttypes.h>
#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "store/check.h"
#include "store/inbox_rows.h"
#include "store/store.h"
#include "store/usage.h"

static void expect(struct store_check *c, const struct push *p, struct key k, struct bytes says,
		   const char *which)
{
	struct bytes value;
	if (!store_get(check_txn(c), key_span(&k), check_arena(c), &value)
	    || !bytes_equal(value, says))
		check_finding(c, "inbox %s: push %s is not in the index of %s", p->inbox, p->id,
			      which);
}

static void expect_octets(struct store_check *c, const struct push *p, const struct blob *b)
{
	struct blob known;
	if (!blob_known(check_txn(c), b->sha256, &known) || known.size != b->size)
		check_finding(c, "inbox %s: octets of push %s are not known: %s", p->inbox, p->id,
			      bytes_to_hex(check_arena(c),
					   (struct bytes){ b->sha256, sizeof b->sha256 }));
}

static void count(struct store_check *c, const struct push *p)
{
	struct usage one = { .metadata = USAGE_EACH + p->metadata.size };
	for (const struct pushed_document *d = p->documents; d != NULL; d = d->next)
		one.documents += USAGE_EACH + d->octets.size;
	usage_walked(c, p->system, &one);
}

static void look_at_push(struct store_check *c, struct bytes key, struct bytes value)
{
	struct push p = { .id = "" };
	struct key_reader r = key_read(key);
	struct bytes id = key_read_bytes(&r, PUSH_ID), hash;
	if (!key_read_end(&r) || !push_row_read(check_arena(c), value, &p)) {
		check_finding(c, "inbox: a push cannot be read");
		usage_unread(c);
		return;
	}
	p.id = bytes_to_hex(check_arena(c), id);
	count(c, &p);
	expect(c, &p, push_of_inbox_key(&p, id.data), (struct bytes){ 0 }, "inboxes");
	expect(c, &p, push_of_set_key(p.inbox, p.set_unique_id), id, "sets");
	expect_octets(c, &p, &p.metadata);
	for (const struct pushed_document *d = p.documents; d != NULL; d = d->next) {
		hash = (struct bytes){ d->octets.sha256, sizeof d->octets.sha256 };
		expect(c, &p, push_of_document_key(p.inbox, d->unique_id, id.data), hash,
		       "documents");
		expect_octets(c, &p, &d->octets);
	}
}

/* An entry of an index is there because of a push that says the same. */
static void
expect_push(struct store_check *c, struct bytes key, const unsigned char *id, const char *which,
	    bool (*says)(const struct push *p, struct bytes key, const unsigned char *id))
{
	struct push p;
	const char *name = bytes_to_hex(check_arena(c), (struct bytes){ id, PUSH_ID });
	if (!push_get(check_txn(c), check_arena(c), name, &p) || !says(&p, key, id))
		check_finding(c, "inbox: the index of %s leads to no push", which);
}

static bool says_inbox(const struct push *p, struct bytes key, const unsigned char *id)
{
	struct key k = push_of_inbox_key(p, id);
	return bytes_equal(key_span(&k), key);
}

static bool says_set(const struct push *p, struct bytes key, const unsigned char *id)
{
	struct key k = push_of_set_key(p->inbox, p->set_unique_id);
	(void)id;
	return bytes_equal(key_span(&k), key);
}

static bool says_document(const struct push *p, struct bytes key, const unsigned char *id)
{
	for (const struct pushed_document *d = p->documents; d != NULL; d = d->next) {
		struct key k = push_of_document_key(p->inbox, d->unique_id, id);
		if (bytes_equal(key_span(&k), key))
			return true;
	}
	return false;
}

static void look_at_inbox(struct store_check *c, struct bytes key, struct bytes value)
{
	(void)value;
	if (key.length <= PUSH_ID)
		check_finding(c, "inbox: a row of the index of inboxes cannot be read");
	else
		expect_push(c, key, key.data + key.length - PUSH_ID, "inboxes", says_inbox);
}

static void look_at_set(struct store_check *c, struct bytes key, struct bytes value)
{
	if (value.length != PUSH_ID)
		check_finding(c, "inbox: a row of the index of sets cannot be read");
	else
		expect_push(c, key, value.data, "sets", says_set);
}

static void look_at_document(struct store_check *c, struct bytes key, struct bytes value)
{
	if (key.length <= PUSH_ID || value.length != BLOB_SHA256)
		check_finding(c, "inbox: a row of the index of documents cannot be read");
	else
		expect_push(c, key, key.data + key.length - PUSH_ID, "documents", says_document);
}

/* In this snapshot, push by push. */
static struct inbox_sum walked(struct store_check *c, const char *inbox)
{
	enum { AT_ONCE = 64 };
	struct arena *a = arena_create_within(check_arena(c));
	struct inbox_sum sum = { 0 };
	char last[2 * PUSH_ID + 1];
	size_t count = AT_ONCE;
	for (const char *after = NULL; count == AT_ONCE; after = last) {
		const struct push *list = pushes_list(check_txn(c), a, inbox, after, AT_ONCE,
						      &count);
		for (size_t i = 0; i < count; i++)
			sum.octets += push_octets(&list[i]);
		sum.pushes += count;
		if (count != 0)
			memcpy(last, list[count - 1].id, sizeof last);
		arena_reset(a);
	}
	return sum;
}

static void look_at_sum(struct store_check *c, struct bytes key, struct bytes value)
{
	struct inbox_sum said;
	struct key_reader r = key_read(key);
	const char *inbox = key_read_text(&r);
	if (!key_read_end(&r) || !inbox_sum_read(value, &said)) {
		check_finding(c, "inbox: what one holds cannot be read");
		return;
	}
	struct inbox_sum there = walked(c, inbox);
	if (there.pushes != said.pushes || there.octets != said.octets)
		check_finding(c,
			      "inbox %s: it is said to hold %" PRIu64 " pushes of %" PRIu64
			      " octets, and holds %" PRIu64 " of %" PRIu64,
			      inbox, said.pushes, said.octets, there.pushes, there.octets);
}

const struct check_module inboxes_check = {
	.name = "inboxes",
	.rows =
		(const struct check_row[]){
			{ SPACE_PUSH, "push", look_at_push },
			{ SPACE_PUSH_OF_INBOX, "push of an inbox", look_at_inbox },
			{ SPACE_PUSH_OF_SET, "pushed set", look_at_set },
			{ SPACE_PUSH_OF_DOCUMENT, "pushed document", look_at_document },
			{ SPACE_INBOX_SUM, "sum of an inbox", look_at_sum },
			{ 0 },
		},
};
