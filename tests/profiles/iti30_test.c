/* tests/profiles/iti30_test.c: ITI-30 messages and those of visits, one row a rule; what they do to
 * cross-references, and undo. ITI TF-2: 3.30. */
#include "tests/base/suite.h"

#include "tests/profiles/hl7_exchange.h"

extern const struct transaction iti30_patient_identity_management, iti8_patient_identity_feed;

#define PAM (&iti30_patient_identity_management)
#define ID_A(id) id "^^^&" A_DOMAIN "&ISO"
#define ID_B(id) id "^^^&" B_DOMAIN "&ISO"
#define YAMADA "山田^健一^^^^^L^I~ヤマダ^ケンイチ^^^^^L^P"
#define SATO "佐藤^花子^^^^^L^I~サトウ^ハナコ^^^^^L^P"
#define PHONE "|||||^PRN^PH^^^^^^^^^03-0000-0101"
#define EVN "EVN||20260115093000\r"
#define PV1 "PV1||N\r"
#define BORN "|19410503|M"
#define PID(ids) "PID|||" ids "||" YAMADA "|" BORN PHONE "\r"
#define HANAKO(ids) "PID|||" ids "||" SATO "||19800101|F|||||^PRN^PH^^^^^^^^^03-0000-0202\r"
/* PID-29, PID-30 */
#define DIED(ids, when, yes)                                                                       \
	"PID|||" ids "||" YAMADA "|" BORN PHONE "||||||||||||||||" when "|" yes "\r"
#define MRG(ids) "MRG|" ids "\r"

static const char *message(struct hl7_house *h, const char *event, const char *segments,
			   const char *processing)
{
	return arena_printf(h->f.arena,
			    "MSH|^~\\&|EMR|A|MINATO|REGION|20260115093000||ADT^%s|M1|%s|2.5||||||"
			    "UNICODE UTF-8\r%s",
			    event, processing, segments);
}

static void send(struct hl7_house *h, const char *system, const char *event, const char *segments)
{
	hl7_send(h, PAM, system, message(h, event, segments, "P"));
}

static void say(struct hl7_house *h, const char *system, const char *event, const char *segments)
{
	send(h, system, event, segments);
	hl7_says(h, event, "AA", NULL, NULL, NULL);
}

/* To a manager that knows 101 of A (Yamada), 102 of A (Sato), and 031 of B (Sato, with whom 102 is
 * linked). */
