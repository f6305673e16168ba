/* tests/envelope/hl7v2_patient_test.c: PID and its data types, above all as Japan writes them. */
#include "tests/base/suite.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "gateway/base/value.h"
#include "gateway/envelope/hl7v2_patient.h"
#include "tests/envelope/samples.h"

static const struct hl7_stamp stamp = { .control_id = "OUR1",
					.now = (instant)1768437001 * 1000000,
					.application = "MINATO",
					.facility = "REGION" };
#define MSH "MSH|^~\\&|SA|SF|RA|RF|20260115||ADT^A01^ADT_A01|M1|P|2.5||||||UNICODE UTF-8\r"

static void check_text(const char *what, const char *is, const char *should)
{
	if (!text_equal(is, should))
		printf("%s: \"%s\", not \"%s\"\n", what, is == NULL ? "NULL" : is,
		       should == NULL ? "NULL" : should);
	CU_ASSERT_TRUE(text_equal(is, should));
}

static const struct hl7_segment *pid_of(struct arena *a, const char *text, struct hl7_message **m)
{
	struct problem p = { .code = PROBLEM_NONE };
	CU_ASSERT_TRUE_FATAL(
		hl7_parse(a, bytes_of_text(arena_printf(a, MSH "%s\r", text)), NULL, m, &p));
	return hl7_segment(*m, "PID", 1);
}

/* "I 山田,太郎 L" and so on, parted by "; ". */
static const char *names_as_text(struct arena *a, const struct person_name *name)
{
	static const char marks[] = "-IPA";
	struct buffer b = buffer_in(a);
	for (; name != NULL; name = name->next)
		buffer_printf(&b, "%s%c %s,%s %s", b.length == 0 ? "" : "; ",
			      marks[name->representation], name->family == NULL ? "" : name->family,
			      name->given == NULL ? "" : name->given,
			      name->use == NULL ? "-" : name->use);
	return buffer_ended(&b);
}

static void names(void)
{
	static const struct {
		const char *pid5, *names;
		unsigned shifted;
	} cases[] = {
		{ "山田^太郎^^^^^L^I~ヤマダ^タロウ^^^^^L^P", "I 山田,太郎 L; P ヤマダ,タロウ L",
		  0 },
		{ "ヤマダ^タロウ^^^^^L^P~山田^太郎^^^^^L^I", "P ヤマダ,タロウ L; I 山田,太郎 L",
		  0 },
		{ "山田^太郎^^^^L^I~ヤマダ^タロウ^^^^L^P", "I 山田,太郎 L; P ヤマダ,タロウ L", 2 },
		{ "山田^太郎^^^^^^L^I", "I 山田,太郎 L", 1 },
		{ "山田　太郎^^^^^^L^I", "I 山田,太郎 L", 0 },
		{ "山田 太郎", "I 山田,太郎 -", 0 },
		{ "ﾔﾏﾀﾞ^ﾀﾛｳ", "P ﾔﾏﾀﾞ,ﾀﾛｳ -", 0 },
		{ "VAN DEN BERG&VAN DEN^JAN^^^^^L", "- VAN DEN BERG,JAN L", 0 },
		{ "Bob^Barker^R.^^^^L", "- Bob,Barker L", 0 },
		{ "FOSTER^FANNY^FULL^^^^L~FOSTER^FANNY^^^^^M", "- FOSTER,FANNY L; - FOSTER,FANNY M",
		  0 },
		{ "SMITH^JOHN^^^^MD^L^A", "A SMITH,JOHN L", 0 },
		{ "~^^^^^^S", "", 0 },
		{ " ", "", 0 },
		{ "^^^^^^L", "", 0 },
		{ "\"\"", "", 0 },
		{ "\"\"^太郎^^^^^L^I", "I ,太郎 L", 0 },
	};
	struct arena *a = arena_create(16 << 20);
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct hl7_message *m;
		struct patient_demographics d;
		struct hl7_person_notes notes = { .refused = 0 };
		struct problem p = { .code = PROBLEM_NONE };
		const struct hl7_segment *pid = pid_of(
			a, arena_printf(a, "PID|||1||%s", cases[i].pid5), &m);
		CU_ASSERT_TRUE(hl7_read_demographics(pid, NULL, &d, &notes, &p));
		check_text(cases[i].pid5, names_as_text(a, d.names), cases[i].names);
		CU_ASSERT_EQUAL(notes.shifted_names, cases[i].shifted);
		CU_ASSERT_EQUAL(d.delete_names, text_equal(cases[i].pid5, "\"\""));
	}
	arena_destroy(a);
}

