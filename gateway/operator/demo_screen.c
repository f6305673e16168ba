/* gateway/operator/demo_screen.c: what the demo shows, for people who run a hospital. */
#include "gateway/operator/demo_screen.h"

#include <inttypes.h>

#include "gateway/base/arena.h"
#include "gateway/base/bytes.h"
#include "gateway/base/clock.h"
#include "gateway/operator/output.h"

enum { WHO_COLUMNS = 10, JAPANESE_COLUMNS = 44, ENGLISH_COLUMNS = 42, VALUE_COLUMNS = 12 };

static const char bold[] = "\033[1m", green[] = "\033[32m", red[] = "\033[31m", plain[] = "\033[0m";

static void put(const struct demo_screen *s, const char *colour, const char *text)
{
	fprintf(s->out, "%s%s%s", s->colour ? colour : "", text, s->colour ? plain : "");
}

const char *demo_screen_padded(struct arena *a, const char *text, unsigned columns)
{
	struct buffer b = buffer_in(a);
	buffer_text(&b, text);
	/* One blank at least, so that neighbours stay apart. */
	buffer_byte(&b, ' ');
	for (unsigned width = output_width(text) + 1; width < columns; width++)
		buffer_byte(&b, ' ');
	return buffer_ended(&b);
}

static void put_both(const struct demo_screen *s, const char *colour, const char *japanese,
		     const char *english)
{
	put(s, colour, demo_screen_padded(s->arena, japanese, JAPANESE_COLUMNS));
	fputs(english, s->out);
}

void demo_screen_heading(struct demo_screen *s, const char *japanese, const char *english)
{
	fputc('\n', s->out);
	put(s, bold, arena_printf(s->arena, "%s  %s", japanese, english));
	fputs("\n", s->out);
	fflush(s->out);
}

void demo_screen_begin(struct demo_screen *s, const char *who, const char *japanese,
		       const char *english)
{
	s->acts++;
	fprintf(s->out, "\n%2u  ", s->acts);
	put(s, bold, demo_screen_padded(s->arena, who, WHO_COLUMNS));
	put_both(s, bold, japanese, demo_screen_padded(s->arena, english, ENGLISH_COLUMNS));
	fflush(s->out);
	s->begun = s->clock->elapsed(s->clock);
}

bool demo_screen_end(struct demo_screen *s, bool done)
{
	int64_t took = s->clock->elapsed(s->clock) - s->begun;
	fprintf(s->out, "%6" PRId64 ".%" PRId64 " ms  ", took / 1000, took / 100 % 10);
	put(s, done ? green : red, done ? "ok" : "FAILED");
	fputc('\n', s->out);
	s->failures += !done;
	fflush(s->out);
	return done;
}

void demo_screen_line(struct demo_screen *s, const char *japanese, const char *english)
{
	fprintf(s->out, "    %*s", WHO_COLUMNS, "");
	put_both(s, "", japanese, english);
	fputc('\n', s->out);
	fflush(s->out);
}

void demo_screen_problem(struct demo_screen *s, const char *what)
{
	fprintf(s->out, "    %*s", WHO_COLUMNS, "");
	put(s, red, what);
	fputc('\n', s->out);
}

void demo_screen_count(struct demo_screen *s, const char *value, const char *japanese,
		       const char *english)
{
	unsigned width = output_width(value);
	fprintf(s->out, "%*s", width < VALUE_COLUMNS ? (int)(VALUE_COLUMNS - width) : 0, "");
	put(s, bold, value);
	fputs("  ", s->out);
	put_both(s, "", japanese, english);
	fputc('\n', s->out);
}
