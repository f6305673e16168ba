/* profiles/actors/on_demand_source.c: what is offered to be made on demand, and of what it is made.
 * ITI TF-1: 10.1.1.6; ITI TF-2: 3.43.4.2.2, 3.61; ITI TF-3: 4.1. */
#include "profiles/actors/on_demand_source.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gateway/base/arena.h"
#include "gateway/base/derived_id.h"
#include "gateway/base/findings.h"
#include "gateway/base/text.h"
#include "profiles/actors/document_repository.h"
#include "profiles/actors/on_demand_each.h"
#include "schemas/tables/view_kinds.h"
#include "store/blobs.h"
#include "store/identity.h"
#include "store/registry.h"
#include "store/repository.h"
#include "store/store.h"

static const struct {
	const char *name, *mime_type;
} forms[VIEW_FORMS] = {
	[VIEW_CDA] = { "cda", "text/xml" },
	[VIEW_FHIR] = { "fhir", "application/fhir+json" },
};

const char *on_demand_mime_type(enum view_form form)
{
	return forms[form].mime_type;
}

/* NULL: the store does not give its secret. */
static const char *unique_id(const struct registry_desk *d, uint64_t record, struct view view,
			     const char *what)
{
	unsigned char secret[STORE_SECRET];
	const char *parts[] = { "on demand", what, view_kinds[view.kind].name,
				forms[view.form].name,
				arena_printf(d->arena, "%llu", (unsigned long long)record) };
	if (!store_secret(d->txn, secret))
		return NULL;
	return derived_oid(d->arena, (struct bytes){ secret, sizeof secret }, parts, COUNT(parts));
}

static const char *offered_in(const struct registry_desk *d, struct view view)
{
	return d->region->on_demand[view.kind].repository_unique_id;
}

/* ---- Offering ---- */

static struct coded_value *coded(struct arena *a, enum view_kind kind, const char *attribute)
{
	struct view_entry_code codes[VIEW_ENTRY_CODES];
	const struct view_entry_code *row = codes;
	view_entry_codes(kind, codes);
	while (!text_equal(row->attribute, attribute))
		row++;
	struct coded_value *c = arena_new(a, struct coded_value);
	*c = (struct coded_value){ .code = row->code,
				   .scheme = row->scheme,
				   .display = row->display,
				   .display_language = "ja-JP" };
	return c;
}

struct coded_value *on_demand_format_code(struct arena *a, enum view_kind kind)
{
	return coded(a, kind, "formatCode");
}

static struct localized *titled(struct arena *a, const char *text)
{
	struct localized *l = arena_new(a, struct localized);
	*l = (struct localized){ .value = text, .language = "ja-JP", .charset = "UTF-8" };
	return l;
}

/* The region: its name without what XON would read as delimiters. */
static struct author *author_of(const struct registry_desk *d)
{
	struct author *who = arena_new(d->arena, struct author);
	char *name = arena_text(d->arena, text_empty(d->region->name) ? "Minato" : d->region->name);
	for (char *c = name; *c != '\0'; c++)
		if (*c == '^' || *c == '&' || *c == '|' || *c == '~' || *c == '\\')
			*c = ' ';
	who->institution = arena_new(d->arena, struct text_value);
	who->institution->value = name;
	return who;
}

/* sourcePatientId is the region's own id: no facility's number is told by it. */
static struct document_entry *entry_of(const struct registry_desk *d, uint64_t subject,
				       const char *patient_id, struct view view)
{
	struct arena *a = d->arena;
	struct document_entry *e = arena_new(a, struct document_entry);
	*e = (struct document_entry){
		.type = ENTRY_ON_DEMAND,
		.mime_type = forms[view.form].mime_type,
		.language_code = "ja-JP",
		.authors = author_of(d),
		.title = titled(a, view_kinds[view.kind].titles[view.form]),
		.class_code = coded(a, view.kind, "classCode"),
		.type_code = coded(a, view.kind, "typeCode"),
		.format_code = coded(a, view.kind, "formatCode"),
		.confidentiality_codes = coded(a, view.kind, "confidentialityCode"),
		.practice_setting_code = coded(a, view.kind, "practiceSettingCode"),
		.healthcare_facility_type_code = coded(a, view.kind, "healthcareFacilityTypeCode"),
		.repository_unique_id = offered_in(d, view),
		.patient_id = patient_id,
		.source_patient_id = patient_id,
		.unique_id = unique_id(d, subject, view, "document"),
		.subject = subject,
	};
	return e;
}

