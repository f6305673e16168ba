/* tests/profiles/ssmix2_validate_test.c: what is told of an SS-MIX2 storage that is checked: of
 * each rule a storage that breaks it and no other, and of the samples what their manifest says. */
#include "tests/base/suite.h"

#include <limits.h>
#include <linux/capability.h>
#include <string.h>
#include <sys/syscall.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "gateway/envelope/charset.h"
#include "profiles/ssmix2/storage_walk.h"
#include "profiles/ssmix2/validate.h"
#include "tests/profiles/ssmix2_storage.h"

#define INDIVIDUAL_NUMBER "123456789018" /* the published dummy */
#define NOW INT64_C(1768437000000000)    /* 2026-01-15 */

#define HEAD_IN(kind, charset)                                                                     \
	"MSH|^~\\&|H|S|G|R|20240401101500||" kind "|1|P|2.5||||||" charset "||ISO 2022-1994\r"
#define HEAD(kind) HEAD_IN(kind, "~ISO IR87")
#define EVN "EVN||20240401101500\r"
#define PERSON(id, rest) "PID|1||" id "||山田^健一^^^^^L^I" rest "\r"
#define PID PERSON("101^^^^PI", "||19410503|M")
#define PV1 "PV1|1|O\r"
#define ADT "ADT^A08^ADT_A01"
#define ADT_00 HEAD(ADT) EVN PID PV1
#define ORC "ORC|NW|7||7|||||20240402\r"
#define RXE "RXE||1^x^HOT9|1||T^t^MR9P|T||||14|T\r"
#define RXR "RXR|PO\r"
#define ORDER HEAD("RDE^O11^RDE_O11") PID PV1 ORC RXE RXR
#define OTHER HEAD("RDE^O11^RDE_O11") PID PV1 ORC RXE "RXR|IV\r"

#define AT "101/101/101/"
#define UNDATED AT "-/ADT-00/"
#define DATED AT "20240402/OMP-01/"
#define ADT_NAME "101_-_ADT-00_999999999999999_20240401101500123_-_1"
#define ORDER_NAME(time, flag) "101_20240402_OMP-01_7_" time "_01_" flag
#define VITALS "L-OBSERVATIONS^OBSERVATIONS^99ZL01"
#define SUMMARY(key, flag)                                                                         \
	AT "20240402/^退院サマリ^^18842-5^退院時サマリー^LN/101_20240402_18842-5_" key "_" T1      \
	   "_01_" flag
#define T1 "20240402090000000"
#define T2 "20240402100000000"

enum kind { JIS, AS_IS, FIFO, LINK, LARGE, LOCKED_FOLDER, LOCKED, VANISHES };

/* Files, and all that is told, in order: "rule" or "rule@where". Where none is about 101, he has an
 * ADT-00 besides. */
