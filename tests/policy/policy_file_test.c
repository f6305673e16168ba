/* tests/policy/policy_file_test.c: files of rules, good ones and others. What rules decide is held
 * against a second program (tests/policy/oracle). */
#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/regular_file.h"
#include "gateway/base/text.h"
#include "gateway/policy/policy_file.h"
#include "gateway/policy/region_rules.h"
#include "tests/base/suite.h"

#define NAMES                                                                                      \
	"role doctor 医師 1^2.999.1\nrole clerk 2^2.999.1\npurpose care T^2.999.2\n"             \
	"documents note class N^2.999.3\n"
#define LONG "0123456789012345678901234567890123456789012345678901234567890123"
#define LETTERS "U L M N R V"

/* An included file: "good", "faulty", "deep"; anything else is not there. */
static bool open_named(void *self, const char *name, struct bytes *text, const char **file,
		       const char **why)
{
	static const struct {
		const char *name, *text;
	} files[] = { { "good", "hide role clerk\n" },
		      { "faulty", "role\n\nhide rule clerk" },
		      { "deep", "include good\n" } };
	(void)self;
	for (size_t i = 0; i < COUNT(files); i++)
		if (text_equal(files[i].name, name)) {
			*text = bytes_of_text(files[i].text);
			*file = files[i].name;
			return true;
		}
	*why = "no such file";
	return false;
}

static const struct policy_source source = { NULL, open_named };

static struct policy_reading read_text(struct arena *a, const char *text)
{
	return policy_file_read(a, "first", bytes_of_text(text), &source);
}

