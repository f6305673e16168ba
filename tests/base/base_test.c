/* tests/base/base_test.c: the room everyone may enter. */
#include "tests/base/suite.h"

#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gateway/base/arena.h"
#include "gateway/base/bytes.h"
#include "gateway/base/clock.h"
#include "gateway/base/log.h"
#include "gateway/base/text.h"

static void take_all(void *with)
{
	for (;;)
		arena_alloc(with, 100);
}

static void take_large(void *with)
{
	arena_alloc(with, 1 << 20);
}

static int released;

static void release(void *what)
{
	released = released * 10 + *(int *)what;
}

static void arena_fails_alone(void)
{
	struct arena *a = arena_create(100000);
	CU_ASSERT_FALSE(arena_run(a, take_all, a));
	CU_ASSERT(arena_used(a) <= 100000);
	CU_ASSERT_FALSE(arena_run(a, take_large, a));
	CU_ASSERT_PTR_NULL(arena_try(a, 1 << 20));
	arena_destroy(a);
}

struct counting {
	struct random_source source;
	unsigned calls, next;
};

static void count_up(const struct random_source *r, void *out, size_t length)
{
	struct counting *c = (struct counting *)r;
	c->calls++;
	for (size_t i = 0; i < length; i++)
		((unsigned char *)out)[i] = (unsigned char)c->next++;
}

/* No octet comes twice, and a system call serves several. */
static void randomness_is_drawn_for_many(void)
{
	static const struct {
		size_t length;
		unsigned first, calls;
	} rows[] = {
		{ 8, 0, 1 },
		{ 16, 8, 1 },
		{ RANDOM_SUPPLY - 24, 24, 1 },
		{ 1, RANDOM_SUPPLY % 256, 2 },
		{ RANDOM_SUPPLY, 2 * RANDOM_SUPPLY % 256, 3 },
		{ 0, 0, 3 },
		{ RANDOM_SUPPLY + 1, 3 * RANDOM_SUPPLY % 256, 4 },
		{ 4, (4 * RANDOM_SUPPLY + 1) % 256, 5 },
	};
	struct counting from = { .source.fill = count_up };
	struct random_supply s;
	random_supply_begin(&s, &from.source);
	for (size_t i = 0; i < COUNT(rows); i++) {
		unsigned char octets[RANDOM_SUPPLY + 1] = { 0 };
		s.source.fill(&s.source, octets, rows[i].length);
		CU_ASSERT_EQUAL(octets[0], rows[i].length == 0 ? 0 : rows[i].first);
		CU_ASSERT_EQUAL(from.calls, rows[i].calls);
	}
	for (size_t given = 0; given < RANDOM_SUPPLY - s.left; given++)
		CU_ASSERT_EQUAL(s.octets[given], 0);
	random_supply_end(&s);
}

/* What one arena leaves is another's, as if new; more than may be kept goes back. */
static void spare_memory_is_as_new(void)
{
	struct arena_pool *pool = arena_pool_create(2);
	struct arena *both[2];
	for (unsigned round = 0; round < 3; round++) {
		for (unsigned i = 0; i < COUNT(both); i++) {
			unsigned dirty = 0;
			both[i] = arena_create_from(pool, 150000);
			for (unsigned piece = 0; piece < 20; piece++) {
				unsigned char *octets = arena_alloc(both[i], 4000);
				for (unsigned at = 0; at < 4000; at++)
					dirty += octets[at] != 0;
				memset(octets, 0xa5, 4000);
			}
			unsigned char *block = arena_alloc(both[i], 20000 + 100 * round);
			for (unsigned at = 0; at < 20000; at++)
				dirty += block[at] != 0;
			memset(block, 0xa5, 20000);
			CU_ASSERT_EQUAL(dirty, 0);
			CU_ASSERT_PTR_NULL(arena_try(both[i], 100000));
		}
		CU_ASSERT_FALSE(arena_run(both[0], take_all, both[0]));
		arena_reset(both[1]);
		CU_ASSERT_PTR_NOT_NULL(arena_try(both[1], 80000));
		arena_destroy(both[0]);
		arena_destroy(both[1]);
	}
	arena_pool_destroy(pool);
	arena_pool_destroy(NULL);
}