static struct submission_set *set_of(const struct registry_desk *d, const struct document_entry *e,
				     struct view view)
{
	struct submission_set *s = arena_new(d->arena, struct submission_set);
	char dtm[DTM_TEXT];
	instant_to_dtm(d->now, dtm);
	*s = (struct submission_set){
		.authors = author_of(d),
		.title = e->title,
		.content_type_code = e->type_code,
		.source_id = offered_in(d, view),
		.unique_id = unique_id(d, e->subject, view, "submission"),
		.submission_time = arena_text(d->arena, dtm),
		.patient_id = e->patient_id,
		.subject = e->subject,
	};
	return s;
}

static const char *new_id(const struct registry_desk *d)
{
	char uuid[UUID_URN_TEXT];
	time_uuid(d->now, store_random(d->txn), uuid);
	return arena_text(d->arena, uuid);
}

static struct submission *submission_of(const struct registry_desk *d, uint64_t subject,
					const char *patient_id, struct view view)
{
	struct submission *s = arena_new(d->arena, struct submission);
	struct association *x = arena_new(d->arena, struct association);
	s->entries = entry_of(d, subject, patient_id, view);
	s->set = set_of(d, s->entries, view);
	s->set_count = 1;
	s->entries->id = new_id(d);
	s->set->id = new_id(d);
	*x = (struct association){ .id = new_id(d),
				   .type = ASSOCIATION_HAS_MEMBER,
				   .type_urn = association_type_urn(ASSOCIATION_HAS_MEMBER),
				   .source = s->set->id,
				   .target = s->entries->id,
				   .submission_set_status = "Original" };
	s->associations = x;
	return s;
}

/* By whichever record of the person. It may be hidden from who sends now: so nothing of it is
 * opened, and nothing told. */
static bool is_offered(const struct registry_desk *d, const struct record_numbers *his,
		       struct view view)
{
	for (size_t i = 0; i < his->count; i++) {
		const char *id = unique_id(d, his->numbers[i], view, "document");
		if (id == NULL || registry_same(d->txn, id, 1) != 0)
			return true;
	}
	return false;
}

static bool put(const struct registry_desk *d, const struct document_entry *e,
		const char *patient_id, struct view view, struct submission **made,
		struct findings *f)
{
	struct problem p = { .code = PROBLEM_NONE };
	struct submission *s = submission_of(d, e->subject, patient_id, view);
	if (!registry_put(d->txn, d->arena, s, d->now, &p))
		return findings_error(f, p.code, NULL, p.where, "%s", p.what);
	s->offered = *made;
	*made = s;
	return true;
}

enum view_kind on_demand_source_is_of(const struct registry_desk *d, const struct document_entry *e)
{
	enum view_kind kind = view_kind_of_source(e);
	bool made = kind < VIEW_KINDS && d->region->on_demand[kind].repository_unique_id != NULL
		    && region_has_repository(d->region, e->repository_unique_id);
	return made ? kind : VIEW_KINDS;
}

static bool lacks(const struct registry_desk *d, const struct record_numbers *his, struct view view)
{
	return d->region->on_demand[view.kind].forms[view.form] && !is_offered(d, his, view);
}

bool on_demand_source_lacks(const struct registry_desk *d, const struct document_entry *e)
{
	struct patient_record place;
	struct record_numbers his;
	struct view view = { .kind = on_demand_source_is_of(d, e) };
	bool lacking = false;
	if (view.kind == VIEW_KINDS || !identity_place(d->txn, d->arena, e->subject, &place)
	    || !identity_subjects(d->txn, d->arena, place.person, &his))
		return false;
	for (; !lacking && view.form < VIEW_FORMS; view.form++)
		lacking = lacks(d, &his, view);
	return lacking;
}

bool on_demand_source_offer_one(const struct registry_desk *d, const struct document_entry *e,
				struct submission **made, struct findings *f)
{
	struct patient_record place;
	struct record_numbers his;
	struct view view = { .kind = on_demand_source_is_of(d, e) };
	if (view.kind == VIEW_KINDS || !identity_place(d->txn, d->arena, e->subject, &place)
	    || !identity_subjects(d->txn, d->arena, place.person, &his))
		return true;
	const char *patient_id = document_registry_regional_id(d, place.person);
	for (; patient_id != NULL && view.form < VIEW_FORMS; view.form++)
		if (lacks(d, &his, view) && !put(d, e, patient_id, view, made, f))
			return false;
	return true;
}

bool on_demand_source_offer(const struct registry_desk *d, struct submission *registered,
			    struct findings *f)
{
	for (const struct document_entry *e = registered->entries; e != NULL; e = e->next)
		if (!on_demand_source_offer_one(d, e, &registered->offered, f)
		    || !on_demand_each_offer(d, e, &registered->offered, f))
			return false;
	return true;
}

