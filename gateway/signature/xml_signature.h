/* gateway/signature/xml_signature.h: what every XML signature of ours is verified with, over
 * documents (ITI TF-3: 5.5) and over assertions (ITI TF-2: 3.40), and made with, over assertions.
 *
 * libxmlsec1 is given nodes, algorithms that are rows of algorithms.c, and a key; it canonicalises,
 * hashes and verifies those. Its own way from Signature to verdict is not taken: it reads KeyInfo
 * (1.2 believes a KeyValue that came along), follows URIs, and finds what is signed by Id. Which
 * nodes are the right ones is the caller's to know, by their place. Whatever fails, fails; an error
 * is never an empty text. Thread-safe, but for one document. */
#ifndef GATEWAY_SIGNATURE_XML_SIGNATURE_H
#define GATEWAY_SIGNATURE_XML_SIGNATURE_H

#include <libxml/tree.h>
#include <openssl/evp.h>
#include <stdbool.h>
#include <stddef.h>

/* The library could be begun; before the others. */
bool xml_signature_ready(void);
/* SignedInfo, canonicalised and signed by the methods it names, with that key. */
bool xml_signature_value_holds(xmlNode *signed_info, xmlNode *value, EVP_PKEY *key);
/* The digest a ds:Reference names is that of target, by its transforms, comments left out (XML
 * Signature: 4.3.3.3). enveloped: its first transform takes the Signature away, which the caller
 * has done. */
bool xml_signature_part_holds(xmlNode *reference, xmlNode *target, bool enveloped);

enum { XML_SIGNATURE_MOST = 1024 }; /* octets of a digest or a signature: RSA of 8192 bits */
/* The same, made: octets in out, which stand in base64 there. How many; 0: it could not be made.
 * Of SignedInfo, its signature with that key. */
size_t xml_signature_value_make(xmlNode *signed_info, EVP_PKEY *key,
				unsigned char out[XML_SIGNATURE_MOST]);
/* Of target, which has no Signature yet, its digest, enveloped. */
size_t xml_signature_part_make(xmlNode *reference, xmlNode *target,
			       unsigned char out[XML_SIGNATURE_MOST]);

#endif
