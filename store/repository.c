/* store/repository.c: which documents our repositories hold. */
#include "store/repository.h"

#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "store/check.h"
#include "store/keys.h"
#include "store/names.h"
#include "store/record.h"
#include "store/registry_record.h"
#include "store/store.h"
#include "store/store_keys.h"
#include "store/usage.h"

enum {
	TAG_SHA256 = 1,
	TAG_MIME_TYPE = 2,
	TAG_SIZE = 3,
	TAG_PATIENT_ID = 4,
	TAG_SOURCE_SYSTEM = 5,
	TAG_ELSEWHERE = 6,
	TAG_REMOVED = 7,
	TAG_SYSTEM_NUMBER = 8, /* store/names.h; TAG_SOURCE_SYSTEM was the text itself */
	TAG_KNOWN_TYPE = 9     /* its place among known_types[] */
};

/* What nearly all documents are; what stands in the store: a place is never another's. */
static const char *const known_types[] = { NULL,
					   "application/pdf",
					   "text/plain",
					   "text/xml",
					   "application/xml",
					   "application/dicom",
					   "image/jpeg",
					   "image/png",
					   "image/tiff",
					   "text/html",
					   "application/zip",
					   "application/fhir+json",
					   "application/fhir+xml",
					   "application/json",
					   "text/rtf",
					   "multipart/related" };

/* 0: it is none of them, as they are written here. */
static size_t known_type(const char *mime_type)
{
	size_t i = COUNT(known_types) - 1;
	while (i > 0 && !text_equal(known_types[i], mime_type))
		i--;
	return i;
}

static void place_of(struct key *k, const char *repository_unique_id, const char *unique_id)
{
	key_begin(k, SPACE_REPOSITORY);
	key_text(k, repository_unique_id);
	key_oid(k, unique_id);
}

static bool read_document(struct store_txn *t, struct arena *a, struct bytes value,
			  struct kept_document *out)
{
	bool hashed = false;
	uint64_t system = 0, type = 0;
	struct record_reader r = record_read(value);
	while (record_next(&r))
		switch (r.tag) {
		case TAG_SHA256:
			hashed = r.value.length == sizeof out->sha256;
			if (hashed)
				memcpy(out->sha256, r.value.data, sizeof out->sha256);
			break;
		case TAG_MIME_TYPE: out->mime_type = record_as_text(&r); break;
		case TAG_SIZE: out->size = record_as_number(&r); break;
		case TAG_PATIENT_ID: out->patient_id = record_as_text(&r); break;
		case TAG_SOURCE_SYSTEM: out->source_system = record_as_text(&r); break;
		case TAG_ELSEWHERE: out->elsewhere = record_as_flag(&r); break;
		case TAG_REMOVED: out->removed = record_as_instant(&r); break;
		case TAG_SYSTEM_NUMBER: system = record_as_number(&r); break;
		case TAG_KNOWN_TYPE: type = record_as_number(&r); break;
		}
	if (type != 0 && type < COUNT(known_types))
		out->mime_type = known_types[type];
	if (system != 0)
		out->source_system = name_text(t, a, system);
	return hashed && !r.broken && out->mime_type != NULL
	       && (system == 0 || out->source_system != NULL);
}

/* Whether or not its octets are there still. */
static bool find_row(struct store_txn *t, struct arena *a, const char *repository_unique_id,
		     const char *unique_id, struct kept_document *out)
{
	struct key k;
	struct bytes value;
	memset(out, 0, sizeof *out);
	place_of(&k, repository_unique_id, unique_id);
	if (k.overflow || !store_get(t, key_span(&k), a, &value))
		return false;
	out->repository_unique_id = repository_unique_id;
	out->unique_id = unique_id;
	return read_document(t, a, value, out)
	       || store_damaged(t, "a record of the repository cannot be read; run minato check");
}

