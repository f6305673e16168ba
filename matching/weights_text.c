/* matching/weights_text.c: weights as text, and back. */
#include "matching/weights.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "matching/features_names.h"
#include "schemas/tables/problem.h"

#define FIRST_LINE "minato-match-weights 1"

enum { WORDS_MOST = 6, LINE_MOST = 512, DIGITS_MOST = 32 };

/* ---- Writing ---- */

static void write_levels(struct buffer *b, const struct match_weights *w, enum match_field f)
{
	for (unsigned i = 1; i < match_level_count(f); i++)
		buffer_printf(b, "level %s %s %.9g %.9g %.9g\n", match_field_name(f),
			      match_level_name(f, i), w->probability[MATCH_SAME][f][i],
			      w->probability[MATCH_STRANGER][f][i],
			      w->probability[MATCH_RELATIVE][f][i]);
}

static void write_rarities(struct buffer *b, const struct match_rarities *r, enum match_field f)
{
	if (r->chance > 0)
		buffer_printf(b, "rarity %s %.9g %.9g\n", match_field_name(f), r->chance, r->rest);
	for (size_t i = 0; i < r->count; i++)
		buffer_printf(b, "value %s %s %.9g\n", match_field_name(f), r->at[i].form,
			      r->at[i].share);
}

struct bytes match_weights_write(struct arena *a, const struct match_weights *w)
{
	struct buffer b = buffer_in(a);
	buffer_printf(&b, FIRST_LINE "\nrecords %.9g\nprior %.9g %.9g\nthreshold %.9g %.9g\n",
		      w->records, w->prior_stranger, w->prior_relative, w->link_at, w->review_at);
	for (enum match_field f = 0; f < MATCH_FIELDS; f++)
		write_levels(&b, w, f);
	for (enum match_field f = FIELD_GIVEN; f <= FIELD_FAMILY; f++)
		write_rarities(&b, &w->rarities[f], f);
	buffer_text(&b, "end\n");
	return buffer_bytes(&b);
}

/* ---- Which they are ---- */

static void mix(uint32_t *id, const char *text)
{
	do /* FNV-1a, the end of the text with it */
		*id = (*id ^ (unsigned char)*text) * 0x01000193u;
	while (*text++ != '\0');
}

/* As the text form has it: what is read of that is the same set. */
static void mix_number(uint32_t *id, double number)
{
	char digits[DIGITS_MOST];
	snprintf(digits, sizeof digits, "%.9g", number);
	mix(id, digits);
}

static void mix_rarities(uint32_t *id, const struct match_rarities *r)
{
	mix_number(id, r->chance);
	mix_number(id, r->rest);
	for (size_t i = 0; i < r->count; i++) {
		mix(id, r->at[i].form);
		mix_number(id, r->at[i].share);
	}
}

static uint32_t identified(const struct match_weights *w)
{
	const double first[] = { w->records, w->prior_stranger, w->prior_relative, w->link_at,
				 w->review_at };
	uint32_t id = 0x811c9dc5u;
	for (size_t i = 0; i < COUNT(first); i++)
		mix_number(&id, first[i]);
	for (enum match_class c = 0; c < MATCH_CLASSES; c++)
		for (enum match_field f = 0; f < MATCH_FIELDS; f++)
			for (unsigned i = 1; i < match_level_count(f); i++)
				mix_number(&id, w->probability[c][f][i]);
	for (size_t i = 0; i < COUNT(w->rarities); i++)
		mix_rarities(&id, &w->rarities[i]);
	return id == 0 ? 1 : id;
}

uint32_t match_weights_id(const struct match_weights *w)
{
	return w->id != 0 ? w->id : identified(w);
}

/* ---- Reading ---- */

struct reader {
	struct arena *arena;
	struct match_weights *w;
	struct problem *problem;
	const char *word[WORDS_MOST + 1];
	unsigned words, line;
	bool told[MATCH_FIELDS][MATCH_LEVELS_MOST], records, prior, threshold, ended;
};

