/* tests/envelope/hl7v2_test.c: HL7 v2 messages, in and out. */
#include "tests/base/suite.h"

#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "gateway/envelope/hl7v2.h"
#include "tests/envelope/samples.h"

static const struct hl7_stamp stamp = { .control_id = "OUR1",
					.now = (instant)1768437001 * 1000000,
					.application = "MINATO",
					.facility = "REGION" };
#define NOW "20260115003001+0000"
static const struct charset_leniency site = { .when_unsaid = CHARSET_8859_1 };

#define MSH "MSH|^~\\&|SA|SF|RA|RF|20260115||ADT^A01^ADT_A01|M1|P|2.5\r"

static struct hl7_message *parsed(struct arena *a, struct bytes frame)
{
	struct hl7_message *m;
	struct problem p = { .code = PROBLEM_NONE };
	bool done = hl7_parse(a, frame, &site, &m, &p);
	if (!done)
		printf("not parsed: %s %s\n", p.where, p.what);
	CU_ASSERT_TRUE_FATAL(done);
	return m;
}

static struct hl7_message *parsed_text(struct arena *a, const char *text)
{
	return parsed(a, bytes_of_text(text));
}

static void check_text(const char *what, const char *is, const char *should)
{
	if (!text_equal(is, should))
		printf("%s: \"%s\", not \"%s\"\n", what, is == NULL ? "NULL" : is, should);
	CU_ASSERT_TRUE(text_equal(is, should));
}

static void places(void)
{
	static const struct {
		const char *file, *segment;
		unsigned n, f, r, c, s;
		const char *value;
	} cases[] = {
		{ "iti8-a04-ascii.hl7", "MSH", 1, 1, 1, 1, 1, "|" },
		{ "iti8-a04-ascii.hl7", "MSH", 1, 2, 1, 1, 1, "^~\\&" },
		{ "iti8-a04-ascii.hl7", "MSH", 1, 3, 1, 1, 1, "EMR" },
		{ "iti8-a04-ascii.hl7", "MSH", 1, 3, 1, 2, 1, "2.999.1.1" },
		{ "iti8-a04-ascii.hl7", "MSH", 1, 12, 1, 1, 1, "2.3.1" },
		{ "iti8-a04-ascii.hl7", "MSH", 1, 13, 1, 1, 1, "" },
		{ "iti8-a04-ascii.hl7", "PID", 1, 3, 1, 4, 2,
		  "1.2.392.100495.20.3.51.11319951013" },
		{ "iti8-a04-ascii.hl7", "PID", 1, 3, 1, 4, 4, "" },
		{ "iti8-a04-ascii.hl7", "PID", 1, 3, 2, 1, 1, "77" },
		{ "iti8-a04-ascii.hl7", "PID", 1, 3, 2, 4, 1, "KHN" },
		{ "iti8-a04-ascii.hl7", "PID", 1, 3, 3, 1, 1, "" },
		{ "iti8-a04-ascii.hl7", "PID", 1, 40, 1, 1, 1, "" },
		{ "iti8-a04-ascii.hl7", "PID", 2, 3, 1, 1, 1, "" },
		{ "odd-delimiters.hl7", "MSH", 1, 2, 1, 1, 1, "~|\\&" },
		{ "odd-delimiters.hl7", "MSH", 1, 9, 1, 2, 1, "A24" },
		{ "odd-delimiters.hl7", "PID", 1, 3, 1, 4, 2, "2.999.1" },
		{ "odd-delimiters.hl7", "PID", 1, 5, 1, 2, 1, "JOHN" },
		{ "lf-8859-1.hl7", "PID", 1, 5, 1, 2, 1, "Jörg" },
		{ "utf16.hl7", "PID", 1, 5, 1, 1, 1, "山田" },
		{ "ssmix2-adt00-2022.hl7", "PID", 1, 5, 1, 1, 1, "宮崎" },
		{ "ssmix2-adt00-2022.hl7", "PID", 1, 5, 1, 2, 1, "愛" },
		{ "ssmix2-adt00-2022.hl7", "PID", 1, 11, 1, 8, 1,
		  "東京都港区麻布永坂町99丁目4番18号" },
		{ "ssmix2-adt00-2022.hl7", "IN1", 2, 10, 2, 1, 1, "1234566" },
		{ "pieces.hl7", "PID", 1, 5, 1, 1, 1, "O&N" },
		{ "pieces.hl7", "PID", 1, 5, 1, 1, 2, "van^x" },
		{ "pieces.hl7", "PID", 1, 5, 1, 2, 1, "AAB\rC\nDE \\Zx\\ \\ tail\\" },
		{ "pieces.hl7", "NTE", 1, 3, 1, 1, 1, "a~b" },
		{ "pieces.hl7", "NTE", 1, 3, 2, 1, 1, "c" },
	};
	struct arena *a = arena_create(64 << 20);
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct hl7_message *m = parsed(
			a, sample_ours(a, arena_printf(a, "hl7v2/%s", cases[i].file)));
		const struct hl7_segment *s = hl7_segment(m, cases[i].segment, cases[i].n);
		check_text(arena_printf(a, "%s %s-%u.%u.%u.%u", cases[i].file, cases[i].segment,
					cases[i].f, cases[i].r, cases[i].c, cases[i].s),
			   hl7_value(s, cases[i].f, cases[i].r, cases[i].c, cases[i].s),
			   cases[i].value);
	}
	arena_destroy(a);
}

