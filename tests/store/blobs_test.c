/* tests/store/blobs_test.c: the promises of document bytes, each a test of its name. */
#include "tests/base/suite.h"

#include <fcntl.h>
#include <openssl/evp.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "gateway/base/bytes.h"
#include "gateway/base/progress.h"
#include "gateway/base/text.h"
#include "store/blob_proof.h"
#include "store/blobs.h"
#include "store/blobs_open.h"
#include "store/check.h"
#include "tests/store/fixture.h"

enum { LARGE = 3 << 20 };

/* How many hashes were made, counted where each ends. */
static atomic_uint hashes;
int __real_EVP_DigestFinal_ex(EVP_MD_CTX *context, unsigned char *out, unsigned *length);
int __wrap_EVP_DigestFinal_ex(EVP_MD_CTX *context, unsigned char *out, unsigned *length);
int __wrap_EVP_DigestFinal_ex(EVP_MD_CTX *context, unsigned char *out, unsigned *length)
{
	atomic_fetch_add(&hashes, 1);
	return __real_EVP_DigestFinal_ex(context, out, length);
}

static struct bytes document(struct fixture *f, size_t length, unsigned seed)
{
	unsigned char *d = arena_alloc(f->arena, length + 1);
	for (size_t i = 0; i < length; i++)
		d[i] = (unsigned char)((i * 2654435761u >> 7) + seed);
	return (struct bytes){ d, length };
}

static bool write_in_pieces(struct fixture *f, struct bytes d, size_t piece, struct blob *out)
{
	struct blob_writer *w = blob_begin(f->store, f->arena, &f->problem);
	for (size_t at = 0; w != NULL && at < d.length; at += piece)
		if (!blob_write(w, d.data + at, d.length - at < piece ? d.length - at : piece,
				&f->problem))
			return false;
	return w != NULL && blob_finish(w, out, &f->problem);
}

static bool keep(void *with, struct store_txn *t, struct problem *p)
{
	(void)p;
	return blob_keep(t, with);
}

static bool release(void *with, struct store_txn *t, struct problem *p)
{
	(void)p;
	return blob_release(t, with);
}

static void place_of(const struct fixture *f, const struct blob *b, char out[512])
{
	const char *hex = bytes_to_hex(f->arena, (struct bytes){ b->sha256, BLOB_SHA256 });
	snprintf(out, 512, "%s/blobs/%.2s/%s", f->directory, hex, hex);
}

static bool in_file(const struct fixture *f, const struct blob *b)
{
	char place[512];
	struct stat st;
	place_of(f, b, place);
	return stat(place, &st) == 0 && (uint64_t)st.st_size == b->size;
}

/* PROBLEM_NONE: it can be read and is what was written. */
static enum problem_code reads_as(struct fixture *f, const struct blob *b, struct bytes d)
{
	struct problem p = { 0 };
	struct blob_content c;
	struct arena *a = arena_create(64 << 20);
	struct store_txn *t = store_begin_read(f->store, &p);
	if (blob_open(t, b->sha256, a, &c, &p)) {
		unsigned char *read_back = malloc(d.length + 1);
		bool same = c.size == d.length;
		if (c.octets.data != NULL)
			same = same && bytes_equal(c.octets, d);
		else
			same = same && read(c.fd, read_back, d.length + 1) == (ssize_t)d.length
			       && memcmp(read_back, d.data, d.length) == 0;
		free(read_back);
		if (!same)
			problem_set(&p, PROBLEM_CONFLICT, "differs");
	}
	store_end(t);
	arena_destroy(a);
	return p.code;
}

static void B1(void)
{
	static const struct {
		size_t length, piece;
		bool file;
	} rows[] = {
		{ 0, 1, false },
		{ 1, 1, false },
		{ 4096, 7, false },
		{ BLOB_SMALL, 1000, false },
		{ BLOB_SMALL + 1, 1000, true },
		{ BLOB_SMALL + 1, 1 << 20, true },
		{ LARGE, 16384, true },
	};
	struct fixture f;
	fixture_open(&f);
	for (unsigned i = 0; i < COUNT(rows); i++) {
		struct bytes d = document(&f, rows[i].length, i);
		struct blob b;
		CU_ASSERT_TRUE(write_in_pieces(&f, d, rows[i].piece, &b));
		CU_ASSERT_EQUAL(b.size, rows[i].length);
		CU_ASSERT_EQUAL(b.octets.data == NULL, rows[i].file);
		CU_ASSERT_EQUAL(reads_as(&f, &b, d), PROBLEM_NOT_FOUND);
		CU_ASSERT_TRUE(store_write(f.store, keep, &b, &f.problem));
		CU_ASSERT_EQUAL(reads_as(&f, &b, d), PROBLEM_NONE);
		CU_ASSERT_EQUAL(in_file(&f, &b), rows[i].file);
		if (i == 0)
			CU_ASSERT_STRING_EQUAL(
				bytes_to_hex(f.arena, (struct bytes){ b.sha1, BLOB_SHA1 }),
				"da39a3ee5e6b4b0d3255bfef95601890afd80709");
	}
	fixture_close(&f);
}

