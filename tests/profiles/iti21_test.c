/* tests/profiles/iti21_test.c: the numbered cases of ITI TF-2: 3.21.4.2.2.8, what cannot be read,
 * the continuation and its cancel, and what is recorded. Who may see whom is the actor's
 * (demographics_supplier_test.c). */
#include "tests/base/suite.h"

#include "profiles/actors/demographics_supplier.h"
#include "profiles/pdq/query_v2.h"
#include "tests/profiles/hl7_exchange.h"

extern const struct transaction iti21_patient_demographics_query;

#define INDIVIDUAL_NUMBER "123456789018"
#define HEAD(type, structure, version)                                                             \
	"MSH|^~\\&|EMR|A|PDQ|REGION|20260115093000||" type "^" structure "|Q1|P|" version "\r"
#define QPD(fields) "QPD|IHE PDQ Query|T1|" fields "\r"
#define YAMADA "@PID.5.1.1^ヤマダ"
#define KENICHI YAMADA "~@PID.5.2^ケンイチ"
#define ID_IN(id, domain) "@PID.3.1^" id "~@PID.3.4.2^" domain "~@PID.3.4.3^ISO"
#define WANTED(domains) KENICHI "|||||" domains
#define DOMAIN(oid) "^^^&" oid "&ISO"

static const struct who people[] = {
	{ A_DOMAIN, "101", "ヤマダ", "ケンイチ", "19410503", "M", "0312345678", "1000001",
	  "東京都千代田区1-1", 0, 0, 0, 0 },
	{ B_DOMAIN, "031", "ヤマダ", "ケンイチ", "19410503", "M", "0312345678", 0, 0, 0, 0, 0, 0 },
	{ A_DOMAIN, "102", "ヤマダ", "ケンジ", "19410503", "M", "0312345678", 0, 0, 0, 0, 0, 0 },
	{ A_DOMAIN, "103", "ヤマダ", "ハナ", "19500101", "F", "0387654321", 0, 0, 0, 0, 0, 0 },
	{ B_DOMAIN, "777", "スズキ", "ハナコ", "19500101", "F", "0387654321", 0, 0, 0, 0, 0, 0 },
	{ A_DOMAIN, "150", "サトウ", "イチロウ", "19600101", "M", 0, 0, 0, 0, 0, 0, 0 },
	{ A_DOMAIN, "151", "サトウ", "ジロウ", "19600101", "M", 0, 0, 0, 0, 0, 0, 0 },
};

static void open_with_people(struct hl7_house *h)
{
	hl7_open(h);
	for (size_t i = 0; i < COUNT(people); i++)
		people_feed(&h->f, &people[i]);
	fixture_must(&h->f, people_merge(&h->f, A_DOMAIN, "150", "151", NULL) == PROBLEM_NONE);
}

static void ask(struct hl7_house *h, const char *system, const char *segments)
{
	hl7_send(h, &iti21_patient_demographics_query, system,
		 arena_printf(h->f.arena, "%s%s", HEAD("QBP^Q22", "QBP_Q21", "2.5"), segments));
}

/* The patients of the answer: "101/101 REGION | 101/102". */
static const char *answered(struct hl7_house *h)
{
	struct buffer b = buffer_in(h->f.arena);
	const struct hl7_segment *pid;
	for (unsigned n = 1; (pid = hl7_segment(h->answer, "PID", n)) != NULL; n++) {
		struct hl7_part field = hl7_field(pid, 3);
		CU_ASSERT_STRING_EQUAL(hl7_value(pid, 1, 1, 1, 1),
				       arena_printf(h->f.arena, "%u", n));
		buffer_text(&b, b.length == 0 ? "" : " |");
		for (unsigned r = 1; r <= hl7_repetitions(field); r++) {
			const char *oid = hl7_value(pid, 3, r, 4, 2);
			buffer_text(&b, b.length == 0 ? "" : " ");
			if (text_equal(oid, AFFINITY))
				buffer_text(&b, "REGION");
			else
				buffer_printf(&b, "%s/%s", oid + strlen("2.999."),
					      hl7_value(pid, 3, r, 1, 1));
		}
	}
	return buffer_ended(&b);
}

static const char *counts(struct hl7_house *h)
{
	return arena_printf(h->f.arena, "%s %s %s", hl7_at(h, "QAK", 4), hl7_at(h, "QAK", 5),
			    hl7_at(h, "QAK", 6));
}

