/* store/usage.c: how much of the disk what each system has sent takes up. */
#include "store/usage.h"

#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "store/keys.h"
#include "store/store.h"
#include "store/store_keys.h"
#include "store/usage_rows.h"

uint64_t usage_documents(const struct usage *u)
{
	return u->documents - u->documents_gone;
}

uint64_t usage_metadata(const struct usage *u)
{
	return u->metadata - u->metadata_gone;
}

uint64_t usage_octets(const struct usage *u)
{
	return usage_documents(u) + usage_metadata(u) + u->persons;
}

uint64_t usage_tallied(const struct usage_tally *t)
{
	return t->begun > t->ended ? t->begun - t->ended : 0;
}

static void tally_add_up(struct usage_tally *sum, const struct usage_tally *one)
{
	sum->begun += one->begun;
	sum->ended += one->ended;
}

void usage_add_up(struct usage *sum, const struct usage *one)
{
	sum->documents += one->documents;
	sum->documents_gone += one->documents_gone;
	sum->metadata_gone += one->metadata_gone;
	sum->metadata += one->metadata;
	sum->persons += one->persons;
	tally_add_up(&sum->no_branch, &one->no_branch);
	tally_add_up(&sum->check_digit, &one->check_digit);
}

static struct key row_key(const char *system)
{
	struct key k;
	key_begin(&k, SPACE_USAGE);
	key_text(&k, system);
	return k;
}

static void read_row(struct store_txn *t, struct bytes key, struct bytes row, struct usage *sum)
{
	struct usage one;
	const char *system;
	if (!usage_row_read(key, row, &system, &one)) {
		store_damaged(t, "what a system has of the disk cannot be read; run minato check");
		return;
	}
	usage_add_up(sum, &one);
}

struct usage usage_of(struct store_txn *t, const char *system)
{
	struct key prefix = row_key(system);
	struct usage sum = { 0 };
	struct bytes key, row;
	struct store_cursor *c = store_scan_prefix(t, key_span(&prefix), false);
	while (store_next(c, &key, &row))
		read_row(t, key, row, &sum);
	store_scan_end(c);
	return sum;
}

static struct key own_key(struct store_txn *t, const char *system)
{
	struct key k = row_key(system);
	key_number(&k, store_node(t));
	return k;
}

struct usage usage_here(struct store_txn *t, const char *system)
{
	struct arena *a = store_arena(t);
	struct arena_mark before = arena_mark(a);
	struct key k = own_key(t, system);
	struct usage own = { 0 };
	struct bytes row;
	if (store_get(t, key_span(&k), a, &row))
		read_row(t, key_span(&k), row, &own);
	arena_rewind(a, &before);
	return own;
}

bool usage_add(struct store_txn *t, const char *system, const struct usage *more)
{
	if (system == NULL)
		return true;
	struct key k = own_key(t, system);
	struct usage own = usage_here(t, system);
	if (store_failed(t))
		return false;
	usage_add_up(&own, more);
	struct arena *a = store_arena(t);
	struct arena_mark before = arena_mark(a);
	bool kept = store_put(t, key_span(&k), usage_row(a, &own));
	arena_rewind(a, &before);
	return kept;
}

bool usage_take(struct store_txn *t, const char *system, const struct usage *less)
{
	const struct usage more = { .documents_gone = less->documents,
				    .metadata_gone = less->metadata };
	return usage_add(t, system, &more);
}

const char *usage_next(struct store_txn *t, struct arena *a, const char *behind)
{
	struct key from, to;
	struct bytes key, row;
	const char *found = NULL;
	key_begin(&from, SPACE_USAGE);
	if (behind != NULL) {
		key_bytes(&from, behind, strlen(behind));
		key_octet(&from, 1); /* its own rows have 0 there */
	}
	key_begin(&to, SPACE_USAGE + 1);
	struct store_cursor *c = store_scan(t, key_span(&from), key_span(&to), false);
	if (store_next(c, &key, &row)) {
		struct key_reader r = key_read(key);
		found = arena_text(a, key_read_text(&r));
	}
	store_scan_end(c);
	return found;
}
