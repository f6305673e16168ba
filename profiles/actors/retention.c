/* profiles/actors/retention.c: which documents a rule of retention names, and when it lets them
 * go. */
#include "profiles/actors/retention.h"

#include <string.h>
#include <time.h>

#include "gateway/base/text.h"
#include "profiles/actors/metadata_type.h"

enum { SECOND = 1000000, MONTHS = 12 };
static const int64_t day = INT64_C(24) * 3600 * SECOND;

const char *retention_reason_name(enum retention_reason reason)
{
	static const char *const names[] = {
		[RETENTION_STAYS] = "stays",
		[RETENTION_CREATED] = "after-creation",
		[RETENTION_ACCEPTED] = "after-acceptance",
		[RETENTION_BEHIND] = "keep-last",
		[RETENTION_ALONG] = "along",
	};
	return names[reason];
}

/* ---- The calendar ---- */

bool calendar_span_is_said(struct calendar_span s)
{
	return s.months != 0 || s.days != 0;
}

/* Of the proleptic Gregorian calendar, month from 0. */
static int days_of_month(long year, int month)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
	return days[month] + (month == 1 && leap);
}

instant calendar_span_after(instant t, struct calendar_span s)
{
	int64_t fraction = ((t % SECOND) + SECOND) % SECOND;
	time_t seconds = (time_t)((t - fraction) / SECOND);
	struct tm civil;
	gmtime_r(&seconds, &civil);
	long months = civil.tm_mon + (long)s.months;
	civil.tm_year += (int)(months / MONTHS);
	civil.tm_mon = (int)(months % MONTHS);
	int last = days_of_month(civil.tm_year + 1900L, civil.tm_mon);
	if (civil.tm_mday > last)
		civil.tm_mday = last;
	return (instant)timegm(&civil) * SECOND + fraction + (int64_t)s.days * day;
}

/* ---- Whom a rule names ---- */

static bool is_code(const struct coded_value *c, const char *text)
{
	const char *caret = strchr(text, '^');
	size_t length = caret == NULL ? 0 : (size_t)(caret - text);
	return caret != NULL && c->code != NULL && strlen(c->code) == length
	       && memcmp(c->code, text, length) == 0 && text_equal(c->scheme, caret + 1);
}

static bool has_code(const struct coded_value *c, const char *const *list)
{
	if (list == NULL)
		return true;
	for (; c != NULL; c = c->next)
		for (const char *const *one = list; *one != NULL; one++)
			if (is_code(c, *one))
				return true;
	return false;
}

static bool is_of(const struct region *r, const char *const *facilities, const char *source_system)
{
	if (facilities == NULL)
		return true;
	for (; *facilities != NULL; facilities++) {
		const struct registered_system *s = region_system(r, *facilities);
		if (s != NULL && source_system != NULL && system_same_facility(r, s, source_system))
			return true;
	}
	return false;
}

bool retention_names(const struct region *r, const struct retention_rule *rule,
		     const struct document_entry *e)
{
	return e->type == ENTRY_STABLE && has_code(e->class_code, rule->classes)
	       && has_code(e->type_code, rule->types)
	       && is_of(r, rule->facilities, e->source_system);
}

bool retention_needs_acceptance(const struct region *r, const struct document_entry *e)
{
	for (size_t i = 0; i < r->retention_count; i++)
		if (calendar_span_is_said(r->retention[i].after_acceptance)
		    && retention_names(r, &r->retention[i], e))
			return true;
	return false;
}

/* ---- When ---- */

static bool has_come(instant since, struct calendar_span s, instant now)
{
	return calendar_span_is_said(s) && now >= calendar_span_after(since, s);
}

enum retention_reason retention_due(const struct retention_rule *rule,
				    const struct retention_facts *f)
{
	instant first, last;
	bool timed = calendar_span_is_said(rule->after_creation)
		     || calendar_span_is_said(rule->after_acceptance);
	bool created = f->creation_time != NULL
		       && instant_span_from_dtm(f->creation_time, 0, &first, &last);
	if (rule->keep || (rule->keep_last != 0 && (!created || f->newer < rule->keep_last)))
		return RETENTION_STAYS;
	if (created && has_come(last, rule->after_creation, f->now))
		return RETENTION_CREATED;
	if (f->accepted != 0 && has_come(f->accepted, rule->after_acceptance, f->now))
		return RETENTION_ACCEPTED;
	return rule->keep_last != 0 && !timed ? RETENTION_BEHIND : RETENTION_STAYS;
}

bool retention_is_newer(const struct document_entry *a, const struct document_entry *b)
{
	char of_a[DTM_FULL], of_b[DTM_FULL];
	if (a->creation_time == NULL || b->creation_time == NULL)
		return a->creation_time != NULL && b->creation_time == NULL;
	metadata_type_dtm_full(a->creation_time, of_a);
	metadata_type_dtm_full(b->creation_time, of_b);
	int against = strcmp(of_a, of_b);
	return against != 0 ? against > 0 : strcmp(a->id, b->id) > 0;
}
