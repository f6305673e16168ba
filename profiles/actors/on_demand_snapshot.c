/* profiles/actors/on_demand_snapshot.c: what was made on demand becomes a document of the registry.
 * ITI TF-2: 3.43.4.2.3; ITI TF-3: 4.2.2.2. */
#include "profiles/actors/on_demand_snapshot.h"

#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/derived_id.h"
#include "gateway/base/text.h"
#include "store/registry.h"
#include "store/repository.h"
#include "store/store.h"

/* Of all the sources' codes: more than any affinity domain gives one document. */
enum { CODES_MOST = 16 };

/* ---- Sources ---- */

static int order(const struct object_source *s, const struct document_entry *e)
{
	if (s->subject != e->subject)
		return s->subject < e->subject ? -1 : 1;
	return strcmp(s->system == NULL ? "" : s->system,
		      e->source_system == NULL ? "" : e->source_system);
}

static void add_source(struct on_demand_sources *s, struct arena *a, const struct document_entry *e)
{
	const struct object_source **at = &s->all;
	while (*at != NULL && order(*at, e) < 0)
		at = (const struct object_source **)&(*at)->next;
	if (*at != NULL && order(*at, e) == 0)
		return;
	struct object_source *one = arena_new(a, struct object_source);
	*one = (struct object_source){ e->subject, arena_text(a, e->source_system), *at, NULL };
	*at = one;
	s->count++;
}

static void add_code(struct on_demand_sources *s, struct arena *a, const struct coded_value *c)
{
	const struct coded_value *known = s->confidentiality_codes;
	while (known != NULL
	       && !(text_equal(known->code, c->code) && text_equal(known->scheme, c->scheme)))
		known = known->next;
	if (known != NULL || s->codes > CODES_MOST)
		return;
	struct coded_value *one = arena_new(a, struct coded_value);
	*one = (struct coded_value){ .code = arena_text(a, c->code),
				     .scheme = arena_text(a, c->scheme),
				     .display = arena_text(a, c->display),
				     .display_language = arena_text(a, c->display_language),
				     .next = (struct coded_value *)s->confidentiality_codes };
	s->confidentiality_codes = one;
	s->codes++;
}

void on_demand_sources_add(struct on_demand_sources *s, struct arena *a,
			   const struct document_entry *e)
{
	if (s->count <= REGISTRY_SOURCES_MOST)
		add_source(s, a, e);
	for (const struct coded_value *c = e->confidentiality_codes; c != NULL; c = c->next)
		add_code(s, a, c);
}

static bool same_sources(struct bytes kept, const struct object_source *s)
{
	struct registry_source one;
	for (; registry_next_source(&kept, &one); s = s->next)
		if (s == NULL || s->subject != one.subject || !text_equal(s->system, one.system))
			return false;
	return s == NULL;
}

/* ---- What there is already ---- */

struct known {
	bool same;  /* this very snapshot */
	bool other; /* a document of other octets has its uniqueId */
	unsigned count;
};

/* Nobody else's entry has sources. Those made of others than these are snapshots of their own: each
 * is seen by whoever may see its sources. */
static struct known known_as(struct store_txn *t, struct arena *a, const struct document_entry *e)
{
	struct registry_cursor *all = registry_entries_of(t, a, e->unique_id);
	struct arena *each = arena_create_within(a);
	struct known k = { .same = false };
	struct sealed_entry *one;
	registry_lend(all, each);
	while ((one = registry_next_entry(all)) != NULL) {
		struct registry_facts f = registry_entry_facts(one);
		struct registry_document doc = registry_document_of(one);
		k.count++;
		k.same = k.same || (f.sources.length != 0 && same_sources(f.sources, e->sources));
		k.other = k.other || !text_equal_nocase(doc.hash, e->hash)
			  || !text_equal(doc.size, e->size);
	}
	registry_cursor_over(all);
	return k;
}

static struct kept_document document_of(const struct on_demand_snapshot *s)
{
	struct kept_document k = { .repository_unique_id = s->entry.repository_unique_id,
				   .unique_id = s->entry.unique_id,
				   .mime_type = s->entry.mime_type,
				   .size = s->blob.size };
	memcpy(k.sha256, s->blob.sha256, sizeof k.sha256);
	return k;
}

/* ---- Making ---- */

/* Its set's uniqueId: nobody makes it who has the document. */
static const char *set_id(const struct registry_desk *d, const struct on_demand_made *made)
{
	unsigned char secret[STORE_SECRET];
	struct buffer b = buffer_in(d->arena);
	if (!store_secret(d->txn, secret))
		return NULL;
	for (const struct object_source *s = made->sources.all; s != NULL; s = s->next)
		buffer_printf(&b, "%llu %s\n", (unsigned long long)s->subject,
			      s->system == NULL ? "" : s->system);
	const char *parts[] = { "snapshot", made->unique_id, buffer_ended(&b) };
	return derived_oid(d->arena, (struct bytes){ secret, sizeof secret }, parts, COUNT(parts));
}

