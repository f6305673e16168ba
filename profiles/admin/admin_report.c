/* profiles/admin/admin_report.c: what a network publishes of a month, and is paid by.
 * GET /admin/report {month}; HACKING.md: Admin API.
 *
 * Of each institution: patients it has who take part, and who are new among them; documents it
 * shares, and which of those came in the month; how many of others' it opened, and how many of its
 * own others opened; records whose insurance has no branch (枝番). Each figure is a fact of that
 * month, the same whenever it is asked for. What cannot be told of it any more is left out, and
 * what is otherwise than it should be is said with it (`note`). It names nobody. */
#include "profiles/admin/admin_document.h"
#include "profiles/admin/admin_person.h"
#include "profiles/admin/month_report.h"

#include <stdlib.h>
#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/progress.h"
#include "gateway/base/text.h"
#include "store/audit_expiring.h"
#include "store/months.h"
#include "store/usage.h"

/* ---- Which month ---- */

static bool is_month(const char *text)
{
	return strlen(text) == 7 && strspn(text, "0123456789") == 4 && text[4] == '-'
	       && strspn(text + 5, "0123456789") == 2 && strcmp(text + 5, "01") >= 0
	       && strcmp(text + 5, "12") <= 0 && strcmp(text, "1970-02") >= 0;
}

static bool read_request(struct exchange *x)
{
	struct month_report *r = arena_new(x->arena, struct month_report);
	x->request = r;
	r->text = admin_text(x, "month", true);
	if (r->text == NULL)
		return false;
	if (!is_month(r->text))
		return problem_at(&x->problem, PROBLEM_REQUEST_INVALID, "month",
				  "'%s' is no month, such as 2026-01", r->text);
	r->month = (uint32_t)(atoi(r->text) * 12 + atoi(r->text + 5) - 1);
	r->begins = month_begins(r->month);
	r->ends = month_begins(r->month + 1);
	return r->begins <= x->now
	       || problem_at(&x->problem, PROBLEM_REQUEST_INVALID, "month",
			     "'%s' has not begun yet", r->text);
}

bool month_is_over(const struct exchange *x, const struct month_report *r)
{
	return r->ends <= x->now;
}

bool month_is_counted(const struct month_report *r)
{
	return r->counted_since <= r->begins;
}

bool month_end_is_counted(const struct month_report *r)
{
	return r->counted_since <= r->last;
}

bool month_is_recorded(const struct month_report *r)
{
	return r->audit_since < r->begins;
}

/* ---- Gathering ---- */

struct facility_report *month_facility(struct month_report *r, const char *system)
{
	for (size_t i = 0; system != NULL && i < r->count; i++)
		if (text_equal(r->all[i].name, system))
			return &r->all[i];
	return NULL;
}

static void add_facility(struct exchange *x, struct month_report *r, size_t *room, const char *name,
			 const struct registered_system *system)
{
	if (month_facility(r, name) != NULL)
		return;
	if (r->count == *room) {
		size_t wider = *room == 0 ? 16 : 2 * *room;
		r->all = arena_resize(x->arena, r->all, *room * sizeof *r->all,
				      wider * sizeof *r->all);
		*room = wider;
	}
	r->all[r->count++] = (struct facility_report){ .name = name, .system = system };
}

/* Those of the configuration, and whoever sent something while it was one of them. */
static void find_facilities(struct exchange *x, struct month_report *r)
{
	size_t room = 0;
	const char *name = NULL;
	for (size_t i = 0; i < x->region->system_count; i++)
		add_facility(x, r, &room, x->region->systems[i].name, &x->region->systems[i]);
	while ((name = usage_next(x->txn, x->arena, name)) != NULL)
		add_facility(x, r, &room, name, NULL);
}

static bool gather(struct exchange *x)
{
	struct month_report *r = arena_new(x->arena, struct month_report);
	struct arena *a = arena_create_within(x->arena);
	*r = *(const struct month_report *)x->request;
	x->result = r;
	r->last = month_is_over(x, r) ? r->ends - 1 : x->now;
	if (!months_since(x->txn, &r->counted_since))
		r->counted_since = x->now;
	if (!audit_known_since(x->txn, AUDIT_OWN, &r->audit_since))
		r->audit_since = 0;
	find_facilities(x, r);
	month_count_persons(x, a, r);
	arena_reset(a);
	month_count_documents(x, a, r);
	month_count_records(x, a, r);
	return !progress_is_stopped(x->progress)
	       || problem_set(&x->problem, PROBLEM_BUSY, "it was stopped before all was counted");
}

