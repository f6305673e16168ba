/* tests/store/in_job.h: a function run as a job of its own; it asserts by itself. */
#ifndef TESTS_STORE_IN_JOB_H
#define TESTS_STORE_IN_JOB_H

#include "tests/store/fixture.h"

typedef bool in_job_function(struct store_txn *t, const void *with);

struct in_job {
	in_job_function *what;
	const void *with;
};

static inline bool in_job_run(void *with, struct store_txn *t, struct problem *p)
{
	struct in_job *j = with;
	(void)p;
	return j->what(t, j->with);
}

/* Whether it was kept; if not, the fixture's problem says why. */
static inline bool in_job(struct fixture *f, in_job_function *what, const void *with)
{
	struct in_job j = { what, with };
	f->problem = (struct problem){ .code = PROBLEM_NONE };
	return store_write(f->store, in_job_run, &j, &f->problem);
}

#endif
