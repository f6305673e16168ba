/* tests/profiles/views_test.c: messages read by their kind's table and written as CDA and FHIR,
 * held against whole documents (tests/cases/views): one differs by an octet, and it is said
 * where. */
#include "tests/base/suite.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/bytes.h"
#include "gateway/base/text.h"
#include "gateway/envelope/xml_reader.h"
#include "profiles/views/view_path.h"
#include "profiles/views/view_read.h"
#include "profiles/views/view_rows.h"
#include "profiles/views/view_writers.h"
#include "schemas/tables/problem.h"
#include "schemas/tables/view_kinds.h"
#include "schemas/tables/views.h"

#define PATIENT "101^^^&2.999.5&ISO"
static const enum view_kind first = VIEW_LABORATORY;

static struct bytes file_of(struct arena *a, enum view_kind kind, const char *ending)
{
	const char *folder = getenv("srcdir");
	const char *path = arena_printf(a, "%s/tests/cases/views/%s%s",
					folder == NULL ? "." : folder, view_kinds[kind].name,
					ending);
	FILE *f = fopen(path, "rb");
	if (f == NULL)
		printf("%s is missing\n", path);
	CU_ASSERT_PTR_NOT_NULL_FATAL(f);
	unsigned char *all = arena_alloc(a, 1 << 20);
	size_t length = fread(all, 1, 1 << 20, f);
	fclose(f);
	return (struct bytes){ all, length };
}

static struct view_source *read_one(struct arena *a, enum view_kind kind, struct bytes octets)
{
	struct view_source *s = view_read(a, a, octets, view_table_of(kind), NULL, PATIENT);
	if (s != NULL)
		s->origin = (struct view_origin){ .document = "2.25.7",
						  .system = "a-hospital",
						  .facility = "A病院",
						  .institution_code = "9951013",
						  .day = "20240411150000" };
	return s;
}

/* Its messages, the oldest first in the file, and each of the moment that MSH-7 says. */
static struct view_source *read_all(struct arena *a, enum view_kind kind)
{
	struct bytes all = file_of(a, kind, ".hl7");
	struct view_source *newest = NULL;
	const char *at = arena_text_n(a, (const char *)all.data, all.length);
	for (unsigned n = 0; *at != '\0'; n++) {
		const char *end = strstr(at, "\nMSH|");
		size_t length = end == NULL ? strlen(at) : (size_t)(end - at) + 1;
		struct view_source *s = read_one(
			a, kind, (struct bytes){ (const unsigned char *)at, length });
		CU_ASSERT_PTR_NOT_NULL_FATAL(s);
		s->origin.document = arena_printf(a, "2.25.%u", 7 + n);
		if (n != 0 || end != NULL)
			s->origin.day = arena_text_n(a, strchr(strstr(at, "|RECEIVE|"), '2'), 14);
		s->origin.created = s->origin.day;
		s->next = newest;
		newest = s;
		at += length;
	}
	view_withdraw(a, newest);
	view_pair(a, view_table_of(kind), newest);
	return newest;
}

static struct view_list list_of(enum view_kind kind, const struct view_source *s)
{
	return (struct view_list){ .head = { .kind = &view_kinds[kind],
					     .of = "2.25.1",
					     .patient_id = "P1",
					     .patient_domain = "2.999.1",
					     .made_by = "港",
					     .made_by_id = "2.999.10",
					     .device_id = "2.999.10.1",
					     .time = "20240412020000",
					     .person = s == NULL ? NULL : &s->person },
				   .table = view_table_of(kind),
				   .sources = s };
}

/* ---- Whole documents ---- */

static void compare(struct bytes made, struct bytes golden, const char *what)
{
	size_t at = 0;
	while (at < made.length && at < golden.length && made.data[at] == golden.data[at])
		at++;
	bool same = at == made.length && at == golden.length;
	if (!same)
		printf("%s: other from octet %zu on: %.200s\n", what, at, made.data + at);
	CU_ASSERT_TRUE(same);
}