static void ids(void)
{
	static const struct {
		const char *pid3;
		const char *ids;
		enum problem_code code;
		const char *where;
		unsigned refused;
		bool twelve;
	} cases[] = {
		{ "101^^^NS&1.2.3&ISO^PI", "101 NS 1.2.3 ISO PI;", PROBLEM_NONE, "", 0, false },
		{ "101", "101 - - - -;", PROBLEM_NONE, "", 0, false },
		{ "1^^^HOSP~2^^^&urn:oid:1.2&iso", "1 HOSP - - -;2 - 1.2 iso -;", PROBLEM_NONE, "",
		  0, false },
		{ "\"\"^^^&2.71&ISO~30^^^A", "30 A - - -;", PROBLEM_NONE, "", 0, false },
		{ "", "", PROBLEM_FIELD_MISSING, "PID^1^3", 0, false },
		{ "^^^A", "", PROBLEM_FIELD_MISSING, "PID^1^3", 0, false },
		{ "7~123456789018", "7 - - - -;", PROBLEM_NONE, "", 1, false },
		{ "7~１２３４-５６７８-９０１８", "7 - - - -;", PROBLEM_NONE, "", 1, false },
		{ "123456789018", "", PROBLEM_TABLE_VALUE, "PID^1^3^1", 1, false },
		{ "123456789018", "123456789018 - - - -;", PROBLEM_NONE, "", 0, true },
		{ "123456789018^^^^NI", "", PROBLEM_TABLE_VALUE, "PID^1^3^1", 1, true },
		{ "99^^^^NNJPN~8", "8 - - - -;", PROBLEM_NONE, "", 1, true },
		{ "11111^^^FOO^NI", "11111 FOO - - NI;", PROBLEM_NONE, "", 0, false },
		{ "a\\S\\\\S\\\\S\\\\T\\9^^^A", "", PROBLEM_DATA_TYPE, "PID^1^3^1^1", 0, false },
		{ "a\\X0D\\b", "", PROBLEM_DATA_TYPE, "PID^1^3^1^1", 0, false },
	};
	struct arena *a = arena_create(16 << 20);
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct hl7_message *m;
		struct hl7_person_notes notes = { .refused = 0 };
		struct hl7_person_rules rules = { .twelve_digit_ids = cases[i].twelve };
		struct problem p = { .code = PROBLEM_NONE };
		struct buffer b = buffer_in(a);
		const struct hl7_segment *pid = pid_of(
			a, arena_printf(a, "PID|||%s|", cases[i].pid3), &m);
		const struct patient_identifier *cx = hl7_read_ids(hl7_field(pid, 3), &rules,
								   &notes, &p);
		for (; cx != NULL; cx = cx->next)
			buffer_printf(&b, "%s %s %s %s %s;", cx->id,
				      cx->namespace_id == NULL ? "-" : cx->namespace_id,
				      cx->universal_id == NULL ? "-" : cx->universal_id,
				      cx->universal_id_type == NULL ? "-" : cx->universal_id_type,
				      cx->type == NULL ? "-" : cx->type);
		check_text(cases[i].pid3, buffer_ended(&b), cases[i].ids);
		CU_ASSERT_EQUAL(p.code, cases[i].code);
		check_text("where", p.where, cases[i].where);
		CU_ASSERT_EQUAL(notes.refused, cases[i].refused);
		CU_ASSERT_PTR_NULL(strstr(p.what, "1234")); /* never the number itself */
	}
	arena_destroy(a);
}

