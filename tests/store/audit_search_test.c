/* tests/store/audit_search_test.c: who searches the audit log finds all that is wanted, newest
 * first, page after page; reads no more than he must; and is told when what an index names is not
 * there. */
#include "tests/base/suite.h"

#include <string.h>

#include "gateway/base/text.h"
#include "store/audit_entries.h"
#include "store/check.h"
#include "tests/store/in_job.h"

/* How often the engine was asked for the next of what it has. */
static unsigned reads;
bool __real_store_next(struct store_cursor *c, struct bytes *key, struct bytes *value);
bool __wrap_store_next(struct store_cursor *c, struct bytes *key, struct bytes *value);
bool __wrap_store_next(struct store_cursor *c, struct bytes *key, struct bytes *value)
{
	reads++;
	return __real_store_next(c, key, value);
}

/* How often a packed sheet was unpacked. */
static unsigned unpackings;
bool __real_audit_sheet_unpack(struct arena *a, struct bytes packed, struct bytes *sheet);
bool __wrap_audit_sheet_unpack(struct arena *a, struct bytes packed, struct bytes *sheet);
bool __wrap_audit_sheet_unpack(struct arena *a, struct bytes packed, struct bytes *sheet)
{
	unpackings++;
	return __real_audit_sheet_unpack(a, packed, sheet);
}

enum { SECOND = 1000000, RUN = 32 };

static struct text_list lee = { "522^^^&1.2.3&ISO", NULL };
static struct text_list yamada = { "101^^^&1.2.1&ISO", &lee };
static struct text_list sato = { "7^^^&1.2.1&ISO", NULL };
static const uint64_t records[] = { 3, 5, 300, 301 }, older[] = { 1 };

struct one {
	instant time;
	const char *transaction, *system, *user;
	struct text_list *patients;
	struct audit_subjects subjects;
	bool refused;
};
/* Named in searches by letters: 'a' is entry 1. */
static const struct one log_rows[] = {
	{ 0, "ITI-8", "a-hospital", NULL, &yamada, { NULL, 0 }, false },                   /* a */
	{ -1, "ITI-18", "b-clinic", "tanaka", &sato, { NULL, 0 }, false },                 /* b */
	{ -SECOND, "ITI-18", "a-hospital", "tanaka", &lee, { records, 3 }, true },         /* c */
	{ -SECOND - 1, "ITI-43", "a-hospital", NULL, &yamada, { records + 2, 2 }, false }, /* d */
	{ 2 * SECOND, NULL, NULL, NULL, NULL, { NULL, 0 }, false },                        /* e */
	{ 2 * SECOND, "ITI-18", "a-hosp", "", NULL, { records + 1, 1 }, false },           /* f */
	{ 2 * SECOND, "ITI-18", "", "tanaka", &sato, { NULL, 0 }, true },                  /* g */
	{ 2 * SECOND - 1, "ITI-18", "a-hospital", NULL, &lee, { NULL, 0 }, false },        /* h */
	{ 3 * SECOND - 1, "ITI-18", "b-clinic", NULL, NULL, { records, 1 }, false },       /* i */
	{ 1, "ITI-18", "b-clinic", NULL, NULL, { records + 3, 1 }, false },                /* j */
};

static bool append_rows(struct store_txn *t, const void *with)
{
	const struct one *r = with;
	bool kept = true;
	for (size_t i = 0; kept && i < COUNT(log_rows); i++, r++) {
		struct audit_terms terms = { .time = r->time,
					     .transaction = r->transaction,
					     .system = r->system,
					     .user = r->user,
					     .patients = r->patients,
					     .subjects = r->subjects,
					     .refused = r->refused };
		kept = audit_log_append(
			t, audit_log_draft(store_arena(t), bytes_of_text("r"), &terms), NULL);
	}
	return kept;
}

static void letters(struct audit_cursor *c, char *out, size_t most)
{
	size_t n = 0;
	for (const struct audit_entry *e; n < most && (e = audit_log_next(c)) != NULL;)
		out[n++] = (char)('a' + e->sequence - 1);
	out[n] = '\0';
}

