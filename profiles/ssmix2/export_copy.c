/* profiles/ssmix2/export_copy.c: a delegated storage goes home, file by file. */
#include "profiles/ssmix2/export_copy.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gateway/base/arena.h"
#include "gateway/base/progress.h"
#include "gateway/base/regular_file.h"
#include "gateway/base/text.h"
#include "profiles/ssmix2/message.h"
#include "profiles/ssmix2/storage_walk.h"
#include "profiles/ssmix2/write.h"

enum {
	PIECE = 64 << 10,
	FOLDER_MEMORY = 64 << 20,
	FILE_MEMORY = 64 << 20, /* a message, read */
	SHA256 = 32,
	DEEPEST = 12, /* folders; a storage has seven */
	FORGET_DESCRIPTORS = 16
};

struct copying {
	struct export_copy *asked;
	const char *growing; /* the name the directory has until it is whole */
	int root;            /* of it */
	FILE *sums, *index;
	char patient[STORAGE_ID_MOST + 1]; /* whose folder was reached last */
	struct arena *each;                /* emptied after each file */
	unsigned depth;
};

static bool fails(struct copying *c, const char *what)
{
	struct problem *p = &c->asked->x->problem;
	bool full = errno == ENOSPC || errno == EDQUOT;
	return problem_at(p, full ? PROBLEM_STORE_FULL : PROBLEM_INTERNAL, what,
			  "cannot be exported: %s", regular_why(errno));
}

static bool goes_on(struct copying *c)
{
	struct exchange *x = c->asked->x;
	if (x->stopping == NULL || !atomic_load(x->stopping))
		return x->problem.code == PROBLEM_NONE;
	return problem_set(&x->problem, PROBLEM_BUSY,
			   "the service is stopping, or nobody waits any more");
}

/* ---- A file ---- */

static bool write_piece(int fd, const unsigned char *data, size_t length)
{
	while (length > 0) {
		ssize_t n = write(fd, data, length);
		if (n < 0 && errno != EINTR)
			return false;
		data += n < 0 ? 0 : n;
		length -= n < 0 ? 0 : (size_t)n;
	}
	return true;
}

/* Octets and their hash, from one descriptor to the other. */
static bool pass_on(struct copying *c, int from, int to, unsigned char sha256[SHA256])
{
	EVP_MD_CTX *hash = EVP_MD_CTX_new();
	unsigned char piece[PIECE];
	bool fine = hash != NULL && EVP_DigestInit_ex(hash, EVP_sha256(), NULL) == 1;
	for (ssize_t n = 1; fine && n > 0;) {
		n = read(from, piece, sizeof piece);
		fine = n >= 0 && write_piece(to, piece, (size_t)n)
		       && EVP_DigestUpdate(hash, piece, (size_t)n) == 1;
		c->asked->copied.octets += n > 0 ? (uint64_t)n : 0;
	}
	fine = fine && EVP_DigestFinal_ex(hash, sha256, NULL) == 1;
	EVP_MD_CTX_free(hash);
	return fine;
}

static void put_sum(struct copying *c, const unsigned char sha256[SHA256], const char *path)
{
	for (size_t i = 0; i < SHA256; i++)
		fprintf(c->sums, "%02x", sha256[i]);
	fprintf(c->sums, "  %s\n", path);
	c->asked->copied.files++;
	progress_add(c->asked->x->progress, 1);
}

