/* profiles/ssmix2/storage_types.c: the data types of SS-MIX2's standardised storage, and what each
 * is to a region: one row a type.
 *
 * HS026, SS-MIX2 1.2, table 1-1. Orders have no cancelling message: ORC-1 and the flag say it. */
#include "gateway/base/text.h"
#include "profiles/ssmix2/storage_name.h"

#define LOINC "2.16.840.1.113883.6.1"
#define CLASSES "2.25.286961990152863221251726743417141771436" /* schemas/codes/japan.tsv */

/* What kind of document it is. An order is neither what it asks for nor a plan. */
static const struct coded_value prescription = { .code = "57833-6",
						 .scheme = LOINC,
						 .display = "処方箋" };
static const struct coded_value laboratory = { .code = "26436-6",
					       .scheme = LOINC,
					       .display = "検査結果" };
static const struct coded_value laboratory_report = { .code = "11502-2",
						      .scheme = LOINC,
						      .display = "検体検査報告書" };
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
static const struct coded_value other = { .code = "OTHER", .scheme = CLASSES, .display = "その他" };

/* clang-format off */
static const struct storage_type types[] = {
	/* Who the patient is: identity is fed, not shared as a document. */
	{ .code = "ADT-00", .title = "患者基本情報", .use = STORAGE_IDENTITY, .undated = true,
	  .issue = "ADT^A08", .cancel = "ADT^A23" },

	/* What is known of the patient as a whole: the newest file is all of it. */
	{ .code = "ADT-01", .title = "担当医", .use = STORAGE_DOCUMENT, .undated = true,
	  .issue = "ADT^A54", .cancel = "ADT^A55", .class_code = &other },
	{ .code = "ADT-61", .title = "アレルギー情報", .use = STORAGE_DOCUMENT, .undated = true,
	  .issue = "ADT^A60", .class_code = &problem },
	{ .code = "PPR-01", .title = "病名(歴)情報", .use = STORAGE_DOCUMENT, .undated = true,
	  .issue = "PPR^ZD1", .class_code = &problem },

	/* Comings and goings: each is a line of the list of a patient's visits, which is made when
	 * it is asked for. Of outpatients many write the message of an admission. */
	{ .code = "ADT-12", .title = "外来診察の受付", .use = STORAGE_DOCUMENT, .issue = "ADT^A04",
	  .kin = "ADT^A01", .class_code = &other },
	{ .code = "ADT-21", .title = "入院予定", .use = STORAGE_DOCUMENT,
	  .issue = "ADT^A14", .cancel = "ADT^A27", .class_code = &other },
	{ .code = "ADT-22", .title = "入院実施", .use = STORAGE_DOCUMENT,
	  .issue = "ADT^A01", .cancel = "ADT^A11", .class_code = &other },
	{ .code = "ADT-31", .title = "外出泊実施", .use = STORAGE_DOCUMENT,
	  .issue = "ADT^A21", .cancel = "ADT^A52", .class_code = &other },
	{ .code = "ADT-32", .title = "外出泊帰院実施", .use = STORAGE_DOCUMENT,
	  .issue = "ADT^A22", .cancel = "ADT^A53", .class_code = &other },
	{ .code = "ADT-41", .title = "転科・転棟予定", .use = STORAGE_DOCUMENT,
	  .issue = "ADT^A15", .cancel = "ADT^A26", .class_code = &other },
	{ .code = "ADT-42", .title = "転科・転棟実施", .use = STORAGE_DOCUMENT,
	  .issue = "ADT^A02", .cancel = "ADT^A12", .class_code = &other },
	{ .code = "ADT-51", .title = "退院予定", .use = STORAGE_DOCUMENT,
	  .issue = "ADT^A16", .cancel = "ADT^A25", .class_code = &other },
	{ .code = "ADT-52", .title = "退院実施", .use = STORAGE_DOCUMENT,
	  .issue = "ADT^A03", .cancel = "ADT^A13", .class_code = &other },

	/* What was ordered, given, and found. */
	{ .code = "OMD", .title = "食事オーダ", .use = STORAGE_DOCUMENT, .issue = "OMD^O03",
	  .class_code = &other },
	{ .code = "OMP-01", .title = "処方オーダ", .use = STORAGE_DOCUMENT, .issue = "RDE^O11",
	  .class_code = &prescription, .type_code = &prescription },
	{ .code = "OMP-11", .title = "処方実施通知", .use = STORAGE_DOCUMENT, .issue = "RAS^O17",
	  .class_code = &medication },
	{ .code = "OMP-02", .title = "注射オーダ", .use = STORAGE_DOCUMENT, .issue = "RDE^O11",
	  .class_code = &medication },
	{ .code = "OMP-12", .title = "注射実施通知", .use = STORAGE_DOCUMENT, .issue = "RAS^O17",
	  .class_code = &medication },
	{ .code = "OML-01", .title = "検体検査オーダ", .use = STORAGE_DOCUMENT, .issue = "OML^O33",
	  .class_code = &other },
	{ .code = "OML-11", .title = "検体検査結果", .use = STORAGE_DOCUMENT, .issue = "OUL^R22",
	  .class_code = &laboratory, .type_code = &laboratory_report },
	{ .code = "OMG-01", .title = "放射線検査オーダ", .use = STORAGE_DOCUMENT,
	  .issue = "OMG^O19", .class_code = &other },
	{ .code = "OMG-02", .title = "内視鏡検査オーダ", .use = STORAGE_DOCUMENT,
	  .issue = "OMG^O19", .class_code = &other },
	{ .code = "OMG-03", .title = "生理検査オーダ", .use = STORAGE_DOCUMENT,
	  .issue = "OMG^O19", .class_code = &other },
	{ .code = "OMG-11", .title = "放射線検査の実施通知", .use = STORAGE_DOCUMENT,
	  .issue = "OMI^Z23", .class_code = &image },
	{ .code = "OMG-12", .title = "内視鏡検査の実施通知", .use = STORAGE_DOCUMENT,
	  .issue = "OMI^Z23", .class_code = &image },
	{ .code = "OMG-13", .title = "生理検査結果", .use = STORAGE_DOCUMENT, .issue = "ORU^R01",
	  .class_code = &result },
};
/* clang-format on */

const struct storage_type *storage_type_of(const char *code)
{
	for (size_t i = 0; i < COUNT(types); i++)
		if (text_equal(types[i].code, code))
			return &types[i];
	return NULL;
}

bool storage_same_type(const struct storage_type *a, const struct storage_type *b)
{
	return a == b || (a->extended && b->extended && text_equal(a->code, b->code));
}

const struct storage_type *storage_type_like(const char *code)
{
	for (size_t i = 0; i < COUNT(types); i++)
		if (text_equal_nocase(types[i].code, code))
			return &types[i];
	return NULL;
}