static const struct {
	const char *why, *system, *query;
	bool hidden;
	const char *ack, *code, *where, *status, *patients, *counts;
} cases[] = {
	{ "case 1: who sees all domains", "c-hospital", QPD(KENICHI) "RCP|I\r", false, "AA", NULL,
	  NULL, "OK", "REGION 101/101 102/031", "1 1 0" },
	{ "case 1: by default one's own and the region's", "a-hospital", QPD(KENICHI) "RCP|I\r",
	  false, "AA", NULL, NULL, "OK", "REGION 101/101", "1 1 0" },
	{ "case 1: several", "a-hospital", QPD(YAMADA) "RCP|I\r", false, "AA", NULL, NULL, "OK",
	  "REGION 101/101 | REGION 101/102 | REGION 101/103", "3 3 0" },
	{ "case 1: so many at first", "a-hospital", QPD(YAMADA) "RCP|I|2^RD\r", false, "AA", NULL,
	  NULL, "OK", "REGION 101/101 | REGION 101/102", "3 2 1" },
	{ "case 1: more than there are", "a-hospital", QPD(YAMADA) "RCP|I|9^RD\r", false, "AA",
	  NULL, NULL, "OK", "REGION 101/101 | REGION 101/102 | REGION 101/103", "3 3 0" },
	{ "case 2: the domains asked for", "c-hospital",
	  QPD(WANTED(DOMAIN(B_DOMAIN) "~" DOMAIN(C_DOMAIN))) "RCP|I\r", false, "AA", NULL, NULL,
	  "OK", "102/031", "1 1 0" },
	{ "case 2: by name", "c-hospital", QPD(WANTED("^^^B")) "RCP|I\r", false, "AA", NULL, NULL,
	  "OK", "102/031", "1 1 0" },
	{ "case 2: by name and OID", "c-hospital", QPD(WANTED("^^^B&" B_DOMAIN "&ISO")) "RCP|I\r",
	  false, "AA", NULL, NULL, "OK", "102/031", "1 1 0" },
	{ "case 2: who has none there is not told", "c-hospital",
	  QPD(YAMADA "|||||" DOMAIN(B_DOMAIN)) "RCP|I\r", false, "AA", NULL, NULL, "OK", "102/031",
	  "1 1 0" },
	{ "case 2: nobody has", "c-hospital", QPD(WANTED(DOMAIN(C_DOMAIN))) "RCP|I\r", false, "AA",
	  NULL, NULL, "NF", "", "0 0 0" },
	{ "case 2: nor whose there one may not see", "a-hospital",
	  QPD(WANTED(DOMAIN(B_DOMAIN))) "RCP|I\r", false, "AA", NULL, NULL, "NF", "", "0 0 0" },
	{ "case 3: an unknown domain", "a-hospital",
	  QPD(WANTED(DOMAIN(B_DOMAIN) "~" DOMAIN("2.999.778"))) "RCP|I\r", false, "AE", "204",
	  "QPD^1^8^2", "AE", "", "  " },
	{ "case 3: none said", "a-hospital", QPD(WANTED("7")) "RCP|I\r", false, "AE", "204",
	  "QPD^1^8^1", "AE", "", "  " },
	{ "nobody", "a-hospital", QPD("@PID.5.1.1^ヤマザキ") "RCP|I\r", false, "AA", NULL, NULL,
	  "NF", "", "0 0 0" },
	{ "hidden by consent: one's own is told, and only that", "a-hospital",
	  QPD(KENICHI) "RCP|I\r", true, "AA", NULL, NULL, "OK", "101/101", "1 1 0" },
	{ "hidden by consent: another's is nobody", "c-hospital", QPD(KENICHI) "RCP|I\r", true,
	  "AA", NULL, NULL, "NF", "", "0 0 0" },
	{ "merged away", "a-hospital", QPD("@PID.5.1.1^サトウ~@PID.5.2^ジロウ") "RCP|I\r", false,
	  "AA", NULL, NULL, "NF", "", "0 0 0" },
	{ "by an id", "c-hospital", QPD(ID_IN("031", B_DOMAIN)) "RCP|I\r", false, "AA", NULL, NULL,
	  "OK", "REGION 101/101 102/031", "1 1 0" },
	{ "by an id in a domain by name", "c-hospital", QPD("@PID.3.4.1^B~@PID.3.1^031") "RCP|I\r",
	  false, "AA", NULL, NULL, "OK", "REGION 101/101 102/031", "1 1 0" },
	{ "by an id and its authority in one", "c-hospital",
	  QPD("@PID.3.1^031~@PID.3.4^B&" B_DOMAIN "&ISO~@PID.3.5^PI") "RCP|I\r", false, "AA", NULL,
	  NULL, "OK", "REGION 101/101 102/031", "1 1 0" },
	{ "by two ids, both his", "c-hospital",
	  QPD(ID_IN("031", B_DOMAIN) "~" ID_IN("101", A_DOMAIN)) "RCP|I\r", false, "AA", NULL, NULL,
	  "OK", "REGION 101/101 102/031", "1 1 0" },
	{ "by two ids of two", "c-hospital",
	  QPD(ID_IN("031", B_DOMAIN) "~" ID_IN("102", A_DOMAIN)) "RCP|I\r", false, "AA", NULL, NULL,
	  "NF", "", "0 0 0" },
	{ "an id of a domain nobody knows", "a-hospital", QPD(ID_IN("1", "2.999.777")) "RCP|I\r",
	  false, "AE", "204", "QPD^1^3^1^2", "AE", "", "  " },
	{ "an id without a domain", "c-hospital", QPD("@PID.3.1^101") "RCP|I\r", false, "AE", "204",
	  "QPD^1^3^1^2", "AE", "", "  " },
	{ "an id without a domain, by leniency", "a-hospital", QPD("@PID.3.1^101") "RCP|I\r", false,
	  "AA", NULL, NULL, "OK", "REGION 101/101", "1 1 0" },
	{ "a year, and a sex", "a-hospital", QPD(YAMADA "~@PID.7^1950~@PID.8^F") "RCP|I\r", false,
	  "AA", NULL, NULL, "OK", "REGION 101/103", "1 1 0" },
	{ "a day, as the first part of its field", "a-hospital", QPD("@PID.7.1^19500101") "RCP|I\r",
	  false, "AA", NULL, NULL, "OK", "REGION 101/103 | REGION", "2 2 0" },
	{ "an address", "a-hospital",
	  QPD(YAMADA "~@PID.11.3^千代田区~@PID.11.5^100-0001") "RCP|I\r", false, "AA", NULL, NULL,
	  "OK", "REGION 101/101", "1 1 0" },
	{ "a phone", "a-hospital", QPD(YAMADA "~@PID.13^03-8765-4321") "RCP|I\r", false, "AA", NULL,
	  NULL, "OK", "REGION 101/103", "1 1 0" },
	{ "a phone in pieces", "a-hospital",
	  QPD(YAMADA "~@PID.13.5^81~@PID.13.6^3~@PID.13.7^87654321") "RCP|I\r", false, "AA", NULL,
	  NULL, "OK", "REGION 101/103", "1 1 0" },
	{ "a name by its beginning", "a-hospital", QPD("@PID.5.1^ヤマ*~@PID.5.2^ハ＊") "RCP|I\r",
	  false, "AA", NULL, NULL, "OK", "REGION 101/103", "1 1 0" },
	{ "any given name", "a-hospital", QPD(YAMADA "~@PID.5.2^*~@PID.7^1950") "RCP|I\r", false,
	  "AA", NULL, NULL, "OK", "REGION 101/103", "1 1 0" },
	{ "a reading that says so", "a-hospital",
	  QPD("@PID.5.1.1^ﾔﾏﾀﾞ~@PID.5.2^はな~@PID.5.7^L~@PID.5.8^P") "RCP|I\r", false, "AA", NULL,
	  NULL, "OK", "REGION 101/103", "1 1 0" },
	{ "a name that is no reading", "a-hospital", QPD(YAMADA "~@PID.5.8^I") "RCP|I\r", false,
	  "AA", NULL, NULL, "NF", "", "0 0 0" },
	{ "a threshold that keeps who fits", "a-hospital", QPD("@PID.5.1^ヤマ*|75") "RCP|I\r",
	  false, "AA", NULL, NULL, "OK", "REGION 101/101 | REGION 101/102 | REGION 101/103",
	  "3 3 0" },
	{ "and one that does not", "a-hospital", QPD("@PID.5.1^ヤマ*|76|any") "RCP|I\r", false,
	  "AA", NULL, NULL, "NF", "", "0 0 0" },
	{ "without RCP: all", "a-hospital", QPD(YAMADA), false, "AA", NULL, NULL, "OK",
	  "REGION 101/101 | REGION 101/102 | REGION 101/103", "3 3 0" },
	{ "DSC without a pointer", "a-hospital", QPD(KENICHI) "RCP|I\rDSC||I\r", false, "AA", NULL,
	  NULL, "OK", "REGION 101/101", "1 1 0" },
	{ "empty repetitions", "a-hospital", QPD("~" KENICHI "~~") "RCP|I\r", false, "AA", NULL,
	  NULL, "OK", "REGION 101/101", "1 1 0" },
	{ "nothing to look by", "a-hospital", QPD("@PID.8^F") "RCP|I\r", false, "AE", "101",
	  "QPD^1^3", "AE", "", "  " },
};