static bool wrong(struct reader *r, const char *why)
{
	char where[32];
	snprintf(where, sizeof where, "line %u", r->line);
	return problem_at(r->problem, PROBLEM_CONFIGURATION, where, "weights: %s", why);
}

/* Digits, a point, an exponent: not "inf", "nan" or "0x1p3", which strtod() takes too. */
static bool number(const char *word, double least, double most, double *out)
{
	char *end;
	size_t length = strlen(word);
	if (length == 0 || length > DIGITS_MOST || strspn(word, "0123456789.eE+-") != length)
		return false;
	*out = strtod(word, &end);
	return *end == '\0' && isfinite(*out) && *out >= least && *out <= most;
}

static bool numbers(struct reader *r, unsigned first, unsigned count, double least, double most,
		    double *out)
{
	for (unsigned i = 0; i < count; i++)
		if (!number(r->word[first + i], least, most, &out[i]))
			return wrong(r, "this is no number, or one out of range");
	return true;
}

static bool field_named(const char *name, enum match_field *out)
{
	for (*out = 0; *out < MATCH_FIELDS; (*out)++)
		if (text_equal(match_field_name(*out), name))
			return true;
	return false;
}

static bool level_named(enum match_field f, const char *name, unsigned *out)
{
	for (*out = 1; *out < match_level_count(f); (*out)++)
		if (text_equal(match_level_name(f, *out), name))
			return true;
	return false;
}

static bool once(struct reader *r, bool *told)
{
	bool again = *told;
	*told = true;
	return !again || wrong(r, "this was said before");
}

static bool read_records(struct reader *r)
{
	return once(r, &r->records) && numbers(r, 1, 1, 1, 1e12, &r->w->records);
}

static bool read_prior(struct reader *r)
{
	double at[2] = { 0 };
	bool good = once(r, &r->prior) && numbers(r, 1, 2, -100, 100, at);
	r->w->prior_stranger = at[0];
	r->w->prior_relative = at[1];
	return good;
}

static bool read_threshold(struct reader *r)
{
	double at[2] = { 0 };
	bool good = once(r, &r->threshold) && numbers(r, 1, 2, -100, 100, at);
	r->w->link_at = at[0];
	r->w->review_at = at[1];
	return good && (at[1] < at[0] || wrong(r, "who is linked without asking weighs more"));
}

static bool read_level(struct reader *r)
{
	enum match_field f;
	unsigned level;
	double at[MATCH_CLASSES] = { 0 };
	if (!field_named(r->word[1], &f) || !level_named(f, r->word[2], &level))
		return wrong(r, "there is no such field or level");
	if (!once(r, &r->told[f][level]) || !numbers(r, 3, MATCH_CLASSES, 1e-12, 1, at))
		return false;
	for (unsigned c = 0; c < MATCH_CLASSES; c++)
		r->w->probability[c][f][level] = at[c];
	return true;
}

/* NULL, and it is told: others have none. */
static struct match_rarities *rarities_named(struct reader *r)
{
	enum match_field f;
	if (field_named(r->word[1], &f) && f <= FIELD_FAMILY)
		return &r->w->rarities[f];
	wrong(r, "only given and family names have rarities");
	return NULL;
}

static bool read_rarity(struct reader *r)
{
	struct match_rarities *of = rarities_named(r);
	double at[2] = { 0 };
	if (of == NULL || !numbers(r, 2, 2, 1e-12, 1, at))
		return false;
	if (of->chance > 0)
		return wrong(r, "this was said before");
	of->chance = at[0];
	of->rest = at[1];
	return true;
}

