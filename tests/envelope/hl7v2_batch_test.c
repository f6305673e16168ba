/* tests/envelope/hl7v2_batch_test.c: what is a batch of messages, and how it is answered (HL7 2.5:
 * 2.10.3). */
#include "tests/base/suite.h"

#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "gateway/envelope/hl7v2_batch.h"

#define FHS "FHS|^~\\&|EMR|A|MINATO|REGION|20260115093000||night||F1\r"
#define BHS "BHS|^~\\&|EMR|A|MINATO|REGION|20260115093000||feeds||B1\r"
#define ONE "MSH|^~\\&|EMR|A|MINATO|REGION|20260115093000||ADT^A28|M1|P|2.5\rPID|1\r"
#define TWO "MSH|^~\\&|EMR|A|MINATO|REGION|20260115093000||ADT^A28|M2|P|2.5\rPID|2\r"

static void a_batch_is_its_messages(void)
{
	static const struct {
		const char *why, *frame;
		size_t count;
		const char *last; /* how the last message begins behind MSH and ends */
	} cases[] = {
		{ "two in a batch", BHS ONE TWO "BTS|2\r", 2, "PID|2" },
		{ "in a file", FHS BHS ONE TWO "BTS|2\rFTS|1\r", 2, "PID|2" },
		{ "in a file alone", FHS ONE TWO "FTS|1\r", 2, "PID|2" },
		{ "no trailers", BHS ONE, 1, "PID|1" },
		{ "trailers that do not count", FHS BHS ONE "BTS\rFTS|\r", 1, "PID|1" },
		{ "none", BHS "BTS|0\r", 0, NULL },
		{ "lines ended by LF", "\nBHS|^~\\&\nMSH|^~\\&|X\nPID|3\n\nBTS|1\n", 1, "PID|3" },
		{ "behind a byte order mark", "\xef\xbb\xbf" BHS ONE "BTS|1", 1, "PID|1" },
	};
	struct arena *a = arena_create(1 << 20);
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct hl7_batch b;
		struct problem p = { .code = PROBLEM_NONE };
		CU_ASSERT_TRUE(hl7_is_batch(bytes_of_text(cases[i].frame)));
		bool read = hl7_batch_read(a, bytes_of_text(cases[i].frame), &b, &p);
		if (!read || b.count != cases[i].count)
			fprintf(stderr, "%s: %zu %s\n", cases[i].why, b.count, p.what);
		CU_ASSERT_TRUE(read);
		CU_ASSERT_EQUAL(b.count, cases[i].count);
		if (cases[i].last == NULL || b.count == 0)
			continue;
		struct bytes last = b.messages[b.count - 1];
		size_t length = strlen(cases[i].last);
		CU_ASSERT_EQUAL(memcmp(last.data, "MSH", 3), 0);
		CU_ASSERT_EQUAL(memcmp(last.data + last.length - length, cases[i].last, length), 0);
	}
	CU_ASSERT_FALSE(hl7_is_batch(bytes_of_text(ONE)));
	CU_ASSERT_FALSE(hl7_is_batch(bytes_of_text("BH")));
	CU_ASSERT_FALSE(hl7_is_batch(bytes_of_text("")));
	arena_destroy(a);
}

static void what_is_not_whole_is_refused(void)
{
	static const struct {
		const char *why, *frame;
		enum problem_code code;
		const char *where;
	} cases[] = {
		{ "one is lost", BHS ONE "BTS|2\r", PROBLEM_DATA_TYPE, "BTS^1^1" },
		{ "one too many", BHS ONE TWO "BTS|1\r", PROBLEM_DATA_TYPE, "BTS^1^1" },
		{ "no number", BHS ONE "BTS|one\r", PROBLEM_DATA_TYPE, "BTS^1^1" },
		{ "a large number", BHS ONE "BTS|99999999999999999999\r", PROBLEM_DATA_TYPE,
		  "BTS^1^1" },
		{ "two batches are counted", FHS BHS ONE "BTS|1\rFTS|2\r", PROBLEM_DATA_TYPE,
		  "FTS^1^1" },
		{ "a second batch", FHS BHS ONE "BTS|1\r" BHS TWO "BTS|1\r",
		  PROBLEM_SEGMENT_MISSING, "" },
		{ "a file in a batch", BHS FHS ONE, PROBLEM_SEGMENT_MISSING, "" },
		{ "a message behind the trailer", BHS ONE "BTS|1\r" TWO, PROBLEM_SEGMENT_MISSING,
		  "" },
		{ "a segment before the first message", BHS "PID|1\r" ONE, PROBLEM_SEGMENT_MISSING,
		  "" },
		{ "a segment behind the trailer", BHS ONE "BTS|1\rPID|1\r", PROBLEM_SEGMENT_MISSING,
		  "" },
		{ "BTS without BHS", FHS ONE "BTS|1\r", PROBLEM_SEGMENT_MISSING, "" },
		{ "two BTS", BHS ONE "BTS|1\rBTS|1\r", PROBLEM_SEGMENT_MISSING, "" },
		{ "FTS without FHS", BHS ONE "FTS|1\r", PROBLEM_SEGMENT_MISSING, "" },
		{ "two FTS", FHS ONE "FTS|1\rFTS|1\r", PROBLEM_SEGMENT_MISSING, "" },
	};
	struct arena *a = arena_create(1 << 20);
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct hl7_batch b;
		struct problem p = { .code = PROBLEM_NONE };
		CU_ASSERT_FALSE(hl7_batch_read(a, bytes_of_text(cases[i].frame), &b, &p));
		if (p.code != cases[i].code || !text_equal(p.where, cases[i].where))
			fprintf(stderr, "%s: %d at %s\n", cases[i].why, (int)p.code, p.where);
		CU_ASSERT_EQUAL(p.code, cases[i].code);
		CU_ASSERT_STRING_EQUAL(p.where, cases[i].where);
	}
	arena_destroy(a);
}

