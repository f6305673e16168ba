/* tests/store/packs_test.c: small documents in files that only grow: what stands where, what is
 * told of what is damaged, and that nobody's octets are named. */
#include "tests/base/suite.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gateway/base/bytes.h"
#include "gateway/base/text.h"
#include "store/backup_files.h"
#include "store/blobs.h"
#include "store/check.h"
#include "store/pack_files.h"
#include "store/packs.h"
#include "tests/base/failing.h"
#include "tests/store/fixture.h"

enum { PATH = 512, SIZE = 3000, HELD_MOST = 1 << 20 };

FAILING(int, fdatasync, (int fd), (fd), (errno = EIO, -1))
FAILING(ssize_t, pwrite, (int fd, const void *data, size_t length, off_t at),
	(fd, data, length, at), (errno = ENOSPC, -1))

static struct bytes document(struct fixture *f, size_t length, unsigned seed)
{
	unsigned char *d = arena_alloc(f->arena, length + 1);
	for (size_t i = 0; i < length; i++)
		d[i] = (unsigned char)((i * 2654435761u >> 7) + seed * 31);
	return (struct bytes){ d, length };
}

struct kept {
	struct bytes octets;
	struct blob blob;
};

static struct kept made(struct fixture *f, size_t length, unsigned seed)
{
	struct kept k = { .octets = document(f, length, seed) };
	CU_ASSERT_TRUE(blob_of_bytes(f->store, f->arena, k.octets, &k.blob, &f->problem));
	return k;
}

static bool keep(void *with, struct store_txn *t, struct problem *p)
{
	(void)p;
	return blob_keep(t, &((struct kept *)with)->blob);
}

static bool keep_for_now(void *with, struct store_txn *t, struct problem *p)
{
	(void)p;
	return blob_keep_for_now(t, &((struct kept *)with)->blob);
}

static bool release(void *with, struct store_txn *t, struct problem *p)
{
	(void)p;
	return blob_release(t, ((struct kept *)with)->blob.sha256);
}

static bool refuse(void *with, struct store_txn *t, struct problem *p)
{
	return keep(with, t, p) && problem_set(p, PROBLEM_CONFLICT, "not this one");
}

static bool refuse_part(void *with, struct store_txn *t, struct problem *p)
{
	struct problem why = { 0 };
	(void)p;
	CU_ASSERT_FALSE(store_savepoint(t, refuse, with, &why));
	return why.code == PROBLEM_CONFLICT;
}

static bool can_keep(struct fixture *f, struct kept *k)
{
	f->problem = (struct problem){ 0 };
	return store_write(f->store, keep, k, &f->problem);
}

static const char *pack_path(const struct fixture *f, unsigned number)
{
	return arena_printf(f->arena, "%s/packs/0-%u.pack", f->directory, number);
}

static int64_t length_of(const char *path)
{
	struct stat st;
	return stat(path, &st) == 0 ? (int64_t)st.st_size : -1;
}

static int64_t octets_for(unsigned documents)
{
	return PACK_HEAD + (int64_t)documents * (int64_t)pack_record_octets(SIZE);
}

/* "": it is given, and is what was kept. */
static const char *read_as(struct fixture *f, const struct kept *k)
{
	struct problem p = { 0 };
	struct blob_content c;
	struct store_txn *t = store_begin_read(f->store, &p);
	bool given = blob_open(t, k->blob.sha256, f->arena, &c, &p);
	CU_ASSERT_TRUE(!given || bytes_equal(c.octets, k->octets));
	CU_ASSERT_TRUE(!store_failed(t));
	store_end(t);
	return given ? "" : arena_text(f->arena, p.what);
}

struct findings {
	struct arena *arena;
	unsigned count;
	const char *words;
};

static void note(void *with, const char *finding)
{
	struct findings *n = with;
	n->count++;
	n->words = arena_printf(n->arena, "%s%s\n", n->words, finding);
}

static struct findings checked(struct fixture *f)
{
	struct findings n = { .arena = f->arena, .words = "" };
	struct check_counts counts;
	CU_ASSERT_TRUE(store_check(f->store, NULL, note, &n, &counts, &f->problem));
	return n;
}

/* ---- What stands where ---- */