static void the_numbered_cases(void)
{
	struct hl7_house h;
	open_with_people(&h);
	for (size_t i = 0; i < COUNT(cases); i++) {
		h.hide = cases[i].hidden;
		ask(&h, cases[i].system, cases[i].query);
		hl7_says(&h, cases[i].why, cases[i].ack, cases[i].code, cases[i].where,
			 cases[i].code == NULL ? NULL : "E");
		const char *who = answered(&h), *status = hl7_at(&h, "QAK", 2);
		if (!text_equal(who, cases[i].patients) || !text_equal(status, cases[i].status))
			fprintf(stderr, "%s: %s %s %s\n", cases[i].why, status, who,
				h.x.problem.what);
		CU_ASSERT_STRING_EQUAL(status, cases[i].status);
		CU_ASSERT_STRING_EQUAL(who, cases[i].patients);
		CU_ASSERT_STRING_EQUAL(counts(&h), cases[i].counts);
		CU_ASSERT_STRING_EQUAL(hl7_at(&h, "MSH", 9), "RSP^K22^RSP_K21");
		CU_ASSERT_STRING_EQUAL(hl7_at(&h, "MSH", 3), "PDQ");
		CU_ASSERT_STRING_EQUAL(hl7_at(&h, "QAK", 1), "T1");
		/* Found, hidden or not there: all leave at a tick. */
		CU_ASSERT_TRUE(h.x.lacks || h.x.problem.code != PROBLEM_NONE);
	}
	hl7_close(&h);
}

/* Of one who is found all is told that the record says, and how well he fits; of each domain that
 * is not known there is an ERR. */
static void what_an_answer_says(void)
{
	struct hl7_house h;
	open_with_people(&h);
	ask(&h, "a-hospital", QPD(KENICHI) "RCP|I\r");
	CU_ASSERT_STRING_EQUAL(hl7_at(&h, "PID", 5), "ヤマダ^ケンイチ^^^^^L^P");
	CU_ASSERT_STRING_EQUAL(hl7_at(&h, "PID", 7), "19410503");
	CU_ASSERT_STRING_EQUAL(hl7_at(&h, "PID", 8), "M");
	CU_ASSERT_STRING_EQUAL(hl7_at(&h, "PID", 11), "^^^^1000001^^^東京都千代田区1-1");
	CU_ASSERT_STRING_EQUAL(hl7_at(&h, "PID", 13), "0312345678^^PH");
	CU_ASSERT_STRING_EQUAL(hl7_at(&h, "PID", 18), "");
	CU_ASSERT_STRING_EQUAL(hl7_at(&h, "QRI", 1), "100");
	CU_ASSERT_STRING_EQUAL(hl7_at(&h, "MSH", 18), "UNICODE UTF-8");
	CU_ASSERT_PTR_NULL(hl7_segment(h.answer, "PV1", 1));
	CU_ASSERT_PTR_NULL(hl7_segment(h.answer, "DSC", 1));
	CU_ASSERT_PTR_NOT_NULL(memmem(h.octets.data, h.octets.length, "\r" QPD(KENICHI),
				      strlen("\r" QPD(KENICHI))));
	ask(&h, "a-hospital",
	    QPD(WANTED(
		    DOMAIN("2.999.777") "~" DOMAIN(AFFINITY) "~" DOMAIN("2.999.778"))) "RCP|I\r");
	hl7_says(&h, "the first of two", "AE", "204", "QPD^1^8^1", "E");
	CU_ASSERT_STRING_EQUAL(hl7_whole(hl7_field(hl7_segment(h.answer, "ERR", 2), 2)),
			       "QPD^1^8^3");
	CU_ASSERT_PTR_NULL(hl7_segment(h.answer, "ERR", 3));
	hl7_close(&h);
}

