/* profiles/admin/admin_audit_export.c: audit records into a file that proves itself, away from the
 * store. POST /admin/audit/export {file, from, to, received}; gateway/audit/export_file.h.
 *
 * Of each chain what is exported is one run of entries: from the first whose time is not before
 * `from`, up to the one before the first behind it whose time is not before `to`; of what was
 * received the time is when it came. Looking at them is an event of its own: 110101 Audit Log Used
 * (DICOM PS3.15 A.5.3.2). */
#include "profiles/admin/admin_trail.h"

#include <string.h>

#include "gateway/audit/anchors.h"
#include "gateway/audit/export_file.h"
#include "gateway/base/json_arena.h"
#include "gateway/base/progress.h"
#include "gateway/base/text.h"
#include "store/audit_expiring.h"
#include "store/audit_received.h"
#include "store/node.h"

enum { AT_ONCE = 256 };

struct asked {
	struct trail_question trail; /* its times */
	const char *file;
	bool received;
};

struct exported {
	uint64_t entries, chains;
};

/* What differs between our log and what was received. */
struct source {
	enum export_kind kind;
	enum audit_kind expired;
	size_t (*chains)(struct store_txn *t, struct arena *a, uint64_t *out, size_t most);
	size_t (*from)(struct store_txn *t, uint64_t sequence, struct audit_kept *out, size_t most,
		       struct arena *a);
	/* Its time, and what an auditor reads of it. False: it is damaged. */
	bool (*read)(const struct audit_kept *k, struct arena *a, instant *time,
		     struct bytes *message);
};

static size_t own_chains(struct store_txn *t, struct arena *a, uint64_t *out, size_t most)
{
	struct audit_chains chains;
	if (!audit_log_chains(t, a, &chains))
		return 0;
	size_t count = chains.count < most ? chains.count : most;
	for (size_t i = 0; i < count; i++)
		out[i] = chains.numbers[i];
	return count;
}

static bool own_read(const struct audit_kept *k, struct arena *a, instant *time,
		     struct bytes *message)
{
	struct audit_entry e = { .sequence = k->sequence };
	if (!audit_log_read(k->value, a, &e))
		return false;
	*time = e.terms.time;
	return audit_record_render(a, &e, message);
}

static size_t all_received_chains(struct store_txn *t, struct arena *a, uint64_t *out, size_t most)
{
	(void)a;
	return received_chains(t, out, most);
}

static bool received_message(const struct audit_kept *k, struct arena *a, instant *time,
			     struct bytes *message)
{
	struct received_entry e = { .sequence = k->sequence };
	if (!received_read(k->value, a, &e))
		return false;
	*time = e.terms.received;
	*message = e.octets;
	return true;
}

static const struct source own = {
	.kind = EXPORT_OWN,
	.expired = AUDIT_OWN,
	.chains = own_chains,
	.from = audit_log_kept,
	.read = own_read,
};
static const struct source others = {
	.kind = EXPORT_RECEIVED,
	.expired = AUDIT_RECEIVED,
	.chains = all_received_chains,
	.from = received_from,
	.read = received_message,
};

/* ---- Reading the request ---- */

static bool read_request(struct exchange *x)
{
	struct asked *q = arena_new(x->arena, struct asked);
	x->request = q;
	q->file = admin_text(x, "file", true);
	if (!admin_yes(x, "received", &q->received))
		return false;
	if (q->file != NULL && q->file[0] != '/')
		return problem_at(&x->problem, PROBLEM_REQUEST_INVALID, "file",
				  "'%s' is not absolute", q->file);
	return q->file != NULL && trail_read(x, &q->trail);
}

/* ---- Exporting ---- */

struct walk {
	struct exchange *x;
	const struct asked *asked;
	const struct source *source;
	struct export_file *file;
	struct arena *page;
	struct exported *done;
	uint64_t at, chain;               /* the next sequence */
	unsigned char before[AUDIT_HASH]; /* hash of the entry before it */
	struct audit_checkpoint gone;     /* of the chain's beginning */
	bool inside, past;
};

static bool is_before(instant time, instant bound)
{
	return bound != 0 && time < bound;
}

static void take(struct walk *w, const struct audit_kept *k)
{
	const struct audit_filter *f = &w->asked->trail.filter;
	struct bytes message = { NULL, 0 };
	instant time = 0;
	bool read = k->value.length > AUDIT_HASH && w->source->read(k, w->page, &time, &message);
	if (!read) {
		problem_set(&w->x->problem, PROBLEM_INTERNAL,
			    "an entry is damaged; minato audit verify tells more");
		return;
	}
	if (!w->inside && !is_before(time, f->from)) {
		w->inside = true;
		export_file_chain(w->file, w->chain, w->before);
		export_file_checkpoint(w->file, w->gone.line);
		w->done->chains++;
	}
	w->past = w->inside && f->to != 0 && !is_before(time, f->to);
	if (w->inside && !w->past) {
		export_file_entry(w->file, w->page, k->sequence, k->value, message);
		w->done->entries++;
		progress_add(w->x->progress, 1);
	}
	memcpy(w->before, k->value.data, AUDIT_HASH);
	w->at = k->sequence + 1;
}

