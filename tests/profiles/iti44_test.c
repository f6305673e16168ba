/* tests/profiles/iti44_test.c: the feed as the cross-reference manager and as the registry hear
 * it. */
#include "tests/base/suite.h"

#include "gateway/base/text.h"
#include "gateway/envelope/hl7v3.h"
#include "tests/profiles/v3_exchange.h"

extern const struct transaction iti44_patient_identity_feed_v3,
	iti44_patient_identity_feed_v3_registry;

#define MANAGER (&iti44_patient_identity_feed_v3)
#define REGISTRY (&iti44_patient_identity_feed_v3_registry)
#define PATIENT "/controlActProcess/subject/registrationEvent/subject1/patient"

enum { EDITS = 3 };

static void feed(struct v3 *v, const struct transaction *t, const char *system, const char *message,
		 const struct v3_edit *edits)
{
	v3_send(v, t, system, v3_message(v, message, edits));
}

static const char *acknowledged(const struct v3 *v)
{
	return v3_code(v, "acknowledgement/typeCode");
}

static void a_patient_is_added_with_all_that_was_said(void)
{
	struct v3 v;
	v3_open(&v);
	feed(&v, MANAGER, "a-hospital", "iti44/add.xml", NULL);
	CU_ASSERT_STRING_EQUAL(acknowledged(&v), "CA");
	CU_ASSERT_STRING_EQUAL(
		xml_attribute(v3_node(&v, "acknowledgement/targetMessage/id"), "extension"), "m-1");
	CU_ASSERT_STRING_EQUAL(xml_attribute(v3_node(&v, "receiver/device/id"), "root"),
			       "2.999.101.8");
	CU_ASSERT_STRING_EQUAL(xml_attribute(v3_node(&v, "sender/device/id"), "root"),
			       "2.999.10.1");
	struct patient_record r = people_record(&v.f, A_DOMAIN, "101");
	const struct patient_demographics *d = &r.demographics;
	CU_ASSERT_STRING_EQUAL(d->names->family, "山田");
	CU_ASSERT_EQUAL(d->names->representation, NAME_IDEOGRAPHIC);
	CU_ASSERT_STRING_EQUAL(d->names->use, "L");
	CU_ASSERT_STRING_EQUAL(d->names->next->given, "ケンイチ");
	CU_ASSERT_EQUAL(d->names->next->representation, NAME_PHONETIC);
	CU_ASSERT_STRING_EQUAL(d->telecoms->number, "03-1234-5678");
	CU_ASSERT_STRING_EQUAL(d->telecoms->next->number, "yamada@example.org");
	CU_ASSERT_STRING_EQUAL(d->sex, "M");
	CU_ASSERT_STRING_EQUAL(d->birth_date, "19410503");
	CU_ASSERT_STRING_EQUAL(d->deceased, "N");
	CU_ASSERT_STRING_EQUAL(d->multiple_birth, "Y");
	CU_ASSERT_STRING_EQUAL(d->birth_order, "2");
	CU_ASSERT_STRING_EQUAL(d->addresses->postal_code, "105-0001");
	CU_ASSERT_STRING_EQUAL(d->addresses->state, "東京都");
	CU_ASSERT_STRING_EQUAL(d->addresses->street, "虎ノ門1-2-3");
	CU_ASSERT_STRING_EQUAL(d->mothers_maiden_name, "佐藤");
	CU_ASSERT_STRING_EQUAL(r.source_system, "a-hospital");
	/* ITI TF-2: 3.44.5.1 */
	CU_ASSERT_EQUAL(v.event.action, AUDIT_CREATE);
	CU_ASSERT_STRING_EQUAL(v.event.objects->id, "101^^^&" A_DOMAIN "&ISO");
	CU_ASSERT_STRING_EQUAL(v.event.objects->details->type, "II");
	CU_ASSERT_NSTRING_EQUAL(v.event.objects->details->value, "2.999.101.9^m-1", 15);
	/* The same once more: accepted, nothing changed. */
	feed(&v, MANAGER, "a-hospital", "iti44/add.xml", NULL);
	CU_ASSERT_STRING_EQUAL(acknowledged(&v), "CA");
	CU_ASSERT_EQUAL(people_record(&v.f, A_DOMAIN, "101").version, 1);
	v3_close(&v);
}

