/* profiles/ssmix2/validate.c: checking an SS-MIX2 storage: what names say, and what
 * the files of one key say together. */
#include "profiles/ssmix2/validate.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "profiles/ssmix2/document_entry.h"
#include "profiles/ssmix2/extended_name.h"
#include "profiles/ssmix2/shown_path.h"
#include "profiles/ssmix2/storage_walk.h"
#include "profiles/ssmix2/validate_inside.h"
#include "schemas/tables/departments.h"

enum {
	FILE_MEMORY = 64 << 20, /* one file of at most 1 MiB and what is read of it */
	CODE = 10,              /* digits of an institution code */
	CLOCKS_DIFFER = 3600    /* seconds a sender's clock may be ahead of ours */
};

/* ---- What is told ---- */

static struct storage_tally *tally_of(struct storage_check *c, const char *type)
{
	for (size_t i = 0; i < c->type_count; i++)
		if (text_equal(c->types[i].type, type))
			return &c->types[i];
	/* Types are those of a table that is shorter than this. */
	struct storage_tally *t = &c->types[c->type_count];
	c->type_count += c->type_count + 1 < STORAGE_TALLIES;
	t->type = type;
	return t;
}

/* Of the extended storage types are whatever a facility has. */
static const char tally_extended[] = "extended";

static const char *tally_code(const struct storage_type *type)
{
	return type->extended ? tally_extended : type->code;
}

/* Of the last folder that is one; NULL: there is none. */
static const char *type_within(struct arena *a, const char *path)
{
	const char *found = NULL;
	for (size_t length; (length = strcspn(path, "/"), path[length] == '/');
	     path += length + 1) {
		const char *folder = arena_text_n(a, path, length);
		const struct storage_type *type = storage_type_like(folder);
		found = type != NULL               ? type->code
			: extended_is_type(folder) ? tally_extended
						   : found;
	}
	return found;
}

static void tell(struct checking *c, enum storage_rule_id rule, enum storage_severity severity,
		 const struct storage_root *root, const char *path, const char *where,
		 const char *detail)
{
	struct storage_check *check = c->check;
	const char *type = type_within(c->arena, path);
	char shown[PATH_SHOWN];
	path_shown(root->shown, path, check->twelve_digit_ids, shown);
	struct storage_finding f = { .rule = storage_rule(rule),
				     .severity = severity,
				     .type = type == NULL ? "-" : type,
				     .path = shown,
				     .where = where,
				     .detail = detail };
	tally_of(check, f.type)->found[severity]++;
	check->all[severity]++;
	check->found(check->self, &f);
}

/* A document that was deleted and cannot be taken is nobody's fault any more: as of an import. */
static enum storage_severity severity_of(const struct storage_name *n, enum storage_rule_id rule)
{
	enum storage_severity severity = storage_rule(rule)->severity;
	bool forgiven = n->flag == '0' && n->type->use != STORAGE_IDENTITY
			&& rule != RULE_INDIVIDUAL_NUMBER;
	return forgiven && severity == STORAGE_ERROR ? STORAGE_WARNING : severity;
}

void checking_found(struct checking *c, enum storage_rule_id rule, const char *where,
		    const char *detail)
{
	const struct storage_name *n = c->name;
	tell(c, rule, severity_of(n, rule), n->root, n->path, where, detail);
}

/* ---- One name ---- */

static void check_name(struct checking *c)
{
	const struct storage_name *n = c->name;
	if (n->short_time)
		checking_found(c, RULE_SHORT_TIME, "", "");
	if (storage_instant(n) > c->check->now + (instant)CLOCKS_DIFFER * 1000000)
		checking_found(c, RULE_FUTURE_TIME, "", "");
	if (!text_equal(n->department, "-") && department_name(n->department) == NULL)
		checking_found(c, RULE_DEPARTMENT_UNKNOWN, "", "");
}

