/* tests/profiles/iti70_test.c: who cannot be called has a pull point made, subscribes for it and
 * fetches what waits there: ITI-69 and ITI-70 through the road. What the store promises of it:
 * tests/store/pull_points_test.c. */
#include "tests/base/suite.h"

#include <string.h>

#include "gateway/base/text.h"
#include "gateway/envelope/ebrim.h"
#include "gateway/envelope/soap.h"
#include "profiles/dsub/wsnt.h"
#include "store/errands.h"
#include "store/pull_points.h"
#include "tests/profiles/subscribing.h"

extern const struct transaction iti54_document_metadata_publish, iti69_create_destroy_pull_point,
	iti70_pull_notification;

#define PUBLISHED "urn:uuid:00000000-0000-4000-8000-000000000054"
#define MOST(number) "<b:MaximumNumber>" number "</b:MaximumNumber>"

static const char *body_of(struct house *h, const char *name, const char *inside)
{
	return arena_printf(h->arena, "<b:%s xmlns:b=\"" WSNT_NAMESPACE "\">%s</b:%s>", name,
			    inside, name);
}

static struct asked *manage(struct house *h, const char *system, const char *name, const char *to)
{
	h->to = to;
	return ask(h, &iti69_create_destroy_pull_point, system, body_of(h, name, ""), NULL);
}

/* The address of a new one. */
static const char *create(struct house *h, const char *system)
{
	struct asked *q = manage(h, system, "CreatePullPoint", OUR_PULL_POINT);
	CU_ASSERT_EQUAL_FATAL(q->x.problem.code, PROBLEM_NONE);
	const struct xml_node *at = xml_child(q->body, WSNT_NAMESPACE, "PullPoint");
	return xml_text(h->arena, xml_child(at, ADDRESSING_NAMESPACE, "Address"));
}

static enum problem_code destroy(struct house *h, const char *system, const char *to)
{
	return manage(h, system, "DestroyPullPoint", to)->x.problem.code;
}

static struct asked *fetch_most(struct house *h, const char *system, const char *to,
				const char *most)
{
	h->to = to;
	return ask(h, &iti70_pull_notification, system, body_of(h, "GetMessages", most), NULL);
}

/* The objects of the message that c-hospital is given; NULL: none is. */
static const struct xml_node *fetch(struct house *h, const char *to)
{
	static const char *const down[] = { "NotificationMessage", "Message" };
	struct asked *q = fetch_most(h, "c-hospital", to, MOST("1"));
	CU_ASSERT_EQUAL_FATAL(q->x.problem.code, PROBLEM_NONE);
	const struct xml_node *n = q->body;
	for (size_t i = 0; i < COUNT(down) && n != NULL; i++)
		n = xml_child(n, WSNT_NAMESPACE, down[i]);
	n = n == NULL ? NULL : xml_child(n, LCM_NAMESPACE, "SubmitObjectsRequest");
	return n == NULL ? NULL : xml_child(n, RIM_NAMESPACE, "RegistryObjectList");
}

/* c-hospital's, for that pull point. */
static const struct subscription *follow_at(struct house *h, const char *topic, const char *filter,
					    const char *parameter, const char *pull_point)
{
	const struct criterion one = { parameter, quoted(h, h->patient) };
	const char *text = subscribe_text(h, topic, filter, &one, 1);
	struct asked *q = subscribe(h, "c-hospital", edit(h, text, CONSUMER, pull_point));
	CU_ASSERT_EQUAL_FATAL(q->x.problem.code, PROBLEM_NONE);
	return q->x.result;
}

static const struct subscription *follow_documents(struct house *h, const char *pull_point)
{
	return follow_at(h, "FullDocumentEntry", DOCUMENTS, DOCUMENT_PATIENT, pull_point);
}

/* c-hospital follows the patient's documents at a pull point. */
struct scene {
	struct bench bench;
	const char *at;
};

