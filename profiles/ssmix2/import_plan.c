/* profiles/ssmix2/import_plan.c: what one patient's files mean, key by key.
 *
 * A key is patient, 診療日, data type and order number. Of its files the newest with flag 1 is the
 * current version. Without a flag 1 the newest flag 0 says that it was deleted, unless a flag 2 is
 * newer: that is a correction whose second half is not there yet, and the version before it counts
 * until then. Order is by 発生日時 in the name, never by the file's time. When an order is deleted
 * under one day and lives under another, its day was corrected: the old one is history of the new.
 *
 * Names alone say this much. Whether a file can be taken is seen later, and then the newest one
 * that can be takes its place (import_settle.c). */
#include "profiles/ssmix2/import.h"

#include <string.h>

#include "gateway/base/text.h"

struct plan {
	struct importing *im;
	struct arena *arena;
	struct storage_patient *patient;
	struct step *first, **tail;
	/* The document that was planned last; what lies beside it comes next. */
	const struct storage_key *main;
	const struct storage_name *main_newest;
};

static struct step *add_step(struct plan *p, enum step_action action, const struct storage_name *n)
{
	struct step *s = arena_new(p->arena, struct step);
	*s = (struct step){ .action = action, .name = n, .time = n->time, .patient = p->patient };
	*p->tail = s;
	p->tail = &s->next;
	return s;
}

/* Same patient and type; and, for orders, the same number. All identity of a patient is one key;
 * where there is no number each day is an order of its own. */
static bool same_order(const struct storage_name *a, const struct storage_name *b)
{
	return b != NULL && text_equal(a->patient_id, b->patient_id)
	       && storage_same_type(a->type, b->type)
	       && (a->type->use == STORAGE_IDENTITY
		   || (text_equal(a->order, b->order) && text_equal(a->part, b->part)
		       && (!ssmix2_without_number(a) || text_equal(a->date, b->date))));
}

static bool same_key(const struct storage_name *a, const struct storage_name *b)
{
	return same_order(a, b) && text_equal(a->date, b->date);
}

static bool newer(const struct storage_name *a, const char *time)
{
	return time == NULL || strcmp(a->time, time) > 0;
}

static void warn_of(struct plan *p, const struct storage_name *first, unsigned alive,
		    const struct storage_name *outdated)
{
	if (alive > 1)
		import_warning(p->im, outdated,
			       "two files of this key have flag 1; the newer one counts");
	else if (alive == 0)
		import_warning(p->im, first,
			       "there is history (flag 2) and no current file: a correction under "
			       "way? The version before it counts until then");
}

/* ---- The patient: ADT-00 ---- */

struct identity {
	const struct storage_name *valid, *outdated, *deleted, *history;
	unsigned alive;
};

static struct identity read_identity(const struct storage_name *first,
				     const struct storage_name *end)
{
	struct identity id = { .valid = NULL };
	for (const struct storage_name *n = first; n != end; n = n->next) {
		if (n->flag == '1') {
			id.outdated = id.valid;
			id.valid = n;
			id.alive++;
		} else if (n->flag == '0') {
			id.deleted = n;
		} else {
			id.history = n;
		}
	}
	return id;
}

/* The newest of that flag first; each only where the ones before could not be taken. */
static const struct step *add_feeds(struct plan *p, const struct storage_name *first,
				    const struct storage_name *end, char flag, const char *after,
				    const struct step *unless)
{
	struct step *newest = NULL;
	for (const struct storage_name *n = first; n != end; n = n->next) {
		if (n->flag != flag || !newer(n, after))
			continue;
		struct step *s = arena_new(p->arena, struct step);
		*s = (struct step){ .action = STEP_FEED,
				    .name = n,
				    .time = n->time,
				    .patient = p->patient,
				    .older = newest };
		newest = s;
	}
	for (struct step *s = newest; s != NULL; s = s->older) {
		s->unless = unless;
		unless = s;
		*p->tail = s;
		p->tail = &s->next;
	}
	return unless;
}

/* A newer file that has another flag was taken back, or the clock ran backwards: the current one
 * holds since then at the earliest, or what the other said would go on for ever. */
static void outlive(struct step *feeds, const struct identity *id)
{
	const struct storage_name *others[] = { id->deleted, id->history };
	for (struct step *s = feeds; s != NULL; s = s->next)
		for (size_t i = 0; i < COUNT(others); i++)
			if (s->name->flag == '1' && others[i] != NULL
			    && newer(others[i], s->name->time)
			    && (s->outlived == NULL || newer(others[i], s->outlived->time)))
				s->outlived = others[i];
}

static void plan_identity(struct plan *p, const struct storage_name *first,
			  const struct storage_name *end)
{
	struct identity id = read_identity(first, end);
	const char *deleted = id.deleted == NULL ? NULL : id.deleted->time;
	struct step **begin = p->tail;
	if (id.valid == NULL && id.deleted != NULL
	    && (id.history == NULL || !newer(id.history, deleted))) {
		p->patient->deleted = true;
		add_step(p, STEP_WITHDRAW_PATIENT, id.deleted);
		return;
	}
	warn_of(p, first, id.alive, id.outdated);
	add_feeds(p, first, end, '2', deleted, add_feeds(p, first, end, '1', NULL, NULL));
	outlive(*begin, &id);
	if (id.deleted != NULL)
		add_step(p, STEP_RESTORE_PATIENT, id.deleted);
}

/* ---- Orders ---- */

