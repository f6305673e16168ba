/* profiles/admin/admin_audit_verify.c: walks the hash chains, and holds them against their anchors,
 * those in our file and those of all nodes in the log itself, and against what the repositories
 * have acknowledged. POST /admin/audit/verify.
 *
 * It says what was verified and what cannot be: "valid" alone would be taken for more than it
 * is. */
#include "profiles/admin/admin_person.h"

#include "gateway/audit/anchors.h"
#include "gateway/audit/checkpoint.h"
#include "gateway/audit/received_end.h"
#include "gateway/audit/record.h"
#include "gateway/base/text.h"
#include "store/audit_expiring.h"
#include "store/audit_log.h"
#include "store/audit_received.h"
#include "store/node.h"

struct verified {
	struct audit_verdict chains;
	const char **nodes; /* whose each chain is; NULL: it has no name */
	uint64_t entries;   /* of all chains */
	const char *head;   /* of this node's: the hash */
	struct anchors_verdict anchors;
	const char *key;        /* its name; NULL: there is none */
	uint64_t *acknowledged; /* by each repository */
	struct received_verdict received;
	struct received_ends ends; /* of it, as our log has noted them */
	struct gone_chain *gone;   /* of it, what has gone by rule */
	size_t gone_count;
};

struct gone_chain {
	struct audit_checkpoint what;
	const char *fault; /* of its checkpoint; NULL: none */
};

static bool read_request(struct exchange *x)
{
	(void)x;
	return true;
}

static bool is_valid(const struct verified *v)
{
	bool well = v->chains.whole && v->anchors.fault_count == 0 && v->received.broken == 0
		    && v->ends.wrong == 0;
	for (size_t i = 0; i < v->gone_count; i++)
		well = well && v->gone[i].fault == NULL;
	return well;
}

static const char *hex(struct exchange *x, const struct audit_head *head)
{
	return bytes_to_hex(x->arena, (struct bytes){ head->hash, sizeof head->hash });
}

/* Entries each has of all chains. */
static void count_acknowledged(struct exchange *x, struct verified *v)
{
	struct audit_chains chains;
	v->acknowledged = arena_array(x->arena, uint64_t, x->anchors->repository_count + 1);
	audit_log_chains(x->txn, x->arena, &chains);
	for (size_t i = 0; i < x->anchors->repository_count; i++)
		for (size_t k = 0; k < chains.count; k++)
			v->acknowledged[i] += audit_place(audit_log_acknowledged(
				x->txn, x->anchors->repositories[i], chains.numbers[k]));
}

/* What our log says in one walk of it: of its own ends, and of those of what was received. */
struct seeing {
	struct anchors_seeing anchors;
	struct received_ends_seeing ends;
};

static void see(void *with, struct store_txn *t, const struct audit_entry *e, struct arena *a)
{
	struct seeing *s = with;
	if (text_equal(e->terms.transaction, audit_doing_name(AUDIT_DOING_ANCHOR)))
		anchors_see(&s->anchors, t, e, a);
	else
		received_ends_see(&s->ends, t, e, a);
}

/* The chains last: what the anchors cover is then part of what they were walked over. */
static bool walk_chains(struct exchange *x, struct verified *v)
{
	struct seeing seeing = {
		.anchors = { .at = x->anchors, .arena = x->arena, .verdict = &v->anchors },
		.ends = { .arena = x->arena },
	};
	const struct audit_watch watch = {
		.progress = x->progress,
		.transaction = audit_doing_name(AUDIT_DOING_ANCHOR),
		.or_transaction = audit_doing_name(AUDIT_DOING_RECEIVED),
		.see = see,
		.with = &seeing,
	};
	if (!audit_log_verify_watched(&watch, x->txn, x->arena, &v->chains, &x->problem)
	    || !received_ends_compare(x->txn, x->arena, &seeing.ends, &v->ends))
		return false;
	v->nodes = arena_array(x->arena, const char *, v->chains.count);
	for (size_t i = 0; i < v->chains.count; i++) {
		uint64_t end = v->chains.chains[i].head.sequence;
		v->entries += end - v->chains.chains[i].gone.sequence;
		v->nodes[i] = node_name(x->txn, (unsigned)audit_chain(end), x->arena);
		if (audit_chain(end) == store_node(x->txn))
			v->head = hex(x, &v->chains.chains[i].head);
	}
	return true;
}

