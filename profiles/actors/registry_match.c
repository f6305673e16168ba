/* profiles/actors/registry_match.c: does an object match a query? ITI TF-2: 3.18.4.1.2.3. */
#include "profiles/actors/registry_match.h"

#include <string.h>

#include "gateway/base/text.h"
#include "profiles/actors/metadata_type.h"

static const char *after_character(const char *text)
{
	do
		text++;
	while (((unsigned char)*text & 0xc0) == 0x80);
	return text;
}

/* Greedy: on a mismatch the last % takes one character more. Never goes back before it, so the work
 * is at most the product of the lengths. */
bool registry_match_like(const char *text, const char *pattern)
{
	const char *percent = NULL, *resume = NULL;
	while (*text != '\0') {
		if (*pattern == '%') {
			percent = pattern++;
			resume = text;
		} else if (*pattern == '_') {
			text = after_character(text);
			pattern++;
		} else if (*pattern == *text) {
			text++;
			pattern++;
		} else if (percent != NULL) {
			pattern = percent + 1;
			text = resume = after_character(resume);
		} else {
			return false;
		}
	}
	while (*pattern == '%')
		pattern++;
	return *pattern == '\0';
}

static bool has_code(const struct coded_value *list, const struct coded_value *wanted)
{
	for (; list != NULL; list = list->next)
		if (text_equal(list->code, wanted->code)
		    && text_equal(list->scheme, wanted->scheme))
			return true;
	return false;
}

/* One of the codes is among those wanted; no code wanted: every object matches. */
static bool any_code(const struct coded_value *list, const struct coded_value *wanted)
{
	if (wanted == NULL)
		return true;
	for (; wanted != NULL; wanted = wanted->next)
		if (has_code(list, wanted))
			return true;
	return false;
}

static bool all_codes(const struct coded_value *list, const struct code_alternatives *wanted)
{
	for (; wanted != NULL; wanted = wanted->next)
		if (!any_code(list, wanted->any))
			return false;
	return true;
}

static bool any_text(const struct text_value *list, const struct text_value *wanted)
{
	for (; list != NULL; list = list->next)
		for (const struct text_value *w = wanted; w != NULL; w = w->next)
			if (text_equal(list->value, w->value))
				return true;
	return false;
}

static bool all_texts(const struct text_value *list, const struct text_alternatives *wanted)
{
	for (; wanted != NULL; wanted = wanted->next)
		if (!any_text(list, wanted->any))
			return false;
	return true;
}

static bool any_author(const struct author *authors, const struct text_value *patterns)
{
	if (patterns == NULL)
		return true;
	for (; authors != NULL; authors = authors->next)
		for (const struct text_value *p = patterns; authors->person != NULL && p != NULL;
		     p = p->next)
			if (registry_match_like(authors->person->value, p->value))
				return true;
	return false;
}

/* from <= t < to, both padded to full length. */
static bool in_range(const struct time_range *range, const char *dtm, bool absent_matches)
{
	char full[DTM_FULL];
	if (range->from == NULL && range->to == NULL)
		return true;
	if (dtm == NULL)
		return absent_matches;
	metadata_type_dtm_full(dtm, full);
	return (range->from == NULL || strcmp(range->from, full) <= 0)
	       && (range->to == NULL || strcmp(full, range->to) < 0);
}

/* An entry that does not say is Online. */
static bool is_available(const struct text_value *wanted, const struct document_entry *e)
{
	struct text_value is = { e->document_availability == NULL ? DOCUMENT_ONLINE
								  : e->document_availability,
				 NULL };
	return wanted == NULL || any_text(&is, wanted);
}

bool registry_match_content(const struct registry_query *q, const struct document_entry *e)
{
	return (e->type == ENTRY_ON_DEMAND ? q->type_on_demand : q->type_stable)
	       && is_available(q->availabilities, e) && any_code(e->format_code, q->format_codes)
	       && all_codes(e->confidentiality_codes, q->confidentiality_codes);
}

bool registry_match_entry(const struct registry_query *q, const struct document_entry *e)
{
	return registry_match_content(q, e) && any_code(e->class_code, q->class_codes)
	       && any_code(e->type_code, q->type_codes)
	       && any_code(e->practice_setting_code, q->practice_setting_codes)
	       && any_code(e->healthcare_facility_type_code, q->facility_type_codes)
	       && all_codes(e->event_codes, q->event_codes)
	       && all_texts(e->reference_ids, q->reference_ids)
	       && any_author(e->authors, q->author_persons)
	       /* On-demand entries have no creationTime, and its bounds do not concern them. */
	       && in_range(&q->creation, e->creation_time, e->type == ENTRY_ON_DEMAND)
	       /* Only these two let an entry without the attribute pass (3.18.4.1.2.3.7.1). */
	       && in_range(&q->service_start, e->service_start_time, true)
	       && in_range(&q->service_stop, e->service_stop_time, true);
}

static bool is_bounded(const struct time_range *r)
{
	return r->from != NULL || r->to != NULL;
}

bool registry_match_reads_entry(const struct registry_query *q)
{
	return q->availabilities != NULL || q->format_codes != NULL
	       || q->confidentiality_codes != NULL || q->class_codes != NULL
	       || q->type_codes != NULL || q->practice_setting_codes != NULL
	       || q->facility_type_codes != NULL || q->event_codes != NULL
	       || q->reference_ids != NULL || q->author_persons != NULL || is_bounded(&q->creation)
	       || is_bounded(&q->service_start) || is_bounded(&q->service_stop);
}

static bool any_like(const struct text_value *list, const struct text_value *patterns)
{
	if (patterns == NULL)
		return true;
	for (; list != NULL; list = list->next)
		for (const struct text_value *p = patterns; p != NULL; p = p->next)
			if (registry_match_like(list->value, p->value))
				return true;
	return false;
}

bool registry_match_submission_set(const struct registry_query *q, const struct submission_set *s)
{
	struct text_value source = { s->source_id, NULL };
	return any_author(s->authors, q->author_persons)
	       && any_code(s->content_type_code, q->content_types)
	       && (q->source_ids == NULL || any_text(&source, q->source_ids))
	       && any_like(s->intended_recipients, q->intended_recipients)
	       && in_range(&q->submission, s->submission_time, false);
}

bool registry_match_folder(const struct registry_query *q, const struct folder *f)
{
	struct text_value name = { f->unique_id, NULL };
	return (q->unique_ids == NULL || any_text(&name, q->unique_ids))
	       && all_codes(f->codes, q->folder_codes)
	       && in_range(&q->last_update, f->last_update_time, false);
}
