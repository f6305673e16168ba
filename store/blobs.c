/* store/blobs.c: the octets of documents, by their SHA-256: writing, what is where, reading. */
#include "store/blobs.h"

#include <openssl/evp.h>
#include <string.h>
#include <unistd.h>

#include "gateway/base/arena.h"
#include "store/blob_claims.h"
#include "store/blob_files.h"
#include "store/check.h"
#include "store/keys.h"
#include "store/packed.h"
#include "store/packs.h"
#include "store/record.h"
#include "store/store.h"
#include "store/store_keys.h"

/* Writing. */

struct blob_writer {
	struct blobs *blobs;
	struct arena *arena;
	EVP_MD_CTX *sha1, *sha256;
	/* The whole document until it passes BLOB_SMALL; then what goes into the file next, for it
	 * may come in any pieces, and each costs a system call and two of a hash. */
	unsigned char *held;
	size_t held_length, room;
	uint64_t size;
	struct growing_file file;
	struct store *store;
	struct blob_claim claim; /* from when the file gets its name */
	bool failed;
};

void blob_discard(struct blob_writer *w)
{
	if (w == NULL)
		return;
	blob_file_discard(w->blobs, &w->file);
	EVP_MD_CTX_free(w->sha1);
	EVP_MD_CTX_free(w->sha256);
	w->sha1 = w->sha256 = NULL;
	w->failed = true;
}

static void discard(void *with)
{
	struct blob_writer *w = with;
	blob_discard(w);
	blob_claim_over(&w->claim);
}

struct blob_writer *blob_begin(struct store *s, struct arena *a, struct problem *p)
{
	struct blob_writer *w = arena_new(a, struct blob_writer);
	*w = (struct blob_writer){ .blobs = store_blobs(s), .arena = a, .file.fd = -1, .store = s };
	arena_at_end(a, discard, w);
	w->sha1 = EVP_MD_CTX_new();
	w->sha256 = EVP_MD_CTX_new();
	if (w->sha1 != NULL && w->sha256 != NULL
	    && EVP_DigestInit_ex(w->sha1, EVP_sha1(), NULL) == 1
	    && EVP_DigestInit_ex(w->sha256, EVP_sha256(), NULL) == 1)
		return w;
	blob_discard(w);
	problem_set(p, PROBLEM_OUT_OF_RESOURCES, "no memory to hash a document");
	return NULL;
}

void blob_below(struct blob_writer *w, const char *directory)
{
	w->file.place = blobs_place(w->blobs, directory);
}

/* Doubling, and by arena_try(): a foreign library may be between us and the arena_run(). */
static bool grow(struct blob_writer *w, size_t least)
{
	size_t room = w->room == 0 ? 4096 : w->room;
	while (room < least)
		room *= 2;
	if (room == w->room)
		return true;
	unsigned char *moved = arena_try_resize(w->arena, w->held, w->room, room);
	if (moved == NULL)
		return false;
	w->held = moved;
	w->room = room;
	return true;
}

static bool hash(struct blob_writer *w, const void *data, size_t length, struct problem *p)
{
	return (EVP_DigestUpdate(w->sha1, data, length) == 1
		&& EVP_DigestUpdate(w->sha256, data, length) == 1)
	       || problem_set(p, PROBLEM_INTERNAL, "a document could not be hashed");
}

static bool to_file(struct blob_writer *w, const void *data, size_t length, struct problem *p)
{
	return (w->file.fd >= 0 || blob_file_begin(w->blobs, &w->file, p))
	       && hash(w, data, length, p) && blob_file_write(w->blobs, &w->file, data, length, p);
}

static bool flush(struct blob_writer *w, struct problem *p)
{
	size_t length = w->held_length;
	w->held_length = 0;
	return to_file(w, w->held, length, p);
}

static bool hold(struct blob_writer *w, const void *data, size_t length, struct problem *p)
{
	if (!grow(w, w->held_length + length))
		return problem_set(p, PROBLEM_OUT_OF_RESOURCES, "no memory for a document");
	if (length != 0)
		memcpy(w->held + w->held_length, data, length);
	w->held_length += length;
	return true;
}

/* Into the file go whole pieces of BLOB_SMALL, however the octets came. */
static bool put(struct blob_writer *w, const unsigned char *data, size_t length, struct problem *p)
{
	size_t room = BLOB_SMALL - w->held_length;
	if (length <= room)
		return hold(w, data, length, p);
	if (w->held_length != 0) {
		if (!hold(w, data, room, p) || !flush(w, p))
			return false;
		data += room;
		length -= room;
	}
	size_t whole = length / BLOB_SMALL * BLOB_SMALL;
	return (whole == 0 || to_file(w, data, whole, p))
	       && hold(w, data + whole, length - whole, p);
}

