/* tests/profiles/ssmix2_extended_test.c: the extended storage: what its names say, what its files
 * are, and that its documents come, are corrected and go as those of the standardised one. */
#include "tests/base/suite.h"

#include <string.h>
#include <unistd.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "profiles/ssmix2/document_entry.h"
#include "profiles/ssmix2/extended_media.h"
#include "profiles/ssmix2/extended_name.h"
#include "profiles/ssmix2/storage_walk.h"
#include "schemas/model/document.h"
#include "tests/profiles/ssmix2_storage.h"

#define DOMAIN_A "1.2.392.100495.20.3.51.1" CODE_A
#define LOINC "2.16.840.1.113883.6.1"
#define SSMIX2 "1.2.392.200250.2.1.100.1.2.120"
#define CLASSES "2.25.286961990152863221251726743417141771436"
#define DAY "20240420"
#define SUMMARY "^退院サマリ^^18842-5^退院時サマリー^LN"
#define LETTER "L_99^紹介状_他院^99ZL02^57133-1^紹介状^LN"
#define VITALS "L-OBSERVATIONS^OBSERVATIONS^99ZL01"
#define OWN "S1^同意書^99OWN^^^"

/* ---- Names ---- */

static const struct {
	const char *folder, *name;
	const char *key, *time, *department; /* or */
	const char *why;
} names[] = {
	{ SUMMARY, "D501_20240420_18842-5_701_20240420180000000_01_1", "701", "20240420180000000",
	  "01", NULL },
	{ VITALS,
	  "D501_20240420_L-OBSERVATIONS^OBSERVATIONS^99ZL01_000000020240420_20240420150032100_1",
	  "000000020240420", "20240420150032100", "-", NULL },
	{ LETTER, "D501_20240420_L_99_REF_0001_20240420160000000_01_1", "REF_0001",
	  "20240420160000000", "01", NULL },
	{ LETTER, "D501_20240420_57133-1_REF_0001_20240420160000000_-_2", "REF_0001",
	  "20240420160000000", "-", NULL },
	{ LETTER, "D501_20240420_" LETTER "_7_20240420160000_01_0", "7", "20240420160000000", "01",
	  NULL },
	/* The longest writing of the type that stands there. */
	{ "L^a^b^L_9^c^LN", "D501_20240420_L_9_7_20240420160000000_01_1", "7", "20240420160000000",
	  "01", NULL },
	/* CP932: ダ is 835F, whose second octet is _, and ／ is 815E, which ends in ^. */
	{ "L1^\x83_\x81^^99OWN^^^", "D501_20240420_L1_7_20240420160000000_01_1", "7",
	  "20240420160000000", "01", NULL },
	{ "^\x83_\x81^^^^^", "D501_20240420_^\x83_\x81^^^^^_7_20240420160000000_01_1", "7",
	  "20240420160000000", "01", NULL },
	{ SUMMARY, "D502_20240420_18842-5_7_20240420180000000_01_1", NULL, NULL, NULL,
	  "the patient id in the name" },
	{ SUMMARY, "D501_20240421_18842-5_7_20240420180000000_01_1", NULL, NULL, NULL,
	  "the date in the name" },
	{ SUMMARY, "D501_20240420_18842-6_7_20240420180000000_01_1", NULL, NULL, NULL,
	  "the data type in the name" },
	{ SUMMARY, "D501_20240420_18842-5_7_2024042018_01_1", NULL, NULL, NULL, "発生日時" },
	{ SUMMARY, "D501_20240420_18842-5_7_20240420180000000_01_9", NULL, NULL, NULL,
	  "the condition flag" },
	{ SUMMARY, "D501_20240420_18842-5_7_20240420180000000_012345_1", NULL, NULL, NULL,
	  "the department" },
	{ SUMMARY, "D501_20240420_18842-5_7 8_20240420180000000_01_1", NULL, NULL, NULL,
	  "特定キー" },
	{ SUMMARY, "D501_20240420_18842-5_20240420180000000_01_1", NULL, NULL, NULL, "発生日時" },
	{ SUMMARY, "D501_20240420_18842-5_7\xff_20240420180000000_01_1", NULL, NULL, NULL,
	  "neither UTF-8 nor CP932" },
	{ "^^^^^", "D501", NULL, NULL, NULL, "local code" },
	{ "a^b^c^d^e^f^g", "D501", NULL, NULL, NULL, "local code" },
	{ "a\x01^b^c^d^e^f", "D501", NULL, NULL, NULL, "named neither" },
};