/* ---- What is to be said with it ---- */

/* What a figure is, where it is no fact of the month; or that there is none. */
struct caveat {
	bool (*holds)(const struct exchange *x, const struct month_report *r);
	const char *says;
};

static bool end_was_not_counted(const struct exchange *x, const struct month_report *r)
{
	(void)x;
	return !month_end_is_counted(r);
}

static bool was_not_counted(const struct exchange *x, const struct month_report *r)
{
	(void)x;
	return !month_is_counted(r);
}

static bool looks_are_recorded(const struct exchange *x, const struct month_report *r)
{
	(void)x;
	return !month_is_counted(r) && month_is_recorded(r);
}

static bool looks_are_gone(const struct exchange *x, const struct month_report *r)
{
	(void)x;
	return !month_is_counted(r) && !month_is_recorded(r);
}

static bool records_are_gone(const struct exchange *x, const struct month_report *r)
{
	(void)x;
	return !month_is_recorded(r);
}

static const struct caveat caveats[] = {
	{ month_is_over, "institutions, title and code as configured now" },
	{ end_was_not_counted, "documents: of those shared still" },
	{ was_not_counted, "documents_of_month: of those not removed since" },
	{ looks_are_recorded, "given: without documents removed since" },
	{ looks_are_gone, "opened, given: not known, the audit records have expired" },
	{ records_are_gone, "availability: not known, the audit records have expired" },
};

static void say(struct buffer *b, const char *what)
{
	buffer_printf(b, "%s%s", b->length == 0 ? "" : "; ", what);
}

static const char *said(struct exchange *x, const struct buffer *b)
{
	return b->length == 0 ? NULL : arena_text_n(x->arena, (const char *)b->data, b->length);
}

static bool has_code(const struct facility_report *f)
{
	return f->system != NULL && f->system->institution_code != NULL;
}

static bool discloses(const struct facility_report *f)
{
	return f->documents != 0;
}

/* One that discloses without a code is known by its name. */
static bool is_institution(const struct facility_report *f)
{
	return has_code(f) || discloses(f);
}

static void say_of_month(struct exchange *x, const struct month_report *r, struct buffer *b)
{
	for (size_t i = 0; i < sizeof caveats / sizeof caveats[0]; i++)
		if (caveats[i].holds(x, r))
			say(b, caveats[i].says);
	if (!month_end_is_counted(r))
		say(b, arena_printf(x->arena, "without_branch: as on %.10s",
				    admin_time(x->arena, r->counted_since)));
}

static const char *note_of(struct exchange *x, const struct month_report *r,
			   const struct facility_report *f)
{
	struct buffer b = buffer_in(x->arena);
	say_of_month(x, r, &b);
	if (f->system == NULL)
		say(&b, "configured no more");
	if (discloses(f) && !has_code(f))
		say(&b, "no institution code: counted by its name");
	return said(x, &b);
}

static const char *note_of_region(struct exchange *x, const struct month_report *r)
{
	struct buffer b = buffer_in(x->arena);
	bool any = false;
	say_of_month(x, r, &b);
	for (size_t i = 0; i < r->count; i++) {
		const struct facility_report *f = &r->all[i];
		if (!discloses(f) || has_code(f))
			continue;
		if (any)
			buffer_printf(&b, ", %s", f->name);
		else
			say(&b, arena_printf(x->arena, "no institution code, counted by name: %s",
					     f->name));
		any = true;
	}
	return said(x, &b);
}

/* ---- The answer ---- */

static void put_looks(json_t *row, const struct month_report *r, const struct facility_report *f)
{
	if (!month_is_counted(r) && !month_is_recorded(r))
		return;
	json_object_set_new(row, "opened", json_integer((json_int_t)f->opened));
	json_object_set_new(row, "given", json_integer((json_int_t)f->given));
}

static json_t *row_of(const struct month_report *r, const struct facility_report *f)
{
	json_t *row = json_pack("{s:I, s:I, s:I, s:I, s:I, s:I}", "patients",
				(json_int_t)f->patients, "joined", (json_int_t)f->joined,
				"new_patients", (json_int_t)f->new_patients, "documents",
				(json_int_t)f->documents, "documents_of_month",
				(json_int_t)f->shared, "without_branch", (json_int_t)f->no_branch);
	put_looks(row, r, f);
	return row;
}

