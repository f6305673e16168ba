/* tests/store/audit_entries_test.c: the octets of the audit log: entries, head and chain as they
 * are kept, read back in any form they may have, and when what is called fails. */
#include "tests/base/suite.h"

#include <openssl/evp.h>
#include <string.h>

#include "gateway/base/text.h"
#include "store/audit_entries.h"
#include "store/check.h"
#include "store/record.h"
#include "store/store_keys.h"
#include "tests/base/failing.h"
#include "tests/store/in_job.h"

static struct store_txn *at_hand; /* of a call that is made to fail without being told of it */

static bool refused(struct store_txn *t)
{
	return problem_set(store_problem(t), PROBLEM_STORE_FULL, "made to fail");
}
FAILING(bool, store_get, (struct store_txn * t, struct bytes k, struct arena *a, struct bytes *v),
	(t, k, a, v), refused(t))
FAILING(bool, store_put, (struct store_txn * t, struct bytes k, struct bytes v), (t, k, v),
	refused(t))
FAILING(bool, store_add, (struct store_txn * t, struct bytes k, struct bytes v), (t, k, v),
	refused(t))
FAILING(bool, store_next, (struct store_cursor * c, struct bytes *k, struct bytes *v), (c, k, v),
	refused(at_hand))
FAILING(EVP_MD_CTX *, EVP_MD_CTX_new, (void), (), NULL)
FAILING(int, EVP_DigestInit_ex, (EVP_MD_CTX * c, const EVP_MD *type, ENGINE *e), (c, type, e), 0)
FAILING(int, EVP_DigestUpdate, (EVP_MD_CTX * c, const void *d, size_t n), (c, d, n), 0)
FAILING(int, EVP_DigestFinal_ex, (EVP_MD_CTX * c, unsigned char *out, unsigned *n), (c, out, n), 0)

static const uint64_t subjects[] = { 2,  3,  5,  7,  11, 13, 17, 19, 23, 29,
				     31, 37, 41, 43, 47, 53, 59, 61, 67, 71 };
static struct text_list patient_b = { "b^^^&1.2&ISO", NULL };
static struct text_list patients = { "a^^^&1.2&ISO", &patient_b };
static const struct audit_terms full_terms = {
	.time = -7,
	.transaction = "ITI-18",
	.system = "a-hospital",
	.user = "tanaka",
	.patients = &patients,
	.subjects = { subjects, COUNT(subjects) },
	.refused = true,
	.local_only = true,
};

static void are_full(const struct audit_terms *t)
{
	CU_ASSERT_EQUAL(t->time, -7);
	CU_ASSERT_TRUE(text_equal(t->transaction, "ITI-18"));
	CU_ASSERT_TRUE(text_equal(t->system, "a-hospital"));
	CU_ASSERT_TRUE(text_equal(t->user, "tanaka"));
	CU_ASSERT_TRUE(t->refused);
	CU_ASSERT_TRUE(t->local_only);
	CU_ASSERT_EQUAL_FATAL(t->subjects.count, COUNT(subjects));
	CU_ASSERT_EQUAL(memcmp(t->subjects.numbers, subjects, sizeof subjects), 0);
	CU_ASSERT_TRUE(text_list_has(t->patients, "a^^^&1.2&ISO"));
	CU_ASSERT_TRUE(text_list_has(t->patients, "b^^^&1.2&ISO"));
	CU_ASSERT_FATAL(t->patients != NULL && t->patients->next != NULL);
	CU_ASSERT_PTR_NULL(t->patients->next->next);
}

/* An entry's value: a hash, then the fields. The numbers are those of store/audit_log.c. */
enum { TIME = 1, TRANSACTION, SYSTEM, USER, PATIENT, REFUSED, RECORD, LOCAL_ONLY, SUBJECT, LATER };

static void put_field(struct record_writer *w, unsigned tag)
{
	const struct audit_terms *t = &full_terms;
	switch (tag) {
	case TIME: record_instant(w, tag, t->time); break;
	case TRANSACTION: record_text(w, tag, t->transaction); break;
	case SYSTEM: record_text(w, tag, t->system); break;
	case USER: record_text(w, tag, t->user); break;
	case PATIENT:
		record_text(w, tag, patients.value);
		record_text(w, tag, patient_b.value);
		break;
	case REFUSED: record_flag(w, tag, true); break;
	case RECORD: record_bytes(w, tag, bytes_of_text("record")); break;
	case LOCAL_ONLY: record_flag(w, tag, true); break;
	case SUBJECT:
		for (size_t i = 0; i < COUNT(subjects); i++)
			record_number(w, tag, subjects[i]);
		break;
	case LATER: record_text(w, tag, "of a later version"); break;
	}
}

