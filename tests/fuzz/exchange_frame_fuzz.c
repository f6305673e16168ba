/* tests/fuzz/exchange_frame_fuzz.c: any octets as frames of the message log: read to where they are
 * none, never outside; and what was read, written again, reads the same and fits. */
#include <stdlib.h>
#include <string.h>

#include "gateway/base/arena.h"
#include "store/exchange_log.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void expect(bool holds)
{
	if (!holds)
		abort();
}

static void write_again(const struct exchange_note *n)
{
	struct exchange_note again, third;
	struct arena *a = arena_create(16 << 20);
	struct bytes octets = exchange_note_write(a, n);
	expect(octets.length <= EXCHANGE_NOTE_MOST);
	/* Of a text that is no UTF-8 a part is left, or nothing: then it is no note. */
	if (exchange_note_read(octets, &again)) {
		struct bytes same = exchange_note_write(a, &again);
		expect(exchange_note_read(same, &third) && third.at == n->at);
		expect(strcmp(third.id, again.id) == 0 && strcmp(third.what, again.what) == 0);
		expect(third.finding_count == again.finding_count);
	}
	arena_destroy(a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes file = { data, size }, note = { 0 };
	struct exchange_note n;
	bool stranger;
	size_t taken;
	while ((taken = exchange_frame_read(file, &note, &stranger)) != 0) {
		expect(taken <= file.length && note.data >= file.data
		       && note.data + note.length == file.data + taken);
		expect(exchange_note_read(note, &n) && *n.id != '\0');
		write_again(&n);
		file = (struct bytes){ file.data + taken, file.length - taken };
	}
	(void)exchange_note_read(file, &n);
	return 0;
}
