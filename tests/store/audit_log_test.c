/* tests/store/audit_log_test.c: the audit log's promises, each a test of its name. */
#include "tests/base/suite.h"

#include <semaphore.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/text.h"
#include "store/audit_log.h"
#include "store/check.h"
#include "tests/store/fixture.h"

static struct text_list lee = { "522^^^&1.2.3&ISO", NULL };
static struct text_list sato_too = { "7^^^&1.2.1&ISO", NULL };
static struct text_list lee_or_sato = { "4^^^&1.2.2&ISO", &sato_too };
static struct text_list yamada = { "101^^^&1.2.1&ISO", &lee };
static struct text_list sato = { "7^^^&1.2.1&ISO", NULL };
static const uint64_t subjects[] = { 3, 5, 300, UINT64_C(1) << 40 };

static const struct row {
	instant time;
	const char *transaction, *system, *user;
	struct text_list *patients;
	bool refused;
	const char *record;
	struct audit_subjects subjects;
} rows[] = {
	{ 100, "ITI-8", "a-hospital", NULL, &yamada, false, "one", { NULL, 0 } },
	{ 300, "ITI-18", "b-clinic", "tanaka", &sato, false, "two", { NULL, 0 } },
	{ 200, "ITI-18", "a-hospital", "tanaka", &lee, true, "three", { subjects, 3 } },
	{ 300, "ITI-43", "a-hospital", NULL, &yamada, false, "four", { subjects + 2, 2 } },
	{ -5, NULL, NULL, NULL, NULL, false, "five", { NULL, 0 } },
	{ 400, "ITI-18", "a-hosp", NULL, NULL, false, "", { subjects + 1, 1 } },
};

static bool append(void *with, struct store_txn *t, struct problem *p)
{
	const struct row *r = with;
	struct audit_terms terms = { .time = r->time,
				     .transaction = r->transaction,
				     .system = r->system,
				     .user = r->user,
				     .patients = r->patients,
				     .subjects = r->subjects,
				     .refused = r->refused };
	uint64_t sequence;
	(void)p;
	return audit_log_append(
		t, audit_log_draft(store_arena(t), bytes_of_text(r->record), &terms), &sequence);
}

static void fill(struct fixture *f)
{
	fixture_open(f);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct row r = rows[i];
		CU_ASSERT_TRUE(store_write(f->store, append, &r, &f->problem));
	}
}

static bool verify(struct fixture *f, uint64_t *broken)
{
	struct problem p = { 0 };
	struct audit_head head;
	struct store_txn *t = store_begin_read(f->store, &p);
	bool whole = audit_log_verify(t, &head, broken, &p);
	store_end(t);
	CU_ASSERT_EQUAL(whole, p.code == PROBLEM_NONE);
	return whole;
}

static unsigned findings(struct fixture *f)
{
	struct check_counts counts;
	CU_ASSERT_TRUE(store_check(f->store, NULL, NULL, NULL, &counts, &f->problem));
	return (unsigned)counts.findings;
}

/* What somebody who can write to the disk might do. */
struct tampering {
	uint64_t sequence, other;
	size_t octet;
	enum { TURN, REMOVE, EXCHANGE, ADD, TRUNCATE, TURN_HEAD } how;
	size_t length;
	bool past_end;
};

static struct key key_of(uint64_t sequence)
{
	struct key k;
	key_begin(&k, SPACE_AUDIT_SHEET);
	key_number(&k, sequence);
	return k;
}

static void head_key(struct key *k)
{
	key_begin(k, SPACE_AUDIT_HEAD);
	key_number(k, 0);
}

