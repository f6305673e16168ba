/* gateway/config_text.c: the lines of a configuration, before anything is understood. */
#include "gateway/config_text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gateway/base/arena.h"
#include "gateway/base/bytes.h"
#include "gateway/base/regular_file.h"
#include "gateway/base/text.h"

void config_faults_begin(struct config_faults *f, struct arena *a)
{
	*f = (struct config_faults){ .arena = a };
	f->tail = &f->first;
}

bool config_fault_add(struct config_faults *f, struct config_place place, const char *remedy,
		      const char *what, ...)
{
	va_list args;
	va_start(args, what);
	struct config_fault *fault = arena_new(f->arena, struct config_fault);
	fault->place = place;
	fault->remedy = remedy;
	fault->what = arena_vprintf(f->arena, what, args);
	va_end(args);
	*f->tail = fault;
	f->tail = &fault->next;
	return false;
}

void config_fault_tolerate(struct config_faults *f)
{
	char *last = (char *)f->tail - offsetof(struct config_fault, next);
	((struct config_fault *)last)->tolerable = true;
}

enum { BRACES_MOST = 8 }; /* a section's and a list's are two */

/* What is being put together. */
struct collecting {
	struct config_faults *faults;
	struct buffer text, lines;
	unsigned files, depth;
	struct config_place open[BRACES_MOST]; /* where the open braces are */
};

/* Where in which file we read. */
struct reading {
	struct config_place place;
	const char *at;
};

static void begin_line(struct collecting *c, struct config_place place)
{
	buffer_append(&c->lines, &place, sizeof place);
}

static bool read_file(struct collecting *c, struct config_place asked, const char *path,
		      const char **out)
{
	struct arena *a = c->faults->arena;
	int fd = regular_open(path, O_RDONLY);
	if (fd < 0)
		return config_fault_add(c->faults, asked,
					"give the name of a file this user may read",
					"cannot read %s: %s", path, regular_why(errno));
	struct buffer b = buffer_in(a);
	ssize_t got = 1;
	while (got > 0 && b.length <= CONFIG_FILE_MOST) {
		got = read(fd, buffer_reserve(&b, 1 << 16), 1 << 16);
		b.length += got > 0 ? (size_t)got : 0;
	}
	close(fd);
	if (got != 0)
		return config_fault_add(c->faults, asked,
					"give the name of a text file of at most 4 MiB",
					"cannot read %s as a configuration", path);
	if (!text_is_utf8(b.data, b.length))
		return config_fault_add(c->faults, (struct config_place){ path, 0 },
					"save the file as UTF-8", "%s is not UTF-8 text", path);
	*out = buffer_ended(&b);
	return true;
}

const char *config_real_path(struct arena *a, const char *path)
{
	char *real = realpath(path, NULL);
	const char *found = real == NULL ? path : arena_text(a, real);
	free(real);
	return found;
}

/* A name in file is meant from the directory of the file that says it, not from that of a link. */
static const char *beside(struct arena *a, const char *file, const char *name)
{
	struct stat s;
	if (lstat(file, &s) == 0 && S_ISLNK(s.st_mode))
		file = config_real_path(a, file);
	const char *slash = strrchr(file, '/');
	if (name[0] == '/' || slash == NULL)
		return name;
	return arena_printf(a, "%.*s/%s", (int)(slash - file), file, name);
}

static bool blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

static bool word_part(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')
	       || c == '-' || c == '_';
}

static bool skip_comment(struct collecting *c, struct reading *r)
{
	if (r->at[0] != '/' || r->at[1] != '*') {
		r->at += strcspn(r->at, "\n");
		return true;
	}
	struct config_place begin = r->place;
	for (r->at += 2; *r->at != '\0'; r->at++) {
		if (r->at[0] == '*' && r->at[1] == '/') {
			r->at += 2;
			buffer_byte(&c->text, ' ');
			return true;
		}
		if (*r->at == '\n') {
			buffer_byte(&c->text, '\n');
			r->place.line++;
			begin_line(c, r->place);
		}
	}
	return config_fault_add(c->faults, begin, "end the comment with */",
				"this comment has no end");
}