static void check_file(void *with)
{
	struct checking *c = with;
	check_name(c);
	if (c->name->type->extended)
		checking_document(c);
	else
		checking_message(c);
}

static void in_arena(struct checking *c, void (*work)(void *with), void *with)
{
	if (!arena_run(c->arena, work, with))
		checking_found(c, RULE_TOO_LARGE, "", "");
	arena_reset(c->arena);
}

/* ---- One key ---- */

struct key {
	struct checking *checking;
	const struct storage_name *first, *end; /* in the order of 発生日時 */
};

/* As the import has it: all identity of a patient is one key, whatever its order number. */
static bool same_key(const struct storage_name *a, const struct storage_name *b)
{
	return b != NULL && storage_same_type(a->type, b->type)
	       && text_equal(a->patient_id, b->patient_id) && text_equal(a->date, b->date)
	       && text_equal(a->part, b->part)
	       && (a->type->use == STORAGE_IDENTITY || text_equal(a->order, b->order));
}

static const struct storage_name *newest_of(const struct key *k, char flag)
{
	const struct storage_name *newest = NULL;
	for (const struct storage_name *n = k->first; n != k->end; n = n->next)
		if (n->flag == flag)
			newest = n;
	return newest;
}

static bool newer(const struct storage_name *a, const struct storage_name *b)
{
	return b == NULL || strcmp(a->time, b->time) > 0;
}

static void tell_of(struct checking *c, const struct storage_name *n, enum storage_rule_id rule)
{
	c->name = n;
	checking_found(c, rule, "", "");
}

/* The file of c->name and the one after it, of one time. */
static void check_twins(void *with)
{
	struct checking *c = with;
	const struct storage_name *n = c->name;
	struct bytes x, y;
	if (storage_read(c->arena, n, &x) == NULL && storage_read(c->arena, n->next, &y) == NULL
	    && (x.length != y.length || memcmp(x.data, y.data, x.length) != 0))
		tell_of(c, n->next, RULE_SAME_TIME);
}

static void check_key(void *with)
{
	struct key *k = with;
	struct checking *c = k->checking;
	if (*k->first->part != '\0') /* of the document beside it this is told once */
		return;
	const struct storage_name *valid = newest_of(k, '1'), *deleted = newest_of(k, '0'),
				  *history = newest_of(k, '2');
	for (const struct storage_name *n = k->first; n != k->end; n = n->next)
		if (n->flag == '1' && newer(valid, n))
			tell_of(c, n, RULE_TWO_CURRENT);
	if (valid == NULL && history != NULL && newer(history, deleted))
		tell_of(c, history, RULE_NO_CURRENT);
	if (valid != NULL && deleted != NULL && newer(deleted, valid))
		tell_of(c, valid, RULE_DELETED_CURRENT);
}

/* The file of c->name, which is one of the key. */
static void look_at(struct checking *c)
{
	struct storage_check *check = c->check;
	check->files++;
	tally_of(check, tally_code(c->name->type))->files++;
	in_arena(c, check_file, c);
	if (check->looked != NULL)
		check->looked(check->self);
}

static void look_at_all(struct key *k)
{
	struct checking *c = k->checking;
	for (const struct storage_name *n = k->first; n != k->end; n = n->next) {
		c->name = n;
		if (n->next != k->end && text_equal(n->time, n->next->time))
			in_arena(c, check_twins, c);
	}
	c->name = k->first;
	in_arena(c, check_key, k);
}

/* At the first file that is there in vain. The identity comes first, whatever it says. */
static void check_identity(void *with)
{
	struct checking *c = with;
	const struct storage_name *n = c->name;
	if (n->type->use == STORAGE_IDENTITY)
		return;
	while (n != NULL && n->flag != '1')
		n = n->next;
	if (n != NULL)
		tell_of(c, n, RULE_NO_IDENTITY);
}

