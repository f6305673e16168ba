/* tests/profiles/iti9_test.c: ITI-9 queries, the numbered cases of ITI TF-2: 3.9.4.2.2. */
#include "tests/base/suite.h"

#include "tests/profiles/hl7_exchange.h"

extern const struct transaction iti9_pix_query;

#define CX(id, domain) id "^^^&" domain "&ISO"
#define DOMAIN(oid) "^^^&" oid "&ISO"
#define INDIVIDUAL_NUMBER "123456789018"

static const struct who people[] = {
	{ .domain = A_DOMAIN,
	  .id = "101",
	  .family = "ヤマダ",
	  .given = "ケンイチ",
	  .birth = "19410503",
	  .sex = "M",
	  .phone = "03-0000-0101" },
	{ .domain = B_DOMAIN,
	  .id = "031",
	  .family = "ヤマダ",
	  .given = "ケンイチ",
	  .birth = "19410503",
	  .sex = "M",
	  .phone = "03-0000-0101" },
	{ .domain = C_DOMAIN,
	  .id = "522",
	  .family = "ヤマダ",
	  .given = "ケンイチ",
	  .birth = "19410503",
	  .sex = "M",
	  .phone = "03-0000-0101" },
	{ .domain = C_DOMAIN,
	  .id = "523",
	  .family = "ヤマダ",
	  .given = "ケンイチ",
	  .birth = "19410503",
	  .sex = "M",
	  .phone = "03-0000-0101" },
	{ .domain = B_DOMAIN,
	  .id = "040",
	  .family = "サトウ",
	  .given = "ハナコ",
	  .birth = "19500101",
	  .sex = "F",
	  .phone = "03-0000-0040" },
	{ .domain = B_DOMAIN,
	  .id = "041",
	  .family = "スズキ",
	  .given = "イチロウ",
	  .birth = "19510101",
	  .sex = "M",
	  .phone = "03-0000-0041" },
};

static void open_with_people(struct hl7_house *h)
{
	hl7_open(h);
	for (size_t i = 0; i < COUNT(people); i++)
		people_feed(&h->f, &people[i]);
	people_merge(&h->f, B_DOMAIN, "040", "041", NULL);
}

static void query(struct hl7_house *h, const char *system, const char *qpd)
{
	hl7_send(h, &iti9_pix_query, system,
		 arena_printf(h->f.arena,
			      "MSH|^~\\&|EMR|A|MINATO|REGION|20260115093000||QBP^Q23^QBP_Q21|Q1|P|"
			      "2.5\r%sRCP|I\r",
			      qpd));
}

#define QPD(id, domains) "QPD|IHE PIX Query|T1|" id "|" domains "\r"

/* c-hospital may see all domains, a-hospital its own and the affinity domain's. found: PID-3, where
 * `R` stands for an id of the region, which nobody can foretell. */