static bool tamper(void *with, struct store_txn *t, struct problem *p)
{
	struct tampering *h = with;
	struct key k = key_of(h->sequence), o = key_of(h->other);
	struct bytes value, other;
	(void)p;
	if (h->how == TURN_HEAD)
		head_key(&k);
	if (!store_get(t, key_span(&k), store_arena(t), &value))
		return false;
	unsigned char *copy = arena_alloc(store_arena(t), value.length);
	memcpy(copy, value.data, value.length);
	switch (h->how) {
	case TURN:
	case TURN_HEAD:
		h->past_end = h->octet >= value.length;
		if (!h->past_end)
			copy[h->octet] ^= 0x40;
		return store_put(t, key_span(&k), (struct bytes){ copy, value.length });
	case TRUNCATE:
	case REMOVE: return store_delete(t, key_span(&k));
	case ADD: return store_put(t, key_span(&o), value);
	case EXCHANGE:
		return store_get(t, key_span(&o), store_arena(t), &other)
		       && store_put(t, key_span(&k), other) && store_put(t, key_span(&o), value);
	}
	return false;
}

static void A1(void)
{
	struct fixture f;
	uint64_t broken;
	fill(&f);
	CU_ASSERT_TRUE(verify(&f, &broken));
	CU_ASSERT_EQUAL(findings(&f), 0);
	/* Every octet of every entry: hash, terms, record. Turned twice it is as it was. */
	unsigned unseen = 0, turned = 0;
	for (uint64_t s = 1; s <= COUNT(rows); s++)
		for (struct tampering h = { .sequence = s, .how = TURN };; h.octet++) {
			CU_ASSERT_TRUE(store_write(f.store, tamper, &h, &f.problem));
			if (h.past_end)
				break;
			turned++;
			unseen += verify(&f, &broken) || broken != s;
			CU_ASSERT_TRUE(store_write(f.store, tamper, &h, &f.problem));
		}
	CU_ASSERT_EQUAL(unseen, 0);
	CU_ASSERT(turned > COUNT(rows) * AUDIT_HASH);
	CU_ASSERT_TRUE(verify(&f, &broken));
	for (struct tampering h = { .how = TURN_HEAD };; h.octet++) {
		CU_ASSERT_TRUE(store_write(f.store, tamper, &h, &f.problem));
		if (h.past_end)
			break;
		/* The version says nothing, and may be newer. */
		CU_ASSERT(h.octet == 0 || !verify(&f, &broken));
		CU_ASSERT_TRUE(store_write(f.store, tamper, &h, &f.problem));
	}
	CU_ASSERT_TRUE(verify(&f, &broken));
	fixture_close(&f);
	static const struct {
		struct tampering how;
		uint64_t broken;
	} moves[] = {
		{ { .how = REMOVE, .sequence = 1 }, 1 },
		{ { .how = REMOVE, .sequence = 3 }, 3 },
		{ { .how = REMOVE, .sequence = COUNT(rows) }, COUNT(rows) },
		{ { .how = EXCHANGE, .sequence = 2, .other = 3 }, 2 },
		{ { .how = EXCHANGE, .sequence = 1, .other = COUNT(rows) }, 1 },
		{ { .how = ADD, .sequence = 1, .other = COUNT(rows) + 1 }, COUNT(rows) + 1 },
		{ { .how = ADD, .sequence = 4, .other = 5 }, 5 },
	};
	for (size_t i = 0; i < COUNT(moves); i++) {
		struct tampering h = moves[i].how;
		fill(&f);
		CU_ASSERT_TRUE(store_write(f.store, tamper, &h, &f.problem));
		CU_ASSERT_FALSE(verify(&f, &broken));
		CU_ASSERT_EQUAL(broken, moves[i].broken);
		CU_ASSERT(findings(&f) > 0);
		fixture_close(&f);
	}
}

static bool append_all(void *with, struct store_txn *t, struct problem *p)
{
	bool kept = true;
	(void)with;
	for (size_t i = 0; kept && i < COUNT(rows); i++) {
		struct row r = rows[i];
		kept = append(&r, t, p);
	}
	return kept;
}

