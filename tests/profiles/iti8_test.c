/* tests/profiles/iti8_test.c: ITI-8 feeds, one row a rule. ITI TF-2: 3.8. */
#include "tests/base/suite.h"

#include "schemas/tables/leniency.h"
#include "tests/profiles/hl7_exchange.h"

extern const struct transaction iti8_patient_identity_feed;

#define FEED (&iti8_patient_identity_feed)
#define ID_A(id) id "^^^&" A_DOMAIN "&ISO"
#define ID_B(id) id "^^^&" B_DOMAIN "&ISO"
#define YAMADA "山田^健一^^^^^L^I~ヤマダ^ケンイチ^^^^^L^P"
#define BORN "|19410503|M"
#define PHONE "|||||^PRN^PH^^^^^^^^^03-0000-0101"
#define EVN(event) "EVN|" event "|20260115093000\r"
#define PV1 "PV1||O\r"
#define PID(ids) "PID|||" ids "||" YAMADA "|" BORN PHONE "\r"
#define INDIVIDUAL_NUMBER "123456789018"
#define TEN_IN1 "IN1|1\rIN1|1\rIN1|1\rIN1|1\rIN1|1\rIN1|1\rIN1|1\rIN1|1\rIN1|1\rIN1|1\r"
#define HUNDRED_IN1 TEN_IN1 TEN_IN1 TEN_IN1 TEN_IN1 TEN_IN1 TEN_IN1 TEN_IN1 TEN_IN1 TEN_IN1 TEN_IN1

static const char *message(struct hl7_house *h, const char *event, const char *segments)
{
	return arena_printf(h->f.arena,
			    "MSH|^~\\&|EMR|A|MINATO|REGION|20260115093000||ADT^%s|M1|P|2.3.1||||||"
			    "UNICODE UTF-8\r%s",
			    event, segments);
}

static void feed(struct hl7_house *h, const char *system, const char *event, const char *segments)
{
	hl7_send(h, FEED, system, message(h, event, segments));
}

static void add(struct hl7_house *h, const char *system, const char *ids)
{
	feed(h, system, "A04", arena_printf(h->f.arena, EVN("A04") PID("%s") PV1, ids));
	CU_ASSERT_STRING_EQUAL(hl7_at(h, "MSA", 1), "AA");
}

