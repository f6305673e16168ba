/* profiles/ssmix2/storage_walk.c: walking an SS-MIX2 storage.
 *
 * Which folder is a patient's cannot be told from its depth: ids shorter than six characters have
 * fewer folders above them. It is the one whose name the folders above begin and that holds folders
 * of dates; for each file the last three folders are its patient, date and data type. Below a data
 * type of the extended storage a document is a folder, and the files in it are its parts. */
#include "profiles/ssmix2/storage_walk.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gateway/base/arena.h"
#include "gateway/base/normalise.h"
#include "gateway/base/text.h"
#include "profiles/ssmix2/extended_name.h"
#include "schemas/tables/leniency.h"

enum {
	FOLDER_MEMORY = 64 << 20, /* names of one folder: half a million files */
	PATIENT_MEMORY = 256 << 20,
	LEVELS = STORAGE_LEVELS_ABOVE
		 + 3, /* folders down to a file: ..., patient, date, data type */
};

struct walk {
	const struct storage_visitor *visitor;
	const struct storage_root *roots, *root; /* all; the one we are in */
	size_t count;
	const char *above[LEVELS + 1]; /* the folders from the root to here */
	size_t depth;
	const struct walk_stretch *stretch; /* NULL: all; also within a patient's folder */
	bool over; /* the visitor ended it: what was listed last may not be all */
};

struct item {
	const char *name;
	bool folder;
};

struct listing {
	struct item *items;
	size_t count;
};

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct item *)a)->name, ((const struct item *)b)->name);
}

static void close_folder(void *d)
{
	closedir(d);
}

static void close_file(void *fd)
{
	close((int)(intptr_t)fd);
}

static const char *joined(struct arena *a, const char *path, const char *name)
{
	return *path == '\0' ? arena_text(a, name) : arena_printf(a, "%s/%s", path, name);
}

/* The path of an Individual Number must not be told (japan.md D2). */
static void report(struct walk *w, struct arena *a, const char *path, const char *name,
		   const char *what)
{
	bool hidden = text_is_my_number(name) && !w->visitor->twelve_digit_ids;
	w->visitor->fault(w->visitor->self, w->root,
			  joined(a, path, hidden ? "************" : name), what);
}

static void ignore(struct walk *w, const char *path, const char *name)
{
	w->visitor->ignored(w->visitor->self);
	if (w->visitor->passed_by != NULL)
		w->visitor->passed_by(w->visitor->self, w->root, path, name);
}