/* One element, or member, a line: what is compared is what is read in a review. */
static struct bytes in_lines(struct arena *a, struct bytes octets)
{
	struct buffer b = buffer_in(a);
	for (size_t i = 0; i < octets.length; i++) {
		buffer_byte(&b, (char)octets.data[i]);
		if (i + 1 < octets.length && octets.data[i] == '>' && octets.data[i + 1] == '<')
			buffer_byte(&b, '\n');
	}
	buffer_byte(&b, '\n');
	return buffer_bytes(&b);
}

static json_t *read_json(struct bytes octets)
{
	json_error_t e;
	json_t *v = json_loadb((const char *)octets.data, octets.length, JSON_REJECT_DUPLICATES,
			       &e);
	CU_ASSERT_PTR_NOT_NULL_FATAL(v);
	return v;
}

static struct bytes json_in_lines(struct arena *a, struct bytes octets)
{
	json_t *v = read_json(octets);
	char *text = json_dumps(v, JSON_INDENT(1) | JSON_REAL_PRECISION(15));
	struct bytes kept = bytes_of_text(text_joined(a, text, "\n", NULL));
	free(text);
	json_decref(v);
	return kept;
}

/* For a review of what is to be the next golden document. */
static void put_aside(enum view_kind kind, const char *ending, struct bytes made)
{
	const char *folder = getenv("VIEWS_MADE");
	if (folder == NULL)
		return;
	char path[512];
	snprintf(path, sizeof path, "%s/%s%s", folder, view_kinds[kind].name, ending);
	FILE *f = fopen(path, "wb");
	CU_ASSERT_PTR_NOT_NULL_FATAL(f);
	fwrite(made.data, 1, made.length, f);
	fclose(f);
}

/* In CDA's order, and nothing else in it. */
static void check_grammar(struct arena *a, struct bytes cda)
{
	struct problem p = { .code = PROBLEM_NONE };
	const char *folder = getenv("srcdir");
	const struct xml_document *d = xml_read(a, NULL, cda, &p);
	const struct xml_grammar *g = xml_grammar_load(
		a,
		arena_printf(a, "%s/schemas/grammar/cda-view.rng", folder == NULL ? "." : folder),
		&p);
	CU_ASSERT_PTR_NOT_NULL_FATAL(d);
	CU_ASSERT_PTR_NOT_NULL_FATAL(g);
	bool right = xml_grammar_validate(a, g, xml_root(d), &p);
	if (!right)
		printf("%s %s\n", p.what, p.where);
	CU_ASSERT_TRUE(right);
}

static void documents_are_what_they_were(void)
{
	for (enum view_kind kind = first; kind < VIEW_KINDS; kind++) {
		struct arena *a = arena_create(64 << 20);
		struct view_source *s = read_all(a, kind);
		struct view_list list = list_of(kind, s);
		struct bytes octets = view_write_cda(a, &list, "2.25.9");
		struct bytes cda = in_lines(a, octets);
		check_grammar(a, octets);
		struct bytes fhir = json_in_lines(a, view_write_fhir(a, &list, "2.25.9"));
		put_aside(kind, ".xml", cda);
		put_aside(kind, ".json", fhir);
		compare(cda, file_of(a, kind, ".xml"), view_kinds[kind].name);
		compare(fhir, file_of(a, kind, ".json"), view_kinds[kind].name);
		arena_destroy(a);
	}
}

/* ---- Rows ---- */

static bool says(struct arena *a, const struct view_list *list, size_t row, bool cda)
{
	const struct view_field *f = &list->table->fields[row];
	for (const struct view_source *s = list->sources; s != NULL; s = s->next)
		for (const struct view_item *i = s->items; i != NULL; i = i->next) {
			const char *said = view_row_said(a, list, s, i, row);
			if (!i->withdrawn && view_row_is_for(f, i)
			    && (cda ? view_row_in_cda(a, f, said) : view_row_in_fhir(a, f, said))
				       != NULL)
				return true;
		}
	return false;
}