static bool copy_file(struct copying *c, int from, int to, const char *name, const char *path)
{
	unsigned char sha256[SHA256];
	struct stat st = { 0 };
	int source = regular_open_at(from, name, O_RDONLY | O_NOFOLLOW, 0);
	int target = source < 0 ? -1
				: openat(to, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	bool done = target >= 0 && fstat(source, &st) == 0 && pass_on(c, source, target, sha256);
	const struct timespec times[] = { st.st_mtim, st.st_mtim };
	done = done && futimens(target, times) == 0;
	int why = errno;
	if (source >= 0)
		close(source);
	if (target >= 0)
		close(target);
	errno = why;
	if (!done)
		return fails(c, path);
	put_sum(c, sha256, path);
	return true;
}

/* ---- The index ---- */

/* A deletion is told by its message; a file that was deleted is not one. */
static bool is_deletion(struct copying *c, const struct storage_name *n)
{
	const struct ssmix2_source source = { .region = c->asked->x->region,
					      .facility = c->asked->facility,
					      .now = c->asked->x->now };
	struct ssmix2_message m = { .cancels = false };
	struct problem unread = { .code = PROBLEM_NONE };
	struct bytes octets;
	return n->flag == '0' && storage_read(c->each, n, &octets) == NULL
	       && ssmix2_message_read(c->each, &source, n, octets, &m, &unread) && m.cancels;
}

static void put_row(struct copying *c, const struct storage_name *n, const char *file)
{
	char seconds[DTM_TEXT] = "";
	struct stat st;
	const char *whole = arena_printf(c->each, "%s/%s", n->root->directory, n->path);
	const char *slash = strrchr(n->path, '/');
	if (lstat(whole, &st) == 0)
		instant_to_dtm_jst((instant)st.st_mtim.tv_sec * 1000000, seconds);
	fprintf(c->index, "STD01,%s,%s,%s,%s,%s,%s,%s,%s,%.*s,%s,%.4s-%.2s-%.2s %.2s:%.2s:%.2s\r\n",
		c->asked->facility->institution_code, n->patient_id, n->date, n->type->code,
		n->order, is_deletion(c, n) ? "DEL" : "INS", n->department, n->time,
		(int)(slash - n->path), n->path, file, seconds, seconds + 4, seconds + 6,
		seconds + 8, seconds + 10, seconds + 12);
}

struct noting {
	struct copying *copying;
	const struct storage_root *root;
	const char *path; /* below it */
	bool done;
};

/* The last four parts of a path: patient, day, data type, file. False: it has less. */
static bool last_parts(struct arena *a, const char *path, const char *parts[4])
{
	char *text = arena_text(a, path);
	for (size_t i = 4; i-- > 0;) {
		char *slash = strrchr(text, '/');
		parts[i] = slash == NULL ? text : slash + 1;
		if (slash == NULL)
			return i == 0;
		*slash = '\0';
	}
	return true;
}

static bool tell_patient(struct copying *c, const char *id)
{
	if (text_equal(c->patient, id))
		return true;
	snprintf(c->patient, sizeof c->patient, "%s", id);
	return c->asked->patient(c->asked->self, c->patient);
}

static void note_message(void *with)
{
	struct noting *note = with;
	struct copying *c = note->copying;
	struct storage_name n = { .root = note->root, .path = note->path };
	const char *parts[4];
	note->done = true;
	if (!last_parts(c->each, note->path, parts) || !storage_name_likely(parts[3])
	    || storage_name_read(c->each, parts[0], parts[1], parts[2], parts[3], &n) != NULL)
		return;
	put_row(c, &n, parts[3]);
	c->asked->copied.messages++;
	note->done = tell_patient(c, n.patient_id);
}

/* ---- A folder ---- */

struct entry {
	const char *name;
	bool folder;
};

struct one_folder {
	struct copying *copying;
	const struct storage_root *root; /* NULL: of the transaction storage */
	int from, to;
	const char *path;  /* below the new directory */
	const char *below; /* below its root */
	struct arena *arena;
	struct entry *entries;
	size_t count;
	bool done;
};

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct entry *)a)->name, ((const struct entry *)b)->name);
}

static bool list(struct one_folder *f)
{
	size_t room = 0;
	int own = fcntl(f->from, F_DUPFD_CLOEXEC, 0);
	DIR *d = own < 0 ? NULL : fdopendir(own);
	if (d == NULL) {
		if (own >= 0)
			close(own);
		return false;
	}
	for (const struct dirent *e; (e = readdir(d)) != NULL;) {
		struct stat st;
		if (text_equal(e->d_name, ".") || text_equal(e->d_name, "..")
		    || fstatat(f->from, e->d_name, &st, AT_SYMLINK_NOFOLLOW) != 0)
			continue;
		if (!S_ISDIR(st.st_mode) && !S_ISREG(st.st_mode)) {
			f->copying->asked->copied.passed_by++;
			continue;
		}
		if (f->count == room) {
			size_t more = room == 0 ? 64 : room * 2;
			f->entries = arena_resize(f->arena, f->entries, room * sizeof *f->entries,
						  more * sizeof *f->entries);
			room = more;
		}
		f->entries[f->count++] = (struct entry){ arena_text(f->arena, e->d_name),
							 S_ISDIR(st.st_mode) };
	}
	closedir(d);
	if (f->count > 1)
		qsort(f->entries, f->count, sizeof f->entries[0], by_name);
	return true;
}

