/* tests/profiles/community_answer_test.c: what is given of a community's answer, as a table; the
 * shapes are those of tests/cases/community_answer. */
#include "tests/base/suite.h"

#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/spool.h"
#include "gateway/base/text.h"
#include "gateway/envelope/ebrim.h"
#include "gateway/envelope/xml_reader.h"
#include "profiles/xca/community_answer.h"
#include "schemas/model/partner.h"

enum { ARENA = 8 << 20 };

#define OPENED                                                                                     \
	"<q:AdhocQueryResponse xmlns:q=\"" QUERY_NAMESPACE "\" xmlns:rs=\"" RS_NAMESPACE           \
	"\" xmlns=\"" RIM_NAMESPACE "\" status=\""
#define SUCCESS OPENED "urn:oasis:names:tc:ebxml-regrep:ResponseStatusType:Success\">"
#define FAILURE OPENED "urn:oasis:names:tc:ebxml-regrep:ResponseStatusType:Failure\">"
#define CLOSED "</q:AdhocQueryResponse>"
#define LISTED(objects) SUCCESS "<RegistryObjectList>" objects "</RegistryObjectList>" CLOSED
#define HOME " home=\"urn:oid:2.999.30\""
#define ENTRY(id, home, patient)                                                                   \
	"<ExtrinsicObject id=\"" id "\"" home ">"                                                  \
	"<ExternalIdentifier identificationScheme=\"urn:uuid:58a6f841-87b3-4a3e-92fd-"             \
	"a8ffeff98427\" value=\"" patient "\"/></ExtrinsicObject>"
#define SET(id, patient)                                                                           \
	"<RegistryPackage id=\"" id "\"" HOME ">"                                                  \
	"<ExternalIdentifier identificationScheme=\"urn:uuid:6b5aea1a-874d-4603-a4bc-"             \
	"96a0a7b38446\" value=\"" patient "\"/></RegistryPackage>"
#define HIS "W1^^^&amp;2.999.30.1&amp;ISO"
#define REF(id, home) "<ObjectRef id=\"" id "\"" home "/>"
#define ERROR(code)                                                                                \
	"<rs:RegistryErrorList><rs:RegistryError errorCode=\"" code                                \
	"\" codeContext=\"said\" severity=\"urn:x:Error\"/></rs:RegistryErrorList>"

/* By whom it was asked: of him by an id, or of objects. */
enum asked { OF_HIM, OF_OBJECTS, OF_OBJECTS_HIDDEN };

