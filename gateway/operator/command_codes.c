/* gateway/operator/command_codes.c: the code sets of the affinity domain: brought in, listed, and
 * held against what is registered. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "gateway/base/arena.h"
#include "gateway/base/regular_file.h"
#include "gateway/base/text.h"
#include "gateway/config.h"
#include "gateway/envelope/code_file.h"
#include "gateway/nearest.h"
#include "gateway/operator/command.h"
#include "gateway/operator/conf_writer.h"

static const char written_by[] =
	"# The code sets of the affinity domain. minato codes import writes this file; see "
	"minato.conf(5), code-sets.\n";

/* ---- Bringing in ---- */

/* An import: what the file says, and what stood before. */
struct bringing {
	struct invocation *invocation;
	const char *path; /* of the table of the region */
	bool configured;  /* region code-sets names it */
	struct code_file said, before;
	struct code_sets new, old;
	bool replaced[CODE_ATTRIBUTES];
};

enum change { CHANGE_SAME, CHANGE_ADDED, CHANGE_CHANGED, CHANGE_REMOVED, CHANGES };
static const char *const change_names[CHANGES] = { "same", "added", "changed", "removed" };

static const char *place_of(const struct invocation *i, const char *path,
			    const struct code_fault *w)
{
	if (!text_empty(w->where))
		return arena_printf(i->arena, "%s: %s", path, w->where);
	return w->line == 0 ? path : arena_printf(i->arena, "%s:%u", path, w->line);
}

static enum outcome tell_faults(struct invocation *i, const char *path, const struct code_file *f)
{
	for (const struct code_fault *w = f->faults; w != NULL; w = w->next)
		fprintf(i->talk, "minato: %s: %s\ndo: %s\n",
			output_printable(i->arena, place_of(i, path, w)),
			output_printable(i->arena, w->what), w->remedy);
	if (f->fault_count > CODE_FAULTS_MOST)
		fprintf(i->talk, "minato: %s has %zu more faults\n", path,
			f->fault_count - CODE_FAULTS_MOST);
	fprintf(i->talk, "Nothing has been changed.\n");
	return OUTCOME_CONFIGURATION;
}

static enum outcome read_codes(struct invocation *i, const char *path,
			       const struct code_reading *with, struct code_file *out)
{
	struct bytes text;
	const char *why;
	*out = code_file_in(i->arena);
	if (!regular_read(i->arena, path, CODE_FILE_MOST, &text, &why)) {
		fprintf(i->talk, "minato: cannot read %s: %s\ndo: name a file of codes\n", path,
			why);
		return OUTCOME_CONFIGURATION;
	}
	if (!code_file_read(out, text, with))
		return tell_faults(i, path, out);
	for (const struct code_fault *n = out->notes; n != NULL; n = n->next)
		fprintf(i->talk, "%s:%u: %s\n", path, n->line, output_printable(i->arena, n->what));
	if (out->twice > 0)
		fprintf(i->talk, "%s says %zu codes again; the first of each holds.\n", path,
			out->twice);
	return OUTCOME_DONE;
}

/* The region's own table, and what it has: of a new one nothing. */
static enum outcome find_table(struct bringing *b)
{
	struct invocation *i = b->invocation;
	const struct configuration *c = invocation_configuration(i);
	if (c == NULL)
		return OUTCOME_CONFIGURATION;
	b->configured = c->code_sets != NULL;
	b->path = b->configured ? arena_text(i->arena, c->code_sets)
				: arena_printf(i->arena, "%s/codes.tsv", c->directory);
	config_release(c);
	b->before = code_file_in(i->arena);
	return access(b->path, F_OK) == 0 ? read_codes(i, b->path, NULL, &b->before) : OUTCOME_DONE;
}

/* A name in a language that the file does not have is kept. */
static void keep_names(struct bringing *b)
{
	for (struct code_row *r = b->said.first; r != NULL; r = r->next) {
		const struct affinity_code *was = code_sets_find(&b->old, r->code.attribute,
								 r->code.code, r->code.scheme);
		if (was != NULL && r->code.japanese == NULL)
			r->code.japanese = was->japanese;
		if (was != NULL && r->code.english == NULL)
			r->code.english = was->english;
		if (was != NULL && r->code.extension == NULL)
			r->code.extension = was->extension;
	}
}

