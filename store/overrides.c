/* store/overrides.c: who broke the glass, and who has looked at it. */
#include "store/overrides.h"

#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "store/override_rows.h"
#include "store/store.h"

enum { SECOND = 1000000, CHANCE = 3 }; /* octets of an id that are no second */

/* ---- Reading ---- */

static bool get(struct store_txn *t, struct arena *a, const unsigned char id[OVERRIDE_ID],
		struct override *out)
{
	struct key k = override_key(SPACE_OVERRIDE, id);
	struct bytes row;
	*out = (struct override){ .id = bytes_to_hex(a, (struct bytes){ id, OVERRIDE_ID }) };
	return store_get(t, key_span(&k), a, &row)
	       && (override_row_read(row, out)
		   || store_damaged(t, "an override cannot be read; run minato check"));
}

bool override_get(struct store_txn *t, struct arena *a, const char *id, struct override *out)
{
	unsigned char octets[OVERRIDE_ID];
	return override_id_octets(id, octets) && get(t, a, octets, out);
}

static bool id_of_key(struct bytes key, unsigned char id[OVERRIDE_ID])
{
	if (key.length < OVERRIDE_ID)
		return false;
	memcpy(id, key.data + key.length - OVERRIDE_ID, OVERRIDE_ID);
	return true;
}

static const unsigned char spaces[] = { [OVERRIDES_ALL] = SPACE_OVERRIDE,
					[OVERRIDES_UNREVIEWED] = SPACE_OVERRIDE_UNREVIEWED,
					[OVERRIDES_UNTOLD] = SPACE_OVERRIDE_UNTOLD };

/* A key that begins with the last one and goes on comes right behind it. */
static struct store_cursor *scan_after(struct store_txn *t, unsigned char space, const char *after)
{
	struct key from, to;
	unsigned char id[OVERRIDE_ID];
	key_begin(&from, space);
	key_begin(&to, (unsigned char)(space + 1));
	if (override_id_octets(after, id)) {
		key_bytes(&from, id, sizeof id);
		key_octet(&from, 0);
	}
	return store_scan(t, key_span(&from), key_span(&to), false);
}

struct override *overrides_list(struct store_txn *t, struct arena *a, enum override_list which,
				const char *after, size_t most, size_t *count)
{
	struct override *list = arena_array(a, struct override, most + 1);
	unsigned char id[OVERRIDE_ID];
	struct bytes key, value;
	struct store_cursor *c = scan_after(t, spaces[which], after);
	for (*count = 0; *count < most && store_next(c, &key, &value) && id_of_key(key, id);)
		*count += get(t, a, id, &list[*count]);
	store_scan_end(c);
	return list;
}

/* The second it began in stands in the id. */
static instant second_of(const unsigned char id[OVERRIDE_ID])
{
	int64_t seconds = 0;
	for (size_t i = 0; i < OVERRIDE_ID - CHANCE; i++)
		seconds = seconds << 8 | id[i];
	return seconds * SECOND;
}

static uint64_t walk(struct store_txn *t, unsigned char space, instant before, uint64_t *earlier)
{
	unsigned char id[OVERRIDE_ID];
	struct bytes key, value;
	uint64_t count = 0;
	struct store_cursor *c = scan_after(t, space, NULL);
	for (; store_next(c, &key, &value) && id_of_key(key, id); count++)
		*earlier += second_of(id) < before;
	store_scan_end(c);
	return count;
}

void overrides_count(struct store_txn *t, instant before, struct override_counts *out)
{
	uint64_t unused = 0;
	*out = (struct override_counts){ .late = 0 };
	out->unreviewed = walk(t, SPACE_OVERRIDE_UNREVIEWED, before, &out->late);
	out->untold = walk(t, SPACE_OVERRIDE_UNTOLD, 0, &unused);
	out->open = walk(t, SPACE_OVERRIDE_OPEN, 0, &unused);
}

/* ---- Writing ---- */

bool override_put(struct store_txn *t, const struct override *o)
{
	unsigned char id[OVERRIDE_ID];
	if (!override_id_octets(o->id, id))
		return false;
	struct key k = override_key(SPACE_OVERRIDE, id);
	return store_put(t, key_span(&k), override_row(store_arena(t), o));
}

static bool wait_no_more(struct store_txn *t, unsigned char space, const struct override *o)
{
	unsigned char id[OVERRIDE_ID];
	if (!override_id_octets(o->id, id))
		return false;
	struct key k = override_key(space, id);
	return store_delete(t, key_span(&k)) && override_put(t, o);
}

bool override_review(struct store_txn *t, struct override *o, const char *by, const char *found)
{
	if (o->reviewed != 0)
		return false;
	o->reviewed = store_clock(t)->now(store_clock(t));
	o->reviewed_by = by;
	o->review = found;
	return wait_no_more(t, SPACE_OVERRIDE_UNREVIEWED, o);
}

bool override_told(struct store_txn *t, struct override *o, const char *by, const char *how)
{
	if (o->told != 0)
		return false;
	o->told = store_clock(t)->now(store_clock(t));
	o->told_by = by;
	o->told_how = how;
	return wait_no_more(t, SPACE_OVERRIDE_UNTOLD, o);
}