static const struct {
	const char *why, *found;
	struct audit_filter f;
} searches[] = {
	{ "all", "igfehjabcd", { 0 } },
	{ "from a second's first", "igfe", { .from = 2 * SECOND } },
	{ "from its last", "i", { .from = 3 * SECOND - 1 } },
	{ "from after it", "", { .from = 3 * SECOND } },
	{ "from before 1970", "igfehjabc", { .from = -SECOND } },
	{ "from the last of a second before", "igfehjab", { .from = -1 } },
	{ "from the very first", "igfehjabcd", { .from = -SECOND - 1 } },
	{ "to a second's first", "hjabcd", { .to = 2 * SECOND } },
	{ "to its second", "gfehjabcd", { .to = 2 * SECOND + 1 } },
	{ "to its last", "gfehjabcd", { .to = 3 * SECOND - 1 } },
	{ "to before 1970", "cd", { .to = -1 } },
	{ "to the first but one", "d", { .to = -SECOND } },
	{ "to 1", "abcd", { .to = 1 } },
	{ "from 1", "igfehj", { .from = 1 } },
	{ "nothing between", "", { .from = 2, .to = 2 } },
	{ "one moment", "j", { .from = 1, .to = 2 } },
	{ "a system", "hacd", { .system = "a-hospital" } },
	{ "one that begins its name", "f", { .system = "a-hosp" } },
	{ "a system and its times", "ac", { .system = "a-hospital", .from = -SECOND, .to = 1 } },
	{ "nobody's system", "", { .system = "nobody" } },
	{ "no system", "", { .system = "" } },
	{ "transaction", "igfhjbc", { .transaction = "ITI-18" } },
	{ "either of two transactions",
	  "ad",
	  { .transaction = "ITI-8", .or_transaction = "ITI-43" } },
	{ "user", "gbc", { .user = "tanaka" } },
	{ "no user", "f", { .user = "" } },
	{ "refused", "gc", { .refused_only = true } },
	{ "refused, of a system", "c", { .refused_only = true, .system = "a-hospital" } },
	{ "user and transaction", "gbc", { .user = "tanaka", .transaction = "ITI-18" } },
	{ "patient", "hacd", { .patient = "522^^^&1.2.3&ISO" } },
	{ "patient and system", "gb", { .patient = "7^^^&1.2.1&ISO" } },
	{ "patient, from", "h", { .patient = "522^^^&1.2.3&ISO", .from = 1 } },
	{ "patient, to", "cd", { .patient = "522^^^&1.2.3&ISO", .to = 0 - 1 } },
	{ "nobody", "", { .patient = "nobody" } },
	{ "other ids, where no records are", "ha", { .patient = "nobody", .aliases = &yamada } },
	{ "another id, where no records are", "gb", { .patient = "nobody", .aliases = &sato } },
	{ "first record", "ic", { .patient = "nobody", .subjects = { records, 1 } } },
	{ "a record in the middle", "fc", { .patient = "nobody", .subjects = { records + 1, 1 } } },
	{ "the last of one, the first of another",
	  "cd",
	  { .patient = "nobody", .subjects = { records + 2, 1 } } },
	{ "the last record", "jd", { .patient = "nobody", .subjects = { records + 3, 1 } } },
	{ "two records", "ifc", { .patient = "nobody", .subjects = { records, 2 } } },
	{ "all records", "ifjcd", { .patient = "nobody", .subjects = { records, 4 } } },
	{ "id and records",
	  "ghabcd",
	  { .patient = "7^^^&1.2.1&ISO", .subjects = { records + 2, 1 }, .aliases = &lee } },
	/* Who had that other id then is told by the records, and was somebody else. */
	{ "another id, of others' records before",
	  "ghjabd",
	  { .patient = "7^^^&1.2.1&ISO", .subjects = { records + 3, 1 }, .aliases = &lee } },
	{ "another id, of others' records behind",
	  "ghab",
	  { .patient = "7^^^&1.2.1&ISO", .subjects = { older, 1 }, .aliases = &lee } },
};

/* What is about others takes no memory on the way: not forty octets an entry. */
static void others_take_no_memory(void)
{
	enum { TIMES = 50 };
	static const struct audit_filter nobodys[] = { { .patient = "nobody" },
						       { .transaction = "ITI-99" },
						       { .system = "a-hospital", .user = "x" } };
	struct fixture f;
	fixture_open(&f);
	for (unsigned i = 0; i < TIMES; i++)
		CU_ASSERT_TRUE(in_job(&f, append_rows, log_rows));
	struct store_txn *t = store_begin_read(f.store, &f.problem);
	for (size_t i = 0; i < COUNT(nobodys); i++) {
		size_t before = arena_used(f.arena);
		CU_ASSERT_PTR_NULL(audit_log_next(audit_log_search(t, &nobodys[i], f.arena)));
		CU_ASSERT_TRUE(arena_used(f.arena) - before < TIMES * COUNT(log_rows) * 40);
	}
	CU_ASSERT_FALSE(store_failed(t));
	store_end(t);
	fixture_close(&f);
}

