/* gateway/envelope/xml_writer.h: an answer in XML, appended piece by piece, balanced by
 * construction.
 *
 * xml_close() takes no name, and xml_writer_end() closes whatever is still open: what comes out is
 * always well-formed. Text is escaped; octets that are not UTF-8 and characters XML 1.0 does not
 * have become U+FFFD. A namespace declared again with the same meaning is not written again, so
 * every part may declare what it uses. Names (element, attribute, prefix, namespace) are the
 * program's own constants: they are not checked and must outlive the writer. Thread-safety: as the
 * arena. The writer allocates only in its arena. */
#ifndef GATEWAY_ENVELOPE_XML_WRITER_H
#define GATEWAY_ENVELOPE_XML_WRITER_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "gateway/base/bytes.h"

struct arena;
struct spool;
struct spool_part;
struct xml_node;
struct xml_writer;

struct xml_writer *xml_writer_begin(struct arena *a);
/* About so many octets will follow: a long answer need not be moved while it grows. */
void xml_writer_expect(struct xml_writer *w, size_t octets);
/* <?xml version="1.0" encoding="UTF-8"?>; only before the first element. */
void xml_put_declaration(struct xml_writer *w);

void xml_open_element(struct xml_writer *w, const char *name, size_t length);
/* Here and below inline, so that the compiler measures the names: they are literals. */
static inline void xml_open(struct xml_writer *w, const char *name) /* "prefix:local", "local" */
{
	xml_open_element(w, name, strlen(name));
}
void xml_close(struct xml_writer *w); /* nothing open: does nothing */

/* Directly after xml_open(), before any content; later they do nothing. A NULL value: no attribute.
 * prefix NULL or "": the default namespace. */
void xml_namespace_declare(struct xml_writer *w, const char *prefix, const char *uri);
void xml_put_attribute_named(struct xml_writer *w, const char *name, size_t length,
			     const char *value);
static inline void xml_put_attribute(struct xml_writer *w, const char *name, const char *value)
{
	xml_put_attribute_named(w, name, strlen(name), value);
}

void xml_put_text(struct xml_writer *w, const char *text); /* NULL: nothing */
void xml_put_text_bytes(struct xml_writer *w, struct bytes text);
/* in pieces of 3n octets, if several */
void xml_put_base64(struct xml_writer *w, struct bytes data);
/* <name>text</name>; NULL text: no element at all. */
void xml_element_text(struct xml_writer *w, const char *name, const char *text);

/* Elements written over and over with other values, in one go: pieces[0] values[0] pieces[1] ...
 * values[count - 1] pieces[count]. The pieces are constants of the program and together whole
 * elements, for the content of the one that is open. Values are escaped, as an attribute's after a
 * piece that ends with a quote, unless they are known to be plain. */
struct xml_piece {
	const char *text;
	size_t length;
};
#define XML_PIECE(literal)                                                                         \
	{                                                                                          \
		literal, sizeof(literal) - 1                                                       \
	}

struct xml_value {
	const char *text; /* never NULL */
	size_t length;
	bool plain; /* ASCII without marks: the same wherever it stands */
};
static inline struct xml_value xml_value(const char *text)
{
	return (struct xml_value){ text, strlen(text), false };
}
static inline struct xml_value xml_constant(const char *text) /* the program's own, and plain */
{
	return (struct xml_value){ text, strlen(text), true };
}
struct xml_value xml_value_looked_at(const char *text); /* once, for one that is written often */

void xml_put_pattern(struct xml_writer *w, const struct xml_piece *pieces,
		     const struct xml_value *values, size_t count);

/* The element and all inside it, as it was received: prefixes, attributes and text unchanged. What
 * was in scope there is declared here unless it is already, so that prefixes used only inside
 * values (xsi:type="ns:CE") keep their meaning. NULL: nothing. */
void xml_copy_node(struct xml_writer *w, const struct xml_node *n);
/* The same, with one more attribute, in the place of one it may have; prefix is what is wished. */
void xml_copy_marked(struct xml_writer *w, const struct xml_node *n, const char *prefix,
		     const char *space, const char *name, const char *value);
/* The same, with another value of that attribute, which has no namespace, of an element inside it.
 * at NULL: nothing is changed. */
void xml_copy_changed(struct xml_writer *w, const struct xml_node *n, const struct xml_node *at,
		      const char *name, const char *value);

/* Which exchange is answered: an error says so behind its text. NULL: none is named. */
void xml_writer_answers(struct xml_writer *w, const char *exchange);
const char *xml_writer_exchange(const struct xml_writer *w);
struct arena *xml_writer_arena(const struct xml_writer *w); /* for names made on the way */
size_t xml_writer_depth(const struct xml_writer *w);        /* elements open now */
/* Closes down to that depth: for a part that is to leave the writer as it found it. */
void xml_close_to(struct xml_writer *w, size_t depth);
/* What is long is written before what stands in front of it: content of an element into a spool
 * (gateway/base/spool.h), object by object, by a writer of its own. Prefixes it uses without
 * declaring them are those of the element it is put into. */
struct xml_writer *xml_content_begin(struct arena *a, struct spool *into);
void xml_content_end(struct xml_writer *w);
/* That content, where we are; the spool was written to its end, and lives as long as the writer. */
void xml_put_content(struct xml_writer *w, struct spool *content);
/* xml_writer_end(), but what was spooled stays where it is: the whole in parts, in order. */
const struct spool_part *xml_writer_end_in_parts(struct xml_writer *w);
/* Closes everything. The octets live as long as the arena; the writer is not used again. */
struct bytes xml_writer_end(struct xml_writer *w);

#endif