static bool copy_quoted(struct collecting *c, struct reading *r)
{
	const char quote = *r->at;
	const char *begin = r->at++;
	for (; *r->at != quote; r->at++) {
		if (*r->at == '\0' || *r->at == '\n')
			return config_fault_add(c->faults, r->place,
						"close the quotes on the same line",
						"this quoted value has no end");
		if ((unsigned char)*r->at < ' ' && *r->at != '\t')
			return config_fault_add(c->faults, r->place, "remove it",
						"a control character stands in this value");
		if (*r->at != '\\')
			continue;
		r->at++;
		if (*r->at != '\\' && *r->at != quote)
			return config_fault_add(
				c->faults, r->place, "write a backslash as two: \\\\",
				"a backslash in quotes must be followed by a quote or a backslash");
	}
	r->at++;
	buffer_append(&c->text, begin, (size_t)(r->at - begin));
	return true;
}

/* After the word include: ("FILE"), or NULL when it is not that. */
static const char *included_name(struct arena *a, struct reading *r)
{
	const char *p = r->at + strlen("include");
	p += strspn(p, " \t");
	if (*p++ != '(')
		return NULL;
	p += strspn(p, " \t");
	const char quote = *p == '\'' ? '\'' : '"';
	if (*p++ != quote)
		return NULL;
	const char *end = strchr(p, quote);
	if (end == NULL || memchr(p, '\n', (size_t)(end - p)) != NULL)
		return NULL;
	const char *after = end + 1 + strspn(end + 1, " \t");
	if (*after != ')')
		return NULL;
	r->at = after + 1;
	return arena_text_n(a, p, (size_t)(end - p));
}

static bool collect(struct collecting *c, struct config_place asked, const char *path);

static bool splice_file(struct collecting *c, struct reading *r)
{
	const char *name = included_name(c->faults->arena, r);
	if (name == NULL)
		return config_fault_add(c->faults, r->place, "write include(\"FILE\")",
					"include without a file's name in quotes and parentheses");
	buffer_byte(&c->text, '\n');
	if (!collect(c, r->place, beside(c->faults->arena, r->place.file, name)))
		return false;
	buffer_byte(&c->text, '\n');
	begin_line(c, r->place);
	return true;
}

/* One token's worth of text outside quotes. */
static bool copy_plain(struct collecting *c, struct reading *r)
{
	char ch = *r->at;
	if (ch == '#' || (ch == '/' && (r->at[1] == '/' || r->at[1] == '*')))
		return skip_comment(c, r);
	if (ch == '"' || ch == '\'')
		return copy_quoted(c, r);
	if (ch == '*' || ch == '|' || ch == '$' || ch == '\\'
	    || ((unsigned char)ch < ' ' && !blank(ch) && ch != '\n'))
		return config_fault_add(c->faults, r->place, "put the value in double quotes",
					"the character '%c' (octet %u) stands outside quotes",
					(unsigned char)ch < ' ' ? '?' : ch, (unsigned char)ch);
	if (word_part(ch)) {
		size_t length = 0;
		while (word_part(r->at[length]))
			length++;
		if (length == strlen("include") && memcmp(r->at, "include", length) == 0)
			return splice_file(c, r);
		buffer_append(&c->text, r->at, length);
		r->at += length;
		return true;
	}
	if (ch == '{' && c->depth == BRACES_MOST)
		return config_fault_add(c->faults, r->place, "close the braces before this one",
					"more than %d braces are open here", BRACES_MOST);
	if (ch == '{')
		c->open[c->depth++] = r->place;
	c->depth -= ch == '}' && c->depth > 0;
	buffer_byte(&c->text, (unsigned char)ch);
	r->at++;
	if (ch == '\n') {
		r->place.line++;
		begin_line(c, r->place);
	}
	return true;
}

