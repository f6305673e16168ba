/* profiles/admin/replay_difference.c: two answers held against each other. */
#include "profiles/admin/replay_difference.h"

#include <ctype.h>
#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/clock.h"
#include "gateway/base/text.h"
#include "profiles/transaction.h"

enum { HEX_RUN = 12, MOMENT_DIGITS = 14, CELLS_MOST = 1 << 18, SECOND = 1000000 };

struct lines {
	const struct bytes *at;
	size_t count;
};

struct comparing {
	struct arena *arena;
	const struct exchange_replayed *now;
	/* The moments between which it was made, as YYYYMMDDhhmmss, there and in Japan. */
	char first[2][DTM_TEXT], last[2][DTM_TEXT];
	json_t *rows;
	size_t more;
};

/* ---- Lines ---- */

static bool ends_line(struct bytes b, size_t i)
{
	bool element = b.data[i] == '>' && i + 1 < b.length && b.data[i + 1] == '<';
	return b.data[i] == '\r' || b.data[i] == '\n' || element || i + 1 == b.length;
}

static struct lines split(struct arena *a, struct bytes b)
{
	size_t count = 0, from = 0;
	for (size_t i = 0; i < b.length; i++)
		count += ends_line(b, i);
	struct bytes *at = arena_array(a, struct bytes, count + 1);
	struct lines l = { .at = at };
	for (size_t i = 0; i < b.length; i++)
		if (ends_line(b, i)) {
			at[l.count++] = (struct bytes){ b.data + from, i + 1 - from };
			from = i + 1;
		}
	return l;
}

/* ---- What differs always ---- */

static bool of_word(unsigned char c)
{
	return isalnum(c) != 0 || (c != '\0' && strchr(".:+-", c) != NULL);
}

static struct bytes word_at(struct bytes line, size_t from)
{
	size_t to = from;
	while (to < line.length && of_word(line.data[to]))
		to++;
	return (struct bytes){ line.data + from, to - from };
}

/* The first so many digits of it, whatever is between them; false: it has not as many. */
static bool digits_of(struct bytes word, char out[DTM_TEXT])
{
	size_t n = 0;
	for (size_t i = 0; i < word.length && n < MOMENT_DIGITS; i++)
		if (isdigit(word.data[i]) != 0)
			out[n++] = (char)word.data[i];
	out[n] = '\0';
	return n == MOMENT_DIGITS;
}

static bool is_moment(struct bytes word)
{
	char digits[DTM_TEXT];
	instant ignored;
	return digits_of(word, digits) && instant_from_dtm(digits, 0, &ignored);
}

static bool was_then_made(const struct comparing *c, struct bytes word)
{
	char digits[DTM_TEXT];
	if (!digits_of(word, digits))
		return false;
	for (size_t i = 0; i < COUNT(c->first); i++)
		if (strcmp(digits, c->first[i]) >= 0 && strcmp(digits, c->last[i]) <= 0)
			return true;
	return false;
}

/* The first so many hexadecimal digits in a row, in lower case; "": it has none. Of a UUID its last
 * group: the others have its version among what was drawn. */
static void hex_run_of(struct bytes word, char out[HEX_RUN + 1])
{
	size_t n = 0;
	for (size_t i = 0; i < word.length && n < HEX_RUN; i++)
		if (isxdigit(word.data[i]) != 0)
			out[n++] = (char)tolower(word.data[i]);
		else
			n = 0;
	out[n < HEX_RUN ? 0 : n] = '\0';
}

static bool has_hex_run(struct bytes word)
{
	char run[HEX_RUN + 1];
	hex_run_of(word, run);
	return run[0] != '\0';
}

static bool was_drawn(const struct comparing *c, struct bytes word)
{
	char run[HEX_RUN + 1];
	hex_run_of(word, run);
	return run[0] != '\0' && strstr(c->now->drawn, run) != NULL;
}

static bool words_agree(const struct comparing *c, struct bytes then, struct bytes now)
{
	return bytes_equal(then, now) || (was_drawn(c, now) && has_hex_run(then))
	       || (was_then_made(c, now) && is_moment(then));
}