/* What is exported stays: between two snapshots its beginning may go by rule. */
static bool is_next(struct walk *w, const struct audit_kept *k)
{
	return k->sequence == w->at
	       || problem_set(&w->x->problem, PROBLEM_CONFLICT,
			      "records went by rule while they were exported; export again");
}

static void take_page(void *with)
{
	struct walk *w = with;
	struct audit_kept *kept = arena_array(w->page, struct audit_kept, AT_ONCE);
	size_t count = w->source->from(w->x->txn, w->at, kept, AT_ONCE, w->page);
	for (size_t i = 0; i < count && !w->past && w->x->problem.code == PROBLEM_NONE; i++)
		if (is_next(w, &kept[i]))
			take(w, &kept[i]);
	w->past = w->past || count < AT_ONCE;
}

static bool goes_on(struct walk *w)
{
	struct problem *p = &w->x->problem;
	if (store_failed(w->x->txn))
		*p = *store_problem(w->x->txn);
	else if (progress_is_stopped(w->x->progress))
		problem_set(p, PROBLEM_BUSY, "the export was stopped");
	return p->code == PROBLEM_NONE;
}

static bool walk_chain(struct walk *w, uint64_t chain)
{
	w->chain = chain;
	w->inside = w->past = false;
	audit_checkpoint_look(w->x->txn, w->source->expired, chain, w->x->arena, &w->gone);
	w->at = w->gone.sequence + 1;
	memcpy(w->before, w->gone.hash, AUDIT_HASH);
	while (!w->past && goes_on(w)) {
		if (!arena_run(w->page, take_page, w))
			problem_set(&w->x->problem, PROBLEM_OUT_OF_RESOURCES,
				    "a page of the log is larger than one may be here");
		arena_reset(w->page);
		if (w->x->problem.code == PROBLEM_NONE && !w->past)
			store_renew(w->x->txn);
	}
	return goes_on(w);
}

static bool write_all(struct walk *w)
{
	uint64_t *chains = arena_array(w->x->arena, uint64_t, NODES_MOST);
	size_t count = w->source->chains(w->x->txn, w->x->arena, chains, NODES_MOST);
	progress_begin(w->x->progress, "audit records", 0);
	for (size_t i = 0; i < count; i++)
		if (!walk_chain(w, chains[i]))
			return false;
	return goes_on(w);
}

static bool export_them(struct exchange *x)
{
	const struct asked *q = x->request;
	struct walk w = { .x = x, .asked = q, .source = q->received ? &others : &own };
	x->result = w.done = arena_new(x->arena, struct exported);
	if (x->anchors->key == NULL)
		return problem_set(&x->problem, PROBLEM_CONFIGURATION,
				   "no anchor-key is configured, so that nothing can be signed");
	w.page = arena_create_within(x->arena);
	w.file = export_file_begin(q->file, w.source->kind, x->now, &x->problem);
	if (w.file == NULL)
		return false;
	if (!write_all(&w)) {
		export_file_abandon(w.file);
		return false;
	}
	return export_file_end(w.file, x->anchors->key, &x->problem);
}

static void audited(struct exchange *x, struct audit_event *e)
{
	trail_audited(x, e, NULL, NULL);
}

static json_t *answer(struct exchange *x)
{
	const struct asked *q = x->request;
	const struct exported *done = x->result;
	char key[ANCHOR_KEY_NAME];
	anchor_key_name(x->anchors->key, key);
	return json_pack("{s:s, s:s, s:I, s:I, s:s}", "file", q->file, "signature",
			 arena_printf(x->arena, "%s.sig", q->file), "records",
			 (json_int_t)done->entries, "chains", (json_int_t)done->chains, "key", key);
}

static const struct route routes[] = {
	{ .request = "POST", .detail = "/admin/audit/export", .media = "application/json" }, { 0 }
};

static const char *const parameters[] = { "file from to received" };

static const struct long_work_kind long_work = { "audit export", "the file was removed" };

const struct transaction admin_audit_export = {
	.code = "audit-export",
	.name = "Audit records exported",
	.section = "HACKING.md: Admin API",
	.actor = REGION_OPERATOR,
	.demands = DEMAND_PATIENTS_OPERATOR,
	.dialect = DIALECT_ADMIN,
	.routes = routes,
	.access = STORE_READ,
	.long_work = &long_work,
	.parameters = parameters,
	.audit_event = 110101,
	.audit_action = AUDIT_READ,
	.read = read_request,
	.handle = export_them,
	.audited = audited,
	.answer_json = answer,
};
