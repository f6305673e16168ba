/* tests/fuzz/pack_record_fuzz.c: any octets as what a pack file has where a document should stand:
 * read as they are, and with a head that is right, so that what follows is looked at. Whatever
 * stands there, only the document that was wanted is given. */
#include <stdlib.h>
#include <string.h>

#include <openssl/sha.h>

#include "store/pack_record.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { FOUND_MOST = 1 << 17 };

static uint64_t number_at(const uint8_t *from)
{
	uint64_t number = 0;
	for (unsigned i = 0; i < 8; i++)
		number = number << 8 | from[i];
	return number;
}

/* What the octets say of themselves. */
static struct pack_record said(const uint8_t *head)
{
	struct pack_record r = { .pack = number_at(head + 8),
				 .at = number_at(head + 16),
				 .length = number_at(head + 24) };
	memcpy(r.sha256, head + 32, PACK_SHA256);
	return r;
}

static void read_one(struct bytes found, const struct pack_record *wanted)
{
	struct bytes content;
	unsigned char hash[PACK_SHA256];
	enum pack_fault f = pack_record_read(found, wanted, &content);
	if ((f == PACK_WHOLE) != (content.data != NULL) || *pack_fault_words(f) == '\0')
		abort();
	if (f != PACK_WHOLE)
		return;
	SHA256(content.data, content.length, hash);
	if (content.data < found.data || content.data + content.length > found.data + found.length
	    || content.length != wanted->length || memcmp(hash, wanted->sha256, PACK_SHA256) != 0)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static uint8_t found[FOUND_MOST];
	struct bytes octets = { data, size };
	if (size < PACK_HEAD) {
		read_one(octets, &(struct pack_record){ .length = size });
		return 0;
	}
	struct pack_record wanted = said(data);
	read_one(octets, &wanted);
	(void)pack_is_file_head(wanted.pack, data);
	if (size > FOUND_MOST)
		return 0;
	memcpy(found, data, size);
	pack_record_head(&wanted, found);
	octets.data = found;
	read_one(octets, &wanted);
	/* The octets that are there are a document, if their hash is said. */
	wanted.length = size - PACK_HEAD;
	SHA256(found + PACK_HEAD, size - PACK_HEAD, wanted.sha256);
	pack_record_head(&wanted, found);
	read_one(octets, &wanted);
	if (pack_record_read(octets, &wanted, &(struct bytes){ 0 }) != PACK_WHOLE)
		abort();
	return 0;
}