static void rest_of_pid(void)
{
	struct arena *a = arena_create(16 << 20);
	struct hl7_message *m;
	struct patient_demographics d;
	struct hl7_person_notes notes = { .refused = 0 };
	struct hl7_person_rules rules = { .local_sex_codes = true };
	struct problem p = { .code = PROBLEM_NONE };
	const struct hl7_segment *pid = pid_of(
		a,
		"PID|||1||A^B|MURRAY^^^^^^L|1970|2|||1220 Centennial Farm "
		"Road^^ELLIOTT^IA^51532^USA^H"
		"~^^^^100-8916^JPN^H^東京都千代田区霞が関1-2-2~^^^^^^H||^PRN^PH^^^712^7670867~^PRN^"
		"PH^^^^^^^^^03-0559-2486"
		"~^PRN^Internet^a@b.example|(607)752-6466^WPN|||||123456789018|||||Y|2|||\"\"||Y|Y",
		&m);
	CU_ASSERT_TRUE(hl7_read_demographics(pid, &rules, &d, &notes, &p));
	check_text("mother", d.mothers_maiden_name, "MURRAY");
	check_text("birth", d.birth_date, "1970");
	check_text("sex", d.sex, "F");
	check_text("street", d.addresses->street, "1220 Centennial Farm Road");
	check_text("state", d.addresses->state, "IA");
	check_text("text", d.addresses->next->text, "東京都千代田区霞が関1-2-2");
	check_text("postcode", d.addresses->next->postal_code, "100-8916");
	CU_ASSERT_PTR_NULL(d.addresses->next->next);
	check_text("phone", d.telecoms->number, "712-7670867");
	check_text("phone", d.telecoms->next->number, "03-0559-2486");
	check_text("mail", d.telecoms->next->next->number, "a@b.example");
	check_text("office", d.telecoms->next->next->next->number, "(607)752-6466");
	check_text("office", d.telecoms->next->next->next->use, "WPN");
	check_text("twin", d.multiple_birth, "Y");
	check_text("order", d.birth_order, "2");
	check_text("nationality is not read", d.deceased, "Y");
	CU_ASSERT_TRUE(notes.identity_unknown);
	CU_ASSERT_EQUAL(notes.refused, 1); /* PID-19 */
	arena_destroy(a);
}

static void values(void)
{
	static const struct {
		const char *pid, *birth, *sex;
		bool impossible, unknown_sex;
		enum problem_code code;
		const char *where;
	} cases[] = {
		{ "PID|||1||A||19410503|M", "19410503", "M", false, false, PROBLEM_NONE, "" },
		{ "PID|||1||A||19410503120000+0900|f", "19410503120000+0900", "F", false, false,
		  PROBLEM_NONE, "" },
		{ "PID|||1||A||\"\"|\"\"", "", "", false, false, PROBLEM_NONE, "" },
		{ "PID|||1||A||00000000|X", NULL, "U", false, true, PROBLEM_NONE, "" },
		{ "PID|||1||A||99999999|2", NULL, "U", false, true, PROBLEM_NONE, "" },
		{ "PID|||1||A||19410231|", NULL, NULL, true, false, PROBLEM_NONE, "" },
		{ "PID|||1||A||3 May|", NULL, NULL, true, false, PROBLEM_NONE, "" },
		{ "PID|||1||A\\X0D\\PID|||U", NULL, "U", false, false, PROBLEM_NONE, "" },
		{ "PID|||1||A\\X01\\B|||U", NULL, "U", false, false, PROBLEM_DATA_TYPE,
		  "PID^1^5^1^1" },
		{ "PID|||1||A||1941\\X0D\\|U", NULL, "U", true, false, PROBLEM_NONE, "" },
		{ "PID|||1||A||00000101|", NULL, NULL, true, false, PROBLEM_NONE, "" },
	};
	struct arena *a = arena_create(16 << 20);
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct hl7_message *m;
		struct patient_demographics d;
		struct hl7_person_notes notes = { .refused = 0 };
		struct problem p = { .code = PROBLEM_NONE };
		const struct hl7_segment *pid = pid_of(a, cases[i].pid, &m);
		hl7_read_demographics(pid, NULL, &d, &notes, &p);
		check_text("birth", d.birth_date,
			   cases[i].impossible && i == 9 ? "1941" : cases[i].birth);
		check_text("sex", d.sex, cases[i].sex);
		CU_ASSERT_EQUAL(notes.birth_date_impossible, cases[i].impossible && i != 9);
		CU_ASSERT_EQUAL(notes.sex_unknown_code, cases[i].unknown_sex);
		CU_ASSERT_EQUAL(p.code, cases[i].code);
		check_text("where", p.where, cases[i].where);
	}
	arena_destroy(a);
}

