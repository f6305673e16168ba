/* gateway/operator/command_ssmix2.c: an SS-MIX2 storage is checked where it lies,
 * without a region, a daemon or a configuration: whoever writes one may use it.
 * And messages are brought to one that is delegated. */
#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/progress.h"
#include "gateway/base/text.h"
#include "gateway/operator/command.h"
#include "gateway/operator/long_watch.h"
#include "profiles/ssmix2/import_roots.h"
#include "profiles/ssmix2/validate.h"
#include "schemas/model/region.h"

enum {
	FINDINGS_MOST = 10000, /* of a table, or of one JSON text; lines go on */
	SHOWN_EVERY = 500000,  /* microseconds */
	LINE_MEMORY = 1 << 20, /* one line */
	CODE = 10
};

struct storage_checking {
	struct invocation *invocation;
	struct arena *line; /* emptied after each */
	struct progress progress;
	bool shows, shown; /* somebody wants to know how far it is; the terminal's line tells it */
	int64_t told;      /* clock->elapsed() */
	struct storage_check check;
	json_t *findings; /* as many as are kept */
	uint64_t beyond;
	bool headed; /* CSV: its first line is written */
	struct storage_roots roots[STORAGE_FACILITIES];
	size_t facilities;
};

static const struct column columns[] = { { .key = "severity", .heading = "SEVERITY" },
					 { .key = "rule", .heading = "RULE" },
					 { .key = "path", .heading = "PATH" },
					 { .key = "where", .heading = "WHERE" },
					 { .key = "what", .heading = "WHAT" },
					 { .key = "do", .heading = "DO" },
					 { 0 } };
static const struct column type_columns[] = {
	{ .key = "type", .heading = "TYPE" },
	{ .key = "files", .heading = "FILES", .right = true },
	{ .key = "errors", .heading = "ERRORS", .right = true },
	{ .key = "warnings", .heading = "WARNINGS", .right = true },
	{ .key = "notes", .heading = "NOTES", .right = true },
	{ 0 }
};

/* ---- How far it is, and Ctrl-C ---- */

static atomic_bool interrupted;

static void on_interrupt(int signal)
{
	(void)signal;
	atomic_store(&interrupted, true);
}

/* Who was started to ignore interrupts goes on ignoring them; a second one ends the tool. */
static void take_interrupts(struct sigaction *before)
{
	struct sigaction ours = { .sa_handler = on_interrupt, .sa_flags = (int)SA_RESETHAND };
	atomic_store(&interrupted, false);
	sigaction(SIGINT, NULL, before);
	if (before->sa_handler != SIG_IGN)
		sigaction(SIGINT, &ours, NULL);
}

static void clear_line(struct storage_checking *c)
{
	if (c->shown)
		fputs("\r\033[K", c->invocation->talk), fflush(c->invocation->talk);
	c->shown = false;
}

static void show_progress(struct storage_checking *c)
{
	struct invocation *i = c->invocation;
	struct progress_seen seen;
	progress_look(&c->progress, &seen);
	json_t *work = json_pack("{s:s*, s:I, s:f}", "unit", seen.unit, "done",
				 (json_int_t)seen.done, "per_second", seen.rate);
	if (seen.of != 0)
		json_object_set_new(work, "of", json_integer((json_int_t)seen.of));
	if (seen.seconds_left >= 0)
		json_object_set_new(work, "seconds_left", json_integer(seen.seconds_left));
	const char *text = long_watch_sentence(c->line, i->command->long_work, work);
	fprintf(i->talk, i->terminal ? "\r%s\033[K" : "%s\n", text);
	fflush(i->talk);
	c->shown = i->terminal;
	json_decref(work);
	arena_reset(c->line);
}

/* Asked at every entry and before every file. */
static bool ends(void *self)
{
	struct storage_checking *c = self;
	const struct clock *clock = c->invocation->clock;
	if (c->shows && clock->elapsed(clock) - c->told >= SHOWN_EVERY) {
		c->told = clock->elapsed(clock);
		show_progress(c);
	}
	return atomic_load(&interrupted);
}

static void looked(void *self)
{
	struct storage_checking *c = self;
	progress_add(&c->progress, 1);
}

/* ---- What is found ---- */

static json_t *row_of(struct storage_checking *c, const struct storage_finding *f)
{
	const char *what = f->detail[0] == '\0'
				   ? f->rule->what
				   : arena_printf(c->line, "%s: %s", f->rule->what, f->detail);
	return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s}", "severity",
			 storage_severity_names[f->severity], "rule", f->rule->name, "type",
			 f->type, "path", f->path, "where", f->where, "what", what, "do",
			 f->rule->remedy, "section", f->rule->section);
}

/* One row, or the headings alone. */
static void put_csv(struct storage_checking *c, json_t *row)
{
	json_t *rows = json_array();
	char *text = NULL;
	size_t length = 0;
	json_array_append(rows, row);
	FILE *to = open_memstream(&text, &length);
	if (to != NULL) {
		output_rows(to, c->line, OUTPUT_CSV, rows, columns);
		fclose(to);
		const char *second = strstr(text, "\r\n") + 2;
		fputs(c->headed ? second : text, c->invocation->out);
	}
	c->headed = true;
	free(text);
	json_decref(rows);
}

