/* tests/profiles/iti22_test.c: what ITI-22 has of its own: of a visit is said that there is none,
 * and what is asked of one is refused. The rest it has in common with ITI-21 (iti21_test.c). */
#include "tests/base/suite.h"

#include "tests/profiles/hl7_exchange.h"

extern const struct transaction iti21_patient_demographics_query,
	iti22_patient_demographics_and_visit_query;

#define HEAD(type) "MSH|^~\\&|EMR|A|PDQ|REGION|20260115093000||" type "|Q1|P|2.5\r"
#define QPD(fields) "QPD|IHE PDQ Query|T1|" fields "\r"
#define YAMADA "@PID.5.1.1^ヤマダ"

static const struct who people[] = {
	{ .domain = A_DOMAIN, .id = "101", .family = "ヤマダ", .given = "ケン", .birth = "1941" },
	{ .domain = A_DOMAIN, .id = "102", .family = "ヤマダ", .given = "ハナ", .birth = "1950" },
};

static void open_with_people(struct hl7_house *h)
{
	hl7_open(h);
	for (size_t i = 0; i < COUNT(people); i++)
		people_feed(&h->f, &people[i]);
}

static void ask(struct hl7_house *h, const char *segments)
{
	hl7_send(h, &iti22_patient_demographics_and_visit_query, "a-hospital",
		 arena_printf(h->f.arena, "%s%s", HEAD("QBP^ZV1^QBP_Q21"), segments));
}

static void each_patient_has_a_visit_that_is_none(void)
{
	struct hl7_house h;
	open_with_people(&h);
	struct buffer b = buffer_in(h.f.arena);
	ask(&h, QPD(YAMADA) "RCP|I\r");
	CU_ASSERT_STRING_EQUAL(hl7_at(&h, "MSH", 9), "RSP^ZV2^RSP_ZV2");
	CU_ASSERT_STRING_EQUAL(hl7_at(&h, "QAK", 2), "OK");
	for (const struct hl7_segment *s = h.answer->segments; s != NULL; s = s->next)
		buffer_printf(&b, "%s ", s->name);
	CU_ASSERT_STRING_EQUAL(buffer_ended(&b), "MSH MSA QAK QPD PID PV1 QRI PID PV1 QRI ");
	CU_ASSERT_STRING_EQUAL(hl7_at(&h, "PV1", 2), "N");
	ask(&h, QPD(YAMADA "~@PID.7^1950~@PV1.2^N") "RCP|I\r");
	CU_ASSERT_STRING_EQUAL(hl7_value(hl7_segment(h.answer, "PID", 1), 3, 2, 1, 1), "102");
	hl7_close(&h);
}

static void a_visit_is_not_looked_for(void)
{
	static const struct {
		const char *parameter, *code, *where;
	} rows[] = {
		{ "@PV1.2^I", "103", "QPD^1^3^2^2" },   { "@PV1.2^*", "103", "QPD^1^3^2^2" },
		{ "@PV1.2", "101", "QPD^1^3^2^2" },     { "@PV1.3.2^389", "102", "QPD^1^3^2^1" },
		{ "@PV1.7.1^7", "102", "QPD^1^3^2^1" }, { "@PV1.19.1^V1", "102", "QPD^1^3^2^1" },
		{ "@PV2.3^x", "102", "QPD^1^3^2^1" },   { "@PID.18.1^7", "102", "QPD^1^3^2^1" },
		{ "@PV3.1^x", "102", "QPD^1^3^2^1" },
	};
	struct hl7_house h;
	open_with_people(&h);
	for (size_t i = 0; i < COUNT(rows); i++) {
		ask(&h, arena_printf(h.f.arena, "QPD|IHE PDQ Query|T1|" YAMADA "~%s\rRCP|I\r",
				     rows[i].parameter));
		hl7_says(&h, rows[i].parameter, "AE", rows[i].code, rows[i].where, "E");
		CU_ASSERT_STRING_EQUAL(hl7_at(&h, "QAK", 2), "AE");
		CU_ASSERT_PTR_NULL(hl7_segment(h.answer, "PID", 1));
	}
	/* Of a visit alone nobody can be found either. */
	ask(&h, QPD("@PV1.2^N") "RCP|I\r");
	hl7_says(&h, "a class alone", "AE", "101", "QPD^1^3", "E");
	hl7_close(&h);
}

/* A pointer is its transaction's; one cancel ends both. The record has the QPD (3.22.5.1). */
static void it_goes_on_by_itself(void)
{
	struct hl7_house h;
	open_with_people(&h);
	h.id = "e7";
	ask(&h, QPD(YAMADA) "RCP|I|1^RD\r");
	CU_ASSERT_STRING_EQUAL(hl7_at(&h, "DSC", 1), "e7x1");
	const struct audit_object *o = h.event.objects;
	CU_ASSERT_STRING_EQUAL(o->id, "T1");
	CU_ASSERT_EQUAL(o->query_length, strlen(QPD(YAMADA)) - 1);
	CU_ASSERT_EQUAL(memcmp(o->query, QPD(YAMADA), o->query_length), 0);
	CU_ASSERT_STRING_EQUAL(o->details->type, "MSH-10");
	hl7_send(&h, &iti21_patient_demographics_query, "a-hospital",
		 HEAD("QBP^Q22^QBP_Q21") QPD(YAMADA) "RCP|I|1^RD\rDSC|e7x1|I\r");
	hl7_says(&h, "by the other query", "AE", "204", "DSC^1^1", "E");
	ask(&h, QPD(YAMADA) "RCP|I|1^RD\rDSC|e7x1|I\r");
	CU_ASSERT_STRING_EQUAL(hl7_at(&h, "QAK", 2), "OK");
	hl7_send(&h, &iti21_patient_demographics_query, "a-hospital",
		 HEAD("QCN^J01^QCN_J01") "QID|T1|IHE PDQ Query\r");
	CU_ASSERT_STRING_EQUAL(hl7_at(&h, "MSA", 1), "AA");
	ask(&h, QPD(YAMADA) "RCP|I|1^RD\rDSC|e7x1|I\r");
	hl7_says(&h, "cancelled", "AE", "204", "DSC^1^1", "E");
	hl7_close(&h);
}

static const struct test tests[] = { { "each patient has a visit that is none",
				       each_patient_has_a_visit_that_is_none },
				     { "a visit is not looked for", a_visit_is_not_looked_for },
				     { "it goes on by itself", it_goes_on_by_itself },
				     { 0 } };

int main(void)
{
	return suite_run("profiles: ITI-22", tests);
}