/* ---- Finding ---- */

/* Nobody else's entry has a repository of ours and no sender, or is a form of something; of what
 * kind and form it is its uniqueId says. */
static bool is_ours(const struct registry_desk *d, const struct document_entry *e,
		    const char *repository, struct on_demand_document *out)
{
	if (e == NULL || e->type != ENTRY_ON_DEMAND
	    || !text_equal(e->repository_unique_id, repository))
		return false;
	*out = (struct on_demand_document){ .subject = e->subject,
					    .entry = arena_text(d->arena, e->id) };
	if (e->sources != NULL && e->sources->document != NULL)
		return on_demand_each_finds(d, e, out);
	if (e->source_system != NULL)
		return false;
	for (struct view v = { 0 }; v.kind < VIEW_KINDS; v.kind++)
		for (v.form = 0; v.form < VIEW_FORMS; v.form++) {
			out->view = v;
			if (text_equal(offered_in(d, v), repository)
			    && d->region->on_demand[v.kind].forms[v.form]
			    && text_equal(e->unique_id, unique_id(d, e->subject, v, "document")))
				return true;
		}
	return false;
}

bool on_demand_source_finds(const struct registry_desk *d, const char *repository, const char *id,
			    struct on_demand_document *out)
{
	if (!region_makes_on_demand(d->region))
		return false;
	struct registry_cursor *all = registry_entries_of(d->txn, d->arena, id);
	struct arena *each = arena_create_within(d->arena);
	struct sealed_entry *one;
	bool found = false;
	registry_lend(all, each);
	while (!found && (one = registry_next_entry(all)) != NULL)
		found = is_ours(d, document_registry_entry(d, one), repository, out);
	registry_cursor_over(all);
	return found;
}

const char *on_demand_source_patient(const struct registry_desk *d,
				     const struct on_demand_document *what)
{
	struct patient_record place;
	return identity_place(d->txn, d->arena, what->subject, &place)
		       ? document_registry_told_id(d, place.person)
		       : NULL;
}

void on_demand_source_describe(const struct registry_desk *d, const struct on_demand_document *what,
			       struct document_entry *entry, struct submission_set *set)
{
	*entry = *entry_of(d, what->subject, on_demand_source_patient(d, what), what->view);
	*set = *set_of(d, entry, what->view);
}

/* ---- Gathering ---- */

/* Which is older, and how long it is. */
enum { SOURCES_LOOKED_AT = 10 * VIEW_SOURCES_MOST };
struct source_age {
	const char *day, *created, *document;
	size_t octets;
};

struct gathering {
	const struct registry_desk *desk;
	const struct on_demand_taker *taker;
	enum view_kind kind;
	struct source_age *ages;
	size_t age_count;
	const struct source_age *oldest; /* that is taken; NULL: all are */
	struct arena *each;
	size_t count, octets;
	struct problem *problem;
};

static bool read_file(int fd, unsigned char *into, size_t length)
{
	for (size_t at = 0; at < length;) {
		ssize_t n = pread(fd, into + at, length - at, (off_t)at);
		if (n <= 0)
			return false;
		at += (size_t)n;
	}
	return true;
}

/* Without data: it is not to be had. */
static struct bytes octets_of(struct gathering *g, const struct document_entry *e)
{
	const struct registry_desk *d = g->desk;
	struct kept_document kept;
	struct blob_content content;
	struct problem p = { .code = PROBLEM_NONE };
	const struct bytes none = { NULL, 0 };
	if (!region_has_repository(d->region, e->repository_unique_id)
	    || !repository_find(d->txn, g->each, e->repository_unique_id, e->unique_id, &kept)
	    || document_repository_is_withdrawn(d, kept.source_system)
	    || kept.size > VIEW_MESSAGE_MOST)
		return none;
	if (!blob_open(d->txn, kept.sha256, g->each, &content, &p)) {
		if (p.code == PROBLEM_OUT_OF_RESOURCES)
			*g->problem = p; /* it can be read another time */
		return none;
	}
	g->octets += content.size;
	if (content.fd < 0)
		return content.octets;
	unsigned char *copy = arena_alloc(g->each, content.size);
	return read_file(content.fd, copy, content.size) ? (struct bytes){ copy, content.size }
							 : none;
}