static const struct {
	const char *why, *system, *event, *segments;
	const char *ack, *code, *where, *severity;
} rules[] = {
	{ "a new patient", "a-hospital", "A28^ADT_A05", EVN PID(ID_A("201")) PV1, "AA", NULL, NULL,
	  NULL },
	{ "one that is known", "a-hospital", "A28", EVN PID(ID_A("101")) PV1, "AA", NULL, NULL,
	  NULL },
	{ "a structure of another message", "a-hospital", "A28^ADT_A01", EVN PID(ID_A("201")) PV1,
	  "AR", "200", "MSH^1^9^1^3", "E" },
	{ "no pseudo-PV1", "a-hospital", "A28", EVN PID(ID_A("201")), "AE", "100", "PV1^1", "E" },
	{ "no EVN", "a-hospital", "A31", PID(ID_A("201")) PV1, "AE", "100", "EVN^1", "E" },
	{ "no name", "a-hospital", "A31", EVN "PID|||" ID_A("201") "\r" PV1, "AE", "101", "PID^1^5",
	  "E" },
	{ "a name that is said to be none", "a-hospital", "A31",
	  EVN "PID|||" ID_A("201") "||~^^^^^^S\r" PV1, "AA", NULL, NULL, NULL },
	{ "one that is unspecified", "a-hospital", "A28",
	  EVN "PID|||" ID_A("201") "||^^^^^^U\r" PV1, "AA", NULL, NULL, NULL },
	{ "a legal name of nothing", "a-hospital", "A28",
	  EVN "PID|||" ID_A("201") "||^^^^^^L\r" PV1, "AE", "101", "PID^1^5", "E" },
	{ "an update", "a-hospital", "A31", EVN PID(ID_A("101")) PV1, "AA", NULL, NULL, NULL },
	{ "an update of nobody is an insert, without a leniency", "b-clinic", "A31",
	  EVN PID(ID_B("201")) PV1, "AA", NULL, NULL, NULL },
	{ "an impossible birth date", "a-hospital", "A31",
	  EVN "PID|||" ID_A("101") "||" YAMADA "||19410532\r" PV1, "AE", "102", "PID^1^7", "E" },
	{ "a birth date to come", "a-hospital", "A31",
	  EVN "PID|||" ID_A("101") "||" YAMADA "||20991231\r" PV1, "AE", "102", "PID^1^7", "E" },
	{ "another's domain", "a-hospital", "A31", EVN PID(ID_B("031")) PV1, "AR", "204",
	  "PID^1^3^1^4", "E" },

	{ "a merge", "a-hospital", "A40^ADT_A39", EVN PID(ID_A("101")) MRG(ID_A("102")), "AA", NULL,
	  NULL, NULL },
	{ "a merge into nobody changes the id", "a-hospital", "A40",
	  EVN PID(ID_A("201")) MRG(ID_A("102")), "AA", NULL, NULL, NULL },
	{ "a merge of nobody", "a-hospital", "A40", EVN PID(ID_A("101")) MRG(ID_A("999")), "AA",
	  "204", "MRG^1^1^1^1", "W" },
	{ "a merge of nobody into nobody", "a-hospital", "A40",
	  EVN PID(ID_A("998")) MRG(ID_A("999")), "AA", "204", "MRG^1^1^1^1", "W" },
	{ "a merge into itself", "a-hospital", "A40", EVN PID(ID_A("101")) MRG(ID_A("101")), "AE",
	  "204", "MRG^1^1^1^1", "E" },
	{ "a merge of another's", "a-hospital", "A40", EVN PID(ID_A("101")) MRG(ID_B("031")), "AR",
	  "204", "MRG^1^1^1^4", "E" },

	{ "another id", "a-hospital", "A47^ADT_A30", EVN PID(ID_A("201")) MRG(ID_A("102")), "AA",
	  NULL, NULL, NULL },
	{ "an id that is a patient's", "a-hospital", "A47", EVN PID(ID_A("101")) MRG(ID_A("102")),
	  "AE", "205", "PID^1^3^1^1", "E" },
	{ "an id nobody knows is changed", "a-hospital", "A47",
	  EVN PID(ID_A("201")) MRG(ID_A("999")), "AA", "204", "MRG^1^1^1^1", "W" },
	{ "into itself", "a-hospital", "A47", EVN PID(ID_A("102")) MRG(ID_A("102")), "AE", "204",
	  "MRG^1^1^1^1", "E" },
	{ "without MRG", "a-hospital", "A47", EVN PID(ID_A("201")), "AE", "100", "MRG^1", "E" },
	{ "without MRG-1", "a-hospital", "A47", EVN PID(ID_A("201")) "MRG|\r", "AE", "101",
	  "MRG^1^1", "E" },
	{ "another's id", "b-clinic", "A47", EVN PID(ID_B("201")) MRG(ID_A("102")), "AR", "204",
	  "MRG^1^1^1^4", "E" },
	{ "into another's domain", "a-hospital", "A47", EVN PID(ID_B("201")) MRG(ID_A("102")), "AR",
	  "204", "PID^1^3^1^4", "E" },

	{ "a link of two who contradict", "a-hospital", "A24^ADT_A24",
	  EVN PID(ID_A("101")) HANAKO(ID_A("102")), "AA", "205", "PID^2^3^1^1", "W" },
	{ "a link with nobody", "a-hospital", "A24", EVN PID(ID_A("101")) PID(ID_A("999")), "AA",
	  "204", "PID^2^3^1^1", "W" },
	{ "a link of nobody", "a-hospital", "A24", EVN PID(ID_A("999")) PID(ID_A("101")), "AA",
	  "204", "PID^1^3^1^1", "W" },
	{ "a link with itself", "a-hospital", "A24", EVN PID(ID_A("101")) PID(ID_A("101")), "AE",
	  "204", "PID^2^3^1^1", "E" },
	{ "a link with another's", "a-hospital", "A24", EVN HANAKO(ID_A("102")) PID(ID_B("031")),
	  "AR", "204", "PID^2^3^1^4", "E" },
	{ "a link of another's", "a-hospital", "A24", EVN PID(ID_B("031")) HANAKO(ID_A("102")),
	  "AR", "204", "PID^1^3^1^4", "E" },
	{ "visits beside the two say nothing", "a-hospital", "A24",
	  EVN PID(ID_A("101")) "PV1||O\r" PID(ID_A("999")) "PV1||O\r", "AA", "204", "PID^2^3^1^1",
	  "W" },
	{ "one PID", "a-hospital", "A24", EVN PID(ID_A("101")), "AE", "100", "PID^2", "E" },
	{ "no PID", "a-hospital", "A24", EVN, "AE", "100", "PID^1", "E" },
	{ "three PID", "a-hospital", "A24", EVN PID(ID_A("101")) PID(ID_A("102")) PID(ID_A("103")),
	  "AE", "100", "PID^3", "E" },
	{ "the second without an id", "a-hospital", "A24", EVN PID(ID_A("101")) PID(""), "AE",
	  "101", "PID^2^3", "E" },
	{ "the first without an id", "a-hospital", "A24", EVN PID("") PID(ID_A("101")), "AE", "101",
	  "PID^1^3", "E" },
	{ "four ids", "a-hospital", "A24",
	  EVN PID(ID_A("101")) PID(ID_A("1") "~" ID_A("2") "~" ID_A("3") "~" ID_A("4")), "AA",
	  "204", "PID^2^3^1^1", "W" },
	{ "five ids", "a-hospital", "A24",
	  EVN PID(ID_A("101"))
		  PID(ID_A("1") "~" ID_A("2") "~" ID_A("3") "~" ID_A("4") "~" ID_A("5")),
	  "AR", "207", "PID^2^3^1^1", "E" },
	{ "a MRG in a link", "a-hospital", "A24",
	  EVN PID(ID_A("101")) PID(ID_A("102")) MRG(ID_A("103")), "AE", "100", "MRG^1", "E" },
	{ "what was never linked is unlinked", "a-hospital", "A37^ADT_A37",
	  EVN PID(ID_A("101")) HANAKO(ID_A("102")), "AA", NULL, NULL, NULL },
	{ "nobody is unlinked", "a-hospital", "A37", EVN PID(ID_A("101")) PID(ID_A("999")), "AA",
	  "204", "PID^2^3^1^1", "W" },
	{ "another's is unlinked", "a-hospital", "A37", EVN HANAKO(ID_A("102")) PID(ID_B("031")),
	  "AR", "204", "PID^2^3^1^4", "E" },

	{ "deleted", "a-hospital", "A29^ADT_A21", EVN PID(ID_A("101")), "AA", NULL, NULL, NULL },
	{ "nobody is deleted", "a-hospital", "A29", EVN PID(ID_A("999")), "AA", "204",
	  "PID^1^3^1^1", "W" },
	{ "another's is deleted", "a-hospital", "A29", EVN PID(ID_B("031")), "AR", "204",
	  "PID^1^3^1^4", "E" },

	{ "a discharge", "a-hospital", "A03^ADT_A03", EVN PID(ID_A("101")) PV1, "AA", NULL, NULL,
	  NULL },
	{ "a discharge without its visit", "a-hospital", "A03", EVN PID(ID_A("101")), "AE", "100",
	  "PV1^1", "E" },
	{ "a discharge of nobody", "a-hospital", "A03", EVN DIED(ID_A("999"), "20260114", "Y") PV1,
	  "AA", "204", "PID^1^3^1^1", "W" },
	{ "an admission that was none", "a-hospital", "A11^ADT_A09", EVN PID(ID_A("101")) PV1, "AA",
	  NULL, NULL, NULL },
	{ "a transfer that was none", "a-hospital", "A12^ADT_A12", EVN PID(ID_A("101")) PV1, "AA",
	  NULL, NULL, NULL },
	{ "the same in an older structure", "a-hospital", "A12^ADT_A09", EVN PID(ID_A("101")) PV1,
	  "AA", NULL, NULL, NULL },
	{ "a discharge that was none", "a-hospital", "A13^ADT_A01", EVN PID(ID_A("101")) PV1, "AA",
	  NULL, NULL, NULL },
	{ "a visit is deleted", "a-hospital", "A23^ADT_A21", EVN PID(ID_A("101")) PV1, "AA", NULL,
	  NULL, NULL },
	{ "another's visit", "a-hospital", "A11", EVN PID(ID_B("031")) PV1, "AR", "204",
	  "PID^1^3^1^4", "E" },
};