static const char *read_name(struct arena *a, const char *folder, const char *name,
			     struct extended_type *t, struct storage_name *out)
{
	const char *why = extended_type_read(a, folder, DAY, t);
	return why != NULL ? why : extended_name_read(a, "D501", DAY, t, name, out);
}

static void names_are_read_from_both_ends(void)
{
	struct arena *a = arena_create(1 << 20);
	for (size_t i = 0; i < COUNT(names); i++) {
		struct extended_type t;
		struct storage_name n;
		const char *why = read_name(a, names[i].folder, names[i].name, &t, &n);
		bool right = names[i].why == NULL
				     ? why == NULL && text_equal(n.order, names[i].key)
					       && text_equal(n.time, names[i].time)
					       && text_equal(n.department, names[i].department)
				     : why != NULL && strstr(why, names[i].why) != NULL;
		if (!right)
			fprintf(stderr, "%s: %s\n", names[i].name, why == NULL ? n.order : why);
		CU_ASSERT_TRUE(right);
	}
	arena_destroy(a);
}

static const struct {
	const char *folder, *class_code, *type_code, *type_scheme, *title;
} types[] = {
	{ SUMMARY, "DOCUMENT", "18842-5", LOINC, "退院時サマリー" },
	{ LETTER, "DOCUMENT", "57133-1", LOINC, "診療情報提供書" },
	{ "L1^経過^99OWN^11506-3^経過記録^LN", "NOTE", "11506-3", LOINC, "経過記録" },
	{ "L-JSPEED^^99ZL01^^^", "DOCUMENT", "74465-6", LOINC, "災害時J-SPEED記録" },
	{ VITALS, "RESULT", "EXTENDED", SSMIX2, "観察記録" },
	{ OWN, "OTHER", "EXTENDED", SSMIX2, "同意書" },
	/* LOINC, and no row; a code of another system is not LOINC's. */
	{ "^^^28570-0^処置記録^LN", "OTHER", "28570-0", LOINC, "処置記録" },
	{ "^^^18842-5^何か^99OWN", "OTHER", "EXTENDED", SSMIX2, "何か" },
	{ "^\x83_^^^^", "OTHER", "EXTENDED", SSMIX2, "ダ" },
};

static void types_are_what_their_codes_say(void)
{
	struct arena *a = arena_create(1 << 20);
	for (size_t i = 0; i < COUNT(types); i++) {
		struct extended_type t;
		CU_ASSERT_PTR_NULL_FATAL(extended_type_read(a, types[i].folder, "-", &t));
		CU_ASSERT_TRUE(t.is.undated);
		CU_ASSERT_STRING_EQUAL(t.is.class_code->code, types[i].class_code);
		CU_ASSERT_STRING_EQUAL(t.is.class_code->scheme, CLASSES);
		CU_ASSERT_STRING_EQUAL(t.is.type_code->code, types[i].type_code);
		CU_ASSERT_STRING_EQUAL(t.is.type_code->scheme, types[i].type_scheme);
		CU_ASSERT_STRING_EQUAL(t.is.title, types[i].title);
	}
	arena_destroy(a);
}

/* ---- What a file is ---- */

#define CDA "<?xml version=\"1.0\"?><ClinicalDocument xmlns=\"urn:hl7-org:v3\"/>"
#define NUL16 "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
#define PREAMBLE NUL16 NUL16 NUL16 NUL16 NUL16 NUL16 NUL16 NUL16 "DICM"
#define KOS_UID "1.2.840.10008.5.1.4.1.1.88.59"

#define OCTETS(text)                                                                               \
	{                                                                                          \
		(const unsigned char *)(text), sizeof(text) - 1                                    \
	}