/* Of what feeds a patient; a question (0) may name any day. The day ends in Japan. */
static void births_to_come(void)
{
	static const struct {
		const char *now, *birth;
		bool to_come;
	} cases[] = {
		{ "20260114145959", "20260115", false },
		{ "20260114145959", "20260116", true },
		{ "20260114150000", "20260116", false },
		{ "20260114150000", "20260117", true },
		{ "20260115145959", "20260116", false },
		{ "20260115145959", "20260117", true },
		{ "20260114150000", "20260116235959+0900", false },
		{ "20260114150000", "20260117000000-1200", true },
		{ "20260114150000", "202601", false },
		{ "20260114150000", "202602", true },
		{ "20260114150000", "2026", false },
		{ "20260114150000", "2027", true },
		{ "20261230150000", "20270101", false },
		{ "20261230150000", "2027", false },
		{ "20261230145959", "2027", true },
		{ NULL, "20991231", false },
	};
	struct arena *a = arena_create(16 << 20);
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct hl7_message *m;
		struct patient_demographics d;
		struct hl7_person_notes notes = { .refused = 0 };
		struct hl7_person_rules rules = { .fed_at = 0 };
		struct problem p = { .code = PROBLEM_NONE };
		if (cases[i].now != NULL)
			CU_ASSERT_TRUE_FATAL(instant_from_dtm(cases[i].now, 0, &rules.fed_at));
		const struct hl7_segment *pid = pid_of(
			a, arena_printf(a, "PID|||1||A||%s|M", cases[i].birth), &m);
		CU_ASSERT_TRUE(hl7_read_demographics(pid, &rules, &d, &notes, &p));
		check_text(cases[i].birth, d.birth_date, cases[i].to_come ? NULL : cases[i].birth);
		CU_ASSERT_EQUAL(notes.birth_date_to_come, cases[i].to_come);
		CU_ASSERT_FALSE(notes.birth_date_impossible);
	}
	arena_destroy(a);
}

static void value_limits(void)
{
	for (size_t length = VALUE_MOST; length <= VALUE_MOST + 1; length++) {
		struct arena *a = arena_create(16 << 20);
		struct hl7_message *m;
		struct patient_demographics d;
		struct hl7_person_notes notes = { .refused = 0 };
		struct problem p = { .code = PROBLEM_NONE };
		char *name = arena_alloc(a, length + 1);
		memset(name, 'x', length);
		const struct hl7_segment *pid = pid_of(a, arena_printf(a, "PID|||1||%s", name), &m);
		CU_ASSERT_EQUAL(hl7_read_demographics(pid, NULL, &d, &notes, &p),
				length == VALUE_MOST);
		CU_ASSERT_EQUAL(p.code, length == VALUE_MOST ? PROBLEM_NONE : PROBLEM_DATA_TYPE);
		arena_destroy(a);
	}
	for (size_t count = HL7_PERSON_REPETITIONS_MAX; count <= HL7_PERSON_REPETITIONS_MAX + 1;
	     count++) {
		struct arena *a = arena_create(16 << 20);
		struct hl7_message *m;
		struct hl7_person_notes notes = { .refused = 0 };
		struct problem p = { .code = PROBLEM_NONE };
		struct buffer b = buffer_in(a);
		buffer_text(&b, "PID|||");
		for (size_t i = 0; i < count; i++)
			buffer_printf(&b, "%s%zu^^^A", i == 0 ? "" : "~", i + 1);
		const struct hl7_segment *pid = pid_of(a, buffer_ended(&b), &m);
		bool read = hl7_read_ids(hl7_field(pid, 3), NULL, &notes, &p) != NULL;
		CU_ASSERT_EQUAL(read, count == HL7_PERSON_REPETITIONS_MAX);
		CU_ASSERT_EQUAL(p.code, read ? PROBLEM_NONE : PROBLEM_TOO_LARGE);
		arena_destroy(a);
	}
}

static void insurances(void)
{
	static const struct {
		const char *in1, *insurances;
	} cases[] = {
		{ "IN1|1|06^^JHSD0001|06981906|X||||||67673~64704~01", "06981906/67673/64704/01;" },
		{ "IN1|1|39^^JHSD0001|39981444|X||||||~00910745", "39981444/-/00910745/-;" },
		{ "IN1|1|C0|980136|X||||||12・0012345", "980136/12/0012345/-;" },
		{ "IN1|1|C0|980136|X||||||0012345", "980136/-/0012345/-;" },
		{ "IN1|1|51^^JHSD0001|51980016|X||||||~1234566", "" },
		{ "IN1|1|PE|51980016|X||||||~1234566", "" },
		{ "IN1|1||12980016|X||||||~1234566", "" },
		{ "IN1|1|06|||||||||67673~64704~01", "" },
		{ "IN1|1|06|06981906|X||||||~123456789018", "" },
		{ "IN1|1|06|06981906|||||||1~2~3\rIN1|2|39|39981444|||||||~4",
		  "06981906/1/2/3;39981444/-/4/-;" },
	};
	struct arena *a = arena_create(16 << 20);
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct hl7_message *m;
		struct patient_demographics d;
		struct hl7_person_notes notes = { .refused = 0 };
		struct problem p = { .code = PROBLEM_NONE };
		struct buffer b = buffer_in(a);
		const struct hl7_segment *pid = pid_of(
			a, arena_printf(a, "PID|||1||A\r%s", cases[i].in1), &m);
		CU_ASSERT_TRUE(hl7_read_demographics(pid, NULL, &d, &notes, &p));
		for (const struct insurance *in = d.insurances; in != NULL; in = in->next)
			buffer_printf(&b, "%s/%s/%s/%s;", in->insurer,
				      in->symbol == NULL ? "-" : in->symbol, in->number,
				      in->branch == NULL ? "-" : in->branch);
		check_text(cases[i].in1, buffer_ended(&b), cases[i].insurances);
	}
	arena_destroy(a);
}