static void frames(void)
{
	static const char *const cases[] = {
		MSH "PID|1\rPV1|2\r",
		MSH "PID|1\rPV1|2",
		MSH "\nPID|1\r\nPV1|2\r\n",
		"\013" MSH "PID|1\rPV1|2\r\034\r",
		"\xef\xbb\xbf" MSH "PID|1\rPV1|2\r\034",
		"\r\n" MSH "\rPID|1\r \r\rPV1|2\r",
		"MSH|^~\\&|SA|SF|RA|RF|20260115||ADT^A01^ADT_A01|M1|P|2.5\nPID|1\nPV1|2",
	};
	struct arena *a = arena_create(64 << 20);
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct hl7_message *m = parsed_text(a, cases[i]);
		check_text("MSH-12", m->version, "2.5");
		check_text("PID-1", hl7_value(hl7_segment(m, "PID", 1), 1, 0, 0, 0), "1");
		check_text("PV1-1", hl7_value(hl7_segment(m, "PV1", 1), 1, 0, 0, 0), "2");
		CU_ASSERT_PTR_NULL(m->segments->next->next->next);
	}
	/* After a bare CR a lone LF is data. */
	struct hl7_message *m = parsed_text(a, MSH "NTE|1||a\nPID|x\r");
	CU_ASSERT_PTR_NULL(hl7_segment(m, "PID", 1));
	check_text("NTE-3", hl7_value(hl7_segment(m, "NTE", 1), 3, 0, 0, 0), "a\nPID");
	arena_destroy(a);
}

/* Half of 日 in JIS, and of ポ in Shift JIS, is the octet of the field separator: MSH-18 is found
 * all the same, behind the name of a 朝日病院. */
static void kanji_before_msh18(void)
{
#define HEAD "MSH|^~\\&|EMR|"
#define TAIL "|MINATO|REGION|20260115||ADT^A04|M1|P|2.5||||||"
	static const struct charset_leniency strict = { .when_unsaid = CHARSET_NONE },
					     false_name = { .when_false = CHARSET_WINDOWS_31J },
					     unsaid = { .when_unsaid = CHARSET_WINDOWS_31J };
	static const struct {
		const char *why, *frame;
		const struct charset_leniency *leniency;
		enum charset used;
		const char *facility;
	} cases[] = {
		{ "JIS", HEAD "\033$BD+F|IB1!\033(B" TAIL "~ISO IR87\r", &strict,
		  CHARSET_ISO_2022_JP, "朝日病院" },
		{ "... by HL7's own escape", HEAD "\\M2442\\D+F|IB1!\\C2842\\" TAIL "~ISO IR87\r",
		  &strict, CHARSET_ISO_2022_JP, "朝日病院" },
		{ "... with more than one", HEAD "\033$BF|F|F|F|\033(B" TAIL "ASCII~ISO IR87\r",
		  &strict, CHARSET_ISO_2022_JP, "日日日日" },
		{ "Shift JIS under its name", HEAD "\x83|\x83\x43" TAIL "~ISO IR87\r", &false_name,
		  CHARSET_WINDOWS_31J, "ポイ" },
		{ "... under none", HEAD "\x83|\x83\x43" TAIL "\r", &unsaid, CHARSET_WINDOWS_31J,
		  "ポイ" },
		{ "UTF-8", HEAD "朝日ポ" TAIL "UNICODE UTF-8\r", &strict, CHARSET_UTF_8, "朝日ポ" },
		{ "Latin 1: what would begin a pair", HEAD "Sant\xe9" TAIL "8859/1\r", &strict,
		  CHARSET_8859_1, "Santé" },
		{ "EUC under the name of JIS", HEAD "\xc4\xab\xc6\xfc" TAIL "~ISO IR87\r", &strict,
		  CHARSET_NONE, NULL },
	};
#undef HEAD
#undef TAIL
	struct arena *a = arena_create(64 << 20);
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct hl7_message *m;
		struct problem p = { .code = PROBLEM_NONE };
		bool read = hl7_parse(a, bytes_of_text(cases[i].frame), cases[i].leniency, &m, &p);
		check_text(cases[i].why, m->control_id, "M1");
		if (cases[i].facility == NULL) {
			CU_ASSERT_FALSE(read);
			continue;
		}
		CU_ASSERT_TRUE(read);
		CU_ASSERT_EQUAL(m->charset.used, cases[i].used);
		check_text(cases[i].why, m->sending_facility, cases[i].facility);
	}
	arena_destroy(a);
}