static const struct {
	const char *told;
	struct {
		const char *path, *octets;
		enum kind kind;
	} files[3];
} storages[] = {
	{ "",
	  { { .path = UNDATED ADT_NAME, .octets = ADT_00 },
	    { .path = DATED ORDER_NAME(T1, "1"), .octets = ORDER } } },
	{ "",
	  { { .path = UNDATED "Thumbs.db", .octets = "x" },
	    { .path = UNDATED ADT_NAME ".tmp", .octets = "x" } } },
	/* Folders */
	{ "symlink",
	  { { .path = DATED ORDER_NAME(T1, "1"), .octets = "/etc/passwd", .kind = LINK } } },
	{ "not-regular", { { .path = DATED ORDER_NAME(T1, "1"), .octets = NULL, .kind = FIFO } } },
	{ "too-deep", { { .path = "1/10/101/1/2/3/4/x", .octets = "x" } } },
	{ "misplaced", { { .path = "101/" ADT_NAME, .octets = ADT_00 } } },
	{ "id-folders", { { .path = "999/101/-/ADT-00/" ADT_NAME, .octets = ADT_00 } } },
	{ "id-form",
	  { { .path = "1.1/-/ADT-00/1.1_-_ADT-00_9_20240401101500123_-_1", .octets = ADT_00 } } },
	{ "date-folder",
	  { { .path = AT "20241302/OMP-01/101_20241302_OMP-01_7_" T1 "_01_1", .octets = ORDER } } },
	{ "date-kind", { { .path = AT "-/OMP-01/101_-_OMP-01_7_" T1 "_01_1", .octets = ORDER } } },
	{ "date-kind",
	  { { .path = AT "20240402/ADT-00/101_20240402_ADT-00_7_" T1 "_01_1",
	      .octets = ADT_00 } } },
	{ "data-type-case",
	  { { .path = AT "20240402/omp-01/101_20240402_omp-01_7_" T1 "_01_1", .octets = ORDER } } },
	{ "data-type",
	  { { .path = AT "20240402/ADT-43/101_20240402_ADT-43_7_" T1 "_01_1", .octets = ORDER } } },
	{ "unreadable",
	  { { .path = DATED ORDER_NAME(T1, "1"), .octets = ORDER, .kind = LOCKED } } },
	{ "unreadable",
	  { { .path = DATED ORDER_NAME(T1, "1"), .octets = ORDER, .kind = LOCKED_FOLDER } } },
	{ "individual-number", { { .path = INDIVIDUAL_NUMBER "/-/ADT-00/x", .octets = "x" } } },
	{ "misplaced",
	  { { .path = INDIVIDUAL_NUMBER "_-_ADT-00_9_20240401101500123_-_1", .octets = ADT_00 } } },
	{ "misplaced",
	  { { .path = "1234-5678-9018_-_ADT-00_9_20240401101500123_-_1", .octets = ADT_00 } } },
	{ "misplaced",
	  { { .path = "１２３４５６７８９０１８_-_ADT-00_9_20240401101500123_-_1",
	      .octets = ADT_00 } } },
	/* Names */
	{ "name-fields",
	  { { .path = UNDATED "101_-_ADT-00_20240401101500123_-_1", .octets = ADT_00 } } },
	{ "name-fields", { { .path = DATED ORDER_NAME(T1, "10"), .octets = ORDER } } },
	{ "name-folder",
	  { { .path = UNDATED "102_-_ADT-00_9_20240401101500123_-_1", .octets = ADT_00 } } },
	{ "name-folder",
	  { { .path = DATED "101_20240403_OMP-01_7_" T1 "_01_1", .octets = ORDER } } },
	{ "name-folder",
	  { { .path = DATED "101_20240402_OMP-02_7_" T1 "_01_1", .octets = ORDER } } },
	{ "name-time",
	  { { .path = DATED ORDER_NAME("20241302090000000", "1"), .octets = ORDER } } },
	{ "short-time", { { .path = DATED ORDER_NAME("20240402090000", "1"), .octets = ORDER } } },
	{ "", { { .path = DATED ORDER_NAME("20260115092959000", "1"), .octets = ORDER } } },
	{ "future-time",
	  { { .path = DATED ORDER_NAME("20260115103001000", "1"), .octets = ORDER } } },
	{ "condition-flag", { { .path = DATED ORDER_NAME(T1, "9"), .octets = ORDER } } },
	{ "department",
	  { { .path = DATED "101_20240402_OMP-01_7_" T1 "_012345_1", .octets = ORDER } } },
	{ "department-unknown",
	  { { .path = DATED "101_20240402_OMP-01_7_" T1 "_ZZ_1", .octets = ORDER } } },
	{ "order-number",
	  { { .path = DATED "101_20240402_OMP-01_7 8_" T1 "_01_1", .octets = ORDER } } },
	/* The extended storage */
	{ "", { { .path = SUMMARY("7", "1") "/main_document.txt", .octets = "text" } } },
	{ "",
	  { { .path = AT "20240402/" VITALS "/101_20240402_" VITALS "_7_" T1 "_-_1/x.hl7",
	      .octets = HEAD("ORU^R30^ORU_R30") PID } } },
	{ "pid-folder",
	  { { .path = AT "20240402/" VITALS "/101_20240402_" VITALS "_7_" T1 "_-_1/x.hl7",
	      .octets = HEAD("ORU^R30^ORU_R30") PERSON("102", "||19410503|M") } } },
	{ "folder-as-file", { { .path = DATED ORDER_NAME(T1, "1") "/x", .octets = ORDER } } },
	{ "extended-type", { { .path = AT "20240402/^^^^^/x/main_document.txt", .octets = "x" } } },
	{ "extended-type",
	  { { .path = AT "20240402/S1^s^99OWN/101_20240402_S1_7_" T1 "_\xff_1/x",
	      .octets = "x" } } },
	{ "document-folder", { { .path = SUMMARY("7", "1"), .octets = "x" } } },
	{ "document-folder", { { .path = SUMMARY("7", "1") "/Thumbs.db", .octets = "x" } } },
	{ "document-folder",
	  { { .path = SUMMARY("7", "1") "/a.txt", .octets = "x" },
	    { .path = SUMMARY("7", "1") "/b.txt", .octets = "x" } } },
	{ "beside",
	  { { .path = SUMMARY("7", "1") "/main_document.txt", .octets = "x" },
	    { .path = SUMMARY("7", "1") "/images/b.png", .octets = "x" } } },
	{ "beside",
	  { { .path = SUMMARY("7", "1") "/main_document.txt", .octets = "x" },
	    { .path = SUMMARY("7", "1") "/" INDIVIDUAL_NUMBER ".txt", .octets = "x" } } },
	{ "file-kind@", { { .path = SUMMARY("7", "1") "/main_document.pdf", .octets = "x" } } },
	{ "no-department",
	  { { .path = AT "20240402/S1^s^99OWN/101_20240402_S1_7_" T1 "_1/x.txt",
	      .octets = "x" } } },
	{ "order-number", { { .path = SUMMARY("7 8", "1") "/x.txt", .octets = "x" } } },
	{ "condition-flag", { { .path = SUMMARY("7", "9") "/x.txt", .octets = "x" } } },
	{ "no-current",
	  { { .path = SUMMARY("7", "2") "/main_document.txt", .octets = "x" },
	    { .path = SUMMARY("7", "2") "/b.txt", .octets = "x" } } },
	{ "empty", { { .path = SUMMARY("7", "1") "/main_document.txt", .octets = "" } } },
	/* Keys */
	{ "",
	  { { .path = DATED ORDER_NAME(T1, "2"), .octets = ORDER },
	    { .path = DATED ORDER_NAME(T2, "1"), .octets = ORDER } } },
	{ "two-current",
	  { { .path = DATED ORDER_NAME(T1, "1"), .octets = ORDER },
	    { .path = DATED ORDER_NAME(T2, "1"), .octets = ORDER } } },
	{ "same-time",
	  { { .path = DATED ORDER_NAME(T1, "1"), .octets = ORDER },
	    { .path = DATED ORDER_NAME(T1, "2"), .octets = OTHER } } },
	{ "",
	  { { .path = DATED ORDER_NAME(T1, "1"), .octets = ORDER },
	    { .path = DATED ORDER_NAME(T1, "2"), .octets = ORDER } } },
	{ "no-current", { { .path = DATED ORDER_NAME(T1, "2"), .octets = ORDER } } },
	{ "no-current",
	  { { .path = DATED ORDER_NAME(T1, "0"), .octets = ORDER },
	    { .path = DATED ORDER_NAME(T2, "2"), .octets = ORDER } } },
	{ "",
	  { { .path = DATED ORDER_NAME(T1, "2"), .octets = ORDER },
	    { .path = DATED ORDER_NAME(T2, "0"), .octets = ORDER } } },
	{ "deleted-current",
	  { { .path = DATED ORDER_NAME(T1, "1"), .octets = ORDER },
	    { .path = DATED ORDER_NAME(T2, "0"), .octets = ORDER } } },
	{ "gone",
	  { { .path = UNDATED ADT_NAME, .octets = ADT_00 },
	    { .path = DATED ORDER_NAME(T1, "1"), .octets = ORDER, .kind = VANISHES } } },
	{ "no-identity",
	  { { .path = "102/102/102/20240402/OMP-01/102_20240402_OMP-01_7_" T1 "_01_1",
	      .octets = HEAD("RDE^O11^RDE_O11") PERSON("102", "||19410503|M") PV1 ORC RXE RXR } } },
	{ "",
	  { { .path = "102/102/102/20240402/OMP-01/102_20240402_OMP-01_7_" T1 "_01_0",
	      .octets = HEAD("RDE^O11^RDE_O11") PERSON("102", "||19410503|M") PV1 ORC RXE RXR } } },
	/* Files */
	{ "empty", { { .path = DATED ORDER_NAME(T1, "1"), .octets = "" } } },
	{ "too-large", { { .path = DATED ORDER_NAME(T1, "1"), .octets = NULL, .kind = LARGE } } },
	{ "broken-off@PID^1^5^1^2",
	  { { .path = UNDATED ADT_NAME,
	      .octets = HEAD(ADT) EVN "PID|1||101||a^\033$B;3E",
	      .kind = AS_IS } } },
	{ "broken-off",
	  { { .path = UNDATED ADT_NAME,
	      .octets = HEAD(ADT) EVN "PID|1||101||a^\033$B;3ED",
	      .kind = AS_IS } } },
	{ "charset@MSH^1^18", { { .path = UNDATED ADT_NAME, .octets = ADT_00, .kind = AS_IS } } },
	{ "charset-other",
	  { { .path = UNDATED ADT_NAME, .octets = HEAD_IN(ADT, "KLINGON") EVN PID PV1 } } },
	{ "charset-other",
	  { { .path = UNDATED ADT_NAME, .octets = HEAD_IN(ADT, "~ISO IR6") EVN PID PV1 } } },
	{ "charset-lost person@PID^1^5^1^2",
	  { { .path = UNDATED ADT_NAME,
	      .octets = HEAD(ADT) EVN "PID|1||101||a^\033$B)!\033(B||19410503|M\r" PV1,
	      .kind = AS_IS } } },
	{ "not-hl7", { { .path = UNDATED ADT_NAME, .octets = "PID|1\r" } } },
	{ "not-hl7@MSH^2", { { .path = UNDATED ADT_NAME, .octets = ADT_00 ADT_00 } } },
	{ "delimiters@MSH^1^2",
	  { { .path = UNDATED ADT_NAME,
	      .octets = "MSH|^~&|H|S|G|R|20240401||" ADT "|1|P|2.5\r" EVN PID PV1 } } },
	{ "message-type@",
	  { { .path = UNDATED ADT_NAME, .octets = HEAD("ADT^A31^ADT_A05") EVN PID PV1 } } },
	{ "message-kin@MSH^1^9",
	  { { .path = AT "20240402/ADT-12/101_20240402_ADT-12_7_" T1 "_01_1",
	      .octets = HEAD("ADT^A01^ADT_A01") EVN PID PV1 } } },
	/* Patients */
	{ "pid-one@PID^1", { { .path = UNDATED ADT_NAME, .octets = HEAD(ADT) EVN PV1 } } },
	{ "pid-one@PID^2", { { .path = UNDATED ADT_NAME, .octets = HEAD(ADT) EVN PID PID PV1 } } },
	{ "pid-folder",
	  { { .path = UNDATED ADT_NAME,
	      .octets = HEAD(ADT) EVN PERSON("102^^^^PI", "||19410503|M") PV1 } } },
	{ "message-kin@MSH^1^9 pid-folder",
	  { { .path = AT "20240402/ADT-12/101_20240402_ADT-12_7_" T1 "_01_1",
	      .octets = HEAD("ADT^A01^ADT_A01") EVN PERSON("102^^^^PI", "||19410503|M") PV1 } } },
	{ "",
	  { { .path = UNDATED ADT_NAME,
	      .octets = HEAD(ADT) EVN PERSON("101^^^WARD7&1.2.3&ISO", "||19410503|M") PV1 } } },
	{ "individual-number@PID^1^3^3",
	  { { .path = UNDATED ADT_NAME,
	      .octets = HEAD(ADT) EVN PERSON("101~9^^^^NI~" INDIVIDUAL_NUMBER, "||19410503|M")
		      PV1 } } },
	{ "individual-number@PID^1^4^1",
	  { { .path = DATED ORDER_NAME(T1, "1"),
	      .octets = HEAD("RDE^O11^RDE_O11") "PID|1||101|" INDIVIDUAL_NUMBER
						"|山田^健一||19410503|M\r" PV1 ORC RXE RXR } } },
	{ "no-name@PID^1^5 required-field@PID^1^5",
	  { { .path = UNDATED ADT_NAME,
	      .octets = HEAD(ADT) EVN "PID|1||101||||19410503|M\r" PV1 } } },
	{ "name-kind",
	  { { .path = UNDATED ADT_NAME,
	      .octets = HEAD(ADT) EVN "PID|1||101||山田^健一^^^^L^I||19410503|M\r" PV1 } } },
	{ "birth-date",
	  { { .path = UNDATED ADT_NAME,
	      .octets = HEAD(ADT) EVN PERSON("101", "||19411303|M") PV1 } } },
	{ "birth-date",
	  { { .path = UNDATED ADT_NAME,
	      .octets = HEAD(ADT) EVN PERSON("101", "||20990503|M") PV1 } } },
	{ "birth-date-form",
	  { { .path = UNDATED ADT_NAME,
	      .octets = HEAD(ADT) EVN PERSON("101", "||1941/05/03|M") PV1 } } },
	{ "sex",
	  { { .path = UNDATED ADT_NAME,
	      .octets = HEAD(ADT) EVN PERSON("101", "||19410503|2") PV1 } } },
	{ "other-ids",
	  { { .path = UNDATED ADT_NAME,
	      .octets = HEAD(ADT) EVN PERSON("101~7^^^&1.2.3&ISO", "||19410503|M") PV1 } } },
	{ "insurance required-field@IN1^1^2",
	  { { .path = UNDATED ADT_NAME,
	      .octets = HEAD(ADT) EVN PID PV1 "IN1|1||98|||||||1||20241302|20250101\r" } } },
	/* Segments and fields */
	{ "required-field@PID^1^8",
	  { { .path = DATED ORDER_NAME(T1, "1"),
	      .octets = HEAD("RDE^O11^RDE_O11") PERSON("101", "||19410503") PV1 ORC RXE RXR } } },
	{ "required-field@ORC^3^2 required-field@ORC^2^4 required-field@RXE^1^11",
	  { { .path = DATED ORDER_NAME(T1, "1"),
	      .octets = HEAD("RDE^O11^RDE_O11") PID PV1 ORC
	      "RXE||1|1||T|T||||14\r" RXR "ORC|NW|7\r" RXE RXR "ORC|NW\r" RXE RXR } } },
	{ "segment-order@", { { .path = UNDATED ADT_NAME, .octets = HEAD(ADT) PID EVN PV1 } } },
	{ "segment-order@", { { .path = UNDATED ADT_NAME, .octets = HEAD(ADT) EVN PID } } },
	{ "",
	  { { .path = UNDATED ADT_NAME, .octets = HEAD(ADT) EVN PID "ZXX|1\r" PV1 "NTE|1\r" } } },
	{ "care-date@ORC^1^9",
	  { { .path = AT "20240403/OMP-01/101_20240403_OMP-01_7_" T1 "_01_1", .octets = ORDER } } },
	{ "",
	  { { .path = AT "20240403/OMP-01/101_20240403_OMP-01_7_" T1 "_01_1",
	      .octets = ORDER "ORC|NW|7||7|||||20240403\r" RXE RXR } } },
};

