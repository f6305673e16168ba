/* tests/profiles/ssmix2_write_test.c: a storage is written, message by message: where each stands,
 * what it does to those before it, and what is there when a write ends at any of its calls. */
#include "tests/base/suite.h"

#include <errno.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "profiles/ssmix2/storage_walk.h"
#include "profiles/ssmix2/validate.h"
#include "tests/base/failing.h"
#include "tests/profiles/ssmix2_clinic.h"

#define MY_NUMBER "123456789018" /* the published dummy */

/* ---- Calls that fail, or are the last ---- */

static unsigned calls, last_call; /* the process ends before that one; 0: it does not */
static bool half;                 /* ... or in the middle of what it writes */

/* What was called, a letter each. */
static char trace[256];

static bool ends_here(char letter)
{
	if (calls < sizeof trace - 1)
		trace[calls] = letter;
	return ++calls == last_call;
}

static int no_room(void)
{
	errno = ENOSPC;
	return -1;
}

#define CALL(letter, type, name, parameters, arguments)                                            \
	type __real_##name parameters;                                                             \
	type __wrap_##name parameters;                                                             \
	type __wrap_##name parameters                                                              \
	{                                                                                          \
		if (ends_here(letter))                                                             \
			_exit(0);                                                                  \
		return failing_now(#name) ? no_room() : __real_##name arguments;                   \
	}

CALL('m', int, mkdirat, (int d, const char *n, mode_t m), (d, n, m))
CALL('r', int, renameat, (int d, const char *n, int e, const char *o), (d, n, e, o))
/* Nothing is lost that it would keep: who ends here is a process, not the machine. */
int __wrap_fsync(int fd);
int __wrap_fsync(int fd)
{
	(void)fd;
	if (ends_here('f'))
		_exit(0);
	return failing_now("fsync") ? no_room() : 0;
}
CALL('u', int, unlinkat, (int d, const char *n, int f), (d, n, f))
CALL('t', int, ftruncate, (int fd, off_t length), (fd, length))

ssize_t __real_write(int fd, const void *data, size_t length);
ssize_t __wrap_write(int fd, const void *data, size_t length);
ssize_t __wrap_write(int fd, const void *data, size_t length)
{
	if (ends_here('w')) {
		if (half && __real_write(fd, data, length / 2) < 0)
			_exit(1);
		_exit(0);
	}
	if (!failing_now("write"))
		return __real_write(fd, data, length);
	return length > 1 && half ? __real_write(fd, data, 1) : no_room();
}

/* Those of one folder: order, flag and time of day, as "1/0900 2/0830". */
static const char *flags(struct clinic *c)
{
	struct buffer b = buffer_in(c->im.f.arena);
	list_all(c);
	for (size_t i = 0; i < all.count; i++) {
		const char *name = strrchr(all.paths[i], '/') + 1;
		if (strstr(all.paths[i], "/transaction/") != NULL)
			continue;
		const char *flag = strrchr(name, '_') + 1;
		const char *time = strstr(name, "_20260401");
		for (const char *next = time; (next = strstr(next + 1, "_20260401")) != NULL;)
			time = next;
		buffer_printf(&b, "%s%s/%.8s", b.length == 0 ? "" : " ", flag, time + 9);
	}
	return buffer_ended(&b);
}

/* ---- Where it stands ---- */

static const struct {
	const char *kind, *segments, *type; /* type: as its sender says */
	const char *path; /* below the root, with the time left out; or why it is refused */
} placed[] = {
	{ "ADT^A08^ADT_A01", "EVN||20260401\r" PID(ID) "PV1|1|O\r", NULL,
	  "000/123/" ID "/-/ADT-00/" ID "_-_ADT-00_999999999999999_*_-_1" },
	{ "ADT^A54^ADT_A54", "EVN||20260401\r" PID(ID) "PV1|1|I\r", NULL,
	  "000/123/" ID "/-/ADT-01/" ID "_-_ADT-01_999999999999999_*_-_1" },
	{ "ADT^A60^ADT_A60", "EVN||20260401\r" PID(ID) "PV1|1|I\rIAM|1|DA|x|||A\r", NULL,
	  "000/123/" ID "/-/ADT-61/" ID "_-_ADT-61_999999999999999_*_-_1" },
	{ "PPR^ZD1^PPR_ZD1", PID(ID) "PRB|AD|20260401|1^x^MDCDX2|1\r", NULL,
	  "000/123/" ID "/-/PPR-01/" ID "_-_PPR-01_999999999999999_*_-_1" },
	{ "ADT^A04^ADT_A01", "EVN||20260401\r" PID(ID) "PV1|1|O|10^^^^^C\r", NULL,
	  "000/123/" ID "/20260401/ADT-12/" ID "_20260401_ADT-12_999999999999999_*_10_1" },
	{ "ADT^A14^ADT_A05", "EVN||20260401\r" PID(ID) "PV1|1|I\rPV2||||||||20260410\r", NULL,
	  "000/123/" ID "/20260410/ADT-21/" ID "_20260410_ADT-21_999999999999999_*_-_1" },
	{ "ADT^A01^ADT_A01", "EVN||20260401||||20260330\r" PID(ID) "PV1|1|I|8A^1^1\r", NULL,
	  "000/123/" ID "/20260330/ADT-22/" ID "_20260330_ADT-22_999999999999999_*_-_1" },
	{ "ADT^A22^ADT_A21",
	  "EVN||20260401\r" PID(ID) "PV1|1|I\rPV2|||||||||||||||||||||||||||||||||||||||||||||||"
				    "20260402\r",
	  NULL, "000/123/" ID "/20260402/ADT-32/" ID "_20260402_ADT-32_999999999999999_*_-_1" },
	{ "ADT^A03^ADT_A03", "EVN||20260401\r" PID(ID) "PV1|1|I\r", NULL,
	  "PV1-45 does not say the day of ADT-52" },
	{ "RDE^O11^RDE_O11", RX("NW", "A-1.2_3", "20260401"), NULL,
	  "000/123/" ID "/20260401/OMP-01/" ID "_20260401_OMP-01_A-1.2_3_*_01_1" },
	{ "RDE^O11^RDE_O11", RX("NW", "7", "202604010830") "RXC|A|1^x|1|mL\r", NULL,
	  "000/123/" ID "/20260401/OMP-02/" ID "_20260401_OMP-02_7_*_01_1" },
	{ "RAS^O17^RAS_O17", PID(ID) ORC("RE", "8", "20260401") "RXA|0|1|202604020900\rRXR|PO\r",
	  NULL, "000/123/" ID "/20260402/OMP-11/" ID "_20260402_OMP-11_8_*_01_1" },
	{ "OMD^O03^OMD_O03", PID(ID) ORC("NW", "9", "20260401") "ODS|D\r", NULL,
	  "000/123/" ID "/20260401/OMD/" ID "_20260401_OMD_9_*_01_1" },
	{ "OML^O33^OML_O33", PID(ID) "SPM|1|||x\r" ORC("NW", "10", "20260401") "OBR|1|10||x\r",
	  NULL, "000/123/" ID "/20260401/OML-01/" ID "_20260401_OML-01_10_*_01_1" },
	{ "OUL^R22^OUL_R22",
	  PID(ID) "SPM|1|||x|||||||||||||20260331\rOBR|1|11||x\rOBX|1|NM|x||1||||||F\r", NULL,
	  "000/123/" ID "/20260331/OML-11/" ID "_20260331_OML-11_11_*_-_1" },
	{ "OMG^O19^OMG_O19",
	  PID(ID) ORC("NW", "12", "20260401") "TQ1|1\rOBR|1|12||x||||||||||||||||||||RAD\r", NULL,
	  "000/123/" ID "/20260401/OMG-01/" ID "_20260401_OMG-01_12_*_01_1" },
	{ "OMG^O19^OMG_O19", PID(ID) ORC("NW", "13", "20260401") "TQ1|1\rOBR|1|13||x\r", NULL,
	  "OMG^O19 is of several data types" },
	{ "OMG^O19^OMG_O19", PID(ID) ORC("NW", "13", "20260401") "TQ1|1\rOBR|1|13||x\r", "OMG-02",
	  "000/123/" ID "/20260401/OMG-02/" ID "_20260401_OMG-02_13_*_01_1" },
	{ "OMG^O19^OMG_O19", PID(ID) ORC("NW", "13", "20260401") "TQ1|1\rOBR|1|13||x^x^JJ1017\r",
	  NULL, "000/123/" ID "/20260401/OMG-01/" ID "_20260401_OMG-01_13_*_01_1" },
	{ "OMI^Z23^OMI_Z23",
	  PID(ID) ORC("SC", "14", "") "TQ1|1\rOBR|1|14||x|||20260403\rIPC|1|1|1.2.3|1|ES\r", NULL,
	  "000/123/" ID "/20260403/OMG-12/" ID "_20260403_OMG-12_14_*_01_1" },
	{ "OMI^Z23^OMI_Z23",
	  PID(ID) ORC("SC", "14", "") "TQ1|1\rOBR|1|14||x|||20260403\rIPC|1|1|1.2.3|1|CT\r", NULL,
	  "000/123/" ID "/20260403/OMG-11/" ID "_20260403_OMG-11_14_*_01_1" },
	{ "ORU^R01^ORU_R01", PID(ID) "OBR|1|||x|||20260403\rOBX|1|NM|x||1||||||F\r", NULL,
	  "000/123/" ID "/20260403/OMG-13/" ID "_20260403_OMG-13_999999999999999_*_-_1" },
	/* Ids as short as they are. */
	{ "RDE^O11^RDE_O11", PID("7") ORC("NW", "1", "20260401") RXE, NULL,
	  "7/7/20260401/OMP-01/7_20260401_OMP-01_1_*_01_1" },
	{ "RDE^O11^RDE_O11", PID("A123") ORC("NW", "1", "20260401") RXE, NULL,
	  "A12/3/A123/20260401/OMP-01/A123_20260401_OMP-01_1_*_01_1" },
	/* Refused */
	{ "OMP^O09^OMP_O09", RX("NW", "1", "20260401"), NULL, "OMP^O09 is of no data type" },
	{ "RDE^O11^RDE_O11", RX("NW", "1", "20260401"), "OML-01", "which 'OML-01' does not hold" },
	{ "RDE^O11^RDE_O11", RX("NW", "1", ""), NULL, "ORC-9 does not say the day" },
	{ "RDE^O11^RDE_O11", RX("NW", "1", "20260231"), NULL, "ORC-9 does not say the day" },
	{ "RDE^O11^RDE_O11", RX("NW", "", "20260401"), NULL, "ORC-2 does not say" },
	{ "RDE^O11^RDE_O11", RX("NW", "1/../../x", "20260401"), NULL, "no file can be named" },
	{ "RDE^O11^RDE_O11", RX("NW", "12345678901234567890123", "20260401"), NULL,
	  "no file can be named" },
	{ "RDE^O11^RDE_O11", PID(ID) ORC("NW", "1", "20260401") RXE ORC("NW", "2", "20260401") RXE,
	  NULL, "ORC-2 names another order" },
	{ "RDE^O11^RDE_O11", PID("../../etc") ORC("NW", "1", "20260401") RXE, NULL,
	  "PID-3 holds no id of this facility" },
	{ "RDE^O11^RDE_O11", PID("1234567890123456") ORC("NW", "1", "20260401") RXE, NULL,
	  "PID-3 holds no id of this facility" },
	{ "RDE^O11^RDE_O11", "PID|1||1^^^&1.2.3&ISO^PI\r" ORC("NW", "1", "20260401") RXE, NULL,
	  "PID-3 holds no id of this facility" },
	{ "RDE^O11^RDE_O11", "PID|1||1~2\r" ORC("NW", "1", "20260401") RXE, NULL,
	  "PID-3 holds several ids" },
	{ "RDE^O11^RDE_O11", ORC("NW", "1", "20260401") RXE, NULL, "PID" },
	{ "RDE^O11^RDE_O11", PID(ID) PID("2") ORC("NW", "1", "20260401") RXE, NULL, "PID" },
	{ "RDE^O11^RDE_O11", PID(ID) ORC("NW", "1", "20260401") RXE "#SSMIX,2.00,x\r", NULL,
	  "does not begin with a segment name" },
	{ "RDE^O11^RDE_O11",
	  "PID|1||" ID "^^^^PI~" MY_NUMBER "^^^^NNJPN\r" ORC("NW", "1", "20260401") RXE, NULL,
	  "Individual Number" },
	{ "RDE^O11^RDE_O11", PID(MY_NUMBER) ORC("NW", "1", "20260401") RXE, NULL,
	  "Individual Number" },
	{ "ADT^A08^ADT_A01",
	  "EVN||20260401\r"
	  "PID|1||" ID "^^^^PI~" MY_NUMBER "^^^^NI||"
	  "山田^太郎^^^^^L^I||19600101|M\rPV1|1|O\r",
	  NULL, "Individual Number" },
	{ "ADT^A08^ADT_A01", "EVN||20260401\rPID|1||" ID "^^^^PI\rPV1|1|O\r", NULL, "no name" },
};

static bool is_at(struct clinic *c, const char *expected)
{
	const char *star = strchr(expected, '*');
	const char *whole = c->wrote.path == NULL ? "" : c->wrote.path;
	const char *below = text_starts(whole, CODE_B "/") ? whole + strlen(CODE_B) + 1 : "";
	return strncmp(below, expected, (size_t)(star - expected)) == 0
	       && text_equal(below + (star - expected) + STORAGE_TIME - 1, star + 1);
}

static void fails(const struct clinic *c, const char *of, const char *expected)
{
	printf("\n%s: expected %s\n  wrote %s\n  %s\n", of, expected,
	       c->wrote.path == NULL ? "nothing" : c->wrote.path, c->problem.what);
	CU_FAIL("it stands elsewhere");
}

static void each_has_its_place(void)
{
	for (size_t i = 0; i < COUNT(placed); i++) {
		struct clinic c;
		open_clinic(&c);
		struct bytes octets = message(&c, placed[i].kind, "20260401083000",
					      placed[i].segments);
		bool refused = strchr(placed[i].path, '*') == NULL;
		bool done = put_typed(&c, octets, placed[i].type);
		if (refused ? done || strstr(c.problem.what, placed[i].path) == NULL
			    : !done || !is_at(&c, placed[i].path)
				      || !bytes_equal(held(&c, c.wrote.path), octets))
			fails(&c, placed[i].kind, placed[i].path);
		list_all(&c);
		CU_ASSERT_EQUAL(all.count, refused ? 0 : 2);
		CU_ASSERT_TRUE(strstr(c.problem.what, MY_NUMBER) == NULL);
		imports_close(&c.im);
	}
}

/* Every row of the table is of a type there is, and every type has a row. */
static void the_table_is_whole(void)
{
	static const char *const types[] = { "ADT-00", "ADT-01", "ADT-61", "PPR-01", "ADT-12",
					     "ADT-21", "ADT-22", "ADT-31", "ADT-32", "ADT-41",
					     "ADT-42", "ADT-51", "ADT-52", "OMD",    "OMP-01",
					     "OMP-11", "OMP-02", "OMP-12", "OML-01", "OML-11",
					     "OMG-01", "OMG-02", "OMG-03", "OMG-11", "OMG-12",
					     "OMG-13" };
	for (size_t n = 0; n < COUNT(types); n++) {
		const struct storage_type *type = storage_type_of(types[n]);
		const struct storage_row *row = storage_row_at(0);
		for (size_t i = 0; row != NULL && !text_equal(row->type, types[n]);)
			row = storage_row_at(++i);
		CU_ASSERT_PTR_NOT_NULL_FATAL(type);
		CU_ASSERT_PTR_NOT_NULL_FATAL(row);
		CU_ASSERT_EQUAL(row->day[0].segment == NULL, type->undated);
	}
	for (size_t i = 0; storage_row_at(i) != NULL; i++)
		CU_ASSERT_PTR_NOT_NULL(storage_type_of(storage_row_at(i)->type));
}

/* ---- What is written is found ---- */

struct found {
	struct clinic *clinic;
	unsigned files, faults;
};

static void on_patient(void *self, struct arena *a, struct storage_name *files)
{
	struct found *f = self;
	(void)a;
	for (const struct storage_name *n = files; n != NULL; n = n->next)
		f->files++;
}

static void on_fault(void *self, const struct storage_root *root, const char *path,
		     const char *what)
{
	struct found *f = self;
	(void)root;
	f->faults++;
	printf("\n%s: %s\n", path, what);
}

static void on_ignored(void *self)
{
	((struct found *)self)->faults++;
}

static bool never(void *self)
{
	(void)self;
	return false;
}

static void on_finding(void *self, const struct storage_finding *f)
{
	struct found *found = self;
	if (f->severity == STORAGE_ERROR)
		found->faults++;
	if (f->severity == STORAGE_ERROR)
		printf("\n%s: %s %s %s\n", f->path, f->rule->name, f->where, f->detail);
}

static void what_is_written_is_read(void)
{
	struct clinic c;
	unsigned written = 0;
	struct problem p = { .code = PROBLEM_NONE };
	open_clinic(&c);
	for (size_t i = 0; i < COUNT(placed); i++)
		if (put_typed(&c, message(&c, placed[i].kind, "20260401083000", placed[i].segments),
			      placed[i].type))
			written++;
	struct found f = { .clinic = &c };
	const struct storage_root root = {
		.directory = arena_printf(c.im.f.arena, "%s/" CODE_B, c.im.root), .shown = ""
	};
	const struct storage_visitor v = { .self = &f,
					   .patient = on_patient,
					   .fault = on_fault,
					   .ignored = on_ignored,
					   .ends = never };
	CU_ASSERT_TRUE(storage_walk(&root, 1, &v, &p));
	CU_ASSERT_EQUAL(f.files, written);
	CU_ASSERT_EQUAL(f.faults, 0);
	struct storage_check check = { .now = NOW, .self = &f, .found = on_finding, .ends = never };
	CU_ASSERT_TRUE(storage_check_roots(&check, &root, 1, &p));
	CU_ASSERT_EQUAL(check.files, written);
	CU_ASSERT_EQUAL(f.faults, 0);
	imports_close(&c.im);
}

/* ---- Whatever is sent ---- */

/* Of what names are made of, and what they must not be made of. */
static const char *drawn(struct arena *a, unsigned most)
{
	static const char *const pieces[] = { "0",         "7",    "A",  "_",  "-",   ".",
					      "..",        "/",    "\\", " ",  "山",  "\\.br\\",
					      "\\X0041\\", "\"\"", "*",  "%s", "INS", "_1",
					      "20260401",  "\x01", "~",  "^",  "&" };
	struct buffer b = buffer_in(a);
	for (unsigned n = (unsigned)rand() % (most + 1); n > 0; n--)
		/* Mostly what may be, or nothing would ever be written. */
		buffer_text(&b, pieces[(unsigned)rand() % (rand() % 8 == 0 ? COUNT(pieces) : 3)]);
	return buffer_ended(&b);
}

static bool is_ours(struct clinic *c, const char *path)
{
	const char *below = path + strlen(c->im.root) + 1;
	return strstr(path, "/../") == NULL && strstr(path, "/./") == NULL
	       && (text_starts(below, CODE_B "/") || text_starts(below, "transaction/" CODE_B "/"));
}

static void count_names(struct clinic *c, struct found *f)
{
	const struct storage_root root = {
		.directory = arena_printf(c->im.f.arena, "%s/" CODE_B, c->im.root), .shown = ""
	};
	const struct storage_visitor v = { .self = f,
					   .patient = on_patient,
					   .fault = on_fault,
					   .ignored = on_ignored,
					   .ends = never };
	struct problem p = { .code = PROBLEM_NONE };
	CU_ASSERT_TRUE(storage_walk(&root, 1, &v, &p));
}

static void whatever_is_sent_has_a_name_that_is_read(void)
{
	enum { MESSAGES = 600 };
	struct clinic c;
	struct found f = { .files = 0 };
	unsigned written = 0;
	open_clinic(&c);
	srand(20260401);
	for (unsigned n = 0; n < MESSAGES; n++) {
		struct arena *a = c.im.f.arena;
		bool dull = rand() % 2 == 0;
		const char *segments = arena_printf(
			a, "PID|1||%s^^^^PI\rORC|%s|%s|||||||%s||||||||%s\r" RXE "NTE|1||%u\r",
			drawn(a, 8), rand() % 4 == 0 ? "CA" : "NW", drawn(a, 6),
			dull ? "20260401" : drawn(a, 9), dull ? "01" : drawn(a, 4), n);
		const char *when = arena_printf(a, "202604010830%02u", n % 60);
		written += put(&c, message(&c, "RDE^O11^RDE_O11", when, segments));
	}
	list_all(&c);
	for (size_t i = 0; i < all.count; i++)
		CU_ASSERT_TRUE(is_ours(&c, all.paths[i]));
	CU_ASSERT_TRUE(written > MESSAGES / 10 && written < MESSAGES);
	f = (struct found){ .clinic = &c };
	count_names(&c, &f);
	CU_ASSERT_EQUAL(f.files, written);
	CU_ASSERT_EQUAL(f.faults, 0);
	imports_close(&c.im);
}

/* ---- What it does to those before it ---- */

static const struct {
	const char *why;
	struct event events[6];
	const char *flags; /* in the order of their names */
	enum storage_written last;
} histories[] = {
	{ "new", { { "NW", "20260401", "20260401083000" } }, "1/08300000", WRITTEN_ADDED },
	{ "corrected",
	  { { "NW", "20260401", "20260401083000" }, { "XO", "20260401", "20260401090000" } },
	  "2/08300000 1/09000000",
	  WRITTEN_CORRECTED },
	{ "corrected twice",
	  { { "NW", "20260401", "20260401083000" },
	    { "XO", "20260401", "20260401090000" },
	    { "XO", "20260401", "20260401093000" } },
	  "2/08300000 2/09000000 1/09300000",
	  WRITTEN_CORRECTED },
	{ "deleted",
	  { { "NW", "20260401", "20260401083000" },
	    { "XO", "20260401", "20260401090000" },
	    { "CA", "20260401", "20260401093000" } },
	  "0/08300000 0/09000000 0/09300000",
	  WRITTEN_DELETED },
	{ "deleted, and there again",
	  { { "NW", "20260401", "20260401083000" },
	    { "CA", "20260401", "20260401090000" },
	    { "NW", "20260401", "20260401093000" } },
	  "0/08300000 0/09000000 1/09300000",
	  WRITTEN_ADDED },
	{ "sent again",
	  { { "NW", "20260401", "20260401083000" }, { "NW", "20260401", "20260401083000" } },
	  "1/08300000",
	  WRITTEN_KNOWN },
	{ "sent again after it was deleted",
	  { { "NW", "20260401", "20260401083000" },
	    { "CA", "20260401", "20260401090000" },
	    { "NW", "20260401", "20260401083000" } },
	  "0/08300000 0/09000000",
	  WRITTEN_KNOWN },
	{ "all in one second",
	  { { "NW", "20260401", "20260401083000" },
	    { "XO", "20260401", "20260401083000" },
	    { "CA", "20260401", "20260401083000" } },
	  "0/08300000 0/08300000 0/08300000",
	  WRITTEN_DELETED },
	{ "a second that is meant, behind a moment in it",
	  { { "NW", "20260401", "20260401083000.500" }, { "XO", "20260401", "20260401083000" } },
	  "2/08300050 1/08300050",
	  WRITTEN_CORRECTED },
	{ "an older one comes late",
	  { { "XO", "20260401", "20260401090000" }, { "NW", "20260401", "20260401083000" } },
	  "2/08300000 1/09000000",
	  WRITTEN_OLDER },
	{ "an older one comes after it was deleted",
	  { { "CA", "20260401", "20260401090000" }, { "NW", "20260401", "20260401083000" } },
	  "0/08300000 0/09000000",
	  WRITTEN_OLDER },
	{ "a deletion comes late",
	  { { "NW", "20260401", "20260401083000" },
	    { "NW", "20260401", "20260401093000" },
	    { "CA", "20260401", "20260401090000" } },
	  "0/08300000 0/09000000 1/09300000",
	  WRITTEN_DELETED },
	{ "a change of another day goes where the order is",
	  { { "NW", "20260330", "20260401083000" },
	    { "XO", "20260401", "20260401090000" },
	    { "CA", "20260402", "20260401093000" } },
	  "0/08300000 0/09000000 0/09300000",
	  WRITTEN_DELETED },
	{ "the number is taken again on another day",
	  { { "NW", "20260330", "20260401083000" }, { "NW", "20260401", "20260401090000" } },
	  "1/08300000 1/09000000",
	  WRITTEN_ADDED },
};

static void flags_follow(void)
{
	for (size_t i = 0; i < COUNT(histories); i++) {
		struct clinic c;
		open_clinic(&c);
		for (const struct event *e = histories[i].events; e->control != NULL; e++)
			CU_ASSERT_TRUE(put(&c, order(&c, e)));
		if (!text_equal(flags(&c), histories[i].flags)
		    || c.wrote.what != histories[i].last) {
			printf("\n%s: %s, %s\n", histories[i].why, flags(&c),
			       storage_written_words[c.wrote.what]);
			CU_FAIL("the flags are others");
		}
		imports_close(&c.im);
	}
}

/* The transaction storage has every write, in order, as it came. */
static void the_log_has_all(void)
{
	struct clinic c;
	struct buffer expected;
	open_clinic(&c);
	expected = buffer_in(c.im.f.arena);
	const struct event *events = histories[3].events;
	for (size_t i = 0; i < 3; i++) {
		struct bytes octets = order(&c, &events[i]);
		CU_ASSERT_TRUE(put(&c, octets));
		buffer_printf(&expected,
			      "#SSMIX,2.00," CODE_B "," ID ",20260401,OMP-01,5,%s,01,%s000\r",
			      i == 2 ? "DEL" : "INS", events[i].time);
		buffer_append(&expected, octets.data, octets.length);
	}
	/* Without a CR at its end the next record begins a line all the same. */
	struct bytes unended = order(&c, &(struct event){ "NW", "20260401", "20260401100000" });
	unended.length--;
	CU_ASSERT_TRUE(put(&c, unended));
	CU_ASSERT_TRUE(bytes_equal(held(&c, c.wrote.path), unended));
	buffer_text(&expected,
		    "#SSMIX,2.00," CODE_B "," ID ",20260401,OMP-01,5,INS,01,20260401100000000\r");
	buffer_append(&expected, unended.data, unended.length);
	buffer_byte(&expected, '\r');
	CU_ASSERT_TRUE(
		bytes_equal(held(&c, "transaction/" CODE_B "/2026/TR_20260401083320000_00001.DAT"),
			    buffer_bytes(&expected)));
	imports_close(&c.im);
}

/* ---- A file of the transaction storage is of one day, and of so many octets ---- */

static void the_log_goes_on(void)
{
	enum { LONG = 1 << 20, DAY_LATER = 86400 };
	struct clinic c;
	open_clinic(&c);
	char *filler = arena_alloc(c.im.f.arena, LONG);
	memset(filler, 'x', LONG - 4096);
	for (unsigned n = 0; n < 6; n++) {
		struct storage_message m;
		const char *text = arena_printf(c.im.f.arena, "%sNTE|1||%s\r",
						arena_printf(c.im.f.arena, NUMBERED, n, n, n),
						filler);
		struct bytes octets = message(&c, "RDE^O11^RDE_O11", "20260401083000", text);
		CU_ASSERT_TRUE_FATAL(storage_message_read(c.im.f.arena, &c.source, octets, NULL, &m,
							  &c.problem));
		CU_ASSERT_TRUE(storage_write(c.im.f.arena, c.im.root, CODE_B, &m,
					     n == 5 ? NOW + DAY_LATER * 1000000LL : NOW, &c.wrote,
					     &c.problem));
	}
	list_all(&c);
	CU_ASSERT_EQUAL(all.count, 6 + 3);
	CU_ASSERT_TRUE(held(&c, "transaction/" CODE_B "/2026/TR_20260401083320000_00002.DAT").length
		       > 0);
	CU_ASSERT_TRUE(held(&c, "transaction/" CODE_B "/2026/TR_20260402083320000_00001.DAT").length
		       > 0);
	imports_close(&c.im);
}

/* ---- A write that ends at any of its calls ---- */

/* The patient and an order; then the order is corrected, or deleted, or there is another. */
static const struct {
	const char *why;
	struct event event;
	unsigned approved, approved_after; /* documents, before and after */
} endings[] = {
	{ "corrected", { "XO", "20260401", "20260401090000" }, 1, 1 },
	{ "deleted", { "CA", "20260401", "20260401090000" }, 1, 0 },
	{ "of another day", { "NW", "20260402", "20260401090000" }, 1, 2 },
};

static void begin_story(struct clinic *c)
{
	const struct event first = { "NW", "20260401", "20260401083000" },
			   second = { "XO", "20260401", "20260401084500" };
	open_clinic(c);
	CU_ASSERT_TRUE_FATAL(put(c, message(c, "ADT^A08^ADT_A01", "20260401080000",
					    "EVN||20260401\r" PID(ID) "PV1|1|O\r")));
	CU_ASSERT_TRUE_FATAL(put(c, order(c, &first)));
	CU_ASSERT_TRUE_FATAL(put(c, order(c, &second)));
}

static unsigned approved(struct clinic *c)
{
	unsigned n = 0, count = 0;
	CU_ASSERT_TRUE(import_storage(&c->im, c->im.root, "b-clinic"));
	CU_ASSERT_EQUAL(done(&c->im, "faults"), 0);
	struct document_entry *e = entries_of(&c->im, c->im.systems[1].domains[0], ID, &n);
	for (; e != NULL; e = e->next)
		count += e->status == STATUS_APPROVED;
	return count;
}

static unsigned calls_of(struct clinic *c, struct bytes octets)
{
	calls = 0;
	CU_ASSERT_TRUE(put(c, octets));
	return calls;
}

/* True: it was ended before that call. */
static bool dies_at(struct clinic *c, struct bytes octets, unsigned call)
{
	int status = 0;
	pid_t child = fork();
	if (child == 0) {
		calls = 0;
		last_call = call;
		put(c, octets);
		_exit(2);
	}
	CU_ASSERT_EQUAL_FATAL(waitpid(child, &status, 0), child);
	CU_ASSERT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) != 1);
	return WEXITSTATUS(status) == 0;
}

