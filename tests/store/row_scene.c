/* tests/store/row_scene.c: as the header says. */
#include "tests/store/row_scene.h"

#include "tests/base/suite.h"

#include <string.h>

#include "gateway/base/text.h"
#include "store/keys.h"

static struct person_name names[] = {
	{ .family = "佐藤",
	  .given = "花子",
	  .middle = "中",
	  .prefix = "前",
	  .suffix = "後",
	  .use = "L",
	  .representation = NAME_IDEOGRAPHIC,
	  .next = &names[1] },
	{ .family = "サトウ", .representation = NAME_PHONETIC, .next = &names[2] },
	{ .given = "ハナ" },
};
static struct postal_address addresses[] = {
	{ .street = "1-2-3",
	  .other = "コーポ",
	  .city = "渋谷区",
	  .state = "東京都",
	  .postal_code = "1500002",
	  .country = "JPN",
	  .text = "東京都渋谷区1-2-3",
	  .use = "H",
	  .next = &addresses[1] },
	{ .city = "港区" },
};
static struct telecom telecoms[] = { { .number = "0312345678", .use = "PRN", .next = &telecoms[1] },
				     { .use = "WPN" } };
static struct insurance insurances[] = {
	{ .insurer = "01130012",
	  .symbol = "12",
	  .number = "345",
	  .branch = "01",
	  .from = "20260401",
	  .until = "20270331",
	  .next = &insurances[1] },
	{ .number = "6" },
};
static struct insurance formers[] = {
	{ .insurer = "39131156",
	  .number = "12345674",
	  .last_said = "20260331150000",
	  .next = &formers[1] },
	{ .insurer = "138016", .until = "2025" },
};
static struct evidence evidences[] = {
	{ .hash = { 1, 2, 3 },
	  .rule = RULE_ADDRESS,
	  .divided = true,
	  .since = 5,
	  .next = &evidences[1] },
	{ .hash = { 4 }, .rule = RULE_INSURANCE, .divided = false, .since = 6 },
};
static struct tie ties[] = {
	{ .other = 31, .reason = TIE_APART, .time = 8, .said = { 33, 34 }, .next = &ties[1] },
	{ .other = 32, .reason = TIE_MERGE, .time = 9 }
};
const struct identity_row row_full = {
	.record = { .number = 1234567890123,
		    .domain = A_DOMAIN,
		    .id = "7",
		    .status = RECORD_SUBSUMED,
		    .survivor = 21,
		    .person = 22,
		    .source_system = "a-hospital",
		    .created = 23,
		    .updated = 24,
		    .version = 25,
		    .demographics = { .names = names,
				      .birth_date = "19800101",
				      .sex = "F",
				      .addresses = addresses,
				      .telecoms = telecoms,
				      .insurances = insurances,
				      .former_insurances = formers,
				      .mothers_maiden_name = "スズキ",
				      .multiple_birth = "Y",
				      .birth_order = "2",
				      .deceased = "N",
				      .deceased_time = "20260101",
				      .identity_unknown = "N" } },
	.made = true,
	.anchor = 26,
	.evidence = evidences,
	.ties = ties,
	.base = 27,
	.occurred = 28,
	.unsettled = UNSETTLED_TIE,
	.against = 29,
};

void same_texts(const char *const *x, const char *const *y, size_t count)
{
	for (size_t i = 0; i < count; i++)
		CU_ASSERT_TRUE(text_equal(x[i], y[i]));
}

static void same_names(const struct person_name *x, const struct person_name *y)
{
	for (; x != NULL && y != NULL; x = x->next, y = y->next) {
		same_texts((const char *const[]){ x->family, x->given, x->middle, x->prefix,
						  x->suffix, x->use },
			   (const char *const[]){ y->family, y->given, y->middle, y->prefix,
						  y->suffix, y->use },
			   6);
		CU_ASSERT_EQUAL(x->representation, y->representation);
	}
	CU_ASSERT(x == NULL && y == NULL);
}

