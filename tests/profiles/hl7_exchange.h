/* tests/profiles/hl7_exchange.h: a transaction of HL7 v2 run by hand: a message is read, handled in
 * the store, audited and answered, without a network. */
#ifndef TESTS_PROFILES_HL7_EXCHANGE_H
#define TESTS_PROFILES_HL7_EXCHANGE_H

#include "gateway/base/text.h"
#include "gateway/envelope/hl7v2.h"
#include "profiles/actors/continuations.h"
#include "profiles/transaction.h"
#include "tests/profiles/road.h"
#include "tests/store/people.h"

struct hl7_house {
	struct fixture f;
	struct road *road;
	struct region region;
	struct registered_system systems[4];
	struct continuations *continuations;
	struct exchange x;
	struct audit_event event;
	struct bytes octets; /* of the answer */
	struct hl7_message *answer;
	bool hide;       /* what policy says of every person */
	uint64_t hidden; /* or of this record; 0: of none */
	const char *id;  /* of the exchange; NULL: as always */
	instant now;     /* 0: as always */
};

static inline bool hl7_admits(void *self, struct store_txn *t, uint64_t subject)
{
	const struct hl7_house *h = self;
	(void)t;
	return !h->hide && (h->hidden == 0 || subject != h->hidden);
}

static inline void hl7_open(struct hl7_house *h)
{
	*h = (struct hl7_house){ .region = people_region };
	memcpy(h->systems, people_systems, sizeof h->systems);
	h->region.systems = h->systems;
	h->continuations = continuations_create();
	fixture_open(&h->f);
	h->road = road_open(h->f.store);
}

static inline void hl7_close(struct hl7_house *h)
{
	CU_ASSERT_EQUAL(people_findings(&h->f, true), 0);
	road_close(h->road);
	continuations_destroy(h->continuations);
	fixture_close(&h->f);
}

/* From the message's octets to the answer. */
static inline void hl7_send(struct hl7_house *h, const struct transaction *t, const char *system,
			    const char *message)
{
	static const struct hl7_stamp stamp = { .control_id = "R1",
						.now = 1768437000000000,
						.application = "MINATO",
						.facility = "REGION" };
	struct problem p = { .code = PROBLEM_NONE };
	struct hl7_message *m;
	fixture_must(&h->f, hl7_parse(h->f.arena, bytes_of_text(message), NULL, &m, &p));
	h->x = (struct exchange){ .arena = h->f.arena,
				  .id = h->id == NULL ? "x" : h->id,
				  .now = h->now == 0 ? 1768437000000000 : h->now,
				  .transaction = t,
				  .random = &system_random,
				  .region = &h->region,
				  .store = h->f.store,
				  .continuations = h->continuations,
				  .hl7 = m,
				  .raw_request = bytes_of_text(message),
				  .sender = region_system(&h->region, system),
				  .admission = { .self = h, .record = hl7_admits } };
	road_run(h->road, &h->x, 0, &h->event);
	h->octets = t->answer_hl7(&h->x, &stamp);
	fixture_must(&h->f, hl7_parse(h->f.arena, h->octets, NULL, &h->answer, &p));
}

/* A whole field of the answer. */
static inline const char *hl7_at(const struct hl7_house *h, const char *segment, unsigned field)
{
	return hl7_whole(hl7_field(hl7_segment(h->answer, segment, 1), field));
}

/* MSA-1, and the first ERR: code, place and severity; NULL or "": there is none. */
static inline bool hl7_says(const struct hl7_house *h, const char *why, const char *ack,
			    const char *code, const char *where, const char *severity)
{
	const struct hl7_segment *err = hl7_segment(h->answer, "ERR", 1);
	const char *says = hl7_at(h, "MSA", 1), *number = hl7_value(err, 3, 1, 1, 1);
	const char *place = hl7_whole(hl7_field(err, 2)), *how = hl7_value(err, 4, 1, 1, 1);
	bool same = text_equal(says, ack) && text_equal(number, code == NULL ? "" : code)
		    && text_equal(place, where == NULL ? "" : where)
		    && text_equal(how, severity == NULL ? "" : severity);
	if (!same)
		fprintf(stderr, "%s: %s %s at %s %s\n", why, says, number, place, how);
	CU_ASSERT_TRUE(same);
	return same;
}

#endif