/* A draft that was kept as octets meanwhile is found by all that it said. */
static bool append_kept_draft(struct store_txn *t, const void *with)
{
	struct arena *a = store_arena(t);
	struct audit_terms terms = { .time = 3 * SECOND,
				     .transaction = "ITI-18",
				     .system = "a-hospital",
				     .user = "tanaka",
				     .patients = &lee,
				     .refused = true };
	struct audit_draft *d = audit_log_draft(a, bytes_of_text("r"), &terms);
	struct audit_draft *kept = audit_draft_read(a, audit_draft_octets(d));
	(void)with;
	return kept != NULL && audit_log_append(t, kept, NULL);
}

static void a_kept_draft(void)
{
	static const struct audit_filter filters[] = {
		{ .from = 3 * SECOND, .to = 3 * SECOND + 1 },
		{ .system = "a-hospital" },
		{ .patient = "522^^^&1.2.3&ISO", .user = "tanaka", .refused_only = true },
	};
	struct fixture f;
	fixture_open(&f);
	CU_ASSERT_TRUE(in_job(&f, append_kept_draft, NULL));
	struct store_txn *t = store_begin_read(f.store, &f.problem);
	for (size_t i = 0; i < COUNT(filters); i++) {
		char found[8];
		letters(audit_log_search(t, &filters[i], f.arena), found, sizeof found - 1);
		CU_ASSERT_STRING_EQUAL(found, "a");
	}
	store_end(t);
	fixture_close(&f);
}

/* However many at a time: each page begins behind the last of the one before. */
static void in_pages(struct store_txn *t, struct arena *a, const struct audit_filter *f,
		     unsigned page, char *out, size_t most)
{
	struct audit_filter g = *f;
	size_t n = 0, before;
	g.limit = page;
	do {
		struct audit_cursor *c = audit_log_search(t, &g, a);
		before = n;
		for (const struct audit_entry *e; n < most && (e = audit_log_next(c)) != NULL;) {
			g.after = (struct audit_mark){ e->terms.time, e->sequence };
			out[n++] = (char)('a' + e->sequence - 1);
		}
		CU_ASSERT(n - before <= page);
	} while (n == before + page);
	out[n] = '\0';
}

static void searching(void)
{
	struct fixture f;
	fixture_open(&f);
	CU_ASSERT_TRUE(in_job(&f, append_rows, log_rows));
	struct store_txn *t = store_begin_read(f.store, &f.problem);
	for (size_t i = 0; i < COUNT(searches); i++) {
		char found[32];
		letters(audit_log_search(t, &searches[i].f, f.arena), found, 30);
		CU_ASSERT_STRING_EQUAL(found, searches[i].found);
		if (strcmp(found, searches[i].found) != 0)
			printf("%s: %s\n", searches[i].why, found);
		for (unsigned page = 1; page <= 3; page++) {
			in_pages(t, f.arena, &searches[i].f, page, found, 30);
			CU_ASSERT_STRING_EQUAL(found, searches[i].found);
		}
	}
	CU_ASSERT_FALSE(store_failed(t));
	store_end(t);
	fixture_close(&f);
}

/* From a number on, oldest first. */
static void from_a_number(void)
{
	static const struct {
		uint64_t from;
		unsigned limit;
		const char *found;
	} rows[] = {
		{ 0, 0, "abcdefghij" }, { 1, 0, "abcdefghij" }, { 1, 3, "abc" }, { 3, 1, "c" },
		{ 10, 0, "j" },         { 11, 0, "" },          { 9, 9, "ij" },
	};
	struct fixture f;
	fixture_open(&f);
	CU_ASSERT_TRUE(in_job(&f, append_rows, log_rows));
	struct store_txn *t = store_begin_read(f.store, &f.problem);
	for (size_t i = 0; i < COUNT(rows); i++) {
		char found[32];
		letters(audit_log_from(t, rows[i].from, rows[i].limit, f.arena), found, 30);
		CU_ASSERT_STRING_EQUAL(found, rows[i].found);
	}
	CU_ASSERT_FALSE(store_failed(t));
	store_end(t);
	fixture_close(&f);
}

/* Many of one second, and of several in one run; with patients, so that what is read takes
 * memory. */
enum { MANY = 300 };