static void overwrite(const char *path, off_t at)
{
	unsigned char octet = 0;
	chmod(path, 0600);
	int fd = open(path, O_RDWR);
	CU_ASSERT_EQUAL(pread(fd, &octet, 1, at), 1);
	octet ^= 1;
	CU_ASSERT_EQUAL(pwrite(fd, &octet, 1, at), 1);
	close(fd);
}

/* It is not what was remembered any more, as far as its times tell. */
static void touch(const struct fixture *f, const struct blob *b)
{
	char place[512];
	const struct timespec long_ago[2] = { { .tv_sec = 1 }, { .tv_sec = 1 } };
	place_of(f, b, place);
	CU_ASSERT_EQUAL(utimensat(AT_FDCWD, place, long_ago, 0), 0);
}

static void count_finding(void *with, const char *finding)
{
	(void)finding;
	++*(unsigned *)with;
}

static unsigned findings(struct fixture *f)
{
	struct check_counts counts;
	unsigned told = 0;
	CU_ASSERT_TRUE(store_check(f->store, NULL, count_finding, &told, &counts, &f->problem));
	CU_ASSERT_EQUAL(told, counts.findings);
	return told;
}

static void a_damaged_file_is_not_given_out(void)
{
	struct fixture f;
	struct blob b;
	char place[512];
	fixture_open(&f);
	struct bytes d = document(&f, LARGE, 1);
	CU_ASSERT_TRUE(blob_of_bytes(f.store, f.arena, d, &b, &f.problem));
	CU_ASSERT_TRUE(store_write(f.store, keep, &b, &f.problem));
	CU_ASSERT_EQUAL(reads_as(&f, &b, d), PROBLEM_NONE); /* and is remembered as verified */
	CU_ASSERT_EQUAL(findings(&f), 0);
	place_of(&f, &b, place);
	overwrite(place, LARGE - 1);
	CU_ASSERT_EQUAL(reads_as(&f, &b, d), PROBLEM_INTERNAL);
	CU_ASSERT_EQUAL(findings(&f), 1);
	CU_ASSERT_EQUAL(truncate(place, 100), 0);
	CU_ASSERT_EQUAL(reads_as(&f, &b, d), PROBLEM_INTERNAL);
	CU_ASSERT_TRUE(blob_of_bytes(f.store, f.arena, d, &b, &f.problem)); /* whole again */
	CU_ASSERT_EQUAL(reads_as(&f, &b, d), PROBLEM_NONE);
	unlink(place);
	CU_ASSERT_EQUAL(reads_as(&f, &b, d), PROBLEM_INTERNAL);
	fixture_close(&f);
}

/* As blob_open() gives it, and no transaction any more. */
static struct blob_content opened(struct fixture *f, const struct blob *b)
{
	struct blob_content c;
	struct store_txn *t = store_begin_read(f->store, &f->problem);
	CU_ASSERT_TRUE(blob_open(t, b->sha256, f->arena, &c, &f->problem));
	store_end(t);
	return c;
}

