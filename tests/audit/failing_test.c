/* tests/audit/failing_test.c: the audit room when what it calls fails: the anchors, the anchoring,
 * and whose records an event is about. Nothing is signed that is not so, nothing kept by half, and
 * it is told. */
#include "tests/base/suite.h"

#include <errno.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <pthread.h>
#include <sys/stat.h>

#include "gateway/audit/anchoring.h"
#include "gateway/audit/anchors.h"
#include "gateway/audit/courier.h"
#include "gateway/audit/record.h"
#include "gateway/audit/subjects.h"
#include "gateway/base/text.h"
#include "store/audit_log.h"
#include "store/audit_received.h"
#include "tests/base/failing.h"
#include "tests/base/open_files.h"
#include "tests/store/people.h"

static bool refused(struct store_txn *t)
{
	return problem_set(store_problem(t), PROBLEM_STORE_FULL, "made to fail");
}
static int broken(int error)
{
	errno = error;
	return -1;
}

FAILING(void *, malloc, (size_t size), (size), NULL)
FAILING(void *, calloc, (size_t n, size_t size), (n, size), NULL)
FAILING(int, i2d_PUBKEY, (const EVP_PKEY *k, unsigned char **out), (k, out), 0)
FAILING(int, EVP_Digest,
	(const void *d, size_t n, unsigned char *md, unsigned int *s, const EVP_MD *type,
	 ENGINE *e),
	(d, n, md, s, type, e), 0)
FAILING(EVP_MD_CTX *, EVP_MD_CTX_new, (void), (), NULL)
FAILING(int, EVP_DigestSignInit,
	(EVP_MD_CTX * c, EVP_PKEY_CTX **p, const EVP_MD *type, ENGINE *e, EVP_PKEY *k),
	(c, p, type, e, k), 0)
FAILING(int, EVP_DigestSign,
	(EVP_MD_CTX * c, unsigned char *out, size_t *length, const unsigned char *in, size_t n),
	(c, out, length, in, n), 0)
FAILING(int, EVP_DigestVerifyInit,
	(EVP_MD_CTX * c, EVP_PKEY_CTX **p, const EVP_MD *type, ENGINE *e, EVP_PKEY *k),
	(c, p, type, e, k), 0)
FAILING(int, fseeko, (FILE * f, off_t at, int from), (f, at, from), broken(EIO))
FAILING(int, ferror, (FILE * f), (f), 1)
FAILING(int, fsync, (int fd), (fd), broken(EIO))
FAILING(ssize_t, pread, (int fd, void *into, size_t size, off_t at), (fd, into, size, at),
	broken(EIO))
FAILING(int, pthread_create,
	(pthread_t * thread, const pthread_attr_t *with, void *(*run)(void *), void *self),
	(thread, with, run, self), EAGAIN)
FAILING(struct arena *, arena_create, (size_t ceiling), (ceiling), NULL)
FAILING(bool, arena_run, (struct arena * a, void (*work)(void *), void *with), (a, work, with),
	false)
FAILING(struct store_txn *, store_begin_read, (struct store * s, struct problem *p), (s, p),
	(problem_set(p, PROBLEM_INTERNAL, "made to fail"), NULL))
FAILING(bool, store_renew, (struct store_txn * t), (t), refused(t))
FAILING(bool, store_get, (struct store_txn * t, struct bytes k, struct arena *a, struct bytes *v),
	(t, k, a, v), refused(t))
FAILING(bool, audit_log_head, (struct store_txn * t, struct audit_head *out), (t, out), refused(t))
FAILING(struct audit_cursor *, audit_log_from,
	(struct store_txn * t, uint64_t sequence, unsigned limit, struct arena *a),
	(t, sequence, limit, a), (refused(t), __real_audit_log_from(t, sequence, limit, a)))
FAILING(bool, audit_log_heads, (struct store_txn * t, struct arena *a, struct audit_heads *out),
	(t, a, out), refused(t))
FAILING(bool, received_head, (struct store_txn * t, struct audit_head *out), (t, out), refused(t))
FAILING(bool, audit_log_head_of, (struct store_txn * t, uint64_t chain, struct audit_head *out),
	(t, chain, out), refused(t))
FAILING(bool, audit_log_anchored,
	(struct store_txn * t, uint64_t chain, struct audit_anchored *out), (t, chain, out),
	refused(t))
FAILING(bool, audit_log_note_anchor, (struct store_txn * t, const struct audit_anchored *done),
	(t, done), refused(t))
