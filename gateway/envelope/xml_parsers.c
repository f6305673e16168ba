/* gateway/envelope/xml_parsers.c: parsers between two documents.
 *
 * What makes a used parser worth keeping is its dictionary: names that came before are found there
 * instead of being copied again. Trees hold the dictionary their names are in, and nothing is ever
 * taken out of one; so a parser may go on with the next document while the tree of the last is
 * still read. One that has seen too many names (not those of the profiles, then) ends instead. */
#include "gateway/envelope/xml_parsers.h"

#include <pthread.h>
#include <stdlib.h>

#include "gateway/envelope/xml_events.h"

/* As many as read at once, usually; and about as many names as all the profiles have. */
enum { SPARE = 16, WORDS = 2000 };

struct xml_parsers {
	pthread_mutex_t lock;
	xmlParserCtxt *all[SPARE];
	unsigned count;
};

struct xml_parsers *xml_parsers_create(void)
{
	struct xml_parsers *spare = calloc(1, sizeof *spare);
	if (spare != NULL)
		pthread_mutex_init(&spare->lock, NULL);
	return spare;
}

void xml_parsers_destroy(struct xml_parsers *spare)
{
	if (spare == NULL)
		return;
	while (spare->count > 0)
		xmlFreeParserCtxt(spare->all[--spare->count]);
	pthread_mutex_destroy(&spare->lock);
	free(spare);
}

static xmlParserCtxt *take_spare(struct xml_parsers *spare)
{
	xmlParserCtxt *parser = NULL;
	if (spare == NULL)
		return NULL;
	pthread_mutex_lock(&spare->lock);
	if (spare->count > 0)
		parser = spare->all[--spare->count];
	pthread_mutex_unlock(&spare->lock);
	if (parser == NULL || xmlCtxtResetPush(parser, NULL, 0, NULL, NULL) == 0)
		return parser;
	xmlFreeParserCtxt(parser);
	return NULL;
}

xmlParserCtxt *xml_parsers_take(struct xml_parsers *spare)
{
	xmlParserCtxt *parser = take_spare(spare);
	if (parser == NULL) {
		xmlSAXHandler own = xml_events;
		parser = xmlCreatePushParserCtxt(&own, NULL, NULL, 0, NULL);
	}
	/* The encoding has been settled by the guard; the network is never asked. NOENT: values
	 * come with &amp; read as &, instead of as &#38; for a second reading; there are no
	 * entities but the five, for a DOCTYPE reaches neither the parser nor the tree. */
	if (parser != NULL)
		xmlCtxtUseOptions(parser, XML_PARSE_NONET | XML_PARSE_IGNORE_ENC | XML_PARSE_NOENT);
	return parser;
}

void xml_parsers_give(struct xml_parsers *spare, xmlParserCtxt *parser)
{
	if (spare != NULL && xmlDictSize(parser->dict) <= WORDS) {
		parser->_private = NULL;
		pthread_mutex_lock(&spare->lock);
		if (spare->count < SPARE) {
			spare->all[spare->count++] = parser;
			parser = NULL;
		}
		pthread_mutex_unlock(&spare->lock);
	}
	if (parser != NULL)
		xmlFreeParserCtxt(parser);
}