/* To a manager that knows 101 and 102 of A, and 031 of B. ack AA without code: nothing to say. */
static const struct {
	const char *why, *system, *event, *segments;
	const char *ack, *code, *where, *severity;
} feeds[] = {
	{ "admit", "a-hospital", "A01", EVN("A01") PID(ID_A("201")) PV1, "AA", NULL, NULL, NULL },
	{ "register", "a-hospital", "A04", EVN("A04") PID(ID_A("201")) PV1, "AA", NULL, NULL,
	  NULL },
	{ "pre-admit", "a-hospital", "A05", EVN("A05") PID(ID_A("201")) PV1, "AA", NULL, NULL,
	  NULL },
	{ "update", "a-hospital", "A08", EVN("A08") PID(ID_A("101")) PV1, "AA", NULL, NULL, NULL },
	{ "update of an unknown id, by leniency", "a-hospital", "A08",
	  EVN("A08") PID(ID_A("201")) PV1, "AA", NULL, NULL, NULL },
	{ "update of an unknown id", "b-clinic", "A08", EVN("A08") PID(ID_B("201")) PV1, "AE",
	  "204", "PID^1^3^1^1", "E" },
	{ "EVN-1 need not be said", "a-hospital", "A04",
	  "EVN||20260115093000\r" PID(ID_A("201")) PV1, "AA", NULL, NULL, NULL },
	{ "EVN-1 contradicts", "a-hospital", "A04", EVN("A01") PID(ID_A("201")) PV1, "AE", "103",
	  "EVN^1^1", "E" },
	{ "no EVN", "a-hospital", "A04", PID(ID_A("201")) PV1, "AE", "100", "EVN^1", "E" },
	{ "no PV1", "a-hospital", "A04", EVN("A04") PID(ID_A("201")), "AE", "100", "PV1^1", "E" },
	{ "no PID", "a-hospital", "A04", EVN("A04") PV1, "AE", "100", "PID^1", "E" },
	{ "a second PID", "a-hospital", "A04", EVN("A04") PID(ID_A("201")) PID(ID_A("202")) PV1,
	  "AE", "100", "PID^2", "E" },
	{ "no id", "a-hospital", "A04", EVN("A04") PID("") PV1, "AE", "101", "PID^1^3", "E" },
	{ "no name", "a-hospital", "A04", EVN("A04") "PID|||" ID_A("201") "\r" PV1, "AE", "101",
	  "PID^1^5", "E" },
	{ "an unknown domain", "a-hospital", "A04", EVN("A04") PID("201^^^&2.999.777&ISO") PV1,
	  "AE", "204", "PID^1^3^1^4", "E" },
	{ "somebody else's domain", "a-hospital", "A04", EVN("A04") PID(ID_B("201")) PV1, "AR",
	  "204", "PID^1^3^1^4", "E" },
	{ "an own id and a foreign one", "a-hospital", "A04",
	  EVN("A04") PID(ID_B("7") "~" ID_A("201")) PV1, "AA", "204", "PID^1^3^1^4", "W" },
	{ "the domain by its name", "a-hospital", "A04", EVN("A04") PID("201^^^A") PV1, "AA", NULL,
	  NULL, NULL },
	{ "name and universal id", "a-hospital", "A04",
	  EVN("A04") PID("201^^^A&" A_DOMAIN "&ISO") PV1, "AA", NULL, NULL, NULL },
	{ "name and universal id that disagree", "a-hospital", "A04",
	  EVN("A04") PID("201^^^B&" A_DOMAIN "&ISO") PV1, "AE", "204", "PID^1^3^1^4", "E" },
	{ "no domain, by leniency", "a-hospital", "A04", EVN("A04") PID("201") PV1, "AA", NULL,
	  NULL, NULL },
	{ "no domain", "b-clinic", "A04", EVN("A04") PID("201") PV1, "AE", "101", "PID^1^3^1^4",
	  "E" },
	{ "an insurer's id beside it", "a-hospital", "A04",
	  EVN("A04") PID(ID_A("201") "~06123456^^^&2.999.61&ISO^NI") PV1, "AA", "204",
	  "PID^1^3^2^4", "W" },
	{ "an insurer's id before it", "a-hospital", "A04",
	  EVN("A04") PID("06123456^^^KENPO~" ID_A("201")) PV1, "AA", "204", "PID^1^3^1^4", "W" },
	{ "a name nobody configured, strictly", "b-clinic", "A04",
	  EVN("A04") PID("201^^^WARD7&" B_DOMAIN "&ISO") PV1, "AE", "204", "PID^1^3^1^4", "E" },
	{ "a type that is not ISO, strictly", "b-clinic", "A04",
	  EVN("A04") PID("201^^^&" B_DOMAIN "&DNS") PV1, "AE", "204", "PID^1^3^1^4", "E" },
	{ "a second EVN", "a-hospital", "A04", EVN("A04") EVN("A04") PID(ID_A("201")) PV1, "AE",
	  "100", "EVN^2", "E" },
	{ "a second PV1", "a-hospital", "A04", EVN("A04") PID(ID_A("201")) PV1 PV1, "AE", "100",
	  "PV1^2", "E" },
	{ "a MRG that merges nothing", "a-hospital", "A04",
	  EVN("A04") PID(ID_A("201")) PV1 "MRG|" ID_A("102") "\r", "AE", "100", "MRG^1", "E" },
	{ "a second MRG", "a-hospital", "A40",
	  EVN("A40") PID(ID_A("101")) "MRG|" ID_A("102") "\rMRG|" ID_A("103") "\r", "AE", "100",
	  "MRG^2", "E" },
	{ "a Z segment is by design nothing", "a-hospital", "A04",
	  EVN("A04") PID(ID_A("201")) PV1 "ZID|x\r", "AA", NULL, NULL, NULL },
	{ "an Individual Number in PID-2", "a-hospital", "A04",
	  EVN("A04") "PID||" INDIVIDUAL_NUMBER "|" ID_A("201") "||" YAMADA "|" BORN "\r" PV1, "AA",
	  "103", "PID^1^2^1", "W" },
	{ "an Individual Number in PID-4", "a-hospital", "A04",
	  EVN("A04") "PID|||" ID_A("201") "|x~" INDIVIDUAL_NUMBER "|" YAMADA "|" BORN "\r" PV1,
	  "AA", "103", "PID^1^4^2", "W" },
	{ "an Individual Number in PID-18", "a-hospital", "A04",
	  EVN("A04") "PID|||" ID_A("201") "||" YAMADA "|" BORN "||||||||||" INDIVIDUAL_NUMBER
					  "\r" PV1,
	  "AA", "103", "PID^1^18^1", "W" },
	{ "an Individual Number in PID-19", "a-hospital", "A04",
	  EVN("A04") "PID|||" ID_A("201") "||" YAMADA "|" BORN "|||||||||||" INDIVIDUAL_NUMBER
					  "\r" PV1,
	  "AA", "103", "PID^1^19^1", "W" },
	{ "an Individual Number in MRG", "a-hospital", "A40",
	  EVN("A40") PID(ID_A("101")) "MRG|" ID_A(INDIVIDUAL_NUMBER) "\r", "AE", "103", "MRG^1^1^1",
	  "E" },
	{ "an Individual Number in IN1", "a-hospital", "A04",
	  EVN("A04") PID(ID_A("201")) PV1 "IN1|1|06|06981906|||||||1~" INDIVIDUAL_NUMBER "\r", "AA",
	  "103", "IN1^1^10", "W" },
	{ "a cut escape in a name", "a-hospital", "A04",
	  EVN("A04") "PID|||" ID_A("201") "||A\\T^B||19410503|M\r" PV1, "AA", "102", "PID^1^5^1^1",
	  "W" },
	{ "an escape that is none in an address", "a-hospital", "A04",
	  EVN("A04") "PID|||" ID_A("201") "||" YAMADA "||19410503|M|||a~x^\\XZZ\\\r" PV1, "AA",
	  "102", "PID^1^11^2^2", "W" },
	{ "octets in hexadecimal that are no character", "a-hospital", "A04",
	  EVN("A04") "PID|||" ID_A("201") "||A\\XFF\\||19410503|M\r" PV1, "AA", "102",
	  "PID^1^5^1^1", "W" },
	{ "half an escape in an id", "a-hospital", "A04", EVN("A04") PID(ID_A("201\\T")) PV1, "AE",
	  "102", "PID^1^3^1^1", "E" },
	{ "a structure of another message", "a-hospital", "A04^ORU_R01",
	  EVN("A04") PID(ID_A("201")) PV1, "AR", "200", "MSH^1^9^1^3", "E" },
	{ "a merge's structure", "a-hospital", "A04^ADT_A39", EVN("A04") PID(ID_A("201")) PV1, "AR",
	  "200", "MSH^1^9^1^3", "E" },
	{ "a structure named by its event", "a-hospital", "A04^ADT_A04",
	  EVN("A04") PID(ID_A("201")) PV1, "AA", NULL, NULL, NULL },
	{ "more than a hundred IN1 would be read past", "a-hospital", "A04",
	  EVN("A04") PID(ID_A("201")) PV1 HUNDRED_IN1 "IN1|1\r", "AR", "207", "IN1^101^3", "E" },
	{ "an impossible birth date", "a-hospital", "A04",
	  EVN("A04") "PID|||" ID_A("201") "||" YAMADA "||19410532\r" PV1, "AE", "102", "PID^1^7",
	  "E" },
	{ "a birth date to come", "a-hospital", "A04",
	  EVN("A04") "PID|||" ID_A("201") "||" YAMADA "||20991231\r" PV1, "AE", "102", "PID^1^7",
	  "E" },
	{ "a merge says nothing of the birth date", "a-hospital", "A40",
	  EVN("A40") "PID|||" ID_A("101") "||" YAMADA "||20991231\rMRG|" ID_A("102") "\r", "AA",
	  NULL, NULL, NULL },
	{ "a sex that is no code", "a-hospital", "A04",
	  EVN("A04") "PID|||" ID_A("201") "||" YAMADA "||19410503|2\r" PV1, "AA", "103", "PID^1^8",
	  "W" },
	{ "an Individual Number alone", "a-hospital", "A04",
	  EVN("A04") PID(ID_A(INDIVIDUAL_NUMBER)) PV1, "AE", "103", "PID^1^3^1", "E" },
	{ "an Individual Number beside an id", "a-hospital", "A04",
	  EVN("A04") PID(ID_A("201") "~" ID_A(INDIVIDUAL_NUMBER)) PV1, "AA", "103", "PID^1^3^2",
	  "W" },
	{ "merge", "a-hospital", "A40", EVN("A40") PID(ID_A("101")) "MRG|" ID_A("102") "\r", "AA",
	  NULL, NULL, NULL },
	{ "merge, no MRG", "a-hospital", "A40", EVN("A40") PID(ID_A("101")), "AE", "100", "MRG^1",
	  "E" },
	{ "merge, MRG-1 empty", "a-hospital", "A40", EVN("A40") PID(ID_A("101")) "MRG|\r", "AE",
	  "101", "MRG^1^1", "E" },
	{ "merge into itself", "a-hospital", "A40",
	  EVN("A40") PID(ID_A("101")) "MRG|" ID_A("101") "\r", "AE", "204", "MRG^1^1^1^1", "E" },
	{ "merge of an unknown id", "a-hospital", "A40",
	  EVN("A40") PID(ID_A("101")) "MRG|" ID_A("999") "\r", "AE", "204", "MRG^1^1^1^1", "E" },
	{ "merge into an unknown id", "a-hospital", "A40",
	  EVN("A40") PID(ID_A("999")) "MRG|" ID_A("102") "\r", "AE", "204", "PID^1^3^1^1", "E" },
	{ "merge across domains", "a-hospital", "A40",
	  EVN("A40") PID(ID_A("101")) "MRG|" ID_B("031") "\r", "AR", "204", "MRG^1^1^1^4", "E" },
};

