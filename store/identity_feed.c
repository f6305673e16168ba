/* store/identity_feed.c: what sources say: a patient is new or changed, two ids are one patient.
 *
 * A feed works on the rows of all persons it touches: it changes them, moves the links of those whose
 * evidence changed, notes each link made or taken away with its reason, and has the persons divided
 * anew (store/identity_partition.c). Nothing is written for a feed that says what is known already. */
#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "store/identity_rows.h"

struct feed {
	struct identity_work work;
	const char *system;
	instant now;
	struct feed_outcome *out;
	bool created, changed;
};

static bool finish(struct store_txn *t, bool done, struct problem *p)
{
	if (done && !store_failed(t))
		return true;
	if (p->code == PROBLEM_NONE && store_failed(t))
		*p = *store_problem(t);
	return false;
}

static void decide(struct feed *f, uint64_t record, uint64_t other, bool linked, const char *reason)
{
	struct link_decision d = {
		.record = record, .other = other, .linked = linked, .reason = reason, .time = f->now
	};
	identity_decision_put(f->work.txn, &d);
	if (linked)
		f->out->linked++;
	else
		f->out->unlinked++;
}

/* A record's direct link to another and the first rule that makes it. */
struct link {
	uint64_t other;
	enum link_rule rule;
	struct link *next;
};

static const struct link *link_to(const struct link *list, uint64_t other)
{
	while (list != NULL && list->other != other)
		list = list->next;
	return list;
}

static struct link *links_by(struct feed *f, const struct evidence *evidence, uint64_t number)
{
	struct link *list = NULL;
	for (; evidence != NULL; evidence = evidence->next) {
		struct record_numbers others = identity_linked(f->work.txn, f->work.arena, evidence,
							       number);
		for (size_t i = 0; i < others.count; i++) {
			if (link_to(list, others.numbers[i]) != NULL)
				continue;
			struct link *l = arena_new(f->work.arena, struct link);
			*l = (struct link){ .other = others.numbers[i], .rule = evidence->rule, .next = list };
			list = l;
		}
	}
	return list;
}

/* Takes the record's links from its old evidence to the new. A reason may change while the link
 * stays: that is no decision. reason: why links went, NULL: as the rule that made them. */
static void move_links(struct feed *f, struct identity_row *row, struct evidence *now,
		       const char *reason)
{
	uint64_t number = row->record.number;
	const struct link *before = links_by(f, row->evidence, number),
			  *after = links_by(f, now, number);
	for (const struct evidence *e = row->evidence; e != NULL; e = e->next)
		if (!evidence_has(now, e))
			identity_link_delete(f->work.txn, e, number);
	for (const struct evidence *e = now; e != NULL; e = e->next)
		if (!evidence_has(row->evidence, e))
			identity_link_put(f->work.txn, e, number);
	for (const struct link *l = before; l != NULL; l = l->next)
		if (link_to(after, l->other) == NULL)
			decide(f, number, l->other, false,
			       reason != NULL ? reason : rule_reason(l->rule));
	for (const struct link *l = after; l != NULL; l = l->next)
		if (link_to(before, l->other) == NULL)
			decide(f, number, l->other, true, rule_reason(l->rule));
	row->evidence = now;
	row->dirty = true;
}

/* Brings in the persons the evidence leads to. A person would grow past the bound: no rule links the
 * record then, and the decision says why. */
static struct evidence *bounded(struct feed *f, struct identity_row *row, struct evidence *evidence)
{
	struct record_numbers others = { .count = 0 };
	for (const struct evidence *e = evidence; e != NULL; e = e->next) {
		others = identity_linked(f->work.txn, f->work.arena, e, row->record.number);
		for (size_t i = 0; i < others.count; i++)
			identity_work_row(&f->work, others.numbers[i]);
		if (f->work.fed > PERSON_MOST && others.count != 0) {
			decide(f, row->record.number, others.numbers[0], false, "too many records");
			row->vetoed = true;
			return NULL;
		}
	}
	row->vetoed = false;
	return evidence;
}

static bool same_evidence(const struct evidence *x, const struct evidence *y)
{
	size_t n = 0;
	for (const struct evidence *e = x; e != NULL; e = e->next, n++)
		if (!evidence_has(y, e))
			return false;
	for (const struct evidence *e = y; e != NULL; e = e->next)
		n--;
	return n == 0;
}

/* What a feed says over what is known: NULL keeps, "" or a delete flag takes away. */
static const char *merged_text(const char *known, const char *said)
{
	return said == NULL ? known : *said == '\0' ? NULL : said;
}

