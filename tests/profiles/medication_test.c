/* tests/profiles/medication_test.c: prescriptions read and lists written: every row of
 * schemas/tables/medication.c stands where it says, in CDA and FHIR, and what cannot be read is
 * none. */
#include "tests/base/suite.h"

#include <jansson.h>
#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/bytes.h"
#include "gateway/base/text.h"
#include "gateway/envelope/xml_reader.h"
#include "profiles/views/medication_writers.h"
#include "profiles/views/prescription.h"
#include "profiles/views/view_writers.h"
#include "schemas/tables/code_systems.h"
#include "schemas/tables/medication.h"
#include "schemas/tables/problem.h"
#include "schemas/tables/view_kinds.h"
#include "tests/profiles/medication_message.h"

#define CDA "urn:hl7-org:v3"
#define SOURCE "2.25.7"

/* ---- Where a row stands ---- */

/* What a message says in a row, and what of it stands in each form. */
static const char *said_of(struct arena *a, const struct medication_field *f, size_t i)
{
	size_t length = f->cda == NULL ? 0 : strlen(f->cda);
	if (text_equal(f->cda, "patientRole/patient/administrativeGenderCode/@code"))
		return "F";
	if (text_equal(f->cda, "patientRole/patient/birthTime/@value"))
		return "19700401";
	if (length > 10 && text_equal(f->cda + length - 10, "codeSystem"))
		return "UCUM";
	if (text_equal(f->cda, "effectiveTime/width/@unit"))
		return "d";
	switch (f->value) {
	case MEDICATION_NUMBER: return arena_printf(a, "%zu.5", i + 1);
	case MEDICATION_TIME: return arena_printf(a, "202404%02zu0900", i % 28 + 1);
	default: return arena_printf(a, "値%zu", i);
	}
}

static const char *in_cda(struct arena *a, const struct medication_field *f, const char *said)
{
	if (text_equal(said, "UCUM"))
		return "2.16.840.1.113883.6.8";
	return f->value == MEDICATION_TIME ? view_cda_time(a, said) : said;
}

static const char *in_fhir(struct arena *a, const struct medication_field *f, const char *said)
{
	if (text_equal(said, "UCUM"))
		return "http://unitsofmeasure.org";
	if (text_equal(f->fhir, "gender"))
		return "female";
	return f->value == MEDICATION_TIME ? view_fhir_time(a, said) : said;
}

/* Which of them the message of this pass has: some rows show only where another is not there. */
static bool is_in(const struct medication_field *f, unsigned pass)
{
	bool second = text_equal(f->segment, "TQ1") && (f->field == 2 || f->field == 6);
	return !(second && pass == 1);
}

/* ... and can be seen in it. */
static bool shows(const struct medication_field *f, unsigned pass)
{
	bool end = text_equal(f->segment, "TQ1") && f->field == 8;
	bool own_dose = text_equal(f->segment, "RXE") && f->field == 3;
	return is_in(f, pass) && !((end || own_dose) && pass == 0);
}

static struct bytes message_of_rows(struct arena *a, unsigned pass)
{
	struct message_fields m = { .arena = a };
	for (size_t i = 0; medication_fields[i].segment != NULL; i++) {
		const struct medication_field *f = &medication_fields[i];
		if (is_in(f, pass))
			message_set(&m, f->segment, f->field, f->component, f->subcomponent,
				    said_of(a, f, i));
	}
	return message_octets(&m);
}

static struct medication_list list_of(struct prescription *p)
{
	p->origin = (struct view_origin){ .document = SOURCE,
					  .facility = "A病院",
					  .institution_code = "9951013",
					  .day = "20240401150000" };
	return (struct medication_list){ .head = { .kind = &view_kinds[VIEW_MEDICATION],
						   .of = "2.25.1",
						   .patient_id = "P1",
						   .patient_domain = "2.999.1",
						   .made_by = "港",
						   .made_by_id = "2.999.10",
						   .device_id = "2.999.10.1",
						   .time = "20240402000000",
						   .person = &p->person },
					 .prescriptions = p };
}

static const struct xml_node *walk(const struct xml_node *n, struct arena *a, const char *path)
{
	while (n != NULL && *path != '\0' && *path != '@') {
		size_t length = strcspn(path, "/");
		n = xml_child(n, CDA, arena_text_n(a, path, length));
		path += length + (path[length] == '/');
	}
	return n;
}

