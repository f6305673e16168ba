/* gateway/assertion/place.c: where the assertion stands, and that nothing else could be taken for
 * it (security: c.4, steps 1 to 4). */
#include <string.h>

#include "gateway/assertion/inside.h"
#include "gateway/base/text.h"
#include "gateway/envelope/xml_walk.h"

#define XMLENC "http://www.w3.org/2001/04/xmlenc#"

const char *assertion_text(const struct checking *c, const struct xml_node *n)
{
	if (n == NULL || xml_first_element(n) != NULL || xml_is_interrupted(n))
		return NULL;
	return text_trimmed(c->arena, xml_text(c->arena, n));
}

/* The reader has bounded the whole; a signature is not canonicalised at such a length. */
bool assertion_is_small(struct checking *c)
{
	size_t octets = 0, nodes = 0;
	for (const struct xml_node *n = c->security; n != NULL; n = xml_walk(n, c->security)) {
		xml_measure(n, &octets, &nodes);
		if (octets > ASSERTION_OCTETS_MOST || nodes > ASSERTION_NODES_MOST)
			return false;
	}
	return true;
}

bool assertion_is_of_a_kind(struct checking *c)
{
	return xml_child(c->security, SAML, "Assertion") != NULL
	       || (xml_child(c->security, SAML, "EncryptedAssertion") == NULL
		   && xml_child(c->security, XMLENC, "EncryptedData") == NULL
		   && xml_child(c->security, "urn:oasis:names:tc:SAML:1.0:assertion", "Assertion")
			      == NULL);
}

bool assertion_is_there(struct checking *c)
{
	c->assertion = xml_child(c->security, SAML, "Assertion");
	return c->assertion != NULL;
}

/* In whatever namespace: also one in Advice, in another header, in the body, in a signature. */
bool assertion_is_alone(struct checking *c)
{
	for (const struct xml_node *n = c->envelope; n != NULL; n = xml_walk(n, c->envelope))
		if (n != c->assertion && strcmp(xml_local(n), "Assertion") == 0)
			return false;
	return true;
}

static bool is_name(const char *id)
{
	size_t length = id == NULL ? 0 : strlen(id);
	if (length == 0 || length > ASSERTION_ID_MOST || strchr("-.0123456789", id[0]) != NULL)
		return false;
	for (size_t i = 0; i < length; i++)
		if ((unsigned char)id[i] < 0x80
		    && strchr("-._0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
			      id[i])
			       == NULL)
			return false;
	return true;
}

bool assertion_id_is_its_own(struct checking *c)
{
	unsigned count = 0;
	c->id = xml_attribute(c->assertion, "ID");
	if (!is_name(c->id))
		return false;
	for (const struct xml_node *n = c->envelope; n != NULL; n = xml_walk(n, c->envelope))
		count += xml_has_id(n, c->id);
	return count == 1;
}