static void no_more_than_may_be(void)
{
	struct arena *a = arena_create(1 << 20);
	struct buffer frame = buffer_in(a);
	struct hl7_batch b;
	struct problem p = { .code = PROBLEM_NONE };
	buffer_text(&frame, BHS);
	for (unsigned i = 0; i < HL7_BATCH_MOST; i++)
		buffer_text(&frame, ONE);
	CU_ASSERT_TRUE(hl7_batch_read(a, buffer_bytes(&frame), &b, &p));
	CU_ASSERT_EQUAL(b.count, HL7_BATCH_MOST);
	buffer_text(&frame, TWO);
	CU_ASSERT_FALSE(hl7_batch_read(a, buffer_bytes(&frame), &b, &p));
	CU_ASSERT_EQUAL(p.code, PROBLEM_TOO_LARGE);
	arena_destroy(a);
}

static const struct hl7_stamp stamp = { .control_id = "R1", .now = 1768437000000000 };

static void a_batch_is_answered_by_a_batch(void)
{
	static const struct {
		const char *frame, *answer;
	} cases[] = {
		{ BHS ONE TWO "BTS|2\r",
		  "BHS|^~\\&|MINATO|REGION|EMR|A|20260115003000+0000||||R1|B1\rMSA|1\rMSA|2\r"
		  "BTS|2\r" },
		{ FHS BHS ONE "BTS|1\rFTS|1\r",
		  "FHS|^~\\&|MINATO|REGION|EMR|A|20260115003000+0000||||R1|F1\r"
		  "BHS|^~\\&|MINATO|REGION|EMR|A|20260115003000+0000||||R1|B1\rMSA|1\rMSA|2\r"
		  "BTS|2\rFTS|1\r" },
		{ "FHS#^~\\&\r" ONE,
		  "FHS#^~\\&#####20260115003000+0000####R1#\rMSA|1\rMSA|2\rFTS#1\r" },
		{ "BHS\r" ONE, "BHS||||||20260115003000+0000||||R1|\rMSA|1\rMSA|2\rBTS|2\r" },
	};
	struct arena *a = arena_create(1 << 20);
	for (size_t i = 0; i < COUNT(cases); i++) {
		const struct bytes answers[] = { bytes_of_text("MSA|1\r"),
						 bytes_of_text("MSA|2\r") };
		struct hl7_batch b;
		struct problem p = { .code = PROBLEM_NONE };
		CU_ASSERT_TRUE(hl7_batch_read(a, bytes_of_text(cases[i].frame), &b, &p));
		struct bytes answer = hl7_batch_answer(a, &b, answers, COUNT(answers), &stamp);
		if (!bytes_equal(answer, bytes_of_text(cases[i].answer)))
			fprintf(stderr, "%.*s\n", (int)answer.length, (const char *)answer.data);
		CU_ASSERT_TRUE(bytes_equal(answer, bytes_of_text(cases[i].answer)));
	}
	arena_destroy(a);
}

/* Whoever sent a batch that is refused learns that it is this one. */
static void a_refusal_names_the_batch(void)
{
	static const struct {
		const char *frame, *says;
	} cases[] = {
		{ BHS ONE, "MSA|AE|B1\r" },
		{ FHS BHS ONE, "MSA|AE|F1\r" },
		{ "BHS#^~\\&#EMR\r", "MSA#AE#\r" },
		{ "BHS", "MSA|AE|\r" },
	};
	struct arena *a = arena_create(1 << 20);
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct hl7_message *m;
		struct problem ignored = { .code = PROBLEM_NONE },
			       p = { .code = PROBLEM_DATA_TYPE, .what = "x" };
		hl7_parse(a, hl7_batch_header(a, bytes_of_text(cases[i].frame)), NULL, &m,
			  &ignored);
		struct bytes ack = hl7_ack(m, &p, NULL, &stamp);
		const char *text = arena_text_n(a, (const char *)ack.data, ack.length);
		if (strstr(text, cases[i].says) == NULL)
			fprintf(stderr, "%s: %s\n", cases[i].frame, text);
		CU_ASSERT_PTR_NOT_NULL(strstr(text, cases[i].says));
	}
	arena_destroy(a);
}

int main(void)
{
	static const struct test tests[] = {
		{ "a batch is its messages", a_batch_is_its_messages },
		{ "what is not whole is refused", what_is_not_whole_is_refused },
		{ "no more than may be", no_more_than_may_be },
		{ "a batch is answered by a batch", a_batch_is_answered_by_a_batch },
		{ "a refusal names the batch", a_refusal_names_the_batch },
		{ NULL, NULL }
	};
	return suite_run("HL7 v2 batch", tests);
}