static void on_patient(void *self, struct arena *a, struct storage_name *files)
{
	struct checking *c = self;
	const struct storage_name *next = files;
	bool ended = false;
	(void)a;
	c->name = files;
	in_arena(c, check_identity, c);
	while (next != NULL && !ended) {
		struct key k = { .checking = c, .first = next, .end = next };
		for (; same_key(k.first, k.end) && !ended; k.end = k.end->next) {
			ended = c->check->ends(c->check->self);
			c->name = k.end;
			if (!ended)
				look_at(c);
		}
		/* A part of the files of a key would mean something else than all of them. */
		if (!ended)
			look_at_all(&k);
		next = k.end;
	}
}

/* ---- What the walk cannot take ---- */

struct fault {
	struct checking *checking;
	const struct storage_root *root;
	const char *path, *what;
	const char *name; /* of one that was passed by: path is its folder */
};

static const char *last_part(const char *path)
{
	const char *slash = strrchr(path, '/');
	return slash == NULL ? path : slash + 1;
}

/* The walk knows a patient by the folders above and those of dates in it. Where the name begins
 * with the folder that would be the patient's, one of these two is what is wrong. */
static enum storage_rule_id why_misplaced(struct arena *a, const char *path)
{
	const char *name = last_part(path), *folders[3] = { "", "", "" };
	for (size_t length; (length = strcspn(path, "/"), path[length] == '/');
	     path += length + 1) {
		folders[0] = folders[1];
		folders[1] = folders[2];
		folders[2] = arena_text_n(a, path, length);
	}
	size_t length = strlen(folders[0]);
	if (length == 0 || strncmp(name, folders[0], length) != 0 || name[length] != '_')
		return RULE_MISPLACED;
	return storage_is_date(folders[1]) ? RULE_ID_FOLDERS : RULE_DATE_FOLDER;
}

static void tell_fault(void *with)
{
	const struct fault *f = with;
	struct checking *c = f->checking;
	/* What was passed by has no words of the walk's. */
	enum storage_rule_id rule = f->what == NULL ? RULE_NAME_FIELDS : storage_rule_said(f->what);
	const char *type = type_within(c->arena, f->path);
	if (rule == RULE_MISPLACED)
		rule = why_misplaced(c->arena, f->path);
	if (rule == RULE_NAME_FIELDS || storage_name_likely(last_part(f->path))) {
		c->check->files++;
		tally_of(c->check, type == NULL ? "-" : type)->files++;
	}
	tell(c, rule, storage_rule(rule)->severity, f->root, f->path, "",
	     rule == RULE_OTHER ? f->what : "");
}

static void on_fault(void *self, const struct storage_root *root, const char *path,
		     const char *what)
{
	struct checking *c = self;
	struct fault f = { c, root, path, what, NULL };
	/* The walk's words and paths are short: what they need is there. */
	if (arena_run(c->arena, tell_fault, &f))
		arena_reset(c->arena);
}

static void on_ignored(void *self)
{
	struct checking *c = self;
	c->check->ignored++;
}

/* Begins as the names of its folder do, goes on in parts, and has no ending of its own: somebody
 * meant it to be a message. Thumbs.db and x_1.tmp were not. */
static bool meant_as_message(const char *folder, const char *name)
{
	const char *dot = strrchr(name, '.'), *end = strrchr(name, '_');
	if (end == NULL || (dot != NULL && dot > end))
		return false;
	while (*folder != '\0') {
		size_t length = strcspn(folder, "/");
		if (strncmp(name, folder, length) == 0 && name[length] == '_')
			return true;
		folder += length + (folder[length] == '/');
	}
	return false;
}

static void tell_passed(void *with)
{
	struct fault *f = with;
	f->path = arena_printf(f->checking->arena, "%s/%s", f->path, f->name);
	tell_fault(f);
}

