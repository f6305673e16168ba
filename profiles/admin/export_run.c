/* profiles/admin/export_run.c: the work of an export, and of a disclosure: the same bundle, for
 * another reader. HACKING.md: Export and import. */
#include "profiles/admin/admin_person.h"
#include "profiles/admin/disclosing.h"
#include "profiles/admin/exporting.h"

#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "profiles/admin/bundle_person.h"

/* A person with all that is his, and one submission set. */
#define PERSONS_MEMORY ((size_t)512 << 20)
#define EACH_MEMORY ((size_t)512 << 20)

struct exported {
	struct exporting ex;
	struct bundle_written written;
	double seconds;
};

struct export_request *export_request_read(struct exchange *x)
{
	struct export_request *r = arena_new(x->arena, struct export_request);
	x->request = r;
	r->directory = admin_text(x, "directory", true);
	if (r->directory == NULL)
		return NULL;
	if (r->directory[0] != '/' || r->directory[strspn(r->directory, "/")] == '\0') {
		problem_at(&x->problem, PROBLEM_REQUEST_INVALID, "directory",
			   "'%s' is not absolute, or has no name", r->directory);
		return NULL;
	}
	return r;
}

/* Who is meant, before anything is made. */
static bool find_person(struct exporting *ex)
{
	struct exchange *x = ex->x;
	if (ex->facility != NULL)
		return true;
	x->txn = store_begin_read(x->store, &x->problem);
	if (x->txn == NULL)
		return false;
	bool found = admin_find_person(x, ex->request->patient, &ex->asked);
	store_end(x->txn);
	x->txn = NULL;
	return found;
}

/* ---- The manifest ---- */

static json_t *texts(const char *const *list)
{
	json_t *out = json_array();
	for (; list != NULL && *list != NULL; list++)
		json_array_append_new(out, json_string(*list));
	return out;
}

static json_t *facility_json(const struct registered_system *s)
{
	json_t *o = json_pack("{s:s, s:o}", "name", s->name, "domains", texts(s->domains));
	if (s->title != NULL)
		json_object_set_new(o, "title", json_string(s->title));
	if (s->institution_code != NULL)
		json_object_set_new(o, "institutionCode", json_string(s->institution_code));
	return o;
}

/* A person's may hold any facility's. */
static json_t *facilities_json(const struct exporting *ex)
{
	const struct region *r = ex->x->region;
	json_t *list = json_array();
	for (size_t i = 0; i < r->system_count; i++)
		if (ex->facility == NULL || &r->systems[i] == ex->facility)
			json_array_append_new(list, facility_json(&r->systems[i]));
	return list;
}

static json_t *counts_json(const struct exporting *ex)
{
	const struct export_counts *n = &ex->counts;
	return json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I}", "persons",
			 (json_int_t)n->persons, "records", (json_int_t)n->records, "consents",
			 (json_int_t)n->consents, "submissionSets", (json_int_t)n->sets,
			 "documentEntries", (json_int_t)n->entries, "folders",
			 (json_int_t)n->folders, "associations", (json_int_t)n->associations,
			 "documents", (json_int_t)bundle_written(ex->bundle)->documents,
			 "unattributed", (json_int_t)n->unattributed, "withoutOctets",
			 (json_int_t)n->gone, "auditMessages", (json_int_t)n->messages);
}

static json_t *region_json(const struct region *r)
{
	json_t *repositories = json_array();
	json_array_append_new(repositories, json_string(r->repository_unique_id));
	for (size_t i = 0; i < r->repository_count; i++)
		json_array_append_new(repositories, json_string(r->repositories[i].unique_id));
	json_t *o = json_pack("{s:s, s:s, s:o}", "affinityDomain", r->affinity_domain,
			      "homeCommunityId", r->home_community_id, "repositories",
			      repositories);
	if (r->name != NULL)
		json_object_set_new(o, "name", json_string(r->name));
	return o;
}

