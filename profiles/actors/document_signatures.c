/* profiles/actors/document_signatures.c: signatures among a region's documents, verified. */
#include "profiles/actors/document_signatures.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "gateway/base/arena.h"
#include "gateway/base/findings.h"
#include "gateway/base/progress.h"
#include "gateway/base/text.h"
#include "gateway/signature/signature.h"
#include "store/registry.h"
#include "store/repository.h"
#include "store/signature_verdicts.h"

enum { PIECE = 64 * 1024 };

/* Where what a signature names is looked for. */
struct shelf {
	const struct registry_desk *desk;
	const struct document_entry *signature; /* it does not sign itself */
	/* As it comes: what came with it. NULL: it is kept already. */
	const struct submission *submission;
	const struct provided_document *documents;
	struct progress *progress;
};

bool document_is_signature(const struct document_entry *e)
{
	static const char *const types[] = { "text/xml", "application/xml", "application/json" };
	if (e->format_code == NULL || !signature_is_format(e->format_code->code))
		return false;
	for (size_t i = 0; i < COUNT(types); i++)
		if (text_equal_nocase(e->mime_type, types[i]))
			return true;
	return false;
}

/* ---- Documents, by uniqueId ---- */

static const struct blob *arrived(const struct shelf *s, const char *unique_id)
{
	if (s->submission == NULL)
		return NULL;
	for (const struct document_entry *e = s->submission->entries; e != NULL; e = e->next)
		if (text_equal(e->unique_id, unique_id))
			for (const struct provided_document *d = s->documents; d != NULL;
			     d = d->next)
				if (text_equal(d->entry_id, e->id))
					return d->blob;
	return NULL;
}

/* One that the registry shows whoever asks, and a repository of ours holds. */
static bool find_kept(const struct registry_desk *d, const char *unique_id,
		      struct kept_document *out)
{
	struct arena *each = arena_create_within(d->arena);
	struct registry_cursor *all = registry_entries_of(d->txn, d->arena, unique_id);
	struct sealed_entry *one;
	bool found = false;
	registry_lend(all, each);
	while (!found && (one = registry_next_entry(all)) != NULL) {
		const struct document_entry *e = document_registry_entry(d, one);
		found = e != NULL && region_has_repository(d->region, e->repository_unique_id)
			&& repository_find(d->txn, d->arena, e->repository_unique_id, unique_id,
					   out);
	}
	registry_cursor_over(all);
	return found;
}

static unsigned copy(unsigned char *out, const unsigned char *hash, unsigned length)
{
	memcpy(out, hash, length);
	return length;
}

/* Of what has just come, the hashes were made of the octets as they came; of what is kept they are
 * as it came once, and who asks wants to know of now: he reads. */
static unsigned known(void *self, const char *unique_id, const char *digest, unsigned char *out)
{
	const struct shelf *s = self;
	const struct blob *b = arrived(s, unique_id);
	struct kept_document kept;
	struct blob of_kept;
	if (b == NULL && s->submission != NULL && find_kept(s->desk, unique_id, &kept)
	    && blob_known(s->desk->txn, kept.sha256, &of_kept))
		b = &of_kept;
	if (b != NULL && b == &of_kept)
		memcpy(of_kept.sha256, kept.sha256, sizeof of_kept.sha256);
	if (b == NULL)
		return 0;
	if (text_equal(digest, "SHA256"))
		return copy(out, b->sha256, sizeof b->sha256);
	return text_equal(digest, "SHA1") ? copy(out, b->sha1, sizeof b->sha1) : 0;
}

static enum signature_document read_file(const struct shelf *s, const struct blob_content *c,
					 const struct signature_taker *to)
{
	unsigned char *piece = arena_alloc(s->desk->arena, PIECE);
	uint64_t at = 0;
	while (at < c->size) {
		uint64_t left = c->size - at;
		ssize_t n = pread(c->fd, piece, left < PIECE ? (size_t)left : PIECE, (off_t)at);
		if (progress_is_stopped(s->progress))
			return SIGNATURE_DOCUMENT_STOPPED;
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return SIGNATURE_DOCUMENT_DAMAGED;
		to->take(to->with, (struct bytes){ piece, (size_t)n });
		progress_add(s->progress, (uint64_t)n);
		at += (uint64_t)n;
	}
	return SIGNATURE_DOCUMENT_READ;
}