static void refuses(void)
{
	static const struct {
		const char *why, *frame;
		enum problem_code code;
		const char *where, *id;
	} cases[] = {
		{ "nothing", "", PROBLEM_MALFORMED, "", "" },
		{ "not HL7", "GET / HTTP/1.1\r\n\r\n", PROBLEM_MALFORMED, "", "" },
		{ "MSH alone", "MSH", PROBLEM_HEADER_INVALID, "MSH^1^2", "" },
		{ "cut off", "MSH|^", PROBLEM_HEADER_INVALID, "MSH^1^2", "" },
		{ "no MSH-2", "MSH||||||EMR|A|PIX|HIE|20260115||ADT|M1|P|2.3.1\r",
		  PROBLEM_HEADER_INVALID, "MSH^1^2", "HIE" },
		{ "twice the same", "MSH|^^\\&|A|B|C|D|1||ADT^A01|M1|P|2.5\r",
		  PROBLEM_HEADER_INVALID, "MSH^1^2", "M1" },
		{ "a letter", "MSH|^~\\A|A|B|C|D|1||ADT^A01|M1|P|2.5\r", PROBLEM_HEADER_INVALID,
		  "MSH^1^2", "M1" },
		{ "what times are written with", "MSH+^~\\&+A+B+C+D+1++ADT^A01+M1+P+2.5\r",
		  PROBLEM_HEADER_INVALID, "MSH^1^2", "" },
		{ "the same", "MSH|^~\\-|A|B|C|D|1||ADT^A01|M1|P|2.5\r", PROBLEM_HEADER_INVALID,
		  "MSH^1^2", "M1" },
		{ "the same", "MSH|.~\\&|A|B|C|D|1||ADT^A01|M1|P|2.5\r", PROBLEM_HEADER_INVALID,
		  "MSH^1^2", "M1" },
		{ "six of them", "MSH|^~\\&#!|A|B|C|D|1||ADT^A01|M1|P|2.5\r",
		  PROBLEM_HEADER_INVALID, "MSH^1^2", "M1" },
		{ "two lost", "MSH|^&|A|B|C|D|1||ADT^A01|M1|P|2.5\r", PROBLEM_HEADER_INVALID,
		  "MSH^1^2", "M1" },
		{ "the first lost of two", "MSH|~|A|B|C|D|1||ADT^A01|M1|P|2.5\r",
		  PROBLEM_HEADER_INVALID, "MSH^1^2", "M1" },
		{ "MSH-1 lost", "MSH^~\\&|A|B|C|D|1||ADT^A01|M1|P|2.5\r", PROBLEM_HEADER_INVALID,
		  "MSH^1^2", "" },
		{ "MSH-2 as XML", "MSH|^~\\&amp;|A|B|C|D|1||ADT^A01|M1|P|2.5\r",
		  PROBLEM_HEADER_INVALID, "MSH^1^2", "M1" },
		{ "the M lost", "SH|^~\\&|A|B|C|D|1||ADT^A01|M1|P|2.5\r", PROBLEM_MALFORMED, "",
		  "" },
		{ "no MSH-9", "MSH|^~\\&|A|B|C|D|1|||M1|P|2.5\r", PROBLEM_HEADER_MISSING, "MSH^1^9",
		  "M1" },
		{ "no MSH-10", "MSH|^~\\&|A|B|C|D|1||ADT^A01||P|2.5\r", PROBLEM_HEADER_MISSING,
		  "MSH^1^10", "" },
		{ "no MSH-11", "MSH|^~\\&|A|B|C|D|1||ADT^A01|M1||2.5\r", PROBLEM_HEADER_MISSING,
		  "MSH^1^11", "M1" },
		{ "no MSH-12", "MSH|^~\\&|A|B|C|D|1||ADT^A01|M1|P\r", PROBLEM_HEADER_MISSING,
		  "MSH^1^12", "M1" },
		{ "not a segment", MSH "hello\r", PROBLEM_MALFORMED, "", "M1" },
		{ "two in one", MSH "PIDX|1\r", PROBLEM_MALFORMED, "", "M1" },
		{ "two messages", MSH "PID|1\r" MSH, PROBLEM_MALFORMED, "MSH^2", "M1" },
		{ "unknown set",
		  "MSH|^~\\&|A|B|C|D|1||ADT^A01|M1|P|2.5||||||EBCDIC\rPID|\x9f\xff\r",
		  PROBLEM_TABLE_VALUE, "MSH^1^18", "M1" },
		{ "not UTF-8",
		  "MSH|^~\\&|A|B|C|D|1||ADT^A01|M1|P|2.5||||||UNICODE UTF-8\rPID|\xff\r",
		  PROBLEM_DATA_TYPE, "PID^1^1^1^1", "M1" },
		{ "half a kanji",
		  "MSH|^~\\&|A|B|C|D|1||ADT^A01|M1|P|2.5||||||~ISO IR87\rPID|\033$B;3|\033(B\r",
		  PROBLEM_DATA_TYPE, "PID^1^1^1^1", "M1" },
	};
	struct arena *a = arena_create(64 << 20);
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct hl7_message *m;
		struct problem p = { .code = PROBLEM_NONE };
		bool done = hl7_parse(a, bytes_of_text(cases[i].frame), NULL, &m, &p);
		if (done || p.code != cases[i].code || !text_equal(p.where, cases[i].where))
			printf("%s: %d %s at %s\n", cases[i].why, p.code, p.what, p.where);
		CU_ASSERT_FALSE(done);
		CU_ASSERT_FALSE(m->read);
		CU_ASSERT_EQUAL(p.code, cases[i].code);
		CU_ASSERT_STRING_EQUAL(p.where, cases[i].where);
		check_text(cases[i].why, m->control_id, cases[i].id);
		struct bytes ack = hl7_ack(m, &p, NULL, &stamp); /* it can always be answered */
		struct hl7_message *answer = parsed(a, ack);
		/* Nothing is made up where the message had no id, or none that can be read. */
		check_text("MSA-2", hl7_value(hl7_segment(answer, "MSA", 1), 2, 0, 0, 0),
			   cases[i].id);
	}
	/* An unknown set is forgiven while nothing depends on it. */
	parsed_text(a, "MSH|^~\\&|A|B|C|D|1||ADT^A01|M1|P|2.5||||||EBCDIC\rPID|x\r");
	arena_destroy(a);
}

/* Read as what was meant, and told: the road asks whether it may be. */
static void one_lost_delimiter(void)
{
	static const struct {
		const char *msh2;
		bool lost;
		const char *namespace_id, *oid;
	} cases[] = {
		{ "^~\\&", false, "N", "2.9" },   { "^~&", true, "N", "2.9" },
		{ "^\\&", true, "N", "2.9" },     { "~\\&", true, "N", "2.9" },
		{ "^~\\", true, "N", "2.9" },     { "^~\\&#", false, "N", "2.9" },
		{ "^~", false, "N&2.9&ISO", "" },
	};
	struct arena *a = arena_create(64 << 20);
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct hl7_message *m = parsed_text(
			a,
			arena_printf(a, "MSH|%s|A|B|C|D|1||ADT^A01|M1|P|2.5\rPID|||1^^^N&2.9&ISO\r",
				     cases[i].msh2));
		const struct hl7_segment *pid = hl7_segment(m, "PID", 1);
		CU_ASSERT_EQUAL(m->delimiter_lost, cases[i].lost);
		check_text(cases[i].msh2, hl7_value(pid, 3, 1, 4, 1), cases[i].namespace_id);
		check_text(cases[i].msh2, hl7_value(pid, 3, 1, 4, 2), cases[i].oid);
	}
	/* Without the fourth, & is a character like any other. */
	CU_ASSERT_FALSE(parsed_text(a, "MSH|^~\\|A|B|C|D|1||ADT^A01|M1|P|2.5\rPID|||1||A & B\r")
				->delimiter_lost);
	arena_destroy(a);
}

