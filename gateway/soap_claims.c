/* gateway/soap_claims.c: what HTTP and MIME say about a SOAP message, held against the message. */
#include "gateway/soap_claims.h"

#include <string.h>
#include <strings.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "gateway/envelope/content_type.h"
#include "gateway/envelope/soap.h"
#include "schemas/tables/problem.h"

/* An action that is named, without the blanks and the quotes SOAP 1.1 wants around it. "": none
 * is. */
static const char *bare(struct arena *a, const char *action)
{
	const char *text = action == NULL ? "" : text_trimmed(a, action);
	size_t length = strlen(text);
	if (length >= 2 && text[0] == '"' && text[length - 1] == '"')
		text = text_trimmed(a, arena_text_n(a, text + 1, length - 2));
	return text;
}

static bool same_action(struct arena *a, const char *where, const char *action,
			struct soap_message *m, struct problem *p)
{
	const char *named = bare(a, action);
	if (*named == '\0' || text_equal(named, m->action))
		return true;
	m->problem_header = "Action";
	m->problem_detail = "wsa:ActionMismatch";
	return problem_at(p, PROBLEM_ACTION_MISMATCH, where,
			  "%s names the action '%.150s', wsa:Action '%.150s'", where, named,
			  m->action);
}

/* The action parameter of a Content-Type; and of start-info, which is one itself (RFC 2387 3.3). */
static bool type_agrees(struct arena *a, const char *where, const char *value,
			struct soap_message *m, struct problem *p)
{
	struct content_type type, inner;
	if (!content_type_read(a, value, &type))
		return true; /* refused where it is needed */
	if (!same_action(a, where, content_type_parameter(&type, "action"), m, p))
		return false;
	static const char *const nested[] = { "start-info", "type" };
	for (size_t i = 0; i < COUNT(nested); i++)
		if (content_type_read(a, content_type_parameter(&type, nested[i]), &inner)
		    && !same_action(a, where, content_type_parameter(&inner, "action"), m, p))
			return false;
	return true;
}

bool claims_agree(struct arena *a, const struct soap_claims *c, struct soap_message *m,
		  struct problem *p)
{
	return type_agrees(a, "Content-Type", c->content_type, m, p)
	       && type_agrees(a, "the Content-Type of the root part", c->root_type, m, p)
	       && same_action(a, "SOAPAction", c->soap_action, m, p);
}

/* ASCII in its place, and no octet of it within another character. */
static bool holds_ascii(const char *charset)
{
	static const char *const families[] = { "iso-8859-", "windows-125", "cp125" };
	for (size_t i = 0; i < COUNT(families); i++)
		if (strncasecmp(charset, families[i], strlen(families[i])) == 0)
			return true;
	return text_equal_nocase(charset, "euc-jp") || text_equal_nocase(charset, "latin1");
}

bool claims_charset(struct arena *a, const char *content_type, bool *ascii, struct problem *p)
{
	static const char *const ours[] = { "utf-8", "utf8", "us-ascii", "ascii" };
	struct content_type type;
	const char *charset = content_type_read(a, content_type, &type)
				      ? content_type_parameter(&type, "charset")
				      : NULL;
	if (text_empty(charset))
		return true;
	charset = bare(a, charset);
	for (size_t i = 0; i < COUNT(ours); i++)
		if (text_equal_nocase(charset, ours[i]))
			return true;
	*ascii = *ascii || holds_ascii(charset);
	return holds_ascii(charset)
	       || problem_at(p, PROBLEM_MEDIA_TYPE, "Content-Type",
			     "the charset is '%.60s'; XML is read here in UTF-8 only", charset);
}

bool claims_ascii(struct bytes octets, struct problem *p)
{
	for (size_t i = 0; i < octets.length; i++)
		if (octets.data[i] >= 0x80)
			return problem_at(
				p, PROBLEM_MEDIA_TYPE, "Content-Type",
				"the charset is not UTF-8, and the message is not in ASCII: "
				"XML is read here in UTF-8 only");
	return true;
}