static void documents_follow_each_other(void)
{
	static const size_t lengths[] = { 0, 1, 7, 8, 9, 4096, BLOB_SMALL };
	struct fixture f;
	struct kept k[COUNT(lengths)];
	int64_t expected = PACK_HEAD;
	fixture_open(&f);
	for (unsigned i = 0; i < COUNT(k); i++) {
		k[i] = made(&f, lengths[i], i);
		CU_ASSERT_TRUE(can_keep(&f, &k[i]));
		expected += (int64_t)pack_record_octets(lengths[i]);
		CU_ASSERT_EQUAL(length_of(pack_path(&f, 1)), expected);
	}
	CU_ASSERT_TRUE(can_keep(&f, &k[3])); /* once is enough */
	CU_ASSERT_EQUAL(length_of(pack_path(&f, 1)), expected);
	for (unsigned round = 0; round < 2; round++) {
		for (unsigned i = 0; i < COUNT(k); i++)
			CU_ASSERT_STRING_EQUAL(read_as(&f, &k[i]), "");
		CU_ASSERT_EQUAL(checked(&f).count, 0);
		fixture_reopen(&f);
	}
	struct kept more = made(&f, SIZE, 99); /* a start goes on where it was */
	CU_ASSERT_TRUE(can_keep(&f, &more));
	CU_ASSERT_EQUAL(length_of(pack_path(&f, 1)), expected + (int64_t)pack_record_octets(SIZE));
	CU_ASSERT_EQUAL(length_of(pack_path(&f, 2)), -1);
	fixture_close(&f);
}

struct crowd {
	struct kept *kept;
	unsigned count;
};

static bool keep_all(void *with, struct store_txn *t, struct problem *p)
{
	struct crowd *c = with;
	struct blob_content content;
	bool kept = true;
	for (unsigned i = 0; kept && i < c->count; i++)
		kept = blob_keep(t, &c->kept[i].blob)
		       && blob_open(t, c->kept[i / 2].blob.sha256, store_arena(t), &content, p)
		       && bytes_equal(content.octets, c->kept[i / 2].octets);
	return kept;
}

/* More than is gathered in memory, and read within the job that keeps it. */
static void one_job_may_keep_many(void)
{
	enum { MANY = 3 * HELD_MOST / BLOB_SMALL };
	struct fixture f;
	struct kept k[MANY];
	struct crowd all = { k, MANY };
	fixture_open(&f);
	for (unsigned i = 0; i < MANY; i++)
		k[i] = made(&f, BLOB_SMALL - i, i);
	CU_ASSERT_TRUE(store_write(f.store, keep_all, &all, &f.problem));
	for (unsigned i = 0; i < MANY; i++)
		CU_ASSERT_STRING_EQUAL(read_as(&f, &k[i]), "");
	CU_ASSERT_EQUAL(checked(&f).count, 0);
	fixture_close(&f);
}

/* A job run again, after a conflict, stands once. */
static void what_is_undone_gives_its_place_back(void)
{
	struct fixture f;
	fixture_open(&f);
	struct kept first = made(&f, SIZE, 1), refused = made(&f, BLOB_SMALL, 2),
		    second = made(&f, SIZE, 3);
	for (unsigned i = 0; i < 3; i++)
		CU_ASSERT_FALSE(store_write(f.store, refuse, &refused, &f.problem));
	CU_ASSERT_TRUE(length_of(pack_path(&f, 1)) <= PACK_HEAD);
	CU_ASSERT_TRUE(can_keep(&f, &first));
	CU_ASSERT_EQUAL(length_of(pack_path(&f, 1)), octets_for(1));
	f.problem = (struct problem){ 0 };
	CU_ASSERT_FALSE(store_write(f.store, refuse, &refused, &f.problem));
	f.problem = (struct problem){ 0 };
	CU_ASSERT_TRUE(store_write(f.store, refuse_part, &refused, &f.problem));
	CU_ASSERT_EQUAL(length_of(pack_path(&f, 1)), octets_for(1));
	CU_ASSERT_TRUE(can_keep(&f, &second));
	CU_ASSERT_EQUAL(length_of(pack_path(&f, 1)), octets_for(2));
	CU_ASSERT_STRING_EQUAL(read_as(&f, &first), "");
	CU_ASSERT_STRING_EQUAL(read_as(&f, &second), "");
	CU_ASSERT_STRING_EQUAL(read_as(&f, &refused), "no document of that hash is known");
	CU_ASSERT_EQUAL(checked(&f).count, 0);
	fixture_close(&f);
}

