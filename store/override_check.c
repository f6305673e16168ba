/* store/override_check.c: that what is kept of overrides holds together. */
#include <string.h>

#include "store/check.h"
#include "store/override_rows.h"

/* The override that key leads to by its last octets. */
static bool leads_to(struct store_check *c, struct bytes key, const char *index,
		     struct override *out)
{
	struct bytes row;
	unsigned char id[OVERRIDE_ID];
	if (key.length <= OVERRIDE_ID) {
		check_finding(c, "override: a row of the index of those %s cannot be read", index);
		return false;
	}
	memcpy(id, key.data + key.length - OVERRIDE_ID, sizeof id);
	struct key k = override_key(SPACE_OVERRIDE, id);
	*out = (struct override){ .id = NULL };
	if (store_get(check_txn(c), key_span(&k), check_arena(c), &row)
	    && override_row_read(row, out))
		return true;
	check_finding(c, "override: the index of those %s leads nowhere", index);
	return false;
}

/* It waits in that index exactly if it has to. */
static void expect(struct store_check *c, const struct key *k, bool waits, const char *index)
{
	if (store_has(check_txn(c), key_span(k)) != waits)
		check_finding(c, "override: one is%s among those %s", waits ? " not" : "", index);
}

static void look(struct store_check *c, struct bytes key, struct bytes value)
{
	struct override o = { .id = NULL };
	unsigned char id[OVERRIDE_ID];
	if (key.length != OVERRIDE_ID + 1 || !override_row_read(value, &o)) {
		check_finding(c, "override: a row that cannot be read");
		return;
	}
	memcpy(id, key.data + 1, sizeof id);
	struct key open = override_open_key(o.person, id);
	struct key unreviewed = override_key(SPACE_OVERRIDE_UNREVIEWED, id);
	struct key untold = override_key(SPACE_OVERRIDE_UNTOLD, id);
	expect(c, &open, o.ended == 0, "that go on");
	expect(c, &unreviewed, o.reviewed == 0, "unreviewed");
	expect(c, &untold, o.told == 0, "untold");
}

static void look_at_open(struct store_check *c, struct bytes key, struct bytes value)
{
	struct override o;
	if (leads_to(c, key, "that go on", &o) && o.until != override_until_read(value))
		check_finding(c, "override: the index says another end than one that goes on");
}

static void look_at_unreviewed(struct store_check *c, struct bytes key, struct bytes value)
{
	struct override o;
	(void)value;
	leads_to(c, key, "unreviewed", &o);
}

static void look_at_untold(struct store_check *c, struct bytes key, struct bytes value)
{
	struct override o;
	(void)value;
	leads_to(c, key, "untold", &o);
}

const struct check_module overrides_check = {
	.name = "overrides",
	.rows =
		(const struct check_row[]){
			{ SPACE_OVERRIDE, "override", look },
			{ SPACE_OVERRIDE_OPEN, "override that goes on", look_at_open },
			{ SPACE_OVERRIDE_UNREVIEWED, "unreviewed override", look_at_unreviewed },
			{ SPACE_OVERRIDE_UNTOLD, "override nobody was told of", look_at_untold },
			{ 0 },
		},
};