static struct house *begin(struct scene *s)
{
	struct house *h = &s->bench.house;
	bench_open(&s->bench);
	s->at = create(h, "c-hospital");
	follow_documents(h, s->at);
	return h;
}

static const struct submission *register_one(struct house *h)
{
	return put(h, message(h, "ebrim/submission.xml", h->patient));
}

static size_t count_errands(struct house *h)
{
	size_t count;
	struct store_txn *t = store_begin_read(h->store.store, &h->store.problem);
	errand_list(t, h->arena, 0, NULL, 100, &count);
	store_end(t);
	return count;
}

/* ---- Pull points ---- */

static void made_and_destroyed(void)
{
	struct bench b;
	bench_open(&b);
	struct house *h = &b.house;
	struct asked *q = manage(h, "c-hospital", "CreatePullPoint", OUR_PULL_POINT);
	CU_ASSERT(q->event->event_id == 110100 && q->event->action == AUDIT_CREATE);
	CU_ASSERT(q->event->objects->type_code == 2 && q->event->objects->type_code_role == 20);
	const char *one = q->event->objects->id, *two = create(h, "c-hospital");
	CU_ASSERT(text_starts(one, OUR_PULL_POINT "/"));
	CU_ASSERT_EQUAL(strlen(one), strlen(OUR_PULL_POINT "/") + 32);
	CU_ASSERT_STRING_NOT_EQUAL(one, two);
	CU_ASSERT_PTR_NULL(fetch(h, one));
	CU_ASSERT_EQUAL(destroy(h, "b-clinic", one), PROBLEM_PULL_POINT_UNKNOWN);
	q = manage(h, "c-hospital", "DestroyPullPoint", one);
	CU_ASSERT_EQUAL(q->x.problem.code, PROBLEM_NONE);
	CU_ASSERT(q->event->event_id == 110100 && q->event->action == AUDIT_DELETE);
	CU_ASSERT_STRING_EQUAL(q->event->objects->id, one);
	CU_ASSERT_EQUAL(destroy(h, "c-hospital", one), PROBLEM_PULL_POINT_UNKNOWN);
	CU_ASSERT_EQUAL(destroy(h, "c-hospital", OUR_PULL_POINT), PROBLEM_PULL_POINT_UNKNOWN);
	CU_ASSERT_EQUAL(destroy(h, "c-hospital", NULL), PROBLEM_PULL_POINT_UNKNOWN);
	CU_ASSERT_EQUAL(fetch_most(h, "c-hospital", one, "")->x.problem.code,
			PROBLEM_PULL_POINT_UNKNOWN);
	CU_ASSERT_EQUAL(destroy(h, "c-hospital", two), PROBLEM_NONE);
	bench_close(&b);
}

static void as_many_as_there_may_be(void)
{
	struct bench b;
	bench_open(&b);
	struct house *h = &b.house;
	const char *last = NULL;
	for (unsigned i = 0; i < PULL_POINTS_OF_SYSTEM; i++)
		last = create(h, "c-hospital");
	struct asked *q = manage(h, "c-hospital", "CreatePullPoint", OUR_PULL_POINT);
	CU_ASSERT_EQUAL(q->x.problem.code, PROBLEM_PULL_POINTS_FULL);
	create(h, "b-clinic");
	CU_ASSERT_EQUAL(destroy(h, "c-hospital", last), PROBLEM_NONE);
	create(h, "c-hospital");
	bench_close(&b);
}

/* Whoever knows its address: it is another's. */
static void another_has_none_of_it(void)
{
	struct bench b;
	bench_open(&b);
	struct house *h = &b.house;
	const char *at = create(h, "c-hospital");
	const char *text = edit(h, message(h, "iti52/subscribe.xml", h->patient), CONSUMER, at);
	CU_ASSERT_EQUAL(subscribe(h, "b-clinic", text)->x.problem.code, PROBLEM_NOT_PERMITTED);
	follow_documents(h, at);
	register_one(h);
	CU_ASSERT_EQUAL(fetch_most(h, "b-clinic", at, "")->x.problem.code,
			PROBLEM_PULL_POINT_UNKNOWN);
	CU_ASSERT_PTR_NOT_NULL(fetch(h, at));
	bench_close(&b);
}

