/* tests/profiles/v3_exchange.h: a transaction of HL7 v3 run by hand: a message is read, handled in
 * the store, audited and answered, without a network. Every answer is validated. */
#ifndef TESTS_PROFILES_V3_EXCHANGE_H
#define TESTS_PROFILES_V3_EXCHANGE_H

#include "gateway/envelope/soap.h"
#include "gateway/envelope/xml_reader.h"
#include "gateway/envelope/xml_writer.h"
#include "profiles/actors/continuations.h"
#include "profiles/actors/cross_reference_manager.h"
#include "profiles/transaction.h"
#include "tests/envelope/samples.h"
#include "tests/profiles/road.h"
#include "tests/store/people.h"

#define V3 "urn:hl7-org:v3"

struct v3 {
	struct fixture f;
	struct road *road;
	struct region region;
	struct registered_system systems[4];
	struct continuations *continuations;
	struct exchange x;
	struct audit_event event;
	struct bytes answer;
	const struct xml_node *root; /* of the answer's body; NULL: a fault was due */
	bool hide;                   /* what policy says of every person */
	uint64_t hidden;             /* or of this record; 0: of none */
	instant now;                 /* 0: as always */
	unsigned refused;            /* how often it said so */
};

static inline bool v3_admits(void *self, struct store_txn *t, uint64_t subject)
{
	struct v3 *v = self;
	(void)t;
	bool hide = v->hide || (v->hidden != 0 && subject == v->hidden);
	v->refused += hide;
	return !hide;
}

static inline void v3_open(struct v3 *v)
{
	*v = (struct v3){ .region = people_region };
	memcpy(v->systems, people_systems, sizeof v->systems);
	v->region.systems = v->systems;
	v->continuations = continuations_create();
	fixture_open(&v->f);
	v->road = road_open(v->f.store);
}

static inline void v3_close(struct v3 *v)
{
	CU_ASSERT_EQUAL(people_findings(&v->f, true), 0);
	road_close(v->road);
	continuations_destroy(v->continuations);
	fixture_close(&v->f);
}

/* The message, with the first place of each `find` in it replaced; find ends the list. */
struct v3_edit {
	const char *find, *with;
};

static inline const char *v3_message(struct v3 *v, const char *path, const struct v3_edit *edits)
{
	struct bytes all = sample_ours(v->f.arena, path);
	char *text = arena_text_n(v->f.arena, (const char *)all.data, all.length);
	for (; edits != NULL && edits->find != NULL; edits++) {
		char *at = strstr(text, edits->find);
		if (at == NULL) {
			fprintf(stderr, "%s has no %s\n", path, edits->find);
			abort();
		}
		text = arena_printf(v->f.arena, "%.*s%s%s", (int)(at - text), text, edits->with,
				    at + strlen(edits->find));
	}
	return text;
}

static inline void v3_validate(struct v3 *v, const char *grammar)
{
	struct problem p = { .code = PROBLEM_NONE };
	const char *folder = getenv("srcdir");
	struct xml_grammar *g = xml_grammar_load(v->f.arena,
						 arena_printf(v->f.arena, "%s/schemas/grammar/%s",
							      folder == NULL ? "." : folder,
							      grammar),
						 &p);
	bool valid = g != NULL && xml_grammar_validate(v->f.arena, g, v->root, &p);
	if (!valid)
		fprintf(stderr, "%s: %s %s\n%.*s\n", grammar, p.what, p.where,
			(int)v->answer.length, (const char *)v->answer.data);
	CU_ASSERT_TRUE(valid);
}

static inline void v3_answer(struct v3 *v)
{
	struct problem p = { .code = PROBLEM_NONE };
	struct xml_writer *w = xml_writer_begin(v->f.arena);
	v->x.transaction->answer_xml(&v->x, w);
	CU_ASSERT_EQUAL(xml_writer_depth(w), 0);
	v->answer = xml_writer_end(w);
	const struct xml_document *d = xml_read(v->f.arena, NULL, v->answer, &p);
	v->root = d == NULL ? NULL : xml_root(d);
	CU_ASSERT_PTR_NOT_NULL_FATAL(v->root);
	const char *local = xml_local(v->root);
	bool finds = strcmp(local, "PRPA_IN201306UV02") == 0;
	bool discovers = strcmp(v->x.transaction->code, "ITI-55") == 0;
	if (strcmp(local, "MCCI_IN000002UV01") == 0)
		v3_validate(v, discovers ? "mcci-in000002-deferred.rng" : "mcci-in000002.rng");
	else if (finds)
		v3_validate(v, discovers ? "prpa-in201306-xcpd.rng" : "prpa-in201306.rng");
	else
		v3_validate(v, "prpa-in201310.rng");
}

/* From the message's octets to the answer. */
static inline void v3_send(struct v3 *v, const struct transaction *t, const char *system,
			   const char *message)
{
	struct soap_message *soap = arena_new(v->f.arena, struct soap_message);
	struct problem p = { .code = PROBLEM_NONE };
	const struct xml_document *d = xml_read(v->f.arena, NULL, bytes_of_text(message), &p);
	fixture_must(&v->f, d != NULL && soap_open(v->f.arena, d, soap, &p));
	v->x = (struct exchange){ .arena = v->f.arena,
				  .id = "x",
				  .endpoint = "https://us.example/",
				  .now = v->now == 0 ? 1768437000000000 : v->now,
				  .transaction = t,
				  .random = &system_random,
				  .region = &v->region,
				  .store = v->f.store,
				  .continuations = v->continuations,
				  .soap = soap,
				  .sender = region_system(&v->region, system),
				  .admission = { .self = v, .record = v3_admits } };
	v->root = NULL;
	road_run(v->road, &v->x, 0, &v->event);
	if (v->x.problem.code != PROBLEM_MALFORMED)
		v3_answer(v);
}

/* An attribute of the answer, by a path of local names: "acknowledgement/typeCode". */
static inline const struct xml_node *v3_node(const struct v3 *v, const char *path)
{
	const struct xml_node *n = v->root;
	char step[64];
	while (n != NULL && *path != '\0') {
		size_t length = strcspn(path, "/");
		snprintf(step, sizeof step, "%.*s", (int)length, path);
		n = xml_child(n, V3, step);
		path += length + (path[length] == '/');
	}
	return n;
}

static inline const char *v3_code(const struct v3 *v, const char *path)
{
	const char *code = xml_attribute(v3_node(v, path), "code");
	return code == NULL ? "" : code;
}

static inline const char *v3_location(struct v3 *v)
{
	const struct xml_node *n = v3_node(v, "acknowledgement/acknowledgementDetail/location");
	return n == NULL ? "" : xml_text(v->f.arena, n);
}

#endif