bool repository_find(struct store_txn *t, struct arena *a, const char *repository_unique_id,
		     const char *unique_id, struct kept_document *out)
{
	return find_row(t, a, repository_unique_id, unique_id, out) && out->removed == 0;
}

bool repository_knows(struct store_txn *t, struct arena *a, const char *repository_unique_id,
		      const char *unique_id, struct kept_document *out)
{
	return find_row(t, a, repository_unique_id, unique_id, out);
}

/* True: there already. False with p unset: it is new, or comes again. */
static bool known(struct store_txn *t, struct arena *a, const struct kept_document *d,
		  struct problem *p)
{
	struct kept_document old;
	if (!find_row(t, a, d->repository_unique_id, d->unique_id, &old))
		return false;
	if (memcmp(old.sha256, d->sha256, sizeof old.sha256) != 0)
		return problem_at(p, PROBLEM_NON_IDENTICAL_HASH, d->unique_id,
				  "the repository holds other octets under this uniqueId");
	return old.removed == 0;
}

static struct usage usage_of_document(const struct kept_document *d)
{
	if (d->removed != 0)
		return (struct usage){ 0 };
	return (struct usage){ .documents = USAGE_EACH + (d->elsewhere ? 0 : d->size) };
}

static bool put(struct store_txn *t, struct arena *a, const struct kept_document *d)
{
	struct key k;
	struct record_writer w = record_begin(a, 1);
	place_of(&k, d->repository_unique_id, d->unique_id);
	record_bytes(&w, TAG_SHA256, (struct bytes){ d->sha256, sizeof d->sha256 });
	if (known_type(d->mime_type) != 0)
		record_number(&w, TAG_KNOWN_TYPE, known_type(d->mime_type));
	else
		record_text(&w, TAG_MIME_TYPE, d->mime_type);
	record_number(&w, TAG_SIZE, d->size);
	record_text(&w, TAG_PATIENT_ID, d->patient_id);
	if (text_empty(d->source_system))
		record_text(&w, TAG_SOURCE_SYSTEM, d->source_system);
	else
		record_number(&w, TAG_SYSTEM_NUMBER, name_number(t, d->source_system));
	record_flag(&w, TAG_ELSEWHERE, d->elsewhere);
	if (d->removed != 0)
		record_instant(&w, TAG_REMOVED, d->removed);
	return store_put(t, key_span(&k), record_end(&w));
}

/* One that is new. */
static bool put_new(struct store_txn *t, struct arena *a, const struct kept_document *d,
		    bool elsewhere)
{
	struct kept_document own = *d;
	own.elsewhere = elsewhere;
	struct usage more = usage_of_document(&own);
	return put(t, a, &own) && usage_add(t, own.source_system, &more);
}

static bool failed(struct store_txn *t, struct problem *p)
{
	return problem_set(p, store_problem(t)->code, "%s", store_problem(t)->what);
}

bool repository_put(struct store_txn *t, struct arena *a, const struct kept_document *d,
		    const struct blob *octets, struct problem *p)
{
	if (known(t, a, d, p))
		return true;
	if (p->code != PROBLEM_NONE)
		return false;
	return (put_new(t, a, d, false) && blob_keep(t, octets)) || failed(t, p);
}

bool repository_put_external(struct store_txn *t, struct arena *a, const struct kept_document *d,
			     const struct blob *octets, const char *root, const char *path,
			     struct problem *p)
{
	if (known(t, a, d, p))
		return true;
	if (p->code != PROBLEM_NONE)
		return false;
	return (put_new(t, a, d, true) && blob_keep_external(t, octets, root, path))
	       || failed(t, p);
}

bool repository_took_in(struct store_txn *t, struct arena *a, const char *repository_unique_id,
			const char *unique_id, struct problem *p)
{
	struct kept_document d;
	if (!repository_find(t, a, repository_unique_id, unique_id, &d) || !d.elsewhere)
		return !store_failed(t) || failed(t, p);
	d.elsewhere = false;
	struct usage more = { .documents = d.size };
	return (put(t, a, &d) && usage_add(t, d.source_system, &more)) || failed(t, p);
}

