/* store/match_seek.c: whom a description may be that is nobody's record. */
#include "store/match_seek.h"

#include "gateway/base/arena.h"
#include "store/identity_closure.h"
#include "store/identity_forms.h"
#include "store/identity_score.h"
#include "store/match_look.h"

enum { PERCENT = 100 };

struct match_description {
	struct identity_forms forms;
	const struct match_features *features;
	const struct evidence *evidence;
	struct match_entries keys;
};

/* One that was looked at. */
struct looked {
	uint64_t number;
	struct looked *next;
};

struct seeking {
	struct store_txn *txn;
	struct arena *arena;
	const struct region *region;
	const struct match_weights *weights;
	const struct match_description *described;
	struct looked *looked;
	unsigned count;
	struct match_sight *found, **tail;
};

const struct match_description *match_describe(struct arena *a,
					       const struct patient_demographics *d)
{
	const struct match_subject subject = { .demographics = d };
	struct match_description *m = arena_new(a, struct match_description);
	bool left_out;
	m->forms = identity_forms(a, d);
	m->features = match_features(a, &subject);
	m->evidence = identity_evidence_of(a, &m->forms, &left_out);
	m->keys = match_entries(m->features);
	return m;
}

/* ---- One record ---- */

/* They are linked by what is the same (I3), unless they contradict (I6). */
static bool by_rule(const struct seeking *s, const struct identity_row *row)
{
	struct identity_core core;
	bool same = false;
	for (const struct evidence *e = row->evidence; e != NULL && !same; e = e->next)
		same = evidence_has(s->described->evidence, e);
	return same && identity_row_core(s->arena, row, &core)
	       && !core_contradict(&s->described->forms.core, &core);
}

/* Below 100: that says an exact rule. */
static unsigned degree_of(const struct match_score *score)
{
	double percent = match_probability(score) * PERCENT;
	return percent >= PERCENT - 1 ? PERCENT - 1 : percent > 0 ? (unsigned)percent : 0;
}

static bool judge(const struct seeking *s, struct identity_row *row, struct match_sight *out)
{
	const struct match_features *other = identity_row_features(s->arena, row);
	if (other == NULL)
		return identity_row_broken(s->txn, "patient record", row->record.number);
	struct match_comparison c = match_compare(s->described->features, other);
	struct match_score score = match_score(&c, s->weights);
	bool rule = by_rule(s, row);
	bool linked = score.outcome == MATCH_LINK && s->region->matching == MATCHING_LINK;
	*out = (struct match_sight){ .record = row->record.number,
				     .person = row->record.person,
				     .version = row->record.version,
				     .updated = row->record.updated,
				     .sure = (rule || linked) && !row_rests(row),
				     .degree = rule ? PERCENT : degree_of(&score) };
	return out->sure || rule || !match_contradicts(&score);
}

/* Of what the record says nothing stays in the arena. */
static bool see(const struct seeking *s, uint64_t number, struct match_sight *out)
{
	struct arena_mark before = arena_mark(s->arena);
	struct identity_row row = { .like = 0 };
	bool may = identity_row_get(s->txn, s->arena, number, &row) && identity_row_speaks(&row)
		   && judge(s, &row, out);
	arena_rewind(s->arena, &before);
	return may;
}

/* ---- All of them ---- */

static bool is_new(struct seeking *s, uint64_t number)
{
	for (const struct looked *l = s->looked; l != NULL; l = l->next)
		if (l->number == number)
			return false;
	if (s->count == MATCH_SEEK_MOST)
		return false;
	struct looked *l = arena_new(s->arena, struct looked);
	*l = (struct looked){ .number = number, .next = s->looked };
	s->looked = l;
	s->count++;
	return true;
}

static void look_at(struct seeking *s, uint64_t number)
{
	struct match_sight sight;
	if (!is_new(s, number) || !see(s, number, &sight))
		return;
	*s->tail = arena_new(s->arena, struct match_sight);
	**s->tail = sight;
	s->tail = &(*s->tail)->next;
}

/* It, and those of its person that say the same, which are found through it. */
static void look_about(struct seeking *s, uint64_t number)
{
	struct identity_place place, one;
	struct person_row person;
	look_at(s, number);
	if (!identity_row_place(s->txn, s->arena, number, &place)
	    || !person_row_get(s->txn, s->arena, place.person, &person))
		return;
	for (size_t i = 0; i < person.count; i++)
		if (identity_row_place(s->txn, s->arena, person.members[i], &one)
		    && one.like == number)
			look_at(s, one.number);
}

static struct seeking begin(struct store_txn *t, struct arena *a, const struct region *r,
			    const struct match_description *d)
{
	return (struct seeking){
		.txn = t, .arena = a, .region = r, .weights = match_weights_of(a, r), .described = d
	};
}

struct match_sight *match_seek(struct store_txn *t, struct arena *a, const struct region *r,
			       const struct match_description *d)
{
	struct seeking s = begin(t, a, r, d);
	s.tail = &s.found;
	for (const struct evidence *e = d->evidence; e != NULL; e = e->next) {
		struct record_numbers same = identity_linked(t, a, e, 0);
		for (size_t i = 0; i < same.count; i++)
			look_about(&s, same.numbers[i]);
	}
	struct match_found alike = match_blocks_find(t, a, &d->keys, 0);
	for (size_t i = 0; i < alike.count && !store_failed(t); i++)
		look_about(&s, alike.numbers[i]);
	return store_failed(t) ? NULL : s.found;
}

bool match_seek_record(struct store_txn *t, struct arena *a, const struct region *r,
		       const struct match_description *d, uint64_t record, struct match_sight *out)
{
	struct seeking s = begin(t, a, r, d);
	return see(&s, record, out) && !store_failed(t);
}