static void every_rule_has_its_answer(void)
{
	for (size_t i = 0; i < COUNT(feeds); i++) {
		struct hl7_house h;
		hl7_open(&h);
		add(&h, "a-hospital", ID_A("101"));
		add(&h, "a-hospital", ID_A("102"));
		add(&h, "b-clinic", ID_B("031"));
		feed(&h, feeds[i].system, feeds[i].event, feeds[i].segments);
		hl7_says(&h, feeds[i].why, feeds[i].ack, feeds[i].code, feeds[i].where,
			 feeds[i].severity);
		CU_ASSERT_STRING_EQUAL(hl7_at(&h, "MSA", 2), "M1");
		CU_ASSERT_STRING_EQUAL(hl7_at(&h, "MSH", 5), "EMR");
		CU_ASSERT_PTR_NULL(strstr(
			arena_text_n(h.f.arena, (const char *)h.octets.data, h.octets.length),
			INDIVIDUAL_NUMBER));
		struct patient_record r;
		bool new_id = strstr(feeds[i].segments, "||201^") != NULL
			      || strstr(feeds[i].segments, "~201^") != NULL;
		if (new_id && text_equal(feeds[i].system, "a-hospital")
		    && text_equal(feeds[i].ack, "AA"))
			CU_ASSERT_TRUE(people_find(&h.f, A_DOMAIN, "201", &r));
		if (!text_equal(feeds[i].ack, "AA")) {
			CU_ASSERT_FALSE(people_find(&h.f, A_DOMAIN, "201", &r));
		}
		hl7_close(&h);
	}
}