static void ends_anywhere(bool in_the_middle)
{
	half = in_the_middle;
	for (size_t i = 0; i < COUNT(endings); i++) {
		struct clinic undisturbed;
		begin_story(&undisturbed);
		struct bytes octets = order(&undisturbed, &endings[i].event);
		unsigned most = calls_of(&undisturbed, octets);
		struct bytes whole = state(&undisturbed);
		CU_ASSERT_EQUAL(approved(&undisturbed), endings[i].approved_after);
		for (unsigned n = 1; n <= most; n++) {
			struct clinic c;
			begin_story(&c);
			CU_ASSERT_TRUE(dies_at(&c, octets, n));
			unsigned now = approved(&c);
			CU_ASSERT_TRUE(now == endings[i].approved
				       || now == endings[i].approved_after);
			CU_ASSERT_TRUE(put(&c, octets));
			if (!bytes_equal(state(&c), whole)) {
				printf("\n%s, ended at call %u of %u: %s\n", endings[i].why, n,
				       most, flags(&c));
				CU_FAIL("it is not as it would be");
			}
			CU_ASSERT_EQUAL(approved(&c), endings[i].approved_after);
			imports_close(&c.im);
		}
		imports_close(&undisturbed.im);
	}
	half = false;
}

static void it_may_end_before_any_call(void)
{
	ends_anywhere(false);
}

