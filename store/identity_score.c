/* store/identity_score.c: whom a description may be, weighed before the job that decides. */
#include "store/identity_score.h"

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "store/identity_feed.h"

/* Two descriptions as records of two domains, and of one. The totals are the same: what is apart is
 * so in both. */
enum { OF_TWO_DOMAINS, OF_ONE_DOMAIN, DOMAIN_CASES };
struct match_likeness {
	struct match_score score[DOMAIN_CASES];
};

/* One record being weighed. */
struct weighing {
	struct store_txn *txn;
	struct arena *arena;
	const struct match_weights *weights;
	uint64_t number; /* its own; 0: it has none yet */
	struct identity_scored *out;
	const struct identity_scored *before; /* or NULL */
};

static const struct match_weights *weights_of(struct arena *a, const struct region *r)
{
	return r->weights != NULL ? r->weights : match_weights_default(a);
}

const struct match_features *identity_row_features(struct arena *a, struct identity_row *row)
{
	if (row->features == NULL && identity_row_said(a, row)) {
		bool lives = row->record.status == RECORD_ACTIVE;
		const struct match_subject s = { .demographics = &row->record.demographics,
						 .domain = lives ? row->record.domain : NULL };
		row->features = match_features(a, &s);
	}
	return row->features;
}

static struct match_score scored(const struct match_features *x, const struct match_features *y,
				 const struct match_weights *w)
{
	struct match_comparison c = match_compare(x, y);
	return match_score(&c, w);
}

struct match_score identity_score_pair(struct arena *a, const struct region *r,
				       struct identity_row *x, struct identity_row *y)
{
	return scored(identity_row_features(a, x), identity_row_features(a, y), weights_of(a, r));
}

/* ---- One description with another ---- */

/* Of what that record says nothing stays in the arena. */
static bool liken(const struct weighing *w, uint64_t number, struct match_likeness *out,
		  uint64_t *version)
{
	struct arena_mark before = arena_mark(w->arena);
	struct identity_row row = { .like = 0 };
	const struct match_features *other = NULL;
	if (identity_row_get(w->txn, w->arena, number, &row))
		other = identity_row_features(w->arena, &row);
	if (other != NULL) {
		struct match_features x = *w->out->features, y = *other;
		x.domain = y.domain = "";
		out->score[OF_ONE_DOMAIN] = scored(&x, &y, w->weights);
		y.domain = NULL;
		out->score[OF_TWO_DOMAINS] = scored(&x, &y, w->weights);
	}
	*version = row.record.version;
	arena_rewind(w->arena, &before);
	return other != NULL && out->score[OF_TWO_DOMAINS].outcome != MATCH_APART;
}

static struct match_seen see(const struct weighing *w, uint64_t number)
{
	struct match_seen seen = { .number = number };
	struct match_likeness made;
	if (liken(w, number, &made, &seen.version)) {
		struct match_likeness *kept = arena_new(w->arena, struct match_likeness);
		*kept = made;
		seen.likely = kept;
	}
	return seen;
}

/* Of the same version, held against the same features. */
static const struct match_seen *seen_before(const struct weighing *w,
					    const struct identity_place *place)
{
	const struct identity_scored *s = w->before;
	for (size_t i = 0; s != NULL && i < s->found.count; i++)
		if (s->seen[i].number == place->number)
			return s->seen[i].version == place->version ? &s->seen[i] : NULL;
	return NULL;
}

/* ---- Pairs ---- */

static bool is_better(const struct match_pair *x, const struct match_pair *y)
{
	if (x->score.outcome != y->score.outcome)
		return x->score.outcome > y->score.outcome;
	if (x->score.total > y->score.total || x->score.total < y->score.total)
		return x->score.total > y->score.total;
	return x->other < y->other;
}

/* Only the best are kept, in order. */
static void add_pair(struct weighing *w, const struct identity_place *other,
		     const struct match_likeness *likely)
{
	struct match_pair *p = arena_new(w->arena, struct match_pair), **at = &w->out->pairs;
	bool same = text_equal(other->domain, w->out->domain);
	size_t count = 1;
	*p = (struct match_pair){ .other = other->number,
				  .version = other->version,
				  .score = likely->score[same ? OF_ONE_DOMAIN : OF_TWO_DOMAINS] };
	for (; *at != NULL && is_better(*at, p); at = &(*at)->next)
		count++;
	p->next = *at;
	*at = p;
	for (; *at != NULL && count <= MATCH_PAIRS_MOST; at = &(*at)->next)
		count++;
	if (*at != NULL) {
		*at = NULL;
		w->out->left_out++;
	}
}

static bool may_be_paired(const struct weighing *w, const struct identity_place *other)
{
	return other->number != w->number && other->active;
}

