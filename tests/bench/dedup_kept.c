/* tests/bench/dedup_kept.c: features without what was thrown away while they were made. */
#include "tests/bench/dedup_kept.h"

#include <string.h>

#include "gateway/base/arena.h"

static struct runes kept_runes(struct arena *a, struct runes r)
{
	struct runes out = { r.count == 0 ? NULL : arena_array(a, char32_t, r.count), r.count };
	if (r.count != 0)
		memcpy(out.at, r.at, r.count * sizeof r.at[0]);
	return out;
}

static struct runes within(struct runes whole, size_t from, size_t count)
{
	return (struct runes){ whole.at + from, count };
}

static bool begins_so(struct runes whole, size_t from, struct runes part)
{
	return from + part.count <= whole.count
	       && memcmp(whole.at + from, part.at, part.count * sizeof part.at[0]) == 0;
}

/* The parts are pieces of the whole, but of a name that was cut. */
static struct runes kept_part(struct arena *a, struct runes whole, size_t from, struct runes part)
{
	if (part.count == 0)
		return (struct runes){ 0 };
	return begins_so(whole, from, part) ? within(whole, from, part.count) : kept_runes(a, part);
}

static struct match_name *kept_name(struct arena *a, const struct match_name *n)
{
	struct match_name *out = arena_new(a, struct match_name);
	bool alike = n->whole.loose.count == n->whole.form.count
		     && begins_so(n->whole.form, 0, n->whole.loose);
	*out = *n;
	out->next = NULL;
	out->whole.form = kept_runes(a, n->whole.form);
	out->whole.loose = alike ? out->whole.form : kept_runes(a, n->whole.loose);
	out->family.form = kept_part(a, out->whole.form, 0, n->family.form);
	out->family.loose = kept_part(a, out->whole.loose, 0, n->family.loose);
	out->given.form = kept_part(a, out->whole.form, n->family.form.count, n->given.form);
	out->given.loose = kept_part(a, out->whole.loose, n->family.loose.count, n->given.loose);
	return out;
}

static void keep_address(struct arena *a, struct match_address *ad)
{
	struct match_address was = *ad;
	ad->postcode = arena_text(a, was.postcode);
	ad->text = kept_runes(a, was.text);
	if (was.numbers.count != 0)
		ad->numbers = within(ad->text, (size_t)(was.numbers.at - was.text.at),
				     was.numbers.count);
	if (was.pair_count == 0)
		return;
	uint32_t *pairs = arena_array(a, uint32_t, was.pair_count);
	memcpy(pairs, was.pairs, was.pair_count * sizeof pairs[0]);
	ad->pairs = pairs;
}

struct match_features *dedup_kept(struct arena *a, const struct match_features *f,
				  const char *domain)
{
	struct match_features *out = arena_new(a, struct match_features);
	struct match_name **tail = &out->names;
	*out = *f;
	out->names = NULL;
	for (const struct match_name *n = f->names; n != NULL; n = n->next) {
		*tail = kept_name(a, n);
		tail = &(*tail)->next;
	}
	for (size_t i = 0; i < f->address_count; i++)
		keep_address(a, &out->addresses[i]);
	for (size_t i = 0; i < f->phone_count; i++)
		out->phones[i] = arena_text(a, f->phones[i]);
	for (size_t i = 0; i < f->insurance_count; i++) {
		struct match_insurance *in = &out->insurances[i];
		in->insurer = arena_text(a, in->insurer);
		in->symbol = arena_text(a, in->symbol);
		in->number = arena_text(a, in->number);
		in->branch = arena_text(a, in->branch);
	}
	out->personal = arena_text(a, f->personal);
	out->mother = kept_runes(a, f->mother);
	out->order = arena_text(a, f->order);
	out->domain = domain;
	return out;
}