static const struct {
	const char *why, *segments, *ack, *code, *where;
} unreadable[] = {
	{ "no QPD", "RCP|I\r", "AE", "100", "QPD^1" },
	{ "two", QPD(YAMADA) QPD(YAMADA), "AE", "100", "QPD^2" },
	{ "no tag", "QPD|IHE PDQ Query||" YAMADA "\r", "AE", "101", "QPD^1^2" },
	{ "no tag, and no parameter", "QPD|IHE PDQ Query\r", "AE", "101", "QPD^1^2" },
	{ "no parameter", QPD(""), "AE", "101", "QPD^1^3" },
	{ "nor one between separators", QPD("~~"), "AE", "101", "QPD^1^3" },
	{ "no place", QPD("^ヤマダ"), "AE", "102", "QPD^1^3^1^1" },
	{ "no at sign", QPD("PID.5.1.1^ヤマダ"), "AE", "102", "QPD^1^3^1^1" },
	{ "a segment alone", QPD("@PID^ヤマダ"), "AE", "102", "QPD^1^3^1^1" },
	{ "a field in words", QPD("@PID.name^ヤマダ"), "AE", "102", "QPD^1^3^1^1" },
	{ "field nought", QPD("@PID.0^ヤマダ"), "AE", "102", "QPD^1^3^1^1" },
	{ "leading noughts", QPD("@PID.05.1.1^ヤマダ"), "AE", "102", "QPD^1^3^1^1" },
	{ "a long number", QPD("@PID.5.10000^ヤマダ"), "AE", "102", "QPD^1^3^1^1" },
	{ "a fourth level", QPD("@PID.5.1.1.1^ヤマダ"), "AE", "102", "QPD^1^3^1^1" },
	{ "a period at the end", QPD("@PID.5.^ヤマダ"), "AE", "102", "QPD^1^3^1^1" },
	{ "a field nobody is sought by", QPD(YAMADA "~@PID.26^JP"), "AE", "102", "QPD^1^3^2^1" },
	{ "a component there is not", QPD(YAMADA "~@PID.3.4.99^x"), "AE", "102", "QPD^1^3^2^1" },
	{ "an account", QPD(YAMADA "~@PID.18.1^7"), "AE", "102", "QPD^1^3^2^1" },
	{ "another segment", QPD(YAMADA "~@PD1.4^7"), "AE", "102", "QPD^1^3^2^1" },
	{ "a visit, which ITI-22 is for", QPD(YAMADA "~@PV1.2^N"), "AE", "102", "QPD^1^3^2^1" },
	{ "no value", QPD(YAMADA "~@PID.5.2"), "AE", "101", "QPD^1^3^2^2" },
	{ "an empty one", QPD(YAMADA "~@PID.5.2^"), "AE", "101", "QPD^1^3^2^2" },
	{ "a deleted one", QPD(YAMADA "~@PID.5.2^\"\""), "AE", "101", "QPD^1^3^2^2" },
	{ "two values", QPD("@PID.5.1.1^ヤマダ^ケンイチ"), "AE", "102", "QPD^1^3^1" },
	{ "a value in parts", QPD("@PID.5.1.1^ヤマダ&x"), "AE", "102", "QPD^1^3^1^2" },
	{ "an escape that cannot be read", QPD("@PID.5.1.1^ヤマダ\\Q\\"), "AE", "102",
	  "QPD^1^3^1^2" },
	{ "a parameter twice", QPD(YAMADA "~@PID.5.1^サトウ"), "AE", "102", "QPD^1^3^2^2" },
	{ "a control character", QPD("@PID.5.1.1^ヤ\\X01\\マダ"), "AE", "102", "QPD^1^3^1^2" },
	{ "an id of blanks", QPD("@PID.3.1^  ~@PID.3.4.1^A"), "AE", "101", "QPD^1^3^1^2" },
	{ "an id with a delimiter", QPD("@PID.3.1^1\\S\\1~@PID.3.4.1^A"), "AE", "102",
	  "QPD^1^3^1^2" },
	{ "the beginning of an id", QPD("@PID.3.1^1*~@PID.3.4.1^A"), "AE", "102", "QPD^1^3^1^2" },
	{ "an authority without an id", QPD("@PID.3.4.1^A"), "AE", "101", "QPD^1^3^1^2" },
	{ "an authority of nothing", QPD("@PID.3.1^1~@PID.3.4^&&"), "AE", "101", "QPD^1^3^2^2" },
	{ "an authority of four parts", QPD("@PID.3.1^1~@PID.3.4^A&2.999&ISO&x"), "AE", "102",
	  "QPD^1^3^2^2" },
	{ "an authority twice over", QPD("@PID.3.4^A&2.999&ISO~@PID.3.4.2^2.999~@PID.3.1^1"), "AE",
	  "101", "QPD^1^3^1^2^1" },
	{ "an id of another type", QPD("@PID.3.1^1~@PID.3.4.1^A~@PID.3.5^AN"), "AE", "103",
	  "QPD^1^3^3^2" },
	{ "an asterisk within", QPD("@PID.5.1.1^ヤ*ダ"), "AE", "102", "QPD^1^3^1^2" },
	{ "an asterisk alone", QPD("@PID.5.1.1^*"), "AE", "102", "QPD^1^3^1^2" },
	{ "a middle name alone", QPD("@PID.5.3^J"), "AE", "102", "QPD^1^3^1^2" },
	{ "what kind of name alone", QPD("@PID.5.7^L"), "AE", "101", "QPD^1^3^1^2" },
	{ "another kind of name", QPD(YAMADA "~@PID.5.7^M"), "AE", "103", "QPD^1^3^2^2" },
	{ "a writing there is not", QPD(YAMADA "~@PID.5.8^X"), "AE", "103", "QPD^1^3^2^2" },
	{ "a reading in kanji", QPD("@PID.5.1.1^山田~@PID.5.8^P"), "AE", "102", "QPD^1^3^1^2" },
	{ "a mother without a family name", QPD(YAMADA "~@PID.6.2^ハナ"), "AE", "101",
	  "QPD^1^3^2^2" },
	{ "no date", QPD("@PID.7^today"), "AE", "102", "QPD^1^3^1^2" },
	{ "the beginning of one", QPD("@PID.7^1941*"), "AE", "102", "QPD^1^3^1^2" },
	{ "what stands for unknown", QPD("@PID.7^00000000"), "AE", "102", "QPD^1^3^1^2" },
	{ "a thirteenth month", QPD("@PID.7^19411301"), "AE", "102", "QPD^1^3^1^2" },
	{ "a sex there is not", QPD(YAMADA "~@PID.8^Q"), "AE", "103", "QPD^1^3^2^2" },
	{ "any sex", QPD(YAMADA "~@PID.8^*"), "AE", "103", "QPD^1^3^2^2" },
	{ "a sex of blanks", QPD(YAMADA "~@PID.8^ "), "AE", "101", "QPD^1^3^2^2" },
	{ "a country alone", QPD(YAMADA "~@PID.11.6^JP"), "AE", "101", "QPD^1^3^2^2" },
	{ "the beginning of a town", QPD(YAMADA "~@PID.11.3^千代*"), "AE", "102", "QPD^1^3^2^2" },
	{ "no postal code", QPD(YAMADA "~@PID.11.5^x"), "AE", "102", "QPD^1^3^2^2" },
	{ "a county", QPD(YAMADA "~@PID.11.9^x"), "AE", "102", "QPD^1^3^2^1" },
	{ "a phone of blanks", QPD(YAMADA "~@PID.13^ "), "AE", "101", "QPD^1^3^2^2" },
	{ "a fax machine", QPD(YAMADA "~@PID.13^fax:03"), "AE", "101", "QPD^1^3^2^2" },
	{ "the beginning of a phone", QPD(YAMADA "~@PID.13^03*"), "AE", "102", "QPD^1^3^2^2" },
	{ "two phones", QPD(YAMADA "~@PID.13^03~@PID.13.7^03"), "AE", "102", "QPD^1^3^2^2" },
	{ "an area code alone", QPD(YAMADA "~@PID.13.6^03"), "AE", "101", "QPD^1^3^2^2" },
	{ "a phone, and an area code", QPD(YAMADA "~@PID.13^03~@PID.13.6^03"), "AE", "102",
	  "QPD^1^3^2^2" },
	{ "a threshold in words", QPD(YAMADA "|high"), "AE", "102", "QPD^1^4" },
	{ "what is behind it all", QPD(YAMADA "||||||x"), "AE", "102", "QPD^1^9" },
	{ "a control character in a domain", QPD(YAMADA "|||||^^^&2.9\\X01\\&ISO"), "AE", "102",
	  "QPD^1^8^1^4" },
	{ "a deferred answer", QPD(YAMADA) "RCP|D\r", "AE", "103", "RCP^1^1" },
	{ "no records", QPD(YAMADA) "RCP|I|0^RD\r", "AE", "102", "RCP^1^2^1^1" },
	{ "records in words", QPD(YAMADA) "RCP|I|ten^RD\r", "AE", "102", "RCP^1^2^1^1" },
	{ "lines", QPD(YAMADA) "RCP|I|10^LI\r", "AE", "103", "RCP^1^2^1^2^1" },
	{ "a second RCP", QPD(YAMADA) "RCP|I\rRCP|I\r", "AE", "100", "RCP^2" },
	{ "a second DSC", QPD(YAMADA) "RCP|I\rDSC|x\rDSC|x\r", "AE", "100", "DSC^2" },
	{ "a fragment", QPD(YAMADA) "RCP|I\rDSC|x|F\r", "AE", "103", "DSC^1^2" },
	{ "a pointer nobody gave", QPD(YAMADA) "RCP|I\rDSC|x1\r", "AE", "204", "DSC^1^1" },
};

