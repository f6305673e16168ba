/* profiles/admin/month_records.c: what the audit log says of a month, newest first: when nodes were
 * there, and of a month whose looks were not counted (store/months.h) what was looked at.
 *
 * A node was there between any two records of its chain, but before the record of a start and
 * behind that of a stop. One that was killed has no record of that: it counts as away from its last
 * record on, which may be earlier. So what is told is never too good. */
#include "profiles/admin/month_report.h"

#include "gateway/audit/event_record.h"
#include "gateway/base/arena.h"
#include "gateway/base/progress.h"
#include "gateway/base/text.h"
#include "profiles/actors/document_registry.h"
#include "store/audit_log.h"
#include "store/registry.h"

enum { RECORDS_AT_ONCE = 256 };

static bool is_document(const struct audit_object *o)
{
	return o->type_code == 2 && o->type_code_role == 3 && o->id != NULL
	       && text_equal(o->id_type.code, "9");
}

static void count_look(struct exchange *x, struct arena *a, struct month_report *r,
		       const struct audit_entry *e, const struct kept_event *kept)
{
	struct registry_desk d = exchange_desk(x);
	struct facility_report *by = month_facility(r, e->terms.system);
	if (month_is_counted(r) || e->terms.refused || kept->event.outcome != AUDIT_SUCCESS
	    || !text_equal(e->terms.transaction, "ITI-43"))
		return;
	for (const struct audit_object *o = kept->event.objects; o != NULL; o = o->next) {
		if (!is_document(o))
			continue;
		const struct document_entry *entry = document_registry_entry(
			&d, registry_entry_of(x->txn, a, o->id));
		struct facility_report *whose = entry == NULL
							? NULL
							: month_facility(r, entry->source_system);
		if (by == NULL || whose == by)
			continue;
		by->opened++;
		if (whose != NULL)
			whose->given++;
	}
}

struct page {
	struct exchange *x;
	struct month_report *report;
	struct arena *arena;
	struct audit_mark after;
	unsigned count;
	bool ended; /* what was read is older than the month */
};

static struct node_report *node_of(struct month_report *r, uint64_t chain)
{
	for (size_t i = 0; i < r->node_count; i++)
		if (r->nodes[i].chain == chain)
			return &r->nodes[i];
	if (r->node_count == REPORT_NODES_MOST)
		return NULL;
	struct node_report *n = &r->nodes[r->node_count++];
	*n = (struct node_report){ .chain = chain };
	return n;
}

/* DICOM PS3.15 A.5.3.1 */
#define APPLICATION_START "110120"
#define APPLICATION_STOP "110121"
static bool is_type(const struct kept_event *kept, const char *code)
{
	return kept != NULL && text_equal(kept->event.type.code, code);
}

static bool read_type(struct arena *a, const struct audit_entry *e, const char *code)
{
	struct kept_event kept;
	return e != NULL && event_record_read(a, e, &kept) && is_type(&kept, code);
}

/* What follows the month's last record is a start: nobody was there from that record on. */
static bool came_back(struct exchange *x, struct arena *a, const struct audit_entry *last)
{
	return read_type(a, audit_log_entry(x->txn, last->sequence + 1, a), APPLICATION_START);
}

/* What lies before a start nobody was there for, nor what lies behind the last stop. */
static void count_presence(struct page *p, const struct audit_entry *e,
			   const struct kept_event *kept)
{
	struct month_report *r = p->report;
	struct node_report *n = node_of(r, audit_chain(e->sequence));
	if (n == NULL)
		return;
	if (n->starts && n->next > e->terms.time)
		n->away += n->next - e->terms.time;
	if (n->next == 0
	    && (is_type(kept, APPLICATION_STOP)
		|| (month_is_over(p->x, r) && came_back(p->x, p->arena, e))))
		n->away += r->last - e->terms.time;
	n->next = e->terms.time;
	n->starts = is_type(kept, APPLICATION_START);
}

/* The last record before the month says whether it was there when the month began. */
static void end_presence(struct page *p, const struct audit_entry *before)
{
	struct month_report *r = p->report;
	struct node_report *n = node_of(r, audit_chain(before->sequence));
	if (n == NULL)
		return;
	if (n->starts || read_type(p->arena, before, APPLICATION_STOP))
		n->away += (n->next == 0 ? r->last : n->next) - r->begins;
	n->since_before = true;
}

static void take_page(struct page *p)
{
	struct month_report *r = p->report;
	const struct audit_filter f = { .to = r->ends,
					.after = p->after,
					.limit = RECORDS_AT_ONCE };
	struct audit_cursor *c = audit_log_search(p->x->txn, &f, p->arena);
	p->count = 0;
	for (const struct audit_entry *e; (e = audit_log_next(c)) != NULL; p->count++) {
		struct kept_event kept;
		p->after = (struct audit_mark){ e->terms.time, e->sequence };
		p->ended = e->terms.time < r->begins;
		if (p->ended) {
			end_presence(p, e);
			return;
		}
		bool read = event_record_read(p->arena, e, &kept);
		count_presence(p, e, read ? &kept : NULL);
		if (read)
			count_look(p->x, p->arena, r, e, &kept);
	}
}

void month_count_records(struct exchange *x, struct arena *a, struct month_report *r)
{
	struct page p = { .x = x, .report = r, .arena = a };
	progress_begin(x->progress, "audit records", 0);
	do {
		arena_reset(a);
		take_page(&p);
		progress_add(x->progress, p.count);
	} while (p.count == RECORDS_AT_ONCE && !p.ended && !progress_is_stopped(x->progress));
}
