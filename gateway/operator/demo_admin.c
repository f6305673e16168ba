/* gateway/operator/demo_admin.c: the operator's questions in the demo, over the local socket. */
#include "gateway/operator/demo_admin.h"

#include <stdio.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "gateway/client/admin_client.h"

const char *demo_text(const json_t *object, const char *member)
{
	const char *text = json_string_value(json_object_get(object, member));
	return text != NULL ? text : "";
}

long demo_number(const json_t *object, const char *member)
{
	return (long)json_integer_value(json_object_get(object, member));
}

static void release(void *json)
{
	json_decref(json);
}

static json_t *read_answer(const struct demo_admin *a, const struct admin_question *q,
			   const struct admin_answer *answer, struct problem *p)
{
	if (!answer->reached) {
		problem_set(p, PROBLEM_TIMEOUT, "the daemon cannot be reached: %s", answer->why);
		return NULL;
	}
	json_t *json = json_loads(answer->body, 0, NULL);
	if (json != NULL)
		arena_at_end(a->arena, release, json);
	bool done = answer->status >= 200 && answer->status < 300;
	if (!done)
		problem_set(p, PROBLEM_REQUEST_INVALID, "%s %s: %s", q->method, q->path,
			    demo_text(json, "what"));
	return done ? json : NULL;
}

static json_t *ask(const struct demo_admin *a, struct admin_question *q, struct problem *p)
{
	struct admin_answer answer;
	q->socket = a->socket;
	admin_ask(a->arena, q, &answer);
	json_t *json = read_answer(a, q, &answer, p);
	if (json == NULL)
		problem_set(p, PROBLEM_MALFORMED, "%s %s: the answer cannot be read", q->method,
			    q->path);
	return json;
}

json_t *demo_admin_get(const struct demo_admin *a, const char *path, struct problem *p)
{
	struct admin_question q = { .method = "GET", .path = path };
	return ask(a, &q, p);
}

json_t *demo_admin_list(const struct demo_admin *a, const char *path, const char *rows,
			struct problem *p)
{
	json_t *all = json_array();
	arena_at_end(a->arena, release, all);
	for (const char *page = path; page != NULL;) {
		json_t *answer = demo_admin_get(a, page, p);
		const char *next = demo_text(answer, "next");
		json_array_extend(all, json_object_get(answer, rows));
		page = *next == '\0' ? NULL : arena_printf(a->arena, "%s&after=%s", path, next);
	}
	return all;
}

static const char *body_text(const struct demo_admin *a, json_t *body)
{
	size_t size = json_dumpb(body, NULL, 0, JSON_COMPACT);
	char *text = arena_alloc(a->arena, size + 1);
	json_dumpb(body, text, size, JSON_COMPACT);
	json_decref(body);
	return text;
}

json_t *demo_admin_post(const struct demo_admin *a, const char *path, json_t *body,
			struct problem *p)
{
	struct admin_question q = { .method = "POST", .path = path, .body = body_text(a, body) };
	return ask(a, &q, p);
}

bool demo_admin_doors(const struct demo_admin *a, unsigned *https, unsigned *mllp,
		      struct problem *p)
{
	const json_t *status = demo_admin_get(a, "/admin/status", p);
	const json_t *doors = json_object_get(status, "doors");
	for (size_t i = 0; i < json_array_size(doors); i++) {
		const json_t *one = json_array_get(doors, i);
		unsigned port = (unsigned)demo_number(one, "port");
		if (text_equal(demo_text(one, "door"), "https"))
			*https = port;
		else if (text_equal(demo_text(one, "door"), "mllp"))
			*mllp = port;
	}
	return status != NULL;
}

/* Called by libcurl: no arena_alloc() here. */
struct importing {
	struct demo_import *out;
	bool done;
};

static void import_line(void *with, const char *text)
{
	struct importing *w = with;
	json_t *line = json_loads(text, 0, NULL);
	const json_t *fault = json_object_get(line, "fault"), *done = json_object_get(line, "done");
	if (fault != NULL && w->out->faults++ == 0)
		snprintf(w->out->fault, sizeof w->out->fault, "%s: %s", demo_text(fault, "path"),
			 demo_text(fault, "what"));
	if (done != NULL) {
		w->out->patients = (unsigned)demo_number(done, "patients");
		w->out->documents = (unsigned)demo_number(done, "documents");
		w->out->unchanged = (unsigned)demo_number(done, "unchanged");
		w->done = true;
	}
	json_decref(line);
}

bool demo_admin_import(const struct demo_admin *a, const char *directory, const char *facility,
		       struct demo_import *out, struct problem *p)
{
	struct importing w = { .out = out };
	struct admin_answer answer;
	struct admin_question q = {
		.socket = a->socket,
		.method = "POST",
		.path = "/admin/ssmix2/import",
		.line = import_line,
		.with = &w,
		.body = body_text(
			a, json_pack("{s:s, s:s}", "directory", directory, "facility", facility)),
	};
	*out = (struct demo_import){ 0 };
	admin_ask(a->arena, &q, &answer);
	if (w.done)
		return true;
	read_answer(a, &q, &answer, p);
	return problem_set(p, PROBLEM_MALFORMED, "the import ended before its end");
}