static bool append_many(struct store_txn *t, const void *with)
{
	bool kept = true;
	for (unsigned i = 0; kept && i < MANY; i++) {
		struct audit_terms terms = { .time = i % 3 == 0 ? 7 * SECOND
								: (instant)i * 7 % SECOND,
					     .system = with,
					     .patients = &yamada };
		kept = audit_log_append(
			t, audit_log_draft(store_arena(t), bytes_of_text("r"), &terms), NULL);
	}
	return kept;
}

static void many_of_a_second(void)
{
	static const struct audit_filter filters[] = {
		{ 0 },
		{ .patient = "522^^^&1.2.3&ISO" },
		{ .system = "a-hospital" },
	};
	struct fixture f;
	fixture_open(&f);
	CU_ASSERT_TRUE(in_job(&f, append_many, "a-hospital"));
	struct store_txn *t = store_begin_read(f.store, &f.problem);
	for (size_t i = 0; i < COUNT(filters); i++) {
		struct audit_cursor *c = audit_log_search(t, &filters[i], f.arena);
		struct audit_mark before = { INT64_MAX, 0 };
		unsigned found = 0;
		for (const struct audit_entry *e; (e = audit_log_next(c)) != NULL; found++) {
			CU_ASSERT(
				e->terms.time < before.time
				|| (e->terms.time == before.time && e->sequence < before.sequence));
			CU_ASSERT_EQUAL(e->terms.time,
					(e->sequence - 1) % 3 == 0
						? 7 * SECOND
						: (instant)(e->sequence - 1) * 7 % SECOND);
			CU_ASSERT_TRUE(text_list_has(e->terms.patients, "522^^^&1.2.3&ISO"));
			before = (struct audit_mark){ e->terms.time, e->sequence };
		}
		CU_ASSERT_EQUAL(found, MANY);
	}
	CU_ASSERT_FALSE(store_failed(t));
	store_end(t);
	fixture_close(&f);
}

/* An entry a second; who asks for some of them does not make the engine read the others. */
static bool append_seconds(struct store_txn *t, const void *with)
{
	bool kept = true;
	(void)with;
	for (unsigned i = 0; kept && i < 60; i++) {
		struct audit_terms terms = { .time = (instant)i * SECOND, .system = "s" };
		kept = audit_log_append(
			t, audit_log_draft(store_arena(t), bytes_of_text("r"), &terms), NULL);
	}
	return kept;
}

static unsigned cost(struct fixture *f, const struct audit_filter *filter)
{
	struct store_txn *t = store_begin_read(f->store, &f->problem);
	reads = 0;
	struct audit_cursor *c = audit_log_search(t, filter, f->arena);
	while (audit_log_next(c) != NULL)
		continue;
	CU_ASSERT_FALSE(store_failed(t));
	store_end(t);
	return reads;
}

static void reads_no_more(void)
{
	static const struct {
		const char *why;
		struct audit_filter one, same;
	} rows[] = {
		{ "to a second's first", { .to = 5 * SECOND }, { .to = 5 * SECOND - 1 } },
		{ "to its last but one", { .to = 5 * SECOND - 1 }, { .to = 5 * SECOND - 2 } },
		{ "behind a mark",
		  { .after = { 5 * SECOND, 1 } },
		  { .to = 5 * SECOND, .after = { 9 * SECOND, 1 } } },
		{ "behind one that is later than that",
		  { .to = 5 * SECOND, .after = { 5 * SECOND, 1 } },
		  { .to = 5 * SECOND } },
		{ "and much later",
		  { .to = 5 * SECOND, .after = { 50 * SECOND, 1 } },
		  { .to = 5 * SECOND } },
	};
	static const struct audit_filter one = { .to = 1 }, two = { .to = SECOND + 1 };
	struct fixture f;
	fixture_open(&f);
	CU_ASSERT_TRUE(in_job(&f, append_seconds, NULL));
	unsigned least = cost(&f, &one), a_second = cost(&f, &two) - least;
	CU_ASSERT(a_second > 0);
	for (size_t i = 0; i < COUNT(rows); i++) {
		unsigned here = cost(&f, &rows[i].one), there = cost(&f, &rows[i].same);
		/* Behind a mark, the second of the mark is read as well. */
		unsigned more = rows[i].one.to == 0 ? a_second : 0;
		CU_ASSERT(here <= there + more);
		CU_ASSERT(there <= 5 * (least + a_second));
		if (here > there + more)
			printf("%s: %u, not %u\n", rows[i].why, here, there);
	}
	CU_ASSERT(cost(&f, &(struct audit_filter){ .from = 58 * SECOND })
		  <= 2 * (least + a_second));
	fixture_close(&f);
}