static const struct {
	struct bytes head;
	const char *name, *mime, *format;
	bool doubted;
} kinds[] = {
	{ OCTETS("%PDF-1.7\n"), "main_document.pdf", "application/pdf", NULL, false },
	{ OCTETS("\xff\xd8\xff\xe0"), "main_document.jpg", "image/jpeg", NULL, false },
	{ OCTETS("\xff\xd8\xff\xe0"), "main_document.pdf", "image/jpeg", NULL, true },
	{ OCTETS("\x89PNG\r\n\x1a\n"), "a.PNG", "image/png", NULL, false },
	{ OCTETS("GIF89a"), "a.gif", "image/gif", NULL, false },
	{ OCTETS("II*\0"), "a.tiff", "image/tiff", NULL, false },
	{ OCTETS(PREAMBLE), "a.dcm", "application/dicom", NULL, false },
	{ OCTETS(PREAMBLE "\x02\x00\x02\x00UI\x1e\x00" KOS_UID "\0"), "a.dcm", "application/dicom",
	  KOS_UID, false },
	{ OCTETS(PREAMBLE "\x02\x00\x02\x00UI\x1e\x00" KOS_UID "9"), "a", "application/dicom", NULL,
	  false },
	{ OCTETS(CDA), "main_document.xml", "text/xml", NULL, false },
	{ OCTETS("\xef\xbb\xbf " CDA), "main_document", "text/xml", NULL, false },
	{ OCTETS("<a/>"), "main_document.xml", "application/xml", NULL, false },
	{ OCTETS("no markup"), "main_document.xml", "application/xml", NULL, true },
	{ OCTETS("MSH|^~\\&|"), "main_document.hl7", "application/hl7-v2", NULL, false },
	{ OCTETS("\x0bMSH|^~\\&|"), "x.txt", "application/hl7-v2", NULL, true },
	{ OCTETS("{\\rtf1"), "a.rtf", "application/rtf", NULL, false },
	{ OCTETS("a,b"), "a.csv", "text/csv", NULL, false },
	{ OCTETS("<html>"), "a.htm", "text/html", NULL, false },
	{ OCTETS("text"), "a.txt", "text/plain", NULL, false },
	{ OCTETS("text"), "a.pdf", "application/pdf", NULL, true },
	{ OCTETS("??"), "a.b/main_document", "application/octet-stream", NULL, false },
	{ OCTETS("??"), "a.averylongendingofaname", "application/octet-stream", NULL, false },
};

static void a_file_is_what_it_holds(void)
{
	for (size_t i = 0; i < COUNT(kinds); i++) {
		bool doubted;
		const struct extended_media *m = extended_media_of(kinds[i].head, kinds[i].name,
								   &doubted);
		if (!text_equal(m->mime_type, kinds[i].mime) || doubted != kinds[i].doubted)
			fprintf(stderr, "%s, row %zu: %s\n", kinds[i].name, i, m->mime_type);
		CU_ASSERT_STRING_EQUAL(m->mime_type, kinds[i].mime);
		CU_ASSERT_EQUAL(doubted, kinds[i].doubted);
		CU_ASSERT_STRING_EQUAL(m->format_code->code,
				       kinds[i].format == NULL
					       ? "urn:ihe:iti:xds:2017:mimeTypeSufficient"
					       : kinds[i].format);
	}
}

/* ---- Imports ---- */

#define ROOT CODE_A "_ext/101/101/101"

/* Its folder, without the flag. */
static const char *content(struct imports *im, const char *type, const char *code, const char *key,
			   const char *time)
{
	return arena_printf(im->f.arena, ROOT "/" DAY "/%s/101_" DAY "_%s_%s_" DAY "%s_01_", type,
			    code, key, time);
}

static void put_in(struct imports *im, const char *folder, char flag, const char *file,
		   struct bytes octets)
{
	put_file(im, arena_printf(im->f.arena, "%s%c/%s", folder, flag, file), octets);
}

static void set_folder(struct imports *im, const char *folder, char from, char to)
{
	set_flag(im, arena_printf(im->f.arena, "%s%c", folder, from), to);
}

static void begin(struct imports *im)
{
	imports_open(im);
	put_patient(im, CODE_A, "101", "山田^健一", "ヤマダ^ケンイチ", "19410503", "03-0000-0001");
}

static void import_a(struct imports *im)
{
	CU_ASSERT_TRUE_FATAL(import_storage(im, im->root, "a-hospital"));
}

static void check_nothing_more(struct imports *im)
{
	import_a(im);
	CU_ASSERT_EQUAL(im->events, 0);
	CU_ASSERT_EQUAL(done(im, "documents"), 0);
}