static void told(void)
{
	static const struct {
		const char *text, *file;
		unsigned line;
		const char *what;
	} rows[] = {
		{ "", "first", 0, "does not say what holds" },
		{ "# nothing\n\n \t\n", "first", 0, "does not say what holds" },
		{ "default\n", "first", 1, "none of these" },
		{ "default allow\n", "first", 1, "none of these" },
		{ "default hide hide\n", "first", 1, "none of these" },
		{ "default hide\n#\ndefault hide\n", "first", 3, "was said at first:1" },
		{ "default hide\nforbid role doctor\n", "first", 2, "\"forbid\" begins no" },
		{ "default hide\nrole\n", "first", 2, "\"role\" says too little" },
		{ "default hide\npurpose\n", "first", 2, "says too little" },
		{ "default hide\ndocuments\n", "first", 2, "says too little" },
		{ "default hide\naddressed\n", "first", 2, "says too little" },
		{ "default hide\nconfidentiality N\n", "first", 2, "says too little" },
		{ "default hide\nconfidentiality X 1^2\n", "first", 2, "\"X\" is no confid" },
		{ "default hide\nconfidentiality NR 1^2\n", "first", 2, "\"NR\" is no confid" },
		{ "default hide\nconfidentiality \"\" 1^2\n", "first", 2, "\"\" is no confid" },
		{ "default hide\nconfidentiality N secret\n", "first", 2, "\"secret\" is no code" },
		{ "default hide\nrole permit\n", "first", 2, "\"permit\" cannot be a name" },
		{ "default hide\nrole unsaid 1^2\n", "first", 2, "\"unsaid\" cannot be a name" },
		{ "default hide\nrole a/b\n", "first", 2, "\"a/b\" cannot be a name" },
		{ "default hide\nrole a^b\n", "first", 2, "\"a^b\" cannot be a name" },
		{ "default hide\nrole \"\"\n", "first", 2, "\"\" cannot be a name" },
		{ "default hide\nrole " LONG "x\n", "first", 2, "cannot be a name" },
		{ "default hide\nrole a hide\n", "first", 2, "\"hide\" cannot be a name" },
		{ "default hide\nrole a b\nrole c b\n", "first", 3, "\"b\" is another's name" },
		{ "default hide\nrole a\nrole b a\n", "first", 3, "\"a\" is another's name" },
		{ "default hide\nrole a ^2\n", "first", 2, "\"^2\" is no code" },
		{ "default hide\nrole a 1^\n", "first", 2, "\"1^\" is no code" },
		{ "default hide\ndocuments permit\n", "first", 2, "cannot be a name" },
		{ "default hide\ndocuments a 1^2\n", "first", 2, "\"1^2\" is of no attribute" },
		{ "default hide\ndocuments a\ndocuments b a\n", "first", 3,
		  "\"a\" is another's name" },
		{ "default hide\ndocuments a class x\n", "first", 2, "\"x\" is no code" },
		{ "default hide\naddressed letter\n", "first", 2, "\"letter\" is not known" },
		{ NAMES "default hide\npermit doctor\n", "first", 6, "\"doctor\" is part of noth" },
		{ NAMES "default hide\npermit role nurse\n", "first", 6, "role \"nurse\" is not" },
		{ NAMES "default hide\npermit purpose x\n", "first", 6, "purpose \"x\" is not" },
		{ NAMES "default hide\npermit documents x\n", "first", 6,
		  "documents \"x\" is not" },
		{ NAMES "default hide\npermit confidentiality n\n", "first", 6,
		  "\"n\" is no conf" },
		{ NAMES "default hide\npermit role\n", "first", 6, "role names none" },
		{ NAMES "default hide\npermit confidentiality\n", "first", 6, "ity names none" },
		{ NAMES "default hide\npermit role role doctor\n", "first", 6, "said twice" },
		{ NAMES "default hide\npermit role doctor purpose care role clerk\n", "first", 6,
		  "role is said twice" },
		{ NAMES "default hide\nemergency\n", "first", 6, "emergency names no role" },
		{ NAMES "default hide\nemergency purpose care\n", "first", 6, "names no role" },
		{ NAMES "default hide\nemergency doctor\n", "first", 6, "is part of nothing" },
		{ NAMES "default hide\nemergency role nurse\n", "first", 6, "role \"nurse\"" },
		{ NAMES "default hide\nemergency role doctor opens all\n", "first", 6,
		  "does not open \"all\"" },
		{ NAMES "default hide\nemergency role doctor\nemergency role clerk\n", "first", 7,
		  "was said in line 6" },
		{ "default hide\nmunicipality 04202\n", "first", 2, "says too little" },
		{ "default hide\nmunicipality 石巻市 石巻市\n", "first", 2, "is no municipality" },
		{ "default hide\nmunicipality \"\" 石巻市\n", "first", 2, "is no municipality" },
		{ "default hide\nmunicipality 04202 \"\"\n", "first", 2, "every address" },
		{ NAMES "default hide\nnever doctor\n", "first", 6, "part of nothing" },
		{ NAMES "default hide\nnever role\n", "first", 6, "role names none" },
		{ "default hide\ninclude\n", "first", 2, "names one file" },
		{ "default hide\ninclude a b\n", "first", 2, "names one file" },
		{ "default hide\ninclude none\n", "first", 2, "none: no such file" },
		{ "default hide\ninclude deep\n", "deep", 1, "includes nothing" },
		{ NAMES "default hide\ninclude faulty\n", "faulty", 1, "says too little" },
		{ "default hide\nrole a \"b\n", "first", 2, "a quote stands alone" },
		{ "default hide\nrole a b\"c\n", "first", 2, "a quote stands alone" },
		{ "default hide\nrole \"a\"b\n", "first", 2, "goes on behind its quote" },
		{ "default hide\nacknowledged 1^2\n", "first", 2, "says too little" },
		{ "default hide\nacknowledged 12 join\n", "first", 2, "\"12\" is no policy" },
		{ "default hide\nacknowledged ^2 join\n", "first", 2, "\"^2\" is no policy" },
		{ "default hide\nacknowledged 1^ join\n", "first", 2, "\"1^\" is no policy" },
		{ "default hide\nacknowledged 1^2 join leave\n", "first", 2, "is said twice" },
		{ "default hide\nacknowledged 1^2 exclude\n", "first", 2,
		  "exclude is said of nobody" },
		{ "default hide\nacknowledged 1^2 exclude join\n", "first", 2, "of nobody" },
		{ "default hide\nacknowledged 1^2 exclude role\n", "first", 2, "of nobody" },
		{ "default hide\nacknowledged 1^2 exclude clerk\n", "first", 2, "no part of it" },
		{ "default hide\nacknowledged 1^2 role clerk\n", "first", 2, "no part of it" },
		{ "default hide\nacknowledged 1^2 join role\n", "first", 2, "no part of it" },
		{ "default hide\nacknowledged 1^2 exclude role clerk\n", "first", 2,
		  "role \"clerk\" is not" },
		{ "default hide\nacknowledged 1^2 include purpose x\n", "first", 2,
		  "purpose \"x\" is not" },
		{ "default hide\nacknowledged 1^2 exclude documents x\n", "first", 2,
		  "documents \"x\" is not" },
		{ "default hide\nacknowledged 1^2 join\nacknowledged 1^urn:oid:2 leave\n", "first",
		  3, "1 was said at first:2" },
		{ "default hide\nrecorders\n", "first", 2, "says too little" },
		{ "default hide\nrole \xff\n", "first", 0, "no UTF-8" },
		{ "default hide\nrole a\vb\n", "first", 2, "a control character" },
	};
	struct arena *a = arena_create(64 << 20);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct policy_reading read = read_text(a, rows[i].text);
		CU_ASSERT_PTR_NULL(read.policy);
		CU_ASSERT_TRUE(read.fault_count >= 1);
		CU_ASSERT_PTR_NOT_NULL_FATAL(read.faults);
		bool good = text_equal(read.faults->file, rows[i].file)
			    && read.faults->line == rows[i].line
			    && strstr(read.faults->what, rows[i].what) != NULL
			    && !text_empty(read.faults->remedy);
		if (!good)
			fprintf(stderr, "%s: %s:%u: %s\n", rows[i].text, read.faults->file,
				read.faults->line, read.faults->what);
		CU_ASSERT_TRUE(good);
	}
	arena_destroy(a);
}

