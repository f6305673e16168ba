/* profiles/admin/disclosing.c: a disclosure grows beside its bundle: a row of a table for whatever
 * is put, so that nothing is read back. */
#include "profiles/admin/disclosing.h"

#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "gateway/base/text_set.h"
#include "profiles/actors/document_registry.h"
#include "profiles/admin/admin_document.h"
#include "profiles/admin/admin_person.h"
#include "profiles/admin/admin_trail.h"
#include "profiles/admin/disclosing_page.h"
#include "profiles/admin/looks.h"
#include "profiles/admin/provisions.h"
#include "schemas/model/document.h"
#include "schemas/model/region_policy.h"
#include "store/audit_log.h"
#include "store/registry.h"
#include "store/repository.h"
#include "store/store.h"

/* The page, until it is written: a row takes some 300 octets. */
#define PAGE_MEMORY ((size_t)1 << 30)

struct withheld {
	const char *rule;
	uint64_t count;
	struct withheld *next;
};

struct disclosing {
	struct arena *arena;
	struct disclosing_page *page;
	struct withheld *withheld;
	uint64_t looks, provisions;
};

const char *disclosing_hides(const struct region *r, const struct document_entry *e)
{
	const struct region_rule *rule = region_policy_keeps_from_patient(r->policy, e);
	return rule == NULL ? NULL : rule->text;
}

/* HL7 ActReason. */
static const struct coded_value at_his_request = { .code = "PATRQT",
						   .scheme = "2.16.840.1.113883.5.8",
						   .display = "patient requested" };

static void end(void *arena)
{
	arena_destroy(arena);
}

struct disclosing *disclosing_begin(struct exchange *x)
{
	struct disclosing *d = arena_new(x->arena, struct disclosing);
	*d = (struct disclosing){ .arena = arena_create(PAGE_MEMORY) };
	if (d->arena == NULL) {
		problem_set(&x->problem, PROBLEM_OUT_OF_RESOURCES,
			    "there is no memory to disclose with");
		return NULL;
	}
	arena_at_end(x->arena, end, d->arena);
	x->who.purposes = &at_his_request; /* of each of its records */
	d->page = disclosing_page_begin(d->arena);
	return d;
}

void disclosing_begin_lists(struct exporting *ex)
{
	bundle_begin_list(ex->bundle, bundle_looks);
	bundle_begin_list(ex->bundle, bundle_provisions);
}

/* ---- What may not be shown ---- */

static void count_withheld(struct disclosing *d, const char *rule)
{
	struct withheld **at = &d->withheld;
	while (*at != NULL && !text_equal((*at)->rule, rule))
		at = &(*at)->next;
	if (*at == NULL) {
		*at = arena_new(d->arena, struct withheld);
		**at = (struct withheld){ .rule = arena_text(d->arena, rule) };
	}
	(*at)->count++;
}

/* Relations of what is left out are left out with it, and what is about those. */
static void forget_relations(struct submission *s, struct text_set *gone)
{
	bool again = true;
	while (again) {
		again = false;
		for (struct association **at = &s->associations; *at != NULL;)
			if (text_set_has(gone, (*at)->source)
			    || text_set_has(gone, (*at)->target)) {
				text_set_add(gone, (*at)->id);
				*at = (*at)->next;
				again = true;
			} else {
				at = &(*at)->next;
			}
	}
}

static void tell_entry(struct exporting *ex, struct arena *a, const struct export_set *s,
		       const struct document_entry *e)
{
	const struct registered_system *by = region_system(ex->x->region, s->submitter);
	struct kept_document kept;
	char name[BUNDLE_NAME] = "";
	if (region_has_repository(ex->x->region, e->repository_unique_id)
	    && repository_find(ex->txn, a, e->repository_unique_id, e->unique_id, &kept))
		bundle_document_name(kept.sha256, name);
	json_t *row = json_pack("{s:s}", "unique_id", e->unique_id);
	admin_put(row, "time", e->creation_time);
	admin_put(row, "title", e->title == NULL ? NULL : e->title->value);
	admin_put(row, "type", e->type_code == NULL ? NULL : e->type_code->display);
	admin_put(row, "facility", by == NULL || by->title == NULL ? s->submitter : by->title);
	if (name[0] != '\0')
		admin_put(row, "file", name);
	disclosing_page_row(ex->disclosing->page, PAGE_DOCUMENTS, row);
	json_decref(row);
}

bool disclosing_allows(struct exporting *ex, struct arena *a, const struct export_set *s)
{
	struct submission *all = s->submission;
	struct document_entry **at = &all->entries;
	struct text_set gone = text_set_in(a);
	bool had = all->entries != NULL;
	while (*at != NULL) {
		const char *rule = disclosing_hides(ex->x->region, *at);
		if (rule == NULL) {
			tell_entry(ex, a, s, *at);
			at = &(*at)->next;
			continue;
		}
		count_withheld(ex->disclosing, rule);
		text_set_add(&gone, (*at)->id);
		*at = (*at)->next;
	}
	forget_relations(all, &gone);
	return !had || all->entries != NULL;
}