/* The same of entries that stand on one sheet. */
static void A1_on_one_sheet(void)
{
	struct fixture f;
	uint64_t broken;
	unsigned unseen = 0, turned = 0;
	fixture_open(&f);
	CU_ASSERT_TRUE(store_write(f.store, append_all, NULL, &f.problem));
	CU_ASSERT_TRUE(verify(&f, &broken));
	CU_ASSERT_EQUAL(findings(&f), 0);
	for (struct tampering h = { .sequence = 1, .how = TURN };; h.octet++) {
		CU_ASSERT_TRUE(store_write(f.store, tamper, &h, &f.problem));
		if (h.past_end)
			break;
		turned++;
		unseen += verify(&f, &broken) || broken > COUNT(rows);
		CU_ASSERT_TRUE(store_write(f.store, tamper, &h, &f.problem));
	}
	CU_ASSERT_EQUAL(unseen, 0);
	CU_ASSERT(turned > COUNT(rows) * AUDIT_HASH);
	struct tampering twice = { .sequence = 1, .other = 3, .how = ADD };
	CU_ASSERT_TRUE(store_write(f.store, tamper, &twice, &f.problem));
	CU_ASSERT_FALSE(verify(&f, &broken));
	fixture_close(&f);
}

/* Jobs that are committed together, some of them undone after they had appended. */
struct grouped {
	struct store_job job;
	size_t entries;
	bool undone;
	sem_t *go, *over; /* go: this job waits for it, so that the others gather behind */
};

static bool run_grouped(struct store_job *job, struct store_txn *t, struct problem *p)
{
	struct grouped *g = (struct grouped *)job;
	bool kept = true;
	while (g->go != NULL && sem_wait(g->go) != 0)
		continue;
	if (g->go != NULL)
		sem_post(g->go); /* open for further tries, too */
	for (size_t i = 0; kept && i < g->entries; i++) {
		struct row r = rows[i % COUNT(rows)];
		kept = append(&r, t, p);
	}
	return kept && (!g->undone || problem_set(p, PROBLEM_NOT_PERMITTED, "no"));
}

static void grouped_done(struct store_job *job, bool kept)
{
	struct grouped *g = (struct grouped *)job;
	CU_ASSERT_EQUAL(kept, !g->undone);
	sem_post(g->over);
}

static void sheets_of_a_group(void)
{
	static const struct {
		size_t entries;
		bool undone;
	} plan[] = {
		{ 1, false },  { 2, true },  { 1, false },   { 3, false },
		{ 400, true }, { 1, false }, { 300, false }, { 300, true },
		{ 2, false },  { 1, true },  { 1, false },
	};
	struct grouped jobs[COUNT(plan)];
	struct fixture f;
	sem_t go, over;
	uint64_t broken, expected = 0;
	struct audit_head head;
	fixture_open(&f);
	sem_init(&go, 0, 0);
	sem_init(&over, 0, 0);
	for (size_t i = 0; i < COUNT(plan); i++) {
		jobs[i] = (struct grouped){
			.job = { .run = run_grouped, .done = grouped_done },
			.entries = plan[i].entries,
			.undone = plan[i].undone,
			.go = i == 0 ? &go : NULL,
			.over = &over,
		};
		expected += plan[i].undone ? 0 : plan[i].entries;
		store_submit(f.store, &jobs[i].job);
	}
	sem_post(&go);
	for (size_t i = 0; i < COUNT(plan); i++)
		while (sem_wait(&over) != 0)
			continue;
	CU_ASSERT_TRUE(verify(&f, &broken));
	CU_ASSERT_EQUAL(findings(&f), 0);
	struct store_txn *t = store_begin_read(f.store, &f.problem);
	CU_ASSERT_TRUE(audit_log_head(t, &head));
	CU_ASSERT_EQUAL(head.sequence, expected);
	for (uint64_t from = 1; from <= expected; from += 7) {
		struct audit_cursor *c = audit_log_from(t, from, 1, f.arena);
		const struct audit_entry *e = audit_log_next(c);
		CU_ASSERT_PTR_NOT_NULL_FATAL(e);
		CU_ASSERT_EQUAL(e->sequence, from);
	}
	store_end(t);
	sem_destroy(&go);
	sem_destroy(&over);
	fixture_close(&f);
}

