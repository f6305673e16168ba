/* tests/engines/imports_test.c: several nodes import the same SS-MIX2 storages at once, with
 * conflicts and delays, while others do what regions do. What is then known and Approved is what
 * one node makes of the same files; each thing was recorded once; and importing again changes
 * nothing. */
#include "tests/base/suite.h"

#include <pthread.h>

#include "gateway/base/text.h"
#include "store/audit_log.h"
#include "store/registry.h"
#include "store/registry_sealed.h"
#include "tests/engines/deeds.h"
#include "tests/engines/nodes.h"
#include "tests/profiles/ssmix2_storage.h"

#define ARC "1.2.392.100495.20.3.51.1"
enum { IMPORTERS = 2 * NODES, DOERS = NODES, EACH = 12, SEEDS = 4, TURNS = 4 };
enum { PATIENTS = 4, ORDERS = 3, FACILITIES = 2 };

static const char *const codes[FACILITIES] = { CODE_A, CODE_B };
static const char *const facilities[FACILITIES] = { "a-hospital", "b-clinic" };
static const char *const folders[FACILITIES] = { CODE_A, CODE_B };

/* ---- The storages, as they are in each turn ---- */

struct storages {
	struct imports files; /* where they are made */
	const char *orders[FACILITIES][PATIENTS][ORDERS];
};

/* Patient n of one facility is patient n of the other. */
static void put_people(struct storages *s)
{
	static const char *const kanji[PATIENTS] = { "山田^健一", "佐藤^太郎", "田中^次郎",
						     "山田^健一" };
	static const char *const kana[PATIENTS] = { "ヤマダ^ケンイチ", "サトウ^タロウ",
						    "タナカ^ジロウ", "ヤマダ^ケンイチ" };
	struct imports *im = &s->files;
	for (unsigned f = 0; f < FACILITIES; f++)
		for (unsigned n = 0; n < PATIENTS; n++)
			put_patient(im, codes[f], arena_printf(im->f.arena, "%u", 101 + n),
				    kanji[n], kana[n], n % 2 == 0 ? "19560412" : "19700101",
				    arena_printf(im->f.arena, "03123400%u", n));
}

static void put_version(struct storages *s, unsigned f, unsigned n, unsigned o, unsigned turn)
{
	struct imports *im = &s->files;
	s->orders[f][n][o] = put_order(im, codes[f], arena_printf(im->f.arena, "%u", 101 + n),
				       "20240501", o % 2 == 0 ? "OMP-01" : "OML-11",
				       arena_printf(im->f.arena, "0000000000%05u", o),
				       arena_printf(im->f.arena, "2024050110%02u00123", turn), '1',
				       arena_printf(im->f.arena, "order %u of turn %u", o, turn));
}

/* New ones; some corrected, then all but the first deleted; then some of those back. */
static void change(struct storages *s, unsigned turn)
{
	for (unsigned f = 0; f < FACILITIES; f++)
		for (unsigned n = 0; n < PATIENTS; n++)
			for (unsigned o = 0; o < ORDERS; o++) {
				if (turn != 0 && (n + o + turn) % 2 == 0)
					continue;
				if (turn != 0)
					set_flag(&s->files, s->orders[f][n][o],
						 turn == 2 ? '0' : '2');
				if (turn != 2)
					put_version(s, f, n, o, turn);
				else
					s->orders[f][n][o] = NULL;
			}
}

/* What was deleted in the turn before is registered anew. */
static void turn_storages(struct storages *s, unsigned turn)
{
	if (turn != 3) {
		change(s, turn);
		return;
	}
	for (unsigned f = 0; f < FACILITIES; f++)
		for (unsigned n = 0; n < PATIENTS; n++)
			for (unsigned o = 0; o < ORDERS; o++)
				if (s->orders[f][n][o] == NULL)
					put_version(s, f, n, o, turn);
}

static void storages_open(struct storages *s, struct arena *a, const char *root)
{
	*s = (struct storages){ 0 };
	imports_begin(&s->files);
	s->files.f.arena = a;
	s->files.root = root;
	if (mkdir(root, 0700) != 0)
		abort();
	put_people(s);
}

/* ---- Importing ---- */

struct importer {
	pthread_t thread;
	struct store *store;
	const char *root;
	unsigned first; /* facility */
	bool fine;
};

/* Within its job: kept with what it describes, whatever tries it takes. */
static bool keep_record(struct exchange *x, struct store_txn *t, struct arena *a,
			struct audit_event *e)
{
	for (; e != NULL; e = e->next) {
		const struct audit_terms terms = {
			.time = x->now,
			.transaction = e->action == AUDIT_CREATE ? "create" : "other",
		};
		if (!audit_log_append(t, audit_log_draft(a, bytes_of_text("record"), &terms), NULL))
			return false;
	}
	return true;
}

