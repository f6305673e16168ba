/* tests/profiles/iti55_scene.h: a region that other communities ask, and whom it knows. */
#ifndef TESTS_PROFILES_ITI55_SCENE_H
#define TESTS_PROFILES_ITI55_SCENE_H

#include "gateway/base/text.h"
#include "store/deferred_questions.h"
#include "store/errands.h"
#include "store/partner_codes.h"
#include "store/partner_ids.h"
#include "tests/profiles/v3_exchange.h"

extern const struct transaction iti55_cross_gateway_patient_discovery;

#define CODES "2.999.1.77"
#define THEIRS "2.999.30.1"
#define LIST "<parameterList>"
#define ENDS "</parameterList>"
#define TELECOM                                                                                    \
	"<patientTelecom><value value=\"tel:0312345678\"/><semanticsText>Patient.telecom"          \
	"</semanticsText></patientTelecom>"
#define SEX                                                                                        \
	"<livingSubjectAdministrativeGender><value code=\"M\"/><semanticsText>LivingSubject."      \
	"administrativeGender</semanticsText></livingSubjectAdministrativeGender>"
#define BIRTH                                                                                      \
	"<livingSubjectBirthTime><value value=\"19410503\"/><semanticsText>LivingSubject."         \
	"birthTime</semanticsText></livingSubjectBirthTime>"
#define NAME                                                                                       \
	"<livingSubjectName>\n          <value use=\"SYL\"><family>ヤマダ</family>"             \
	"<given>ケンイチ</given></value>\n          <semanticsText>LivingSubject.name"         \
	"</semanticsText>\n        </livingSubjectName>"
#define ADDRESS                                                                                    \
	"<patientAddress><value><streetAddressLine>丸の内9-9-9</streetAddressLine>"             \
	"<city>千代田区</city><postalCode>1000005</postalCode></value></patientAddress>"
#define ID(root, extension)                                                                        \
	"<livingSubjectId><value root=\"" root "\" extension=\"" extension "\"/></"                \
	"livingSubjectId>"
#define ACT "controlActProcess"
#define BOX "https://west.example/answers"

static const struct who people[] = {
	{ A_DOMAIN, "101", "ヤマダ", "ケンイチ", "19410503", "M", "0312345678", 0, 0, 0, 0, 0, 0 },
	{ B_DOMAIN, "031", "ヤマダ", "ケンイチ", "19410503", "M", "0312345678", 0, 0, 0, 0, 0, 0 },
	{ A_DOMAIN, "103", "スズキ", "ハナ", "19500101", "F", "0387654321", 0, 0, 0, 0, 0, 0 },
};

static const struct partner partners[] = {
	{ .name = "west",
	  .purposes = 1 << PARTNER_COMMUNITY,
	  .home_community_id = "urn:oid:2.999.30" },
	{ .name = "east",
	  .purposes = 1 << PARTNER_COMMUNITY,
	  .home_community_id = "urn:oid:2.999.31" },
	{ .name = "box", .purposes = 1 << PARTNER_ANSWERS, .url = BOX },
};
static const char *const boxes[] = { "box", NULL };
static const char *const shared[] = { C_DOMAIN, NULL };
static const struct registered_system systems[] = {
	{ .name = "a-hospital", .domains = a_domains },
	{ .name = "b-clinic", .domains = b_domains },
	{ .name = "c-hospital", .domains = c_domains },
	{ .name = "west-gateway", .community = "west" },
	{ .name = "east-gateway", .community = "east", .pix_domains = shared },
	{ .name = "west-later", .community = "west", .reply_to = boxes },
};

static inline void open_with_people(struct v3 *v)
{
	v3_open(v);
	v->region.systems = systems;
	v->region.system_count = COUNT(systems);
	v->region.partners = partners;
	v->region.partner_count = COUNT(partners);
	v->region.community_domain = CODES;
	v->region.home_community_id = "urn:oid:2.999.10";
	for (size_t i = 0; i < COUNT(people); i++)
		people_feed(&v->f, &people[i]);
}

/* Codes and ids of partners are proved, too. */
static inline void close_all(struct v3 *v)
{
	static const struct check_module *const modules[] = { &identity_check,
							      &consent_check,
							      &partner_codes_check,
							      &partner_ids_check,
							      &deferred_questions_check,
							      &errands_check,
							      NULL };
	struct check_counts counts = { 0 };
	struct problem p = { .code = PROBLEM_NONE };
	fixture_must(&v->f, store_check(v->f.store, modules, people_tell, NULL, &counts, &p));
	CU_ASSERT_EQUAL(counts.findings, 0);
	road_close(v->road);
	continuations_destroy(v->continuations);
	fixture_close(&v->f);
}

static inline void ask(struct v3 *v, const char *system, const struct v3_edit *edits)
{
	v3_send(v, &iti55_cross_gateway_patient_discovery, system,
		v3_message(v, "iti55/query.xml", edits));
}

#endif
