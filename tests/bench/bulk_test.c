/* tests/bench/bulk_test.c: the people of a population, and that what the bulk loader puts into a
 * store is what the engine in service would have kept. */
#include "tests/base/suite.h"

#include <string.h>

#include "gateway/audit/event_packing.h"
#include "gateway/audit/record.h"
#include "gateway/base/log.h"
#include "gateway/base/text.h"
#include "schemas/model/region.h"
#include "store/check.h"
#include "store/keys.h"
#include "store/registry.h"
#include "store/repository.h"
#include "store/store_keys.h"
#include "tests/bench/bulk.h"
#include "tests/store/people.h"

enum { PERSONS = 200, OCTETS = 100, SEED = 7 };

static const struct population some = { .seed = SEED, .documents_least = 1, .documents_most = 3 };

/* ---- The population ---- */

static void anybody_is_the_same_each_time(void)
{
	struct arena *a = arena_create(SIZE_MAX);
	struct population other = some;
	unsigned differs = 0;
	other.seed++;
	for (uint64_t k = 0; k < PERSONS; k++) {
		struct inhabitant one, again, elsewhere;
		population_person(&some, a, k, &one);
		population_person(&some, a, k, &again);
		population_person(&other, a, k, &elsewhere);
		CU_ASSERT(strcmp(one.id, again.id) == 0 && strcmp(one.phone, again.phone) == 0
			  && strcmp(one.given, again.given) == 0
			  && strcmp(one.birth_date, again.birth_date) == 0
			  && one.facilities == again.facilities
			  && one.documents == again.documents);
		differs += strcmp(one.birth_date, elsewhere.birth_date) != 0;
	}
	CU_ASSERT(differs > PERSONS / 2);
	arena_destroy(a);
}

static void no_two_can_be_taken_for_one(void)
{
	struct arena *a = arena_create(SIZE_MAX);
	struct inhabitant *all = arena_array(a, struct inhabitant, PERSONS);
	for (uint64_t k = 0; k < PERSONS; k++)
		population_person(&some, a, k, &all[k]);
	for (size_t i = 0; i < PERSONS; i++)
		for (size_t j = 0; j < i; j++) {
			CU_ASSERT(strcmp(all[i].phone, all[j].phone) != 0);
			CU_ASSERT(strcmp(all[i].id, all[j].id) != 0);
			if (strcmp(all[i].address, all[j].address) == 0)
				CU_ASSERT(strcmp(all[i].birth_date, all[j].birth_date) != 0);
		}
	arena_destroy(a);
}

static void everybody_is_within_bounds(void)
{
	struct arena *a = arena_create(SIZE_MAX);
	unsigned third = 0, documents[4] = { 0 };
	for (uint64_t k = 0; k < PERSONS; k++) {
		struct inhabitant one;
		population_person(&some, a, k, &one);
		CU_ASSERT(one.facilities == 2 || one.facilities == POPULATION_FACILITIES);
		CU_ASSERT_FATAL(one.documents >= 1 && one.documents <= 3);
		CU_ASSERT_EQUAL(strlen(one.id), POPULATION_ID - 1);
		CU_ASSERT_EQUAL(strlen(one.birth_date), 8);
		third += one.facilities == POPULATION_FACILITIES;
		documents[one.documents]++;
	}
	CU_ASSERT(third > PERSONS / 3 && third < PERSONS * 2 / 3);
	CU_ASSERT(documents[1] > 0 && documents[2] > 0 && documents[3] > 0);
	arena_destroy(a);
}

/* ---- The loader ---- */

static const struct registered_system facilities[] = {
	{ .name = "a-hospital",
	  .title = "A病院",
	  .domains = a_domains,
	  .lenient = { .resolve_own_ids = true } },
	{ .name = "b-clinic",
	  .title = "B診療所",
	  .domains = b_domains,
	  .lenient = { .resolve_own_ids = true } },
	{ .name = "c-hospital",
	  .title = "C病院",
	  .domains = c_domains,
	  .lenient = { .resolve_own_ids = true } },
};

static struct region region_of_three(void)
{
	struct region r = people_region;
	r.systems = facilities;
	r.system_count = COUNT(facilities);
	r.domain_count = COUNT(facilities) + 1;
	r.home_community_id = "urn:oid:2.999.10";
	r.repository_unique_id = "2.999.20";
	r.submission_objects = 1000;
	return r;
}

enum { PATH = 256 };

static void make_directory(char path[static PATH])
{
	const char *root = getenv("TMPDIR");
	snprintf(path, PATH, "%s/minato-bulk-XXXXXX", root == NULL ? "/tmp" : root);
	CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(path));
}

struct loaded {
	char directory[PATH];
	struct bulk_result result;
	struct store *store;
};

