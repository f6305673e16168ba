/* gateway/signature/xades_read.c: an XML signature of the profile, read. ITI TF-3: 5.5; XML
 * Signature Syntax and Processing; XAdES (ETSI TS 101 903).
 *
 * The root is ds:Signature and all of it stands where its schema has it. What a Reference points at
 * within the document is the SignedProperties, an Object, a Manifest or the KeyInfo of this one
 * signature, found by its place; an Id only chooses among those, and no two may be equal. So
 * nothing that was moved, wrapped or added is taken for what was signed. */
#include <libxml/parser.h>
#include <string.h>

#include "gateway/base/text.h"
#include "gateway/envelope/xml_reader.h"
#include "gateway/signature/inside.h"
#include "schemas/model/values.h"
#include "schemas/tables/problem.h"

#define DSIG "http://www.w3.org/2000/09/xmldsig#"
#define XADES "http://uri.etsi.org/01903/v1.3.2#"

static const struct xml_limits limits = {
	.octets = SIGNATURE_MOST,
	.depth = 48,
	.attributes = 32,
	.namespaces = 32,
	.nodes = 20000,
	.text = SIGNATURE_MOST,
	.tag = 16 * 1024,
};

enum { IDS_MOST = 1024, TRANSFORMS_MOST = 2, NAMES_MOST = 64 };

/* ---- Walking: elements, and text that nothing interrupts ---- */

static bool is(const xmlNode *n, const char *space, const char *local)
{
	return n != NULL && n->type == XML_ELEMENT_NODE && n->ns != NULL
	       && strcmp((const char *)n->ns->href, space) == 0
	       && strcmp((const char *)n->name, local) == 0;
}

static xmlNode *element(xmlNode *n)
{
	while (n != NULL && n->type != XML_ELEMENT_NODE)
		n = n->next;
	return n;
}

static xmlNode *child(const xmlNode *n, const char *space, const char *local)
{
	xmlNode *c = n == NULL ? NULL : element(n->children);
	while (c != NULL && !is(c, space, local))
		c = element(c->next);
	return c;
}

static xmlNode *next(const xmlNode *n, const char *space, const char *local)
{
	xmlNode *c = element(n->next);
	while (c != NULL && !is(c, space, local))
		c = element(c->next);
	return c;
}

/* NULL also where it is not one text: never a part of it for the whole. */
static const char *value_of(const xmlAttr *a)
{
	if (a->children == NULL)
		return "";
	return a->children->next == NULL && a->children->type == XML_TEXT_NODE
		       ? (const char *)a->children->content
		       : NULL;
}

static const char *attribute(const xmlNode *n, const char *name)
{
	for (const xmlAttr *a = n == NULL ? NULL : n->properties; a != NULL; a = a->next)
		if (a->ns == NULL && strcmp((const char *)a->name, name) == 0)
			return value_of(a);
	return NULL;
}

/* All of its text; NULL: an element is in it. */
static const char *text(const struct signature_read *r, const xmlNode *n)
{
	struct buffer b = buffer_in(r->arena);
	if (n == NULL)
		return NULL;
	for (const xmlNode *c = n->children; c != NULL; c = c->next) {
		if (c->type != XML_TEXT_NODE && c->type != XML_CDATA_SECTION_NODE)
			return NULL;
		buffer_text(&b, (const char *)c->content);
	}
	return text_trimmed(r->arena, buffer_ended(&b));
}

static bool unread(struct signature_read *r, const char *what)
{
	return signature_unread(r, SIGNATURE_UNREADABLE, what);
}

/* ---- Ids ---- */

struct ids {
	const char *all[IDS_MOST];
	size_t count;
	bool same, interrupted;
};

static bool is_id(const xmlAttr *a)
{
	static const char *const names[] = { "Id", "ID", "id" };
	for (size_t i = 0; i < COUNT(names); i++)
		if (strcmp((const char *)a->name, names[i]) == 0)
			return true;
	return false;
}