/* One folder down; -1: it is not there any more, or cannot be read, which is told. */
static int open_below_here(struct walk *w, struct arena *a, int fd, const char *path,
			   const char *name)
{
	int below = openat(fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (below < 0 && errno != ENOENT)
		report(w, a, path, name, "the folder cannot be read");
	return below;
}

/* In each loop whose length is the storage's: its folders may hold any number of entries. */
static bool ends(struct walk *w)
{
	w->over = w->over || w->visitor->ends(w->visitor->self);
	return w->over;
}

static void enter(const struct walk *w, int fd, const char *path, const char *patient)
{
	if (w->visitor->enter != NULL)
		w->visitor->enter(w->visitor->self, fd, path, patient);
}

static unsigned root_number(const struct walk *w)
{
	return (unsigned)(w->root - w->roots);
}

/* What has that name here is of the stretch, or holds what is. */
static bool leads(struct walk *w, const char *name)
{
	if (w->stretch == NULL)
		return true;
	w->above[w->depth] = name; /* there is room for one more than folders are entered */
	return walk_stretch_leads(w->stretch, root_number(w), w->above, w->depth + 1);
}

static bool is_of_stretch(const struct walk *w)
{
	return w->stretch == NULL
	       || walk_stretch_holds(w->stretch, root_number(w), w->above, w->depth);
}

/* Regular files and folders, by name; what is neither is reported. */
static struct listing list(struct walk *w, struct arena *a, int fd, const char *path)
{
	struct listing l = { .items = NULL };
	size_t room = 0;
	int own = fcntl(fd, F_DUPFD_CLOEXEC, 0);
	DIR *d = own < 0 ? NULL : fdopendir(own);
	if (d == NULL) {
		if (own >= 0)
			close(own);
		w->visitor->fault(w->visitor->self, w->root, path, "the folder cannot be read");
		return l;
	}
	arena_at_end(a, close_folder, d);
	rewinddir(d); /* a patient's folder is listed twice: to know it, and to take it in */
	for (const struct dirent *e; !ends(w) && (e = readdir(d)) != NULL;) {
		struct stat st;
		if (text_equal(e->d_name, ".") || text_equal(e->d_name, "..")
		    || fstatat(fd, e->d_name, &st, AT_SYMLINK_NOFOLLOW) != 0)
			continue;
		if (!S_ISDIR(st.st_mode) && !S_ISREG(st.st_mode)) {
			if (leads(w, e->d_name))
				report(w, a, path, e->d_name,
				       S_ISLNK(st.st_mode)
					       ? "is a symbolic link and is not followed"
					       : "is neither a file nor a folder");
			continue;
		}
		if (l.count == room) {
			size_t more = room == 0 ? 64 : room * 2;
			l.items = arena_resize(a, l.items, room * sizeof *l.items,
					       more * sizeof *l.items);
			room = more;
		}
		l.items[l.count++] = (struct item){ arena_text(a, e->d_name), S_ISDIR(st.st_mode) };
	}
	if (l.count > 1)
		qsort(l.items, l.count, sizeof l.items[0], by_name);
	return l;
}

static int open_folder(struct arena *a, int fd, const char *name)
{
	int folder = openat(fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (folder >= 0)
		arena_at_end(a, close_file, (void *)(intptr_t)folder);
	return folder;
}

/* ---- A patient's folder: all of it at once ---- */

struct gathering {
	struct walk *walk;
	struct arena *arena;
	int fd;
	const char *path;
	struct storage_name *first, **tail;
	size_t count;
};

static void keep(struct gathering *g, struct storage_name *n, const char *path, const char *name)
{
	n->root = g->walk->root;
	n->path = joined(g->arena, path, name);
	*g->tail = n;
	g->tail = &n->next;
	g->count++;
}

static void report_name(struct gathering *g, const char *path, const char *name, const char *why)
{
	report(g->walk, g->arena, path, name,
	       arena_printf(g->arena, "%s: have name and folders put right (HS026)", why));
}

static void gather_file(struct gathering *g, const char *path, const char *name)
{
	struct walk *w = g->walk;
	if (!storage_name_likely(name)) {
		ignore(w, path, name);
		return;
	}
	if (w->depth < 3) {
		report(w, g->arena, path, name,
		       "stands outside the folders of patient, date and data type");
		return;
	}
	const char *const *last = &w->above[w->depth - 3];
	struct storage_name *n = arena_new(g->arena, struct storage_name);
	const char *why = storage_leads_to(w->above, w->depth - 3, last[0])
				  ? NULL
				  : "the folders above do not begin the patient id";
	if (why == NULL)
		why = storage_name_read(g->arena, last[0], last[1], last[2], name, n);
	if (why == NULL)
		keep(g, n, path, name);
	else
		report_name(g, path, name, why);
}

/* ---- A document of the extended storage ---- */

/* The file that is the document; NULL: there is none, or it cannot be told from the others. */
static const char *main_of(const struct listing *l, size_t *files)
{
	const char *main = NULL, *any = NULL;
	unsigned best = 0;
	*files = 0;
	for (size_t i = 0; i < l->count; i++) {
		const char *name = l->items[i].name;
		if (l->items[i].folder || extended_is_passed_by(name))
			continue;
		any = name;
		++*files;
		if (extended_is_main(name) > best) {
			best = extended_is_main(name);
			main = name;
		}
	}
	return main != NULL ? main : *files == 1 ? any : NULL;
}

static void gather_part(struct gathering *g, const struct storage_name *like, const char *path,
			const struct item *i, const char *main)
{
	const char *part = text_equal(i->name, main) ? "" : extended_part(g->arena, i->name);
	if (i->folder) {
		report(g->walk, g->arena, path, i->name,
		       "is a folder within a document's folder, and is not entered");
	} else if (extended_is_passed_by(i->name)) {
		ignore(g->walk, path, i->name);
	} else if (part == NULL) {
		report(g->walk, g->arena, path, i->name,
		       "a file beside the document has a name that cannot be shown");
	} else {
		struct storage_name *n = arena_new(g->arena, struct storage_name);
		*n = *like;
		n->part = part;
		keep(g, n, path, i->name);
	}
}

static void gather_parts(struct gathering *g, const struct storage_name *like, int fd,
			 const char *path)
{
	struct walk *w = g->walk;
	enter(w, fd, path, g->path);
	struct listing l = list(w, g->arena, fd, path);
	size_t files;
	const char *main = main_of(&l, &files);
	if (main == NULL && !w->over)
		w->visitor->fault(w->visitor->self, w->root, path,
				  files == 0 ? "the folder of a document is empty"
					     : "the folder of a document holds several files, and "
					       "none is main_document: name the document so");
	for (size_t i = 0; main != NULL && i < l.count && !ends(w); i++)
		gather_part(g, like, path, &l.items[i], main);
}

/* path: of the data type's folder. */
static void gather_content(struct gathering *g, int fd, const char *path, const char *name,
			   const struct extended_type *type)
{
	struct walk *w = g->walk;
	const char *const *last = &w->above[w->depth - 3];
	struct storage_name like = { .path = NULL };
	const char *why = storage_leads_to(w->above, w->depth - 3, last[0])
				  ? NULL
				  : "the folders above do not begin the patient id";
	if (why == NULL)
		why = extended_name_read(g->arena, last[0], last[1], type, name, &like);
	if (why != NULL) {
		report_name(g, path, name, why);
		return;
	}
	int below = open_below_here(w, g->arena, fd, path, name);
	if (below < 0)
		return;
	gather_parts(g, &like, below, joined(g->arena, path, name));
	close(below);
}

/* Where folder and date say so, and the name of the data type. */
static bool is_extended(const struct walk *w)
{
	return w->depth >= 3 && extended_is_type(w->above[w->depth - 1])
	       && storage_is_date(w->above[w->depth - 2]);
}

static void gather_extended(struct gathering *g, int fd, const char *path)
{
	struct walk *w = g->walk;
	struct extended_type *type = arena_new(g->arena, struct extended_type);
	const char *why = extended_type_read(g->arena, w->above[w->depth - 1],
					     w->above[w->depth - 2], type);
	if (why != NULL) {
		w->visitor->fault(w->visitor->self, w->root, path, why);
		return;
	}
	struct listing l = list(w, g->arena, fd, path);
	for (size_t i = 0; i < l.count && !ends(w); i++) {
		const char *name = l.items[i].name;
		if (l.items[i].folder)
			gather_content(g, fd, path, name, type);
		else if (extended_is_passed_by(name))
			ignore(w, path, name);
		else
			report(w, g->arena, path, name,
			       "is a file where the folder of a document is expected");
	}
}

/* One step down, unless that is too deep or not ours to enter. */
static bool descend(struct walk *w, struct arena *a, const char *path, const char *name)
{
	if (text_is_my_number(name) && !w->visitor->twelve_digit_ids)
		report(w, a, path, name,
		       "the folder's name is an Individual Number (マイナンバー); it is not "
		       "entered" TWELVE_DIGIT_IDS_REMEDY);
	else if (w->depth == LEVELS)
		report(w, a, path, name, "folders lie deeper than a storage has them");
	else
		return w->above[w->depth++] = name, true;
	return false;
}

/* A file's name, where files stand. */
static bool stands_for_a_file(const struct walk *w, const char *name)
{
	return w->depth >= 3 && storage_type_like(w->above[w->depth - 1]) != NULL
	       && storage_name_likely(name);
}

static void gather(struct gathering *g, int fd, const char *path)
{
	struct walk *w = g->walk;
	enter(w, fd, path, g->path);
	if (is_extended(w)) {
		gather_extended(g, fd, path);
		return;
	}
	struct listing l = list(w, g->arena, fd, path);
	for (size_t i = 0; i < l.count && !ends(w); i++) {
		const char *name = l.items[i].name;
		if (!l.items[i].folder) {
			gather_file(g, path, name);
			continue;
		}
		if (stands_for_a_file(w, name)) {
			report(w, g->arena, path, name,
			       "is a folder and bears the name of a file; it is not entered");
			continue;
		}
		if (!descend(w, g->arena, path, name))
			continue;
		int below = open_below_here(w, g->arena, fd, path, name);
		if (below >= 0) {
			gather(g, below, joined(g->arena, path, name));
			close(below);
		}
		w->depth--;
	}
}

/* Of the same 発生日時: what is valid before what was deleted, and that before history. */
static int by_flag(char a, char b)
{
	static const char order[] = "102";
	return (int)(strchr(order, a) - strchr(order, b));
}

/* The identity first, for what follows hangs on it; then key by key, in time. All identity of a
 * patient is one key, whatever its order number. */
static int in_order(const void *x, const void *y)
{
	const struct storage_name *a = *(struct storage_name *const *)x,
				  *b = *(struct storage_name *const *)y;
	int c = strcmp(a->patient_id, b->patient_id);
	if (c == 0)
		c = (int)a->type->use - (int)b->type->use;
	if (c == 0)
		c = strcmp(a->type->code, b->type->code);
	if (c == 0 && a->type->use != STORAGE_IDENTITY)
		c = strcmp(a->order, b->order);
	if (c == 0)
		c = strcmp(a->part, b->part); /* the document before what lies beside it */
	if (c == 0)
		c = strcmp(a->date, b->date);
	if (c == 0)
		c = strcmp(a->time, b->time);
	if (c == 0)
		c = by_flag(a->flag, b->flag);
	return c != 0 ? c : strcmp(a->path, b->path);
}

static struct storage_name *sorted(struct gathering *g)
{
	struct storage_name **all = arena_array(g->arena, struct storage_name *, g->count + 1);
	size_t n = 0;
	for (struct storage_name *one = g->first; one != NULL; one = one->next)
		all[n++] = one;
	if (n > 1)
		qsort(all, n, sizeof all[0], in_order);
	for (size_t i = 0; i < n; i++)
		all[i]->next = i + 1 < n ? all[i + 1] : NULL;
	return n == 0 ? NULL : all[0];
}

/* The folder at this path below a root; -1: there is none. */
static int open_at(struct arena *a, const struct storage_root *root, const char *path)
{
	int fd = open(root->directory, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd >= 0)
		arena_at_end(a, close_file, (void *)(intptr_t)fd);
	for (const char *slash; fd >= 0 && *path != '\0'; path = slash + (*slash == '/')) {
		slash = path + strcspn(path, "/");
		fd = open_folder(a, fd, arena_text_n(a, path, (size_t)(slash - path)));
	}
	return fd;
}

static void gather_patient(void *with)
{
	struct gathering *g = with;
	struct walk *w = g->walk;
	const struct storage_root *here = w->root;
	g->tail = &g->first;
	w->above[w->depth - 1] = arena_text(g->arena, w->above[w->depth - 1]);
	gather(g, g->fd, g->path);
	for (w->root++; w->root < w->roots + w->count && !w->over; w->root++) {
		int fd = open_at(g->arena, w->root, g->path);
		if (fd >= 0)
			gather(g, fd, g->path);
	}
	w->root = here;
	/* A part of a patient's files would mean something else than all of them. */
	g->first = w->over ? NULL : sorted(g);
	if (g->first != NULL && w->visitor->take == NULL)
		w->visitor->patient(w->visitor->self, g->arena, g->first);
}

static void visit_patient(struct walk *w, int fd, const char *path)
{
	struct gathering g = {
		.walk = w, .arena = arena_create(PATIENT_MEMORY), .fd = fd, .path = path
	};
	size_t depth = w->depth;
	const char *id = w->above[depth - 1];
	const struct storage_root *here = w->root;
	const struct walk_stretch *stretch = w->stretch;
	w->stretch = NULL; /* he is of it with all he has, in whichever root */
	bool done = g.arena != NULL && arena_run(g.arena, gather_patient, &g);
	w->root = here;
	w->stretch = stretch;
	w->depth = depth;
	w->above[depth - 1] = id;
	if (!done)
		w->visitor->fault(w->visitor->self, w->root, path,
				  "the folder holds more files than one patient can have");
	if (done && g.first != NULL && w->visitor->take != NULL)
		w->visitor->take(w->visitor->self, g.arena, g.first);
	else
		arena_destroy(g.arena);
}

/* ---- The folders above ---- */

struct folder {
	struct walk *walk;
	struct arena *arena;
	int fd;
	const char *path;
};

static void visit_folder(struct walk *w, int fd, const char *path);

static bool is_patient(const struct walk *w, const struct listing *l)
{
	if (w->depth == 0 || !storage_leads_to(w->above, w->depth - 1, w->above[w->depth - 1]))
		return false;
	for (size_t i = 0; i < l->count; i++)
		if (l->items[i].folder && storage_is_date(l->items[i].name))
			return true;
	return false;
}

/* A root before this one has the patient: all its files were taken in from there. */
static bool was_visited(const struct folder *f)
{
	struct walk *w = f->walk;
	bool visited = false;
	for (const struct storage_root *r = w->roots; r < w->root && !visited && !w->over; r++) {
		int fd = open_at(f->arena, r, f->path);
		int own = fd < 0 ? -1 : fcntl(fd, F_DUPFD_CLOEXEC, 0);
		DIR *d = own < 0 ? NULL : fdopendir(own);
		if (d == NULL && own >= 0)
			close(own);
		for (const struct dirent *e;
		     d != NULL && !visited && !ends(w) && (e = readdir(d)) != NULL;) {
			struct stat st;
			visited = storage_is_date(e->d_name)
				  && fstatat(fd, e->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0
				  && S_ISDIR(st.st_mode);
		}
		if (d != NULL)
			closedir(d);
	}
	return visited;
}

static void meet(const struct folder *f)
{
	struct walk *w = f->walk;
	if (!was_visited(f) && !w->over)
		visit_patient(w, f->fd, f->path);
	if (!w->over && w->visitor->met != NULL)
		w->visitor->met(w->visitor->self, root_number(w), f->path);
}

/* What stands above patients' folders and is no folder. */
static void tell_file(struct folder *f, const char *name)
{
	if (storage_name_likely(name))
		report(f->walk, f->arena, f->path, name,
		       "stands outside the folders of patient, date and data type");
	else
		ignore(f->walk, f->path, name);
}

static void look_below(struct folder *f, const char *name)
{
	struct walk *w = f->walk;
	if (!descend(w, f->arena, f->path, name))
		return;
	int below = open_below_here(w, f->arena, f->fd, f->path, name);
	if (below >= 0) {
		visit_folder(w, below, joined(f->arena, f->path, name));
		close(below);
	}
	w->depth--;
}

static void look_into(void *with)
{
	struct folder *f = with;
	struct walk *w = f->walk;
	enter(w, f->fd, f->path, NULL);
	struct listing l = list(w, f->arena, f->fd, f->path);
	if (!w->over && is_patient(w, &l)) {
		if (is_of_stretch(w))
			meet(f);
		return;
	}
	for (size_t i = 0; i < l.count && !ends(w); i++) {
		const char *name = l.items[i].name;
		if (!leads(w, name))
			continue;
		if (l.items[i].folder)
			look_below(f, name);
		else
			tell_file(f, name);
	}
}

static void visit_folder(struct walk *w, int fd, const char *path)
{
	struct folder f = {
		.walk = w, .arena = arena_create(FOLDER_MEMORY), .fd = fd, .path = path
	};
	size_t depth = w->depth;
	if (f.arena == NULL || !arena_run(f.arena, look_into, &f))
		w->visitor->fault(w->visitor->self, w->root, path,
				  "the folder holds more than can be listed");
	w->depth = depth;
	arena_destroy(f.arena);
}

bool storage_walk(const struct storage_root *roots, size_t count, const struct storage_visitor *v,
		  struct problem *p)
{
	return storage_walk_stretch(roots, count, NULL, v, p);
}

bool storage_walk_stretch(const struct storage_root *roots, size_t count,
			  const struct walk_stretch *stretch, const struct storage_visitor *v,
			  struct problem *p)
{
	struct walk w = { .visitor = v, .roots = roots, .count = count, .stretch = stretch };
	for (w.root = roots; w.root < roots + count && !w.over; w.root++) {
		int fd = open(w.root->directory, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		if (fd < 0)
			return problem_at(p, PROBLEM_REQUEST_INVALID, "directory",
					  "%s cannot be opened: %s", w.root->directory,
					  strerror(errno));
		visit_folder(&w, fd, "");
		close(fd);
	}
	return true;
}

/* The folders of the path are those above; false: none may lie so deep, or be entered. */
static bool lead_to(struct walk *w, struct arena *a, const char *path)
{
	for (const char *slash; *path != '\0'; path = slash + (*slash == '/')) {
		slash = path + strcspn(path, "/");
		const char *name = arena_text_n(a, path, (size_t)(slash - path));
		if (w->depth == LEVELS
		    || (text_is_my_number(name) && !w->visitor->twelve_digit_ids))
			return false;
		w->above[w->depth++] = name;
	}
	return true;
}

static void walk_at(void *with)
{
	struct folder *f = with;
	struct walk *w = f->walk;
	if (!lead_to(w, f->arena, f->path))
		return;
	for (w->root = w->roots; w->root < w->roots + w->count && !w->over; w->root++) {
		int fd = open_at(f->arena, w->root, f->path);
		if (fd >= 0)
			visit_folder(w, fd, f->path);
	}
}

bool storage_walk_at(const struct storage_root *roots, size_t count, const char *path,
		     const struct storage_visitor *v, struct problem *p)
{
	struct walk w = { .visitor = v, .roots = roots, .count = count };
	struct folder f = { .walk = &w, .arena = arena_create(FOLDER_MEMORY), .path = path };
	bool walked = f.arena != NULL && arena_run(f.arena, walk_at, &f);
	arena_destroy(f.arena);
	return walked
	       || problem_set(p, PROBLEM_OUT_OF_RESOURCES,
			      "there is no memory to look at a folder");
}

/* ---- One file ---- */

/* Folder by folder, so that no link in between is followed. -1: errno says why. */
static int open_below(struct arena *a, const struct storage_root *root, const char *path)
{
	const char *slash = strrchr(path, '/'), *name = slash == NULL ? path : slash + 1;
	int fd = open_at(a, root,
			 arena_text_n(a, path, slash == NULL ? 0 : (size_t)(slash - path)));
	if (fd < 0)
		return -1;
	int file = openat(fd, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (file >= 0)
		arena_at_end(a, close_file, (void *)(intptr_t)file);
	return file;
}

const char storage_gone[] = "the file is gone: its flag changed meanwhile; import again";

const char *storage_open(struct arena *a, const struct storage_name *n, uint64_t most,
			 struct storage_file *out)
{
	struct stat st;
	int fd = open_below(a, n->root, n->path);
	if (fd < 0)
		return errno == ENOENT
			       ? storage_gone
			       : arena_printf(a, "the file cannot be opened: %s", strerror(errno));
	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))
		return "is no regular file";
	if (st.st_size == 0)
		return "the file is empty: have it written again";
	*out = (struct storage_file){ .fd = fd,
				      .size = (uint64_t)st.st_size,
				      .written = st.st_mtim };
	if (out->size <= most)
		return NULL;
	return most == STORAGE_FILE_MOST ? "the file is larger than a message can be (1 MiB): have "
					   "what it holds divided"
					 : "the file is larger than a document can be (2 GiB)";
}

const char *storage_unchanged(const struct storage_file *f)
{
	struct stat st;
	bool same = fstat(f->fd, &st) == 0 && (uint64_t)st.st_size == f->size
		    && st.st_mtim.tv_sec == f->written.tv_sec
		    && st.st_mtim.tv_nsec == f->written.tv_nsec;
	return same ? NULL : "the file was written to while it was read: import again";
}

const char *storage_read(struct arena *a, const struct storage_name *n, struct bytes *out)
{
	struct storage_file f;
	const char *why = storage_open(a, n, STORAGE_FILE_MOST, &f);
	if (why != NULL)
		return why;
	unsigned char *data = arena_alloc(a, (size_t)f.size);
	size_t length = 0;
	while (length < f.size) {
		ssize_t got = read(f.fd, data + length, (size_t)f.size - length);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return "the file could not be read to its end: import again";
		length += (size_t)got;
	}
	*out = (struct bytes){ data, length };
	return storage_unchanged(&f);
}
