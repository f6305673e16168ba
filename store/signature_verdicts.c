/* store/signature_verdicts.c: what was said of each signature document when it came. */
#include "store/signature_verdicts.h"

#include "gateway/base/arena.h"
#include "schemas/model/signature.h"
#include "store/check.h"
#include "store/keys.h"
#include "store/record.h"
#include "store/registry.h"
#include "store/registry_record.h"
#include "store/store.h"
#include "store/store_keys.h"

enum { SPACE_SIGNATURE_VERDICT = SPACE_REGISTRY_LAST }; /* entryUUID's octets -> a verdict */
enum { VERSION = 1, TAG_REASON = 1, TAG_WHAT, TAG_WHEN, TAG_ANCHORS, TAG_REVOCATION };

static bool verdict_key(struct key *k, const char *entry_uuid)
{
	unsigned char octets[UUID_OCTETS];
	key_begin(k, SPACE_SIGNATURE_VERDICT);
	if (!uuid_octets(entry_uuid, octets))
		return false;
	key_bytes(k, octets, sizeof octets);
	return true;
}

static bool read_row(struct bytes row, struct signature_verdict *out)
{
	struct record_reader r = record_read(row);
	uint64_t reason = 0;
	*out = (struct signature_verdict){ .what = NULL };
	while (r.version == VERSION && record_next(&r))
		switch (r.tag) {
		case TAG_REASON: reason = record_as_number(&r); break;
		case TAG_WHAT: out->what = record_as_text(&r); break;
		case TAG_WHEN: out->when = record_as_instant(&r); break;
		case TAG_ANCHORS: out->anchors = record_as_text(&r); break;
		case TAG_REVOCATION: out->revocation = record_as_flag(&r); break;
		}
	if (r.broken || reason >= SIGNATURE_REASON_COUNT
	    || signature_reason_row((unsigned)reason) == NULL || out->when == 0)
		return false;
	out->reason = (enum signature_reason)reason;
	return true;
}

bool signature_verdict_get(struct store_txn *t, struct arena *a, const char *entry_uuid,
			   struct signature_verdict *out)
{
	struct key k;
	struct bytes row;
	if (!verdict_key(&k, entry_uuid) || !store_get(t, key_span(&k), a, &row))
		return false;
	return read_row(row, out)
	       || store_damaged(t, "what was said of a signature cannot be read");
}

bool signature_verdict_put(struct store_txn *t, const char *entry_uuid,
			   const struct signature_verdict *v)
{
	struct key k;
	struct bytes row;
	if (!verdict_key(&k, entry_uuid) || store_get(t, key_span(&k), store_arena(t), &row))
		return !store_failed(t);
	struct record_writer w = record_begin(store_arena(t), VERSION);
	record_number(&w, TAG_REASON, v->reason);
	record_text(&w, TAG_WHAT, v->what);
	record_instant(&w, TAG_WHEN, v->when);
	record_text(&w, TAG_ANCHORS, v->anchors);
	record_flag(&w, TAG_REVOCATION, v->revocation);
	return !store_failed(t) && store_put(t, key_span(&k), record_end(&w));
}

void signature_verdict_forget(struct store_txn *t, const char *entry_uuid)
{
	struct key k;
	struct bytes row;
	if (verdict_key(&k, entry_uuid) && store_get(t, key_span(&k), store_arena(t), &row))
		store_delete(t, key_span(&k));
}

static void look(struct store_check *c, struct bytes key, struct bytes value)
{
	struct signature_verdict v;
	char uuid[UUID_URN_TEXT];
	if (key.length != 1 + UUID_OCTETS || !read_row(value, &v)) {
		check_finding(c, "what was said of a signature: a row that cannot be read");
		return;
	}
	uuid_to_urn(key.data + 1, uuid);
	if (registry_entry(check_txn(c), check_arena(c), uuid) == NULL)
		check_finding(c, "what was said of a signature: of %s, which is no document", uuid);
}

const struct check_module signature_verdicts_check = {
	.name = "signatures",
	.rows = (const struct check_row[]){ { SPACE_SIGNATURE_VERDICT, "signature verdict", look },
					    { 0 } },
};