static void arena_releases_newest_first(void)
{
	static int one = 1, two = 2;
	struct arena *a = arena_create(100000);
	released = 0;
	arena_at_end(a, release, &one);
	arena_at_end(a, release, &two);
	arena_destroy(a);
	CU_ASSERT_EQUAL(released, 21);
}

/* One thing at a time costs the outer arena one thing; what does not fit leaves the outer one. */
static void arena_within_another(void)
{
	struct arena *a = arena_create(200000), *each = arena_create_within(a);
	static int one = 1;
	arena_alloc(each, 100);
	size_t used = arena_used(a);
	for (unsigned i = 0; i < 1000; i++) {
		arena_reset(each);
		memset(arena_alloc(each, 3000), 1, 3000);
		memset(arena_alloc(each, 50000), 2, 50000);
	}
	CU_ASSERT(arena_used(a) > used + 50000 && arena_used(a) < used + 60000);
	struct arena_mark mark = arena_mark(each);
	arena_alloc(each, 20000);
	arena_rewind(each, &mark);
	arena_reset(each);
	CU_ASSERT_EQUAL(arena_used(a), used);
	CU_ASSERT_PTR_NOT_NULL(arena_try(a, 150000));
	CU_ASSERT_PTR_NULL(arena_try(each, 50000));
	CU_ASSERT_FALSE(arena_run(a, take_all, each));
	arena_reset(each);
	CU_ASSERT_FALSE(arena_run(a, take_large, each));
	released = 0;
	arena_at_end(each, release, &one);
	arena_destroy(a);
	CU_ASSERT_EQUAL(released, 1);
}

/* As often as one likes, whatever was taken since: small, a block of its own, another chunk,
 * something to release; and a block that stood then is not moved. */
static void arena_goes_back(void)
{
	static int one = 1, two = 2;
	struct arena *a = arena_create(200000);
	char *kept = arena_text(a, "kept");
	size_t old = 5000;
	unsigned char *block = arena_alloc(a, old);
	block[0] = block[old - 1] = 7;
	arena_at_end(a, release, &one);
	struct arena_mark mark = arena_mark(a);
	size_t used = arena_used(a);
	released = 0;
	for (unsigned round = 0; round < 50; round++) {
		for (unsigned i = 0; i < 20; i++)
			memset(arena_alloc(a, 3000), 1, 3000);
		unsigned char *grown = arena_resize(a, block, old, 50000);
		CU_ASSERT_PTR_NOT_EQUAL(grown, block);
		CU_ASSERT_EQUAL(grown[old - 1], 7);
		grown = arena_resize(a, grown, 50000, 60000);
		grown[0] = 8;
		arena_at_end(a, release, &two);
		arena_rewind(a, &mark);
		CU_ASSERT_EQUAL(arena_used(a), used);
		CU_ASSERT_EQUAL(released, 2);
		CU_ASSERT_TRUE(block[0] == 7 && block[old - 1] == 7);
		CU_ASSERT_STRING_EQUAL(kept, "kept");
		released = 0;
	}
	arena_destroy(a);
	CU_ASSERT_EQUAL(released, 1);
	a = arena_create(100000);
	mark = arena_mark(a); /* of an empty one */
	arena_alloc(a, 100);
	arena_alloc(a, 10000);
	arena_rewind(a, &mark);
	CU_ASSERT_EQUAL(arena_used(a), 0);
	arena_destroy(a);
}

