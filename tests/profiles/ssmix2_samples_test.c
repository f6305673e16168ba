/* tests/profiles/ssmix2_samples_test.c: the shared SS-MIX2 samples: three storages of 28 people,
 * and 88 files with one trap each. Skipped where the samples are not there. */
#include "tests/base/suite.h"

#include <dirent.h>
#include <string.h>

#include "gateway/base/text.h"
#include "profiles/ssmix2/validate.h"
#include "store/registry.h"
#include "tests/profiles/ssmix2_storage.h"

#define ARC "1.2.392.100495.20.3.51.1"

static const char *shared(struct arena *a)
{
	const char *folder = getenv("MINATO_SHARED"), *top = getenv("srcdir");
	const char *at = arena_printf(
		a, "%s/samples/ssmix2",
		folder != NULL ? folder : arena_printf(a, "%s/../shared", top == NULL ? "." : top));
	char *whole = realpath(at, NULL);
	if (whole == NULL) {
		printf("skipped: %s is not there\n", at);
		return NULL;
	}
	at = arena_text(a, whole);
	free(whole);
	return at;
}

/* The field of a line, cut out; fields end at `mark`. */
static const char *field(struct arena *a, const char *line, unsigned n, char mark)
{
	const char ends[] = { mark, '\r', '\n', '\0' };
	for (; n > 0; n--) {
		line += strcspn(line, ends);
		line += *line == mark;
	}
	return arena_text_n(a, line, strcspn(line, ends));
}

static const char *next_line(const char *line)
{
	line += strcspn(line, "\n");
	return *line == '\n' ? line + 1 : line;
}

static const char *read_text(struct imports *im, const char *path)
{
	FILE *f = fopen(path, "rb");
	fixture_must(&im->f, f != NULL);
	struct buffer b = buffer_in(im->f.arena);
	b.length = fread(buffer_reserve(&b, 1 << 20), 1, 1 << 20, f);
	fclose(f);
	return buffer_ended(&b);
}

/* ---- The three storages ---- */

static uint64_t person_of(struct imports *im, const char *code, const char *id)
{
	struct patient_record r;
	CU_ASSERT_TRUE_FATAL(
		people_find(&im->f, arena_printf(im->f.arena, ARC "%s", code), id, &r));
	return r.person;
}

/* The exact rules link whom all three storages describe alike, whom a number of one's own names,
 * and nobody else. */
static void check_links(struct imports *im, const char *csv, unsigned *agreeing, unsigned *apart)
{
	struct arena *a = im->f.arena;
	for (const char *x = next_line(csv); *x != '\0'; x = next_line(x))
		for (const char *y = next_line(x); *y != '\0'; y = next_line(y)) {
			bool one = text_equal(field(a, x, 3, ','), field(a, y, 3, ','));
			bool same = text_equal(field(a, x, 5, ','), field(a, y, 5, ','))
				    && text_equal(field(a, x, 6, ','), field(a, y, 6, ','))
				    && text_equal(field(a, x, 7, ','), field(a, y, 7, ','));
			bool linked = person_of(im, field(a, x, 0, ','), field(a, x, 2, ','))
				      == person_of(im, field(a, y, 0, ','), field(a, y, 2, ','));
			if (linked && !one)
				fprintf(stderr, "linked, and two people: %s %s\n",
					field(a, x, 3, ','), field(a, y, 3, ','));
			CU_ASSERT_FALSE(linked && !one);
			if (one && same && !linked)
				fprintf(stderr, "one person, not linked: %s\n",
					field(a, x, 3, ','));
			CU_ASSERT_FALSE(one && same && !linked);
			*agreeing += one && same;
			*apart += one && !linked;
		}
}

static void the_storages_become_patients_and_documents(void)
{
	static const struct {
		const char *facility, *code;
		int patients, documents;
	} storages[] = {
		{ "a-hospital", CODE_A, 14, 212 },
		{ "b-clinic", CODE_B, 13, 115 },
		{ "c-hospital", CODE_C, 14, 169 },
	};
	struct imports im;
	imports_open(&im);
	const char *folder = shared(im.f.arena);
	unsigned agreeing = 0, apart = 0;
	for (int round = 0; folder != NULL && round < 2; round++)
		for (size_t i = 0; i < COUNT(storages); i++) {
			int known = storages[i].patients + storages[i].documents;
			import_storage(&im, arena_printf(im.f.arena, "%s/storage", folder),
				       storages[i].facility);
			if (round == 0)
				check_done(&im, storages[i].code, storages[i].patients,
					   storages[i].documents, 0, 0, 0, 0);
			else
				check_done(&im, storages[i].code, 0, 0, 0, 0, known, 0);
			CU_ASSERT_TRUE(round == 0 || im.events == 0);
		}
	if (folder != NULL) {
		check_links(&im,
			    read_text(&im, arena_printf(im.f.arena, "%s/patients.csv", folder)),
			    &agreeing, &apart);
		/* Of 16 pairs of one person three differ in kana or birth date (T010, T016): those
		 * of one birth date are linked by an insurance that is one person's. */
		CU_ASSERT_EQUAL(agreeing, 13);
		CU_ASSERT_EQUAL(apart, 1);
		printf("%u pairs agree and are linked, %u pairs of one person are left apart\n",
		       agreeing, apart);
	}
	imports_close(&im);
}

