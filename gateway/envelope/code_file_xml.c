/* gateway/envelope/code_file_xml.c: codes.xml of the NIST toolkit, which most XDS tools read:
 *	<Codes>
 *	 <CodeType name="classCode" classScheme="urn:uuid:41a5887f-...">
 *	  <Code code="..." display="..." codingScheme="..."/> */
#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "gateway/envelope/code_file.h"
#include "gateway/envelope/xml_reader.h"
#include "schemas/tables/metadata.h"
#include "schemas/tables/problem.h"

enum { NODES = CODE_ROWS_MOST * 8 };

static const struct xml_limits limits = {
	.octets = CODE_FILE_MOST,
	.depth = 16,
	.attributes = 32,
	.namespaces = 16,
	.nodes = NODES,
	.text = 64 << 10,
	.tag = 64 << 10,
};

/* A ClassificationScheme of ITI TF-3: 4.2.5.1; NULL: of none that has codes. */
static const char *attribute_of_scheme(const char *uuid)
{
	for (enum metadata_object o = 0; uuid != NULL && o < METADATA_OBJECTS; o++) {
		const struct metadata_attribute *m = metadata_find(o, CODED_CLASSIFICATION, uuid);
		if (m != NULL)
			return m->name;
	}
	return NULL;
}

/* The scheme says it surely, the name is what people wrote. */
static const char *attribute_of(const struct xml_node *type)
{
	const char *name = xml_attribute(type, "name");
	const char *of_scheme = attribute_of_scheme(xml_attribute(type, "classScheme"));
	if (of_scheme != NULL)
		return of_scheme;
	if (text_equal(name, "folderCodeList"))
		return "codeList";
	return name != NULL && code_attribute(name) >= 0 ? name : NULL;
}

/* The one name is in whichever language it is. */
static void name_in_its_language(struct affinity_code *c, const char *display)
{
	bool latin = true;
	for (const char *at = display; at != NULL && *at != '\0'; at++)
		latin = latin && (unsigned char)*at < 0x80;
	if (!text_empty(display))
		*(latin ? &c->english : &c->japanese) = display;
}

static void read_code(struct code_file *f, const char *attribute, const struct xml_node *n)
{
	bool plain = code_attribute_is_plain(attribute);
	const char *code = xml_attribute(n, "code"), *scheme = xml_attribute(n, "codingScheme");
	struct affinity_code c = {
		.attribute = attribute,
		.code = code == NULL ? "" : code,
		.scheme = plain ? NULL : scheme,
		.extension = xml_attribute(n, "ext"),
	};
	if (text_empty(c.extension))
		c.extension = NULL;
	name_in_its_language(&c, text_trimmed(f->arena, xml_attribute(n, "display")));
	code_file_add(f, &c, xml_line(n), NULL);
}

static void read_type(struct code_file *f, const struct xml_node *type)
{
	const char *attribute = attribute_of(type), *name = xml_attribute(type, "name");
	if (attribute == NULL) {
		code_file_note(
			f, xml_line(type),
			arena_printf(f->arena,
				     "CodeType \"%s\" is of no coded attribute, and is passed "
				     "over",
				     code_file_told(f, name == NULL ? "" : name)));
		return;
	}
	for (const struct xml_node *n = xml_first_element(type); n != NULL; n = xml_next_element(n))
		if (text_equal(xml_local(n), "Code"))
			read_code(f, attribute, n);
}

bool code_file_read_xml(struct code_file *f, struct bytes text)
{
	struct problem p = { .code = PROBLEM_NONE };
	const struct xml_document *d = xml_read(f->arena, &limits, text, &p);
	const struct xml_node *root = d == NULL ? NULL : xml_root(d);
	if (root == NULL)
		return code_file_fault(f, 0, arena_text(f->arena, p.where), "mend the file", "%s",
				       p.what);
	if (!text_equal(xml_local(root), "Codes"))
		return code_file_fault(f, xml_line(root), NULL,
				       "give a codes.xml: <Codes><CodeType name=...><Code code=...",
				       "the document is a <%s>, not <Codes>",
				       code_file_told(f, xml_local(root)));
	for (const struct xml_node *n = xml_first_element(root); n != NULL; n = xml_next_element(n))
		if (text_equal(xml_local(n), "CodeType"))
			read_type(f, n);
	return f->fault_count == 0;
}