static bool change_and_append(void *with, struct store_txn *t, struct problem *p)
{
	struct row r = rows[0];
	append(&r, t, p);
	store_put(t,
		  bytes_of_text("\x20"
				"change"),
		  bytes_of_text("x"));
	return with == NULL || problem_set(p, PROBLEM_NOT_PERMITTED, "no");
}

static void A2(void)
{
	struct fixture f;
	struct audit_head head;
	fixture_open(&f);
	CU_ASSERT_FALSE(store_write(f.store, change_and_append, &f, &f.problem));
	CU_ASSERT_TRUE(store_write(f.store, change_and_append, NULL, &f.problem));
	fixture_reopen(&f);
	struct store_txn *t = store_begin_read(f.store, &f.problem);
	CU_ASSERT_TRUE(audit_log_head(t, &head));
	CU_ASSERT_EQUAL(head.sequence, 1);
	CU_ASSERT_TRUE(store_has(t, bytes_of_text("\x20"
						  "change")));
	store_end(t);
	fixture_close(&f);
}

struct acknowledging {
	const char *destination;
	uint64_t sequence;
};

static bool acknowledge(void *with, struct store_txn *t, struct problem *p)
{
	struct acknowledging *a = with;
	(void)p;
	return audit_log_acknowledge(t, a->destination, a->sequence);
}

/* As a courier does: a few at a time, dying now and then. */
static void A3(void)
{
	struct fixture f;
	uint64_t expected = 1;
	fill(&f);
	struct acknowledging back = { "other", 1 };
	CU_ASSERT_TRUE(store_write(f.store, acknowledge, &back, &f.problem));
	for (unsigned round = 0; round < 10; round++) {
		struct store_txn *t = store_begin_read(f.store, &f.problem);
		struct acknowledging a = { "arr", audit_log_acknowledged(t, "arr", 0) };
		struct audit_cursor *c = audit_log_from(t, a.sequence + 1, 2, f.arena);
		for (const struct audit_entry *e; (e = audit_log_next(c)) != NULL;
		     a.sequence = e->sequence) {
			CU_ASSERT_EQUAL(e->sequence, expected);
			CU_ASSERT_TRUE(
				bytes_equal(e->record, bytes_of_text(rows[expected - 1].record)));
			expected++;
		}
		CU_ASSERT_FALSE(store_failed(t));
		store_end(t);
		CU_ASSERT_TRUE(store_write(f.store, acknowledge, &a, &f.problem));
		a.sequence = 1; /* going back changes nothing */
		CU_ASSERT_TRUE(store_write(f.store, acknowledge, &a, &f.problem));
		fixture_reopen(&f);
	}
	CU_ASSERT_EQUAL(expected, COUNT(rows) + 1);
	fixture_close(&f);
}

