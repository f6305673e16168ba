/* tests/base/suite.h: a unit-test program is a table of named functions.
 *
 *	static const struct test tests[] = { { "arena fails alone", fails_alone }, { 0 } };
 *	int main(void) { return suite_run("base", tests); }
 *
 * The last line it prints is "N passed, N failed, N skipped", in tests (not assertions). */
#ifndef TESTS_BASE_SUITE_H
#define TESTS_BASE_SUITE_H

#include <CUnit/Basic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

struct test {
	const char *name;
	void (*run)(void);
};

/* For tests/mutation: one failure is enough to know. */
static inline void suite_give_up(const CU_pTest test, const CU_pSuite suite,
				 const CU_pFailureRecord failure)
{
	(void)test;
	(void)suite;
	if (failure != NULL)
		_exit(1);
}

static inline int suite_run(const char *name, const struct test *tests)
{
	unsigned ran, failed;
	if (CU_initialize_registry() != CUE_SUCCESS)
		return 99;
	CU_pSuite suite = CU_add_suite(name, NULL, NULL);
	for (; suite != NULL && tests->name != NULL; tests++)
		if (CU_add_test(suite, tests->name, tests->run) == NULL)
			return 99;
	if (getenv("MINATO_FIRST_FAILURE") != NULL) {
		CU_set_test_complete_handler(suite_give_up);
		CU_run_all_tests();
	} else {
		CU_basic_set_mode(CU_BRM_NORMAL);
		CU_basic_run_tests();
	}
	ran = CU_get_number_of_tests_run();
	failed = CU_get_number_of_tests_failed();
	CU_cleanup_registry();
	printf("\n%u passed, %u failed, 0 skipped\n", ran - failed, failed);
	return ran == 0 || failed != 0;
}

#endif