static struct bytes value_of(struct arena *a, const unsigned char *hash, struct bytes entry)
{
	unsigned char *octets = arena_alloc(a, AUDIT_HASH + entry.length);
	memcpy(octets, hash, AUDIT_HASH);
	if (entry.length != 0)
		memcpy(octets + AUDIT_HASH, entry.data, entry.length);
	return (struct bytes){ octets, AUDIT_HASH + entry.length };
}

static const unsigned char some_hash[AUDIT_HASH] = { 1, 2, 3, 0xff, [AUDIT_HASH - 1] = 9 };

/* No field takes what another says, whichever comes first. */
static void any_order(void)
{
	for (unsigned backwards = 0; backwards < 2; backwards++) {
		struct arena *a = arena_create(1 << 20);
		struct record_writer w = record_begin(a, 1);
		struct audit_entry e = { .sequence = 77 };
		for (unsigned i = TIME; i <= LATER; i++)
			put_field(&w, backwards != 0 ? LATER - i + TIME : i);
		CU_ASSERT_TRUE(audit_entry_read(value_of(a, some_hash, record_end(&w)), a, &e));
		are_full(&e.terms);
		CU_ASSERT_EQUAL(e.sequence, 77);
		CU_ASSERT_TRUE(bytes_equal(e.record, bytes_of_text("record")));
		CU_ASSERT_EQUAL(memcmp(e.hash, some_hash, AUDIT_HASH), 0);
		arena_destroy(a);
	}
}

static void entries_of_little(void)
{
	static const struct {
		const char *why;
		unsigned char octets[4];
		size_t length;
		bool whole, refused, local_only;
		size_t subjects;
	} rows[] = {
		{ "a hash and nothing else", { 0 }, 0, .whole = false },
		{ "no fields", { 1 }, 1, .whole = true },
		{ "half a field", { 1, TRANSACTION }, 2, .whole = false },
		{ "a text without end", { 1, TRANSACTION, 1, 'x' }, 4, .whole = false },
		{ "a text", { 1, TRANSACTION, 1, 0 }, 4, .whole = true },
		{ "a record", { 1, SUBJECT, 1, 5 }, 4, .whole = true, .subjects = 1 },
		{ "refused", { 1, REFUSED, 1, 1 }, 4, .whole = true, .refused = true },
		{ "local", { 1, LOCAL_ONLY, 1, 1 }, 4, .whole = true, .local_only = true },
	};
	struct arena *a = arena_create(1 << 20);
	struct audit_entry e = { .terms = full_terms };
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct bytes value = value_of(a, some_hash,
					      (struct bytes){ rows[i].octets, rows[i].length });
		CU_ASSERT_EQUAL(audit_entry_read(value, a, &e), rows[i].whole);
		CU_ASSERT_EQUAL(e.terms.subjects.numbers != NULL, rows[i].subjects != 0);
		CU_ASSERT_EQUAL(e.terms.subjects.count, rows[i].subjects);
		CU_ASSERT_PTR_NULL(e.terms.patients);
		CU_ASSERT_EQUAL(e.terms.refused, rows[i].refused);
		CU_ASSERT_EQUAL(e.terms.local_only, rows[i].local_only);
	}
	CU_ASSERT_FALSE(audit_entry_read((struct bytes){ some_hash, AUDIT_HASH - 1 }, a, &e));
	CU_ASSERT_FALSE(audit_entry_read((struct bytes){ NULL, 0 }, a, &e));
	arena_destroy(a);
}

/* h(i) = SHA-256(0x00 || h(i-1) || entry(i)): what store/audit_log.h promises, made another way. */
static void next_hash(const unsigned char before[AUDIT_HASH], struct bytes entry,
		      unsigned char out[AUDIT_HASH])
{
	unsigned char octets[1024] = { 0x00 };
	unsigned length;
	memcpy(octets + 1, before, AUDIT_HASH);
	if (entry.length != 0)
		memcpy(octets + 1 + AUDIT_HASH, entry.data, entry.length);
	EVP_Digest(octets, 1 + AUDIT_HASH + entry.length, out, &length, EVP_sha256(), NULL);
}