static void it_may_end_within_a_write(void)
{
	ends_anywhere(true);
}

/* The machine may lose what is not flushed: each step is, before the next one begins. */
static void each_step_is_flushed(void)
{
	struct clinic c;
	const struct event change = { "XO", "20260401", "20260401090000" };
	begin_story(&c);
	calls = 0;
	memset(trace, 0, sizeof trace);
	CU_ASSERT_TRUE(put(&c, order(&c, &change)));
	/* Folders that are there, each with the one above it; then the message, whole, and its
	 * name in `pending`; the record, and its file's name; the flag of the one before, the
	 * place; and both folders these are in. */
	const char *steps = strchr(trace, 'w');
	CU_ASSERT_PTR_NOT_NULL_FATAL(steps);
	CU_ASSERT_EQUAL(strspn(trace, "mf"), (size_t)(steps - trace));
	CU_ASSERT_STRING_EQUAL(steps, "wfrf"
				      "mf"
				      "wff"
				      "rr"
				      "ff");
	imports_close(&c.im);
}

/* What was begun is brought to its end by the next write, whatever that is. */
static void another_write_ends_it(void)
{
	static const struct event next = { "NW", "20260403", "20260401110000" };
	for (size_t i = 0; i < COUNT(endings); i++) {
		for (unsigned n = 1;; n++) {
			struct clinic c;
			begin_story(&c);
			bool died = dies_at(&c, order(&c, &endings[i].event), n);
			unsigned before = approved(&c);
			CU_ASSERT_TRUE(put(&c, order(&c, &next)));
			unsigned after = approved(&c);
			/* It was done, or never was: and then it stays so. */
			CU_ASSERT_TRUE(after == endings[i].approved + 1
				       || after == endings[i].approved_after + 1);
			CU_ASSERT_TRUE(before == endings[i].approved
				       || after == endings[i].approved_after + 1);
			list_all(&c);
			for (size_t f = 0; f < all.count; f++)
				CU_ASSERT_TRUE(strstr(all.paths[f], ".INS") == NULL
					       && strstr(all.paths[f], ".DEL") == NULL);
			imports_close(&c.im);
			if (!died)
				break;
		}
	}
}

