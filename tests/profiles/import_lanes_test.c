/* tests/profiles/import_lanes_test.c: patients who are taken in side by side are told as if they
 * had come one after the other. */
#include "tests/base/suite.h"

#include <string.h>

#include "gateway/base/arena.h"
#include "gateway/base/text.h"
#include "tests/profiles/ssmix2_storage.h"

enum { PATIENTS = 40, DAYS = 3 };

static const char *number(struct imports *im, unsigned n)
{
	return arena_printf(im->f.arena, "%u", 1000000 + n * 7919);
}

/* Each has something to be told: files that cannot be taken, and one that is none of the patient's
 * folder. */
static void put_patients(struct imports *im)
{
	for (unsigned n = 0; n < PATIENTS; n++) {
		const char *id = number(im, n);
		put_patient(im, CODE_A, id, "港^花子", "ミナト^ハナコ", "19500101", "");
		for (unsigned day = 1; day <= DAYS; day++)
			put_order(im, CODE_A, id, arena_printf(im->f.arena, "2024040%u", day),
				  day == 2 ? "OML-11" : "OMP-01", "000000000000001",
				  "20240401101500123", '1', id);
		if (n % 3 == 0)
			put_file(im,
				 arena_printf(im->f.arena,
					      CODE_A "/%.3s/%.3s/%s/20240405/OMP-01/%s_20240405_"
						     "OMP-01_000000000000009_20240405101500123_01_"
						     "1",
					      id, id + 3, id, id),
				 bytes_of_text("MSH|^~\\&|broken"));
		if (n % 5 == 0)
			put_file(im,
				 arena_printf(im->f.arena,
					      CODE_A "/%.3s/%.3s/%s/20240405/OMP-01/another_"
						     "20240405_OMP-01_1_20240405101500123_01_1",
					      id, id + 3, id),
				 bytes_of_text("x"));
	}
}

/* All lines but how long it took. */
static json_t *lines_of(struct imports *im)
{
	CU_ASSERT_TRUE_FATAL(import_storage(im, im->root, "a-hospital"));
	json_t *last = json_array_get(im->lines, json_array_size(im->lines) - 1);
	json_object_del(json_object_get(last, "done"), "seconds");
	return json_incref(im->lines);
}

static void told_as_if_alone(void)
{
	struct imports beside, alone;
	imports_open(&beside);
	imports_open(&alone);
	alone.alone = true;
	put_patients(&beside);
	put_patients(&alone);
	for (int again = 0; again < 2; again++) {
		json_t *a = lines_of(&beside), *b = lines_of(&alone);
		CU_ASSERT_TRUE(json_equal(a, b));
		CU_ASSERT_TRUE(json_array_size(a) > PATIENTS / 3 + PATIENTS / 5);
		CU_ASSERT_EQUAL(done(&beside, "documents"), again ? 0 : PATIENTS * DAYS);
		CU_ASSERT_EQUAL(beside.created, alone.created);
		CU_ASSERT_EQUAL(beside.feeds, alone.feeds);
		json_decref(a);
		json_decref(b);
	}
	imports_close(&alone);
	imports_close(&beside);
}

/* Three folders claim to be the patient's: what the last one says of him holds, however long the
 * others take. */
static void folders_of_one_patient(void)
{
	static const char *const above[] = { "1", "10", "101/234" };
	struct imports im;
	imports_open(&im);
	for (size_t i = 0; i < COUNT(above); i++) {
		const char *path = put_order(&im, CODE_A, "1012345", "20240401", "OMP-01",
					     "000000000000001", "20240401101500123", '1', "one");
		const char *name = strrchr(path, '/') + 1;
		char *other = arena_text(im.f.arena, name);
		other[strlen(other) - 1] = i == 2 ? '0' : '1';
		put_file(&im,
			 arena_printf(im.f.arena, CODE_A "/%s/1012345/20240401/OMP-01/%s", above[i],
				      other),
			 bytes_of_text("MSH|^~\\&|broken"));
	}
	put_patient(&im, CODE_A, "1012345", "港^花子", "ミナト^ハナコ", "19500101", "");
	json_t *once = lines_of(&im), *again = lines_of(&im);
	CU_ASSERT_TRUE(json_array_size(once) >= COUNT(above));
	CU_ASSERT_EQUAL(json_array_size(once), json_array_size(again));
	json_decref(once);
	json_decref(again);
	imports_close(&im);
}

/* Those at work when the service stops end where they are, and what they did is told. */
static void a_stop_between(void)
{
	struct imports im;
	imports_open(&im);
	put_patients(&im);
	im.stop_after = PATIENTS / 2;
	CU_ASSERT_FALSE(import_storage(&im, im.root, "a-hospital"));
	CU_ASSERT_EQUAL(im.x.problem.code, PROBLEM_BUSY);
	CU_ASSERT_TRUE(im.created >= 1 && im.created < PATIENTS);
	unsigned before = im.created;
	atomic_store(&im.stopping, false);
	json_t *rest = lines_of(&im);
	CU_ASSERT_EQUAL(im.created, PATIENTS - before);
	CU_ASSERT_EQUAL(done(&im, "faults"), (PATIENTS + 2) / 3 + PATIENTS / 5);
	json_decref(rest);
	imports_close(&im);
}

/* Where no audit record can be kept nothing is, and why is told once. */
static void a_store_that_cannot_go_on(void)
{
	struct imports im;
	imports_open(&im);
	put_patients(&im);
	im.refuse_audit = true;
	CU_ASSERT_FALSE(import_storage(&im, im.root, "a-hospital"));
	CU_ASSERT_EQUAL(im.x.problem.code, PROBLEM_AUDIT_UNAVAILABLE);
	im.refuse_audit = false;
	json_t *all = lines_of(&im);
	CU_ASSERT_EQUAL(done(&im, "documents"), PATIENTS * DAYS);
	json_decref(all);
	imports_close(&im);
}

int main(void)
{
	static const struct test tests[] = {
		{ "what is told is told as if there were one lane", told_as_if_alone },
		{ "folders that claim one patient are never at work together",
		  folders_of_one_patient },
		{ "a stop ends all where they are", a_stop_between },
		{ "a store that cannot go on stops all", a_store_that_cannot_go_on },
		{ NULL, NULL }
	};
	return suite_run("import lanes", tests);
}
