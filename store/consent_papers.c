/* store/consent_papers.c: papers of decisions, kept once each. */
#include "store/consent_papers.h"

#include <string.h>

#include "gateway/base/arena.h"
#include "store/blobs.h"
#include "store/check.h"
#include "store/consent_rows.h"
#include "store/packed.h"

/* ---- Which it is ---- */

static void put_paper(struct buffer *b, const struct consent_paper *p)
{
	packed_number(b, p->kind);
	packed_number(b, p->size);
	buffer_append(b, p->sha256, BLOB_SHA256);
}

static bool read_paper(struct packed_reader *r, struct consent_paper *out)
{
	uint64_t kind = packed_as_number(r);
	*out = (struct consent_paper){ .kind = (enum paper_kind)kind };
	out->size = packed_as_number(r);
	out->sha256 = packed_as_octets(r, BLOB_SHA256);
	return kind - 1 < PAPER_KINDS - 1 && out->sha256 != NULL && !packed_more(r);
}

struct bytes consent_paper_octets(struct arena *a, const struct consent_paper *p)
{
	struct buffer b = buffer_in(a);
	put_paper(&b, p);
	return buffer_bytes(&b);
}

bool consent_paper_read(struct bytes octets, struct consent_paper *out)
{
	struct packed_reader r = packed_read(octets);
	return read_paper(&r, out);
}

static bool is_same(const struct consent_paper *x, const struct consent_paper *y)
{
	return x->kind == y->kind && x->size == y->size
	       && memcmp(x->sha256, y->sha256, BLOB_SHA256) == 0;
}

/* ---- Rows ---- */

static struct bytes paper_key(struct key *k, uint64_t number)
{
	key_begin(k, SPACE_CONSENT_PAPER);
	key_number(k, number);
	return key_span(k);
}

static bool read_row(struct bytes row, uint64_t *record, struct consent_paper *out)
{
	struct packed_reader r = packed_read(row);
	*record = packed_as_number(&r);
	return read_paper(&r, out);
}

static struct bytes sum_key(struct key *k, uint64_t node)
{
	key_begin(k, SPACE_CONSENT_PAPERS);
	key_number(k, node);
	return key_span(k);
}

static bool read_sum(struct bytes row, struct consent_papers_sum *out)
{
	struct packed_reader r = packed_read(row);
	out->count = packed_as_number(&r);
	out->octets = packed_as_number(&r);
	return !r.broken && !packed_more(&r);
}

static bool damaged(struct store_txn *t)
{
	return store_damaged(t, "how many papers of consents there are cannot be read; run minato "
				"check");
}

static bool count(struct store_txn *t, uint64_t octets)
{
	struct arena *a = store_arena(t);
	struct consent_papers_sum own = { 0 };
	struct buffer b = buffer_in(a);
	struct key k;
	struct bytes row;
	if (store_get(t, sum_key(&k, store_node(t)), a, &row) && !read_sum(row, &own))
		return damaged(t);
	packed_number(&b, own.count + 1);
	packed_number(&b, own.octets + octets);
	return !store_failed(t) && store_put(t, key_span(&k), buffer_bytes(&b));
}

bool consent_paper_keep(struct store_txn *t, uint64_t number, uint64_t record,
			const struct consent_paper *p)
{
	struct buffer b = buffer_in(store_arena(t));
	struct key k;
	packed_number(&b, record);
	put_paper(&b, p);
	return blob_keep(t, p->octets) && store_put(t, paper_key(&k, number), buffer_bytes(&b))
	       && count(t, p->size);
}

static bool has_octets(struct store_txn *t, const struct consent_paper *p)
{
	struct blob known;
	return blob_known(t, p->sha256, &known) && known.size == p->size;
}

bool consent_paper_is_kept(struct store_txn *t, uint64_t number, const struct consent_paper *p)
{
	struct consent_paper kept;
	struct key k;
	struct bytes row;
	uint64_t record;
	if (p->kind == PAPER_NONE)
		return true;
	return store_get(t, paper_key(&k, number), store_arena(t), &row)
	       && read_row(row, &record, &kept) && is_same(&kept, p) && has_octets(t, p);
}

bool consent_papers_kept(struct store_txn *t, struct consent_papers_sum *out)
{
	struct key k;
	struct bytes key, row;
	bool read = true;
	*out = (struct consent_papers_sum){ 0 };
	key_begin(&k, SPACE_CONSENT_PAPERS);
	struct store_cursor *c = store_scan_prefix(t, key_span(&k), false);
	while (read && store_next(c, &key, &row)) {
		struct consent_papers_sum one;
		read = read_sum(row, &one);
		out->count += one.count;
		out->octets += one.octets;
	}
	store_scan_end(c);
	return read ? !store_failed(t) : damaged(t);
}

/* ---- What must be true ---- */

/* Its decision is kept with the record it was given with, and says the same. */
static void look_at_paper(struct store_check *c, struct bytes key, struct bytes value)
{
	struct key_reader r = key_read(key);
	uint64_t number = key_read_number(&r), record;
	struct consent_paper paper;
	struct kept_event e;
	if (!key_read_end(&r) || !read_row(value, &record, &paper))
		check_finding(c, "the paper of a consent cannot be read");
	else if (!consent_event_find(check_txn(c), check_arena(c), record, number, &e)
		 || e.event.paper.kind == PAPER_NONE || !is_same(&e.event.paper, &paper))
		check_finding(c,
			      "the paper of a consent is of patient record %llu, where no decision "
			      "came with it",
			      (unsigned long long)record);
}

static void look_at_sum(struct store_check *c, struct bytes key, struct bytes value)
{
	struct key_reader r = key_read(key);
	struct consent_papers_sum sum;
	key_read_number(&r);
	if (!key_read_end(&r) || !read_sum(value, &sum))
		check_finding(c, "how many papers of consents a node has kept cannot be read");
}

/* In one snapshot: what is counted is what is there. */
static void compare(struct store_check *c)
{
	struct consent_papers_sum said, there = { 0 };
	struct consent_paper paper;
	struct key k;
	struct bytes key, row;
	uint64_t record;
	bool read = consent_papers_kept(check_txn(c), &said);
	key_begin(&k, SPACE_CONSENT_PAPER);
	struct store_cursor *all = store_scan_prefix(check_txn(c), key_span(&k), false);
	while (read && store_next(all, &key, &row)) {
		read = read_row(row, &record, &paper);
		there.count++;
		there.octets += paper.size;
	}
	store_scan_end(all);
	if (read && (said.count != there.count || said.octets != there.octets))
		check_finding(c,
			      "papers of consents: %llu of %llu octets are counted, and there are "
			      "%llu of %llu",
			      (unsigned long long)said.count, (unsigned long long)said.octets,
			      (unsigned long long)there.count, (unsigned long long)there.octets);
}

static const struct check_row rows[] = {
	{ SPACE_CONSENT_PAPER, "paper of a consent", look_at_paper },
	{ SPACE_CONSENT_PAPERS, "count of papers of consents", look_at_sum },
	{ 0 }
};

const struct check_module consent_papers_check = { .name = "papers of consents",
						   .rows = rows,
						   .whole = compare };