/* ---- Calls that fail ---- */

static void what_fails_changes_nothing(void)
{
	static const char *const names[] = { "mkdirat", "renameat", "fsync", "write", "unlinkat" };
	for (size_t i = 0; i < COUNT(endings); i++)
		for (size_t f = 0; f < COUNT(names); f++)
			for (unsigned n = 0, failed = 1; failed; n++) {
				struct clinic c;
				begin_story(&c);
				struct bytes octets = order(&c, &endings[i].event);
				struct bytes before = state(&c);
				failing_arm(names[f], n);
				bool done = put(&c, octets);
				failed = failing_disarm();
				struct bytes after = state(&c);
				/* The last flush: it has its place, and is known then. */
				bool stays = bytes_equal(before, after)
					     || (text_equal(names[f], "fsync")
						 && c.wrote.path != NULL
						 && bytes_equal(held(&c, c.wrote.path), octets));
				if (!done && !stays) {
					printf("\n%s, %s %u: %s\n", endings[i].why, names[f], n,
					       c.problem.what);
					CU_FAIL("what was refused changed something");
				}
				CU_ASSERT_TRUE(done || c.problem.code == PROBLEM_STORE_FULL);
				CU_ASSERT_TRUE(put(&c, octets));
				CU_ASSERT_EQUAL(approved(&c), endings[i].approved_after);
				imports_close(&c.im);
			}
}