/* A sentence about the beginning of a chain of what was received. */
static const char *said_of(struct exchange *x, const struct audit_checkpoint *c, const char *what)
{
	char place[AUDIT_PLACE_TEXT];
	return what == NULL ? NULL
			    : arena_printf(x->arena, "all received up to entry %s %s",
					   audit_place_text(c->sequence, place), what);
}

static bool look_at_gone(struct exchange *x, struct verified *v)
{
	uint64_t *chains = arena_array(x->arena, uint64_t, NODES_MOST);
	size_t count = received_chains(x->txn, chains, NODES_MOST);
	v->gone = arena_array(x->arena, struct gone_chain, count);
	for (size_t i = 0; i < count; i++) {
		struct gone_chain *g = &v->gone[v->gone_count];
		if (!audit_checkpoint_look(x->txn, AUDIT_RECEIVED, chains[i], x->arena, &g->what))
			continue;
		g->fault = said_of(x, &g->what,
				   checkpoint_fault(&g->what, AUDIT_RECEIVED, x->anchors));
		v->gone_count++;
	}
	return !store_failed(x->txn)
	       || problem_set(&x->problem, store_problem(x->txn)->code, "%s",
			      store_problem(x->txn)->what);
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
	count_acknowledged(x, v);
	return anchors_compare(x->anchors, x->txn, x->arena, true, &v->anchors, &x->problem)
	       && walk_chains(x, v)
	       && received_verify(x->txn, x->arena, x->progress, &v->received, &x->problem)
	       && look_at_gone(x, v);
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
		e->outcome_description = !v->chains.whole ? "a chain of audit records is broken"
					 : v->anchors.fault_count != 0
						 ? "the audit log is not the one that was anchored"
						 : "received audit records are not what they were";
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
	for (size_t i = 0; i < v->chains.count; i++)
		if (v->chains.chains[i].broken != 0)
			put_fault(faults, v->chains.chains[i].broken, v->chains.chains[i].what);
	for (const struct anchors_fault *f = a->faults; f != NULL; f = f->next)
		put_fault(faults, f->sequence, f->what);
	if (a->fault_count > ANCHOR_FAULTS)
		put_fault(faults, a->own.head.sequence,
			  arena_printf(x->arena, "and %zu more of that kind",
				       a->fault_count - ANCHOR_FAULTS));
	for (size_t i = 0; i < v->gone_count; i++)
		if (v->gone[i].fault != NULL)
			put_fault(faults, v->gone[i].what.sequence, v->gone[i].fault);
	if (v->ends.wrong != 0)
		put_fault(faults, v->ends.wrong, v->ends.what);
	if (v->received.broken != 0)
		put_fault(faults, v->received.broken, v->received.what);
	return faults;
}