static void what_cannot_be_read(void)
{
	struct hl7_house h;
	open_with_people(&h);
	for (size_t i = 0; i < COUNT(unreadable); i++) {
		ask(&h, "c-hospital", unreadable[i].segments);
		if (!hl7_says(&h, unreadable[i].why, unreadable[i].ack, unreadable[i].code,
			      unreadable[i].where, "E"))
			fprintf(stderr, "\t%s\n", h.x.problem.what);
		CU_ASSERT_STRING_EQUAL(answered(&h), "");
		CU_ASSERT_STRING_EQUAL(hl7_at(&h, "QAK", 4), "");
		CU_ASSERT_PTR_NULL(hl7_segment(h.answer, "ERR", 2));
	}
	/* The structure is that of QBP_Q21, or is not said. */
	hl7_send(&h, &iti21_patient_demographics_query, "a-hospital",
		 HEAD("QBP^Q22", "QBP_Q22", "2.5") QPD(KENICHI));
	hl7_says(&h, "another structure", "AR", "200", "MSH^1^9^1^3", "E");
	hl7_send(&h, &iti21_patient_demographics_query, "a-hospital",
		 HEAD("QBP^Q22", "", "2.5") QPD(KENICHI));
	CU_ASSERT_STRING_EQUAL(answered(&h), "REGION 101/101");
	hl7_close(&h);
}