FAILING(bool, audit_log_hash, (struct store_txn * t, uint64_t n, unsigned char hash[AUDIT_HASH]),
	(t, n, hash), refused(t))
FAILING(bool, audit_log_append, (struct store_txn * t, struct audit_draft *d, uint64_t *sequence),
	(t, d, sequence), false)

FAILING(bool, identity_place,
	(struct store_txn * t, struct arena *a, uint64_t n, struct patient_record *out),
	(t, a, n, out), refused(t))
FAILING(bool, identity_subjects,
	(struct store_txn * t, struct arena *a, uint64_t n, struct record_numbers *out),
	(t, a, n, out), refused(t))

/* The same call fails in several ways. */
int __real_fstat(int fd, struct stat *s);
int __wrap_fstat(int fd, struct stat *s);
int __wrap_fstat(int fd, struct stat *s)
{
	return failing_now("fstat") ? broken(EIO) : __real_fstat(fd, s);
}
ssize_t __real_write(int fd, const void *from, size_t size);
ssize_t __wrap_write(int fd, const void *from, size_t size);
ssize_t __wrap_write(int fd, const void *from, size_t size)
{
	return failing_now("write: EDQUOT")    ? broken(EDQUOT)
	       : failing_now("write: EFBIG")   ? broken(EFBIG)
	       : failing_now("write: ENOSPC")  ? broken(ENOSPC)
	       : failing_now("write: EIO")     ? broken(EIO)
	       : failing_now("write: nothing") ? 0
	       : failing_now("write: half")    ? __real_write(fd, from, size / 2)
					       : __real_write(fd, from, size);
}
int __real_open(const char *path, int flags, ...);
int __wrap_open(const char *path, int flags, ...);
int __wrap_open(const char *path, int flags, ...)
{
	return failing_now("open") ? broken(EACCES) : __real_open(path, flags, 0600);
}

static atomic_uint wakes;
void __wrap_courier_wake(struct courier *c);
void __wrap_courier_wake(struct courier *c)
{
	(void)c;
	atomic_fetch_add(&wakes, 1);
}

struct scene {
	struct fixture f;
	struct anchors at;
	struct anchor_key *key;
	const char *path, *log_path;
	FILE *log_file;
	struct log log;
	struct anchors_verdict v;
	struct problem p;
};

static void begin(struct scene *s)
{
	const char *why;
	*s = (struct scene){ .key = NULL };
	fixture_open(&s->f);
	s->path = arena_printf(s->f.arena, "%s/key", s->f.directory);
	EVP_PKEY *pair = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
	FILE *f = fopen(s->path, "we");
	CU_ASSERT_FATAL(f != NULL && PEM_write_PrivateKey(f, pair, NULL, NULL, 0, NULL, NULL) == 1);
	fclose(f);
	EVP_PKEY_free(pair);
	s->key = anchor_key_read(s->path, &why);
	CU_ASSERT_PTR_NOT_NULL_FATAL(s->key);
	s->at = (struct anchors){ .file = arena_printf(s->f.arena, "%s/anchors", s->f.directory),
				  .key = s->key };
	s->log_path = arena_printf(s->f.arena, "%s/log", s->f.directory);
	s->log_file = fopen(s->log_path, "we");
	s->log = (struct log){ .fd = fileno(s->log_file), .level = LOG_NOTICE };
}

static void end(struct scene *s)
{
	fclose(s->log_file);
	anchor_key_free(s->key);
	fixture_close(&s->f);
}

static bool append(void *with, struct store_txn *t, struct problem *p)
{
	struct audit_terms terms = { .time = 5, .system = "s" };
	(void)with;
	(void)p;
	return audit_log_append(t, audit_log_draft(store_arena(t), bytes_of_text("entry"), &terms),
				NULL);
}

static void entries(struct scene *s, unsigned count)
{
	while (count-- != 0)
		CU_ASSERT_TRUE_FATAL(store_write(s->f.store, append, NULL, &s->f.problem));
}

/* Whether it could be compared. */
static bool compare(struct scene *s, bool whole)
{
	s->p = (struct problem){ .code = PROBLEM_NONE };
	struct store_txn *t = store_begin_read(s->f.store, &s->p);
	bool read = anchors_compare(&s->at, t, s->f.arena, whole, &s->v, &s->p);
	store_end(t);
	CU_ASSERT_EQUAL(read, s->p.code == PROBLEM_NONE);
	return read;
}

