/* tests/fuzz/match_features_fuzz.c: two records, a field a line, between them an empty line. What
 * is made of any octets is compared: within its bounds, the same whichever comes first, and never
 * linked with nobody. */
#undef NDEBUG
#include <assert.h>
#include <math.h>
#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/bytes.h"
#include "gateway/base/text.h"
#include "matching/candidates.h"
#include "matching/score.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct input {
	struct arena *arena;
	const uint8_t *data;
	size_t size;
};

enum {
	FAMILY,
	GIVEN,
	KANA_FAMILY,
	KANA_GIVEN,
	BIRTH,
	SEX,
	POSTCODE,
	ADDRESS,
	PHONE,
	INSURER,
	SYMBOL,
	NUMBER,
	BRANCH,
	PERSONAL,
	MOTHER,
	ORDER,
	FIELDS
};

static const struct match_features *features(struct arena *a, char **rest)
{
	const char *field[FIELDS] = { NULL };
	for (size_t i = 0; i < FIELDS && *rest != NULL; i++)
		field[i] = strsep(rest, "\n");
	struct person_name kana = { .family = field[KANA_FAMILY], .given = field[KANA_GIVEN] };
	struct person_name name = { .family = field[FAMILY], .given = field[GIVEN], .next = &kana };
	struct postal_address address = { .text = field[ADDRESS], .postal_code = field[POSTCODE] };
	struct telecom phone = { .number = field[PHONE] };
	struct insurance insurance = { .insurer = field[INSURER],
				       .symbol = field[SYMBOL],
				       .number = field[NUMBER],
				       .branch = field[BRANCH] };
	struct patient_demographics d = { .names = &name,
					  .birth_date = field[BIRTH],
					  .sex = field[SEX],
					  .addresses = &address,
					  .telecoms = &phone,
					  .insurances = &insurance,
					  .mothers_maiden_name = field[MOTHER],
					  .multiple_birth = field[ORDER] == NULL ? NULL : "Y",
					  .birth_order = field[ORDER] };
	struct match_subject s = { &d, NULL, field[PERSONAL] };
	return match_features(a, &s);
}

static void use(void *with)
{
	struct input *in = with;
	char *rest = arena_text_n(in->arena, (const char *)in->data, in->size);
	const struct match_features *x = features(in->arena, &rest),
				    *y = features(in->arena, &rest);
	const struct match_weights *w = match_weights_default(in->arena);
	struct match_key keys[MATCH_KEYS_MOST];
	assert(match_keys(x, keys) <= MATCH_KEYS_MOST);
	struct match_comparison one = match_compare(x, y), two = match_compare(y, x);
	assert(memcmp(one.level, two.level, sizeof one.level) == 0 && one.signs == two.signs);
	for (enum match_field f = 0; f < MATCH_FIELDS; f++)
		assert(one.level[f] < match_level_count(f));
	struct match_score s = match_score(&one, w), back = match_score(&two, w);
	assert(isfinite(s.total) && s.outcome == back.outcome);
	assert(s.outcome != MATCH_LINK
	       || (x->birth.year != 0 || y->birth.year != 0
		   || one.level[FIELD_GIVEN] == NAME_SAME));
	assert(match_explained(in->arena, &s, w) != NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = { arena_create(64 << 20), data, size };
	if (memchr(data, 0, size) == NULL)
		arena_run(in.arena, use, &in);
	arena_destroy(in.arena);
	return 0;
}