/* No storage of a test breaks these: half a million files, and what no reader says yet; and what
 * is said of the root, below. */
static const char *const not_made[] = { "too-many", "not-taken", "root-name" };

struct watch {
	struct imports im;
	struct buffer told;
	const char *vanishes; /* when the first file has been looked at */
	unsigned errors;
	struct text_list *refused; /* paths of errors that an import tells as faults */
};

/* Told by a check alone: an import passes names by that are none, and takes the rest of an ADT-00
 * that holds an Individual Number. */
static const char *const checks_alone[] = { "name-fields", "individual-number" };
/* Told by an import alone: what only a region knows, be it a patient it was told of elsewhere. */
static const char *const imports_alone[] = { "the patient is not known", "another authority" };

static bool seen[64]; /* rules, by their place in the table */

static void never_says(const char *text)
{
	CU_ASSERT_PTR_NULL(strstr(text, "5678"));
	CU_ASSERT_PTR_NULL(strstr(text, "５６７８"));
	CU_ASSERT_PTR_NULL(strstr(text, "山田"));
}

static void on_found(void *self, const struct storage_finding *f)
{
	struct watch *w = self;
	for (size_t n = 0; storage_rule_at(n) != NULL; n++)
		seen[n] = seen[n] || storage_rule_at(n) == f->rule;
	w->errors += f->severity == STORAGE_ERROR;
	buffer_printf(&w->told, "%s%s%s%s", w->told.length == 0 ? "" : " ", f->rule->name,
		      f->where[0] == '\0' && f->detail[0] == '\0' ? "" : "@", f->where);
	bool both = f->severity == STORAGE_ERROR;
	for (size_t n = 0; n < COUNT(checks_alone); n++)
		both = both && !text_equal(checks_alone[n], f->rule->name);
	if (both) {
		struct text_list *one = arena_new(w->im.f.arena, struct text_list);
		*one = (struct text_list){ arena_text(w->im.f.arena, f->path), w->refused };
		w->refused = one;
	}
	never_says(f->path);
	never_says(f->where);
	never_says(f->detail);
	CU_ASSERT_TRUE(text_starts(f->path, "101") || text_starts(f->path, "1")
		       || text_starts(f->path, "999") || text_starts(f->path, "************"));
}