/* Anchors of the head, each on the one before. */
static void anchors(struct scene *s, unsigned count)
{
	CU_ASSERT_TRUE_FATAL(compare(s, true));
	struct anchor a = { .number = s->v.last.number, .time = 1, .head = s->v.own.head };
	memcpy(a.before, s->v.last_digest, AUDIT_HASH);
	while (count-- != 0) {
		char line[ANCHOR_LINE + 1];
		a.number++;
		CU_ASSERT_TRUE_FATAL(anchor_sign(&a, s->key, line));
		CU_ASSERT_TRUE_FATAL(anchors_append(&s->at, line, &s->p));
		CU_ASSERT_TRUE(anchor_digest(bytes_of_text(line), a.before));
	}
}

/* ---- Anchors ---- */

static void a_key_without_memory(void)
{
	struct scene s;
	char name[ANCHOR_KEY_NAME] = "before";
	const char *why = NULL;
	unsigned failures = 0;
	begin(&s);
	for (unsigned n = 0; n < 100 && (why == NULL || strstr(why, "memory") == NULL); n++) {
		failing_arm("malloc", n);
		struct anchor_key *k = anchor_key_read(s.path, &why);
		failing_disarm();
		failures += k == NULL;
		anchor_key_free(k);
	}
	CU_ASSERT_NOT_EQUAL(failures, 0);
	CU_ASSERT_STRING_EQUAL(why, "there is no memory for it");
	static const char *const calls[] = { "i2d_PUBKEY", "EVP_Digest" };
	for (size_t i = 0; i < COUNT(calls); i++) {
		failing_arm(calls[i], 0);
		anchor_key_name(s.key, name);
		CU_ASSERT_TRUE(failing_disarm());
		CU_ASSERT_STRING_EQUAL(name, "");
	}
	end(&s);
}

/* Whichever allocation fails: no keys, and why is said; for ours the word is memory. */
static void other_keys_without_memory(void)
{
	struct scene s;
	unsigned failures = 0, told = 0;
	bool failed = true;
	begin(&s);
	const char *why, *path = arena_printf(s.f.arena, "%s/public", s.f.directory);
	EVP_PKEY *pair = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
	FILE *f = fopen(path, "we");
	CU_ASSERT_FATAL(f != NULL && PEM_write_PUBKEY(f, pair) == 1);
	fclose(f);
	EVP_PKEY_free(pair);
	failing_arm("calloc", 0);
	CU_ASSERT_PTR_NULL(anchor_keys_read(path, &why));
	CU_ASSERT_TRUE(failing_disarm());
	CU_ASSERT_STRING_EQUAL(why, "there is no memory for it");
	for (unsigned n = 0; failed; n++) {
		failing_arm("malloc", n);
		struct anchor_keys *k = anchor_keys_read(path, &why);
		failed = failing_disarm();
		CU_ASSERT_EQUAL(k == NULL, why != NULL);
		CU_ASSERT_TRUE(failed || (k != NULL && k->count == 1));
		failures += k == NULL;
		told += why != NULL && strcmp(why, "there is no memory for it") == 0;
		anchor_keys_free(k);
	}
	CU_ASSERT_NOT_EQUAL(failures, 0);
	CU_ASSERT_EQUAL(told, 1);
	end(&s);
}

static void a_line_that_cannot_be_signed(void)
{
	static const char *const signing[] = { "EVP_MD_CTX_new", "EVP_DigestSignInit",
					       "EVP_DigestSign" };
	static const char *const verifying[] = { "EVP_MD_CTX_new", "EVP_DigestVerifyInit" };
	struct scene s;
	char line[ANCHOR_LINE + 1];
	unsigned char hash[AUDIT_HASH];
	struct anchor a = { .number = 1 };
	begin(&s);
	for (size_t i = 0; i < COUNT(signing); i++) {
		failing_arm(signing[i], 0);
		CU_ASSERT_FALSE(anchor_sign(&a, s.key, line));
		CU_ASSERT_TRUE(failing_disarm());
	}
	CU_ASSERT_TRUE(anchor_sign(&a, s.key, line));
	for (size_t i = 0; i < COUNT(verifying); i++) {
		failing_arm(verifying[i], 0);
		CU_ASSERT_FALSE(anchor_signed(bytes_of_text(line), s.key));
		CU_ASSERT_TRUE(failing_disarm());
	}
	failing_arm("EVP_Digest", 0);
	CU_ASSERT_FALSE(anchor_digest(bytes_of_text(line), hash));
	failing_disarm();
	CU_ASSERT_TRUE(anchor_signed(bytes_of_text(line), s.key));
	end(&s);
}