static const char *repeated(struct arena *a, const char *first, const char *each, unsigned times)
{
	struct buffer b = buffer_in(a);
	buffer_text(&b, first);
	for (unsigned i = 0; i < times; i++)
		buffer_text(&b, each);
	return buffer_ended(&b);
}

static void bounds(void)
{
	struct hl7_house h;
	open_with_people(&h);
	struct arena *a = h.f.arena;
	for (unsigned over = 0; over <= 1; over++) {
		ask(&h, "a-hospital",
		    repeated(a, "QPD|IHE PDQ Query|T1|" ID_IN("101", A_DOMAIN),
			     "~" ID_IN("101", A_DOMAIN), QUERY_V2_IDS - 1 + over));
		hl7_says(&h, "ids", over ? "AE" : "AA", over ? "102" : "",
			 over ? "QPD^1^3^49^2" : "", over ? "E" : "");
		ask(&h, "a-hospital",
		    repeated(a, "QPD|IHE PDQ Query|T1|" KENICHI "|||||" DOMAIN(A_DOMAIN),
			     "~" DOMAIN(A_DOMAIN), QUERY_V2_DOMAINS - 1 + over));
		hl7_says(&h, "domains", over ? "AR" : "AA", over ? "207" : "",
			 over ? "QPD^1^8" : "", over ? "E" : "");
		ask(&h, "a-hospital",
		    repeated(a, QPD(KENICHI) "ZZZ|", "x",
			     CONTINUATION_QUESTION - sizeof(QPD(KENICHI)) - 4 + over));
		hl7_says(&h, "octets", over ? "AE" : "AA", over ? "102" : "", over ? "QPD^1" : "",
			 over ? "E" : "");
	}
	hl7_close(&h);
}

/* An Individual Number is not repeated and not kept, wherever it stands. */
static void an_individual_number_goes_nowhere(void)
{
	static const char *const bad[] = {
		QPD(ID_IN(INDIVIDUAL_NUMBER, A_DOMAIN)),
		QPD("@PID.3.1^1~@PID.3.4.1^A~@PID.5.1^" INDIVIDUAL_NUMBER),
		QPD("@PID.5.1^1234-5678-9018"),
		QPD("@PID.5.1^１２３４５６７８９０１８"),
		QPD("@PID.13^tel:" INDIVIDUAL_NUMBER),
		QPD("@PID.7^" INDIVIDUAL_NUMBER),
		QPD("@PID.18.1^" INDIVIDUAL_NUMBER),
		QPD("@PID.5.1^x&&" INDIVIDUAL_NUMBER),
		QPD(YAMADA "|||||" INDIVIDUAL_NUMBER),
		QPD(YAMADA "||||" INDIVIDUAL_NUMBER),
		QPD(YAMADA) "RCP|I||" INDIVIDUAL_NUMBER "\r",
		QPD(YAMADA) "ZPI|" INDIVIDUAL_NUMBER "\r",
		QPD(YAMADA) "DSC|" INDIVIDUAL_NUMBER "\r",
		/* declared as one, whatever it looks like, and behind what cannot be read */
		QPD("@PID.3.1^4711~@PID.3.4.1^マイナンバー~@PID.3.4.2^2.999"),
		QPD("@PID.99^1~@PID.3.1^4711~@PID.3.4.1^A~@PID.3.5^NNJPN"),
	};
	struct hl7_house h;
	open_with_people(&h);
	for (size_t i = 0; i < COUNT(bad); i++) {
		ask(&h, "a-hospital", bad[i]);
		hl7_says(&h, bad[i], "AE", "103", i < 13 ? "QPD^1" : "QPD^1^3", "E");
		const char *all = arena_text_n(h.f.arena, (const char *)h.octets.data,
					       h.octets.length);
		CU_ASSERT_PTR_NULL(strstr(all, "9018"));
		CU_ASSERT_PTR_NULL(strstr(all, "4711"));
		CU_ASSERT_PTR_NOT_NULL(strstr(all, "\rQPD|IHE PDQ Query|T1\r"));
		for (const struct audit_object *o = h.event.objects; o != NULL; o = o->next) {
			CU_ASSERT_EQUAL(o->type_code_role, 24);
			CU_ASSERT_EQUAL(o->query_length, strlen("withheld"));
		}
	}
	/* A time of twelve digits is none, and its own ids have twelve digits. */
	ask(&h, "a-hospital", QPD(YAMADA "~@PID.7^194105030001"));
	CU_ASSERT_STRING_EQUAL(hl7_at(&h, "MSA", 1), "AA");
	h.systems[0].lenient.twelve_digit_ids = true;
	ask(&h, "a-hospital", QPD(ID_IN(INDIVIDUAL_NUMBER, A_DOMAIN)));
	CU_ASSERT_STRING_EQUAL(hl7_at(&h, "QAK", 2), "NF");
	CU_ASSERT_TRUE(h.x.needed.twelve_digit_ids);
	ask(&h, "a-hospital", QPD("@PID.5.1^" INDIVIDUAL_NUMBER));
	hl7_says(&h, "but no names have", "AE", "103", "QPD^1", "E");
	hl7_close(&h);
}

