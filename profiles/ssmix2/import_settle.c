/* profiles/ssmix2/import_settle.c: which documents are Approved, by what the files say now.
 *
 * Looks at the registry as it is, never at what an earlier import may have done: so whatever came
 * before, and wherever it broke off, the same files end in the same statuses. */
#include <stdlib.h>
#include <string.h>

#include "gateway/base/text.h"
#include "profiles/ssmix2/import_chunk.h"
#include "store/registry.h"

static const struct registry_glance approved_only = { .approved = true, .stable = true };

/* ---- What a key's files say ---- */

/* The newest of that flag that could be taken, could be once, or says that the order is cancelled;
 * of one 発生日時 that with the greatest SHA-256, whichever came first. */
static const struct step *newest_of(const struct storage_key *k, char flag)
{
	const struct step *best = NULL;
	for (const struct step *s = k->newest;
	     s != NULL && (best == NULL || text_equal(s->name->time, best->name->time));
	     s = s->older)
		if (s->name->flag == flag && (s->taken || s->cancels || s->spoilt)
		    && (best == NULL
			|| memcmp(s->blob.sha256, best->blob.sha256, sizeof s->blob.sha256) > 0))
			best = s;
	return best;
}

/* The version that must be Approved; NULL: none. */
static const struct step *current_version(const struct storage_key *k)
{
	const struct step *s = newest_of(k, '1');
	if (s == NULL) {
		s = newest_of(k, '2');
		if (s != NULL && k->deleted != NULL && strcmp(s->name->time, k->deleted) <= 0)
			s = NULL;
	}
	return s == NULL || s->cancels ? NULL : s;
}

/* Of a data type without days its one day is "". */
static const char *day_in(const char *service_start)
{
	return service_start == NULL ? "" : service_start;
}

static const char *day_of(struct chunk *c, const struct step *s, const char *date)
{
	struct storage_name there = *s->name;
	there.date = date;
	return day_in(ssmix2_service_start(c->arena, &there));
}

/* ---- What the registry says ---- */

/* Of the extended storage what lies beside a document refers to it as well, behind its own id. */
static bool is_of_order(struct chunk *c, const struct step *s, const struct document_entry *e)
{
	const struct storage_type *type = s->name->type;
	if (!chunk_is_ours(c, e) || !text_equal(e->type_code->code, ssmix2_type_code(type)))
		return false;
	return !type->extended
	       || (e->reference_ids != NULL
		   && text_equal(e->reference_ids->value,
				 ssmix2_order_id(c->arena, &c->im->source, s->name)));
}

/* Entries of the order, and of this data type, that came of this storage. */
static struct document_entry *next_of_order(struct chunk *c, const struct step *s,
					    struct registry_cursor *all)
{
	struct document_entry *e = chunk_open(c, registry_next_entry(all));
	while (e != NULL && !is_of_order(c, s, e))
		e = chunk_open(c, registry_next_entry(all));
	return e;
}

static struct registry_cursor *of_order(struct chunk *c, const struct step *s, uint64_t subject)
{
	return registry_referring(c->txn, c->arena,
				  ssmix2_order_id(c->arena, &c->im->source, s->name), subject,
				  &approved_only);
}

struct document_entry *settle_approved(struct chunk *c, const struct step *s)
{
	const struct storage_key *k = s->key;
	const char *day = day_of(c, s, k->date),
		   *before = k->moved_from == NULL ? NULL : day_of(c, s, k->moved_from->date);
	struct patient_record record;
	if (!chunk_record(c, s->name, &record))
		return NULL;
	struct registry_cursor *all = of_order(c, s, record.number);
	struct document_entry *e;
	while ((e = next_of_order(c, s, all)) != NULL)
		if (text_equal(day_in(e->service_start_time), day)
		    || (before != NULL && text_equal(day_in(e->service_start_time), before)))
			break;
	return e;
}

static void note(struct chunk *c, struct text_list **list, struct settling *out,
		 const struct document_entry *e)
{
	struct text_list *one = arena_new(c->arena, struct text_list),
			 *id = arena_new(c->arena, struct text_list);
	*one = (struct text_list){ .value = e->id, .next = *list };
	*list = one;
	*id = (struct text_list){ .value = e->unique_id, .next = out->changed };
	out->changed = id;
}

/* What must be of one day of the order. */
struct wanted {
	const char *day, *unique_id; /* NULL: nothing is Approved */
	bool unknown; /* the file that says so cannot be read any more: as one that is not there */
};

static int by_day(const void *a, const void *b)
{
	return strcmp(((const struct wanted *)a)->day, ((const struct wanted *)b)->day);
}

/* The version in the folder of the document's current one. */
static const struct step *taken_beside(const struct storage_key *k, const struct step *main)
{
	const struct step *s = import_beside(k, main);
	return s != NULL && (s->taken || s->spoilt) ? s : NULL;
}

static struct wanted wanted_of(struct chunk *c, const struct step *order,
			       const struct storage_key *k)
{
	const struct storage_key *of = k->main != NULL ? k->main : k;
	const struct step *s = order->patient->deleted ? NULL : current_version(of);
	if (s != NULL && k->main != NULL && !s->spoilt)
		s = taken_beside(k, s);
	bool spoilt = s != NULL && s->spoilt;
	return (struct wanted){ .day = day_of(c, order, k->date),
				.unique_id = s == NULL || spoilt ? NULL : chunk_id(c, s),
				.unknown = spoilt };
}