/* What could not be compared is not said to be well. */
static void a_comparison_that_fails(void)
{
	static const struct {
		const char *call;
		unsigned passing;
		enum problem_code code;
	} rows[] = {
		{ "audit_log_heads", 0, PROBLEM_STORE_FULL },
		{ "audit_log_anchored", 0, PROBLEM_STORE_FULL },
		{ "audit_log_hash", 0, PROBLEM_STORE_FULL },
		{ "ferror", 0, PROBLEM_CONFIGURATION },
	};
	struct scene s;
	begin(&s);
	entries(&s, 2);
	anchors(&s, 3);
	for (size_t i = 0; i < COUNT(rows); i++)
		for (unsigned keyed = 0; keyed < 2; keyed++) {
			s.at.key = keyed ? s.key : NULL;
			bool concerned = keyed || i < 2;
			failing_arm(rows[i].call, rows[i].passing);
			CU_ASSERT_EQUAL(compare(&s, true), !concerned);
			CU_ASSERT_EQUAL(failing_disarm(), concerned);
			CU_ASSERT_EQUAL(s.p.code, concerned ? rows[i].code : PROBLEM_NONE);
			CU_ASSERT_TRUE(concerned || s.v.fault_count == 0);
		}
	end(&s);
}

static bool acknowledge_more(void *with, struct store_txn *t, struct problem *p)
{
	(void)with;
	(void)p;
	return audit_log_acknowledge(t, "arr", 100);
}

/* The file, or without a key a repository, is ahead of the snapshot, and how the log is now cannot
 * be had: nothing is said to be missing from it. */
static void a_log_that_cannot_be_asked_again(void)
{
	static const struct {
		const char *call;
		unsigned passing;
	} rows[] = {
		{ "store_renew", 0 },
		{ "audit_log_head_of", 0 },
	};
	static const char *const repositories[] = { "arr" };
	struct scene s;
	begin(&s);
	CU_ASSERT_TRUE(store_write(s.f.store, acknowledge_more, NULL, &s.f.problem));
	for (size_t i = 0; i < 2 * COUNT(rows); i++) {
		s.at.repository_count = 0;
		s.at.key = s.key;
		struct store_txn *t = store_begin_read(s.f.store, &s.p);
		entries(&s, 1);
		anchors(&s, 1);
		s.at.repositories = repositories;
		s.at.repository_count = COUNT(repositories);
		s.at.key = i % 2 == 0 ? s.key : NULL;
		failing_arm(rows[i / 2].call, rows[i / 2].passing);
		CU_ASSERT_FALSE(anchors_compare(&s.at, t, s.f.arena, true, &s.v, &s.p));
		CU_ASSERT_TRUE(failing_disarm());
		CU_ASSERT_EQUAL(s.p.code, PROBLEM_STORE_FULL);
		CU_ASSERT_EQUAL(s.v.fault_count, 0);
		store_end(t);
	}
	end(&s);
}

/* A file whose size or end cannot be had: the first is looked at whole, the second is told. */
static void a_long_file_that_fails(void)
{
	struct scene s;
	begin(&s);
	entries(&s, 1);
	anchors(&s, 250);
	CU_ASSERT_TRUE(compare(&s, false));
	CU_ASSERT(s.v.count < 250);
	failing_arm("fseeko", 0);
	CU_ASSERT_FALSE(compare(&s, false));
	CU_ASSERT_TRUE(failing_disarm());
	CU_ASSERT_EQUAL(s.p.code, PROBLEM_CONFIGURATION);
	/* The first is regular_stream()'s. */
	failing_arm("fstat", 1);
	CU_ASSERT_TRUE(compare(&s, false));
	CU_ASSERT_TRUE(failing_disarm());
	CU_ASSERT_EQUAL(s.v.count, 250);
	end(&s);
}

static bool note(void *with, struct store_txn *t, struct problem *p)
{
	(void)with;
	(void)p;
	return audit_log_note_anchor(t, &(struct audit_anchored){ 1, 0 });
}

/* Lines that are no anchors where anchors were: taken out, not taken away; and one of an empty
 * log. */