static json_t *facility_json(struct exchange *x, const struct month_report *r,
			     const struct facility_report *f)
{
	json_t *row = row_of(r, f);
	admin_put(row, "facility", f->name);
	admin_put(row, "title", f->system == NULL ? NULL : f->system->title);
	admin_put(row, "institution_code", has_code(f) ? f->system->institution_code : NULL);
	json_object_set_new(row, "institutions", json_integer(is_institution(f)));
	json_object_set_new(row, "disclosing", json_integer(discloses(f)));
	admin_put(row, "note", note_of(x, r, f));
	return row;
}

/* Several systems of one institution are one. */
static bool is_counted_before(const struct month_report *r, size_t i, bool disclosing)
{
	for (size_t k = 0; has_code(&r->all[i]) && k < i; k++)
		if (has_code(&r->all[k])
		    && text_equal(r->all[k].system->institution_code,
				  r->all[i].system->institution_code)
		    && (!disclosing || discloses(&r->all[k])))
			return true;
	return false;
}

static uint64_t institutions(const struct month_report *r, bool disclosing)
{
	uint64_t count = 0;
	for (size_t i = 0; i < r->count; i++)
		count += (disclosing ? discloses(&r->all[i]) : is_institution(&r->all[i]))
			 && !is_counted_before(r, i, disclosing);
	return count;
}

/* Of what of the month has been; of a node that came later from its first record on. */
static double node_availability(const struct month_report *r, const struct node_report *n)
{
	int64_t whole = r->last - (n->since_before ? r->begins : n->next);
	return whole <= 0 ? 100.0 : 100.0 - 100.0 * (double)n->away / (double)whole;
}

static const char *availability(struct exchange *x, const struct month_report *r)
{
	double best = 0.0;
	for (size_t i = 0; i < r->node_count; i++)
		if (node_availability(r, &r->nodes[i]) > best)
			best = node_availability(r, &r->nodes[i]);
	return r->node_count == 0 || !month_is_recorded(r) ? NULL
							   : arena_printf(x->arena, "%.3f", best);
}

static struct facility_report sum_of(const struct month_report *r)
{
	struct facility_report all = { .joined = r->persons, .new_patients = r->new_persons };
	for (size_t i = 0; i < r->count; i++) {
		all.patients += r->all[i].patients;
		all.documents += r->all[i].documents;
		all.shared += r->all[i].shared;
		all.opened += r->all[i].opened;
		all.given += r->all[i].given;
		all.no_branch += r->all[i].no_branch;
	}
	return all;
}

/* All facilities together; persons are counted once, wherever they are known. */
static json_t *region_json(struct exchange *x, const struct month_report *r)
{
	const struct facility_report all = sum_of(r);
	json_t *row = row_of(r, &all);
	admin_put(row, "facility", "(region)");
	admin_put(row, "title", x->region->name);
	json_object_set_new(row, "institutions", json_integer((json_int_t)institutions(r, false)));
	json_object_set_new(row, "disclosing", json_integer((json_int_t)institutions(r, true)));
	admin_put(row, "availability", availability(x, r));
	admin_put(row, "note", note_of_region(x, r));
	return row;
}

/* Whoever is configured no more is told of where there is anything to tell. */
static bool is_told(const struct facility_report *f)
{
	return f->system != NULL || f->patients != 0 || f->documents != 0 || f->shared != 0
	       || f->opened != 0 || f->given != 0 || f->no_branch != 0;
}

static json_t *answer(struct exchange *x)
{
	const struct month_report *r = x->result;
	json_t *rows = json_array();
	json_array_append_new(rows, region_json(x, r));
	for (size_t i = 0; i < r->count; i++)
		if (is_told(&r->all[i]))
			json_array_append_new(rows, facility_json(x, r, &r->all[i]));
	return json_pack("{s:s, s:s, s:s, s:o}", "month", r->text, "from",
			 admin_time(x->arena, r->begins), "to",
			 admin_time(x->arena, month_is_over(x, r) ? r->ends : r->last),
			 "facilities", rows);
}

/* It shows nobody; that it was asked for is recorded all the same. */
static void audited(struct exchange *x, struct audit_event *e)
{
	const struct month_report *r = x->request;
	struct audit_object *o = audit_add_object(x, e);
	*o = (struct audit_object){
		.id = "report",
		.type_code = 2,
		.type_code_role = 17,
		.id_type = { .code = "12", .scheme = "RFC-3881", .display = "URI" },
	};
	if (r != NULL && r->text != NULL)
		audit_add_detail(x, o, "month", bytes_of_text(r->text));
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
