/* store/blob_proof.c: what a document's octets are, by reading them. */
#include "store/blob_proof.h"

#include <errno.h>
#include <openssl/evp.h>
#include <string.h>
#include <unistd.h>

#include "gateway/base/progress.h"
#include "store/blobs.h"

enum { PIECE = 64 * 1024 };

/* Both at once: what is read is hashed while it is in the processor's cache. */
struct digests {
	EVP_MD_CTX *sha1, *sha256;
	bool sound;
};

static void begin(struct digests *d)
{
	d->sha1 = EVP_MD_CTX_new();
	d->sha256 = EVP_MD_CTX_new();
	d->sound = d->sha1 != NULL && d->sha256 != NULL
		   && EVP_DigestInit_ex(d->sha1, EVP_sha1(), NULL) == 1
		   && EVP_DigestInit_ex(d->sha256, EVP_sha256(), NULL) == 1;
}

static void add(struct digests *d, const void *octets, size_t length)
{
	d->sound = d->sound && EVP_DigestUpdate(d->sha1, octets, length) == 1
		   && EVP_DigestUpdate(d->sha256, octets, length) == 1;
}

static bool end(struct digests *d, struct blob *out, struct problem *p)
{
	bool sound = d->sound && EVP_DigestFinal_ex(d->sha1, out->sha1, NULL) == 1
		     && EVP_DigestFinal_ex(d->sha256, out->sha256, NULL) == 1;
	EVP_MD_CTX_free(d->sha1);
	EVP_MD_CTX_free(d->sha256);
	return sound || problem_set(p, PROBLEM_INTERNAL, "the octets could not be hashed");
}

/* Never more than the document has, whatever has grown meanwhile. */
static bool read_file(const struct blob_content *c, struct progress *progress, struct digests *d,
		      struct blob *out, struct problem *p)
{
	unsigned char piece[PIECE];
	while (out->size < c->size && !progress_is_stopped(progress)) {
		uint64_t left = c->size - out->size;
		ssize_t n = pread(c->fd, piece, left < PIECE ? (size_t)left : PIECE,
				  (off_t)out->size);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return problem_set(p, PROBLEM_INTERNAL, "the document cannot be read: %s",
					   strerror(errno));
		if (n == 0)
			break;
		add(d, piece, (size_t)n);
		out->size += (uint64_t)n;
		progress_add(progress, (uint64_t)n);
	}
	return !progress_is_stopped(progress)
	       || problem_set(p, PROBLEM_BUSY, "it was stopped before all was read");
}

bool blob_prove(const struct blob_content *content, struct progress *progress, struct blob *out,
		struct problem *p)
{
	struct digests d;
	bool read = true;
	*out = (struct blob){ .size = 0 };
	begin(&d);
	progress_begin(progress, "octets", content->size);
	if (content->fd >= 0) {
		read = read_file(content, progress, &d, out, p);
	} else {
		add(&d, content->octets.data, content->octets.length);
		out->size = content->octets.length;
		progress_add(progress, out->size);
	}
	return end(&d, out, p) && read;
}