static bool copy_one(struct one_folder *f, const char *name)
{
	struct copying *c = f->copying;
	const char *path = arena_printf(f->arena, "%s/%s", f->path, name);
	const char *below = *f->below == '\0' ? name
					      : arena_printf(f->arena, "%s/%s", f->below, name);
	struct noting note = { .copying = c, .root = f->root, .path = below };
	if (!copy_file(c, f->from, f->to, name, path))
		return false;
	if (f->root == NULL)
		return true;
	if (!arena_run(c->each, note_message, &note))
		return problem_at(&c->asked->x->problem, PROBLEM_OUT_OF_RESOURCES, path,
				  "needs more memory than a file of an export may");
	arena_reset(c->each);
	return note.done;
}

/* All files of the folder are of one moment. */
static bool copy_files(struct one_folder *f)
{
	const struct export_copy *asked = f->copying->asked;
	int lock = storage_lock(asked->storage, asked->facility->institution_code,
				&asked->x->problem);
	bool done = lock >= 0 && (list(f) || fails(f->copying, f->path));
	for (size_t i = 0; i < f->count && done && goes_on(f->copying); i++)
		if (!f->entries[i].folder)
			done = copy_one(f, f->entries[i].name);
	if (lock >= 0)
		close(lock);
	return done;
}

static bool copy_folder(struct copying *c, const struct storage_root *root, int from, int to,
			const char *name, const char *path, const char *below);

static bool copy_below(struct one_folder *f, const char *name)
{
	/* What is under way is not written. */
	if (f->root == NULL && text_equal(name, "pending"))
		return true;
	return copy_folder(f->copying, f->root, f->from, f->to, name,
			   arena_printf(f->arena, "%s/%s", f->path, name),
			   *f->below == '\0' ? name
					     : arena_printf(f->arena, "%s/%s", f->below, name));
}

static void copy_all(void *with)
{
	struct one_folder *f = with;
	f->done = copy_files(f);
	for (size_t i = 0; i < f->count && f->done && goes_on(f->copying); i++)
		if (f->entries[i].folder)
			f->done = copy_below(f, f->entries[i].name);
	f->done = f->done && goes_on(f->copying);
}