static const char *at_cda(struct arena *a, const struct xml_node *from, const char *path)
{
	const struct xml_node *n = walk(from, a, path);
	const char *attribute = strchr(path, '@');
	if (n == NULL)
		return "(no such element)";
	return attribute == NULL ? xml_text(a, n) : xml_attribute(n, attribute + 1);
}

static const char *at_fhir(struct arena *a, const json_t *v, const char *path)
{
	while (v != NULL && *path != '\0') {
		size_t length = strcspn(path, "/");
		const char *name = arena_text_n(a, path, length);
		v = json_is_array(v) ? json_array_get(v, strtoul(name, NULL, 10))
				     : json_object_get(v, name);
		path += length + (path[length] == '/');
	}
	if (json_is_number(v))
		return arena_printf(a, "%g", json_number_value(v));
	return json_is_string(v) ? json_string_value(v) : "(no such element)";
}

static const struct xml_node *read_cda(struct arena *a, struct bytes octets)
{
	struct problem p = { .code = PROBLEM_NONE };
	const char *folder = getenv("srcdir");
	const struct xml_document *d = xml_read(a, NULL, octets, &p);
	CU_ASSERT_PTR_NOT_NULL_FATAL(d);
	const struct xml_grammar *g = xml_grammar_load(
		a,
		arena_printf(a, "%s/schemas/grammar/cda-medication-list.rng",
			     folder == NULL ? "." : folder),
		&p);
	CU_ASSERT_PTR_NOT_NULL_FATAL(g);
	if (!xml_grammar_validate(a, g, xml_root(d), &p)) {
		printf("%s %s\n%.*s\n", p.what, p.where, (int)octets.length, (char *)octets.data);
		CU_FAIL("the document does not follow its grammar");
	}
	return xml_root(d);
}

static const struct xml_node *first_drug(struct arena *a, const struct xml_node *root)
{
	return walk(root, a,
		    "component/structuredBody/component/section/entry/substanceAdministration");
}

static void check_row_in_cda(struct arena *a, const struct xml_node *root,
			     const struct medication_field *f, const char *said)
{
	const struct xml_node *from = first_drug(a, root);
	if (f->place == MEDICATION_PATIENT)
		from = walk(root, a, "recordTarget");
	if (f->place == MEDICATION_USAGE)
		from = walk(from, a, "entryRelationship/substanceAdministration");
	/* The supply is behind the usage. */
	const char *path = f->cda;
	if (text_starts(path, "entryRelationship/supply/")) {
		from = walk(from, a, "entryRelationship");
		from = walk(xml_next(from, CDA, "entryRelationship"), a, "supply");
		path += strlen("entryRelationship/supply/");
	}
	const char *found = at_cda(a, from, path);
	if (!text_equal(found, in_cda(a, f, said)))
		printf("%s-%u at %s: %s, not %s\n", f->segment, f->field, f->cda, found,
		       in_cda(a, f, said));
	CU_ASSERT_TRUE(text_equal(found, in_cda(a, f, said)));
}

static json_t *resource(const json_t *bundle, const char *type)
{
	size_t i;
	json_t *each;
	json_array_foreach (json_object_get(bundle, "entry"), i, each) {
		json_t *one = json_object_get(each, "resource");
		if (text_equal(json_string_value(json_object_get(one, "resourceType")), type))
			return one;
	}
	return NULL;
}

static void check_row_in_fhir(struct arena *a, const json_t *bundle,
			      const struct medication_field *f, const char *said)
{
	const json_t *from = resource(bundle, "MedicationRequest");
	bool role = text_starts(f->fhir, "practitioner/") || text_starts(f->fhir, "specialty/");
	if (f->place == MEDICATION_PATIENT)
		from = resource(bundle, "Patient");
	else if (role)
		from = resource(bundle, "PractitionerRole");
	else if (f->place == MEDICATION_USAGE)
		from = json_array_get(json_object_get(from, "dosageInstruction"), 0);
	const char *found = at_fhir(a, from, f->fhir), *is = in_fhir(a, f, said);
	bool right = text_starts(f->fhir, "practitioner/") ? strstr(found, is) != NULL
							   : text_equal(found, is);
	if (!right)
		printf("%s-%u at %s: %s, not %s\n", f->segment, f->field, f->fhir, found, is);
	CU_ASSERT_TRUE(right);
}

