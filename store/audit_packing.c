/* store/audit_packing.c: many entries of the audit log on one sheet, in fewer octets.
 *
 * An entry is packed by itself when it is made (gateway/audit/event_packing.h), so that it can be
 * read by itself; but entries resemble each other more than any dictionary: a hundred of them, one
 * after another, in LZ4's block format, take a fifth of their octets. Hashes resemble nothing and
 * stand apart, as they are. What is hashed and verified are the entries' octets as they were
 * written, which come back exactly.
 *
 * A packed sheet: an octet no length begins with, so that it is told from others; the number of its
 * entries (two octets) and the octets they had (four), most significant first; their hashes; then,
 * packed, for each entry its length (four octets) and itself. */
#include "store/audit_entries.h"

#include <lz4.h>
#include <string.h>

#include "gateway/base/arena.h"

enum {
	PACKED = 0x81, /* the form above is number 1 */
	HEAD = 1 + 2 + 4,
	LENGTH = 4,
	/* An octet of LZ4 stands for 255 at most (LZ4 Block Format Description): a length that
	 * promises more is not worth asking memory for. */
	STRETCH_MOST = 255,
};

static void put_number(unsigned char *at, unsigned octets, size_t number)
{
	for (unsigned i = 0; i < octets; i++)
		at[i] = (unsigned char)(number >> (8 * (octets - 1 - i)));
}

static size_t get_number(const unsigned char *at, unsigned octets)
{
	size_t number = 0;
	for (unsigned i = 0; i < octets; i++)
		number = number << 8 | at[i];
	return number;
}

bool audit_sheet_is_packed(struct bytes sheet)
{
	return sheet.length != 0 && sheet.data[0] == PACKED;
}

/* All entries one after the other, without their hashes, which go where they are given room. */
static struct bytes put_apart(struct arena *a, const struct bytes *values, size_t count,
			      unsigned char *hashes)
{
	size_t length = 0;
	for (size_t i = 0; i < count; i++)
		length += LENGTH + values[i].length - AUDIT_HASH;
	unsigned char *entries = arena_alloc(a, length), *at = entries;
	for (size_t i = 0; i < count; i++) {
		size_t octets = values[i].length - AUDIT_HASH;
		memcpy(hashes + i * AUDIT_HASH, values[i].data, AUDIT_HASH);
		put_number(at, LENGTH, octets);
		memcpy(at + LENGTH, values[i].data + AUDIT_HASH, octets);
		at += LENGTH + octets;
	}
	return (struct bytes){ entries, length };
}

struct bytes audit_sheet_pack(struct arena *a, const struct bytes *values, size_t count)
{
	unsigned char *hashes = arena_alloc(a, count * AUDIT_HASH);
	struct bytes entries = put_apart(a, values, count, hashes);
	size_t before = HEAD + count * AUDIT_HASH;
	int most = LZ4_compressBound((int)entries.length);
	unsigned char *out = arena_alloc(a, before + (size_t)most);
	out[0] = PACKED;
	put_number(out + 1, 2, count);
	put_number(out + 3, 4, entries.length);
	memcpy(out + HEAD, hashes, count * AUDIT_HASH);
	int packed = LZ4_compress_default((const char *)entries.data, (char *)out + before,
					  (int)entries.length, most);
	return (struct bytes){ out, before + (size_t)packed };
}

/* Each entry with its hash before it again. False: they are not as many, or not as long, as is
 * said. */
static bool put_together(struct bytes entries, const unsigned char *hashes, size_t count,
			 unsigned char *out)
{
	const unsigned char *at = entries.data, *end = at + entries.length;
	for (; count > 0 && (size_t)(end - at) >= LENGTH; count--, hashes += AUDIT_HASH) {
		size_t length = get_number(at, LENGTH);
		at += LENGTH;
		if (length > (size_t)(end - at))
			return false;
		put_number(out, LENGTH, AUDIT_HASH + length);
		memcpy(out + LENGTH, hashes, AUDIT_HASH);
		memcpy(out + LENGTH + AUDIT_HASH, at, length);
		out += LENGTH + AUDIT_HASH + length;
		at += length;
	}
	return count == 0 && at == end;
}

bool audit_sheet_unpack(struct arena *a, struct bytes packed, struct bytes *sheet)
{
	if (packed.length < HEAD)
		return false;
	size_t count = get_number(packed.data + 1, 2), length = get_number(packed.data + 3, 4);
	size_t before = HEAD + count * AUDIT_HASH;
	if (count == 0 || packed.length <= before || length > AUDIT_PACKED_OCTETS
	    || length > (packed.length - before) * STRETCH_MOST)
		return false;
	unsigned char *entries = arena_alloc(a, length);
	int got = LZ4_decompress_safe((const char *)packed.data + before, (char *)entries,
				      (int)(packed.length - before), (int)length);
	if (got < 0 || (size_t)got != length) /* damaged octets give less than 0 */
		return false;
	unsigned char *out = arena_alloc(a, length + count * AUDIT_HASH);
	*sheet = (struct bytes){ out, length + count * AUDIT_HASH };
	return put_together((struct bytes){ entries, length }, packed.data + HEAD, count, out);
}