/* Empty, and with one entry: no damage is told, and it is found. */
static bool append_one(struct store_txn *t, const void *with)
{
	struct audit_terms terms = { .time = 1, .system = with, .patients = &sato };
	return audit_log_append(t, audit_log_draft(store_arena(t), bytes_of_text("r"), &terms),
				NULL);
}

static void nearly_empty(void)
{
	static const struct audit_filter filters[] = { { 0 }, { .patient = "7^^^&1.2.1&ISO" } };
	struct fixture f;
	fixture_open(&f);
	for (unsigned entries = 0; entries < 2; entries++) {
		struct store_txn *t = store_begin_read(f.store, &f.problem);
		for (size_t i = 0; i < COUNT(filters); i++) {
			struct audit_cursor *c = audit_log_search(t, &filters[i], f.arena);
			CU_ASSERT_EQUAL(audit_log_next(c) != NULL, entries == 1);
			CU_ASSERT_PTR_NULL(audit_log_next(c));
		}
		CU_ASSERT_FALSE(store_failed(t));
		store_end(t);
		CU_ASSERT_TRUE(in_job(&f, append_one, "s"));
	}
	fixture_close(&f);
}

/* A system's name too long for a key: the entry is kept, and found by everything else. */
static void long_names(void)
{
	static char name[1000];
	const struct audit_filter by_name = { .system = name },
				  by_patient = { .patient = sato.value };
	struct fixture f;
	struct check_counts counts;
	char found[8];
	memset(name, 'n', sizeof name - 1);
	fixture_open(&f);
	CU_ASSERT_TRUE(in_job(&f, append_one, name));
	struct store_txn *t = store_begin_read(f.store, &f.problem);
	letters(audit_log_search(t, &by_name, f.arena), found, 7);
	CU_ASSERT_STRING_EQUAL(found, "");
	letters(audit_log_search(t, &by_patient, f.arena), found, 7);
	CU_ASSERT_STRING_EQUAL(found, "a");
	letters(audit_log_search(t, &(struct audit_filter){ 0 }, f.arena), found, 7);
	CU_ASSERT_STRING_EQUAL(found, "a");
	CU_ASSERT_FALSE(store_failed(t));
	store_end(t);
	CU_ASSERT_TRUE(store_check(f.store, NULL, NULL, NULL, &counts, &f.problem));
	CU_ASSERT_EQUAL(counts.findings, 0);
	fixture_close(&f);
}

/* Entry 2 of three is gone, or its octets are. */
static bool append_three(struct store_txn *t, const void *with)
{
	return append_one(t, with) && append_one(t, with) && append_one(t, with);
}

static bool damage(struct store_txn *t, const void *with)
{
	const bool *gone = with;
	struct key k;
	struct bytes sheet;
	key_begin(&k, SPACE_AUDIT_SHEET);
	key_number(&k, 1);
	if (*gone)
		return store_delete(t, key_span(&k));
	if (!store_get(t, key_span(&k), store_arena(t), &sheet))
		return false;
	return store_put(t, key_span(&k), (struct bytes){ sheet.data, sheet.length - 3 });
}

static void damaged_entries(void)
{
	static const struct {
		const char *why, *found, *what;
		struct audit_filter f;
		bool gone, in_order;
	} rows[] = {
		{ "by time", "", "audit entry 3 is damaged", { 0 }, false, false },
		{ "by system", "", "audit entry 3 is damaged", { .system = "s" }, false, false },
		{ "by patient",
		  "",
		  "audit entry 3 is damaged",
		  { .patient = "7^^^&1.2.1&ISO" },
		  false,
		  false },
		{ "in order", "ab", "audit entry 3 is damaged", { 0 }, false, true },
		{ "by time, gone", "", "audit entry 0 is missing", { 0 }, true, false },
		{ "by patient, gone",
		  "",
		  "audit entry 0 is missing",
		  { .patient = "7^^^&1.2.1&ISO" },
		  true,
		  false },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct fixture f;
		char found[8];
		fixture_open(&f);
		CU_ASSERT_TRUE(in_job(&f, append_three, "s"));
		CU_ASSERT_TRUE(in_job(&f, damage, &rows[i].gone));
		struct store_txn *t = store_begin_read(f.store, &f.problem);
		letters(rows[i].in_order ? audit_log_from(t, 1, 0, f.arena)
					 : audit_log_search(t, &rows[i].f, f.arena),
			found, 7);
		CU_ASSERT_STRING_EQUAL(found, rows[i].found);
		CU_ASSERT_STRING_EQUAL(store_problem(t)->what, rows[i].what);
		CU_ASSERT_EQUAL(store_problem(t)->code, PROBLEM_INTERNAL);
		if (strcmp(store_problem(t)->what, rows[i].what) != 0)
			printf("%s: %s %s\n", rows[i].why, found, store_problem(t)->what);
		store_end(t);
		fixture_close(&f);
	}
}

