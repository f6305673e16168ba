/* tests/store/identity_dense_test.c: demographics in few octets come back as they were said,
 * whatever they say; and what cannot have been written is not read. */
#include "tests/base/suite.h"

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "store/dense_text.h"
#include "store/identity_packing.h"
#include "store/identity_rows.h"
#include "store/identity_said.h"
#include "store/record.h"

static const struct {
	const char *text;
	size_t octets; /* with the one that ends it */
} texts[] = {
	{ "", 1 },
	{ "Yamada 1-2", 11 },
	{ "ヤマダ", 4 },
	{ "ァロワンヴー", 7 },
	{ "ヵヰヱヲ", 9 }, /* of the block */
	{ "やまだ々〇", 11 },
	{ "山田", 5 },
	{ "一丁\xe9\xbf\xbf", 7 }, /* the first, the last of the ideographs */
	{ "１２－ﾔﾏﾀﾞ", 15 },
	{ "^`{|}~", 13 },
	{ "\x01\x1f\x7f", 7 },
	{ "Müller", 10 },
	{ "\xf0\xa0\xae\xb7", 9 },          /* beyond the first plane */
	{ "\xe3\x80", 5 },                  /* half a character */
	{ "\xe3", 3 },                      /* less */
	{ "\xe0\x80\x80", 7 },              /* in more octets than it needs */
	{ "\xe4\xb7\xbf\xea\x80\x80", 13 }, /* just outside the ideographs */
};

static void texts_come_back(void)
{
	struct arena *a = arena_create(1 << 20);
	for (size_t i = 0; i < COUNT(texts); i++) {
		struct buffer b = buffer_in(a);
		dense_text_write(&b, texts[i].text);
		if (b.length != texts[i].octets)
			printf("%s: %zu\n", texts[i].text, b.length);
		CU_ASSERT_EQUAL(b.length, texts[i].octets);
		struct packed_reader r = packed_read(buffer_bytes(&b));
		char *back = arena_alloc(a, 3 * b.length + 1);
		unsigned char *end = dense_text_read(&r, (unsigned char *)back);
		CU_ASSERT(!r.broken && !packed_more(&r));
		CU_ASSERT_STRING_EQUAL(back, texts[i].text);
		CU_ASSERT_EQUAL((size_t)(end - (unsigned char *)back), strlen(back) + 1);
	}
	arena_destroy(a);
}

/* Every character that has two octets of its own, and every octet as the first of one. */
static void every_character_comes_back(void)
{
	struct arena *a = arena_create(1 << 20);
	for (unsigned c = 0x800; c < 0x10000; c++) {
		char text[4] = { (char)(0xe0 | c >> 12), (char)(0x80 | (c >> 6 & 0x3f)),
				 (char)(0x80 | (c & 0x3f)), '\0' },
		     back[16];
		struct buffer b = buffer_in(a);
		dense_text_write(&b, text);
		struct packed_reader r = packed_read(buffer_bytes(&b));
		dense_text_read(&r, (unsigned char *)back);
		if (strcmp(text, back) != 0 || r.broken)
			printf("%04x\n", c);
		CU_ASSERT_FATAL(strcmp(text, back) == 0 && !r.broken);
		arena_reset(a);
	}
	arena_destroy(a);
}

static struct person_name name = { .family = "山田", .representation = NAME_IDEOGRAPHIC };
static struct postal_address address = { .city = "港区" };
static struct telecom telecom = { .number = "0312345678" };
static struct insurance insurance = { .number = "6" }, former = { .number = "7" };