static void what_is_there_is_proved_by_reading(void)
{
	static const size_t lengths[] = { 0, 5, BLOB_SMALL, BLOB_SMALL + 1, LARGE };
	struct fixture f;
	struct blob b, proof;
	char place[512];
	fixture_open(&f);
	for (size_t i = 0; i < COUNT(lengths); i++) {
		struct progress progress;
		struct progress_seen seen;
		struct bytes d = document(&f, lengths[i], 3);
		progress_create(&progress, &system_clock, NULL);
		CU_ASSERT_TRUE(blob_of_bytes(f.store, f.arena, d, &b, &f.problem));
		CU_ASSERT_TRUE(store_write(f.store, keep, &b, &f.problem));
		struct blob_content c = opened(&f, &b);
		CU_ASSERT_TRUE(blob_prove(&c, &progress, &proof, &f.problem));
		CU_ASSERT_EQUAL(proof.size, lengths[i]);
		CU_ASSERT_EQUAL(memcmp(proof.sha1, b.sha1, BLOB_SHA1), 0);
		CU_ASSERT_EQUAL(memcmp(proof.sha256, b.sha256, BLOB_SHA256), 0);
		progress_look(&progress, &seen);
		CU_ASSERT_EQUAL(seen.done, lengths[i]);
		progress_destroy(&progress);
	}
	/* An open file is read as it is now, whatever it was when it was opened. */
	struct blob_content c = opened(&f, &b);
	place_of(&f, &b, place);
	overwrite(place, LARGE - 1);
	CU_ASSERT_TRUE(blob_prove(&c, NULL, &proof, &f.problem));
	CU_ASSERT_EQUAL(proof.size, LARGE);
	CU_ASSERT_NOT_EQUAL(memcmp(proof.sha256, b.sha256, BLOB_SHA256), 0);
	CU_ASSERT_NOT_EQUAL(memcmp(proof.sha1, b.sha1, BLOB_SHA1), 0);
	CU_ASSERT_EQUAL(truncate(place, 100), 0);
	CU_ASSERT_TRUE(blob_prove(&c, NULL, &proof, &f.problem));
	CU_ASSERT_EQUAL(proof.size, 100);
	/* What is no file any more cannot be read; and who is told to end does. */
	atomic_bool stop = true;
	struct progress progress;
	progress_create(&progress, &system_clock, &stop);
	CU_ASSERT_FALSE(blob_prove(&c, &progress, &proof, &f.problem));
	CU_ASSERT_EQUAL(f.problem.code, PROBLEM_BUSY);
	progress_destroy(&progress);
	c.fd = open(f.directory, O_RDONLY | O_DIRECTORY);
	f.problem.code = PROBLEM_NONE;
	CU_ASSERT_FALSE(blob_prove(&c, NULL, &proof, &f.problem));
	CU_ASSERT_EQUAL(f.problem.code, PROBLEM_INTERNAL);
	close(c.fd);
	fixture_close(&f);
}

static bool keep_numbered(struct fixture *f, unsigned number, struct bytes *d, struct blob *out)
{
	unsigned char *octets = arena_alloc(f->arena, BLOB_SMALL + 1);
	memcpy(octets, &number, sizeof number);
	*d = (struct bytes){ octets, BLOB_SMALL + 1 };
	return blob_of_bytes(f->store, f->arena, *d, out, &f->problem)
	       && store_write(f->store, keep, out, &f->problem);
}

/* So many that in a table of a thousand places some would share one. */
static void none_pushes_another_out_of_memory(void)
{
	enum { DOCUMENTS = 100 };
	struct fixture f;
	struct blob b[DOCUMENTS];
	struct bytes d[DOCUMENTS];
	fixture_open(&f);
	for (unsigned i = 0; i < DOCUMENTS; i++) {
		CU_ASSERT_TRUE(keep_numbered(&f, i, &d[i], &b[i]));
		touch(&f, &b[i]);
	}
	for (unsigned round = 0; round < 3; round++) {
		atomic_store(&hashes, 0);
		for (unsigned i = 0; i < DOCUMENTS; i++)
			CU_ASSERT_EQUAL(reads_as(&f, &b[i], d[i]), PROBLEM_NONE);
		CU_ASSERT_EQUAL(atomic_load(&hashes), round == 0 ? DOCUMENTS : 0);
	}
	fixture_close(&f);
}

static void what_changed_is_verified_again(void)
{
	static const struct {
		const char *done;
		unsigned hashes;
	} rows[] = {
		{ "true", 0 },
		{ "cat $P >/dev/null", 0 },
		{ "touch -d 2001-01-01 $P", 1 },
		{ "cp -p $P $P.copy && mv $P.copy $P", 1 },
		{ "cp -p $P $P.copy && chmod 600 $P && cat $P.copy >$P && rm $P.copy", 1 },
	};
	struct fixture f;
	struct blob b;
	char place[512];
	fixture_open(&f);
	struct bytes d = document(&f, LARGE, 1);
	CU_ASSERT_TRUE(blob_of_bytes(f.store, f.arena, d, &b, &f.problem));
	CU_ASSERT_TRUE(store_write(f.store, keep, &b, &f.problem));
	place_of(&f, &b, place);
	setenv("P", place, 1);
	atomic_store(&hashes, 0);
	CU_ASSERT_EQUAL(reads_as(&f, &b, d), PROBLEM_NONE); /* hashed when it came */
	CU_ASSERT_EQUAL(atomic_load(&hashes), 0);
	for (unsigned i = 0; i < COUNT(rows); i++) {
		CU_ASSERT_EQUAL(system(rows[i].done), 0);
		for (unsigned again = 0; again < 2; again++) {
			atomic_store(&hashes, 0);
			CU_ASSERT_EQUAL(reads_as(&f, &b, d), PROBLEM_NONE);
			CU_ASSERT_EQUAL(atomic_load(&hashes), again == 0 ? rows[i].hashes : 0);
		}
	}
	fixture_close(&f);
}

