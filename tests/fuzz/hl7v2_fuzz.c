/* tests/fuzz/hl7v2_fuzz.c: any octets as a message: read, every value, as a person, answered. What
 * we answer must be readable, and nothing of the request may become a segment of its own. */
#undef NDEBUG
#include <assert.h>
#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "gateway/envelope/hl7v2_batch.h"
#include "gateway/envelope/hl7v2_patient.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct charset_leniency leniency = { .when_unsaid = CHARSET_8859_1,
						  .when_false = CHARSET_WINDOWS_31J,
						  .misnamed = true };
static const struct hl7_stamp stamp = { .control_id = "OUR1",
					.application = "MINATO",
					.facility = "REGION" };

struct input {
	struct arena *arena;
	struct bytes frame;
};

static void touch(const struct hl7_segment *s)
{
	for (unsigned f = 1; f < 12; f++) {
		struct hl7_part field = hl7_field(s, f);
		for (unsigned r = 1; r <= hl7_repetitions(field) && r < 4; r++)
			for (unsigned c = 1; c < 4; c++) {
				const char *text = hl7_text(
					hl7_component(hl7_repetition(field, r), c));
				assert(text_is_utf8((const unsigned char *)text, strlen(text)));
			}
		hl7_whole(field);
		hl7_update(field);
		hl7_field_octets(s, f);
	}
}

static size_t segments_of(const struct hl7_message *m)
{
	size_t count = 0;
	for (const struct hl7_segment *s = m->segments; s != NULL; s = s->next)
		count++;
	return count;
}

static void as_person(const struct hl7_message *m, struct hl7_writer *w)
{
	const struct hl7_segment *pid = hl7_segment(m, "PID", 1);
	struct hl7_person_notes notes = { .refused = 0 };
	struct patient_demographics d;
	struct problem p = { .code = PROBLEM_NONE };
	hl7_put_segment(w, "PID");
	if (pid == NULL)
		return;
	const struct patient_identifier *ids = hl7_read_ids(hl7_field(pid, 3), NULL, &notes, &p);
	if (hl7_read_demographics(pid, NULL, &d, &notes, &p))
		hl7_put_person(w, ids, &d);
}

/* Its messages stand in it, one behind the other; a refusal of it can be said. */
static void as_batch(struct input *in)
{
	struct hl7_batch b;
	struct hl7_message *m, *answer;
	struct problem p = { .code = PROBLEM_NONE }, q = { .code = PROBLEM_NONE };
	const unsigned char *at = in->frame.data;
	bool read = hl7_batch_read(in->arena, in->frame, &b, &p);
	assert(read == (p.code == PROBLEM_NONE) && b.count <= HL7_BATCH_MOST);
	for (size_t i = 0; i < b.count; i++) {
		assert(b.messages[i].data >= at && memcmp(b.messages[i].data, "MSH", 3) == 0);
		at = b.messages[i].data + b.messages[i].length;
	}
	assert(at <= in->frame.data + in->frame.length);
	hl7_batch_answer(in->arena, &b, b.messages, b.count, &stamp);
	hl7_parse(in->arena, hl7_batch_header(in->arena, in->frame), &leniency, &m, &q);
	assert(hl7_parse(in->arena, hl7_ack(m, &p, NULL, &stamp), &leniency, &answer, &q));
}

static void use(void *with)
{
	struct input *in = with;
	if (hl7_is_batch(in->frame))
		as_batch(in);
	struct hl7_message *m, *answer;
	struct problem p = { .code = PROBLEM_NONE }, q = { .code = PROBLEM_NONE };
	bool read = hl7_parse(in->arena, in->frame, &leniency, &m, &p);
	assert(read == (p.code == PROBLEM_NONE));
	unsigned count = 0;
	for (const struct hl7_segment *s = m->segments; s != NULL && count++ < 50; s = s->next)
		touch(s);
	assert(hl7_parse(in->arena, hl7_ack(m, &p, NULL, &stamp), &leniency, &answer, &q));
	assert(segments_of(answer) == (read ? 2 : 3));
	struct hl7_writer *w = hl7_answer_write(m, "RSP", "K22", "RSP_K21", &stamp);
	hl7_put_msa(w, m, "AA", &stamp);
	as_person(m, w);
	assert(hl7_parse(in->arena, hl7_written(w), &leniency, &answer, &q));
	assert(segments_of(answer) == 3);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = { arena_create(64 << 20), { data, size } };
	arena_run(in.arena, use, &in);
	arena_destroy(in.arena);
	return 0;
}