static struct prescription *read_one(struct arena *a, struct bytes octets)
{
	return prescription_read(a, a, octets, NULL, "101^^^&2.999.5&ISO");
}

static json_t *read_fhir(struct bytes octets)
{
	json_error_t e;
	json_t *bundle = json_loadb((const char *)octets.data, octets.length,
				    JSON_REJECT_DUPLICATES, &e);
	CU_ASSERT_PTR_NOT_NULL_FATAL(bundle);
	return bundle;
}

static void every_row_stands_where_it_says(void)
{
	unsigned seen = 0, rows = 0;
	while (medication_fields[rows].segment != NULL)
		rows++;
	for (unsigned pass = 0; pass < 2; pass++) {
		struct arena *a = arena_create(16 << 20);
		struct prescription *one = read_one(a, message_of_rows(a, pass));
		CU_ASSERT_PTR_NOT_NULL_FATAL(one);
		const struct medication_list list = list_of(one);
		const struct xml_node *root = read_cda(a, medication_write_cda(a, &list, "2.25.9"));
		json_t *bundle = read_fhir(medication_write_fhir(a, &list, "2.25.9"));
		for (size_t i = 0; i < rows; i++) {
			const struct medication_field *f = &medication_fields[i];
			if (!shows(f, pass))
				continue;
			seen |= pass == 0 || !shows(f, 0);
			if (f->cda != NULL)
				check_row_in_cda(a, root, f, said_of(a, f, i));
			if (f->fhir != NULL)
				check_row_in_fhir(a, bundle, f, said_of(a, f, i));
		}
		json_decref(bundle);
		arena_destroy(a);
	}
	for (size_t i = 0; i < rows; i++)
		CU_ASSERT_TRUE(shows(&medication_fields[i], 0) || shows(&medication_fields[i], 1));
	CU_ASSERT_TRUE(seen && rows > 40);
}

/* What has no place of its own is told to who reads, like all the rest. */
static void the_narrative_says_all(void)
{
	struct arena *a = arena_create(16 << 20);
	struct prescription *one = read_one(a, message_of_rows(a, 0));
	const struct medication_list list = list_of(one);
	const struct xml_node *root = read_cda(a, medication_write_cda(a, &list, "2.25.9"));
	const char *text = xml_text(
		a, walk(root, a, "component/structuredBody/component/section/text"));
	json_t *bundle = read_fhir(medication_write_fhir(a, &list, "2.25.9"));
	const char *div = at_fhir(a, resource(bundle, "Composition"), "section/0/text/div");
	static const char *const constants[] = { "2024-04-02", "A病院" };
	for (size_t i = 0; i < COUNT(constants); i++)
		CU_ASSERT_TRUE(strstr(text, constants[i]) != NULL
			       && strstr(div, constants[i]) != NULL);
	for (size_t i = 0; medication_fields[i].segment != NULL; i++) {
		const struct medication_field *f = &medication_fields[i];
		const char *said = said_of(a, f, i);
		bool code = f->component % 3 != 2 && f->value == MEDICATION_TEXT
			    && f->subcomponent != 2 && !text_equal(f->segment, "TQ1");
		bool name = text_equal(f->segment, "ORC") && f->field == 12;
		if (f->place == MEDICATION_PATIENT || f->value == MEDICATION_TIME
		    || text_equal(said, "UCUM") || text_equal(said, "d") || (code && !name)
		    || text_equal(f->cda, "code/@code"))
			continue;
		if (strstr(text, said) == NULL)
			printf("%s-%u.%u (%s) is not told\n", f->segment, f->field, f->component,
			       said);
		CU_ASSERT_TRUE(strstr(text, said) != NULL && strstr(div, said) != NULL);
	}
	json_decref(bundle);
	arena_destroy(a);
}

/* ---- What is a document Bundle ---- */

struct urls {
	const json_t *bundle;
	unsigned references, unresolved;
};

static bool is_url_of(const json_t *bundle, const char *url)
{
	size_t i;
	const json_t *each;
	json_array_foreach (json_object_get(bundle, "entry"), i, each)
		if (text_equal(json_string_value(json_object_get(each, "fullUrl")), url))
			return true;
	return false;
}