bool repository_remove(struct store_txn *t, struct arena *a, const char *repository_unique_id,
		       const char *unique_id, struct problem *p)
{
	struct kept_document d;
	if (!repository_find(t, a, repository_unique_id, unique_id, &d))
		return store_failed(t) ? failed(t, p)
				       : problem_at(p, PROBLEM_DOCUMENT_UNIQUE_ID, unique_id,
						    "is no document of this repository");
	struct usage less = usage_of_document(&d);
	d.removed = store_clock(t)->now(store_clock(t));
	return (put(t, a, &d) && usage_take(t, d.source_system, &less) && blob_release(t, d.sha256))
	       || failed(t, p);
}

const char *repository_next(struct store_txn *t, struct arena *a, const char *behind)
{
	struct key from, to;
	struct bytes key, value;
	const char *found = NULL;
	key_begin(&from, SPACE_REPOSITORY);
	if (behind != NULL) {
		key_bytes(&from, behind, strlen(behind));
		key_octet(&from, 1); /* what is its own has 0 there */
	}
	key_begin(&to, SPACE_REPOSITORY + 1);
	struct store_cursor *c = store_scan(t, key_span(&from), key_span(&to), false);
	if (store_next(c, &key, &value)) {
		struct key_reader r = key_read(key);
		found = arena_text(a, key_read_text(&r));
	}
	store_scan_end(c);
	return found;
}

static bool holds_anything(struct store_txn *t, const char *repository_unique_id)
{
	struct key from, to;
	struct bytes key, value;
	for (unsigned octet = 0; octet < 2; octet++) {
		struct key *k = octet == 0 ? &from : &to;
		key_begin(k, SPACE_REPOSITORY);
		key_bytes(k, repository_unique_id, strlen(repository_unique_id));
		key_octet(k, (unsigned char)octet);
	}
	struct store_cursor *c = store_scan(t, key_span(&from), key_span(&to), false);
	bool some = store_next(c, &key, &value);
	store_scan_end(c);
	return some;
}

const char *repository_contradicts(struct store_txn *t, struct arena *a,
				   const char *repository_unique_id, const char *unique_id,
				   const char *hash, const char *size)
{
	struct kept_document d;
	struct blob b;
	uint64_t said;
	if (!find_row(t, a, repository_unique_id, unique_id, &d))
		return holds_anything(t, repository_unique_id) ? "has a document that its "
								 "repository does not hold"
							       : NULL;
	if (d.removed != 0 || !blob_known(t, d.sha256, &b)) /* that is a finding of its own */
		return NULL;
	if (!text_equal_nocase(hash, bytes_to_hex(a, (struct bytes){ b.sha1, sizeof b.sha1 })))
		return "says another hash than its document has";
	return text_to_number(size, UINT64_MAX, &said) && said == b.size
		       ? NULL
		       : "says another size than its document has";
}

static void look_document(struct store_check *c, struct bytes key, struct bytes value)
{
	struct kept_document d = { 0 };
	struct key_reader r = key_read(key);
	key_read_text(&r);
	if (r.broken || !read_document(check_txn(c), check_arena(c), value, &d)) {
		check_finding(c, "repository: a document's index record is damaged");
		usage_unread(c);
		return;
	}
	struct usage one = usage_of_document(&d);
	usage_walked(c, d.source_system, &one);
	if (d.removed == 0 && !blob_known(check_txn(c), d.sha256, &(struct blob){ 0 }))
		check_finding(
			c, "repository: a document's octets are not known: %s",
			bytes_to_hex(check_arena(c), (struct bytes){ d.sha256, sizeof d.sha256 }));
}

const struct check_module repository_check = {
	.name = "repository",
	.rows = (const struct check_row[]){ { SPACE_REPOSITORY, "document", look_document },
					    { 0 } },
};