static void searching(void)
{
	static const uint64_t others[] = { 2, 4, 299, 301 };
	static struct text_list several = { "7^^^&1.2.1&ISO", &lee };
	static const struct {
		const char *why, *found;
		struct audit_filter f;
	} searches[] = {
		{ "all, newest first", "642315", { 0 } },
		{ "from", "6423", { .from = 200 } },
		{ "to is exclusive", "315", { .to = 300 } },
		{ "from and to", "31", { .from = 100, .to = 300 } },
		{ "limit", "64", { .limit = 2 } },
		{ "behind one", "315", { .after = { 300, 2 } } },
		{ "behind one of the same moment", "2315", { .after = { 300, 4 } } },
		{ "behind one that is not found", "15", { .after = { 199, 9 } } },
		{ "one of an entry's patients", "431", { .patient = "522^^^&1.2.3&ISO" } },
		{ "a patient's id, all of it", "", { .patient = "522^^^&1.2.3&IS" } },
		{ "patient and time",
		  "3",
		  { .patient = "522^^^&1.2.3&ISO", .from = 150, .to = 250 } },
		{ "patient and transaction",
		  "4",
		  { .patient = "101^^^&1.2.1&ISO", .transaction = "ITI-43" } },
		{ "his records", "643", { .patient = "nobody", .subjects = { subjects, 4 } } },
		{ "the first of an entry's records",
		  "3",
		  { .patient = "nobody", .subjects = { subjects, 1 } } },
		{ "one in the middle",
		  "63",
		  { .patient = "nobody", .subjects = { subjects + 1, 1 } } },
		{ "the last", "4", { .patient = "nobody", .subjects = { subjects + 3, 1 } } },
		{ "records between, before and after",
		  "",
		  { .patient = "nobody", .subjects = { others, 4 } } },
		{ "his id or his records",
		  "6431",
		  { .patient = "522^^^&1.2.3&ISO", .subjects = { subjects + 1, 1 } } },
		{ "another id of his, where no records were kept",
		  "1",
		  { .patient = "nobody", .aliases = &lee } },
		{ "all three",
		  "6431",
		  { .patient = "101^^^&1.2.1&ISO",
		    .subjects = { subjects + 1, 1 },
		    .aliases = &lee } },
		{ "several other ids", "21", { .patient = "nobody", .aliases = &several } },
		{ "records and time",
		  "6",
		  { .patient = "nobody", .subjects = { subjects + 1, 1 }, .from = 201 } },
		{ "system", "431", { .system = "a-hospital" } },
		{ "a system that begins another's name", "6", { .system = "a-hosp" } },
		{ "system and time", "3", { .system = "a-hospital", .from = 101, .to = 300 } },
		{ "transaction", "623", { .transaction = "ITI-18" } },
		{ "user", "23", { .user = "tanaka" } },
		{ "refused", "3", { .refused_only = true } },
		{ "limit counts what is found", "62", { .transaction = "ITI-18", .limit = 2 } },
		{ "nobody", "", { .system = "nobody" } },
	};
	struct fixture f;
	fill(&f);
	for (size_t i = 0; i < COUNT(searches); i++) {
		char found[16] = "";
		unsigned n = 0;
		struct store_txn *t = store_begin_read(f.store, &f.problem);
		struct audit_cursor *c = audit_log_search(t, &searches[i].f, f.arena);
		for (const struct audit_entry *e; (e = audit_log_next(c)) != NULL && n < 15;)
			found[n++] = (char)('0' + e->sequence);
		CU_ASSERT_FALSE(store_failed(t));
		store_end(t);
		CU_ASSERT_STRING_EQUAL(found, searches[i].found);
		if (strcmp(found, searches[i].found) != 0)
			printf("%s: %s\n", searches[i].why, found);
	}
	fixture_close(&f);
}

/* Times within few seconds, some before 1970, in no order; systems and patients in turns; more than
 * two segments of the patients' index, and more pairs of a patient than a block has. */
enum { MANY = 5000, AT_ONCE = 500 };

struct one {
	struct row row;
	struct text_list patients[2];
	uint64_t subjects[3];
	char id[32];
};