static void buffers_grow_and_keep(void)
{
	struct arena *a = arena_create(64 << 20);
	struct buffer b = buffer_in(a);
	for (unsigned i = 0; i < 300000; i++)
		buffer_byte(&b, (unsigned char)(i * 7));
	CU_ASSERT_EQUAL(b.length, 300000);
	bool same = true;
	for (unsigned i = 0; i < 300000; i++)
		same = same && b.data[i] == (unsigned char)(i * 7);
	CU_ASSERT_TRUE(same);
	arena_destroy(a);
}

static void base64_both_ways(void)
{
	static const struct {
		const char *plain, *coded;
	} cases[] = {
		{ "", "" },        { "f", "Zg==" },          { "fo", "Zm8=" },
		{ "foo", "Zm9v" }, { "foobar", "Zm9vYmFy" },
	};
	struct arena *a = arena_create(1 << 20);
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct buffer b = buffer_in(a);
		struct bytes back;
		buffer_base64(&b, bytes_of_text(cases[i].plain));
		CU_ASSERT_STRING_EQUAL(buffer_ended(&b), cases[i].coded);
		CU_ASSERT_TRUE(bytes_from_base64(a, cases[i].coded, &back));
		CU_ASSERT_TRUE(bytes_equal(back, bytes_of_text(cases[i].plain)));
	}
	struct bytes none;
	CU_ASSERT_TRUE(bytes_from_base64(a, " Zm9v\r\nYmFy ", &none));
	static const char *const bad[] = { "Z", "Zg=", "Zm9v=", "Zg==Zg==", "Z*==", "====" };
	for (size_t i = 0; i < COUNT(bad); i++)
		CU_ASSERT_FALSE(bytes_from_base64(a, bad[i], &none));
	arena_destroy(a);
}

static void times_read_and_written(void)
{
	static const struct {
		const char *text;
		int zone;
		const char *utc;
	} cases[] = {
		{ "2026", 0, "20260101000000" },
		{ "20260115", 0, "20260115000000" },
		{ "20260115093001.2345", 540, "20260115003001" },
		{ "202601150930+0900", 0, "20260115003000" },
		{ "19410503", 540, "19410502150000" },
		{ "20240229", 0, "20240229000000" },
	};
	static const char *const bad[] = { "",          "26",         "202613",
					   "20260230",  "20250229",   "2026011524",
					   "20260115x", "20260115+9", "-2026" };
	char out[DTM_TEXT], xml[XML_TIME_TEXT];
	instant t;
	for (size_t i = 0; i < COUNT(cases); i++) {
		CU_ASSERT_TRUE_FATAL(instant_from_dtm(cases[i].text, cases[i].zone, &t));
		instant_to_dtm(t, out);
		CU_ASSERT_STRING_EQUAL(out, cases[i].utc);
	}
	for (size_t i = 0; i < COUNT(bad); i++)
		CU_ASSERT_FALSE(instant_from_dtm(bad[i], 0, &t));
	static const struct {
		const char *text, *first, *last;
	} spans[] = {
		{ "2023", "2023-01-01T00:00:00.000000Z", "2023-12-31T23:59:59.999999Z" },
		{ "202402", "2024-02-01T00:00:00.000000Z", "2024-02-29T23:59:59.999999Z" },
		{ "202412", "2024-12-01T00:00:00.000000Z", "2024-12-31T23:59:59.999999Z" },
		{ "20260115+0900", "2026-01-14T15:00:00.000000Z", "2026-01-15T14:59:59.999999Z" },
		{ "2026011509", "2026-01-15T09:00:00.000000Z", "2026-01-15T09:59:59.999999Z" },
		{ "202601150930", "2026-01-15T09:30:00.000000Z", "2026-01-15T09:30:59.999999Z" },
		{ "20260115093001", "2026-01-15T09:30:01.000000Z", "2026-01-15T09:30:01.999999Z" },
		{ "20260115093001.5", "2026-01-15T09:30:01.500000Z",
		  "2026-01-15T09:30:01.500000Z" },
	};
	for (size_t i = 0; i < COUNT(spans); i++) {
		instant last;
		CU_ASSERT_TRUE_FATAL(instant_span_from_dtm(spans[i].text, 0, &t, &last));
		instant_to_xml(t, xml);
		CU_ASSERT_STRING_EQUAL(xml, spans[i].first);
		instant_to_xml(last, xml);
		CU_ASSERT_STRING_EQUAL(xml, spans[i].last);
	}
	CU_ASSERT_EQUAL(dtm_zone("20260115-0530", 540), -330);
	CU_ASSERT_EQUAL(dtm_zone("20260115", 540), 540);
	CU_ASSERT_TRUE(instant_from_dtm("20260115003001.234567", 0, &t));
	instant_to_xml(t, xml);
	CU_ASSERT_STRING_EQUAL(xml, "2026-01-15T00:30:01.234567Z");
}

