/* tests/fuzz/screen_fuzz.c: any octets as a document on a screen. What is shown moves no cursor,
 * is text, and is no wider than the page where it could be broken. */
#undef NDEBUG
#include <assert.h>
#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/json_arena.h"
#include "gateway/base/text.h"
#include "gateway/operator/page.h"
#include "gateway/operator/screen.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct input {
	struct arena *arena;
	struct bytes octets;
};

static void use(void *with)
{
	struct input *in = with;
	struct screen s = screen_of(in->arena, in->octets, PAGE_COLUMNS);
	size_t length = strlen(s.text);
	assert(s.kind[0] != '\0' && length <= 2 * (size_t)PAGE_OCTETS_MOST);
	assert(text_is_utf8((const unsigned char *)s.text, length));
	for (const char *at = s.text; *at != '\0';) {
		unsigned c = text_code_point(&at);
		assert(c == '\n' || (c >= 0x20 && c != 0x7f && (c < 0x80 || c > 0x9f)));
		assert((c < 0x202a || c > 0x202e) && (c < 0x2066 || c > 0x2069));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = { arena_create(512 << 20), { data, size } };
	json_arena_install();
	json_arena_run(in.arena, use, &in);
	arena_destroy(in.arena);
	return 0;
}