static bool on_look(void *self)
{
	(void)self;
	return false;
}

static void on_looked(void *self)
{
	struct watch *w = self;
	if (w->vanishes != NULL)
		unlink(w->vanishes);
}

static struct bytes octets_of(struct watch *w, const char *text, enum kind kind)
{
	static unsigned char large[STORAGE_FILE_MOST + 1];
	size_t lost;
	if (kind == LARGE)
		return (struct bytes){ large, sizeof large };
	if (kind == AS_IS)
		return bytes_of_text(text);
	return charset_encode(w->im.f.arena, CHARSET_ISO_2022_JP, text, strlen(text), &lost);
}

static const char *folder_of(struct arena *a, const char *path)
{
	return arena_text_n(a, path, (size_t)(strrchr(path, '/') - path));
}

static void put(struct watch *w, const char *path, const char *text, enum kind kind)
{
	struct arena *a = w->im.f.arena;
	const char *below = arena_printf(a, CODE_A "/%s", path);
	const char *whole = arena_printf(a, "%s/%s", w->im.root, below);
	bool fine = true;
	if (kind == FIFO || kind == LINK) {
		put_file(&w->im, arena_printf(a, "%s/x.tmp", folder_of(a, below)),
			 bytes_of_text("x"));
		fine = kind == FIFO ? mkfifo(whole, 0600) == 0 : symlink(text, whole) == 0;
	} else {
		put_file(&w->im, below, octets_of(w, text, kind));
	}
	if (kind == LOCKED)
		fine = chmod(whole, 0) == 0;
	if (kind == LOCKED_FOLDER)
		fine = chmod(folder_of(a, whole), 0) == 0;
	if (kind == VANISHES)
		w->vanishes = whole;
	fixture_must(&w->im.f, fine);
}