bool blob_write(struct blob_writer *w, const void *data, size_t length, struct problem *p)
{
	if (w->failed)
		return problem_set(p, PROBLEM_INTERNAL, "the document could not be written");
	if (put(w, data, length, p)) {
		w->size += length;
		return true;
	}
	blob_discard(w);
	return problem_set(p, PROBLEM_INTERNAL, "a document could not be written");
}

/* What is held belongs to a file that has begun, or is all there is. */
static bool settle(struct blob_writer *w, struct problem *p)
{
	if (w->failed)
		return false;
	return w->file.fd >= 0 ? flush(w, p) : grow(w, 1) && hash(w, w->held, w->held_length, p);
}

bool blob_finish(struct blob_writer *w, struct blob *out, struct problem *p)
{
	*out = (struct blob){ .size = w->size };
	bool done = settle(w, p) && EVP_DigestFinal_ex(w->sha1, out->sha1, NULL) == 1
		    && EVP_DigestFinal_ex(w->sha256, out->sha256, NULL) == 1;
	if (done && w->file.fd >= 0) {
		blob_claim_begin(blobs_claims(w->blobs), w->store, out->sha256, &w->claim);
		done = blob_file_keep(w->blobs, &w->file, out->sha256, out->size, p);
	} else if (done) {
		out->octets = (struct bytes){ w->held, w->held_length };
	}
	blob_discard(w);
	return done || problem_set(p, PROBLEM_INTERNAL, "the document could not be written");
}

bool blob_of_bytes_below(struct store *s, struct arena *a, const char *directory,
			 struct bytes octets, struct blob *out, struct problem *p)
{
	struct blob_writer *w = blob_begin(s, a, p);
	if (w != NULL)
		blob_below(w, directory);
	return w != NULL && blob_write(w, octets.data, octets.length, p) && blob_finish(w, out, p);
}

bool blob_of_bytes(struct store *s, struct arena *a, struct bytes octets, struct blob *out,
		   struct problem *p)
{
	return blob_of_bytes_below(s, a, NULL, octets, out, p);
}

/* What is where: a record of these. Of what stands in a pack, which nearly all does, without tags:
 * ROW_PACKED, then size, uses, SHA-1, pack and place in it. */

enum { ROW_VERSION = 1, ROW_PACKED = 2 };
enum {
	TAG_SIZE = 1,
	TAG_USES = 2,
	TAG_SHA1 = 3,
	TAG_PLACE = 4,
	TAG_ROOT = 5,
	TAG_PATH = 6,
	TAG_PACK = 7,
	TAG_AT = 8
};
enum place { AMONG_KEYS = 1, IN_FILE = 2, EXTERNAL = 3, PACKED = 4 };

struct whereabouts {
	uint64_t size, uses;
	enum place place;
	unsigned char sha1[BLOB_SHA1];
	const char *root, *path;
	uint64_t pack, at; /* store/packs.h */
};

static struct key key_of(unsigned char space, const unsigned char sha256[BLOB_SHA256])
{
	struct key k;
	key_begin(&k, space);
	key_bytes(&k, sha256, BLOB_SHA256);
	return k;
}

static bool read_packed(struct bytes value, struct whereabouts *w)
{
	struct packed_reader r = packed_read(value);
	packed_as_octet(&r);
	w->place = PACKED;
	w->size = packed_as_number(&r);
	w->uses = packed_as_number(&r);
	const unsigned char *sha1 = packed_as_octets(&r, BLOB_SHA1);
	w->pack = packed_as_number(&r);
	w->at = packed_as_number(&r);
	if (r.broken || packed_more(&r))
		return false;
	memcpy(w->sha1, sha1, BLOB_SHA1);
	return w->uses != 0;
}