#define ID_101 "<id root=\"2.999.101\" extension=\"101\"/>"
#define MANY_NINES "123456789018"

/* What a manager says to a feed; `code` NULL: CA; "W204": CA with that warning. */
static const struct {
	const char *why, *message, *system;
	struct v3_edit edits[EDITS];
	const char *code, *where;
	bool kept; /* is 101 of A known afterwards? */
} feeds[] = {
	{ "an unknown domain",
	  "iti44/add.xml",
	  "a-hospital",
	  { { ID_101, "<id root=\"2.999.777\" extension=\"1\"/>" } },
	  "204",
	  PATIENT "/id",
	  false },
	{ "a domain of somebody else",
	  "iti44/add.xml",
	  "b-clinic",
	  { { NULL, NULL } },
	  "204",
	  PATIENT "/id",
	  false },
	{ "an own id and a foreign one",
	  "iti44/add.xml",
	  "a-hospital",
	  { { ID_101, ID_101 "<id root=\"2.999.102\" extension=\"5\"/>" } },
	  "W204",
	  PATIENT "/id[2]",
	  true },
	{ "an own id and one of an unknown domain",
	  "iti44/add.xml",
	  "a-hospital",
	  { { ID_101, ID_101 "<id root=\"2.999.777\" extension=\"5\"/>" } },
	  "W204",
	  PATIENT "/id[2]",
	  true },
	{ "an insurer's id in asOtherIDs",
	  "iti44/add.xml",
	  "a-hospital",
	  { { "<addr use", "<asOtherIDs><id root=\"2.999.61\" "
			   "extension=\"06123456\"/></asOtherIDs><addr use" } },
	  "W204",
	  PATIENT "/patientPerson/asOtherIDs/id",
	  true },
	{ "an insurer's id alone",
	  "iti44/add.xml",
	  "a-hospital",
	  { { ID_101, "<id root=\"2.999.61\" extension=\"06123456\"/>" } },
	  "204",
	  PATIENT "/id",
	  false },
	{ "a domain by its name only",
	  "iti44/add.xml",
	  "a-hospital",
	  { { ID_101, "<id extension=\"101\" assigningAuthorityName=\"A\"/>" } },
	  NULL,
	  NULL,
	  true },
	{ "urn:oid: before the root",
	  "iti44/add.xml",
	  "a-hospital",
	  { { "root=\"2.999.101\"", "root=\"urn:oid:2.999.101\"" } },
	  NULL,
	  NULL,
	  true },
	{ "no domain, and the leniency",
	  "iti44/add.xml",
	  "a-hospital",
	  { { ID_101, "<id extension=\"101\"/>" } },
	  NULL,
	  NULL,
	  true },
	{ "no domain, no leniency",
	  "iti44/add.xml",
	  "b-clinic",
	  { { ID_101, "<id extension=\"101\"/>" } },
	  "101",
	  PATIENT "/id",
	  false },
	{ "an id that is null",
	  "iti44/add.xml",
	  "a-hospital",
	  { { ID_101, "<id nullFlavor=\"UNK\"/>" } },
	  "101",
	  PATIENT,
	  false },
	{ "an Individual Number alone",
	  "iti44/add.xml",
	  "a-hospital",
	  { { "extension=\"101\"", "extension=\"" MANY_NINES "\"" } },
	  "103",
	  PATIENT "/id",
	  false },
	{ "an Individual Number beside an id",
	  "iti44/add.xml",
	  "a-hospital",
	  { { ID_101, ID_101 "<id root=\"2.999.101\" extension=\"" MANY_NINES "\"/>" } },
	  "W103",
	  PATIENT "/id[2]",
	  true },
	{ "an Individual Number in asOtherIDs",
	  "iti44/add.xml",
	  "a-hospital",
	  { { "<addr use", "<asOtherIDs><id root=\"2.999.61\" extension=\"" MANY_NINES
			   "\"/></asOtherIDs><addr use" } },
	  "W103",
	  PATIENT "/patientPerson/asOtherIDs/id",
	  true },
	{ "two sexes",
	  "iti44/add.xml",
	  "a-hospital",
	  { { "<birthTime", "<administrativeGenderCode code=\"F\"/><birthTime" } },
	  "100",
	  PATIENT "/patientPerson/administrativeGenderCode[2]",
	  false },
	{ "two birth dates",
	  "iti44/add.xml",
	  "a-hospital",
	  { { "<birthTime", "<birthTime value=\"19410504\"/><birthTime" } },
	  "100",
	  PATIENT "/patientPerson/birthTime[2]",
	  false },
	{ "a birth time that is none",
	  "iti44/add.xml",
	  "a-hospital",
	  { { "<birthTime value=\"19410503\"", "<birthTime value=\"19410230\"" } },
	  "102",
	  PATIENT "/patientPerson/birthTime",
	  false },
	{ "a birth time to come",
	  "iti44/add.xml",
	  "a-hospital",
	  { { "<birthTime value=\"19410503\"", "<birthTime value=\"20991231\"" } },
	  "102",
	  PATIENT "/patientPerson/birthTime",
	  false },
	{ "two persons",
	  "iti44/add.xml",
	  "a-hospital",
	  { { "<providerOrganization", "<patientPerson/><providerOrganization" } },
	  "100",
	  PATIENT "/patientPerson[2]",
	  false },
	{ "two control acts",
	  "iti44/add.xml",
	  "a-hospital",
	  { { "</PRPA_IN201301UV02>", "<controlActProcess/></PRPA_IN201301UV02>" } },
	  "100",
	  "/controlActProcess[2]",
	  false },
	{ "two message ids",
	  "iti44/add.xml",
	  "a-hospital",
	  { { "<creationTime", "<id root=\"2.999.5\"/><creationTime" } },
	  "100",
	  "/id[2]",
	  false },
	{ "another event",
	  "iti44/add.xml",
	  "a-hospital",
	  { { "PRPA_TE201301UV02", "PRPA_TE201304UV02" } },
	  "201",
	  "/controlActProcess/code",
	  false },
	{ "an interactionId that is none",
	  "iti44/add.xml",
	  "a-hospital",
	  { { "2.16.840.1.113883.1.6", "2.999.6" } },
	  "200",
	  "/interactionId",
	  false },
	{ "another ITS, strictly",
	  "iti44/add.xml",
	  "b-clinic",
	  { { "XML_1.0", "XML_2.0" } },
	  "203",
	  "/@ITSVersion",
	  false },
	{ "another version, strictly",
	  "iti44/add.xml",
	  "b-clinic",
	  { { "<interactionId", "<versionCode code=\"V2\"/><interactionId" } },
	  "203",
	  "/versionCode",
	  false },
	{ "no name at all",
	  "iti44/add.xml",
	  "a-hospital",
	  { { "<name use=\"IDE L\"><family>山田</family><given>健一</given></name>", "" },
	    { "<name use=\"SYL L\"><family>ヤマダ</family><given>ケンイチ</given></name>", "" } },
	  "101",
	  PATIENT "/patientPerson",
	  false },
	{ "no patientPerson",
	  "iti44/add.xml",
	  "a-hospital",
	  { { "<patientPerson ", "<other " }, { "</patientPerson>", "</other>" } },
	  "101",
	  PATIENT,
	  false },
	{ "two patients",
	  "iti44/add.xml",
	  "a-hospital",
	  { { "<subject typeCode=\"SUBJ\"",
	      "<subject typeCode=\"SUBJ\"><registrationEvent/></subject><subject "
	      "typeCode=\"SUBJ\"" } },
	  "100",
	  "/controlActProcess/subject[2]",
	  false },
	{ "no registration",
	  "iti44/add.xml",
	  "a-hospital",
	  { { "<registrationEvent ", "<event " }, { "</registrationEvent>", "</event>" } },
	  "100",
	  "/controlActProcess",
	  false },
	{ "another interaction inside",
	  "iti44/add.xml",
	  "a-hospital",
	  { { "extension=\"PRPA_IN201301UV02\"", "extension=\"PRPA_IN201302UV02\"" } },
	  "200",
	  "/interactionId",
	  false },
	{ "a processing mode that is not T",
	  "iti44/add.xml",
	  "a-hospital",
	  { { "<processingModeCode code=\"T\"/>", "<processingModeCode code=\"A\"/>" } },
	  "202",
	  "/processingModeCode",
	  false },
	{ "a processing code that is none",
	  "iti44/add.xml",
	  "a-hospital",
	  { { "<processingCode code=\"P\"/>", "<processingCode code=\"X\"/>" } },
	  "202",
	  "/processingCode",
	  false },
	{ "an update creates, by leniency",
	  "iti44/revise.xml",
	  "a-hospital",
	  { { NULL, NULL } },
	  NULL,
	  NULL,
	  true },
	{ "an update of an unknown id",
	  "iti44/revise.xml",
	  "b-clinic",
	  { { "root=\"2.999.101\"", "root=\"2.999.102\"" } },
	  "204",
	  PATIENT "/id",
	  false },
};