static void many(size_t i, struct one *o)
{
	static const char *const systems[] = { "a-hospital", "b-clinic", NULL };
	uint32_t mixed = (uint32_t)(i + 1) * UINT32_C(2654435761);
	snprintf(o->id, sizeof o->id, "%zu^^^&1.2.2&ISO", i % 1000);
	o->patients[0] = (struct text_list){ i % 7 == 0 ? "101^^^&1.2.1&ISO" : o->id,
					     &o->patients[1] };
	o->patients[1] = (struct text_list){ i % 3 == 0 ? "7^^^&1.2.1&ISO" : o->id, NULL };
	o->subjects[0] = i % 50;
	o->subjects[1] = 1000 + i % 7;
	o->subjects[2] = 5000 + i;
	o->row = (struct row){
		.subjects = { o->subjects, i % 4 },
		.time = (instant)(mixed >> 8) % 4000000 - 2000000,
		.transaction = "ITI-18",
		.system = systems[i % COUNT(systems)],
		.patients = i % 5 != 0 ? o->patients : NULL,
		.refused = i % 11 == 0,
		.record = "many",
	};
}

/* The slow way. */
static bool concerns(const struct audit_filter *f, const struct row *r)
{
	bool found = text_list_has(r->patients, f->patient);
	for (size_t i = 0; i < f->subjects.count; i++)
		for (size_t j = 0; j < r->subjects.count; j++)
			found = found || f->subjects.numbers[i] == r->subjects.numbers[j];
	for (const struct text_list *l = f->aliases; l != NULL && r->subjects.count == 0;
	     l = l->next)
		found = found || text_list_has(r->patients, l->value);
	return found;
}

static bool fits(const struct audit_filter *f, const struct row *r)
{
	return (f->from == 0 || r->time >= f->from) && (f->to == 0 || r->time < f->to)
	       && (f->system == NULL || text_equal(f->system, r->system))
	       && (f->patient == NULL || concerns(f, r)) && (!f->refused_only || r->refused);
}

/* The same, page after page, each in a snapshot of its own. */
static size_t search_in_pages(struct fixture *f, struct audit_filter filter, uint64_t *sequences)
{
	enum { PAGE = 97 };
	size_t found = 0, before;
	filter.limit = PAGE;
	do {
		struct store_txn *t = store_begin_read(f->store, &f->problem);
		struct audit_cursor *c = audit_log_search(t, &filter, f->arena);
		before = found;
		for (const struct audit_entry *e;
		     (e = audit_log_next(c)) != NULL && found < MANY;) {
			filter.after = (struct audit_mark){ e->terms.time, e->sequence };
			sequences[found++] = e->sequence;
		}
		CU_ASSERT_FALSE(store_failed(t));
		store_end(t);
	} while (found == before + PAGE);
	return found;
}

/* Exactly those that fit, newest first. */
static void search_many(struct fixture *f, const struct audit_filter *filter)
{
	static uint64_t paged[MANY];
	size_t in_pages = search_in_pages(f, *filter, paged);
	size_t expected = 0, found = 0;
	instant before = INT64_MAX;
	struct one o;
	for (size_t i = 0; i < MANY; i++) {
		many(i, &o);
		expected += fits(filter, &o.row);
	}
	struct store_txn *t = store_begin_read(f->store, &f->problem);
	struct audit_cursor *c = audit_log_search(t, filter, f->arena);
	for (const struct audit_entry *e; (e = audit_log_next(c)) != NULL; found++) {
		many(e->sequence - 1, &o);
		CU_ASSERT_TRUE(fits(filter, &o.row));
		CU_ASSERT_EQUAL(e->terms.time, o.row.time);
		CU_ASSERT(e->terms.time <= before);
		CU_ASSERT(found < in_pages && paged[found] == e->sequence);
		before = e->terms.time;
	}
	CU_ASSERT_EQUAL(found, expected);
	CU_ASSERT_EQUAL(in_pages, expected);
	CU_ASSERT(expected > 0);
	CU_ASSERT_FALSE(store_failed(t));
	store_end(t);
}

static bool append_many(void *with, struct store_txn *t, struct problem *p)
{
	const size_t *first = with;
	bool kept = true;
	for (size_t i = *first; kept && i < *first + AT_ONCE; i++) {
		struct one o;
		many(i, &o);
		kept = append(&o.row, t, p);
	}
	return kept;
}