static bool collect(struct collecting *c, struct config_place asked, const char *path)
{
	struct reading r = { .place = { path, 1 }, .at = "" };
	if (++c->files > CONFIG_INCLUDES_MOST)
		return config_fault_add(c->faults, asked, "include each file once, none by itself",
					"more than %d files are included", CONFIG_INCLUDES_MOST);
	if (!read_file(c, asked, path, &r.at))
		return false;
	begin_line(c, r.place);
	while (*r.at != '\0')
		if (!copy_plain(c, &r))
			return false;
	return true;
}

bool config_text_read(const char *path, struct config_faults *faults, struct config_text *out)
{
	struct collecting c = {
		.faults = faults,
		.text = buffer_in(faults->arena),
		.lines = buffer_in(faults->arena),
	};
	if (!collect(&c, (struct config_place){ path, 0 }, path))
		return false;
	if (c.depth > 0) /* libconfuse takes the end of the text for the missing brace */
		return config_fault_add(faults, c.open[c.depth - 1],
					"write the } where the section or list ends",
					"this brace is not closed");
	buffer_byte(&c.text, '\n');
	buffer_ended(&c.text);
	out->text = (char *)c.text.data;
	out->lines = (const void *)c.lines.data;
	out->count = c.lines.length / sizeof *out->lines;
	return true;
}

struct config_place config_text_place(const struct config_text *t, unsigned line)
{
	if (line == 0)
		line = 1;
	return t->lines[line > t->count ? t->count - 1 : line - 1];
}

/* Behind a value or a word; quotes have been checked to close. */
static char *behind_token(char *p)
{
	char quote = *p;
	if (quote != '"' && quote != '\'')
		return p + strcspn(p, " \t\r\n={}(),\"'");
	for (p++; *p != quote; p++)
		if (*p == '\\')
			p++;
	return p + 1;
}

static char *behind_blanks(char *p)
{
	return p + strspn(p, " \t\r\n");
}

/* Behind the bracket that closes the one at p, or NULL. */
static char *behind_brackets(char *p)
{
	for (unsigned depth = 0; *p != '\0';) {
		if (*p == '"' || *p == '\'') {
			p = behind_token(p);
			continue;
		}
		depth += *p == '{' || *p == '(';
		depth -= *p == '}' || *p == ')';
		p++;
		if (depth == 0)
			return p;
	}
	return NULL;
}

/* p is behind a name: where its statement ends, NULL when there is no statement. */
static char *behind_statement(char *p)
{
	p = behind_blanks(p);
	bool sets = *p == '=' || (p[0] == '+' && p[1] == '=');
	if (sets)
		p = behind_blanks(p + (*p == '+' ? 2 : 1));
	else if (*p != '{' && *p != '(')
		p = behind_blanks(behind_token(p)); /* the title of a section */
	if (*p == '{' || *p == '(')
		return behind_brackets(p);
	return sets ? behind_token(p) : NULL;
}

bool config_text_blank(struct config_text *t, unsigned line, const char *name)
{
	char *p = t->text;
	for (unsigned l = 1; l < line && p != NULL; l++)
		p = (p = strchr(p, '\n')) == NULL ? NULL : p + 1;
	size_t length = strlen(name);
	while (p != NULL && *p != '\0' && *p != '\n') {
		if (strchr(" \t\r={}(),+", *p) != NULL) {
			p++;
			continue;
		}
		char *end = behind_token(p);
		char *word = *p == '"' || *p == '\'' ? p + 1 : p;
		size_t found = (size_t)(end - p) - (word == p ? 0 : 2);
		char *last = found == length && memcmp(word, name, length) == 0
				     ? behind_statement(end)
				     : NULL;
		if (last != NULL) {
			for (; p < last; p++)
				if (*p != '\n')
					*p = ' ';
			return true;
		}
		p = end > p ? end : p + 1;
	}
	return false;
}