static void put_line(struct storage_checking *c, const char *kind, json_t *row)
{
	json_t *line = json_pack("{s:O}", kind, row);
	output_object(c->invocation->out, c->line, OUTPUT_NDJSON, line);
	json_decref(line);
}

static void found(void *self, const struct storage_finding *f)
{
	struct storage_checking *c = self;
	json_t *row = row_of(c, f);
	clear_line(c);
	if (c->invocation->format == OUTPUT_NDJSON)
		put_line(c, "finding", row);
	else if (c->invocation->format == OUTPUT_CSV)
		put_csv(c, row);
	else if (json_array_size(c->findings) < FINDINGS_MOST)
		json_array_append(c->findings, row);
	else
		c->beyond++;
	json_decref(row);
	arena_reset(c->line);
}

/* ---- At the end ---- */

static int by_type(const void *a, const void *b)
{
	return strcmp(((const struct storage_tally *)a)->type,
		      ((const struct storage_tally *)b)->type);
}

static json_t *types_of(struct storage_checking *c)
{
	json_t *rows = json_array();
	qsort(c->check.types, c->check.type_count, sizeof c->check.types[0], by_type);
	for (size_t n = 0; n < c->check.type_count; n++) {
		const struct storage_tally *t = &c->check.types[n];
		json_array_append_new(rows,
				      json_pack("{s:s, s:I, s:I, s:I, s:I}", "type", t->type,
						"files", (json_int_t)t->files, "errors",
						(json_int_t)t->found[STORAGE_ERROR], "warnings",
						(json_int_t)t->found[STORAGE_WARNING], "notes",
						(json_int_t)t->found[STORAGE_NOTE]));
	}
	return rows;
}

static bool is_valid(const struct storage_checking *c)
{
	return !atomic_load(&interrupted) && c->check.all[STORAGE_ERROR] == 0;
}

static json_t *numbers_of(const struct storage_checking *c)
{
	return json_pack("{s:b, s:b, s:I, s:I, s:I, s:I, s:I}", "valid", is_valid(c), "interrupted",
			 (bool)atomic_load(&interrupted), "files", (json_int_t)c->check.files,
			 "ignored", (json_int_t)c->check.ignored, "errors",
			 (json_int_t)c->check.all[STORAGE_ERROR], "warnings",
			 (json_int_t)c->check.all[STORAGE_WARNING], "notes",
			 (json_int_t)c->check.all[STORAGE_NOTE]);
}

static void put_tables(struct storage_checking *c, const json_t *types)
{
	struct invocation *i = c->invocation;
	output_rows(i->out, i->arena, OUTPUT_TABLE, c->findings, columns);
	if (json_array_size(c->findings) > 0 && json_array_size(types) > 0)
		putc('\n', i->out);
	output_rows(i->out, i->arena, OUTPUT_TABLE, types, type_columns);
}

static void put_result(struct storage_checking *c, json_t *types)
{
	struct invocation *i = c->invocation;
	json_t *all = numbers_of(c), *none = json_array(), *row;
	size_t at;
	switch (i->format) {
	case OUTPUT_TABLE: put_tables(c, types); break;
	case OUTPUT_CSV:
		if (!c->headed)
			output_rows(i->out, i->arena, OUTPUT_CSV, none, columns);
		break;
	case OUTPUT_NDJSON:
		json_array_foreach (types, at, row)
			put_line(c, "type", row);
		put_line(c, "done", all);
		break;
	case OUTPUT_JSON:
		json_object_set_new(all, "beyond", json_integer((json_int_t)c->beyond));
		json_object_set(all, "findings", c->findings);
		json_object_set(all, "types", types);
		output_object(i->out, i->arena, OUTPUT_JSON, all);
		break;
	}
	json_decref(none);
	json_decref(all);
}

/* "12 files: 1 error, 0 warnings, 3 notes" */
static void tell_verdict(struct storage_checking *c)
{
	FILE *talk = c->invocation->talk;
	const struct storage_check *k = &c->check;
	if (c->beyond > 0)
		fprintf(talk, "... and %llu further findings; --output ndjson has all\n",
			(unsigned long long)c->beyond);
	if (atomic_load(&interrupted))
		fputs("minato: interrupted; this is what was found so far\n", talk);
	fprintf(talk, "files: %llu, errors: %llu, warnings: %llu, notes: %llu, passed by: %llu\n",
		(unsigned long long)k->files, (unsigned long long)k->all[STORAGE_ERROR],
		(unsigned long long)k->all[STORAGE_WARNING],
		(unsigned long long)k->all[STORAGE_NOTE], (unsigned long long)k->ignored);
	fprintf(talk, "valid: %s\n", is_valid(c) ? "yes" : "no");
}

/* ---- Which folders ---- */

static bool is_code(const char *text)
{
	return strlen(text) == CODE && strspn(text, "0123456789") == CODE;
}