/* Those of its person that borrow what that one says: of other facilities, most often. */
static void add_borrowers(struct weighing *w, const struct identity_place *keeper,
			  const struct match_likeness *likely)
{
	struct person_row person;
	struct identity_place one;
	if (!person_row_get(w->txn, w->arena, keeper->person, &person))
		return;
	for (size_t i = 0; i < person.count; i++)
		if (identity_row_place(w->txn, w->arena, person.members[i], &one)
		    && one.like == keeper->number && may_be_paired(w, &one))
			add_pair(w, &one, likely);
}

static void weigh_one(struct weighing *w, size_t i)
{
	struct identity_place place;
	uint64_t number = w->out->found.numbers[i];
	w->out->seen[i] = (struct match_seen){ .number = number };
	if (!identity_row_place(w->txn, w->arena, number, &place))
		return;
	const struct match_seen *before = seen_before(w, &place);
	w->out->seen[i] = before != NULL ? *before : see(w, number);
	const struct match_likeness *likely = w->out->seen[i].likely;
	if (likely == NULL)
		return;
	if (may_be_paired(w, &place))
		add_pair(w, &place, likely);
	add_borrowers(w, &place, likely);
}

static void weigh(struct weighing *w)
{
	struct identity_scored *s = w->out;
	s->found = match_blocks_find(w->txn, w->arena, &s->is, w->number);
	s->seen = arena_array(w->arena, struct match_seen, s->found.count + 1);
	for (size_t i = 0; i < s->found.count && !store_failed(w->txn); i++)
		weigh_one(w, i);
}

/* ---- In a snapshot ---- */

/* What the feed will make of one of its records. False: nothing else than it was. */
static bool foresee(struct store_txn *t, struct arena *a, const struct patient_demographics *said,
		    struct identity_scored *s, uint64_t *number)
{
	struct identity_row row = { .like = 0 };
	*number = 0;
	if (identity_id_get(t, a, s->domain, s->id, number)
	    && (!identity_row_get(t, a, *number, &row) || row.made
		|| row.record.status != RECORD_ACTIVE))
		return false;
	/* Of another day, or told as of one, it is made again by the job. */
	struct patient_demographics now = feed_merged(a, &row, said,
						      store_clock(t)->now(store_clock(t)));
	s->version = row.record.version;
	s->said = identity_demographics_octets(a, &now);
	if (s->version != 0 && bytes_equal(s->said, row.said))
		return false;
	if (s->version != 0)
		s->was = match_entries_of(a, &row.record.demographics);
	const struct match_subject subject = { .demographics = &now, .domain = s->domain };
	s->features = match_features(a, &subject);
	s->is = match_entries(s->features);
	return true;
}

struct identity_scored *identity_score(struct store_txn *t, struct arena *a, const struct region *r,
				       const struct patient_identifier *ids,
				       const struct patient_demographics *said)
{
	struct identity_scored *first = NULL, **tail = &first;
	struct weighing w = { .txn = t, .arena = a, .weights = weights_of(a, r) };
	unsigned count = 0;
	for (; ids != NULL && count < IDS_MOST; ids = ids->next, count++) {
		struct identity_scored *s = arena_new(a, struct identity_scored);
		s->domain = ids->universal_id;
		s->id = ids->id;
		if (!foresee(t, a, said, s, &w.number))
			continue;
		w.out = s;
		if (r->matching != MATCHING_OFF)
			weigh(&w);
		*tail = s;
		tail = &s->next;
	}
	return store_failed(t) ? NULL : first;
}

/* ---- In the job ---- */

const struct identity_scored *identity_scored_of(const struct identity_scored *list,
						 const struct identity_row *row)
{
	while (list != NULL
	       && (!text_equal(list->domain, row->record.domain)
		   || !text_equal(list->id, row->record.id)))
		list = list->next;
	return list;
}

const struct identity_scored *identity_scored_now(struct identity_work *w, struct identity_row *row,
						  const struct identity_scored *before)
{
	struct identity_scored *s = arena_new(w->arena, struct identity_scored);
	bool holds = before != NULL && row->said.data != NULL
		     && bytes_equal(before->said, row->said);
	*s = (struct identity_scored){ .domain = row->record.domain,
				       .id = row->record.id,
				       .version = row->record.version,
				       .said = row->said };
	if (row->features == NULL && holds)
		row->features = before->features;
	s->features = identity_row_features(w->arena, row);
	if (s->features == NULL) {
		identity_row_broken(w->txn, "patient record", row->record.number);
		return NULL;
	}
	s->is = holds ? before->is : match_entries(s->features);
	struct weighing now = { .txn = w->txn,
				.arena = w->arena,
				.weights = weights_of(w->arena, w->region),
				.number = row->record.number,
				.out = s,
				.before = holds ? before : NULL };
	weigh(&now);
	return s;
}

unsigned identity_scored_cut(const struct identity_scored *scored)
{
	unsigned cut = 0;
	for (; scored != NULL; scored = scored->next)
		cut += scored->found.cut;
	return cut;
}
