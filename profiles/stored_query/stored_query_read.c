/* profiles/stored_query/stored_query_read.c: a stored query as it was sent -> struct
 * registry_query. ITI TF-2: 3.18.4.1.2.3. */
#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/findings.h"
#include "gateway/base/text.h"
#include "gateway/envelope/ebrim.h"
#include "gateway/envelope/xml_reader.h"
#include "profiles/actors/document_registry.h"
#include "profiles/actors/metadata_type.h"
#include "profiles/stored_query/stored_query.h"
#include "profiles/stored_query/stored_query_rows.h"
#include "profiles/stored_query/stored_query_values.h"
#include "schemas/tables/leniency.h"

/* ---- Individual Numbers ---- */

/* One value of a slot, as it stands between quotes, commas and parentheses, closed or not. */
static bool is_my_number(struct arena *a, const char *value, size_t length, bool of_patient)
{
	const char *text = text_trimmed(a, arena_text_n(a, value, length));
	return (of_patient || strchr(text, '^') != NULL) && metadata_type_my_number(text);
}

static bool slot_has_my_number(struct arena *a, const struct xml_node *slot)
{
	const char *name = xml_attribute(slot, "name"), *text = xml_text(a, slot);
	bool of_patient = name != NULL && strstr(name, "atientId") != NULL;
	while (*text != '\0') {
		size_t length = strcspn(text, "'(),");
		if (is_my_number(a, text, length, of_patient))
			return true;
		text += length + (text[length] != '\0');
	}
	return false;
}

/* An Individual Number may not even stay in the query's audit record: nothing of this goes on. So
 * the text is looked at before it is known to be readable. */
static const struct xml_node *slot_of_my_number(struct arena *a, const struct xml_node *n)
{
	for (const struct xml_node *c = xml_first_element(n); c != NULL; c = xml_next_element(c)) {
		const struct xml_node *found = xml_is(c, RIM_NAMESPACE, "Slot")
						       ? (slot_has_my_number(a, c) ? c : NULL)
						       : slot_of_my_number(a, c);
		if (found != NULL)
			return found;
	}
	return NULL;
}

static bool names_my_number(const struct registry_desk *d, const struct xml_node *request,
			    struct problem *p)
{
	const struct xml_node *slot = slot_of_my_number(d->arena, request);
	const char *name = xml_attribute(slot, "name");
	bool allowed = d->sender != NULL && d->sender->lenient.twelve_digit_ids;
	return slot != NULL && !leniency_grants(allowed, &d->needed->twelve_digit_ids)
	       && !problem_at(
		       p, PROBLEM_MALFORMED, name == NULL ? "Slot" : name,
		       "an Individual Number is not a patient identifier" TWELVE_DIGIT_IDS_REMEDY);
}

/* ---- Parameters ---- */

static bool may_repeat(const struct parameter *m)
{
	return m->as == AS_CODES_ANDED || m->as == AS_REFERENCES_ANDED;
}

/* Of every query: metadata update's, and the home where some clients write it. */
static const struct parameter of_every_query[] = {
	{ .name = "$MetadataLevel",
	  .as = AS_LEVEL,
	  .into = offsetof(struct registry_query, level_2) },
	{ .name = "$homeCommunityId",
	  .as = AS_HOME,
	  .into = offsetof(struct registry_query, home_community_id) },
	{ .name = NULL }
};
enum { OF_EVERY_QUERY = 48 }; /* the bit of the first; no query has so many of its own */

static const struct parameter *parameter_named(const struct stored_query_row *row, const char *name,
					       uint64_t *bit)
{
	const struct parameter *const tables[] = { row->parameters, of_every_query };
	for (unsigned t = 0; t < (row->strict ? 1 : COUNT(tables)); t++)
		for (const struct parameter *m = tables[t]; m->name != NULL; m++)
			if (text_equal(m->name, name)) {
				*bit = UINT64_C(1)
				       << ((m - tables[t]) + (t == 0 ? 0 : OF_EVERY_QUERY));
				return m;
			}
	return NULL;
}

/* Parameters no table has are passed over, for gateways send them on (ITI TF-2: 3.38.4.1.2), and
 * told. A slot without values is as if it were not there. */
static bool read_slot(struct reading_slot *r, const struct stored_query_row *row, uint64_t *seen)
{
	const struct query_slot *s = r->slot;
	uint64_t bit = 0;
	r->parameter = parameter_named(row, s->name, &bit);
	if (row->strict && (r->parameter == NULL || s->count == 0))
		return problem_at(r->problem, PROBLEM_QUERY_INVALID, s->name, "%s",
				  r->parameter == NULL ? "is no parameter of this filter"
						       : "has no value");
	if (r->parameter == NULL)
		findings_warn(r->findings, PROBLEM_QUERY_INVALID, NULL, s->name,
			      "is no parameter of this query, and was passed over");
	if (r->parameter == NULL || s->count == 0)
		return true;
	if ((*seen & bit) != 0 && !may_repeat(r->parameter))
		return problem_at(r->problem, PROBLEM_QUERY_PARAMETER_NUMBER, s->name,
				  "this parameter may be given once");
	if (r->parameter->number == ONE && s->count != 1)
		return problem_at(r->problem, PROBLEM_QUERY_PARAMETER_NUMBER, s->name,
				  "this parameter has one value, and %u are given", s->count);
	*seen |= bit;
	return stored_query_values_read(r);
}