/* The leniencies an exchange needed, by name and in the order of the table. */
static const char *needed(struct hl7_house *h)
{
	struct buffer b = buffer_in(h->f.arena);
	for (size_t row = 0; row < LENIENCY_COUNT; row++)
		if (leniency_is_set(&h->x.needed, row))
			buffer_printf(&b, " %s", leniency_rows[row].name);
	return buffer_ended(&b);
}

/* What is noted is what the strict rule would not have let pass, and nothing else. A may do all;
 * what it sends is known as 101 before. */
static void a_leniency_is_noted_when_it_was_needed(void)
{
	static const struct {
		const char *event, *segments, *ack, *needed;
	} cases[] = {
		{ "A04", EVN("A04") PID(ID_A("201")) PV1, "AA", "" },
		{ "A08", EVN("A08") PID(ID_A("101")) PV1, "AA", "" },
		{ "A04", EVN("A04") "PID|||" ID_A("201") "||" YAMADA "||19410503|F\r" PV1, "AA",
		  "" },
		{ "A40", EVN("A40") PID(ID_A("101")) "MRG|" ID_A("102") "\r", "AA", "" },
		{ "A04", PID(ID_A("201")) PV1, "AA", " missing-event-segments" },
		{ "A04", EVN("A04") PID(ID_A("201")), "AA", " missing-event-segments" },
		{ "A08", EVN("A08") PID(ID_A("201")) PV1, "AA", " update-creates" },
		{ "A04", EVN("A04") PID("201") PV1, "AA", " fill-domain" },
		{ "A40", EVN("A40") PID(ID_A("101")) "MRG|102\r", "AA", " fill-domain" },
		{ "A04", EVN("A04") "PID|||" ID_A("201") "||" YAMADA "||19410503|2\r" PV1, "AA",
		  " local-sex-codes" },
		{ "A04", EVN("A04") PID(ID_A(INDIVIDUAL_NUMBER)) PV1, "AA", " twelve-digit-ids" },
		{ "A08", PID("201~" ID_A("202")), "AA",
		  " fill-domain missing-event-segments update-creates" },
		{ "A04", PID(ID_B("201")), "AR", " missing-event-segments" },
		{ "A04", EVN("A04") PID("201^^^&2.999.777&ISO") PV1, "AE", "" },
		{ "A08", EVN("A08") PID(ID_B("201")) PV1, "AR", "" },
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct hl7_house h;
		hl7_open(&h);
		add(&h, "a-hospital", ID_A("101"));
		add(&h, "a-hospital", ID_A("102"));
		struct leniencies *all = &h.systems[0].lenient;
		all->missing_event_segments = all->local_sex_codes = all->twelve_digit_ids = true;
		feed(&h, "a-hospital", cases[i].event, cases[i].segments);
		CU_ASSERT_STRING_EQUAL(hl7_at(&h, "MSA", 1), cases[i].ack);
		CU_ASSERT_STRING_EQUAL(needed(&h), cases[i].needed);
		*all = (struct leniencies){ .fill_domain = false };
		feed(&h, "a-hospital", cases[i].event, cases[i].segments);
		CU_ASSERT_STRING_EQUAL(needed(&h), "");
		hl7_close(&h);
	}
}