static enum signature_document read_kept(const struct shelf *s, const struct kept_document *kept,
					 const struct signature_taker *to)
{
	struct problem p = { .code = PROBLEM_NONE };
	struct blob_content content;
	if (s->submission != NULL && kept->size > BLOB_SMALL)
		return SIGNATURE_DOCUMENT_TOO_LARGE;
	if (!blob_open(s->desk->txn, kept->sha256, s->desk->arena, &content, &p))
		return SIGNATURE_DOCUMENT_DAMAGED;
	progress_begin(s->progress, "octets", content.size);
	if (content.fd >= 0)
		return read_file(s, &content, to);
	to->take(to->with, content.octets);
	return SIGNATURE_DOCUMENT_READ;
}

static enum signature_document read_document(void *self, const char *unique_id,
					     const struct signature_taker *to)
{
	const struct shelf *s = self;
	const struct blob *b = arrived(s, unique_id);
	struct kept_document kept;
	if (b == NULL)
		return find_kept(s->desk, unique_id, &kept) ? read_kept(s, &kept, to)
							    : SIGNATURE_DOCUMENT_MISSING;
	if (b->octets.data == NULL && b->size > 0)
		return SIGNATURE_DOCUMENT_TOO_LARGE;
	to->take(to->with, b->octets);
	return SIGNATURE_DOCUMENT_READ;
}

/* ---- Submission sets (ITI TF-3: 5.5.3.1) ---- */

static bool names(const struct signature *s, const char *unique_id)
{
	for (const struct signature_reference *r = s->references; r != NULL; r = r->next)
		if (!r->submission_set && text_equal(r->unique_id, unique_id))
			return true;
	return false;
}

static size_t documents_named(const struct signature *s)
{
	size_t count = 0;
	for (const struct signature_reference *r = s->references; r != NULL; r = r->next)
		count += !r->submission_set;
	return count;
}

static bool set_that_came(const struct shelf *s, const struct signature *says)
{
	size_t count = 0;
	bool same = true;
	for (const struct document_entry *e = s->submission->entries; e != NULL; e = e->next) {
		if (e == s->signature)
			continue;
		same = same && names(says, e->unique_id);
		count++;
	}
	return same && count == documents_named(says);
}

static bool set_that_is_kept(const struct shelf *s, const struct submission_set *set,
			     const struct signature *says)
{
	const struct registry_desk *d = s->desk;
	size_t count = 0;
	bool same = true;
	for (const struct association *a = registry_from(d->txn, d->arena, set->id); a != NULL;
	     a = a->next) {
		const struct document_entry *e =
			a->type != ASSOCIATION_HAS_MEMBER
					|| !text_equal(a->submission_set_status, "Original")
				? NULL
				: document_registry_entry(
					d, registry_entry(d->txn, d->arena, a->target));
		if (e == NULL || text_equal(e->unique_id, s->signature->unique_id))
			continue;
		same = same && names(says, e->unique_id);
		count++;
	}
	return same && count == documents_named(says);
}

static enum signature_document look_at_set(void *self, const char *unique_id,
					   const struct signature *says, bool *same)
{
	const struct shelf *s = self;
	const struct registry_desk *d = s->desk;
	if (s->submission != NULL) {
		*same = text_equal(s->submission->set->unique_id, unique_id)
			&& set_that_came(s, says);
		return SIGNATURE_DOCUMENT_READ;
	}
	struct submission_set *set = document_registry_set(
		d, registry_submission_set_of(d->txn, d->arena, unique_id));
	if (set == NULL)
		return SIGNATURE_DOCUMENT_MISSING;
	*same = set_that_is_kept(s, set, says);
	return SIGNATURE_DOCUMENT_READ;
}

/* ---- Verified ---- */

static struct document_signature *verify(struct shelf *s, const struct document_entry *e,
					 struct bytes octets)
{
	const struct registry_desk *d = s->desk;
	const struct signature_documents documents = {
		.self = s, .known = known, .read = read_document, .set = look_at_set
	};
	struct document_signature *out = arena_new(d->arena, struct document_signature);
	const struct signature_read *r = signature_read(d->arena, octets);
	s->signature = e;
	out->entry = e;
	out->says = signature_says(r);
	out->verdict = signature_verify(r, &documents, &d->region->signatures, d->now);
	return out;
}

static struct document_signature *not_verified(const struct registry_desk *d,
					       const struct document_entry *e,
					       enum signature_reason reason)
{
	struct document_signature *out = arena_new(d->arena, struct document_signature);
	out->entry = e;
	out->verdict = (struct signature_verdict){ .reason = reason,
						   .what = e->unique_id,
						   .when = d->now };
	return out;
}