/* A golden document shows what becomes of a row only where its message says something there; and a
 * row that tells nobody anything is none. */
static void every_row_is_in_a_golden_document(void)
{
	unsigned rows = 0;
	for (enum view_kind kind = first; kind < VIEW_KINDS; kind++) {
		struct arena *a = arena_create(64 << 20);
		struct view_source *s = read_all(a, kind);
		const struct view_list list = list_of(kind, s);
		for (size_t row = 0; list.table->fields[row].segment != NULL; row++, rows++) {
			const struct view_field *f = &list.table->fields[row];
			CU_ASSERT_TRUE(f->cda != NULL || f->fhir != NULL || f->column != 0);
			bool shown = (f->cda == NULL || says(a, &list, row, true))
				     && (f->fhir == NULL || says(a, &list, row, false));
			if (!shown)
				printf("%s %s-%u.%u (row %zu) is nowhere\n", view_kinds[kind].name,
				       f->segment, f->field, f->component, row);
			CU_ASSERT_TRUE(shown);
		}
		CU_ASSERT_TRUE(list.table->columns[VIEW_COLUMNS_MOST - 1] == NULL);
		arena_destroy(a);
	}
	CU_ASSERT_TRUE(rows > 100);
}

static void paths_are_read_step_by_step(void)
{
	const char *path = "a[u=http://x/y][v=w]/b#2/0[c=d]/@e";
	static const struct {
		const char *name, *constants[3];
	} steps[] = { { "a", { "u=http://x/y", "v=w", NULL } },
		      { "b", { NULL } },
		      { "0", { "c=d", NULL } },
		      { "@e", { NULL } } };
	struct arena *a = arena_create(1 << 20);
	struct view_step s;
	for (size_t i = 0; i < COUNT(steps); i++) {
		struct view_constant c;
		const char *at = NULL;
		CU_ASSERT_TRUE_FATAL(view_step_next(&path, &s));
		CU_ASSERT_STRING_EQUAL(arena_text_n(a, s.text, s.name), steps[i].name);
		for (size_t n = 0; steps[i].constants[n] != NULL; n++) {
			CU_ASSERT_TRUE_FATAL(view_constant_next(&s, &at, &c));
			CU_ASSERT_STRING_EQUAL(
				text_joined(a, arena_text_n(a, c.name, c.name_length), "=",
					    arena_text_n(a, c.value, c.value_length), NULL),
				steps[i].constants[n]);
		}
		CU_ASSERT_FALSE(view_constant_next(&s, &at, &c));
	}
	CU_ASSERT_FALSE(view_step_next(&path, &s));
	arena_destroy(a);
}

/* ---- What is no source ---- */

static struct bytes edited(struct arena *a, enum view_kind kind, const char *find,
			   const char *replace)
{
	struct bytes all = file_of(a, kind, ".hl7");
	const char *text = arena_text_n(a, (const char *)all.data, all.length);
	const char *at = strstr(text, find);
	CU_ASSERT_PTR_NOT_NULL_FATAL(at);
	return bytes_of_text(text_joined(a, arena_text_n(a, text, (size_t)(at - text)), replace,
					 at + strlen(find), NULL));
}