/* IN1-12 and IN1-13: as sent where they are days; else told at their place and left out. */
static void validity(void)
{
	static const struct {
		const char *days, *from, *until, *warned;
	} cases[] = {
		{ "20260401|20270331", "20260401", "20270331", NULL },
		{ "20260401|99991231", "20260401", "99991231", NULL },
		{ "20260401|99999999", "20260401", NULL, NULL },
		{ "20260401|", "20260401", NULL, NULL },
		{ "00000000|\"\"", NULL, NULL, NULL },
		{ "2026|2026", "2026", "2026", NULL },
		{ "202604|2026", "202604", "2026", NULL },
		{ "20260401|20260401", "20260401", "20260401", NULL },
		{ "20260431|20270331", NULL, "20270331", "IN1^1^12" },
		{ "20260401|R090331", "20260401", NULL, "IN1^1^13" },
		{ "20270401|20260331", NULL, NULL, "IN1^1^13" },
	};
	struct arena *a = arena_create(16 << 20);
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct hl7_message *m;
		struct patient_demographics d;
		struct hl7_person_notes notes = { .refused = 0 };
		struct problem p = { .code = PROBLEM_NONE };
		const struct hl7_segment *pid = pid_of(
			a,
			arena_printf(a, "PID|||1||A\rIN1|1|06|06981906|||||||1~2~3||%s",
				     cases[i].days),
			&m);
		CU_ASSERT_TRUE(hl7_read_demographics(pid, NULL, &d, &notes, &p));
		CU_ASSERT_PTR_NOT_NULL_FATAL(d.insurances);
		CU_ASSERT_TRUE(text_equal(d.insurances->from, cases[i].from));
		CU_ASSERT_TRUE(text_equal(d.insurances->until, cases[i].until));
		CU_ASSERT_PTR_NULL(d.insurances->last_said);
		CU_ASSERT_EQUAL(notes.validity_impossible, cases[i].warned != NULL);
		CU_ASSERT_EQUAL(notes.warning_count, cases[i].warned != NULL);
		if (cases[i].warned != NULL && notes.warnings != NULL)
			check_text(cases[i].days, notes.warnings->problem.where, cases[i].warned);
	}
	arena_destroy(a);
}

