/* tests/profiles/consent_compiled_test.c: what a document of consent decides in a region, by the
 * region's rules; and what means nothing there, or more than it says, and is refused. */
#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/findings.h"
#include "gateway/base/text.h"
#include "gateway/policy/policy_file.h"
#include "profiles/actors/consent_documents.h"
#include "tests/base/suite.h"

static const char rules[] = "role clerk 1^2.999.1\nrole doctor 2^2.999.1 3^2.999.1\n"
			    "purpose research R^2.999.2\ndocuments notes type N^2.999.3\n"
			    "documents mixed type M^2.999.3 class M^2.999.3\n"
			    "documents letters class L^2.999.3\ndocuments scans format S^2.999.3\n"
			    "acknowledged 1^2.999 join\nacknowledged 2^2.999 leave\n"
			    "acknowledged 3^2.999 include facility submitter exclude role clerk\n"
			    "acknowledged 4^2.999 exclude facility nowhere\n"
			    "recorders a-hospital c-hospital\ndefault hide\n";

static const char *const a_people[] = { "2.999.4.1", "2.999.4.2", NULL };
static const struct registered_system systems[] = {
	{ .name = "a-hospital", .institution_code = "1319951013", .organizations = a_people },
	{ .name = "b-clinic", .institution_code = "1319952024" },
	{ .name = "c-hospital" },
};

struct statement {
	enum consent_about about;
	bool permits;
	const char *value, *scheme;
};
#define POLICY(code)                                                                               \
	{                                                                                          \
		ABOUT_POLICY, true, code, "2.999"                                                  \
	}
enum { MOST = 4 };

struct row {
	const char *why;
	struct statement statements[MOST];
	const char *says, *context; /* one of them NULL */
	const char *sender;         /* NULL: a-hospital */
	const char *custodian;
};

static const struct row rows[] = {
	{ .why = "a policy", .statements = { POLICY("1") }, .says = "join" },
	{ .why = "several",
	  .statements = { POLICY("3"), POLICY("2") },
	  .says = "include a-hospital, exclude role/clerk, leave" },
	{ .why = "twice the same", .statements = { POLICY("1"), POLICY("1") }, .says = "join" },
	{ .why = "and the contrary",
	  .statements = { POLICY("1"), POLICY("2") },
	  .context = "the contrary" },
	{ .why = "unknown", .statements = { POLICY("9") }, .context = "no policy that this" },
	{ .why = "of another domain",
	  .statements = { { ABOUT_POLICY, true, "1", "2.998" } },
	  .context = "no policy that this" },
	{ .why = "of a facility there is not",
	  .statements = { POLICY("4") },
	  .context = "names no facility" },
	{ .why = "all permitted, a role not",
	  .statements = { { ABOUT_ALL, true, NULL, NULL }, { ABOUT_ROLE, false, "1", "2.999.1" } },
	  .says = "join, exclude role/clerk" },
	{ .why = "all denied",
	  .statements = { { ABOUT_ALL, false, NULL, NULL } },
	  .says = "leave" },
	{ .why = "a role permitted",
	  .statements = { { ABOUT_ROLE, true, "1", "2.999.1" } },
	  .context = "permits a part" },
	{ .why = "a role that has another code, too",
	  .statements = { { ABOUT_ROLE, false, "2", "2.999.1" } },
	  .context = "exactly this code" },
	{ .why = "no role",
	  .statements = { { ABOUT_ROLE, false, "9", "2.999.1" } },
	  .context = "exactly this code" },
	{ .why = "a purpose",
	  .statements = { { ABOUT_PURPOSE, false, "R", "2.999.2" } },
	  .says = "exclude purpose/research" },
	{ .why = "kinds of documents",
	  .statements = { { ABOUT_TYPE, false, "N", "2.999.3" },
			  { ABOUT_CLASS, false, "L", "2.999.3" },
			  { ABOUT_FORMAT, false, "S", "2.999.3" } },
	  .says = "exclude documents/notes, exclude documents/letters, exclude documents/scans" },
	{ .why = "a kind by type, and by class, too",
	  .statements = { { ABOUT_TYPE, false, "M", "2.999.3" } },
	  .context = "exactly this code" },
	{ .why = "a class that is a type's code",
	  .statements = { { ABOUT_CLASS, false, "N", "2.999.3" } },
	  .context = "exactly this code" },
	{ .why = "an organisation",
	  .statements = { { ABOUT_ORGANISATION, false, "2.999.4.2", NULL } },
	  .says = "exclude a-hospital" },
	{ .why = "by its institution's code",
	  .statements = { { ABOUT_ORGANISATION, false, "1.2.3^1319952024", NULL } },
	  .says = "exclude b-clinic" },
	{ .why = "nobody's",
	  .statements = { { ABOUT_ORGANISATION, false, "2.999.4.3", NULL } },
	  .context = "no organisation that this" },
	{ .why = "a person",
	  .statements = { { ABOUT_PERSON, false, "U1@https://idp", NULL } },
	  .says = "exclude person/U1@https://idp" },
	{ .why = "a document",
	  .statements = { { ABOUT_DOCUMENT, false, "2.999.9", NULL } },
	  .says = "exclude document/2.999.9" },
	{ .why = "no recorder",
	  .statements = { POLICY("1") },
	  .sender = "b-clinic",
	  .context = "may not record" },
	{ .why = "the word of the sender",
	  .statements = { POLICY("1") },
	  .custodian = "1.2.3^1319951013",
	  .says = "join" },
	{ .why = "by whom its people are vouched for",
	  .statements = { POLICY("1") },
	  .custodian = "2.999.4.1",
	  .says = "join" },
	{ .why = "of another",
	  .statements = { POLICY("1") },
	  .custodian = "1.2.3^1319952024",
	  .context = "another facility" },
	{ .why = "of nobody we know",
	  .statements = { POLICY("1") },
	  .custodian = "2.999.4.9",
	  .says = "join" },
};

