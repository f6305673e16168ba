/* profiles/ssmix2/watch.c: one storage that is watched. */
#include "profiles/ssmix2/watch.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "gateway/base/arena.h"
#include "gateway/base/bytes.h"
#include "gateway/base/text.h"
#include "profiles/ssmix2/import.h"
#include "profiles/ssmix2/import_roots.h"
#include "profiles/ssmix2/watch_refused.h"

enum {
	SECOND = 1000000,
	YOUNG_SECONDS = 15 * 60, /* what is refused of such a file may be whole later */
	AGAIN_SECONDS = 60 * 60, /* what is refused may be taken meanwhile: its patient is known */
	SLOTS_LEAST = 1024,
	WALK_LINES_MOST = 1000
};

/* Not a patient's: what is refused of the walk itself. */
enum { OF_THE_WALK = 0 };

/* A patient's folder and what was in it, by hashes; the lowest bit of `files` says that it was
 * taken in. path 0: the slot is free. */
struct met_patient {
	uint64_t path, files;
};
static const uint64_t taken_bit = 1;

struct storage_watch {
	const struct clock *clock;
	struct met_patient *slots;
	size_t room, used; /* room: a power of two */
	struct refused_files *refused;
	pthread_mutex_t lock; /* over seen */
	struct storage_watch_seen seen;
};

struct storage_watch *storage_watch_create(const struct clock *clock)
{
	struct storage_watch *w = calloc(1, sizeof *w);
	if (w == NULL)
		return NULL;
	w->clock = clock;
	w->refused = refused_create();
	pthread_mutex_init(&w->lock, NULL);
	if (w->refused != NULL)
		return w;
	storage_watch_destroy(w);
	return NULL;
}

void storage_watch_destroy(struct storage_watch *w)
{
	if (w == NULL)
		return;
	refused_destroy(w->refused);
	pthread_mutex_destroy(&w->lock);
	free(w->slots);
	free(w);
}

struct refused_files *storage_watch_refused(struct storage_watch *w)
{
	return w->refused;
}

void storage_watch_seen(struct storage_watch *w, struct storage_watch_seen *out)
{
	pthread_mutex_lock(&w->lock);
	*out = w->seen;
	pthread_mutex_unlock(&w->lock);
	out->refused = refused_count(w->refused);
}

/* ---- What was seen of each patient ---- */

static struct met_patient *slot_among(struct met_patient *slots, size_t room, uint64_t path)
{
	size_t i = path & (room - 1);
	while (slots[i].path != 0 && slots[i].path != path)
		i = (i + 1) & (room - 1);
	return &slots[i];
}

/* At most three quarters are used. */
static bool make_room(struct storage_watch *w)
{
	if (w->room != 0 && w->used < w->room / 4 * 3)
		return true;
	size_t room = w->room == 0 ? SLOTS_LEAST : w->room * 2;
	struct met_patient *slots = calloc(room, sizeof *slots);
	if (slots == NULL)
		return false;
	for (size_t i = 0; i < w->room; i++)
		if (w->slots[i].path != 0)
			*slot_among(slots, room, w->slots[i].path) = w->slots[i];
	free(w->slots);
	w->slots = slots;
	w->room = room;
	return true;
}

/* NULL: no memory. */
static struct met_patient *slot_of(struct storage_watch *w, uint64_t path)
{
	if (!make_room(w))
		return NULL;
	struct met_patient *s = slot_among(w->slots, w->room, path);
	w->used += s->path == 0;
	s->path = path;
	return s;
}

/* ---- One patient ---- */

struct looking {
	struct storage_watch *watch;
	const struct storage_watch_look *look;
	struct importing *importing;
	json_t *walk_lines;
	struct storage_watch_seen now;
};

/* What there is of one patient, without reading it. */
struct found {
	uint64_t path, files; /* hashes */
	unsigned count;
	instant written, changed; /* of the newest: by its writer; by the file system that has it */
	bool gone;                /* a file was renamed while we looked */
};

static instant instant_of(const struct timespec *t)
{
	return (instant)t->tv_sec * SECOND + t->tv_nsec / 1000;
}