static void check_references(struct urls *u, const json_t *v)
{
	const char *name;
	json_t *each;
	size_t i;
	if (json_is_array(v))
		json_array_foreach (v, i, each)
			check_references(u, each);
	if (!json_is_object(v))
		return;
	json_object_foreach ((json_t *)v, name, each) {
		if (text_equal(name, "reference")) {
			u->references++;
			u->unresolved += !is_url_of(u->bundle, json_string_value(each));
		}
		check_references(u, each);
	}
}

static void has(const json_t *v, const char *const *names)
{
	for (; *names != NULL; names++) {
		if (json_object_get(v, *names) == NULL)
			printf("there is no %s\n", *names);
		CU_ASSERT_PTR_NOT_NULL(json_object_get(v, *names));
	}
}

static void check_entry(const json_t *bundle, const json_t *entry, size_t at)
{
	static const struct {
		const char *type, *names[10];
	} required[] = {
		{ "Composition",
		  { "status", "type", "subject", "date", "author", "title", "section", NULL } },
		{ "Patient", { "identifier", NULL } },
		{ "Device", { "identifier", NULL } },
		{ "Organization", { "identifier", NULL } },
		{ "PractitionerRole", { "organization", NULL } },
		{ "MedicationRequest",
		  { "status", "intent", "medicationCodeableConcept", "subject", "requester",
		    NULL } },
	};
	const json_t *r = json_object_get(entry, "resource");
	const char *type = json_string_value(json_object_get(r, "resourceType"));
	const char *url = json_string_value(json_object_get(entry, "fullUrl"));
	size_t i = 0, alike = 0, j;
	const json_t *each;
	while (i < COUNT(required) && !text_equal(required[i].type, type))
		i++;
	CU_ASSERT_TRUE_FATAL(i < COUNT(required));
	CU_ASSERT_EQUAL(at == 0, i == 0);
	has(r, required[i].names);
	CU_ASSERT_TRUE(text_starts(url, "urn:uuid:"));
	json_array_foreach (json_object_get(bundle, "entry"), j, each)
		alike += text_equal(json_string_value(json_object_get(each, "fullUrl")), url);
	CU_ASSERT_EQUAL(alike, 1);
}

/* FHIR R4: Bundle (bdl-9, 10, 11), Composition; all that is referred to is in it. */
static void check_bundle(struct arena *a, struct bytes octets, size_t drugs)
{
	static const char *const names[] = { "identifier", "timestamp", "entry", NULL };
	json_t *bundle = read_fhir(octets);
	struct urls u = { .bundle = bundle };
	size_t i;
	const json_t *each;
	has(bundle, names);
	CU_ASSERT_STRING_EQUAL(at_fhir(a, bundle, "resourceType"), "Bundle");
	CU_ASSERT_STRING_EQUAL(at_fhir(a, bundle, "type"), "document");
	CU_ASSERT_STRING_EQUAL(at_fhir(a, bundle, "identifier/value"), "urn:oid:2.25.9");
	CU_ASSERT_STRING_EQUAL(at_fhir(a, bundle, "timestamp"), "2024-04-02T00:00:00+00:00");
	json_array_foreach (json_object_get(bundle, "entry"), i, each)
		check_entry(bundle, each, i);
	const json_t *section = json_array_get(
		json_object_get(resource(bundle, "Composition"), "section"), 0);
	CU_ASSERT_EQUAL(json_array_size(json_object_get(section, "entry")), drugs);
	CU_ASSERT_EQUAL(json_object_get(section, "emptyReason") == NULL, drugs != 0);
	CU_ASSERT_TRUE(text_starts(at_fhir(a, section, "text/div"),
				   "<div xmlns=\"http://www.w3.org/1999/xhtml\">"));
	check_references(&u, bundle);
	CU_ASSERT_TRUE(u.references == 3 + 3 * drugs);
	CU_ASSERT_EQUAL(u.unresolved, 0);
	json_decref(bundle);
}

static void documents_are_whole(void)
{
	for (unsigned lists = 0; lists < 3; lists++) {
		struct arena *a = arena_create(16 << 20);
		struct prescription *one = read_one(a, usual_message(a));
		struct prescription *two = read_one(a, usual_message(a));
		CU_ASSERT_PTR_NOT_NULL_FATAL(one);
		CU_ASSERT_PTR_NOT_NULL_FATAL(two);
		struct medication_list list = list_of(two);
		list = list_of(one);
		two->origin.document = "2.25.8^3";
		one->next = lists == 2 ? two : NULL;
		list.head.unread = lists;
		if (lists == 0)
			list.prescriptions = NULL, list.head.person = NULL;
		struct bytes cda = medication_write_cda(a, &list, "2.25.9");
		read_cda(a, cda);
		CU_ASSERT_EQUAL(memmem(cda.data, cda.length, "could not be read", 17) != NULL,
				lists != 0);
		check_bundle(a, medication_write_fhir(a, &list, "2.25.9"), 2 * lists);
		arena_destroy(a);
	}
}

