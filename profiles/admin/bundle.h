/* profiles/admin/bundle.h: an export as it stands in a directory, in open forms.
 *
 *	manifest.json		form, scope, who made it and when, counts, the SHA-256 of SHA256SUMS
 *	SHA256SUMS		every other file, as `sha256sum -c` reads it, by name ascending
 *	README.txt		what is what, in English and Japanese
 *	identities.ndjson	a patient record a line, persons together
 *	consents.ndjson		a decision of a person a line, in the order they were made
 *	audit/messages.ndjson	an audit message a line, newest first
 *	documents/ab/abcd...	octets, named by their SHA-256
 *	metadata/000/000000001.xml, .json	a submission set each
 *
 * A disclosure has index.html, looks.ndjson and provisions.ndjson besides (disclosing.h).
 *
 * Lists are a JSON value a line, so that whoever writes or reads one needs memory for a line. No
 * name of a file is made of anything from outside: a number of ours, or a hash. minato-export(5)
 * says what the members mean.
 *
 * Thread-safety: one thread at a time. */
#ifndef PROFILES_ADMIN_BUNDLE_H
#define PROFILES_ADMIN_BUNDLE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "gateway/base/bytes.h"
#include "schemas/tables/problem.h"

struct arena;
struct blob_content;
struct progress;

enum {
	BUNDLE_FORM = 1,
	BUNDLE_NAME = 80,      /* octets a name of a file has at most, with its NUL */
	BUNDLE_SHA256 = 32,    /* octets */
	BUNDLE_HEX = 64,       /* digits of them */
	BUNDLE_JSON_DEPTH = 16 /* objects and arrays inside each other; ours have 6 */
};
/* Octets of what is read in one piece. A submission has at most EBRIM_OBJECTS_MOST objects. */
#define BUNDLE_MANIFEST_MOST ((size_t)1 << 20)
#define BUNDLE_LINE_MOST ((size_t)4 << 20)
#define BUNDLE_METADATA_MOST ((size_t)96 << 20)

/* ---- Names (bundle_names.c): pure ---- */

enum bundle_kind {
	BUNDLE_NOTHING, /* no name of a file of an export */
	BUNDLE_README,
	BUNDLE_IDENTITIES,
	BUNDLE_CONSENTS,
	BUNDLE_AUDIT,
	BUNDLE_DOCUMENT,
	BUNDLE_METADATA_JSON,
	BUNDLE_METADATA_XML,
	BUNDLE_INDEX,
	BUNDLE_LOOKS,
	BUNDLE_PROVISIONS
};
extern const char bundle_identities[], bundle_consents[], bundle_audit[], bundle_readme[];
extern const char bundle_index[], bundle_looks[], bundle_provisions[]; /* of a disclosure */
enum bundle_kind bundle_kind_of(const char *name);
/* A line of SHA256SUMS. */
struct bundle_sum {
	enum bundle_kind kind;
	char name[BUNDLE_NAME];
	unsigned char sha256[BUNDLE_SHA256];
};
/* line: without its end. False: it is none, or names what is no file of an export. A document's
 * name is its hash. */
bool bundle_read_sum(const char *line, size_t length, struct bundle_sum *out);
void bundle_document_name(const unsigned char sha256[BUNDLE_SHA256], char out[BUNDLE_NAME]);
void bundle_metadata_name(uint64_t number, const char *ending, char out[BUNDLE_NAME]);

/* ---- JSON from outside (bundle_json.c) ---- */

/* An object; NULL: it is none, p says why. Depth is held before it is parsed; no member twice. */
json_t *bundle_json(struct bytes text, struct problem *p);
/* The member, a text of at most `most` octets; NULL: it is not there, or none. */
const char *bundle_text(const json_t *object, const char *member, size_t most);

/* ---- Writing (bundle_writer.c) ---- */

/* The first problem stays, and all calls after it do nothing. */
struct bundle_writer;
/* In a directory beside that one, which must not be there; what an export that was killed left
 * there is removed. It lives in the arena, whose end discards it. NULL: p says why. */
struct bundle_writer *bundle_begin(struct arena *a, const char *directory, struct problem *p);
/* A whole file. */
void bundle_put(struct bundle_writer *w, const char *name, struct bytes octets);
/* A list that not every bundle has (looks, provisions) is there, though nothing be put. */
void bundle_begin_list(struct bundle_writer *w, const char *list);
/* A line of a list: identities, consents, audit. */
void bundle_put_line(struct bundle_writer *w, struct arena *a, const char *list,
		     const json_t *value);
/* Octets of a document, once however often they are put. */
void bundle_put_document(struct bundle_writer *w, const struct blob_content *content);
struct bundle_written {
	uint64_t files, octets, documents;
};
const struct bundle_written *bundle_written(const struct bundle_writer *w);
bool bundle_failed(const struct bundle_writer *w);
void bundle_discard(struct bundle_writer *w); /* nothing is left; fine when it has its name */
/* Sums and manifest, which gets the members `files`, `octets` and `sums`; all is on the disk, and
 * then it has its name. False: p says why; nothing is left. */
bool bundle_end(struct bundle_writer *w, json_t *manifest, struct problem *p);

/* ---- Reading (bundle_reader.c) ---- */

struct bundle;
/* No link is followed below the directory. The manifest has been read. NULL: p says why. */
struct bundle *bundle_open(struct arena *a, const char *directory, struct problem *p);
const json_t *bundle_manifest(const struct bundle *b);
/* Every file is listed, is what the list says, and nothing else is there. */
bool bundle_verify(struct bundle *b, struct progress *progress, struct problem *p);
/* From the first on, in the order of the list. False: there are no more, or p is set. */
void bundle_rewind(struct bundle *b);
bool bundle_next(struct bundle *b, struct bundle_sum *out, struct problem *p);
/* A whole file, in the arena, verified once more: it may have been changed since. */
bool bundle_read(struct bundle *b, struct arena *a, const struct bundle_sum *of, struct bytes *out,
		 struct problem *p);
/* To be read by whoever closes it. -1: p says why. */
int bundle_file(struct bundle *b, const char *name, struct problem *p);
/* Lines of a list. NULL: p says why. */
struct bundle_lines;
struct bundle_lines *bundle_lines(struct bundle *b, struct arena *a, const char *list,
				  struct problem *p);
/* The next, as an object, a new reference; NULL: no more, or p is set. */
json_t *bundle_next_line(struct bundle_lines *l, struct problem *p);
/* The line read last is the next once more. */
void bundle_line_again(struct bundle_lines *l);
uint64_t bundle_line_number(const struct bundle_lines *l);

#endif
