/* tests/operator/vouching_test.c: what a configuration says of our own assertions to other regions,
 * and what it cannot. */
#include "tests/operator/config_scene.h"

#include <string.h>
#include <sys/stat.h>

#include "gateway/base/text.h"
#include "schemas/model/partner.h"

#define REGION_OF(rest)                                                                            \
	"region { name = x affinity-domain = 2.999.1 home-community-id = \"urn:oid:2.999.10\" "    \
	"repository-unique-id = 2.999.20 community-domain = 2.999.11 " rest "}\n"
#define SIGNS "assertion-certificate = pki/server.pem "
#define COMMUNITY(rest)                                                                            \
	"partner w { url = \"https://w:1/\" for = {community}\n"                                   \
	"home-community-id = \"urn:oid:2.999.30\"\n" rest "\n}\n"
#define ROW "\"TREAT^2.16.840.1.113883.5.8 > care^2.999.7\""

/* The whole of what is told, lines of the file in front; in remedies nothing is looked at. */
static const struct {
	const char *text, *faults;
} cases[] = {
	{ REGION_OF(SIGNS) COMMUNITY("assertion-audience = x\npurposes-out = {" ROW "}\n"
				     "purposes-in = {" ROW "}\nemergency-reason = urn:y\n"
				     "assertion-confirmation = holder-of-key"),
	  "" },
	{ REGION_OF("") COMMUNITY("purposes-in = {" ROW "}"), "" },
	{ REGION_OF("assertion-certificate = none.pem"),
	  "1 region assertion-certificate, DIR/none.pem: it cannot be read\n" },
	{ REGION_OF("assertion-certificate = open.pem"),
	  "1 region assertion-certificate, DIR/open.pem: it holds a private key and others than "
	  "its "
	  "owner may read it: chmod 600\n" },
	{ REGION_OF("assertion-certificate = alone.pem"),
	  "1 region assertion-certificate, DIR/alone.pem: there is no private key (without "
	  "passphrase) in it\n" },
	{ REGION_OF("assertion-certificate = none.pem") COMMUNITY("assertion-audience = x"),
	  "1 region assertion-certificate, DIR/none.pem: it cannot be read\n" },
	{ REGION_OF("") COMMUNITY("assertion-audience = x"),
	  "4 partner w is to be sent assertions, and the region has no assertion-certificate that "
	  "can sign them\n" },
	{ REGION_OF(SIGNS) COMMUNITY("assertion-confirmation = bearer\npurposes-out = {" ROW "}\n"
				     "emergency-reason = urn:y"),
	  "4 partner w has assertion-confirmation, and is sent no assertion\n"
	  "5 partner w has purposes-out, and is sent no assertion\n"
	  "6 partner w has emergency-reason, and is sent no assertion\n" },
	{ REGION_OF(SIGNS) PARTNER("a", "https://h/a",
				   "\nassertion-audience = x\npurposes-in = {" ROW "}\n"),
	  "3 partner a has assertion-audience, and is not for community\n"
	  "4 partner a has purposes-in, and is not for community\n" },
	{ REGION_OF(SIGNS) COMMUNITY("assertion-audience = x\npurposes-out = {" ROW ", " ROW ", "
				     "\"TREAT\", \"TREAT^1.2\", \"TREAT^1.2 > care\", "
				     "\"^1.2 > a^1.2\", \"TREAT^x > care^1.2\", "
				     "\"TREAT^1.2 > care^\"}"),
	  "5 purposes-out of partner w: TREAT^2.16.840.1.113883.5.8 has two rows\n"
	  "5 purposes-out of partner w: \"TREAT\" is no row\n"
	  "5 purposes-out of partner w: \"TREAT^1.2\" is no row\n"
	  "5 purposes-out of partner w: \"TREAT^1.2 > care\" is no row\n"
	  "5 purposes-out of partner w: \"^1.2 > a^1.2\" is no row\n"
	  "5 purposes-out of partner w: \"TREAT^x > care^1.2\" is no row\n"
	  "5 purposes-out of partner w: \"TREAT^1.2 > care^\" is no row\n" },
};

static const char *told(struct place *p, const struct config_fault *f)
{
	const char *directory = place_name(p, "r");
	struct buffer b = buffer_in(p->arena);
	for (; f != NULL; f = f->next) {
		const char *at = strstr(f->what, directory);
		size_t before = at == NULL ? strlen(f->what) : (size_t)(at - f->what);
		buffer_text(&b, arena_printf(p->arena, "%u %.*s%s%s\n", f->place.line, (int)before,
					     f->what, at == NULL ? "" : "DIR",
					     at == NULL ? "" : at + strlen(directory)));
	}
	return buffer_ended(&b);
}