/* Keys come by date, and their days are in the same order. */
static struct wanted *wanted_days(struct chunk *c, const struct step *s, size_t *count)
{
	*count = 0;
	for (const struct storage_key *k = s->key; k != NULL; k = k->next)
		++*count;
	struct wanted *days = arena_array(c->arena, struct wanted, *count + 1), *day = days;
	for (const struct storage_key *k = s->key; k != NULL; k = k->next)
		*day++ = wanted_of(c, s, k);
	return days;
}

static void withdraw_others(struct chunk *c, const struct step *s, const struct wanted *days,
			    size_t count, uint64_t subject, struct settling *out)
{
	struct registry_cursor *all = of_order(c, s, subject);
	for (const struct document_entry *e; (e = next_of_order(c, s, all)) != NULL;) {
		struct wanted key = { .day = day_in(e->service_start_time) };
		const struct wanted *day = bsearch(&key, days, count, sizeof *days, by_day);
		if (day == NULL || day->unknown || text_equal(day->unique_id, e->unique_id))
			continue;
		note(c, &out->withdraw, out, e);
		out->withdrawn++;
	}
}

static void restore_current(struct chunk *c, const char *unique_id, uint64_t subject,
			    struct settling *out)
{
	struct registry_cursor *all = registry_entries_of(c->txn, c->arena, unique_id);
	const struct document_entry *e = NULL;
	for (struct sealed_entry *s; (s = registry_next_entry(all)) != NULL; e = NULL) {
		if (registry_entry_facts(s).former)
			continue;
		e = chunk_open(c, s);
		if (e != NULL && e->subject == subject && chunk_is_ours(c, e))
			break;
	}
	registry_cursor_over(all);
	if (e == NULL || e->status != STATUS_DEPRECATED)
		return;
	note(c, &out->restore, out, e);
	out->restored++;
}

static bool in_flux(const struct step *s)
{
	for (const struct storage_key *k = s->key; k != NULL; k = k->next)
		if (k->gone || (k->main != NULL && k->main->gone))
			return true;
	return false;
}

bool settle_order(struct chunk *c, const struct step *s, struct settling *out)
{
	struct patient_record record;
	size_t count;
	*out = (struct settling){ .withdraw = NULL };
	if (in_flux(s) || !chunk_record(c, s->name, &record))
		return false;
	const struct wanted *days = wanted_days(c, s, &count);
	withdraw_others(c, s, days, count, record.number, out);
	for (size_t i = 0; i < count; i++)
		if (days[i].unique_id != NULL)
			restore_current(c, days[i].unique_id, record.number, out);
	return out->changed != NULL;
}

enum { HANGING_DEEPEST = 16 }; /* an addendum to an addendum ... */

/* Deprecated by its own submitter's doing: replaced, or hanging on what was. */
static bool was_replaced(struct chunk *c, const struct document_entry *e, unsigned depth)
{
	const struct association *x;
	for (x = registry_to(c->txn, c->arena, e->id); x != NULL; x = x->next)
		if (x->status != STATUS_DEPRECATED
		    && (x->type == ASSOCIATION_RPLC || x->type == ASSOCIATION_XFRM_RPLC))
			return true;
	for (x = registry_from(c->txn, c->arena, e->id); x != NULL; x = x->next) {
		bool hangs = x->type == ASSOCIATION_APND || x->type == ASSOCIATION_XFRM;
		const struct document_entry *base =
			!hangs ? NULL : chunk_open(c, registry_entry(c->txn, c->arena, x->target));
		if (base != NULL && base->status == STATUS_DEPRECATED
		    && (depth == 0 || was_replaced(c, base, depth - 1)))
			return true;
	}
	return false;
}

bool settle_patient(struct chunk *c, const struct step *s, struct settling *out)
{
	static const struct registry_glance deprecated_only = { .deprecated = true,
								.stable = true };
	bool restore = s->action == STEP_RESTORE_PATIENT;
	struct patient_record record;
	*out = (struct settling){ .withdraw = NULL };
	if ((restore && s->patient->deleted) || !chunk_record(c, s->name, &record))
		return false;
	struct registry_cursor *all = registry_entries(c->txn, c->arena, record.number,
						       restore ? &deprecated_only : &approved_only);
	for (const struct document_entry *e; (e = chunk_open(c, registry_next_entry(all))) != NULL
					     && out->withdrawn + out->restored < CHUNK_STATUSES;) {
		if (!text_equal(e->source_system, c->im->source.facility->name)
		    || (restore && (ssmix2_is_entry(e) || was_replaced(c, e, HANGING_DEEPEST))))
			continue;
		note(c, restore ? &out->restore : &out->withdraw, out, e);
		out->restored += restore;
		out->withdrawn += !restore;
	}
	return out->changed != NULL;
}

/* ---- On the committer ---- */

bool settle(struct chunk *c, struct step *s)
{
	struct settling found;
	bool order = s->action == STEP_SETTLE;
	bool any = order ? settle_order(c, s, &found) : settle_patient(c, s, &found);
	for (const struct text_list *id = found.withdraw; id != NULL; id = id->next)
		if (!registry_deprecate(c->txn, c->arena, id->value, &s->work->problem))
			return false;
	for (const struct text_list *id = found.restore; id != NULL; id = id->next)
		if (!registry_approve(c->txn, c->arena, id->value, &s->work->problem))
			return false;
	s->changed = found.changed;
	s->withdrawn = found.withdrawn;
	s->restored = found.restored;
	s->outcome = any ? STEP_DONE : STEP_UNCHANGED;
	return true;
}