/* ---- One trap each ---- */

/* What a row of the manifest asks for, by how it begins; all others are to be accepted. */
static const char *const refused[] = {
	"quarantine",    "report as malformed",   "report malformed",
	"retry N times", "detect (bytes >= 0x80", "accept with warning or quarantine",
};

static bool is_refused(const char *expected)
{
	for (size_t i = 0; i < COUNT(refused); i++)
		if (text_starts(expected, refused[i]))
			return true;
	return false;
}

/* Copied, so that patients without a file of their own can be given one. */
static void copy_tree(struct imports *im, const char *from, const char *to)
{
	DIR *d = opendir(from);
	fixture_must(&im->f, d != NULL);
	for (const struct dirent *e; (e = readdir(d)) != NULL;) {
		struct stat st;
		const char *path = arena_printf(im->f.arena, "%s/%s", from, e->d_name);
		const char *target = arena_printf(im->f.arena, "%s/%s", to, e->d_name);
		if (e->d_name[0] == '.' || lstat(path, &st) != 0)
			continue;
		if (S_ISDIR(st.st_mode)) {
			copy_tree(im, path, target);
		} else {
			unsigned char *data = arena_alloc(im->f.arena, (size_t)st.st_size + 1);
			FILE *f = fopen(path, "rb");
			size_t n = fread(data, 1, (size_t)st.st_size, f);
			fclose(f);
			put_file(im, target, (struct bytes){ data, n });
		}
	}
	closedir(d);
}

static unsigned count_of(struct imports *im, const char *id, enum availability_status s)
{
	unsigned n, count = 0;
	for (const struct document_entry *e = entries_of(im, ARC CODE_EDGE, id, &n); e != NULL;
	     e = e->next)
		count += e->status == s;
	return count;
}

static void check_manifest(struct imports *im, const char *manifest, unsigned *rows, int *faults)
{
	struct arena *a = im->f.arena;
	for (const char *line = next_line(manifest); *line != '\0'; line = next_line(line)) {
		const char *path = field(a, line, 0, '\t'), *expected = field(a, line, 2, '\t');
		bool told_of = told(im, "fault", path) != NULL;
		(*rows)++;
		if (text_starts(path, "../"))
			continue; /* extended storage: another folder, imported behind */
		if (told_of != is_refused(expected))
			fprintf(stderr, "%s: %s\n  expected: %s\n", path,
				told_of ? told(im, "fault", path) : "taken", expected);
		CU_ASSERT_EQUAL(told_of, is_refused(expected));
		*faults += told_of;
	}
}

static const struct person_name *name_of(struct imports *im, const char *id,
					 enum name_representation r)
{
	struct patient_record record = people_record(&im->f, ARC CODE_EDGE, id);
	const struct person_name *n = record.demographics.names;
	while (n != NULL && n->representation != r)
		n = n->next;
	return n;
}

static void check_people(struct imports *im)
{
	static const struct {
		const char *id, *family, *given;
	} people[] = {
		{ "D000000100", "山本", "美" },   { "D000000101", "宮崎", "愛" },
		{ "D000000102", "五日市", "服" }, { "D000000103", "奥", "向日葵" },
		{ "D000000104", "須藤", "本" },   { "D000000111", "髙木", "太郎" },
		{ "D000000112", "山﨑", "太郎" }, { "D000000113", "濵田", "太郎" },
		{ "D000000201", "例示", "太郎" }, { "D000000202", "例示", "太郎" },
		{ "D000000203", "例示", "太郎" },
	};
	struct patient_record short_id, long_id;
	for (size_t i = 0; i < COUNT(people); i++) {
		const struct person_name *n = name_of(im, people[i].id, NAME_IDEOGRAPHIC);
		CU_ASSERT_PTR_NOT_NULL_FATAL(n);
		CU_ASSERT_STRING_EQUAL(n->family, people[i].family);
		CU_ASSERT_STRING_EQUAL(n->given, people[i].given);
	}
	CU_ASSERT_TRUE(people_find(&im->f, ARC CODE_EDGE, "7", &short_id));
	CU_ASSERT_TRUE(people_find(&im->f, ARC CODE_EDGE, "0000007", &long_id));
	CU_ASSERT_NOT_EQUAL(short_id.person, long_id.person);
	CU_ASSERT_FALSE(people_find(&im->f, ARC CODE_EDGE, "D000000402", &short_id));
	struct patient_record r = people_record(&im->f, ARC CODE_EDGE, "D000000210");
	CU_ASSERT_PTR_NULL(r.demographics.birth_date);
	/* A newborn without a name, an unconscious patient, a default birth date: linked with
	 * nobody. */
	static const char *const alone[] = { "D000000207", "D000000208", "D000000209",
					     "D000000210" };
	for (size_t i = 0; i < COUNT(alone); i++)
		for (size_t j = 0; j < i; j++)
			CU_ASSERT_NOT_EQUAL(person_of(im, CODE_EDGE, alone[i]),
					    person_of(im, CODE_EDGE, alone[j]));
}

