/* profiles/admin/month_documents.c: what was shared when a month ended, and in it.
 *
 * What is there now is counted, and what the months since changed of it taken off
 * (store/months.h). Of a month before those were counted, what was registered by then and is there
 * still is all that can be told. */
#include "profiles/admin/month_report.h"

#include "gateway/base/arena.h"
#include "gateway/base/progress.h"
#include "store/months.h"
#include "store/registry.h"
#include "store/usage.h"

/* Where that month was not counted, what is known of the entry itself is what is left. */
static void count_entry(struct month_report *r, const struct sealed_entry *e,
			struct facility_report *f)
{
	bool approved = registry_entry_facts(e).status == STATUS_APPROVED;
	if (month_is_counted(r)) {
		f->documents += approved;
		return;
	}
	instant since = registry_registered(e);
	f->documents += approved && (month_end_is_counted(r) || since <= r->last);
	f->shared += since >= r->begins && since <= r->last;
}

/* What a system has now, as it was then; sums of rows that only grow. */
static uint64_t as_then(uint64_t now, const struct usage_tally *since)
{
	uint64_t was = now + since->ended;
	return was > since->begun ? was - since->begun : 0;
}

static void settle_facility(struct exchange *x, const struct month_report *r,
			    struct facility_report *f)
{
	struct usage u = usage_of(x->txn, f->name);
	struct month_count in = months_of(x->txn, f->name, r->month, r->month + 1),
			   since = months_of(x->txn, f->name, r->month + 1, UINT32_MAX);
	f->no_branch = as_then(usage_tallied(&u.no_branch), &since.no_branch);
	if (month_end_is_counted(r))
		f->documents = as_then(f->documents, &since.documents);
	if (!month_is_counted(r))
		return;
	f->shared = in.shared;
	f->opened = in.opened;
	f->given = in.given;
}

void month_count_documents(struct exchange *x, struct arena *a, struct month_report *r)
{
	const struct registry_glance all = { .approved = true,
					     .stable = true,
					     .deprecated = !month_is_counted(r) };
	struct registry_cursor *c = registry_all_entries(x->txn, x->arena, &all);
	progress_begin(x->progress, "documents", 0);
	registry_lend(c, a);
	for (struct sealed_entry *e;
	     !progress_is_stopped(x->progress) && (e = registry_next_entry(c)) != NULL;
	     progress_add(x->progress, 1)) {
		struct facility_report *f = month_facility(r,
							   registry_entry_facts(e).source_system);
		if (f != NULL)
			count_entry(r, e, f);
	}
	registry_cursor_over(c);
	for (size_t i = 0; i < r->count; i++)
		settle_facility(x, r, &r->all[i]);
}