static void what_is_kept_for_now_stands_among_the_keys(void)
{
	struct fixture f;
	fixture_open(&f);
	struct kept k = made(&f, SIZE, 1);
	CU_ASSERT_TRUE(store_write(f.store, keep_for_now, &k, &f.problem));
	CU_ASSERT_EQUAL(length_of(pack_path(&f, 1)), -1);
	CU_ASSERT_TRUE(can_keep(&f, &k)); /* and stays there when it becomes a document */
	CU_ASSERT_TRUE(store_write(f.store, release, &k, &f.problem));
	CU_ASSERT_STRING_EQUAL(read_as(&f, &k), "");
	CU_ASSERT_EQUAL(length_of(pack_path(&f, 1)), -1);
	CU_ASSERT_EQUAL(checked(&f).count, 0);
	fixture_close(&f);
}

static void a_full_file_is_followed(void)
{
	struct fixture f;
	fixture_open(&f);
	struct kept k[3] = { made(&f, SIZE, 1), made(&f, SIZE, 2), made(&f, SIZE, 3) };
	CU_ASSERT_TRUE(can_keep(&f, &k[0]));
	store_close(f.store);
	CU_ASSERT_EQUAL(truncate(pack_path(&f, 1), PACK_FULL - PACK_ALIGNED), 0);
	f.store = store_open(&f.settings, &f.problem);
	CU_ASSERT_TRUE(can_keep(&f, &k[1])); /* passes the mark */
	CU_ASSERT_EQUAL(length_of(pack_path(&f, 2)), -1);
	CU_ASSERT_TRUE(can_keep(&f, &k[2]));
	CU_ASSERT_EQUAL(length_of(pack_path(&f, 2)), octets_for(1));
	for (unsigned i = 0; i < COUNT(k); i++)
		CU_ASSERT_STRING_EQUAL(read_as(&f, &k[i]), "");
	CU_ASSERT_EQUAL(checked(&f).count, 0);
	fixture_reopen(&f);
	struct kept last = made(&f, SIZE, 4);
	CU_ASSERT_TRUE(can_keep(&f, &last));
	CU_ASSERT_EQUAL(length_of(pack_path(&f, 2)), octets_for(2));
	fixture_close(&f);
}

/* ---- Released ---- */

static void what_is_released_is_counted(void)
{
	struct fixture f;
	fixture_open(&f);
	struct kept k[2] = { made(&f, SIZE, 1), made(&f, SIZE, 2) };
	for (unsigned i = 0; i < COUNT(k); i++)
		CU_ASSERT_TRUE(can_keep(&f, &k[i]));
	CU_ASSERT_TRUE(store_write(f.store, release, &k[0], &f.problem));
	CU_ASSERT_STRING_EQUAL(read_as(&f, &k[0]), "no document of that hash is known");
	CU_ASSERT_STRING_EQUAL(read_as(&f, &k[1]), "");
	CU_ASSERT_EQUAL(checked(&f).count, 0);
	CU_ASSERT_TRUE(can_keep(&f, &k[0])); /* again: it gets another place */
	CU_ASSERT_EQUAL(length_of(pack_path(&f, 1)), octets_for(3));
	CU_ASSERT_TRUE(store_write(f.store, release, &k[0], &f.problem));
	CU_ASSERT_TRUE(store_write(f.store, release, &k[1], &f.problem));
	store_close(f.store);
	CU_ASSERT_EQUAL(truncate(pack_path(&f, 1), octets_for(2)), 0);
	f.store = store_open(&f.settings, &f.problem);
	struct findings n = checked(&f); /* three were */
	CU_ASSERT_EQUAL(n.count, 1);
	CU_ASSERT_PTR_NOT_NULL(strstr(n.words, "fewer octets than were released"));
	fixture_close(&f);
}

/* ---- Damage ---- */

static void write_at(const char *path, const void *octets, size_t length, off_t at)
{
	int fd = open(path, O_WRONLY);
	CU_ASSERT_EQUAL(__real_pwrite(fd, octets, length, at), (ssize_t)length);
	close(fd);
}

