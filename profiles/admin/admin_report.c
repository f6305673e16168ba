/* profiles/admin/admin_report.c: what a network publishes of a month, and is paid by.
 * GET /admin/report {month}; HACKING.md: Admin API.
 *
 * Of each institution: patients it has who take part, and who are new among them; documents it
 * shares, and which of those are of the month; how many of others' it opened, and how many of its
 * own others opened; records whose insurance has no branch (枝番). What is counted of the month is
 * counted from the audit log, which cannot be changed; what is counted as it is now says so. It
 * names nobody.
 *
 * A node was there between any two records of its chain, but before the record of a start and
 * behind that of a stop. One that was killed has no record of that: it counts as away from its last
 * record on, which may be earlier. So what is told is never too good. */
#include "profiles/admin/admin_document.h"
#include "profiles/admin/admin_person.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "gateway/audit/event_record.h"
#include "gateway/base/progress.h"
#include "gateway/base/text.h"
#include "profiles/actors/document_registry.h"
#include "profiles/actors/metadata_type.h"
#include "store/audit_log.h"
#include "store/consent.h"
#include "store/registry.h"
#include "store/usage.h"

enum { PERSONS_AT_ONCE = 64, RECORDS_AT_ONCE = 256, NODES_MOST = 64 };

struct month {
	const char *text; /* YYYY-MM, of the region's zone: Japan's */
	instant begins, ends;
};

struct facility_report {
	const struct registered_system *system;
	uint64_t patients, joined, new_patients;
	uint64_t shared, dated; /* documents: approved now; of these with a creationTime in it */
	uint64_t opened, given; /* documents of others it opened; its own that others opened */
	uint64_t no_branch;
};

struct node_report {
	uint64_t chain;
	instant next;      /* of the month: its record that was read before; 0: none was */
	bool starts;       /* that was the record of a start */
	bool since_before; /* it has records of before the month */
	int64_t away;      /* microseconds */
};

struct report {
	struct facility_report *all;
	size_t count;
	uint64_t persons, new_persons;
	struct node_report nodes[NODES_MOST];
	size_t node_count;
	instant until; /* the month's end, or now */
};

/* ---- Which month ---- */

static const int64_t japan = INT64_C(9) * 3600 * 1000000;

static bool is_month(const char *text)
{
	return strlen(text) == 7 && strspn(text, "0123456789") == 4 && text[4] == '-'
	       && strspn(text + 5, "0123456789") == 2 && strcmp(text + 5, "01") >= 0
	       && strcmp(text + 5, "12") <= 0 && strcmp(text, "1970-02") >= 0;
}

static instant month_begins(int year, int month)
{
	struct tm parts = { .tm_year = year - 1900, .tm_mon = month - 1, .tm_mday = 1 };
	return (instant)timegm(&parts) * 1000000 - japan;
}

static bool read_request(struct exchange *x)
{
	struct month *m = arena_new(x->arena, struct month);
	x->request = m;
	m->text = admin_text(x, "month", true);
	if (m->text == NULL)
		return false;
	if (!is_month(m->text))
		return problem_at(&x->problem, PROBLEM_REQUEST_INVALID, "month",
				  "'%s' is no month, such as 2026-01", m->text);
	int year = atoi(m->text), month = atoi(m->text + 5);
	m->begins = month_begins(year, month);
	m->ends = month_begins(year, month + 1);
	return m->begins <= x->now
	       || problem_at(&x->problem, PROBLEM_REQUEST_INVALID, "month",
			     "'%s' has not begun yet", m->text);
}

/* ---- Gathering ---- */

static struct facility_report *facility_of(struct report *r, const char *system)
{
	for (size_t i = 0; system != NULL && i < r->count; i++)
		if (text_equal(r->all[i].system->name, system))
			return &r->all[i];
	return NULL;
}

static void count_record(struct exchange *x, struct report *r, const struct patient_record *one,
			 bool joined, bool new_one)
{
	struct facility_report *f = facility_of(r, admin_facility(x->region, one->domain));
	if (f == NULL || one->status != RECORD_ACTIVE)
		return;
	f->patients++;
	f->joined += joined;
	f->new_patients += new_one;
}