/* Its window has passed. */
static bool end(struct store_txn *t, struct override *o)
{
	unsigned char id[OVERRIDE_ID];
	if (!override_id_octets(o->id, id))
		return false;
	struct key k = override_open_key(o->person, id);
	o->ended = o->until;
	return store_delete(t, key_span(&k)) && override_put(t, o);
}

/* Adds the override that the key leads to. False: it cannot be read. */
static bool add_open(struct store_txn *t, struct arena *a, struct bytes key,
		     struct override ***last)
{
	unsigned char id[OVERRIDE_ID];
	struct override *o = arena_new(a, struct override);
	if (!id_of_key(key, id) || !get(t, a, id, o))
		return false;
	**last = o;
	*last = &o->next;
	return true;
}

/* Windows of one person that go on. */
static struct override *open_of(struct store_txn *t, struct arena *a, uint64_t person)
{
	struct override *first = NULL, **last = &first;
	struct bytes key, value;
	struct key k = override_open_key(person, NULL);
	struct store_cursor *c = store_scan_prefix(t, key_span(&k), false);
	while (store_next(c, &key, &value) && add_open(t, a, key, &last))
		;
	store_scan_end(c);
	return first;
}

/* Those of all that are past, so many at most: others are only passed by. */
static struct override *past(struct store_txn *t, struct arena *a, instant now, unsigned most)
{
	struct override *first = NULL, **last = &first;
	struct bytes key, value;
	struct key k;
	key_begin(&k, SPACE_OVERRIDE_OPEN);
	struct store_cursor *c = store_scan_prefix(t, key_span(&k), false);
	while (most != 0 && store_next(c, &key, &value)) {
		if (override_until_read(value) > now)
			continue;
		if (!add_open(t, a, key, &last))
			break;
		most--;
	}
	store_scan_end(c);
	return first;
}

bool overrides_are_due(struct store_txn *t, instant now)
{
	struct bytes key, value;
	bool due = false;
	struct key k;
	key_begin(&k, SPACE_OVERRIDE_OPEN);
	struct store_cursor *c = store_scan_prefix(t, key_span(&k), false);
	while (!due && store_next(c, &key, &value))
		due = override_until_read(value) <= now;
	store_scan_end(c);
	return due;
}

/* Those of the list that are past; the others are left out of it. */
static struct override *end_those_past(struct store_txn *t, struct override *list, instant now)
{
	struct override *first = NULL, **last = &first;
	for (struct override *o = list, *next; o != NULL; o = next) {
		next = o->next;
		o->next = NULL;
		if (o->until > now)
			continue;
		if (!end(t, o))
			break;
		*last = o;
		last = &o->next;
	}
	return first;
}

bool overrides_end(struct store_txn *t, struct arena *a, instant now, unsigned most,
		   struct override **ended)
{
	*ended = end_those_past(t, past(t, a, now, most), now);
	return !store_failed(t);
}

static void draw_id(struct store_txn *t, instant since, unsigned char id[OVERRIDE_ID])
{
	struct key k;
	for (size_t i = 0; i < OVERRIDE_ID - CHANCE; i++)
		id[i] = (unsigned char)(since / SECOND >> 8 * (OVERRIDE_ID - CHANCE - 1 - i));
	do {
		store_random(t)->fill(store_random(t), id + OVERRIDE_ID - CHANCE, CHANCE);
		k = override_key(SPACE_OVERRIDE, id);
	} while (store_has(t, key_span(&k)));
}

static bool begin(struct store_txn *t, struct arena *a, struct override *o)
{
	static const struct bytes nothing = { 0 };
	unsigned char id[OVERRIDE_ID];
	draw_id(t, o->since, id);
	o->id = bytes_to_hex(a, (struct bytes){ id, sizeof id });
	o->accesses = 1;
	struct key open = override_open_key(o->person, id);
	struct key unreviewed = override_key(SPACE_OVERRIDE_UNREVIEWED, id);
	struct key untold = override_key(SPACE_OVERRIDE_UNTOLD, id);
	return override_put(t, o)
	       && store_put(t, key_span(&open), override_until_row(store_arena(t), o))
	       && store_put(t, key_span(&unreviewed), nothing)
	       && store_put(t, key_span(&untold), nothing);
}

static bool is_same(const struct override *o, const struct override *said)
{
	return o->until > said->since && text_equal(o->system, said->system)
	       && text_equal(o->asker, said->asker);
}

bool override_access(struct store_txn *t, struct arena *a, const struct override *said,
		     struct override *out, bool *began, struct override **ended)
{
	struct override *open = open_of(t, a, said->person);
	const struct override *same = open;
	while (same != NULL && !is_same(same, said))
		same = same->next;
	*began = same == NULL;
	*out = same == NULL ? *said : *same;
	out->next = NULL;
	*ended = end_those_past(t, open, said->since);
	if (store_failed(t))
		return false;
	if (*began)
		return begin(t, a, out);
	out->accesses++;
	return override_put(t, out);
}