static instant later(instant a, instant b)
{
	return a > b ? a : b;
}

static uint64_t mixed(uint64_t hash, uint64_t with)
{
	uint64_t both[] = { hash, with };
	return bytes_hash((struct bytes){ (const unsigned char *)both, sizeof both });
}

static void find_file(const struct storage_name *n, struct arena *a, struct found *out)
{
	struct stat st;
	const char *whole = arena_printf(a, "%s/%s", n->root->directory, n->path);
	if (lstat(whole, &st) != 0) {
		out->gone = true;
		return;
	}
	out->count++;
	out->written = later(out->written, instant_of(&st.st_mtim));
	out->changed = later(out->changed, instant_of(&st.st_ctim));
	out->files = mixed(out->files, text_hash(whole));
	out->files = mixed(out->files, (uint64_t)st.st_size);
	out->files = mixed(out->files, (uint64_t)instant_of(&st.st_mtim));
}

/* The folder of a patient, of whichever root. */
static uint64_t hash_of_folder(const struct storage_name *n)
{
	size_t length = strlen(n->path);
	for (unsigned above = 0; above < storage_levels(n) && length > 0;)
		above += n->path[--length] == '/';
	uint64_t hash = bytes_hash((struct bytes){ (const unsigned char *)n->path, length });
	return hash == OF_THE_WALK ? 1 : hash;
}

static struct found find(struct arena *a, const struct storage_name *files)
{
	struct found f = { .path = hash_of_folder(files) };
	for (const struct storage_name *n = files; n != NULL; n = n->next)
		find_file(n, a, &f);
	f.files &= ~taken_bit;
	return f;
}

/* Nothing is being written any more, as far as can be told. */
static bool is_settled(const struct looking *l, const struct found *f, const struct met_patient *s)
{
	instant now = l->importing->x->now;
	return later(f->written, f->changed) + (instant)l->look->every * SECOND <= now
	       || (s->files & ~taken_bit) == f->files;
}

static bool is_due(struct looking *l, const struct found *f, const struct met_patient *s)
{
	const struct clock *clock = l->watch->clock;
	int64_t tried = 0;
	bool refused = refused_met(l->watch->refused, f->path, &tried);
	if (s->files != (f->files | taken_bit))
		return true;
	return refused
	       && (tried == INT64_MIN
		   || clock->elapsed(clock) - tried >= (int64_t)AGAIN_SECONDS * SECOND);
}

/* A young file that cannot be taken may not be whole yet: the next look tries it again. */
static bool has_young_faults(const struct looking *l, const struct found *f, unsigned faults)
{
	return faults != 0 && f->written + (instant)YOUNG_SECONDS * SECOND > l->importing->x->now;
}

static bool take(struct looking *l, struct arena *a, struct storage_name *files,
		 const struct found *f)
{
	struct importing *im = l->importing;
	const struct clock *clock = l->watch->clock;
	unsigned faults = im->counts.faults;
	im->lines = json_array();
	import_patient(im, a, files);
	bool over = !import_ends(im);
	bool young = over && has_young_faults(l, f, im->counts.faults - faults);
	if (over && !young) {
		refused_put(l->watch->refused, f->path, im->lines, im->x->now,
			    clock->elapsed(clock));
		l->now.taken++;
	}
	json_decref(im->lines);
	im->lines = NULL;
	return over && !young;
}

static void tell(struct looking *l)
{
	struct storage_watch *w = l->watch;
	pthread_mutex_lock(&w->lock);
	if (!w->seen.whole) {
		w->seen.patients = l->now.patients;
		w->seen.files = l->now.files;
		w->seen.newest = l->now.newest;
	}
	w->seen.taken += l->now.taken;
	w->seen.documents += l->importing->counts.documents;
	l->now.taken = l->importing->counts.documents = 0;
	pthread_mutex_unlock(&w->lock);
}

