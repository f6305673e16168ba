/* tests/profiles/ssmix2_epochs_test.c: a storage that another system writes anew: the same orders
 * in other octets, or under other 発生日時. What is Approved is told by what the documents are, for
 * their ids depend on which octets came first. */
#include "tests/base/suite.h"

#include <string.h>
#include <unistd.h>

#include "gateway/base/text.h"
#include "schemas/model/document.h"
#include "store/registry.h"
#include "store/repository.h"
#include "tests/profiles/ssmix2_storage.h"

#define DOMAIN_A "1.2.392.100495.20.3.51.1" CODE_A

/* ---- A storage of two systems ---- */

struct order {
	const char *date, *type, *number, *time;
	char flag;
};

/* Six orders that stand, a version that was corrected, one that was deleted. */
static const struct order orders[] = {
	{ "20240402", "OMP-01", "7", "20240402090000000", '1' },
	{ "20240402", "OML-11", "7", "20240402090000000", '1' },
	{ "20240403", "OMP-01", "8", "20240403090000000", '2' },
	{ "20240403", "OMP-01", "8", "20240403100000000", '1' },
	{ "20240404", "OMP-01", "9", "20240404090000000", '0' },
	{ "20240405", "OML-11", "99", "20240405090000000", '1' },
	{ "20240406", "OML-11", "99", "20240406090000000", '1' },
	{ "-", "PPR-01", "999999999999999", "20240406090000000", '1' },
};
enum { STANDING = 6, ORDERS = COUNT(orders) };

/* Which of its system's files a document is: "s1/3". */
static const char *words_of(struct imports *im, const char *system, size_t i)
{
	return arena_printf(im->f.arena, "%s/%zu.", system, i);
}

static const char *put_one(struct imports *im, const struct order *o, const char *time,
			   const char *words)
{
	const char *segments = arena_printf(im->f.arena,
					    "PID|1||101^^^^PI||山田^健一^^^^^L^I\rZZZ|%s\r", words);
	const char *kind = text_equal(o->type, "OMP-01")   ? "RDE^O11^RDE_O11"
			   : text_equal(o->type, "OML-11") ? "OUL^R22^OUL_R22"
							   : "PPR^ZD1^PPR_ZD1";
	return put_message(im, CODE_A, "101", o->date, o->type, o->number, time, "01", o->flag,
			   kind, segments);
}

/* time: of all files, or NULL for what each has. Returns their paths. */
static const char **put_storage(struct imports *im, const char *system, const char *hour)
{
	const char **paths = arena_array(im->f.arena, const char *, ORDERS);
	put_patient(im, CODE_A, "101", "山田^健一", "ヤマダ^ケンイチ", "19410503", "03-0000-0001");
	for (size_t i = 0; i < ORDERS; i++) {
		char *time = arena_text(im->f.arena, orders[i].time);
		if (hour != NULL) /* a correction stays newer than what it corrects */
			memcpy(time + 8, hour, 2), time[10] = orders[i].time[8];
		paths[i] = put_one(im, &orders[i], time, words_of(im, system, i));
	}
	return paths;
}

static void take_away(struct imports *im, const char *const *paths)
{
	for (size_t i = 0; i < ORDERS; i++)
		fixture_must(&im->f,
			     unlink(arena_printf(im->f.arena, "%s/%s", im->root, paths[i])) == 0);
}

static void import_a(struct imports *im)
{
	CU_ASSERT_TRUE_FATAL(import_storage(im, im->root, "a-hospital"));
}

/* ---- What is Approved ---- */

/* By reference, what an epoch took away is not there any more. */
static bool holds(struct imports *im, const struct document_entry *e, const char *words)
{
	struct bytes octets;
	return retrieve(im, e->unique_id, &octets)
	       && memmem(octets.data, octets.length, words, strlen(words)) != NULL;
}

static unsigned approved(struct imports *im, const char *words)
{
	unsigned all, n = 0;
	for (const struct document_entry *e = entries_of(im, DOMAIN_A, "101", &all); e != NULL;
	     e = e->next)
		n += e->status == STATUS_APPROVED && (words == NULL || holds(im, e, words));
	return n;
}