static bool read_whereabouts(struct bytes value, struct whereabouts *w)
{
	*w = (struct whereabouts){ 0 };
	struct record_reader r = record_read(value);
	if (r.version == ROW_PACKED)
		return read_packed(value, w);
	while (record_next(&r)) {
		switch (r.tag) {
		case TAG_SIZE: w->size = record_as_number(&r); break;
		case TAG_USES: w->uses = record_as_number(&r); break;
		case TAG_PLACE: w->place = (enum place)record_as_number(&r); break;
		case TAG_ROOT: w->root = record_as_text(&r); break;
		case TAG_PATH: w->path = record_as_text(&r); break;
		case TAG_PACK: w->pack = record_as_number(&r); break;
		case TAG_AT: w->at = record_as_number(&r); break;
		case TAG_SHA1:
			if (r.value.length != BLOB_SHA1)
				return false;
			memcpy(w->sha1, r.value.data, BLOB_SHA1);
			break;
		}
	}
	return !r.broken && w->uses != 0 && w->place >= AMONG_KEYS && w->place <= PACKED
	       && (w->place != EXTERNAL || (w->root != NULL && w->path != NULL));
}

/* False: not known, or (sticky) not readable. */
static bool find(struct store_txn *t, const unsigned char sha256[BLOB_SHA256], struct arena *a,
		 struct whereabouts *w)
{
	struct key k = key_of(SPACE_BLOB, sha256);
	struct bytes value;
	if (!store_get(t, key_span(&k), a, &value))
		return false;
	return read_whereabouts(value, w)
	       || store_damaged(t, "what is known of a document is damaged");
}

static struct bytes packed_octets(struct arena *a, const struct whereabouts *w)
{
	struct buffer b = buffer_in(a);
	buffer_byte(&b, ROW_PACKED);
	packed_number(&b, w->size);
	packed_number(&b, w->uses);
	buffer_append(&b, w->sha1, BLOB_SHA1);
	packed_number(&b, w->pack);
	packed_number(&b, w->at);
	return buffer_bytes(&b);
}

static struct bytes whereabouts_octets(struct arena *a, const struct whereabouts *w)
{
	if (w->place == PACKED)
		return packed_octets(a, w);
	struct record_writer r = record_begin(a, ROW_VERSION);
	record_number(&r, TAG_SIZE, w->size);
	record_number(&r, TAG_USES, w->uses);
	record_bytes(&r, TAG_SHA1, (struct bytes){ w->sha1, BLOB_SHA1 });
	record_number(&r, TAG_PLACE, w->place);
	record_text(&r, TAG_ROOT, w->root);
	record_text(&r, TAG_PATH, w->path);
	return record_end(&r);
}

static bool put_whereabouts(struct store_txn *t, const unsigned char sha256[BLOB_SHA256],
			    const struct whereabouts *w)
{
	struct key k = key_of(SPACE_BLOB, sha256);
	return store_put(t, key_span(&k), whereabouts_octets(store_arena(t), w));
}

static struct pack_record packed(const unsigned char sha256[BLOB_SHA256],
				 const struct whereabouts *w)
{
	struct pack_record r = { .pack = w->pack, .at = w->at, .length = w->size };
	memcpy(r.sha256, sha256, BLOB_SHA256);
	return r;
}

/* What is in the arena of who wrote it gets a place of its own. */
static bool keep_octets(struct store_txn *t, const struct blob *b, struct whereabouts *w)
{
	struct key k = key_of(SPACE_BLOB_OCTETS, b->sha256);
	struct pack_record r = packed(b->sha256, w);
	if (w->place == AMONG_KEYS)
		return store_put(t, key_span(&k), b->octets);
	if (w->place != PACKED)
		return true;
	bool appended = packs_append(store_packs(store_of(t)), t, &r, b->octets);
	w->pack = r.pack;
	w->at = r.at;
	return appended;
}

/* Octets of our own replace a reference to somebody else's, never the other way round. */
static bool keep(struct store_txn *t, const struct blob *b, const struct whereabouts *wanted)
{
	struct whereabouts w;
	bool known = find(t, b->sha256, store_arena(t), &w);
	if (store_failed(t))
		return false;
	if (known && w.size != b->size)
		return problem_set(store_problem(t), PROBLEM_NON_IDENTICAL_SIZE,
				   "a document of that hash has another size");
	uint64_t uses = known ? w.uses : 0;
	if (!known || (w.place == EXTERNAL && wanted->place != EXTERNAL)) {
		w = *wanted;
		if (!keep_octets(t, b, &w))
			return false;
	}
	w.uses = uses + 1;
	return put_whereabouts(t, b->sha256, &w);
}

static struct whereabouts wanted_of(const struct blob *b, enum place place)
{
	struct whereabouts w = { .size = b->size, .place = place };
	memcpy(w.sha1, b->sha1, BLOB_SHA1);
	return w;
}

