/* profiles/consent/consent_reader.c: documents of consent as they come (ITI-41). */
#include "profiles/consent/consent_reader.h"

#include <errno.h>
#include <unistd.h>

#include "gateway/base/arena.h"
#include "gateway/base/findings.h"
#include "gateway/base/text.h"
#include "store/blobs.h"

enum { PIECE = 64 * 1024 };

bool consent_form_read(struct arena *a, enum consent_kind kind, struct bytes octets,
		       struct consent_form *out, struct problem *p)
{
	return kind == CONSENT_APPC ? appc_read(a, octets, out, p)
				    : bppc_read(a, kind, octets, out, p);
}

static bool read_file(struct arena *a, const struct blob_content *content, struct bytes *out)
{
	struct buffer b = buffer_in(a);
	while (b.length < content->size) {
		ssize_t n = pread(content->fd, buffer_reserve(&b, PIECE), PIECE, (off_t)b.length);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		b.length += (size_t)n;
	}
	*out = buffer_bytes(&b);
	return true;
}

static bool read_octets(const struct registry_desk *d, const struct document_entry *e,
			const struct blob *b, struct bytes *out, struct findings *f)
{
	struct problem p = { .code = PROBLEM_NONE };
	struct blob_content content;
	if (b->size > CONSENT_OCTETS_MOST)
		return findings_error(f, PROBLEM_REGISTRY_METADATA, e->unique_id, e->unique_id,
				      "a document of consent has at most %d octets",
				      CONSENT_OCTETS_MOST);
	if (!blob_open_written(d->txn, b, d->arena, &content, &p))
		return findings_error(f, p.code, e->unique_id, e->unique_id, "%s", p.what);
	*out = content.octets;
	return content.fd < 0 || read_file(d->arena, &content, out)
	       || findings_error(f, PROBLEM_INTERNAL, e->unique_id, e->unique_id,
				 "the document could not be read");
}

static bool read_one(const struct registry_desk *d, const struct document_entry *e,
		     enum consent_kind kind, const struct provided_document *document,
		     struct consent_arrived *out, struct findings *f)
{
	struct problem p = { .code = PROBLEM_NONE };
	struct bytes octets = { .length = 0 };
	out->entry_id = e->id;
	if (document == NULL || !read_octets(d, e, document->blob, &octets, f))
		return false;
	if (!consent_form_read(d->arena, kind, octets, &out->form, &p))
		return findings_error(f, p.code, e->unique_id, p.where, "%s", p.what);
	return consent_document_fits(e, &out->form, f)
	       && consent_document_words(d, e, &out->form, f) != NULL;
}

bool consent_arrived_read(const struct registry_desk *d, const struct submission *s,
			  const struct provided_document *documents,
			  const struct consent_arrived **out, struct findings *f)
{
	const struct consent_arrived **last = out;
	enum consent_kind kind;
	bool good = true;
	for (const struct document_entry *e = s->entries; e != NULL; e = e->next) {
		if (!consent_kind_of(e, &kind))
			continue;
		struct consent_arrived *one = arena_new(d->arena, struct consent_arrived);
		good = read_one(d, e, kind, provided_document_of(documents, e->id), one, f) && good;
		*last = one;
		last = &one->next;
	}
	return good;
}