static bool bend_patients(void *with, struct store_txn *t, struct problem *p)
{
	unsigned char prefix = SPACE_AUDIT_PATIENTS;
	struct bytes key, value;
	struct key k;
	struct store_cursor *c = store_scan_prefix(t, (struct bytes){ &prefix, 1 }, false);
	(void)with;
	(void)p;
	if (!store_next(c, &key, &value))
		return false;
	unsigned char *changed = arena_alloc(store_arena(t), value.length);
	memcpy(changed, value.data, value.length);
	changed[0] ^= 1;
	k.overflow = false;
	k.length = key.length;
	memcpy(k.data, key.data, key.length);
	size_t length = value.length;
	store_scan_end(c);
	return store_put(t, key_span(&k), (struct bytes){ changed, length });
}

static bool put_stray_key(void *with, struct store_txn *t, struct problem *p)
{
	struct key k;
	(void)with;
	(void)p;
	key_begin(&k, SPACE_AUDIT_RUN_BY_SYSTEM);
	key_text(&k, "nobody");
	key_instant(&k, 0);
	key_number(&k, 1);
	return store_put(t, key_span(&k), (struct bytes){ 0 });
}

static void searching_many(void)
{
	static const uint64_t one[] = { 17 }, two[] = { 1003, 9001 },
			      three[] = { 5003, 5008, 9999 };
	static const struct audit_filter filters[] = {
		{ 0 },
		{ .from = -1000000 },
		{ .to = -1000000 },
		{ .from = -999999, .to = 1000001 },
		{ .from = 1, .to = 40000 },
		{ .from = -1500000, .to = -500000 },
		{ .system = "b-clinic" },
		{ .system = "a-hospital", .from = -1, .to = 1999999 },
		{ .patient = "101^^^&1.2.1&ISO" },
		{ .patient = "501^^^&1.2.2&ISO" },
		{ .patient = "4^^^&1.2.2&ISO", .system = "b-clinic" },
		{ .patient = "7^^^&1.2.1&ISO", .from = 500000 },
		{ .refused_only = true },
		{ .system = "b-clinic", .refused_only = true },
		{ .patient = "nobody", .subjects = { one, 1 } },
		{ .patient = "nobody", .subjects = { two, 2 } },
		{ .patient = "nobody", .subjects = { three, 3 } },
		{ .patient = "nobody", .aliases = &lee_or_sato },
		{ .patient = "101^^^&1.2.1&ISO",
		  .aliases = &lee_or_sato,
		  .subjects = { two, 2 },
		  .system = "b-clinic" },
	};
	struct fixture f;
	fixture_open(&f);
	for (size_t next = 0; next < MANY; next += AT_ONCE)
		CU_ASSERT_TRUE_FATAL(store_write(f.store, append_many, &next, &f.problem));
	for (unsigned indexed = 0; indexed < 2; indexed++) {
		for (size_t i = 0; i < COUNT(filters); i++)
			search_many(&f, &filters[i]);
		CU_ASSERT_TRUE(audit_log_index(f.store, NULL, &f.problem));
	}
	CU_ASSERT_EQUAL(findings(&f), 0);
	CU_ASSERT_TRUE(store_write(f.store, put_stray_key, NULL, &f.problem));
	CU_ASSERT_EQUAL(findings(&f), 1);
	CU_ASSERT_TRUE(store_write(f.store, bend_patients, NULL, &f.problem));
	CU_ASSERT_EQUAL(findings(&f), 2);
	fixture_close(&f);
}

static bool has_patients_index(struct fixture *f)
{
	unsigned char prefix = SPACE_AUDIT_PATIENTS;
	struct bytes key, value;
	struct store_txn *t = store_begin_read(f->store, &f->problem);
	bool has = store_next(store_scan_prefix(t, (struct bytes){ &prefix, 1 }, false), &key,
			      &value);
	store_end(t);
	return has;
}

struct repeated {
	struct row row;
	unsigned times;
};