/* What may be hashed is hashed; the rest is not given, and somebody else has to ask again. */
static void who_is_in_a_hurry_hashes_no_more_than_he_may(void)
{
	static const struct {
		uint64_t may;
		bool given[2], left;
		unsigned hashes;
	} rows[] = {
		{ 0, { false, false }, true, 0 },
		{ LARGE - 1, { false, false }, true, 0 },
		{ LARGE, { true, false }, true, 1 },
		{ 2 * LARGE - 1, { true, true }, false, 1 }, /* the first is known by now */
		{ 0, { true, true }, false, 0 },
	};
	struct fixture f;
	struct blob b[2];
	fixture_open(&f);
	for (unsigned i = 0; i < COUNT(b); i++) {
		CU_ASSERT_TRUE(
			blob_of_bytes(f.store, f.arena, document(&f, LARGE, i), &b[i], &f.problem));
		CU_ASSERT_TRUE(store_write(f.store, keep, &b[i], &f.problem));
		touch(&f, &b[i]);
	}
	for (unsigned i = 0; i < COUNT(rows); i++) {
		struct store_txn *t = store_begin_read(f.store, &f.problem);
		store_hurry(t, rows[i].may, STORE_ALL_LOOKS);
		atomic_store(&hashes, 0);
		for (unsigned j = 0; j < COUNT(b); j++) {
			struct problem p = { 0 };
			struct blob_content c;
			CU_ASSERT_EQUAL(blob_open(t, b[j].sha256, f.arena, &c, &p),
					rows[i].given[j]);
			CU_ASSERT_EQUAL(c.fd >= 0, rows[i].given[j]);
		}
		CU_ASSERT_EQUAL(store_left_undone(t),
				rows[i].left ? UNDONE_HASHING : UNDONE_NOTHING);
		CU_ASSERT_EQUAL(atomic_load(&hashes), rows[i].hashes);
		CU_ASSERT_FALSE(store_failed(t));
		store_end(t);
	}
	fixture_close(&f);
}

struct many {
	struct fixture *f;
	struct bytes d;
	struct blob b;
	bool kept;
};

static void *write_same(void *with)
{
	struct many *m = with;
	struct problem p = { 0 };
	struct arena *a = arena_create(16 << 20);
	m->kept = blob_of_bytes(m->f->store, a, m->d, &m->b, &p)
		  && store_write(m->f->store, keep, &m->b, &p);
	arena_destroy(a);
	return NULL;
}

static unsigned files_in(const char *directory, const char *below)
{
	char command[600], line[32] = "";
	snprintf(command, sizeof command, "find '%s/%s' -type f | wc -l", directory, below);
	FILE *out = popen(command, "r");
	if (out == NULL || fgets(line, sizeof line, out) == NULL)
		CU_FAIL("find");
	if (out != NULL)
		pclose(out);
	return (unsigned)atoi(line);
}

static void B2(void)
{
	struct fixture f;
	struct many m[8];
	pthread_t threads[COUNT(m)];
	fixture_open(&f);
	struct bytes large = document(&f, LARGE, 3), small = document(&f, 500, 3);
	for (unsigned i = 0; i < COUNT(m); i++) {
		m[i] = (struct many){ .f = &f, .d = i % 2 ? large : small };
		pthread_create(&threads[i], NULL, write_same, &m[i]);
	}
	for (unsigned i = 0; i < COUNT(m); i++) {
		pthread_join(threads[i], NULL);
		CU_ASSERT_TRUE(m[i].kept);
	}
	CU_ASSERT_EQUAL(files_in(f.directory, "blobs"), 1);
	/* As often kept, as often released; only then is it gone. */
	for (unsigned i = 0; i < COUNT(m); i++) {
		CU_ASSERT_EQUAL(reads_as(&f, &m[i].b, m[i].d), PROBLEM_NONE);
		CU_ASSERT_TRUE(store_write(f.store, release, m[i].b.sha256, &f.problem));
	}
	CU_ASSERT_EQUAL(reads_as(&f, &m[0].b, small), PROBLEM_NOT_FOUND);
	CU_ASSERT_EQUAL(reads_as(&f, &m[1].b, large), PROBLEM_NOT_FOUND);
	CU_ASSERT_TRUE(store_write(f.store, release, m[0].b.sha256, &f.problem));
	CU_ASSERT_EQUAL(findings(&f), 0);
	fixture_close(&f);
}