/* MSH-15, MSH-16 (table 0155): when it succeeded, when it failed. */
static void who_is_answered(void)
{
	static const struct {
		const char *type, *conditions;
		enum hl7_due done, failed;
	} cases[] = {
		{ "ADT^A01", "", HL7_APPLICATION, HL7_APPLICATION },
		{ "ADT^A01", "NE|NE", HL7_NOTHING, HL7_NOTHING },
		{ "ADT^A01", "|NE", HL7_NOTHING, HL7_NOTHING },
		{ "ADT^A01", "NE|", HL7_APPLICATION, HL7_APPLICATION },
		{ "ADT^A01", "AL|NE", HL7_ACCEPT, HL7_ACCEPT },
		{ "ADT^A01", "AL|AL", HL7_APPLICATION, HL7_APPLICATION },
		{ "ADT^A01", "NE|AL", HL7_APPLICATION, HL7_APPLICATION },
		{ "ADT^A01", "NE|ER", HL7_NOTHING, HL7_APPLICATION },
		{ "ADT^A01", "NE|SU", HL7_APPLICATION, HL7_NOTHING },
		{ "ADT^A01", "ER|NE", HL7_NOTHING, HL7_ACCEPT },
		{ "ADT^A01", "SU|NE", HL7_ACCEPT, HL7_NOTHING },
		{ "ADT^A01", "ER|SU", HL7_APPLICATION, HL7_ACCEPT },
		{ "ADT^A01", "ER|", HL7_APPLICATION, HL7_APPLICATION },
		{ "ADT^A01", "XX|YY", HL7_APPLICATION, HL7_APPLICATION },
		{ "ACK^A01", "", HL7_NOTHING, HL7_NOTHING },
		{ "ACK", "AL|AL", HL7_NOTHING, HL7_NOTHING },
		{ "MCF", "", HL7_NOTHING, HL7_NOTHING },
	};
	struct arena *a = arena_create(64 << 20);
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct hl7_message *m = parsed_text(
			a, arena_printf(a, "MSH|^~\\&|A|B|C|D|1||%s|M1|P|2.5|||%s\r", cases[i].type,
					cases[i].conditions));
		CU_ASSERT_EQUAL(hl7_acknowledgment_due(m, false), cases[i].done);
		CU_ASSERT_EQUAL(hl7_acknowledgment_due(m, true), cases[i].failed);
	}
	struct hl7_message *m = parsed_text(a, MSH "MSA|AA|X\r");
	CU_ASSERT_EQUAL(hl7_acknowledgment_due(m, true), HL7_NOTHING);
	static const struct {
		enum problem_code code;
		const char *ack;
	} codes[] = {
		{ PROBLEM_NONE, "CA" },
		{ PROBLEM_FIELD_MISSING, "CE" },
		{ PROBLEM_EVENT, "CR" },
	};
	struct hl7_stamp commit = stamp;
	commit.commit = true;
	for (size_t i = 0; i < COUNT(codes); i++) {
		struct problem p = { .code = codes[i].code };
		m = parsed(a, hl7_ack(parsed_text(a, MSH), &p, NULL, &commit));
		check_text("commit", hl7_value(hl7_segment(m, "MSA", 1), 1, 0, 0, 0), codes[i].ack);
	}
	arena_destroy(a);
}

static void marks(void)
{
	struct arena *a = arena_create(64 << 20);
	struct hl7_message *m = parsed_text(a, MSH "PID||\"\"|^2|\"\"^b|a\r");
	const struct hl7_segment *pid = hl7_segment(m, "PID", 1);
	CU_ASSERT_PTR_NULL(hl7_update(hl7_field(pid, 1)));
	check_text("delete", hl7_update(hl7_field(pid, 2)), "");
	CU_ASSERT_TRUE(hl7_deletes(hl7_field(pid, 2)));
	CU_ASSERT_PTR_NULL(hl7_update(hl7_field(pid, 3)));
	CU_ASSERT_FALSE(hl7_deletes(hl7_field(pid, 4)));
	check_text("delete one", hl7_update(hl7_component(hl7_field(pid, 4), 1)), "");
	check_text("set", hl7_update(hl7_field(pid, 5)), "a");
	CU_ASSERT_PTR_NULL(hl7_update(hl7_field(NULL, 5)));
	CU_ASSERT_EQUAL(hl7_repetitions(hl7_field(pid, 9)), 0);
	CU_ASSERT_EQUAL(hl7_components(hl7_field(pid, 3)), 2);
	check_text("whole", hl7_whole(hl7_field(pid, 3)), "^2");
	arena_destroy(a);
}

