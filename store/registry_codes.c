/* store/registry_codes.c: walks the objects of the registry for the codes they use. */
#include "store/registry_codes.h"

#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/progress.h"
#include "schemas/tables/metadata.h"
#include "store/registry_record.h"
#include "store/store.h"
#include "store/store_keys.h"

enum {
	SNAPSHOT_OBJECTS = 1000, /* looked at before a fresh snapshot is taken */
	OBJECT_MEMORY = 64 << 20 /* of one object as it is read: metadata-object bounds it */
};

struct codes_walk {
	struct progress *progress;
	struct store *store;
	struct arena *each; /* emptied after every object */
	void (*used)(void *with, const struct code_use *u);
	void *with;
	struct problem *problem;
	/* Of one object. */
	struct store_txn *txn;
	struct bytes key, value;
	/* Where the next snapshot goes on. */
	unsigned char from[KEY_MOST + 1];
	size_t from_length; /* 0: there is no more */
};

static void tell_object(struct codes_walk *w, enum metadata_object kind, const void *object,
			const char *system)
{
	for (const struct metadata_attribute *m = metadata_attributes(kind); m->name != NULL; m++) {
		struct code_use u = { .attribute = m->name, .source_system = system };
		if (m->field == FIELD_TEXT && (m->type == TYPE_MIME || m->type == TYPE_LANGUAGE)) {
			u.code = METADATA_OF(object, m, char *);
			if (u.code != NULL)
				w->used(w->with, &u);
		}
		if (m->field != FIELD_CODES)
			continue;
		for (const struct coded_value *c = METADATA_OF(object, m, struct coded_value *);
		     c != NULL; c = c->next) {
			u.code = c->code;
			u.scheme = c->scheme;
			if (u.code != NULL)
				w->used(w->with, &u);
		}
	}
}

/* What cannot be read is `minato check`'s to tell. */
static void look(void *with)
{
	struct codes_walk *w = with;
	struct registry_place at;
	if (!place_of_key(w->key, &at))
		return;
	const struct document_entry *e;
	const struct submission_set *s;
	const struct folder *f;
	const struct association *x;
	switch (at.space) {
	case SPACE_ENTRY:
		e = entry_of_record(w->txn, w->each, at.subject, w->value);
		if (e != NULL)
			tell_object(w, METADATA_ENTRY, e, e->source_system);
		break;
	case SPACE_SET:
		s = set_of_record(w->txn, w->each, at.subject, w->value);
		if (s != NULL)
			tell_object(w, METADATA_SET, s, s->source_system);
		break;
	case SPACE_FOLDER:
		f = folder_of_record(w->txn, w->each, at.subject, w->value);
		if (f != NULL)
			tell_object(w, METADATA_FOLDER, f, f->source_system);
		break;
	case SPACE_ASSOCIATION:
		x = association_of_record(w->txn, w->each, w->value);
		if (x != NULL)
			tell_object(w, METADATA_ASSOCIATION, x, x->source_system);
		break;
	default: break;
	}
}

/* What is read stays in the snapshot's memory too: both are left by the same jump. */
static void look_in_snapshot(void *with)
{
	struct codes_walk *w = with;
	if (!arena_run(store_arena(w->txn), look, w))
		problem_set(w->problem, PROBLEM_OUT_OF_RESOURCES, "no memory to read an object");
}

static void look_at_one(struct codes_walk *w)
{
	if (!arena_run(w->each, look_in_snapshot, w))
		problem_set(w->problem, PROBLEM_OUT_OF_RESOURCES, "no memory to read an object");
	arena_reset(w->each);
	progress_add(w->progress, 1);
}

/* It goes on behind this key. */
static void rest_after(struct codes_walk *w)
{
	w->from_length = w->key.length <= KEY_MOST ? w->key.length : KEY_MOST;
	memcpy(w->from, w->key.data, w->from_length);
	w->from[w->from_length++] = 0;
}

static bool well(struct codes_walk *w)
{
	if (progress_is_stopped(w->progress))
		problem_set(w->problem, PROBLEM_BUSY, "it was to stop");
	return w->problem->code == PROBLEM_NONE;
}

/* Some objects of a space, in one snapshot. */
static bool walk_some(struct codes_walk *w)
{
	unsigned char end[] = { (unsigned char)(w->from[0] + 1) };
	w->txn = store_begin_read(w->store, w->problem);
	if (w->txn == NULL)
		return false;
	store_pass_by(w->txn);
	struct store_cursor *c = store_scan(w->txn, (struct bytes){ w->from, w->from_length },
					    (struct bytes){ end, sizeof end }, false);
	unsigned seen = 0;
	while (seen < SNAPSHOT_OBJECTS && well(w) && store_next(c, &w->key, &w->value)) {
		seen++;
		look_at_one(w);
	}
	if (seen == SNAPSHOT_OBJECTS)
		rest_after(w);
	else
		w->from_length = 0;
	if (store_failed(w->txn))
		problem_set(w->problem, store_problem(w->txn)->code, "%s",
			    store_problem(w->txn)->what);
	store_end(w->txn);
	return well(w);
}

bool registry_codes(struct progress *progress, struct store *s,
		    void (*used)(void *with, const struct code_use *u), void *with,
		    struct problem *p)
{
	static const unsigned char spaces[] = { SPACE_ENTRY, SPACE_SET, SPACE_FOLDER,
						SPACE_ASSOCIATION };
	struct codes_walk w = { .progress = progress,
				.store = s,
				.each = arena_create(OBJECT_MEMORY),
				.used = used,
				.with = with,
				.problem = p };
	bool walked = w.each != NULL
		      || problem_set(p, PROBLEM_OUT_OF_RESOURCES, "no memory to look for codes");
	progress_begin(progress, "objects", 0);
	for (size_t i = 0; walked && i < sizeof spaces; i++) {
		w.from[0] = spaces[i];
		w.from_length = 1;
		while (walked && w.from_length != 0)
			walked = walk_some(&w);
	}
	arena_destroy(w.each);
	return walked;
}