static bool read_value(struct reader *r)
{
	struct match_rarities *of = rarities_named(r);
	double share = 0;
	if (of == NULL || !numbers(r, 3, 1, 1e-12, 1, &share))
		return false;
	if (of->count == MATCH_RARITIES_MOST || strlen(r->word[2]) > MATCH_RARITY_TEXT)
		return wrong(r, "too many values, or too long a one");
	if (of->at == NULL)
		of->at = arena_array(r->arena, struct match_rarity, MATCH_RARITIES_MOST);
	of->at[of->count++] = (struct match_rarity){ match_value(r->arena, r->word[2]),
						     arena_text(r->arena, r->word[2]), share };
	return true;
}

static bool read_end(struct reader *r)
{
	r->ended = true;
	return true;
}

static const struct {
	const char *word;
	unsigned words;
	bool (*read)(struct reader *r);
} lines[] = {
	{ "records", 2, read_records },
	{ "prior", 3, read_prior },
	{ "threshold", 3, read_threshold },
	{ "level", 6, read_level },
	{ "rarity", 4, read_rarity },
	{ "value", 4, read_value },
	{ "end", 1, read_end },
};

/* Into words, by single blanks. */
static bool divide(struct reader *r, char *line)
{
	r->words = 0;
	for (char *word; (word = strsep(&line, " ")) != NULL; r->word[r->words++] = word)
		if (r->words == WORDS_MOST || *word == '\0')
			return wrong(r, "too many words, or too many blanks");
	return true;
}

static bool read_line(struct reader *r, char *line)
{
	if (r->line == 1)
		return text_equal(line, FIRST_LINE) || wrong(r, "the first is " FIRST_LINE);
	if (line[0] == '#')
		return true;
	if (r->ended)
		return wrong(r, "something follows the end");
	if (!divide(r, line))
		return false;
	for (size_t i = 0; i < COUNT(lines); i++)
		if (text_equal(r->word[0], lines[i].word) && r->words == lines[i].words)
			return lines[i].read(r);
	return wrong(r, "there is no such line");
}

/* Of one class and one field all levels together are one, but for what rounding leaves. */
static bool adds_up(const struct match_weights *w)
{
	static const double tolerance = 0.01;
	for (enum match_class c = 0; c < MATCH_CLASSES; c++)
		for (enum match_field f = 0; f < MATCH_FIELDS; f++) {
			double sum = 0;
			for (unsigned i = 1; i < match_level_count(f); i++)
				sum += w->probability[c][f][i];
			if (fabs(sum - 1) > tolerance)
				return false;
		}
	return true;
}

static bool all_was_told(struct reader *r)
{
	bool all = r->records && r->prior && r->threshold && r->ended;
	for (enum match_field f = 0; f < MATCH_FIELDS; f++)
		for (unsigned i = 1; i < match_level_count(f); i++)
			all = all && r->told[f][i];
	for (size_t i = 0; i < COUNT(r->w->rarities); i++)
		all = all && (r->w->rarities[i].count == 0 || r->w->rarities[i].chance > 0);
	if (!all)
		return wrong(r, "something is missing");
	return adds_up(r->w) || wrong(r, "the levels of a field do not add up to one");
}

struct match_weights *match_weights_read(struct arena *a, struct bytes text, struct problem *p)
{
	struct reader r = { .arena = a, .w = arena_new(a, struct match_weights), .problem = p };
	if (!text_is_utf8(text.data, text.length))
		return wrong(&r, "this is not UTF-8"), NULL;
	for (size_t at = 0; at < text.length;) {
		const unsigned char *from = text.data + at,
				    *end = memchr(from, '\n', text.length - at);
		size_t length = end == NULL ? text.length - at : (size_t)(end - from);
		r.line++;
		if (end == NULL || length > LINE_MOST)
			return wrong(&r, "a line is too long, or does not end"), NULL;
		if (!read_line(&r, arena_text_n(a, (const char *)from, length)))
			return NULL;
		at += length + 1;
	}
	if (!all_was_told(&r))
		return NULL;
	for (size_t i = 0; i < COUNT(r.w->rarities); i++)
		match_rarities_sort(&r.w->rarities[i]);
	match_weights_settle(r.w);
	r.w->id = match_weights_id(r.w);
	return r.w;
}
