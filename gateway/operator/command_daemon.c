/* gateway/operator/command_daemon.c: commands that ask the daemon. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "gateway/base/arena.h"
#include "gateway/base/bytes.h"
#include "gateway/base/text.h"
#include "gateway/client/admin_client.h"
#include "gateway/config.h"
#include "gateway/operator/command.h"
#include "gateway/operator/long_watch.h"

/* As it was written. */
static const char *field_word(const struct invocation *i, const struct request_field *f)
{
	return f->fixed != NULL           ? f->fixed
	       : text_equal(f->from, "1") ? i->arguments[0]
	       : text_equal(f->from, "2") ? i->arguments[1]
					  : invocation_option(i, f->from);
}

static const char *field_value(const struct invocation *i, const struct request_field *f)
{
	const char *value = field_word(i, f);
	if (value != NULL && f->octets_most != 0)
		return i->octets;
	if (value != NULL && *value == '\0' && f->fixed == NULL)
		return "yes"; /* a switch: what is sent has something in it */
	return value != NULL && f->path ? invocation_path(i, value) : value;
}

/* Where a list goes on that came in several pages; zeros: its first, as the operator wrote it. */
struct page {
	const char *after, *limit;
};
static const struct page first_page;

/* The path, with the field of that name where {name} is: one. Returns that field, or NULL. */
static const struct request_field *write_path(struct buffer *b, const struct invocation *i,
					      const struct request *r)
{
	size_t length = strcspn(r->path, "{");
	buffer_append(b, r->path, length);
	if (r->path[length] == '\0')
		return NULL;
	const struct request_field *f = r->fields;
	while (strncmp(f->name, r->path + length + 1, strlen(f->name)) != 0)
		f++;
	admin_encode(b, field_value(i, f));
	buffer_text(b, strchr(r->path, '}') + 1);
	return f;
}

static const char *query_of(const struct invocation *i, const struct request *r,
			    const struct page *page)
{
	struct buffer b = buffer_in(i->arena);
	const struct request_field *within = write_path(&b, i, r);
	char mark = '?';
	for (const struct request_field *f = r->fields; f != NULL && f->name != NULL; f++) {
		const char *value = page->after != NULL && text_equal(f->name, "after")
					    ? page->after
				    : page->limit != NULL && text_equal(f->name, "limit")
					    ? page->limit
					    : field_value(i, f);
		if (value == NULL || f == within)
			continue;
		buffer_printf(&b, "%c%s=", mark, f->name);
		admin_encode(&b, value);
		mark = '&';
	}
	return buffer_ended(&b);
}

static const char *body_of(const struct invocation *i, const struct request *r)
{
	json_t *object = json_object();
	for (const struct request_field *f = r->fields; f != NULL && f->name != NULL; f++) {
		const char *value = field_value(i, f);
		if (value != NULL)
			json_object_set_new(object, f->name, json_string(value));
	}
	size_t size = json_dumpb(object, NULL, 0, JSON_COMPACT);
	char *text = arena_alloc(i->arena, size + 1);
	json_dumpb(object, text, size, JSON_COMPACT);
	json_decref(object);
	return text;
}

/* All of it, if it has no more. -1: errno says why not. */
static ssize_t read_all(const char *path, unsigned char *into, size_t most)
{
	size_t length = 0;
	ssize_t n = 1;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	while (fd >= 0 && n > 0 && length < most) {
		n = read(fd, into + length, most - length);
		length += n > 0 ? (size_t)n : 0;
	}
	int error = errno;
	if (fd >= 0)
		close(fd);
	errno = error;
	return fd < 0 || n < 0 ? -1 : (ssize_t)length;
}

static enum outcome cannot(struct invocation *i, const char *file, const char *be);

/* What the daemon is to have of a file of whoever runs this, whom it could not ask for it. */
static bool read_file(struct invocation *i, const struct request_field *f, enum outcome *outcome)
{
	struct problem p = { .code = PROBLEM_NONE };
	const char *path = field_word(i, f);
	if (path == NULL)
		return true;
	unsigned char *octets = arena_alloc(i->arena, f->octets_most + 1);
	ssize_t length = read_all(path, octets, f->octets_most + 1);
	if (length < 0) {
		*outcome = cannot(i, path, "read");
		return false;
	}
	if ((size_t)length > f->octets_most) {
		problem_at(&p, PROBLEM_TOO_LARGE, path, "it has more than %zu octets",
			   f->octets_most);
		*outcome = invocation_fail(i, &p);
		return false;
	}
	struct buffer b = buffer_in(i->arena);
	buffer_base64(&b, (struct bytes){ octets, (size_t)length });
	i->octets = buffer_ended(&b);
	return true;
}

