/* profiles/ssmix2/watch.c: one storage that is watched. */
#include "profiles/ssmix2/watch.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "gateway/base/arena.h"
#include "gateway/base/bytes.h"
#include "gateway/base/text.h"
#include "profiles/ssmix2/import.h"
#include "profiles/ssmix2/import_lanes.h"
#include "profiles/ssmix2/import_roots.h"
#include "profiles/ssmix2/root_owners.h"
#include "profiles/ssmix2/transaction_log.h"
#include "profiles/ssmix2/watch_course.h"
#include "profiles/ssmix2/watch_folders.h"
#include "profiles/ssmix2/watch_mark.h"
#include "profiles/ssmix2/watch_refused.h"
#include "profiles/ssmix2/watch_roots.h"
#include "profiles/ssmix2/watch_shared.h"

enum {
	SECOND = 1000000,
	YOUNG_SECONDS = 15 * 60, /* what is refused of such a file may be whole later */
	AGAIN_SECONDS = 60 * 60, /* what is refused may be taken meanwhile: its patient is known */
	SLOTS_LEAST = 1024,
	FRESH_SECONDS = 1,  /* who is told of a file only now does not know who writes it */
	STILL_DAYS = 7,     /* nothing came into a folder for so long: looks will do */
	SAME_SECONDS = 2,   /* what nobody saw being written is the same after so long */
	LEVEL = 3,          /* characters of an id that a folder above the patient's has */
	RETRY_SECONDS = 10, /* what could not be done of those that changed */
	LOG_MEMORY = 16 << 20,
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
	struct watched_folders *folders;
	struct transaction_log *log; /* NULL: there is none */
	struct known_roots roots;
	struct look_course course;
	bool marked;                /* the store has a mark of it */
	bool deaf, shared;          /* the log cannot be read; another machine may write it */
	atomic_bool misses, let_go; /* a root; which is to be */
	pthread_mutex_t lock;       /* over seen */
	struct storage_watch_seen seen;
};

struct storage_watch *storage_watch_create(const struct clock *clock)
{
	struct storage_watch *w = calloc(1, sizeof *w);
	if (w == NULL)
		return NULL;
	w->clock = clock;
	w->refused = refused_create();
	w->folders = watched_folders_create(clock);
	pthread_mutex_init(&w->lock, NULL);
	if (w->refused != NULL && w->folders != NULL)
		return w;
	storage_watch_destroy(w);
	return NULL;
}

void storage_watch_destroy(struct storage_watch *w)
{
	if (w == NULL)
		return;
	transaction_log_destroy(w->log);
	watched_folders_destroy(w->folders);
	known_roots_forget(&w->roots);
	look_course_end(&w->course);
	refused_destroy(w->refused);
	pthread_mutex_destroy(&w->lock);
	free(w->slots);
	free(w);
}

size_t storage_watch_release(struct storage_watch *w, const char *path)
{
	bool root = path == NULL && atomic_load(&w->misses);
	if (root)
		atomic_store(&w->let_go, true);
	return refused_release(w->refused, path) + root;
}

struct refused_files *storage_watch_refused(struct storage_watch *w)
{
	return w->refused;
}