bool blob_keep(struct store_txn *t, const struct blob *b)
{
	enum place small = store_packs(store_of(t)) == NULL ? AMONG_KEYS : PACKED;
	struct whereabouts w = wanted_of(b, b->octets.data != NULL ? small : IN_FILE);
	return keep(t, b, &w);
}

bool blob_keep_for_now(struct store_txn *t, const struct blob *b)
{
	struct whereabouts w = wanted_of(b, b->octets.data != NULL ? AMONG_KEYS : IN_FILE);
	return keep(t, b, &w);
}

bool blob_keep_known(struct store_txn *t, const unsigned char sha256[BLOB_SHA256])
{
	struct whereabouts w;
	if (!find(t, sha256, store_arena(t), &w))
		return false;
	w.uses++;
	return put_whereabouts(t, sha256, &w);
}

bool blob_keep_external(struct store_txn *t, const struct blob *b, const char *root,
			const char *path)
{
	struct whereabouts w = wanted_of(b, EXTERNAL);
	w.root = root;
	w.path = path;
	if (root[0] != '/' || path[0] == '/' || path[0] == '\0')
		return problem_set(store_problem(t), PROBLEM_REQUEST_INVALID,
				   "a document that stays where it is needs an absolute root and a "
				   "relative path");
	return keep(t, b, &w);
}

static bool elsewhere(const struct whereabouts *w, const char *root, const char *path)
{
	return w->place == EXTERNAL && (strcmp(w->root, root) != 0 || strcmp(w->path, path) != 0);
}

bool blob_is_elsewhere(struct store_txn *t, const unsigned char sha256[BLOB_SHA256],
		       const char *root, const char *path)
{
	struct whereabouts w;
	return find(t, sha256, store_arena(t), &w) && elsewhere(&w, root, path);
}

bool blob_moved_external(struct store_txn *t, const unsigned char sha256[BLOB_SHA256],
			 const char *root, const char *path)
{
	struct whereabouts w;
	if (!find(t, sha256, store_arena(t), &w))
		return !store_failed(t);
	if (!elsewhere(&w, root, path))
		return true;
	w.root = root;
	w.path = path;
	return put_whereabouts(t, sha256, &w);
}

bool blob_release(struct store_txn *t, const unsigned char sha256[BLOB_SHA256])
{
	struct whereabouts w;
	if (!find(t, sha256, store_arena(t), &w))
		return !store_failed(t);
	if (--w.uses != 0)
		return put_whereabouts(t, sha256, &w);
	struct key k = key_of(SPACE_BLOB, sha256), octets = key_of(SPACE_BLOB_OCTETS, sha256);
	struct pack_record r = packed(sha256, &w);
	return store_delete(t, key_span(&k))
	       && (w.place != AMONG_KEYS || store_delete(t, key_span(&octets)))
	       && (w.place != PACKED || packs_release(t, &r));
}

/* Reading. */

bool blob_known(struct store_txn *t, const unsigned char sha256[BLOB_SHA256], struct blob *out)
{
	struct whereabouts w;
	if (!find(t, sha256, store_arena(t), &w))
		return false;
	*out = (struct blob){ .size = w.size };
	memcpy(out->sha1, w.sha1, BLOB_SHA1);
	memcpy(out->sha256, sha256, BLOB_SHA256);
	return true;
}

static void close_file(void *fd)
{
	close((int)(intptr_t)fd);
}

static bool open_among_keys(struct store_txn *t, const unsigned char sha256[BLOB_SHA256],
			    const struct whereabouts *w, struct arena *a, struct blob_content *out,
			    struct problem *p)
{
	struct key k = key_of(SPACE_BLOB_OCTETS, sha256);
	unsigned char found[BLOB_SHA256];
	if (!store_get(t, key_span(&k), a, &out->octets))
		return problem_set(p, PROBLEM_INTERNAL, "the octets of a document are missing");
	if (out->octets.length != w->size
	    || EVP_Digest(out->octets.data, out->octets.length, found, NULL, EVP_sha256(), NULL)
		       != 1
	    || memcmp(found, sha256, BLOB_SHA256) != 0)
		return problem_set(p, PROBLEM_INTERNAL, "a document is not what was stored");
	return true;
}

static bool open_packed(struct store_txn *t, const unsigned char sha256[BLOB_SHA256],
			const struct whereabouts *w, struct arena *a, struct blob_content *out,
			struct problem *p)
{
	struct packs *packs = store_packs(store_of(t));
	struct pack_record r = packed(sha256, w);
	return packs != NULL ? packs_read(packs, t, &r, a, &out->octets, p)
			     : problem_set(p, PROBLEM_INTERNAL,
					   "a document is in a pack file, and this store has none");
}