static void same_addresses(const struct postal_address *x, const struct postal_address *y)
{
	for (; x != NULL && y != NULL; x = x->next, y = y->next)
		same_texts((const char *const[]){ x->street, x->other, x->city, x->state,
						  x->postal_code, x->country, x->text, x->use },
			   (const char *const[]){ y->street, y->other, y->city, y->state,
						  y->postal_code, y->country, y->text, y->use },
			   8);
	CU_ASSERT(x == NULL && y == NULL);
}

static void same_insurances(const struct insurance *i, const struct insurance *j)
{
	for (; i != NULL && j != NULL; i = i->next, j = j->next)
		same_texts((const char *const[]){ i->insurer, i->symbol, i->number, i->branch,
						  i->from, i->until, i->last_said },
			   (const char *const[]){ j->insurer, j->symbol, j->number, j->branch,
						  j->from, j->until, j->last_said },
			   7);
	CU_ASSERT(i == NULL && j == NULL);
}

void same_demographics(const struct patient_demographics *x, const struct patient_demographics *y)
{
	same_names(x->names, y->names);
	same_addresses(x->addresses, y->addresses);
	const struct telecom *t = x->telecoms, *u = y->telecoms;
	for (; t != NULL && u != NULL; t = t->next, u = u->next)
		same_texts((const char *const[]){ t->number, t->use },
			   (const char *const[]){ u->number, u->use }, 2);
	CU_ASSERT(t == NULL && u == NULL);
	same_insurances(x->insurances, y->insurances);
	same_insurances(x->former_insurances, y->former_insurances);
	same_texts((const char *const[]){ x->birth_date, x->sex, x->mothers_maiden_name,
					  x->multiple_birth, x->birth_order, x->deceased,
					  x->deceased_time, x->identity_unknown },
		   (const char *const[]){ y->birth_date, y->sex, y->mothers_maiden_name,
					  y->multiple_birth, y->birth_order, y->deceased,
					  y->deceased_time, y->identity_unknown },
		   8);
}

static void same_lists(const struct identity_row *x, const struct identity_row *y)
{
	const struct evidence *e = x->evidence, *g = y->evidence;
	for (; e != NULL && g != NULL; e = e->next, g = g->next)
		CU_ASSERT(memcmp(e->hash, g->hash, EVIDENCE_HASH) == 0 && e->rule == g->rule
			  && e->divided == g->divided && e->since == g->since);
	CU_ASSERT(e == NULL && g == NULL);
	const struct tie *t = x->ties, *u = y->ties;
	for (; t != NULL && u != NULL; t = t->next, u = u->next)
		CU_ASSERT(t->other == u->other && t->reason == u->reason && t->time == u->time
			  && t->said.record == u->said.record
			  && t->said.sequence == u->said.sequence);
	CU_ASSERT(t == NULL && u == NULL);
}

void same_row(const struct identity_row *x, const struct identity_row *y)
{
	const struct patient_record *r = &x->record, *s = &y->record;
	CU_ASSERT(r->number == s->number && r->status == s->status && r->survivor == s->survivor);
	CU_ASSERT(r->person == s->person && r->created == s->created && r->updated == s->updated);
	CU_ASSERT(r->version == s->version && s->unsettled == x->unsettled);
	same_texts((const char *const[]){ r->domain, r->id, r->source_system },
		   (const char *const[]){ s->domain, s->id, s->source_system }, 3);
	same_demographics(&r->demographics, &s->demographics);
	CU_ASSERT(x->made == y->made && x->anchor == y->anchor && x->base == y->base);
	CU_ASSERT(x->occurred == y->occurred && x->unsettled == y->unsettled
		  && x->against == y->against);
	same_lists(x, y);
	CU_ASSERT(y->old_person == r->person && y->old_unsettled == x->unsettled
		  && y->old_against == x->against);
	CU_ASSERT(!y->dirty && !y->explored && y->core == NULL);
}

bool put_octets(struct store_txn *t, unsigned char space, uint64_t number, struct bytes octets)
{
	struct key k;
	key_begin(&k, space);
	key_short(&k, number);
	return store_put(t, key_span(&k), octets);
}

bool put_row(struct store_txn *t, const struct identity_row *row, struct bytes octets)
{
	return put_octets(t, SPACE_IDENTITY_RECORD, row->record.number, octets);
}
