/* gateway/envelope/xml_grammar.c: RELAX NG, for messages whose shape a grammar of ours fixes.
 *
 * Only grammars that come with us are loaded, at start; what a message names (schemaLocation) is
 * never looked at. */
#include <libxml/relaxng.h>
#include <libxml/tree.h>
#include <stdio.h>
#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/envelope/xml_dom.h"
#include "gateway/envelope/xml_reader.h"
#include "schemas/tables/problem.h"

struct xml_grammar {
	xmlRelaxNG *compiled;
};

/* The first thing the library said. Its callbacks may not jump, so nothing is allocated in them. */
struct complaint {
	bool made;
	const struct xml_node *node;
	int line;
	char what[200];
};

/* Messages about values quote them, and they may be a patient's. */
static bool quotes_content(int code)
{
	switch (code) {
	case XML_RELAXNG_ERR_TYPEVAL:
	case XML_RELAXNG_ERR_VALUE:
	case XML_RELAXNG_ERR_VALELEM:
	case XML_RELAXNG_ERR_DATATYPE:
	case XML_RELAXNG_ERR_LIST:
	case XML_RELAXNG_ERR_LISTEXTRA:
	case XML_RELAXNG_ERR_TEXTWRONG: return true;
	default: return false;
	}
}

/* The element of ours that n was copied from, or is in. */
static const struct xml_node *element_of(const xmlNode *n)
{
	while (n != NULL && n->type != XML_ELEMENT_NODE)
		n = n->parent;
	return n == NULL ? NULL : n->_private;
}

static void complain(void *with, xmlError *e)
{
	struct complaint *c = with;
	if (c->made)
		return;
	c->made = true;
	c->node = element_of(e->node);
	c->line = e->line;
	snprintf(c->what, sizeof c->what, "%s",
		 quotes_content(e->code) || e->message == NULL ? "a value does not have its type"
							       : e->message);
	c->what[strcspn(c->what, "\r\n")] = '\0';
}

static void release(void *what)
{
	xmlRelaxNGFree(what);
}

struct xml_grammar *xml_grammar_load(struct arena *a, const char *path, struct problem *p)
{
	struct complaint c = { .what = "cannot be read" };
	struct xml_grammar *g = arena_new(a, struct xml_grammar);
	/* Of this thread: what is wrong with the files, which the parser below would print. */
	xmlSetStructuredErrorFunc(&c, complain);
	xmlRelaxNGParserCtxt *parser = xmlRelaxNGNewParserCtxt(path);
	if (parser != NULL) {
		xmlRelaxNGSetParserStructuredErrors(parser, complain, &c);
		g->compiled = xmlRelaxNGParse(parser);
		xmlRelaxNGFreeParserCtxt(parser);
	}
	xmlSetStructuredErrorFunc(NULL, NULL);
	if (g->compiled == NULL) {
		problem_at(p, PROBLEM_CONFIGURATION, path, "grammar, line %d: %s", c.line, c.what);
		return NULL;
	}
	arena_at_end(a, release, g->compiled);
	return g;
}

/* The library validates its own documents only: a copy, for as long as it takes. */
bool xml_grammar_validate(struct arena *a, const struct xml_grammar *g, const struct xml_node *n,
			  struct problem *p)
{
	struct complaint c = { .what = "the message does not follow its grammar" };
	xmlDoc *copy = xml_dom_of(n);
	xmlRelaxNGValidCtxt *validation = copy == NULL ? NULL : xmlRelaxNGNewValidCtxt(g->compiled);
	int verdict = 0;
	if (validation != NULL) {
		xmlRelaxNGSetValidStructuredErrors(validation, complain, &c);
		verdict = xmlRelaxNGValidateDoc(validation, copy);
		xmlRelaxNGFreeValidCtxt(validation);
	}
	xmlFreeDoc(copy);
	if (validation == NULL)
		return problem_set(p, PROBLEM_OUT_OF_RESOURCES, "no memory to validate a message");
	return verdict == 0
	       || problem_at(p, PROBLEM_MALFORMED, xml_path(a, c.node == NULL ? n : c.node), "%s",
			     c.what);
}
