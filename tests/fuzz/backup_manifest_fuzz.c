/* tests/fuzz/backup_manifest_fuzz.c: any octets as the manifest of a backup, as they are and
 * with the right end. No file it names is outside of the backup; one that is whole says when it
 * was made, and each file it names, none of which is there, is told once. */
#undef NDEBUG
#include <assert.h>
#include <openssl/evp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gateway/base/arena.h"
#include "store/backup_files.h"

int LLVMFuzzerInitialize(int *count, char ***words);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { DIGEST = 32 };

static char directory[] = "/tmp/minato-manifest-XXXXXX", manifest[sizeof directory + 16];

static void leave(void)
{
	unlink(manifest);
	rmdir(directory);
}

int LLVMFuzzerInitialize(int *count, char ***words)
{
	(void)count, (void)words;
	assert(mkdtemp(directory) != NULL && atexit(leave) == 0);
	snprintf(manifest, sizeof manifest, "%s/manifest", directory);
	return 0;
}

static void put(const uint8_t *data, size_t size, bool with_end)
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	FILE *file = fopen(manifest, "w");
	assert(file != NULL && fwrite(data, 1, size, file) == size);
	if (with_end) {
		assert(EVP_Digest(data, size, digest, NULL, EVP_sha256(), NULL) == 1);
		fprintf(file, "end ");
		for (unsigned i = 0; i < DIGEST; i++)
			fprintf(file, "%02x", digest[i]);
		fprintf(file, "\n");
	}
	assert(fclose(file) == 0);
}

static bool begins(const char *text, const char *with)
{
	return strncmp(text, with, strlen(with)) == 0;
}

static void on_fault(void *with, const char *finding)
{
	uint64_t *named = with;
	if (begins(finding, "manifest is not") || begins(finding, "files stand there"))
		return;
	assert(begins(finding, "keys/") || begins(finding, "packs/") || begins(finding, "blobs/"));
	assert(strstr(finding, "..") == NULL);
	++*named;
}

static void look(struct arena *a)
{
	struct backup_about about;
	struct backup_looked looked;
	struct problem p = { .code = PROBLEM_NONE };
	char sum[BACKUP_DIGEST] = "";
	uint64_t octets, named = 0;
	bool whole = backup_manifest_read(directory, a, &about, &p);
	assert(whole == (p.code == PROBLEM_NONE));
	assert(!whole || about.made != NULL);
	assert(backup_look(directory, on_fault, &named, &looked, &p));
	assert(named == looked.files && looked.faults >= named);
	if (backup_manifest_finds(directory, "packs/0-1.pack", sum, &octets))
		assert(strlen(sum) == BACKUP_DIGEST - 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_create(64 << 20);
	put(data, size, false);
	look(a);
	put(data, size, true);
	look(a);
	arena_destroy(a);
	return 0;
}