static const struct document_entry *entry_titled(struct imports *im, const char *title)
{
	unsigned n;
	const struct document_entry *e = entries_of(im, DOMAIN_A, "101", &n);
	while (e != NULL && !text_equal(e->title->value, title))
		e = e->next;
	return e;
}

static unsigned approved(struct imports *im)
{
	unsigned all, n = 0;
	for (const struct document_entry *e = entries_of(im, DOMAIN_A, "101", &all); e != NULL;
	     e = e->next)
		n += e->status == STATUS_APPROVED;
	return n;
}

/* 'A', 'D', or '-': the document that holds these words. */
static char status_of(struct imports *im, const char *words)
{
	unsigned n;
	for (const struct document_entry *e = entries_of(im, DOMAIN_A, "101", &n); e != NULL;
	     e = e->next) {
		struct bytes octets;
		if (retrieve(im, e->unique_id, &octets) && octets.length >= strlen(words)
		    && memcmp(octets.data, words, strlen(words)) == 0)
			return e->status == STATUS_APPROVED ? 'A' : 'D';
	}
	return '-';
}

static void a_document_says_what_it_is(void)
{
	for (int copy = 0; copy < 2; copy++) {
		struct imports im;
		struct bytes octets;
		begin(&im);
		im.region.ssmix2_copy = copy;
		put_in(&im, content(&im, SUMMARY, "18842-5", "701", "180000000"), '1',
		       "main_document.xml", bytes_of_text(CDA));
		import_a(&im);
		check_done(&im, "one", 1, 1, 0, 0, 0, 0);
		CU_ASSERT_EQUAL(done(&im, "warnings"), 0);
		const struct document_entry *e = entry_titled(&im, "退院時サマリー 2024-04-20");
		CU_ASSERT_PTR_NOT_NULL_FATAL(e);
		CU_ASSERT_STRING_EQUAL(e->mime_type, "text/xml");
		CU_ASSERT_STRING_EQUAL(e->class_code->code, "DOCUMENT");
		CU_ASSERT_STRING_EQUAL(e->type_code->code, "18842-5");
		CU_ASSERT_STRING_EQUAL(e->event_codes->code, "EXTENDED");
		CU_ASSERT_STRING_EQUAL(e->practice_setting_code->code, "01");
		CU_ASSERT_STRING_EQUAL(e->creation_time, "20240420090000");
		CU_ASSERT_STRING_EQUAL(e->service_start_time, "20240419150000");
		CU_ASSERT_STRING_EQUAL(e->service_stop_time, "20240420145959");
		CU_ASSERT_PTR_NOT_NULL(strstr(e->authors->institution->value, "A病院"));
		CU_ASSERT_STRING_EQUAL(e->source_patient_id, "101^^^&" DOMAIN_A "&ISO");
		CU_ASSERT_TRUE(text_starts(e->unique_id, "2.25."));
		CU_ASSERT_PTR_NOT_NULL(strstr(e->reference_ids->value, "701^^^&2.25."));
		CU_ASSERT_TRUE_FATAL(retrieve(&im, e->unique_id, &octets));
		CU_ASSERT_EQUAL(octets.length, sizeof CDA - 1);
		check_nothing_more(&im);
		imports_close(&im);
	}
}

static void documents_are_corrected_deleted_and_restored(void)
{
	for (int copy = 0; copy < 2; copy++) {
		struct imports im;
		begin(&im);
		im.region.ssmix2_copy = copy;
		const char *first = content(&im, LETTER, "L_99", "REF_1", "160000000");
		const char *second = content(&im, LETTER, "L_99", "REF_1", "170000000");
		/* Another type has the same key; it is a document of its own. */
		put_in(&im, content(&im, OWN, "S1", "REF_1", "160000000"), '1', "consent.txt",
		       bytes_of_text("other"));
		put_in(&im, first, '1', "main_document.pdf", bytes_of_text("%PDF-1"));
		import_a(&im);
		CU_ASSERT_EQUAL(done(&im, "documents"), 2);
		set_folder(&im, first, '1', '2');
		import_a(&im);
		CU_ASSERT_EQUAL(status_of(&im, "%PDF-1"), 'A'); /* a correction under way */
		put_in(&im, second, '1', "main_document.pdf", bytes_of_text("%PDF-2"));
		import_a(&im);
		CU_ASSERT_EQUAL(done(&im, "replaced"), 1);
		CU_ASSERT_EQUAL(status_of(&im, "%PDF-1"), 'D');
		CU_ASSERT_EQUAL(status_of(&im, "%PDF-2"), 'A');
		set_folder(&im, first, '2', '0');
		set_folder(&im, second, '1', '0');
		import_a(&im);
		CU_ASSERT_EQUAL(done(&im, "withdrawn"), 1);
		CU_ASSERT_EQUAL(status_of(&im, "%PDF-2"), 'D');
		set_folder(&im, second, '0', '1');
		import_a(&im);
		CU_ASSERT_EQUAL(done(&im, "restored"), 1);
		CU_ASSERT_EQUAL(status_of(&im, "%PDF-2"), 'A');
		CU_ASSERT_EQUAL(status_of(&im, "other"), 'A');
		check_nothing_more(&im);
		imports_close(&im);
	}
}