static const struct {
	const char *why, *text;
	enum asked asked;
	bool references;
	bool counts, succeeded, hidden;
	size_t objects;
	unsigned errors;
	const char *code; /* of the first error, where it is theirs; or a part of what it says */
} rows[] = {
	{ .why = "his entry",
	  .text = LISTED(ENTRY("a", HOME, HIS)),
	  .counts = true,
	  .succeeded = true,
	  .objects = 1 },
	{ .why = "his id with a name of its authority",
	  .text = LISTED(ENTRY("a", HOME, "W1^^^&amp;2.999.30.1&amp;ISO")),
	  .counts = true,
	  .succeeded = true,
	  .objects = 1 },
	{ .why = "a set",
	  .text = LISTED(SET("a", HIS)),
	  .counts = true,
	  .succeeded = true,
	  .objects = 1 },
	{ .why = "nothing", .text = LISTED(""), .counts = true, .succeeded = true },
	{ .why = "no list", .text = SUCCESS CLOSED, .counts = true, .succeeded = true },
	{ .why = "the same twice",
	  .text = LISTED(ENTRY("a", HOME, HIS) ENTRY("a", HOME, HIS)),
	  .counts = true,
	  .succeeded = true,
	  .objects = 1 },
	{ .why = "one without a home",
	  .text = LISTED(ENTRY("a", "", HIS) ENTRY("b", HOME, HIS)),
	  .counts = true,
	  .succeeded = true,
	  .objects = 1,
	  .errors = 1,
	  .code = "ExtrinsicObject a" },
	{ .why = "an empty home",
	  .text = LISTED(ENTRY("a", " home=\"\"", HIS)),
	  .counts = true,
	  .succeeded = true,
	  .errors = 1,
	  .code = "have no homeCommunityId" },
	{ .why = "another home",
	  .text = LISTED(ENTRY("a", " home=\"urn:oid:2.999.39\"", HIS)),
	  .counts = true,
	  .succeeded = true,
	  .errors = 1,
	  .code = "another homeCommunityId" },
	{ .why = "an id that is no name",
	  .text = LISTED(ENTRY("a b\xc3\xa9", "", HIS)),
	  .counts = true,
	  .succeeded = true,
	  .errors = 1,
	  .code = "ExtrinsicObject ?" },
	{ .why = "another's",
	  .text = LISTED(ENTRY("a", HOME, "W2^^^&amp;2.999.30.1&amp;ISO")),
	  .counts = true,
	  .succeeded = true,
	  .errors = 1,
	  .code = "not of the patient" },
	{ .why = "his number of another authority",
	  .text = LISTED(ENTRY("a", HOME, "W1^^^&amp;2.999.30.2&amp;ISO")),
	  .counts = true,
	  .succeeded = true,
	  .errors = 1,
	  .code = "not of the patient" },
	{ .why = "nobody's",
	  .text = LISTED("<ExtrinsicObject id=\"a\"" HOME "/>"),
	  .counts = true,
	  .succeeded = true,
	  .errors = 1,
	  .code = "not of the patient" },
	{ .why = "no id",
	  .text = LISTED("<ExtrinsicObject" HOME "/>"),
	  .counts = true,
	  .succeeded = true,
	  .errors = 1,
	  .code = "nothing that was asked for" },
	{ .why = "a stranger",
	  .text = LISTED("<Organization id=\"a\"/>"),
	  .counts = true,
	  .succeeded = true,
	  .errors = 1,
	  .code = "nothing that was asked for" },
	{ .why = "an association, which needs no home",
	  .text = LISTED("<Association id=\"a\"/>"),
	  .counts = true,
	  .succeeded = true,
	  .objects = 1 },
	{ .why = "... but has no other",
	  .text = LISTED("<Association id=\"a\" home=\"urn:oid:2.999.39\"/>"),
	  .counts = true,
	  .succeeded = true,
	  .errors = 1,
	  .code = "another homeCommunityId" },
	{ .why = "references",
	  .text = LISTED(REF("a", HOME) REF("b", HOME)),
	  .references = true,
	  .counts = true,
	  .succeeded = true,
	  .objects = 2 },
	{ .why = "references without a home",
	  .text = LISTED(REF("a", "")),
	  .references = true,
	  .counts = true,
	  .succeeded = true,
	  .errors = 1,
	  .code = "ObjectRef a" },
	{ .why = "more than references",
	  .text = LISTED(ENTRY("a", HOME, HIS)),
	  .references = true,
	  .counts = true,
	  .succeeded = true,
	  .errors = 1,
	  .code = "nothing that was asked for" },
	{ .why = "of objects: of one patient",
	  .text = LISTED(ENTRY("a", HOME, HIS) ENTRY("b", HOME, "W2")),
	  .asked = OF_OBJECTS,
	  .counts = true,
	  .succeeded = true,
	  .objects = 1,
	  .errors = 1,
	  .code = "ExtrinsicObject b" },
	{ .why = "of objects: not for who asks",
	  .text = LISTED(ENTRY("a", HOME, HIS)),
	  .asked = OF_OBJECTS_HIDDEN,
	  .counts = true,
	  .succeeded = true,
	  .hidden = true,
	  .objects = 1 },
	{ .why = "a patient they do not know",
	  .text = FAILURE ERROR("XDSUnknownPatientId") CLOSED,
	  .counts = true,
	  .succeeded = true },
	{ .why = "a failure",
	  .text = FAILURE ERROR("XDSRegistryBusy") CLOSED,
	  .counts = true,
	  .errors = 1,
	  .code = "XDSRegistryBusy" },
	{ .why = "a failure without a reason",
	  .text = FAILURE CLOSED,
	  .counts = true,
	  .errors = 1,
	  .code = "said no more" },
	{ .why = "a failure with objects",
	  .text = FAILURE ERROR("XDSRegistryBusy") "<RegistryObjectList>" ENTRY(
		  "a", HOME, HIS) "</RegistryObjectList>" CLOSED,
	  .counts = true,
	  .errors = 1,
	  .code = "XDSRegistryBusy" },
	{ .why = "Success, and errors",
	  .text = SUCCESS ERROR("XDSRegistryError") "<RegistryObjectList>" ENTRY(
		  "a", HOME, HIS) "</RegistryObjectList>" CLOSED,
	  .counts = true,
	  .succeeded = true,
	  .objects = 1,
	  .errors = 1,
	  .code = "XDSRegistryError" },
	{ .why = "another status", .text = OPENED "urn:x:Splendid\">" CLOSED },
	{ .why = "something else", .text = "<Success/>" },
};