static void locations(void)
{
	struct arena *a = arena_create(64 << 20);
	struct hl7_message *m = parsed_text(a, MSH "PID|1\rPID|||A~B^^^C&D\r");
	struct hl7_part field = hl7_field(hl7_segment(m, "PID", 2), 3);
	struct problem p = { .code = PROBLEM_NONE };
	check_text("field", hl7_where(field), "PID^2^3");
	check_text("all",
		   hl7_where(hl7_subcomponent(hl7_component(hl7_repetition(field, 2), 4), 2)),
		   "PID^2^3^2^4^2");
	CU_ASSERT_PTR_NULL(hl7_only_segment(m, "PID", &p));
	CU_ASSERT_EQUAL(p.code, PROBLEM_SEGMENT_MISSING);
	check_text("twice", p.where, "PID^2");
	p = (struct problem){ .code = PROBLEM_NONE };
	CU_ASSERT_PTR_NULL(hl7_only_segment(m, "MRG", &p));
	check_text("missing", p.where, "MRG^1");
	arena_destroy(a);
}

static struct bytes repeated(struct arena *a, const char *head, const char *piece, size_t times)
{
	struct buffer b = buffer_in(a);
	buffer_text(&b, head);
	for (size_t i = 0; i < times; i++)
		buffer_text(&b, piece);
	return buffer_bytes(&b);
}

static void limits(void)
{
	static const struct {
		const char *head, *piece;
		size_t times;
		bool allowed;
	} cases[] = {
		{ MSH, "NTE|1\r", HL7_SEGMENTS_MAX - 1, true },
		{ MSH, "NTE|1\r", HL7_SEGMENTS_MAX, false },
		{ MSH "PID", "|", HL7_FIELDS_MAX, true },
		{ MSH "PID", "|", HL7_FIELDS_MAX + 1, false },
		{ MSH "PID|||", "~", HL7_REPETITIONS_MAX - 1, true },
		{ MSH "PID|||", "~", HL7_REPETITIONS_MAX, false },
		{ MSH "NTE|||", "x", HL7_MESSAGE_MAX - sizeof MSH + 1 - 6, true },
		{ MSH "NTE|||", "x", HL7_MESSAGE_MAX - sizeof MSH + 1 - 5, false },
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct arena *a = arena_create(64 << 20);
		struct hl7_message *m;
		struct problem p = { .code = PROBLEM_NONE };
		struct bytes frame = repeated(a, cases[i].head, cases[i].piece, cases[i].times);
		CU_ASSERT_EQUAL(hl7_parse(a, frame, NULL, &m, &p), cases[i].allowed);
		CU_ASSERT_EQUAL(p.code, cases[i].allowed ? PROBLEM_NONE : PROBLEM_TOO_LARGE);
		arena_destroy(a);
	}
}

static void check_octets(struct arena *a, const char *what, struct bytes is, const char *should)
{
	if (!bytes_equal(is, bytes_of_text(should))) {
		char *shown = arena_text_n(a, (const char *)is.data, is.length);
		for (char *c = shown; (c = strchr(c, '\r')) != NULL;)
			*c = '\n';
		printf("%s:\n%s\n", what, shown);
	}
	CU_ASSERT_TRUE(bytes_equal(is, bytes_of_text(should)));
}

