/* profiles/admin/admin_trail.c: reading the question, walking the log, a page at a time. */
#include "profiles/admin/admin_trail.h"

#include <stdio.h>
#include <string.h>

#include "gateway/audit/subjects.h"
#include "gateway/base/text.h"
#include "profiles/admin/admin_moment.h"
#include "store/audit_expiring.h"

static bool read_span(struct exchange *x, struct audit_filter *f)
{
	if (!admin_moment(x, "from", &f->from) || !admin_moment(x, "to", &f->to))
		return false;
	return f->from == 0 || f->to == 0 || f->from < f->to
	       || problem_at(&x->problem, PROBLEM_REQUEST_INVALID, "to",
			     "'%s' is not after '%s': nothing lies between",
			     admin_text(x, "to", false), admin_text(x, "from", false));
}

const char *trail_mark(struct arena *a, instant time, uint64_t sequence)
{
	return arena_printf(a, "%llu.%llu", (unsigned long long)time, (unsigned long long)sequence);
}

static bool read_mark(struct exchange *x, struct audit_mark *out)
{
	const char *text = admin_text(x, "after", false);
	const char *dot = text == NULL ? NULL : strchr(text, '.');
	uint64_t time = 0;
	if (text == NULL)
		return x->problem.code == PROBLEM_NONE;
	bool read = dot != NULL
		    && text_to_number(arena_text_n(x->arena, text, (size_t)(dot - text)),
				      UINT64_MAX, &time)
		    && text_to_number(dot + 1, UINT64_MAX, &out->sequence) && out->sequence != 0;
	out->time = (instant)time;
	return read
	       || problem_at(&x->problem, PROBLEM_REQUEST_INVALID, "after",
			     "'%s' is not the next of an earlier list", text);
}

bool trail_read(struct exchange *x, struct trail_question *q)
{
	struct audit_filter *f = &q->filter;
	const char *limit = admin_text(x, "limit", false),
		   *patient = admin_text(x, "patient", false);
	uint64_t number = TRAIL_LIMIT;
	if (limit != NULL && (!text_to_number(limit, TRAIL_LIMIT_MOST, &number) || number == 0))
		return problem_at(&x->problem, PROBLEM_REQUEST_INVALID, "limit",
				  "'%s' is not from 1 to %d", limit, TRAIL_LIMIT_MOST);
	f->limit = (unsigned)number;
	if (patient != NULL) {
		if (!admin_read_name(x, patient, &q->patient))
			return false;
		f->patient = cx_text(x->arena, q->patient.id, q->patient.universal_id);
	}
	return read_span(x, f) && read_mark(x, &f->after);
}

static struct trail_record *keep(struct exchange *x, const struct audit_entry *e)
{
	struct trail_record *f = arena_new(x->arena, struct trail_record);
	struct audit_entry *entry = arena_new(x->arena, struct audit_entry);
	struct kept_event *kept = arena_new(x->arena, struct kept_event);
	*entry = *e;
	f->entry = entry;
	if (event_record_read(x->arena, entry, kept))
		f->kept = kept;
	return f;
}

uint64_t trail_record_asked_for(struct exchange *x, const struct patient_identifier *id)
{
	struct patient_record record;
	bool known = id->id != NULL
		     && identity_find(x->txn, x->arena, id->universal_id, id->id, &record);
	return known ? record.number : 0;
}

const char *trail_known_since(struct exchange *x, struct store_txn *t)
{
	instant since;
	return audit_known_since(t, AUDIT_OWN, &since) ? admin_time(x->arena, since) : NULL;
}

struct trail_page *trail_search(struct exchange *x, const struct trail_question *q)
{
	struct trail_page *p = arena_new(x->arena, struct trail_page);
	struct trail_record **tail = &p->found;
	struct audit_filter f = q->filter;
	const struct audit_entry *last = NULL;
	size_t most = (arena_used(x->arena) + arena_left(x->arena)) / 4, taken = 0;
	p->about = trail_record_asked_for(x, &q->patient);
	f.limit = q->wanted == NULL ? q->filter.limit + 1 : 0; /* one more: is there more? */
	if (f.patient != NULL && !q->only_this_id
	    && !audit_subjects_search(x->txn, x->arena, f.patient, &f))
		return NULL;
	p->his = f.subjects;
	p->known_since = trail_known_since(x, x->txn);
	struct audit_cursor *c = audit_log_search(x->txn, &f, x->arena);
	for (const struct audit_entry *e; (e = audit_log_next(c)) != NULL;) {
		if (last != NULL && (p->count == q->filter.limit || taken > most)) {
			p->next = trail_mark(x->arena, last->terms.time, last->sequence);
			break;
		}
		size_t before = arena_used(x->arena);
		struct trail_record *one = keep(x, e);
		last = one->entry;
		/* A damaged one is told, whatever was asked. */
		if (one->kept == NULL || q->wanted == NULL || q->wanted(q->self, one)) {
			if (q->with_messages && one->kept != NULL)
				one->message = audit_record_write(x->arena, &one->kept->source,
								  &one->kept->event);
			*tail = one;
			tail = &one->next;
			p->count++;
		}
		taken += arena_used(x->arena) - before;
	}
	return p;
}

bool trail_is_somebodys(struct exchange *x, const struct trail_question *q,
			const struct trail_page *p)
{
	return q->filter.patient == NULL || p->about != 0
	       || problem_at(&x->problem, PROBLEM_UNKNOWN_KEY, "patient",
			     "nobody is known as '%s', and no record names one",
			     admin_text(x, "patient", false));
}

const char *trail_person(const struct kept_event *kept)
{
	const struct audit_participant *p = kept == NULL ? NULL : kept->event.participants;
	for (; p != NULL; p = p->next)
		if (p->requestor && p->role == AUDIT_ROLE_NONE && !text_empty(p->user_name))
			return p->user_name;
	return NULL;
}

/* Whose trail was asked for finds that in it. He is no participant, but a detail: the log is what
 * was used (DICOM PS3.15 A.5.3.2), and an id that nobody has would else be one a record names. */
void trail_audited(struct exchange *x, struct audit_event *e, const struct trail_question *q,
		   const struct trail_page *p)
{
	struct audit_object *o = audit_add_object(x, e);
	*o = (struct audit_object){
		.id = x->endpoint,
		.type_code = 2,
		.type_code_role = 13,
		.name = "Security Audit Log",
		.id_type = { .code = "12", .scheme = "RFC-3881", .display = "URI" },
	};
	e->type = (struct coded_value){ 0 };
	if (q != NULL && q->filter.patient != NULL)
		audit_add_detail(x, o, "patient",
				 bytes_of_text(audit_patient_id(x, q->filter.patient)));
	if (p != NULL)
		audit_about(x, e, p->about);
}