enum { EXTENDED = 3 }; /* documents of the extended storage */

static void every_trap_is_met_as_the_manifest_says(void)
{
	static const char *const without_adt_00[] = { "D000000401", "D000000501", "D000000601" };
	struct imports im;
	unsigned rows = 0;
	int faults = 0;
	imports_open(&im);
	const char *folder = shared(im.f.arena);
	if (folder != NULL) {
		copy_tree(&im, arena_printf(im.f.arena, "%s/edge/" CODE_EDGE, folder), CODE_EDGE);
		for (size_t i = 0; i < COUNT(without_adt_00); i++)
			put_patient(&im, CODE_EDGE, without_adt_00[i], "例示^十郎",
				    "レイジ^ジュウロウ", "19600101", "03-0000-0000");
		CU_ASSERT_TRUE(import_storage(&im, im.root, "edge"));
		check_manifest(
			&im,
			read_text(&im, arena_printf(im.f.arena, "%s/edge/manifest.tsv", folder)),
			&rows, &faults);
		CU_ASSERT_EQUAL(rows, 88);
		CU_ASSERT_EQUAL(done(&im, "faults"), faults);
		CU_ASSERT_EQUAL(done(&im, "ignored"), 2);
		/* 401: corrected; 403: two with flag 1; 404: its day moved. 402 was deleted before
		 * it was seen: the original is Deprecated, as the manifest says, and as it would be
		 * had an import seen it before; the deletion message is no document. */
		CU_ASSERT_EQUAL(count_of(&im, "D000000401", STATUS_APPROVED), 3);
		CU_ASSERT_EQUAL(count_of(&im, "D000000401", STATUS_DEPRECATED), 4);
		/* One of each type that is there, and the corrected result. */
		CU_ASSERT_EQUAL(count_of(&im, "D000000501", STATUS_APPROVED), 19);
		CU_ASSERT_EQUAL(count_of(&im, "D000000501", STATUS_DEPRECATED), 1);
		CU_ASSERT_EQUAL(count_of(&im, "D000000601", STATUS_APPROVED), 2);
		check_people(&im);
		char *all = json_dumps(im.lines, 0);
		CU_ASSERT_PTR_NULL(strstr(all, "123456789018"));
		free(all);
		import_storage(&im, im.root, "edge");
		CU_ASSERT_EQUAL(
			done(&im, "patients") + done(&im, "documents") + done(&im, "withdrawn"), 0);
		CU_ASSERT_EQUAL(im.events, 0);
		/* The extended one beside it: both grammars, underscores within codes and keys. */
		copy_tree(&im, arena_printf(im.f.arena, "%s/edge/ext/" CODE_EDGE, folder),
			  CODE_EDGE "_ext");
		import_storage(&im, im.root, "edge");
		CU_ASSERT_EQUAL(done(&im, "documents"), EXTENDED);
		CU_ASSERT_EQUAL(done(&im, "faults"), faults);
		CU_ASSERT_EQUAL(count_of(&im, "D000000501", STATUS_APPROVED), 19 + EXTENDED);
		import_storage(&im, im.root, "edge");
		CU_ASSERT_EQUAL(im.events, 0);
	}
	imports_close(&im);
}

/* ---- Checked without a region (profiles/ssmix2/validate.h) ---- */

/* Of a name, the rule it breaks; a path is told without the root. */
static const struct {
	const char *part, *rule;
	bool error;
} traps[] = {
	{ "/D000000001_", "pid-folder", true },
	{ "/D000000004_", "individual-number", true },
	{ "/D000000005_", "individual-number", true },
	{ "/D000000117_", "charset", true },
	{ "/D000000118_", "charset", true },
	{ "/D000000120_", "charset", true },
	{ "/D000000122_", "charset-other", false },
	{ "/D000000202_", "name-kind", false },
	{ "/D000000210_", "birth-date", false },
	{ "/D000000211_", "sex", false },
	{ "_000000000000403_20240404090000000_", "two-current", false },
	{ "_000000000000602_", "empty", true },
	{ "_000000000000603_", "broken-off", true },
	{ "_000000000000604_", "short-time", false },
	{ "_000000000000605_", "condition-flag", true },
	{ "_000000000000606_", "name-folder", true },
	{ "_000000000000608_", "data-type-case", true },
	{ "/D000000602_", "message-type", true },
};