static bool a_knows_101(struct v3 *v)
{
	struct patient_record r;
	return people_find(&v->f, A_DOMAIN, "101", &r);
}

static bool ends_with(const char *text, const char *end)
{
	size_t length = strlen(text), tail = strlen(end);
	return length >= tail && strcmp(text + length - tail, end) == 0;
}

static void check_refusal(struct v3 *v, const char *why, const char *code, const char *where)
{
	const char *said = v3_code(v, "acknowledgement/acknowledgementDetail/code");
	bool warning = text_starts(code, "W");
	const char *severity = xml_attribute(v3_node(v, "acknowledgement/acknowledgementDetail"),
					     "typeCode");
	CU_ASSERT_TRUE(code == NULL || text_equal(severity, warning ? "W" : "E"));
	code = warning ? code + 1 : code;
	const char *ack = code == NULL || warning ? "CA" : "CE";
	if (!text_equal(acknowledged(v), ack) || !text_equal(said, code == NULL ? "" : code)
	    || (code != NULL && !ends_with(v3_location(v), where)))
		fprintf(stderr, "%s: %s %s %s\n", why, acknowledged(v), said, v3_location(v));
	CU_ASSERT_STRING_EQUAL(acknowledged(v), ack);
	CU_ASSERT_STRING_EQUAL(said, code == NULL ? "" : code);
	CU_ASSERT_TRUE(code == NULL || ends_with(v3_location(v), where));
}