static void what_cannot_be_read_is_none(void)
{
	static const struct {
		enum view_kind kind;
		const char *what, *find, *replace;
		bool read;
	} cases[] = {
		{ VIEW_LABORATORY, "another message", "OUL^R22", "ORU^R01", false },
		{ VIEW_LABORATORY, "another's", "|101^", "|102^", false },
		{ VIEW_LABORATORY, "a result of nothing", "3B035000002327201^AST(GOT)^JC10^L0007^",
		  "^^JC10^L0007^", false },
		{ VIEW_LABORATORY, "a delimiter lost on the way", "MSH|^~\\&", "MSH|^~&", false },
		{ VIEW_LABORATORY, "two patients", "PV1|", "PID|1||101\nPV1|", false },
		{ VIEW_LABORATORY, "no patient", "PID|", "ZID|", false },
		{ VIEW_LABORATORY, "a day that is none", "|202404121000", "|20241312", true },
		{ VIEW_ALLERGIES, "against nothing", "|1^ペニシリン^99XYZ^", "|^^^", false },
		{ VIEW_ALLERGIES, "a time that is none", "|200707|", "|00000000|", true },
		{ VIEW_DIAGNOSES, "of nothing", "|20054178^胃癌^MDCDX2|", "||", false },
		{ VIEW_DIAGNOSES, "another kind's message", "PPR^ZD1", "ADT^A60", false },
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct arena *a = arena_create(64 << 20);
		bool read = read_one(a, cases[i].kind,
				     edited(a, cases[i].kind, cases[i].find, cases[i].replace))
			    != NULL;
		if (read != cases[i].read)
			printf("%s\n", cases[i].what);
		CU_ASSERT_EQUAL(read, cases[i].read);
		arena_destroy(a);
	}
}

/* A time that is none is told as it stands, and is nowhere else. */
static void what_is_no_time_is_told_only(void)
{
	struct arena *a = arena_create(64 << 20);
	struct view_source *s = read_one(a, VIEW_ALLERGIES,
					 edited(a, VIEW_ALLERGIES, "|200707|", "|2007-07ごろ|"));
	CU_ASSERT_PTR_NOT_NULL_FATAL(s);
	const struct view_list list = list_of(VIEW_ALLERGIES, s);
	struct bytes cda = view_write_cda(a, &list, "2.25.9"),
		     fhir = view_write_fhir(a, &list, "2.25.9");
	const char *told = "<td>2007-07ごろ</td>";
	CU_ASSERT_PTR_NOT_NULL(memmem(cda.data, cda.length, told, strlen(told)));
	CU_ASSERT_PTR_NULL(memmem(cda.data, cda.length, "<low", 4));
	CU_ASSERT_PTR_NULL(memmem(fhir.data, fhir.length, "onsetDateTime", 13));
	arena_destroy(a);
}

/* ---- Numbers and types ---- */

static void a_value_is_what_it_holds(void)
{
	static const struct {
		const char *type, *value, *fhir;
	} cases[] = {
		{ "NM", "44", "\"valueQuantity\":{\"value\":44" },
		{ "NM", "0.1", "\"valueQuantity\":{\"value\":0.1" },
		{ "NM", "-2.5", "\"valueQuantity\":{\"value\":-2.5" },
		{ "NM", "1e3", "\"valueString\":\"1e3\"" },
		{ "NM", "< 0.5", "\"valueString\":\"< 0.5\"" },
		{ "NM", "1234567890123456", "\"valueString\":\"1234567890123456\"" },
		{ "ST", "44", "\"valueString\":\"44\"" },
		{ "ST", "Rh+^+", "\"valueString\":\"Rh+^+\"" },
		{ "SN", ">^100", "\"comparator\":\">\",\"value\":100" },
		{ "SN", "^1^:^128", "\"valueString\":\"1:128\"" },
		{ "SN", "<>^5", "\"valueString\":\"<>5\"" },
		{ "CWE", "a^b^99X~c^d^99X", "\"valueString\":\"a^b^99X~c^d^99X\"" },
		{ "CE", "^ことば",
		  "\"valueCodeableConcept\":{\"coding\":[{\"display\":\"ことば\"}]" },
		{ "TX", "所見", "\"valueString\":\"所見\"" },
		{ "NM", "", "\"dataAbsentReason\"" },
		{ "NM", "\"\"", "\"dataAbsentReason\"" },
		{ "ED", "^image^png^Base64^AAAA", "\"code\":\"unsupported\"" },
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct arena *a = arena_create(64 << 20);
		const char *said = text_joined(a, "OBX|1|", cases[i].type, "|X^x^99X||",
					       cases[i].value, "||||||F\n", NULL);
		struct view_source *s = read_one(
			a, VIEW_LABORATORY,
			bytes_of_text(text_joined(
				a,
				"MSH|^~\\&|||||||OUL^R22|1|P|2.5||||||UNICODE UTF-8\nPID|||101\n",
				said, NULL)));
		CU_ASSERT_PTR_NOT_NULL_FATAL(s);
		const struct view_list list = list_of(VIEW_LABORATORY, s);
		struct bytes fhir = view_write_fhir(a, &list, "2.25.9");
		bool right = memmem(fhir.data, fhir.length, cases[i].fhir, strlen(cases[i].fhir))
			     != NULL;
		if (!right)
			printf("%s %s: %.*s\n", cases[i].type, cases[i].value, (int)fhir.length,
			       (char *)fhir.data);
		CU_ASSERT_TRUE(right);
		arena_destroy(a);
	}
}