/* A version's files stand and fall with it. */
static void what_lies_beside_a_document_is_a_part_of_its_version(void)
{
	struct imports im;
	begin(&im);
	const char *first = content(&im, LETTER, "L_99", "R", "160000000");
	const char *second = content(&im, LETTER, "L_99", "R", "170000000");
	put_in(&im, first, '1', "main_document.xml", bytes_of_text("<a/>1"));
	put_in(&im, first, '1', "写真.jpg", bytes_of_text("\xff\xd8\xff photo 1"));
	put_in(&im, first, '1', "graph.png", bytes_of_text("graph 1"));
	put_in(&im, first, '1', "style.css", bytes_of_text("a {}"));
	put_in(&im, first, '1', "main_document.xml.tmp", bytes_of_text("half"));
	import_a(&im);
	CU_ASSERT_EQUAL(done(&im, "documents"), 3);
	CU_ASSERT_EQUAL(done(&im, "ignored"), 2);
	CU_ASSERT_PTR_NOT_NULL(told(&im, "warning", "graph.png")); /* it is no PNG */
	const struct document_entry *main = entry_titled(&im, "診療情報提供書 2024-04-20");
	const struct document_entry *photo = entry_titled(&im,
							  "診療情報提供書 2024-04-20: 写真.jpg");
	CU_ASSERT_PTR_NOT_NULL_FATAL(main);
	CU_ASSERT_PTR_NOT_NULL_FATAL(photo);
	CU_ASSERT_STRING_EQUAL(main->mime_type, "application/xml");
	CU_ASSERT_STRING_EQUAL(photo->mime_type, "image/jpeg");
	CU_ASSERT_STRING_NOT_EQUAL(photo->reference_ids->value, main->reference_ids->value);
	CU_ASSERT_STRING_EQUAL(photo->reference_ids->next->value, main->reference_ids->value);
	check_nothing_more(&im);
	/* The graph is not in the new version. */
	set_folder(&im, first, '1', '2');
	put_in(&im, second, '1', "main_document.xml", bytes_of_text("<a/>2"));
	put_in(&im, second, '1', "写真.jpg", bytes_of_text("\xff\xd8\xff photo 2"));
	import_a(&im);
	check_done(&im, "corrected", 0, 2, 2, 1, 4, 0);
	CU_ASSERT_EQUAL(done(&im, "warnings"), 0);
	CU_ASSERT_EQUAL(approved(&im), 2);
	CU_ASSERT_EQUAL(status_of(&im, "<a/>2"), 'A');
	CU_ASSERT_EQUAL(status_of(&im, "\xff\xd8\xff photo 2"), 'A');
	check_nothing_more(&im);
	/* Taken back: all of the first version, and nothing of the second. */
	set_folder(&im, second, '1', '0');
	set_folder(&im, first, '2', '1');
	import_a(&im);
	CU_ASSERT_EQUAL(approved(&im), 3);
	CU_ASSERT_EQUAL(status_of(&im, "graph 1"), 'A');
	check_nothing_more(&im);
	set_folder(&im, first, '1', '0');
	import_a(&im);
	CU_ASSERT_EQUAL(approved(&im), 0);
	check_nothing_more(&im);
	imports_close(&im);
}