static void note_ids(struct ids *ids, const xmlNode *n)
{
	for (const xmlAttr *a = n->properties; a != NULL; a = a->next) {
		const char *id = is_id(a) ? value_of(a) : NULL;
		if (id == NULL)
			continue;
		for (size_t i = 0; i < ids->count; i++)
			ids->same = ids->same || strcmp(ids->all[i], id) == 0;
		if (ids->count == IDS_MOST)
			ids->same = true;
		else
			ids->all[ids->count++] = id;
	}
}

/* The whole tree, without recursion: how deep it is, was its sender's choice. Comments and
 * instructions are in no hash of a Reference within the document, so anybody could put one into a
 * value that is signed. */
static bool tree_is_plain(struct signature_read *r, xmlNode *root)
{
	struct ids *ids = arena_new(r->arena, struct ids);
	for (xmlNode *n = root; n != NULL && !ids->same && !ids->interrupted;) {
		ids->interrupted = n->type == XML_COMMENT_NODE || n->type == XML_PI_NODE;
		if (n->type == XML_ELEMENT_NODE)
			note_ids(ids, n);
		if (n->type == XML_ELEMENT_NODE && n->children != NULL) {
			n = n->children;
			continue;
		}
		while (n != root && n->next == NULL)
			n = n->parent;
		n = n == root ? NULL : n->next;
	}
	if (ids->interrupted)
		return unread(r, "there is a comment or an instruction in it");
	return !ids->same || unread(r, "two elements have the same Id");
}

/* ---- Its frame ---- */

static xmlNode *properties_of(const struct signature_read *r)
{
	xmlNode *root = xmlDocGetRootElement(r->document);
	for (xmlNode *o = child(root, DSIG, "Object"); o != NULL; o = next(o, DSIG, "Object")) {
		xmlNode *q = child(o, XADES, "QualifyingProperties");
		if (q != NULL)
			return child(q, XADES, "SignedProperties");
	}
	return NULL;
}

/* SignedInfo, SignatureValue, KeyInfo?, Object*, and nothing else (XML Signature: 4.1). */
static bool read_frame(struct signature_read *r, xmlNode *root)
{
	unsigned qualifying = 0;
	r->signed_info = element(root->children);
	r->signature_value = r->signed_info == NULL ? NULL : element(r->signed_info->next);
	if (!is(root, DSIG, "Signature") || !is(r->signed_info, DSIG, "SignedInfo")
	    || !is(r->signature_value, DSIG, "SignatureValue"))
		return unread(r, "its root is no ds:Signature with SignedInfo and SignatureValue");
	xmlNode *n = element(r->signature_value->next);
	if (is(n, DSIG, "KeyInfo"))
		n = element(n->next);
	for (; n != NULL; n = element(n->next)) {
		if (!is(n, DSIG, "Object"))
			return unread(r, "something stands where ds:Object is to be");
		for (xmlNode *q = child(n, XADES, "QualifyingProperties"); q != NULL;
		     q = next(q, XADES, "QualifyingProperties"))
			qualifying++;
	}
	return qualifying <= 1 || unread(r, "there are several QualifyingProperties");
}

static bool is_document_of_ours(const struct signature_read *r)
{
	return r->document != NULL && r->document->intSubset == NULL
	       && r->document->extSubset == NULL && xmlDocGetRootElement(r->document) != NULL;
}

static void free_document(void *document)
{
	xmlFreeDoc(document);
}