static void no_anchors_but_lines(void)
{
	struct scene s;
	begin(&s);
	anchors(&s, 1);
	CU_ASSERT_TRUE(compare(&s, true));
	CU_ASSERT_EQUAL(s.v.fault_count, 0);
	CU_ASSERT_EQUAL(s.v.own.covered, 0);
	entries(&s, 1);
	CU_ASSERT_TRUE(store_write(s.f.store, note, NULL, &s.f.problem));
	FILE *f = fopen(s.at.file, "we");
	fputs("no anchor\n", f);
	fclose(f);
	CU_ASSERT_TRUE(compare(&s, true));
	CU_ASSERT_PTR_NULL(s.v.gone);
	CU_ASSERT_EQUAL(s.v.fault_count, 2); /* ends with a line, and anchors were taken out */
	end(&s);
}

static void a_line_that_cannot_be_written(void)
{
	static const struct {
		const char *call;
		unsigned passing;
		enum problem_code code;
		int error;
	} rows[] = {
		{ "write: ENOSPC", 0, PROBLEM_STORE_FULL, ENOSPC },
		{ "write: EDQUOT", 0, PROBLEM_STORE_FULL, EDQUOT },
		{ "write: EFBIG", 0, PROBLEM_STORE_FULL, EFBIG },
		{ "write: nothing", 0, PROBLEM_STORE_FULL, ENOSPC },
		{ "write: half", 0, PROBLEM_STORE_FULL, ENOSPC },
		{ "write: EIO", 0, PROBLEM_CONFIGURATION, EIO },
		{ "fsync", 0, PROBLEM_CONFIGURATION, EIO },
		{ "fsync", 1, PROBLEM_CONFIGURATION, EIO },   /* the directory's */
		{ "open", 0, PROBLEM_CONFIGURATION, EACCES }, /* the directory */
		{ "fstat", 0, PROBLEM_CONFIGURATION, EIO },
		{ "fstat", 1, PROBLEM_CONFIGURATION, EIO },
	};
	struct scene s;
	begin(&s);
	unsigned files = open_files();
	for (size_t i = 0; i < COUNT(rows); i++) {
		unlink(s.at.file);
		s.p = (struct problem){ .code = PROBLEM_NONE };
		failing_arm(rows[i].call, rows[i].passing);
		bool kept = anchors_append(&s.at, "a line", &s.p);
		bool failed = failing_disarm();
		if (kept || !failed || s.p.code != rows[i].code)
			fprintf(stderr, "%s %u: %d %d\n", rows[i].call, rows[i].passing, kept,
				failed);
		CU_ASSERT_TRUE(!kept && failed);
		CU_ASSERT_EQUAL(s.p.code, rows[i].code);
		CU_ASSERT_PTR_NOT_NULL(strstr(s.p.what, strerror(rows[i].error)));
		CU_ASSERT_EQUAL(open_files(), files);
	}
	/* Where the file's last octet cannot be read, the line is written as if it ended one. */
	CU_ASSERT_TRUE(anchors_append(&s.at, "another", &s.p));
	failing_arm("pread", 0);
	CU_ASSERT_TRUE(anchors_append(&s.at, "one more", &s.p));
	CU_ASSERT_TRUE(failing_disarm());
	end(&s);
}

/* ---- The anchoring ---- */

static const struct audit_source us = { .source_id = "minato", .process_id = "1", .host = "host" };

static struct anchoring_settings settings(struct scene *s)
{
	return (struct anchoring_settings){ .store = s->f.store,
					    .anchors = &s->at,
					    .seconds = 3600,
					    .source = &us,
					    .clock = &system_clock,
					    .log = &s->log };
}

static bool told(struct scene *s, const char *what)
{
	char line[1024];
	bool found = false;
	FILE *f = fopen(s->log_path, "re");
	while (!found && fgets(line, sizeof line, f) != NULL)
		found = strstr(line, what) != NULL;
	fclose(f);
	return found;
}