/* ITI TF-2: 3.21.5.1; who was told of is in his trail, and named nowhere. */
static void a_query_is_recorded(void)
{
	struct hl7_house h;
	open_with_people(&h);
	ask(&h, "c-hospital", QPD(ID_IN("101", A_DOMAIN)) "RCP|I\r");
	CU_ASSERT_EQUAL(h.event.event_id, 110112);
	const struct audit_object *o = h.event.objects;
	CU_ASSERT_STRING_EQUAL(o->id, "101^^^&" A_DOMAIN "&ISO");
	o = o->next;
	CU_ASSERT_EQUAL(o->type_code, 2);
	CU_ASSERT_EQUAL(o->type_code_role, 24);
	CU_ASSERT_STRING_EQUAL(o->id, "T1");
	CU_ASSERT_EQUAL(memcmp(o->query, "MSH|", 4), 0);
	CU_ASSERT_PTR_NOT_NULL(memmem(o->query, o->query_length, "\rRCP|I", 6));
	CU_ASSERT_STRING_EQUAL(o->details->type, "MSH-10");
	CU_ASSERT_PTR_NULL(o->next);
	/* By name: nobody is named. */
	ask(&h, "c-hospital", QPD(KENICHI) "RCP|I\r");
	CU_ASSERT_EQUAL(h.event.objects->type_code_role, 24);
	CU_ASSERT_PTR_NULL(h.event.objects->next);
	/* Refused, and without a query. */
	ask(&h, "c-hospital", "ZZZ\r");
	CU_ASSERT_EQUAL(h.event.objects->query_length, strlen("withheld"));
	hl7_close(&h);
}

static void go_on(struct hl7_house *h, const char *system, const char *query, const char *rcp,
		  const char *pointer)
{
	h->id = "another";
	ask(h, system, arena_printf(h->f.arena, "%s%sDSC|%s|I\r", query, rcp, pointer));
	h->id = NULL;
}

static void cancel(struct hl7_house *h, const char *system, const char *tag)
{
	hl7_send(h, &iti21_patient_demographics_query, system,
		 arena_printf(h->f.arena, "%sQID|%s|IHE PDQ Query\r",
			      HEAD("QCN^J01", "QCN_J01", "2.5"), tag));
}

static void part_by_part(void)
{
	struct hl7_house h;
	open_with_people(&h);
	h.id = "e7";
	ask(&h, "a-hospital", QPD(YAMADA) "RCP|I|1^RD\r");
	h.id = NULL;
	CU_ASSERT_STRING_EQUAL(answered(&h), "REGION 101/101");
	CU_ASSERT_STRING_EQUAL(hl7_at(&h, "DSC", 1), "e7x1");
	CU_ASSERT_EQUAL(continuations_count(h.continuations), 1);
	go_on(&h, "a-hospital", QPD(YAMADA), "RCP|I|1^RD\r", "e7x1");
	CU_ASSERT_STRING_EQUAL(answered(&h), "REGION 101/102");
	CU_ASSERT_STRING_EQUAL(counts(&h), "3 1 1");
	CU_ASSERT_STRING_EQUAL(hl7_at(&h, "DSC", 1), "e7x2");
	go_on(&h, "a-hospital", QPD(YAMADA), "", "e7x2");
	CU_ASSERT_STRING_EQUAL(answered(&h), "REGION 101/103");
	CU_ASSERT_STRING_EQUAL(counts(&h), "3 1 0");
	CU_ASSERT_PTR_NULL(hl7_segment(h.answer, "DSC", 1));
	/* The same again, and more of it from now on. */
	go_on(&h, "a-hospital", QPD(YAMADA), "RCP|I|5^RD\r", "e7x1");
	CU_ASSERT_STRING_EQUAL(answered(&h), "REGION 101/102 | REGION 101/103");
	/* Another's, another question, another tag, a forged place. */
	static const struct {
		const char *system, *query, *pointer;
	} nobodys[] = {
		{ "c-hospital", QPD(YAMADA), "e7x1" },
		{ "a-hospital", QPD(KENICHI), "e7x1" },
		{ "a-hospital", QPD(YAMADA "|||||^^^A"), "e7x1" },
		{ "a-hospital", "QPD|IHE PDQ Query|T2|" YAMADA "\r", "e7x1" },
		{ "a-hospital", QPD(YAMADA), "e7x0" },
		{ "a-hospital", QPD(YAMADA), "e7x3" },
		{ "a-hospital", QPD(YAMADA), "e7x201" },
		{ "a-hospital", QPD(YAMADA), "e7x" },
		{ "a-hospital", QPD(YAMADA), "e7x1 " },
		{ "a-hospital", QPD(YAMADA), "e7" },
		{ "a-hospital", QPD(YAMADA), "e8x1" },
	};
	for (size_t i = 0; i < COUNT(nobodys); i++) {
		go_on(&h, nobodys[i].system, nobodys[i].query, "RCP|I|1^RD\r", nobodys[i].pointer);
		hl7_says(&h, nobodys[i].pointer, "AE", "204", "DSC^1^1", "E");
		CU_ASSERT_STRING_EQUAL(answered(&h), "");
		CU_ASSERT_PTR_NULL(hl7_segment(h.answer, "ERR", 2));
	}
	/* Long after. */
	h.now = 1768437000000000 + (instant)CONTINUATION_SECONDS * 1000000;
	go_on(&h, "a-hospital", QPD(YAMADA), "", "e7x1");
	hl7_says(&h, "long after", "AE", "204", "DSC^1^1", "E");
	hl7_close(&h);
}