/* More than a segment: the first is searched by its index, the rest entry by entry. */
enum { LONG = 300 };
static const unsigned of_lee[] = { 2, 100, 101, 255, 256, 299 };

static bool is_of_lee(unsigned sequence)
{
	bool found = false;
	for (size_t i = 0; i < COUNT(of_lee); i++)
		found = found || of_lee[i] == sequence;
	return found;
}

static bool append_long(struct store_txn *t, const void *with)
{
	static const unsigned char record[200] = { 0 }; /* so that they are on many sheets */
	bool kept = true;
	(void)with;
	for (unsigned i = 1; kept && i <= LONG; i++) {
		struct audit_terms terms = { .time = (instant)i,
					     .patients = is_of_lee(i) ? &lee : NULL };
		kept = audit_log_append(t,
					audit_log_draft(store_arena(t),
							(struct bytes){ record, sizeof record },
							&terms),
					NULL);
	}
	return kept;
}

/* The sheet with that entry on it goes. */
static bool lose_sheet(struct store_txn *t, const void *with)
{
	const unsigned *entry = with;
	struct key low, high;
	struct bytes key, sheet;
	key_begin(&low, SPACE_AUDIT_SHEET);
	high = low;
	key_number(&high, *entry + 1);
	struct store_cursor *c = store_scan(t, key_span(&low), key_span(&high), true);
	if (!store_next(c, &key, &sheet))
		return false;
	struct key_reader r = key_read(key);
	uint64_t first = key_read_number(&r);
	store_scan_end(c);
	key_number(&low, first);
	return store_delete(t, key_span(&low));
}

static void an_indexed_segment(void)
{
	const struct audit_filter filter = { .patient = lee.value };
	static const unsigned lost = 101, lost_later = 256;
	struct fixture f;
	fixture_open(&f);
	CU_ASSERT_TRUE(in_job(&f, append_long, NULL));
	unsigned without = cost(&f, &filter);
	CU_ASSERT_TRUE(audit_log_index(f.store, NULL, &f.problem));
	CU_ASSERT(cost(&f, &filter) < 200);
	CU_ASSERT(cost(&f, &filter) < without);
	struct store_txn *t = store_begin_read(f.store, &f.problem);
	struct audit_cursor *c = audit_log_search(t, &filter, f.arena);
	for (size_t i = COUNT(of_lee); i > 0; i--) {
		const struct audit_entry *e = audit_log_next(c);
		CU_ASSERT_FATAL(e != NULL);
		CU_ASSERT_EQUAL(e->sequence, of_lee[i - 1]);
	}
	CU_ASSERT_PTR_NULL(audit_log_next(c));
	CU_ASSERT_FALSE(store_failed(t));
	store_end(t);
	for (unsigned i = 0; i < 2; i++) {
		CU_ASSERT_TRUE(in_job(&f, lose_sheet, i == 0 ? &lost : &lost_later));
		t = store_begin_read(f.store, &f.problem);
		CU_ASSERT_PTR_NULL(audit_log_next(audit_log_search(t, &filter, f.arena)));
		CU_ASSERT_EQUAL(store_problem(t)->code, PROBLEM_INTERNAL);
		store_end(t);
	}
	fixture_close(&f);
}

/* The keys themselves, and those that say what is not so. */
struct claim {
	const char *why;
	unsigned char space;
	const char *system;
	instant second;
	uint64_t run;
	int more; /* octets at the key's end; fewer, if negative */
	bool well;
};

static bool put_claim(struct store_txn *t, const void *with)
{
	const struct claim *c = with;
	struct key k;
	key_begin(&k, c->space);
	if (c->system != NULL)
		key_text(&k, c->system);
	key_instant(&k, c->second);
	key_number(&k, c->run);
	for (int i = 0; i < c->more; i++)
		key_octet(&k, 0);
	k.length -= c->more < 0 ? (size_t)-c->more : 0;
	return store_put(t, key_span(&k), (struct bytes){ 0 });
}