static void leniencies_are_named_one_by_one(void)
{
	struct hl7_house h;
	hl7_open(&h);
	h.systems[0].lenient.missing_event_segments = true;
	feed(&h, "a-hospital", "A04", PID(ID_A("201")));
	hl7_says(&h, "no EVN, no PV1", "AA", NULL, NULL, NULL);
	h.systems[0].lenient.local_sex_codes = true;
	feed(&h, "a-hospital", "A08", "PID|||" ID_A("201") "||" YAMADA "|||2\r");
	hl7_says(&h, "sex 2", "AA", NULL, NULL, NULL);
	CU_ASSERT_STRING_EQUAL(people_record(&h.f, A_DOMAIN, "201").demographics.sex, "F");
	h.systems[0].lenient.twelve_digit_ids = true;
	feed(&h, "a-hospital", "A04", PID(ID_A(INDIVIDUAL_NUMBER)));
	hl7_says(&h, "ids of twelve digits", "AA", NULL, NULL, NULL);
	feed(&h, "a-hospital", "A04", PID(ID_A(INDIVIDUAL_NUMBER) "^NNJPN"));
	hl7_says(&h, "declared", "AE", "103", "PID^1^3^1", "E");
	hl7_close(&h);
}

static void an_update_keeps_deletes_and_repeats(void)
{
	struct hl7_house h;
	hl7_open(&h);
	add(&h, "a-hospital", ID_A("101"));
	CU_ASSERT_EQUAL(h.event.action, AUDIT_CREATE);
	CU_ASSERT_STRING_EQUAL(h.event.objects->id, ID_A("101"));
	CU_ASSERT_STRING_EQUAL(h.event.objects->details->type, "MSH-10");
	add(&h, "a-hospital", ID_A("101"));
	CU_ASSERT_EQUAL(people_record(&h.f, A_DOMAIN, "101").version, 1);
	feed(&h, "a-hospital", "A08", EVN("A08") "PID|||" ID_A("101") "||" YAMADA "||\"\"|\r" PV1);
	struct patient_record r = people_record(&h.f, A_DOMAIN, "101");
	CU_ASSERT_PTR_NULL(r.demographics.birth_date);
	CU_ASSERT_STRING_EQUAL(r.demographics.sex, "M");
	CU_ASSERT_STRING_EQUAL(r.demographics.telecoms->number, "03-0000-0101");
	CU_ASSERT_EQUAL(r.version, 2);
	hl7_close(&h);
}