static bool append_repeated(void *with, struct store_txn *t, struct problem *p)
{
	struct repeated *r = with;
	for (unsigned i = 0; i < r->times; i++)
		if (!append(&r->row, t, p))
			return false;
	return true;
}

/* A segment that is too large to be indexed, and one that just is not. */
static void large_segments(void)
{
	enum { LARGE = 8 << 20, FEW = 4, SEGMENT = 256 };
	static const struct {
		size_t length;
		bool indexed;
	} cases[] = {
		{ LARGE - (64 << 10), true },
		{ LARGE, false },
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct fixture f;
		char *record = calloc(1, cases[i].length + 1);
		struct row large = { .time = 5, .patients = &lee, .record = record };
		struct repeated small = { { .time = 4, .patients = &sato, .record = "" },
					  SEGMENT - 1 - FEW };
		struct audit_filter filter = { .patient = lee.value };
		unsigned found = 0;
		memset(record, 'x', cases[i].length);
		fixture_open(&f);
		for (size_t n = 0; n < FEW; n++)
			CU_ASSERT_TRUE(store_write(f.store, append, &large, &f.problem));
		CU_ASSERT_FALSE(has_patients_index(&f));
		CU_ASSERT_TRUE(store_write(f.store, append_repeated, &small, &f.problem));
		CU_ASSERT_TRUE(audit_log_index(f.store, NULL, &f.problem));
		CU_ASSERT_EQUAL(has_patients_index(&f), cases[i].indexed);
		struct store_txn *t = store_begin_read(f.store, &f.problem);
		struct audit_cursor *c = audit_log_search(t, &filter, f.arena);
		while (audit_log_next(c) != NULL)
			found++;
		CU_ASSERT_EQUAL(found, FEW);
		CU_ASSERT_FALSE(store_failed(t));
		store_end(t);
		fixture_close(&f);
		free(record);
	}
}

static void entries_read_back(void)
{
	struct fixture f;
	fill(&f);
	struct store_txn *t = store_begin_read(f.store, &f.problem);
	struct audit_cursor *c = audit_log_from(t, 1, 0, f.arena);
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct audit_entry *e = audit_log_next(c);
		CU_ASSERT_PTR_NOT_NULL_FATAL(e);
		CU_ASSERT_EQUAL(e->terms.time, rows[i].time);
		CU_ASSERT_TRUE(text_equal(e->terms.transaction, rows[i].transaction));
		CU_ASSERT_TRUE(text_equal(e->terms.system, rows[i].system));
		CU_ASSERT_TRUE(text_equal(e->terms.user, rows[i].user));
		CU_ASSERT_EQUAL(e->terms.refused, rows[i].refused);
		const struct text_list *l = e->terms.patients;
		for (const struct text_list *m = rows[i].patients; m != NULL;
		     m = m->next, l = l->next)
			CU_ASSERT_STRING_EQUAL(l->value, m->value);
		CU_ASSERT_PTR_NULL(l);
		CU_ASSERT_EQUAL_FATAL(e->terms.subjects.count, rows[i].subjects.count);
		for (size_t j = 0; j < rows[i].subjects.count; j++)
			CU_ASSERT_EQUAL(e->terms.subjects.numbers[j], rows[i].subjects.numbers[j]);
	}
	CU_ASSERT_PTR_NULL(audit_log_next(c));
	store_end(t);
	fixture_close(&f);
}

static const struct test tests[] = { { "A1", A1 },
				     { "A1 on one sheet", A1_on_one_sheet },
				     { "sheets of a group", sheets_of_a_group },
				     { "A2", A2 },
				     { "A3", A3 },
				     { "searching", searching },
				     { "searching many", searching_many },
				     { "large segments", large_segments },
				     { "entries read back", entries_read_back },
				     { 0 } };

int main(void)
{
	return suite_run("store: audit log", tests);
}