static void utf8_is_checked(void)
{
	static const struct {
		const char *text;
		bool good;
	} cases[] = {
		{ "山田", true },          { "\xf0\xa0\xae\xb7", true },  { "\xc0\xaf", false },
		{ "\xed\xa0\x80", false }, { "\xf5\x80\x80\x80", false }, { "\xe3\x81", false },
	};
	for (size_t i = 0; i < COUNT(cases); i++)
		CU_ASSERT_EQUAL(
			text_is_utf8((const unsigned char *)cases[i].text, strlen(cases[i].text)),
			cases[i].good);
	/* Wherever it stands among so many octets of ASCII. */
	for (size_t n = 0; n < 24; n++) {
		static const struct {
			const char *octets;
			size_t length;
			bool good;
		} odd[] = { { "\x80", 1, false },
			    { "\0", 1, false },
			    { "\xe5\xb1\xb1", 3, true },
			    { "\xff", 1, false },
			    { "\x7f\x01", 2, true } };
		for (size_t i = 0; i < COUNT(odd); i++) {
			unsigned char line[32];
			memset(line, 'a', sizeof line);
			memcpy(line + n, odd[i].octets, odd[i].length);
			CU_ASSERT_EQUAL(text_utf8_length(line, sizeof line),
					odd[i].good ? sizeof line : n);
		}
	}
	CU_ASSERT_FALSE(text_is_utf8((const unsigned char *)"a\0b", 3));
}

static void oids_are_checked(void)
{
	static const struct {
		const char *text;
		bool good;
	} cases[] = {
		{ "2.999.1", true },
		{ "1.2.392.100495.20.3.51.11319951013", true },
		{ "1", false },
		{ "1.02", false },
		{ "1..2", false },
		{ ".1.2", false },
		{ "1.2.", false },
		{ "3.1", false },
		{ "1.2a", false },
		{ "", false },
		{ "1.2345678901234567890123456789012345678901234567890123456789012345", false },
	};
	for (size_t i = 0; i < COUNT(cases); i++)
		CU_ASSERT_EQUAL(text_is_oid(cases[i].text), cases[i].good);
}

static void texts_are_joined(void)
{
	struct arena *a = arena_create(1 << 20);
	CU_ASSERT_STRING_EQUAL(text_joined(a, "1", "^^^&", "1.2", "&ISO", NULL), "1^^^&1.2&ISO");
	CU_ASSERT_STRING_EQUAL(text_joined(a, "", "", NULL), "");
	/* What fits the first try of arena_printf(), what just does not, and more. */
	static const int lengths[] = { 0, 1, 254, 255, 256, 1000 };
	for (size_t i = 0; i < COUNT(lengths); i++) {
		char *text = arena_printf(a, "%*s", lengths[i], "");
		CU_ASSERT_EQUAL(strlen(text), (size_t)lengths[i]);
	}
	arena_destroy(a);
}