static void read_version(struct plan *p, struct storage_key *k, const struct storage_name *n)
{
	struct step *s = add_step(p, STEP_REGISTER, n);
	s->key = k;
	s->older = k->newest;
	if (s->older != NULL && text_equal(s->older->name->time, n->time))
		s->twin = s->older->twin = true;
	k->newest = s;
	if (n->flag == '0')
		k->deleted = n->time;
}

/* What lies beside a document is a part of one version of it, which its folder is. */
static void belong(struct plan *p, struct storage_key *k)
{
	const struct storage_key *m = p->main;
	while (m != NULL && !text_equal(m->date, k->date))
		m = m->next;
	k->main = m;
	k->expected = m == NULL ? NULL : import_beside(k, m->expected);
}

/* Files come in the order of 発生日時; *rest is what comes after the key. */
static struct storage_key *read_key(struct plan *p, struct storage_name *first,
				    struct storage_name **rest)
{
	struct storage_key *k = arena_new(p->arena, struct storage_key);
	const struct step *valid = NULL, *outdated = NULL, *history = NULL;
	unsigned alive = 0;
	*k = (struct storage_key){ .date = first->date };
	for (*rest = first; same_key(first, *rest); *rest = (*rest)->next)
		read_version(p, k, *rest);
	for (const struct step *s = k->newest; s != NULL; s = s->older) {
		if (s->name->flag == '2' && history == NULL)
			history = s;
		if (s->name->flag != '1')
			continue;
		if (++alive == 1)
			valid = s;
		else if (outdated == NULL && !text_equal(s->name->time, valid->name->time))
			outdated = s;
	}
	k->expected = valid != NULL                                         ? valid
		      : history != NULL && newer(history->name, k->deleted) ? history
									    : NULL;
	if (*first->part != '\0')
		belong(p, k);
	else if (outdated != NULL || (valid == NULL && k->expected != NULL))
		warn_of(p, first, alive, outdated == NULL ? NULL : outdated->name);
	return k;
}

/* Of one order under several days: deleted under one, alive under another. */
static void find_moved(struct storage_key *keys)
{
	struct storage_key *dead = NULL, *living = NULL;
	unsigned alive = 0, deleted = 0;
	for (struct storage_key *k = keys; k != NULL; k = k->next) {
		if (k->expected != NULL) {
			living = k;
			alive++;
		} else {
			dead = k;
			deleted++;
		}
	}
	if (alive == 1 && deleted == 1)
		living->moved_from = dead;
}

/* Of the document that was planned last. */
static bool is_beside(const struct storage_name *n, const struct storage_name *main)
{
	return main != NULL && storage_same_type(n->type, main->type)
	       && text_equal(n->order, main->order)
	       && (!ssmix2_without_number(n) || text_equal(n->date, main->date));
}

/* The files of one order, from its first on; *rest is what comes after. */
static void plan_order(struct plan *p, struct storage_name *first, struct storage_name **rest)
{
	struct storage_key *keys = NULL, **last = &keys;
	const struct storage_name *newest = first;
	bool beside = *first->part != '\0' && is_beside(first, p->main_newest);
	if (!beside)
		p->main = NULL;
	*rest = first;
	while (same_order(first, *rest)) {
		*last = read_key(p, *rest, rest);
		if ((*last)->newest != NULL && newer((*last)->newest->name, newest->time))
			newest = (*last)->newest->name;
		last = &(*last)->next;
	}
	find_moved(keys);
	struct step *settle = add_step(p, STEP_SETTLE, newest);
	settle->key = keys;
	if (!beside) {
		p->main = keys;
		p->main_newest = newest;
	} else if (newer(p->main_newest, newest->time)) {
		/* When all versions of the document have been looked at. */
		settle->time = p->main_newest->time;
	}
}

/* The patient first, for documents hang on it; the patient as a whole last, when each order has
 * seen to its own. */
static int stage_of(const struct step *s)
{
	static const int stages[] = { [STEP_FEED] = 0,
				      [STEP_REGISTER] = 1,
				      [STEP_SETTLE] = 1,
				      [STEP_WITHDRAW_PATIENT] = 2,
				      [STEP_RESTORE_PATIENT] = 2 };
	return stages[s->action];
}

static bool sooner(const struct step *a, const struct step *b)
{
	int stage = stage_of(a), other = stage_of(b);
	return stage != other ? stage < other : stage == 1 && strcmp(a->time, b->time) < 0;
}

/* Documents as it happened: what is registered last is found first. Steps of the same time stay in
 * their order (merge sort), so that an order is settled after its versions. */
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

const struct step *import_beside(const struct storage_key *k, const struct step *main)
{
	size_t folder = main == NULL
				? 0
				: (size_t)(strrchr(main->name->path, '/') + 1 - main->name->path);
	const struct step *s = main == NULL ? NULL : k->newest;
	while (s != NULL
	       && (s->name->root != main->name->root
		   || strncmp(s->name->path, main->name->path, folder) != 0))
		s = s->older;
	return s;
}

static struct storage_name *end_of_identity(struct storage_name *first)
{
	struct storage_name *n = first;
	while (same_order(first, n))
		n = n->next;
	return n;
}

void import_patient(struct importing *im, struct arena *a, struct storage_name *files)
{
	struct plan p = { .im = im, .arena = a, .patient = arena_new(a, struct storage_patient) };
	p.tail = &p.first;
	while (files != NULL) {
		struct storage_name *first = files;
		switch (first->type->use) {
		case STORAGE_IDENTITY:
			files = end_of_identity(first);
			plan_identity(&p, first, files);
			break;
		case STORAGE_DOCUMENT: plan_order(&p, first, &files); break;
		}
	}
	if (p.first != NULL && !im->stopped)
		import_steps(im, in_time(p.first));
}