static const struct {
	const char *why, *system, *qpd;
	const char *ack, *code, *where, *status, *found;
} cases[] = {
	{ "case 1: ids found", "c-hospital", QPD(CX("101", A_DOMAIN), DOMAIN(B_DOMAIN)), "AA", NULL,
	  NULL, "OK", "031^^^B&" B_DOMAIN "&ISO" },
	{ "case 1: in two domains", "c-hospital",
	  QPD(CX("031", B_DOMAIN), DOMAIN(A_DOMAIN) "~" DOMAIN(AFFINITY)), "AA", NULL, NULL, "OK",
	  "R~101^^^A&" A_DOMAIN "&ISO" },
	{ "case 1: in all domains", "c-hospital", QPD(CX("522", C_DOMAIN), ""), "AA", NULL, NULL,
	  "OK", "R~101^^^A&" A_DOMAIN "&ISO~031^^^B&" B_DOMAIN "&ISO~523^^^C&" C_DOMAIN "&ISO" },
	{ "case 2: nothing there", "c-hospital", QPD(CX("040", B_DOMAIN), DOMAIN(A_DOMAIN)), "AA",
	  NULL, NULL, "NF", NULL },
	{ "case 3: an unknown id", "c-hospital", QPD(CX("999", A_DOMAIN), DOMAIN(B_DOMAIN)), "AE",
	  "204", "QPD^1^3^1^1", "AE", NULL },
	{ "case 3: a subsumed id", "c-hospital", QPD(CX("041", B_DOMAIN), ""), "AE", "204",
	  "QPD^1^3^1^1", "AE", NULL },
	{ "case 4: an unknown domain", "c-hospital", QPD(CX("101", "2.999.777"), ""), "AE", "204",
	  "QPD^1^3^1^4", "AE", NULL },
	{ "case 4: no domain", "c-hospital", QPD("101", ""), "AE", "204", "QPD^1^3^1^4", "AE",
	  NULL },
	{ "case 5: an unknown target", "c-hospital",
	  QPD(CX("101", A_DOMAIN), DOMAIN(B_DOMAIN) "~" DOMAIN("2.999.777")), "AE", "204",
	  "QPD^1^4^2", "AE", NULL },
	{ "case 6: several ids in one domain", "c-hospital",
	  QPD(CX("101", A_DOMAIN), DOMAIN(C_DOMAIN)), "AA", NULL, NULL, "OK",
	  "522^^^C&" C_DOMAIN "&ISO~523^^^C&" C_DOMAIN "&ISO" },
	{ "the domain by its name", "c-hospital", QPD("101^^^A", "^^^B"), "AA", NULL, NULL, "OK",
	  "031^^^B&" B_DOMAIN "&ISO" },
	{ "no domain, by leniency", "a-hospital", QPD("101", DOMAIN(AFFINITY)), "AA", NULL, NULL,
	  "OK", "R" },
	{ "others' ids are not told", "a-hospital", QPD(CX("101", A_DOMAIN), DOMAIN(B_DOMAIN)),
	  "AA", NULL, NULL, "NF", NULL },
	{ "others' ids are not looked up", "a-hospital", QPD(CX("031", B_DOMAIN), ""), "AE", "204",
	  "QPD^1^3^1^1", "AE", NULL },
	{ "no id", "c-hospital", QPD("", ""), "AE", "101", "QPD^1^3", "AE", NULL },
	{ "two ids", "c-hospital", QPD(CX("101", A_DOMAIN) "~" CX("102", A_DOMAIN), ""), "AE",
	  "102", "QPD^1^3", "AE", NULL },
	{ "no tag", "c-hospital", "QPD|IHE PIX Query||" CX("101", A_DOMAIN) "\r", "AE", "101",
	  "QPD^1^2", "AE", NULL },
	{ "no QPD", "c-hospital", "", "AE", "100", "QPD^1", "", NULL },
	{ "two queries", "c-hospital", QPD(CX("101", A_DOMAIN), "") QPD(CX("102", A_DOMAIN), ""),
	  "AE", "100", "QPD^2", "", NULL },
	{ "a second RCP", "c-hospital", QPD(CX("101", A_DOMAIN), "") "RCP|I\r", "AE", "100",
	  "RCP^2", "AE", NULL },
	{ "a parameter nobody knows", "c-hospital", QPD(CX("101", A_DOMAIN), "|x"), "AE", "102",
	  "QPD^1^5", "AE", NULL },
	{ "an empty one", "c-hospital", QPD(CX("101", A_DOMAIN), DOMAIN(B_DOMAIN) "||"), "AA", NULL,
	  NULL, "OK", "031^^^B&" B_DOMAIN "&ISO" },
	{ "an id with a delimiter", "c-hospital", QPD(CX("10\\S\\1", A_DOMAIN), ""), "AE", "102",
	  "QPD^1^3^1^1", "AE", NULL },
	{ "a control character in a domain", "c-hospital",
	  QPD(CX("101", A_DOMAIN), "^^^&2.9\\X01\\&ISO"), "AE", "102", "QPD^1^4^1^4", "AE", NULL },
	{ "an Individual Number as a domain", "c-hospital",
	  QPD(CX("101", A_DOMAIN), INDIVIDUAL_NUMBER), "AE", "204", "QPD^1^4^1", "AE", NULL },
	{ "an Individual Number", "c-hospital", QPD(CX(INDIVIDUAL_NUMBER, A_DOMAIN), ""), "AE",
	  "103", "QPD^1^3^1", "AE", NULL },
};

/* PID-3 as text, the region's id replaced. */
static const char *found_ids(struct hl7_house *h)
{
	struct hl7_part field = hl7_field(hl7_segment(h->answer, "PID", 1), 3);
	struct buffer b = buffer_in(h->f.arena);
	for (unsigned n = 1; n <= hl7_repetitions(field); n++) {
		const char *one = hl7_whole(hl7_repetition(field, n));
		buffer_printf(&b, "%s%s", n == 1 ? "" : "~",
			      strstr(one, AFFINITY "&") != NULL ? "R" : one);
	}
	return buffer_ended(&b);
}

static const char *as_text(struct hl7_house *h, const void *data, size_t length)
{
	return arena_text_n(h->f.arena, data, length);
}