static void faults_are_told(void)
{
	struct place p;
	if (!begin(&p))
		CU_FAIL_FATAL("no region to test in");
	place_write(&p, "r/open.pem", place_read(&p, "r/pki/server.pem"));
	place_write(&p, "r/alone.pem", place_read(&p, "r/pki/ca.pem"));
	CU_ASSERT_EQUAL_FATAL(chmod(place_name(&p, "r/alone.pem"), 0600), 0);
	for (size_t i = 0; i < COUNT(cases); i++) {
		const struct config_fault *faults;
		place_write(&p, "r/r.conf", cases[i].text);
		const struct configuration *c = config_load(place_name(&p, "r/r.conf"), p.arena,
							    &faults);
		const char *list = told(&p, faults);
		if (!text_equal(list, cases[i].faults)) {
			printf("\nexpected\n%sfound\n%s", cases[i].faults, list);
			CU_FAIL("faults differ");
		}
		CU_ASSERT_EQUAL(c != NULL, *cases[i].faults == '\0');
		config_release(c);
	}
	place_end(&p);
}

static const struct configuration *loaded(struct place *p, const char *text)
{
	const struct config_fault *faults;
	place_write(p, "r/r.conf", text);
	const struct configuration *c = config_load(place_name(p, "r/r.conf"), p->arena, &faults);
	CU_ASSERT_PTR_NOT_NULL_FATAL(c);
	return c;
}

static void all_of_it_arrives(void)
{
	struct place p;
	if (!begin(&p))
		CU_FAIL_FATAL("no region to test in");
	const struct configuration *c = loaded(&p, cases[0].text);
	const struct assertion_signer *ours = &c->region.assertions.ours;
	const struct partner *w = &c->region.partners[0];
	CU_ASSERT_STRING_EQUAL(ours->entity_id, "urn:oid:2.999.10");
	CU_ASSERT_STRING_EQUAL(ours->home_community, "urn:oid:2.999.10");
	CU_ASSERT_PTR_NOT_NULL(ours->key);
	CU_ASSERT_STRING_EQUAL(w->assertion_holder, ours->certificate);
	CU_ASSERT_STRING_EQUAL(w->assertion_audience, "x");
	CU_ASSERT_STRING_EQUAL(w->emergency_reason, "urn:y");
	CU_ASSERT_STRING_EQUAL(w->purposes_out[0].code, "TREAT");
	CU_ASSERT_STRING_EQUAL(w->purposes_out[0].scheme, "2.16.840.1.113883.5.8");
	CU_ASSERT_STRING_EQUAL(w->purposes_out[0].becomes, "care");
	CU_ASSERT_STRING_EQUAL(w->purposes_out[0].becomes_scheme, "2.999.7");
	CU_ASSERT_PTR_NULL(w->purposes_out[1].code);
	CU_ASSERT_PTR_NOT_NULL(purpose_row_of(w->purposes_in, "TREAT", "2.16.840.1.113883.5.8"));
	CU_ASSERT_PTR_NULL(purpose_row_of(w->purposes_in, "TREAT", "2.999.7"));
	config_release(c);
	place_end(&p);
}

static void what_is_not_said_has_a_default(void)
{
	struct place p;
	if (!begin(&p))
		CU_FAIL_FATAL("no region to test in");
	const struct configuration *c = loaded(
		&p, REGION_OF(SIGNS "assertion-entity-id = me emergency-reason = urn:z ")
			    COMMUNITY("assertion-audience = x"));
	const struct partner *w = &c->region.partners[0];
	CU_ASSERT_STRING_EQUAL(c->region.assertions.ours.entity_id, "me");
	CU_ASSERT_STRING_EQUAL(w->emergency_reason, "urn:z");
	CU_ASSERT_PTR_NULL(w->assertion_holder);
	CU_ASSERT_PTR_NULL(w->purposes_out);
	CU_ASSERT_PTR_NULL(w->purposes_in);
	config_release(c);
	place_end(&p);
}

static const struct test tests[] = { { "faults are told", faults_are_told },
				     { "all of it arrives", all_of_it_arrives },
				     { "what is not said has a default",
				       what_is_not_said_has_a_default },
				     { 0 } };

int main(void)
{
	return suite_run("vouching", tests);
}