/* The child says that it finished, and dies before any job. */
static void B3(void)
{
	struct fixture f;
	struct blob b;
	int status;
	fixture_open(&f);
	store_close(f.store);
	f.store = NULL;
	struct bytes d = document(&f, LARGE, 4);
	pid_t child = fork();
	if (child == 0) {
		struct store *s = store_open(&f.settings, &f.problem);
		if (s == NULL || !blob_of_bytes(s, f.arena, d, &b, &f.problem))
			_exit(1);
		struct blob_writer *w = blob_begin(s, f.arena, &f.problem); /* dies growing */
		blob_write(w, d.data, d.length, &f.problem);
		kill(getpid(), SIGKILL);
	}
	waitpid(child, &status, 0);
	CU_ASSERT_TRUE(WIFSIGNALED(status));
	fixture_reopen(&f);
	CU_ASSERT_EQUAL(files_in(f.directory, "blobs"), 1);
	CU_ASSERT_EQUAL(files_in(f.directory, "blobs/tmp"), 0);
	CU_ASSERT_TRUE(blob_of_bytes(f.store, f.arena, d, &b, &f.problem));
	CU_ASSERT_TRUE(store_write(f.store, keep, &b, &f.problem));
	CU_ASSERT_EQUAL(reads_as(&f, &b, d), PROBLEM_NONE);
	fixture_close(&f);
}

static void B4(void)
{
	struct fixture f;
	struct blob b;
	struct rlimit was, small = { .rlim_cur = 1 << 20 };
	fixture_open(&f);
	signal(SIGXFSZ, SIG_IGN);
	getrlimit(RLIMIT_FSIZE, &was);
	small.rlim_max = was.rlim_max;
	setrlimit(RLIMIT_FSIZE, &small);
	CU_ASSERT_FALSE(write_in_pieces(&f, document(&f, LARGE, 5), 10000, &b));
	CU_ASSERT_EQUAL(f.problem.code, PROBLEM_STORE_FULL);
	setrlimit(RLIMIT_FSIZE, &was);
	CU_ASSERT_EQUAL(files_in(f.directory, "blobs"), 0);
	f.problem = (struct problem){ 0 };
	CU_ASSERT_TRUE(write_in_pieces(&f, document(&f, LARGE, 5), 10000, &b));
	fixture_close(&f);
}

static void B5(void)
{
	struct fixture f;
	struct blob kept, orphan, released, young;
	struct blobs_collected counts;
	char place[512];
	static const struct timespec long_ago[2] = { { .tv_sec = 1000000 }, { .tv_sec = 1000000 } };
	fixture_open(&f);
	struct {
		struct blob *b;
		bool keep, release, old;
	} rows[] = {
		{ &kept, true, false, true },
		{ &orphan, false, false, true },
		{ &released, true, true, true },
		{ &young, false, false, false },
	};
	for (unsigned i = 0; i < COUNT(rows); i++) {
		CU_ASSERT_TRUE(blob_of_bytes(f.store, f.arena, document(&f, LARGE, 10 + i),
					     rows[i].b, &f.problem));
		if (rows[i].keep)
			CU_ASSERT_TRUE(store_write(f.store, keep, rows[i].b, &f.problem));
		if (rows[i].release)
			CU_ASSERT_TRUE(
				store_write(f.store, release, rows[i].b->sha256, &f.problem));
		place_of(&f, rows[i].b, place);
		if (rows[i].old)
			CU_ASSERT_EQUAL(utimensat(AT_FDCWD, place, long_ago, 0), 0);
	}
	const atomic_bool stop = true; /* a stopping service leaves them for another time */
	CU_ASSERT_TRUE(blobs_collect(f.store, 3600 * INT64_C(1000000), &stop, &counts, &f.problem));
	CU_ASSERT_EQUAL(counts.files, 0);
	CU_ASSERT_TRUE(blobs_collect(f.store, 3600 * INT64_C(1000000), NULL, &counts, &f.problem));
	CU_ASSERT_EQUAL(counts.files, 2);
	CU_ASSERT_EQUAL(counts.octets, 2 * LARGE);
	CU_ASSERT_TRUE(in_file(&f, &kept) && in_file(&f, &young));
	CU_ASSERT_FALSE(in_file(&f, &orphan) || in_file(&f, &released));
	/* Written again, an old orphan is young: the job that needs it is still to come. */
	place_of(&f, &young, place);
	CU_ASSERT_EQUAL(utimensat(AT_FDCWD, place, long_ago, 0), 0);
	CU_ASSERT_TRUE(
		blob_of_bytes(f.store, f.arena, document(&f, LARGE, 13), &young, &f.problem));
	CU_ASSERT_TRUE(blobs_collect(f.store, 3600 * INT64_C(1000000), NULL, &counts, &f.problem));
	CU_ASSERT_EQUAL(counts.files, 0);
	fixture_close(&f);
}