static void open_house(struct hl7_house *h)
{
	hl7_open(h);
	say(h, "a-hospital", "A28", EVN PID(ID_A("101")) PV1);
	CU_ASSERT_EQUAL(h->event.action, AUDIT_CREATE);
	say(h, "a-hospital", "A28", EVN HANAKO(ID_A("102")) PV1);
	say(h, "b-clinic", "A28", EVN HANAKO(ID_B("031")) PV1);
}

static struct patient_record record(struct hl7_house *h, const char *domain, const char *id)
{
	return people_record(&h->f, domain, id);
}

static bool are_one(struct hl7_house *h, const char *a, const char *domain, const char *other)
{
	return record(h, A_DOMAIN, a).person == record(h, domain, other).person;
}

static void every_rule_has_its_answer(void)
{
	for (size_t i = 0; i < COUNT(rules); i++) {
		struct hl7_house h;
		struct patient_record r;
		open_house(&h);
		send(&h, rules[i].system, rules[i].event, rules[i].segments);
		hl7_says(&h, rules[i].why, rules[i].ack, rules[i].code, rules[i].where,
			 rules[i].severity);
		CU_ASSERT_FALSE(people_find(&h.f, A_DOMAIN, "999", &r));
		CU_ASSERT_FALSE(people_find(&h.f, A_DOMAIN, "998", &r));
		if (!text_equal(rules[i].ack, "AA")) {
			CU_ASSERT_TRUE(are_one(&h, "102", B_DOMAIN, "031"));
			CU_ASSERT_FALSE(are_one(&h, "101", A_DOMAIN, "102"));
			CU_ASSERT_EQUAL(record(&h, A_DOMAIN, "101").version, 1);
			CU_ASSERT_EQUAL(record(&h, A_DOMAIN, "102").version, 1);
		}
		hl7_close(&h);
	}
}

