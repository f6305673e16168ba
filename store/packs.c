/* store/packs.c: small documents, one after the other, in files that only grow. */
#include "store/packs.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "gateway/base/arena.h"
#include "gateway/base/regular_file.h"
#include "store/blob_files.h"
#include "store/check.h"
#include "store/keys.h"
#include "store/pack_files.h"
#include "store/record.h"
#include "store/store.h"
#include "store/store_keys.h"

enum {
	HELD = PACK_GROUP,
	ROOM = 16 << 20, /* as for large ones: left for the keys that tell of documents */
	NODE_SHIFT = 32,
};

struct packs {
	int directory;
	/* The committer's: the file that grows. */
	int fd;             /* -1: none was begun */
	uint64_t pack;      /* its number; 0 */
	uint64_t begun_at;  /* where it was when it was chosen */
	uint64_t written;   /* octets of it that were written */
	uint64_t settled;   /* ... and are on the disk */
	bool announced;     /* its row is there */
	bool dirty;         /* something was written since it was flushed */
	uint64_t spoiled;   /* a number whose file could not be flushed; 0 */
	size_t held_length; /* gathered behind what was written */
	unsigned char *held;
};

struct packs *packs_open(const char *directory, struct problem *p)
{
	struct packs *packs = calloc(1, sizeof *packs);
	if (packs == NULL || (packs->held = malloc(HELD)) == NULL) {
		free(packs);
		problem_set(p, PROBLEM_OUT_OF_RESOURCES, "no memory to open the store");
		return NULL;
	}
	packs->fd = -1;
	packs->directory = pack_directory(directory, p);
	if (packs->directory >= 0)
		return packs;
	packs_close(packs);
	return NULL;
}

static void leave(struct packs *p)
{
	if (p->fd >= 0)
		close(p->fd);
	p->fd = -1;
	p->pack = p->written = p->settled = 0;
	p->held_length = 0;
	p->announced = p->dirty = false;
}

void packs_close(struct packs *p)
{
	if (p == NULL)
		return;
	leave(p);
	if (p->directory >= 0)
		close(p->directory);
	free(p->held);
	free(p);
}

/* ---- Which file grows ---- */

static uint64_t end_of(const struct packs *p)
{
	return p->written + p->held_length;
}

static bool go_on_with(struct packs *p, uint64_t pack)
{
	uint64_t length = 0;
	int fd = pack_file_open(p->directory, pack, O_RDWR, &length);
	if (fd < 0 || length >= PACK_FULL) {
		if (fd >= 0)
			close(fd);
		return false;
	}
	p->fd = fd;
	p->pack = pack;
	p->written = p->settled = p->begun_at = (length + PACK_ALIGNED - 1) / PACK_ALIGNED
						* PACK_ALIGNED;
	return true;
}

static bool begin(struct packs *p, uint64_t pack, struct problem *why)
{
	int fd = pack_file_make(p->directory, pack, why);
	if (fd < 0)
		return false;
	p->fd = fd;
	p->pack = pack;
	p->begun_at = p->held_length = PACK_HEAD;
	pack_file_head(pack, p->held);
	return true;
}

static struct key row_of(uint64_t pack)
{
	struct key k;
	key_begin(&k, SPACE_PACK);
	key_number(&k, pack);
	return k;
}

/* Of this node. 0: it has begun none. */
static uint64_t youngest_row(struct store_txn *t)
{
	uint64_t node = (uint64_t)store_node(t) << NODE_SHIFT, found = 0;
	struct key from = row_of(node), to = row_of(node + (UINT64_C(1) << NODE_SHIFT));
	struct bytes key, value;
	struct store_cursor *c = store_scan(t, key_span(&from), key_span(&to), true);
	if (store_next(c, &key, &value)) {
		struct key_reader r = key_read(key);
		found = key_read_number(&r);
	}
	store_scan_end(c);
	return found;
}

