/* gateway/envelope/mtom_part.c: what the header of a part says. RFC 2045, RFC 2046 5.1, RFC 5322
 * 2.2. */
#include "gateway/envelope/mtom_part.h"

#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "gateway/envelope/content_type.h"
#include "schemas/tables/problem.h"

/* A field continues on lines that begin with white space: joins them, and ends lines with one
 * LF. */
static bool unfold(char *text, struct problem *p)
{
	char *to = text;
	for (const char *from = text; *from != '\0'; from++) {
		if (*from == '\r' && from[1] == '\n')
			continue;
		if ((unsigned char)*from < ' ' && *from != '\n' && *from != '\t')
			return problem_set(p, PROBLEM_MALFORMED,
					   "a part's header holds a control character");
		bool folded = *from == '\n' && (from[1] == ' ' || from[1] == '\t');
		*to++ = folded ? ' ' : *from;
	}
	*to = '\0';
	return true;
}

/* The id between < and >, which some leave out. */
static const char *bare_id(struct arena *a, const char *text)
{
	size_t length = strlen(text);
	if (length >= 2 && text[0] == '<' && text[length - 1] == '>')
		return arena_text_n(a, text + 1, length - 2);
	return text;
}

static bool read_content_id(struct arena *a, const char *value, struct part_header *out,
			    struct problem *p)
{
	if (out->content_id != NULL)
		return problem_set(p, PROBLEM_MALFORMED, "a part has two Content-ID fields");
	out->content_id = bare_id(a, value);
	if (*out->content_id == '\0' || strpbrk(out->content_id, "\t<>") != NULL)
		return problem_set(p, PROBLEM_MALFORMED, "the Content-ID of a part is not one");
	return true;
}

static bool read_content_type(struct arena *a, const char *value, struct part_header *out,
			      struct problem *p)
{
	struct content_type type;
	if (out->content_type != NULL)
		return problem_set(p, PROBLEM_MALFORMED, "a part has two Content-Type fields");
	out->content_type = value;
	if (content_type_read(a, value, &type)) {
		out->media = type.media;
		out->unquoted = type.unquoted;
	}
	char start[sizeof "multipart"] = "";
	strncpy(start, value, sizeof start - 1);
	if (text_equal_nocase(start, "multipart"))
		return problem_set(p, PROBLEM_MALFORMED, "a part is a multipart itself");
	return true;
}

/* RFC 2045 6.1, in any case (6.1); quoted it is no token, but what it says is plain. */
static bool read_encoding(const char *value, struct part_header *out, bool *seen, struct problem *p)
{
	static const struct {
		const char *name;
		enum part_encoding encoding;
	} known[] = {
		{ "binary", PART_IDENTITY },         { "8bit", PART_IDENTITY },
		{ "7bit", PART_IDENTITY },           { "base64", PART_BASE64 },
		{ "quoted-printable", PART_QUOTED },
	};
	if (*seen)
		return problem_set(p, PROBLEM_MALFORMED,
				   "a part has two Content-Transfer-Encoding fields");
	*seen = true;
	for (size_t i = 0; i < COUNT(known); i++)
		if (text_equal_nocase(value, known[i].name)) {
			out->encoding = known[i].encoding;
			return true;
		}
	return problem_set(
		p, PROBLEM_MALFORMED,
		"Content-Transfer-Encoding \"%.40s\" is none of 7bit, 8bit, binary, base64, "
		"quoted-printable",
		value);
}

/* "base64 (of the scanner)"; ids and types have comments of their own reading. */
static const char *without_comments(struct arena *a, const char *value)
{
	const char *comment = strchr(value, '(');
	return comment == NULL || value[strlen(value) - 1] != ')'
		       ? value
		       : text_trimmed(a, arena_text_n(a, value, (size_t)(comment - value)));
}

static bool read_field(struct arena *a, char *line, struct part_header *out, bool *encoded,
		       struct problem *p)
{
	char *colon = strchr(line, ':');
	if (colon == NULL || colon == line || strcspn(line, " \t") < (size_t)(colon - line))
		return problem_set(p, PROBLEM_MALFORMED, "a line in a part's header is no field");
	*colon = '\0';
	const char *value = text_trimmed(a, arena_text(a, colon + 1));
	if (text_equal_nocase(line, "Content-ID"))
		return read_content_id(a, value, out, p);
	if (text_equal_nocase(line, "Content-Type"))
		return read_content_type(a, value, out, p);
	if (text_equal_nocase(line, "Content-Transfer-Encoding"))
		return read_encoding(without_comments(a, value), out, encoded, p);
	return true; /* Content-Disposition and its file name with it: never used */
}

bool part_header_read(struct arena *a, char *text, struct part_header *out, struct problem *p)
{
	bool encoded = false;
	*out = (struct part_header){ .media = "" };
	if (!unfold(text, p))
		return false;
	while (*text != '\0') {
		char *line = text, *end = strchr(text, '\n');
		text = end == NULL ? text + strlen(text) : end + 1;
		if (end != NULL)
			*end = '\0';
		if (!read_field(a, line, out, &encoded, p))
			return false;
	}
	return true;
}