static void a_merge_is_for_ever_and_repeats(void)
{
	struct hl7_house h;
	hl7_open(&h);
	add(&h, "a-hospital", ID_A("101"));
	add(&h, "a-hospital", ID_A("102"));
	add(&h, "a-hospital", ID_A("103"));
	const char *merge = EVN("A40") PID(ID_A("101")) "MRG|" ID_A("102") "\r";
	feed(&h, "a-hospital", "A40", merge);
	hl7_says(&h, "merge", "AA", NULL, NULL, NULL);
	/* ITI TF-2: 3.8.5.1: Delete for the subsumed id, Update for the survivor. */
	CU_ASSERT_EQUAL(h.event.action, AUDIT_DELETE);
	CU_ASSERT_STRING_EQUAL(h.event.objects->id, ID_A("102"));
	CU_ASSERT_EQUAL(h.event.next->action, AUDIT_UPDATE);
	CU_ASSERT_STRING_EQUAL(h.event.next->objects->id, ID_A("101"));
	CU_ASSERT_EQUAL(people_record(&h.f, A_DOMAIN, "102").status, RECORD_SUBSUMED);
	feed(&h, "a-hospital", "A40", merge);
	hl7_says(&h, "merge again", "AA", NULL, NULL, NULL);
	feed(&h, "a-hospital", "A40", EVN("A40") PID(ID_A("103")) "MRG|" ID_A("102") "\r");
	hl7_says(&h, "merged elsewhere", "AE", "204", "MRG^1^1^1^1", "E");
	feed(&h, "a-hospital", "A08", EVN("A08") PID(ID_A("102")) PV1);
	hl7_says(&h, "update of the subsumed", "AE", "204", "PID^1^3^1^1", "E");
	hl7_close(&h);
}

static bool linked(struct hl7_house *h)
{
	return people_record(&h->f, A_DOMAIN, "101").person
	       == people_record(&h->f, B_DOMAIN, "031").person;
}

static void nobody_yet_is_linked_with_nobody(void)
{
	static const struct {
		const char *why, *pid;
		bool linked;
	} cases[] = {
		{ "known", PID(ID_B("031")), true },
		{ "PID-31 = Y",
		  "PID|||" ID_B("031") "||" YAMADA "|" BORN PHONE "||||||||||||||||||Y\r", false },
		{ "PID-31 = N",
		  "PID|||" ID_B("031") "||" YAMADA "|" BORN PHONE "||||||||||||||||||N\r", true },
		{ "a provisional name beside the reading",
		  "PID|||" ID_B("031") "||氏名不詳^^^^^^L^I~ヤマダ^ケンイチ^^^^^L^P|" BORN PHONE
				       "\r",
		  false },
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct hl7_house h;
		hl7_open(&h);
		add(&h, "a-hospital", ID_A("101"));
		feed(&h, "b-clinic", "A04",
		     arena_printf(h.f.arena, EVN("A04") "%s" PV1, cases[i].pid));
		hl7_says(&h, cases[i].why, "AA", NULL, NULL, NULL);
		CU_ASSERT_EQUAL(linked(&h), cases[i].linked);
		/* As soon as it is said who it is, the rules apply. */
		h.systems[1].lenient.update_creates = true;
		feed(&h, "b-clinic", "A08", EVN("A08") PID(ID_B("031")) PV1);
		CU_ASSERT_TRUE(linked(&h));
		hl7_close(&h);
	}
}

static void the_registry_takes_ids_of_the_affinity_domain(void)
{
	struct hl7_house h;
	hl7_open(&h);
	h.region.domains = (const struct assigning_authority[]){
		{ "REGION", AFFINITY, "outside-mpi" },
		{ "A", A_DOMAIN, "a-hospital" },
		{ "B", B_DOMAIN, "b-clinic" },
		{ "C", C_DOMAIN, "c-hospital" },
	};
	feed(&h, "outside-mpi", "A04", EVN("A04") PID("R1^^^&" AFFINITY "&ISO") PV1);
	hl7_says(&h, "an id of the affinity domain", "AA", NULL, NULL, NULL);
	feed(&h, "outside-mpi", "A04", EVN("A04") PID(ID_A("5")) PV1);
	hl7_says(&h, "an id of another domain is passed over", "AA", NULL, NULL, NULL);
	feed(&h, "a-hospital", "A04", EVN("A04") PID("R2^^^&" AFFINITY "&ISO") PV1);
	hl7_says(&h, "from somebody else", "AR", "204", "PID^1^3^1^4", "E");
	hl7_close(&h);
}