static void flip(const char *path, off_t at)
{
	unsigned char octet = 0;
	int fd = open(path, O_RDONLY);
	CU_ASSERT_EQUAL(pread(fd, &octet, 1, at), 1);
	close(fd);
	octet ^= 0x40;
	write_at(path, &octet, 1, at);
}

static void copy_within(const char *path, off_t from, off_t to, size_t length)
{
	unsigned char *octets = malloc(length);
	int fd = open(path, O_RDONLY);
	CU_ASSERT_EQUAL(pread(fd, octets, length, from), (ssize_t)length);
	close(fd);
	write_at(path, octets, length, to);
	free(octets);
}

/* Three documents; what is done to the second or the file, and which are still given. */
static void what_is_damaged_is_told_in_words(void)
{
	enum damage { FLIP, CUT, COPY, ZERO, LOSE, DIRECTORY, FILE_HEAD };
	const off_t second = octets_for(1), third = octets_for(2);
	const struct {
		const char *why;
		enum damage damage;
		off_t at;
		bool given[3];
		unsigned findings;
		const char *words;
	} rows[] = {
		{ "torn in its octets",
		  FLIP,
		  second + PACK_HEAD + 500,
		  { true, false, true },
		  1,
		  "has other octets there than were stored" },
		{ "torn in its head",
		  FLIP,
		  second + 30,
		  { true, false, true },
		  1,
		  "has no record where it should stand" },
		{ "never written",
		  ZERO,
		  second,
		  { true, false, true },
		  1,
		  "has no record where it should stand" },
		{ "an old place's octets",
		  COPY,
		  second,
		  { true, false, true },
		  1,
		  "has a record there that belongs elsewhere" },
		{ "cut within the last",
		  CUT,
		  third + PACK_HEAD + 9,
		  { true, true, false },
		  1,
		  "ends before it" },
		{ "cut within a head",
		  CUT,
		  second + 5,
		  { true, false, false },
		  2,
		  "ends before it" },
		{ "lost", LOSE, 0, { false, false, false }, 4, "is missing" },
		{ "a directory in its place",
		  DIRECTORY,
		  0,
		  { false, false, false },
		  4,
		  "is no pack file of ours" },
		{ "another file's head",
		  FILE_HEAD,
		  9,
		  { true, true, true },
		  1,
		  "is no pack file of ours" },
	};
	for (unsigned i = 0; i < COUNT(rows); i++) {
		struct fixture f;
		struct kept k[3];
		static const unsigned char zeros[SIZE];
		fixture_open(&f);
		for (unsigned j = 0; j < 3; j++) {
			k[j] = made(&f, SIZE, j);
			CU_ASSERT_TRUE(can_keep(&f, &k[j]));
		}
		const char *path = pack_path(&f, 1);
		store_close(f.store);
		switch (rows[i].damage) {
		case FLIP:
		case FILE_HEAD: flip(path, rows[i].at); break;
		case CUT: CU_ASSERT_EQUAL(truncate(path, rows[i].at), 0); break;
		case ZERO: write_at(path, zeros, sizeof zeros, rows[i].at); break;
		case COPY:
			copy_within(path, third, second, (size_t)pack_record_octets(SIZE));
			break;
		case LOSE: unlink(path); break;
		case DIRECTORY:
			unlink(path);
			mkdir(path, 0700);
			break;
		}
		f.store = store_open(&f.settings, &f.problem);
		for (unsigned j = 0; j < 3; j++)
			CU_ASSERT_EQUAL(*read_as(&f, &k[j]) == '\0', rows[i].given[j]);
		struct findings n = checked(&f);
		CU_ASSERT_EQUAL(n.count, rows[i].findings);
		CU_ASSERT_PTR_NOT_NULL(strstr(n.words, rows[i].words));
		if (n.count != rows[i].findings || strstr(n.words, rows[i].words) == NULL)
			printf("%s:\n%s", rows[i].why, n.words);
		/* It goes on: behind what is there, or in a file of another number. */
		struct kept next = made(&f, SIZE, 9);
		CU_ASSERT_TRUE(can_keep(&f, &next));
		CU_ASSERT_STRING_EQUAL(read_as(&f, &next), "");
		CU_ASSERT_EQUAL(length_of(pack_path(&f, 2)) > 0, rows[i].damage >= LOSE);
		fixture_close(&f);
	}
}