static bool is_for_asker(void *self, struct community_part *part)
{
	part->shown = "shown^^^&2.999.1&ISO";
	return *(const enum asked *)self == OF_OBJECTS;
}

static bool all(void *self, const struct community_part *part, const struct document_entry *e)
{
	(void)self, (void)part, (void)e;
	return true;
}

static bool says(const struct community_part *part, const char *code)
{
	const struct finding *f = part->findings.first;
	return code == NULL
	       || (f != NULL
		   && (text_equal(f->relayed, code) || strstr(f->problem.what, code) != NULL)
		   && text_equal(f->location, "urn:oid:2.999.30"));
}

static void as_the_table_has_it(void)
{
	static const struct partner west = { .name = "west",
					     .home_community_id = "urn:oid:2.999.30" };
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct arena *a = arena_create(ARENA);
		struct problem p = { .code = PROBLEM_NONE };
		enum asked asked = rows[i].asked;
		struct community_part part = { .community = &west, .findings = findings_in(a) };
		const struct community_reading r = { .arena = a,
						     .each = arena_create_within(a),
						     .leaf_class = !rows[i].references,
						     .patient = { &asked, is_for_asker, all } };
		if (asked == OF_HIM) {
			part.theirs = "W1^^^&2.999.30.1&ISO";
			part.shown = "shown^^^&2.999.1&ISO";
		}
		bool counts = community_answer_read(
			&r, xml_root(xml_read(a, NULL, bytes_of_text(rows[i].text), &p)), &part,
			&p);
		bool same = counts == rows[i].counts && part.succeeded == rows[i].succeeded
			    && part.hidden == rows[i].hidden && part.objects == rows[i].objects
			    && part.findings.errors == rows[i].errors && says(&part, rows[i].code)
			    && counts == (p.code == PROBLEM_NONE);
		if (!same)
			fprintf(stderr, "%s: counts %d, %zu objects, %u errors: %s\n", rows[i].why,
				counts, part.objects, part.findings.errors,
				part.findings.first == NULL ? ""
							    : part.findings.first->problem.what);
		CU_ASSERT_TRUE(same);
		arena_destroy(a);
	}
}