static void a_changed_id_takes_all_along(void)
{
	static const char *const events[] = { "A47", "A40" };
	for (size_t i = 0; i < COUNT(events); i++) {
		struct hl7_house h;
		struct patient_record r;
		open_house(&h);
		const uint64_t number = record(&h, A_DOMAIN, "102").number;
		const char *change = EVN HANAKO(ID_A("201")) MRG(ID_A("102"));
		say(&h, "a-hospital", events[i], change);
		CU_ASSERT_STRING_EQUAL(h.event.objects->id, i == 0 ? ID_A("201") : ID_A("102"));
		CU_ASSERT_FALSE(people_find(&h.f, A_DOMAIN, "102", &r));
		CU_ASSERT_EQUAL(record(&h, A_DOMAIN, "201").number, number);
		CU_ASSERT_STRING_EQUAL(record(&h, A_DOMAIN, "201").demographics.names->family,
				       "佐藤");
		CU_ASSERT_TRUE(are_one(&h, "201", B_DOMAIN, "031"));
		/* Its answer was lost: it comes again. */
		send(&h, "a-hospital", events[i], change);
		hl7_says(&h, "again", "AA", "204", "MRG^1^1^1^1", "W");
		/* The number may be given to somebody else, who is nobody's. */
		say(&h, "a-hospital", "A28", EVN PID(ID_A("102")) PV1);
		CU_ASSERT_NOT_EQUAL(record(&h, A_DOMAIN, "102").number, number);
		CU_ASSERT_FALSE(are_one(&h, "102", B_DOMAIN, "031"));
		/* And back. */
		send(&h, "a-hospital", "A47", EVN HANAKO(ID_A("102")) MRG(ID_A("201")));
		hl7_says(&h, "taken meanwhile", "AE", "205", "PID^1^3^1^1", "E");
		hl7_close(&h);
	}
}

static void a_merged_id_is_not_changed(void)
{
	struct hl7_house h;
	open_house(&h);
	say(&h, "a-hospital", "A40", EVN HANAKO(ID_A("102")) MRG(ID_A("101")));
	send(&h, "a-hospital", "A47", EVN PID(ID_A("201")) MRG(ID_A("101")));
	hl7_says(&h, "merged away", "AE", "204", "MRG^1^1^1^1", "E");
	send(&h, "a-hospital", "A40", EVN PID(ID_A("201")) MRG(ID_A("101")));
	hl7_says(&h, "merged away, into nobody", "AE", "204", "MRG^1^1^1^1", "E");
	send(&h, "a-hospital", "A24", EVN PID(ID_A("101")) PID(ID_A("102")));
	hl7_says(&h, "linked", "AA", "204", "PID^1^3^1^1", "W");
	send(&h, "a-hospital", "A29", EVN PID(ID_A("101")));
	hl7_says(&h, "deleted", "AE", "204", "PID^1^3^1^1", "E");
	hl7_close(&h);
}

#define NAMELESS(id) "PID|||" ID_A(id) "||山田^一子^^^^^L^I||\r"

