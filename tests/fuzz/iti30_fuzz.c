/* tests/fuzz/iti30_fuzz.c: any message as a feed of HL7 v2 (ITI-8, ITI-30). What is read names
 * patients by ids that are not empty, and where they stand; what is refused is said so; and either
 * can be answered. */
#include <stdint.h>
#include <stdlib.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "gateway/envelope/hl7v2.h"
#include "profiles/transaction.h"
#include "schemas/model/patient.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

extern const struct transaction iti30_patient_identity_management;

static void check_ids(const struct patient_identifier *ids)
{
	if (ids == NULL)
		abort();
	for (; ids != NULL; ids = ids->next)
		if (text_empty(ids->id) || text_empty(ids->where))
			abort();
}

static void check_feed(const struct identity_feed *feed)
{
	bool two = feed->kind == FEED_MERGE || feed->kind == FEED_CHANGE_ID
		   || feed->kind == FEED_LINK || feed->kind == FEED_UNLINK;
	check_ids(feed->ids);
	if (two)
		check_ids(feed->subsumed);
	if (two != (feed->subsumed != NULL))
		abort();
}

struct input {
	struct arena *arena;
	struct bytes frame;
};

static void use(void *with)
{
	struct input *in = with;
	static const struct registered_system sender = { .name = "a-hospital" };
	/* One keeps insured numbers, the other none. */
	static const struct region regions[] = { { .name = "x" },
						 { .name = "y", .without_insurances = true } };
	static const struct hl7_stamp stamp = { .control_id = "R1",
						.application = "MINATO",
						.facility = "REGION" };
	struct problem p = { .code = PROBLEM_NONE };
	struct hl7_message *m;
	if (hl7_parse(in->arena, in->frame, NULL, &m, &p)) {
		struct exchange x = { .arena = in->arena,
				      .hl7 = m,
				      .region = &regions[in->frame.length % 2],
				      .sender = &sender,
				      .transaction = &iti30_patient_identity_management };
		bool read = x.transaction->read(&x);
		if (read != (x.problem.code == PROBLEM_NONE))
			abort();
		if (read)
			check_feed(x.request);
		if (x.transaction->answer_hl7(&x, &stamp).length == 0)
			abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = { arena_create(64 << 20), { data, size } };
	arena_run(in.arena, use, &in);
	arena_destroy(in.arena);
	return 0;
}