/* The youngest there is, or one more than any that ever was. */
static bool choose(struct packs *p, struct store_txn *t)
{
	uint64_t node = (uint64_t)store_node(t) << NODE_SHIFT;
	uint64_t row = youngest_row(t), file = pack_files_youngest(p->directory, node);
	uint64_t last = row > file ? row : file;
	if (store_failed(t))
		return false;
	if (last == file && last > p->spoiled && go_on_with(p, last))
		return true;
	if (last < p->spoiled)
		last = p->spoiled;
	return begin(p, (last == 0 ? node : last) + 1, store_problem(t));
}

/* ---- Rows ---- */

enum { TAG_OCTETS = 1, TAG_DOCUMENTS = 2 };

struct unused { /* of documents that were released */
	uint64_t octets, documents;
};

static bool read_row(struct bytes value, struct unused *out)
{
	*out = (struct unused){ 0 };
	struct record_reader r = record_read(value);
	while (record_next(&r))
		switch (r.tag) {
		case TAG_OCTETS: out->octets = record_as_number(&r); break;
		case TAG_DOCUMENTS: out->documents = record_as_number(&r); break;
		}
	return !r.broken;
}

static bool put_row(struct store_txn *t, uint64_t pack, const struct unused *u)
{
	struct key k = row_of(pack);
	struct record_writer w = record_begin(store_arena(t), 1);
	record_number(&w, TAG_OCTETS, u->octets);
	record_number(&w, TAG_DOCUMENTS, u->documents);
	return store_put(t, key_span(&k), record_end(&w));
}

static bool announce(struct packs *p, struct store_txn *t)
{
	struct key k = row_of(p->pack);
	if (!p->announced)
		p->announced = store_has(t, key_span(&k))
			       || (!store_failed(t) && put_row(t, p->pack, &(struct unused){ 0 }));
	return p->announced;
}

bool packs_release(struct store_txn *t, const struct pack_record *r)
{
	struct key k = row_of(r->pack);
	struct unused u;
	struct bytes value;
	if (!store_get(t, key_span(&k), store_arena(t), &value) || !read_row(value, &u))
		return store_failed(t)
			       ? false
			       : store_damaged(t, "a pack file's row is missing or damaged");
	u.octets += pack_record_octets(r->length);
	u.documents++;
	return put_row(t, r->pack, &u);
}

/* ---- Appending ---- */

struct pack_mark packs_mark(const struct packs *p)
{
	if (p == NULL)
		return (struct pack_mark){ 0 };
	return (struct pack_mark){ .pack = p->pack, .end = end_of(p), .announced = p->announced };
}

struct pack_mark packs_unsure(const struct packs *p)
{
	struct pack_mark m = packs_mark(p);
	m.announced = false;
	return m;
}

struct pack_mark packs_begin_group(struct packs *p)
{
	if (p != NULL && p->fd >= 0 && end_of(p) >= PACK_FULL)
		leave(p);
	return packs_mark(p);
}

/* Of a file that was begun since nothing is in use. */
void packs_return(struct packs *p, struct pack_mark to)
{
	if (p == NULL || p->fd < 0)
		return;
	uint64_t end = to.pack == p->pack ? to.end : p->begun_at;
	p->announced = to.pack == p->pack && to.announced;
	if (end >= p->written) {
		p->held_length = (size_t)(end - p->written);
		return;
	}
	p->written = end;
	p->held_length = 0;
}

size_t packs_pending(const struct packs *p)
{
	return p != NULL && end_of(p) > p->settled ? (size_t)(end_of(p) - p->settled) : 0;
}

static bool write_held(struct packs *p, struct problem *why)
{
	if (p->held_length != 0
	    && !pack_file_write(p->fd, p->held, p->held_length, p->written, why))
		return false;
	p->dirty = p->dirty || p->held_length != 0;
	p->written += p->held_length;
	p->held_length = 0;
	return true;
}

static void hold(struct packs *p, const void *octets, size_t length)
{
	if (length != 0)
		memcpy(p->held + p->held_length, octets, length);
	p->held_length += length;
}

/* Asked for what is gathered, not for each: it takes less than is left. */
static bool has_room(const struct packs *p, struct store_txn *t)
{
	return pack_directory_has_room(p->directory, ROOM, store_problem(t));
}

