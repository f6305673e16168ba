/* tests/fuzz/charset_fuzz.c: the first octet names the set, the rest is text in it. What is decoded
 * is UTF-8; what was decoded without a mark and encoded without a loss is the same text again;
 * every normal form is a normal form of itself. */
#undef NDEBUG
#include <assert.h>
#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/normalise.h"
#include "gateway/base/text.h"
#include "gateway/envelope/charset.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct input {
	struct arena *arena;
	const uint8_t *data;
	size_t size;
};

static void is_settled(const char *form, const char *again)
{
	assert(form == NULL || text_equal(form, again));
}

static void normalise_all(struct arena *a, const char *text)
{
	static const enum kana_form forms[] = { KANA_WRITTEN, KANA_SPOKEN, KANA_BARE };
	for (size_t i = 0; i < COUNT(forms); i++) {
		const char *kana = normalise_kana_name(a, text, forms[i]);
		is_settled(kana, normalise_kana_name(a, kana, forms[i]));
	}
	const char *date = normalise_birth_date(a, text);
	is_settled(date, normalise_birth_date(a, date));
	const char *phone = normalise_phone(a, text);
	is_settled(phone, normalise_phone(a, phone));
	const char *insurer = normalise_insurer(a, text);
	is_settled(insurer, normalise_insurer(a, insurer));
	const char *name = normalise_name(a, text), *address = normalise_address(a, text);
	is_settled(name, normalise_name(a, name));
	is_settled(address, normalise_address(a, address));
	normalise_insurance_number(a, text);
	normalise_insurance_branch(a, text);
	text_is_my_number(text);
	name_is_provisional(a, text);
}

static void use(void *with)
{
	struct input *in = with;
	enum charset set = (enum charset)(in->data[0] % CHARSET_COUNT);
	struct bytes octets = { in->data + 1, in->size - 1 }, text, again;
	struct charset_found found, then;
	struct problem p = { .code = PROBLEM_NONE };
	size_t lost = 0;
	if (!charset_decode(in->arena, octets, set, NULL, '\\', &text, &found, &p))
		return;
	assert(text_is_utf8(text.data, text.length));
	normalise_all(in->arena, arena_text_n(in->arena, (const char *)text.data, text.length));
	struct bytes out = charset_encode(in->arena, found.used, (const char *)text.data,
					  text.length, &lost);
	if (found.replaced == 0 && lost == 0)
		charset_decode(in->arena, out, found.used, NULL, 0, &again, &then, &p);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = { arena_create(64 << 20), data, size };
	if (size > 0)
		arena_run(in.arena, use, &in);
	arena_destroy(in.arena);
	return 0;
}