static void on_patient(void *self, struct arena *a, struct storage_name *files)
{
	struct looking *l = self;
	struct found f = find(a, files);
	struct met_patient *s = slot_of(l->watch, f.path);
	if (s == NULL) {
		problem_set(&l->importing->x->problem, PROBLEM_OUT_OF_RESOURCES,
			    "there is no memory to remember what was seen");
		l->importing->stopped = true;
		return;
	}
	l->now.patients++;
	l->now.files += f.count;
	l->now.newest = later(l->now.newest, f.written);
	if (f.gone || (is_due(l, &f, s) && !is_settled(l, &f, s))) {
		l->now.waiting++;
		s->files = f.gone ? 0 : f.files;
	} else if (is_due(l, &f, s)) {
		bool done = take(l, a, files, &f);
		s->files = done ? f.files | taken_bit : f.files;
		l->now.waiting += !done;
	}
	tell(l);
}

static void on_fault(void *self, const struct storage_root *root, const char *path,
		     const char *what)
{
	struct looking *l = self;
	if (json_array_size(l->walk_lines) >= WALK_LINES_MOST)
		return;
	l->importing->lines = l->walk_lines;
	import_fault_at(l->importing, root, path, what);
	l->importing->lines = NULL;
}

static void on_ignored(void *self)
{
	(void)self;
}

static bool on_look(void *self)
{
	struct looking *l = self;
	if (l->look->ends(l->look->self))
		l->importing->stopped = true;
	return import_ends(l->importing);
}

/* ---- A look ---- */

static bool walk_roots(struct looking *l, const struct storage_roots *roots)
{
	struct importing *im = l->importing;
	struct storage_visitor v = {
		.self = l,
		.twelve_digit_ids = im->source.facility->lenient.twelve_digit_ids,
		.patient = on_patient,
		.fault = on_fault,
		.ignored = on_ignored,
		.ends = on_look,
	};
	refused_begin(l->watch->refused);
	if (!storage_walk(roots->root, roots->count, &v, &im->x->problem) || on_look(l))
		return false;
	if (l->now.files == 0)
		return problem_set(&im->x->problem, PROBLEM_NOT_FOUND,
				   "%s holds no file of a storage: is it mounted? What was taken "
				   "in stays as it is",
				   l->look->directory);
	refused_put(l->watch->refused, OF_THE_WALK, l->walk_lines, im->x->now, 0);
	refused_end(l->watch->refused);
	return true;
}

static bool look(struct looking *l)
{
	struct exchange *x = l->importing->x;
	struct storage_roots *roots = arena_new(x->arena, struct storage_roots);
	const struct import_roots_asker asker = { l, on_look };
	char *resolved = realpath(l->look->directory, NULL);
	if (resolved == NULL)
		return problem_set(&x->problem, PROBLEM_NOT_FOUND, "%s: %s", l->look->directory,
				   strerror(errno));
	const char *directory = arena_text(x->arena, resolved);
	free(resolved);
	return import_know_secret(x, &l->importing->source)
	       && import_roots_find(x->arena, x->region, l->look->facility, directory, &asker,
				    roots, &x->problem)
	       && walk_roots(l, roots);
}

static void note(struct looking *l, bool over, bool whole)
{
	struct storage_watch *w = l->watch;
	tell(l);
	pthread_mutex_lock(&w->lock);
	w->seen.at_work = !over;
	if (!over) {
		w->seen.since = l->importing->x->now;
	} else {
		w->seen.until = w->clock->now(w->clock);
		w->seen.problem = l->importing->x->problem;
	}
	if (whole) {
		w->seen.whole = true;
		w->seen.patients = l->now.patients;
		w->seen.files = l->now.files;
		w->seen.newest = l->now.newest;
		w->seen.waiting = l->now.waiting;
	}
	pthread_mutex_unlock(&w->lock);
}

bool storage_watch_look(struct storage_watch *w, struct exchange *x,
			const struct storage_watch_look *asked)
{
	struct importing im = {
		.x = x,
		.source = { .region = x->region, .facility = asked->facility, .now = x->now },
		.copy = x->region->ssmix2_copy,
	};
	struct looking l = {
		.watch = w, .look = asked, .importing = &im, .walk_lines = json_array()
	};
	note(&l, false, false);
	bool whole = look(&l);
	note(&l, true, whole);
	json_decref(l.walk_lines);
	return whole;
}