/* An address that only looks like one: nothing there, or at another's place. */
static void an_address_that_is_none(void)
{
	struct bench b;
	bench_open(&b);
	struct house *h = &b.house;
	const char *at = create(h, "c-hospital"), *id = strrchr(at, '/') + 1;
	const char *const rows[] = {
		arena_printf(h->arena, "https://elsewhere.example/pullpoint/%s", id),
		arena_printf(h->arena, "%s/x/%s", OUR_PULL_POINT, id),
		OUR_PULL_POINT "/00000000000000000000000000000000",
		OUR_PULL_POINT "/",
		OUR_PULL_POINT,
		"x",
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		const char *text = message(h, "iti52/subscribe.xml", h->patient);
		struct asked *q = subscribe(h, "c-hospital", edit(h, text, CONSUMER, rows[i]));
		CU_ASSERT_EQUAL(q->x.problem.code, PROBLEM_NOT_PERMITTED);
	}
	bench_close(&b);
}

/* First unsubscribed, then destroyed (DSUB Extensions 26.1.1.5); what ended by itself is no
 * hindrance. What waits goes with it. */
static void not_while_something_leads_there(void)
{
	struct bench b;
	bench_open(&b);
	struct house *h = &b.house;
	const char *at = create(h, "c-hospital"), *other = create(h, "c-hospital");
	const struct subscription *one = follow_documents(h, at);
	register_one(h);
	CU_ASSERT_EQUAL(destroy(h, "c-hospital", at), PROBLEM_PULL_POINT_IN_USE);
	CU_ASSERT_EQUAL(destroy(h, "c-hospital", other), PROBLEM_NONE);
	CU_ASSERT_EQUAL(unsubscribe(h, "c-hospital", wsnt_reference(h->arena, one)), PROBLEM_NONE);
	follow_documents(h, at);
	CU_ASSERT_EQUAL(destroy(h, "c-hospital", at), PROBLEM_PULL_POINT_IN_USE);
	h->now += INT64_C(2) * 24 * 3600 * 1000000;
	CU_ASSERT_EQUAL(destroy(h, "c-hospital", at), PROBLEM_NONE);
	CU_ASSERT_EQUAL(fetch_most(h, "c-hospital", at, "")->x.problem.code,
			PROBLEM_PULL_POINT_UNKNOWN);
	bench_close(&b);
}

static void what_is_refused(void)
{
	static const struct {
		const char *name, *inside;
		enum problem_code code;
	} rows[] = {
		{ "CreatePullPoint", "<b:x/>", PROBLEM_MALFORMED },
		{ "DestroyPullPoint", "<b:x/>", PROBLEM_MALFORMED },
		{ "GetMessages", "<b:x/>", PROBLEM_MALFORMED },
		{ "GetMessages", MOST("1") MOST("1"), PROBLEM_MALFORMED },
		{ "GetMessages", MOST(""), PROBLEM_MALFORMED },
		{ "GetMessages", MOST("one"), PROBLEM_MALFORMED },
		{ "GetMessages", MOST("-1"), PROBLEM_MALFORMED },
		{ "GetMessages", MOST("1.0"), PROBLEM_MALFORMED },
		{ "GetMessages", MOST("+"), PROBLEM_MALFORMED },
	};
	struct scene s;
	struct house *h = begin(&s);
	register_one(h);
	for (size_t i = 0; i < COUNT(rows); i++) {
		bool fetches = text_equal(rows[i].name, "GetMessages");
		h->to = s.at;
		struct asked *q = ask(
			h, fetches ? &iti70_pull_notification : &iti69_create_destroy_pull_point,
			"c-hospital", body_of(h, rows[i].name, rows[i].inside), NULL);
		CU_ASSERT_EQUAL(q->x.problem.code, rows[i].code);
	}
	CU_ASSERT_PTR_NOT_NULL(fetch(h, s.at)); /* nothing of it took one away */
	bench_close(&s.bench);
}