static void so_many_municipalities(void)
{
	for (unsigned more = 0; more < 2; more++) {
		struct arena *a = arena_create(64 << 20);
		struct buffer b = buffer_in(a);
		buffer_text(&b, "default hide\n");
		for (unsigned i = 0; i < POLICY_MUNICIPALITIES_MOST + more; i++)
			buffer_printf(&b, "municipality %05u 町%u\n", i, i);
		struct policy_reading read = read_text(a, buffer_ended(&b));
		CU_ASSERT_EQUAL(read.fault_count, more);
		CU_ASSERT_EQUAL(read.policy == NULL, more == 1);
		arena_destroy(a);
	}
}

/* All are told, in their order, and behind the bound only counted. */
static void told_at_once(void)
{
	struct arena *a = arena_create(64 << 20);
	struct policy_reading read = read_text(a, "what\ndefault hide\nrole\ninclude faulty\n");
	static const unsigned lines[] = { 1, 3, 1, 3 };
	size_t count = 0;
	for (const struct policy_fault *f = read.faults; f != NULL; f = f->next)
		CU_ASSERT_EQUAL(f->line, lines[count++]);
	CU_ASSERT_EQUAL(count, COUNT(lines));
	CU_ASSERT_EQUAL(read.fault_count, COUNT(lines));
	struct buffer b = buffer_in(a);
	for (unsigned i = 0; i < POLICY_FAULTS_MOST + 5; i++)
		buffer_text(&b, "what\n");
	read = read_text(a, buffer_ended(&b));
	CU_ASSERT_EQUAL(read.fault_count, POLICY_FAULTS_MOST + 5);
	count = 0;
	for (const struct policy_fault *f = read.faults; f != NULL; f = f->next)
		count++;
	CU_ASSERT_EQUAL(count, POLICY_FAULTS_MOST);
	arena_destroy(a);
}