bool packs_append(struct packs *p, struct store_txn *t, struct pack_record *r, struct bytes octets)
{
	static const unsigned char zeros[PACK_ALIGNED];
	unsigned char head[PACK_HEAD];
	size_t whole = (size_t)pack_record_octets(octets.length);
	bool full = p->held_length + whole > HELD;
	if ((full || packs_pending(p) == 0) && !has_room(p, t))
		return false;
	if ((p->fd < 0 && !choose(p, t)) || !announce(p, t))
		return false;
	if (full && !write_held(p, store_problem(t)))
		return false;
	r->pack = p->pack;
	r->at = end_of(p);
	r->length = octets.length;
	pack_record_head(r, head);
	hold(p, head, PACK_HEAD);
	hold(p, octets.data, octets.length);
	hold(p, zeros, whole - PACK_HEAD - octets.length);
	return true;
}

/* After a flush that failed the kernel may have forgotten what it could not write, and says the
 * next time that all is well: what goes on goes into another file. */
bool packs_settle(struct packs *p, struct problem *why)
{
	if (p == NULL || p->fd < 0)
		return true;
	bool written = write_held(p, why);
	if (written && (!p->dirty || fdatasync(p->fd) == 0)) {
		p->dirty = false;
		p->settled = p->written;
		return true;
	}
	if (written)
		pack_file_failed("make durable", errno, why);
	p->spoiled = p->pack;
	leave(p);
	return false;
}

/* ---- Reading ---- */

/* On the committer a job may ask for what the one before it appended. */
static bool is_written(struct packs *p, struct store_txn *t, const struct pack_record *r,
		       struct problem *why)
{
	bool in_job = store_group_note(t) != NULL;
	return !in_job || r->pack != p->pack || r->at < p->written || write_held(p, why);
}

bool packs_read(struct packs *p, struct store_txn *t, const struct pack_record *r, struct arena *a,
		struct bytes *out, struct problem *why)
{
	char name[PACK_NAME];
	size_t wanted = PACK_HEAD + (size_t)r->length;
	if (!is_written(p, t, r, why))
		return false;
	unsigned char *found = arena_alloc(a, wanted);
	int64_t length = pack_file_read(p->directory, r->pack, found, wanted, r->at, why);
	if (length < 0)
		return false;
	enum pack_fault f = pack_record_read((struct bytes){ found, (size_t)length }, r, out);
	pack_file_name(r->pack, name);
	return f == PACK_WHOLE
	       || problem_set(why, PROBLEM_INTERNAL,
			      "a document is not what was stored: the pack file packs/%s %s", name,
			      pack_fault_words(f));
}

uint64_t packs_octets(struct packs *p)
{
	return p == NULL ? 0 : pack_files_octets(p->directory);
}

bool packs_copy(struct packs *p, const char *directory, const char *onto, struct progress *progress,
		struct problem *why)
{
	return p == NULL || pack_files_copy(p->directory, directory, onto, progress, why);
}

/* ---- Checking ---- */

/* That its documents are what they were is shown by their own rows. */
void pack_look(struct store_check *c, struct packs *p, struct bytes key, struct bytes value)
{
	struct key_reader k = key_read(key);
	struct unused u;
	char name[PACK_NAME];
	uint64_t pack = key_read_number(&k), length = 0;
	if (!key_read_end(&k) || !read_row(value, &u)) {
		check_finding(c, "pack: the row of a pack file is damaged");
		return;
	}
	pack_file_name(pack, name);
	int fd = pack_file_open(p->directory, pack, O_RDONLY, &length);
	if (fd < 0)
		check_finding(
			c,
			"pack: packs/%s %s: the documents in it cannot be given; stop minatod "
			"and put the file back from a backup",
			name, errno == ENOENT ? "is missing" : "is no pack file of ours");
	else if (u.octets > length)
		check_finding(c, "pack: packs/%s has fewer octets than were released in it", name);
	if (fd >= 0)
		close(fd);
}