/* Of FNV's own list of vectors. */
static void texts_are_hashed(void)
{
	CU_ASSERT_EQUAL(text_hash(""), UINT64_C(0xcbf29ce484222325));
	CU_ASSERT_EQUAL(text_hash("a"), UINT64_C(0xaf63dc4c8601ec8c));
	CU_ASSERT_EQUAL(text_hash("foobar"), UINT64_C(0x85944171f73967e8));
}

/* Nobody reads the pipe: the lines that do not fit are counted, and nobody waits. */
static void a_log_waits_for_nobody(void)
{
	struct log_gate gate = LOG_GATE;
	int ends[2];
	char read_back[128 * 1024], expected[64];
	CU_ASSERT_FATAL(pipe(ends) == 0);
	struct log l = { .fd = ends[1], .gate = &gate, .level = LOG_NOTICE };
	for (unsigned i = 0; i < 20000; i++)
		log_write(&l, LOG_NOTICE, "line %05u", i);
	CU_ASSERT(gate.left_out > 1000 && gate.left_out < 20000);
	snprintf(expected, sizeof expected, "%lu lines are left out here", gate.left_out);
	ssize_t n = read(ends[0], read_back, sizeof read_back);
	CU_ASSERT(n > 4096 && memcmp(read_back, "notice: line 00000\n", 19) == 0);
	log_write(&l, LOG_NOTICE, "taken again");
	CU_ASSERT_EQUAL(gate.left_out, 0);
	n = read(ends[0], read_back, sizeof read_back - 1);
	read_back[n > 0 ? n : 0] = '\0';
	CU_ASSERT_PTR_NOT_NULL(strstr(read_back, expected));
	CU_ASSERT_PTR_NOT_NULL(strstr(read_back, "notice: taken again\n"));
	close(ends[0]);
	close(ends[1]);
}

/* What an event is written as, in one piece. */
static const char *written(struct log *l, int from, bool failure, char *out, size_t room)
{
	if (failure)
		log_failure(l, "a", "b\nc", "d");
	else
		log_write(l, LOG_WARNING, "<0>%s", "e\x1b");
	ssize_t n = read(from, out, room - 1);
	out[n > 0 ? n : 0] = '\0';
	return out;
}

static void a_journal_has_one_line_an_event(void)
{
	int ends[2];
	char out[8192], stream[64], long_text[4000];
	struct stat st;
	CU_ASSERT_FATAL(pipe(ends) == 0 && fstat(ends[1], &st) == 0);
	struct log l = { .fd = ends[1], .level = LOG_NOTICE };
	snprintf(stream, sizeof stream, "%ju:%ju", (uintmax_t)st.st_dev, (uintmax_t)st.st_ino);
	setenv("JOURNAL_STREAM", stream, 1);
	CU_ASSERT_TRUE(log_is_journal(ends[1]));
	CU_ASSERT_FALSE(log_is_journal(STDIN_FILENO));
	log_set_format(&l, LOG_AUTO);
	CU_ASSERT_STRING_EQUAL(written(&l, ends[0], true, out, sizeof out),
			       "<3>error: a; effect: b\\x0ac; do: d\n");
	CU_ASSERT_STRING_EQUAL(written(&l, ends[0], false, out, sizeof out),
			       "<4>warning: <0>e\\x1b\n");
	memset(long_text, 'x', sizeof long_text - 1);
	long_text[sizeof long_text - 1] = '\0';
	log_failure(&l, long_text, long_text, long_text);
	ssize_t n = read(ends[0], out, sizeof out);
	CU_ASSERT(n > 3000 && n <= PIPE_BUF && out[n - 1] == '\n');
	CU_ASSERT_PTR_EQUAL(memchr(out, '\n', (size_t)n), out + n - 1);
	log_set_format(&l, LOG_LINES);
	CU_ASSERT_STRING_EQUAL(written(&l, ends[0], true, out, sizeof out),
			       "error: a\neffect: b\\x0ac\ndo: d\n");
	setenv("JOURNAL_STREAM", "1:1", 1);
	log_set_format(&l, LOG_AUTO);
	CU_ASSERT_STRING_EQUAL(written(&l, ends[0], false, out, sizeof out),
			       "warning: <0>e\\x1b\n");
	unsetenv("JOURNAL_STREAM");
	CU_ASSERT_FALSE(log_is_journal(ends[1]));
	log_set_format(&l, LOG_JOURNAL);
	CU_ASSERT_STRING_EQUAL(written(&l, ends[0], false, out, sizeof out),
			       "<4>warning: <0>e\\x1b\n");
	close(ends[0]);
	close(ends[1]);
}