static void every_case_has_its_answer(void)
{
	struct hl7_house h;
	open_with_people(&h);
	for (size_t i = 0; i < COUNT(cases); i++) {
		query(&h, cases[i].system, cases[i].qpd);
		hl7_says(&h, cases[i].why, cases[i].ack, cases[i].code, cases[i].where,
			 cases[i].code == NULL ? NULL : "E");
		if (!text_equal(hl7_at(&h, "QAK", 2), cases[i].status)
		    || !text_equal(found_ids(&h), cases[i].found == NULL ? "" : cases[i].found))
			fprintf(stderr, "%s: %s %s\n", cases[i].why, hl7_at(&h, "QAK", 2),
				found_ids(&h));
		CU_ASSERT_STRING_EQUAL(hl7_at(&h, "QAK", 2), cases[i].status);
		CU_ASSERT_PTR_NULL(memmem(h.octets.data, h.octets.length, INDIVIDUAL_NUMBER,
					  strlen(INDIVIDUAL_NUMBER)));
		CU_ASSERT_STRING_EQUAL(found_ids(&h), cases[i].found == NULL ? "" : cases[i].found);
		if (cases[i].found != NULL) {
			/* PID-5: an empty name and one of type S. */
			CU_ASSERT_STRING_EQUAL(hl7_at(&h, "PID", 5), "~^^^^^^S");
		}
	}
	hl7_close(&h);
}

static void an_individual_number_is_not_repeated_and_not_kept(void)
{
	struct hl7_house h;
	open_with_people(&h);
	query(&h, "c-hospital", QPD(CX("101", A_DOMAIN), ""));
	const struct audit_object *o = h.event.objects;
	while (o != NULL && o->type_code_role != 24)
		o = o->next;
	CU_ASSERT_PTR_NOT_NULL_FATAL(o);
	CU_ASSERT_STRING_EQUAL(o->id, "T1");
	CU_ASSERT_PTR_NOT_NULL(
		strstr(as_text(&h, o->query, o->query_length), "QPD|IHE PIX Query|T1|101"));
	static const char *const bad[] = {
		QPD(CX(INDIVIDUAL_NUMBER, A_DOMAIN), ""),
		QPD(CX("101", A_DOMAIN) "~" CX(INDIVIDUAL_NUMBER, A_DOMAIN), ""),
		"QPD|IHE PIX Query||" CX(INDIVIDUAL_NUMBER, A_DOMAIN) "\r",
		QPD(CX(INDIVIDUAL_NUMBER, A_DOMAIN), "") QPD(CX("1", A_DOMAIN), ""),
		QPD("101^^^&" A_DOMAIN "&ISO&" INDIVIDUAL_NUMBER, ""),
		QPD(CX("101", A_DOMAIN), "") "RCP|I|||" INDIVIDUAL_NUMBER "\r",
		QPD(CX("101", A_DOMAIN), "") "ZID|x~y^z&tel:" INDIVIDUAL_NUMBER "\r",
	};
	for (size_t i = 0; i < COUNT(bad); i++) {
		query(&h, "c-hospital", bad[i]);
		CU_ASSERT_PTR_NULL(
			strstr(as_text(&h, h.octets.data, h.octets.length), INDIVIDUAL_NUMBER));
		for (o = h.event.objects; o != NULL; o = o->next)
			if (o->query != NULL)
				CU_ASSERT_PTR_NULL(strstr(as_text(&h, o->query, o->query_length),
							  INDIVIDUAL_NUMBER));
	}
	hl7_close(&h);
}

static void a_hidden_person_is_as_if_unknown(void)
{
	struct hl7_house h;
	open_with_people(&h);
	h.hide = true;
	query(&h, "c-hospital", QPD(CX("101", A_DOMAIN), ""));
	hl7_says(&h, "another's patient", "AE", "204", "QPD^1^3^1^1", "E");
	query(&h, "c-hospital", QPD(CX("522", C_DOMAIN), ""));
	CU_ASSERT_STRING_EQUAL(found_ids(&h), "523^^^C&" C_DOMAIN "&ISO");
	hl7_close(&h);
}

int main(void)
{
	static const struct test tests[] = {
		{ "every case has its answer", every_case_has_its_answer },
		{ "an Individual Number is not repeated and not kept",
		  an_individual_number_is_not_repeated_and_not_kept },
		{ "a hidden person is as if unknown", a_hidden_person_is_as_if_unknown },
		{ NULL, NULL }
	};
	return suite_run("ITI-9", tests);
}