/* A system without a code is none: senders leave the name where there is nothing to name. */
static void a_system_without_a_code_is_none(void)
{
	struct arena *a = arena_create(64 << 20);
	struct view_source *s = read_one(
		a, VIEW_LABORATORY,
		edited(a, VIEW_LABORATORY, "^JC10^L0007^ＡＳＴ^99OWN|", "^JC10^^^LN|"));
	CU_ASSERT_PTR_NOT_NULL_FATAL(s);
	s->items->next = NULL;
	const struct view_list list = list_of(VIEW_LABORATORY, s);
	struct bytes cda = view_write_cda(a, &list, "2.25.9"),
		     fhir = view_write_fhir(a, &list, "2.25.9");
	const char *name = "codeSystemName=\"LN\"", *coding = "{\"system\":\"http://loinc.org\"}";
	CU_ASSERT_PTR_NULL(memmem(cda.data, cda.length, name, strlen(name)));
	CU_ASSERT_PTR_NULL(memmem(fhir.data, fhir.length, coding, strlen(coding)));
	CU_ASSERT_PTR_NOT_NULL(memmem(cda.data, cda.length, "\"JC10\"", 6));
	arena_destroy(a);
}

/* ---- What is taken back ---- */

/* Lists of allergies, newest first: "system: number+code, ..."; "-" takes back. What is shown. */
static const char *shown_of(struct arena *a, const char *const *lists)
{
	struct view_source *first_of_all = NULL, **last = &first_of_all;
	struct buffer b = buffer_in(a), out = buffer_in(a);
	for (; *lists != NULL; lists++) {
		const char *at = strchr(*lists, ':') + 1;
		b = buffer_in(a);
		buffer_text(&b, "MSH|^~\\&|||||||ADT^A60|1|P|2.5||||||UNICODE UTF-8\nPID|||101\n");
		for (; *at != '\0'; at += 4)
			buffer_printf(&b, "IAM|1||%c^x^99X|||%s|%.*s\n", at[3],
				      at[2] == '-' ? "D" : "A", at[1] != '.', at + 1);
		struct view_source *s = read_one(a, VIEW_ALLERGIES,
						 bytes_of_text(buffer_ended(&b)));
		CU_ASSERT_PTR_NOT_NULL_FATAL(s);
		s->origin.system = arena_text_n(a, *lists, strcspn(*lists, ":"));
		*last = s;
		last = &s->next;
	}
	view_withdraw(a, first_of_all);
	for (const struct view_source *s = first_of_all; s != NULL; s = s->next)
		for (const struct view_item *i = s->items; i != NULL; i = i->next)
			if (!i->withdrawn)
				buffer_printf(&out, "%s%.1s ", s->origin.system, i->same[1]);
	return buffer_ended(&out);
}