/* Written in an arena of its own, which ends: kept by a job before, or by nobody. */
static bool written(struct fixture *f, struct bytes d, bool kept, struct blob *out)
{
	struct problem p = { 0 };
	struct arena *a = arena_create(16 << 20);
	bool done = blob_of_bytes(f->store, a, d, out, &p)
		    && (!kept || store_write(f->store, keep, out, &p));
	arena_destroy(a);
	return done;
}

struct hesitant {
	struct fixture *f;
	struct bytes d;
	bool keeps, done;
	struct blob b;
};

static void *write_or_refuse(void *with)
{
	struct hesitant *h = with;
	h->done = written(h->f, h->d, h->keeps, &h->b);
	return NULL;
}

/* Who keeps it has it, whoever else is refused with the same octets in that moment. */
static void at_once(struct fixture *f, struct bytes d, unsigned round)
{
	struct hesitant all[6];
	pthread_t threads[COUNT(all)];
	unsigned kept = 0;
	for (unsigned i = 0; i < COUNT(all); i++) {
		all[i] = (struct hesitant){ .f = f, .d = d, .keeps = (round >> i & 1) != 0 };
		kept += all[i].keeps;
		pthread_create(&threads[i], NULL, write_or_refuse, &all[i]);
	}
	for (unsigned i = 0; i < COUNT(all); i++) {
		pthread_join(threads[i], NULL);
		CU_ASSERT_TRUE(all[i].done);
	}
	CU_ASSERT_EQUAL(files_in(f->directory, "blobs"), kept != 0);
	CU_ASSERT_EQUAL(reads_as(f, &all[0].b, d), kept != 0 ? PROBLEM_NONE : PROBLEM_NOT_FOUND);
	for (unsigned i = 0; i < kept; i++)
		CU_ASSERT_TRUE(store_write(f->store, release, all[0].b.sha256, &f->problem));
	CU_ASSERT_TRUE(written(f, d, false, &all[0].b)); /* what was released goes as well */
	CU_ASSERT_EQUAL(files_in(f->directory, "blobs"), 0);
}

static void B6(void)
{
	struct fixture f;
	struct blob b, other;
	fixture_open(&f);
	struct bytes d = document(&f, LARGE, 20), small = document(&f, 500, 20);
	CU_ASSERT_TRUE(written(&f, d, false, &b) && written(&f, small, false, &other));
	CU_ASSERT_FALSE(in_file(&f, &b));
	CU_ASSERT_EQUAL(files_in(f.directory, "blobs"), 0);
	/* Another is about to keep it. */
	CU_ASSERT_TRUE(blob_of_bytes(f.store, f.arena, d, &other, &f.problem));
	CU_ASSERT_TRUE(written(&f, d, false, &b));
	CU_ASSERT_TRUE(in_file(&f, &b));
	CU_ASSERT_TRUE(store_write(f.store, keep, &other, &f.problem));
	CU_ASSERT_TRUE(written(&f, d, false, &b));
	CU_ASSERT_EQUAL(reads_as(&f, &b, d), PROBLEM_NONE);
	/* A backup is on its way, and must not miss what it saw. */
	struct bytes e = document(&f, LARGE, 21);
	blobs_stay(store_blobs(f.store), true);
	CU_ASSERT_TRUE(written(&f, e, false, &b));
	blobs_stay(store_blobs(f.store), false);
	CU_ASSERT_TRUE(in_file(&f, &b));
	CU_ASSERT_TRUE(written(&f, e, false, &b));
	CU_ASSERT_FALSE(in_file(&f, &b));
	/* What cannot be looked for is left alone. */
	struct arena *late = arena_create(16 << 20);
	CU_ASSERT_TRUE(blob_of_bytes(f.store, late, e, &b, &f.problem));
	store_close(f.store);
	arena_destroy(late);
	CU_ASSERT_TRUE(in_file(&f, &b));
	f.store = store_open(&f.settings, &f.problem);
	fixture_must(&f, f.store != NULL);
	CU_ASSERT_EQUAL(findings(&f), 0);
	fixture_close(&f);
}