static void a_anchoring_that_cannot_begin(void)
{
	static const struct {
		const char *call, *told;
	} rows[] = {
		{ "calloc", NULL },
		{ "arena_create", "no memory to anchor" },
		{ "arena_run", "no memory to anchor" },
		{ "store_begin_read", "made to fail" },
		{ "audit_log_heads", "the gateway does not start" },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct scene s;
		begin(&s);
		struct anchoring_settings set = settings(&s);
		failing_arm(rows[i].call, 0);
		CU_ASSERT_PTR_NULL(anchoring_open(&set));
		CU_ASSERT_TRUE(failing_disarm());
		if (rows[i].told != NULL)
			CU_ASSERT_TRUE(told(&s, rows[i].told));
		CU_ASSERT_FALSE(told(&s, "the audit log is not what it was"));
		end(&s);
	}
	struct scene s;
	begin(&s);
	struct anchoring_settings set = settings(&s);
	struct anchoring *n = anchoring_open(&set);
	CU_ASSERT_PTR_NOT_NULL_FATAL(n);
	failing_arm("pthread_create", 0);
	CU_ASSERT_FALSE(anchoring_begin(n));
	CU_ASSERT_TRUE(failing_disarm());
	anchoring_close(n);
	s.at.key = NULL;
	n = anchoring_open(&set);
	CU_ASSERT_PTR_NOT_NULL_FATAL(n);
	CU_ASSERT_TRUE(anchoring_begin(n)); /* nothing to do */
	anchoring_close(n);
	anchoring_close(NULL);
	end(&s);
}

/* A turn that fails is told, signs nothing that is not so, and the next one makes it good. */
static void a_turn_that_fails(void)
{
	/* In an anchoring's first turn; after those that opening makes. */
	static const struct {
		const char *call;
		unsigned passing;
		bool signed_already;
		const char *why;
	} rows[] = {
		{ "arena_create", 0, false, "no memory to anchor the audit log" },
		{ "arena_run", 0, false, "no memory to anchor the audit log" },
		{ "store_begin_read", 0, false, "made to fail" },
		{ "store_begin_read", 1, false, "made to fail" },
		{ "received_head", 0, false, "made to fail" },
		{ "audit_log_heads", 0, false, "made to fail" },
		{ "audit_log_from", 0, false, "made to fail" },
		{ "audit_log_head", 0, false, "made to fail" },
		{ "audit_log_head", 1, true, "the audit record could not be kept" },
		{ "audit_log_head", 2, true, "made to fail" },
		{ "EVP_MD_CTX_new", 0, false, "the head of the audit log could not be signed" },
		{ "write: EIO", 0, false, "could not write" },
		{ "audit_log_note_anchor", 0, true, "made to fail" },
		{ "audit_log_append", 0, true, "the audit record could not be kept" },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct scene s;
		begin(&s);
		entries(&s, 2);
		struct anchoring_settings set = settings(&s);
		struct anchoring *n = anchoring_open(&set);
		CU_ASSERT_PTR_NOT_NULL_FATAL(n);
		failing_arm(rows[i].call, rows[i].passing);
		CU_ASSERT_TRUE(anchoring_begin(n));
		anchoring_close(n); /* the last turn is another one */
		bool failed = failing_disarm();
		if (!failed || !told(&s, "grows without anchors"))
			fprintf(stderr, "%s %u\n", rows[i].call, rows[i].passing);
		CU_ASSERT_TRUE(failed);
		CU_ASSERT_TRUE(told(&s, "grows without anchors"));
		CU_ASSERT_TRUE(told(&s, rows[i].why));
		CU_ASSERT_TRUE(told(&s, "anchored again"));
		CU_ASSERT_TRUE(compare(&s, true));
		CU_ASSERT_EQUAL(s.v.fault_count, 0);
		CU_ASSERT_EQUAL(s.v.last.number, rows[i].signed_already ? 2 : 1);
		CU_ASSERT_EQUAL(s.v.own.covered, 2);
		end(&s);
	}
}

static bool receive_job(void *with, struct store_txn *t, struct problem *p)
{
	const struct received_terms from = { .received = 1, .time = 1, .source = "a-hospital" };
	(void)with;
	return received_append(t, &from, bytes_of_text("<85>1 - - - - - -"), 0, NULL, p);
}

/* How far others' records have come is noted before anything is signed. */
static void a_note_that_cannot_be_kept(void)
{
	struct scene s;
	begin(&s);
	entries(&s, 2);
	CU_ASSERT_TRUE_FATAL(store_write(s.f.store, receive_job, NULL, &s.f.problem));
	struct anchoring_settings set = settings(&s);
	struct anchoring *n = anchoring_open(&set);
	CU_ASSERT_PTR_NOT_NULL_FATAL(n);
	failing_arm("audit_log_append", 0);
	CU_ASSERT_TRUE(anchoring_begin(n));
	anchoring_close(n);
	CU_ASSERT_TRUE(failing_disarm());
	CU_ASSERT_TRUE(told(&s, "grows without anchors"));
	CU_ASSERT_TRUE(told(&s, "anchored again"));
	CU_ASSERT_TRUE(compare(&s, true));
	CU_ASSERT_EQUAL(s.v.fault_count, 0);
	CU_ASSERT_EQUAL(s.v.own.covered, 3); /* the note as well */
	end(&s);
}

