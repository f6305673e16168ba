/* gateway/envelope/xml_guard.h: the gate in front of the XML parser; only xml_reader.c and
 * audit_message.c use it.
 *
 * It reads octets, not trees, and turns away what must not reach a parser at all: other encodings,
 * NUL, a DOCTYPE, tags with floods of attributes (the parser compares each with all before it),
 * more markup than the limit. It keeps no memory of its own beyond this struct. */
#ifndef GATEWAY_ENVELOPE_XML_GUARD_H
#define GATEWAY_ENVELOPE_XML_GUARD_H

#include <stdbool.h>
#include <stddef.h>

#include "gateway/base/bytes.h"

struct problem;
struct xml_limits;

enum { XML_DECLARATION_MOST = 128 };

struct xml_guard {
	const struct xml_limits *limits;
	int state; /* enum guard_state of xml_guard.c */
	size_t line;
	size_t markup; /* octets between < and >, both included */
	size_t equals; /* of the tag being read: its attributes and declarations */
	size_t tag;    /* octets of it */
	unsigned char quote;
	unsigned ending;                 /* octets of "--", "]]" or "?" just read */
	unsigned char follow, low, high; /* UTF-8: octets to come, range of the next */
	bool begun;      /* something was read; a declaration cannot come any more */
	bool declaring;  /* inside the XML declaration */
	size_t declared; /* octets in declaration */
	char declaration[XML_DECLARATION_MOST + 1];
};

void xml_guard_begin(struct xml_guard *g, const struct xml_limits *limits);
bool xml_guard_feed(struct xml_guard *g, struct bytes octets, struct problem *p);
/* The last character is complete. */
bool xml_guard_end(const struct xml_guard *g, struct problem *p);
/* Feed and end in one, for a document that is all there: same verdict, but quick with a small
 * message that has nothing the gate looks for. It may leave the markup uncounted: then all octets
 * together are within the limit. */
bool xml_guard_whole(struct xml_guard *g, struct bytes octets, struct problem *p);

#endif
