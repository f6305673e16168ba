/* gateway/audit/received_end.c: how far the chains of received audit records had come, said in our
 * own log. */
#include "gateway/audit/received_end.h"

#include <string.h>

#include "gateway/audit/event_record.h"
#include "gateway/audit/record.h"
#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "store/audit_expiring.h"
#include "store/audit_received.h"
#include "store/store.h"

static const char detail[] = "Received End";

/* Of the newest, so many are looked at: each node says its own. */
enum { LOOKED_AT = 256 };

struct audit_event *received_end_event(struct arena *a, const struct audit_source *us,
				       const struct audit_head *head, instant now)
{
	const char *text = arena_printf(
		a, "%llu %s", (unsigned long long)head->sequence,
		bytes_to_hex(a, (struct bytes){ head->hash, sizeof head->hash }));
	const struct audit_note note = { .doing = AUDIT_DOING_RECEIVED,
					 .display = "Received Audit Records Noted",
					 .detail = detail,
					 .text = text };
	return audit_noted(a, us, &note, now);
}

static bool read_text(const char *text, struct audit_head *out)
{
	const char *blank = strchr(text, ' ');
	char number[24] = "";
	if (blank == NULL || (size_t)(blank - text) >= sizeof number)
		return false;
	memcpy(number, text, (size_t)(blank - text));
	return text_to_number(number, UINT64_MAX, &out->sequence)
	       && strlen(blank + 1) == 2 * (size_t)AUDIT_HASH
	       && bytes_from_hex(blank + 1, 2 * (size_t)AUDIT_HASH, out->hash);
}

bool received_end_read(const struct audit_event *e, struct audit_head *out)
{
	char text[128] = "";
	const struct audit_detail *d = e->objects == NULL ? NULL : e->objects->details;
	while (d != NULL && !text_equal(d->type, detail))
		d = d->next;
	if (d == NULL || d->length >= sizeof text)
		return false;
	memcpy(text, d->value, d->length);
	return read_text(text, out);
}

/* The chains looked at already: each has its last end first. */
struct looked {
	uint64_t chains[LOOKED_AT];
	size_t count;
};

static bool is_new(struct looked *l, uint64_t chain)
{
	for (size_t i = 0; i < l->count; i++)
		if (l->chains[i] == chain)
			return false;
	l->chains[l->count++] = chain;
	return true;
}

static void hold(struct store_txn *t, struct arena *a, const struct audit_head *said,
		 struct received_ends *out)
{
	unsigned char hash[AUDIT_HASH];
	char place[AUDIT_PLACE_TEXT];
	struct audit_checkpoint gone;
	bool there = received_hash(t, said->sequence, hash);
	audit_checkpoint_look(t, AUDIT_RECEIVED, audit_chain(said->sequence), a, &gone);
	if (said->sequence == gone.sequence) {
		memcpy(hash, gone.hash, sizeof hash);
		there = true;
	}
	out->chains++;
	out->covered += audit_place(said->sequence);
	/* What has gone by rule: the checkpoint stands for it. */
	if (said->sequence < gone.sequence)
		return;
	if (out->wrong != 0 || (there && memcmp(hash, said->hash, AUDIT_HASH) == 0))
		return;
	out->wrong = said->sequence;
	out->what = arena_printf(a, "received entry %s %s", audit_place_text(said->sequence, place),
				 there ? "is not the one the audit log has noted"
				       : "is missing, and the audit log has noted it");
}

bool received_ends_compare(struct store_txn *t, struct arena *a, struct received_ends *out)
{
	const struct audit_filter f = { .transaction = audit_doing_name(AUDIT_DOING_RECEIVED),
					.limit = LOOKED_AT };
	struct looked looked = { .count = 0 };
	struct audit_cursor *c = audit_log_search(t, &f, a);
	*out = (struct received_ends){ 0 };
	for (const struct audit_entry *e; (e = audit_log_next(c)) != NULL;) {
		struct kept_event kept;
		struct audit_head said;
		if (event_record_read(a, e, &kept) && received_end_read(&kept.event, &said)
		    && is_new(&looked, audit_chain(said.sequence)))
			hold(t, a, &said, out);
	}
	return !store_failed(t);
}