/* As an SMB share of a Japanese system shows it: ダ／ in CP932, 表.txt beside the document. */
static void names_may_be_cp932(void)
{
	for (int copy = 0; copy < 2; copy++) {
		struct imports im;
		struct bytes octets;
		begin(&im);
		im.region.ssmix2_copy = copy;
		const char *folder = ROOT "/" DAY "/S1^\x83_\x81^^99OWN^^^/101_" DAY "_S1_7_" DAY
					  "090000000_01_";
		put_in(&im, folder, '1', "main_document.txt", bytes_of_text("one"));
		put_in(&im, folder, '1', "\x95\\.txt", bytes_of_text("two"));
		import_a(&im);
		check_done(&im, "cp932", 1, 2, 0, 0, 0, 0);
		const struct document_entry *e = entry_titled(&im, "ダ／ 2024-04-20: 表.txt");
		CU_ASSERT_PTR_NOT_NULL_FATAL(e);
		CU_ASSERT_TRUE(retrieve(&im, e->unique_id, &octets) && octets.length == 3);
		check_nothing_more(&im);
		/* Another root of the facility holds it now. */
		fixture_must(&im.f, rename(arena_printf(im.f.arena, "%s/" CODE_A "_ext", im.root),
					   arena_printf(im.f.arena, "%s/" CODE_A "_old", im.root))
					    == 0);
		import_a(&im);
		CU_ASSERT_EQUAL(im.events, 0);
		CU_ASSERT_TRUE(retrieve(&im, e->unique_id, &octets));
		imports_close(&im);
	}
}

static void a_document_may_have_no_day(void)
{
	struct imports im;
	begin(&im);
	const char *first = ROOT "/-/" OWN "/101_-_S1_7_" DAY "090000000_-_";
	const char *second = ROOT "/-/" OWN "/101_-_S1_7_" DAY "100000000_-_";
	put_in(&im, first, '1', "a.txt", bytes_of_text("one"));
	import_a(&im);
	const struct document_entry *e = entry_titled(&im, "同意書");
	CU_ASSERT_PTR_NOT_NULL_FATAL(e);
	CU_ASSERT_PTR_NULL(e->service_start_time);
	CU_ASSERT_STRING_EQUAL(e->practice_setting_code->code, "UNK");
	set_folder(&im, first, '1', '2');
	put_in(&im, second, '1', "a.txt", bytes_of_text("two"));
	import_a(&im);
	check_done(&im, "corrected", 0, 1, 1, 0, 2, 0);
	CU_ASSERT_EQUAL(status_of(&im, "one"), 'D');
	set_folder(&im, second, '1', '0');
	import_a(&im);
	CU_ASSERT_EQUAL(approved(&im), 0);
	check_nothing_more(&im);
	imports_close(&im);
}

/* More than a message may be, and more than is held in memory: a real one comes back as it lies. */
static void a_document_may_be_large(void)
{
	enum { LARGE = (3 << 20) + 7 };
	for (int copy = 0; copy < 2; copy++) {
		struct imports im;
		struct bytes got;
		begin(&im);
		im.region.ssmix2_copy = copy;
		unsigned char *octets = arena_alloc(im.f.arena, LARGE);
		for (size_t i = 0; i < LARGE; i++)
			octets[i] = (unsigned char)(i * 31 + i / 251);
		memcpy(octets, "%PDF-", 5);
		const char *folder = content(&im, LETTER, "L_99", "R", "160000000");
		put_in(&im, folder, '1', "main_document.pdf", (struct bytes){ octets, LARGE });
		import_a(&im);
		check_done(&im, "large", 1, 1, 0, 0, 0, 0);
		const struct document_entry *e = entry_titled(&im, "診療情報提供書 2024-04-20");
		CU_ASSERT_STRING_EQUAL(e->size, "3145735");
		CU_ASSERT_TRUE_FATAL(retrieve(&im, e->unique_id, &got));
		CU_ASSERT_TRUE(got.length == LARGE && memcmp(got.data, octets, LARGE) == 0);
		check_nothing_more(&im);
		/* What was referred to is copied when it is to be. */
		im.region.ssmix2_copy = true;
		import_a(&im);
		CU_ASSERT_EQUAL(done(&im, "faults"), 0);
		put_in(&im, folder, '1', "main_document.pdf", bytes_of_text("%PDF-other"));
		CU_ASSERT_TRUE(retrieve(&im, e->unique_id, &got));
		/* Another system writes it anew: it is replaced. */
		import_a(&im);
		check_done(&im, "anew", 0, 1, 1, 0, 1, 0);
		CU_ASSERT_EQUAL(approved(&im), 1);
		check_nothing_more(&im);
		imports_close(&im);
	}
}