static bool read_files(struct invocation *i, const struct request *r, enum outcome *outcome)
{
	for (const struct request_field *f = r->fields; f != NULL && f->name != NULL; f++)
		if (f->octets_most != 0 && i->octets == NULL && !read_file(i, f, outcome))
			return false;
	return true;
}

/* A word given on the command line that JSON cannot hold. */
static bool fields_are_utf8(const struct invocation *i, const struct request *r)
{
	for (const struct request_field *f = r->fields; f != NULL && f->name != NULL; f++) {
		const char *value = field_value(i, f);
		if (value != NULL && !text_is_utf8((const unsigned char *)value, strlen(value))) {
			fprintf(i->talk, "minato: the value of %s is not UTF-8\n", f->name);
			return false;
		}
	}
	return true;
}

/* Who may not read the configuration, or open the socket, is somebody else (contract: 4). */
static enum outcome forbidden(const struct invocation *i, const char *what)
{
	fprintf(i->talk,
		"minato: user %u may not open %s\n"
		"do: ask as root or as the daemon's own user\n",
		(unsigned)geteuid(), what);
	return OUTCOME_REFUSED;
}

/* Why there is no socket to ask at. */
static enum outcome unconfigured(const struct invocation *i)
{
	if (access(i->configuration, R_OK) != 0 && errno == EACCES)
		return forbidden(i, i->configuration);
	config_release(invocation_configuration(i)); /* it tells the faults */
	return OUTCOME_CONFIGURATION;
}

/* A daemon that refused its configuration does not run: then its faults are the reason. */
static enum outcome unreachable(const struct invocation *i, const char *socket, const char *why)
{
	const struct configuration *c = invocation_configuration(i);
	if (c == NULL)
		return OUTCOME_CONFIGURATION;
	config_release(c);
	fprintf(i->talk,
		"minato: the daemon cannot be reached at %s: %s\n"
		"do: start it (systemctl start minatod, or minatod -c %s), or name its "
		"configuration with -c;\n"
		"    the socket is for root and the daemon's own user\n",
		socket, why, i->configuration);
	return OUTCOME_UNREACHABLE;
}

/* {"error", "what", "where", "do", "exit", "exchange"} */
static enum outcome refused(const struct invocation *i, const struct admin_answer *answer)
{
	const char *what = NULL, *where = NULL, *remedy = NULL, *exchange = NULL;
	int code = OUTCOME_NEGATIVE;
	json_t *problem = json_loads(answer->body, 0, NULL);
	json_unpack(problem, "{s?s, s?s, s?s, s?i, s?s}", "what", &what, "where", &where, "do",
		    &remedy, "exit", &code, "exchange", &exchange);
	fprintf(i->talk, "minato: %s\n",
		what != NULL ? what
			     : arena_printf(i->arena, "the daemon answered with status %ld",
					    answer->status));
	if (!text_empty(where))
		fprintf(i->talk, "where: %s\n", where);
	if (!text_empty(remedy))
		fprintf(i->talk, "do: %s\n", remedy);
	if (!text_empty(exchange)) /* minato explain tells more, also to whom this is shown */
		fprintf(i->talk, "exchange: %s\n", exchange);
	json_decref(problem);
	return code >= OUTCOME_NEGATIVE && code <= OUTCOME_UNREACHABLE ? (enum outcome)code
								       : OUTCOME_NEGATIVE;
}

/* True when there is an answer of the 200 kind; otherwise *outcome says what to exit with. */
static bool ask(struct invocation *i, const struct request *r, const struct page *page,
		struct admin_question *q, struct admin_answer *answer, enum outcome *outcome)
{
	*outcome = OUTCOME_CONFIGURATION;
	if (!read_files(i, r, outcome) || !fields_are_utf8(i, r))
		return false;
	bool get = text_equal(r->method, "GET");
	q->socket = config_socket(i->configuration, i->arena);
	if (q->socket == NULL) {
		*outcome = unconfigured(i);
		return false;
	}
	q->method = r->method;
	q->path = get ? query_of(i, r, page) : r->path;
	q->body = get ? NULL : body_of(i, r);
	q->within_ms = i->within_ms;
	struct long_watch *watch = i->command->long_work == NULL ? NULL : long_watch_begin(i, q);
	admin_ask(i->arena, q, answer);
	if (long_watch_end(watch, answer))
		*outcome = OUTCOME_INTERRUPTED;
	else if (answer->forbidden)
		*outcome = forbidden(i, q->socket);
	else if (answer->untaken)
		*outcome = OUTCOME_NEGATIVE; /* who could not take it says why */
	else if (!answer->reached)
		*outcome = unreachable(i, q->socket, answer->why);
	else if (answer->status < 200 || answer->status > 299)
		*outcome = refused(i, answer);
	else
		*outcome = OUTCOME_DONE;
	return *outcome == OUTCOME_DONE;
}

