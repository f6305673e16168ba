/* gateway/audit/export_file.c: audit records in a file that proves itself: writing it. */
#include "gateway/audit/export_file.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gateway/audit/export_lines.h"
#include "gateway/base/arena.h"

struct export_file {
	FILE *stream;
	EVP_MD_CTX *digest;
	char *path;
	uint64_t entries;
	int error; /* errno of the first that went wrong */
};

const char *export_kind_word(enum export_kind kind)
{
	return kind == EXPORT_OWN ? "own" : "received";
}

static void put(struct export_file *f, const void *octets, size_t length)
{
	if (f->error != 0)
		return;
	if (fwrite(octets, 1, length, f->stream) != length)
		f->error = errno != 0 ? errno : EIO;
	else if (EVP_DigestUpdate(f->digest, octets, length) != 1)
		f->error = ENOMEM;
}

static void put_line(struct export_file *f, struct buffer *b)
{
	buffer_byte(b, '\n');
	put(f, b->data, b->length);
}

static bool refuse(const char *path, int error, struct problem *p)
{
	bool full = error == ENOSPC || error == EDQUOT || error == EFBIG;
	return problem_set(p,
			   full              ? PROBLEM_STORE_FULL
			   : error == EEXIST ? PROBLEM_CONFLICT
					     : PROBLEM_REQUEST_INVALID,
			   "could not write %s: %s", path, strerror(error));
}

static FILE *make(const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	FILE *stream = fd == -1 ? NULL : fdopen(fd, "w");
	if (stream == NULL && fd != -1)
		close(fd);
	return stream;
}

void export_file_abandon(struct export_file *f)
{
	if (f == NULL)
		return;
	if (f->stream != NULL) {
		fclose(f->stream);
		unlink(f->path);
	}
	EVP_MD_CTX_free(f->digest);
	free(f->path);
	free(f);
}

struct export_file *export_file_begin(const char *path, enum export_kind kind, instant now,
				      struct problem *p)
{
	struct export_file *f = calloc(1, sizeof *f);
	char line[96];
	if (f == NULL) {
		refuse(path, ENOMEM, p);
		return NULL;
	}
	f->path = strdup(path);
	f->digest = EVP_MD_CTX_new();
	bool ready = f->path != NULL && f->digest != NULL
		     && EVP_DigestInit_ex(f->digest, EVP_sha256(), NULL) == 1;
	errno = ready ? 0 : ENOMEM;
	f->stream = ready ? make(path) : NULL;
	if (f->stream == NULL) {
		refuse(path, errno, p);
		export_file_abandon(f);
		return NULL;
	}
	put(f, line,
	    (size_t)snprintf(line, sizeof line, EXPORT_FORM " %s %" PRId64 "\n",
			     export_kind_word(kind), (int64_t)now));
	return f;
}

static void put_hex(char *out, const unsigned char octets[AUDIT_HASH])
{
	for (size_t i = 0; i < AUDIT_HASH; i++)
		sprintf(out + 2 * i, "%02x", octets[i]);
}

void export_file_chain(struct export_file *f, uint64_t chain,
		       const unsigned char before[AUDIT_HASH])
{
	char line[128], hex[2 * AUDIT_HASH + 1];
	put_hex(hex, before);
	put(f, line, (size_t)snprintf(line, sizeof line, "chain %" PRIu64 " %s\n", chain, hex));
}

void export_file_checkpoint(struct export_file *f, struct bytes line)
{
	if (line.length == 0)
		return;
	put(f, "checkpoint ", strlen("checkpoint "));
	put(f, line.data, line.length);
	put(f, "\n", 1);
}

void export_file_entry(struct export_file *f, struct arena *a, uint64_t sequence,
		       struct bytes value, struct bytes message)
{
	struct buffer b = buffer_in(a);
	char hex[2 * AUDIT_HASH + 1];
	put_hex(hex, value.data);
	buffer_printf(&b, "entry %" PRIu64 " %s ", sequence, hex);
	buffer_base64(&b, (struct bytes){ value.data + AUDIT_HASH, value.length - AUDIT_HASH });
	put_line(f, &b);
	if (message.length != 0) {
		b = buffer_in(a);
		buffer_text(&b, "message ");
		buffer_base64(&b, message);
		put_line(f, &b);
	}
	f->entries++;
}

/* The line beside it; its own digest ends with this. */
static bool sign(struct export_file *f, const struct anchor_key *key, char out[EXPORT_SIGNATURE])
{
	unsigned char digest[AUDIT_HASH], signature[ANCHOR_SIGNATURE];
	char hex[2 * AUDIT_HASH + 1];
	if (EVP_DigestFinal_ex(f->digest, digest, NULL) != 1)
		return false;
	put_hex(hex, digest);
	size_t length = (size_t)snprintf(out, EXPORT_SIGNATURE, EXPORT_FORM " %s", hex);
	if (!anchor_key_sign(key, (struct bytes){ (unsigned char *)out, length }, signature))
		return false;
	out[length++] = ' ';
	for (size_t i = 0; i < ANCHOR_SIGNATURE; i++)
		sprintf(out + length + 2 * i, "%02x", signature[i]);
	return true;
}

static int finish(FILE *stream)
{
	int error = fflush(stream) == 0 && fsync(fileno(stream)) == 0 ? 0 : errno;
	return fclose(stream) == 0 ? error : errno;
}

/* Beside the other, never over one that is there. */
static int put_signature(const char *path, const char *line)
{
	FILE *stream = make(path);
	if (stream == NULL)
		return errno;
	int wrote = fprintf(stream, "%s\n", line) < 0 ? EIO : 0, error = finish(stream);
	if (wrote != 0 || error != 0)
		unlink(path);
	return wrote != 0 ? wrote : error;
}

bool export_file_end(struct export_file *f, const struct anchor_key *key, struct problem *p)
{
	char line[EXPORT_SIGNATURE], path[4096];
	put(f, line, (size_t)snprintf(line, sizeof line, "end %" PRIu64 "\n", f->entries));
	snprintf(path, sizeof path, "%s.sig", f->path);
	if (f->error == 0 && !sign(f, key, line))
		f->error = ENOMEM;
	if (f->error == 0)
		f->error = put_signature(path, line);
	int error = f->error;
	if (error == 0) {
		error = finish(f->stream);
		f->stream = NULL;
		if (error != 0) {
			unlink(path);
			unlink(f->path);
		}
	}
	if (error != 0)
		refuse(f->path, error, p);
	export_file_abandon(f);
	return error == 0;
}
