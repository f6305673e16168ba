/* profiles/admin/admin_audit_verify.c: walks the hash chain, and holds it against its anchors and
 * against what the repositories have acknowledged. POST /admin/audit/verify.
 *
 * It says what was verified and what cannot be: "valid" alone would be taken for more than it
 * is. */
#include "profiles/admin/admin_person.h"

#include "gateway/audit/anchors.h"
#include "gateway/base/text.h"
#include "store/audit_log.h"

struct verified {
	bool chain; /* whole */
	struct audit_head head;
	uint64_t broken;
	struct problem why;
	struct anchors_verdict anchors;
	const char *key;        /* its name; NULL: there is none */
	uint64_t *acknowledged; /* by each repository */
};

static bool read_request(struct exchange *x)
{
	(void)x;
	return true;
}

static bool is_valid(const struct verified *v)
{
	return v->chain && v->anchors.fault_count == 0;
}

static bool verify(struct exchange *x)
{
	struct verified *v = arena_new(x->arena, struct verified);
	x->result = v;
	if (x->anchors->key != NULL) {
		char *name = arena_alloc(x->arena, ANCHOR_KEY_NAME);
		anchor_key_name(x->anchors->key, name);
		v->key = name;
	}
	v->acknowledged = arena_array(x->arena, uint64_t, x->anchors->repository_count + 1);
	for (size_t i = 0; i < x->anchors->repository_count; i++)
		v->acknowledged[i] = audit_log_acknowledged(x->txn, x->anchors->repositories[i]);
	/* The chain last: what the anchors cover is then part of what it was walked over. */
	if (!anchors_compare(x->anchors, x->txn, x->arena, true, &v->anchors, &x->problem))
		return false;
	v->chain = audit_log_verify_watched(x->progress, x->txn, &v->head, &v->broken, &v->why);
	return v->chain || v->why.code == PROBLEM_CONFLICT
	       || problem_set(&x->problem, v->why.code, "%s", v->why.what);
}

static void audited(struct exchange *x, struct audit_event *e)
{
	const struct verified *v = x->result;
	struct audit_object *o = audit_add_object(x, e);
	*o = (struct audit_object){
		.id = x->endpoint,
		.type_code = 2,
		.type_code_role = 13,
		.name = "Security Audit Log",
		.id_type = { .code = "12", .scheme = "RFC-3881", .display = "URI" },
	};
	e->type = (struct coded_value){ 0 };
	if (v != NULL && !is_valid(v) && x->problem.code == PROBLEM_NONE) {
		e->outcome = AUDIT_MAJOR;
		e->outcome_description = v->chain ? "the audit log is not the one that was anchored"
						  : "the chain of audit records is broken";
	}
}

/* ---- Answering ---- */

static void put_fault(json_t *faults, uint64_t number, const char *what)
{
	json_array_append_new(faults,
			      json_pack("{s:I, s:s}", "number", (json_int_t)number, "what", what));
}

static json_t *faults_of(struct exchange *x, const struct verified *v)
{
	json_t *faults = json_array();
	const struct anchors_verdict *a = &v->anchors;
	if (!v->chain)
		put_fault(faults, v->broken, v->why.what);
	for (const struct anchors_fault *f = a->faults; f != NULL; f = f->next)
		put_fault(faults, f->sequence, f->what);
	if (a->fault_count > ANCHOR_FAULTS)
		put_fault(faults, a->head.sequence,
			  arena_printf(x->arena, "and %zu more of that kind",
				       a->fault_count - ANCHOR_FAULTS));
	return faults;
}

static json_t *anchors_of(struct exchange *x, const struct verified *v)
{
	const struct anchors_verdict *a = &v->anchors;
	json_t *o = json_pack("{s:I, s:I}", "count", (json_int_t)a->count, "covered",
			      (json_int_t)a->covered);
	if (v->key != NULL) {
		json_object_set_new(o, "key", json_string(v->key));
		json_object_set_new(o, "file", json_string(x->anchors->file));
	}
	if (a->count != 0) {
		json_object_set_new(o, "first", json_integer((json_int_t)a->first));
		json_object_set_new(o, "last", json_integer((json_int_t)a->last.number));
		json_object_set_new(o, "time", json_string(admin_time(x->arena, a->last.time)));
	}
	return o;
}

static json_t *repositories_of(struct exchange *x, const struct verified *v)
{
	json_t *list = json_array();
	for (size_t i = 0; i < x->anchors->repository_count; i++) {
		json_array_append_new(list,
				      json_pack("{s:s, s:I}", "name", x->anchors->repositories[i],
						"acknowledged", (json_int_t)v->acknowledged[i]));
	}
	return list;
}

static void say(json_t *list, const char *sentence)
{
	json_array_append_new(list, json_string(sentence));
}

static json_t *what_was_verified(struct exchange *x, const struct verified *v)
{
	json_t *list = json_array();
	const struct anchors_verdict *a = &v->anchors;
	if (v->chain)
		say(list,
		    arena_printf(x->arena, "entries 1 to %llu follow on each other by their hashes",
				 (unsigned long long)v->head.sequence));
	if (a->covered != 0 && is_valid(v))
		say(list, arena_printf(x->arena,
				       "entries 1 to %llu are those that were signed: %llu "
				       "anchors, the last of %s",
				       (unsigned long long)a->covered, (unsigned long long)a->count,
				       admin_time(x->arena, a->last.time)));
	return list;
}

static json_t *what_was_not(struct exchange *x, const struct verified *v)
{
	json_t *list = json_array();
	const struct anchors_verdict *a = &v->anchors;
	if (v->key == NULL)
		say(list,
		    "no anchor-key is configured: who can write the data directory can cut or "
		    "rewrite the log unseen");
	else if (a->covered < v->head.sequence)
		say(list, arena_printf(x->arena,
				       "entries %llu to %llu are not signed yet: who can write "
				       "the data directory can change them unseen",
				       (unsigned long long)a->covered + 1,
				       (unsigned long long)v->head.sequence));
	for (const struct text_list *l = a->notes; l != NULL; l = l->next)
		say(list, l->value);
	say(list,
	    "who can write data directory and anchors, and has the key, can make all anew: only "
	    "what the audit repositories keep shows that");
	return list;
}

static json_t *answer(struct exchange *x)
{
	const struct verified *v = x->result;
	return json_pack(
		"{s:b, s:I, s:s, s:o, s:o, s:o, s:o, s:o}", "valid", is_valid(v), "records",
		(json_int_t)v->head.sequence, "head",
		bytes_to_hex(x->arena, (struct bytes){ v->head.hash, sizeof v->head.hash }),
		"faults", faults_of(x, v), "anchors", anchors_of(x, v), "repositories",
		repositories_of(x, v), "verified", what_was_verified(x, v), "not_verified",
		what_was_not(x, v));
}

static const struct route routes[] = {
	{ .request = "POST", .detail = "/admin/audit/verify", .media = "application/json" }, { 0 }
};

static const struct long_work_kind long_work = { "audit verify", "nothing is said of the rest" };

const struct transaction admin_audit_verify = {
	.code = "audit-verify",
	.name = "Audit Log Used",
	.section = "HACKING.md: Admin API",
	.actor = REGION_OPERATOR,
	.demands = DEMAND_OPERATOR,
	.dialect = DIALECT_ADMIN,
	.routes = routes,
	.access = STORE_READ,
	.long_work = &long_work,
	.audit_event = 110101,
	.audit_action = AUDIT_READ,
	.read = read_request,
	.handle = verify,
	.audited = audited,
	.answer_json = answer,
};