/* NULL when it is not what the daemon of this version says. */
static json_t *read_answer(const struct invocation *i, const struct request *r, const char *body)
{
	json_t *answer = json_loads(body, 0, NULL);
	if (json_is_object(answer)
	    && (r->rows == NULL || json_is_array(json_object_get(answer, r->rows))))
		return answer;
	fprintf(i->talk, "minato: the daemon's answer cannot be read\ndo: use the minato "
			 "of the daemon's own version\n");
	json_decref(answer);
	return NULL;
}

void command_tell_more(const struct invocation *i, const json_t *answer)
{
	const char *next = json_string_value(json_object_get(answer, "next"));
	if (next != NULL)
		fprintf(i->talk, "There is more; --limit N shows more of it, --after %s goes on.\n",
			next);
	const char *since = json_string_value(json_object_get(answer, "known_since"));
	if (since != NULL)
		fprintf(i->talk, "Nothing is known before %s: older audit records went by rule.\n",
			output_time(i->arena, since));
}

static enum outcome print_answer(struct invocation *i, const struct request *r, json_t *answer)
{
	json_t *rows = r->rows == NULL ? NULL : json_object_get(answer, r->rows);
	json_t *verdict = r->verdict == NULL ? NULL : json_object_get(answer, r->verdict);
	/* A verdict is part of the answer: only a table shows the rows alone. */
	if (rows != NULL
	    && (r->verdict == NULL || i->format == OUTPUT_TABLE || i->format == OUTPUT_CSV))
		output_rows(i->out, i->arena, i->format, rows, r->columns);
	else
		output_object(i->out, i->arena, i->format, answer);
	enum outcome outcome = r->verdict != NULL && !json_is_true(verdict) ? OUTCOME_NEGATIVE
									    : OUTCOME_DONE;
	if (rows != NULL && r->verdict != NULL)
		fprintf(i->talk, "%s: %s\n", r->verdict, outcome == OUTCOME_DONE ? "yes" : "no");
	command_tell_more(i, answer);
	return outcome;
}

/* Whether the list goes on and the operator asked for more of it; then also where. */
static bool goes_on(const struct invocation *i, const struct request *r, const json_t *answer,
		    struct page *page)
{
	const char *limit = invocation_option(i, "limit"),
		   *next = json_string_value(json_object_get(answer, "next"));
	size_t rows = r->rows == NULL ? 0 : json_array_size(json_object_get(answer, r->rows));
	uint64_t wanted;
	if (next == NULL || limit == NULL || !text_to_number(limit, UINT64_MAX, &wanted)
	    || rows >= wanted)
		return false;
	page->after = arena_text(i->arena, next);
	page->limit = arena_printf(i->arena, "%llu", (unsigned long long)(wanted - rows));
	return true;
}

/* The rows of the pages before stand before its own. False: it brings none. */
static bool join(json_t *page, const char *rows, json_t *before)
{
	json_t *own = json_object_get(page, rows);
	bool some = json_array_size(own) > 0;
	json_array_extend(before, own);
	json_object_set(page, rows, before);
	return some;
}

json_t *command_asked(struct invocation *i, const struct request *r, enum outcome *outcome)
{
	struct page page = first_page;
	json_t *answer = NULL, *rows = json_array();
	bool more = true;
	while (more) {
		struct admin_question q = { 0 };
		struct admin_answer octets;
		json_decref(answer);
		answer = ask(i, r, &page, &q, &octets, outcome) ? read_answer(i, r, octets.body)
								: NULL;
		if (answer == NULL && *outcome == OUTCOME_DONE)
			*outcome = OUTCOME_NEGATIVE;
		more = answer != NULL && r->rows != NULL && join(answer, r->rows, rows)
		       && goes_on(i, r, answer, &page);
	}
	json_decref(rows);
	return answer;
}

enum outcome command_ask(struct invocation *i)
{
	enum outcome outcome;
	json_t *answer = command_asked(i, i->command->request, &outcome);
	if (answer != NULL)
		outcome = print_answer(i, i->command->request, answer);
	json_decref(answer);
	return outcome;
}

enum outcome command_metrics(struct invocation *i)
{
	static const struct request metrics = { .method = "GET", .path = "/admin/metrics" };
	struct admin_question q = { 0 };
	struct admin_answer answer;
	enum outcome outcome;
	if (ask(i, &metrics, &first_page, &q, &answer, &outcome))
		fputs(answer.body, i->out);
	return outcome;
}

/* The lines of an import as they come. libcurl calls: no arena_alloc() here. */
struct importing {
	struct invocation *invocation;
	const struct admin_question *question;
	json_t *done, *faults;
};