static void check_approved(struct imports *im, const char *why, const char *system)
{
	unsigned right = 0;
	for (size_t i = 0; i < ORDERS; i++) {
		unsigned n = approved(im, words_of(im, system, i));
		if (n != (orders[i].flag == '1'))
			fprintf(stderr, "%s: of %s/%zu %u are Approved\n", why, system, i, n);
		right += n == (orders[i].flag == '1');
	}
	CU_ASSERT_EQUAL(right, ORDERS);
	CU_ASSERT_EQUAL(approved(im, NULL), STANDING);
}

static void check_again(struct imports *im, const char *why, const char *system)
{
	import_a(im);
	if (im->events != 0)
		fprintf(stderr, "%s: one more import does something\n", why);
	CU_ASSERT_EQUAL(im->events, 0);
	CU_ASSERT_EQUAL(done(im, "faults"), 0);
	check_approved(im, why, system);
}

/* The registry's word for it: each entry that stood is replaced by one, and it is one of ours. */
static unsigned replacements(struct imports *im)
{
	unsigned all, n = 0;
	const struct document_entry *e = entries_of(im, DOMAIN_A, "101", &all);
	struct store_txn *t = store_begin_read(im->f.store, &im->f.problem);
	for (; e != NULL; e = e->next) {
		unsigned of_this = 0;
		for (const struct association *x = registry_to(t, im->f.arena, e->id); x != NULL;
		     x = x->next)
			of_this += x->type == ASSOCIATION_RPLC && x->status != STATUS_DEPRECATED;
		CU_ASSERT_TRUE(of_this <= 1);
		n += of_this;
	}
	store_end(t);
	return n;
}

/* ---- Epochs ---- */

static void other_octets_under_the_same_names(void)
{
	for (int copy = 0; copy < 2; copy++) {
		struct imports im;
		imports_open(&im);
		im.region.ssmix2_copy = copy;
		put_storage(&im, "s1", NULL);
		import_a(&im);
		check_approved(&im, "the first system", "s1");
		CU_ASSERT_EQUAL(replacements(&im), 1);
		put_storage(&im, "s2", NULL);
		import_a(&im);
		check_done(&im, "the second system", 0, ORDERS, STANDING, 0, 2, 0);
		CU_ASSERT_EQUAL(done(&im, "warnings"), ORDERS);
		check_approved(&im, "the second system", "s2");
		CU_ASSERT_EQUAL(replacements(&im), 1 + STANDING);
		check_again(&im, "the second system, again", "s2");
		/* Back, and forth. */
		put_storage(&im, "s1", NULL);
		import_a(&im);
		CU_ASSERT_EQUAL(done(&im, "faults") + done(&im, "documents"), 0);
		CU_ASSERT_EQUAL(done(&im, "restored"), STANDING);
		check_again(&im, "the first one, restored", "s1");
		put_storage(&im, "s2", NULL);
		import_a(&im);
		check_again(&im, "and the second one", "s2");
		put_storage(&im, "s3", NULL);
		import_a(&im);
		check_done(&im, "the third system", 0, ORDERS, STANDING, 0, 2, 0);
		check_again(&im, "the third system, again", "s3");
		im.spoilt = copy ? 0 : 2 * ORDERS; /* what was only referred to is gone */
		imports_close(&im);
	}
}

static void the_same_orders_at_other_times(void)
{
	static const char *const hours[] = { "20", "02" }; /* later, and earlier */
	for (size_t i = 0; i < COUNT(hours); i++) {
		struct imports im;
		imports_open(&im);
		const char **first = put_storage(&im, "s1", NULL);
		import_a(&im);
		take_away(&im, first);
		const char **second = put_storage(&im, "s2", hours[i]);
		import_a(&im);
		check_done(&im, "the second system", 0, ORDERS, STANDING, 0, 2, 0);
		check_approved(&im, "the second system", "s2");
		CU_ASSERT_EQUAL(done(&im, "warnings"), 0);
		check_again(&im, "the second system, again", "s2");
		take_away(&im, second);
		put_storage(&im, "s1", NULL);
		import_a(&im);
		CU_ASSERT_EQUAL(done(&im, "faults") + done(&im, "documents"), 0);
		check_again(&im, "the first one, restored", "s1");
		imports_close(&im);
	}
}

/* ---- One time, two contents ---- */

static const struct order twin = { "20240402", "OMP-01", "7", "20240402090000000", '1' };

