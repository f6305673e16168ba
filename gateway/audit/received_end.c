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
#include "store/node.h"
#include "store/store.h"

static const char detail[] = "Received End";

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

static struct received_said *said_of(struct received_ends_seeing *s, uint64_t chain)
{
	struct received_said *said = s->said;
	while (said != NULL && audit_chain(said->end.sequence) != chain)
		said = said->next;
	if (said == NULL && s->chains < NODES_MOST) {
		said = arena_new(s->arena, struct received_said);
		*said = (struct received_said){ .next = s->said };
		s->said = said;
		s->chains++;
	}
	return said;
}

void received_ends_see(void *with, struct store_txn *t, const struct audit_entry *e,
		       struct arena *a)
{
	struct kept_event kept;
	struct audit_head end;
	(void)t;
	if (!event_record_read(a, e, &kept) || !received_end_read(&kept.event, &end))
		return;
	struct received_said *said = said_of(with, audit_chain(end.sequence));
	/* A chain only grows, whatever the order in which its node's log is walked. */
	if (said != NULL && end.sequence >= said->end.sequence)
		said->end = end;
}

bool received_ends_compare(struct store_txn *t, struct arena *a,
			   const struct received_ends_seeing *seen, struct received_ends *out)
{
	*out = (struct received_ends){ 0 };
	for (const struct received_said *s = seen->said; s != NULL; s = s->next)
		hold(t, a, &s->end, out);
	return !store_failed(t);
}