static void acknowledges(void)
{
	static const struct {
		const char *why, *request;
		bool legacy;
		struct problem problem;
		const char *answer;
	} cases[] = {
		{ "2.5 accepted",
		  MSH,
		  false,
		  { .code = PROBLEM_NONE },
		  "MSH|^~\\&|RA|RF|SA|SF|" NOW "||ACK^A01^ACK|OUR1|P|2.5\rMSA|AA|M1\r" },
		{ "2.3.1 has two components",
		  "MSH|^~\\&|A^1^ISO|B^^|C|D|1||ADT^A40|X 1|P^T|2.3.1\r",
		  false,
		  { .code = PROBLEM_NONE },
		  "MSH|^~\\&|C|D|A^1^ISO|B^^|" NOW "||ACK^A40|OUR1|P^T|2.3.1\rMSA|AA|X 1\r" },
		{ "unsupported event",
		  MSH,
		  false,
		  { .code = PROBLEM_EVENT, .what = "A10 is not for us", .where = "MSH^1^9^1^2" },
		  "MSH|^~\\&|RA|RF|SA|SF|" NOW "||ACK^A01^ACK|OUR1|P|2.5\rMSA|AR|M1\r"
		  "ERR||MSH^1^9^1^2|201^Unsupported trigger event^HL70357|E|||event|A10 is not for "
		  "us\r" },
		{ "unknown key, text escaped",
		  MSH,
		  false,
		  { .code = PROBLEM_UNKNOWN_KEY, .what = "no a|b^c", .where = "PID^1^3^2^4" },
		  "MSH|^~\\&|RA|RF|SA|SF|" NOW "||ACK^A01^ACK|OUR1|P|2.5\rMSA|AE|M1\r"
		  "ERR||PID^1^3^2^4|204^Unknown key identifier^HL70357|E|||unknown-key|no "
		  "a\\F\\b\\S\\c\r" },
		{ "an XPath is no place",
		  MSH,
		  false,
		  { .code = PROBLEM_INTERNAL, .what = "x", .where = "/a/b" },
		  "MSH|^~\\&|RA|RF|SA|SF|" NOW "||ACK^A01^ACK|OUR1|P|2.5\rMSA|AR|M1\r"
		  "ERR|||207^Application internal error^HL70357|E|||internal|x\r" },
		{ "ERR-1 for an old peer",
		  MSH,
		  true,
		  { .code = PROBLEM_UNKNOWN_KEY, .what = "x", .where = "PID^1^3^2^4" },
		  "MSH|^~\\&|RA|RF|SA|SF|" NOW "||ACK^A01^ACK|OUR1|P|2.5\rMSA|AE|M1\r"
		  "ERR|PID^1^3^204&Unknown key identifier&HL70357\r" },
		{ "odd delimiters",
		  "MSH^~|\\&^A^B^C^D^1^^ADT~A24^D1^T^2.4\r",
		  false,
		  { .code = PROBLEM_EVENT, .what = "x^y", .where = "MSH^1^9^1^2" },
		  "MSH^~|\\&^C^D^A^B^" NOW "^^ACK~A24~ACK^OUR1^T^2.4\rMSA^AR^D1\r"
		  "ERR^^MSH~1~9~1~2^201~Unsupported trigger event~HL70357^E^^^event^x\\F\\y\r" },
		{ "an event does not break out",
		  "MSH|^~\\&|A|B|C|D|1||ADT^A01\\X0D\\PID\\F\\9|M1|P|2.5\r",
		  false,
		  { .code = PROBLEM_NONE },
		  "MSH|^~\\&|C|D|A|B|" NOW
		  "||ACK^A01\\X0D\\PID\\F\\9^ACK|OUR1|P|2.5\rMSA|AA|M1\r" },
		{ "the set is said again",
		  "MSH|^~\\&|A|B|C|D|1||ADT^A01|M1|P|2.5||||||~ISOIR87||ISO2022-1994\r",
		  false,
		  { .code = PROBLEM_TABLE_VALUE, .what = "山", .where = "" },
		  "MSH|^~\\&|C|D|A|B|" NOW
		  "||ACK^A01^ACK|OUR1|P|2.5||||||~ISOIR87||ISO2022-1994\rMSA|AE|M1\r"
		  "ERR|||103^Table value not found^HL70357|E|||table-value|\033$B;3\033(B\r" },
		{ "a set is said when needed",
		  MSH,
		  false,
		  { .code = PROBLEM_TABLE_VALUE, .what = "山", .where = "" },
		  "MSH|^~\\&|RA|RF|SA|SF|" NOW
		  "||ACK^A01^ACK|OUR1|P|2.5||||||UNICODE UTF-8\rMSA|AE|M1\r"
		  "ERR|||103^Table value not found^HL70357|E|||table-value|山\r" },
		{ "names given back in their set",
		  "MSH|^~\\&|M\xfcller|B|C|D|1||ADT^A01|\xfc|P|2.5||||||8859/1\r",
		  false,
		  { .code = PROBLEM_NONE },
		  "MSH|^~\\&|C|D|M\xfcller|B|" NOW
		  "||ACK^A01^ACK|OUR1|P|2.5||||||8859/1\rMSA|AA|\xfc\r" },
	};
	struct arena *a = arena_create(64 << 20);
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct hl7_stamp s = stamp;
		s.legacy_err = cases[i].legacy;
		struct hl7_message *m = parsed_text(a, cases[i].request);
		check_octets(a, cases[i].why, hl7_ack(m, &cases[i].problem, NULL, &s),
			     cases[i].answer);
	}
	struct hl7_message *m;
	struct problem p = { .code = PROBLEM_NONE };
	hl7_parse(a, bytes_of_text("rubbish"), NULL, &m, &p);
	check_octets(a, "not a message", hl7_ack(m, &p, NULL, &stamp),
		     "MSH|^~\\&|MINATO|REGION|||" NOW "||ACK|OUR1|P|2.5\rMSA|AR|\r"
		     "ERR|||100^Segment sequence error^HL70357|E|||malformed|the message does not "
		     "begin with MSH\r");
	struct hl7_stamp named = stamp;
	named.exchange = "00692d1f2a7b01c3";
	check_octets(a, "the exchange stands beside the problem",
		     hl7_ack(parsed_text(a, MSH),
			     &(struct problem){ .code = PROBLEM_UNKNOWN_KEY, .what = "x" }, NULL,
			     &named),
		     "MSH|^~\\&|RA|RF|SA|SF|" NOW "||ACK^A01^ACK|OUR1|P|2.5\rMSA|AE|M1\r"
		     "ERR|||204^Unknown key identifier^HL70357|E|||unknown-key (exchange "
		     "00692d1f2a7b01c3)|x\r");
	struct finding second = {
		.problem = { .code = PROBLEM_TABLE_VALUE, .what = "sex", .where = "PID^1^8" },
		.warning = true
	};
	check_octets(a, "accepted with a warning",
		     hl7_ack(parsed_text(a, MSH), NULL, &second, &stamp),
		     "MSH|^~\\&|RA|RF|SA|SF|" NOW "||ACK^A01^ACK|OUR1|P|2.5\rMSA|AA|M1\r"
		     "ERR||PID^1^8|103^Table value not found^HL70357|W|||table-value|sex\r");
	arena_destroy(a);
}

static void echoes_octets(void)
{
	static const char *const queries[] = {
		"QPD|IHE PIX Query|T\\F\\1 |101^^^&2.999.1&ISO^PI|",
		"QPD|Q||\\XC3\\~\\Zx\\| ",
		"QPD|Q|M\xfcller",
		"QPD|Q|\033$B;3\033(J^\033$BED\033(B|\033(I1\033(B\\.br\\",
	};
	static const char *const sets[] = { "", "", "8859/1", "~ISO IR87" };
	struct arena *a = arena_create(64 << 20);
	for (size_t i = 0; i < COUNT(queries); i++) {
		struct hl7_message *m = parsed_text(
			a, arena_printf(a,
					"MSH|^~\\&|A|B|C|D|1||QBP^Q23^QBP_Q21|Q1|P|2.5||||||%s\r%"
					"s\rRCP|I\r",
					sets[i], queries[i]));
		struct hl7_writer *w = hl7_answer_write(m, "RSP", "K23", "RSP_K23", &stamp);
		hl7_put_msa(w, m, "AA", &stamp);
		hl7_put_segment(w, "QAK");
		hl7_put_same_field(w, 1, hl7_segment(m, "QPD", 1), 2);
		hl7_put_field(w, 2, "OK");
		hl7_put_same_segment(w, hl7_segment(m, "QPD", 1));
		hl7_put_segment(w, "PID");
		hl7_put(w, 3, 1, 1, 1, "78912");
		hl7_put(w, 3, 1, 4, 2, "2.999");
		hl7_put(w, 3, 1, 4, 3, "ISO");
		hl7_put(w, 5, 2, 7, 1, "S");
		struct bytes answer = hl7_written(w);
		struct buffer expected = buffer_in(a);
		buffer_printf(&expected, "\r%s\rPID|||78912^^^&2.999&ISO||~^^^^^^S\r", queries[i]);
		CU_ASSERT_PTR_NOT_NULL(
			memmem(answer.data, answer.length, expected.data, expected.length));
		const char *second = hl7_text(
			hl7_field(hl7_segment(parsed(a, answer), "QAK", 1), 1));
		check_text("QAK-1", second, hl7_text(hl7_field(hl7_segment(m, "QPD", 1), 2)));
	}
	arena_destroy(a);
}