/* The youngest is gone, with its name: its number is not given to another. */
static void no_number_is_given_twice(void)
{
	struct fixture f;
	fixture_open(&f);
	struct kept k[2] = { made(&f, SIZE, 1), made(&f, SIZE, 2) };
	CU_ASSERT_TRUE(can_keep(&f, &k[0]));
	for (unsigned number = 1; number < 4; number++) {
		store_close(f.store);
		unlink(pack_path(&f, number));
		f.store = store_open(&f.settings, &f.problem);
		k[1] = made(&f, SIZE, 10 + number);
		CU_ASSERT_TRUE(can_keep(&f, &k[1]));
		CU_ASSERT_EQUAL(length_of(pack_path(&f, number)), -1);
		CU_ASSERT_EQUAL(length_of(pack_path(&f, number + 1)), octets_for(1));
		CU_ASSERT_PTR_NOT_NULL(strstr(read_as(&f, &k[0]), "is missing"));
	}
	fixture_close(&f);
}

/* As a crash may leave it: octets behind the last that was kept, torn anywhere. */
static void what_a_crash_left_is_nobodys(void)
{
	static const size_t left[] = { 1, 7, 8, PACK_HEAD, PACK_HEAD + 100, 70000 };
	for (unsigned i = 0; i < COUNT(left); i++) {
		struct fixture f;
		fixture_open(&f);
		struct kept k[2] = { made(&f, SIZE, 1), made(&f, SIZE, 2) };
		CU_ASSERT_TRUE(can_keep(&f, &k[0]));
		store_close(f.store);
		unsigned char *octets = calloc(1, left[i]);
		memset(octets, 'M', left[i]);
		write_at(pack_path(&f, 1), octets, left[i], octets_for(1));
		free(octets);
		f.store = store_open(&f.settings, &f.problem);
		CU_ASSERT_EQUAL(checked(&f).count, 0);
		CU_ASSERT_TRUE(can_keep(&f, &k[1]));
		CU_ASSERT_STRING_EQUAL(read_as(&f, &k[0]), "");
		CU_ASSERT_STRING_EQUAL(read_as(&f, &k[1]), "");
		CU_ASSERT_EQUAL(checked(&f).count, 0);
		fixture_close(&f);
	}
}

/* ---- A disk that fails ---- */

/* Nothing is named that is not on the disk; what could not be flushed is not built upon. */
static void what_could_not_be_written_is_not_named(void)
{
	static const struct {
		const char *call;
		enum problem_code code;
	} rows[] = { { "fdatasync", PROBLEM_INTERNAL }, { "pwrite", PROBLEM_STORE_FULL } };
	for (unsigned i = 0; i < COUNT(rows); i++) {
		struct fixture f;
		fixture_open(&f);
		struct kept k[3] = { made(&f, SIZE, 1), made(&f, SIZE, 2), made(&f, SIZE, 3) };
		CU_ASSERT_TRUE(can_keep(&f, &k[0]));
		failing_arm(rows[i].call, 0);
		CU_ASSERT_FALSE(can_keep(&f, &k[1]));
		CU_ASSERT_TRUE(failing_disarm());
		CU_ASSERT_EQUAL(f.problem.code, rows[i].code);
		CU_ASSERT_STRING_EQUAL(read_as(&f, &k[1]), "no document of that hash is known");
		CU_ASSERT_TRUE(can_keep(&f, &k[2]));
		CU_ASSERT_EQUAL(length_of(pack_path(&f, 2)), octets_for(1));
		CU_ASSERT_STRING_EQUAL(read_as(&f, &k[0]), "");
		CU_ASSERT_STRING_EQUAL(read_as(&f, &k[2]), "");
		CU_ASSERT_EQUAL(checked(&f).count, 0);
		fixture_close(&f);
	}
}

/* ---- Backup ---- */