static bool check_needs(const struct parameter *parameters, uint64_t seen, struct problem *p)
{
	const struct parameter *either = NULL;
	unsigned given = 0;
	for (const struct parameter *m = parameters; m->name != NULL; m++) {
		bool is = (seen >> (m - parameters) & 1) != 0;
		if (m->need == REQUIRED && !is)
			return problem_at(p, PROBLEM_QUERY_MISSING_PARAMETER, m->name,
					  "this parameter is required");
		if (m->need == EITHER || m->need == ANY) {
			either = is || either == NULL ? m : either;
			given += is;
		}
	}
	if (either != NULL && given == 0)
		return problem_at(p, PROBLEM_QUERY_MISSING_PARAMETER, either->name,
				  "this parameter or its alternative is required");
	return given < 2 || either->need == ANY
	       || problem_at(p, PROBLEM_QUERY_PARAMETER_NUMBER, either->name,
			     "this parameter excludes its alternative");
}

/* Nothing lies in a range that ends before it begins, nor in one without extent (3.18.4.1.2.3.3: To
 * is not in it). The first is no question; the second is answered, and said. */
static bool check_ranges(const struct registry_query *q, struct findings *f, struct problem *p)
{
	const struct {
		const char *name;
		const struct time_range *range;
	} ranges[] = {
		{ "$XDSDocumentEntryCreationTimeTo", &q->creation },
		{ "$XDSDocumentEntryServiceStartTimeTo", &q->service_start },
		{ "$XDSDocumentEntryServiceStopTimeTo", &q->service_stop },
		{ "$XDSSubmissionSetSubmissionTimeTo", &q->submission },
		{ "$XDSFolderLastUpdateTimeTo", &q->last_update },
	};
	for (size_t i = 0; i < COUNT(ranges); i++) {
		const struct time_range *r = ranges[i].range;
		int order = r->from == NULL || r->to == NULL ? -1 : strcmp(r->from, r->to);
		if (order > 0)
			return problem_at(p, PROBLEM_QUERY_INVALID, ranges[i].name,
					  "%s is before %s, where the range begins", r->to,
					  r->from);
		if (order == 0)
			findings_warn(f, PROBLEM_QUERY_INVALID, NULL, ranges[i].name,
				      "no time lies from %s to before %s", r->from, r->to);
	}
	return true;
}

static bool read_parameters(const struct registry_desk *d, const struct stored_query_row *row,
			    const struct adhoc_query *sent, struct registry_query *q,
			    struct findings *f, struct problem *p)
{
	uint64_t seen = 0;
	bool typed = false;
	if (row == NULL)
		return problem_at(p, PROBLEM_UNKNOWN_QUERY, sent->id,
				  "this stored query is not offered");
	q->kind = row->kind;
	for (const struct query_slot *s = sent->slots; s != NULL; s = s->next) {
		struct reading_slot r = {
			.desk = d, .slot = s, .query = q, .findings = f, .problem = p
		};
		if (!read_slot(&r, row, &seen))
			return false;
		typed = typed
			|| (r.parameter != NULL && r.parameter->as == AS_TYPE && s->count > 0);
	}
	q->type_stable = q->type_stable || !typed; /* 3.18.4.1.2.3.6.2: the default */
	return check_needs(row->parameters, seen, p) && check_ranges(q, f, p);
}

/* What is asked of another community is nothing this registry could know. */
static bool check_home(const struct registry_desk *d, const struct registry_query *q,
		       struct problem *p)
{
	return q->home_community_id == NULL
	       || text_equal(q->home_community_id, d->region->home_community_id)
	       || problem_at(p, PROBLEM_UNKNOWN_COMMUNITY, "home",
			     "\"%s\" is not this community, which is \"%s\"", q->home_community_id,
			     d->region->home_community_id);
}

bool stored_query_read_of_any(const struct registry_desk *d, enum stored_queries among,
			      const struct xml_node *request, struct registry_query *q,
			      struct findings *f, struct problem *p)
{
	struct adhoc_query sent = { 0 };
	if (names_my_number(d, request, p))
		return false;
	bool readable = ebrim_read_query(d->arena, request, &sent, p);
	q->query_id = sent.id;
	q->home_community_id = sent.home;
	q->leaf_class = sent.leaf_class;
	q->most_results = sent.most_results;
	return readable && read_parameters(d, stored_query_find(among, sent.id), &sent, q, f, p);
}

bool stored_query_read(const struct registry_desk *d, enum stored_queries among,
		       const struct xml_node *request, struct registry_query *q, struct findings *f,
		       struct problem *p)
{
	return stored_query_read_of_any(d, among, request, q, f, p) && check_home(d, q, p);
}

/* Two names for one thing, where no third says how they go together. */
static bool names_author_twice(const struct adhoc_query *sent, struct problem *p)
{
	bool author = false, person = false;
	for (const struct query_slot *s = sent->slots; s != NULL; s = s->next) {
		author = author || text_equal(s->name, "$XDSSubmissionSetAuthor");
		person = person || text_equal(s->name, "$XDSSubmissionSetAuthorPerson");
	}
	return author && person
	       && !problem_at(p, PROBLEM_QUERY_INVALID, "$XDSSubmissionSetAuthor",
			      "is given as $XDSSubmissionSetAuthorPerson as well");
}

/* Warnings of values are nobody's: a subscription has no answer that could tell them. */
bool stored_query_filter_read(const struct registry_desk *d, const struct xml_node *filter,
			      struct registry_query *q, struct problem *p)
{
	struct adhoc_query sent = { 0 };
	struct findings unused = findings_in(d->arena);
	if (names_my_number(d, filter, p))
		return false;
	bool readable = ebrim_read_filter(d->arena, filter, &sent, p);
	q->query_id = sent.id;
	q->home_community_id = sent.home;
	return readable && !names_author_twice(&sent, p)
	       && read_parameters(d, stored_query_filter_find(sent.id), &sent, q, &unused, p)
	       && check_home(d, q, p);
}