static void on_passed_by(void *self, const struct storage_root *root, const char *folder,
			 const char *name)
{
	struct checking *c = self;
	struct fault f = { c, root, folder, NULL, name };
	if (meant_as_message(folder, name) && arena_run(c->arena, tell_passed, &f))
		arena_reset(c->arena);
}

static bool on_look(void *self)
{
	const struct checking *c = self;
	return c->check->ends(c->check->self);
}

/* ---- The whole ---- */

static bool named_by_code(const char *name)
{
	return strspn(name, "0123456789") == CODE;
}

bool storage_check_roots(struct storage_check *check, const struct storage_root *roots,
			 size_t count, struct problem *p)
{
	struct checking c = { .check = check,
			      .arena = arena_create(FILE_MEMORY),
			      .orders = checking_orders_create() };
	struct storage_visitor v = { .self = &c,
				     .twelve_digit_ids = check->twelve_digit_ids,
				     .patient = on_patient,
				     .fault = on_fault,
				     .ignored = on_ignored,
				     .passed_by = on_passed_by,
				     .ends = on_look };
	if (c.arena == NULL || c.orders == NULL) {
		checking_orders_free(c.orders);
		arena_destroy(c.arena);
		return problem_set(p, PROBLEM_INTERNAL, "there is no memory to read a file into");
	}
	for (size_t i = 0; i < count; i++) {
		struct storage_root shown = { roots[i].directory, "" };
		const char *name = last_part(roots[i].directory);
		if (!named_by_code(name))
			tell(&c, RULE_ROOT_NAME, STORAGE_NOTE, &shown, name, "", "");
	}
	bool done = storage_walk(roots, count, &v, p);
	checking_orders_free(c.orders);
	arena_destroy(c.arena);
	return done;
}

struct counting {
	const struct storage_check *check;
	uint64_t *files;
};

static void count_files(void *self, struct arena *a, struct storage_name *files)
{
	const struct counting *c = self;
	(void)a;
	for (; files != NULL; files = files->next) {
		++*c->files;
		if (c->check->looked != NULL)
			c->check->looked(c->check->self);
	}
}

static void pass_fault(void *self, const struct storage_root *root, const char *path,
		       const char *what)
{
	(void)self, (void)root, (void)path, (void)what;
}

static void pass_ignored(void *self)
{
	(void)self;
}

static bool on_count(void *self)
{
	const struct counting *c = self;
	return c->check->ends(c->check->self);
}

bool storage_check_count(const struct storage_check *check, const struct storage_root *roots,
			 size_t count, uint64_t *files, struct problem *p)
{
	struct counting c = { .check = check, .files = files };
	const struct storage_visitor v = { .self = &c,
					   .twelve_digit_ids = check->twelve_digit_ids,
					   .patient = count_files,
					   .fault = pass_fault,
					   .ignored = pass_ignored,
					   .ends = on_count };
	return storage_walk(roots, count, &v, p);
}

static int by_code(const void *a, const void *b)
{
	return strcmp(a, b);
}

size_t storage_check_codes(const char *directory, char codes[STORAGE_FACILITIES][CODE + 1])
{
	size_t count = 0;
	DIR *d = named_by_code(last_part(directory)) ? NULL : opendir(directory);
	for (const struct dirent *e;
	     d != NULL && count < STORAGE_FACILITIES && (e = readdir(d)) != NULL;) {
		struct stat st;
		size_t same = 0;
		if (!named_by_code(e->d_name)
		    || fstatat(dirfd(d), e->d_name, &st, AT_SYMLINK_NOFOLLOW) != 0
		    || !S_ISDIR(st.st_mode))
			continue;
		while (same < count && strncmp(codes[same], e->d_name, CODE) != 0)
			same++;
		if (same < count)
			continue;
		memcpy(codes[count], e->d_name, CODE);
		codes[count++][CODE] = '\0';
	}
	if (d != NULL)
		closedir(d);
	qsort(codes, count, sizeof codes[0], by_code);
	return count;
}