/* A field said in each way there is. */
static const struct {
	const char **field;
	const char *said[10];
} fields[] = {
	{ &name.given, { "花子", "" } },
	{ &name.middle, { "中" } },
	{ &name.prefix, { "前" } },
	{ &name.suffix, { "後" } },
	{ &name.use, { "L", "IDE", "SYL", "ABC", "M", "LL", "" } },
	{ &address.street, { "1-2-3" } },
	{ &address.other, { "コーポ" } },
	{ &address.state, { "東京都" } },
	{ &address.postal_code, { "1500002", "150-0002", "〒150", "", "15" } },
	{ &address.country, { "JPN", "JP", "J" } },
	{ &address.text, { "東京都港区1-2-3" } },
	{ &address.use, { "H", "HP", "HPX" } },
	{ &telecom.number,
	  { "03-1234-5678", "tel:+81-3-1234-5678", "tel:", "tel:x", "mailto:a@example.org", "" } },
	{ &telecom.use, { "PRN", "HP", "H", "MC", "WPN", "WP", "WPX" } },
	{ &insurance.insurer, { "01130012", "国" } },
	{ &insurance.symbol, { "12", "記" } },
	{ &insurance.branch, { "01", "枝" } },
	{ &insurance.number, { "345", "番" } },
	{ &insurance.from, { "20260401", "2026", "令和" } },
	{ &insurance.until, { "20270331", "99991231", "末" } },
	{ &former.insurer, { "01130012", "国" } },
	{ &former.branch, { "01", "枝" } },
	{ &former.until, { "20250331", "末" } },
	{ &former.last_said, { "20260401123456", "昨日" } },
};

static struct patient_demographics somebody = {
	.names = &name,
	.addresses = &address,
	.telecoms = &telecom,
	.insurances = &insurance,
	.former_insurances = &former,
};
static const struct {
	const char **field;
	const char *said[5];
} of_all[] = {
	{ &somebody.birth_date, { "19800101", "昭和" } },
	{ &somebody.sex, { "F", "M", "O", "U", "X" } },
	{ &somebody.mothers_maiden_name, { "スズキ" } },
	{ &somebody.multiple_birth, { "N", "Y", "?" } },
	{ &somebody.birth_order, { "2", "second" } },
	{ &somebody.deceased, { "N", "Y", "?" } },
	{ &somebody.deceased_time, { "20260101", "then" } },
	{ &somebody.identity_unknown, { "N", "Y", "?" } },
};

static void comes_back(struct arena *a)
{
	struct bytes said = identity_demographics_octets(a, &somebody), back = { 0 };
	struct bytes packed = identity_packed(a, said);
	CU_ASSERT_FATAL(packed.length != 0 && packed.length < said.length && packed.data[0] == 0);
	CU_ASSERT_TRUE(identity_unpacked(a, packed, &back));
	CU_ASSERT_TRUE(bytes_equal(back, said));
	for (size_t length = 0; length < packed.length; length++)
		CU_ASSERT_FALSE(identity_unpacked(a, (struct bytes){ packed.data, length }, &back));
	arena_reset(a);
}

static void every_field_comes_back(void)
{
	struct arena *a = arena_create(1 << 20);
	for (size_t i = 0; i < COUNT(fields); i++)
		for (size_t j = 0; j < COUNT(fields[i].said) && fields[i].said[j] != NULL; j++) {
			*fields[i].field = fields[i].said[j];
			comes_back(a);
		}
	for (size_t i = 0; i < COUNT(of_all); i++)
		for (size_t j = 0; j < COUNT(of_all[i].said) && of_all[i].said[j] != NULL; j++) {
			*of_all[i].field = of_all[i].said[j];
			comes_back(a);
		}
	for (unsigned i = NAME_UNSPECIFIED; i <= NAME_ALPHABETIC; i++) {
		name.representation = (enum name_representation)i;
		comes_back(a);
	}
	arena_destroy(a);
}

/* Long ones, whose lengths take two octets and three; the longest go another way. */
static void long_ones_come_back(void)
{
	static const size_t lengths[] = { 50, 120, 130, 16000, 17000, 70000, 140000 };
	struct arena *a = arena_create(64 << 20);
	for (size_t i = 0; i < COUNT(lengths); i++)
		for (unsigned same = 0; same < 2; same++) {
			unsigned chance = 1;
			char *text = arena_alloc(a, lengths[i] + 1);
			for (size_t at = 0; at < lengths[i]; at++) {
				chance = chance * 1103515245u + 12345u;
				text[at] = same ? 'a' : (char)('A' + (chance >> 16) % 50);
			}
			text[lengths[i]] = '\0';
			struct postal_address ad = { .text = text };
			struct patient_demographics d = { .addresses = &ad };
			struct bytes said = identity_demographics_octets(a, &d), back = { 0 };
			struct bytes packed = identity_packed(a, said);
			CU_ASSERT_TRUE(packed.length == 0
				       || (identity_unpacked(a, packed, &back)
					   && bytes_equal(back, said)));
			CU_ASSERT_TRUE(packed.length != 0 || !same);
			arena_reset(a);
		}
	arena_destroy(a);
}