static json_t *manifest_json(const struct exporting *ex)
{
	const char *whose = ex->facility != NULL
				    ? ex->facility->name
				    : cx_text(ex->x->arena, ex->asked.id, ex->asked.domain);
	json_t *o = json_pack("{s:i, s:s, s:s, s:o, s:s, s:o, s:o, s:o}", "form", BUNDLE_FORM,
			      "made by", "Minato", ex->facility != NULL ? "facility" : "patient",
			      whose, "made", moment_json(ex->x->now), "by",
			      ex->x->who.person.name == NULL ? "" : ex->x->who.person.name,
			      "region", region_json(ex->x->region), "facilities",
			      facilities_json(ex), "counts", counts_json(ex));
	if (ex->known_since != NULL)
		json_object_set_new(o, "auditKnownSince", json_string(ex->known_since));
	if (ex->disclosing != NULL)
		json_object_set_new(o, "disclosure", disclosing_json(ex));
	return o;
}

/* ---- The work ---- */

static void end_arena(void *arena)
{
	arena_destroy(arena);
}

static struct arena *own_arena(struct exchange *x, size_t most)
{
	struct arena *a = arena_create(most);
	if (a != NULL)
		arena_at_end(x->arena, end_arena, a);
	return a;
}

static bool write_all(struct exporting *ex)
{
	struct problem *p = ex->problem;
	bundle_put(ex->bundle, bundle_readme, export_readme(ex->x->arena));
	if (ex->disclosing != NULL)
		disclosing_begin_lists(ex);
	if (!export_persons(ex) || !export_audit(ex)) {
		/* What the bundle met is the reason where nothing else is. */
		if (p->code == PROBLEM_NONE)
			bundle_end(ex->bundle, NULL, p);
		return false;
	}
	if (ex->disclosing != NULL)
		disclosing_put_index(ex);
	json_t *manifest = manifest_json(ex);
	bool done = bundle_end(ex->bundle, manifest, p);
	json_decref(manifest);
	return done;
}

bool export_run(struct exchange *x)
{
	const struct export_request *r = x->request;
	struct exported *out = arena_new(x->arena, struct exported);
	struct exporting *ex = &out->ex;
	int64_t begun = system_clock.elapsed(&system_clock);
	*ex = (struct exporting){ .x = x,
				  .request = r,
				  .facility = r->facility,
				  .problem = &x->problem,
				  .persons = own_arena(x, PERSONS_MEMORY),
				  .each = own_arena(x, EACH_MEMORY) };
	if (ex->persons == NULL || ex->each == NULL)
		return problem_set(&x->problem, PROBLEM_OUT_OF_RESOURCES,
				   "there is no memory to export with");
	if (r->disclosure && (ex->disclosing = disclosing_begin(x)) == NULL)
		return false;
	if (!find_person(ex)
	    || (ex->bundle = bundle_begin(x->arena, r->directory, &x->problem)) == NULL)
		return false;
	if (!write_all(ex)) {
		bundle_discard(ex->bundle); /* before anybody is told that nothing is left */
		return false;
	}
	out->written = *bundle_written(ex->bundle);
	out->seconds = (double)(system_clock.elapsed(&system_clock) - begun) / 1e6;
	x->result = out;
	return true;
}

/* That an export was asked for, and what became of it; who was shown has a record of his own. */
void export_audited(struct exchange *x, struct audit_event *e)
{
	const struct export_request *r = x->request;
	struct audit_object *o = audit_add_object(x, e);
	*o = (struct audit_object){
		.id = r != NULL && r->directory != NULL ? r->directory : "unknown",
		.type_code = 2,
		.type_code_role = 3,
		.name = r != NULL && r->facility != NULL ? r->facility->name : "a person",
		.id_type = { .code = "12", .scheme = "RFC-3881", .display = "URI" },
	};
}

json_t *export_answer(struct exchange *x)
{
	const struct exported *out = x->result;
	json_t *o = counts_json(&out->ex);
	json_object_set_new(o, "directory", json_string(out->ex.request->directory));
	json_object_set_new(o, "files", json_integer((json_int_t)out->written.files));
	json_object_set_new(o, "octets", json_integer((json_int_t)out->written.octets));
	if (out->ex.disclosing != NULL)
		json_object_set_new(o, "disclosure", disclosing_json(&out->ex));
	json_object_set_new(o, "seconds", json_real(out->seconds));
	return o;
}