/* By its tag a query is cancelled, each of them that has it; another system's is not. */
static void cancelled(void)
{
	struct hl7_house h;
	open_with_people(&h);
	h.id = "e7";
	ask(&h, "a-hospital", QPD(YAMADA) "RCP|I|1^RD\r");
	h.id = "e8";
	ask(&h, "a-hospital", QPD(YAMADA) "RCP|I|2^RD\r");
	h.id = NULL;
	CU_ASSERT_EQUAL(continuations_count(h.continuations), 2);
	cancel(&h, "c-hospital", "T1");
	CU_ASSERT_STRING_EQUAL(hl7_at(&h, "MSH", 9), "ACK^J01^ACK");
	CU_ASSERT_STRING_EQUAL(hl7_at(&h, "MSA", 1), "AA");
	cancel(&h, "a-hospital", "T");
	CU_ASSERT_STRING_EQUAL(hl7_at(&h, "MSA", 1), "AA");
	go_on(&h, "a-hospital", QPD(YAMADA), "", "e7x1");
	CU_ASSERT_STRING_EQUAL(answered(&h), "REGION 101/102");
	cancel(&h, "a-hospital", "T1");
	CU_ASSERT_STRING_EQUAL(hl7_at(&h, "MSA", 1), "AA");
	CU_ASSERT_EQUAL(h.event.event_id, 110112);
	CU_ASSERT_STRING_EQUAL(h.event.objects->id, "T1");
	CU_ASSERT_PTR_NOT_NULL(
		memmem(h.event.objects->query, h.event.objects->query_length, "QID|T1", 6));
	CU_ASSERT_EQUAL(continuations_count(h.continuations), 0);
	go_on(&h, "a-hospital", QPD(YAMADA), "", "e7x1");
	hl7_says(&h, "cancelled", "AE", "204", "DSC^1^1", "E");
	static const struct {
		const char *message, *code, *where;
	} bad[] = {
		{ HEAD("QCN^J01", "QCN_J01", "2.5"), "100", "QID^1" },
		{ HEAD("QCN^J01", "QCN_J01", "2.5") "QID|T1\rQID|T1\r", "100", "QID^2" },
		{ HEAD("QCN^J01", "QCN_J01", "2.5") "QID||IHE PDQ Query\r", "101", "QID^1^1" },
		{ HEAD("QCN^J01", "QCN_J01", "2.5") "QID|T1|" INDIVIDUAL_NUMBER "\r", "103",
		  "QID^1" },
	};
	for (size_t i = 0; i < COUNT(bad); i++) {
		hl7_send(&h, &iti21_patient_demographics_query, "a-hospital", bad[i].message);
		hl7_says(&h, bad[i].where, "AE", bad[i].code, bad[i].where, "E");
	}
	hl7_send(&h, &iti21_patient_demographics_query, "a-hospital",
		 HEAD("QCN^J01", "QCN_J02", "2.5") "QID|T1|IHE PDQ Query\r");
	hl7_says(&h, "another structure", "AR", "200", "MSH^1^9^1^3", "E");
	hl7_close(&h);
}

/* Between two parts somebody leaves, and another id is merged away. */
static void who_is_gone_is_told_no_more(void)
{
	struct hl7_house h;
	open_with_people(&h);
	h.id = "e7";
	ask(&h, "c-hospital", QPD(YAMADA) "RCP|I|1^RD\r");
	CU_ASSERT_STRING_EQUAL(counts(&h), "3 1 2");
	h.hidden = people_record(&h.f, A_DOMAIN, "103").number;
	fixture_must(&h.f, people_merge(&h.f, A_DOMAIN, "101", "102", NULL) == PROBLEM_NONE);
	go_on(&h, "c-hospital", QPD(YAMADA), "RCP|I|9^RD\r", "e7x1");
	CU_ASSERT_STRING_EQUAL(answered(&h), "");
	CU_ASSERT_STRING_EQUAL(counts(&h), "3 0 0");
	CU_ASSERT_STRING_EQUAL(hl7_at(&h, "QAK", 2), "NF");
	hl7_close(&h);
}

/* More than are told: an error that says what to do, and nobody of them; narrowed they are few. */
static void too_many(void)
{
	struct hl7_house h;
	open_with_people(&h);
	for (unsigned i = 0; i <= DEMOGRAPHICS_PERSONS; i++)
		people_feed(&h.f, &(struct who){ .domain = A_DOMAIN,
						 .id = arena_printf(h.f.arena, "m%u", i),
						 .family = "タナカ",
						 .given = "イチロウ",
						 .birth = arena_printf(h.f.arena, "19%02u%02u01",
								       60 + i / 12, 1 + i % 12) });
	ask(&h, "a-hospital", QPD("@PID.5.1.1^タナカ") "RCP|I|1^RD\r");
	hl7_says(&h, "too many", "AE", "207", "", "E");
	CU_ASSERT_STRING_EQUAL(hl7_at(&h, "QAK", 2), "AE");
	CU_ASSERT_STRING_EQUAL(answered(&h), "");
	CU_ASSERT_EQUAL(continuations_count(h.continuations), 0);
	/* To who may not be told of them they are nobody. */
	h.hide = true;
	ask(&h, "b-clinic", QPD("@PID.5.1.1^タナカ") "RCP|I|1^RD\r");
	CU_ASSERT_STRING_EQUAL(hl7_at(&h, "QAK", 2), "NF");
	h.hide = false;
	ask(&h, "a-hospital", QPD("@PID.5.1.1^タナカ~@PID.7^19600101") "RCP|I\r");
	CU_ASSERT_STRING_EQUAL(answered(&h), "REGION 101/m0");
	hl7_close(&h);
}

static const struct test tests[] = { { "the numbered cases", the_numbered_cases },
				     { "what an answer says", what_an_answer_says },
				     { "what cannot be read", what_cannot_be_read },
				     { "bounds", bounds },
				     { "an Individual Number goes nowhere",
				       an_individual_number_goes_nowhere },
				     { "a query is recorded", a_query_is_recorded },
				     { "part by part", part_by_part },
				     { "cancelled", cancelled },
				     { "who is gone is told no more", who_is_gone_is_told_no_more },
				     { "too many", too_many },
				     { 0 } };

int main(void)
{
	return suite_run("profiles: ITI-21", tests);
}