/* What our writer does not write is kept another way, or as it is. */
static void what_has_no_symbol(void)
{
	static const struct {
		const char *octets;
		size_t length;
	} rows[] = {
		{ "", 0 },
		{ "\x01", 1 },
		{ "\x02\x03\x02"
		  "F",
		  5 },                                 /* another version */
		{ "\x01\x63\x02x", 5 },                /* a later tag */
		{ "\x01\x0c\x02x", 4 },                /* breaks off */
		{ "\x01\x03\x01x", 4 },                /* a text without its end */
		{ "\x01\x03\x00", 3 },                 /* of nothing */
		{ "\x01\x03\x82\x00x", 6 },            /* a length in more octets than it needs */
		{ "\x01\x01\x01\x02", 4 },             /* a name of another version */
		{ "\x01\x01\x04\x01\x07\x01\x09", 7 }, /* a name that is something else */
		{ "\x01\x01\x05\x01\x07\x02\x01\x01", 8 },
		{ "\x01\x06\x05\x01\x09\x02x", 8 }, /* the last group's later tag */
		{ "\x01\x0e\x02x", 4 },             /* the last of all */
	};
	struct arena *a = arena_create(1 << 20);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct bytes said = { (const unsigned char *)rows[i].octets, rows[i].length };
		struct buffer b = buffer_in(a);
		CU_ASSERT_TRUE(said.length == 1 || !identity_dense_write(&b, said));
		struct bytes packed = identity_packed(a, said), back = { 0 };
		CU_ASSERT_TRUE(packed.length == 0
			       || (identity_unpacked(a, packed, &back) && bytes_equal(back, said)));
	}
	arena_destroy(a);
}

static void what_was_never_written(void)
{
	static const struct {
		const char *octets;
		size_t length;
	} rows[] = {
		{ "\x00", 1 },                     /* no end */
		{ "\x00\x00\x00", 3 },             /* more behind it */
		{ "\x00\x1a\x80\x00\x00", 5 },     /* of a name that was not opened */
		{ "\x00\x02\x1a\x80\x00\x00", 6 }, /* of an address a family name */
		{ "\x00\xff\x00", 3 },             /* a later symbol */
		{ "\x00\x06\x01\x00\x00", 5 },     /* an octet of a text that is none */
		{ "\x00\x05\xf1\x00", 4 },         /* digits behind their end */
		{ "\x00\x05\x19", 3 },
		{ "\x00\x36", 2 },
		{ "\x00\x03\x36", 3 }, /* a number that breaks off behind its beginning */
	};
	struct arena *a = arena_create(8 << 20);
	struct bytes said;
	for (size_t i = 0; i < COUNT(rows); i++)
		CU_ASSERT_FALSE(identity_unpacked(
			a, (struct bytes){ (const unsigned char *)rows[i].octets, rows[i].length },
			&said));
	unsigned char *many = arena_alloc(a, DENSE_LONGEST + 2);
	memset(many, 7, DENSE_LONGEST + 2);
	many[0] = many[DENSE_LONGEST] = many[DENSE_LONGEST + 1] = 0;
	CU_ASSERT_TRUE(identity_unpacked(a, (struct bytes){ many, DENSE_LONGEST + 1 }, &said));
	many[DENSE_LONGEST] = 7;
	CU_ASSERT_FALSE(identity_unpacked(a, (struct bytes){ many, DENSE_LONGEST + 2 }, &said));
	arena_destroy(a);
}

static const struct test tests[] = { { "texts come back", texts_come_back },
				     { "every character comes back", every_character_comes_back },
				     { "every field comes back", every_field_comes_back },
				     { "long ones come back", long_ones_come_back },
				     { "what has no symbol", what_has_no_symbol },
				     { "what was never written", what_was_never_written },
				     { 0 } };

int main(void)
{
	return suite_run("store: demographics in few octets", tests);
}
