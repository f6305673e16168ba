/* profiles/ssmix2/import_extended.c: files of the extended storage, of any kind and size, on the
 * worker. They pass by in pieces: once to see which octets they are, and once more where they are
 * to be kept, for most imports find them known. */
#include <errno.h>
#include <openssl/evp.h>
#include <string.h>
#include <unistd.h>

#include "gateway/base/text.h"
#include "profiles/ssmix2/import_chunk.h"

enum { PIECE = 64 * 1024 };

/* Both digests of what passes by. */
struct digests {
	EVP_MD_CTX *sha1, *sha256;
};

static void free_digest(void *d)
{
	EVP_MD_CTX_free(d);
}

static EVP_MD_CTX *digest(struct arena *a, const EVP_MD *kind)
{
	EVP_MD_CTX *d = EVP_MD_CTX_new();
	if (d == NULL)
		return NULL;
	arena_at_end(a, free_digest, d);
	return EVP_DigestInit_ex(d, kind, NULL) == 1 ? d : NULL;
}

static const char *next_piece(const struct storage_file *f, unsigned char *piece, size_t *length)
{
	ssize_t got;
	do
		got = read(f->fd, piece, PIECE);
	while (got < 0 && errno == EINTR);
	*length = got < 0 ? 0 : (size_t)got;
	return got < 0 ? "the file could not be read to its end: import again" : NULL;
}

/* One walk through the file, once it is open; false: why says what is wrong. */
static bool pass(const struct storage_file *f, const char **why, void *with,
		 bool (*take)(void *with, const unsigned char *piece, size_t length))
{
	unsigned char piece[PIECE];
	uint64_t all = 0;
	for (size_t length = 1; length != 0;) {
		if ((*why = next_piece(f, piece, &length)) != NULL)
			return false;
		all += length;
		if (length != 0 && !take(with, piece, length))
			return false;
	}
	*why = all == f->size ? storage_unchanged(f)
			      : "the file was written to while it was read: import again";
	return *why == NULL;
}

/* ---- Which octets they are ---- */

struct looking {
	struct digests digests;
	unsigned char head[EXTENDED_HEAD];
	size_t head_length;
};

static bool take_digest(void *with, const unsigned char *piece, size_t length)
{
	struct looking *l = with;
	size_t more = sizeof l->head - l->head_length;
	more = length < more ? length : more;
	memcpy(l->head + l->head_length, piece, more);
	l->head_length += more;
	return EVP_DigestUpdate(l->digests.sha1, piece, length) == 1
	       && EVP_DigestUpdate(l->digests.sha256, piece, length) == 1;
}

static const char *finish(struct step *s, struct looking *l)
{
	bool doubted;
	struct bytes head = { l->head, l->head_length };
	if (EVP_DigestFinal_ex(l->digests.sha1, s->blob.sha1, NULL) != 1
	    || EVP_DigestFinal_ex(l->digests.sha256, s->blob.sha256, NULL) != 1)
		return "the file could not be hashed";
	s->media = extended_media_of(head, s->name->path, &doubted);
	s->message.shortcoming =
		doubted ? "the file is not of the kind that its name ends in; it is taken as what "
			  "it holds where that is certain"
		: s->name->no_department ? "the name has no department (診療科コード)"
		: s->name->short_time    ? "発生日時 in the name has less than 17 digits"
					 : NULL;
	return NULL;
}

const char *extended_look(struct chunk *c, struct step *s)
{
	struct looking l = { .head_length = 0 };
	struct storage_file f;
	const char *why = storage_open(c->arena, s->name, STORAGE_DOCUMENT_MOST, &f);
	if (why != NULL)
		return why;
	l.digests = (struct digests){ digest(c->arena, EVP_sha1()),
				      digest(c->arena, EVP_sha256()) };
	if (l.digests.sha1 == NULL || l.digests.sha256 == NULL)
		return "there is no memory to hash a file with";
	s->blob.size = f.size;
	if (!pass(&f, &why, &l, take_digest))
		return why != NULL ? why : "the file could not be hashed";
	return finish(s, &l);
}

/* ---- A message says whose it is ---- */

bool extended_may_be_kept(struct chunk *c, struct step *s)
{
	const struct ssmix2_source *source = &c->im->source;
	const char *before = s->message.shortcoming;
	struct bytes octets;
	if (!extended_is_hl7(s->media))
		return true;
	const char *why = storage_read(c->arena, s->name, &octets);
	if (why != NULL)
		return problem_set(&s->work->problem, PROBLEM_REQUEST_INVALID, "%s", why);
	if (!ssmix2_message_read(c->arena, source, s->name, octets, &s->message, &s->work->problem)
	    || !ssmix2_message_may_be_kept(source, &s->message, &s->work->problem))
		return false;
	s->message.cancels = false;
	if (s->message.shortcoming == NULL)
		s->message.shortcoming = before;
	return true;
}

/* ---- Kept ---- */

struct keeping {
	struct blob_writer *writer;
	struct problem *problem;
};

static bool take_octets(void *with, const unsigned char *piece, size_t length)
{
	struct keeping *k = with;
	return blob_write(k->writer, piece, length, k->problem);
}

bool extended_copy(struct chunk *c, struct step *s)
{
	const struct importing *im = c->im;
	struct keeping k = { blob_begin(im->x->store, c->arena, &s->work->problem),
			     &s->work->problem };
	struct storage_file f;
	struct blob kept;
	if (k.writer == NULL)
		return false;
	blob_below(k.writer, region_documents_of(im->x->region, im->source.facility->name));
	const char *why = storage_open(c->arena, s->name, STORAGE_DOCUMENT_MOST, &f);
	if (why == NULL && !pass(&f, &why, &k, take_octets) && why == NULL)
		return false;
	if (why != NULL)
		return problem_set(&s->work->problem, PROBLEM_REQUEST_INVALID, "%s", why);
	if (!blob_finish(k.writer, &kept, &s->work->problem))
		return false;
	if (memcmp(kept.sha256, s->blob.sha256, sizeof kept.sha256) != 0)
		return problem_set(&s->work->problem, PROBLEM_REQUEST_INVALID,
				   "the file was written to while it was read: import again");
	s->blob = kept;
	return true;
}