static bool append_full(struct store_txn *t, const void *with)
{
	uint64_t sequence = 0, *told = with == NULL ? &sequence : NULL;
	struct audit_draft *d = audit_log_draft(store_arena(t), bytes_of_text("record"),
						&full_terms);
	bool kept = audit_log_append(t, d, told);
	CU_ASSERT(!kept || told == NULL || sequence != 0);
	return kept;
}

static void chain_as_promised(void)
{
	struct fixture f;
	unsigned char expected[AUDIT_HASH] = { 0 }, kept[AUDIT_HASH];
	struct audit_head head;
	fixture_open(&f);
	struct store_txn *t = store_begin_read(f.store, &f.problem);
	CU_ASSERT_TRUE(audit_log_head(t, &head));
	CU_ASSERT_EQUAL(head.sequence, 0);
	CU_ASSERT_FALSE(audit_log_hash(t, 1, kept));
	store_end(t);
	for (unsigned i = 0; i < 3; i++)
		CU_ASSERT_TRUE(in_job(&f, append_full, i == 1 ? &f : NULL));
	t = store_begin_read(f.store, &f.problem);
	for (uint64_t i = 1; i <= 3; i++) {
		struct bytes value = { 0 };
		struct audit_entry e = { .sequence = i };
		CU_ASSERT_TRUE_FATAL(audit_entry_get(t, i, f.arena, &value));
		next_hash(expected,
			  (struct bytes){ value.data + AUDIT_HASH, value.length - AUDIT_HASH },
			  expected);
		CU_ASSERT_EQUAL(memcmp(value.data, expected, AUDIT_HASH), 0);
		CU_ASSERT_TRUE(audit_log_hash(t, i, kept));
		CU_ASSERT_EQUAL(memcmp(kept, expected, AUDIT_HASH), 0);
		CU_ASSERT_TRUE(audit_entry_read(value, f.arena, &e));
		are_full(&e.terms);
		CU_ASSERT_TRUE(bytes_equal(e.record, bytes_of_text("record")));
	}
	CU_ASSERT_FALSE(audit_log_hash(t, 4, kept));
	CU_ASSERT_TRUE(audit_log_head(t, &head));
	CU_ASSERT_EQUAL(head.sequence, 3);
	CU_ASSERT_EQUAL(memcmp(head.hash, expected, AUDIT_HASH), 0);
	store_end(t);
	fixture_close(&f);
}

/* A log made by hand: three entries, one of them forged, and a head. */
enum { ENTRIES = 3, AS_IT_WAS = 0 };
struct forgery {
	const char *why;
	uint64_t only_hash, turned, gap; /* the entry of that number */
	uint64_t entries;                /* so many are there */
	uint64_t head;                   /* 0: there is no head */
	uint64_t head_of;                /* the entry whose hash it has; 0: the last */
	bool head_turned, head_damaged;
	uint64_t broken;
	const char *says;
};

static struct key key_in(unsigned char space)
{
	struct key k;
	key_begin(&k, space);
	return k;
}

static bool put_sheet(struct store_txn *t, uint64_t first, struct bytes value)
{
	unsigned char *sheet = arena_alloc(store_arena(t), 4 + value.length);
	struct key k = key_in(SPACE_AUDIT_SHEET);
	key_number(&k, first);
	sheet[3] = (unsigned char)value.length;
	memcpy(sheet + 4, value.data, value.length);
	return store_put(t, key_span(&k), (struct bytes){ sheet, 4 + value.length });
}

static bool put_head(struct store_txn *t, uint64_t sequence, struct bytes hash)
{
	struct record_writer w = record_begin(store_arena(t), 1);
	struct key k = key_in(SPACE_AUDIT_HEAD);
	key_number(&k, 0);
	if (sequence != 0)
		record_number(&w, 1, sequence);
	record_bytes(&w, 2, hash);
	return store_put(t, key_span(&k), record_end(&w));
}

static bool forge(struct store_txn *t, const void *with)
{
	const struct forgery *f = with;
	unsigned char hash[AUDIT_HASH] = { 0 }, head[AUDIT_HASH] = { 0 };
	bool kept = true;
	for (uint64_t i = 1; i <= f->entries; i++) {
		static const unsigned char fields[] = { 1, TRANSACTION, 1, 0 };
		struct bytes entry = { fields, i == f->only_hash ? 0 : sizeof fields };
		next_hash(hash, entry, hash);
		if (f->head_of == 0 || i == f->head_of)
			memcpy(head, hash, AUDIT_HASH);
		struct bytes value = value_of(store_arena(t), hash, entry);
		if (i == f->turned)
			((unsigned char *)value.data)[AUDIT_HASH - 1] ^= 1;
		kept = kept && put_sheet(t, i + (f->gap != 0 && i >= f->gap), value);
	}
	head[0] ^= f->head_turned;
	return kept
	       && (f->head == 0
		   || put_head(t, f->head_damaged ? 0 : f->head,
			       (struct bytes){ head, AUDIT_HASH }));
}