static int open_at(int at, const char *name)
{
	return openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

static int make_at(int at, const char *name)
{
	return mkdirat(at, name, 0700) == 0 || errno == EEXIST ? open_at(at, name) : -1;
}

static bool copy_folder(struct copying *c, const struct storage_root *root, int from, int to,
			const char *name, const char *path, const char *below)
{
	struct one_folder f = { .copying = c,
				.root = root,
				.from = open_at(from, name),
				.to = make_at(to, name),
				.path = path,
				.below = below,
				.arena = arena_create(FOLDER_MEMORY) };
	bool opened = f.from >= 0 && f.to >= 0 && c->depth < DEEPEST;
	c->depth++;
	bool ran = opened && f.arena != NULL && arena_run(f.arena, copy_all, &f);
	if (!opened)
		fails(c, path);
	else if (!ran)
		problem_at(&c->asked->x->problem, PROBLEM_OUT_OF_RESOURCES, path,
			   "holds more than can be listed");
	if (f.from >= 0)
		close(f.from);
	if (f.to >= 0)
		close(f.to);
	arena_destroy(f.arena);
	c->depth--;
	return ran && f.done;
}

/* ---- The new directory ---- */

static int forget(const char *path, const struct stat *st, int kind, struct FTW *ftw)
{
	(void)st;
	(void)kind;
	(void)ftw;
	return remove(path);
}

static void discard(struct copying *c)
{
	nftw(c->growing, forget, FORGET_DESCRIPTORS, FTW_DEPTH | FTW_PHYS);
}

static FILE *list_in(int folder, const char *name)
{
	int fd = openat(folder, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	FILE *f = fd < 0 ? NULL : fdopen(fd, "w");
	if (f == NULL && fd >= 0)
		close(fd);
	return f;
}

/* What an export that was killed left is removed; what one that is at work has is its own. */
static bool clear_way(struct copying *c)
{
	int old = open(c->growing, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	bool busy = old >= 0 && flock(old, LOCK_EX | LOCK_NB) != 0;
	if (old >= 0 && !busy)
		discard(c);
	if (old >= 0)
		close(old);
	return !busy
	       || problem_at(&c->asked->x->problem, PROBLEM_CONFLICT, c->growing,
			     "is another export's, which is at work");
}

/* False: nothing was made. */
static bool make(struct copying *c)
{
	struct stat st;
	if (lstat(c->asked->directory, &st) == 0)
		return problem_at(&c->asked->x->problem, PROBLEM_CONFLICT, c->asked->directory,
				  "is there already: an export makes a new directory");
	return clear_way(c) && (mkdir(c->growing, 0700) == 0 || fails(c, c->growing));
}

static bool begin(struct copying *c)
{
	c->root = open(c->growing, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (c->root < 0 || flock(c->root, LOCK_EX | LOCK_NB) != 0)
		return fails(c, c->growing);
	int index = make_at(c->root, "index");
	c->index = index < 0 ? NULL : list_in(index, "SSMIXIDX.csv");
	c->sums = c->index == NULL ? NULL : list_in(c->root, "SHA256SUMS");
	if (index >= 0)
		close(index);
	if (c->sums == NULL)
		return fails(c, c->growing);
	fputs("VolumeLabel,FacilityID,PatientID,OrderDate,DataKind,OrderNo,ProcessingType,"
	      "EnterOrgCD,TransactionDatetime,OutRelDirectory,FileName,UpdateDatetime\r\n",
	      c->index);
	return true;
}

static bool copy_roots(struct copying *c, int storage)
{
	const struct storage_roots *roots = c->asked->roots;
	bool done = true;
	for (size_t i = 0; i < roots->count && done; i++) {
		const char *name = strrchr(roots->root[i].directory, '/') + 1;
		done = copy_folder(c, &roots->root[i], storage, c->root, name, name, "");
	}
	return done;
}

static bool copy_log(struct copying *c, int storage)
{
	const char *code = c->asked->facility->institution_code;
	int from = open_at(storage, "transaction"), to = make_at(c->root, "transaction");
	bool done = from >= 0 && to >= 0
			    ? copy_folder(c, NULL, from, to, code,
					  arena_printf(c->asked->x->arena, "transaction/%s", code),
					  "")
			    : fails(c, "transaction");
	if (from >= 0)
		close(from);
	if (to >= 0)
		close(to);
	return done;
}

/* The index has its line of the sums when it is whole. */
static bool end_index(struct copying *c)
{
	unsigned char sha256[SHA256];
	bool written = fflush(c->index) == 0 && !ferror(c->index);
	int index = open_at(c->root, "index");
	int fd = index < 0 ? -1 : openat(index, "SSMIXIDX.csv", O_RDONLY | O_CLOEXEC);
	int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
	written = written && fd >= 0 && nowhere >= 0 && pass_on(c, fd, nowhere, sha256);
	if (nowhere >= 0)
		close(nowhere);
	if (fd >= 0)
		close(fd);
	if (index >= 0)
		close(index);
	if (!written)
		return fails(c, "index/SSMIXIDX.csv");
	put_sum(c, sha256, "index/SSMIXIDX.csv");
	return (fflush(c->sums) == 0 && !ferror(c->sums)) || fails(c, "SHA256SUMS");
}

static bool take_name(struct copying *c)
{
	const char *directory = c->asked->directory, *slash = strrchr(directory, '/');
	const char *above = slash == directory ? "/"
					       : arena_text_n(c->asked->x->arena, directory,
							      (size_t)(slash - directory));
	int parent = open(above, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool named = parent >= 0 && syncfs(c->root) == 0
		     && renameat2(AT_FDCWD, c->growing, AT_FDCWD, directory, RENAME_NOREPLACE) == 0
		     && fsync(parent) == 0;
	if (!named)
		fails(c, directory);
	if (parent >= 0)
		close(parent);
	return named;
}

static void close_all(struct copying *c)
{
	if (c->sums != NULL)
		fclose(c->sums);
	if (c->index != NULL)
		fclose(c->index);
	if (c->root >= 0)
		close(c->root);
	arena_destroy(c->each);
}

bool export_copy(struct export_copy *asked)
{
	const char *slash = strrchr(asked->directory, '/');
	struct copying c = {
		.asked = asked,
		.growing = arena_printf(asked->x->arena, "%.*s/.%s.part",
					(int)(slash - asked->directory), asked->directory,
					slash + 1),
		.root = -1,
		.each = arena_create(FILE_MEMORY),
	};
	if (c.each == NULL)
		return problem_set(&asked->x->problem, PROBLEM_OUT_OF_RESOURCES,
				   "there is no memory to export with");
	bool made = make(&c);
	int storage = open(asked->storage, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool done = made && begin(&c) && (storage >= 0 || fails(&c, asked->storage))
		    && copy_roots(&c, storage) && copy_log(&c, storage) && end_index(&c)
		    && asked->patient(asked->self, NULL) && take_name(&c);
	if (storage >= 0)
		close(storage);
	if (made && !done)
		discard(&c);
	close_all(&c);
	return done;
}
