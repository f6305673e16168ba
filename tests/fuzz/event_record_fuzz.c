/* tests/fuzz/event_record_fuzz.c: any octets as an audit entry's record. The first says how many
 * patients its terms have. What can be read can be kept again, and then is the same message. */
#include <stdlib.h>

#include "gateway/audit/event_packing.h"
#include "gateway/audit/event_record.h"
#include "gateway/base/arena.h"
#include "gateway/base/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct reading {
	struct arena *arena;
	struct audit_entry entry;
};

static void keep_again(struct arena *a, const struct kept_event *kept, struct bytes message)
{
	struct audit_source us = kept->source;
	struct audit_entry again = { .terms = event_terms(a, &kept->event) };
	struct bytes same = { 0 };
	us.packer = event_packer_create();
	again.record = event_record_write(a, &us, &kept->event);
	event_packer_destroy((struct event_packer *)us.packer);
	if (!audit_record_render(a, &again, &same) || !bytes_equal(message, same))
		abort();
}

static void read(void *with)
{
	struct reading *r = with;
	struct kept_event kept;
	if (event_record_read(r->arena, &r->entry, &kept))
		keep_again(r->arena, &kept,
			   audit_record_write(r->arena, &kept.source, &kept.event));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct text_list third = { "3^^^&1.2.3&ISO", NULL };
	static struct text_list second = { "2^^^&1.2&ISO", &third };
	static struct text_list first = { "1^^^&1.2&ISO", &second };
	struct text_list *const patients[] = { NULL, &third, &second, &first };
	struct reading r = { .arena = arena_create(256 << 20) };
	if (size != 0 && r.arena != NULL) {
		r.entry.terms.patients = patients[data[0] % COUNT(patients)];
		r.entry.record = (struct bytes){ data + 1, size - 1 };
		arena_run(r.arena, read, &r);
	}
	arena_destroy(r.arena);
	return 0;
}