static void a_backup_has_them(void)
{
	struct fixture f;
	char directory[PATH];
	fixture_open(&f);
	struct kept k[2] = { made(&f, SIZE, 1), made(&f, SIZE, 2) };
	CU_ASSERT_TRUE(can_keep(&f, &k[0]));
	snprintf(directory, sizeof directory, "%s/copy", f.directory);
	CU_ASSERT_TRUE(store_backup(f.store, directory, &f.problem));
	CU_ASSERT_TRUE(can_keep(&f, &k[1]));
	store_close(f.store);
	f.settings.directory = directory;
	f.store = store_open(&f.settings, &f.problem);
	CU_ASSERT_PTR_NOT_NULL_FATAL(f.store);
	CU_ASSERT_STRING_EQUAL(read_as(&f, &k[0]), "");
	CU_ASSERT_STRING_EQUAL(read_as(&f, &k[1]), "no document of that hash is known");
	CU_ASSERT_TRUE(can_keep(&f, &k[1]));
	CU_ASSERT_STRING_EQUAL(read_as(&f, &k[1]), "");
	CU_ASSERT_EQUAL(checked(&f).count, 0);
	fixture_close(&f);
}

static const char *below(struct fixture *f, const char *copy, const char *name)
{
	return arena_printf(f->arena, "%s/%s/packs/%s", f->directory, copy, name);
}

static void write_file(const char *path, const char *octets)
{
	FILE *file = fopen(path, "w");
	CU_ASSERT_PTR_NOT_NULL_FATAL(file);
	fputs(octets, file);
	CU_ASSERT_EQUAL(fclose(file), 0);
}

static void copy_files(struct fixture *f, const char *name, const char *onto)
{
	static const struct backup_about about = { .made = "2026-01-15T00:30:01.234567Z" };
	const char *to = arena_printf(f->arena, "%s/%s", f->directory, name);
	if (onto != NULL)
		onto = arena_printf(f->arena, "%s/%s", f->directory, onto);
	int from = open(arena_printf(f->arena, "%s/from/packs", f->directory), O_DIRECTORY);
	CU_ASSERT_EQUAL(mkdir(to, 0700), 0);
	CU_ASSERT_TRUE(pack_files_copy(from, to, onto, NULL, &f->problem));
	CU_ASSERT_TRUE(backup_manifest_write(to, onto, &about, NULL, &f->problem));
	close(from);
}

static bool are_one(struct fixture *f, const char *one, const char *other, const char *name)
{
	struct stat a, b;
	return stat(below(f, one, name), &a) == 0 && stat(below(f, other, name), &b) == 0
	       && a.st_ino == b.st_ino;
}

/* Only what is the last in neither, and has the same octets. */
static void a_backup_onto_another_links_what_is_full(void)
{
	struct fixture f;
	fixture_open(&f);
	CU_ASSERT_EQUAL(mkdir(arena_printf(f.arena, "%s/from", f.directory), 0700), 0);
	CU_ASSERT_EQUAL(mkdir(below(&f, "from", ""), 0700), 0);
	for (const char *const *part = (const char *const[]){ "1", "2", NULL }; *part; part++)
		write_file(below(&f, "from", arena_printf(f.arena, "0-%s.pack", *part)), "octets");
	copy_files(&f, "first", NULL);
	write_file(below(&f, "from", "0-3.pack"), "more");
	copy_files(&f, "second", "first");
	copy_files(&f, "third", "second");
	write_file(below(&f, "from", "0-1.pack"), "stetco");
	copy_files(&f, "fourth", "third");
	const struct {
		const char *one, *other, *name;
		bool linked;
	} rows[] = {
		{ "first", "second", "0-1.pack", true },
		{ "first", "second", "0-2.pack", false }, /* the last of the first */
		{ "second", "third", "0-1.pack", true },
		{ "second", "third", "0-2.pack", true },
		{ "second", "third", "0-3.pack", false },
		{ "third", "fourth", "0-1.pack", false }, /* as many octets, but others */
		{ "third", "fourth", "0-2.pack", true },
		{ "from", "first", "0-1.pack", false },
	};
	for (size_t i = 0; i < COUNT(rows); i++)
		CU_ASSERT_EQUAL(are_one(&f, rows[i].one, rows[i].other, rows[i].name),
				rows[i].linked);
	fixture_close(&f);
}

/* ---- The record ---- */

