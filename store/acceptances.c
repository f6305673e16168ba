/* store/acceptances.c: who had a document that was addressed to him, and since when. */
#include "store/acceptances.h"

#include "gateway/base/arena.h"
#include "schemas/model/region.h"
#include "store/check.h"
#include "store/keys.h"
#include "store/record.h"
#include "store/registry.h"
#include "store/registry_record.h"
#include "store/store.h"
#include "store/store_keys.h"

enum { SPACE_ACCEPTANCE = 0x58 }; /* entryUUID (16 octets), system text -> since when */
enum { VERSION = 1, TAG_SINCE = 1 };

/* False: that is no entryUUID, and nothing has its key. */
static bool entry_key(struct key *k, const char *entry)
{
	unsigned char octets[UUID_OCTETS];
	key_begin(k, SPACE_ACCEPTANCE);
	if (!uuid_octets(entry, octets))
		return false;
	key_bytes(k, octets, sizeof octets);
	return true;
}

static instant read_row(struct bytes row)
{
	struct record_reader r = record_read(row);
	instant since = 0;
	while (r.version == VERSION && record_next(&r))
		if (r.tag == TAG_SINCE)
			since = record_as_instant(&r);
	return r.broken ? 0 : since;
}

instant acceptance_of(struct store_txn *t, const char *entry, const char *system)
{
	struct key k;
	struct bytes row;
	if (!entry_key(&k, entry))
		return 0;
	key_text(&k, system);
	if (!store_get(t, key_span(&k), store_arena(t), &row))
		return 0;
	instant since = read_row(row);
	if (since == 0)
		store_damaged(t, "since when somebody had a document cannot be read");
	return since;
}

/* Of that institution the system that had it first; 0: none has. */
static instant had_by(struct store_txn *t, const struct region *r, const char *entry,
		      const char *xon)
{
	instant first = 0;
	for (size_t i = 0; i < r->system_count; i++) {
		const struct registered_system *s = &r->systems[i];
		instant since = system_is_institution(s, xon) ? acceptance_of(t, entry, s->name)
							      : 0;
		if (since != 0 && (first == 0 || since < first))
			first = since;
	}
	return first;
}

instant acceptance_by_all(struct store_txn *t, const struct region *r, const char *entry,
			  const struct text_value *recipients)
{
	instant latest = 0;
	for (const struct text_value *v = recipients; v != NULL; v = v->next) {
		if (!recipient_institution(v->value))
			continue;
		instant since = had_by(t, r, entry, v->value);
		if (since == 0)
			return 0;
		latest = since > latest ? since : latest;
	}
	return latest;
}

bool acceptance_put(struct store_txn *t, const char *entry, const char *system, instant now)
{
	struct key k;
	if (!entry_key(&k, entry) || !registry_has(t, entry)
	    || acceptance_of(t, entry, system) != 0)
		return !store_failed(t);
	struct record_writer w = record_begin(store_arena(t), VERSION);
	record_instant(&w, TAG_SINCE, now);
	key_text(&k, system);
	return store_put(t, key_span(&k), record_end(&w));
}

/* One by one: no cursor stands where something is deleted, and there are as few as addressees. */
void acceptances_forget(struct store_txn *t, const char *entry)
{
	struct key all, one;
	struct bytes key, row;
	if (!entry_key(&all, entry))
		return;
	for (bool more = true; more;) {
		struct store_cursor *c = store_scan_prefix(t, key_span(&all), false);
		more = store_next(c, &key, &row);
		if (more) {
			key_begin(&one, SPACE_ACCEPTANCE);
			key_bytes(&one, key.data + 1, key.length - 1);
		}
		store_scan_end(c);
		if (more)
			more = store_delete(t, key_span(&one));
	}
}

static void look(struct store_check *c, struct bytes key, struct bytes value)
{
	struct key_reader r = key_read(key);
	struct bytes octets = key_read_bytes(&r, UUID_OCTETS);
	char entry[UUID_URN_TEXT];
	key_read_text(&r);
	if (!key_read_end(&r) || read_row(value) == 0) {
		check_finding(c, "acceptance: a row that cannot be read");
		return;
	}
	uuid_to_urn(octets.data, entry);
	if (!registry_has(check_txn(c), entry))
		check_finding(c, "acceptance: of an entry that is not there");
}

const struct check_module acceptances_check = {
	.name = "acceptances",
	.rows = (const struct check_row[]){ { SPACE_ACCEPTANCE, "acceptance", look }, { 0 } },
};