static bool import_one(const struct importer *i, unsigned f)
{
	struct imports im;
	imports_begin(&im);
	im.f.arena = arena_create(256 << 20);
	im.f.store = i->store;
	im.record = keep_record;
	bool fine = import_storage(&im, arena_printf(im.f.arena, "%s/%s", i->root, folders[f]),
				   facilities[f]);
	if (!fine || done(&im, "faults") != 0)
		fprintf(stderr, "import of %s: %s\n", facilities[f], im.x.problem.what);
	fine = fine && done(&im, "faults") == 0;
	json_decref(im.lines);
	arena_destroy(im.f.arena);
	return fine;
}

static void *import_all(void *with)
{
	struct importer *i = with;
	i->fine = true;
	for (unsigned f = 0; f < FACILITIES; f++)
		i->fine = import_one(i, (i->first + f) % FACILITIES) && i->fine;
	return NULL;
}

/* ---- What others do meanwhile: the portrait says nothing of it ---- */

struct doer {
	pthread_t thread;
	struct store *store;
	struct deed deeds[EACH];
};

static void *do_all(void *with)
{
	struct doer *d = with;
	for (unsigned i = 0; i < EACH; i++)
		deed_do(&d->deeds[i], d->store);
	return NULL;
}

static void draw_deeds(struct doer *d, unsigned from, atomic_ulong *turns)
{
	static const enum deed_kind kinds[] = { DEED_FEED, DEED_SUBMIT, DEED_SEND, DEED_CONSENT };
	for (unsigned i = 0; i < EACH; i++)
		d->deeds[i] = (struct deed){ .name = from + i + 1,
					     .kind = kinds[i % COUNT(kinds)],
					     .facility = i % DEED_FACILITIES,
					     .patient = i / COUNT(kinds),
					     .variant = from + i,
					     .wide = true,
					     .turns = turns };
}

/* ---- What has come of it ---- */

struct portrait {
	struct store_txn *txn;
	struct arena *arena;
	struct buffer text;
};

static int by_text(const void *x, const void *y)
{
	return strcmp(*(const char *const *)x, *(const char *const *)y);
}

static void say_sorted(struct portrait *p, const char **lines, size_t count)
{
	if (count != 0)
		qsort(lines, count, sizeof *lines, by_text);
	for (size_t i = 0; i < count; i++)
		buffer_text(&p->text, lines[i]);
}

static void say_person(struct portrait *p, uint64_t number)
{
	const char *lines[64];
	struct person person = { 0 };
	size_t count = 0;
	identity_person(p->txn, p->arena, number, &person);
	for (const struct patient_record *r = person.records; r != NULL && count < 64; r = r->next)
		if (strcmp(r->domain, AFFINITY) != 0)
			lines[count++] = arena_printf(p->arena, " is %s/%s", r->domain, r->id);
	say_sorted(p, lines, count);
}

static void say_entries(struct portrait *p, uint64_t subject, unsigned *entries)
{
	enum { MOST = 1000 };
	static const struct registry_glance all = {
		.approved = true, .deprecated = true, .stable = true, .on_demand = true
	};
	const char *lines[MOST];
	size_t count = 0;
	struct registry_cursor *c = registry_entries(p->txn, p->arena, subject, &all);
	for (struct document_entry *e;
	     (e = registry_unseal_entry(registry_next_entry(c))) != NULL && count < MOST;)
		lines[count++] = arena_printf(p->arena, "\n  %s %d", e->hash, (int)e->status);
	*entries += (unsigned)count;
	say_sorted(p, lines, count);
}

static void say_all(struct portrait *p, unsigned *entries)
{
	for (unsigned f = 0; f < FACILITIES; f++)
		for (unsigned n = 0; n < PATIENTS; n++) {
			struct patient_record r;
			if (!identity_find(p->txn, p->arena,
					   arena_printf(p->arena, ARC "%s", codes[f]),
					   arena_printf(p->arena, "%u", 101 + n), &r)) {
				buffer_text(&p->text, "\nnobody");
				continue;
			}
			buffer_printf(&p->text, "\n%s/%s version %llu", r.domain, r.id,
				      (unsigned long long)r.version);
			say_person(p, r.person);
			say_entries(p, r.number, entries);
		}
}

/* entries: how many there are; records: how many the audit log has of their making, and of all. */
struct counts {
	unsigned entries, created, records;
};