static void a_record_is_read_where_it_belongs(void)
{
	static const struct {
		const char *why;
		size_t found; /* octets of it */
		int flipped;  /* -1: none */
		uint64_t pack, at, length;
		unsigned char hash; /* is added to the first octet of it */
		enum pack_fault fault;
	} rows[] = {
		{ "whole", 1000, -1, 7, 72, 100, 0, PACK_WHOLE },
		{ "as long as it must be", PACK_HEAD + 100, -1, 7, 72, 100, 0, PACK_WHOLE },
		{ "nothing", 0, -1, 7, 72, 100, 0, PACK_CUT },
		{ "most of a head", PACK_HEAD - 1, -1, 7, 72, 100, 0, PACK_CUT },
		{ "most of a document", PACK_HEAD + 99, -1, 7, 72, 100, 0, PACK_CUT },
		{ "a magic", 1000, 0, 7, 72, 100, 0, PACK_NO_RECORD },
		{ "a length", 1000, 31, 7, 72, 100, 0, PACK_NO_RECORD },
		{ "a hash", 1000, 63, 7, 72, 100, 0, PACK_NO_RECORD },
		{ "a checksum", 1000, 71, 7, 72, 100, 0, PACK_NO_RECORD },
		{ "its first octet", 1000, 72, 7, 72, 100, 0, PACK_DAMAGED },
		{ "its last octet", 1000, 171, 7, 72, 100, 0, PACK_DAMAGED },
		{ "behind it", 1000, 172, 7, 72, 100, 0, PACK_WHOLE },
		{ "another pack's", 1000, -1, 8, 72, 100, 0, PACK_ELSEWHERE },
		{ "another place's", 1000, -1, 7, 80, 100, 0, PACK_ELSEWHERE },
		{ "another length", 1000, -1, 7, 72, 99, 0, PACK_ANOTHER },
		{ "another hash", 1000, -1, 7, 72, 100, 1, PACK_ANOTHER },
	};
	for (unsigned i = 0; i < COUNT(rows); i++) {
		struct fixture f;
		unsigned char found[1000] = { 0 };
		struct bytes content;
		fixture_open(&f);
		struct kept k = made(&f, 100, 5);
		struct pack_record r = { .pack = 7, .at = 72, .length = 100 };
		memcpy(r.sha256, k.blob.sha256, sizeof r.sha256);
		pack_record_head(&r, found);
		memcpy(found + PACK_HEAD, k.octets.data, 100);
		if (rows[i].flipped >= 0)
			found[rows[i].flipped] ^= 1;
		r.pack = rows[i].pack;
		r.at = rows[i].at;
		r.length = rows[i].length;
		r.sha256[0] = (unsigned char)(r.sha256[0] + rows[i].hash);
		CU_ASSERT_EQUAL(
			pack_record_read((struct bytes){ found, rows[i].found }, &r, &content),
			rows[i].fault);
		CU_ASSERT_EQUAL(content.data == found + PACK_HEAD, rows[i].fault == PACK_WHOLE);
		CU_ASSERT_TRUE(*pack_fault_words(rows[i].fault) != '\0');
		fixture_close(&f);
	}
	CU_ASSERT_EQUAL(pack_record_octets(0), PACK_HEAD);
	CU_ASSERT_EQUAL(pack_record_octets(1), PACK_HEAD + PACK_ALIGNED);
	CU_ASSERT_EQUAL(pack_record_octets(8), PACK_HEAD + PACK_ALIGNED);
}

static const struct test tests[] = {
	{ "documents follow each other", documents_follow_each_other },
	{ "one job may keep many", one_job_may_keep_many },
	{ "what is undone gives its place back", what_is_undone_gives_its_place_back },
	{ "what is kept for now stands among the keys",
	  what_is_kept_for_now_stands_among_the_keys },
	{ "a full file is followed", a_full_file_is_followed },
	{ "what is released is counted", what_is_released_is_counted },
	{ "what is damaged is told in words", what_is_damaged_is_told_in_words },
	{ "no number is given twice", no_number_is_given_twice },
	{ "what a crash left is nobody's", what_a_crash_left_is_nobodys },
	{ "what could not be written is not named", what_could_not_be_written_is_not_named },
	{ "a backup has them", a_backup_has_them },
	{ "a backup onto another links what is full", a_backup_onto_another_links_what_is_full },
	{ "a record is read where it belongs", a_record_is_read_where_it_belongs },
	{ 0 }
};

static const struct test elsewhere[] = {
	{ "a record is read where it belongs", a_record_is_read_where_it_belongs }, { 0 }
};

/* Where nodes share no disk there are no packs. */
int main(void)
{
	bool packs = engines_chosen()->beside_files;
	return suite_run("store: small documents in packs", packs ? tests : elsewhere);
}