/* A peer that says ISO IR87 and sends CP932 gets what it said, all of one piece. */
static void answers_in_what_was_said(void)
{
	static const struct charset_leniency cp932 = { CHARSET_WINDOWS_31J, CHARSET_WINDOWS_31J,
						       false };
	static const char *const sets[] = { "~ISO IR87", "" };
	struct arena *a = arena_create(64 << 20);
	for (size_t i = 0; i < COUNT(sets); i++) {
		struct hl7_message *m;
		struct problem p = { .code = PROBLEM_NONE };
		CU_ASSERT_TRUE_FATAL(hl7_parse(
			a,
			bytes_of_text(arena_printf(a,
						   "MSH|^~\\&|A|B|C|D|1||QBP^Q23^QBP_Q21|Q1|P|2.5||"
						   "||||%s\rQPD|Q|\x94\x5c|\x8eR\r",
						   sets[i])),
			&cp932, &m, &p));
		CU_ASSERT_TRUE(m->charset.mismatch);
		struct hl7_writer *w = hl7_answer_write(m, "RSP", "K23", "RSP_K23", &stamp);
		hl7_put_msa(w, m, "AA", &stamp);
		hl7_put_same_segment(w, hl7_segment(m, "QPD", 1));
		check_octets(a, "said", hl7_written(w),
			     arena_printf(a,
					  "MSH|^~\\&|C|D|A|B|" NOW
					  "||RSP^K23^RSP_K23|OUR1|P|2.5||||||~ISO IR87%s\r"
					  "MSA|AA|Q1\rQPD|Q|\033$BG=\033(B|\033$B;3\033(B\r",
					  i == 0 ? "" : "||ISO 2022-1994"));
	}
	arena_destroy(a);
}

/* ---- The shared samples ---- */

static void every_sample(void)
{
	static const struct {
		const char *file, *segment;
		unsigned f, r, c, s;
		const char *value;
	} spots[] = {
		{ "ITI-8_A40_iso-8859-1.hl7", "PID", 5, 1, 1, 1, "STILLER" },
		{ "ITI-8_A40_iso-8859-1.hl7", "MRG", 1, 2, 4, 2,
		  "2.16.840.1.113883.3.37.4.1.1.2.611.1" },
		{ "ITI-8_A01_ohie-02-10.hl7", "MSH", 3, 1, 1, 1, "TEST_HARNESS" },
		{ "ITI-8_A01_ohie-02-10.hl7", "PID", 3, 1, 4, 2, "2.16.840.1.113883.3.72.5.9.1" },
		{ "ITI-30_A24_odd-delimiters.hl7", "PID", 3, 1, 5, 1, "NI" },
		{ "ITI-30_A24_odd-delimiters.hl7", "MSH", 9, 1, 2, 1, "A24" },
		{ "ITI-30_A31_dcm4che.hl7", "PID", 5, 1, 2, 1, "Lucy" },
		{ "ITI-9_RSP_ok-1.hl7", "PID", 5, 2, 7, 1, "S" },
		{ "ITI-10_A31_update-notification.hl7", "PID", 5, 1, 1, 1, " " },
		{ "ITI-21_Q22_maximal.hl7", "QPD", 3, 5, 1, 1, "@PID.11.1" },
		{ "ITI-9_Q23_ohie-02-20.hl7", "MSH", 13, 1, 1, 1, " " },
		{ "SSMIX2_ADT-00_A08_iso2022jp.hl7", "PID", 5, 1, 1, 1, "患者" },
	};
	struct arena *a = arena_create(256 << 20);
	const char **names = sample_names(a, "identity", ".hl7");
	size_t count = 0;
	for (; names != NULL && names[count] != NULL; count++) {
		struct bytes frame;
		if (!sample_shared(a, arena_printf(a, "identity/%s", names[count]), &frame))
			continue;
		struct hl7_message *m = parsed(a, frame);
		CU_ASSERT_TRUE(m->type[0] != '\0' && m->version[0] != '\0');
		for (size_t i = 0; i < COUNT(spots); i++)
			if (text_equal(spots[i].file, names[count]))
				check_text(spots[i].file,
					   hl7_value(hl7_segment(m, spots[i].segment, 1),
						     spots[i].f, spots[i].r, spots[i].c,
						     spots[i].s),
					   spots[i].value);
	}
	CU_ASSERT(names == NULL || count >= 38);
	arena_destroy(a);
}

/* What is between the first start block and its end, as MLLP would hand it over. */
static struct bytes unframed(struct bytes all)
{
	const unsigned char *start = memrchr(all.data, 013, all.length < 4096 ? all.length : 1);
	if (start == NULL)
		start = memchr(all.data, 013, all.length);
	if (start == NULL)
		return all;
	size_t left = all.length - (size_t)(start + 1 - all.data);
	const unsigned char *end = memmem(start + 1, left, "\034\r", 2);
	return (struct bytes){ start + 1, end == NULL ? left : (size_t)(end - start - 1) };
}