static void whose_it_is_the_standardised_storage_says(void)
{
	struct imports im;
	imports_open(&im);
	const char *folder = content(&im, SUMMARY, "18842-5", "701", "180000000");
	put_in(&im, folder, '1', "main_document.xml", bytes_of_text(CDA));
	import_a(&im);
	check_done(&im, "nobody", 0, 0, 0, 0, 0, 1);
	CU_ASSERT_PTR_NOT_NULL(strstr(told(&im, "fault", "main_document.xml"), "not known"));
	put_patient(&im, CODE_A, "101", "山田^健一", "ヤマダ^ケンイチ", "19410503", "1");
	import_a(&im);
	check_done(&im, "somebody", 1, 1, 0, 0, 0, 0);
	/* A23: what the facility's other root holds goes with him. */
	set_flag(&im,
		 CODE_A "/101/101/101/-/ADT-00/101_-_ADT-00_999999999999999_20240401101500123_-_1",
		 '0');
	import_a(&im);
	CU_ASSERT_EQUAL(approved(&im), 0);
	check_nothing_more(&im);
	imports_close(&im);
}

#define OBSERVED(pid) "MSH|^~\\&|A||||20240420||ORU^R30^ORU_R30|1|P|2.5\rPID|1||" pid "\rOBR|1\r"

static void a_message_must_be_of_this_patient(void)
{
	static const struct {
		const char *octets, *why;
	} messages[] = {
		{ OBSERVED("101"), NULL },
		{ OBSERVED("102"), "another patient" },
		{ OBSERVED("101||||||||||||||||123456789018"), "Individual Number" },
	};
	for (size_t i = 0; i < COUNT(messages); i++) {
		struct imports im;
		begin(&im);
		put_in(&im, ROOT "/" DAY "/" VITALS "/101_" DAY "_" VITALS "_1_20240420150032100_",
		       '1', "main_document.hl7", bytes_of_text(messages[i].octets));
		import_a(&im);
		check_done(&im, "message", 1, messages[i].why == NULL, 0, 0, 0,
			   messages[i].why != NULL);
		const char *kind = messages[i].why == NULL ? "warning" : "fault";
		const char *said = told(&im, kind, ".hl7");
		CU_ASSERT_PTR_NOT_NULL_FATAL(said);
		CU_ASSERT_PTR_NOT_NULL(
			strstr(said, messages[i].why == NULL ? "no department" : messages[i].why));
		imports_close(&im);
	}
}

/* ---- What cannot be taken ---- */

#define FOLDER ROOT "/" DAY "/" SUMMARY
#define DOCUMENT FOLDER "/101_" DAY "_18842-5_701_" DAY "180000000_01_1"

static const struct {
	const char *path, *at, *why;
} refused[] = {
	{ DOCUMENT, "180000000_01_1", "is a file where the folder" },
	{ DOCUMENT "/Thumbs.db", "180000000_01_1", "is empty" },
	{ DOCUMENT "/main_document.xml", "main_document.xml", "the file is empty" },
	{ DOCUMENT "/more/main_document.xml", "180000000_01_1", "is empty" },
	{ FOLDER "/101_" DAY "_18842-5_701_" DAY "180000000_01_9/main_document.xml", "_01_9",
	  "the condition flag" },
	{ ROOT "/" DAY "/^^^^^/101/main_document.xml", "^^^^^", "local code" },
	{ CODE_A "/101/101/101/" DAY "/OMP-01/101_" DAY "_OMP-01_7_" DAY "090000000_01_1/x",
	  "_01_1", "bears the name of a file" },
};

static void what_cannot_be_taken_is_told(void)
{
	for (size_t i = 0; i < COUNT(refused); i++) {
		struct imports im;
		begin(&im);
		put_file(&im, refused[i].path, bytes_of_text(""));
		import_a(&im);
		const char *why = told(&im, "fault", refused[i].at);
		if (why == NULL || strstr(why, refused[i].why) == NULL)
			fprintf(stderr, "%s: %s\n", refused[i].path, why == NULL ? "taken" : why);
		CU_ASSERT_TRUE(why != NULL && strstr(why, refused[i].why) != NULL);
		CU_ASSERT_EQUAL(done(&im, "faults"), 1);
		imports_close(&im);
	}
}