/* ---- What stands in the way ---- */

static void a_clock_may_not_run_ahead(void)
{
	struct clinic c;
	open_clinic(&c);
	static const struct {
		const char *time;
		bool taken;
	} rows[] = {
		{ "20260402083000", true },
		{ "20260402083400", false },
		{ "", false },
		{ "2026-04-01", false },
		{ "20260401", true },
		{ "20260331233000Z", false },
		{ "20260331233000+0000", true },
	};
	for (size_t i = 0; i < COUNT(rows); i++)
		CU_ASSERT_EQUAL(put(&c, message(&c, "RDE^O11^RDE_O11", rows[i].time,
						RX("NW", "1", "20260401"))),
				rows[i].taken);
	imports_close(&c.im);
}

static void a_file_where_a_folder_should_be(void)
{
	struct clinic c;
	open_clinic(&c);
	put_file(&c.im, CODE_B "/000", bytes_of_text("x"));
	struct bytes before = state(&c);
	CU_ASSERT_FALSE(put(
		&c, message(&c, "RDE^O11^RDE_O11", "20260401083000", RX("NW", "1", "20260401"))));
	CU_ASSERT_TRUE(bytes_equal(before, state(&c)));
	CU_ASSERT_EQUAL(unlink(arena_printf(c.im.f.arena, "%s/" CODE_B "/000", c.im.root)), 0);
	/* No link is followed out of it. */
	CU_ASSERT_EQUAL(symlink("/tmp", arena_printf(c.im.f.arena, "%s/" CODE_B "/000", c.im.root)),
			0);
	CU_ASSERT_FALSE(put(
		&c, message(&c, "RDE^O11^RDE_O11", "20260401083000", RX("NW", "1", "20260401"))));
	imports_close(&c.im);
}

static const struct test tests[] = {
	{ "each message has its place, or is refused", each_has_its_place },
	{ "every type has a row", the_table_is_whole },
	{ "what is written is read, and checked without an error", what_is_written_is_read },
	{ "whatever is sent has a name that is read", whatever_is_sent_has_a_name_that_is_read },
	{ "flags follow", flags_follow },
	{ "the transaction storage has all", the_log_has_all },
	{ "the transaction storage goes on in another file", the_log_goes_on },
	{ "a write may end before any of its calls", it_may_end_before_any_call },
	{ "a write may end within what it writes", it_may_end_within_a_write },
	{ "each step is flushed before the next", each_step_is_flushed },
	{ "another write ends what was begun", another_write_ends_it },
	{ "what fails changes nothing", what_fails_changes_nothing },
	{ "a clock may not run ahead", a_clock_may_not_run_ahead },
	{ "a file, or a link, where a folder should be", a_file_where_a_folder_should_be },
	{ 0 },
};

int main(void)
{
	/* What is tried are files; a store on the disk would flush beside them. */
	setenv("MINATO_TEST_ENGINE", "memory", 0);
	return suite_run("profiles/ssmix2_write", tests);
}
