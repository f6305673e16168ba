/* gateway/operator/command_audit.c: whether exported audit records are what was exported: away from
 * the store, with nothing but the file, its signature and the public key. */
#include "gateway/audit/export_file.h"
#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "gateway/operator/command.h"
#include "gateway/operator/output.h"

static const char *time_of(struct arena *a, instant t)
{
	char *text = arena_alloc(a, XML_TIME_TEXT);
	instant_to_xml(t, text);
	return text;
}

/* What had gone of the chain before. NULL: nothing had. */
static json_t *gone_of(struct arena *a, const struct checkpoint *c)
{
	if (c->count == 0)
		return NULL;
	return json_pack("{s:I, s:s, s:s, s:s, s:I}", "records", (json_int_t)c->count, "from",
			 time_of(a, c->first_time), "to", time_of(a, c->last_time), "removed",
			 time_of(a, c->time), "kept_days", (json_int_t)(c->keep / 86400));
}

static json_t *chains_of(struct arena *a, const struct export_verdict *v)
{
	json_t *list = json_array();
	for (const struct export_chain *c = v->chains; c != NULL; c = c->next)
		json_array_append_new(
			list, json_pack("{s:I, s:I, s:I, s:o*}", "chain", (json_int_t)c->chain,
					"first", (json_int_t)c->first, "last", (json_int_t)c->last,
					"removed", gone_of(a, &c->gone)));
	return list;
}

static json_t *faults_of(const struct export_verdict *v)
{
	json_t *list = json_array();
	for (const struct text_list *l = v->faults; l != NULL; l = l->next)
		json_array_append_new(list, json_string(l->value));
	return list;
}

static bool is_valid(const struct export_verdict *v)
{
	return v->is_signed && v->fault_count == 0;
}

static enum outcome verify_file(struct invocation *i, const char *path, const char *key)
{
	struct export_verdict v;
	struct problem p = { .code = PROBLEM_NONE };
	const char *why = NULL;
	struct anchor_keys *keys = anchor_keys_read(key, &why);
	if (keys == NULL) {
		problem_set(&p, PROBLEM_REQUEST_INVALID, "%s is no file of public keys: %s", key,
			    why);
		return invocation_fail(i, &p);
	}
	bool read = export_file_verify(path, keys, i->arena, &v, &p);
	anchor_keys_free(keys);
	if (!read)
		return invocation_fail(i, &p);
	json_t *answer = json_pack(
		"{s:b, s:b, s:s, s:I, s:I, s:o, s:o}", "valid", is_valid(&v), "signed", v.is_signed,
		"kind", v.kind == EXPORT_OWN ? "own" : "received", "records", (json_int_t)v.entries,
		"faults_in_all", (json_int_t)v.fault_count, "chains", chains_of(i->arena, &v),
		"faults", faults_of(&v));
	output_object(i->out, i->arena, i->format, answer);
	json_decref(answer);
	return is_valid(&v) ? OUTCOME_DONE : OUTCOME_NEGATIVE;
}

enum outcome command_audit_verify(struct invocation *i)
{
	const char *key = invocation_option(i, "key");
	struct problem p = { .code = PROBLEM_NONE };
	if (i->argument_count == 0 && key == NULL)
		return command_ask(i);
	if (i->argument_count != 0 && key != NULL)
		return verify_file(i, i->arguments[0], key);
	problem_set(&p, PROBLEM_REQUEST_INVALID,
		    "an exported file is verified with --key FILE, the public key of the node");
	return invocation_fail(i, &p);
}