static bool same_names(const struct affinity_code *a, const struct affinity_code *b)
{
	return text_equal(a->japanese, b->japanese) && text_equal(a->english, b->english)
	       && text_equal(a->extension, b->extension) && text_equal(a->code, b->code);
}

static json_t *code_row(const struct affinity_code *c)
{
	return json_pack("{s:s, s:s, s:s*, s:s*, s:s*, s:s*}", "attribute", c->attribute, "code",
			 c->code, "scheme", c->scheme[0] == '\0' ? NULL : c->scheme, "japanese",
			 c->japanese, "english", c->english, "extension", c->extension);
}

static const char *name_of(const struct affinity_code *c)
{
	return c->japanese != NULL ? c->japanese : c->english;
}

/* What becomes of each code; rows of those that do not stay. */
struct changes {
	unsigned long counts[CODE_ATTRIBUTES][CHANGES];
	unsigned long all;
	json_t *rows;
};

static void count_change(struct changes *n, const struct affinity_code *c, enum change change)
{
	n->counts[code_attribute(c->attribute)][change]++;
	if (change == CHANGE_SAME)
		return;
	json_t *row = code_row(c);
	json_object_set_new(row, "change", json_string(change_names[change]));
	json_object_set_new(row, "name", json_string(name_of(c) == NULL ? "" : name_of(c)));
	json_array_append_new(n->rows, row);
	n->all++;
}

static struct changes compare(const struct bringing *b)
{
	struct changes n = { .rows = json_array() };
	for (const struct code_row *r = b->said.first; r != NULL; r = r->next) {
		const struct affinity_code *was = code_sets_find(&b->old, r->code.attribute,
								 r->code.code, r->code.scheme);
		count_change(&n, &r->code,
			     was == NULL                 ? CHANGE_ADDED
			     : same_names(was, &r->code) ? CHANGE_SAME
							 : CHANGE_CHANGED);
	}
	for (const struct code_row *r = b->before.first; r != NULL; r = r->next)
		if (b->replaced[code_attribute(r->code.attribute)]
		    && code_sets_find(&b->new, r->code.attribute, r->code.code, r->code.scheme)
			       == NULL)
			count_change(&n, &r->code, CHANGE_REMOVED);
	return n;
}

static void tell_changes(struct invocation *i, const struct bringing *b, const struct changes *n)
{
	static const struct column columns[] = { { .key = "change", .heading = "CHANGE" },
						 { .key = "attribute", .heading = "ATTRIBUTE" },
						 { .key = "code", .heading = "CODE" },
						 { .key = "scheme", .heading = "SCHEME" },
						 { .key = "name", .heading = "NAME" },
						 { 0 } };
	if (n->all > 0 || i->format != OUTPUT_TABLE)
		output_rows(i->out, i->arena, i->format, n->rows, columns);
	for (int a = 0; a < CODE_ATTRIBUTES; a++)
		if (b->replaced[a])
			fprintf(i->talk, "%s: %lu added, %lu changed, %lu removed, %lu same\n",
				code_attributes[a], n->counts[a][CHANGE_ADDED],
				n->counts[a][CHANGE_CHANGED], n->counts[a][CHANGE_REMOVED],
				n->counts[a][CHANGE_SAME]);
}

static void write_attribute(struct buffer *text, const struct code_file *f, const char *attribute,
			    struct arena *a)
{
	struct code_row *first = NULL, **tail = &first;
	for (const struct code_row *r = f->first; r != NULL; r = r->next)
		if (text_equal(r->code.attribute, attribute)) {
			struct code_row *copy = arena_new(a, struct code_row);
			copy->code = r->code;
			*tail = copy;
			tail = &copy->next;
		}
	code_file_write_rows(text, first);
}