static void feeds_are_accepted_or_refused(void)
{
	for (size_t i = 0; i < COUNT(feeds); i++) {
		struct v3 v;
		struct patient_record r;
		v3_open(&v);
		feed(&v, MANAGER, feeds[i].system, feeds[i].message, feeds[i].edits);
		check_refusal(&v, feeds[i].why, feeds[i].code, feeds[i].where);
		CU_ASSERT_EQUAL(a_knows_101(&v), feeds[i].kept);
		CU_ASSERT_FALSE(people_find(&v.f, B_DOMAIN, "5", &r));
		CU_ASSERT_PTR_NULL(
			memmem(v.answer.data, v.answer.length, MANY_NINES, strlen(MANY_NINES)));
		for (const struct audit_object *o = v.event.objects; o != NULL; o = o->next)
			CU_ASSERT_PTR_NULL(strstr(o->id, MANY_NINES));
		v3_close(&v);
	}
}

static void what_is_sent_as_null_is_taken_away(void)
{
	static const struct v3_edit edits[] = {
		{ "<telecom use=\"HP\" value=\"tel:03-1234-5678\"/>",
		  "<telecom nullFlavor=\"NA\"/>" },
		{ "<telecom use=\"H\" value=\"mailto:yamada@example.org\"/>", "" },
		{ "<administrativeGenderCode code=\"M\"/>",
		  "<administrativeGenderCode nullFlavor=\"UNK\"/>" },
		{ "<multipleBirthInd value=\"true\"/>", "" },
		{ NULL, NULL }
	};
	struct v3 v;
	v3_open(&v);
	feed(&v, MANAGER, "a-hospital", "iti44/add.xml", NULL);
	feed(&v, MANAGER, "a-hospital", "iti44/revise.xml", edits);
	CU_ASSERT_STRING_EQUAL(acknowledged(&v), "CA");
	CU_ASSERT_EQUAL(v.event.action, AUDIT_UPDATE);
	struct patient_record r = people_record(&v.f, A_DOMAIN, "101");
	CU_ASSERT_EQUAL(r.version, 2);
	CU_ASSERT_PTR_NULL(r.demographics.telecoms);
	CU_ASSERT_PTR_NULL(r.demographics.sex);
	CU_ASSERT_STRING_EQUAL(r.demographics.multiple_birth, "Y");
	v3_close(&v);
}