static void what_is_taken_back_is_gone(void)
{
	static const struct {
		const char *lists[4], *shown;
	} cases[] = {
		{ { "A: 1+a 2+b", NULL }, "Aa Ab " },
		{ { "A: 1+a 1-a", NULL }, "" },
		{ { "A: 1-a 1+a", NULL }, "Aa " },
		{ { "A: 1-a", "A: 1+a 2+b", NULL }, "Ab " },
		{ { "A: 1+a", "A: 1-a", "A: 1+a", NULL }, "Aa " },
		{ { "A: 1-a", "B: 1+a", NULL }, "Ba " },     /* another's is another's to say */
		{ { "A: .-a", "A: 1+a 2+a", NULL }, "" },    /* without a number: whatever it has */
		{ { "A: 3-a", "A: 1+a .+a", NULL }, "Aa " }, /* a number takes back its own */
		{ { "A: 1-b", "A: 1+a", NULL }, "" },        /* the number says which */
		{ { "A: 1+a", "A: 1+a", NULL }, "Aa Aa " },
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct arena *a = arena_create(64 << 20);
		const char *shown = shown_of(a, cases[i].lists);
		if (!text_equal(shown, cases[i].shown))
			printf("%zu: %s, not %s\n", i, shown, cases[i].shown);
		CU_ASSERT_STRING_EQUAL(shown, cases[i].shown);
		arena_destroy(a);
	}
}

/* ---- What belongs together ---- */

/* Comings and goings, oldest first, a minute each: "A22n" is ADT^A22 of system A, of the visit n;
 * ".": no number. What is shown, newest first: whether it has ended, and of which it is part. */
static const char *visits_of(struct arena *a, const char *events)
{
	struct view_source *newest = NULL;
	struct buffer out = buffer_in(a);
	for (unsigned n = 0; *events != '\0'; n++, events += events[4] == ' ' ? 5 : 4) {
		const char *number = events[3] == '.' ? "" : arena_text_n(a, events + 3, 1);
		struct view_source *s = read_one(
			a, VIEW_VISITS,
			bytes_of_text(arena_printf(
				a,
				"MSH|^~\\&|||||||ADT^A%.2s|1|P|2.5||||||UNICODE UTF-8\n"
				"PID|||101\nPV1|1|I|||||||||||||||||%s\n",
				events + 1, number)));
		CU_ASSERT_PTR_NOT_NULL_FATAL(s);
		s->origin.system = arena_text_n(a, events, 1);
		s->origin.document = arena_printf(a, "2.25.%u", n);
		s->origin.day = s->origin.created = arena_printf(a, "2024040209%02u00", n);
		s->next = newest;
		newest = s;
	}
	view_pair(a, &view_visits, newest);
	for (const struct view_source *s = newest; s != NULL; s = s->next)
		if (!s->items->withdrawn)
			buffer_printf(&out, "%s%s%s%s%s ", s->origin.system, s->items->type + 1,
				      s->items->ended ? "." : "",
				      s->items->whole != NULL ? "<" : "",
				      s->items->whole == NULL
					      ? ""
					      : s->items->whole_source->origin.document + 5);
	return buffer_ended(&out);
}

static void what_belongs_together_is_one(void)
{
	static const struct {
		const char *events, *shown;
	} cases[] = {
		{ "A01. A03.", "A01. " },
		{ "A03. A01.", "A01 A03 " }, /* a discharge ends none that came later */
		{ "A01.", "A01 " },
		{ "A03.", "A03 " },
		{ "A01. B03.", "B03 A01 " }, /* another's is another's to say */
		{ "A01. A01. A03.", "A01. A01 " },
		{ "A01. A03. A03.", "A03 A01. " },
		{ "A011 A012 A031", "A01 A01. " },
		{ "A011 A03.", "A01. " },
		{ "A01. A21. A22. A03.", "A21.<0 A01. " },
		{ "A01. A21. A03.", "A21.<0 A01. " },
		{ "A22. A21.", "A21 A22 " },
		{ "A01. A02. A02. A03.", "A02.<0 A02.<0 A01. " },
		{ "A01. A03. A02.", "A02 A01. " }, /* of none that is open */
		{ "A01. A02. A03. A01. A21.", "A21<3 A01 A02.<0 A01. " },
		{ "A14. A01.", "A01 " },
		{ "A01. A14.", "A14 A01 " },
		{ "A14. B01.", "B01 A14 " },
		{ "A141 A012", "A01 A14 " },
		{ "A15. A02. A16. A03.", "A03 A02. " },
		{ "A15. A03.", "A03 " },
		{ "A04. A04. A03.", "A03 A04 A04 " },
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct arena *a = arena_create(64 << 20);
		const char *shown = visits_of(a, cases[i].events);
		if (!text_equal(shown, cases[i].shown))
			printf("%s: %s, not %s\n", cases[i].events, shown, cases[i].shown);
		CU_ASSERT_STRING_EQUAL(shown, cases[i].shown);
		arena_destroy(a);
	}
}