static void a_link_is_kept_and_taken_back(void)
{
	struct hl7_house h;
	const char *two = EVN NAMELESS("301") NAMELESS("302");
	open_house(&h);
	say(&h, "a-hospital", "A28", EVN NAMELESS("301") PV1);
	say(&h, "a-hospital", "A28", EVN NAMELESS("302") PV1);
	CU_ASSERT_FALSE(are_one(&h, "301", A_DOMAIN, "302"));
	const uint64_t apart = record(&h, A_DOMAIN, "302").person;
	say(&h, "a-hospital", "A24", two);
	CU_ASSERT_TRUE(are_one(&h, "301", A_DOMAIN, "302"));
	CU_ASSERT_EQUAL(h.event.action, AUDIT_UPDATE);
	CU_ASSERT_STRING_EQUAL(h.event.objects->id, ID_A("301"));
	CU_ASSERT_STRING_EQUAL(h.event.objects->next->id, ID_A("302"));
	say(&h, "a-hospital", "A24", two);
	CU_ASSERT_TRUE(are_one(&h, "301", A_DOMAIN, "302"));
	say(&h, "a-hospital", "A37", two);
	CU_ASSERT_FALSE(are_one(&h, "301", A_DOMAIN, "302"));
	CU_ASSERT_NOT_EQUAL(apart, 0);
	say(&h, "a-hospital", "A37", two);
	CU_ASSERT_FALSE(are_one(&h, "301", A_DOMAIN, "302"));
	say(&h, "a-hospital", "A24", EVN NAMELESS("302") NAMELESS("301"));
	CU_ASSERT_TRUE(are_one(&h, "301", A_DOMAIN, "302"));
	hl7_close(&h);
}

/* ITI TF-2: 3.30.6.6.4: the link is recorded, no patient is made, and it is no error. */
static void a_link_waits_for_who_is_not_known_yet(void)
{
	struct hl7_house h;
	struct patient_record r;
	const char *two = EVN NAMELESS("301") NAMELESS("302");
	open_house(&h);
	send(&h, "a-hospital", "A24", two);
	hl7_says(&h, "both unknown", "AA", "204", "PID^1^3^1^1", "W");
	CU_ASSERT_STRING_EQUAL(h.event.objects->id, ID_A("301"));
	CU_ASSERT_STRING_EQUAL(h.event.objects->next->id, ID_A("302"));
	CU_ASSERT_FALSE(people_find(&h.f, A_DOMAIN, "301", &r));
	say(&h, "a-hospital", "A28", EVN NAMELESS("302") PV1);
	send(&h, "a-hospital", "A24", two);
	hl7_says(&h, "one unknown", "AA", "204", "PID^1^3^1^1", "W");
	say(&h, "a-hospital", "A31", EVN NAMELESS("301") PV1);
	CU_ASSERT_TRUE(are_one(&h, "301", A_DOMAIN, "302"));
	say(&h, "a-hospital", "A24", two);
	/* Taken back before it could be made; then there is none. */
	send(&h, "a-hospital", "A24", EVN NAMELESS("303") NAMELESS("302"));
	say(&h, "a-hospital", "A37", EVN NAMELESS("302") NAMELESS("303"));
	send(&h, "a-hospital", "A37", EVN NAMELESS("302") NAMELESS("303"));
	hl7_says(&h, "no link", "AA", "204", "PID^2^3^1^1", "W");
	say(&h, "a-hospital", "A28", EVN NAMELESS("303") PV1);
	CU_ASSERT_FALSE(are_one(&h, "303", A_DOMAIN, "302"));
	/* With itself, of which nobody knows. */
	send(&h, "a-hospital", "A24", EVN NAMELESS("309") NAMELESS("309"));
	hl7_says(&h, "one id", "AE", "204", "PID^2^3^1^1", "E");
	hl7_close(&h);
}

/* A feed makes no stranger of a patient whose link waits. */
static void a_link_that_waits_joins_nobody_who_contradicts(void)
{
	struct hl7_house h;
	open_house(&h);
	send(&h, "a-hospital", "A24", EVN PID(ID_A("101")) PID(ID_A("301")));
	hl7_says(&h, "unknown", "AA", "204", "PID^2^3^1^1", "W");
	say(&h, "a-hospital", "A28", EVN HANAKO(ID_A("301")) PV1);
	CU_ASSERT_FALSE(are_one(&h, "101", A_DOMAIN, "301"));
	CU_ASSERT_TRUE(are_one(&h, "102", A_DOMAIN, "301"));
	hl7_close(&h);
}