static json_t *anchors_of(struct exchange *x, const struct verified *v)
{
	const struct anchors_verdict *a = &v->anchors;
	json_t *o = json_pack("{s:I, s:I}", "count", (json_int_t)a->count, "covered",
			      (json_int_t)audit_place(a->own.covered));
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

/* Up to which of its entries a chain is what was signed. */
static uint64_t covered(const struct verified *v, uint64_t chain)
{
	const struct anchors_verdict *a = &v->anchors;
	if (audit_chain(a->own.head.sequence) == chain)
		return audit_place(a->own.covered);
	for (size_t i = 0; i < a->other_count; i++)
		if (audit_chain(a->others[i].head.sequence) == chain)
			return audit_place(a->others[i].covered);
	return 0;
}

/* What has gone of a chain by rule, as it was signed. NULL: nothing has. */
static json_t *gone_of(struct exchange *x, const struct audit_checkpoint *c)
{
	struct checkpoint said;
	if (audit_place(c->sequence) == 0 || !checkpoint_read(c->line, &said))
		return NULL;
	return json_pack("{s:I, s:s, s:s, s:s, s:I, s:s}", "records",
			 (json_int_t)audit_place(c->sequence), "from",
			 admin_time(x->arena, c->first), "to", admin_time(x->arena, c->last),
			 "removed", admin_time(x->arena, said.time), "kept_days",
			 (json_int_t)(said.keep / 86400), "checkpoint",
			 arena_text_n(x->arena, (const char *)c->line.data, c->line.length));
}

static json_t *chains_of(struct exchange *x, const struct verified *v)
{
	json_t *list = json_array();
	for (size_t i = 0; i < v->chains.count; i++) {
		const struct audit_verified *c = &v->chains.chains[i];
		uint64_t chain = audit_chain(c->head.sequence);
		json_array_append_new(
			list,
			json_pack("{s:I, s:s*, s:b, s:I, s:s, s:I, s:o*}", "chain",
				  (json_int_t)chain, "node", v->nodes[i], "whole", c->broken == 0,
				  "records", (json_int_t)audit_place(c->head.sequence), "head",
				  hex(x, &c->head), "covered", (json_int_t)covered(v, chain),
				  "removed", gone_of(x, &c->gone)));
	}
	return list;
}

/* " of chain 1"; of the only one there is nothing. */
static const char *of_chain(struct exchange *x, const struct verified *v, uint64_t chain)
{
	if (v->chains.count == 1)
		return "";
	return arena_printf(x->arena, " of chain %llu", (unsigned long long)chain);
}

static const char *what_went(struct exchange *x, const struct audit_checkpoint *c, const char *of)
{
	struct checkpoint said = { .time = 0 };
	checkpoint_read(c->line, &said);
	return arena_printf(x->arena,
			    "entries 1 to %llu%s, of %s to %s, went on %s by the rule to keep them "
			    "%llu days, as was signed",
			    (unsigned long long)audit_place(c->sequence), of,
			    admin_time(x->arena, c->first), admin_time(x->arena, c->last),
			    admin_time(x->arena, said.time),
			    (unsigned long long)(said.keep / 86400));
}

static json_t *what_was_verified(struct exchange *x, const struct verified *v)
{
	json_t *list = json_array();
	const struct anchors_verdict *a = &v->anchors;
	for (size_t i = 0; i < v->chains.count; i++) {
		const struct audit_verified *c = &v->chains.chains[i];
		uint64_t chain = audit_chain(c->head.sequence);
		unsigned long long first = audit_place(c->gone.sequence) + 1;
		if (c->broken == 0)
			say(list,
			    arena_printf(x->arena,
					 "entries %llu to %llu%s follow on each other by their "
					 "hashes",
					 first, (unsigned long long)audit_place(c->head.sequence),
					 of_chain(x, v, chain)));
		if (first > 1 && is_valid(v))
			say(list, what_went(x, &c->gone, of_chain(x, v, chain)));
		if (covered(v, chain) != 0 && is_valid(v))
			say(list, arena_printf(x->arena,
					       "entries %llu to %llu%s are those that were signed",
					       first, (unsigned long long)covered(v, chain),
					       of_chain(x, v, chain)));
	}
	if (a->count != 0 && is_valid(v))
		say(list,
		    arena_printf(x->arena, "%llu anchors, the last of %s",
				 (unsigned long long)a->count, admin_time(x->arena, a->last.time)));
	return list;
}

static json_t *what_was_not(struct exchange *x, const struct verified *v)
{
	json_t *list = json_array();
	if (v->key == NULL)
		say(list,
		    "no anchor-key is configured: who can write the data directory can cut or "
		    "rewrite the log unseen");
	for (size_t i = 0; v->key != NULL && i < v->chains.count; i++) {
		uint64_t end = v->chains.chains[i].head.sequence, chain = audit_chain(end);
		if (covered(v, chain) < audit_place(end))
			say(list, arena_printf(x->arena,
					       "entries %llu to %llu%s are not signed yet: who can "
					       "write the data directory can change them unseen",
					       (unsigned long long)covered(v, chain) + 1,
					       (unsigned long long)audit_place(end),
					       of_chain(x, v, chain)));
	}
	for (const struct text_list *l = v->anchors.notes; l != NULL; l = l->next)
		say(list, l->value);
	say(list,
	    "who can write data directory and anchors, and has the key, can make all anew: only "
	    "what the audit repositories keep shows that");
	return list;
}

static json_t *received_of(struct exchange *x, const struct verified *v)
{
	json_t *gone = v->gone_count == 0 ? NULL : json_array();
	for (size_t i = 0; i < v->gone_count; i++)
		json_array_append_new(gone, gone_of(x, &v->gone[i].what));
	return json_pack("{s:I, s:b, s:I, s:o*}", "records", (json_int_t)v->received.entries,
			 "whole", v->received.broken == 0 && v->ends.wrong == 0, "covered",
			 (json_int_t)v->ends.covered, "removed", gone);
}

static json_t *answer(struct exchange *x)
{
	const struct verified *v = x->result;
	return json_pack("{s:b, s:I, s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "valid", is_valid(v),
			 "records", (json_int_t)v->entries, "head", v->head, "chains",
			 chains_of(x, v), "faults", faults_of(x, v), "anchors", anchors_of(x, v),
			 "repositories", repositories_of(x, v), "verified", what_was_verified(x, v),
			 "not_verified", what_was_not(x, v), "received", received_of(x, v));
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