static void hostile_samples(void)
{
	static const struct {
		const char *file;
		enum problem_code code;
		const char *id;
	} cases[] = {
		{ "01-ok.mllp", PROBLEM_NONE, "M1" },
		{ "03-double-start-block.mllp", PROBLEM_NONE, "M1" },
		{ "04-fs-inside.mllp", PROBLEM_NONE, "M1" },
		{ "06-leading-junk.mllp", PROBLEM_NONE, "M1" },
		{ "07-pipelined-200.mllp", PROBLEM_NONE, "M0" },
		{ "08-segment-injection-in-name.mllp", PROBLEM_NONE, "M1" },
		{ "09-escape-hex-cr-injection.mllp", PROBLEM_NONE, "M1" },
		{ "10-cx-delimiter-injection.mllp", PROBLEM_NONE, "M1" },
		{ "11-msh-custom-delimiters.mllp", PROBLEM_NONE, "M1" },
		{ "12-msh-delimiters-equal.mllp", PROBLEM_HEADER_INVALID, NULL },
		{ "13-msh-truncated.mllp", PROBLEM_HEADER_INVALID, NULL },
		{ "14-empty-frame.mllp", PROBLEM_MALFORMED, "" },
		{ "15-field-256KB.mllp", PROBLEM_NONE, "M1" },
		{ "16-repetitions-10k.mllp", PROBLEM_TOO_LARGE, "M1" },
		{ "17-iso2022jp-escape-split.mllp", PROBLEM_DATA_TYPE, "M1" },
		{ "18-a40-self-merge.mllp", PROBLEM_NONE, "M18" },
		{ "19-a40-cross-domain.mllp", PROBLEM_NONE, "M19" },
	};
	struct arena *a = arena_create(64 << 20);
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct bytes all;
		struct hl7_message *m;
		struct problem p = { .code = PROBLEM_NONE };
		if (!sample_shared(a, arena_printf(a, "security/malicious/hl7/%s", cases[i].file),
				   &all))
			break;
		bool done = hl7_parse(a, unframed(all), NULL, &m, &p);
		if (p.code != cases[i].code)
			printf("%s: %s\n", cases[i].file, p.what);
		CU_ASSERT_EQUAL(done, cases[i].code == PROBLEM_NONE);
		CU_ASSERT_EQUAL(p.code, cases[i].code);
		if (cases[i].id != NULL)
			check_text(cases[i].file, m->control_id, cases[i].id);
		hl7_ack(m, &p, NULL, &stamp);
	}
	struct bytes all;
	if (sample_shared(a, "security/malicious/hl7/09-escape-hex-cr-injection.mllp", &all)) {
		struct hl7_message *m = parsed(a, unframed(all));
		CU_ASSERT_PTR_NULL(
			hl7_segment(m, "PID", 2)); /* \X0D\ is data, never a terminator */
		check_text("PID-5", hl7_value(hl7_segment(m, "PID", 1), 5, 1, 1, 1), "A\rPID");
	}
	arena_destroy(a);
}

/* ---- Memory that gives out ---- */

struct attempt {
	struct arena *arena;
	struct bytes frame;
	bool finished;
};

static void read_and_answer(void *with)
{
	struct attempt *t = with;
	struct hl7_message *m;
	struct problem p = { .code = PROBLEM_NONE };
	hl7_parse(t->arena, t->frame, &site, &m, &p);
	struct hl7_writer *w = hl7_answer_write(m, "RSP", "K23", "RSP_K23", &stamp);
	hl7_put_msa(w, m, "AA", &stamp);
	for (const struct hl7_segment *s = m->segments; s != NULL; s = s->next) {
		hl7_put_segment(w, "ZZZ");
		for (unsigned f = 1; f < 20; f++)
			hl7_put(w, f, 1, 1, 1, hl7_text(hl7_field(s, f)));
	}
	hl7_written(w);
	hl7_ack(m, &p, NULL, &stamp);
	t->finished = true;
}

static void every_allocation_may_fail(void)
{
	static const char *const files[] = { "ssmix2-adt00-2022.hl7", "iti8-a08-marks.hl7",
					     "pieces.hl7", "utf16.hl7", "broken-run.hl7" };
	struct arena *files_arena = arena_create(1 << 20);
	for (size_t i = 0; i < COUNT(files); i++) {
		struct attempt t = { .frame = sample_ours(
					     files_arena,
					     arena_printf(files_arena, "hl7v2/%s", files[i])) };
		size_t n = 0;
		while (!t.finished && ++n < 5000) {
			t.arena = arena_create(64 << 20);
			arena_refuse_nth(t.arena, n);
			arena_run(t.arena, read_and_answer, &t);
			arena_destroy(t.arena);
		}
		CU_ASSERT(n > 20 && n < 5000);
	}
	arena_destroy(files_arena);
}

static const struct test tests[] = {
	{ "values stand at their places", places },
	{ "frames as they come", frames },
	{ "MSH-18 is found behind kanji", kanji_before_msh18 },
	{ "what is no message is refused and answered", refuses },
	{ "one lost delimiter", one_lost_delimiter },
	{ "who is answered", who_is_answered },
	{ "empty keeps, two quotes delete", marks },
	{ "places have names", locations },
	{ "limits on both sides", limits },
	{ "acknowledgments", acknowledges },
	{ "a query is echoed octet for octet", echoes_octets },
	{ "an answer is in the set that was said", answers_in_what_was_said },
	{ "every shared sample is read", every_sample },
	{ "hostile frames get their safe answer", hostile_samples },
	{ "every allocation may fail", every_allocation_may_fail },
	{ NULL, NULL },
};

int main(void)
{
	return suite_run("hl7v2", tests);
}
