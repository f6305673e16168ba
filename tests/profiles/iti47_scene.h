/* tests/profiles/iti47_scene.h: queries of ITI-47 asked of a region with a few people, and what is
 * answered. */
#ifndef TESTS_PROFILES_ITI47_SCENE_H
#define TESTS_PROFILES_ITI47_SCENE_H

#include "tests/base/suite.h"

#include "gateway/base/text.h"
#include "gateway/envelope/hl7v3.h"
#include "profiles/actors/demographics_supplier.h"
#include "tests/profiles/v3_exchange.h"

extern const struct transaction iti47_patient_demographics_query_v3;

#define LIST "<parameterList>"

#define ENDS "</parameterList>"

#define GIVEN "<given>ケンイチ</given>"

#define QUANTITY(n) "<initialQuantity value=\"" n "\"/>" LIST

static const struct who people[] = {
	{ A_DOMAIN, "101", "ヤマダ", "ケンイチ", "19410503", "M", "0312345678", 0, 0, 0, 0, 0, 0 },
	{ B_DOMAIN, "031", "ヤマダ", "ケンイチ", "19410503", "M", "0312345678", 0, 0, 0, 0, 0, 0 },
	{ A_DOMAIN, "102", "ヤマダ", "ケンジ", "19410503", "M", "0312345678", 0, 0, 0, 0, 0, 0 },
	{ A_DOMAIN, "103", "ヤマダ", "ハナ", "19500101", "F", "0387654321", 0, 0, 0, 0, 0, 0 },
	{ B_DOMAIN, "777", "スズキ", "ハナコ", "19500101", "F", "0387654321", 0, 0, 0, 0, 0, 0 },
	{ A_DOMAIN, "150", "サトウ", "イチロウ", "19600101", "M", 0, 0, 0, 0, 0, 0, 0 },
	{ A_DOMAIN, "151", "サトウ", "ジロウ", "19600101", "M", 0, 0, 0, 0, 0, 0, 0 },
};

static inline void open_with_people(struct v3 *v)
{
	v3_open(v);
	for (size_t i = 0; i < COUNT(people); i++)
		people_feed(&v->f, &people[i]);
	fixture_must(&v->f, people_merge(&v->f, A_DOMAIN, "150", "151", NULL) == PROBLEM_NONE);
}

/* The patients of the answer: "101/101 REGION | 101/102". */
static inline const char *answered(struct v3 *v)
{
	struct buffer b = buffer_in(v->f.arena);
	const struct xml_node *subject = v3_node(v, "controlActProcess/subject");
	for (; subject != NULL; subject = xml_next(subject, V3, "subject")) {
		const struct xml_node *patient = xml_child(
			xml_child(xml_child(subject, V3, "registrationEvent"), V3, "subject1"), V3,
			"patient");
		buffer_text(&b, b.length == 0 ? "" : " |");
		for (const struct xml_node *n = xml_child(patient, V3, "id"); n != NULL;
		     n = xml_next(n, V3, "id")) {
			const char *root = xml_attribute(n, "root");
			buffer_text(&b, b.length == 0 ? "" : " ");
			if (text_equal(root, AFFINITY))
				buffer_text(&b, "REGION");
			else
				buffer_printf(&b, "%s/%s", root + strlen("2.999."),
					      xml_attribute(n, "extension"));
		}
	}
	return buffer_ended(&b);
}

static inline const char *quantities(struct v3 *v)
{
	static const char *const names[] = { "Total", "Current", "Remaining" };
	struct buffer b = buffer_in(v->f.arena);
	for (size_t i = 0; i < COUNT(names); i++)
		buffer_printf(&b, "%s%s", i == 0 ? "" : " ",
			      xml_attribute(v3_node(v, arena_printf(v->f.arena,
								    "controlActProcess/queryAck/"
								    "result%sQuantity",
								    names[i])),
					    "value"));
	return buffer_ended(&b);
}

static inline void ask(struct v3 *v, const char *system, const char *file,
		       const struct v3_edit *edits)
{
	v3_send(v, &iti47_patient_demographics_query_v3, system, v3_message(v, file, edits));
}

#endif