/* What a superuser may read all the same. */
static void give_up_rights(bool all)
{
	static struct __user_cap_data_struct before[2];
	struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct now[2];
	if (all)
		CU_ASSERT_EQUAL_FATAL(syscall(SYS_capget, &head, before), 0);
	memcpy(now, before, sizeof now);
	if (all)
		now[0].effective = now[1].effective = 0;
	CU_ASSERT_EQUAL_FATAL(syscall(SYS_capset, &head, now), 0);
}

static struct storage_check check(struct watch *w, const struct storage_root *root,
				  bool (*ends)(void *self))
{
	struct storage_check c = {
		.now = NOW, .self = w, .found = on_found, .ends = ends, .looked = on_looked
	};
	struct problem p = { .code = PROBLEM_NONE };
	w->told = buffer_in(w->im.f.arena);
	CU_ASSERT_TRUE(storage_check_roots(&c, root, 1, &p));
	return c;
}

/* Of the same storage: what an import refuses is an error, and what is an error it refuses. Types
 * that it does not share it does not read; a path hidden by asterisks cannot be compared. */
static void import_says_the_same(struct watch *w, const char *told_of)
{
	size_t at;
	json_t *line;
	CU_ASSERT_TRUE(import_storage(&w->im, w->im.root, "a-hospital"));
	for (const struct text_list *l = w->refused; l != NULL; l = l->next)
		if (strstr(l->value, "ADT-12") == NULL && l->value[0] != '*'
		    && told(&w->im, "fault", arena_printf(w->im.f.arena, CODE_A "/%s", l->value))
			       == NULL) {
			printf("\n%s: %s is taken by an import\n", told_of, l->value);
			CU_FAIL("an error that an import takes");
		}
	json_array_foreach (w->im.lines, at, line) {
		const json_t *fault = json_object_get(line, "fault");
		const char *what = json_string_value(json_object_get(fault, "what"));
		const char *path = json_string_value(json_object_get(fault, "path"));
		bool alone = what == NULL || path[strlen(CODE_A "/")] == '*';
		never_says(path == NULL ? "" : path);
		for (size_t n = 0; n < COUNT(imports_alone) && !alone; n++)
			alone = strstr(what, imports_alone[n]) != NULL;
		alone = alone || strstr(what, "an Individual Number") != NULL;
		if (!alone && !text_list_has(w->refused, path + strlen(CODE_A "/"))) {
			printf("\n%s: %s: %s\n", told_of, path, what);
			CU_FAIL("an import refuses what is no error");
		}
	}
}