#define STAMPED(msh7, evn, pid33)                                                                  \
	"MSH|^~\\&|EMR|A|MINATO|REGION|" msh7 "||ADT^A04|M1|P|2.3.1\r" evn                         \
	"\rPID|||" ID_A("201") "||" YAMADA "||||||||||||||||||||||||||||" pid33 "\r" PV1

/* The exchange is at 2026-01-15T00:33:20Z. */
static void a_feed_tells_when_it_happened(void)
{
	static const struct {
		const char *why, *message, *occurred;
	} cases[] = {
		{ "nothing", STAMPED("", "EVN|A04", ""), NULL },
		{ "when it was made", STAMPED("20260114093000", "EVN|A04", ""), "20260114003000" },
		{ "its zone", STAMPED("20260114093000-0500", "EVN|A04", ""), "20260114143000" },
		{ "EVN-6", STAMPED("20260114093000", "EVN|A04||||||20260101", ""),
		  "20260114003000" },
		{ "EVN-6 alone", STAMPED("", "EVN|A04||||20260101120000|20260101000000", ""),
		  "20251231150000" },
		{ "EVN-2 before EVN-6",
		  STAMPED("20260114093000", "EVN|A04|20260102120000||||20260101000000", ""),
		  "20260102030000" },
		{ "PID-33 before EVN-2",
		  STAMPED("20260114093000", "EVN|A04|20260102120000", "20260101120000"),
		  "20260101030000" },
		{ "the zone of MSH-7 is all others'",
		  STAMPED("20260114093000+0000", "EVN|A04|20260102120000", ""), "20260102120000" },
		{ "a zone of its own",
		  STAMPED("20260114093000+0000", "EVN|A04|20260102120000+0900", ""),
		  "20260102030000" },
		{ "a day is as late as it may be",
		  STAMPED("20260114093000", "EVN|A04|20260102", ""), "20260102145959" },
		{ "or as another says", STAMPED("20260102093000", "EVN|A04|20260102", ""),
		  "20260102003000" },
		{ "what is no time", STAMPED("20260114093000", "EVN|A04|yesterday", "20261301"),
		  "20260114003000" },
		{ "the day after tomorrow", STAMPED("20260114093000", "EVN|A04|20991231120000", ""),
		  "20260114003000" },
		{ "a clock that is a zone fast", STAMPED("", "EVN|A04|20260115183000", ""),
		  "20260115093000" },
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct hl7_house h;
		char text[DTM_TEXT] = "";
		hl7_open(&h);
		h.systems[0].lenient.missing_event_segments = true;
		hl7_send(&h, FEED, "a-hospital", cases[i].message);
		const struct identity_feed *fed = h.x.request;
		if (fed->occurred != 0)
			instant_to_dtm(fed->occurred, text);
		if (!text_equal(text, cases[i].occurred == NULL ? "" : cases[i].occurred))
			fprintf(stderr, "%s: %s\n", cases[i].why, text);
		CU_ASSERT_TRUE(
			text_equal(text, cases[i].occurred == NULL ? "" : cases[i].occurred));
		hl7_close(&h);
	}
}

int main(void)
{
	static const struct test tests[] = {
		{ "every rule has its answer", every_rule_has_its_answer },
		{ "a leniency is noted when it was needed",
		  a_leniency_is_noted_when_it_was_needed },
		{ "leniencies are named one by one", leniencies_are_named_one_by_one },
		{ "an update keeps, deletes and repeats", an_update_keeps_deletes_and_repeats },
		{ "a merge is for ever and repeats", a_merge_is_for_ever_and_repeats },
		{ "nobody yet is linked with nobody", nobody_yet_is_linked_with_nobody },
		{ "the registry takes ids of the affinity domain",
		  the_registry_takes_ids_of_the_affinity_domain },
		{ "a feed tells when it happened", a_feed_tells_when_it_happened },
		{ NULL, NULL }
	};
	return suite_run("ITI-8", tests);
}