static bool lines_agree(const struct comparing *c, struct bytes then, struct bytes now)
{
	size_t i = 0, n = 0;
	while (i < then.length && n < now.length) {
		struct bytes one = word_at(then, i), other = word_at(now, n);
		if (one.length == 0 && other.length == 0) {
			if (then.data[i++] != now.data[n++])
				return false;
		} else if (!words_agree(c, one, other)) {
			return false;
		}
		i += one.length;
		n += other.length;
	}
	return i == then.length && n == now.length;
}

/* ---- What is told ---- */

/* As text, whatever it is. */
static const char *shown(struct arena *a, struct bytes line)
{
	size_t length = line.length < DIFFERENCE_LINE_MOST ? line.length : DIFFERENCE_LINE_MOST;
	struct buffer b = buffer_in(a);
	while (length > 0 && strchr("\r\n", line.data[length - 1]) != NULL
	       && line.data[length - 1] != '\0')
		length--;
	for (size_t i = 0; i < length;) {
		size_t whole = line.data[i] == '\0' ? 0
						    : text_utf8_length(line.data + i, length - i);
		buffer_append(&b, line.data + i, whole);
		i += whole;
		if (i < length) {
			buffer_byte(&b, '?');
			i++;
		}
	}
	if (line.length > DIFFERENCE_LINE_MOST)
		buffer_text(&b, "...");
	return buffer_ended(&b);
}

static void tell(struct comparing *c, const char *when, struct bytes line)
{
	if (json_array_size(c->rows) == DIFFERENCE_LINES_MOST)
		c->more++;
	else
		json_array_append_new(c->rows, json_pack("{s:s}", when, shown(c->arena, line)));
}

static void tell_all(struct comparing *c, const char *when, struct lines l)
{
	for (size_t i = 0; i < l.count; i++)
		tell(c, when, l.at[i]);
}

static struct lines from_to(struct lines l, size_t from, size_t to)
{
	return (struct lines){ l.at + from, to - from };
}

/* How many lines of what is left of both are in both, for each place: of n and m lines a table of
 * (n + 1) rows and (m + 1) columns. */
static unsigned *common_of(struct comparing *c, struct lines then, struct lines now)
{
	size_t width = now.count + 1;
	unsigned *t = arena_array(c->arena, unsigned, (then.count + 1) * width);
	for (size_t i = then.count; i-- > 0;)
		for (size_t n = now.count; n-- > 0;) {
			unsigned below = t[(i + 1) * width + n], right = t[i * width + n + 1];
			t[i * width + n] = lines_agree(c, then.at[i], now.at[n])
						   ? t[(i + 1) * width + n + 1] + 1
						   : (below > right ? below : right);
		}
	return t;
}

static void tell_apart(struct comparing *c, struct lines then, struct lines now)
{
	size_t width = now.count + 1, i = 0, n = 0;
	if ((then.count + 1) * width > CELLS_MOST) {
		tell_all(c, "then", then);
		tell_all(c, "now", now);
		return;
	}
	const unsigned *t = common_of(c, then, now);
	while (i < then.count && n < now.count)
		if (lines_agree(c, then.at[i], now.at[n]))
			i++, n++;
		else if (t[(i + 1) * width + n] >= t[i * width + n + 1])
			tell(c, "then", then.at[i++]);
		else
			tell(c, "now", now.at[n++]);
	tell_all(c, "then", from_to(then, i, then.count));
	tell_all(c, "now", from_to(now, n, now.count));
}

json_t *replay_difference(struct arena *a, struct bytes then, const struct exchange_replayed *now)
{
	struct comparing c = { .arena = a, .now = now, .rows = json_array() };
	struct lines before = split(a, then), after = split(a, now->answer);
	size_t begin = 0, end = 0;
	instant_to_dtm(now->began, c.first[0]);
	instant_to_dtm(now->ended + SECOND, c.last[0]);
	instant_to_dtm_jst(now->began, c.first[1]);
	instant_to_dtm_jst(now->ended + SECOND, c.last[1]);
	while (begin < before.count && begin < after.count
	       && lines_agree(&c, before.at[begin], after.at[begin]))
		begin++;
	while (end < before.count - begin && end < after.count - begin
	       && lines_agree(&c, before.at[before.count - end - 1],
			      after.at[after.count - end - 1]))
		end++;
	tell_apart(&c, from_to(before, begin, before.count - end),
		   from_to(after, begin, after.count - end));
	if (c.more > 0)
		json_array_append_new(c.rows, json_pack("{s:I}", "more", (json_int_t)c.more));
	return c.rows;
}