/* First our reader, for its limits and its refusal of any DOCTYPE; then the one tree. */
static bool parse(struct signature_read *r, struct bytes octets)
{
	struct problem p = { .code = PROBLEM_NONE };
	if (xml_read(r->arena, &limits, octets, &p) == NULL)
		return unread(r, arena_text(r->arena, p.what));
	r->document = xmlReadMemory((const char *)octets.data, (int)octets.length, NULL, "UTF-8",
				    XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
	if (r->document != NULL)
		arena_at_end(r->arena, free_document, r->document);
	return is_document_of_ours(r) || unread(r, "it is no XML that a signature can be");
}

/* ---- References ---- */

/* What may be signed within the document, if it has that Id. */
static xmlNode *target_of(const struct signature_read *r, const char *id)
{
	xmlNode *root = xmlDocGetRootElement(r->document);
	xmlNode *properties = properties_of(r), *key = child(root, DSIG, "KeyInfo");
	if (text_equal(attribute(properties, "Id"), id))
		return properties;
	if (text_equal(attribute(key, "Id"), id))
		return key;
	for (xmlNode *o = child(root, DSIG, "Object"); o != NULL; o = next(o, DSIG, "Object")) {
		if (text_equal(attribute(o, "Id"), id))
			return o;
		for (xmlNode *m = child(o, DSIG, "Manifest"); m != NULL;
		     m = next(m, DSIG, "Manifest"))
			if (text_equal(attribute(m, "Id"), id))
				return m;
	}
	return NULL;
}

static const char *algorithm_of(const xmlNode *reference)
{
	return attribute(child(reference, DSIG, "DigestMethod"), "Algorithm");
}

static bool add_document(struct signature_read *r, const xmlNode *reference, const char *uri)
{
	struct signature_reference *ref = arena_new(r->arena, struct signature_reference), **last;
	const char *value = text(r, child(reference, DSIG, "DigestValue"));
	const struct signature_algorithm *digest = signature_algorithm(algorithm_of(reference),
								       ALGORITHM_DIGESTS);
	if (value == NULL || algorithm_of(reference) == NULL)
		return unread(r, "a Reference has no digest");
	ref->unique_id = signature_unique_id(r->arena, uri);
	ref->algorithm = arena_text(r->arena, algorithm_of(reference));
	ref->submission_set = text_equal(value, "0");
	ref->transformed = child(reference, DSIG, "Transforms") != NULL;
	ref->digest = digest == NULL ? NULL : digest->digest;
	ref->weak = digest != NULL && digest->weak;
	if (!ref->submission_set && !bytes_from_base64(r->arena, value, &ref->value))
		return unread(r, "a DigestValue is not base64");
	for (last = &r->says.references; *last != NULL; last = &(*last)->next)
		if (text_equal((*last)->unique_id, ref->unique_id))
			return unread(r, "a document is named twice");
	*last = ref;
	return ++r->says.reference_count <= SIGNATURE_REFERENCES_MOST
	       || unread(r, "it names more documents than are taken");
}

/* Of what is in the document: c14n, or base64 of an Object's text, and nothing else. */
static bool transforms_are_taken(struct signature_read *r, const xmlNode *reference)
{
	const xmlNode *all = child(reference, DSIG, "Transforms");
	unsigned count = 0;
	for (xmlNode *t = all == NULL ? NULL : element(all->children); t != NULL;
	     t = element(t->next)) {
		const char *name = attribute(t, "Algorithm");
		if (++count > TRANSFORMS_MOST || !is(t, DSIG, "Transform")
		    || (signature_algorithm(name, ALGORITHM_CANONICALISES) == NULL
			&& signature_algorithm(name, ALGORITHM_DECODES) == NULL))
			return signature_unread(r, SIGNATURE_UNKNOWN_ALGORITHM,
						arena_text(r->arena, name));
	}
	const struct signature_algorithm *digest = signature_algorithm(algorithm_of(reference),
								       ALGORITHM_DIGESTS);
	if (digest == NULL)
		return signature_unread(r, SIGNATURE_UNKNOWN_ALGORITHM,
					arena_text(r->arena, algorithm_of(reference)));
	r->weak = r->weak || digest->weak;
	return true;
}

/* Where base64 is decoded, that is all that is done, and it is base64: the library loses memory
 * over what is not (1.2.37). */
static bool decodes_base64(struct signature_read *r, const xmlNode *reference,
			   const xmlNode *target)
{
	const xmlNode *all = child(reference, DSIG, "Transforms");
	bool decodes = false;
	struct bytes octets;
	for (xmlNode *t = all == NULL ? NULL : element(all->children); t != NULL;
	     t = element(t->next))
		decodes = decodes
			  || signature_algorithm(attribute(t, "Algorithm"), ALGORITHM_DECODES)
				     != NULL;
	if (!decodes)
		return true;
	const char *digits = text(r, target);
	return (element(element(all->children)->next) == NULL && digits != NULL
		&& bytes_from_base64(r->arena, digits, &octets))
	       || unread(r, "an Object that is to be decoded is not base64");
}

static bool add_part(struct signature_read *r, xmlNode *reference, xmlNode *target)
{
	struct signed_part **last = &r->parts;
	while (*last != NULL)
		last = &(*last)->next;
	*last = arena_new(r->arena, struct signed_part);
	(*last)->node = reference;
	(*last)->target = target;
	return transforms_are_taken(r, reference) && decodes_base64(r, reference, target);
}

/* inner: within a Manifest, which is what is signed then. */
static bool read_reference(struct signature_read *r, xmlNode *reference, bool inner);

static bool read_manifest(struct signature_read *r, const xmlNode *manifest)
{
	for (xmlNode *n = element(manifest->children); n != NULL; n = element(n->next))
		if (!is(n, DSIG, "Reference") || !read_reference(r, n, true))
			return unread(r, "a Manifest holds what is no Reference");
	return true;
}

/* An Object that holds no properties and no Manifest is a document (ITI TF-3: 5.5.4). */
static bool holds_document(const xmlNode *object)
{
	return is(object, DSIG, "Object") && object->children != NULL
	       && child(object, XADES, "QualifyingProperties") == NULL
	       && child(object, DSIG, "Manifest") == NULL;
}

static bool read_reference(struct signature_read *r, xmlNode *reference, bool inner)
{
	const char *uri = attribute(reference, "URI");
	if (text_empty(uri) || text_equal(uri, "#"))
		return unread(r, "a Reference says not what it is about");
	if (uri[0] != '#')
		return add_document(r, reference, uri);
	xmlNode *target = inner ? NULL : target_of(r, uri + 1);
	if (target == NULL)
		return unread(r, "a Reference leads to what cannot be signed");
	for (const struct signed_part *p = r->parts; p != NULL; p = p->next)
		if (p->target == target)
			return unread(r, "a part is named twice");
	if (!add_part(r, reference, target))
		return false;
	r->encloses = r->encloses || holds_document(target);
	return !is(target, DSIG, "Manifest") || read_manifest(r, target);
}

static bool read_signed_info(struct signature_read *r)
{
	xmlNode *n = element(r->signed_info->children);
	if (!is(n, DSIG, "CanonicalizationMethod")
	    || !is(element(n->next), DSIG, "SignatureMethod"))
		return unread(r, "SignedInfo is not as it is to be");
	const char *canonical = attribute(n, "Algorithm");
	n = element(n->next);
	const char *method = attribute(n, "Algorithm");
	if (signature_algorithm(canonical, ALGORITHM_CANONICALISES) == NULL)
		return signature_unread(r, SIGNATURE_UNKNOWN_ALGORITHM,
					arena_text(r->arena, canonical));
	const struct signature_algorithm *signs = signature_algorithm(method, ALGORITHM_SIGNS);
	if (signs == NULL)
		return signature_unread(r, SIGNATURE_UNKNOWN_ALGORITHM,
					arena_text(r->arena, method));
	r->weak = signs->weak;
	for (n = element(n->next); n != NULL; n = element(n->next))
		if (!is(n, DSIG, "Reference"))
			return unread(r, "SignedInfo holds what is no Reference");
		else if (!read_reference(r, n, false))
			return false;
	return true;
}

static bool is_signed(const struct signature_read *r, const xmlNode *target)
{
	for (const struct signed_part *p = r->parts; p != NULL; p = p->next)
		if (p->target == target)
			return true;
	return false;
}

/* ---- Who, when, what for ---- */

static void read_certificates(struct signature_read *r)
{
	xmlNode *key = child(xmlDocGetRootElement(r->document), DSIG, "KeyInfo");
	for (xmlNode *d = child(key, DSIG, "X509Data"); d != NULL; d = next(d, DSIG, "X509Data"))
		for (xmlNode *c = child(d, DSIG, "X509Certificate"); c != NULL;
		     c = next(c, DSIG, "X509Certificate")) {
			const char *base64 = text(r, c);
			struct bytes der;
			if (base64 != NULL && bytes_from_base64(r->arena, base64, &der))
				signature_add_certificate(r, der);
		}
	/* A KeyInfo that is signed names its certificate, too (XAdES: G.2.2.1). */
	r->names_certificate = r->certificate_count == 1 && key != NULL && is_signed(r, key);
}

static xmlNode *either(xmlNode *in, const char *first, const char *second)
{
	xmlNode *n = child(in, XADES, first);
	return n != NULL ? n : child(in, XADES, second);
}

static void read_certificate_digest(struct signature_read *r, xmlNode *properties)
{
	xmlNode *list = either(properties, "SigningCertificate", "SigningCertificateV2");
	xmlNode *digest = child(child(list, XADES, "Cert"), XADES, "CertDigest");
	const char *name = attribute(child(digest, DSIG, "DigestMethod"), "Algorithm");
	const struct signature_algorithm *a = signature_algorithm(name, ALGORITHM_DIGESTS);
	const char *value = text(r, child(digest, DSIG, "DigestValue"));
	struct bytes hash;
	if (a != NULL && value != NULL && bytes_from_base64(r->arena, value, &hash))
		signature_name_certificate(r, a->digest, hash);
}

static void add_text(struct signature_read *r, struct text_value **list, const char *value)
{
	unsigned count = 0;
	if (text_empty(value))
		return;
	for (; *list != NULL; list = &(*list)->next)
		if (++count == NAMES_MOST)
			return;
	*list = arena_new(r->arena, struct text_value);
	(*list)->value = value;
}

static void read_roles(struct signature_read *r, xmlNode *properties)
{
	xmlNode *role = either(properties, "SignerRole", "SignerRoleV2");
	xmlNode *claimed = child(role, XADES, "ClaimedRoles");
	for (xmlNode *n = child(claimed, XADES, "ClaimedRole"); n != NULL;
	     n = next(n, XADES, "ClaimedRole"))
		add_text(r, &r->says.roles, text(r, n));
}

static void read_purposes(struct signature_read *r, xmlNode *data)
{
	for (xmlNode *n = child(data, XADES, "CommitmentTypeIndication"); n != NULL;
	     n = next(n, XADES, "CommitmentTypeIndication")) {
		const char *id = text(
			r, child(child(n, XADES, "CommitmentTypeId"), XADES, "Identifier"));
		if (id != NULL)
			add_text(r, &r->says.purposes, signature_unique_id(r->arena, id));
	}
}

static bool has_timestamp(xmlNode *within)
{
	static const char end[] = "TimeStamp";
	for (xmlNode *n = within == NULL ? NULL : element(within->children); n != NULL;
	     n = element(n->next)) {
		size_t length = strlen((const char *)n->name);
		if (length >= strlen(end)
		    && text_equal((const char *)n->name + length - strlen(end), end))
			return true;
	}
	return false;
}

/* That there is one, signed or beside what is signed. */
static void look_for_timestamps(struct signature_read *r, xmlNode *properties)
{
	xmlNode *beside = child(properties->parent, XADES, "UnsignedProperties");
	r->says.has_timestamp = has_timestamp(child(beside, XADES, "UnsignedSignatureProperties"))
				|| has_timestamp(
					child(properties, XADES, "SignedDataObjectProperties"));
}

/* Only what is signed is told. */
static bool read_properties(struct signature_read *r)
{
	xmlNode *properties = properties_of(r);
	if (properties == NULL)
		return true;
	if (!is_signed(r, properties))
		return unread(r, "its SignedProperties are not signed");
	xmlNode *own = child(properties, XADES, "SignedSignatureProperties");
	const char *time = text(r, child(own, XADES, "SigningTime"));
	if (time != NULL && !signature_time(time, &r->says.claimed))
		return unread(r, "its SigningTime is none");
	read_certificate_digest(r, own);
	read_roles(r, own);
	read_purposes(r, child(properties, XADES, "SignedDataObjectProperties"));
	look_for_timestamps(r, properties);
	return true;
}

bool signature_read_xades(struct signature_read *r, struct bytes octets)
{
	r->says.form = SIGNATURE_XADES;
	if (!parse(r, octets) || !tree_is_plain(r, xmlDocGetRootElement(r->document))
	    || !read_frame(r, xmlDocGetRootElement(r->document)) || !read_signed_info(r))
		return false;
	read_certificates(r);
	return read_properties(r);
}