static bool said(const char *findings, const char *finding)
{
	char line[512];
	snprintf(line, sizeof line, "\n%s\n", finding);
	return strstr(findings, line) != NULL;
}

static void note_finding(void *with, const char *finding)
{
	char *all = with;
	size_t length = strlen(all);
	snprintf(all + length, 1024 - length, "%s\n", finding);
}

static void verified(const struct forgery *row, struct fixture *f)
{
	struct problem p = { .code = PROBLEM_NONE };
	struct audit_head head;
	struct check_counts counts;
	uint64_t broken = 77;
	char what[160] = "", findings[1024] = "\n", line[256];
	if (row->says != NULL)
		snprintf(what, sizeof what, "audit entry %u %s", (unsigned)row->broken, row->says);
	struct store_txn *t = store_begin_read(f->store, &p);
	CU_ASSERT_EQUAL(audit_log_verify(t, &head, &broken, &p), row->says == NULL);
	CU_ASSERT_EQUAL(broken, row->broken);
	CU_ASSERT_EQUAL(p.code, row->says == NULL ? PROBLEM_NONE : PROBLEM_CONFLICT);
	CU_ASSERT_STRING_EQUAL(p.what, what);
	store_end(t);
	/* A head that cannot be read is a finding, and not the check's end. */
	CU_ASSERT_TRUE(store_check(f->store, NULL, note_finding, findings, &counts, &f->problem));
	snprintf(line, sizeof line, "audit log: %s", what);
	CU_ASSERT_EQUAL(said(findings, line), row->says != NULL);
	snprintf(line, sizeof line, "audit log: entry %u cannot be read", (unsigned)row->only_hash);
	CU_ASSERT_EQUAL(said(findings, line), row->only_hash != 0);
	if (strcmp(p.what, what) != 0)
		printf("%s: %s\n%s", row->why, p.what, findings);
}

static void forged_logs(void)
{
	static const struct forgery rows[] = {
		{ "as it was", .entries = 3, .head = 3, .broken = AS_IT_WAS },
		{ "empty", .entries = 0, .head = 0, .broken = AS_IT_WAS },
		{ "one", .entries = 1, .head = 1, .broken = AS_IT_WAS },
		{ "an entry that is only its hash", .only_hash = 2, .entries = 3, .head = 3,
		  .broken = 2, .says = "is not as it was written" },
		{ "the first turned", .turned = 1, .entries = 3, .head = 3, .broken = 1,
		  .says = "is not as it was written" },
		{ "the last turned", .turned = 3, .entries = 3, .head = 3, .broken = 3,
		  .says = "is not as it was written" },
		{ "the first gone", .gap = 1, .entries = 3, .head = 4, .broken = 1,
		  .says = "is missing" },
		{ "one gone", .gap = 3, .entries = 3, .head = 4, .broken = 3,
		  .says = "is missing" },
		{ "one gone, and the head moved back", .gap = 3, .entries = 3, .head = 2,
		  .head_of = 2, .broken = 3, .says = "is missing" },
		{ "the head moved back", .entries = 3, .head = 2, .head_of = 2, .broken = 3,
		  .says = "was added past the head" },
		{ "the last gone", .entries = 3, .head = 4, .broken = 4, .says = "is missing" },
		{ "all gone", .entries = 0, .head = 3, .broken = 1, .says = "is missing" },
		{ "one too many", .entries = 3, .head = 2, .broken = 3,
		  .says = "was added past the head" },
		{ "no head", .entries = 3, .broken = 1, .says = "was added past the head" },
		{ "another head", .entries = 3, .head = 3, .head_turned = true, .broken = 3,
		  .says = "is not the one the head names" },
		{ "no number in the head", .entries = 3, .head = 3, .head_damaged = true,
		  .broken = 1, .says = "cannot be judged: the head is damaged" },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct fixture f;
		fixture_open(&f);
		CU_ASSERT_TRUE(in_job(&f, forge, &rows[i]));
		verified(&rows[i], &f);
		fixture_close(&f);
	}
}