static void a_link_that_waits_goes_with_its_id(void)
{
	struct hl7_house h;
	open_house(&h);
	send(&h, "a-hospital", "A24", EVN PID(ID_A("101")) PID(ID_A("301")));
	send(&h, "a-hospital", "A47", EVN PID(ID_A("302")) MRG(ID_A("301")));
	hl7_says(&h, "changed before it is known", "AA", "204", "MRG^1^1^1^1", "W");
	say(&h, "a-hospital", "A47", EVN PID(ID_A("111")) MRG(ID_A("101")));
	say(&h, "a-hospital", "A28", EVN "PID|||" ID_A("301") "||他^人||\r" PV1);
	say(&h, "a-hospital", "A28", EVN "PID|||" ID_A("302") "||" YAMADA "||\r" PV1);
	CU_ASSERT_FALSE(are_one(&h, "301", A_DOMAIN, "111"));
	CU_ASSERT_TRUE(are_one(&h, "302", A_DOMAIN, "111"));
	hl7_close(&h);
}

#define EVN_AT(when) "EVN||" when "\r"

/* What was told of the number before it became another one is of the patient who has that. */
static void what_comes_late_makes_nobody_known(void)
{
	static const char *const events[] = { "A28", "A31" };
	struct hl7_house h;
	struct patient_record r;
	open_house(&h);
	say(&h, "a-hospital", "A47", EVN_AT("20260115100000") HANAKO(ID_A("201")) MRG(ID_A("102")));
	for (size_t i = 0; i < COUNT(events); i++) {
		send(&h, "a-hospital", events[i], EVN HANAKO(ID_A("102")) PV1);
		hl7_says(&h, events[i], "AA", "205", "PID^1^3^1^4", "W");
		CU_ASSERT_FALSE(people_find(&h.f, A_DOMAIN, "102", &r));
	}
	/* A link of then neither. */
	send(&h, "a-hospital", "A24", EVN PID(ID_A("101")) HANAKO(ID_A("102")));
	hl7_says(&h, "an old link", "AA", "204", "PID^2^3^1^1", "W");
	/* Who gets the number later is another patient. */
	say(&h, "a-hospital", "A28", EVN_AT("20260115110000") PID(ID_A("102")) PV1);
	CU_ASSERT_FALSE(are_one(&h, "102", A_DOMAIN, "201"));
	CU_ASSERT_TRUE(are_one(&h, "201", B_DOMAIN, "031"));
	/* The change comes again, when both are somebody's, and when the first has moved on. */
	say(&h, "a-hospital", "A47", EVN_AT("20260115120000") HANAKO(ID_A("202")) MRG(ID_A("201")));
	send(&h, "a-hospital", "A47",
	     EVN_AT("20260115100000") HANAKO(ID_A("201")) MRG(ID_A("102")));
	hl7_says(&h, "an old change", "AA", "204", "PID^1^3^1^1", "W");
	CU_ASSERT_FALSE(people_find(&h.f, A_DOMAIN, "201", &r));
	CU_ASSERT_TRUE(are_one(&h, "202", B_DOMAIN, "031"));
	hl7_close(&h);
}

/* Twins, say, whom name and phone made one. */
static void who_is_one_by_evidence_is_apart_once_unlinked(void)
{
	struct hl7_house h;
	const char *two = EVN HANAKO(ID_A("102")) HANAKO(ID_A("103"));
	open_house(&h);
	say(&h, "a-hospital", "A28", EVN HANAKO(ID_A("103")) PV1);
	CU_ASSERT_TRUE(are_one(&h, "102", A_DOMAIN, "103"));
	say(&h, "a-hospital", "A37", two);
	CU_ASSERT_FALSE(are_one(&h, "102", A_DOMAIN, "103"));
	/* Who was linked first stays with B's. */
	CU_ASSERT_TRUE(are_one(&h, "102", B_DOMAIN, "031"));
	say(&h, "a-hospital", "A31", EVN HANAKO(ID_A("103")) PV1);
	CU_ASSERT_FALSE(are_one(&h, "102", A_DOMAIN, "103"));
	say(&h, "a-hospital", "A24", two);
	CU_ASSERT_TRUE(are_one(&h, "102", A_DOMAIN, "103"));
	hl7_close(&h);
}

struct operator_says {
	uint64_t record, other;
	enum pair_decision what;
};

static bool decide_job(void *with, struct store_txn *t, struct problem *p)
{
	const struct operator_says *d = with;
	struct person_decision said = { "clerk", "seen" };
	struct feed_outcome out;
	return identity_decide_pair(t, &people_region, d->record, d->other, d->what, &said, &out,
				    p);
}

static void decide(struct hl7_house *h, const char *id, const char *other, enum pair_decision what)
{
	struct operator_says d = { record(h, A_DOMAIN, id).number,
				   record(h, A_DOMAIN, other).number, what };
	fixture_must(&h->f, store_write(h->f.store, decide_job, &d, &h->f.problem));
}