static void unlock(void *with)
{
	struct watch *w = with;
	char command[PATH_MAX + 32];
	snprintf(command, sizeof command, "chmod -R u+rwx '%s'", w->im.root);
	fixture_must(&w->im.f, system(command) == 0);
}

static bool has_identity(size_t row)
{
	for (size_t n = 0; n < COUNT(storages[row].files); n++)
		if (storages[row].files[n].path != NULL
		    && text_starts(storages[row].files[n].path, UNDATED))
			return true;
	return false;
}

static void each_rule_has_a_storage_that_breaks_it(void)
{
	for (size_t i = 0; i < COUNT(storages); i++) {
		struct watch w = { .vanishes = NULL };
		imports_open(&w.im);
		for (size_t n = 0; n < COUNT(storages[i].files); n++)
			if (storages[i].files[n].path != NULL)
				put(&w, storages[i].files[n].path, storages[i].files[n].octets,
				    storages[i].files[n].kind);
		if (!has_identity(i))
			put(&w, UNDATED ADT_NAME, ADT_00, JIS);
		const struct storage_root root = {
			arena_printf(w.im.f.arena, "%s/" CODE_A, w.im.root), ""
		};
		give_up_rights(true);
		struct storage_check c = check(&w, &root, on_look);
		import_says_the_same(&w, storages[i].told);
		give_up_rights(false);
		unlock(&w);
		if (!text_equal(buffer_ended(&w.told), storages[i].told)) {
			printf("\n%s: \"%s\" and not \"%s\"\n", storages[i].files[0].path,
			       buffer_ended(&w.told), storages[i].told);
			CU_FAIL("not as expected");
		}
		CU_ASSERT_EQUAL(c.all[STORAGE_ERROR], w.errors);
		imports_close(&w.im);
	}
	for (size_t n = 0; storage_rule_at(n) != NULL; n++) {
		const struct storage_rule *r = storage_rule_at(n);
		bool made = true;
		for (size_t i = 0; i < COUNT(not_made); i++)
			made = made && !text_equal(not_made[i], r->name);
		if (seen[n] != made)
			printf("\n%s\n", r->name);
		CU_ASSERT_EQUAL(seen[n], made);
		CU_ASSERT_TRUE(strlen(r->what) > 10 && strlen(r->remedy) > 5
			       && r->section[0] != '\0');
	}
}