/* The sets the file has, and of the others what stood before. */
static struct bytes whole_table(const struct bringing *b)
{
	struct buffer text = buffer_in(b->invocation->arena);
	buffer_text(&text, written_by);
	code_file_write(&text, NULL);
	for (int a = 0; a < CODE_ATTRIBUTES; a++)
		write_attribute(&text, b->replaced[a] ? &b->said : &b->before, code_attributes[a],
				b->invocation->arena);
	return buffer_bytes(&text);
}

static void sync_directory(struct arena *a, const char *path)
{
	const char *slash = strrchr(path, '/');
	const char *directory = slash == NULL ? "."
					      : arena_text_n(a, path, (size_t)(slash - path) + 1);
	int fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd >= 0) {
		fsync(fd);
		close(fd);
	}
}

/* The new table stands beside the old one until it is whole. */
static bool replace_table(const struct bringing *b, struct problem *p)
{
	struct arena *a = b->invocation->arena;
	struct code_file again = code_file_in(a);
	struct bytes text = whole_table(b);
	const char *fresh = arena_printf(a, "%s.new", b->path);
	if (text.length > CODE_FILE_MOST || !code_file_read(&again, text, NULL))
		return problem_set(p, PROBLEM_TOO_LARGE,
				   "the sets together are more than one file may have: %d codes, "
				   "%d MiB",
				   CODE_ROWS_MOST, CODE_FILE_MOST >> 20);
	if (access(fresh, F_OK) == 0)
		return problem_at(p, PROBLEM_CONFLICT, fresh,
				  "another import is at work, or was cut short; where none is, "
				  "remove %s",
				  fresh);
	if (!conf_write_file(fresh, text, 0644, p))
		return false;
	if (rename(fresh, b->path) != 0) {
		problem_at(p, PROBLEM_INTERNAL, b->path, "could not replace it: %s",
			   strerror(errno));
		unlink(fresh);
		return false;
	}
	sync_directory(a, b->path);
	return true;
}

static void tell_how_to_use(struct invocation *i, const struct bringing *b)
{
	fprintf(i->talk, "%s has been written.\n", b->path);
	if (!b->configured)
		fprintf(i->talk,
			"To put it in effect, write into the region section of %s:\n"
			"  code-sets = \"codes.tsv\"\n",
			i->configuration);
	fprintf(i->talk,
		"Which registered documents it would not take: minato -c %s codes check %s\n"
		"Let the daemon read it:\n"
		"  systemctl reload minatod     or: kill -HUP its process\n",
		i->configuration, b->path);
}

static enum outcome bring_in(struct bringing *b)
{
	struct invocation *i = b->invocation;
	struct problem p = { .code = PROBLEM_NONE };
	b->old = code_file_sets(&b->before);
	keep_names(b);
	b->new = code_file_sets(&b->said);
	memcpy(b->replaced, b->new.limited, sizeof b->replaced);
	struct changes n = compare(b);
	tell_changes(i, b, &n);
	json_decref(n.rows);
	if (invocation_option(i, "dry-run") != NULL || n.all == 0) {
		fprintf(i->talk, "Nothing has been changed.\n");
		return OUTCOME_DONE;
	}
	if (!replace_table(b, &p))
		return invocation_fail(i, &p);
	tell_how_to_use(i, b);
	return OUTCOME_DONE;
}

enum outcome command_codes_import(struct invocation *i)
{
	struct bringing b = { .invocation = i };
	struct code_reading with = { .attribute = invocation_option(i, "attribute"),
				     .scheme = invocation_option(i, "scheme") };
	if (with.scheme != NULL && !text_is_oid(with.scheme)) {
		fprintf(i->talk, "minato: --scheme \"%s\" is not an OID\ndo: digits and dots\n",
			with.scheme);
		return OUTCOME_USAGE;
	}
	enum outcome outcome = read_codes(i, i->arguments[0], &with, &b.said);
	if (outcome == OUTCOME_DONE)
		outcome = find_table(&b);
	return outcome == OUTCOME_DONE ? bring_in(&b) : outcome;
}

/* ---- Listing ---- */