static struct patient_demographics merged(const struct patient_demographics *known,
					  const struct patient_demographics *said)
{
	return (struct patient_demographics){
		.names = said->names != NULL  ? said->names
			 : said->delete_names ? NULL
					      : known->names,
		.birth_date = merged_text(known->birth_date, said->birth_date),
		.sex = merged_text(known->sex, said->sex),
		.addresses = said->addresses != NULL  ? said->addresses
			     : said->delete_addresses ? NULL
						      : known->addresses,
		.telecoms = said->telecoms != NULL  ? said->telecoms
			    : said->delete_telecoms ? NULL
						    : known->telecoms,
		.insurances = said->insurances != NULL  ? said->insurances
			      : said->delete_insurances ? NULL
							: known->insurances,
		.mothers_maiden_name = merged_text(known->mothers_maiden_name,
						   said->mothers_maiden_name),
		.multiple_birth = merged_text(known->multiple_birth, said->multiple_birth),
		.birth_order = merged_text(known->birth_order, said->birth_order),
		.deceased = merged_text(known->deceased, said->deceased),
		.deceased_time = merged_text(known->deceased_time, said->deceased_time),
		.identity_unknown = merged_text(known->identity_unknown, said->identity_unknown),
	};
}

static struct identity_row *new_row(struct feed *f, const struct patient_identifier *id)
{
	struct identity_row *row = arena_new(f->work.arena, struct identity_row);
	row->record = (struct patient_record){
		.number = identity_next_number(f->work.txn, COUNTER_RECORD),
		.domain = id->universal_id,
		.id = id->id,
		.source_system = f->system,
		.created = f->now,
	};
	row->dirty = true;
	identity_work_add(&f->work, row);
	identity_id_put(f->work.txn, row->record.domain, row->record.id, row->record.number);
	f->created = true;
	return row;
}

/* The row as it was, kept for ever beside the new one. */
static void keep_history(struct feed *f, const struct identity_row *row)
{
	struct key k;
	key_begin(&k, SPACE_IDENTITY_HISTORY);
	key_number(&k, row->record.number);
	key_number(&k, row->record.version);
	store_put(f->work.txn, key_span(&k), identity_row_octets(f->work.arena, row));
}

static bool says_nothing_new(const struct feed *f, const struct patient_record *r,
			     const struct patient_demographics *now)
{
	struct arena *a = f->work.arena;
	return r->version != 0 && text_equal(r->source_system, f->system)
		&& bytes_equal(identity_demographics_octets(a, &r->demographics),
			       identity_demographics_octets(a, now));
}

/* Evidence is looked at even when nothing new was said: its form may be a newer one than that of the
 * hashes in the store. */
static void put_demographics(struct feed *f, struct identity_row *row,
			     const struct patient_demographics *said)
{
	struct patient_record *r = &row->record;
	struct patient_demographics now = merged(&r->demographics, said);
	bool same = says_nothing_new(f, r, &now);
	if (!same && r->version != 0)
		keep_history(f, row);
	if (!same) {
		r->demographics = now;
		r->source_system = f->system;
		r->updated = f->now;
		r->version++;
		row->dirty = true;
		f->changed = true;
	}
	struct evidence *evidence = identity_evidence(f->work.arena, &r->demographics);
	if (same_evidence(row->evidence, evidence) || (same && row->vetoed))
		return;
	move_links(f, row, bounded(f, row, evidence), NULL);
	f->changed = true;
}

static bool tied(const struct identity_row *row, uint64_t other)
{
	for (const struct tie *tie = row->ties; tie != NULL; tie = tie->next)
		if (tie->other == other)
			return true;
	return false;
}

static void tie(struct feed *f, struct identity_row *row, struct identity_row *other,
		enum tie_reason reason)
{
	uint64_t number = other->record.number;
	if (row == other || tied(row, number) || tied(other, row->record.number))
		return;
	struct tie *new = arena_new(f->work.arena, struct tie);
	*new = (struct tie){ .other = number, .reason = reason, .next = row->ties };
	row->ties = new;
	row->dirty = true;
	f->changed = true;
	decide(f, row->record.number, number, true, tie_text(reason));
}

static struct feed feed_begin(struct store_txn *t, const struct region *r, const char *system,
			      struct feed_outcome *out)
{
	*out = (struct feed_outcome){ .effect = FEED_UNCHANGED };
	return (struct feed){ .work = identity_work_begin(t, r), .system = system, .out = out,
			      .now = store_clock(t)->now(store_clock(t)) };
}

static bool feed_end(struct feed *f, const struct identity_row *first)
{
	if ((f->created || f->changed) && !identity_partition(&f->work))
		return false;
	f->out->effect = f->created ? FEED_CREATED : f->changed ? FEED_UPDATED : FEED_UNCHANGED;
	f->out->record = first->record.number;
	f->out->person = first->record.person;
	return true;
}