#define PRIOR                                                                                      \
	"/controlActProcess/subject/registrationEvent/replacementOf/priorRegistration/subject1/"   \
	"priorRegisteredRole"
#define ID_102 "<id root=\"2.999.101\" extension=\"102\"/>"

static const struct {
	const char *why, *system;
	struct v3_edit edits[EDITS];
	const char *code, *where;
} merges[] = {
	{ "a merge", "a-hospital", { { NULL, NULL } }, NULL, NULL },
	{ "the same merge", "a-hospital", { { NULL, NULL } }, NULL, NULL },
	{ "into itself",
	  "a-hospital",
	  { { "extension=\"102\"", "extension=\"101\"" } },
	  "204",
	  PRIOR "/id" },
	{ "an unknown prior id",
	  "a-hospital",
	  { { "extension=\"102\"", "extension=\"999\"" } },
	  "204",
	  PRIOR "/id" },
	{ "an unknown survivor",
	  "a-hospital",
	  { { "extension=\"101\"", "extension=\"999\"" },
	    { "extension=\"102\"", "extension=\"103\"" } },
	  "204",
	  PATIENT "/id" },
	{ "subsumed by another",
	  "a-hospital",
	  { { "extension=\"101\"", "extension=\"103\"" } },
	  "204",
	  PRIOR "/id" },
	{ "across domains",
	  "a-hospital",
	  { { ID_102, "<id root=\"2.999.102\" extension=\"031\"/>" } },
	  "204",
	  PRIOR "/id" },
	{ "of a domain of somebody else", "b-clinic", { { NULL, NULL } }, "204", PATIENT "/id" },
	{ "two prior ids", "a-hospital", { { ID_102, ID_102 ID_101 } }, "100", PRIOR "/id[2]" },
	{ "no prior id", "a-hospital", { { ID_102, "<id nullFlavor=\"NI\"/>" } }, "101", PRIOR },
	{ "no replacement",
	  "a-hospital",
	  { { "<replacementOf ", "<of " }, { "</replacementOf>", "</of>" } },
	  "100",
	  "/controlActProcess/subject/registrationEvent" },
};