/* Faults at a start whose record cannot be kept: told in the log all the same. */
static void faults_that_cannot_be_kept(void)
{
	struct scene s;
	begin(&s);
	entries(&s, 1);
	anchors(&s, 1);
	FILE *f = fopen(s.at.file, "ae");
	fputs("no anchor\n", f);
	fclose(f);
	struct anchoring_settings set = settings(&s);
	failing_arm("audit_log_append", 0);
	struct anchoring *n = anchoring_open(&set);
	CU_ASSERT_TRUE(failing_disarm());
	CU_ASSERT_PTR_NOT_NULL(n);
	anchoring_close(n);
	CU_ASSERT_TRUE(told(&s, "lines that are no anchors"));
	CU_ASSERT_TRUE(told(&s, "that the audit log was altered is not in it"));
	end(&s);
}

/* Whatever the anchoring puts into the log is on its way at once; and nothing else wakes the
 * couriers. */
static void couriers_are_woken(void)
{
	struct scene s;
	begin(&s);
	struct anchoring_settings set = settings(&s);
	atomic_store(&wakes, 0);
	anchoring_close(anchoring_open(&set));
	CU_ASSERT_EQUAL(wakes, 0);
	struct anchoring *n = anchoring_open(&set);
	CU_ASSERT_TRUE(anchoring_begin(n));
	anchoring_close(n);
	CU_ASSERT_EQUAL(wakes, 0); /* nothing to sign */
	entries(&s, 1);
	n = anchoring_open(&set);
	CU_ASSERT_TRUE(anchoring_begin(n));
	anchoring_close(n);
	CU_ASSERT_EQUAL(wakes, 1); /* an anchor */
	unlink(s.at.file);
	anchoring_close(anchoring_open(&set));
	CU_ASSERT_EQUAL(wakes, 2); /* an alert */
	end(&s);
}

/* A head that cannot be read is not that of an empty log. */
static void a_head_that_cannot_be_read(void)
{
	struct fixture f;
	struct audit_head head;
	fixture_open(&f);
	struct store_txn *t = store_begin_read(f.store, &f.problem);
	CU_ASSERT_TRUE(audit_log_head(t, &head));
	failing_arm("store_get", 0);
	CU_ASSERT_FALSE(audit_log_head(t, &head));
	CU_ASSERT_TRUE(failing_disarm());
	store_end(t);
	fixture_close(&f);
}

/* ---- Whose records ---- */

static const struct who linked_a = {
	A_DOMAIN, "1", "サトウ", "ハナコ", "19800101", "F", "0312345001", 0, 0, 0, 0, 0, 0
};
static const struct who linked_b = {
	B_DOMAIN, "1", "サトウ", "ハナコ", "19800101", "F", "0312345001", 0, 0, 0, 0, 0, 0
};
enum { READS_MOST = 100 };

/* What a snapshot has read of them is read no more (store/names.h). */
static void names_are_known(struct fixture *f, const struct audit_object *o)
{
	struct audit_object one = *o;
	struct audit_event e = { .objects = &one };
	struct store_txn *t = store_begin_read(f->store, &f->problem);
	CU_ASSERT_TRUE(audit_subjects_fill(t, f->arena, &e));
	store_end(t);
}

/* An event whose patients cannot be looked up is not kept without them; a search does not find
 * less. */
static void whose_records_cannot_be_read(void)
{
	struct fixture f;
	struct audit_object o = { .id = "1^^^&" A_DOMAIN "&ISO",
				  .type_code = 1,
				  .type_code_role = 1 };
	struct audit_filter filter = { 0 };
	unsigned failures[4] = { 0 };
	fixture_open(&f);
	people_feed(&f, &linked_a);
	people_feed(&f, &linked_b);
	names_are_known(&f, &o);
	for (unsigned what = 0; what < COUNT(failures); what++)
		for (unsigned n = 0; n < READS_MOST; n++) {
			struct audit_event e = { .objects = &o };
			struct store_txn *t = store_begin_read(f.store, &f.problem);
			failing_arm("store_get", n);
			bool done = what == 0   ? audit_subjects_fill(t, f.arena, &e)
				    : what == 1 ? audit_subjects_search(t, f.arena, o.id, &filter)
				    : what == 2 ? audit_record_append(t, f.arena, &us, &e)
						: audit_record_prepare(t, f.arena, &us, &e);
			bool failed = failing_disarm();
			store_end(t);
			if (!failed) {
				CU_ASSERT_EQUAL(done, what != 2); /* a reader appends nothing */
				break;
			}
			CU_ASSERT_FALSE(done);
			CU_ASSERT_PTR_NULL(e.draft);
			failures[what]++;
		}
	CU_ASSERT(failures[0] != 0 && failures[0] < READS_MOST);
	CU_ASSERT(failures[1] != 0 && failures[1] < READS_MOST);
	CU_ASSERT(failures[2] >= failures[0] && failures[2] < READS_MOST);
	CU_ASSERT_EQUAL(failures[3], failures[0]);
	fixture_close(&f);
}