/* What is written is read again as the same. */
static void returns(void)
{
	static const char *const sets[] = { "", "UNICODE UTF-8", "~ISO IR87" };
	struct arena *a = arena_create(16 << 20);
	for (size_t i = 0; i < COUNT(sets); i++) {
		struct patient_identifier id = {
			.id = "101", .namespace_id = "N&S", .universal_id = "2.999", .type = "PI"
		};
		struct person_name kana = { .family = "ヤマダ",
					    .given = "ケンイチ",
					    .use = "L",
					    .representation = NAME_PHONETIC };
		struct person_name kanji = { .family = "山田",
					     .given = "健|一",
					     .use = "L",
					     .representation = NAME_IDEOGRAPHIC,
					     .next = &kana };
		struct postal_address ad = { .postal_code = "100-8916",
					     .text = "東京都^1-2-2",
					     .use = "H" };
		struct telecom phone = { .number = "03-0000-0000", .use = "PRN" };
		struct patient_demographics d = { .names = &kanji,
						  .birth_date = "19410503",
						  .sex = "M",
						  .addresses = &ad,
						  .telecoms = &phone },
					    again;
		struct hl7_message *m;
		struct hl7_person_notes notes = { .refused = 0 };
		struct problem p = { .code = PROBLEM_NONE };
		CU_ASSERT_TRUE_FATAL(hl7_parse(
			a,
			bytes_of_text(arena_printf(
				a, "MSH|^~\\&|SA|SF|RA|RF|1||QBP^Q22^QBP_Q21|M1|P|2.5||||||%s\r",
				sets[i])),
			NULL, &m, &p));
		struct hl7_writer *w = hl7_answer_write(m, "RSP", "K22", "RSP_K21", &stamp);
		hl7_put_segment(w, "PID");
		hl7_put_person(w, &id, &d);
		CU_ASSERT_TRUE_FATAL(hl7_parse(a, hl7_written(w), NULL, &m, &p));
		CU_ASSERT_EQUAL(hl7_lost(w), 0);
		const struct hl7_segment *pid = hl7_segment(m, "PID", 1);
		const struct patient_identifier *cx = hl7_read_ids(hl7_field(pid, 3), NULL, &notes,
								   &p);
		CU_ASSERT_PTR_NOT_NULL_FATAL(cx);
		check_text("domain", cx->namespace_id, "N&S");
		check_text("type of the domain", cx->universal_id_type, "ISO");
		CU_ASSERT_TRUE(hl7_read_demographics(pid, NULL, &again, &notes, &p));
		check_text("names", names_as_text(a, again.names),
			   "I 山田,健|一 L; P ヤマダ,ケンイチ L");
		check_text("address", again.addresses->text, "東京都^1-2-2");
		check_text("phone", again.telecoms->number, "03-0000-0000");
	}
	arena_destroy(a);
}

/* ---- SS-MIX2 ---- */

static const char *shared(struct arena *a)
{
	const char *folder = getenv("MINATO_SHARED"), *top = getenv("srcdir");
	return folder != NULL ? folder : arena_printf(a, "%s/../shared", top == NULL ? "." : top);
}

static bool read_file(struct arena *a, const char *path, struct bytes *out)
{
	FILE *f = fopen(path, "rb");
	struct buffer b = buffer_in(a);
	if (f == NULL)
		return false;
	b.length = fread(buffer_reserve(&b, 1 << 20), 1, 1 << 20, f);
	fclose(f);
	*out = buffer_bytes(&b);
	return true;
}

/* The one file of the patient's ADT-00 folder below root; the last in order of names. */
static bool find_adt_00(struct arena *a, const char *root, const char *id, const char *suffix,
			struct bytes *out)
{
	const char *at = arena_printf(a, "%s/%.3s/%.3s/%s/-/ADT-00", root, id,
				      strlen(id) > 3 ? id + 3 : id, id);
	struct dirent **names;
	bool found = false;
	int count = scandir(at, &names, NULL, alphasort);
	for (int i = 0; i < count; i++) {
		size_t length = strlen(names[i]->d_name);
		if (length > 2 && text_equal(names[i]->d_name + length - 2, suffix))
			found = read_file(a, arena_printf(a, "%s/%s", at, names[i]->d_name), out);
		free(names[i]);
	}
	if (count >= 0)
		free(names);
	return found;
}

static const struct person_name *name_of(const struct patient_demographics *d,
					 enum name_representation r)
{
	const struct person_name *name = d->names;
	while (name != NULL && name->representation != r)
		name = name->next;
	return name;
}

static const char *joined(struct arena *a, const struct person_name *name)
{
	return name == NULL ? "" : arena_printf(a, "%s　%s", name->family, name->given);
}