/* Of several PV1 the first counts; what is no coming or going is none. */
static void a_coming_or_going_is_one_item(void)
{
	struct arena *a = arena_create(64 << 20);
	const char *head = "MSH|^~\\&|||||||ADT^A01|1|P|2.5||||||UNICODE UTF-8\nPID|||101\n";
	struct view_source *s = read_one(
		a, VIEW_VISITS, bytes_of_text(text_joined(a, head, "PV1|1|I\nPV1|2|O\n", NULL)));
	CU_ASSERT_TRUE_FATAL(s != NULL && s->items != NULL);
	CU_ASSERT_PTR_NULL(s->items->next);
	CU_ASSERT_STRING_EQUAL(s->items->type, "A01");
	CU_ASSERT_PTR_NULL(
		read_one(a, VIEW_VISITS, bytes_of_text(text_joined(a, head, "PV1|1|\n", NULL))));
	s = read_one(a, VIEW_VISITS, bytes_of_text(head));
	CU_ASSERT_TRUE_FATAL(s != NULL);
	CU_ASSERT_PTR_NULL(s->items);
	view_pair(a, &view_visits, s);
	CU_ASSERT_PTR_NULL(
		read_one(a, VIEW_VISITS,
			 bytes_of_text("MSH|^~\\&|||||||ADT^A08|1|P|2.5||||||UNICODE UTF-8\n"
				       "PID|||101\nPV1|1|I\n")));
	arena_destroy(a);
}

/* ---- What can hardly be ---- */

/* None that could be read, none that is left: a document that says so. */
static void a_view_of_nothing_says_so(void)
{
	for (enum view_kind kind = first; kind < VIEW_KINDS; kind++) {
		struct arena *a = arena_create(64 << 20);
		struct view_list list = list_of(kind, NULL);
		struct problem p = { .code = PROBLEM_NONE };
		list.head.unread = 2;
		struct bytes cda = view_write_cda(a, &list, "2.25.9"),
			     fhir = view_write_fhir(a, &list, "2.25.9");
		CU_ASSERT_PTR_NOT_NULL(xml_read(a, NULL, cda, &p));
		CU_ASSERT_PTR_NOT_NULL(memmem(cda.data, cda.length, "2 件", 5));
		CU_ASSERT_PTR_NOT_NULL(memmem(cda.data, cda.length, view_kinds[kind].nouns,
					      strlen(view_kinds[kind].nouns)));
		CU_ASSERT_PTR_NOT_NULL(memmem(fhir.data, fhir.length, "emptyReason", 11));
		json_decref(read_json(fhir));
		arena_destroy(a);
	}
}

static const struct test tests[] = {
	{ "documents are what they were", documents_are_what_they_were },
	{ "every row is in a golden document", every_row_is_in_a_golden_document },
	{ "paths are read step by step", paths_are_read_step_by_step },
	{ "what cannot be read is none", what_cannot_be_read_is_none },
	{ "what is no time is told only", what_is_no_time_is_told_only },
	{ "a value is what it holds", a_value_is_what_it_holds },
	{ "a system without a code is none", a_system_without_a_code_is_none },
	{ "what is taken back is gone", what_is_taken_back_is_gone },
	{ "what belongs together is one", what_belongs_together_is_one },
	{ "a coming or going is one item", a_coming_or_going_is_one_item },
	{ "a view of nothing says so", a_view_of_nothing_says_so },
	{ 0 }
};

int main(void)
{
	return suite_run("profiles: views", tests);
}