static struct loaded load(const struct engine_functions *engine, bool together)
{
	struct log log = { .fd = STDERR_FILENO, .level = LOG_WARNING };
	struct region region = region_of_three();
	struct event_packer *packer = event_packer_create();
	struct audit_source source = {
		.source_id = "minato", .process_id = "1", .host = "bench", .packer = packer
	};
	struct loaded l = { .store = NULL };
	struct problem p = { .code = PROBLEM_NONE };
	make_directory(l.directory);
	struct bulk_plan plan = { .region = &region,
				  .directory = l.directory,
				  .source = &source,
				  .engine = engine,
				  .population = some,
				  .persons = PERSONS,
				  .first = 2 * OCTETS,
				  .octets = OCTETS,
				  .together = together,
				  .cache = 16 << 20 };
	bulk_load(&plan, &l.result);
	struct store_settings s = { .directory = l.directory,
				    .log = &log,
				    .clock = &system_clock,
				    .random = &system_random };
	l.store = store_open(&s, &p);
	CU_ASSERT_PTR_NOT_NULL_FATAL(l.store);
	event_packer_destroy(packer);
	return l;
}

static int removes(const char *path, const struct stat *s, int kind, struct FTW *at)
{
	(void)s, (void)kind, (void)at;
	return remove(path);
}

static void unload(struct loaded *l)
{
	store_close(l->store);
	nftw(l->directory, removes, 8, FTW_DEPTH | FTW_PHYS);
}

/* Each key and value of one is of the other, in the same order. */
static unsigned compared(struct store *one, struct store *other)
{
	static const unsigned char first = 0;
	struct problem p = { .code = PROBLEM_NONE };
	struct store_txn *t = store_begin_read(one, &p), *u = store_begin_read(other, &p);
	struct bytes from = { &first, 1 }, to = { NULL, 0 }, key, value, key2, value2;
	struct store_cursor *c = store_scan(t, from, to, false),
			    *d = store_scan(u, from, to, false);
	unsigned rows = 0;
	bool same = true;
	while (same && store_next(c, &key, &value)) {
		same = store_next(d, &key2, &value2) && bytes_equal(key, key2)
		       && bytes_equal(value, value2);
		rows += same;
		if (!same)
			printf("space %02x\n", key.data[0]);
	}
	CU_ASSERT_TRUE(same);
	CU_ASSERT_FALSE(store_next(d, &key2, &value2));
	store_end(t);
	store_end(u);
	return rows;
}

/* Of all that was written: sheets of the audit log were packed since. */
static uint64_t rows_kept(const struct loaded *l)
{
	return l->result.rows - l->result.spaces[SPACE_AUDIT_SHEET].rows;
}

static void loaded_is_as_the_engine_in_service_would_keep_it(void)
{
	for (unsigned together = 0; together < 2; together++) {
		struct loaded bulk = load(NULL, together),
			      usual = load(&engine_berkeleydb, together);
		unsigned rows = compared(bulk.store, usual.store);
		CU_ASSERT(rows >= rows_kept(&bulk));
		CU_ASSERT_EQUAL(bulk.result.entries, usual.result.entries);
		CU_ASSERT(bulk.result.entries >= PERSONS && bulk.result.records >= 2 * PERSONS);
		CU_ASSERT_EQUAL(bulk.result.submissions, together ? PERSONS : bulk.result.entries);
		unload(&bulk);
		unload(&usual);
	}
}

static void loaded_is_found_without_fault(void)
{
	static const struct check_module *const modules[] = { &identity_check, &consent_check,
							      &registry_check, &repository_check,
							      NULL };
	struct problem p = { .code = PROBLEM_NONE };
	struct check_counts counts = { 0 };
	struct loaded l = load(NULL, false);
	CU_ASSERT_TRUE(store_check(l.store, modules, people_tell, NULL, &counts, &p));
	CU_ASSERT_EQUAL(counts.findings, 0);
	CU_ASSERT(counts.keys >= rows_kept(&l));
	unload(&l);
}

/* ---- The engine ---- */

enum { SPACE_HERE = 0x40, KEYS = 5 };

static struct key key_of(const char *text)
{
	struct key k;
	key_begin(&k, SPACE_HERE);
	key_text(&k, text);
	return k;
}

static bool put(struct store_txn *t, const char *key, const char *value)
{
	struct key k = key_of(key);
	return store_put(t, key_span(&k), bytes_of_text(value));
}

static bool has(struct store_txn *t, const char *key)
{
	struct key k = key_of(key);
	return store_has(t, key_span(&k));
}

static const char *scanned(struct store_txn *t, const char *from, const char *to, bool descending)
{
	struct key low = key_of(from), high = key_of(to);
	struct bytes key, value;
	struct buffer found = buffer_in(store_arena(t));
	struct store_cursor *c = store_scan(t, key_span(&low), key_span(&high), descending);
	while (store_next(c, &key, &value))
		buffer_append(&found, value.data, value.length);
	return buffer_ended(&found);
}