static void storages(void)
{
	enum {
		FACILITY,
		LETTER,
		ID,
		PERSON,
		KANJI,
		KANA,
		BIRTH,
		SEX,
		INSURER,
		SYMBOL,
		NUMBER,
		BRANCH,
		COLUMNS
	};
	struct arena *a = arena_create(256 << 20);
	const char *top = arena_printf(a, "%s/samples/ssmix2", shared(a));
	char line[1024];
	size_t count = 0;
	FILE *truth = fopen(arena_printf(a, "%s/patients.csv", top), "r");
	if (truth == NULL)
		printf("skipped: no shared SS-MIX2 storages\n");
	for (bool first = true; truth != NULL && fgets(line, sizeof line, truth) != NULL;
	     first = false) {
		const char *column[COLUMNS];
		char *rest = arena_text_n(a, line, strcspn(line, "\r\n"));
		struct bytes file;
		struct hl7_message *m;
		struct patient_demographics d;
		struct hl7_person_notes notes = { .refused = 0 };
		struct problem p = { .code = PROBLEM_NONE };
		for (int c = 0; c < COLUMNS; c++)
			column[c] = rest == NULL ? "" : strsep(&rest, ",");
		if (first)
			continue;
		CU_ASSERT_TRUE_FATAL(
			find_adt_00(a, arena_printf(a, "%s/storage/%s", top, column[FACILITY]),
				    column[ID], "_1", &file));
		CU_ASSERT_TRUE_FATAL(hl7_parse(a, file, NULL, &m, &p));
		const struct hl7_segment *pid = hl7_only_segment(m, "PID", &p);
		const struct patient_identifier *id = hl7_read_ids(hl7_field(pid, 3), NULL, &notes,
								   &p);
		CU_ASSERT_TRUE_FATAL(id != NULL
				     && hl7_read_demographics(pid, NULL, &d, &notes, &p));
		check_text("id", id->id, column[ID]);
		check_text("kanji", joined(a, name_of(&d, NAME_IDEOGRAPHIC)), column[KANJI]);
		check_text("kana", joined(a, name_of(&d, NAME_PHONETIC)), column[KANA]);
		check_text("birth", d.birth_date, column[BIRTH]);
		check_text("sex", d.sex, column[SEX]);
		CU_ASSERT_EQUAL(notes.shifted_names, column[LETTER][0] == 'C' ? 1 : 0);
		if (column[INSURER][0] != '\0') {
			CU_ASSERT_PTR_NOT_NULL_FATAL(d.insurances);
			check_text("insurer", d.insurances->insurer, column[INSURER]);
			check_text("symbol",
				   d.insurances->symbol == NULL ? "" : d.insurances->symbol,
				   column[SYMBOL]);
			check_text("number", d.insurances->number, column[NUMBER]);
			check_text("branch",
				   d.insurances->branch == NULL ? "" : d.insurances->branch,
				   column[BRANCH]);
		}
		count++;
	}
	if (truth != NULL)
		fclose(truth);
	CU_ASSERT(truth == NULL || count == 41);
	arena_destroy(a);
}

static void traps(void)
{
	static const struct charset_leniency profile = { CHARSET_ISO_2022_JP, CHARSET_WINDOWS_31J,
							 false };
	static const struct charset_leniency euc = { CHARSET_ISO_2022_JP, CHARSET_EUC_JP, false };
	static const struct {
		const char *id;
		const struct charset_leniency *leniency;
		const char *names;
	} cases[] = {
		{ "D000000003", NULL, "I 例示,太郎 L; P レイジ,タロウ L" },
		{ "D000000100", NULL, "I 山本,美 L; P ヤマモト,マミ L" },
		{ "D000000101", NULL, "I 宮崎,愛 L; P ミヤザキ,ウタ L" },
		{ "D000000102", NULL, "I 五日市,服 L; P イツカイチ,ハトリ L" },
		{ "D000000103", NULL, "I 奥,向日葵 L; P オク,ヒマワリ L" },
		{ "D000000104", NULL, "I 須藤,本 L; P スドウ,ウマ L" },
		{ "D000000110", NULL, "I 例示,太郎 L; P ﾚｲｼﾞ,ﾀﾛｳ L" },
		{ "D000000111", NULL, "I 髙木,太郎 L; P レイジ,タロウ L" },
		{ "D000000112", NULL, "I 山﨑,太郎 L; P レイジ,タロウ L" },
		{ "D000000113", NULL, "I 濵田,太郎 L; P レイジ,タロウ L" },
		{ "D000000114", NULL, "I 〓田,太郎 L; P ワタナベ,タロウ L" },
		{ "D000000115", NULL, "I 渡■,太郎 L; P ワタナベ,タロウ L" },
		{ "D000000116", NULL, "I 𠮷田,葛󠄀子 L; P ヨシダ,カツコ L" },
		{ "D000000117", NULL,
		  "the message holds octets that iso-2022-jp does not provide for" },
		{ "D000000117", &profile, "I 髙橋,瑞穂 L; P タカハシ,ミズホ L" },
		{ "D000000118", NULL,
		  "the message holds octets that iso-2022-jp does not provide for" },
		{ "D000000118", &euc, "I 例示,太郎 L; P レイジ,タロウ L" },
		{ "D000000119", NULL, "I 例示,太郎 L; P レイジ,タロウ L" },
		{ "D000000120", NULL,
		  "PID^1^11^1^8: a run of double-byte characters breaks off in the middle" },
		{ "D000000121", NULL, "I 例示,太郎 L; P レイジ,タロウ L" },
		{ "D000000122", NULL,
		  "the message holds octets that an empty MSH-18 does not provide for" },
		{ "D000000122", &profile, "I 例示,太郎 L; P レイジ,タロウ L" },
		{ "D000000123", NULL, "I 例示,太郎 L; P レイジ,タロウ L" },
		{ "D000000124", NULL, "I 例示,太郎 L; P レイジ,タロウ L" },
		{ "D000000125", NULL, "I 例示,太郎 L; P レイジ,タロウ L" },
		{ "D000000126", NULL, "I 例示,太郎 L; P レイジ,タロウ L" },
		{ "D000000201", NULL, "I 例示,太郎 L; P レイジ,タロウ L" },
		{ "D000000202", NULL, "I 例示,太郎 L; P レイジ,タロウ L" },
		{ "D000000203", NULL, "P レイジ,タロウ L; I 例示,太郎 L" },
		{ "D000000204", NULL, "P レイジ,タロウ L" },
		{ "D000000205", NULL, "I 例示,太郎 L" },
		{ "D000000206", NULL, "I 例示,太郎 L; P レイジ,タロウ L; A REIJI,TARO L" },
		{ "D000000207", NULL, "I 例示,花子ベビー L; P レイジ,ハナコベビー L" },
		{ "D000000208", NULL, "I 不明,男性１ L; P フメイ,ダンセイ１ L" },
	};
	struct arena *a = arena_create(64 << 20);
	const char *root = arena_printf(a, "%s/samples/ssmix2/edge/1319954041", shared(a));
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct bytes file;
		struct hl7_message *m;
		struct patient_demographics d = { .names = NULL };
		struct hl7_person_notes notes = { .refused = 0 };
		struct problem p = { .code = PROBLEM_NONE };
		if (!find_adt_00(a, root, cases[i].id, "_1", &file)) {
			printf("skipped: no shared SS-MIX2 file of %s\n", cases[i].id);
			break;
		}
		bool read = hl7_parse(a, file, cases[i].leniency, &m, &p)
			    && hl7_read_demographics(hl7_only_segment(m, "PID", &p), NULL, &d,
						     &notes, &p);
		check_text(cases[i].id, read ? names_as_text(a, d.names) : p.what, cases[i].names);
	}
	arena_destroy(a);
}

