/* store/region_mark.c: whose store this is: the OIDs that what it keeps was named with. */
#include "store/region_mark.h"

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "schemas/model/region.h"
#include "store/identity_rows.h"
#include "store/keys.h"
#include "store/record.h"
#include "store/repository.h"
#include "store/store.h"
#include "store/store_form.h"
#include "store/store_keys.h"
#include "store/store_peek.h"

enum { VERSION = 1 };
enum { MARK_AFFINITY_DOMAIN = 1, MARK_HOME_COMMUNITY, MARK_REPOSITORY };

/* What a mark holds, in the order of its tags. */
struct mark {
	const char *value[MARK_REPOSITORY];
};
static const char *const keys[] = { "affinity-domain", "home-community-id",
				    "repository-unique-id" };

static struct mark mark_of(const struct region *r)
{
	return (struct mark){ { r->affinity_domain, r->home_community_id,
				r->repository_unique_id } };
}

static struct key mark_key(void)
{
	struct key k;
	key_begin(&k, SPACE_STORE);
	key_text(&k, "region");
	return k;
}

static bool mark_of_octets(struct bytes value, struct mark *out)
{
	struct record_reader r = record_read(value);
	while (record_next(&r))
		if (r.tag >= MARK_AFFINITY_DOMAIN && r.tag <= MARK_REPOSITORY)
			out->value[r.tag - 1] = record_as_text(&r);
	return !r.broken && r.version == VERSION;
}

static bool read_mark(struct store_txn *t, struct mark *out)
{
	struct key k = mark_key();
	struct bytes value;
	*out = (struct mark){ { NULL } };
	if (!store_get(t, key_span(&k), store_arena(t), &value))
		return false;
	return mark_of_octets(value, out)
	       || store_damaged(t, "which region's the store is cannot be read");
}

static bool write_mark(struct store_txn *t, const struct mark *m)
{
	struct key k = mark_key();
	struct record_writer w = record_begin(store_arena(t), VERSION);
	for (unsigned i = 0; i < MARK_REPOSITORY; i++)
		record_text(&w, i + 1, m->value[i]);
	return store_put(t, key_span(&k), record_end(&w));
}

static bool has_any(struct store_txn *t, unsigned first, unsigned last)
{
	struct key from, to;
	struct bytes key, value;
	key_begin(&from, first);
	key_begin(&to, last + 1);
	struct store_cursor *c = store_scan(t, key_span(&from), key_span(&to), false);
	bool any = store_next(c, &key, &value);
	store_scan_end(c);
	return any;
}

/* Nobody's record and no document: nothing has been named yet. The audit log names nothing by
 * them. */
static bool is_unused(struct store_txn *t)
{
	return !has_any(t, SPACE_IDENTITY_FIRST, SPACE_IDENTITY_LAST)
	       && !has_any(t, SPACE_REGISTRY_FIRST, SPACE_REGISTRY_LAST);
}

/* The first that differs; MARK_REPOSITORY: none does. */
static unsigned difference(const struct mark *a, const struct mark *b)
{
	unsigned i = 0;
	while (i < MARK_REPOSITORY && text_equal(a->value[i], b->value[i]))
		i++;
	return i;
}

static bool refuse(const struct mark *kept, const struct mark *asked, unsigned differs,
		   struct problem *p)
{
	return problem_at(p, PROBLEM_CONFIGURATION, keys[differs],
			  "the store was filled under region %s \"%s\", and under \"%s\" "
			  "nothing in it would be found; it cannot be renamed, for ids, entries "
			  "and documents that others hold bear it: put the former value back, or "
			  "name an empty store directory and take in there what minato export gave "
			  "of each facility, or have it sent again",
			  keys[differs], kept->value[differs] == NULL ? "" : kept->value[differs],
			  asked->value[differs]);
}

/* A store of a former release has no mark: it becomes that of the configuration it is opened
 * with. */
static bool agree(void *with, struct store_txn *t, struct problem *p)
{
	const struct mark *asked = with;
	struct mark kept;
	bool marked = read_mark(t, &kept);
	if (store_failed(t))
		return problem_set(p, store_problem(t)->code, "%s", store_problem(t)->what);
	unsigned differs = marked ? difference(&kept, asked) : MARK_REPOSITORY;
	if (marked && differs < MARK_REPOSITORY && !is_unused(t))
		return refuse(&kept, asked, differs, p);
	if (marked && differs == MARK_REPOSITORY)
		return true;
	return write_mark(t, asked)
	       || problem_set(p, PROBLEM_INTERNAL, "the region's OIDs could not be kept");
}

/* Most of the time there is nothing to write. */
static bool agrees_already(struct store *s, const struct mark *asked, struct problem *p)
{
	struct mark kept;
	struct store_txn *t = store_begin_read(s, p);
	bool same = t != NULL && read_mark(t, &kept) && difference(&kept, asked) == MARK_REPOSITORY;
	store_end(t);
	return same;
}

bool region_mark_agrees(struct store *s, const struct region *r, struct problem *p)
{
	struct mark asked = mark_of(r);
	return (agrees_already(s, &asked, p)
		|| (p->code == PROBLEM_NONE && store_write(s, agree, &asked, p)))
	       && region_mark_has_all(s, r, p);
}

bool region_mark_has_all(struct store *s, const struct region *r, struct problem *p)
{
	struct store_txn *t = store_begin_read(s, p);
	const char *id = NULL;
	if (t == NULL)
		return false;
	while ((id = repository_next(t, store_arena(t), id)) != NULL)
		if (!region_has_repository(r, id)) {
			problem_at(p, PROBLEM_CONFIGURATION, "repository",
				   "the store holds documents of repository %s, and the "
				   "configuration names no such one: nobody could fetch them; "
				   "put the section repository \"%s\" back",
				   id, id);
			break;
		}
	if (store_failed(t))
		*p = *store_problem(t);
	store_end(t);
	return p->code == PROBLEM_NONE;
}

bool region_mark_read(struct store_txn *t, struct region_mark *out)
{
	struct mark kept;
	read_mark(t, &kept);
	*out = (struct region_mark){ kept.value[0], kept.value[1], kept.value[2] };
	return !store_failed(t);
}

/* ---- By its files ---- */

static bool peek_is_unused(const char *directory)
{
	bool used = false;
	for (unsigned n = SPACE_IDENTITY_FIRST; n <= SPACE_IDENTITY_LAST; n++)
		used = used || store_peek_any(directory, (unsigned char)n);
	for (unsigned n = SPACE_REGISTRY_FIRST; n <= SPACE_REGISTRY_LAST; n++)
		used = used || store_peek_any(directory, (unsigned char)n);
	return !used;
}

bool region_mark_would_agree(const char *directory, const struct region *r, const char *brought_by,
			     struct arena *a, struct problem *p)
{
	const struct store_settings settings = { .brought_by = brought_by };
	struct mark asked = mark_of(r), kept = { { NULL } };
	struct key form = store_form_key(), mark = mark_key();
	struct bytes value;
	if (store_peek(directory, key_span(&form), a, &value)
	    && !store_form_admits(value, &settings, p))
		return false;
	if (!store_peek(directory, key_span(&mark), a, &value) || !mark_of_octets(value, &kept))
		return true;
	unsigned differs = difference(&kept, &asked);
	return differs == MARK_REPOSITORY || peek_is_unused(directory)
	       || refuse(&kept, &asked, differs, p);
}