/* Nobody's hash is told where there is nothing that it could be the hash of. */
static void hashes_of_nothing(void)
{
	static const struct forgery row = { "only a hash", .only_hash = 2, .entries = 3,
					    .head = 3 };
	struct fixture f;
	unsigned char hash[AUDIT_HASH];
	fixture_open(&f);
	CU_ASSERT_TRUE(in_job(&f, forge, &row));
	struct store_txn *t = store_begin_read(f.store, &f.problem);
	CU_ASSERT_TRUE(audit_log_hash(t, 1, hash));
	CU_ASSERT_FALSE(audit_log_hash(t, 2, hash));
	CU_ASSERT_TRUE(audit_log_hash(t, 3, hash));
	CU_ASSERT_FALSE(audit_log_hash(t, 4, hash));
	store_end(t);
	fixture_close(&f);
}

struct head_row {
	const char *why;
	unsigned char octets[40];
	size_t length;
	uint64_t sequence; /* 0: it is damaged */
	bool hash;
};

static bool put_octets_of_head(struct store_txn *t, const void *with)
{
	const struct head_row *h = with;
	struct key k = key_in(SPACE_AUDIT_HEAD);
	key_number(&k, 0);
	return store_put(t, key_span(&k), (struct bytes){ h->octets, h->length });
}

static bool append_to_damaged(struct store_txn *t, const void *with)
{
	(void)with;
	CU_ASSERT_FALSE(append_full(t, NULL));
	CU_ASSERT_EQUAL(store_problem(t)->code, PROBLEM_INTERNAL);
	return false;
}

static void heads(void)
{
	static const struct head_row rows[] = {
		{ "a number and a hash", { 1, 1, 1, 5, 2, 32, 9 }, 38, 5, true },
		{ "fields of a later version", { 1, 3, 1, 1, 1, 1, 5, 2, 0 }, 9, 5, false },
		{ "a later one as long as a hash", { 1, 1, 1, 5, 3, 32, 9 }, 38, 5, false },
		{ "a hash cut short", { 1, 1, 1, 5, 2, 31, 9 }, 37, 5, false },
		{ "a hash too long", { 1, 1, 1, 5, 2, 33, 9 }, 39, 5, false },
		{ "no number", { 1, 2, 32, 9 }, 35, 0, false },
		{ "number 0", { 1, 1, 0, 2, 32, 9 }, 37, 0, false },
		{ "broken after its number", { 1, 1, 1, 5, 2, 32, 9 }, 30, 0, false },
		{ "no record", { 0 }, 0, 0, false },
	};
	struct fixture f;
	fixture_open(&f);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct audit_head head = { .sequence = 99, .hash = { 99 } };
		CU_ASSERT_TRUE(in_job(&f, put_octets_of_head, &rows[i]));
		struct store_txn *t = store_begin_read(f.store, &f.problem);
		CU_ASSERT_EQUAL(audit_log_head(t, &head), rows[i].sequence != 0);
		CU_ASSERT_EQUAL(store_failed(t), rows[i].sequence == 0);
		CU_ASSERT_TRUE(rows[i].sequence == 0 || head.sequence == rows[i].sequence);
		CU_ASSERT_TRUE(rows[i].sequence == 0 || head.hash[0] == (rows[i].hash ? 9 : 0));
		store_end(t);
		CU_ASSERT_TRUE(rows[i].sequence != 0 || !in_job(&f, append_to_damaged, NULL));
	}
	fixture_close(&f);
}

/* An entry is appended whole, or the job fails and says so. */
struct failing_row {
	const char *call;
	unsigned passing;
	enum problem_code code;
};

static bool append_failing(struct store_txn *t, const void *with)
{
	const struct failing_row *row = with;
	failing_arm(row->call, row->passing);
	bool kept = append_full(t, NULL);
	CU_ASSERT_TRUE(failing_disarm());
	CU_ASSERT_FALSE(kept);
	CU_ASSERT_EQUAL(store_problem(t)->code, row->code);
	return kept;
}