static void what_the_operator_decided_goes_before(void)
{
	struct hl7_house h;
	const char *two = EVN HANAKO(ID_A("102")) HANAKO(ID_A("103"));
	open_house(&h);
	say(&h, "a-hospital", "A28", EVN HANAKO(ID_A("103")) PV1);
	decide(&h, "102", "103", PAIR_APART);
	send(&h, "a-hospital", "A24", two);
	hl7_says(&h, "decided to be two", "AE", "205", "PID^2^3^1^1", "E");
	say(&h, "a-hospital", "A37", two);
	CU_ASSERT_FALSE(are_one(&h, "102", A_DOMAIN, "103"));
	decide(&h, "102", "103", PAIR_TOGETHER);
	send(&h, "a-hospital", "A37", two);
	hl7_says(&h, "decided to be one", "AE", "205", "PID^2^3^1^1", "E");
	say(&h, "a-hospital", "A24", two);
	decide(&h, "102", "103", PAIR_UNDO);
	say(&h, "a-hospital", "A37", two);
	CU_ASSERT_FALSE(are_one(&h, "102", A_DOMAIN, "103"));
	decide(&h, "102", "103", PAIR_UNDO);
	CU_ASSERT_TRUE(are_one(&h, "102", A_DOMAIN, "103"));
	hl7_close(&h);
}

static void who_is_deleted_rests_until_he_is_back(void)
{
	struct hl7_house h;
	open_house(&h);
	const uint64_t person = record(&h, B_DOMAIN, "031").person;
	send(&h, "a-hospital", "A29", EVN HANAKO(ID_A("102")));
	hl7_says(&h, "somebody is linked with it", "AA", "205", "PID^1^3^1^4", "W");
	CU_ASSERT_EQUAL(h.event.action, AUDIT_DELETE);
	struct patient_record r = record(&h, A_DOMAIN, "102");
	CU_ASSERT_PTR_NULL(r.demographics.names);
	CU_ASSERT_PTR_NULL(r.demographics.birth_date);
	CU_ASSERT_PTR_NULL(r.demographics.telecoms);
	CU_ASSERT_TRUE((r.unsettled & UNSETTLED_IDENTITY) != 0);
	/* B's patient is who he was. */
	CU_ASSERT_EQUAL(record(&h, B_DOMAIN, "031").person, person);
	CU_ASSERT_NOT_EQUAL(r.person, person);
	say(&h, "a-hospital", "A29", EVN HANAKO(ID_A("102")));
	CU_ASSERT_EQUAL(record(&h, A_DOMAIN, "102").version, r.version);
	say(&h, "a-hospital", "A28", EVN HANAKO(ID_A("102")) PV1);
	CU_ASSERT_TRUE(are_one(&h, "102", B_DOMAIN, "031"));
	CU_ASSERT_EQUAL(record(&h, A_DOMAIN, "102").unsettled & UNSETTLED_IDENTITY, 0);
	/* Nothing hangs on 101: its number may be another's. */
	say(&h, "a-hospital", "A29", EVN PID(ID_A("101")));
	CU_ASSERT_EQUAL(record(&h, A_DOMAIN, "101").unsettled, 0);
	say(&h, "a-hospital", "A28", EVN HANAKO(ID_A("101")) PV1);
	CU_ASSERT_TRUE(are_one(&h, "101", B_DOMAIN, "031"));
	hl7_close(&h);
}

static void only_a_discharge_tells_a_death(void)
{
	static const struct {
		const char *event, *died;
	} cases[] = {
		{ "A03", "Y" }, { "A11", NULL }, { "A12", NULL }, { "A13", NULL }, { "A23", NULL },
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct hl7_house h;
		open_house(&h);
		say(&h, "a-hospital", cases[i].event,
		    EVN "PID|||" ID_A("101") "||" SATO "||19800101|F||||||||||||||||||||"
					     "|20260114|Y\r" PV1);
		struct patient_record r = record(&h, A_DOMAIN, "101");
		CU_ASSERT_TRUE(text_equal(r.demographics.deceased, cases[i].died));
		CU_ASSERT_EQUAL(r.demographics.deceased_time != NULL, cases[i].died != NULL);
		/* And nothing else of what it says of him. */
		CU_ASSERT_STRING_EQUAL(r.demographics.names->family, "山田");
		CU_ASSERT_STRING_EQUAL(r.demographics.sex, "M");
		hl7_close(&h);
	}
}

