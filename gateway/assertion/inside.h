/* gateway/assertion/inside.h: what the files of this room share. Nobody else sees it. */
#ifndef GATEWAY_ASSERTION_INSIDE_H
#define GATEWAY_ASSERTION_INSIDE_H

#include <libxml/tree.h>

#include "gateway/assertion/assertion.h"
#include "gateway/assertion/memory.h"
#include "gateway/base/arena.h"
#include "gateway/envelope/xml_reader.h"

#define SAML "urn:oasis:names:tc:SAML:2.0:assertion"
#define DSIG "http://www.w3.org/2000/09/xmldsig#"
#define EXC_C14N "http://www.w3.org/2001/10/xml-exc-c14n#"

/* One assertion on its way through the steps: each finds what the next ones use. */
struct checking {
	struct arena *arena;
	const struct assertion_presented *by;
	struct assertion_memory *memory;
	const struct xml_node *envelope, *security;
	/* place.c */
	const struct xml_node *assertion;
	const char *id;
	/* shape.c */
	const struct xml_node *signature, *signed_info, *value, *reference;
	const struct signature_algorithm *method;
	const char *issuer_id; /* what Issuer says */
	const struct assertion_issuer *issuer;
	/* verify.c */
	xmlNode *signature_copy; /* a document of its own */
	/* conditions.c */
	const struct xml_node *conditions, *subject, *authn;
	instant not_before, ends;
	struct assertion_claim claim;
	struct assertion *out;
};

/* Text of an element that holds nothing else, trimmed; NULL: there is no such element, or an
 * element, a comment or an instruction is in it. */
const char *assertion_text(const struct checking *c, const struct xml_node *n);

/* Each step: true, or it ends there. place.c */
bool assertion_is_small(struct checking *c);
bool assertion_is_there(struct checking *c);
bool assertion_is_of_a_kind(struct checking *c);
bool assertion_is_alone(struct checking *c);
bool assertion_id_is_its_own(struct checking *c);
/* shape.c */
bool assertion_is_signed(struct checking *c);
bool assertion_signature_is_plain(struct checking *c);
bool assertion_algorithms_are_taken(struct checking *c);
bool assertion_issuer_is_known(struct checking *c);
/* verify.c */
bool assertion_certificate_is_in_force(struct checking *c);
bool assertion_signature_holds(struct checking *c);
bool assertion_digest_holds(struct checking *c);
/* conditions.c */
bool assertion_is_of_version_2(struct checking *c);
bool assertion_has_conditions(struct checking *c);
bool assertion_has_begun(struct checking *c);
bool assertion_has_not_ended(struct checking *c);
bool assertion_is_short(struct checking *c);
bool assertion_is_for_us(struct checking *c);
bool assertion_has_subject(struct checking *c);
bool assertion_is_confirmed(struct checking *c);
bool assertion_is_holders(struct checking *c);
bool assertion_tells_authentication(struct checking *c);
bool assertion_context_is_taken(struct checking *c);
bool assertion_is_no_replay(struct checking *c);
/* attributes.c */
bool assertion_is_uninterrupted(struct checking *c);
bool assertion_attributes_are_read(struct checking *c);
bool assertion_purposes_are_known(struct checking *c);
bool assertion_organization_may(struct checking *c);
bool assertion_role_may(struct checking *c);
/* verify.c */
bool assertion_is_remembered(struct checking *c);

#endif