/* ---- The whole ---- */

static bool after_one(void *self)
{
	struct watch *w = self;
	return w->told.length > 0;
}

static void it_counts_by_type_and_ends_when_told(void)
{
	struct watch w = { .vanishes = NULL };
	imports_open(&w.im);
	put(&w, UNDATED ADT_NAME, ADT_00, JIS);
	put(&w, UNDATED "Thumbs.db", "x", JIS);
	put(&w, DATED ORDER_NAME(T1, "1"), "", JIS);
	put(&w, DATED ORDER_NAME(T2, "9"), "", JIS);
	put(&w, DATED "101_20240402_OMP-01_9_" T2 "_01_0", "", JIS);
	put(&w, DATED "101_20240402_OMP-01_8_" T2 "_01_1", "", JIS);
	const struct storage_root root = { arena_printf(w.im.f.arena, "%s/" CODE_A, w.im.root),
					   "" };
	uint64_t files = 0;
	struct problem p = { .code = PROBLEM_NONE };
	struct storage_check c = check(&w, &root, on_look);
	CU_ASSERT_STRING_EQUAL(buffer_ended(&w.told), "condition-flag empty empty empty");
	CU_ASSERT_EQUAL(c.files, 5);
	CU_ASSERT_EQUAL(c.ignored, 1);
	CU_ASSERT_EQUAL(c.all[STORAGE_ERROR], 3);
	CU_ASSERT_EQUAL(c.all[STORAGE_WARNING], 1); /* it was deleted */
	CU_ASSERT_EQUAL(c.type_count, 2);
	for (size_t n = 0; n < c.type_count; n++) {
		bool order = text_equal(c.types[n].type, "OMP-01");
		CU_ASSERT_TRUE(order || text_equal(c.types[n].type, "ADT-00"));
		CU_ASSERT_EQUAL(c.types[n].files, order ? 4 : 1);
		CU_ASSERT_EQUAL(c.types[n].found[STORAGE_ERROR], order ? 3 : 0);
	}
	CU_ASSERT_TRUE(storage_check_count(&c, &root, 1, &files, &p));
	CU_ASSERT_EQUAL(files, 4);
	c = check(&w, &root, after_one);
	CU_ASSERT_STRING_EQUAL(buffer_ended(&w.told), "condition-flag");
	imports_close(&w.im);
}

