/* gateway/operator/conf_writer.c: a minato.conf with every key explained, from the table of
 * keys. */
#include "gateway/operator/conf_writer.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "gateway/base/regular_file.h"
#include "gateway/base/text.h"
#include "gateway/config.h"
#include "gateway/operator/owned_file.h"

enum { COMMENT_COLUMNS = 96 };

/* Words wrapped behind a prefix such as "\t# ". */
static void write_comment(struct buffer *b, const char *prefix, const char *text)
{
	size_t column = 0;
	while (*text != '\0') {
		size_t word = strcspn(text, " ");
		if (column == 0 || column + 1 + word > COMMENT_COLUMNS) {
			buffer_printf(b, "%s%s", column == 0 ? "" : "\n", prefix);
			column = strlen(prefix);
		} else {
			buffer_byte(b, ' ');
			column++;
		}
		buffer_append(b, text, word);
		column += word;
		text += word;
		text += strspn(text, " ");
	}
	buffer_byte(b, '\n');
}

static void write_quoted(struct buffer *b, const char *text)
{
	buffer_byte(b, '"');
	for (; *text != '\0'; text++) {
		if (*text == '"' || *text == '\\')
			buffer_byte(b, '\\');
		buffer_byte(b, (unsigned char)*text);
	}
	buffer_byte(b, '"');
}

static const char *stated(const struct conf_value *values, const char *section, const char *key)
{
	for (; values != NULL && values->section != NULL; values++)
		if (text_equal(values->section, section) && text_equal(values->key, key))
			return values->value;
	return NULL;
}

static void write_key(struct buffer *b, const char *section, const struct config_key *k,
		      const struct conf_value *values, const char *mark)
{
	const char *value = stated(values, section, k->name);
	buffer_byte(b, '\n');
	write_comment(b, *mark == '\0' ? "\t# " : "#\t# ", k->help);
	buffer_printf(b, "%s\t%s%s = ", mark, value == NULL && *mark == '\0' ? "#" : "", k->name);
	if (value == NULL)
		value = k->preset;
	if (config_kind_is_list(k->kind))
		buffer_byte(b, '{');
	if (value != NULL)
		write_quoted(b, value);
	else if (!config_kind_is_list(k->kind))
		buffer_text(b, "\"\"");
	buffer_text(b, config_kind_is_list(k->kind) ? "}\n" : "\n");
}

static void write_section(struct buffer *b, const struct config_section_kind *s,
			  const struct conf_value *values)
{
	const char *mark = s->title == NULL ? "" : "#";
	buffer_byte(b, '\n');
	write_comment(b, "# ", s->help);
	buffer_printf(b, "%s%s", mark, s->name);
	if (s->title != NULL)
		buffer_printf(b, " \"%s\"", s->title);
	buffer_text(b, " {");
	if (s->like != NULL)
		buffer_printf(b, "\n%s\t# Keys of section %s, and:\n%s\tport = \"\"\n", mark,
			      s->like, mark);
	for (const struct config_key *k = s->keys; s->like == NULL && k->name != NULL; k++)
		write_key(b, s->name, k, values, mark);
	buffer_printf(b, "%s}\n", mark);
}

void conf_write(struct buffer *b, const struct conf_value *values)
{
	buffer_text(
		b,
		"# minato.conf: one region. See minato.conf(5).\n"
		"#\n"
		"# Check it:  minatod -t -c FILE        Show what is in effect:  minato -c FILE "
		"config show\n"
		"# Reload it: kill -HUP, or systemctl reload minatod; no connection is dropped.\n"
		"#\n"
		"# Keys behind a single # show their defaults. Names of files start at this file's "
		"directory.\n"
		"# Sizes have a unit (B KiB MiB GiB TiB), times too (s min h d). Another file can "
		"be read in\n"
		"# its place with the word include and its name in quotes and parentheses.\n");
	for (const struct config_section_kind *s = config_sections; s->name != NULL; s++)
		write_section(b, s, values);
}

void conf_write_line(struct buffer *b, const char *key, const char *value)
{
	if (value == NULL)
		return;
	buffer_printf(b, "\t%s = ", key);
	write_quoted(b, value);
	buffer_byte(b, '\n');
}

void conf_write_facility(struct buffer *b, const struct facility *f, const char *certificate)
{
	if (f->domain != NULL && f->namespace_id != NULL) {
		buffer_text(b, "domain ");
		write_quoted(b, f->domain);
		buffer_text(b, " {\n");
		conf_write_line(b, "namespace", f->namespace_id);
		buffer_text(b, "}\n");
	}
	buffer_text(b, "system ");
	write_quoted(b, f->name);
	buffer_text(b, " {\n");
	conf_write_line(b, "title", f->title);
	conf_write_line(b, "institution-code", f->institution_code);
	conf_write_line(b, "certificate", certificate);
	conf_write_line(b, "certificate-sha256", f->certificate_sha256);
	if (f->domain != NULL) {
		buffer_text(b, "\tdomains = {");
		write_quoted(b, f->domain);
		buffer_text(b, "}\n");
	}
	buffer_text(b, "}\n");
}

bool conf_write_file(const char *path, struct bytes text, mode_t mode, struct problem *p)
{
	int fd = owned_file_make(path, mode);
	if (fd < 0)
		return problem_at(p, errno == EEXIST ? PROBLEM_CONFLICT : PROBLEM_INTERNAL, path,
				  "could not make %s: %s", path, strerror(errno));
	bool written = regular_write(fd, text) && fsync(fd) == 0;
	int error = errno;
	if (close(fd) == 0 && written)
		return true;
	unlink(path);
	return problem_at(p, PROBLEM_STORE_FULL, path, "could not write %s: %s", path,
			  strerror(error));
}
