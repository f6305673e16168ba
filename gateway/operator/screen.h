/* gateway/operator/screen.h: a document as a screen that a person reads.
 *
 * What it is its octets say, whatever its metadata do. Each form is read by the reader that the
 * gateway has for it (XML, JSON, HL7 v2, characters), within bounds; what cannot be read so is
 * shown as text, and what is no text is named, with its size. A document comes from outside and is
 * believed in nothing: gateway/operator/page.h. The screen is for reading and is no copy: numbers
 * of JSON are shown as computers have them, fields that say little are left out. Whoever needs the
 * document has its octets. Pure; thread-safety: as the arena's. */
#ifndef GATEWAY_OPERATOR_SCREEN_H
#define GATEWAY_OPERATOR_SCREEN_H

#include "gateway/base/bytes.h"

struct arena;
struct page;

enum {
	SCREEN_OCTETS_MOST = 16 << 20, /* more is not read, only named */
	SCREEN_DEPTH_MOST = 64         /* of JSON; of XML it is the reader's limit */
};

struct screen {
	const char *kind; /* "CDA", "FHIR", "HL7", "text", or what it is: "PDF" */
	const char *text; /* lines for a terminal; "": there is nothing that could be read */
};

/* JSON is the caller's run: json_arena_run() or malloc()'s, given back before it returns. */
struct screen screen_of(struct arena *a, struct bytes octets, unsigned columns);

/* ---- What the forms share ---- */

/* 20260115093000+0900 as 2026-01-15 09:30:00 +0900; as it is written where it is no such time. */
const char *screen_time(struct arena *a, const char *ts);
/* One behind the other with a space between; empty ones are passed over. */
const char *screen_words(struct arena *a, const char *first, const char *second);

struct xml_document;
struct xml_node;
/* CDA's Narrative Block, or XHTML: paragraphs, lists, tables. NULL: none. */
void screen_narrative(struct page *p, unsigned indent, const struct xml_node *text);
/* False: it is none, and nothing was put. */
bool screen_cda(struct page *p, struct arena *a, struct bytes octets);
bool screen_fhir(struct page *p, struct arena *a, struct bytes octets);
bool screen_hl7(struct page *p, struct arena *a, struct bytes octets);

#endif