/* A file of so many lines of a form that has its number. */
static struct policy_reading many(struct arena *a, const char *before, const char *form,
				  const char *form_end, unsigned count)
{
	struct buffer b = buffer_in(a);
	buffer_text(&b, before);
	for (unsigned i = 0; i < count; i++)
		buffer_printf(&b, "%s%u%s", form, i, form_end);
	return read_text(a, buffer_ended(&b));
}

/* Each bound: that many are taken, one more is not. */
static void bounds(void)
{
	static const struct {
		const char *before, *form, *end;
		unsigned most;
	} rows[] = {
		{ "default hide\n", "role r", "\n", POLICY_NAMES_MOST },
		{ "default hide\n", "documents d", "\n", POLICY_NAMES_MOST },
		{ "default hide\nrole x\n", "#", "\nhide role x\n", POLICY_RULES_MOST },
		{ "default hide\n", "include good#", "\n", 0 },
		{ "default hide\n", "acknowledged ", "^2.999 join\n", POLICY_ACKNOWLEDGED_MOST },
		{ "default hide\nrole clerk\n", "#", "\ninclude good\n", POLICY_FILES_MOST - 1 },
		{ "default hide\nrole x ", "c", "^2.999 ", POLICY_WORDS_MOST - 2 },
		{ "default hide\n", "role x c", "^2.999\n", POLICY_CODES_MOST - CONFIDENTIALITIES },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct arena *a = arena_create(256 << 20);
		const char *f = rows[i].form, *e = rows[i].end, *before = rows[i].before;
		CU_ASSERT_PTR_NOT_NULL(many(a, before, f, e, rows[i].most).policy);
		struct policy_reading more = many(a, before, f, e, rows[i].most + 1);
		CU_ASSERT_PTR_NULL(more.policy);
		CU_ASSERT_EQUAL(more.fault_count, 1);
		arena_destroy(a);
	}
}

/* Nothing is included where nothing can be. */
static void includes_nothing(void)
{
	struct arena *a = arena_create(1 << 20);
	struct policy_reading read = policy_file_read(
		a, "first", bytes_of_text("default hide\ninclude good\n"), NULL);
	CU_ASSERT_PTR_NULL(read.policy);
	CU_ASSERT_PTR_NOT_NULL_FATAL(read.faults);
	CU_ASSERT_PTR_NOT_NULL(strstr(read.faults->what, "nothing is included here"));
	arena_destroy(a);
}