static void appending_fails(void)
{
	static const struct failing_row rows[] = {
		{ "store_get", 0, PROBLEM_STORE_FULL }, /* the head */
		{ "EVP_DigestInit_ex", 0, PROBLEM_INTERNAL },
		{ "EVP_DigestUpdate", 0, PROBLEM_INTERNAL },
		{ "EVP_DigestUpdate", 1, PROBLEM_INTERNAL },
		{ "EVP_DigestUpdate", 2, PROBLEM_INTERNAL },
		{ "EVP_DigestFinal_ex", 0, PROBLEM_INTERNAL },
		{ "store_add", 0, PROBLEM_STORE_FULL }, /* the sheet */
		{ "store_put", 0, PROBLEM_STORE_FULL }, /* by time */
		{ "store_put", 1, PROBLEM_STORE_FULL }, /* by system */
		{ "store_put", 2, PROBLEM_STORE_FULL }, /* the head */
	};
	struct fixture f;
	struct audit_head head;
	fixture_open(&f);
	CU_ASSERT_TRUE(in_job(&f, append_full, NULL));
	for (size_t i = 0; i < COUNT(rows); i++) {
		CU_ASSERT_FALSE(in_job(&f, append_failing, &rows[i]));
		CU_ASSERT_EQUAL(f.problem.code, rows[i].code);
		if (f.problem.code != rows[i].code)
			printf("%s %u: %s\n", rows[i].call, rows[i].passing, f.problem.what);
	}
	CU_ASSERT_TRUE(in_job(&f, append_full, NULL));
	struct store_txn *t = store_begin_read(f.store, &f.problem);
	CU_ASSERT_TRUE(audit_log_head(t, &head));
	CU_ASSERT_EQUAL(head.sequence, 2);
	store_end(t);
	fixture_close(&f);
}

/* Who cannot look does not say that all is well. */
static void verifying_fails(void)
{
	static const struct failing_row rows[] = {
		{ "store_get", 0, PROBLEM_STORE_FULL },
		{ "EVP_MD_CTX_new", 0, PROBLEM_OUT_OF_RESOURCES },
		{ "EVP_DigestInit_ex", 0, PROBLEM_OUT_OF_RESOURCES },
		{ "EVP_DigestFinal_ex", 0, PROBLEM_CONFLICT },
		{ "store_next", 0, PROBLEM_STORE_FULL },
		{ "store_next", 1, PROBLEM_STORE_FULL },
		{ "store_next", 4, PROBLEM_STORE_FULL },
	};
	struct fixture f;
	fixture_open(&f);
	for (unsigned i = 0; i < 3; i++)
		CU_ASSERT_TRUE(in_job(&f, append_full, NULL));
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct problem p = { .code = PROBLEM_NONE };
		struct audit_head head;
		uint64_t broken;
		struct store_txn *t = at_hand = store_begin_read(f.store, &f.problem);
		failing_arm(rows[i].call, rows[i].passing);
		CU_ASSERT_FALSE(audit_log_verify(t, &head, &broken, &p));
		CU_ASSERT_TRUE(failing_disarm());
		CU_ASSERT_EQUAL(p.code, rows[i].code);
		store_end(t);
	}
	/* A check says so, and goes on. */
	struct check_counts counts;
	char findings[1024] = "\n";
	failing_arm("EVP_MD_CTX_new", 0);
	CU_ASSERT_TRUE(store_check(f.store, NULL, note_finding, findings, &counts, &f.problem));
	CU_ASSERT_TRUE(failing_disarm());
	CU_ASSERT_TRUE(said(findings, "audit log: no memory to verify the audit log"));
	CU_ASSERT_EQUAL(counts.findings, 1);
	fixture_close(&f);
}

/* Places: couriers' and the anchors'. None goes back, and none is written where nothing moves. */
/* Nobody says that a patient has no entries when the log's end is not known. */
static void searching_without_a_head(void)
{
	const struct audit_filter of_somebody = { .patient = "101^^^&1.2.1&ISO" };
	struct fixture f;
	fixture_open(&f);
	CU_ASSERT_TRUE(in_job(&f, append_full, NULL));
	struct store_txn *t = at_hand = store_begin_read(f.store, &f.problem);
	failing_arm("store_get", 0);
	struct audit_cursor *c = audit_log_search(t, &of_somebody, f.arena);
	CU_ASSERT_TRUE(failing_disarm());
	CU_ASSERT_PTR_NULL(audit_log_next(c));
	CU_ASSERT_EQUAL(store_problem(t)->code, PROBLEM_STORE_FULL);
	store_end(t);
	fixture_close(&f);
}

struct moving {
	const char *destination; /* NULL: the anchors */
	uint64_t to, then;
	const char *fails;
	bool writes;
};

