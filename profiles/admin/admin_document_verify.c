/* profiles/admin/admin_document_verify.c: are a document's octets what was registered? GET
 * /admin/document/verify. All of them are read once more, and compared with the repository's own
 * hash and with each entry of that uniqueId; with another's document it is done where it is. */
#include "profiles/admin/admin_document.h"
#include "profiles/admin/admin_person.h"

#include <string.h>

#include "gateway/base/findings.h"
#include "gateway/base/text.h"
#include "profiles/actors/document_repository.h"
#include "store/blob_proof.h"
#include "store/registry.h"
#include "store/repository.h"

struct verified {
	const struct document_entry *entry;
	struct blob proof;
	unsigned entries; /* of that uniqueId in that repository */
	struct text_list *faults, **tail;
};

static bool read_request(struct exchange *x)
{
	x->request = admin_text(x, "id", true);
	return x->problem.code == PROBLEM_NONE;
}

static void fault(struct exchange *x, struct verified *v, const char *what)
{
	v->tail = text_list_add(x->arena, v->tail, what);
}

static void compare(struct exchange *x, struct verified *v, const struct document_entry *e)
{
	const char *hash = bytes_to_hex(x->arena,
					(struct bytes){ v->proof.sha1, sizeof v->proof.sha1 });
	uint64_t size;
	v->entries++;
	if (!text_equal_nocase(e->hash, hash))
		fault(x, v, arena_printf(x->arena, "%s says hash %s", e->id, e->hash));
	if (!text_to_number(e->size, INT64_MAX, &size) || size != v->proof.size)
		fault(x, v, arena_printf(x->arena, "%s says %s octets", e->id, e->size));
}

static void compare_entries(struct exchange *x, struct verified *v)
{
	const struct document_entry *named = v->entry;
	struct registry_desk d = exchange_desk(x);
	struct arena *each = arena_create_within(x->arena);
	struct registry_cursor *all = registry_entries_of(x->txn, x->arena, named->unique_id);
	registry_lend(all, each);
	for (struct sealed_entry *one; (one = registry_next_entry(all)) != NULL;) {
		const struct document_entry *e = document_registry_entry(&d, one);
		if (e != NULL && text_equal(e->repository_unique_id, named->repository_unique_id))
			compare(x, v, e);
	}
	registry_cursor_over(all);
}

/* What cannot be opened is as its registration says no more: that is what was asked. */
static bool prove(struct exchange *x, struct verified *v, const struct kept_document *kept)
{
	struct blob_content content;
	struct problem p = { .code = PROBLEM_NONE };
	if (!blob_open(x->txn, kept->sha256, x->arena, &content, &p)) {
		fault(x, v, p.what);
		return p.code == PROBLEM_INTERNAL || p.code == PROBLEM_NOT_FOUND
		       || problem_set(&x->problem, p.code, "%s", p.what);
	}
	if (!blob_prove(&content, x->progress, &v->proof, &x->problem))
		return false;
	if (memcmp(v->proof.sha256, kept->sha256, sizeof kept->sha256) != 0)
		fault(x, v, "the octets are not those that were kept");
	compare_entries(x, v);
	return true;
}

static bool verify(struct exchange *x)
{
	struct verified *v = arena_new(x->arena, struct verified);
	struct kept_document kept;
	v->tail = &v->faults;
	v->entry = admin_find_document(x, x->request);
	x->result = v;
	if (v->entry == NULL)
		return false;
	if (!repository_find(x->txn, x->arena, v->entry->repository_unique_id, v->entry->unique_id,
			     &kept))
		return problem_at(&x->problem, PROBLEM_NOT_FOUND, v->entry->repository_unique_id,
				  "this gateway's repositories do not hold '%s'",
				  v->entry->unique_id);
	return prove(x, v, &kept);
}

static void audited(struct exchange *x, struct audit_event *e)
{
	const struct verified *v = x->result;
	admin_audit_document(x, e, x->request, v == NULL ? NULL : v->entry);
}

static json_t *answer(struct exchange *x)
{
	const struct verified *v = x->result;
	struct arena *a = x->arena;
	const struct blob *b = &v->proof;
	json_t *faults = json_array(), *o = json_object();
	for (const struct text_list *f = v->faults; f != NULL; f = f->next)
		json_array_append_new(faults, json_string(f->value));
	json_object_set_new(o, "valid", json_boolean(v->faults == NULL));
	admin_put(o, "unique_id", v->entry->unique_id);
	admin_put(o, "repositoryUniqueId", v->entry->repository_unique_id);
	json_object_set_new(o, "octets", json_integer((json_int_t)b->size));
	admin_put(o, "sha1", bytes_to_hex(a, (struct bytes){ b->sha1, sizeof b->sha1 }));
	admin_put(o, "sha256", bytes_to_hex(a, (struct bytes){ b->sha256, sizeof b->sha256 }));
	json_object_set_new(o, "entries", json_integer((json_int_t)v->entries));
	json_object_set_new(o, "faults", faults);
	return o;
}

static const struct route routes[] = { { .request = "GET", .detail = "/admin/document/verify" },
				       { 0 } };

static const char *const parameters[] = { "id" };

static const struct long_work_kind long_work = { "document verify", "nothing is said of the rest" };

const struct transaction admin_document_verify = {
	.code = "document-verify",
	.name = "Document verified",
	.section = "HACKING.md: Admin API",
	.actor = REGION_OPERATOR,
	.demands = DEMAND_PATIENTS_OPERATOR,
	.dialect = DIALECT_ADMIN,
	.routes = routes,
	.access = STORE_READ,
	.parameters = parameters,
	.audit_event = 110110,
	.audit_action = AUDIT_READ,
	.long_work = &long_work,
	.read = read_request,
	.handle = verify,
	.audited = audited,
	.answer_json = answer,
};