static void what_is_made(void)
{
	struct arena *a = arena_create(1 << 20);
	struct policy_reading read = read_text(
		a, NAMES "role doctor 3^urn:oid:2.999.1 4^2.999.1\r\n"
			 "role clerk 4^2.999.1\n"
			 "documents note type T^2.999.4 format F^2.999.5\n"
			 "documents \"a letter\" class L^2.999.3 \"L 2^2.999.3\"\n"
			 "confidentiality V \"top secret^2.999.6\"\n"
			 "addressed \"a letter\"\n"
			 "permit role 医師 documents note confidentiality " LETTERS "  # all\n"
			 "include good\n"
			 "default deny");
	const struct region_policy *p = read.policy;
	CU_ASSERT_PTR_NOT_NULL_FATAL(p);
	CU_ASSERT_PTR_NULL(read.faults);
	CU_ASSERT_EQUAL(p->rule_count, 2);
	CU_ASSERT_EQUAL(p->standard.ruling, RULING_DENY);
	CU_ASSERT_EQUAL(p->standard.line, 13);
	CU_ASSERT_EQUAL(p->rules[0].line, 11);
	CU_ASSERT_STRING_EQUAL(p->rules[1].file, "good");
	uint64_t doctor = region_policy_named(p, POLICY_ROLES, "doctor");
	uint64_t clerk = region_policy_named(p, POLICY_ROLES, "clerk");
	CU_ASSERT_EQUAL(region_policy_named(p, POLICY_ROLES, "医師"), doctor);
	CU_ASSERT_EQUAL(region_policy_named(p, POLICY_ROLES, "nurse"), 0);
	CU_ASSERT_EQUAL(region_policy_named(p, POLICY_ROLES, "unsaid"), 1);
	CU_ASSERT_EQUAL(p->rules[0].names[POLICY_ROLES], doctor);
	CU_ASSERT_EQUAL(p->addressed, region_policy_named(p, POLICY_DOCUMENTS, "a letter"));
	CU_ASSERT_EQUAL(region_policy_names(p, POLICY_ROLE, "3", "2.999.1"), doctor);
	CU_ASSERT_EQUAL(region_policy_names(p, POLICY_ROLE, "1", "urn:oid:2.999.1"), doctor);
	CU_ASSERT_EQUAL(region_policy_names(p, POLICY_ROLE, "4", "2.999.1"), doctor | clerk);
	CU_ASSERT_EQUAL(region_policy_names(p, POLICY_ROLE, "4", "2.999.2"), 0);
	CU_ASSERT_EQUAL(region_policy_names(p, POLICY_ROLE, "4", NULL), 0);
	CU_ASSERT_EQUAL(region_policy_names(p, POLICY_ROLE, NULL, "2.999.1"), 0);
	CU_ASSERT_EQUAL(region_policy_names(p, POLICY_CLASS, "L 2", "2.999.3"), p->addressed);
	CU_ASSERT_EQUAL(region_policy_names(p, POLICY_CONFIDENTIALITY, "top secret", "2.999.6"),
			1U << CONFIDENTIALITY_VERY_RESTRICTED);
	arena_destroy(a);
}

/* Why a rule does not apply. */
static void misses(void)
{
	static const struct {
		const char *rule, *misses;
	} rows[] = {
		{ "hide", NULL },
		{ "hide role clerk purpose care documents note confidentiality N", NULL },
		{ "hide role doctor purpose unsaid", "role" },
		{ "hide role clerk purpose unsaid documents unsaid", "purpose" },
		{ "hide documents unsaid confidentiality R", "documents" },
		{ "hide documents note confidentiality R V", "confidentiality" },
	};
	struct coded_value note = { .code = "N", .scheme = "2.999.3" },
			   normal = { .code = "N", .scheme = "2.16.840.1.113883.5.25" },
			   care = { .code = "T", .scheme = "2.999.2" };
	struct document_entry e = { .class_code = &note, .confidentiality_codes = &normal };
	struct registered_system s = { .name = "a", .role = "clerk" };
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct arena *a = arena_create(1 << 20);
		struct region region = {
			.policy = read_text(a, arena_printf(a, NAMES "%s\ndefault permit\n",
							    rows[i].rule))
					  .policy
		};
		CU_ASSERT_PTR_NOT_NULL_FATAL(region.policy);
		const struct requester who = { .region = &region, .system = &s, .purposes = &care };
		struct rules_asker asks = rules_begin(a, &who);
		struct rules_marks m = rules_marks_of(region.policy, &e);
		const struct region_rule *rule = &region.policy->rules[0];
		const char *why = rules_misses(&asks, rule, m);
		CU_ASSERT_TRUE(text_equal(why, rows[i].misses));
		/* And what does not apply decides nothing. */
		CU_ASSERT_EQUAL(rules_decide(&asks, m) == rule, why == NULL);
		arena_destroy(a);
	}
}