static bool put_one(struct feed *f, const struct patient_identifier *id,
		    const struct patient_demographics *d, struct identity_row **first,
		    struct problem *p)
{
	uint64_t number;
	struct identity_row *row;
	if (text_empty(id->id) || strlen(id->id) > ID_MOST || text_empty(id->universal_id)
	    || strlen(id->universal_id) > DOMAIN_MOST)
		return problem_set(p, PROBLEM_DATA_TYPE,
				   "an id must have 1 to %d octets and its domain a universal id",
				   ID_MOST);
	if (identity_id_get(f->work.txn, f->work.arena, id->universal_id, id->id, &number))
		row = identity_work_row(&f->work, number);
	else
		row = new_row(f, id);
	if (row == NULL)
		return false;
	if (row->record.status == RECORD_SUBSUMED)
		return problem_set(p, PROBLEM_UNKNOWN_KEY,
				   "the id was merged into another one and is no patient's any "
				   "more; feed the survivor");
	if (row->made)
		return problem_set(p, PROBLEM_DUPLICATE_KEY,
				   "the id is one the region gave itself");
	put_demographics(f, row, d);
	if (*first == NULL)
		*first = row;
	else
		tie(f, row, *first, TIE_SAME_MESSAGE);
	return true;
}

bool identity_put(struct store_txn *t, const struct region *r, const char *system,
		  const struct patient_identifier *ids,
		  const struct patient_demographics *demographics, struct feed_outcome *out,
		  struct problem *p)
{
	struct feed f = feed_begin(t, r, system, out);
	struct identity_row *first = NULL;
	for (const struct patient_identifier *id = ids; id != NULL; id = id->next)
		if (!put_one(&f, id, demographics, &first, p))
			return finish(t, false, p);
	if (first == NULL)
		return problem_set(p, PROBLEM_FIELD_MISSING, "a feed without an id");
	return finish(t, feed_end(&f, first), p);
}

static struct identity_row *row_of(struct feed *f, const char *domain, const char *id)
{
	uint64_t number;
	return identity_id_get(f->work.txn, f->work.arena, domain, id, &number)
		       ? identity_work_row(&f->work, number)
		       : NULL;
}

/* A record made by us stands for its whole person: merging two of them makes the persons one. */
static void subsume(struct feed *f, struct identity_row *survivor, struct identity_row *subsumed)
{
	if (!subsumed->made)
		keep_history(f, subsumed);
	subsumed->record.status = RECORD_SUBSUMED;
	subsumed->record.survivor = survivor->record.number;
	subsumed->dirty = true;
	f->changed = true;
	if (!subsumed->made) {
		subsumed->record.version++;
		subsumed->record.updated = f->now;
		move_links(f, subsumed, NULL, "merge");
		decide(f, subsumed->record.number, survivor->record.number, true, "merge");
		return;
	}
	struct identity_row *from = identity_work_row(&f->work, subsumed->anchor);
	struct identity_row *to = survivor->made ? identity_work_row(&f->work, survivor->anchor)
						 : survivor;
	if (from != NULL && to != NULL)
		tie(f, from, to, TIE_MERGE);
}

bool identity_merge(struct store_txn *t, const struct region *r, const char *domain,
		    const char *survivor, const char *subsumed, struct feed_outcome *out,
		    struct problem *p)
{
	struct feed f = feed_begin(t, r, "", out);
	if (text_equal(survivor, subsumed))
		return problem_set(p, PROBLEM_MERGE_REFUSED, "an id cannot be merged into itself");
	struct identity_row *to = row_of(&f, domain, survivor),
			    *from = row_of(&f, domain, subsumed);
	if (to == NULL || from == NULL) {
		problem_set(p, PROBLEM_UNKNOWN_KEY, "the %s id is not known",
			    to == NULL ? "surviving" : "subsumed");
		return finish(t, false, p);
	}
	if (from->record.status == RECORD_SUBSUMED && from->record.survivor == to->record.number) {
		*out = (struct feed_outcome){ .effect = FEED_UNCHANGED, .record = to->record.number,
					      .person = to->record.person };
		return true;
	}
	if (from->record.status == RECORD_SUBSUMED)
		return problem_set(p, PROBLEM_MERGE_REFUSED,
				   "the subsumed id was merged into another one before");
	if (to->record.status == RECORD_SUBSUMED)
		return problem_set(p, PROBLEM_MERGE_REFUSED,
				   "the surviving id was itself merged into another one");
	subsume(&f, to, from);
	return finish(t, feed_end(&f, to), p);
}