static const char *put_twin(struct imports *im, const char *department, const char *words)
{
	return put_message(im, CODE_A, "101", twin.date, twin.type, twin.number, twin.time,
			   department, twin.flag, "RDE^O11^RDE_O11",
			   arena_printf(im->f.arena, "PID|1||101^^^^PI||山田\rZZZ|%s\r", words));
}

/* Which of them counts is the files' doing, and not that of which was there first. */
static void both_of_one_time_are_kept(void)
{
	bool counts[3][2]; /* by the way they came: the words that do */
	for (int way = 0; way < 3; way++) {
		struct imports im;
		imports_open(&im);
		put_patient(&im, CODE_A, "101", "山田^健一", "ヤマダ^ケンイチ", "19410503", "1");
		put_twin(&im, way == 1 ? "02" : "01", way == 1 ? "y." : "x.");
		if (way != 2)
			import_a(&im);
		put_twin(&im, way == 1 ? "01" : "02", way == 1 ? "x." : "y.");
		import_a(&im);
		CU_ASSERT_EQUAL(done(&im, "faults"), 0);
		CU_ASSERT_EQUAL(done(&im, "warnings"), 1);
		CU_ASSERT_PTR_NOT_NULL(told(&im, "warning", "_02_1"));
		CU_ASSERT_EQUAL(approved(&im, NULL), 1);
		counts[way][0] = approved(&im, "x.");
		counts[way][1] = approved(&im, "y.");
		import_a(&im);
		CU_ASSERT_EQUAL(im.events, 0);
		imports_close(&im);
	}
	CU_ASSERT_EQUAL(memcmp(counts[0], counts[1], sizeof counts[0]), 0);
	CU_ASSERT_EQUAL(memcmp(counts[0], counts[2], sizeof counts[0]), 0);
}

/* ---- At random ---- */

enum { HISTORIES = 20, ACTS = 16, NUMBERS = 2, TIMES = 3, CONTENTS = 3, SEED = 151 };

/* A file of each number and time, or none: rewritten, renamed, but never taken away, for what is
 * absent is no deletion. */
struct history {
	const char *paths[NUMBERS][TIMES];
	char flags[NUMBERS][TIMES];
};

static void act(struct imports *im, struct history *h)
{
	static const char flags[] = "1112220";
	int number = rand() % NUMBERS, time = rand() % TIMES;
	const char **path = &h->paths[number][time];
	char *flag = &h->flags[number][time];
	if (*path != NULL && rand() % 2 == 0) {
		*flag = flags[(size_t)rand() % (sizeof flags - 1)];
		*path = set_flag(im, *path, *flag);
		return;
	}
	if (*path == NULL)
		*flag = flags[(size_t)rand() % (sizeof flags - 1)];
	struct order o = { .date = "20240402", .type = "OMP-01", .flag = *flag };
	o.number = arena_printf(im->f.arena, "%d", number + 1);
	const char *at = arena_printf(im->f.arena, "202404020900%02d000", time);
	*path = put_one(im, &o, at,
			arena_printf(im->f.arena, "%d/%d/%d.", number, time, rand() % CONTENTS));
}

static unsigned differing(struct imports *a, struct imports *b)
{
	unsigned n = 0;
	for (int number = 0; number < NUMBERS; number++)
		for (int time = 0; time < TIMES; time++)
			for (int content = 0; content < CONTENTS; content++) {
				const char *words = arena_printf(a->f.arena, "%d/%d/%d.", number,
								 time, content);
				n += approved(a, words) != approved(b, words);
			}
	return n;
}

static void what_counts_is_a_function_of_the_files(void)
{
	srand(SEED);
	for (int i = 0; i < HISTORIES; i++) {
		struct imports im, fresh;
		struct history h = { 0 };
		imports_open(&im);
		imports_open(&fresh);
		fresh.root = im.root;
		put_patient(&im, CODE_A, "101", "山田^健一", "ヤマダ^ケンイチ", "19410503", "1");
		for (int n = 0; n < ACTS; n++) {
			act(&im, &h);
			if (rand() % 3 == 0)
				import_a(&im);
		}
		import_a(&im);
		import_a(&fresh);
		CU_ASSERT_EQUAL(done(&im, "faults") + done(&fresh, "faults"), 0);
		unsigned n = differing(&im, &fresh);
		if (n != 0)
			fprintf(stderr, "history %d: %u contents differ\n", i, n);
		CU_ASSERT_EQUAL(n, 0);
		CU_ASSERT_EQUAL(approved(&im, NULL), approved(&fresh, NULL));
		import_a(&im);
		CU_ASSERT_EQUAL(im.events, 0);
		imports_close(&fresh);
		imports_close(&im);
	}
}