struct scene {
	struct arena *arena;
	struct region region;
	struct registry_desk desk;
	struct findings findings;
	struct coded_value format;
	struct document_entry entry;
	struct text_value custodian;
	struct consent_form form;
};

static void begin(struct scene *s, const char *text, const char *sender)
{
	*s = (struct scene){ .arena = arena_create(16 << 20) };
	s->region = (struct region){ .systems = systems, .system_count = COUNT(systems) };
	if (text != NULL)
		s->region.policy =
			policy_file_read(s->arena, "rules", bytes_of_text(text), NULL).policy;
	CU_ASSERT_TRUE_FATAL(text == NULL || s->region.policy != NULL);
	s->findings = findings_in(s->arena);
	s->desk = (struct registry_desk){ .arena = s->arena,
					  .region = &s->region,
					  .sender = region_system(&s->region, sender) };
	s->format = (struct coded_value){ .code = "urn:ihe:iti:bppc:2007",
					  .scheme = IHE_FORMAT_CODES };
	s->entry = (struct document_entry){ .id = "d",
					    .unique_id = "2.999.6",
					    .format_code = &s->format,
					    .mime_type = "text/xml" };
}

static void add(struct scene *s, const struct statement *x)
{
	const struct consent_statement **last = &s->form.statements;
	while (*last != NULL)
		last = (const struct consent_statement **)&(*last)->next;
	struct consent_statement *one = arena_new(s->arena, struct consent_statement);
	*one = (struct consent_statement){ x->about, x->permits, x->value, x->scheme, "/x", NULL };
	*last = one;
}

static bool is_told(const struct scene *s, const char *what)
{
	const struct finding *f = s->findings.first;
	bool told = f != NULL && strstr(f->problem.what, what) != NULL
		    && f->problem.code == PROBLEM_REGISTRY_METADATA;
	if (!told)
		printf("\nexpected %s, found %s\n", what, f == NULL ? "" : f->problem.what);
	return told;
}

static void compiled(void)
{
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct row *r = &rows[i];
		struct scene s;
		begin(&s, rules, r->sender == NULL ? "a-hospital" : r->sender);
		for (size_t k = 0;
		     k < MOST && r->statements[k].about + r->statements[k].permits != 0; k++)
			add(&s, &r->statements[k]);
		s.custodian.value = r->custodian;
		s.form.custodian = r->custodian == NULL ? NULL : &s.custodian;
		const struct consent_word *w = consent_document_words(&s.desk, &s.entry, &s.form,
								      &s.findings);
		CU_ASSERT_EQUAL(w != NULL, r->says != NULL);
		if (r->says != NULL) {
			CU_ASSERT_STRING_EQUAL(consent_document_says(s.arena, w), r->says);
		} else {
			CU_ASSERT_TRUE(is_told(&s, r->context));
		}
		arena_destroy(s.arena);
	}
}

