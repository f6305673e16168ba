/* profiles/national/national_arrived.c: the octets of each, read and forgotten. */
#include "profiles/national/national_arrived.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "gateway/base/arena.h"
#include "gateway/base/findings.h"
#include "gateway/base/json_arena.h"
#include "profiles/national/national_document.h"
#include "schemas/model/consent_form.h"
#include "store/blobs.h"

/* With or without parameters. */
static bool is_type(const char *mime_type, const char *type)
{
	enum { LONGEST = 32 };
	char bare[LONGEST];
	size_t length = mime_type == NULL ? 0 : strcspn(mime_type, "; \t");
	if (length == 0 || length >= sizeof bare)
		return false;
	memcpy(bare, mime_type, length);
	bare[length] = '\0';
	return text_equal_nocase(bare, type);
}

enum national_reader national_reader_of(const struct document_entry *e)
{
	enum consent_kind consent;
	if (is_type(e->mime_type, "application/fhir+json")
	    || (e->format_code != NULL && national_kind_of(e->format_code->code) != NULL))
		return NATIONAL_AS_FHIR;
	if (e->format_code != NULL && text_starts(e->format_code->code, national_notebook.mark))
		return NATIONAL_AS_NOTEBOOK;
	if (is_type(e->mime_type, "text/plain")
	    || is_type(e->mime_type, "application/octet-stream"))
		return NATIONAL_AS_NOTEBOOK_PERHAPS;
	if (e->format_code != NULL && consent_kind_of(e, &consent))
		return NATIONAL_UNREAD; /* by profiles/consent/ */
	return is_type(e->mime_type, "text/xml") || is_type(e->mime_type, "application/xml")
		       ? NATIONAL_AS_CDA_PERHAPS
		       : NATIONAL_UNREAD;
}

struct way {
	bool (*read)(struct arena *a, struct bytes octets, struct national_document *out,
		     struct problem *p);     /* NULL: not at all */
	bool (*begins)(struct bytes octets); /* NULL: it is to be, whatever it begins with */
};
static const struct way ways[] = {
	[NATIONAL_UNREAD] = { .read = NULL },
	[NATIONAL_AS_FHIR] = { .read = national_fhir_read },
	[NATIONAL_AS_CDA_PERHAPS] = { .read = national_cda_read, .begins = national_cda_begins },
	[NATIONAL_AS_NOTEBOOK] = { .read = national_notebook_read },
	[NATIONAL_AS_NOTEBOOK_PERHAPS] = { .read = national_notebook_read,
					   .begins = national_notebook_begins },
};

bool national_arrive(const struct submission *s, const struct provided_document *documents)
{
	for (const struct document_entry *e = s->entries; e != NULL; e = e->next) {
		const struct provided_document *one = provided_document_of(documents, e->id);
		const struct way *way = &ways[national_reader_of(e)];
		if (one == NULL || way->read == NULL)
			continue;
		/* A small one is at hand; of another only its file tells. */
		if (way->begins == NULL || one->blob->octets.data == NULL
		    || way->begins(one->blob->octets))
			return true;
	}
	return false;
}

struct reading {
	const struct registry_desk *desk;
	struct arena *each; /* for one document */
	const struct document_entry *entry;
	const struct blob *blob;
	enum submission_rules rules;
	struct findings *findings;
	struct national_arrived *out;
	bool good;
};

static bool read_file(struct arena *a, const struct blob_content *content, size_t most,
		      struct bytes *out)
{
	size_t length = 0, size = content->size < most ? (size_t)content->size : most;
	unsigned char *octets = arena_alloc(a, size + 1);
	while (length < size) {
		ssize_t n = pread(content->fd, octets + length, size - length, (off_t)length);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		length += (size_t)n;
	}
	*out = (struct bytes){ octets, length };
	return true;
}

static bool refuse(const struct reading *r, enum problem_code code, const char *where,
		   const char *what)
{
	return findings_error(r->findings, code, r->entry->unique_id, where, "%s", what);
}