/* Whoever said so, and has not left since: a region's default is nobody's word. */
static void count_person(struct exchange *x, struct arena *a, struct report *r,
			 const struct person *who)
{
	const struct month *m = x->request;
	bool any = false, any_new = false;
	for (const struct patient_record *one = who->records; one != NULL; one = one->next) {
		struct participation p;
		if (!consent_participation(x->txn, a, one->number, x->now, &p))
			return;
		bool joined = p.decided && p.joined && !p.rests && p.since < m->ends;
		bool new_one = joined && p.since >= m->begins;
		count_record(x, r, one, joined, new_one);
		any = any || joined;
		any_new = any_new || new_one;
	}
	r->persons += any;
	r->new_persons += any_new;
}

static void count_persons(struct exchange *x, struct arena *a, struct report *r)
{
	uint64_t after = 0;
	unsigned count;
	progress_begin(x->progress, "persons", 0);
	do {
		arena_reset(a);
		struct person *all = identity_list(x->txn, a, after, PERSONS_AT_ONCE, &count);
		for (unsigned i = 0; i < count; after = all[i++].number)
			count_person(x, a, r, &all[i]);
		progress_add(x->progress, count);
	} while (count == PERSONS_AT_ONCE && !progress_is_stopped(x->progress));
}

static bool is_dated_in(const struct month *m, const struct document_entry *e)
{
	instant made;
	return e->creation_time != NULL && instant_from_dtm(e->creation_time, 0, &made)
	       && made >= m->begins && made < m->ends;
}

static void count_documents(struct exchange *x, struct arena *a, struct report *r)
{
	static const struct registry_glance all = { .approved = true, .stable = true };
	struct registry_desk d = exchange_desk(x);
	struct registry_cursor *c = registry_all_entries(x->txn, x->arena, &all);
	progress_begin(x->progress, "documents", 0);
	registry_lend(c, a);
	for (struct sealed_entry *s;
	     !progress_is_stopped(x->progress) && (s = registry_next_entry(c)) != NULL;
	     progress_add(x->progress, 1)) {
		const struct document_entry *e = document_registry_entry(&d, s);
		struct facility_report *f = e == NULL ? NULL : facility_of(r, e->source_system);
		if (f == NULL)
			continue;
		f->shared++;
		f->dated += is_dated_in(x->request, e);
	}
	registry_cursor_over(c);
}

static void count_insurances(struct exchange *x, struct report *r)
{
	for (size_t i = 0; i < r->count; i++) {
		struct usage u = usage_of(x->txn, r->all[i].system->name);
		r->all[i].no_branch = usage_tallied(&u.no_branch);
	}
}

/* ---- From the audit log, newest first ---- */

static bool is_document(const struct audit_object *o)
{
	return o->type_code == 2 && o->type_code_role == 3 && o->id != NULL
	       && text_equal(o->id_type.code, "9");
}

static void count_look(struct exchange *x, struct arena *a, struct report *r,
		       const struct audit_entry *e, const struct kept_event *kept)
{
	struct registry_desk d = exchange_desk(x);
	struct facility_report *by = facility_of(r, e->terms.system);
	if (e->terms.refused || kept->event.outcome != AUDIT_SUCCESS
	    || !text_equal(e->terms.transaction, "ITI-43"))
		return;
	for (const struct audit_object *o = kept->event.objects; o != NULL; o = o->next) {
		if (!is_document(o))
			continue;
		const struct document_entry *entry = document_registry_entry(
			&d, registry_entry_of(x->txn, a, o->id));
		struct facility_report *whose = entry == NULL
							? NULL
							: facility_of(r, entry->source_system);
		if (by == NULL || whose == by)
			continue;
		by->opened++;
		if (whose != NULL)
			whose->given++;
	}
}

