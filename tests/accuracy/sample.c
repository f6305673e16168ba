/* tests/accuracy/sample.c: records whose truth is known, made comparable. */
#include "tests/accuracy/sample.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "store/identity_core.h"
#include "store/identity_rows.h"

enum { COLUMNS = 16, LINE = 8192 };

struct row {
	const char *column[COLUMNS];
};

static double now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static const char *or_null(const char *text)
{
	return text_empty(text) ? NULL : text;
}

/* ---- FEBRL ---- */

enum {
	F_ID,
	F_GIVEN,
	F_SURNAME,
	F_NUMBER,
	F_STREET,
	F_STREET_2,
	F_SUBURB,
	F_POSTCODE,
	F_STATE,
	F_BIRTH,
	F_SOC_SEC
};

static struct sample_record febrl(struct arena *a, const struct row *r, bool personal)
{
	const char *const *c = r->column;
	struct person_name name = { .family = or_null(c[F_SURNAME]), .given = or_null(c[F_GIVEN]) };
	struct postal_address address = {
		.street = arena_printf(a, "%s %s ", c[F_NUMBER], c[F_STREET]),
		.other = arena_printf(a, "%s ", c[F_STREET_2]),
		.city = arena_printf(a, "%s ", c[F_SUBURB]),
		.postal_code = c[F_POSTCODE],
	};
	struct patient_demographics d = { .names = &name,
					  .birth_date = or_null(c[F_BIRTH]),
					  .addresses = &address };
	struct match_subject s = { &d, NULL, personal ? or_null(c[F_SOC_SEC]) : NULL };
	return (struct sample_record){ .id = c[F_ID],
				       .truth = strtoull(c[F_ID] + strcspn(c[F_ID], "0123456789"),
							 NULL, 10),
				       .features = match_features(a, &s) };
}

/* ---- japan-names ---- */

enum {
	J_ID,
	J_FACILITY,
	J_PATIENT,
	J_ON,
	J_KANJI,
	J_KANA,
	J_BIRTH,
	J_SEX,
	J_POSTCODE,
	J_ADDRESS,
	J_PHONE,
	J_INSURER,
	J_SYMBOL,
	J_NUMBER,
	J_BRANCH,
	J_TRUTH
};

static const char *sex_of(const char *text)
{
	static const char *const sexes[][2] = { { "1", "M" }, { "男", "M" }, { "M", "M" },
						{ "2", "F" }, { "女", "F" }, { "F", "F" } };
	for (size_t i = 0; i < COUNT(sexes); i++)
		if (text_equal(sexes[i][0], text))
			return sexes[i][1];
	return NULL;
}

/* As who reads a message does: 山田　太郎 as one is two. */
static struct person_name divided(struct arena *a, const struct person_name *n)
{
	static const char wide[] = "　";
	struct person_name out = *n;
	const char *at = n->family == NULL ? NULL : strstr(n->family, wide);
	size_t width = sizeof wide - 1;
	if (at == NULL && n->family != NULL) {
		at = strchr(n->family, ' ');
		width = 1;
	}
	if (at == NULL || at == n->family)
		return out;
	out.family = arena_text_n(a, n->family, (size_t)(at - n->family));
	out.given = at + width;
	return out;
}

static void take_exact(struct arena *a, const struct patient_demographics *d,
		       struct sample_record *out)
{
	struct patient_demographics exact = *d;
	struct person_name kanji = divided(a, d->names), kana = divided(a, d->names->next);
	struct identity_core *core = arena_new(a, struct identity_core);
	kanji.next = &kana;
	exact.names = &kanji;
	*core = identity_core(a, &exact);
	out->core = core;
	out->evidence = identity_evidence(a, &exact);
}