static void count_stray(void *with, const char *finding)
{
	*(unsigned *)with += strcmp(finding, "audit log: an index names an entry that is not there")
			     == 0;
}

static bool append_late(struct store_txn *t, const void *with)
{
	bool kept = append_rows(t, log_rows);
	(void)with;
	for (unsigned i = COUNT(log_rows); kept && i < RUN; i++) {
		struct audit_terms terms = { .time = 9 * SECOND + 5, .system = "late" };
		kept = audit_log_append(
			t, audit_log_draft(store_arena(t), bytes_of_text("r"), &terms), NULL);
	}
	return kept; /* the last is entry 32: the first of the next run */
}

static unsigned keys_there(struct store_txn *t, const struct claim *rows, size_t count)
{
	unsigned char first = SPACE_AUDIT_RUN_BY_TIME, end = SPACE_AUDIT_RUN_BY_SYSTEM + 1;
	struct store_cursor *c = store_scan(t, (struct bytes){ &first, 1 },
					    (struct bytes){ &end, 1 }, false);
	struct bytes key, value;
	unsigned there = 0;
	while (store_next(c, &key, &value)) {
		CU_ASSERT_EQUAL(value.length, 0);
		bool expected = false;
		for (size_t i = 0; i < count; i++) {
			struct key k;
			key_begin(&k, rows[i].space);
			if (rows[i].system != NULL)
				key_text(&k, rows[i].system);
			key_instant(&k, rows[i].second);
			key_number(&k, rows[i].run);
			expected = expected
				   || (rows[i].well && rows[i].more == 0
				       && bytes_equal(key, key_span(&k)));
		}
		CU_ASSERT_TRUE(expected);
		there++;
	}
	store_scan_end(c);
	return there;
}

static void claims(void)
{
	enum { T = SPACE_AUDIT_RUN_BY_TIME, S = SPACE_AUDIT_RUN_BY_SYSTEM, KEYS = 17 };
	static const struct claim rows[] = {
		{ "", T, NULL, 0, 0, 0, true },
		{ "", T, NULL, -SECOND, 0, 0, true },
		{ "", T, NULL, -2 * SECOND, 0, 0, true },
		{ "", T, NULL, 2 * SECOND, 0, 0, true },
		{ "", T, NULL, SECOND, 0, 0, true },
		{ "", T, NULL, 9 * SECOND, 0, 0, true },
		{ "", T, NULL, 9 * SECOND, 1, 0, true },
		{ "", S, "a-hospital", 0, 0, 0, true },
		{ "", S, "a-hospital", -SECOND, 0, 0, true },
		{ "", S, "a-hospital", -2 * SECOND, 0, 0, true },
		{ "", S, "a-hospital", SECOND, 0, 0, true },
		{ "", S, "b-clinic", -SECOND, 0, 0, true },
		{ "", S, "b-clinic", 2 * SECOND, 0, 0, true },
		{ "", S, "b-clinic", 0, 0, 0, true },
		{ "", S, "a-hosp", 2 * SECOND, 0, 0, true },
		{ "", S, "late", 9 * SECOND, 0, 0, true },
		{ "", S, "late", 9 * SECOND, 1, 0, true },
		{ "another second", T, NULL, 3 * SECOND, 0, 0, false },
		{ "no whole second", T, NULL, 1, 0, 0, false },
		{ "another run", T, NULL, 0, 1, 0, false },
		{ "a run that is not there", T, NULL, 0, 2, 0, false },
		{ "another system's second", S, "a-hosp", 0, 0, 0, false },
		{ "nobody's", S, "nobody", 0, 0, 0, false },
		{ "no system's", S, "", 0, 0, 0, false },
		{ "an octet more", T, NULL, 0, 0, 1, false },
		{ "an octet less", T, NULL, 0, 0, -1, false },
		{ "no run", T, NULL, 0, 0, -8, false },
		{ "nothing but its space", T, NULL, 0, 0, -16, false },
		{ "no run of a system", S, "a-hospital", 0, 0, -8, false },
		{ "no end of a system", S, "a-hospital", 0, 0, -17, false },
	};
	struct fixture f;
	unsigned before = 0;
	struct check_counts counts;
	fixture_open(&f);
	CU_ASSERT_TRUE(in_job(&f, append_late, NULL));
	struct store_txn *t = store_begin_read(f.store, &f.problem);
	CU_ASSERT_EQUAL(keys_there(t, rows, COUNT(rows)), KEYS);
	store_end(t);
	for (size_t i = 0; i < COUNT(rows); i++) {
		unsigned stray = 0;
		CU_ASSERT_TRUE(in_job(&f, put_claim, &rows[i]));
		CU_ASSERT_TRUE(
			store_check(f.store, NULL, count_stray, &stray, &counts, &f.problem));
		CU_ASSERT_EQUAL(stray - before, !rows[i].well);
		if (stray - before != !rows[i].well)
			printf("%s (%zu)\n", rows[i].why, i);
		before = stray;
	}
	fixture_close(&f);
}