static struct node_report *node_of(struct report *r, uint64_t chain)
{
	for (size_t i = 0; i < r->node_count; i++)
		if (r->nodes[i].chain == chain)
			return &r->nodes[i];
	if (r->node_count == NODES_MOST)
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

/* What lies before a start nobody was there for, nor what lies behind the last stop. */
static void count_presence(struct report *r, const struct audit_entry *e,
			   const struct kept_event *kept)
{
	struct node_report *n = node_of(r, audit_chain(e->sequence));
	if (n == NULL)
		return;
	if (n->starts && n->next > e->terms.time)
		n->away += n->next - e->terms.time;
	if (n->next == 0 && is_type(kept, APPLICATION_STOP))
		n->away += r->until - e->terms.time;
	n->next = e->terms.time;
	n->starts = is_type(kept, APPLICATION_START);
}

/* The last record before the month says whether it was there when the month began. */
static void end_presence(struct exchange *x, struct report *r, const struct audit_entry *before)
{
	const struct month *m = x->request;
	struct node_report *n = node_of(r, audit_chain(before->sequence));
	if (n != NULL && n->starts && n->next > m->begins)
		n->away += n->next - m->begins;
	if (n != NULL)
		n->since_before = true;
}

struct page {
	struct exchange *x;
	struct report *report;
	struct arena *arena;
	struct audit_mark after;
	unsigned count;
	bool ended; /* what was read is older than the month */
};

static void take_page(struct page *p)
{
	const struct month *m = p->x->request;
	const struct audit_filter f = { .to = m->ends,
					.after = p->after,
					.limit = RECORDS_AT_ONCE };
	struct audit_cursor *c = audit_log_search(p->x->txn, &f, p->arena);
	p->count = 0;
	for (const struct audit_entry *e; (e = audit_log_next(c)) != NULL; p->count++) {
		struct kept_event kept;
		p->after = (struct audit_mark){ e->terms.time, e->sequence };
		p->ended = e->terms.time < m->begins;
		if (p->ended) {
			end_presence(p->x, p->report, e);
			return;
		}
		bool read = event_record_read(p->arena, e, &kept);
		count_presence(p->report, e, read ? &kept : NULL);
		if (read)
			count_look(p->x, p->arena, p->report, e, &kept);
	}
}

static void count_records(struct exchange *x, struct arena *a, struct report *r)
{
	struct page p = { .x = x, .report = r, .arena = a };
	progress_begin(x->progress, "audit records", 0);
	do {
		arena_reset(a);
		take_page(&p);
		progress_add(x->progress, p.count);
	} while (p.count == RECORDS_AT_ONCE && !p.ended && !progress_is_stopped(x->progress));
}

static bool gather(struct exchange *x)
{
	const struct month *m = x->request;
	struct report *r = arena_new(x->arena, struct report);
	struct arena *a = arena_create_within(x->arena);
	x->result = r;
	r->until = m->ends < x->now ? m->ends : x->now;
	r->all = arena_array(x->arena, struct facility_report, x->region->system_count);
	for (; r->count < x->region->system_count; r->count++)
		r->all[r->count] = (struct facility_report){
			.system = &x->region->systems[r->count]
		};
	count_persons(x, a, r);
	arena_reset(a);
	count_documents(x, a, r);
	count_insurances(x, r);
	count_records(x, a, r);
	return !progress_is_stopped(x->progress)
	       || problem_set(&x->problem, PROBLEM_BUSY, "it was stopped before all was counted");
}

/* ---- The answer ---- */

static bool discloses(const struct facility_report *f)
{
	return f->shared != 0;
}

static json_t *row_of(const struct facility_report *f)
{
	return json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I}", "patients",
			 (json_int_t)f->patients, "joined", (json_int_t)f->joined, "new_patients",
			 (json_int_t)f->new_patients, "documents", (json_int_t)f->shared,
			 "documents_of_month", (json_int_t)f->dated, "opened",
			 (json_int_t)f->opened, "given", (json_int_t)f->given, "without_branch",
			 (json_int_t)f->no_branch);
}

static json_t *facility_json(const struct facility_report *f)
{
	json_t *row = row_of(f);
	admin_put(row, "facility", f->system->name);
	admin_put(row, "title", f->system->title);
	admin_put(row, "institution_code", f->system->institution_code);
	json_object_set_new(row, "institutions", json_integer(f->system->institution_code != NULL));
	json_object_set_new(row, "disclosing", json_integer(discloses(f)));
	return row;
}

