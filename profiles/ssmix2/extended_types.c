/* profiles/ssmix2/extended_types.c: what the data types of an SS-MIX2 extended storage are to a
 * region: a row a code. HS026; japan.md A11. What has no row is a document of class OTHER, of its
 * standard code where that is LOINC's, else of the type EXTENDED: local codes are a facility's own
 * words, and no reader elsewhere could look for them. */
#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "profiles/ssmix2/extended_name.h"

#define LOINC "2.16.840.1.113883.6.1"
#define CLASSES "2.25.286961990152863221251726743417141771436" /* schemas/codes/japan.tsv */
#define SSMIX2 "1.2.392.200250.2.1.100.1.2.120"

static const struct coded_value document = { .code = "DOCUMENT",
					     .scheme = CLASSES,
					     .display = "診療文書" };
static const struct coded_value note = { .code = "NOTE", .scheme = CLASSES, .display = "経過記録" };
static const struct coded_value result = { .code = "RESULT",
					   .scheme = CLASSES,
					   .display = "検査結果" };
static const struct coded_value image = { .code = "IMAGE", .scheme = CLASSES, .display = "画像" };
static const struct coded_value medication = { .code = "MEDICATION",
					       .scheme = CLASSES,
					       .display = "処方・調剤" };
static const struct coded_value problem = { .code = "PROBLEM",
					    .scheme = CLASSES,
					    .display = "病名・アレルギー" };
static const struct coded_value plan = { .code = "PLAN", .scheme = CLASSES, .display = "計画書" };
static const struct coded_value checkup = { .code = "CHECKUP",
					    .scheme = CLASSES,
					    .display = "健診" };
static const struct coded_value other = { .code = "OTHER", .scheme = CLASSES, .display = "その他" };
static const struct coded_value extended = { .code = "EXTENDED",
					     .scheme = SSMIX2,
					     .display = "SS-MIX2 拡張ストレージ" };

/* clang-format off */
static const struct {
	const char *standard;             /* of LOINC; NULL: it has none */
	const char *local, *local_system; /* NULL: whatever they are */
	const struct coded_value *class_code;
	const char *title;
} rows[] = {
	{ .standard = "11506-3", .class_code = &note, .title = "経過記録" },
	{ .standard = "34108-1", .class_code = &note, .title = "外来診療録" },
	{ .standard = "34112-3", .class_code = &note, .title = "入院診療録" },
	{ .standard = "18842-5", .class_code = &document, .title = "退院時サマリー" },
	{ .standard = "57133-1", .class_code = &document, .title = "診療情報提供書" },
	{ .standard = "74465-6", .class_code = &document, .title = "災害時J-SPEED記録" },
	{ .standard = "74465-6", .local = "L-JSPEED", .local_system = "99ZL01",
	  .class_code = &document, .title = "災害時J-SPEED記録" },
	{ .local = "L-OBSERVATIONS", .local_system = "99ZL01",
	  .class_code = &result, .title = "観察記録" },
	{ .standard = "57833-6", .class_code = &medication, .title = "処方箋" },
	{ .standard = "56447-6", .class_code = &plan, .title = "計画書" },
	{ .standard = "18748-4", .class_code = &image, .title = "画像検査報告" },
	{ .standard = "11502-2", .class_code = &result, .title = "検体検査報告書" },
	{ .standard = "26436-6", .class_code = &result, .title = "検査結果" },
	{ .standard = "11450-4", .class_code = &problem, .title = "病名リスト" },
	{ .standard = "48765-2", .class_code = &problem, .title = "アレルギー" },
	{ .standard = "53576-5", .class_code = &checkup, .title = "健診結果報告書" },
};
/* clang-format on */

static bool is_loinc(const char *system)
{
	return text_equal_nocase(system, "LN") || text_equal(system, LOINC);
}

static bool is_row(size_t i, const struct extended_type *t, const char *local_system, bool loinc)
{
	if (rows[i].local != NULL)
		return text_equal(rows[i].local, t->local)
		       && text_equal(rows[i].local_system, local_system);
	return loinc && text_equal(rows[i].standard, t->standard);
}

static const struct coded_value *coded(struct arena *a, const char *code, const char *title)
{
	struct coded_value *c = arena_new(a, struct coded_value);
	*c = (struct coded_value){ .code = code, .scheme = LOINC, .display = title };
	return c;
}

void extended_type_codes(struct extended_type *t, struct arena *a, const char *local_system,
			 const char *standard_system)
{
	bool loinc = *t->standard != '\0' && is_loinc(standard_system);
	t->is.class_code = &other;
	t->is.type_code = loinc ? coded(a, t->standard, t->is.title) : &extended;
	for (size_t i = 0; i < COUNT(rows); i++) {
		if (!is_row(i, t, local_system, loinc))
			continue;
		t->is.class_code = rows[i].class_code;
		t->is.title = rows[i].title;
		if (rows[i].standard != NULL)
			t->is.type_code = coded(a, rows[i].standard, rows[i].title);
		return;
	}
}