/* ---- What is no prescription ---- */

static void what_cannot_be_read_is_none(void)
{
	static const struct {
		const char *what, *find, *replace;
		bool read;
	} cases[] = {
		{ "as it is", "14", "14", true },
		{ "a number without zeros", "|1||TAB", "|0.25||TAB", true },
		{ "no dose", "|1||TAB", "|||TAB", true },
		{ "deleted", "|1||TAB", "|\"\"||TAB", true },
		{ "a decimal comma", "|1||TAB", "|0,5||TAB", false },
		{ "a number of words", "|1||TAB", "|一||TAB", false },
		{ "a sign", "|1||TAB", "|-1||TAB", false },
		{ "a number that ends in a point", "|1||TAB", "|1.||TAB", false },
		{ "15 digits", "|1||TAB", "|123456789012345||TAB", true },
		{ "16 digits", "|1||TAB", "|1234567890123456||TAB", false },
		{ "a month that is none", "20240402090000", "20241302090000", false },
		{ "a day that is none", "|20240402\r", "|20240231\r", false },
		{ "no name of a drug", "^例示錠５ｍｇ^", "^^", false },
		{ "an order without a drug", "RXE|", "ZXE|", false },
		{ "a drug without an order", "ORC|", "ZRC|", false },
		{ "a mixture", "RXR|", "RXC|B|1^水^99X|1|mL\rRXR|", false },
		{ "two routes", "RXR|PO", "RXR|IV^静注^HL70162\rRXR|PO", false },
		{ "another message", "RDE^O11^RDE_O11", "RAS^O17^RAS_O17", false },
		{ "another's", "|101^", "|102^", false },
		{ "the same number of another authority", "|101^^^^PI|", "|101^^^&2.999.6&ISO^PI|",
		  false },
		{ "its own authority", "|101^^^^PI|", "|101^^^&2.999.5&ISO^PI|", true },
		{ "two patients", "PV1|", "PID|1||101\rPV1|", false },
		{ "cancelled, all", "ORC|NW", "ORC|CA", true },
		{ "a delimiter lost on the way", "MSH|^~\\&", "MSH|^~&", false },
		{ "nothing", NULL, NULL, false },
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct arena *a = arena_create(16 << 20);
		struct bytes octets = cases[i].find == NULL
					      ? bytes_of_text("")
					      : edited_message(a, cases[i].find, cases[i].replace);
		const struct prescription *one = read_one(a, octets);
		if ((one != NULL) != cases[i].read)
			printf("%s\n", cases[i].what);
		CU_ASSERT_EQUAL(one != NULL, cases[i].read);
		if (text_equal(cases[i].what, "cancelled, all"))
			CU_ASSERT_PTR_NULL(one->lines);
		arena_destroy(a);
	}
}

/* One of two is cancelled: the other stays; several usages and notes stay in their order. */
static void lines_are_their_own(void)
{
	struct arena *a = arena_create(16 << 20);
	const struct prescription *one = read_one(a, edited_message(a, "ORC|NW|2", "ORC|CA|2"));
	CU_ASSERT_PTR_NOT_NULL_FATAL(one);
	CU_ASSERT_PTR_NOT_NULL_FATAL(one->lines);
	CU_ASSERT_STRING_EQUAL(one->lines->drug.text, "例示錠５ｍｇ");
	CU_ASSERT_PTR_NULL(one->lines->next);
	one = read_one(a, edited_message(a, "TQ1|1||1011000400000000&",
					 "NTE|1||粉砕\rNTE|2||一包化\r"
					 "TQ1|1|0.5|X&朝&99X|||3^d\rTQ1|2|2|1011000400000000&"));
	CU_ASSERT_PTR_NOT_NULL_FATAL(one);
	CU_ASSERT_STRING_EQUAL(one->lines->note, "粉砕\n一包化");
	CU_ASSERT_STRING_EQUAL(one->lines->usages->usage.text, "朝");
	CU_ASSERT_STRING_EQUAL(one->lines->usages->dose, "0.5");
	CU_ASSERT_STRING_EQUAL(one->lines->usages->next->dose, "2");
	CU_ASSERT_PTR_NULL(one->lines->next->usages->next);
	arena_destroy(a);
}