struct attempt {
	struct arena *arena;
	struct bytes frame;
	bool finished;
};

static void read_and_write(void *with)
{
	struct attempt *t = with;
	struct hl7_message *m;
	struct patient_demographics d;
	struct hl7_person_notes notes = { .refused = 0 };
	struct problem p = { .code = PROBLEM_NONE };
	hl7_parse(t->arena, t->frame, NULL, &m, &p);
	const struct hl7_segment *pid = hl7_only_segment(m, "PID", &p);
	const struct patient_identifier *cx = hl7_read_ids(hl7_field(pid, 3), NULL, &notes, &p);
	hl7_read_demographics(pid, NULL, &d, &notes, &p);
	struct hl7_writer *w = hl7_answer_write(m, "RSP", "K22", "RSP_K21", &stamp);
	hl7_put_segment(w, "PID");
	hl7_put_person(w, cx, &d);
	hl7_written(w);
	t->finished = true;
}

static void every_allocation_may_fail(void)
{
	struct arena *files = arena_create(1 << 20);
	struct attempt t = { .frame = sample_ours(files, "hl7v2/ssmix2-adt00-2022.hl7") };
	size_t n = 0;
	while (!t.finished && ++n < 5000) {
		t.arena = arena_create(64 << 20);
		arena_refuse_nth(t.arena, n);
		arena_run(t.arena, read_and_write, &t);
		arena_destroy(t.arena);
	}
	CU_ASSERT(n > 100 && n < 5000);
	arena_destroy(files);
}

static const struct test tests[] = {
	{ "names as they are written", names },
	{ "ids, and no Individual Number", ids },
	{ "the rest of PID", rest_of_pid },
	{ "dates, sex, control characters", values },
	{ "birth dates to come", births_to_come },
	{ "limits on both sides", value_limits },
	{ "insurance", insurances },
	{ "validity of an insurance", validity },
	{ "what is written is read again", returns },
	{ "the three storages", storages },
	{ "the traps", traps },
	{ "every allocation may fail", every_allocation_may_fail },
	{ NULL, NULL },
};

int main(void)
{
	return suite_run("hl7v2_patient", tests);
}