static json_t *listed(const struct code_sets *sets, const char *attribute)
{
	json_t *rows = json_array();
	for (int a = 0; a < CODE_ATTRIBUTES; a++)
		for (size_t n = 0; n < sets->count; n++) {
			const struct affinity_code *c = &sets->codes[n];
			if (!text_equal(c->attribute, code_attributes[a])
			    || (attribute != NULL && !text_equal(attribute, c->attribute)))
				continue;
			json_t *row = code_row(c);
			if (name_of(c) != NULL)
				json_object_set_new(row, "name", json_string(name_of(c)));
			json_array_append_new(rows, row);
		}
	return rows;
}

/* The daemon's codes, which may be others than the file's until it is reloaded. */
static enum outcome list_counted(struct invocation *i)
{
	enum outcome outcome;
	const struct request *r = i->command->request;
	json_t *answer = command_asked(i, r, &outcome), *row;
	size_t at;
	if (answer == NULL)
		return outcome;
	json_t *rows = json_object_get(answer, r->rows);
	json_array_foreach (rows, at, row) {
		json_t *japanese = json_object_get(row, "japanese");
		json_t *name = japanese != NULL ? japanese : json_object_get(row, "english");
		if (name != NULL)
			json_object_set(row, "name", name);
	}
	output_rows(i->out, i->arena, i->format, rows, r->columns);
	fprintf(i->talk, "%lld uses were counted, %lld of them of codes that are in no set\n",
		(long long)json_integer_value(json_object_get(answer, "uses_counted")),
		(long long)json_integer_value(json_object_get(answer, "uses_of_others")));
	json_decref(answer);
	return outcome;
}

enum outcome command_codes_list(struct invocation *i)
{
	static const struct column columns[] = { { .key = "attribute", .heading = "ATTRIBUTE" },
						 { .key = "code", .heading = "CODE" },
						 { .key = "scheme", .heading = "SCHEME" },
						 { .key = "name", .heading = "NAME" },
						 { 0 } };
	const char *attribute = i->argument_count > 0 ? i->arguments[0] : NULL;
	if (attribute != NULL && code_attribute(attribute) < 0) {
		fprintf(i->talk, "minato: \"%s\" is no coded attribute; the nearest is %s\n",
			attribute, nearest_name(attribute, code_attributes, CODE_ATTRIBUTES));
		return OUTCOME_USAGE;
	}
	if (invocation_option(i, "counts") != NULL)
		return list_counted(i);
	const struct configuration *c = invocation_configuration(i);
	if (c == NULL)
		return OUTCOME_CONFIGURATION;
	json_t *rows = listed(&c->region.codes, attribute);
	output_rows(i->out, i->arena, i->format, rows, columns);
	if (json_array_size(rows) == 0)
		fprintf(i->talk, "%s%severy code is accepted\n", attribute == NULL ? "" : attribute,
			attribute == NULL ? "" : ": ");
	json_decref(rows);
	config_release(c);
	return OUTCOME_DONE;
}

/* ---- Held against what is registered ---- */

static void tell_verdict(struct invocation *i, const json_t *answer)
{
	json_int_t limited = json_integer_value(json_object_get(answer, "attributes_limited")),
		   beyond = json_integer_value(json_object_get(answer, "uses_beyond"));
	if (limited == 0)
		fprintf(i->talk, "There is no code set: every code is accepted.\n");
	if (beyond > 0)
		fprintf(i->talk, "... and %lld uses of further codes\n", (long long)beyond);
	fprintf(i->talk, "valid: %s\n",
		json_is_true(json_object_get(answer, "valid")) ? "yes" : "no");
}

enum outcome command_codes_check(struct invocation *i)
{
	enum outcome outcome;
	const struct request *r = i->command->request;
	json_t *answer = command_asked(i, r, &outcome);
	if (answer == NULL)
		return outcome;
	if (i->format == OUTPUT_TABLE || i->format == OUTPUT_CSV)
		output_rows(i->out, i->arena, i->format, json_object_get(answer, r->rows),
			    r->columns);
	else
		output_object(i->out, i->arena, i->format, answer);
	tell_verdict(i, answer);
	if (!json_is_true(json_object_get(answer, r->verdict)))
		outcome = OUTCOME_NEGATIVE;
	json_decref(answer);
	return outcome;
}