static void a_root_is_named_by_its_code(void)
{
	struct watch w = { .vanishes = NULL };
	char codes[STORAGE_FACILITIES][11];
	imports_open(&w.im);
	put_file(&w.im, "13199520/x.tmp", bytes_of_text("x"));
	put_file(&w.im, CODE_B "_2/x.tmp", bytes_of_text("x"));
	put_file(&w.im, CODE_A "/x.tmp", bytes_of_text("x"));
	put_file(&w.im, CODE_B "/x.tmp", bytes_of_text("x"));
	put_file(&w.im, CODE_C, bytes_of_text("x"));
	const struct storage_root named = {
		arena_printf(w.im.f.arena, "%s/" CODE_B "_2", w.im.root), ""
	};
	const struct storage_root other = { arena_printf(w.im.f.arena, "%s/13199520", w.im.root),
					    "" };
	CU_ASSERT_EQUAL(storage_check_codes(w.im.root, codes), 2);
	CU_ASSERT_STRING_EQUAL(codes[0], CODE_A);
	CU_ASSERT_STRING_EQUAL(codes[1], CODE_B);
	CU_ASSERT_EQUAL(storage_check_codes(named.directory, codes), 0);
	CU_ASSERT_EQUAL(storage_check_codes(other.directory, codes), 0);
	check(&w, &named, on_look);
	CU_ASSERT_STRING_EQUAL(buffer_ended(&w.told), "");
	check(&w, &other, on_look);
	CU_ASSERT_STRING_EQUAL(buffer_ended(&w.told), "root-name");
	imports_close(&w.im);
}

int main(void)
{
	static const struct test tests[] = {
		{ "each rule has a storage that breaks it",
		  each_rule_has_a_storage_that_breaks_it },
		{ "it counts by type and ends when told", it_counts_by_type_and_ends_when_told },
		{ "a root is named by its code", a_root_is_named_by_its_code },
		{ NULL, NULL }
	};
	return suite_run("ssmix2 validate", tests);
}
