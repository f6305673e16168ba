/* profiles/admin/consent_told.c: what a decision says beside what it is about, for the audit
 * log. */
#include "profiles/admin/consent_told.h"

#include "profiles/admin/admin_person.h"
#include "store/blobs.h"
#include "store/consent.h"

static void add(struct exchange *x, struct audit_object *o, const char *name, const char *value)
{
	if (value != NULL)
		audit_add_detail(x, o, name, bytes_of_text(value));
}

void consent_audit_more(struct exchange *x, struct audit_object *o, const struct consent_event *e)
{
	add(x, o, "groups", e->groups);
	add(x, o, "from", e->from == 0 ? NULL : admin_time(x->arena, e->from));
	add(x, o, "until", e->until == 0 ? NULL : admin_time(x->arena, e->until));
	add(x, o, "proof", e->proof.kind);
	add(x, o, "proof-date", e->proof.date);
	add(x, o, "proof-by", e->proof.by);
	if (e->paper.kind == PAPER_NONE)
		return;
	add(x, o, "form", bytes_to_hex(x->arena, (struct bytes){ e->paper.sha256, BLOB_SHA256 }));
	add(x, o, "form-type", paper_media_types[e->paper.kind]);
}