/* ---- What cannot be read any more ---- */

static void what_is_spoilt_takes_nothing_back(void)
{
	static const char *const spoilt[] = {
		"", "MSH|^~\\&|something else",
		"MSH|^~\\&|||||||RDE^O11^RDE_O11|1|P|2.5\rPID|1||102\r"
	};
	for (size_t i = 0; i < COUNT(spoilt); i++) {
		struct imports im;
		imports_open(&im);
		const char **paths = put_storage(&im, "s1", NULL);
		import_a(&im);
		put_file(&im, paths[0], bytes_of_text(spoilt[i]));
		for (int again = 0; again < 2; again++) {
			import_a(&im);
			CU_ASSERT_EQUAL(done(&im, "faults"), 1);
			CU_ASSERT_EQUAL(done(&im, "withdrawn"), 0);
			CU_ASSERT_EQUAL(im.events, 0);
			check_approved(&im, "spoilt", "s1");
		}
		/* The rest of that order goes on: it is deleted. */
		set_flag(&im, paths[0], '0');
		import_a(&im);
		CU_ASSERT_EQUAL(done(&im, "withdrawn"), 1);
		CU_ASSERT_EQUAL(approved(&im, words_of(&im, "s1", 0)), 0);
		imports_close(&im);
	}
}

/* ---- What was removed ---- */

static bool remove_it(void *with, struct store_txn *t, struct problem *p)
{
	struct imports *im = with;
	unsigned n;
	const char *id = entries_of(im, DOMAIN_A, "101", &n)->unique_id;
	return repository_remove(t, im->f.arena, im->region.repository_unique_id, id, p);
}

/* Its octets went (ITI-86, retention), and its entry did not: the file brings nothing back. */
static void what_was_removed_stays_so(void)
{
	struct imports im;
	const struct order *o = &orders[0];
	imports_open(&im);
	put_patient(&im, CODE_A, "101", "山田^健一", "ヤマダ^ケンイチ", "19410503", "1");
	put_one(&im, o, o->time, "first.");
	import_a(&im);
	CU_ASSERT_TRUE(store_write(im.f.store, remove_it, &im, &im.f.problem));
	import_a(&im);
	CU_ASSERT_EQUAL(im.events, 0);
	CU_ASSERT_EQUAL(done(&im, "faults") + done(&im, "warnings"), 0);
	CU_ASSERT_EQUAL(approved(&im, "first."), 0);
	put_one(&im, o, o->time, "second.");
	import_a(&im);
	check_done(&im, "written anew", 0, 1, 1, 0, 1, 0);
	CU_ASSERT_EQUAL(approved(&im, "second."), 1);
	imports_close(&im);
}

/* ---- Who the patient is ---- */

static void the_patient_is_as_the_file_says_now(void)
{
	struct imports im;
	imports_open(&im);
	put_storage(&im, "s1", NULL);
	import_a(&im);
	put_patient(&im, CODE_A, "101", "山田^健一", "ヤマダ^ケンイチ", "19410503", "03-0000-0002");
	import_a(&im);
	CU_ASSERT_EQUAL(done(&im, "faults"), 0);
	struct patient_record r = people_record(&im.f, DOMAIN_A, "101");
	CU_ASSERT_STRING_EQUAL(r.demographics.telecoms->number, "03-0000-0002");
	import_a(&im);
	CU_ASSERT_EQUAL(im.events, 0);
	imports_close(&im);
}

int main(void)
{
	static const struct test tests[] = {
		{ "other octets under the same names", other_octets_under_the_same_names },
		{ "the same orders at other times", the_same_orders_at_other_times },
		{ "both of one time are kept", both_of_one_time_are_kept },
		{ "what counts is a function of the files",
		  what_counts_is_a_function_of_the_files },
		{ "what is spoilt takes nothing back", what_is_spoilt_takes_nothing_back },
		{ "what was removed stays so", what_was_removed_stays_so },
		{ "the patient is as the file says now", the_patient_is_as_the_file_says_now },
		{ NULL, NULL },
	};
	return suite_run("ssmix2 epochs", tests);
}