/* False: the store failed. */
static bool describe(const struct registry_desk *d, const struct on_demand_document *what,
		     const struct on_demand_made *made, struct on_demand_snapshot *s)
{
	const struct coded_value *codes = made->sources.confidentiality_codes;
	on_demand_source_describe(d, what, &s->entry, &s->set);
	s->of = what->entry;
	s->set.unique_id = set_id(d, made);
	s->set.sources = s->entry.sources = made->sources.all;
	s->entry.type = ENTRY_STABLE;
	s->entry.unique_id = made->unique_id;
	s->entry.creation_time = made->time;
	s->entry.hash = bytes_to_hex(d->arena, (struct bytes){ s->blob.sha1, BLOB_SHA1 });
	s->entry.size = arena_printf(d->arena, "%llu", (unsigned long long)s->blob.size);
	if (codes != NULL)
		s->entry.confidentiality_codes = (struct coded_value *)codes;
	return s->entry.patient_id != NULL && s->set.unique_id != NULL;
}

/* With what ends at the on-demand entry besides: the HasMember of its set. */
static bool has_room(const struct registry_desk *d, const char *entry)
{
	unsigned left = REGISTRY_LOOKED_MOST;
	return registry_hanging(d->txn, d->arena, entry, SNAPSHOTS_MOST + 1, &left)
	       <= SNAPSHOTS_MOST;
}

static bool is_asked_for(const struct registry_desk *d, const struct on_demand_document *what,
			 const struct on_demand_made *made)
{
	return what->message == NULL && d->region->on_demand[what->view.kind].persists
	       && made->sources.all != NULL && made->sources.count <= REGISTRY_SOURCES_MOST
	       && made->sources.codes <= CODES_MOST;
}

bool on_demand_snapshot_of(const struct registry_desk *d, struct store *store,
			   const struct on_demand_document *what, const struct on_demand_made *made,
			   const struct on_demand_snapshot **out, struct problem *p)
{
	struct on_demand_snapshot *s = arena_new(d->arena, struct on_demand_snapshot);
	struct kept_document kept;
	*out = NULL;
	if (!is_asked_for(d, what, made)
	    || !blob_of_bytes(store, d->arena, made->octets, &s->blob, p)
	    || !describe(d, what, made, s))
		return false;
	struct known known = known_as(d->txn, d->arena, &s->entry);
	bool held = repository_find(d->txn, d->arena, s->entry.repository_unique_id,
				    s->entry.unique_id, &kept);
	if (known.other || (held && memcmp(kept.sha256, s->blob.sha256, BLOB_SHA256) != 0)
	    || (!known.same && (known.count >= REGISTRY_SAME_MOST || !has_room(d, what->entry))))
		return false;
	if (!known.same || !held)
		*out = s;
	return true;
}

/* ---- Keeping ---- */

static const char *new_id(struct store_txn *t, instant now)
{
	char uuid[UUID_URN_TEXT];
	time_uuid(now, store_random(t), uuid);
	return arena_text(store_arena(t), uuid);
}

static struct association *associated(struct store_txn *t, instant now, enum association_type type,
				      const char *source, const char *target)
{
	struct association *x = arena_new(store_arena(t), struct association);
	*x = (struct association){ .id = new_id(t, now),
				   .type = type,
				   .type_urn = association_type_urn(type),
				   .source = source,
				   .target = target };
	return x;
}

static bool register_it(const struct on_demand_snapshot *s, struct store_txn *t, instant now,
			struct problem *p)
{
	struct submission_set set = s->set;
	struct document_entry entry = s->entry;
	struct submission all = { .set = &set, .set_count = 1, .entries = &entry };
	set.id = new_id(t, now);
	entry.id = new_id(t, now);
	all.associations = associated(t, now, ASSOCIATION_HAS_MEMBER, set.id, entry.id);
	all.associations->submission_set_status = "Original";
	all.associations->next = associated(t, now, ASSOCIATION_IS_SNAPSHOT_OF, entry.id, s->of);
	return registry_put(t, store_arena(t), &all, now, p);
}

bool on_demand_snapshot_keep(const struct on_demand_snapshot *s, struct store_txn *t, instant now,
			     struct problem *p)
{
	struct kept_document kept = document_of(s);
	struct arena *a = store_arena(t);
	if (!known_as(t, a, &s->entry).same) {
		if (registry_entry(t, a, s->of) == NULL)
			return problem_set(p, PROBLEM_BUSY,
					   "the on-demand entry was removed meanwhile");
		if (!register_it(s, t, now, p))
			return false;
	}
	return repository_put(t, a, &kept, &s->blob, p);
}