static void times_and_systems(void)
{
	static const struct {
		const char *said, *cda, *fhir;
	} times[] = {
		{ "", "", NULL },
		{ "2024", "2024", "2024" },
		{ "202404", "202404", "2024-04" },
		{ "20240402", "20240402", "2024-04-02" },
		{ "2024040209", "2024040209+0900", "2024-04-02" },
		{ "202404020905", "202404020905+0900", "2024-04-02T09:05:00+09:00" },
		{ "20240402090507", "20240402090507+0900", "2024-04-02T09:05:07+09:00" },
		{ "20240402090507.123", "20240402090507.123+0900", "2024-04-02T09:05:07+09:00" },
		{ "20240402000507+0000", "20240402000507+0000", "2024-04-02T00:05:07+00:00" },
		{ "20240402000507-0330", "20240402000507-0330", "2024-04-02T00:05:07-03:30" },
	};
	static const struct {
		const char *name, *code, *oid; /* NULL: not known */
	} systems[] = {
		{ "HOT", "1234567", "1.2.392.200119.4.403.2" },
		{ "HOT", "123456789", "1.2.392.200119.4.403.1" },
		{ "HOT9", "123456789", "1.2.392.200119.4.403.1" },
		{ "HOT", "1234567890123", "1.2.392.200119.4.402.1" },
		{ "HOT", "12345678", NULL },
		{ "HOT9", "1234567", NULL },
		{ "YJ", "2149001F1ZZ0", "1.2.392.100495.20.2.73" },
		{ "JAMISDP01", "1011000400000000", "1.2.392.200250.2.2.20" },
		{ "99OWN", "123456789", NULL },
		{ "", "", NULL },
	};
	struct arena *a = arena_create(1 << 20);
	for (size_t i = 0; i < COUNT(times); i++) {
		CU_ASSERT_STRING_EQUAL(view_cda_time(a, times[i].said), times[i].cda);
		const char *fhir = view_fhir_time(a, times[i].said);
		CU_ASSERT_TRUE(text_equal(fhir, times[i].fhir));
	}
	for (size_t i = 0; i < COUNT(systems); i++) {
		const struct code_system *s = code_system_of(systems[i].name, systems[i].code);
		CU_ASSERT_TRUE(text_equal(s == NULL ? NULL : s->oid, systems[i].oid));
	}
	CU_ASSERT_STRING_EQUAL(view_day(a, "20240401150000"), "2024-04-02");
	CU_ASSERT_STRING_EQUAL(view_day(a, NULL), "");
	arena_destroy(a);
}

/* Numbers are the message's in both, to the last digit. */
static void numbers_are_not_changed(void)
{
	static const char *const numbers[] = { "0.1", "1.005", "14", "2.675", "123456789.12345" };
	for (size_t i = 0; i < COUNT(numbers); i++) {
		struct arena *a = arena_create(16 << 20);
		struct prescription *one = read_one(
			a, edited_message(a, "|1||TAB", arena_printf(a, "|%s||TAB", numbers[i])));
		CU_ASSERT_PTR_NOT_NULL_FATAL(one);
		const struct medication_list list = list_of(one);
		struct bytes fhir = medication_write_fhir(a, &list, "2.25.9");
		const char *is = arena_printf(a, "\"doseQuantity\":{\"value\":%s,", numbers[i]);
		CU_ASSERT_PTR_NOT_NULL(memmem(fhir.data, fhir.length, is, strlen(is)));
		arena_destroy(a);
	}
}

static const struct test tests[] = { { "every row stands where it says",
				       every_row_stands_where_it_says },
				     { "the narrative says all", the_narrative_says_all },
				     { "documents are whole", documents_are_whole },
				     { "what cannot be read is none", what_cannot_be_read_is_none },
				     { "lines are their own", lines_are_their_own },
				     { "times and systems", times_and_systems },
				     { "numbers are not changed", numbers_are_not_changed },
				     { 0 } };

int main(void)
{
	return suite_run("profiles: lists of medication", tests);
}