static struct sample_record japanese(struct arena *a, const struct row *r, bool personal)
{
	const char *const *c = r->column;
	struct person_name kana = { .family = or_null(c[J_KANA]), .representation = NAME_PHONETIC };
	struct person_name kanji = { .family = or_null(c[J_KANJI]),
				     .representation = NAME_IDEOGRAPHIC,
				     .next = &kana };
	struct postal_address address = { .text = or_null(c[J_ADDRESS]),
					  .postal_code = or_null(c[J_POSTCODE]) };
	struct telecom phone = { .number = or_null(c[J_PHONE]) };
	struct insurance insurance = { .insurer = or_null(c[J_INSURER]),
				       .symbol = or_null(c[J_SYMBOL]),
				       .number = or_null(c[J_NUMBER]),
				       .branch = or_null(c[J_BRANCH]) };
	struct patient_demographics d = { .names = &kanji,
					  .birth_date = or_null(c[J_BIRTH]),
					  .sex = sex_of(c[J_SEX]),
					  .addresses = &address,
					  .telecoms = &phone,
					  .insurances = &insurance };
	struct match_subject s = { &d, c[J_FACILITY], NULL };
	(void)personal;
	struct sample_record out = { .id = c[J_ID],
				     .truth = text_hash(c[J_TRUTH]),
				     .features = match_features(a, &s) };
	take_exact(a, &d, &out);
	return out;
}

/* ---- Files ---- */

static const struct format {
	const char *header;
	size_t columns;
	struct sample_record (*record)(struct arena *a, const struct row *r, bool personal);
} formats[] = {
	{ "rec_id, given_name,", 11, febrl },
	{ "rec_id,facility_code,", 16, japanese },
};

static bool take_row(struct arena *a, const char *line, size_t columns, struct row *out)
{
	char *rest = arena_text_n(a, line, strcspn(line, "\r\n"));
	for (size_t i = 0; i < columns; i++) {
		if (rest == NULL)
			return false;
		out->column[i] = text_trimmed(a, strsep(&rest, ","));
	}
	return true;
}

static size_t count_lines(FILE *f)
{
	size_t count = 0;
	for (int c; (c = getc(f)) != EOF;)
		count += c == '\n';
	rewind(f);
	return count;
}

static bool read_rows(struct arena *a, FILE *f, const struct format *format, bool personal,
		      struct sample *out)
{
	char line[LINE];
	struct row row;
	while (fgets(line, LINE, f) != NULL) {
		if (!take_row(a, line, format->columns, &row)) {
			fprintf(stderr, "%s: a line has too few columns\n", out->name);
			return false;
		}
		out->at[out->count++] = format->record(a, &row, personal);
	}
	return true;
}

bool sample_read(struct arena *a, const char *path, bool personal, struct sample *out)
{
	char header[LINE] = "";
	const char *name = strrchr(path, '/');
	double began = now();
	FILE *f = fopen(path, "r");
	*out = (struct sample){ .name = name == NULL ? path : name + 1 };
	if (f == NULL)
		return false;
	out->at = arena_array(a, struct sample_record, count_lines(f) + 1);
	const struct format *format = NULL;
	if (fgets(header, LINE, f) != NULL)
		for (size_t i = 0; i < COUNT(formats); i++)
			if (text_starts(header, formats[i].header))
				format = &formats[i];
	if (format == NULL)
		fprintf(stderr, "%s: no format of ours\n", path);
	bool good = format != NULL && read_rows(a, f, format, personal, out);
	out->japanese = format == &formats[1];
	out->seconds = now() - began;
	fclose(f);
	return good;
}

struct sample sample_part(struct arena *a, const struct sample *s, unsigned part)
{
	struct sample p = { .name = s->name, .japanese = s->japanese };
	p.at = arena_array(a, struct sample_record, s->count);
	for (size_t i = 0; i < s->count; i++)
		if ((s->at[i].truth * 0x9e3779b97f4a7c15u >> 63) == part)
			p.at[p.count++] = s->at[i];
	return p;
}

static int by_number(const void *x, const void *y)
{
	uint64_t a = *(const uint64_t *)x, b = *(const uint64_t *)y;
	return a < b ? -1 : a > b;
}

uint64_t sample_true_pairs(struct arena *a, const struct sample *s)
{
	uint64_t *truth = arena_array(a, uint64_t, s->count + 1), pairs = 0;
	for (size_t i = 0; i < s->count; i++)
		truth[i] = s->at[i].truth;
	if (s->count != 0)
		qsort(truth, s->count, sizeof truth[0], by_number);
	for (size_t i = 0, same = 0; i < s->count; i++) {
		same = i != 0 && truth[i] == truth[i - 1] ? same + 1 : 0;
		pairs += same;
	}
	return pairs;
}