static struct document_signature *verify_content(struct shelf *s, const struct document_entry *e,
						 const struct blob_content *content)
{
	const struct registry_desk *d = s->desk;
	struct buffer b = buffer_in(d->arena);
	if (content->size > SIGNATURE_MOST)
		return not_verified(d, e, SIGNATURE_UNREADABLE);
	if (content->fd < 0)
		return verify(s, e, content->octets);
	while (b.length < content->size) {
		ssize_t n = pread(content->fd, buffer_reserve(&b, PIECE), PIECE, (off_t)b.length);
		if (n <= 0)
			return not_verified(d, e, SIGNATURE_DOCUMENT_UNREADABLE);
		b.length += (size_t)n;
	}
	return verify(s, e, buffer_bytes(&b));
}

/* One that is longer than a pack takes stands in its file already: that is read, as far as a
 * signature may be long. */
static struct document_signature *verify_arrived(struct shelf *s, const struct document_entry *e)
{
	struct problem p = { .code = PROBLEM_NONE };
	struct blob_content content;
	const struct blob *b = arrived(s, e->unique_id);
	if (b->size > SIGNATURE_MOST)
		return not_verified(s->desk, e, SIGNATURE_UNREADABLE);
	if (!blob_open_written(s->desk->txn, b, s->desk->arena, &content, &p))
		return not_verified(s->desk, e, SIGNATURE_DOCUMENT_UNREADABLE);
	return verify_content(s, e, &content);
}

struct document_signature *document_signatures_arrived(const struct registry_desk *d,
						       const struct submission *s,
						       const struct provided_document *documents)
{
	struct document_signature *first = NULL, **last = &first;
	struct shelf shelf = { .desk = d, .submission = s, .documents = documents };
	for (const struct document_entry *e = s->entries; e != NULL; e = e->next) {
		if (!document_is_signature(e))
			continue;
		*last = verify_arrived(&shelf, e);
		last = &(*last)->next;
	}
	return first;
}

void document_signatures_tell(const struct registry_desk *d, const struct document_signature *all,
			      struct findings *f)
{
	for (; all != NULL; all = all->next) {
		const struct signature_reason_row *row = signature_reason_row(all->verdict.reason);
		const char *what = all->verdict.what == NULL ? "" : all->verdict.what;
		const char *id = all->entry->unique_id;
		if (row->result != SIGNATURE_INVALID)
			continue;
		if (d->region->signatures.refuse_invalid)
			findings_error(f, PROBLEM_INVALID_SIGNATURE, id, id,
				       "the signature is invalid, %s: %s (%s)", row->name,
				       row->sentence, what);
		else
			findings_warn(f, PROBLEM_INVALID_SIGNATURE, id, id,
				      "the signature is kept, and is invalid, %s: %s (%s)",
				      row->name, row->sentence, what);
	}
}

bool document_signatures_keep(const struct registry_desk *d, const struct document_signature *all,
			      const struct submission *registered)
{
	for (; all != NULL; all = all->next)
		for (const struct document_entry *e = registered->entries; e != NULL; e = e->next)
			if (text_equal(e->unique_id, all->entry->unique_id)
			    && !signature_verdict_put(d->txn, e->id, &all->verdict))
				return false;
	return true;
}

struct document_signature *document_signature_verify(const struct registry_desk *d,
						     const struct document_entry *e,
						     struct progress *progress)
{
	struct shelf shelf = { .desk = d, .progress = progress };
	struct problem p = { .code = PROBLEM_NONE };
	struct kept_document kept;
	struct blob_content content;
	if (!find_kept(d, e->unique_id, &kept))
		return not_verified(d, e, SIGNATURE_DOCUMENT_NOT_HELD);
	if (kept.size > SIGNATURE_MOST)
		return not_verified(d, e, SIGNATURE_UNREADABLE);
	if (!blob_open(d->txn, kept.sha256, d->arena, &content, &p))
		return not_verified(d, e, SIGNATURE_DOCUMENT_UNREADABLE);
	return verify_content(&shelf, e, &content);
}

struct signature_verdict document_signature_of(const struct document_signature *s,
					       const struct document_entry *e)
{
	struct signature_verdict v = s->verdict;
	if (signature_reason_row(v.reason)->result == SIGNATURE_INVALID || s->says == NULL
	    || text_equal(s->entry->unique_id, e->unique_id) || names(s->says, e->unique_id))
		return v;
	v.reason = SIGNATURE_NAMES_OTHERS;
	v.what = e->unique_id;
	return v;
}