/* A search does not take a key that is none for one of another second. */
static void damaged_keys(void)
{
	enum { T = SPACE_AUDIT_RUN_BY_TIME };
	static const struct claim rows[] = {
		{ "an octet less", T, NULL, 2 * SECOND, 0, -1, false },
		{ "no run", T, NULL, 2 * SECOND, 0, -8, false },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct fixture f;
		char found[32];
		fixture_open(&f);
		CU_ASSERT_TRUE(in_job(&f, append_rows, log_rows));
		CU_ASSERT_TRUE(in_job(&f, put_claim, &rows[i]));
		struct store_txn *t = store_begin_read(f.store, &f.problem);
		letters(audit_log_search(t, &(struct audit_filter){ 0 }, f.arena), found, 30);
		CU_ASSERT_STRING_EQUAL(found, "");
		CU_ASSERT_EQUAL(store_problem(t)->code, PROBLEM_INTERNAL);
		CU_ASSERT_STRING_EQUAL(store_problem(t)->what,
				       "the audit log's index by time is damaged");
		store_end(t);
		fixture_close(&f);
	}
}

/* A packed sheet is of many runs, a run of many seconds: it is unpacked, looked through, once. */
enum { PACKED = 8 * AUDIT_SEGMENT };

static bool append_packed(struct store_txn *t, const void *with)
{
	bool kept = true;
	(void)with;
	for (unsigned i = 1; kept && i <= PACKED; i++) {
		struct audit_terms terms = { .time = (instant)i * SECOND / 2,
					     .transaction = i == 700 ? "ITI-8" : "ITI-18",
					     .system = "s" };
		kept = audit_log_append(
			t, audit_log_draft(store_arena(t), bytes_of_text("r"), &terms), NULL);
	}
	return kept;
}

static void unpacked_once(void)
{
	static const struct {
		struct audit_filter f;
		unsigned found;
	} rows[] = {
		{ { .transaction = "ITI-99" }, 0 },
		{ { .transaction = "ITI-8", .system = "s" }, 1 },
		{ { .user = "nobody" }, 0 },
	};
	struct fixture f;
	fixture_open(&f);
	CU_ASSERT_TRUE(in_job(&f, append_packed, NULL));
	CU_ASSERT_TRUE(audit_log_index(f.store, NULL, &f.problem));
	CU_ASSERT_TRUE(audit_log_fold(f.store, NULL, &f.problem));
	struct store_txn *t = store_begin_read(f.store, &f.problem);
	CU_ASSERT(audit_folded(t, 0) > PACKED / 2);
	for (size_t i = 0; i < COUNT(rows); i++) {
		unsigned found = unpackings = reads = 0;
		struct audit_cursor *c = audit_log_search(t, &rows[i].f, f.arena);
		while (audit_log_next(c) != NULL)
			found++;
		CU_ASSERT_EQUAL(found, rows[i].found);
		CU_ASSERT(unpackings > 0 && unpackings < PACKED / RUN / 2 && reads < PACKED);
	}
	CU_ASSERT_FALSE(store_failed(t));
	store_end(t);
	fixture_close(&f);
}

static const struct test tests[] = { { "a kept draft", a_kept_draft },
				     { "others take no memory", others_take_no_memory },
				     { "searching", searching },
				     { "from a number", from_a_number },
				     { "many of a second", many_of_a_second },
				     { "reads no more", reads_no_more },
				     { "nearly empty", nearly_empty },
				     { "long names", long_names },
				     { "damaged entries", damaged_entries },
				     { "what an index claims", claims },
				     { "damaged keys", damaged_keys },
				     { "an indexed segment", an_indexed_segment },
				     { "unpacked once", unpacked_once },
				     { 0 } };

int main(void)
{
	return suite_run("store: audit search", tests);
}