/* Whatever it is, and refused as it would be: nothing of it is kept but its record. */
static void training_changes_nothing(void)
{
	static const struct {
		const char *why, *event, *segments, *processing, *ack, *code;
	} cases[] = {
		{ "a patient", "A28", EVN PID(ID_A("201")) PV1, "T", "AA", "202" },
		{ "for debugging", "A28", EVN PID(ID_A("201")) PV1, "D", "AA", "202" },
		{ "a merge", "A40", EVN HANAKO(ID_A("102")) MRG(ID_A("101")), "T", "AA", "202" },
		{ "another id", "A47", EVN PID(ID_A("201")) MRG(ID_A("101")), "T", "AA", "202" },
		{ "deleted", "A29", EVN PID(ID_A("101")), "T", "AA", "202" },
		{ "refused", "A47", EVN PID(ID_A("102")) MRG(ID_A("101")), "T", "AE", "205" },
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct hl7_house h;
		struct patient_record r;
		open_house(&h);
		hl7_send(&h, PAM, "a-hospital",
			 message(&h, cases[i].event, cases[i].segments, cases[i].processing));
		bool taken = text_equal(cases[i].ack, "AA");
		hl7_says(&h, cases[i].why, cases[i].ack, cases[i].code,
			 taken ? "MSH^1^11" : "PID^1^3^1^1", taken ? "W" : "E");
		CU_ASSERT_FALSE(people_find(&h.f, A_DOMAIN, "201", &r));
		CU_ASSERT_EQUAL(record(&h, A_DOMAIN, "101").version, 1);
		CU_ASSERT_EQUAL(record(&h, A_DOMAIN, "101").status, RECORD_ACTIVE);
		const struct audit_detail *last = h.event.objects->details;
		while (last->next != NULL)
			last = last->next;
		CU_ASSERT_EQUAL(text_equal(last->type, "processing"), taken);
		hl7_close(&h);
	}
}

static void the_registry_hears_of_the_affinity_domain_only_what_is_its_own(void)
{
	static const char *const events[] = { "A24", "A37", "A47", "A29", "A03" };
	struct hl7_house h;
	hl7_open(&h);
	h.region.domains = (const struct assigning_authority[]){
		{ "REGION", AFFINITY, "outside-mpi" },
		{ "A", A_DOMAIN, "a-hospital" },
		{ "B", B_DOMAIN, "b-clinic" },
		{ "C", C_DOMAIN, "c-hospital" },
	};
#define R(id) PID(id "^^^&" AFFINITY "&ISO")
	say(&h, "outside-mpi", "A28", EVN R("R1") PV1);
	say(&h, "outside-mpi", "A28", EVN R("R2") PV1);
	for (size_t i = 0; i < COUNT(events); i++) {
		send(&h, "outside-mpi", events[i],
		     i < 2    ? EVN R("R1") R("R2")
		     : i == 2 ? EVN R("R3") MRG("R1^^^&" AFFINITY "&ISO")
			      : EVN R("R1") PV1);
		hl7_says(&h, events[i], "AR", "201", "MSH^1^9^1^2", "E");
	}
	say(&h, "outside-mpi", "A40", EVN R("R1") MRG("R2^^^&" AFFINITY "&ISO"));
	hl7_close(&h);
}

int main(void)
{
	static const struct test tests[] = {
		{ "every rule has its answer", every_rule_has_its_answer },
		{ "a changed id takes all along", a_changed_id_takes_all_along },
		{ "a merged id is not changed", a_merged_id_is_not_changed },
		{ "a link is kept and taken back", a_link_is_kept_and_taken_back },
		{ "a link waits for who is not known yet", a_link_waits_for_who_is_not_known_yet },
		{ "a link that waits joins nobody who contradicts",
		  a_link_that_waits_joins_nobody_who_contradicts },
		{ "a link that waits goes with its id", a_link_that_waits_goes_with_its_id },
		{ "what comes late makes nobody known", what_comes_late_makes_nobody_known },
		{ "who is one by evidence is apart once unlinked",
		  who_is_one_by_evidence_is_apart_once_unlinked },
		{ "what the operator decided goes before", what_the_operator_decided_goes_before },
		{ "who is deleted rests until he is back", who_is_deleted_rests_until_he_is_back },
		{ "only a discharge tells a death", only_a_discharge_tells_a_death },
		{ "training changes nothing", training_changes_nothing },
		{ "the registry hears of the affinity domain only what is its own",
		  the_registry_hears_of_the_affinity_domain_only_what_is_its_own },
		{ NULL, NULL }
	};
	return suite_run("ITI-30", tests);
}