static bool take(struct gathering *g, const struct document_entry *e)
{
	if (++g->count > VIEW_SOURCES_MOST)
		return problem_set(g->problem, PROBLEM_TOO_LARGE,
				   "the list would be made of more than %d %s", VIEW_SOURCES_MOST,
				   view_kinds[g->kind].nouns);
	struct bytes octets = octets_of(g, e);
	if (g->problem->code != PROBLEM_NONE)
		return false;
	if (g->octets > view_kinds[g->kind].octets_most)
		return problem_set(g->problem, PROBLEM_TOO_LARGE,
				   "the list would be made of %s of more than %zu octets",
				   view_kinds[g->kind].nouns, view_kinds[g->kind].octets_most);
	g->taker->take(g->taker->self, g->each, e, octets);
	return true;
}

/* Of each Approved source of a record; false where work says so. */
static bool each_of_record(struct gathering *g, uint64_t subject,
			   bool (*work)(struct gathering *g, const struct document_entry *e))
{
	static const struct registry_glance approved = { .approved = true, .stable = true };
	const struct registry_desk *d = g->desk;
	struct registry_cursor *all = registry_entries(d->txn, d->arena, subject, &approved);
	struct sealed_entry *one;
	bool goes_on = true;
	registry_lend(all, g->each);
	while (goes_on && (one = registry_next_entry(all)) != NULL) {
		const struct document_entry *e = document_registry_entry(d, one);
		goes_on = e == NULL || view_kind_of_source(e) != g->kind || work(g, e);
	}
	registry_cursor_over(all);
	return goes_on;
}

/* ---- The newest ---- */

static struct source_age age_of(struct arena *a, const struct document_entry *e)
{
	const char *day = e->service_start_time != NULL ? e->service_start_time : e->creation_time;
	struct source_age age = { .day = day == NULL ? "" : arena_text(a, day),
				  .created = e->creation_time == NULL
						     ? ""
						     : arena_text(a, e->creation_time),
				  .document = arena_text(a, e->unique_id),
				  .octets = e->size == NULL ? 0 : strtoull(e->size, NULL, 10) };
	if (age.octets > VIEW_MESSAGE_MOST)
		age.octets = 0; /* it is not read */
	return age;
}

static int newest_first(const void *a, const void *b)
{
	const struct source_age *x = a, *y = b;
	int order = strcmp(y->day, x->day);
	if (order == 0)
		order = strcmp(y->created, x->created);
	return order != 0 ? order : strcmp(x->document, y->document);
}

static bool note_age(struct gathering *g, const struct document_entry *e)
{
	if (g->age_count < SOURCES_LOOKED_AT)
		g->ages[g->age_count++] = age_of(g->desk->arena, e);
	return true;
}

/* The oldest that is taken, where not all are. */
static void find_oldest(struct gathering *g)
{
	size_t octets = 0, n = 0;
	qsort(g->ages, g->age_count, sizeof *g->ages, newest_first);
	while (n < g->age_count && n < VIEW_SOURCES_MOST
	       && octets + g->ages[n].octets <= view_kinds[g->kind].octets_most)
		octets += g->ages[n++].octets;
	if (n != 0 && n < g->age_count)
		g->oldest = &g->ages[n - 1];
}

static bool take_if_new(struct gathering *g, const struct document_entry *e)
{
	struct source_age age = { .day = "" };
	if (g->oldest != NULL)
		age = age_of(g->each, e);
	if (g->oldest == NULL || newest_first(g->oldest, &age) >= 0)
		return take(g, e);
	++*g->taker->older;
	return true;
}

static bool gather_all(struct gathering *g, const struct record_numbers *his)
{
	if (view_kinds[g->kind].newest) {
		g->ages = arena_array(g->desk->arena, struct source_age, SOURCES_LOOKED_AT);
		for (size_t i = 0; i < his->count; i++)
			each_of_record(g, his->numbers[i], note_age);
		find_oldest(g);
	}
	for (size_t i = 0; i < his->count; i++)
		if (!each_of_record(g, his->numbers[i], take_if_new))
			return false;
	return true;
}

bool on_demand_source_gather(const struct registry_desk *d, const struct on_demand_document *what,
			     const struct on_demand_taker *taker, struct problem *p)
{
	struct gathering g = { .desk = d,
			       .kind = what->view.kind,
			       .taker = taker,
			       .each = arena_create_within(d->arena),
			       .problem = p };
	struct patient_record place;
	struct record_numbers his;
	if (what->message != NULL)
		return take(&g, what->message);
	if (!identity_place(d->txn, d->arena, what->subject, &place)
	    || !identity_subjects(d->txn, d->arena, place.person, &his))
		return problem_set(p, PROBLEM_DOCUMENT_UNIQUE_ID,
				   "the repository has no such document");
	return gather_all(&g, &his);
}