/* Everything of an object stays as it came, but for the patient's id. */
static void an_object_stays_what_it_is(void)
{
	static const struct partner west = { .name = "west",
					     .home_community_id = "urn:oid:2.999.30" };
	struct arena *a = arena_create(ARENA);
	struct problem p = { .code = PROBLEM_NONE };
	struct community_part part = { .community = &west,
				       .findings = findings_in(a),
				       .theirs = "W1^^^&2.999.30.1&ISO",
				       .shown = "shown^^^&2.999.1&ISO" };
	const struct community_reading r = { .arena = a,
					     .each = arena_create_within(a),
					     .leaf_class = true,
					     .patient = { .may_have = all } };
	struct bytes got;
	const char *text = LISTED(
		"<ExtrinsicObject id=\"a\"" HOME " lid=\"x\"><Slot name=\"of &lt; "
		"theirs\">\n <ValueList><Value> a </Value></ValueList></Slot>"
		"<ExternalIdentifier identificationScheme=\"urn:uuid:58a6f841-"
		"87b3-4a3e-92fd-a8ffeff98427\" value=\"" HIS "\"/></ExtrinsicObject>");
	CU_ASSERT_TRUE(community_answer_read(
		&r, xml_root(xml_read(a, NULL, bytes_of_text(text), &p)), &part, &p));
	CU_ASSERT_TRUE(spool_read(part.spool, &got));
	const char *written = arena_text_n(a, (const char *)got.data, got.length);
	CU_ASSERT_PTR_NOT_NULL(strstr(written, "<Slot name=\"of &lt; theirs\">\n <ValueList><Value>"
					       " a </Value></ValueList></Slot>"));
	CU_ASSERT_PTR_NOT_NULL(strstr(written, "value=\"shown^^^&amp;2.999.1&amp;ISO\""));
	CU_ASSERT_PTR_NOT_NULL(strstr(written, " lid=\"x\""));
	CU_ASSERT_PTR_NOT_NULL(strstr(written, RIM_NAMESPACE));
	CU_ASSERT_PTR_NULL(strstr(written, "W1^^^"));
	arena_destroy(a);
}

static bool none_of_b(void *self, const struct community_part *part, const struct document_entry *e)
{
	CU_ASSERT_EQUAL(part->record, 7);
	++*(unsigned *)self;
	return e->id != NULL && !text_equal(e->id, "b");
}

/* What connects it goes with it, wherever it stands; of references nobody is asked. */
static void what_is_not_for_the_asker_is_not_there(void)
{
	static const struct partner west = { .name = "west",
					     .home_community_id = "urn:oid:2.999.30" };
	static const char *const texts[] = {
		LISTED("<Association id=\"x\" sourceObject=\"s\" targetObject=\"b\"/>"
		       "<Association id=\"y\" sourceObject=\"s\" targetObject=\"a\"/>" ENTRY(
			       "a", HOME, HIS) ENTRY("b", HOME, HIS) ENTRY("b", HOME, HIS)
			       ENTRY("c", HOME, HIS) SET("s", HIS)),
		LISTED("<ObjectRef id=\"b\"" HOME "/>"),
	};
	for (size_t i = 0; i < COUNT(texts); i++) {
		struct arena *a = arena_create(ARENA);
		struct problem p = { .code = PROBLEM_NONE };
		unsigned asked = 0;
		struct community_part part = { .community = &west,
					       .findings = findings_in(a),
					       .record = 7,
					       .theirs = "W1^^^&2.999.30.1&ISO",
					       .shown = "shown^^^&2.999.1&ISO" };
		const struct community_reading r = { .arena = a,
						     .each = arena_create_within(a),
						     .leaf_class = i == 0,
						     .patient = { &asked, NULL, none_of_b } };
		struct bytes got;
		CU_ASSERT_TRUE(community_answer_read(
			&r, xml_root(xml_read(a, NULL, bytes_of_text(texts[i]), &p)), &part, &p));
		CU_ASSERT_EQUAL(asked, i == 0 ? 4 : 0);
		CU_ASSERT_EQUAL(part.objects, i == 0 ? 4 : 1);
		CU_ASSERT_EQUAL(part.findings.errors, 0);
		CU_ASSERT_TRUE(spool_read(part.spool, &got));
		const char *written = arena_text_n(a, (const char *)got.data, got.length);
		CU_ASSERT_EQUAL(strstr(written, "\"b\"") == NULL, i == 0);
		arena_destroy(a);
	}
}

static const struct test tests[] = { { "what is given, as the table has it", as_the_table_has_it },
				     { "an object stays what it is", an_object_stays_what_it_is },
				     { "what is not for the asker is not there",
				       what_is_not_for_the_asker_is_not_there },
				     { 0 } };

int main(void)
{
	return suite_run("community answers", tests);
}