/* What is no id is nobody's; and of a person no more records are asked for than there are. */
static void nobody_is_asked_for_in_vain(void)
{
	struct fixture f;
	struct audit_object o = { .id = "no id", .type_code = 1, .type_code_role = 1 };
	struct audit_event e = { .objects = &o };
	struct audit_filter filter = { 0 };
	const char *his = "1^^^&" A_DOMAIN "&ISO";
	fixture_open(&f);
	people_feed(&f, &linked_a);
	people_feed(&f, &linked_b);
	struct store_txn *t = store_begin_read(f.store, &f.problem);
	failing_arm("identity_subjects", 0);
	CU_ASSERT_TRUE(audit_subjects_fill(t, f.arena, &e));
	CU_ASSERT_TRUE(audit_subjects_search(t, f.arena, o.id, &filter));
	CU_ASSERT_FALSE(failing_disarm());
	CU_ASSERT_TRUE(audit_subjects_search(t, f.arena, his, &filter));
	CU_ASSERT(filter.subjects.count >= 2);
	failing_arm("identity_place", (unsigned)filter.subjects.count);
	CU_ASSERT_TRUE(audit_subjects_search(t, f.arena, his, &filter));
	CU_ASSERT_FALSE(failing_disarm());
	store_end(t);
	fixture_close(&f);
}

/* What was prepared before, with its persons looked up, is kept as it was prepared. */
static bool prepared_job(void *with, struct store_txn *t, struct problem *p)
{
	struct audit_event e = { .event_id = 110112, .transaction = "t" };
	(void)with;
	(void)p;
	CU_ASSERT_TRUE(audit_record_append(t, store_arena(t), &us, NULL));
	failing_arm("store_get", 0);
	CU_ASSERT_TRUE(audit_record_prepare(t, store_arena(t), &us, &e));
	CU_ASSERT_FALSE(failing_disarm());
	CU_ASSERT_PTR_NOT_NULL(e.draft);
	return audit_record_append(t, store_arena(t), &us, &e);
}

static void what_was_prepared_is_kept(void)
{
	struct fixture f;
	struct audit_head head = { 0 };
	fixture_open(&f);
	CU_ASSERT_TRUE(store_write(f.store, prepared_job, NULL, &f.problem));
	struct store_txn *t = store_begin_read(f.store, &f.problem);
	CU_ASSERT_TRUE(audit_log_head(t, &head));
	CU_ASSERT_EQUAL(head.sequence, 1);
	store_end(t);
	fixture_close(&f);
}

static const struct test tests[] = {
	{ "a key without memory", a_key_without_memory },
	{ "other keys without memory", other_keys_without_memory },
	{ "a line that cannot be signed", a_line_that_cannot_be_signed },
	{ "a comparison that fails", a_comparison_that_fails },
	{ "a log that cannot be asked again", a_log_that_cannot_be_asked_again },
	{ "a long file that fails", a_long_file_that_fails },
	{ "no anchors, but lines", no_anchors_but_lines },
	{ "a line that cannot be written", a_line_that_cannot_be_written },
	{ "a anchoring that cannot begin", a_anchoring_that_cannot_begin },
	{ "a turn that fails", a_turn_that_fails },
	{ "a note that cannot be kept", a_note_that_cannot_be_kept },
	{ "faults that cannot be kept", faults_that_cannot_be_kept },
	{ "couriers are woken", couriers_are_woken },
	{ "a head that cannot be read", a_head_that_cannot_be_read },
	{ "whose records cannot be read", whose_records_cannot_be_read },
	{ "nobody is asked for in vain", nobody_is_asked_for_in_vain },
	{ "what was prepared is kept", what_was_prepared_is_kept },
	{ 0 }
};

int main(void)
{
	return suite_run("audit: failing", tests);
}
