/* tests/fuzz/record_fuzz.c: any octets as a record, as a key and as a sheet of audit entries: read
 * to the end, never outside. */
#include <stdlib.h>
#include <string.h>

#include "gateway/base/arena.h"
#include "store/audit_entries.h"
#include "store/keys.h"
#include "store/record.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_record(struct bytes octets, unsigned depth)
{
	struct record_reader r = record_read(octets);
	while (record_next(&r)) {
		struct record_reader as = r;
		if (r.value.data < octets.data
		    || r.value.data + r.value.length > octets.data + octets.length)
			abort();
		const char *text = record_as_text(&as);
		if (!as.broken && strlen(text) + 1 != r.value.length)
			abort();
		as = r;
		record_as_instant(&as);
		if (depth < RECORD_DEPTH)
			read_record(r.value, depth + 1);
	}
	if (!r.broken && octets.length != 0 && r.at != r.end)
		abort();
}

/* What was read as parts, written again, is the same key. */
static void read_key(struct bytes octets)
{
	struct key_reader r = key_read(octets);
	struct key k;
	key_begin(&k, octets.length == 0 ? 0 : octets.data[0]);
	while (!r.broken && !key_read_end(&r)) {
		if (octets.data[0] % 2 != 0)
			key_text(&k, key_read_text(&r));
		else
			key_instant_reversed(&k, key_read_instant_reversed(&r));
	}
	if (!r.broken && !k.overflow && !bytes_equal(key_span(&k), octets))
		abort();
}

/* Entries follow each other and none is left over: what cannot be told apart is one, empty. */
static void read_sheet(struct bytes octets)
{
	struct key k;
	key_begin(&k, SPACE_AUDIT_SHEET);
	key_number(&k, 1);
	struct arena *arena = arena_create(64 << 20);
	struct audit_walk w = audit_walk_on(arena, key_span(&k), octets);
	uint64_t sequence, expected = 1;
	struct bytes value;
	const unsigned char *at = octets.data;
	bool packed = audit_sheet_is_packed(octets);
	at = w.sheet.data;
	while (audit_walk_next(&w, &sequence, &value)) {
		if (sequence != expected++ || w.sheet.data < at)
			abort();
		at = w.sheet.data;
		if (value.length != 0 && !packed
		    && (value.data < octets.data || value.data + value.length != w.sheet.data))
			abort();
	}
	if (expected == 1 || w.sheet.length != 0 || (!packed && at != octets.data + octets.length))
		abort();
	audit_walk_end(&w);
	arena_destroy(arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes octets = { data, size };
	read_record(octets, 0);
	read_sheet(octets);
	read_key(octets);
	return 0;
}