struct checked {
	struct arena *arena;
	struct text_list *errors; /* paths */
	bool met[COUNT(traps)];
	unsigned errors_of_no_trap;
};

static void on_found(void *self, const struct storage_finding *f)
{
	struct checked *c = self;
	bool error = f->severity == STORAGE_ERROR, trap = false;
	for (size_t i = 0; i < COUNT(traps); i++)
		if (strstr(f->path, traps[i].part) != NULL
		    && text_equal(f->rule->name, traps[i].rule) && error == traps[i].error)
			c->met[i] = trap = true;
	if (error && !trap)
		printf("\n%s: %s\n", f->path, f->rule->name);
	c->errors_of_no_trap += error && !trap;
	if (error) {
		struct text_list *one = arena_new(c->arena, struct text_list);
		*one = (struct text_list){ arena_text(c->arena, f->path), c->errors };
		c->errors = one;
	}
	CU_ASSERT_PTR_NULL(strstr(f->path, "123456789018"));
	CU_ASSERT_PTR_NULL(strstr(f->detail, "123456789018"));
}

static bool goes_on(void *self)
{
	(void)self;
	return false;
}

static struct storage_check check_folder(struct checked *c, const char *folder)
{
	const struct storage_root root = { .directory = folder, .shown = "" };
	struct storage_check check = {
		.now = 1768437000000000, .self = c, .found = on_found, .ends = goes_on
	};
	struct problem p = { .code = PROBLEM_NONE };
	CU_ASSERT_TRUE(storage_check_roots(&check, &root, 1, &p));
	return check;
}

static void the_storages_have_no_error(void)
{
	static const char *const codes[] = { CODE_A, CODE_B, CODE_C };
	struct checked c = { .arena = arena_create(16 << 20) };
	const char *folder = shared(c.arena);
	uint64_t files = 0;
	for (size_t i = 0; folder != NULL && i < COUNT(codes); i++) {
		struct storage_check check = check_folder(
			&c, arena_printf(c.arena, "%s/storage/%s", folder, codes[i]));
		CU_ASSERT_EQUAL(check.all[STORAGE_ERROR], 0);
		files += check.files;
	}
	CU_ASSERT_TRUE(folder == NULL || files == 537);
	arena_destroy(c.arena);
}

/* What the manifest says is refused is an error; an Individual Number is one although the rest is
 * taken; of all others there is none. */
static void each_trap_is_told_when_it_is_checked(void)
{
	struct imports im;
	imports_open(&im);
	struct checked c = { .arena = im.f.arena };
	const char *folder = shared(im.f.arena);
	if (folder != NULL) {
		struct storage_check check = check_folder(
			&c, arena_printf(c.arena, "%s/edge/" CODE_EDGE, folder));
		const char *line = next_line(
			read_text(&im, arena_printf(c.arena, "%s/edge/manifest.tsv", folder)));
		for (; *line != '\0'; line = next_line(line)) {
			const char *path = field(c.arena, line, 0, '\t');
			const char *expected = field(c.arena, line, 2, '\t');
			bool number = strstr(path, "/D000000004_") != NULL
				      || strstr(path, "/D000000005_") != NULL;
			if (text_starts(path, "../"))
				continue;
			if (text_list_has(c.errors, path) != (number || is_refused(expected))) {
				printf("\n%s: %s\n", path, expected);
				CU_FAIL("told otherwise than the manifest says");
			}
		}
		for (size_t i = 0; i < COUNT(traps); i++)
			if (!c.met[i]) {
				printf("\n%s: no %s\n", traps[i].part, traps[i].rule);
				CU_FAIL("a trap is not told");
			}
		CU_ASSERT_EQUAL(c.errors_of_no_trap, 0);
		CU_ASSERT_EQUAL(check.ignored, 2);
	}
	imports_close(&im);
}

int main(void)
{
	static const struct test tests[] = {
		{ "the storages become patients and documents",
		  the_storages_become_patients_and_documents },
		{ "every trap is met as the manifest says",
		  every_trap_is_met_as_the_manifest_says },
		{ "the storages have no error", the_storages_have_no_error },
		{ "each trap is told when it is checked", each_trap_is_told_when_it_is_checked },
		{ NULL, NULL }
	};
	return suite_run("ssmix2 samples", tests);
}