static void duplicates_are_resolved(void)
{
	static const char *const numbers[] = { "101", "102", "103" };
	struct v3 v;
	v3_open(&v);
	for (size_t i = 0; i < COUNT(numbers); i++)
		people_feed(&v.f, &(struct who){ .domain = A_DOMAIN, .id = numbers[i] });
	people_feed(&v.f, &(struct who){ .domain = B_DOMAIN, .id = "031" });
	for (size_t i = 0; i < COUNT(merges); i++) {
		feed(&v, MANAGER, merges[i].system, "iti44/merge.xml", merges[i].edits);
		check_refusal(&v, merges[i].why, merges[i].code, merges[i].where);
		if (i != 0)
			continue;
		/* ITI TF-2: 3.44.5.1: D for what was subsumed, U for the survivor. */
		CU_ASSERT_EQUAL(v.event.action, AUDIT_DELETE);
		CU_ASSERT_STRING_EQUAL(v.event.objects->id, "102^^^&" A_DOMAIN "&ISO");
		CU_ASSERT_EQUAL(v.event.next->action, AUDIT_UPDATE);
		CU_ASSERT_STRING_EQUAL(v.event.next->objects->id, "101^^^&" A_DOMAIN "&ISO");
	}
	CU_ASSERT_EQUAL(people_record(&v.f, A_DOMAIN, "102").status, RECORD_SUBSUMED);
	CU_ASSERT_EQUAL(people_record(&v.f, A_DOMAIN, "103").status, RECORD_ACTIVE);
	/* A feed of the subsumed id is refused. */
	feed(&v, MANAGER, "a-hospital", "iti44/add.xml",
	     (const struct v3_edit[]){ { "extension=\"101\"", "extension=\"102\"" },
				       { NULL, NULL } });
	check_refusal(&v, "a subsumed id", "204", PATIENT "/id");
	v3_close(&v);
}

#define AS_AFFINITY(number)                                                                        \
	{                                                                                          \
		ID_101, "<id root=\"2.999.1\" extension=\"" number                                 \
			"\"/><id root=\"2.999.101\" extension=\"101\"/>"                           \
			"<id root=\"2.999.777\" extension=\"7\"/>"                                 \
	}

/* ITI TF-2: 3.44.4.1.4, 3.44.4.2.4: the Document Registry. */
static void the_registry_hears_the_affinity_domain_only(void)
{
	static const struct v3_edit one[] = { AS_AFFINITY("R1"), { NULL, NULL } };
	static const struct v3_edit two[] = { AS_AFFINITY("R2"), { NULL, NULL } };
	static const struct v3_edit three[] = { AS_AFFINITY("R3"), { NULL, NULL } };
	static const struct v3_edit merge[] = {
		{ ID_101, "<id root=\"2.999.1\" extension=\"R1\"/>" },
		{ ID_102, "<id root=\"2.999.1\" extension=\"R2\"/>" },
		{ NULL, NULL }
	};
	static const struct v3_edit chain[] = {
		{ ID_101, "<id root=\"2.999.1\" extension=\"R2\"/>" },
		{ ID_102, "<id root=\"2.999.1\" extension=\"R1\"/>" },
		{ NULL, NULL }
	};
	struct v3 v;
	struct patient_record r;
	v3_open(&v);
	feed(&v, REGISTRY, "a-hospital", "iti44/add.xml", one);
	check_refusal(&v, "not its source", "204", PATIENT "/id[1]");
	feed(&v, REGISTRY, "outside-mpi", "iti44/add.xml", one);
	check_refusal(&v, "affinity domain", NULL, NULL);
	CU_ASSERT_EQUAL(v.event.action, AUDIT_CREATE);
	CU_ASSERT_TRUE(people_find(&v.f, AFFINITY, "R1", &r));
	CU_ASSERT_FALSE(a_knows_101(&v));
	feed(&v, REGISTRY, "outside-mpi", "iti44/add.xml", NULL);
	check_refusal(&v, "no id of the affinity domain: nothing to do", NULL, NULL);
	CU_ASSERT_FALSE(a_knows_101(&v));
	feed(&v, REGISTRY, "outside-mpi", "iti44/revise.xml", three);
	check_refusal(&v, "an update is ignored", NULL, NULL);
	CU_ASSERT_FALSE(people_find(&v.f, AFFINITY, "R3", &r));
	feed(&v, REGISTRY, "outside-mpi", "iti44/add.xml", two);
	feed(&v, REGISTRY, "outside-mpi", "iti44/merge.xml", merge);
	check_refusal(&v, "a merge", NULL, NULL);
	CU_ASSERT_EQUAL(people_record(&v.f, AFFINITY, "R2").status, RECORD_SUBSUMED);
	feed(&v, REGISTRY, "outside-mpi", "iti44/merge.xml", merge);
	check_refusal(&v, "a merge made before", "204", PRIOR "/id");
	feed(&v, REGISTRY, "outside-mpi", "iti44/merge.xml", chain);
	check_refusal(&v, "a survivor that is subsumed", "204", PRIOR "/id");
	feed(&v, REGISTRY, "outside-mpi", "iti44/add.xml", two);
	check_refusal(&v, "a subsumed id", "204", PATIENT "/id[1]");
	/* An id of ours is known already: nothing to do. */
	struct person p = people_person(&v.f, AFFINITY, "R1");
	CU_ASSERT_STRING_EQUAL(p.regional_id, "R1");
	v3_close(&v);
}