static bool writes_and_looks(void *with, struct store_txn *t, struct problem *p)
{
	static const char *const keys[KEYS] = { "c", "a", "e", "b", "d" };
	struct key gone = key_of("c"), counter;
	(void)with, (void)p;
	for (size_t i = 0; i < KEYS; i++)
		put(t, keys[i], keys[i]);
	store_delete(t, key_span(&gone));
	put(t, "b", "B");
	key_begin(&counter, SPACE_HERE);
	store_put(t, key_span(&counter), bytes_of_text("1"));
	CU_ASSERT_STRING_EQUAL(scanned(t, "a", "z", false), "aBde");
	CU_ASSERT_STRING_EQUAL(scanned(t, "a", "z", true), "edBa");
	CU_ASSERT_STRING_EQUAL(scanned(t, "b", "e", false), "Bd");
	CU_ASSERT_STRING_EQUAL(scanned(t, "b", "e", true), "dB");
	CU_ASSERT_TRUE(has(t, "a") && !has(t, "c") && !has(t, "x"));
	return true;
}

static bool looks_later(void *with, struct store_txn *t, struct problem *p)
{
	struct key counter;
	struct bytes value = { 0 };
	(void)with, (void)p;
	key_begin(&counter, SPACE_HERE);
	CU_ASSERT_FALSE(has(t, "a"));
	CU_ASSERT_TRUE(store_get(t, key_span(&counter), store_arena(t), &value));
	CU_ASSERT(bytes_equal(value, bytes_of_text("1")));
	return true;
}

static bool writes_a(void *with, struct store_txn *t, struct problem *p)
{
	(void)p;
	return put(t, "a", with);
}

static bool writes_and_fails(void *with, struct store_txn *t, struct problem *p)
{
	put(t, "f", with);
	return problem_set(p, PROBLEM_BUSY, "not now");
}

struct bulk_store {
	char directory[PATH];
	struct bulk_engine engine;
	struct store *store;
};

static void begin_bulk(struct bulk_store *b)
{
	static const struct log log = { .fd = STDERR_FILENO, .level = LOG_WARNING };
	struct problem p = { .code = PROBLEM_NONE };
	make_directory(b->directory);
	bulk_engine_make(&b->engine, 1 << 20, 1 << 20);
	struct store_settings s = { .engine = &b->engine.does,
				    .directory = b->directory,
				    .log = &log,
				    .clock = &system_clock,
				    .random = &system_random };
	b->store = store_open(&s, &p);
	CU_ASSERT_PTR_NOT_NULL_FATAL(b->store);
}

static void end_bulk(struct bulk_store *b)
{
	store_close(b->store);
	nftw(b->directory, removes, 8, FTW_DEPTH | FTW_PHYS);
}

static void a_job_finds_what_is_its_own_and_what_goes_on(void)
{
	struct bulk_store b;
	struct problem p = { .code = PROBLEM_NONE };
	begin_bulk(&b);
	CU_ASSERT_TRUE(store_write(b.store, writes_and_looks, NULL, &p));
	CU_ASSERT_TRUE(store_write(b.store, looks_later, NULL, &p));
	end_bulk(&b);
	CU_ASSERT_FALSE(b.engine.failed);
	CU_ASSERT_EQUAL(b.engine.spaces[SPACE_HERE].rows, KEYS); /* one gone, and the counter */
}

static void two_jobs_may_write_one_key_only_alike(void)
{
	static const struct {
		char *first, *second;
		bool fails;
	} rows[] = { { "one", "one", false }, { "one", "other", true }, { "", "", false } };
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct bulk_store b;
		struct problem p = { .code = PROBLEM_NONE };
		begin_bulk(&b);
		CU_ASSERT_TRUE(store_write(b.store, writes_a, rows[i].first, &p));
		CU_ASSERT_TRUE(store_write(b.store, writes_a, rows[i].second, &p));
		end_bulk(&b);
		CU_ASSERT_EQUAL(b.engine.failed, rows[i].fails);
	}
}

static void a_job_that_fails_leaves_nothing(void)
{
	struct bulk_store b;
	struct problem p = { .code = PROBLEM_NONE };
	begin_bulk(&b);
	CU_ASSERT_FALSE(store_write(b.store, writes_and_fails, "f", &p));
	CU_ASSERT_EQUAL(p.code, PROBLEM_BUSY);
	end_bulk(&b);
	CU_ASSERT_EQUAL(b.engine.spaces[SPACE_HERE].rows, 0);
}

int main(void)
{
	static const struct test tests[] = {
		{ "anybody is the same each time", anybody_is_the_same_each_time },
		{ "no two can be taken for one", no_two_can_be_taken_for_one },
		{ "everybody is within bounds", everybody_is_within_bounds },
		{ "loaded is as the engine in service would keep it",
		  loaded_is_as_the_engine_in_service_would_keep_it },
		{ "loaded is found without fault", loaded_is_found_without_fault },
		{ "a job finds what is its own and what goes on",
		  a_job_finds_what_is_its_own_and_what_goes_on },
		{ "two jobs may write one key only alike", two_jobs_may_write_one_key_only_alike },
		{ "a job that fails leaves nothing", a_job_that_fails_leaves_nothing },
		{ 0 },
	};
	return suite_run("bulk", tests);
}