bool blob_open(struct store_txn *t, const unsigned char sha256[BLOB_SHA256], struct arena *a,
	       struct blob_content *out, struct problem *p)
{
	struct whereabouts w;
	*out = (struct blob_content){ .fd = -1 };
	if (!find(t, sha256, a, &w))
		return problem_set(p, store_failed(t) ? PROBLEM_INTERNAL : PROBLEM_NOT_FOUND,
				   "no document of that hash is known");
	out->size = w.size;
	memcpy(out->sha256, sha256, BLOB_SHA256);
	if (w.place == AMONG_KEYS)
		return open_among_keys(t, sha256, &w, a, out, p);
	if (w.place == PACKED)
		return open_packed(t, sha256, &w, a, out, p);
	out->fd = w.place == IN_FILE
			  ? blob_file_open(t, sha256, w.size, p)
			  : blob_file_open_external(t, w.root, w.path, sha256, w.size, p);
	if (out->fd >= 0)
		arena_at_end(a, close_file, (void *)(intptr_t)out->fd);
	return out->fd >= 0;
}

bool blob_open_written(struct store_txn *t, const struct blob *b, struct arena *a,
		       struct blob_content *out, struct problem *p)
{
	*out = (struct blob_content){ .size = b->size, .octets = b->octets, .fd = -1 };
	memcpy(out->sha256, b->sha256, BLOB_SHA256);
	if (b->octets.data != NULL || b->size == 0)
		return true;
	out->fd = blob_file_open(t, b->sha256, b->size, p);
	if (out->fd >= 0)
		arena_at_end(a, close_file, (void *)(intptr_t)out->fd);
	return out->fd >= 0;
}

/* Checking. */

/* Where a document stays that is not ours: its root, its last folders and its name, without what
 * may number a patient, which are the folders above and the first part of the name (HS026). */
static const char *shown_place(struct arena *a, const struct whereabouts *w)
{
	const char *name = strrchr(w->path, '/'), *from = name;
	name = name == NULL ? w->path : name + 1;
	for (int folders = 0; from != NULL && from > w->path && folders < 2; folders++)
		for (from--; from > w->path && *from != '/';)
			from--;
	const char *rest = strchr(name, '_'),
		   *folders = from == NULL || from == w->path ? "/" : from;
	int length = from == NULL || from == w->path ? 1 : (int)(name - from);
	return arena_printf(a, "%s/*%.*s*%s", w->root, length, folders, rest == NULL ? "" : rest);
}

static void look_at_blob(struct store_check *c, struct bytes key, struct bytes value)
{
	struct problem p = { 0 };
	struct blob_content content;
	struct whereabouts w;
	if (key.length != 1 + BLOB_SHA256)
		check_finding(c, "blob: a key of %zu octets", key.length);
	else if (blob_open(check_txn(c), key.data + 1, check_arena(c), &content, &p))
		return;
	else if (read_whereabouts(value, &w) && w.place == EXTERNAL)
		check_finding(c,
			      "blob: %s; it is referred to as %s: put it back, or import its "
			      "storage again",
			      p.what, shown_place(check_arena(c), &w));
	else
		check_finding(
			c, "blob: %s (%s)", p.what,
			bytes_to_hex(check_arena(c), (struct bytes){ key.data + 1, BLOB_SHA256 }));
}

static void look_at_octets(struct store_check *c, struct bytes key, struct bytes value)
{
	struct whereabouts w;
	(void)value;
	if (key.length != 1 + BLOB_SHA256 || !find(check_txn(c), key.data + 1, check_arena(c), &w)
	    || w.place != AMONG_KEYS)
		check_finding(c, "blob: octets nobody knows (%s)",
			      bytes_to_hex(check_arena(c), key));
}

static void look_at_pack(struct store_check *c, struct bytes key, struct bytes value)
{
	struct packs *packs = store_packs(check_store(c));
	if (packs == NULL)
		check_finding(c, "pack: this store has no pack files, and a row of one");
	else
		pack_look(c, packs, key, value);
}

const struct check_module blobs_check = {
	.name = "blobs",
	.rows =
		(const struct check_row[]){
			{ SPACE_BLOB, "blob", look_at_blob },
			{ SPACE_PACK, "pack", look_at_pack },
			{ SPACE_BLOB_OCTETS, "octets", look_at_octets },
			{ 0 },
		},
};
