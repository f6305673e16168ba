/* profiles/ssmix2/import_plan.c: what one patient's files mean, key by key.
 *
 * A key is patient, 診療日, data type and order number. Of its files the newest with flag 1 is the
 * current version; what came before it (flag 2, or an older flag 1) is its history; without a flag
 * 1 the newest flag 0 says that it was deleted. Order is by 発生日時 in the name, never by the file's
 * time. When an order is deleted under one day and lives under another, its day was corrected: the
 * old one is history of the new one. */
#include "profiles/ssmix2/import.h"

#include <string.h>

#include "gateway/base/text.h"

/* The files of one key, from first up to (not including) end. */
struct key {
	struct storage_name *first, *end;
	struct storage_name *current, *deleted;
	struct key *next;
};

struct plan {
	struct importing *im;
	struct arena *arena;
	struct step *first, **tail;
};

static struct step *add_step(struct plan *p, enum step_action action, const struct storage_name *n)
{
	struct step *s = arena_new(p->arena, struct step);
	*s = (struct step){ .action = action, .name = n };
	*p->tail = s;
	p->tail = &s->next;
	return s;
}

/* Same patient and type; and, for orders, the same number. All identity of a patient is one key. */
static bool same_order(const struct storage_name *a, const struct storage_name *b)
{
	return b != NULL && text_equal(a->patient_id, b->patient_id) && a->type == b->type
	       && (a->type->use == STORAGE_IDENTITY || text_equal(a->order, b->order));
}

static bool same_key(const struct storage_name *a, const struct storage_name *b)
{
	return same_order(a, b) && text_equal(a->date, b->date);
}

/* Files come in the order of 発生日時. */
static struct key *read_key(struct plan *p, struct storage_name *first)
{
	struct key *k = arena_new(p->arena, struct key);
	const struct storage_name *history = NULL;
	k->first = first;
	for (k->end = first; same_key(first, k->end); k->end = k->end->next) {
		if (k->end->flag == '1') {
			if (k->current != NULL)
				import_warning(
					p->im, k->current->path,
					"two files of this key have flag 1; the newer one counts");
			k->current = k->end;
		} else if (k->end->flag == '0') {
			k->deleted = k->end;
		} else {
			history = k->end;
		}
	}
	if (k->current == NULL && k->deleted != NULL && history != NULL
	    && strcmp(k->deleted->time, history->time) < 0)
		k->deleted = NULL;
	if (k->current == NULL && k->deleted == NULL)
		import_warning(
			p->im, first->path,
			"there is history (flag 2) and no current file: a correction under way?");
	return k;
}

static void plan_identity(struct plan *p, const struct key *k)
{
	if (k->current != NULL)
		add_step(p, STEP_FEED, k->current);
	else if (k->deleted != NULL)
		add_step(p, STEP_WITHDRAW_PATIENT, k->deleted);
}

/* All versions up to the current one; of a deleted key, whose files all have flag 0, all. */
static void plan_versions(struct plan *p, const struct key *k, const char *other_date)
{
	for (const struct storage_name *n = k->first; n != k->end; n = n->next) {
		if (k->current != NULL && n->flag == '0')
			continue;
		struct step *s = add_step(p, STEP_REGISTER, n);
		s->other_date = other_date;
		s->history = n != k->current;
		if (n == k->current)
			return;
	}
}

static void plan_orders(struct plan *p, const struct key *keys)
{
	const struct key *dead = NULL;
	unsigned alive = 0, deleted = 0;
	for (const struct key *k = keys; k != NULL; k = k->next) {
		alive += k->current != NULL;
		if (k->current == NULL && k->deleted != NULL) {
			dead = k;
			deleted++;
		}
	}
	bool moved = alive == 1 && deleted == 1;
	for (const struct key *k = keys; k != NULL; k = k->next) {
		if (k->current == NULL && k->deleted != NULL && !moved)
			add_step(p, STEP_WITHDRAW, k->deleted);
		if (k->current == NULL)
			continue;
		if (moved)
			plan_versions(p, dead, NULL);
		plan_versions(p, k, moved ? dead->first->date : NULL);
	}
}

/* The keys of one order, from its first file on; *rest is what comes after. */
static struct key *read_keys(struct plan *p, struct storage_name *first, struct storage_name **rest)
{
	struct key *keys = NULL, **last = &keys;
	*rest = first;
	while (same_order(first, *rest)) {
		*last = read_key(p, *rest);
		*rest = (*last)->end;
		last = &(*last)->next;
	}
	return keys;
}

static bool sooner(const struct step *a, const struct step *b)
{
	bool feeds = a->action == STEP_FEED, later_feeds = b->action == STEP_FEED;
	return feeds != later_feeds ? feeds : strcmp(a->name->time, b->name->time) < 0;
}

/* The patient first, then what happened as it happened: what is registered last is found first.
 * Steps of the same time stay in their order (merge sort). */
static struct step *in_time(struct step *list)
{
	struct step *middle = list, *merged = NULL, **tail = &merged;
	if (list == NULL || list->next == NULL)
		return list;
	for (const struct step *end = list->next; end != NULL && end->next != NULL;
	     end = end->next->next)
		middle = middle->next;
	struct step *late = in_time(middle->next);
	middle->next = NULL;
	struct step *early = in_time(list);
	while (early != NULL || late != NULL) {
		struct step **from = early == NULL || (late != NULL && sooner(late, early))
					     ? &late
					     : &early;
		*tail = *from;
		*from = (*from)->next;
		tail = &(*tail)->next;
	}
	*tail = NULL;
	return merged;
}

void import_patient(struct importing *im, struct arena *a, struct storage_name *files)
{
	struct plan p = { .im = im, .arena = a };
	p.tail = &p.first;
	while (files != NULL) {
		const struct storage_type *type = files->type;
		if (type->use == STORAGE_KNOWN) {
			im->counts.others++;
			files = files->next;
			continue;
		}
		const struct key *keys = read_keys(&p, files, &files);
		if (type->use == STORAGE_IDENTITY)
			plan_identity(&p, keys);
		else
			plan_orders(&p, keys);
	}
	if (p.first != NULL && !im->stopped)
		import_steps(im, in_time(p.first));
}