/* ---- Fetching ---- */

static const char *id_of(const struct xml_node *list)
{
	return list == NULL ? NULL : xml_attribute(xml_first_element(list), "id");
}

static void each_once_in_its_order(void)
{
	struct bench b;
	bench_open(&b);
	struct house *h = &b.house;
	const char *at = create(h, "c-hospital"), *ids[3];
	follow_documents(h, at);
	for (size_t i = 0; i < COUNT(ids); i++)
		ids[i] = arena_text(h->arena, register_one(h)->entries->id);
	CU_ASSERT_EQUAL(count_errands(h), 0);
	for (size_t i = 0; i < COUNT(ids); i++)
		CU_ASSERT_STRING_EQUAL(id_of(fetch(h, at)), ids[i]);
	CU_ASSERT_PTR_NULL(fetch(h, at));
	bench_close(&b);
}

/* DSUB Extensions 3.70.5.1.2. */
static void recorded_with_what_was_told(void)
{
	struct scene s;
	struct house *h = begin(&s);
	const char *id = arena_text(h->arena, register_one(h)->entries->id);
	for (unsigned i = 0; i < 2; i++) {
		const struct audit_event *e = fetch_most(h, "c-hospital", s.at, "")->event;
		CU_ASSERT(e->event_id == 110112 && e->action == AUDIT_EXECUTE);
		if (i == 1) { /* there was nothing any more */
			CU_ASSERT(e->objects == NULL && e->about == NULL);
			continue;
		}
		CU_ASSERT_PTR_NOT_NULL_FATAL(e->objects);
		CU_ASSERT_STRING_EQUAL(e->objects->id, h->patient);
		CU_ASSERT_STRING_EQUAL(e->objects->next->id, id);
		CU_ASSERT(e->objects->next->type_code_role == 3 && e->about != NULL);
	}
	bench_close(&s.bench);
}

/* As many as are asked for, and no more than one (3.70.4.1.3). */
static void one_at_a_time(void)
{
	static const struct {
		const char *most;
		bool given;
	} rows[] = {
		{ "", true },          { MOST("1"), true },
		{ MOST("2"), true },   { MOST(" 1 "), true },
		{ MOST("+1"), true },  { MOST("99999999999999999999999"), true },
		{ MOST("0"), false },  { MOST("000"), false },
		{ MOST("-0"), false },
	};
	struct scene s;
	struct house *h = begin(&s);
	for (size_t i = 0; i < COUNT(rows); i++) {
		register_one(h);
		struct asked *q = fetch_most(h, "c-hospital", s.at, rows[i].most);
		CU_ASSERT_EQUAL(q->x.problem.code, PROBLEM_NONE);
		CU_ASSERT_EQUAL(xml_first_element(q->body) != NULL, rows[i].given);
		CU_ASSERT_EQUAL(fetch(h, s.at) != NULL, !rows[i].given);
		CU_ASSERT_PTR_NULL(fetch(h, s.at));
	}
	bench_close(&s.bench);
}