/* Several systems of one institution are one. */
static bool is_counted_before(const struct report *r, size_t i, bool disclosing)
{
	const char *code = r->all[i].system->institution_code;
	for (size_t k = 0; code != NULL && k < i; k++)
		if (text_equal(r->all[k].system->institution_code, code)
		    && (!disclosing || discloses(&r->all[k])))
			return true;
	return false;
}

static uint64_t institutions(const struct report *r, bool disclosing)
{
	uint64_t count = 0;
	for (size_t i = 0; i < r->count; i++)
		count += r->all[i].system->institution_code != NULL
			 && (!disclosing || discloses(&r->all[i]))
			 && !is_counted_before(r, i, disclosing);
	return count;
}

/* Of what of the month has been; of a node that came later from its first record on. */
static double availability(struct exchange *x, const struct report *r, const struct node_report *n)
{
	const struct month *m = x->request;
	int64_t whole = r->until - (n->since_before ? m->begins : n->next);
	return whole <= 0 ? 100.0 : 100.0 - 100.0 * (double)n->away / (double)whole;
}

/* All facilities together; persons are counted once, wherever they are known. */
static json_t *region_json(struct exchange *x, const struct report *r)
{
	struct facility_report all = { 0 };
	double best = 0.0;
	for (size_t i = 0; i < r->count; i++) {
		all.patients += r->all[i].patients;
		all.shared += r->all[i].shared;
		all.dated += r->all[i].dated;
		all.opened += r->all[i].opened;
		all.given += r->all[i].given;
		all.no_branch += r->all[i].no_branch;
	}
	all.joined = r->persons;
	all.new_patients = r->new_persons;
	for (size_t i = 0; i < r->node_count; i++)
		if (availability(x, r, &r->nodes[i]) > best)
			best = availability(x, r, &r->nodes[i]);
	json_t *row = row_of(&all);
	admin_put(row, "facility", "(region)");
	admin_put(row, "title", x->region->name);
	json_object_set_new(row, "institutions", json_integer((json_int_t)institutions(r, false)));
	json_object_set_new(row, "disclosing", json_integer((json_int_t)institutions(r, true)));
	admin_put(row, "availability",
		  r->node_count == 0 ? NULL : arena_printf(x->arena, "%.3f", best));
	return row;
}

static json_t *answer(struct exchange *x)
{
	const struct month *m = x->request;
	const struct report *r = x->result;
	json_t *rows = json_array();
	json_array_append_new(rows, region_json(x, r));
	for (size_t i = 0; i < r->count; i++)
		json_array_append_new(rows, facility_json(&r->all[i]));
	return json_pack("{s:s, s:s, s:s, s:o}", "month", m->text, "from",
			 admin_time(x->arena, m->begins), "to", admin_time(x->arena, r->until),
			 "facilities", rows);
}

/* It shows nobody; that it was asked for is recorded all the same. */
static void audited(struct exchange *x, struct audit_event *e)
{
	const struct month *m = x->request;
	struct audit_object *o = audit_add_object(x, e);
	*o = (struct audit_object){
		.id = "report",
		.type_code = 2,
		.type_code_role = 17,
		.id_type = { .code = "12", .scheme = "RFC-3881", .display = "URI" },
	};
	if (m != NULL && m->text != NULL)
		audit_add_detail(x, o, "month", bytes_of_text(m->text));
}

static const struct route routes[] = { { .request = "GET", .detail = "/admin/report" }, { 0 } };

static const char *const parameters[] = { "month" };

static const struct long_work_kind long_work = { "report", "nothing is said of the rest" };

const struct transaction admin_report = {
	.code = "report",
	.name = "Report of a month",
	.section = "HACKING.md: Admin API",
	.actor = REGION_OPERATOR,
	.demands = DEMAND_OPERATOR,
	.dialect = DIALECT_ADMIN,
	.routes = routes,
	.access = STORE_READ,
	.parameters = parameters,
	.audit_event = 110110,
	.audit_action = AUDIT_READ,
	.long_work = &long_work,
	.read = read_request,
	.handle = gather,
	.audited = audited,
	.answer_json = answer,
};