static void only_one_file_can_be_the_document(void)
{
	struct imports im;
	begin(&im);
	put_file(&im, DOCUMENT "/a.pdf", bytes_of_text("%PDF-"));
	put_file(&im, DOCUMENT "/b.pdf", bytes_of_text("%PDF-"));
	import_a(&im);
	CU_ASSERT_PTR_NOT_NULL(
		strstr(told(&im, "fault", "180000000_01_1"), "none is main_document"));
	put_file(&im, DOCUMENT "/main_document.pdf", bytes_of_text("%PDF-"));
	put_file(&im, DOCUMENT "/main_document.xml", bytes_of_text("<a/>"));
	/* Nothing outside is read, whatever stands there. */
	const char *secret = arena_printf(im.f.arena, "%s/secret", im.root);
	put_file(&im, "secret", bytes_of_text("secret"));
	CU_ASSERT_EQUAL(symlink(secret, arena_printf(im.f.arena, "%s/" DOCUMENT "/c.pdf", im.root)),
			0);
	import_a(&im);
	CU_ASSERT_EQUAL(done(&im, "documents"), 4);
	CU_ASSERT_PTR_NOT_NULL(strstr(told(&im, "fault", "c.pdf"), "symbolic link"));
	CU_ASSERT_STRING_EQUAL(entry_titled(&im, "退院時サマリー 2024-04-20")->mime_type,
			       "application/xml");
	imports_close(&im);
}

static void a_file_that_is_written_to_is_not_taken(void)
{
	struct imports im;
	struct storage_file f;
	imports_open(&im);
	struct storage_root root = { .directory = im.root, .shown = "" };
	struct storage_name n = { .root = &root, .path = "file" };
	put_file(&im, "file", bytes_of_text("one"));
	CU_ASSERT_PTR_NULL_FATAL(storage_open(im.f.arena, &n, STORAGE_DOCUMENT_MOST, &f));
	CU_ASSERT_PTR_NULL(storage_unchanged(&f));
	put_file(&im, "file", bytes_of_text("longer"));
	CU_ASSERT_PTR_NOT_NULL(storage_unchanged(&f));
	CU_ASSERT_PTR_NOT_NULL(storage_open(im.f.arena, &n, 3, &f));
	/* Two gibibytes and an octet, of which the disk holds none. */
	CU_ASSERT_EQUAL(truncate(arena_printf(im.f.arena, "%s/file", im.root),
				 (off_t)STORAGE_DOCUMENT_MOST + 1),
			0);
	const char *why = storage_open(im.f.arena, &n, STORAGE_DOCUMENT_MOST, &f);
	CU_ASSERT_TRUE(why != NULL && strstr(why, "2 GiB") != NULL);
	imports_close(&im);
}

int main(void)
{
	static const struct test tests[] = {
		{ "names are read from both ends", names_are_read_from_both_ends },
		{ "types are what their codes say", types_are_what_their_codes_say },
		{ "a file is what it holds", a_file_is_what_it_holds },
		{ "a document says what it is", a_document_says_what_it_is },
		{ "documents are corrected, deleted and restored",
		  documents_are_corrected_deleted_and_restored },
		{ "what lies beside a document is a part of its version",
		  what_lies_beside_a_document_is_a_part_of_its_version },
		{ "names may be CP932", names_may_be_cp932 },
		{ "a document may have no day", a_document_may_have_no_day },
		{ "a document may be large", a_document_may_be_large },
		{ "whose it is the standardised storage says",
		  whose_it_is_the_standardised_storage_says },
		{ "a message must be of this patient", a_message_must_be_of_this_patient },
		{ "what cannot be taken is told", what_cannot_be_taken_is_told },
		{ "only one file can be the document", only_one_file_can_be_the_document },
		{ "a file that is written to is not taken",
		  a_file_that_is_written_to_is_not_taken },
		{ NULL, NULL },
	};
	return suite_run("ssmix2 extended", tests);
}