static uint64_t place(struct store_txn *t, const char *destination)
{
	struct audit_anchored done = { 99, 99 };
	if (destination != NULL)
		return audit_log_acknowledged(t, destination, 0);
	CU_ASSERT_TRUE(audit_log_anchored(t, 0, &done));
	CU_ASSERT_EQUAL(done.record, done.number == 2 ? 7 : 0);
	return done.number;
}

/* Of the second the log has a record. */
static bool note_anchor(struct store_txn *t, uint64_t number)
{
	return audit_log_note_anchor(t, &(struct audit_anchored){ number, number == 2 ? 7 : 0 });
}

static bool move(struct store_txn *t, const void *with)
{
	const struct moving *m = with;
	failing_arm(m->fails != NULL ? m->fails : "store_put", 0);
	bool moved = m->destination != NULL ? audit_log_acknowledge(t, m->destination, m->to)
					    : note_anchor(t, m->to);
	CU_ASSERT_EQUAL(failing_disarm(), m->fails != NULL || m->writes);
	CU_ASSERT_EQUAL(moved, m->fails == NULL && !m->writes);
	return moved;
}

static bool move_well(struct store_txn *t, const void *with)
{
	const struct moving *m = with;
	return m->destination != NULL ? audit_log_acknowledge(t, m->destination, m->to)
				      : note_anchor(t, m->to);
}

static void places(void)
{
	static const struct moving rows[] = {
		{ "arr", 0, 0, .writes = false },      { "arr", 5, 5, .writes = true },
		{ "arr", 5, 5, .writes = false },      { "arr", 4, 5, .writes = false },
		{ "arr", 6, 6, .writes = true },       { "other", 1, 1, .writes = true },
		{ NULL, 0, 0, .writes = false },       { NULL, 2, 2, .writes = true },
		{ NULL, 2, 2, .writes = false },       { NULL, 1, 2, .writes = false },
		{ "arr", 0, 6, .fails = "store_get" }, { "arr", 9, 6, .fails = "store_get" },
		{ NULL, 0, 2, .fails = "store_get" },
	};
	struct fixture f;
	struct audit_anchored done;
	fixture_open(&f);
	for (size_t i = 0; i < COUNT(rows); i++) {
		bool moved = in_job(&f, move, &rows[i]);
		CU_ASSERT_EQUAL(moved, rows[i].fails == NULL && !rows[i].writes);
		if (rows[i].fails == NULL)
			CU_ASSERT_TRUE(in_job(&f, move_well, &rows[i]));
		struct store_txn *t = store_begin_read(f.store, &f.problem);
		CU_ASSERT_EQUAL(place(t, rows[i].destination), rows[i].then);
		CU_ASSERT_EQUAL(audit_log_acknowledged(t, "nobody", 0), 0);
		store_end(t);
	}
	struct store_txn *t = store_begin_read(f.store, &f.problem);
	CU_ASSERT_EQUAL(audit_log_acknowledged(t, "arr", 0), 6);
	failing_arm("store_get", 0);
	CU_ASSERT_FALSE(audit_log_anchored(t, 0, &done));
	CU_ASSERT_EQUAL(done.number, 0);
	CU_ASSERT_TRUE(failing_disarm());
	store_end(t);
	fixture_close(&f);
}

/* A place is its number, whatever else a later version says with it. */
static bool put_place(struct store_txn *t, const void *with)
{
	const struct head_row *h = with;
	struct key k = key_in(SPACE_AUDIT_CURSOR);
	key_text(&k, "arr");
	key_number(&k, 0);
	return store_put(t, key_span(&k), (struct bytes){ h->octets, h->length });
}

static void places_of_later_versions(void)
{
	static const struct head_row rows[] = {
		{ "a number", { 1, 1, 1, 5 }, 4, 5, false },
		{ "and something else", { 1, 1, 1, 5, 3, 1, 8 }, 7, 5, false },
		{ "no number", { 1, 3, 1, 8 }, 4, 0, false },
		{ "nothing", { 1 }, 1, 0, false },
	};
	struct fixture f;
	fixture_open(&f);
	for (size_t i = 0; i < COUNT(rows); i++) {
		CU_ASSERT_TRUE(in_job(&f, put_place, &rows[i]));
		struct store_txn *t = store_begin_read(f.store, &f.problem);
		CU_ASSERT_EQUAL(audit_log_acknowledged(t, "arr", 0), rows[i].sequence);
		store_end(t);
	}
	fixture_close(&f);
}

