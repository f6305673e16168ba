/* gateway/operator/command_transactions.c: what this gateway can do, from the transactions' own
 * rows. */
#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "gateway/config.h"
#include "gateway/operator/command.h"
#include "profiles/transaction.h"

/* A way in, as the operator would look for it. */
static const char *way_in(struct arena *a, const struct transaction *t, const struct route *r)
{
	switch (t->dialect) {
	case DIALECT_SOAP: return r->request;
	case DIALECT_HL7V2: return arena_printf(a, "%s^%s", r->request, r->detail);
	case DIALECT_SYSLOG: return r->request;
	case DIALECT_ADMIN: break;
	}
	return arena_printf(a, "%s %s", r->request, r->detail);
}

/* Several routes of one transaction may differ in what the body is only: each way is told once. */
static json_t *ways_in(struct arena *a, const struct transaction *t)
{
	json_t *ways = json_array();
	const char *last = NULL;
	for (const struct route *r = t->routes; r->request != NULL; r++) {
		const char *way = way_in(a, t, r);
		if (!text_equal(way, last))
			json_array_append_new(ways, json_string(way));
		last = way;
	}
	return ways;
}

/* All there is to know of a way in, for programs: what it is called depends on the dialect. */
static json_t *route_told(const struct transaction *t, const struct route *r)
{
	static const char *const names[][3] = {
		[DIALECT_SOAP] = { "request", "body", "answer" },
		[DIALECT_HL7V2] = { "message", "event", "answer" },
		[DIALECT_ADMIN] = { "method", "path", "answer" },
		[DIALECT_SYSLOG] = { "message", "content", "answer" },
	};
	const char *const *name = names[t->dialect];
	return json_pack("{s:s, s:s*, s:s*, s:s*, s:s*}", name[0], r->request, name[1], r->detail,
			 "namespace", r->namespace_uri, name[2], r->answer, "parameters",
			 t->parameters == NULL ? NULL : t->parameters[r - t->routes]);
}

static json_t *routes_told(const struct transaction *t)
{
	json_t *routes = json_array();
	for (const struct route *r = t->routes; r->request != NULL; r++)
		json_array_append_new(routes, route_told(t, r));
	return routes;
}

/* What the configuration says of the actors, if it is there to say it. False: one was named,
 * and cannot be read; its faults are told. */
static bool read_actors(const struct invocation *i, struct actors *out, bool *known)
{
	*known = config_actors(i->configuration, i->arena, out);
	if (*known || i->configuration == command_default_configuration)
		return true;
	config_release(invocation_configuration(i));
	return false;
}

enum outcome command_transactions(struct invocation *i)
{
	static const struct {
		const char *name, *door;
	} dialects[] = {
		[DIALECT_SOAP] = { "SOAP", "https" },
		[DIALECT_HL7V2] = { "HL7 v2", "mllp" },
		[DIALECT_ADMIN] = { "operator", "local" },
		[DIALECT_SYSLOG] = { "syslog", "syslog" },
	};
	static const struct column columns[] = { { .key = "code", .heading = "CODE" },
						 { .key = "name", .heading = "NAME" },
						 { .key = "actor", .heading = "ACTOR" },
						 { .key = "dialect", .heading = "DIALECT" },
						 { .key = "path", .heading = "PATH" },
						 { .key = "section", .heading = "SECTION" },
						 { .key = "served", .heading = "SERVED" },
						 { 0 } };
	struct actors actors;
	bool known;
	if (!read_actors(i, &actors, &known))
		return OUTCOME_CONFIGURATION;
	json_t *rows = json_array();
	for (const struct transaction *const *t = transactions; *t != NULL; t++) {
		bool soap = (*t)->dialect == DIALECT_SOAP;
		bool taken = soap && !(*t)->sent; /* at a path of ours */
		json_array_append_new(
			rows,
			json_pack("{s:s, s:s, s:s, s:s, s:s*, s:s*, s:s*, s:s*, s:s*, s:s, s:o, "
				  "s:o, s:b, s:o*}",
				  "code", (*t)->code, "name", (*t)->name, "actor",
				  actor_name((*t)->actor), "dialect", dialects[(*t)->dialect].name,
				  "door", (*t)->sent ? NULL : dialects[(*t)->dialect].door, "path",
				  taken ? actor_path((*t)->actor) : NULL, "packaging",
				  !soap        ? NULL
				  : (*t)->mtom ? "MTOM"
					       : "simple",
				  "request_grammar", (*t)->request_grammar, "answer_grammar",
				  (*t)->answer_grammar, "section", (*t)->section, "requests",
				  ways_in(i->arena, *t), "routes", routes_told(*t), "sent",
				  (*t)->sent, "served",
				  known ? json_boolean(transaction_is_on(*t, &actors)) : NULL));
	}
	output_rows(i->out, i->arena, i->format, rows, columns);
	json_decref(rows);
	return OUTCOME_DONE;
}