static bool find_facility(struct storage_checking *c, const char *directory, const char *code,
			  struct problem *p)
{
	struct arena *a = c->invocation->arena;
	const struct import_roots_asker asker = { .self = c, .ends = ends };
	const struct registered_system facility = {
		.name = "the facility",
		.institution_code = code == NULL ? NULL : arena_text(a, code),
	};
	struct storage_roots *roots = &c->roots[c->facilities];
	if (!import_roots_find(a, NULL, &facility, directory, &asker, roots, p))
		return p->code == PROBLEM_NONE; /* interrupted */
	c->facilities++;
	return true;
}

static bool find_roots(struct storage_checking *c, struct problem *p)
{
	char codes[STORAGE_FACILITIES][CODE + 1];
	const char *said = c->invocation->arguments[0];
	const char *code = invocation_option(c->invocation, "facility-code");
	char *directory = realpath(said, NULL);
	bool done = directory != NULL;
	if (!done)
		return problem_at(p, PROBLEM_REQUEST_INVALID, "DIR", "%s: %s", said,
				  strerror(errno));
	const char *whole = arena_text(c->invocation->arena, directory);
	free(directory);
	size_t count = code != NULL ? 0 : storage_check_codes(whole, codes);
	if (count == 0)
		return find_facility(c, whole, code, p);
	for (size_t n = 0; n < count && done; n++)
		done = find_facility(c, whole, codes[n], p);
	return done;
}

/* ---- The command ---- */

static bool count_all(struct storage_checking *c, struct problem *p)
{
	uint64_t files = 0;
	bool done = true;
	progress_begin(&c->progress, "files found", 0);
	for (size_t n = 0; n < c->facilities && done; n++)
		done = storage_check_count(&c->check, c->roots[n].root, c->roots[n].count, &files,
					   p);
	progress_begin(&c->progress, "files", files);
	return done;
}

static bool check_all(struct storage_checking *c, struct problem *p)
{
	bool done = find_roots(c, p) && (!c->shows || count_all(c, p));
	for (size_t n = 0; n < c->facilities && done && !ends(c); n++)
		done = storage_check_roots(&c->check, c->roots[n].root, c->roots[n].count, p);
	clear_line(c);
	return done;
}

static enum outcome check_storage(struct storage_checking *c)
{
	struct invocation *i = c->invocation;
	struct problem p = { .code = PROBLEM_NONE };
	if (!check_all(c, &p))
		return invocation_fail(i, &p);
	json_t *types = types_of(c);
	put_result(c, types);
	json_decref(types);
	tell_verdict(c);
	return is_valid(c) ? OUTCOME_DONE : OUTCOME_NEGATIVE;
}

/* ---- Messages for a delegated storage ---- */

/* One after the other, each as if it had come alone; what is refused keeps no other out. */
enum outcome command_ssmix2_put(struct invocation *i)
{
	json_t *rows = json_array();
	enum outcome worst = OUTCOME_DONE;
	size_t count = i->argument_count;
	for (size_t n = 1; n < count; n++) {
		enum outcome outcome = OUTCOME_DONE;
		const char *file = i->arguments[n];
		i->arguments[1] = file;
		i->octets = NULL;
		json_t *row = command_asked(i, i->command->request, &outcome);
		if (row != NULL) {
			json_object_set_new(row, "file",
					    json_string(output_printable(i->arena, file)));
			json_array_append_new(rows, row);
		} else if (count > 2) {
			fprintf(i->talk, "file: %s\n", output_printable(i->arena, file));
		}
		worst = worst == OUTCOME_DONE ? outcome : worst;
		if (outcome == OUTCOME_UNREACHABLE || outcome == OUTCOME_CONFIGURATION)
			break;
	}
	output_rows(i->out, i->arena, i->format, rows, i->command->request->columns);
	json_decref(rows);
	return worst;
}

/* ---- A storage is checked ---- */

enum outcome command_ssmix2_check(struct invocation *i)
{
	const char *code = invocation_option(i, "facility-code");
	struct sigaction before;
	if (code != NULL && !is_code(code)) {
		fprintf(i->talk,
			"minato: --facility-code \"%s\" is no institution code\ndo: its ten "
			"digits\n",
			output_printable(i->arena, code));
		return OUTCOME_USAGE;
	}
	struct storage_checking *c = arena_new(i->arena, struct storage_checking);
	*c = (struct storage_checking){
		.invocation = i,
		.line = arena_create(LINE_MEMORY),
		.shows = i->terminal || invocation_option(i, "progress") != NULL,
		.told = i->clock->elapsed(i->clock),
		.findings = json_array(),
		.check = { .now = i->clock->now(i->clock),
			   .twelve_digit_ids = invocation_option(i, "twelve-digit-ids") != NULL,
			   .self = c,
			   .found = found,
			   .ends = ends,
			   .looked = looked },
	};
	progress_create(&c->progress, i->clock, NULL);
	take_interrupts(&before);
	enum outcome outcome = check_storage(c);
	sigaction(SIGINT, &before, NULL);
	progress_destroy(&c->progress);
	json_decref(c->findings);
	arena_destroy(c->line);
	return outcome;
}