static void without_policies_nothing(void)
{
	static const struct statement join = POLICY("1");
	struct scene s;
	begin(&s, NULL, "a-hospital");
	add(&s, &join);
	CU_ASSERT_PTR_NULL(consent_document_words(&s.desk, &s.entry, &s.form, &s.findings));
	CU_ASSERT_TRUE(is_told(&s, "no policies"));
	arena_destroy(s.arena);
	/* What is for a facility to record is none of the operator's. */
	begin(&s, rules, "a-hospital");
	s.desk.sender = NULL;
	static const struct statement own = POLICY("3");
	add(&s, &own);
	CU_ASSERT_PTR_NULL(consent_document_words(&s.desk, &s.entry, &s.form, &s.findings));
	CU_ASSERT_TRUE(is_told(&s, "for a facility"));
	arena_destroy(s.arena);
}

static void as_many_as_may_be(void)
{
	for (unsigned count = CONSENT_WORDS_MOST; count <= CONSENT_WORDS_MOST + 1; count++) {
		struct scene s;
		begin(&s, rules, "a-hospital");
		for (unsigned i = 0; i < count; i++) {
			struct statement one = { ABOUT_DOCUMENT, false,
						 arena_printf(s.arena, "2.999.9.%u", i), NULL };
			add(&s, &one);
		}
		CU_ASSERT_EQUAL(consent_document_words(&s.desk, &s.entry, &s.form, &s.findings)
					!= NULL,
				count == CONSENT_WORDS_MOST);
		arena_destroy(s.arena);
	}
}

/* ---- The metadata ---- */

static void its_metadata_say_the_same(void)
{
	static const struct {
		const char *why, *scheme, *mime, *id, *event, *event_scheme, *context;
	} cases[] = {
		{ "as it is", IHE_FORMAT_CODES, "text/xml", "2.999.6", "1", "2.999", NULL },
		{ "schemes as URNs", "urn:oid:" IHE_FORMAT_CODES, "text/xml", "2.999.6", "1",
		  "urn:oid:2.999", NULL },
		{ "another scheme", "2.999", "text/xml", "2.999.6", "1", "2.999", "codingScheme" },
		{ "another type", IHE_FORMAT_CODES, "application/pdf", "2.999.6", "1", "2.999",
		  "text/xml" },
		{ "another id", IHE_FORMAT_CODES, "text/xml", "2.999.7", "1", "2.999", "own id" },
		{ "another policy", IHE_FORMAT_CODES, "text/xml", "2.999.6", "2", "2.999",
		  "set of policies" },
		{ "another domain", IHE_FORMAT_CODES, "text/xml", "2.999.6", "1", "2.998",
		  "set of policies" },
		{ "no policy", IHE_FORMAT_CODES, "text/xml", "2.999.6", NULL, NULL,
		  "set of policies" },
	};
	static const struct statement join = POLICY("1");
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct scene s;
		begin(&s, rules, "a-hospital");
		struct coded_value event = { .code = cases[i].event,
					     .scheme = cases[i].event_scheme };
		add(&s, &join);
		s.form.unique_id = cases[i].id;
		s.format.scheme = cases[i].scheme;
		s.entry.mime_type = cases[i].mime;
		s.entry.event_codes = cases[i].event == NULL ? NULL : &event;
		CU_ASSERT_EQUAL(consent_document_fits(&s.entry, &s.form, &s.findings),
				cases[i].context == NULL);
		CU_ASSERT_TRUE(cases[i].context == NULL || is_told(&s, cases[i].context));
		/* Rules have neither an id of their own nor events. */
		s.form.kind = CONSENT_APPC;
		s.form.unique_id = NULL;
		s.format.scheme = IHE_FORMAT_CODES;
		s.entry.mime_type = "text/xml";
		CU_ASSERT_TRUE(consent_document_fits(&s.entry, &s.form, &s.findings));
		arena_destroy(s.arena);
	}
}

static void one_more_event(void)
{
	static const struct statement join = POLICY("1");
	struct coded_value more = { .code = "2", .scheme = "2.999" };
	struct coded_value event = { .code = "1", .scheme = "2.999", .next = &more };
	struct scene s;
	begin(&s, rules, "a-hospital");
	add(&s, &join);
	s.entry.event_codes = &event;
	CU_ASSERT_FALSE(consent_document_fits(&s.entry, &s.form, &s.findings));
	arena_destroy(s.arena);
}

static const struct test tests[] = { { "compiled, or refused", compiled },
				     { "without policies nothing", without_policies_nothing },
				     { "as many as may be", as_many_as_may_be },
				     { "its metadata say the same", its_metadata_say_the_same },
				     { "one more event", one_more_event },
				     { 0 } };

int main(void)
{
	return suite_run("documents of consent, compiled", tests);
}