void storage_watch_note_silent(struct storage_watch *w, bool silent)
{
	pthread_mutex_lock(&w->lock);
	w->seen.silent = silent;
	pthread_mutex_unlock(&w->lock);
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
	struct import_lanes *lanes;
	const struct storage_roots *roots;
	bool of_changed;             /* not of all */
	struct folder_change change; /* where it is of those that changed */
	bool fresh;                  /* a folder of the patient's was not told of before */
	bool progressed;             /* a patient's folder was met: it may give way */
	bool gave_way;
	struct look_counts now;
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

static void find_file(struct storage_name *n, struct arena *a, struct found *out)
{
	struct stat st;
	struct arena_mark here = arena_mark(a);
	const char *whole = arena_printf(a, "%s/%s", n->root->directory, n->path);
	uint64_t name = text_hash(whole);
	bool there = lstat(whole, &st) == 0;
	arena_rewind(a, &here);
	if (!there) {
		out->gone = true;
		return;
	}
	out->count++;
	n->written = instant_of(&st.st_mtim);
	out->written = later(out->written, n->written);
	out->changed = later(out->changed, instant_of(&st.st_ctim));
	out->files = mixed(out->files, name);
	out->files = mixed(out->files, (uint64_t)st.st_size);
	out->files = mixed(out->files, (uint64_t)n->written);
}

/* The folder of a patient, of whichever root. */
static struct bytes folder_of(const struct storage_name *n)
{
	size_t length = strlen(n->path);
	for (unsigned above = 0; above < storage_levels(n) && length > 0;)
		above += n->path[--length] == '/';
	return (struct bytes){ (const unsigned char *)n->path, length };
}

static uint64_t hash_of_folder(const struct storage_name *n)
{
	uint64_t hash = bytes_hash(folder_of(n));
	return hash == OF_THE_WALK ? 1 : hash;
}

static struct found find(struct arena *a, struct storage_name *files)
{
	struct found f = { .path = hash_of_folder(files) };
	for (struct storage_name *n = files; n != NULL; n = n->next)
		find_file(n, a, &f);
	f.files &= ~taken_bit;
	return f;
}

/* Nothing is being written any more, as far as can be told. */
static bool is_settled(const struct looking *l, const struct found *f, const struct met_patient *s)
{
	instant now = l->importing->x->now;
	if (l->look->whole)
		return true;
	if (l->of_changed && l->change.elsewhere)
		return l->change.seen == f->files;
	if (l->of_changed)
		return !l->fresh
		       || later(f->written, f->changed) + (instant)FRESH_SECONDS * SECOND <= now;
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

static void on_fault(void *self, const struct storage_root *root, const char *path,
		     const char *what)
{
	struct looking *l = self;
	struct look_course *course = &l->watch->course;
	if (l->of_changed || json_array_size(course->lines) >= WALK_LINES_MOST)
		return; /* a look at all will tell it */
	l->importing->lines = course->lines;
	import_fault_at(l->importing, root, path, what);
	l->importing->lines = NULL;
	look_course_told(course);
}

/* Of those that changed. */
static void again(struct looking *l, struct arena *a, const struct storage_name *files,
		  uint64_t seen, int seconds)
{
	struct bytes folder = folder_of(files);
	const struct folder_change change = {
		.path = arena_text_n(a, (const char *)folder.data, folder.length),
		.elsewhere = l->change.elsewhere || !l->of_changed,
		.seen = seen,
	};
	watched_folders_again(l->watch->folders, &change, (int64_t)seconds * SECOND);
}

/* Where the next look at all is far, one leaves who waits to those at who changed, if there is
 * room: half of it is for who is told of. */
static bool hands_on(const struct looking *l)
{
	return l->look->seldom && watched_folders_room(l->watch->folders) > CHANGES_MOST / 2;
}

/* The next look tries again who is not done. A young file that cannot be taken may not be whole
 * yet, and is in nobody's way: what is wrong with older ones is told, and others of the patient are
 * taken. */
static void on_concluded(void *self, const struct lane_patient *p)
{
	struct looking *l = self;
	const struct found *f = p->with;
	const struct clock *clock = l->watch->clock;
	const struct importing *im = p->importing;
	bool done = !im->stopped && im->young == 0;
	if (!im->stopped)
		refused_put(l->watch->refused, f->path, im->lines, im->x->now,
			    clock->elapsed(clock));
	struct met_patient *s = slot_of(l->watch, f->path);
	if (s != NULL)
		s->files = done ? f->files | taken_bit : f->files;
	bool later = !done && (l->of_changed || (!im->stopped && hands_on(l)));
	if (later)
		again(l, p->arena, p->files, f->files, RETRY_SECONDS);
	l->now.taken += done;
	l->now.waiting += !done && !later;
	tell(l);
}

struct meeting {
	struct looking *looking;
	struct arena *arena;
	struct storage_name *files;
	struct found *due; /* NULL: there is nothing to do */
};

/* For the next look. One at those that changed knows nothing of how long it is until then. */
static void leave(struct meeting *m, const struct found *f, struct met_patient *s)
{
	struct looking *l = m->looking;
	if (!l->of_changed && !hands_on(l)) {
		l->now.waiting++;
		s->files = f->gone ? 0 : f->files;
		return;
	}
	again(l, m->arena, m->files, f->gone ? 0 : f->files,
	      l->change.elsewhere || !l->of_changed ? SAME_SECONDS : FRESH_SECONDS);
}

/* One that went since the look began may have taken files of his along. */
static bool has_kept_roots(struct looking *l)
{
	if (l->roots->count == 1
	    || known_roots_are_there(&l->watch->roots, l->roots, &l->importing->problem))
		return true;
	atomic_store(&l->watch->misses, true);
	l->importing->stopped = true;
	return false;
}

static void meet(void *with)
{
	struct meeting *m = with;
	struct looking *l = m->looking;
	struct found *f = arena_new(m->arena, struct found);
	*f = find(m->arena, m->files);
	struct met_patient *s = slot_of(l->watch, f->path);
	if (s == NULL) {
		l->importing->stopped = !problem_set(
			&l->importing->problem, PROBLEM_OUT_OF_RESOURCES,
			"there is no memory to remember what was seen");
		return;
	}
	l->now.patients++;
	l->now.files += f->count;
	l->now.newest = later(l->now.newest, f->written);
	bool due = f->gone || is_due(l, f, s);
	if (due && !f->gone && is_settled(l, f, s))
		m->due = has_kept_roots(l) ? f : NULL;
	else if (due)
		leave(m, f, s);
}

static void on_patient(void *self, struct arena *a, struct storage_name *files)
{
	struct looking *l = self;
	struct meeting m = { .looking = l, .arena = a, .files = files };
	bool met = arena_run(a, meet, &m);
	l->fresh = false;
	if (met && m.due != NULL) {
		import_lanes_give(l->lanes, a, files, m.due);
		return;
	}
	if (!met)
		on_fault(l, files->root, files->path,
			 "the patient has more files than one can have");
	arena_destroy(a);
	tell(l);
}

static void on_ignored(void *self)
{
	(void)self;
}

static bool is_still(const struct looking *l, int fd)
{
	struct stat st;
	return fstat(fd, &st) == 0
	       && later(instant_of(&st.st_mtim), instant_of(&st.st_ctim))
				  + (instant)STILL_DAYS * 86400 * SECOND
			  < l->importing->x->now;
}

static void on_enter(void *self, int fd, const char *path, const char *patient)
{
	struct looking *l = self;
	if (patient != NULL && !text_equal(path, patient) && is_still(l, fd))
		return;
	bool told = watched_folders_add(l->watch->folders, fd, path, patient);
	l->fresh = l->fresh || (patient != NULL && !told);
}

/* Later looks have nothing to load; and behind the end all was, by this process or one before. */
static bool is_mark_due(const struct looking *l)
{
	const struct storage_watch *w = l->watch;
	return l->look->mark_files != 0 && !w->seen.whole && !w->course.to_start
	       && l->now.files - w->course.marked_files >= l->look->mark_files;
}

static void mark(struct looking *l)
{
	struct storage_watch *w = l->watch;
	struct importing *im = l->importing;
	import_lanes_wait(l->lanes);
	if (import_ends(im))
		return;
	w->marked = true;
	w->course.marked_files = l->now.files;
	if (!watch_mark_put(im->x, l->look->facility->name, l->roots, &w->course.reached,
			    &im->problem))
		im->stopped = true;
}

static void on_met(void *self, unsigned root, const char *path)
{
	struct looking *l = self;
	l->progressed = true;
	if (l->of_changed)
		return;
	look_course_met(&l->watch->course, root, path);
	if (is_mark_due(l))
		mark(l);
}

static bool on_look(void *self)
{
	struct looking *l = self;
	const struct storage_watch_look *look = l->look;
	l->gave_way = l->gave_way || (l->progressed && look->gives_way(look->self));
	if (l->gave_way || look->ends(look->self))
		l->importing->stopped = true;
	return import_ends(l->importing);
}

/* ---- A look ---- */

static bool walk_changed(struct looking *l, const struct storage_roots *roots,
			 const struct storage_visitor *v)
{
	struct importing *im = l->importing;
	bool walked = true;
	while (walked && !on_look(l)
	       && watched_folders_take(l->watch->folders, im->x->arena, &l->change)) {
		walked = storage_walk_at(roots->root, roots->count, l->change.path, v,
					 &im->problem);
		if (!walked || on_look(l)) /* it may not have been met */
			watched_folders_again(l->watch->folders, &l->change, 0);
	}
	return walked;
}

/* Stretch by stretch. */
static bool walk_course(struct looking *l, const struct storage_roots *roots,
			const struct storage_visitor *v)
{
	struct importing *im = l->importing;
	struct look_course *course = &l->watch->course;
	bool walked = true, over = false;
	while (walked && !over && !import_ends(im)) {
		const struct walk_stretch rest = look_course_rest(course);
		walked = storage_walk_stretch(roots->root, roots->count, &rest, v, &im->problem);
		over = walked && !im->stopped && look_course_walked(course);
	}
	return over;
}

static bool walk(struct looking *l, const struct storage_roots *roots)
{
	struct importing *im = l->importing;
	struct storage_visitor v = {
		.self = l,
		.twelve_digit_ids = im->source.facility->lenient.twelve_digit_ids,
		.take = on_patient,
		.fault = on_fault,
		.ignored = on_ignored,
		.met = on_met,
		.enter = on_enter,
		.ends = on_look,
	};
	im->tells_until = im->x->now - (instant)YOUNG_SECONDS * SECOND;
	l->lanes = import_lanes_begin(im, &(struct lane_teller){ l, on_concluded });
	bool walked = l->lanes != NULL
		      && (l->of_changed ? walk_changed : walk_course)(l, roots, &v);
	import_lanes_end(l->lanes);
	return walked && !import_ends(im);
}

static void begin_anew(struct looking *l, const struct storage_roots *roots)
{
	struct storage_watch *w = l->watch;
	struct exchange *x = l->importing->x;
	struct walk_place start;
	refused_begin(w->refused);
	bool found = !w->seen.whole && watch_mark_find(x, l->look->facility->name, roots, &start);
	if (found)
		look_course_begin_behind(&w->course, &start);
	w->marked = w->marked || found;
	pthread_mutex_lock(&w->lock);
	w->seen.since = x->now;
	w->seen.resumed = w->seen.resumed || found;
	pthread_mutex_unlock(&w->lock);
}

static bool forget_mark(struct looking *l)
{
	struct storage_watch *w = l->watch;
	struct importing *im = l->importing;
	w->marked = w->marked && !watch_mark_remove(im->x, l->look->facility->name, &im->problem);
	return !w->marked;
}

static bool walk_all(struct looking *l, const struct storage_roots *roots)
{
	struct importing *im = l->importing;
	struct look_course *course = &l->watch->course;
	if (!look_course_goes_on(course, roots))
		begin_anew(l, roots);
	l->now = course->counts;
	bool walked = walk(l, roots);
	course->counts = l->now;
	if (!walked)
		return false;
	if (l->now.files == 0)
		return problem_set(&im->problem, PROBLEM_NOT_FOUND,
				   "%s holds no file of a storage: is it mounted? What was taken "
				   "in stays as it is",
				   l->look->directory);
	refused_put(l->watch->refused, OF_THE_WALK, course->lines, im->x->now, 0);
	refused_end(l->watch->refused);
	return forget_mark(l);
}

static bool has_all_roots(struct looking *l, const struct storage_roots *roots)
{
	struct storage_watch *w = l->watch;
	l->roots = roots;
	if (atomic_exchange(&w->let_go, false))
		known_roots_forget(&w->roots);
	bool there = known_roots_are_there(&w->roots, roots, &l->importing->problem);
	atomic_store(&w->misses, !there);
	w->shared = storage_is_shared(roots);
	return there
	       && root_owners_claim(l->look->owners, w, l->look->facility->name, roots,
				    &l->importing->problem);
}

static bool look(struct looking *l)
{
	struct exchange *x = l->importing->x;
	struct storage_roots *roots = arena_new(x->arena, struct storage_roots);
	const struct import_roots_asker asker = { l, on_look };
	char *resolved = realpath(l->look->directory, NULL);
	if (resolved == NULL)
		return problem_set(&l->importing->problem, PROBLEM_NOT_FOUND, "%s: %s",
				   l->look->directory, strerror(errno));
	const char *directory = arena_text(x->arena, resolved);
	free(resolved);
	return import_know_secret(x, &l->importing->source)
	       && import_roots_find(x->arena, x->region, l->look->facility, directory, &asker,
				    roots, &l->importing->problem)
	       && has_all_roots(l, roots) && (l->of_changed ? walk(l, roots) : walk_all(l, roots));
}

static void note_source(struct storage_watch *w)
{
	bool told = storage_watch_fd(w) >= 0 && !w->shared;
	bool partly = watched_folders_misses(w->folders);
	pthread_mutex_lock(&w->lock);
	w->seen.source = w->log != NULL && !w->deaf ? STORAGE_BY_TRANSACTIONS
			 : !told                    ? STORAGE_BY_LOOKS
			 : partly                   ? STORAGE_BY_KERNEL_PARTLY
						    : STORAGE_BY_KERNEL;
	pthread_mutex_unlock(&w->lock);
}

static void note_begin(struct looking *l)
{
	struct storage_watch *w = l->watch;
	pthread_mutex_lock(&w->lock);
	w->seen.at_work = true;
	if (!w->course.under_way)
		w->seen.since = l->importing->x->now;
	pthread_mutex_unlock(&w->lock);
}

static void note_end(struct looking *l, bool whole)
{
	struct storage_watch *w = l->watch;
	tell(l);
	note_source(w);
	pthread_mutex_lock(&w->lock);
	w->seen.at_work = l->gave_way && w->course.under_way;
	if (!w->seen.at_work)
		w->seen.until = w->clock->now(w->clock);
	w->seen.problem = l->importing->x->problem;
	if (whole) {
		w->seen.whole = true;
		w->seen.patients = l->now.patients;
		w->seen.files = l->now.files;
		w->seen.newest = l->now.newest;
		w->seen.waiting = l->now.waiting;
	}
	pthread_mutex_unlock(&w->lock);
}

int storage_watch_fd(const struct storage_watch *w)
{
	return watched_folders_fd(w->folders);
}

bool storage_watch_heed(struct storage_watch *w)
{
	return watched_folders_heed(w->folders);
}

int64_t storage_watch_due(const struct storage_watch *w)
{
	return watched_folders_due(w->folders);
}

/* A patient's folder, below those of the first characters of his id and of the next. */
static const char *folder_named(struct arena *a, const char *id)
{
	return strlen(id) <= LEVEL
		       ? arena_printf(a, "%s/%s", id, id)
		       : arena_printf(a, "%.*s/%.*s/%s", LEVEL, id, LEVEL, id + LEVEL, id);
}

struct hearing {
	struct storage_watch *watch;
	struct arena *arena;
	bool passes, heard;
	struct problem *problem;
};

static void on_record(void *with, const char *id)
{
	struct hearing *h = with;
	const struct folder_change told = { .path = folder_named(h->arena, id), .elsewhere = true };
	watched_folders_again(h->watch->folders, &told, 0);
}

static void hear(void *with)
{
	struct hearing *h = with;
	struct transaction_log *log = h->watch->log;
	h->heard = h->passes ? transaction_log_pass(log, h->arena, h->problem)
			     : transaction_log_read(log, h->arena, on_record, h, h->problem);
}

static bool hear_by(struct storage_watch *w, bool passes, struct problem *p)
{
	struct hearing h = {
		.watch = w, .arena = arena_create(LOG_MEMORY), .passes = passes, .problem = p
	};
	bool fits = h.arena != NULL && arena_run(h.arena, hear, &h);
	arena_destroy(h.arena);
	return fits ? h.heard
		    : problem_set(p, PROBLEM_OUT_OF_RESOURCES,
				  "there is no memory to read the transaction storage");
}

/* What is told before a look at all begins it will see. */
static void begin_log(struct storage_watch *w, const char *directory)
{
	struct problem unread = { .code = PROBLEM_NONE };
	const char *is = w->log == NULL ? NULL : transaction_log_directory(w->log);
	if (text_equal(is, directory))
		return;
	transaction_log_destroy(w->log);
	w->log = directory == NULL ? NULL : transaction_log_create(directory);
	if (w->log != NULL)
		hear_by(w, true, &unread); /* who hears next is told why */
}

bool storage_watch_hear(struct storage_watch *w, struct problem *p)
{
	bool deaf = w->log != NULL && !hear_by(w, false, p), turned = deaf != w->deaf;
	w->deaf = deaf;
	if (turned)
		note_source(w);
	return !deaf;
}

static bool begin(struct storage_watch *w, struct exchange *x,
		  const struct storage_watch_look *asked, bool of_changed)
{
	struct importing im = {
		.x = x,
		.source = { .region = x->region, .facility = asked->facility, .now = x->now },
		.copy = x->region->ssmix2_copy,
	};
	struct looking l = {
		.watch = w, .look = asked, .importing = &im, .of_changed = of_changed
	};
	if (!of_changed)
		note_begin(&l);
	bool whole = look(&l);
	if (im.problem.code != PROBLEM_NONE)
		x->problem = im.problem;
	if (of_changed)
		return whole;
	if (whole || x->problem.code != PROBLEM_NONE)
		look_course_end(&w->course);
	note_end(&l, whole);
	return whole;
}

bool storage_watch_look(struct storage_watch *w, struct exchange *x,
			const struct storage_watch_look *asked)
{
	if (!w->course.under_way) { /* else it is told of patients that were met already, too */
		watched_folders_heed(w->folders);
		watched_folders_pass_written(w->folders);
	}
	begin_log(w, asked->transactions);
	return begin(w, x, asked, false);
}

bool storage_watch_is_amid(const struct storage_watch *w)
{
	return w->course.under_way;
}

bool storage_watch_look_at_changed(struct storage_watch *w, struct exchange *x,
				   const struct storage_watch_look *asked)
{
	return begin(w, x, asked, true);
}