/* ---- What is told ---- */

void disclosing_tell_record(struct exporting *ex, const struct patient_record *r)
{
	json_t *row = admin_show_record(ex->x, r, NULL);
	const struct registered_system *s = region_system(ex->x->region,
							  admin_facility(ex->x->region, r->domain));
	if (s != NULL && s->title != NULL)
		json_object_set_new(row, "facility", json_string(s->title));
	disclosing_page_row(ex->disclosing->page, PAGE_RECORDS, row);
	json_decref(row);
}

void disclosing_tell_consent(struct exporting *ex, const json_t *line)
{
	disclosing_page_row(ex->disclosing->page, PAGE_CONSENTS, line);
}

static void tell_look(struct exporting *ex, const struct audit_entry *e,
		      const struct kept_event *kept)
{
	struct disclosing *d = ex->disclosing;
	const struct look_words *w = look_words_for(e, kept);
	if (w != NULL && w->kind != LOOK_SEEN && w->kind != LOOK_TOLD)
		return;
	json_t *row = json_pack("{s:s, s:s, s:s, s:s, s:s, s:b, s:I}", "time",
				admin_time(ex->persons, e->terms.time), "who",
				look_who(ex->x, LOOK_JAPANESE, e->terms.system), "who_en",
				look_who(ex->x, LOOK_ENGLISH, e->terms.system), "what",
				look_what(LOOK_JAPANESE, e, kept), "what_en",
				look_what(LOOK_ENGLISH, e, kept), "refused", e->terms.refused,
				"number", (json_int_t)e->sequence);
	admin_put(row, "person", trail_person(kept));
	bundle_put_line(ex->bundle, ex->persons, bundle_looks, row);
	disclosing_page_row(d->page, PAGE_LOOKS, row);
	json_decref(row);
	d->looks++;
}

/* What he may not see is no item either. */
static bool take_out_hidden(struct exporting *ex, struct provision *p)
{
	const struct registry_desk desk = { .admission = &ex->x->admission, .txn = ex->txn };
	struct provided_document **at = &p->documents;
	while (*at != NULL) {
		const struct document_entry *e = document_registry_entry(
			&desk, registry_entry_of(ex->txn, ex->persons, (*at)->unique_id));
		if (e != NULL && disclosing_hides(ex->x->region, e) != NULL)
			*at = (*at)->next;
		else
			at = &(*at)->next;
	}
	return p->documents != NULL;
}

void disclosing_tell_message(struct exporting *ex, const struct audit_entry *e,
			     const struct kept_event *kept)
{
	struct disclosing *d = ex->disclosing;
	tell_look(ex, e, kept);
	for (struct provision *p = provisions_of(ex->x, ex->txn, ex->persons, e, kept); p != NULL;
	     p = p->next) {
		if (p->whose != ex->asked.person || !take_out_hidden(ex, p))
			continue;
		json_t *row = provision_json(ex->x, ex->txn, ex->persons, p);
		bundle_put_line(ex->bundle, ex->persons, bundle_provisions, row);
		disclosing_page_row(d->page, PAGE_PROVISIONS, row);
		json_decref(row);
		d->provisions++;
	}
}

void disclosing_put_index(struct exporting *ex)
{
	struct disclosing *d = ex->disclosing;
	for (const struct withheld *w = d->withheld; w != NULL; w = w->next) {
		json_t *row = json_pack("{s:s, s:I}", "rule", w->rule, "count",
					(json_int_t)w->count);
		disclosing_page_row(d->page, PAGE_WITHHELD, row);
		json_decref(row);
	}
	const struct region *r = ex->x->region;
	bundle_put(ex->bundle, bundle_index,
		   disclosing_page_end(d->page, r->name == NULL ? r->affinity_domain : r->name,
				       cx_text(d->arena, ex->asked.id, ex->asked.domain),
				       admin_time(d->arena, ex->x->now), ex->known_since));
}

json_t *disclosing_json(const struct exporting *ex)
{
	const struct disclosing *d = ex->disclosing;
	json_t *withheld = json_object();
	for (const struct withheld *w = d->withheld; w != NULL; w = w->next)
		json_object_set_new(withheld, w->rule, json_integer((json_int_t)w->count));
	return json_pack("{s:o, s:I, s:I}", "withheld", withheld, "looks", (json_int_t)d->looks,
			 "provisions", (json_int_t)d->provisions);
}

void disclosing_audit(struct audit_event *e)
{
	e->type = (struct coded_value){ .code = "IHE0006",
					.scheme = "IHE",
					.display = "Disclosure" };
	e->transaction = "disclosure-bundle";
}