/* Every topic is told as it would be sent; the grammar of the answer says the rest. */
static void of_each_topic(void)
{
	static const struct {
		const char *topic, *filter, *parameter, *object;
	} rows[] = {
		{ "FullDocumentEntry", DOCUMENTS, DOCUMENT_PATIENT, "ExtrinsicObject" },
		{ "MinimalDocumentEntry", DOCUMENTS, DOCUMENT_PATIENT, "ObjectRef" },
		{ "SubmissionSetMetadata", SETS, "$XDSSubmissionSetPatientId", "RegistryPackage" },
		{ "FolderMetadata", FOLDERS, "$XDSFolderPatientId", "RegistryPackage" },
	};
	struct bench b;
	bench_open(&b);
	struct house *h = &b.house;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const char *at = create(h, "c-hospital");
		follow_at(h, rows[i].topic, rows[i].filter, rows[i].parameter, at);
		register_one(h);
		const struct xml_node *list = fetch(h, at);
		CU_ASSERT_PTR_NOT_NULL_FATAL(list);
		CU_ASSERT_STRING_EQUAL(xml_local(xml_first_element(list)), rows[i].object);
	}
	bench_close(&b);
}

/* Policy is asked when it is fetched: what is hidden by then is not told, and does not wait for
 * better times. */
static void nothing_hidden(void)
{
	struct scene s;
	struct house *h = begin(&s);
	register_one(h);
	register_one(h);
	h->hidden = "a-hospital";
	struct asked *q = fetch_most(h, "c-hospital", s.at, "");
	CU_ASSERT(q->x.problem.code == PROBLEM_NONE && xml_first_element(q->body) == NULL);
	CU_ASSERT(q->event->objects == NULL && q->event->about == NULL);
	h->hidden = NULL;
	CU_ASSERT_PTR_NULL(fetch(h, s.at));
	register_one(h);
	CU_ASSERT_PTR_NOT_NULL(fetch(h, s.at));
	bench_close(&s.bench);
}

/* It waits with the subscription as it was: that it has ended since takes nothing away. */
static void what_waited_before_the_end(void)
{
	struct bench b;
	bench_open(&b);
	struct house *h = &b.house;
	const char *at = create(h, "c-hospital");
	const struct subscription *s = follow_documents(h, at);
	register_one(h);
	CU_ASSERT_EQUAL(unsubscribe(h, "c-hospital", wsnt_reference(h->arena, s)), PROBLEM_NONE);
	register_one(h);
	CU_ASSERT_PTR_NOT_NULL(fetch(h, at));
	CU_ASSERT_PTR_NULL(fetch(h, at));
	bench_close(&b);
}

static void what_was_published(void)
{
	struct bench b;
	bench_open(&b);
	struct house *h = &b.house;
	const char *at = create(h, "c-hospital");
	const char *text = edit(h, publish_text(h, h->patient), "Document01", PUBLISHED);
	follow_documents(h, at);
	for (unsigned i = 0; i < 3; i++)
		CU_ASSERT_EQUAL(ask(h, &iti54_document_metadata_publish, "a-hospital", text, NULL)
					->x.problem.code,
				PROBLEM_NONE);
	CU_ASSERT_STRING_EQUAL(id_of(fetch(h, at)), PUBLISHED);
	h->hidden = "a-hospital";
	CU_ASSERT_PTR_NULL(fetch(h, at));
	h->hidden = NULL;
	CU_ASSERT_PTR_NULL(fetch(h, at));
	bench_close(&b);
}

static const struct test tests[] = {
	{ "made and destroyed", made_and_destroyed },
	{ "as many as there may be", as_many_as_there_may_be },
	{ "another has none of it", another_has_none_of_it },
	{ "an address that is none", an_address_that_is_none },
	{ "not while something leads there", not_while_something_leads_there },
	{ "what is refused", what_is_refused },
	{ "each once, in its order", each_once_in_its_order },
	{ "recorded with what was told", recorded_with_what_was_told },
	{ "one at a time", one_at_a_time },
	{ "of each topic", of_each_topic },
	{ "nothing hidden", nothing_hidden },
	{ "what waited before the end", what_waited_before_the_end },
	{ "what was published", what_was_published },
	{ 0 },
};

int main(void)
{
	return suite_run("profiles: ITI-69, ITI-70", tests);
}