/* The first of them, at most so many. */
static bool read_octets(const struct reading *r, size_t most, struct bytes *out)
{
	struct problem p = { .code = PROBLEM_NONE };
	struct blob_content content;
	const char *id = r->entry->unique_id;
	if (!blob_open_written(r->desk->txn, r->blob, r->each, &content, &p))
		return refuse(r, p.code, id, p.what);
	*out = content.octets;
	out->length = out->length < most ? out->length : most;
	return content.fd < 0 || read_file(r->each, &content, most, out)
	       || refuse(r, PROBLEM_INTERNAL, id, "the document could not be read");
}

/* FHIR's may be marked not to be shown to the patient, or to anybody (未告知, 未提供), and is not
 * taken unread. Others are nobody's to refuse for their size, unless they claim to be of Japan. */
static bool pass_large(const struct reading *r)
{
	const char *id = r->entry->unique_id;
	if (ways[national_reader_of(r->entry)].begins == NULL)
		return findings_error(r->findings, national_problem(r->rules), id, id,
				      "a document of this format is read before it is kept, and "
				      "may have at most %d octets; send what is attached as "
				      "documents of their own",
				      NATIONAL_OCTETS_MOST);
	findings_warn(r->findings, national_problem(r->rules), id, id,
		      "the document has more than %d octets, and was not held against its metadata",
		      NATIONAL_OCTETS_MOST);
	return true;
}

static const char *says(const struct reading *r, const struct national_document *doc)
{
	const char *versions = doc->version == NULL ? NULL : "|";
	if (doc->kind == NULL)
		return NULL;
	if (doc->kind->form == NATIONAL_NOTEBOOK)
		return arena_text(r->desk->arena, doc->version);
	return doc->cda
		       ? text_joined(r->desk->arena, "ClinicalDocument ", doc->kind->mark, NULL)
		       : text_joined(r->desk->arena, doc->kind->mark, versions, doc->version, NULL);
}

static bool read_document(const struct reading *r)
{
	const struct way *way = &ways[national_reader_of(r->entry)];
	struct problem p = { .code = PROBLEM_NONE };
	struct bytes octets;
	struct national_document doc;
	if (way->begins != NULL && !read_octets(r, NATIONAL_BEGINNING, &octets))
		return false;
	if (way->begins != NULL && !way->begins(octets))
		return true;
	if (r->blob->size > NATIONAL_OCTETS_MOST)
		return pass_large(r);
	if (!read_octets(r, NATIONAL_OCTETS_MOST, &octets))
		return false;
	if (!way->read(r->each, octets, &doc, &p))
		return refuse(r, national_problem(r->rules), p.where, p.what);
	r->out->says = says(r, &doc);
	return national_document_fits(r->desk, r->entry, &doc, r->rules, r->findings);
}

static void read_one(void *with)
{
	struct reading *r = with;
	r->good = read_document(r);
}

bool national_arrived_read(const struct registry_desk *d, const struct submission *s,
			   const struct provided_document *documents, enum submission_rules rules,
			   const struct national_arrived **out, struct findings *f)
{
	struct arena *each = arena_create_within(d->arena);
	bool good = true;
	for (const struct document_entry *e = s->entries; e != NULL; e = e->next) {
		const struct provided_document *one = provided_document_of(documents, e->id);
		if (one == NULL || ways[national_reader_of(e)].read == NULL)
			continue;
		struct national_arrived *read = arena_new(d->arena, struct national_arrived);
		struct reading r = { d, each, e, one->blob, rules, f, read, false };
		read->entry = e;
		if (!json_arena_run(each, read_one, &r))
			refuse(&r, PROBLEM_TOO_LARGE, e->unique_id,
			       "the document is more than can be read");
		good = r.good && good;
		arena_reset(each);
		*out = read;
		out = &read->next;
	}
	return good;
}
