/* gateway/assertion/steps.c: what each step that fails is called, is answered with, and asks of the
 * operator (security: c.4, c.5). */
#include "gateway/assertion/assertion.h"

#include "gateway/base/text.h"

/* Rows are laid out by hand. */
/* clang-format off */
static const struct assertion_step_row rows[ASSERTION_STEPS] = {
	[ASSERTION_HOLDS] = { "holds", PROBLEM_NONE, NULL },
	[ASSERTION_MISSING] = { "missing", PROBLEM_TOKEN_UNAVAILABLE,
		"its section says assertions = required, and its request had none" },
	[ASSERTION_FORBIDDEN_HERE] = { "forbidden", PROBLEM_TOKEN_UNSUPPORTED,
		"its section says assertions = forbidden, and its request had one" },
	[ASSERTION_SIZE] = { "size", PROBLEM_SECURITY_INVALID,
		"a Security header has 128 KiB and 4096 elements and attributes at most" },
	[ASSERTION_HEADERS] = { "headers", PROBLEM_SECURITY_INVALID,
		"there may be one Security header for us" },
	[ASSERTION_TOKEN] = { "token", PROBLEM_TOKEN_UNAVAILABLE,
		"the Security header holds no assertion" },
	[ASSERTION_TOKEN_KIND] = { "token-kind", PROBLEM_TOKEN_UNSUPPORTED,
		"an assertion of SAML 2.0 is taken, not encrypted" },
	[ASSERTION_PLACE] = { "place", PROBLEM_SECURITY_INVALID,
		"there is more than one assertion in the message: a signature may have been "
		"wrapped; ask who runs that system" },
	[ASSERTION_ID] = { "id", PROBLEM_SECURITY_INVALID,
		"its ID is none, or another element has it: a signature may have been wrapped" },
	[ASSERTION_UNSIGNED] = { "unsigned", PROBLEM_TOKEN_INVALID, "its issuer has to sign it" },
	[ASSERTION_SHAPE] = { "signature-shape", PROBLEM_SECURITY_INVALID,
		"its signature is not of this one assertion, enveloped, by exclusive "
		"canonicalisation" },
	[ASSERTION_ALGORITHM] = { "algorithm", PROBLEM_TOKEN_ALGORITHM,
		"RSA and ECDSA with SHA-256, 384 and 512 are taken" },
	[ASSERTION_ISSUER] = { "issuer", PROBLEM_TOKEN_AUTHENTICATION,
		"its Issuer is the entity-id of no section assertion-issuer" },
	[ASSERTION_CERTIFICATE] = { "issuer-certificate", PROBLEM_TOKEN_AUTHENTICATION,
		"no certificate of its issuer's section is in force, and of the signature's kind" },
	[ASSERTION_SIGNATURE] = { "signature", PROBLEM_TOKEN_AUTHENTICATION,
		"it is not signed with a certificate of its issuer's section: if the issuer has a "
		"new one, add it there" },
	[ASSERTION_DIGEST] = { "digest", PROBLEM_TOKEN_CHECK,
		"it was changed after it had been signed" },
	[ASSERTION_VERSION] = { "version", PROBLEM_TOKEN_INVALID, "SAML 2.0 is taken" },
	[ASSERTION_CONDITIONS] = { "conditions", PROBLEM_TOKEN_INVALID,
		"it needs Conditions with NotBefore and NotOnOrAfter, in UTC" },
	[ASSERTION_EARLY] = { "early", PROBLEM_TOKEN_INVALID,
		"its time has not begun: compare the clocks, here and at its issuer" },
	[ASSERTION_EXPIRED] = { "expired", PROBLEM_TOKEN_INVALID,
		"its time has ended: compare the clocks, here and at its issuer" },
	[ASSERTION_LIFETIME] = { "lifetime", PROBLEM_TOKEN_INVALID,
		"it lives longer than max-lifetime of its issuer's section" },
	[ASSERTION_AUDIENCE] = { "audience", PROBLEM_TOKEN_INVALID,
		"each of its AudienceRestrictions has to name one of region assertion-audiences" },
	[ASSERTION_SUBJECT] = { "subject", PROBLEM_TOKEN_INVALID,
		"it needs a Subject with a NameID" },
	[ASSERTION_CONFIRMATION] = { "confirmation", PROBLEM_TOKEN_INVALID,
		"bearer and holder-of-key are taken, in their time and at their place" },
	[ASSERTION_HOLDER] = { "holder", PROBLEM_TOKEN_AUTHENTICATION,
		"it is for the holder of another certificate than the connection's: it may have "
		"been stolen" },
	[ASSERTION_AUTHN] = { "authentication", PROBLEM_TOKEN_INVALID,
		"it needs an AuthnStatement that has happened and has not ended" },
	[ASSERTION_CONTEXT] = { "context", PROBLEM_TOKEN_INVALID,
		"how its subject was authenticated is not in authn-contexts of its issuer's "
		"section" },
	[ASSERTION_REPLAY] = { "replay", PROBLEM_TOKEN_AUTHENTICATION,
		"another system has presented it, or it was for one use: it may have been stolen" },
	[ASSERTION_TEXT] = { "text", PROBLEM_SECURITY_INVALID,
		"a comment or an instruction stands in it, which its signature does not see" },
	[ASSERTION_ATTRIBUTES] = { "attributes", PROBLEM_TOKEN_INVALID,
		"an attribute of ITI TF-2: 3.40 is not as it is to be" },
	[ASSERTION_PURPOSE] = { "purpose", PROBLEM_TOKEN_INVALID,
		"a purpose of use of it has no row in purposes-in of its community's section" },
	[ASSERTION_ORGANIZATION] = { "organization", PROBLEM_TOKEN_AUTHENTICATION,
		"its organization-id is not in organizations of the system's section, or of its "
		"issuer's, or its homeCommunityId is not the region's whose gateway came" },
	[ASSERTION_ROLE] = { "role", PROBLEM_TOKEN_AUTHENTICATION,
		"a role of it is not in roles of its issuer's section" },
	[ASSERTION_FULL] = { "memory-full", PROBLEM_BUSY,
		"as many assertions as region assertions-remembered allows are in their time; "
		"raise it" },
	[ASSERTION_PATIENT] = { "patient", PROBLEM_NOT_PERMITTED,
		"its resource-id is another patient than the request's" },
};

static const struct {
	enum problem_code code;
	const char *text;
} words[] = {
	{ PROBLEM_SECURITY_INVALID, "the Security header is not as it has to be" },
	{ PROBLEM_TOKEN_UNSUPPORTED, "a security token of that kind is not taken" },
	{ PROBLEM_TOKEN_ALGORITHM, "an algorithm of the security token is not taken" },
	{ PROBLEM_TOKEN_INVALID, "the security token is not valid here and now" },
	{ PROBLEM_TOKEN_AUTHENTICATION, "the security token could not be authenticated" },
	{ PROBLEM_TOKEN_CHECK, "the signature of the security token does not hold" },
	{ PROBLEM_TOKEN_UNAVAILABLE, "there has to be a security token" },
	{ PROBLEM_BUSY, "no more security tokens can be taken now" },
	{ PROBLEM_NOT_PERMITTED, "the security token does not permit that" },
};
/* clang-format on */

const struct assertion_step_row *assertion_step_row(enum assertion_step s)
{
	return &rows[s];
}

const char *assertion_words(enum problem_code code)
{
	for (size_t i = 0; i < COUNT(words); i++)
		if (words[i].code == code)
			return words[i].text;
	return "the security token is refused";
}