static void the_registry_knows_the_ids_the_region_made(void)
{
	struct v3 v;
	v3_open(&v);
	people_feed(&v.f, &(struct who){ .domain = A_DOMAIN, .id = "101" });
	const char *ours = people_person(&v.f, A_DOMAIN, "101").regional_id;
	feed(&v, REGISTRY, "outside-mpi", "iti44/add.xml",
	     (const struct v3_edit[]){
		     { "root=\"2.999.101\" extension=\"101\"",
		       arena_printf(v.f.arena, "root=\"2.999.1\" extension=\"%s\"", ours) },
		     { NULL, NULL } });
	check_refusal(&v, "an id of ours", NULL, NULL);
	CU_ASSERT_PTR_NULL(people_record(&v.f, AFFINITY, ours).demographics.names);
	v3_close(&v);
}

/* Messages of others: what reading says of each. */
static const struct {
	const char *file;
	enum problem_code code;
	unsigned ids, names;
} samples[] = {
	{ "ITI-44_201301_epr-request.xml", PROBLEM_NONE, 2, 2 },
	{ "ITI-44_REG_maximal.xml", PROBLEM_NONE, 5, 2 },
	{ "ITI-44_REV_maximal.xml", PROBLEM_NONE, 5, 2 },
	{ "ITI-44_MERGE_maximal.xml", PROBLEM_NONE, 1, 0 },
	{ "ITI-44_A40_translated.xml", PROBLEM_NONE, 1, 0 },
	{ "ITI-44_NEG_multipatient.xml", PROBLEM_SEGMENT_MISSING, 0, 0 },
};

static void messages_of_others_are_read(void)
{
	struct arena *a = arena_create(SAMPLE_ARENA);
	for (size_t i = 0; i < COUNT(samples); i++) {
		struct bytes octets;
		struct hl7v3_message m;
		struct identity_feed said = { .kind = FEED_CREATE };
		struct problem p = { .code = PROBLEM_NONE };
		if (!sample_shared(a, arena_printf(a, "identity/%s", samples[i].file), &octets))
			continue;
		const struct xml_document *d = xml_read(a, NULL, octets, &p);
		const struct xml_node *n = d == NULL ? NULL : xml_root(d);
		if (xml_is(n, SOAP_NAMESPACE, "Envelope"))
			n = xml_first_element(xml_child(n, SOAP_NAMESPACE, "Body"));
		struct hl7_person_notes notes = { .refused = 0 };
		(void)(hl7v3_open(a, n, &m, &p) && hl7v3_read_feed(a, &m, NULL, &notes, &said, &p));
		unsigned ids = 0, names = 0;
		for (const struct patient_identifier *id = said.ids; id != NULL; id = id->next)
			ids++;
		for (const struct person_name *name = said.demographics.names; name != NULL;
		     name = name->next)
			names++;
		if (p.code != samples[i].code)
			fprintf(stderr, "%s: %s %s\n", samples[i].file, p.what, p.where);
		CU_ASSERT_EQUAL(p.code, samples[i].code);
		CU_ASSERT_EQUAL(ids, samples[i].ids);
		CU_ASSERT_EQUAL(names, samples[i].names);
		CU_ASSERT_EQUAL(said.subsumed != NULL, said.kind == FEED_MERGE);
	}
	arena_destroy(a);
}

