/* tests/profiles/iti55_later_test.c: another community asks to be told later (ITI TF-2: 3.55.6.2).
 *
 *	asked				by whom				answer
 *	deferred			no reply-to			MCCI, AE NS250
 *	deferred			reply-to			MCCI, CA, and an errand
 *	the same again			-				MCCI, CA, and no other
 *	another, by its MessageID	-				MCCI, AE 205
 *	deferred, of who is hidden	reply-to			MCCI, CA, and an errand
 *	another respondTo, or two	reply-to			MCCI, AE
 */
#define PEOPLE_MATCHING MATCHING_LINK
#include "tests/base/suite.h"

#include "tests/profiles/iti55_scene.h"

#define LATER "UV02:Cross", "UV02:Deferred:Cross"
#define PRIORITY "code=\"I\"", "code=\"D\""
#define RESPOND(telecoms) "<sender ", "<respondTo typeCode=\"RSP\">" telecoms "</respondTo><sender "
#define TO_BOX "<telecom value=\"" BOX "\"/>"

static void deferred(void)
{
	static const struct v3_edit edits[] = { { "UV02:Cross", "UV02:Deferred:Cross" },
						{ "code=\"I\"", "code=\"D\"" },
						{ 0 } };
	struct v3 v;
	open_with_people(&v);
	ask(&v, "west-gateway", edits);
	CU_ASSERT_STRING_EQUAL(xml_local(v.root), "MCCI_IN000002UV01");
	CU_ASSERT_STRING_EQUAL(v3_code(&v, "acknowledgement/typeCode"), "AE");
	CU_ASSERT_STRING_EQUAL(v3_code(&v, "acknowledgement/acknowledgementDetail/code"), "NS250");
	close_all(&v);
}

/* How many answers wait at the box; out: the first of their questions. */
static uint64_t waiting(struct v3 *v, struct deferred_question *out)
{
	struct problem p = { .code = PROBLEM_NONE };
	struct store_txn *t = store_begin_read(v->f.store, &p);
	struct errand_queue queue;
	struct errand e;
	fixture_must(&v->f, t != NULL);
	*out = (struct deferred_question){ .asked = 0 };
	errand_queue_get(t, v->f.arena, "west-later", BOX, &queue);
	if (errand_first(t, v->f.arena, "west-later", BOX, &e))
		deferred_question_of(t, v->f.arena, &e, v->x.now, out);
	CU_ASSERT_FALSE(store_failed(t));
	store_end(t);
	return queue.waiting;
}

static void is_acknowledged(struct v3 *v, const char *how, const char *why)
{
	CU_ASSERT_STRING_EQUAL(xml_local(v->root), "MCCI_IN000002UV01");
	CU_ASSERT_STRING_EQUAL(v3_code(v, "acknowledgement/typeCode"), how);
	CU_ASSERT_STRING_EQUAL(v3_code(v, "acknowledgement/acknowledgementDetail/code"), why);
}

static void answered_later(void)
{
	static const struct v3_edit edits[] = {
		{ LATER }, { PRIORITY }, { RESPOND(TO_BOX) }, { 0 }
	};
	static const struct v3_edit others[] = {
		{ LATER }, { PRIORITY }, { RESPOND(TO_BOX) }, { "19410503", "19410504" }, { 0 }
	};
	struct deferred_question q;
	struct v3 v;
	open_with_people(&v);
	ask(&v, "west-later", edits);
	is_acknowledged(&v, "CA", "");
	CU_ASSERT_PTR_NOT_NULL_FATAL(v.event.objects);
	CU_ASSERT_EQUAL(v.event.objects->type_code_role, 24);
	CU_ASSERT_PTR_NULL(v.event.about);
	CU_ASSERT_EQUAL(waiting(&v, &q), 1);
	CU_ASSERT_EQUAL(q.outcome, DEFERRED_ONE);
	CU_ASSERT_PTR_NOT_NULL_FATAL(q.code);
	CU_ASSERT_STRING_EQUAL(q.message_id, v.x.soap->message_id);
	ask(&v, "west-later", edits);
	is_acknowledged(&v, "CA", "");
	ask(&v, "west-later", others);
	is_acknowledged(&v, "AE", "205");
	CU_ASSERT_EQUAL(waiting(&v, &q), 1);
	close_all(&v);
}

/* Whoever is hidden is acknowledged as well. */
static void hidden_is_acknowledged(void)
{
	static const struct v3_edit edits[] = {
		{ LATER }, { PRIORITY }, { RESPOND(TO_BOX) }, { 0 }
	};
	struct deferred_question q;
	struct v3 v;
	open_with_people(&v);
	v.hide = true;
	ask(&v, "west-later", edits);
	is_acknowledged(&v, "CA", "");
	CU_ASSERT_EQUAL(waiting(&v, &q), 1);
	CU_ASSERT_EQUAL(q.outcome, DEFERRED_NOBODY);
	close_all(&v);
}

static void not_answered_later(void)
{
	static const struct {
		const char *system, *code;
		struct v3_edit edits[4];
	} cases[] = {
		{ "west-later", "202", { { LATER }, { RESPOND(TO_BOX) } } },
		{ "west-later", "101", { { LATER }, { PRIORITY } } },
		{ "west-later", "101", { { LATER }, { PRIORITY }, { RESPOND("") } } },
		{ "west-later", "101", { { LATER }, { PRIORITY }, { RESPOND(TO_BOX TO_BOX) } } },
		{ "west-later",
		  "101",
		  { { LATER }, { PRIORITY }, { RESPOND(TO_BOX "</respondTo><respondTo>") } } },
		{ "west-later",
		  "207",
		  { { LATER }, { PRIORITY }, { RESPOND("<telecom value=\"" BOX "/\"/>") } } },
		{ "east-gateway", "NS250", { { LATER }, { PRIORITY }, { RESPOND(TO_BOX) } } },
	};
	struct deferred_question q;
	struct v3 v;
	open_with_people(&v);
	for (size_t i = 0; i < COUNT(cases); i++) {
		ask(&v, cases[i].system, cases[i].edits);
		is_acknowledged(&v, "AE", cases[i].code);
		CU_ASSERT_EQUAL(waiting(&v, &q), 0);
	}
	close_all(&v);
}

static const struct test tests[] = { { "deferred", deferred },
				     { "answered later", answered_later },
				     { "hidden is acknowledged", hidden_is_acknowledged },
				     { "not answered later", not_answered_later },
				     { 0 } };

int main(void)
{
	return suite_run("ITI-55, answered later", tests);
}
