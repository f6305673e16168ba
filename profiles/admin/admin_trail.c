/* profiles/admin/admin_trail.c: reading the question, walking the log, a page at a time. */
#include "profiles/admin/admin_trail.h"

#include <stdio.h>
#include <string.h>

#include "gateway/audit/subjects.h"
#include "gateway/base/text.h"

/* The zone behind a time: none (UTC), Z, or +09:00; of a date alone there is none. */
static bool take_zone(const char *text, char *out)
{
	bool zone = (*text == '+' || *text == '-') && strlen(text) == strlen("+09:00")
		    && text[3] == ':';
	if (zone)
		snprintf(out, 6, "%.3s%s", text, text + 4);
	return zone || *text == '\0' || text_equal(text, "Z");
}

/* 2026-01-15, 2026-01-15T00:30, 2026-01-15T00:30:01.5Z, 2026-01-15T09:30:01+09:00; also without
 * punctuation: 20260115, 20260115003001. To the DTM of HL7; false: of none of these forms. */
static bool dtm_of(const char *text, char out[32])
{
	static const char form[] = "0000-00-00T00:00:00";
	size_t n = 0, at = 0;
	if (strspn(text, "0123456789") >= strlen("20260115")) {
		n = strspn(text, "0123456789");
		return (n == 8 || n == 12 || n == 14)
		       && (text[n] == '\0' || text_equal(text + n, "Z"))
		       && snprintf(out, 32, "%.*s", (int)n, text) > 0;
	}
	for (; form[at] != '\0' && text[at] != '\0'; at++) {
		if (form[at] == '0' ? text[at] < '0' || text[at] > '9' : text[at] != form[at])
			break;
		if (form[at] == '0')
			out[n++] = text[at];
	}
	if (at == strlen(form) && text[at] == '.')
		for (out[n++] = text[at++]; text[at] >= '0' && text[at] <= '9' && n < 21;)
			out[n++] = text[at++];
	out[n] = '\0';
	return at == 10 ? text[at] == '\0'
			: (at == 16 || at >= 19) && take_zone(text + at, out + n);
}

bool trail_read_time(struct exchange *x, const char *member, instant *out)
{
	const char *text = admin_text(x, member, false);
	char dtm[32];
	if (text == NULL)
		return x->problem.code == PROBLEM_NONE;
	return (dtm_of(text, dtm) && instant_from_dtm(dtm, 0, out))
	       || problem_at(&x->problem, PROBLEM_REQUEST_INVALID, member,
			     "'%s' is not a time like 2026-01-15 or 2026-01-15T00:30:01Z", text);
}

static bool read_span(struct exchange *x, struct audit_filter *f)
{
	if (!trail_read_time(x, "from", &f->from) || !trail_read_time(x, "to", &f->to))
		return false;
	return f->from == 0 || f->to == 0 || f->from < f->to
	       || problem_at(&x->problem, PROBLEM_REQUEST_INVALID, "to",
			     "'%s' is not after '%s': nothing lies between",
			     admin_text(x, "to", false), admin_text(x, "from", false));
}

/* The mark of a page's last entry: TIME.SEQUENCE, nobody's affair but ours. */
static const char *mark_text(struct arena *a, const struct audit_entry *e)
{
	return arena_printf(a, "%llu.%llu", (unsigned long long)e->terms.time,
			    (unsigned long long)e->sequence);
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

static uint64_t record_asked_for(struct exchange *x, const struct patient_identifier *id)
{
	struct patient_record record;
	bool known = id->id != NULL
		     && identity_find(x->txn, x->arena, id->universal_id, id->id, &record);
	return known ? record.number : 0;
}

struct trail_page *trail_search(struct exchange *x, const struct trail_question *q)
{
	struct trail_page *p = arena_new(x->arena, struct trail_page);
	struct trail_record **tail = &p->found;
	struct audit_filter f = q->filter;
	const struct audit_entry *last = NULL;
	size_t most = (arena_used(x->arena) + arena_left(x->arena)) / 4, taken = 0;
	p->about = record_asked_for(x, &q->patient);
	f.limit = q->wanted == NULL ? q->filter.limit + 1 : 0; /* one more: is there more? */
	if (f.patient != NULL && !audit_subjects_search(x->txn, x->arena, f.patient, &f))
		return NULL;
	p->his = f.subjects;
	struct audit_cursor *c = audit_log_search(x->txn, &f, x->arena);
	for (const struct audit_entry *e; (e = audit_log_next(c)) != NULL;) {
		if (last != NULL && (p->count == q->filter.limit || taken > most)) {
			p->next = mark_text(x->arena, last);
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