#define MADE "<creationTime value=\"20260115093000\"/>"
#define ACT "<code code=\"PRPA_TE201301UV02\" codeSystem=\"2.16.840.1.113883.1.6\"/>"
#define REGISTERED "<statusCode code=\"active\"/>\n        <subject1"

static void a_feed_tells_when_it_happened(void)
{
	static const struct {
		const char *why;
		struct v3_edit edits[EDITS];
		const char *occurred;
	} cases[] = {
		{ "when it was made", { { NULL, NULL } }, "20260115003000" },
		{ "nothing", { { MADE, "<creationTime nullFlavor=\"NI\"/>" } }, "" },
		{ "the control act",
		  { { ACT, ACT "<effectiveTime value=\"20260110120000\"/>" } },
		  "20260110030000" },
		{ "since when",
		  { { ACT, ACT "<effectiveTime><low value=\"20260110120000\"/></effectiveTime>" } },
		  "20260110030000" },
		{ "the registration before the control act",
		  { { ACT, ACT "<effectiveTime value=\"20260110120000\"/>" },
		    { REGISTERED, "<statusCode code=\"active\"/><effectiveTime "
				  "value=\"20260109120000\"/><subject1" } },
		  "20260109030000" },
		{ "how long a registration holds is not when",
		  { { REGISTERED,
		      "<statusCode code=\"active\"/>"
		      "<effectiveTime><low value=\"20010109120000\"/></effectiveTime><subject1" } },
		  "20260115003000" },
		{ "the author first",
		  { { "<custodian ",
		      "<author typeCode=\"AUT\"><time value=\"20260102120000+0000\"/>"
		      "</author><custodian " } },
		  "20260102120000" },
		{ "a zone for all",
		  { { MADE, "<creationTime value=\"20260115093000+0000\"/>" },
		    { ACT, ACT "<effectiveTime value=\"20260110120000\"/>" } },
		  "20260110120000" },
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct v3 v;
		char text[DTM_TEXT] = "";
		v3_open(&v);
		feed(&v, MANAGER, "a-hospital", "iti44/add.xml", cases[i].edits);
		CU_ASSERT_STRING_EQUAL(acknowledged(&v), "CA");
		instant occurred = hl7v3_occurred(
			&(struct hl7v3_message){
				.body = v.x.soap->body,
				.control_act = xml_child(v.x.soap->body, V3, "controlActProcess") },
			v.x.now);
		if (occurred != 0)
			instant_to_dtm(occurred, text);
		if (!text_equal(text, cases[i].occurred))
			fprintf(stderr, "%s: %s\n", cases[i].why, text);
		CU_ASSERT_STRING_EQUAL(text, cases[i].occurred);
		v3_close(&v);
	}
}

static const struct test tests[] = {
	{ "a feed tells when it happened", a_feed_tells_when_it_happened },
	{ "a patient is added with all that was said", a_patient_is_added_with_all_that_was_said },
	{ "feeds are accepted or refused", feeds_are_accepted_or_refused },
	{ "what is sent as null is taken away", what_is_sent_as_null_is_taken_away },
	{ "duplicates are resolved", duplicates_are_resolved },
	{ "the registry hears the affinity domain only",
	  the_registry_hears_the_affinity_domain_only },
	{ "the registry knows the ids the region made",
	  the_registry_knows_the_ids_the_region_made },
	{ "messages of others are read", messages_of_others_are_read },
	{ 0 }
};

int main(void)
{
	return suite_run("profiles: ITI-44", tests);
}