static void B6_at_once(void)
{
	struct fixture f;
	fixture_open(&f);
	struct bytes d = document(&f, 100 * 1024, 22);
	for (unsigned round = 0; round < 64; round++)
		at_once(&f, d, round);
	fixture_close(&f);
}

struct outside {
	struct blob b;
	const char *root, *path;
};

static bool keep_outside(void *with, struct store_txn *t, struct problem *p)
{
	struct outside *o = with;
	(void)p;
	return blob_keep_external(t, &o->b, o->root, o->path);
}

static void documents_that_stay_where_they_are(void)
{
	static const struct {
		const char *path, *target;
		bool kept;
		enum problem_code read;
	} rows[] = {
		{ "a/b.xml", NULL, true, PROBLEM_NONE },
		{ "../b.xml", NULL, true, PROBLEM_INTERNAL },
		{ "/etc/passwd", NULL, false, PROBLEM_NOT_FOUND },
		{ "", NULL, false, PROBLEM_NOT_FOUND },
		{ "a/link", "b.xml", true, PROBLEM_INTERNAL },
		{ "gone", NULL, true, PROBLEM_INTERNAL },
		{ "a", NULL, true, PROBLEM_INTERNAL },
	};
	struct fixture f;
	char root[400], path[512];
	fixture_open(&f);
	snprintf(root, sizeof root, "%s/outside", f.directory);
	mkdir(root, 0700);
	snprintf(path, sizeof path, "%s/a", root);
	mkdir(path, 0700);
	for (unsigned i = 0; i < COUNT(rows); i++) {
		struct bytes d = document(&f, 1000, 50 + i);
		struct outside o = { .root = root, .path = rows[i].path };
		struct problem p = { 0 };
		snprintf(path, sizeof path, "%s/%s", root,
			 rows[i].target != NULL ? "a/b.xml" : rows[i].path);
		if (i == 0 || i == 1 || i == 4) {
			int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
			CU_ASSERT_EQUAL(write(fd, d.data, d.length), (ssize_t)d.length);
			close(fd);
		}
		snprintf(path, sizeof path, "%s/%s", root, rows[i].path);
		if (rows[i].target != NULL)
			CU_ASSERT_EQUAL(symlink(rows[i].target, path), 0);
		CU_ASSERT_TRUE(blob_of_bytes(f.store, f.arena, d, &o.b, &f.problem));
		CU_ASSERT_EQUAL(store_write(f.store, keep_outside, &o, &p), rows[i].kept);
		CU_ASSERT_EQUAL(reads_as(&f, &o.b, d), rows[i].read);
		/* Octets of our own take the place of the reference. */
		CU_ASSERT_TRUE(store_write(f.store, keep, &o.b, &f.problem));
		CU_ASSERT_EQUAL(reads_as(&f, &o.b, d), PROBLEM_NONE);
	}
	CU_ASSERT_EQUAL(findings(&f), 0);
	fixture_close(&f);
}

static void a_backup_has_the_documents(void)
{
	struct fixture f, copy = { 0 };
	struct blob large, small;
	fixture_open(&f);
	struct bytes d = document(&f, LARGE, 7), e = document(&f, 100, 7);
	CU_ASSERT_TRUE(blob_of_bytes(f.store, f.arena, d, &large, &f.problem));
	CU_ASSERT_TRUE(blob_of_bytes(f.store, f.arena, e, &small, &f.problem));
	CU_ASSERT_TRUE(store_write(f.store, keep, &large, &f.problem));
	CU_ASSERT_TRUE(store_write(f.store, keep, &small, &f.problem));
	snprintf(copy.directory, sizeof copy.directory, "%.200s-copy", f.directory);
	CU_ASSERT_TRUE(store_backup(f.store, copy.directory, &f.problem));
	fixture_settle(&copy);
	copy.arena = arena_create(64 << 20);
	copy.store = store_open(&copy.settings, &copy.problem);
	fixture_must(&copy, copy.store != NULL);
	CU_ASSERT_EQUAL(reads_as(&copy, &large, d), PROBLEM_NONE);
	CU_ASSERT_EQUAL(reads_as(&copy, &small, e), PROBLEM_NONE);
	CU_ASSERT_EQUAL(findings(&copy), 0);
	fixture_close(&copy);
	fixture_close(&f);
}

/* What somebody who can write the directory may put in a file's place: none of it is waited for,
 * none read, and a backup does not take it for the document. */