static const char *portrait_of(struct store *s, struct arena *a, struct counts *n)
{
	struct problem why = { .code = PROBLEM_NONE };
	struct portrait p = { .txn = store_begin_read(s, &why), .arena = a, .text = buffer_in(a) };
	const struct audit_filter made = { .transaction = "create" },
				  other = { .transaction = "other" };
	*n = (struct counts){ 0 };
	if (p.txn == NULL)
		abort();
	say_all(&p, &n->entries);
	struct audit_cursor *c = audit_log_search(p.txn, &made, a);
	while (audit_log_next(c) != NULL)
		n->created++;
	c = audit_log_search(p.txn, &other, a);
	while (audit_log_next(c) != NULL)
		n->records++;
	n->records += n->created;
	if (store_failed(p.txn))
		buffer_printf(&p.text, "\nfailed: %s", store_problem(p.txn)->what);
	store_end(p.txn);
	buffer_byte(&p.text, '\0');
	return (const char *)p.text.data;
}

/* ---- Nodes, and one that does it alone ---- */

static void start(pthread_t *thread, void *(*run)(void *), void *with)
{
	if (pthread_create(thread, NULL, run, with) != 0)
		abort();
}

static void import_at_once(struct region_of_nodes *r, const char *root, unsigned turn,
			   atomic_ulong *turns)
{
	static struct doer doers[DOERS];
	struct importer importers[IMPORTERS];
	for (unsigned i = 0; i < DOERS; i++) {
		doers[i].store = r->nodes[i].store;
		draw_deeds(&doers[i], (turn * DOERS + i) * EACH, turns);
		start(&doers[i].thread, do_all, &doers[i]);
	}
	for (unsigned i = 0; i < IMPORTERS; i++) {
		importers[i] = (struct importer){ .store = r->nodes[i % NODES].store,
						  .root = root,
						  .first = i / NODES };
		start(&importers[i].thread, import_all, &importers[i]);
	}
	for (unsigned i = 0; i < DOERS; i++)
		pthread_join(doers[i].thread, NULL);
	for (unsigned i = 0; i < IMPORTERS; i++) {
		pthread_join(importers[i].thread, NULL);
		CU_ASSERT_TRUE(importers[i].fine);
	}
}

static void must_be_the_same(const char *x, const char *y, const char *why)
{
	if (strcmp(x, y) != 0)
		fprintf(stderr, "%s: %s\n\n%s\n", why, x, y);
	CU_ASSERT_STRING_EQUAL(x, y);
}

/* One turn: by the nodes at once, by them again, and by one alone. */
static void one_turn(struct region_of_nodes *r, struct fixture *alone, struct storages *s,
		     unsigned turn, uint64_t seed, atomic_ulong *turns)
{
	struct counts many, again, one;
	struct arena *a = arena_create(64 << 20);
	struct importer last = { .store = r->nodes[turn % NODES].store, .root = s->files.root };
	turn_storages(s, turn);
	engine_memory_plan(seed, 7);
	import_at_once(r, s->files.root, turn, turns);
	engine_memory_plan(0, 0);
	const char *made = portrait_of(r->nodes[0].store, a, &many);
	import_all(&last);
	must_be_the_same(made, portrait_of(r->nodes[1].store, a, &again), "imported again");
	CU_ASSERT(last.fine && many.records == again.records);
	last.store = alone->store;
	import_all(&last);
	must_be_the_same(made, portrait_of(alone->store, a, &one), "imported by one alone");
	CU_ASSERT(many.entries == one.entries && many.created == one.created);
	CU_ASSERT_EQUAL(many.records, one.records);
	arena_destroy(a);
}

static void one_history(uint64_t seed)
{
	struct region_of_nodes r;
	struct fixture alone;
	struct storages s;
	atomic_ulong turns = 0;
	region_open_timed(&r);
	fixture_open(&alone);
	storages_open(&s, r.arena, arena_printf(r.arena, "%s/storages", r.directory));
	for (unsigned turn = 0; turn < TURNS; turn++)
		one_turn(&r, &alone, &s, turn, seed * TURNS + turn, &turns);
	CU_ASSERT_EQUAL(deeds_findings(r.nodes[2].store), 0);
	fixture_close(&alone);
	region_close(&r);
}

static void as_if_one_had_imported(void)
{
	unsigned long before = engine_memory_conflicts_about(0, 0xff);
	for (uint64_t seed = 1; seed <= SEEDS; seed++)
		one_history(seed);
	CU_ASSERT_TRUE(engine_memory_conflicts_about(0, 0xff) > before);
}

int main(void)
{
	static const struct test tests[] = {
		{ "as if one had imported", as_if_one_had_imported },
		{ 0 },
	};
	return suite_run("engines: imports", tests);
}