static void fill_high(const struct random_source *r, void *out, size_t length)
{
	(void)r;
	memset(out, 0xff, length);
}

static void fill_low(const struct random_source *r, void *out, size_t length)
{
	(void)r;
	memset(out, 0, length);
}

/* Whatever chance says, what is named later sorts later; the form is RFC 9562's, version 7. */
static void ids_by_time_sort_by_time(void)
{
	static const instant times[] = { -5,
					 1,
					 1000,
					 1001,
					 1999,
					 INT64_C(1770000000123456),
					 INT64_C(1770000000123457),
					 INT64_C(1770000000124000) };
	const struct random_source high = { .fill = fill_high }, low = { .fill = fill_low };
	char before[UUID_URN_TEXT] = "", id[UUID_URN_TEXT];
	for (size_t i = 0; i < COUNT(times); i++) {
		time_uuid(times[i], &low, id);
		CU_ASSERT_EQUAL(strlen(id), UUID_URN_TEXT - 1);
		CU_ASSERT_EQUAL(id[23], '7');
		CU_ASSERT_EQUAL(id[28], '8');
		CU_ASSERT(strcmp(before, id) < 0);
		time_uuid(times[i], &high, before);
		CU_ASSERT_EQUAL(before[28], 'b');
		CU_ASSERT(strcmp(id, before) < 0);
	}
	time_uuid(INT64_C(1645557742000000), &low, id); /* RFC 9562, A.6 */
	CU_ASSERT_STRING_EQUAL(id, "urn:uuid:017f22e2-79b0-7000-8000-000000000000");
}

/* Of its own ceiling and end, but whose work it is that ends when it has no more is the other. */
static void arena_leans(void)
{
	struct arena *on = arena_create(1 << 20), *a = arena_create(64 << 10);
	arena_lean(a, on);
	struct arena *within = arena_create_within(a);
	CU_ASSERT_FALSE(arena_run(on, take_all, within));
	CU_ASSERT_FALSE(arena_run(on, take_all, a));
	arena_reset(a);
	CU_ASSERT_FALSE(arena_run(on, take_all, a));
	CU_ASSERT_EQUAL(arena_used(on), 0);
	arena_destroy(a);
	arena_destroy(on);
}

static const struct test tests[] = {
	{ "an arena fails alone", arena_fails_alone },
	{ "randomness is drawn for many", randomness_is_drawn_for_many },
	{ "spare memory is as new", spare_memory_is_as_new },
	{ "an arena releases newest first", arena_releases_newest_first },
	{ "an arena within another", arena_within_another },
	{ "an arena leans on another", arena_leans },
	{ "an arena goes back to where it stood", arena_goes_back },
	{ "buffers grow and keep", buffers_grow_and_keep },
	{ "base64 both ways", base64_both_ways },
	{ "times read and written", times_read_and_written },
	{ "ids by time sort by time", ids_by_time_sort_by_time },
	{ "utf-8 is checked", utf8_is_checked },
	{ "oids are checked", oids_are_checked },
	{ "texts are joined", texts_are_joined },
	{ "texts are hashed", texts_are_hashed },
	{ "a log waits for nobody", a_log_waits_for_nobody },
	{ "a journal has one line an event", a_journal_has_one_line_an_event },
	{ 0 }
};

int main(void)
{
	return suite_run("base", tests);
}