static void no_file_stands_there(void)
{
	static const char *const others[] = {
		"mkfifo $P",
		"mkdir $P",
		"ln -s /dev/zero $P",
		"ln -s $P.real $P",
		"mkfifo $P.fifo && ln -s $P.fifo $P",
		"ln -s nowhere $P",
	};
	struct fixture f;
	struct blob b;
	char place[512], copy[300];
	fixture_open(&f);
	struct bytes d = document(&f, LARGE, 1);
	CU_ASSERT_TRUE(blob_of_bytes(f.store, f.arena, d, &b, &f.problem));
	CU_ASSERT_TRUE(store_write(f.store, keep, &b, &f.problem));
	place_of(&f, &b, place);
	snprintf(copy, sizeof copy, "%s-copy", f.directory);
	setenv("P", place, 1);
	setenv("COPY", copy, 1);
	alarm(240); /* a test that hangs is killed */
	for (size_t i = 0; i < COUNT(others); i++) {
		struct problem p = { 0 };
		CU_ASSERT_EQUAL(system("mv $P $P.real"), 0);
		CU_ASSERT_EQUAL(system(others[i]), 0);
		CU_ASSERT_EQUAL(reads_as(&f, &b, d), PROBLEM_INTERNAL);
		CU_ASSERT_EQUAL(findings(&f), 1);
		CU_ASSERT_FALSE(store_backup(f.store, copy, &p));
		CU_ASSERT_EQUAL(system("rm -rf $P $P.fifo $COPY; mv $P.real $P"), 0);
		CU_ASSERT_EQUAL(reads_as(&f, &b, d), PROBLEM_NONE);
	}
	alarm(0);
	fixture_close(&f);
}

/* The same for a document that stays where it is. */
static void no_file_stands_outside(void)
{
	static const char *const others[] = { "mkfifo $P", "mkdir $P", "ln -s /dev/zero $P" };
	struct fixture f;
	char path[512];
	fixture_open(&f);
	struct bytes d = document(&f, 1000, 9);
	struct outside o = { .root = f.directory, .path = "outside" };
	CU_ASSERT_TRUE(blob_of_bytes(f.store, f.arena, d, &o.b, &f.problem));
	CU_ASSERT_TRUE(store_write(f.store, keep_outside, &o, &f.problem));
	snprintf(path, sizeof path, "%s/outside", f.directory);
	setenv("P", path, 1);
	alarm(240);
	for (size_t i = 0; i < COUNT(others); i++) {
		CU_ASSERT_EQUAL(system(others[i]), 0);
		CU_ASSERT_EQUAL(reads_as(&f, &o.b, d), PROBLEM_INTERNAL);
		CU_ASSERT_EQUAL(remove(path), 0);
	}
	alarm(0);
	fixture_close(&f);
}

/* Nor does the store wait for its own files. */
static void no_file_stands_for_the_store(void)
{
	static const char *const files[] = { "lock", "environment/reserve", "reserve" };
	for (size_t i = 0; i < COUNT(files); i++) {
		struct fixture f;
		char path[512];
		fixture_open(&f);
		store_close(f.store);
		snprintf(path, sizeof path, "%s/%s", f.directory, files[i]);
		remove(path);
		bool there = mkfifo(path, 0600) == 0;
		alarm(240);
		struct problem p = { 0 };
		f.store = store_open(&f.settings, &p);
		alarm(0);
		CU_ASSERT_EQUAL(f.store == NULL, there && i == 0);
		fixture_close(&f);
	}
}

static const struct test tests[] = {
	{ "no file stands there", no_file_stands_there },
	{ "no file stands outside", no_file_stands_outside },
	{ "no file stands for the store", no_file_stands_for_the_store },
	{ "B1", B1 },
	{ "a damaged file is not given out", a_damaged_file_is_not_given_out },
	{ "what is there is proved by reading", what_is_there_is_proved_by_reading },
	{ "none pushes another out of memory", none_pushes_another_out_of_memory },
	{ "what changed is verified again", what_changed_is_verified_again },
	{ "who is in a hurry hashes no more than he may",
	  who_is_in_a_hurry_hashes_no_more_than_he_may },
	{ "B2", B2 },
	{ "B3", B3 },
	{ "B4", B4 },
	{ "B5", B5 },
	{ "B6", B6 },
	{ "B6 at once", B6_at_once },
	{ "documents that stay where they are", documents_that_stay_where_they_are },
	{ "a backup has the documents", a_backup_has_the_documents },
	{ 0 }
};

int main(void)
{
	return suite_run("store: documents", tests);
}