/* What is another name of a role may be said again, of the same one. */
static void said_again(void)
{
	struct arena *a = arena_create(64 << 20);
	const struct region_policy *p = read_text(a, "role doctor 医師\nrole doctor 医師 1^2\n"
						     "default hide\n")
						.policy;
	CU_ASSERT_PTR_NOT_NULL_FATAL(p);
	CU_ASSERT_NOT_EQUAL(region_policy_named(p, POLICY_ROLES, "医師"), 0);
	CU_ASSERT_EQUAL(region_policy_named(p, POLICY_ROLES, "医師"),
			region_policy_named(p, POLICY_ROLES, "doctor"));
	arena_destroy(a);
}

/* The words of a policy, as they are decided. */
static void says(const struct region_policy *p, const char *code, const char *scheme,
		 const char *words)
{
	const struct acknowledged_policy *a = region_policy_acknowledged(p, code, scheme);
	char text[200] = "";
	CU_ASSERT_PTR_NOT_NULL_FATAL(a);
	for (const struct consent_word *w = a->words; w != NULL; w = w->next)
		snprintf(text + strlen(text), sizeof text - strlen(text), "%s %s;",
			 consent_word_names[w->action], w->target == NULL ? "" : w->target);
	CU_ASSERT_STRING_EQUAL(text, words);
}

static void what_is_acknowledged(void)
{
	struct arena *a = arena_create(64 << 20);
	struct policy_reading read = read_text(
		a, NAMES "default hide\nacknowledged 1.1^urn:oid:2.999 join\n"
			 "acknowledged 1.2^2.999 leave exclude facility submitter d-pharmacy role "
			 "医師 clerk include documents note purpose care\n"
			 "acknowledged 1.1^2.998 exclude role clerk leave\nrecorders a-hospital\n"
			 "recorders b-clinic\n");
	const struct region_policy *p = read.policy;
	CU_ASSERT_PTR_NOT_NULL_FATAL(p);
	says(p, "1.1", "2.999", "join ;");
	says(p, "1.1", "urn:oid:2.999", "join ;");
	says(p, "1.2", "2.999",
	     "leave ;exclude submitter;exclude d-pharmacy;exclude role/doctor;exclude role/clerk;"
	     "include documents/note;include purpose/care;");
	says(p, "1.1", "2.998", "exclude role/clerk;leave ;");
	CU_ASSERT_PTR_NULL(region_policy_acknowledged(p, "1.1", "2.997"));
	CU_ASSERT_PTR_NULL(region_policy_acknowledged(p, "1.3", "2.999"));
	CU_ASSERT_PTR_NULL(region_policy_acknowledged(p, NULL, "2.999"));
	CU_ASSERT_PTR_NULL(region_policy_acknowledged(p, "1.1", NULL));
	CU_ASSERT_PTR_NULL(region_policy_acknowledged(NULL, "1.1", "2.999"));
	CU_ASSERT_TRUE(region_policy_records(p, "a-hospital"));
	CU_ASSERT_TRUE(region_policy_records(p, "b-clinic"));
	CU_ASSERT_FALSE(region_policy_records(p, "c-hospital"));
	CU_ASSERT_FALSE(region_policy_records(p, NULL));
	CU_ASSERT_FALSE(region_policy_records(NULL, "a-hospital"));
	read = read_text(a, "default hide\n");
	CU_ASSERT_TRUE(region_policy_records(read.policy, "c-hospital"));
	CU_ASSERT_EQUAL(read.policy->acknowledged_count, 0);
	arena_destroy(a);
}

static const struct test tests[] = { { "faults are told", told },
				     { "what is acknowledged", what_is_acknowledged },
				     { "all at once", told_at_once },
				     { "so many municipalities", so_many_municipalities },
				     { "bounds", bounds },
				     { "includes nothing", includes_nothing },
				     { "what is made", what_is_made },
				     { "said again", said_again },
				     { "misses", misses },
				     { 0 } };

int main(void)
{
	return suite_run("policy: files of rules", tests);
}
