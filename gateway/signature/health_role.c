/* gateway/signature/health_role.c: what a certificate says its holder is in health care: hcRole of
 * ISO 17090-2, as the Japanese HPKI has it (保健医療福祉分野の公開鍵基盤).
 *
 * It stands in the subject's directory attributes (RFC 5280 4.2.1.8): a set of HCActor, each with
 * codedData, whose free text [2] is the role's name ("Medical Doctor"). It is read tolerantly,
 * within bounds, and told as the issuer's word; nothing is decided by it. */
#include <openssl/asn1.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <string.h>

#include "gateway/base/text.h"
#include "gateway/signature/inside.h"

enum {
	ROLES_MOST = 8,
	ROLE_OCTETS_MOST = 256,
	NESTED_MOST = 8, /* HCActor's free text stands in the fifth */
	FREE_TEXT = 2
};

/* 1.0.17090.0.1 */
static const unsigned char hc_role[] = { 0x28, 0x81, 0x85, 0x42, 0x00, 0x01 };

/* One value of DER. */
struct piece {
	int tag, kind;
	bool constructed;
	struct bytes whole, content;
};

/* False: there is none, or it is no DER. */
static bool take(struct bytes *left, struct piece *out)
{
	const unsigned char *at = left->data;
	long length;
	if (left->length == 0 || left->length > SIGNATURE_MOST)
		return false;
	int how = ASN1_get_object(&at, &length, &out->tag, &out->kind, (long)left->length);
	if ((how & 0x81) != 0) { /* cut off, or of no length */
		ERR_clear_error();
		return false;
	}
	out->constructed = (how & V_ASN1_CONSTRUCTED) != 0;
	out->content = (struct bytes){ at, (size_t)length };
	out->whole = (struct bytes){ left->data, (size_t)(at - left->data) + (size_t)length };
	left->data += out->whole.length;
	left->length -= out->whole.length;
	return true;
}

static void add(struct signature_read *r, const unsigned char *text, int length)
{
	const char *before = r->says.health_role;
	size_t had = before == NULL ? 0 : strlen(before);
	if (length <= 0 || length > ROLE_OCTETS_MOST || memchr(text, 0, (size_t)length) != NULL
	    || !text_is_utf8(text, (size_t)length))
		return;
	char *all = arena_try(r->arena, had + 2 + (size_t)length + 1);
	if (all == NULL)
		return;
	if (had != 0) {
		memcpy(all, before, had);
		memcpy(all + had, ", ", 2);
		had += 2;
	}
	memcpy(all + had, text, (size_t)length);
	all[had + (size_t)length] = '\0';
	r->says.health_role = all;
}

/* A DirectoryString, which is always tagged explicitly; or, of some issuers, its octets. */
static void add_text(struct signature_read *r, const struct piece *p)
{
	const unsigned char *at = p->content.data;
	unsigned char *text = NULL;
	if (!p->constructed) {
		add(r, at, (int)p->content.length);
		return;
	}
	ASN1_STRING *s = d2i_DIRECTORYSTRING(NULL, &at, (long)p->content.length);
	int length = s == NULL ? 0 : ASN1_STRING_to_UTF8(&text, s);
	add(r, text, length);
	OPENSSL_free(text);
	ASN1_STRING_free(s);
	ERR_clear_error();
}

static void walk(struct signature_read *r, struct bytes values, unsigned depth, unsigned *roles)
{
	struct piece p;
	while (*roles < ROLES_MOST && take(&values, &p)) {
		if (p.kind == V_ASN1_CONTEXT_SPECIFIC && p.tag == FREE_TEXT) {
			add_text(r, &p);
			++*roles;
		} else if (p.constructed && depth < NESTED_MOST) {
			walk(r, p.content, depth + 1, roles);
		}
	}
}

/* SEQUENCE OF Attribute { OID, SET OF values } */
static void read_attributes(struct signature_read *r, struct bytes octets)
{
	struct piece all, one, type;
	unsigned roles = 0;
	if (!take(&octets, &all) || all.tag != V_ASN1_SEQUENCE)
		return;
	while (take(&all.content, &one))
		if (one.tag == V_ASN1_SEQUENCE && take(&one.content, &type)
		    && type.tag == V_ASN1_OBJECT
		    && bytes_equal(type.content, (struct bytes){ hc_role, sizeof hc_role }))
			walk(r, one.content, 0, &roles);
}

void signature_read_health_role(struct signature_read *r)
{
	int at = X509_get_ext_by_NID(r->signer, NID_subject_directory_attributes, -1);
	const ASN1_OCTET_STRING *value = at < 0 ? NULL
						: X509_EXTENSION_get_data(
							X509_get_ext(r->signer, at));
	if (value != NULL)
		read_attributes(r, (struct bytes){ ASN1_STRING_get0_data(value),
						   (size_t)ASN1_STRING_length(value) });
}