/* How far a chain was anchored, and by which record, in any form it may have. */
struct place_row {
	unsigned char version;
	uint64_t sequence, record; /* 0: without it */
	bool cut, well;
};

static bool put_anchored(struct store_txn *t, const void *with)
{
	const struct place_row *p = with;
	struct record_writer w = record_begin(store_arena(t), p->version);
	struct key k;
	if (p->sequence != 0)
		record_number(&w, 1, p->sequence);
	if (p->record != 0)
		record_number(&w, 3, p->record);
	struct bytes row = record_end(&w);
	row.length -= p->cut;
	key_begin(&k, SPACE_AUDIT_ANCHORED);
	key_number(&k, 0);
	return store_put(t, key_span(&k), row);
}

static void places_of_any_form(void)
{
	static const struct place_row rows[] = {
		{ 1, 7, 0, false, true },   { 1, 7, 9, false, true },  { 1, 0, 9, false, false },
		{ 1, 0, 0, false, false },  { 2, 7, 9, false, false }, { 1, 700, 0, true, false },
		{ 1, 7, 900, true, false },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct fixture f;
		struct audit_anchored a = { .number = 99, .record = 99 };
		fixture_open(&f);
		CU_ASSERT_TRUE(in_job(&f, put_anchored, &rows[i]));
		struct store_txn *t = store_begin_read(f.store, &f.problem);
		CU_ASSERT_EQUAL(audit_log_anchored(t, 0, &a), rows[i].well);
		CU_ASSERT_EQUAL(store_is_damaged(t), !rows[i].well);
		CU_ASSERT_EQUAL(a.number, rows[i].well ? rows[i].sequence : 0);
		CU_ASSERT_EQUAL(a.record, rows[i].well ? rows[i].record : 0);
		store_end(t);
		fixture_close(&f);
	}
}

static bool note_merged(struct store_txn *t, const void *with)
{
	(void)with;
	return audit_note_merged(t, 2, 3, 5) && audit_note_merged(t, 2, 1, 8)
	       && audit_note_folded(t, 77);
}

/* Groups that became one are noted by level and chain, each in a row of its own. */
static void groups_by_level(void)
{
	static const unsigned char keys[2][17] = {
		{ SPACE_AUDIT_MERGED, [8] = 1, [16] = 2 },
		{ SPACE_AUDIT_MERGED, [8] = 3, [16] = 2 },
	};
	struct fixture f;
	struct bytes key, value;
	fixture_open(&f);
	CU_ASSERT_TRUE(in_job(&f, note_merged, NULL));
	struct store_txn *t = store_begin_read(f.store, &f.problem);
	struct store_cursor *c = store_scan_prefix(t, (struct bytes){ keys[0], 1 }, false);
	for (unsigned i = 0; i < 2; i++) {
		CU_ASSERT_TRUE_FATAL(store_next(c, &key, &value));
		CU_ASSERT_TRUE(bytes_equal(key, (struct bytes){ keys[i], sizeof keys[i] }));
		struct record_writer w = record_begin(f.arena, 1);
		record_number(&w, 1, i == 0 ? 8 : 5);
		CU_ASSERT_TRUE(bytes_equal(value, record_end(&w)));
	}
	CU_ASSERT_FALSE(store_next(c, &key, &value));
	store_scan_end(c);
	CU_ASSERT_EQUAL(audit_merged(t, 2, 1), 8);
	CU_ASSERT_EQUAL(audit_merged(t, 2, 3), 5);
	CU_ASSERT_EQUAL(audit_merged(t, 2, 2), 0);
	CU_ASSERT_EQUAL(audit_merged(t, 0, 1), 0);
	CU_ASSERT_EQUAL(audit_folded(t, 0), 77);
	store_end(t);
	fixture_close(&f);
}

static const struct test tests[] = { { "any order", any_order },
				     { "entries of little", entries_of_little },
				     { "the chain as promised", chain_as_promised },
				     { "forged logs", forged_logs },
				     { "hashes of nothing", hashes_of_nothing },
				     { "heads", heads },
				     { "appending fails", appending_fails },
				     { "verifying fails", verifying_fails },
				     { "searching without a head", searching_without_a_head },
				     { "places", places },
				     { "places of later versions", places_of_later_versions },
				     { "places of any form", places_of_any_form },
				     { "groups by level", groups_by_level },
				     { 0 } };

int main(void)
{
	return suite_run("store: audit entries", tests);
}