static void show_line(struct importing *w, const char *kind, const json_t *line)
{
	const char *path = json_string_value(json_object_get(line, "path"));
	const char *what = json_string_value(json_object_get(line, "what"));
	long_watch_clear(w->question->watch == NULL ? NULL : w->question->watch->with);
	fprintf(w->invocation->talk, "%s: %s: %s\n", kind, path != NULL ? path : "?",
		what != NULL ? what : "?");
}

static void show_told(struct importing *w, const json_t *line)
{
	json_t *fault = json_object_get(line, "fault");
	if (fault != NULL) {
		show_line(w, "fault", fault);
		json_array_append(w->faults, fault);
	}
	if (json_object_get(line, "warning") != NULL)
		show_line(w, "warning", json_object_get(line, "warning"));
}

/* Of an import that did not come to its end. */
static void show_so_far(struct importing *w, const struct admin_answer *answer)
{
	bool said = answer->reached && answer->body != NULL;
	json_t *problem = said ? json_loads(answer->body, 0, NULL) : NULL, *line;
	size_t at;
	json_array_foreach (json_object_get(problem, "told"), at, line)
		show_told(w, line);
	if (json_array_size(w->faults) > 0 && w->invocation->format != OUTPUT_TABLE) {
		json_t *found = json_pack("{s:O}", "faulty", w->faults);
		output_object(w->invocation->out, w->invocation->arena, w->invocation->format,
			      found);
		json_decref(found);
	}
	json_decref(problem);
}

static void import_line(void *with, const char *text)
{
	struct importing *w = with;
	json_t *line = json_loads(text, 0, NULL);
	show_told(w, line);
	if (json_object_get(line, "done") != NULL)
		w->done = json_incref(json_object_get(line, "done"));
	json_decref(line);
}

enum outcome command_import(struct invocation *i)
{
	struct importing w = { .invocation = i, .faults = json_array() };
	struct admin_question q = { .line = import_line, .with = &w };
	w.question = &q;
	struct admin_answer answer = { .reached = false };
	enum outcome outcome;
	bool answered = ask(i, i->command->request, &first_page, &q, &answer, &outcome);
	if (!answered) {
		q.watch = NULL; /* which is over */
		show_so_far(&w, &answer);
	} else if (w.done == NULL) {
		fprintf(i->talk, "minato: the import ended before its end\ndo: read the daemon's "
				 "log; importing again is safe\n");
		outcome = OUTCOME_NEGATIVE;
	} else {
		/* In a table each fault has been told already. */
		if (i->format != OUTPUT_TABLE)
			json_object_set(w.done, "faulty", w.faults);
		output_object(i->out, i->arena, i->format, w.done);
		outcome = json_array_size(w.faults) == 0 ? OUTCOME_DONE : OUTCOME_NEGATIVE;
	}
	json_decref(w.done);
	json_decref(w.faults);
	return outcome;
}

/* A document's octets: a patient's, so in a file that is nobody else's to read, and in none that
 * holds something already. */
struct fetching {
	FILE *to;
	int error; /* errno of the octets that could not be written; 0: none */
};

static bool put_octets(void *with, const void *octets, size_t length)
{
	struct fetching *f = with;
	if (fwrite(octets, 1, length, f->to) != length)
		f->error = errno;
	return f->error == 0;
}

static enum outcome cannot(struct invocation *i, const char *out, const char *be)
{
	struct problem p = { .code = PROBLEM_NONE };
	problem_at(&p, PROBLEM_REQUEST_INVALID, out, "it cannot be %s: %s", be, strerror(errno));
	return invocation_fail(i, &p);
}

enum outcome command_octets(struct invocation *i,
			    bool (*take)(void *with, const void *octets, size_t length), void *with)
{
	struct admin_question q = { .octets = take, .with = with };
	struct admin_answer answer;
	enum outcome outcome;
	ask(i, i->command->request, &first_page, &q, &answer, &outcome);
	return outcome;
}

static enum outcome fetch_into(struct invocation *i, struct fetching *f, const char *out)
{
	enum outcome outcome = command_octets(i, put_octets, f);
	if (f->error == 0)
		return outcome;
	errno = f->error;
	return cannot(i, out, "written");
}

static enum outcome fetch_into_file(struct invocation *i, const char *out)
{
	int fd = open(out, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	struct fetching f = { .to = fd < 0 ? NULL : fdopen(fd, "w") };
	if (f.to == NULL)
		return cannot(i, out, "made");
	enum outcome outcome = fetch_into(i, &f, out);
	if (fclose(f.to) != 0 && outcome == OUTCOME_DONE)
		outcome = cannot(i, out, "written");
	if (outcome != OUTCOME_DONE)
		unlink(out);
	return outcome;
}

enum outcome command_document_fetch(struct invocation *i)
{
	const char *out = invocation_option(i, "out");
	struct fetching f = { .to = i->out };
	return out != NULL ? fetch_into_file(i, out) : fetch_into(i, &f, "standard output");
}
